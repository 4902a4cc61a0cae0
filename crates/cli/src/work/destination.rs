//! Where pictures go: to files or to standard output.

use std::fs;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};

use oneiric::picture::{Metadata, check_destination, readable, write_file};
use oneiric::recipe::stamped;
use oneiric::{Format, Picture, PictureError, SaveMode};
use serde::Serialize;

use crate::args::OutputArgs;
use crate::terminal::failure::Failure;
use crate::terminal::interrupt;
use crate::terminal::progress::seconds;
use crate::terminal::stderr::say;
use crate::terminal::stdout::{print_json, print_path};
use crate::work::input::Source;

/// The JSON report of a picture that was made.
#[derive(Serialize)]
struct Delivered<T: Serialize> {
    output: String,
    width: usize,
    height: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds: Option<f64>,
    #[serde(flatten)]
    more: T,
}

/// The destination of a picture, checked before the work as far as possible.
#[derive(Debug)]
pub enum Destination {
    /// Standard output, as PNG.
    Stdout,
    /// The file given by `-o`.
    Named { path: PathBuf, format: Format, mode: SaveMode },
    /// This file, or the next free number of its name.
    Free(PathBuf),
}

impl Destination {
    /// The file given by `-o`. Without it, a new file next to the source, named after the `kind` of picture:
    /// `photo.dream.png`.
    pub fn check(out: Option<&Path>, source: &Source, kind: &str, output_args: &OutputArgs) -> Result<Self, Failure> {
        let destination = match (out, source) {
            (Some(path), _) if path != Path::new("-") => Self::named(path, source, kind, mode(output_args.overwrite)),
            (None, Source::File(_) | Source::Landscape) => Self::free(default_name(source, kind)),
            _ if output_args.json => {
                Err(Failure::input("the picture and --json cannot both go to standard output; add -o FILE"))
            }
            _ if io::stdout().is_terminal() => {
                Err(Failure::input("refusing to write an image to a terminal; add -o FILE or > FILE"))
            }
            _ => Ok(Self::Stdout),
        }?;
        output_args.check(destination.format())?;
        Ok(destination)
    }

    /// The format of the file.
    pub fn format(&self) -> Format {
        match self {
            Self::Named { format, .. } => *format,
            Self::Stdout | Self::Free(_) => Format::Png,
        }
    }

    fn named(path: &Path, source: &Source, kind: &str, mode: SaveMode) -> Result<Self, Failure> {
        if path.is_dir() {
            let name = default_name(source, kind);
            let file = path.join(name.file_name().unwrap_or_default());
            return Err(Failure::input(format!(
                "{} is a folder; name a file in it, such as -o {}",
                readable(path),
                readable(&file)
            )));
        }
        let format = check_destination(path, mode)?;
        check_rights(path)?;
        Ok(Self::Named { path: path.to_owned(), format, mode })
    }

    fn free(path: PathBuf) -> Result<Self, Failure> {
        // The name with the longest number must be possible, not only the first.
        if let Err(e) = fs::symlink_metadata(numbered(&path, 9999))
            && e.kind() == ErrorKind::InvalidFilename
        {
            return Err(Failure::input(format!(
                "{}: the name is too long; add -o FILE with a shorter one",
                readable(&path)
            )));
        }
        check_rights(&path)?;
        Ok(Self::Free(path))
    }

    /// Checks that the file format can hold a picture of this size.
    pub fn check_size(&self, width: usize, height: usize) -> Result<(), Failure> {
        Ok(self.format().check_size(width, height)?)
    }

    /// Writes the picture with its records, and reports it: as a message, and on standard output either
    /// as JSON with the fields of `more`, or as a path for the next program. `time` is the duration of the work in
    /// seconds.
    pub fn deliver(
        &self,
        picture: &Picture,
        records: &Records<'_>,
        output_args: &OutputArgs,
        time: Option<f64>,
        more: impl Serialize,
    ) -> Result<(), Failure> {
        let saved = self.save_and_say(picture, records, output_args, time)?;
        let (width, height) = (picture.width(), picture.height());
        match saved {
            _ if output_args.json => {
                let output = shown(saved.as_deref());
                print_json(&Delivered { output, width, height, seconds: time, more })
            }
            Some(path) if !output_args.quiet && !io::stdout().is_terminal() => print_path(&path),
            _ => Ok(()),
        }
    }

    /// Writes a second picture, without records, and reports it as a message only. Returns its path, if that is a file.
    pub fn write(&self, picture: &Picture, output_args: &OutputArgs) -> Result<Option<PathBuf>, Failure> {
        self.save_and_say(picture, &Records::default(), output_args, None)
    }

    fn save_and_say(
        &self,
        picture: &Picture,
        records: &Records<'_>,
        output_args: &OutputArgs,
        time: Option<f64>,
    ) -> Result<Option<PathBuf>, Failure> {
        let saved = self.save(&file(picture, self.format(), records, output_args)?)?;
        if !output_args.quiet {
            let time = time.map_or(String::new(), |time| format!(", {}", seconds(time, 1)));
            let (output, width, height) = (shown(saved.as_deref()), picture.width(), picture.height());
            say(&format!("wrote {} ({width}x{height}{time})", readable(output.as_ref())));
        }
        Ok(saved)
    }

