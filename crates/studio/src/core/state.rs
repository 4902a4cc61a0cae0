//! The state that all handlers and workers share.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use oneiric::picture::PictureFile;
use oneiric::{Limits, memory};

use super::config::Config;
use super::decoding::DecodingMemory;
use super::explorer::Explorer;
use super::forecast::Forecasts;
use super::hub::Hub;
use super::metrics::Metrics;
use super::mime::mime;
use super::networks::StudioNetworks;
use super::password::Login;
use super::running::RunningJob;
use super::schedule::Scheduler;
use super::signal::WorkSignal;
use super::thumbnails::Thumbnails;
use super::token::token;
use super::views::{dream_view, job_view};
use super::visualizer::Visualizer;
use crate::store::{JobRecord, PictureRecord, Store};
use crate::wire::{FrameEvent, JobView, Problem, TrainingEvent, TrainingRun};

/// The state that all handlers and workers share.
pub struct StudioState {
    pub config: Config,
    /// The networks of all dreams.
    pub networks: Arc<StudioNetworks>,
    pub address: SocketAddr,
    pub store: Arc<Store>,
    pub hub: Arc<Hub>,
    pub scheduler: Arc<Scheduler>,
    pub decoding: Arc<DecodingMemory>,
    pub thumbnails: Thumbnails,
    pub explorer: Explorer,
    pub forecasts: Forecasts,
    pub visualizer: Visualizer,
    pub metrics: Metrics,
    pub login: Login,
    pub work: WorkSignal,
    pub running: RunningJob,
    /// Whether someone asked to end a job since the worker last checked.
    pub stop_requested: AtomicBool,
    closing: AtomicBool,
    publishing: Mutex<()>,
}

impl StudioState {
    /// Builds the state over an open store and a bound address.
    pub fn new(config: Config, login: Login, store: Store, address: SocketAddr) -> Self {
        let store = Arc::new(store);
        let hub = Arc::new(Hub::new(token()));
        let scheduler = Arc::new(Scheduler::new());
        let networks = Arc::new(StudioNetworks::new(config.networks.clone()));
        let half = || memory::available().unwrap_or(u64::MAX) / 2;
        let decoding = Arc::new(DecodingMemory::new(config.memory.unwrap_or_else(half)));
        Self {
            address,
            thumbnails: Thumbnails::new(store.clone(), decoding.clone(), networks.clone()),
            explorer: Explorer::default(),
            forecasts: Forecasts::default(),
            visualizer: Visualizer::new(
                store.cache().join("channels"),
                hub.clone(),
                scheduler.clone(),
                networks.clone(),
            ),
            networks,
            metrics: Metrics::new(),
            login,
            work: WorkSignal::default(),
            running: RunningJob::default(),
            stop_requested: AtomicBool::new(false),
            closing: AtomicBool::new(false),
            decoding,
            publishing: Mutex::new(()),
            config,
            store,
            hub,
            scheduler,
        }
    }

    /// Whether the studio is closing.
    pub fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Relaxed)
    }

    /// Ends the workers.
    pub fn close(&self) {
        self.closing.store(true, Ordering::Relaxed);
        self.work.notify();
        self.visualizer.close();
    }

    /// Checks that the pictures take less than the disk quota.
    ///
    /// # Errors
    /// A full quota; a database error.
    pub fn check_disk_quota(&self) -> Result<(), Problem> {
        let full = "Disk quota reached: delete some dreams, or raise the quota with --disk.";
        if self.store.bytes()? < self.config.disk { Ok(()) } else { Err(Problem::disk_full(full)) }
    }

    /// Stores a picture file and records it. Returns its id.
    ///
    /// # Errors
    /// Bytes that are not a picture; a full disk; a database error.
    pub fn store_picture(&self, bytes: &[u8], name: &str, recipe: Option<String>) -> Result<String, Problem> {
        let file = PictureFile::from_stream(name, bytes, &Limits::default())?;
        let (width, height) = file.size()?;
        let kind = mime(bytes)?.to_owned();
        let id = self.store.keep_bytes(bytes)?;
        self.store.add_picture(&PictureRecord {
            id: id.clone(),
            name: name.into(),
            kind,
            width,
            height,
            bytes: bytes.len() as u64,
            created: 0,
            recipe,
        })?;
        Ok(id)
    }

    /// Returns the view of a job, with its progress if it runs.
    pub fn job_view(&self, job: &JobRecord) -> JobView {
        job_view(job, self.running.get(job.id), &self.networks.all())
    }

    /// Held from reading a record to publishing it, so that the last published state is the latest.
    fn publishing(&self) -> MutexGuard<'_, ()> {
        self.publishing.lock().expect("nothing panics while it publishes")
    }

    /// Publishes the current state of a job.
    pub fn publish_job(&self, id: i64) {
        let _publishing = self.publishing();
        match self.store.job(id) {
            Ok(Some(job)) => self.hub.publish("job", &self.job_view(&job)),
            Ok(None) => {}
            Err(e) => tracing::error!("the database: {e}"),
        }
    }

    /// Publishes the current state of a dream.
    pub fn publish_dream(&self, id: i64) {
        let _publishing = self.publishing();
        match self.store.dream(id) {
            Ok(Some(dream)) => self.hub.publish("dream", &dream_view(&dream, &self.networks.all())),
            Ok(None) => {}
            Err(e) => tracing::error!("the database: {e}"),
        }
    }

    /// Publishes how far a training is.
    pub fn publish_training(&self, training: i64, run: TrainingRun) {
        self.hub.publish("training", &TrainingEvent { id: training.to_string(), run });
    }

    /// Reads the trained networks again, and publishes that they have changed.
    pub fn networks_changed(&self) {
        self.networks.reload();
        self.hub.publish("networks", &serde_json::json!({}));
    }

    /// Sets and publishes a frame of the running job.
    pub fn publish_frame(&self, job: i64, frame: Vec<u8>) {
        let version = self.running.set_frame(job, frame);
        self.hub.publish("frame", &FrameEvent { job: job.to_string(), version });
    }
}
