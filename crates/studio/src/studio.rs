//! Opens a studio and runs it: the server and the two workers.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::net::TcpListener;

use crate::api::serve;
use crate::core::{Classroom, Config, Login, PasswordError, Spaces, StudioState, addresses, run_worker};
use crate::store::{Store, StoreError, now};

/// How long a deleted dream can be restored, and how long an unused picture is kept, in milliseconds.
const DELETED: i64 = 30 * 24 * 3600 * 1000;
const UNUSED: i64 = 24 * 3600 * 1000;
/// How many ports after the wanted one are tried.
const PORTS: u16 = 100;

/// Why a studio cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The password.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// No free port.
    #[error("cannot listen on {0} at port {1} or the {PORTS} after it ({2}); choose another with --port")]
    Port(IpAddr, u16, std::io::Error),
    /// A public address without a password.
    #[error("other machines can reach {0}, so a password is required; add --password-file FILE")]
    NoPassword(IpAddr),
}

/// A studio that listens on a port.
pub struct Studio {
    spaces: Arc<Spaces>,
    listener: TcpListener,
}

/// The ways into a class.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// Addresses at which other machines may reach the studio, the most likely first, such as `http://192.168.1.20:8600`.
    pub addresses: Vec<String>,
    /// The code of the class: six digits.
    pub code: String,
    /// The path that opens the studio as the teacher.
    pub teacher: String,
}

impl Studio {
    /// Opens the folder and a port.
    ///
    /// # Errors
    /// A folder that cannot be used; no free port; an address that others can reach without a password.
    pub async fn open(config: Config) -> Result<Self, OpenError> {
        if !config.address.is_loopback() && config.password.is_none() && !config.classroom {
            return Err(OpenError::NoPassword(config.address));
        }
        let login = Login::new(config.password.as_deref())?;
        let store = Store::open(&config.folder)?;
        match store.clean(now() - DELETED, now() - UNUSED) {
            Ok(0) => {}
            Ok(count) => tracing::info!("removed {count} unused pictures"),
            Err(e) => tracing::warn!("cannot remove unused pictures: {e}"),
        }
        let listener = listen(&config).await?;
        let address = listener.local_addr().map_err(|e| OpenError::Port(config.address, config.port, e))?;
        let is_class = config.classroom;
        let main = Arc::new(StudioState::new(config, login, store, address));
        main.networks.clean(Duration::from_millis(DELETED as u64));
        let classroom = if is_class { Some(Classroom::open(main.clone())?) } else { None };
        Ok(Self { spaces: Arc::new(Spaces::new(main, classroom)), listener })
    }

    /// Returns the address and port that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.spaces.main().address
    }

    /// Returns the ways into the class, if the studio is open to one.
    pub fn invitation(&self) -> Option<Invitation> {
        let classroom = self.spaces.classroom()?;
        let addresses = addresses(self.address(), &self.spaces.main().config.hosts);
        Some(Invitation { addresses, code: classroom.code(), teacher: format!("/join#{}", classroom.key()) })
    }

    /// Serves until `stop` completes. A dream that is running then is saved and continues the next time.
    ///
    /// # Errors
    /// A thread that cannot be started.
    pub async fn serve(self, stop: impl Future<Output = ()>) -> std::io::Result<()> {
        let Self { spaces, listener } = self;
        let (class, dreaming, visualizing) = (spaces.clone(), spaces.clone(), spaces.main().clone());
        let dreaming = thread::Builder::new().name("worker".into()).spawn(move || run_worker(&dreaming))?;
        let visualizing =
            thread::Builder::new().name("visualizer".into()).spawn(move || visualizing.visualizer.run())?;
        serve(&spaces, listener, stop).await;
        let ended = tokio::task::spawn_blocking(move || (dreaming.join().is_ok(), visualizing.join().is_ok()));
        if !matches!(ended.await, Ok((true, true))) {
            tracing::error!("a worker has panicked");
        }
        if let Some(classroom) = class.classroom() {
            classroom.delete_folder();
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
