//! The studio as a whole: what is kept, who works, and what they share.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use tokio::net::TcpListener;

use crate::api::{Shown, told_dream, told_job};
use crate::clock::now;
use crate::explorer::Explorer;
use crate::hub::Hub;
use crate::metrics::Metrics;
use crate::password::{Login, PasswordError};
use crate::problem::Problem;
use crate::server;
use crate::store::{Store, StoreError};
use crate::turns::Turns;
use crate::views::Views;
use crate::visualizer::Visualizer;
use crate::worker;

/// How long deleted dreams can be brought back, and how long pictures are kept that nothing needs, in milliseconds.
const DELETED: i64 = 30 * 24 * 3600 * 1000;
const UNUSED: i64 = 24 * 3600 * 1000;
/// How often a worker looks for jobs whose worker was not heard of.
const LOOKED: Duration = Duration::from_secs(10);
/// How many ports after the wanted one are tried.
const PORTS: u16 = 100;

/// How a studio is set up.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where everything is kept.
    pub folder: PathBuf,
    /// The address to listen on.
    pub address: IpAddr,
    /// The port: the next free one is taken where it is not free.
    pub port: u16,
    /// Names by which others may ask for it, beside its address.
    pub hosts: Vec<String>,
    /// The hash of a password, see [`hash_password`](crate::hash_password). Without one the address has to be of this machine.
    pub password: Option<String>,
    /// Most bytes of an upload.
    pub upload: u64,
    /// Most jobs that wait.
    pub queue: usize,
    /// Most bytes of all pictures together.
    pub disk: u64,
}

impl Config {
    /// A studio for this machine alone, with everything in `folder`.
    pub fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            address: IpAddr::from([127, 0, 0, 1]),
            port: 8600,
            hosts: Vec::new(),
            password: None,
            upload: 200_000_000,
            queue: 1000,
            disk: 50_000_000_000,
        }
    }
}

/// Why a studio cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Its folder.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Its password.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// No port.
    #[error("no port of {0} from {1} on can be listened on ({2}); give another with --port")]
    Port(IpAddr, u16, std::io::Error),
    /// Everyone could use it.
    #[error("{0} can be reached from other machines, so a password is needed: add --password-file FILE")]
    NoPassword(IpAddr),
}

/// A studio that listens.
pub struct Studio {
    inner: Arc<Inner>,
    listener: TcpListener,
}

/// What everyone shares.
pub struct Inner {
    pub config: Config,
    pub address: SocketAddr,
    pub store: Arc<Store>,
    pub hub: Arc<Hub>,
    pub turns: Arc<Turns>,
    pub views: Views,
    pub explorer: Explorer,
    pub visualizer: Visualizer,
    pub metrics: Metrics,
    pub login: Login,
    pub work: Bell,
    pub live: LiveJob,
    /// Whether someone asked for the end of a job since the worker looked.
    pub stops: AtomicBool,
    closing: AtomicBool,
    telling: Mutex<()>,
}

impl Studio {
    /// Opens the folder and a port.
    ///
    /// # Errors
    /// A folder that cannot be used, no free port, an address that others can reach without a password.
    pub async fn open(config: Config) -> Result<Self, OpenError> {
        if !config.address.is_loopback() && config.password.is_none() {
            return Err(OpenError::NoPassword(config.address));
        }
        let login = Login::new(config.password.as_deref())?;
        let store = Arc::new(Store::open(&config.folder)?);
        match store.clean(now() - DELETED, now() - UNUSED) {
            Ok(0) => {}
            Ok(count) => tracing::info!("{count} pictures that nothing needs were removed"),
            Err(e) => tracing::warn!("nothing could be cleaned: {e}"),
        }
        let listener = listen(&config).await?;
        let address = listener.local_addr().map_err(|e| OpenError::Port(config.address, config.port, e))?;
        let hub = Arc::new(Hub::new(token()));
        let turns = Arc::new(Turns::new());
        let inner = Inner {
            address,
            views: Views::new(store.clone()),
            explorer: Explorer::default(),
            visualizer: Visualizer::new(store.cache().join("channels"), hub.clone(), turns.clone()),
            metrics: Metrics::new(),
            login,
            work: Bell::default(),
            live: LiveJob::default(),
            stops: AtomicBool::new(false),
            closing: AtomicBool::new(false),
            telling: Mutex::new(()),
            config,
            store,
            hub,
            turns,
        };
        Ok(Self { inner: Arc::new(inner), listener })
    }

