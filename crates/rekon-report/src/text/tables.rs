//! The lower half of the mail: totals, files, rejected rows, what stays open.

use super::Page;
use crate::columns::table;
use crate::days::TallyView;
use crate::labels::Label;

impl Page<'_> {
    pub(super) fn totals(&mut self) {
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
        for day in view.days.iter().take(self.most.lines) {
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
        self.more(Label::MoreRows, view.days.len(), self.most.lines);
        self.tolerances();
    }

    fn tolerances(&mut self) {
        for sentence in self.view.tolerances.iter().take(self.most.lines) {
            self.wrapped("", sentence);
        }
    }

    fn channel_totals(&mut self) {
        let view = self.view;
        let totals = view.range.as_ref().map_or(&[][..], |range| &range.channels);
        for total in totals.iter().take(self.most.channels) {
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
        self.more(Label::MoreRows, totals.len(), self.most.channels);
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
        rows.extend(view.days.iter().take(self.most.rows).map(|day| {
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
        self.more(Label::MoreRows, view.days.len(), self.most.rows);
        self.tolerances();
    }

    pub(super) fn files(&mut self) {
        let view = self.view;
        self.heading(Label::FilesTitle);
        let brief = &view.files_in_brief;
        for file in brief.shown.iter().take(self.most.lines) {
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
        self.more(Label::MoreRows, brief.shown.len(), self.most.lines);
        if let Some(others) = &brief.others {
            let all = self.say(Label::FilesInWorkbook);
            self.wrapped("", &format!("{others} {all}"));
        }
    }

    pub(super) fn rejected(&mut self) {
        let view = self.view;
        if view.rejected.is_empty() {
            return;
        }
        self.heading(Label::RejectedRows);
        for line in view.rejected.iter().take(self.most.breaks) {
            let row = line
                .row
                .map(|row| format!("{} {row} · ", self.say(Label::Row)));
            self.wrapped(
                "",
                &format!(
                    "{} · {}{}: {} “{}”",
                    line.file,
                    row.unwrap_or_default(),
                    line.column,
                    line.reason,
                    line.value
                ),
            );
        }
        self.more(Label::MoreRows, view.rejected.len(), self.most.breaks);
    }

    pub(super) fn roll_forward(&mut self) {
        if !self.view.roll.iter().any(|roll| roll.moved) {
            return;
        }
        self.heading(Label::RollForward);
        let view = self.view;
        let moved = || view.roll.iter().filter(|roll| roll.moved);
        for roll in moved().take(self.most.channels) {
            self.line(&format!("{}, {}", roll.channel, roll.period));
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
        self.more(Label::MoreRows, moved().count(), self.most.channels);
    }

    pub(super) fn trend(&mut self) {
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

    pub(super) fn ageing(&mut self) {
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
