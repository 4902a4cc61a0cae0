//! The queue: submit, watch, stop and keep dreams.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{Studio, long, oneiric, photo, quick};

#[test]
fn a_photo_becomes_the_same_dream_as_on_the_command_line() {
    let studio = Studio::open();
    let id = studio.photo();
    let mut events = studio.events(None);
    let job = studio.submit(&id, quick());
    let done = events.find(|event| event.name == "job" && event.data["state"] == "done");
    assert_eq!((&done.data["id"], &done.data["dream"]), (&json!(job), &json!(job)));
    let dreams = studio.get("/api/dreams").json();
    assert_eq!((&dreams["total"], &dreams["dreams"][0]["name"]), (&json!(1), &json!("photo")));

    let sandbox = TempDir::new().unwrap();
    let path = |name: &str| sandbox.path().join(name);
    fs::write(path("photo.png"), photo(60, 40)).unwrap();
    let run =
        oneiric().current_dir(&sandbox).args(["dream", "photo.png", "--octaves", "2", "--iterations", "2"]).output();
    assert!(run.unwrap().status.success());
    let file = studio.get(&format!("/api/dreams/{job}/file"));
    assert_eq!(file.kind, "image/png");
    assert!(file.bytes == fs::read(path("photo.dream.png")).unwrap(), "different bytes than on the command line");

    // The same through the studio.
    let args =
        ["dream", "photo.png", "--octaves", "2", "--iterations", "2", "-o", "remote.png", "--server", &studio.url];
    let run = oneiric().current_dir(&sandbox).args(args).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    assert!(fs::read(path("remote.png")).unwrap() == file.bytes);
}

#[test]
fn masks_regions_and_guides_are_uploaded_pictures() {
    let studio = Studio::open();
    let (photo, mask) = (studio.photo(), studio.upload(&crate::photo(30, 20)).json());
    let places = json!({ "mask": { "picture": mask["id"] }, "invert_mask": true, "feather": "5%",
        "regions": [{ "look": "eyes", "place": { "shape": "top:50%" } }] });
    let look = json!({ "preset": "dogs", "options": quick() });
    let asked = json!({ "photo": photo, "look": look, "places": places, "size": 50, "name": "masked" });
    let job = studio.post("/api/jobs", asked.clone());
    assert_eq!((&job["places"], &job["width"], &job["height"]), (&places, &json!(50), &json!(33)));
    let done = studio.wait_for(job["id"].as_str().unwrap(), "done");
    let recipe = studio.get(&format!("/api/dreams/{}/recipe", done["dream"].as_str().unwrap()));
    let recipe = String::from_utf8(recipe.bytes).unwrap();
    assert!(recipe.contains(mask["id"].as_str().unwrap()) && recipe.contains("invert-mask = true"), "{recipe}");
    let command = json!({ "photo_name": "my photo.png", "look": look, "places": places, "size": 50 });
    let command = studio.post("/api/command", command)["command"].as_str().unwrap().to_owned();
    let wanted = "oneiric dream 'my photo.png' --size 50 --mask photo.png --region top:50%=eyes --feather 5% --invert-mask \
                  --preset dogs --iterations 2 --octaves 2";
    assert_eq!(command, wanted);

    // The preview uses the same places.
    let preview = |places: &Value| {
        let text = |value: &Value| value.to_string().bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
        studio.get(&format!("/api/pictures/{photo}/preview?look={}&places={}", text(&look), text(places)))
    };
    let nowhere = json!({ "mask": { "shape": "circle:0%,0%,1%,0%" } });
    let [masked, small, hardly] = [&places, &json!({}), &nowhere].map(|places| preview(places).bytes);
    assert!(masked != small && masked != hardly && small != hardly);
    preview(&json!({ "mask": { "shape": "octagon" } })).is_problem(422, "octagon");
    preview(&json!({ "guide": "0" })).is_problem(404, "picture");

    // Another studio reads the settings from the file.
    let file = studio.get(&format!("/api/dreams/{}/file?format=jpeg&strength=0.5", done["dream"].as_str().unwrap()));
    let made = Studio::open().upload(&file.bytes).json()["made_by"].clone();
    assert_eq!((&made["look"]["preset"], &made["size"], &made["photo"]), (&json!("dogs"), &json!(50), &json!(null)));
    assert_eq!(made["look"]["options"]["strength"], "0.5");
    assert_eq!(made["places"], places);
}

