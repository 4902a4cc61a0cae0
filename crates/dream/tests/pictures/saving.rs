//! Encoding and saving pictures.

use std::process::Command;

use image::ImageDecoder;
use oneiric::picture::{DEFAULT_QUALITY, Format, SaveMode, check_destination, write_file};
use tiff::tags::Tag;

use super::*;

/// 256 pixels in which every channel takes every value.
fn every_byte(alpha: Option<Vec<f32>>) -> Picture {
    let pixels = (0..=255u8).flat_map(|v| [v, v.wrapping_mul(77), 255 - v]);
    let pixels = pixels.map(|value| f32::from(value) / 255.0).collect();
    Picture::with_alpha(16, 16, pixels, alpha).unwrap()
}

const SRGB: &[u8] = include_bytes!("../../../../assets/srgb.icc");

fn small() -> Picture {
    Picture::filled(8, 8, [0.5, 0.25, 0.75]).unwrap()
}

fn encode(picture: &Picture, format: Format) -> Vec<u8> {
    picture.encode(format, DEFAULT_QUALITY).unwrap()
}

#[test]
fn eight_bit_values_are_read_back_unchanged() {
    let alpha = (0..=255u8).map(|value| f32::from(value) / 255.0).collect();
    for picture in [every_byte(None), every_byte(Some(alpha))] {
        for format in [Format::Png, Format::WebP, Format::Tiff] {
            assert_eq!(read(&encode(&picture, format)), picture, "{format}");
        }
    }
}

#[test]
fn sixteen_bit_values_are_read_back_unchanged() {
    let values = |step: u16| (0..16 * 16u16).map(move |i| f32::from(i.wrapping_mul(step)) / 65_535.0);
    let pixels: Vec<f32> = values(257).zip(values(3)).flat_map(|(a, b)| [a, b, 1.0 - a]).collect();
    for alpha in [None, Some(values(199).collect())] {
        let picture = Picture::with_alpha(16, 16, pixels.clone(), alpha).unwrap();
        for format in [Format::Png, Format::Tiff] {
            let back = read(&picture.encode_deep(format).unwrap());
            let off = |(a, b): (&f32, &f32)| (a - b).abs();
            assert!(
                picture.pixels().iter().zip(back.pixels()).map(off).fold(0.0, f32::max) < 0.51 / 65_535.0,
                "{format}"
            );
            assert_eq!(back.alpha(), picture.alpha(), "{format}");
        }
    }
    for format in [Format::Jpeg, Format::WebP] {
        let error = small().encode_deep(format).unwrap_err();
        assert!(error.to_string().contains("8 bits a channel") && error.blame() == Blame::Usage, "{error}");
    }
}

#[test]
fn values_are_rounded_to_the_nearest_step_and_nan_is_black() {
    let odd = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -1.0, 2.0, 0.5, 0.499, 0.4, 0.9999];
    let picture = Picture::new(3, 1, odd.to_vec()).unwrap();
    let back = read(&encode(&picture, Format::Png));
    assert_eq!(bytes_of(&back), [0, 255, 0, 0, 255, 128, 127, 102, 255]);
}

#[test]
fn jpeg_has_full_colour_resolution_and_a_quality() {
    let stripes = (0..32 * 32).flat_map(|i| if i % 2 == 0 { [1.0, 0.0, 0.0] } else { [0.0, 0.0, 1.0] });
    let picture = Picture::new(32, 32, stripes.collect()).unwrap();
    let off = |quality| {
        let back = read(&picture.encode(Format::Jpeg, quality).unwrap());
        let pairs = picture.pixels().iter().zip(back.pixels());
        pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
    };
    // At half the colour resolution, red and blue stripes would all be purple, off by half the range.
    assert!(off(DEFAULT_QUALITY) < 0.1, "{}", off(DEFAULT_QUALITY));
    assert!(off(10) > off(DEFAULT_QUALITY));
}

#[test]
fn jpeg_blends_transparent_pixels_with_white() {
    let alpha = Some([vec![0.0; 32], vec![0.5; 32]].concat());
    let black = Picture::with_alpha(8, 8, vec![0.0; 8 * 8 * 3], alpha).unwrap();
    let back = read(&encode(&black, Format::Jpeg));
    assert_near(quarters(&back), [[255; 3], [255; 3], [128; 3], [128; 3]], 1);
    assert_eq!(back.alpha(), None);
}

