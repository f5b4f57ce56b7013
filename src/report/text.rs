//! The mail as plain text: a good mail by itself.

use super::breaks::{BreakView, featured};
use super::changes;
use super::columns::{aligned, table, width};
use super::dates;
use super::days::{DayView, TallyView};
use super::html;
use super::labels::{Label, fill};
use super::view::ReportView;
use super::words;
use crate::domain::outcome::{BreakKind, Bucket};

const WIDTH: usize = 76;
const BREAKS: usize = 20;
const LINES: usize = 31;
/// Where each line is a row of a table.
const COMPACT_LINES: usize = 62;
const FIRST: usize = 5;
/// Changed results told in full.
const CHANGED: usize = 3;
/// Breaks of one changed result, and rows of one file.
const CHANGES: usize = 10;
/// Dates of a range, and breaks of each.
const DATES: usize = 62;
const PER_DATE: usize = 3;

pub fn mail(view: &ReportView) -> String {
    let mut page = Page {
        out: String::new(),
        view,
    };
    page.verdict();
    page.first_steps();
    page.grid();
    match view.range {
        // What a section tells is not told twice.
        Some(_) => {
            page.paragraphs(Label::Patterns, &view.patterns);
            page.severities();
            page.sections();
        }
        None => {
            page.changes();
            page.paragraphs(Label::Patterns, &view.patterns);
            page.severities();
            page.breaks();
            page.pendings();
        }
    }
    page.totals();
    page.files();
    page.rejected();
    page.roll_forward();
    page.ageing();
    page.trend();
    page.paragraphs(Label::Notices, &view.notices);
    page.blank();
    page.wrapped("", &view.footer);
    if let Some(note) = view.masked_note {
        page.wrapped("", note);
    }
    page.out
}

struct Page<'a> {
    out: String,
    view: &'a ReportView,
}

