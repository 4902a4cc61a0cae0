//! Lessons: a small network learns in view.

use serde_json::{Value, json};

use crate::Studio;

const FEW: &str = "pictures=4&seed=3";

fn lines(studio: &Studio, query: &str) -> Vec<Value> {
    let answer = studio.get(&format!("/api/learn/lesson/run?{query}"));
    assert_eq!((answer.status, answer.kind.as_str()), (200, "application/x-ndjson"));
    String::from_utf8(answer.bytes).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_lesson_is_shown_step_by_step_and_is_always_the_same() {
    let studio = Studio::open();
    let lesson = studio.get(&format!("/api/learn/lesson?{FEW}")).json();
    assert_eq!(lesson["classes"], json!(["dog", "other"]));
    let count = |name: &str| lesson[name].as_array().unwrap().len();
    assert_eq!((count("training"), count("held_out"), count("unknown")), (8, 64, 6));
    let sheet = studio.get(&format!("/api/learn/lesson/sheet?{FEW}"));
    assert_eq!((sheet.status, sheet.kind.as_str()), (200, "image/jpeg"));

    let steps = lines(&studio, FEW);
    assert_eq!(steps.len() as u64, lesson["steps"].as_u64().unwrap());
    let (first, last) = (&steps[0], &steps[steps.len() - 1]);
    assert!(first["loss"].as_f64().unwrap() > 0.3 && last["loss"].as_f64().unwrap() < 0.1, "it knows them by heart");
    assert_eq!(last["tested"].as_array().unwrap().len(), 64 + 6);
    assert_eq!((first["kernels"].as_array().unwrap().len(), first["kernels"][0].as_array().unwrap().len()), (12, 27));
    assert_ne!(first["kernels"], last["kernels"]);
    assert!(lines(&studio, FEW) == steps);

    let photo = studio.photo_of(120, 80);
    let dream = studio.get(&format!("/api/learn/lesson/dream?{FEW}&picture={photo}"));
    assert_eq!((dream.status, dream.kind.as_str()), (200, "image/jpeg"));
}

#[test]
fn an_own_training_of_two_classes_is_a_lesson_too() {
    let studio = Studio::open();
    let training = studio.post("/api/trainings", json!({}));
    let id = training["id"].as_str().unwrap();
    studio
        .get(&format!("/api/learn/lesson?training={id}"))
        .is_problem(422, "number of pictures of a class must be 3 or more");
    for class in training["classes"].as_array().unwrap() {
        let class = class["id"].as_str().unwrap();
        for side in 0..4 {
            let path = format!("/api/trainings/{id}/classes/{class}/pictures?name={side}.png");
            let sent = studio.ask(
                "POST",
                &path,
                &[("content-type", "application/octet-stream")],
                &crate::photo(40 + side, 40),
            );
            assert!(sent.status < 300, "{}", sent.json());
        }
    }
    let lesson = studio.get(&format!("/api/learn/lesson?training={id}")).json();
    let count = |name: &str| lesson[name].as_array().unwrap().len();
    assert_eq!((count("training"), count("held_out"), count("unknown")), (6, 2, 0));
}

#[test]
fn a_lesson_that_cannot_be_is_refused() {
    let studio = Studio::open();
    let get = |query: &str| studio.get(&format!("/api/learn/lesson?{query}"));
    get("pictures=1").is_problem(422, "number of pictures");
    get("pictures=1000000").is_problem(422, "number of pictures");
    get("wrong=0.9").is_problem(422, "part of wrong labels");
    get("training=99").is_problem(404, "training");
    get("seed=-1").is_problem(400, "seed");
}
