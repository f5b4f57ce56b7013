//! A process of rekon from its command line to its exit code: it ends whatever a library does, and
//! all that it says on stderr has one format, to the last line.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use chrono::{SecondsFormat, Utc};
use clap::Parser;

use super::commands::{Cli, Command, LogFormat};
use super::{Exit, dispatch};
use crate::panics;

/// What tasks have that are still at work once the answer is given.
const LAST_WORDS: Duration = Duration::from_secs(1);

static FORMAT: OnceLock<LogFormat> = OnceLock::new();
/// The run that this process is at, or was last.
static RUN: Mutex<Option<String>> = Mutex::new(None);

/// Does what the command line of this process asks for.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) if error.use_stderr() && asks_for_json(std::env::args()) => {
            FORMAT.get_or_init(|| LogFormat::Json);
            return refused(&error.to_string(), Exit::Usage);
        }
        Err(error) => error.exit(),
    };
    FORMAT.get_or_init(|| cli.log_format);
    log_to_stderr(&cli);
    panics::log();
    match answer(&cli) {
        Ok(exit) => ExitCode::from(exit.code()),
        Err(error) => refused(&format!("rekon: {error:#}"), Exit::of(&error)),
    }
}

fn answer(cli: &Cli) -> Result<Exit> {
    panics::caught(|| to_its_end(dispatch(cli)))?
}

/// Waits for some work, and for nothing else: a task that spins or hangs does not keep the process.
pub fn to_its_end<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("rekon cannot start")?;
    let done = runtime.block_on(panics::caught_while(work));
    runtime.shutdown_timeout(LAST_WORDS);
    done?
}

fn refused(text: &str, exit: Exit) -> ExitCode {
    write_line(text, Some(exit));
    ExitCode::from(exit.code())
}

/// From now on what is told is of this run.
pub(super) fn is_at(run: String) {
    *RUN.lock().unwrap_or_else(PoisonError::into_inner) = Some(run);
}

/// Tells a person something on stderr.
pub(super) fn tell(text: &str) {
    write_line(text, None);
}

fn write_line(text: &str, exit: Option<Exit>) {
    let line = match FORMAT.get() {
        Some(LogFormat::Json) => {
            let mut fields = serde_json::Map::from_iter([("message".to_owned(), text.into())]);
            fields.extend(exit.map(|exit| ("exit".to_owned(), exit.code().into())));
            let mut event = serde_json::json!({
                "timestamp": Utc::now().to_rfc3339_opts(SecondsFormat::Micros, true),
                "level": if exit.is_some() { "ERROR" } else { "WARN" },
                "fields": fields,
            });
            if let Some(run) = &*RUN.lock().unwrap_or_else(PoisonError::into_inner) {
                // As the events of a run have it.
                event["span"] = serde_json::json!({ "run": run, "name": "run" });
            }
            event.to_string()
        }
        Some(LogFormat::Text) | None => text.to_owned(),
    };
    // Where nobody takes it, nobody is left who could be told.
    writeln!(io::stderr(), "{line}").ok();
}

/// Asked of a command line that is refused.
fn asks_for_json(mut args: impl Iterator<Item = String>) -> bool {
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--log-format=json" => return true,
            "--log-format" => return args.next().as_deref() == Some("json"),
            _ => {}
        }
    }
    false
}

/// Logs go to stderr; `RUST_LOG` refines what -v chooses.
fn log_to_stderr(cli: &Cli) {
    use tracing_subscriber::EnvFilter;
    let level = match cli.verbose {
        // Who stays has nobody who watches: what it does is told.
        0 if matches!(cli.command, Command::Schedule) => "rekon=info",
        0 => "rekon=warn",
        1 => "rekon=info",
        _ => "rekon=debug,sqlx=info",
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .log_internal_errors(false)
        .with_target(false);
    match cli.log_format {
        LogFormat::Text => builder.init(),
        LogFormat::Json => builder.json().with_span_list(false).init(),
    }
}
