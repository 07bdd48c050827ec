//! Where a Kafka cluster is, for every command that talks to one.

use std::collections::BTreeMap;

use clap::Args;

/// Where a Kafka cluster is.
#[derive(Debug, Clone, Args)]
pub struct Cluster {
    /// Bootstrap servers
    #[arg(long, env = "KAFKA_BROKERS", default_value = "127.0.0.1:9092")]
    pub brokers: String,
    /// A librdkafka property, `name=value`
    #[arg(long = "property", short = 'X', value_name = "NAME=VALUE")]
    pub properties: Vec<String>,
}

impl Cluster {
    /// The properties, by name.
    ///
    /// # Errors
    /// One of them is none.
    pub fn properties(&self) -> Result<BTreeMap<String, String>, String> {
        let split = |property: &String| match property.split_once('=') {
            Some((name, value)) => Ok((name.to_string(), value.to_string())),
            None => Err(format!("`{property}` is no property; write `name=value`")),
        };
        self.properties.iter().map(split).collect()
    }
}
