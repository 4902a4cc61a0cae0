//! JPEG XL. The files of `make.py` are among all fixtures too.

use oneiric::picture::{FileKind, Warning};

use super::incomplete::warned;
use super::*;

/// The start of a JPEG XL file of 8-bit sRGB, ISO/IEC 18181-1: the signature, the height and the width less 1 in 30 bits
/// each, and two flags that all metadata and the transform have their defaults.
pub fn of_size(width: u32, height: u32) -> Vec<u8> {
    let (height, width) = (u128::from(height - 1), u128::from(width - 1));
    let header = (3 << 1) | (height << 3) | (3 << 36) | (width << 38) | (3 << 68);
    [&[0xff, 0x0a], &header.to_le_bytes()[..], &[0; 16]].concat()
}

#[test]
fn lossy_files_look_like_the_original() {
    // As by libjxl, which made it.
    let wanted = [[200, 40, 31], [34, 160, 61], [31, 60, 180], [200, 200, 200]];
    for name in ["lossy.jxl", "lossy-alpha.jxl"] {
        assert_near(quarters(&read(&fixture(name))), wanted, 1);
    }
}

#[test]
fn the_orientation_of_the_header_is_applied() {
    let (picture, [red, green, blue, grey]) = (read(&fixture("turned.jxl")), QUARTERS);
    assert_eq!((picture.width(), picture.height()), (16, 32));
    assert_near(quarters(&picture), [blue, red, grey, green], 2);
}

#[test]
fn transparency_is_read_and_colours_are_divided_by_it() {
    for (name, tolerance) in [("premultiplied.jxl", 1), ("lossy-alpha.jxl", 6)] {
        let picture = read(&fixture(name));
        assert_near(quarters(&picture), QUARTERS, tolerance);
        assert!(picture.alpha().unwrap().iter().all(|alpha| byte(*alpha) == 128), "{name}");
    }
    assert_eq!(read(&fixture("lossless.jxl")).alpha(), None);
}

#[test]
fn wide_gamuts_are_converted() {
    // Display P3 to sRGB by the matrices of both, clamped.
    let wanted = [[218, 0, 4], [0, 163, 40], [17, 61, 187], [200, 200, 200]];
    assert_near(quarters(&read(&fixture("p3.jxl"))), wanted, 1);
}

#[test]
fn high_dynamic_range_opens_with_a_warning() {
    // The quarters in BT.2100 with PQ.
    let file = [
        0xff, 0x0a, 0x47, 0x04, 0x10, 0x90, 0x47, 0x8f, 0x38, 0x1c, 0x00, 0x00, 0x00, 0x00, 0x02, 0x08, 0x02, 0x01,
        0x00, 0xcc, 0x00, 0x4b, 0x28, 0x37, 0xd6, 0x1f, 0xbc, 0x57, 0x90, 0x10, 0x00, 0x75, 0xce, 0x64, 0xcc, 0x8c,
        0x99, 0x17, 0x08, 0x02, 0xe0, 0x60, 0xa0, 0x34, 0x8c, 0x07, 0x12, 0x12, 0xd0, 0xc1, 0x00, 0xf2, 0x80, 0x14,
        0x71, 0x05, 0x04, 0x40, 0xa4, 0x42, 0x81, 0xf7, 0x1c, 0xc6, 0x13, 0x71, 0x15, 0xa2, 0xcc, 0xf1, 0xe2, 0x04,
    ];
    let (picture, warnings) = warned(&file, false).unwrap();
    assert_eq!(quarters(&picture), QUARTERS);
    assert!(
        matches!(&warnings[..], [Warning::ProfileIgnored { kind: FileKind::JpegXl, detail }] if detail.contains("HDR"))
    );
}

#[test]
fn a_cut_file_opens_on_request_if_a_group_of_pixels_is_there() {
    // Groups are 256 pixels wide.
    let file = fixture("groups.jxl");
    assert_eq!(quarters(&read(&file)), QUARTERS);
    let (picture, warnings) = warned(&file[..file.len() - 2], true).unwrap();
    assert_eq!(warnings, [Warning::Partial { kind: FileKind::JpegXl }]);
    assert_eq!(quarters(&picture)[0], QUARTERS[0]);
    assert_eq!(picture.pixels().last_chunk().unwrap().map(byte), [128; 3]);
    let error = warned(&file[..20], true).unwrap_err();
    assert!(matches!(error.problem(), PictureError::CutShort { .. }), "{error}");
}

#[test]
fn many_pixels_in_a_small_file_are_refused() {
    let error = refused(&of_size(10_000, 10_000));
    assert!(matches!(error, PictureError::CutShort { .. } | PictureError::Damaged { .. }), "{error}");
}
