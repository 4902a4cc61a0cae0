//! Large pictures in little memory: a budget, tiles, a smaller dream, and estimates.

use crate::{Sandbox, open};

const FEW: [&str; 6] = ["--model", "lite0", "--octaves", "1", "--iterations", "1"];

#[test]
fn a_dry_run_prints_time_and_memory() {
    let sandbox = Sandbox::with_jpeg(1500, 1000);
    let run = sandbox.run(["dream", "photo.jpg", "--dry-run"]).succeeds();
    assert!(run.text().contains("1500x1000 takes about") && run.text().contains("MB of memory"), "{}", run.text());
    let json = sandbox.run(["dream", "photo.jpg", "--dry-run", "--json", "--memory", "200M"]).succeeds().json();
    assert!(json["seconds"].as_f64().unwrap() > 0.0 && json["memory_bytes"].as_u64().unwrap() <= 200_000_000, "{json}");
    assert!(json["tile"][0].as_u64().unwrap() < 1500, "{json}");
    assert_eq!(sandbox.files(), ["photo.jpg"]);
    sandbox.run(["dream", "photo.jpg", "photo.jpg", "-o", "x", "--dry-run"]).fails(2, &["--dry-run", "one picture"]);
}

#[test]
fn a_recipe_repeats_the_tiles_of_a_dream() {
    let sandbox = Sandbox::with_jpeg(1500, 1000);
    let dream =
        |args: &[&str]| sandbox.run([&["dream", "photo.jpg", "--json"], &FEW[..], args].concat()).succeeds().json();
    let json = dream(&["--memory", "240M", "-o", "a.png"]);
    let tile = json["settings"]["tile"].as_str().unwrap().to_owned();
    assert_ne!(tile, "whole");
    // The tiles of the recipe are used whatever the free memory.
    let json = sandbox.run(["dream", "photo.jpg", "--json", "--recipe", "a.png", "-o", "b.png"]).succeeds().json();
    assert_eq!(json["settings"]["tile"], tile.as_str());
    assert!(std::fs::read(sandbox.path("a.png")).unwrap() == std::fs::read(sandbox.path("b.png")).unwrap());
    for wrong in ["", "2X", "-3G", "NaN", "0"] {
        sandbox.run(["dream", "photo.jpg", &format!("--memory={wrong}")]).fails(2, &["2G"]);
    }
    sandbox.run(["dream", "photo.jpg", "--tile", "10x10"]).fails(2, &["width of --tile", "384"]);
    sandbox.run(["dream", "photo.jpg", "--tile", "big"]).fails(2, &["1024x768"]);
}

#[test]
fn upscale_enlarges_a_smaller_dream_to_full_size() {
    let sandbox = Sandbox::with_jpeg(1500, 1000);
    let out = |args: &[&str]| sandbox.run([&["dream", "photo.jpg"], &FEW[..], args].concat()).succeeds();
    out(&["--upscale", "300", "-o", "a.png"]);
    let (photo, dream) = (open(sandbox.path("photo.jpg")), open(sandbox.path("a.png")));
    assert_eq!((dream.width(), dream.height()), (1500, 1000));
    let changed = photo.pixels().iter().zip(dream.pixels()).filter(|(p, d)| (**p - **d).abs() > 0.004).count();
    assert!(changed > photo.pixels().len() / 4, "{changed}");
    sandbox.run(["dream", "photo.jpg", "--upscale", "small"]).fails(2, &["whole number"]);
}

#[test]
fn the_advice_of_a_dream_that_does_not_fit_works() {
    let sandbox = Sandbox::with_jpeg(1500, 1000);
    let dream = |memory: &str, more: &[&str]| {
        let args = ["dream", "photo.jpg", "-o", "d.png", "--overwrite", "--memory", memory];
        sandbox.run([&args, &FEW[..], more].concat())
    };
    let advised = |run: &crate::Run, option: &str| {
        let (_, rest) = run.stderr.split_once(&format!("{option} "))?;
        Some(rest.split([' ', ',', '\n']).next().unwrap().to_owned())
    };
    for memory in ["120M", "125M", "140M"] {
        let run = dream(memory, &[]).fails(2, &["at least", "--memory allows"]);
        for option in ["--size", "--upscale"] {
            match advised(&run, option) {
                Some(pixels) => {
                    assert!(dream(memory, &[option, &pixels]).succeeds().stderr.contains("wrote"), "{memory}")
                }
                None => assert_eq!(option, "--upscale", "{}", run.stderr),
            }
        }
    }
    // The advised size is not much smaller than necessary.
    let size = |memory| advised(&dream(memory, &[]).fails(2, &[]), "--size").unwrap().parse::<usize>().unwrap();
    let longer = (size("125M") * 6 / 5).to_string();
    dream("125M", &["--size", &longer]).fails(2, &["--size"]);
    let run = dream("40M", &[]).fails(2, &["the smallest picture takes 1", "--memory allows 40 MB", "allow more"]);
    assert!(advised(&run, "--size").is_none(), "{}", run.stderr);
}
