//! The text form of objectives.
//!
//! ```text
//! objective = ["-"] term { ("+" | "-") term }
//! term      = [number "*"] value | value "*" number
//! value     = [network ":"] ( layer | function "(" arguments ")" )
//! ```
//!
//! Names with other characters than letters, digits, `_` and `.` stand in quotes, as the words of classes do.

use std::fmt;
use std::str::FromStr;

use oneiric_zoo::Network;

use super::evaluator::PROBE;
use super::{LARGEST_WEIGHT, Objective, Term, Value};

/// Longer texts are refused.
const MAX_LENGTH: usize = 10_000;

/// A text that is no objective.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// The text.
    pub text: String,
    /// Where it goes wrong: characters before it.
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

/// The functions, as they are written.
const FUNCTIONS: [(&str, &str); 13] = [
    ("layer", "layer(block10)"),
    ("mean", "mean(block10)"),
    ("channel", "channel(block8, 17)"),
    ("neuron", "neuron(block8, 17)"),
    ("direction", "direction(block8, 17:1, 20:-0.5)"),
    ("class", "class('golden retriever')"),
    ("everywhere", "everywhere('dog')"),
    ("guide", "guide(block8)"),
    ("guide_channels", "guide_channels(block8)"),
    ("caricature", "caricature(block8)"),
    ("tv", "tv()"),
    ("stay", "stay()"),
    ("stay_colour", "stay_colour()"),
];

impl FromStr for Objective {
    type Err = ParseError;

    /// Whether its networks, layers and channels exist is not looked at; [`Objective::read`] does.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        Ok(Parser::new(text)?.objective()?.0)
    }
}

impl Objective {
    /// Reads an objective for a dream of `model` and checks that every network, layer and channel in it exists.
    ///
    /// # Errors
    /// [`ParseError`], which points at what is wrong.
    pub fn read(text: &str, model: &str) -> Result<Self, ParseError> {
        let mut parser = Parser::new(text)?;
        let (objective, places) = parser.objective()?;
        let mut networks = Vec::new();
        for ((_, term), places) in objective.terms.iter().zip(&places) {
            check(term, places, model, &mut networks).map_err(|(at, why)| parser.error(at, why))?;
        }
        Ok(objective)
    }
}

/// Where the parts of a term begin.
#[derive(Default)]
struct Places {
    network: usize,
    layer: usize,
    channels: Vec<usize>,
}

/// Whether what a term names exists; if not, where and why. `networks` are those that were needed so far.
fn check(term: &Term, places: &Places, model: &str, networks: &mut Vec<Network>) -> Result<(), (usize, String)> {
    let model = term.network.as_deref().unwrap_or(model);
    let unknown = |e: oneiric_zoo::Error| (places.network, e.to_string());
    let name = oneiric_zoo::model(model).map_err(unknown)?.name;
    if !networks.iter().any(|network| network.model.name == name) {
        networks.push(oneiric_zoo::load(name).map_err(unknown)?);
    }
    let network = networks.iter().find(|network| network.model.name == name).expect("it was added");
    let Some(layer) = term.value.layer(network.model) else { return Ok(()) };
    // Channels do not depend on the size of the picture.
    let shape = network.graph.layer_shape(layer, PROBE);
    let channels = shape.map_err(|e| (places.layer, no_layer(name, layer, &e)))?.channels;
    let named = term.value.channels();
    match named.iter().zip(&places.channels).find(|(channel, _)| **channel >= channels) {
        Some((channel, &at)) => Err((at, format!("{layer} has channels 0 to {}, there is no {channel}", channels - 1))),
        None => Ok(()),
    }
}

/// A function without its brackets and a layer of another network look like a layer that does not exist.
fn no_layer(model: &str, layer: &str, error: &oneiric_engine::Error) -> String {
    if let Some((_, example)) = FUNCTIONS.iter().find(|(function, _)| *function == layer) {
        return format!("{model}: there is no layer '{layer}'; did you mean {example}?");
    }
    let mut others = oneiric_zoo::models().iter().filter(|other| other.name != model);
    let has = |other: &&oneiric_zoo::Model| oneiric_zoo::load(other.name).is_ok_and(|n| n.graph.layer(layer).is_ok());
    match others.find(has) {
        Some(other) => format!("{model}: there is no layer '{layer}', but {0} has one: {0}:{layer}", other.name),
        None => format!("{model}: {error}"),
    }
}

