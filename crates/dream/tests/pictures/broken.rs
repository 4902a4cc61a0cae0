//! Files that cannot be read: each is an error that says what to do, never a panic or half a picture.

use std::fs::File;

use oneiric::picture::FileKind;
use proptest::prelude::*;

use super::*;

#[test]
fn a_cut_file_is_refused_unless_its_pixels_are_complete() {
    for (name, file) in [all_fixtures(), tiffs::one_of_each()].concat() {
        let whole = read(&file);
        for length in 0..file.len() {
            match Picture::read(&file[..length], &Limits::default()) {
                // Some formats end in bytes that are not pixels.
                Ok(picture) => {
                    assert!(picture == whole, "{name} cut at {length} is half a picture")
                }
                Err(error) => assert_eq!(error.blame(), Blame::Input, "{name} cut at {length}"),
            }
        }
    }
}

#[test]
fn the_error_of_a_cut_file_says_so() {
    let names = [
        "progressive.jpg",
        "subsampled.jpg",
        "cmyk.jpg",
        "palette.png",
        "interlaced.png",
        "lossy.webp",
        "animated.webp",
        "animated.gif",
        "palette.bmp",
        "lzw.tif",
        "lossy.jxl",
        "deep.jxl",
    ];
    for name in names {
        let file = fixture(name);
        let error = refused(&file[..file.len() / 2]);
        assert!(error.to_string().contains("truncated"), "{name}: {error}");
    }
}

#[test]
fn the_error_of_a_damaged_file_says_so() {
    let mut checksum = fixture("palette.png");
    let header = 29;
    checksum[header] ^= 1;
    let two_channels_of_three = patched(
        fixture("subsampled.jpg"),
        &[0xff, 0xc0, 0, 17, 8, 0, 32, 0, 32, 3],
        &[0xff, 0xc0, 0, 17, 8, 0, 32, 0, 32, 2],
    );
    for file in [checksum, two_channels_of_three] {
        let error = refused(&file);
        assert!(matches!(error, PictureError::Damaged { .. }), "{error}");
    }
}

#[test]
fn the_error_of_an_empty_file_says_so() {
    assert!(matches!(refused(b""), PictureError::Empty));
}

#[test]
fn unsupported_formats_are_named() {
    let strangers: &[(&[u8], &str)] = &[
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "HEIC"),
        (b"\0\0\0\x1cftypavif\0\0\0\0mif1avif", "AVIF"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avif", "AVIF"),
        (b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2", "video"),
        (b"\0\0\0\x14ftypqt  ", "video"),
        (b"\0\0\0\x08ftyp", "video"),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81", "video"),
        (b"RIFF\0\0\0\0AVI LIST", "video"),
        (b"%PDF-1.7\n", "PDF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"<?xml version='1.0'?>\n<svg/>", "SVG"),
        (b"\xef\xbb\xbf<!DOCTYPE html><html>", "web page"),
        (b"8BPS\0\x01", "Photoshop"),
        (b"gimp xcf v011", "GIMP"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
        (b"II*\0\x10\0\0\0CR\x02\0", "raw"),
        (b"FUJIFILMCCD-RAW 0201", "raw"),
        (b"P6\n1 1\n255\nabc", "PNM"),
        (b"\0\0\x01\0\x01\0", "icon"),
        (b"PK\x03\x04\x14\0", "ZIP"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"Dear diary,\nlast night I dreamt of dogs.\n", "text"),
        ("Träume".as_bytes(), "text"),
        (b"BMW is a car company", "text"),
    ];
    for (bytes, name) in strangers {
        let error = refused(bytes);
        assert!(error.to_string().contains(name), "{error}");
        assert!(matches!(error, PictureError::Foreign { .. }), "{error}");
    }
}

#[test]
fn random_bytes_are_refused() {
    for bytes in [b"\x00".as_slice(), b"\x07\x01\x02\x03", &[0xaa; 4000]] {
        let error = refused(bytes);
        assert!(matches!(error, PictureError::Unknown), "{error}");
    }
}

#[test]
fn a_header_without_pixels_is_refused() {
    for kind in [
        b"\xff\xd8".as_slice(),
        b"\xff\xd8\xff\xd9",
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a",
        b"RIFF\0\0\0\0WEBP",
        b"BM\0\0\0\0\0\0\0\0\0\0\0\0",
        b"II*\0\x08\0\0\0",
        b"MM\0*\0\0\0\x08\0\0",
        b"\xff\x0a",
        b"\xff\x0a\xfa\x7f",
        b"\0\0\0\x0cJXL \r\n\x87\n",
    ] {
        let error = refused(kind).to_string();
        assert!(error.contains("truncated") || error.contains("damaged"), "{error}");
    }
}

/// Files of a few hundred bytes with headers of 900 megapixels or more.
fn giants() -> Vec<(FileKind, Vec<u8>)> {
    let side = 30_000u32;
    let (big, little) = (side.to_be_bytes(), side.to_le_bytes());
    let mut png = fixture("palette.png");
    png[16..24].copy_from_slice(&[big, big].concat());
    let checksum = crc32(&png[12..29]);
    png[29..33].copy_from_slice(&checksum.to_be_bytes());
    let jpeg = patched(
        fixture("subsampled.jpg"),
        &[0xff, 0xc0, 0, 17, 8, 0, 32, 0, 32],
        &[0xff, 0xc0, 0, 17, 8, big[2], big[3], big[2], big[3]],
    );
    let mut gif = fixture("animated.gif");
    gif[6..10].copy_from_slice(&[little[0], little[1], little[0], little[1]]);
    let mut webp = fixture("animated.webp");
    webp[24..30].copy_from_slice(&[little[0], little[1], 0, little[0], little[1], 0]);
    let mut bmp = fixture("palette.bmp");
    bmp[18..26].copy_from_slice(&[little, little].concat());
    let tiff = |tag: u8| [tag, 1, 3, 0, 1, 0, 0, 0, 32, 0];
    let long = |tag: u8| [tag, 1, 3, 0, 1, 0, 0, 0, little[0], little[1]];
    // Width, height, and rows in a strip.
    let tif =
        [0x00, 0x01, 0x16].into_iter().fold(fixture("lzw.tif"), |file, tag| patched(file, &tiff(tag), &long(tag)));
    vec![
        (FileKind::Png, png),
        (FileKind::Jpeg, jpeg),
        (FileKind::Gif, gif),
        (FileKind::WebP, webp),
        (FileKind::Bmp, bmp),
        (FileKind::Tiff, tif),
        (FileKind::JpegXl, jxls::of_size(side, side)),
    ]
}

pub fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
    })
}

