//! Broken and odd input of every sort: a line that says what to do, the right exit code, and nothing left behind.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use oneiric::{Limits, Picture};

use crate::odd_files::*;
use crate::{Desk, Run, sides};

const QUICK: [&str; 7] = ["--size", "32", "--octaves", "1", "--iterations", "1", "--quiet"];

/// How a story has to end.
#[derive(Clone, Copy, Debug)]
enum End {
    /// A dream of this size.
    Dreamt(usize, usize),
    /// An exit code, and words of the message.
    Refused(i32, &'static [&'static str]),
}

use End::{Dreamt, Refused};

/// Bytes that are damaged or missing; the advice for both.
const BROKEN: End = Refused(2, &["copy or download it again"]);

/// Every file below a folder with what it holds, links and folders too.
fn everything(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let kind = fs::symlink_metadata(&path).unwrap().file_type();
        if kind.is_dir() {
            found.extend(everything(&path));
        }
        let holds = if kind.is_file() { fs::read(&path).unwrap() } else { format!("{kind:?}").into() };
        found.insert(path, holds);
    }
    found
}

/// What is wrong with the end of a story: nothing, one hopes. `dream` is where the picture should be.
fn complaint(run: &Run, end: End, desk: &Desk, before: &BTreeMap<PathBuf, Vec<u8>>, dream: &str) -> Option<String> {
    let mut after = everything(desk.path("").as_path());
    let wrong = match end {
        Dreamt(width, height) => {
            let dream = after.remove(&desk.path(dream));
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
                Some(word) => Some(format!("no word of '{word}'")),
                None if !message.starts_with("oneiric: ") => Some("not our voice".into()),
                None if message.chars().any(|c| c.is_control() && c != '\n') => Some("control characters".into()),
                // Of the grammar's own messages some have a second line with a tip.
                None if message.lines().filter(|line| !line.trim().is_empty()).count() > 4 => Some("too long".into()),
                None if !run.stdout.is_empty() => Some("words on the standard output".into()),
                None => None,
            }
        }
    };
    let touched = (&after != before).then(|| "files were touched or left behind".to_owned());
    wrong.or(touched).map(|wrong| format!("{wrong}: {}", run.stderr))
}

