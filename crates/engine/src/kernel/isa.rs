//! The instruction sets that kernels are compiled for.

use std::fmt;

use super::Bf16;
use super::lanes::Kernel;
use super::portable::Portable;
#[cfg(target_arch = "x86_64")]
use super::x86_64::{Avx2, Avx512};

/// An instruction set that this machine has and the kernels are compiled for. A value is the proof that the machine has
/// it: [`Isa::available`] finds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Isa(InstructionSet);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum InstructionSet {
    #[cfg(target_arch = "x86_64")]
    Avx512(Avx512<false>),
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2),
    Portable(Portable),
}

/// The environment variable that forces an instruction set: `avx512`, `avx2` or `portable`.
pub const ISA_VARIABLE: &str = "ONEIRIC_ISA";

impl Isa {
    /// The baseline of the target, which every machine has.
    pub const PORTABLE: Self = Self(InstructionSet::Portable(Portable));

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
            found.extend(Avx512::<false>::detect().map(InstructionSet::Avx512).map(Self));
            found.extend(Avx2::detect().map(InstructionSet::Avx2).map(Self));
        }
        found.push(Self::PORTABLE);
        found
    }

    /// Whether this machine multiplies pairs of bf16 (AVX512-BF16), and [`ISA_VARIABLE`] does not forbid AVX-512.
    pub fn has_bf16() -> bool {
        Self::detect().bf16().is_some()
    }

    /// Products in bf16 with this instruction set, if the machine has them.
    pub(crate) fn bf16(self) -> Option<Bf16> {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            InstructionSet::Avx512(_) => Bf16::detect(),
            _ => None,
        }
    }

    /// The name as [`ISA_VARIABLE`] takes it.
    pub fn name(self) -> &'static str {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            InstructionSet::Avx512(_) => "avx512",
            #[cfg(target_arch = "x86_64")]
            InstructionSet::Avx2(_) => "avx2",
            InstructionSet::Portable(_) => "portable",
        }
    }

    /// Runs `kernel` compiled for this instruction set.
    #[inline]
    pub(crate) fn run(self, kernel: impl Kernel) {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            InstructionSet::Avx512(lanes) => lanes.run(kernel),
            #[cfg(target_arch = "x86_64")]
            InstructionSet::Avx2(lanes) => lanes.run(kernel),
            InstructionSet::Portable(lanes) => kernel.run(lanes),
        }
    }
}

impl fmt::Display for Isa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
