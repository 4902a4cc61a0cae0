//! What a dream keeps of its photo's EXIF.

use std::io::Cursor;

use exif::experimental::Writer;
use exif::{Context, Exif, Field, In, Rational, Reader, Tag, Value};
use img_parts::{DynImage, ImageEXIF};
use oneiric::Format;
use oneiric::picture::{DEFAULT_QUALITY, Metadata, Warning};
use oneiric::recipe;

use super::*;

/// Formats with metadata.
const FORMATS: [Format; 3] = [Format::Jpeg, Format::Png, Format::WebP];

fn text(tag: Tag, text: &str) -> Field {
    Field { tag, ifd_num: In::PRIMARY, value: Value::Ascii(vec![text.as_bytes().to_vec()]) }
}

/// EXIF with everything that is private, and a thumbnail.
fn exif() -> Vec<u8> {
    let field = |tag, value| Field { tag, ifd_num: In::PRIMARY, value };
    let degrees = Value::Rational([47, 22, 33].map(|num| Rational { num, denom: 1 }).to_vec());
    let fields = [
        text(Tag::Make, "Acme"),
        text(Tag::Model, "Box 1"),
        text(Tag::DateTimeOriginal, "2024:07:01 12:34:56"),
        text(Tag::LensModel, "35mm"),
        text(Tag::Artist, "Ada"),
        field(Tag::FNumber, Value::Rational(vec![Rational { num: 28, denom: 10 }])),
        field(Tag::PhotographicSensitivity, Value::Short(vec![400])),
        field(Tag::Orientation, Value::Short(vec![6])),
        field(Tag::PixelXDimension, Value::Long(vec![9999])),
        field(Tag::GPSLatitude, degrees),
        text(Tag::GPSLatitudeRef, "SECRET-GPS"),
        text(Tag::OffsetTimeOriginal, "+05:45"),
        text(Tag::BodySerialNumber, "SECRET-BODY"),
        text(Tag::LensSerialNumber, "SECRET-LENS"),
        text(Tag::CameraOwnerName, "SECRET-OWNER"),
        text(Tag::ImageUniqueID, "SECRET-ID"),
        text(Tag(Context::Tiff, 50_000), "SECRET-UNKNOWN"),
        field(Tag::MakerNote, Value::Undefined(b"SECRET-NOTE".to_vec(), 0)),
        Field { ifd_num: In::THUMBNAIL, ..text(Tag::Make, "SECRET-THUMBNAIL") },
    ];
    let mut writer = Writer::new();
    fields.iter().for_each(|field| writer.push_field(field));
    writer.set_jpeg(b"SECRET-JPEG", In::THUMBNAIL);
    let mut exif = Cursor::new(Vec::new());
    writer.write(&mut exif, true).unwrap();
    exif.into_inner()
}

fn plain(format: Format) -> Vec<u8> {
    Picture::filled(16, 8, [0.5, 0.25, 0.75]).unwrap().encode(format, DEFAULT_QUALITY).unwrap()
}

/// A photo with this EXIF.
fn photo(format: Format, exif: Vec<u8>) -> Vec<u8> {
    let mut file = DynImage::from_bytes(plain(format).into()).unwrap().unwrap();
    file.set_exif(Some(exif.into()));
    file.encoder().bytes().into()
}

fn read_exif(file: &[u8]) -> Exif {
    Reader::new().read_from_container(&mut Cursor::new(file)).unwrap()
}

#[test]
fn camera_and_date_are_kept_and_private_tags_are_not() {
    for (from, into) in FORMATS.into_iter().flat_map(|from| FORMATS.map(|into| (from, into))) {
        let dream = Metadata::of_photo(&photo(from, exif())).unwrap().stamped(plain(into), into).unwrap();
        let dream = recipe::stamped(dream, "a recipe").unwrap();
        assert_eq!(recipe::find(&dream).unwrap().as_deref(), Some("a recipe"), "{from} {into}");
        assert_eq!(read(&dream), read(&plain(into)), "{from} {into}");
        let kept = read_exif(&dream);
        let value = |tag| kept.get_field(tag, In::PRIMARY).unwrap().display_value().to_string();
        let found = [Tag::Make, Tag::DateTimeOriginal, Tag::LensModel, Tag::FNumber, Tag::PhotographicSensitivity];
        assert_eq!(found.map(value), ["\"Acme\"", "2024-07-01 12:34:56", "\"35mm\"", "2.8", "400"]);
        assert_eq!(kept.get_field(Tag::Orientation, In::PRIMARY).unwrap().value.get_uint(0), Some(1));
        // The seven, the orientation and the version.
        assert_eq!(kept.fields().count(), 9);
        assert!(!dream.windows(6).any(|bytes| bytes == b"SECRET"), "{from} {into}");
    }
}

#[test]
fn photos_without_such_tags_have_nothing_to_keep_and_tiff_files_take_none() {
    let mut private = Cursor::new(Vec::new());
    let owner = text(Tag::CameraOwnerName, "SECRET");
    let mut writer = Writer::new();
    writer.push_field(&owner);
    writer.write(&mut private, false).unwrap();
    let of_photo = |file: &[u8]| Metadata::of_photo(file).unwrap_err();
    assert_eq!(of_photo(&photo(Format::Png, private.into_inner())), Warning::NoMetadata);
    for file in Format::ALL.map(plain) {
        assert_eq!(of_photo(&file), Warning::NoMetadata);
    }
    assert_eq!(of_photo(b"no picture"), Warning::NoMetadata);
    let metadata = Metadata::of_photo(&photo(Format::Jpeg, exif())).unwrap();
    let error = metadata.stamped(plain(Format::Tiff), Format::Tiff).unwrap_err();
    assert!(error.to_string().contains("TIFF") && error.blame() == Blame::Usage, "{error}");
}

#[test]
fn damaged_metadata_is_not_kept() {
    let whole = exif();
    for length in 0..200 {
        let warning = Metadata::of_photo(&photo(Format::Png, whole[..length].to_vec())).unwrap_err();
        assert!(matches!(warning, Warning::MetadataIgnored { .. }), "{length}: {warning}");
    }
    // Any byte may be wrong, and what is kept is still valid.
    for (at, value) in (0..whole.len()).flat_map(|at| [0, 1, 0x7f, 0xff].map(|value| (at, value))) {
        let mut damaged = whole.clone();
        damaged[at] = value;
        if let Ok(metadata) = Metadata::of_photo(&photo(Format::Png, damaged)) {
            read_exif(&metadata.stamped(plain(Format::Png), Format::Png).unwrap());
        }
    }
    let long = [whole, vec![0; 70_000]].concat();
    assert!(Metadata::of_photo(&photo(Format::Png, long)).is_err());
}
