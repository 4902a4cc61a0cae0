//! What several test programs share.

/// Numbers in -1 to 1 that look random.
pub fn numbers(len: usize, seed: u32) -> Vec<f32> {
    let number = |i: u32| {
        let mixed = (i + 1).wrapping_mul(0x9E37_79B1) ^ seed.wrapping_mul(0x85EB_CA77);
        let mixed = (mixed ^ (mixed >> 15)).wrapping_mul(0xC2B2_AE3D);
        (mixed >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    (0..len as u32).map(number).collect()
}
