//! `oneiric bench`.

use crate::{Desk, Run};

#[test]
fn a_measurement_is_plausible_and_complete() {
    let desk = Desk::new();
    let json = desk.run(["bench", "--json", "--steps", "2", "--size", "64x48", "--threads", "1"]).succeeds().json();
    assert_eq!(json["model"], "lite0");
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
fn the_instruction_set_can_be_forced() {
    let desk = Desk::new();
    let args = ["bench", "--json", "--steps", "1", "--size", "32x32"];
    let with = |isa: &str| Run::from(desk.command(args).env("ONEIRIC_ISA", isa).output().unwrap());
    assert_eq!(with("portable").succeeds().json()["isa"], "portable");
    with("z80").fails(2, &["ONEIRIC_ISA", "z80", "portable"]);
}
