//! `oneiric blend`.

use std::fs;

use oneiric::{Limits, Picture, SaveMode};

use crate::{Run, Sandbox, open, sides};

/// A sandbox with `photo.png` and, as its dream, `dream.png` with other colours, both 60x40.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::with_photo();
    let photo = open(sandbox.path("photo.png"));
    let other = photo.pixels().iter().rev().map(|value| 0.2 + 0.7 * value).collect();
    Picture::new(60, 40, other).unwrap().save(sandbox.path("dream.png"), 90, SaveMode::New).unwrap();
    sandbox
}

fn blend(sandbox: &Sandbox, args: &[&str]) -> Run {
    sandbox.run(["blend", "photo.png", "dream.png"].iter().chain(args))
}

#[test]
fn strength_one_gives_the_dream_and_strength_zero_the_photo() {
    let sandbox = sandbox();
    blend(&sandbox, &["-o", "one.png"]).succeeds();
    assert!(fs::read(sandbox.path("one.png")).unwrap() == fs::read(sandbox.path("dream.png")).unwrap());
    blend(&sandbox, &["-o", "zero.png", "--strength", "0"]).succeeds();
    assert!(fs::read(sandbox.path("zero.png")).unwrap() == fs::read(sandbox.path("photo.png")).unwrap());
    blend(&sandbox, &["-o", "half.png", "--strength", "0.5"]).succeeds();
    let [photo, dream, half] = ["photo.png", "dream.png", "half.png"].map(|name| open(sandbox.path(name)));
    for ((half, photo), dream) in half.pixels().iter().zip(photo.pixels()).zip(dream.pixels()) {
        assert!((half - (photo + dream) / 2.0).abs() < 0.003);
    }
}

#[test]
fn a_blend_is_written_next_to_its_photo_and_replaces_no_file() {
    let sandbox = sandbox();
    let run = blend(&sandbox, &[]).succeeds();
    assert_eq!((run.text().as_str(), run.stderr.as_str()), ("photo.blend.png\n", "wrote photo.blend.png (60x40)\n"));
    assert_eq!(blend(&sandbox, &[]).succeeds().text(), "photo.blend-2.png\n");
    assert_eq!(blend(&sandbox, &["-q"]).succeeds().text(), "");
    blend(&sandbox, &["-o", "dream.png"]).fails(2, &["dream.png", "--overwrite"]);
    fs::create_dir(sandbox.path("folder")).unwrap();
    blend(&sandbox, &["-o", "folder"]).fails(2, &["folder/photo.blend.png"]);
    blend(&sandbox, &["-o", "dream.png", "--overwrite", "--strength", "0"]).succeeds();
    assert!(fs::read(sandbox.path("dream.png")).unwrap() == fs::read(sandbox.path("photo.png")).unwrap());
}

#[test]
fn a_dream_of_another_shape_is_refused() {
    let sandbox = sandbox();
    let picture = |name: &str, width, height| {
        Picture::filled(width, height, [0.5; 3]).unwrap().save(sandbox.path(name), 90, SaveMode::New).unwrap();
    };
    picture("square.png", 40, 40);
    picture("small.png", 31, 21);
    sandbox.run(["blend", "photo.png", "square.png", "-o", "x.png"]).fails(2, &["40x40", "60x40", "shape"]);
    sandbox.run(["blend", "photo.png", "small.png", "-o", "x.png"]).succeeds();
}

