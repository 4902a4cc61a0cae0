//! Where dreams are written, and that no file is lost or incomplete.

use std::fs;
use std::thread::sleep;
use std::time::Duration;

use oneiric::{Limits, Picture};

use crate::{QUICK, Sandbox, open};

#[test]
fn default_names_never_replace_a_file() {
    let sandbox = Sandbox::with_photo();
    for name in ["photo.dream.png", "photo.dream-2.png", "photo.dream-3.png"] {
        assert_eq!(sandbox.dream(&["photo.png"]).succeeds().text().trim(), name);
        fs::write(sandbox.path(name), b"mine").unwrap();
    }
    assert_eq!(sandbox.files().len(), 4);
    assert_eq!(fs::read(sandbox.path("photo.dream-2.png")).unwrap(), b"mine");
}

#[test]
fn a_dream_is_written_next_to_its_photo_in_another_folder() {
    let sandbox = Sandbox::with_photo();
    fs::create_dir(sandbox.path("holidays 2024")).unwrap();
    fs::rename(sandbox.path("photo.png"), sandbox.path("holidays 2024/día.v2.png")).unwrap();
    let run = sandbox.dream(&["holidays 2024/día.v2.png"]).succeeds();
    assert_eq!(run.text(), "holidays 2024/día.v2.dream.png\n");
}

#[test]
fn an_existing_file_is_replaced_only_with_overwrite() {
    let sandbox = Sandbox::with_photo();
    fs::write(sandbox.path("d.png"), b"mine").unwrap();
    sandbox.dream(&["photo.png", "-o", "d.png"]).fails(2, &["d.png", "--overwrite"]);
    assert_eq!(fs::read(sandbox.path("d.png")).unwrap(), b"mine");
    sandbox.dream(&["photo.png", "-o", "d.png", "--overwrite"]).succeeds();
    open(sandbox.path("d.png"));
    assert_eq!(sandbox.files(), ["d.png", "photo.png"]);
}

#[test]
fn the_extension_chooses_the_format() {
    let sandbox = Sandbox::with_photo();
    for (name, magic) in
        [("d.png", &b"\x89PNG"[..]), ("d.JPG", b"\xff\xd8\xff"), ("d.webp", b"RIFF"), ("d.tif", b"II*")]
    {
        sandbox.dream(&["photo.png", "-o", name]).succeeds();
        assert!(fs::read(sandbox.path(name)).unwrap().starts_with(magic), "{name}");
    }
    sandbox.dream(&["photo.png", "-o", "d.gif"]).fails(2, &["d.gif", ".png", ".webp"]);
    sandbox.dream(&["photo.png", "-o", "dream"]).fails(2, &["dream", ".png"]);
}

#[test]
fn a_jpeg_has_the_quality_that_is_asked_for() {
    let sandbox = Sandbox::with_photo();
    let bytes = |args: &[&str], file: &str| {
        sandbox.dream(&[args, &["-o", file, "--overwrite"]].concat()).succeeds();
        fs::metadata(sandbox.path(file)).unwrap().len()
    };
    let sizes = ["20", "70", "95", "100"].map(|quality| bytes(&["photo.png", "--quality", quality], "d.jpg"));
    assert!(sizes.is_sorted() && sizes[0] < sizes[3], "{sizes:?}");
    assert_eq!(bytes(&["photo.png"], "d.jpg"), sizes[2]);
    sandbox.dream(&["photo.png", "photo.png", "-o", "d", "--name", "{name}.jpg", "--quality", "20"]).succeeds();
    assert_eq!(fs::metadata(sandbox.path("d/photo.jpg")).unwrap().len(), sizes[0]);
    for args in [&["-o", "d.webp"][..], &["-o", "d.png"], &[], &["photo.png", "-o", "e"]] {
        let args = [&["photo.png", "--quality", "50"], args].concat();
        sandbox.dream(&args).fails(2, &["--quality works with JPEG only", ".jpg"]);
    }
    for wrong in ["0", "101", "-1"] {
        sandbox.dream(&["photo.png", "-o", "e.jpg", "--quality", wrong]).fails(2, &["--quality", "1..=100"]);
    }
}

#[test]
fn a_png_has_16_bits_if_asked_for() {
    let sandbox = Sandbox::with_photo();
    let depth = |file: &str| fs::read(sandbox.path(file)).unwrap()[24];
    sandbox.dream(&["photo.png", "--depth", "16", "-o", "deep.png"]).succeeds();
    sandbox.dream(&["photo.png", "--depth", "8", "-o", "d.png"]).succeeds();
    assert_eq!([depth("deep.png"), depth("d.png")], [16, 8]);
    let (deep, rounded) = (open(sandbox.path("deep.png")), open(sandbox.path("d.png")));
    let differences = deep.pixels().iter().zip(rounded.pixels()).map(|(a, b)| (a - b).abs());
    let largest = differences.fold(0.0, f32::max);
    assert!(0.0 < largest && largest < 0.51 / 255.0, "{largest}");
    for name in ["deep.tif", "d.tiff"] {
        let depth = if name == "deep.tif" { "16" } else { "8" };
        sandbox.dream(&["photo.png", "--depth", depth, "-o", name]).succeeds();
    }
    assert!(open(sandbox.path("deep.tif")) == deep && open(sandbox.path("d.tiff")) == rounded);
    // The recipe is in them too.
    for name in ["deep.png", "deep.tif"] {
        sandbox.run(["recipe", "show", name]).succeeds();
        sandbox
            .run(["dream", "--recipe", name, "photo.png", "-o", "again.tif", "--depth", "16", "--overwrite"])
            .succeeds();
    }
    sandbox
        .dream(&["photo.png", "--depth", "16", "-o", "d.jpg"])
        .fails(2, &["JPEG files have 8 bits", ".tif", "--depth"]);
    sandbox.dream(&["photo.png", "--depth", "12"]).fails(2, &["--depth", "8", "16"]);
    let imagine =
        ["imagine", "--objective", "block5", "--size", "48x48", "--steps", "1", "--depth", "16", "-o", "i.png"];
    sandbox.run(imagine).succeeds();
    assert_eq!(depth("i.png"), 16);
}

