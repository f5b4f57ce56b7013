//! Breaks as people read them: why, how much, who acts, until when.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::catalogue;
use super::input::{ChannelFacts, People};
use super::labels::{Label, fill};
use super::lines::Lines;
use super::view::{Amount, Voice};
use super::words::{self, Mask, clean};
use crate::domain::advice::{self, Advice, Finding, Windows};
use crate::domain::entry::EntryFacts;
use crate::domain::key::{Likeness, differences};
use crate::domain::money::Money;
use crate::domain::outcome::{
    Bucket, Cause, Closing, Ending, Exposure, Item, Severity, Tally, as_written,
};
use crate::domain::reconcile::told_on;
use crate::domain::statement::News;
use crate::domain::verdict;

/// One break, or one pending, in every form the outputs need.
#[derive(Clone, Debug, Serialize)]
pub struct BreakView {
    pub id: String,
    /// As its readers know it.
    pub channel: String,
    /// As the configuration names it, for tables that programs read.
    #[serde(skip)]
    pub channel_name: String,
    #[serde(skip)]
    pub opened: NaiveDate,
    /// The business date it is counted on.
    #[serde(skip)]
    pub told_on: NaiveDate,
    /// What is new of it for these readers; `None` for what is no break, or is cleared.
    #[serde(skip)]
    pub news: Option<News>,
    pub date: String,
    #[serde(skip)]
    pub severity: Severity,
    pub severity_code: &'static str,
    pub severity_label: &'static str,
    #[serde(skip)]
    pub kind: Bucket,
    pub kind_code: &'static str,
    pub kind_label: &'static str,
    /// What it means in a few words; the kind's name where that says it.
    pub title: &'static str,
    /// `Batch no. 240101 · Reference no. 000001`, or by the names of the fields.
    pub key: String,
    pub reason: String,
    pub step: String,
    pub who: &'static str,
    #[serde(skip)]
    pub deadline_at: Option<DateTime<Utc>>,
    pub deadline: Option<String>,
    #[serde(skip)]
    pub exposure: Exposure,
    pub exposure_label: &'static str,
    pub at_risk: Amount,
    pub value: Amount,
    /// Settlement minus ledger where both stand, else the lone side's amount.
    pub difference: Amount,
    #[serde(skip)]
    pub age_days: u64,
    pub age: String,
    pub details: String,
    pub ledger: SideView,
    pub settlement: SideView,
    /// Where a person finds the row.
    pub place: Option<String>,
    pub since: Option<String>,
    pub void_window: String,
    pub check_window: String,
    /// Those of the two that the provider offers, for a mail; empty for none.
    pub windows: String,
    #[serde(skip)]
    pub advice: Option<Advice>,
    /// `open`, `cleared`, `resolved` or `written_off`.
    pub state_code: &'static str,
    pub state_label: &'static str,
    /// The business date since which it stands so.
    #[serde(skip)]
    pub state_since: NaiveDate,
    /// Who closed it, when and why, in a sentence; `None` while people have not.
    pub closed: Option<String>,
    /// What people said of it, a line each: how it was closed or is to be, owner, note.
    pub said: Vec<String>,
    #[serde(skip)]
    pub people: People,
    /// A digest of the item's facts.
    #[serde(skip)]
    pub facts: String,
}

/// All entries of one side of an item.
#[derive(Clone, Debug, Serialize)]
pub struct SideView {
    pub entries: u64,
    pub amount: Amount,
    pub fee: Amount,
    pub status: String,
    pub reference: String,
    #[serde(skip)]
    pub at: Option<DateTime<Utc>>,
    pub file: String,
    pub sheet: String,
    pub row: Option<u32>,
}

/// Entries and rupiah of one side: those listed and those only counted. A payment and what undid it
/// are two entries of one amount.
pub fn side_total(entries: &[EntryFacts], counted: &Tally) -> Tally {
    let mut total = Tally::default();
    for entry in verdict::moving(entries) {
        total.add(entry.amount, entry.fee);
    }
    total.entries = entries.len() as u64;
    total.merge(counted);
    total
}

/// What the fields of a key and of details are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fields {
    /// As people read them.
    ByLabel,
    /// As the configuration does, for tables that programs read.
    ByName,
}

