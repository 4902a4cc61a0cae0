//! The random numbers of a dream.

/// Random numbers that are the same for the same seed on every machine and in every version of this program.
///
/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014), in the form of
/// Sebastiano Vigna's public-domain `splitmix64.c`. Recipes depend on this stream: it must never change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Random {
    state: u64,
}

impl Random {
    /// Starts the stream of `seed`; all seeds are equally good, including 0.
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// Returns the state: the seed of the rest of the stream.
    pub fn state(&self) -> u64 {
        self.state
    }

    /// Draws 64 random bits, which can also seed another stream.
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = self.state;
        let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Draws a number in `0..bound`; 0 if `bound` is 0. Always advances the stream by one.
    pub fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.bits()) * u128::from(bound)) >> 64) as u64
    }

    /// Draws an offset `(dx, dy)` in pixels, each uniform in `-reach..=reach`; `dx` first.
    pub fn offset(&mut self, reach: u32) -> (isize, isize) {
        let mut along = || self.below(2 * u64::from(reach) + 1) as isize - reach as isize;
        (along(), along())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_is_the_published_one() {
        let mut random = Random::new(1_234_567);
        let drawn = [random.bits(), random.bits(), random.bits()];
        assert_eq!(drawn, [6457827717110365317, 3203168211198807973, 9817491932198370423]);
    }

    #[test]
    fn offsets_include_both_ends_of_their_range() {
        let mut random = Random::new(7);
        let drawn: Vec<isize> = (0..2000).flat_map(|_| <[isize; 2]>::from(random.offset(3))).collect();
        assert_eq!((drawn.iter().min(), drawn.iter().max()), (Some(&-3), Some(&3)));
        let middle = drawn.iter().filter(|d| **d == 0).count();
        assert!((450..700).contains(&middle), "0 came {middle} times of 4000, about 571 expected");
        assert_eq!(random.offset(0), (0, 0));
    }
}
