//! `oneiric imagine`: pictures from nothing.

use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::{Run, Sandbox, open, sides};

const SMALL: [&str; 6] = ["-m", "squeezenet", "--size", "32x24", "--steps", "3"];

/// The arguments of a picture that is finished at once.
fn imagine<'a>(args: &[&'a str]) -> Vec<&'a str> {
    [&["imagine"], &SMALL[..], args].concat()
}

#[test]
fn the_picture_depends_on_the_objective_and_the_seed() {
    let sandbox = Sandbox::new();
    let objective = ["--objective", "channel(fire4, 3) + class('goldfish')"];
    let json = sandbox.run(imagine(&[&objective[..], &["-o", "a.png", "--json"]].concat())).succeeds().json();
    assert_eq!((&json["objectives"][0], &json["steps"]), (&objective[1].into(), &3.into()));
    sandbox.run(imagine(&[&objective[..], &["-o", "b.png", "--threads", "1"]].concat())).succeeds();
    sandbox.run(imagine(&[&objective[..], &["-o", "c.png", "--seed", "5"]].concat())).succeeds();
    let bytes = |name: &str| fs::read(sandbox.path(name)).unwrap();
    assert_eq!(sides(&open(sandbox.path("a.png"))), (32, 24));
    assert!(bytes("a.png") == bytes("b.png") && bytes("a.png") != bytes("c.png"));
}

#[test]
fn several_pictures_are_put_on_a_sheet() {
    let sandbox = Sandbox::new();
    let several = ["--objective", "fire4", "--count", "3", "--diversity", "5", "-o", "three.png"];
    sandbox.run(imagine(&several)).succeeds();
    let (width, height) = sides(&open(sandbox.path("three.png")));
    assert!(width >= 32 && height >= 24 && width * height > 3 * 32 * 24);
    let both = ["--objective", "fire4", "--objective", "lite0:block3", "--count", "2", "-o", "four.png", "--json"];
    assert_eq!(sandbox.run(imagine(&both)).succeeds().json()["pictures"], 4);
    let (wider, higher) = sides(&open(sandbox.path("four.png")));
    assert!(wider * higher > width * height);
}

#[test]
fn a_word_is_looked_up_in_all_networks() {
    let sandbox = Sandbox::new();
    let run = sandbox.run(imagine(&["--more", "pagoda", "--json"])).succeeds();
    let both = "lite0:everywhere('pagoda') + squeezenet:everywhere('pagoda')";
    assert_eq!((&run.json()["objectives"][0], &run.json()["zoom"]), (&both.into(), &serde_json::json!(3.0)));
    assert_eq!((&run.json()["blur"], run.json()["noise"].as_f64().unwrap() > 0.0), (&serde_json::json!(1.0), true));
    assert!(
        run.stderr.contains("no class matches 'pagoda'") && run.stderr.contains("place of worship (church"),
        "{}",
        run.stderr
    );
    assert_eq!(sandbox.files(), ["oneiric.imagined.png"]);
}

/// Three steps are too few for any goldfish, so all tries are drawn, and the one that comes nearest is kept. The same picture
/// comes from its own seed.
#[test]
fn pictures_of_a_class_are_drawn_until_another_network_names_it() {
    let sandbox = Sandbox::new();
    let class = ["--objective", "class('goldfish')"];
    let run = sandbox.run(imagine(&[&class[..], &["-o", "best.png", "--tries", "4", "--json"]].concat())).succeeds();
    let judgement = run.json()["judgements"][0].clone();
    assert_eq!((&judgement["network"], &judgement["named"]), (&"lite0".into(), &false.into()));
    assert!(run.stderr.contains("lite0 sees ") && run.stderr.contains("try another --seed"), "{}", run.stderr);

    let probability = |seed: u64, name: &str| {
        let seed = seed.to_string();
        let alone = [&class[..], &["-o", name, "--seed", &seed, "--tries", "1", "--json"]].concat();
        assert_eq!(sandbox.run(imagine(&alone)).succeeds().json().get("judgements"), None);
        let seen = sandbox.run(["look", "-m", "lite0", name, "--top", "1000", "--json"]).succeeds().json();
        let classes = seen["classes"].as_array().unwrap().clone();
        classes.iter().find(|class| class["name"] == "goldfish").unwrap()["probability"].as_f64().unwrap()
    };
    let names = ["0.png", "1.png", "2.png", "3.png"];
    let all: Vec<f64> = names.iter().enumerate().map(|(seed, name)| probability(seed as u64, name)).collect();
    let best = judgement["seed"].as_u64().unwrap() as usize;
    assert!(all.iter().all(|other| *other <= all[best]), "{all:?}, and {judgement}");
    assert!(fs::read(sandbox.path("best.png")).unwrap() == fs::read(sandbox.path(names[best])).unwrap());
}

