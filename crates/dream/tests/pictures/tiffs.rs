//! The varieties of TIFF, each in a file that the test writes itself. Pillow, libtiff or the formula of the
//! specification gave the wanted values.

use image::ImageDecoder;
use moxcms::ColorProfile;
use oneiric::picture::{FileKind, Warning};

use super::incomplete::warned;
use super::*;

/// Photometric interpretations.
const WHITE_IS_ZERO: u16 = 0;
const BLACK_IS_ZERO: u16 = 1;
const RGB: u16 = 2;
const PALETTE: u16 = 3;
const CMYK: u16 = 5;
const YCBCR: u16 = 6;
const CIE_LAB: u16 = 8;
const ICC_LAB: u16 = 9;

/// Other tags.
const BITS: u16 = 258;
const COMPRESSION: u16 = 259;
const FILL_ORDER: u16 = 266;
const ORIENTATION: u16 = 274;
const PLANAR: u16 = 284;
const COLOR_MAP: u16 = 320;
const SUB_IFD: u16 = 330;
const EXTRA_SAMPLES: u16 = 338;
const SAMPLE_FORMAT: u16 = 339;
const SUBSAMPLING: u16 = 530;
const REFERENCE: u16 = 532;
const PROFILE: u16 = 34_675;

/// Types of values.
const BYTES: u16 = 1;
const SHORTS: u16 = 3;
const LONGS: u16 = 4;
const FRACTIONS: u16 = 5;

/// A TIFF file of one page, with one strip for all samples or for each plane, in little-endian order.
pub struct Tiff {
    tags: Vec<(u16, u16, Vec<u8>)>,
    samples: Vec<u8>,
}

impl Tiff {
    /// `channels` samples of `bits` bits make up a pixel.
    pub fn new(size: [u16; 2], photometric: u16, channels: u16, bits: u16, samples: &[u8]) -> Self {
        let tiff = Self { tags: Vec::new(), samples: samples.to_vec() };
        let tiff = tiff.shorts(256, &size[..1]).shorts(257, &size[1..]).shorts(278, &size[1..]);
        let tiff = tiff.shorts(262, &[photometric]).shorts(277, &[channels]);
        tiff.shorts(BITS, &vec![bits; channels.into()]).shorts(COMPRESSION, &[1])
    }

    /// Sets a tag of 16-bit numbers.
    pub fn shorts(self, tag: u16, values: &[u16]) -> Self {
        self.tag(tag, SHORTS, values.iter().flat_map(|value| value.to_le_bytes()).collect())
    }

    fn tag(mut self, tag: u16, kind: u16, value: Vec<u8>) -> Self {
        self.tags.retain(|(other, ..)| *other != tag);
        self.tags.push((tag, kind, value));
        self
    }

    fn profile(self, profile: Vec<u8>) -> Self {
        self.tag(PROFILE, BYTES, profile)
    }

    /// The bytes of the file: header, samples, long values, directory.
    pub fn file(&self) -> Vec<u8> {
        let long = |value: usize| (value as u32).to_le_bytes();
        let mut file = b"II*\0\0\0\0\0".to_vec();
        let mut tags = self.tags.clone();
        let value = |tag: u16| tags.iter().find(|(other, ..)| *other == tag).map(|(.., value)| value[0]);
        let strips = if value(PLANAR) == Some(2) { usize::from(value(277).unwrap()) } else { 1 };
        let length = self.samples.len() / strips;
        let starts = (0..strips).flat_map(|strip| long(8 + strip * length)).collect();
        tags.push((273, LONGS, starts));
        tags.push((279, LONGS, long(length).repeat(strips)));
        tags.sort();
        file.extend(&self.samples);
        let mut directory = (tags.len() as u16).to_le_bytes().to_vec();
        for (tag, kind, value) in tags {
            let length = match kind {
                SHORTS => 2,
                LONGS => 4,
                FRACTIONS => 8,
                _ => 1,
            };
            directory.extend([tag.to_le_bytes(), kind.to_le_bytes()].concat());
            directory.extend(long(value.len() / length));
            if value.len() > 4 {
                file.resize(file.len().next_multiple_of(2), 0);
                directory.extend(long(file.len()));
                file.extend(value);
            } else {
                directory.extend(value.iter().chain(&[0; 4]).take(4));
            }
        }
        file.resize(file.len().next_multiple_of(2), 0);
        let start = long(file.len());
        file[4..8].copy_from_slice(&start);
        file.extend(directory);
        file.extend([0; 4]);
        file
    }

