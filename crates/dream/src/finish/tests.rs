use super::*;
use crate::random::Random;
use proptest::prelude::*;

/// Colours around `centre`, spread by `spread` and cut off at 0 and 1, as the values of 8 bits.
fn colours(seed: u64, pixels: usize, centre: [f32; 3], spread: f32) -> Vec<f32> {
    let mut random = Random::new(seed);
    let mut value = |i: usize| {
        let noise = random.below(1 << 20) as f32 / (1 << 20) as f32 - 0.5;
        let value = (centre[i % 3] + spread * noise).clamp(0.0, 1.0);
        (value * 255.0).round() / 255.0
    };
    (0..pixels * 3).map(&mut value).collect()
}

fn photo(seed: u64, pixels: usize) -> Vec<f32> {
    colours(seed, pixels, [0.7, 0.45, 0.25], 0.6)
}

fn dream(seed: u64, pixels: usize) -> Vec<f32> {
    colours(seed.wrapping_add(1), pixels, [0.3, 0.5, 0.5], 0.9)
}

fn finished(finish: Finish, photo: &[f32], dream: &[f32]) -> Vec<f32> {
    let mut dream = dream.to_vec();
    finish.apply(photo, &mut dream);
    dream
}

fn with(colours: Colours) -> Finish {
    Finish { colours, ..Finish::default() }
}

fn exactly(pixels: &[f32]) -> impl Iterator<Item = [f64; 3]> {
    pixels.as_chunks().0.iter().map(|pixel: &[f32; 3]| pixel.map(f64::from))
}

fn luma([r, g, b]: [f64; 3]) -> f64 {
    0.299 * r + 0.587 * g + 0.114 * b
}

/// `SetLum` as the W3C writes it, with the luma of Rec. 601, but the largest value is found after the smallest was
/// corrected, so that a colour beyond both ends loses as little chroma as possible.
fn set_lum(colour: [f64; 3], wanted: f64) -> [f64; 3] {
    let moved = colour.map(|v| v + wanted - luma(colour));
    let (l, low) = (luma(moved), moved.into_iter().fold(9.0, f64::min));
    let moved = if low < 0.0 { moved.map(|v| l + (v - l) * l / (l - low)) } else { moved };
    let high = moved.into_iter().fold(-9.0, f64::max);
    if high > 1.0 { moved.map(|v| l + (v - l) * (1.0 - l) / (high - l)) } else { moved }
}

fn mean(pixels: &[f32]) -> [f64; 3] {
    let sum = exactly(pixels).fold([0.0; 3], |sum, pixel| std::array::from_fn(|c| sum[c] + pixel[c]));
    sum.map(|sum| sum / (pixels.len() / 3) as f64)
}

/// The values of one channel in order: the same for two pictures with the same histogram.
fn sorted(pixels: &[f32], channel: usize) -> Vec<f32> {
    let mut values: Vec<f32> = pixels.iter().skip(channel).step_by(3).copied().collect();
    values.sort_by(f32::total_cmp);
    values
}

/// Mean distance between the histograms of two pictures along an axis.
fn apart(a: &[f32], b: &[f32], axis: [f32; 3]) -> f32 {
    let along = |pixels: &[f32]| -> Vec<f32> {
        let pixels = pixels.as_chunks().0.iter();
        pixels.flat_map(|pixel: &[f32; 3]| [pixel.iter().zip(axis).map(|(v, a)| v * a).sum(), 0.0, 0.0]).collect()
    };
    let (a, b) = (sorted(&along(a), 0), sorted(&along(b), 0));
    a.iter().zip(&b).map(|(a, b)| (a - b).abs()).sum::<f32>() / a.len() as f32
}

#[test]
fn colours_have_names() {
    for colours in Colours::ALL {
        assert_eq!(colours.to_string().parse(), Ok(colours));
    }
    let error = "Dream".parse::<Colours>().unwrap_err().to_string();
    assert!(error.contains("'Dream'") && Colours::ALL.iter().all(|colours| error.contains(colours.name())), "{error}");
}

#[test]
fn the_default_changes_no_byte() {
    let (photo, mut dream) = (photo(0, 1000), dream(0, 1000));
    // Values out of range and NaN stay too.
    dream[..3].copy_from_slice(&[f32::NAN, -0.0, 1.5]);
    let bytes = |pixels: &[f32]| pixels.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
    assert_eq!(bytes(&finished(Finish::default(), &photo, &dream)), bytes(&dream));
}

