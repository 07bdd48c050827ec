//! The command line: one declaration for the parser, the help, the man page and the completions.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::log;

mod cluster;
mod export;
mod health;
mod top;
mod topics;

pub use cluster::Cluster;
pub use export::{Export, TlpArg};
pub use health::Health;
pub use top::Top;
pub use topics::{DeadLetters, Feed, Picked, Retry, StanceArg, Tap};

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
        /// How log lines are written: `text` or `json`
        #[arg(long, value_name = "FORMAT", env = "UNDERCURRENT_LOG_FORMAT", default_value = "text")]
        log_format: log::Format,
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
        /// Print the alerts instead of the scored posts
        #[arg(long, conflicts_with = "include_text")]
        alerts: bool,
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
    /// Learn a classifier from labelled texts, and print its file
    ///
    /// A pack asks it with `reads_like`. How well it does on texts that it has not seen is measured on the way, by fives: each
    /// fifth of the texts is judged by what the other four taught.
    Train(Train),
    /// Send the posts of files into a topic
    Feed(Feed),
    /// Look at the records of a topic as they come: scored posts, alerts, dead letters
    Tap(Tap),
    /// Watch a running process: rates, lag, latencies, the hottest and slowest indicators
    Top(Top),
    /// List, show and send back what could not be read or published
    DeadLetters {
        /// What to do with them
        #[command(subcommand)]
        what: DeadLetters,
    },
    /// Ask a running process how it is: exit 0 where it is well, 1 where it is not or does not answer
    Health(Health),
    /// Write alerts in a form that other tools read
    Export(Export),
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

/// What `train` learns from.
#[derive(Debug, Args)]
pub struct Train {
    /// Labelled texts, one JSON object a line: our own post, with `label`, the class
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// What packs call it
    #[arg(long, value_name = "NAME")]
    pub name: String,
    /// What it tells apart, in words
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub title: String,
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
    /// A classifier file.
    Classifier,
    /// A pipeline file.
    Pipeline,
}
