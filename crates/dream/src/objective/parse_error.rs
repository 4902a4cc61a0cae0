//! The error of a text that is not an objective.

use std::fmt;

/// Why a text is not an objective.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// The text.
    pub text: String,
    /// Where the error is: the number of characters before it.
    pub at: usize,
    /// What is wrong, and what is expected.
    pub why: String,
}

/// Characters shown on each side of the place that an error points at.
const CONTEXT: usize = 50;

impl fmt::Display for ParseError {
    /// Writes the reason, the text on the next line, and a mark under the character.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let begin = self.at.saturating_sub(CONTEXT);
        let shown: String = self.text.chars().skip(begin).take(2 * CONTEXT).collect();
        let shown: String = shown.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        write!(f, "{}\n  {shown}\n  {}^", self.why, " ".repeat(self.at - begin))
    }
}

impl std::error::Error for ParseError {}
