//! The real program, a real Kafka, a real Prometheus: every query of every dashboard finds something, and every rule can be
//! evaluated.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::Value;

use crate::lint::{label_values, list, queries, text};
use crate::support::{Broker, Program, Sent, create_topic, free_port, get, produce_slowly, unique, wait_until};

/// What a healthy run has none of, as title and a part of the query.
const MAY_BE_EMPTY: &[(&str, &str)] = &[
    // The series begins with the first output that a broker refuses.
    ("Errors of delivery", "undercurrent_produce_errors_total"),
];

/// Starting all of it, two scrapes and two statistics of the consumer: some 20 s on two cores that do nothing else.
const PATIENCE: Duration = Duration::from_secs(75);

/// A running Prometheus; it ends when this is dropped.
struct Prometheus {
    address: String,
    child: Child,
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Prometheus {
    /// Scrapes the target each second, with the rules of `deploy/`. `None` where there is no Prometheus.
    fn start(folder: &Path, target: &str) -> Option<Self> {
        let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/prometheus/rules");
        for file in ["undercurrent.rules.yaml", "undercurrent.alerts.yaml"] {
            let text = fs::read_to_string(rules.join(file)).expect("the rules");
            // A group with an interval of its own would be waited for until its first minute has come.
            fs::write(folder.join(file), text.replace("\n    interval: 1m\n", "\n")).expect("a writable folder");
        }
        let config = format!(
            "global: {{ scrape_interval: 1s, evaluation_interval: 1s }}\n\
             rule_files: [\"undercurrent.*.yaml\"]\n\
             scrape_configs:\n  - job_name: undercurrent\n    static_configs: [{{ targets: [\"{target}\"] }}]\n"
        );
        let file = folder.join("prometheus.yml");
        fs::write(&file, config).expect("a writable folder");
        let address = format!("127.0.0.1:{}", free_port());
        let log = fs::File::create(folder.join("prometheus.log")).expect("a log file");
        let spawned = Command::new("prometheus")
            .arg(format!("--config.file={}", file.display()))
            .arg(format!("--storage.tsdb.path={}", folder.join("data").display()))
            .arg(format!("--web.listen-address={address}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn();
        match spawned {
            Ok(child) => Some(Self { address, child }),
            Err(why) => {
                assert!(std::env::var("CI").is_err(), "prometheus is missing: {why}");
                let test = std::thread::current().name().unwrap_or("a test").to_owned();
                let _ = writeln!(std::io::stderr(), "SKIPPED {test}: no prometheus ({why})");
                None
            }
        }
    }

    /// What its API answers.
    fn ask(&self, path: &str, parameters: &[(&str, &str)]) -> Result<Value, String> {
        let parameters = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
        let (_, body) = get(&self.address, &format!("/api/v1/{path}?{parameters}")).map_err(|why| why.to_string())?;
        let mut answer: Value = serde_json::from_str(&body).map_err(|why| format!("{why}: {body}"))?;
        if answer["status"] == "success" { Ok(answer["data"].take()) } else { Err(body) }
    }

    fn ready(&self) -> bool {
        get(&self.address, "/-/ready").is_ok_and(|(status, _)| status == 200)
    }
}

/// As Grafana fills them in, with everything chosen.
pub(crate) fn filled(query: &str) -> String {
    [("$__rate_interval", "15s"), ("$__range", "30s"), ("$job", ".+"), ("$instance", ".+")]
        .iter()
        .fold(query.to_owned(), |query, (variable, value)| query.replace(variable, value))
}

/// The demo's posts, and what is no post.
fn stream() -> Vec<Sent> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/demo");
    let files = ["telegram", "bluesky", "mastodon", "mixed", "articles"];
    let texts =
        files.map(|name| fs::read_to_string(folder.join(format!("demo.{name}.ndjson"))).expect("the demo's posts"));
    let lines = texts.iter().flat_map(|text| text.lines()).filter(|line| !line.is_empty());
    let mut payloads: Vec<String> = lines.map(str::to_owned).collect();
    // All through the stream, so that no rate of it is ever nothing.
    let count = payloads.len() / 10;
    for place in 0..count {
        payloads.insert(place * 11, "{\"text\": \"cut off".to_owned());
    }
    let sent = |(number, payload): (usize, String)| Sent {
        partition: i32::from(number % 2 == 0),
        key: None,
        payload: Some(payload.into_bytes()),
        headers: Vec::new(),
    };
    payloads.into_iter().enumerate().map(sent).collect()
}

const PIPELINE: &str = "\
pipeline: dashboards
kafka: { brokers: \"BROKERS\", group: NAME }
inputs:
  - { topic: NAME.posts, format: auto }
  - { topic: NAME.limited, format: auto, quota: 20/s }
packs: [shipped]
outputs: { scored: NAME.scored, alerts: NAME.alerts, dead_letters: NAME.dead, create: true }
admin: ADMIN
";

/// Every query of the dashboards gives something, every variable has a value, and no rule fails.
pub(crate) fn all_find_something(dashboards: &[Value]) {
    let Some(broker) = Broker::get() else { return };
    let (name, folder) = (unique("dashboards"), tempfile::tempdir().expect("a scratch folder"));
    let admin = format!("127.0.0.1:{}", free_port());
    let Some(prometheus) = Prometheus::start(folder.path(), &admin) else { return };
    for topic in ["posts", "limited"] {
        create_topic(&broker, &format!("{name}.{topic}"), 2, &[]);
    }
    let pipeline = PIPELINE.replace("BROKERS", &broker.address).replace("NAME", &name).replace("ADMIN", &admin);
    fs::write(folder.path().join("pipeline.yaml"), pipeline).expect("a writable folder");
    let _service = Program::start(folder.path(), "service", &["run", "pipeline.yaml"], &[]);
    let (records, enough) = (stream(), AtomicBool::new(false));
    std::thread::scope(|scope| {
        for topic in ["posts", "limited"] {
            let (topic, broker, records, enough) = (format!("{name}.{topic}"), &broker, &records, &enough);
            scope.spawn(move || {
                while !enough.load(Ordering::Relaxed) {
                    for some in records.chunks(50) {
                        produce_slowly(broker, &topic, some, 10, Duration::from_millis(100));
                    }
                }
            });
        }
        // A failed assertion must end the senders too.
        let judged = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| judge(&prometheus, dashboards)));
        enough.store(true, Ordering::Relaxed);
        if let Err(failed) = judged {
            std::panic::resume_unwind(failed);
        }
    });
}

fn judge(prometheus: &Prometheus, dashboards: &[Value]) {
    wait_until("Prometheus is ready", PATIENCE, || prometheus.ready());
    let mut empty: Vec<_> = dashboards
        .iter()
        .flat_map(queries)
        .filter(|(title, query)| !MAY_BE_EMPTY.iter().any(|(of, part)| title == of && query.contains(part)))
        .collect();
    let began = std::time::Instant::now();
    while !empty.is_empty() {
        empty.retain(|(title, query)| {
            let found = prometheus.ask("query", &[("query", &filled(query))]);
            let found = found.unwrap_or_else(|why| panic!("`{title}`: {why}"));
            list(&found, "result").is_empty()
        });
        assert!(began.elapsed() < PATIENCE, "{} queries find nothing: {empty:#?}", empty.len());
        std::thread::sleep(Duration::from_millis(200));
    }
    for variable in dashboards.iter().flat_map(|one| list(&one["templating"], "list")) {
        let Some((series, label)) = label_values(text(&variable["query"], "query")) else { continue };
        let found = prometheus.ask(&format!("label/{label}/values"), &[("match[]", &filled(series))]);
        assert!(found.as_ref().is_ok_and(|found| found.as_array().is_some_and(|all| !all.is_empty())), "{found:?}");
    }
    // No rule fails, and what they record is there.
    let mut rules = Vec::new();
    wait_until("every rule was evaluated", PATIENCE, || {
        let all = prometheus.ask("rules", &[]).expect("the rules");
        rules = list(&all, "groups").iter().flat_map(|group| list(group, "rules").to_vec()).collect();
        !rules.is_empty() && rules.iter().all(|rule| text(rule, "health") != "unknown")
    });
    for rule in &rules {
        assert_eq!(text(rule, "health"), "ok", "{rule}");
    }
    // What is compared with hours ago has nothing yet.
    let recorded = rules.iter().filter(|rule| text(rule, "type") == "recording").map(|rule| text(rule, "name"));
    for name in recorded.filter(|name| !name.contains("_usual_")) {
        wait_until(&format!("{name} is recorded"), PATIENCE, || {
            let found = prometheus.ask("query", &[("query", name)]).expect("an answer");
            !list(&found, "result").is_empty()
        });
    }
}
