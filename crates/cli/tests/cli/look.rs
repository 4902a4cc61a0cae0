//! `oneiric look`: classes, channels, activations and gradients.

use std::fs;

use crate::Sandbox;

/// The shape and values of an NPY file.
fn npy(bytes: &[u8]) -> (String, Vec<f32>) {
    assert!(bytes.starts_with(b"\x93NUMPY\x01\x00"));
    let end = 10 + usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    assert_eq!(end % 64, 0);
    let header = std::str::from_utf8(&bytes[10..end]).unwrap();
    assert!(header.starts_with("{'descr': '<f4', 'fortran_order': False, 'shape': (") && header.ends_with('\n'));
    let shape = header.split(['(', ')']).nth(1).unwrap().to_string();
    (shape, bytes[end..].chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap())).collect())
}

#[test]
fn classes_are_listed_by_probability() {
    let sandbox = Sandbox::with_photo();
    for model in ["lite0", "squeezenet"] {
        let json = sandbox.run(["look", "photo.png", "-m", model, "--top", "1000", "--json"]).succeeds().json();
        assert_eq!(json["model"], model);
        let classes = json["classes"].as_array().unwrap();
        let likely: Vec<f64> = classes.iter().map(|class| class["probability"].as_f64().unwrap()).collect();
        assert_eq!(likely.len(), 1000);
        assert!((likely.iter().sum::<f64>() - 1.0).abs() < 1e-3);
        assert!(likely.is_sorted_by(|a, b| a >= b));
        let tench = classes.iter().find(|class| class["index"] == 0).unwrap();
        assert_eq!((&tench["name"], &tench["wordnet"]), (&"tench".into(), &"n01440764".into()));
    }
    let text = sandbox.run(["look", "photo.png"]).succeeds().text();
    assert_eq!(text.lines().count(), 5);
    assert!(text.lines().all(|line| line.contains(" %  ")));
}

#[test]
fn the_strongest_channels_of_a_layer_are_listed() {
    let sandbox = Sandbox::with_photo();
    let run = sandbox.run(["look", "photo.png", "-l", "block3", "--top", "4", "--json"]).succeeds();
    let json = run.json();
    assert_eq!(json["shape"], serde_json::json!([40, 5, 8]));
    let channels = json["channels"].as_array().unwrap();
    assert_eq!(channels.len(), 4);
    assert!(channels.iter().all(|c| c["max"].as_f64() >= c["mean"].as_f64()));
    assert!(channels.iter().all(|c| c["at"][0].as_u64().unwrap() < 60 && c["at"][1].as_u64().unwrap() < 40));
    let text = sandbox.run(["look", "photo.png", "-l", "block3"]).succeeds().text();
    assert!(text.starts_with("CHANNEL    MEAN") && text.lines().count() == 11, "{text}");
}

#[test]
fn activations_and_gradients_are_written_as_npy() {
    let sandbox = Sandbox::with_photo();
    let files = ["--activations", "a.npy", "--gradient", "g.npy"];
    let layer = ["look", "photo.png", "-m", "squeezenet", "-l", "fire3"];
    sandbox.run(layer.iter().chain(&files)).succeeds();
    let (shape, activations) = npy(&fs::read(sandbox.path("a.npy")).unwrap());
    assert_eq!(shape, "128, 10, 15");
    assert_eq!(activations.len(), 128 * 10 * 15);
    let (shape, gradient) = npy(&fs::read(sandbox.path("g.npy")).unwrap());
    assert_eq!(shape, "3, 40, 60");
    assert!(gradient.iter().any(|g| *g != 0.0));
    sandbox.run(layer.iter().chain(&files)).fails(2, &["a.npy", "--overwrite"]);
    sandbox.run(layer.iter().chain(&files).chain(&["--overwrite", "--size", "33x65"])).succeeds();
    assert_eq!(npy(&fs::read(sandbox.path("g.npy")).unwrap()).0, "3, 65, 33");
}

