//! A run, and what those outside rekon hear of it: pings, its end on record, figures, an alert.

use anyhow::{Error, Result};
use chrono::{DateTime, Duration, Utc};
use secrecy::SecretString;
use tracing::{Instrument, Span};

use super::{Exit, process};
use crate::config::{Config, ConfigError};
use crate::disk::DiskFull;
use crate::domain::entry::Side;
use crate::domain::outcome::DateState;
use crate::health::{self, Beat};
use crate::ledger::LedgerError;
use crate::panics;
use crate::report::findings;
use crate::report::labels::Language;
use crate::report::view::Voice;
use crate::run::{
    self, Alarm, Away, Collected, Delivered, Effect, End, Failure, Mailing, Period, Request, Run,
    Sources, Stop, Taken, Topic,
};
use crate::sources::mailbox::MailboxFault;
use crate::sources::sftp::SftpFault;
use crate::store::{Held, Scope, StateFault};

/// What breaks mean for the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OnBreaks {
    Pass,
    Fail,
}

/// A run as it ended, after all were told.
pub(super) struct Told {
    pub(super) run: Result<Run>,
    pub(super) exit: Exit,
    pub(super) end: End,
}

/// What every event of a run carries: its id.
pub(super) fn span(now: DateTime<Utc>) -> Span {
    process::is_at(run::run_id(now));
    // Not `info`: a filter that shows warnings alone must not take the id from them.
    tracing::error_span!("run", run = run::run_id(now))
}

/// Runs, and tells. A dry run is nobody's business.
pub(super) async fn run(
    config: &Config,
    request: &Request,
    on_breaks: OnBreaks,
    now: DateTime<Utc>,
) -> Told {
    let whole = request.period == Period::CatchUp
        && request.channels.is_empty()
        && request.sources == Sources::Collect
        && request.mailing != Mailing::Never;
    let scope = match whole {
        true => Scope::Everything,
        false => Scope::Part,
    };
    let stored = request.effect == Effect::Store;
    let address = config.health.as_ref().map(|health| health.ping.clone());
    // A part of the work, by hand, says nothing about whether the nightly run takes place.
    let address = address.filter(|_| stored && scope == Scope::Everything);
    let start = address.clone().map(|address| {
        let start = async move { beat(&address, Beat::Start).await };
        tokio::spawn(start.in_current_span())
    });

    let run = panics::caught_while(run::run(config, request, now)).await;
    let run = run.map_err(Error::from).flatten();
    let exit = match &run {
        Ok(run) => exit_of(run, on_breaks),
        Err(error) => Exit::of(error),
    };
    let failure = match &run {
        Ok(run) => failure_of(config, run, exit),
        Err(error) => Some(Failure {
            topic: topic(error),
            sentence: one_line(&format!("{error:#}")),
            done: Vec::new(),
            alarm: alarm(error, exit, request),
        }),
    };
    let failure = failure.map(|failure| match request.mailing {
        Mailing::Never => Failure {
            alarm: Alarm::Quiet,
            ..failure
        },
        _ => failure,
    });
    let end = End {
        id: run::run_id(now),
        started: now,
        ended: Utc::now().max(now),
        exit: exit.code(),
        summary: summary(&run, exit),
        failure,
        scope,
    };
    if stored {
        let seconds = (end.ended - end.started).num_seconds();
        tracing::info!(exit = end.exit, seconds, "{}", end.summary);
        run::tell(config, &end).await;
    }
    if let Some(start) = start
        && start.await.is_err()
    {
        tracing::warn!("health.ping: the start was not told");
    }
    if let Some(address) = address {
        let line = end.summary.clone();
        let exit = end.exit;
        let told = match end.failure {
            None => Beat::Success(line),
            // The results are fine and do not reach their readers: a code that is no success.
            Some(_) if exit == 0 => Beat::Failure {
                exit: Exit::Unavailable.code(),
                line,
            },
            Some(_) => Beat::Failure { exit, line },
        };
        beat(&address, told).await;
    }
    Told { run, exit, end }
}

