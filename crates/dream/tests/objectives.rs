//! Dreams follow their objectives.

use std::ops::ControlFlow;
use std::sync::LazyLock;

use oneiric::inspect::look;
use oneiric::settings::options::options;
use oneiric::{Channels, Dream, Error, Objective, OctaveChange, Picture, Settings, landscape, preset};
use oneiric_zoo::Networks;

const SIDES: (usize, usize) = (72, 64);

static MEADOW: LazyLock<Picture> = LazyLock::new(|| painted(3));
static CLOUDS: LazyLock<Picture> = LazyLock::new(|| painted(8));

fn painted(seed: u64) -> Picture {
    Picture::new(SIDES.0, SIDES.1, landscape::paint(SIDES.0, SIDES.1, seed)).unwrap()
}

fn small(objective: &str) -> Settings {
    let objective = Objective::read(objective, "squeezenet", &Networks::default()).unwrap();
    Settings { objective, octaves: 1, iterations: 12, ..Settings::new("squeezenet", "fire5") }
}

fn render(settings: Settings, photo: &Picture) -> Picture {
    Dream::new(settings).unwrap().render(photo).unwrap()
}

/// The probability of the classes of `word` on the picture.
fn probability(model: &str, picture: &Picture, word: &str) -> f32 {
    let classes = look::classify(&oneiric_zoo::load(model).unwrap(), picture).unwrap();
    let meant = &oneiric_zoo::classes_under(word).unwrap().classes;
    classes.iter().filter(|class| meant.contains(&class.index)).map(|class| class.probability).sum()
}

#[test]
fn the_thing_of_a_word_grows_or_vanishes() {
    let photo = Picture::new(224, 168, landscape::paint(224, 168, 3)).unwrap();
    for word in ["dog", "bird", "castle"] {
        let dream = |name: &str, on: &Picture| {
            let mut settings = Settings { octaves: 2, iterations: 12, ..preset::words() };
            let option = options().iter().find(|option| option.name == name).unwrap();
            option.set(&mut settings, &[word.into()], &Networks::default()).unwrap();
            render(settings, on)
        };
        let more = dream("more", &photo);
        let less = dream("less", &more);
        for model in ["lite0", "squeezenet"] {
            let [before, more, less] = [&photo, &more, &less].map(|picture| probability(model, picture, word));
            assert!(more > 10.0 * before, "{word}, {model}: {before} to {more}");
            assert!(less < 0.1 * more, "{word}, {model}: {more} to {less}");
        }
    }
}

#[test]
fn a_dream_that_stays_near_its_photo_changes_it_less() {
    let change = |objective: &str| {
        let dream = render(small(objective), &MEADOW);
        dream.pixels().iter().zip(MEADOW.pixels()).map(|(a, b)| (a - b).powi(2)).sum::<f32>()
    };
    let (free, held) = (change("fire5"), change("fire5 + stay()"));
    assert!(held < 0.5 * free, "{held}, free {free}");
}

#[test]
fn a_missing_channel_names_the_setting_that_has_it() {
    let read = Objective::read("channel(fire5, 999)", "squeezenet", &Networks::default());
    let of_objective = Error::from(read.unwrap_err());
    assert_eq!(of_objective.setting(), Some("objective"), "{of_objective}");
    let chosen = Settings { channels: "all-but:999".parse().unwrap(), ..small("fire5") };
    let of_channels = Dream::new(chosen).unwrap_err();
    assert_eq!(of_channels.setting(), Some("channels"), "{of_channels}");
}

#[test]
fn a_missing_guide_is_an_error() {
    let dream = Dream::new(small("guide(fire5)")).unwrap();
    let error = dream.render(&*MEADOW).unwrap_err();
    assert!(matches!(error, Error::Setting(_)) && error.setting() == Some("guide"), "{error}");
    let guided = dream.guided_by(CLOUDS.clone()).render(&*MEADOW).unwrap();
    assert!(guided != *MEADOW);
}

#[test]
fn an_octave_may_have_another_layer_and_more_steps() {
    let settings = Settings { octaves: 2, iterations: 2, ..small("fire5") };
    let change = OctaveChange::read("2:layer=fire3,iterations=5", "squeezenet", &Networks::default()).unwrap();
    let changed = Settings { octave_changes: vec![change], ..settings.clone() };
    let photo = Picture::new(90, 80, landscape::paint(90, 80, 3)).unwrap();
    let mut steps = Vec::new();
    let watch = |progress: &oneiric::DreamProgress, _: &[f32]| {
        steps.push((progress.octave, progress.iterations));
        assert!((0.0..=1.0).contains(&progress.done));
        ControlFlow::Continue(())
    };
    let dream = Dream::new(changed).unwrap().render_with(&photo, watch).unwrap();
    assert!(steps.contains(&(1, 2)) && steps.contains(&(2, 5)), "{steps:?}");
    assert!(dream != render(settings, &photo));
}

#[test]
fn channels_are_chosen_once_or_again_and_only_if_they_exist() {
    let chosen = |channels: &str, rechoose| {
        let settings = Settings { channels: channels.parse::<Channels>().unwrap(), rechoose, ..small("fire5") };
        render(settings, &MEADOW)
    };
    assert!(chosen("weakest:20", false) != chosen("weakest:20", true));
    assert!(chosen("3", false) == chosen("3", true));
    let none = Settings { channels: Channels::AllBut((0..256).collect()), ..small("fire5") };
    assert!(Dream::new(none).unwrap_err().to_string().contains("no channel"));
}
