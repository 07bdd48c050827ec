//! What can go wrong at the rim, and what each calls for.
//!
//! [`StartError`] is for the person who configures; [`WorkerError`] ends a worker; [`Fault`] ends a batch. librdkafka says
//! of a transactional error whether it may be retried, wants an abort, or is fatal; [`classify`] is the only place that
//! reads those flags.

use std::time::Duration;

use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use thiserror::Error;

/// Why the program cannot start.
#[derive(Debug, Error)]
pub enum StartError {
    /// No broker answered in time.
    #[error("no broker at {brokers} answered within {} s: {cause}", within.as_secs())]
    Unreachable {
        /// The configured addresses.
        brokers: String,
        /// How long was waited.
        within: Duration,
        /// The last thing that the client said.
        cause: String,
    },
    /// Topics do not exist.
    #[error(
        "topics do not exist: {}; create them{}", topics.join(", "),
        if *outputs { ", or set `create: true` under `outputs` for those that are outputs" } else { "" }
    )]
    Missing {
        /// All that are missing.
        topics: Vec<String>,
        /// Whether outputs are among them.
        outputs: bool,
    },
    /// A topic is both read and written.
    #[error("topic `{0}` is an input and an output; the program would read its own results for ever")]
    Loop(String),
    /// An output topic could not be created.
    #[error("topic `{topic}` could not be created: {cause}; create it by hand or grant `Create`")]
    Create {
        /// Its name.
        topic: String,
        /// The broker's words.
        cause: String,
    },
    /// The dead-letter topic takes less than an input plus its headers.
    #[error(
        "dead-letter topic `{topic}` takes records of {limit} bytes, but inputs of {largest} bytes may have to go there with \
         their headers; set its `max.message.bytes` to {needed} or more"
    )]
    DeadLettersTooSmall {
        /// Its name.
        topic: String,
        /// What it takes.
        limit: usize,
        /// The largest input.
        largest: usize,
        /// What it should take.
        needed: usize,
    },
    /// Properties that the delivery depends on.
    #[error("properties that the program sets itself: {}; leave them out", .0.join(", "))]
    Reserved(Vec<String>),
    /// The client library refused the configuration.
    #[error("the Kafka client refused its configuration: {0}")]
    Client(String),
}

impl StartError {
    /// A bounded word for it.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => "unreachable",
            Self::Missing { .. } => "missing_topics",
            Self::Loop(_) => "loop",
            Self::Create { .. } => "create",
            Self::DeadLettersTooSmall { .. } => "dead_letters_too_small",
            Self::Reserved(_) => "reserved",
            Self::Client(_) => "client",
        }
    }
}

/// Why a worker ended.
#[derive(Debug, Error)]
pub enum WorkerError {
    /// The client library refused to make a consumer or producer.
    #[error("the Kafka client refused its configuration: {0}")]
    Client(String),
    /// A broker forbids what the worker must do.
    #[error("a broker forbids it: {0}; grant the group, the transactional id and the topics")]
    Forbidden(String),
    /// Somebody else uses the transactional id.
    #[error("fenced twice within a minute: another process uses `{0}`; give each process its own `instance`")]
    Fenced(String),
    /// A partition could not be rewound after an abort.
    #[error("a partition could not be rewound: {0}")]
    Rewind(String),
    /// The consumer is beyond use.
    #[error("the consumer failed: {0}")]
    Consumer(String),
    /// A dead letter was refused too.
    #[error(
        "the dead letter for {topic}/{partition}@{offset} was refused: {cause}; raise `max.message.bytes` of the dead-letter \
         topic, or move the group past this record"
    )]
    DeadLetter {
        /// Input topic.
        topic: String,
        /// Input partition.
        partition: i32,
        /// Input offset.
        offset: i64,
        /// The broker's words.
        cause: String,
    },
    /// It panicked.
    #[error("a worker panicked: {0}")]
    Panic(String),
}

