//! HEIC and AVIF pictures: a program of this computer converts them to PNG.
//!
//! There is no well-kept decoder of either in safe Rust (docs/architecture.md). The studio does not use this: a program
//! that reads uploads would not be within its memory.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use img_parts::png::Png;
use img_parts::{Bytes, ImageEXIF};
use oneiric::Limits;
use oneiric::picture::{PhotoMemory, PictureError, PictureFile};

use crate::terminal::failure::Failure;

/// Endings of these pictures, in lower case.
pub const ENDINGS: [&str; 4] = ["heic", "heif", "hif", "avif"];

/// A program takes longer only if something is wrong.
const PATIENCE: Duration = Duration::from_secs(60);

/// Names in the temporary folder. A program never sees a name that the user or the file chose.
const FROM: &str = "picture.heic";
const TO: &str = "picture.png";

/// Programs with their arguments, those that read these pictures best first. Not ffmpeg: some versions show one tile of a
/// HEIC picture for the whole.
const PROGRAMS: &[(&str, &[&str])] = &[
    ("heif-dec", &[FROM, TO]),
    ("heif-convert", &[FROM, TO]),
    #[cfg(target_os = "macos")]
    ("sips", &["-s", "format", "png", FROM, "--out", TO]),
    ("magick", &["picture.heic[0]", TO]),
    // On Windows this is a program that converts disks.
    #[cfg(not(windows))]
    ("convert", &["picture.heic[0]", TO]),
];

/// Reads a picture file. One of HEIC or AVIF is the PNG that a program made of it.
pub fn open(path: &Path, limits: &Limits) -> Result<PictureFile, Failure> {
    match PictureFile::open(path, limits) {
        Err(error) if error.is_heif() => converted(path, limits, error),
        file => Ok(file?),
    }
}

/// As [`PictureFile::peek`].
pub fn peek(path: &Path, limits: &Limits) -> Result<PhotoMemory, Failure> {
    match PictureFile::peek(path, limits) {
        Err(error) if error.is_heif() => Ok(open(path, limits)?.memory()?),
        memory => Ok(memory?),
    }
}

fn converted(path: &Path, limits: &Limits, error: PictureError) -> Result<PictureFile, Failure> {
    let failed = |e: io::Error| Failure::internal(format!("{error}; converting it failed: {e}"));
    let folder = tempfile::tempdir().map_err(failed)?;
    let from = File::open(path).map_err(failed)?;
    if from.metadata().map_err(failed)?.len() > limits.max_file_bytes {
        return Err(PictureError::FileTooLarge { limit: limits.max_file_bytes }.into());
    }
    fs::copy(path, folder.path().join(FROM)).map_err(failed)?;
    let mut found = None;
    for (program, arguments) in PROGRAMS {
        match run(program, arguments, folder.path(), limits.max_file_bytes) {
            Ok(true) => {
                let png = upright(fs::read(folder.path().join(TO)).map_err(failed)?);
                return Ok(PictureFile::from_stream(path, png.as_slice(), limits)?);
            }
            Ok(false) => found = found.or(Some(program)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            Err(e) => return Err(failed(e)),
        }
    }
    Err(Failure::input(match found {
        Some(program) => format!("{error} ({program} could not read it)"),
        None => format!("{error}, or install heif-dec (of libheif) or ImageMagick, which Oneiric then uses"),
    }))
}

/// Removes the EXIF of a PNG. Its pixels are turned already, but some programs keep the orientation.
fn upright(bytes: Vec<u8>) -> Vec<u8> {
    let bytes = Bytes::from(bytes);
    let Ok(mut png) = Png::from_bytes(bytes.clone()) else { return bytes.into() };
    png.set_exif(None);
    png.encoder().bytes().into()
}

/// Runs a program in the folder, within bounds of time and of the file that it writes. Returns whether it made a picture.
fn run(program: &str, arguments: &[&str], folder: &Path, max_bytes: u64) -> io::Result<bool> {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let begun = Instant::now();
    let written = || fs::metadata(folder.join(TO)).map_or(0, |about| about.len());
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status.success() && (1..=max_bytes).contains(&written()));
        }
        if begun.elapsed() > PATIENCE || written() > max_bytes {
            child.kill()?;
            child.wait()?;
            return Ok(false);
        }
        sleep(Duration::from_millis(10));
    }
}
