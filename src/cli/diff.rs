//! `rekon diff`: what changed between two revisions of a date.

use anyhow::{Result, bail};
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;

use super::process::tell;
use super::{Exit, Output, RevisionRange, Usage, print, print_json};
use crate::config::Config;
use crate::report::breaks::mask_of;
use crate::report::changes::{Place, change_view, lines};
use crate::report::diff_json;
use crate::report::labels::Language;
use crate::report::view::Voice;
use crate::run::{self, Diffed, Found, channel_facts, chosen};

pub async fn diff(
    config: &Config,
    channels: &[String],
    date: NaiveDate,
    revisions: Option<RevisionRange>,
    now: DateTime<Utc>,
    output: Output,
) -> Result<Exit> {
    let asked = revisions.map(|range| (range.before, range.after));
    let diffed = run::diff(config, channels, date, asked, now).await?;
    let sentences = diffed.iter().filter_map(|one| sentence(one, date));
    let sentences: Vec<String> = sentences.collect();
    // One channel that was run is an answer; the others are told beside it.
    if diffed.iter().all(|one| is_unanswerable(&one.found)) {
        bail!(Usage(sentences.join("\n")));
    }
    let mut values = Vec::new();
    let mut told = Vec::new();
    for (channel, one) in chosen(config, channels)?.iter().zip(&diffed) {
        let Found::Change {
            before,
            after,
            change,
        } = &one.found
        else {
            continue;
        };
        let facts = channel_facts(channel);
        let numbers = (before.revision, after.revision);
        values.push(diff_json::change(&facts, date, numbers, change));
        let voice = Voice {
            language: Language::En,
            zone: config.zone,
            as_of: now,
        };
        let place = Place {
            channel: &one.channel,
            date,
            revision: after.revision,
            earlier: before.revision,
        };
        let view = change_view(place, change, &mask_of(&facts, &[]), &voice);
        told.push(view.title.clone());
        told.push(format!(
            "  revision {}: {}, run {}; revision {}: {}, run {}",
            before.revision,
            voice.instant(before.created_at),
            before.run_id,
            after.revision,
            voice.instant(after.created_at),
            after.run_id,
        ));
        told.extend(lines(&view));
    }
    match output {
        Output::Json => {
            for sentence in sentences {
                tell(&format!("note: {sentence}"));
            }
            print_json(&Value::Array(values))?;
        }
        Output::Text => {
            told.extend(sentences);
            print(&told.join("\n"))?;
        }
    }
    Ok(Exit::Done)
}

fn is_unanswerable(found: &Found) -> bool {
    matches!(found, Found::NeverRun | Found::NoSuchRevision { .. })
}

/// What there is to say where nothing can be compared.
fn sentence(one: &Diffed, date: NaiveDate) -> Option<String> {
    let place = format!("{} {date}", one.channel);
    Some(match &one.found {
        Found::Change { .. } => return None,
        Found::NeverRun => {
            format!("{place}: never run; `rekon run --date {date}` judges it")
        }
        Found::OneRevision => {
            format!("{place}: one revision, and nothing has changed since")
        }
        Found::NoSuchRevision { asked, last } => format!(
            "{place}: there is no revision {asked}; {}",
            match last {
                1 => "the only one is 1".to_owned(),
                last => format!("there are 1 to {last}"),
            }
        ),
    })
}
