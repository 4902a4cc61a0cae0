//! Files in other colour spaces than sRGB.

use moxcms::ColorProfile;
use oneiric::picture::{FileKind, Warning};

use super::incomplete::warned;
use super::*;

/// Ink of the quarters of the CMYK fixtures: some red, pure green, half black, a little cyan.
const IDEAL_INK: [Rgb; 4] = [[204, 41, 41], [0, 255, 0], [127, 127, 127], [204, 255, 255]];

#[test]
fn cmyk_without_a_profile_uses_ideal_inks() {
    for name in ["cmyk.jpg", "cmyk.tif"] {
        assert_near(quarters(&read(&fixture(name))), IDEAL_INK, 2);
    }
}

#[test]
fn adobe_ycck_is_read_as_cmyk() {
    assert_near(quarters(&read(&fixture("ycck.jpg"))), QUARTERS, 2);
}

#[test]
fn cmyk_with_a_profile_is_converted_as_by_little_cms() {
    // ImageCms of Pillow 13, relative colorimetric.
    let wanted = [[195, 52, 27], [0, 147, 0], [148, 145, 143], [204, 236, 250]];
    assert_near(quarters(&read(&fixture("cmyk-profile.jpg"))), wanted, 4);
}

#[test]
fn sixteen_bit_files_keep_their_precision() {
    let samples: Vec<u8> = [0u16, 1, 32768, 65535, 40000, 32768].into_iter().flat_map(u16::to_ne_bytes).collect();
    let picture = read(&png(3, 1, ExtendedColorType::La16, &samples, None));
    let grey = |value: f32| [value / 65535.0; 3];
    assert_eq!(picture.pixels(), [grey(0.0), grey(32768.0), grey(40000.0)].concat());
    let alpha = [1.0, 65535.0, 32768.0].map(|value| value / 65535.0);
    assert_eq!(picture.alpha(), Some(alpha.as_slice()));
}

#[test]
fn a_wider_gamut_is_converted() {
    // Display P3 (128, 64, 32), by the matrices of CSS Color 4: sRGB (138, 59, 21).
    let profile = ColorProfile::new_display_p3().encode().unwrap();
    let file = png(1, 1, ExtendedColorType::Rgb8, &[128, 64, 32], Some(profile));
    assert_near([quarters(&read(&file))[0]; 4], [[138, 59, 21]; 4], 1);
}

#[test]
fn colours_outside_of_srgb_are_clamped() {
    let profile = ColorProfile::new_display_p3().encode().unwrap();
    let file = png(1, 1, ExtendedColorType::Rgb8, &[0, 255, 0], Some(profile));
    assert_eq!(quarters(&read(&file))[0], [0, 255, 0]);
}

#[test]
fn a_grey_profile_is_converted() {
    // Linear grey 0.2140 is sRGB 0.5.
    let profile = ColorProfile::new_gray_with_gamma(1.0).encode().unwrap();
    let file = png(1, 1, ExtendedColorType::L8, &[55], Some(profile));
    assert_near([quarters(&read(&file))[0]; 4], [[128; 3]; 4], 1);
}

#[test]
fn an_srgb_profile_changes_nothing() {
    let samples: Vec<u8> = (0..=255).flat_map(|value| [value, 255 - value, 77]).collect();
    let profile = ColorProfile::new_srgb().encode().unwrap();
    let file = png(256, 1, ExtendedColorType::Rgb8, &samples, Some(profile));
    assert_eq!(bytes_of(&read(&file)), samples);
}

