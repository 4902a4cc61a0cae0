//! Help, lists, and manners towards terminals and pipes.

use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::{Desk, Run};

#[test]
fn every_command_helps_with_examples() {
    let desk = Desk::new();
    let alone = desk.run([""; 0]).succeeds().text();
    assert!(alone.contains("Usage: oneiric") && alone.contains("oneiric dream photo.jpg"), "{alone}");
    for command in [
        "dream",
        "watch",
        "imagine",
        "blend",
        "sheet",
        "look",
        "search",
        "models",
        "presets",
        "recipe",
        "bench",
        "completions",
        "man",
    ] {
        assert!(alone.contains(&format!("\n  {command} ")), "{command}");
        for help in ["-h", "--help"] {
            let text = desk.run([command, help]).succeeds().text();
            assert!(text.contains("\nExamples:\n  ") && text.contains(&format!("oneiric {command}")), "{text}");
        }
    }
    assert!(desk.run(["--version"]).succeeds().text().starts_with("oneiric "));
}

#[test]
fn shells_and_man_learn_every_option() {
    let desk = Desk::new();
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let script = desk.run(["completions", shell]).succeeds().text();
        assert!(["imagine", "seamless", "white-balance"].iter().all(|word| script.contains(word)), "{shell}");
    }
    // The real bash takes it.
    let script = desk.run(["completions", "bash"]).succeeds().text();
    std::fs::write(desk.path("oneiric.bash"), script).unwrap();
    let complete = "source oneiric.bash; COMP_WORDS=(oneiric dream --pre); COMP_CWORD=2; _oneiric oneiric --pre dream; \
                    printf '%s\\n' \"${COMPREPLY[@]}\"";
    let completed =
        std::process::Command::new("bash").args(["-c", complete]).current_dir(desk.path("")).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&completed.stdout), "--preset\n");

    assert!(desk.run(["man"]).succeeds().text().contains(".TH oneiric 1"));
    let page = desk.run(["man", "dream"]).succeeds().text();
    assert!(page.contains(".TH oneiric-dream 1") && page.contains("octave\\-scale"), "{page}");
    desk.run(["man", "drem"]).fails(2, &["'drem'", "dream, studio, watch, imagine"]);
    desk.run(["completions", "cmd"]).fails(2, &["bash", "fish"]);
}

/// The promise is 20 ms, of what is released; the best of some tries, because other tests run beside.
#[test]
fn help_is_there_at_once() {
    let desk = Desk::new();
    let time = |_| {
        let begun = Instant::now();
        desk.run(["--help"]).succeeds();
        begun.elapsed()
    };
    let best = (0..20).map(time).min().unwrap();
    let promise = Duration::from_millis(if cfg!(debug_assertions) { 200 } else { 20 });
    assert!(best < promise, "{best:?}");
}

#[test]
fn presets_are_listed_in_words_and_json() {
    let desk = Desk::new();
    let (text, json) = (desk.run(["presets"]).succeeds().text(), desk.run(["presets", "--json"]).succeeds().json());
    let presets = json["presets"].as_array().unwrap();
    assert_eq!(presets.len(), oneiric::preset::presets().len());
    for preset in presets {
        assert!(text.contains(preset["name"].as_str().unwrap()));
        assert!(preset["objective"].is_string());
    }
    assert_eq!(presets.iter().filter(|preset| preset["default"] == true).count(), 1);
}

