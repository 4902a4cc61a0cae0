//! Plain loops over the vectors of a pixel, compiled for each instruction set.
//!
//! A pixel's padded channels are a multiple of [`LANES`](crate::shape::LANES) or, for pictures, fewer
//! than five; the loops take either.

use super::{Isa, for_each_isa};
use crate::rectifier::Rectifier;

for_each_isa! {
    /// `to += from`, value by value.
    pub(crate) fn add(to: &mut [f32], from: &[f32]) {
        for (to, from) in to.iter_mut().zip(from) {
            *to += from;
        }
    }
}

for_each_isa! {
    /// `to += from * factor`.
    pub(crate) fn add_scaled(to: &mut [f32], from: &[f32], factor: f32) {
        for (to, from) in to.iter_mut().zip(from) {
            *to += from * factor;
        }
    }
}

/// Sets values to zero where their bit is not set and `rectifier` lets nothing through, a word of bits for sixteen values.
pub(crate) fn rectify(isa: Isa, values: &mut [f32], bits: &[u16], rectifier: Rectifier) {
    match rectifier {
        Rectifier::Exact => keep(isa, values, bits),
        Rectifier::Redirected => redirect(isa, values, bits),
    }
}

for_each_isa! {
    /// Sets values to zero where their bit is not set, a word of bits for sixteen values.
    pub(crate) fn keep(values: &mut [f32], bits: &[u16]) {
        for (values, &bits) in values.chunks_mut(crate::shape::LANES).zip(bits) {
            for (i, value) in values.iter_mut().enumerate() {
                *value = if bits >> i & 1 == 1 { *value } else { 0.0 };
            }
        }
    }
}

for_each_isa! {
    /// The same, but values above zero (and finite) stay.
    pub(crate) fn redirect(values: &mut [f32], bits: &[u16]) {
        for (values, &bits) in values.chunks_mut(crate::shape::LANES).zip(bits) {
            for (i, value) in values.iter_mut().enumerate() {
                let stays = bits >> i & 1 == 1 || (*value > 0.0 && *value < f32::INFINITY);
                *value = if stays { *value } else { 0.0 };
            }
        }
    }
}
