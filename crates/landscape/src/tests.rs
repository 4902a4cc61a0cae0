use crate::maths::{exp, floor, log2, pow};
use crate::paint;

fn mean(values: &[f32]) -> f32 {
    values.iter().sum::<f32>() / values.len() as f32
}

fn mean_difference(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).sum::<f32>() / a.len() as f32
}

/// Means of blocks of `k` by `k` pixels.
fn shrunk(picture: &[f32], width: usize, k: usize) -> Vec<f32> {
    let (w, h) = (width / k, picture.len() / 3 / width / k);
    let mean = |i: usize| {
        let (x, y, c) = (i / 3 % w, i / 3 / w, i % 3);
        let block = (0..k * k).map(|n| picture[((y * k + n / k) * width + x * k + n % k) * 3 + c]);
        block.sum::<f32>() / (k * k) as f32
    };
    (0..w * h * 3).map(mean).collect()
}

#[test]
fn every_size_is_painted_within_range() {
    for (width, height) in [(1, 1), (1, 50), (50, 1), (33, 17), (60, 90)] {
        let picture = paint(width, height, 3);
        assert_eq!(picture.len(), width * height * 3);
        assert!(picture.iter().all(|v| (0.0..=1.0).contains(v)), "{width}x{height}");
    }
    assert!(paint(0, 7, 3).is_empty());
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| paint(96, 64, 11))
    };
    let (one, two) = (on(1), on(2));
    assert!(one.iter().zip(&two).all(|(a, b)| a.to_bits() == b.to_bits()));
    assert_eq!(one, paint(96, 64, 11));
}

#[test]
fn the_sky_is_brighter_than_the_foreground() {
    for seed in 0..12 {
        let picture = paint(90, 60, seed);
        let row = 90 * 3;
        let (sky, ground) = (mean(&picture[..25 * row]), mean(&picture[52 * row..]));
        assert!(sky > ground + 0.1, "seed {seed}: sky {sky}, foreground {ground}");
    }
}

#[test]
fn seeds_differ() {
    let pictures: Vec<_> = [0, 1, 5, 10, 1 << 40].map(|seed| paint(60, 40, seed)).into();
    for (i, a) in pictures.iter().enumerate() {
        for b in &pictures[..i] {
            assert!(mean_difference(a, b) > 0.02);
        }
    }
}

#[test]
fn a_seed_is_one_scene_at_every_size() {
    for seed in [0, 1] {
        let (small, large) = (paint(120, 80, seed), paint(480, 320, seed));
        let same = mean_difference(&small, &shrunk(&large, 480, 4));
        let other = mean_difference(&paint(120, 80, seed + 2), &shrunk(&large, 480, 4));
        assert!(same < 0.05 && 2.0 * same < other, "seed {seed}: {same}, another scene {other}");
    }
}

#[test]
fn functions_agree_with_the_library() {
    for n in 1..400 {
        let x = n as f32 * 0.037;
        assert!((exp(-x) - (-x).exp()).abs() <= 1.0e-6);
        assert!((log2(x) - x.log2()).abs() <= 1.0e-5);
        assert!((pow(x, 0.42) / x.powf(0.42) - 1.0).abs() <= 1.0e-5);
        assert_eq!(floor(3.0 - x), ((3.0 - x).floor() as i32, (3.0 - x).floor()));
    }
}
