//! Finds ImageNet's classes by words, with WordNet.
//!
//! WordNet 3.0 (Princeton University) groups words of one meaning into synsets and puts each synset under more general ones:
//! 118 of ImageNet's classes are under *dog*. `scripts/make-wordnet.py` makes the table of the classes and all synsets
//! above them.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::LazyLock;

use crate::labels::{class_names, wordnet_ids};

/// The number of suggestions for an unknown word.
const SUGGESTIONS: usize = 4;

/// A word that stands for no class.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the networks have no class called '{word}'{}", suggestion(.nearest))]
pub struct UnknownWord {
    /// The word.
    pub word: String,
    /// Known words with the most similar spelling, the nearest first.
    pub nearest: Vec<String>,
}

fn suggestion(nearest: &[String]) -> String {
    match nearest {
        [] => String::new(),
        nearest => format!("; did you mean {}?", nearest.join(", ")),
    }
}

/// What a word stands for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Meaning {
    /// The numbers of its classes, in order.
    pub classes: Vec<usize>,
    /// The nearest broader words, if there is no class under the word itself.
    pub instead: Vec<&'static str>,
}

impl Meaning {
    fn add(&mut self, class: usize) {
        if let Err(place) = self.classes.binary_search(&class) {
            self.classes.insert(place, class);
        }
    }
}

/// Returns the classes that `word` stands for: the name of a class, or any word above classes in WordNet, in the singular or
/// plural, upper or lower case. A word with several meanings stands for all of them. If there is no class under the word,
/// the nearest broader word is used.
///
/// ```
/// let dogs = &oneiric_zoo::classes_under("dogs")?.classes;
/// assert_eq!(dogs.len(), 118);
/// assert_eq!(oneiric_zoo::class_names()[dogs[0]], "Chihuahua");
/// assert_eq!(oneiric_zoo::classes_under("pagoda")?.instead, ["place of worship"]);
/// assert_eq!(oneiric_zoo::classes_under("brid").unwrap_err().nearest[0], "bird");
/// # Ok::<(), oneiric_zoo::UnknownWord>(())
/// ```
///
/// # Errors
/// [`UnknownWord`], with the nearest words.
pub fn classes_under(word: &str) -> Result<&'static Meaning, UnknownWord> {
    let word = normal(word);
    let known = singulars(&word).into_iter().find_map(|singular| WORDS.get(&singular));
    known.ok_or_else(|| UnknownWord { nearest: nearest(&word), word })
}

/// Returns the classes with `word` as a whole word in their `names`, in the singular or plural, upper or lower case, in order.
/// The meaning does not matter: *dogs* finds the hot dog, but not the Shetland Sheepdog.
pub(crate) fn classes_named(word: &str, names: &[&str]) -> Vec<usize> {
    let words = singulars(&normal(word)).into_iter().map(|word| format!(" {word} ")).collect::<Vec<_>>();
    let occurs = |name: &str| words.iter().any(|word| format!(" {} ", normal(name)).contains(word));
    names.iter().enumerate().filter(|(_, name)| occurs(name)).map(|(class, _)| class).collect()
}

/// Returns the classes among `names` that are called `word`, in the singular or plural, upper or lower case.
pub(crate) fn classes_called(word: &str, names: &[String]) -> Result<Meaning, UnknownWord> {
    let word = normal(word);
    let called = |name: &String| singulars(&word).contains(&normal(name));
    let classes: Vec<usize> = (0..names.len()).filter(|&class| called(&names[class])).collect();
    if classes.is_empty() {
        let nearest = nearest_of(&word, names.iter().map(|name| (normal(name), 1)));
        return Err(UnknownWord { nearest, word });
    }
    Ok(Meaning { classes, instead: Vec::new() })
}

/// Every word with classes, in the singular.
static WORDS: LazyLock<HashMap<String, Meaning>> = LazyLock::new(|| {
    let mut words: HashMap<String, Meaning> = HashMap::new();
    let mut classes_of: HashMap<&str, Vec<usize>> = HashMap::new();
    let synsets: HashMap<&str, Synset> = Synset::all().map(|synset| (synset.id, synset)).collect();
    for (class, (id, name)) in wordnet_ids().into_iter().zip(class_names()).enumerate() {
        words.entry(normal(name)).or_default().add(class);
        let mut waiting = vec![id];
        while let Some(synset) = waiting.pop().and_then(|id| synsets.get(id)) {
            for word in synset.words.iter().chain(&synset.plurals) {
                words.entry(normal(word)).or_default().add(class);
            }
            classes_of.entry(synset.id).or_default().push(class);
            waiting.extend(&synset.above);
        }
    }
    for synset in Synset::all() {
        for below in &synset.below {
            let meaning = words.entry(normal(below)).or_default();
            if meaning.classes.is_empty() || !meaning.instead.is_empty() {
                classes_of[synset.id].iter().for_each(|&class| meaning.add(class));
                meaning.instead.push(synset.words[0]);
            }
        }
    }
    words
});

/// A row of the table.
struct Synset {
    id: &'static str,
    above: Vec<&'static str>,
    words: Vec<&'static str>,
    plurals: Vec<&'static str>,
    below: Vec<&'static str>,
}

