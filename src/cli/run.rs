//! `rekon run`, `collect`, `deliver` and `add`.

use std::io::IsTerminal;
use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use indicatif::{ProgressBar, ProgressStyle};
use tracing::Instrument;

use super::process::tell;
use super::told::{self, OnBreaks, endings_of, endings_of_sources};
use super::{Day, Exit, RunArgs, Usage, instant, outbox, print, print_json};
use crate::config::Config;
use crate::domain::reconcile::is_only_found_on;
use crate::domain::time::next;
use crate::mail::Sent;
use crate::report::breaks::mask_of;
use crate::report::changes::{self, Place, change_view};
use crate::report::labels::{Label, Language};
use crate::report::summary::{self, Deliverable};
use crate::report::view::Voice;
use crate::run::{
    self, Collected, Comparison, Delivered, Effect, Judged, Mailing, Period, Request, Run, Sources,
    Stop, Taken, TakenUp, Why, channel_facts, chosen,
};
use crate::spelling;

pub async fn run(config: &Config, args: &RunArgs, now: DateTime<Utc>) -> Result<Exit> {
    run_and_show(config, args, now)
        .instrument(told::span(now))
        .await
}

async fn run_and_show(config: &Config, args: &RunArgs, now: DateTime<Utc>) -> Result<Exit> {
    let request = request(config, args, now)?;
    let on_breaks = match args.fail_on_breaks {
        true => OnBreaks::Fail,
        false => OnBreaks::Pass,
    };
    let spinner = spinner(args);
    let told = told::run(config, &request, on_breaks, now).await;
    if let Some(spinner) = spinner {
        spinner.finish_and_clear();
    }
    let run = told.run?;
    for collected in &run.collected {
        tell_collected(collected);
    }
    for failed in &run.failed {
        tell(&format!(
            "rekon: {} was not reconciled: {:#}",
            failed.channel, failed.error
        ));
    }
    if args.json || request.effect == Effect::DryRun {
        for line in taken_up(&run.taken_up) {
            tell(&format!("note: {line}"));
        }
        for notice in &run.notices {
            tell(&format!("note: {notice}"));
        }
    }
    if args.json {
        let judged: Vec<&Judged> = run.judged.iter().collect();
        let statement = &run.statement;
        print_json(&run::results_json(
            config, &request, &run, &judged, statement,
        ))?;
    } else if request.effect == Effect::DryRun {
        print(&differences(config, &request, &run))?;
    } else if !run.judged.is_empty() || run.failed.is_empty() {
        print(&text(&run))?;
    }
    for delivered in &run.delivered {
        tell_undelivered(delivered, config.zone);
    }
    Ok(told.exit)
}

fn request(config: &Config, args: &RunArgs, now: DateTime<Utc>) -> Result<Request> {
    chosen(config, &args.channels)?;
    let as_of = instant(args.as_of.as_deref(), config.zone, now)?;
    let period = match (args.date, args.from, args.to) {
        (Some(date), _, _) => {
            let date = date.resolve(config.zone, as_of);
            Period::Dates {
                from: date,
                to: date,
            }
        }
        (None, Some(from), Some(to)) => {
            let (from, to) = (
                from.resolve(config.zone, as_of),
                to.resolve(config.zone, as_of),
            );
            if to < from {
                anyhow::bail!(Usage(format!("--from {from} lies after --to {to}")));
            }
            if (to - from).num_days() > 366 {
                anyhow::bail!(Usage(format!(
                    "--from {from} --to {to}: more than 366 dates in one run"
                )));
            }
            Period::Dates { from, to }
        }
        _ => Period::CatchUp,
    };
    let patience = match &args.wait {
        None => Duration::ZERO,
        Some(text) => spelling::duration(text)
            .and_then(|wait| wait.to_std().ok())
            .ok_or_else(|| {
                Usage(format!(
                    "--wait: `{text}` is no length of time: write 30s, 10m or 2h"
                ))
            })?,
    };
    Ok(Request {
        period,
        channels: args.channels.clone(),
        as_of,
        sources: if args.no_collect {
            Sources::LeaveAlone
        } else {
            Sources::Collect
        },
        effect: if args.dry_run {
            Effect::DryRun
        } else {
            Effect::Store
        },
        mailing: match (args.no_send, args.send) {
            (true, _) => Mailing::Never,
            (_, true) => Mailing::Always,
            _ => Mailing::OnChange,
        },
        patience,
        stop: Stop::default(),
    })
}

/// A sign of life on a terminal.
fn spinner(args: &RunArgs) -> Option<ProgressBar> {
    if args.json || !std::io::stderr().is_terminal() {
        return None;
    }
    let spinner = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} reconciling … {elapsed}") {
        spinner.set_style(style);
    }
    spinner.enable_steady_tick(Duration::from_millis(120));
    Some(spinner)
}

