//! Finds what to dream of: classes by a word, classes and channels by a picture.
//!
//! What fires most in a picture says little: some channels always fire. So [`like`] compares the picture with
//! ordinary ones, drawn [landscapes](crate::landscape) and dreams on them, and returns what fires more than there.

use oneiric_engine::map::Map;
use oneiric_engine::shape::Size;
use oneiric_engine::{Plan, Program, Purpose, Session};
use oneiric_zoo::{Classes, Meaning, Network, UnknownWord};

use crate::error::Error;
use crate::inspect::look::{Class, classify};
use crate::picture::clear::visible;
use crate::picture::resize::shrunk;
use crate::picture::{Limits, Picture};

/// A class that a word stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundClass<'a> {
    /// Its number among the classes.
    pub index: usize,
    /// Its name.
    pub name: &'a str,
    /// Its synset in WordNet, for example `n01440764`, if it is one of ImageNet's classes.
    pub wordnet: Option<&'static str>,
    /// Whether only its name contains the word: a hot dog is not a dog.
    pub by_name: bool,
}

/// What a word stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found<'a> {
    /// The classes under the word in order of their numbers, then those whose names only contain it.
    pub classes: Vec<FoundClass<'a>>,
    /// The nearest broader words, if there is no class under the word itself.
    pub instead: Vec<&'static str>,
}

/// The classes that a word of one or more parts stands for, as [`Classes::under`], and those whose names contain it. The
/// networks of the zoo have [`Classes::ImageNet`]; another network may have its own, in its [`Network::classifier`].
///
/// ```
/// use oneiric_zoo::Classes;
///
/// let dogs = oneiric::inspect::search::by_word("dogs", &Classes::ImageNet)?;
/// assert_eq!(dogs.classes[0].name, "Chihuahua");
/// assert!(dogs.classes.iter().any(|class| class.name == "hot dog" && class.by_name));
/// # Ok::<(), oneiric_zoo::UnknownWord>(())
/// ```
///
/// # Errors
/// If there are none; the error names the nearest words.
pub fn by_word<'a>(word: &str, classes: &'a Classes) -> Result<Found<'a>, UnknownWord> {
    let (names, wordnet) = (classes.names(), classes.wordnet_ids());
    let class =
        |index: usize, by_name| FoundClass { index, name: names[index], wordnet: wordnet.get(index).copied(), by_name };
    let named = classes.named(word);
    let Meaning { classes: under, instead } = match classes.under(word) {
        Ok(meaning) => meaning.into_owned(),
        Err(unknown) if named.is_empty() => return Err(unknown),
        Err(_) => Meaning::default(),
    };
    let merely_named = named.into_iter().filter(|index| !under.contains(index));
    let classes = under.iter().map(|&index| class(index, false)).chain(merely_named.map(|index| class(index, true)));
    Ok(Found { classes: classes.collect(), instead })
}

/// Longer side, in pixels, to which larger pictures are shrunk: things then have about the size that they had in training.
const LONGEST: usize = 512;
/// Part of a layer's root mean square that is added to the spread of each of its channels.
const LEAST_SPREAD: f64 = 0.25;

/// Three [landscapes](crate::landscape) of 384 x 256 pixels, and five dreams on landscapes, of a dog, food, furniture, a
/// vehicle and clothing: compared with landscapes alone, everything else would look remarkable. `scripts/make-ordinary`
/// makes them. Lite0 classifies the middle square of one, which has exactly its 224 pixels.
const ORDINARY: [&[u8]; 8] = [
    include_bytes!("../../../../assets/ordinary/0.jpg"),
    include_bytes!("../../../../assets/ordinary/1.jpg"),
    include_bytes!("../../../../assets/ordinary/2.jpg"),
    include_bytes!("../../../../assets/ordinary/3.jpg"),
    include_bytes!("../../../../assets/ordinary/4.jpg"),
    include_bytes!("../../../../assets/ordinary/5.jpg"),
    include_bytes!("../../../../assets/ordinary/6.jpg"),
    include_bytes!("../../../../assets/ordinary/7.jpg"),
];

