//! Bounds, examples and changes of single octaves.

use oneiric_zoo::Networks;

use super::options::{option, options};
use super::*;
use crate::finish::Finish;

#[test]
#[cfg(feature = "weights")]
fn an_octave_changes_settings() {
    let read = |text: &str| OctaveChange::read(text, "lite0", &Networks::default());
    let text = "3:layer=block5 - 0.3*channel(block8, 17),iterations=20,step=0.5";
    let change = read(text).unwrap();
    assert_eq!((change.octave, change.iterations, change.step), (3, Some(20), Some(0.5)));
    assert_eq!(change.to_string(), text);
    let settings = Settings { octave_changes: vec![change], ..Settings::new("lite0", "block10") };
    assert_eq!(settings.in_octave(2).iterations, settings.iterations);
    assert_eq!((settings.in_octave(3).iterations, settings.in_octave(3).jitter), (20, settings.jitter));
    let onwards = read("3+:iterations=0").unwrap();
    assert_eq!(onwards.to_string(), "3+:iterations=0");
    let settings = Settings { octave_changes: vec![onwards], ..settings };
    assert_eq!([2, 3, 9].map(|octave| settings.in_octave(octave).iterations), [settings.iterations, 0, 0]);
    for wrong in ["", "3", "3:", "x:step=1", "3:size=4", "3:iterations=many"] {
        assert!(read(wrong).unwrap_err().to_string().contains("3:layer=block5,iterations=20"), "{wrong}");
    }
    assert!(read("3:layer=blok5").unwrap_err().to_string().contains("did you mean block5"));
}

#[test]
fn a_setting_out_of_range_names_its_bounds() {
    let good = Settings::new("lite0", "block10");
    assert_eq!(good.check(), Ok(()));
    for wrong in [
        Settings { octaves: 0, ..good.clone() },
        Settings { octave_scale: 1.0, ..good.clone() },
        Settings { step: f32::NAN, ..good.clone() },
        Settings { chroma: -1.0, ..good.clone() },
        Settings { jitter: 5000, ..good.clone() },
        Settings { octave_changes: vec![OctaveChange::default()], ..good.clone() },
    ] {
        assert!(wrong.check().unwrap_err().to_string().contains("between"));
    }
    let error = Settings { octaves: 65, ..good.clone() }.check().unwrap_err();
    assert_eq!((&*error.name, error.part, error.value.as_deref()), ("octaves", None, Some("65")));
    assert_eq!(error.reason, Reason::OutOfRange { min: 1.0, max: 64.0 });
    assert_eq!(error.to_string(), "invalid value '65' for octaves: must be between 1 and 64");
    let change = OctaveChange { octave: 1, step: Some(0.0), ..OctaveChange::default() };
    let error = Settings { octave_changes: vec![change], ..good.clone() }.check().unwrap_err();
    assert_eq!(error.to_string(), "invalid value '0' for step of octave: must be between 1e-6 and 1e9");
    for saturation in [-0.1, 4.1, f32::NAN] {
        let finish = Finish { saturation, ..Finish::default() };
        let error = Settings { finish, ..good.clone() }.check().unwrap_err().to_string();
        assert!(error.contains("for saturation: must be between 0 and 4"), "{error}");
    }
    for strength in [-0.1, 2.1, f32::INFINITY] {
        let finish = Finish { strength, ..Finish::default() };
        let error = Settings { finish, ..good.clone() }.check().unwrap_err().to_string();
        assert!(error.contains("for strength: must be between 0 and 2"), "{error}");
    }
}

#[test]
fn every_slider_lies_within_the_bounds_and_every_example_is_read() {
    for option in options() {
        let Some(range) = option.range else { continue };
        assert!(range.suggested.is_none_or(|slider| range.min <= slider.min && slider.max <= range.max));
    }
    for option in options() {
        for example in option.examples {
            let mut settings = Settings::new("lite0", "block10");
            option.set(&mut settings, &[(*example).to_owned()], &Networks::default()).unwrap();
            settings.check().unwrap();
        }
    }
    let default = |name: &str| option(name).unwrap().default();
    assert_eq!(default("jitter"), Some(options::SettingValue::Whole(32)));
    assert_eq!(default("octaves"), None, "it depends on the preset");
}