/// Reads a file whose profile cannot be used, and returns its kind with the reason.
#[track_caller]
fn ignores_profile(file: &[u8]) -> (FileKind, String) {
    match &warned(file, false).unwrap().1[..] {
        [Warning::ProfileIgnored { kind, detail }] => (*kind, detail.clone()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_profile_that_cannot_be_used_is_ignored_with_a_warning() {
    let srgb = ColorProfile::new_srgb().encode().unwrap();
    let for_grey = ColorProfile::new_gray_with_gamma(1.0).encode().unwrap();
    let cut = srgb[..srgb.len() / 2].to_vec();
    for profile in [vec![0; 200], b"nonsense".to_vec(), cut, for_grey] {
        let samples = [9, 8, 7];
        let mut webp = Vec::new();
        let mut encoder = image::codecs::webp::WebPEncoder::new_lossless(&mut webp);
        encoder.set_icc_profile(profile.clone()).unwrap();
        encoder.write_image(&samples, 1, 1, ExtendedColorType::Rgb8).unwrap();
        let mut jpeg = Vec::new();
        let mut encoder = image::codecs::jpeg::JpegEncoder::new(&mut jpeg);
        encoder.set_icc_profile(profile.clone()).unwrap();
        encoder.write_image(&samples, 1, 1, ExtendedColorType::Rgb8).unwrap();
        let png = png(1, 1, ExtendedColorType::Rgb8, &samples, Some(profile));
        for file in [webp, jpeg, png] {
            let (kind, _) = ignores_profile(&file);
            assert_near(quarters(&read(&file)), [samples; 4], if kind == FileKind::Jpeg { 3 } else { 0 });
        }
    }
}

#[test]
fn the_profile_of_a_bitmap_is_followed() {
    let profile = ColorProfile::new_display_p3().encode().unwrap();
    let bitmap = |kind: &[u8; 4], start: u32| {
        let mut header = [124u32, 1, 1, 24 << 16 | 1, 0, 4, 0, 0, 0, 0].map(u32::to_le_bytes).concat();
        header.resize(56, 0);
        header.extend(kind);
        header.resize(112, 0);
        header.extend([start, profile.len() as u32, 0].map(u32::to_le_bytes).concat());
        let start = [&b"BM\0\0\0\0\0\0\0\0"[..], &138u32.to_le_bytes()].concat();
        // Blue, green, red, and the padding of the row.
        [start, header, vec![32, 64, 128, 0], profile.clone()].concat()
    };
    assert_near([quarters(&read(&bitmap(b"DEBM", 128)))[0]; 4], [[138, 59, 21]; 4], 1);
    assert_eq!(quarters(&read(&bitmap(b"BGRs", 128)))[0], [128, 64, 32]);
    for file in [bitmap(b"KNIL", 128), bitmap(b"DEBM", 1_000_000)] {
        assert_eq!(ignores_profile(&file).0, FileKind::Bmp);
        assert_eq!(quarters(&read(&file))[0], [128, 64, 32]);
    }
}

#[test]
fn a_profile_with_missing_parts_is_ignored_with_a_warning() {
    let file = patched(fixture("cmyk-profile.jpg"), b"ICC_PROFILE\0\x01\x01", b"ICC_PROFILE\0\x01\x02");
    assert_eq!(ignores_profile(&file), (FileKind::Jpeg, "parts of it are missing".into()));
    assert_near(quarters(&read(&file)), IDEAL_INK, 2);
}

#[test]
fn a_grey_picture_follows_a_profile_of_rgb() {
    // As in browsers: the grey is red, green and blue. BT.2020 has another curve than sRGB.
    let linear = gamma_chunk(100_000);
    let mut profile = ColorProfile::new_display_p3();
    let curve = moxcms::ToneReprCurve::Parametric(vec![1.8]);
    (profile.red_trc, profile.green_trc, profile.blue_trc) = (Some(curve.clone()), Some(curve.clone()), Some(curve));
    profile.cicp = None;
    let file = png(1, 1, ExtendedColorType::L8, &[128], Some(profile.encode().unwrap()));
    // 128 with a gamma of 1.8.
    assert_near([quarters(&read(&file))[0]; 4], [[146; 3]; 4], 1);
    let grey = with_chunks(&png(1, 1, ExtendedColorType::L8, &[55], None), &[&linear]);
    assert_near([quarters(&read(&grey))[0]; 4], [[128; 3]; 4], 1);
}

fn chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut chunk = [&(data.len() as u32).to_be_bytes(), name.as_slice(), data].concat();
    let checksum = super::broken::crc32(&chunk[4..]);
    chunk.extend(checksum.to_be_bytes());
    chunk
}

fn gamma_chunk(gamma: u32) -> Vec<u8> {
    chunk(b"gAMA", &gamma.to_be_bytes())
}

/// Puts chunks behind the header of a PNG file.
fn with_chunks(png: &[u8], chunks: &[&[u8]]) -> Vec<u8> {
    let header = 33;
    [&png[..header], &chunks.concat(), &png[header..]].concat()
}

/// The colour of a PNG file of one pixel with such chunks.
#[track_caller]
fn pixel(colour: Rgb, profile: Option<Vec<u8>>, chunks: &[&[u8]]) -> Rgb {
    let file = with_chunks(&png(1, 1, ExtendedColorType::Rgb8, &colour, profile), chunks);
    quarters(&read(&file))[0]
}

/// Display P3: white, red, green and blue.
const P3: [u32; 8] = [31_270, 32_900, 68_000, 32_000, 26_500, 69_000, 15_000, 6_000];

fn primaries_chunk(points: [u32; 8]) -> Vec<u8> {
    chunk(b"cHRM", &points.map(u32::to_be_bytes).concat())
}

#[test]
fn the_gamma_of_a_png_is_followed() {
    // (55 / 255) ^ (1 / gamma), as sRGB.
    for (gamma, wanted) in [(100_000, [128, 188, 229]), (55_556, [71, 146, 210]), (50_000, [61, 137, 206])] {
        assert_near([pixel([55, 128, 200], None, &[&gamma_chunk(gamma)]); 4], [wanted; 4], 1);
    }
    // What programs write for sRGB.
    for gamma in [45_455, 45_454, 45_450] {
        assert_eq!(pixel([5, 128, 200], None, &[&gamma_chunk(gamma)]), [5, 128, 200]);
    }
}

#[test]
fn the_primaries_of_a_png_are_followed() {
    let primaries = primaries_chunk(P3);
    assert_near([pixel([128, 64, 32], None, &[&gamma_chunk(45_455), &primaries]); 4], [[138, 59, 21]; 4], 1);
    // As in browsers.
    assert_eq!(pixel([128, 64, 32], None, &[&primaries]), [128, 64, 32]);
    let both = pixel([100, 150, 120], None, &[&gamma_chunk(55_556), &primaries]);
    assert_near([both; 4], [[105, 168, 137]; 4], 1);
    let srgb = primaries_chunk([31_270, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6_000]);
    assert_eq!(pixel([128, 64, 5], None, &[&gamma_chunk(45_455), &srgb]), [128, 64, 5]);
}

#[test]
fn the_code_points_of_a_png_are_followed() {
    // Display P3; sRGB; BT.2020 with linear light, by the matrix of BT.2087.
    let cicp = |points: &[u8]| chunk(b"cICP", points);
    assert_near([pixel([128, 64, 32], None, &[&cicp(&[12, 13, 0, 1])]); 4], [[138, 59, 21]; 4], 1);
    assert_eq!(pixel([128, 64, 5], None, &[&cicp(&[1, 13, 0, 1])]), [128, 64, 5]);
    assert_near([pixel([40, 60, 30], None, &[&cicp(&[9, 8, 0, 1])]); 4], [[95, 136, 91]; 4], 1);
}

#[test]
fn the_first_of_code_points_profile_srgb_and_gamma_is_followed() {
    let p3 = ColorProfile::new_display_p3().encode().unwrap();
    let (srgb_points, p3_points) = (chunk(b"cICP", &[1, 13, 0, 1]), chunk(b"cICP", &[12, 13, 0, 1]));
    let (srgb, gamma) = (chunk(b"sRGB", &[0]), gamma_chunk(100_000));
    let (plain, wide) = ([128, 64, 32], [138, 59, 21]);
    assert_eq!(pixel(plain, Some(p3.clone()), &[&srgb_points, &gamma]), plain);
    assert_near([pixel(plain, Some(p3), &[&gamma]); 4], [wide; 4], 1);
    assert_near([pixel(plain, None, &[&p3_points, &srgb, &gamma]); 4], [wide; 4], 1);
    assert_eq!(pixel(plain, None, &[&srgb, &gamma, &primaries_chunk(P3)]), plain);
}

#[test]
fn chunks_of_colour_that_cannot_be_used_are_ignored_with_a_warning() {
    let cicp = |points: &[u8]| chunk(b"cICP", points);
    let cases = [
        (cicp(&[9, 16, 0, 1]), "HDR"),
        (cicp(&[2, 13, 0, 1]), "code points 2, 13, 0, 1"),
        (cicp(&[200, 13, 0, 1]), "code points 200"),
        (cicp(&[1, 13, 0, 0]), "full range"),
        (gamma_chunk(0), "gAMA"),
        (primaries_chunk([0; 8]), "cHRM"),
        (primaries_chunk([30_000; 8]), "cHRM"),
        (chunk(b"iCCP", b"no profile\0\0nonsense"), "iCCP"),
    ];
    for (chunk, words) in cases {
        let chunks = [chunk, gamma_chunk(45_455)];
        let chunks = [chunks[0].as_slice(), &chunks[1]];
        let file = with_chunks(&png(1, 1, ExtendedColorType::Rgb8, &[1, 2, 3], None), &chunks);
        let (kind, detail) = ignores_profile(&file);
        assert!(kind == FileKind::Png && detail.contains(words), "{detail}");
        assert_eq!(quarters(&read(&file))[0], [1, 2, 3]);
    }
}

#[test]
fn a_grey_jpeg_with_an_adobe_marker_is_grey() {
    let mut file = fixture("grey.jpg");
    let adobe = b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\0";
    file.splice(2..2, adobe.iter().copied());
    assert_eq!(quarters(&read(&file)), quarters(&read(&fixture("grey.jpg"))));
}
