//! Publishes events to all subscribers.
//!
//! The latest events are kept. A client that lost its connection, or reads slowly, asks for the events after the last one it
//! received; if they are gone, it gets `reset`.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use serde::Serialize;
use tokio::sync::watch;

/// The number of events that are kept.
const KEPT: usize = 1000;

/// An event.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Its number, from 1.
    pub number: u64,
    /// Its name.
    pub name: &'static str,
    /// Its data, as JSON.
    pub data: Arc<str>,
}

/// Publishes events to all subscribers.
pub struct Hub {
    /// Identifies this run of the program; event numbers of another run are invalid.
    epoch: String,
    events: Mutex<VecDeque<Event>>,
    latest: watch::Sender<u64>,
    subscribers: AtomicUsize,
    closed: AtomicBool,
}

impl Hub {
    /// Creates a hub without events.
    pub fn new(epoch: String) -> Self {
        Self {
            epoch,
            events: Mutex::new(VecDeque::new()),
            latest: watch::Sender::new(0),
            subscribers: AtomicUsize::new(0),
            closed: AtomicBool::new(false),
        }
    }

    fn events(&self) -> MutexGuard<'_, VecDeque<Event>> {
        self.events.lock().expect("nothing panics while it holds the events")
    }

    /// Publishes an event.
    pub fn publish(&self, name: &'static str, data: &impl Serialize) {
        let data: Arc<str> = serde_json::to_string(data).expect("events are plain data").into();
        let mut events = self.events();
        let number = *self.latest.borrow() + 1;
        events.push_back(Event { number, name, data });
        if events.len() > KEPT {
            events.pop_front();
        }
        self.latest.send_replace(number);
    }

    /// Ends all subscriptions.
    pub fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        self.latest.send_modify(|_| {});
    }

    /// Whether there are subscribers.
    pub fn has_subscribers(&self) -> bool {
        self.subscribers.load(Ordering::Relaxed) > 0
    }

    /// Subscribes to the events after the one with the id `last`, or to all new ones. If that event is too old or of another
    /// run, the first event is `reset`.
    pub fn subscribe(self: &Arc<Self>, last: Option<&str>) -> Subscription {
        self.subscribers.fetch_add(1, Ordering::Relaxed);
        let known = |id: &str| id.strip_prefix(&self.epoch)?.strip_prefix('-')?.parse().ok();
        let latest = self.latest.subscribe();
        let now = *latest.borrow();
        let (seen, lost) = match last.map(known) {
            None => (now, false),
            Some(Some(number)) if number <= now => (number, false),
            Some(_) => (now, true),
        };
        Subscription { hub: self.clone(), latest, seen, lost }
    }
}

/// A subscription to the hub's events.
pub struct Subscription {
    hub: Arc<Hub>,
    latest: watch::Receiver<u64>,
    /// The number of the last event that was returned.
    seen: u64,
    /// Whether events were missed.
    lost: bool,
}

impl Subscription {
    /// Returns the id of an event.
    pub fn id(&self, event: &Event) -> String {
        format!("{}-{}", self.hub.epoch, event.number)
    }

    /// Waits for the next event. Returns `None` when the studio closes.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.ready() {
                return Some(event);
            }
            if self.hub.closed.load(Ordering::SeqCst) {
                return None;
            }
            self.latest.changed().await.ok()?;
        }
    }

    fn ready(&mut self) -> Option<Event> {
        let events = self.hub.events();
        let last = events.back().map_or(0, |event| event.number);
        let first = events.front().map_or(1, |event| event.number);
        if self.lost || self.seen + 1 < first {
            (self.lost, self.seen) = (false, last);
            return Some(Event { number: last, name: "reset", data: "{}".into() });
        }
        let event = events.get((self.seen + 1 - first) as usize)?.clone();
        self.seen = event.number;
        Some(event)
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.hub.subscribers.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn received(subscription: &mut Subscription) -> Vec<String> {
        std::iter::from_fn(|| subscription.ready()).map(|event| format!("{} {}", event.name, event.data)).collect()
    }

    #[test]
    fn a_client_that_reconnects_gets_what_it_missed() {
        let hub = Arc::new(Hub::new("run".into()));
        let mut first = hub.subscribe(None);
        assert!(hub.has_subscribers() && received(&mut first).is_empty());
        (1..=3).for_each(|number| hub.publish("step", &number));
        assert_eq!(received(&mut first), ["step 1", "step 2", "step 3"]);
        drop(first);
        assert!(!hub.has_subscribers());
        assert_eq!(received(&mut hub.subscribe(Some("run-1"))), ["step 2", "step 3"]);
        assert_eq!(received(&mut hub.subscribe(None)), [""; 0]);
    }

    #[test]
    fn a_client_of_another_run_is_reset_at_once() {
        let hub = Arc::new(Hub::new("new".into()));
        assert_eq!(received(&mut hub.subscribe(Some("old-5"))), ["reset {}"]);
    }

    #[test]
    fn a_client_that_was_away_too_long_is_reset() {
        let hub = Arc::new(Hub::new("run".into()));
        let mut slow = hub.subscribe(None);
        (0..2 * KEPT).for_each(|number| hub.publish("step", &number));
        assert_eq!(received(&mut slow), ["reset {}"]);
        assert_eq!(received(&mut hub.subscribe(Some("other-5"))), ["reset {}"]);
        assert_eq!(received(&mut hub.subscribe(Some("run-999999"))), ["reset {}"]);
        hub.publish("step", &"more");
        assert_eq!(received(&mut slow), ["step \"more\""]);
    }
}
