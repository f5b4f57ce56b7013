//! What a report comes to, in a line: complete or not, breaks or none, and what the figures leave out.

use std::collections::BTreeSet;

use serde::Serialize;

use super::input::ReportInput;
use super::labels::Label;
use super::lines::{Lines, counts};
use super::view::{Voice, days_of};
use super::words::{self, clean};
use crate::domain::money::Money;
use crate::domain::outcome::{AtRisk, DateState};

#[derive(Clone, Debug, Serialize)]
pub struct Verdict {
    /// `clean`, `breaks`, `incomplete` or `waiting`: the only thing that colours depend on.
    pub tone: &'static str,
    pub headline: String,
    pub scope: String,
    /// Which dates the figures leave out.
    pub unknown: Option<String>,
}

/// `fresh` are open breaks that the readers do not know as they are, `known` the other open ones.
pub(super) fn verdict(input: &ReportInput, fresh: &Lines, known: &Lines, voice: &Voice) -> Verdict {
    let breaks = fresh.len() + known.len();
    let named = |wanted: DateState| -> Vec<String> {
        days_of(input)
            .filter(|(_, day)| day.outcome.state == wanted)
            .map(|(channel, day)| {
                format!(
                    "{} {}",
                    clean(&channel.facts.title),
                    voice.date(day.outcome.business_date)
                )
            })
            .collect()
    };
    let doubted: Vec<String> = days_of(input)
        .filter(|(_, day)| day.outcome.doubts().next().is_some())
        .map(|(channel, day)| {
            let date = voice.date(day.outcome.business_date);
            format!("{} {date}", clean(&channel.facts.name))
        })
        .collect();
    let mut missing = named(DateState::Incomplete);
    missing.retain(|one| !doubted.contains(one));
    let waiting = named(DateState::NotDue);
    let complete = named(DateState::Complete);
    let count = voice.count(breaks as u64);
    let figures = [("count", count.as_str()), ("breaks", noun(breaks, voice))];
    let failed = failed(input);
    let all_in = missing.is_empty() && doubted.is_empty() && failed.is_empty();
    let (tone, mut headline) = match (all_in, waiting.is_empty(), breaks) {
        (false, _, 0) => ("incomplete", voice.fill(Label::VerdictIncomplete, &figures)),
        (false, _, _) => (
            "incomplete",
            voice.fill(Label::VerdictIncompleteBreaks, &figures),
        ),
        (true, false, 0) => ("waiting", voice.fill(Label::VerdictNotDue, &figures)),
        (true, false, _) => ("breaks", voice.fill(Label::VerdictNotDueBreaks, &figures)),
        (true, true, 0) if complete.is_empty() => {
            ("clean", voice.fill(Label::VerdictNothing, &figures))
        }
        (true, true, 0) => ("clean", voice.fill(Label::VerdictClean, &figures)),
        (true, true, _) => ("breaks", voice.fill(Label::VerdictBreaks, &figures)),
    };
    if !known.is_empty() {
        headline.push_str(&split(fresh, known, voice));
    }
    if !failed.is_empty() {
        let channels = [("channels", &*in_brief(&failed))];
        headline.push_str(", ");
        headline.push_str(&voice.fill(Label::ChannelsFailed, &channels));
    }
    let (tone, headline) = with_refusals(input, tone, headline, voice);
    let mut scope: Vec<String> = Vec::new();
    if !failed.is_empty() {
        scope.push(voice.fill(Label::ScopeFailed, &[("list", &shortened(&failed))]));
    }
    if !missing.is_empty() {
        scope.push(voice.fill(Label::ScopeMissing, &[("list", &shortened(&missing))]));
    }
    if !doubted.is_empty() {
        scope.push(voice.fill(Label::ScopeNotJudged, &[("list", &shortened(&doubted))]));
    }
    if !waiting.is_empty() {
        scope.push(voice.fill(Label::ScopeNotDue, &[("list", &shortened(&waiting))]));
    }
    let share = proportion(input, voice);
    let scope = match (scope.is_empty(), complete.len()) {
        (false, _) => scope.join(". ") + ".",
        (true, 0) => voice.say(Label::NoFileExpected).to_owned(),
        (true, 1) => voice.say(Label::ScopeOne).to_owned(),
        (true, results) => voice.fill(
            Label::ScopeComplete,
            &[("results", &voice.count(results as u64))],
        ),
    };
    let scope = match share {
        Some(share) => format!("{share} {scope}"),
        None => scope,
    };
    let unknown: Vec<String> = failed
        .into_iter()
        .chain(missing)
        .chain(doubted)
        .chain(waiting)
        .collect();
    let unknown = match unknown.len() {
        0 => None,
        1 | 2 => Some(voice.fill(Label::UnknownDates, &[("list", &unknown.join(", "))])),
        // The line above names them.
        results => {
            let count = voice.count(results as u64);
            Some(voice.fill(Label::UnknownAbove, &[("count", &count)]))
        }
    };
    Verdict {
        tone,
        headline,
        scope,
        unknown,
    }
}

