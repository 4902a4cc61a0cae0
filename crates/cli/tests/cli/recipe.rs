//! Recipes in pictures and files: the same bytes again, other photos, and hostile recipes.

use std::fs;

use oneiric::recipe::{self, LONGEST, Recipe};
use oneiric::zoo::Networks;
use oneiric::{Format, SaveMode};

use crate::{Sandbox, open, photo, sides};

const FORMATS: [&str; 3] = ["png", "jpg", "webp"];

fn bytes(sandbox: &Sandbox, name: &str) -> Vec<u8> {
    fs::read(sandbox.path(name)).unwrap()
}

fn recipe_of(sandbox: &Sandbox, name: &str) -> Recipe {
    Recipe::of_picture(&bytes(sandbox, name), &Networks::default()).unwrap()
}

/// Writes a picture with this text as its recipe.
fn stamp(sandbox: &Sandbox, name: &str, text: &str) {
    let plain = photo(20, 10).encode(Format::Png, 90).unwrap();
    fs::write(sandbox.path(name), recipe::stamped(plain, text).unwrap()).unwrap();
}

#[test]
fn a_recipe_from_each_format_gives_the_same_bytes_again() {
    let sandbox = Sandbox::with_photo();
    for format in FORMATS {
        let [out, again, text, third] = ["out", "again", "text", "third"]
            .map(|name| format!("{name}.{}", if name == "text" { "toml" } else { format }));
        let look = ["-p", "swirls", "--more", "golden retriever", "--octave", "1:step=0.02,jitter=2", "--seed", "99"];
        let finish = ["--ascent", "momentum:0.7", "--symmetry", "mirror", "--saturation", "1.1", "--rechoose"];
        sandbox.dream(&[&["photo.png", "-o", &out], &look[..], &finish].concat()).succeeds();
        sandbox.run(["dream", "--recipe", &out, "photo.png", "-o", &again]).succeeds();
        assert!(bytes(&sandbox, &out) == bytes(&sandbox, &again), "{format}");
        sandbox.run(["recipe", "save", &out, "-o", &text]).succeeds();
        sandbox.run(["dream", "--recipe", &text, "photo.png", "-o", &third]).succeeds();
        assert!(bytes(&sandbox, &out) == bytes(&sandbox, &third), "{format}");
        fs::remove_file(sandbox.path(&text)).unwrap();
    }
    assert_eq!(recipe_of(&sandbox, "out.jpg"), recipe_of(&sandbox, "out.webp"));
}

#[test]
fn files_of_a_recipe_are_found_by_name_and_content() {
    let sandbox = Sandbox::with_photo();
    fs::create_dir(sandbox.path("in")).unwrap();
    photo(30, 20).save(sandbox.path("in/sky.png"), 90, SaveMode::New).unwrap();
    photo(31, 21).save(sandbox.path("in/shells.png"), 90, SaveMode::New).unwrap();
    let places = ["--mask", "in/sky.png", "--invert-mask", "--feather", "7.3%", "--guide", "in/shells.png"];
    let regions = ["--region", "top:30%=swirls", "--region", "in/sky.png=channel(block5, 3)"];
    sandbox.dream(&[&["photo.png", "-o", "in/out.png", "-l", "block5"], &places[..], &regions].concat()).succeeds();
    let text = sandbox.run(["recipe", "show", "in/out.png"]).succeeds().text();
    assert!(!text.contains("in/") && !text.contains("photo.png") && text.contains("name = \"sky.png\""), "{text}");
    assert!(text.contains("squeezenet = "), "the network of a region is listed: {text}");
    // Next to the recipe, then in the current folder.
    sandbox.run(["dream", "--recipe", "in/out.png", "photo.png", "-o", "again.png"]).succeeds();
    assert!(bytes(&sandbox, "in/out.png") == bytes(&sandbox, "again.png"));
    fs::rename(sandbox.path("in/sky.png"), sandbox.path("sky.png")).unwrap();
    fs::rename(sandbox.path("in/shells.png"), sandbox.path("shells.png")).unwrap();
    let json =
        sandbox.run(["dream", "--recipe", "in/out.png", "photo.png", "-o", "third.png", "--json"]).succeeds().json();
    assert!(bytes(&sandbox, "in/out.png") == bytes(&sandbox, "third.png"));
    assert_eq!((&json["mask"], &json["preset"]), (&"sky.png".into(), &"dogs".into()));
    assert_eq!(json["region"][0], "top:30%=swirls");

    photo(9, 9).save(sandbox.path("sky.png"), 90, SaveMode::Overwrite).unwrap();
    sandbox.run(["dream", "--recipe", "in/out.png", "photo.png"]).fails(2, &["sky.png", "different content", "--mask"]);
    sandbox.run(["recipe", "check", "in/out.png", "--json"]);
    fs::remove_file(sandbox.path("sky.png")).unwrap();
    sandbox.run(["dream", "--recipe", "in/out.png", "photo.png"]).fails(2, &["sky.png", "no such file", "--mask"]);
    sandbox.run(["dream", "--recipe", "in/out.png", "photo.png", "--mask", "top:5"]).fails(2, &["sky.png", "--region"]);
    let given = ["--mask", "top:5", "--region", "top:30%=eyes", "--guide", "photo.png", "-o", "given.png"];
    sandbox.run([&["dream", "--recipe", "in/out.png", "photo.png"], &given[..]].concat()).succeeds();
    let given = recipe_of(&sandbox, "given.png").places;
    assert_eq!(given.mask.unwrap().to_string(), "top:5");
    assert_eq!((given.region.len(), given.guide.unwrap().name.as_str(), given.invert_mask), (1, "photo.png", true));
    // Without a term that follows the guide, the guide image is not needed.
    fs::remove_file(sandbox.path("shells.png")).unwrap();
    let other = ["--mask", "top:5", "--region", "top:30%=eyes", "-l", "block5", "-o", "other.png"];
    sandbox.run([&["dream", "--recipe", "in/out.png", "photo.png"], &other[..]].concat()).succeeds();
}

