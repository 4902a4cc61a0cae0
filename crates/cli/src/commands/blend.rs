//! `oneiric blend`: changes the strength and colours of a dream without dreaming again.

use std::path::PathBuf;

use oneiric::picture::resize::resized;
use oneiric::settings::options::SettingGroup;
use oneiric::{Picture, Settings, memory, preset};
use serde::Serialize;

use crate::args::{FinishArgs, OutputArgs, Threads, report};
use crate::terminal::failure::{Failure, memory_failure};
use crate::terminal::interrupt;
use crate::work::destination::{Destination, Records};
use crate::work::input::Source;

const AFTER_HELP: &str = "\
Examples:
  oneiric blend photo.jpg photo.dream.png --strength 0.5
                                         half photo, half dream, write photo.blend.png
  oneiric blend photo.jpg photo.dream.png --strength 1.6 -o more.jpg
                                         strengthen the dream, write a JPEG
  oneiric blend photo.jpg photo.dream.png --colours photo -o calm.png
                                         use the colours of the photo
  oneiric blend photo.jpg photo.dream.png --white-balance --saturation 1.3 -o vivid.png
                                         remove the colour cast, strengthen colours
  oneiric dream photo.jpg -o - | oneiric blend photo.jpg - --strength 0.7 -o b.png
                                         read the dream from a pipe

The path of the result is printed to standard output unless that is a terminal;
messages go to standard error. The transparency of the dream is kept.";

/// Mix a photo and its dream: change the strength and colours of a finished dream at once.
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// The photo, or - for standard input. It is resized to the size of the dream
    #[arg(value_name = "PHOTO")]
    photo: PathBuf,
    /// The dream of this photo, or - for standard input
    #[arg(value_name = "DREAM")]
    dream: PathBuf,
    /// Output file: .png, .jpg, .webp or .tif, or - for PNG on standard output [default: photo.blend.png, photo.blend-2.png…
    /// next to the photo]
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    threads: Threads,
    #[command(flatten)]
    finish: FinishArgs,
}

/// Pictures in memory in addition to the two inputs: the resized photo, and buffers for comparing colours.
const PLANES: u64 = 4;

#[derive(Serialize)]
struct Report {
    finish: serde_json::Map<String, serde_json::Value>,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let finish = args.finish.finish()?;
    let [photo, dream] = [&args.photo, &args.dream].map(|path| Source::from_argument(Some(path)));
    if (&photo, &dream) == (&Source::Stdin, &Source::Stdin) {
        return Err(Failure::input("only one picture can come from standard input; name a file for the other"));
    }
    let destination = Destination::check(args.out.as_deref(), &photo, "blend", &args.output)?;
    args.threads.apply()?;
    let (photo, mut picture) = (photo.read(args.output.quiet)?, dream.read(args.output.quiet)?);
    let (width, height) = (picture.width(), picture.height());
    check_shape(&photo, (width, height))?;
    memory::check((width, height), |(width, height)| Ok(PLANES * 12 * (width * height) as u64))
        .map_err(|e| memory_failure(e, |width, height| format!("a dream of {width}x{height} would fit")))?;
    destination.check_size(width, height)?;
    interrupt::catch();
    finish.apply(of_size(photo, (width, height)).pixels(), picture.pixels_mut());
    let finish = report(&Settings { finish, ..preset::words() }, |group| group == SettingGroup::Finish);
    destination.deliver(&picture, &Records::default(), &args.output, None, Report { finish })
}

/// Checks that photo and dream have the same aspect ratio, up to a pixel of rounding.
fn check_shape(photo: &Picture, (width, height): (usize, usize)) -> Result<(), Failure> {
    let expected = photo.height() as f64 * width as f64 / photo.width() as f64;
    let pixel = 1.0 + photo.height() as f64 / photo.width() as f64;
    if (expected - height as f64).abs() <= pixel {
        return Ok(());
    }
    let (of_photo, of_dream) = (format!("{}x{}", photo.width(), photo.height()), format!("{width}x{height}"));
    Err(Failure::input(format!(
        "the photo ({of_photo}) and the dream ({of_dream}) differ in shape; name the photo first and its dream second"
    )))
}

fn of_size(photo: Picture, size: (usize, usize)) -> Picture {
    if (photo.width(), photo.height()) == size { photo } else { resized(&photo, size) }
}
