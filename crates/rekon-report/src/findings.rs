//! Why a date is not judged although its files are here, in a sentence, and what to do about it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::breaks::ActionView;
use super::input::ReportInput;
use super::labels::Label;
use super::view::{Voice, days_of};
use super::words::{self, clean};
use crate::domain::entry::Side;
use crate::domain::money::Money;
use crate::domain::outcome::Outcome;
use crate::domain::side_finding::{Doubt, KeyDifference, Lacks, Sample, SideFinding};

/// What a side is called within a sentence.
fn named(side: Side, voice: &Voice) -> &'static str {
    voice.say(match side {
        Side::Ledger => Label::OurBooks,
        Side::Settlement => Label::TheirFile,
    })
}

/// Which side it is, since when, with figures.
pub fn sentence(finding: &SideFinding, voice: &Voice) -> String {
    let (side, other) = (finding.side, finding.side.other());
    let [side, other] = [side, other].map(|side| named(side, voice).to_owned());
    let mut figures = vec![("side", side), ("other", other)];
    let mut put = |name, value| figures.push((name, value));
    let clock = |at: DateTime<Utc>| {
        let local = at.with_timezone(&voice.zone);
        local.format("%H:%M").to_string()
    };
    let count = |count: u64| voice.count(count);
    let label = match &finding.doubt {
        Doubt::Empty { other } => {
            put("count", count(*other));
            Label::FindingEmpty
        }
        Doubt::EndsEarly { last, other } => {
            put("time", clock(*last));
            put("count", count(*other));
            Label::FindingEndsEarly
        }
        Doubt::Partial { lacking, of, lacks } => {
            put("count", count(*lacking));
            put("of", count(*of));
            match lacks {
                Lacks::Some => Label::FindingPartial,
                Lacks::Between(from, to) => {
                    put("from", clock(*from));
                    put("to", clock(*to));
                    Label::FindingGap
                }
                Lacks::Status(status) => {
                    put("status", voice.say(words::status(*status)).to_owned());
                    Label::FindingStatus
                }
            }
        }
        Doubt::Doubled { doubled, of } => {
            put("count", count(*doubled));
            put("of", count(*of));
            Label::FindingDoubled
        }
        Doubt::Behind { until, needed } => {
            put("needed", voice.instant(*needed));
            match until {
                Some(until) => {
                    put("until", voice.instant(*until));
                    Label::FindingBehind
                }
                None => Label::FindingStopped,
            }
        }
        Doubt::Hundredfold { pairs, of, larger } => {
            put("count", count(*pairs));
            put("of", count(*of));
            put("larger", named(*larger, voice).to_owned());
            Label::FindingHundredfold
        }
        Doubt::ShiftedHours { hours, pairs, of } => {
            put("hours", count(hours.unsigned_abs()));
            put("count", count(*pairs));
            put("of", count(*of));
            match *hours > 0 {
                true => Label::FindingHoursAfter,
                false => Label::FindingHoursBefore,
            }
        }
        Doubt::FeeBasis { pairs, of, larger } => {
            put("count", count(*pairs));
            put("of", count(*of));
            put("larger", named(*larger, voice).to_owned());
            Label::FindingFeeBasis
        }
        Doubt::NoFee { pairs, of } => {
            put("count", count(*pairs));
            put("of", count(*of));
            Label::FindingNoFee
        }
        Doubt::Held { file, id } => {
            put("file", clean(file));
            put("id", id.to_string());
            Label::FindingHeld
        }
        Doubt::TooMany {
            keys,
            of,
            settlement,
            ledger,
            both,
            samples,
            ..
        } => {
            put("count", count(*keys));
            put("of", count(*of));
            for (name, (keys, amount)) in [
                ("settlement", settlement),
                ("ledger", ledger),
                ("both", both),
            ] {
                put(
                    name,
                    format!("{} ({})", count(*keys), voice.rupiah(*amount)),
                );
            }
            put("samples", self::samples(samples, voice));
            Label::FindingTooMany
        }
        Doubt::Keys { of, part, how } => {
            put("count", count(*of));
            put("part", clean(part));
            put("how", difference(how, voice));
            Label::FindingKeys
        }
    };
    capitalised(&filled(label, &figures, voice))
}

/// A few references with what stands under them on either side.
fn samples(samples: &[Sample], voice: &Voice) -> String {
    let amount = |amount: Option<Money>| match amount {
        Some(amount) => voice.rupiah(amount),
        None => voice.say(Label::SampleNone).to_owned(),
    };
    let one = |sample: &Sample| {
        let figures = [
            ("key", clean(&sample.key.join(" "))),
            ("settlement", amount(sample.settlement)),
            ("ledger", amount(sample.ledger)),
        ];
        filled(Label::SampleOfMany, &figures, voice)
    };
    samples.iter().map(one).collect::<Vec<_>>().join("; ")
}

