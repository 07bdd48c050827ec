//! `docker-compose.yml`: what it promises, and every command of it.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use super::support::{Broker, Program, create_topic, free_port, get, metrics, wait_until};
use super::tools::{ran, tools};
use super::{file, image, read, words};

const OURS: &str = "undercurrent:";

fn services() -> BTreeMap<String, Value> {
    let services = read("docker-compose.yml")["services"].clone();
    serde_json::from_value(services).expect("services")
}

/// Where a container finds a folder or file of the repository: (path in the repository, path in the container).
fn mounts(service: &Value) -> Vec<(String, String)> {
    let binds = words(&service["volumes"]).into_iter().filter(|volume| volume.starts_with("./"));
    binds
        .map(|bind| {
            let parts: Vec<&str> = bind.split(':').collect();
            (parts[0].trim_start_matches("./").to_owned(), parts[1].to_owned())
        })
        .collect()
}

fn seconds(time: &Value) -> u64 {
    time.as_str().and_then(|time| time.strip_suffix('s')?.parse().ok()).expect("seconds")
}

#[test]
fn compose_is_pinned_closed_and_bounded() {
    let services = services();
    for (name, service) in &services {
        let image = service["image"].as_str().expect("an image");
        let (_, tag) = image.split_once(':').unwrap_or_else(|| panic!("{name}: {image} has no tag"));
        assert!(tag.contains(|letter: char| letter.is_ascii_digit()), "{name}: {image} is not pinned");
        for port in words(&service["ports"]) {
            assert!(port.starts_with("127.0.0.1:"), "{name}: {port} is open to the network");
        }
        for bind in words(&service["volumes"]).into_iter().filter(|volume| volume.starts_with("./")) {
            assert!(bind.ends_with(":ro"), "{name} may write {bind}");
        }
        for (from, _) in mounts(service) {
            assert!(file(&from).exists(), "{name}: there is no {from}, so an engine would make an empty folder of it");
        }
        assert!(words(&service["security_opt"]).contains(&"no-new-privileges:true"), "{name}");
        assert!(service["logging"]["options"]["max-size"].is_string(), "{name}: its log fills the disk");
        if let Some(others) = service["depends_on"].as_object() {
            for (other, rule) in others {
                let condition = rule["condition"].as_str().expect("a condition");
                let other = services.get(other).unwrap_or_else(|| panic!("{name} waits for {other}"));
                let told = other["healthcheck"]["test"].is_array();
                assert!(told || condition != "service_healthy", "{name} waits for what nobody checks");
                let ends = other["restart"] == "no";
                assert_eq!(ends, condition == "service_completed_successfully", "{name}");
            }
        }
        if service["restart"] == "no" {
            continue;
        }
        assert_eq!(service["restart"], "unless-stopped", "{name}");
        assert!(seconds(&service["stop_grace_period"]) >= 5, "{name}");
        let feeds = words(&service["command"]).first() == Some(&"feed");
        assert!(feeds || service["healthcheck"]["test"].is_array(), "{name} has no health check");
    }
    // The promise of the program is 5 s.
    assert!(seconds(&services["undercurrent"]["stop_grace_period"]) >= 10);
}

#[test]
fn docker_compose_takes_the_file() {
    let Some(tools) = tools() else { return };
    let config = |profile: &[&str]| {
        let mut compose = Command::new(tools.join("docker-compose"));
        // As it stands in the repository, whatever this shell has set.
        compose.current_dir(file("")).env_clear().env("PATH", std::env::var("PATH").unwrap_or_default());
        ran(compose.args(profile).args(["config", "--format", "json"]))
    };
    let resolved: Value = serde_json::from_str(&config(&["--profile", "*"])).expect("JSON");
    let names: Vec<&String> = resolved["services"].as_object().expect("services").keys().collect();
    assert!(services().keys().eq(names.iter().copied()), "{names:?}");
    let plain: Value = serde_json::from_str(&config(&[])).expect("JSON");
    assert!(plain["services"]["kafka-ui"].is_null() && plain["services"]["grafana"].is_object());
}

