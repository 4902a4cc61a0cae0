//! The grammar of an objective's text.
//!
//! ```text
//! objective = ["-"] term { ("+" | "-") term }
//! term      = [number "*"] value | value "*" number
//! value     = [network ":"] ( layer | function "(" arguments ")" )
//! ```

use std::mem;
use std::sync::Arc;

use super::function::Function;
use super::parse_error::ParseError;
use super::parser::{Parser, Places};
use super::terms::{FUNCTIONS, Layer};
use super::{Objective, Term};

/// Reads the whole text. Returns the objective, and for each of its terms where its parts begin.
pub(super) fn objective(parser: &mut Parser) -> Result<(Objective, Vec<Places>), ParseError> {
    let (mut terms, mut places) = (Vec::new(), Vec::new());
    let mut sign = if parser.take('-') { -1.0 } else { 1.0 };
    loop {
        let (weight, term) = term(parser)?;
        terms.push((sign * weight, term));
        places.push(mem::take(&mut parser.places));
        sign = if parser.take('+') {
            1.0
        } else if parser.take('-') {
            -1.0
        } else if parser.is_at_end() {
            return Ok((Objective { terms }, places));
        } else {
            let at = parser.begin();
            return Err(parser.error(at, "expected '+', '-' or the end of the objective here"));
        };
    }
}

fn term(parser: &mut Parser) -> Result<(f32, Term), ParseError> {
    if parser.is_at_number() {
        let weight = parser.number()?;
        parser.expect('*', "expected '*' after the weight, such as 0.5*block10")?;
        return Ok((weight, value(parser)?));
    }
    let value = value(parser)?;
    let weight = if parser.take('*') { parser.number()? } else { 1.0 };
    Ok((weight, value))
}

fn value(parser: &mut Parser) -> Result<Term, ParseError> {
    let mut begin = parser.begin();
    let mut name = parser.name("a layer such as block10, or a function such as class('dog')")?;
    let mut network = None;
    parser.places.network = begin;
    if parser.take(':') {
        network = Some(name);
        begin = parser.begin();
        name = parser.name("a layer or function after the network")?;
    }
    parser.places.layer = begin;
    if !parser.take('(') {
        return Ok(Term { network, function: Arc::new(Layer { layer: name }) });
    }
    let function = function(parser, &name, begin)?;
    parser.expect(')', "expected ')' at the end of the arguments")?;
    Ok(Term { network, function })
}

fn function(parser: &mut Parser, name: &str, begin: usize) -> Result<Arc<dyn Function>, ParseError> {
    if let Some(function) = FUNCTIONS.iter().find(|function| function.name == name) {
        return (function.parse)(parser);
    }
    let nearest = FUNCTIONS.iter().min_by_key(|function| strsim::osa_distance(function.name, name));
    let example = nearest.map_or("", |function| function.call());
    Err(parser.error(begin, format!("there is no function '{name}'; did you mean {example}?")))
}
