//! What the tags of the first page say about its samples.

use ::tiff::decoder::ifd::Value;
use ::tiff::tags::{PhotometricInterpretation as Photometric, Tag};
use image::metadata::Orientation;

use super::super::colour::Model;
use super::super::error::PictureError;
use super::super::samples::{Alpha, Channels, Coding};
use super::super::sniff;
use super::{File, damaged, fault, unsupported};

/// A kind of number.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Number {
    /// Unsigned, of 1, 2, 4, 8, 16, 32 or 64 bits.
    Bits(u8),
    /// A float of 16, 32 or 64 bits.
    Float(u8),
}

pub(super) struct Header {
    pub width: u32,
    pub height: u32,
    pub orientation: Orientation,
    pub number: Number,
    pub is_jpeg: bool,
    photometric: Photometric,
    /// Samples of a pixel.
    samples: u16,
    is_planar: bool,
    /// What the samples after those of the colour mean, if that is known.
    extra: Option<Vec<u16>>,
}

const DNG_VERSION: Tag = Tag::Unknown(50_706);
const INK_SET: Tag = Tag::Unknown(332);
const COEFFICIENTS: Tag = Tag::Unknown(529);
const REFERENCE: Tag = Tag::Unknown(532);

const JPEG: u16 = 7;
const FLOATS: u16 = 3;
const SIGNED: u16 = 2;
/// Values of ExtraSamples.
const PREMULTIPLIED: u16 = 1;
const STRAIGHT: u16 = 2;

impl Header {
    pub(super) fn read(file: &mut File, photometric: Photometric) -> Result<Self, PictureError> {
        let mut list = |tag| file.find_tag_unsigned_vec::<u16>(tag).map_err(fault);
        let is_thumbnail = list(Tag::NewSubfileType)?.is_some_and(|kind| kind.iter().any(|kind| kind & 1 == 1));
        if list(DNG_VERSION)?.is_some() || (is_thumbnail && list(Tag::SubIfd)?.is_some()) {
            return Err(sniff::camera_raw());
        }
        let extra = list(Tag::ExtraSamples)?;
        let mut number = |tag, default| {
            let first = list(tag)?.and_then(|list| list.first().copied());
            Ok::<u16, PictureError>(first.unwrap_or(default))
        };
        let compression = number(Tag::Compression, 1)?;
        if number(Tag::FillOrder, 1)? != 1 && compression != JPEG {
            return Err(unsupported("the bits of its bytes are in reverse order"));
        }
        let orientation = u8::try_from(number(Tag::Orientation, 1)?).ok().and_then(Orientation::from_exif);
        let (format, bits) = (number(Tag::SampleFormat, 1)?, number(Tag::BitsPerSample, 1)?);
        let number_kind = match (format, bits) {
            (FLOATS, 16 | 32 | 64) => Number::Float(bits as u8),
            (FLOATS, _) => return Err(unsupported(format!("floats of {bits} bits"))),
            (SIGNED, _) => return Err(unsupported("signed samples")),
            (_, 1 | 2 | 4 | 8 | 16 | 32 | 64) => Number::Bits(bits as u8),
            _ => return Err(unsupported(format!("{bits} bits a channel"))),
        };
        let samples = number(Tag::SamplesPerPixel, 1)?;
        let is_planar = number(Tag::PlanarConfiguration, 1)? == 2;
        let (width, height) = file.dimensions().map_err(fault)?;
        Ok(Self {
            width,
            height,
            orientation: orientation.unwrap_or(Orientation::NoTransforms),
            number: number_kind,
            is_jpeg: compression == JPEG,
            photometric,
            samples,
            is_planar,
            extra,
        })
    }

    fn bits(&self) -> u8 {
        match self.number {
            Number::Bits(bits) | Number::Float(bits) => bits,
        }
    }

    /// Bytes of a pixel, rounded up.
    pub(super) fn bytes_per_pixel(&self) -> u64 {
        (u64::from(self.samples) * u64::from(self.bits())).div_ceil(8)
    }

    /// Samples of a row, of one channel if they are planar.
    pub(super) fn samples_of_a_row(&self) -> usize {
        self.width as usize * if self.is_planar { 1 } else { usize::from(self.samples) }
    }

    pub(super) fn bytes_of_a_row(&self) -> usize {
        (self.samples_of_a_row() * usize::from(self.bits())).div_ceil(8)
    }

    /// Bytes of all samples. It fits, since the limits are checked.
    pub(super) fn bytes(&self) -> usize {
        let planes = if self.is_planar { usize::from(self.samples) } else { 1 };
        self.bytes_of_a_row() * self.height as usize * planes
    }

