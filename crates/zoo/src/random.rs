//! Random weights from a seed, for networks without trained weights.
//!
//! A tensor's values depend on the seed, its name and its shape only, so that other programs can make the same bits
//! (`scripts/untrained.py`). With a stream s = seed ⊕ FNV-1a(name), value i from 0 on is middle + spread · u in f32,
//! where u = (2b + 1 - 2²⁴) / 2²⁴ is uniform in -1…1, and b are the upper 24 of the 64 bits of
//! SplitMix64(s, i) = mix(s + (i + 1) · 0x9E3779B97F4A7C15).

/// The values of the tensor of this name and shape.
pub(crate) fn tensor(seed: u64, name: &str, shape: &[usize]) -> Vec<f32> {
    let (middle, spread) = distribution(name, shape);
    let stream = seed ^ fnv1a(name);
    let count = shape.iter().product::<usize>() as u64;
    (0..count).map(|i| middle + spread * uniform(splitmix64(stream, i))).collect()
}

/// Middle and half the width of a tensor's uniform distribution: activations keep their size from layer to layer, and
/// batch norms are near the identity, but not equal to it.
///
/// Kernels and matrices have the variance 2 / inputs (He et al. 2015). The norm that ends a residual, torchvision's
/// `bn3`, is small: sixteen residuals of full size would double the variance sixteen times (Goyal et al. 2017
/// begin with zero).
fn distribution(name: &str, shape: &[usize]) -> (f32, f32) {
    match shape {
        [_, inputs @ ..] if !inputs.is_empty() => (0.0, (6.0 / inputs.iter().product::<usize>() as f64).sqrt() as f32),
        _ if name.ends_with(".bn3.weight") => (0.25, 0.0625),
        _ if name.ends_with(".weight") || name.ends_with(".running_var") => (1.0, 0.25),
        _ => (0.0, 0.125),
    }
}

fn uniform(bits: u64) -> f32 {
    const HALF: i32 = 1 << 24;
    (2 * (bits >> 40) as i32 + 1 - HALF) as f32 / HALF as f32
}

/// Steele, Lea, Flood 2014: number `i` of a stream.
fn splitmix64(stream: u64, i: u64) -> u64 {
    let mut z = stream.wrapping_add((i + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Fowler, Noll, Vo.
fn fnv1a(text: &str) -> u64 {
    text.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_streams_are_the_published_ones() {
        assert_eq!([splitmix64(0, 0), splitmix64(0, 1)], [0xE220_A839_7B1D_CDAF, 0x6E78_9E6A_A1B9_65F4]);
        assert_eq!(fnv1a("foobar"), 0x8594_4171_F739_67E8);
    }

    #[test]
    fn kernels_have_the_variance_of_he() {
        let kernel = tensor(1, "conv.weight", &[64, 32, 3, 3]);
        let mean = |f: fn(f64) -> f64| kernel.iter().map(|&w| f(w.into())).sum::<f64>() / kernel.len() as f64;
        assert!(mean(|w| w).abs() < 2e-3 && (mean(|w| w * w) * 288.0 / 2.0 - 1.0).abs() < 0.02);
    }

    #[test]
    fn names_and_seeds_give_different_values() {
        let first = |seed, name| tensor(seed, name, &[1])[0];
        assert_eq!(first(1, "a.bias"), first(1, "a.bias"));
        assert!(first(1, "a.bias") != first(1, "b.bias") && first(1, "a.bias") != first(2, "a.bias"));
    }
}