fn text(run: &Run) -> String {
    let Some(overview) = run.overview.as_ref().filter(|_| !run.judged.is_empty()) else {
        return "Nothing to reconcile: every date in the catch-up window is complete and unchanged.\n"
            .to_owned();
    };
    let mut out = String::new();
    for line in taken_up(&run.taken_up) {
        out.push_str(&line);
        out.push('\n');
    }
    if !out.is_empty() {
        out.push('\n');
    }
    let mut deliverables: Vec<Deliverable> = Vec::new();
    if let Some(published) = &run.published {
        for path in &published.files {
            let report = path.file_stem().unwrap_or_default().to_string_lossy();
            let report = report.split('_').next().unwrap_or_default().to_owned();
            deliverables.push(Deliverable {
                report,
                place: path.display().to_string(),
            });
        }
    }
    for delivered in &run.delivered {
        if let Ok(sent) = &delivered.result {
            let place = match sent {
                Sent::Written(path) => path.display().to_string(),
                Sent::Accepted(_) => delivered.recipient.clone(),
            };
            deliverables.push(Deliverable {
                report: delivered.report.clone(),
                place,
            });
        }
    }
    deliverables.sort_by(|a, b| a.report.cmp(&b.report));
    out.push_str(&summary::run(overview, &deliverables));
    let queued = run
        .published
        .as_ref()
        .is_some_and(|one| !one.queued.is_empty());
    if !queued && run.judged.iter().all(|judged| !judged.comparison.is_news()) {
        out.push_str("\nNothing changed since the last run of these dates; no new mail (--send mails it again).\n");
    }
    out
}

/// Which dates a plain run took up and why; dates of a channel that follow one another and share
/// their reasons are one line.
fn taken_up(taken: &[TakenUp]) -> Vec<String> {
    let mut groups: Vec<(&TakenUp, NaiveDate)> = Vec::new();
    for one in taken {
        match groups.last_mut() {
            Some((first, last))
                if first.channel == one.channel
                    && first.why == one.why
                    && next(*last) == one.date =>
            {
                *last = one.date;
            }
            _ => groups.push((one, one.date)),
        }
    }
    groups
        .iter()
        .map(|(first, last)| {
            let dates = match first.date == *last {
                true => first.date.to_string(),
                false => format!("{} to {last}", first.date),
            };
            let why: Vec<&str> = first
                .why
                .iter()
                .map(|why| reason(*why).text(Language::En))
                .collect();
            format!("{} {dates}: {}", first.channel, why.join(", "))
        })
        .collect()
}

fn reason(why: Why) -> Label {
    match why {
        Why::NeverRun => Label::BecauseNeverRun,
        Why::NotComplete => Label::BecauseNotComplete,
        Why::New(cause) => changes::cause(cause),
        Why::NoLongerAwaiting => Label::BecauseAwaitedIsHere,
        Why::SlaPassed => Label::BecauseSlaPassed,
        Why::Yesterday => Label::BecauseYesterday,
    }
}

/// What a dry run would change.
fn differences(config: &Config, request: &Request, run: &Run) -> String {
    let voice = Voice {
        language: Language::En,
        zone: config.zone,
        as_of: request.as_of,
    };
    let mut out = String::new();
    for judged in &run.judged {
        let outcome = &judged.outcome;
        let place = format!("{} {}", outcome.channel, outcome.business_date);
        let line = match &judged.comparison {
            Comparison::First => format!(
                "{place}: would be the first result: {}, {} breaks",
                outcome.state.name(),
                breaks(outcome)
            ),
            Comparison::Unchanged { revision } => {
                format!("{place}: no change since revision {revision}")
            }
            Comparison::Changed {
                before,
                revision,
                change,
            } => {
                let mut line = format!(
                    "{place}: would become revision {}: {} → {}, breaks {} → {}",
                    revision + 1,
                    before.state.name(),
                    outcome.state.name(),
                    breaks(before),
                    breaks(outcome),
                );
                let channel = config.channels.iter();
                if let Some(channel) = channel.into_iter().find(|one| one.name == outcome.channel) {
                    let at = Place {
                        channel: &channel.name,
                        date: outcome.business_date,
                        revision: revision + 1,
                        earlier: *revision,
                    };
                    let facts = channel_facts(channel);
                    let view = change_view(at, change, &mask_of(&facts, &[]), &voice);
                    for text in changes::lines(&view) {
                        line.push('\n');
                        line.push_str(&text);
                    }
                }
                line
            }
        };
        out.push_str(&line);
        out.push('\n');
    }
    out.push_str("Dry run: nothing was stored, queued or mailed; sources were not looked at.\n");
    out
}

fn breaks(outcome: &crate::domain::outcome::Outcome) -> usize {
    outcome
        .items
        .iter()
        .filter(|item| item.is_open() && item.break_kind().is_some())
        .filter(|item| !is_only_found_on(item, outcome.business_date))
        .count()
}

pub async fn collect(config: &Config, channels: &[String], now: DateTime<Utc>) -> Result<Exit> {
    let collection = run::collect(config, channels, now).await?;
    for one in &collection.collected {
        print(&collected_line(one))?;
    }
    if collection.collected.is_empty() && collection.failed.is_empty() {
        print("Nothing new in any source.")?;
    }
    let mut endings = endings_of_sources(&collection.collected);
    for (channel, error) in &collection.failed {
        tell(&format!("rekon: {channel}: {error:#}"));
        endings.push(Exit::of(error));
    }
    let refused = collection
        .collected
        .iter()
        .any(|one| matches!(one.taken, Taken::Refused { .. }));
    endings.extend(refused.then_some(Exit::BadData));
    Ok(Exit::first(&endings))
}

