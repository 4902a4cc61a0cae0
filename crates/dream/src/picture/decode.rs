//! Decodes the bytes of a file.

use std::error::Error;
use std::io::{self, Cursor};

use image::codecs::{bmp, gif, png, webp};
use image::metadata::Orientation;
use image::{ColorType, ImageDecoder, ImageError, ImageResult};

use super::colour::{self, Model, Profile};
use super::container::{has_all_of_riff, has_png_end, is_animation, with_png_end, with_true_header};
use super::error::PictureError;
use super::format::FileKind;
use super::header::{Header, PhotoMemory};
use super::limits::{Limits, zeros};
use super::pixels::Picture;
use super::samples::{Channels, Coding, Decoded, Samples, into_picture};
use super::warning::Warning;
use super::{bmp as bmp_profile, jpeg, jxl, png_colours, tiff};

/// Memory of a decoder besides the samples: enough for a profile of some megabytes, not for one that unpacks to gigabytes.
const MAX_SPARE_BYTES: u64 = 64 << 20;

/// The size of the upright picture and the memory that reading it takes, from the header alone. The first bytes of a file are
/// enough if they hold it; `file_bytes` is the length of the whole.
pub(super) fn memory(bytes: &[u8], file_bytes: usize, limits: &Limits) -> Result<PhotoMemory, PictureError> {
    let kind = FileKind::of(bytes)?;
    let photo = header(kind, &with_true_header(bytes, kind), limits)?.of_file(file_bytes);
    limits.check_memory(&photo)?;
    Ok(photo)
}

fn header(kind: FileKind, bytes: &[u8], limits: &Limits) -> Result<Header, PictureError> {
    match kind {
        FileKind::Jpeg => jpeg::header(bytes, limits),
        FileKind::JpegXl => jxl::header(bytes, limits),
        FileKind::Tiff => tiff::header(bytes, limits),
        _ => {
            let mut decoder = decoder(bytes, kind, limits).map_err(|e| fault(bytes, kind, limits, e))?;
            let ((width, height), colour) = (decoder.dimensions(), decoder.color_type());
            let samples = colour.bytes_per_pixel().into();
            limits.check_size(width, height, samples)?;
            let orientation = orientation(&mut *decoder);
            Ok(Header { width, height, orientation, has_alpha: colour.has_alpha(), samples, decoder: 0 })
        }
    }
}

/// Decodes a file, or with `partial` what is there of it.
pub(super) fn decode(bytes: &[u8], limits: &Limits, partial: bool) -> Result<(Picture, Vec<Warning>), PictureError> {
    let kind = FileKind::of(bytes)?;
    let bytes = &*with_true_header(bytes, kind);
    // Decoding has a better error for a damaged header.
    if let Ok(header) = header(kind, bytes, limits) {
        limits.check_memory(&header.of_file(bytes.len()))?;
    }
    let mut warnings = Vec::new();
    let decoded = match decode_as(kind, bytes, limits, false) {
        Err(problem @ (PictureError::CutShort { .. } | PictureError::Damaged { .. })) => {
            let (decoded, warning) = decode_incomplete(kind, bytes, limits, partial).ok_or(problem)?;
            warnings.push(warning);
            decoded
        }
        decoded => {
            // Some ends are not missed by its decoder.
            if kind == FileKind::Png && !has_png_end(bytes) {
                warnings.push(Warning::EndMissing { kind });
            }
            decoded?
        }
    };
    if is_animation(bytes, kind) {
        warnings.push(Warning::FirstFrame { kind });
    }
    if kind == FileKind::Tiff && tiff::has_more_pages(bytes) {
        warnings.push(Warning::FirstPage { kind });
    }
    let (picture, warning) = into_picture(kind, decoded)?;
    warnings.extend(warning);
    Ok((picture, warnings))
}

fn decode_as(kind: FileKind, bytes: &[u8], limits: &Limits, partial: bool) -> Result<Decoded, PictureError> {
    match kind {
        FileKind::Jpeg => jpeg::decode(bytes, limits, partial),
        FileKind::JpegXl => jxl::decode(bytes, limits, partial),
        FileKind::Tiff => tiff::decode(bytes, limits),
        _ => decode_with_image(bytes, kind, limits, partial),
    }
}

/// Decodes a file of which only the end is missing, or with `partial` any file as far as its pixels are there.
fn decode_incomplete(kind: FileKind, bytes: &[u8], limits: &Limits, partial: bool) -> Option<(Decoded, Warning)> {
    let complete = match kind {
        FileKind::Jpeg => jpeg::decode_without_end(bytes, limits),
        FileKind::Png if !has_png_end(bytes) => decode_as(kind, &with_png_end(bytes), limits, false).ok(),
        _ => None,
    };
    if let Some(decoded) = complete {
        return Some((decoded, Warning::EndMissing { kind }));
    }
    let decoded = if partial { decode_as(kind, bytes, limits, true).ok() } else { None };
    Some((decoded?, Warning::Partial { kind }))
}

fn decode_with_image(bytes: &[u8], kind: FileKind, limits: &Limits, partial: bool) -> Result<Decoded, PictureError> {
    let fault = |error| fault(bytes, kind, limits, error);
    let mut decoder = decoder(bytes, kind, limits).map_err(fault)?;
    let (width, height) = decoder.dimensions();
    let colour = decoder.color_type();
    limits.check_size(width, height, colour.bytes_per_pixel().into())?;
    decoder.set_limits(bounds(limits.max_decoded_bytes)).map_err(fault)?;
    let (model, has_alpha) = channels(colour);
    Ok(Decoded {
        width,
        height,
        model,
        coding: Coding::Plain,
        channels: Channels::interleaved(model, has_alpha),
        profile: profile(bytes, kind, &mut *decoder),
        orientation: orientation(&mut *decoder),
        samples: samples(decoder, kind, colour, partial, &fault)?,
    })
}

