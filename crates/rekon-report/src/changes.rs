//! What changed between two revisions of a result, in the same words wherever it is told: in the
//! mail, the workbook, the terminal and by `rekon diff`.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::Serialize;

use super::break_row::key_text;
use super::days::is_known;
use super::labels::{Label, Language};
use super::view::Voice;
use super::words::{self, Mask, clean};
use crate::domain::difference::{
    Absence, Cause, ChangedBreak, Difference, Fact, FileChange, Moved, Replacement, RevisionChange,
    RowChange, RowComparison, RowEvent, Rows,
};
use crate::domain::entry::{EntryFacts, Side};
use crate::domain::outcome::{CountAmount, Item, Sides, Tally};
use crate::domain::status::{Kind, Status};

/// One result that supersedes another.
#[derive(Clone, Debug, Serialize)]
pub struct ChangeView {
    pub channel: String,
    #[serde(skip)]
    pub business_date: NaiveDate,
    pub revision: u32,
    /// `ovo, 18 Nov 2026: revision 2, supersedes revision 1`
    pub title: String,
    /// `Cause: the file was corrected.`
    pub cause: String,
    pub files: Vec<FileLine>,
    /// How many breaks opened, were cleared and changed; `None` where none did.
    pub breaks: Option<String>,
    pub lines: Vec<Line>,
    pub more_lines: Option<String>,
    /// Only what differs.
    pub figures: Vec<Figure>,
}

/// A file that came, went or was replaced, with the rows that differ.
#[derive(Clone, Debug, Serialize)]
pub struct FileLine {
    pub text: String,
    pub rows: Vec<Line>,
    /// How many rows differ, listed or not.
    #[serde(skip)]
    pub all_rows: u64,
    pub more_rows: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// `+` for what came, `−` for what went, `~` for what is told otherwise.
    pub mark: &'static str,
    pub text: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    pub label: String,
    pub before: String,
    pub after: String,
}

const CAME: &str = "+";
const WENT: &str = "−";
const OTHERWISE: &str = "~";

/// Which result it is: channel, date, its revision and the one it is compared with.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    pub channel: &'a str,
    pub date: NaiveDate,
    pub revision: u32,
    pub earlier: u32,
}

pub fn change_view(
    place: Place<'_>,
    change: &RevisionChange,
    mask: &Mask<'_>,
    voice: &Voice,
) -> ChangeView {
    let channel = clean(place.channel);
    let revisions = voice.fill(
        Label::Supersedes,
        &[
            ("revision", &place.revision.to_string()),
            ("old", &place.earlier.to_string()),
        ],
    );
    let difference = &change.difference;
    let opened = difference.opened.iter();
    let opened = opened.map(|item| line(CAME, break_text(item, mask, voice)));
    let cleared = difference.cleared.iter().map(|one| {
        let mut text = break_text(&one.item, mask, voice);
        if let Some(bucket) = one.became {
            let label = match bucket == one.item.bucket {
                // It is what it was, and people closed it.
                true => Label::ClosedByPeople,
                false => words::bucket(bucket),
            };
            let now = voice.fill(Label::NowIn, &[("bucket", voice.say(label))]);
            text = format!("{text} · {now}");
        }
        line(WENT, text)
    });
    let changed = difference.changed.iter();
    let changed = changed.map(|one| line(OTHERWISE, changed_text(one, mask, voice)));
    let lines: Vec<Line> = opened.chain(cleared).chain(changed).collect();
    let count = |count: usize| voice.count(count as u64);
    ChangeView {
        business_date: place.date,
        revision: place.revision,
        title: format!("{channel}, {}: {revisions}", voice.date(place.date)),
        channel,
        cause: voice.fill(Label::Because, &[("causes", &causes_text(change, voice))]),
        files: change
            .files
            .iter()
            .map(|file| file_line(file, mask, voice))
            .collect(),
        breaks: (!lines.is_empty()).then(|| {
            voice.fill(
                Label::BreaksMoved,
                &[
                    ("opened", &count(difference.opened.len())),
                    ("cleared", &count(difference.cleared.len())),
                    ("changed", &count(difference.changed.len())),
                ],
            )
        }),
        lines,
        more_lines: None,
        figures: figures(difference, voice),
    }
}

