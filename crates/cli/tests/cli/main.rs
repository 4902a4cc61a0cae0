//! Runs the real binary the way people and scripts run it.

mod bad_input;
mod batch;
mod bench;
mod blend;
mod bystanders;
mod checkpoint;
#[cfg(unix)]
mod converter;
mod dream;
mod film_strip;
mod filter;
mod imagine;
mod input;
mod look;
mod memory;
mod metadata;
mod models;
mod odd_files;
mod output;
mod places;
mod recipe;
mod search;
mod sheet;
mod sweep;
mod table;
mod train;
mod watch;

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use oneiric::{Limits, Picture, SaveMode};
use tempfile::TempDir;

/// Options of a dream that is finished at once.
const QUICK: [&str; 6] = ["--size", "48", "--octaves", "2", "--iterations", "1"];

/// A temporary folder to run `oneiric` in.
struct Sandbox(TempDir);

impl Sandbox {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    /// A sandbox with `photo.png`, 60x40.
    fn with_photo() -> Self {
        let sandbox = Self::new();
        photo(60, 40).save(sandbox.path("photo.png"), 90, SaveMode::New).unwrap();
        sandbox
    }

    /// A sandbox with `photo.jpg` of this size.
    fn with_jpeg(width: usize, height: usize) -> Self {
        let sandbox = Self::new();
        photo(width, height).save(sandbox.path("photo.jpg"), 90, SaveMode::New).unwrap();
        sandbox
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// `oneiric` with these arguments, not started yet.
    fn command<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_oneiric"));
        command.args(args).current_dir(&self.0).stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn run<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Run {
        Run::from(self.command(args).output().unwrap())
    }

    /// Runs `oneiric dream` with these arguments and those of a quick dream.
    fn dream(&self, args: &[&str]) -> Run {
        self.run(["dream"].iter().chain(args).chain(&QUICK))
    }

    /// Runs `oneiric` with `bytes` on standard input.
    fn feed(&self, args: &[&str], bytes: &[u8]) -> Run {
        let mut child = self.command(args).stdin(Stdio::piped()).spawn().unwrap();
        // The program may fail before it has read everything.
        let _ = child.stdin.take().unwrap().write_all(bytes);
        Run::from(child.wait_with_output().unwrap())
    }

    /// The names of all files, sorted.
    fn files(&self) -> Vec<String> {
        let names = fs::read_dir(&self.0).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }
}

/// The result of a run.
#[derive(Debug)]
struct Run {
    code: Option<i32>,
    stdout: Vec<u8>,
    stderr: String,
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(!stderr.contains("panicked"), "{stderr}");
        Self { code: output.status.code(), stdout: output.stdout, stderr }
    }
}

impl Run {
    #[track_caller]
    fn succeeds(self) -> Self {
        assert_eq!(self.code, Some(0), "{}", self.stderr);
        self
    }

    /// Checks that it ended with `code` and one message that contains all of `words`.
    #[track_caller]
    fn fails(self, code: i32, words: &[&str]) -> Self {
        assert_eq!(self.code, Some(code), "{}", self.stderr);
        assert!(self.stderr.starts_with("oneiric: "), "{}", self.stderr);
        for word in words {
            assert!(self.stderr.contains(word), "'{word}' is not in: {}", self.stderr);
        }
        assert!(self.stdout.is_empty());
        self
    }

    fn text(&self) -> String {
        String::from_utf8(self.stdout.clone()).unwrap()
    }

    #[track_caller]
    fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.stdout).unwrap_or_else(|e| panic!("{e} in {}", self.text()))
    }
}

/// Sends SIGINT, as Ctrl-C does.
#[cfg(target_os = "linux")]
fn interrupt(child: &std::process::Child) {
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

/// A few soft blobs of colour.
fn photo(width: usize, height: usize) -> Picture {
    let value = |i: usize| {
        let (x, y, c) = (i / 3 % width, i / 3 / width, i % 3);
        0.5 + 0.4 * (x as f32 * 0.21 + c as f32).sin() * (y as f32 * 0.17 - c as f32).cos()
    };
    Picture::new(width, height, (0..width * height * 3).map(value).collect()).unwrap()
}

#[track_caller]
fn open(path: impl AsRef<Path>) -> Picture {
    Picture::open(path, &Limits::default()).unwrap()
}

fn sides(picture: &Picture) -> (usize, usize) {
    (picture.width(), picture.height())
}