/// How a channel responds to a picture and to ordinary ones.
#[derive(Clone, Debug, PartialEq)]
pub struct ChannelScore {
    /// Its number.
    pub index: usize,
    /// Mean over all positions of the picture.
    pub mean: f32,
    /// Mean over all positions of ordinary pictures.
    pub ordinary: f32,
    /// How far the first is above the second, in the channel's own spread: see [`like`].
    pub score: f32,
}

/// The channels of a layer.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerScores {
    /// The layer.
    pub layer: String,
    /// All its channels, the highest score first.
    pub channels: Vec<ChannelScore>,
}

/// How likely a class is for a picture and for ordinary ones.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassScore {
    /// Its number among the network's classes.
    pub index: usize,
    /// Its name.
    pub name: String,
    /// Its synset in WordNet, if it is one of ImageNet's classes.
    pub wordnet: Option<&'static str>,
    /// Its probability for the picture, 0…1.
    pub probability: f32,
    /// Its mean probability for ordinary pictures, 0…1.
    pub ordinary: f32,
    /// What the class adds to the difference between the two, in bits: see [`like`].
    pub score: f32,
}

/// What fires for a picture more than for ordinary ones.
#[derive(Clone, Debug, PartialEq)]
pub struct Likeness {
    /// All classes, the highest score first; none if the network has no classifier.
    pub classes: Vec<ClassScore>,
    /// The layers in the given order.
    pub layers: Vec<LayerScores>,
}

/// Returns the layers of a network to search by default, from fine patterns to parts of things. All of them end in a ReLU:
/// their channels fire or do not.
pub fn usual_layers(network: &Network) -> Vec<&str> {
    match network.name.as_str() {
        "lite0" => vec!["block6.expand", "block9.expand", "block11.expand", "block12.expand"],
        "squeezenet" => vec!["fire5", "fire6", "fire8", "fire9"],
        _ => vec![&network.default_layer],
    }
}

/// Ranks the classes of a network, and the channels of each of some layers, by how much more they fire for a
/// picture than for ordinary ones.
///
/// A channel whose activations have the mean m in the picture, and in ordinary pictures the mean μ and the standard
/// deviation σ over all positions, scores (m - μ) / √(σ² + (r/4)²), where r is the root mean square of the whole
/// layer in ordinary pictures. So a channel that always fires scores 0, and one that never fires in ordinary pictures has no
/// unbounded score for firing a little.
///
/// A class of probability p for the picture and of mean probability q for ordinary ones, after the network's own
/// evaluation preprocessing, scores p·log₂(p/q): its term in the divergence of the two (Kullback and Leibler, 1951).
/// So neither classes that every landscape has nor classes that are only a little less unlikely than there come first.
///
/// Layers see the picture as it is, shrunk to at most 512 pixels on its longer side.
///
/// # Errors
/// If there is no layer, or an unknown or repeated one.
pub fn like<S: AsRef<str>>(network: &Network, picture: &Picture, layers: &[S]) -> Result<Likeness, Error> {
    let program = Program::new(&network.graph, layers)?;
    let ordinary = ordinary_pictures();
    let shrunk = visible(shrunk(picture, LONGEST));
    let of_picture = moments(&program, std::slice::from_ref(&shrunk))?;
    let of_ordinary = moments(&program, &ordinary)?;
    let layers = layers.iter().zip(of_picture.iter().zip(&of_ordinary)).map(|(layer, (picture, ordinary))| {
        LayerScores { layer: layer.as_ref().into(), channels: scores(picture, ordinary) }
    });
    Ok(Likeness { classes: class_scores(network, picture, &ordinary)?, layers: layers.collect() })
}

fn ordinary_pictures() -> Vec<Picture> {
    let read = |bytes| Picture::read(bytes, &Limits::default()).expect("it is built in");
    ORDINARY.into_iter().map(read).collect()
}

/// Sums over all positions of a layer, for every channel.
#[derive(Clone, Default)]
struct Moments {
    positions: usize,
    sums: Vec<f64>,
    squares: Vec<f64>,
}

