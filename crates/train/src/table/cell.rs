//! What the text of a cell stands for.

/// Texts that stand for a missing value, in upper or lower case, as does an empty cell.
const MISSING: [&str; 5] = ["na", "n/a", "nan", "null", "?"];
/// The longest part of a cell that a message shows.
const SHOWN: usize = 30;

/// Whether a cell has no value.
pub fn is_missing(cell: &str) -> bool {
    cell.is_empty() || MISSING.iter().any(|missing| missing.eq_ignore_ascii_case(cell))
}

/// The number in a cell: a decimal point, no separators of thousands, and finite.
pub fn number(cell: &str) -> Option<f64> {
    cell.parse().ok().filter(|number: &f64| number.is_finite())
}

/// The beginning of a cell.
pub fn shown(cell: &str) -> String {
    let mut chars = cell.chars();
    let begin: String = chars.by_ref().take(SHOWN).collect();
    if chars.next().is_some() { begin + "…" } else { begin }
}
