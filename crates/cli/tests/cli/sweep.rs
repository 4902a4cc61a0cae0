//! `oneiric dream --sweep`.

use std::fs;

use crate::{Sandbox, open, sides};

/// Options of small dreams, 36x24, that are finished at once.
const SMALL: [&str; 6] = ["--size", "36", "--octaves", "1", "--iterations", "1"];

fn sweep(sandbox: &Sandbox, args: &[&str]) -> crate::Run {
    sandbox.run(["dream", "photo.png"].iter().chain(args).chain(&SMALL))
}

#[test]
fn every_combination_is_on_the_sheet_and_written_with_keep() {
    let sandbox = Sandbox::with_photo();
    let two = ["--sweep", "layer=block5..block6", "--sweep", "step=0.5x,0.01,2x"];
    let run = sweep(&sandbox, &[&two[..], &["--json", "--keep", "kept"]].concat()).succeeds();
    let json = run.json();
    assert_eq!((&json["output"], &json["tile"]), (&"photo.sweep.png".into(), &serde_json::json!([36, 24])));
    let dreams = json["dreams"].as_array().unwrap();
    let values: Vec<_> = dreams.iter().map(|dream| &dream["values"]).collect();
    assert_eq!(values[0], &serde_json::json!({"layer": "block5", "step": "0.00225"}));
    assert_eq!(values[5], &serde_json::json!({"layer": "block6", "step": "0.009"}));
    let kept: Vec<_> = dreams.iter().map(|dream| dream["output"].as_str().unwrap()).collect();
    assert_eq!(kept[0], "kept/photo.1.layer-block5.step-0.00225.png");
    assert_eq!(fs::read_dir(sandbox.path("kept")).unwrap().count(), 6);
    // Each has the same bytes as a single dream with these values.
    let alone = ["photo.png", "-o", "alone.png", "-l", "block6", "--step", "0.01"];
    sandbox.run(["dream"].iter().chain(&alone).chain(&SMALL)).succeeds();
    assert!(fs::read(sandbox.path("alone.png")).unwrap() == fs::read(sandbox.path(kept[4])).unwrap());
    let sheet = open(sandbox.path("photo.sweep.png"));
    sweep(&sandbox, &[&two[..], &["--threads", "1", "-o", "one.png"]].concat()).succeeds();
    assert!(fs::read(sandbox.path("one.png")).unwrap() == fs::read(sandbox.path("photo.sweep.png")).unwrap());
    // A label is below each tile.
    let (width, height) = sides(&sheet);
    let ink = |y: usize| (0..width).filter(|x| sheet.pixels()[(y * width + x) * 3] > 0.6).count();
    assert!((height / 2..height).any(|y| ink(y) > 10));
    sweep(&sandbox, &[&two[..], &["--keep", "kept", "-o", "two.png"]].concat())
        .fails(2, &["kept/photo.1", "--overwrite"]);
}

#[test]
fn looks_flags_and_whole_objectives_can_be_swept() {
    let sandbox = Sandbox::with_photo();
    let values = |args: &[&str]| {
        let json = sweep(&sandbox, &[args, &["-o", "s.png", "--overwrite", "--json"]].concat()).succeeds().json();
        let dreams = json["dreams"].as_array().unwrap().iter().map(|dream| dream["values"].clone());
        dreams.collect::<Vec<_>>()
    };
    let looks = values(&["--sweep", "preset=dogs,beasts", "--sweep", "chroma=2x"]);
    assert_eq!(
        looks,
        [
            serde_json::json!({"preset": "dogs", "chroma": "0.6"}),
            serde_json::json!({"preset": "beasts", "chroma": looks[1]["chroma"]}),
        ]
    );
    assert_eq!(values(&["--sweep", "seamless=on,off", "-l", "block5"]).len(), 2);
    // A swept option replaces an option that sets the same thing.
    let sums = values(&["-l", "block9", "--sweep", "objective=block5 - 0.3*channel(block8, 17),class('daisy')"]);
    assert_eq!(sums[0]["objective"], "block5 - 0.3*channel(block8, 17)");
    let landscape = sandbox.run(["dream", "--sweep", "seed=1..3"].iter().chain(&SMALL)).succeeds();
    assert_eq!(landscape.text(), "oneiric.sweep.png\n");
}

#[test]
fn invalid_sweeps_are_refused_before_the_work() {
    let sandbox = Sandbox::with_photo();
    for (args, words) in [
        (&["--sweep", "lair=block5"][..], &["'lair'", "layer"][..]),
        (&["--sweep", "layer=block5..fire8"], &["block5..fire8", "1..5"]),
        (&["--sweep", "layer=block5..block99"], &["block16: there is no layer 'block16'", "models show"]),
        (&["--sweep", "layer=block5", "--sweep", "objective=block6"], &["layer", "objective", "set the same thing"]),
        (&["--sweep", "step=1,2", "--sweep", "step=3"], &["step", "set the same thing"]),
        (&["--sweep", "step=0.01,0"], &["oneiric: 0: invalid value '0' for --step: must be between"]),
        (&["--sweep", "seed=1..30", "--sweep", "octaves=1..30"], &["900", "400"]),
        (&["--keep", "kept"], &["--sweep"]),
        (&["photo.png", "-o", "d", "--sweep", "seed=1..3"], &["--sweep", "one picture"]),
        (&["--sweep", "seed=1..3", "-o", "photo.png"], &["photo.png", "--overwrite"]),
    ] {
        sweep(&sandbox, args).fails(2, words);
    }
    assert_eq!(sandbox.files(), ["photo.png"]);
}

#[cfg(target_os = "linux")]
#[test]
fn after_ctrl_c_the_number_of_written_dreams_is_reported() {
    let sandbox = Sandbox::with_photo();
    let child = sandbox.command(["dream", "photo.png", "--sweep", "seed=1..99", "--keep", "kept"]).spawn().unwrap();
    let kept = || fs::read_dir(sandbox.path("kept")).map_or(0, Iterator::count);
    while kept() == 0 {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    crate::interrupt(&child);
    let run = crate::Run::from(child.wait_with_output().unwrap());
    assert_eq!(run.code, Some(130), "{}", run.stderr);
    let said = format!("oneiric: stopped; {} of 99 dreams were written; the sheet was not\n", kept());
    assert!(run.stderr.ends_with(&said), "{}", run.stderr);
    assert!(!sandbox.path("photo.sweep.png").exists());
}
