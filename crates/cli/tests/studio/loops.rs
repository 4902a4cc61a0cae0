//! Dreams step by step, as the chapter on the feedback loop shows them.

use std::path::Path;
use std::process::Stdio;

use oneiric::inspect::look;
use oneiric::picture::PictureFile;
use oneiric::{Choices, Dream, Format, Limits, Picture};
use oneiric_zoo::Networks;
use serde_json::{Value, json};

use crate::{Studio, oneiric, photo};

/// The quality of the pictures of steps.
const QUALITY: u8 = 88;

/// The look of a dream with these options, for an address.
fn in_address(options: Value) -> String {
    let text = json!({ "preset": null, "options": options }).to_string();
    text.bytes().map(|byte| format!("%{byte:02x}")).collect()
}

fn eyes() -> String {
    in_address(json!({ "model": "squeezenet", "layer": ["fire6"], "octaves": "2", "iterations": "4", "jitter": "8" }))
}

fn decoded(bytes: &[u8]) -> Picture {
    PictureFile::from_stream("step", bytes, &Limits::default()).unwrap().decode().unwrap()
}

#[test]
fn the_last_step_is_the_dream_of_the_command_line() {
    let (studio, look) = (Studio::open(), eyes());
    let id = studio.photo_of(500, 300);
    let last = studio.get(&format!("/api/learn/loop/{id}/8/picture?look={look}"));
    assert_eq!((last.status, last.kind.as_str()), (200, "image/jpeg"));
    let file = studio.folder.join("photo.png");
    std::fs::write(&file, photo(500, 300)).unwrap();
    let mut dream = oneiric();
    dream
        .args("dream --size 360 -m squeezenet -l fire6 --octaves 2 --iterations 4 --jitter 8 -q -o -".split(' '))
        .arg(&file);
    let dreamed = dream.stdout(Stdio::piped()).output().unwrap();
    assert!(dreamed.status.success(), "{}", String::from_utf8_lossy(&dreamed.stderr));
    let dreamed = decoded(&dreamed.stdout);
    assert_eq!((dreamed.width(), dreamed.height()), (360, 216));
    assert!(dreamed.encode(Format::Jpeg, QUALITY).unwrap() == last.bytes);
}

#[test]
fn each_step_has_a_picture_a_gradient_and_numbers() {
    let (studio, look) = (Studio::open(), eyes());
    let id = studio.photo_of(500, 300);
    let about = |to: usize| studio.get(&format!("/api/learn/loop/{id}?look={look}&to={to}")).json();
    let first = about(0);
    assert_eq!((&first["width"], &first["height"]), (&json!(360), &json!(216)));
    assert_eq!((&first["octaves"], &first["steps"]), (&json!(2), &json!(8)));
    assert_eq!(first["moments"].as_array().unwrap().len(), 1);
    let whole = about(99);
    let moments = whole["moments"].as_array().unwrap();
    assert_eq!((moments.len(), &moments[0]), (9, &first["moments"][0]));
    for (step, moment) in moments.iter().enumerate() {
        let picture = studio.get(&format!("/api/learn/loop/{id}/{step}/picture?look={look}"));
        let picture = decoded(&picture.bytes);
        assert_eq!(json!([picture.width(), picture.height()]), json!([moment["width"], moment["height"]]));
        assert_eq!((&moment["step"], &moment["octave"]), (&json!(step), &json!(if step < 4 { 1 } else { 2 })));
        let gradient = studio.get(&format!("/api/learn/loop/{id}/{step}/gradient?look={look}"));
        if step == 8 {
            assert_eq!((&moment["strength"], &moment["gradient_scale"]), (&Value::Null, &Value::Null));
            gradient.is_problem(404, "step");
            continue;
        }
        assert_eq!(gradient.kind, "image/jpeg");
        let change = moment["largest_change"].as_f64().unwrap();
        assert!(change > 0.001 && change < 0.5, "{change}");
        assert!(moment["gradient_scale"].as_f64().unwrap() > 1.0);
    }
    let strength = |step: usize| moments[step]["strength"].as_f64().unwrap();
    assert!(strength(3) > strength(0) + 1.0, "{} and {}", strength(0), strength(3));
    // Another studio that goes to the end at once shows the same.
    let other = Studio::open();
    other.photo_of(500, 300);
    let path = format!("/api/learn/loop/{id}/8/picture?look={look}");
    assert!(other.get(&path).bytes == studio.get(&path).bytes);
    assert_eq!(other.get(&format!("/api/learn/loop/{id}?look={look}&to=8")).json(), whole);
}

