//! HEIC and AVIF pictures, with stand-ins for the programs that convert them.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use img_parts::ImageEXIF;
use img_parts::jpeg::Jpeg;
use img_parts::png::Png;

use super::*;

const HEIC: &[u8] = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic";

/// A sandbox with `photo.heic`, `photo.png`, and a folder of programs with `name`, if there is one.
fn with_program(name: &str, script: &str) -> Sandbox {
    let sandbox = Sandbox::with_photo();
    fs::write(sandbox.path("photo.heic"), HEIC).unwrap();
    for folder in ["programs", "temporary", "photos"] {
        fs::create_dir(sandbox.path(folder)).unwrap();
    }
    if !name.is_empty() {
        let program = sandbox.path("programs").join(name);
        fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    }
    sandbox
}

/// Runs `oneiric` with only those programs. Nothing may be left of the conversion.
fn run(sandbox: &Sandbox, args: &[&str]) -> Run {
    let mut command: Command = sandbox.command(args);
    command.env("PATH", sandbox.path("programs")).env("TMPDIR", sandbox.path("temporary"));
    command.env("PICTURE", sandbox.path("photo.png"));
    let run = Run::from(command.output().unwrap());
    assert_eq!(fs::read_dir(sandbox.path("temporary")).unwrap().count(), 0);
    run
}

#[test]
fn a_program_that_is_there_converts_heic() {
    for program in ["heif-dec", "heif-convert", "magick", "convert"] {
        let sandbox = with_program(program, "/bin/cp \"$PICTURE\" \"$2\"");
        run(&sandbox, &["look", "photo.heic"]).succeeds();
    }
}

#[test]
fn a_converted_picture_is_not_turned_again() {
    let sandbox = with_program("heif-dec", "/bin/cp \"$PICTURE\" \"$2\"");
    let turned = Jpeg::from_bytes(odd_files::fixture("exif.jpg").into()).unwrap().exif();
    let mut png = Png::from_bytes(fs::read(sandbox.path("photo.png")).unwrap().into()).unwrap();
    png.set_exif(turned);
    fs::write(sandbox.path("photo.png"), png.encoder().bytes()).unwrap();
    let width = |photo: &str| {
        let args: Vec<&str> = ["dream", photo, "-o", "d.png", "--overwrite"].into_iter().chain(QUICK).collect();
        run(&sandbox, &args).succeeds();
        Picture::open(sandbox.path("d.png"), &Limits::default()).unwrap().width()
    };
    assert_eq!((width("photo.png"), width("photo.heic")), (32, 48));
}

#[test]
fn a_folder_of_heic_pictures_is_dreamed_on() {
    let sandbox = with_program("heif-dec", "/bin/cp \"$PICTURE\" \"$2\"");
    fs::rename(sandbox.path("photo.heic"), sandbox.path("photos/one.HEIC")).unwrap();
    let args: Vec<&str> = ["dream", "photos", "-o", "dreams"].into_iter().chain(QUICK).collect();
    run(&sandbox, &args).succeeds();
    assert_eq!(fs::read_dir(sandbox.path("dreams")).unwrap().count(), 1);
}

#[test]
fn without_such_a_program_the_message_names_one() {
    let sandbox = with_program("", "");
    run(&sandbox, &["look", "photo.heic"]).fails(2, &["photo.heic", "HEIC", "convert it", "install heif-dec"]);
}

#[test]
fn a_program_that_fails_or_writes_no_picture_is_an_error() {
    let sandbox = with_program("heif-dec", "exit 1");
    run(&sandbox, &["look", "photo.heic"]).fails(2, &["HEIC", "heif-dec could not read it"]);
    let sandbox = with_program("heif-dec", "exit 0");
    run(&sandbox, &["look", "photo.heic"]).fails(2, &["HEIC", "heif-dec could not read it"]);
    let sandbox = with_program("heif-dec", "echo nonsense > \"$2\"");
    run(&sandbox, &["look", "photo.heic"]).fails(2, &["photo.heic", "text file"]);
}
