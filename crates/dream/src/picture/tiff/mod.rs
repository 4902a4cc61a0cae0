//! TIFF, with the `tiff` crate directly: the `image` crate drops profiles that are large compared with the picture,
//! takes integers of 32 bits as floats and refuses most models of colour.
//!
//! The bytes of the first page -> `Header`, what its tags say -> samples as they are stored, unpacked by the crate,
//! which sees a picture of grey samples (`as_grey`) -> `Decoded`.

mod as_grey;
mod header;

use std::io::{self, Cursor};

use ::tiff::decoder::{Decoder, Limits as DecoderLimits};
use ::tiff::tags::{PhotometricInterpretation as Photometric, Tag};
use ::tiff::{TiffError, TiffUnsupportedError};
use bytemuck::Pod;
use half::f16;

use self::as_grey::AsGrey;
use self::header::{Header, Number, compression, meaning};
use super::colour::{self, Profile};
use super::error::PictureError;
use super::format::FileKind;
use super::header::Header as FileHeader;
use super::jpeg;
use super::limits::{Limits, reserve, zeros};
use super::samples::{Decoded, Samples};

type File<'a> = Decoder<AsGrey<'a>>;

pub(super) fn header(bytes: &[u8], limits: &Limits) -> Result<FileHeader, PictureError> {
    let (mut file, header) = open(bytes, limits)?;
    let (model, coding) = header.colours(&mut file)?;
    Ok(FileHeader {
        width: header.width,
        height: header.height,
        orientation: header.orientation,
        has_alpha: header.channels(model, &coding)?.alpha.is_some(),
        samples: header.bytes_per_pixel(),
        decoder: 0,
    })
}

pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Decoded, PictureError> {
    let (mut file, header) = open(bytes, limits)?;
    let (width, height) = (header.width, header.height);
    let profile = profile(&mut file, bytes)?;
    let (model, coding) = header.colours(&mut file)?;
    let channels = header.channels(model, &coding)?;
    if header.is_jpeg {
        check_jpeg(&mut file, bytes)?;
    }
    let samples = samples(&mut file, &header)?;
    Ok(Decoded { width, height, model, coding, channels, samples, profile, orientation: header.orientation })
}

/// Reads the header and checks it against the limits.
fn open<'a>(bytes: &'a [u8], limits: &Limits) -> Result<(File<'a>, Header), PictureError> {
    let (reader, photometric) = AsGrey::new(bytes).ok_or_else(|| no_page(bytes))?;
    let photometric = Photometric::from_u16(photometric).ok_or_else(|| unsupported(meaning(photometric)))?;
    let mut file = Decoder::new(reader).map_err(fault)?;
    let header = Header::read(&mut file, photometric)?;
    limits.check_size(header.width, header.height, header.bytes_per_pixel())?;
    let mut bounds = DecoderLimits::default();
    // Compressed bytes of a strip or tile.
    bounds.intermediate_buffer_size = usize::try_from(limits.max_decoded_bytes).unwrap_or(usize::MAX);
    Ok((file.with_limits(bounds), header))
}

/// The ICC profile, whatever its size.
fn profile(file: &mut File, bytes: &[u8]) -> Result<Profile, PictureError> {
    let mut tags = file.image_ifd();
    let Some(entry) = tags.find_entry(Tag::IccProfile) else { return Ok(Ok(None)) };
    let Some(length) = usize::try_from(entry.count()).ok().filter(|length| *length <= bytes.len()) else {
        return Ok(Err("it is larger than the file".to_owned()));
    };
    let mut icc = zeros::<u8>(length)?;
    let read = tags.find_tag_bytes(Tag::IccProfile, &mut icc, 0).map_err(|error| error.to_string());
    Ok(read.and_then(|_| colour::icc(&icc).map(Some)))
}

/// Whether pages follow the first that are not masks or smaller copies of it. At most a hundred are looked at: they may
/// form a loop.
pub(super) fn has_more_pages(bytes: &[u8]) -> bool {
    const IS_COPY_OR_MASK: u32 = 1 | 4;
    let Some(mut file) = AsGrey::new(bytes).and_then(|(reader, _)| Decoder::new(reader).ok()) else { return false };
    let mut page = file.ifd_pointer().and_then(|first| file.read_directory(first).ok());
    for _ in 0..100 {
        let next = page.and_then(|page| page.next());
        let Some(directory) = next.and_then(|next| file.read_directory(next).ok()) else { return false };
        let kind = file.read_directory_tags(&directory).find_tag_unsigned::<u32>(Tag::NewSubfileType);
        if kind.ok().flatten().unwrap_or(0) & IS_COPY_OR_MASK == 0 {
            return true;
        }
        page = Some(directory);
    }
    false
}

