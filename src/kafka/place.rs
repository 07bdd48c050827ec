//! Partitions of the input topics, as small keys.
//!
//! librdkafka names a partition by a string and a number; the hot path looks one up for each record. A [`Place`] is the
//! same as two numbers, the first being the topic's position among the inputs.

use std::collections::BTreeMap;

use rdkafka::topic_partition_list::{Offset, TopicPartitionList};

use super::settings::InputTopic;

/// A partition of an input topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) topic: usize,
    pub(super) partition: i32,
}

/// An offset for each of some partitions.
pub(super) type Offsets = BTreeMap<Place, i64>;

/// The names of the input topics.
#[derive(Debug, Clone)]
pub(super) struct Names(Vec<String>);

impl Names {
    pub(super) fn new(inputs: &[InputTopic]) -> Self {
        Self(inputs.iter().map(|input| input.topic.clone()).collect())
    }

    pub(super) fn all(&self) -> Vec<&str> {
        self.0.iter().map(String::as_str).collect()
    }

    pub(super) fn name(&self, topic: usize) -> &str {
        self.0.get(topic).map_or("", String::as_str)
    }

    /// `None` for a topic that is not an input: it cannot come, since only inputs are subscribed.
    pub(super) fn place(&self, topic: &str, partition: i32) -> Option<Place> {
        self.0.iter().position(|name| name == topic).map(|topic| Place { topic, partition })
    }

    /// The partitions of a list that stand at a concrete offset.
    pub(super) fn offsets(&self, list: &TopicPartitionList) -> Offsets {
        let elements = list.elements();
        let concrete = elements.iter().filter_map(|element| match element.offset() {
            Offset::Offset(offset) => self.place(element.topic(), element.partition()).map(|place| (place, offset)),
            _ => None,
        });
        concrete.collect()
    }

    /// The partitions of a list.
    pub(super) fn places(&self, list: &TopicPartitionList) -> Vec<Place> {
        list.elements().iter().filter_map(|element| self.place(element.topic(), element.partition())).collect()
    }

    /// A list of partitions at offsets.
    pub(super) fn list(&self, offsets: &Offsets) -> TopicPartitionList {
        let mut list = TopicPartitionList::with_capacity(offsets.len());
        for (place, offset) in offsets {
            // Fails only for an offset below zero, which no record has.
            let _ = list.add_partition_offset(self.name(place.topic), place.partition, Offset::Offset(*offset));
        }
        list
    }

    /// A list of partitions.
    pub(super) fn bare(&self, places: impl IntoIterator<Item = Place>) -> TopicPartitionList {
        let mut list = TopicPartitionList::new();
        for place in places {
            list.add_partition(self.name(place.topic), place.partition);
        }
        list
    }
}
