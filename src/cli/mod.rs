//! The command line: arguments → the same pure steps that the service drives → words on a terminal.
//!
//! Results go to stdout, everything else to stderr. Exit codes: 0 clean, 1 problems found, 2 could not do it.

pub mod args;
mod check;
mod dead_letters;
mod demo;
mod eval;
mod explain;
mod export;
mod feed;
mod health;
mod http;
mod new;
mod lines;
mod offline;
pub mod packs;
mod records;
mod replay;
mod rule;
mod run;
mod schema;
mod score;
mod tap;
pub mod terminal;
mod test;
mod top;
mod train;

use std::path::PathBuf;

use clap::CommandFactory;

use args::{Cli, Command};
use terminal::{error, lost, result_bytes};

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Nothing to complain about.
    Clean,
    /// It found problems.
    Problems,
    /// It could not do it.
    Failed,
}

impl Exit {
    /// The process's exit code.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Problems => 1,
            Self::Failed => 2,
        }
    }
}

impl From<Result<Exit, String>> for Exit {
    fn from(done: Result<Exit, String>) -> Self {
        done.unwrap_or_else(|why| {
            error(why);
            Self::Failed
        })
    }
}

/// Does what the arguments say.
#[must_use]
pub fn run(cli: Cli) -> Exit {
    let exit = command(cli.command);
    match lost() {
        Some(why) => {
            error(format_args!("results could not be written: {why}"));
            Exit::Failed
        }
        None => exit,
    }
}

fn command(command: Command) -> Exit {
    match command {
        Command::Run { pipeline, log_format } => run::run(&pipeline, log_format).into(),
        Command::Demo { once, admin } => demo::run(once, admin).into(),
        Command::Score { input, include_text, alerts } => score::run(&input, include_text, alerts).into(),
        Command::Explain(wanted) => explain::run(&wanted).into(),
        Command::Check { paths, deny, output, lock } => check::run(&or_shipped(paths), deny, output, lock).into(),
        Command::Test(tests) => test::run(tests).into(),
        Command::Replay(replay) => replay::run(&replay).into(),
        Command::Eval(wanted) => eval::run(&wanted).into(),
        Command::Train(wanted) => train::run(&wanted).into(),
        Command::Feed(feed) => feed::run(&feed).into(),
        Command::Top(wanted) => top::run(&wanted).into(),
        Command::Tap(wanted) => tap::run(&wanted).into(),
        Command::DeadLetters { what } => dead_letters::run(&what).into(),
        Command::Health(wanted) => health::run(&wanted).into(),
        Command::Export(wanted) => export::run(&wanted).into(),
        Command::Schema { of } => schema::run(of),
        Command::List { packs } => test::list(&or_shipped(packs)).into(),
        Command::Rule { rule, packs } => rule::run(&rule, &or_shipped(packs)).into(),
        Command::New { what: args::New::Pack { name, dir } } => new::pack(&name, &dir).into(),
        Command::Completions { shell } => {
            // Into memory first: the generator panics where its output cannot be written.
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "undercurrent", &mut script);
            result_bytes(&script);
            Exit::Clean
        }
        Command::Man => {
            let mut page = Vec::new();
            if clap_mangen::Man::new(Cli::command()).render(&mut page).is_err() {
                return Exit::Failed;
            }
            result_bytes(&page);
            Exit::Clean
        }
    }
}

/// `1 error`, `2 errors`.
fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// The paths, or the packs in the program.
fn or_shipped(paths: Vec<PathBuf>) -> Vec<PathBuf> {
    if paths.is_empty() { vec![PathBuf::from("shipped")] } else { paths }
}
