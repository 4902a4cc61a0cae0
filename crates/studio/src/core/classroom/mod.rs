//! A class: many visitors on one machine, each with a space that ends with the lesson.
//!
//! Nobody has a log-in name. Who gives the code of the class becomes a visitor, who gives the key becomes the teacher; a cookie
//! with a random token remembers that. The studio names visitors after coloured animals.

mod addresses;
mod names;
mod wall;

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::state::StudioState;
use super::token::token;
use crate::store::StoreError;
use crate::wire::VisitorName;

pub use addresses::addresses;
pub use wall::{Wall, WallEntry, WallError};

/// The cookie that holds the token of a member.
pub const SEAT_COOKIE: &str = "oneiric_seat";
/// The most visitors at once.
const VISITORS: usize = 60;
/// The digits of a code.
const DIGITS: usize = 6;
/// The most wrong codes from one address within this time.
const TRIES: usize = 10;
const WITHIN: Duration = Duration::from_secs(60);
/// The folders of the spaces and of their views, in the folder of the class.
const SPACE: &str = "visitor-";
const VIEWS: &str = "views";
/// The numbers of jobs that a visitor may use up.
const NUMBERS: i64 = 1_000_000;

/// A class. It is over when the teacher ends it, or when the studio closes.
pub struct Classroom {
    teacher: Arc<StudioState>,
    /// What the teacher gives at the door.
    key: String,
    /// The jobs of the first visitor have numbers above this one.
    first: i64,
    folder: PathBuf,
    door: Mutex<Door>,
    /// The wall of dreams that all see.
    pub wall: Wall,
}

struct Door {
    code: String,
    is_open: bool,
    is_paused: bool,
    /// The number of visitors so far; the next one gets the next number.
    count: u32,
    visitors: BTreeMap<u32, Arc<Visitor>>,
    /// The members by their tokens; the teacher has no number.
    seats: HashMap<String, Option<u32>>,
    /// From where and when wrong codes were given lately.
    wrong: Vec<(IpAddr, Instant)>,
}

/// Somebody in the class.
pub struct Visitor {
    /// From 1.
    pub number: u32,
    /// What the studio calls them.
    pub name: VisitorName,
    /// Their space.
    pub studio: Arc<StudioState>,
}

/// A member of a class.
#[derive(Clone)]
pub struct Member {
    /// The class.
    pub classroom: Arc<Classroom>,
    /// The visitor; `None` for the teacher.
    pub visitor: Option<Arc<Visitor>>,
}

impl Member {
    /// The number of the visitor.
    pub fn number(&self) -> Option<u32> {
        self.visitor.as_ref().map(|visitor| visitor.number)
    }

    /// Whether this is the teacher.
    pub fn is_teacher(&self) -> bool {
        self.visitor.is_none()
    }
}

/// Why somebody cannot join.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// Neither the code nor the key.
    #[error("This is not the code of the class.")]
    WrongCode,
    /// There were too many wrong codes lately; this one was not checked.
    #[error("Too many wrong codes; wait a minute.")]
    TooManyAttempts,
    /// The teacher has closed the class to newcomers.
    #[error("The class is closed to newcomers. Ask your teacher.")]
    Closed,
    /// There are too many visitors.
    #[error("The class is full: it has {VISITORS} visitors.")]
    Full,
    /// The space cannot be made.
    #[error("there is no place for your pictures ({0})")]
    NoSpace(String),
}

impl From<StoreError> for JoinError {
    fn from(error: StoreError) -> Self {
        Self::NoSpace(error.to_string())
    }
}

impl From<io::Error> for JoinError {
    fn from(error: io::Error) -> Self {
        Self::NoSpace(error.to_string())
    }
}

