//! Tests a real studio over HTTP, as its page and other programs use it.

mod classroom;
mod crash;
mod explorer;
mod gallery;
mod jobs;
mod lessons;
mod load;
mod loops;
mod malformed;
mod security;
mod server;
mod trainings;

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use oneiric::{Format, Picture};
use serde_json::{Value, json};
use tempfile::TempDir;
use ureq::Agent;
use ureq::http::Request;

/// How long a test waits before it fails.
const PATIENCE: Duration = Duration::from_secs(120);

/// A running studio with its own folder.
struct Studio {
    /// The process, unless another one of these has it.
    child: Option<Child>,
    /// `http://127.0.0.1:PORT`
    url: String,
    folder: PathBuf,
    agent: Agent,
    cookie: Option<String>,
    _own: Option<TempDir>,
}

/// An HTTP response.
struct Answer {
    status: u16,
    kind: String,
    headers: ureq::http::HeaderMap,
    bytes: Vec<u8>,
}

impl Answer {
    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&self.bytes)))
    }

    /// Checks that this is a problem of this status whose detail contains `words`.
    #[track_caller]
    fn is_problem(&self, status: u16, words: &str) {
        let problem = self.json();
        assert_eq!((self.status, self.kind.as_str()), (status, "application/problem+json"), "{problem}");
        assert_eq!(problem["status"], status);
        assert!(problem["detail"].as_str().unwrap().contains(words), "'{words}' is not in {problem}");
    }
}

impl Studio {
    fn open() -> Self {
        Self::open_with(&[])
    }

    fn open_with(options: &[&str]) -> Self {
        let own = TempDir::new().unwrap();
        let mut studio = Self::open_in(own.path().to_owned(), options);
        studio._own = Some(own);
        studio
    }

    /// Starts a studio with these options and its data in `folder`.
    fn open_in(folder: PathBuf, options: &[&str]) -> Self {
        let port: &[_] = if options.contains(&"--port") { &[] } else { &["--port", "0"] };
        let mut command = command(&folder);
        Self::start(folder, command.args(port).args(options))
    }

