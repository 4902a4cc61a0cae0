//! Wrong arguments and pictures: exit code 2 and a helpful message.

use std::fs;

use crate::{Sandbox, open, photo, sides};

#[test]
fn a_misspelled_name_gets_the_right_one_suggested() {
    let sandbox = Sandbox::with_photo();
    sandbox.dream(&["photo.png", "--preset", "dgos"]).fails(2, &["dgos", "dogs"]);
    sandbox.dream(&["photo.png", "--model", "squeezent"]).fails(2, &["squeezent", "squeezenet"]);
    sandbox.dream(&["photo.png", "-l", "blok10"]).fails(2, &["blok10", "block10", "oneiric models show lite0"]);
    sandbox.run(["look", "photo.png", "-l", "blok10"]).fails(2, &["block10"]);
    sandbox.run(["bench", "-l", "blok10"]).fails(2, &["block10"]);
    sandbox.run(["models", "show", "lite1"]).fails(2, &["lite0"]);
    sandbox.run(["draem", "photo.png"]).fails(2, &["draem", "dream"]);
    sandbox.run(["photo.png"]).fails(2, &["oneiric dream photo.png"]);
}

#[test]
fn a_layer_of_another_model_gets_that_model_suggested() {
    let sandbox = Sandbox::with_photo();
    sandbox.dream(&["photo.png", "-l", "fire8"]).fails(2, &["lite0 has no layer 'fire8'", "--model squeezenet"]);
    sandbox.dream(&["photo.png", "-m", "squeezenet", "-l", "block3"]).fails(2, &["--model lite0"]);
    sandbox.dream(&["photo.png", "-m", "squeezenet", "-l", "fire8"]).succeeds();
}

#[test]
fn a_number_out_of_range_gets_the_range_reported() {
    let sandbox = Sandbox::with_photo();
    for (option, value, words) in [
        ("--octaves", "0", "between 1 and 64"),
        ("--octaves", "-3", "whole number"),
        ("--octave-scale", "1", "between 1.01 and 10"),
        ("--octave-scale", "wide", "0.5"),
        ("--iterations", "1000000", "between 0 and 10000"),
        ("--step", "nan", "--step: must be between"),
        ("--step", "-1", "--step: must be between"),
        ("--jitter", "9999", "between 0 and 1024"),
        ("--chroma", "9", "between 0 and 4"),
        ("--channel", "99999", "there is no channel 99999"),
        ("--normalize", "meen", "mean"),
        ("--seed", "-1", "--seed"),
        ("--size", "0", "1..=65535"),
        ("--size", "-640", "--size"),
        ("--threads", "0", "1..=256"),
        ("--threads", "257", "1..=256"),
        ("--layer", "block10:0", "LAYER:WEIGHT"),
    ] {
        sandbox.run(["dream", "photo.png", option, value]).fails(2, &[words]);
    }
    assert_eq!(sandbox.files(), ["photo.png"]);
}

#[test]
fn a_file_that_is_not_a_picture_is_refused_by_name() {
    let sandbox = Sandbox::with_photo();
    let whole = fs::read(sandbox.path("photo.png")).unwrap();
    fs::write(sandbox.path("half.png"), &whole[..whole.len() / 2]).unwrap();
    fs::write(sandbox.path("empty.png"), b"").unwrap();
    fs::write(sandbox.path("words.jpg"), b"Dear diary, today I dreamed of dogs.").unwrap();
    fs::create_dir(sandbox.path("folder")).unwrap();
    for (name, words) in [
        ("half.png", "truncated"),
        ("empty.png", "empty"),
        ("words.jpg", "give a picture file"),
        ("folder", "folder"),
        ("missing.png", "no such file"),
    ] {
        sandbox.dream(&[name]).fails(2, &[name, words]);
        sandbox.run(["look", name]).fails(2, &[name, words]);
    }
    assert_eq!(sandbox.files(), ["empty.png", "folder", "half.png", "photo.png", "words.jpg"]);
}

#[test]
fn a_picture_with_a_wrong_extension_is_read() {
    let sandbox = Sandbox::with_photo();
    fs::rename(sandbox.path("photo.png"), sandbox.path("photo.jpg")).unwrap();
    sandbox.dream(&["photo.jpg"]).succeeds();
    assert_eq!(sandbox.files(), ["photo.dream.png", "photo.jpg"]);
}