#[test]
fn only_the_regions_of_a_recipe_are_dreamed_unless_a_look_is_given() {
    let sandbox = Sandbox::with_photo();
    sandbox.dream(&["photo.png", "-o", "out.png", "--region", "top:25%=swirls", "--feather", "1"]).succeeds();
    sandbox.run(["dream", "--recipe", "out.png", "photo.png", "-o", "again.png"]).succeeds();
    assert!(bytes(&sandbox, "out.png") == bytes(&sandbox, "again.png"));
    assert!(recipe_of(&sandbox, "again.png").places.only_regions);
    sandbox.run(["dream", "--recipe", "out.png", "photo.png", "-o", "all.png", "-l", "block5"]).succeeds();
    assert!(!recipe_of(&sandbox, "all.png").places.only_regions);
}

#[test]
fn a_recipe_works_on_another_photo_and_options_change_it() {
    let sandbox = Sandbox::with_photo();
    photo(90, 30).save(sandbox.path("wide.png"), 90, SaveMode::New).unwrap();
    sandbox.dream(&["photo.png", "-o", "out.png", "-p", "eyes"]).succeeds();
    let dream =
        |args: &[&str]| sandbox.run([&["dream", "--recipe", "out.png", "--json", "--overwrite"], args].concat());
    let json = dream(&["wide.png", "-o", "wide.jpg"]).succeeds().json();
    assert_eq!((&json["width"], &json["height"], &json["preset"]), (&48.into(), &16.into(), &"eyes".into()));
    assert_eq!(json["settings"], dream(&["photo.png", "-o", "p.jpg"]).succeeds().json()["settings"]);
    let other =
        dream(&["wide.png", "-o", "x.png", "--iterations", "2", "--size", "40", "--less", "dog"]).succeeds().json();
    let settings = &other["settings"];
    assert_eq!((&other["width"], &settings["iterations"], &settings["octaves"]), (&40.into(), &2.into(), &2.into()));
    assert!(settings["objective"].as_str().unwrap().starts_with("fire6 - "), "{settings}");
    assert_eq!(recipe_of(&sandbox, "x.png").settings.iterations, 2);
    dream(&["wide.png", "-p", "dogs", "-o", "y.png"]).fails(2, &["--preset"]);
    // Without --size in the recipe and the command, a photo keeps its size.
    let quick = ["--octaves", "1", "--iterations", "1"];
    sandbox.run([&["dream", "photo.png", "-o", "whole.png"], &quick[..]].concat()).succeeds();
    sandbox.run(["dream", "--recipe", "whole.png", "wide.png", "-o", "w.png"]).succeeds();
    assert_eq!(sides(&open(sandbox.path("w.png"))), (90, 30));
}

