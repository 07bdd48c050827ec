//! How far behind each partition is, from librdkafka's statistics.
//!
//! In: the statistics, JSON, once a second. Out: records between the position and the end of each partition.
//!
//! Why not from offsets that are asked for: the consumer is told the end of each partition with every fetch, so the
//! statistics cost no request. The end is the last stable offset, up to which a `read_committed` consumer can read.

use std::collections::BTreeMap;

use serde::Deserialize;

#[derive(Deserialize)]
struct Statistics {
    #[serde(default)]
    topics: BTreeMap<String, Topic>,
}

#[derive(Deserialize)]
struct Topic {
    #[serde(default)]
    partitions: BTreeMap<String, Partition>,
}

/// Offsets below zero mean that librdkafka does not know.
#[derive(Deserialize)]
struct Partition {
    #[serde(rename = "partition")]
    number: i32,
    app_offset: i64,
    committed_offset: i64,
    lo_offset: i64,
    hi_offset: i64,
    ls_offset: i64,
}

impl Partition {
    fn behind(&self) -> Option<i64> {
        let end = if self.ls_offset >= 0 { self.ls_offset } else { self.hi_offset };
        let position =
            [self.app_offset, self.committed_offset, self.lo_offset].into_iter().find(|offset| *offset >= 0)?;
        (end >= 0).then(|| (end - position).max(0))
    }
}

/// Topic, partition and records behind, of each partition about which enough is known.
pub(super) fn read(statistics: &[u8]) -> Vec<(String, i32, i64)> {
    let Ok(statistics) = serde_json::from_slice::<Statistics>(statistics) else { return Vec::new() };
    let mut lags = Vec::new();
    for (topic, of) in statistics.topics {
        // -1 is librdkafka's place for records without a partition.
        let known = of.partitions.into_values().filter(|partition| partition.number >= 0);
        lags.extend(known.filter_map(|partition| Some((topic.clone(), partition.number, partition.behind()?))));
    }
    lags
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lag_is_from_the_position_to_the_last_stable_offset() {
        let partition = |number: i32, app: i64, stable: i64| {
            format!(
                r#""{number}":{{"partition":{number},"app_offset":{app},"committed_offset":-1001,"lo_offset":2,"hi_offset":20,"ls_offset":{stable}}}"#
            )
        };
        let text = format!(
            r#"{{"name":"x","topics":{{"posts":{{"partitions":{{{},{},{},{}}}}}}}}}"#,
            partition(0, 7, 19),
            partition(1, -1001, -1),
            partition(2, 25, 20),
            partition(-1, 0, 9)
        );
        let expected = [("posts", 0, 12), ("posts", 1, 18), ("posts", 2, 0)]
            .map(|(topic, number, lag)| (topic.to_owned(), number, lag));
        assert_eq!(read(text.as_bytes()), expected);
    }
}