#[test]
fn standard_input_is_read_as_a_picture() {
    let sandbox = Sandbox::with_photo();
    sandbox.feed(&["dream", "-", "-o", "a.png"], b"").fails(2, &["standard input", "empty"]);
    sandbox.feed(&["dream", "-", "-o", "a.png"], b"GIF89a").fails(2, &["standard input"]);
    let photo = fs::read(sandbox.path("photo.png")).unwrap();
    sandbox.feed(&["look", "-", "--top", "1"], &photo).succeeds();
    assert_eq!(sandbox.files(), ["photo.png"]);
}

#[test]
fn tiny_pictures_can_be_dreamed_on() {
    let sandbox = Sandbox::new();
    for (width, height) in [(1, 1), (1, 300), (300, 2)] {
        photo(width, height).save(sandbox.path("tiny.png"), 90, oneiric::SaveMode::Overwrite).unwrap();
        sandbox.run(["dream", "tiny.png", "-o", "d.png", "--overwrite", "--iterations", "1"]).succeeds();
        assert_eq!(crate::sides(&crate::open(sandbox.path("d.png"))), (width, height));
    }
}

#[test]
fn a_landscape_that_does_not_fit_into_memory_is_refused_with_numbers() {
    let sandbox = Sandbox::new();
    sandbox.run(["dream", "--size", "65535"]).fails(2, &["65535x43690", "MB", "--size"]);
    sandbox.run(["bench", "--size", "65535x65535"]).fails(2, &["MB"]);
    assert!(sandbox.files().is_empty());
}

#[test]
fn a_photo_without_its_end_is_dreamed_on_with_a_warning() {
    let sandbox = Sandbox::with_jpeg(60, 40);
    let whole = fs::read(sandbox.path("photo.jpg")).unwrap();
    fs::write(sandbox.path("no-end.jpg"), &whole[..whole.len() - 2]).unwrap();
    let warning = "warning: no-end.jpg: the end of the JPEG file is missing";
    assert!(sandbox.dream(&["no-end.jpg"]).succeeds().stderr.contains(warning));
    assert!(sandbox.run(["look", "no-end.jpg"]).succeeds().stderr.contains(warning));
    assert_eq!(sandbox.dream(&["no-end.jpg", "--quiet"]).succeeds().stderr, "");
    let batch = sandbox.dream(&["no-end.jpg", "photo.jpg", "-o", "d", "--json"]).succeeds();
    assert_eq!(batch.stderr.matches("warning: ").count(), 1, "{}", batch.stderr);
    assert!(batch.json()["dreamed"][0]["warnings"][0].as_str().unwrap().contains("missing"));
    sandbox.dream(&["photo.jpg"]).succeeds();
    assert!(open(sandbox.path("no-end.dream.png")) == open(sandbox.path("photo.dream.png")));
}

#[test]
fn what_is_there_of_a_cut_photo_is_dreamed_on_if_asked() {
    let sandbox = Sandbox::with_jpeg(60, 40);
    let whole = fs::read(sandbox.path("photo.jpg")).unwrap();
    fs::write(sandbox.path("cut.jpg"), &whole[..whole.len() * 3 / 4]).unwrap();
    sandbox.dream(&["cut.jpg"]).fails(2, &["cut.jpg: the JPEG file is truncated", "--partial"]);
    let run = sandbox.dream(&["cut.jpg", "--partial"]).succeeds();
    assert!(run.stderr.contains("warning: cut.jpg: the JPEG file is truncated"), "{}", run.stderr);
    assert_eq!(sides(&open(sandbox.path("cut.dream.png"))), (48, 32));
    let sweep = ["cut.jpg", "--sweep", "step=0.5x,1x", "-o", "sheet.png"];
    sandbox.dream(&sweep).fails(2, &["cut.jpg: the JPEG file is truncated", "--partial"]);
    let run = sandbox.dream(&[&sweep[..], &["--partial"]].concat()).succeeds();
    assert!(run.stderr.contains("warning: cut.jpg: the JPEG file is truncated"), "{}", run.stderr);
    fs::write(sandbox.path("start.jpg"), &whole[..100]).unwrap();
    let run = sandbox.dream(&["start.jpg", "--partial"]).fails(2, &["start.jpg"]);
    assert!(!run.stderr.contains("--partial"), "{}", run.stderr);
}
