//! The command line: one declaration for the parser, the help, the man page and the completions.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Scores posts and articles on Kafka with influence-operation indicators, and shows the evidence.
#[derive(Debug, Parser)]
#[command(name = "undercurrent", version, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a pipeline beside a Kafka cluster until SIGTERM
    Run {
        /// The pipeline file
        pipeline: PathBuf,
    },
    /// See it work: a broker, a stream of posts and the service in one process, nothing to install
    Demo {
        /// End by itself when the stream is read
        #[arg(long)]
        once: bool,
        /// Address of the admin server
        #[arg(long, default_value = "127.0.0.1:9464")]
        admin: std::net::SocketAddr,
    },
    /// Score posts of a file, as `run` would: one JSON record a line on stdout
    Score {
        /// What to read
        #[command(flatten)]
        input: Input,
        /// Put the text into the records
        #[arg(long)]
        include_text: bool,
    },
    /// Say in words why a post scores what it scores, and what almost fired
    Explain(Explain),
    /// Find every problem of packs and pipelines
    Check {
        /// Files or folders [default: the packs in the program]
        paths: Vec<PathBuf>,
        /// `warnings`: exit 1 for warnings too
        #[arg(long, value_enum)]
        deny: Option<Deny>,
        /// How to print problems
        #[arg(long, value_enum, default_value_t = Report::Text)]
        output: Report,
        /// Write down what each version of a pack means, in `packs.lock` beside the packs
        #[arg(long)]
        lock: bool,
    },
    /// Run the inline tests of packs
    Test(Tests),
    /// Score past posts again, in the order of their time, and say what other packs change
    ///
    /// Exit codes: 0 where nothing changes (or nothing is compared), 1 where an alert, a score or a stance is another, 2
    /// where it could not be done.
    Replay(Replay),
    /// Measure packs on labelled texts: how often they take a text for what it is
    ///
    /// A text is `ordinary` where no pack's points (before damping) reach its lowest alert; else the pack that is
    /// furthest above decides: `reports` where its stance is reports or disputes, `amplifies` where it is not. It is a
    /// measurement: exit 0 whatever it finds, 1 where a line could not be read, 2 where nothing could be measured.
    Eval(Eval),
    /// Send the posts of a file into a topic
    Feed(Feed),
    /// Look at the records of a topic as they come: scored posts, alerts, dead letters
    Tap(Tap),
    /// List, show and send back what could not be read or published
    DeadLetters {
        /// What to do with them
        #[command(subcommand)]
        what: DeadLetters,
    },
    /// Print a JSON Schema
    Schema {
        /// Of what
        #[arg(value_enum)]
        of: Shape,
    },
    /// List the packs and their indicators
    List {
        /// A pack file or folder, may be repeated [default: the packs in the program]
        #[arg(long = "packs", value_name = "PATH")]
        packs: Vec<PathBuf>,
    },
    /// Explain a code of `check` (UC012), or an indicator (PACK/ID)
    Rule {
        /// A code, or a pack and its indicator
        #[arg(value_name = "CODE|PACK/ID")]
        rule: String,
        /// A pack file or folder, may be repeated [default: the packs in the program]
        #[arg(long = "packs", value_name = "PATH")]
        packs: Vec<PathBuf>,
    },
    /// Begin something
    New {
        /// What to begin
        #[command(subcommand)]
        what: New,
    },
    /// Print a completion script for a shell
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Print the man page
    Man,
}

/// What `new` begins.
#[derive(Debug, Subcommand)]
pub enum New {
    /// Write a commented pack with one indicator and its tests, ready to be checked
    Pack {
        /// Its name: lower-case letters, digits, `-` and `_`
        name: String,
        /// The folder to write it to
        #[arg(long, default_value = ".")]
        dir: PathBuf,
    },
}

/// What offline commands read.
#[derive(Debug, Args)]
pub struct Input {
    /// A file of posts (NDJSON, a whole export, a feed); `-` is stdin
    #[arg(default_value = "-")]
    pub file: PathBuf,
    /// How it is written
    #[arg(long, default_value = "auto")]
    pub format: String,
    /// A pack file or folder, may be repeated [default: the packs in the program]
    #[arg(long = "packs", value_name = "PATH")]
    pub packs: Vec<PathBuf>,
}

