//! `oneiric dream --sweep`: a labelled sheet with one small dream for every combination of values.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Instant;

use oneiric::inspect::sheet::Sheet;
use oneiric::picture::{PhotoMemory, check_destination, write_file};
use oneiric::recipe::{PhotoInfo, Places};
use oneiric::render::LoadedPhoto;
use oneiric::settings::options::{SettingSpec, SettingValue, ValueKind, options};
use oneiric::settings::split_outside_brackets;
use oneiric::{DreamProgress, Format, PhotoSource, Picture, Settings, preset};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use serde::Serialize;
use serde_json::{Map, json};

use crate::args::DreamArgs;
use crate::args::{PlacesReport, SettingsArgs};
use crate::terminal::failure::{Failure, photo_failure};
use crate::terminal::interrupt;
use crate::terminal::status_board::StatusBoard;
use crate::work::batch::make_folder;
use crate::work::destination::{Destination, Records, mode};
use crate::work::input::Source;
use crate::work::jobs::{parallel_jobs, run_parallel};
use crate::work::maker::{Maker, SharedInputs};

/// Most combinations; a larger sheet is unreadable.
const MOST: usize = 400;
/// Default longer side of each small dream in pixels, as in `oneiric sheet`.
const SIDE: usize = 320;
/// Separates the values of a combination.
const BETWEEN: &str = " · ";
/// Most characters of a value in a file name.
const LETTERS: usize = 40;

/// The values to try.
#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Several values")]
pub struct Sweeps {
    /// Try several values of an option and write one labelled sheet of small dreams, 320 pixels each unless --size is
    /// given. Separate values with commas: preset=dogs,eyes; layer=block5..block12 or octaves=1..5 (ranges);
    /// step=0.5x,2x (factors). Repeat it to try all combinations
    #[arg(long = "sweep", value_name = "NAME=VALUES")]
    sweeps: Vec<Sweep>,
    /// Also write each small dream of --sweep to this folder
    #[arg(long, value_name = "FOLDER", requires = "sweeps")]
    keep: Option<PathBuf>,
}

/// An option and its values.
#[derive(Clone, Debug)]
struct Sweep {
    of: SweepOption,
    values: Vec<SweepValue>,
}

/// The option that is swept.
#[derive(Clone, Copy)]
enum SweepOption {
    Preset,
    Option(&'static SettingSpec),
}

/// A value to try.
#[derive(Clone, Debug, PartialEq)]
enum SweepValue {
    /// A literal value.
    Text(String),
    /// A factor for the value that the option would have.
    Times(f64),
}

impl SweepOption {
    fn name(self) -> &'static str {
        match self {
            Self::Preset => "preset",
            Self::Option(setting) => setting.name,
        }
    }

    fn apply(self, to: &SettingsArgs, value: &str) -> SettingsArgs {
        match self {
            Self::Preset => to.with_preset(value),
            Self::Option(setting) => {
                to.with(setting, (setting.kind != ValueKind::Flag || value == "on").then_some(value))
            }
        }
    }

    fn excludes(self, other: Self) -> bool {
        match (self, other) {
            (Self::Option(one), Self::Option(other)) => one.excludes(other),
            (one, other) => one.name() == other.name(),
        }
    }

    /// The value in these settings times `factor`; none if the option is not a number.
    fn times(self, settings: &oneiric::Settings, factor: f64) -> Option<String> {
        let Self::Option(setting) = self else { return None };
        match setting.get(settings)? {
            SettingValue::Number(number) => Some(((number * factor) as f32).to_string()),
            SettingValue::Whole(number) => Some(((number as f64 * factor).round() as u64).to_string()),
            SettingValue::Text(_) | SettingValue::Flag(_) | SettingValue::List(_) => None,
        }
    }
}

impl fmt::Debug for SweepOption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for SweepValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Times(factor) => write!(f, "{factor}x"),
        }
    }
}

impl FromStr for Sweep {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, values) = text.split_once('=').ok_or("write NAME=VALUES, such as layer=block5..block12")?;
        let of = swept(name.trim())?;
        let mut tries = Vec::new();
        for value in split_outside_brackets(values) {
            tries.extend(read(of, value.trim())?);
        }
        Ok(Self { of, values: tries })
    }
}

fn swept(name: &str) -> Result<SweepOption, String> {
    if name == SweepOption::Preset.name() {
        return Ok(SweepOption::Preset);
    }
    options().iter().find(|setting| setting.name == name).map(SweepOption::Option).ok_or_else(|| {
        let names: Vec<_> = options().iter().map(|setting| setting.name).collect();
        format!("--sweep cannot be used for '{name}'; use preset, {}", names.join(", "))
    })
}

