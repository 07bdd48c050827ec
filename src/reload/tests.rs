//! Files that change the way editors, `mv` and orchestrators change them, looked at as the thread looks at them.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use super::*;
use crate::post::{Kind, Post};
use crate::score::Scratch;

/// A pack that gives the word "harvest" so many points and tests that it does.
fn pack(version: &str, points: u32) -> String {
    format!(
        "pack: desk\nversion: {version}\ntitle: A desk\nreferences: [https://example.org/]\nwords:\n  thing: {{ en: [harvest] }}\n\
         indicators:\n  - {{ id: call, title: A call, points: {points}, match: {{ words: [thing] }} }}\n\
         tests:\n  - name: the call\n    posts: [{{ text: The harvest is in. }}]\n    expect: {{ score: {points} }}\n"
    )
}

/// A folder of packs, watched without a thread or a clock.
struct Desk {
    folder: tempfile::TempDir,
    paths: Vec<PathBuf>,
    watch: Watch,
    in_force: InForce,
    metrics: Metrics,
}

impl Desk {
    /// Fills the folder, with what is watched in it, and loads it.
    fn new(watched: &[&str], fill: impl FnOnce(&Path)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fill(folder.path());
        let paths: Vec<PathBuf> = watched.iter().map(|path| folder.path().join(path)).collect();
        let look = Look::at(&paths);
        let engine = shelf_engine(&look);
        let metrics = Metrics::new();
        metrics.packs_of(&engine);
        Self {
            watch: Watch::new(look.stamp),
            in_force: InForce::new(engine, jiff::Timestamp::UNIX_EPOCH),
            folder,
            paths,
            metrics,
        }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.file(name), text).unwrap();
    }

    /// What the thread does at this moment.
    fn look(&mut self) -> &'static str {
        let look = Look::at(&self.paths);
        match self.watch.see(look.stamp) {
            Next::Nothing => "nothing",
            Next::Settle => "settle",
            Next::Load => attempt::make(look, &self.in_force, &self.metrics).outcome.name(),
        }
    }

    fn version(&self) -> String {
        self.in_force.engine().packs[0].pack.file.version.value.clone()
    }

    fn metric(&self, line: &str) -> bool {
        String::from_utf8(self.metrics.render()).unwrap().lines().any(|found| found == format!("undercurrent_{line}"))
    }
}

fn shelf_engine(look: &Look) -> Arc<crate::score::Engine> {
    crate::shelf::open(look.sources.as_ref().unwrap()).unwrap().tested().unwrap()
}

fn desk() -> Desk {
    Desk::new(&["."], |folder| fs::write(folder.join("desk.yaml"), pack("1.0.0", 30)).unwrap())
}

#[test]
fn a_rename_is_taken_up_once_it_has_come_to_rest() {
    let mut desk = desk();
    assert_eq!(desk.look(), "nothing");
    desk.write("new.tmp", &pack("2.0.0", 50));
    assert_eq!(desk.look(), "nothing", "no YAML file yet");
    fs::rename(desk.file("new.tmp"), desk.file("desk.yaml")).unwrap();
    assert_eq!([desk.look(), desk.look(), desk.look()], ["settle", "swapped", "nothing"]);
    assert_eq!(desk.version(), "2.0.0");
    let engine = desk.in_force.engine();
    let mut post = Post::new("web/1", "web", Kind::Post, jiff::Timestamp::UNIX_EPOCH);
    post.text = "The harvest is in.".into();
    assert!((engine.score(&post, &mut Scratch::default()).score - 50.0).abs() < 0.01);
    let digest = &engine.packs[0].pack.digest;
    assert!(desk.metric(&format!("pack_info{{digest=\"{digest}\",pack=\"desk\",version=\"2.0.0\"}} 1")));
    assert!(desk.metric("pack_reload_total{outcome=\"swapped\"} 1"));
    assert!(!String::from_utf8(desk.metrics.render()).unwrap().contains("version=\"1.0.0\""));
}

#[test]
fn a_file_that_is_emptied_and_written_in_pieces_is_judged_when_it_is_whole() {
    let mut desk = desk();
    let whole = pack("2.0.0", 50);
    desk.write("desk.yaml", "");
    assert_eq!(desk.look(), "settle");
    desk.write("desk.yaml", &whole[..whole.len() / 2]);
    assert_eq!(desk.look(), "settle");
    desk.write("desk.yaml", &whole);
    assert_eq!([desk.look(), desk.look()], ["settle", "swapped"]);
    assert_eq!(desk.version(), "2.0.0");
}

