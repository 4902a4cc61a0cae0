//! Errors as the user sees them: a message and an exit code.

use std::io;
use std::path::Path;
use std::process::ExitCode;

use anstyle::{AnsiColor, Reset};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use oneiric::picture::{Blame, FileKind, readable};
use oneiric::recipe::RecipeError;
use oneiric::settings::{InvalidSetting, Reason};
use oneiric::{Error, PictureError};

use crate::terminal::stderr::say;
use crate::work::networks::networks;
use oneiric::picture::resize::fit;

/// Wrong usage or input, which the user can correct.
const INPUT: u8 = 2;
/// Anything else: the disk, the memory, a bug.
const INTERNAL: u8 = 1;
/// The shells' exit code of a program that was ended by SIGINT: 128 + 2.
const STOPPED: u8 = 130;

/// Why a command failed.
#[derive(Debug)]
pub struct Failure {
    code: u8,
    message: String,
}

impl Failure {
    /// The command or its input is wrong.
    pub fn input(message: impl Into<String>) -> Self {
        Self { code: INPUT, message: message.into() }
    }

    /// The command and its input are right, but something else failed.
    pub fn internal(message: impl Into<String>) -> Self {
        Self { code: INTERNAL, message: message.into() }
    }

    /// Stopped by Ctrl-C.
    pub fn stopped() -> Self {
        Self { code: STOPPED, message: "stopped; nothing was written".into() }
    }

    /// Stopped by Ctrl-C, with work that is not lost.
    pub fn stopped_with(kept: impl std::fmt::Display) -> Self {
        Self { code: STOPPED, message: format!("stopped; {kept}") }
    }

    /// Writing to standard output failed.
    pub fn stdout(error: &io::Error) -> Self {
        Self::internal(format!("cannot write to standard output: {error}; check where it is redirected"))
    }

    /// An error of clap, in the form of our own messages.
    pub fn usage(error: &clap::Error) -> Self {
        if let (ErrorKind::InvalidSubcommand, Some(ContextValue::String(word))) =
            (error.kind(), error.get(ContextKind::InvalidSubcommand))
            && Path::new(word).exists()
        {
            let word = readable(word.as_ref());
            return Self::input(format!("'{word}' is not a command; to dream on this file, run: oneiric dream {word}"));
        }
        let text = error.render().ansi().to_string();
        let said = text.split_once("error:").map_or(text.as_str(), |(_, said)| said);
        Self::input(said.trim_start_matches(&Reset.to_string()).trim())
    }

    /// Whether this is a stop by Ctrl-C.
    pub fn is_stop(&self) -> bool {
        self.code == STOPPED
    }

    /// The same failure with another message.
    pub fn with_message(self, message: impl Into<String>) -> Self {
        Self { message: message.into(), ..self }
    }

    /// Whether neither the command nor its input is wrong.
    pub fn is_internal(&self) -> bool {
        self.code == INTERNAL
    }

    /// The message.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Prints the message and returns the exit code.
    pub fn report(self) -> ExitCode {
        let red = AnsiColor::Red.on_default().bold();
        say(&format!("{red}oneiric:{red:#} {}", self.message));
        ExitCode::from(self.code)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Picture(error) => error.into(),
            Error::Setting(error) => error.into(),
            Error::Network(error) => error.into(),
            Error::Engine(error) => error.into(),
            Error::Cancelled => Self::stopped(),
            Error::Memory { fitting, .. } => Self::input(format!("{error} (--size {fitting})")),
            Error::Objective(_) | Error::WrongCheckpoint | Error::Channel { .. } | Error::TooLittleMemory { .. } => {
                Self::input(error.to_string())
            }
        }
    }
}

impl From<PictureError> for Failure {
    fn from(error: PictureError) -> Self {
        let message = match error.problem() {
            PictureError::Exists => format!("{error} with --overwrite"),
            _ => error.to_string(),
        };
        match error.blame() {
            Blame::Input | Blame::Usage => Self::input(message),
            Blame::System => Self::internal(message),
        }
    }
}

impl From<RecipeError> for Failure {
    fn from(error: RecipeError) -> Self {
        let advice =
            if matches!(error, RecipeError::TooLongToWrite) { "; use --no-recipe to leave it out" } else { "" };
        Self::input(format!("{error}{advice}"))
    }
}

