//! The parts that PNG, WebP and GIF files consist of: their frames are counted, and wrong headers and missing ends
//! are mended.

use std::borrow::Cow;

use super::format::FileKind;
use super::jxl;

/// The last chunk of a PNG file: no data, its name and its checksum.
const PNG_END: &[u8] = b"\0\0\0\0IEND\xae\x42\x60\x82";

/// Whether the file has more than one frame.
pub(super) fn is_animation(bytes: &[u8], kind: FileKind) -> bool {
    match kind {
        FileKind::Png => {
            let control = png_chunks(bytes).find(|chunk| chunk.name == b"acTL");
            let frames = control.and_then(|chunk| chunk.data.first_chunk()).map(|frames| u32::from_be_bytes(*frames));
            frames.is_some_and(|frames| frames > 1)
        }
        FileKind::WebP => riff_chunks(bytes).filter(|name| *name == b"ANMF").nth(1).is_some(),
        FileKind::Gif => gif_frames(bytes).nth(1).is_some(),
        FileKind::JpegXl => jxl::is_animation(bytes),
        FileKind::Jpeg | FileKind::Bmp | FileKind::Tiff => false,
    }
}

/// Whether a PNG file has its last chunk.
pub(super) fn has_png_end(bytes: &[u8]) -> bool {
    png_chunks(bytes).any(|chunk| chunk.name == b"IEND")
}

/// A PNG file as far as its chunks are complete, with a last chunk.
pub(super) fn with_png_end(bytes: &[u8]) -> Vec<u8> {
    let end = png_chunks(bytes).last().map_or(0, |chunk| chunk.end);
    [&bytes[..end], PNG_END].concat()
}

/// The file with a header that agrees with the rest of it. Browsers show such files too.
pub(super) fn with_true_header(bytes: &[u8], kind: FileKind) -> Cow<'_, [u8]> {
    let mended = match kind {
        FileKind::Gif => with_frame_on_screen(bytes),
        FileKind::WebP => without_missing_chunks(bytes),
        FileKind::Png | FileKind::Jpeg | FileKind::JpegXl | FileKind::Bmp | FileKind::Tiff => None,
    };
    mended.map_or(Cow::Borrowed(bytes), Cow::Owned)
}

/// A GIF file whose screen is too small for its first frame, with a screen that is just large enough.
fn with_frame_on_screen(bytes: &[u8]) -> Option<Vec<u8>> {
    let [left, top, width, height] = gif_frames(bytes).next()?;
    let screen = [6, 8].map(|at| u16::from_le_bytes([bytes[at], bytes[at + 1]]));
    let needed = [screen[0].max(left.saturating_add(width)), screen[1].max(top.saturating_add(height))];
    if needed == screen {
        return None;
    }
    let mut mended = bytes.to_vec();
    mended[6..8].copy_from_slice(&needed[0].to_le_bytes());
    mended[8..10].copy_from_slice(&needed[1].to_le_bytes());
    Some(mended)
}

/// An extended WebP file whose header promises transparency, EXIF or XMP that is not there, without the promise.
fn without_missing_chunks(bytes: &[u8]) -> Option<Vec<u8>> {
    const FLAGS: usize = 20;
    let [header, ..] = bytes.get(FLAGS..)? else { return None };
    if !bytes[12..].starts_with(b"VP8X") || !has_all_of_riff(bytes) {
        return None;
    }
    let has = |name: &[u8]| riff_chunks(bytes).any(|chunk| chunk == name);
    let mut flags = *header;
    if !has(b"ALPH") && !has(b"VP8L") && !has(b"ANMF") {
        flags &= !0x10;
    }
    if !has(b"EXIF") {
        flags &= !0x08;
    }
    if !has(b"XMP ") {
        flags &= !0x04;
    }
    let mut mended = (flags != *header).then(|| bytes.to_vec())?;
    mended[FLAGS] = flags;
    Some(mended)
}

/// Whether a WebP file is as long as its RIFF header says.
pub(super) fn has_all_of_riff(bytes: &[u8]) -> bool {
    let length = bytes.get(4..).and_then(|rest| rest.first_chunk());
    length.is_some_and(|length| bytes.len() as u64 >= u64::from(u32::from_le_bytes(*length)) + 8)
}

/// Bytes before the first chunk.
const PNG_SIGNATURE: usize = 8;

struct PngChunk<'a> {
    name: &'a [u8],
    data: &'a [u8],
    /// Where the next chunk begins.
    end: usize,
}

/// The complete chunks of a PNG file, up to the first that is not one.
fn png_chunks(bytes: &[u8]) -> impl Iterator<Item = PngChunk<'_>> {
    let mut at = PNG_SIGNATURE;
    std::iter::from_fn(move || {
        let (length, rest) = bytes.get(at..)?.split_first_chunk()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (name, rest) = rest.split_at_checked(4)?;
        let is_complete = rest.len() >= length.checked_add(4)? && name.iter().all(u8::is_ascii_alphabetic);
        let data = is_complete.then(|| &rest[..length])?;
        at += length + 12;
        Some(PngChunk { name, data, end: at })
    })
}

/// The names of the chunks of a WebP file.
fn riff_chunks(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes.get(12..).unwrap_or_default();
    std::iter::from_fn(move || {
        let (name, after) = rest.split_at_checked(4)?;
        let (length, after) = after.split_first_chunk()?;
        // Data of odd length is followed by one byte more.
        let length = u32::from_le_bytes(*length) as usize;
        rest = after.get(length.saturating_add(length % 2)..).unwrap_or_default();
        Some(name)
    })
}

/// Left, top, width and height in pixels of each frame of a GIF file. GIF89a, 18 to 26.
fn gif_frames(bytes: &[u8]) -> impl Iterator<Item = [u16; 4]> {
    let mut rest = after_header(bytes).unwrap_or_default();
    std::iter::from_fn(move || {
        loop {
            let (introducer, after) = rest.split_first()?;
            match introducer {
                0x21 => rest = after_blocks(after.get(1..)?)?,
                0x2c => {
                    let (place, after) = after.split_first_chunk::<8>()?;
                    let (flags, after) = after.split_first()?;
                    // The palette, the code size, the pixels.
                    rest = after_blocks(after.get(palette(*flags) + 1..).unwrap_or_default()).unwrap_or_default();
                    let [left, top, width, height] =
                        [0, 2, 4, 6].map(|at| u16::from_le_bytes([place[at], place[at + 1]]));
                    return Some([left, top, width, height]);
                }
                _ => return None,
            }
        }
    })
}

/// What follows the header of a GIF file and its palette.
fn after_header(bytes: &[u8]) -> Option<&[u8]> {
    bytes.get(13 + palette(*bytes.get(10)?)..)
}

/// Bytes of a GIF palette with these flags.
fn palette(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

/// What follows a run of blocks, which ends with an empty one.
fn after_blocks(mut rest: &[u8]) -> Option<&[u8]> {
    loop {
        let (length, after) = rest.split_first()?;
        rest = after.get(usize::from(*length)..)?;
        if *length == 0 {
            return Some(rest);
        }
    }
}
