//! Every series of the program, each with its labels.

use std::collections::{BTreeMap, BTreeSet};

use undercurrent::metrics::Metrics;

/// All series with a value, as `/metrics` would show them after everything has happened once.
pub(crate) fn all() -> String {
    let metrics = Metrics::new();
    metrics.packs_of(&undercurrent::cli::packs::engine(&["shipped".into()]).expect("the shipped packs load"));
    metrics.set_lag("posts", 0, 7);
    for (counter, labels) in [
        (&metrics.received, &["posts"][..]),
        (&metrics.decoded, &["post"]),
        (&metrics.scored, &["posts"]),
        (&metrics.ignored, &["posts", "like"]),
        (&metrics.dead_letters, &["posts", "not_utf8"]),
        (&metrics.published, &["scored"]),
        (&metrics.alerts, &["a-pack", "high"]),
        (&metrics.alerts_suppressed, &["a-pack"]),
        (&metrics.hits, &["a-pack", "call"]),
        (&metrics.stances, &["reports"]),
        (&metrics.posts, &["telegram", "ru"]),
        (&metrics.sampled, &["a-pack", "call"]),
        (&metrics.rebalances, &["assign"]),
        (&metrics.transactions, &["committed"]),
        (&metrics.produce_errors, &["timeout"]),
    ] {
        counter.with_label_values(labels).inc();
    }
    metrics.sampled_seconds.with_label_values(&["a-pack", "call"]).inc_by(0.000_01);
    metrics.held.with_label_values(&["posts"]).set(1);
    metrics.paused.with_label_values(&["posts"]).set(1);
    metrics.reloads.with_label_values(&["failed"]).inc();
    metrics.reloaded(true, jiff::Timestamp::UNIX_EPOCH);
    metrics.processing.observe(0.000_02);
    String::from_utf8(metrics.render()).expect("text")
}

/// The names of all series, each with the names of its labels.
pub(crate) fn labels() -> BTreeMap<String, BTreeSet<String>> {
    let mut labels: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in all().lines().filter(|line| !line.starts_with('#')) {
        let name = line.split(['{', ' ']).next().expect("a name").to_owned();
        let inside = line.split_once('{').and_then(|(_, rest)| rest.rsplit_once('}')).map_or("", |(inside, _)| inside);
        let names = inside.split("\",").filter_map(|pair| pair.split_once("=\"")).map(|(label, _)| label.to_owned());
        labels.entry(name).or_default().extend(names);
    }
    labels
}