pub fn break_view(
    item: &Item,
    facts: &ChannelFacts,
    mask: &Mask<'_>,
    fields: Fields,
    voice: &Voice,
) -> BreakView {
    let naming = match fields {
        Fields::ByLabel => *mask,
        Fields::ByName => by_name(mask),
    };
    let advice = advice::advice(item, facts.money);
    let severity = advice.map_or(Severity::Low, |advice| advice.severity);
    let deadline_at = advice::deadline(item, facts.windows, voice.zone, voice.as_of);
    let age_days = advice::age_days(item, voice.today());
    let state = state_of(item);
    let place = item
        .settlement
        .iter()
        .find_map(|entry| entry.place.as_ref())
        .map(|place| {
            let name = match &place.sheet {
                Some(sheet) => format!("{}, {}", place.file, sheet),
                None => place.file.to_string(),
            };
            voice.fill(
                Label::Within,
                &[("place", &clean(&name)), ("row", &place.row.to_string())],
            )
        });
    let void = item
        .at()
        .and_then(|paid| facts.windows.void_closes(paid, voice.zone));
    let check = item
        .at()
        .and_then(|paid| facts.windows.check_status_closes(paid));
    BreakView {
        id: clean(&item.id),
        channel: clean(&facts.title),
        channel_name: clean(&facts.name),
        opened: item.opened,
        told_on: told_on(item),
        news: None,
        date: voice.date(item.opened),
        severity,
        severity_code: severity.name(),
        severity_label: voice.say(words::severity(severity)),
        kind: item.bucket,
        kind_code: item.bucket.name(),
        kind_label: voice.say(words::bucket(item.bucket)),
        title: voice.say(advice.map_or(words::bucket(item.bucket), |advice| {
            words::title(advice, item.bucket)
        })),
        key: key_text(&item.shown_key(), &naming),
        reason: reason(item, advice, mask, voice),
        step: next_step(item, advice, facts.windows, voice),
        who: advice.map_or("", |advice| voice.say(words::actor(advice.actor))),
        deadline_at,
        deadline: deadline_at.map(|at| window_text(Some(at), voice)),
        exposure: item.exposure,
        exposure_label: voice.say(words::exposure(item.exposure)),
        at_risk: voice.amount(item.at_risk),
        value: voice.amount(item.value),
        difference: voice.amount(item.difference),
        age_days,
        age: voice.days(age_days),
        details: details(item, &naming),
        ledger: side_view(&item.ledger, &item.counted.ledger, mask, voice),
        settlement: side_view(&item.settlement, &item.counted.settlement, mask, voice),
        place,
        since: item.at().map(|at| voice.instant(at)),
        void_window: window_text(void, voice),
        check_window: window_text(check, voice),
        windows: [(Label::VoidWindow, void), (Label::CheckWindow, check)]
            .into_iter()
            .filter(|(_, closes)| closes.is_some())
            .map(|(label, closes)| format!("{}: {}", voice.say(label), window_text(closes, voice)))
            .collect::<Vec<_>>()
            .join(" · "),
        advice,
        state_code: state.0,
        state_label: voice.say(state.1),
        state_since: state.2,
        closed: None,
        said: Vec::new(),
        people: People::default(),
        facts: String::new(),
    }
}

/// Where an item stands: its code, its name and the business date since which it does.
fn state_of(item: &Item) -> (&'static str, Label, NaiveDate) {
    match item.ending() {
        None => ("open", Label::StateOpen, item.opened),
        Some((on, Ending::Cleared)) => ("cleared", Label::Cleared, on),
        Some((on, Ending::Closed(Closing::Resolved))) => ("resolved", Label::Resolved, on),
        Some((on, Ending::Closed(Closing::WrittenOff))) => ("written_off", Label::WrittenOff, on),
    }
}

impl BreakView {
    /// The same with what people said about it.
    pub fn with_people(self, people: People, voice: &Voice) -> BreakView {
        let closed = people.closed.as_ref().map(|closed| {
            let state = match closed.how {
                Closing::Resolved => Label::Resolved,
                Closing::WrittenOff => Label::WrittenOff,
            };
            let figures = [
                ("state", voice.say(state)),
                ("by", &clean(&closed.by)),
                ("at", &voice.instant(closed.at)),
                (
                    "reason",
                    &clean(&catalogue::resolution(&closed.reason, voice.language)),
                ),
            ];
            voice.fill(Label::ClosedLine, &figures)
        });
        let named = |label: Label, text: &str| {
            (!text.is_empty()).then(|| format!("{}: {}", voice.say(label), clean(text)))
        };
        let resolution = || named(Label::Resolution, &people.resolution);
        let said = [
            closed.clone().or_else(resolution),
            named(Label::Owner, &people.owner),
            named(Label::Note, &people.note),
        ];
        BreakView {
            said: said.into_iter().flatten().collect(),
            closed,
            people,
            ..self
        }
    }
}