#[test]
fn an_invalid_quality_and_a_side_too_long_are_usage_errors() {
    for quality in [0, 101, 255] {
        let error = small().encode(Format::Jpeg, quality).unwrap_err();
        assert_eq!(error.blame(), Blame::Usage);
    }
    let long = Picture::filled(70_000, 1, [0.5; 3]).unwrap();
    for format in [Format::Jpeg, Format::WebP] {
        let error = long.encode(format, DEFAULT_QUALITY).unwrap_err();
        assert_eq!(error.blame(), Blame::Usage);
        assert!(error.to_string().contains("70000"), "{error}");
    }
    let longest = Picture::filled(16_384, 1, [0.5; 3]).unwrap();
    assert_eq!(read(&encode(&longest, Format::WebP)).width(), 16_384);
    assert_eq!(read(&encode(&long, Format::Png)).width(), 70_000);
}

#[test]
fn written_files_have_an_srgb_profile_and_no_other_metadata() {
    let past = read(&fixture("exif.jpg"));
    let profile = |mut decoder: Box<dyn ImageDecoder + '_>| {
        assert_eq!(decoder.exif_metadata().unwrap(), None);
        assert_eq!(decoder.xmp_metadata().unwrap(), None);
        decoder.icc_profile().unwrap().expect("no profile")
    };
    for format in Format::ALL {
        let file = encode(&past, format);
        let reader = std::io::Cursor::new(&file);
        let profile = profile(match format {
            Format::Png => Box::new(image::codecs::png::PngDecoder::new(reader).unwrap()),
            Format::Jpeg => Box::new(image::codecs::jpeg::JpegDecoder::new(reader).unwrap()),
            Format::WebP => Box::new(image::codecs::webp::WebPDecoder::new(reader).unwrap()),
            Format::Tiff => {
                let mut tiff = tiff::decoder::Decoder::new(reader).unwrap();
                for tag in [Tag::ExifDirectory, Tag::GpsDirectory, Tag::Unknown(700), Tag::Make, Tag::Software] {
                    assert_eq!(tiff.find_tag(tag).unwrap(), None, "{tag:?}");
                }
                assert_eq!(tiff.get_tag_u8_vec(Tag::IccProfile).unwrap(), SRGB);
                continue;
            }
        });
        assert_eq!(profile, SRGB);
    }
}

#[test]
fn the_ending_decides_the_format() {
    let folder = tempfile::tempdir().unwrap();
    let starts: [(&str, &[u8]); 5] = [
        ("a.png", b"\x89PNG"),
        ("b.JPG", b"\xff\xd8"),
        ("c.jpeg", b"\xff\xd8"),
        ("d.WebP", b"RIFF"),
        ("e.tif", b"II*"),
    ];
    for (name, start) in starts {
        let path = folder.path().join(name);
        small().save(&path, DEFAULT_QUALITY, SaveMode::New).unwrap();
        assert!(fs::read(&path).unwrap().starts_with(start), "{name}");
    }
    for name in ["a", "a.bmp", "a.png.", ".png"] {
        let error = Format::from_path(folder.path().join(name)).unwrap_err();
        assert_eq!(error.blame(), Blame::Usage);
        assert!(error.to_string().ends_with(".png, .jpg, .webp, .tif"), "{error}");
    }
    for format in Format::ALL {
        assert_eq!(format.to_string().parse::<Format>().unwrap(), format);
    }
}

fn files_in(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Saves, which must fail and leave `folder` unchanged.
fn not_saved(folder: &Path, name: &str, mode: SaveMode) -> PictureError {
    let before = files_in(folder);
    let path = folder.join(name);
    let error = small().save(&path, DEFAULT_QUALITY, mode).unwrap_err();
    assert!(error.to_string().starts_with(&path.display().to_string()), "{error}");
    assert_eq!(files_in(folder), before);
    error
}

#[test]
fn a_file_is_replaced_only_in_overwrite_mode() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dear.png");
    fs::write(&path, "dear").unwrap();

    let error = not_saved(folder.path(), "dear.png", SaveMode::New);
    assert!(matches!(error.problem(), PictureError::Exists));
    assert_eq!(error.blame(), Blame::Usage);
    assert_eq!(fs::read(&path).unwrap(), b"dear");
    assert!(check_destination(&path, SaveMode::New).is_err());

    assert_eq!(check_destination(&path, SaveMode::Overwrite).unwrap(), Format::Png);
    small().save(&path, DEFAULT_QUALITY, SaveMode::Overwrite).unwrap();
    assert_eq!(read(&fs::read(&path).unwrap()).width(), 8);
    assert_eq!(files_in(folder.path()), ["dear.png"]);
}

