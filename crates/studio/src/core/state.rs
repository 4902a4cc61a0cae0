//! The state that all handlers and workers share.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use oneiric::picture::PictureFile;
use oneiric::{Limits, memory};
use tempfile::TempDir;

use super::config::Config;
use super::decoding::DecodingMemory;
use super::explorer::Explorer;
use super::forecast::Forecasts;
use super::hub::Hub;
use super::lessons::Lessons;
use super::loops::Loops;
use super::metrics::Metrics;
use super::mime::mime;
use super::networks::StudioNetworks;
use super::password::Login;
use super::patches::Patches;
use super::running::RunningJob;
use super::schedule::Scheduler;
use super::signal::WorkSignal;
use super::thumbnails::{PictureCache, Thumbnails};
use super::token::token;
use super::views::{dream_view, job_view};
use super::visualizer::Visualizer;
use crate::store::{JobRecord, PictureRecord, Store, StoreError, now};
use crate::wire::{FrameEvent, JobView, Problem, TrainingEvent, TrainingRun};

/// The number of pictures in memory, for one person and for a class.
const KEPT: usize = 6;
const KEPT_FOR_CLASS: usize = 32;
/// The folder of views and previews, those of visualizations of channels, and next to them that of best patches.
const VIEWS: &str = "views";
const PATCHES: &str = "patches";
const CHANNELS: &str = "channels";
/// When a visitor's space is full, its unused pictures that are older than this are removed, in milliseconds.
const UNUSED: i64 = 20 * 60 * 1000;

/// The state that handlers and workers share. A class has several: the teacher's and one for each visitor. What takes
/// processors and memory belongs to all of them together; what someone has made belongs to one.
pub struct StudioState {
    /// 0, or the number of the visitor.
    pub number: u32,
    pub config: Config,
    /// The networks of all dreams.
    pub networks: Arc<StudioNetworks>,
    pub address: SocketAddr,
    pub store: Arc<Store>,
    pub hub: Arc<Hub>,
    pub scheduler: Arc<Scheduler>,
    pub decoding: Arc<DecodingMemory>,
    pub thumbnails: Thumbnails,
    pub explorer: Arc<Explorer>,
    pub lessons: Arc<Lessons>,
    pub loops: Arc<Loops>,
    pub forecasts: Arc<Forecasts>,
    pub visualizer: Visualizer,
    pub patches: Patches,
    pub metrics: Arc<Metrics>,
    pub login: Login,
    pub work: Arc<WorkSignal>,
    pub running: RunningJob,
    /// Whether someone asked to end a job since the worker last checked.
    pub stop_requested: AtomicBool,
    closing: AtomicBool,
    publishing: Mutex<()>,
    /// The folder of the zoo's visualizations, and whose turn it is to make one.
    channels: PathBuf,
    visualizing: Arc<Mutex<()>>,
    pictures: Arc<PictureCache>,
    /// A visitor's folder, which is deleted when nothing uses the space any more.
    _folder: Option<TempDir>,
}

/// What the spaces of a class share.
struct Shared {
    scheduler: Arc<Scheduler>,
    decoding: Arc<DecodingMemory>,
    explorer: Arc<Explorer>,
    lessons: Arc<Lessons>,
    loops: Arc<Loops>,
    forecasts: Arc<Forecasts>,
    metrics: Arc<Metrics>,
    work: Arc<WorkSignal>,
    pictures: Arc<PictureCache>,
    /// The folder of views and previews.
    views: PathBuf,
    channels: PathBuf,
    visualizing: Arc<Mutex<()>>,
}

/// What belongs to one space.
struct Own {
    number: u32,
    config: Config,
    login: Login,
    store: Store,
    address: SocketAddr,
    folder: Option<TempDir>,
}

impl StudioState {
    /// Builds the state over an open store and a bound address.
    pub fn new(config: Config, login: Login, store: Store, address: SocketAddr) -> Self {
        let half = || memory::available().unwrap_or(u64::MAX) / 2;
        let shared = Shared {
            scheduler: Arc::new(Scheduler::new()),
            decoding: Arc::new(DecodingMemory::new(config.memory.unwrap_or_else(half))),
            explorer: Arc::default(),
            lessons: Arc::default(),
            loops: Arc::default(),
            forecasts: Arc::default(),
            metrics: Arc::new(Metrics::new()),
            work: Arc::default(),
            pictures: Arc::new(PictureCache::new(if config.classroom { KEPT_FOR_CLASS } else { KEPT })),
            views: store.cache().join(VIEWS),
            channels: store.cache().join(CHANNELS),
            visualizing: Arc::default(),
        };
        Self::with(Own { number: 0, config, login, store, address, folder: None }, shared)
    }

