//! The binary: arguments in, exit code out.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let cli = undercurrent::cli::args::Cli::parse();
    ExitCode::from(undercurrent::cli::run(cli).code())
}
