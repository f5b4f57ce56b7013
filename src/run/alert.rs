//! The letters to ops: a run that failed, nights that nobody ran, all well again. Pure.

use chrono::{DateTime, NaiveDate, Utc};
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::ends::{End, Failure, Topic};
use crate::config::{Config, Mail};
use crate::mail::Letter;
use crate::report::catalogue;
use crate::report::labels::Language;

const TEMPLATE: &str = include_str!("../../templates/alert.html");
const ALARM: &str = "#b42318";
const WELL: &str = "#1f7a4d";

/// A letter before it has a sender.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// The same for all that ops need to hear only once.
    pub id: String,
    pub subject: String,
    pub title: String,
    pub file_name: String,
    lang: &'static str,
    colour: &'static str,
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Part {
    label: String,
    lines: Vec<String>,
    command: bool,
}

impl Part {
    fn prose(label: &str, lines: Vec<String>) -> Part {
        Part {
            label: label.to_owned(),
            lines,
            command: false,
        }
    }

    fn commands(label: &str, lines: Vec<String>) -> Part {
        Part {
            label: label.to_owned(),
            lines,
            command: true,
        }
    }
}

/// A run failed.
pub fn failed(
    config: &Config,
    end: &End,
    failure: &Failure,
    last_good: Option<DateTime<Utc>>,
) -> Notice {
    let day = local_day(config, end.started);
    let what = failure.topic.words(end.exit);
    let since = match last_good {
        Some(at) => format!("The last run that worked ended {}.", local(config, at)),
        None => "No run has worked yet.".to_owned(),
    };
    let done = match failure.done.is_empty() {
        true => vec![
            "Nothing was concluded. What was taken in is kept, mails that were queued before wait, \
             and every earlier result stands."
                .to_owned(),
        ],
        false => failure.done.clone(),
    };
    Notice {
        id: format!("{} {}|{day}", end.exit, failure.topic.name()),
        subject: format!("[rekon] the run of {} failed: {what}", short_day(day)),
        title: format!("The run of {} failed: {what}", short_day(day)),
        file_name: format!("alert_{day}_{}_{}.eml", failure.topic.name(), end.id),
        lang: Language::En.code(),
        colour: ALARM,
        parts: vec![
            Part::prose("What happened", vec![failure.sentence.clone()]),
            Part::prose(
                "Since when",
                vec![
                    format!("The run began {}.", local(config, end.started)),
                    since,
                ],
            ),
            Part::prose("What was done all the same", done),
            Part::commands(
                "What to type next",
                next_commands(config, failure.topic, end.exit),
            ),
            whereabouts(config, &end.id, end.exit),
        ],
    }
}

/// Nights beyond the catch-up window on which no run took place.
pub fn missed(config: &Config, run_id: &str, dates: &[NaiveDate], now: DateTime<Utc>) -> Notice {
    let named = match dates {
        [only] => only.to_string(),
        [first, .., last] => format!("{} dates from {first} to {last}", dates.len()),
        [] => "no date".to_owned(),
    };
    let (from, to) = (
        dates.first().copied().unwrap_or_default(),
        dates.last().copied().unwrap_or_default(),
    );
    let title = format!("{named}: no nightly run, and too old for catch_up");
    Notice {
        id: format!("missed {from} {to}|{}", local_day(config, now)),
        subject: format!("[rekon] {title}"),
        title,
        file_name: format!("alert_{}_missed.eml", local_day(config, now)),
        lang: Language::En.code(),
        colour: ALARM,
        parts: vec![
            Part::prose(
                "What happened",
                vec![format!(
                    "rekon schedule was not at work when these business dates were to be \
                     reconciled: {named}. They lie beyond catch_up ({} days), so that no run takes \
                     them up by itself.",
                    config.catch_up.num_days()
                )],
            ),
            Part::prose(
                "What was done all the same",
                vec!["The dates within catch_up are reconciled in order by the next run.".into()],
            ),
            Part::commands(
                "What to type next",
                vec![
                    command(config, &format!("status --from {from} --to {to}")),
                    command(config, &format!("run --from {from} --to {to}")),
                ],
            ),
            whereabouts(config, run_id, 0),
        ],
    }
}