/// `: 3 new Rp150,000, 5 still open Rp400,000`, in rupiah at risk.
fn split(fresh: &Lines, known: &Lines, voice: &Voice) -> String {
    let part = |label: Label, lines: &Lines| {
        let at_risk: Money = lines.items().map(|one| one.item.at_risk).sum();
        let count = voice.count(lines.len() as u64);
        let figures = [("count", &*count), ("amount", &*voice.rupiah(at_risk))];
        voice.fill(label, &figures)
    };
    let mut parts = Vec::new();
    if !fresh.is_empty() {
        parts.push(part(Label::FreshBreaks, fresh));
    }
    parts.push(part(Label::KnownBreaks, known));
    format!(": {}", parts.join(", "))
}

/// What could not be read is part of the verdict: a clean result beside it would be half the truth.
fn with_refusals(
    input: &ReportInput,
    tone: &'static str,
    mut headline: String,
    voice: &Voice,
) -> (&'static str, String) {
    let rows: u64 = days_of(input)
        .map(|(_, day)| day.outcome.rejected_rows + day.outcome.rejected_ledger_rows)
        .sum();
    let files: usize = input
        .channels
        .iter()
        .map(|channel| channel.refused_files.len())
        .sum();
    let mails = distinct_mails(input);
    for (count, sentence, noun, one, many) in [
        (
            rows,
            Label::RowsRejected,
            "rows",
            Label::RowOne,
            Label::RowMany,
        ),
        (
            files as u64,
            Label::FilesRefused,
            "files",
            Label::FileOne,
            Label::FileMany,
        ),
        (
            mails as u64,
            Label::MailsQuarantined,
            "mails",
            Label::MailOne,
            Label::MailMany,
        ),
    ] {
        if count > 0 {
            let noun_text = voice.say(if count == 1 { one } else { many });
            headline.push_str(", ");
            headline.push_str(&voice.fill(
                sentence,
                &[("count", &voice.count(count)), (noun, noun_text)],
            ));
        }
    }
    match tone {
        "clean" if rows > 0 || files > 0 || mails > 0 => ("breaks", headline),
        tone => (tone, headline),
    }
}

/// How many of the transactions of these dates are breaks. A pair is one transaction, and so is an
/// entry that stands on one side alone.
fn proportion(input: &ReportInput, voice: &Voice) -> Option<String> {
    let counts = counts(input);
    let breaks: u64 = days_of(input)
        .filter_map(|(channel, day)| {
            counts.get(&(channel.facts.name.as_str(), day.outcome.business_date))
        })
        .sum();
    let of: u64 = days_of(input)
        .flat_map(|(_, day)| day.outcome.buckets.values())
        .map(|sides| sides.settlement.entries.max(sides.ledger.entries))
        .sum();
    (breaks > 0 && of >= breaks).then(|| {
        let figures = [
            ("count", &*voice.count(breaks)),
            ("breaks", noun(breaks as usize, voice)),
            ("of", &*voice.count(of)),
            ("percent", &*words::percent(breaks, of, voice.language)),
        ];
        voice.fill(Label::Proportion, &figures)
    })
}

fn noun(breaks: usize, voice: &Voice) -> &'static str {
    voice.say(match breaks {
        1 => Label::BreakOne,
        _ => Label::BreakMany,
    })
}

/// A mail that several channels wait for is one mail.
fn distinct_mails(input: &ReportInput) -> usize {
    let all = input.channels.iter().flat_map(|one| &one.quarantined);
    all.map(|mail| mail.id).collect::<BTreeSet<_>>().len()
}

/// Names of the channels that could not be reconciled.
pub(super) fn failed(input: &ReportInput) -> Vec<String> {
    input.failed.iter().map(|one| clean(&one.channel)).collect()
}

/// Characters of a list of names in a subject: what else it says has to be seen too.
const BRIEF: usize = 60;

/// As many names as a subject has room for, and how many more.
pub(super) fn in_brief(names: &[String]) -> String {
    let mut brief = String::new();
    for (position, name) in names.iter().enumerate() {
        let longer = brief.chars().count() + name.chars().count() > BRIEF;
        if position > 0 && longer {
            return format!("{brief}, +{}", names.len() - position);
        }
        if position > 0 {
            brief.push_str(", ");
        }
        match longer {
            true => brief.extend(name.chars().take(BRIEF).chain(['…'])),
            false => brief.push_str(name),
        }
    }
    brief
}

const NAMED_AT_MOST: usize = 6;

/// The first names, and how many more.
pub(super) fn shortened(names: &[String]) -> String {
    if names.len() <= NAMED_AT_MOST {
        return names.join(", ");
    }
    format!(
        "{}, +{}",
        names[..NAMED_AT_MOST].join(", "),
        names.len() - NAMED_AT_MOST
    )
}

/// Verdict, dates, rupiah at risk: as the built-in `subject.txt` says it.
pub(super) fn subject(verdict: &Verdict, period: &str, at_risk: AtRisk, voice: &Voice) -> String {
    let mut subject = format!(
        "{} {period}: {}",
        voice.say(Label::ReportTitle),
        verdict.headline
    );
    if !at_risk.total().is_zero() {
        subject.push_str(", ");
        subject.push_str(&voice.fill(
            Label::SubjectRisk,
            &[("amount", &voice.rupiah(at_risk.total()))],
        ));
    }
    subject
}
