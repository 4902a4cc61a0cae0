//! What each channel likes to see, made in the background and kept.

use std::collections::HashSet;
use std::fs;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};

use oneiric::imagine::{Imagination, Imagine};
use oneiric::objective::Term;
use oneiric::picture::write_file;
use oneiric::{Error, Format, Objective, SaveMode};

use oneiric_zoo::Networks;

use super::hub::Hub;
use super::schedule::Scheduler;
use crate::wire::{ChannelId, Problem};

/// Side in pixels and steps of a picture.
const SIDE: usize = 112;
const STEPS: usize = 128;
const QUALITY: u8 = 88;

/// Makes pictures of channels.
pub struct Visualizer {
    folder: PathBuf,
    hub: Arc<Hub>,
    scheduler: Arc<Scheduler>,
    queue: Mutex<Queue>,
    added: Condvar,
}

#[derive(Default)]
struct Queue {
    /// The next one stands last.
    waiting: Vec<ChannelId>,
    failed: HashSet<ChannelId>,
    closed: bool,
}

impl Visualizer {
    /// Keeps its pictures in this folder.
    pub fn new(folder: PathBuf, hub: Arc<Hub>, scheduler: Arc<Scheduler>) -> Self {
        Self { folder, hub, scheduler, queue: Mutex::default(), added: Condvar::new() }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().expect("nothing panics while it holds the channels")
    }

    fn path(&self, ChannelId { model, layer, channel }: &ChannelId) -> PathBuf {
        self.folder.join(format!("{model}.{layer}")).join(format!("{channel}.jpg"))
    }

    /// The picture of a channel, if it was made.
    pub fn picture(&self, channel: &ChannelId) -> Option<Vec<u8>> {
        fs::read(self.path(channel)).ok()
    }

    /// Whether it cannot be made.
    pub fn has_failed(&self, channel: &ChannelId) -> bool {
        self.queue().failed.contains(channel)
    }

    /// Those of a layer that were made.
    pub fn made(&self, model: &str, layer: &str, channels: usize) -> Vec<usize> {
        let is_made = |channel: &usize| {
            self.path(&ChannelId { model: model.into(), layer: layer.into(), channel: *channel }).exists()
        };
        (0..channels).filter(is_made).collect()
    }

    /// Makes these next, the first of them first; what waits already comes after them.
    pub fn want(&self, channels: Vec<ChannelId>) {
        let mut queue = self.queue();
        let known: HashSet<&ChannelId> = channels.iter().collect();
        queue.waiting.retain(|waiting| !known.contains(waiting));
        let missing = channels.into_iter().rev().filter(|channel| !self.path(channel).exists());
        let missing: Vec<_> = missing.filter(|channel| !queue.failed.contains(channel)).collect();
        queue.waiting.extend(missing);
        drop(queue);
        self.added.notify_all();
    }

    /// Makes this when nothing else waits.
    pub fn offer(&self, channels: Vec<ChannelId>) {
        let mut queue = self.queue();
        let known: HashSet<ChannelId> = queue.waiting.iter().cloned().collect();
        let new = channels.into_iter().rev().filter(|channel| !known.contains(channel) && !self.path(channel).exists());
        let new: Vec<_> = new.filter(|channel| !queue.failed.contains(channel)).collect();
        queue.waiting.splice(0..0, new);
        drop(queue);
        self.added.notify_all();
    }

    /// Works until it is closed. What is begun is lost then, and nothing else.
    pub fn run(&self) {
        loop {
            let channel = {
                let queue = self.queue();
                let mut queue = self
                    .added
                    .wait_while(queue, |queue| queue.waiting.is_empty() && !queue.closed)
                    .expect("nothing panics while it holds the channels");
                if queue.closed {
                    return;
                }
                queue.waiting.pop().expect("it was waited for")
            };
            if self.path(&channel).exists() {
                continue;
            }
            match self.make(&channel) {
                Ok(()) => self.hub.publish("visualization", &channel),
                Err(Error::Cancelled) => return,
                Err(e) => {
                    tracing::warn!("channel {channel:?}: {e}");
                    self.queue().failed.insert(channel);
                }
            }
        }
    }

    fn make(&self, channel: &ChannelId) -> Result<(), Error> {
        let objective = Objective::from(Term::channel(&channel.layer, channel.channel));
        let settings = Imagine { size: (SIDE, SIDE), steps: STEPS, ..Imagine::default() };
        let networks = Networks::default();
        let imagination = Imagination::new(settings, &objective, &channel.model, None, &networks)?;
        let picture = imagination.render_with(0, |_, _| {
            self.scheduler.yield_to_requests();
            if self.queue().closed { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        let path = self.path(channel);
        if let Some(folder) = path.parent() {
            // Writing tells what is wrong.
            let _ = fs::create_dir_all(folder);
        }
        write_file(&path, &picture.encode(Format::Jpeg, QUALITY)?, SaveMode::Overwrite)?;
        Ok(())
    }

    /// Ends the work.
    pub fn close(&self) {
        self.queue().closed = true;
        self.added.notify_all();
    }
}

/// How many channels a layer has.
///
/// # Errors
/// A network or a layer that does not exist.
pub fn channel_count(model: &str, layer: &str) -> Result<usize, Problem> {
    let network = oneiric_zoo::load(model)?;
    let side = network.evaluation.input;
    let size = oneiric_engine::shape::Size { height: side, width: side };
    let shape = network.graph.layer_shape(layer, size).map_err(|e| Problem::invalid(e.to_string()))?;
    Ok(shape.channels)
}
