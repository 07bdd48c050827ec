//! Meaning: what cannot be meant in a pipeline file.

use super::{Code, error};

pub(super) const CODES: &[Code] = &[
    error(
        "UC050",
        "a variable that is not set",
        "`${NAME}` comes from the environment; `${NAME:-else}` has a value for when it is not set.",
        "brokers: ${KAFKA_BROKRES}",
        "brokers: ${KAFKA_BROKERS:-127.0.0.1:9092}",
    ),
    error(
        "UC051",
        "a secret that cannot be read",
        "`${file:PATH}` is the content of a file on the machine that runs the pipeline.",
        "sasl.password: ${file:/run/secrets/missing}",
        "sasl.password: ${file:/run/secrets/kafka}",
    ),
    error(
        "UC052",
        "nothing to do",
        "A pipeline reads at least one topic with at least one pack.",
        "inputs: []",
        "inputs: [{ topic: posts }]",
    ),
    error(
        "UC053",
        "an input topic stands twice",
        "Every record of it would be read once only, and it is open by which of the two lines.",
        "inputs: [{ topic: posts }, { topic: posts, format: telegram }]",
        "inputs: [{ topic: posts, format: telegram }]",
    ),
    error(
        "UC054",
        "unknown format",
        "The formats that are known are named; `auto` decides for each record.",
        "format: telegarm",
        "format: telegram",
    ),
    error("UC055", "no quota", "Messages a second of one topic.", "quota: fast", "quota: 5000/s"),
    error(
        "UC056",
        "no commit interval",
        "Shorter than 10 ms, transactions wait for each other; longer than 3 s, every reader downstream waits.",
        "commit_every: 1m",
        "commit_every: 100ms",
    ),
    error("UC057", "workers that cannot run", "Between 1 and 256 threads.", "workers: 0", "workers: 2"),
    error(
        "UC058",
        "no address",
        "The admin server listens on a numeric host and a port.",
        "admin: localhost",
        "admin: 127.0.0.1:9464",
    ),
    error(
        "UC059",
        "no name for a topic",
        "Kafka takes 1 to 249 of the letters a-z, A-Z, digits, `.`, `_` and `-`.",
        "topic: my posts",
        "topic: my-posts",
    ),
    error(
        "UC060",
        "a topic with two uses",
        "A topic that is read and written is a loop without end; two outputs in one topic cannot be told apart.",
        "inputs: [{ topic: posts }]\noutputs: { scored: posts }",
        "inputs: [{ topic: posts }]\noutputs: { scored: scored }",
    ),
    error(
        "UC061",
        "no cluster",
        "`brokers` are `host:port`, separated by commas; `group` is the consumer group.",
        "brokers: \"a b\"",
        "brokers: a:9092,b:9092",
    ),
    error(
        "UC062",
        "a property that librdkafka refuses",
        "Its CONFIGURATION.md lists all properties and their values.",
        "properties: { fetch.min.byte: 1 }",
        "properties: { fetch.min.bytes: 1 }",
    ),
    error(
        "UC063",
        "a pipeline without a name",
        "The name becomes `ce_source` of every record.",
        "pipeline: \"\"",
        "pipeline: general",
    ),
    error(
        "UC064",
        "packs that are not there",
        "Paths begin at the pipeline file's folder; `shipped` is what the program holds.",
        "packs: [pakcs]",
        "packs: [packs]",
    ),
];