#[test]
fn an_atlas_refuses_the_folder_of_another_atlas() {
    let sandbox = Sandbox::new();
    let atlas = imagine(&["--layer", "fire2.squeeze", "--all", "-o", "atlas.png"]);
    sandbox.run(&atlas).succeeds();
    assert_eq!(sandbox.files(), ["atlas.png"]);
    let whole = fs::read(sandbox.path("atlas.png")).unwrap();
    fs::remove_file(sandbox.path("atlas.png")).unwrap();

    // The tiles of another atlas are not used for this one.
    fs::create_dir(sandbox.path("atlas.png.parts")).unwrap();
    fs::write(sandbox.path("atlas.png.parts/atlas.txt"), "another").unwrap();
    sandbox.run(&atlas).fails(2, &["atlas.png.parts", "another atlas"]);
    fs::remove_file(sandbox.path("atlas.png.parts/atlas.txt")).unwrap();
    sandbox.run(&atlas).fails(2, &["atlas.png.parts", "not an atlas"]);
    fs::remove_dir_all(sandbox.path("atlas.png.parts")).unwrap();

    sandbox.run(&atlas).succeeds();
    assert!(fs::read(sandbox.path("atlas.png")).unwrap() == whole);
}

#[test]
fn a_damaged_tile_of_an_atlas_is_imagined_again() {
    let sandbox = Sandbox::new();
    let atlas = imagine(&["--layer", "fire2.squeeze", "--all", "-o", "atlas.png"]);
    sandbox.run(&atlas).succeeds();
    let whole = fs::read(sandbox.path("atlas.png")).unwrap();

    // Stop it as soon as some tiles are written.
    fs::remove_file(sandbox.path("atlas.png")).unwrap();
    let slow: Vec<&str> = atlas.iter().map(|&arg| if arg == "3" { "400" } else { arg }).collect();
    let mut process = sandbox.command(&slow).stderr(Stdio::piped()).spawn().unwrap();
    let tile = sandbox.path("atlas.png.parts/0.png");
    while !tile.is_file() && process.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(5));
    }
    let pid = process.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    Run::from(process.wait_with_output().unwrap()).fails(130, &["run the same command to resume"]);
    fs::write(&tile, b"no picture").unwrap();
    sandbox.run(&slow).succeeds();
    assert_eq!(sandbox.files(), ["atlas.png"]);
    assert!(fs::read(sandbox.path("atlas.png")).unwrap() != whole, "more steps make another atlas");
}

#[test]
fn invalid_arguments_are_refused() {
    let sandbox = Sandbox::new();
    let refused = |args: &[&str], words: &[&str]| {
        sandbox.run(imagine(&[args, &["-o", "x.png"]].concat())).fails(2, words);
        assert!(sandbox.files().is_empty());
    };
    refused(&[], &["--objective"]);
    refused(&["--objective", "fire5 + blok"], &["^", "did you mean"]);
    refused(&["--objective", "class('dgo')"], &["did you mean dog"]);
    refused(&["--objective", "caricature(fire5)"], &["photo"]);
    refused(&["--objective", "guide(fire5)"], &["--guide"]);
    refused(&["--layer", "fire5"], &["--all"]);
    refused(&["--objective", "fire5", "--count", "2", "--diversity", "nan"], &["--diversity: must be between"]);
    refused(&["--objective", "fire5", "--guide", "photo.png"], &["photo.png"]);
    refused(&["--more", "xyzzy"], &["did you mean"]);
    refused(&["--objective", "fire5", "--rate", "-1"], &["--rate: must be between"]);
    refused(&["--objective", "fire5", "--blur", "9"], &["--blur: must be between"]);
    refused(&["--objective", "fire5", "--l2-decay", "2"], &["--l2-decay: must be between"]);
    refused(&["--objective", "class('dog')", "--tries", "2", "--count", "2"], &["cannot be used with"]);
    refused(&["--objective", "fire5", "--noise", "0.1", "--no-transforms"], &["--no-transforms"]);
}