/// What `explain` does.
#[derive(Debug, Args)]
pub struct Explain {
    /// A file of posts (NDJSON, a whole export, a feed); `-` is stdin [default: -]
    pub file: Option<PathBuf>,
    /// How it is written
    #[arg(long, default_value = "auto")]
    pub format: String,
    /// A pack file or folder, may be repeated [default: the packs in the program]
    #[arg(long = "packs", value_name = "PATH")]
    pub packs: Vec<PathBuf>,
    /// The message of the file with this number, from 1 [default: the first post]
    #[arg(long, conflicts_with = "id")]
    pub number: Option<std::num::NonZeroUsize>,
    /// The post with this id
    #[arg(long)]
    pub id: Option<String>,
    /// Say of every indicator and alert what it lacks
    #[arg(long, conflicts_with = "record")]
    pub all: bool,
    /// Compute scored or alert records (one JSON a line) again, and say what differs; an alert holds its post
    #[arg(long, value_name = "RECORDS", conflicts_with = "number")]
    pub record: Option<PathBuf>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Output::Text)]
    pub output: Output,
}

/// What `test` does.
#[derive(Debug, Args)]
pub struct Tests {
    /// Files or folders [default: the packs in the program]
    pub paths: Vec<PathBuf>,
    /// Only tests whose name holds this
    #[arg(long, value_name = "TEXT")]
    pub filter: Option<String>,
    /// Write a report for CI systems (JUnit XML)
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// Say what no test touches: indicators, alerts, phrases, names, accounts, domains
    #[arg(long)]
    pub coverage: bool,
    /// How to print results
    #[arg(long, value_enum, default_value_t = Output::Text)]
    pub output: Output,
}

/// What `replay` does.
#[derive(Debug, Args)]
pub struct Replay {
    /// A file of posts (NDJSON, a whole export, a feed), `-` for stdin, or `topic:NAME`
    #[arg(default_value = "-")]
    pub from: String,
    /// A topic, from its beginning to the ends that it has now; nothing is committed
    #[arg(long, conflicts_with = "from")]
    pub topic: Option<String>,
    /// The packs of then, to compare with: a file or folder, may be repeated [default: none, only count alerts]
    #[arg(long, value_name = "PATH")]
    pub against: Vec<PathBuf>,
    /// The packs to try: a file or folder, may be repeated [default: the packs in the program]
    #[arg(long = "packs", value_name = "PATH")]
    pub packs: Vec<PathBuf>,
    /// How the posts are written
    #[arg(long, default_value = "auto")]
    pub format: String,
    /// Posts shown of each kind of change
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub examples: usize,
    /// How to print results
    #[arg(long, value_enum, default_value_t = Lines::Text)]
    pub output: Lines,
    /// Where it is
    #[command(flatten)]
    pub cluster: Cluster,
}

/// What `tap` does.
#[derive(Debug, Args)]
pub struct Tap {
    /// The topic: scored posts, alerts, dead letters, or any other
    pub topic: String,
    /// Only this score or more
    #[arg(long)]
    pub score: Option<f64>,
    /// Only what this pack hit, or raised
    #[arg(long)]
    pub pack: Option<String>,
    /// Only this stance
    #[arg(long, value_enum)]
    pub stance: Option<StanceArg>,
    /// Only this author or channel
    #[arg(long)]
    pub author: Option<String>,
    /// Only alerts of this level, and posts that raise one
    #[arg(long)]
    pub level: Option<String>,
    /// Begin with the first record that is there [default: with what comes next]
    #[arg(long, conflicts_with = "last")]
    pub from_beginning: bool,
    /// Begin with the last so many records of each partition
    #[arg(long, value_name = "N")]
    pub last: Option<u32>,
    /// End when so many were shown
    #[arg(long, value_name = "N")]
    pub limit: Option<std::num::NonZeroU64>,
    /// End when nothing came for so many seconds
    #[arg(long, value_name = "SECONDS")]
    pub idle: Option<u64>,
    /// How to print them
    #[arg(long, value_enum, default_value_t = Lines::Text)]
    pub output: Lines,
    /// Where it is
    #[command(flatten)]
    pub cluster: Cluster,
}

/// A stance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StanceArg {
    /// In its own voice.
    Asserts,
    /// Passed on without distance.
    Relays,
    /// Given to somebody.
    Reports,
    /// Called false.
    Disputes,
}

impl StanceArg {
    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Asserts => "asserts",
            Self::Relays => "relays",
            Self::Reports => "reports",
            Self::Disputes => "disputes",
        }
    }
}

/// What `dead-letters` does.
#[derive(Debug, Subcommand)]
pub enum DeadLetters {
    /// List them: why, from where, the first bytes
    List {
        /// Which
        #[command(flatten)]
        picked: Picked,
        /// Only how many there are of each reason
        #[arg(long)]
        summary: bool,
        /// How to print them
        #[arg(long, value_enum, default_value_t = Lines::Text)]
        output: Lines,
    },
    /// Show one: key, headers, all of its bytes
    Show {
        /// Its topic
        topic: String,
        /// Where it stands there: PARTITION/OFFSET
        place: String,
        /// Where it is
        #[command(flatten)]
        cluster: Cluster,
    },
    /// Send them back to the topics that they came from, with their own key, bytes and headers
    Retry(Retry),
}