impl WorkerError {
    /// A bounded word for it.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Client(_) => "client",
            Self::Forbidden(_) => "forbidden",
            Self::Fenced(_) => "fenced",
            Self::Rewind(_) => "rewind",
            Self::Consumer(_) => "consumer",
            Self::DeadLetter { .. } => "dead_letter",
            Self::Panic(_) => "panic",
        }
    }

    /// Whether a new consumer and producer may do better. Nothing is lost by trying: both start at what was committed.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Rewind(_) | Self::Consumer(_) | Self::Panic(_) => true,
            Self::Client(_) | Self::Forbidden(_) | Self::Fenced(_) | Self::DeadLetter { .. } => false,
        }
    }
}

/// Why a batch cannot be committed.
#[derive(Debug)]
pub(super) enum Fault {
    /// A broker refuses a record for what it is; trying again changes nothing.
    Refused(RDKafkaErrorCode),
    /// Abort and try again.
    Failed(String),
    /// Another producer took over the transactional id.
    Fenced,
    /// The producer is beyond use.
    Broken(String),
    /// The worker is beyond use.
    Ended(WorkerError),
}

/// What to do about an error of a transactional call.
#[derive(Debug)]
pub(super) enum Class {
    /// The same call again.
    Again,
    /// Something else.
    Fault(Fault),
}

pub(super) fn classify(error: &KafkaError) -> Class {
    use RDKafkaErrorCode as Code;
    let fault = match error {
        KafkaError::Flush(_) => return Class::Again,
        KafkaError::Transaction(error) => match error.code() {
            Code::Fenced | Code::ProducerFenced | Code::InvalidProducerEpoch => Fault::Fenced,
            code if is_forbidden(code) => Fault::Ended(WorkerError::Forbidden(error.to_string())),
            // A refused record fails its transaction; the next call tells, often before the delivery report does.
            code if is_refusal(code) && error.txn_requires_abort() => Fault::Refused(code),
            _ if error.is_fatal() => Fault::Broken(error.to_string()),
            _ if error.is_retriable() => return Class::Again,
            _ if error.txn_requires_abort() => Fault::Failed(error.to_string()),
            _ => Fault::Broken(error.to_string()),
        },
        other => Fault::Broken(other.to_string()),
    };
    Class::Fault(fault)
}

/// Whether a broker refuses this record for what it is.
pub(super) fn is_refusal(code: RDKafkaErrorCode) -> bool {
    use RDKafkaErrorCode as Code;
    matches!(
        code,
        Code::MessageSizeTooLarge
            | Code::InvalidMessage
            | Code::InvalidMessageSize
            | Code::InvalidRecord
            | Code::InvalidTimestamp
            | Code::MessageBatchTooLarge
            | Code::BadMessage
            | Code::UnsupportedForMessageFormat
    )
}

/// Whether no retry helps until somebody grants a right.
pub(super) fn is_forbidden(code: RDKafkaErrorCode) -> bool {
    use RDKafkaErrorCode as Code;
    matches!(
        code,
        Code::TopicAuthorizationFailed
            | Code::GroupAuthorizationFailed
            | Code::ClusterAuthorizationFailed
            | Code::TransactionalIdAuthorizationFailed
    )
}

/// A bounded word for a produce error.
pub(super) fn produce_reason(code: RDKafkaErrorCode) -> &'static str {
    use RDKafkaErrorCode as Code;
    match code {
        Code::MessageSizeTooLarge | Code::MessageBatchTooLarge => "too_large",
        Code::InvalidTimestamp => "timestamp",
        Code::MessageTimedOut => "timed_out",
        Code::OutOfOrderSequenceNumber => "out_of_order",
        Code::UnknownTopic | Code::UnknownTopicOrPartition | Code::UnknownPartition => "unknown_topic",
        code if is_refusal(code) => "invalid",
        code if is_forbidden(code) => "forbidden",
        _ => "other",
    }
}
