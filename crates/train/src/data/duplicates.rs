//! Finds samples that show nearly the same thing.
//!
//! Copies of a picture in other sizes or qualities would be learnt by heart on one side of a split and asked for on the
//! other. They are found by the difference hash (Neal Krawetz, "Kind of Like That", 2013): the picture is shrunk to 9 x 8
//! grey cells, and each of the 64 bits says whether a cell is darker than the next one to the right. Hashes that differ in a
//! few bits are found by parts that are equal (Norouzi, Punjani and Fleet, "Fast Search in Hamming Space with Multi-Index
//! Hashing", 2012). Plain and smooth pictures may have the same hash and other colours, so the cells are compared too.

use std::collections::HashMap;

use rayon::prelude::*;

use super::dataset::Dataset;
use super::sample::{SmallPicture, Source};

const COLUMNS: usize = 9;
const ROWS: usize = 8;
/// Neutral grey, behind transparent pixels.
const GROUND: [f32; 3] = [0.5; 3];
/// The most bits that hashes of near-duplicates differ in.
const MOST_BITS: u32 = 5;
/// If at most five of 64 bits differ, at least one of six parts is equal.
const PARTS: usize = MOST_BITS as usize + 1;
/// The largest mean difference of the cells of near-duplicates, 0 to 255.
const MOST_DIFFERENCE: u32 = 8;

/// Returns the group of each sample: the index of the first sample of the group. Near-duplicates are in one group, and so
/// are drawings of one source.
pub fn groups(dataset: &Dataset) -> Vec<usize> {
    let cells: Vec<Cells> = dataset.samples.par_iter().map(|sample| Cells::of(&sample.picture)).collect();
    let mut sets = Sets((0..cells.len()).collect());
    let mut sources = HashMap::new();
    for (index, sample) in dataset.samples.iter().enumerate() {
        if let Source::Drawing(source) = sample.source {
            sets.join(*sources.entry(source).or_insert(index), index);
        }
    }
    for part in 0..PARTS {
        for similar in with_equal_part(&cells, part) {
            join_near(&cells, &similar, &mut sets);
        }
    }
    (0..cells.len()).map(|index| sets.first(index)).collect()
}

/// The samples whose hashes are equal in a part: every sixth bit, so that the parts are alike. A part of rows would be
/// equal in all pictures with a plain upper edge.
fn with_equal_part(cells: &[Cells], part: usize) -> Vec<Vec<Member>> {
    let mask = (part..64).step_by(PARTS).fold(0u64, |mask, bit| mask | 1 << bit);
    let mut order: Vec<Member> = cells.iter().enumerate().map(|(index, cells)| (cells.hash, index)).collect();
    order.sort_unstable_by_key(|&(hash, index)| (hash & mask, index));
    order.chunk_by(|a, b| a.0 & mask == b.0 & mask).map(<[Member]>::to_vec).collect()
}

/// The hash and the index of a sample.
type Member = (u64, usize);

fn join_near(cells: &[Cells], similar: &[Member], sets: &mut Sets) {
    for (at, &(hash, a)) in similar.iter().enumerate() {
        for &(other, b) in &similar[at + 1..] {
            if (hash ^ other).count_ones() <= MOST_BITS
                && sets.first(a) != sets.first(b)
                && cells[a].looks_like(&cells[b])
            {
                sets.join(a, b);
            }
        }
    }
}

/// A picture shrunk to a few cells, and its hash.
struct Cells {
    hash: u64,
    rgb: [u8; COLUMNS * ROWS * 3],
}

impl Cells {
    fn of(picture: &SmallPicture) -> Self {
        let pixels = picture.on(GROUND);
        let (width, height) = (picture.width(), picture.height());
        let span = |cell: usize, cells: usize, length: usize| {
            let begin = cell * length / cells;
            begin..((cell + 1) * length / cells).max(begin + 1)
        };
        let (mut rgb, mut grey) = ([0; COLUMNS * ROWS * 3], [0.0; COLUMNS * ROWS]);
        for (cell, (rgb, grey)) in rgb.as_chunks_mut::<3>().0.iter_mut().zip(&mut grey).enumerate() {
            let mut sum = [0.0; 3];
            let (columns, rows) = (span(cell % COLUMNS, COLUMNS, width), span(cell / COLUMNS, ROWS, height));
            for pixel in rows.clone().flat_map(|y| &pixels[y * width..][columns.clone()]) {
                sum.iter_mut().zip(pixel).for_each(|(sum, value)| *sum += value);
            }
            let mean = sum.map(|sum| sum / (rows.len() * columns.len()) as f32);
            *rgb = mean.map(|value| (value * 255.0).round() as u8);
            *grey = 0.299 * mean[0] + 0.587 * mean[1] + 0.114 * mean[2];
        }
        let pairs = grey.chunks(COLUMNS).flat_map(|row| row.windows(2));
        let hash = pairs.fold(0, |hash, pair| hash << 1 | u64::from(pair[0] < pair[1]));
        Self { hash, rgb }
    }