#[test]
fn a_recipe_alone_is_a_dream_of_a_landscape() {
    let sandbox = Sandbox::with_photo();
    sandbox.dream(&["-o", "land.png", "--seed", "3"]).succeeds();
    let saved = sandbox.run(["recipe", "save", "land.png"]).succeeds();
    assert!(saved.stderr.contains("land.toml"), "{}", saved.stderr);
    let run = sandbox.run(["dream", "land.toml", "-o", "again.png"]).succeeds();
    assert!(bytes(&sandbox, "land.png") == bytes(&sandbox, "again.png") && !run.stderr.contains("made on a photo"));
    sandbox.run(["dream", "--recipe", "land.png", "-o", "third.png"]).succeeds();
    assert!(bytes(&sandbox, "land.png") == bytes(&sandbox, "third.png"));

    sandbox.dream(&["photo.png", "-o", "d.png"]).succeeds();
    sandbox.run(["recipe", "save", "d.png"]).succeeds();
    let run = sandbox.run(["dream", "d.toml"]).succeeds();
    assert!(run.stderr.contains("made on a photo"), "{}", run.stderr);
    assert_eq!(run.text(), "oneiric.dream.png\n");
    sandbox.run(["recipe", "save", "d.png"]).fails(2, &["d.toml", "--overwrite"]);
    sandbox.run(["recipe", "save", "d.png", "--overwrite"]).succeeds();
    // From a pipe, as text and as a picture.
    for file in ["land.toml", "land.png"] {
        sandbox.feed(&["dream", "--recipe", "-", "-o", "p.png", "--overwrite"], &bytes(&sandbox, file)).succeeds();
        assert!(bytes(&sandbox, "land.png") == bytes(&sandbox, "p.png"));
    }
    sandbox.run(["dream", "--recipe", "-", "-"]).fails(2, &["standard input"]);
    fs::write(sandbox.path("by-hand.toml"), "format = 1\n[settings]\nmore = [\"birds\"]\noctaves = 1\niterations = 1")
        .unwrap();
    let run = sandbox.run(["dream", "by-hand.toml", "photo.png"]);
    assert_eq!(run.code, Some(2), "a recipe and a picture need --recipe");
    sandbox.run(["dream", "--recipe", "by-hand.toml", "photo.png"]).succeeds();
}

#[test]
fn every_dream_contains_a_recipe_except_with_no_recipe() {
    let sandbox = Sandbox::with_photo();
    let photo = bytes(&sandbox, "photo.png");
    let piped = sandbox.feed(&["dream", "-", "--octaves", "1", "--iterations", "1"], &photo).succeeds().stdout;
    let recipe = Recipe::of_picture(&piped, &Networks::default()).unwrap();
    assert_eq!(recipe.photo.unwrap().sha256, Some(recipe::sha256(&photo)));
    for format in FORMATS {
        let [with, without] = ["with", "without"].map(|name| format!("{name}.{format}"));
        sandbox.dream(&["photo.png", "-o", &with]).succeeds();
        sandbox.dream(&["photo.png", "-o", &without, "--no-recipe"]).succeeds();
        assert!(open(sandbox.path(&with)) == open(sandbox.path(&without)), "{format}");
        sandbox.run(["recipe", "show", &without]).fails(2, &[&without, "has no recipe"]);
        let plain = open(sandbox.path(&without)).encode(Format::from_path(&without).unwrap(), 95).unwrap();
        assert!(format == "jpg" || plain == bytes(&sandbox, &without), "nothing else is in it");
    }
    // Other pictures contain none.
    sandbox.run(["blend", "photo.png", "with.png", "-o", "blend.png"]).succeeds();
    sandbox.run(["recipe", "show", "blend.png"]).fails(2, &["has no recipe"]);
}