fn line(mark: &'static str, text: String) -> Line {
    Line { mark, text }
}

pub fn cause(cause: Cause) -> Label {
    match cause {
        Cause::FileAdded => Label::BecauseFileAdded,
        Cause::FileCorrected => Label::BecauseFileCorrected,
        Cause::FileWithdrawn => Label::BecauseFileWithdrawn,
        Cause::FileGone => Label::BecauseFileGone,
        Cause::ProfileChanged => Label::BecauseProfile,
        Cause::SettingsChanged => Label::BecauseSettings,
        Cause::LedgerChanged => Label::BecauseLedger,
        Cause::TimePassed => Label::BecauseTime,
        Cause::Decided => Label::BecauseDecided,
        Cause::Accepted => Label::BecauseAccepted,
        Cause::OtherDates => Label::BecauseOtherDates,
    }
}

fn causes_text(change: &RevisionChange, voice: &Voice) -> String {
    let said = |one: &Cause| match one {
        Cause::OtherDates if !change.other_dates.is_empty() => {
            let dates = spans_text(&change.other_dates, voice.language);
            voice.fill(Label::BecauseTheseDates, &[("dates", &dates)])
        }
        one => voice.say(cause(*one)).to_owned(),
    };
    let causes: Vec<String> = change.causes.iter().map(said).collect();
    causes.join(", ")
}

/// Spans of dates that are named; more are counted.
const SPANS: usize = 4;

fn spans_text(dates: &BTreeSet<NaiveDate>, language: Language) -> String {
    let mut spans: Vec<(NaiveDate, NaiveDate)> = Vec::new();
    for &date in dates {
        match spans.last_mut() {
            Some((_, last)) if last.succ_opt() == Some(date) => *last = date,
            _ => spans.push((date, date)),
        }
    }
    let shown = spans.iter().take(SPANS);
    let mut texts: Vec<String> = shown
        .map(|(first, last)| words::period(*first, *last, language))
        .collect();
    texts.extend(more(spans.len() as u64, SPANS, language));
    texts.join(", ")
}

fn break_text(item: &Item, mask: &Mask<'_>, voice: &Voice) -> String {
    format!(
        "{} {} · {} · {}",
        clean(&item.id),
        voice.say(words::bucket(item.bucket)),
        key_text(&item.shown_key(), mask),
        voice.rupiah(item.value)
    )
}

fn changed_text(one: &ChangedBreak, mask: &Mask<'_>, voice: &Voice) -> String {
    format!(
        "{} {} · {}: {}",
        clean(&one.after.id),
        voice.say(words::bucket(one.after.bucket)),
        key_text(&one.after.shown_key(), mask),
        facts_text(&one.facts, mask, voice)
    )
}

fn facts_text(facts: &[Fact], mask: &Mask<'_>, voice: &Voice) -> String {
    if facts.is_empty() {
        return voice.fill(Label::FieldChanged, &[("field", voice.say(Label::Details))]);
    }
    let facts: Vec<String> = facts
        .iter()
        .map(|fact| fact_text(fact, mask, voice))
        .collect();
    facts.join("; ")
}

