//! The topics, looked at before the first record is read.
//!
//! In: [`Settings`]. Out: what each output topic takes, or all that is wrong with them in words that say how to mend it.
//!
//! Why at start: a topic that is missing, or that takes less than it must, shows hours later as a batch that aborts for
//! ever. A record over `max.message.bytes` fails the whole produce batch it is in, so the limits are needed to refuse
//! such a record before it is sent.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::admin::{
    AdminClient, AdminOptions, NewTopic, OwnedResourceSpecifier, ResourceSpecifier, TopicReplication,
};
use rdkafka::client::{ClientContext, DefaultClientContext};
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::error::KafkaError;
use rdkafka::metadata::Metadata;

use super::error::StartError;
use super::settings::{OUTPUTS, Settings, number};
use super::{client, log};
use crate::stages::Output;

/// How long brokers may take to answer: a cluster that fails over answers within it, a wrong address never does.
const WITHIN: Duration = Duration::from_secs(10);
/// For topic settings, which the embedded broker of the demo cannot tell; whoever can, tells within milliseconds.
const SETTINGS_WITHIN: Duration = Duration::from_secs(3);
/// A dead letter is the input plus headers that say where it came from and why: this much is more than they take.
const HEADER_ROOM: usize = 64 * 1024;
/// Apache Kafka's default for `max.message.bytes`, assumed where a broker does not tell (no `DescribeConfigs` right).
const DEFAULT_LIMIT: usize = 1_048_588;
/// Retention of topics that the program creates: scored posts are a stream to be taken up within a week; alerts and dead
/// letters are few and somebody has to look at them.
const RETENTION_MS: [&str; 3] = ["604800000", "2592000000", "2592000000"];

/// What an output topic takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TopicLimit {
    /// `max.message.bytes`.
    pub bytes: usize,
    /// Number of partitions.
    pub partitions: i32,
}

/// What the output topics take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TopicLimits {
    /// The topic of scored posts.
    pub scored: TopicLimit,
    /// The topic of alerts.
    pub alerts: TopicLimit,
    /// The topic of dead letters.
    pub dead_letters: TopicLimit,
}

/// Kafka's defaults.
impl Default for TopicLimits {
    fn default() -> Self {
        let limit = TopicLimit { bytes: DEFAULT_LIMIT, partitions: 1 };
        Self { scored: limit, alerts: limit, dead_letters: limit }
    }
}

impl TopicLimits {
    /// The limits of an output.
    #[must_use]
    pub fn of(&self, output: Output) -> TopicLimit {
        match output {
            Output::Scored => self.scored,
            Output::Alerts => self.alerts,
            Output::DeadLetters => self.dead_letters,
        }
    }

    pub(super) fn smallest(&self) -> usize {
        OUTPUTS.iter().map(|output| self.of(*output).bytes).min().unwrap_or(DEFAULT_LIMIT)
    }
}

