//! The forward and backward pass from parameters to the picture: parameters become planes, planes a picture; the
//! gradient goes back in the opposite order.

use rayon::prelude::*;

use super::basis::{Basis, Pixels};
use super::colour::Colour;
use super::fourier::Waves;
use super::laplacian::Pyramid;
use super::maco::Phases;
use super::parameterization::Parameterization;
use super::settings::Imagine;
use super::transform::{Warp, Warper};
use crate::picture::plane::CHANNELS;
use crate::random::Random;
use crate::render::adam::Adam;

/// Adam's epsilon for an objective whose slope is one when all pixels move; that of one pixel is smaller by their number.
const EPSILON: f32 = 1e-8;

/// A picture with its parameters.
pub(super) struct Canvas {
    channels: [Channel; 3],
    colour: Colour,
    picture: Vec<f32>,
    l2_decay: f32,
}

/// One channel. `plane` is its plane in the forward pass, and the gradient of the plane in the backward pass.
struct Channel {
    basis: Box<dyn Basis>,
    parameters: Vec<f32>,
    gradient: Vec<f32>,
    plane: Vec<f32>,
    adam: Adam,
}

impl Canvas {
    /// Draws the initial parameters; nothing is painted yet.
    pub(super) fn new(settings: &Imagine, random: &mut Random) -> Self {
        let pixels = settings.size.0 * settings.size.1;
        let colour = Colour::new(settings.decorrelate);
        let channels = bases(settings, &colour).map(|basis| {
            let parameters = basis.start(random);
            let adam = Adam::new(parameters.len(), settings.rate, EPSILON / pixels as f32);
            Channel { basis, gradient: vec![0.0; parameters.len()], parameters, plane: vec![0.0; pixels], adam }
        });
        Self { channels, colour, picture: vec![0.0; pixels * CHANNELS], l2_decay: settings.l2_decay }
    }

    /// Makes the picture from the parameters.
    pub(super) fn paint(&mut self) {
        self.channels.par_iter_mut().for_each(|channel| channel.basis.plane(&channel.parameters, &mut channel.plane));
        self.colour.paint(self.channels.each_ref().map(|channel| channel.plane.as_slice()), &mut self.picture);
    }

    /// Moves the parameters one step of this rate up, and shrinks them in proportion to it; `slope` is the gradient of the
    /// network's input.
    pub(super) fn climb(&mut self, rate: f32, warper: &Warper, warp: &Warp, slope: &[f32]) {
        self.pull_back(warper, warp, slope);
        let kept = (1.0 - rate * self.l2_decay).max(0.0);
        self.channels.par_iter_mut().for_each(|Channel { parameters, gradient, adam, .. }| {
            parameters.iter_mut().for_each(|parameter| *parameter *= kept);
            adam.set_rate(rate);
            adam.climb(parameters, gradient);
        });
    }

    /// Propagates the gradient of the network's input back to the parameters.
    fn pull_back(&mut self, warper: &Warper, warp: &Warp, slope: &[f32]) {
        let channels = self.channels.par_iter_mut().enumerate();
        channels.for_each(|(index, channel)| warper.gradient(warp, slope, index, &mut channel.plane));
        self.colour.gradient(&self.picture, self.channels.each_mut().map(|channel| channel.plane.as_mut_slice()));
        self.channels.par_iter_mut().for_each(|Channel { basis, parameters, gradient, plane, .. }| {
            basis.gradient(parameters, plane, gradient);
        });
    }

    /// The last painted picture, `[height][width][3]` in 0..1.
    pub(super) fn picture(&self) -> &[f32] {
        &self.picture
    }

    /// Consumes the canvas and returns the picture.
    pub(super) fn into_picture(self) -> Vec<f32> {
        self.picture
    }
}

/// The bases of the three channels.
fn bases(settings: &Imagine, colour: &Colour) -> [Box<dyn Basis>; 3] {
    let (size, decay) = (settings.size, settings.decay);
    match settings.parameterization {
        Parameterization::Pixels => three(Pixels { len: size.0 * size.1 }),
        Parameterization::Laplacian => three(Pyramid::new(size, settings.seamless)),
        Parameterization::Fourier => three(Waves::new(size, decay)),
        Parameterization::Maco => colour.contrast().map(|contrast| Box::new(Phases::new(size, decay, contrast)) as _),
    }
}

fn three(basis: impl Basis + Clone + 'static) -> [Box<dyn Basis>; 3] {
    [Box::new(basis.clone()), Box::new(basis.clone()), Box::new(basis)]
}

#[cfg(test)]
mod tests {
    use super::super::fft::tests::{dot, noise};
    use super::*;

    /// From the parameters to the input of the network: moved along a direction, the objective changes by the gradient times
    /// that direction.
    #[test]
    fn the_gradient_of_the_parameters_is_the_slope_of_the_objective() {
        for parameterization in Parameterization::ALL {
            for (decorrelate, seamless) in [(true, false), (false, true)] {
                let settings = Imagine { size: (45, 38), decorrelate, seamless, ..Imagine::of(parameterization) };
                let mut random = Random::new(1);
                let mut canvas = Canvas::new(&settings, &mut random);
                let warper = settings.warper();
                let warp = warper.draw(&mut random);
                let slope = noise(2, warper.input_size().0 * warper.input_size().1 * CHANNELS);
                canvas.paint();
                canvas.pull_back(&warper, &warp, &slope);

                let start = canvas.channels.each_ref().map(|channel| channel.parameters.clone());
                let directions = [3, 4, 5].map(|seed| noise(seed, start[0].len()));
                let channels = canvas.channels.iter().zip(&directions);
                let expected: f64 = channels.map(|(channel, direction)| dot(&channel.gradient, direction)).sum();
                let mut moved = |by: f32| {
                    for ((channel, start), direction) in canvas.channels.iter_mut().zip(&start).zip(&directions) {
                        let values = start.iter().zip(direction);
                        channel.parameters = values.map(|(value, direction)| value + by * direction).collect();
                    }
                    canvas.paint();
                    let mut seen = vec![0.0; slope.len()];
                    warper.apply(&warp, canvas.picture(), &mut seen);
                    dot(&seen, &slope)
                };
                let got = (moved(1e-3) - moved(-1e-3)) / 2e-3;
                assert!(
                    (got - expected).abs() < 2e-3 * expected.abs() + 2e-2,
                    "{parameterization}: the objective's slope is {got}, the gradient says {expected}"
                );
            }
        }
    }
}
