//! JPEG XL, with the decoder of Chrome and Firefox (jxl-rs). It turns pictures upright and undoes premultiplied alpha itself.

use image::metadata::Orientation;
use jxl::api::{
    AlphaMode, Endianness, Event, ExtraChannel, JxlBasicInfo, JxlBitDepth, JxlColorEncoding, JxlColorProfile,
    JxlColorType, JxlDataFormat, JxlDecoder, JxlDecoderOptions, JxlOutputBuffer, JxlPixelFormat, JxlTransferFunction,
    ProfileLevel,
};
use jxl::error::Error;

use super::colour::{self, Model, Profile};
use super::error::PictureError;
use super::format::FileKind;
use super::header::Header;
use super::limits::{Limits, zeros};
use super::samples::{Channels, Coding, Decoded, Samples};

const KIND: FileKind = FileKind::JpegXl;

/// The decoder keeps every channel of a pixel as a number of this many bytes.
const BYTES_PER_SAMPLE: u64 = 4;

/// Bytes of a pixel in the decoder's buffers, measured.
const DECODER: u64 = 16;

/// Samples that a frame may have in any picture. Frames of patches may be larger than a small picture.
const SMALL_FRAME: usize = 1 << 20;

pub(super) fn header(bytes: &[u8], limits: &Limits) -> Result<Header, PictureError> {
    let head = Head::read(bytes, limits)?;
    Ok(Header {
        width: head.width,
        height: head.height,
        // Its decoder turns the picture upright.
        orientation: Orientation::NoTransforms,
        has_alpha: head.has_alpha,
        samples: head.bytes_per_pixel(),
        decoder: DECODER,
    })
}

/// Decodes the first frame, or with `partial` what is there of it: the rest is grey, black or blurred.
pub(super) fn decode(bytes: &[u8], limits: &Limits, partial: bool) -> Result<Decoded, PictureError> {
    let head = Head::read(bytes, limits)?;
    let (mut file, mut rest) = open(bytes, Some(head.sample_limit()))?;
    file.set_pixel_format(head.pixel_format()).map_err(fault)?;
    let profile = profile(file.output_color_profile());
    let samples = match head.depth {
        Depth::Bytes => Samples::Bytes(read(&mut file, &mut rest, &head, partial, [0x80, 0xff])?),
        Depth::Words => Samples::Words(read(&mut file, &mut rest, &head, partial, [0x8080, 0xffff])?),
        Depth::Floats => Samples::Floats(read(&mut file, &mut rest, &head, partial, [0.5, 1.0])?),
    };
    Ok(Decoded {
        width: head.width,
        height: head.height,
        model: head.model,
        coding: Coding::Plain,
        channels: Channels::interleaved(head.model, head.has_alpha),
        samples,
        profile,
        orientation: Orientation::NoTransforms,
    })
}

/// Whether the file has more than one frame, as far as it can be read.
pub(super) fn is_animation(bytes: &[u8]) -> bool {
    let mut options = options(None);
    options.scan_frames_only = true;
    let (mut file, mut rest) = (JxlDecoder::new(options), bytes);
    while let Ok(Event::BasicInfo | Event::FrameHeader | Event::FrameComplete { .. }) =
        file.process(&mut rest, None, None)
    {
        if file.scanned_frames().len() > 1 {
            return true;
        }
    }
    false
}

/// What the header says.
struct Head {
    width: u32,
    height: u32,
    model: Model,
    has_alpha: bool,
    /// Channels besides those of the colour.
    extra: usize,
    depth: Depth,
}

/// The depth in which samples are read.
enum Depth {
    Bytes,
    Words,
    Floats,
}

impl Head {
    /// Reads the header and checks it against the limits.
    fn read(bytes: &[u8], limits: &Limits) -> Result<Self, PictureError> {
        let (file, _) = open(bytes, None)?;
        let (Some(info), Some(profile)) = (file.basic_info(), file.embedded_color_profile()) else {
            return Err(damaged("it has no header"));
        };
        let head = Self::of(info, profile)?;
        limits.check_size(head.width, head.height, head.bytes_per_pixel())?;
        Ok(head)
    }

    fn of(info: &JxlBasicInfo, profile: &JxlColorProfile) -> Result<Self, PictureError> {
        let [width, height] = [info.size.0, info.size.1].map(|side| u32::try_from(side).unwrap_or(u32::MAX));
        let has = |kind: ExtraChannel| info.extra_channels.iter().any(|channel| channel.ec_type == kind);
        if profile.is_cmyk() || has(ExtraChannel::Black) {
            return Err(PictureError::Unsupported { kind: KIND, detail: "CMYK".to_owned() });
        }
        Ok(Self {
            width,
            height,
            model: if profile.channels() == 1 { Model::Grey } else { Model::Rgb },
            has_alpha: has(ExtraChannel::Alpha),
            extra: info.extra_channels.len(),
            depth: match info.bit_depth {
                JxlBitDepth::Int { bits_per_sample: ..=8 } => Depth::Bytes,
                JxlBitDepth::Int { bits_per_sample: ..=16 } => Depth::Words,
                _ => Depth::Floats,
            },
        })
    }

