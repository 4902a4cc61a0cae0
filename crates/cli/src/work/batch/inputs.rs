//! Finds the pictures of a batch: files, folders, patterns, lists.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use alphanumeric_sort::compare_str;
use glob::MatchOptions;
use oneiric::picture::{FileKind, readable};

use crate::args::BatchArgs;
use crate::terminal::failure::Failure;
use crate::work::converter;

/// Whether these arguments may name several pictures.
pub fn is_batch(named: &[PathBuf], list: Option<&Path>) -> bool {
    match named {
        [] => list.is_some(),
        [one] => list.is_some() || one.is_dir() || pattern(one).is_some(),
        _ => true,
    }
}

/// Finds the pictures, each once, in the given order; those of a folder or pattern in natural order.
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
            return Err(Failure::input("'-' (standard input) cannot be used with other pictures; name files instead"));
        }
        if path.is_dir() {
            pictures.extend(non_empty(in_folder(path, batch_args.recursive, out)?, path)?);
        } else if let Some(pattern) = pattern(path) {
            pictures.extend(non_empty(matching(pattern)?, path)?);
        } else {
            pictures.push(path.clone());
        }
    }
    let mut seen = HashSet::new();
    pictures.retain(|path| seen.insert(fs::canonicalize(path).unwrap_or_else(|_| path.clone())));
    Ok(pictures)
}

/// Finds the files with a picture's extension in a folder, in natural order. Hidden files and the output folder `out` are
/// skipped.
pub fn in_folder(folder: &Path, recursive: bool, out: &Path) -> Result<Vec<PathBuf>, Failure> {
    let out = fs::canonicalize(out).ok();
    let is_out = |folder: &Path| out.is_some() && fs::canonicalize(folder).ok() == out;
    if is_out(folder) {
        return Err(Failure::input(format!(
            "{0} is the folder of the pictures, so its dreams would be dreamed on next time; use another folder, such as \
             -o {1}",
            readable(folder),
            readable(&folder.join("dreams"))
        )));
    }
    let (mut found, mut waiting) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = waiting.pop() {
        let failed = |e: io::Error| Failure::input(format!("{}: cannot read the folder: {e}", readable(&folder)));
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let path = entry.path();
            if entry.file_name().as_encoded_bytes().starts_with(b".") {
                continue;
            }
            // Links to folders are not followed: they may form a loop.
            if entry.file_type().map_err(failed)?.is_dir() {
                if recursive && !is_out(&path) {
                    waiting.push(path);
                }
            } else if has_ending(&path) {
                found.push(path);
            }
        }
    }
    found.sort_by(|a, b| natural(a, b));
    Ok(found)
}

fn has_ending(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
    let known = || FileKind::ENDINGS.iter().chain(&converter::ENDINGS);
    ending.is_some_and(|ending| known().any(|known| *known == ending))
}

fn non_empty(pictures: Vec<PathBuf>, of: &Path) -> Result<Vec<PathBuf>, Failure> {
    if pictures.is_empty() {
        return Err(Failure::input(format!("{}: no pictures found", readable(of))));
    }
    Ok(pictures)
}

/// The text of a pattern such as `photos/*.jpg`, unless a file has that name.
fn pattern(path: &Path) -> Option<&str> {
    path.to_str().filter(|text| text.contains(['*', '?', '[']) && !path.exists())
}

/// The files that match, in natural order. Case is ignored, because cameras write extensions in either case.
fn matching(pattern: &str) -> Result<Vec<PathBuf>, Failure> {
    let options =
        MatchOptions { case_sensitive: false, require_literal_separator: true, require_literal_leading_dot: true };
    let wrong = |e: glob::PatternError| Failure::input(format!("invalid pattern '{pattern}': {e}"));
    let paths = glob::glob_with(pattern, options).map_err(wrong)?;
    let paths = paths.collect::<Result<Vec<_>, _>>();
    let mut paths = paths.map_err(|e| Failure::input(format!("cannot read the files of '{pattern}': {e}")))?;
    paths.retain(|path| !path.is_dir());
    paths.sort_by(|a, b| natural(a, b));
    Ok(paths)
}

/// Reads the paths in a file, one a line; `-` is standard input.
fn read_list(list: &Path) -> Result<Vec<PathBuf>, Failure> {
    let text = if list == Path::new("-") { io::read_to_string(io::stdin()) } else { fs::read_to_string(list) };
    let text = text.map_err(|e| Failure::input(format!("{}: cannot read the list: {e}", readable(list))))?;
    let paths: Vec<PathBuf> = text.lines().filter(|line| !line.trim().is_empty()).map(PathBuf::from).collect();
    non_empty(paths, list)
}

/// Compares paths in natural order, folder by folder: image-2 comes before image-10.
pub fn natural(a: &Path, b: &Path) -> Ordering {
    let compare = |(a, b): (&OsStr, &OsStr)| compare_str(a.to_string_lossy(), b.to_string_lossy());
    let different = a.iter().zip(b).map(compare).find(|order| order.is_ne());
    // Equal up to the end of one, or up to bytes that are not text.
    different.unwrap_or_else(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_names_are_in_order() {
        let expected = [
            "a/image-2.png",
            "a/image-10.png",
            "a/image-10b.png",
            "a/image-0100.png",
            "a/image.png",
            "a/more/1.png",
            "a-2/1.png",
            "a-10/1.png",
            "b",
            "b/1",
            "ä7.png",
            "ä12.png",
        ];
        let mut paths: Vec<_> = expected.iter().rev().map(Path::new).collect();
        paths.sort_by(|a, b| natural(a, b));
        assert_eq!(paths, expected.map(Path::new));
    }

    #[cfg(unix)]
    #[test]
    fn names_that_are_not_text_are_in_one_order_too() {
        use std::os::unix::ffi::OsStrExt;

        let names: [&[u8]; 5] = [b"\xfe2", b"\xff2", b"\xff10", b"x10", b"x\xff"];
        for a in names {
            for b in names {
                let [one, other] = [a, b].map(|name| Path::new(OsStr::from_bytes(name)));
                assert_eq!(natural(one, other), natural(other, one).reverse());
                assert_eq!(natural(one, other).is_eq(), a == b);
            }
        }
        let mut sorted = names.map(|name| Path::new(OsStr::from_bytes(name)));
        sorted.sort_by(|a, b| natural(a, b));
        assert!(sorted.windows(2).all(|pair| natural(pair[0], pair[1]).is_lt()), "{sorted:?}");
    }
}
