//! Which pictures are meant: files, folders, patterns, lists.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use glob::MatchOptions;
use oneiric::picture::{FileKind, readable};

use crate::args::BatchArgs;
use crate::terminal::failure::Failure;

/// Whether these arguments mean a batch of pictures, and not just one.
pub fn is_batch(named: &[PathBuf], list: Option<&Path>) -> bool {
    match named {
        [] => list.is_some(),
        [one] => list.is_some() || one.is_dir() || pattern(one).is_some(),
        _ => true,
    }
}

/// The pictures, each once, in the order in which they were named; those of a folder or pattern by their names.
pub fn pictures(
    named: &[PathBuf],
    list: Option<&Path>,
    batch_args: &BatchArgs,
    out: &Path,
) -> Result<Vec<PathBuf>, Failure> {
    let listed = list.map(read_list).transpose()?.unwrap_or_default();
    let mut pictures = Vec::new();
    for path in named.iter().chain(&listed) {
        if path == Path::new("-") {
            return Err(Failure::input("the standard input is one picture: dream on it alone, or name files instead"));
        }
        if path.is_dir() {
            pictures.extend(some(in_folder(path, batch_args.recursive, out)?, path)?);
        } else if let Some(pattern) = pattern(path) {
            pictures.extend(some(matching(pattern)?, path)?);
        } else {
            pictures.push(path.clone());
        }
    }
    let mut seen = HashSet::new();
    pictures.retain(|path| seen.insert(fs::canonicalize(path).unwrap_or_else(|_| path.clone())));
    Ok(pictures)
}

/// The files with the ending of a picture in a folder, sorted. Hidden ones are left out, and so is the folder of the
/// dreams where folders in the folder are looked into.
pub fn in_folder(folder: &Path, recursive: bool, out: &Path) -> Result<Vec<PathBuf>, Failure> {
    let out = fs::canonicalize(out).ok();
    let is_out = |folder: &Path| out.is_some() && fs::canonicalize(folder).ok() == out;
    if is_out(folder) {
        return Err(Failure::input(format!(
            "the dreams would lie among the pictures of {0} and be dreamed on the next time: -o {1} would keep them apart",
            readable(folder),
            readable(&folder.join("dreams"))
        )));
    }
    let (mut found, mut waiting) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = waiting.pop() {
        let failed = |e: io::Error| Failure::input(format!("{}: the folder can't be read ({e})", readable(&folder)));
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let path = entry.path();
            if entry.file_name().as_encoded_bytes().starts_with(b".") {
                continue;
            }
            // A link to a folder may lead back here.
            if entry.file_type().map_err(failed)?.is_dir() {
                if recursive && !is_out(&path) {
                    waiting.push(path);
                }
            } else if has_ending(&path) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn has_ending(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
    ending.is_some_and(|ending| FileKind::ENDINGS.contains(&ending.as_str()))
}

fn some(pictures: Vec<PathBuf>, of: &Path) -> Result<Vec<PathBuf>, Failure> {
    if pictures.is_empty() {
        return Err(Failure::input(format!("{}: there is no picture", readable(of))));
    }
    Ok(pictures)
}

/// The text of a pattern such as `photos/*.jpg`, unless a file is called that.
fn pattern(path: &Path) -> Option<&str> {
    path.to_str().filter(|text| text.contains(['*', '?', '[']) && !path.exists())
}

/// The files that match, sorted. Cameras write endings in either case.
fn matching(pattern: &str) -> Result<Vec<PathBuf>, Failure> {
    let options =
        MatchOptions { case_sensitive: false, require_literal_separator: true, require_literal_leading_dot: true };
    let wrong = |e: glob::PatternError| Failure::input(format!("'{pattern}' is no pattern: {e}"));
    let paths = glob::glob_with(pattern, options).map_err(wrong)?;
    let paths = paths.collect::<Result<Vec<_>, _>>();
    let mut paths = paths.map_err(|e| Failure::input(format!("'{pattern}' could not be followed: {e}")))?;
    paths.retain(|path| !path.is_dir());
    paths.sort();
    Ok(paths)
}

/// The lines of a file, `-` being the standard input.
fn read_list(list: &Path) -> Result<Vec<PathBuf>, Failure> {
    let text = if list == Path::new("-") { io::read_to_string(io::stdin()) } else { fs::read_to_string(list) };
    let text = text.map_err(|e| Failure::input(format!("{}: the list can't be read ({e})", readable(list))))?;
    let paths: Vec<PathBuf> = text.lines().filter(|line| !line.trim().is_empty()).map(PathBuf::from).collect();
    some(paths, list)
}
