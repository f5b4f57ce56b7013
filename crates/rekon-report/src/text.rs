//! The mail as plain text: a good mail by itself. Its size has a bound, as that of the HTML.

mod tables;

use super::breaks::BreakView;
use super::changes;
use super::columns::{aligned, table, width};
use super::dates;
use super::days::{DayView, TallyView};
use super::html;
use super::labels::{Label, fill};
use super::lines::Lines;
use super::view::ReportView;
use super::words;
use crate::domain::outcome::{BreakKind, Bucket};

const WIDTH: usize = 76;
/// Actions on the first screen.
const FIRST: usize = 5;
/// A mail that is read on a telephone; its HTML has the same bound.
const LIMIT: usize = html::LIMIT;

/// How many lines of each list stand in the mail; the workbook has all of them.
#[derive(Clone, Copy)]
struct Most {
    breaks: usize,
    lines: usize,
    /// Where each line is a row of a table.
    rows: usize,
    /// Changed results told in full.
    changed: usize,
    /// Breaks of one changed result, and rows of one file.
    changes: usize,
    /// Dates of a range, and breaks of each.
    dates: usize,
    per_date: usize,
    /// Channels of the totals and of the roll-forward.
    channels: usize,
    /// Characters of one text: what comes from outside has no length of its own.
    longest: usize,
}

/// From generous to bare, until the mail is small enough.
const MOST: [Most; 4] = [
    Most {
        breaks: 20,
        lines: 31,
        rows: 62,
        changed: 3,
        changes: 10,
        dates: 62,
        per_date: 3,
        channels: 40,
        longest: 2_000,
    },
    Most {
        breaks: 10,
        lines: 20,
        rows: 31,
        changed: 2,
        changes: 5,
        dates: 31,
        per_date: 2,
        channels: 12,
        longest: 600,
    },
    Most {
        breaks: 5,
        lines: 8,
        rows: 31,
        changed: 1,
        changes: 3,
        dates: 12,
        per_date: 1,
        channels: 6,
        longest: 300,
    },
    Most {
        breaks: 1,
        lines: 3,
        rows: 7,
        changed: 0,
        changes: 1,
        dates: 2,
        per_date: 1,
        channels: 2,
        longest: 120,
    },
];

/// The mail: with fewer lines of the long lists until it is small enough.
pub fn mail(view: &ReportView) -> String {
    let mut text = String::new();
    for most in MOST {
        text = page(view, most);
        if text.len() < LIMIT {
            break;
        }
    }
    text
}

fn page(view: &ReportView, most: Most) -> String {
    let mut page = Page {
        out: String::new(),
        view,
        most,
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
            page.elsewhere();
        }
        None => {
            page.changes();
            page.paragraphs(Label::Patterns, &view.patterns);
            page.severities();
            page.breaks();
            page.pendings();
        }
    }
    page.known_before();
    page.closed();
    page.cleared();
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

/// A break that is open no more.
fn moved_line(line: &BreakView) -> String {
    format!(
        "{} · {} · {} · {} · {}",
        line.id, line.kind_label, line.channel, line.date, line.value.shown
    )
}

/// A dot between two words stays with the first: no line begins with one.
fn words_of(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let breaks = |letter: char| letter.is_whitespace() && letter != '\u{a0}';
    for word in text.split(breaks).filter(|word| !word.is_empty()) {
        match words.last_mut() {
            Some(last) if word.starts_with(['·', ',']) => {
                last.push(' ');
                last.push_str(word);
            }
            _ => words.push(word.to_owned()),
        }
    }
    words
}

