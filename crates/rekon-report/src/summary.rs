//! What a person sees in the terminal: the result of a run, and breaks.

use std::cmp::Reverse;

use super::break_row::key_text;
use super::breaks::{BreakView, mask_of};
use super::changes;
use super::columns::aligned;
pub use super::columns::table;
use super::json::ListedBreak;
use super::labels::{Label, fill};
use super::view::{ReportView, Voice};
use super::words;
use crate::domain::advice;
use crate::domain::outcome::Severity;
use crate::domain::reconcile::told_on;

/// Where a report lies, for the last lines of the summary.
#[derive(Clone, Debug)]
pub struct Deliverable {
    /// `finance-daily`
    pub report: String,
    /// A path or a recipient.
    pub place: String,
}

/// Rejected rows shown in the terminal.
const LISTED: usize = 10;

/// The summary of a run: one line per channel and date, breaks per kind, files, where things lie.
pub fn run(view: &ReportView, deliverables: &[Deliverable]) -> String {
    let say = |label: Label| label.text(view.language);
    let mut out = String::new();
    let mut line = |text: &str| {
        out.push_str(text.trim_end());
        out.push('\n');
    };
    line(&format!("{} {}", say(Label::ReportTitle), view.period));
    line(&view.verdict.headline);
    line("");

    let mut rows = vec![vec![
        say(Label::Channel).to_owned(),
        say(Label::BusinessDate).to_owned(),
        say(Label::State).to_owned(),
        say(Label::Settlement).to_owned(),
        say(Label::Ledger).to_owned(),
        say(Label::Matched).to_owned(),
        say(Label::Breaks).to_owned(),
        say(Label::OwedToUs).to_owned(),
        say(Label::OwedByUs).to_owned(),
        say(Label::Undecided).to_owned(),
    ]];
    for day in &view.days {
        let figure = |shown: &str| {
            if day.known {
                shown.to_owned()
            } else {
                "–".to_owned()
            }
        };
        rows.push(vec![
            day.channel.clone(),
            day.date.clone(),
            day.state_label.to_owned(),
            figure(&day.settlement.entries_shown),
            figure(&day.ledger.entries_shown),
            figure(&day.matched.entries_shown),
            figure(&day.breaks_shown),
            figure(&day.risk.owed_to_us.shown),
            figure(&day.risk.owed_by_us.shown),
            figure(&day.risk.undecided.shown),
        ]);
    }
    for text in table(&rows, 3) {
        line(&text);
    }

    if !view.by_kind.is_empty() {
        line("");
        let mut rows = vec![vec![
            say(Label::Breaks).to_owned(),
            say(Label::Count).to_owned(),
            say(Label::AtRisk).to_owned(),
        ]];
        rows.extend(view.by_kind.iter().map(|group| {
            vec![
                group.label.to_owned(),
                group.count_shown.clone(),
                group.at_risk.shown.clone(),
            ]
        }));
        for text in table(&rows, 1) {
            line(&text);
        }
    }

    let brief = &view.files_in_brief;
    let remarkable = [
        "missing",
        "doubted",
        "refused",
        "quarantined",
        "not_due",
        "late",
    ];
    let mut remarks: Vec<String> = brief
        .shown
        .iter()
        .filter(|file| remarkable.contains(&file.state_code))
        .map(|file| {
            let name = if file.name == "–" { "" } else { &file.name };
            let parts = [
                &file.state_label,
                &file.channel,
                &file.date,
                name,
                &file.note_in_full,
            ];
            let shown: Vec<&str> = parts.into_iter().filter(|p| !p.is_empty()).collect();
            shown.join(" · ")
        })
        .collect();
    remarks.extend(brief.others.clone());
    if !remarks.is_empty() {
        line("");
        line(say(Label::FilesTitle));
        for remark in remarks {
            line(&format!("  {remark}"));
        }
    }
    if !view.rejected.is_empty() {
        line("");
        line(say(Label::RejectedRows));
        for row in view.rejected.iter().take(LISTED) {
            let place = [&row.channel, &row.file, &row.sheet].map(String::as_str);
            let place: Vec<&str> = place.into_iter().filter(|part| !part.is_empty()).collect();
            let column = if row.column.is_empty() {
                String::new()
            } else {
                format!(", {}", row.column)
            };
            let number = row.row.map(|row| format!(", {} {row}", say(Label::RowOne)));
            let number = number.unwrap_or_default();
            let place = format!("{}{number}{column}", place.join(" · "));
            line(&format!("  {place}: {}: {}", row.value, row.reason_in_full));
        }
        if view.rejected.len() > LISTED {
            let count = words::count((view.rejected.len() - LISTED) as u64, view.language);
            line(&format!(
                "  {}",
                fill(Label::MoreRows, view.language, &[("count", &count)])
            ));
        }
    }
    if !view.patterns.is_empty() {
        line("");
        line(say(Label::Patterns));
        for sentence in &view.patterns {
            line(&format!("  {sentence}"));
        }
    }

    if !view.changes.is_empty() {
        line("");
        line(say(Label::WhatChanged));
        for change in view.changes.iter().take(LISTED) {
            let short = changes::shortened(change, LISTED, view.language);
            line(&format!("  {}", short.title));
            for text in changes::lines(&short) {
                line(&format!("  {text}"));
            }
        }
        for change in view.changes.iter().skip(LISTED) {
            line(&format!("  {}", changes::brief(change)));
        }
    }
    if !view.notices.is_empty() {
        line("");
        for notice in &view.notices {
            line(&format!("  {notice}"));
        }
    }
    if !deliverables.is_empty() {
        line("");
        let rows: Vec<Vec<String>> = deliverables
            .iter()
            .map(|one| vec![words::clean(&one.report), words::clean(&one.place)])
            .collect();
        for text in table(&rows, 2) {
            line(&text);
        }
    }
    out
}

