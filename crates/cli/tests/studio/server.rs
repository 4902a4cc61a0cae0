//! The server itself: ports, folders, passwords on the command line, health.

use std::process::Stdio;

use serde_json::json;
use tempfile::TempDir;

use crate::{Studio, command, oneiric, quick};

fn fails(run: &mut std::process::Command, code: i32, words: &str) {
    let run = run.stdout(Stdio::piped()).stderr(Stdio::piped()).output().unwrap();
    let message = String::from_utf8(run.stderr).unwrap();
    assert_eq!(run.status.code(), Some(code), "{message}");
    assert!(message.contains(words), "'{words}' is not in: {message}");
}

#[test]
fn a_port_in_use_is_skipped_and_a_folder_in_use_is_refused() {
    let studio = Studio::open();
    let port = studio.url.rsplit(':').next().unwrap();
    let (own, other) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let neighbour = Studio::open_in(own.path().to_owned(), &["--port", port]);
    assert_ne!(neighbour.url, studio.url);
    assert_eq!(neighbour.get("/healthz").status, 200);
    fails(&mut command(&studio.folder), 1, "another studio uses");
    fails(command(other.path()).args(["--listen", "0.0.0.0"]), 2, "--password-file");
    let text = other.path().join("password.txt");
    std::fs::write(&text, "secret").unwrap();
    fails(command(other.path()).args(["--password-file"]).arg(&text), 2, "--hash-password");
    fails(oneiric().args(["studio", "--hash-password"]).stdin(Stdio::null()), 2, "8 characters");
    let nowhere = ["dream", "--server", "http://127.0.0.1:9", "-o", "never.png"];
    fails(oneiric().current_dir(&other).args(nowhere), 1, "no studio responds");
}

/// `oneiric learn` is the studio, opened at its chapters.
#[test]
fn learn_starts_the_studio_at_its_chapters() {
    let own = TempDir::new().unwrap();
    let learn = ["learn", "--no-open", "--port", "0", "--data"];
    let studio = Studio::start(own.path().to_owned(), oneiric().args(learn).arg(own.path()));
    let address = studio.url.strip_suffix("/learn").unwrap();
    assert_eq!(studio.agent.get(format!("{address}/healthz")).call().unwrap().status(), 200);
    let page = studio.agent.get(&studio.url).call().unwrap();
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
    fails(oneiric().args(["learn", "--hash-password"]), 2, "--hash-password");
}

#[test]
fn health_metrics_and_pages_are_served() {
    let studio = Studio::open();
    studio.wait_for(&studio.submit(&studio.photo(), quick()), "done");
    assert_eq!(studio.get("/healthz").bytes, b"well\n");
    let metrics = String::from_utf8(studio.get("/metrics").bytes).unwrap();
    assert!(
        metrics.contains("oneiric_dream_seconds_count 1") && metrics.contains("oneiric_jobs_waiting 0"),
        "{metrics}"
    );
    let document = studio.get("/api/openapi.json").json();
    assert!(document["paths"]["/api/jobs"]["post"]["summary"].is_string());
    let catalogue = studio.get("/api/catalogue").json();
    assert_eq!(catalogue["presets"].as_array().unwrap().len(), oneiric::preset::presets().len());
    assert!(
        catalogue["options"].as_array().unwrap().iter().all(|option| !option["about"].as_str().unwrap().is_empty())
    );
    for page in ["/", "/gallery", "/explorer", "/login", "/api/docs"] {
        let answer = studio.get(page);
        assert_eq!((answer.status, answer.kind.as_str()), (200, "text/html; charset=utf-8"), "{page}");
    }
    let page = String::from_utf8(studio.get("/gallery").bytes).unwrap();
    let module = |path: &str| page.contains(&format!("<link rel=\"modulepreload\" href=\"/assets/js/{path}\">"));
    assert!(module("app.js") && module("gallery/gallery.js") && !module("dream/view.js") && !module("docs.js"));
    studio.get("/nothing").is_problem(404, "page");
    studio.send("PUT", "/api/jobs", &json!({})).is_problem(405, "here");
}
