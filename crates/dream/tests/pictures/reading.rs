//! Good files, common and unusual.

use super::*;

#[test]
fn every_kind_of_file_shows_the_same_picture() {
    let lossless = [
        "animated.gif",
        "animated.jxl",
        "animated.png",
        "animated.webp",
        "deflate.tif",
        "deep.jxl",
        "float.jxl",
        "groups.jxl",
        "interlaced.png",
        "lossless.jxl",
        "lzw.tif",
        "palette.bmp",
        "palette.png",
        "rle.bmp",
    ];
    for name in lossless {
        assert_eq!(quarters(&read(&fixture(name))), QUARTERS, "{name}");
    }
    let lossy = ["exif.jpg", "jpeg.tif", "lossy-alpha.webp", "lossy.webp", "progressive.jpg", "subsampled.jpg"];
    for name in lossy.into_iter().filter(|name| *name != "exif.jpg") {
        assert_near(quarters(&read(&fixture(name))), QUARTERS, 3);
    }
}

#[test]
fn grey_and_black_and_white_files_become_rgb() {
    let greys = [87, 113, 65, 200].map(|value| [value; 3]);
    assert_near(quarters(&read(&fixture("grey.jpg"))), greys, 2);
    assert_eq!(quarters(&read(&fixture("grey.jxl"))), greys);
    let bilevel = read(&fixture("bilevel.tif"));
    assert!(bilevel.pixels().iter().all(|value| [0.0, 1.0].contains(value)));
}

#[test]
fn an_animation_shows_its_first_frame_and_not_the_blue_second() {
    for name in ["animated.gif", "animated.jxl", "animated.png", "animated.webp"] {
        assert_eq!(quarters(&read(&fixture(name))), QUARTERS, "{name}");
    }
}

#[test]
fn the_content_decides_the_kind_not_the_ending() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["really-a-jpeg.png", "really-a-jpeg.txt", "really a jpeg"] {
        let path = folder.path().join(name);
        fs::write(&path, fixture("progressive.jpg")).unwrap();
        let picture = Picture::open(&path, &Limits::default()).unwrap();
        assert_near(quarters(&picture), QUARTERS, 2);
    }
}

#[test]
fn a_picture_is_read_from_a_pipe() {
    let file = fixture("palette.png");
    let picture = Picture::read_stream(file.as_slice(), &Limits::default()).unwrap();
    assert_eq!(quarters(&picture), QUARTERS);
}

#[test]
fn the_size_is_known_before_the_picture_is_decoded() {
    for (name, bytes) in all_fixtures() {
        let file = PictureFile::from_stream(&name, bytes.as_slice(), &Limits::default()).unwrap();
        let picture = file.decode().unwrap();
        assert_eq!(file.size().unwrap(), (picture.width(), picture.height()), "{name}");
    }
}

#[test]
fn one_pixel_one_row_and_one_column_are_pictures() {
    for (width, height) in [(1, 1), (5000, 1), (1, 5000), (3, 2)] {
        let samples: Vec<u8> = (0..width * height * 3).map(|i| (i * 7) as u8).collect();
        let picture = read(&png(width, height, ExtendedColorType::Rgb8, &samples, None));
        assert_eq!((picture.width(), picture.height()), (width as usize, height as usize));
        assert_eq!(bytes_of(&picture), samples);
    }
}

#[test]
fn bytes_after_a_picture_are_ignored() {
    for name in ["progressive.jpg", "palette.png", "animated.gif", "lossless.jxl"] {
        let mut file = fixture(name);
        file.extend(b"appended by some camera or chat program");
        assert_near(quarters(&read(&file)), QUARTERS, 2);
    }
}

#[test]
fn an_exif_orientation_is_applied() {
    let [red, green, blue, grey] = QUARTERS;
    let upright = [
        (1, [red, green, blue, grey]),
        (2, [green, red, grey, blue]),
        (3, [grey, blue, green, red]),
        (4, [blue, grey, red, green]),
        (5, [red, blue, green, grey]),
        (6, [blue, red, grey, green]),
        (7, [grey, green, blue, red]),
        (8, [green, grey, red, blue]),
        // Not valid, so it is ignored.
        (9, [red, green, blue, grey]),
    ];
    for (orientation, wanted) in upright {
        let six = [1, 18, 0, 3, 0, 0, 0, 1, 0, 6];
        let turned = [1, 18, 0, 3, 0, 0, 0, 1, 0, orientation];
        let picture = read(&patched(fixture("exif.jpg"), &six, &turned));
        let size = if (5..=8).contains(&orientation) { (16, 32) } else { (32, 16) };
        assert_eq!((picture.width(), picture.height()), size);
        assert_near(quarters(&picture), wanted, 2);
    }
}

#[test]
fn an_orientation_that_is_not_a_short_is_ignored_as_by_browsers() {
    let short = [1, 18, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0];
    let long = [1, 18, 0, 4, 0, 0, 0, 1, 0, 0, 0, 6];
    let picture = read(&patched(fixture("exif.jpg"), &short, &long));
    assert_eq!((picture.width(), picture.height()), (32, 16));
}

