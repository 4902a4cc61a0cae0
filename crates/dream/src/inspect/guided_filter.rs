//! A soft mask that follows the edges of a photo.

/// Smooths `mask`, and lets it change where `guide` changes: within each square window of `radius` pixels about a pixel the
/// result is a linear function of the guide. Both are `[height][width]` in 0..1; differences of the guide far below the root
/// of `epsilon` do not count.
///
/// The guided filter of He, Sun and Tang, "Guided Image Filtering" (PAMI 2013), with a grey guide.
pub(super) fn guided_filter(mask: &[f32], guide: &[f32], width: usize, radius: usize, epsilon: f64) -> Vec<f32> {
    let wide = |plane: &[f32]| plane.iter().copied().map(f64::from).collect::<Vec<_>>();
    let mean = |plane: &[f64]| window_means(plane, width, radius);
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).collect::<Vec<_>>();
    let (mask, guide) = (wide(mask), wide(guide));
    let (mask_mean, guide_mean) = (mean(&mask), mean(&guide));
    let (mixed, squares) = (mean(&product(&guide, &mask)), mean(&product(&guide, &guide)));
    let slope: Vec<f64> = (0..mask.len())
        .map(|i| {
            let covariance = mixed[i] - guide_mean[i] * mask_mean[i];
            let variance = squares[i] - guide_mean[i] * guide_mean[i];
            covariance / (variance.max(0.0) + epsilon)
        })
        .collect();
    let offset: Vec<f64> = (0..mask.len()).map(|i| mask_mean[i] - slope[i] * guide_mean[i]).collect();
    let (slope, offset) = (mean(&slope), mean(&offset));
    (0..mask.len()).map(|i| (slope[i] * guide[i] + offset[i]) as f32).collect()
}

/// The mean of the pixels of a plane within `radius` pixels of each one, `[height][width]`.
fn window_means(plane: &[f64], width: usize, radius: usize) -> Vec<f64> {
    let height = plane.len() / width;
    let rows: Vec<f64> = plane.chunks(width).flat_map(|row| line_means(row.iter().copied(), radius)).collect();
    let mut means = vec![0.0; plane.len()];
    for x in 0..width {
        let column = line_means((0..height).map(|y| rows[y * width + x]), radius);
        column.into_iter().enumerate().for_each(|(y, mean)| means[y * width + x] = mean);
    }
    means
}

/// The same along a line.
fn line_means(line: impl Iterator<Item = f64>, radius: usize) -> Vec<f64> {
    let mut sums = vec![0.0];
    line.for_each(|value| sums.push(sums[sums.len() - 1] + value));
    let length = sums.len() - 1;
    let mean = |i: usize| {
        let (from, to) = (i.saturating_sub(radius), (i + radius + 1).min(length));
        (sums[to] - sums[from]) / (to - from) as f64
    };
    (0..length).map(mean).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDTH: usize = 60;

    /// A mask that fades from left to right over the whole width.
    fn ramp() -> Vec<f32> {
        (0..WIDTH * 40).map(|i| 1.0 - (i % WIDTH) as f32 / (WIDTH - 1) as f32).collect()
    }

    #[test]
    fn the_mean_of_a_window_counts_only_the_pixels_inside() {
        assert_eq!(window_means(&[1.0, 2.0, 6.0, 3.0, 4.0, 8.0], 3, 1), [2.5, 4.0, 5.0, 2.5, 4.0, 5.0]);
    }

    #[test]
    fn a_mask_jumps_at_an_edge_of_the_photo() {
        let edge: Vec<f32> = (0..WIDTH * 40).map(|i| if i % WIDTH < WIDTH / 2 { 0.8 } else { 0.2 }).collect();
        let mask = guided_filter(&ramp(), &edge, WIDTH, 12, 1e-3);
        let row = &mask[20 * WIDTH..][..WIDTH];
        let (before, after) = (row[WIDTH / 2 - 1], row[WIDTH / 2]);
        assert!(before > 0.57 && after < 0.43, "from {before} to {after}");
        assert!((row[0] - 0.9).abs() < 0.1 && row[WIDTH - 1].abs() < 0.2, "{row:?}");
    }

    #[test]
    fn a_mask_stays_soft_where_the_photo_has_no_edge() {
        let mask = guided_filter(&ramp(), &vec![0.5; WIDTH * 40], WIDTH, 5, 1e-3);
        let row = &mask[20 * WIDTH..][..WIDTH];
        assert!(row.iter().zip(&row[1..]).all(|(left, right)| (0.0..0.03).contains(&(left - right))), "{row:?}");
    }
}