struct Parser {
    text: Vec<char>,
    at: usize,
    /// Of the term at work.
    places: Places,
}

impl Parser {
    fn new(text: &str) -> Result<Self, ParseError> {
        let text = text.chars().take(MAX_LENGTH + 1).collect();
        let parser = Self { text, at: 0, places: Places::default() };
        if parser.text.len() > MAX_LENGTH {
            return Err(parser.error(0, format!("an objective has {MAX_LENGTH} characters at most")));
        }
        Ok(parser)
    }

    fn objective(&mut self) -> Result<(Objective, Vec<Places>), ParseError> {
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
            return Ok(Term { network, value: Value::Layer(name) });
        }
        let value = self.function(&name, begin)?;
        self.expect(')', "the list of arguments ends with ')'")?;
        Ok(Term { network, value })
    }

    fn function(&mut self, name: &str, begin: usize) -> Result<Value, ParseError> {
        Ok(match name {
            "layer" => Value::Layer(self.layer()?),
            "mean" => Value::Mean(self.layer()?),
            "channel" => {
                let layer = self.layer()?;
                self.comma("the number of a channel, such as channel(block8, 17)")?;
                Value::Channel(layer, self.channel()?)
            }
            "neuron" => {
                let layer = self.layer()?;
                self.comma("the number of a channel, such as neuron(block8, 17)")?;
                let channel = self.channel()?;
                let at = if self.take(',') {
                    let x = self.index()?;
                    self.comma("the row: neuron(block8, 17, COLUMN, ROW)")?;
                    Some((x, self.index()?))
                } else {
                    None
                };
                Value::Neuron(layer, channel, at)
            }
            "direction" => {
                let layer = self.layer()?;
                self.comma("channels with their parts, such as direction(block8, 17:1, 20:-0.5)")?;
                Value::Direction(layer, self.direction()?)
            }
            "guide" => Value::Guide(self.layer()?),
            "guide_channels" => Value::GuideChannels(self.layer()?),
            "caricature" => Value::Caricature(self.layer()?),
            "tv" => Value::TotalVariation,
            "stay" => Value::Stay,
            "stay_colour" => Value::StayColour,
            "class" => Value::Class(self.word()?),
            "everywhere" => Value::Everywhere(self.word()?),
            _ => {
                let nearest = FUNCTIONS.iter().min_by_key(|(known, _)| strsim::osa_distance(known, name));
                let (_, example) = nearest.expect("there are functions");
                return Err(self.error(begin, format!("there is no function '{name}'; did you mean {example}?")));
            }
        })
    }

    fn layer(&mut self) -> Result<String, ParseError> {
        self.places.layer = self.begin();
        self.name("a layer")
    }

    fn channel(&mut self) -> Result<usize, ParseError> {
        let begin = self.begin();
        self.places.channels.push(begin);
        self.index()
    }

    /// Channels with their parts of a direction.
    fn direction(&mut self) -> Result<Vec<(usize, f32)>, ParseError> {
        let begin = self.begin();
        let mut parts = Vec::new();
        loop {
            let channel = self.channel()?;
            self.expect(':', "after the channel comes ':' and its part, such as 17:0.5")?;
            parts.push((channel, self.signed_number()?));
            if !self.take(',') {
                break;
            }
        }
        if parts.iter().all(|(_, part)| *part == 0.0) {
            return Err(self.error(begin, "a direction needs a part other than 0"));
        }
        Ok(parts)
    }

    /// A word that names classes.
    fn word(&mut self) -> Result<String, ParseError> {
        let begin = self.begin();
        let word = self.name("a class in quotes, such as 'golden retriever'")?;
        match oneiric_zoo::classes_under(&word) {
            Ok(_) => Ok(word),
            Err(unknown) => Err(self.error(begin, unknown.to_string())),
        }
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

    fn signed_number(&mut self) -> Result<f32, ParseError> {
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

    fn index(&mut self) -> Result<usize, ParseError> {
        let begin = self.begin();
        let text: String = self.text[begin..].iter().take_while(|c| c.is_ascii_digit()).collect();
        self.at = begin + text.chars().count();
        text.parse().map_err(|_| self.error(begin, "here a whole number was expected, such as 17"))
    }

    fn comma(&mut self, expected: &str) -> Result<(), ParseError> {
        self.expect(',', &format!("here ',' was expected and {expected}"))
    }

    fn expect(&mut self, c: char, why: &str) -> Result<(), ParseError> {
        if self.take(c) { Ok(()) } else { Err(self.error(self.at, why)) }
    }

    fn take(&mut self, c: char) -> bool {
        let there = self.peek() == Some(c);
        self.at += usize::from(there);
        there
    }

    /// The next character that is no space.
    fn peek(&mut self) -> Option<char> {
        let begin = self.begin();
        self.text.get(begin).copied()
    }

    /// Where the next word begins.
    fn begin(&mut self) -> usize {
        while self.text.get(self.at).is_some_and(|c| c.is_whitespace()) {
            self.at += 1;
        }
        self.at
    }

    fn error(&self, at: usize, why: impl Into<String>) -> ParseError {
        ParseError { text: self.text.iter().collect(), at, why: why.into() }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What is read, written again.
    fn read(text: &str) -> String {
        text.parse::<Objective>().unwrap_or_else(|e| panic!("{e}")).to_string()
    }

    #[test]
    fn an_objective_is_written_as_a_sum() {
        assert_eq!(read("block10"), "block10");
        assert_eq!(
            read("block10+0.5 * class(\"golden retriever\")-.3*channel( block8,17 )"),
            "block10 + 0.5*class('golden retriever') - 0.3*channel(block8, 17)"
        );
        assert_eq!(read("lite0:block10 + squeezenet:fire8*2"), "lite0:block10 + 2*squeezenet:fire8");
        assert_eq!(read("-layer('odd-name')"), "-'odd-name'");
        assert_eq!(read("neuron(block8, 3) - neuron(block8, 3, 4, 5)"), "neuron(block8, 3) - neuron(block8, 3, 4, 5)");
        assert_eq!(read("direction(block8, 3:1, 4:-0.5)"), "direction(block8, 3:1, 4:-0.5)");
        assert_eq!(read("everywhere(dogs) + mean(fire8)"), "everywhere('dogs') + mean(fire8)");
        assert_eq!(read("guide(a) - 0.1*tv() + stay( )"), "guide(a) - 0.1*tv() + stay()");
    }

    #[test]
    fn an_error_points_at_the_character_and_suggests_what_was_meant() {
        for (text, at, said) in [
            ("", 0, "a layer such as block10"),
            ("block10 +", 9, "a layer such as block10"),
            ("block10 block8", 8, "'+', '-' or the end"),
            ("0.5 block10", 4, "0.5*block10"),
            ("chanel(block8, 17)", 0, "channel(block8, 17)"),
            ("block10 + channel(block8)", 24, "the number of a channel"),
            ("channel(block8, much)", 16, "a whole number"),
            ("class('dgo')", 6, "did you mean dog"),
            ("class('dog", 6, "add '"),
            ("block10 * x", 10, "a number"),
            ("direction(block8, 3:0)", 18, "other than 0"),
        ] {
            let error = text.parse::<Objective>().unwrap_err();
            assert_eq!(error.at, at, "{error}");
            assert!(error.to_string().contains(said), "{error}");
            assert_eq!(error.to_string().lines().last().unwrap().find('^'), Some(at + 2), "{error}");
        }
    }

    #[test]
    fn what_does_not_exist_is_pointed_at_as_well() {
        for (text, at, said) in [
            ("block10 + blok8", 10, "did you mean block8"),
            ("block10 + squeezenet:block8", 21, "squeezenet: there is no layer"),
            ("incepton:mixed4a", 0, "lite0, squeezenet"),
            ("channel(block8, 112)", 16, "block8 has channels 0 to 111"),
            ("direction(block8, 3:1, 400:2)", 23, "block8 has channels 0 to 111"),
            ("class('dog') + vgg16:everywhere('cat')", 15, "no trained weights"),
        ] {
            let error = Objective::read(text, "lite0").unwrap_err();
            assert_eq!(error.at, at, "{error}");
            assert!(error.to_string().contains(said), "{error}");
        }
        assert!(Objective::read("0.5*fire8 - lite0:everywhere('dog') + tv()", "squeezenet").is_ok());
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_and_what_is_read_is_written_the_same(text in "[-+*:(),.'\" a-z0-9]{0,40}|\\PC{0,30}") {
            if let Ok(objective) = text.parse::<Objective>() {
                let again: Objective = objective.to_string().parse().unwrap();
                prop_assert_eq!(again, objective);
            }
        }
    }
}
