//! What the service publishes, read by clients that others wrote: kcat, Kafka's console consumer, confluent-kafka for
//! Python, Kafka Connect with its file sink. Each must see what the broker holds for `read_committed` readers, and
//! nothing of a transaction that was aborted.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use rdkafka::config::ClientConfig;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use serde_json::Value;
use support::{
    Broker, Program, Received, Sent, committed, create_topic, free_port, produce, read_committed, unique, wait_until,
};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const PATIENCE: Duration = Duration::from_secs(90);
/// Stands last in the topic: a reader that has it has seen all that it is going to see.
const END: &str = "the end";
/// What must not be seen.
const ABORTED: &str = "never committed";
/// What nobody can read.
const BROKEN: [&str; 2] = ["{\"text\": \"never fin", "{\"text\": \"ни конца"];
/// Between the parts of a record in the console consumer's lines. JSON escapes them.
const PART: char = '\u{1f}';
const HEADER: char = '\u{1e}';

/// A record as every client tells it: key, value, headers as `name:value`.
type Seen = (String, String, Vec<String>);

/// The tools of others, or a clear word on what is missing.
struct Tools {
    jars: PathBuf,
    python: PathBuf,
}

impl Tools {
    fn get(test: &str) -> Option<Self> {
        let prepared = |what: &str| {
            let done = Command::new("bash").arg(Path::new(ROOT).join("tests/interop/tools.sh")).arg(what).output();
            let done = done.map_err(|why| format!("bash: {why}"))?;
            let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
            if done.status.success() { Ok(PathBuf::from(said(&done.stdout))) } else { Err(said(&done.stderr)) }
        };
        let kcat = Command::new("kcat").arg("-V").output().map_err(|why| format!("no kcat ({why})"));
        let all = kcat.and_then(|_| Ok(Self { jars: prepared("jars")?, python: prepared("python")? }));
        all.map_err(|why| {
            assert!(std::env::var("CI").is_err(), "{why}");
            let _ = writeln!(std::io::stderr(), "SKIPPED {test}: {why}");
        })
        .ok()
    }

    /// A main class of Kafka's clients, with a small heap.
    fn java(&self, class: &str) -> Command {
        let mut java = Command::new("java");
        java.args(["-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Dfile.encoding=UTF-8"])
            .args(["-Dorg.slf4j.simpleLogger.defaultLogLevel=error", "-cp"])
            .arg(format!("{}/*", self.jars.display()))
            .arg(class);
        java
    }
}

/// A child that ends with the test.
struct Ends(Child);

impl Drop for Ends {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

struct Scene {
    broker: Broker,
    prefix: String,
    folder: tempfile::TempDir,
}

impl Scene {
    fn topic(&self, name: &str) -> String {
        format!("{}.{name}", self.prefix)
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, text).expect("written");
        path
    }

    /// The demo's posts, two letters that nobody can read, and the service over them until all have ended.
    fn run(&self) {
        for topic in ["posts", "scored", "alerts", "connect-dead"] {
            create_topic(&self.broker, &self.topic(topic), 1, &[]);
        }
        // The largest input, with the headers that say why.
        create_topic(&self.broker, &self.topic("dead"), 1, &[("max.message.bytes", "1200000")]);
        let mut sent = Vec::new();
        for name in ["telegram", "articles"] {
            let posts = fs::read_to_string(Path::new(ROOT).join(format!("pipelines/demo/demo.{name}.ndjson")));
            for (number, line) in posts.expect("the demo's posts").lines().enumerate() {
                let key = (number % 2 == 0).then(|| format!("ключ-{number}").into_bytes());
                let headers = if number % 3 == 0 {
                    vec![(
                        "traceparent".to_owned(),
                        Some(b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_vec()),
                    )]
                } else {
                    Vec::new()
                };
                sent.push(Sent { partition: 0, key, payload: Some(line.as_bytes().to_vec()), headers });
            }
        }
        for broken in BROKEN {
            let headers = vec![("trace".to_owned(), Some(b"abc".to_vec()))];
            sent.push(Sent { partition: 0, key: Some(b"k".to_vec()), payload: Some(broken.into()), headers });
        }
        produce(&self.broker, &self.topic("posts"), &sent);
        let pipeline = format!(
            "pipeline: interop\nkafka: {{ brokers: \"{}\", group: {1} }}\n\
             inputs:\n  - {{ topic: {1}.posts, format: auto }}\npacks: [shipped]\n\
             outputs: {{ scored: {1}.scored, alerts: {1}.alerts, dead_letters: {1}.dead }}\n\
             delivery: exactly_once\nadmin: 127.0.0.1:{2}\n",
            self.broker.address,
            self.prefix,
            free_port()
        );
        self.file("pipeline.yaml", &pipeline);
        let mut service = Program::start(self.folder.path(), "service", &["run", "pipeline.yaml"], &[]);
        let ends = [(0, i64::try_from(sent.len()).expect("a count"))].into();
        wait_until("all have ended", PATIENCE, || {
            assert!(service.runs(), "it ended by itself");
            committed(&self.broker, &format!("{}.score", self.prefix), &self.topic("posts")).as_ref() == Some(&ends)
        });
        assert!(service.terminate(Duration::from_secs(20)).success());
    }