/// Looks at all topics, creates outputs if the settings say so, and reads what they take.
///
/// # Errors
/// [`StartError`], within some 30 s whatever the brokers do.
pub fn check_topics(settings: &Settings) -> Result<TopicLimits, StartError> {
    let reserved = client::reserved(settings);
    if !reserved.is_empty() {
        return Err(StartError::Reserved(reserved));
    }
    if let Some(input) =
        settings.inputs.iter().find(|input| OUTPUTS.iter().any(|output| settings.outputs.of(*output) == input.topic))
    {
        return Err(StartError::Loop(input.topic.clone()));
    }
    let config = client::plain(settings);
    let refused = |error: KafkaError| StartError::Client(error.to_string());
    let asking: BaseConsumer<Asking> = config.create_with_context(Asking::default()).map_err(refused)?;
    let mut metadata = ask(&asking, &settings.brokers)?;
    let admin: AdminClient<DefaultClientContext> = config.create().map_err(refused)?;
    let runtime =
        tokio::runtime::Builder::new_current_thread().build().map_err(|error| StartError::Client(error.to_string()))?;

    let missing_inputs: Vec<&str> = settings
        .inputs
        .iter()
        .map(|input| input.topic.as_str())
        .filter(|topic| partitions(&metadata, topic) == 0)
        .collect();
    let missing_outputs: Vec<Output> =
        OUTPUTS.into_iter().filter(|output| partitions(&metadata, settings.outputs.of(*output)) == 0).collect();
    if !missing_inputs.is_empty() || (!missing_outputs.is_empty() && !settings.create) {
        let outputs = if settings.create { &[][..] } else { &missing_outputs[..] };
        let topics = missing_inputs.into_iter().chain(outputs.iter().map(|output| settings.outputs.of(*output)));
        return Err(StartError::Missing {
            topics: topics.map(ToOwned::to_owned).collect(),
            outputs: !outputs.is_empty(),
        });
    }
    let inputs: Vec<&str> = settings.inputs.iter().map(|input| input.topic.as_str()).collect();
    let there = OUTPUTS.into_iter().filter(|output| !missing_outputs.contains(output));
    let asked: Vec<&str> = inputs.iter().copied().chain(there.map(|output| settings.outputs.of(output))).collect();
    let told = runtime.block_on(max_bytes(&admin, &asked));
    let largest =
        inputs.iter().map(|topic| told.get(*topic).copied().unwrap_or(DEFAULT_LIMIT)).max().unwrap_or(DEFAULT_LIMIT);
    let needed = largest + HEADER_ROOM;
    if let Some(&limit) = told.get(settings.outputs.dead_letters.as_str())
        && limit < needed
        // Without the inputs' limits nothing is known to be wrong.
        && inputs.iter().all(|topic| told.contains_key(*topic))
    {
        return Err(StartError::DeadLettersTooSmall {
            topic: settings.outputs.dead_letters.clone(),
            limit,
            largest,
            needed,
        });
    }
    if !missing_outputs.is_empty() {
        let most = inputs.iter().map(|topic| partitions(&metadata, topic)).max().unwrap_or(1);
        for output in &missing_outputs {
            runtime.block_on(create(&admin, settings.outputs.of(*output), *output, most, needed))?;
        }
        metadata = seen(&asking, settings)?;
    }
    let limit = |output: Output| {
        let topic = settings.outputs.of(output);
        let made = if missing_outputs.contains(&output) { needed } else { DEFAULT_LIMIT };
        TopicLimit { bytes: told.get(topic).copied().unwrap_or(made), partitions: partitions(&metadata, topic).max(1) }
    };
    Ok(TopicLimits {
        scored: limit(Output::Scored),
        alerts: limit(Output::Alerts),
        dead_letters: limit(Output::DeadLetters),
    })
}

/// All topics of the cluster: asking for one by name would create it on clusters that create topics by themselves.
pub(super) fn ask(client: &BaseConsumer<Asking>, brokers: &str) -> Result<Metadata, StartError> {
    client.fetch_metadata(None, WITHIN).map_err(|error| {
        // Serves what the client had to say meanwhile; it has no group, so no record can come.
        let _ = client.poll(Duration::from_millis(10));
        let said = client.context().last.lock().unwrap_or_else(PoisonError::into_inner).take();
        StartError::Unreachable {
            brokers: brokers.to_owned(),
            within: WITHIN,
            cause: said.unwrap_or_else(|| error.to_string()),
        }
    })
}

/// The topics once those just created are known to the broker that is asked, which may lag behind the one that made them.
fn seen(client: &BaseConsumer<Asking>, settings: &Settings) -> Result<Metadata, StartError> {
    let until = Instant::now() + WITHIN;
    loop {
        let metadata = ask(client, &settings.brokers)?;
        let unseen =
            OUTPUTS.iter().map(|output| settings.outputs.of(*output)).find(|topic| partitions(&metadata, topic) == 0);
        match unseen {
            None => return Ok(metadata),
            Some(topic) if Instant::now() > until => {
                return Err(StartError::Create { topic: topic.to_owned(), cause: "no broker shows it".into() });
            }
            Some(_) => drop(client.poll(Duration::from_millis(100))),
        }
    }
}

