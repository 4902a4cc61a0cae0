//! Every picture that can be read can be written, and an 8-bit picture reads back as it was written.
//!
//! From `crates/dream`: `cargo +nightly fuzz run reencode fuzz/corpus/decode tests/pictures`

#![no_main]

use libfuzzer_sys::fuzz_target;
use oneiric::picture::{DEFAULT_QUALITY, Format, Limits, Picture};

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits { max_pixels: 1 << 14, max_decoded_bytes: 1 << 18, ..Limits::default() };
    let Ok(picture) = Picture::read(bytes, &limits) else {
        return;
    };
    let through = |picture: &Picture, format| {
        let file = picture.encode(format, DEFAULT_QUALITY).expect("not written");
        Picture::read(&file, &Limits::default()).expect("not read back")
    };
    let eight_bits = through(&picture, Format::Png);
    assert_eq!(through(&eight_bits, Format::Png), eight_bits);
    assert_eq!(through(&eight_bits, Format::WebP), eight_bits);
    assert_eq!(through(&eight_bits, Format::Tiff), eight_bits);
    through(&eight_bits, Format::Jpeg);
});