fn side_view(entries: &[EntryFacts], counted: &Tally, mask: &Mask<'_>, voice: &Voice) -> SideView {
    let total = side_total(entries, counted);
    let mut statuses: Vec<&str> = Vec::new();
    for entry in entries {
        let status = voice.say(words::status(entry.status));
        if !statuses.contains(&status) {
            statuses.push(status);
        }
    }
    let place = entries.iter().find_map(|entry| entry.place.as_ref());
    SideView {
        entries: total.entries,
        amount: voice.amount(total.amount),
        fee: voice.amount(total.fee),
        status: statuses.join(", "),
        reference: entries
            .iter()
            .find_map(|entry| entry.details.get("reference"))
            .map(|value| mask.show("reference", value))
            .unwrap_or_default(),
        at: entries.iter().map(|entry| entry.at).min(),
        file: place.map(|place| clean(&place.file)).unwrap_or_default(),
        sheet: place
            .and_then(|place| place.sheet.as_deref())
            .map(clean)
            .unwrap_or_default(),
        row: place.map(|place| place.row),
    }
}

/// The same, with fields under their own names.
fn by_name<'a>(mask: &Mask<'a>) -> Mask<'a> {
    Mask {
        labels: &words::NO_LABELS,
        ..*mask
    }
}

/// Key fields for people.
pub fn key_text(key: &[(String, String)], mask: &Mask<'_>) -> String {
    let parts: Vec<String> = key
        .iter()
        .map(|(field, value)| mask.named(field, value))
        .collect();
    parts.join(" · ")
}

/// Every detail either side has, each value once.
fn details(item: &Item, mask: &Mask<'_>) -> String {
    let mut seen: Vec<(&str, &str)> = Vec::new();
    let mut shown: Vec<String> = Vec::new();
    for entry in item.ledger.iter().chain(&item.settlement) {
        for (field, value) in &entry.details {
            if seen.contains(&(field, value)) {
                continue;
            }
            seen.push((field, value));
            // Two that differ may look the same once they are masked.
            let text = mask.named(field, value);
            if !shown.contains(&text) {
                shown.push(text);
            }
        }
    }
    shown.join(" · ")
}

fn window_text(closes: Option<DateTime<Utc>>, voice: &Voice) -> String {
    match closes {
        None => voice.say(Label::NotOffered).to_owned(),
        Some(at) => {
            let label = if voice.as_of < at {
                Label::OpenUntil
            } else {
                Label::ClosedAt
            };
            voice.fill(label, &[("at", &voice.instant(at))])
        }
    }
}

/// Why it is a break, in a sentence with its figures.
fn reason(item: &Item, advice: Option<Advice>, mask: &Mask<'_>, voice: &Voice) -> String {
    let Some(advice) = advice else {
        return match item.cause {
            Cause::SplitAcrossDates => split_across_dates(item, voice),
            _ => voice.say(words::bucket(item.bucket)).to_owned(),
        };
    };
    let ours = side_total(&item.ledger, &item.counted.ledger);
    let theirs = side_total(&item.settlement, &item.counted.settlement);
    let either = if theirs.entries > 0 { theirs } else { ours };
    let status = |entries: &[EntryFacts]| {
        verdict::effective(entries).map_or("", |status| voice.say(words::status(status)))
    };
    let booked = item.ledger.first().map_or(&[][..], |entry| &entry.written);
    let our_key = key_text(&as_written(&item.key, booked), mask);
    let mut sentence = voice.fill(
        words::reason(advice.finding),
        &[
            ("our_key", &our_key),
            ("how", &looks_alike(item, booked, voice)),
            ("ours", &voice.rupiah(ours.amount)),
            ("theirs", &voice.rupiah(theirs.amount)),
            ("either", &voice.rupiah(either.amount)),
            ("our_fee", &voice.rupiah(ours.fee)),
            ("their_fee", &voice.rupiah(theirs.fee)),
            ("difference", &voice.rupiah(item.difference.abs())),
            ("our_status", status(&item.ledger)),
            ("their_status", status(&item.settlement)),
        ],
    );
    let more = match item.cause {
        Cause::Equivalent => Some(Label::CauseEquivalent),
        Cause::Conflicting => Some(Label::CauseConflicting),
        Cause::MatchedOnAnotherDate => Some(Label::CauseOtherDate),
        Cause::TooMany => Some(Label::CauseTooMany),
        Cause::Candidate if booked.is_empty() => Some(Label::CauseCandidate),
        Cause::Candidate => Some(Label::CauseCandidateKey),
        Cause::RejectedRow => Some(Label::CauseRejectedRow),
        Cause::RejectedLedgerRow => Some(Label::CauseRejectedLedgerRow),
        Cause::Plain
        | Cause::FeeBasis
        | Cause::UndoesNothing
        | Cause::UndoesMatched
        | Cause::UndoneInPart
        | Cause::LookAlike
        | Cause::SeveralCandidates
        | Cause::NearCutoff
        | Cause::OtherDateNotComplete
        | Cause::DateNotComplete
        | Cause::SplitAcrossDates
        | Cause::Superseded
        | Cause::PendingAtPartner => None,
    };
    if let Some(more) = more {
        let uses = voice.count(ours.entries.max(theirs.entries));
        sentence.push(' ');
        sentence.push_str(&voice.fill(more, &[("count", &uses), ("our_key", &our_key)]));
    }
    sentence
}

