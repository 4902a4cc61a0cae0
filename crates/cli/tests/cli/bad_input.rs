//! Broken and unusual input: a helpful message, the right exit code, and no files left behind.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use oneiric::{Limits, Picture};

use crate::odd_files::*;
use crate::{Run, Sandbox, sides};

const QUICK: [&str; 7] = ["--size", "32", "--octaves", "1", "--iterations", "1", "--quiet"];

/// The expected result of a case.
#[derive(Clone, Copy, Debug)]
enum Expected {
    /// A dream of this width and height.
    Dreamed(usize, usize),
    /// An exit code, and texts in the message.
    Refused(i32, &'static [&'static str]),
}

use Expected::{Dreamed, Refused};

/// The advice for damaged and for incomplete files.
const BROKEN: Expected = Refused(2, &["copy or download it again"]);

/// All files in a folder and its subfolders with their content, including links and folders.
fn all_files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let kind = fs::symlink_metadata(&path).unwrap().file_type();
        if kind.is_dir() {
            found.extend(all_files(&path));
        }
        let holds = if kind.is_file() { fs::read(&path).unwrap() } else { format!("{kind:?}").into() };
        found.insert(path, holds);
    }
    found
}

/// Compares a run with the expected result and returns the first difference. `dream` is the expected output file.
fn difference(
    run: &Run,
    expected: Expected,
    sandbox: &Sandbox,
    before: &BTreeMap<PathBuf, Vec<u8>>,
    dream: &str,
) -> Option<String> {
    let mut after = all_files(sandbox.path("").as_path());
    let wrong = match expected {
        Dreamed(width, height) => {
            let dream = after.remove(&sandbox.path(dream));
            let picture = dream.map(|bytes| Picture::read(&bytes, &Limits::default()));
            match picture {
                _ if run.code != Some(0) => Some("no dream".to_owned()),
                Some(Ok(picture)) if sides(&picture) == (width, height) => None,
                other => Some(format!("not {width}x{height} but {other:?}")),
            }
        }
        Refused(code, words) => {
            let message = run.stderr.trim_end();
            let missing = words.iter().find(|word| !message.contains(**word));
            match missing {
                _ if run.code != Some(code) => Some(format!("exit code {:?}, not {code}", run.code)),
                Some(word) => Some(format!("'{word}' is missing")),
                None if !message.starts_with("oneiric: ") => Some("no 'oneiric: ' at the beginning".into()),
                None if message.chars().any(|c| c.is_control() && c != '\n') => Some("control characters".into()),
                // Some messages of clap have a second line with a tip.
                None if message.lines().filter(|line| !line.trim().is_empty()).count() > 4 => Some("too long".into()),
                None if !run.stdout.is_empty() => Some("text on standard output".into()),
                None => None,
            }
        }
    };
    let touched = (&after != before).then(|| "files were touched or left behind".to_owned());
    wrong.or(touched).map(|wrong| format!("{wrong}: {}", run.stderr))
}

