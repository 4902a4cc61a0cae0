//! `oneiric dream --film-strip`: moments of a dream on one sheet.

use std::fs;

use crate::{Sandbox, open, sides};

#[test]
fn a_strip_is_written_next_to_the_dream_whose_bytes_stay_the_same() {
    let sandbox = Sandbox::with_photo();
    let dream = |more: &[&str]| {
        let four_steps = ["dream", "photo.png", "--size", "48", "--octaves", "1", "--iterations", "4"];
        sandbox.run(four_steps.iter().chain(more)).succeeds()
    };
    assert_eq!(dream(&[]).text(), "photo.dream.png\n");
    let run = dream(&["--film-strip", "4"]);
    assert_eq!(run.text(), "photo.dream-2.png\n");
    assert!(run.stderr.starts_with("wrote photo.dream.strip.png ("), "{}", run.stderr);
    assert!(fs::read(sandbox.path("photo.dream.png")).unwrap() == fs::read(sandbox.path("photo.dream-2.png")).unwrap());
    dream(&["-o", "d.jpg", "--film-strip", "2"]);
    let json = dream(&["-o", "e.png", "--film-strip", "60:moments.webp", "--json"]).json();
    assert_eq!(json["film_strip"], "moments.webp");
    // The photo and the dream; with two moments between them; with one after each of the first three steps.
    let [two, four, five] = ["d.strip.jpg", "photo.dream.strip.png", "moments.webp"].map(|name| {
        let (width, height) = sides(&open(sandbox.path(name)));
        width * height
    });
    assert!(two < four && four < five, "{two}, {four}, {five} pixels");
    let named = ["d.jpg", "d.strip.jpg", "e.png", "moments.webp"];
    let own = ["photo.dream-2.png", "photo.dream.png", "photo.dream.strip.png", "photo.png"];
    assert_eq!(sandbox.files(), [named, own].concat());
}

#[test]
fn a_strip_that_cannot_be_written_is_refused_before_the_dream() {
    let sandbox = Sandbox::with_photo();
    let refused = |args: &[&str], words: &[&str]| {
        sandbox.dream(&[&["photo.png"], args].concat()).fails(2, words);
    };
    refused(&["--film-strip", "1"], &["2 to 60"]);
    refused(&["--film-strip", "6:strip.gif"], &["strip.gif", ".png"]);
    refused(&["--film-strip", "6:photo.png"], &["photo.png", "--overwrite"]);
    refused(&["-o", "a.png", "--film-strip", "6:a.png"], &["same file"]);
    refused(&["--film-strip", "6", "--sweep", "step=0.5x,1x"], &["--film-strip", "--sweep"]);
    let photo = fs::read(sandbox.path("photo.png")).unwrap();
    sandbox.feed(&["dream", "-", "--film-strip", "6"], &photo).fails(2, &["--film-strip 6:strip.png"]);
    sandbox.run(["dream", "photo.png", "photo.png", "-o", "d", "--film-strip", "6"]).fails(2, &["one dream only"]);
    assert_eq!(sandbox.files(), ["photo.png"]);
}