#[test]
fn a_running_dream_is_shown_and_can_be_stopped_and_kept() {
    let studio = Studio::open();
    let photo = studio.photo_of(120, 80);
    let mut events = studio.events(None);
    let job = studio.submit(&photo, long());
    let running = events.find(|event| event.name == "job" && !event.data["progress"].is_null());
    assert_eq!(running.data["progress"]["octaves"], 3);
    let frame = events.find(|event| event.name == "frame");
    assert_eq!(frame.data["job"], json!(job));
    assert_eq!(studio.get(&format!("/api/jobs/{job}/frame?v=1")).kind, "image/jpeg");
    studio.post(&format!("/api/jobs/{job}/cancel"), json!({ "keep": true }));
    let done = studio.wait_for(&job, "done");
    let dream = studio.get(&format!("/api/dreams/{}", done["dream"].as_str().unwrap())).json();
    assert_eq!(dream["stopped"], true);

    // Its recipe makes the same picture.
    let sandbox = TempDir::new().unwrap();
    let file = studio.get(&format!("/api/dreams/{job}/file")).bytes;
    fs::write(sandbox.path().join("kept.png"), &file).unwrap();
    fs::write(sandbox.path().join("photo.png"), crate::photo(120, 80)).unwrap();
    let args = ["dream", "photo.png", "--recipe", "kept.png", "-o", "again.png"];
    assert!(oneiric().current_dir(&sandbox).args(args).output().unwrap().status.success());
    assert!(fs::read(sandbox.path().join("again.png")).unwrap() == file, "the recipe makes another picture");
}

#[test]
fn a_cancelled_dream_is_deleted() {
    let studio = Studio::open();
    let photo = studio.photo();
    let (first, second) = (studio.submit(&photo, long()), studio.submit(&photo, long()));
    for job in [&second, &first] {
        studio.post(&format!("/api/jobs/{job}/cancel"), json!({ "keep": false }));
        studio.wait_for(job, "cancelled");
        studio.send("POST", &format!("/api/jobs/{job}/cancel"), &json!({})).is_problem(409, "ended already");
    }
    assert_eq!(studio.get("/api/dreams").json()["total"], 0);
    let again = studio.post(&format!("/api/jobs/{first}/again"), json!({}));
    assert_eq!((&again["look"]["options"], &again["name"]), (&long(), &json!("photo")));
}

#[test]
fn the_last_event_of_a_job_is_its_end() {
    let studio = Studio::open();
    let photo = studio.photo();
    let mut events = studio.events(None);
    let mut last = std::collections::HashMap::new();
    let mut note = |event: &crate::Event| {
        if event.name == "job" {
            last.insert(event.data["id"].to_string(), event.data["state"].clone());
        }
    };
    for _ in 0..10 {
        let job = studio.submit(&photo, long());
        studio.wait_for(&job, "running");
        studio.post(&format!("/api/jobs/{job}/cancel"), json!({}));
        events.find(|event| {
            note(event);
            event.name == "job" && event.data["id"] == json!(job) && event.data["state"] == "cancelled"
        });
    }
    studio.post("/api/queue", json!({ "paused": true }));
    events.find(|event| {
        note(event);
        event.name == "queue"
    });
    assert_eq!(last.len(), 10);
    assert!(last.values().all(|state| state == "cancelled"), "{last:?}");
}

