//! `oneiric train` and `oneiric test`: a network of one's own, from pictures to a dream.

use std::fs;
use std::path::Path;

use oneiric::{Picture, SaveMode};

use crate::{Run, Sandbox};

/// A folder with a few pictures of two colours.
fn colours(sandbox: &Sandbox, name: &str, pictures: usize) {
    for (class, colour) in [("red", [0.8, 0.15, 0.1]), ("blue", [0.1, 0.2, 0.8])] {
        let folder = sandbox.path(name).join(class);
        fs::create_dir_all(&folder).unwrap();
        for i in 0..pictures {
            let pixel = |p: usize| colour.map(|value: f32| value + 0.1 * (((p * (i + 3)) % 7) as f32 / 7.0 - 0.5));
            let pixels: Vec<f32> = (0..40 * 36).flat_map(pixel).collect();
            let picture = Picture::new(40, 36, pixels).unwrap();
            picture.save(folder.join(format!("{i}.png")), 90, SaveMode::New).unwrap();
        }
    }
}

/// Runs a command with the networks and the checkpoints in the sandbox.
fn run(sandbox: &Sandbox, args: &[&str]) -> Run {
    let mut command = sandbox.command(args);
    command.env("ONEIRIC_NETWORKS", sandbox.path("networks")).env("XDG_CACHE_HOME", sandbox.path("cache"));
    Run::from(command.output().unwrap())
}

const SMALL: [&str; 9] =
    ["--from", "scratch", "--layers", "8/2 16/2", "--size", "24", "--steps", "40", "--no-augmentation"];

fn train(sandbox: &Sandbox, more: &[&str]) -> Run {
    run(sandbox, &[&["train", "colours"], &SMALL[..], more].concat())
}

#[test]
fn a_folder_becomes_a_network_that_names_and_dreams() {
    let sandbox = Sandbox::with_jpeg(60, 40);
    colours(&sandbox, "colours", 12);
    fs::write(sandbox.path("colours/red/broken.png"), b"not a picture").unwrap();
    let text = train(&sandbox, &[]).succeeds().text();
    assert!(text.starts_with("100.0 % of"), "{text}");
    assert!(sandbox.path("networks/colours.safetensors").exists() && sandbox.path("colours.dream.png").exists());

    let about = run(&sandbox, &["models", "show", "colours"]).succeeds().text();
    assert!(about.contains("8/2 16/2") && about.contains("red: ") && about.contains("conv2"), "{about}");
    assert!(!about.contains(&*sandbox.path("").to_string_lossy()), "no names of folders");

    colours(&sandbox, "more", 5);
    let report = run(&sandbox, &["test", "colours", "more", "--json"]).succeeds().json();
    assert_eq!((&report["metrics"]["accuracy"], &report["metrics"]["examples"]), (&1.0.into(), &10.into()));
    fs::rename(sandbox.path("more/red"), sandbox.path("more/green")).unwrap();
    run(&sandbox, &["test", "colours", "more"]).fails(2, &["no class 'green'", "blue, red"]);

    run(&sandbox, &["dream", "photo.jpg", "-m", "colours", "--size", "64", "-o", "dream.png"]).succeeds();
    run(&sandbox, &["dream", "photo.jpg", "--more", "red", "--size", "64", "-o", "red.png"]).succeeds();
    run(&sandbox, &["dream", "photo.jpg", "--recipe", "dream.png", "-o", "again.png"]).succeeds();
    assert!(fs::read(sandbox.path("dream.png")).unwrap() == fs::read(sandbox.path("again.png")).unwrap());
}

