//! The inner loops: each works on one row of interleaved pixels, and is compiled for SSE2, AVX2 and AVX-512.
//!
//! A neighbouring pixel is three floats away, so that filters along the row run over plain floats, of any
//! colour. Rows that are read beyond their ends have mirrored pixels there. Nothing here is fused into
//! multiply-adds or reordered by the compiler, and sums run in sixteen fixed lanes of f64: every instruction
//! set gives the same bytes.

use multiversion::multiversion;

const LANES: usize = 16;

/// Taps of the binomial filter [1, 4, 6, 4, 1] / 16: the outer two, the next two, the middle.
const BINOMIAL: [f32; 3] = [1.0 / 16.0, 4.0 / 16.0, 6.0 / 16.0];

/// NaN and infinities become zero.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
pub(super) fn clean(row: &mut [f32]) {
    for x in row {
        *x = if x.abs() < f32::INFINITY { *x } else { 0.0 };
    }
}

#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
pub(super) fn scale(row: &mut [f32], factor: f32) {
    for x in row {
        *x *= factor;
    }
}

#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
pub(super) fn scale_into(row: &[f32], factor: f32, out: &mut [f32]) {
    for (out, x) in out.iter_mut().zip(row) {
        *out = x * factor;
    }
}

/// `luma + keep * (row - luma)`, pixel by pixel, luma as in Rec. 601.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
pub(super) fn hold_chroma(row: &mut [f32], keep: f32) {
    for pixel in row.chunks_exact_mut(3) {
        let luma = 0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2];
        let grey = (1.0 - keep) * luma;
        for x in pixel {
            *x = grey + keep * *x;
        }
    }
}

#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
pub(super) fn sum_abs(row: &[f32]) -> f64 {
    let mut lanes = [0.0f64; LANES];
    let mut chunks = row.chunks_exact(LANES);
    for chunk in &mut chunks {
        for (lane, x) in lanes.iter_mut().zip(chunk) {
            *lane += f64::from(x.abs());
        }
    }
    for (lane, x) in lanes.iter_mut().zip(chunks.remainder()) {
        *lane += f64::from(x.abs());
    }
    lanes.iter().sum()
}

#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
pub(super) fn sum_squares(row: &[f32]) -> f64 {
    let mut lanes = [0.0f64; LANES];
    let mut chunks = row.chunks_exact(LANES);
    for chunk in &mut chunks {
        for (lane, x) in lanes.iter_mut().zip(chunk) {
            *lane += f64::from(*x) * f64::from(*x);
        }
    }
    for (lane, x) in lanes.iter_mut().zip(chunks.remainder()) {
        *lane += f64::from(*x) * f64::from(*x);
    }
    lanes.iter().sum()
}

/// Sum of `(a - b)^2`.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
pub(super) fn sum_squared_differences(a: &[f32], b: &[f32]) -> f64 {
    let square = |a: &f32, b: &f32| f64::from(a - b) * f64::from(a - b);
    let mut lanes = [0.0f64; LANES];
    let (mut left, mut right) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    for (a, b) in (&mut left).zip(&mut right) {
        for ((lane, a), b) in lanes.iter_mut().zip(a).zip(b) {
            *lane += square(a, b);
        }
    }
    for ((lane, a), b) in lanes.iter_mut().zip(left.remainder()).zip(right.remainder()) {
        *lane += square(a, b);
    }
    lanes.iter().sum()
}

/// `row = factor * row + other`.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
pub(super) fn scale_and_add(row: &mut [f32], factor: f32, other: &[f32]) {
    for (x, other) in row.iter_mut().zip(other) {
        *x = factor * *x + other;
    }
}

/// The binomial filter down five rows.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
pub(super) fn binomial_down(rows: [&[f32]; 5], out: &mut [f32]) {
    let [a, b, c, d, e] = rows.map(|row| &row[..out.len()]);
    let [outer, inner, middle] = BINOMIAL;
    for i in 0..out.len() {
        out[i] = outer * (a[i] + e[i]) + inner * (b[i] + d[i]) + middle * c[i];
    }
}

