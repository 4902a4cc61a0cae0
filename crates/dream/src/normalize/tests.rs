use super::reference::{self, Picture};
use super::*;
use crate::random::Random;
use proptest::prelude::*;

/// Speckle on a slow wave, as gradients are, of the given strength.
fn gradient(seed: u64, width: usize, height: usize, strength: f64) -> Picture {
    let mut random = Random::new(seed);
    Picture::new(width, height, |x, y, c| {
        let speckle = random.below(1 << 20) as f64 / f64::from(1 << 20) - 0.5;
        let wave = ((x + 2 * y) as f64 * 0.07 + c as f64).sin();
        f64::from(((speckle + 0.3 * wave) * strength) as f32)
    })
}

fn as_f32(p: &Picture) -> Vec<f32> {
    p.values.iter().map(|v| *v as f32).collect()
}

fn applied(kind: Normalize, p: &Picture, options: &NormalizeOptions, progress: f32) -> Vec<f32> {
    let mut g = as_f32(p);
    Normalizer::new(kind, p.width, p.height, options.clone()).apply(&mut g, progress);
    g
}

fn expected(kind: Normalize, p: &Picture, options: &NormalizeOptions, progress: f32) -> Picture {
    let chroma = |p: &Picture| reference::hold_chroma(p, f64::from(options.chroma));
    match kind {
        Normalize::None => chroma(p),
        Normalize::Mean => reference::mean_one(chroma(p)),
        Normalize::Smooth => reference::mean_one(chroma(&reference::smooth(p, f64::from(progress)))),
        Normalize::Laplacian => reference::mean_one(chroma(&reference::laplacian(p, &options.level_weights))),
    }
}

fn worst(a: &[f32], b: &Picture) -> f64 {
    a.iter().zip(&b.values).map(|(a, b)| (f64::from(*a) - b).abs()).fold(0.0, f64::max)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn every_normalization_follows_its_formula(
        w in 1..70usize, h in 1..70usize, seed: u64, which in 0..4usize,
        strength in prop::sample::select(vec![1e-6, 1.0, 1e4]),
        chroma in prop::sample::select(vec![0.0f32, 0.6, 1.0]), progress in 0.0..1.0f32,
    ) {
        let kind = Normalize::ALL[which];
        let options = NormalizeOptions { chroma, ..Default::default() };
        let g = gradient(seed, w, h, strength);
        let scale = if kind == Normalize::None { strength } else { 1.0 };
        let off = worst(&applied(kind, &g, &options, progress), &expected(kind, &g, &options, progress));
        prop_assert!(off < 1e-4 * scale, "{kind} of {w}x{h} is off by {off}");
    }
}

#[test]
fn tiny_pictures_follow_the_formula_too() {
    let options = NormalizeOptions { chroma: 0.6, ..Default::default() };
    for (w, h) in (1..6).flat_map(|w| (1..6).map(move |h| (w, h))).chain([(1, 300), (300, 2)]) {
        for kind in Normalize::ALL {
            let g = gradient(5, w, h, 0.01);
            let off = worst(&applied(kind, &g, &options, 0.7), &expected(kind, &g, &options, 0.7));
            assert!(off < 1e-4, "{kind} of {w}x{h} is off by {off}");
        }
    }
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let g = gradient(9, 211, 157, 1e-3);
    let options = NormalizeOptions { chroma: 0.6, ..Default::default() };
    let bytes_with = |threads: usize, kind| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| applied(kind, &g, &options, 0.4)).iter().map(|x| x.to_bits()).collect::<Vec<_>>()
    };
    for kind in Normalize::ALL {
        let alone = bytes_with(1, kind);
        for threads in [2, 3, 7] {
            assert!(alone == bytes_with(threads, kind), "{kind} on {threads} threads");
        }
    }
}

#[test]
fn a_zero_gradient_stays_zero() {
    for kind in Normalize::ALL {
        let zero = Picture::new(40, 30, |_, _, _| 0.0);
        let done = applied(kind, &zero, &NormalizeOptions::default(), 1.0);
        assert!(done.iter().all(|x| *x == 0.0), "{kind}");
    }
}

#[test]
fn broken_values_count_as_zeros() {
    for kind in Normalize::ALL {
        let mut broken = gradient(3, 40, 30, 1.0);
        let mut zeroed = broken.clone();
        for (at, value) in [(0, f64::NAN), (777, f64::INFINITY), (3599, f64::NEG_INFINITY)] {
            broken.values[at] = value;
            zeroed.values[at] = 0.0;
        }
        let options = NormalizeOptions { chroma: 0.6, ..Default::default() };
        let (broken, zeroed) = (applied(kind, &broken, &options, 0.5), applied(kind, &zeroed, &options, 0.5));
        assert!(broken == zeroed, "{kind}");
    }
}

#[test]
fn a_gradient_of_one_colour_gets_no_pattern() {
    let flat = Picture::new(61, 47, |_, _, c| [0.7, 0.1, 0.3][c]);
    let done = applied(Normalize::Laplacian, &flat, &NormalizeOptions::default(), 1.0);
    let strongest = done.iter().fold(0.0f32, |a, b| a.max(*b));
    for pixel in done.chunks_exact(3) {
        assert!((pixel[0] - done[0]).abs() < 0.1 * strongest, "{pixel:?} and {:?}", &done[..3]);
    }
}

#[test]
fn a_normalizer_can_be_used_again_and_again() {
    let mut normalizer = Normalizer::new(Normalize::Laplacian, 40, 30, NormalizeOptions::default());
    let first = as_f32(&gradient(1, 40, 30, 1.0));
    let (mut once, mut again) = (first.clone(), first);
    normalizer.apply(&mut once, 0.1);
    normalizer.apply(&mut as_f32(&gradient(2, 40, 30, 1.0)), 0.2);
    normalizer.apply(&mut again, 0.3);
    assert_eq!(once, again);
}

#[test]
fn names_are_read_back_and_unknown_names_are_errors() {
    for kind in Normalize::ALL {
        assert_eq!(kind.to_string().parse(), Ok(kind));
    }
    let error = "median".parse::<Normalize>().unwrap_err().to_string();
    assert_eq!(error, "invalid value 'median' for normalize: expected one of none, mean, smooth, laplacian");
}
