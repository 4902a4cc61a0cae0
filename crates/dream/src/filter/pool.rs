//! Max pooling: of each square only the largest value is kept.

/// Width and height of the result; none if the picture has no whole square.
pub(super) fn pooled_size((width, height): (usize, usize), side: usize) -> Option<(usize, usize)> {
    let size = (width / side, height / side);
    (size.0 > 0 && size.1 > 0).then_some(size)
}

/// Returns the largest value of each channel in each square of `side` pixels. `values` is `[height][width][CHANNELS]`.
pub(super) fn max_pool<const CHANNELS: usize>(values: &[f32], size: (usize, usize), side: usize) -> Vec<f32> {
    let (columns, rows) = (size.0 / side, size.1 / side);
    let pixels = values.as_chunks::<CHANNELS>().0;
    let mut output = vec![[f32::NEG_INFINITY; CHANNELS]; columns * rows];
    for (y, row) in pixels.chunks_exact(size.0).take(rows * side).enumerate() {
        for (x, pixel) in row[..columns * side].iter().enumerate() {
            let largest = &mut output[y / side * columns + x / side];
            largest.iter_mut().zip(pixel).for_each(|(largest, value)| *largest = largest.max(*value));
        }
    }
    output.into_flattened()
}