pub async fn deliver(config: &Config, now: DateTime<Utc>) -> Result<Exit> {
    let delivered = told::deliver(config, now, &Stop::default()).await?;
    if delivered.is_empty() {
        print("Nothing is queued and due.")?;
    }
    for one in &delivered {
        tell_delivered(one, config.zone)?;
    }
    Ok(Exit::first(&endings_of(&delivered)))
}

pub async fn add(
    config: &Config,
    file: &Path,
    channel: &str,
    date: Option<Day>,
    now: DateTime<Utc>,
) -> Result<Exit> {
    let date = date.map(|date| date.resolve(config.zone, now));
    let mut endings = Vec::new();
    for channel in chosen(config, &[channel.to_owned()])? {
        for collected in run::add(config, channel, file, date, now).await? {
            if let Taken::Refused { reason } = &collected.taken {
                tell(&format!(
                    "rekon: {}: refused whole: {reason}",
                    collected.name
                ));
                endings.push(Exit::BadData);
            } else {
                print(&collected_line(&collected))?;
            }
        }
    }
    Ok(Exit::first(&endings))
}

/// Mails named one by one in a line about several.
const NAMED: usize = 3;

pub(super) fn collected_line(one: &Collected) -> String {
    let place = format!("{}: {}", one.channel, one.name);
    match &one.taken {
        Taken::New {
            entries,
            rejected,
            dates,
            revision,
        } => {
            let dates = match dates[..] {
                [only] => only.to_string(),
                [first, .., last] => format!("{first} to {last}"),
                [] => String::new(),
            };
            let rejected = match rejected {
                0 => String::new(),
                rows => format!(", {rows} rejected rows"),
            };
            let revision = match revision {
                1 => String::new(),
                more => format!(", revision {more} of its slot"),
            };
            format!(
                "{place}: taken in as file {}: {entries} rows for {dates}{rejected}{revision}",
                one.id
            )
        }
        Taken::Superseded { by } => {
            format!(
                "{place}: kept as file {}, but {by} is newer and counts",
                one.id
            )
        }
        Taken::Known { first_name, state } => {
            format!(
                "{place}: the same bytes as {first_name} (file {}, {}); nothing to do",
                one.id,
                state.name()
            )
        }
        Taken::Refused { reason } => format!("{place}: refused whole: {reason}"),
        Taken::StillWritten => format!("{place}: still being written; taken next time"),
        Taken::Unreadable { reason, .. } | Taken::Damaged { reason } => {
            format!("{place}: not taken in: {reason}")
        }
        Taken::Quarantined { id, reason } => {
            format!("{place}: quarantined as mail {id}, not taken in: {reason}")
        }
        Taken::PassedOver { mails } => {
            let named: Vec<&str> = mails.iter().take(NAMED).map(String::as_str).collect();
            let more = match mails.len().saturating_sub(NAMED) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            format!(
                "{place}: {} mail(s) from its senders stay there: no `attachment` asks for what they \
                 bring: {}{more}",
                mails.len(),
                named.join(", ")
            )
        }
        Taken::NotPutAway { reason } => {
            format!("{place}: taken in, but it could not be put away: {reason}")
        }
    }
}

/// What a person has to know at once; the rest is in the summary.
fn tell_collected(one: &Collected) {
    match one.taken {
        // The notices of the run tell the others.
        Taken::Refused { .. }
        | Taken::Superseded { .. }
        | Taken::Quarantined { .. }
        | Taken::PassedOver { .. } => {
            tell(&collected_line(one));
        }
        _ => tracing::info!("{}", collected_line(one)),
    }
}

/// One line for each recipient: what left on stdout, what did not on stderr.
pub(super) fn tell_delivered(one: &Delivered, zone: Tz) -> Result<()> {
    match &one.result {
        Ok(sent) => {
            let place = match sent {
                Sent::Written(path) => path.display().to_string(),
                Sent::Accepted(answer) => format!("sent ({answer})"),
            };
            let again = one.again.iter().map(|why| format!("; {why}"));
            print(&format!(
                "{} → {}: {place}{}",
                one.report,
                one.recipient,
                again.collect::<String>()
            ))
        }
        Err(_) => {
            tell_undelivered(one, zone);
            Ok(())
        }
    }
}

fn tell_undelivered(one: &Delivered, zone: Tz) {
    if let Err((state, answer)) = &one.result {
        let next = match one.next_attempt {
            Some(at) => format!("tried again from {} on", outbox::local(at, zone)),
            None => format!("`rekon outbox resend|drop {}` decides", one.name),
        };
        tell(&format!(
            "mail {} {} to {}: {}: {}; {next}",
            one.name,
            one.report,
            one.recipient,
            state.name(),
            outbox::one_line(answer)
        ));
    }
}
