//! What `oneiric blend` makes of a photo and its dream.

use std::fs;

use oneiric::{Limits, Picture, SaveMode};

use crate::{Desk, Run, open, sides};

/// A desk with a photo and a picture of other colours as its dream: `photo.png` and `dream.png`, both 60x40.
fn desk() -> Desk {
    let desk = Desk::with_photo();
    let photo = open(desk.path("photo.png"));
    let other = photo.pixels().iter().rev().map(|value| 0.2 + 0.7 * value).collect();
    Picture::new(60, 40, other).unwrap().save(desk.path("dream.png"), 90, SaveMode::New).unwrap();
    desk
}

fn blend(desk: &Desk, args: &[&str]) -> Run {
    desk.run(["blend", "photo.png", "dream.png"].iter().chain(args))
}

#[test]
fn strength_one_is_the_dream_to_the_byte_and_zero_the_photo() {
    let desk = desk();
    blend(&desk, &["-o", "one.png"]).succeeds();
    assert!(fs::read(desk.path("one.png")).unwrap() == fs::read(desk.path("dream.png")).unwrap());
    blend(&desk, &["-o", "zero.png", "--strength", "0"]).succeeds();
    assert!(fs::read(desk.path("zero.png")).unwrap() == fs::read(desk.path("photo.png")).unwrap());
    blend(&desk, &["-o", "half.png", "--strength", "0.5"]).succeeds();
    let [photo, dream, half] = ["photo.png", "dream.png", "half.png"].map(|name| open(desk.path(name)));
    for ((half, photo), dream) in half.pixels().iter().zip(photo.pixels()).zip(dream.pixels()) {
        assert!((half - (photo + dream) / 2.0).abs() < 0.003);
    }
}

#[test]
fn a_blend_lies_beside_its_photo_and_replaces_nothing() {
    let desk = desk();
    let run = blend(&desk, &[]).succeeds();
    assert_eq!((run.text().as_str(), run.stderr.as_str()), ("photo.blend.png\n", "wrote photo.blend.png (60x40)\n"));
    assert_eq!(blend(&desk, &[]).succeeds().text(), "photo.blend-2.png\n");
    assert_eq!(blend(&desk, &["-q"]).succeeds().text(), "");
    blend(&desk, &["-o", "dream.png"]).fails(2, &["dream.png", "--overwrite"]);
    fs::create_dir(desk.path("folder")).unwrap();
    blend(&desk, &["-o", "folder"]).fails(2, &["folder/photo.blend.png"]);
    blend(&desk, &["-o", "dream.png", "--overwrite", "--strength", "0"]).succeeds();
    assert!(fs::read(desk.path("dream.png")).unwrap() == fs::read(desk.path("photo.png")).unwrap());
}

#[test]
fn what_cannot_be_a_dream_of_the_photo_is_refused() {
    let desk = desk();
    let picture = |name: &str, width, height| {
        Picture::filled(width, height, [0.5; 3]).unwrap().save(desk.path(name), 90, SaveMode::New).unwrap();
    };
    picture("square.png", 40, 40);
    picture("small.png", 31, 21);
    desk.run(["blend", "photo.png", "square.png", "-o", "x.png"]).fails(2, &["40x40", "60x40", "shape"]);
    desk.run(["blend", "photo.png", "small.png", "-o", "x.png"]).succeeds();
}

#[test]
fn colours_are_chosen_and_told_as_json() {
    let desk = desk();
    let finish = ["--colours", "photo", "--saturation", "0.5", "--white-balance", "--strength", "1.5"];
    let run = blend(&desk, &[&["-o", "a.png", "--json", "--quiet", "--threads", "1"], &finish[..]].concat()).succeeds();
    let expected = serde_json::json!({
        "output": "a.png", "width": 60, "height": 40,
        "finish": {"strength": 1.5, "colours": "photo", "saturation": 0.5, "white_balance": true},
    });
    assert_eq!(run.json(), expected);
    assert_eq!(run.stderr, "");
    blend(&desk, &[&["-o", "b.png", "--threads", "2"], &finish[..]].concat()).succeeds();
    blend(&desk, &["-o", "c.png", "--colours", "histogram"]).succeeds();
    let bytes = |name: &str| fs::read(desk.path(name)).unwrap();
    assert!(bytes("a.png") == bytes("b.png"));
    assert!(bytes("c.png") != bytes("dream.png"));
    blend(&desk, &["-o", "grey.png", "--saturation", "0"]).succeeds();
    assert!(open(desk.path("grey.png")).pixels().chunks(3).all(|p| p[0] == p[1] && p[1] == p[2]));
}

#[test]
fn a_smaller_dream_gets_a_smaller_photo_and_keeps_its_transparency() {
    let desk = desk();
    let clear = (0..30 * 20).map(|i| f32::from(u8::from(i % 3 > 0))).collect();
    let dream = Picture::with_alpha(30, 20, vec![0.25; 30 * 20 * 3], Some(clear)).unwrap();
    dream.save(desk.path("small.png"), 90, SaveMode::New).unwrap();
    let blend = ["blend", "photo.png", "small.png", "-o", "b.png", "--strength", "0"];
    desk.run(blend).succeeds();
    let blended = open(desk.path("b.png"));
    assert_eq!(sides(&blended), (30, 20));
    assert_eq!(blended.alpha().unwrap()[..3], [0.0, 1.0, 1.0]);
    let mean = |picture: &Picture| picture.pixels().iter().sum::<f32>() / picture.pixels().len() as f32;
    assert!((mean(&blended) - mean(&open(desk.path("photo.png")))).abs() < 0.005);
}

#[test]
fn a_pipe_leads_from_dream_to_blend() {
    let desk = desk();
    let dream = fs::read(desk.path("dream.png")).unwrap();
    let piped = desk.feed(&["blend", "photo.png", "-", "-o", "-", "--strength", "0.5"], &dream).succeeds();
    let named = blend(&desk, &["-o", "-", "--strength", "0.5", "--quiet"]).succeeds();
    assert!(piped.stdout == named.stdout);
    assert_eq!(sides(&Picture::read(&named.stdout, &Limits::default()).unwrap()), (60, 40));
    desk.run(["blend", "-", "-"]).fails(2, &["only one", "standard input"]);
    blend(&desk, &["-o", "-", "--json"]).fails(2, &["--json", "-o FILE"]);
    assert_eq!(desk.files(), ["dream.png", "photo.png"]);
}

#[test]
fn what_cannot_work_is_said_and_writes_nothing() {
    let desk = desk();
    blend(&desk, &["--strength", "2.5"]).fails(2, &["invalid value '2.5' for --strength: must be between 0 and 2"]);
    blend(&desk, &["--strength", "-1"]).fails(2, &["strength", "-1"]);
    blend(&desk, &["--saturation", "nan"]).fails(2, &["--saturation: must be between 0 and 4"]);
    blend(&desk, &["--saturation", "much"]).fails(2, &["--saturation", "a number"]);
    blend(&desk, &["--colours", "pastel"]).fails(2, &["pastel", "dream, photo, histogram"]);
    blend(&desk, &["-o", "b.gif"]).fails(2, &["b.gif", ".png"]);
    desk.run(["blend", "photo.png"]).fails(2, &["<DREAM>"]);
    desk.run(["blend", "photo.png", "nothing.png"]).fails(2, &["nothing.png"]);
    fs::write(desk.path("words.png"), b"no picture").unwrap();
    desk.run(["blend", "words.png", "dream.png"]).fails(2, &["words.png"]);
    assert_eq!(desk.files(), ["dream.png", "photo.png", "words.png"]);
}