/// Runs `oneiric dream FILE -o OUT` for each case: a name, the bytes of the file and the expected result.
fn check_files(cases: &[(&str, Vec<u8>, Expected)]) {
    let mut differences = Vec::new();
    for (name, bytes, expected) in cases {
        let sandbox = Sandbox::new();
        fs::create_dir(sandbox.path("in")).unwrap();
        fs::create_dir(sandbox.path("out")).unwrap();
        fs::write(sandbox.path("in/file"), bytes).unwrap();
        let before = all_files(sandbox.path("").as_path());
        let run = sandbox.run(["dream", "in/file", "-o", "out/d.png"].iter().chain(&QUICK));
        let mut add = |wrong: Option<String>| differences.extend(wrong.map(|wrong| format!("{name}: {wrong}")));
        add(difference(&run, *expected, &sandbox, &before, "out/d.png"));
        if matches!(expected, Refused(..)) {
            // A message about a file is one line: the name, the problem and the advice.
            let names_it = run.stderr.starts_with("oneiric: in/file: ");
            let advises = run.stderr.contains("; ") && run.stderr.lines().count() == 1;
            add((!names_it || !advises).then(|| format!("a poor message: {}", run.stderr)));
            let look = sandbox.run(["look", "in/file"]);
            add(difference(&look, *expected, &sandbox, &before, ""));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn files_cut_short_are_refused() {
    let mut cases = Vec::new();
    let names = [
        "palette.png",
        "interlaced.png",
        "progressive.jpg",
        "subsampled.jpg",
        "cmyk.jpg",
        "lossy.webp",
        "animated.webp",
        "animated.gif",
        "palette.bmp",
        "lzw.tif",
        "jpeg.tif",
    ];
    for name in names {
        for part in [0.1, 0.3, 0.5] {
            cases.push((name, cut(name, part), BROKEN));
        }
    }
    check_files(&cases);
}

#[test]
fn unusual_pictures_are_accepted() {
    let half_clear: [(&[u8; 4], &[u8]); 2] = [(b"PLTE", &[9, 99, 200, 1, 2, 3]), (b"tRNS", &[128])];
    let bottom_up = 32u32.to_le_bytes();
    let top_down = (-32i32).to_le_bytes();
    let nonsense: [(&[u8; 4], &[u8]); 1] = [(b"iCCP", &profile_of_zeros(500))];
    let bomb: [(&[u8; 4], &[u8]); 1] = [(b"iCCP", &profile_of_zeros(300_000_000))];
    check_files(&[
        ("one pixel", png(1, 1, 8, GREY, &[]), Dreamed(1, 1)),
        ("a row", png(5000, 1, 8, RGBA, &[]), Dreamed(32, 1)),
        ("a column", png(1, 5000, 8, GREY, &[]), Dreamed(1, 32)),
        ("black and white", png(33, 17, 1, GREY, &[]), Dreamed(32, 16)),
        ("16-bit grey with alpha", png(40, 20, 16, GREY_ALPHA, &[]), Dreamed(32, 16)),
        ("16-bit colour with alpha", png(40, 20, 16, RGBA, &[]), Dreamed(32, 16)),
        ("a palette with transparency", png(20, 20, 2, PALETTE, &half_clear), Dreamed(20, 20)),
        ("an interlaced PNG", fixture("interlaced.png"), Dreamed(32, 32)),
        ("an animated PNG", fixture("animated.png"), Dreamed(32, 32)),
        ("an animated WebP", fixture("animated.webp"), Dreamed(32, 32)),
        ("an animated GIF", fixture("animated.gif"), Dreamed(32, 32)),
        ("a WebP with alpha", fixture("lossy-alpha.webp"), Dreamed(32, 32)),
        ("CMYK", fixture("cmyk.jpg"), Dreamed(32, 32)),
        ("CMYK with a profile", fixture("cmyk-profile.jpg"), Dreamed(32, 32)),
        ("YCCK", fixture("ycck.jpg"), Dreamed(32, 32)),
        ("a CMYK TIFF", fixture("cmyk.tif"), Dreamed(32, 32)),
        ("a bilevel TIFF", fixture("bilevel.tif"), Dreamed(32, 32)),
        ("grey JPEG", fixture("grey.jpg"), Dreamed(32, 32)),
        ("turned by EXIF", fixture("exif.jpg"), Dreamed(16, 32)),
        ("a run-length encoded BMP", fixture("rle.bmp"), Dreamed(32, 32)),
        ("top-down BMP", written("palette.bmp", 18, &[bottom_up, top_down].concat()), Dreamed(32, 32)),
        ("with something behind it", [fixture("palette.png"), b"junk".repeat(9)].concat(), Dreamed(32, 32)),
        ("a broken profile", png(20, 20, 8, GREY, &nonsense), Dreamed(20, 20)),
        ("a profile that is a decompression bomb", png(20, 20, 8, GREY, &bomb), Dreamed(20, 20)),
    ]);
}

#[test]
fn damaged_files_are_refused() {
    const HEADER: [u8; 9] = [0xff, 0xc0, 0, 17, 8, 0, 32, 0, 32];
    let jpeg = |at: usize, value: u8| {
        let mut header = HEADER;
        header[at] = value;
        patched("subsampled.jpg", &HEADER, &header)
    };
    let unsupported = Refused(2, &["is not supported", "save the picture as PNG"]);
    check_files(&[
        ("a PNG sent as text", [&b"\x89PNG\n\x1a\n"[..], &fixture("palette.png")[8..]].concat(), BROKEN),
        ("a checksum that is wrong", written("palette.png", 29, &[1]), BROKEN),
        ("a PNG without pixels", png_start(8, 8, 8, GREY), BROKEN),
        ("a PNG of an impossible depth", png(8, 8, 7, GREY, &[]), BROKEN),
        ("a PNG without its palette", png(8, 8, 8, PALETTE, &[]), BROKEN),
        ("a PNG of width 0", png(0, 8, 8, GREY, &[]), BROKEN),
        ("a BMP of width 0", written("palette.bmp", 18, &[0; 4]), Refused(2, &["0x32"])),
        ("a BMP of nonsense", written("palette.bmp", 18, &[0xff; 8]), BROKEN),
        ("a JPEG of two markers", b"\xff\xd8\xff\xd9".to_vec(), BROKEN),
        ("a JPEG with arithmetic coding", jpeg(1, 0xc9), unsupported),
        ("a lossless JPEG", jpeg(1, 0xc3), unsupported),
        ("a JPEG of 12 bits", jpeg(4, 12), unsupported),
        ("a JPEG without a table", patched("subsampled.jpg", &[0xff, 0xc4], &[0xff, 0xed]), BROKEN),
        ("a GIF of a signature", b"GIF89a".to_vec(), BROKEN),
        ("an empty WebP", b"RIFF\x04\0\0\0WEBP".to_vec(), BROKEN),
        ("a TIFF that points nowhere", b"II*\0\xf0\xff\xff\xff".to_vec(), BROKEN),
        ("a TIFF that points at itself", b"II*\0\x08\0\0\0\0\0\x08\0\0\0".to_vec(), BROKEN),
        (
            "junk before the picture",
            [b"junk\0\0".to_vec(), fixture("palette.png")].concat(),
            Refused(2, &["JPEG, PNG"]),
        ),
    ]);
}

#[test]
fn files_that_are_not_pictures_are_refused_by_type() {
    let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec();
    let avif = b"\0\0\0\x1cftypavif\0\0\0\0mif1avif".to_vec();
    let video = b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2".to_vec();
    let page = b"<!DOCTYPE html>\n<html><title>404</title></html>".to_vec();
    check_files(&[
        ("nothing", Vec::new(), Refused(2, &["empty (0 bytes)"])),
        ("one byte", vec![0xff], Refused(2, &["isn't a picture"])),
        ("zeros", vec![0; 10_000], Refused(2, &["isn't a picture"])),
        ("a text", b"Dear diary, I dreamed of dogs.".to_vec(), Refused(2, &["text file"])),
        ("JSON", b"{\"error\": \"no such photo\"}".to_vec(), Refused(2, &["text file"])),
        ("a web page", page, Refused(2, &["web page", "download the picture itself"])),
        ("a PDF", b"%PDF-1.7\n%\xe2\xe3".to_vec(), Refused(2, &["PDF", "export"])),
        ("a drawing", b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(), Refused(2, &["SVG", "export"])),
        ("HEIC", heic, Refused(2, &["HEIC", "convert"])),
        ("AVIF", avif, Refused(2, &["AVIF", "convert"])),
        ("a video", video, Refused(2, &["video", "still picture"])),
        ("a ZIP archive", b"PK\x03\x04\x14\0".to_vec(), Refused(2, &["ZIP", "unpack"])),
        ("a program", b"\x7fELF\x02\x01\x01\0".to_vec(), Refused(2, &["isn't a picture"])),
        ("a sound", b"RIFF\0\0\0\0WAVEfmt ".to_vec(), Refused(2, &["isn't a picture"])),
    ]);
}

#[test]
fn headers_of_giant_pictures_are_refused_at_once() {
    let side = 30_000u32;
    let (big, little) = (side.to_be_bytes(), side.to_le_bytes());
    let jpeg_before = [0xff, 0xc0, 0, 17, 8, 0, 32, 0, 32];
    let jpeg_after = [0xff, 0xc0, 0, 17, 8, big[2], big[3], big[2], big[3]];
    let (low, high) = (little[0], little[1]);
    let giant = Refused(2, &["30000 x 30000 pixels", "limit", "scale the picture down"]);
    let begun = Instant::now();
    check_files(&[
        ("PNG", png_start(side, side, 8, RGBA), BROKEN),
        ("PNG with pixels", png(side, side, 1, GREY, &[]), giant),
        ("JPEG", patched("subsampled.jpg", &jpeg_before, &jpeg_after), giant),
        ("BMP", written("palette.bmp", 18, &[little, little].concat()), giant),
        ("GIF", written("animated.gif", 6, &[low, high, low, high]), giant),
        ("WebP", written("animated.webp", 24, &[low - 1, high, 0, low - 1, high, 0]), giant),
        ("PNG of 2^31", png_start(1 << 31, 1 << 31, 16, RGBA), Refused(2, &["limit"])),
    ]);
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
}

/// Runs `oneiric dream` for each case: a name, the arguments, the expected result and the expected output file. The
/// folder contains `photo.png` and some unusual files.
fn check_arguments(cases: &[(&str, Vec<OsString>, Expected, &str)]) {
    let mut differences = Vec::new();
    for (name, args, expected, dream) in cases {
        let sandbox = Sandbox::with_photo();
        fs::create_dir(sandbox.path("folder")).unwrap();
        fs::write(sandbox.path("mine.png"), b"mine").unwrap();
        fs::write(sandbox.path("a b\n\x1b[31mc.png"), fs::read(sandbox.path("photo.png")).unwrap()).unwrap();
        fs::write(sandbox.path(&long(250)), fs::read(sandbox.path("photo.png")).unwrap()).unwrap();
        fs::write(sandbox.path("bad\nname.png"), b"no picture").unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::symlink;
            symlink("nowhere.png", sandbox.path("dangling.png")).unwrap();
            symlink("loop.png", sandbox.path("loop.png")).unwrap();
            symlink("photo.png", sandbox.path("link.png")).unwrap();
            std::os::unix::net::UnixListener::bind(sandbox.path("socket.png")).unwrap();
        }
        let before = all_files(sandbox.path("").as_path());
        let run = sandbox.run([&OsString::from("dream")].into_iter().chain(args));
        differences
            .extend(difference(&run, *expected, &sandbox, &before, dream).map(|wrong| format!("{name}: {wrong}")));
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

fn long(length: usize) -> String {
    "y".repeat(length) + ".png"
}

fn args(words: &[&str]) -> Vec<OsString> {
    words.iter().map(OsString::from).collect()
}

fn quick(words: &[&str]) -> Vec<OsString> {
    args(&[words, &QUICK].concat())
}

#[test]
fn unusual_paths_are_refused_or_accepted() {
    let none = "";
    check_arguments(&[
        ("a folder", args(&["folder"]), Refused(2, &["-o FOLDER"]), none),
        ("a missing file", args(&["gone.png"]), Refused(2, &["gone.png", "no such file"]), none),
        ("a file in a file", args(&["photo.png/a.png"]), Refused(2, &["no such file"]), none),
        ("no name", args(&[""]), Refused(2, &["PICTURE"]), none),
        ("blanks and more in a name", quick(&["a b\n\x1b[31mc.png", "-o", "d.png"]), Dreamed(32, 21), "d.png"),
        ("a broken file of such a name", args(&["bad\nname.png"]), Refused(2, &["bad\\nname.png: "]), none),
        ("a name too long", args(&[&long(300), "-o", "d.png"]), Refused(2, &["choose a shorter one"]), none),
        ("a long name whose dream's is too long", args(&[&long(250)]), Refused(2, &["too long", "add -o FILE"]), none),
        ("no folder", args(&["photo.png", "-o", "no/d.png"]), Refused(2, &["no/d.png", "make it first"]), none),
        ("a file for a folder", args(&["photo.png", "-o", "photo.png/d.png"]), Refused(2, &["folder"]), none),
        ("into a folder", args(&["photo.png", "-o", "folder"]), Refused(2, &["-o folder/photo.dream.png"]), none),
        ("over a file", args(&["photo.png", "-o", "mine.png"]), Refused(2, &["mine.png", "--overwrite"]), none),
        ("over the photo", args(&["photo.png", "-o", "photo.png"]), Refused(2, &["--overwrite"]), none),
        ("an unknown extension", args(&["photo.png", "-o", "d.gif"]), Refused(2, &["d.gif", ".png"]), none),
        ("no extension", args(&["photo.png", "-o", "dream"]), Refused(2, &["dream", ".png"]), none),
        ("only an extension", args(&["photo.png", "-o", ".png"]), Refused(2, &["name"]), none),
        ("an extension with a slash", args(&["photo.png", "-o", "d.png/"]), Refused(2, &["folder"]), none),
        ("a line break in it", args(&["photo.png", "-o", "d\n.gif"]), Refused(2, &["d\\n.gif"]), none),
        ("too long", args(&["photo.png", "-o", &long(300)]), Refused(2, &["choose a shorter one"]), none),
        ("no standard input", args(&["-", "-o", "d.png"]), Refused(2, &["standard input", "empty"]), none),
    ]);
}

#[cfg(unix)]
#[test]
fn unusual_unix_paths_are_refused_or_accepted() {
    use std::os::unix::ffi::OsStringExt;
    let none = "";
    let not_utf8 = |name: &[u8]| OsString::from_vec(name.to_vec());
    let wild = vec!["photo.png".into(), "-o".into(), not_utf8(b"d\xff.png")];
    let wild_ending = vec!["photo.png".into(), "-o".into(), not_utf8(b"d.\xff")];
    let over_nowhere = args(&["photo.png", "-o", "dangling.png"]);
    check_arguments(&[
        ("a link to nowhere", args(&["dangling.png"]), Refused(2, &["no such file"]), none),
        ("a link", quick(&["link.png", "-o", "d.png"]), Dreamed(32, 21), "d.png"),
        ("a loop of links", args(&["loop.png"]), Refused(2, &["loop.png", "give the name of a picture"]), none),
        ("a socket", args(&["socket.png"]), Refused(2, &["give the name of a picture"]), none),
        ("a name that is not valid text", vec![not_utf8(b"\xfe.png")], Refused(2, &["no such file"]), none),
        ("an extension that is not valid text", wild_ending, Refused(2, &[".png"]), none),
        ("over a link to nowhere", over_nowhere, Refused(2, &["--overwrite"]), none),
        ("into a device", args(&["photo.png", "-o", "/dev/null"]), Refused(2, &["/dev/null"]), none),
        ("an empty device", args(&["/dev/null", "-o", "d.png"]), Refused(2, &["empty"]), none),
        ("an endless device", args(&["/dev/zero", "-o", "d.png"]), Refused(2, &["isn't a picture"]), none),
    ]);
    let sandbox = Sandbox::with_photo();
    let run = sandbox.run(["dream".into()].into_iter().chain(wild).chain(QUICK.map(OsString::from)));
    if run.code == Some(0) {
        let name = Path::new(&not_utf8(b"d\xff.png")).to_owned();
        crate::open(sandbox.path("").join(name));
    } else {
        // Some file systems accept only valid text.
        run.fails(2, &["d"]);
    }
}

#[test]
fn settings_out_of_range_are_refused() {
    let with = |words: &[&str]| args(&[&["photo.png", "-o", "d.png"], words].concat());
    let refused = |words: &'static [&'static str]| Refused(2, words);
    let none = "";
    check_arguments(&[
        ("no octaves", with(&["--octaves", "0"]), refused(&["between 1 and 64"]), none),
        ("negative octaves", with(&["--octaves", "-1"]), refused(&["whole number"]), none),
        ("octaves beyond counting", with(&["--octaves", "99999999999999999999"]), refused(&["whole number"]), none),
        ("negative iterations", with(&["--iterations", "-1"]), refused(&["whole number"]), none),
        ("no size", with(&["--size", "0"]), refused(&["1..=65535"]), none),
        ("too large a size", with(&["--size", "99999999"]), refused(&["1..=65535"]), none),
        ("a size of two sides", with(&["--size", "32x32"]), refused(&["--size"]), none),
        ("no step", with(&["--step", "0"]), refused(&["--step: must be between"]), none),
        ("a step that is not a number", with(&["--step", "NaN"]), refused(&["--step: must be between"]), none),
        ("an infinite step", with(&["--step", "inf"]), refused(&["--step: must be between"]), none),
        ("a negative step", with(&["--step", "-1"]), refused(&["--step: must be between"]), none),
        ("an octave scale below one", with(&["--octave-scale", "0.5"]), refused(&["--octave-scale: must be"]), none),
        ("no threads", with(&["--threads", "0"]), refused(&["1..=256"]), none),
        ("too many threads", with(&["--threads", "99999"]), refused(&["1..=256"]), none),
        ("no such channel", with(&["--channel", "99999"]), refused(&["no channel 99999"]), none),
        ("a negative channel", with(&["--channel", "-1"]), refused(&["whole number"]), none),
        ("no such layer", with(&["--layer", "blok3"]), refused(&["blok3", "block3"]), none),
        ("no such model", with(&["--model", "vgg"]), refused(&["vgg", "lite0"]), none),
        ("no such preset", with(&["--preset", "cats"]), refused(&["cats", "dogs"]), none),
        ("a weight that is not a number", with(&["-l", "block3:nan"]), refused(&["LAYER:WEIGHT"]), none),
        ("two pictures", with(&["mine.png"]), refused(&["needs an output folder"]), none),
        ("an unknown option", with(&["--octavs", "3"]), refused(&["--octave"]), none),
    ]);
}

#[test]
fn a_side_too_long_for_the_format_is_refused_before_the_work() {
    let sandbox = Sandbox::new();
    fs::write(sandbox.path("long.png"), png(20_000, 1, 1, GREY, &[])).unwrap();
    let before = all_files(sandbox.path("").as_path());
    // So many steps that the test would not end if they were made.
    let run = sandbox.run(["dream", "long.png", "-o", "d.webp", "--iterations", "10000"]);
    let expected = Refused(2, &["WebP files have at most 16384 pixels", "20000", "save it as PNG"]);
    assert_eq!(difference(&run, expected, &sandbox, &before, ""), None);
}

/// Runs the command in a shell, after `prepare`.
#[cfg(target_os = "linux")]
fn in_shell(sandbox: &Sandbox, prepare: &str, args: &[&str]) -> Run {
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(format!("{prepare} exec \"$0\" \"$@\"")).arg(env!("CARGO_BIN_EXE_oneiric")).args(args);
    Run::from(shell.current_dir(sandbox.path("")).stdin(Stdio::null()).output().unwrap())
}

#[cfg(target_os = "linux")]
#[test]
fn a_photo_too_large_for_the_memory_is_refused_at_once_with_numbers() {
    let sandbox = Sandbox::new();
    // 18 kB that make 144 megapixels: 2 GB as a picture, 40 GB as a dream.
    fs::write(sandbox.path("vast.png"), png(12_000, 12_000, 1, GREY, &[])).unwrap();
    fs::write(sandbox.path("tiny.png"), png(8, 8, 8, GREY, &[])).unwrap();
    let before = all_files(sandbox.path("").as_path());
    let begun = Instant::now();
    let cases: [(&str, &[&str], Expected); 7] = [
        (
            "4000000",
            &["dream", "vast.png", "-o", "d.png"],
            Refused(2, &["12000x12000", " MB of memory, and ", "MB are free", "--size"]),
        ),
        (
            "1000000",
            &["dream", "vast.png", "-o", "d.png", "--size", "64"],
            Refused(2, &["12000 x 12000", "about 2016 MB", "MB are free", "scale the picture down"]),
        ),
        ("1000000", &["look", "vast.png"], Refused(2, &["12000 x 12000", "MB are free"])),
        ("1000000", &["dream", "--size", "9000"], Refused(2, &["9000x6000", "MB are free", "--size"])),
        (
            "4000000",
            &["look", "tiny.png", "-l", "stem", "--size", "65535x6553"],
            Refused(2, &["MB are free", "--size ", "x", "would fit"]),
        ),
        ("4000000", &["bench", "--size", "65535x6553"], Refused(2, &["MB are free", "--size ", "x", "would fit"])),
        // A sheet of all channels is too large; the layer is not, but nothing of it is written.
        (
            "2000000",
            &[
                "look",
                "tiny.png",
                "-l",
                "head",
                "--sheet",
                "s.png",
                "--top",
                "2000",
                "--activations",
                "a.npy",
                "--threads",
                "1",
            ],
            Refused(2, &["MB are free", "fewer channels with --top"]),
        ),
    ];
    for (kilobytes, args, expected) in cases {
        let run = in_shell(&sandbox, &format!("ulimit -v {kilobytes};"), args);
        assert_eq!(difference(&run, expected, &sandbox, &before, ""), None, "{args:?}");
    }
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
}

#[cfg(target_os = "linux")]
#[test]
fn endless_streams_are_refused() {
    let sandbox = Sandbox::with_photo();
    assert!(Command::new("mkfifo").arg(sandbox.path("pipe.png")).status().unwrap().success());
    let before = all_files_but(&sandbox, "pipe.png");
    let dream = |prepare: &str, from: &str| {
        let run = in_shell(&sandbox, prepare, &[&["dream", from, "-o", "d.png"], &QUICK[..]].concat());
        assert_eq!(all_files_but(&sandbox, "pipe.png"), before);
        run
    };
    dream("cat /dev/zero > pipe.png &", "pipe.png").fails(2, &["pipe.png", "isn't a picture"]);
    dream("exec < /dev/zero;", "-").fails(2, &["standard input", "isn't a picture"]);
    // An endless picture is read up to the limit.
    dream("(head -c 60 photo.png; cat /dev/zero) > pipe.png &", "pipe.png")
        .fails(2, &["pipe.png", "limit of 1073741824"]);
    dream("exec <&-;", "-").fails(2, &["standard input"]);
}

#[cfg(target_os = "linux")]
fn all_files_but(sandbox: &Sandbox, name: &str) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = all_files(sandbox.path("").as_path());
    found.remove(&sandbox.path(name));
    found
}

/// Runs as an unprivileged user, or prints why that is impossible.
#[cfg(target_os = "linux")]
fn without_privileges(sandbox: &Sandbox, args: &[&str]) -> Option<Run> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    if fs::metadata("/proc/self").unwrap().uid() != 0 {
        return Some(sandbox.run(args));
    }
    fs::set_permissions(sandbox.path(""), fs::Permissions::from_mode(0o755)).unwrap();
    let nobody = ["--reuid=65534", "--regid=65534", "--clear-groups"];
    let drop = |program: &str, args: &[&str]| {
        let mut command = Command::new("setpriv");
        command.args(nobody).arg(program).args(args).current_dir(sandbox.path("")).stdin(Stdio::null()).output()
    };
    if !drop(env!("CARGO_BIN_EXE_oneiric"), &["--version"]).is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: root may do everything, and nobody else can run the program here");
        return None;
    }
    drop(env!("CARGO_BIN_EXE_oneiric"), args).ok().map(Run::from)
}

