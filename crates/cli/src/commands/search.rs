//! `oneiric search`: finds classes and channels to dream of, by a word or by a photo.

use std::path::{Path, PathBuf};

use clap::builder::RangedU64ValueParser;
use oneiric::inspect::search::{self, Found, LayerScores, Likeness};
use oneiric::picture::readable;
use oneiric_engine::Program;
use oneiric_zoo::{Classes, Network, UnknownWord};
use serde::Serialize;

use crate::args::{Threads, model_names};
use crate::terminal::failure::{Failure, layer_failure};
use crate::terminal::stderr::say;
use crate::terminal::stdout::{print, print_json};
use crate::terminal::table::table;
use crate::work::input::Source;
use crate::work::networks::networks;
use crate::work::substitutes::substitute_message;

const AFTER_HELP: &str = "\
Examples:
  oneiric search dogs                      list all classes of dogs
  oneiric search golden retriever          find one class
  oneiric search \"musical instrument\" cat  find two things
  oneiric search --like photo.jpg          list classes and channels that respond to
                                           it more than to an ordinary picture
  oneiric search --like photo.jpg -l block9.expand --top 20
                                           list the channels of one layer

Dream of the results:
  oneiric dream photo.jpg --more \"golden retriever\"
  oneiric dream photo.jpg --objective \"channel(block8, 17)\"

Ordinary pictures are generated landscapes and dreams of them. The score of a channel is
the difference between its mean in the photo and in ordinary pictures, divided by its
standard deviation there. The score of a class is p log2(p/q), with its probability p in
the photo and q in ordinary pictures.";

/// Default number of classes, and of channels of each layer.
const TOP: usize = 5;

/// Find what to dream of: the classes of a word, or the classes and channels that respond to a photo.
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// What to find, in the singular or plural: one thing in one or more words, or several things, each in quotation
    /// marks
    #[arg(value_name = "WORD", required_unless_present = "like", conflicts_with = "like")]
    words: Vec<String>,
    /// List the classes and channels that respond most to this picture, compared with ordinary pictures; - for standard
    /// input
    #[arg(long, value_name = "PHOTO")]
    like: Option<PathBuf>,
    /// The network to use
    #[arg(long, short, value_name = "NAME", default_value = "lite0", value_parser = model_names(), ignore_case = true)]
    #[arg(conflicts_with = "words")]
    model: String,
    /// List channels of this layer, such as block8; may be repeated [default: several layers, from fine patterns to
    /// parts of things]
    #[arg(long, short, value_name = "NAME", conflicts_with = "words")]
    layer: Vec<String>,
    /// Number of classes, and of channels of each layer, to list [default: 5]
    #[arg(long, value_name = "N", conflicts_with = "words", allow_negative_numbers = true)]
    #[arg(value_parser = RangedU64ValueParser::<usize>::new().range(1..))]
    top: Option<usize>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    threads: Threads,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    match &args.like {
        Some(photo) => by_photo(args, photo),
        None => by_words(args),
    }
}

/// A search word and its result.
type Thing = (String, Found<'static>);

fn by_words(args: &Args) -> Result<(), Failure> {
    let things = find(&args.words).map_err(about_word)?;
    if args.json {
        return print_json(&WordReport { things: things.iter().map(ThingReport::from).collect() });
    }
    for (word, Found { instead, classes }) in things.iter().filter(|(_, found)| !found.instead.is_empty()) {
        let under: Vec<usize> = classes.iter().filter(|class| !class.by_name).map(|class| class.index).collect();
        say(&substitute_message(word, instead, &under));
    }
    let of_thing = |(_, found): &Thing| {
        let row = |class: &search::FoundClass<'static>| {
            let remark = if class.by_name { "only its name matches" } else { "" };
            [class.index.to_string(), class.wordnet.unwrap_or_default().into(), class.name.into(), remark.into()]
        };
        found.classes.iter().map(row).collect::<Vec<_>>()
    };
    let rows = things.iter().flat_map(of_thing).collect::<Vec<_>>();
    print(&table(["class", "WordNet", "name", ""], &rows))?;
    for (word, found) in &things {
        let name = if found.classes.iter().all(|class| class.by_name) { found.classes[0].name } else { word };
        say(&format!("to dream of it, run: oneiric dream photo.jpg --more {name:?}"));
    }
    Ok(())
}

/// Treats the words as one thing, unless some are quoted together, or only the single words are known.
fn find(words: &[String]) -> Result<Vec<Thing>, UnknownWord> {
    let find_one = |word: &str| search::by_word(word, &Classes::ImageNet).map(|found| (word.to_string(), found));
    let each = || words.iter().map(|word| find_one(word)).collect::<Result<Vec<_>, _>>();
    if words.iter().any(|word| word.trim().contains(char::is_whitespace)) {
        return each();
    }
    match find_one(&words.join(" ")) {
        Ok(thing) => Ok(vec![thing]),
        Err(unknown) => each().map_err(|_| unknown),
    }
}

fn about_word(unknown: UnknownWord) -> Failure {
    let advice = if unknown.nearest.is_empty() { "; try a more general word, such as animal" } else { "" };
    Failure::input(format!("{unknown}{advice}"))
}

