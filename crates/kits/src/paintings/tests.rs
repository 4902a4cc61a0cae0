use std::collections::BTreeSet;
use std::path::Path;

use super::*;

const ASSETS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/kits");

/// The files of a folder that SOURCES.tsv lists, in its order.
fn listed(folder: &str) -> Vec<String> {
    let table = std::fs::read_to_string(Path::new(ASSETS).join("SOURCES.tsv")).unwrap();
    let rows = table.lines().skip(1).map(|row| row.split('\t').collect::<Vec<_>>());
    rows.filter(|row| row[0].starts_with(folder))
        .map(|row| {
            assert!(row.len() == 5 && row.iter().all(|field| !field.is_empty()), "{row:?}");
            assert!(["CC0-1.0", "public domain"].contains(&row[4]), "{row:?}");
            row[0].to_owned()
        })
        .collect()
}

#[test]
fn every_built_in_picture_has_its_source() {
    for (folder, built_in) in [("paintings/", &PAINTINGS[..]), ("photos/", &PHOTOS[..])] {
        let listed = listed(folder);
        assert_eq!(listed.len(), built_in.len());
        for (file, bytes) in listed.iter().zip(built_in) {
            assert!(std::fs::read(Path::new(ASSETS).join(file)).unwrap() == bytes.jpeg, "{file}");
        }
        assert_eq!(std::fs::read_dir(Path::new(ASSETS).join(folder)).unwrap().count(), built_in.len());
    }
}

/// The sum is that of a decoder built without vector instructions.
#[test]
fn every_built_in_picture_decodes_to_the_same_bytes_on_every_machine() {
    let mut sum = 0u32;
    for bytes in PAINTINGS.iter().chain(&PHOTOS) {
        let picture = decode(*bytes, 0);
        let values = picture.pixels.iter().map(|value| (value * 255.0).round() as u32);
        sum = values.fold(sum, |sum, value| sum.wrapping_mul(31).wrapping_add(value));
        assert!((320..=512).contains(&picture.width.max(picture.height)));
        assert_eq!(picture.pixels.len(), picture.width * picture.height * 3);
    }
    assert_eq!(sum, 0x2094_95a8);
}

#[test]
fn a_seed_is_one_picture_of_the_right_size() {
    for class in IMPRESSIONIST.classes {
        for seed in [0, 1, u64::MAX] {
            let drawing = (class.draw)(seed);
            assert_eq!((drawing.width, drawing.height, drawing.pixels.len()), (SIDE, SIDE, SIDE * SIDE * 3));
            assert!(drawing.pixels.iter().all(|value| (0.0..=1.0).contains(value)));
            assert_eq!(drawing, (class.draw)(seed));
        }
    }
}

#[test]
fn half_of_the_paintings_are_real_and_the_others_share_sources_with_photos() {
    let sources = |draw: fn(u64) -> Drawing| (0..60).map(|seed| draw(seed).source).collect::<Vec<_>>();
    let paintings = sources(painting);
    let real = paintings.iter().filter(|source| **source < FIRST_PHOTO as u64).count();
    assert!((20..40).contains(&real), "{real}");
    let photos: BTreeSet<_> = sources(photo).into_iter().collect();
    assert!(photos.iter().all(|source| *source >= FIRST_PHOTO as u64));
    assert!(photos.len() > 25, "{}", photos.len());
    assert!(paintings.iter().any(|source| photos.contains(source)));
}

#[test]
fn a_crop_of_everything_is_the_picture() {
    let pixels: Vec<f32> = (0..4 * 4 * 3).map(|n| n as f32 / 48.0).collect();
    let picture = Drawing { width: 4, height: 4, pixels, source: 9 };
    let whole = |mirrored| Crop { left: 0.0, top: 0.0, side: 4.0, mirrored }.cut(&picture, 4);
    assert_eq!(whole(false), picture);
    assert_eq!(whole(true).pixels[..3], picture.pixels[9..12]);
}

#[test]
fn a_smaller_crop_keeps_the_mean() {
    let pixels = (0..64).flat_map(|n| [(n % 2) as f32; 3]).collect();
    let stripes = Drawing { width: 8, height: 8, pixels, source: 0 };
    let small = Crop { left: 0.0, top: 0.0, side: 8.0, mirrored: false }.cut(&stripes, 2);
    assert!(small.pixels.iter().all(|value| (value - 0.5).abs() < 0.1), "{:?}", small.pixels);
}
