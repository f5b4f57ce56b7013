//! The finance mail as HTML: tables and inline CSS, no pictures, nothing fetched. The same page is
//! written as a file beside the mail. Escaping is always on.

use std::collections::BTreeMap;

use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::Serialize;

use super::breaks::{ActionView, BreakView, featured};
use super::changes::{self, ChangeView};
use super::days::{DayView, FileView, RollView};
use super::labels::{Label, fill};
use super::range::RangeRow;
use super::view::{RejectedView, ReportView};
use super::words;
use crate::domain::outcome::{BreakKind, Bucket};

const TEMPLATE: &str = include_str!("../../templates/mail.html");

/// Gmail cuts a mail at about 102 KB and hides the rest.
pub const LIMIT: usize = 100 * 1024;

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
}

/// From generous to bare, until the page is small enough.
const INLINE: [Inline; 4] = [
    Inline {
        breaks: 20,
        lines: 31,
        changes: 3,
    },
    Inline {
        breaks: 10,
        lines: 15,
        changes: 2,
    },
    Inline {
        breaks: 5,
        lines: 6,
        changes: 1,
    },
    Inline {
        breaks: 1,
        lines: 2,
        changes: 1,
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
    patterns: &'a [String],
    days: &'a [DayView],
    grid: &'a [RangeRow],
    more_days: Option<String>,
    tolerances: &'a [String],
    files: &'a [FileView],
    more_files: Option<String>,
    other_files: Option<&'a str>,
    rejected: Vec<RejectedView>,
    more_rejected: Option<String>,
    roll: Vec<&'a RollView>,
    notices: &'a [String],
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

/// Renders the page, with fewer lines of the long lists until it is under [`LIMIT`].
pub fn page(view: &ReportView) -> Result<String, TemplateFault> {
    let environment = environment()?;
    let template = environment.get_template("mail.html").map_err(fault)?;
    let labels: BTreeMap<&str, &str> = Label::ALL
        .iter()
        .map(|label| (label.name(), label.text(view.language)))
        .collect();
    let mut html = String::new();
    for inline in INLINE {
        html = template
            .render(Serde(page_of(view, &labels, inline)))
            .map_err(fault)?;
        if html.len() < LIMIT {
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
    let all_rows = view.range.as_ref().map_or(&[][..], |range| &range.rows);
    let grid = first(all_rows, inline.lines);
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
        changed: view
            .changes
            .iter()
            .take(inline.changes)
            .map(|change| changes::shortened(change, inline.breaks.div_ceil(2), view.language))
            .collect(),
        changed_in_brief: view
            .changes
            .iter()
            .skip(inline.changes)
            .take(inline.lines)
            .map(changes::brief)
            .collect(),
        more_changed: more(
            Label::MoreChanges,
            view.changes.len(),
            inline.changes + inline.lines,
        ),
        actions: first(&view.actions, FIRST),
        more_breaks: more(Label::MoreBreaks, all_breaks, breaks.len()),
        breaks,
        more_pendings: more(Label::MoreRows, all_pendings, pendings.len()),
        pendings,
        patterns: first(&view.patterns, inline.lines),
        more_days: match grid.is_empty() {
            true => more(Label::MoreRows, view.days.len(), days.len()),
            false => more(Label::MoreRows, all_rows.len(), grid.len()),
        },
        grid,
        days,
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