impl Moments {
    fn add(&mut self, map: Map<'_>) {
        let shape = map.shape();
        self.positions += shape.pixels();
        self.sums.resize(shape.channels, 0.0);
        self.squares.resize(shape.channels, 0.0);
        for pixel in (0..shape.height).flat_map(|y| map.row(y)) {
            for ((sum, square), &value) in self.sums.iter_mut().zip(&mut self.squares).zip(pixel) {
                *sum += f64::from(value);
                *square += f64::from(value).powi(2);
            }
        }
    }

    fn mean(&self, channel: usize) -> f64 {
        self.sums[channel] / self.positions as f64
    }

    fn variance(&self, channel: usize) -> f64 {
        (self.squares[channel] / self.positions as f64 - self.mean(channel).powi(2)).max(0.0)
    }

    /// Mean square over all channels.
    fn mean_square(&self) -> f64 {
        self.squares.iter().sum::<f64>() / (self.positions * self.squares.len()) as f64
    }
}

/// The moments of every layer of the program over all of some pictures.
fn moments(program: &Program, pictures: &[Picture]) -> Result<Vec<Moments>, Error> {
    let mut moments = vec![Moments::default(); program.layers().count()];
    let size = Size { height: pictures[0].height(), width: pictures[0].width() };
    let mut session = Session::new(Plan::new(program, size, Purpose::Activations)?)?;
    for picture in pictures {
        session.activations(picture.pixels(), |layer, map| moments[layer].add(map))?;
    }
    Ok(moments)
}

/// The smallest spread of a channel, far below that of any layer.
const TINY: f64 = 1e-6;

fn scores(picture: &Moments, ordinary: &Moments) -> Vec<ChannelScore> {
    let least = LEAST_SPREAD.powi(2) * ordinary.mean_square();
    let score = |index: usize| {
        let (mean, usual) = (picture.mean(index), ordinary.mean(index));
        // A layer that is silent in ordinary pictures has no spread at all.
        let spread = (ordinary.variance(index) + least).sqrt().max(TINY);
        ChannelScore { index, mean: mean as f32, ordinary: usual as f32, score: ((mean - usual) / spread) as f32 }
    };
    let mut channels: Vec<ChannelScore> = (0..picture.sums.len()).map(score).collect();
    channels.sort_by(|a, b| b.score.total_cmp(&a.score));
    channels
}

fn class_scores(network: &Network, picture: &Picture, ordinary: &[Picture]) -> Result<Vec<ClassScore>, Error> {
    let Some(classifier) = &network.classifier else { return Ok(Vec::new()) };
    let mut usual = vec![0.0; classifier.classes.names().len()];
    for picture in ordinary {
        for class in classify(network, picture)? {
            usual[class.index] += f64::from(class.probability) / ordinary.len() as f64;
        }
    }
    let score = |Class { index, name, wordnet, probability }| {
        let [here, there] = [f64::from(probability), usual[index]].map(|p| p.max(f64::from(f32::MIN_POSITIVE)));
        let score = (here * (here / there).log2()) as f32;
        ClassScore { index, name, wordnet, probability, ordinary: usual[index] as f32, score }
    };
    let mut classes: Vec<ClassScore> = classify(network, picture)?.into_iter().map(score).collect();
    classes.sort_by(|a, b| b.score.total_cmp(&a.score));
    Ok(classes)
}

#[cfg(all(test, feature = "landscape", feature = "weights"))]
mod tests {
    use super::*;
    use crate::inspect::look;
    use crate::landscape;

    fn squeezenet() -> std::sync::Arc<Network> {
        oneiric_zoo::load("squeezenet").unwrap()
    }

    /// A landscape that is not among the ordinary ones.
    fn landscape(seed: u64) -> Picture {
        assert!(seed >= ORDINARY.len() as u64);
        Picture::new(240, 160, landscape::paint(240, 160, seed)).unwrap()
    }