    fn looks_like(&self, other: &Self) -> bool {
        let difference = self.rgb.iter().zip(&other.rgb).map(|(a, b)| u32::from(a.abs_diff(*b))).sum::<u32>();
        difference <= MOST_DIFFERENCE * self.rgb.len() as u32
    }
}

/// Sets that are joined (union-find): each element has one before it, the first of a set has itself.
struct Sets(Vec<usize>);

impl Sets {
    fn first(&mut self, mut index: usize) -> usize {
        while self.0[index] != index {
            self.0[index] = self.0[self.0[index]];
            index = self.0[index];
        }
        index
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.first(a), self.first(b));
        self.0[a.max(b)] = a.min(b);
    }
}

#[cfg(test)]
mod tests {
    use oneiric::Picture;
    use oneiric::picture::Format;
    use oneiric::picture::resize::resized;

    use super::*;
    use crate::data::Sample;
    use crate::data::draws::Draws;

    /// Soft waves in random directions and colours.
    fn scene(seed: u64) -> Picture {
        let mut draws = Draws::new(seed, &[]);
        let waves = [(); 12].map(|()| [(); 5].map(|()| draws.around(1.0)));
        let (width, height) = (90, 60);
        let value = |i: usize| {
            let (x, y, channel) = ((i / 3 % width) as f32, (i / 3 / width) as f32, (i % 3) as f32);
            let wave = |w: &[f32; 5]| w[0] * (0.2 * w[1] * x + 0.2 * w[2] * y + 6.0 * w[3] + w[4] * channel).sin();
            (0.5 + 0.15 * waves.iter().map(wave).sum::<f32>()).clamp(0.0, 1.0)
        };
        Picture::new(width, height, (0..width * height * 3).map(value).collect()).unwrap()
    }

    fn groups_of(pictures: &[Picture]) -> Vec<usize> {
        let sample = |(i, picture): (usize, &Picture)| Sample {
            class: 0,
            source: Source::File(i.to_string().into()),
            picture: SmallPicture::of(picture, 140),
        };
        groups(&Dataset { classes: vec!["one".into()], samples: pictures.iter().enumerate().map(sample).collect() })
    }

    #[test]
    fn copies_in_other_sizes_and_qualities_are_in_one_group() {
        for seed in 0..20 {
            let picture = scene(seed);
            let small = resized(&picture, (61, 41));
            let rough = Picture::read(&picture.encode(Format::Jpeg, 40).unwrap(), &oneiric::Limits::default()).unwrap();
            assert_eq!(groups_of(&[scene(100), picture, scene(101), small, rough]), [0, 1, 2, 1, 1], "seed {seed}");
        }
    }

    #[test]
    fn different_pictures_are_not() {
        let pictures: Vec<_> = (0..60).map(scene).collect();
        assert_eq!(groups_of(&pictures), (0..60).collect::<Vec<_>>());
        let plain: Vec<_> = (0..8).map(|i| Picture::filled(20, 20, [i as f32 / 8.0, 0.5, 0.5]).unwrap()).collect();
        assert_eq!(groups_of(&plain), (0..8).collect::<Vec<_>>(), "plain colours have the same hash");
    }

    #[test]
    fn drawings_of_one_source_are_in_one_group() {
        let sample = |seed: u64| Sample {
            class: 0,
            source: Source::Drawing(seed % 3),
            picture: SmallPicture::of(&scene(seed), 40),
        };
        let data = Dataset { classes: vec!["one".into()], samples: (0..7).map(sample).collect() };
        assert_eq!(groups(&data), [0, 1, 2, 0, 1, 2, 0]);
    }

    #[test]
    fn the_hash_says_which_cells_are_darker_than_the_next() {
        let ramp = |sign: f32| {
            let pixels = (0..9 * 8).flat_map(|i| [0.5 + sign * (i % 9) as f32 / 20.0; 3]).collect();
            Cells::of(&SmallPicture::of(&Picture::new(9, 8, pixels).unwrap(), 8)).hash
        };
        assert_eq!((ramp(1.0), ramp(-1.0), ramp(0.0)), (u64::MAX, 0, 0));
    }
}
