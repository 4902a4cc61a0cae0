//! JPEG, with `zune-jpeg` directly: the `image` crate decodes cut files to half-grey pictures, and CMYK to RGB without
//! its profile.

use std::collections::HashMap;

use image::metadata::Orientation;
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::colour::{self, Model, Profile};
use super::error::PictureError;
use super::format::FileKind;
use super::header::Header;
use super::limits::{Limits, zeros};
use super::samples::{Channels, Coding, Decoded, Samples};

type Decoder<'a> = JpegDecoder<ZCursor<&'a [u8]>>;

pub(super) fn header(bytes: &[u8], limits: &Limits) -> Result<Header, PictureError> {
    let decoder = decoder(bytes)?;
    let Head { width, height, model, .. } = Head::of(&decoder, limits)?;
    let samples = model.channels() as u64;
    Ok(Header { width, height, orientation: orientation(&decoder), has_alpha: false, samples, decoder: 0 })
}

/// Decodes a file, or with `partial` what is there of it: the rest is grey.
pub(super) fn decode(bytes: &[u8], limits: &Limits, partial: bool) -> Result<Decoded, PictureError> {
    if !partial && !has_end(bytes) {
        return Err(PictureError::CutShort { kind: FileKind::Jpeg });
    }
    decode_pixels(bytes, limits, !partial)
}

/// Decodes a file without the end-of-image marker, or with zeros in its place, if all of its pixels are there. Then the
/// picture is the same whatever bits follow.
pub(super) fn decode_without_end(bytes: &[u8], limits: &Limits) -> Option<Decoded> {
    if has_end(bytes) || !has_every_scan(bytes) {
        return None;
    }
    // A decoder of baseline JPEG needs no marker, and may take one for the next restart.
    let end: &[u8] = if frame(bytes)?.0 == PROGRESSIVE { &[0xff, 0xd9] } else { &[] };
    let zeros = bytes.iter().rev().take_while(|byte| **byte == 0).count();
    let followed_by = |bits: [u8; 2], pixels: &[u8]| {
        let file = [pixels, &bits.repeat(32), end].concat();
        decode_pixels(&file, limits, true).ok()
    };
    // The first of the zeros may belong to the pixels.
    (0..=zeros.min(1)).find_map(|kept| {
        let pixels = &bytes[..bytes.len() - zeros + kept];
        // A plain 255 among the pixels is followed by a zero.
        let (ones, zeros) = (followed_by([0xff, 0], pixels)?, followed_by([0, 0], pixels)?);
        (ones.samples == zeros.samples).then_some(ones)
    })
}

fn decode_pixels(bytes: &[u8], limits: &Limits, strict: bool) -> Result<Decoded, PictureError> {
    let mut decoder = decoder(bytes)?;
    let Head { width, height, model, stored } = Head::of(&decoder, limits)?;
    decoder.set_options(options().set_strict_mode(strict).jpeg_set_out_colorspace(stored));
    let mut samples = zeros::<u8>(width as usize * height as usize * model.channels())?;
    decoder.decode_into(&mut samples).map_err(fault)?;
    if model == Model::Cmyk {
        to_ink(&mut samples, stored == ColorSpace::YCCK);
    }
    Ok(Decoded {
        width,
        height,
        model,
        coding: Coding::Plain,
        channels: Channels::interleaved(model, false),
        samples: Samples::Bytes(samples),
        profile: profile(&decoder, bytes),
        orientation: orientation(&decoder),
    })
}

/// Headers are read leniently, since cameras leave stray bytes between them; pixels are read strictly.
fn options() -> DecoderOptions {
    DecoderOptions::default().set_strict_mode(false).set_max_width(usize::MAX).set_max_height(usize::MAX)
}

/// Whether the file has the end-of-image marker.
pub(super) fn has_end(bytes: &[u8]) -> bool {
    markers(bytes).any(|(code, _)| code == 0xd9)
}

