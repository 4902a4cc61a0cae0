//! Where a dream grows: masks and regions.

use std::fs;

use oneiric::{Picture, SaveMode};

use crate::{Sandbox, open};

/// Whether each pixel of the dream `name` is as in the photo, `[height][width]`.
fn unchanged(sandbox: &Sandbox, name: &str) -> Vec<bool> {
    let (photo, dream) = (open(sandbox.path("photo.png")), open(sandbox.path(name)));
    let pixels = photo.pixels().chunks(3).zip(dream.pixels().chunks(3));
    pixels.map(|(before, after)| before == after).collect()
}

#[test]
fn pixels_outside_the_mask_stay_unchanged() {
    let sandbox = Sandbox::with_photo();
    // Strong enough that no pixel stays the same by chance, with colour changes of the whole picture afterwards.
    let strong = ["--iterations", "3", "--octaves", "2", "--step", "0.05", "--saturation", "0.5", "--white-balance"];
    let dream = |args: &[&str]| {
        sandbox.run([&["dream", "photo.png", "--overwrite", "-o", "d.png"], &strong[..], args].concat())
    };
    let of_row = |y: usize| unchanged(&sandbox, "d.png")[y * 60..][..60].iter().filter(|same| **same).count();
    dream(&["--mask", "top:50%"]).succeeds();
    assert!(of_row(0) < 10 && of_row(39) == 60);
    dream(&["--mask", "top:50%", "--invert-mask"]).succeeds();
    assert!(of_row(0) == 60 && of_row(39) < 10);

    // A picture as a mask works by its brightness: the left half is white.
    let half = (0..60 * 40).flat_map(|i| [if i % 60 < 30 { 1.0 } else { 0.0 }; 3]).collect();
    Picture::new(60, 40, half).unwrap().save(sandbox.path("half.png"), 90, SaveMode::New).unwrap();
    let json = dream(&["--mask", "half.png", "--json"]).succeeds().json();
    assert_eq!(json["mask"], "half.png");
    let same = unchanged(&sandbox, "d.png");
    let count = |columns: std::ops::Range<usize>| {
        same.iter().enumerate().filter(|(i, s)| columns.contains(&(i % 60)) && **s).count()
    };
    assert!(count(0..28) < 100 && count(32..60) == 28 * 40);
}

#[test]
fn each_region_has_its_own_look_and_the_rest_stays_unchanged() {
    let sandbox = Sandbox::with_photo();
    let regions = ["--region", "top:25%=swirls", "--region", "bottom:25%=channel(block5, 3)", "--feather", "2"];
    let dream = |args: &[&str]| {
        let quick = ["dream", "photo.png", "--octaves", "2", "--iterations", "2"];
        sandbox.run([&quick[..], args, &regions[..]].concat()).succeeds()
    };
    dream(&["-o", "d.png"]);
    let same = unchanged(&sandbox, "d.png");
    let of_row = |y: usize| same[y * 60..][..60].iter().filter(|same| **same).count();
    assert!(of_row(2) < 30 && of_row(20) == 60 && of_row(37) < 30, "{} {} {}", of_row(2), of_row(20), of_row(37));
    // A look for the rest: nothing stays.
    dream(&["-o", "e.png", "-p", "dogs"]);
    assert!(unchanged(&sandbox, "e.png")[20 * 60..][..60].iter().filter(|same| **same).count() < 30);
}

#[test]
fn an_invalid_place_is_refused_with_an_example() {
    let sandbox = Sandbox::with_photo();
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
        sandbox.dream(&[&["photo.png", "-o", "d.png"], args].concat()).fails(2, words);
    }
    assert_eq!(sandbox.files(), ["photo.png"]);
}

/// There is no photo of a thing in the tests, so one is dreamed.
#[test]
fn a_word_can_be_the_mask_and_its_place_can_be_drawn() {
    let sandbox = Sandbox::new();
    let castle = ["--more", "castle", "--octaves", "3", "--iterations", "16", "-o", "photo.png"];
    sandbox.run([&["dream", "--size", "200", "--seed", "7"], &castle[..]].concat()).succeeds();
    let quick = ["dream", "photo.png", "--iterations", "2", "--octaves", "2", "-o", "d.png"];
    sandbox.run([&quick[..], &["--where", "castle", "--json"]].concat()).succeeds();
    let same = unchanged(&sandbox, "d.png");
    assert!(same.iter().any(|same| !same));
    sandbox.run(["dream", "--recipe", "d.png", "photo.png", "-o", "again.png"]).succeeds();
    assert!(fs::read(sandbox.path("d.png")).unwrap() == fs::read(sandbox.path("again.png")).unwrap());
    sandbox.run(["look", "photo.png", "--where", "castle", "--sheet", "where.png"]).succeeds();
    assert!(open(sandbox.path("where.png")).width() > 600);
    sandbox.run(["look", "photo.png", "--sheet", "x.png"]).fails(2, &["--layer", "--where"]);
}
