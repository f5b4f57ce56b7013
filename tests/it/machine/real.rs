//! The real run: a configuration, a folder, an archive, a state and a ledger in a directory, driven
//! in this process and read back from what is stored.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::future::{Future, poll_fn};
use std::path::{Path, PathBuf};
use std::task::Poll;
use std::time::{Duration, Instant};

use proptest_state_machine::StateMachineTest;
use rekon::config::{self, Config};
use rekon::database::Database;
use rekon::domain::outcome::{Item, Outcome};
use rekon::run::{Effect, Mailing, Period, Request, Sources, Stop};
use rekon::store::{ItemState, Store, StoredItem};
use rusqlite::Connection;
use tempfile::TempDir;

use super::figures;
use super::model::{self, Day, Entry, File, Key, Model, Standing, State, Status, World};
use super::told::{self, instant};
use super::world::{CutAt, History, Step, date};

pub struct Real {
    dir: TempDir,
    config: Config,
    ledger: Connection,
    booked: BTreeMap<Key, Entry>,
    lying: BTreeMap<String, File>,
    pub(super) model: Model,
    /// Runs started; no two begin at the same instant.
    started: i64,
    revisions: BTreeMap<(String, i64), String>,
    /// What the runs said of breaks, by id, and whether as open; `None` after a run that was cut.
    pub(super) told: BTreeMap<String, bool>,
    pub cuts: Vec<Cut>,
}

/// What a run that was cut had done by then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// It may have taken in some files.
    ConcludedNothing,
    ConcludedAll,
}

/// What is concluded, as it stands in the state: everything but who wrote it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Concluded {
    dates: Vec<String>,
    groups: Vec<String>,
    /// Totals and items of each revision.
    pub(super) results: BTreeMap<(String, i64), String>,
    items: Vec<String>,
}

/// What the state holds after a run, read back.
pub(super) struct Kept {
    items: Vec<StoredItem>,
    pub(super) outcomes: BTreeMap<Day, Outcome>,
}

impl StateMachineTest for Real {
    type SystemUnderTest = Real;
    type Reference = History;

    fn init_test(world: &World) -> Real {
        Real::new(world)
    }

    fn apply(mut real: Real, world: &World, step: Step) -> Real {
        real.step(world, &step);
        real
    }

    fn teardown(mut real: Real, world: World) {
        real.step(
            &world,
            &Step::Run {
                asked: None,
                cut: None,
            },
        );
        real.verified();
    }
}

impl Real {
    pub fn new(world: &World) -> Real {
        let memory = Path::new("/dev/shm");
        let mut builder = tempfile::Builder::new();
        builder.prefix("rekon-machine-");
        // Nothing here is to survive a power cut.
        let dir = match memory.is_dir() {
            true => builder.tempdir_in(memory),
            false => builder.tempdir(),
        };
        let dir = dir.expect("a temporary directory");
        let write =
            |name: &str, text: &str| fs::write(dir.path().join(name), text).expect("a file");
        fs::create_dir(dir.path().join("inbox")).expect("the inbox");
        write("rekon.toml", &configuration(world));
        write("partner.toml", PROFILE);
        let config = config::load(&dir.path().join("rekon.toml")).expect("a configuration");
        let ledger = Connection::open(dir.path().join("ledger.db")).expect("a ledger");
        ledger
            .execute_batch(
                "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; CREATE TABLE payments \
                 (ref_id TEXT PRIMARY KEY, amount INTEGER, status TEXT, created_at TEXT)",
            )
            .expect("its table");
        Real {
            dir,
            config,
            ledger,
            booked: BTreeMap::new(),
            lying: BTreeMap::new(),
            model: Model {
                said: Some(BTreeMap::new()),
                ..Model::default()
            },
            started: 0,
            revisions: BTreeMap::new(),
            told: BTreeMap::new(),
            cuts: Vec::new(),
        }
    }

    pub fn step(&mut self, world: &World, step: &Step) {
        self.happen(world);
        match step {
            Step::Run { asked, cut } => self.run(world, *asked, *cut),
            Step::Collect { cut } => self.collect(world, *cut),
            Step::Withdrawn(which) => {
                let counts = self.model.taken.iter().enumerate();
                let counts = counts.filter(|(_, taken)| taken.2 == Standing::Counts);
                let counts: Vec<usize> = counts.map(|(at, _)| at).collect();
                if !counts.is_empty() {
                    self.withdraw(world, *which.get(&counts));
                }
            }
            _ => {}
        }
    }

