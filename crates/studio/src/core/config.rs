//! The studio's configuration.

use std::net::IpAddr;
use std::path::PathBuf;

/// The configuration of a studio.
#[derive(Clone, Debug)]
pub struct Config {
    /// The folder of the database and the pictures.
    pub folder: PathBuf,
    /// The folder of trained networks.
    pub networks: PathBuf,
    /// The address to listen on.
    pub address: IpAddr,
    /// The port. If it is taken, the studio listens on the next free one.
    pub port: u16,
    /// Host names that requests may use in addition to the address.
    pub hosts: Vec<String>,
    /// The hash of a password, see [`hash_password`](crate::hash_password). Required unless the address is a loopback address.
    pub password: Option<String>,
    /// The most bytes of an upload.
    pub upload: u64,
    /// The most waiting jobs.
    pub queue: usize,
    /// The most bytes of memory for decoded pictures together; by default half of the memory that is free at the start. A
    /// running dream takes up to half of the memory that is free when it begins.
    pub memory: Option<u64>,
    /// The disk quota: the most bytes of all pictures together.
    pub disk: u64,
    /// The most pictures.
    pub pictures: usize,
    /// The most unfinished trainings.
    pub trainings: usize,
    /// Whether the studio is open to a class: every browser that gives the class's code gets a space of its own.
    pub classroom: bool,
}

impl Config {
    /// Returns the configuration of a studio for this machine alone that stores everything in `folder`, trained networks in
    /// its folder `networks`.
    pub fn new(folder: PathBuf) -> Self {
        Self {
            networks: folder.join("networks"),
            folder,
            address: IpAddr::from([127, 0, 0, 1]),
            port: 8600,
            hosts: Vec::new(),
            password: None,
            upload: 200_000_000,
            queue: 1000,
            memory: None,
            disk: 50_000_000_000,
            pictures: usize::MAX,
            trainings: usize::MAX,
            classroom: false,
        }
    }

    /// Returns the configuration of a visitor's space in this folder, with bounds that leave enough for a class.
    pub fn of_visitor(&self, folder: PathBuf) -> Self {
        Self {
            networks: folder.join("networks"),
            folder,
            upload: self.upload.min(40_000_000),
            queue: self.queue.min(5),
            disk: self.disk.min(300_000_000),
            pictures: 2000,
            trainings: 1,
            ..self.clone()
        }
    }
}
