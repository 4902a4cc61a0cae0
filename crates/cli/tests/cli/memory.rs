//! Large pictures on small machines: a budget, tiles, a smaller dream, and what it will take.

use crate::{Desk, open};

const FEW: [&str; 4] = ["--octaves", "1", "--iterations", "1"];

#[test]
fn what_a_dream_takes_is_told_without_dreaming() {
    let desk = Desk::with_jpeg(1500, 1000);
    let run = desk.run(["dream", "photo.jpg", "--dry-run"]).succeeds();
    assert!(run.text().contains("1500x1000 takes about") && run.text().contains("MB of memory"), "{}", run.text());
    let json = desk.run(["dream", "photo.jpg", "--dry-run", "--json", "--memory", "160M"]).succeeds().json();
    assert!(json["seconds"].as_f64().unwrap() > 0.0 && json["memory_bytes"].as_u64().unwrap() <= 160_000_000, "{json}");
    assert!(json["tile"][0].as_u64().unwrap() < 1500, "{json}");
    assert_eq!(desk.files(), ["photo.jpg"]);
    desk.run(["dream", "photo.jpg", "photo.jpg", "-o", "x", "--dry-run"]).fails(2, &["--dry-run", "one picture"]);
}

#[test]
fn a_dream_in_tiles_is_told_by_its_recipe_and_made_again() {
    let desk = Desk::with_jpeg(1500, 1000);
    let dream =
        |args: &[&str]| desk.run([&["dream", "photo.jpg", "--json"], &FEW[..], args].concat()).succeeds().json();
    let json = dream(&["--memory", "160M", "-o", "a.png"]);
    let tile = json["settings"]["tile"].as_str().unwrap().to_owned();
    assert_ne!(tile, "whole");
    // However much memory there is now.
    let json = desk.run(["dream", "photo.jpg", "--json", "--recipe", "a.png", "-o", "b.png"]).succeeds().json();
    assert_eq!(json["settings"]["tile"], tile.as_str());
    assert!(std::fs::read(desk.path("a.png")).unwrap() == std::fs::read(desk.path("b.png")).unwrap());
    desk.run(["dream", "photo.jpg", "--memory", "50M"]).fails(2, &["at least", "--memory", "--size", "--upscale"]);
    for wrong in ["", "2X", "-3G", "NaN", "0"] {
        desk.run(["dream", "photo.jpg", &format!("--memory={wrong}")]).fails(2, &["2G"]);
    }
    desk.run(["dream", "photo.jpg", "--tile", "10x10"]).fails(2, &["width of --tile", "384"]);
    desk.run(["dream", "photo.jpg", "--tile", "big"]).fails(2, &["1024x768"]);
}

#[test]
fn a_smaller_dream_is_carried_to_the_full_size() {
    let desk = Desk::with_jpeg(1500, 1000);
    let out = |args: &[&str]| desk.run([&["dream", "photo.jpg"], &FEW[..], args].concat()).succeeds();
    out(&["--upscale", "300", "-o", "a.png"]);
    let (photo, dream) = (open(desk.path("photo.jpg")), open(desk.path("a.png")));
    assert_eq!((dream.width(), dream.height()), (1500, 1000));
    let changed = photo.pixels().iter().zip(dream.pixels()).filter(|(p, d)| (**p - **d).abs() > 0.004).count();
    assert!(changed > photo.pixels().len() / 4, "{changed}");
    desk.run(["dream", "photo.jpg", "--upscale", "small"]).fails(2, &["whole number"]);
}
