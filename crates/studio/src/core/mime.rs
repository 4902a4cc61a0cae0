//! MIME types of pictures.

use oneiric::Format;
use oneiric::picture::FileKind;

use crate::wire::Problem;

/// Returns the MIME type of a picture file.
///
/// # Errors
/// Bytes that are not a picture.
pub fn mime(bytes: &[u8]) -> Result<&'static str, Problem> {
    Ok(match FileKind::of(bytes)? {
        FileKind::Jpeg => "image/jpeg",
        FileKind::JpegXl => "image/jxl",
        FileKind::Png => "image/png",
        FileKind::WebP => "image/webp",
        FileKind::Gif => "image/gif",
        FileKind::Bmp => "image/bmp",
        FileKind::Tiff => "image/tiff",
    })
}

/// Returns the MIME type of a format.
pub fn mime_of(format: Format) -> &'static str {
    match format {
        Format::Png => "image/png",
        Format::Jpeg => "image/jpeg",
        Format::WebP => "image/webp",
        Format::Tiff => "image/tiff",
    }
}