    /// Builds the space of a visitor in a folder of its own. Its jobs have numbers above `first`. Views and previews are in the
    /// folder `views`, which a class shares: they are named by what they are made of, and only who has the picture asks for them.
    ///
    /// # Errors
    /// A folder that cannot be used.
    pub fn of_visitor(&self, number: u32, first: i64, folder: TempDir, views: PathBuf) -> Result<Self, StoreError> {
        let config = self.config.of_visitor(folder.path().to_owned());
        let store = Store::open(&config.folder)?;
        store.number_above(first).map_err(|e| StoreError::Database(config.folder.clone(), e))?;
        let shared = Shared {
            scheduler: Arc::new(self.scheduler.of_visitor()),
            decoding: self.decoding.clone(),
            explorer: self.explorer.clone(),
            lessons: self.lessons.clone(),
            loops: self.loops.clone(),
            forecasts: self.forecasts.clone(),
            metrics: self.metrics.clone(),
            work: self.work.clone(),
            pictures: self.pictures.clone(),
            views,
            channels: self.channels.clone(),
            visualizing: self.visualizing.clone(),
        };
        let (login, address) = (Login::default(), self.address);
        Ok(Self::with(Own { number, config, login, store, address, folder: Some(folder) }, shared))
    }

    fn with(own: Own, shared: Shared) -> Self {
        let Own { number, config, login, store, address, folder } = own;
        let Shared { scheduler, decoding, explorer, lessons, loops, forecasts, metrics, work, .. } = shared;
        let Shared { pictures, views, channels, visualizing, .. } = shared;
        let store = Arc::new(store);
        let hub = Arc::new(Hub::new(token()));
        let networks = Arc::new(StudioNetworks::new(config.networks.clone()));
        let own_channels = store.cache().join(CHANNELS);
        Self {
            number,
            address,
            thumbnails: Thumbnails::new(store.clone(), views, pictures.clone(), decoding.clone(), networks.clone()),
            explorer,
            lessons,
            loops,
            forecasts,
            visualizer: Visualizer::new(
                [channels.clone(), own_channels],
                visualizing.clone(),
                hub.clone(),
                scheduler.clone(),
                networks.clone(),
            ),
            patches: Patches::new(channels.with_file_name(PATCHES), networks.clone()),
            networks,
            metrics,
            login,
            work,
            running: RunningJob::default(),
            stop_requested: AtomicBool::new(false),
            closing: AtomicBool::new(false),
            decoding,
            publishing: Mutex::new(()),
            channels,
            visualizing,
            pictures,
            config,
            store,
            hub,
            scheduler,
            _folder: folder,
        }
    }

    /// Whether the studio is closing.
    pub fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Relaxed)
    }

    /// Ends the workers and the streams of events.
    pub fn close(&self) {
        self.closing.store(true, Ordering::Relaxed);
        self.hub.close();
        self.work.notify();
        self.visualizer.close();
    }

    /// Forgets the small pictures and activations in memory.
    pub fn forget_pictures(&self) {
        self.pictures.clear();
        self.explorer.clear();
    }

    /// Checks that there is room for another picture.
    ///
    /// # Errors
    /// A full quota; a database error.
    pub fn check_disk_quota(&self) -> Result<(), Problem> {
        let is_full = || {
            let (bytes, pictures) = self.store.bytes()?;
            Ok::<_, Problem>(bytes >= self.config.disk || pictures >= self.config.pictures)
        };
        if !is_full()? {
            return Ok(());
        }
        if self.number == 0 {
            let full = "Disk quota reached: delete some dreams, or raise the quota with --disk.";
            return Err(Problem::disk_full(full));
        }
        // A lesson is too short for deleted dreams to wait.
        self.store.clean(now(), now() - UNUSED)?;
        if is_full()? { Err(Problem::disk_full("Your space is full: delete some of your dreams.")) } else { Ok(()) }
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
