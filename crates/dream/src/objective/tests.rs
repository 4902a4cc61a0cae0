//! Objectives on whole networks: their gradient is the slope of their value, in one piece and in tiles.

use std::sync::LazyLock;

use oneiric_engine::Purpose;
use oneiric_zoo::Networks;

use super::{Channels, Evaluation, Evaluator, Objective, References};
use crate::landscape;
use crate::picture::Picture;
use crate::view::tile::{Tiling, View};

const SIDES: (usize, usize) = (72, 64);

static MEADOW: LazyLock<Picture> = LazyLock::new(|| painted(SIDES, 3));
static CLOUDS: LazyLock<Picture> = LazyLock::new(|| painted(SIDES, 8));

fn painted((width, height): (usize, usize), seed: u64) -> Picture {
    Picture::new(width, height, landscape::paint(width, height, seed)).unwrap()
}

/// The value of an objective of squeezenet on `picture`, and its gradient as the networks see it rolled by nothing.
fn evaluated(objective: &str, picture: &[f32], channels: &str) -> (f64, Vec<f32>) {
    let objective = Objective::read(objective, "squeezenet", &Networks::default()).unwrap();
    let evaluator =
        Evaluator::new(&objective, "squeezenet", &channels.parse().unwrap(), true, &Networks::default()).unwrap();
    let bound = evaluator.bind(References { photo: Some(&MEADOW), guide: Some(&CLOUDS) }).unwrap();
    let mut evaluation =
        Evaluation::new(&bound, Tiling::whole(SIDES), Some(MEADOW.pixels()), Purpose::Gradient).unwrap();
    let (value, gradient) = evaluation.gradient(picture, View::default()).unwrap();
    (value, gradient.to_vec())
}

/// Moved a little along its gradient, a picture gains the slope of the objective.
#[test]
fn the_gradient_of_every_objective_is_its_slope() {
    let start: Vec<f32> = MEADOW.pixels().iter().zip(CLOUDS.pixels()).map(|(a, b)| 0.7 * a + 0.3 * b).collect();
    for (objective, channels) in [
        ("fire5", "all"),
        ("fire5", "strongest:3"),
        ("mean(fire5)", "all"),
        ("channel(fire4, 42)", "all"),
        ("direction(fire5, 3:1, 40:-0.5)", "all"),
        ("class('goldfish')", "all"),
        ("everywhere('dog')", "all"),
        ("lite0:everywhere('dog') + lite0:class('tabby')", "all"),
        ("guide(fire5)", "all"),
        ("guide_channels(fire6)", "all"),
        ("caricature(fire5)", "all"),
        ("lite0:block5 + fire3 - 2*fire5 + stay() - 0.5*tv() + stay_colour()", "all"),
    ] {
        let (_, gradient) = evaluated(objective, &start, channels);
        let norm = gradient.iter().map(|&g| f64::from(g).powi(2)).sum::<f64>().sqrt();
        assert!(norm > 0.0, "{objective} has no slope");
        let along = |length: f64| {
            let moved = |(p, g): (&f32, &f32)| p + (length * f64::from(*g) / norm) as f32;
            evaluated(objective, &start.iter().zip(&gradient).map(moved).collect::<Vec<_>>(), channels).0
        };
        let slope = (along(0.001) - along(-0.001)) / 0.002;
        assert!((slope / norm - 1.0).abs() < 0.05, "{objective}: {slope}, not {norm}");
    }
}

#[test]
fn a_sum_has_the_sum_of_the_gradients() {
    let of = |objective: &str| evaluated(objective, MEADOW.pixels(), "all");
    let (sum, first, second) = (of("fire3 - 0.5*lite0:block5"), of("fire3"), of("lite0:block5"));
    assert!((sum.0 - (first.0 - 0.5 * second.0)).abs() < 1e-6);
    for ((sum, a), b) in sum.1.iter().zip(&first.1).zip(&second.1) {
        assert!((sum - (a - 0.5 * b)).abs() < 1e-7);
    }
}

fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

#[test]
fn the_gradient_of_all_tiles_is_nearly_that_of_the_whole() {
    const SIDES: (usize, usize) = (900, 520);
    const TILE: (usize, usize) = (448, 384);
    let photo = painted(SIDES, 3);
    for (objective, least) in [
        ("squeezenet:fire5", 0.99),
        ("block5", 0.99),
        ("block10", 0.99),
        ("block10 + squeezenet:fire8 + 0.1*tv()", 0.99),
        ("mean(block8) - 20*channel(block10, 7)", 0.99),
        ("everywhere('dog')", 0.9),
        ("caricature(block8)", 0.99),
    ] {
        let read = Objective::read(objective, "lite0", &Networks::default()).unwrap();
        let evaluator = Evaluator::new(&read, "lite0", &Channels::All, false, &Networks::default()).unwrap();
        let bound = evaluator.bind(References { photo: Some(&photo), guide: None }).unwrap();
        let gradient = |tiling| {
            let mut evaluation = Evaluation::new(&bound, tiling, Some(photo.pixels()), Purpose::Gradient).unwrap();
            evaluation.gradient(photo.pixels(), View::rolled((5, -9))).unwrap().1.to_vec()
        };
        let (whole, tiled) = (gradient(Tiling::whole(SIDES)), gradient(Tiling::new(SIDES, TILE)));
        let alike = cosine(&whole, &tiled);
        assert!(alike > least, "{objective}: cosine {alike}");
    }
}
