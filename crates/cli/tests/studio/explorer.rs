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
    studio.get("/api/channels/lite0/block3/999").is_problem(404, "channel");
    studio.get("/api/channels/lite0/..%2F..%2Fx/1").is_problem(422, "layer");
}