fn fact_text(fact: &Fact, mask: &Mask<'_>, voice: &Voice) -> String {
    let of = |side: &Side, theirs: Label, ours: Label| match side {
        Side::Settlement => theirs,
        Side::Ledger => ours,
    };
    let moved = |label: Label, before: String, after: String| {
        format!("{} {before} → {after}", voice.say(label))
    };
    match fact {
        Fact::Kind(kind) => moved(
            Label::Kind,
            voice.say(words::bucket(kind.before)).to_owned(),
            voice.say(words::bucket(kind.after)).to_owned(),
        ),
        Fact::Entries(side, entries) => moved(
            of(side, Label::SettlementEntries, Label::LedgerEntries),
            voice.count(entries.before),
            voice.count(entries.after),
        ),
        Fact::Amount(side, amount) => moved(
            of(side, Label::SettlementAmount, Label::LedgerAmount),
            voice.rupiah(amount.before),
            voice.rupiah(amount.after),
        ),
        Fact::Fee(side, fee) => moved(
            of(side, Label::SettlementFee, Label::LedgerFee),
            voice.rupiah(fee.before),
            voice.rupiah(fee.after),
        ),
        Fact::Status(side, statuses) => {
            let said = |statuses: &[Status]| {
                let names = statuses.iter().map(|one| voice.say(words::status(*one)));
                names.collect::<Vec<_>>().join(", ")
            };
            moved(
                of(side, Label::SettlementStatus, Label::LedgerStatus),
                said(&statuses.before),
                said(&statuses.after),
            )
        }
        Fact::Operation(_, kinds) => {
            let said = |kinds: &[Kind]| {
                let names = kinds.iter().map(|kind| kind.name());
                names.collect::<Vec<_>>().join(", ")
            };
            moved(Label::Operation, said(&kinds.before), said(&kinds.after))
        }
        Fact::Time(side, at) => moved(
            of(side, Label::SettlementTime, Label::LedgerTime),
            voice.instant(at.before),
            voice.instant(at.after),
        ),
        Fact::Detail(_, field) => voice.fill(Label::FieldChanged, &[("field", &mask.label(field))]),
        Fact::Reason(_) => voice.say(Label::ReasonChanged).to_owned(),
    }
}

fn file_line(change: &FileChange, mask: &Mask<'_>, voice: &Voice) -> FileLine {
    let alone = |text| FileLine {
        text,
        rows: Vec::new(),
        all_rows: 0,
        more_rows: None,
    };
    match change {
        FileChange::Added(file) => alone(voice.fill(
            Label::FileCame,
            &[
                ("file", &clean(&file.name)),
                ("rows", &voice.count(file.rows)),
            ],
        )),
        FileChange::Gone { file, why } => {
            let (label, reason) = match why {
                Absence::Withdrawn { reason } => (Label::FileTakenBack, clean(reason)),
                Absence::Refused { reason } => (
                    Label::FileRefusedSince,
                    clean(&reason_text(reason, mask, voice)),
                ),
                Absence::CountsElsewhere => (Label::FileCountsElsewhere, String::new()),
            };
            alone(voice.fill(label, &[("file", &clean(&file.name)), ("reason", &reason)]))
        }
        FileChange::ReadOtherwise { before, after } => alone(voice.fill(
            Label::FileReadOtherwise,
            &[
                ("file", &clean(&after.name)),
                ("rows", &voice.count(after.rows)),
                ("rejected", &voice.count(after.rejected)),
                ("rows_before", &voice.count(before.rows)),
                ("rejected_before", &voice.count(before.rejected)),
            ],
        )),
        FileChange::Replaced {
            before,
            after,
            why,
            rows,
        } => {
            let label = match why {
                Replacement::Corrected => Label::FileReplaces,
                Replacement::Restored => Label::FileRestored,
            };
            let mut text = voice.fill(
                label,
                &[
                    ("new", &clean(&after.name)),
                    ("revision", &after.revision.to_string()),
                    ("old", &clean(&before.name)),
                    ("earlier", &before.revision.to_string()),
                ],
            );
            text = format!("{text}; {}", rows_text(rows, mask, voice));
            let RowComparison::Compared(rows) = rows else {
                return alone(text);
            };
            let all = rows.added + rows.removed + rows.changed;
            FileLine {
                text,
                all_rows: all,
                more_rows: more(all, rows.listed.len(), voice.language),
                rows: rows
                    .listed
                    .iter()
                    .map(|row| row_line(row, mask, voice))
                    .collect(),
            }
        }
    }
}

/// A stored reason. Whoever knows fields by their labels is finance; at the command line it is told
/// whole.
fn reason_text(reason: &str, mask: &Mask<'_>, voice: &Voice) -> String {
    match mask.labels.is_empty() {
        true => voice.stored(reason),
        false => voice.meaning(reason),
    }
}