/// A run worked again after these were told.
pub fn all_well(config: &Config, end: &End, told: &[String]) -> Notice {
    let day = short_day(local_day(config, end.started));
    Notice {
        id: format!("well {}", end.id),
        subject: format!("[rekon] all well again: the run of {day} worked"),
        title: format!("All well again: the run of {day} worked"),
        file_name: format!("alert_{}_well.eml", end.id),
        lang: Language::En.code(),
        colour: WELL,
        parts: vec![
            Part::prose(
                "What happened",
                vec![
                    format!("The run ended {}.", local(config, end.ended)),
                    end.summary.clone(),
                ],
            ),
            Part::prose("What is over", told.to_vec()),
            Part::commands("How things stand", vec![command(config, "status")]),
        ],
    }
}

impl Notice {
    /// The same as ops read it; commands are commands in every language.
    pub fn said_in(mut self, language: Language) -> Notice {
        let said = |text: &String| catalogue::said(text, language);
        self.lang = language.code();
        self.subject = said(&self.subject);
        self.title = said(&self.title);
        for part in &mut self.parts {
            part.label = said(&part.label);
            if !part.command {
                part.lines = part.lines.iter().map(said).collect();
            }
        }
        self
    }

    /// A sentence more, for those who read this copy.
    pub fn adding(mut self, label: &str, line: String) -> Notice {
        self.parts.push(Part::prose(label, vec![line]));
        self
    }

    pub fn letter(
        &self,
        mail: &Mail,
        to: &[String],
        run_id: &str,
        now: DateTime<Utc>,
    ) -> Result<Letter, minijinja::Error> {
        let seed = Sha256::digest(format!("alert|{}|{run_id}", self.id));
        Ok(Letter {
            from: mail.from.clone(),
            to: to.to_vec(),
            subject: self.subject.clone(),
            text: self.text(),
            html: self.html()?,
            attachments: Vec::new(),
            message_id: format!("{}@rekon", data_encoding::HEXLOWER.encode(&seed[..16])),
            date: now,
            references: Vec::new(),
        })
    }

    fn text(&self) -> String {
        let mut out = format!("{}\n", self.title);
        for part in &self.parts {
            out.push_str(&format!("\n{}:\n", part.label));
            for line in &part.lines {
                out.push_str(&format!("  {}\n", line.replace('\n', "\n  ")));
            }
        }
        out
    }

    fn html(&self) -> Result<String, minijinja::Error> {
        let mut environment = Environment::new();
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.add_template("alert.html", TEMPLATE)?;
        environment.get_template("alert.html")?.render(Serde(self))
    }
}

fn next_commands(config: &Config, topic: Topic, exit: u8) -> Vec<String> {
    let words: &[&str] = match (topic, exit) {
        (Topic::Mail, _) => &["check", "deliver"],
        (Topic::Lock, _) => &["status", "run --wait 10m"],
        (Topic::Run, _) => &["run -v"],
        _ => &["check", "run"],
    };
    words.iter().map(|words| command(config, words)).collect()
}

fn command(config: &Config, words: &str) -> String {
    let file = std::path::absolute(&config.file).unwrap_or_else(|_| config.file.clone());
    let rekon = format!("rekon -c {} {words}", file.display());
    match std::env::var_os("CREDENTIALS_DIRECTORY") {
        None => rekon,
        // The passwords are there for the service alone.
        Some(_) => format!(
            "sudo systemd-run --pty --wait --uid=rekon \
             -p LoadCredential=rekon:/etc/rekon/credentials/ {rekon}"
        ),
    }
}

fn whereabouts(config: &Config, run_id: &str, exit: u8) -> Part {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname");
    let host = host.map_or_else(|_| "an unnamed host".to_owned(), |name| name.trim().into());
    let exit = match exit {
        0 => String::new(),
        code => format!(", exit code {code}"),
    };
    Part::prose(
        "Where to look",
        vec![
            format!("On {host}, run {run_id}{exit}, times in {}.", config.zone),
            "Its log is what rekon wrote to stderr: `journalctl -u rekon` under systemd, else where \
             the line of cron sends it; --log-format json names the run in every line."
                .to_owned(),
        ],
    )
}

fn local(config: &Config, at: DateTime<Utc>) -> String {
    at.with_timezone(&config.zone)
        .format("%d %b %Y, %H:%M")
        .to_string()
}

pub fn local_day(config: &Config, at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&config.zone).date_naive()
}

fn short_day(day: NaiveDate) -> String {
    day.format("%-d %b").to_string()
}
