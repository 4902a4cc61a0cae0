use super::*;

/// A sun over hills, a smooth picture with one edge of each kind.
fn scene(width: usize, height: usize) -> Drawing {
    let mut pixels = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let (u, v) = (x as f32 / width as f32, y as f32 / height as f32);
            let (dx, dy) = (u - 0.7, v - 0.3);
            let hill = 0.6 + 0.3 * (u - 0.4) * (u - 0.4);
            pixels.extend(match () {
                () if v > hill => [0.25, 0.4 * u + 0.2, 0.1],
                () if dx * dx + dy * dy < 0.02 => [1.0, 0.9, 0.4],
                () => [0.3 + 0.3 * v, 0.5 + 0.3 * v, 0.9],
            });
        }
    }
    Drawing { width, height, pixels, source: 5 }
}

/// Mean lightness of each of 8 by 8 parts.
fn parts(drawing: &Drawing) -> Vec<f32> {
    let mut sums = vec![(0.0, 0); 64];
    for (n, rgb) in drawing.pixels.chunks_exact(3).enumerate() {
        let (x, y) = (n % drawing.width, n / drawing.width);
        let part = &mut sums[y * 8 / drawing.height * 8 + x * 8 / drawing.width];
        part.0 += 0.3 * rgb[0] + 0.6 * rgb[1] + 0.1 * rgb[2];
        part.1 += 1;
    }
    sums.iter().map(|(sum, count)| sum / *count as f32).collect()
}

#[test]
fn a_seed_is_one_picture() {
    let scene = scene(90, 70);
    let painted = paint(&scene, 3, &Style::random(3));
    assert_eq!(painted, paint(&scene, 3, &Style::random(3)));
    assert_ne!(painted.pixels, paint(&scene, 4, &Style::random(3)).pixels);
    assert_ne!(painted.pixels, paint(&scene, 3, &Style::random(4)).pixels);
}

#[test]
fn size_and_source_stay_and_values_are_colours() {
    for (width, height) in [(8, 8), (9, 200), (131, 17), (64, 64)] {
        let painted = paint(&scene(width, height), 1, &Style::random(width as u64));
        assert_eq!((painted.width, painted.height, painted.source), (width, height, 5));
        assert_eq!(painted.pixels.len(), width * height * 3);
        assert!(painted.pixels.iter().all(|value| (0.0..=1.0).contains(value)));
    }
}

#[test]
fn a_picture_too_small_to_paint_stays() {
    for (width, height) in [(1, 1), (7, 40), (0, 0)] {
        let scene = scene(width, height);
        assert_eq!(paint(&scene, 1, &Style::random(1)), scene);
    }
}

/// The palette changes tones alike everywhere, so the parts' lightness must go up and down with the picture's.
#[test]
fn the_composition_is_kept() {
    let scene = scene(128, 96);
    let wanted = parts(&scene);
    for seed in 0..12 {
        let found = parts(&paint(&scene, seed, &Style::random(seed)));
        assert!(correlation(&wanted, &found) > 0.93, "seed {seed}: {}", correlation(&wanted, &found));
        let off = wanted.iter().zip(&found).map(|(a, b)| (a - b).abs()).sum::<f32>() / 64.0;
        assert!(off < 0.15, "seed {seed}: {off}");
    }
}

fn correlation(a: &[f32], b: &[f32]) -> f32 {
    let mean = |values: &[f32]| values.iter().sum::<f32>() / values.len() as f32;
    let (ma, mb) = (mean(a), mean(b));
    let sum = |of: &dyn Fn(f32, f32) -> f32| a.iter().zip(b).map(|(a, b)| of(a - ma, b - mb)).sum::<f32>();
    sum(&|a, b| a * b) / (sum(&|a, _| a * a) * sum(&|_, b| b * b)).sqrt()
}

#[test]
fn it_is_painted_in_strokes() {
    let flat = Drawing { width: 64, height: 64, pixels: [0.4, 0.6, 0.8].repeat(64 * 64), source: 0 };
    let painted = paint(&flat, 2, &Style::random(2));
    let step = |n: usize| (painted.pixels[n * 3 + 1] - painted.pixels[n * 3 + 4]).abs();
    let mean = (0..64 * 64 - 1).map(step).sum::<f32>() / 4095.0;
    assert!((0.004..0.1).contains(&mean), "{mean}");
}

#[test]
fn colours_come_back_from_oklab() {
    for hex in [0x000000, 0xffffff, 0x3366cc, 0xff0000, 0x010203] {
        let srgb = Lab::from_hex(hex).to_srgb();
        let back = srgb.iter().fold(0, |hex, value| hex << 8 | (value * 255.0).round() as u32);
        assert_eq!(back, hex);
    }
}

#[test]
fn colours_too_strong_lose_colour_and_not_lightness() {
    let shown = Lab::new(0.6, 0.5, -0.4).in_gamut();
    assert_eq!(shown.l, 0.6);
    assert!(shown.a > 0.05 && shown.a < 0.3);
    assert!(Lab::from_srgb(shown.to_srgb()).far(shown) < 1.0e-4);
}
