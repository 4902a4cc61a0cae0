//! Any text is a kernel or an error, never a panic; a kernel that was read can be written and read, and filters a picture.
//!
//! From `crates/dream`: `cargo +nightly fuzz run kernel`

#![no_main]

use libfuzzer_sys::fuzz_target;
use oneiric::Picture;
use oneiric::filter::{Filter, Kernel, LONGEST_SIDE};

fuzz_target!(|text: &str| {
    let Ok(kernel) = text.parse::<Kernel>() else {
        return;
    };
    assert!(kernel.rows() % 2 == 1 && kernel.rows() <= LONGEST_SIDE);
    assert!(kernel.columns() % 2 == 1 && kernel.columns() <= LONGEST_SIDE);
    assert_eq!(kernel.to_string().parse::<Kernel>().expect("not read back"), kernel);
    let picture = Picture::filled(4, 3, [0.2, 0.5, 0.9]).expect("a small picture");
    Filter::new(kernel).apply(&picture).expect("a picture with padding can be filtered");
});