#[cfg(target_os = "linux")]
#[test]
fn missing_permissions_are_reported_before_the_work() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = Sandbox::with_photo();
    let allow =
        |name: &str, mode: u32| fs::set_permissions(sandbox.path(name), fs::Permissions::from_mode(mode)).unwrap();
    for folder in ["open", "read-only", "closed"] {
        fs::create_dir(sandbox.path(folder)).unwrap();
        fs::copy(sandbox.path("photo.png"), sandbox.path(folder).join("photo.png")).unwrap();
    }
    fs::write(sandbox.path("open/mine.png"), b"mine").unwrap();
    fs::write(sandbox.path("open/secret.png"), fs::read(sandbox.path("photo.png")).unwrap()).unwrap();
    for (name, mode) in [("open", 0o777), ("open/mine.png", 0o444), ("open/secret.png", 0o000), ("read-only", 0o555)] {
        allow(name, mode);
    }
    allow("closed", 0o000);
    let cases: [(&[&str], i32, &[&str]); 6] = [
        (&["open/secret.png", "-o", "open/d.png"], 2, &["open/secret.png", "no permission to read", "copy it"]),
        (&["closed/photo.png", "-o", "open/d.png"], 2, &["closed/photo.png", "no permission to read"]),
        (&["read-only/photo.png"], 1, &["read-only/photo.dream.png", "no permission to write", "another folder"]),
        (&["photo.png", "-o", "read-only/d.png"], 1, &["read-only/d.png", "no permission to write"]),
        (&["photo.png", "-o", "closed/d.png"], 1, &["closed/d.png", "no permission to write"]),
        (&["photo.png", "-o", "open/mine.png", "--overwrite"], 1, &["open/mine.png", "no permission to write"]),
    ];
    for (args, code, words) in cases {
        // So many steps that the test would not end if they were made.
        let args = [&["dream"], args, &["--iterations", "10000"]].concat();
        let Some(run) = without_privileges(&sandbox, &args) else { break };
        run.fails(code, words);
    }
    allow("closed", 0o755);
    allow("read-only", 0o755);
    let whole = ["mine.png", "photo.png", "secret.png"].map(|name| sandbox.path("open").join(name));
    assert!(all_files(&sandbox.path("open")).into_keys().eq(whole));
    assert_eq!(fs::read(sandbox.path("open/mine.png")).unwrap(), b"mine");
    assert_eq!(all_files(&sandbox.path("read-only")).len() + all_files(&sandbox.path("closed")).len(), 2);
}

