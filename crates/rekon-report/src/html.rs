//! The finance mail as HTML: tables and inline CSS, no pictures, nothing fetched. Its size has a
//! bound, whatever the report holds.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use minijinja::Value;
use minijinja::value::Serde;
use serde::Serialize;

use super::breaks::{ActionView, BreakView};
use super::changes::{self, ChangeView};
use super::dates::{self, DateView};
use super::days::{DayView, FileView, RollView};
use super::labels::{Label, fill};
use super::lines::Lines;
use super::range::ChannelTotal;
use super::template::{self, TemplateFault, Templates};
use super::view::{RejectedView, ReportView};
use super::words;
use crate::domain::outcome::{BreakKind, Bucket};

/// Gmail cuts a mail at about 102 KB and hides the rest.
pub const LIMIT: usize = 100 * 1024;

/// How many lines of each list stand in the mail; the workbook has all of them.
#[derive(Clone, Copy)]
struct Inline {
    breaks: usize,
    lines: usize,
    /// Results whose changes are told in full.
    changes: usize,
    /// Dates of a range: lines of the grid, sections, and breaks of each.
    grid: usize,
    dates: usize,
    per_date: usize,
    /// Channels of a date, of the totals and of the roll-forward.
    channels: usize,
    /// Characters of one text: what comes from outside has no length of its own.
    longest: usize,
}

/// From generous to bare, until the mail is small enough. The last one is: every list and every text
/// of it is bounded, and a test fills them all.
const INLINE: [Inline; 6] = [
    Inline {
        breaks: 20,
        lines: 31,
        changes: 3,
        grid: 62,
        dates: 31,
        per_date: 3,
        channels: 12,
        longest: 600,
    },
    Inline {
        breaks: 15,
        lines: 20,
        changes: 3,
        grid: 62,
        dates: 31,
        per_date: 2,
        channels: 10,
        longest: 400,
    },
    Inline {
        breaks: 10,
        lines: 15,
        changes: 2,
        grid: 31,
        dates: 31,
        per_date: 1,
        channels: 8,
        longest: 400,
    },
    Inline {
        breaks: 5,
        lines: 6,
        changes: 1,
        grid: 31,
        dates: 12,
        per_date: 1,
        channels: 6,
        longest: 300,
    },
    Inline {
        breaks: 1,
        lines: 2,
        changes: 1,
        grid: 31,
        dates: 4,
        per_date: 1,
        channels: 4,
        longest: 200,
    },
    Inline {
        breaks: 1,
        lines: 2,
        changes: 0,
        grid: 7,
        dates: 0,
        per_date: 0,
        channels: 2,
        longest: 100,
    },
];

/// Actions on the first screen.
const FIRST: usize = 5;
/// So many changed results are named at once.
const FEW_CHANGES: usize = 3;
/// A quoted text longer than this is cut in the mail.
const LONGEST: usize = 240;

#[derive(Serialize)]
struct Page<'a> {
    lang: &'static str,
    l: &'a BTreeMap<&'static str, &'static str>,
    v: &'a ReportView,
    changes: Vec<String>,
    changed: Vec<ChangeView>,
    changed_in_brief: Vec<String>,
    more_changed: Option<String>,
    actions: &'a [ActionView],
    breaks: Vec<BreakView>,
    more_breaks: Option<String>,
    pendings: Vec<BreakView>,
    more_pendings: Option<String>,
    elsewhere: Vec<BreakView>,
    more_elsewhere: Option<String>,
    known_before: Vec<BreakView>,
    more_known_before: Option<String>,
    closed: Vec<BreakView>,
    more_closed: Option<String>,
    cleared: Vec<BreakView>,
    more_cleared: Option<String>,
    patterns: &'a [String],
    days: &'a [DayView],
    more_days: Option<String>,
    grid: Vec<GridLine<'a>>,
    more_grid: Option<String>,
    sections: Vec<Section>,
    more_sections: Option<String>,
    totals: &'a [ChannelTotal],
    more_totals: Option<String>,
    tolerances: &'a [String],
    files: &'a [FileView],
    more_files: Option<String>,
    other_files: Option<&'a str>,
    rejected: Vec<RejectedView>,
    more_rejected: Option<String>,
    roll: Vec<&'a RollView>,
    more_roll: Option<String>,
    notices: &'a [String],
}