fn read(of: SweepOption, text: &str) -> Result<Vec<SweepValue>, String> {
    if text.is_empty() {
        return Err("a value is empty; write values separated by commas".into());
    }
    if let SweepOption::Option(SettingSpec { kind: ValueKind::Flag, name, .. }) = of
        && !["on", "off"].contains(&text)
    {
        return Err(format!("invalid value '{text}' for {name}: use on or off"));
    }
    if let Some((from, to)) = text.split_once("..") {
        let why = || format!("invalid range '{text}'; write it like block5..block12 or 1..5");
        return Ok(range(from, to).ok_or_else(why)?.into_iter().map(SweepValue::Text).collect());
    }
    let factor = text.strip_suffix('x').and_then(|factor| factor.parse().ok());
    Ok(match factor {
        Some(factor) if of.times(&preset::words(), factor).is_some() => vec![SweepValue::Times(factor)],
        _ => vec![SweepValue::Text(text.into())],
    })
}

/// Expands a range: `block5`, `block6`… `block12`. The ends may differ only in their last number.
fn range(from: &str, to: &str) -> Option<Vec<String>> {
    let ((before, first, after), (same, last, end)) = (last_number(from)?, last_number(to)?);
    if (before, after) != (same, end) || first.abs_diff(last) as usize >= MOST {
        return None;
    }
    let named = |number: u32| format!("{before}{number}{after}");
    Some(if first <= last { (first..=last).map(named).collect() } else { (last..=first).rev().map(named).collect() })
}

/// Splits a text around the last number in it, if that is a whole number without leading zeros.
fn last_number(text: &str) -> Option<(&str, u32, &str)> {
    let end = text.rfind(|c: char| c.is_ascii_digit())? + 1;
    let begin = text[..end].rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| at + 1);
    let number: u32 = text[begin..end].parse().ok()?;
    let is_whole = number.to_string() == text[begin..end] && (begin == 0 || text.parse::<f64>().is_err());
    is_whole.then_some((&text[..begin], number, &text[end..]))
}

/// One combination of values.
struct Combination {
    settings: SettingsArgs,
    /// The value of each sweep.
    values: Vec<String>,
}

impl Combination {
    fn new(
        base: &SettingsArgs,
        recipe: Option<&Settings>,
        sweeps: &[Sweep],
        tries: &[&SweepValue],
    ) -> Result<Self, Failure> {
        let mut settings = base.clone();
        let mut values = vec![String::new(); tries.len()];
        for (i, value) in tries.iter().enumerate() {
            if let SweepValue::Text(text) = value {
                values[i] = text.clone();
                settings = sweeps[i].of.apply(&settings, text);
            }
        }
        // A factor multiplies the value that all other settings give.
        for (i, value) in tries.iter().enumerate() {
            if let SweepValue::Times(factor) = value {
                let times = sweeps[i].of.times(&settings.settings(recipe)?, *factor);
                values[i] = times.expect("only numbers are read as factors");
                settings = sweeps[i].of.apply(&settings, &values[i]);
            }
        }
        settings.settings(recipe)?;
        Ok(Self { settings, values })
    }

    fn caption(&self) -> String {
        self.values.join(BETWEEN)
    }
}

#[derive(Serialize)]
struct Report<'a> {
    /// Columns and rows of each dream.
    tile: [usize; 2],
    dreams: Vec<serde_json::Value>,
    #[serde(flatten)]
    places: PlacesReport<'a>,
}

impl Sweeps {
    /// Whether --sweep is not given.
    pub fn is_empty(&self) -> bool {
        self.sweeps.is_empty()
    }

    /// All combinations; the last sweep varies fastest.
    fn combinations(&self, base: &SettingsArgs, recipe: Option<&Settings>) -> Result<Vec<Combination>, Failure> {
        for (i, sweep) in self.sweeps.iter().enumerate() {
            if let Some(other) = self.sweeps[..i].iter().find(|other| other.of.excludes(sweep.of)) {
                let names = format!("--sweep {} and --sweep {}", other.of.name(), sweep.of.name());
                return Err(Failure::input(format!("{names} set the same thing; remove one of them")));
            }
        }
        let count = self.sweeps.iter().fold(1, |count: usize, sweep| count.saturating_mul(sweep.values.len()));
        if count > MOST {
            return Err(Failure::input(format!(
                "too many combinations: {count}, at most {MOST} are allowed; try fewer values"
            )));
        }
        let mut tuples = vec![Vec::new()];
        for sweep in &self.sweeps {
            let with =
                |tries: &Vec<_>| sweep.values.iter().map(|value| [&tries[..], &[value]].concat()).collect::<Vec<_>>();
            tuples = tuples.iter().flat_map(with).collect();
        }
        let combination = |tries: &Vec<&SweepValue>| {
            let caption = || tries.iter().map(ToString::to_string).collect::<Vec<_>>().join(BETWEEN);
            Combination::new(base, recipe, &self.sweeps, tries).map_err(|e| about(caption(), e))
        };
        tuples.iter().map(combination).collect()
    }