/// Whether the scans that begin in the file have every coefficient of every component to its last bit (ITU-T T.81, B.2.3). A
/// progressive file with restarts is refused: the marker that is added at its end could be taken for the next of them.
fn has_every_scan(bytes: &[u8]) -> bool {
    let Some((code, [_, _, _, _, _, _, _, components, rest @ ..])) = frame(bytes) else {
        return false;
    };
    let ids = rest.chunks_exact(3).take((*components).into()).map(|component| component[0]);
    let mut exact: HashMap<u8, _> = ids.map(|id| (id, [false; 64])).collect();
    for (_, scan) in markers(bytes).filter(|(code, _)| *code == 0xda) {
        let [_, _, components, rest @ ..] = scan else { return false };
        let Some((ids, [first, last, bits, ..])) = rest.split_at_checked(usize::from(*components) * 2) else {
            return false;
        };
        let (coefficients, is_last) =
            if code == PROGRESSIVE { (*first..=*last, bits & 0x0f == 0) } else { (0..=63, true) };
        for id in ids.chunks_exact(2) {
            let Some(exact) = exact.get_mut(&id[0]) else { return false };
            let scanned = exact.iter_mut().zip(0..).filter(|(_, index)| coefficients.contains(index));
            scanned.for_each(|(exact, _)| *exact = is_last);
        }
    }
    let restarts = code == PROGRESSIVE && markers(bytes).any(|(code, _)| code == 0xdd);
    !restarts && !exact.is_empty() && exact.values().flatten().all(|exact| *exact)
}

/// The code of the marker of a progressive frame. ITU-T T.81, table B.1.
const PROGRESSIVE: u8 = 0xc2;

fn decoder(bytes: &[u8]) -> Result<Decoder<'_>, PictureError> {
    check_variety(bytes)?;
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options());
    decoder.decode_headers().map_err(fault)?;
    Ok(decoder)
}

struct Head {
    width: u32,
    height: u32,
    model: Model,
    stored: ColorSpace,
}

impl Head {
    fn of(decoder: &Decoder, limits: &Limits) -> Result<Self, PictureError> {
        let info = decoder.info().ok_or_else(|| damaged("no header"))?;
        let (width, height) = (u32::from(info.width), u32::from(info.height));
        let (model, stored) = channels(info.components, decoder.input_colorspace())?;
        limits.check_size(width, height, model.channels() as u64)?;
        Ok(Self { width, height, model, stored })
    }
}

/// The ICC profile, whose parts the decoder puts together.
fn profile(decoder: &Decoder, bytes: &[u8]) -> Profile {
    let is_part = |(code, after): (u8, &[u8])| code == 0xe2 && after.get(2..).is_some_and(|data| data.starts_with(ICC));
    match decoder.icc_profile() {
        Some(profile) => colour::icc(&profile).map(Some),
        None if markers(bytes).any(is_part) => Err("parts of it are missing".to_owned()),
        None => Ok(None),
    }
}

/// The mark of a segment with a part of an ICC profile (ICC.1, annex B.4).
const ICC: &[u8] = b"ICC_PROFILE\0";

fn orientation(decoder: &Decoder) -> Orientation {
    decoder.exif().and_then(|exif| Orientation::from_exif_chunk(exif)).unwrap_or(Orientation::NoTransforms)
}

/// The colour space to decode to: CMYK as it is stored, because the decoder does not use profiles.
fn channels(components: u8, stored: Option<ColorSpace>) -> Result<(Model, ColorSpace), PictureError> {
    match components {
        1 => Ok((Model::Grey, ColorSpace::Luma)),
        3 => Ok((Model::Rgb, ColorSpace::RGB)),
        4 if stored == Some(ColorSpace::YCCK) => Ok((Model::Cmyk, ColorSpace::YCCK)),
        4 => Ok((Model::Cmyk, ColorSpace::CMYK)),
        other => Err(PictureError::Unsupported { kind: FileKind::Jpeg, detail: format!("{other} channels") }),
    }
}

