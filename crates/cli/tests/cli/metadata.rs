//! `--keep-metadata`.

use std::fs;
use std::io::Cursor;

use exif::experimental::Writer;
use exif::{Field, In, Reader, Tag, Value};
use img_parts::ImageEXIF;
use img_parts::jpeg::Jpeg;
use oneiric::recipe::Recipe;
use oneiric::zoo::Networks;

use crate::Sandbox;

/// A sandbox with `photo.jpg` of a camera at a place.
fn with_camera() -> Sandbox {
    let sandbox = Sandbox::with_jpeg(60, 40);
    let text = |tag, text: &str| Field { tag, ifd_num: In::PRIMARY, value: Value::Ascii(vec![text.into()]) };
    let fields = [text(Tag::Model, "Box 1"), text(Tag::GPSLatitudeRef, "N"), text(Tag::BodySerialNumber, "123")];
    let mut writer = Writer::new();
    fields.iter().for_each(|field| writer.push_field(field));
    let mut exif = Cursor::new(Vec::new());
    writer.write(&mut exif, false).unwrap();
    let mut photo = Jpeg::from_bytes(fs::read(sandbox.path("photo.jpg")).unwrap().into()).unwrap();
    photo.set_exif(Some(exif.into_inner().into()));
    fs::write(sandbox.path("photo.jpg"), photo.encoder().bytes()).unwrap();
    sandbox
}

/// The tags in a file.
fn tags(sandbox: &Sandbox, name: &str) -> Vec<Tag> {
    let file = fs::read(sandbox.path(name)).unwrap();
    Recipe::of_picture(&file, &Networks::default()).unwrap();
    let exif = Reader::new().read_from_container(&mut Cursor::new(file));
    exif.map_or(Vec::new(), |exif| exif.fields().map(|field| field.tag).collect())
}

#[test]
fn a_dream_keeps_the_camera_only_with_keep_metadata_and_never_the_place() {
    let kept = [Tag::Model, Tag::Orientation, Tag::ExifVersion];
    let sandbox = with_camera();
    sandbox.dream(&["photo.jpg", "-o", "plain.jpg"]).succeeds();
    assert_eq!(tags(&sandbox, "plain.jpg"), []);
    for out in ["d.jpg", "d.png", "d.webp"] {
        let run = sandbox.dream(&["photo.jpg", "-o", out, "--keep-metadata"]).succeeds();
        assert!(!run.stderr.contains("warning"), "{}", run.stderr);
        assert_eq!(tags(&sandbox, out), kept, "{out}");
    }
    sandbox.dream(&["photo.jpg", "plain.jpg", "-o", "out", "--name", "{name}.png", "--keep-metadata"]).succeeds();
    assert_eq!(tags(&sandbox, "out/photo.png"), kept);
    assert_eq!(tags(&sandbox, "out/plain.png"), []);
}

#[test]
fn metadata_that_cannot_be_kept_is_a_warning_or_an_error() {
    let sandbox = Sandbox::with_photo();
    let warning = "there is no camera metadata to keep";
    let run = sandbox.dream(&["photo.png", "--keep-metadata"]).succeeds();
    assert!(run.stderr.contains(&format!("warning: photo.png: {warning}")), "{}", run.stderr);
    let run = sandbox.dream(&["--keep-metadata"]).succeeds();
    assert!(run.stderr.contains(&format!("warning: {warning}")), "{}", run.stderr);
    let run = sandbox.dream(&["photo.png", "--keep-metadata", "--quiet"]).succeeds();
    assert_eq!(run.stderr, "");
    sandbox.dream(&["photo.png", "-o", "d.tif", "--keep-metadata"]).fails(2, &["TIFF", "PNG, JPEG or WebP"]);
    let server = ["--server", "http://127.0.0.1:1"];
    sandbox
        .dream(&[&["photo.png", "--keep-metadata"], &server[..]].concat())
        .fails(2, &["--keep-metadata", "--server"]);
    let sweep = ["--sweep", "seed=1,2"];
    sandbox.dream(&[&["photo.png", "--keep-metadata"], &sweep[..]].concat()).fails(2, &["--keep-metadata", "--sweep"]);
}
