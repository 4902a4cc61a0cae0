//! What went wrong, in one line for the user, and the exit code that goes with it.

use std::io;
use std::path::Path;
use std::process::ExitCode;

use anstyle::{AnsiColor, Reset};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use oneiric::picture::{Blame, readable};
use oneiric::recipe::RecipeError;
use oneiric::settings::{InvalidSetting, Reason};
use oneiric::{Error, PictureError};

use crate::terminal::stderr::say;
use oneiric::picture::resize::fit;

/// Bad usage or bad input: the user can mend it.
const INPUT: u8 = 2;
/// The disk, the memory or a mistake of ours.
const OURS: u8 = 1;
/// The custom of shells for a program that SIGINT ended: 128 + 2.
const STOPPED: u8 = 130;

/// Why the program ends without having done its work.
#[derive(Debug)]
pub struct Failure {
    code: u8,
    message: String,
}

impl Failure {
    /// Something about the command or its input has to change.
    pub fn input(message: impl Into<String>) -> Self {
        Self { code: INPUT, message: message.into() }
    }

    /// Nothing that the user gave is wrong.
    pub fn ours(message: impl Into<String>) -> Self {
        Self { code: OURS, message: message.into() }
    }

    /// Ctrl-C.
    pub fn stopped() -> Self {
        Self { code: STOPPED, message: "stopped; nothing was written".into() }
    }

    /// Ctrl-C, of work that is not lost.
    pub fn stopped_with(kept: impl std::fmt::Display) -> Self {
        Self { code: STOPPED, message: format!("stopped; {kept}") }
    }

    /// The standard output did not take what was written to it.
    pub fn stdout(error: &io::Error) -> Self {
        Self::ours(format!("writing to the standard output failed ({error}); check where it leads"))
    }

    /// What clap says, in our voice.
    pub fn usage(error: &clap::Error) -> Self {
        if let (ErrorKind::InvalidSubcommand, Some(ContextValue::String(word))) =
            (error.kind(), error.get(ContextKind::InvalidSubcommand))
            && Path::new(word).exists()
        {
            let word = readable(word.as_ref());
            return Self::input(format!("'{word}' is no command; to dream on it: oneiric dream {word}"));
        }
        let text = error.render().ansi().to_string();
        let said = text.split_once("error:").map_or(text.as_str(), |(_, said)| said);
        Self::input(said.trim_start_matches(&Reset.to_string()).trim())
    }

    /// Whether Ctrl-C is the reason.
    pub fn is_stop(&self) -> bool {
        self.code == STOPPED
    }

    /// The same reason in other words.
    pub fn told_as(self, message: impl Into<String>) -> Self {
        Self { message: message.into(), ..self }
    }

    /// Whether the fault lies on this side.
    pub fn is_ours(&self) -> bool {
        self.code == OURS
    }

    /// What the user is told.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Tells the user.
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
            Error::Objective(_) | Error::WrongCheckpoint | Error::Channel { .. } => Self::input(error.to_string()),
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
            Blame::System => Self::ours(message),
        }
    }
}

impl From<RecipeError> for Failure {
    fn from(error: RecipeError) -> Self {
        let advice = if matches!(error, RecipeError::TooLongToWrite) { "; leave it out with --no-recipe" } else { "" };
        Self::input(format!("{error}{advice}"))
    }
}

impl From<InvalidSetting> for Failure {
    /// Names the option of the setting, and says what to do on the command line.
    fn from(error: InvalidSetting) -> Self {
        let InvalidSetting { name, part, value, reason } = &error;
        let option = part.map_or(format!("--{name}"), |part| format!("{part} of --{name}"));
        Self::input(match (value, reason) {
            (Some(value), reason) => format!("invalid value '{value}' for {option}: {reason}"),
            (None, Reason::Conflict { with }) => {
                format!("--{name} and --{with} exclude each other; leave out one of them")
            }
            (None, Reason::Missing(why)) => format!("{why}; add --{name}"),
            (None, Reason::Unusable(why)) => match &**name {
                "tile" => format!("{why}; allow more with --memory, or make the picture smaller with --size"),
                "where" => format!("{why}; `oneiric look` shows what they see"),
                _ => why.clone(),
            },
            (None, _) => error.to_string(),
        })
    }
}

impl From<oneiric_zoo::Error> for Failure {
    fn from(error: oneiric_zoo::Error) -> Self {
        match error {
            oneiric_zoo::Error::Weights(_) | oneiric_zoo::Error::Graph(_) => Self::ours(error.to_string()),
            _ => Self::input(error.to_string()),
        }
    }
}

impl From<oneiric_engine::Error> for Failure {
    fn from(error: oneiric_engine::Error) -> Self {
        match error {
            oneiric_engine::Error::WrongInput { .. } => Self::ours(error.to_string()),
            _ => Self::input(error.to_string()),
        }
    }
}

/// For a lack of memory where the library's advice would mislead: `advice` gets the sides of a picture that would fit.
pub fn about_memory(error: Error, advice: impl FnOnce(usize, usize) -> String) -> Failure {
    let Error::Memory { width, height, needed, available, fitting } = error else { return error.into() };
    let (width, height) = fit((width, height), fitting);
    let advice = advice(width, height);
    Failure::input(format!("this needs about {needed} MB of memory, and {available} MB are free; {advice}"))
}

/// For a lack of memory where --size takes both sides.
pub fn about_sides(error: Error) -> Failure {
    about_memory(error, |width, height| format!("make the picture smaller: --size {width}x{height} would fit"))
}

/// For an error about a layer of `model`: says where the layer is found, or how to find one.
pub fn about_layers(error: impl Into<Error>, model: &str) -> Failure {
    let error = error.into();
    let Error::Engine(oneiric_engine::Error::UnknownLayer { name, .. }) = &error else { return error.into() };
    let has_it = |other: &&str| {
        let network = oneiric_zoo::load(other);
        *other != model && network.is_ok_and(|network| network.graph.layer(name).is_ok())
    };
    Failure::input(match oneiric_zoo::models().iter().map(|model| model.name).find(has_it) {
        Some(other) => format!("{model} has no layer '{name}', but {other} has: add --model {other}"),
        None => format!("{error}; `oneiric models show {model}` lists the layers"),
    })
}
