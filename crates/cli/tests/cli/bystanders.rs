//! Help, lists, shell completions, and output to terminals and pipes.

use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::{Run, Sandbox};

#[test]
fn the_help_of_every_command_has_examples() {
    let sandbox = Sandbox::new();
    let alone = sandbox.run([""; 0]).succeeds().text();
    assert!(alone.contains("Usage: oneiric") && alone.contains("oneiric dream photo.jpg"), "{alone}");
    for command in [
        "dream",
        "watch",
        "imagine",
        "blend",
        "sheet",
        "look",
        "filter",
        "learn",
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
            let text = sandbox.run([command, help]).succeeds().text();
            assert!(text.contains("\nExamples:\n  ") && text.contains(&format!("oneiric {command}")), "{text}");
        }
    }
    assert!(sandbox.run(["--version"]).succeeds().text().starts_with("oneiric "));
}

#[test]
fn completions_and_man_pages_contain_every_option() {
    let sandbox = Sandbox::new();
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let script = sandbox.run(["completions", shell]).succeeds().text();
        assert!(["imagine", "seamless", "white-balance"].iter().all(|word| script.contains(word)), "{shell}");
    }
    // Bash accepts the script.
    let script = sandbox.run(["completions", "bash"]).succeeds().text();
    std::fs::write(sandbox.path("oneiric.bash"), script).unwrap();
    let complete = "source oneiric.bash; COMP_WORDS=(oneiric dream --pre); COMP_CWORD=2; _oneiric oneiric --pre dream; \
                    printf '%s\\n' \"${COMPREPLY[@]}\"";
    let completed =
        std::process::Command::new("bash").args(["-c", complete]).current_dir(sandbox.path("")).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&completed.stdout), "--preset\n");

    assert!(sandbox.run(["man"]).succeeds().text().contains(".TH oneiric 1"));
    let page = sandbox.run(["man", "dream"]).succeeds().text();
    assert!(page.contains(".TH oneiric-dream 1") && page.contains("octave\\-scale"), "{page}");
    sandbox.run(["man", "drem"]).fails(2, &["'drem'", "dream, studio, watch, imagine"]);
    sandbox.run(["completions", "cmd"]).fails(2, &["bash", "fish"]);
}

/// A release build needs at most 20 ms. Takes the best of several runs, because other tests run in parallel.
#[test]
fn help_is_printed_at_once() {
    let sandbox = Sandbox::new();
    let time = |_| {
        let begun = Instant::now();
        sandbox.run(["--help"]).succeeds();
        begun.elapsed()
    };
    let best = (0..20).map(time).min().unwrap();
    let limit = Duration::from_millis(if cfg!(debug_assertions) { 200 } else { 20 });
    assert!(best < limit, "{best:?}");
}

#[test]
fn presets_are_listed_as_text_and_json() {
    let sandbox = Sandbox::new();
    let (text, json) =
        (sandbox.run(["presets"]).succeeds().text(), sandbox.run(["presets", "--json"]).succeeds().json());
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
    let sandbox = Sandbox::new();
    let text = sandbox.run(["models"]).succeeds().text();
    assert!(text.contains("lite0") && text.contains("squeezenet") && text.contains("Apache-2.0"));
    let json = sandbox.run(["models", "--json"]).succeeds().json();
    assert_eq!(json["models"][1]["name"], "squeezenet");
    let json = sandbox.run(["models", "show", "lite0", "--json"]).succeeds().json();
    let layer = |name: &str| json["layers"].as_array().unwrap().iter().find(|l| l["name"] == name).unwrap().clone();
    assert_eq!(layer("stem"), serde_json::json!({"name": "stem", "channels": 32, "stride": 2}));
    assert_eq!(layer("block10"), serde_json::json!({"name": "block10", "channels": 112, "stride": 16}));
    assert_eq!(layer("logits")["stride"], serde_json::Value::Null);
    let text = sandbox.run(["models", "show", "SQUEEZENET"]).succeeds().text();
    assert!(text.contains("BSD-2-Clause") && text.contains("fire8 ") && text.contains("whole picture"), "{text}");
}

#[test]
fn architectures_without_trained_weights_are_listed_separately() {
    let sandbox = Sandbox::with_photo();
    let text = sandbox.run(["models"]).succeeds().text();
    let (trained, untrained) = text.split_once("without trained weights yet").unwrap();
    let json = sandbox.run(["models", "--json"]).succeeds().json();
    assert_eq!(json["models"].as_array().unwrap().len(), 4);
    for (i, (name, layer, channels, stride)) in
        [("vgg16", "features.22", 512, 8), ("googlenet", "inception4c", 512, 16), ("resnet50", "layer3.2", 1024, 16)]
            .into_iter()
            .enumerate()
    {
        assert!(!trained.contains(name) && untrained.contains(name), "{text}");
        assert_eq!((&json["untrained"][i]["name"], &json["untrained"][i]["weights"]), (&name.into(), &"random".into()));
        let show = sandbox.run(["models", "show", name]).succeeds().text();
        assert!(show.contains("weights        random") && show.contains("not trained yet"), "{show}");
        let json = sandbox.run(["models", "show", name, "--json"]).succeeds().json();
        assert_eq!(json["default_layer"], layer);
        assert!(json.get("licence").is_none());
        let shown = json["layers"].as_array().unwrap().iter().find(|l| l["name"] == layer).unwrap();
        assert_eq!(shown, &serde_json::json!({"name": layer, "channels": channels, "stride": stride}));
    }
}

#[test]
fn networks_without_trained_weights_cannot_dream() {
    let sandbox = Sandbox::with_photo();
    let words = ["no trained weights", "use one of lite0, squeezenet"];
    sandbox.dream(&["photo.png", "-m", "vgg16"]).fails(2, &words).fails(2, &["vgg16"]);
    sandbox.dream(&["photo.png", "-m", "GoogLeNet", "-l", "inception4c"]).fails(2, &words);
    sandbox.run(["look", "photo.png", "-m", "resnet50", "-l", "layer3.2"]).fails(2, &words);
    for command in ["dream", "look"] {
        let help = sandbox.run([command, "--help"]).succeeds().text();
        assert!(help.contains("squeezenet") && !help.contains("vgg16"), "{help}");
        let wrong = sandbox.run([command, "photo.png", "-m", "vgg"]).fails(2, &["lite0"]);
        assert!(!wrong.stderr.contains("vgg16"), "{}", wrong.stderr);
    }
    assert_eq!(sandbox.files(), ["photo.png"]);
}

#[test]
fn escape_codes_are_written_only_to_terminals() {
    let sandbox = Sandbox::with_photo();
    let runs = [
        sandbox.run(["--help"]),
        sandbox.run(["models"]),
        sandbox.run(["dream", "photo.png", "-l", "no"]),
        sandbox.run(["dream", "photo.png", "-p", "no"]),
        sandbox.dream(&["photo.png"]),
    ];
    for run in runs {
        assert!(!run.text().contains('\x1b') && !run.stderr.contains(['\x1b', '\r']), "{run:?}");
    }
}

#[test]
fn a_closed_pipe_is_not_an_error() {
    let sandbox = Sandbox::new();
    for args in [&["models", "show", "lite0"][..], &["presets", "--json"], &["--help"], &[]] {
        let mut child = sandbox.command(args).stdout(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let run = Run::from(child.wait_with_output().unwrap());
        assert!(run.succeeds().stderr.is_empty());
    }
}
