//! Attacks.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::json;

use crate::{Studio, oneiric, photo, quick};

#[test]
fn unknown_host_names_are_refused() {
    let studio = Studio::open();
    for host in ["evil.example", "evil.example:8600", "127.0.0.1", "localhost:1", "127.0.0.1.evil.example", ""] {
        studio.ask("GET", "/api/jobs", &[("host", host)], b"").is_problem(403, "name");
        studio.ask("GET", "/", &[("host", host)], b"").is_problem(403, "name");
    }
    let port = studio.url.rsplit(':').next().unwrap().to_owned();
    assert_eq!(studio.ask("GET", "/api/jobs", &[("host", &format!("localhost:{port}"))], b"").status, 200);
    let named = Studio::open_with(&["--host", "dreams.home"]);
    assert_eq!(named.ask("GET", "/api/jobs", &[("host", "dreams.home")], b"").status, 200);
}

#[test]
fn another_sites_page_cannot_post() {
    let studio = Studio::open();
    let body = json!({ "paused": true }).to_string();
    for header in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("origin", "http://127.0.0.1:1"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        let headers = [header, ("content-type", "application/json")];
        studio.ask("POST", "/api/queue", &headers, body.as_bytes()).is_problem(403, "another site");
    }
    // A form cannot send JSON, and anything else is refused.
    let form = [("content-type", "text/plain")];
    assert_eq!(studio.ask("POST", "/api/queue", &form, body.as_bytes()).status, 415);
    assert_eq!(studio.get("/api/jobs").json()["paused"], false);
    let own = [("origin", studio.url.as_str()), ("content-type", "application/json")];
    assert_eq!(studio.ask("POST", "/api/queue", &own, body.as_bytes()).status, 200);
}

#[test]
fn names_never_become_paths() {
    let studio = Studio::open();
    for name in ["../../../../etc/passwd", "..%2F..%2Fevil.png", "C:%5Cevil.png", "%00.png", ".", "a%0d%0aSet-Cookie:x"]
    {
        let path = format!("/api/pictures?name={name}");
        let told = studio.ask("POST", &path, &[], &photo(20, 20)).json();
        let name = told["name"].as_str().unwrap();
        assert!(!name.contains(['/', '\\', '\0', '\r', '\n']) && name != ".", "{name:?}");
    }
    for path in [
        "/assets/../../../etc/passwd",
        "/assets/..%2F..%2F..%2Fetc%2Fpasswd",
        "/assets/%2Fetc%2Fpasswd",
        "/api/pictures/..%2F..%2Fstudio.db/file",
        "/api/pictures/../studio.db/file",
        "/api/channels/lite0/..%2F..%2F..%2Fx/3",
        "/api/channels/..%2Fx/block3/3",
    ] {
        let status = studio.get(path).status;
        assert!((400..500).contains(&status), "{path}: {status}");
    }
    let inside: Vec<_> = std::fs::read_dir(&studio.folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(inside.iter().filter(|name| name.to_string_lossy().contains("evil")).count(), 0);
    // The file name of any dream is a single line.
    let look = json!({ "preset": "dogs", "options": quick() });
    let asked = json!({ "photo": studio.photo(), "look": look, "name": "a\"; evil=\"\r\nX: y/../z" });
    let job = studio.post("/api/jobs", asked)["id"].as_str().unwrap().to_owned();
    studio.wait_for(&job, "done");
    let saved = studio.get(&format!("/api/dreams/{job}/file")).headers["content-disposition"].clone();
    assert_eq!(saved.to_str().unwrap(), "attachment; filename=\"z.dream.png\"; filename*=UTF-8''z.dream.png");
}

#[test]
fn files_that_are_not_pictures_are_refused() {
    let studio = Studio::open();
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
    studio.upload(svg).is_problem(415, "SVG");
    studio.upload(b"<!doctype html><script>alert(1)</script>").is_problem(415, "web page");
    studio.upload(b"PK\x03\x04").is_problem(415, "ZIP");
    studio.upload(b"").is_problem(422, "empty");
    let whole = photo(60, 40);
    assert_eq!(studio.upload(&whole[..whole.len() / 2]).status, 422);
    // A picture that contains a web page is sent as a picture to every browser.
    let polyglot = [&whole[..], b"<html><script>alert(1)</script></html>"].concat();
    let id = studio.upload(&polyglot).json()["id"].as_str().unwrap().to_owned();
    let file = studio.get(&format!("/api/pictures/{id}/file"));
    assert_eq!(file.kind, "image/png");
    assert_eq!(file.headers["x-content-type-options"], "nosniff");
    assert!(file.headers["content-security-policy"].to_str().unwrap().contains("default-src 'none'"));
    assert_eq!(studio.get("/api/jobs").json()["jobs"], json!([]));
}

/// A PNG of a few kilobytes whose header asks for this size.
fn bomb(width: u32, height: u32) -> Vec<u8> {
    let mut png = photo(8, 8);
    png[16..20].copy_from_slice(&width.to_be_bytes());
    png[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = crc32(&png[12..29]);
    png[29..33].copy_from_slice(&sum.to_be_bytes());
    png
}

/// The CRC of PNG, ISO 3309.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |sum: u32, byte: &u8| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg()))
    };
    !bytes.iter().fold(!0, step)
}