#[test]
fn models_are_listed_and_shown() {
    let desk = Desk::new();
    let text = desk.run(["models"]).succeeds().text();
    assert!(text.contains("lite0") && text.contains("squeezenet") && text.contains("Apache-2.0"));
    let json = desk.run(["models", "--json"]).succeeds().json();
    assert_eq!(json["models"][1]["name"], "squeezenet");
    let json = desk.run(["models", "show", "lite0", "--json"]).succeeds().json();
    let layer = |name: &str| json["layers"].as_array().unwrap().iter().find(|l| l["name"] == name).unwrap().clone();
    assert_eq!(layer("stem"), serde_json::json!({"name": "stem", "channels": 32, "stride": 2}));
    assert_eq!(layer("block10"), serde_json::json!({"name": "block10", "channels": 112, "stride": 16}));
    assert_eq!(layer("logits")["stride"], serde_json::Value::Null);
    let text = desk.run(["models", "show", "SQUEEZENET"]).succeeds().text();
    assert!(text.contains("BSD-2-Clause") && text.contains("fire8 ") && text.contains("whole picture"), "{text}");
}

#[test]
fn architectures_without_trained_weights_stand_apart() {
    let desk = Desk::with_photo();
    let text = desk.run(["models"]).succeeds().text();
    let (trained, untrained) = text.split_once("without trained weights yet").unwrap();
    let json = desk.run(["models", "--json"]).succeeds().json();
    assert_eq!(json["models"].as_array().unwrap().len(), 2);
    for (i, (name, layer, channels, stride)) in
        [("vgg16", "features.22", 512, 8), ("googlenet", "inception4c", 512, 16), ("resnet50", "layer3.2", 1024, 16)]
            .into_iter()
            .enumerate()
    {
        assert!(!trained.contains(name) && untrained.contains(name), "{text}");
        assert_eq!((&json["untrained"][i]["name"], &json["untrained"][i]["weights"]), (&name.into(), &"random".into()));
        let show = desk.run(["models", "show", name]).succeeds().text();
        assert!(show.contains("weights        random") && show.contains("no trained ones yet"), "{show}");
        let json = desk.run(["models", "show", name, "--json"]).succeeds().json();
        assert_eq!(json["default_layer"], layer);
        assert!(json.get("licence").is_none());
        let shown = json["layers"].as_array().unwrap().iter().find(|l| l["name"] == layer).unwrap();
        assert_eq!(shown, &serde_json::json!({"name": layer, "channels": channels, "stride": stride}));
    }
}

#[test]
fn nobody_dreams_without_trained_weights() {
    let desk = Desk::with_photo();
    let words = ["no trained weights yet", "use one that has: lite0, squeezenet"];
    desk.dream(&["photo.png", "-m", "vgg16"]).fails(2, &words).fails(2, &["vgg16"]);
    desk.dream(&["photo.png", "-m", "GoogLeNet", "-l", "inception4c"]).fails(2, &words);
    desk.run(["look", "photo.png", "-m", "resnet50", "-l", "layer3.2"]).fails(2, &words);
    for command in ["dream", "look"] {
        let help = desk.run([command, "--help"]).succeeds().text();
        assert!(help.contains("squeezenet") && !help.contains("vgg16"), "{help}");
        let wrong = desk.run([command, "photo.png", "-m", "vgg"]).fails(2, &["lite0"]);
        assert!(!wrong.stderr.contains("vgg16"), "{}", wrong.stderr);
    }
    assert_eq!(desk.files(), ["photo.png"]);
}

#[test]
fn escape_codes_stay_in_the_terminal() {
    let desk = Desk::with_photo();
    let runs = [
        desk.run(["--help"]),
        desk.run(["models"]),
        desk.run(["dream", "photo.png", "-l", "no"]),
        desk.run(["dream", "photo.png", "-p", "no"]),
        desk.dream(&["photo.png"]),
    ];
    for run in runs {
        assert!(!run.text().contains('\x1b') && !run.stderr.contains(['\x1b', '\r']), "{run:?}");
    }
}

#[test]
fn a_reader_who_has_seen_enough_is_no_failure() {
    let desk = Desk::new();
    for args in [&["models", "show", "lite0"][..], &["presets", "--json"], &["--help"], &[]] {
        let mut child = desk.command(args).stdout(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let run = Run::from(child.wait_with_output().unwrap());
        assert!(run.succeeds().stderr.is_empty());
    }
}
