//! Pipeline files: YAML → a checked [`Config`], with `${ENV}` and `${file:…}` filled in.
//!
//! Pure like a pack: the environment and secret files come in as a [`Lookup`], so that a test needs neither. A value
//! that was filled in is never printed: problems show the file's own text, and [`Config`] has no `Debug` of secrets.

mod check;
mod expand;
pub mod grammar;

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::time::Duration;

pub use expand::Lookup;

use crate::decode::Format;
use crate::problem::{Problem, Source, any_error};
use crate::yaml::{self, At, Tree};

/// A pipeline that passed its checks.
#[derive(Clone)]
pub struct Config {
    /// Its name.
    pub name: String,
    /// Bootstrap servers.
    pub brokers: String,
    /// Consumer group, without the role's suffix.
    pub group: String,
    /// A stable name of this instance, if configured.
    pub instance: Option<String>,
    /// librdkafka properties, each with its place in the file.
    pub properties: BTreeMap<String, At<String>>,
    /// Input topics.
    pub inputs: Vec<Input>,
    /// Paths of packs, relative to the pipeline file.
    pub packs: Vec<At<String>>,
    /// Output topics.
    pub outputs: Outputs,
    /// How outputs and offsets belong together.
    pub delivery: grammar::Delivery,
    /// How often a batch is committed.
    pub commit_every: Duration,
    /// Worker threads.
    pub workers: usize,
    /// Address of the admin server.
    pub admin: std::net::SocketAddr,
    /// Whether scored records carry the text.
    pub include_text: bool,
    /// Time between looks at the packs; `None` reloads only when asked.
    pub reload: Option<Duration>,
}

impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Config").field("name", &self.name).field("group", &self.group).finish_non_exhaustive()
    }
}

/// An input topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Its name.
    pub topic: String,
    /// How its messages are written.
    pub format: Format,
    /// Messages a second that this process reads of it at most.
    pub quota: Option<NonZeroU32>,
}

/// Output topics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outputs {
    /// Scored posts.
    pub scored: String,
    /// Alerts.
    pub alerts: String,
    /// Dead letters.
    pub dead_letters: String,
    /// Whether missing ones are created.
    pub create: bool,
}

/// Reads and checks a pipeline file. It is absent when a problem is an error.
#[must_use]
pub fn load(source: &Source, lookup: &Lookup<'_>) -> (Option<Config>, Vec<Problem>) {
    let mut tree = match Tree::parse(&source.text) {
        Ok(tree) => tree,
        Err(problem) => return (None, vec![problem]),
    };
    if let Some(sort @ ("pack" | "language")) = tree.first_key() {
        let problem = Problem::error("UC008", format!("this is a {sort}, not a pipeline"), 0..sort.len());
        let problem = problem.help("a pipeline file begins with `pipeline:` and names its packs under `packs:`");
        return (None, vec![problem]);
    }
    let mut problems = tree.rewrite_values(|text| expand::expand(text, lookup));
    let (file, found) = yaml::read::<grammar::PipelineFile>(&tree);
    problems.extend(found);
    let Some(file) = file else { return (None, problems) };
    let (config, mut found) = check::check(file);
    // An empty list of which something was left out is not the mistake.
    found.retain(|new| new.code != "UC052" || !problems.iter().any(|old| encloses(&new.span, &old.span)));
    problems.extend(found);
    problems.sort_by_key(|problem| problem.span.start);
    let usable = !any_error(&problems);
    (config.filter(|_| usable), problems)
}

fn encloses(outer: &std::ops::Range<usize>, inner: &std::ops::Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> (Option<Config>, Vec<String>) {
        let env = |name: &str| (name == "KAFKA").then(|| "broker:9092".to_string());
        let file = |path: &str| {
            if path == "/run/secrets/key" { Ok("hunter2\n".to_string()) } else { Err("no such file".to_string()) }
        };
        let source = Source { name: "p.yaml".into(), text: text.into() };
        let (config, problems) = load(&source, &Lookup { env: &env, file: &file });
        let told = problems
            .iter()
            .map(|problem| {
                assert!(!crate::problem::render(&source, problem, false).contains("hunter2"));
                let (line, column) = source.line_column(problem.span.start);
                format!("{}:{line}:{column} {}", problem.code, problem.message)
            })
            .collect();
        (config, told)
    }

    #[test]
    fn a_whole_file_is_read_and_its_secrets_filled_in() {
        let (config, problems) = check(
            "pipeline: p\nkafka:\n  brokers: ${KAFKA}\n  group: ${GROUP:-undercurrent}\n  properties:\n    ssl.key.password: ${file:/run/secrets/key}\n    linger.ms: 5\ninputs:\n  - { topic: posts, format: auto, quota: 500/s }\npacks: [packs/]\noutputs: { scored: s, alerts: a, dead_letters: d }\n",
        );
        assert_eq!(problems, Vec::<String>::new());
        let config = config.unwrap();
        assert_eq!((config.brokers.as_str(), config.group.as_str()), ("broker:9092", "undercurrent"));
        assert_eq!(config.properties["ssl.key.password"].value, "hunter2");
        assert_eq!(config.inputs[0].quota.map(NonZeroU32::get), Some(500));
        assert_eq!(config.commit_every, Duration::from_millis(100));
        assert_eq!(config.reload, Some(Duration::from_secs(2)));
        assert!(!format!("{config:?}").contains("hunter2"));
    }

    #[test]
    fn all_mistakes_are_told_at_their_place() {
        let (config, problems) = check(
            "pipeline: p\nkafka:\n  brokers: ${NOWHERE}\n  group: g\n  properties: { sasl.password: '${file:/nothing}' }\ninputs:\n  - { topic: posts, format: telegarm }\n  - { topic: posts, quota: fast }\noutputs: { scored: posts, alerts: a, dead_leters: d }\ndelivery: twice\ncommit_every: soon\nworkers: 0\nadmin: here\npacks: []\n",
        );
        assert!(config.is_none());
        assert_eq!(
            problems,
            [
                "UC050:3:12 the environment variable `NOWHERE` is not set",
                "UC051:5:32 the file `/nothing` cannot be read: no such file",
                "UC002:9:38 unknown key `dead_leters`",
                "UC006:10:11 there is no kind `twice`",
            ]
        );
    }

    #[test]
    fn mistakes_of_meaning_are_told_too() {
        let (_, problems) = check(
            "pipeline: p\nkafka: { brokers: b, group: g }\ninputs:\n  - { topic: posts, format: telegarm }\n  - { topic: posts, quota: fast }\noutputs: { scored: posts, alerts: a, dead_letters: a }\ncommit_every: soon\nworkers: 0\nadmin: here\npacks: []\nreload: { every: 1ms }\n",
        );
        let codes: Vec<&str> = problems.iter().filter_map(|told| told.split(' ').next()).collect();
        assert_eq!(
            codes,
            [
                "UC054:4:29",
                "UC053:5:14",
                "UC055:5:28",
                "UC060:6:20",
                "UC060:6:52",
                "UC056:7:15",
                "UC057:8:10",
                "UC058:9:8",
                "UC052:10:8",
                "UC065:11:18"
            ],
            "{problems:?}"
        );
    }
}
