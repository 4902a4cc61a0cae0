//! Messages about words that match no class and were replaced by the nearest classes.

use oneiric::Objective;
use oneiric_zoo::{Classes, class_names, classes_under};

use crate::terminal::stderr::say;
use crate::work::networks::networks;

/// How many class names a message shows.
const SHOWN: usize = 4;

/// Prints a message for each word of the objective that matches no class.
pub fn say_substitutes(objective: &Objective) {
    let mut seen: Vec<&str> = Vec::new();
    for word in objective.words() {
        if !seen.contains(&word) {
            seen.push(word);
            if let Ok(meaning) = classes_under(word)
                && !meaning.instead.is_empty()
                && !is_class_of_its_own(word)
            {
                say(&substitute_message(word, &meaning.instead, &meaning.classes));
            }
        }
    }
}

/// Whether a network that was trained on pictures has a class of this name.
fn is_class_of_its_own(word: &str) -> bool {
    let mut all = networks().with_class_map().filter_map(|name| networks().get(name).ok());
    all.any(|network| {
        let named =
            network.classifier.as_ref().is_some_and(|classifier| matches!(classifier.classes, Classes::Named(_)));
        named && network.classes_under(word).is_ok()
    })
}

/// `no class matches 'sky'; using the nearest instead: matter (face powder, menu, plate, guacamole and 46 more)`.
pub fn substitute_message(word: &str, instead: &[&str], classes: &[usize]) -> String {
    let names = class_names();
    let shown: Vec<&str> = classes.iter().take(SHOWN).map(|&class| names[class]).collect();
    let more = classes.len() - shown.len();
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    let instead = instead.join(", ");
    format!("no class matches '{word}'; using the nearest instead: {instead} ({}{more})", shown.join(", "))
}