    #[track_caller]
    fn read(&self) -> Picture {
        read(&self.file())
    }

    #[track_caller]
    fn shows(&self, wanted: &[u8]) {
        assert_eq!(bytes_of(&self.read()), wanted);
    }

    #[track_caller]
    fn refused(&self, words: &str) {
        let error = refused(&self.file()).to_string();
        assert!(error.contains(words), "{error}");
    }
}

/// One file of each kind, for tests that damage files.
pub fn one_of_each() -> Vec<(String, Vec<u8>)> {
    let colours: Vec<u16> = (0..768).map(|value| value * 85).collect();
    let bytes: Vec<u8> = (0..96).map(|value| value * 2).collect();
    let tiff = |photometric, channels, bits| Tiff::new([4, 3], photometric, channels, bits, &bytes);
    let jpeg = fixture("subsampled.jpg");
    [
        tiff(RGB, 3, 32),
        tiff(RGB, 4, 8).shorts(EXTRA_SAMPLES, &[1]),
        tiff(RGB, 3, 16).shorts(PLANAR, &[2]).profile(ColorProfile::new_display_p3().encode().unwrap()),
        tiff(PALETTE, 1, 8).shorts(COLOR_MAP, &colours),
        tiff(WHITE_IS_ZERO, 2, 4).shorts(EXTRA_SAMPLES, &[2]),
        tiff(BLACK_IS_ZERO, 1, 16).shorts(SAMPLE_FORMAT, &[3]),
        tiff(CMYK, 5, 8).shorts(PLANAR, &[2]).shorts(EXTRA_SAMPLES, &[1]),
        tiff(YCBCR, 3, 8).shorts(SUBSAMPLING, &[1, 1]),
        tiff(CIE_LAB, 3, 16),
        tiff(ICC_LAB, 3, 8),
        Tiff::new([32, 32], YCBCR, 3, 8, &jpeg).shorts(COMPRESSION, &[7]),
        Tiff::new([3, 1], BLACK_IS_ZERO, 1, 8, ZSTD).shorts(COMPRESSION, &[50_000]),
    ]
    .iter()
    .enumerate()
    .map(|(index, tiff)| (format!("tiff {index}"), tiff.file()))
    .collect()
}

/// Three bytes 10, 20, 30 in a raw block (RFC 8878, 3.1.1).
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd, 0x20, 3, 0x19, 0, 0, 10, 20, 30];

#[test]
fn a_profile_is_followed_however_large_it_is() {
    // Display P3 (128, 64, 32), by the matrices of CSS Color 4.
    for length in [0, 3_000, 100_000, 3_000_000] {
        let mut profile = ColorProfile::new_display_p3().encode().unwrap();
        profile.resize(profile.len().max(length), 0);
        Tiff::new([1, 1], RGB, 3, 8, &[128, 64, 32]).profile(profile).shows(&[138, 59, 21]);
    }
}

#[test]
fn a_profile_of_inks_is_followed() {
    let file = fixture("cmyk-profile.jpg");
    let mut jpeg = image::codecs::jpeg::JpegDecoder::new(std::io::Cursor::new(file)).unwrap();
    let profile = jpeg.icc_profile().unwrap().unwrap();
    let inks = [[0, 204, 204, 51], [255, 0, 255, 0], [0, 0, 0, 128], [51, 0, 0, 0]];
    let picture = Tiff::new([2, 2], CMYK, 4, 8, &inks.concat()).profile(profile).read();
    // ImageCms of Pillow 13, relative colorimetric.
    let wanted = [[195, 52, 27], [0, 147, 0], [148, 145, 143], [204, 236, 250]];
    let got = bytes_of(&picture);
    assert_near([0, 3, 6, 9].map(|at| [got[at], got[at + 1], got[at + 2]]), wanted, 4);
}

