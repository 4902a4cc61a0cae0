//! Plain loops over the vectors of a pixel, compiled for each instruction set.
//!
//! A pixel's padded channels are a multiple of [`LANES`](crate::shape::LANES) or, for pictures, fewer
//! than five; the loops take either.

use super::for_each_isa;

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