#[test]
fn nothing_is_replaced_unasked_and_names_are_checked() {
    let sandbox = Sandbox::new();
    colours(&sandbox, "colours", 6);
    train(&sandbox, &["--no-dream"]).succeeds();
    let file = fs::read(sandbox.path("networks/colours.safetensors")).unwrap();
    train(&sandbox, &["--no-dream"]).fails(2, &["'colours' exists already", "--overwrite"]);
    train(&sandbox, &["--no-dream", "--overwrite"]).succeeds();
    assert!(fs::read(sandbox.path("networks/colours.safetensors")).unwrap() == file, "the same seed, the same bytes");
    train(&sandbox, &["--name", "lite0"]).fails(2, &["a model 'lite0' exists"]);
    train(&sandbox, &["--name", "../up"]).fails(2, &["cannot be the name"]);

    run(&sandbox, &["models", "rename", "colours", "mine"]).succeeds();
    run(&sandbox, &["models", "export", "mine", "mine.safetensors"]).succeeds();
    assert!(Path::new(&sandbox.path("mine.safetensors")).exists());
    run(&sandbox, &["models", "delete", "mine"]).succeeds();
    run(&sandbox, &["models", "delete", "mine"]).fails(2, &["you have no network 'mine'"]);
}

#[test]
fn folders_that_cannot_be_trained_on_say_why() {
    let sandbox = Sandbox::new();
    fs::create_dir(sandbox.path("colours")).unwrap();
    train(&sandbox, &[]).fails(2, &["no pictures", "sub-folder"]);
    colours(&sandbox, "colours", 2);
    train(&sandbox, &["--quiet"]).fails(2, &["2 pictures", "at least 3"]);
    run(&sandbox, &["train", "nowhere"]).fails(2, &["nowhere"]);
    run(&sandbox, &["train", "colours", "--size", "4"]).fails(2, &["size", "8 to 512"]);
    run(&sandbox, &["train", "colours", "--from", "resnet50"]).fails(2, &["resnet50"]);
    assert!(!sandbox.path("networks").exists());
}

#[test]
fn a_training_whose_network_cannot_be_written_is_not_lost() {
    let sandbox = Sandbox::new();
    colours(&sandbox, "colours", 6);
    train(&sandbox, &["--no-dream", "--name", "whole"]).succeeds();
    let network = |name: &str| fs::read(sandbox.path("networks").join(format!("{name}.safetensors"))).unwrap();
    let whole = network("whole");
    fs::rename(sandbox.path("networks"), sandbox.path("elsewhere")).unwrap();
    fs::write(sandbox.path("networks"), "not a folder").unwrap();
    let failed = train(&sandbox, &["--no-dream"]);
    assert_eq!(failed.code, Some(1), "{}", failed.stderr);
    assert!(failed.stderr.contains("the training is not lost: the same command continues"), "{}", failed.stderr);
    fs::remove_file(sandbox.path("networks")).unwrap();
    let continued = train(&sandbox, &["--no-dream"]).succeeds();
    assert!(continued.stderr.contains("continuing after step 40"), "{}", continued.stderr);
    assert!(network("colours") == whole);
    assert_eq!(fs::read_dir(sandbox.path("cache/oneiric")).unwrap().count(), 0, "the checkpoint is deleted");
}

#[cfg(unix)]
#[test]
fn what_is_not_a_picture_is_named_and_left_out() {
    use std::ffi::OsStr;
    use std::os::unix::{ffi::OsStrExt, fs::symlink};
    let sandbox = Sandbox::new();
    colours(&sandbox, "colours", 6);
    let file = |name: &str| sandbox.path("colours/red").join(name);
    fs::copy(file("0.png"), sandbox.path("colours/red").join(OsStr::from_bytes(b"caf\xe9.png"))).unwrap();
    symlink("nowhere.png", file("gone.png")).unwrap();
    symlink("loop.png", file("loop.png")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(file("pipe.png")).status().unwrap().success());
    fs::create_dir(file("folder.png")).unwrap();
    fs::write(file("text.png"), "no picture").unwrap();
    let said = train(&sandbox, &["--no-dream"]).succeeds().stderr;
    for name in ["caf", "gone.png", "loop.png", "pipe.png", "text.png"] {
        let warns = |line: &str| line.starts_with("warning: ") && line.contains(name) && line.contains("left out");
        assert!(said.lines().any(warns), "{name}: {said}");
    }
    assert!(!said.contains("more files"), "{said}");
    let report = run(&sandbox, &["test", "colours", "colours", "--json"]).succeeds().json();
    assert_eq!((&report["left_out"], &report["metrics"]["examples"]), (&5.into(), &12.into()));
}
