//! `oneiric dream` and its settings.

use std::fs;
use std::thread::sleep;
use std::time::Duration;

use crate::{Sandbox, open, photo, sides};

#[test]
fn a_dream_is_written_next_to_its_photo() {
    let sandbox = Sandbox::with_photo();
    let run = sandbox.dream(&["photo.png"]).succeeds();
    assert_eq!(sandbox.files(), ["photo.dream.png", "photo.png"]);
    assert_eq!(run.text(), "photo.dream.png\n");
    assert!(run.stderr.starts_with("wrote photo.dream.png (48x32, "), "{}", run.stderr);
    assert_eq!(sides(&open(sandbox.path("photo.dream.png"))), (48, 32));
}

#[test]
fn a_photo_is_never_enlarged_and_keeps_its_size_without_size() {
    let sandbox = Sandbox::with_photo();
    sandbox.run(["dream", "photo.png", "-o", "a.png", "--size", "500", "--iterations", "0"]).succeeds();
    sandbox.run(["dream", "photo.png", "-o", "b.png", "--iterations", "0"]).succeeds();
    assert_eq!(sides(&open(sandbox.path("a.png"))), (60, 40));
    assert_eq!(fs::read(sandbox.path("a.png")).unwrap(), fs::read(sandbox.path("b.png")).unwrap());
    // No steps, no change.
    let (before, after) = (open(sandbox.path("photo.png")), open(sandbox.path("b.png")));
    assert!(before.pixels().iter().zip(after.pixels()).all(|(a, b)| (a - b).abs() < 1.5 / 255.0));
}

#[test]
fn without_a_photo_each_seed_gives_another_landscape() {
    let sandbox = Sandbox::new();
    sandbox.dream(&[]).succeeds();
    sandbox.dream(&["--seed", "7", "-o", "seven.png"]).succeeds();
    assert_eq!(sandbox.files(), ["oneiric.dream.png", "seven.png"]);
    assert_eq!(sides(&open(sandbox.path("seven.png"))), (48, 32));
    assert_ne!(fs::read(sandbox.path("oneiric.dream.png")).unwrap(), fs::read(sandbox.path("seven.png")).unwrap());
}

#[test]
fn the_bytes_depend_on_the_seed_but_not_on_threads_or_time() {
    let sandbox = Sandbox::with_photo();
    sandbox.dream(&["photo.png", "-o", "1.png", "--threads", "1"]).succeeds();
    // Colour profiles may contain the time of their creation in seconds.
    sleep(Duration::from_millis(1100));
    sandbox.dream(&["photo.png", "-o", "2.png", "--threads", "2"]).succeeds();
    sandbox.dream(&["photo.png", "-o", "other.png", "--seed", "1"]).succeeds();
    let bytes = |name: &str| fs::read(sandbox.path(name)).unwrap();
    assert!(bytes("1.png") == bytes("2.png"));
    assert!(bytes("1.png") != bytes("other.png"));
}