/// Compares the gradient with central differences of ½·mean(a²), computed from the written activations.
#[test]
fn the_gradient_matches_finite_differences() {
    let sandbox = Sandbox::new();
    let look = |picture: &oneiric::Picture| {
        picture.save(sandbox.path("p.png"), 90, oneiric::SaveMode::Overwrite).unwrap();
        let files = ["--activations", "a.npy", "--gradient", "g.npy", "--overwrite"];
        sandbox.run(["look", "p.png", "-l", "stem"].iter().chain(&files)).succeeds();
        let activations = npy(&fs::read(sandbox.path("a.npy")).unwrap()).1;
        let squares: f64 = activations.iter().map(|&a| f64::from(a).powi(2)).sum();
        (squares / activations.len() as f64 / 2.0, npy(&fs::read(sandbox.path("g.npy")).unwrap()).1)
    };
    let in_eight_bits = |value: f32| (value * 255.0).round() / 255.0;
    let mut picture = crate::photo(9, 7);
    picture.pixels_mut().iter_mut().for_each(|value| *value = in_eight_bits(*value));
    let (_, gradient) = look(&picture);
    let (x, y, c) = (4, 3, 1);
    let mut moved = |by: f32| {
        picture.pixels_mut()[(y * 9 + x) * 3 + c] += by / 255.0;
        look(&picture).0
    };
    let slope = (moved(2.0) - moved(-4.0)) / (4.0 / 255.0);
    let got = f64::from(gradient[c * 63 + y * 9 + x]);
    assert!((slope - got).abs() < 0.02 * got.abs().max(1e-3), "{slope} is not {got}");
}

#[test]
fn files_of_values_need_a_layer_and_a_folder() {
    let sandbox = Sandbox::with_photo();
    sandbox.run(["look", "photo.png", "--gradient", "g.npy"]).fails(2, &["--layer"]);
    sandbox.run(["look", "photo.png", "--size", "64x64"]).fails(2, &["--layer"]);
    sandbox.run(["look", "photo.png", "-l", "stem", "--size", "64x"]).fails(2, &["640x427"]);
    sandbox.run(["look", "photo.png", "-l", "stem", "--gradient", "no/g.npy"]).fails(2, &["no/g.npy", "folder"]);
    sandbox.run(["look"]).fails(2, &["PICTURE"]);
    assert_eq!(sandbox.files(), ["photo.png"]);
}

#[test]
fn the_kernels_of_the_first_layer_are_drawn_and_printed() {
    let sandbox = Sandbox::new();
    for (model, layer, channels) in [("lite0", "stem", 32), ("squeezenet", "conv1", 64), ("eyeballs", "conv1", 64)] {
        let args = ["look", "--kernels", "-m", model, "-o", "kernels.png", "--overwrite", "--json"];
        let json = sandbox.run(args).succeeds().json();
        assert_eq!((&json["model"], &json["layer"]), (&model.into(), &layer.into()));
        assert_eq!(json["shape"], serde_json::json!([channels, 3, 3, 3]));
        let kernels = json["kernels"].as_array().unwrap();
        assert_eq!((kernels.len(), kernels[0][2][2].as_array().unwrap().len()), (channels, 3));
        assert!(crate::sides(&crate::open(sandbox.path("kernels.png"))).0 > 8 * 100);
    }
    assert_eq!(sandbox.run(["look", "--kernels"]).succeeds().text(), "oneiric.kernels.png\n");
    sandbox.run(["look", "--kernels", "-l", "stem"]).fails(2, &["--kernels", "--layer"]);
    sandbox.run(["look", "photo.png", "--kernels"]).fails(2, &["--kernels", "PICTURE"]);
    assert_eq!(sandbox.files(), ["kernels.png", "oneiric.kernels.png"]);
}

#[test]
fn a_photo_is_drawn_layer_by_layer() {
    let sandbox = Sandbox::with_photo();
    let run = sandbox.run(["look", "photo.png", "--steps"]).succeeds();
    assert_eq!(run.text(), "photo.steps.png\n");
    let steps = ["look", "photo.png", "--steps", "-m", "squeezenet", "--top", "3"];
    let json = sandbox.run(steps.iter().chain(&["-o", "s.jpg", "--quality", "80", "--json"])).succeeds().json();
    let layers = json["layers"].as_array().unwrap();
    let names: Vec<&str> = layers.iter().map(|layer| layer["layer"].as_str().unwrap()).collect();
    assert_eq!(names, ["conv1", "fire2", "fire3", "fire4", "fire5", "fire6", "fire7", "fire8", "fire9"]);
    assert!(layers.iter().all(|layer| layer["channels"].as_array().unwrap().len() == 3));
    let classes = sandbox.run(["look", "photo.png", "-m", "squeezenet", "--json"]).succeeds().json();
    assert_eq!(json["classes"], classes["classes"]);
    sandbox.run(steps.iter().chain(&["-o", "s.jpg"])).fails(2, &["s.jpg", "--overwrite"]);
    sandbox.run(["look", "photo.png", "--steps", "--top", "25"]).fails(2, &["24", "--top"]);
    sandbox.run(["look", "photo.png", "--steps", "-l", "stem"]).fails(2, &["--steps", "--layer"]);
    sandbox.run(["look", "photo.png", "-o", "x.png"]).fails(2, &["--steps", "--kernels"]);
    assert_eq!(sandbox.files(), ["photo.png", "photo.steps.png", "s.jpg"]);
}
