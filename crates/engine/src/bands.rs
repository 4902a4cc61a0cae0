//! Work divided among threads by bands of rows.

use std::ops::Range;

use rayon::prelude::*;

use crate::shape::Shape;

/// Bands per thread: enough to balance threads, few enough to cost nothing (64 per thread cost a fifth).
const BANDS_A_THREAD: usize = 4;

/// Returns the rows of a band when `rows` rows are divided, a multiple of `multiple`.
pub(crate) fn band_rows(rows: usize, multiple: usize) -> usize {
    let bands = rayon::current_num_threads() * BANDS_A_THREAD;
    rows.div_ceil(bands).max(1).next_multiple_of(multiple)
}

/// Returns the rows of a band when a stack of `pictures` maps of this shape is divided, a multiple of `multiple` for one
/// picture. Maps of many pictures are small: a band has at least about `pixels` pixels, which a kernel takes at once.
pub(crate) fn stack_rows(map: Shape, pictures: usize, multiple: usize, pixels: usize) -> usize {
    match pictures {
        1 => band_rows(map.height, multiple),
        _ => band_rows(map.height * pictures, 1).max(pixels / map.width),
    }
}

/// The pictures of a stack that some of its rows belong to, each `height` rows, with these rows of each.
pub(crate) fn rows_of_pictures(rows: &Range<usize>, height: usize) -> impl Iterator<Item = (usize, Range<usize>)> {
    let Range { start, end } = *rows;
    (start / height..end.div_ceil(height)).map(move |picture| {
        let inside = |row: usize| row.saturating_sub(picture * height).min(height);
        (picture, inside(start)..inside(end))
    })
}

/// Cuts `out` (rows of `row_len` values) and, where given, `side` (rows of `side_len`) into bands of
/// `band` rows and runs `work(first_row, out_band, side_band)` for each, in parallel.
pub(crate) fn for_each_band<T: Send, U: Send>(
    out: &mut [T],
    row_len: usize,
    side: Option<(&mut [U], usize)>,
    band: usize,
    work: impl Fn(usize, &mut [T], Option<&mut [U]>) + Sync,
) {
    let bands = out.par_chunks_mut(band * row_len).enumerate();
    match side {
        None => bands.for_each(|(i, out)| work(i * band, out, None)),
        Some((side, side_len)) => {
            bands.zip(side.par_chunks_mut(band * side_len)).for_each(|((i, out), side)| work(i * band, out, Some(side)))
        }
    }
}

/// Runs `work(row, values)` for every row of `row_len` values, in parallel bands.
pub(crate) fn for_each_row<T: Send>(out: &mut [T], row_len: usize, rows: usize, work: impl Fn(usize, &mut [T]) + Sync) {
    let band = band_rows(rows, 1);
    for_each_band::<T, ()>(out, row_len, None, band, |first, values, _| {
        for (i, row) in values.chunks_mut(row_len).enumerate() {
            work(first + i, row);
        }
    });
}
