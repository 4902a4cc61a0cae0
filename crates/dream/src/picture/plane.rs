//! Rows of pixels: their shape, the split into bands, the mirror at the border.
//!
//! A *plane* is a slice of `height * width * 3` floats: rows from top to bottom, pixels from left to right,
//! red, green and blue next to each other. A band is a run of whole rows, the unit of parallel work. Every
//! output row depends only on its own inputs, and sums are kept for each row and added up in order, so that
//! results are the same bytes on any number of threads.

/// Floats a pixel.
pub(crate) const CHANNELS: usize = 3;

/// The largest number of bands of a plane: a few for each thread, and cheap.
const BANDS: usize = 32;

/// The smallest number of rows of a band.
pub(crate) const FEWEST_ROWS: usize = 4;

/// Rows in each band but the last, for a plane of `height` rows.
pub(crate) fn rows_per_band(height: usize) -> usize {
    height.div_ceil(BANDS).max(FEWEST_ROWS)
}

/// Floats in a plane of `width` by `height` pixels.
///
/// # Panics
/// When a side is zero.
pub(crate) fn floats(width: usize, height: usize) -> usize {
    assert!(width > 0 && height > 0, "a picture of {width}x{height} pixels is empty");
    width * height * CHANNELS
}

/// Mirrors an index outside of `0..len` back inside without repeating the border: `-1` is `1`, `len` is
/// `len - 2`, as in PyTorch's `reflect`. Other than there, `index` may be outside by more than `len`: it is mirrored again.
pub(crate) fn reflect(index: isize, len: usize) -> usize {
    let last = len - 1;
    if last == 0 {
        return 0;
    }
    let there_and_back = index.rem_euclid(2 * last as isize) as usize;
    last - there_and_back.abs_diff(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indices_are_reflected_at_the_border_more_than_once() {
        let seen = |len| (-4..6).map(|i| reflect(i, len)).collect::<Vec<_>>();
        assert_eq!(seen(4), [2, 3, 2, 1, 0, 1, 2, 3, 2, 1]);
        assert_eq!(seen(3), [0, 1, 2, 1, 0, 1, 2, 1, 0, 1]);
        assert_eq!(seen(2), [0, 1, 0, 1, 0, 1, 0, 1, 0, 1]);
        assert_eq!(seen(1), [0; 10]);
    }

    #[test]
    fn every_height_has_a_bounded_number_of_bands() {
        for height in [1usize, 3, 4, 5, 127, 128, 129, 427, 1080, 10_000] {
            let bands = height.div_ceil(rows_per_band(height));
            assert!((1..=BANDS).contains(&bands), "{height} rows in {bands} bands");
        }
    }
}
