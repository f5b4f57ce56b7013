//! The pure engine under the same histories: what counts is handed to it, no file, no state.

use chrono_tz::Asia::Jakarta;
use proptest_state_machine::StateMachineTest;
use rekon::domain::entry::Side;
use rekon::domain::key::Spelling;
use rekon::domain::money::Money;
use rekon::domain::outcome::{DateState, Item};
use rekon::domain::statement::When;
use rekon::domain::status::{self, Kind};
use rekon::domain::time::Calendar;

use super::figures;
use super::hearing::Reader;
use super::model::{self, Day, Entry, Key, Model, Standing, State, Status, World, day_of};
use super::told::{self, instant};
use super::world::{History, Step, date};
use crate::matching::book::{self, Book, Row};

#[derive(Default)]
pub struct Pure {
    model: Model,
    book: Book,
    readers: Vec<Reader>,
}

impl StateMachineTest for Pure {
    type SystemUnderTest = Pure;
    type Reference = History;

    fn init_test(_: &World) -> Pure {
        Pure {
            readers: [When::Always, When::Breaks, When::Changes]
                .map(Reader::who_wants)
                .into(),
            ..Pure::default()
        }
    }

    fn apply(mut pure: Pure, world: &World, step: Step) -> Pure {
        pure.step(world, &step);
        pure
    }

    fn teardown(mut pure: Pure, world: World) {
        pure.run(&world, None);
    }
}

impl Pure {
    pub fn step(&mut self, world: &World, step: &Step) {
        match step {
            Step::Collect { .. } => self.model.collect(world),
            Step::Withdrawn(which) if !self.model.taken.is_empty() => {
                let which = which.index(self.model.taken.len());
                self.model.taken[which].2 = Standing::Withdrawn;
            }
            Step::Run { asked, cut: None } => self.run(world, *asked),
            // What is cut here leaves nothing behind.
            _ => {}
        }
    }

    fn run(&mut self, world: &World, asked: Option<(Day, Day)>) {
        self.model.collect(world);
        let days = match asked {
            None => self.model.plan(world),
            Some((from, to)) => (from..=to).collect(),
        };
        self.model.run(world, &days);
        let there = self.there(world, &days, 0);
        let dates: Vec<_> = days.iter().map(|day| date(*day)).collect();
        let judgement = self.book.run(&there, &dates);
        let modelled = figures::items(&self.model.findings(world));
        assert_eq!(told::items(&judgement.items), modelled, "the items");
        told::rolls_forward(&judgement.items, &modelled);
        for day in &days {
            let mut outcome = told::outcome(&judgement.outcomes[&date(*day)]);
            let expected = self.model.outcome(world, *day);
            // Which files there are is not its affair.
            (outcome.files, outcome.missing_parts) =
                (expected.files.clone(), expected.missing_parts.clone());
            assert_eq!(outcome, expected, "{day}");
        }
        for reader in &mut self.readers {
            reader.is_told(&judgement);
        }
        let other = self.there(world, &days, 1);
        let again = self.book.run(&other, &dates);
        let items = without_places(&judgement.items);
        assert_eq!(
            without_places(&again.items),
            items,
            "laws 1 and 4: rows shuffled, rerun"
        );
        for (date, outcome) in &judgement.outcomes {
            let again = &again.outcomes[date];
            assert_eq!(
                again.buckets, outcome.buckets,
                "laws 1 and 4: {date} shuffled, rerun"
            );
            assert_eq!(
                again.roll_forward, outcome.roll_forward,
                "laws 1 and 4: {date}"
            );
        }
        if asked.is_none() && self.model.is_current(world) {
            let all: Vec<Day> = self.model.seen.keys().copied().collect();
            let dates: Vec<_> = all.iter().map(|day| date(*day)).collect();
            let clean = Book::default().run(&self.there(world, &all, 2), &dates);
            let clean = without_places(&clean.items);
            assert_eq!(clean, items, "law 1: what came before decides nothing");
        }
    }

    /// The ledger, and the reports of these dates in some order, spread over some files.
    fn there(&self, world: &World, days: &[Day], turn: usize) -> book::World {
        let mut rules = book::rules(1, Spelling::Text);
        assert_eq!(rules.days.zone, Jakarta);
        rules.amount_tolerance = Money::from_sen(model::TOLERANCE * 100);
        rules.pending_sla = chrono::Duration::seconds(model::PENDING_SLA);
        rules.timing_grace = chrono::Duration::seconds(model::TIMING_GRACE);
        let mut rows: Vec<Row> = Vec::new();
        for day in days {
            let seen = &self.model.seen[day].rows;
            rows.extend(
                seen.iter()
                    .map(|(key, entry)| row(Side::Settlement, *day, *key, *entry)),
            );
        }
        for (at, row) in rows.iter_mut().enumerate() {
            row.file = ((at + turn) % 3) as u16;
        }
        if turn == 1 {
            rows.reverse();
        }
        let ledger = world.ledger.iter();
        rows.extend(ledger.map(|(key, entry)| row(Side::Ledger, day_of(entry.at), *key, *entry)));
        let state = |day: &Day| match self.model.seen[day].state {
            State::Complete => DateState::Complete,
            State::NotDue => DateState::NotDue,
            State::Incomplete => DateState::Incomplete,
            State::NotExpected => DateState::NotExpected,
        };
        book::World {
            rules,
            start: Some(date(model::START)),
            states: days.iter().map(|day| (date(*day), state(day))).collect(),
            rows,
            rejected: Default::default(),
            rejected_ledger: Default::default(),
            calendar: match world.rests.is_empty() {
                true => Calendar::EveryDay,
                false => Calendar::Weekdays,
            },
            as_of: instant(world.clock),
        }
    }
}

/// Where a row was read is the one thing that its order and its file do decide.
fn without_places(items: &[Item]) -> Vec<Item> {
    let mut items = items.to_vec();
    for item in &mut items {
        item.settlement
            .iter_mut()
            .for_each(|entry| entry.place = None);
    }
    items
}

fn row(side: Side, day: Day, key: Key, entry: Entry) -> Row {
    Row {
        side,
        date: date(day),
        at: instant(entry.at),
        key: vec![key.to_string()],
        amount: Money::from_sen(entry.amount * 100),
        fee: None,
        status: match entry.status {
            Status::Success => status::Status::Success,
            Status::Pending => status::Status::Pending,
            Status::Failed => status::Status::Failed,
        },
        kind: Kind::Payment,
        details: Default::default(),
        file: 0,
    }
}