#[derive(Serialize)]
struct GridLine<'a> {
    day: &'a DateView,
    /// Whether its section is on this page.
    leads: bool,
}

/// A date that has something to say.
#[derive(Serialize)]
struct Section {
    day: DateView,
    breaks: Vec<BreakView>,
    more_breaks: Option<String>,
    more_results: Option<String>,
    changed: Vec<ChangeView>,
    changed_in_brief: Vec<String>,
}

/// The mail: with fewer lines of the long lists until it is under [`LIMIT`].
pub fn mail(view: &ReportView, templates: &Templates) -> Result<String, TemplateFault> {
    let labels = template::labels(view.language);
    let mut html = String::new();
    for inline in INLINE {
        let context = Value::from(Serde(page_of(view, &labels, inline)));
        html = templates.render(template::MAIL, context, inline.longest)?;
        if html.len() < LIMIT {
            return Ok(html);
        }
    }
    if templates.is_own(template::MAIL) {
        let reason = format!(
            "it renders {} KiB in its shortest form, and mail programs cut a mail at {} KiB: \
             show less of each list",
            html.len() / 1024,
            LIMIT / 1024
        );
        return Err(templates.fault(template::MAIL, None, reason));
    }
    Ok(html)
}

fn page_of<'a>(
    view: &'a ReportView,
    labels: &'a BTreeMap<&'static str, &'static str>,
    inline: Inline,
) -> Page<'a> {
    let stuck = Bucket::Break(BreakKind::StuckPending);
    let more = |label: Label, all: usize, shown: usize| more(view, label, all, shown);
    let featured = view
        .fresh
        .featured(inline.breaks, |item| item.bucket != stuck);
    let breaks: Vec<BreakView> = featured.into_iter().map(shortened).collect();
    let of_stuck = |lines: &Lines| {
        lines
            .items()
            .filter(|line| line.item.bucket == stuck)
            .count()
    };
    let all_breaks = view.fresh.len() - of_stuck(&view.fresh);
    let stuck_ones = view.fresh.only(|line| line.item.bucket == stuck);
    let all_pendings = stuck_ones.len();
    let pendings = stuck_ones.iter().take(inline.breaks);
    let pendings: Vec<BreakView> = pendings.map(shortened).collect();
    let days = first(&view.days, inline.lines);
    let dates = view.range.as_ref().map_or(&[][..], |range| &range.dates);
    let sections = sections(view, dates, inline);
    let grid: Vec<GridLine<'_>> = first(dates, inline.grid)
        .iter()
        .map(|day| GridLine {
            leads: sections.iter().any(|one| one.day.anchor == day.anchor),
            day,
        })
        .collect();
    // What a section tells is not told twice.
    let changes_alone = match view.range {
        Some(_) => &[][..],
        None => &view.changes,
    };
    let moved = || view.roll.iter().filter(|roll| roll.moved);
    let all_totals = view.range.as_ref().map_or(&[][..], |range| &range.channels);
    let totals = first(all_totals, inline.channels);
    let files = first(&view.files_in_brief.shown, inline.lines);
    let rejected: Vec<RejectedView> = view
        .rejected
        .iter()
        .take(inline.breaks)
        .map(|line| RejectedView {
            value: cut(&line.value),
            reason: cut(&line.reason),
            ..line.clone()
        })
        .collect();
    Page {
        lang: view.language.code(),
        l: labels,
        v: view,
        changes: changes(view),
        changed: changes_alone
            .iter()
            .take(inline.changes)
            .map(|change| changes::shortened(change, inline.breaks.div_ceil(2), view.language))
            .collect(),
        changed_in_brief: changes_alone
            .iter()
            .skip(inline.changes)
            .take(inline.lines)
            .map(changes::brief)
            .collect(),
        more_changed: more(
            Label::MoreChanges,
            changes_alone.len(),
            inline.changes + inline.lines,
        ),
        actions: first(&view.actions, FIRST),
        more_breaks: more(Label::MoreBreaks, all_breaks, breaks.len()),
        breaks,
        more_pendings: more(Label::MoreRows, all_pendings, pendings.len()),
        pendings,
        elsewhere: listed(&view.elsewhere, inline.per_date.max(1)),
        more_elsewhere: more(
            Label::MoreRows,
            view.elsewhere.len(),
            inline.per_date.max(1),
        ),
        known_before: listed(&view.known_before, inline.lines),
        more_known_before: more(Label::MoreRows, view.known_before.len(), inline.lines),
        closed: listed(&view.closed, inline.lines),
        more_closed: more(Label::MoreRows, view.closed.len(), inline.lines),
        cleared: listed(&view.cleared, inline.lines),
        more_cleared: more(Label::MoreRows, view.cleared.len(), inline.lines),
        patterns: first(&view.patterns, inline.lines),
        more_days: more(Label::MoreRows, view.days.len(), days.len()),
        days,
        more_grid: more(Label::MoreRows, dates.len(), grid.len()),
        grid,
        more_sections: more(
            Label::MoreDates,
            dates.iter().filter(|day| day.tells).count(),
            sections.len(),
        ),
        sections,
        tolerances: first(&view.tolerances, inline.lines),
        more_files: more(
            Label::MoreRows,
            view.files_in_brief.shown.len(),
            files.len(),
        ),
        other_files: view.files_in_brief.others.as_deref(),
        files,
        more_rejected: more(Label::MoreRows, view.rejected.len(), rejected.len()),
        rejected,
        totals,
        more_totals: more(Label::MoreRows, all_totals.len(), totals.len()),
        more_roll: more(Label::MoreRows, moved().count(), inline.channels),
        roll: moved().take(inline.channels).collect(),
        notices: first(&view.notices, inline.lines),
    }
}