#[test]
fn a_header_of_30000_by_30000_is_refused_before_allocation() {
    for (kind, file) in giants() {
        let error = refused(&file);
        let refused = matches!(error, PictureError::TooManyPixels { .. });
        assert!(refused, "{kind}: {error}");
        assert!(error.to_string().contains("3000"), "{kind}: {error}");
    }
}

#[test]
fn a_huge_picture_without_pixels_fails_fast() {
    let limits = Limits { max_pixels: 1_000_000_000, max_decoded_bytes: 4 << 30, ..Limits::default() };
    let (_, file) = giants().swap_remove(0);
    let error = Picture::read(&file, &limits).unwrap_err();
    assert!(matches!(error, PictureError::Damaged { .. }), "{error}");
}

#[test]
fn a_width_of_zero_is_refused() {
    let mut bmp = fixture("palette.bmp");
    bmp[18..22].fill(0);
    refused(&bmp);
    // A frame without pixels on a screen without pixels.
    let mut gif = fixture("animated.gif");
    let frame = (0..gif.len()).find(|at| gif[*at] == b',').unwrap();
    gif[6..10].fill(0);
    gif[frame + 1..frame + 9].fill(0);
    refused(&gif);
}

#[test]
fn limits_can_be_tightened() {
    let file = fixture("palette.png");
    let of = |limits| Picture::read(&file, &limits).unwrap_err();
    let roomy = Limits::default();
    let max_pixels = 32 * 32 - 1;
    let error = of(Limits { max_pixels, ..roomy });
    assert!(matches!(error, PictureError::TooManyPixels { .. }));
    let max_decoded_bytes = 32 * 32 * 3 - 1;
    let error = of(Limits { max_decoded_bytes, ..roomy });
    assert!(matches!(error, PictureError::TooManyBytes { .. }), "{error}");
    let max_file_bytes = file.len() as u64 - 1;
    let tight = Limits { max_file_bytes, ..roomy };
    assert!(matches!(of(tight), PictureError::FileTooLarge { .. }));

    let endless = Picture::read_stream(std::io::repeat(0), &tight).unwrap_err();
    assert!(matches!(endless, PictureError::FileTooLarge { .. }));
    let path = fixtures().join("palette.png");
    let error = Picture::open(path, &tight).unwrap_err();
    assert!(matches!(error.problem(), PictureError::FileTooLarge { .. }));
}

fn not_opened(path: &Path) -> PictureError {
    let error = Picture::open(path, &Limits::default()).unwrap_err();
    assert_eq!(error.blame(), Blame::Input);
    let names_the_file = error.to_string().starts_with(&path.display().to_string());
    assert!(names_the_file, "{error}");
    error
}

#[test]
fn folders_and_missing_files_are_input_errors() {
    let folder = tempfile::tempdir().unwrap();
    let error = not_opened(folder.path());
    assert!(matches!(error.problem(), PictureError::IsFolder));
    let error = not_opened(&folder.path().join("nowhere.png"));
    assert!(matches!(error.problem(), PictureError::Missing));
    let error = not_opened(&fixtures().join("palette.png").join("inside.png"));
    assert!(matches!(error.problem(), PictureError::Missing));
    let error = Picture::open("x".repeat(5000), &Limits::default()).unwrap_err();
    assert_eq!(error.blame(), Blame::Usage);
}

#[cfg(unix)]
#[test]
fn the_error_of_a_file_without_permission_says_so() {
    use std::os::unix::fs::PermissionsExt;
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::set_permissions(file.path(), fs::Permissions::from_mode(0o000)).unwrap();
    if File::open(file.path()).is_ok() {
        eprintln!("skipped: root may read everything");
        return;
    }
    let error = not_opened(file.path());
    assert!(matches!(error.problem(), PictureError::NotAllowed));
}

fn damaged_file() -> impl Strategy<Value = Vec<u8>> {
    let damage = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12);
    let files = prop::sample::select([all_fixtures(), tiffs::one_of_each()].concat());
    (files, damage, any::<prop::sample::Index>(), any::<bool>()).prop_map(|((_, mut file), damage, cut, is_cut)| {
        for (at, value) in damage {
            let at = at.index(file.len());
            file[at] = value;
        }
        if is_cut {
            file.truncate(cut.index(file.len()));
        }
        file
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn damaged_files_never_panic_and_values_stay_in_range(file in damaged_file()) {
        let limits = Limits { max_pixels: 1 << 20, max_decoded_bytes: 1 << 24, ..Limits::default() };
        for partial in [false, true] {
            let file = PictureFile::from_stream("it", file.as_slice(), &limits);
            if let Ok(picture) = file.and_then(|file| file.partial(partial).decode()) {
                prop_assert!(picture.pixels().iter().all(|value| (0.0..=1.0).contains(value)));
            }
        }
    }
}
