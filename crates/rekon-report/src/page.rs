//! The page beside the mail: every break of a run in one file that needs nothing else. It is read
//! without a network; its script only searches, filters, sorts and adds up what already stands in
//! its tables.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::Value;
use minijinja::value::Serde;
use serde::Serialize;

use super::breaks::{ActionView, BreakView};
use super::changes::{self, ChangeView};
use super::dates::DateView;
use super::days::{DayView, FileView};
use super::labels::{Label, Language, fill};
use super::template::{self, TemplateFault, Templates};
use super::view::{Amount, RejectedView, ReportView};
use super::words;
use crate::domain::advice::ageing_class;
use crate::domain::money::Money;

/// Breaks on the page; the workbook has those beyond.
pub const BREAKS: usize = 5_000;
/// Breaks of one date of a range.
const PER_DATE: usize = 5;
/// Steps that stand above the breaks.
const STEPS: usize = 5;
/// Rows of every other table.
const ROWS: usize = 5_000;
/// Rows that a result brings, and breaks it moved.
const CHANGES: usize = 20;
/// Characters of one text.
const LONGEST: usize = 1_000;
/// With fewer breaks while it is larger than this: a telephone still opens it.
const LIMIT: usize = 8 * 1024 * 1024;
/// The code of what is neither cleared nor closed.
const OPEN: &str = "open";
const FEWER: [usize; 3] = [BREAKS, 1_500, 300];

#[derive(Serialize)]
struct Page<'a> {
    lang: &'static str,
    l: BTreeMap<&'static str, &'static str>,
    v: &'a ReportView,
    actions: &'a [ActionView],
    /// Behind a fold.
    later: &'a [ActionView],
    more_steps: Option<String>,
    breaks: Vec<Line>,
    /// Where not all of them are here.
    bound: Option<String>,
    all: String,
    shown: String,
    at_risk: String,
    filters: Filters,
    pendings: Vec<BreakView>,
    patterns: &'a [String],
    tolerances: &'a [String],
    changes: Vec<ChangeView>,
    dates: &'a [DateView],
    sections: Vec<Section<'a>>,
    days: &'a [DayView],
    files: &'a [FileView],
    rejected: &'a [RejectedView],
    notices: &'a [String],
    more_pendings: Option<String>,
    more_days: Option<String>,
    more_files: Option<String>,
    more_rejected: Option<String>,
}

/// A date of a range that has something to say, with the gravest of its breaks; the list has all.
#[derive(Serialize)]
struct Section<'a> {
    day: &'a DateView,
    breaks: Vec<BreakView>,
    more: Option<String>,
}

/// A break, and what the script sorts, filters and adds up by.
#[derive(Serialize)]
struct Line {
    one: BreakView,
    /// 0 for the gravest.
    rank: usize,
    iso: String,
    age: usize,
    age_days: u64,
    at_risk_sen: String,
    difference_sen: String,
    /// Every amount it shows or rests on, as plain decimals: what people type finds them.
    amounts: String,
}

/// What there is to choose from, in the order of the list or of the alphabet.
#[derive(Serialize)]
struct Filters {
    severities: Vec<Choice>,
    kinds: Vec<Choice>,
    channels: Vec<Choice>,
    dates: Vec<Choice>,
    states: Vec<Choice>,
    ages: Vec<Choice>,
}

#[derive(Serialize)]
struct Choice {
    code: String,
    label: String,
}

pub fn page(view: &ReportView, templates: &Templates) -> Result<String, TemplateFault> {
    let mut html = String::new();
    for breaks in FEWER {
        let context = Value::from(Serde(page_of(view, breaks)));
        html = templates.render(template::PAGE, context, LONGEST)?;
        if html.len() < LIMIT {
            break;
        }
    }
    Ok(html)
}

fn page_of(view: &ReportView, at_most: usize) -> Page<'_> {
    let language = view.language;
    let breaks: Vec<Line> = view.listed.iter().take(at_most).map(line).collect();
    let all = words::count(view.listed.len() as u64, language);
    let on_page = words::count(breaks.len() as u64, language);
    let open = breaks.iter().filter(|line| line.one.state_code == OPEN);
    let at_risk: Money = open.map(|line| line.one.at_risk.money).sum();
    let rest = view.listed.len() - breaks.len();
    let (actions, later) = view.actions.split_at(view.actions.len().min(STEPS));
    let days = first(&view.days);
    let pendings: Vec<BreakView> = view.pendings.iter().take(ROWS).collect();
    let files = first(&view.files);
    let rejected = first(&view.rejected);
    let dates = view.range.as_ref().map_or(&[][..], |range| &range.dates);
    Page {
        lang: language.code(),
        l: template::labels(language),
        v: view,
        more_steps: (!later.is_empty()).then(|| {
            let count = words::count(later.len() as u64, language);
            fill(Label::MoreSteps, language, &[("count", &count)])
        }),
        actions,
        later,
        bound: (rest > 0).then(|| {
            let rest = words::count(rest as u64, language);
            let figures = [("count", on_page.as_str()), ("rest", rest.as_str())];
            fill(Label::PageBound, language, &figures)
        }),
        shown: {
            let figures = [("shown", on_page.as_str()), ("all", all.as_str())];
            fill(Label::ShownOf, language, &figures)
        },
        at_risk: {
            let amount = words::rupiah(at_risk, language);
            fill(Label::SubjectRisk, language, &[("amount", &amount)])
        },
        all,
        filters: filters(&breaks, language),
        breaks,
        more_pendings: more(view, view.pendings.len(), pendings.len()),
        pendings,
        patterns: &view.patterns,
        tolerances: &view.tolerances,
        changes: view
            .changes
            .iter()
            .take(ROWS)
            .map(|change| changes::shortened(change, CHANGES, language))
            .collect(),
        sections: sections(dates, language),
        dates,
        more_days: more(view, view.days.len(), days.len()),
        days,
        more_files: more(view, view.files.len(), files.len()),
        files,
        more_rejected: more(view, view.rejected.len(), rejected.len()),
        rejected,
        notices: &view.notices,
    }
}