    /// Starts a studio with a command whose data is in `folder`.
    fn start(folder: PathBuf, command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut url = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut url).unwrap();
        let url = url.trim().trim_end_matches('/').to_owned();
        assert!(url.starts_with("http://127.0.0.1:"), "'{url}'");
        // A new connection for each request: the studio closes one whose body it has not read when it answers.
        let agent = Agent::config_builder().http_status_as_error(false).max_redirects(0).max_idle_connections(0);
        let agent = agent.build().into();
        Self { child: Some(child), url, folder, agent, cookie: None, _own: None }
    }

    /// Kills the studio with `kill -9` and starts it again in the same folder.
    fn kill_and_open(mut self) -> Self {
        let child = self.child.as_mut().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        let mut again = Self::open_in(self.folder.clone(), &[]);
        again._own = self._own.take();
        again
    }

    fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.url));
        for (name, value) in headers.iter().copied().chain(self.cookie.as_deref().map(|cookie| ("cookie", cookie))) {
            request = request.header(name, value);
        }
        let mut answer = self.agent.run(request.body(body).unwrap()).unwrap();
        let headers = answer.headers().clone();
        let kind = headers.get("content-type").map_or("", |kind| kind.to_str().unwrap()).to_owned();
        let bytes = answer.body_mut().with_config().limit(1 << 30).read_to_vec().unwrap();
        Answer { status: answer.status().as_u16(), kind, headers, bytes }
    }

    fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[], b"")
    }

    fn send(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.ask(method, path, &[("content-type", "application/json")], body.to_string().as_bytes())
    }

    #[track_caller]
    fn post(&self, path: &str, body: Value) -> Value {
        let answer = self.send("POST", path, &body);
        assert!(answer.status < 300, "{path}: {}", answer.json());
        if answer.bytes.is_empty() { Value::Null } else { answer.json() }
    }

    fn upload(&self, bytes: &[u8]) -> Answer {
        self.ask("POST", "/api/pictures?name=photo.png", &[("content-type", "application/octet-stream")], bytes)
    }

    /// Uploads the test photo and returns its id.
    #[track_caller]
    fn photo(&self) -> String {
        self.photo_of(60, 40)
    }

    /// Uploads a photo of this size and returns its id.
    #[track_caller]
    fn photo_of(&self, width: usize, height: usize) -> String {
        let answer = self.upload(&photo(width, height));
        assert_eq!(answer.status, 201, "{}", answer.json());
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    /// Submits a dream and returns its job.
    #[track_caller]
    fn submit(&self, photo: &str, options: Value) -> String {
        let look = json!({ "preset": "dogs", "options": options });
        self.post("/api/jobs", json!({ "photo": photo, "look": look }))["id"].as_str().unwrap().to_owned()
    }

    fn job(&self, id: &str) -> Value {
        self.get(&format!("/api/jobs/{id}")).json()
    }

    /// Waits until a job is in this state.
    #[track_caller]
    fn wait_for(&self, id: &str, state: &str) -> Value {
        self.wait(|| Some(self.job(id)).filter(|job| job["state"] == state))
    }

    /// Waits until `answer` returns something.
    #[track_caller]
    fn wait<T>(&self, mut answer: impl FnMut() -> Option<T>) -> T {
        let begun = Instant::now();
        loop {
            if let Some(answer) = answer() {
                return answer;
            }
            assert!(begun.elapsed() < PATIENCE, "timed out: {}", self.get("/api/jobs").json());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Opens a raw connection.
    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.url.strip_prefix("http://").unwrap()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    fn host(&self) -> &str {
        self.url.strip_prefix("http://").unwrap()
    }

    /// Subscribes to events from now on, or from after the event with this id.
    fn events(&self, last: Option<&str>) -> Events {
        let mut stream = self.connect();
        let last = last.map_or(String::new(), |id| format!("Last-Event-ID: {id}\r\n"));
        let cookie = self.cookie.as_ref().map_or(String::new(), |cookie| format!("Cookie: {cookie}\r\n"));
        write!(stream, "GET /api/events HTTP/1.1\r\nHost: {}\r\n{last}{cookie}\r\n", self.host()).unwrap();
        let mut events = Events { lines: BufReader::new(stream) };
        // The first line confirms the subscription.
        while events.line() != ": watching" {}
        events
    }

    /// Memory of the studio in bytes.
    #[cfg(target_os = "linux")]
    fn memory(&self) -> u64 {
        self.status("VmRSS:")
    }

    /// The most memory that the studio has had, in bytes.
    #[cfg(target_os = "linux")]
    fn peak_memory(&self) -> u64 {
        self.status("VmHWM:")
    }

    #[cfg(target_os = "linux")]
    fn status(&self, name: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.as_ref().unwrap().id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.split_whitespace().next().unwrap().parse::<u64>().unwrap() * 1024
    }
}

impl Drop for Studio {
    fn drop(&mut self) {
        let Some(child) = &mut self.child else { return };
        // The process may have ended already.
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// Server-sent events.
struct Events {
    lines: BufReader<TcpStream>,
}

/// A server-sent event.
#[derive(Debug)]
struct Event {
    id: String,
    name: String,
    data: Value,
}

impl Events {
    fn line(&mut self) -> String {
        let mut line = String::new();
        assert!(self.lines.read_line(&mut line).unwrap() > 0, "the events ended");
        line.trim_end().to_owned()
    }

    fn next(&mut self) -> Event {
        let mut event = Event { id: String::new(), name: String::new(), data: Value::Null };
        loop {
            let line = self.line();
            match line.split_once(": ") {
                Some(("id", id)) => event.id = id.into(),
                Some(("event", name)) => event.name = name.into(),
                Some(("data", data)) => event.data = serde_json::from_str(data).unwrap(),
                // An empty line ends an event; chunk lengths are in between.
                _ if line.is_empty() && !event.name.is_empty() && !event.id.is_empty() => return event,
                _ => {}
            }
        }
    }

    /// The next event for which this holds.
    fn find(&mut self, mut wanted: impl FnMut(&Event) -> bool) -> Event {
        loop {
            let event = self.next();
            if wanted(&event) {
                return event;
            }
        }
    }
}

/// `oneiric studio` in this folder, not started yet.
fn command(folder: &Path) -> Command {
    let mut command = oneiric();
    command.args(["studio", "--no-open", "--data"]).arg(folder).stdin(Stdio::null());
    command.env("ONEIRIC_NETWORKS", folder.join("networks"));
    command
}

fn oneiric() -> Command {
    Command::new(env!("CARGO_BIN_EXE_oneiric"))
}

/// Settings of a dream that is finished soon.
fn quick() -> Value {
    json!({ "octaves": 2, "iterations": 2 })
}

/// Settings of a dream that is long enough to be observed while it runs.
fn long() -> Value {
    json!({ "octaves": 3, "iterations": 2000 })
}

/// The bytes of a PNG with a few soft blobs of colour.
fn photo(width: usize, height: usize) -> Vec<u8> {
    let value = |i: usize| {
        let (x, y, c) = (i / 3 % width, i / 3 / width, i % 3);
        0.5 + 0.4 * (x as f32 * 0.21 + c as f32).sin() * (y as f32 * 0.17 - c as f32).cos()
    };
    let picture = Picture::new(width, height, (0..width * height * 3).map(value).collect()).unwrap();
    picture.encode(Format::Png, 90).unwrap()
}
