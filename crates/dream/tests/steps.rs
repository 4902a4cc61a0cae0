//! The steps of a dream as an observer sees them.

use std::ops::ControlFlow;

use oneiric::inspect::look;
use oneiric::render::{StepGradient, octave_steps};
use oneiric::{Checkpoint, Dream, DreamProgress, Error, Observer, Picture, Settings, landscape};

/// Keeps all that it sees, and stops before step `stop`.
#[derive(Default)]
struct Steps {
    stop: Option<usize>,
    /// The octave and the picture of each call.
    pictures: Vec<(usize, Vec<f32>)>,
    /// The values and the gradients.
    gradients: Vec<(f64, Vec<f32>)>,
    last: Option<Checkpoint<'static>>,
}

impl Observer for Steps {
    fn step(&mut self, progress: &DreamProgress, picture: &[f32]) -> ControlFlow<()> {
        self.pictures.push((progress.octave, picture.to_vec()));
        if self.stop == Some(self.gradients.len()) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn checkpoint(&mut self, checkpoint: &Checkpoint<'_>) {
        self.last = Some(checkpoint.clone().into_owned());
    }

    fn gradient(&mut self, gradient: &StepGradient<'_>) {
        self.gradients.push((gradient.value, gradient.values()));
    }
}

fn meadow() -> Picture {
    Picture::new(96, 64, landscape::paint(96, 64, 3)).unwrap()
}

fn settings() -> Settings {
    Settings { octaves: 2, iterations: 3, ..Settings::new("squeezenet", "fire5") }
}

#[test]
fn each_step_adds_the_gradient_that_the_observer_sees() {
    let settings = settings();
    let dream = Dream::new(settings.clone()).unwrap();
    let mut steps = Steps::default();
    let seen = dream.render_from(&meadow(), None, &mut steps).unwrap();
    assert!(seen == dream.render(&meadow()).unwrap(), "an observer changes no byte");
    assert_eq!(octave_steps((96, 64), &settings), [3, 3]);
    assert_eq!((steps.pictures.len(), steps.gradients.len()), (8, 6));
    let mut gradients = steps.gradients.iter();
    for pair in steps.pictures.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
        let (_, gradient) = gradients.next().unwrap();
        let (before, after) = (&pair[0].1, &pair[1].1);
        for ((before, after), gradient) in before.iter().zip(after).zip(gradient) {
            assert_eq!((before + settings.step * gradient).clamp(0.0, 1.0), *after);
        }
    }
}

#[test]
fn the_value_is_the_strength_of_the_layer_in_per_cent() {
    let settings = Settings { octaves: 1, jitter: 0, ..settings() };
    let mut steps = Steps::default();
    Dream::new(settings).unwrap().render_from(&meadow(), None, &mut steps).unwrap();
    let network = oneiric_zoo::load("squeezenet").unwrap();
    for ((value, _), (_, picture)) in steps.gradients.iter().zip(&steps.pictures) {
        let picture = Picture::new(96, 64, picture.clone()).unwrap();
        let values = look::activations(&network, &picture, "fire5").unwrap().values;
        let squares = values.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>();
        let strength = (squares / values.len() as f64).sqrt();
        assert!((value - 100.0 * strength.ln()).abs() < 0.01, "{value} for a root mean square of {strength}");
    }
}

#[test]
fn a_masked_gradient_is_zero_outside_the_mask() {
    let dream = Dream::new(settings()).unwrap().masked_by("left:40%".parse().unwrap());
    let mut steps = Steps::default();
    dream.render_from(&meadow(), None, &mut steps).unwrap();
    let (_, gradient) = steps.gradients.last().unwrap();
    assert!(gradient.chunks(96 * 3).all(|row| row[72 * 3..].iter().all(|value| *value == 0.0)));
    assert!(gradient.iter().any(|value| *value != 0.0));
}

#[test]
fn a_dream_goes_on_from_a_checkpoint_in_memory() {
    let dream = Dream::new(settings()).unwrap();
    let whole = dream.render(&meadow()).unwrap();
    let mut steps = Steps { stop: Some(4), ..Steps::default() };
    assert!(matches!(dream.render_from(&meadow(), None, &mut steps), Err(Error::Cancelled)));
    assert!(dream.render_from(&meadow(), steps.last.take(), &mut Steps::default()).unwrap() == whole);
}
