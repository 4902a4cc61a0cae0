//! What the kernels do with a result before they store it.

use super::bits::{Bits, BitsMut};
use super::lanes::Lanes;
use crate::map::Map;
use crate::shape::LANES;

/// What is added to the result.
#[derive(Clone, Copy)]
pub(crate) enum Add<'a> {
    /// Nothing: the target is overwritten.
    Nothing,
    /// What the target holds already.
    Target,
    /// Another map of the same shape.
    Map(Map<'a>),
}

/// What is done with the sum.
pub(crate) enum Then<'a> {
    /// It is stored.
    Store,
    /// It is held between 0 and a maximum, and the bits are kept where someone wants them.
    Clamp(f32, Option<BitsMut<'a>>),
    /// It is set to zero where the bit is not set.
    Mask(Bits<'a>),
}

/// The pointers of one pixel's result.
#[derive(Clone, Copy)]
pub(crate) struct PixelOut {
    /// Where it is stored.
    pub to: *mut f32,
    /// What is added, or null.
    pub add: *const f32,
    /// The bits to write or read, or null.
    pub bits: *mut u16,
}

/// [`Then`] without its data, for the innermost loops.
#[derive(Clone, Copy)]
pub(crate) enum Action {
    Store,
    Clamp(f32),
    Mask,
}

/// Finishes a tile: `results` holds, pixel by pixel, `vectors` vectors for the channels from `vector` on.
///
/// # Safety
/// `results` holds a vector for every pixel of `pixels` and each of `vectors`; the pointers of the pixels hold
/// sixteen values (one word of bits) for each of these vectors. All of them or none have something to add,
/// and likewise bits.
#[inline(always)]
pub(crate) unsafe fn finish_tile<S: Lanes>(
    results: *const f32,
    pixels: &[PixelOut],
    vector: usize,
    vectors: usize,
    action: Action,
) {
    let adds = pixels.first().is_some_and(|out| !out.add.is_null());
    let records = pixels.first().is_some_and(|out| !out.bits.is_null());
    /// One loop for each way to finish, so that nothing is decided inside.
    macro_rules! each {
        (|$v:ident, $out:ident, $at:ident| $finish:expr) => {
            for (p, $out) in pixels.iter().enumerate() {
                for i in 0..vectors {
                    let $at = vector + i;
                    let $v = S::load(results.add((p * vectors + i) * LANES));
                    let $v = if adds { S::add($v, S::load($out.add.add($at * LANES))) } else { $v };
                    S::store($out.to.add($at * LANES), $finish);
                }
            }
        };
    }
    // SAFETY: as the caller promises; pointers are followed only where they are not null.
    unsafe {
        match action {
            Action::Store => each!(|v, out, at| v),
            Action::Clamp(max) if records => each!(|v, out, at| {
                let (v, bits) = S::clamp(v, max);
                *out.bits.add(at) = bits;
                v
            }),
            Action::Clamp(max) => each!(|v, out, at| S::clamp(v, max).0),
            Action::Mask => each!(|v, out, at| S::keep(v, *out.bits.add(at))),
        }
    }
}
