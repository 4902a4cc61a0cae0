//! `oneiric filter`: kernels on photos.

use std::fs;

use oneiric::{Limits, Picture, SaveMode};

use crate::{Run, Sandbox, open, sides};

fn filter(sandbox: &Sandbox, args: &[&str]) -> Run {
    sandbox.run(["filter", "photo.png"].iter().chain(args))
}

/// The values of an NPY file.
fn values(bytes: &[u8]) -> Vec<f32> {
    let end = 10 + usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    bytes[end..].chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap())).collect()
}

#[test]
fn a_kernel_by_name_has_the_result_of_its_numbers() {
    let sandbox = Sandbox::with_photo();
    let run = filter(&sandbox, &["--kernel", "sharpen"]).succeeds();
    assert_eq!((run.text().as_str(), run.stderr.as_str()), ("photo.filter.png\n", "wrote photo.filter.png (60x40)\n"));
    filter(&sandbox, &["-k", "0 -1 0; -1 5 -1; 0 -1 0", "-o", "own.png"]).succeeds();
    let bytes = |name: &str| fs::read(sandbox.path(name)).unwrap();
    assert!(bytes("photo.filter.png") == bytes("own.png"));
    filter(&sandbox, &["-k", "identity", "-o", "same.png"]).succeeds();
    assert!(open(sandbox.path("same.png")) == open(sandbox.path("photo.png")));
    assert_eq!(filter(&sandbox, &["-k", "blur", "-q"]).succeeds().text(), "");
    assert_eq!(sandbox.files(), ["own.png", "photo.filter-2.png", "photo.filter.png", "photo.png", "same.png"]);
}

#[test]
fn a_kernel_is_laid_on_the_photo_as_it_is_written() {
    let sandbox = Sandbox::new();
    // A white pixel in the middle of a black picture.
    let mut photo = Picture::filled(5, 5, [0.0; 3]).unwrap();
    photo.pixels_mut()[12 * 3..][..3].fill(1.0);
    photo.save(sandbox.path("photo.png"), 90, SaveMode::New).unwrap();
    filter(&sandbox, &["-k", "0 0 0; 0 0 0.6; 0 0 0", "-o", "moved.png"]).succeeds();
    // The number on the right takes the pixel on the right: the white pixel moves to the left.
    let moved = open(sandbox.path("moved.png"));
    let bright: Vec<usize> = (0..25).filter(|&i| moved.pixels()[i * 3] > 0.0).collect();
    assert_eq!(bright, [11]);
    assert!((moved.pixels()[33] - 0.6).abs() < 0.003);
}

#[test]
fn the_exact_values_and_what_was_done_are_reported() {
    let sandbox = Sandbox::with_photo();
    let layer = ["-k", "-1 0 1", "--stride", "2", "--padding", "zero", "--relu", "--pool", "3", "--repeat", "1"];
    let files = ["-o", "a.png", "--values", "a.npy", "--json", "--quiet"];
    let run = filter(&sandbox, &[&layer[..], &files].concat()).succeeds();
    assert_eq!(run.stderr, "");
    let json = run.json();
    assert_eq!((&json["output"], &json["width"], &json["height"]), (&"a.png".into(), &10.into(), &6.into()));
    assert_eq!(json["photo"], serde_json::json!([60, 40]));
    let kernel = &json["kernels"][0];
    assert_eq!(kernel["kernel"], "-1 0 1");
    assert_eq!(kernel["numbers"], serde_json::json!([[-1.0, 0.0, 1.0]]));
    assert_eq!(
        (&json["padding"], &json["stride"], &json["pool"], &json["relu"]),
        (&"zero".into(), &2.into(), &3.into(), &true.into())
    );
    let values = values(&fs::read(sandbox.path("a.npy")).unwrap());
    assert_eq!(values.len(), 3 * 6 * 10);
    let most = values.iter().copied().fold(0.0, f32::max);
    assert!((kernel["range"][1].as_f64().unwrap() - f64::from(most)).abs() < 1e-6);
    assert!(values.iter().all(|value| *value >= 0.0));
    filter(&sandbox, &["-k", "box", "-o", "b.png", "--values", "a.npy"]).fails(2, &["a.npy", "--overwrite"]);
    filter(&sandbox, &["--values", "c.npy"]).fails(2, &["one kernel", "--kernel"]);
    assert_eq!(sandbox.files(), ["a.npy", "a.png", "photo.png"]);
}

