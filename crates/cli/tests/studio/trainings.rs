//! Trainings: classes with pictures become a network, and a dream with it.

use std::time::Duration;

use oneiric::{Format, Picture};
use serde_json::{Value, json};

use crate::Studio;

const BYTES: [(&str, &str); 1] = [("content-type", "application/octet-stream")];

/// A small picture of stripes, upright or lying, each a little different.
fn stripes(upright: bool, number: usize) -> Vec<u8> {
    let value = |i: usize| {
        let (x, y) = (i / 3 % 40, i / 3 / 40);
        let along = if upright { x } else { y };
        0.5 + 0.4 * (along as f32 * (0.7 + 0.05 * number as f32) + number as f32).sin()
    };
    let picture = Picture::new(40, 40, (0..40 * 40 * 3).map(value).collect()).unwrap();
    picture.encode(Format::Png, 90).unwrap()
}

impl Studio {
    fn add_to_class(&self, training: &str, class: &str, bytes: &[u8]) -> Value {
        let path = format!("/api/trainings/{training}/classes/{class}/pictures?name=stripes.png");
        self.ask("POST", &path, &BYTES, bytes).json()
    }

    /// Begins a small training of a network from scratch that tells stripes apart. Returns its id.
    fn stripes_training(&self, steps: usize) -> String {
        let training = self.post("/api/trainings", json!({ "name": "stripes" }));
        let id = training["id"].as_str().unwrap().to_owned();
        for (at, name) in ["upright", "lying"].iter().enumerate() {
            let class = training["classes"][at]["id"].as_str().unwrap();
            self.send("PATCH", &format!("/api/trainings/{id}/classes/{class}"), &json!({ "name": name }));
            (0..12).for_each(|number| drop(self.add_to_class(&id, class, &stripes(at == 0, number))));
        }
        let settings = json!({ "from": "8 16/2", "robust": 0, "steps": steps, "size": 32 });
        let changed = self.send("PATCH", &format!("/api/trainings/{id}"), &json!({ "settings": settings })).json();
        assert_eq!((&changed["settings"]["steps"], &changed["ready"]), (&json!(steps), &Value::Null), "{changed}");
        id
    }

    fn training(&self, id: &str) -> Value {
        self.get(&format!("/api/trainings/{id}")).json()
    }

    /// Starts a training and returns its job.
    fn start_training(&self, id: &str) -> String {
        self.post(&format!("/api/trainings/{id}/start"), json!({}))["id"].as_str().unwrap().to_owned()
    }

    fn network_file(&self, name: &str) -> Vec<u8> {
        self.get(&format!("/api/networks/{name}/file")).bytes
    }
}

#[test]
fn pictures_become_a_network_and_a_dream() {
    let studio = Studio::open();
    let id = studio.stripes_training(60);
    let before = studio.training(&id);
    assert_eq!(before["classes"][0]["warning"], "only 12 pictures of upright; 50 or more are better");
    let mut events = studio.events(None);
    let job = studio.start_training(&id);
    events.find(|event| event.name == "training" && event.data["run"]["stage"] == "learning");
    events.find(|event| event.name == "frame" && event.data["job"] == job.as_str());
    let done = events.find(|event| event.name == "training" && event.data["run"]["stage"] == "done");
    let result = &done.data["run"]["result"];
    assert_eq!((&result["network"], &result["classes"]), (&json!("stripes"), &json!(["upright", "lying"])));
    let accuracies = done.data["run"]["accuracies"].as_array().unwrap();
    assert_eq!(accuracies.last().unwrap()["step"], 60);
    assert_eq!(done.data["run"]["losses"].as_array().unwrap().len(), 60);
    let confusion: u64 = result["confusion"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|row| row.as_array().unwrap())
        .map(|n| n.as_u64().unwrap())
        .sum();
    assert_eq!(json!(confusion), result["pictures"]);

    // Its dream is in the gallery, and says how it was made.
    studio.wait_for(&job, "done");
    let dream = studio.get(&format!("/api/dreams/{job}")).json();
    assert_eq!((&dream["name"], &dream["model"]), (&json!("stripes"), &json!("stripes")));
    assert!(String::from_utf8(studio.get(&format!("/api/dreams/{job}/recipe")).bytes).unwrap().contains("stripes"));

    // The network is one like any other.
    let networks = studio.get("/api/networks").json();
    assert_eq!((&networks["networks"][0]["name"], &networks["networks"][0]["own"]), (&json!("stripes"), &json!(true)));
    let catalogue = studio.get("/api/catalogue").json();
    let model =
        catalogue["models"].as_array().unwrap().iter().find(|model| model["name"] == "stripes").unwrap().clone();
    assert_eq!(model["own"], true);
    let photo = studio.photo();
    let look = json!({ "options": { "model": "stripes", "iterations": 1, "octaves": 1 } });
    let again = studio.post("/api/jobs", json!({ "photo": photo, "look": look }))["id"].as_str().unwrap().to_owned();
    studio.wait_for(&again, "done");
    let layer = model["default_layer"].as_str().unwrap();
    assert_eq!(studio.get(&format!("/api/explore/{photo}/stripes/{layer}")).status, 200);
    assert_eq!(studio.get("/api/models/stripes/kernels").status, 200);
    let preview =
        format!("/api/pictures/{photo}/preview?side=64&look=%7B%22options%22:%7B%22model%22:%22stripes%22%7D%7D");
    assert_eq!(studio.get(&preview).kind, "image/jpeg");
    let seen = studio.get(&format!("/api/pictures/{photo}/classes")).json();
    let seen = seen["networks"].as_array().unwrap().iter().find(|seen| seen["model"] == "stripes").unwrap().clone();
    assert_eq!(seen["classes"].as_array().unwrap().len(), 2);
    let answer = studio.ask("POST", "/api/networks/stripes/classify", &BYTES, &stripes(true, 3)).json();
    assert_eq!(answer["classes"].as_array().unwrap().len(), 2);
    assert!(answer["classes"][0]["probability"].as_f64() >= answer["classes"][1]["probability"].as_f64());
}

