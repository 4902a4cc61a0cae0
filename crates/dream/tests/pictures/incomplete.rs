//! Files with something missing: an end, pixels, all frames but the first. Each opens with a warning or is refused.

use oneiric::picture::{FileKind, Warning};

use super::*;

pub fn warned(bytes: &[u8], partial: bool) -> Result<(Picture, Vec<Warning>), PictureError> {
    PictureFile::from_stream("it", bytes, &Limits::default())?.partial(partial).decode_with_warnings()
}

/// A picture in which every pixel is different from its neighbours.
fn gradient(width: usize, height: usize) -> Picture {
    let pixel = |i: usize| {
        let (x, y) = ((i % width) as f32 / width as f32, (i / width) as f32 / height as f32);
        [x, y, 0.5 + 0.4 * (9.0 * (x + y)).sin()]
    };
    Picture::new(width, height, (0..width * height).flat_map(pixel).collect()).unwrap()
}

#[test]
fn a_jpeg_without_its_end_opens_with_a_warning() {
    let mut files: Vec<_> = all_fixtures().into_iter().filter(|(name, _)| name.ends_with(".jpg")).collect();
    files.push(("gradient.jpg".into(), gradient(96, 64).encode(oneiric::Format::Jpeg, 90).unwrap()));
    for (name, file) in files {
        let whole = read(&file);
        let without_end = &file[..file.len() - 2];
        for end in [&[][..], &[0xff], &[0, 0], &[0; 100]] {
            let read = warned(&[without_end, end].concat(), false);
            let (picture, warnings) = read.unwrap_or_else(|e| panic!("{name} with {end:?}: {e}"));
            assert!(picture == whole, "{name} with {end:?}");
            assert_eq!(warnings, [Warning::EndMissing { kind: FileKind::Jpeg }], "{name}");
        }
    }
}

#[test]
fn a_png_without_its_end_opens_with_a_warning() {
    for name in ["palette.png", "interlaced.png"] {
        let file = fixture(name);
        let whole = read(&file);
        let without_end = &file[..file.len() - 12];
        for end in [&[][..], &[0; 12], &[0; 100]] {
            let (picture, warnings) = warned(&[without_end, end].concat(), false).unwrap();
            assert!(picture == whole, "{name} with {end:?}");
            assert_eq!(warnings, [Warning::EndMissing { kind: FileKind::Png }], "{name}");
        }
    }
}

#[test]
fn a_jpeg_without_its_last_blocks_is_refused() {
    let file = gradient(96, 64).encode(oneiric::Format::Jpeg, 90).unwrap();
    for missing in 20..300 {
        let cut = &file[..file.len() - missing];
        for end in [&[][..], &[0; 100]] {
            match warned(&[cut, end].concat(), false) {
                Err(error) => assert!(matches!(error.problem(), PictureError::CutShort { .. }), "{missing}: {error}"),
                Ok(_) => panic!("opened without {missing} bytes, with {} zeros", end.len()),
            }
        }
    }
}

#[test]
fn only_animations_have_a_warning_about_their_frames() {
    for (name, file) in all_fixtures() {
        let (_, warnings) = warned(&file, false).unwrap();
        let kind = FileKind::of(&file).unwrap();
        let wanted = if name.starts_with("animated") { vec![Warning::FirstFrame { kind }] } else { Vec::new() };
        assert_eq!(warnings, wanted, "{name}");
    }
}

#[test]
fn what_is_there_of_a_cut_file_opens_on_request() {
    let grey = |picture: &Picture, pixel: usize| {
        picture.pixels()[pixel * 3..][..3].iter().all(|value| byte(*value).abs_diff(128) <= 1)
    };
    let original = gradient(96, 64);
    let deep: Vec<u8> = original.pixels().iter().flat_map(|value| ((value * 65535.0) as u16).to_ne_bytes()).collect();
    let files = [
        ("8 bits.png", original.encode(oneiric::Format::Png, 90).unwrap()),
        ("16 bits.png", png(96, 64, ExtendedColorType::Rgb16, &deep, None)),
        ("gradient.jpg", original.encode(oneiric::Format::Jpeg, 95).unwrap()),
        ("gradient.gif", encoded(&original, image::ImageFormat::Gif)),
        ("gradient.bmp", encoded(&original, image::ImageFormat::Bmp)),
    ];
    for (name, file) in files {
        let cut = &file[..file.len() * 2 / 3];
        let error = refused(cut);
        assert!(matches!(error, PictureError::CutShort { .. }), "{name}: {error}");
        let (picture, warnings) = warned(cut, true).unwrap();
        assert_eq!(warnings, [Warning::Partial { kind: FileKind::of(&file).unwrap() }], "{name}");
        assert_eq!(picture.alpha(), None, "{name}");
        // A bitmap begins with the lowest row.
        let (there, missing) = if name.ends_with("bmp") { (64 * 96 - 1, 0) } else { (0, 64 * 96 - 1) };
        let whole = read(&file);
        for channel in 0..3 {
            let (got, wanted) = (picture.pixels()[there * 3 + channel], whole.pixels()[there * 3 + channel]);
            assert!((got - wanted).abs() < 0.02, "{name}: {got} is not {wanted}");
        }
        assert!(grey(&picture, missing) && !grey(&whole, missing), "{name}");
    }
    // A whole file is the same with and without the request, and has no warning.
    for (name, file) in all_fixtures() {
        assert!(warned(&file, true).unwrap() == warned(&file, false).unwrap(), "{name}");
    }
}

fn encoded(picture: &Picture, format: image::ImageFormat) -> Vec<u8> {
    let samples = bytes_of(picture);
    let picture = image::RgbImage::from_raw(picture.width() as u32, picture.height() as u32, samples).unwrap();
    let mut file = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut file, format).unwrap();
    file.into_inner()
}