    /// Brings folder and ledger to what the world says.
    fn happen(&mut self, world: &World) {
        for (name, file) in &world.inbox {
            if self.lying.get(name) != Some(file) {
                let path = self.dir.path().join("inbox").join(name);
                fs::write(&path, text(file)).expect("a report");
                fs::File::options()
                    .append(true)
                    .open(&path)
                    .and_then(|opened| opened.set_modified(instant(file.written).into()))
                    .expect("its time");
                self.lying.insert(name.clone(), file.clone());
            }
        }
        if self.booked != world.ledger {
            self.ledger
                .execute_batch("DELETE FROM payments")
                .expect("an empty ledger");
            for (key, entry) in &world.ledger {
                let at = instant(entry.at).format("%Y-%m-%d %H:%M:%S").to_string();
                let row = (key.to_string(), entry.amount, name(entry.status), at);
                self.ledger
                    .execute("INSERT INTO payments VALUES (?1, ?2, ?3, ?4)", row)
                    .expect("a payment");
            }
            self.booked = world.ledger.clone();
        }
    }

    /// Whether a run is to be cut, asked each time it would be resumed.
    fn cutting<'a>(
        &'a self,
        cut: Option<CutAt>,
        before: &'a Concluded,
    ) -> impl FnMut() -> bool + 'a {
        let mut resumed = 0;
        move || match cut {
            None => false,
            Some(CutAt::Resumed(times)) => {
                resumed += 1;
                resumed > times
            }
            Some(CutAt::Stored) => self.concluded() != *before,
        }
    }

    fn now(&mut self, world: &World) -> chrono::DateTime<chrono::Utc> {
        self.started += 1;
        instant(world.clock) + chrono::Duration::microseconds(self.started)
    }

    fn collect(&mut self, world: &World, cut: Option<CutAt>) {
        let before = self.concluded();
        let now = self.now(world);
        let cut = self.cutting(cut, &before);
        let ended = drive(rekon::run::collect(&self.config, &[], now), cut);
        match ended {
            Some(collection) => {
                let failed = collection.expect("what was collected").failed;
                assert!(failed.is_empty(), "{failed:?}");
                self.model.collect(world);
            }
            None => self.abandoned(),
        }
        self.taken(world);
        assert_eq!(self.concluded(), before, "collecting concludes nothing");
    }

    fn withdraw(&mut self, world: &World, at: usize) {
        let now = self.now(world);
        let id = at as i64 + 1;
        let file = drive(rekon::run::withdraw(&self.config, id, "wrong", now), || {
            false
        });
        let file = file.expect("an end").expect("a file withdrawn");
        assert_eq!(
            file.map(|file| file.name).as_ref(),
            Some(&self.model.taken[at].0)
        );
        self.model.taken[at].2 = Standing::Withdrawn;
    }

    fn request(&self, world: &World, asked: Option<(Day, Day)>, sources: Sources) -> Request {
        Request {
            period: asked.map_or(Period::CatchUp, |(from, to)| Period::Dates {
                from: date(from),
                to: date(to),
            }),
            channels: vec!["partner".to_owned()],
            as_of: instant(world.clock),
            sources,
            effect: Effect::Store,
            mailing: Mailing::OnChange,
            patience: Duration::ZERO,
            stop: Stop::default(),
        }
    }

    fn run(&mut self, world: &World, asked: Option<(Day, Day)>, cut: Option<CutAt>) {
        let before = self.concluded();
        let request = self.request(world, asked, Sources::Collect);
        let now = self.now(world);
        let cut = self.cutting(cut, &before);
        let ended = drive(rekon::run::run(&self.config, &request, now), cut);
        let mut after = self.model.clone();
        after.collect(world);
        let Some(run) = ended else {
            self.abandoned();
            self.taken(world);
            if self.concluded() == before {
                self.cuts.push(Cut::ConcludedNothing);
                return;
            }
            self.cuts.push(Cut::ConcludedAll);
            self.is_told_by_the_cut();
            let days = self.judged_last();
            self.are_taken_up(world, asked, &after, &days);
            after.run(world, &days);
            self.model = after;
            let kept = self.kept(&days);
            self.is_concluded(world, &days, &before, &kept);
            return;
        };
        let run = run.expect("a run");
        assert!(run.failed.is_empty(), "{:?}", run.failed);
        let judged = run
            .judged
            .iter()
            .map(|judged| told::day(judged.outcome.business_date));
        let days: Vec<Day> = judged.collect();
        self.are_taken_up(world, asked, &after, &days);
        after.run(world, &days);
        self.model = after;
        self.taken(world);
        for judged in &run.judged {
            let of = told::day(judged.outcome.business_date);
            assert_eq!(
                told::outcome(&judged.outcome),
                self.model.outcome(world, of),
                "{of}"
            );
        }
        let modelled = figures::items(&self.model.findings(world));
        let kept = self.kept(&days);
        if !run.judged.is_empty() {
            let standing = kept.items.iter().filter(|one| !one.is_gone());
            let items: Vec<Item> = standing.map(|one| one.item.clone()).collect();
            assert_eq!(told::items(&items), modelled, "the items");
            told::rolls_forward(&items, &modelled);
        }
        self.is_concluded(world, &days, &before, &kept);
        self.is_told(&run);
        if asked.is_none() {
            self.results_agree_with_items(world, &kept);
        }
        if asked.is_none() && self.model.is_current(world) {
            let mut clean = self.model.clone();
            let all: Vec<Day> = clean.seen.keys().copied().collect();
            clean.seen.clear();
            clean.said = Some(BTreeMap::new());
            clean.run(world, &all);
            assert_eq!(
                modelled,
                figures::items(&clean.findings(world)),
                "law 1: a clean pass"
            );
        }
        self.again(world, asked);
    }

    /// Law 1: the same run again changes nothing.
    fn again(&mut self, world: &World, asked: Option<(Day, Day)>) {
        let before = self.concluded();
        let request = self.request(world, asked, Sources::LeaveAlone);
        let now = self.now(world);
        let run = drive(rekon::run::run(&self.config, &request, now), || false);
        let run = run.expect("an end").expect("a run");
        let news = run
            .judged
            .iter()
            .filter(|judged| judged.comparison.is_news());
        assert_eq!(news.count(), 0, "law 1: a rerun has no news");
        self.is_told(&run);
        let said = &run.statement;
        let fresh = [&said.opened, &said.reopened, &said.changed, &said.cleared];
        assert!(fresh.iter().all(|ids| ids.is_empty()), "law 5: {said:?}");
        assert_eq!(self.concluded(), before, "law 1: a rerun changes nothing");
    }

    /// What is stored after a run of these dates, on top of what was there before.
    fn is_concluded(&mut self, world: &World, days: &[Day], before: &Concluded, kept: &Kept) {
        let now = self.concluded();
        for (revision, outcome) in &before.results {
            assert_eq!(
                now.results.get(revision),
                Some(outcome),
                "an earlier revision"
            );
        }
        for of in days {
            let dated = date(*of).to_string();
            let newest = |results: &BTreeMap<(String, i64), String>| {
                let own = results.range((dated.clone(), 0)..=(dated.clone(), i64::MAX));
                own.last().map(|(revision, _)| revision.1)
            };
            let revision = newest(&now.results).expect("a result");
            let outcome = &kept.outcomes[of];
            assert_eq!(
                told::outcome(outcome),
                self.model.outcome(world, *of),
                "{of} as stored"
            );
            let earlier = newest(&before.results).unwrap_or(0);
            assert!(
                (earlier..=earlier + 1).contains(&revision),
                "{of}: {earlier}, {revision}"
            );
        }
        for (revision, outcome) in &now.results {
            let is_new = !before.results.contains_key(revision);
            let judged = days.iter().any(|day| date(*day).to_string() == revision.0);
            assert!(!is_new || judged, "{revision:?}: {outcome}");
        }
        let told = |state: ItemState| -> Vec<model::Item> {
            let own = kept.items.iter().filter(|one| one.state == state);
            let mut items: Vec<model::Item> = own.map(|one| told::item(&one.item)).collect();
            items.sort();
            items
        };
        let (open, cleared): (Vec<_>, Vec<_>) = figures::items(&self.model.findings(world))
            .into_iter()
            .partition(|item| item.cleared.is_none());
        if !days.is_empty() {
            assert_eq!(told(ItemState::Open), open, "open items as stored");
            let stored = told(ItemState::Cleared);
            for item in cleared {
                assert!(stored.contains(&item), "{item:?} is not among {stored:?}");
            }
        }
        for (of, seen) in &self.model.seen {
            let state = match seen.state {
                State::Complete => "complete",
                State::NotDue => "not_due",
                State::Incomplete => "incomplete",
                State::NotExpected => "not_expected",
            };
            let dated = format!("{} {state} ", date(*of));
            assert!(
                now.dates.iter().any(|line| line.starts_with(&dated)),
                "{dated}"
            );
        }
        assert_eq!(now.dates.len(), self.model.seen.len(), "{:?}", now.dates);
        self.revisions.extend(now.results.clone());
        assert_eq!(self.revisions, now.results, "revisions never vanish");
    }

    /// Files taken in are whole: of a collection that was cut, those up to some name.
    fn taken(&mut self, world: &World) {
        let mut whole = self.model.clone();
        whole.collect(world);
        let stored = self.files();
        let told: Vec<(String, String)> = whole
            .taken
            .iter()
            .map(|(name, file, standing)| {
                let state = match standing {
                    Standing::Counts => "counted",
                    Standing::Withdrawn => "withdrawn",
                };
                let covered = (file.slot.from..=file.slot.to).map(|day| {
                    let clamped = |at| model::day_of(at).clamp(file.slot.from, file.slot.to);
                    let rows = file.lines.iter().filter(|line| clamped(line.1.at) == day);
                    format!(" {}={}", date(day), rows.count())
                });
                (
                    name.clone(),
                    format!("{state}{}", covered.collect::<String>()),
                )
            })
            .collect();
        assert!(
            stored.len() >= self.model.taken.len(),
            "a file vanished: {stored:?}"
        );
        assert_eq!(stored[..], told[..stored.len()], "files taken in");
        whole.taken.truncate(stored.len());
        self.model = whole;
    }

    fn files(&self) -> Vec<(String, String)> {
        self.query(
            "SELECT name, state || (SELECT group_concat(' ' || business_date || '=' || entries, '') \
             FROM (SELECT * FROM coverage WHERE file_id = id ORDER BY business_date)) \
             FROM files ORDER BY id",
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
    }

    /// What is read back after a run: all items, and the newest results of these dates and of all that
    /// are known. The state is opened once for it.
    pub(super) fn kept(&self, days: &[Day]) -> Kept {
        let channel = &self.config.channels[0].name;
        let days: BTreeSet<Day> = days.iter().chain(self.model.seen.keys()).copied().collect();
        let kept = async {
            let store = Store::open(&Database::Sqlite(self.state())).await?;
            let mut outcomes = BTreeMap::new();
            for day in days {
                if let Some(last) = store.last_result(channel, date(day)).await? {
                    outcomes.insert(day, last.outcome);
                }
            }
            let items = store.items(None).await?;
            store.close().await;
            anyhow::Ok(Kept { items, outcomes })
        };
        drive(kept, || false).expect("an end").expect("a state")
    }

    pub(super) fn concluded(&self) -> Concluded {
        let text = |row: &rusqlite::Row<'_>| row.get(0);
        Concluded {
            dates: self.query(
                "SELECT business_date || ' ' || state || ' ' || knowledge || ' ' || \
                 ledger_fingerprint FROM dates ORDER BY 1",
                text,
            ),
            groups: self.query(
                "SELECT g.business_date || ' ' || g.key || ' ' || COALESCE(g.sums, '') || ' ' || \
                 COALESCE((SELECT group_concat(side || ordinal || at || amount || status) \
                 FROM entries e WHERE e.holder = g.channel || ' ' || g.business_date || ' ' || g.ordinal || ' ' || g.key), \
                 '') FROM key_groups g ORDER BY 1",
                text,
            ),
            results: self
                .query(
                    "WITH all_items AS (
                         SELECT id, since, 9999999 AS until, opened, last_date, standing, kind, bucket, \
                             cause, facts, value, at_risk, settlement_row FROM items
                         UNION ALL
                         SELECT id, since, until, opened, last_date, standing, kind, bucket, \
                             cause, facts, value, at_risk, settlement_row FROM past_items)
                     SELECT r.business_date, r.revision, r.outcome || COALESCE((
                         SELECT group_concat(id || standing || kind || bucket || cause || facts || \
                             value || ' ' || at_risk || ' ' || COALESCE(settlement_row, ''))
                         FROM (SELECT * FROM all_items WHERE since <= r.stamp AND until > r.stamp \
                             AND standing <> 'gone' AND opened <= r.business_date \
                             AND last_date >= r.business_date ORDER BY id)), '')
                     FROM results r",
                    |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)),
                )
                .into_iter()
                .collect(),
            items: self.query(
                "SELECT id || ' ' || identity || ' ' || since || ' ' || standing || ' ' || seal \
                 FROM items ORDER BY id",
                text,
            ),
        }
    }

    fn state(&self) -> PathBuf {
        self.dir.path().join("state.db")
    }

    /// Nothing where a run was cut before there was a table.
    pub(super) fn query<T>(
        &self,
        sql: &str,
        read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Vec<T> {
        if !self.state().exists() {
            return Vec::new();
        }
        let state = Connection::open(self.state()).expect("the state");
        let tables = "SELECT count(*) FROM sqlite_schema WHERE name = 'acts'";
        let tables: i64 = state
            .query_row(tables, [], |row| row.get(0))
            .expect("its schema");
        if tables == 0 {
            return Vec::new();
        }
        let mut statement = state.prepare(sql).expect("a query");
        let rows = statement.query_map([], read).expect("rows");
        rows.map(|row| row.expect("a row")).collect()
    }

    /// Waits until the abandoned run's connections are closed: its last statement may still end.
    /// Whoever closes the state last removes the journal.
    fn abandoned(&self) {
        let journal = self.dir.path().join("state.db-wal");
        let since = Instant::now();
        while journal.exists() {
            assert!(
                since.elapsed() < Duration::from_secs(30),
                "the state is still open"
            );
            std::thread::yield_now();
            self.files();
        }
    }

    pub fn verified(&self) {
        let verified = drive(rekon::run::verify(&self.config, None), || false);
        let verified = verified.expect("an end").expect("a chain");
        assert!(verified.faults.is_empty(), "{:?}", verified.faults);
    }
}

