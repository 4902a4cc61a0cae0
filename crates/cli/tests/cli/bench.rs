//! `oneiric bench`.

use crate::{Run, Sandbox};

#[test]
fn a_measurement_is_plausible_and_complete() {
    let sandbox = Sandbox::new();
    let json = sandbox.run(["bench", "--json", "--steps", "2", "--size", "64x48", "--threads", "1"]).succeeds().json();
    assert_eq!((&json["model"], &json["weights"]), (&"lite0".into(), &"trained".into()));
    assert_eq!((&json["width"], &json["height"], &json["steps"]), (&64.into(), &48.into(), &2.into()));
    assert_eq!(json["threads"], 1);
    let number = |name: &str| json[name].as_f64().unwrap();
    assert!(0.0 < number("milliseconds_min") && number("milliseconds_min") <= number("milliseconds_median"));
    assert!(number("steps_per_second") > 0.0 && number("gflops") > 0.0);
    if cfg!(target_os = "linux") {
        assert!(number("peak_memory_bytes") > 1e6);
    }
    let text = sandbox.run(["bench", "-m", "squeezenet", "--steps", "1", "--size", "64x48"]).succeeds().text();
    assert!(text.starts_with("squeezenet fire8, 64x48, 1 steps\n") && text.contains("ms median"), "{text}");
    assert!(text.contains("\nGFLOP/s "), "{text}");
}

#[test]
fn architectures_without_trained_weights_are_measured_with_random_ones() {
    let sandbox = Sandbox::new();
    let quick = ["--steps", "1", "--size", "64x48"];
    let bench = |args: &[&str]| sandbox.run(["bench"].iter().chain(args).chain(&quick)).succeeds();
    let text = bench(&["-m", "vgg16", "-l", "features.8"]).text();
    assert!(text.starts_with("vgg16 features.8, 64x48, 1 steps\nweights      random, "), "{text}");
    for (model, layer) in [("googlenet", "inception4c"), ("resnet50", "layer3.2")] {
        let json = bench(&["-m", model, "--json"]).json();
        assert_eq!(
            (&json["model"], &json["layer"], &json["weights"]),
            (&model.into(), &layer.into(), &"random".into())
        );
    }
    sandbox.run(["bench", "-m", "vgg16", "-l", "block10"]).fails(2, &["vgg16 has no layer", "--model lite0"]);
    assert!(sandbox.run(["bench", "--help"]).succeeds().text().contains("resnet50"));
}

#[test]
fn the_instruction_set_can_be_forced() {
    let sandbox = Sandbox::new();
    let args = ["bench", "--json", "--steps", "1", "--size", "32x32"];
    let with = |isa: &str| Run::from(sandbox.command(args).env("ONEIRIC_ISA", isa).output().unwrap());
    assert_eq!(with("portable").succeeds().json()["isa"], "portable");
    with("z80").fails(2, &["ONEIRIC_ISA", "z80", "portable"]);
}

#[test]
fn a_profile_shows_the_time_of_each_operation() {
    let sandbox = Sandbox::new();
    let bench = |more: &[&str]| {
        sandbox.run(["bench", "--profile", "--steps", "3", "--size", "96x64"].iter().chain(more)).succeeds()
    };
    let text = bench(&[]).text();
    for words in ["scale+conv+clamp", "FWD MS", "GFLOP/s", "block10"] {
        assert!(text.contains(words), "{words} in {text}");
    }
    let json = bench(&["-m", "squeezenet", "--json"]).json();
    let operations = json["operations"].as_array().unwrap();
    let sum = |name: &str| operations.iter().map(|operation| operation[name].as_f64().unwrap()).sum::<f64>();
    assert!((sum("share") - 1.0).abs() < 1e-9, "{json}");
    let all = sum("milliseconds_forward") + sum("milliseconds_backward");
    let steps: f64 = json["milliseconds"].as_array().unwrap().iter().map(|ms| ms.as_f64().unwrap()).sum();
    assert!(0.0 < all && all <= steps / 2.0, "the median is at most half of three: {all} ms of {steps} ms");
    assert!(operations.iter().all(|operation| operation["bytes"].as_u64() > Some(0)), "{json}");
    sandbox.run(["bench", "--profile", "--all"]).fails(2, &["--all"]);
}

#[test]
fn all_networks_are_measured_in_one_table() {
    let sandbox = Sandbox::new();
    let quick = ["--all", "--steps", "1", "--size", "64x48", "--threads", "1"];
    let bench = |more: &[&str]| sandbox.run(["bench"].iter().chain(&quick).chain(more));
    let text = bench(&[]).succeeds().text();
    let first_words: Vec<&str> = text.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(
        first_words,
        ["MODEL", "lite0", "squeezenet", "eyeballs", "impressionist", "vgg16", "googlenet", "resnet50", "runs"]
    );
    assert!(text.contains("1 thread;") && text.lines().all(|line| line.len() <= 100), "{text}");

    let json = bench(&["--json"]).succeeds().json();
    let measurements = json["measurements"].as_array().unwrap();
    assert_eq!(measurements.len(), 7, "with a size given, only that size");
    for measurement in measurements {
        assert_eq!((&measurement["width"], &measurement["steps"]), (&64.into(), &1.into()));
        assert!(measurement["plan_memory_bytes"].as_u64().unwrap() > 0 && measurement["peak_memory_bytes"].is_null());
    }
    sandbox.run(["bench", "--all", "-m", "lite0"]).fails(2, &["--all", "--model"]);
}

/// The input of VGG16's third pool is a single pixel; the other networks round up.
#[test]
fn networks_that_cannot_use_the_size_are_left_out() {
    let sandbox = Sandbox::new();
    let run = sandbox.run(["bench", "--all", "--steps", "1", "--size", "5x5"]).succeeds();
    assert!(run.text().contains("\nleft out: vgg16 5x5, layer 'features.16'"), "{}", run.text());
    let json = sandbox.run(["bench", "--all", "--steps", "1", "--size", "5x5", "--json"]).succeeds().json();
    assert_eq!(json["left_out"][0]["model"], "vgg16");
    assert_eq!(json["measurements"].as_array().unwrap().len(), 6);
    sandbox.run(["bench", "--all", "--size", "65535x65535"]).fails(2, &["memory", "--size"]);
}

#[test]
fn a_backward_pass_in_bf16_needs_a_processor_that_has_it() {
    let sandbox = Sandbox::with_photo();
    let small = ["--size", "64", "--octaves", "1", "--iterations", "2", "--json"];
    let dream = |args: &[&str]| sandbox.run(["dream", "photo.png"].iter().chain(args).chain(&small));
    let bench = ["bench", "--backward", "bf16", "--steps", "1", "--size", "64x48"];
    if oneiric_engine::Isa::has_bf16() {
        assert!(sandbox.run(bench).succeeds().text().contains("backward in bf16"));
        let json = dream(&["--backward", "bf16", "-o", "bf16.png"]).succeeds().json();
        assert_eq!(json["settings"]["backward"], "bf16");
        assert_eq!(dream(&["-o", "f32.png"]).succeeds().json()["settings"]["backward"], "f32");
    } else {
        sandbox.run(bench).fails(2, &["AVX512-BF16", "f32"]);
        dream(&["--backward", "bf16", "-o", "bf16.png"]).fails(2, &["AVX512-BF16", "f32"]);
    }
    let avx2 = Run::from(sandbox.command(bench).env("ONEIRIC_ISA", "avx2").output().unwrap());
    avx2.fails(2, &["AVX512-BF16", "or it is disabled"]);
    sandbox.run(["bench", "--backward", "f16"]).fails(2, &["bf16", "f32"]);
}