    /// A transaction that is not committed, and behind it a record that is.
    fn abort_and_end(&self) {
        let producer: BaseProducer = ClientConfig::new()
            .set("bootstrap.servers", &self.broker.address)
            .set("transactional.id", &self.prefix)
            .create()
            .expect("a producer");
        producer.init_transactions(PATIENCE).expect("transactions");
        producer.begin_transaction().expect("begun");
        for topic in ["scored", "dead"] {
            let topic = self.topic(topic);
            producer.send(BaseRecord::to(&topic).key(ABORTED).payload(ABORTED)).expect("queued");
        }
        // Written, not only queued: else there would be nothing to hide.
        producer.flush(PATIENCE).expect("written");
        producer.abort_transaction(PATIENCE).expect("aborted");
        let header = ("ce_type".to_owned(), Some(END.as_bytes().to_vec()));
        let end = Sent { partition: 0, key: Some(END.into()), payload: Some(END.into()), headers: vec![header] };
        produce(&self.broker, &self.topic("scored"), &[end]);
    }

    fn kcat(&self, topic: &str, options: &[&str]) -> Vec<Value> {
        let mut kcat = Command::new("kcat");
        kcat.args(["-b", &self.broker.address, "-C", "-t", &self.topic(topic), "-o", "beginning", "-e", "-q", "-J"]);
        let output = finished(kcat.args(options));
        output.lines().map(|line| serde_json::from_str(line).expect("a JSON object a line")).collect()
    }
}

