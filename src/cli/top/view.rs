//! Two scrapes → what `top` shows: rates, lag, latencies, the hottest and slowest indicators.

use std::collections::BTreeMap;
use std::time::Duration;

use super::scrape::{Labels, Scrape};

/// An indicator's row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    pub name: String,
    /// Hits a second.
    pub rate: f64,
    /// Hits since the start.
    pub hits: f64,
    /// Microseconds, the mean over the posts on which it was timed.
    pub took: Option<f64>,
}

/// What indicators are ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Hottest,
    Slowest,
}

/// What is shown.
#[derive(Debug)]
pub(super) struct View {
    pub version: String,
    pub ready: bool,
    pub partitions: f64,
    pub packs: Vec<String>,
    /// Name, records a second, total.
    pub rates: Vec<(&'static str, f64, f64)>,
    /// Topic, records behind, of the partition that is furthest behind.
    pub lags: Vec<(String, f64, f64)>,
    /// Seconds until the lag is worked off, at the rates of now; none where it grows or there is none.
    pub drained_in: Option<f64>,
    /// Name, median, 99th percentile, in seconds; of what ended between the two scrapes.
    pub latencies: Vec<(&'static str, Option<f64>, Option<f64>)>,
    pub memory: f64,
    pub stances: Vec<(String, f64)>,
    pub indicators: Vec<Row>,
}

/// The counters that are shown as rates.
const RATES: [(&str, &str); 7] = [
    ("received", "received_total"),
    ("scored", "scored_total"),
    ("ignored", "ignored_total"),
    ("dead letters", "dead_letters_total"),
    ("alerts", "alerts_total"),
    ("held back", "alerts_suppressed_total"),
    ("aborted", "transactions_total"),
];

impl View {
    /// What happened between two scrapes.
    pub(super) fn new(before: &Scrape, now: &Scrape, apart: Duration, order: Order) -> Self {
        let seconds = apart.as_secs_f64().max(0.001);
        let rate = |name: &str| ((now.sum(name) - before.sum(name)) / seconds).max(0.0);
        let rates = RATES
            .iter()
            .map(|(label, name)| match *name {
                "transactions_total" => {
                    let of = |scrape: &Scrape| by(scrape, name, "outcome").get("aborted").copied().unwrap_or(0.0);
                    (*label, ((of(now) - of(before)) / seconds).max(0.0), of(now))
                }
                name => (*label, rate(name), now.sum(name)),
            })
            .collect();
        let furthest = by(now, "lag_max_records", "topic");
        let lags: Vec<(String, f64, f64)> = by(now, "lag_records", "topic")
            .into_iter()
            .map(|(topic, lag)| (topic.clone(), lag, furthest.get(&topic).copied().unwrap_or(0.0)))
            .collect();
        let lag = now.sum("lag_records");
        let shrinking = (before.sum("lag_records") - lag) / seconds;
        let drained_in = (lag > 0.0 && shrinking > 0.0).then(|| lag / shrinking);
        let latency = |name: &str| {
            let buckets = buckets(before, now, name);
            (quantile(&buckets, 0.5), quantile(&buckets, 0.99))
        };
        let latencies = [("end to end", "end_to_end_seconds_bucket"), ("in the step", "processing_seconds_bucket")];
        let latencies = latencies.map(|(label, name)| {
            let (median, worst) = latency(name);
            (label, median, worst)
        });
        let stances = by(now, "stance_total", "stance").into_iter().collect();
        let packs = now
            .family("pack_info")
            .iter()
            .map(|(labels, _)| format!("{} {}", of(labels, "pack"), of(labels, "version")));
        Self {
            version: now.family("build_info").first().map(|(labels, _)| of(labels, "version")).unwrap_or_default(),
            ready: now.sum("ready") > 0.0,
            partitions: now.sum("assigned_partitions"),
            packs: packs.collect(),
            rates,
            lags,
            drained_in,
            latencies: latencies.to_vec(),
            memory: now.sum("process_resident_memory_bytes"),
            stances,
            indicators: indicators(before, now, seconds, order),
        }
    }
}

fn of(labels: &Labels, name: &str) -> String {
    labels.get(name).cloned().unwrap_or_default()
}

/// The sums of a family by one label.
fn by(scrape: &Scrape, name: &str, label: &str) -> BTreeMap<String, f64> {
    let mut sums = BTreeMap::new();
    for (labels, value) in scrape.family(name) {
        *sums.entry(of(labels, label)).or_default() += value;
    }
    sums
}

fn indicators(before: &Scrape, now: &Scrape, seconds: f64, order: Order) -> Vec<Row> {
    let name = |labels: &Labels| format!("{}/{}", of(labels, "pack"), of(labels, "indicator"));
    let sums = |scrape: &Scrape, family: &str| -> BTreeMap<String, f64> {
        scrape.family(family).iter().map(|(labels, value)| (name(labels), *value)).collect()
    };
    let (old, timed, took) = (
        sums(before, "hits_total"),
        sums(now, "indicator_sampled_total"),
        sums(now, "indicator_sampled_seconds_total"),
    );
    let hits = sums(now, "hits_total");
    let mut rows: Vec<Row> = hits
        .keys()
        .chain(took.keys().filter(|name| !hits.contains_key(*name)))
        .map(|name| {
            let count = hits.get(name).copied().unwrap_or(0.0);
            let mean = timed.get(name).filter(|timed| **timed > 0.0);
            Row {
                name: name.clone(),
                rate: ((count - old.get(name).copied().unwrap_or(0.0)) / seconds).max(0.0),
                hits: count,
                took: mean.map(|timed| took.get(name).copied().unwrap_or(0.0) / timed * 1e6),
            }
        })
        .filter(|row| row.hits > 0.0 || row.took.is_some())
        .collect();
    rows.sort_by(|one, other| {
        let key = |row: &Row| match order {
            Order::Hottest => (row.rate, row.hits),
            Order::Slowest => (row.took.unwrap_or(0.0), row.hits),
        };
        let (one, other) = (key(one), key(other));
        other.0.total_cmp(&one.0).then(other.1.total_cmp(&one.1))
    });
    rows
}

/// Upper bounds and counts below them, of what came between two scrapes.
fn buckets(before: &Scrape, now: &Scrape, name: &str) -> Vec<(f64, f64)> {
    let bounds = |scrape: &Scrape| -> Vec<(f64, f64)> {
        let bound = |labels: &Labels| of(labels, "le").parse().unwrap_or(f64::INFINITY);
        scrape.family(name).iter().map(|(labels, value)| (bound(labels), *value)).collect()
    };
    let old = bounds(before);
    let count =
        |bound: f64| old.iter().find(|(other, _)| other.total_cmp(&bound).is_eq()).map_or(0.0, |(_, count)| *count);
    let mut all: Vec<(f64, f64)> =
        bounds(now).into_iter().map(|(bound, value)| (bound, value - count(bound))).collect();
    all.sort_by(|one, other| one.0.total_cmp(&other.0));
    all
}

/// As Prometheus' `histogram_quantile`: linear within the bucket; the last finite bound where it lies above all.
fn quantile(buckets: &[(f64, f64)], share: f64) -> Option<f64> {
    let total = buckets.last()?.1;
    if total <= 0.0 {
        return None;
    }
    let rank = share * total;
    let at = buckets.iter().position(|(_, count)| *count >= rank)?;
    let (low, below) = at.checked_sub(1).map_or((0.0, 0.0), |before| buckets[before]);
    let (high, count) = buckets[at];
    if high.is_infinite() {
        return Some(low);
    }
    Some(low + (high - low) * (rank - below) / (count - below).max(f64::MIN_POSITIVE))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: &str = "undercurrent_received_total{topic=\"t\"} 100\nundercurrent_lag_records{topic=\"t\"} 60\n\
        undercurrent_hits_total{pack=\"p\",indicator=\"a\"} 1\nundercurrent_hits_total{pack=\"p\",indicator=\"b\"} 8\n";
    const NOW: &str = "undercurrent_received_total{topic=\"t\"} 120\nundercurrent_lag_records{topic=\"t\"} 40\n\
        undercurrent_hits_total{pack=\"p\",indicator=\"a\"} 5\nundercurrent_hits_total{pack=\"p\",indicator=\"b\"} 9\n\
        undercurrent_indicator_sampled_total{pack=\"p\",indicator=\"b\"} 4\n\
        undercurrent_indicator_sampled_seconds_total{pack=\"p\",indicator=\"b\"} 0.00002\n\
        undercurrent_end_to_end_seconds_bucket{le=\"0.1\"} 0\nundercurrent_end_to_end_seconds_bucket{le=\"0.2\"} 8\n\
        undercurrent_end_to_end_seconds_bucket{le=\"+Inf\"} 10\n";

    fn view(order: Order) -> View {
        View::new(&Scrape::read(BEFORE), &Scrape::read(NOW), Duration::from_secs(2), order)
    }

    #[test]
    fn rates_lag_and_latencies_are_those_between_the_scrapes() {
        let view = view(Order::Hottest);
        assert_eq!(view.rates[0], ("received", 10.0, 120.0));
        assert_eq!(view.drained_in, Some(4.0));
        let (_, median, worst) = view.latencies[0];
        assert!((median.unwrap() - 0.1625).abs() < 1e-9 && worst == Some(0.2), "{median:?} {worst:?}");
    }

    #[test]
    fn indicators_are_ordered_by_heat_or_by_cost() {
        let names = |order| view(order).indicators.iter().map(|row| row.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(Order::Hottest), ["p/a", "p/b"]);
        assert_eq!(names(Order::Slowest), ["p/b", "p/a"]);
        assert_eq!(view(Order::Slowest).indicators[0].took, Some(5.0));
    }
}