/// In what the file's spelling of a reference differs from the ledger's.
fn looks_alike(item: &Item, booked: &[String], voice: &Voice) -> String {
    let mut kinds: BTreeSet<Likeness> = BTreeSet::new();
    for ((_, theirs), ours) in item.shown_key().iter().zip(booked) {
        kinds.extend(differences(theirs, ours));
    }
    let words = kinds.into_iter().map(|kind| {
        voice.say(match kind {
            Likeness::Case => Label::LookAlikeCase,
            Likeness::Hidden => Label::LookAlikeHidden,
            Likeness::Hyphen => Label::LookAlikeHyphen,
            Likeness::Letter => Label::LookAlikeLetter,
        })
    });
    words.collect::<Vec<_>>().join(", ")
}

/// The parts of a split by business date, and what they answer.
pub fn split_across_dates(item: &Item, voice: &Voice) -> String {
    let parts = |entries: &[EntryFacts]| {
        let mut parts: Vec<&EntryFacts> = entries.iter().collect();
        parts.sort_by_key(|entry| (entry.business_date, entry.at));
        let parts = parts.iter().map(|entry| {
            let (amount, date) = (voice.rupiah(entry.amount), voice.date(entry.business_date));
            voice.fill(Label::SplitPart, &[("amount", &amount), ("date", &date)])
        });
        parts.collect::<Vec<_>>().join(" + ")
    };
    let figures = [
        ("ours", &*parts(&item.ledger)),
        ("theirs", &*parts(&item.settlement)),
    ];
    voice.fill(Label::SplitAcrossDates, &figures)
}

fn next_step(item: &Item, advice: Option<Advice>, windows: Windows, voice: &Voice) -> String {
    let Some(advice) = advice else {
        return String::new();
    };
    let mut text = voice.say(words::step(advice.step)).to_owned();
    let closed = item
        .at()
        .and_then(|paid| windows.void_closes(paid, voice.zone))
        .is_some_and(|closes| closes <= voice.as_of);
    if closed && advice::voidable(advice.finding) {
        text.push(' ');
        text.push_str(voice.say(Label::VoidClosed));
    }
    text
}

/// Breaks that ask for the same next step, so that the first screen names each once.
#[derive(Clone, Debug, Serialize)]
pub struct ActionView {
    pub severity_code: &'static str,
    pub severity_label: &'static str,
    /// `3 × Missing at partner, ovo`
    pub what: String,
    pub step: String,
    pub who: &'static str,
    pub amount: Option<Amount>,
    pub deadline: Option<String>,
}

