//! Where a dream grows: masks and regions.

use std::fs;

use oneiric::{Picture, SaveMode};

use crate::{Desk, open};

/// Whether each pixel of the dream `name` is as in the photo, `[height][width]`.
fn unchanged(desk: &Desk, name: &str) -> Vec<bool> {
    let (photo, dream) = (open(desk.path("photo.png")), open(desk.path(name)));
    let pixels = photo.pixels().chunks(3).zip(dream.pixels().chunks(3));
    pixels.map(|(before, after)| before == after).collect()
}

#[test]
fn the_dream_stays_within_its_shape_and_the_rest_is_the_photo_to_the_byte() {
    let desk = Desk::with_photo();
    // Strong, so that no pixel is the same by chance, and with colours that are changed as a whole afterwards.
    let strong = ["--iterations", "3", "--octaves", "2", "--step", "0.05", "--saturation", "0.5", "--white-balance"];
    let dream =
        |args: &[&str]| desk.run([&["dream", "photo.png", "--overwrite", "-o", "d.png"], &strong[..], args].concat());
    let of_row = |y: usize| unchanged(&desk, "d.png")[y * 60..][..60].iter().filter(|same| **same).count();
    dream(&["--mask", "top:50%"]).succeeds();
    assert!(of_row(0) < 10 && of_row(39) == 60);
    dream(&["--mask", "top:50%", "--invert-mask"]).succeeds();
    assert!(of_row(0) == 60 && of_row(39) < 10);

    // A picture masks by its brightness: here the left half is white.
    let half = (0..60 * 40).flat_map(|i| [if i % 60 < 30 { 1.0 } else { 0.0 }; 3]).collect();
    Picture::new(60, 40, half).unwrap().save(desk.path("half.png"), 90, SaveMode::New).unwrap();
    let json = dream(&["--mask", "half.png", "--json"]).succeeds().json();
    assert_eq!(json["mask"], "half.png");
    let same = unchanged(&desk, "d.png");
    let count = |columns: std::ops::Range<usize>| {
        same.iter().enumerate().filter(|(i, s)| columns.contains(&(i % 60)) && **s).count()
    };
    assert!(count(0..28) < 100 && count(32..60) == 28 * 40);
}

#[test]
fn each_region_has_a_look_of_its_own_and_the_rest_stays() {
    let desk = Desk::with_photo();
    let regions = ["--region", "top:25%=swirls", "--region", "bottom:25%=channel(block5, 3)", "--feather", "2"];
    let dream = |args: &[&str]| {
        let quick = ["dream", "photo.png", "--octaves", "2", "--iterations", "2"];
        desk.run([&quick[..], args, &regions[..]].concat()).succeeds()
    };
    dream(&["-o", "d.png"]);
    let same = unchanged(&desk, "d.png");
    let of_row = |y: usize| same[y * 60..][..60].iter().filter(|same| **same).count();
    assert!(of_row(2) < 30 && of_row(20) == 60 && of_row(37) < 30, "{} {} {}", of_row(2), of_row(20), of_row(37));
    // A look for the rest: nothing stays.
    dream(&["-o", "e.png", "-p", "dogs"]);
    assert!(unchanged(&desk, "e.png")[20 * 60..][..60].iter().filter(|same| **same).count() < 30);
}

#[test]
fn what_is_no_place_is_told_how_to_write_one() {
    let desk = Desk::with_photo();
    for (args, words) in [
        (&["--mask", "circle:1,2"][..], &["top:40%"][..]),
        (&["--mask", "no.png"], &["no.png"]),
        (&["--region", "top:50%"], &["top:50%=swirls"]),
        (&["--region", "top:50%=swirlz"], &["invalid value 'swirlz' for preset", "^"]),
        (&["--invert-mask"], &["--mask or --where"]),
        (&["--where", "cat", "--mask", "top:5"], &["cannot be used with"]),
        (&["--where", "zbera"], &["did you mean zebra"]),
        (&["--where", "castle"], &["see no castle", "oneiric look"]),
        (&["--mask", "top:5", "--feather", "wide"], &["40%"]),
    ] {
        desk.dream(&[&["photo.png", "-o", "d.png"], args].concat()).fails(2, words);
    }
    assert_eq!(desk.files(), ["photo.png"]);
}

/// No photo of a thing lies with the tests: one is dreamed.
#[test]
fn a_thing_can_be_the_mask_and_be_shown() {
    let desk = Desk::new();
    let castle = ["--more", "castle", "--octaves", "3", "--iterations", "16", "-o", "photo.png"];
    desk.run([&["dream", "--size", "200", "--seed", "7"], &castle[..]].concat()).succeeds();
    let quick = ["dream", "photo.png", "--iterations", "2", "--octaves", "2", "-o", "d.png"];
    desk.run([&quick[..], &["--where", "castle", "--json"]].concat()).succeeds();
    let same = unchanged(&desk, "d.png");
    assert!(same.iter().any(|same| !same));
    desk.run(["dream", "--recipe", "d.png", "photo.png", "-o", "again.png"]).succeeds();
    assert!(fs::read(desk.path("d.png")).unwrap() == fs::read(desk.path("again.png")).unwrap());
    desk.run(["look", "photo.png", "--where", "castle", "--sheet", "where.png"]).succeeds();
    assert!(open(desk.path("where.png")).width() > 600);
    desk.run(["look", "photo.png", "--sheet", "x.png"]).fails(2, &["--layer", "--where"]);
}
