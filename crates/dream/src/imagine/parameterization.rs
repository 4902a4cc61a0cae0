//! Parameterizations: the parameters that the ascent changes, from which the pixels are computed.
//!
//! The choice does not change the maxima, but the path to them: steps in a basis that suits natural pictures lead to
//! shapes where steps on pixels lead to speckle (Olah, Mordvintsev and Schubert, "Feature Visualization", Distill 2017).

use crate::named::named;

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

named! {
    Parameterization, "parameterization", Pixels => "pixels", Laplacian => "laplacian", Fourier => "fourier", Maco => "maco"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameterizations_are_read_by_name() {
        for kind in Parameterization::ALL {
            assert_eq!(kind.to_string().parse(), Ok(kind));
        }
        let error = "paint".parse::<Parameterization>().unwrap_err().to_string();
        assert!(error.contains("laplacian") && error.contains("'paint'"), "{error}");
    }
}
