//! `oneiric dream --server URL`: dreams in the queue of a studio, here or on another computer.

use std::fmt::Display;
use std::path::Path;
use std::time::Duration;

use oneiric::recipe::find;
use oneiric::{Limits, Picture};
use oneiric_studio::wire::LookSettings;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde_json::{Value, json};
use ureq::http::{Request, Response, StatusCode};
use ureq::{Agent, AsSendBody, Body};

use crate::args::DreamArgs;
use crate::terminal::failure::Failure;
use crate::terminal::interrupt;
use crate::terminal::progress::Bar;
use crate::work::destination::Destination;
use crate::work::input::Source;

/// The environment variable with the password of the studio.
const PASSWORD: &str = "ONEIRIC_PASSWORD";
/// How often the progress of the job is requested.
const POLL: Duration = Duration::from_millis(250);
/// Largest file that is downloaded, in bytes.
const LARGEST: u64 = 1 << 30;

/// A studio at a URL.
struct Server {
    url: String,
    agent: Agent,
    /// The session cookie, after a login.
    cookie: Option<String>,
}

#[derive(Serialize)]
struct Report<'a> {
    server: &'a str,
    job: &'a str,
}

/// Dreams on a picture in the studio at `url`, and downloads the result.
pub fn run(url: &str, picture: Option<&Path>, out: Option<&Path>, args: &DreamArgs) -> Result<(), Failure> {
    let source = Source::from_argument(picture);
    let destination = Destination::check(out, &source, "dream", &args.output)?;
    if args.recipe.is_some() || args.no_recipe || args.memory.is_some() || args.threads.is_given() {
        let why = "--server cannot be used with --recipe, --no-recipe, --memory or --threads: the studio decides about \
                   memory, threads and recipes";
        return Err(Failure::input(why));
    }
    // Check everything that can be checked here before anything is sent.
    let settings = args.settings.settings(None)?.with_guide(args.guide.is_some())?;
    let server = Server::open(url)?;
    let photo = match &source {
        Source::Landscape => server.send("/api/skies", &json!({ "seed": settings.seed, "size": args.size }))?,
        source => server.upload(source)?,
    };
    let guide = args.guide.as_deref().map(|path| server.upload(&Source::from_argument(Some(path)))).transpose()?;
    let upload = |source: &Source| Ok(text(&server.upload(source)?, "id")?.to_owned());
    let mut places = args.places.to_request(args.settings.is_look(), upload)?;
    if let Some(guide) = &guide {
        places["guide"] = guide["id"].clone();
    }
    let look = LookSettings::from(&*args.settings);
    let request = json!({ "photo": photo["id"], "look": look, "places": places, "size": args.size });
    let job = server.send("/api/jobs", &request)?;
    let id = text(&job, "id")?.to_owned();
    let bar = Bar::new(args.output.quiet);
    interrupt::catch();
    let done = server.follow(&id, &bar)?;
    let time = bar.finish();
    let bytes = server.file(&format!("/api/dreams/{}/file", text(&done, "dream")?))?;
    let (picture, recipe) = (Picture::read(&bytes, &Limits::default())?, find(&bytes)?);
    let report = Report { server: &server.url, job: &id };
    destination.deliver(&picture, recipe.as_deref(), &args.output, Some(time), report)
}

impl Server {
    fn open(url: &str) -> Result<Self, Failure> {
        let url = url.trim_end_matches('/').to_owned();
        if !url.starts_with("http://") && !url.starts_with("https://") {
            return Err(Failure::input(format!(
                "'{url}' is not the address of a studio; write it like http://127.0.0.1:8600"
            )));
        }
        // The body of an error response contains the reason.
        let agent = Agent::config_builder().http_status_as_error(false).build().into();
        let mut server = Self { url, agent, cookie: None };
        if let Ok(password) = std::env::var(PASSWORD) {
            let body = json!({ "password": password }).to_string();
            let answer = server.request("POST", "/api/login", Some("application/json"), body)?;
            let cookie = answer.headers().get("set-cookie").and_then(|cookie| cookie.to_str().ok());
            server.cookie = cookie.and_then(|cookie| Some(cookie.split_once(';')?.0.to_owned()));
        }
        Ok(server)
    }

