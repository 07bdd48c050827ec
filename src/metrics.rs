//! Every series in one place: its name, its help, its labels.
//!
//! In: counts and observations from the workers, the step and the health page. Out: the Prometheus text format.
//!
//! Why one file: a dashboard and an alert rule are written against these names, so all of them must be readable at once,
//! and a label that is not bounded (a post id, an error text) must have no place to hide. Every label value is a
//! configured name (topic, pack, indicator) or one of a closed set (reason, outcome, kind).
//!
//! What ended (`scored`, `ignored`, `dead_letters`, `published`, and what a step counts in `committed`) is counted when
//! it is durable, never before: after an aborted transaction the counters still equal what a `read_committed` reader
//! finds in the topics. `received` counts polls, so a record that was replayed after an abort counts again there.
//!
//! The registry is owned, not the process-wide default one: tests run side by side, each with its own.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use prometheus::core::{Collector, GenericGauge};
use prometheus::{
    CounterVec, Encoder, Gauge, Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts,
    Registry, TextEncoder,
};

use crate::score::Engine;

/// The content type of [`Metrics::render`].
pub const CONTENT_TYPE: &str = prometheus::TEXT_FORMAT;

/// One message's time in the step: from 2 µs, below which nothing real is, to 1 s, above which a message is an incident.
const PROCESSING_BUCKETS: &[f64] = &[
    0.000_002, 0.000_005, 0.000_01, 0.000_025, 0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.01, 0.05, 0.25,
    1.0,
];
/// From the record's timestamp to its durable result: 10 ms is below what one transaction takes, five minutes is a backlog.
const END_TO_END_BUCKETS: &[f64] = &[0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0];
/// Scores run from 0 to 100; packs set thresholds in steps of ten.
const SCORE_BUCKETS: &[f64] = &[0.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 100.0];

/// The handles of all series.
#[derive(Debug)]
#[allow(missing_docs, reason = "the help text beside each name, below, says what it is")]
pub struct Metrics {
    registry: Registry,
    pub received: IntCounterVec,
    pub decoded: IntCounterVec,
    pub scored: IntCounterVec,
    pub ignored: IntCounterVec,
    pub dead_letters: IntCounterVec,
    pub published: IntCounterVec,
    pub alerts: IntCounterVec,
    pub alerts_suppressed: IntCounterVec,
    pub hits: IntCounterVec,
    pub stances: IntCounterVec,
    pub posts: IntCounterVec,
    pub sampled: IntCounterVec,
    pub sampled_seconds: CounterVec,
    pub score: Histogram,
    pub processing: Histogram,
    pub end_to_end: Histogram,
    pub assigned: IntGauge,
    pub rebalances: IntCounterVec,
    pub transactions: IntCounterVec,
    pub produce_errors: IntCounterVec,
    pub commit_errors: IntCounter,
    pub max_poll_exceeded: IntCounter,
    pub worker_restarts: IntCounter,
    pub held: IntGaugeVec,
    pub paused: IntGaugeVec,
    pub poll_age: Gauge,
    pub ready: IntGauge,
    pub reloads: IntCounterVec,
    pub page_clients: IntGauge,
    pub page_dropped: IntCounterVec,
    reload_well: IntGauge,
    reload_success: Gauge,
    pack_info: Facts<3>,
    technique_info: Facts<3>,
    lag: IntGaugeVec,
    lag_max: IntGaugeVec,
    lags: Mutex<BTreeMap<String, BTreeMap<i32, i64>>>,
}

