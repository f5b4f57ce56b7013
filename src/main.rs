//! One process: command line in, exit code out.

use std::process::ExitCode;

/// A run takes memory in large pieces and gives them back; the system's allocator would have every
/// page faulted in anew, a seventh of the CPU time of a million rows.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    rekon::cli::main()
}
