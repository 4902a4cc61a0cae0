//! Recipes in pictures and files: the same bytes again, other photos, and recipes from strangers.

use std::fs;

use oneiric::recipe::{self, LONGEST, Recipe};
use oneiric::{Format, SaveMode};

use crate::{Desk, open, photo, sides};

const FORMATS: [&str; 3] = ["png", "jpg", "webp"];

fn bytes(desk: &Desk, name: &str) -> Vec<u8> {
    fs::read(desk.path(name)).unwrap()
}

fn recipe_of(desk: &Desk, name: &str) -> Recipe {
    Recipe::of_picture(&bytes(desk, name)).unwrap()
}

/// A picture with these words for a recipe.
fn stamp(desk: &Desk, name: &str, text: &str) {
    let plain = photo(20, 10).encode(Format::Png, 90).unwrap();
    fs::write(desk.path(name), recipe::stamped(plain, text).unwrap()).unwrap();
}

#[test]
fn a_recipe_out_of_each_format_gives_the_same_bytes_again() {
    let desk = Desk::with_photo();
    for format in FORMATS {
        let [out, again, text, third] = ["out", "again", "text", "third"]
            .map(|name| format!("{name}.{}", if name == "text" { "toml" } else { format }));
        let look = ["-p", "swirls", "--more", "golden retriever", "--octave", "1:step=0.02,jitter=2", "--seed", "99"];
        let finish = ["--ascent", "momentum:0.7", "--symmetry", "mirror", "--saturation", "1.1", "--rechoose"];
        desk.dream(&[&["photo.png", "-o", &out], &look[..], &finish].concat()).succeeds();
        desk.run(["dream", "--recipe", &out, "photo.png", "-o", &again]).succeeds();
        assert!(bytes(&desk, &out) == bytes(&desk, &again), "{format}");
        desk.run(["recipe", "save", &out, "-o", &text]).succeeds();
        desk.run(["dream", "--recipe", &text, "photo.png", "-o", &third]).succeeds();
        assert!(bytes(&desk, &out) == bytes(&desk, &third), "{format}");
        fs::remove_file(desk.path(&text)).unwrap();
    }
    assert_eq!(recipe_of(&desk, "out.jpg"), recipe_of(&desk, "out.webp"));
}

#[test]
fn masks_regions_and_guides_are_found_by_their_names_and_bytes() {
    let desk = Desk::with_photo();
    fs::create_dir(desk.path("in")).unwrap();
    photo(30, 20).save(desk.path("in/sky.png"), 90, SaveMode::New).unwrap();
    photo(31, 21).save(desk.path("in/shells.png"), 90, SaveMode::New).unwrap();
    let places = ["--mask", "in/sky.png", "--invert-mask", "--feather", "7.3%", "--guide", "in/shells.png"];
    let regions = ["--region", "top:30%=swirls", "--region", "in/sky.png=channel(block5, 3)"];
    desk.dream(&[&["photo.png", "-o", "in/out.png", "-l", "block5"], &places[..], &regions].concat()).succeeds();
    let text = desk.run(["recipe", "show", "in/out.png"]).succeeds().text();
    assert!(!text.contains("in/") && !text.contains("photo.png") && text.contains("name = \"sky.png\""), "{text}");
    assert!(text.contains("squeezenet = "), "the network of a region is told: {text}");
    // Beside the recipe, then in the folder where the program runs.
    desk.run(["dream", "--recipe", "in/out.png", "photo.png", "-o", "again.png"]).succeeds();
    assert!(bytes(&desk, "in/out.png") == bytes(&desk, "again.png"));
    fs::rename(desk.path("in/sky.png"), desk.path("sky.png")).unwrap();
    fs::rename(desk.path("in/shells.png"), desk.path("shells.png")).unwrap();
    let json =
        desk.run(["dream", "--recipe", "in/out.png", "photo.png", "-o", "third.png", "--json"]).succeeds().json();
    assert!(bytes(&desk, "in/out.png") == bytes(&desk, "third.png"));
    assert_eq!((&json["mask"], &json["preset"]), (&"sky.png".into(), &"dogs".into()));
    assert_eq!(json["region"][0], "top:30%=swirls");

    photo(9, 9).save(desk.path("sky.png"), 90, SaveMode::Overwrite).unwrap();
    desk.run(["dream", "--recipe", "in/out.png", "photo.png"]).fails(2, &["sky.png", "another one", "--mask"]);
    desk.run(["recipe", "check", "in/out.png", "--json"]);
    fs::remove_file(desk.path("sky.png")).unwrap();
    desk.run(["dream", "--recipe", "in/out.png", "photo.png"]).fails(2, &["sky.png", "no such file", "--mask"]);
    desk.run(["dream", "--recipe", "in/out.png", "photo.png", "--mask", "top:5"]).fails(2, &["sky.png", "--region"]);
    let given = ["--mask", "top:5", "--region", "top:30%=eyes", "--guide", "photo.png", "-o", "given.png"];
    desk.run([&["dream", "--recipe", "in/out.png", "photo.png"], &given[..]].concat()).succeeds();
    let given = recipe_of(&desk, "given.png").places;
    assert_eq!(given.mask.unwrap().to_string(), "top:5");
    assert_eq!((given.region.len(), given.guide.unwrap().name.as_str(), given.invert_mask), (1, "photo.png", true));
    // What no longer follows a guide needs none.
    fs::remove_file(desk.path("shells.png")).unwrap();
    let other = ["--mask", "top:5", "--region", "top:30%=eyes", "-l", "block5", "-o", "other.png"];
    desk.run([&["dream", "--recipe", "in/out.png", "photo.png"], &other[..]].concat()).succeeds();
}

