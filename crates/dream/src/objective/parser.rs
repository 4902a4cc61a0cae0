//! Reads the text form of objectives.
//!
//! ```text
//! objective = ["-"] term { ("+" | "-") term }
//! term      = [number "*"] value | value "*" number
//! value     = [network ":"] ( layer | function "(" arguments ")" )
//! ```
//!
//! Names with other characters than letters, digits, `_` and `.` stand in quotes, as the words of classes do.

use std::fmt;
use std::sync::Arc;

use super::term::Function;
use super::terms::{FUNCTIONS, Layer};
use super::{LARGEST_WEIGHT, Objective, Term};

/// Longer texts are refused.
const MAX_LENGTH: usize = 10_000;

/// Why a text is not an objective.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// The text.
    pub text: String,
    /// Where the error is: the number of characters before it.
    pub at: usize,
    /// What is wrong, and what would be right.
    pub why: String,
}

/// Characters shown on each side of the place that an error points at.
const CONTEXT: usize = 50;

impl fmt::Display for ParseError {
    /// The reason, the text in a line of its own and a mark under the character.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let begin = self.at.saturating_sub(CONTEXT);
        let shown: String = self.text.chars().skip(begin).take(2 * CONTEXT).collect();
        let shown: String = shown.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        write!(f, "{}\n  {shown}\n  {}^", self.why, " ".repeat(self.at - begin))
    }
}

impl std::error::Error for ParseError {}

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
    /// Those of the term that is being read.
    places: Places,
}

impl Parser {
    pub fn new(text: &str) -> Result<Self, ParseError> {
        let text = text.chars().take(MAX_LENGTH + 1).collect();
        let parser = Self { text, at: 0, places: Places::default() };
        if parser.text.len() > MAX_LENGTH {
            return Err(parser.error(0, format!("an objective has {MAX_LENGTH} characters at most")));
        }
        Ok(parser)
    }

    /// The whole text.
    pub(super) fn objective(&mut self) -> Result<(Objective, Vec<Places>), ParseError> {
        let (mut terms, mut places) = (Vec::new(), Vec::new());
        let mut sign = if self.take('-') { -1.0 } else { 1.0 };
        loop {
            let (weight, term) = self.term()?;
            terms.push((sign * weight, term));
            places.push(std::mem::take(&mut self.places));
            sign = match self.peek() {
                None => return Ok((Objective { terms }, places)),
                Some('+') => 1.0,
                Some('-') => -1.0,
                Some(_) => return Err(self.error(self.at, "here '+', '-' or the end of the objective was expected")),
            };
            self.at += 1;
        }
    }

    fn term(&mut self) -> Result<(f32, Term), ParseError> {
        if self.at_number() {
            let weight = self.number()?;
            self.expect('*', "after a weight comes '*', such as 0.5*block10")?;
            return Ok((weight, self.value()?));
        }
        let value = self.value()?;
        let weight = if self.take('*') { self.number()? } else { 1.0 };
        Ok((weight, value))
    }

    fn value(&mut self) -> Result<Term, ParseError> {
        let mut begin = self.begin();
        let mut name = self.name("a layer such as block10, or a function such as class('dog')")?;
        let mut network = None;
        self.places.network = begin;
        if self.take(':') {
            network = Some(name);
            begin = self.begin();
            name = self.name("after the network a layer or function")?;
        }
        self.places.layer = begin;
        if !self.take('(') {
            return Ok(Term { network, function: Arc::new(Layer { layer: name }) });
        }
        let function = self.function(&name, begin)?;
        self.expect(')', "the list of arguments ends with ')'")?;
        Ok(Term { network, function })
    }

    fn function(&mut self, name: &str, begin: usize) -> Result<Arc<dyn Function>, ParseError> {
        if let Some(function) = FUNCTIONS.iter().find(|function| function.name == name) {
            return (function.parse)(self);
        }
        let nearest = FUNCTIONS.iter().min_by_key(|function| strsim::osa_distance(function.name, name));
        let example = nearest.map_or("", |function| function.call());
        Err(self.error(begin, format!("there is no function '{name}'; did you mean {example}?")))
    }

    /// The name of a layer.
    pub fn layer(&mut self) -> Result<String, ParseError> {
        self.places.layer = self.begin();
        self.name("a layer")
    }

    /// The number of a channel.
    pub fn channel(&mut self) -> Result<usize, ParseError> {
        let begin = self.begin();
        self.places.channels.push(begin);
        self.index()
    }

    /// A word that stands for classes. Whether it does is checked with the network.
    pub fn word(&mut self) -> Result<String, ParseError> {
        self.places.word = self.begin();
        self.name("a class in quotes, such as 'golden retriever'")
    }

    /// A name, plain or in quotes.
    fn name(&mut self, expected: &str) -> Result<String, ParseError> {
        let begin = self.begin();
        if let Some(quote @ ('\'' | '"')) = self.peek() {
            let length = self.text[begin + 1..].iter().position(|&c| c == quote);
            let length = length.ok_or_else(|| self.error(begin, format!("this quote has no end: add {quote}")))?;
            self.at = begin + length + 2;
            return Ok(self.text[begin + 1..begin + 1 + length].iter().collect());
        }
        let name: String = self.text[begin..].iter().take_while(|&&c| in_name(c)).collect();
        if name.is_empty() || name.starts_with(|c: char| c.is_numeric() || c == '.') {
            return Err(self.error(begin, format!("here was expected {expected}")));
        }
        self.at = begin + name.chars().count();
        Ok(name)
    }

    fn at_number(&mut self) -> bool {
        self.peek().is_some_and(|c| c.is_ascii_digit() || c == '.')
    }

    /// A number, with a minus or without.
    pub fn signed_number(&mut self) -> Result<f32, ParseError> {
        if self.take('-') { Ok(-self.number()?) } else { self.number() }
    }

    fn number(&mut self) -> Result<f32, ParseError> {
        let begin = self.begin();
        let text: String = self.text[begin..].iter().take_while(|c| c.is_ascii_digit() || **c == '.').collect();
        self.at = begin + text.chars().count();
        let number = text.parse().ok().filter(|number: &f32| *number <= LARGEST_WEIGHT);
        let why = format!("here a number up to {LARGEST_WEIGHT} was expected, such as 0.5");
        number.ok_or_else(|| self.error(begin, why))
    }

    /// A whole number.
    pub fn index(&mut self) -> Result<usize, ParseError> {
        let begin = self.begin();
        let text: String = self.text[begin..].iter().take_while(|c| c.is_ascii_digit()).collect();
        self.at = begin + text.chars().count();
        text.parse().map_err(|_| self.error(begin, "here a whole number was expected, such as 17"))
    }

    /// A comma; what has to follow it is named in the error.
    pub fn comma(&mut self, expected: &str) -> Result<(), ParseError> {
        self.expect(',', &format!("here ',' was expected and {expected}"))
    }

    /// This character, or else an error.
    pub fn expect(&mut self, c: char, why: &str) -> Result<(), ParseError> {
        if self.take(c) { Ok(()) } else { Err(self.error(self.at, why)) }
    }

    /// Whether this character is next; it is read if so.
    pub fn take(&mut self, c: char) -> bool {
        let there = self.peek() == Some(c);
        self.at += usize::from(there);
        there
    }

    /// The next character other than a space.
    fn peek(&mut self) -> Option<char> {
        let begin = self.begin();
        self.text.get(begin).copied()
    }

    /// Where the next word begins.
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
