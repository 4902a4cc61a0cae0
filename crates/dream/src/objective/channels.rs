//! Which channels of a layer a dream strengthens (the channel choice of neural-dream).

use std::fmt;
use std::str::FromStr;

use crate::invalid::InvalidSetting;

/// A choice of channels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Channels {
    /// All: the whole layer.
    #[default]
    All,
    /// The channels with the largest means, this many.
    Strongest(usize),
    /// The channels with the smallest means, this many.
    Weakest(usize),
    /// All except these.
    AllBut(Vec<usize>),
    /// These.
    Only(Vec<usize>),
}

impl Channels {
    /// Returns the weight of every channel, given the mean activation of each: equal for the chosen ones, 0 for the others, with
    /// a sum of 1.
    pub fn weights(&self, means: &[f32]) -> Vec<f32> {
        let chosen = self.chosen(means);
        let mut weights = vec![0.0; means.len()];
        chosen.iter().for_each(|&channel| weights[channel] = 1.0 / chosen.len() as f32);
        weights
    }

    fn chosen(&self, means: &[f32]) -> Vec<usize> {
        let all = 0..means.len();
        match self {
            Self::All => all.collect(),
            Self::Only(channels) => channels.clone(),
            Self::AllBut(channels) => all.filter(|channel| !channels.contains(channel)).collect(),
            Self::Strongest(count) | Self::Weakest(count) => {
                let mut sorted: Vec<usize> = all.collect();
                sorted.sort_by(|&a, &b| means[a].total_cmp(&means[b]));
                if matches!(self, Self::Strongest(_)) {
                    sorted.reverse();
                }
                sorted.truncate(*count);
                sorted
            }
        }
    }

    /// The channels that are given by number.
    pub fn named(&self) -> &[usize] {
        match self {
            Self::AllBut(channels) | Self::Only(channels) => channels,
            _ => &[],
        }
    }

    /// Whether the choice depends on what the network sees.
    pub fn depends_on_picture(&self) -> bool {
        matches!(self, Self::Strongest(_) | Self::Weakest(_))
    }
}

impl fmt::Display for Channels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |channels: &[usize]| channels.iter().map(usize::to_string).collect::<Vec<_>>().join(",");
        match self {
            Self::All => f.write_str("all"),
            Self::Strongest(count) => write!(f, "strongest:{count}"),
            Self::Weakest(count) => write!(f, "weakest:{count}"),
            Self::AllBut(channels) => write!(f, "all-but:{}", list(channels)),
            Self::Only(channels) => f.write_str(&list(channels)),
        }
    }
}

impl FromStr for Channels {
    type Err = InvalidSetting;

    /// `all`, `strongest:8`, `weakest:8`, `all-but:3,7` or `5,9,11`.
    fn from_str(text: &str) -> Result<Self, InvalidSetting> {
        let count = |text: &str| text.parse().ok().filter(|&count: &usize| count > 0);
        let list = |text: &str| {
            let mut channels =
                text.split(',').map(|part| part.trim().parse()).collect::<Result<Vec<usize>, _>>().ok()?;
            channels.sort_unstable();
            channels.dedup();
            Some(channels)
        };
        let read = match text.trim().split_once(':') {
            None if text.trim() == "all" => Some(Self::All),
            None => list(text).map(Self::Only),
            Some(("strongest", number)) => count(number).map(Self::Strongest),
            Some(("weakest", number)) => count(number).map(Self::Weakest),
            Some(("all-but", channels)) => list(channels).map(Self::AllBut),
            Some(_) => None,
        };
        read.ok_or_else(|| {
            let expected = "all, strongest:8, weakest:8, all-but:3,7 or a list such as 5,9,11";
            InvalidSetting::unreadable("channels", text, expected)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weights(text: &str) -> Vec<f32> {
        text.parse::<Channels>().unwrap().weights(&[0.5, 3.0, -1.0, 2.0])
    }

    #[test]
    fn channels_are_chosen_by_strength_or_by_number() {
        assert_eq!(weights("all"), [0.25; 4]);
        assert_eq!(weights("strongest:2"), [0.0, 0.5, 0.0, 0.5]);
        assert_eq!(weights("weakest:1"), [0.0, 0.0, 1.0, 0.0]);
        assert_eq!(weights("all-but:1, 3"), [0.5, 0.0, 0.5, 0.0]);
        assert_eq!(weights("2"), [0.0, 0.0, 1.0, 0.0]);
        assert_eq!(weights("strongest:99"), [0.25; 4]);
    }

    #[test]
    fn a_choice_is_written_as_it_is_read_and_errors_show_the_forms() {
        for text in ["all", "strongest:8", "weakest:3", "all-but:3,7", "5,9,11"] {
            assert_eq!(text.parse::<Channels>().unwrap().to_string(), text);
        }
        for wrong in ["", "strongest", "strongest:0", "loudest:3", "3,,4", "-1", "all-but:"] {
            assert!(wrong.parse::<Channels>().unwrap_err().to_string().contains("strongest:8"), "{wrong}");
        }
    }
}