/// Checks the size of each strip or tile with a JPEG of its own, and that it is complete. The decoder would make the
/// pixels of any header, and fill what is missing with grey.
fn check_jpeg(file: &mut File, bytes: &[u8]) -> Result<(), PictureError> {
    let mut numbers = |strips: Tag, tiles: Tag| {
        let numbers = file.find_tag_unsigned_vec::<u64>(strips).transpose();
        numbers.or_else(|| file.find_tag_unsigned_vec(tiles).transpose()).transpose().map_err(fault)
    };
    let starts = numbers(Tag::StripOffsets, Tag::TileOffsets)?.unwrap_or_default();
    let lengths = numbers(Tag::StripByteCounts, Tag::TileByteCounts)?.unwrap_or_default();
    let (width, height) = file.chunk_dimensions();
    for (start, length) in starts.into_iter().zip(lengths) {
        let range = usize::try_from(start).ok().zip(usize::try_from(start.saturating_add(length)).ok());
        let chunk = range.and_then(|(start, end)| bytes.get(start..end));
        let chunk = chunk.ok_or(PictureError::CutShort { kind: FileKind::Tiff })?;
        match jpeg::frame_size(chunk) {
            Some((columns, rows)) if u32::from(columns) <= width && u32::from(rows) <= height => {}
            _ => return Err(damaged("a JPEG within it has another size than the strip that it fills")),
        }
        if !jpeg::has_end(chunk) {
            return Err(PictureError::CutShort { kind: FileKind::Tiff });
        }
    }
    Ok(())
}

/// The samples of all pixels, as the header says that they are stored.
fn samples(file: &mut File, header: &Header) -> Result<Samples, PictureError> {
    let layout = file.image_buffer_layout().map_err(fault)?;
    if layout.complete_len != header.bytes() {
        return Err(damaged("its tags contradict one another"));
    }
    let length = layout.complete_len;
    Ok(match header.number {
        Number::Bits(bits @ 1..8) => Samples::Bytes(unpacked(&read::<u8>(file, length)?, bits, header)?),
        Number::Bits(8) => Samples::Bytes(read(file, length)?),
        Number::Bits(16) => Samples::Words(read(file, length)?),
        Number::Bits(32) => Samples::Longs(read(file, length)?),
        Number::Bits(_) => floats(&read::<u64>(file, length)?, |value| (value as f64 / u64::MAX as f64) as f32)?,
        Number::Float(16) => floats(&read::<u16>(file, length)?, |value| f16::from_bits(value).to_f32())?,
        Number::Float(32) => Samples::Floats(read(file, length)?),
        Number::Float(_) => floats(&read::<f64>(file, length)?, |value| value as f32)?,
    })
}

fn read<T: Pod>(file: &mut File, bytes: usize) -> Result<Vec<T>, PictureError> {
    let mut samples = zeros::<T>(bytes / size_of::<T>())?;
    file.read_image_bytes(bytemuck::cast_slice_mut(&mut samples)).map_err(fault)?;
    Ok(samples)
}

fn floats<T: Copy>(samples: &[T], to_float: impl Fn(T) -> f32) -> Result<Samples, PictureError> {
    let mut floats = reserve(samples.len())?;
    floats.extend(samples.iter().map(|value| to_float(*value)));
    Ok(Samples::Floats(floats))
}

/// Samples of 1, 2 or 4 bits as bytes of 0 to 255. Each row begins with a new byte.
fn unpacked(rows: &[u8], bits: u8, header: &Header) -> Result<Vec<u8>, PictureError> {
    let (values, most) = (header.samples_of_a_row(), (1u16 << bits) - 1);
    let mut bytes = reserve(rows.len() / header.bytes_of_a_row() * values)?;
    for row in rows.chunks_exact(header.bytes_of_a_row()) {
        bytes.extend((0..values).map(|index| {
            let at = index * usize::from(bits);
            let value = u16::from(row[at / 8] >> (8 - usize::from(bits) - at % 8)) & most;
            (value * 255 / most) as u8
        }));
    }
    Ok(bytes)
}

/// The error of a file without a first page, or one that does not say what its samples mean.
fn no_page(bytes: &[u8]) -> PictureError {
    match Decoder::new(Cursor::new(bytes)) {
        Err(error) => fault(error),
        Ok(_) => damaged("it does not say what its samples mean"),
    }
}

fn damaged(detail: &str) -> PictureError {
    PictureError::Damaged { kind: FileKind::Tiff, detail: detail.to_owned() }
}

fn unsupported(detail: impl Into<String>) -> PictureError {
    PictureError::Unsupported { kind: FileKind::Tiff, detail: detail.into() }
}

fn fault(error: TiffError) -> PictureError {
    match error {
        TiffError::IoError(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            PictureError::CutShort { kind: FileKind::Tiff }
        }
        TiffError::UnsupportedError(TiffUnsupportedError::UnsupportedCompressionMethod(method)) => {
            unsupported(compression(method.to_u16()))
        }
        TiffError::UnsupportedError(what) => unsupported(what.to_string()),
        TiffError::FormatError(what) => damaged(&what.to_string()),
        TiffError::LimitsExceeded => damaged("a tag or a strip is longer than the limits allow"),
        other => damaged(&other.to_string()),
    }
}
