//! Packs that change while records flow: no record is lost, doubled, or scored by half a pack.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use serde_json::Value;
use undercurrent::problem::Source;

use super::support::{self, Broker, Reader};
use super::{Generated, Instance, PARTITIONS, PATIENCE, STOP, Scene, generate, place_in, places, turn};

const POSTS: usize = 20_000;
/// Fed when all is still: nothing of them may be scored by packs that are no longer in force.
const LATER: usize = 200;

/// A version of the pack, which hits every post, and what its indicators give.
struct Version {
    version: &'static str,
    call: u32,
    word: u32,
}

const A: Version = Version { version: "1.0.0", call: 60, word: 5 };
const B: Version = Version { version: "2.0.0", call: 30, word: 7 };

impl Version {
    fn text(&self) -> String {
        let word = format!(
            "  - id: word\n    title: Anything at all\n    points: {}\n    match: {{ regex: '.' }}\nalerts:\n",
            self.word
        );
        super::PACK
            .replace("version: 1.0.0", &format!("version: {}", self.version))
            .replace("points: 60", &format!("points: {}", self.call))
            .replace("alerts:\n", &word)
    }

    fn digest(&self) -> String {
        let vocabulary = undercurrent::cli::packs::vocabulary(&[]).expect("what ships");
        let source = Source { name: "broker-test.yaml".into(), text: self.text() };
        undercurrent::pack::load(&source, &[], &vocabulary).0.expect("a good pack").digest
    }

    fn points(&self, indicator: &str) -> f64 {
        f64::from(if indicator == "word" { self.word } else { self.call })
    }
}

/// As careful authors and orchestrators do it: written beside, then moved over.
fn replace(scene: &Scene, text: &str) {
    let packs = scene.folder.path().join("packs");
    fs::write(packs.join("new"), text).expect("written");
    fs::rename(packs.join("new"), packs.join("broker-test.yaml")).expect("moved");
}

fn reloads(instance: &Instance, outcome: &str) -> u64 {
    support::metrics(&instance.admin).count_of(&format!("undercurrent_pack_reload_total{{outcome=\"{outcome}\"}}"))
}

fn show(instance: &Instance) -> Value {
    serde_json::from_str(&support::get(&instance.admin, "/packs").expect("an answer").1).expect("JSON")
}

#[test]
fn packs_are_replaced_under_load_and_every_record_is_scored_once_by_one_of_them() {
    let Some(broker) = Broker::get() else { return };
    let _turn = turn();
    let scene = Scene::new(broker, "reload", "range");
    replace(&scene, &A.text());
    let pipeline = scene.folder.path().join("pipeline.yaml");
    let mut pipeline = fs::File::options().append(true).open(pipeline).expect("a pipeline file");
    pipeline.write_all(b"reload: { every: 100ms }\n").expect("written");
    let generated = generate(4, POSTS + LATER, 100, 100, PARTITIONS);
    let (flowing, later) = generated.split_at(generated.len() - LATER);

    let mut instance = Instance::start(&scene, "a");
    instance.wait_until_ready();
    let (done, asked) = (AtomicBool::new(false), AtomicU64::new(0));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                let (status, body) = support::get(&instance.admin, "/ready").expect("an answer");
                assert_eq!(status, 200, "{body}");
                asked.fetch_add(1, Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(10));
            }
        });
        // Whatever fails below, the questions end.
        let changed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| change(&scene, &instance, flowing)));
        done.store(true, Ordering::Relaxed);
        changed.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    });
    assert!(asked.load(Ordering::Relaxed) > 100, "too few questions for a word on readiness");

    ask_in_vain(&instance);
    // Nothing is under way: the next batch is the first that these can be in.
    scene.wait_for_the_end();
    scene.produce(later);
    scene.wait_for_the_end();
    instance.stop();

    let input = places(&generated);
    let with_alert = super::verify_scored(&scene, &input);
    super::verify_alerts(&scene, &with_alert, POSTS / 10);
    super::verify_dead_letters(&scene, &input);
    verify_versions(&scene, &places(flowing).into_keys().collect());
}

