//! The networks have the same results as PyTorch: activations and gradients of the picture, on pictures of several
//! sizes, with every instruction set of this machine. Those without trained weights have random ones, the same
//! on both sides.
//!
//! `scripts/make-fixtures.py` made the fixtures; two correct f32 programs differ by the ReLUs and
//! maxima that flip, hence the worst hundredth of a gradient's values is left out.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use oneiric_engine::map::MapMut;
use oneiric_engine::shape::Size;
use oneiric_engine::{Isa, Plan, Program, Purpose, Session};
use oneiric_zoo::Network;
use safetensors::SafeTensors;

/// The network of this name, built once for all tests: VGG16's 138 million random weights take seconds.
fn network(name: &str) -> Arc<Network> {
    static BUILT: Mutex<BTreeMap<String, Arc<Network>>> = Mutex::new(BTreeMap::new());
    let mut built = BUILT.lock().unwrap();
    let build = || oneiric_zoo::load_or_random(name).unwrap();
    built.entry(name.into()).or_insert_with(build).clone()
}

/// The test picture, the formula in `scripts/make-fixtures.py`.
fn test_picture(size: Size) -> Vec<f32> {
    fn wave(t: u32) -> u32 {
        let u = t % 128;
        let h = u * (127 - u) / 32;
        if t % 256 < 128 { 128 + h } else { 127 - h }
    }
    fn hash(n: u32) -> u32 {
        let mut n = n.wrapping_mul(0x9E37_79B1);
        n ^= n >> 15;
        n = n.wrapping_mul(0x85EB_CA77);
        n ^ (n >> 13)
    }
    let value = |x: u32, y: u32, c: u32| {
        let slanted = 3 * wave(3 * x + 2 * y + 40 * c);
        let steep = 2 * wave((7 * y).wrapping_sub(5 * x).wrapping_add(90 * c));
        let rings = 2 * wave((x * x + y * y) / 64 + 30 * c);
        let tiles = 192 * (((x / 24) ^ (y / 16)) % 2);
        let grain = hash(x + 4096 * y + 16_777_216 * c) % 64;
        (slanted + steep + rings + tiles + grain) / 8
    };
    let (height, width) = (size.height as u32, size.width as u32);
    let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    pixels.flat_map(|(x, y)| (0..3).map(move |c| value(x, y, c) as f32 / 255.0)).collect()
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap())).collect()
}

fn norm(values: impl IntoIterator<Item = f64>) -> f64 {
    values.into_iter().map(|v| v * v).sum::<f64>().sqrt()
}

/// The differences of `got` from the fixture.
struct Difference {
    /// |got - expected| / |expected|.
    relative: f64,
    /// The same without the hundredth of the values that differ most.
    without_worst: f64,
    cosine: f64,
    /// |got| / |expected| over all values, sampled or not.
    norm_ratio: f64,
}

fn compare(fixture: &SafeTensors<'_>, name: &str, got: &[f32]) -> Difference {
    let tensor = |suffix: &str| fixture.tensor(&format!("{name}{suffix}")).ok();
    let (expected, sampled): (Vec<f32>, Vec<f32>) = match tensor("") {
        Some(whole) => (floats(whole.data()), got.to_vec()),
        None => {
            let index = tensor(".index").unwrap();
            let index = index.data().chunks_exact(4).map(|b| u32::from_le_bytes(b.try_into().unwrap()) as usize);
            (floats(tensor(".sample").unwrap().data()), index.map(|i| got[i]).collect())
        }
    };
    assert_eq!(expected.len(), sampled.len(), "{name}");
    let pairs: Vec<(f64, f64)> = sampled.iter().zip(&expected).map(|(&g, &e)| (g.into(), e.into())).collect();
    let length = norm(pairs.iter().map(|p| p.1));
    let mut errors: Vec<f64> = pairs.iter().map(|(g, e)| (g - e).abs()).collect();
    errors.sort_by(f64::total_cmp);
    let kept = &errors[..errors.len() * 99 / 100];
    Difference {
        relative: norm(errors.iter().copied()) / length,
        without_worst: norm(kept.iter().copied()) / length,
        cosine: pairs.iter().map(|(g, e)| g * e).sum::<f64>() / length / norm(pairs.iter().map(|p| p.0)),
        norm_ratio: norm(got.iter().map(|&v| v.into())) / f64::from(floats(tensor(".norm").unwrap().data())[0]),
    }
}

/// Half the mean square of the layer: its gradient is the activation over the number of values.
fn half_mean_square(activation: oneiric_engine::map::Map<'_>, mut gradient: MapMut<'_>) {
    let count = activation.shape().values() as f32;
    let values = activation.data().iter();
    gradient.data_mut().iter_mut().zip(values).for_each(|(g, a)| *g = a / count);
}