/// Programs that write CMYK JPEG follow Adobe and store inverted values, 255 for no ink.
/// YCCK is that, with red, green and blue in place of the three inks turned to YCbCr.
fn to_ink(samples: &mut [u8], is_ycck: bool) {
    for [c, m, y, k] in samples.as_chunks_mut::<4>().0 {
        if is_ycck {
            [*c, *m, *y] = rgb([*c, *m, *y]);
        } else {
            [*c, *m, *y] = [255 - *c, 255 - *m, 255 - *y];
        }
        *k = 255 - *k;
    }
}

/// ITU-T T.871, 7.
fn rgb([y, cb, cr]: [u8; 3]) -> [u8; 3] {
    let (y, cb, cr) = (f32::from(y), f32::from(cb) - 128.0, f32::from(cr) - 128.0);
    let red = y + 1.402 * cr;
    let green = y - 0.344_136 * cb - 0.714_136 * cr;
    let blue = y + 1.772 * cb;
    [red, green, blue].map(|value| value.round() as u8)
}

/// The code of each marker, with what follows it. Thumbnails have markers too, so headers are stepped over by their
/// length.
fn markers(bytes: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let mut rest = bytes.get(2..).unwrap_or_default();
    std::iter::from_fn(move || {
        let at = rest.windows(2).position(|pair| pair[0] == 0xff && pair[1] != 0xff)?;
        let (code, after) = (rest[at + 1], &rest[at + 2..]);
        rest = match (code, after) {
            // A plain 255 among the pixels, or a marker without a length.
            (0x00 | 0x01 | 0xd0..=0xd9, _) => after,
            (_, [high, low, ..]) => {
                let length = usize::from(u16::from_be_bytes([*high, *low]));
                after.get(length..).unwrap_or_default()
            }
            _ => &[],
        };
        Some((code, after))
    })
}

/// The code of the marker that begins the frame, and what follows it: length, bits, rows, columns. ITU-T T.81, B.2.2.
fn frame(bytes: &[u8]) -> Option<(u8, &[u8])> {
    markers(bytes).find(|(code, _)| (0xc0..=0xcf).contains(code) && ![0xc4, 0xc8, 0xcc].contains(code))
}

/// What the decoder would call damaged although it is only rare. ITU-T T.81, table B.1.
fn check_variety(bytes: &[u8]) -> Result<(), PictureError> {
    let detail = match frame(bytes) {
        Some((0xc0..=0xc2, [_, _, bits, ..])) if *bits != 8 => format!("{bits} bits a channel"),
        Some((0xc3, _)) => "lossless".into(),
        Some((0xc5..=0xc7 | 0xcd..=0xcf, _)) => "hierarchical".into(),
        Some((0xc9..=0xcb, _)) => "arithmetic coding".into(),
        _ => return Ok(()),
    };
    Err(PictureError::Unsupported { kind: FileKind::Jpeg, detail })
}

/// Columns and rows in the header of the frame, if there is one.
pub(super) fn frame_size(bytes: &[u8]) -> Option<(u16, u16)> {
    let [_, _, _, rows @ .., columns_high, columns_low] = frame(bytes)?.1.first_chunk::<7>()?;
    Some((u16::from_be_bytes([*columns_high, *columns_low]), u16::from_be_bytes(*rows)))
}

fn damaged(detail: &str) -> PictureError {
    PictureError::Damaged { kind: FileKind::Jpeg, detail: detail.to_owned() }
}

fn fault(error: DecodeErrors) -> PictureError {
    match error {
        DecodeErrors::Unsupported(what) => {
            PictureError::Unsupported { kind: FileKind::Jpeg, detail: format!("{what:?}") }
        }
        DecodeErrors::ExhaustedData => PictureError::CutShort { kind: FileKind::Jpeg },
        other => damaged(other.to_string().trim_end()),
    }
}