/// `rekon breaks list`: gravest first, then the most rupiah, then the eldest.
pub fn break_list(listed: &[ListedBreak<'_>], voice: &Voice) -> String {
    let severity = |one: &ListedBreak<'_>| {
        let advice = advice::advice(one.item, one.facts.money);
        advice.map_or(Severity::Low, |advice| advice.severity)
    };
    let mut lines: Vec<(Severity, &ListedBreak<'_>)> =
        listed.iter().map(|one| (severity(one), one)).collect();
    lines.sort_by_key(|(severity, one)| {
        let item = one.item;
        let (most, name) = (Reverse(item.at_risk), one.facts.title.as_str());
        (*severity, most, item.opened, name, item.id.as_str())
    });
    let mut rows = vec![vec![
        voice.say(Label::Id).to_owned(),
        voice.say(Label::SeverityColumn).to_owned(),
        voice.say(Label::Kind).to_owned(),
        voice.say(Label::BusinessDate).to_owned(),
        voice.say(Label::Key).to_owned(),
        voice.say(Label::State).to_owned(),
        voice.say(Label::Owner).to_owned(),
        voice.say(Label::AtRisk).to_owned(),
        voice.say(Label::Age).to_owned(),
    ]];
    rows.extend(lines.into_iter().map(|(severity, one)| {
        let item = one.item;
        vec![
            words::clean(&item.id),
            voice.say(words::severity(severity)).to_owned(),
            voice.say(words::bucket(item.bucket)).to_owned(),
            voice.date(told_on(item)),
            key_text(&item.shown_key(), &mask_of(one.facts, &[])),
            voice.say(one.state.label()).to_owned(),
            words::clean(one.owner),
            voice.rupiah(item.at_risk),
            advice::age_days(item, voice.today()).to_string(),
        ]
    }));
    let mut out = String::new();
    for text in table(&rows, 7) {
        out.push_str(text.trim_end());
        out.push('\n');
    }
    out
}

/// `rekon breaks show ID`
pub fn break_show(line: &BreakView, voice: &Voice, state: &str, notes: &[String]) -> String {
    let none = voice.say(Label::NoDeadline).to_owned();
    let side = |entries: u64, amount: &str, status: &str| match entries {
        0 => "–".to_owned(),
        1 => format!("{amount}, {status}"),
        more => format!("{more} × {amount}, {status}"),
    };
    let mut rows = vec![
        (Label::Id, line.id.clone()),
        (Label::Kind, line.kind_label.to_owned()),
        (Label::SeverityColumn, line.severity_label.to_owned()),
        (Label::State, state.to_owned()),
        (Label::Channel, line.channel.clone()),
        (Label::BusinessDate, line.date.clone()),
        (Label::Key, line.key.clone()),
        (
            Label::AtRisk,
            format!("{} ({})", line.at_risk.shown, line.exposure_label),
        ),
        (
            Label::Ledger,
            side(
                line.ledger.entries,
                &line.ledger.amount.shown,
                &line.ledger.status,
            ),
        ),
        (
            Label::Settlement,
            side(
                line.settlement.entries,
                &line.settlement.amount.shown,
                &line.settlement.status,
            ),
        ),
        (Label::Details, line.details.clone()),
        (Label::FileName, line.place.clone().unwrap_or_default()),
        (Label::Reason, line.reason.clone()),
        (Label::Step, line.step.clone()),
        (Label::Who, line.who.to_owned()),
        (Label::Deadline, line.deadline.clone().unwrap_or(none)),
        (Label::Age, line.age.clone()),
    ];
    rows.extend(
        notes
            .iter()
            .map(|note| (Label::Notices, words::clean(note))),
    );
    let cells: Vec<Vec<String>> = rows
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(label, _)| vec![voice.say(*label).to_owned()])
        .collect();
    let mut out = String::new();
    let labels = aligned(&cells, "");
    for (label, (_, value)) in labels
        .iter()
        .zip(rows.iter().filter(|(_, value)| !value.is_empty()))
    {
        out.push_str(&format!("  {label}  {value}\n"));
    }
    out
}