#[test]
fn prometheus_and_grafana_find_what_they_look_at() {
    let services = services();
    let prometheus = read("deploy/prometheus/prometheus.yml");
    let jobs = prometheus["scrape_configs"].as_array().expect("jobs");
    let job = jobs.iter().find(|job| job["job_name"] == "undercurrent").expect("the job that rules name");
    assert_eq!(words(&job["static_configs"][0]["targets"]), ["undercurrent:9464"]);
    assert!(words(&services["undercurrent"]["ports"]).contains(&"127.0.0.1:9464:9464"));
    let rules = words(&prometheus["rule_files"]);
    assert!(rules.contains(&"rules/*.yaml"), "{rules:?}");
    assert!(mounts(&services["prometheus"]).contains(&("deploy/prometheus".into(), "/etc/prometheus".into())));

    let source = &read("deploy/grafana/provisioning/datasources/prometheus.yaml")["datasources"][0];
    assert_eq!((&source["uid"], &source["url"]), (&"prometheus".into(), &"http://prometheus:9090".into()));
    assert_eq!(source["jsonData"]["timeInterval"], prometheus["global"]["scrape_interval"]);
    let provider = &read("deploy/grafana/provisioning/dashboards/undercurrent.yaml")["providers"][0];
    let path = provider["options"]["path"].as_str().expect("a path").to_owned();
    let mounts = mounts(&services["grafana"]);
    assert!(mounts.contains(&("deploy/grafana".into(), path)), "{mounts:?}");
    assert!(mounts.contains(&("deploy/grafana/provisioning".into(), "/etc/grafana/provisioning".into())), "{mounts:?}");
}

/// A path of a container is that of the repository which is mounted there; all else stays as it stands.
fn here(word: &str, mounts: &[(String, String)]) -> String {
    let inside = mounts.iter().find_map(|(from, to)| {
        let rest = Path::new(word).strip_prefix(to).ok()?;
        Some(file(from).components().chain(rest.components()).collect::<std::path::PathBuf>())
    });
    inside.map_or(word.to_owned(), |path| path.display().to_string())
}

/// The environment of a service, with the broker and the address that are there in place of those of the containers.
fn environment(service: &Value, broker: &Broker) -> Vec<(String, String)> {
    let written = service["environment"].as_object().expect("an environment");
    let pairs = written.iter().map(|(name, value)| {
        let value = value.as_str().expect("a word");
        let value = value.replace("kafka:19092", &broker.address);
        (name.clone(), value)
    });
    pairs.collect()
}

/// What the `topics` service creates.
fn topics(service: &Value) -> Vec<(String, i32)> {
    let script = words(&service["command"])[0];
    let names = script.split("for topic in ").nth(1).and_then(|rest| rest.split(';').next()).expect("a loop");
    let partitions = script.split("--partitions ").nth(1).and_then(|rest| rest.split_whitespace().next());
    let partitions: i32 = partitions.and_then(|number| number.parse().ok()).expect("a number of partitions");
    assert!(script.contains("--create --if-not-exists --topic \"$$topic\""), "{script}");
    names.split_whitespace().map(|name| (name.to_owned(), partitions)).collect()
}

