//! Products in bf16: two input channels at once (AVX512-BF16).
//!
//! A kernel in pairs is the dense kernel with half the input channels: where it reads a value, there are two
//! neighbouring channels in bf16, and a multiplication adds the products of both to an f32 sum. The weights are
//! packed so; the pixels of a chunk are rounded when the chunk begins, once for all output channels. Kernels of one
//! tap only: with more, every pixel would be rounded once a tap. For gradients only: a bf16 has 8 bits of mantissa.

use super::pack::DenseKernel;
use crate::kernel::Bf16;
use crate::map::Buffer;
use crate::shape::LANES;

/// Channels that one conversion rounds.
const CHANNELS: usize = 2 * LANES;

impl DenseKernel {
    /// The same kernel in pairs, if the processor has bf16 and if that pays.
    pub fn in_pairs(&self) -> Option<Self> {
        let bf16 = Bf16::detect()?;
        let pointwise = self.taps.len() == 1 && self.groups.iter().all(|group| group.inputs == (0..self.inputs));
        (pointwise && self.inputs >= LANES).then(|| {
            let mut weights = Vec::with_capacity(self.weights.as_slice().len() / 2 + self.vectors * LANES);
            let mut groups = Vec::with_capacity(self.groups.len());
            for group in &self.groups {
                let row = group.vectors * LANES;
                let rows = &self.weights.as_slice()[group.weights..][..self.inputs * row];
                groups.push(super::Group { inputs: 0..self.inputs.div_ceil(2), weights: weights.len(), ..*group });
                for pair in rows.chunks(2 * row) {
                    let (even, odd) = pair.split_at(row);
                    weights.extend((0..row).map(|i| pair_of(even[i], odd.get(i).copied().unwrap_or(0.0))));
                }
            }
            Self { groups, weights: weights.into_iter().collect(), pairs: Some(bf16), ..self.clone() }
        })
    }
}

/// Two values in bf16 as the bits of an `f32`, the first in the lower half.
fn pair_of(first: f32, second: f32) -> f32 {
    f32::from_bits(u32::from(bf16(first)) | u32::from(bf16(second)) << 16)
}

/// The nearest bf16 of a finite value, the even one of two.
fn bf16(value: f32) -> u16 {
    let bits = value.to_bits();
    ((bits + 0x7fff + (bits >> 16 & 1)) >> 16) as u16
}

/// Rounds the `inputs` channels of the pixels at `pointers` into `pairs`, and points there.
///
/// # Safety
/// Every pointer is valid for `inputs` values, padded to vectors.
pub(super) unsafe fn round_pixels(bf16: Bf16, pointers: &mut [*const f32], inputs: usize, pairs: &mut Buffer) {
    let a_pixel = inputs.next_multiple_of(CHANNELS) / 2;
    pairs.fit(pointers.len() * a_pixel);
    // SAFETY: `pairs` holds half a value a channel, the rest as the caller promises.
    unsafe { bf16.round_pixels(pointers, inputs, pairs.as_mut_slice().as_mut_ptr(), a_pixel) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_bf16_is_the_even_one_of_two() {
        assert_eq!(bf16(1.0), 0x3f80);
        assert_eq!(bf16(f32::from_bits(0x3f80_8000)), 0x3f80);
        assert_eq!(bf16(f32::from_bits(0x3f81_8000)), 0x3f82);
        assert_eq!(bf16(f32::from_bits(0x3f80_8001)), 0x3f81);
        assert_eq!(bf16(-2.5), 0xc020);
        assert_eq!(bf16(0.0), 0);
    }
}
