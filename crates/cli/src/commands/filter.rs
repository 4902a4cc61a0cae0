//! `oneiric filter`: one layer of a convolutional network, with a kernel of the user's choice.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use clap::builder::{PossibleValuesParser, RangedU64ValueParser};
use oneiric::filter::{self, Filter, Kernel, LARGEST_STRIDE, MOST_REPEATS, Padding, kernels, signed};
use oneiric::inspect::sheet::Sheet;
use oneiric::picture::resize::{fit_within, nearest, shrunk};
use oneiric::picture::{readable, write_file};
use oneiric::{Picture, memory};
use serde::Serialize;

use crate::args::{OutputArgs, Threads};
use crate::terminal::failure::{Failure, memory_failure};
use crate::terminal::interrupt;
use crate::terminal::stderr::say;
use crate::terminal::stdout::{print, print_json};
use crate::terminal::table::table;
use crate::work::destination::{Destination, Records, check_file, mode};
use crate::work::input::Source;
use crate::work::npy;

const AFTER_HELP: &str = "\
Examples:
  oneiric filter photo.jpg                    show all kernels on one labelled sheet,
                                              photo.filter.png
  oneiric filter --list                       list the kernels with their numbers
  oneiric filter photo.jpg -k edges           write the edges of the photo
  oneiric filter photo.jpg -k \"0 -1 0; -1 5 -1; 0 -1 0\" -o sharp.jpg
                                              use a kernel of your own, row by row
  oneiric filter photo.jpg -k \"1 1 1; 1 1 1; 1 1 1 / 9\" --repeat 5
                                              blur five times
  oneiric filter photo.jpg -k sobel-x -k sobel-y -k emboss -o three.png
                                              compare three kernels on one sheet
  oneiric filter photo.jpg -k sobel-x --signed
                                              show negative results too, 0 as grey
  oneiric filter photo.jpg -k edges --size 224 --padding zero --relu --pool 2
                                              do what a layer of a network does
  oneiric filter photo.jpg -k edges --values edges.npy
                                              write the exact numbers for NumPy

A kernel is laid on each pixel of the photo, and the sum of the products of its
numbers with the pixels below is the new pixel, for red, green and blue each by
itself. This is the convolution of neural networks: the kernel is not mirrored,
which mathematics calls cross-correlation. The values are those of the file, 0 to
1, not linear light. Results below 0 are shown as black and those above 1 as
white; --signed shows them all.";

/// Longer side of the tiles of a sheet in pixels.
const TILE: usize = 320;

