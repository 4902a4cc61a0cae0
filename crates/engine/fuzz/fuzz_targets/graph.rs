//! Graphs of every operation with hostile parameters are refused, or run within their buffers.
//!
//! `cargo +nightly fuzz run graph -- -rss_limit_mb=4096`, in `crates/engine`.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/hostile/graphs.rs"]
mod graphs;

/// Small enough for some hundred cases a second.
const LIMITS: graphs::Limits = graphs::Limits { memory: 1 << 20, work: 1 << 21 };

fuzz_target!(|bytes: &[u8]| {
    graphs::check(bytes, LIMITS);
});
