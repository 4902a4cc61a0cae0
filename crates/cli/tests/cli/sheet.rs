//! `oneiric sheet` and the sheet of `oneiric look`.

use std::fs;

use oneiric::preset::presets;

use crate::{Sandbox, open, sides};

/// Options of a sheet that is finished at once.
const FEW: [&str; 6] = ["--size", "40", "-p", "dogs", "-p", "eyes"];

#[test]
fn the_photo_and_every_preset_get_a_tile() {
    let sandbox = Sandbox::with_photo();
    let run = sandbox.run(["sheet", "photo.png", "-o", "s.png", "--size", "36", "--json"]).succeeds();
    let json = run.json();
    let names: Vec<&str> = json["presets"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    assert_eq!(names, presets().iter().map(|preset| preset.name).collect::<Vec<_>>());
    assert_eq!(json["tile"], serde_json::json!([36, 24]));
    let sheet = open(sandbox.path("s.png"));
    assert_eq!((&json["width"], &json["height"]), (&sheet.width().into(), &sheet.height().into()));
    assert!(run.stderr.starts_with("wrote s.png ("), "{}", run.stderr);
    assert_eq!(sandbox.files(), ["photo.png", "s.png"]);
}

#[test]
fn chosen_looks_appear_once_with_the_same_bytes_on_any_number_of_threads() {
    let sandbox = Sandbox::with_photo();
    let sheet = |more: &[&str]| sandbox.run(["sheet", "photo.png"].iter().chain(&FEW).chain(more)).succeeds();
    let json = sheet(&["-o", "a.png", "-p", "DOGS", "--threads", "1", "--json", "--quiet"]);
    assert_eq!(json.json()["presets"].as_array().unwrap().len(), 2);
    assert_eq!(json.stderr, "");
    sheet(&["-o", "b.png", "--threads", "2"]);
    sheet(&["-o", "c.png", "--seed", "1"]);
    let bytes = |name: &str| fs::read(sandbox.path(name)).unwrap();
    assert!(bytes("a.png") == bytes("b.png"));
    assert!(bytes("a.png") != bytes("c.png"));
}

#[test]
fn sheets_work_with_pipes_and_the_landscape() {
    let sandbox = Sandbox::with_photo();
    let photo = fs::read(sandbox.path("photo.png")).unwrap();
    let piped = sandbox.feed(&[&["sheet", "-", "-o", "-"], &FEW[..]].concat(), &photo).succeeds();
    assert!(piped.stdout.starts_with(b"\x89PNG"));
    sandbox.run(["sheet", "-o", "land.webp"].iter().chain(&FEW)).succeeds();
    assert!(sides(&open(sandbox.path("land.webp"))).0 > 80);
}

#[test]
fn invalid_arguments_are_refused_before_the_work() {
    let sandbox = Sandbox::with_photo();
    sandbox.run(["sheet", "photo.png"]).fails(2, &["--out"]);
    sandbox.run(["sheet", "photo.png", "-o", "photo.png"]).fails(2, &["photo.png", "--overwrite"]);
    sandbox.run(["sheet", "photo.png", "-o", "s.xyz"]).fails(2, &["png"]);
    sandbox.run(["sheet", "photo.png", "-o", "s.png", "-p", "cubism"]).fails(2, &["cubism"]);
    sandbox.run(["sheet", "photo.png", "-o", "s.png", "--size", "4"]).fails(2, &["16"]);
    sandbox.run(["sheet", "photo.png", "-o", "-", "--json"]).fails(2, &["--json"]);
    sandbox.run(["sheet", "nothing.png", "-o", "s.png"]).fails(2, &["nothing.png"]);
    assert_eq!(sandbox.files(), ["photo.png"]);
}

#[test]
fn the_channels_of_a_layer_can_be_drawn() {
    let sandbox = Sandbox::with_photo();
    let look = |more: &[&str]| sandbox.run(["look", "photo.png", "-l", "block3"].iter().chain(more));
    let run = look(&["--sheet", "maps.png"]).succeeds();
    assert!(run.text().starts_with("CHANNEL    MEAN"), "{}", run.text());
    let (width, height) = sides(&open(sandbox.path("maps.png")));
    // 24 tiles of 320x213 with their captions.
    assert!(width * height > 24 * 320 * 213, "{width}x{height}");
    look(&["--sheet", "few.png", "--top", "2"]).succeeds();
    assert!(sides(&open(sandbox.path("few.png"))).1 < height);
    look(&["--sheet", "maps.png"]).fails(2, &["maps.png", "--overwrite"]);
    look(&["--sheet", "maps.npy"]).fails(2, &["png"]);
    sandbox.run(["look", "photo.png", "--sheet", "no.png"]).fails(2, &["--layer"]);
    assert_eq!(sandbox.files(), ["few.png", "maps.png", "photo.png"]);
}