#[test]
fn transparency_and_the_colours_of_transparent_pixels_are_kept() {
    let samples = [[255, 0, 0, 0], [0, 255, 0, 51], [0, 0, 255, 255]].concat();
    let picture = read(&png(3, 1, ExtendedColorType::Rgba8, &samples, None));
    assert_eq!(bytes_of(&picture), [255, 0, 0, 0, 255, 0, 0, 0, 255]);
    assert_eq!(picture.alpha(), Some([0.0, 0.2, 1.0].as_slice()));

    let half = read(&fixture("lossy-alpha.webp"));
    assert!(half.alpha().unwrap().iter().all(|&alpha| byte(alpha) == 128));
}

#[test]
fn an_opaque_alpha_channel_is_dropped() {
    let picture = read(&png(1, 1, ExtendedColorType::Rgba8, &[1, 2, 3, 255], None));
    assert_eq!(picture.alpha(), None);
    assert_eq!(read(&fixture("animated.gif")).alpha(), None);
}

#[test]
fn planes_must_have_the_size_of_the_picture() {
    assert!(Picture::new(2, 1, vec![0.0; 6]).is_ok());
    assert!(Picture::with_alpha(2, 1, vec![0.0; 6], Some(vec![1.0; 2])).is_ok());
    for (width, height, values) in [(2, 1, 5), (0, 1, 0), (usize::MAX, 2, 6)] {
        let error = Picture::new(width, height, vec![0.0; values]).unwrap_err();
        assert_eq!(error.blame(), Blame::Usage);
    }
    assert!(Picture::with_alpha(2, 1, vec![0.0; 6], Some(vec![1.0; 3])).is_err());
    let filled = Picture::filled(2, 2, [0.1, 0.2, 0.3]).unwrap();
    assert_eq!(filled.pixels()[3..6], [0.1, 0.2, 0.3]);
    assert!(Picture::filled(usize::MAX, usize::MAX, [0.0; 3]).is_err());
}

#[test]
fn the_size_of_a_long_file_is_read_from_its_start() {
    let folder = tempfile::tempdir().unwrap();
    let noise = (0..600 * 400 * 3u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 16) as u8 as f32 / 255.0).collect();
    let picture = Picture::new(600, 400, noise).unwrap();
    for name in ["long.jpg", "long.png"] {
        let path = folder.path().join(name);
        picture.save(&path, 100, oneiric::SaveMode::New).unwrap();
        let bytes = fs::read(&path).unwrap();
        let peek = || PictureFile::peek(&path, &Limits::default()).unwrap().size;
        assert_eq!(peek(), (600, 400));
        // Decoding reports missing bytes later.
        assert!(bytes.len() > 300_000, "{name}");
        fs::write(&path, &bytes[..300_000]).unwrap();
        assert_eq!(peek(), (600, 400));
    }
    for (name, _) in all_fixtures() {
        let path = fixtures().join(&name);
        let whole = PictureFile::open(&path, &Limits::default()).unwrap().size().unwrap();
        assert_eq!(PictureFile::peek(&path, &Limits::default()).unwrap().size, whole, "{name}");
    }
}

#[test]
fn a_gif_whose_screen_is_too_small_shows_its_whole_first_frame() {
    for screen in [[0u16, 0], [32, 0], [0, 32], [20, 10]] {
        let mut file = fixture("animated.gif");
        file[6..10].copy_from_slice(&screen.map(u16::to_le_bytes).concat());
        let picture = read(&file);
        assert_eq!((picture.width(), picture.height()), (32, 32), "{screen:?}");
        assert_eq!(quarters(&picture), QUARTERS, "{screen:?}");
        let file = PictureFile::from_stream("it", file.as_slice(), &Limits::default()).unwrap();
        assert_eq!(file.size().unwrap(), (32, 32), "{screen:?}");
    }
}

#[test]
fn a_webp_with_flags_of_chunks_that_are_not_there_opens() {
    let plain = fixture("lossy.webp");
    let pixels = &plain[12..];
    assert!(pixels.starts_with(b"VP8 "), "the fixture is a plain lossy file");
    // Alpha, EXIF and XMP; then width and height less 1.
    let header =
        [b"VP8X".as_slice(), &10u32.to_le_bytes(), &[0x10 | 0x08 | 0x04, 0, 0, 0, 31, 0, 0, 31, 0, 0]].concat();
    let length = (4 + header.len() + pixels.len()) as u32;
    let file = [b"RIFF".as_slice(), &length.to_le_bytes(), b"WEBP", &header, pixels].concat();
    assert!(read(&file) == read(&plain));
}

#[test]
fn a_file_is_refused_if_reading_it_takes_more_memory_than_the_limit() {
    for (name, bytes) in all_fixtures() {
        let open = |max_memory| {
            let limits = Limits { max_memory, ..Limits::default() };
            PictureFile::from_stream(&name, &bytes[..], &limits).unwrap()
        };
        let photo = open(u64::MAX).memory().unwrap();
        let pixels = (photo.size.0 * photo.size.1) as u64;
        assert!(photo.reading >= bytes.len() as u64 + 13 * pixels, "{name}: {photo:?}");
        let small = open(photo.reading - 1);
        assert!(small.memory().is_err());
        let error = small.decode().unwrap_err().to_string();
        assert!(error.contains("allow more memory or scale the picture down"), "{name}: {error}");
        open(photo.reading).decode().unwrap();
    }
}
