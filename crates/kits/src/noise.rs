//! Noise from an integer hash, and the few functions that must give the same bits on every machine.
//!
//! Sines, powers and the like come from the crate `libm`, never from the system's library, whose last bit differs
//! between machines.

use oneiric_landscape::exact::{floor, hash2};
pub(crate) use oneiric_landscape::exact::{hash, lerp, perlin, smoothstep};

pub(crate) fn length(x: f32, y: f32) -> f32 {
    (x * x + y * y).sqrt()
}

/// Cosine and sine.
pub(crate) fn turn(angle: f32) -> [f32; 2] {
    [libm::cosf(angle), libm::sinf(angle)]
}

/// Sum of octaves of [`perlin`], each turned so that the lattices do not line up.
pub(crate) fn fbm(mut x: f32, mut y: f32, octaves: u32, salt: u32) -> f32 {
    let (mut sum, mut gain) = (0.0, 0.6);
    for octave in 0..octaves {
        sum += gain * perlin(x, y, salt.wrapping_add(octave.wrapping_mul(0x27d4_eb2f)));
        (x, y) = (1.6 * x - 1.2 * y + 3.7, 1.2 * x + 1.6 * y - 1.3);
        gain *= 0.5;
    }
    sum
}

/// Smooth noise in -1..1 that repeats every `period` units of `x`: for what runs round a circle.
pub(crate) fn around(x: f32, y: f32, period: i32, salt: u32) -> f32 {
    let ((ix, fx), (iy, fy)) = (floor(x), floor(y));
    let (x, y) = (x - fx, y - fy);
    let value = |cx: i32, cy: i32| {
        let h = hash2((ix + cx).rem_euclid(period), iy.wrapping_add(cy), salt);
        (h >> 8) as f32 * (2.0 / (1u32 << 24) as f32) - 1.0
    };
    let (u, v) = (x * x * (3.0 - 2.0 * x), y * y * (3.0 - 2.0 * y));
    lerp(lerp(value(0, 0), value(1, 0), u), lerp(value(0, 1), value(1, 1), u), v)
}
