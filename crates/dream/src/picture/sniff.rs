//! Recognises the kind of a file by its content.

use super::error::PictureError;
use super::format::FileKind;

impl FileKind {
    /// Recognises a file by its first bytes.
    ///
    /// # Errors
    /// [`PictureError::Empty`]; [`PictureError::Foreign`] for a known kind that cannot be read; [`PictureError::Unknown`]
    /// for any other.
    pub fn of(bytes: &[u8]) -> Result<Self, PictureError> {
        match bytes {
            [] => Err(PictureError::Empty),
            [0xff, 0xd8, ..] => Ok(Self::Jpeg),
            [0xff, 0x0a, ..] | [0, 0, 0, 12, b'J', b'X', b'L', b' ', b'\r', b'\n', 0x87, b'\n', ..] => Ok(Self::JpegXl),
            [0x89, b'P', b'N', b'G', ..] => Ok(Self::Png),
            [b'G', b'I', b'F', b'8', ..] => Ok(Self::Gif),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Ok(Self::WebP),
            [b'I', b'I', 42, 0, _, _, _, _, b'C', b'R', ..] => Err(foreign(CAMERA_RAW)),
            [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => Ok(Self::Tiff),
            // Text may begin with these two letters too; bitmaps have four reserved zero bytes.
            [b'B', b'M', _, _, _, _, _, _, _, _, _, _, _, 0, ..] => Ok(Self::Bmp),
            [b'P', b'1'..=b'7', b' ' | b'\n' | b'\r' | b'\t', ..] => Err(foreign(PNM)),
            _ => Err(unsupported(bytes)),
        }
    }
}

/// What a file looks like, and what to do with it.
type Unsupported = (&'static str, &'static str);

const CONVERT: &str = "convert it to JPEG or PNG first";
const CAMERA_RAW: Unsupported = ("a camera's raw file", "develop it to JPEG, PNG or TIFF first");
const HEIC: Unsupported = ("a HEIC picture", "convert it to JPEG or PNG first (a phone can also be set to take JPEG)");
const AVIF: Unsupported = ("an AVIF picture", CONVERT);
const VIDEO: Unsupported = ("a video", "take a still picture from it first");
const PNM: Unsupported = ("a PNM picture", CONVERT);
const TEXT: Unsupported = ("a text file", "give a picture file instead");
const WEB_PAGE: Unsupported = ("a web page", "download the picture itself, not the page around it");

/// Unsupported kinds with a signature at an offset.
#[rustfmt::skip]
const SIGNATURES: &[(usize, &[u8], Unsupported)] = &[
    (0, b"%PDF", ("a PDF document", "export its page as PNG first")),
    (0, b"8BPS", ("a Photoshop document", "export it as PNG first")),
    (0, b"\0\0\0\x0cjP  ", ("a JPEG 2000 picture", CONVERT)),
    (0, b"\xff\x4f\xff\x51", ("a JPEG 2000 picture", CONVERT)),
    (0, b"\0\0\x01\0", ("a Windows icon", CONVERT)),
    (0, b"\x76\x2f\x31\x01", ("an OpenEXR picture", CONVERT)),
    (0, b"#?RADIANCE", ("a Radiance HDR picture", CONVERT)),
    (0, b"qoif", ("a QOI picture", CONVERT)),
    (0, b"DDS ", ("a DDS texture", CONVERT)),
    (0, b"FUJIFILMCCD-RAW", CAMERA_RAW),
    (0, b"IIU\0", CAMERA_RAW),
    (0, b"IIRO", CAMERA_RAW),
    (0, b"gimp xcf", ("a GIMP document", "export it as PNG first")),
    (0, b"\x1a\x45\xdf\xa3", VIDEO),
    (8, b"AVI ", VIDEO),
    (0, b"FLV\x01", VIDEO),
    (0, b"\0\0\x01\xba", VIDEO),
    (0, b"PK\x03\x04", ("a ZIP archive or an office document", "unpack it and use a picture file")),
    (0, b"\x1f\x8b", ("a gzip archive", "unpack it first")),
    (0, b"7z\xbc\xaf\x27\x1c", ("a 7z archive", "unpack it first")),
    (0, b"Rar!", ("a RAR archive", "unpack it first")),
];

/// Brands of the ISO container that HEIC, AVIF, camera raw files and videos share.
#[rustfmt::skip]
const BRANDS: &[(&[u8], Unsupported)] = &[
    (b"avi", AVIF),
    (b"hei", HEIC),
    (b"hev", HEIC),
    (b"mif1", HEIC),
    (b"msf1", HEIC),
    (b"crx", CAMERA_RAW),
];

/// The error of a file of a camera's sensor; several kinds of them are TIFF files with a thumbnail on the first page.
pub(super) fn camera_raw() -> PictureError {
    foreign(CAMERA_RAW)
}

impl PictureError {
    /// Whether the file is a HEIC or AVIF picture, which other programs can convert.
    pub fn is_heif(&self) -> bool {
        let of = |kinds: [Unsupported; 2], name| kinds.iter().any(|(looks_like, _)| *looks_like == name);
        matches!(self.problem(), Self::Foreign { looks_like, .. } if of([HEIC, AVIF], *looks_like))
    }
}

fn foreign((looks_like, advice): Unsupported) -> PictureError {
    PictureError::Foreign { looks_like, advice }
}

fn unsupported(bytes: &[u8]) -> PictureError {
    let at = |offset: usize| bytes.get(offset..).unwrap_or_default();
    if at(4).starts_with(b"ftyp") {
        return foreign(in_container(bytes));
    }
    let signature = SIGNATURES.iter().find(|(offset, mark, _)| at(*offset).starts_with(mark));
    if let Some((_, _, kind)) = signature {
        return foreign(*kind);
    }
    text(bytes).map_or(PictureError::Unknown, foreign)
}

/// `mif1` only means "some still picture", so the compatible brands count too, AVIF first.
fn in_container(bytes: &[u8]) -> Unsupported {
    let brands = || bytes.get(8..).unwrap_or_default().chunks(4).take(8);
    BRANDS.iter().find(|(mark, _)| brands().any(|brand| brand.starts_with(mark))).map_or(VIDEO, |(_, kind)| *kind)
}

fn text(bytes: &[u8]) -> Option<Unsupported> {
    let start = &bytes[..bytes.len().min(1024)];
    // The last character may be cut.
    let start = match std::str::from_utf8(start) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => std::str::from_utf8(&start[..error.valid_up_to()]).ok()?,
        Err(_) => return None,
    };
    if start.chars().any(|c| c.is_control() && !c.is_whitespace()) {
        return None;
    }
    let lower = start.to_lowercase();
    let lower = lower.trim_start_matches('\u{feff}').trim_start();
    Some(if lower.contains("<svg") {
        ("an SVG drawing", "export it as PNG first")
    } else if lower.starts_with("<!doctype html") || lower.starts_with("<html") {
        WEB_PAGE
    } else {
        TEXT
    })
}
