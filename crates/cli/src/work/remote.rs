//! `oneiric dream --server URL`: dreams in the queue of a studio, here or on another computer.

use std::fmt::Display;
use std::path::Path;
use std::time::Duration;

use oneiric::recipe::find;
use oneiric::{Limits, Picture};
use oneiric_studio::wire::{
    CancelRequest, DreamPlaces, DreamRequest, JobState, JobView, LandscapeRequest, LoginRequest, LookSettings,
    PictureView, Problem,
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use ureq::http::{Request, Response, StatusCode};
use ureq::{Agent, AsSendBody, Body};

use crate::args::DreamArgs;
use crate::terminal::failure::Failure;
use crate::terminal::interrupt;
use crate::terminal::progress::Bar;
use crate::terminal::stderr::warn;
use crate::work::destination::{Destination, Records};
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
    quiet: bool,
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
    if args.recipe.is_some() || args.no_recipe || args.partial || args.memory.is_some() || args.threads.is_given() {
        let why = "--server cannot be used with --recipe, --no-recipe, --partial, --memory or --threads: the studio decides \
                   about memory, threads, recipes and truncated pictures";
        return Err(Failure::input(why));
    }
    if args.keep_metadata {
        return Err(Failure::input(
            "--keep-metadata cannot be used with --server: the studio's dreams have no metadata of the photo",
        ));
    }
    if args.output.is_deep() {
        return Err(Failure::input(
            "--depth 16 cannot be used with --server: the studio's dreams have 8 bits a channel",
        ));
    }
    // Check everything that can be checked here before anything is sent.
    let settings = args.settings.settings(None)?.with_guide(args.guide.is_some())?;
    let server = Server::open(url, args.output.quiet)?;
    let photo = match &source {
        Source::Landscape => server.landscape(settings.seed, args.size)?,
        source => server.upload(source)?,
    };
    let guide = args.guide.as_deref().map(|path| server.upload(&Source::from_argument(Some(path)))).transpose()?;
    let upload = |source: &Source| Ok(server.upload(source)?.id);
    let places = args.places.to_request(args.settings.is_look(), upload)?;
    let request = DreamRequest {
        photo: photo.id,
        name: None,
        look: LookSettings::from(&*args.settings),
        places: DreamPlaces { guide: guide.map(|guide| guide.id), ..places },
        size: args.size,
        parent: None,
    };
    let JobView { id, .. } = server.send("/api/jobs", &request)?;
    let bar = Bar::new(args.output.quiet);
    interrupt::catch();
    let dream = server.follow(&id, &bar)?;
    let time = bar.finish();
    let bytes = server.file(&format!("/api/dreams/{dream}/file"))?;
    let (picture, recipe) = (Picture::read(&bytes, &Limits::default())?, find(&bytes)?);
    let report = Report { server: &server.url, job: &id };
    let records = Records { recipe: recipe.as_deref(), metadata: None };
    destination.deliver(&picture, &records, &args.output, Some(time), report)
}

impl Server {
    fn open(url: &str, quiet: bool) -> Result<Self, Failure> {
        let url = url.trim_end_matches('/').to_owned();
        if !url.starts_with("http://") && !url.starts_with("https://") {
            return Err(Failure::input(format!(
                "'{url}' is not the address of a studio; write it like http://127.0.0.1:8600"
            )));
        }
        // The body of an error response contains the reason.
        let agent = Agent::config_builder().http_status_as_error(false).build().into();
        let mut server = Self { url, agent, cookie: None, quiet };
        if let Ok(password) = std::env::var(PASSWORD) {
            let answer = server.post("/api/login", &LoginRequest { password })?;
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
        let problem = answer.body_mut().read_json::<Problem>();
        let why = problem.map_or_else(|_| answer.status().to_string(), |problem| problem.detail);
        Err(match answer.status() {
            StatusCode::UNAUTHORIZED => Failure::input(format!("the studio: {why}; set {PASSWORD} to the password")),
            status if status.is_server_error() => Failure::internal(format!("the studio: {why}")),
            _ => Failure::input(format!("the studio: {why}")),
        })
    }

    fn no_response(&self, error: impl Display) -> Failure {
        Failure::internal(format!("no studio responds at {} ({error}); start one with `oneiric studio`", self.url))
    }

    fn read<T: DeserializeOwned>(&self, mut answer: Response<Body>) -> Result<T, Failure> {
        answer.body_mut().read_json().map_err(|e| match e {
            ureq::Error::Json(e) => Failure::internal(format!(
                "cannot read the studio's answer ({e}); it may be another version of Oneiric"
            )),
            e => self.no_response(e),
        })
    }

    fn post(&self, path: &str, body: &impl Serialize) -> Result<Response<Body>, Failure> {
        let body = serde_json::to_vec(body).map_err(|e| Failure::internal(e.to_string()))?;
        self.request("POST", path, Some("application/json"), &body[..])
    }

    fn send<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T, Failure> {
        self.read(self.post(path, body)?)
    }

    /// Lets the studio draw a landscape.
    fn landscape(&self, seed: u64, size: Option<usize>) -> Result<PictureView, Failure> {
        let too_large = |_| Failure::input(format!("a studio draws landscapes of seeds up to {}", u32::MAX));
        self.send("/api/landscapes", &LandscapeRequest { seed: seed.try_into().map_err(too_large)?, size })
    }

    /// Uploads a picture. Prints warnings unless `quiet`.
    fn upload(&self, source: &Source) -> Result<PictureView, Failure> {
        let (name, bytes) = source.bytes()?;
        let name = utf8_percent_encode(&name, NON_ALPHANUMERIC);
        let kind = Some("application/octet-stream");
        let view: PictureView =
            self.read(self.request("POST", &format!("/api/pictures?name={name}"), kind, &bytes[..])?)?;
        if !self.quiet {
            warn(source.name(), &view.warnings);
        }
        Ok(view)
    }

    fn file(&self, path: &str) -> Result<Vec<u8>, Failure> {
        let mut answer = self.request("GET", path, None, ())?;
        answer.body_mut().with_config().limit(LARGEST).read_to_vec().map_err(|e| self.no_response(e))
    }

    /// Waits for the end of a job and shows its progress. Returns the id of its dream. Ctrl-C cancels the job.
    fn follow(&self, id: &str, bar: &Bar) -> Result<String, Failure> {
        loop {
            let job: JobView = self.read(self.request("GET", &format!("/api/jobs/{id}"), None, ())?)?;
            match (job.state, job.progress) {
                (JobState::Done, _) => {
                    return job.dream.ok_or_else(|| Failure::internal("the studio's job has no dream"));
                }
                (JobState::Failed, _) => {
                    let why = job.problem.map_or_else(|| "the dream failed".into(), |problem| problem.detail);
                    return Err(Failure::input(format!("the studio: {why}")));
                }
                (JobState::Cancelled, _) => return Err(Failure::stopped()),
                (JobState::Running, Some(progress)) => {
                    bar.show_part(format!("octave {}/{}", progress.octave, progress.octaves), progress.done);
                }
                (JobState::Running | JobState::Queued, _) => bar.show_work("waiting in the queue".into(), 0.0),
            }
            if interrupt::check().is_break() {
                self.post(&format!("/api/jobs/{id}/cancel"), &CancelRequest { keep: false })?;
                return Err(Failure::stopped());
            }
            interrupt::wait(POLL);
        }
    }
}