#[test]
fn only_the_regions_of_a_recipe_are_dreamed_unless_a_look_is_given() {
    let desk = Desk::with_photo();
    desk.dream(&["photo.png", "-o", "out.png", "--region", "top:25%=swirls", "--feather", "1"]).succeeds();
    desk.run(["dream", "--recipe", "out.png", "photo.png", "-o", "again.png"]).succeeds();
    assert!(bytes(&desk, "out.png") == bytes(&desk, "again.png"));
    assert!(recipe_of(&desk, "again.png").places.only_regions);
    desk.run(["dream", "--recipe", "out.png", "photo.png", "-o", "all.png", "-l", "block5"]).succeeds();
    assert!(!recipe_of(&desk, "all.png").places.only_regions);
}

#[test]
fn a_recipe_works_on_another_photo_and_options_change_it() {
    let desk = Desk::with_photo();
    photo(90, 30).save(desk.path("wide.png"), 90, SaveMode::New).unwrap();
    desk.dream(&["photo.png", "-o", "out.png", "-p", "eyes"]).succeeds();
    let dream = |args: &[&str]| desk.run([&["dream", "--recipe", "out.png", "--json", "--overwrite"], args].concat());
    let json = dream(&["wide.png", "-o", "wide.jpg"]).succeeds().json();
    assert_eq!((&json["width"], &json["height"], &json["preset"]), (&48.into(), &16.into(), &"eyes".into()));
    assert_eq!(json["settings"], dream(&["photo.png", "-o", "p.jpg"]).succeeds().json()["settings"]);
    let other =
        dream(&["wide.png", "-o", "x.png", "--iterations", "2", "--size", "40", "--less", "dog"]).succeeds().json();
    let settings = &other["settings"];
    assert_eq!((&other["width"], &settings["iterations"], &settings["octaves"]), (&40.into(), &2.into(), &2.into()));
    assert!(settings["objective"].as_str().unwrap().starts_with("fire6 - "), "{settings}");
    assert_eq!(recipe_of(&desk, "x.png").settings.iterations, 2);
    dream(&["wide.png", "-p", "dogs", "-o", "y.png"]).fails(2, &["--preset"]);
    // Without --size then and now, a photo keeps its size.
    let quick = ["--octaves", "1", "--iterations", "1"];
    desk.run([&["dream", "photo.png", "-o", "whole.png"], &quick[..]].concat()).succeeds();
    desk.run(["dream", "--recipe", "whole.png", "wide.png", "-o", "w.png"]).succeeds();
    assert_eq!(sides(&open(desk.path("w.png"))), (90, 30));
}

#[test]
fn a_recipe_alone_is_a_dream_of_a_landscape() {
    let desk = Desk::with_photo();
    desk.dream(&["-o", "land.png", "--seed", "3"]).succeeds();
    let saved = desk.run(["recipe", "save", "land.png"]).succeeds();
    assert!(saved.stderr.contains("land.toml"), "{}", saved.stderr);
    let run = desk.run(["dream", "land.toml", "-o", "again.png"]).succeeds();
    assert!(bytes(&desk, "land.png") == bytes(&desk, "again.png") && !run.stderr.contains("made on a photo"));
    desk.run(["dream", "--recipe", "land.png", "-o", "third.png"]).succeeds();
    assert!(bytes(&desk, "land.png") == bytes(&desk, "third.png"));

    desk.dream(&["photo.png", "-o", "d.png"]).succeeds();
    desk.run(["recipe", "save", "d.png"]).succeeds();
    let run = desk.run(["dream", "d.toml"]).succeeds();
    assert!(run.stderr.contains("made on a photo"), "{}", run.stderr);
    assert_eq!(run.text(), "oneiric.dream.png\n");
    desk.run(["recipe", "save", "d.png"]).fails(2, &["d.toml", "--overwrite"]);
    desk.run(["recipe", "save", "d.png", "--overwrite"]).succeeds();
    // From a pipe, as text and as a picture.
    for file in ["land.toml", "land.png"] {
        desk.feed(&["dream", "--recipe", "-", "-o", "p.png", "--overwrite"], &bytes(&desk, file)).succeeds();
        assert!(bytes(&desk, "land.png") == bytes(&desk, "p.png"));
    }
    desk.run(["dream", "--recipe", "-", "-"]).fails(2, &["standard input"]);
    fs::write(desk.path("by-hand.toml"), "format = 1\n[settings]\nmore = [\"birds\"]\noctaves = 1\niterations = 1")
        .unwrap();
    let run = desk.run(["dream", "by-hand.toml", "photo.png"]);
    assert_eq!(run.code, Some(2), "there is one place for a picture");
    desk.run(["dream", "--recipe", "by-hand.toml", "photo.png"]).succeeds();
}

