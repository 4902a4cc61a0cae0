//! Plain loops over the vectors of a pixel.
//!
//! A pixel's padded channels are a multiple of [`LANES`] or, for pictures, fewer than five; the loops take either.

use super::Isa;
use crate::shape::LANES;

/// `to += from`, value by value.
pub(crate) fn add(isa: Isa, to: &mut [f32], from: &[f32]) {
    isa.run(
        #[inline(always)]
        || {
            for (to, from) in to.iter_mut().zip(from) {
                *to += from;
            }
        },
    );
}

/// `to += from * factor`.
pub(crate) fn add_scaled(isa: Isa, to: &mut [f32], from: &[f32], factor: f32) {
    isa.run(
        #[inline(always)]
        || {
            for (to, from) in to.iter_mut().zip(from) {
                *to += from * factor;
            }
        },
    );
}

/// Sets values to zero where their bit is not set, a word of bits for sixteen values.
pub(crate) fn keep(isa: Isa, values: &mut [f32], bits: &[u16]) {
    isa.run(
        #[inline(always)]
        || {
            for (values, &bits) in values.chunks_mut(LANES).zip(bits) {
                for (i, value) in values.iter_mut().enumerate() {
                    *value = if bits >> i & 1 == 1 { *value } else { 0.0 };
                }
            }
        },
    );
}
