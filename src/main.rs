//! The binary: arguments in, exit code out.

use std::process::ExitCode;

use clap::Parser;

/// A verdict is many small strings: a fifth of scoring a report went into finding room for them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = undercurrent::cli::args::Cli::parse();
    ExitCode::from(undercurrent::cli::run(cli).code())
}