    fn request(
        &self,
        method: &str,
        path: &str,
        kind: Option<&str>,
        body: impl AsSendBody,
    ) -> Result<Response<Body>, Failure> {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.url));
        for (name, value) in [("content-type", kind), ("cookie", self.cookie.as_deref())] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        let request = request.body(body).map_err(|e| Failure::input(format!("{}: {e}", self.url)))?;
        let mut answer = self.agent.run(request).map_err(|e| self.no_response(e))?;
        if answer.status().is_success() {
            return Ok(answer);
        }
        let problem: Option<Value> = answer.body_mut().read_json().ok();
        let detail = problem.as_ref().and_then(|problem| problem["detail"].as_str());
        let why = detail.map_or_else(|| answer.status().to_string(), str::to_owned);
        Err(match answer.status() {
            StatusCode::UNAUTHORIZED => Failure::input(format!("the studio: {why}; set {PASSWORD} to the password")),
            status if status.is_server_error() => Failure::internal(format!("the studio: {why}")),
            _ => Failure::input(format!("the studio: {why}")),
        })
    }

    fn no_response(&self, error: impl Display) -> Failure {
        Failure::internal(format!("no studio responds at {} ({error}); start one with `oneiric studio`", self.url))
    }

    fn read(&self, mut answer: Response<Body>) -> Result<Value, Failure> {
        answer.body_mut().read_json().map_err(|e| self.no_response(e))
    }

    fn send(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        self.read(self.request("POST", path, Some("application/json"), body.to_string())?)
    }

    /// Uploads a picture and returns the studio's description of it.
    fn upload(&self, source: &Source) -> Result<Value, Failure> {
        let (name, bytes) = source.bytes()?;
        let name = utf8_percent_encode(&name, NON_ALPHANUMERIC);
        let kind = Some("application/octet-stream");
        self.read(self.request("POST", &format!("/api/pictures?name={name}"), kind, &bytes[..])?)
    }

    fn file(&self, path: &str) -> Result<Vec<u8>, Failure> {
        let mut answer = self.request("GET", path, None, ())?;
        answer.body_mut().with_config().limit(LARGEST).read_to_vec().map_err(|e| self.no_response(e))
    }

    /// Waits for the end of a job and shows its progress. Ctrl-C cancels it.
    fn follow(&self, id: &str, bar: &Bar) -> Result<Value, Failure> {
        loop {
            let job = self.read(self.request("GET", &format!("/api/jobs/{id}"), None, ())?)?;
            match (text(&job, "state")?, &job["progress"]) {
                ("done", _) => return Ok(job),
                ("failed", _) => {
                    let why = job["problem"]["detail"].as_str().unwrap_or("unknown reason");
                    return Err(Failure::input(format!("the studio: {why}")));
                }
                ("cancelled", _) => return Err(Failure::stopped()),
                ("running", Value::Object(progress)) => {
                    let work = format!("octave {}/{}", progress["octave"], progress["octaves"]);
                    bar.show_part(work, progress["done"].as_f64().unwrap_or_default());
                }
                _ => bar.show_work("waiting in the queue".into(), 0.0),
            }
            if interrupt::check().is_break() {
                self.send(&format!("/api/jobs/{id}/cancel"), &json!({ "keep": false }))?;
                return Err(Failure::stopped());
            }
            interrupt::wait(POLL);
        }
    }
}

fn text<'a>(value: &'a Value, name: &str) -> Result<&'a str, Failure> {
    let missing =
        || Failure::internal(format!("the studio's response has no '{name}'; it may be another version of Oneiric"));
    value[name].as_str().ok_or_else(missing)
}