    /// Whether it is the file given by an option.
    pub fn is_named(&self, file: Option<&Path>) -> bool {
        matches!(self, Self::Named { path, .. } if Some(path.as_path()) == file)
    }

    /// Writes the bytes and returns their path, if that is a file.
    fn save(&self, bytes: &[u8]) -> Result<Option<PathBuf>, Failure> {
        match self {
            Self::Stdout => {
                let mut stdout = io::stdout().lock();
                stdout.write_all(bytes).and_then(|()| stdout.flush()).map_err(|e| Failure::stdout(&e))?;
                Ok(None)
            }
            Self::Named { path, mode, .. } => {
                interrupt::uninterrupted(|| Ok(write_file(path, bytes, *mode)?))?;
                Ok(Some(path.clone()))
            }
            Self::Free(path) => interrupt::uninterrupted(|| write_free(path, bytes)).map(Some),
        }
    }
}

/// A path in messages and reports; none is that of standard output.
fn shown(saved: Option<&Path>) -> String {
    saved.map_or("to standard output".into(), |path| path.display().to_string())
}

/// What a file contains besides the picture.
#[derive(Default)]
pub struct Records<'a> {
    /// The text of its recipe.
    pub recipe: Option<&'a str>,
    /// What it keeps of the photo's metadata.
    pub metadata: Option<&'a Metadata>,
}

/// Encodes a picture with its records.
pub fn file(
    picture: &Picture,
    format: Format,
    records: &Records<'_>,
    output_args: &OutputArgs,
) -> Result<Vec<u8>, Failure> {
    let mut file = output_args.encode(picture, format)?;
    if let Some(metadata) = records.metadata {
        file = metadata.stamped(file, format)?;
    }
    Ok(match records.recipe {
        Some(recipe) => stamped(file, recipe)?,
        None => file,
    })
}

/// Tries numbered names until one is free, because another process may take one meanwhile.
fn write_free(path: &Path, bytes: &[u8]) -> Result<PathBuf, Failure> {
    for number in 1.. {
        let path = numbered(path, number);
        match write_file(&path, bytes, SaveMode::New) {
            Err(e) if matches!(e.problem(), PictureError::Exists | PictureError::NotAFile) => {}
            done => return done.map(|()| path).map_err(Failure::from),
        }
    }
    unreachable!("there are endlessly many names")
}

/// `photo.jpg` -> `photo.dream.png` in the same folder; `oneiric.dream.png` if the source is not a file.
fn default_name(source: &Source, kind: &str) -> PathBuf {
    let photo = match source {
        Source::File(photo) => photo,
        Source::Stdin | Source::Landscape => Path::new("oneiric"),
    };
    let mut name = photo.file_stem().unwrap_or_default().to_owned();
    name.push(format!(".{kind}.png"));
    photo.with_file_name(name)
}

/// `photo.dream.png`, `photo.dream-2.png`, `photo.dream-3.png`…
fn numbered(path: &Path, number: usize) -> PathBuf {
    if number == 1 {
        return path.to_owned();
    }
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push(format!("-{number}.png"));
    path.with_file_name(name)
}

pub fn mode(overwrite: bool) -> SaveMode {
    if overwrite { SaveMode::Overwrite } else { SaveMode::New }
}

/// Checks before the work that a non-picture file can be written.
pub fn check_file(path: &Path, mode: SaveMode) -> Result<(), Failure> {
    let problem = match (fs::metadata(path), mode) {
        (Ok(about), _) if about.is_dir() => Some(PictureError::NotAFile),
        (Ok(_), SaveMode::New) => Some(PictureError::Exists),
        (Ok(_), SaveMode::Overwrite) => None,
        (Err(_), _) => (!folder(path).is_dir()).then_some(PictureError::NoFolder),
    };
    match problem {
        Some(problem) => Err(PictureError::InFile { path: path.to_owned(), problem: Box::new(problem) }.into()),
        None => check_rights(path),
    }
}

/// Checks that the folder is writable: the photo may be on a read-only card.
fn check_rights(path: &Path) -> Result<(), Failure> {
    match tempfile::Builder::new().prefix(".oneiric-").tempfile_in(folder(path)) {
        Err(e) if matches!(e.kind(), ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem) => {
            let problem = Box::new(PictureError::NotWritable(e));
            Err(PictureError::InFile { path: path.to_owned(), problem }.into())
        }
        // Saving reports any other problem.
        _ => Ok(()),
    }
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dream_is_named_after_its_photo() {
        let of_file = |path: &str, kind| default_name(&Source::File(path.into()), kind);
        assert_eq!(of_file("a/photo.jpg", "dream"), Path::new("a/photo.dream.png"));
        assert_eq!(of_file("photo", "blend"), Path::new("photo.blend.png"));
        assert_eq!(default_name(&Source::Landscape, "dream"), Path::new("oneiric.dream.png"));
        assert_eq!(numbered(Path::new("a/photo.dream.png"), 1), Path::new("a/photo.dream.png"));
        assert_eq!(numbered(Path::new("a/photo.dream.png"), 2), Path::new("a/photo.dream-2.png"));
    }
}
