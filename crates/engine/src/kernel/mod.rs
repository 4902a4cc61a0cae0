//! The inner loops, one instruction set a file, and the only place with `unsafe`.
//!
//! A kernel is written once over the trait [`lanes::Lanes`] (sixteen `f32` values) and compiled for
//! each instruction set: [`generic`] (arrays, which the compiler vectorises for the baseline),
//! [`x86_64`] (AVX2 with FMA, and AVX-512). [`Isa::detect`] chooses at run time.
//!
//! - [`dense`]: convolutions over all channels, forward and backward, and linear layers;
//! - [`picture`]: the first convolution and its gradient, on top of [`dense`];
//! - [`winograd`]: convolutions of 3x3 with stride 1 and many channels, on top of [`dense`];
//! - [`depthwise`]: convolutions of every channel by itself;
//! - [`inverted_residual`]: both in turn, the maps between them kept in the cache;
//! - [`max_pool`]: the largest of a window;
//! - [`huge_pages`]: where large buffers lie;
//! - [`elementwise`]: everything else, plain loops compiled for each instruction set.

pub(crate) mod bits;
pub(crate) mod dense;
pub(crate) mod depthwise;
pub(crate) mod elementwise;
pub(crate) mod finish;
mod generic;
pub(crate) mod huge_pages;
pub(crate) mod inverted_residual;
mod lanes;
pub(crate) mod max_pool;
pub(crate) mod picture;
pub(crate) mod rows;
pub(crate) mod winograd;
#[cfg(target_arch = "x86_64")]
mod x86_64;

use std::fmt;

/// An instruction set that this machine has and the kernels are compiled for. A value is the proof that the machine has
/// it: [`Isa::available`] finds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Isa(InstructionSet);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InstructionSet {
    /// AVX-512 (F, VL, BW, DQ): one register holds all sixteen lanes.
    Avx512,
    /// AVX2 and FMA: two registers hold the lanes.
    Avx2,
    /// What the compiler makes of plain loops for the baseline of the target.
    Portable,
}

/// The environment variable that forces an instruction set: `avx512`, `avx2` or `portable`.
pub const ISA_VARIABLE: &str = "ONEIRIC_ISA";

impl Isa {
    /// What every machine has.
    pub const PORTABLE: Self = Self(InstructionSet::Portable);

    /// The best instruction set of this machine, or the one that [`ISA_VARIABLE`] names if the
    /// machine has it.
    pub fn detect() -> Self {
        let forced = std::env::var(ISA_VARIABLE).ok().and_then(|name| Self::named(&name));
        forced.unwrap_or_else(|| Self::available()[0])
    }

    /// The instruction set of this [name](Self::name), if the machine has it.
    pub fn named(name: &str) -> Option<Self> {
        Self::available().into_iter().find(|isa| isa.name() == name)
    }

    /// The instruction sets that this machine can run, best first.
    pub fn available() -> Vec<Self> {
        let mut found = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            let avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
            let avx512 = is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512vl")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512dq");
            if avx2 && avx512 {
                found.push(Self(InstructionSet::Avx512));
            }
            if avx2 {
                found.push(Self(InstructionSet::Avx2));
            }
        }
        found.push(Self::PORTABLE);
        found
    }

    /// Whether this machine multiplies pairs of bf16 (AVX512-BF16), and [`ISA_VARIABLE`] does not keep it from AVX-512.
    pub fn has_bf16() -> bool {
        #[cfg(target_arch = "x86_64")]
        let found = is_x86_feature_detected!("avx512bf16");
        #[cfg(not(target_arch = "x86_64"))]
        let found = false;
        found && Self::detect().is_avx512()
    }

    /// The name as [`ISA_VARIABLE`] takes it.
    pub fn name(self) -> &'static str {
        match self.0 {
            InstructionSet::Avx512 => "avx512",
            InstructionSet::Avx2 => "avx2",
            InstructionSet::Portable => "portable",
        }
    }

    pub(crate) fn is_avx512(self) -> bool {
        self.0 == InstructionSet::Avx512
    }

    pub(crate) fn set(self) -> InstructionSet {
        self.0
    }
}

impl fmt::Display for Isa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Defines a safe function that runs one body compiled for each instruction set.
///
/// The body has to be plain code; it is inlined into a function with the features switched on, so
/// that the compiler vectorises it for them.
macro_rules! for_each_isa {
    ($(#[$doc:meta])* pub(crate) fn $name:ident($($arg:ident: $type:ty),* $(,)?) $body:block) => {
        $(#[$doc])*
        pub(crate) fn $name(isa: $crate::kernel::Isa, $($arg: $type),*) {
            #[inline(always)]
            fn body($($arg: $type),*) $body

            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx512f,avx512vl,avx512bw,avx512dq,avx2,fma")]
            fn avx512($($arg: $type),*) { body($($arg),*) }

            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma")]
            fn avx2($($arg: $type),*) { body($($arg),*) }

            match isa.set() {
                // SAFETY: an `Isa` was found on this processor by `Isa::available`.
                #[cfg(target_arch = "x86_64")]
                $crate::kernel::InstructionSet::Avx512 => unsafe { avx512($($arg),*) },
                // SAFETY: as above.
                #[cfg(target_arch = "x86_64")]
                $crate::kernel::InstructionSet::Avx2 => unsafe { avx2($($arg),*) },
                _ => body($($arg),*),
            }
        }
    };
}
pub(crate) use for_each_isa;