async fn beat(address: &SecretString, beat: Beat) {
    if let Err(fault) = health::ping(address, &beat).await {
        tracing::warn!("{fault}");
    }
}

fn exit_of(run: &Run, on_breaks: OnBreaks) -> Exit {
    let mut endings = endings_of(&run.delivered);
    endings.extend(run.failed.iter().map(|failed| Exit::of(&failed.error)));
    if !run.refused.is_empty() || !run.held.is_empty() {
        endings.push(Exit::BadData);
    }
    endings.extend(endings_of_sources(&run.collected));
    for judged in &run.judged {
        if judged.outcome.rejected_ledger_rows > 0 {
            endings.push(Exit::BadData);
        }
        if judged.outcome.state == DateState::Incomplete {
            endings.push(Exit::Incomplete);
        }
    }
    if on_breaks == OnBreaks::Fail && run.statement.open_breaks() > 0 {
        endings.push(Exit::Breaks);
    }
    Exit::first(&endings)
}

/// Why a run that came to its end did not do all it was asked. A file that is missing, refused or
/// quarantined is no such thing: the partner is at fault, the report says so, and an alarm that
/// rings on every late file is one that nobody hears.
fn failure_of(config: &Config, run: &Run, exit: Exit) -> Option<Failure> {
    let mut topics = Vec::new();
    let mut sentences = Vec::new();
    for failed in &run.failed {
        topics.push((topic(&failed.error), Exit::of(&failed.error)));
        sentences.push(format!(
            "{} was not reconciled: {:#}",
            failed.channel, failed.error
        ));
    }
    for one in &run.collected {
        if let Taken::Unreadable { reason, .. } = &one.taken {
            topics.push((
                Topic::Source,
                Exit::first(&endings_of_sources(std::slice::from_ref(one))),
            ));
            sentences.push(format!("{}: {}: {reason}", one.channel, one.name));
        }
    }
    let (doubts, said) = doubts_about_the_ledger(config, run);
    topics.extend(doubts);
    sentences.extend(said);
    for one in &run.delivered {
        if let Err((state, answer)) = &one.result {
            topics.push((
                Topic::Mail,
                Exit::first(&endings_of(std::slice::from_ref(one))),
            ));
            sentences.push(format!(
                "mail {} to {}: {}: {answer}",
                one.report,
                one.recipient,
                state.name()
            ));
        }
    }
    let Some(topic) = topics
        .iter()
        .find(|(_, ending)| *ending == exit)
        .or(topics.first())
        .map(|(topic, _)| *topic)
    else {
        return run::failure_of_mails(run.stuck.iter());
    };
    Some(Failure {
        topic,
        sentence: one_line(&sentences.join("; ")),
        done: vec![
            counts(run),
            "Its results and reports are stored.".to_owned(),
        ],
        alarm: match exit {
            Exit::Usage => Alarm::Quiet,
            _ => Alarm::Mail,
        },
    })
}

/// A ledger that cannot be true is for those who keep it to mend, whatever finance is told.
fn doubts_about_the_ledger(config: &Config, run: &Run) -> (Vec<(Topic, Exit)>, Vec<String>) {
    let voice = Voice {
        language: Language::En,
        zone: config.zone,
        as_of: run.started,
    };
    let outcomes = run.judged.iter().map(|judged| &judged.outcome);
    outcomes
        .flat_map(|outcome| {
            let doubts = outcome.doubts().filter(|one| one.side == Side::Ledger);
            doubts.map(|one| {
                let said = findings::for_ops(outcome, one, &voice);
                ((Topic::Ledger, Exit::Incomplete), said)
            })
        })
        .unzip()
}