#[test]
fn a_profile_larger_than_the_file_is_ignored_with_a_warning() {
    let mut file = Tiff::new([1, 1], RGB, 3, 8, &[9, 8, 7]).profile(vec![7; 5_000]).file();
    let tag = [PROFILE.to_le_bytes(), BYTES.to_le_bytes()].concat();
    let entry = file.windows(4).position(|bytes| bytes == tag).unwrap();
    file[entry + 4..entry + 8].copy_from_slice(&1_000_000u32.to_le_bytes());
    let (picture, warnings) = warned(&file, false).unwrap();
    assert_eq!(bytes_of(&picture), [9, 8, 7]);
    assert!(matches!(warnings[..], [Warning::ProfileIgnored { kind: FileKind::Tiff, .. }]), "{warnings:?}");
}

#[test]
fn a_file_of_several_pages_opens_with_a_warning() {
    let page = |kind: u32| Tiff::new([1, 1], RGB, 3, 8, &[9, 8, 7]).tag(254, LONGS, kind.to_le_bytes().into());
    let warnings = |file: &[u8]| warned(file, false).unwrap().1;
    assert_eq!(warnings(&page(0).file()), []);
    assert_eq!(warnings(&followed_by(page(0), page(0))), [Warning::FirstPage { kind: FileKind::Tiff }]);
    assert_eq!(warnings(&followed_by(page(0), page(2))), [Warning::FirstPage { kind: FileKind::Tiff }]);
    // A smaller copy and a mask are not pages.
    assert_eq!(warnings(&followed_by(page(0), page(4))), []);
    let file = followed_by(page(0), page(1));
    assert_eq!(warnings(&file), []);
    // The next is outside of the file, or the same again.
    let second = page(0).file().len() as u32 + directory(&page(1).file());
    for next in [1_000_000, second] {
        let bytes = [&file[..file.len() - 4], &next.to_le_bytes()].concat();
        assert_eq!(warnings(&bytes), []);
    }
}

/// Where the directory of the first page begins.
fn directory(file: &[u8]) -> u32 {
    u32::from_le_bytes(*file[4..].first_chunk().unwrap())
}

/// A file of two pages. The directory of each is at its end.
fn followed_by(page: Tiff, next: Tiff) -> Vec<u8> {
    let (mut file, next) = (page.file(), next.file());
    let (last, start) = (file.len() - 4, file.len() as u32);
    file[last..].copy_from_slice(&(start + directory(&next)).to_le_bytes());
    [file, next].concat()
}

#[test]
fn integers_of_32_and_64_bits_are_scaled() {
    let longs: Vec<u8> = [0, u32::MAX / 255 * 200, u32::MAX].into_iter().flat_map(u32::to_le_bytes).collect();
    Tiff::new([1, 1], RGB, 3, 32, &longs).shows(&[0, 200, 255]);
    Tiff::new([3, 1], BLACK_IS_ZERO, 1, 32, &longs).shows(&[0, 0, 0, 200, 200, 200, 255, 255, 255]);
    let longer: Vec<u8> = [0, u64::MAX / 255 * 200, u64::MAX].into_iter().flat_map(u64::to_le_bytes).collect();
    Tiff::new([1, 1], RGB, 3, 64, &longer).shows(&[0, 200, 255]);
}

#[test]
fn floats_are_taken_as_they_are() {
    let floats = [0.0f32, 0.2, 1.5];
    let single: Vec<u8> = floats.into_iter().flat_map(f32::to_le_bytes).collect();
    let double: Vec<u8> = floats.into_iter().flat_map(|value| f64::from(value).to_le_bytes()).collect();
    // 0, 0.2 and 1.5 as IEEE 754 half precision.
    let half = [0, 0, 0x66, 0x32, 0, 0x3e];
    for (bits, samples) in [(16, half.as_slice()), (32, &single), (64, &double)] {
        Tiff::new([1, 1], RGB, 3, bits, samples).shorts(SAMPLE_FORMAT, &[3; 3]).shows(&[0, 51, 255]);
        let grey = Tiff::new([3, 1], BLACK_IS_ZERO, 1, bits, samples).shorts(SAMPLE_FORMAT, &[3]);
        grey.shows(&[0, 0, 0, 51, 51, 51, 255, 255, 255]);
    }
}

