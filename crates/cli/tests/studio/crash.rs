//! Crashes: a finished dream is never lost, and every other job is done exactly once.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::{Value, json};

use crate::{Studio, long, quick};

/// Milliseconds until each kill: from the start of the first job to the middle of a dream.
fn kill_times() -> impl Iterator<Item = u64> {
    let mut state = 1u64;
    (0..20).map(move |_| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) % 120
    })
}

#[test]
fn twenty_jobs_survive_twenty_kills() {
    let mut studio = Studio::open();
    let photo = studio.photo();
    studio.post("/api/queue", json!({ "paused": true }));
    // Each has its own seed, and so its own bytes.
    let options = |seed: usize| json!({ "octaves": 2, "iterations": 12, "seed": seed });
    let jobs: Vec<String> = (0..20).map(|seed| studio.submit(&photo, options(seed))).collect();
    studio.post("/api/queue", json!({ "paused": false }));
    let mut shown: HashMap<String, Vec<u8>> = HashMap::new();
    for time in kill_times() {
        std::thread::sleep(Duration::from_millis(time));
        for job in studio.get("/api/jobs").json()["jobs"].as_array().unwrap() {
            if let Some(dream) = job["dream"].as_str() {
                let file = || studio.get(&format!("/api/dreams/{dream}/file")).bytes;
                shown.entry(dream.to_owned()).or_insert_with(file);
            }
        }
        studio = studio.kill_and_open();
    }
    jobs.iter().for_each(|job| drop(studio.wait_for(job, "done")));
    let dreams = studio.get("/api/dreams?limit=500").json();
    let mut ids: Vec<&str> =
        dreams["dreams"].as_array().unwrap().iter().map(|dream| dream["id"].as_str().unwrap()).collect();
    ids.sort_unstable_by_key(|id| id.parse::<u64>().unwrap());
    assert_eq!(ids, jobs, "every job is done once");
    for (dream, bytes) in &shown {
        assert!(studio.get(&format!("/api/dreams/{dream}/file")).bytes == *bytes, "{dream} has changed");
    }
    // The same jobs, undisturbed.
    let quiet = Studio::open();
    quiet.photo();
    for (seed, job) in jobs.iter().enumerate() {
        let undisturbed = quiet.submit(&photo, options(seed));
        quiet.wait_for(&undisturbed, "done");
        let bytes = |studio: &Studio, job: &str| studio.get(&format!("/api/dreams/{job}/file")).bytes;
        assert!(bytes(&quiet, &undisturbed) == bytes(&studio, job), "job {job} has different bytes");
    }
}

#[cfg(unix)]
#[test]
fn a_closed_studio_resumes_its_dream() {
    let mut studio = Studio::open();
    let job = studio.submit(&studio.photo(), long());
    studio.wait(|| Some(studio.job(&job)).filter(|job| !job["progress"].is_null()));
    let asked =
        std::process::Command::new("kill").arg(studio.child.as_ref().unwrap().id().to_string()).status().unwrap();
    assert!(asked.success());
    assert_eq!(studio.child.as_mut().unwrap().wait().unwrap().code(), Some(0));
    let kept = std::fs::read_dir(studio.folder.join("work")).unwrap().count();
    assert_eq!(kept, 1, "there is a checkpoint");
    let studio = studio.kill_and_open();
    let running: Value = studio.wait(|| Some(studio.job(&job)).filter(|job| !job["progress"].is_null()));
    let progress = &running["progress"];
    assert!(progress["iteration"].as_u64().unwrap() > 0 || progress["octave"].as_u64().unwrap() > 1, "{running}");
    let other = studio.submit(&studio.photo(), quick());
    studio.post(&format!("/api/jobs/{job}/cancel"), json!({}));
    studio.wait_for(&other, "done");
}
