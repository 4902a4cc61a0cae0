//! `oneiric imagine`: pictures from nothing.

use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::{Desk, Run, open, sides};

const SMALL: [&str; 6] = ["-m", "squeezenet", "--size", "32x24", "--steps", "3"];

/// The arguments of a picture that takes no time.
fn imagine<'a>(args: &[&'a str]) -> Vec<&'a str> {
    [&["imagine"], &SMALL[..], args].concat()
}

#[test]
fn an_objective_becomes_a_picture_and_the_seed_another_one() {
    let desk = Desk::new();
    let objective = ["--objective", "channel(fire4, 3) + class('goldfish')"];
    let json = desk.run(imagine(&[&objective[..], &["-o", "a.png", "--json"]].concat())).succeeds().json();
    assert_eq!((&json["objectives"][0], &json["steps"]), (&objective[1].into(), &3.into()));
    desk.run(imagine(&[&objective[..], &["-o", "b.png", "--threads", "1"]].concat())).succeeds();
    desk.run(imagine(&[&objective[..], &["-o", "c.png", "--seed", "5"]].concat())).succeeds();
    let bytes = |name: &str| fs::read(desk.path(name)).unwrap();
    assert_eq!(sides(&open(desk.path("a.png"))), (32, 24));
    assert!(bytes("a.png") == bytes("b.png") && bytes("a.png") != bytes("c.png"));
}

#[test]
fn several_pictures_share_a_sheet() {
    let desk = Desk::new();
    let several = ["--objective", "fire4", "--count", "3", "--diversity", "5", "-o", "three.png"];
    desk.run(imagine(&several)).succeeds();
    let (width, height) = sides(&open(desk.path("three.png")));
    assert!(width >= 32 && height >= 24 && width * height > 3 * 32 * 24);
    let both = ["--objective", "fire4", "--objective", "lite0:block3", "--count", "2", "-o", "four.png", "--json"];
    assert_eq!(desk.run(imagine(&both)).succeeds().json()["pictures"], 4);
    let (wider, higher) = sides(&open(desk.path("four.png")));
    assert!(wider * higher > width * height);
}

#[test]
fn a_thing_is_asked_of_all_networks_by_its_name() {
    let desk = Desk::new();
    let run = desk.run(imagine(&["--more", "pagoda", "--json"])).succeeds();
    let both = "lite0:everywhere('pagoda') + squeezenet:everywhere('pagoda')";
    assert_eq!((&run.json()["objectives"][0], &run.json()["rate"]), (&both.into(), &serde_json::json!(0.1)));
    assert!(
        run.stderr.contains("no class is a pagoda") && run.stderr.contains("place of worship (church"),
        "{}",
        run.stderr
    );
    assert_eq!(desk.files(), ["oneiric.imagined.png"]);
}

#[test]
fn an_atlas_goes_on_where_it_was_stopped() {
    let desk = Desk::new();
    let atlas = imagine(&["--layer", "fire2.squeeze", "--all", "-o", "atlas.png"]);
    desk.run(&atlas).succeeds();
    assert_eq!(desk.files(), ["atlas.png"]);
    let whole = fs::read(desk.path("atlas.png")).unwrap();
    fs::remove_file(desk.path("atlas.png")).unwrap();

    // A folder of another atlas is not mistaken for the beginning of this one.
    fs::create_dir(desk.path("atlas.png.parts")).unwrap();
    fs::write(desk.path("atlas.png.parts/atlas.txt"), "another").unwrap();
    desk.run(&atlas).fails(2, &["atlas.png.parts", "another atlas"]);
    fs::remove_file(desk.path("atlas.png.parts/atlas.txt")).unwrap();
    desk.run(&atlas).fails(2, &["atlas.png.parts", "no atlas"]);
    fs::remove_dir_all(desk.path("atlas.png.parts")).unwrap();

    desk.run(&atlas).succeeds();
    assert!(fs::read(desk.path("atlas.png")).unwrap() == whole);
}

#[test]
fn a_damaged_tile_of_an_atlas_is_imagined_again() {
    let desk = Desk::new();
    let atlas = imagine(&["--layer", "fire2.squeeze", "--all", "-o", "atlas.png"]);
    desk.run(&atlas).succeeds();
    let whole = fs::read(desk.path("atlas.png")).unwrap();

    // Stopped as soon as some tiles are there.
    fs::remove_file(desk.path("atlas.png")).unwrap();
    let slow: Vec<&str> = atlas.iter().map(|&arg| if arg == "3" { "400" } else { arg }).collect();
    let mut process = desk.command(&slow).stderr(Stdio::piped()).spawn().unwrap();
    let tile = desk.path("atlas.png.parts/0.png");
    while !tile.is_file() && process.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(5));
    }
    let pid = process.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    Run::from(process.wait_with_output().unwrap()).fails(130, &["the same command goes on"]);
    fs::write(&tile, b"no picture").unwrap();
    desk.run(&slow).succeeds();
    assert_eq!(desk.files(), ["atlas.png"]);
    assert!(fs::read(desk.path("atlas.png")).unwrap() != whole, "more steps make another atlas");
}

#[test]
fn what_cannot_be_imagined_is_refused() {
    let desk = Desk::new();
    let refused = |args: &[&str], words: &[&str]| {
        desk.run(imagine(&[args, &["-o", "x.png"]].concat())).fails(2, words);
        assert!(desk.files().is_empty());
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
}