/// Filter a photo with a kernel, as one layer of a neural network does.
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// The photo, or - for standard input
    #[arg(value_name = "PHOTO", required_unless_present = "list")]
    photo: Option<PathBuf>,
    /// The kernel: a name of --list, or its numbers with a semicolon after each row; 1 to 15 rows and columns, odd in
    /// number; a / and a number at the end divide all others. Several kernels make one labelled sheet [default: all that
    /// have names]
    #[arg(long, short, value_name = "NAME|NUMBERS", allow_hyphen_values = true)]
    kernel: Vec<String>,
    /// Distance of neighbouring places of the kernel in pixels: 2 halves the sides of the result
    #[arg(long, value_name = "N", default_value_t = 1, allow_negative_numbers = true)]
    #[arg(value_parser = RangedU64ValueParser::<usize>::new().range(1..=LARGEST_STRIDE as u64))]
    stride: usize,
    /// What is beyond the border: edge, the last pixel repeated; zero, black, as in most networks ("same"); none, the
    /// kernel stays within the photo, and the result is smaller ("valid")
    #[arg(long, value_name = "NAME", default_value = Padding::default().name())]
    #[arg(value_parser = PossibleValuesParser::new(Padding::NAMES))]
    padding: String,
    /// Do this many times what the kernel and --relu do, each time on the result
    #[arg(long, value_name = "N", default_value_t = 1, allow_negative_numbers = true)]
    #[arg(value_parser = RangedU64ValueParser::<usize>::new().range(1..=MOST_REPEATS as u64))]
    repeat: usize,
    /// Replace negative results by 0, as networks do after a convolution
    #[arg(long)]
    relu: bool,
    /// At the end, keep only the largest value of each square of NxN pixels (max pooling)
    #[arg(long, value_name = "N", default_value_t = 1, allow_negative_numbers = true)]
    #[arg(value_parser = RangedU64ValueParser::<usize>::new().range(1..=LARGEST_STRIDE as u64))]
    pool: usize,
    /// Show 0 as middle grey, negative results darker and positive ones brighter; the one farthest from 0 becomes black
    /// or white
    #[arg(long)]
    signed: bool,
    /// First shrink the photo so that its longer side has this many pixels: a kernel reaches few pixels, which are small
    /// in a large photo [default: the size of the photo; 320 for each tile of a sheet]
    #[arg(long, value_name = "MAXSIDE", allow_negative_numbers = true)]
    #[arg(value_parser = RangedU64ValueParser::<usize>::new().range(1..=65_535))]
    size: Option<usize>,
    /// List the kernels that have names, with their numbers
    #[arg(long, conflicts_with_all = ["photo", "kernel", "out", "values"])]
    list: bool,
    /// Also write the exact results before they are clamped or scaled: f32 [3, height, width] in the order red, green,
    /// blue
    #[arg(long, value_name = "FILE.npy")]
    values: Option<PathBuf>,
    /// Output file: .png, .jpg, .webp or .tif, or - for PNG on standard output [default: photo.filter.png,
    /// photo.filter-2.png… next to the photo]
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    threads: Threads,
}

/// A kernel and what it is called: its name, or its numbers.
struct Chosen {
    caption: String,
    filter: Filter,
}

#[derive(Serialize)]
struct Report {
    /// Width and height of the photo that was filtered.
    photo: [usize; 2],
    stride: usize,
    padding: &'static str,
    repeat: usize,
    relu: bool,
    pool: usize,
    signed: bool,
    kernels: Vec<KernelReport>,
}

#[derive(Serialize)]
struct KernelReport {
    kernel: String,
    /// Its rows.
    numbers: Vec<Vec<f32>>,
    /// Width and height of the result.
    size: [usize; 2],
    /// The smallest and the largest result.
    range: [f32; 2],
}

pub fn run(args: &Args) -> Result<(), Failure> {
    if args.list {
        return list(args.output.json);
    }
    let chosen = args.filters()?;
    if args.values.is_some() && chosen.len() != 1 {
        return Err(Failure::input("--values writes the results of one kernel; name one with --kernel"));
    }
    let source = Source::from_argument(args.photo.as_deref());
    let destination = Destination::check(args.out.as_deref(), &source, "filter", &args.output)?;
    if let Some(file) = &args.values {
        check_file(file, mode(args.output.overwrite))?;
    }
    args.threads.apply()?;
    let photo = source.read(args.output.quiet)?;
    let longest = args.size.or((chosen.len() > 1).then_some(TILE));
    let size = fit_within((photo.width(), photo.height()), longest);
    let sheet = if chosen.len() > 1 { Sheet::memory(size.0, size.1, chosen.len() + 1) } else { 0 };
    memory::check(size, |size| Ok(Filter::memory(size) + sheet))
        .map_err(|e| memory_failure(e, |width, height| format!("--size {} would fit", width.max(height))))?;
    let photo = longest.map_or(Cow::Borrowed(&photo), |longest| shrunk(&photo, longest));
    interrupt::catch();
    let filtered = chosen.iter().map(|chosen| Ok(chosen.filter.apply(&photo)?)).collect::<Result<Vec<_>, Failure>>()?;
    let shown = |picture: &Picture| if args.signed { signed(picture) } else { picture.clone() };
    let picture = match &filtered[..] {
        [filtered] => shown(filtered),
        _ => contact_sheet(&photo, &chosen, &filtered, shown)?,
    };
    destination.check_size(picture.width(), picture.height())?;
    if let Some(file) = &args.values {
        write_values(file, &filtered[0], args)?;
    }
    let kernels = chosen.iter().zip(&filtered).map(|(chosen, filtered)| chosen.report(filtered)).collect();
    let Filter { stride, padding, repeat, relu, pool, .. } = chosen[0].filter;
    let (photo, padding) = ([photo.width(), photo.height()], padding.name());
    let report = Report { photo, stride, padding, repeat, relu, pool, signed: args.signed, kernels };
    destination.deliver(&picture, &Records::default(), &args.output, None, report)
}

