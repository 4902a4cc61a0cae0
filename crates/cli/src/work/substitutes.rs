//! Messages about words that match no class and were replaced by the nearest classes.

use oneiric::Objective;
use oneiric_zoo::{class_names, classes_under};

use crate::terminal::stderr::say;

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
            {
                say(&substitute_message(word, &meaning.instead, &meaning.classes));
            }
        }
    }
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
