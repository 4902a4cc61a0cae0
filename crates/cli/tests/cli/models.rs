//! `oneiric models show --plan`.

use crate::Sandbox;

/// Runs `oneiric models show`.
fn show(args: &[&str]) -> crate::Run {
    Sandbox::new().run(["models", "show"].iter().chain(args))
}

/// The cells of the first row that begins with these cells.
#[track_caller]
fn row<'a>(text: &'a str, begin: &[&str]) -> Vec<&'a str> {
    let rows = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    rows.into_iter().find(|row| row.starts_with(begin)).unwrap_or_else(|| panic!("no row {begin:?} in {text}"))
}

/// The cells of the first step of a layer, or of `(layer)`, a step inside it.
#[track_caller]
fn step<'a>(text: &'a str, layer: &str) -> Vec<&'a str> {
    let rows = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    rows.into_iter().find(|row| row.get(1) == Some(&layer)).unwrap_or_else(|| panic!("no step {layer} in {text}"))
}

#[test]
fn a_plan_shows_fused_operations_and_buffers() {
    let text = show(&["lite0", "--plan", "640x427"]).succeeds().text();
    assert!(text.starts_with("EfficientNet-Lite0 up to block10 and back, for pictures of 640x427\n"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    // Preprocessing, convolution and ReLU6 of the stem are one step, whose map is a slot of 32 x 214 x 320 values.
    assert!(row(&text, &["1", "stem"]).starts_with(&["1", "stem", "scale+conv+clamp", "32x214x320", "0"]));
    assert_eq!(row(&text, &["1", "stem"])[7], "8765");
    // The maps of a large block exist only in windows of rows; those of a small block are separate steps.
    assert!(row(&text, &["5", "block2"]).starts_with(&["5", "block2", "inverted", "residual+add", "24x107x160"]));
    assert_eq!(row(&text, &["5", "block2.expand"])[4..], ["144x107x160", "144x107x160", "19722"]);
    let small = step(&text, "block10");
    assert_eq!(small[2..4], ["conv+add", "112x27x40"]);
    assert_eq!(small[4..6], [step(&text, "block10.depthwise")[0], step(&text, "block9")[0]], "from both of these");
    assert!(text.contains("\nmemory ") && text.contains("\nflops "), "{text}");
}

#[test]
fn parts_of_a_concatenation_share_a_slot() {
    let json = show(&["squeezenet", "--plan", "64x48", "-l", "fire2", "--json"]).succeeds().json();
    assert_eq!((&json["layer"], &json["width"], &json["height"]), (&"fire2".into(), &64.into(), &48.into()));
    let steps = json["steps"].as_array().unwrap();
    let [.., one, three, whole] = steps.as_slice() else { panic!("{json}") };
    assert_eq!((&one["layers"][0], &three["layers"][0]), (&"fire2.expand1x1".into(), &"fire2.expand3x3".into()));
    assert_eq!((&whole["operation"], &whole["in_place"]), (&"concat".into(), &true.into()));
    assert_eq!(whole["inputs"], serde_json::json!([4, 5]));
    assert_eq!(three["activation"], serde_json::json!({ "slot": whole["activation"]["slot"], "channel": 64 }));
    assert_eq!(steps[1]["parts"].as_array().unwrap().len(), 3, "preprocessing, convolution, ReLU");

    let sum = |field: &str| steps.iter().map(|step| step[field].as_u64().unwrap()).sum::<u64>();
    let number = |field: &str| json[field].as_u64().unwrap();
    let slots: u64 = json["slots"].as_array().unwrap().iter().map(|slot| slot["bytes"].as_u64().unwrap()).sum();
    assert_eq!((sum("flops"), sum("kept_bytes")), (number("flops"), number("kept_bytes")));
    assert_eq!(slots + number("bits_bytes") + number("kept_bytes"), number("plan_memory_bytes"));
}

#[test]
fn a_plan_needs_a_valid_layer_and_size_but_no_trained_weights() {
    let text = show(&["resnet50", "--plan", "224x224"]).succeeds().text();
    assert_eq!(step(&text, "(layer1.0)")[2], "conv+clamp", "a step inside the layer");
    assert_eq!(step(&text, "layer1.0")[2], "conv+add+clamp");
    let text = show(&["googlenet", "--plan", "224x224"]).succeeds().text();
    assert_eq!(step(&text, "(inception3a.branch4)")[2], "max_pool", "the layer that it leads to, not just the next");
    show(&["lite0", "--plan", "640x427", "-l", "fire8"]).fails(2, &["lite0 has no layer", "squeezenet"]);
    show(&["vgg16", "--plan", "3x3"]).fails(2, &["max_pool", "fit"]);
    show(&["lite0", "-l", "stem"]).fails(2, &["--plan"]);
    assert!(show(&["--help"]).succeeds().text().contains("oneiric models show lite0 --plan 640x427"));
}
