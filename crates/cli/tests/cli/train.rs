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

/// Runs a command with the networks in the sandbox.
fn run(sandbox: &Sandbox, args: &[&str]) -> Run {
    let mut command = sandbox.command(args);
    Run::from(command.env("ONEIRIC_NETWORKS", sandbox.path("networks")).output().unwrap())
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
