//! Parses the command line, dispatches, prints one error, exits.

use std::process::ExitCode;

use clap::Parser;
use rekon::cli::{self, Cli};

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