#[test]
fn json_reports_the_result_and_its_settings() {
    let sandbox = Sandbox::with_photo();
    let layers = ["-m", "squeezenet", "-l", "fire5", "-l", "fire8:0.5", "--channel", "3"];
    let numbers = ["--octave-scale", "1.5", "--step", "0.01", "--jitter", "4", "--normalize", "mean", "--chroma", "1"];
    let run = sandbox.dream(&[&["photo.png", "--json"], &layers[..], &numbers].concat()).succeeds();
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
fn settings_default_to_those_of_the_preset_or_the_model() {
    let sandbox = Sandbox::with_photo();
    let settings = |args: &[&str]| {
        let args = [&["photo.png", "--json", "--overwrite", "-o", "d.png"], args].concat();
        sandbox.dream(&args).succeeds().json()["settings"].clone()
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
    let sandbox = Sandbox::new();
    let opaque = photo(40, 40);
    let alpha = (0..1600).map(|i| if i % 40 < 20 { 0.0 } else { 1.0 }).collect();
    let picture = oneiric::Picture::with_alpha(40, 40, opaque.pixels().to_vec(), Some(alpha)).unwrap();
    picture.save(sandbox.path("stamp.png"), 90, oneiric::SaveMode::New).unwrap();
    sandbox.run(["dream", "stamp.png", "--size", "36", "--octaves", "1", "--iterations", "1"]).succeeds();
    let dream = open(sandbox.path("stamp.dream.png"));
    let alpha = dream.alpha().unwrap();
    assert_eq!((alpha[0], alpha[35]), (0.0, 1.0));
}

#[test]
fn a_model_without_a_preset_uses_its_own_preset() {
    let sandbox = Sandbox::with_photo();
    let settings = |args: &[&str]| {
        let all = [&["dream", "photo.png", "--json"], args, &["--size", "40", "--octaves", "1", "--iterations", "1"]]
            .concat();
        sandbox.run(all).succeeds().json()
    };
    let squeezenet = settings(&["-m", "squeezenet", "-o", "a.png"]);
    assert_eq!((&squeezenet["preset"], &squeezenet["settings"]["objective"]), (&"beasts".into(), &"fire8".into()));
    assert_eq!(squeezenet["settings"]["chroma"], settings(&["-p", "beasts", "-o", "b.png"])["settings"]["chroma"]);
    assert_eq!(settings(&["-o", "c.png"])["preset"], "dogs");
}

#[test]
fn objectives_are_given_as_words_layers_and_sums() {
    let sandbox = Sandbox::with_photo();
    let objective = |args: &[&str]| {
        let all = [&["photo.png", "--json", "--overwrite", "-o", "d.png"], args].concat();
        sandbox.dream(&all).succeeds().json()["settings"]["objective"].as_str().unwrap().to_owned()
    };
    let alone = objective(&["--more", "birds"]);
    assert!(alone.contains("lite0:everywhere('birds')") && alone.contains("squeezenet:everywhere('birds')"), "{alone}");
    let beside = objective(&["-p", "dogs", "--less", "dog"]);
    assert!(
        beside.starts_with("block10 + 0.5*squeezenet:fire8 - ") && beside.contains("everywhere('dog')"),
        "{beside}"
    );
    let sum = "fire5 + 0.5*class('golden retriever') - 0.3*channel(fire8, 17)";
    assert_eq!(objective(&["-m", "squeezenet", "--objective", sum]), sum);
    assert_eq!(objective(&["-l", "block5", "--guide", "photo.png"]), "guide(block5)");
    sandbox.dream(&["photo.png", "--more", "brid"]).fails(2, &["did you mean bird"]);
    let sky = sandbox.dream(&["photo.png", "--more", "sky", "-o", "sky.png"]).succeeds();
    assert!(sky.stderr.contains("no class matches 'sky'; using the nearest instead: matter ("), "{}", sky.stderr);
    let octave = objective(&["-l", "block5", "--octave", "1:layer=guide(block8)", "--guide", "photo.png"]);
    assert_eq!(octave, "block5", "a term follows the guide already");
    // Options without an effect are refused.
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
        sandbox.dream(&[&["photo.png"], args].concat()).fails(2, words);
    }
    sandbox.dream(&["photo.png", "--objective", "block5 + chanel(block8, 1)"]).fails(2, &["^", "channel(block8, 17)"]);
    sandbox.dream(&["photo.png", "--objective", "block5 + stay"]).fails(2, &["did you mean stay()"]);
    sandbox.dream(&["photo.png", "--objective", "fire5"]).fails(2, &["squeezenet:fire5"]);
    sandbox.dream(&["photo.png", "--objective", "guide(block5)"]).fails(2, &["--guide"]);
}

#[test]
fn symmetry_seamless_and_finish_options_work() {
    let sandbox = Sandbox::with_photo();
    sandbox.dream(&["photo.png", "-o", "mirror.png", "--symmetry", "mirror"]).succeeds();
    let mirror = open(sandbox.path("mirror.png"));
    let (width, pixels) = (mirror.width(), mirror.pixels());
    let pixel = |x: usize| &pixels[x * 3..x * 3 + 3];
    assert!((0..width).all(|x| pixel(x) == pixel(width - 1 - x)));
    sandbox.dream(&["photo.png", "-o", "none.png", "--strength", "0", "--no-recipe"]).succeeds();
    sandbox
        .run(["dream", "photo.png", "-o", "photo2.png", "--size", "48", "--iterations", "0", "--no-recipe"])
        .succeeds();
    assert!(fs::read(sandbox.path("none.png")).unwrap() == fs::read(sandbox.path("photo2.png")).unwrap());
    sandbox.dream(&["photo.png", "-o", "tile.png", "--seamless", "--ascent", "adam", "--colours", "photo"]).succeeds();
    sandbox.dream(&["photo.png", "--symmetry", "kaleidoscope:99"]).fails(2, &["2", "24"]);
}