#[test]
fn every_dream_carries_a_recipe_unless_it_should_not() {
    let desk = Desk::with_photo();
    let photo = bytes(&desk, "photo.png");
    let piped = desk.feed(&["dream", "-", "--octaves", "1", "--iterations", "1"], &photo).succeeds().stdout;
    let recipe = Recipe::of_picture(&piped).unwrap();
    assert_eq!(recipe.photo.unwrap().sha256, Some(recipe::sha256(&photo)));
    for format in FORMATS {
        let [with, without] = ["with", "without"].map(|name| format!("{name}.{format}"));
        desk.dream(&["photo.png", "-o", &with]).succeeds();
        desk.dream(&["photo.png", "-o", &without, "--no-recipe"]).succeeds();
        assert!(open(desk.path(&with)) == open(desk.path(&without)), "{format}");
        desk.run(["recipe", "show", &without]).fails(2, &[&without, "has no recipe"]);
        let plain = open(desk.path(&without)).encode(Format::from_path(&without).unwrap(), 95).unwrap();
        assert!(format == "jpg" || plain == bytes(&desk, &without), "nothing else is in it");
    }
    // Other pictures are no dreams.
    desk.run(["blend", "photo.png", "with.png", "-o", "blend.png"]).succeeds();
    desk.run(["recipe", "show", "blend.png"]).fails(2, &["has no recipe"]);
}

#[test]
fn show_and_check_tell_what_there_is() {
    let desk = Desk::with_photo();
    desk.dream(&["photo.png", "-o", "d.webp"]).succeeds();
    let text = desk.run(["recipe", "show", "d.webp"]).succeeds().text();
    assert!(text.contains("\nformat = 1\n") && text.contains("\niterations = 1\n"), "{text}");
    let json = desk.run(["recipe", "show", "d.webp", "--json"]).succeeds().json();
    assert_eq!((&json["settings"]["octaves"], &json["photo"]["width"]), (&2.into(), &48.into()));
    assert_eq!(desk.feed(&["recipe", "show", "-"], &bytes(&desk, "d.webp")).succeeds().text(), text);
    assert_eq!(desk.feed(&["recipe", "show", "-"], text.as_bytes()).succeeds().text(), text);

    let checked = desk.run(["recipe", "check", "d.webp", "photo.png"]).succeeds().text();
    assert!(checked.contains("network lite0") && !checked.contains("DIFFERENT"), "{checked}");
    assert!(desk.run(["recipe", "check", "d.webp"]).succeeds().text().contains("not asked"));
    let json = desk.run(["recipe", "check", "d.webp", "photo.png", "--json"]).succeeds().json();
    assert_eq!((&json["same"], &json["lines"][0]["what"]), (&true.into(), &"program".into()));
    let other = desk.run(["recipe", "check", "d.webp", "d.webp"]);
    assert_eq!(other.code, Some(2));
    assert!(other.text().contains("DIFFERENT") && other.stderr.contains("photo"), "{}", other.stderr);

    let changed =
        [("oneiric 0", "oneiric 99"), ("lite0 = \"", "vgg16 = \""), ("instructions = \"", "instructions = \"x")];
    for (what, (from, to)) in ["program", "network", "instructions"].into_iter().zip(changed) {
        fs::write(desk.path("r.toml"), text.replace(from, to)).unwrap();
        let run = desk.run(["recipe", "check", "r.toml", "photo.png"]);
        assert!(run.code == Some(2) && run.stderr.contains(what), "{}", run.stderr);
    }
    let mask = "\n[places.mask.file]\nname = \"sky.png\"\nsha256 = \"HASH\"\n".replace("HASH", &"0".repeat(64));
    fs::write(desk.path("r.toml"), text.clone() + &mask).unwrap();
    let run = desk.run(["recipe", "check", "r.toml", "photo.png"]);
    assert!(run.code == Some(2) && run.stderr.contains("sky.png"), "{}", run.stderr);
}