impl Metrics {
    /// All series, registered.
    ///
    /// # Panics
    /// Never in a build that passed its tests: only a malformed or doubled name, which stands below, could.
    #[must_use]
    pub fn new() -> Self {
        let registry = Registry::new_custom(Some("undercurrent".into()), None).expect("the prefix is a valid name");
        let all = Registered(&registry);
        let build = all.gauges("build_info", "What is running; always 1.", &["version"]);
        build.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
        Self {
            received: all.counters(
                "received_total",
                "Input records polled; a replay after an abort counts again.",
                &["topic"],
            ),
            decoded: all.counters("decoded_total", "Posts that were read and are durable, by kind.", &["kind"]),
            scored: all.counters("scored_total", "Posts whose score is durable.", &["topic"]),
            ignored: all.counters("ignored_total", "Readable records that hold no post.", &["topic", "reason"]),
            dead_letters: all.counters("dead_letters_total", "Records that became dead letters.", &["topic", "reason"]),
            published: all.counters("published_total", "Records that are durable in an output topic.", &["output"]),
            alerts: all.counters("alerts_total", "Alerts published.", &["pack", "level"]),
            alerts_suppressed: all.counters("alerts_suppressed_total", "Alerts held back by once_per.", &["pack"]),
            hits: all.counters("hits_total", "Posts that an indicator hit.", &["pack", "indicator"]),
            stances: all.counters("stance_total", "Scored posts by stance.", &["stance"]),
            posts: all.counters(
                "posts_total",
                "Scored posts by platform and by the language that was found.",
                &["source", "language"],
            ),
            sampled: all.counters(
                "indicator_sampled_total",
                "Times that an indicator was timed: on one post in a thousand where something triggers it.",
                &["pack", "indicator"],
            ),
            sampled_seconds: all.float_counters(
                "indicator_sampled_seconds_total",
                "Time that an indicator took when it was timed.",
                &["pack", "indicator"],
            ),
            score: all.histogram("score", "Overall score of a post, 0 to 100.", SCORE_BUCKETS),
            processing: all.histogram(
                "processing_seconds",
                "Time of one record in the step and in handing over its outputs.",
                PROCESSING_BUCKETS,
            ),
            end_to_end: all.histogram(
                "end_to_end_seconds",
                "From a record's timestamp to its durable result, at most a day.",
                END_TO_END_BUCKETS,
            ),
            assigned: all.gauge("assigned_partitions", "Partitions that the workers of this process own."),
            rebalances: all.counters(
                "rebalances_total",
                "Rebalance callbacks: assign, revoke, lost, error.",
                &["kind"],
            ),
            transactions: all.counters(
                "transactions_total",
                "Batches by how they ended: committed, aborted, fenced, rebuilt.",
                &["outcome"],
            ),
            produce_errors: all.counters(
                "produce_errors_total",
                "Outputs that the producer or a broker refused.",
                &["reason"],
            ),
            commit_errors: all.counter("commit_errors_total", "Offset commits that failed and are tried again."),
            max_poll_exceeded: all
                .counter("max_poll_exceeded_total", "Times that a worker polled too late and lost its partitions."),
            worker_restarts: all.counter("worker_restarts_total", "Workers that were built anew after an error."),
            held: all.gauges("quota_held_records", "Records that wait for their topic's quota.", &["topic"]),
            paused: all.gauges(
                "quota_paused_partitions",
                "Partitions paused because their topic's quota is used up.",
                &["topic"],
            ),
            poll_age: all.seconds("poll_age_seconds", "Time since the slowest worker last turned its loop."),
            ready: all.gauge("ready", "1 if the process says that it is ready."),
            reloads: all.reloads(),
            page_clients: all.gauge("page_clients", "Live pages that are open."),
            page_dropped: all.page_dropped(),
            reload_well: all.gauge(
                "pack_reload_last_successful",
                "1 if the packs in force are those that were last read, 0 if reading them failed.",
            ),
            reload_success: all.reload_success(),
            pack_info: Facts::new(all.gauges("pack_info", "A pack in use; always 1.", &["pack", "version", "digest"])),
            technique_info: Facts::new(all.gauges(
                "technique_info",
                "A DISARM technique that an indicator is evidence of; always 1.",
                &["pack", "indicator", "technique"],
            )),
            lag: all.gauges(
                "lag_records",
                "Records behind the end of a topic, over the partitions owned here.",
                &["topic"],
            ),
            lag_max: all.gauges(
                "lag_max_records",
                "Records behind the end, of the partition that is furthest behind.",
                &["topic"],
            ),
            lags: Mutex::default(),
            registry,
        }
    }