#[test]
fn a_path_that_cannot_be_a_file_is_a_usage_error() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("folder.png")).unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    for mode in [SaveMode::New, SaveMode::Overwrite] {
        let error = not_saved(folder.path(), "folder.png", mode);
        assert!(matches!(error.problem(), PictureError::NotAFile));
        for name in ["nowhere/a.png", "file/a.png"] {
            let error = not_saved(folder.path(), name, mode);
            assert!(matches!(error.problem(), PictureError::NoFolder), "{error}");
            assert_eq!(error.blame(), Blame::Usage);
        }
    }
}

#[cfg(unix)]
mod on_unix {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_new_file_has_default_permissions_and_a_replaced_one_keeps_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        let usual = folder.path().join("usual");
        fs::write(&usual, "").unwrap();
        small().save(&path, DEFAULT_QUALITY, SaveMode::New).unwrap();
        assert_eq!(mode(&path), mode(&usual));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        small().save(&path, DEFAULT_QUALITY, SaveMode::Overwrite).unwrap();
        assert_eq!(mode(&path), 0o640);
    }

    #[test]
    fn a_link_is_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("a.png"), folder.path().join("link.png"));
        fs::write(&file, "old").unwrap();
        symlink(&file, &link).unwrap();
        small().save(&link, DEFAULT_QUALITY, SaveMode::Overwrite).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(read(&fs::read(&file).unwrap()).width(), 8);
    }

    #[test]
    fn a_device_is_never_replaced() {
        let error = write_file("/dev/null", b"bytes", SaveMode::Overwrite).unwrap_err();
        assert!(matches!(error.problem(), PictureError::NotAFile));
    }

    #[test]
    fn a_read_only_file_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
        let error = not_saved(folder.path(), "a.png", SaveMode::Overwrite);
        assert!(matches!(error.problem(), PictureError::NotWritable(_)));
        assert_eq!(fs::read(&path).unwrap(), b"old");
    }

    #[test]
    fn the_error_of_a_folder_without_permission_says_so() {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o555)).unwrap();
        if fs::write(folder.path().join("probe"), "").is_ok() {
            eprintln!("skipped: root may write everywhere");
            return;
        }
        let error = not_saved(folder.path(), "a.png", SaveMode::New);
        assert!(matches!(error.problem(), PictureError::NotWritable(_)));
        assert_eq!(error.blame(), Blame::System);
    }
}

/// Runs the next test again in a separate namespace, with a disk of 64 KiB mounted at a folder.
#[cfg(target_os = "linux")]
#[test]
fn the_error_of_a_full_disk_says_so_and_no_partial_file_is_left() {
    let disk = tempfile::tempdir().unwrap();
    let run = |script: &str| {
        let mut unshare = Command::new("unshare");
        unshare.args(["--map-root-user", "--mount", "sh", "-c", script]);
        unshare.env("TINY_DISK", disk.path()).output()
    };
    let mount = "mount -t tmpfs -o size=64k tiny \"$TINY_DISK\"";
    if !run(mount).is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: this system allows no mounts");
        return;
    }
    let again = std::env::current_exe().unwrap();
    let test = "saving::on_a_disk_of_64_kib --exact --ignored";
    let output = run(&format!("{mount} && '{}' {test}", again.display())).unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

#[cfg(target_os = "linux")]
#[test]
#[ignore = "run by the_error_of_a_full_disk_says_so_and_no_partial_file_is_left"]
fn on_a_disk_of_64_kib() {
    let disk = PathBuf::from(std::env::var_os("TINY_DISK").unwrap());
    let path = disk.join("dream.png");
    write_file(&path, b"old", SaveMode::New).unwrap();
    let error = write_file(&path, &[7; 100_000], SaveMode::Overwrite).unwrap_err();
    assert!(matches!(error.problem(), PictureError::DiskFull), "{error}");
    assert_eq!(error.blame(), Blame::System);
    assert_eq!(files_in(&disk), ["dream.png"]);
    assert_eq!(fs::read(&path).unwrap(), b"old");
}