#[cfg(target_os = "linux")]
#[test]
fn a_decompression_bomb_is_refused_without_using_memory() {
    let studio = Studio::open();
    studio.photo();
    let before = studio.memory();
    studio.upload(&bomb(100_000, 100_000)).is_problem(413, "limit");
    studio.upload(&bomb(2_000_000_000, 2_000_000_000)).is_problem(413, "limit");
    let cut = studio.upload(&bomb(10_000, 10_000)).status;
    assert!((400..500).contains(&cut), "{cut}");
    assert!(studio.memory() < before + (64 << 20), "{} and then {}", before, studio.memory());
    let large = Studio::open_with(&["--upload", "10K"]);
    large.upload(&vec![0; 20_000]).is_problem(413, "MB");
    let full = Studio::open_with(&["--disk", "100"]);
    let id = full.photo();
    full.upload(&photo(61, 41)).is_problem(507, "--disk");
    full.send("POST", "/api/landscapes", &json!({ "seed": 1 })).is_problem(507, "--disk");
    full.send("POST", "/api/jobs", &json!({ "photo": id })).is_problem(507, "--disk");
}

#[test]
fn a_studio_with_a_password_requires_it() {
    let folder = tempfile::TempDir::new().unwrap();
    let hash = {
        let mut child =
            oneiric().args(["studio", "--hash-password"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(b"correct horse\n").unwrap();
        child.wait_with_output().unwrap().stdout
    };
    assert!(hash.starts_with(b"$argon2id$"));
    let file = folder.path().join("password.txt");
    std::fs::write(&file, hash).unwrap();
    let mut studio = Studio::open_with(&["--password-file", file.to_str().unwrap()]);
    for path in ["/api/jobs", "/api/dreams", "/api/events", "/metrics", "/api/openapi.json"] {
        studio.get(path).is_problem(401, "Log in");
    }
    studio.upload(&photo(20, 20)).is_problem(401, "Log in");
    let page = studio.get("/");
    assert_eq!((page.status, page.headers["location"].to_str().unwrap()), (303, "/login"));
    assert_eq!(studio.get("/login").status, 200);
    assert_eq!(studio.get("/healthz").status, 200);

    let right = json!({ "password": "correct horse" });
    let cookie = studio.send("POST", "/api/login", &right).headers["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    studio.cookie = Some(cookie.split(';').next().unwrap().to_owned());
    assert_eq!(studio.get("/api/jobs").status, 200);
    let run = Command::new(env!("CARGO_BIN_EXE_oneiric"))
        .current_dir(&folder)
        .args(["dream", "--size", "64", "--octaves", "1", "--iterations", "1", "-o", "d.png", "--server", &studio.url])
        .env("ONEIRIC_PASSWORD", "correct horse")
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));

    // A hundred wrong passwords: most are not even checked, and sessions stay valid.
    let statuses: Vec<u16> = (0..100)
        .map(|number| studio.send("POST", "/api/login", &json!({ "password": format!("wrong {number}") })).status)
        .collect();
    assert!(statuses.iter().filter(|status| **status == 401).count() <= 10, "{statuses:?}");
    assert!(statuses.iter().all(|status| [401, 429].contains(status)) && statuses[99] == 429);
    assert_eq!(studio.send("POST", "/api/login", &right).status, 429, "the right password is refused too");
    assert_eq!(studio.get("/api/jobs").status, 200);
    assert_eq!(studio.send("POST", "/api/logout", &json!({})).status, 204);
    studio.get("/api/jobs").is_problem(401, "Log in");
}

#[cfg(target_os = "linux")]
#[test]
fn uploads_wait_for_memory_and_stay_within_it() {
    // Reading this file and shrinking it takes about 110 MB.
    let large =
        oneiric::Picture::filled(2600, 2000, [0.2, 0.5, 0.7]).unwrap().encode(oneiric::Format::Png, 90).unwrap();
    let studio = Studio::open_with(&["--memory", "130M"]);
    let before = studio.memory();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(studio.upload(&large).status, 201));
        }
    });
    let taken = studio.peak_memory() - before;
    assert!((70_000_000..175_000_000).contains(&taken), "{taken} bytes");
    Studio::open_with(&["--memory", "50M"]).upload(&large).is_problem(413, "the limit is 50 MB");
}
