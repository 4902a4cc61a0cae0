//! A dream of a larger size is the same picture, larger.

use oneiric::picture::resize::shrunk;
use oneiric::preset::preset;
use oneiric::render::LoadedPhoto;
use oneiric::{Dream, Picture, Settings, landscape};

/// Steps enough for shapes to grow, few enough for a test.
fn looks() -> Settings {
    Settings { iterations: 6, ..preset("eyes").unwrap().settings() }
}

fn dream(settings: &Settings, photo: &Picture) -> Picture {
    Dream::new(settings.clone()).unwrap().render(photo).unwrap()
}

/// The correlation of what two dreams have added to a photo, all in the photo's size.
fn correlation(photo: &Picture, a: &Picture, b: &Picture) -> f64 {
    let detail = |dream: &Picture| -> Vec<f64> {
        dream.pixels().iter().zip(photo.pixels()).map(|(dream, photo)| f64::from(dream - photo)).collect()
    };
    let centred = |mut values: Vec<f64>| {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        values.iter_mut().for_each(|value| *value -= mean);
        values
    };
    let (a, b) = (centred(detail(a)), centred(detail(b)));
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    dot(&a, &b) / (dot(&a, &a) * dot(&b, &b)).sqrt()
}

#[test]
fn a_large_dream_shrinks_to_the_small_one() {
    let photo = Picture::new(1280, 854, landscape::paint(1280, 854, 3)).unwrap();
    let small_photo = shrunk(&photo, 640);
    let small = dream(&looks(), &small_photo);
    let large = dream(&looks(), &photo);
    let of_sizes = correlation(&small_photo, &small, &shrunk(&large, 640));
    assert!(of_sizes > 0.7, "the details correlate with {of_sizes}");

    // Counted from the top, the shapes are as many pixels large at every size: other shapes.
    let counted = dream(&Settings { smallest: None, taper: 0.0, ..looks() }, &photo);
    let of_counted = correlation(&small_photo, &small, &shrunk(&counted, 640));
    assert!(of_counted < 0.5, "the details correlate with {of_counted}");
}

#[test]
fn every_size_of_a_photo_has_the_same_composition() {
    let photo = Picture::new(1000, 668, landscape::paint(1000, 668, 3)).unwrap();
    let dream_at = |longest| {
        let photo = LoadedPhoto::new(photo.clone(), Some(longest));
        (Dream::new(looks()).unwrap().render(&photo).unwrap(), photo)
    };
    let (reference, at_640) = dream_at(640);
    for longest in [320, 800] {
        let (dream, photo) = dream_at(longest);
        let side = longest.min(640);
        let small_photo = if longest < 640 { photo.picture() } else { at_640.picture() };
        let alike = correlation(small_photo, &shrunk(&reference, side), &shrunk(&dream, side));
        assert!(alike > 0.7, "at {longest} pixels the details correlate with {alike}");
    }
}

#[test]
fn at_the_size_that_looks_are_tuned_on_both_ways_of_counting_are_one() {
    let settings = Settings { iterations: 1, ..looks() };
    let counted = Settings { smallest: None, taper: 0.0, ..settings.clone() };
    let photo = Picture::new(640, 214, landscape::paint(640, 214, 5)).unwrap();
    assert!(dream(&settings, &photo) == dream(&counted, &photo));
}