impl Classroom {
    /// Opens a class. What an earlier one left in the folder after a crash is deleted.
    ///
    /// # Errors
    /// A folder that cannot be used.
    pub fn open(teacher: Arc<StudioState>) -> Result<Self, StoreError> {
        let folder = teacher.config.folder.join("classroom");
        let failed = |e| StoreError::Io(folder.clone(), e);
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(failed)?;
        }
        fs::create_dir_all(folder.join(VIEWS)).map_err(failed)?;
        let door = Door {
            code: code(),
            is_open: true,
            is_paused: false,
            count: 0,
            visitors: BTreeMap::new(),
            seats: HashMap::new(),
            wrong: Vec::new(),
        };
        // Browsers keep pictures by the numbers of their dreams, and those of another lesson are others.
        let first = (random() % 1_000_000) as i64 * 1000 * NUMBERS;
        let (key, wall) = (token(), Wall::default());
        Ok(Self { teacher, key, first, folder, door: Mutex::new(door), wall })
    }

    fn door(&self) -> MutexGuard<'_, Door> {
        self.door.lock().expect("nothing panics while it holds the door")
    }

    /// The teacher's studio.
    pub fn teacher(&self) -> &StudioState {
        &self.teacher
    }

    /// What visitors give at the door: six digits.
    pub fn code(&self) -> String {
        self.door().code.clone()
    }

    /// What the teacher gives at the door.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Whether newcomers may join.
    pub fn is_open(&self) -> bool {
        self.door().is_open
    }

    /// Whether all visitors are to look at the teacher.
    pub fn is_paused(&self) -> bool {
        self.door().is_paused
    }

    /// All visitors, in the order of arrival.
    pub fn visitors(&self) -> Vec<Arc<Visitor>> {
        self.door().visitors.values().cloned().collect()
    }

    /// Returns the member whose token these cookies hold.
    pub fn member(self: &Arc<Self>, cookies: &str) -> Option<Member> {
        let seat = cookies.split(';').find_map(|cookie| cookie.trim().strip_prefix(SEAT_COOKIE)?.strip_prefix('='))?;
        let door = self.door();
        let visitor = match door.seats.get(seat)? {
            Some(number) => Some(door.visitors.get(number)?.clone()),
            None => None,
        };
        Some(Member { classroom: self.clone(), visitor })
    }

    /// Admits somebody from this address with the code or the key. Returns the token of the new member.
    ///
    /// # Errors
    /// A wrong code; a class that is closed or full; a folder that cannot be used.
    pub fn join(&self, code: &str, from: IpAddr) -> Result<String, JoinError> {
        let code: String = code.split_whitespace().collect();
        let number = {
            let mut door = self.door();
            let now = Instant::now();
            door.wrong.retain(|(_, at)| now.duration_since(*at) < WITHIN);
            if door.wrong.iter().filter(|(address, _)| *address == from).count() >= TRIES {
                return Err(JoinError::TooManyAttempts);
            }
            if code == self.key {
                let seat = token();
                door.seats.insert(seat.clone(), None);
                return Ok(seat);
            }
            if code != door.code {
                door.wrong.push((from, now));
                return Err(JoinError::WrongCode);
            }
            if !door.is_open {
                return Err(JoinError::Closed);
            }
            if door.visitors.len() >= VISITORS {
                return Err(JoinError::Full);
            }
            door.count += 1;
            door.count
        };
        let first = self.first + i64::from(number) * NUMBERS;
        let folder = tempfile::Builder::new().prefix(SPACE).tempdir_in(&self.folder)?;
        let studio = Arc::new(self.teacher.of_visitor(number, first, folder, self.folder.join(VIEWS))?);
        let visitor = Arc::new(Visitor { number, name: names::name(number), studio: studio.clone() });
        let seat = token();
        {
            let mut door = self.door();
            // The lesson may have ended meanwhile.
            if code != door.code {
                return Err(JoinError::WrongCode);
            }
            door.visitors.insert(number, visitor);
            door.seats.insert(seat.clone(), Some(number));
        }
        thread::Builder::new().name("visualizer".into()).spawn(move || studio.visualizer.run())?;
        self.changed();
        Ok(seat)
    }

    /// Opens the class to newcomers or closes it, and pauses or resumes it for all.
    pub fn change(&self, open: Option<bool>, paused: Option<bool>) {
        {
            let mut door = self.door();
            door.is_open = open.unwrap_or(door.is_open);
            door.is_paused = paused.unwrap_or(door.is_paused);
        }
        self.teacher.work.notify();
        self.changed();
    }

    /// Ends the lesson: deletes all spaces and the wall. The class is closed then, and has another code when it opens again.
    pub fn end(&self) {
        let visitors = {
            let mut door = self.door();
            (door.code, door.is_open, door.is_paused) = (code(), false, false);
            door.seats.retain(|_, visitor| visitor.is_none());
            std::mem::take(&mut door.visitors)
        };
        self.wall.clear();
        for visitor in visitors.into_values() {
            visitor.studio.hub.publish("ended", &serde_json::json!({}));
            visitor.studio.close();
            // Its folder is deleted with the last request that uses it.
        }
        self.teacher.forget_pictures();
        let views = self.folder.join(VIEWS);
        if let Err(e) = fs::remove_dir_all(&views).and_then(|()| fs::create_dir(&views)) {
            tracing::warn!("cannot empty {}: {e}", views.display());
        }
        self.teacher.work.notify();
        self.changed();
    }

    /// Deletes the folder, after the end.
    pub fn delete_folder(&self) {
        if let Err(e) = fs::remove_dir_all(&self.folder) {
            tracing::warn!("cannot delete {}: {e}", self.folder.display());
        }
    }

    /// Tells all pages that the class has changed.
    pub fn changed(&self) {
        self.publish("classroom", &serde_json::json!({}));
    }

    /// Publishes an event in all spaces.
    pub fn publish(&self, name: &'static str, data: &impl Serialize) {
        self.teacher.hub.publish(name, data);
        self.visitors().iter().for_each(|visitor| visitor.studio.hub.publish(name, data));
    }
}

/// Returns six random digits.
fn code() -> String {
    // 2^64 is so much larger that every code is as likely as any other.
    format!("{:0DIGITS$}", random() % 10_u64.pow(DIGITS as u32))
}

fn random() -> u64 {
    getrandom::u64().expect("every system has random numbers")
}