struct Page<'a> {
    out: String,
    view: &'a ReportView,
    most: Most,
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
        let cut: String;
        let text = match text.char_indices().nth(self.most.longest) {
            Some((end, _)) => {
                cut = format!("{}…", &text[..end]);
                &cut
            }
            None => text,
        };
        let mut line = String::from(indent);
        let mut empty = true;
        for word in words_of(text) {
            let word = word.as_str();
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
        let whose = match view.merchant.as_str() {
            "" => String::new(),
            merchant => format!("{merchant} · "),
        };
        let title = self.say(Label::ReportTitle);
        self.line(&format!("{whose}{title} · {}", view.period));
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
                who = format!("{who}, {} {deadline}", self.say(Label::DeadlineLead));
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
        for change in view.changes.iter().take(self.most.changed) {
            let short = changes::shortened(change, self.most.changes, view.language);
            self.wrapped("", &short.title);
            for line in changes::lines(&short) {
                let indent = " ".repeat(line.len() - line.trim_start().len());
                self.wrapped(&indent, &line);
            }
        }
        for change in view
            .changes
            .iter()
            .skip(self.most.changed)
            .take(self.most.lines)
        {
            self.wrapped("", &changes::brief(change));
        }
        self.more(
            Label::MoreChanges,
            view.changes.len(),
            self.most.changed + self.most.lines,
        );
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
        let all = view.fresh.items();
        let all = all.filter(|line| line.item.bucket != stuck).count();
        if all > 0 && !view.known_before.is_empty() {
            self.heading(Label::NewBreaks);
        }
        let lines = view
            .fresh
            .featured(self.most.breaks, |item| item.bucket != stuck);
        for line in &lines {
            self.blank();
            self.one_break(line);
        }
        if all > lines.len() {
            self.blank();
        }
        self.more(Label::MoreBreaks, all, lines.len());
    }

    /// New breaks of a range on dates that have no section.
    fn elsewhere(&mut self) {
        let lines = &self.view.elsewhere;
        if lines.is_empty() {
            return;
        }
        self.heading(Label::OnOtherDates);
        for line in lines.iter().take(self.most.breaks) {
            self.blank();
            self.one_break(&line);
        }
        self.more(Label::MoreRows, lines.len(), self.most.breaks);
    }

    fn known_before(&mut self) {
        self.brief_list(Label::OpenFromBefore, &self.view.known_before, |line| {
            format!(
                "[{}] {} · {} · {} · {} · {} · {}",
                line.severity_label,
                line.title,
                line.at_risk.shown,
                line.id,
                line.channel,
                line.date,
                line.age
            )
        });
    }

    /// With who closed it, when and why.
    fn closed(&mut self) {
        self.brief_list(Label::ClosedByPeople, &self.view.closed, |line| {
            let said = line.closed.as_deref().unwrap_or_default();
            format!("{} · {said}", moved_line(line))
        });
    }

    fn cleared(&mut self) {
        self.brief_list(Label::ClearedBreaks, &self.view.cleared, moved_line);
    }

    fn brief_list(&mut self, title: Label, lines: &Lines, said: impl Fn(&BreakView) -> String) {
        if lines.is_empty() {
            return;
        }
        self.heading(title);
        for line in lines.iter().take(self.most.lines) {
            self.wrapped("", &said(&line));
        }
        self.more(Label::MoreRows, lines.len(), self.most.lines);
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
            step = format!("{step} {} {deadline}", self.say(Label::DeadlineLead));
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
        rows.extend(range.dates.iter().take(self.most.dates).map(|day| {
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
        self.more(Label::MoreRows, range.dates.len(), self.most.dates);
    }

    /// The dates of a range that have something to say.
    fn sections(&mut self) {
        let Some(range) = &self.view.range else {
            return;
        };
        let language = self.view.language;
        let telling = range.dates.iter().filter(|day| day.tells).count();
        for day in dates::gravest(&range.dates, self.most.dates) {
            let title = format!("{} · {}", day.date, day.state_label).to_uppercase();
            self.blank();
            self.line(&title);
            self.line(&"-".repeat(width(&title)));
            for result in &day.results {
                self.result_line(result);
            }
            let (short, more) = dates::shortened(day, self.most.per_date, language);
            for line in short.listed.iter() {
                self.blank();
                self.one_break(&line);
            }
            if let Some(more) = more {
                self.blank();
                self.wrapped("", &more);
            }
            for change in &day.changes {
                let short = changes::shortened(change, self.most.per_date, language);
                self.blank();
                self.wrapped("", &short.title);
                for line in changes::lines(&short) {
                    let indent = " ".repeat(line.len() - line.trim_start().len());
                    self.wrapped(&indent, &line);
                }
            }
        }
        if telling > self.most.dates {
            self.blank();
        }
        self.more(Label::MoreDates, telling, self.most.dates);
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
        let stuck = self.view.fresh.only(|line| line.item.bucket == stuck);
        let all = stuck.len();
        if all == 0 {
            return;
        }
        self.heading(Label::Pendings);
        for line in stuck.iter().take(self.most.breaks) {
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
        self.more(Label::MoreRows, all, self.most.breaks);
    }

    fn paragraphs(&mut self, title: Label, sentences: &[String]) {
        if sentences.is_empty() {
            return;
        }
        self.heading(title);
        for sentence in sentences.iter().take(self.most.lines) {
            self.wrapped("", sentence);
        }
    }
}