    /// How many pictures belong together in a row: the values of the last of several sweeps.
    fn group(&self) -> usize {
        if let [_, .., last] = &self.sweeps[..] { last.values.len() } else { 1 }
    }

    fn names(&self) -> Vec<&'static str> {
        self.sweeps.iter().map(|sweep| sweep.of.name()).collect()
    }

    /// The files of the single dreams for --keep: `photo.03.layer-block5.step-0.01.png`.
    fn kept(&self, combinations: &[Combination], name: &str, overwrite: bool) -> Result<Vec<PathBuf>, Failure> {
        let Some(folder) = &self.keep else { return Ok(Vec::new()) };
        make_folder(folder)?;
        let digits = combinations.len().to_string().len();
        let names = self.names();
        let file = |(index, combination): (usize, &Combination)| {
            let values =
                names.iter().zip(&combination.values).map(|(name, value)| format!(".{name}-{}", file_name_part(value)));
            let path = folder.join(format!("{name}.{:0digits$}{}.png", index + 1, values.collect::<String>()));
            check_destination(&path, mode(overwrite))?;
            Ok(path)
        };
        combinations.iter().enumerate().map(file).collect()
    }
}

/// Adds the combination to the message of its failure.
fn about(caption: String, failure: Failure) -> Failure {
    let listed = format!("{caption}: {}", failure.message());
    failure.with_message(listed)
}

/// A value in a form that is valid in file names on every system.
fn file_name_part(value: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() || ".+-".contains(c) { c } else { '_' };
    value.chars().map(plain).take(LETTERS).collect()
}

/// Makes the sheet of all combinations.
pub fn run(
    picture: Option<&Path>,
    out: Option<&Path>,
    sweeps: &Sweeps,
    args: &DreamArgs,
    shared: &SharedInputs,
) -> Result<(), Failure> {
    let combinations = sweeps.combinations(&args.settings, shared.recipe().map(|recipe| &recipe.settings))?;
    let source = Source::from_argument(picture);
    let destination = Destination::check(out, &source, "sweep", &args.output)?;
    let name = match &source {
        Source::File(path) => path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        Source::Stdin => "photo".into(),
        Source::Landscape => "landscape".into(),
    };
    args.threads.apply()?;
    let needs = |(width, height)| Ok(Sheet::memory(width, height, combinations.len()));
    let seed = shared.settings(&combinations[0].settings)?.seed;
    let photo = source.lazy(seed, Some(args.size.unwrap_or(SIDE)), args.partial, &args.reading().limits)?;
    let loaded = source.load(&photo, args.output.quiet, needs);
    let (photo, about_photo) = loaded.map_err(|e| photo_failure(e, args.partial))?;
    let (tile, memory) = (photo.size()?, photo.memory()?);
    let extent = Sheet::extent(tile.0, tile.1, combinations.len());
    destination.check_size(extent.0, extent.1)?;
    // Report the first invalid combination before the work.
    let checked: Vec<_> =
        combinations.par_iter().map(|combination| checked(combination, args, shared, tile, memory)).collect();
    let checked = checked.into_iter().collect::<Result<Vec<_>, _>>()?;
    let largest = checked.iter().map(|(memory, _)| *memory).max().unwrap_or_default();
    let kept = sweeps.kept(&combinations, &name, args.output.overwrite)?;
    interrupt::catch();
    let (dreams, time) = dream_all(&combinations, args, shared, (&photo, &about_photo), &kept, largest)?;
    let names = sweeps.names();
    let mut sheet =
        Sheet::new(tile.0, tile.1).title(format!("{name}: {}", names.join(BETWEEN))).in_groups_of(sweeps.group());
    combinations.iter().zip(&dreams).for_each(|(combination, dream)| sheet.add(combination.caption(), "", dream));
    let listed = |(index, combination): (usize, &Combination)| {
        let values: Map<_, _> = names
            .iter()
            .zip(&combination.values)
            .map(|(name, value)| (name.replace('-', "_"), value.as_str().into()))
            .collect();
        json!({ "values": values, "output": kept.get(index) })
    };
    let dreams = combinations.iter().enumerate().map(listed).collect();
    let report = Report { tile: tile.into(), dreams, places: (&checked[0].1).into() };
    destination.deliver(&sheet.render()?, &Records::default(), &args.output, Some(time), report)
}