#[test]
fn a_training_that_is_killed_again_and_again_gives_the_same_network() {
    let mut studio = Studio::open();
    let id = studio.stripes_training(400);
    let job = studio.start_training(&id);
    for time in [150, 900, 300, 1300, 600] {
        std::thread::sleep(Duration::from_millis(time));
        studio = studio.kill_and_open();
    }
    studio.wait_for(&job, "done");
    let undisturbed = Studio::open();
    let id = undisturbed.stripes_training(400);
    undisturbed.wait_for(&undisturbed.start_training(&id), "done");
    assert!(studio.network_file("stripes") == undisturbed.network_file("stripes"));
}

#[test]
fn a_training_is_stopped_and_goes_on() {
    let studio = Studio::open();
    let id = studio.stripes_training(3000);
    let job = studio.start_training(&id);
    let conflict = studio.send("POST", &format!("/api/trainings/{id}/start"), &json!({}));
    conflict.is_problem(409, "in the queue");
    studio.send("DELETE", &format!("/api/trainings/{id}"), &Value::Null).is_problem(409, "stop it first");
    studio.wait(|| studio.job(&job)["progress"]["iteration"].as_u64().filter(|step| *step > 20));

    // While the queue is paused, it waits.
    studio.post("/api/queue", json!({ "paused": true }));
    studio.wait_for(&job, "queued");
    studio.post("/api/queue", json!({ "paused": false }));
    studio.wait_for(&job, "running");

    studio.wait(|| studio.job(&job)["progress"]["iteration"].as_u64().filter(|step| *step > 20));
    studio.post(&format!("/api/jobs/{job}/cancel"), json!({ "keep": true }));
    studio.wait_for(&job, "done");
    let stopped = studio.training(&id);
    let at = stopped["run"]["step"].as_u64().unwrap();
    assert_eq!((&stopped["run"]["stage"], &stopped["stopped"]), (&json!("stopped"), &json!(true)));
    assert!(!studio.network_file("stripes").is_empty());

    let again = studio.start_training(&id);
    let step = studio.wait(|| studio.job(&again)["progress"]["iteration"].as_u64().filter(|step| *step > 0));
    assert!(step >= at, "it began anew");
    // Cancelled, it leaves the network as it was.
    let before = studio.network_file("stripes");
    studio.post(&format!("/api/jobs/{again}/cancel"), json!({ "keep": false }));
    studio.wait_for(&again, "cancelled");
    assert!(studio.network_file("stripes") == before);

    // Another picture makes it another training.
    let class = stopped["classes"][0]["id"].as_str().unwrap();
    studio.add_to_class(&id, class, &stripes(true, 20));
    assert_eq!(studio.training(&id)["changed"], true);
}