    /// Says which packs are in use, in which version, and which techniques their indicators are evidence of.
    pub fn packs_of(&self, engine: &Engine) {
        let files = || engine.packs.iter().map(|pack| &pack.pack.file);
        let packs = engine.packs.iter().map(|pack| {
            let file = &pack.pack.file;
            [file.pack.as_str(), file.version.as_str(), pack.pack.digest.as_str()].map(str::to_owned)
        });
        self.pack_info.replace(packs.collect());
        let indicators = files().flat_map(|file| file.indicators.iter().map(|indicator| (&file.pack, indicator)));
        let techniques = indicators.flat_map(|(pack, indicator)| {
            let of = |technique: &str| [pack.as_str(), indicator.id.as_str(), technique].map(str::to_owned);
            indicator.disarm.iter().map(move |technique| of(technique.as_str()))
        });
        self.technique_info.replace(techniques.collect());
    }

    /// Packs were read, well or not.
    pub fn reloaded(&self, well: bool, at: Timestamp) {
        self.reload_well.set(i64::from(well));
        if well {
            self.reload_success.set(at.as_duration().as_secs_f64());
        }
    }

    /// Sets how many records a partition is behind.
    pub fn set_lag(&self, topic: &str, partition: i32, records: i64) {
        let mut lags = self.lags.lock().unwrap_or_else(PoisonError::into_inner);
        if !lags.contains_key(topic) {
            lags.insert(topic.to_owned(), BTreeMap::new());
        }
        if let Some(partitions) = lags.get_mut(topic) {
            partitions.insert(partition, records.max(0));
        }
    }

    /// Forgets a partition that this process no longer owns.
    pub fn drop_lag(&self, topic: &str, partition: i32) {
        let mut lags = self.lags.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(partitions) = lags.get_mut(topic) {
            partitions.remove(&partition);
        }
    }

    /// Records behind the end, by topic, over the partitions owned here.
    #[must_use]
    pub fn lags(&self) -> BTreeMap<String, i64> {
        let lags = self.lags.lock().unwrap_or_else(PoisonError::into_inner);
        lags.iter().map(|(topic, partitions)| (topic.clone(), partitions.values().sum())).collect()
    }

    /// The sum of a counter over all of its labels.
    #[must_use]
    pub fn total(counter: &IntCounterVec) -> u64 {
        let families = counter.collect();
        let values = families
            .iter()
            .flat_map(prometheus::proto::MetricFamily::get_metric)
            .map(|one| one.get_counter().get_value());
        // Counts below 2⁵³ are whole numbers in a float.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts are whole and not negative")]
        let total = values.sum::<f64>() as u64;
        total
    }

    /// Input records that ended durably: scored, ignored or dead letter.
    #[must_use]
    pub fn ended(&self) -> u64 {
        [&self.scored, &self.ignored, &self.dead_letters].into_iter().map(Self::total).sum()
    }

    /// All series in the text format 0.0.4.
    #[must_use]
    pub fn render(&self) -> Vec<u8> {
        {
            let lags = self.lags.lock().unwrap_or_else(PoisonError::into_inner);
            for (topic, partitions) in lags.iter() {
                self.lag.with_label_values(&[topic]).set(partitions.values().sum());
                self.lag_max.with_label_values(&[topic]).set(partitions.values().copied().max().unwrap_or(0));
            }
        }
        let mut families = self.registry.gather();
        #[cfg(target_os = "linux")]
        families.extend(prometheus::process_collector::ProcessCollector::for_self().collect());
        let mut text = Vec::with_capacity(16 * 1024);
        if let Err(error) = TextEncoder::new().encode(&families, &mut text) {
            tracing::error!(%error, "metrics cannot be written");
        }
        text
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

/// Gauges that are always 1 and say something by their labels.
#[derive(Debug)]
struct Facts<const N: usize> {
    gauges: IntGaugeVec,
    told: Mutex<Vec<[String; N]>>,
}

impl<const N: usize> Facts<N> {
    fn new(gauges: IntGaugeVec) -> Self {
        Self { gauges, told: Mutex::default() }
    }

    /// Replaces what was said before. A scrape meanwhile finds the new beside the old, never none.
    fn replace(&self, new: Vec<[String; N]>) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        for labels in &new {
            self.gauges.with_label_values(labels).set(1);
        }
        for labels in told.iter().filter(|labels| !new.contains(labels)) {
            let _ = self.gauges.remove_label_values(labels);
        }
        *told = new;
    }
}

/// Makes a series and registers it; a wrong name stops the first test that makes [`Metrics`].
struct Registered<'a>(&'a Registry);