#[derive(Serialize)]
struct WordReport<'a> {
    things: Vec<ThingReport<'a>>,
}

#[derive(Serialize)]
struct ThingReport<'a> {
    word: &'a str,
    /// If no class matches the word: the more general words that are used instead.
    instead: &'a [&'static str],
    classes: Vec<FoundReport>,
}

#[derive(Serialize)]
struct FoundReport {
    index: usize,
    name: &'static str,
    wordnet: &'static str,
    /// Whether only the name contains the word.
    by_name: bool,
}

impl<'a> From<&'a Thing> for ThingReport<'a> {
    fn from((word, found): &'a Thing) -> Self {
        let class = |class: &search::FoundClass<'static>| FoundReport {
            index: class.index,
            name: class.name,
            wordnet: class.wordnet.unwrap_or_default(),
            by_name: class.by_name,
        };
        Self { word, instead: &found.instead, classes: found.classes.iter().map(class).collect() }
    }
}

fn by_photo(args: &Args, photo: &Path) -> Result<(), Failure> {
    args.threads.apply()?;
    let network = networks().get(&args.model)?;
    let usual = || search::usual_layers(&network).iter().map(ToString::to_string).collect();
    let layers: Vec<String> = if args.layer.is_empty() { usual() } else { args.layer.clone() };
    // Check the layers before reading the photo, which may come from a slow pipe.
    Program::new(&network.graph, &layers).map_err(|e| layer_failure(e, &network.name))?;
    let picture = Source::from_argument(Some(photo)).read(false)?;
    let mut likeness = search::like(&network, &picture, &layers)?;
    let top = args.top.unwrap_or(TOP);
    likeness.classes.truncate(top);
    likeness.layers.iter_mut().for_each(|layer| layer.channels.truncate(top));
    if args.json {
        return print_json(&LikeReport::new(&network, &likeness));
    }
    print_likeness(&network, photo, &likeness)
}

fn print_likeness(network: &Network, photo: &Path, likeness: &Likeness) -> Result<(), Failure> {
    let percent = |probability: f32| format!("{:.3}", probability * 100.0);
    let class = |c: &search::ClassScore| {
        [format!("{:.2}", c.score), percent(c.probability), percent(c.ordinary), more(&c.name)]
    };
    let classes: Vec<_> = likeness.classes.iter().map(class).collect();
    let of_layer = |layer: &LayerScores| {
        let row = |c: &search::ChannelScore| {
            let numbers = [c.score, c.mean, c.ordinary].map(|number| format!("{number:.2}"));
            let [score, mean, ordinary] = numbers;
            [score, mean, ordinary, objective(&layer.layer, c.index)]
        };
        layer.channels.iter().map(row).collect::<Vec<_>>()
    };
    let channels: Vec<_> = likeness.layers.iter().flat_map(of_layer).collect();
    let classes = table(["score", "% here", "% ordinary", "class"], &classes);
    let channels = table(["score", "mean here", "mean ordinary", "channel"], &channels);
    print(&format!("{classes}\n{channels}"))?;
    let photo = if photo == Path::new("-") { "photo.jpg".into() } else { readable(photo) };
    let model = &network.name;
    say(&format!("to dream of it, run: oneiric dream {photo} -m {model} with --more or --objective from above"));
    Ok(())
}

fn more(class: &str) -> String {
    format!("--more \"{class}\"")
}

fn objective(layer: &str, channel: usize) -> String {
    format!("--objective \"channel({layer}, {channel})\"")
}

#[derive(Serialize)]
struct LikeReport<'a> {
    model: &'a str,
    classes: Vec<ClassReport<'a>>,
    layers: Vec<LayerReport<'a>>,
}

#[derive(Serialize)]
struct ClassReport<'a> {
    index: usize,
    name: &'a str,
    wordnet: Option<&'static str>,
    score: f32,
    probability: f32,
    /// The probability for ordinary pictures.
    ordinary: f32,
}

#[derive(Serialize)]
struct LayerReport<'a> {
    layer: &'a str,
    channels: Vec<ChannelReport>,
}

#[derive(Serialize)]
struct ChannelReport {
    channel: usize,
    score: f32,
    mean: f32,
    /// The mean in ordinary pictures.
    ordinary: f32,
    /// For `oneiric dream --objective`.
    objective: String,
}

impl<'a> LikeReport<'a> {
    fn new(network: &'a Network, likeness: &'a Likeness) -> Self {
        let class = |c: &'a search::ClassScore| ClassReport {
            index: c.index,
            name: &c.name,
            wordnet: c.wordnet,
            score: c.score,
            probability: c.probability,
            ordinary: c.ordinary,
        };
        let layer = |scores: &'a LayerScores| {
            let channel = |c: &search::ChannelScore| ChannelReport {
                channel: c.index,
                score: c.score,
                mean: c.mean,
                ordinary: c.ordinary,
                objective: format!("channel({}, {})", scores.layer, c.index),
            };
            LayerReport { layer: &scores.layer, channels: scores.channels.iter().map(channel).collect() }
        };
        Self {
            model: &network.name,
            classes: likeness.classes.iter().map(class).collect(),
            layers: likeness.layers.iter().map(layer).collect(),
        }
    }
}