#[test]
fn what_cannot_be_looked_at_step_by_step_is_refused() {
    let studio = Studio::open();
    let id = studio.photo();
    let ask = |options: Value| studio.get(&format!("/api/learn/loop/{id}?look={}", in_address(options)));
    let long = ask(json!({ "model": "squeezenet", "octaves": "1", "iterations": "61" }));
    long.is_problem(422, "61 steps");
    assert_eq!(long.json()["setting"], "iterations");
    ask(json!({ "model": "squeezenet", "layer": ["nothing"] })).is_problem(422, "nothing");
    ask(json!({ "model": "squeezenet", "objective": "guide(fire5)" })).is_problem(422, "guide");
    studio.get(&format!("/api/learn/loop/{id}?look=x")).is_problem(400, "look");
    studio.get(&format!("/api/learn/loop/{id}")).is_problem(400, "look");
    studio.get(&format!("/api/learn/loop/nothing?look={}", eyes())).is_problem(404, "picture");
    studio.get(&format!("/api/learn/loop/{id}/9/picture?look={}", eyes())).is_problem(404, "step");
    studio.get(&format!("/api/learn/loop/{id}/x/picture?look={}", eyes())).is_problem(400, "x");
}

/// What the page's code is compared with, in `numbers-loop.test.mjs`: the strengths of a layer in the first steps of a dream, and how
/// many times as large the root mean square of its activations is as at the start.
const NUMBERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../studio/tests/browser/numbers-loop.json");

/// The strengths from the studio, and the quotients from the library.
fn numbers() -> Value {
    let studio = Studio::open();
    let id = studio.photo_of(120, 80);
    let look = in_address(json!({
        "model": "squeezenet", "layer": ["fire6"], "octaves": "1", "iterations": "4", "jitter": "0",
    }));
    let about = studio.get(&format!("/api/learn/loop/{id}?look={look}&to=3")).json();
    let strengths: Vec<Value> =
        about["moments"].as_array().unwrap().iter().map(|moment| moment["strength"].clone()).collect();
    let (first, network) = (decoded(&photo(120, 80)), oneiric_zoo::load("squeezenet").unwrap());
    let root_mean_square = |iterations: usize| {
        let steps = iterations.to_string();
        let options = [("layer", "fire6"), ("octaves", "1"), ("iterations", steps.as_str()), ("jitter", "0")];
        let options = [("model", "squeezenet")].into_iter().chain(options);
        let choices = Choices::new(None, options.map(|(name, value)| (name, vec![value.to_owned()]))).unwrap();
        let settings = choices.settings(None, &Networks::default()).unwrap();
        let picture = Dream::new(settings).unwrap().render(&first).unwrap();
        let values = look::activations(&network, &picture, "fire6").unwrap().values;
        (values.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>() / values.len() as f64).sqrt()
    };
    let start = root_mean_square(0);
    let times: Vec<f64> = (0..4).map(|iterations| root_mean_square(iterations) / start).collect();
    json!({ "strengths": strengths, "times": times })
}

#[test]
fn the_numbers_that_the_page_is_compared_with_are_those_of_the_library() {
    let (kept, now): (Value, Value) = (serde_json::from_slice(&std::fs::read(NUMBERS).unwrap()).unwrap(), numbers());
    // Instruction sets differ by rounding.
    for (name, rounding) in [("strengths", 0.1), ("times", 0.001)] {
        let list = |numbers: &Value| {
            numbers[name].as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect::<Vec<_>>()
        };
        let (kept, now) = (list(&kept), list(&now));
        assert_eq!(kept.len(), 4);
        let near = kept.iter().zip(&now).all(|(kept, now)| (kept - now).abs() < rounding);
        assert!(near, "{name}: {kept:?} in the file, {now:?} now");
    }
}

/// `cargo test -p oneiric-cli --test studio -- --ignored writes_the_numbers`
#[test]
#[ignore = "writes the file that the other tests read"]
fn writes_the_numbers() {
    let text = serde_json::to_string_pretty(&numbers()).unwrap();
    std::fs::write(Path::new(NUMBERS), text + "\n").unwrap();
}
