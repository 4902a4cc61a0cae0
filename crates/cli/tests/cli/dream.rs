//! What `oneiric dream` makes of its settings.

use std::fs;
use std::thread::sleep;
use std::time::Duration;

use crate::{Desk, open, photo, sides};

#[test]
fn a_photo_becomes_a_dream_beside_it() {
    let desk = Desk::with_photo();
    let run = desk.dream(&["photo.png"]).succeeds();
    assert_eq!(desk.files(), ["photo.dream.png", "photo.png"]);
    assert_eq!(run.text(), "photo.dream.png\n");
    assert!(run.stderr.starts_with("wrote photo.dream.png (48x32, "), "{}", run.stderr);
    assert_eq!(sides(&open(desk.path("photo.dream.png"))), (48, 32));
}

#[test]
fn a_photo_is_never_enlarged_and_without_size_stays_as_it_is() {
    let desk = Desk::with_photo();
    desk.run(["dream", "photo.png", "-o", "a.png", "--size", "500", "--iterations", "0"]).succeeds();
    desk.run(["dream", "photo.png", "-o", "b.png", "--iterations", "0"]).succeeds();
    assert_eq!(sides(&open(desk.path("a.png"))), (60, 40));
    assert_eq!(fs::read(desk.path("a.png")).unwrap(), fs::read(desk.path("b.png")).unwrap());
    // No steps, no change.
    let (before, after) = (open(desk.path("photo.png")), open(desk.path("b.png")));
    assert!(before.pixels().iter().zip(after.pixels()).all(|(a, b)| (a - b).abs() < 1.5 / 255.0));
}

#[test]
fn without_a_photo_there_is_a_landscape_for_every_seed() {
    let desk = Desk::new();
    desk.dream(&[]).succeeds();
    desk.dream(&["--seed", "7", "-o", "seven.png"]).succeeds();
    assert_eq!(desk.files(), ["oneiric.dream.png", "seven.png"]);
    assert_eq!(sides(&open(desk.path("seven.png"))), (48, 32));
    assert_ne!(fs::read(desk.path("oneiric.dream.png")).unwrap(), fs::read(desk.path("seven.png")).unwrap());
}

#[test]
fn neither_threads_nor_the_clock_change_a_byte_but_the_seed_does() {
    let desk = Desk::with_photo();
    desk.dream(&["photo.png", "-o", "1.png", "--threads", "1"]).succeeds();
    // Colour profiles carry the second of their making unless one takes care.
    sleep(Duration::from_millis(1100));
    desk.dream(&["photo.png", "-o", "2.png", "--threads", "2"]).succeeds();
    desk.dream(&["photo.png", "-o", "other.png", "--seed", "1"]).succeeds();
    let bytes = |name: &str| fs::read(desk.path(name)).unwrap();
    assert!(bytes("1.png") == bytes("2.png"));
    assert!(bytes("1.png") != bytes("other.png"));
}

#[test]
fn json_tells_what_was_made_and_how() {
    let desk = Desk::with_photo();
    let layers = ["-m", "squeezenet", "-l", "fire5", "-l", "fire8:0.5", "--channel", "3"];
    let numbers = ["--octave-scale", "1.5", "--step", "0.01", "--jitter", "4", "--normalize", "mean", "--chroma", "1"];
    let run = desk.dream(&[&["photo.png", "--json"], &layers[..], &numbers].concat()).succeeds();
    let json = run.json();
    assert_eq!(json["output"], "photo.dream.png");
    assert_eq!((&json["width"], &json["height"]), (&48.into(), &32.into()));
    assert!(json["seconds"].as_f64().unwrap() > 0.0);
    let settings = &json["settings"];
    assert_eq!(settings["model"], "squeezenet");
    assert_eq!(settings["objective"], "fire5 + 0.5*fire8");
    assert_eq!(settings["channels"], "3");
    assert_eq!(settings["octaves"], 2);
    assert_eq!(settings["normalize"], "mean");
    assert_eq!(settings["jitter"], 4);
    assert!((settings["step"].as_f64().unwrap() - 0.01).abs() < 1e-6);
}

#[test]
fn what_is_not_given_comes_from_the_preset_or_the_model() {
    let desk = Desk::with_photo();
    let settings = |args: &[&str]| {
        let args = [&["photo.png", "--json", "--overwrite", "-o", "d.png"], args].concat();
        desk.dream(&args).succeeds().json()["settings"].clone()
    };
    let preset = oneiric::preset::preset("dogs").unwrap().settings();
    let dogs = settings(&[]);
    assert_eq!(dogs["model"], preset.model.as_str());
    assert_eq!(dogs["objective"], preset.objective.to_string());
    assert_eq!(dogs["jitter"], preset.jitter);
    // Names may be written in any case, and an alias of a model is the model.
    let same = settings(&["-p", "DOGS", "-m", "EfficientNet-Lite0"]);
    assert_eq!(same, dogs);
    let other = settings(&["-m", "squeezenet"]);
    assert_eq!(other["objective"], oneiric_zoo::model("squeezenet").unwrap().default_layer);
    assert_eq!(other["jitter"], preset.jitter);
}

