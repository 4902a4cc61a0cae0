//! What the words of a dream were taken for, where they are no class themselves.

use oneiric::Objective;
use oneiric_zoo::{class_names, classes_under};

use crate::terminal::stderr::say;

/// Names shown of the classes that stand in for a word.
const SHOWN: usize = 4;

/// Says for each word of the objective that is no class what stands in for it.
pub fn say_substitutes(objective: &Objective) {
    let mut said: Vec<&str> = Vec::new();
    for word in objective.words() {
        if !said.contains(&word) {
            said.push(word);
            if let Ok(meaning) = classes_under(word)
                && !meaning.instead.is_empty()
            {
                say(&substitute_message(word, &meaning.instead, &meaning.classes));
            }
        }
    }
}

/// `no class is a sky; what is nearest stands in for it: matter (face powder, menu, plate, guacamole and 46 more)`.
pub fn substitute_message(word: &str, instead: &[&str], classes: &[usize]) -> String {
    let names = class_names();
    let shown: Vec<&str> = classes.iter().take(SHOWN).map(|&class| names[class]).collect();
    let more = classes.len() - shown.len();
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    let instead = instead.join(", ");
    format!("no class is a {word}; what is nearest stands in for it: {instead} ({}{more})", shown.join(", "))
}
