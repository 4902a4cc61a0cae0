//! The inner loops of the operations, and the only place with `unsafe`.
//!
//! A [`Kernel`] is written once over [`Lanes`] (sixteen `f32` values), and [`Isa::run`] runs it compiled for an
//! instruction set: [`x86_64`] (AVX-512, and AVX2 with FMA) or [`portable`] (arrays, which the compiler vectorises for
//! the baseline of the target). Only these two files name an instruction set. A new kernel is a struct of its inputs
//! and outputs, with `impl Kernel`; plain loops are a closure.
//!
//! - [`dense`]: convolutions over all channels, forward and backward, and linear layers;
//! - [`picture`]: the first convolution and its gradient, on top of [`dense`];
//! - [`winograd`]: convolutions of 3x3 with stride 1 and many channels, on top of [`dense`];
//! - [`depthwise`]: convolutions with one filter a channel;
//! - [`inverted_residual`]: pointwise, depthwise and pointwise convolutions in turn, the maps between them in the
//!   cache;
//! - [`weight_gradient`]: the gradient of weights and biases;
//! - [`max_pool`]: the largest of a window;
//! - [`elementwise`]: everything else, plain loops;
//! - [`rows`], [`finish`], [`bits`]: what they share: rows of maps, the last step before a result is stored,
//!   one bit a value;
//! - [`huge_pages`]: large pages for large buffers.

pub(crate) mod bits;
pub(crate) mod dense;
pub(crate) mod depthwise;
pub(crate) mod elementwise;
pub(crate) mod finish;
pub(crate) mod huge_pages;
pub(crate) mod inverted_residual;
mod isa;
mod lanes;
pub(crate) mod max_pool;
pub(crate) mod picture;
mod portable;
pub(crate) mod rows;
pub(crate) mod weight_gradient;
pub(crate) mod winograd;
#[cfg(target_arch = "x86_64")]
mod x86_64;

pub use isa::{ISA_VARIABLE, Isa};
use lanes::{Kernel, Lanes};
#[cfg(not(target_arch = "x86_64"))]
use portable::Bf16;
#[cfg(target_arch = "x86_64")]
use x86_64::Bf16;