impl Args {
    /// The filters of all given kernels, or of all kernels that have names.
    fn filters(&self) -> Result<Vec<Chosen>, Failure> {
        let padding: Padding = self.padding.parse()?;
        let filter = |kernel| Filter {
            padding,
            stride: self.stride,
            repeat: self.repeat,
            relu: self.relu,
            pool: self.pool,
            ..Filter::new(kernel)
        };
        if self.kernel.is_empty() {
            let named = kernels().iter().map(|named| (named.name.to_owned(), named.kernel()));
            return Ok(named.map(|(caption, kernel)| Chosen { caption, filter: filter(kernel) }).collect());
        }
        let read = |text: &String| {
            let kernel: Kernel = text.parse()?;
            let name = kernels().iter().find(|named| named.kernel() == kernel).map(|named| named.name.to_owned());
            Ok(Chosen { caption: name.unwrap_or_else(|| kernel.to_string()), filter: filter(kernel) })
        };
        self.kernel.iter().map(read).collect()
    }
}

impl Chosen {
    fn report(&self, filtered: &Picture) -> KernelReport {
        let kernel = &self.filter.kernel;
        KernelReport {
            kernel: self.caption.clone(),
            numbers: kernel.weights().chunks(kernel.columns()).map(<[f32]>::to_vec).collect(),
            size: [filtered.width(), filtered.height()],
            range: filter::range(filtered).into(),
        }
    }
}

/// The photo and all results, each with its range of values. Smaller results are enlarged to visible squares.
fn contact_sheet(
    photo: &Picture,
    chosen: &[Chosen],
    filtered: &[Picture],
    shown: impl Fn(&Picture) -> Picture,
) -> Result<Picture, Failure> {
    let tile = (photo.width(), photo.height());
    let mut sheet = Sheet::new(tile.0, tile.1);
    sheet.add("photo", "", photo);
    for (Chosen { caption, .. }, filtered) in chosen.iter().zip(filtered) {
        let (least, most) = filter::range(filtered);
        sheet.add(caption, format!("{least:.1} to {most:.1}"), &nearest(&shown(filtered), tile));
    }
    Ok(sheet.render()?)
}

fn write_values(file: &Path, filtered: &Picture, args: &Args) -> Result<(), Failure> {
    let planes: Vec<f32> = (0..3).flat_map(|c| filtered.pixels().iter().skip(c).step_by(3).copied()).collect();
    let bytes = npy::file([3, filtered.height(), filtered.width()], &planes);
    interrupt::uninterrupted(|| Ok(write_file(file, &bytes, mode(args.output.overwrite))?))?;
    if !args.output.quiet {
        say(&format!("wrote {}", readable(file)));
    }
    Ok(())
}

fn list(json: bool) -> Result<(), Failure> {
    #[derive(Serialize)]
    struct Listed {
        name: &'static str,
        effect: &'static str,
        numbers: Vec<Vec<f32>>,
    }
    if json {
        let listed = kernels().iter().map(|named| Listed {
            name: named.name,
            effect: named.effect,
            numbers: named.kernel().weights().chunks(named.kernel().columns()).map(<[f32]>::to_vec).collect(),
        });
        return print_json(&serde_json::json!({ "kernels": listed.collect::<Vec<_>>() }));
    }
    let row = |named: &filter::NamedKernel| [named.name, named.effect, named.numbers].map(String::from);
    print(&table(["kernel", "effect", "numbers"], &kernels().iter().map(row).collect::<Vec<_>>()))
}
