//! The explorer: what a network sees.

use serde_json::json;

use crate::Studio;

#[test]
fn layers_positions_and_channels_are_shown() {
    let studio = Studio::open();
    let photo = studio.photo();
    let layer = studio.get(&format!("/api/explore/{photo}/lite0/block8")).json();
    assert_eq!((&layer["channels"], &layer["columns"], &layer["rows"]), (&json!(112), &json!(4), &json!(3)));
    let strongest = layer["strongest"].as_array().unwrap();
    assert_eq!(strongest.len(), 112);
    assert!(strongest.windows(2).all(|pair| pair[0]["mean"].as_f64() >= pair[1]["mean"].as_f64()));
    assert_eq!(studio.get(&format!("/api/explore/{photo}/lite0/block8/sheet")).kind, "image/png");
    let channel = strongest[0]["channel"].as_u64().unwrap();
    assert_eq!(studio.get(&format!("/api/explore/{photo}/lite0/block8/map?channel={channel}")).kind, "image/jpeg");
    let (x, y) = (&strongest[0]["x"], &strongest[0]["y"]);
    let position = studio.get(&format!("/api/explore/{photo}/lite0/block8/position?x={x}&y={y}")).json();
    let position = position["channels"].as_array().unwrap();
    let found = position.iter().find(|answer| answer["channel"] == json!(channel)).unwrap();
    assert_eq!(found["share"], 1.0, "the channel is strongest at its strongest position");
    let classes = studio.get(&format!("/api/pictures/{photo}/classes")).json();
    assert_eq!(classes["networks"].as_array().unwrap().len(), 4);
    assert_eq!(layer["names"], json!([]), "its channels have no names");
    let classes = studio.get(&format!("/api/explore/{photo}/lite0/classes")).json();
    assert_eq!((classes["names"].as_array().unwrap().len(), &classes["names"][0]), (1000, &json!("tench")));
    studio.get(&format!("/api/explore/{photo}/lite0/nothing")).is_problem(422, "nothing");
    studio.get(&format!("/api/explore/{photo}/nothing/block8")).is_problem(422, "nothing");
    studio.get(&format!("/api/explore/{photo}/lite0/block8/position?x=2&y=0")).is_problem(422, "0 to 1");
    studio.get(&format!("/api/explore/{photo}/lite0/block8/map?channel=112")).is_problem(404, "channel");
}

#[test]
fn the_kernels_of_a_first_layer_are_shown_as_numbers() {
    let studio = Studio::open();
    let photo = studio.photo();
    for (model, layer, channels) in [("lite0", "stem", 32), ("squeezenet", "conv1", 64), ("eyeballs", "conv1", 64)] {
        let kernels = studio.get(&format!("/api/models/{model}/kernels")).json();
        assert_eq!((&kernels["layer"], &kernels["channels"]), (&json!(layer), &json!(channels)));
        assert_eq!((&kernels["rows"], &kernels["columns"]), (&json!(3), &json!(3)));
        assert_eq!(kernels["weights"].as_array().unwrap().len(), channels * 3 * 3 * 3);
        // Each kernel has a map on the photo.
        assert_eq!(studio.get(&format!("/api/explore/{photo}/{model}/{layer}")).json()["channels"], json!(channels));
    }
    studio.get("/api/models/nothing/kernels").is_problem(422, "nothing");
}

#[test]
fn channel_visualizations_are_made_in_the_background() {
    let studio = Studio::open();
    let mut events = studio.events(None);
    assert_eq!(studio.get("/api/channels/lite0/block3/7").status, 202);
    let made = events.find(|event| event.name == "visualization");
    assert_eq!(made.data, json!({ "model": "lite0", "layer": "block3", "channel": 7 }));
    assert_eq!(studio.get("/api/channels/lite0/block3/7").kind, "image/jpeg");
    assert_eq!(studio.get("/api/channels/lite0/block3").json()["made"], json!([7]));
    studio.post("/api/channels/lite0/block3", json!({ "channels": [5, 9] }));
    let next = || events.find(|event| event.name == "visualization").data["channel"].clone();
    let mut next = next;
    assert_eq!((next(), next(), next()), (json!(5), json!(9), json!(0)));
    studio.post("/api/channels/lite0/block2", json!({ "channels": [5], "only": true }));
    let of_layer = |event: &crate::Event| event.name == "visualization" && event.data["layer"] == "block2";
    assert_eq!(events.find(of_layer).data["channel"], 5);
    assert_eq!(studio.get("/api/channels/lite0/block2").json()["made"], json!([5]));
    studio.get("/api/channels/lite0/block3/999").is_problem(404, "channel");
    studio.get("/api/channels/lite0/..%2F..%2Fx/1").is_problem(422, "layer");
}