/// Stories of files, each told by `oneiric dream FILE -o OUT`.
fn told(stories: &[(&str, Vec<u8>, End)]) {
    let mut complaints = Vec::new();
    for (story, bytes, end) in stories {
        let desk = Desk::new();
        fs::create_dir(desk.path("in")).unwrap();
        fs::create_dir(desk.path("out")).unwrap();
        fs::write(desk.path("in/file"), bytes).unwrap();
        let before = everything(desk.path("").as_path());
        let run = desk.run(["dream", "in/file", "-o", "out/d.png"].iter().chain(&QUICK));
        let mut add = |wrong: Option<String>| complaints.extend(wrong.map(|wrong| format!("{story}: {wrong}")));
        add(complaint(&run, *end, &desk, &before, "out/d.png"));
        if matches!(end, Refused(..)) {
            // A message about a file is one line, names it, and after what is wrong says what to do.
            let names_it = run.stderr.starts_with("oneiric: in/file: ");
            let advises = run.stderr.contains("; ") && run.stderr.lines().count() == 1;
            add((!names_it || !advises).then(|| format!("a poor message: {}", run.stderr)));
            let look = desk.run(["look", "in/file"]);
            add(complaint(&look, *end, &desk, &before, ""));
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn files_cut_short_are_refused() {
    let mut stories = Vec::new();
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
            stories.push((name, cut(name, part), BROKEN));
        }
    }
    told(&stories);
}

#[test]
fn odd_pictures_are_dreamt_on() {
    let half_clear: [(&[u8; 4], &[u8]); 2] = [(b"PLTE", &[9, 99, 200, 1, 2, 3]), (b"tRNS", &[128])];
    let nonsense: [(&[u8; 4], &[u8]); 1] = [(b"iCCP", &profile_of_zeros(500))];
    let bomb: [(&[u8; 4], &[u8]); 1] = [(b"iCCP", &profile_of_zeros(300_000_000))];
    let bottom_up = 32u32.to_le_bytes();
    let top_down = (-32i32).to_le_bytes();
    told(&[
        ("one pixel", png(1, 1, 8, GREY, &[]), Dreamt(1, 1)),
        ("a row", png(5000, 1, 8, RGBA, &[]), Dreamt(32, 1)),
        ("a column", png(1, 5000, 8, GREY, &[]), Dreamt(1, 32)),
        ("black and white", png(33, 17, 1, GREY, &[]), Dreamt(32, 16)),
        ("16-bit grey with alpha", png(40, 20, 16, GREY_ALPHA, &[]), Dreamt(32, 16)),
        ("16-bit colour with alpha", png(40, 20, 16, RGBA, &[]), Dreamt(32, 16)),
        ("a palette with transparency", png(20, 20, 2, PALETTE, &half_clear), Dreamt(20, 20)),
        ("a broken profile", png(20, 20, 8, GREY, &nonsense), Dreamt(20, 20)),
        ("a profile that is a bomb", png(20, 20, 8, GREY, &bomb), Dreamt(20, 20)),
        ("an interlaced PNG", fixture("interlaced.png"), Dreamt(32, 32)),
        ("an animated PNG", fixture("animated.png"), Dreamt(32, 32)),
        ("an animated WebP", fixture("animated.webp"), Dreamt(32, 32)),
        ("an animated GIF", fixture("animated.gif"), Dreamt(32, 32)),
        ("a clear WebP", fixture("lossy-alpha.webp"), Dreamt(32, 32)),
        ("ink", fixture("cmyk.jpg"), Dreamt(32, 32)),
        ("ink with a profile", fixture("cmyk-profile.jpg"), Dreamt(32, 32)),
        ("ink as YCCK", fixture("ycck.jpg"), Dreamt(32, 32)),
        ("ink in TIFF", fixture("cmyk.tif"), Dreamt(32, 32)),
        ("fax", fixture("bilevel.tif"), Dreamt(32, 32)),
        ("grey JPEG", fixture("grey.jpg"), Dreamt(32, 32)),
        ("turned by EXIF", fixture("exif.jpg"), Dreamt(16, 32)),
        ("run lengths", fixture("rle.bmp"), Dreamt(32, 32)),
        ("top-down BMP", written("palette.bmp", 18, &[bottom_up, top_down].concat()), Dreamt(32, 32)),
        ("with something behind it", [fixture("palette.png"), b"junk".repeat(9)].concat(), Dreamt(32, 32)),
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
    told(&[
        ("a PNG sent as text", [&b"\x89PNG\n\x1a\n"[..], &fixture("palette.png")[8..]].concat(), BROKEN),
        ("a checksum that is wrong", written("palette.png", 29, &[1]), BROKEN),
        ("a PNG without pixels", png_start(8, 8, 8, GREY), BROKEN),
        ("a PNG of an impossible depth", png(8, 8, 7, GREY, &[]), BROKEN),
        ("a PNG without its palette", png(8, 8, 8, PALETTE, &[]), BROKEN),
        ("a PNG of no width", png(0, 8, 8, GREY, &[]), BROKEN),
        ("a BMP of no width", written("palette.bmp", 18, &[0; 4]), Refused(2, &["0x32"])),
        ("a BMP of nonsense", written("palette.bmp", 18, &[0xff; 8]), BROKEN),
        ("a JPEG of two markers", b"\xff\xd8\xff\xd9".to_vec(), BROKEN),
        ("a JPEG with arithmetic coding", jpeg(1, 0xc9), unsupported),
        ("a lossless JPEG", jpeg(1, 0xc3), unsupported),
        ("a JPEG of 12 bits", jpeg(4, 12), unsupported),
        ("a JPEG without a table", patched("subsampled.jpg", &[0xff, 0xc4], &[0xff, 0xed]), BROKEN),
        ("a GIF of a signature", b"GIF89a".to_vec(), BROKEN),
        ("a WebP of nothing", b"RIFF\x04\0\0\0WEBP".to_vec(), BROKEN),
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
fn files_of_another_kind_are_called_by_their_name() {
    let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec();
    let avif = b"\0\0\0\x1cftypavif\0\0\0\0mif1avif".to_vec();
    let video = b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2".to_vec();
    let page = b"<!DOCTYPE html>\n<html><title>404</title></html>".to_vec();
    told(&[
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
fn headers_that_promise_too_much_are_refused_at_once() {
    let side = 30_000u32;
    let (big, little) = (side.to_be_bytes(), side.to_le_bytes());
    let jpeg_before = [0xff, 0xc0, 0, 17, 8, 0, 32, 0, 32];
    let jpeg_after = [0xff, 0xc0, 0, 17, 8, big[2], big[3], big[2], big[3]];
    let (low, high) = (little[0], little[1]);
    let giant = Refused(2, &["30000 x 30000 pixels", "limit", "scale the picture down"]);
    let begun = Instant::now();
    told(&[
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

/// Stories of names and settings: arguments of `oneiric dream`, and where the picture should be. `photo.png` and
/// some odd things are there.
fn stories_of_names(stories: &[(&str, Vec<OsString>, End, &str)]) {
    let mut complaints = Vec::new();
    for (story, args, end, dream) in stories {
        let desk = Desk::with_photo();
        fs::create_dir(desk.path("folder")).unwrap();
        fs::write(desk.path("mine.png"), b"mine").unwrap();
        fs::write(desk.path("a b\n\x1b[31mc.png"), fs::read(desk.path("photo.png")).unwrap()).unwrap();
        fs::write(desk.path(&long(250)), fs::read(desk.path("photo.png")).unwrap()).unwrap();
        fs::write(desk.path("bad\nname.png"), b"no picture").unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::symlink;
            symlink("nowhere.png", desk.path("dangling.png")).unwrap();
            symlink("loop.png", desk.path("loop.png")).unwrap();
            symlink("photo.png", desk.path("link.png")).unwrap();
            std::os::unix::net::UnixListener::bind(desk.path("socket.png")).unwrap();
        }
        let before = everything(desk.path("").as_path());
        let run = desk.run([&OsString::from("dream")].into_iter().chain(args));
        complaints.extend(complaint(&run, *end, &desk, &before, dream).map(|wrong| format!("{story}: {wrong}")));
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
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
fn odd_places_are_refused_or_served() {
    let none = "";
    stories_of_names(&[
        ("a folder", args(&["folder"]), Refused(2, &["-o FOLDER"]), none),
        ("a missing file", args(&["gone.png"]), Refused(2, &["gone.png", "no such file"]), none),
        ("a file in a file", args(&["photo.png/a.png"]), Refused(2, &["no such file"]), none),
        ("no name", args(&[""]), Refused(2, &["PICTURE"]), none),
        ("blanks and more in a name", quick(&["a b\n\x1b[31mc.png", "-o", "d.png"]), Dreamt(32, 21), "d.png"),
        ("a broken file of such a name", args(&["bad\nname.png"]), Refused(2, &["bad\\nname.png: "]), none),
        ("a name too long", args(&[&long(300), "-o", "d.png"]), Refused(2, &["choose a shorter one"]), none),
        ("a long name whose dream's is too long", args(&[&long(250)]), Refused(2, &["too long", "add -o FILE"]), none),
        ("no folder", args(&["photo.png", "-o", "no/d.png"]), Refused(2, &["no/d.png", "make it first"]), none),
        ("a file for a folder", args(&["photo.png", "-o", "photo.png/d.png"]), Refused(2, &["folder"]), none),
        ("into a folder", args(&["photo.png", "-o", "folder"]), Refused(2, &["-o folder/photo.dream.png"]), none),
        ("over a file", args(&["photo.png", "-o", "mine.png"]), Refused(2, &["mine.png", "--overwrite"]), none),
        ("over the photo", args(&["photo.png", "-o", "photo.png"]), Refused(2, &["--overwrite"]), none),
        ("an unknown ending", args(&["photo.png", "-o", "d.gif"]), Refused(2, &["d.gif", ".png"]), none),
        ("no ending", args(&["photo.png", "-o", "dream"]), Refused(2, &["dream", ".png"]), none),
        ("nothing but an ending", args(&["photo.png", "-o", ".png"]), Refused(2, &["name"]), none),
        ("an ending with a slash", args(&["photo.png", "-o", "d.png/"]), Refused(2, &["folder"]), none),
        ("a line break in it", args(&["photo.png", "-o", "d\n.gif"]), Refused(2, &["d\\n.gif"]), none),
        ("too long", args(&["photo.png", "-o", &long(300)]), Refused(2, &["choose a shorter one"]), none),
        ("no standard input", args(&["-", "-o", "d.png"]), Refused(2, &["standard input", "empty"]), none),
    ]);
}

#[cfg(unix)]
#[test]
fn odd_places_of_unix_are_refused_or_served() {
    use std::os::unix::ffi::OsStringExt;
    let none = "";
    let not_utf8 = |name: &[u8]| OsString::from_vec(name.to_vec());
    let wild = vec!["photo.png".into(), "-o".into(), not_utf8(b"d\xff.png")];
    let wild_ending = vec!["photo.png".into(), "-o".into(), not_utf8(b"d.\xff")];
    let over_nowhere = args(&["photo.png", "-o", "dangling.png"]);
    stories_of_names(&[
        ("a link to nowhere", args(&["dangling.png"]), Refused(2, &["no such file"]), none),
        ("a link", quick(&["link.png", "-o", "d.png"]), Dreamt(32, 21), "d.png"),
        ("a loop of links", args(&["loop.png"]), Refused(2, &["loop.png", "give the name of a picture"]), none),
        ("a socket", args(&["socket.png"]), Refused(2, &["give the name of a picture"]), none),
        ("a name that is no text", vec![not_utf8(b"\xfe.png")], Refused(2, &["no such file"]), none),
        ("an ending that is no text", wild_ending, Refused(2, &[".png"]), none),
        ("over a link to nowhere", over_nowhere, Refused(2, &["--overwrite"]), none),
        ("into a device", args(&["photo.png", "-o", "/dev/null"]), Refused(2, &["/dev/null"]), none),
        ("an empty device", args(&["/dev/null", "-o", "d.png"]), Refused(2, &["empty"]), none),
        ("an endless device", args(&["/dev/zero", "-o", "d.png"]), Refused(2, &["isn't a picture"]), none),
    ]);
    let desk = Desk::with_photo();
    let run = desk.run(["dream".into()].into_iter().chain(wild).chain(QUICK.map(OsString::from)));
    if run.code == Some(0) {
        let name = Path::new(&not_utf8(b"d\xff.png")).to_owned();
        crate::open(desk.path("").join(name));
    } else {
        // Some file systems take text only.
        run.fails(2, &["d"]);
    }
}

#[test]
fn settings_out_of_range_are_refused() {
    let with = |words: &[&str]| args(&[&["photo.png", "-o", "d.png"], words].concat());
    let refused = |words: &'static [&'static str]| Refused(2, words);
    let none = "";
    stories_of_names(&[
        ("no octaves", with(&["--octaves", "0"]), refused(&["between 1 and 64"]), none),
        ("negative octaves", with(&["--octaves", "-1"]), refused(&["whole number"]), none),
        ("octaves beyond counting", with(&["--octaves", "99999999999999999999"]), refused(&["whole number"]), none),
        ("negative iterations", with(&["--iterations", "-1"]), refused(&["whole number"]), none),
        ("no size", with(&["--size", "0"]), refused(&["1..=65535"]), none),
        ("too large a size", with(&["--size", "99999999"]), refused(&["1..=65535"]), none),
        ("a size of two sides", with(&["--size", "32x32"]), refused(&["--size"]), none),
        ("no step", with(&["--step", "0"]), refused(&["--step: must be between"]), none),
        ("a step that is no number", with(&["--step", "NaN"]), refused(&["--step: must be between"]), none),
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
        ("a weight that is no number", with(&["-l", "block3:nan"]), refused(&["LAYER:WEIGHT"]), none),
        ("two pictures", with(&["mine.png"]), refused(&["need a folder"]), none),
        ("an unknown option", with(&["--octavs", "3"]), refused(&["--octave"]), none),
    ]);
}

#[test]
fn a_side_too_long_for_the_format_is_refused_before_the_work() {
    let desk = Desk::new();
    fs::write(desk.path("long.png"), png(20_000, 1, 1, GREY, &[])).unwrap();
    let before = everything(desk.path("").as_path());
    // So many steps that the test would not end if they were made.
    let run = desk.run(["dream", "long.png", "-o", "d.webp", "--iterations", "10000"]);
    let end = Refused(2, &["WebP files have at most 16384 pixels", "20000", "save it as PNG"]);
    assert_eq!(complaint(&run, end, &desk, &before, ""), None);
}

/// The same command in a shell that runs `prepare` before.
#[cfg(target_os = "linux")]
fn in_shell(desk: &Desk, prepare: &str, args: &[&str]) -> Run {
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(format!("{prepare} exec \"$0\" \"$@\"")).arg(env!("CARGO_BIN_EXE_oneiric")).args(args);
    Run::from(shell.current_dir(desk.path("")).stdin(Stdio::null()).output().unwrap())
}

#[cfg(target_os = "linux")]
#[test]
fn a_photo_too_large_for_the_memory_is_refused_at_once_with_the_numbers() {
    let desk = Desk::new();
    // 18 kB that make 144 megapixels: 2 GB as a picture, 40 GB as a dream.
    fs::write(desk.path("vast.png"), png(12_000, 12_000, 1, GREY, &[])).unwrap();
    fs::write(desk.path("tiny.png"), png(8, 8, 8, GREY, &[])).unwrap();
    let before = everything(desk.path("").as_path());
    let begun = Instant::now();
    let stories: [(&str, &[&str], End); 7] = [
        (
            "4000000",
            &["dream", "vast.png", "-o", "d.png"],
            Refused(2, &["12000x12000", " MB of memory, and ", "MB are free", "--size"]),
        ),
        (
            "1000000",
            &["dream", "vast.png", "-o", "d.png", "--size", "64"],
            Refused(2, &["12000 x 12000", "about 2592 MB", "MB are free", "scale the picture down"]),
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
    for (kilobytes, args, end) in stories {
        let run = in_shell(&desk, &format!("ulimit -v {kilobytes};"), args);
        assert_eq!(complaint(&run, end, &desk, &before, ""), None, "{args:?}");
    }
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
}

#[cfg(target_os = "linux")]
#[test]
fn streams_without_an_end_are_refused() {
    let desk = Desk::with_photo();
    assert!(Command::new("mkfifo").arg(desk.path("pipe.png")).status().unwrap().success());
    let before = everything_but(&desk, "pipe.png");
    let dream = |prepare: &str, from: &str| {
        let run = in_shell(&desk, prepare, &[&["dream", from, "-o", "d.png"], &QUICK[..]].concat());
        assert_eq!(everything_but(&desk, "pipe.png"), before);
        run
    };
    dream("cat /dev/zero > pipe.png &", "pipe.png").fails(2, &["pipe.png", "isn't a picture"]);
    dream("exec < /dev/zero;", "-").fails(2, &["standard input", "isn't a picture"]);
    // A picture that goes on for ever is read up to the limit.
    dream("(head -c 60 photo.png; cat /dev/zero) > pipe.png &", "pipe.png")
        .fails(2, &["pipe.png", "limit of 1073741824"]);
    dream("exec <&-;", "-").fails(2, &["standard input"]);
}

#[cfg(target_os = "linux")]
fn everything_but(desk: &Desk, name: &str) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = everything(desk.path("").as_path());
    found.remove(&desk.path(name));
    found
}

/// Runs as somebody who may not do everything, or tells why that is not possible.
#[cfg(target_os = "linux")]
fn without_privileges(desk: &Desk, args: &[&str]) -> Option<Run> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    if fs::metadata("/proc/self").unwrap().uid() != 0 {
        return Some(desk.run(args));
    }
    fs::set_permissions(desk.path(""), fs::Permissions::from_mode(0o755)).unwrap();
    let nobody = ["--reuid=65534", "--regid=65534", "--clear-groups"];
    let drop = |program: &str, args: &[&str]| {
        let mut command = Command::new("setpriv");
        command.args(nobody).arg(program).args(args).current_dir(desk.path("")).stdin(Stdio::null()).output()
    };
    if !drop(env!("CARGO_BIN_EXE_oneiric"), &["--version"]).is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: root may do everything, and nobody else can run the program here");
        return None;
    }
    drop(env!("CARGO_BIN_EXE_oneiric"), args).ok().map(Run::from)
}

#[cfg(target_os = "linux")]
#[test]
fn what_is_not_allowed_is_refused_before_the_work() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::with_photo();
    let allow = |name: &str, mode: u32| fs::set_permissions(desk.path(name), fs::Permissions::from_mode(mode)).unwrap();
    for folder in ["open", "read-only", "closed"] {
        fs::create_dir(desk.path(folder)).unwrap();
        fs::copy(desk.path("photo.png"), desk.path(folder).join("photo.png")).unwrap();
    }
    fs::write(desk.path("open/mine.png"), b"mine").unwrap();
    fs::write(desk.path("open/secret.png"), fs::read(desk.path("photo.png")).unwrap()).unwrap();
    for (name, mode) in [("open", 0o777), ("open/mine.png", 0o444), ("open/secret.png", 0o000), ("read-only", 0o555)] {
        allow(name, mode);
    }
    allow("closed", 0o000);
    let stories: [(&[&str], i32, &[&str]); 6] = [
        (&["open/secret.png", "-o", "open/d.png"], 2, &["open/secret.png", "no permission to read", "copy it"]),
        (&["closed/photo.png", "-o", "open/d.png"], 2, &["closed/photo.png", "no permission to read"]),
        (&["read-only/photo.png"], 1, &["read-only/photo.dream.png", "no permission to write", "another folder"]),
        (&["photo.png", "-o", "read-only/d.png"], 1, &["read-only/d.png", "no permission to write"]),
        (&["photo.png", "-o", "closed/d.png"], 1, &["closed/d.png", "no permission to write"]),
        (&["photo.png", "-o", "open/mine.png", "--overwrite"], 1, &["open/mine.png", "no permission to write"]),
    ];
    for (args, code, words) in stories {
        // So many steps that the test would not end if they were made.
        let args = [&["dream"], args, &["--iterations", "10000"]].concat();
        let Some(run) = without_privileges(&desk, &args) else { break };
        run.fails(code, words);
    }
    allow("closed", 0o755);
    allow("read-only", 0o755);
    let whole = ["mine.png", "photo.png", "secret.png"].map(|name| desk.path("open").join(name));
    assert!(everything(&desk.path("open")).into_keys().eq(whole));
    assert_eq!(fs::read(desk.path("open/mine.png")).unwrap(), b"mine");
    assert_eq!(everything(&desk.path("read-only")).len() + everything(&desk.path("closed")).len(), 2);
}

/// A disk of one page, in a world of mounts of its own that ends with the command.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_what_was_there() {
    let desk = Desk::with_photo();
    fs::create_dir(desk.path("disk")).unwrap();
    let script = "mount -t tmpfs -o size=4k none disk || exit 99; \"$@\"; code=$?; ls -A disk; exit $code";
    let mut command = Command::new("unshare");
    command.args(["-m", "sh", "-c", script, "sh", env!("CARGO_BIN_EXE_oneiric"), "dream", "photo.png"]);
    command.args(["-o", "disk/d.png", "--octaves", "1", "--iterations", "1"]).current_dir(desk.path(""));
    match command.output() {
        Ok(output) if output.status.code() != Some(99) && !output.stderr.starts_with(b"unshare:") => {
            Run::from(output).fails(1, &["disk/d.png", "the disk is full", "make room"]);
        }
        other => eprintln!("skipped: no disk to fill ({other:?})"),
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_terminal_gives_and_takes_no_picture() {
    let desk = Desk::with_photo();
    for (args, words) in [("dream - -o d.png", "name a file instead"), ("dream photo.png -o -", "add -o FILE")] {
        let line = format!("{} {args}", env!("CARGO_BIN_EXE_oneiric"));
        let mut command = Command::new("script");
        command.args(["-qec", &line, "/dev/null"]).current_dir(desk.path("")).stdin(Stdio::null());
        let Ok(output) = command.output() else {
            eprintln!("skipped: there is no script(1) to make a terminal");
            return;
        };
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(words), "{said}");
    }
    assert_eq!(desk.files(), ["photo.png"]);
}