/// Drives a future to its end, or abandons it once it is to be cut: whatever it held is dropped where
/// it stands.
fn drive<T>(future: impl Future<Output = T>, mut cut: impl FnMut() -> bool) -> Option<T> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let mut future = Box::pin(future);
        poll_fn(|context| {
            if cut() {
                return Poll::Ready(None);
            }
            future.as_mut().poll(context).map(Some)
        })
        .await
    })
}

fn name(status: Status) -> &'static str {
    match status {
        Status::Success => "success",
        Status::Pending => "pending",
        Status::Failed => "failed",
    }
}

fn text(file: &File) -> String {
    let mut text = "time;ref_id;status;amount\n".to_owned();
    for (key, entry) in &file.lines {
        let at = instant(entry.at) + chrono::Duration::hours(7);
        let at = at.format("%Y-%m-%d %H:%M:%S");
        text += &format!("{at};{key};{};{}\n", name(entry.status), entry.amount);
    }
    text
}

fn configuration(world: &World) -> String {
    let calendar = match world.rests.is_empty() {
        true => "calendar = \"every-day\"",
        false => "calendar = \"working-days\"\nholidays = \"none\"",
    };
    format!(
        r#"
state    = "sqlite:state.db"
archive  = "archive"
catch_up = "{}d"

[ledger]
url = "sqlite:ledger.db"

[mail]
transport = "directory:mail"
from      = "Rekon <rekon@merchant.example>"

[[report]]
name     = "of-another-channel"
to       = ["finance@merchant.example"]
channels = ["quiet"]

[[channel]]
name             = "partner"
profile          = "partner.toml"
start            = "{}"
ledger_zone      = "UTC"
files_per_date   = "parts"
amount_tolerance = "{}"
{calendar}
ledger_query = """
SELECT ref_id, amount, status, created_at AS occurred_at
FROM payments WHERE created_at >= :from AND created_at < :to"""

[[channel.source]]
folder  = "inbox"
pattern = "*"

[[channel]]
name    = "quiet"
profile = "partner.toml"
ledger_query = "SELECT ref_id, amount, status, created_at AS occurred_at FROM payments WHERE created_at >= :from AND created_at < :to"
"#,
        world.catch_up,
        date(model::START),
        model::TOLERANCE,
    )
}

const PROFILE: &str = r#"
name = "partner"
summary = "Payments with a status"
money = "we-receive"

[defaults]
pending_sla = "2h"
calendar = "every-day"
due = "10:00"
files_per_date = "parts"

[file]
delimiter = ";"

[[field]]
name = "ref_id"
key = "text"
columns = ["ref_id"]

[amount]
columns = ["amount"]
number_style = "plain"

[time]
columns = ["time"]
zone = "Asia/Jakarta"

[status]
columns = ["status"]

[[status.map]]
codes = ["success"]
is = "success"

[[status.map]]
codes = ["pending"]
is = "pending"

[[status.map]]
codes = ["failed"]
is = "failed"

[slot]
file_name = [
  '_(?P<from>\d{8})-(?P<to>\d{8})',
  '_(?P<date>\d{8})',
  '_part(?P<part>\d)of(?P<parts>\d)',
]
"#;