#[test]
fn a_file_that_goes_and_comes_back_is_no_change() {
    let mut desk = desk();
    let text = fs::read_to_string(desk.file("desk.yaml")).unwrap();
    fs::rename(desk.file("desk.yaml"), desk.file("desk.yaml~")).unwrap();
    assert_eq!(desk.look(), "settle");
    desk.write("desk.yaml", &text);
    assert_eq!(desk.look(), "nothing");
    // Deleted and made anew with another text, under the same name.
    fs::remove_file(desk.file("desk.yaml")).unwrap();
    assert_eq!(desk.look(), "settle");
    desk.write("desk.yaml", &pack("3.0.0", 60));
    assert_eq!([desk.look(), desk.look()], ["settle", "swapped"]);
    assert_eq!(desk.version(), "3.0.0");
}

#[test]
fn a_config_map_is_read_once_and_its_swap_is_seen() {
    let fill = |folder: &Path| {
        for (data, version, points) in [("..one", "1.0.0", 30), ("..two", "2.0.0", 50)] {
            fs::create_dir_all(folder.join("mounted").join(data)).unwrap();
            fs::write(folder.join("mounted").join(data).join("desk.yaml"), pack(version, points)).unwrap();
        }
        symlink("..one", folder.join("mounted/..data")).unwrap();
        symlink("..data/desk.yaml", folder.join("mounted/desk.yaml")).unwrap();
    };
    // The folder, and a file in it by its name.
    for watched in ["mounted", "mounted/desk.yaml"] {
        let mut desk = Desk::new(&[watched], fill);
        assert_eq!(desk.version(), "1.0.0");
        symlink("..two", desk.file("mounted/..data_tmp")).unwrap();
        assert_eq!(desk.look(), "nothing");
        fs::rename(desk.file("mounted/..data_tmp"), desk.file("mounted/..data")).unwrap();
        fs::remove_dir_all(desk.file("mounted/..one")).unwrap();
        assert_eq!([desk.look(), desk.look()], ["settle", "swapped"]);
        assert_eq!(desk.version(), "2.0.0");
    }
}

#[test]
fn what_editors_leave_beside_a_file_is_none_of_ours() {
    let mut desk = desk();
    for name in [".desk.yaml.swp", "desk.yaml~", "#desk.yaml#", ".desk.yaml", "4913"] {
        desk.write(name, "pack: half");
    }
    symlink("somebody@somewhere:1", desk.file(".#desk.yaml")).unwrap();
    assert_eq!(desk.look(), "nothing");
}

#[test]
fn a_broken_file_changes_nothing_and_is_told_once_until_it_is_mended() {
    let mut desk = desk();
    desk.write("desk.yaml", &pack("2.0.0", 50).replace("words: [thing]", "words: [thin]"));
    assert_eq!([desk.look(), desk.look(), desk.look()], ["settle", "failed", "nothing"]);
    assert_eq!(desk.version(), "1.0.0");
    assert!(desk.metric("pack_reload_last_successful 0") && desk.metric("pack_reload_total{outcome=\"failed\"} 1"));
    let shown = desk.in_force.show();
    let attempt = &shown["last_failed_reload"];
    assert_eq!((&attempt["outcome"], &attempt["reason"]), (&"failed".into(), &"problems".into()));
    let problem = &attempt["problems"][0];
    assert_eq!((&problem["line"], &problem["column"]), (&8.into(), &61.into()), "{problem}");
    assert!(problem["file"].as_str().unwrap().ends_with("desk.yaml"), "{problem}");
    assert_eq!(shown["packs"][0]["version"], "1.0.0");

    desk.write("desk.yaml", &pack("2.0.0", 50));
    assert_eq!([desk.look(), desk.look()], ["settle", "swapped"]);
    assert!(desk.metric("pack_reload_last_successful 1"));
    let shown = desk.in_force.show();
    assert_eq!((&shown["last_reload"]["outcome"], &shown["packs"][0]["version"]), (&"swapped".into(), &"2.0.0".into()));
    assert_eq!(shown["last_failed_reload"]["outcome"], "failed");
}

#[test]
fn what_was_in_force_again_is_unchanged_and_mends_the_failure() {
    let mut desk = desk();
    let before = desk.in_force.engine();
    let text = fs::read_to_string(desk.file("desk.yaml")).unwrap();
    desk.write("desk.yaml", "pack: [");
    assert_eq!([desk.look(), desk.look()], ["settle", "failed"]);
    desk.write("desk.yaml", &text);
    assert_eq!([desk.look(), desk.look()], ["settle", "unchanged"]);
    assert!(Arc::ptr_eq(&before, &desk.in_force.engine()));
    assert!(desk.metric("pack_reload_total{outcome=\"unchanged\"} 1") && desk.metric("pack_reload_last_successful 1"));
    // Another name for the same pack is no other pack.
    fs::rename(desk.file("desk.yaml"), desk.file("renamed.yaml")).unwrap();
    assert_eq!([desk.look(), desk.look()], ["settle", "unchanged"]);
}

