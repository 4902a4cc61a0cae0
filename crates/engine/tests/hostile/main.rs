//! No graph that safe code can build makes the engine access memory outside its buffers, or panic: the engine refuses
//! it with an error or runs it.
//!
//! The fuzzer (`fuzz/`) builds the same graphs from bytes, and `scripts/miri` runs these tests under Miri.

mod graphs;

use graphs::{Limits, check, check_fused, run};
use oneiric_engine::op::{AvgPool, Conv2d, Linear, LocalResponseNorm, MaxPool, Op, Padding, ScaleShift, Window};
use oneiric_engine::shape::Size;
use oneiric_engine::{Error, Graph};
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};

/// Miri checks every access to memory and is some hundred times slower.
const LIMITS: Limits = match cfg!(miri) {
    true => Limits { memory: 1 << 15, work: 1 << 15 },
    false => Limits { memory: 4 << 20, work: 1 << 23 },
};
const CASES: u32 = if cfg!(miri) { 10 } else { 3000 };

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, rng_seed: RngSeed::Fixed(15), failure_persistence: None, max_shrink_iters: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_graph_is_refused_or_runs(bytes in prop::collection::vec(any::<u8>(), 64..800)) {
        check(&bytes, LIMITS);
    }
}

/// Too large for Miri; the tests of the operations have small ones.
#[test]
#[cfg_attr(miri, ignore)]
fn fused_operations_with_far_windows_are_refused_or_run() {
    let config = ProptestConfig {
        cases: 24,
        rng_seed: RngSeed::Fixed(15),
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let operations = std::cell::RefCell::new(std::collections::BTreeSet::new());
    let run = |bytes: Vec<u8>| {
        operations.borrow_mut().extend(check_fused(&bytes, Limits { memory: 32 << 20, work: 1 << 27 }).operations);
        Ok(())
    };
    TestRunner::new(config).run(&prop::collection::vec(any::<u8>(), 64..128), run).unwrap();
    for fused in ["inverted residual", "conv+clamp+max_pool"] {
        assert!(operations.borrow().contains(fused), "no {fused} among {operations:?}");
    }
}

/// `TALL` times `WIDE` is 2^64 + 1: an unchecked multiplication returns one pixel.
const TALL: usize = 274_177;
const WIDE: usize = 67_280_421_310_721;
const SMALL: Size = Size { height: 4, width: 4 };

/// A window whose padding makes a map of `TALL` times `WIDE` pixels.
fn grown(kernel: usize) -> Window {
    let [bottom, right] = [TALL - 4 + kernel - 1, WIDE - 4 + kernel - 1];
    Window::square(kernel, 1).padded(Padding::Explicit { top: 0, bottom, left: 0, right })
}

/// Returns the error of `op` on a small picture of `channels` channels; runs it if there is none.
fn error_of(channels: usize, op: Op) -> Error {
    let mut graph = Graph::new(channels).unwrap();
    let picture = graph.picture();
    graph.add_layer("grown", op, &[picture]).unwrap();
    run(&graph, &["grown"], SMALL, LIMITS).expect_err("an error")
}

fn conv(inputs: usize, outputs: usize, groups: usize, window: Window) -> Conv2d {
    let taps = window.kernel[0] * window.kernel[1];
    Conv2d::new(inputs, outputs, groups, window, vec![0.1; outputs * inputs / groups * taps], None).unwrap()
}

fn assert_too_large(error: &Error) {
    assert!(matches!(error, Error::TooLarge { layer, .. } | Error::Shape { layer, .. } if layer == "grown"), "{error}");
}

#[test]
fn a_dense_convolution_with_too_much_padding_is_refused() {
    assert_too_large(&error_of(16, Op::Conv(conv(16, 16, 1, grown(1)))));
}

#[test]
fn a_depthwise_convolution_with_too_much_padding_is_refused() {
    assert_too_large(&error_of(16, Op::Conv(conv(16, 16, 16, grown(1)))));
}

#[test]
fn a_winograd_convolution_with_too_much_padding_is_refused() {
    assert_too_large(&error_of(16, Op::Conv(conv(16, 16, 1, grown(3)))));
}

#[test]
fn a_convolution_of_a_picture_with_too_much_padding_is_refused() {
    assert_too_large(&error_of(3, Op::Conv(conv(3, 16, 1, grown(3)))));
}

#[test]
fn an_average_pool_with_too_much_padding_is_refused() {
    assert_too_large(&error_of(16, Op::AvgPool(AvgPool { window: grown(1), count_include_pad: false })));
}

#[test]
fn parameters_that_overflow_are_errors() {
    let huge = Window { kernel: [1 << 32; 2], ..Window::square(1, 1) };
    for made in [
        Graph::new(usize::MAX - 15).and_then(|graph| graph.layer_shape("none", SMALL)).err(),
        Graph::new(0).err(),
        Graph::new(5).err(),
        Conv2d::new(1, 1, 1, huge, vec![], None).err(),
        Conv2d::new(3, 4, 0, Window::square(1, 1), vec![0.0; 12], None).err(),
        Conv2d::new(3, 4, 1, Window { stride: [usize::MAX; 2], ..Window::square(1, 1) }, vec![0.0; 12], None).err(),
        Linear::new(1 << 32, 1 << 32, vec![], None).err(),
        ScaleShift::new(vec![1.0; 3], vec![0.0; 2]).err(),
    ] {
        assert!(made.is_some());
    }
    let norm = LocalResponseNorm { size: usize::MAX, alpha: 1.0, beta: 1.0, k: 1.0 };
    let far = Window { dilation: [1 << 63; 2], ..Window::square(3, 1) }.padded(Padding::all(1));
    for op in [Op::LocalResponseNorm(norm), Op::MaxPool(MaxPool { window: far }), Op::Conv(conv(16, 16, 1, far))] {
        assert!(matches!(error_of(16, op), Error::Shape { .. }));
    }
    let mut graph = Graph::new(3).unwrap();
    let picture = graph.picture();
    assert!(matches!(graph.add(Op::Input, &[picture]), Err(Error::InvalidOperation { .. })));
    let mut other = Graph::new(3).unwrap();
    let far = other.add(Op::MaxPool(MaxPool { window: Window::square(1, 1) }), &[picture]).unwrap();
    assert!(matches!(
        graph.add(Op::MaxPool(MaxPool { window: Window::square(1, 1) }), &[far]),
        Err(Error::UnknownNode { .. })
    ));
}
