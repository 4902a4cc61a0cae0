//! Vectors, colours and the few functions that must give the same bits on every machine.
//!
//! `f32::exp`, `powf` and the like come from the system's libm, whose last bit differs between
//! versions and between processors with and without FMA. Only `+ - * / sqrt floor` are exact
//! everywhere, so everything else is built from these.

use std::ops::{Add, AddAssign, Mul, Sub};

/// A direction, a point in metres, or a linear-light colour.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct V(pub f32, pub f32, pub f32);

impl V {
    pub const ZERO: V = V(0.0, 0.0, 0.0);
    pub const ONE: V = V(1.0, 1.0, 1.0);

    pub fn dot(self, o: V) -> f32 {
        self.0 * o.0 + self.1 * o.1 + self.2 * o.2
    }

    pub fn unit(self) -> V {
        self * (1.0 / self.dot(self).sqrt())
    }

    pub fn mix(self, o: V, t: f32) -> V {
        self + (o - self) * t
    }

    pub fn map(self, f: impl Fn(f32) -> f32) -> V {
        V(f(self.0), f(self.1), f(self.2))
    }

    /// Rec. 709 luminance.
    pub fn luminance(self) -> f32 {
        self.dot(V(0.2126, 0.7152, 0.0722))
    }
}

impl Add for V {
    type Output = V;
    fn add(self, o: V) -> V {
        V(self.0 + o.0, self.1 + o.1, self.2 + o.2)
    }
}

impl AddAssign for V {
    fn add_assign(&mut self, o: V) {
        *self = *self + o;
    }
}

impl Sub for V {
    type Output = V;
    fn sub(self, o: V) -> V {
        V(self.0 - o.0, self.1 - o.1, self.2 - o.2)
    }
}

impl Mul<f32> for V {
    type Output = V;
    fn mul(self, k: f32) -> V {
        V(self.0 * k, self.1 * k, self.2 * k)
    }
}

impl Mul for V {
    type Output = V;
    fn mul(self, o: V) -> V {
        V(self.0 * o.0, self.1 * o.1, self.2 * o.2)
    }
}

/// The whole number below `x`, twice. The library's `floor` is a call on processors without SSE 4.1.
pub fn floor(x: f32) -> (i32, f32) {
    let whole = x as i32;
    let whole = whole - i32::from(whole as f32 > x);
    (whole, whole as f32)
}

/// The number `t` of the way from `a` to `b`.
pub fn lerp(a: f32, b: f32, t: f32) -> f32 {
    a + (b - a) * t
}

/// Hermite step from 0 at `a` to 1 at `b`; the step falls if `a > b`.
pub fn smoothstep(a: f32, b: f32, x: f32) -> f32 {
    let t = ((x - a) / (b - a)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// 2^x by Taylor's series of e^(x ln 2) on half a unit about zero, to about 1e-7.
pub(crate) fn exp2(x: f32) -> f32 {
    let x = x.clamp(-126.0, 126.0);
    let (whole, below) = floor(x + 0.5);
    let f = (x - below) * std::f32::consts::LN_2;
    let series = 1.0 + f * (1.0 + f * (0.5 + f * (1.0 / 6.0 + f * (1.0 / 24.0 + f * (1.0 / 120.0 + f / 720.0)))));
    f32::from_bits(((whole + 127) as u32) << 23) * series
}

pub(crate) fn exp(x: f32) -> f32 {
    exp2(x * std::f32::consts::LOG2_E)
}

/// log2 of a positive normal number, by the atanh series of its mantissa.
pub(crate) fn log2(x: f32) -> f32 {
    let bits = x.to_bits();
    let mut exponent = (bits >> 23) as i32 - 127;
    let mut mantissa = f32::from_bits((bits & 0x007f_ffff) | 0x3f80_0000);
    if mantissa > std::f32::consts::SQRT_2 {
        mantissa *= 0.5;
        exponent += 1;
    }
    let t = (mantissa - 1.0) / (mantissa + 1.0);
    let q = t * t;
    let series = t * (1.0 + q * (1.0 / 3.0 + q * (0.2 + q * (1.0 / 7.0 + q / 9.0))));
    exponent as f32 + 2.0 * std::f32::consts::LOG2_E * series
}

pub(crate) fn pow(x: f32, y: f32) -> f32 {
    if x < f32::MIN_POSITIVE { 0.0 } else { exp2(y * log2(x)) }
}

/// Scene light that prints as white is about 1 / `EXPOSURE`.
const EXPOSURE: f32 = 0.72;

/// Scene light to display light: the filmic curve of K. Narkowicz, "ACES Filmic Tone Mapping
/// Curve" (2015).
fn filmic(x: f32) -> f32 {
    (x * (2.51 * x + 0.03) / (x * (2.43 * x + 0.59) + 0.14)).clamp(0.0, 1.0)
}

/// The sRGB transfer function, IEC 61966-2-1.
fn srgb(x: f32) -> f32 {
    if x <= 0.003_130_8 { 12.92 * x } else { (1.055 * pow(x, 1.0 / 2.4) - 0.055).min(1.0) }
}

/// Tone maps scene light and encodes it as sRGB.
pub(crate) fn develop(c: V) -> V {
    let c = c.map(|x| filmic(EXPOSURE * x.max(0.0)));
    let grey = c.luminance();
    V(grey, grey, grey).mix(c, 1.1).map(|x| srgb(x.clamp(0.0, 1.0)))
}
