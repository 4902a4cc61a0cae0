//! Filters against their plain definition, and against SciPy.

use proptest::prelude::*;
use serde::Deserialize;

use super::*;
use crate::random::Random;

/// A picture of random values.
fn noise(width: usize, height: usize, seed: u64) -> Picture {
    let mut random = Random::new(seed);
    let values = (0..width * height * 3).map(|_| random.below(1 << 16) as f32 / 65_535.0).collect();
    Picture::new(width, height, values).unwrap()
}

/// The definition: pad the picture, then for each window sum up products.
fn plain(picture: &Picture, filter: &Filter) -> (usize, usize, Vec<f64>) {
    let (mut width, mut height) = (picture.width() as i64, picture.height() as i64);
    let mut values: Vec<f64> = picture.pixels().iter().map(|&v| f64::from(v)).collect();
    let (rows, columns) = (filter.kernel.rows() as i64, filter.kernel.columns() as i64);
    let weights = filter.kernel.weights();
    let stride = filter.stride as i64;
    for _ in 0..filter.repeat {
        let (first, ends) = match filter.padding {
            Padding::None => ((rows / 2, columns / 2), (height - rows / 2, width - columns / 2)),
            _ => ((0, 0), (height, width)),
        };
        let read = |y: i64, x: i64, c: i64| {
            let inside = (0..height).contains(&y) && (0..width).contains(&x);
            match filter.padding {
                Padding::Edge => values[((y.clamp(0, height - 1) * width + x.clamp(0, width - 1)) * 3 + c) as usize],
                _ if inside => values[((y * width + x) * 3 + c) as usize],
                _ => 0.0,
            }
        };
        let mut next = Vec::new();
        let places = |from: i64, to: i64| (from..to).step_by(stride as usize);
        for y in places(first.0, ends.0) {
            for x in places(first.1, ends.1) {
                for c in 0..3 {
                    let mut sum = 0.0;
                    for i in 0..rows * columns {
                        let (dy, dx) = (i / columns - rows / 2, i % columns - columns / 2);
                        sum += f64::from(weights[i as usize]) * read(y + dy, x + dx, c);
                    }
                    next.push(if filter.relu { sum.max(0.0) } else { sum });
                }
            }
        }
        let sides = (places(first.1, ends.1).count() as i64, places(first.0, ends.0).count() as i64);
        (values, width, height) = (next, sides.0, sides.1);
    }
    let side = filter.pool as i64;
    let mut pooled = Vec::new();
    for y in 0..height / side {
        for x in 0..width / side {
            for c in 0..3 {
                let square = (0..side * side).map(|i| ((y * side + i / side) * width + x * side + i % side) * 3 + c);
                pooled.push(square.map(|i| values[i as usize]).fold(f64::NEG_INFINITY, f64::max));
            }
        }
    }
    ((width / side) as usize, (height / side) as usize, pooled)
}

/// `scripts/compare-filters --fixtures` made them: the results of `scipy.ndimage.correlate` in f64.
#[test]
fn filters_have_the_values_of_scipy() {
    #[derive(Deserialize)]
    struct Fixture {
        size: (usize, usize),
        picture: Vec<u8>,
        cases: Vec<Case>,
    }
    #[derive(Deserialize)]
    struct Case {
        kernel: String,
        padding: String,
        stride: usize,
        repeat: usize,
        relu: bool,
        pool: usize,
        size: (usize, usize),
        values: Vec<f64>,
    }
    let fixture: Fixture = serde_json::from_str(include_str!("../../tests/filters/scipy.json")).unwrap();
    let values = fixture.picture.iter().map(|&value| f32::from(value) / 255.0).collect();
    let picture = Picture::new(fixture.size.0, fixture.size.1, values).unwrap();
    for Case { kernel, padding, stride, repeat, relu, pool, size, values } in fixture.cases {
        let about = format!("{kernel}, padding {padding}, stride {stride}, repeat {repeat}, relu {relu}, pool {pool}");
        let (kernel, padding) = (kernel.parse().unwrap(), padding.parse().unwrap());
        let filtered = Filter { kernel, padding, stride, repeat, relu, pool }.apply(&picture).unwrap();
        assert_eq!((filtered.width(), filtered.height()), size, "{about}");
        for (value, expected) in filtered.pixels().iter().zip(values) {
            assert!((f64::from(*value) - expected).abs() < 1e-6, "{about}: {value} is not {expected}");
        }
    }
}