fn sections(view: &ReportView, dates: &[DateView], inline: Inline) -> Vec<Section> {
    let mut in_full = inline.changes;
    dates::gravest(dates, inline.dates)
        .into_iter()
        .map(|day| {
            let (mut short, more_breaks) = dates::shortened(day, inline.per_date, view.language);
            let more_results = short.results.len().saturating_sub(inline.channels);
            let telling = |day: &DayView| (day.breaks == 0 && day.known, Reverse(day.breaks));
            if more_results > 0 {
                short.results.sort_by_key(telling);
                short.results.truncate(inline.channels);
            }
            let told = day.changes.len().min(in_full);
            in_full -= told;
            let lines = inline.per_date.max(2);
            Section {
                breaks: short.listed.iter().map(shortened).collect(),
                more_breaks,
                more_results: more(view, Label::MoreRows, more_results, 0),
                changed: day.changes[..told]
                    .iter()
                    .map(|change| changes::shortened(change, lines, view.language))
                    .collect(),
                changed_in_brief: day.changes[told..].iter().map(changes::brief).collect(),
                day: short,
            }
        })
        .collect()
}

/// Which results supersede earlier ones, and why, said under the verdict.
pub fn changes(view: &ReportView) -> Vec<String> {
    if view.changes.len() <= FEW_CHANGES {
        return view.changes.iter().map(changes::brief).collect();
    }
    let count = words::count(view.changes.len() as u64, view.language);
    vec![fill(
        Label::ManySupersede,
        view.language,
        &[("count", &count)],
    )]
}

fn more(view: &ReportView, label: Label, all: usize, shown: usize) -> Option<String> {
    (all > shown).then(|| {
        let count = words::count((all - shown) as u64, view.language);
        fill(label, view.language, &[("count", &count)])
    })
}

fn first<T>(all: &[T], at_most: usize) -> &[T] {
    &all[..all.len().min(at_most)]
}

fn listed(lines: &Lines, at_most: usize) -> Vec<BreakView> {
    lines.iter().take(at_most).map(shortened).collect()
}

fn shortened(line: BreakView) -> BreakView {
    BreakView {
        key: cut(&line.key),
        details: String::new(),
        place: line.place.as_deref().map(cut),
        ..line
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
