//! Wrong arguments and pictures: exit code 2 and a line that helps.

use std::fs;

use crate::{Desk, photo};

#[test]
fn a_misspelled_name_is_answered_with_the_right_one() {
    let desk = Desk::with_photo();
    desk.dream(&["photo.png", "--preset", "dgos"]).fails(2, &["dgos", "dogs"]);
    desk.dream(&["photo.png", "--model", "squeezent"]).fails(2, &["squeezent", "squeezenet"]);
    desk.dream(&["photo.png", "-l", "blok10"]).fails(2, &["blok10", "block10", "oneiric models show lite0"]);
    desk.run(["look", "photo.png", "-l", "blok10"]).fails(2, &["block10"]);
    desk.run(["bench", "-l", "blok10"]).fails(2, &["block10"]);
    desk.run(["models", "show", "lite1"]).fails(2, &["lite0"]);
    desk.run(["draem", "photo.png"]).fails(2, &["draem", "dream"]);
    desk.run(["photo.png"]).fails(2, &["oneiric dream photo.png"]);
}

#[test]
fn a_layer_of_the_other_model_says_so() {
    let desk = Desk::with_photo();
    desk.dream(&["photo.png", "-l", "fire8"]).fails(2, &["lite0 has no layer 'fire8'", "--model squeezenet"]);
    desk.dream(&["photo.png", "-m", "squeezenet", "-l", "block3"]).fails(2, &["--model lite0"]);
    desk.dream(&["photo.png", "-m", "squeezenet", "-l", "fire8"]).succeeds();
}

#[test]
fn a_number_out_of_range_says_what_it_takes() {
    let desk = Desk::with_photo();
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
        desk.run(["dream", "photo.png", option, value]).fails(2, &[words]);
    }
    assert_eq!(desk.files(), ["photo.png"]);
}

#[test]
fn a_file_that_is_no_picture_is_refused_by_name() {
    let desk = Desk::with_photo();
    let whole = fs::read(desk.path("photo.png")).unwrap();
    fs::write(desk.path("half.png"), &whole[..whole.len() / 2]).unwrap();
    fs::write(desk.path("empty.png"), b"").unwrap();
    fs::write(desk.path("words.jpg"), b"Dear diary, today I dreamed of dogs.").unwrap();
    fs::create_dir(desk.path("folder")).unwrap();
    for (name, words) in [
        ("half.png", "cut short"),
        ("empty.png", "empty"),
        ("words.jpg", "give a picture file"),
        ("folder", "folder"),
        ("missing.png", "no such file"),
    ] {
        desk.dream(&[name]).fails(2, &[name, words]);
        desk.run(["look", name]).fails(2, &[name, words]);
    }
    assert_eq!(desk.files(), ["empty.png", "folder", "half.png", "photo.png", "words.jpg"]);
}

#[test]
fn a_wrong_ending_does_not_hide_a_picture() {
    let desk = Desk::with_photo();
    fs::rename(desk.path("photo.png"), desk.path("photo.jpg")).unwrap();
    desk.dream(&["photo.jpg"]).succeeds();
    assert_eq!(desk.files(), ["photo.dream.png", "photo.jpg"]);
}

#[test]
fn the_standard_input_is_a_picture_or_refused() {
    let desk = Desk::with_photo();
    desk.feed(&["dream", "-", "-o", "a.png"], b"").fails(2, &["standard input", "empty"]);
    desk.feed(&["dream", "-", "-o", "a.png"], b"GIF89a").fails(2, &["standard input"]);
    let photo = fs::read(desk.path("photo.png")).unwrap();
    desk.feed(&["look", "-", "--top", "1"], &photo).succeeds();
    assert_eq!(desk.files(), ["photo.png"]);
}

#[test]
fn tiny_pictures_dream_too() {
    let desk = Desk::new();
    for (width, height) in [(1, 1), (1, 300), (300, 2)] {
        photo(width, height).save(desk.path("tiny.png"), 90, oneiric::SaveMode::Overwrite).unwrap();
        desk.run(["dream", "tiny.png", "-o", "d.png", "--overwrite", "--iterations", "1"]).succeeds();
        assert_eq!(crate::sides(&crate::open(desk.path("d.png"))), (width, height));
    }
}

#[test]
fn a_landscape_beyond_the_memory_is_refused_with_the_numbers() {
    let desk = Desk::new();
    desk.run(["dream", "--size", "65535"]).fails(2, &["65535x43690", "MB", "--size"]);
    desk.run(["bench", "--size", "65535x65535"]).fails(2, &["MB"]);
    assert!(desk.files().is_empty());
}
