//! The last step of a kernel: what is done with a result before it is stored.

use super::Lanes;
use super::bits::{Bits, BitsMut};
use crate::map::Map;
use crate::shape::{LANES, Shape};

/// What is added to the result.
#[derive(Clone, Copy)]
pub(crate) enum Add<'a> {
    /// Nothing: the target is overwritten.
    Nothing,
    /// The values that the target already has.
    Target,
    /// Another map of the same shape.
    Map(Map<'a>),
}

/// What is done with the sum.
pub(crate) enum Then<'a> {
    /// It is stored.
    Store,
    /// It is clamped to 0 and a maximum; the bits are recorded if there is a place for them.
    Clamp(f32, Option<BitsMut<'a>>),
    /// It is set to zero where the bit is not set.
    Mask(Bits<'a>),
}

/// [`Then`] without its data, for the innermost loops.
#[derive(Clone, Copy)]
pub(crate) enum Action {
    Store,
    Clamp(f32),
    Mask,
}

/// How the results of one operation are finished, shared by all threads.
#[derive(Clone, Copy)]
pub(crate) struct Finish<'a> {
    add: Add<'a>,
    pub action: Action,
    mask: Option<Bits<'a>>,
    record_stride: usize,
    /// Of the output.
    shape: Shape,
}

/// The words to write bits into, and how many of them make a row.
pub(crate) type Record<'a> = Option<(&'a mut [u16], usize)>;

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

impl<'a> Finish<'a> {
    /// Checks that everything covers an output of `shape`. The bits to write are returned separately, so that they can
    /// be split among the threads.
    pub fn new(add: Add<'a>, then: Then<'a>, shape: Shape) -> (Self, Record<'a>) {
        if let Add::Map(map) = &add {
            assert_eq!(map.shape(), shape, "the map to add has another shape");
            assert!(shape.stride() == shape.vectors() * LANES, "a map without padding cannot be added");
        }
        let plain = Self { add, action: Action::Store, mask: None, record_stride: 0, shape };
        match then {
            Then::Store => (plain, None),
            Then::Clamp(max, None) => (Self { action: Action::Clamp(max), ..plain }, None),
            Then::Clamp(max, Some(bits)) => {
                bits.check(shape);
                let record = (bits.words, bits.stride * shape.width);
                (Self { action: Action::Clamp(max), record_stride: bits.stride, ..plain }, Some(record))
            }
            Then::Mask(bits) => {
                bits.check(shape);
                (Self { action: Action::Mask, mask: Some(bits), ..plain }, None)
            }
        }
    }

    /// Whether it was made for an output of this shape.
    pub fn is_for(&self, shape: Shape) -> bool {
        self.shape == shape
    }

    /// Returns the number of words that the bits of `pixels` pixels take.
    pub fn record_len(&self, pixels: usize, shape: Shape) -> usize {
        pixels.saturating_sub(1) * self.record_stride + shape.vectors()
    }

    /// Whether results are stored unchanged or added to the target.
    pub fn is_plain(&self) -> bool {
        matches!((&self.add, &self.action), (Add::Nothing | Add::Target, Action::Store))
    }

    /// Whether results are added to the target.
    pub fn accumulates(&self) -> bool {
        matches!(self.add, Add::Target)
    }

    /// The pointers of pixel number `pixel` of the whole map, which is number `in_band` of a band that begins at
    /// `out`, its bits at `record` (or null).
    #[inline(always)]
    pub fn pixel(&self, pixel: usize, in_band: usize, out: *mut f32, stride: usize, record: *mut u16) -> PixelOut {
        let to = out.wrapping_add(in_band * stride);
        PixelOut {
            to,
            add: match &self.add {
                Add::Nothing => std::ptr::null(),
                Add::Target => to,
                Add::Map(map) => map.data().as_ptr().wrapping_add(pixel * map.stride()),
            },
            bits: match &self.mask {
                Some(mask) => mask.words.as_ptr().wrapping_add(pixel * mask.stride).cast_mut(),
                None if record.is_null() => record,
                None => record.wrapping_add(in_band * self.record_stride),
            },
        }
    }
}

/// Finishes a tile: `results` holds, pixel by pixel, `vectors` vectors for the channels from `vector` on.
///
/// # Safety
/// `results` holds a vector for every pixel of `pixels` and each of `vectors`; the pointers of the pixels hold
/// sixteen values (one word of bits) for each of these vectors. Either all pixels have something to add or none has,
/// and the same holds for bits.
#[inline(always)]
pub(crate) unsafe fn finish_tile<L: Lanes>(
    lanes: L,
    results: *const f32,
    pixels: &[PixelOut],
    vector: usize,
    vectors: usize,
    action: Action,
) {
    let adds = pixels.first().is_some_and(|out| !out.add.is_null());
    let records = pixels.first().is_some_and(|out| !out.bits.is_null());
    /// One loop for each action, so that there are no branches inside.
    macro_rules! each {
        (|$v:ident, $out:ident, $at:ident| $finish:expr) => {
            for (p, $out) in pixels.iter().enumerate() {
                for i in 0..vectors {
                    let $at = vector + i;
                    let $v = lanes.load(results.add((p * vectors + i) * LANES));
                    let $v = if adds { lanes.add($v, lanes.load($out.add.wrapping_add($at * LANES))) } else { $v };
                    lanes.store($out.to.wrapping_add($at * LANES), $finish);
                }
            }
        };
    }
    // SAFETY: as the caller promises; pointers are followed only where they are not null.
    unsafe {
        match action {
            Action::Store => each!(|v, out, at| v),
            Action::Clamp(max) if records => each!(|v, out, at| {
                let (v, bits) = lanes.clamp(v, max);
                *out.bits.add(at) = bits;
                v
            }),
            Action::Clamp(max) => each!(|v, out, at| lanes.clamp(v, max).0),
            Action::Mask => each!(|v, out, at| lanes.keep(v, *out.bits.add(at))),
        }
    }
}
