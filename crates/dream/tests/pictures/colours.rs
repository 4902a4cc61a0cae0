//! Files in other colour spaces than sRGB.

use moxcms::ColorProfile;

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

#[test]
fn an_unusable_profile_is_ignored() {
    let srgb = ColorProfile::new_srgb().encode().unwrap();
    let for_grey = ColorProfile::new_gray_with_gamma(1.0).encode().unwrap();
    let cut = srgb[..srgb.len() / 2].to_vec();
    for profile in [vec![0; 200], b"nonsense".to_vec(), cut, for_grey] {
        let file = png(1, 1, ExtendedColorType::Rgb8, &[9, 8, 7], Some(profile));
        assert_eq!(bytes_of(&read(&file)), [9, 8, 7]);
    }
}

#[test]
fn a_grey_jpeg_with_an_adobe_marker_is_grey() {
    let mut file = fixture("grey.jpg");
    let adobe = b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\0";
    file.splice(2..2, adobe.iter().copied());
    assert_eq!(quarters(&read(&file)), quarters(&read(&fixture("grey.jpg"))));
}