/// Which dead letters.
#[derive(Debug, Args)]
pub struct Picked {
    /// Their topic
    pub topic: String,
    /// Only of this reason (`not_json`) or stage (`decode`)
    #[arg(long)]
    pub reason: Option<String>,
    /// Only from this input topic
    #[arg(long, value_name = "TOPIC")]
    pub origin: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N")]
    pub limit: Option<std::num::NonZeroU64>,
    /// Where it is
    #[command(flatten)]
    pub cluster: Cluster,
}

/// What `dead-letters retry` does.
#[derive(Debug, Args)]
pub struct Retry {
    /// Which
    #[command(flatten)]
    pub picked: Picked,
    /// Only the one at PARTITION/OFFSET of the dead-letter topic, may be repeated
    #[arg(long, value_name = "PARTITION/OFFSET")]
    pub at: Option<Vec<String>>,
    /// Into this topic [default: where each came from]
    #[arg(long, value_name = "TOPIC")]
    pub to: Option<String>,
    /// Leave those that were sent back so many times
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub max_retries: u32,
    /// Say what would be sent, and send nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Where a Kafka cluster is.
#[derive(Debug, Clone, Args)]
pub struct Cluster {
    /// Bootstrap servers
    #[arg(long, env = "KAFKA_BROKERS", default_value = "127.0.0.1:9092")]
    pub brokers: String,
    /// A librdkafka property, `name=value`
    #[arg(long = "property", short = 'X', value_name = "NAME=VALUE")]
    pub properties: Vec<String>,
}

impl Cluster {
    /// The properties, by name.
    ///
    /// # Errors
    /// One of them is none.
    pub fn properties(&self) -> Result<BTreeMap<String, String>, String> {
        let split = |property: &String| match property.split_once('=') {
            Some((name, value)) => Ok((name.to_string(), value.to_string())),
            None => Err(format!("`{property}` is no property; write `name=value`")),
        };
        self.properties.iter().map(split).collect()
    }
}

/// What `eval` does.
#[derive(Debug, Args)]
pub struct Eval {
    /// Labelled texts, one JSON object a line: our own post, with `label` (amplifies, reports, ordinary) and, to group
    /// by, `lang`, `topic`, `form`; `-` is stdin
    pub file: PathBuf,
    /// A pack file or folder, may be repeated [default: the packs in the program]
    #[arg(long = "packs", value_name = "PATH")]
    pub packs: Vec<PathBuf>,
    /// Only texts whose id ends in an odd or even number: look at one half, and leave the other unseen until the end
    #[arg(long, value_enum)]
    pub ids: Option<Ids>,
    /// Write what each text is taken for, one JSON object a line
    #[arg(long, value_name = "FILE")]
    pub predictions: Option<PathBuf>,
    /// Mistakes that are explained, the worst first
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub worst: usize,
    /// How to print results
    #[arg(long, value_enum, default_value_t = Output::Text)]
    pub output: Output,
}

/// What `feed` does.
#[derive(Debug, Args)]
pub struct Feed {
    /// A file of posts (NDJSON, a whole export, a feed); `-` is stdin
    pub file: PathBuf,
    /// The topic
    #[arg(long)]
    pub topic: String,
    /// How the file is written
    #[arg(long, default_value = "auto")]
    pub format: String,
    /// Create the topic where it is missing (3 partitions, the cluster's replication)
    #[arg(long)]
    pub create: bool,
    /// Messages a second at most
    #[arg(long)]
    pub rate: Option<std::num::NonZeroU32>,
    /// Where it is
    #[command(flatten)]
    pub cluster: Cluster,
}

/// What makes `check` fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Deny {
    /// Warnings too.
    Warnings,
}

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// In words, for people.
    Text,
    /// As JSON, for programs.
    Json,
}

/// For whom something is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Report {
    /// For people.
    Text,
    /// One JSON value, for programs.
    Json,
    /// SARIF 2.1.0, for code hosts and editors.
    Sarif,
    /// Workflow commands of GitHub Actions.
    Github,
}

/// How many results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Lines {
    /// For people.
    Text,
    /// One JSON object a line, for programs.
    Ndjson,
}

/// A half of a labelled set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Ids {
    /// Ids whose last number is odd.
    Odd,
    /// Ids whose last number is even.
    Even,
}

/// What a schema is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Shape {
    /// A scored record.
    Scored,
    /// An alert record.
    Alert,
    /// What `explain --output json` prints.
    Explanation,
    /// What `explain --record --output json` prints.
    Recomputation,
    /// Our own post.
    Post,
    /// A pack file.
    Pack,
    /// An exceptions file.
    Exceptions,
    /// A language file.
    Language,
    /// A pipeline file.
    Pipeline,
}