#[test]
fn colours_multiplied_by_their_alpha_are_divided() {
    let samples = [60, 25, 39, 128, 0, 0, 0, 0, 200, 100, 50, 255];
    let picture = Tiff::new([3, 1], RGB, 4, 8, &samples).shorts(EXTRA_SAMPLES, &[1]).read();
    assert_eq!(bytes_of(&picture), [120, 50, 78, 0, 0, 0, 200, 100, 50]);
    assert_eq!(picture.alpha().map(|alpha| alpha.iter().copied().map(byte).collect()), Some(vec![128, 0, 255]));
    let straight = Tiff::new([3, 1], RGB, 4, 8, &samples).shorts(EXTRA_SAMPLES, &[2]).read();
    assert_eq!(bytes_of(&straight), [60, 25, 39, 0, 0, 0, 200, 100, 50]);
}

#[test]
fn other_channels_are_skipped() {
    let samples = [10, 20, 30, 1, 128, 40, 50, 60, 2, 255];
    let picture = Tiff::new([2, 1], RGB, 5, 8, &samples).shorts(EXTRA_SAMPLES, &[0, 2]).read();
    assert_eq!(bytes_of(&picture), [10, 20, 30, 40, 50, 60]);
    assert_eq!(byte(picture.alpha().unwrap()[0]), 128);
    let picture = Tiff::new([2, 1], RGB, 5, 8, &samples).shorts(EXTRA_SAMPLES, &[0, 0]).read();
    assert_eq!((bytes_of(&picture).as_slice(), picture.alpha()), ([10, 20, 30, 40, 50, 60].as_slice(), None));
}

#[test]
fn a_palette_is_looked_up() {
    let colour = |index: u16, channel: u16| (index * 31 + channel * 70) % 256;
    for (bits, samples, indices) in
        [(1, [0b0100_0000], [0, 1]), (2, [0b0110_0000], [1, 2]), (4, [0x7f], [7, 15]), (8, [200], [200, 200])]
    {
        let colours = 1u16 << bits;
        let map = |factor: u16| (0..3).flat_map(move |c| (0..colours).map(move |i| colour(i, c) * factor));
        let wanted = indices.iter().flat_map(|index| (0..3).map(|channel| colour(*index, channel) as u8));
        let wanted: Vec<u8> = wanted.take(if bits == 8 { 3 } else { 6 }).collect();
        let size = [if bits == 8 { 1 } else { 2 }, 1];
        // 257 in libtiff, 256 in Pillow, 1 in some old programs.
        for factor in [257, 256, 1] {
            let map: Vec<u16> = map(factor).collect();
            Tiff::new(size, PALETTE, 1, bits, &samples).shorts(COLOR_MAP, &map).shows(&wanted);
        }
    }
    let map: Vec<u16> = (0..768).map(|value| value * 85).collect();
    let picture =
        Tiff::new([1, 1], PALETTE, 2, 8, &[9, 128]).shorts(COLOR_MAP, &map).shorts(EXTRA_SAMPLES, &[2]).read();
    assert_eq!(byte(picture.alpha().unwrap()[0]), 128);
    Tiff::new([1, 1], PALETTE, 1, 8, &[9]).shorts(COLOR_MAP, &map[1..]).refused("palette");
}

#[test]
fn grey_of_every_depth_is_read() {
    for (bits, samples, wanted) in [
        (1, [0b0100_0000, 0], [0, 255]),
        (2, [0b0110_0000, 0], [85, 170]),
        (4, [0x3c, 0], [51, 204]),
        (8, [3, 250], [3, 250]),
    ] {
        let grey = wanted.map(|value: u8| [value; 3]).concat();
        Tiff::new([2, 1], BLACK_IS_ZERO, 1, bits, &samples).shows(&grey);
        let inverted = wanted.map(|value: u8| [255 - value; 3]).concat();
        Tiff::new([2, 1], WHITE_IS_ZERO, 1, bits, &samples).shows(&inverted);
    }
}

