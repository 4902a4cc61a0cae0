//! Visualizations of channels, made in the background and cached.

use std::collections::HashSet;
use std::fs;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};

use oneiric::imagine::{Imagination, Imagine};
use oneiric::objective::Term;
use oneiric::picture::write_file;
use oneiric::{Error, Format, Objective, SaveMode};

use super::hub::Hub;
use super::networks::StudioNetworks;
use super::schedule::Scheduler;
use crate::wire::{ChannelId, Problem};

/// The side of a visualization, in pixels.
const SIDE: usize = 112;
/// The steps of a visualization.
const STEPS: usize = 128;
const QUALITY: u8 = 88;

/// Makes visualizations of channels.
pub struct Visualizer {
    /// The folder of channels of the zoo's networks, and that of channels of trained ones.
    folders: [PathBuf; 2],
    /// Held while it makes one, as the visualizers of a class take turns.
    turn: Arc<Mutex<()>>,
    hub: Arc<Hub>,
    scheduler: Arc<Scheduler>,
    networks: Arc<StudioNetworks>,
    queue: Mutex<Queue>,
    added: Condvar,
}

#[derive(Default)]
struct Queue {
    /// The next one is the last.
    waiting: Vec<ChannelId>,
    failed: HashSet<ChannelId>,
    closed: bool,
}

impl Visualizer {
    /// Creates a visualizer that stores its pictures in these folders: those of the zoo's networks, which a class shares, and
    /// those of trained ones.
    pub fn new(
        folders: [PathBuf; 2],
        turn: Arc<Mutex<()>>,
        hub: Arc<Hub>,
        scheduler: Arc<Scheduler>,
        networks: Arc<StudioNetworks>,
    ) -> Self {
        Self { folders, turn, hub, scheduler, networks, queue: Mutex::default(), added: Condvar::new() }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().expect("nothing panics while it holds the queue")
    }

    fn path(&self, ChannelId { model, layer, channel }: &ChannelId) -> PathBuf {
        let folder = &self.folders[usize::from(self.networks.is_own(model))];
        folder.join(format!("{}.{layer}", self.networks.weights_name(model))).join(format!("{channel}.jpg"))
    }

    /// Returns the visualization of a channel, if it is ready.
    pub fn picture(&self, channel: &ChannelId) -> Option<Vec<u8>> {
        fs::read(self.path(channel)).ok()
    }

    /// Whether the visualization of a channel failed.
    pub fn has_failed(&self, channel: &ChannelId) -> bool {
        self.queue().failed.contains(channel)
    }

    /// Returns the channels of a layer that have a visualization.
    pub fn made(&self, model: &str, layer: &str, channels: usize) -> Vec<usize> {
        let is_made = |channel: &usize| {
            self.path(&ChannelId { model: model.into(), layer: layer.into(), channel: *channel }).exists()
        };
        (0..channels).filter(is_made).collect()
    }

    /// Puts these channels at the front of the queue, in this order.
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

    /// Puts these channels at the end of the queue, in this order.
    pub fn offer(&self, channels: Vec<ChannelId>) {
        let mut queue = self.queue();
        let known: HashSet<ChannelId> = queue.waiting.iter().cloned().collect();
        let new = channels.into_iter().rev().filter(|channel| !known.contains(channel) && !self.path(channel).exists());
        let new: Vec<_> = new.filter(|channel| !queue.failed.contains(channel)).collect();
        queue.waiting.splice(0..0, new);
        drop(queue);
        self.added.notify_all();
    }

    /// Makes visualizations until [`close`](Self::close). The one at work then is lost.
    pub fn run(&self) {
        loop {
            let channel = {
                let queue = self.queue();
                let mut queue = self
                    .added
                    .wait_while(queue, |queue| queue.waiting.is_empty() && !queue.closed)
                    .expect("nothing panics while it holds the queue");
                if queue.closed {
                    return;
                }
                queue.waiting.pop().expect("the queue is not empty")
            };
            let _turn = self.turn.lock().expect("nothing panics while it makes a visualization");
            // Another visitor of the class may have wanted it, too.
            let made = if self.path(&channel).exists() { Ok(()) } else { self.make(&channel) };
            match made {
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
        let imagination = Imagination::new(settings, &objective, &channel.model, None, &self.networks.all())?;
        let picture = imagination.render_with(0, |_, _| {
            self.scheduler.yield_to_requests();
            if self.queue().closed { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        let path = self.path(channel);
        if let Some(folder) = path.parent() {
            // If this fails, so does writing the file, with a better message.
            let _ = fs::create_dir_all(folder);
        }
        write_file(&path, &picture.encode(Format::Jpeg, QUALITY)?, SaveMode::Overwrite)?;
        Ok(())
    }

    /// Ends [`run`](Self::run).
    pub fn close(&self) {
        self.queue().closed = true;
        self.added.notify_all();
    }
}

/// Returns the number of channels of a layer.
///
/// # Errors
/// A network or a layer that does not exist.
pub fn channel_count(networks: &StudioNetworks, model: &str, layer: &str) -> Result<usize, Problem> {
    let network = networks.all().get(model)?;
    let side = network.evaluation.input;
    let size = oneiric_engine::shape::Size { height: side, width: side };
    let shape = network.graph.layer_shape(layer, size).map_err(|e| Problem::invalid(e.to_string()))?;
    Ok(shape.channels)
}