/// Groups by severity, kind and step; gravest first, then the most rupiah.
pub fn actions(breaks: &Lines, voice: &Voice) -> Vec<ActionView> {
    struct Group {
        /// Its first break.
        at: usize,
        count: u64,
        at_risk: Money,
        channels: Vec<String>,
        deadline: Option<DateTime<Utc>>,
    }
    let mut groups: BTreeMap<(Severity, Bucket, Option<Finding>), Group> = BTreeMap::new();
    for (at, one) in breaks.items().enumerate() {
        let (item, facts) = (one.item, one.facts);
        let finding = advice::advice(item, facts.money).map(|advice| advice.finding);
        let group = groups
            .entry((one.severity, item.bucket, finding))
            .or_insert_with(|| Group {
                at,
                count: 0,
                at_risk: Money::ZERO,
                channels: Vec::new(),
                deadline: None,
            });
        group.count += 1;
        group.at_risk += item.at_risk;
        if !group.channels.contains(&facts.title) {
            group.channels.push(facts.title.clone());
        }
        let deadline = advice::deadline(item, facts.windows, voice.zone, voice.as_of);
        let open = deadline.filter(|at| *at > voice.as_of);
        group.deadline = [group.deadline, open].into_iter().flatten().min();
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by(
        |((a_severity, a_kind, _), a), ((b_severity, b_kind, _), b)| {
            (a_severity, b.at_risk, a_kind).cmp(&(b_severity, a.at_risk, b_kind))
        },
    );
    groups
        .into_iter()
        .filter_map(|(_, group)| {
            let first = breaks.get(group.at)?;
            let channels: Vec<String> = group.channels.iter().map(|name| clean(name)).collect();
            Some(ActionView {
                severity_code: first.severity_code,
                severity_label: first.severity_label,
                what: voice.fill(
                    Label::ActionLine,
                    &[
                        ("count", &voice.count(group.count)),
                        ("kind", first.title),
                        ("channel", &channels.join(", ")),
                    ],
                ),
                step: first.step,
                who: first.who,
                amount: Some(voice.amount(group.at_risk)),
                deadline: group
                    .deadline
                    .map(|at| voice.fill(Label::OpenUntil, &[("at", &voice.instant(at))])),
            })
        })
        .collect()
}

/// How many breaks, and how much, per severity and per kind.
#[derive(Clone, Debug, Serialize)]
pub struct GroupTotal {
    pub code: &'static str,
    pub label: &'static str,
    pub count: u64,
    pub count_shown: String,
    pub at_risk: Amount,
}

pub fn by_severity(breaks: &Lines, voice: &Voice) -> Vec<GroupTotal> {
    let keyed = breaks.items().map(|one| (one.severity, one.item.at_risk));
    let named = |severity: Severity| (severity.name(), voice.say(words::severity(severity)));
    group_totals(keyed, named, voice)
}

pub fn by_kind(breaks: &Lines, voice: &Voice) -> Vec<GroupTotal> {
    let keyed = breaks
        .items()
        .map(|one| (one.item.bucket, one.item.at_risk));
    let named = |bucket: Bucket| (bucket.name(), voice.say(words::bucket(bucket)));
    group_totals(keyed, named, voice)
}

fn group_totals<K: Ord>(
    keyed: impl Iterator<Item = (K, Money)>,
    named: impl Fn(K) -> (&'static str, &'static str),
    voice: &Voice,
) -> Vec<GroupTotal> {
    let mut groups: BTreeMap<K, (u64, Money)> = BTreeMap::new();
    for (key, at_risk) in keyed {
        let group = groups.entry(key).or_default();
        group.0 += 1;
        group.1 += at_risk;
    }
    groups
        .into_iter()
        .map(|(key, (count, at_risk))| {
            let (code, label) = named(key);
            GroupTotal {
                code,
                label,
                count,
                count_shown: voice.count(count),
                at_risk: voice.amount(at_risk),
            }
        })
        .collect()
}

/// The mask of one channel in one report.
pub fn mask_of<'a>(facts: &'a ChannelFacts, unmask: &'a [String]) -> Mask<'a> {
    Mask {
        personal: &facts.personal,
        bearer: &facts.bearer,
        unmask,
        labels: &facts.labels,
    }
}

pub fn sort(breaks: &mut [BreakView]) {
    breaks.sort_by(|a, b| {
        (a.severity, b.at_risk.money, a.opened, &a.channel, &a.id).cmp(&(
            b.severity,
            a.at_risk.money,
            b.opened,
            &b.channel,
            &b.id,
        ))
    });
}

/// For machine output, which knows no language of its own.
pub fn advice_text(item: &Item, facts: &ChannelFacts, voice: &Voice) -> String {
    next_step(
        item,
        advice::advice(item, facts.money),
        facts.windows,
        voice,
    )
}

/// A sentence of one label.
impl Voice {
    pub fn fill(&self, label: Label, figures: &[(&str, &str)]) -> String {
        fill(label, self.language, figures)
    }
}