/// Every `undercurrent …` of the file, as it stands, but for paths, broker and port.
#[test]
fn every_command_of_compose_works_on_a_real_cluster() {
    let Some(broker) = Broker::get() else { return };
    let program = env!("CARGO_BIN_EXE_undercurrent");
    let services = services();
    let folder = tempfile::tempdir().expect("a folder");
    let (entrypoint, standard) = image::command();
    assert_eq!(entrypoint, ["/usr/local/bin/undercurrent"], "which is the built program here");

    for (topic, partitions) in topics(&services["topics"]) {
        create_topic(&broker, &topic, partitions, &[]);
    }
    let service = &services["undercurrent"];
    assert_eq!(words(&service["command"]), standard, "compose and image start the same");
    let address = format!("127.0.0.1:{}", free_port());
    let mut environment_of = environment(service, &broker);
    environment_of.push(("UNDERCURRENT_ADMIN".into(), address.clone()));
    let pairs: Vec<(&str, &str)> = environment_of.iter().map(|(name, value)| (&**name, &**value)).collect();
    // Laid out as in the container: the pipeline file names packs beside itself.
    let etc = folder.path().join("etc");
    std::fs::create_dir(&etc).expect("a folder");
    for (from, to) in mounts(service) {
        let inside = Path::new(&to).strip_prefix("/etc/undercurrent").expect("below /etc/undercurrent");
        std::os::unix::fs::symlink(file(&from), etc.join(inside)).expect("a link");
    }
    let arguments: Vec<String> = words(&service["command"])
        .iter()
        .map(|word| word.replace("/etc/undercurrent", &etc.display().to_string()))
        .collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut running = Program::start(folder.path(), "undercurrent", &arguments, &pairs);

    let probe = words(&service["healthcheck"]["test"]);
    assert_eq!(probe[..2], ["CMD", entrypoint[0].as_str()]);
    let healthy = || {
        let mut asked = Command::new(program);
        asked.args(&probe[2..]).env("UNDERCURRENT_HEALTH_URL", format!("http://{address}/live"));
        asked.output().expect("the program runs").status.code()
    };
    wait_until("the container is healthy", Duration::from_secs(60), || {
        assert!(running.runs(), "it ended at its start");
        healthy() == Some(0)
    });

    let mut fed = 0;
    std::thread::scope(|scope| {
        for (name, feeder) in services.iter().filter(|(_, it)| words(&it["command"]).first() == Some(&"feed")) {
            assert!(feeder["image"].as_str().is_some_and(|image| image.starts_with(OURS)), "{name}");
            let mounts = mounts(feeder);
            let arguments: Vec<String> = words(&feeder["command"]).iter().map(|word| here(word, &mounts)).collect();
            let files = arguments.iter().filter(|word| word.ends_with(".ndjson"));
            fed += files.map(|file| std::fs::read_to_string(file).expect("posts").lines().count()).sum::<usize>();
            let environment = environment(feeder, &broker);
            scope.spawn(move || ran(Command::new(program).args(arguments).envs(environment)));
        }
    });
    assert!(fed > 200, "{fed} posts");
    let ended = || {
        let metrics = metrics(&address);
        ["scored", "ignored", "dead_letters"].iter().map(|it| metrics.sum(&format!("undercurrent_{it}_total"))).sum()
    };
    wait_until("every fed message ended", Duration::from_secs(30), || {
        let ended: f64 = ended();
        format!("{ended:.0}") == fed.to_string()
    });
    assert!(metrics(&address).count("undercurrent_alerts_total") > 0, "nothing to look at on the dashboards");
    let (status, _) = get(&address, "/ready").expect("it answers");
    assert_eq!(status, 200);
    assert!(running.terminate(Duration::from_secs(seconds(&service["stop_grace_period"]))).success());
    assert_eq!(healthy(), Some(1), "who does not answer is not well");
}

/// All of our containers were run by the test above; a new one must not slip by.
#[test]
fn no_command_of_compose_is_left_out() {
    let ours = services().into_iter().filter(|(_, it)| it["image"].as_str().is_some_and(|it| it.starts_with(OURS)));
    for (name, service) in ours {
        assert!(service["entrypoint"].is_null(), "{name}");
        let first = words(&service["command"]).first().copied().unwrap_or_default().to_owned();
        assert!(first == "feed" || (first == "run" && name == "undercurrent"), "{name}: {first}");
    }
}
