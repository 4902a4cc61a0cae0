//! `oneiric bench`.

use crate::{Desk, Run};

#[test]
fn a_measurement_is_plausible_and_complete() {
    let desk = Desk::new();
    let json = desk.run(["bench", "--json", "--steps", "2", "--size", "64x48", "--threads", "1"]).succeeds().json();
    assert_eq!((&json["model"], &json["weights"]), (&"lite0".into(), &"trained".into()));
    assert_eq!((&json["width"], &json["height"], &json["steps"]), (&64.into(), &48.into(), &2.into()));
    assert_eq!(json["threads"], 1);
    let number = |name: &str| json[name].as_f64().unwrap();
    assert!(0.0 < number("milliseconds_min") && number("milliseconds_min") <= number("milliseconds_median"));
    assert!(number("steps_per_second") > 0.0 && number("gflops") > 0.0);
    if cfg!(target_os = "linux") {
        assert!(number("peak_memory_bytes") > 1e6);
    }
    let text = desk.run(["bench", "-m", "squeezenet", "--steps", "1", "--size", "64x48"]).succeeds().text();
    assert!(text.starts_with("squeezenet fire8, 64x48, 1 steps\n") && text.contains("ms median"), "{text}");
    assert!(text.contains("\nGFLOP/s "), "{text}");
}

#[test]
fn architectures_without_trained_weights_are_measured_with_random_ones() {
    let desk = Desk::new();
    let quick = ["--steps", "1", "--size", "64x48"];
    let bench = |args: &[&str]| desk.run(["bench"].iter().chain(args).chain(&quick)).succeeds();
    let text = bench(&["-m", "vgg16", "-l", "features.8"]).text();
    assert!(text.starts_with("vgg16 features.8, 64x48, 1 steps\nweights      random, "), "{text}");
    for (model, layer) in [("googlenet", "inception4c"), ("resnet50", "layer3.2")] {
        let json = bench(&["-m", model, "--json"]).json();
        assert_eq!(
            (&json["model"], &json["layer"], &json["weights"]),
            (&model.into(), &layer.into(), &"random".into())
        );
    }
    desk.run(["bench", "-m", "vgg16", "-l", "block10"]).fails(2, &["vgg16 has no layer", "--model lite0"]);
    assert!(desk.run(["bench", "--help"]).succeeds().text().contains("resnet50"));
}

#[test]
fn the_instruction_set_can_be_forced() {
    let desk = Desk::new();
    let args = ["bench", "--json", "--steps", "1", "--size", "32x32"];
    let with = |isa: &str| Run::from(desk.command(args).env("ONEIRIC_ISA", isa).output().unwrap());
    assert_eq!(with("portable").succeeds().json()["isa"], "portable");
    with("z80").fails(2, &["ONEIRIC_ISA", "z80", "portable"]);
}