fn check(file: &[u8]) {
    let fixture = SafeTensors::deserialize(file).unwrap();
    let metadata = SafeTensors::read_metadata(file).unwrap().1;
    let about = metadata.metadata().as_ref().unwrap()["oneiric"].clone();
    let about: serde_json::Value = serde_json::from_str(&about).unwrap();
    let number = |key: &str| about[key].as_u64().unwrap() as usize;
    let size = Size { width: number("width"), height: number("height") };
    let picture = test_picture(size);
    if let Ok(stored) = fixture.tensor("picture") {
        assert!(stored.data().iter().zip(&picture).all(|(&a, &b)| f32::from(a) / 255.0 == b), "the picture");
    }
    let network = network(about["network"].as_str().unwrap());
    for layer in about["layers"].as_array().unwrap() {
        let layer = layer.as_str().unwrap();
        let program = Program::new(&network.graph, &[layer]).unwrap();
        for isa in Isa::available() {
            let plan = Plan::new(&program, size, Purpose::Gradient).unwrap();
            let mut session = Session::with_isa(plan, isa).unwrap();
            let mut activation = Vec::new();
            let gradient = session.gradient(&picture, |_, map, gradient| {
                activation = map.to_chw();
                half_mean_square(map, gradient);
            });
            let gradient = gradient.unwrap();
            let pixels = size.height * size.width;
            let planes: Vec<f32> = (0..3).flat_map(|c| (0..pixels).map(move |p| gradient[p * 3 + c])).collect();

            let what = format!("{} {size} {layer} on {isa}", network.name);
            let activation = compare(&fixture, &format!("{layer}.activation"), &activation);
            assert!(activation.relative < 1e-4, "{what}: activation off by {:e}", activation.relative);
            assert!((activation.norm_ratio - 1.0).abs() < 1e-4, "{what}: norm {}", activation.norm_ratio);
            let gradient = compare(&fixture, &format!("{layer}.gradient"), &planes);
            assert!(gradient.cosine > 0.9999, "{what}: cosine {}", gradient.cosine);
            // One flipped ReLU of the head changes the whole picture, not only a hundredth of it.
            let limit = if layer == "logits" { 5e-3 } else { 1e-3 };
            assert!(gradient.without_worst < limit, "{what}: gradient off by {:e}", gradient.without_worst);
            assert!((gradient.norm_ratio - 1.0).abs() < 1e-2, "{what}: norm {}", gradient.norm_ratio);
        }
    }
}

macro_rules! fixtures {
    ($($test:ident: $file:literal),* $(,)?) => {
        $(#[test] fn $test() { check(include_bytes!(concat!("fixtures/", $file, ".safetensors"))) })*
    };
}

fixtures! {
    lite0_on_a_single_pixel: "efficientnet-lite0.1x1",
    lite0_on_a_tiny_picture: "efficientnet-lite0.9x7",
    lite0_on_a_small_odd_picture: "efficientnet-lite0.67x45",
    lite0_on_a_picture_of_640x427: "efficientnet-lite0.640x427",
    squeezenet_on_a_tiny_picture: "squeezenet1_1.9x7",
    squeezenet_on_a_small_picture: "squeezenet1_1.15x16",
    squeezenet_on_a_small_odd_picture: "squeezenet1_1.67x45",
    squeezenet_on_a_picture_of_640x427: "squeezenet1_1.640x427",
    vgg16_on_a_small_picture: "vgg16.33x33",
    vgg16_on_a_small_odd_picture: "vgg16.67x45",
    googlenet_on_a_small_picture: "googlenet.33x35",
    googlenet_on_a_small_odd_picture: "googlenet.61x43",
    resnet50_on_a_small_picture: "resnet50.33x33",
    resnet50_on_a_small_odd_picture: "resnet50.67x45",
}

#[test]
fn random_weights_keep_the_size_of_activations() {
    let size = Size { height: 64, width: 64 };
    let picture = test_picture(size);
    for model in oneiric_zoo::untrained() {
        let network = network(model.name);
        let layers: Vec<&str> = network.graph.layers().collect();
        let mut session = oneiric_engine::session(&network.graph, &layers, size, Purpose::Activations).unwrap();
        let see = |layer: usize, map: oneiric_engine::map::Map<'_>| {
            let values = map.to_chw();
            let square = values.iter().map(|&v| f64::from(v).powi(2)).sum::<f64>() / values.len() as f64;
            let what = format!("{} {}: mean square {square}", model.name, layers[layer]);
            assert!((0.1..30.0).contains(&square), "{what}");
        };
        session.activations(&picture, see).unwrap();
    }
}