#[test]
fn transparency_is_that_of_the_middle_of_each_window() {
    let alpha: Vec<f32> = (0..20).map(|i| i as f32 / 20.0).collect();
    let picture = Picture::with_alpha(5, 4, vec![0.5; 60], Some(alpha.clone())).unwrap();
    let filter = Filter::new("box".parse().unwrap());
    let alpha_of = |filter: Filter| filter.apply(&picture).unwrap().alpha().unwrap().to_vec();
    assert_eq!(alpha_of(filter.clone()), alpha);
    assert_eq!(alpha_of(Filter { stride: 2, ..filter.clone() }), [0, 2, 4, 10, 12, 14].map(|i| alpha[i]));
    assert_eq!(alpha_of(Filter { padding: Padding::None, ..filter.clone() }), [6, 7, 8, 11, 12, 13].map(|i| alpha[i]));
    assert_eq!(alpha_of(Filter { pool: 2, ..filter }), [6, 8, 16, 18].map(|i| alpha[i]));
}

#[test]
fn hidden_colours_do_not_appear() {
    let (mut pixels, mut alpha) = (vec![0.25; 75], vec![1.0; 25]);
    pixels[12 * 3..][..3].fill(1.0);
    alpha[12] = 0.0;
    let picture = Picture::with_alpha(5, 5, pixels, Some(alpha)).unwrap();
    let blurred = Filter::new("blur".parse().unwrap()).apply(&picture).unwrap();
    assert!(blurred.pixels().iter().all(|value| (value - 0.25).abs() < 1e-6));
}

#[test]
fn values_with_a_sign_are_shown_around_grey() {
    let picture = Picture::new(2, 1, vec![0.0, 1.0, -2.0, 0.5, 0.0, 2.0]).unwrap();
    assert_eq!(range(&picture), (-2.0, 2.0));
    assert_eq!(signed(&picture).pixels(), [0.5, 0.75, 0.0, 0.625, 0.5, 1.0]);
    let black = Picture::filled(2, 2, [0.0; 3]).unwrap();
    assert_eq!(signed(&black).pixels(), [0.5; 12]);
}

#[test]
fn a_filter_that_does_not_fit_is_refused() {
    let picture = noise(6, 4, 1);
    let filter = Filter::new("blur-5".parse().unwrap());
    for (wrong, setting) in [
        (Filter { padding: Padding::None, ..filter.clone() }, "padding"),
        (Filter { pool: 5, ..filter.clone() }, "pool"),
        (Filter { stride: 0, ..filter.clone() }, "stride"),
        (Filter { repeat: 101, ..filter.clone() }, "repeat"),
        (Filter { pool: 65, ..filter.clone() }, "pool"),
        // 1000 to the power of 20.
        (Filter { repeat: 20, ..Filter::new("1000".parse().unwrap()) }, "repeat"),
    ] {
        assert_eq!(wrong.apply(&picture).unwrap_err().setting(), Some(setting), "{wrong:?}");
    }
    assert!(filter.apply(&picture).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(80))]

    #[test]
    fn a_filter_is_its_definition(
        (columns, rows) in (0..4usize, 0..4usize),
        (width, height) in (1..20usize, 1..20usize),
        padding in prop::sample::select(Padding::ALL.to_vec()),
        (stride, repeat, pool) in (1..5usize, 1..4usize, 1..4usize),
        relu: bool,
        seed: u64,
    ) {
        let mut random = Random::new(seed);
        let mut row = || (0..2 * columns + 1).map(|_| (random.below(2001) as f64 / 1000.0 - 1.0).to_string()).collect::<Vec<_>>().join(" ");
        let text = (0..2 * rows + 1).map(|_| row()).collect::<Vec<_>>().join("; ");
        let filter = Filter { kernel: text.parse().unwrap(), padding, stride, repeat, relu, pool };
        let picture = noise(width, height, seed);
        let Ok(size) = filter.size((width, height)) else {
            prop_assert!(filter.apply(&picture).is_err());
            return Ok(());
        };
        let filtered = filter.apply(&picture).unwrap();
        let (expected_width, expected_height, expected) = plain(&picture, &filter);
        prop_assert_eq!(size, (expected_width, expected_height));
        prop_assert_eq!((filtered.width(), filtered.height()), size);
        let largest = expected.iter().fold(1.0, |most: f64, v| most.max(v.abs()));
        for (value, expected) in filtered.pixels().iter().zip(expected) {
            prop_assert!((f64::from(*value) - expected).abs() <= 1e-6 * largest, "{} is not {}", value, expected);
        }
    }
}
