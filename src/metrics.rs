//! Figures for Prometheus, in its text format: into a file that is always whole, or on a loopback
//! port. Is handed every figure and computes none.

pub mod listen;

use std::fmt::Write as _;
use std::fs::{OpenOptions, Permissions};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use chrono::{DateTime, Utc};

use crate::domain::money::Money;

/// What is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    pub last_success: Option<DateTime<Utc>>,
    pub last_run: Option<LastRun>,
    pub channels: Vec<ChannelFigures>,
    /// Mails that have not left, by state.
    pub outbox: Vec<(&'static str, u64)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastRun {
    pub started: DateTime<Utc>,
    pub ended: DateTime<Utc>,
    pub exit: u8,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChannelFigures {
    pub name: String,
    /// Open breaks by kind, each kind once.
    pub breaks: Vec<(&'static str, u64)>,
    /// What open items put at risk, by who owes it.
    pub at_risk: Vec<(&'static str, Money)>,
    /// Rows of the newest business date that is complete, by side; none where no date is.
    pub rows: Vec<(&'static str, u64)>,
    /// Dates within the catch-up window whose file is due and not here, or not whole.
    pub files_missing: u64,
}

/// The text exposition format, version 0.0.4.
pub fn text(figures: &Figures) -> String {
    let mut out = Exposition(String::new());
    out.family("rekon_build_info", "The version at work.", "gauge");
    out.line(
        "rekon_build_info",
        &[("version", env!("CARGO_PKG_VERSION"))],
        1,
    );
    if let Some(at) = figures.last_success {
        let name = "rekon_last_success_timestamp_seconds";
        out.family(
            name,
            "When the last run ended that did what it was asked.",
            "gauge",
        );
        out.line(name, &[], at.timestamp());
    }
    if let Some(last) = figures.last_run {
        let name = "rekon_last_run_timestamp_seconds";
        out.family(name, "When the last run ended.", "gauge");
        out.line(name, &[], last.ended.timestamp());
        let name = "rekon_last_run_exit_code";
        out.family(name, "The exit code of the last run.", "gauge");
        out.line(name, &[], last.exit);
        let name = "rekon_run_seconds";
        out.family(name, "How long the last run took.", "gauge");
        let took = (last.ended - last.started).num_milliseconds().max(0);
        out.line(
            name,
            &[],
            format_args!("{}.{:03}", took / 1000, took % 1000),
        );
    }
    let name = "rekon_breaks";
    out.family(name, "Open breaks.", "gauge");
    for channel in &figures.channels {
        for (kind, count) in &channel.breaks {
            out.line(name, &[("channel", &channel.name), ("kind", kind)], count);
        }
    }
    let name = "rekon_at_risk_rupiah";
    out.family(name, "What open items put at risk, never netted.", "gauge");
    for channel in &figures.channels {
        for (side, amount) in &channel.at_risk {
            out.line(name, &[("channel", &channel.name), ("side", side)], amount);
        }
    }
    let name = "rekon_rows";
    let help = "Rows of the newest business date that is complete.";
    out.family(name, help, "gauge");
    for channel in &figures.channels {
        for (side, count) in &channel.rows {
            out.line(name, &[("channel", &channel.name), ("side", side)], count);
        }
    }
    let name = "rekon_files_missing";
    let help = "Business dates within catch_up whose file is due and missing.";
    out.family(name, help, "gauge");
    for channel in &figures.channels {
        out.line(name, &[("channel", &channel.name)], channel.files_missing);
    }
    let name = "rekon_outbox_mails";
    out.family(name, "Mails that have not left.", "gauge");
    for (state, count) in &figures.outbox {
        out.line(name, &[("state", state)], count);
    }
    out.0
}

struct Exposition(String);

impl Exposition {
    fn family(&mut self, name: &str, help: &str, kind: &str) {
        self.push(format_args!("# HELP {name} {help}\n# TYPE {name} {kind}\n"));
    }

    fn line(&mut self, name: &str, labels: &[(&str, &str)], value: impl std::fmt::Display) {
        let labels: Vec<String> = labels
            .iter()
            .map(|(label, value)| format!("{label}=\"{}\"", escaped(value)))
            .collect();
        let labels = match labels.is_empty() {
            true => String::new(),
            false => format!("{{{}}}", labels.join(",")),
        };
        self.push(format_args!("{name}{labels} {value}\n"));
    }

    fn push(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a string has no way to fail.
        if self.0.write_fmt(text).is_err() {
            tracing::error!("a figure could not be written");
        }
    }
}

fn escaped(value: &str) -> String {
    value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

/// Replaces the file as a whole: a reader sees the figures of one run or of the next, never half of
/// them. Readable by everyone, since the collector is another user; no figure names a person.
pub fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    // Not `*.prom`: the collector would read it half written.
    let part = path.with_file_name(format!(".{name}.{}", std::process::id()));
    let written = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o644)
        .open(&part)
        .and_then(|mut file| {
            // Whatever the umask of a service says.
            file.set_permissions(Permissions::from_mode(0o644))?;
            file.write_all(text.as_bytes())?;
            file.sync_all()
        })
        .and_then(|()| std::fs::rename(&part, path));
    if written.is_err()
        && let Err(error) = std::fs::remove_file(&part)
    {
        tracing::debug!(%error, "what was begun of the metrics file stays");
    }
    written
}