#[test]
fn transparency_is_kept() {
    let desk = Desk::new();
    let opaque = photo(40, 40);
    let alpha = (0..1600).map(|i| if i % 40 < 20 { 0.0 } else { 1.0 }).collect();
    let picture = oneiric::Picture::with_alpha(40, 40, opaque.pixels().to_vec(), Some(alpha)).unwrap();
    picture.save(desk.path("stamp.png"), 90, oneiric::SaveMode::New).unwrap();
    desk.run(["dream", "stamp.png", "--size", "36", "--octaves", "1", "--iterations", "1"]).succeeds();
    let dream = open(desk.path("stamp.dream.png"));
    let alpha = dream.alpha().unwrap();
    assert_eq!((alpha[0], alpha[35]), (0.0, 1.0));
}

#[test]
fn a_model_by_itself_dreams_with_the_numbers_that_suit_it() {
    let desk = Desk::with_photo();
    let settings = |args: &[&str]| {
        let all = [&["dream", "photo.png", "--json"], args, &["--size", "40", "--octaves", "1", "--iterations", "1"]]
            .concat();
        desk.run(all).succeeds().json()
    };
    let squeezenet = settings(&["-m", "squeezenet", "-o", "a.png"]);
    assert_eq!((&squeezenet["preset"], &squeezenet["settings"]["objective"]), (&"beasts".into(), &"fire8".into()));
    assert_eq!(squeezenet["settings"]["chroma"], settings(&["-p", "beasts", "-o", "b.png"])["settings"]["chroma"]);
    assert_eq!(settings(&["-o", "c.png"])["preset"], "dogs");
}

#[test]
fn things_grow_by_their_name_and_sums_as_they_are_written() {
    let desk = Desk::with_photo();
    let objective = |args: &[&str]| {
        let all = [&["photo.png", "--json", "--overwrite", "-o", "d.png"], args].concat();
        desk.dream(&all).succeeds().json()["settings"]["objective"].as_str().unwrap().to_owned()
    };
    let alone = objective(&["--more", "birds"]);
    assert!(alone.contains("lite0:everywhere('birds')") && alone.contains("squeezenet:everywhere('birds')"), "{alone}");
    let beside = objective(&["-p", "dogs", "--less", "dog"]);
    assert!(beside.starts_with("block10 - ") && beside.contains("everywhere('dog')"), "{beside}");
    let sum = "fire5 + 0.5*class('golden retriever') - 0.3*channel(fire8, 17)";
    assert_eq!(objective(&["-m", "squeezenet", "--objective", sum]), sum);
    assert_eq!(objective(&["-l", "block5", "--guide", "photo.png"]), "guide(block5)");
    desk.dream(&["photo.png", "--more", "brid"]).fails(2, &["did you mean bird"]);
    let sky = desk.dream(&["photo.png", "--more", "sky", "-o", "sky.png"]).succeeds();
    assert!(sky.stderr.contains("no class is a sky; what is nearest stands in for it: matter ("), "{}", sky.stderr);
    let octave = objective(&["-l", "block5", "--octave", "1:layer=guide(block8)", "--guide", "photo.png"]);
    assert_eq!(octave, "block5", "a term follows the guide already");
    // What would change nothing is refused.
    for (args, words) in [
        (&["--objective", "class('dog')", "-l", "block5"][..], &["cannot be used with"][..]),
        (&["--channel", "3", "--channels", "strongest:2"], &["cannot be used with"]),
        (
            &["--objective", "class('dog')", "--channels", "strongest:2"],
            &["no layer is strengthened as a whole", "strongest:2"],
        ),
        (&["--objective", "class('dog')", "--guide", "photo.png"], &["no layer is strengthened as a whole", "guide"]),
        (&["--octave", "9:step=1"], &["number of --octave", "between 1 and 2"]),
    ] {
        desk.dream(&[&["photo.png"], args].concat()).fails(2, words);
    }
    desk.dream(&["photo.png", "--objective", "block5 + chanel(block8, 1)"]).fails(2, &["^", "channel(block8, 17)"]);
    desk.dream(&["photo.png", "--objective", "block5 + stay"]).fails(2, &["did you mean stay()"]);
    desk.dream(&["photo.png", "--objective", "fire5"]).fails(2, &["squeezenet:fire5"]);
    desk.dream(&["photo.png", "--objective", "guide(block5)"]).fails(2, &["--guide"]);
}

#[test]
fn symmetric_seamless_and_finished_dreams_are_made() {
    let desk = Desk::with_photo();
    desk.dream(&["photo.png", "-o", "mirror.png", "--symmetry", "mirror"]).succeeds();
    let mirror = open(desk.path("mirror.png"));
    let (width, pixels) = (mirror.width(), mirror.pixels());
    let pixel = |x: usize| &pixels[x * 3..x * 3 + 3];
    assert!((0..width).all(|x| pixel(x) == pixel(width - 1 - x)));
    desk.dream(&["photo.png", "-o", "none.png", "--strength", "0", "--no-recipe"]).succeeds();
    desk.run(["dream", "photo.png", "-o", "photo2.png", "--size", "48", "--iterations", "0", "--no-recipe"]).succeeds();
    assert!(fs::read(desk.path("none.png")).unwrap() == fs::read(desk.path("photo2.png")).unwrap());
    desk.dream(&["photo.png", "-o", "tile.png", "--seamless", "--ascent", "adam", "--colours", "photo"]).succeeds();
    desk.dream(&["photo.png", "--symmetry", "kaleidoscope:99"]).fails(2, &["2", "24"]);
}
