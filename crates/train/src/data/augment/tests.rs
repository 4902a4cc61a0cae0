use oneiric::Picture;
use proptest::prelude::*;

use super::*;
use crate::data::prepare;

/// A picture of soft stripes.
fn stripes(width: usize, height: usize) -> SmallPicture {
    let value = |i: usize| 0.5 + 0.4 * ((i / 3 % width) as f32 * 0.3 + (i % 3) as f32).sin();
    let pixels = (0..width * height * 3).map(value).collect();
    SmallPicture::of(&Picture::new(width, height, pixels).unwrap(), 4000)
}

fn deviation(values: &[f32]) -> f32 {
    let mean = values.iter().sum::<f32>() / values.len() as f32;
    (values.iter().map(|value| (value - mean).powi(2)).sum::<f32>() / values.len() as f32).sqrt()
}

const STRONGEST: Augmentation = Augmentation {
    smallest_crop: 0.01,
    flip: 1.0,
    rotation: 45.0,
    brightness: 1.0,
    contrast: 1.0,
    saturation: 1.0,
    hue: 0.5,
    blur: 1.0,
    widest_blur: 5.0,
    noise: 1.0,
    most_noise: 1.0,
    jpeg: 1.0,
    jpeg_quality: [1, 100],
};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_picture_becomes_a_square_of_colours(
        (width, height) in prop_oneof![
            Just((1, 1)), Just((1, 5000)), Just((5000, 1)), Just((2, 3)), (1..60usize, 1..60usize),
        ],
        size in 1..40usize, seed: u64, strongest: bool,
    ) {
        let settings = if strongest { STRONGEST } else { Augmentation::default() };
        let (augmenter, picture) = (Augmenter::new(settings, size, seed).unwrap(), stripes(width, height));
        for pixels in [augmenter.picture(&picture, 3, 1), prepare(&picture, size)] {
            prop_assert_eq!(pixels.len(), size * size * 3);
            prop_assert!(pixels.iter().all(|value| (0.0..=1.0).contains(value)));
        }
    }

    #[test]
    fn a_picture_depends_on_the_seed_the_step_and_its_place_only(seed: u64, step in 0..1000usize, index in 0..16usize) {
        let picture = stripes(60, 40);
        let seen = |seed, step, index| {
            Augmenter::new(Augmentation::default(), 16, seed).unwrap().picture(&picture, step, index)
        };
        let once = seen(seed, step, index);
        prop_assert!(once == seen(seed, step, index));
        prop_assert!(once != seen(seed ^ 1, step, index));
        prop_assert!(once != seen(seed, step + 1, index));
        prop_assert!(once != seen(seed, step, index + 1));
    }
}

#[test]
fn without_changes_a_square_picture_is_the_plain_one() {
    let (picture, augmenter) = (stripes(40, 40), Augmenter::new(Augmentation::NONE, 30, 1).unwrap());
    let (seen, plain) = (augmenter.picture(&picture, 0, 0), prepare(&picture, 30));
    assert!(seen.iter().zip(plain).all(|(a, b)| (a - b).abs() < 1e-5));
}

#[test]
fn blur_smooths_and_noise_and_jpeg_do_not_change_the_mean() {
    let picture = stripes(40, 40);
    let seen = |settings| Augmenter::new(settings, 40, 5).unwrap().picture(&picture, 0, 0);
    let plain = seen(Augmentation::NONE);
    let difference = |changed: &[f32]| -> Vec<f32> { changed.iter().zip(&plain).map(|(a, b)| a - b).collect() };
    let mean = |values: &[f32]| values.iter().sum::<f32>() / values.len() as f32;

    let blurred = seen(Augmentation { blur: 1.0, widest_blur: 5.0, ..Augmentation::NONE });
    assert!(deviation(&blurred) < 0.9 * deviation(&plain));
    let noisy = difference(&seen(Augmentation { noise: 1.0, most_noise: 0.05, ..Augmentation::NONE }));
    assert!((0.001..0.05).contains(&deviation(&noisy)) && mean(&noisy).abs() < 0.003);
    let jpeg = difference(&seen(Augmentation { jpeg: 1.0, jpeg_quality: [20, 20], ..Augmentation::NONE }));
    assert!((0.001..0.1).contains(&deviation(&jpeg)) && mean(&jpeg).abs() < 0.01);
}

#[test]
fn the_ground_of_a_cut_out_changes_and_is_grey_for_testing() {
    let clear = Picture::with_alpha(4, 4, vec![1.0; 48], Some(vec![0.0; 16])).unwrap();
    let clear = SmallPicture::of(&clear, 4);
    let augmenter = Augmenter::new(Augmentation::NONE, 4, 1).unwrap();
    let grounds: Vec<f32> = (0..50).map(|step| augmenter.picture(&clear, step, 0)[0]).collect();
    assert!(deviation(&grounds) > 0.2);
    assert_eq!(prepare(&clear, 4), [0.5; 48]);
}

#[test]
fn a_batch_is_the_same_on_any_number_of_threads() {
    let sample = |i: usize| super::super::Sample {
        class: 0,
        source: super::super::Source::Drawing(0),
        picture: stripes(20 + i, 30),
    };
    let data = Dataset { classes: vec!["one".into()], samples: (0..8).map(sample).collect() };
    let augmenter = Augmenter::new(Augmentation::default(), 24, 1).unwrap();
    let on_threads = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| augmenter.batch(&data, &[3, 3, 0, 7], 5))
    };
    let one = on_threads(1);
    assert!(one[0] != one[1], "the same sample twice is seen in two ways");
    assert!(on_threads(3) == one);
}

#[test]
fn settings_out_of_range_are_refused() {
    let plain = Augmentation::default();
    let bad = [
        Augmentation { smallest_crop: 0.0, ..plain },
        Augmentation { flip: 1.1, ..plain },
        Augmentation { rotation: 46.0, ..plain },
        Augmentation { contrast: f32::NAN, ..plain },
        Augmentation { hue: 0.6, ..plain },
        Augmentation { widest_blur: -1.0, ..plain },
        Augmentation { jpeg_quality: [0, 50], ..plain },
    ];
    for settings in bad {
        assert!(matches!(Augmenter::new(settings, 32, 1), Err(Error::Setting { .. })), "{settings:?}");
    }
    assert!(Augmenter::new(STRONGEST, 0, 1).is_err() && Augmenter::new(STRONGEST, 1025, 1).is_err());
}
