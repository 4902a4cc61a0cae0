//! What a dream keeps of its photo's EXIF, if it is asked to.

use std::io::Cursor;

use exif::experimental::Writer;
use exif::{Field, In, Reader, Tag, Value};
use img_parts::jpeg::markers;
use img_parts::webp::CHUNK_EXIF;
use img_parts::{DynImage, ImageEXIF};

use super::error::PictureError;
use super::format::{FileKind, Format};
use super::parts;
use super::warning::Warning;

/// The beginning of EXIF in a JPEG segment. Some programs write it into the other formats too.
const PREFIX: &[u8] = b"Exif\0\0";
/// Bytes of EXIF that a JPEG segment of 65,535 bytes can hold.
const LONGEST: usize = 65_535 - 2 - PREFIX.len();

/// The tags that are kept. None is about a place (the time zone is), and none is the number of a camera, a lens or a
/// picture. The name of a person is kept only in the two tags that say who made the photo.
const KEPT: [Tag; 34] = [
    Tag::ImageDescription,
    Tag::Make,
    Tag::Model,
    Tag::DateTime,
    Tag::Artist,
    Tag::Copyright,
    Tag::ExposureTime,
    Tag::FNumber,
    Tag::ExposureProgram,
    Tag::PhotographicSensitivity,
    Tag::SensitivityType,
    Tag::StandardOutputSensitivity,
    Tag::RecommendedExposureIndex,
    Tag::ISOSpeed,
    Tag::DateTimeOriginal,
    Tag::DateTimeDigitized,
    Tag::SubSecTime,
    Tag::SubSecTimeOriginal,
    Tag::SubSecTimeDigitized,
    Tag::ShutterSpeedValue,
    Tag::ApertureValue,
    Tag::BrightnessValue,
    Tag::ExposureBiasValue,
    Tag::MaxApertureValue,
    Tag::MeteringMode,
    Tag::LightSource,
    Tag::Flash,
    Tag::FocalLength,
    Tag::FocalLengthIn35mmFilm,
    Tag::ExposureMode,
    Tag::WhiteBalance,
    Tag::LensSpecification,
    Tag::LensMake,
    Tag::LensModel,
];

/// The part of a photo's EXIF that a dream may keep: description, camera, lens, date, exposure, artist and copyright.
/// Place, time zone, thumbnail, serial numbers, the maker's notes and all other tags are left out; so are IPTC and XMP.
#[derive(Clone, Debug)]
pub struct Metadata {
    exif: Vec<u8>,
}

impl Metadata {
    /// Reads what may be kept of a JPEG, PNG or WebP file.
    ///
    /// # Errors
    /// [`Warning::NoMetadata`] if there is none, or for another kind of file; [`Warning::MetadataIgnored`] for EXIF that is
    /// damaged or too long.
    pub fn of_photo(file: &[u8]) -> Result<Self, Warning> {
        let ignored = |detail: String| Warning::MetadataIgnored { detail };
        let exif = find(file).ok_or(Warning::NoMetadata)?;
        let exif = exif.strip_prefix(PREFIX).unwrap_or(exif);
        if exif.len() > LONGEST {
            return Err(ignored(format!("it has more than {LONGEST} bytes")));
        }
        let exif = Reader::new().read_raw(exif.to_vec()).map_err(|e| ignored(e.to_string()))?;
        let kept = KEPT.iter().filter_map(|tag| exif.get_field(*tag, In::PRIMARY));
        let kept: Vec<&Field> = kept.filter(|field| has_value(&field.value)).collect();
        if kept.is_empty() {
            return Err(Warning::NoMetadata);
        }
        let exif = block(&kept).map_err(|e| ignored(e.to_string()))?;
        // Tags of a malicious file can share their values.
        if exif.len() > LONGEST {
            return Err(ignored(format!("what can be kept has more than {LONGEST} bytes")));
        }
        Ok(Self { exif })
    }

    /// Checks that it can be written into files of this format: PNG, JPEG and WebP.
    ///
    /// # Errors
    /// [`PictureError::NoMetadata`].
    pub fn check_format(format: Format) -> Result<(), PictureError> {
        if format == Format::Tiff { Err(PictureError::NoMetadata { format }) } else { Ok(()) }
    }

    /// Returns the file of this format with it, in place of other EXIF. The bytes of the picture stay the same.
    ///
    /// # Errors
    /// Those of [`check_format`](Self::check_format); [`PictureError::EncodingFailed`] for a damaged file.
    pub fn stamped(&self, file: Vec<u8>, format: Format) -> Result<Vec<u8>, PictureError> {
        Self::check_format(format)?;
        let stamped = DynImage::from_bytes(file.into()).map(|image| {
            let mut image = image?;
            image.set_exif(Some(self.exif.clone().into()));
            Some(Vec::from(image.encoder().bytes()))
        });
        let failed = |detail| PictureError::EncodingFailed { format, detail };
        stamped.map_err(|e| failed(e.to_string()))?.ok_or_else(|| failed("it is another kind of file".into()))
    }
}

/// Returns the EXIF in a file.
fn find(file: &[u8]) -> Option<&[u8]> {
    match FileKind::of(file).ok()? {
        FileKind::Png => parts::of_png(file).find(|chunk| chunk.is(b"eXIf", b"")).map(|chunk| chunk.data),
        FileKind::Jpeg => {
            let is_exif = |(marker, data): &(u8, &[u8])| *marker == markers::APP1 && data.starts_with(PREFIX);
            parts::of_jpeg(file).find(is_exif).map(|(_, data)| data)
        }
        FileKind::WebP => parts::of_webp(file).find(|(id, _)| **id == CHUNK_EXIF).map(|(_, data)| data),
        FileKind::Tiff | FileKind::Gif | FileKind::Bmp | FileKind::JpegXl => None,
    }
}

/// Whether a value is of a type that the kept tags have, and not empty.
fn has_value(value: &Value) -> bool {
    match value {
        Value::Ascii(texts) => texts.iter().any(|text| !text.is_empty()),
        Value::Short(numbers) => !numbers.is_empty(),
        Value::Long(numbers) => !numbers.is_empty(),
        Value::Rational(numbers) => !numbers.is_empty(),
        Value::SRational(numbers) => !numbers.is_empty(),
        _ => false,
    }
}

/// Returns a block of EXIF 2.32 with these fields, for an upright picture.
fn block(kept: &[&Field]) -> Result<Vec<u8>, exif::Error> {
    let field = |tag, value| Field { tag, ifd_num: In::PRIMARY, value };
    let upright = field(Tag::Orientation, Value::Short(vec![1]));
    let version = field(Tag::ExifVersion, Value::Undefined(b"0232".to_vec(), 0));
    let mut writer = Writer::new();
    kept.iter().copied().chain([&upright, &version]).for_each(|field| writer.push_field(field));
    let mut block = Cursor::new(Vec::new());
    writer.write(&mut block, false)?;
    Ok(block.into_inner())
}