fn bounds(max_alloc: u64) -> image::Limits {
    let mut bounds = image::Limits::no_limits();
    bounds.max_alloc = Some(max_alloc);
    bounds
}

fn profile(bytes: &[u8], kind: FileKind, decoder: &mut dyn ImageDecoder) -> Profile {
    let icc = decoder.icc_profile().map_err(|error| error.to_string());
    icc.and_then(|icc| match kind {
        FileKind::Png => png_colours::profile(bytes, icc.as_deref()),
        FileKind::Bmp => bmp_profile::icc(bytes)?.map(colour::icc).transpose(),
        _ => icc.as_deref().map(colour::icc).transpose(),
    })
}

fn orientation(decoder: &mut dyn ImageDecoder) -> Orientation {
    decoder.orientation().unwrap_or(Orientation::NoTransforms)
}

fn decoder<'a>(bytes: &'a [u8], kind: FileKind, limits: &Limits) -> ImageResult<Box<dyn ImageDecoder + 'a>> {
    let file = Cursor::new(bytes);
    Ok(match kind {
        FileKind::Png => {
            Box::new(png::PngDecoder::with_limits(file, bounds(limits.max_decoded_bytes.min(MAX_SPARE_BYTES)))?)
        }
        FileKind::WebP => Box::new(webp::WebPDecoder::new(file)?),
        FileKind::Gif => Box::new(gif::GifDecoder::new(file)?),
        FileKind::Bmp => Box::new(bmp::BmpDecoder::new(file)?),
        FileKind::Jpeg | FileKind::JpegXl | FileKind::Tiff => unreachable!("they have decoders of their own"),
    })
}

fn channels(colour: ColorType) -> (Model, bool) {
    let model = if colour.has_color() { Model::Rgb } else { Model::Grey };
    (model, colour.has_alpha())
}

fn samples(
    decoder: Box<dyn ImageDecoder + '_>,
    kind: FileKind,
    colour: ColorType,
    partial: bool,
    fault: &impl Fn(ImageError) -> PictureError,
) -> Result<Samples, PictureError> {
    let depth = colour.bytes_per_pixel() / colour.channel_count();
    Ok(match depth {
        1 => Samples::Bytes(read(decoder, colour, partial.then_some([0x80u8, 0xff]), fault)?.0),
        2 => {
            let (mut samples, is_whole) = read(decoder, colour, partial.then_some([0x8080u16, 0xffff]), fault)?;
            if kind == FileKind::Png && !is_whole {
                // Its decoder turns the bytes of the whole picture at the end.
                samples.iter_mut().for_each(|sample| *sample = u16::from_be(*sample));
            }
            Samples::Words(samples)
        }
        _ => Samples::Floats(read(decoder, colour, partial.then_some([0.5f32, 1.0]), fault)?.0),
    })
}

/// Reads the samples, and returns them with whether they are all there. Missing ones are an error, or take the values of
/// `missing`: of colour and of transparency.
fn read<T: bytemuck::Pod + PartialEq>(
    decoder: Box<dyn ImageDecoder + '_>,
    colour: ColorType,
    missing: Option<[T; 2]>,
    fault: &impl Fn(ImageError) -> PictureError,
) -> Result<(Vec<T>, bool), PictureError> {
    let bytes = usize::try_from(decoder.total_bytes()).unwrap_or(usize::MAX);
    let mut samples = zeros::<T>(bytes / size_of::<T>())?;
    let Some([grey, opaque]) = missing else {
        decoder.read_image(bytemuck::cast_slice_mut(&mut samples)).map_err(fault)?;
        return Ok((samples, true));
    };
    let mut pixel = vec![grey; colour.channel_count().into()];
    if let (true, Some(alpha)) = (colour.has_alpha(), pixel.last_mut()) {
        *alpha = opaque;
    }
    samples.chunks_exact_mut(pixel.len()).for_each(|missing| missing.copy_from_slice(&pixel));
    match decoder.read_image(bytemuck::cast_slice_mut(&mut samples)) {
        Ok(()) => Ok((samples, true)),
        Err(error) if samples.chunks_exact(pixel.len()).all(|read| read == pixel) => Err(fault(error)),
        Err(_) => Ok((samples, false)),
    }
}

fn fault(bytes: &[u8], kind: FileKind, limits: &Limits, error: ImageError) -> PictureError {
    if ends_early(&error) {
        return PictureError::CutShort { kind };
    }
    match error {
        ImageError::Limits(_) => PictureError::TooManyBytes { limit: limits.max_decoded_bytes },
        ImageError::Unsupported(what) => PictureError::Unsupported { kind, detail: what.to_string() },
        // Its decoder reports both in the same way.
        _ if kind == FileKind::WebP && !has_all_of_riff(bytes) => PictureError::CutShort { kind },
        // The outer error has only the name of the format.
        other => PictureError::Damaged { kind, detail: other.source().unwrap_or(&other).to_string() },
    }
}

/// Whether the file ended early. Decoders wrap that error in several ways; the GIF decoder keeps only its message.
fn ends_early(error: &ImageError) -> bool {
    let ran_dry = |error: &io::Error| error.kind() == io::ErrorKind::UnexpectedEof;
    let mut cause: Option<&(dyn Error + 'static)> = match error {
        ImageError::IoError(error) if ran_dry(error) => return true,
        _ => Some(error),
    };
    while let Some(error) = cause {
        let words = error.to_string().to_ascii_lowercase();
        if error.downcast_ref().is_some_and(ran_dry) || words == "unexpected end of file" {
            return true;
        }
        cause = error.source();
    }
    false
}