/// Writes to a disk of one page, mounted in a namespace that ends with the command.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_no_incomplete_file() {
    let sandbox = Sandbox::with_photo();
    fs::create_dir(sandbox.path("disk")).unwrap();
    let script = "mount -t tmpfs -o size=4k none disk || exit 99; \"$@\"; code=$?; ls -A disk; exit $code";
    let mut command = Command::new("unshare");
    command.args(["-m", "sh", "-c", script, "sh", env!("CARGO_BIN_EXE_oneiric"), "dream", "photo.png"]);
    command.args(["-o", "disk/d.png", "--octaves", "1", "--iterations", "1"]).current_dir(sandbox.path(""));
    match command.output() {
        Ok(output) if output.status.code() != Some(99) && !output.stderr.starts_with(b"unshare:") => {
            Run::from(output).fails(1, &["disk/d.png", "the disk is full", "make room"]);
        }
        other => eprintln!("skipped: no disk to fill ({other:?})"),
    }
}

#[cfg(target_os = "linux")]
#[test]
fn pictures_are_not_read_from_or_written_to_a_terminal() {
    let sandbox = Sandbox::with_photo();
    for (args, words) in [("dream - -o d.png", "name a file instead"), ("dream photo.png -o -", "add -o FILE")] {
        let line = format!("{} {args}", env!("CARGO_BIN_EXE_oneiric"));
        let mut command = Command::new("script");
        command.args(["-qec", &line, "/dev/null"]).current_dir(sandbox.path("")).stdin(Stdio::null());
        let Ok(output) = command.output() else {
            eprintln!("skipped: there is no script(1) to make a terminal");
            return;
        };
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(words), "{said}");
    }
    assert_eq!(sandbox.files(), ["photo.png"]);
}
