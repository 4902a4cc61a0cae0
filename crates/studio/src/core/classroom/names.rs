//! What the studio calls the visitors of a class.

use crate::wire::VisitorName;

/// The page has a word for each in every language, and draws the colours.
const COLOURS: [&str; 9] = ["blue", "red", "green", "golden", "pink", "orange", "purple", "silver", "turquoise"];
const ANIMALS: [&str; 16] = [
    "otter", "fox", "owl", "hedgehog", "dolphin", "panda", "tiger", "rabbit", "penguin", "lynx", "turtle", "squirrel",
    "beaver", "falcon", "koala", "seal",
];

/// Returns the name of a visitor. 144 visitors after each other have different names.
pub fn name(number: u32) -> VisitorName {
    let number = number as usize;
    // The lengths have no common divisor, so every pair occurs.
    VisitorName { colour: COLOURS[number % COLOURS.len()], animal: ANIMALS[number % ANIMALS.len()] }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_of_a_class_have_the_same_name() {
        let names: HashSet<(&str, &str)> = (1..=144).map(name).map(|name| (name.colour, name.animal)).collect();
        assert_eq!(names.len(), 144);
    }
}
