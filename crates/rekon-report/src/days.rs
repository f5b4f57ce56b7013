//! One result per channel and date: state, totals, buckets, files; and what stays open.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::break_row;
use super::findings;
use super::input::{
    Change, ChannelFacts, ChannelInput, DayInput, ReceivedFile, ReportInput, SourceMail,
};
use super::labels::Label;
use super::view::{Amount, Known, Risk, Voice};
use super::words::{self, clean};
use crate::domain::advice::{self, AgeClass};
use crate::domain::entry::Side;
use crate::domain::money::Money;
use crate::domain::outcome::{
    Bucket, Cause, CountAmount, DateState, Item, Outcome, RollForward, Tally,
};
use crate::domain::reconcile::{self, told_on};
use crate::domain::statement::News;
use crate::domain::verdict;

/// Count and rupiah of one side.
#[derive(Clone, Debug, Serialize)]
pub struct TallyView {
    pub entries: u64,
    pub entries_shown: String,
    pub amount: Amount,
    pub fee: Amount,
}

#[derive(Clone, Debug, Serialize)]
pub struct BucketView {
    #[serde(skip)]
    pub bucket: Bucket,
    pub code: &'static str,
    pub label: &'static str,
    pub settlement: TallyView,
    pub ledger: TallyView,
}

#[derive(Clone, Debug, Serialize)]
pub struct DayView {
    pub channel: String,
    #[serde(skip)]
    pub business_date: NaiveDate,
    pub date: String,
    pub state_code: &'static str,
    pub state_label: &'static str,
    /// Why it is not complete, if it is not.
    pub state_note: Option<String>,
    pub revision: u32,
    pub change: String,
    /// Whether this result supersedes an earlier one of other content.
    pub supersedes: bool,
    /// Nothing of a date that is not complete is known; the figures then say so.
    pub known: bool,
    pub settlement: TallyView,
    pub net: Amount,
    pub ledger: TallyView,
    pub matched: TallyView,
    pub breaks: u64,
    pub breaks_shown: String,
    pub risk: Risk,
    pub buckets: Vec<BucketView>,
    pub rejected: u64,
}