#[test]
fn every_row_of_small_samples_begins_with_a_new_byte() {
    let samples = [0b0101_1111, 0b1010_1111];
    let grey: Vec<u8> = [0, 255, 0, 255, 255, 255, 0, 255].iter().flat_map(|value| [*value; 3]).collect();
    let rows = Tiff::new([4, 2], BLACK_IS_ZERO, 1, 1, &samples);
    assert_eq!(bytes_of(&rows.read())[..12], grey[..12]);
    assert_eq!(bytes_of(&rows.read())[12..], [255, 255, 255, 0, 0, 0, 255, 255, 255, 0, 0, 0]);
    Tiff::new([1, 1], RGB, 3, 4, &[0x3c, 0xf0]).shows(&[51, 204, 255]);
}

#[test]
fn grey_may_have_transparency() {
    let picture = Tiff::new([2, 1], BLACK_IS_ZERO, 2, 8, &[130, 51, 40, 255]).shorts(EXTRA_SAMPLES, &[2]).read();
    assert_eq!(bytes_of(&picture), [130, 130, 130, 40, 40, 40]);
    assert_eq!(picture.alpha(), Some([0.2, 1.0].as_slice()));
    let inverted = Tiff::new([2, 1], WHITE_IS_ZERO, 2, 8, &[130, 51, 40, 255]).shorts(EXTRA_SAMPLES, &[2]).read();
    assert_eq!(bytes_of(&inverted), [125, 125, 125, 215, 215, 215]);
    assert_eq!(inverted.alpha(), picture.alpha());
}

#[test]
fn ycbcr_is_read_with_and_without_jpeg() {
    // ITU-T T.871: (100, 128 + 20, 128 - 30).
    let plain = Tiff::new([1, 1], YCBCR, 3, 8, &[100, 148, 98]);
    let full = plain.shorts(SUBSAMPLING, &[1, 1]);
    full.shows(&[58, 115, 135]);
    let reference = |range: [u32; 6]| {
        let fractions = range.into_iter().flat_map(|value| [value * 7, 7]).flat_map(u32::to_le_bytes).collect();
        Tiff::new([1, 1], YCBCR, 3, 8, &[100, 148, 98])
            .shorts(SUBSAMPLING, &[1, 1])
            .tag(REFERENCE, FRACTIONS, fractions)
    };
    reference([0, 255, 128, 255, 128, 255]).shows(&[58, 115, 135]);
    reference([16, 235, 128, 240, 128, 240]).refused("full range");
    Tiff::new([1, 1], YCBCR, 3, 8, &[100, 148, 98]).refused("YCbCr");
    let jpeg = Tiff::new([32, 32], YCBCR, 3, 8, &fixture("subsampled.jpg")).shorts(COMPRESSION, &[7]);
    assert_near(quarters(&jpeg.read()), QUARTERS, 3);
}

#[test]
fn a_jpeg_within_a_file_must_fill_its_strip_and_be_complete() {
    let jpeg = fixture("subsampled.jpg");
    Tiff::new([16, 16], YCBCR, 3, 8, &jpeg).shorts(COMPRESSION, &[7]).refused("another size");
    Tiff::new([32, 32], YCBCR, 3, 8, &jpeg[..jpeg.len() - 40]).shorts(COMPRESSION, &[7]).refused("truncated");
}

#[test]
fn lab_is_converted_to_srgb() {
    // Little CMS 2 by Pillow 13: Lab (50.2, 40, -30), (78.4, -20, 50), (30.2, 10, 10).
    let wanted = [[166, 92, 172], [180, 204, 96], [90, 65, 56]].concat();
    let signed: [[u8; 3]; 3] = [[128, 40, 226], [200, 236, 50], [77, 10, 10]];
    Tiff::new([3, 1], CIE_LAB, 3, 8, &signed.concat()).shows(&wanted);
    let raised = signed.map(|[l, a, b]| [l, a ^ 128, b ^ 128]);
    Tiff::new([3, 1], ICC_LAB, 3, 8, &raised.concat()).shows(&wanted);
    let words = |values: [[u16; 3]; 3]| values.concat().into_iter().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let long = words(signed.map(|[l, a, b]| [u16::from(l) * 257, u16::from(a) << 8, u16::from(b) << 8]));
    Tiff::new([3, 1], CIE_LAB, 3, 16, &long).shows(&wanted);
    let long = words(raised.map(|lab| lab.map(|value| u16::from(value) << 8)));
    Tiff::new([3, 1], ICC_LAB, 3, 16, &long).shows(&wanted);
}

