//! Many clients at once, some of which never finish.

use std::io::{Read, Write};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::{Studio, photo, quick};

#[cfg(target_os = "linux")]
#[test]
fn jobs_are_done_in_spite_of_slow_and_silent_clients() {
    let studio = Studio::open();
    let id = studio.photo();
    let before = studio.memory();
    // Uploads of a byte a second, and headers that never end.
    let slow: Vec<_> = (0..10)
        .map(|number| {
            let mut stream = studio.connect();
            if number % 2 == 0 {
                let head = "Content-Length: 1000000\r\n\r\n";
                write!(stream, "POST /api/pictures HTTP/1.1\r\nHost: {}\r\n{head}", studio.host()).unwrap();
            } else {
                write!(stream, "GET / HTTP/1.1\r\nX: ").unwrap();
            }
            stream
        })
        .collect();
    let drip = |mut stream: std::net::TcpStream| {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(40) && stream.write_all(b"x").is_ok() {
            thread::sleep(Duration::from_secs(1));
        }
        begun.elapsed()
    };
    // Clients that send requests and never read.
    let _silent: Vec<_> = (0..20)
        .map(|_| {
            let mut stream = studio.connect();
            for path in ["/api/events", "/api/catalogue", "/api/catalogue"] {
                write!(stream, "GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", studio.host()).unwrap();
            }
            stream
        })
        .collect();
    thread::scope(|scope| {
        let dripping: Vec<_> = slow.into_iter().map(|stream| scope.spawn(move || drip(stream))).collect();
        // Fifty uploads at once, each with a job.
        let jobs: Vec<_> = (0..50)
            .map(|number| {
                let studio = &studio;
                scope.spawn(move || {
                    let uploaded = studio.upload(&photo(40 + number, 40));
                    assert_eq!(uploaded.status, 201, "{}", uploaded.json());
                    let id = uploaded.json()["id"].as_str().unwrap().to_owned();
                    studio.submit(&id, json!({ "octaves": 1, "iterations": 1 }))
                })
            })
            .collect();
        let jobs: Vec<String> = jobs.into_iter().map(|job| job.join().unwrap()).collect();
        jobs.iter().for_each(|job| drop(studio.wait_for(job, "done")));
        for dripping in dripping {
            let time = dripping.join().unwrap();
            assert!(time < Duration::from_secs(35), "a slow client stayed for {time:?}");
        }
    });
    let after = studio.memory();
    assert!(after < before + (400 << 20), "{before} and then {after} bytes");
    studio.wait_for(&studio.submit(&id, quick()), "done");
    assert_eq!(studio.get("/api/dreams").json()["total"], 51);
}

#[test]
fn a_full_queue_refuses_jobs() {
    let studio = Studio::open_with(&["--queue", "3"]);
    let id = studio.photo();
    studio.post("/api/queue", json!({ "paused": true }));
    let jobs: Vec<String> = (0..3).map(|_| studio.submit(&id, quick())).collect();
    let look = json!({ "preset": "dogs" });
    studio.send("POST", "/api/jobs", &json!({ "photo": id, "look": look })).is_problem(429, "3 dreams wait");
    studio.post("/api/queue", json!({ "paused": false }));
    jobs.iter().for_each(|job| drop(studio.wait_for(job, "done")));
}

#[test]
fn connections_without_http_are_closed() {
    let studio = Studio::open();
    for words in [&b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..], b"GARBAGE\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n"] {
        let mut stream = studio.connect();
        stream.write_all(words).unwrap();
        let mut answer = Vec::new();
        // The connection is closed, with or without a response.
        let _ = stream.read_to_end(&mut answer);
        assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 4"), "{}", String::from_utf8_lossy(&answer));
    }
    assert_eq!(studio.get("/healthz").status, 200);
}
