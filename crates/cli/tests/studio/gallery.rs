//! The gallery: search, rename, delete and restore.

use std::io::Cursor;

use serde_json::{Value, json};

use crate::{Studio, quick};

fn names(page: &Value) -> Vec<&str> {
    page["dreams"].as_array().unwrap().iter().map(|dream| dream["name"].as_str().unwrap()).collect()
}

#[test]
fn dreams_are_found_by_name_look_and_class() {
    let studio = Studio::open();
    let photo = studio.photo();
    for (name, preset) in [("Tom's cat", "eyes"), ("the lake", "dogs"), ("Überraschung", "eyes")] {
        let look = json!({ "preset": preset, "options": quick() });
        let job = studio.post("/api/jobs", json!({ "photo": photo, "look": look, "name": name }));
        studio.wait_for(job["id"].as_str().unwrap(), "done");
    }
    let find = |query: &str| studio.get(&format!("/api/dreams?{query}")).json();
    assert_eq!(names(&find("")), ["Überraschung", "the lake", "Tom's cat"]);
    assert_eq!(names(&find("q=lake")), ["the lake"]);
    assert_eq!(names(&find("q=%C3%BCBER")), ["Überraschung"]);
    assert_eq!(names(&find("q=eyes+tom")), ["Tom's cat"]);
    assert_eq!(names(&find("filter=dogs")), ["the lake"]);
    assert_eq!(names(&find("favourite=true")), [""; 0]);
    let class = find("limit=1")["dreams"][0]["classes"]["after"][0]["name"].as_str().unwrap().to_owned();
    let class = class.split(' ').next().unwrap().to_owned();
    assert!(names(&find(&format!("class={class}"))).contains(&"Überraschung"));
    assert_eq!(find("before=5")["total"], 0);
    assert_eq!(find("before=5")["filters"], json!(["dogs", "eyes"]));
    let photo = find("limit=1")["dreams"][0]["photo"].as_str().unwrap().to_owned();
    assert_eq!((&find(&format!("photo={photo}"))["total"], &find("photo=0")["total"]), (&json!(3), &json!(0)));

    let first = find("limit=2");
    assert_eq!((names(&first).len(), &first["total"]), (2, &json!(3)));
    let rest = find(&format!("limit=2&cursor={}", first["next"].as_str().unwrap()));
    assert_eq!((names(&rest), &rest["next"]), (vec!["Tom's cat"], &json!(null)));

    let change = json!({ "name": "../sea\u{0}", "favourite": true });
    let changed = studio.send("PATCH", "/api/dreams/1", &change).json();
    assert_eq!((&changed["name"], &changed["favourite"]), (&json!("sea_"), &json!(true)));
    assert_eq!(names(&find("q=sea&favourite=true")), ["sea_"]);
    assert_eq!(names(&find("q=tom")), [""; 0]);

    assert_eq!(studio.ask("DELETE", "/api/dreams/1", &[], b"").status, 204);
    assert_eq!(find("")["total"], 2);
    studio.ask("DELETE", "/api/dreams/1", &[], b"").is_problem(404, "dream");
    studio.post("/api/dreams/1/restore", json!({}));
    assert_eq!(find("")["total"], 3);
}