/// Each way to fail leaves the engine as it is and says why.
#[test]
fn every_failure_has_its_reason() {
    type Change = dyn Fn(&Desk);
    let two = |desk: &Desk| desk.write("other.yaml", &pack("1.0.0", 30));
    let cases: &[(&str, &str, &Change)] = &[
        ("tests", "the test `the call` fails: score: expected 50, got 20", &|desk| {
            desk.write("desk.yaml", &pack("2.0.0", 50).replace("points: 50", "points: 20"));
        }),
        ("compile", "two packs are called `desk`", &two),
        ("empty", "there is no pack", &|desk| fs::remove_file(desk.file("desk.yaml")).unwrap()),
        ("unreadable", "desk.yaml`: stream did not contain valid UTF-8", &|desk| {
            fs::write(desk.file("desk.yaml"), b"pack: \xd0").unwrap();
        }),
        ("problems", "unknown key `colour`", &|desk| {
            desk.write("en.yaml", "language: en\ntitle: English\ncolour: red\n");
        }),
    ];
    for (reason, said, change) in cases {
        let mut desk = desk();
        change(&desk);
        assert_eq!([desk.look(), desk.look()], ["settle", "failed"], "{reason}");
        let shown = &desk.in_force.show()["last_reload"];
        assert_eq!(shown["reason"], *reason, "{shown}");
        assert!(shown.to_string().contains(said), "{shown}");
        assert_eq!(desk.version(), "1.0.0");
    }
}

#[test]
fn a_language_file_counts_for_every_pack() {
    let mut desk = desk();
    let english = crate::shipped::languages().remove(0).text;
    desk.write("en.yaml", &english.replace("title:", "# ours\ntitle:"));
    let before = desk.in_force.engine().packs[0].pack.digest.clone();
    assert_eq!([desk.look(), desk.look()], ["settle", "swapped"]);
    assert_ne!(desk.in_force.engine().packs[0].pack.digest, before);
}

#[test]
fn exceptions_beside_a_pack_are_taken_up_and_belong_to_its_digest() {
    let mut desk = desk();
    let before = desk.in_force.engine().packs[0].pack.digest.clone();
    let exceptions = "exceptions: desk\nlist:\n  - id: farm\n    except: { authors: [web/farm] }\n    until: '2099-12-31'\n    because: a farm\n";
    desk.write("exceptions.yaml", &exceptions.replace("farm\n    except", "farm\n    indicators: [cal]\n    except"));
    assert_eq!([desk.look(), desk.look()], ["settle", "failed"]);
    assert!(desk.in_force.show()["last_reload"].to_string().contains("`cal`"));
    desk.write("exceptions.yaml", exceptions);
    assert_eq!([desk.look(), desk.look()], ["settle", "swapped"]);
    assert_ne!(desk.in_force.engine().packs[0].pack.digest, before);
}

#[test]
fn an_engine_of_before_is_kept_until_no_worker_holds_it() {
    let mut desk = desk();
    let worker = desk.in_force.engine();
    let weak = Arc::downgrade(&worker);
    desk.write("desk.yaml", &pack("2.0.0", 50));
    assert_eq!([desk.look(), desk.look()], ["settle", "swapped"]);
    desk.in_force.sweep();
    drop(worker);
    assert!(weak.upgrade().is_some(), "the worker would have been the one to take it apart");
    desk.in_force.sweep();
    assert!(weak.upgrade().is_none());
}

/// The thread itself: who asks is answered, whether it watches or not, and nothing is loaded that was not asked for.
#[test]
fn who_asks_is_answered() {
    let desk = desk();
    let watched = Watched { paths: desk.paths.clone(), seen: Look::at(&desk.paths).stamp, every: None };
    let in_force = Arc::new(InForce::new(desk.in_force.engine(), jiff::Timestamp::UNIX_EPOCH));
    let reloader = Reloader::start(watched, Arc::clone(&in_force), Arc::default()).unwrap();
    let ask = || {
        let (tell, told) = mpsc::channel();
        reloader.ask(move |attempt| tell.send(attempt.outcome).unwrap());
        told.recv().unwrap()
    };
    assert_eq!(ask(), Outcome::Unchanged);
    desk.write("desk.yaml", &pack("2.0.0", 50));
    assert_eq!(ask(), Outcome::Swapped);
    assert_eq!(in_force.engine().packs[0].pack.file.version.value, "2.0.0");
    desk.write("desk.yaml", "pack: desk");
    assert_eq!(ask(), Outcome::Failed("problems"));
}

#[test]
fn a_log_line_names_places_and_cannot_be_broken() {
    let mut desk = desk();
    desk.write("a\u{202e}\nb.yaml", "pack: x\nnaem: y\n");
    assert_eq!([desk.look(), desk.look()], ["settle", "failed"]);
    let look = Look::at(&desk.paths);
    let places = attempt::make(look, &desk.in_force, &desk.metrics).places();
    assert!(places.contains("a\u{fffd} b.yaml:2:1 UC002 unknown key `naem`"), "{places}");
    assert!(!places.contains('\n') && !places.contains('\u{202e}'), "{places}");
}