impl Page<'_> {
    fn say(&self, label: Label) -> &'static str {
        label.text(self.view.language)
    }

    fn line(&mut self, text: &str) {
        self.out.push_str(text.trim_end());
        self.out.push('\n');
    }

    fn blank(&mut self) {
        self.out.push('\n');
    }

    fn heading(&mut self, label: Label) {
        self.title(self.say(label));
    }

    fn title(&mut self, title: &str) {
        let title = title.to_uppercase();
        self.blank();
        self.line(&title);
        self.line(&"-".repeat(width(&title)));
    }

    /// Breaks between words; later lines are indented like the first.
    fn wrapped(&mut self, indent: &str, text: &str) {
        let mut line = String::from(indent);
        let mut empty = true;
        for word in text.split_whitespace() {
            if !empty && width(&line) + 1 + width(word) > WIDTH {
                self.line(&line);
                line = String::from(indent);
                empty = true;
            }
            if !empty {
                line.push(' ');
            }
            line.push_str(word);
            empty = false;
        }
        if !empty {
            self.line(&line);
        }
    }

    /// Columns with the first to the left and the rest to the right.
    fn table(&mut self, rows: &[Vec<String>]) {
        for line in aligned(rows, "  ") {
            self.line(&line);
        }
    }

    fn more(&mut self, label: Label, all: usize, shown: usize) {
        if all > shown {
            let count = words::count((all - shown) as u64, self.view.language);
            let text = fill(label, self.view.language, &[("count", &count)]);
            self.wrapped("", &text);
        }
    }

    fn verdict(&mut self) {
        let view = self.view;
        self.line(&format!(
            "{} · {}",
            self.say(Label::ReportTitle),
            view.period
        ));
        self.wrapped("", &view.verdict.headline.to_uppercase());
        self.wrapped("", &view.verdict.scope);
        for change in html::changes(view) {
            self.wrapped("", &change);
        }
        self.blank();
        let risk = &view.risk;
        self.table(&[
            vec![self.say(Label::AtRisk).into(), risk.total.shown.clone()],
            vec![
                self.say(Label::OwedToUs).into(),
                risk.owed_to_us.shown.clone(),
            ],
            vec![
                self.say(Label::OwedByUs).into(),
                risk.owed_by_us.shown.clone(),
            ],
            vec![
                self.say(Label::Undecided).into(),
                risk.undecided.shown.clone(),
            ],
        ]);
        if let Some(unknown) = &view.verdict.unknown {
            self.wrapped("", unknown);
        }
        self.wrapped("", self.say(Label::NeverNetted));
    }

    fn first_steps(&mut self) {
        self.heading(Label::FirstSteps);
        if self.view.actions.is_empty() {
            self.wrapped("", self.say(Label::NothingToDo));
        }
        for (position, action) in self.view.actions.iter().take(FIRST).enumerate() {
            let mut what = format!("{}. {}", position + 1, action.what);
            if let Some(amount) = &action.amount {
                what = format!("{what}: {}", amount.shown);
            }
            self.wrapped("", &what);
            self.wrapped("   ", &action.step);
            let mut who = action.who.to_owned();
            if let Some(deadline) = &action.deadline {
                who = format!("{who}, {}: {deadline}", self.say(Label::Deadline));
            }
            self.wrapped("   ", &format!("({who})"));
        }
    }

    fn changes(&mut self) {
        let view = self.view;
        if view.changes.is_empty() {
            return;
        }
        self.heading(Label::WhatChanged);
        for change in view.changes.iter().take(CHANGED) {
            let short = changes::shortened(change, CHANGES, view.language);
            self.wrapped("", &short.title);
            for line in changes::lines(&short) {
                let indent = " ".repeat(line.len() - line.trim_start().len());
                self.wrapped(&indent, &line);
            }
        }
        for change in view.changes.iter().skip(CHANGED).take(LINES) {
            self.wrapped("", &changes::brief(change));
        }
        self.more(Label::MoreChanges, view.changes.len(), CHANGED + LINES);
    }

    fn severities(&mut self) {
        let view = self.view;
        if view.breaks.is_empty() {
            return;
        }
        self.heading(Label::BreaksBySeverity);
        let mut rows = vec![vec![
            self.say(Label::SeverityColumn).to_owned(),
            self.say(Label::Count).to_owned(),
            self.say(Label::AtRisk).to_owned(),
        ]];
        rows.extend(view.by_severity.iter().map(|group| {
            vec![
                group.label.to_owned(),
                group.count_shown.clone(),
                group.at_risk.shown.clone(),
            ]
        }));
        self.table(&rows);
    }

    fn breaks(&mut self) {
        let stuck = Bucket::Break(BreakKind::StuckPending);
        let view = self.view;
        let all = view.breaks.iter().filter(|line| line.kind != stuck).count();
        let lines: Vec<&BreakView> = featured(&view.breaks, view.breaks.len())
            .into_iter()
            .filter(|line| line.kind != stuck)
            .take(BREAKS)
            .collect();
        for line in &lines {
            self.blank();
            self.one_break(line);
        }
        if all > lines.len() {
            self.blank();
        }
        self.more(Label::MoreBreaks, all, lines.len());
    }

    fn one_break(&mut self, line: &BreakView) {
        self.wrapped(
            "",
            &format!(
                "[{}] {} · {} ({})",
                line.severity_label, line.title, line.at_risk.shown, line.exposure_label
            ),
        );
        self.wrapped("  ", &line.reason);
        let mut step = format!("{} ({})", line.step, line.who);
        if let Some(deadline) = &line.deadline {
            step = format!("{step} {}: {deadline}", self.say(Label::Deadline));
        }
        self.wrapped("  ", &step);
        let mut place = format!(
            "{} · {} · {} · {}",
            line.id, line.channel, line.date, line.key
        );
        if let Some(row) = &line.place {
            place = format!("{place} · {row}");
        }
        self.wrapped("  ", &place);
    }

    /// One line per date of a range.
    fn grid(&mut self) {
        let Some(range) = &self.view.range else {
            return;
        };
        self.heading(Label::ByDate);
        let heads = [
            Label::BusinessDate,
            Label::State,
            Label::Matched,
            Label::Breaks,
            Label::AtRisk,
        ];
        let mut rows = vec![heads.map(|label| self.say(label).to_owned()).to_vec()];
        rows.extend(range.dates.iter().take(DATES).map(|day| {
            let known = |text: &str| match day.known {
                true => text.to_owned(),
                false => "–".to_owned(),
            };
            vec![
                day.date.clone(),
                day.state_label.clone(),
                known(&day.matched_shown),
                known(&day.breaks_shown),
                match day.known {
                    true => day.at_risk.shown.clone(),
                    false => self.say(Label::NotKnown).to_owned(),
                },
            ]
        }));
        for line in table(&rows, 2) {
            self.line(&line);
        }
        self.more(Label::MoreRows, range.dates.len(), DATES);
    }

    /// The dates of a range that have something to say.
    fn sections(&mut self) {
        let Some(range) = &self.view.range else {
            return;
        };
        let language = self.view.language;
        let telling = range.dates.iter().filter(|day| day.tells).count();
        for day in dates::gravest(&range.dates, DATES) {
            let title = format!("{} · {}", day.date, day.state_label).to_uppercase();
            self.blank();
            self.line(&title);
            self.line(&"-".repeat(width(&title)));
            for result in &day.results {
                self.result_line(result);
            }
            let (short, more) = dates::shortened(day, PER_DATE, language);
            for line in &short.listed {
                self.blank();
                self.one_break(line);
            }
            if let Some(more) = more {
                self.blank();
                self.wrapped("", &more);
            }
            for change in &day.changes {
                let short = changes::shortened(change, PER_DATE, language);
                self.blank();
                self.wrapped("", &short.title);
                for line in changes::lines(&short) {
                    let indent = " ".repeat(line.len() - line.trim_start().len());
                    self.wrapped(&indent, &line);
                }
            }
        }
        if telling > DATES {
            self.blank();
        }
        self.more(Label::MoreDates, telling, DATES);
    }

    fn result_line(&mut self, result: &DayView) {
        let mut parts = vec![result.channel.clone(), result.state_label.to_owned()];
        if result.known {
            parts.push(format!(
                "{} {}",
                self.say(Label::Matched),
                result.matched.entries_shown
            ));
            let side = |label, side: &TallyView| {
                format!(
                    "{} {} · {}",
                    self.say(label),
                    side.entries_shown,
                    side.amount.shown
                )
            };
            parts.push(side(Label::Settlement, &result.settlement));
            parts.push(side(Label::Ledger, &result.ledger));
            for (label, figure) in [
                (Label::Breaks, &result.breaks_shown),
                (Label::AtRisk, &result.risk.total.shown),
            ] {
                parts.push(format!("{} {figure}", self.say(label)));
            }
        }
        parts.extend(result.state_note.clone());
        if result.rejected > 0 {
            parts.push(format!(
                "{} {}",
                self.say(Label::RejectedRows),
                result.rejected
            ));
        }
        self.wrapped("", &parts.join(" · "));
    }

    fn pendings(&mut self) {
        let stuck = Bucket::Break(BreakKind::StuckPending);
        let lines: Vec<&BreakView> = self
            .view
            .pendings
            .iter()
            .filter(|line| line.kind == stuck)
            .collect();
        if lines.is_empty() {
            return;
        }
        self.heading(Label::Pendings);
        for line in lines.iter().take(BREAKS) {
            let since = line.since.as_deref().unwrap_or("");
            self.wrapped(
                "",
                &format!(
                    "{} · {since} · {} · {}",
                    line.value.shown, line.age, line.id
                ),
            );
            self.wrapped("  ", &format!("{} · {}", line.channel, line.key));
            self.wrapped("  ", &line.windows);
        }
        self.wrapped("", self.say(Label::DoEscalate));
        self.more(Label::MoreRows, lines.len(), BREAKS);
    }

    fn paragraphs(&mut self, title: Label, sentences: &[String]) {
        if sentences.is_empty() {
            return;
        }
        self.heading(title);
        for sentence in sentences.iter().take(LINES) {
            self.wrapped("", sentence);
        }
    }

    fn totals(&mut self) {
        let view = self.view;
        self.heading(Label::Totals);
        if view.range.is_some() {
            self.channel_totals();
            return;
        }
        if view.compact {
            self.compact_totals();
            return;
        }
        for day in view.days.iter().take(LINES) {
            let mut title = format!("{} · {} · {}", day.channel, day.date, day.state_label);
            if day.revision > 1 {
                title = format!("{title} · {}", day.change);
            }
            self.wrapped("", &title);
            if let Some(note) = &day.state_note {
                self.wrapped("  ", note);
            }
            if !day.known {
                continue;
            }
            let mut rows = vec![vec![
                String::new(),
                self.say(Label::Settlement).to_owned(),
                String::new(),
                self.say(Label::Ledger).to_owned(),
                String::new(),
            ]];
            rows.extend(day.buckets.iter().map(|bucket| {
                vec![
                    format!("  {}", bucket.label),
                    bucket.settlement.entries_shown.clone(),
                    bucket.settlement.amount.shown.clone(),
                    bucket.ledger.entries_shown.clone(),
                    bucket.ledger.amount.shown.clone(),
                ]
            }));
            rows.push(vec![
                format!("  {}", self.say(Label::Total)),
                day.settlement.entries_shown.clone(),
                day.settlement.amount.shown.clone(),
                day.ledger.entries_shown.clone(),
                day.ledger.amount.shown.clone(),
            ]);
            self.table(&rows);
        }
        self.more(Label::MoreRows, view.days.len(), LINES);
        self.tolerances();
    }

    fn tolerances(&mut self) {
        for sentence in self.view.tolerances.iter().take(LINES) {
            self.wrapped("", sentence);
        }
    }

    fn channel_totals(&mut self) {
        let view = self.view;
        for total in view.range.iter().flat_map(|range| &range.channels) {
            self.line(&format!("{} · {}", total.channel, total.coverage));
            let side = |label, side: &TallyView| {
                vec![
                    format!("  {}", self.say(label)),
                    side.entries_shown.clone(),
                    side.amount.shown.clone(),
                ]
            };
            self.table(&[
                side(Label::Settlement, &total.settlement),
                side(Label::Ledger, &total.ledger),
                vec![
                    format!("  {}", self.say(Label::Breaks)),
                    total.breaks_shown.clone(),
                    total.at_risk.shown.clone(),
                ],
            ]);
        }
        self.tolerances();
    }

    /// One line per channel and date.
    fn compact_totals(&mut self) {
        let view = self.view;
        let mut rows = vec![
            [
                Label::BusinessDate,
                Label::Channel,
                Label::State,
                Label::Breaks,
                Label::AtRisk,
            ]
            .map(|label| self.say(label).to_owned())
            .to_vec(),
        ];
        rows.extend(view.days.iter().take(COMPACT_LINES).map(|day| {
            let breaks = if day.known { &day.breaks_shown } else { "–" };
            vec![
                day.date.clone(),
                day.channel.clone(),
                day.state_label.to_owned(),
                breaks.to_owned(),
                day.risk.total.shown.clone(),
            ]
        }));
        for line in table(&rows, 3) {
            self.line(&line);
        }
        self.more(Label::MoreRows, view.days.len(), COMPACT_LINES);
        self.tolerances();
    }

    fn files(&mut self) {
        let view = self.view;
        self.heading(Label::FilesTitle);
        let brief = &view.files_in_brief;
        for file in brief.shown.iter().take(LINES) {
            let parts = [
                file.state_label.as_str(),
                &file.channel,
                &file.date,
                &file.name,
                &file.received,
                &file.note,
                &file.source,
            ];
            let shown: Vec<&str> = parts
                .into_iter()
                .filter(|part| !part.is_empty() && *part != "–")
                .collect();
            self.wrapped("", &shown.join(" · "));
        }
        self.more(Label::MoreRows, brief.shown.len(), LINES);
        if let Some(others) = &brief.others {
            let all = self.say(Label::FilesInWorkbook);
            self.wrapped("", &format!("{others} {all}"));
        }
    }

    fn rejected(&mut self) {
        let view = self.view;
        if view.rejected.is_empty() {
            return;
        }
        self.heading(Label::RejectedRows);
        for line in view.rejected.iter().take(BREAKS) {
            self.wrapped(
                "",
                &format!(
                    "{} · {} {} · {}: {} “{}”",
                    line.file,
                    self.say(Label::Row),
                    line.row,
                    line.column,
                    line.reason,
                    line.value
                ),
            );
        }
        self.more(Label::MoreRows, view.rejected.len(), BREAKS);
    }

    fn roll_forward(&mut self) {
        if !self.view.roll.iter().any(|roll| roll.moved) {
            return;
        }
        self.heading(Label::RollForward);
        for roll in self.view.roll.iter().filter(|roll| roll.moved) {
            self.line(&roll.channel);
            let rows: Vec<Vec<String>> = roll
                .lines
                .iter()
                .filter(|line| line.told)
                .map(|line| {
                    vec![
                        format!("  {}", line.label),
                        line.count_shown.clone(),
                        line.amount.shown.clone(),
                    ]
                })
                .collect();
            self.table(&rows);
        }
    }

    fn trend(&mut self) {
        let Some(trend) = &self.view.trend else {
            return;
        };
        self.title(&trend.title);
        let heads = [
            Label::BusinessDate,
            Label::State,
            Label::Breaks,
            Label::AtRisk,
        ];
        let mut rows = vec![heads.map(|label| self.say(label).to_owned()).to_vec()];
        rows.extend(trend.lines.iter().map(|line| {
            let cells = [&line.date, &line.state_label, &line.breaks_shown];
            let mut row: Vec<String> = cells.map(String::clone).to_vec();
            row.push(line.at_risk.clone());
            row
        }));
        for line in table(&rows, 2) {
            self.line(&line);
        }
        self.wrapped("", trend.note.unwrap_or_default());
    }

    fn ageing(&mut self) {
        let ageing = &self.view.ageing;
        self.heading(Label::Ageing);
        if ageing.total.count == 0 {
            self.wrapped("", self.say(Label::NoOpenItems));
            return;
        }
        let mut rows = vec![vec![
            self.say(Label::Age).to_owned(),
            self.say(Label::Count).to_owned(),
            self.say(Label::Amount).to_owned(),
        ]];
        for line in ageing.classes.iter().chain([&ageing.total]) {
            rows.push(vec![
                line.label.to_owned(),
                line.count_shown.clone(),
                line.amount.shown.clone(),
            ]);
        }
        self.table(&rows);
        self.line(&format!("{}:", self.say(Label::AtRisk)));
        let mut rows = vec![vec![self.say(Label::Age).to_owned()]];
        rows[0].extend(
            ageing
                .total
                .at_risk()
                .map(|(label, _)| self.say(label).to_owned()),
        );
        for line in ageing.classes.iter().chain([&ageing.total]) {
            let mut row = vec![line.label.to_owned()];
            row.extend(line.at_risk().map(|(_, amount)| amount.shown.clone()));
            rows.push(row);
        }
        self.table(&rows);
        if !ageing.oldest.is_empty() {
            self.line(&format!("{}:", self.say(Label::OldestOpen)));
        }
        for item in &ageing.oldest {
            self.wrapped(
                "  ",
                &format!(
                    "{} · {} · {} · {} · {}",
                    item.value.shown, item.kind_label, item.id, item.channel, item.age
                ),
            );
        }
    }
}