    /// Samples that a pixel has in the decoder, which reads grey as three channels.
    fn samples_per_pixel(&self) -> usize {
        3 + self.extra
    }

    fn bytes_per_pixel(&self) -> u64 {
        self.samples_per_pixel() as u64 * BYTES_PER_SAMPLE
    }

    /// Samples that a frame may have: those of the picture. The decoder counts rows of less than 16 pixels as 16.
    fn sample_limit(&self) -> usize {
        let pixels = (self.width as usize).max(16).saturating_mul(self.height as usize);
        pixels.saturating_mul(self.samples_per_pixel()).max(SMALL_FRAME).saturating_add(1)
    }

    fn pixel_format(&self) -> JxlPixelFormat {
        let endianness = Endianness::native();
        JxlPixelFormat {
            color_type: match (self.model, self.has_alpha) {
                (Model::Grey, false) => JxlColorType::Grayscale,
                (Model::Grey, true) => JxlColorType::GrayscaleAlpha,
                (_, false) => JxlColorType::Rgb,
                (_, true) => JxlColorType::Rgba,
            },
            color_data_format: Some(match self.depth {
                Depth::Bytes => JxlDataFormat::U8 { bit_depth: 8 },
                Depth::Words => JxlDataFormat::U16 { endianness, bit_depth: 16 },
                Depth::Floats => JxlDataFormat::F32 { endianness },
            }),
            extra_channel_format: vec![None; self.extra],
        }
    }
}

fn options(sample_limit: Option<usize>) -> JxlDecoderOptions {
    let mut options = JxlDecoderOptions::default();
    options.sample_limit = sample_limit;
    options.alpha_mode = AlphaMode::Unpremultiplied;
    options.max_profile_level = ProfileLevel::Main10;
    options
}

/// A decoder that has read the header, and the rest of the file.
fn open(bytes: &[u8], sample_limit: Option<usize>) -> Result<(JxlDecoder, &[u8]), PictureError> {
    let (mut file, mut rest) = (JxlDecoder::new(options(sample_limit)), bytes);
    match file.process(&mut rest, None, None).map_err(fault)? {
        Event::BasicInfo => Ok((file, rest)),
        Event::NeedMoreInput { .. } => Err(PictureError::CutShort { kind: KIND }),
        _ => Err(damaged("it has no header")),
    }
}

fn profile(profile: Option<&JxlColorProfile>) -> Profile {
    let Some(profile) = profile else { return Ok(None) };
    if let Some(JxlTransferFunction::PQ | JxlTransferFunction::HLG) = profile.transfer_function() {
        return Err("it is for pictures with high dynamic range (HDR)".to_owned());
    }
    if profile.same_color_encoding(&JxlColorProfile::Simple(JxlColorEncoding::srgb(profile.channels() == 1))) {
        return Ok(None);
    }
    let icc = profile.try_as_icc().ok_or("its kind is unknown")?;
    colour::icc(&icc).map(Some)
}

/// Reads the samples of the first frame. Missing ones are an error, or take the values of `missing`: of colour and of
/// transparency.
fn read<T: bytemuck::Pod>(
    file: &mut JxlDecoder,
    rest: &mut &[u8],
    head: &Head,
    partial: bool,
    [grey, opaque]: [T; 2],
) -> Result<Vec<T>, PictureError> {
    let (rows, channels) = (head.height as usize, head.model.channels() + usize::from(head.has_alpha));
    let row = head.width as usize * channels;
    let mut samples = zeros::<T>(row.saturating_mul(rows))?;
    if partial {
        samples.fill(grey);
        if head.has_alpha {
            samples.chunks_exact_mut(channels).for_each(|pixel| pixel[channels - 1] = opaque);
        }
    }
    let mut buffer = [JxlOutputBuffer::new(bytemuck::cast_slice_mut(&mut samples), rows, row * size_of::<T>())];
    loop {
        match file.process(rest, Some(&mut buffer), None) {
            Ok(Event::FrameComplete { .. }) => return Ok(samples),
            Ok(Event::FrameHeader) => {}
            // After an error the decoder is in no state to go on.
            Ok(Event::NeedMoreInput { .. }) if partial && file.flush_pixels(&mut buffer, None).map_err(fault)? => {
                return Ok(samples);
            }
            Ok(_) => return Err(PictureError::CutShort { kind: KIND }),
            Err(error) => return Err(fault(error)),
        }
    }
}

fn damaged(detail: &str) -> PictureError {
    PictureError::Damaged { kind: KIND, detail: detail.to_owned() }
}

fn fault(error: Error) -> PictureError {
    match error {
        Error::OutOfBounds(_) | Error::SectionTooShort => PictureError::CutShort { kind: KIND },
        Error::ImageOutOfMemory(width, height) => PictureError::OutOfMemory { bytes: width.saturating_mul(height) },
        other => damaged(&other.to_string()),
    }
}
