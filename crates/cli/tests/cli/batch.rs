//! `oneiric dream` on many pictures.

use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use oneiric::SaveMode;

use crate::{QUICK, Sandbox, open, photo, sides};

/// A sandbox with a folder of `good` pictures and `broken` ones.
fn with_folder(good: usize, broken: usize) -> Sandbox {
    let sandbox = Sandbox::new();
    fs::create_dir(sandbox.path("photos")).unwrap();
    for i in 0..good {
        let (width, height) = (48 + i % 5, 40 + i % 3);
        photo(width, height).save(sandbox.path(&format!("photos/p{i:03}.png")), 90, SaveMode::New).unwrap();
    }
    for i in 0..broken {
        let whole = fs::read(sandbox.path("photos/p000.png")).unwrap();
        // Truncated in the data, truncated in the header, or not a picture.
        let bytes = [&whole[..whole.len() / 2], &whole[..20], b"words"][i % 3];
        fs::write(sandbox.path(&format!("photos/b{i:03}.png")), bytes).unwrap();
    }
    sandbox
}

fn names(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

#[test]
fn a_folder_with_broken_files_is_dreamed_once() {
    let sandbox = with_folder(180, 20);
    let first = sandbox.dream(&["photos", "-o", "dreams"]);
    assert_eq!(first.code, Some(2), "{}", first.stderr);
    let end = first.stderr.split_once("oneiric: ").unwrap().1;
    assert!(
        end.starts_with("180 dreamed, 0 skipped, 20 failed:\n  photos/b000.png: the PNG file is truncated"),
        "{end}"
    );
    assert_eq!(end.lines().count(), 21);
    assert!(end.contains("\n  photos/b002.png: this looks like a text file"), "{end}");
    assert!(first.stderr.contains("/200 p017.dogs.png 0.") && first.stderr.contains("\n200/200 "), "{}", first.stderr);
    let mut told: Vec<_> = first.text().lines().map(|line| line.replace("dreams/", "")).collect();
    told.sort();
    assert_eq!(told, names(&sandbox.path("dreams")));
    assert_eq!((told.len(), told[3].as_str()), (180, "p003.dogs.png"));

    let written = || fs::metadata(sandbox.path("dreams/p003.dogs.png")).unwrap().modified().unwrap();
    let before = written();
    let second = sandbox.dream(&["photos", "-o", "dreams"]);
    assert_eq!((second.code, second.text().as_str()), (Some(2), ""));
    assert!(second.stderr.contains("nothing to do: 180 dreams exist already, 20 failed:\n"), "{}", second.stderr);
    (0..20).for_each(|i| fs::remove_file(sandbox.path(&format!("photos/b{i:03}.png"))).unwrap());
    let third = sandbox.dream(&["photos", "-o", "dreams"]).succeeds();
    assert_eq!(third.stderr, "nothing to do: all 180 dreams exist already\n");
    assert_eq!(written(), before);
    sandbox.dream(&["photos", "-o", "dreams", "--overwrite", "-q"]).succeeds();
    assert!(written() > before);
}

#[test]
fn a_dream_of_a_batch_has_the_same_bytes_as_a_single_dream() {
    let sandbox = with_folder(5, 0);
    sandbox.dream(&["photos", "-o", "dreams", "--threads", "3", "--region", "circle:50%,50%,30%=eyes"]).succeeds();
    for i in 0..5 {
        let (name, alone) = (format!("photos/p{i:03}.png"), format!("alone{i}.png"));
        sandbox.dream(&[&name, "-o", &alone, "--region", "circle:50%,50%,30%=eyes"]).succeeds();
        assert!(
            fs::read(sandbox.path(&alone)).unwrap()
                == fs::read(sandbox.path(&format!("dreams/p{i:03}.dogs.png"))).unwrap()
        );
    }
}

#[test]
fn pictures_are_given_as_files_folders_patterns_and_lists() {
    let sandbox = with_folder(3, 0);
    fs::rename(sandbox.path("photos/p002.png"), sandbox.path("photos/p002.PNG")).unwrap();
    fs::create_dir_all(sandbox.path("photos/more/.hidden")).unwrap();
    for name in ["photos/more/m.png", "photos/more/.hidden/h.png", "photos/.p.png", "single.png"] {
        fs::copy(sandbox.path("photos/p000.png"), sandbox.path(name)).unwrap();
    }
    fs::write(sandbox.path("photos/notes.txt"), "no picture").unwrap();
    let inputs = |args: &[&str]| {
        let args = [args, &["-o", "d", "--json", "--overwrite", "--name", "{n}-{model}-{seed}.webp"]].concat();
        let json = sandbox.dream(&args).succeeds().json();
        let of = |key: &str| {
            let dreamed = json["dreamed"].as_array().unwrap().iter();
            dreamed.map(|one| one[key].as_str().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
        };
        assert!(of("output").starts_with("d/1-lite0-0.webp") && json["settings"]["model"] == "lite0", "{json}");
        of("input")
    };
    let all = "photos/p000.png photos/p001.png photos/p002.PNG";
    assert_eq!(inputs(&["photos"]), all);
    assert_eq!(inputs(&["photos", "--recursive"]), format!("photos/more/m.png {all}"));
    assert_eq!(inputs(&["photos/P*.pnG"]), all);
    assert_eq!(inputs(&["single.png", "photos", "photos/p000.png"]), format!("single.png {all}"));
    fs::write(sandbox.path("list.txt"), "single.png\r\n\nphotos/p001.png\n").unwrap();
    assert_eq!(inputs(&["--list", "list.txt"]), "single.png photos/p001.png");
    assert!(fs::read(sandbox.path("d/2-lite0-0.webp")).unwrap().starts_with(b"RIFF"));
    let list = [&["dream", "--list", "-", "-o", "e", "-l", "block5"], &QUICK[..]].concat();
    assert_eq!(sandbox.feed(&list, b"single.png\n").succeeds().text(), "e/single.custom.png\n");
    assert_eq!(sides(&open(sandbox.path("e/single.custom.png"))), (48, 40));
}

#[test]
fn the_help_shows_all_fields_of_a_name() {
    let sandbox = Sandbox::new();
    for help in [["dream", "--help"], ["dream", "-h"], ["watch", "--help"], ["watch", "-h"]] {
        let text = sandbox.run(help).succeeds().text();
        for field in ["{name}", "{preset}", "{seed}", "{model}", "{n}"] {
            assert!(text.contains(field), "{field} in {text}");
        }
        assert!(!text.contains('\u{1b}'), "{text}");
    }
    for other in [["man", "dream"], ["completions", "fish"], ["completions", "zsh"]] {
        assert!(!sandbox.run(other).succeeds().text().contains('\u{1b}'), "{other:?}");
    }
}

#[test]
fn numbered_pictures_keep_their_order() {
    let sandbox = with_folder(1, 0);
    fs::create_dir(sandbox.path("film")).unwrap();
    for i in 1..=11 {
        fs::copy(sandbox.path("photos/p000.png"), sandbox.path(&format!("film/image-{i}.png"))).unwrap();
        fs::write(sandbox.path(&format!("film/broken{i}.png")), "no picture").unwrap();
    }
    for given in ["film", "film/*.png"] {
        let args = [given, "-o", "d", "--json", "--overwrite", "--name", "{n}-{name}.png"];
        let json = sandbox.dream(&args).json();
        let of = |list: &str, key: &str| {
            let all = json[list].as_array().unwrap().iter();
            all.map(|one| one[key].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let outputs: Vec<_> = (1..=11).map(|i| format!("d/{}-image-{i}.png", i + 11)).collect();
        assert_eq!(of("dreamed", "output"), outputs, "{given}");
        let failed: Vec<_> = (1..=11).map(|i| format!("film/broken{i}.png")).collect();
        assert_eq!(of("failed", "input"), failed, "{given}");
    }
}

#[test]
fn invalid_arguments_are_refused_before_the_work() {
    let sandbox = with_folder(2, 0);
    fs::create_dir(sandbox.path("empty")).unwrap();
    fs::create_dir(sandbox.path("photos/sub")).unwrap();
    fs::copy(sandbox.path("photos/p000.png"), sandbox.path("photos/sub/p000.png")).unwrap();
    fs::copy(sandbox.path("photos/p000.png"), sandbox.path("x.png")).unwrap();
    fs::copy(sandbox.path("photos/p000.png"), sandbox.path("x.dogs.png")).unwrap();
    for (args, words) in [
        (&["photos"][..], &["-o FOLDER"][..]),
        (&["photos", "-o", "-"], &["-o FOLDER"]),
        (&["photos", "-o", "x.png"], &["x.png", "folder"]),
        (&["photos", "-o", "photos"], &["-o photos/dreams"]),
        (&["empty", "-o", "d"], &["empty", "no pictures found"]),
        (&["*.jpg", "-o", "d"], &["*.jpg", "no pictures found"]),
        (&["photos", "-", "-o", "d"], &["standard input"]),
        (&["--list", "none.txt", "-o", "d"], &["none.txt"]),
        (&["photos", "--recursive", "-o", "d"], &["photos/p000.png", "photos/sub/p000.png", "p000.dogs.png", "--name"]),
        (&["x.png", "x.dogs.png", "-o", "."], &["x.dogs.png", "would replace", "-o"]),
        (&["photos", "-o", "d", "--name", "{nmae}.png"], &["{nmae}", "{name}"]),
        (&["photos", "-o", "d", "--name", "a/{name}.png"], &["folder"]),
        (&["photos", "-o", "d", "--name", "same.png"], &["p000.png", "p001.png", "same.png"]),
        (&["photos", "-o", "d", "-l", "blok5"], &["block5"]),
        (&["x.png", "--name", "{name}.png"], &["--name", "several"]),
    ] {
        sandbox.dream(args).fails(2, words);
    }
    assert!(!sandbox.path("d").exists() || names(&sandbox.path("d")).is_empty());
}

#[test]
fn a_missing_or_too_large_picture_does_not_stop_the_others() {
    let sandbox = with_folder(1, 0);
    // The header of a picture of 14000x14000, which is within the limits.
    let mut large = fs::read(sandbox.path("photos/p000.png")).unwrap();
    large[16..24].copy_from_slice(&[0, 0, 0x36, 0xb0, 0, 0, 0x36, 0xb0]);
    fs::write(sandbox.path("large.png"), large).unwrap();
    let quick = ["--octaves", "2", "--iterations", "1", "-o", "d", "--json", "-q"];
    let run = sandbox.run(["dream", "none.png", "large.png", "photos/p000.png"].iter().chain(&quick));
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    let json = run.json();
    let failed = |i: usize| json["failed"][i]["input"].as_str().unwrap();
    assert_eq!((failed(0), failed(1), &json["dreamed"][0]["width"]), ("large.png", "none.png", &48.into()));
    assert!(json["failed"][1]["reason"].as_str().unwrap().starts_with("no such file"), "{json}");
    assert_eq!(names(&sandbox.path("d")), ["p000.dogs.png"]);
}

#[cfg(target_os = "linux")]
#[test]
fn after_ctrl_c_the_same_command_does_the_rest() {
    let sandbox = with_folder(40, 1);
    let args = [&["dream", "photos", "-o", "dreams"], &QUICK[..4], &["--iterations", "12"]].concat();
    let child = sandbox.command(&args).spawn().unwrap();
    while !sandbox.path("dreams").exists() || names(&sandbox.path("dreams")).len() < 3 {
        sleep(Duration::from_millis(5));
    }
    crate::interrupt(&child);
    let run = crate::Run::from(child.wait_with_output().unwrap());
    assert_eq!(run.code, Some(130), "{}", run.stderr);
    let done = names(&sandbox.path("dreams"));
    assert!((3..40).contains(&done.len()), "{done:?}");
    let said = format!("oneiric: stopped; {} dreamed, 0 skipped, ", done.len());
    assert!(run.stderr.contains(&said) && run.stderr.contains("run the same command to do the rest"), "{}", run.stderr);
    done.iter().for_each(|name| drop(open(sandbox.path("dreams").join(name))));
    let rest = sandbox.run(&args);
    let said = format!("{} dreamed, {} skipped, 1 failed", 40 - done.len(), done.len());
    assert!(rest.stderr.contains(&said), "{}", rest.stderr);
    assert_eq!(names(&sandbox.path("dreams")).len(), 40);
}
