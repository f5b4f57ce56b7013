//! Retract, then apply: random histories against a model that is small enough to be believed.
//!
//! One machine invents what happens (`world`): reports that arrive, late, corrected, twice, in parts,
//! over several dates, with a header alone, withdrawn; a ledger that changes its mind; a clock; runs
//! of whatever is due, of one date, of a range, cut off at any point. The model (`model`: what was on
//! the desk, `judge`: what it amounts to, `figures`: how it adds up) says what has to be concluded,
//! and shares no line with the engine. After every run its dates, their states,
//! totals, buckets, items and roll-forward are the model's (laws 1 to 4 of reconciling: the model
//! knows neither what came before nor the order of rows nor their files), the same run again changes
//! nothing, and after a run that left nothing stale, so does a clean pass.
//!
//! Two systems play the histories:
//! - `pure`: the engine alone, ten thousand histories in seconds. Files and plans are the model's;
//!   rows are shuffled and spread over files at random; a run that is cut did not happen.
//! - `real`: the real run with its folder, archive, ledger and state, some hundreds. What is read
//!   back is what is stored: files with their coverage, the plan, results and their earlier
//!   revisions, items, the chain. Reports are not rendered. A cut run is dropped where it stands, as at a kill: afterwards the
//!   state is the one before or the one after, and the run that follows completes it. Where exactly
//!   a seed cuts depends on the scheduling of the database's thread; what it cuts does not.
//!
//! One key stands at most once in the ledger; fees, voids, splits, tolerance of fees, damaged keys
//! and key lifetimes are the affair of `laws`. `PROPTEST_CASES` sets the number of histories of each
//! test. Seeds of failures are kept in `machine.seeds` and are played first.

mod figures;
mod hearing;
mod judge;
mod model;
mod pure;
mod real;
mod telling;
mod told;
mod world;

use std::collections::BTreeSet;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, FileFailurePersistence, TestRunner};
use proptest_state_machine::{ReferenceStateMachine, prop_state_machine};

use model::{Entry, Key, Model, Rupiah, Second, Slot, Status, World};
use pure::Pure;
use real::{Cut, Real};
use world::{CutAt, History, Step};

use crate::bills;
use crate::harness::tries;

fn config(cases: u32) -> Config {
    Config {
        cases,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(
            "tests/it/machine.seeds",
        ))),
        max_shrink_iters: 4_000,
        ..Config::default()
    }
}

prop_state_machine! {
    #![proptest_config(config(10_240))]

    #[test]
    fn the_engine_concludes_what_the_model_does(sequential 4..24 => Pure);
}

prop_state_machine! {
    #![proptest_config(config(tries(96, 512) as u32))]

    #[test]
    fn the_real_run_concludes_what_the_model_does(sequential 4..24 => Real);
}

// Beside it, so that two cores share the work.
prop_state_machine! {
    #![proptest_config(config(tries(48, 256) as u32))]

    #[test]
    fn the_real_run_concludes_what_the_model_does_in_long_histories(sequential 16..32 => Real);
}

/// A machine that invents nothing worth playing would prove nothing.
#[test]
fn the_histories_come_to_everything_that_the_model_can_say() {
    let mut reached: BTreeSet<String> = BTreeSet::new();
    let mut runner = TestRunner::deterministic();
    for _ in 0..600 {
        let history = History::sequential_strategy(4..24).new_tree(&mut runner);
        let (mut world, steps, _) = history.expect("a history").current();
        let mut model = Model::default();
        for step in steps {
            world = History::apply(world, &step);
            let Step::Run { asked, .. } = step else {
                continue;
            };
            model.collect(&world);
            let days = match asked {
                None => model.plan(&world),
                Some((from, to)) => (from..=to).collect(),
            };
            let before = model.clone();
            model.run(&world, &days);
            for day in days {
                let outcome = model.outcome(&world, day);
                reached.insert(format!("{:?}", outcome.state));
                reached.extend(outcome.buckets.into_keys());
                reached.extend(outcome.items.iter().filter_map(|item| {
                    let cleared = item.cleared.filter(|on| *on != item.opened);
                    cleared.map(|_| format!("{} cleared later", item.bucket))
                }));
                if !outcome.missing_parts.is_empty() {
                    reached.insert("a part is missing".to_owned());
                }
                match before.seen.get(&day) {
                    None => {}
                    Some(seen) if *seen == model.seen[&day] => {
                        reached.insert("rerun".to_owned());
                    }
                    Some(seen) if seen.files != model.seen[&day].files => {
                        reached.insert("other files".to_owned());
                    }
                    Some(_) => {
                        reached.insert("another ledger".to_owned());
                    }
                }
            }
            if !model.is_current(&world) {
                reached.insert("stale dates".to_owned());
            }
        }
    }
    let expected = [
        "Complete",
        "Incomplete",
        "NotDue",
        "NotExpected",
        "a part is missing",
        "ambiguous_key",
        "amount_break",
        "another ledger",
        "awaiting",
        "duplicate",
        "matched",
        "matched_within_tolerance",
        "matched_within_tolerance cleared later",
        "missing_at_partner",
        "missing_in_ledger",
        "nothing_to_settle",
        "other files",
        "pending_within_sla",
        "rerun",
        "settled_while_pending",
        "stale dates",
        "status_break",
        "stuck_pending",
        "timing_differences",
        "timing_differences cleared later",
    ];
    let expected: BTreeSet<String> = expected.map(str::to_owned).into();
    assert_eq!(reached, expected);
}