#[test]
fn every_octave_of_a_dream_can_be_shown_and_branched() {
    let studio = Studio::open();
    let photo = studio.photo_of(240, 160);
    let job = studio.submit(&photo, json!({ "octaves": 3, "iterations": 2 }));
    studio.wait_for(&job, "done");
    let dream = studio.get(&format!("/api/dreams/{job}")).json();
    let octaves = dream["octaves"].as_u64().unwrap();
    assert_eq!(octaves, 3);
    for octave in 1..=octaves {
        assert_eq!(studio.get(&format!("/api/dreams/{job}/octaves/{octave}")).kind, "image/jpeg");
    }
    studio.get(&format!("/api/dreams/{job}/octaves/9")).is_problem(404, "octave");

    // The dream and its octaves can be dreamed on again, at any strength.
    let seen = |what: Value| studio.post(&format!("/api/dreams/{job}/picture"), what);
    assert_eq!(seen(json!({}))["id"], dream["picture"]);
    assert_eq!(seen(json!({ "octave": octaves }))["name"], format!("photo, octave {octaves}.png"));
    let pixels = |picture: &Value| {
        let file = studio.get(&format!("/api/pictures/{}/file", picture["id"].as_str().unwrap())).bytes;
        oneiric::Picture::read(&file, &oneiric::Limits::default()).unwrap().pixels().to_vec()
    };
    let photo_itself = pixels(&json!({ "id": photo }));
    let away = |what: Value| {
        let pairs = pixels(&seen(what)).into_iter().zip(photo_itself.clone()).map(|(a, b)| (a - b).abs());
        pairs.sum::<f32>()
    };
    assert!(away(json!({ "octave": 1, "strength": 0.0 })) < 1.0);
    assert!(away(json!({ "octave": 1, "strength": 0.5 })) < 0.7 * away(json!({ "octave": 1 })));
    assert!(away(json!({ "strength": 2.0 })) > 1.5 * away(json!({})));
    // Twice a strong dream exceeds the range of a recipe; the picture is made without one.
    let strong = studio.submit(&photo, json!({ "octaves": 1, "iterations": 1, "strength": 1.5 }));
    studio.wait_for(&strong, "done");
    let twice = studio.post(&format!("/api/dreams/{strong}/picture"), json!({ "strength": 2.0 }));
    assert_eq!((&twice["made_by"], &twice["width"]), (&json!(null), &json!(240)));
    let file = studio.get(&format!("/api/dreams/{strong}/file?format=jpeg&strength=2"));
    assert_eq!((file.status, file.kind.as_str()), (200, "image/jpeg"));
    let too_much = json!({ "strength": 5.0 });
    studio.send("POST", &format!("/api/dreams/{job}/picture"), &too_much).is_problem(422, "strength");

    let branch = studio.post(&format!("/api/dreams/{job}/branch"), json!({ "octave": 1 }));
    assert_eq!((&branch["name"], &branch["state"] != "failed"), (&json!("photo, octave 1"), true));
    let done = studio.wait_for(branch["id"].as_str().unwrap(), "done");
    let branch = studio.get(&format!("/api/dreams/{}", done["dream"].as_str().unwrap())).json();
    assert_eq!(branch["parent"], json!(job));
    // A branch at the last octave is the same dream, and its look can be used like any other.
    let last = studio.post(&format!("/api/dreams/{job}/branch"), json!({ "octave": 3 }));
    assert_eq!(last["look"], dream["look"]);
    studio.post("/api/jobs", json!({ "photo": photo, "look": branch["look"] }));
    studio
        .send("POST", &format!("/api/dreams/{job}/branch"), &json!({ "octave": 99 }))
        .is_problem(422, "octaves 1 to 3");
}

#[test]
fn dreams_are_exported_in_every_format_and_as_an_archive() {
    let studio = Studio::open();
    let job = studio.submit(&studio.photo(), quick());
    studio.wait_for(&job, "done");
    for (format, kind) in [("png", "image/png"), ("jpeg", "image/jpeg"), ("webp", "image/webp")] {
        let file = studio.get(&format!("/api/dreams/{job}/file?format={format}&strength=1.5"));
        assert_eq!(file.kind, kind);
        let name = file.headers["content-disposition"].to_str().unwrap();
        assert!(name.starts_with("attachment; filename=\"photo.dream."), "{name}");
        let recipe = oneiric::recipe::Recipe::of_picture(&file.bytes, &oneiric::zoo::Networks::default()).unwrap();
        assert_eq!(recipe.settings.finish.strength, 1.5);
    }
    let none = studio.get(&format!("/api/dreams/{job}/file?strength=0")).bytes;
    let none = oneiric::Picture::read(&none, &oneiric::Limits::default()).unwrap();
    let photo = oneiric::Picture::read(&crate::photo(60, 40), &oneiric::Limits::default()).unwrap();
    assert!(none.pixels() == photo.pixels(), "strength 0 is the photo");
    studio.get(&format!("/api/dreams/{job}/file?strength=9")).is_problem(422, "strength");
    let archive = studio.get("/api/export");
    assert_eq!(archive.kind, "application/zip");
    let mut archive = zip::ZipArchive::new(Cursor::new(archive.bytes)).unwrap();
    assert_eq!((archive.len(), archive.by_index(0).unwrap().name().unwrap()), (1, "00001 photo.dream.png".into()));
    let mut packed = Vec::new();
    std::io::copy(&mut archive.by_index(0).unwrap(), &mut packed).unwrap();
    assert!(packed == studio.get(&format!("/api/dreams/{job}/file")).bytes);
}

#[test]
fn the_answer_to_an_upload_has_warnings_about_the_file() {
    let studio = Studio::open();
    let whole = crate::photo(60, 40);
    let answer = studio.upload(&whole[..whole.len() - 12]);
    assert_eq!(answer.status, 201);
    let view = answer.json();
    assert_eq!(view["warnings"], json!(["the end of the PNG file is missing, but no pixels are missing"]));
    assert_eq!(view["width"], 60);
    assert_eq!(studio.upload(&whole).json()["warnings"], json!(null));
}
