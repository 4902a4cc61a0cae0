//! A mask where the networks see what a word stands for.

use oneiric_zoo::Networks;

use crate::error::Error;
use crate::inspect::guided_filter::guided_filter;
use crate::inspect::look::{self, Activations};
use crate::invalid::InvalidSetting;
use crate::objective::{WordClasses, networks_with_word};
use crate::picture::Picture;
use crate::picture::clear::visible;
use crate::picture::mask::Mask;
use crate::picture::resize::{resize_mask, shrunk};

/// Longer side, in pixels, to which larger pictures are shrunk: things then have about the size that they had in training.
const LONGEST_SIDE: usize = 512;
/// Evidence below which the thing is not in the picture. Measured maxima: 21 to 44 if the photo shows it, 4 to 23 if not.
const LEAST_EVIDENCE: f32 = 20.0;
/// A window of the guided filter reaches this many pixels, most of what one position of the networks covers.
const RADIUS: usize = 24;
/// Differences of grey far below the root of this are not edges.
const EPSILON: f64 = 1e-3;
/// Parts of the largest evidence at which a mask is 0 and 1: a thing is weaker at its border and where it is plain.
const FADE: (f32, f32) = (0.25, 0.6);

/// Returns a mask of where the networks that know a word see what it stands for. Its values at each position: how far the
/// strongest of the word's classes is above the mean of all classes; the geometric mean of that over the networks, so that
/// they have to agree. It is 0 up to a quarter of the largest value, 1 from six tenths on, and follows the edges of the
/// picture, as the networks see only squares of 32 pixels.
///
/// # Errors
/// A word that stands for no class, or for nothing that the networks see in `picture`.
pub fn mask_of_word(word: &str, picture: &Picture, networks: &Networks) -> Result<Mask, Error> {
    let seeing = networks_with_word(word, networks).map_err(|e| e.in_setting("where"))?;
    let picture = visible(shrunk(picture, LONGEST_SIDE));
    let size = (picture.width(), picture.height());
    let mut plane = vec![1.0; size.0 * size.1];
    for WordClasses { network, classes } in &seeing {
        let seen = look::activations(network, &picture, network.class_map().unwrap_or_default())?;
        let own = evidence(&seen, classes);
        let own = resize_mask(&own, (seen.shape.width, seen.shape.height), size);
        plane.iter_mut().zip(own).for_each(|(all, one)| *all *= one.max(0.0).powf(1.0 / seeing.len() as f32));
    }
    let largest = plane.iter().copied().fold(0.0, f32::max);
    if largest < LEAST_EVIDENCE {
        let why = format!("the networks see no {word} in this picture");
        return Err(InvalidSetting::unusable("where", why).into());
    }
    plane.iter_mut().for_each(|weight| *weight /= largest);
    let pixels = picture.pixels().as_chunks::<3>().0.iter();
    let grey: Vec<f32> = pixels.map(|[red, green, blue]| 0.299 * red + 0.587 * green + 0.114 * blue).collect();
    let mut plane = guided_filter(&plane, &grey, size.0, RADIUS, EPSILON);
    plane.iter_mut().for_each(|weight| *weight = ((*weight - FADE.0) / (FADE.1 - FADE.0)).clamp(0.0, 1.0));
    Ok(Mask::of_plane(plane, size))
}

/// How far the strongest of `classes` is above the mean of all classes at each position, `[height][width]`; 0 if it is below
/// (class activation maps: Zhou et al. 2016).
fn evidence(seen: &Activations, classes: &[usize]) -> Vec<f32> {
    let positions = seen.shape.pixels();
    let score = |class: usize, at: usize| seen.values[class * positions + at];
    let stands_out = |at: usize| {
        let mean = (0..seen.shape.channels).map(|class| score(class, at)).sum::<f32>() / seen.shape.channels as f32;
        classes.iter().map(|&class| score(class, at) - mean).fold(0.0, f32::max)
    };
    (0..positions).map(stands_out).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(feature = "weights")]
    fn a_thing_that_is_not_in_the_picture_is_an_error() {
        let grey = Picture::filled(96, 64, [0.5; 3]).unwrap();
        let error = mask_of_word("zebra", &grey, &Networks::default()).unwrap_err().to_string();
        assert!(error.contains("see no zebra"), "{error}");
        assert!(mask_of_word("zbera", &grey, &Networks::default()).unwrap_err().to_string().contains("zebra"));
    }

    #[test]
    fn evidence_is_the_score_above_the_mean_of_all_classes() {
        let shape = oneiric_engine::shape::Shape::new(4, 1, 2);
        // Class by class: at the first place class 1 stands out, at the second class 3.
        let seen = Activations { shape, values: vec![0.0, 0.0, 4.0, 0.0, 0.0, 0.0, 0.0, 8.0] };
        assert_eq!(evidence(&seen, &[1]), [3.0, 0.0]);
        assert_eq!(evidence(&seen, &[1, 3]), [3.0, 6.0]);
    }
}