fn rows_text(rows: &RowComparison, mask: &Mask<'_>, voice: &Voice) -> String {
    match rows {
        RowComparison::NotCompared { reason } => voice.fill(
            Label::RowsNotCompared,
            &[("reason", &clean(&reason_text(reason, mask, voice)))],
        ),
        RowComparison::Compared(rows) if *rows == Rows::default() => {
            voice.say(Label::RowsSame).to_owned()
        }
        RowComparison::Compared(rows) => voice.fill(
            Label::RowsMoved,
            &[
                ("added", &voice.count(rows.added)),
                ("removed", &voice.count(rows.removed)),
                ("changed", &voice.count(rows.changed)),
            ],
        ),
    }
}

fn row_line(row: &RowChange, mask: &Mask<'_>, voice: &Voice) -> Line {
    let key = key_text(&row.key, mask);
    let said = |entry: &EntryFacts| {
        let mut text = format!(
            "{key} · {}, {}",
            voice.rupiah(entry.amount),
            voice.say(words::status(entry.status))
        );
        if let Some(place) = &entry.place {
            let row = voice.say(Label::RowOne);
            text = format!("{text}, {row} {}", place.row);
        }
        text
    };
    match &row.what {
        RowEvent::Added(entry) => line(CAME, said(entry)),
        RowEvent::Removed(entry) => line(WENT, said(entry)),
        RowEvent::Changed { facts, .. } => line(
            OTHERWISE,
            format!("{key}: {}", facts_text(facts, mask, voice)),
        ),
    }
}

/// What differs of state, totals, buckets, breaks, rejected rows and money at risk. What is not
/// known of a date that is not complete is said so, never as zero.
fn figures(difference: &Difference, voice: &Voice) -> Vec<Figure> {
    let mut figures = Vec::new();
    let state = difference.state;
    let mut put = |label: String, before: String, after: String| {
        figures.push(Figure {
            label,
            before,
            after,
        });
    };
    if state.differs() {
        put(
            voice.say(Label::State).to_owned(),
            voice.say(words::state(state.before)).to_owned(),
            voice.say(words::state(state.after)).to_owned(),
        );
    }
    let roll = difference.roll_forward;
    let open = |open: CountAmount| {
        format!(
            "{} · {}",
            voice.count(open.count),
            voice.rupiah(open.amount)
        )
    };
    for (label, moved) in [
        (
            Label::Opening,
            Moved::of(roll.before.opening, roll.after.opening),
        ),
        (
            Label::Closing,
            Moved::of(roll.before.closing, roll.after.closing),
        ),
    ] {
        if moved.differs() {
            let label = format!("{} · {}", voice.say(Label::RollForward), voice.say(label));
            put(label, open(moved.before), open(moved.after));
        }
    }
    let known = Moved::of(is_known(state.before), is_known(state.after));
    // That a date is not complete any more says of every figure that it is not known.
    if !known.after {
        return figures;
    }
    let shown = |known: bool, text: String| match known {
        true => text,
        false => voice.say(Label::NotKnown).to_owned(),
    };
    let tally = |tally: Tally| {
        format!(
            "{} · {}",
            voice.count(tally.entries),
            voice.rupiah(tally.amount)
        )
    };
    let mut put_known = |label: &str, before: String, after: String| {
        put(
            label.to_owned(),
            shown(known.before, before),
            shown(known.after, after),
        );
    };
    for (label, side) in [
        (Label::Settlement, difference.settlement),
        (Label::Ledger, difference.ledger),
    ] {
        if side.differs() || known.differs() {
            put_known(voice.say(label), tally(side.before), tally(side.after));
        }
    }
    if difference.net.differs() || known.differs() {
        let net = difference.net;
        put_known(
            voice.say(Label::Net),
            voice.rupiah(net.before),
            voice.rupiah(net.after),
        );
    }
    for (bucket, sides) in &difference.buckets {
        let name = voice.say(words::bucket(*bucket));
        for (side, moved) in bucket_sides(*sides) {
            let label = match side {
                None => name.to_owned(),
                Some(Side::Settlement) => format!("{name} · {}", voice.say(Label::Settlement)),
                Some(Side::Ledger) => format!("{name} · {}", voice.say(Label::Ledger)),
            };
            put_known(&label, tally(moved.before), tally(moved.after));
        }
    }
    if difference.breaks.differs() {
        let breaks = difference.breaks;
        put_known(
            voice.say(Label::Breaks),
            voice.count(breaks.before),
            voice.count(breaks.after),
        );
    }
    for (label, rows) in [
        (Label::RejectedRows, difference.rejected_rows),
        (Label::RejectedLedgerRows, difference.rejected_ledger_rows),
    ] {
        if rows.differs() {
            put_known(
                voice.say(label),
                voice.count(rows.before),
                voice.count(rows.after),
            );
        }
    }
    let risk = difference.at_risk;
    for (label, money) in [
        (
            Label::OwedToUs,
            Moved::of(risk.before.owed_to_us, risk.after.owed_to_us),
        ),
        (
            Label::OwedByUs,
            Moved::of(risk.before.owed_by_us, risk.after.owed_by_us),
        ),
        (
            Label::Undecided,
            Moved::of(risk.before.undecided, risk.after.undecided),
        ),
    ] {
        if money.differs() {
            put_known(
                voice.say(label),
                voice.rupiah(money.before),
                voice.rupiah(money.after),
            );
        }
    }
    figures
}

