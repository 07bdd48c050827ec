//! Faults that a real broker does not show on demand, injected by librdkafka's mock cluster. It is no judge of
//! exactly-once (it drops transactional offsets and shows aborted records); what is tested is that the worker lives,
//! and says what happened.

#![allow(clippy::unwrap_used, reason = "a test that fails should say where")]
#![allow(clippy::print_stderr, reason = "shared with tests that may be skipped")]

#[path = "rim/mod.rs"]
#[allow(dead_code, reason = "shared with the tests against a broker")]
mod rim;

use std::collections::BTreeSet;
use std::time::Duration;

use rdkafka::mocking::MockCluster;
use rdkafka::producer::DefaultProducerContext;
use rdkafka::types::{RDKafkaApiKey as Api, RDKafkaRespErr as Code};
use rim::{Process, Rim, numbered, texts, wait};
use undercurrent::kafka::{Delivery, WorkerError};

type Mock = MockCluster<'static, DefaultProducerContext>;

fn mock(test: &str) -> (Mock, Rim) {
    let mock = MockCluster::new(1).unwrap();
    let rim = Rim::bare(&mock.bootstrap_servers(), test);
    for which in ["a", "b", "scored", "alerts", "dead"] {
        mock.create_topic(&rim.topic(which), 2, 1).unwrap();
    }
    (mock, rim)
}

/// Starts, sends one record so that the producer is under way, injects, sends more, and waits for all.
fn check(test: &str, delivery: Delivery, api: Api, errors: &[Code], outcome: Option<&str>) {
    let (mock, rim) = mock(test);
    let process = Process::start(rim.settings(delivery, 1));
    process.ready();
    rim.feed("a", numbered("first", 1));
    wait("the first record", || process.metric("undercurrent_scored_total") >= 1);
    // Slow, so that the errors meet the worker and not the producer of these.
    rim.feed("a", numbered("slow:", 200));
    mock.request_errors(api, errors);
    wait("the others", || process.metric("undercurrent_scored_total") >= 201);
    let found: BTreeSet<String> = texts(&rim.read("scored")).into_iter().collect();
    assert_eq!(found.len(), 201);
    if let Some(outcome) = outcome {
        let line = format!("undercurrent_transactions_total{{outcome=\"{outcome}\"}}");
        assert_eq!(process.metric(&line), 1, "{test}: {outcome}");
    }
    assert!(process.stop() < Duration::from_secs(5));
}

#[test]
fn the_demo_runs_at_least_once_on_the_mock() {
    check("demo", Delivery::AtLeastOnce, Api::Produce, &[], None);
}

#[test]
fn a_retriable_error_is_retried() {
    let codes = [Code::RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS, Code::RD_KAFKA_RESP_ERR_NOT_COORDINATOR];
    check("retry", Delivery::ExactlyOnce, Api::TxnOffsetCommit, &codes, None);
}

#[test]
fn an_illegal_generation_takes_the_batch_back() {
    let codes = [Code::RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION];
    check("abort", Delivery::ExactlyOnce, Api::TxnOffsetCommit, &codes, Some("aborted"));
}

#[test]
fn a_fenced_producer_is_replaced() {
    let codes = [Code::RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH];
    check("fenced", Delivery::ExactlyOnce, Api::EndTxn, &codes, Some("fenced"));
}

#[test]
fn a_refused_epoch_is_sent_again_by_another_producer() {
    let codes = [Code::RD_KAFKA_RESP_ERR_INVALID_RECORD];
    check("epoch", Delivery::AtLeastOnce, Api::Produce, &codes, Some("aborted"));
}

#[test]
fn fenced_twice_in_a_row_ends_the_process_and_says_why() {
    let (mock, rim) = mock("twice");
    let mut settings = rim.settings(Delivery::ExactlyOnce, 1);
    settings.instance = Some("same".into());
    let process = Process::start(settings);
    process.ready();
    mock.request_errors(Api::EndTxn, &[Code::RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH; 20]);
    rim.feed("a", numbered("good", 10));
    let error = process.running.join().unwrap_err();
    assert!(matches!(&error, WorkerError::Fenced(id) if id.ends_with("-score-same-0")), "{error}");
}

#[test]
fn a_forbidden_topic_ends_the_process_and_says_why() {
    let (mock, rim) = mock("forbidden");
    let process = Process::start(rim.settings(Delivery::ExactlyOnce, 1));
    process.ready();
    mock.request_errors(Api::AddPartitionsToTxn, &[Code::RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED]);
    rim.feed("a", numbered("good", 10));
    let error = process.running.join().unwrap_err();
    assert_eq!(error.reason(), "forbidden", "{error}");
}

#[test]
fn a_stop_does_not_wait_for_brokers_that_are_gone() {
    for delivery in [Delivery::ExactlyOnce, Delivery::AtLeastOnce] {
        let (mock, rim) = mock("gone");
        let process = Process::start(rim.settings(delivery, 1));
        process.ready();
        rim.feed("a", numbered("slow:", 200));
        wait("the first record", || process.metric("undercurrent_received_total") >= 1);
        mock.broker_down(1).unwrap();
        // Long enough for a batch to be open that cannot be committed.
        std::thread::sleep(Duration::from_millis(300));
        let took = process.stop();
        eprintln!("{delivery:?}: {took:?}");
        assert!(took < Duration::from_secs(5), "{took:?}");
    }
}
