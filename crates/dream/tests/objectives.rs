//! Objectives on whole networks: their gradient is their slope, and dreams follow them.

use std::ops::ControlFlow;
use std::sync::LazyLock;

use oneiric::inspect::look;
use oneiric::objective::{Evaluator, References};
use oneiric::render::tile::{Tiling, View};
use oneiric::settings::options::options;
use oneiric::{Channels, Dream, Error, Objective, OctaveChange, Picture, Settings, landscape, preset};
use oneiric_engine::Purpose;
use oneiric_zoo::Networks;

const SIDES: (usize, usize) = (72, 64);

static MEADOW: LazyLock<Picture> = LazyLock::new(|| painted(3));
static CLOUDS: LazyLock<Picture> = LazyLock::new(|| painted(8));

fn painted(seed: u64) -> Picture {
    Picture::new(SIDES.0, SIDES.1, landscape::paint(SIDES.0, SIDES.1, seed)).unwrap()
}

fn small(objective: &str) -> Settings {
    let objective = Objective::read(objective, "squeezenet", &Networks::default()).unwrap();
    Settings { objective, octaves: 1, iterations: 12, ..Settings::new("squeezenet", "fire5") }
}

fn render(settings: Settings, photo: &Picture) -> Picture {
    Dream::new(settings).unwrap().render(photo).unwrap()
}

/// The value of an objective of squeezenet on `picture`, and its gradient as the networks see it rolled by nothing.
fn evaluated(objective: &str, picture: &[f32], channels: &str) -> (f64, Vec<f32>) {
    let objective = Objective::read(objective, "squeezenet", &Networks::default()).unwrap();
    let evaluator =
        Evaluator::new(&objective, "squeezenet", &channels.parse().unwrap(), true, &Networks::default()).unwrap();
    let bound = evaluator.bind(References { photo: Some(&MEADOW), guide: Some(&CLOUDS) }).unwrap();
    let mut evaluation = bound.at(Tiling::whole(SIDES), Some(MEADOW.pixels()), Purpose::Gradient).unwrap();
    let (value, gradient) = evaluation.gradient(picture, View::default()).unwrap();
    (value, gradient.to_vec())
}

/// Moved a little along its gradient a picture gains what the gradient says, whatever the objective.
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

/// How likely a network thinks it is that the picture shows what `word` stands for.
fn probability(model: &str, picture: &Picture, word: &str) -> f32 {
    let classes = look::classify(&oneiric_zoo::load(model).unwrap(), picture).unwrap();
    let meant = &oneiric_zoo::classes_under(word).unwrap().classes;
    classes.iter().filter(|class| meant.contains(&class.index)).map(|class| class.probability).sum()
}

#[test]
fn what_a_word_stands_for_grows_or_vanishes() {
    let photo = Picture::new(224, 168, landscape::paint(224, 168, 3)).unwrap();
    for word in ["dog", "bird", "castle"] {
        let dream = |name: &str, on: &Picture| {
            let mut settings = Settings { octaves: 2, iterations: 12, ..preset::words() };
            let option = options().iter().find(|option| option.name == name).unwrap();
            option.set(&mut settings, &[word.into()], &Networks::default()).unwrap();
            render(settings, on)
        };
        let more = dream("more", &photo);
        let less = dream("less", &more);
        for model in ["lite0", "squeezenet"] {
            let [before, more, less] = [&photo, &more, &less].map(|picture| probability(model, picture, word));
            assert!(more > 10.0 * before, "{word}, {model}: {before} to {more}");
            assert!(less < 0.1 * more, "{word}, {model}: {more} to {less}");
        }
    }
}

#[test]
fn a_dream_that_stays_near_its_photo_changes_it_less() {
    let change = |objective: &str| {
        let dream = render(small(objective), &MEADOW);
        dream.pixels().iter().zip(MEADOW.pixels()).map(|(a, b)| (a - b).powi(2)).sum::<f32>()
    };
    let (free, held) = (change("fire5"), change("fire5 + stay()"));
    assert!(held < 0.5 * free, "{held}, free {free}");
}

#[test]
fn a_guide_is_asked_for_where_one_is_needed() {
    let dream = Dream::new(small("guide(fire5)")).unwrap();
    let error = dream.render(&*MEADOW).unwrap_err();
    assert!(matches!(error, Error::Setting(_)) && error.setting() == Some("guide"), "{error}");
    let guided = dream.guided_by(CLOUDS.clone()).render(&*MEADOW).unwrap();
    assert!(guided != *MEADOW);
}

#[test]
fn an_octave_may_have_another_layer_and_more_steps() {
    let settings = Settings { octaves: 2, iterations: 2, ..small("fire5") };
    let change = OctaveChange::read("2:layer=fire3,iterations=5", "squeezenet", &Networks::default()).unwrap();
    let changed = Settings { octave_changes: vec![change], ..settings.clone() };
    let photo = Picture::new(90, 80, landscape::paint(90, 80, 3)).unwrap();
    let mut steps = Vec::new();
    let watch = |progress: &oneiric::DreamProgress, _: &[f32]| {
        steps.push((progress.octave, progress.iterations));
        assert!((0.0..=1.0).contains(&progress.done));
        ControlFlow::Continue(())
    };
    let dream = Dream::new(changed).unwrap().render_with(&photo, watch).unwrap();
    assert!(steps.contains(&(1, 2)) && steps.contains(&(2, 5)), "{steps:?}");
    assert!(dream != render(settings, &photo));
}

#[test]
fn channels_are_chosen_once_or_again_and_only_if_they_exist() {
    let chosen = |channels: &str, rechoose| {
        let settings = Settings { channels: channels.parse::<Channels>().unwrap(), rechoose, ..small("fire5") };
        render(settings, &MEADOW)
    };
    assert!(chosen("weakest:20", false) != chosen("weakest:20", true));
    assert!(chosen("3", false) == chosen("3", true));
    let none = Settings { channels: Channels::AllBut((0..256).collect()), ..small("fire5") };
    assert!(Dream::new(none).unwrap_err().to_string().contains("no channel"));
}