impl Registered<'_> {
    fn add<C: Collector + Clone + 'static>(&self, made: prometheus::Result<C>) -> C {
        let series = made.expect("series names are valid");
        self.0.register(Box::new(series.clone())).expect("series names are distinct");
        series
    }

    fn counters(&self, name: &str, help: &str, labels: &[&str]) -> IntCounterVec {
        self.add(IntCounterVec::new(Opts::new(name, help), labels))
    }

    fn reloads(&self) -> IntCounterVec {
        let help = "Attempts to reload packs by how they ended: swapped, unchanged, failed.";
        let reloads = self.counters("pack_reload_total", help, &["outcome"]);
        // There from the start, so that the first failure is an increase.
        for outcome in ["swapped", "unchanged", "failed"] {
            reloads.with_label_values(&[outcome]).inc_by(0);
        }
        reloads
    }

    fn float_counters(&self, name: &str, help: &str, labels: &[&str]) -> CounterVec {
        self.add(CounterVec::new(Opts::new(name, help), labels))
    }

    fn reload_success(&self) -> Gauge {
        self.seconds("pack_reload_last_success_timestamp_seconds", "When packs were last read without an error.")
    }

    fn page_dropped(&self) -> IntCounterVec {
        let help = "What the live page left out: an alert that it did not show, a client that read too slowly.";
        self.counters("page_dropped_total", help, &["what"])
    }

    fn counter(&self, name: &str, help: &str) -> IntCounter {
        self.add(IntCounter::new(name, help))
    }

    fn gauges(&self, name: &str, help: &str, labels: &[&str]) -> IntGaugeVec {
        self.add(IntGaugeVec::new(Opts::new(name, help), labels))
    }

    fn gauge(&self, name: &str, help: &str) -> IntGauge {
        self.add(IntGauge::new(name, help))
    }

    fn seconds(&self, name: &str, help: &str) -> Gauge {
        self.add(GenericGauge::new(name, help))
    }

    fn histogram(&self, name: &str, help: &str, buckets: &[f64]) -> Histogram {
        self.add(Histogram::with_opts(HistogramOpts::new(name, help).buckets(buckets.to_vec())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(metrics: &Metrics) -> String {
        String::from_utf8(metrics.render()).unwrap()
    }

    #[test]
    fn lag_is_summed_over_partitions_and_forgotten_with_them() {
        let metrics = Metrics::new();
        metrics.set_lag("posts", 0, 5);
        metrics.set_lag("posts", 1, 7);
        metrics.set_lag("posts", 2, -3);
        let shown = text(&metrics);
        assert!(shown.contains("undercurrent_lag_records{topic=\"posts\"} 12"), "{shown}");
        assert!(shown.contains("undercurrent_lag_max_records{topic=\"posts\"} 7"), "{shown}");
        metrics.drop_lag("posts", 1);
        assert!(text(&metrics).contains("undercurrent_lag_records{topic=\"posts\"} 5"));
    }

    #[test]
    fn packs_replace_those_before() {
        let metrics = Metrics::new();
        metrics.pack_info.replace(vec![["a", "1", "x"].map(str::to_owned)]);
        metrics.pack_info.replace(vec![["b", "2", "y"].map(str::to_owned)]);
        let shown = text(&metrics);
        assert!(shown.contains("pack=\"b\"") && !shown.contains("pack=\"a\""), "{shown}");
    }
}