#[test]
fn what_is_no_recipe_is_told_so() {
    let desk = Desk::with_photo();
    fs::write(desk.path("notes.toml"), "title = 'Notes'").unwrap();
    fs::write(desk.path("noise.bin"), [0x80, 0xfe, 3, 4]).unwrap();
    fs::write(desk.path("newer.toml"), "format = 7\nfuture = true").unwrap();
    fs::write(desk.path("long.toml"), "#".repeat(LONGEST + 1)).unwrap();
    fs::write(desk.path("layer.toml"), "format = 1\n[settings]\nobjective = 'blok5'").unwrap();
    for (file, words) in [
        ("photo.png", &["photo.png", "has no recipe"][..]),
        ("nothing.png", &["nothing.png", "no such file"]),
        (".", &["folder"]),
        ("notes.toml", &["notes.toml", "format = 1"]),
        ("noise.bin", &["neither a recipe nor a picture"]),
        ("newer.toml", &["newer version"]),
        ("long.toml", &["longer"]),
        ("layer.toml", &["did you mean block5"]),
    ] {
        desk.run(["recipe", "show", file]).fails(2, words);
        desk.run(["recipe", "check", file]).fails(2, words);
        desk.run(["recipe", "save", file, "-o", "s.toml"]).fails(2, words);
        desk.dream(&["--recipe", file, "photo.png", "-o", "d.png"]).fails(2, words);
    }
    assert!(desk.files().iter().all(|name| !name.starts_with("d.") && !name.starts_with("s.")));
    desk.run(["recipe"]).fails(2, &["show"]);
}

/// Nothing that a recipe says leads out of its folder or is run.
#[test]
fn hostile_recipes_are_refused_and_touch_nothing() {
    let desk = Desk::with_photo();
    fs::create_dir(desk.path("in")).unwrap();
    let outside = recipe::sha256(&bytes(&desk, "photo.png"));
    let before = bytes(&desk, "photo.png");
    let file = |name: &str| format!("format = 1\n[places.mask.file]\nname = '{name}'\nsha256 = '{outside}'");
    for (text, words) in [
        (file("../photo.png"), &["without folders"][..]),
        (file("/etc/passwd"), &["without folders"]),
        (file(desk.path("photo.png").to_str().unwrap()), &["without folders"]),
        (file("..\\photo.png"), &["without folders"]),
        (file("$(touch owned).png"), &["$(touch owned).png", "no such file"]),
        ("format = 1\n[places]\nmask = '../../etc/passwd'".into(), &["mask"]),
        ("format = 1\n[places.mask]\nshape = '/etc/passwd'".into(), &["for mask: expected circle"]),
        ("format = 1\n[places.mask]\nshape = 'photo.png'".into(), &["for mask: expected circle"]),
        ("format = 1\nout = '/owned.png'".into(), &["out"]),
        ("format = 1\n[settings]\nobjective = '\\u001b[2J'".into(), &["oneiric"]),
        ("format = 1\n[settings]\noctaves = 64\niterations = 10001".into(), &["10000"]),
        (
            "format = 1\n[[places.region]]\nlook = '; touch owned'\nplace = { shape = 'top:5' }".into(),
            &["as an objective"],
        ),
        ("format = 1\n[photo]\nwidth = 1\nheight = 1\nlandscape = true\nsize = 99999999".into(), &["size"]),
        ("\u{1b}]0;owned\u{7}".into(), &["line 1"]),
    ] {
        stamp(&desk, "in/hostile.png", &text);
        fs::write(desk.path("in/hostile.toml"), &text).unwrap();
        for hostile in ["in/hostile.png", "in/hostile.toml"] {
            let run = desk.run(["dream", "--recipe", hostile, "photo.png", "-o", "d.png"]).fails(2, words);
            assert!(!run.stderr.contains(['\u{1b}', '\u{7}']), "{:?}", run.stderr);
        }
        assert_eq!(desk.files(), ["in", "photo.png"], "{text}");
    }
    assert!(bytes(&desk, "photo.png") == before);
    assert_eq!(fs::read_dir(desk.path("in")).unwrap().count(), 2);
}

#[test]
fn a_recipe_too_long_for_a_picture_is_refused_before_the_work() {
    let desk = Desk::with_photo();
    let region = "top:5=block5 + ".to_owned() + &vec!["tv()"; 1300].join(" + ");
    let regions: Vec<&str> = (0..7).flat_map(|_| ["--region", &region]).collect();
    // So many steps that the test would not end if they were made.
    let long = ["dream", "photo.png", "--iterations", "10000", "-o", "d.png"];
    desk.run([&long[..], &regions].concat()).fails(2, &["--no-recipe"]);
    assert_eq!(desk.files(), ["photo.png"]);
}