#[derive(Clone, Debug, Serialize)]
pub struct FileView {
    pub channel: String,
    #[serde(skip)]
    pub business_date: Option<NaiveDate>,
    pub date: String,
    pub name: String,
    /// `on_time`, `received`, `late`, `missing`, `doubted`, `not_due`, `not_expected`, `refused` or
    /// `quarantined`
    pub state_code: &'static str,
    pub state_label: String,
    pub note: String,
    /// The note with all that an engineer needs, for the terminal.
    #[serde(skip)]
    pub note_in_full: String,
    /// The mail it came by, in words; empty where it came in another way.
    pub source: String,
    #[serde(skip)]
    pub due_at: Option<DateTime<Utc>>,
    #[serde(skip)]
    pub received_at: Option<DateTime<Utc>>,
    pub received: String,
    pub rows: Option<u64>,
    pub rows_shown: String,
    pub rejected: u64,
    pub revision: Option<u32>,
    pub sha256: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct RollLine {
    pub code: &'static str,
    pub label: &'static str,
    /// Whether a mail tells it: acts of people that nobody took are left out.
    pub told: bool,
    pub count: u64,
    pub count_shown: String,
    pub amount: Amount,
}

#[derive(Clone, Debug, Serialize)]
pub struct RollView {
    pub channel: String,
    /// The business dates it spans.
    pub period: String,
    /// Whether there is anything to tell: something was open or became so.
    pub moved: bool,
    pub lines: Vec<RollLine>,
}

#[derive(Clone, Debug, Serialize)]
pub struct AgeingLine {
    pub label: &'static str,
    pub count: u64,
    pub count_shown: String,
    pub amount: Amount,
    /// The money at risk in them: three figures, never netted.
    pub owed_to_us: Amount,
    pub owed_by_us: Amount,
    pub undecided: Amount,
}

impl AgeingLine {
    /// The figures at risk with their names.
    pub fn at_risk(&self) -> [(Label, &Amount); 3] {
        [
            (Label::OwedToUs, &self.owed_to_us),
            (Label::OwedByUs, &self.owed_by_us),
            (Label::Undecided, &self.undecided),
        ]
    }
}

#[derive(Clone, Debug, Serialize)]
pub struct AgeingView {
    pub classes: Vec<AgeingLine>,
    pub total: AgeingLine,
    pub oldest: Vec<OldestView>,
}

#[derive(Clone, Debug, Serialize)]
pub struct OldestView {
    pub id: String,
    pub channel: String,
    pub kind_label: &'static str,
    pub date: String,
    pub age: String,
    pub value: Amount,
}

pub fn tally(tally: &Tally, voice: &Voice) -> TallyView {
    TallyView {
        entries: tally.entries,
        entries_shown: voice.count(tally.entries),
        amount: voice.amount(tally.amount),
        fee: voice.amount(tally.fee),
    }
}

/// Of a date that is not complete nothing is known, which is not zero.
pub fn is_known(state: DateState) -> bool {
    matches!(state, DateState::Complete | DateState::NotExpected)
}

/// `breaks`: how many this date adds to the report, so that the dates add up to its headline.
pub fn day_view(facts: &ChannelFacts, day: &DayInput, breaks: u64, voice: &Voice) -> DayView {
    let outcome = &day.outcome;
    let known = is_known(outcome.state);
    let buckets = Bucket::CLEAN
        .into_iter()
        .chain(outcome.breaks().map(|(kind, _)| Bucket::Break(kind)))
        .map(|bucket| (bucket, outcome.bucket(bucket)))
        .filter(|(bucket, sides)| *bucket == Bucket::Matched || !sides.is_empty())
        .map(|(bucket, sides)| BucketView {
            bucket,
            code: bucket.name(),
            label: voice.say(words::bucket(bucket)),
            settlement: tally(&sides.settlement, voice),
            ledger: tally(&sides.ledger, voice),
        })
        .collect();
    DayView {
        channel: clean(&facts.title),
        business_date: outcome.business_date,
        date: voice.date(outcome.business_date),
        state_code: outcome.state.name(),
        state_label: voice.say(words::state(outcome.state)),
        state_note: state_note(outcome, voice),
        revision: day.revision,
        change: change_text(day, voice),
        supersedes: matches!(day.change, Change::Supersedes { .. }),
        known,
        settlement: tally(&outcome.settlement, voice),
        net: voice.amount(outcome.net),
        ledger: tally(&outcome.ledger, voice),
        matched: tally(&outcome.bucket(Bucket::Matched).settlement, voice),
        breaks,
        breaks_shown: voice.count(breaks),
        risk: Risk {
            owed_to_us: Known::of(known, voice.amount(outcome.at_risk.owed_to_us), voice),
            owed_by_us: Known::of(known, voice.amount(outcome.at_risk.owed_by_us), voice),
            undecided: Known::of(known, voice.amount(outcome.at_risk.undecided), voice),
            total: Known::of(known, voice.amount(outcome.at_risk.total()), voice),
        },
        buckets,
        rejected: outcome.rejected_rows + outcome.rejected_ledger_rows,
    }
}

fn change_text(day: &DayInput, voice: &Voice) -> String {
    let revision = day.revision.to_string();
    match &day.change {
        Change::First => voice.say(Label::FirstRevision).to_owned(),
        Change::Unchanged => voice.fill(Label::Unchanged, &[("revision", &revision)]),
        Change::Supersedes { revision: old, .. } => voice.fill(
            Label::Supersedes,
            &[("revision", &revision), ("old", &old.to_string())],
        ),
    }
}

fn state_note(outcome: &Outcome, voice: &Voice) -> Option<String> {
    let due = voice.instant(outcome.due);
    match outcome.state {
        DateState::Complete => None,
        DateState::NotExpected => Some(voice.say(Label::NoFileExpected).to_owned()),
        DateState::NotDue => Some(voice.fill(Label::FileDueAt, &[("at", &due)])),
        DateState::Incomplete if !outcome.lacks_file() => findings::note(outcome, voice),
        DateState::Incomplete => {
            let mut note = voice.fill(Label::FileOverdue, &[("at", &due)]);
            if !outcome.missing_parts.is_empty() {
                let missing =
                    voice.fill(Label::FilePartMissing, &[("parts", &parts_text(outcome))]);
                note = format!("{missing}. {note}");
            }
            Some(note)
        }
    }
}

pub fn parts_text(outcome: &Outcome) -> String {
    let parts: Vec<String> = outcome.missing_parts.iter().map(u32::to_string).collect();
    parts.join(", ")
}

/// The mail a figure comes from, so that it can be found again.
fn from_mail(mail: &SourceMail, voice: &Voice) -> String {
    let sent = mail.sent_at.map(|at| voice.instant(at));
    voice.fill(
        Label::FromMail,
        &[
            ("sender", &clean(&mail.sender)),
            ("sent", sent.as_deref().unwrap_or("–")),
            ("id", &clean(&mail.message_id)),
            ("verdict", &clean(&voice.stored(&mail.verdict))),
        ],
    )
}

/// A reason without its fixes, which `rekon quarantine list` tells in full.
pub fn in_short(reason: &str, voice: &Voice) -> String {
    clean(&voice.meaning(reason.lines().next().unwrap_or(reason)))
}

/// Files that count, then what is missing, what was refused, and mails held in quarantine.
pub fn file_views(channel: &ChannelInput, voice: &Voice) -> Vec<FileView> {
    let received: BTreeMap<&str, &ReceivedFile> = channel
        .received
        .iter()
        .map(|file| (file.sha256.as_str(), file))
        .collect();
    let mut views = Vec::new();
    for day in &channel.days {
        let outcome = &day.outcome;
        let date = voice.date(outcome.business_date);
        for file in &outcome.files {
            let arrival = received.get(file.sha256.as_str());
            let received_at = arrival.map(|arrival| arrival.at);
            let mail = arrival.and_then(|arrival| arrival.mail.as_ref());
            let (state_code, label) = match received_at {
                None => ("received", Label::FileReceived),
                Some(at) if at > outcome.due => ("late", Label::FileLate),
                Some(_) => ("on_time", Label::FileOnTime),
            };
            let doubt = outcome.doubts().find(|one| one.side == Side::Settlement);
            let (state_code, label) = match doubt {
                Some(_) => ("doubted", Label::LedgerDoubted),
                None => (state_code, label),
            };
            views.push(FileView {
                channel: clean(&channel.facts.title),
                business_date: Some(outcome.business_date),
                date: date.clone(),
                name: clean(&file.name),
                state_code,
                state_label: voice.say(label).to_owned(),
                note: doubt
                    .map(|one| findings::sentence(one, voice))
                    .unwrap_or_default(),
                note_in_full: doubt
                    .map(|one| findings::sentence(one, voice))
                    .unwrap_or_default(),
                source: mail.map(|mail| from_mail(mail, voice)).unwrap_or_default(),
                due_at: Some(outcome.due),
                received_at,
                received: received_at.map(|at| voice.instant(at)).unwrap_or_default(),
                rows: Some(file.rows),
                rows_shown: voice.count(file.rows),
                rejected: file.rejected,
                revision: Some(file.revision),
                sha256: file.sha256.clone(),
            });
        }
        let in_books = outcome.doubts().any(|one| one.side == Side::Ledger);
        let absent = match outcome.state {
            DateState::Complete => None,
            DateState::Incomplete if in_books => {
                Some(("doubted", voice.say(Label::LedgerDoubted).to_owned()))
            }
            DateState::Incomplete if !outcome.lacks_file() => None,
            DateState::NotDue => Some(("not_due", voice.say(Label::FileNotDue).to_owned())),
            DateState::NotExpected if outcome.files.is_empty() => {
                Some(("not_expected", voice.say(Label::FileNotExpected).to_owned()))
            }
            DateState::NotExpected => None,
            DateState::Incomplete if outcome.missing_parts.is_empty() => {
                Some(("missing", voice.say(Label::FileMissing).to_owned()))
            }
            DateState::Incomplete => Some((
                "missing",
                voice.fill(Label::FilePartMissing, &[("parts", &parts_text(outcome))]),
            )),
        };
        if let Some((state_code, state_label)) = absent {
            views.push(FileView {
                channel: clean(&channel.facts.title),
                business_date: Some(outcome.business_date),
                date,
                name: match in_books {
                    true => voice.say(Label::Ledger).to_owned(),
                    false => "–".to_owned(),
                },
                state_code,
                state_label,
                note: state_note(outcome, voice).unwrap_or_default(),
                note_in_full: state_note(outcome, voice).unwrap_or_default(),
                source: String::new(),
                due_at: Some(outcome.due),
                received_at: None,
                received: String::new(),
                rows: None,
                rows_shown: String::new(),
                rejected: 0,
                revision: None,
                sha256: String::new(),
            });
        }
    }
    let not_counted = |name: &str, state_code, label, note: String| FileView {
        channel: clean(&channel.facts.title),
        business_date: None,
        date: String::new(),
        name: clean(name),
        state_code,
        state_label: voice.say(label).to_owned(),
        note: clean(&note),
        note_in_full: clean(&note),
        source: String::new(),
        due_at: None,
        received_at: None,
        received: String::new(),
        rows: None,
        rows_shown: String::new(),
        rejected: 0,
        revision: None,
        sha256: String::new(),
    };
    for file in &channel.refused_files {
        let note = voice.meaning(&file.reason);
        let label = match file.is_held() {
            true => Label::FileHeld,
            false => Label::FileRefused,
        };
        let view = not_counted(&file.name, "refused", label, note);
        views.push(FileView {
            note_in_full: clean(&voice.stored(&file.reason)),
            ..view
        });
    }
    for mail in &channel.quarantined {
        let from = voice.fill(Label::MailFrom, &[("sender", &clean(&mail.sender))]);
        let note = format!("{from}: {}", in_short(&mail.reason, voice));
        let label = Label::MailQuarantined;
        let view = not_counted(&mail.subject, "quarantined", label, note);
        views.push(FileView {
            received_at: mail.received_at,
            received: mail
                .received_at
                .map(|at| voice.instant(at))
                .unwrap_or_default(),
            ..view
        });
    }
    views
}

/// The movement of a channel's items over the dates of a report, from its first to its last, those
/// between among them, and from the earliest date on which something is new.
pub fn roll_forward(channel: &ChannelInput) -> Option<(NaiveDate, NaiveDate, RollForward)> {
    let dates = || channel.days.iter().map(|day| day.outcome.business_date);
    let items = channel.items.iter().zip(&channel.news);
    let fresh = items.filter(|(_, news)| news.is_some_and(News::is_fresh));
    let fresh = fresh.map(|(item, _)| item.opened);
    let from = dates().chain(fresh).min()?;
    let to = dates().chain([from]).max()?;
    Some((
        from,
        to,
        reconcile::roll_forward(&channel.items, &channel.ended, from, to),
    ))
}

pub fn roll_view(channel: &ChannelInput, voice: &Voice) -> Option<RollView> {
    let (from, to, roll) = roll_forward(channel)?;
    let line = |code, label, part: CountAmount| RollLine {
        told: part != CountAmount::default() || !matches!(code, "resolved" | "written_off"),
        code,
        label: voice.say(label),
        count: part.count,
        count_shown: voice.count(part.count),
        amount: voice.amount(part.amount),
    };
    Some(RollView {
        channel: clean(&channel.facts.title),
        period: words::period(from, to, voice.language),
        moved: roll != RollForward::default(),
        lines: vec![
            line("opening", Label::Opening, roll.opening),
            line("new", Label::New, roll.new),
            line("cleared", Label::Cleared, roll.cleared),
            line("resolved", Label::Resolved, roll.resolved),
            line("written_off", Label::WrittenOff, roll.written_off),
            line("closing", Label::Closing, roll.closing),
        ],
    })
}

const OLDEST_SHOWN: usize = 5;

pub fn ageing_view(input: &ReportInput, voice: &Voice) -> AgeingView {
    let mut open = Vec::new();
    for channel in &input.channels {
        let items = channel.items.iter().filter(|item| item.is_open());
        open.extend(items.map(|item| (item, channel.facts.title.as_str())));
    }
    open.sort_by(|(a, _), (b, _)| advice::oldest_first(a, b));
    let classes = advice::ageing(open.iter().map(|(item, _)| *item), voice.today());
    let mut total = AgeClass::default();
    for class in &classes {
        total.merge(class);
    }
    let line = |label, class: &AgeClass| AgeingLine {
        label: voice.say(label),
        count: class.open.count,
        count_shown: voice.count(class.open.count),
        amount: voice.amount(class.open.amount),
        owed_to_us: voice.amount(class.at_risk.owed_to_us),
        owed_by_us: voice.amount(class.at_risk.owed_by_us),
        undecided: voice.amount(class.at_risk.undecided),
    };
    AgeingView {
        classes: classes
            .iter()
            .zip(words::AGEING)
            .map(|(class, label)| line(label, class))
            .collect(),
        total: line(Label::Total, &total),
        oldest: open
            .into_iter()
            .take(OLDEST_SHOWN)
            .map(|(item, channel)| OldestView {
                id: clean(&item.id),
                channel: clean(channel),
                kind_label: voice.say(words::bucket(item.bucket)),
                date: voice.date(item.opened),
                age: voice.days(advice::age_days(item, voice.today())),
                value: voice.amount(item.value),
            })
            .collect(),
    }
}

/// Says how far apart the entries are that count as matched within tolerance; of a pair across
/// dates, each date has one half, and the later one says how far they are apart.
pub fn tolerance_note(facts: &ChannelFacts, outcome: &Outcome, voice: &Voice) -> Option<String> {
    let used = outcome.bucket(Bucket::MatchedWithinTolerance);
    let (mut ours, mut theirs) = (used.ledger, used.settlement);
    let (mut pairs, mut amount, mut fee) = (0u64, Money::ZERO, Money::ZERO);
    let date = outcome.business_date;
    let tolerated = |item: &&Item| item.bucket == Bucket::MatchedWithinTolerance;
    let across = |item: &&Item| item.cleared.is_some_and(|cleared| cleared != item.opened);
    for item in outcome.items.iter().filter(tolerated).filter(across) {
        for (entries, side) in [(&item.ledger, &mut ours), (&item.settlement, &mut theirs)] {
            for entry in entries.iter().filter(|entry| entry.business_date == date) {
                side.entries = side.entries.saturating_sub(1);
                side.amount = side.amount - entry.amount;
                side.fee = side.fee - entry.fee.unwrap_or_default();
            }
        }
        if told_on(item) == date {
            pairs += 1;
            amount += item.difference.abs();
            if let (Some(ours), Some(theirs)) = (item.ledger.first(), item.settlement.first()) {
                fee += verdict::fee_difference(ours.fee, theirs.fee).abs();
            }
        }
    }
    pairs += theirs.entries.max(ours.entries);
    amount += (theirs.amount - ours.amount).abs();
    fee += (theirs.fee - ours.fee).abs();
    (pairs > 0).then(|| {
        let apart = |label, apart: Money| match apart {
            Money::ZERO => String::new(),
            apart => voice.fill(label, &[("amount", &voice.rupiah(apart))]),
        };
        voice.fill(
            Label::ToleranceNote,
            &[
                ("channel", &clean(&facts.title)),
                ("date", &voice.date(date)),
                ("count", &voice.count(pairs)),
                ("amount", &apart(Label::ToleranceAmount, amount)),
                ("fee", &apart(Label::ToleranceFee, fee)),
            ],
        )
    })
}

/// Says which payments were settled or booked in parts on several dates, with one of them in full.
pub fn split_note(outcome: &Outcome, voice: &Voice) -> Option<String> {
    let here = |item: &&Item| {
        item.cause == Cause::SplitAcrossDates && told_on(item) == outcome.business_date
    };
    let mut splits = outcome.items.iter().filter(here);
    let first = splits.next()?;
    let more = splits.count() as u64;
    let (channel, date) = (clean(&outcome.channel), voice.date(outcome.business_date));
    let parts = break_row::split_across_dates(first, voice);
    let mut figures = vec![("channel", &*channel), ("date", &*date), ("parts", &*parts)];
    let count = voice.count(more);
    let label = match more {
        0 => Label::SplitNote,
        _ => Label::SplitNotes,
    };
    figures.push(("count", &count));
    Some(voice.fill(label, &figures))
}
