//! Metrics for Prometheus.

use std::time::Duration;

use prometheus::{Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGauge, Opts, Registry, TextEncoder};

/// The metrics of a studio.
pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    dreams: Histogram,
    failed: IntCounter,
    cancelled: IntCounter,
    waiting: IntGauge,
    bytes: IntGauge,
}

impl Metrics {
    /// Creates the metrics, all 0.
    pub fn new() -> Self {
        let registry = Registry::new();
        let counter = |name: &str, help: &str| {
            let counter = IntCounter::new(name, help).expect("the name is valid");
            registry.register(Box::new(counter.clone())).expect("the names differ");
            counter
        };
        let gauge = |name: &str, help: &str| {
            let gauge = IntGauge::new(name, help).expect("the name is valid");
            registry.register(Box::new(gauge.clone())).expect("the names differ");
            gauge
        };
        let failed = counter("oneiric_jobs_failed_total", "Jobs that failed.");
        let cancelled = counter("oneiric_jobs_cancelled_total", "Running jobs that were cancelled.");
        let waiting = gauge("oneiric_jobs_waiting", "Queued and running jobs.");
        let bytes = gauge("oneiric_pictures_bytes", "Bytes of all stored pictures.");
        let about = Opts::new("oneiric_http_requests_total", "Requests by status.");
        let requests = IntCounterVec::new(about, &["status"]).expect("the name is valid");
        registry.register(Box::new(requests.clone())).expect("the names differ");
        let about = HistogramOpts::new("oneiric_dream_seconds", "Seconds that dreams took.");
        let about = about.buckets(vec![0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0]);
        let dreams = Histogram::with_opts(about).expect("the name is valid");
        registry.register(Box::new(dreams.clone())).expect("the names differ");
        Self { requests, dreams, failed, cancelled, waiting, bytes, registry }
    }

    /// Counts an answered request.
    pub fn answered(&self, status: u16) {
        self.requests.with_label_values(&[status.to_string()]).inc();
    }

    /// Counts a finished dream.
    pub fn dreamed(&self, time: Duration) {
        self.dreams.observe(time.as_secs_f64());
    }

    /// Counts a job that ended without a dream.
    pub fn ended_without(&self, failed: bool) {
        if failed { self.failed.inc() } else { self.cancelled.inc() }
    }

    /// Returns the metrics in the text format of Prometheus.
    pub fn text(&self, waiting: usize, bytes: u64) -> String {
        self.waiting.set(waiting as i64);
        self.bytes.set(bytes as i64);
        TextEncoder::new().encode_to_string(&self.registry.gather()).unwrap_or_default()
    }
}