    /// The model of the colours, and how samples make them up.
    pub(super) fn colours(&self, file: &mut File) -> Result<(Model, Coding), PictureError> {
        let bits = self.bits();
        match (self.photometric, self.number) {
            (Photometric::WhiteIsZero, _) => Ok((Model::Grey, Coding::Inverted)),
            (Photometric::BlackIsZero, _) => Ok((Model::Grey, Coding::Plain)),
            (Photometric::RGB, _) => Ok((Model::Rgb, Coding::Plain)),
            (Photometric::CMYK, _) => {
                check(file, INK_SET, &[1.0], "other inks than cyan, magenta, yellow and black")?;
                Ok((Model::Cmyk, Coding::Plain))
            }
            (Photometric::RGBPalette, Number::Bits(1 | 2 | 4 | 8)) => {
                Ok((Model::Rgb, Coding::Palette(palette(file, 1 << bits)?)))
            }
            (Photometric::YCbCr, Number::Bits(8)) => {
                self.check_ycbcr(file)?;
                Ok((Model::Rgb, Coding::YCbCr))
            }
            (Photometric::CIELab, Number::Bits(8 | 16)) => Ok((Model::Lab, Coding::SignedLab { bits: bits.into() })),
            (Photometric::IccLab, Number::Bits(8)) => Ok((Model::Lab, Coding::Plain)),
            (Photometric::IccLab, Number::Bits(16)) => Ok((Model::Lab, Coding::LongLab)),
            (other, Number::Bits(bits)) => Err(unsupported(format!("{} of {bits} bits", meaning(other as u16)))),
            (other, Number::Float(_)) => Err(unsupported(format!("{} in floats", meaning(other as u16)))),
        }
    }

    /// How the channels of a pixel are stored.
    pub(super) fn channels(&self, model: Model, coding: &Coding) -> Result<Channels, PictureError> {
        let (count, colours) = (usize::from(self.samples), coding.stored(model));
        let others = count.checked_sub(colours).ok_or_else(|| damaged("a pixel has too few samples"))?;
        let alpha = match &self.extra {
            Some(extra) => {
                let first = count.saturating_sub(extra.len()).max(colours);
                let at = extra.iter().position(|meaning| [PREMULTIPLIED, STRAIGHT].contains(meaning));
                at.map(|at| Alpha { channel: first + at, is_premultiplied: extra[at] == PREMULTIPLIED })
            }
            None => (others == 1).then_some(Alpha { channel: colours, is_premultiplied: false }),
        };
        let alpha = alpha.filter(|alpha| alpha.channel < count);
        Ok(Channels { count, alpha, planar: self.is_planar })
    }

    /// JPEG has one kind of YCbCr, and its decoder brings all channels to the same size.
    fn check_ycbcr(&self, file: &mut File) -> Result<(), PictureError> {
        if self.is_jpeg {
            return Ok(());
        }
        let subsampling = file.find_tag_unsigned_vec::<u16>(Tag::ChromaSubsampling).map_err(fault)?;
        if subsampling.as_deref() != Some(&[1, 1]) {
            return Err(unsupported("YCbCr with fewer samples of colour than of light, not as JPEG"));
        }
        check(file, COEFFICIENTS, &[0.299, 0.587, 0.114], "YCbCr with unusual coefficients")?;
        check(file, REFERENCE, &[0.0, 255.0, 128.0, 255.0, 128.0, 255.0], "YCbCr of less than the full range")
    }
}

/// Checks that the numbers of a tag, if it is there, are the usual ones.
fn check(file: &mut File, tag: Tag, usual: &[f64], what: &str) -> Result<(), PictureError> {
    let Some(value) = file.find_tag(tag).map_err(fault)? else { return Ok(()) };
    let values = if let Value::List(values) = value { values } else { vec![value] };
    let numbers = values.into_iter().map(number).collect::<Result<Vec<_>, _>>()?;
    let is_near = |(number, usual): (&f64, &f64)| (number - usual).abs() < 0.005;
    let is_usual = numbers.len() == usual.len() && numbers.iter().zip(usual).all(is_near);
    if is_usual { Ok(()) } else { Err(unsupported(what)) }
}

fn number(value: Value) -> Result<f64, PictureError> {
    match value {
        Value::Rational(above, below) => Ok(f64::from(above) / f64::from(below)),
        value => Ok(value.into_u64().map_err(fault)? as f64),
    }
}

/// The colours of a palette: all red, all green, all blue values, of 16 bits. Programs write and read only 8 of them;
/// some old ones write them without the factor of 256.
fn palette(file: &mut File, colours: usize) -> Result<Vec<[f32; 3]>, PictureError> {
    let values = file.find_tag_unsigned_vec::<u16>(Tag::ColorMap).map_err(fault)?.unwrap_or_default();
    if values.len() != 3 * colours {
        return Err(damaged("its palette has a wrong length"));
    }
    let shift = if values.iter().all(|value| *value < 256) { 0 } else { 8 };
    let value = |channel: usize, index: usize| f32::from(values[channel * colours + index] >> shift) / 255.0;
    Ok((0..colours).map(|index| [0, 1, 2].map(|channel| value(channel, index))).collect())
}

/// What samples mean, in words.
pub(super) fn meaning(photometric: u16) -> String {
    match photometric {
        3 => "a palette".into(),
        4 => "a mask".into(),
        6 => "YCbCr".into(),
        8 | 9 => "L*a*b*".into(),
        10 => "L*a*b* of faxes".into(),
        32_803 | 34_892 => "the samples of a camera's sensor".into(),
        32_844 | 32_845 => "LogLuv".into(),
        other => format!("colours of kind {other}"),
    }
}

/// A way of compression, in words.
pub(super) fn compression(method: u16) -> String {
    match method {
        2 | 3 => "fax compression of group 3".into(),
        6 => "JPEG compression of the old kind".into(),
        34_661 => "JBIG compression".into(),
        33_003 | 33_005 | 34_712 => "JPEG 2000 compression".into(),
        34_887 => "LERC compression".into(),
        34_925 => "LZMA compression".into(),
        // Its decoder makes pixels of any size that the WebP says.
        50_001 => "WebP compression".into(),
        50_002 | 52_546 => "JPEG XL compression".into(),
        other => format!("compression of kind {other}"),
    }
}
