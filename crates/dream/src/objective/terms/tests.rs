//! Tests of every function: its text, its gradient against finite differences of its definition in f64, its docs.

use std::sync::Arc;

use oneiric_engine::map::{Buffer, Map, MapMut};
use oneiric_engine::objective::{Measure, Seed, Seen};
use oneiric_engine::shape::Shape;
use proptest::prelude::*;

use super::{FUNCTIONS, Unlike};
use crate::objective::function::{Binding, Choice, Place};
use crate::objective::measures::{LayerSums, of_length_one};
use crate::objective::{Objective, Term};
use crate::settings::options;

fn wave(len: usize, k: f32) -> Vec<f32> {
    (0..len).map(|i| (i as f32 * k).cos()).collect()
}

/// Reads the form of a function, with small numbers in place of those of the example.
fn term(form: &str) -> Term {
    let small = form.replace("17", "1").replace("20", "4").replace("COLUMN", "1").replace("ROW", "90");
    let objective: Objective = small.parse().unwrap_or_else(|e| panic!("{e}"));
    objective.terms[0].1.clone()
}

/// Measures of every form of every function on a layer of this shape, or on the picture if it has three channels, and
/// of whole layers with all ways to choose channels.
fn measures(shape: Shape) -> Vec<Arc<dyn Measure>> {
    let on_picture = shape.channels == 3;
    let look = |_| Ok(Some(LayerSums { means: wave(shape.channels, 0.9), positions: wave(4 * shape.channels, 1.7) }));
    let choices = ["strongest:2", "weakest:2", "all-but:0"]
        .into_iter()
        .flat_map(|channels| [true, false].map(|again| Some(Choice { channels: channels.parse().unwrap(), again })));
    let choices: Vec<Option<Choice>> = std::iter::once(None).chain(choices).collect();
    let mut measures: Vec<Arc<dyn Measure>> = Vec::new();
    for form in FUNCTIONS.iter().flat_map(|function| function.forms) {
        let term = term(form);
        if (term.function.place() == Place::Picture) != on_picture {
            continue;
        }
        let choices = if term.function.whole_layer().is_some() { &choices[..] } else { &choices[..1] };
        for choice in choices {
            let classes = vec![0, shape.channels - 1];
            let binding = Binding {
                channels: shape.channels,
                choice: choice.as_ref(),
                look: &look,
                classes: &|_| Ok(classes.clone()),
            };
            measures.push(term.function.bind(&binding).unwrap());
        }
    }
    if !on_picture {
        let others = [0.4, 2.1].map(|k| of_length_one(wave(shape.channels, k))).into();
        measures.push(Arc::new(Unlike { others }));
    }
    measures
}

fn padded(layer: &[f64], shape: Shape) -> Buffer {
    let mut buffer = Buffer::zeroed(shape.buffer_len());
    for (to, from) in buffer.as_mut_slice().chunks_mut(shape.stride()).zip(layer.chunks(shape.channels)) {
        to.iter_mut().zip(from).for_each(|(to, from)| *to = *from as f32);
    }
    buffer
}

/// Checks that the gradient is the slope of the measure in each value of the layer, and that measures add up.
fn check(shape: Shape, phase: f64, weight: f32) -> Result<(), TestCaseError> {
    // Whole multiples of 2^-20, so that f32 holds exactly what the reference sees.
    let value = |i: usize| ((i as f64 * 0.7 + phase).sin() * 1048576.0).round() / 1048576.0;
    let layer: Vec<f64> = (0..shape.values()).map(value).collect();
    let photo = wave(shape.values(), 0.3);
    let photo64: Vec<f64> = photo.iter().map(|&v| f64::from(v)).collect();
    let buffer = padded(&layer, shape);
    let seen = Seen { activation: Map::new(buffer.as_slice(), shape, shape.stride()), photo: &photo };
    // Measures of the picture are in levels, and some in squared levels.
    let tolerance = if shape.channels == 3 { 1e-4 * 255.0 * 255.0 } else { 1e-4 };
    for measure in measures(shape) {
        let mut gradient = Buffer::zeroed(shape.buffer_len());
        gradient.as_mut_slice().fill(7.0);
        let mut map = MapMut::new(gradient.as_mut_slice(), shape, shape.stride());
        let tally = measure.gradient(seen, weight, None, Seed::new(map.reborrow(), false));
        prop_assert_eq!(&tally, &measure.tally(seen));
        prop_assert!(tally.is_of(&*measure, shape.channels));
        measure.gradient(seen, 1.0, Some(&tally), Seed::new(map.reborrow(), true));
        let reference = |layer: &[f64]| measure.reference(layer, &photo64, shape);
        let (got, expected) = (measure.value(&tally, shape.channels), reference(&layer));
        prop_assert!((got - expected).abs() < tolerance, "{measure:?}: {got}, not {expected}");
        for at in 0..layer.len() {
            let moved = |by: f64| {
                let mut moved = layer.clone();
                moved[at] += by;
                reference(&moved)
            };
            let slope = (moved(1e-5) - moved(-1e-5)) / 2e-5 * f64::from(weight + 1.0);
            let (channels, width) = (shape.channels, shape.width);
            let got = f64::from(map.as_map().pixel(at / channels / width, at / channels % width)[at % channels]);
            prop_assert!((slope - got).abs() < tolerance, "{measure:?} at {at}: {got}, not {slope}");
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_gradient_on_a_layer_is_the_slope_of_the_definition(
        (channels, height, width) in (5..19usize, 1..5usize, 1..5usize), phase in 0.0..6.0f64, weight in -2.0..2.0f32,
    ) {
        check(Shape::new(channels, height, width), phase, weight)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn the_gradient_on_the_picture_is_the_slope_of_the_definition(
        (width, height) in (1..6usize, 1..6usize), phase in 0.0..6.0f64, weight in -2.0..2.0f32,
    ) {
        check(Shape::new(3, height, width), phase, weight)?;
    }
}

#[test]
fn every_form_is_written_as_it_is_read() {
    for function in FUNCTIONS {
        assert!(function.forms.iter().any(|form| form.starts_with(&format!("{}(", function.name))));
        for form in function.forms {
            let term = term(form);
            let again: Objective = term.to_string().parse().unwrap();
            assert_eq!(again.terms[0].1, term, "{form}");
            assert_eq!(again.to_string(), term.to_string());
        }
    }
}

#[test]
fn names_are_unique_and_help_lists_them() {
    let names: Vec<_> = FUNCTIONS.iter().map(|function| function.name).collect();
    assert!((1..names.len()).all(|i| !names[..i].contains(&names[i])));
    let help = options::option("objective").unwrap().about;
    assert!(help.contains(&names.join(", ")), "the help of objective has to list {}", names.join(", "));
}

#[test]
fn the_docs_have_a_row_for_every_function() {
    let docs = include_str!("../../../../../docs/objectives.md");
    for function in FUNCTIONS {
        let forms: Vec<_> = function.forms.iter().map(|form| format!("`{form}`")).collect();
        let row = format!("| {} | {} | {} |", forms.join(", "), function.grows, function.unit);
        assert!(docs.lines().any(|line| line == row), "docs/objectives.md needs this row:\n{row}");
    }
}