/// Both sides at once where they say the same, else those that moved.
fn bucket_sides(sides: Moved<Sides>) -> Vec<(Option<Side>, Moved<Tally>)> {
    let settlement = Moved::of(sides.before.settlement, sides.after.settlement);
    let ledger = Moved::of(sides.before.ledger, sides.after.ledger);
    let said = |tally: Tally| (tally.entries, tally.amount);
    if said(settlement.before) == said(ledger.before)
        && said(settlement.after) == said(ledger.after)
    {
        return vec![(None, settlement)];
    }
    [
        (Some(Side::Settlement), settlement),
        (Some(Side::Ledger), ledger),
    ]
    .into_iter()
    .filter(|(_, moved)| moved.differs())
    .collect()
}

fn more(all: u64, shown: usize, language: Language) -> Option<String> {
    let rest = all.saturating_sub(shown as u64);
    (rest > 0).then(|| {
        let count = words::count(rest, language);
        super::labels::fill(Label::MoreHere, language, &[("count", &count)])
    })
}

/// The same with at most so many breaks, and rows of each file; the rest is counted.
pub fn shortened(change: &ChangeView, at_most: usize, language: Language) -> ChangeView {
    let mut short = change.clone();
    let all = short.lines.len() as u64;
    short.lines.truncate(at_most);
    short.more_lines = more(all, short.lines.len(), language);
    for file in &mut short.files {
        file.rows.truncate(at_most);
        file.more_rows = more(file.all_rows, file.rows.len(), language);
    }
    short
}

/// Cause and number of breaks in one line.
pub fn brief(change: &ChangeView) -> String {
    let parts = [
        Some(&change.title),
        Some(&change.cause),
        change.breaks.as_ref(),
    ];
    let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
    match parts[..] {
        [title, ref rest @ ..] => format!("{title}. {}", rest.join(" ")),
        [] => String::new(),
    }
}

/// Everything below the title, a line each, indented by what it belongs to.
pub fn lines(change: &ChangeView) -> Vec<String> {
    let mut lines = vec![format!("  {}", change.cause)];
    let marked = |lines: &mut Vec<String>, of: &[Line], more: &Option<String>| {
        lines.extend(
            of.iter()
                .map(|one| format!("    {} {}", one.mark, one.text)),
        );
        lines.extend(more.iter().map(|more| format!("      {more}")));
    };
    for file in &change.files {
        lines.push(format!("  {}", file.text));
        marked(&mut lines, &file.rows, &file.more_rows);
    }
    if let Some(breaks) = &change.breaks {
        lines.push(format!("  {breaks}"));
        marked(&mut lines, &change.lines, &change.more_lines);
    }
    let figures = change.figures.iter();
    lines.extend(figures.map(|one| format!("  {}: {} → {}", one.label, one.before, one.after)));
    lines
}