#[test]
fn colour_options_work_and_are_reported_as_json() {
    let sandbox = sandbox();
    let finish = ["--colours", "photo", "--saturation", "0.5", "--white-balance", "--strength", "1.5"];
    let run =
        blend(&sandbox, &[&["-o", "a.png", "--json", "--quiet", "--threads", "1"], &finish[..]].concat()).succeeds();
    let expected = serde_json::json!({
        "output": "a.png", "width": 60, "height": 40,
        "finish": {"strength": 1.5, "colours": "photo", "saturation": 0.5, "white_balance": true},
    });
    assert_eq!(run.json(), expected);
    assert_eq!(run.stderr, "");
    blend(&sandbox, &[&["-o", "b.png", "--threads", "2"], &finish[..]].concat()).succeeds();
    blend(&sandbox, &["-o", "c.png", "--colours", "histogram"]).succeeds();
    let bytes = |name: &str| fs::read(sandbox.path(name)).unwrap();
    assert!(bytes("a.png") == bytes("b.png"));
    assert!(bytes("c.png") != bytes("dream.png"));
    blend(&sandbox, &["-o", "grey.png", "--saturation", "0"]).succeeds();
    assert!(open(sandbox.path("grey.png")).pixels().chunks(3).all(|p| p[0] == p[1] && p[1] == p[2]));
}

#[test]
fn the_photo_is_resized_to_the_dream_whose_transparency_is_kept() {
    let sandbox = sandbox();
    let clear = (0..30 * 20).map(|i| f32::from(u8::from(i % 3 > 0))).collect();
    let dream = Picture::with_alpha(30, 20, vec![0.25; 30 * 20 * 3], Some(clear)).unwrap();
    dream.save(sandbox.path("small.png"), 90, SaveMode::New).unwrap();
    let blend = ["blend", "photo.png", "small.png", "-o", "b.png", "--strength", "0"];
    sandbox.run(blend).succeeds();
    let blended = open(sandbox.path("b.png"));
    assert_eq!(sides(&blended), (30, 20));
    assert_eq!(blended.alpha().unwrap()[..3], [0.0, 1.0, 1.0]);
    let mean = |picture: &Picture| picture.pixels().iter().sum::<f32>() / picture.pixels().len() as f32;
    assert!((mean(&blended) - mean(&open(sandbox.path("photo.png")))).abs() < 0.005);
}

#[test]
fn the_dream_can_come_from_a_pipe() {
    let sandbox = sandbox();
    let dream = fs::read(sandbox.path("dream.png")).unwrap();
    let piped = sandbox.feed(&["blend", "photo.png", "-", "-o", "-", "--strength", "0.5"], &dream).succeeds();
    let named = blend(&sandbox, &["-o", "-", "--strength", "0.5", "--quiet"]).succeeds();
    assert!(piped.stdout == named.stdout);
    assert_eq!(sides(&Picture::read(&named.stdout, &Limits::default()).unwrap()), (60, 40));
    sandbox.run(["blend", "-", "-"]).fails(2, &["only one", "standard input"]);
    blend(&sandbox, &["-o", "-", "--json"]).fails(2, &["--json", "-o FILE"]);
    assert_eq!(sandbox.files(), ["dream.png", "photo.png"]);
}

#[test]
fn invalid_arguments_are_refused_before_writing() {
    let sandbox = sandbox();
    blend(&sandbox, &["--strength", "2.5"]).fails(2, &["invalid value '2.5' for --strength: must be between 0 and 2"]);
    blend(&sandbox, &["--strength", "-1"]).fails(2, &["strength", "-1"]);
    blend(&sandbox, &["--saturation", "nan"]).fails(2, &["--saturation: must be between 0 and 4"]);
    blend(&sandbox, &["--saturation", "much"]).fails(2, &["--saturation", "a number"]);
    blend(&sandbox, &["--colours", "pastel"]).fails(2, &["pastel", "dream, photo, histogram"]);
    blend(&sandbox, &["-o", "b.gif"]).fails(2, &["b.gif", ".png"]);
    sandbox.run(["blend", "photo.png"]).fails(2, &["<DREAM>"]);
    sandbox.run(["blend", "photo.png", "nothing.png"]).fails(2, &["nothing.png"]);
    fs::write(sandbox.path("words.png"), b"no picture").unwrap();
    sandbox.run(["blend", "words.png", "dream.png"]).fails(2, &["words.png"]);
    assert_eq!(sandbox.files(), ["dream.png", "photo.png", "words.png"]);
}
