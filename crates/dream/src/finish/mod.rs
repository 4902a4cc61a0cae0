//! The finish of a dream after its last octave: its colours are chosen, balanced and saturated, and it is blended with the
//! photo.
//!
//! A dream is the photo and a *detail layer*, `dream - photo`: [`Finish::strength`] fades that layer in and out, or
//! doubles it, without dreaming again. All this works on pixels alone, in time linear in their number.

mod balance;
mod histogram;
mod luma;
mod pixels;
#[cfg(test)]
mod tests;

use crate::named::named;
use pixels::each_pixel;

/// Where a dream takes its colours from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Colours {
    /// From the dream itself.
    #[default]
    Dream,
    /// Each pixel has the luma of the dream, and hue and chroma of the photo: the blend mode *luminosity* (W3C,
    /// "Compositing and Blending Level 1"), with the luma of Rec. 601. Where such a colour does not exist, the
    /// chroma is reduced.
    Photo,
    /// As many pixels of each colour as in the photo: the histograms of three decorrelated axes and of red, green and
    /// blue are matched in turn (Pitié, Kokaram and Dahyot, "N-dimensional probability density function transfer",
    /// 2005, with two fixed rotations in place of random ones). The histograms of red, green and blue become those of the photo.
    Histogram,
}

named! { Colours, "colours", Dream => "dream", Photo => "photo", Histogram => "histogram" }

/// How a dream is finished. The default changes no byte.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Finish {
    /// Where its colours come from.
    pub colours: Colours,
    /// Factor of the chroma at the same luma: 0 (grey), 1 (unchanged) to 4. Colours that do not exist are reduced as in
    /// [`Colours::Photo`].
    pub saturation: f32,
    /// Whether the mean colour is restored to that of the photo. Black and white stay the same: each channel gets the
    /// curve `v + a v (1 - v)` (Guo et al., "Zero-Reference Deep Curve Estimation", 2020).
    pub white_balance: bool,
    /// Factor of the detail layer: 0 (the photo), 1 (the dream) to 2 (twice the detail, clamped to 0 to 1).
    pub strength: f32,
}

impl Default for Finish {
    fn default() -> Self {
        Self { colours: Colours::Dream, saturation: 1.0, white_balance: false, strength: 1.0 }
    }
}

impl Finish {
    /// Finishes `dream`, which was dreamed on `photo`, in place: colours, white balance, saturation, then strength.
    ///
    /// Both are rows of RGB in 0..1, of the same size, as is the result, which is the same bytes on any number of threads.
    ///
    /// # Panics
    /// When the two differ in length.
    pub fn apply(&self, photo: &[f32], dream: &mut [f32]) {
        assert_eq!(photo.len(), dream.len(), "the photo and its dream have the same size");
        let (photo, _) = photo.as_chunks();
        let (dream, _) = dream.as_chunks_mut();
        match self.colours {
            Colours::Dream => {}
            Colours::Photo => {
                each_pixel(photo, dream, |photo, dream| luma::recolour(photo, 1.0, luma::luma(dream)));
            }
            Colours::Histogram => histogram::match_to(photo, dream),
        }
        if self.white_balance {
            balance::restore_means(photo, dream);
        }
        if self.saturation != 1.0 {
            each_pixel(photo, dream, |_, dream| luma::recolour(dream, self.saturation, luma::luma(dream)));
        }
        if self.strength != 1.0 {
            let lay = |photo: f32, dream: f32| (photo + self.strength * (dream - photo)).clamp(0.0, 1.0);
            each_pixel(photo, dream, |photo, dream| std::array::from_fn(|c| lay(photo[c], dream[c])));
        }
    }
}