impl From<InvalidSetting> for Failure {
    /// Names the option of the setting, and adds advice for the command line.
    fn from(error: InvalidSetting) -> Self {
        let InvalidSetting { name, part, value, reason } = &error;
        let option = part.map_or(format!("--{name}"), |part| format!("{part} of --{name}"));
        Self::input(match (value, reason) {
            (Some(value), reason) => format!("invalid value '{value}' for {option}: {reason}"),
            (None, Reason::Conflict { with }) => {
                format!("--{name} cannot be used with --{with}; remove one of them")
            }
            (None, Reason::Missing(why)) => format!("{why}; add --{name}"),
            (None, Reason::Unusable(why)) => match &**name {
                "tile" => format!("{why}; allow more with --memory, or shrink the picture with --size"),
                "where" => format!("{why}; `oneiric look` lists what they see"),
                _ => why.clone(),
            },
            (None, _) => error.to_string(),
        })
    }
}

impl From<oneiric_zoo::Error> for Failure {
    fn from(error: oneiric_zoo::Error) -> Self {
        match error {
            oneiric_zoo::Error::Weights(_) | oneiric_zoo::Error::Graph(_) | oneiric_zoo::Error::File { .. } => {
                Self::internal(error.to_string())
            }
            oneiric_zoo::Error::AnswersTables(ref name) => {
                Self::input(format!("{error}; `oneiric test {name} TABLE.csv` answers rows"))
            }
            _ => Self::input(error.to_string()),
        }
    }
}

impl From<oneiric_train::Error> for Failure {
    fn from(error: oneiric_train::Error) -> Self {
        match error {
            oneiric_train::Error::Cancelled => Self::stopped(),
            oneiric_train::Error::Network(error) => error.into(),
            oneiric_train::Error::Engine(error) => error.into(),
            error => Self::input(error.to_string()),
        }
    }
}

impl From<oneiric_engine::Error> for Failure {
    fn from(error: oneiric_engine::Error) -> Self {
        match error {
            oneiric_engine::Error::WrongInput { .. } => Self::internal(error.to_string()),
            _ => Self::input(error.to_string()),
        }
    }
}

/// An error of a dream. If its photo could be used in part and is not yet, --partial is advised.
pub fn photo_failure(error: Error, partial: bool) -> Failure {
    let problem = if let Error::Picture(error) = &error { Some(error.problem()) } else { None };
    match problem {
        Some(PictureError::CutShort { kind } | PictureError::Damaged { kind, .. })
            if !partial && !matches!(kind, FileKind::WebP | FileKind::Tiff) =>
        {
            Failure::input(format!("{error}, or add --partial to use the part that can be read"))
        }
        _ => error.into(),
    }
}

/// Replaces the library's advice in an out-of-memory error. `advice` takes the width and height that would fit.
pub fn memory_failure(error: Error, advice: impl FnOnce(usize, usize) -> String) -> Failure {
    let Error::Memory { width, height, needed, available, fitting } = error else { return error.into() };
    let (width, height) = fit((width, height), fitting);
    let advice = advice(width, height);
    Failure::input(format!("this needs about {needed} MB of memory, but only {available} MB are free; {advice}"))
}

/// An out-of-memory error of a command whose --size takes width and height.
pub fn size_failure(error: Error) -> Failure {
    memory_failure(error, |width, height| format!("use a smaller picture: --size {width}x{height} would fit"))
}

/// Adds advice to an error about a layer of `model`: which network has it, or how to list the layers.
pub fn layer_failure(error: impl Into<Error>, model: &str) -> Failure {
    let error = error.into();
    let Error::Engine(oneiric_engine::Error::UnknownLayer { name, .. }) = &error else { return error.into() };
    let has_it = |other: &&str| {
        let network = networks().get(other);
        *other != model && network.is_ok_and(|network| network.graph.layer(name).is_ok())
    };
    Failure::input(match networks().names().find(has_it) {
        Some(other) => format!("{model} has no layer '{name}', but {other} has one; add --model {other}"),
        None => format!("{error}; `oneiric models show {model}` lists the layers"),
    })
}