#[test]
fn every_layer_has_a_receptive_field_that_grows() {
    let studio = Studio::open();
    let photo = studio.photo();
    let fields = studio.get(&format!("/api/receptive-fields/{photo}/lite0?x=0.5&y=0.5")).json();
    let layer = |name: &str| fields["layers"].as_array().unwrap().iter().find(|one| one["layer"] == name).unwrap();
    let (stem, block8) = (layer("stem"), layer("block8"));
    assert_eq!(stem["size"], json!([3, 3]), "one convolution of 3 x 3");
    let maps = studio.get(&format!("/api/explore/{photo}/lite0/block8")).json();
    assert_eq!([&block8["columns"], &block8["rows"]], [&maps["columns"], &maps["rows"]]);
    assert_eq!([&block8["column"], &block8["row"]], [&json!(2), &json!(1)]);
    let sizes: Vec<u64> = (0..16).map(|block| layer(&format!("block{block}"))["size"][0].as_u64().unwrap()).collect();
    assert!(sizes.is_sorted() && (sizes[0], sizes[15]) == (7, 851), "{sizes:?}");
    let whole = &layer("logits")["field"];
    assert_eq!([&whole["width"], &whole["height"]], [&fields["width"], &fields["height"]]);
    studio.get(&format!("/api/receptive-fields/{photo}/lite0?x=2&y=0")).is_problem(422, "0 to 1");
    studio.get(&format!("/api/receptive-fields/{photo}/nothing?x=0&y=0")).is_problem(422, "nothing");
}

#[test]
fn the_inputs_of_a_channel_are_listed_with_their_weights() {
    let studio = Studio::open();
    let inputs = studio.get("/api/channels/squeezenet/fire5/200/inputs").json();
    assert_eq!((&inputs["all"], inputs["inputs"].as_array().unwrap().len()), (&json!(32), 24));
    let first = &inputs["inputs"][0];
    assert_eq!(
        [&first["source"], &first["layer"], &first["kernel"]],
        [&json!("layer"), &json!("fire5.squeeze"), &json!([3, 3])]
    );
    let weights: f64 = first["weights"].as_array().unwrap().iter().map(|weight| weight.as_f64().unwrap()).sum();
    assert!((weights - first["weight"].as_f64().unwrap()).abs() < 1e-5);
    let colours = studio.get("/api/channels/squeezenet/conv1/0/inputs").json();
    assert_eq!((&colours["all"], &colours["inputs"][0]["source"]), (&json!(3), &json!("picture")));
    let few = studio.get("/api/channels/lite0/logits/207/inputs?count=3").json();
    assert_eq!((&few["all"], few["inputs"].as_array().unwrap().len()), (&json!(1280), 3));
    studio.get("/api/channels/lite0/block3/999/inputs").is_problem(422, "channels");
    studio.get("/api/channels/lite0/nothing/0/inputs").is_problem(422, "nothing");
}

#[test]
fn the_parts_of_ordinary_pictures_that_excite_a_channel_are_found_once() {
    let studio = Studio::open();
    let patches = |channel: usize| studio.get(&format!("/api/channels/squeezenet/fire6/{channel}/patches")).json();
    let first = patches(3);
    let found = first["patches"].as_array().unwrap();
    assert_eq!((found.len(), &first["pictures"]), (9, &json!(72)));
    assert!(found.windows(2).all(|pair| pair[0]["value"].as_f64() >= pair[1]["value"].as_f64()));
    for patch in found {
        let number = |value: &serde_json::Value| value.as_u64().unwrap();
        let window = &patch["window"];
        assert!(number(&window["x"]) + number(&window["width"]) <= number(&patch["width"]));
        assert!(number(&window["y"]) + number(&window["height"]) <= number(&patch["height"]));
        assert_eq!(studio.get(&format!("/api/ordinary/{}", patch["picture"])).kind, "image/jpeg");
    }
    assert_eq!(patches(3), first, "again");
    studio.get("/api/channels/squeezenet/fire6/9999/patches").is_problem(404, "channel");
    studio.get("/api/channels/squeezenet/..%2F..%2Fx/1/patches").is_problem(422, "layer");
    studio.get("/api/ordinary/72").is_problem(404, "picture");
}
