//! The data side of a training: pictures of 112 x 112 pixels from photos kept at 140 x 187, and 50,000 pictures to compare.

use std::hint::black_box;

use divan::Bencher;
use oneiric::Picture;
use oneiric_train::data::{Augmentation, Augmenter, Batches, Dataset, Sample, SmallPicture, Source, groups, prepare};

fn main() {
    divan::main();
}

/// Stripes and noise that depend on the seed.
fn picture(width: usize, height: usize, seed: usize) -> SmallPicture {
    let noise = |i: usize| (i * 2_654_435_761 + seed * 40_503) % 1009;
    let stripes = |i: usize| ((i / 3 % width) as f32 * (seed % 97) as f32 * 0.01 + (seed / 97) as f32).sin();
    let value = |i: usize| 0.5 + 0.3 * stripes(i) + noise(i) as f32 / 1009.0 * 0.2;
    SmallPicture::of(&Picture::new(width, height, (0..width * height * 3).map(value).collect()).unwrap(), 140)
}

/// The default without JPEG, the same with blur and noise in every picture, and JPEG in every picture.
#[divan::bench(args = ["usual", "blur and noise", "jpeg"])]
fn augmented(bencher: Bencher, what: &str) {
    let settings = match what {
        "usual" => Augmentation { jpeg: 0.0, ..Augmentation::default() },
        "blur and noise" => Augmentation { jpeg: 0.0, blur: 1.0, noise: 1.0, ..Augmentation::default() },
        _ => Augmentation { jpeg: 1.0, ..Augmentation::default() },
    };
    let (photo, augmenter) = (picture(187, 140, 5), Augmenter::new(settings, 112, 1).unwrap());
    let mut step = 0;
    bencher.bench_local(|| {
        step += 1;
        augmenter.picture(&photo, step, 0)
    });
}

#[divan::bench]
fn plain(bencher: Bencher) {
    let photo = picture(187, 140, 5);
    bencher.bench_local(|| prepare(black_box(&photo), 112));
}

#[divan::bench(sample_count = 3, sample_size = 1)]
fn groups_of_50_000(bencher: Bencher) {
    let sample =
        |i: usize| Sample { class: 0, source: Source::File(i.to_string().into()), picture: picture(24, 18, i) };
    let data = Dataset { classes: vec!["one".into()], samples: (0..50_000).map(sample).collect() };
    bencher.bench_local(|| groups(&data));
}

#[divan::bench]
fn batch_of_50_000(bencher: Bencher) {
    let classes: Vec<usize> = (0..50_000).map(|i| usize::from(i % 10 == 0)).collect();
    let mut batches = Batches::new(&classes, &(0..50_000).collect::<Vec<_>>(), 16, 1).unwrap();
    let mut step = 0;
    bencher.bench_local(|| {
        step += 1;
        batches.batch(step)
    });
}