fn difference(how: &KeyDifference, voice: &Voice) -> String {
    let affix = |label, text: &str, on: Side| {
        let figures = [("text", clean(text)), ("side", named(on, voice).to_owned())];
        filled(label, &figures, voice)
    };
    match how {
        KeyDifference::LeadingZeros => voice.say(Label::KeysZeros).to_owned(),
        KeyDifference::Prefix { text, on } => affix(Label::KeysPrefix, text, *on),
        KeyDifference::Suffix { text, on } => affix(Label::KeysSuffix, text, *on),
        KeyDifference::LetterCase => voice.say(Label::KeysCase).to_owned(),
        KeyDifference::Separators => voice.say(Label::KeysSeparators).to_owned(),
        KeyDifference::NothingAlike => voice.say(Label::KeysNothing).to_owned(),
    }
}

fn filled(label: Label, figures: &[(&str, String)], voice: &Voice) -> String {
    let figures: Vec<(&str, &str)> = figures
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    voice.fill(label, &figures)
}

/// A sentence may begin with the name of a side.
fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}

/// What to do: what to look at, and what to type where it is true all the same.
pub fn step(outcome: &Outcome, finding: &SideFinding, voice: &Voice) -> String {
    let label = match (&finding.doubt, finding.side) {
        (Doubt::Held { .. }, _) => Label::DoDecideHeld,
        (Doubt::Behind { .. }, _) => Label::DoWaitForLedger,
        (Doubt::Doubled { .. }, Side::Ledger) => Label::DoCheckJoin,
        (Doubt::Hundredfold { .. }, _) => Label::DoCheckAmounts,
        (Doubt::ShiftedHours { .. }, _) => Label::DoCheckZone,
        (Doubt::FeeBasis { .. }, _) => Label::DoCheckBasis,
        (Doubt::NoFee { .. }, _) => Label::DoCheckFee,
        (Doubt::Keys { .. }, _) => Label::DoCheckKeys,
        (Doubt::TooMany { .. }, _) => Label::DoLookAtSamples,
        (_, Side::Ledger) => Label::DoCheckLedger,
        (_, Side::Settlement) => Label::DoAskWholeFile,
    };
    let (channel, date) = (clean(&outcome.channel), outcome.business_date.to_string());
    if let Doubt::Held { id, .. } = &finding.doubt {
        return voice.fill(label, &[("id", &id.to_string())]);
    }
    let figures = [("channel", &*channel), ("date", &*date)];
    let doing = voice.fill(label, &figures);
    format!("{doing} {}", voice.fill(Label::DoAcceptDate, &figures))
}

/// One line for whoever keeps the ledger: channel, date, what is wrong and what to do.
pub fn for_ops(outcome: &Outcome, finding: &SideFinding, voice: &Voice) -> String {
    format!(
        "{} {}: {} {}",
        clean(&outcome.channel),
        outcome.business_date,
        sentence(finding, voice),
        step(outcome, finding, voice)
    )
}

/// What a date that is not judged has to say for itself.
pub fn note(outcome: &Outcome, voice: &Voice) -> Option<String> {
    let doubts: Vec<String> = outcome.doubts().map(|one| sentence(one, voice)).collect();
    (!doubts.is_empty()).then(|| doubts.join(" "))
}

/// The first step about dates that cannot be judged: one of a channel for each kind of finding,
/// however many dates it is about.
pub(super) fn actions(input: &ReportInput, voice: &Voice) -> Vec<ActionView> {
    let mut groups: BTreeMap<(&str, &str), Vec<(&Outcome, &SideFinding)>> = BTreeMap::new();
    for (_, day) in days_of(input) {
        for finding in day.outcome.doubts() {
            let group = (day.outcome.channel.as_str(), finding.kind());
            groups
                .entry(group)
                .or_default()
                .push((&day.outcome, finding));
        }
    }
    let mut actions = Vec::new();
    for ((channel, _), found) in groups {
        let [(outcome, finding), rest @ ..] = &found[..] else {
            continue;
        };
        let first = voice.date(outcome.business_date);
        let sentence = sentence(finding, voice);
        let (dates, sentence) = match rest {
            [] => (first, sentence),
            _ => {
                let count = voice.count(found.len() as u64);
                let dates = voice.fill(Label::DateMany, &[("count", &count)]);
                (dates, format!("{first}: {sentence}"))
            }
        };
        let what = voice.say(Label::DateNotJudged);
        actions.push(ActionView {
            severity_code: "critical",
            severity_label: voice.say(Label::Critical),
            what: format!("{what}: {}, {dates}", clean(channel)),
            step: format!("{sentence} {}", step(outcome, finding, voice)),
            who: voice.say(Label::ActorOps),
            amount: None,
            deadline: None,
        });
    }
    actions
}

/// What people accepted, by whom and why.
pub(super) fn accepted(input: &ReportInput, voice: &Voice) -> Vec<String> {
    let mut told = Vec::new();
    for (_, day) in days_of(input) {
        for finding in &day.outcome.findings {
            let Some(accepted) = &finding.accepted else {
                continue;
            };
            let figures = [
                ("channel", clean(&day.outcome.channel)),
                ("date", voice.date(day.outcome.business_date)),
                ("finding", sentence(finding, voice)),
                ("by", clean(&accepted.by)),
                ("at", voice.instant(accepted.at)),
                ("reason", clean(&accepted.reason)),
            ];
            told.push(filled(Label::FindingAccepted, &figures, voice));
        }
    }
    told
}