    /// The address and port that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.inner.address
    }

    /// Serves until `stop` ends; then a dream that runs is kept, to go on the next time.
    ///
    /// # Errors
    /// What the system reports.
    pub async fn serve(self, stop: impl Future<Output = ()>) -> std::io::Result<()> {
        let Self { inner, listener } = self;
        let (dreaming, imagining) = (inner.clone(), inner.clone());
        let dreaming = thread::Builder::new().name("worker".into()).spawn(move || worker::run(&dreaming))?;
        let imagining = thread::Builder::new().name("visualizer".into()).spawn(move || imagining.visualizer.run())?;
        server::serve(&inner, listener, stop).await;
        inner.close();
        let ended = tokio::task::spawn_blocking(move || (dreaming.join().is_ok(), imagining.join().is_ok()));
        if !matches!(ended.await, Ok((true, true))) {
            tracing::error!("a worker has panicked");
        }
        Ok(())
    }
}

async fn listen(config: &Config) -> Result<TcpListener, OpenError> {
    let mut port = config.port;
    loop {
        match TcpListener::bind((config.address, port)).await {
            Ok(listener) => return Ok(listener),
            Err(e)
                if e.kind() == std::io::ErrorKind::AddrInUse
                    && port != 0
                    && port < config.port.saturating_add(PORTS) =>
            {
                port += 1;
            }
            Err(e) => return Err(OpenError::Port(config.address, config.port, e)),
        }
    }
}

/// A random text that nobody guesses.
pub fn token() -> String {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).expect("every system has random numbers");
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Inner {
    /// Whether the studio closes.
    pub fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Relaxed)
    }

    /// Whether pictures may be added.
    ///
    /// # Errors
    /// If there are as many bytes of them as there may be.
    pub fn has_room(&self) -> Result<(), Problem> {
        let full = "The studio holds as much as it may; delete some dreams, or give it more with --disk.";
        if self.store.bytes()? < self.config.disk { Ok(()) } else { Err(Problem::no_room(full)) }
    }

    fn close(&self) {
        self.closing.store(true, Ordering::Relaxed);
        self.work.ring();
        self.visualizer.close();
    }

    /// A token for a claim.
    pub fn new_token(&self) -> String {
        token()
    }

    /// Nothing is told while this is held, so that what was read last is told last.
    fn telling(&self) -> MutexGuard<'_, ()> {
        self.telling.lock().expect("nothing panics while it tells")
    }

    /// Tells all who watch how a job is.
    pub fn tell_job(&self, id: i64) {
        let _telling = self.telling();
        match self.store.job(id) {
            Ok(Some(job)) => self.hub.tell("job", &told_job(self, &job)),
            Ok(None) => {}
            Err(e) => tracing::error!("the database: {e}"),
        }
    }

    /// Tells all who watch how a dream is.
    pub fn tell_dream(&self, id: i64) {
        let _telling = self.telling();
        match self.store.dream(id) {
            Ok(Some(dream)) => self.hub.tell("dream", &told_dream(&dream)),
            Ok(None) => {}
            Err(e) => tracing::error!("the database: {e}"),
        }
    }
}

/// Wakes the worker when there may be work.
#[derive(Default)]
pub struct Bell {
    rung: Mutex<u64>,
    changed: Condvar,
}

impl Bell {
    fn rung(&self) -> MutexGuard<'_, u64> {
        self.rung.lock().expect("nothing panics while it holds the bell")
    }

    /// There may be work.
    pub fn ring(&self) {
        *self.rung() += 1;
        self.changed.notify_all();
    }

    /// How often it was rung.
    pub fn seen(&self) -> u64 {
        *self.rung()
    }

    /// Waits until it is rung again, or for a while.
    pub fn wait(&self, seen: u64) {
        drop(self.changed.wait_timeout_while(self.rung(), LOOKED, |rung| *rung == seen));
    }
}

/// The job that is dreamed, as it is.
#[derive(Default)]
pub struct LiveJob(Mutex<Option<Live>>);

/// How far a job is.
#[derive(Clone, Default)]
pub struct Live {
    job: i64,
    /// How far.
    pub progress: Option<Shown>,
    /// The number of its last frame, from 1 on.
    pub version: u64,
    /// That frame, a JPEG file.
    pub frame: Arc<[u8]>,
}

impl Live {
    /// A new frame.
    pub fn show(frame: Vec<u8>) -> impl FnOnce(&mut Self) {
        move |live| {
            live.version += 1;
            live.frame = frame.into();
        }
    }
}

impl LiveJob {
    fn lock(&self) -> MutexGuard<'_, Option<Live>> {
        self.0.lock().expect("nothing panics while it holds the job that runs")
    }

    /// How far this job is, if it is dreamed.
    pub fn of(&self, job: i64) -> Option<Live> {
        self.lock().clone().filter(|live| live.job == job)
    }

    /// Changes what is known of this job; the number of its last frame.
    pub fn set(&self, change: impl FnOnce(&mut Live), job: i64) -> u64 {
        let mut live = self.lock();
        let known = live.take().filter(|live| live.job == job);
        let mut new = known.unwrap_or_else(|| Live { job, ..Live::default() });
        change(&mut new);
        let version = new.version;
        *live = Some(new);
        version
    }

    /// Nothing is dreamed any more.
    pub fn clear(&self) {
        *self.lock() = None;
    }
}