#[test]
fn a_recipe_can_be_shown_and_checked() {
    let sandbox = Sandbox::with_photo();
    sandbox.dream(&["photo.png", "-o", "d.webp"]).succeeds();
    let text = sandbox.run(["recipe", "show", "d.webp"]).succeeds().text();
    assert!(text.contains("\nformat = 1\n") && text.contains("\niterations = 1\n"), "{text}");
    let json = sandbox.run(["recipe", "show", "d.webp", "--json"]).succeeds().json();
    assert_eq!((&json["settings"]["octaves"], &json["photo"]["width"]), (&2.into(), &48.into()));
    assert_eq!(sandbox.feed(&["recipe", "show", "-"], &bytes(&sandbox, "d.webp")).succeeds().text(), text);
    assert_eq!(sandbox.feed(&["recipe", "show", "-"], text.as_bytes()).succeeds().text(), text);

    let checked = sandbox.run(["recipe", "check", "d.webp", "photo.png"]).succeeds().text();
    assert!(checked.contains("network lite0") && !checked.contains("DIFFERENT"), "{checked}");
    assert!(sandbox.run(["recipe", "check", "d.webp"]).succeeds().text().contains("not checked"));
    let json = sandbox.run(["recipe", "check", "d.webp", "photo.png", "--json"]).succeeds().json();
    assert_eq!((&json["same"], &json["lines"][0]["what"]), (&true.into(), &"program".into()));
    let other = sandbox.run(["recipe", "check", "d.webp", "d.webp"]);
    assert_eq!(other.code, Some(2));
    assert!(other.text().contains("DIFFERENT") && other.stderr.contains("photo"), "{}", other.stderr);

    let changed =
        [("oneiric 0", "oneiric 99"), ("lite0 = \"", "vgg16 = \""), ("instructions = \"", "instructions = \"x")];
    for (what, (from, to)) in ["program", "network", "instructions"].into_iter().zip(changed) {
        fs::write(sandbox.path("r.toml"), text.replace(from, to)).unwrap();
        let run = sandbox.run(["recipe", "check", "r.toml", "photo.png"]);
        assert!(run.code == Some(2) && run.stderr.contains(what), "{}", run.stderr);
    }
    let mask = "\n[places.mask.file]\nname = \"sky.png\"\nsha256 = \"HASH\"\n".replace("HASH", &"0".repeat(64));
    fs::write(sandbox.path("r.toml"), text.clone() + &mask).unwrap();
    let run = sandbox.run(["recipe", "check", "r.toml", "photo.png"]);
    assert!(run.code == Some(2) && run.stderr.contains("sky.png"), "{}", run.stderr);
}

#[test]
fn files_without_a_valid_recipe_are_refused() {
    let sandbox = Sandbox::with_photo();
    fs::write(sandbox.path("notes.toml"), "title = 'Notes'").unwrap();
    fs::write(sandbox.path("noise.bin"), [0x80, 0xfe, 3, 4]).unwrap();
    fs::write(sandbox.path("newer.toml"), "format = 7\nfuture = true").unwrap();
    fs::write(sandbox.path("long.toml"), "#".repeat(LONGEST + 1)).unwrap();
    fs::write(sandbox.path("layer.toml"), "format = 1\n[settings]\nobjective = 'blok5'").unwrap();
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
        sandbox.run(["recipe", "show", file]).fails(2, words);
        sandbox.run(["recipe", "check", file]).fails(2, words);
        sandbox.run(["recipe", "save", file, "-o", "s.toml"]).fails(2, words);
        sandbox.dream(&["--recipe", file, "photo.png", "-o", "d.png"]).fails(2, words);
    }
    assert!(sandbox.files().iter().all(|name| !name.starts_with("d.") && !name.starts_with("s.")));
    sandbox.run(["recipe"]).fails(2, &["show"]);
}

/// A recipe cannot reach files outside its folder or run commands.
#[test]
fn hostile_recipes_are_refused_and_change_no_files() {
    let sandbox = Sandbox::with_photo();
    fs::create_dir(sandbox.path("in")).unwrap();
    let outside = recipe::sha256(&bytes(&sandbox, "photo.png"));
    let before = bytes(&sandbox, "photo.png");
    let file = |name: &str| format!("format = 1\n[places.mask.file]\nname = '{name}'\nsha256 = '{outside}'");
    for (text, words) in [
        (file("../photo.png"), &["without folders"][..]),
        (file("/etc/passwd"), &["without folders"]),
        (file(sandbox.path("photo.png").to_str().unwrap()), &["without folders"]),
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
        stamp(&sandbox, "in/hostile.png", &text);
        fs::write(sandbox.path("in/hostile.toml"), &text).unwrap();
        for hostile in ["in/hostile.png", "in/hostile.toml"] {
            let run = sandbox.run(["dream", "--recipe", hostile, "photo.png", "-o", "d.png"]).fails(2, words);
            assert!(!run.stderr.contains(['\u{1b}', '\u{7}']), "{:?}", run.stderr);
        }
        assert_eq!(sandbox.files(), ["in", "photo.png"], "{text}");
    }
    assert!(bytes(&sandbox, "photo.png") == before);
    assert_eq!(fs::read_dir(sandbox.path("in")).unwrap().count(), 2);
}

#[test]
fn a_recipe_too_long_for_a_picture_is_refused_before_the_work() {
    let sandbox = Sandbox::with_photo();
    let region = "top:5=block5 + ".to_owned() + &vec!["tv()"; 1300].join(" + ");
    let regions: Vec<&str> = (0..7).flat_map(|_| ["--region", &region]).collect();
    // So many steps that the test would not end if they were made.
    let long = ["dream", "photo.png", "--iterations", "10000", "-o", "d.png"];
    sandbox.run([&long[..], &regions].concat()).fails(2, &["--no-recipe"]);
    assert_eq!(sandbox.files(), ["photo.png"]);
}