    /// Black and white squares of `side` pixels.
    fn checkerboard(side: usize) -> Picture {
        let value = |i: usize| ((i / 3 % 240 / side + i / 720 / side) % 2) as f32;
        Picture::new(240, 160, (0..240 * 160 * 3).map(value).collect()).unwrap()
    }

    fn top_score(network: &Network, picture: &Picture, layer: &str) -> f32 {
        like(network, picture, &[layer]).unwrap().layers[0].channels[0].score
    }

    #[test]
    fn a_word_finds_its_classes_then_those_that_only_contain_it() {
        let names = |word: &str, by_name: bool| {
            let classes = by_word(word, &Classes::ImageNet).unwrap().classes.into_iter();
            classes.filter(|class| class.by_name == by_name).map(|class| class.name).collect::<Vec<_>>()
        };
        assert_eq!(names("dogs", false).len(), 118);
        assert_eq!(names("dog", true), ["African wild dog", "dog sled", "hot dog"]);
        assert!(
            by_word("dog", &Classes::ImageNet).unwrap().classes.is_sorted_by_key(|class| (class.by_name, class.index))
        );
        // WordNet has no noun "hairless".
        assert_eq!(names("hairless", true), ["Mexican hairless dog (xoloitzcuintli)"]);
        assert_eq!(by_word("pagoda", &Classes::ImageNet).unwrap().instead, ["place of worship"]);
        assert_eq!(by_word("dgo", &Classes::ImageNet).unwrap_err().nearest[0], "dog");
    }

    #[test]
    fn the_first_ordinary_pictures_are_drawn_landscapes() {
        let kept = &ordinary_pictures()[2];
        let drawn = landscape::paint(kept.width(), kept.height(), 2);
        let differences = kept.pixels().iter().zip(&drawn).map(|(kept, drawn)| (kept - drawn).abs());
        assert!(differences.sum::<f32>() / (drawn.len() as f32) < 0.01);
        assert!(ordinary_pictures().iter().all(|p| (p.width(), p.height()) == (384, 256)));
    }

    #[test]
    fn every_network_has_its_usual_layers() {
        for model in oneiric_zoo::models() {
            let network = oneiric_zoo::load(model.name).unwrap();
            assert!(Program::new(&network.graph, &usual_layers(&network)).is_ok(), "{}", model.name);
        }
    }

    /// The formula once more, value by value and in two passes.
    #[test]
    fn scores_follow_the_formula() {
        let (network, picture) = (squeezenet(), checkerboard(10));
        let values = |picture: &Picture| look::activations(&network, picture, "fire5").unwrap();
        let ordinary: Vec<_> = ordinary_pictures().iter().map(values).collect();
        let seen = values(&picture);
        let area = |a: &look::Activations| a.shape.pixels();
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let channel = |a: &look::Activations, c: usize| -> Vec<f64> {
            a.values[c * area(a)..][..area(a)].iter().map(|&value| f64::from(value)).collect()
        };
        let squares: Vec<f64> =
            ordinary.iter().flat_map(|a| &a.values).map(|&value| f64::from(value).powi(2)).collect();
        let root_mean_square = mean(&squares).sqrt();

        let likeness = like(&network, &picture, &["fire5"]).unwrap();
        let got = &likeness.layers[0].channels;
        assert_eq!(got.len(), 256);
        assert!(got.is_sorted_by(|a, b| a.score >= b.score));
        for channel_score in got {
            let here = mean(&channel(&seen, channel_score.index));
            let usual: Vec<f64> = ordinary.iter().flat_map(|a| channel(a, channel_score.index)).collect();
            let centre = mean(&usual);
            let variance = mean(&usual.iter().map(|value| (value - centre).powi(2)).collect::<Vec<_>>());
            let score = (here - centre) / (variance + (root_mean_square / 4.0).powi(2)).sqrt();
            for (got, expected) in
                [(channel_score.mean, here), (channel_score.ordinary, centre), (channel_score.score, score)]
            {
                assert!((f64::from(got) - expected).abs() < 1e-4 * expected.abs().max(1.0), "{got} is not {expected}");
            }
        }
    }

