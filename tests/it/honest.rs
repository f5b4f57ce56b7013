//! Honest files must not be held: two thousand of them, of every kind that partners send, through the
//! real binary night by night. Whatever is admitted counts once and leaves no break.

mod days;
mod dress;
mod kinds;

use std::collections::BTreeMap;
use std::fs::File;
use std::time::{Duration, SystemTime};

use chrono::{Days, NaiveDate};
use serde_json::Value;

use crate::dice::Dice;
use crate::harness::Workspace;
use days::{FIRST, HOLIDAYS, LAST, day};
use kinds::{Arrival, KINDS, Kind, ROLLING};

const CONFIG: &str = r#"
state   = "sqlite:state.db"
archive = "archive"

[ledger]
url  = "sqlite:ledger.db"
load = "ledger.sql"

[mail]
transport = "directory:mail"
from      = "Rekon <rekon@merchant.example>"
"#;

struct Channel {
    name: String,
    kind: &'static Kind,
    payments: usize,
    arrivals: Vec<Arrival>,
}

/// Some channels of one merchant, their ledger and what their partners will send.
struct World {
    workspace: Workspace,
    channels: Vec<Channel>,
}

impl World {
    fn new(seed: u64, kinds: impl Iterator<Item = &'static Kind>) -> World {
        let mut dice = Dice(seed);
        let mut config = CONFIG.to_owned();
        let mut sql = "CREATE TABLE booked (channel, trx_id, amount, at TEXT);\n\
            CREATE INDEX by_at ON booked (channel, at);\n\
            CREATE INDEX by_id ON booked (channel, trx_id);\n"
            .to_owned();
        let mut workspace = Workspace::in_memory().file("holidays.txt", HOLIDAYS);
        let mut channels = Vec::new();
        for (number, kind) in kinds.enumerate() {
            let name = format!("c{number:02}");
            let rows = days::payments(kind.shop, number, &mut dice);
            for row in rows.iter().flat_map(|(_, rows)| rows) {
                let (id, amount, at) = (&row.id, row.amount, row.at);
                sql +=
                    &format!("INSERT INTO booked VALUES ('{name}', '{id}', {amount}, '{at}');\n");
            }
            config += &format!(
                "\n[[channel]]\nname = \"{name}\"\nprofile = \"{name}.toml\"\nstart = \"{}\"\n\
                 {}ledger_zone = \"Asia/Jakarta\"\nledger_query = \"\"\"\n\
                 SELECT trx_id, amount, 'success' AS status, at AS occurred_at FROM booked\n\
                 WHERE channel = '{name}' AND at >= :from AND at < :to\"\"\"\n\n\
                 [[channel.source]]\nfolder = \"inbox/{name}\"\npattern = \"*\"\n",
                day(FIRST),
                match kind.delivery.is_of_working_days() {
                    true => "holidays = \"holidays.txt\"\n",
                    false => "",
                }
            );
            workspace = workspace.file(&format!("{name}.toml"), kind.profile(&name));
            std::fs::create_dir_all(workspace.path().join("inbox").join(&name)).expect("an inbox");
            let mut arrivals = kinds::arrivals(kind, &rows, &mut dice);
            arrivals.sort_by_key(|file| file.on);
            channels.push(Channel {
                name,
                kind,
                payments: rows.iter().map(|(_, rows)| rows.len()).sum(),
                arrivals,
            });
        }
        World {
            workspace: workspace.config(&config).ledger_sql(&sql),
            channels,
        }
    }

    /// Puts into the inboxes what comes after `last` and up to the morning of `date`.
    fn deliver(&self, last: NaiveDate, date: NaiveDate) {
        for channel in &self.channels {
            let new = channel.arrivals.iter();
            for (number, file) in new
                .enumerate()
                .filter(|(_, file)| last < file.on && file.on <= date)
            {
                let path = format!("inbox/{}/{}", channel.name, file.name);
                self.workspace.put(&path, &file.bytes);
                let at = file
                    .on
                    .and_hms_opt(0, 0, 0)
                    .expect("midnight")
                    .and_utc()
                    .timestamp();
                let at = SystemTime::UNIX_EPOCH + Duration::from_secs(at as u64 + number as u64);
                File::options()
                    .append(true)
                    .open(self.workspace.path().join(path))
                    .and_then(|file| file.set_modified(at))
                    .expect("a modification time");
            }
        }
    }

