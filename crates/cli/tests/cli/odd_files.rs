//! Creates broken and unusual picture files.

use std::fs;
use std::path::Path;

/// Reads a fixture of the library's tests.
pub fn fixture(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../dream/tests/pictures").join(name)).unwrap()
}

/// The first `part` of the fixture.
pub fn cut(name: &str, part: f64) -> Vec<u8> {
    let mut file = fixture(name);
    file.truncate((file.len() as f64 * part) as usize);
    file
}

/// The fixture with the first occurrence of `before` replaced.
#[track_caller]
pub fn patched(name: &str, before: &[u8], after: &[u8]) -> Vec<u8> {
    let mut file = fixture(name);
    let at = file.windows(before.len()).position(|bytes| bytes == before).expect("nothing to patch");
    file[at..at + after.len()].copy_from_slice(after);
    file
}

/// The fixture with the bytes at an offset replaced.
pub fn written(name: &str, at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut file = fixture(name);
    file[at..at + bytes.len()].copy_from_slice(bytes);
    file
}

/// Colour types of PNG.
pub const GREY: u8 = 0;
pub const PALETTE: u8 = 3;
pub const GREY_ALPHA: u8 = 4;
pub const RGBA: u8 = 6;

/// A PNG whose pixels are all zero; `extra` chunks come before its pixels.
pub fn png(width: u32, height: u32, depth: u8, colour: u8, extra: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let channels = match colour {
        GREY_ALPHA => 2,
        RGBA => 4,
        _ => 1,
    };
    let row = 1 + (u64::from(width) * channels * u64::from(depth)).div_ceil(8);
    let mut file = png_start(width, height, depth, colour);
    extra.iter().for_each(|(name, data)| chunk(&mut file, name, data));
    chunk(&mut file, b"IDAT", &zlib_zeros(row * u64::from(height)));
    chunk(&mut file, b"IEND", b"");
    file
}

/// The signature and header of a PNG.
pub fn png_start(width: u32, height: u32, depth: u8, colour: u8) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[depth, colour, 0, 0, 0]].concat();
    chunk(&mut file, b"IHDR", &header);
    file
}

fn chunk(file: &mut Vec<u8>, name: &[u8; 4], data: &[u8]) {
    file.extend((data.len() as u32).to_be_bytes());
    let start = file.len();
    file.extend(name);
    file.extend(data);
    let checksum = crc32(&file[start..]);
    file.extend(checksum.to_be_bytes());
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
    })
}

/// `count` zeros, at least one, packed by zlib to 1/160: a literal, then copies of 258 from one byte back, all in
/// the fixed code of RFC 1951, 3.2.6.
pub fn zlib_zeros(count: u64) -> Vec<u8> {
    let (mut bytes, mut filled) = (vec![0x78, 0x01], 8);
    let mut bits = |bits: &[u8]| {
        for bit in bits {
            if filled == 8 {
                bytes.push(0);
                filled = 0;
            }
            *bytes.last_mut().unwrap() |= bit << filled;
            filled += 1;
        }
    };
    let zero = [0, 0, 1, 1, 0, 0, 0, 0];
    bits(&[1, 1, 0]);
    bits(&zero);
    (0..(count - 1) / 258).for_each(|_| bits(&[1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0]));
    (0..(count - 1) % 258).for_each(|_| bits(&zero));
    bits(&[0; 7]);
    let adler = (((count % 65_521) as u32) << 16) | 1;
    bytes.extend(adler.to_be_bytes());
    bytes
}

/// An `iCCP` chunk whose profile is `count` zeros.
pub fn profile_of_zeros(count: u64) -> Vec<u8> {
    [b"name\0\0", &zlib_zeros(count)[..]].concat()
}
