//! What a run takes up by itself, and what it says of it: laws 5 and 6, and that results speak of the
//! items as they are.

use std::collections::BTreeSet;

use rekon::domain::outcome::{BreakKind, Item};
use rekon::run::Run;

use super::model::{Day, Model, State, World};
use super::real::{Kept, Real};
use super::told;

fn is_open_break(item: &Item) -> bool {
    item.is_open() && item.break_kind().is_some()
}

impl Real {
    /// A run judges what it was asked for; a plain one also every other date on which an item is
    /// judged otherwise now.
    pub(super) fn are_taken_up(
        &self,
        world: &World,
        asked: Option<(Day, Day)>,
        now: &Model,
        judged: &[Day],
    ) {
        if let Some((from, to)) = asked {
            assert_eq!(
                judged,
                (from..=to).collect::<Vec<_>>(),
                "the dates asked for"
            );
            return;
        }
        let planned = now.plan(world);
        let left = planned.iter().find(|day| !judged.contains(day));
        assert_eq!(left, None, "a date that is to be taken up: {judged:?}");
        for day in judged.iter().filter(|day| !planned.contains(day)) {
            let seen = now.seen.get(day).map(|seen| seen.state);
            assert_eq!(seen, Some(State::Complete), "{day}: what moves on it?");
        }
    }

    /// The dates that the last run judged.
    pub(super) fn judged_last(&self) -> Vec<Day> {
        let dates = self.query(
            "SELECT business_date FROM dates WHERE run_id = \
             (SELECT id FROM runs ORDER BY rowid DESC LIMIT 1) ORDER BY business_date",
            |row| row.get::<_, String>(0),
        );
        let day = |date: &String| told::day(date.parse().expect("a date"));
        dates.iter().map(day).collect()
    }

    /// Law 5: what opens, opens again, changes or clears is told once, by the first run after it did,
    /// and what is told as open is what is open. Law 6: every report adds up.
    pub(super) fn is_told(&mut self, run: &Run) {
        let Some(judged) = run.judged.first() else {
            return;
        };
        let open: BTreeSet<String> = judged
            .anew
            .items
            .iter()
            .filter(|item| is_open_break(item))
            .map(|item| item.id.clone())
            .collect();
        let said = &run.statement;
        let set = |ids: &[String]| ids.iter().cloned().collect::<BTreeSet<_>>();
        let as_open = |open: bool| {
            let ids = self.told.iter().filter(move |(_, was)| **was == open);
            ids.map(|(id, _)| id.clone()).collect::<BTreeSet<String>>()
        };
        let (told_open, told_over) = (as_open(true), as_open(false));
        let new: BTreeSet<String> = open
            .iter()
            .filter(|id| !self.told.contains_key(*id))
            .cloned()
            .collect();
        assert_eq!(set(&said.opened), new, "law 5: opened");
        assert_eq!(
            set(&said.reopened),
            &open & &told_over,
            "law 5: opened again"
        );
        assert_eq!(set(&said.cleared), &told_open - &open, "law 5: cleared");
        assert!(set(&said.changed).is_subset(&told_open), "law 5: changed");
        assert_eq!(said.open_breaks(), open.len() as u64, "law 5: what is open");
        self.remember(open);

        let overview = run.overview.as_ref().expect("a report");
        for roll in &overview.roll {
            let of = |code: &str| {
                let line = roll.lines.iter().find(|line| line.code == code);
                let line = line.expect("a line");
                (line.count as i64, told::rupiah(line.amount.money))
            };
            let sum = |codes: &[&str]| {
                codes.iter().fold((0, 0), |sum, code| {
                    let (count, amount) = of(code);
                    (sum.0 + count, sum.1 + amount)
                })
            };
            let (came, went) = (
                sum(&["opening", "new"]),
                sum(&["cleared", "resolved", "written_off"]),
            );
            let left = (came.0 - went.0, came.1 - went.1);
            assert_eq!(left, of("closing"), "law 6: {}", roll.period);
        }
    }

    /// A run that was cut after it concluded has stored what it told, in the same commit.
    pub(super) fn is_told_by_the_cut(&mut self) {
        let breaks = BreakKind::ALL.map(|kind| format!("'{}'", kind.name()));
        let open = format!(
            "SELECT id FROM items WHERE standing = 'open' AND bucket IN ({})",
            breaks.join(", ")
        );
        let open = self.query(&open, |row| row.get(0));
        self.remember(open.into_iter().collect());
    }

    fn remember(&mut self, open: BTreeSet<String>) {
        self.told.values_mut().for_each(|is_open| *is_open = false);
        self.told.extend(open.into_iter().map(|id| (id, true)));
    }

    /// After a plain run the result of every date speaks of the items as they are.
    pub(super) fn results_agree_with_items(&self, world: &World, kept: &Kept) {
        for (day, seen) in &self.model.seen {
            if seen.state != State::Complete {
                continue;
            }
            let stored = told::outcome(&kept.outcomes[day]).items;
            assert_eq!(
                stored,
                self.model.outcome(world, *day).items,
                "items of {day}"
            );
        }
    }
}
