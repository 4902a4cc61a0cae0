//! Where dreams go, and that nothing is lost or half-written on the way.

use std::fs;
use std::thread::sleep;
use std::time::Duration;

use oneiric::{Limits, Picture};

use crate::{Desk, QUICK, open};

#[test]
fn default_names_never_replace_a_file() {
    let desk = Desk::with_photo();
    for name in ["photo.dream.png", "photo.dream-2.png", "photo.dream-3.png"] {
        assert_eq!(desk.dream(&["photo.png"]).succeeds().text().trim(), name);
        fs::write(desk.path(name), b"mine").unwrap();
    }
    assert_eq!(desk.files().len(), 4);
    assert_eq!(fs::read(desk.path("photo.dream-2.png")).unwrap(), b"mine");
}

#[test]
fn a_photo_elsewhere_keeps_its_dream_beside_it() {
    let desk = Desk::with_photo();
    fs::create_dir(desk.path("holidays 2024")).unwrap();
    fs::rename(desk.path("photo.png"), desk.path("holidays 2024/día.v2.png")).unwrap();
    let run = desk.dream(&["holidays 2024/día.v2.png"]).succeeds();
    assert_eq!(run.text(), "holidays 2024/día.v2.dream.png\n");
}

#[test]
fn a_named_file_is_replaced_only_on_demand() {
    let desk = Desk::with_photo();
    fs::write(desk.path("d.png"), b"mine").unwrap();
    desk.dream(&["photo.png", "-o", "d.png"]).fails(2, &["d.png", "--overwrite"]);
    assert_eq!(fs::read(desk.path("d.png")).unwrap(), b"mine");
    desk.dream(&["photo.png", "-o", "d.png", "--overwrite"]).succeeds();
    open(desk.path("d.png"));
    assert_eq!(desk.files(), ["d.png", "photo.png"]);
}

#[test]
fn the_ending_chooses_the_format() {
    let desk = Desk::with_photo();
    for (name, magic) in [("d.png", &b"\x89PNG"[..]), ("d.JPG", b"\xff\xd8\xff"), ("d.webp", b"RIFF")] {
        desk.dream(&["photo.png", "-o", name]).succeeds();
        assert!(fs::read(desk.path(name)).unwrap().starts_with(magic), "{name}");
    }
    desk.dream(&["photo.png", "-o", "d.gif"]).fails(2, &["d.gif", ".png", ".webp"]);
    desk.dream(&["photo.png", "-o", "dream"]).fails(2, &["dream", ".png"]);
}

#[test]
fn a_place_that_takes_no_file_is_refused_before_the_work() {
    let desk = Desk::with_photo();
    fs::create_dir(desk.path("folder")).unwrap();
    // So many steps that the test would not end if they were made.
    let long = ["dream", "photo.png", "--iterations", "10000", "-o"];
    let refuse = |out: &str, words: &[&str]| desk.run(long.iter().chain([&out])).fails(2, words);
    refuse("nowhere/d.png", &["nowhere/d.png", "folder"]);
    refuse("folder", &["folder is a folder", "folder/photo.dream.png"]);
    assert_eq!(desk.files(), ["folder", "photo.png"]);
}

#[test]
fn a_pipe_leads_from_picture_to_picture() {
    let desk = Desk::with_photo();
    let photo = fs::read(desk.path("photo.png")).unwrap();
    let piped = desk.feed(&[&["dream", "-"], &QUICK[..]].concat(), &photo).succeeds();
    let picture = Picture::read(&piped.stdout, &Limits::default()).unwrap();
    assert_eq!((picture.width(), picture.height()), (48, 32));
    assert!(piped.stderr.contains("standard output"));
    // A photo by name can go there too, and it is the same dream.
    let named = desk.dream(&["photo.png", "-o", "-", "--quiet"]).succeeds();
    assert!(named.stdout == piped.stdout && named.stderr.is_empty());
    assert_eq!(desk.files(), ["photo.png"]);
    desk.dream(&["photo.png", "-o", "-", "--json"]).fails(2, &["--json", "-o FILE"]);
}

#[test]
fn quiet_is_quiet_and_json_stays() {
    let desk = Desk::with_photo();
    let run = desk.dream(&["photo.png", "--quiet"]).succeeds();
    assert!(run.stdout.is_empty() && run.stderr.is_empty(), "{run:?}");
    let run = desk.dream(&["photo.png", "-q", "--json"]).succeeds();
    assert_eq!(run.json()["output"], "photo.dream-2.png");
    assert!(run.stderr.is_empty());
}

/// Whether the process answers Ctrl-C by itself: the second bit of the caught signals is SIGINT's.
#[cfg(target_os = "linux")]
fn catches_ctrl_c(pid: u32) -> bool {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap();
    u64::from_str_radix(caught.trim(), 16).unwrap() & 2 != 0
}

#[cfg(target_os = "linux")]
#[test]
fn ctrl_c_ends_cleanly() {
    let dream = ["dream", "photo.png", "--iterations", "10000"];
    let sheet = ["sheet", "photo.png", "-o", "sheet.png"];
    for args in [dream, sheet] {
        let desk = Desk::with_photo();
        let mut child = desk.command(args).spawn().unwrap();
        while !catches_ctrl_c(child.id()) {
            assert_eq!(child.try_wait().unwrap(), None, "it is about to dream");
            sleep(Duration::from_millis(20));
        }
        crate::interrupt(&child);
        let mut run = crate::Run::from(child.wait_with_output().unwrap());
        if args == dream {
            // What takes longer than ten seconds says so first.
            let (first, rest) = run.stderr.split_once('\n').unwrap();
            assert!(first.starts_with("60x40 takes about ") && first.ends_with(" MB of memory"), "{first}");
            run.stderr = rest.into();
        }
        run.fails(130, &["stopped", "nothing was written"]);
        assert_eq!(desk.files(), ["photo.png"]);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_a_failure_of_this_side() {
    let desk = Desk::with_photo();
    let full = || fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let args = [&["dream", "photo.png", "-o", "-"], &QUICK[..]].concat();
    let run = crate::Run::from(desk.command(args).stdout(full()).output().unwrap());
    run.fails(1, &["standard output"]);
    let run = crate::Run::from(desk.command(["presets"]).stdout(full()).output().unwrap());
    run.fails(1, &["standard output"]);
}

/// What is said on the way matters less than the work.
#[cfg(target_os = "linux")]
#[test]
fn nobody_has_to_listen() {
    let desk = Desk::with_photo();
    let deaf = |args: &[&str]| {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        desk.command(args).stderr(full).status().unwrap().code()
    };
    assert_eq!(deaf(&[&["dream", "photo.png"], &QUICK[..]].concat()), Some(0));
    assert_eq!(deaf(&["sheet", "photo.png", "-o", "s.png", "-p", "dogs", "--size", "32"]), Some(0));
    assert_eq!(deaf(&["look", "photo.png", "-l", "stem", "--activations", "a.npy"]), Some(0));
    assert_eq!(desk.files(), ["a.npy", "photo.dream.png", "photo.png", "s.png"]);
    assert_eq!(deaf(&["dream", "nothing.png"]), Some(2));
    assert_eq!(deaf(&["dream", "--no-such-option"]), Some(2));
}
