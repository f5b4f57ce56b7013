//! Parses the command line, dispatches, prints one error, exits.

use std::process::ExitCode;

use clap::Parser;
use rekon::cli::{self, Cli};

/// A run takes memory in large pieces and gives them back; the system's allocator would have every
/// page faulted in anew, a seventh of the CPU time of a million rows.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    cli::log_to_stderr(&cli);
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("rekon: cannot start: {error}");
            return ExitCode::from(cli::Exit::Unavailable.code());
        }
    };
    match runtime.block_on(cli::dispatch(&cli)) {
        Ok(exit) => ExitCode::from(exit.code()),
        Err(error) => {
            eprintln!("rekon: {error:#}");
            ExitCode::from(cli::Exit::of(&error).code())
        }
    }
}
