//! `oneiric search`: classes by words, classes and channels by a photo.

use std::fs;

use serde_json::json;

use crate::Sandbox;

#[test]
fn a_word_lists_all_classes_under_it_in_singular_and_plural() {
    let sandbox = Sandbox::new();
    let search = |word: &str| sandbox.run(["search", word]).succeeds();
    let dogs = search("dogs").text();
    assert!(dogs.starts_with("CLASS") && dogs.contains("n02085620  Chihuahua\n"), "{dogs}");
    assert_eq!(dogs.lines().filter(|line| line.contains("only its name matches")).count(), 3, "{dogs}");
    assert_eq!(dogs.lines().count(), 1 + 118 + 3);
    assert_eq!(search("dog").text(), dogs);
    assert!(search("dog").stderr.contains("oneiric dream photo.jpg --more \"dog\""));
    assert!(search("pagoda").stderr.contains("place of worship"));
}

#[test]
fn several_words_are_one_thing_or_several_things() {
    let sandbox = Sandbox::new();
    let things = |words: &[&str]| -> Vec<(String, u64)> {
        let json = sandbox.run([&["search", "--json"], words].concat()).succeeds().json();
        let first = |thing: &serde_json::Value| thing["classes"][0]["index"].as_u64().unwrap();
        let things = json["things"].as_array().unwrap().iter();
        things.map(|thing| (thing["word"].as_str().unwrap().into(), first(thing))).collect()
    };
    assert_eq!(things(&["golden", "retriever"]), [("golden retriever".into(), 207)]);
    assert_eq!(things(&["golden retriever", "goldfish"]), [("golden retriever".into(), 207), ("goldfish".into(), 1)]);
    assert_eq!(things(&["goldfish", "tench"]), [("goldfish".into(), 1), ("tench".into(), 0)]);
}

#[test]
fn json_lists_index_name_synset_and_match() {
    let sandbox = Sandbox::new();
    let json = sandbox.run(["search", "hairless", "--json"]).succeeds().json();
    let dog = json!({
        "index": 268, "name": "Mexican hairless dog (xoloitzcuintli)", "wordnet": "n02113978", "by_name": true
    });
    assert_eq!(json, json!({ "things": [{ "word": "hairless", "instead": [], "classes": [dog] }] }));
    let pagoda = sandbox.run(["search", "pagoda", "--json"]).succeeds().json();
    assert_eq!(pagoda["things"][0]["instead"], json!(["place of worship"]));
}

#[test]
fn an_unknown_word_gets_the_nearest_one_suggested() {
    let sandbox = Sandbox::new();
    sandbox.run(["search", "goldfihs"]).fails(2, &["'goldfihs'", "did you mean goldfish"]);
    sandbox.run(["search", "golden", "retreiver"]).fails(2, &["'golden retreiver'", "golden retriever"]);
    sandbox.run(["search", "golden retriever", "brid", "--json"]).fails(2, &["'brid'", "did you mean bird"]);
    sandbox.run(["search", "zzzzzzzzzzzzzzzzzzzz"]).fails(2, &["a more general word, such as animal"]);
    sandbox.run(["search", ""]).fails(2, &["''"]);
}

#[test]
fn classes_and_channels_are_found_by_a_photo() {
    let sandbox = Sandbox::with_photo();
    let like = |args: &[&str]| sandbox.run([&["search", "--like", "photo.png"], args].concat());
    let run = like(&[]).succeeds();
    let text = run.text();
    assert!(text.starts_with("SCORE") && text.contains("MEAN ORDINARY"), "{text}");
    for layer in ["block6.expand", "block9.expand", "block11.expand", "block12.expand"] {
        let channel = format!("channel({layer}, ");
        assert_eq!(text.lines().filter(|line| line.contains(&channel)).count(), 5, "{text}");
    }
    assert!(run.stderr.contains("oneiric dream photo.png"), "{}", run.stderr);

    let args = ["-m", "squeezenet", "-l", "fire4", "-l", "fire8.squeeze", "--top", "2", "--json"];
    let json = like(&args).succeeds().json();
    assert_eq!((&json["model"], &json["layers"][1]["layer"]), (&"squeezenet".into(), &"fire8.squeeze".into()));
    let channels = json["layers"][0]["channels"].as_array().unwrap();
    assert_eq!((json["classes"].as_array().unwrap().len(), channels.len()), (2, 2));
    let number = |name: &str| channels[0][name].as_f64().unwrap();
    assert!(number("score") > 0.0 && number("mean") > number("ordinary"));
    assert_eq!(channels[0]["objective"], format!("channel(fire4, {})", channels[0]["channel"]));
    let piped = ["search", "--like", "-", "-m", "squeezenet", "-l", "fire4", "-l", "fire8.squeeze", "--top", "2"];
    let photo = fs::read(sandbox.path("photo.png")).unwrap();
    let threads = ["--threads", "1", "--json"];
    assert_eq!(sandbox.feed(&[&piped[..], &threads].concat(), &photo).succeeds().json(), json);
}

#[test]
fn invalid_searches_are_refused() {
    let sandbox = Sandbox::with_photo();
    fs::write(sandbox.path("notes.txt"), "no picture").unwrap();
    let refused = |args: &[&str], words: &[&str]| {
        sandbox.run([&["search"], args].concat()).fails(2, words);
    };
    refused(&[], &["WORD"]);
    refused(&["dog", "--like", "photo.png"], &["--like"]);
    refused(&["dog", "--top", "3"], &["--top"]);
    refused(&["dog", "-m", "squeezenet"], &["--model"]);
    refused(&["--like", "notes.txt"], &["notes.txt", "text file"]);
    refused(&["--like", "nowhere.png"], &["nowhere.png", "no such file"]);
    refused(&["--like", "-"], &["standard input"]);
    refused(&["--like", "photo.png", "-l", "fire8"], &["squeezenet", "--model"]);
    refused(&["--like", "photo.png", "-l", "blok8"], &["blok8", "block8"]);
    refused(&["--like", "photo.png", "-l", "block8", "-l", "block8"], &["block8"]);
    refused(&["--like", "photo.png", "--top", "0"], &["--top"]);
}
