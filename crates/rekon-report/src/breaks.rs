//! Breaks as people read them: why, how much, who acts, until when.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::break_row::{BreakRow, Fields, SideRow};
use super::catalogue;
use super::input::{ChannelFacts, People};
use super::labels::{Label, fill};
use super::lines::Lines;
use super::view::{Amount, Voice};
use super::words::{self, Mask, clean};
use crate::domain::advice::{self, Advice, Finding};
use crate::domain::money::Money;
use crate::domain::outcome::{Bucket, Closing, Exposure, Item, Severity};
use crate::domain::reconcile::told_on;
use crate::domain::statement::News;

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

pub fn break_view(item: &Item, facts: &ChannelFacts, mask: &Mask<'_>, voice: &Voice) -> BreakView {
    let row = BreakRow::of(item, facts, mask, Fields::ByLabel, voice);
    view_of(row, mask, voice)
}

/// A row of a table with everything that a page and a mail say beside it.
pub(super) fn view_of(row: BreakRow<'_>, mask: &Mask<'_>, voice: &Voice) -> BreakView {
    let (item, facts, digest) = (row.item, row.facts, row.digest());
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
        date: voice.date(told_on(item)),
        severity: row.severity,
        severity_code: row.severity.name(),
        severity_label: voice.say(words::severity(row.severity)),
        kind: item.bucket,
        kind_code: item.bucket.name(),
        kind_label: voice.say(words::bucket(item.bucket)),
        title: voice.say(row.advice.map_or(words::bucket(item.bucket), |advice| {
            words::title(advice, item.bucket)
        })),
        key: row.key,
        reason: row.reason,
        step: row.step.into_owned(),
        who: row.who,
        deadline_at: row.deadline_at,
        deadline: row.deadline_at.map(|at| window_text(Some(at), voice)),
        exposure: item.exposure,
        exposure_label: voice.say(words::exposure(item.exposure)),
        at_risk: voice.amount(row.at_risk),
        value: voice.amount(item.value),
        difference: voice.amount(item.difference),
        age_days: row.age_days,
        age: voice.days(row.age_days),
        details: row.details,
        ledger: side_view(&row.ledger, mask, voice),
        settlement: side_view(&row.settlement, mask, voice),
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
        advice: row.advice,
        state_code: row.state.code,
        state_label: row.state.label,
        state_since: row.state.since,
        closed: None,
        said: Vec::new(),
        people: People::default(),
        facts: digest,
    }
}

fn side_view(side: &SideRow<'_>, mask: &Mask<'_>, voice: &Voice) -> SideView {
    SideView {
        entries: side.entries,
        amount: voice.amount(side.amount),
        fee: voice.amount(side.fee),
        status: side.status.to_string(),
        reference: side.reference(mask).into_owned(),
        at: side.at,
        file: side.file().into_owned(),
        sheet: side.sheet().into_owned(),
        row: side.place.map(|place| place.row),
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

/// A sentence of one label.
impl Voice {
    pub fn fill(&self, label: Label, figures: &[(&str, &str)]) -> String {
        fill(label, self.language, figures)
    }
}