#[test]
fn strength_0_1_and_2_are_the_photo_the_dream_and_twice_its_detail() {
    let (photo, dream) = (photo(0, 1000), dream(0, 1000));
    let of = |strength| finished(Finish { strength, ..Finish::default() }, &photo, &dream);
    assert_eq!(of(0.0), photo);
    assert_eq!(of(1.0), dream);
    for (i, (half, twice)) in of(0.5).into_iter().zip(of(2.0)).enumerate() {
        assert_eq!(half, photo[i] + 0.5 * (dream[i] - photo[i]));
        assert!((twice - (2.0 * dream[i] - photo[i]).clamp(0.0, 1.0)).abs() < 1e-6, "{twice}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn photo_colours_keep_the_luma_of_the_dream(seed: u64) {
        let (photo, dream) = (photo(seed, 200), dream(seed, 200));
        let result = finished(with(Colours::Photo), &photo, &dream);
        for ((got, photo), dream) in exactly(&result).zip(exactly(&photo)).zip(exactly(&dream)) {
            let expected = set_lum(photo, luma(dream));
            for c in 0..3 {
                prop_assert!((got[c] - expected[c]).abs() < 1e-5, "{:?}, not {:?}", got, expected);
            }
            prop_assert!((luma(got) - luma(dream)).abs() < 1e-5);
        }
    }

    #[test]
    fn saturation_moves_colours_away_from_grey_at_the_same_luma(seed: u64, saturation in 0.0..4.0f32) {
        let (photo, dream) = (photo(seed, 200), dream(seed, 200));
        let result = finished(Finish { saturation, ..Finish::default() }, &photo, &dream);
        for (got, dream) in exactly(&result).zip(exactly(&dream)) {
            let grey = luma(dream);
            let expected = set_lum(dream.map(|v| grey + f64::from(saturation) * (v - grey)), grey);
            for c in 0..3 {
                prop_assert!((got[c] - expected[c]).abs() < 1e-5, "{:?}, not {:?}", got, expected);
            }
        }
    }

    #[test]
    fn the_white_balance_makes_the_means_the_same(seed: u64) {
        let (photo, dream) = (photo(seed, 500), dream(seed, 500));
        let result = finished(Finish { white_balance: true, ..Finish::default() }, &photo, &dream);
        for (got, wanted) in mean(&result).iter().zip(mean(&photo)) {
            prop_assert!((got - wanted).abs() < 1e-4, "{}, not {}", got, wanted);
        }
        for (got, dream) in result.iter().zip(&dream) {
            prop_assert!((0.0..=1.0).contains(got));
            if *dream == 0.0 || *dream == 1.0 {
                prop_assert_eq!(got, dream, "black and white stay");
            }
        }
    }

    /// Compared with sorting, which gives the rank of each value exactly.
    #[test]
    fn red_green_and_blue_get_the_histograms_of_the_photo(seed: u64) {
        let photo = photo(seed, 2000);
        // A dream before it is a file has as many values as pixels.
        let grain = colours(seed ^ 9, 2000, [0.0; 3], 0.02);
        let dream: Vec<f32> = dream(seed, 2000).iter().zip(&grain).map(|(v, g)| 0.97 * v + 0.37 * g).collect();
        let result = finished(with(Colours::Histogram), &photo, &dream);
        for c in 0..3 {
            let off: f32 = sorted(&result, c).iter().zip(sorted(&photo, c)).map(|(a, b)| (a - b).abs()).sum();
            prop_assert!(off / 2000.0 < 0.002, "channel {} is off by {}", c, off / 2000.0);
        }
    }
}

#[test]
fn colours_match_along_axes_that_are_never_matched_themselves() {
    // The dream's red and green go opposite ways, the photo's together.
    let seen = |seed, sign: f32| -> Vec<f32> {
        let common = colours(seed, 3000, [0.5; 3], 0.6);
        let own = colours(seed + 1, 3000, [0.5; 3], 0.2);
        let pixels = common.as_chunks::<3>().0.iter().zip(own.as_chunks::<3>().0);
        pixels.flat_map(|(c, o)| [c[0], o[1] + sign * (c[0] - 0.5), o[2]]).map(|v| v.clamp(0.0, 1.0)).collect()
    };
    let (photo, dream) = (seen(1, 0.7), seen(5, -0.7));
    let result = finished(with(Colours::Histogram), &photo, &dream);
    for axis in [[0.8, 0.6, 0.0], [0.8, -0.6, 0.0], [0.36, 0.48, -0.8]] {
        let (before, after) = (apart(&photo, &dream, axis), apart(&photo, &result, axis));
        assert!(after < 0.5 * before, "{axis:?}: {before} before, {after} after");
    }
}

#[test]
fn a_dream_that_changed_nothing_stays_the_photo() {
    let photo = photo(3, 4000);
    for colours in Colours::ALL {
        let finish = Finish { colours, white_balance: true, ..Finish::default() };
        for (got, photo) in finished(finish, &photo, &photo).iter().zip(&photo) {
            assert!((got - photo).abs() < 1e-4, "{colours}: {got}, not {photo}");
        }
    }
}

#[test]
fn pictures_of_one_colour_are_finished() {
    let plain = |value: f32| vec![value; 30];
    for (photo, dream) in [(0.0, 0.0), (1.0, 1.0), (0.0, 1.0), (1.0, 0.0), (0.3, 0.8)] {
        for colours in Colours::ALL {
            let finish = Finish { colours, white_balance: true, saturation: 4.0, strength: 2.0 };
            let result = finished(finish, &plain(photo), &plain(dream));
            assert!(result.iter().all(|v| (0.0..=1.0).contains(v)), "{photo} and {dream}: {result:?}");
        }
    }
    assert_eq!(finished(with(Colours::Histogram), &[], &[]), [0f32; 0]);
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let (photo, dream) = (photo(7, 200_000), dream(7, 200_000));
    for colours in Colours::ALL {
        let finish = Finish { colours, white_balance: true, saturation: 1.4, strength: 0.8 };
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| finished(finish, &photo, &dream))
        };
        let alone = on(1);
        assert!(alone == on(2) && alone == on(7), "{colours}");
    }
}