/// Returns the memory in bytes and the places of a combination. The maker is dropped: the networks of many would fill
/// the memory.
fn checked(
    combination: &Combination,
    args: &DreamArgs,
    shared: &SharedInputs,
    tile: (usize, usize),
    photo: PhotoMemory,
) -> Result<(u64, Places), Failure> {
    let maker = maker(combination, args, shared)?;
    Ok((maker.dream().memory(tile, photo, true)?, maker.places().clone()))
}

fn maker(combination: &Combination, args: &DreamArgs, shared: &SharedInputs) -> Result<Maker, Failure> {
    Maker::new(args, &combination.settings, shared).map_err(|e| about(combination.caption(), e))
}

/// The dreams of all combinations, several at once; each is written to its file in `kept`, where there is one. Each
/// takes up to `largest` bytes.
fn dream_all(
    combinations: &[Combination],
    args: &DreamArgs,
    shared: &SharedInputs,
    (photo, about_photo): (&LoadedPhoto, &PhotoInfo),
    kept: &[PathBuf],
    largest: u64,
) -> Result<(Vec<Picture>, f64), Failure> {
    let threads = args.threads.count();
    let board = StatusBoard::new(args.output.quiet, combinations.len());
    board.expect(vec![1.0; combinations.len()]);
    let dream = |(): &mut (), index: usize| {
        let (begun, caption) = (Instant::now(), combinations[index].caption());
        let maker = maker(&combinations[index], args, shared)?;
        let picture = maker.render_on(photo, None, &mut |progress: &DreamProgress, _: &[f32]| {
            board.show(index, &caption, progress.done);
            interrupt::check()
        })?;
        if let Some(path) = kept.get(index) {
            let bytes = maker.file(&picture, Format::Png, about_photo.clone(), None, &args.output)?;
            interrupt::uninterrupted(|| Ok(write_file(path, &bytes, mode(args.output.overwrite))?))?;
        }
        board.dreamed(index, &caption, begun.elapsed().as_secs_f64());
        Ok(picture)
    };
    let dreams = run_parallel(
        combinations.len(),
        parallel_jobs(combinations.len(), threads, largest, args.memory),
        threads,
        dream,
    )?;
    let time = board.finish();
    let made = dreams.iter().filter(|dream| matches!(dream, Some(Ok(_)))).count();
    let dreams = dreams.into_iter().map(|dream| dream.unwrap_or_else(|| Err(Failure::stopped())));
    let dreams = dreams.collect::<Result<_, _>>().map_err(|e| match kept {
        [_, ..] if e.is_stop() => {
            Failure::stopped_with(format!("{made} of {} dreams were written; the sheet was not", combinations.len()))
        }
        _ => e,
    })?;
    Ok((dreams, time))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> String {
        let values = text.parse::<Sweep>().unwrap().values.into_iter().map(|value| match value {
            SweepValue::Text(text) => text,
            SweepValue::Times(factor) => format!("{factor} times"),
        });
        values.collect::<Vec<_>>().join("|")
    }

    #[test]
    fn values_are_lists_ranges_and_factors() {
        assert_eq!(values("layer=block9..block11"), "block9|block10|block11");
        assert_eq!(values("layer=block9.expand..block8.expand, stem"), "block9.expand|block8.expand|stem");
        assert_eq!(values("octaves=2..4,7"), "2|3|4|7");
        assert_eq!(values("step=0.5x,0.01,2x"), "0.5 times|0.01|2 times");
        assert_eq!(values("seamless=on,off"), "on|off");
        assert_eq!(values("more=2x"), "2x", "no number");
        assert_eq!(
            values("objective=block5 - 0.3*channel(block8, 17),class('a, b')"),
            "block5 - 0.3*channel(block8, 17)|class('a, b')"
        );
        assert_eq!(values("octave=1:step=0.5"), "1:step=0.5");
    }

    #[test]
    fn an_invalid_sweep_is_explained() {
        for (text, word) in [
            ("layer", "NAME=VALUES"),
            ("lair=block5", "layer"),
            ("layer=", "empty"),
            ("layer=block5,,block6", "empty"),
            ("layer=block5..fire8", "block5..block12"),
            ("octaves=1..9999", "1..5"),
            ("chroma=0.8..0.12", "1..5"),
            ("layer=conv08..conv12", "1..5"),
            ("seamless=maybe", "on or off"),
        ] {
            let error = text.parse::<Sweep>().unwrap_err();
            assert!(error.contains(word), "{text}: {error}");
        }
    }
}
