//! Picture files: good, unusual and broken ones.
//!
//! `tests/pictures/` has files that the encoders of the library cannot write; `make.py` there made them. Most show four
//! quarters of flat colour, `QUARTERS`.

use std::fs;
use std::path::{Path, PathBuf};

use image::{ExtendedColorType, ImageEncoder};
use oneiric::picture::{Blame, Limits, Picture, PictureError, PictureFile};

#[path = "pictures/broken.rs"]
mod broken;
#[path = "pictures/colours.rs"]
mod colours;
#[path = "pictures/incomplete.rs"]
mod incomplete;
#[path = "pictures/jxls.rs"]
mod jxls;
#[path = "pictures/metadata.rs"]
mod metadata;
#[path = "pictures/reading.rs"]
mod reading;
#[path = "pictures/saving.rs"]
mod saving;
#[path = "pictures/tiffs.rs"]
mod tiffs;

type Rgb = [u8; 3];

/// Upper left, upper right, lower left, lower right.
const QUARTERS: [Rgb; 4] = [[200, 40, 30], [40, 160, 60], [30, 60, 180], [200, 200, 200]];

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pictures")
}

fn fixture(name: &str) -> Vec<u8> {
    fs::read(fixtures().join(name)).unwrap()
}

fn all_fixtures() -> Vec<(String, Vec<u8>)> {
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    let mut all: Vec<_> = fs::read_dir(fixtures())
        .unwrap()
        .map(|entry| name(&entry.unwrap().path()))
        .filter(|name| !name.ends_with(".py") && !name.ends_with(".rs"))
        .map(|name| (name.clone(), fixture(&name)))
        .collect();
    all.sort();
    all
}

fn read(bytes: &[u8]) -> Picture {
    Picture::read(bytes, &Limits::default()).unwrap()
}

/// Returns the error of reading a broken picture, which must blame the input.
fn refused(bytes: &[u8]) -> PictureError {
    let error = Picture::read(bytes, &Limits::default()).unwrap_err();
    assert_eq!(error.blame(), Blame::Input, "{error}");
    error
}

fn byte(value: f32) -> u8 {
    (value * 255.0).round() as u8
}

fn bytes_of(picture: &Picture) -> Vec<u8> {
    picture.pixels().iter().map(|&value| byte(value)).collect()
}

/// The colours in the middle of the four quarters.
fn quarters(picture: &Picture) -> [Rgb; 4] {
    let (w, h) = (picture.width(), picture.height());
    let at = |x: usize, y: usize| {
        let start = (y * w + x) * 3;
        [0, 1, 2].map(|channel| byte(picture.pixels()[start + channel]))
    };
    [at(w / 4, h / 4), at(w * 3 / 4, h / 4), at(w / 4, h * 3 / 4), at(w * 3 / 4, h * 3 / 4)]
}

#[track_caller]
fn assert_near(got: [Rgb; 4], wanted: [Rgb; 4], tolerance: u8) {
    let worst = got.iter().flatten().zip(wanted.iter().flatten());
    let worst = worst.map(|(a, b)| a.abs_diff(*b)).max().unwrap();
    assert!(worst <= tolerance, "{got:?} is not {wanted:?}");
}

/// A PNG file of raw samples, with a profile if there is one.
fn png(width: u32, height: u32, colour: ExtendedColorType, samples: &[u8], profile: Option<Vec<u8>>) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = image::codecs::png::PngEncoder::new(&mut file);
    if let Some(profile) = profile {
        encoder.set_icc_profile(profile).unwrap();
    }
    encoder.write_image(samples, width, height, colour).unwrap();
    file
}

/// Replaces the only occurrence of `before`.
#[track_caller]
fn patched(mut file: Vec<u8>, before: &[u8], after: &[u8]) -> Vec<u8> {
    let mut places = (0..file.len()).filter(|&at| file[at..].starts_with(before));
    let at = places.next().expect("nothing to patch");
    assert_eq!(places.next(), None, "more than one place to patch");
    file[at..at + after.len()].copy_from_slice(after);
    file
}