#[test]
fn an_impossible_output_file_is_refused_before_the_work() {
    let sandbox = Sandbox::with_photo();
    fs::create_dir(sandbox.path("folder")).unwrap();
    // So many steps that the test would not end if they were made.
    let long = ["dream", "photo.png", "--iterations", "10000", "-o"];
    let refuse = |out: &str, words: &[&str]| sandbox.run(long.iter().chain([&out])).fails(2, words);
    refuse("nowhere/d.png", &["nowhere/d.png", "folder"]);
    refuse("folder", &["folder is a folder", "folder/photo.dream.png"]);
    assert_eq!(sandbox.files(), ["folder", "photo.png"]);
}

#[test]
fn pictures_are_read_from_and_written_to_pipes() {
    let sandbox = Sandbox::with_photo();
    let photo = fs::read(sandbox.path("photo.png")).unwrap();
    let piped = sandbox.feed(&[&["dream", "-"], &QUICK[..]].concat(), &photo).succeeds();
    let picture = Picture::read(&piped.stdout, &Limits::default()).unwrap();
    assert_eq!((picture.width(), picture.height()), (48, 32));
    assert!(piped.stderr.contains("standard output"));
    // A photo from a file gives the same dream.
    let named = sandbox.dream(&["photo.png", "-o", "-", "--quiet"]).succeeds();
    assert!(named.stdout == piped.stdout && named.stderr.is_empty());
    assert_eq!(sandbox.files(), ["photo.png"]);
    sandbox.dream(&["photo.png", "-o", "-", "--json"]).fails(2, &["--json", "-o FILE"]);
}

#[test]
fn quiet_hides_everything_but_json() {
    let sandbox = Sandbox::with_photo();
    let run = sandbox.dream(&["photo.png", "--quiet"]).succeeds();
    assert!(run.stdout.is_empty() && run.stderr.is_empty(), "{run:?}");
    let run = sandbox.dream(&["photo.png", "-q", "--json"]).succeeds();
    assert_eq!(run.json()["output"], "photo.dream-2.png");
    assert!(run.stderr.is_empty());
}

/// Whether the process handles Ctrl-C itself: the second bit of its caught signals is SIGINT.
#[cfg(target_os = "linux")]
fn catches_ctrl_c(pid: u32) -> bool {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap();
    u64::from_str_radix(caught.trim(), 16).unwrap() & 2 != 0
}

#[cfg(target_os = "linux")]
#[test]
fn ctrl_c_stops_without_writing_files() {
    let dream = ["dream", "photo.png", "--iterations", "10000"];
    let sheet = ["sheet", "photo.png", "-o", "sheet.png"];
    for args in [dream, sheet] {
        let sandbox = Sandbox::with_photo();
        let mut child = sandbox.command(args).spawn().unwrap();
        while !catches_ctrl_c(child.id()) {
            assert_eq!(child.try_wait().unwrap(), None, "it is about to dream");
            sleep(Duration::from_millis(20));
        }
        crate::interrupt(&child);
        let mut run = crate::Run::from(child.wait_with_output().unwrap());
        if args == dream {
            // A dream of more than ten seconds first prints an estimate.
            let (first, rest) = run.stderr.split_once('\n').unwrap();
            assert!(first.starts_with("60x40 takes about ") && first.ends_with(" MB of memory"), "{first}");
            run.stderr = rest.into();
        }
        run.fails(130, &["stopped", "nothing was written"]);
        assert_eq!(sandbox.files(), ["photo.png"]);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_internal_failure() {
    let sandbox = Sandbox::with_photo();
    let full = || fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let args = [&["dream", "photo.png", "-o", "-"], &QUICK[..]].concat();
    let run = crate::Run::from(sandbox.command(args).stdout(full()).output().unwrap());
    run.fails(1, &["standard output"]);
    let run = crate::Run::from(sandbox.command(["presets"]).stdout(full()).output().unwrap());
    run.fails(1, &["standard output"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_closed_standard_error_does_not_stop_the_work() {
    let sandbox = Sandbox::with_photo();
    let deaf = |args: &[&str]| {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        sandbox.command(args).stderr(full).status().unwrap().code()
    };
    assert_eq!(deaf(&[&["dream", "photo.png"], &QUICK[..]].concat()), Some(0));
    assert_eq!(deaf(&["sheet", "photo.png", "-o", "s.png", "-p", "dogs", "--size", "32"]), Some(0));
    assert_eq!(deaf(&["look", "photo.png", "-l", "stem", "--activations", "a.npy"]), Some(0));
    assert_eq!(sandbox.files(), ["a.npy", "photo.dream.png", "photo.png", "s.png"]);
    assert_eq!(deaf(&["dream", "nothing.png"]), Some(2));
    assert_eq!(deaf(&["dream", "--no-such-option"]), Some(2));
}