/// Days 0 to 6 with a report of their own each, at eleven o'clock of day 4.
fn a_world(ledger: &[(Key, Entry)]) -> World {
    World {
        slots: Vec::new(),
        rests: BTreeSet::new(),
        catch_up: 14,
        inbox: Default::default(),
        told: Vec::new(),
        written: BTreeSet::new(),
        ledger: ledger.iter().copied().collect(),
        clock: 4 * model::A_DAY + 11 * 3600,
    }
}

/// Ten in the morning, and so many seconds.
fn paid(day: model::Day, second: Second, status: Status, amount: Rupiah) -> Entry {
    let at = day * model::A_DAY + 36_000 + second;
    Entry { at, status, amount }
}

fn report(day: model::Day, lines: &[(Key, Entry)]) -> Step {
    let slot = Slot {
        from: day,
        to: day,
        part: 0,
        parts: 0,
    };
    let lines = lines.to_vec();
    let (name, age) = (0, 0);
    Step::Arrives {
        slot,
        lines,
        name,
        age,
    }
}

fn run(cut: Option<CutAt>) -> Step {
    Step::Run { asked: None, cut }
}

/// Plays a history to its end, and what was cut of it.
fn played(mut world: World, steps: &[Step]) -> Vec<Cut> {
    let mut real = Real::new(&world);
    for step in steps {
        world = History::apply(world, step);
        real.step(&world, step);
    }
    real.verified();
    real.cuts
}

/// Four dates with a break, a timing difference and a missing report; then a correction, a late
/// report and a healed ledger, and the run that takes them up is cut.
fn healed_by_a_run_that_is_cut(at: CutAt) -> Vec<Cut> {
    let good = paid(1, 0, Status::Success, 50_000);
    let late = paid(1, 40_000, Status::Success, 70_000);
    let open = paid(2, 0, Status::Pending, 50_000);
    let dearer = Entry {
        amount: 50_300,
        ..good
    };
    let settled = Entry {
        status: Status::Success,
        ..open
    };
    let steps = [
        report(1, &[('A', paid(1, 0, Status::Success, 70_000))]),
        report(2, &[('B', late), ('C', settled)]),
        run(None),
        report(1, &[('A', dearer)]),
        report(3, &[]),
        Step::Status('C', Status::Success),
        run(Some(at)),
        run(None),
    ];
    played(a_world(&[('A', good), ('B', late), ('C', open)]), &steps)
}

#[test]
fn a_run_cut_at_any_point_concluded_nothing_or_all() {
    let mut cuts = Vec::new();
    // How often a run is resumed varies a little: every fifth point or all of them.
    let mut ended = 0;
    for times in (0..).step_by(tries(5, 1)) {
        let cut = healed_by_a_run_that_is_cut(CutAt::Resumed(times));
        ended = if cut.is_empty() { ended + 1 } else { 0 };
        cuts.extend(cut);
        if ended == tries(3, 10) {
            break;
        }
    }
    assert!(cuts.len() > 20, "only {} points to cut at", cuts.len());
    let stored = healed_by_a_run_that_is_cut(CutAt::Stored);
    assert_eq!(stored, [Cut::ConcludedAll]);
}

/// The machine found it: whether a pending row was superseded hung on whether the later success
/// found our entry, so that one payment we never booked stood as two breaks.
#[test]
fn a_pending_row_that_a_later_report_settles_is_no_break_of_its_own() {
    let steps = [
        report(1, &[('A', paid(1, 0, Status::Pending, 50_000))]),
        report(2, &[('A', paid(2, 0, Status::Success, 50_000))]),
        run(None),
    ];
    assert_eq!(played(a_world(&[]), &steps), []);
}

/// Two days without a payment give the same bytes, a header alone. The second file is there, and yet
/// its date stands as missing: a file is known by its bytes, whatever its name says it covers.
#[test]
fn a_second_day_without_payments_is_complete_too() {
    let workspace = bills::workspace("start = \"2026-11-16\"", &[]);
    for name in ["inbox/biller_20261116.csv", "inbox/biller_20261117.csv"] {
        bills::put(&workspace, name, bills::report(&[]), 60);
    }
    let as_of = "2026-11-18T11:00:00+07:00";
    let run = workspace.run(["run", "--as-of", as_of, "--json"]).exits(0);
    let states: Vec<String> = run.json()["results"]
        .as_array()
        .expect("results")
        .iter()
        .map(|result| result["state"].to_string())
        .collect();
    assert_eq!(states, ["\"complete\"", "\"complete\""]);
}

/// A header alone under a name that says no date is refused; the same bytes under a name that does
/// are a report.
#[test]
fn a_badly_named_empty_file_keeps_no_other_from_counting() {
    let workspace = bills::workspace("start = \"2026-11-17\"", &[]);
    bills::put(&workspace, "inbox/laporan.csv", bills::report(&[]), 60);
    let run = ["run", "--as-of", "2026-11-18T11:00:00+07:00"];
    workspace.run(run).exits(65);
    bills::put(
        &workspace,
        "inbox/biller_20261117.csv",
        bills::report(&[]),
        30,
    );
    let result = workspace
        .run(["run", "--as-of", run[2], "--json"])
        .exits(0)
        .json();
    assert_eq!(result["results"][0]["state"], "complete", "{result}");
    // It stays so, and a corrected one replaces it.
    bills::put(
        &workspace,
        "inbox/biller_20261117_2.csv",
        bills::report(&[("2026-11-17 09:00:00", "A1", 5_000)]),
        10,
    );
    let result = workspace
        .run(["run", "--as-of", run[2], "--json"])
        .exits(0)
        .json();
    assert_eq!(result["results"][0]["settlement"]["entries"], 1, "{result}");
}
