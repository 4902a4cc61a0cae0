//! The kinds of picture files that can be read, and the formats that can be written.

use std::fmt;

/// A format that a [`Picture`](super::Picture) can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Lossless, with transparency.
    Png,
    /// Small, lossy, without transparency.
    Jpeg,
    /// Lossless, with transparency, smaller than PNG.
    WebP,
    /// Lossless, with transparency, for programs that edit photos.
    Tiff,
}

impl Format {
    /// Every format, the default one first.
    pub const ALL: [Self; 4] = [Self::Png, Self::Jpeg, Self::WebP, Self::Tiff];

    /// Returns the endings of its files, in lower case, the usual one first.
    pub fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Png => &["png"],
            Self::Jpeg => &["jpg", "jpeg", "jpe", "jfif"],
            Self::WebP => &["webp"],
            Self::Tiff => &["tif", "tiff"],
        }
    }

    /// Whether its files can have 16 bits a channel.
    pub fn has_16_bits(self) -> bool {
        matches!(self, Self::Png | Self::Tiff)
    }

    /// Whether its files can have transparency.
    pub fn has_transparency(self) -> bool {
        self != Self::Jpeg
    }

    pub(super) fn known() -> String {
        let endings: Vec<_> = Self::ALL.iter().map(|format| format!(".{}", format.endings()[0])).collect();
        endings.join(", ")
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::WebP => "WebP",
            Self::Tiff => "TIFF",
        })
    }
}

/// A kind of picture file that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// Baseline, extended and progressive, 8 bits; grey, RGB, YCbCr, CMYK and YCCK.
    Jpeg,
    /// Every colour type but CMYK, every depth; the first frame of an animation.
    JpegXl,
    /// Every colour type and depth; the still picture of an animation.
    Png,
    /// Lossy and lossless; the first frame of an animation.
    WebP,
    /// The first frame of an animation.
    Gif,
    /// Windows bitmaps, with palettes and run lengths.
    Bmp,
    /// The first page: grey, RGB, CMYK and palettes with or without transparency, YCbCr and L*a*b*; integers of 1 to 64
    /// bits and floats; compressed with Deflate, fax group 4, JPEG, LZW, PackBits or Zstandard.
    Tiff,
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Jpeg => "JPEG",
            Self::JpegXl => "JPEG XL",
            Self::Png => "PNG",
            Self::WebP => "WebP",
            Self::Gif => "GIF",
            Self::Bmp => "BMP",
            Self::Tiff => "TIFF",
        })
    }
}

impl FileKind {
    /// Endings that files of these kinds usually have, in lower case.
    pub const ENDINGS: [&str; 13] =
        ["jpg", "jpeg", "jpe", "jfif", "jxl", "png", "apng", "webp", "gif", "bmp", "dib", "tif", "tiff"];
}