#[test]
fn what_is_missing_is_said() {
    let studio = Studio::open();
    let training = studio.post("/api/trainings", json!({}));
    let (id, class) = (training["id"].as_str().unwrap(), training["classes"][0]["id"].as_str().unwrap());
    assert_eq!(training["ready"], "Add pictures of 'thing 1'.");
    studio.send("POST", &format!("/api/trainings/{id}/start"), &json!({})).is_problem(422, "Add pictures");
    let of_class = format!("/api/trainings/{id}/classes/{class}");
    studio.ask("POST", &format!("{of_class}/pictures?name=a.txt"), &BYTES, b"no picture").is_problem(415, "text file");
    let picture = studio.add_to_class(id, class, &stripes(true, 1));
    assert_eq!(picture["known"], false);
    assert_eq!(studio.add_to_class(id, class, &stripes(true, 1))["known"], true);
    assert_eq!(studio.training(id)["ready"], "'thing 1' has 1 of the 3 pictures that it needs.");
    // Taken out and put back.
    let gone = studio.send("POST", &format!("{of_class}/remove"), &json!({ "pictures": [picture["picture"]] })).json();
    assert_eq!(gone["classes"][0]["pictures"], json!([]));
    let back = studio.send("POST", &format!("{of_class}/restore"), &json!({ "pictures": [picture["picture"]] })).json();
    assert_eq!(back["classes"][0]["pictures"], json!([picture["picture"]]));

    let refused =
        |body: Value, words: &str| studio.send("PATCH", &format!("/api/trainings/{id}"), &body).is_problem(422, words);
    refused(json!({ "settings": { "from": "vgg99", "robust": 0, "size": 64 } }), "vgg99");
    refused(json!({ "settings": { "from": "squeezenet", "robust": 99, "size": 64 } }), "robust");
    studio.send("POST", "/api/trainings", &json!({ "kit": "sausages" })).is_problem(404, "kit");
    studio.send("POST", &format!("/api/trainings/{id}/classes"), &json!({ "drawn": "cats" })).is_problem(422, "other");
    let three = studio.send("POST", &format!("/api/trainings/{id}/classes"), &json!({ "drawn": "other" })).json();
    assert_eq!((&three["classes"][2]["name"], &three["classes"][2]["drawn"]["count"]), (&json!("other"), &json!(200)));
    assert_eq!(studio.send("DELETE", &of_class, &Value::Null).json()["classes"].as_array().unwrap().len(), 2);
    assert_eq!(studio.send("DELETE", &format!("/api/trainings/{id}"), &Value::Null).status, 204);
    studio.get(&format!("/api/trainings/{id}")).is_problem(404, "training");
}

#[test]
fn networks_are_renamed_deleted_restored_and_loaded() {
    let studio = Studio::open();
    let id = studio.stripes_training(5);
    studio.wait_for(&studio.start_training(&id), "done");
    let renamed = studio.send("PATCH", "/api/networks/stripes", &json!({ "name": "Lines" })).json();
    assert_eq!(renamed["name"], "Lines");
    studio.send("PATCH", "/api/networks/lines", &json!({ "name": "lite0" })).is_problem(422, "lite0");
    studio.send("PATCH", "/api/networks/eyeballs", &json!({ "name": "mine" })).is_problem(404, "network");
    let file = studio.get("/api/networks/Lines/file");
    assert_eq!(
        file.headers["content-disposition"],
        "attachment; filename=\"Lines.safetensors\"; filename*=UTF-8''Lines.safetensors"
    );
    assert_eq!(studio.send("DELETE", "/api/networks/Lines", &Value::Null).status, 204);
    studio.get("/api/networks/Lines/file").is_problem(404, "network");
    assert_eq!(studio.send("POST", "/api/networks/Lines/restore", &json!({})).json()["own"], true);
    assert!(studio.network_file("Lines") == file.bytes);
    let loaded = studio.ask("POST", "/api/networks?name=Lines.safetensors", &BYTES, &file.bytes).json();
    assert_eq!(loaded["name"], "Lines-2");
    let half = &file.bytes[..file.bytes.len() / 2];
    studio.ask("POST", "/api/networks?name=x.safetensors", &BYTES, half).is_problem(422, "cannot be used");
    studio.ask("POST", "/api/networks/..%2Fstudio.db/restore", &BYTES, b"").is_problem(422, "");
    // The dream that was made before the new name is still known by its weights.
    let dream = studio.get("/api/dreams").json()["dreams"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(studio.get(&format!("/api/dreams/{dream}/file?format=jpeg")).status, 200);
}