/// A run that is turned away by another one passes by itself, unless that one holds on for long, or
/// for longer than this one was told to wait.
fn alarm(error: &Error, exit: Exit, request: &Request) -> Alarm {
    let held = error.chain().find_map(|cause| cause.downcast_ref::<Held>());
    match (held, exit) {
        (Some(held), _)
            if request.patience.is_zero() && Utc::now() - held.since < Duration::hours(1) =>
        {
            Alarm::Quiet
        }
        (None, Exit::Usage) => Alarm::Quiet,
        _ => Alarm::Mail,
    }
}

fn topic(error: &Error) -> Topic {
    for cause in error.chain() {
        if cause.is::<DiskFull>() {
            return Topic::Disk;
        }
        if cause.is::<LedgerError>() {
            return Topic::Ledger;
        }
        if cause.is::<StateFault>() {
            return Topic::State;
        }
        if cause.is::<MailboxFault>() {
            return Topic::Mailbox;
        }
        if cause.is::<SftpFault>() {
            return Topic::Sftp;
        }
        if cause.is::<Held>() {
            return Topic::Lock;
        }
        if cause.is::<ConfigError>() {
            return Topic::Run;
        }
    }
    Topic::Run
}

/// Sends what is due outside a run; ops hear of what does not leave.
pub(super) async fn deliver(
    config: &Config,
    now: DateTime<Utc>,
    stop: &Stop,
) -> Result<Vec<Delivered>> {
    let delivered = run::deliver_queued(config, now, stop).await?;
    run::tell_deliveries(config, &delivered, now).await;
    Ok(delivered)
}

/// Longer than any sentence that says what happened.
const LONGEST_LINE: usize = 600;

fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    match line.char_indices().nth(LONGEST_LINE) {
        None => line,
        Some((end, _)) => format!("{}…", &line[..end]),
    }
}

fn summary(run: &Result<Run>, exit: Exit) -> String {
    match run {
        Ok(run) => format!("exit {}: {}", exit.code(), counts(run)),
        Err(error) => format!("exit {}: {}", exit.code(), topic(error).words(exit.code())),
    }
}

fn counts(run: &Run) -> String {
    let of = |state: DateState| {
        let dates = run.judged.iter();
        dates.filter(|one| one.outcome.state == state).count()
    };
    let breaks = run.statement.open_breaks();
    let mut parts = vec![format!("{} dates reconciled", run.judged.len())];
    for (state, word) in [
        (DateState::Complete, "complete"),
        (DateState::Incomplete, "incomplete"),
        (DateState::NotDue, "not due"),
    ] {
        if of(state) > 0 {
            parts.push(format!("{} {word}", of(state)));
        }
    }
    parts.push(format!("{breaks} open breaks"));
    let failed: Vec<&str> = run.failed.iter().map(|one| one.channel.as_str()).collect();
    if !failed.is_empty() {
        parts.push(format!("not reconciled: {}", failed.join(", ")));
    }
    parts.join(", ")
}

/// What sources that could not be read, or hold what cannot be read, mean for the call.
pub(super) fn endings_of_sources(collected: &[Collected]) -> Vec<Exit> {
    let ending = |one: &Collected| match one.taken {
        Taken::Unreadable {
            away: Away::Unavailable,
            ..
        } => Some(Exit::Unavailable),
        Taken::Unreadable {
            away: Away::Authentication,
            ..
        } => Some(Exit::Authentication),
        Taken::Damaged { .. } | Taken::Quarantined { .. } => Some(Exit::BadData),
        _ => None,
    };
    collected.iter().filter_map(ending).collect()
}

pub(super) fn endings_of(delivered: &[Delivered]) -> Vec<Exit> {
    delivered
        .iter()
        .filter_map(|one| {
            let (state, _) = one.result.as_ref().err()?;
            tracing::debug!(state = state.name(), "a mail did not leave");
            Some(match one.authentication {
                run::Authentication::Refused => Exit::Authentication,
                run::Authentication::Fine => Exit::Unavailable,
            })
        })
        .collect()
}
