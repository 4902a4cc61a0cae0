//! Parameterizations: what the ascent changes, the pixels or parameters that pixels are computed from.
//!
//! The choice does not change the maxima, but the path to them: steps in a basis that suits natural pictures lead to
//! shapes where steps on pixels lead to speckle (Olah, Mordvintsev and Schubert, "Feature Visualization", Distill 2017).

use super::Imagine;
use super::colour::Colour;
use super::draw::normal;
use super::fourier::Waves;
use super::laplacian::Pyramid;
use super::maco::Phases;
use crate::named::named;
use crate::render::jitter::Random;

/// What a picture is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Parameterization {
    /// The pixels themselves.
    Pixels,
    /// A pyramid of planes, the sum of which is the picture.
    Laplacian,
    /// Waves, as strong as in natural pictures at equal parameters. The picture tiles.
    Fourier,
    /// Waves whose strength is that of natural pictures; only their phases are free. The picture tiles.
    #[default]
    Maco,
}

impl Parameterization {
    /// The bases of the three channels.
    pub(super) fn bases(self, settings: &Imagine, colour: &Colour) -> [Box<dyn Basis>; 3] {
        let (size, decay) = (settings.size, settings.decay);
        match self {
            Self::Pixels => three(Pixels { len: size.0 * size.1 }),
            Self::Laplacian => three(Pyramid::new(size, settings.seamless)),
            Self::Fourier => three(Waves::new(size, decay)),
            Self::Maco => colour.contrast().map(|contrast| Box::new(Phases::new(size, decay, contrast)) as _),
        }
    }
}

fn three(basis: impl Basis + Clone + 'static) -> [Box<dyn Basis>; 3] {
    [Box::new(basis.clone()), Box::new(basis.clone()), Box::new(basis)]
}

named! {
    Parameterization, "parameterization", Pixels => "pixels", Laplacian => "laplacian", Fourier => "fourier", Maco => "maco"
}

/// Maps parameters to the plane of one channel, `[height][width]`, and its gradient back to the parameters.
pub(super) trait Basis: Send {
    /// The parameters to start with.
    fn start(&self, random: &mut Random) -> Vec<f32>;

    /// Makes the plane.
    fn plane(&mut self, parameters: &[f32], plane: &mut [f32]);

    /// Turns the gradient of the plane, which may be overwritten, into that of the parameters.
    fn gradient(&mut self, parameters: &[f32], plane: &mut [f32], gradient: &mut [f32]);
}

/// Standard deviation of the first pixels: nearly grey.
pub(super) const START: f64 = 0.01;

#[derive(Clone)]
struct Pixels {
    len: usize,
}

impl Basis for Pixels {
    fn start(&self, random: &mut Random) -> Vec<f32> {
        (0..self.len).map(|_| normal(random, START)).collect()
    }

    fn plane(&mut self, parameters: &[f32], plane: &mut [f32]) {
        plane.copy_from_slice(parameters);
    }

    fn gradient(&mut self, _: &[f32], plane: &mut [f32], gradient: &mut [f32]) {
        gradient.copy_from_slice(plane);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_go_by_their_names() {
        for kind in Parameterization::ALL {
            assert_eq!(kind.to_string().parse(), Ok(kind));
        }
        let error = "paint".parse::<Parameterization>().unwrap_err().to_string();
        assert!(error.contains("laplacian") && error.contains("'paint'"), "{error}");
    }
}
