//! Any bytes are either a picture within 0 to 1 or an error, never a panic.
//!
//! From `crates/dream`: `cargo +nightly fuzz run decode fuzz/corpus/decode tests/pictures`

#![no_main]

use libfuzzer_sys::fuzz_target;
use oneiric::picture::{Limits, Picture};

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits { max_pixels: 1 << 20, max_decoded_bytes: 1 << 24, ..Limits::default() };
    if let Ok(picture) = Picture::read(bytes, &limits) {
        assert!(picture.pixels().iter().all(|value| (0.0..=1.0).contains(value)));
    }
});