fn finished(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.stdin(Stdio::null()).output().expect("the client starts");
    assert!(status.success(), "{command:?}: {}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).expect("UTF-8")
}

fn text(bytes: Option<&[u8]>) -> String {
    String::from_utf8(bytes.expect("a value").to_vec()).expect("UTF-8")
}

fn expected(records: &[Received]) -> Vec<Seen> {
    let header = |(name, value): &(String, Option<Vec<u8>>)| format!("{name}:{}", text(value.as_deref()));
    let seen = |record: &Received| {
        let headers = record.headers.iter().map(header).collect();
        (text(record.key.as_deref()), text(record.payload.as_deref()), headers)
    };
    records.iter().map(seen).collect()
}

/// What kcat's and our Python client's JSON tells. Headers are a flat list of names and values there.
fn told(rows: &[Value]) -> Vec<Seen> {
    let string = |value: &Value| value.as_str().expect("a string").to_owned();
    let seen = |row: &Value| {
        let flat: Vec<String> = row["headers"].as_array().into_iter().flatten().map(string).collect();
        let headers = flat.chunks(2).map(|pair| pair.join(":")).collect();
        (string(&row["key"]), string(&row["payload"]), headers)
    };
    rows.iter().map(seen).collect()
}

/// Lines of the console consumer.
fn console(lines: &str) -> Vec<Seen> {
    let seen = |line: &str| {
        let mut parts = line.splitn(3, PART);
        let mut part = || parts.next().expect("headers, key, value").to_owned();
        let headers = part().split(HEADER).map(str::to_owned).collect();
        (part(), part(), headers)
    };
    lines.lines().map(seen).collect()
}

/// The two that nobody can read, among what a converter of JSON cannot.
fn broken(rows: &[Value]) -> Vec<&Value> {
    rows.iter().filter(|row| BROKEN.iter().any(|broken| row["payload"] == *broken)).collect()
}

/// Headers by name, of a record as kcat tells it.
fn headers(row: &Value) -> BTreeMap<String, String> {
    let flat: Vec<&str> = row["headers"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    flat.chunks(2).map(|pair| (pair[0].to_owned(), pair[1].to_owned())).collect()
}

/// As long as all is well there is nothing to compare by hand.
#[track_caller]
fn same(client: &str, seen: &[Seen], expected: &[Seen]) {
    assert_eq!(seen.len(), expected.len(), "{client}: records");
    for (at, (seen, expected)) in seen.iter().zip(expected).enumerate() {
        assert_eq!(seen, expected, "{client}: record {at}");
    }
}

#[test]
fn clients_of_others_see_the_same_records() {
    let Some(tools) = Tools::get("clients_of_others_see_the_same_records") else { return };
    let Some(broker) = Broker::get() else { return };
    let scene = Scene { broker, prefix: unique("interop"), folder: tempfile::tempdir().expect("a scratch folder") };
    scene.run();
    scene.abort_and_end();
    let records = read_committed(&scene.broker, &scene.topic("scored"));
    let expected = expected(&records);
    for record in &records[..records.len() - 1] {
        assert_eq!((record.header("ce_specversion"), record.header("ce_type")), ("1.0", "undercurrent.scored.v1"));
    }

    // Connect starts while the others read.
    let connect = Connect::start(&scene, &tools);

    let hidden = scene.kcat("scored", &["-X", "isolation.level=read_uncommitted"]);
    assert_eq!(hidden.iter().filter(|row| row["payload"] == ABORTED).count(), 1, "there is something to hide");
    same("kcat", &told(&scene.kcat("scored", &["-X", "isolation.level=read_committed"])), &expected);

    let mut python = Command::new(&tools.python);
    python.arg(Path::new(ROOT).join("tests/interop/consume.py"));
    let lines = finished(python.args([&scene.broker.address, &scene.topic("scored"), "read_committed"]));
    let rows: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    same("confluent-kafka", &told(&rows), &expected);

    let mut consumer = tools.java("org.apache.kafka.tools.consumer.ConsoleConsumer");
    consumer
        .args(["--bootstrap-server", &scene.broker.address, "--topic", &scene.topic("scored"), "--from-beginning"])
        .args(["--isolation-level", "read_committed", "--timeout-ms", "60000"])
        .args(["--max-messages", &expected.len().to_string()]);
    for property in ["print.key=true", "print.headers=true"] {
        consumer.args(["--formatter-property", property]);
    }
    consumer.arg("--formatter-property").arg(format!("key.separator={PART}"));
    consumer.arg("--formatter-property").arg(format!("headers.separator={HEADER}"));
    same("console consumer", &console(&finished(&mut consumer)), &expected);

    // The file sink writes values only; a record without a `ce_type` header would not have come this far.
    let values: Vec<&str> = expected.iter().map(|(_, value, _)| value.as_str()).collect();
    assert_eq!(connect.lines(&scene), values, "the file sink");
    dead_letters_are_as_connect_writes_them(&scene);
    alerts_go_from_the_topic_into_one_bundle(&scene);
}

/// Kafka Connect in one process: a sink of the scored topic, and one that cannot read what we cannot read either.
struct Connect(Ends);

impl Connect {
    fn start(scene: &Scene, tools: &Tools) -> Self {
        let folder = scene.folder.path().display();
        let string = "org.apache.kafka.connect.storage.StringConverter";
        let worker = format!(
            "bootstrap.servers={}\nkey.converter={string}\nvalue.converter={string}\nheader.converter={string}\n\
             offset.storage.file.filename={folder}/offsets\noffset.flush.interval.ms=1000\n\
             plugin.discovery=service_load\nlisteners=http://127.0.0.1:{}\nconsumer.isolation.level=read_committed\n",
            scene.broker.address,
            free_port()
        );
        let scored = format!(
            "name=scored\nconnector.class=FileStreamSink\ntasks.max=1\ntopics={}\nfile={folder}/scored.txt\n\
             transforms=need\ntransforms.need.type=org.apache.kafka.connect.transforms.Filter\n\
             transforms.need.predicate=has\ntransforms.need.negate=true\npredicates=has\n\
             predicates.has.type=org.apache.kafka.connect.transforms.predicates.HasHeaderKey\n\
             predicates.has.name=ce_type\n",
            scene.topic("scored")
        );
        let posts = format!(
            "name=posts\nconnector.class=FileStreamSink\ntasks.max=1\ntopics={}\nfile={folder}/posts.txt\n\
             value.converter=org.apache.kafka.connect.json.JsonConverter\nvalue.converter.schemas.enable=false\n\
             errors.tolerance=all\nerrors.deadletterqueue.topic.name={}\n\
             errors.deadletterqueue.topic.replication.factor=1\nerrors.deadletterqueue.context.headers.enable=true\n",
            scene.topic("posts"),
            scene.topic("connect-dead")
        );
        let log = fs::File::create(scene.folder.path().join("connect.log")).expect("a log");
        let connect = tools
            .java("org.apache.kafka.connect.cli.ConnectStandalone")
            .arg(scene.file("worker.properties", &worker))
            .arg(scene.file("scored.properties", &scored))
            .arg(scene.file("posts.properties", &posts))
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a second handle"))
            .stderr(log)
            .spawn()
            .expect("Connect starts");
        Self(Ends(connect))
    }

    /// What the file sink has written once the last record is there.
    fn lines(self, scene: &Scene) -> Vec<String> {
        let read = |name: &str| fs::read_to_string(scene.folder.path().join(name)).unwrap_or_default();
        wait_until("Connect has written the last record", PATIENCE, || {
            assert!(!read("connect.log").contains("Stopping due to error"), "{}", read("connect.log"));
            read("scored.txt").ends_with(&format!("{END}\n"))
        });
        wait_until("Connect has given up on both", PATIENCE, || broken(&scene.kcat("connect-dead", &[])).len() == 2);
        drop(self.0);
        read("scored.txt").lines().map(str::to_owned).collect()
    }
}

/// For the same input, Connect and we write the same key, value and own headers, and tell its place in the same words.
fn dead_letters_are_as_connect_writes_them(scene: &Scene) {
    let (ours, theirs) = (scene.kcat("dead", &[]), scene.kcat("connect-dead", &[]));
    assert!(ours.iter().all(|our| our["payload"] != ABORTED), "kcat reads what is committed");
    let (ours, theirs) = (broken(&ours), broken(&theirs));
    assert_eq!((ours.len(), theirs.len()), (2, 2));
    for (our, their) in ours.into_iter().zip(theirs) {
        assert_eq!((&our["key"], &our["payload"]), (&their["key"], &their["payload"]));
        let (our, their) = (headers(our), headers(their));
        for name in ["trace", "__connect.errors.topic", "__connect.errors.partition", "__connect.errors.offset"] {
            assert!(our.contains_key(name), "{name} in {our:?}");
            assert_eq!(our.get(name), their.get(name), "{name}");
        }
        for (name, value) in our.iter().filter(|(name, _)| name.starts_with("__connect.")) {
            assert!(their.contains_key(name), "Connect has no header {name}");
            assert!(!value.is_empty(), "{name}");
        }
        for name in ["stage", "exception.class.name", "exception.message"] {
            assert!(our.contains_key(&format!("__connect.errors.{name}")), "{name} in {our:?}");
        }
    }
}

/// The program reads the topic itself, or takes what kcat reads: the same bundle.
fn alerts_go_from_the_topic_into_one_bundle(scene: &Scene) {
    let alerts = scene.kcat("alerts", &[]);
    assert!(alerts.len() > 5, "{}", alerts.len());
    let lines: Vec<&str> = alerts.iter().map(|row| row["payload"].as_str().expect("a string")).collect();
    let file = scene.file("alerts.ndjson", &lines.join("\n"));
    let export = |from: &[&str]| {
        let mut program = Command::new(env!("CARGO_BIN_EXE_undercurrent"));
        finished(program.args(["export", "--stix", "--brokers", &scene.broker.address]).args(from))
    };
    let bundle = export(&["--topic", &scene.topic("alerts")]);
    assert!(bundle == export(&[&file.to_string_lossy()]), "a topic and a file of its records are the same");
    assert_eq!(bundle.matches("\"type\":\"grouping\"").count(), alerts.len());
}
