//! `oneiric blend`: more or less of a dream, and other colours, without dreaming again.

use std::path::PathBuf;

use oneiric::picture::resize::resized;
use oneiric::settings::options::SettingGroup;
use oneiric::{Picture, Settings, memory, preset};
use serde::Serialize;

use crate::args::{FinishArgs, OutputArgs, Threads, report};
use crate::terminal::failure::Failure;
use crate::terminal::interrupt;
use crate::work::destination::Destination;
use crate::work::input::Source;

const AFTER_HELP: &str = "\
Examples:
  oneiric blend photo.jpg photo.dream.png --strength 0.5
                                         half photo, half dream, into photo.blend.png
  oneiric blend photo.jpg photo.dream.png --strength 1.6 -o more.jpg
                                         a stronger dream than it was, as JPEG
  oneiric blend photo.jpg photo.dream.png --colours photo -o calm.png
                                         in the colours of the photo
  oneiric blend photo.jpg photo.dream.png --white-balance --saturation 1.3 -o vivid.png
                                         no colour cast, stronger colours
  oneiric dream photo.jpg -o - | oneiric blend photo.jpg - --strength 0.7 -o b.png
                                         a dream from a pipe

The path of the blend goes to the standard output unless that is a terminal,
all else to the standard error. Transparency is that of the dream.";

/// Mix a photo and its dream again: more or less of the dream, other colours, at once.
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// The photo, or - for the standard input. It is resized to the dream's size
    #[arg(value_name = "PHOTO")]
    photo: PathBuf,
    /// The dream of it, or - for the standard input
    #[arg(value_name = "DREAM")]
    dream: PathBuf,
    /// Where the blend goes: .png, .jpg or .webp, or - for PNG on the standard output [default: beside the photo as
    /// photo.blend.png, photo.blend-2.png…]
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    threads: Threads,
    #[command(flatten)]
    finish: FinishArgs,
}

/// Planes that a blend holds beside the two pictures: the photo in the dream's size, and what colours are compared by.
const PLANES: u64 = 4;

#[derive(Serialize)]
struct Report {
    finish: serde_json::Map<String, serde_json::Value>,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let finish = args.finish.finish()?;
    let [photo, dream] = [&args.photo, &args.dream].map(|path| Source::from_argument(Some(path)));
    if (&photo, &dream) == (&Source::Stdin, &Source::Stdin) {
        return Err(Failure::input("only one picture can come from the standard input: name a file for the other"));
    }
    let destination = Destination::check(args.out.as_deref(), &photo, "blend", &args.output)?;
    args.threads.apply()?;
    let (photo, mut picture) = (photo.read()?, dream.read()?);
    let (width, height) = (picture.width(), picture.height());
    check_shape(&photo, (width, height))?;
    memory::check((width, height), PLANES * 12 * (width * height) as u64).map_err(Failure::from)?;
    destination.check_size(width, height)?;
    interrupt::catch();
    finish.apply(of_size(photo, (width, height)).pixels(), picture.pixels_mut());
    let finish = report(&Settings { finish, ..preset::words() }, |group| group == SettingGroup::Finish);
    destination.deliver(&picture, None, &args.output, None, Report { finish })
}

/// A dream has the shape of its photo, to the pixel that rounding takes.
fn check_shape(photo: &Picture, (width, height): (usize, usize)) -> Result<(), Failure> {
    let expected = photo.height() as f64 * width as f64 / photo.width() as f64;
    let pixel = 1.0 + photo.height() as f64 / photo.width() as f64;
    if (expected - height as f64).abs() <= pixel {
        return Ok(());
    }
    let (of_photo, of_dream) = (format!("{}x{}", photo.width(), photo.height()), format!("{width}x{height}"));
    let why = format!("a picture of {of_dream} is no dream of a photo of {of_photo}: they differ in shape");
    Err(Failure::input(format!("{why}; name the photo first and its dream second")))
}

fn of_size(photo: Picture, size: (usize, usize)) -> Picture {
    if (photo.width(), photo.height()) == size { photo } else { resized(&photo, size) }
}