#[test]
fn the_queue_can_be_paused_and_reordered() {
    let studio = Studio::open();
    let photo = studio.photo();
    studio.post("/api/queue", json!({ "paused": true }));
    let jobs: Vec<String> = (0..3).map(|_| studio.submit(&photo, quick())).collect();
    let order = || -> Vec<String> {
        let jobs = studio.get("/api/jobs").json();
        let waiting = jobs["jobs"].as_array().unwrap().iter().filter(|job| job["state"] == "queued");
        waiting.map(|job| job["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(order(), jobs);
    studio.post(&format!("/api/jobs/{}/move", jobs[2]), json!({ "before": jobs[0] }));
    assert_eq!(order(), [&jobs[2], &jobs[0], &jobs[1]].map(String::clone));
    studio.post(&format!("/api/jobs/{}/move", jobs[2]), json!({ "before": null }));
    assert_eq!(order(), jobs);
    studio.send("POST", &format!("/api/jobs/{}/move", jobs[0]), &json!({ "before": "999" })).is_problem(409, "moved");
    studio.post("/api/queue", json!({ "paused": false }));
    jobs.iter().for_each(|job| drop(studio.wait_for(job, "done")));
    studio.send("POST", &format!("/api/jobs/{}/move", jobs[0]), &json!({})).is_problem(409, "wait");
}

#[test]
fn a_client_that_reconnects_gets_the_missed_events() {
    let studio = Studio::open();
    let photo = studio.photo();
    let mut events = studio.events(None);
    let job = studio.submit(&photo, quick());
    let first = events.find(|event| event.name == "job" && event.data["id"] == json!(job));
    drop(events);
    studio.wait_for(&job, "done");
    let mut again = studio.events(Some(&first.id));
    again.find(|event| event.name == "dream" && event.data["id"] == json!(job));
    let mut stranger = studio.events(Some("another-7"));
    assert_eq!(stranger.next().name, "reset");
}

#[test]
fn invalid_requests_are_refused_at_once() {
    let studio = Studio::open();
    let photo = studio.photo();
    let refused = |look, places, status, words: &str| {
        let asked = json!({ "photo": photo, "look": look, "places": places });
        studio.send("POST", "/api/jobs", &asked).is_problem(status, words);
    };
    refused(json!({ "preset": "unicorns" }), json!({}), 422, "dogs");
    refused(json!({ "options": { "lair": "x" } }), json!({}), 422, "unknown setting 'lair'");
    refused(json!({ "options": { "layer": ["block99"] } }), json!({}), 422, "block99");
    refused(json!({ "options": { "step": "0" } }), json!({}), 422, "step");
    refused(json!({ "options": { "seamless": "yes" } }), json!({}), 422, "seamless");
    refused(json!({}), json!({ "mask": { "shape": "blob:1" } }), 422, "blob");
    refused(json!({}), json!({ "mask": { "picture": "0".repeat(64) } }), 404, "picture");
    refused(json!({}), json!({ "where": "cat", "mask": { "shape": "top:50%" } }), 422, "where");
    refused(json!({}), json!({ "where": "zzzz" }), 422, "zzzz");
    studio.send("POST", "/api/jobs", &json!({ "photo": "nothing" })).is_problem(404, "picture");
    studio.send("POST", "/api/jobs", &json!({ "photo": photo, "colour": 7 })).is_problem(422, "colour");
    assert_eq!(studio.get("/api/jobs").json()["jobs"], json!([]));
    let blamed = |options: serde_json::Value, places: serde_json::Value| {
        let asked = json!({ "photo": photo, "look": { "options": options }, "places": places });
        studio.send("POST", "/api/jobs", &asked).json()["setting"].as_str().map(str::to_owned)
    };
    let setting_of = |options| blamed(options, json!({}));
    assert_eq!(setting_of(json!({ "octaves": 65 })).as_deref(), Some("octaves"));
    assert_eq!(setting_of(json!({ "layer": ["nothing"] })).as_deref(), Some("layer"));
    assert_eq!(setting_of(json!({ "channels": "9999" })).as_deref(), Some("channels"));
    assert_eq!(setting_of(json!({ "seamless": "yes" })).as_deref(), Some("seamless"));
    for objective in ["nothing", "block3 + 0.5*nothing", "channel(nothing, 3)", "mean(nothing)", "nowhere:block3"] {
        assert_eq!(setting_of(json!({ "objective": objective })).as_deref(), Some("objective"), "{objective}");
    }
    assert_eq!(setting_of(json!({ "octave": ["1:layer=nothing"] })).as_deref(), Some("octave"));
    assert_eq!(setting_of(json!({ "more": ["zzzz"] })).as_deref(), Some("more"));
    assert_eq!(setting_of(json!({ "less": ["zzzz"] })).as_deref(), Some("less"));
    assert_eq!(setting_of(json!({ "model": "zzzz" })).as_deref(), Some("model"));
    let region = |look: &str, shape: &str| json!({ "regions": [{ "look": look, "place": { "shape": shape } }] });
    assert_eq!(blamed(json!({}), region("nothing", "top:50%")).as_deref(), Some("region"));
    assert_eq!(blamed(json!({}), region("eyes", "blob:1")).as_deref(), Some("region"));
    assert_eq!(blamed(json!({}), json!({ "mask": { "shape": "blob:1" } })).as_deref(), Some("mask"));
    assert_eq!(blamed(json!({}), json!({ "where": "zzzz" })).as_deref(), Some("where"));
    assert_eq!(blamed(json!({}), json!({ "where": "dog", "feather": "wide" })).as_deref(), Some("feather"));
    let look = "%7B%22options%22%3A%7B%22layer%22%3A%5B%22nothing%22%5D%7D%7D";
    studio.get(&format!("/api/settings?look={look}")).is_problem(422, "nothing");
    studio.get("/api/search?q=zzzz").is_problem(404, "zzzz");
}

#[test]
fn the_time_of_a_dream_is_known_before_it_starts() {
    let studio = Studio::open();
    let photo = studio.photo_of(1200, 800);
    let look = json!({ "preset": "dogs", "options": quick() }).to_string();
    let look = look.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    let forecast = |more: &str| studio.get(&format!("/api/pictures/{photo}/forecast?look={look}{more}"));
    let (whole, small) = (forecast("").json(), forecast("&size=300").json());
    assert_eq!((&whole["width"], &whole["height"]), (&json!(1200), &json!(800)));
    assert_eq!((&small["width"], &small["height"]), (&json!(300), &json!(200)));
    let seconds = |forecast: &Value| forecast["seconds"].as_f64().unwrap();
    assert!(seconds(&small) > 0.0 && seconds(&whole) > 3.0 * seconds(&small), "{small} and {whole}");
    studio.get(&format!("/api/pictures/{photo}/forecast?look=%7B%22preset%22:%22cats%22%7D")).is_problem(422, "cats");
}
