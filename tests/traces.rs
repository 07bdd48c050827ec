//! Spans on a real broker, told to a collector that listens as any does. `cargo test --features otel --test traces`.

mod support;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use support::{Broker, Program, Received, Sent, create_topic, free_port, produce, read_committed, unique, wait_until};

const PATIENCE: Duration = Duration::from_secs(60);
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN: &str = "00f067aa0ba902b7";

/// Answers every request with 200 and keeps what was sent.
fn collector() -> (String, Arc<Mutex<Vec<u8>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("its address"));
    let sent: Arc<Mutex<Vec<u8>>> = Arc::default();
    let kept = Arc::clone(&sent);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let kept = Arc::clone(&kept);
            std::thread::spawn(move || {
                let mut part = [0; 16_384];
                while let Ok(read @ 1..) = stream.read(&mut part) {
                    kept.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(&part[..read]);
                    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
                }
            });
        }
    });
    (address, sent)
}

fn post(id: &str, flags: &str) -> Sent {
    let payload = format!(r#"{{"id":"telegram/a/{id}","source":"telegram","text":"The tram runs again."}}"#);
    let traceparent = format!("00-{TRACE}-{SPAN}-{flags}");
    Sent {
        partition: 0,
        key: Some(id.as_bytes().to_vec()),
        payload: Some(payload.into_bytes()),
        headers: vec![("traceparent".into(), Some(traceparent.into_bytes()))],
    }
}

#[test]
fn a_sampled_record_is_told_of_and_its_outputs_carry_the_span() {
    let Some(broker) = Broker::get() else { return };
    let (prefix, folder) = (unique("traces"), tempfile::tempdir().expect("a folder"));
    let topic = |name: &str| format!("{prefix}.{name}");
    create_topic(&broker, &topic("posts"), 1, &[]);
    let pipeline = format!(
        "pipeline: traces\nkafka: {{ brokers: \"{}\", group: {prefix} }}\ninputs:\n  - {{ topic: {prefix}.posts, format: post }}\n\
         packs: [shipped]\noutputs: {{ scored: {prefix}.scored, alerts: {prefix}.alerts, dead_letters: {prefix}.dead, create: true }}\n\
         admin: 127.0.0.1:{}\n",
        broker.address,
        free_port()
    );
    std::fs::write(folder.path().join("pipeline.yaml"), pipeline).expect("a pipeline file");
    let (address, sent) = collector();
    let environment = [("OTEL_EXPORTER_OTLP_ENDPOINT", address.as_str()), ("OTEL_BSP_SCHEDULE_DELAY", "200")];
    let mut service = Program::start(folder.path(), "service", &["run", "pipeline.yaml"], &environment);
    produce(&broker, &topic("posts"), &[post("sampled", "01"), post("not", "00")]);

    let trace: Vec<u8> = (0..16).filter_map(|at| u8::from_str_radix(&TRACE[at * 2..at * 2 + 2], 16).ok()).collect();
    let holds = |bytes: &[u8]| {
        sent.lock().unwrap_or_else(PoisonError::into_inner).windows(bytes.len()).filter(|part| *part == bytes).count()
    };
    wait_until("the collector hears of the trace", PATIENCE, || holds(&trace) > 0);
    wait_until("both posts are scored", PATIENCE, || {
        matches!(std::panic::catch_unwind(|| read_committed(&broker, &topic("scored")).len()), Ok(2))
    });
    let records = read_committed(&broker, &topic("scored"));
    let parent = |key: &str| {
        let record: &Received =
            records.iter().find(|record| record.key.as_deref() == Some(key.as_bytes())).expect("a record");
        record.header("traceparent").to_owned()
    };
    // Nobody samples the other one: it is passed on as it came.
    assert_eq!(parent("not"), format!("00-{TRACE}-{SPAN}-00"));
    let own = parent("sampled");
    assert!(own.starts_with(&format!("00-{TRACE}-")) && own.ends_with("-01") && !own.contains(SPAN), "{own}");
    assert!(service.terminate(Duration::from_secs(5)).success());
    assert_eq!(holds(&trace), 1, "one span");
    let topic = topic("posts");
    for said in ["POST /v1/traces HTTP/1.1", "undercurrent.outcome", "messaging.destination.name", topic.as_str()] {
        assert!(holds(said.as_bytes()) > 0, "{said}");
    }
}
