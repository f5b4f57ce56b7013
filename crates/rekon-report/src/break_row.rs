//! A break as tables show it. What a page and a mail say beside it is put into words when they are
//! written (`breaks`): of a long list most lines stand in tables alone.

use std::borrow::Cow;
use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};

use super::input::{ChannelFacts, NOBODY, People};
use super::labels::{Label, fill_with};
use super::view::Voice;
use super::words::{self, Mask, cleaned};
use crate::domain::acts::as_written as as_reopened;
use crate::domain::advice::{self, Advice, Windows};
use crate::domain::entry::{EntryFacts, RowPlace};
use crate::domain::key::{Likeness, differences};
use crate::domain::money::Money;
use crate::domain::outcome::{Cause, Closing, Ending, Item, Severity, Tally, as_written};
use crate::domain::verdict;

/// One break, or one pending.
pub struct BreakRow<'a> {
    pub item: &'a Item,
    pub facts: &'a ChannelFacts,
    pub advice: Option<Advice>,
    pub severity: Severity,
    /// `Batch no. 240101 · Reference no. 000001`, or by the names of the fields.
    pub key: String,
    pub reason: String,
    pub step: Cow<'static, str>,
    pub who: &'static str,
    pub deadline_at: Option<DateTime<Utc>>,
    pub age_days: u64,
    /// Nothing where it is closed.
    pub at_risk: Money,
    pub details: String,
    pub ledger: SideRow<'a>,
    pub settlement: SideRow<'a>,
    pub state: State,
    pub people: &'a People,
    pub(super) digest_of: fn(&Item) -> String,
}

/// All entries of one side of an item.
pub struct SideRow<'a> {
    entries_of: &'a [EntryFacts],
    pub entries: u64,
    pub amount: Money,
    pub fee: Money,
    pub status: Cow<'static, str>,
    pub at: Option<DateTime<Utc>>,
    pub place: Option<&'a RowPlace>,
}

/// Where an item stands.
#[derive(Clone, Copy)]
pub struct State {
    /// `open`, `cleared`, `resolved` or `written_off`.
    pub code: &'static str,
    pub label: &'static str,
    /// The business date since which it stands so.
    pub since: NaiveDate,
}

/// What the fields of a key and of details are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fields {
    /// As people read them.
    ByLabel,
    /// As the configuration does, for tables that programs read.
    ByName,
}

impl<'a> BreakRow<'a> {
    pub fn of(
        item: &'a Item,
        facts: &'a ChannelFacts,
        mask: &Mask<'_>,
        fields: Fields,
        voice: &Voice,
    ) -> BreakRow<'a> {
        let naming = match fields {
            Fields::ByLabel => *mask,
            Fields::ByName => by_name(mask),
        };
        let advice = advice::advice(item, facts.money);
        let ledger = SideRow::of(&item.ledger, &item.counted.ledger, voice);
        let settlement = SideRow::of(&item.settlement, &item.counted.settlement, voice);
        BreakRow {
            item,
            facts,
            advice,
            severity: advice.map_or(Severity::Low, |advice| advice.severity),
            key: key_text(&item.shown_key(), &naming),
            reason: reason(item, advice, (&ledger, &settlement), mask, voice),
            step: next_step(item, advice, facts.windows, voice),
            who: advice.map_or("", |advice| voice.say(words::actor(advice.actor))),
            deadline_at: advice::deadline(item, facts.windows, voice.zone, voice.as_of),
            age_days: advice::age_days(item, voice.today()),
            at_risk: item.at_risk,
            details: details(item, &naming),
            ledger,
            settlement,
            state: state_of(item, voice),
            people: &NOBODY,
            digest_of: |_| String::new(),
        }
    }
}

impl BreakRow<'_> {
    /// A digest of the item's facts, since people last opened it again.
    pub fn digest(&self) -> String {
        as_reopened((self.digest_of)(self.item), self.people.reopened_by)
    }
}

impl<'a> SideRow<'a> {
    fn of(entries: &'a [EntryFacts], counted: &Tally, voice: &Voice) -> SideRow<'a> {
        let total = side_total(entries, counted);
        SideRow {
            entries_of: entries,
            entries: total.entries,
            amount: total.amount,
            fee: total.fee,
            status: statuses(entries, voice),
            at: entries.iter().map(|entry| entry.at).min(),
            place: entries.iter().find_map(|entry| entry.place.as_ref()),
        }
    }

    /// The provider's reference, as its readers may see it.
    pub fn reference(&self, mask: &Mask<'_>) -> Cow<'a, str> {
        let mut named = self.entries_of.iter();
        let value = named.find_map(|entry| entry.details.get("reference"));
        value.map_or(Cow::Borrowed(""), |value| mask.shown("reference", value))
    }

    pub fn file(&self) -> Cow<'a, str> {
        self.place
            .map_or(Cow::Borrowed(""), |place| cleaned(&place.file))
    }

    pub fn sheet(&self) -> Cow<'a, str> {
        let sheet = self.place.and_then(|place| place.sheet.as_deref());
        sheet.map_or(Cow::Borrowed(""), cleaned)
    }
}