/// The binomial filter along a row, at every other pixel.
///
/// `row` has two mirrored pixels before its first and after its last one and a float to spare. A pixel is
/// computed together with one float of the next, which the next one then overwrites: four lanes, no shuffles.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
pub(super) fn binomial_halve(row: &[f32], out: &mut [f32]) {
    let [outer, inner, middle] = BINOMIAL;
    for x in 0..out.len() / 3 {
        let near = &row[6 * x..][..16];
        let mut pixel = [0.0; 4];
        for i in 0..4 {
            pixel[i] = outer * (near[i] + near[i + 12]) + inner * (near[i + 3] + near[i + 9]) + middle * near[i + 6];
        }
        match out.get_mut(3 * x..3 * x + 4) {
            Some(four) => four.copy_from_slice(&pixel),
            None => out[3 * x..].copy_from_slice(&pixel[..3]),
        }
    }
}

/// A row of the doubled picture that is on a row of the small one.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
pub(super) fn double_on(rows: [&[f32]; 3], out: &mut [f32]) {
    let [a, b, c] = rows.map(|row| &row[..out.len()]);
    for i in 0..out.len() {
        out[i] = 0.125 * (a[i] + c[i]) + 0.75 * b[i];
    }
}

/// A row of the doubled picture that is between two rows of the small one.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
pub(super) fn double_between(rows: [&[f32]; 2], out: &mut [f32]) {
    let [a, b] = rows.map(|row| &row[..out.len()]);
    for i in 0..out.len() {
        out[i] = 0.5 * (a[i] + b[i]);
    }
}

/// Doubles a row: pixels on those of `row` by [1, 6, 1] / 8, pixels between them by [1, 1] / 2.
///
/// `row` has one pixel more before its first and after its last one and five floats to spare; `out` takes two
/// pixels for each of `row`, and two floats to spare. A pair of pixels is six floats, computed in eight lanes
/// with a weight for each, and the two lanes too many are overwritten by the next pair.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
pub(super) fn double_along(row: &[f32], pixels: usize, out: &mut [f32]) {
    const LEFT: [f32; 8] = [0.125, 0.125, 0.125, 0.5, 0.5, 0.5, 0.0, 0.0];
    const HERE: [f32; 8] = [0.75, 0.75, 0.75, 0.5, 0.5, 0.5, 0.0, 0.0];
    const RIGHT: [f32; 8] = [0.125, 0.125, 0.125, 0.0, 0.0, 0.0, 0.0, 0.0];
    for x in 0..pixels {
        let near = &row[3 * x..][..14];
        let pair: &mut [f32; 8] = out[6 * x..].first_chunk_mut().expect("floats to spare");
        for i in 0..8 {
            pair[i] = LEFT[i] * near[i] + HERE[i] * near[i + 3] + RIGHT[i] * near[i + 6];
        }
    }
}

/// Three symmetric filters of nine taps down nine rows; `taps[k][0]` is the middle one of filter `k`.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
pub(super) fn cascade_down(rows: [&[f32]; 9], taps: &[[f32; 5]; 3], out: [&mut [f32]; 3]) {
    let [first, second, third] = out;
    let len = first.len();
    let (second, third) = (&mut second[..len], &mut third[..len]);
    let rows = rows.map(|row| &row[..len]);
    for i in 0..len {
        let near = [
            rows[4][i],
            rows[3][i] + rows[5][i],
            rows[2][i] + rows[6][i],
            rows[1][i] + rows[7][i],
            rows[0][i] + rows[8][i],
        ];
        first[i] = weigh(&near, &taps[0]);
        second[i] = weigh(&near, &taps[1]);
        third[i] = weigh(&near, &taps[2]);
    }
}

/// The same filters along three rows, one each, added up. Rows have four mirrored pixels at either end.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
pub(super) fn cascade_along(rows: [&[f32]; 3], taps: &[[f32; 5]; 3], out: &mut [f32]) {
    let rows = rows.map(|row| &row[..out.len() + 24]);
    for i in 0..out.len() {
        let mut sum = 0.0;
        for (row, taps) in rows.iter().zip(taps) {
            let near = [
                row[i + 12],
                row[i + 9] + row[i + 15],
                row[i + 6] + row[i + 18],
                row[i + 3] + row[i + 21],
                row[i] + row[i + 24],
            ];
            sum += weigh(&near, taps);
        }
        out[i] = sum;
    }
}

#[inline(always)]
fn weigh(near: &[f32; 5], taps: &[f32; 5]) -> f32 {
    near[0] * taps[0] + near[1] * taps[1] + near[2] * taps[2] + near[3] * taps[3] + near[4] * taps[4]
}