#[test]
fn planes_are_put_together() {
    let planes = [10, 40, 20, 50, 30, 60];
    Tiff::new([2, 1], RGB, 3, 8, &planes).shorts(PLANAR, &[2]).shows(&[10, 20, 30, 40, 50, 60]);
    let inks = [0, 255, 204, 0, 204, 255, 51, 0];
    Tiff::new([2, 1], CMYK, 4, 8, &inks).shorts(PLANAR, &[2]).shows(&[204, 41, 41, 0, 255, 0]);
}

#[test]
fn inks_may_have_transparency() {
    let samples = [0, 204, 204, 51, 51, 255, 0, 255, 0, 255];
    let picture = Tiff::new([2, 1], CMYK, 5, 8, &samples).shorts(EXTRA_SAMPLES, &[2]).read();
    assert_eq!(bytes_of(&picture), [204, 41, 41, 0, 255, 0]);
    assert_eq!(picture.alpha(), Some([0.2, 1.0].as_slice()));
}

#[test]
fn the_order_of_bytes_does_not_matter() {
    // Written by hand: one RGB pixel of 16 bits.
    let entry = |tag: u16, kind: u16, value: u16| [tag, kind, 0, 1, value, 0].map(u16::to_be_bytes).concat();
    let mut file = [b"MM\0*\0\0\0\x0e".as_slice(), &[0x10, 0, 0x80, 0, 0xff, 0xff], &[0, 8]].concat();
    for (tag, value) in [(256, 1), (257, 1), (258, 16), (262, 2), (273, 8), (277, 3), (278, 1), (279, 6)] {
        file.extend(entry(tag, SHORTS, value));
    }
    file.extend([0; 4]);
    assert_eq!(bytes_of(&read(&file)), [16, 128, 255]);
}

#[test]
fn zstandard_is_unpacked() {
    let grey = Tiff::new([3, 1], BLACK_IS_ZERO, 1, 8, ZSTD).shorts(COMPRESSION, &[50_000]);
    grey.shows(&[10, 10, 10, 20, 20, 20, 30, 30, 30]);
}

#[test]
fn what_is_not_supported_is_named() {
    let grey = |samples: &[u8]| Tiff::new([2, 1], BLACK_IS_ZERO, 1, 8, samples);
    for (method, words) in [(3, "fax"), (6, "old kind"), (34_925, "LZMA"), (34_887, "LERC"), (34_712, "JPEG 2000")] {
        grey(&[1, 2]).shorts(COMPRESSION, &[method]).refused(words);
    }
    grey(&[1, 2]).shorts(FILL_ORDER, &[2]).refused("reverse");
    grey(&[1, 2]).shorts(SAMPLE_FORMAT, &[2]).refused("signed");
    Tiff::new([2, 1], BLACK_IS_ZERO, 1, 12, &[1, 2, 3]).refused("12 bits");
    for (photometric, words) in [(4, "mask"), (10, "faxes"), (32_803, "sensor"), (32_845, "LogLuv"), (77, "kind 77")] {
        Tiff::new([1, 1], photometric, 3, 8, &[1, 2, 3]).refused(words);
    }
    grey(&[1, 2]).shorts(COMPRESSION, &[3]).refused("save the picture as PNG");
}

#[test]
fn the_thumbnail_of_a_raw_file_is_not_its_picture() {
    let thumbnail = || Tiff::new([1, 1], RGB, 3, 8, &[1, 2, 3]);
    thumbnail().tag(50_706, BYTES, vec![1, 4, 0, 0]).refused("raw file");
    thumbnail().tag(254, LONGS, vec![1, 0, 0, 0]).tag(SUB_IFD, LONGS, vec![8, 0, 0, 0]).refused("raw file");
}

#[test]
fn the_orientation_of_a_page_is_applied() {
    let turned = Tiff::new([2, 1], BLACK_IS_ZERO, 1, 8, &[10, 20]).shorts(ORIENTATION, &[6]).read();
    assert_eq!((turned.width(), turned.height()), (1, 2));
    Tiff::new([2, 1], BLACK_IS_ZERO, 1, 8, &[10, 20]).shorts(ORIENTATION, &[3]).shows(&[20, 20, 20, 10, 10, 10]);
}