#[test]
fn negative_results_are_black_or_with_signed_darker_than_grey() {
    let sandbox = Sandbox::with_photo();
    let negative = ["-k", "-1"];
    filter(&sandbox, &[&negative[..], &["-o", "clamped.png"]].concat()).succeeds();
    assert!(open(sandbox.path("clamped.png")).pixels().iter().all(|value| *value == 0.0));
    filter(&sandbox, &[&negative[..], &["-o", "signed.png", "--signed"]].concat()).succeeds();
    let (photo, signed) = (open(sandbox.path("photo.png")), open(sandbox.path("signed.png")));
    let brightest = photo.pixels().iter().copied().fold(0.0, f32::max);
    for (shown, value) in signed.pixels().iter().zip(photo.pixels()) {
        assert!((shown - (0.5 - 0.5 * value / brightest)).abs() < 0.003);
    }
}

#[test]
fn several_kernels_make_one_sheet_and_none_means_all() {
    let sandbox = Sandbox::with_photo();
    let run = filter(&sandbox, &["-k", "edges", "-k", "1 1 1", "-o", "two.png", "--json"]).succeeds();
    let json = run.json();
    assert_eq!((&json["kernels"][0]["kernel"], &json["kernels"][1]["kernel"]), (&"edges".into(), &"1 1 1".into()));
    let all = filter(&sandbox, &["-o", "all.png", "--json"]).succeeds().json();
    assert_eq!(all["kernels"].as_array().unwrap().len(), oneiric::filter::kernels().len());
    let [two, all] = ["two.png", "all.png"].map(|name| sides(&open(sandbox.path(name))));
    assert!(all.0 * all.1 > 2 * two.0 * two.1, "{all:?} and {two:?}");
    filter(&sandbox, &["-o", "one.png", "--threads", "1"]).succeeds();
    assert!(fs::read(sandbox.path("one.png")).unwrap() == fs::read(sandbox.path("all.png")).unwrap());
}

#[test]
fn photos_can_come_from_a_pipe_and_keep_their_transparency() {
    let sandbox = Sandbox::with_photo();
    let photo = open(sandbox.path("photo.png")).pixels().to_vec();
    let alpha = (0..60 * 40).map(|i| if i % 60 < 30 { 0.0 } else { 1.0 }).collect();
    Picture::with_alpha(60, 40, photo, Some(alpha)).unwrap().save(sandbox.path("half.png"), 90, SaveMode::New).unwrap();
    let half = fs::read(sandbox.path("half.png")).unwrap();
    let piped = sandbox.feed(&["filter", "-", "-k", "blur", "--size", "30"], &half).succeeds();
    let filtered = Picture::read(&piped.stdout, &Limits::default()).unwrap();
    assert_eq!(sides(&filtered), (30, 20));
    let alpha = filtered.alpha().unwrap();
    assert!(alpha[5] < 0.1 && alpha[25] > 0.9);
    filter(&sandbox, &["-k", "blur", "-o", "-", "--json"]).fails(2, &["--json", "-o FILE"]);
}

#[test]
fn kernels_are_listed_with_their_numbers() {
    let sandbox = Sandbox::new();
    let text = sandbox.run(["filter", "--list"]).succeeds().text();
    assert!(text.starts_with("KERNEL") && text.contains("1 2 1; 2 4 2; 1 2 1 / 16"), "{text}");
    let json = sandbox.run(["filter", "--list", "--json"]).succeeds().json();
    assert_eq!(json["kernels"][0]["numbers"], serde_json::json!([[0.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]]));
}

#[test]
fn invalid_arguments_are_refused_before_writing() {
    let sandbox = Sandbox::with_photo();
    filter(&sandbox, &["-k", "blurr"]).fails(2, &["'blurr'", "--kernel", "blur-5", "numbers"]);
    filter(&sandbox, &["-k", "1 2; 3 4"]).fails(2, &["odd"]);
    filter(&sandbox, &["-k", "1 2 3; 4 5"]).fails(2, &["row 2 has 2 numbers"]);
    filter(&sandbox, &["-k", "--relu"]).fails(2, &["'--relu' is not a number"]);
    filter(&sandbox, &["-k", "blur", "--stride", "0"]).fails(2, &["--stride", "1"]);
    filter(&sandbox, &["-k", "blur", "--pool", "41"]).fails(2, &["41x41", "60x40"]);
    filter(&sandbox, &["-k", "blur", "--padding", "reflect"]).fails(2, &["reflect", "zero"]);
    filter(&sandbox, &["-k", "1000", "--repeat", "30"]).fails(2, &["too large"]);
    filter(&sandbox, &["-k", "blur", "-o", "photo.png"]).fails(2, &["photo.png", "--overwrite"]);
    filter(&sandbox, &["-k", "blur", "-o", "f.gif"]).fails(2, &["f.gif", ".png"]);
    sandbox.run(["filter", "nothing.png"]).fails(2, &["nothing.png"]);
    sandbox.run(["filter"]).fails(2, &["PHOTO"]);
    assert_eq!(sandbox.files(), ["photo.png"]);
}