impl Synset {
    fn all() -> impl Iterator<Item = Self> {
        include_str!("../../../assets/imagenet-words.tsv").lines().map(|line| {
            let mut columns = line.split('\t');
            let mut column = || columns.next().expect("five columns");
            let list = |column: &'static str| column.split('|').filter(|value| !value.is_empty()).collect();
            let [id, above, words, plurals, below] = std::array::from_fn(|_| column());
            Self { id, above: list(above), words: list(words), plurals: list(plurals), below: list(below) }
        })
    }
}

/// Normalizes a word: lower case, single spaces for hyphens and underscores.
fn normal(word: &str) -> String {
    let words = word.split(|c: char| c.is_whitespace() || c == '-' || c == '_').filter(|part| !part.is_empty());
    words.collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Returns the word and its possible singulars, by the noun endings of WordNet's morphy(7WN).
fn singulars(word: &str) -> Vec<String> {
    const ENDINGS: [(&str, &str); 8] = [
        ("s", ""),
        ("ses", "s"),
        ("xes", "x"),
        ("zes", "z"),
        ("ches", "ch"),
        ("shes", "sh"),
        ("men", "man"),
        ("ies", "y"),
    ];
    let stems = ENDINGS.iter().filter_map(|(plural, end)| Some(format!("{}{end}", word.strip_suffix(plural)?)));
    std::iter::once(word.to_string()).chain(stems).collect()
}

fn nearest(word: &str) -> Vec<String> {
    let known = WORDS.iter().filter(|(_, meaning)| meaning.instead.is_empty());
    nearest_of(word, known.map(|(known, meaning)| (known.clone(), meaning.classes.len())))
}

/// Returns the known words with the most similar spelling; of equally near words the more general one first.
fn nearest_of(word: &str, known: impl Iterator<Item = (String, usize)>) -> Vec<String> {
    let distance = |known: &str| {
        let distances = singulars(word).into_iter().map(|singular| strsim::osa_distance(&singular, known));
        distances.min().unwrap_or(usize::MAX)
    };
    let mut known: Vec<_> = known.map(|(word, classes)| (distance(&word), Reverse(classes), word)).collect();
    known.sort();
    let near = known.into_iter().filter(|&(distance, ..)| distance <= word.chars().count().div_ceil(2));
    near.take(SUGGESTIONS).map(|(.., known)| known).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(word: &str) -> Vec<&'static str> {
        classes_under(word).unwrap().classes.iter().map(|&class| class_names()[class]).collect()
    }

    #[test]
    fn a_word_stands_for_all_classes_under_it() {
        for (word, some) in [
            ("bird", "junco"),
            ("snake", "boa constrictor"),
            ("insect", "dragonfly"),
            ("fruit", "pineapple"),
            ("flower", "daisy"),
            ("vehicle", "fire truck"),
            ("building", "barn"),
            ("musical instrument", "grand piano"),
            ("fish", "goldfish"),
        ] {
            let names = names(word);
            assert!(names.contains(&some), "{word}: {names:?}");
        }
    }

    #[test]
    fn a_word_without_classes_uses_the_nearest_broader_word() {
        let pagoda = classes_under("pagodas").unwrap();
        assert_eq!(pagoda.instead, ["place of worship"]);
        assert_eq!(names("pagoda"), names("place of worship"));
        assert!(names("pagoda").contains(&"stupa") || names("pagoda").contains(&"mosque"));
        assert!(classes_under("dog").unwrap().instead.is_empty());
    }

    #[test]
    fn plurals_and_spelling_do_not_matter() {
        for (plural, singular) in [
            ("Dogs", "dog"),
            ("geese", "goose"),
            ("wolves", "wolf"),
            ("butterflies", "butterfly"),
            ("foxes", "fox"),
            ("golden-retrievers", "golden retriever"),
            ("  Golden   Retriever ", "golden retriever"),
            ("churches", "church"),
        ] {
            assert_eq!(names(plural), names(singular), "{plural}");
        }
    }

    #[test]
    fn every_class_is_found_by_its_own_name() {
        for (class, name) in class_names().into_iter().enumerate() {
            assert!(classes_under(name).is_ok_and(|meaning| meaning.classes.contains(&class)), "{name}");
        }
    }

    #[test]
    fn names_are_searched_for_whole_words() {
        let all = class_names();
        let named = |word| classes_named(word, &all).into_iter().map(|class| all[class]).collect::<Vec<_>>();
        assert_eq!(named("Tigers"), ["tiger shark", "tiger cat", "tiger", "tiger beetle"]);
        assert_eq!(named("spider-monkey"), ["Geoffroy's spider monkey"]);
        for nowhere in ["ige", "", "  ", "monkey spider", "\u{0}"] {
            assert!(classes_named(nowhere, &all).is_empty(), "{nowhere:?}");
        }
    }

    #[test]
    fn the_error_of_an_unknown_word_names_the_nearest_words() {
        assert_eq!(classes_under("dgo").unwrap_err().nearest[0], "dog");
        let error = classes_under("goldfihs").unwrap_err().to_string();
        assert!(error.starts_with("the networks have no class called 'goldfihs'; did you mean goldfish"), "{error}");
        for odd in ["", "  ", "zzzzzzzzzzzzzzzzzzzzz", "\u{0}", "🐶"] {
            assert!(classes_under(odd).is_err(), "{odd:?}");
        }
    }
}