    #[test]
    fn a_channel_that_always_fires_scores_zero_and_scores_are_bounded() {
        let moments = |pixels: [[f32; 3]; 2]| {
            let mut data = [0.0; 32];
            pixels.iter().zip(data.chunks_mut(16)).for_each(|(pixel, to)| to[..3].copy_from_slice(pixel));
            let mut moments = Moments::default();
            moments.add(Map::new(&data, oneiric_engine::shape::Shape::new(3, 1, 2), 16));
            moments
        };
        // The first channel always fires, the second sometimes, the third never.
        let ordinary = moments([[9.0, 0.0, 0.0], [9.0, 2.0, 0.0]]);
        let picture = moments([[9.0, 3.0, 0.1], [9.0, 3.0, 0.1]]);
        let scores = scores(&picture, &ordinary);
        assert_eq!(scores.iter().map(|c| c.index).collect::<Vec<_>>(), [1, 2, 0]);
        assert_eq!(scores[2].score, 0.0);
        assert!(scores[1].score < 0.1, "{scores:?}");
        // Where nothing ever fires, no score is infinite.
        let silent = moments([[0.0; 3]; 2]);
        assert!(super::scores(&picture, &silent).iter().all(|c| c.score.is_finite()));
    }

    #[test]
    fn an_ordinary_landscape_scores_low_and_a_pattern_high() {
        let network = squeezenet();
        for layer in usual_layers(&network) {
            let score = top_score(&network, &landscape(20), layer);
            assert!(score < 2.0, "{layer}: {score}");
        }
        for side in [4, 8, 16] {
            let score = top_score(&network, &checkerboard(side), "fire5");
            assert!(score > 4.0, "squares of {side} pixels: {score}");
        }
    }

    #[test]
    fn classes_score_their_part_of_the_divergence() {
        let (network, picture) = (squeezenet(), checkerboard(24));
        let classes = like(&network, &picture, &["fire5"]).unwrap().classes;
        let seen = look::classify(&network, &picture).unwrap();
        assert!(classes.len() == 1000 && classes.is_sorted_by(|a, b| a.score >= b.score));
        for class in &classes {
            let same = seen.iter().find(|other| other.index == class.index).unwrap();
            assert_eq!((class.probability, &class.name, class.wordnet), (same.probability, &same.name, same.wordnet));
            let term = class.probability * (class.probability / class.ordinary).log2();
            assert!((term - class.score).abs() < 1e-4, "{class:?}");
        }
        let divergence = |classes: &[ClassScore]| classes.iter().map(|class| class.score).sum::<f32>();
        let outdoors = like(&network, &landscape(20), &["fire5"]).unwrap().classes;
        assert!(divergence(&outdoors) > 0.0);
        assert!(divergence(&classes) > 2.0 * divergence(&outdoors), "a checkerboard is not a landscape");
    }

    #[test]
    fn any_picture_can_be_compared_on_any_number_of_threads() {
        let network = squeezenet();
        for (width, height) in [(1, 1), (1, 60), (900, 3), (700, 500)] {
            let picture = Picture::filled(width, height, [0.9, 0.1, 0.4]).unwrap();
            let on = |threads: usize| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                pool.install(|| like(&network, &picture, &["fire9", "fire5"]).unwrap())
            };
            let likeness = on(1);
            assert!(likeness.layers.iter().flat_map(|l| &l.channels).all(|c| c.score.is_finite()));
            assert!(likeness.classes.iter().all(|c| c.score.is_finite()));
            assert_eq!(likeness.layers[0].layer, "fire9");
            assert_eq!(likeness, on(3), "{width}x{height}");
        }
    }

    #[test]
    fn layers_that_do_not_exist_are_refused() {
        let picture = Picture::filled(8, 8, [0.5; 3]).unwrap();
        let error = |layers: &[&str]| like(&squeezenet(), &picture, layers).unwrap_err().to_string();
        assert!(error(&["fire88"]).contains("fire8"));
        assert!(error(&["fire8", "fire8"]).contains("fire8"));
        assert!(!error(&[]).is_empty());
    }
}