fn sections(dates: &[DateView], language: Language) -> Vec<Section<'_>> {
    let section = |day: &DateView| -> Option<(Vec<BreakView>, usize)> {
        let breaks: Vec<BreakView> = day.listed.iter().take(PER_DATE).collect();
        let rest = day.listed.len() - breaks.len();
        day.tells.then_some((breaks, rest))
    };
    dates
        .iter()
        .filter_map(|day| {
            let (breaks, rest) = section(day)?;
            let more = (rest > 0).then(|| {
                let count = words::count(rest as u64, language);
                fill(Label::MoreInList, language, &[("count", &count)])
            });
            Some(Section { day, breaks, more })
        })
        .collect()
}

fn line(one: BreakView) -> Line {
    Line {
        amounts: amounts(&one),
        rank: one.severity as usize,
        iso: one.told_on.to_string(),
        age: ageing_class(one.age_days),
        age_days: one.age_days,
        // What people closed puts nothing at risk any more.
        at_risk_sen: match one.state_code {
            OPEN => sen(&one.at_risk),
            _ => "0".to_owned(),
        },
        difference_sen: sen(&one.difference),
        one,
    }
}

fn amounts(one: &BreakView) -> String {
    let all = [
        &one.at_risk,
        &one.value,
        &one.difference,
        &one.ledger.amount,
        &one.ledger.fee,
        &one.settlement.amount,
        &one.settlement.fee,
    ];
    let plain: BTreeSet<String> = all
        .into_iter()
        .filter(|amount| !amount.money.is_zero())
        .map(|amount| {
            let (whole, sen) = amount.money.abs().split();
            match sen {
                0 => whole.to_string(),
                sen => format!("{whole}.{sen:02}"),
            }
        })
        .collect();
    plain.into_iter().collect::<Vec<_>>().join(" ")
}

/// An exact count of sen, for a script that adds without fractions.
fn sen(amount: &Amount) -> String {
    let (whole, sen) = amount.money.abs().split();
    let sign = if amount.money.is_negative() { "-" } else { "" };
    match whole {
        0 => format!("{sign}{sen}"),
        whole => format!("{sign}{whole}{sen:02}"),
    }
}

fn filters(breaks: &[Line], language: Language) -> Filters {
    let mut kinds: Vec<Choice> = Vec::new();
    let mut severities: Vec<Choice> = Vec::new();
    let mut states: Vec<Choice> = Vec::new();
    for line in breaks {
        let one = &line.one;
        for (choices, code, label) in [
            (&mut severities, one.severity_code, one.severity_label),
            (&mut kinds, one.kind_code, one.kind_label),
            (&mut states, one.state_code, one.state_label),
        ] {
            if !choices.iter().any(|choice| choice.code == code) {
                let (code, label) = (code.to_owned(), label.to_owned());
                choices.push(Choice { code, label });
            }
        }
    }
    kinds.sort_by(|a, b| a.label.cmp(&b.label));
    let channels: BTreeSet<&str> = breaks
        .iter()
        .map(|line| line.one.channel.as_str())
        .collect();
    // The latest first.
    let dates: BTreeMap<&str, &str> = breaks
        .iter()
        .map(|line| (line.iso.as_str(), line.one.date.as_str()))
        .collect();
    let dates = dates.into_iter().rev().map(|(code, label)| Choice {
        code: code.to_owned(),
        label: label.to_owned(),
    });
    let ages: BTreeSet<usize> = breaks.iter().map(|line| line.age).collect();
    Filters {
        severities,
        kinds,
        dates: dates.collect(),
        states,
        channels: channels
            .into_iter()
            .map(|name| Choice {
                code: name.to_owned(),
                label: name.to_owned(),
            })
            .collect(),
        ages: ages
            .into_iter()
            .filter_map(|class| {
                Some(Choice {
                    code: class.to_string(),
                    label: words::AGEING.get(class)?.text(language).to_owned(),
                })
            })
            .collect(),
    }
}

fn first<T>(all: &[T]) -> &[T] {
    &all[..all.len().min(ROWS)]
}

fn more(view: &ReportView, all: usize, shown: usize) -> Option<String> {
    (all > shown).then(|| {
        let count = words::count((all - shown) as u64, view.language);
        fill(Label::PageMore, view.language, &[("count", &count)])
    })
}
