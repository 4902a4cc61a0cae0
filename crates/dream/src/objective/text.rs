//! Reads an objective and checks its names.

use std::str::FromStr;

use oneiric_zoo::Networks;

use super::evaluator::PROBE;
use super::parse_error::ParseError;
use super::parser::{Parser, Places};
use super::terms::FUNCTIONS;
use super::{Objective, Term, grammar};

impl FromStr for Objective {
    type Err = ParseError;

    /// Does not check whether networks, layers, channels and words exist; [`Objective::read`] does.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        Ok(grammar::objective(&mut Parser::new(text)?)?.0)
    }
}

impl Objective {
    /// Reads an objective for a dream of `model` and checks that every network, layer, channel and word in it exists. Networks
    /// that have other names as well get their own.
    ///
    /// # Errors
    /// [`ParseError`], which points at the wrong character.
    pub fn read(text: &str, model: &str, networks: &Networks) -> Result<Self, ParseError> {
        let mut parser = Parser::new(text)?;
        let (mut objective, places) = grammar::objective(&mut parser)?;
        for ((_, term), places) in objective.terms.iter_mut().zip(&places) {
            check(term, places, model, networks).map_err(|(at, why)| parser.error(at, why))?;
            if let Some(network) = &mut term.network {
                *network = networks.name(network).map_err(|e| parser.error(places.network, e.to_string()))?.into();
            }
        }
        Ok(objective)
    }
}

/// Checks that the names of a term exist. The error has the position of the name and the reason.
fn check(term: &Term, places: &Places, model: &str, networks: &Networks) -> Result<(), (usize, String)> {
    let model = term.network.as_deref().unwrap_or(model);
    let network = networks.get(model).map_err(|e| (places.network, e.to_string()))?;
    if let Some(word) = term.function.word() {
        network.classes_under(word).map_err(|e| (places.word, e.to_string()))?;
    }
    let Some(layer) = term.function.place().layer(&network) else { return Ok(()) };
    // Channels do not depend on the size of the picture.
    let shape = network.graph.layer_shape(layer, PROBE);
    let channels = shape.map_err(|e| (places.layer, no_layer(&network.name, layer, &e, networks)))?.channels;
    let named = term.function.channels();
    match named.iter().zip(&places.channels).find(|(channel, _)| **channel >= channels) {
        Some((channel, &at)) => {
            Err((at, format!("{layer} has channels 0 to {}, there is no channel {channel}", channels - 1)))
        }
        None => Ok(()),
    }
}

/// The message for an unknown layer, which may be a function without brackets or a layer of another network.
fn no_layer(model: &str, layer: &str, error: &oneiric_engine::Error, networks: &Networks) -> String {
    if let Some(function) = FUNCTIONS.iter().find(|function| function.name == layer) {
        let example = function.call();
        return format!("{model}: there is no layer '{layer}'; did you mean {example}?");
    }
    let mut others = networks.names().filter(|other| *other != model);
    let has = |other: &&str| networks.get(other).is_ok_and(|network| network.graph.layer(layer).is_ok());
    match others.find(has) {
        Some(other) => format!("{model}: there is no layer '{layer}', but {other} has one: {other}:{layer}"),
        None => format!("{model}: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads a text and writes it again.
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
    #[cfg(feature = "weights")]
    fn an_error_points_at_a_name_that_does_not_exist() {
        for (text, at, said) in [
            ("block10 + blok8", 10, "did you mean block8"),
            ("block10 + squeezenet:block8", 21, "squeezenet: there is no layer"),
            ("incepton:mixed4a", 0, "lite0, squeezenet"),
            ("channel(block8, 112)", 16, "block8 has channels 0 to 111"),
            ("direction(block8, 3:1, 400:2)", 23, "block8 has channels 0 to 111"),
            ("block10 + class('dgo')", 16, "did you mean dog"),
            ("class('dog') + vgg16:everywhere('cat')", 15, "no trained weights"),
        ] {
            let error = Objective::read(text, "lite0", &Networks::default()).unwrap_err();
            assert_eq!(error.at, at, "{error}");
            assert!(error.to_string().contains(said), "{error}");
        }
        assert!(
            Objective::read("0.5*fire8 - lite0:everywhere('dog') + tv()", "squeezenet", &Networks::default()).is_ok()
        );
    }

    proptest! {
        #[test]
        fn any_text_is_refused_or_read_and_written_the_same(text in "[-+*:(),.'\" a-z0-9]{0,40}|\\PC{0,30}") {
            if let Ok(objective) = text.parse::<Objective>() {
                let again: Objective = objective.to_string().parse().unwrap();
                prop_assert_eq!(again, objective);
            }
        }
    }
}