/// Each status once.
fn statuses(entries: &[EntryFacts], voice: &Voice) -> Cow<'static, str> {
    match entries {
        [] => Cow::Borrowed(""),
        [one] => Cow::Borrowed(voice.say(words::status(one.status))),
        several => {
            let mut said: Vec<&str> = Vec::new();
            for entry in several {
                let status = voice.say(words::status(entry.status));
                if !said.contains(&status) {
                    said.push(status);
                }
            }
            Cow::Owned(said.join(", "))
        }
    }
}

fn state_of(item: &Item, voice: &Voice) -> State {
    let (code, label, since) = match item.ending() {
        None => ("open", Label::StateOpen, item.opened),
        Some((on, Ending::Cleared)) => ("cleared", Label::Cleared, on),
        Some((on, Ending::Closed(Closing::Resolved))) => ("resolved", Label::Resolved, on),
        Some((on, Ending::Closed(Closing::WrittenOff))) => ("written_off", Label::WrittenOff, on),
    };
    State {
        code,
        label: voice.say(label),
        since,
    }
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

/// The same, with fields under their own names.
fn by_name<'a>(mask: &Mask<'a>) -> Mask<'a> {
    Mask {
        labels: &words::NO_LABELS,
        ..*mask
    }
}

/// Key fields for people.
pub fn key_text(key: &[(String, String)], mask: &Mask<'_>) -> String {
    let mut text = String::new();
    for (field, value) in key {
        if !text.is_empty() {
            text.push_str(" · ");
        }
        mask.name(&mut text, field, value);
    }
    text
}

/// Every detail either side has, each value once.
fn details(item: &Item, mask: &Mask<'_>) -> String {
    let mut seen: Vec<(&str, &str)> = Vec::new();
    // Where each one stands in the text: two that differ may look the same once they are masked.
    let mut shown: Vec<std::ops::Range<usize>> = Vec::new();
    let mut text = String::new();
    for entry in item.ledger.iter().chain(&item.settlement) {
        for (field, value) in &entry.details {
            if seen.contains(&(field, value)) {
                continue;
            }
            seen.push((field, value));
            let before = text.len();
            if before > 0 {
                text.push_str(" · ");
            }
            let start = text.len();
            mask.name(&mut text, field, value);
            let one = start..text.len();
            match shown
                .iter()
                .any(|known| text[known.clone()] == text[one.clone()])
            {
                true => text.truncate(before),
                false => shown.push(one),
            }
        }
    }
    text
}

/// Why it is a break, in a sentence with its figures.
fn reason(
    item: &Item,
    advice: Option<Advice>,
    (ours, theirs): (&SideRow<'_>, &SideRow<'_>),
    mask: &Mask<'_>,
    voice: &Voice,
) -> String {
    let Some(advice) = advice else {
        return match item.cause {
            Cause::SplitAcrossDates => split_across_dates(item, voice),
            _ => voice.say(words::bucket(item.bucket)).to_owned(),
        };
    };
    let either = if theirs.entries > 0 { theirs } else { ours };
    let status = |entries: &[EntryFacts]| {
        let status = verdict::effective(entries);
        Cow::Borrowed(status.map_or("", |status| voice.say(words::status(status))))
    };
    let booked = item.ledger.first().map_or(&[][..], |entry| &entry.written);
    let rupiah = |money: Money| Cow::Owned(voice.rupiah(money));
    let our_key = || Cow::Owned(key_text(&as_written(&item.key, booked), mask));
    let figure = |name: &str| -> Option<Cow<'static, str>> {
        Some(match name {
            "our_key" => our_key(),
            "how" => Cow::Owned(looks_alike(item, booked, voice)),
            "ours" => rupiah(ours.amount),
            "theirs" => rupiah(theirs.amount),
            "either" => rupiah(either.amount),
            "our_fee" => rupiah(ours.fee),
            "their_fee" => rupiah(theirs.fee),
            "difference" => rupiah(item.difference.abs()),
            "our_status" => status(&item.ledger),
            "their_status" => status(&item.settlement),
            _ => return None,
        })
    };
    let mut sentence = fill_with(words::reason(advice.finding), voice.language, figure);
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
        let figure = |name: &str| match name {
            "count" => Some(Cow::Owned(voice.count(ours.entries.max(theirs.entries)))),
            "our_key" => Some(our_key()),
            _ => None,
        };
        sentence.push(' ');
        sentence.push_str(&fill_with(more, voice.language, figure));
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

fn next_step(
    item: &Item,
    advice: Option<Advice>,
    windows: Windows,
    voice: &Voice,
) -> Cow<'static, str> {
    let Some(advice) = advice else {
        return Cow::Borrowed("");
    };
    let text = voice.say(words::step(advice.step));
    let closed = item
        .at()
        .and_then(|paid| windows.void_closes(paid, voice.zone))
        .is_some_and(|closes| closes <= voice.as_of);
    match closed && advice::voidable(advice.finding) {
        true => Cow::Owned(format!("{text} {}", voice.say(Label::VoidClosed))),
        false => Cow::Borrowed(text),
    }
}

/// For machine output, which knows no language of its own.
pub fn advice_text(item: &Item, facts: &ChannelFacts, voice: &Voice) -> Cow<'static, str> {
    next_step(
        item,
        advice::advice(item, facts.money),
        facts.windows,
        voice,
    )
}