/// A → B → broken → A → B, each while records flow.
fn change(scene: &Scene, instance: &Instance, generated: &[Generated]) {
    let broken = A.text().replace("points: 60", "points: many");
    let changes = [(B.text(), "swapped"), (broken, "failed"), (A.text(), "swapped"), (B.text(), "swapped")];
    let mut scored = Reader::new(&scene.broker, &scene.topic("scored"));
    for (part, (text, outcome)) in generated.chunks(generated.len().div_ceil(changes.len())).zip(changes) {
        let (before, counted) = (scored.catch_up(), reloads(instance, outcome));
        std::thread::scope(|scope| {
            // About 2,500 a second: two seconds for a part, of which the change takes the middle.
            let records: Vec<_> = part.iter().map(|one| one.record.clone()).collect();
            scope.spawn(move || {
                let topic = scene.topic("input");
                support::produce_slowly(&scene.broker, &topic, &records, 50, Duration::from_millis(20));
            });
            support::wait_until("a quarter of the part is scored", PATIENCE, || {
                scored.catch_up() >= before + part.len() / 4
            });
            replace(scene, &text);
            support::wait_until("the change is judged", PATIENCE, || reloads(instance, outcome) > counted);
        });
    }
}

/// What people are told, and what they may ask for: nothing has changed by now.
fn ask_in_vain(instance: &Instance) {
    let shown = show(instance);
    assert_eq!((&shown["packs"][0]["version"], &shown["packs"][0]["digest"]), (&B.version.into(), &B.digest().into()));
    assert_eq!(shown["last_reload"]["outcome"], "swapped");
    let problem = &shown["last_failed_reload"]["problems"][0];
    assert_eq!(problem["message"], "expected a number, found `many`");
    assert!(problem["file"].as_str().is_some_and(|file| file.ends_with("broker-test.yaml")), "{problem}");
    assert!(instance.program.log().contains("broker-test.yaml:19:13 UC004 expected a number"));

    let (status, body) = support::post(&instance.admin, "/-/reload").expect("an answer");
    assert_eq!(status, 200, "{body}");
    assert!(body.contains("\"outcome\":\"unchanged\""), "{body}");
    instance.program.hang_up();
    support::wait_until("SIGHUP is heard", STOP, || reloads(instance, "unchanged") == 2);
    let info = support::metrics(&instance.admin);
    assert_eq!(info.count("undercurrent_pack_info"), 1);
    let version = format!("version=\"{}\"", B.version);
    assert!(info.0.keys().any(|series| series.starts_with("undercurrent_pack_info") && series.contains(&version)));
}

/// Every record by one version as a whole, and within a partition the versions in the order in which they were in force.
fn verify_versions(scene: &Scene, flowing: &std::collections::BTreeSet<(i32, i64)>) {
    let versions = [A, B].map(|version| (version.digest(), version));
    let mut runs: BTreeMap<i32, BTreeMap<i64, &str>> = BTreeMap::new();
    for record in support::read_committed(&scene.broker, &scene.topic("scored")) {
        let value: Value = serde_json::from_slice(record.payload.as_deref().unwrap_or_default()).expect("JSON");
        let (partition, offset) = place_in(&value["origin"]);
        let pack = &value["packs"][0];
        let (_, version) = versions
            .iter()
            .find(|(digest, _)| pack["digest"] == digest.as_str())
            .unwrap_or_else(|| panic!("scored by packs that never were: {value}"));
        assert_eq!(pack["version"], version.version, "{value}");
        let hits = pack["hits"].as_array().expect("hits");
        let mut sum = 0.0;
        for hit in hits {
            let points = hit["points"].as_f64().expect("points");
            assert!((points - version.points(hit["id"].as_str().expect("an id"))).abs() < 0.01, "{value}");
            sum += points;
        }
        assert!(pack["points"].as_f64().is_some_and(|points| (points - sum).abs() < 0.01), "{value}");
        assert!(!hits.is_empty(), "{value}");
        let late = !flowing.contains(&(partition, offset));
        assert!(!late || version.version == B.version, "scored by packs that were replaced before: {value}");
        runs.entry(partition).or_default().insert(offset, version.version);
    }
    for (partition, by_offset) in runs {
        let mut order: Vec<&str> = by_offset.into_values().collect();
        order.dedup();
        let expected = [A.version, B.version, A.version, B.version];
        assert_eq!(order, expected, "versions in partition {partition}");
    }
}
