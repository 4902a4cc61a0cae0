//! Reads the parts of an objective's text: names, numbers, words.
//!
//! Names with other characters than letters, digits, `_` and `.` are in quotes, and so are the words of classes.

use std::fmt;

use super::parse_error::ParseError;

/// The largest weight of a term.
pub(super) const LARGEST_WEIGHT: f32 = 1e9;

/// Longer texts are refused.
const MAX_LENGTH: usize = 10_000;

/// A name, in quotes where it needs them.
pub(super) struct Name<'a>(pub &'a str);

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = self.0.starts_with(|c: char| c.is_alphabetic() || c == '_') && self.0.chars().all(in_name);
        if plain { f.write_str(self.0) } else { write!(f, "{}", Quoted(self.0)) }
    }
}

/// A word in quotes.
pub(super) struct Quoted<'a>(pub &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quote = if self.0.contains('\'') { '"' } else { '\'' };
        write!(f, "{quote}{}{quote}", self.0)
    }
}

fn in_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '.'
}

/// Where the parts of a term begin.
#[derive(Default)]
pub(super) struct Places {
    pub network: usize,
    pub layer: usize,
    pub channels: Vec<usize>,
    pub word: usize,
}

/// A text and how far it was read.
pub(crate) struct Parser {
    text: Vec<char>,
    at: usize,
    /// Where the parts of the current term begin.
    pub(super) places: Places,
}

impl Parser {
    pub fn new(text: &str) -> Result<Self, ParseError> {
        let text = text.chars().take(MAX_LENGTH + 1).collect();
        let parser = Self { text, at: 0, places: Places::default() };
        if parser.text.len() > MAX_LENGTH {
            return Err(parser.error(0, format!("an objective has at most {MAX_LENGTH} characters")));
        }
        Ok(parser)
    }

    /// Reads the name of a layer.
    pub fn layer(&mut self) -> Result<String, ParseError> {
        self.places.layer = self.begin();
        self.name("a layer")
    }

    /// Reads the number of a channel.
    pub fn channel(&mut self) -> Result<usize, ParseError> {
        let begin = self.begin();
        self.places.channels.push(begin);
        self.index()
    }

    /// Reads a word that stands for classes. The network checks it later.
    pub fn word(&mut self) -> Result<String, ParseError> {
        self.places.word = self.begin();
        self.name("a class in quotes, such as 'golden retriever'")
    }

    /// Reads a name, plain or in quotes.
    pub fn name(&mut self, expected: &str) -> Result<String, ParseError> {
        let begin = self.begin();
        if let Some(quote @ ('\'' | '"')) = self.peek() {
            let length = self.text[begin + 1..].iter().position(|&c| c == quote);
            let length = length.ok_or_else(|| self.error(begin, format!("missing closing quote: add {quote}")))?;
            self.at = begin + length + 2;
            return Ok(self.text[begin + 1..begin + 1 + length].iter().collect());
        }
        let name: String = self.text[begin..].iter().take_while(|&&c| in_name(c)).collect();
        if name.is_empty() || name.starts_with(|c: char| c.is_numeric() || c == '.') {
            return Err(self.error(begin, format!("expected {expected} here")));
        }
        self.at = begin + name.chars().count();
        Ok(name)
    }

    /// Whether a number is next.
    pub fn is_at_number(&mut self) -> bool {
        self.peek().is_some_and(|c| c.is_ascii_digit() || c == '.')
    }

    /// Reads a number with or without a minus.
    pub fn signed_number(&mut self) -> Result<f32, ParseError> {
        if self.take('-') { Ok(-self.number()?) } else { self.number() }
    }

    /// Reads a number without a sign.
    pub fn number(&mut self) -> Result<f32, ParseError> {
        let begin = self.begin();
        let text: String = self.text[begin..].iter().take_while(|c| c.is_ascii_digit() || **c == '.').collect();
        self.at = begin + text.chars().count();
        let number = text.parse().ok().filter(|number: &f32| *number <= LARGEST_WEIGHT);
        let why = format!("expected a number up to {LARGEST_WEIGHT} here, such as 0.5");
        number.ok_or_else(|| self.error(begin, why))
    }

    /// Reads a whole number.
    pub fn index(&mut self) -> Result<usize, ParseError> {
        let begin = self.begin();
        let text: String = self.text[begin..].iter().take_while(|c| c.is_ascii_digit()).collect();
        self.at = begin + text.chars().count();
        text.parse().map_err(|_| self.error(begin, "expected a whole number here, such as 17"))
    }

    /// Reads a comma. The error names what is expected after it.
    pub fn comma(&mut self, expected: &str) -> Result<(), ParseError> {
        self.expect(',', &format!("expected ',' here, then {expected}"))
    }

    /// Reads this character, or returns an error.
    pub fn expect(&mut self, c: char, why: &str) -> Result<(), ParseError> {
        if self.take(c) { Ok(()) } else { Err(self.error(self.at, why)) }
    }

    /// Reads this character if it is next, and returns whether it was.
    pub fn take(&mut self, c: char) -> bool {
        let there = self.peek() == Some(c);
        self.at += usize::from(there);
        there
    }

    /// Whether there is nothing left but spaces.
    pub fn is_at_end(&mut self) -> bool {
        self.peek().is_none()
    }

    /// The next character other than a space.
    fn peek(&mut self) -> Option<char> {
        let begin = self.begin();
        self.text.get(begin).copied()
    }

    /// Skips spaces and returns the position.
    pub fn begin(&mut self) -> usize {
        while self.text.get(self.at).is_some_and(|c| c.is_whitespace()) {
            self.at += 1;
        }
        self.at
    }

    /// An error at this character.
    pub fn error(&self, at: usize, why: impl Into<String>) -> ParseError {
        ParseError { text: self.text.iter().collect(), at, why: why.into() }
    }
}