    /// Runs every fourth morning; says what was held, and what went wrong besides.
    fn play(self) -> Played {
        let mut played = Played::default();
        let (first, last) = (day(FIRST), day(LAST) + Days::new(1));
        let mut before = first;
        let mut exits = Vec::new();
        let mut mornings: Vec<NaiveDate> = first.iter_days().skip(4).step_by(4).collect::<Vec<_>>();
        mornings.retain(|morning| *morning < last);
        mornings.push(last);
        for morning in mornings {
            self.deliver(before, morning);
            before = morning;
            let as_of = format!("{morning}T11:00:00+07:00");
            let output = self.workspace.run(["run", "--as-of", &as_of]);
            if output.status != Some(0) {
                let (status, said) = (output.status, output.stderr);
                exits.push(format!("{morning}: exit {status:?}\n{said}"));
            }
        }
        let listed = self
            .workspace
            .run(["files", "list", "--json"])
            .exits(0)
            .json();
        let mut spoiled = Vec::new();
        for file in listed.as_array().expect("files") {
            let standing = file["state"].as_str().expect("a standing");
            let channel = self
                .channels
                .iter()
                .find(|one| file["channel"] == *one.name);
            let channel = channel.expect("its channel");
            *played.files.entry(channel.kind.name).or_default() += 1;
            if standing == "held" || standing == "refused" {
                spoiled.push(channel.name.clone());
                *played.held.entry(channel.kind.name).or_default() += 1;
                played.reasons.push(format!(
                    "{}: {} {}",
                    channel.kind.name, file["name"], file["reason"]
                ));
            }
        }
        // A held file is told by each run until somebody decides.
        if spoiled.is_empty() {
            played.odd.extend(exits);
        }
        self.settled(&spoiled, &mut played);
        played
    }

    /// Nothing is doubled, lost or open in the channels of which every file counts.
    fn settled(&self, spoiled: &[String], played: &mut Played) {
        let (from, to) = (day(FIRST).to_string(), day(LAST).to_string());
        let as_of = format!("{}T12:00:00+07:00", day(LAST) + Days::new(1));
        let args = [
            "run", "--from", &from, "--to", &to, "--as-of", &as_of, "--json",
        ];
        let json = self.workspace.run_args(&args).json();
        let open = self
            .workspace
            .run(["breaks", "list", "--json"])
            .exits(0)
            .json();
        let results = json["results"].as_array().expect("results");
        for channel in self
            .channels
            .iter()
            .filter(|one| !spoiled.contains(&one.name))
        {
            let own = |one: &&Value| one["channel"] == *channel.name;
            let mut entries = [0, 0];
            for result in results.iter().filter(own) {
                for (side, entries) in ["settlement", "ledger"].into_iter().zip(&mut entries) {
                    *entries += result[side]["entries"].as_u64().expect("a count") as usize;
                }
                if result["state"] != "complete" || result["breaks"] != serde_json::json!({}) {
                    let (date, state) = (&result["business_date"], &result["state"]);
                    let (breaks, findings) = (&result["breaks"], &result["findings"]);
                    played.odd.push(format!(
                        "{}: {date} {state} {breaks} {findings}",
                        channel.kind.name
                    ));
                }
            }
            if entries != [channel.payments; 2] {
                played.odd.push(format!(
                    "{} ({}): {} payments, counted {entries:?}",
                    channel.kind.name, channel.name, channel.payments
                ));
            }
            let open = open.as_array().expect("breaks").iter().filter(own);
            played
                .odd
                .extend(open.map(|one| format!("{}: {one}", channel.kind.name)));
        }
    }
}

#[derive(Default)]
struct Played {
    files: BTreeMap<&'static str, u64>,
    held: BTreeMap<&'static str, u64>,
    reasons: Vec<String>,
    /// What is left of breaks, incomplete dates and rows that count never or twice.
    odd: Vec<String>,
}

#[test]
fn two_thousand_honest_files_count() {
    let kinds = || KINDS.iter().chain(&ROLLING);
    let worlds = [20_261_130, 20_261_201]
        .map(|seed| std::thread::spawn(move || World::new(seed, kinds()).play()));
    let mut all = Played::default();
    for world in worlds {
        let played = world.join().expect("a world");
        for (kind, files) in played.files {
            *all.files.entry(kind).or_default() += files;
        }
        for (kind, files) in played.held {
            *all.held.entry(kind).or_default() += files;
        }
        all.reasons.extend(played.reasons);
        all.odd.extend(played.odd);
    }
    let files: u64 = all.files.values().sum();
    let held: u64 = all.held.values().sum();
    println!(
        "{held} of {files} honest files held: {:?}\nof {:?}",
        all.held, all.files
    );
    println!("{}", all.reasons.join("\n"));
    assert!(files >= 2_000, "{files}");
    assert!(
        held * 1_000 <= files,
        "{held} of {files}:\n{}",
        all.reasons.join("\n")
    );
    assert!(all.odd.is_empty(), "{}", all.odd.join("\n"));
}