fn partitions(metadata: &Metadata, name: &str) -> i32 {
    let topic = metadata.topics().iter().find(|topic| topic.name() == name && topic.error().is_none());
    topic.map_or(0, |topic| i32::try_from(topic.partitions().len()).unwrap_or(i32::MAX))
}

async fn create(
    admin: &AdminClient<DefaultClientContext>,
    topic: &str,
    output: Output,
    partitions: i32,
    bytes: usize,
) -> Result<(), StartError> {
    let bytes = bytes.to_string();
    // -1: as many replicas as the cluster's own default.
    let new = NewTopic::new(topic, partitions, TopicReplication::Fixed(-1))
        .set("compression.type", "producer")
        .set("retention.ms", RETENTION_MS[number(output)])
        .set("max.message.bytes", &bytes);
    let failed = |cause: String| StartError::Create { topic: topic.to_owned(), cause };
    let options = AdminOptions::new().request_timeout(Some(WITHIN)).operation_timeout(Some(WITHIN));
    let results = admin.create_topics([&new], &options).await.map_err(|error| failed(error.to_string()))?;
    for result in results {
        match result {
            Ok(_) => tracing::info!(topic, partitions, "created topic"),
            // Another process of the same group started at the same time.
            Err((_, rdkafka::types::RDKafkaErrorCode::TopicAlreadyExists)) => {}
            Err((_, code)) => return Err(failed(code.to_string())),
        }
    }
    Ok(())
}

/// `max.message.bytes` of each topic whose settings may be read.
async fn max_bytes(admin: &AdminClient<DefaultClientContext>, topics: &[&str]) -> BTreeMap<String, usize> {
    let options = AdminOptions::new().request_timeout(Some(SETTINGS_WITHIN));
    let specifiers: Vec<ResourceSpecifier<'_>> = topics.iter().map(|topic| ResourceSpecifier::Topic(topic)).collect();
    let results = match admin.describe_configs(&specifiers, &options).await {
        Ok(results) => results,
        Err(error) => {
            tracing::warn!(%error, assumed = DEFAULT_LIMIT, "topic settings cannot be read; grant `DescribeConfigs`");
            return BTreeMap::new();
        }
    };
    let mut limits = BTreeMap::new();
    for resource in results.iter().flatten() {
        let entry = resource.get("max.message.bytes").and_then(|entry| entry.value.as_deref());
        if let (OwnedResourceSpecifier::Topic(topic), Some(Ok(bytes))) = (&resource.specifier, entry.map(str::parse)) {
            limits.insert(topic.clone(), bytes);
        }
    }
    for topic in topics.iter().filter(|topic| !limits.contains_key(**topic)) {
        tracing::warn!(topic, assumed = DEFAULT_LIMIT, "the topic's max.message.bytes cannot be read");
    }
    limits
}

/// Keeps the last thing that the client said, which tells more than the time-out of the call does.
#[derive(Default)]
pub(super) struct Asking {
    last: Mutex<Option<String>>,
}

impl ClientContext for Asking {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        log::line(level, facility, message);
    }

    fn error(&self, _: KafkaError, reason: &str) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason.to_owned());
    }
}

impl ConsumerContext for Asking {}

#[cfg(test)]
mod tests {
    use super::super::client::tests::settings;
    use super::super::settings::InputTopic;
    use super::*;

    #[test]
    fn a_topic_that_is_read_and_written_is_refused() {
        let mut settings = settings(&[]);
        settings.inputs.push(InputTopic { topic: "s".into(), quota: None });
        assert_eq!(check_topics(&settings).unwrap_err().reason(), "loop");
    }

    #[test]
    fn a_reserved_property_is_refused() {
        let error = check_topics(&settings(&[("transactional.id", "x")])).unwrap_err();
        assert_eq!(error.to_string(), "properties that the program sets itself: transactional.id; leave them out");
    }
}
