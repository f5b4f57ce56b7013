//! The finance mail as HTML: tables and inline CSS, no pictures, nothing fetched. A page with longer
//! lists is written as a file beside the mail. Escaping is always on.

use std::collections::BTreeMap;

use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::Serialize;

use super::breaks::{ActionView, BreakView, featured};
use super::changes::{self, ChangeView};
use super::dates::{self, DateView};
use super::days::{DayView, FileView, RollView};
use super::labels::{Label, fill};
use super::view::{RejectedView, ReportView};
use super::words;
use crate::domain::outcome::{BreakKind, Bucket};

const TEMPLATE: &str = include_str!("../../templates/mail.html");

/// Gmail cuts a mail at about 102 KB and hides the rest.
pub const LIMIT: usize = 100 * 1024;
/// A browser on a telephone still opens a page of this size at once.
const PAGE_LIMIT: usize = 4 * 1024 * 1024;

#[derive(Debug, thiserror::Error)]
#[error("the mail template `{template}` cannot be rendered: {source}")]
pub struct TemplateFault {
    template: &'static str,
    source: minijinja::Error,
}

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
}

/// From generous to bare, until the page is small enough.
const INLINE: [Inline; 5] = [
    Inline {
        breaks: 20,
        lines: 31,
        changes: 3,
        grid: 62,
        dates: 31,
        per_date: 3,
    },
    Inline {
        breaks: 15,
        lines: 20,
        changes: 3,
        grid: 62,
        dates: 31,
        per_date: 2,
    },
    Inline {
        breaks: 10,
        lines: 15,
        changes: 2,
        grid: 31,
        dates: 31,
        per_date: 1,
    },
    Inline {
        breaks: 5,
        lines: 6,
        changes: 1,
        grid: 31,
        dates: 12,
        per_date: 1,
    },
    Inline {
        breaks: 1,
        lines: 2,
        changes: 1,
        grid: 31,
        dates: 4,
        per_date: 1,
    },
];

/// For the page beside the mail.
const WHOLE: Inline = Inline {
    breaks: 200,
    lines: 400,
    changes: 400,
    grid: 400,
    dates: 400,
    per_date: 50,
};

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
    patterns: &'a [String],
    days: &'a [DayView],
    more_days: Option<String>,
    grid: Vec<GridLine<'a>>,
    more_grid: Option<String>,
    sections: Vec<Section>,
    more_sections: Option<String>,
    tolerances: &'a [String],
    files: &'a [FileView],
    more_files: Option<String>,
    other_files: Option<&'a str>,
    rejected: Vec<RejectedView>,
    more_rejected: Option<String>,
    roll: Vec<&'a RollView>,
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
    changed: Vec<ChangeView>,
    changed_in_brief: Vec<String>,
}

/// Whether the templates can be read; says which ones.
pub fn check() -> Result<String, TemplateFault> {
    environment().map(|_| "mail.html, built in".to_owned())
}

fn fault(source: minijinja::Error) -> TemplateFault {
    TemplateFault {
        template: "mail.html",
        source,
    }
}

fn environment() -> Result<Environment<'static>, TemplateFault> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment
        .add_template("mail.html", TEMPLATE)
        .map_err(fault)?;
    Ok(environment)
}

/// The mail: with fewer lines of the long lists until it is under [`LIMIT`].
pub fn page(view: &ReportView) -> Result<String, TemplateFault> {
    render(view, &INLINE, LIMIT)
}

/// The page beside the mail, with what the mail has no room for.
pub fn whole(view: &ReportView) -> Result<String, TemplateFault> {
    let forms: Vec<Inline> = [WHOLE].into_iter().chain(INLINE).collect();
    render(view, &forms, PAGE_LIMIT)
}

/// The first form that is under the limit, or the last one.
fn render(view: &ReportView, forms: &[Inline], limit: usize) -> Result<String, TemplateFault> {
    let environment = environment()?;
    let template = environment.get_template("mail.html").map_err(fault)?;
    let labels: BTreeMap<&str, &str> = Label::ALL
        .iter()
        .map(|label| (label.name(), label.text(view.language)))
        .collect();
    let mut html = String::new();
    for inline in forms {
        html = template
            .render(Serde(page_of(view, &labels, *inline)))
            .map_err(fault)?;
        if html.len() < limit {
            break;
        }
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
    let breaks: Vec<BreakView> = featured(&view.breaks, view.breaks.len())
        .into_iter()
        .filter(|line| line.kind != stuck)
        .take(inline.breaks)
        .map(shortened)
        .collect();
    let all_breaks = view.breaks.iter().filter(|line| line.kind != stuck).count();
    let stuck_pendings = || view.pendings.iter().filter(|line| line.kind == stuck);
    let pendings: Vec<BreakView> = stuck_pendings()
        .take(inline.breaks)
        .map(shortened)
        .collect();
    let all_pendings = stuck_pendings().count();
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
        roll: view.roll.iter().filter(|roll| roll.moved).collect(),
        notices: first(&view.notices, inline.lines),
    }
}

fn sections(view: &ReportView, dates: &[DateView], inline: Inline) -> Vec<Section> {
    let mut in_full = inline.changes;
    dates::gravest(dates, inline.dates)
        .into_iter()
        .map(|day| {
            let (short, more_breaks) = dates::shortened(day, inline.per_date, view.language);
            let told = day.changes.len().min(in_full);
            in_full -= told;
            let lines = inline.per_date.max(2);
            Section {
                breaks: short.listed.iter().map(shortened).collect(),
                more_breaks,
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

fn shortened(line: &BreakView) -> BreakView {
    BreakView {
        key: cut(&line.key),
        details: String::new(),
        place: line.place.as_deref().map(cut),
        ..line.clone()
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
