//! Who is mailed what, and when: cases as data, each run with the clock it names.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use chrono::{DateTime, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Asia::Jakarta;
use rekon::archive::Archive;
use rekon::run::{Effect, Mailing, Period, Request, Sources, run};

use crate::bills;
use crate::harness::Workspace;

const CASES: &str = include_str!("subscriptions/cases.txt");

struct Case {
    workspace: Workspace,
    /// Message-IDs in the order of the mails.
    mails: Vec<String>,
    /// How often a file of a day was given.
    revisions: BTreeMap<String, u32>,
}

fn moment(text: &str) -> DateTime<Utc> {
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").expect("a moment");
    let local = Jakarta.from_local_datetime(&local).single();
    local.expect("one instant").with_timezone(&Utc)
}

impl Case {
    fn new(lines: &[&str]) -> Case {
        let of = |start: &'static str| {
            lines
                .iter()
                .filter_map(move |line| line.strip_prefix(start))
        };
        let settings: Vec<&str> = of("== ").collect();
        let mut booked = Vec::new();
        for line in of("book ") {
            let [day, reference, rupiah] = fields(line);
            booked.push((
                format!("2026-11-{day} 09:00:00"),
                reference.to_owned(),
                rupiah.parse().expect("rupiah"),
            ));
        }
        let booked: Vec<bills::Booked<'_>> = booked
            .iter()
            .map(|(at, reference, rupiah)| (at.as_str(), reference.as_str(), *rupiah, "success"))
            .collect();
        let workspace = bills::workspace("", &booked);
        let config = workspace.read("rekon.toml");
        let report = format!("language = \"en\"\n{}", settings.join("\n"));
        let mut config = config.replace("language = \"en\"", &report);
        for name in of("also ") {
            let channel = bills::channel(name, "");
            config.push_str(&channel.replace("FROM payments", "FROM nowhere"));
        }
        workspace.put("rekon.toml", config);
        Case {
            workspace,
            mails: Vec::new(),
            revisions: BTreeMap::new(),
        }
    }

    /// What a step queued, a line for each mail.
    fn step(&mut self, line: &str) -> Vec<String> {
        let (when, what) = line.split_at(16);
        let at = moment(when);
        let words: Vec<&str> = what.split_whitespace().collect();
        match words[..] {
            ["file", day, ref rows @ ..] => self.file(at, day, rows),
            ["quiet"] => self.quiet(at),
            ["away"] => self.workspace.put("ledger.db", b"no database at all"),
            ["mended"] => {
                let config = self.workspace.read("rekon.toml");
                let config = config.replace("FROM nowhere", "FROM payments");
                self.workspace.put("rekon.toml", config);
            }
            ["junk", day] => {
                let path = format!("inbox/tokopedia_biller_202611{day}-junk.csv");
                self.workspace.put(&path, "no;settlement;report\n1;2;3\n");
                self.touch(&path, at);
            }
            ["lost"] => {
                let state = self.workspace.path().join("state/state.db");
                let state = rusqlite::Connection::open(state).expect("the state");
                state
                    .execute("UPDATE outbox SET state = 'failed'", [])
                    .expect("every mail failed");
            }
            ["back"] => self.workspace.remove("ledger.db"),
            ["run", ref how @ ..] => return self.run(at, how),
            _ => panic!("{line}"),
        }
        Vec::new()
    }

    fn file(&mut self, at: DateTime<Utc>, day: &str, rows: &[&str]) {
        let stamp = format!("2026-11-{day} 09:00:00");
        let rows: Vec<(&str, &str, u32)> = rows
            .iter()
            .map(|row| {
                let (reference, rupiah) = row.split_once('=').expect("A1=75000");
                (stamp.as_str(), reference, rupiah.parse().expect("rupiah"))
            })
            .collect();
        let revision = self.revisions.entry(day.to_owned()).or_default();
        *revision += 1;
        let path = format!("inbox/tokopedia_biller_202611{day}-rev{revision}.csv");
        let path = match revision {
            1 => format!("inbox/tokopedia_biller_202611{day}.csv"),
            _ => path,
        };
        self.workspace.put(&path, bills::report(&rows));
        self.touch(&path, at);
    }

    /// An empty file for every date before this moment that has none.
    fn quiet(&mut self, at: DateTime<Utc>) {
        let today = at.with_timezone(&Jakarta).date_naive();
        let first = "2026-11-18".parse().expect("a date");
        for date in rekon::domain::time::dates(first, today) {
            let day = date.format("%d").to_string();
            if date < today && !self.revisions.contains_key(&day) {
                let rows: &[&str] = if day == "28" { &["B1=75000"] } else { &[] };
                self.file(at, &day, rows);
            }
        }
    }

    fn touch(&self, path: &str, at: DateTime<Utc>) {
        File::options()
            .append(true)
            .open(self.workspace.path().join(path))
            .and_then(|file| file.set_modified(at.into()))
            .expect("a modification time");
    }

    fn run(&mut self, now: DateTime<Utc>, how: &[&str]) -> Vec<String> {
        let file = self.workspace.path().join("rekon.toml");
        let config = rekon::config::load(&file).expect("a configuration");
        let day = how.iter().find(|word| word.parse::<u32>().is_ok());
        let request = Request {
            period: match day {
                None => Period::CatchUp,
                Some(day) => {
                    let date = format!("2026-11-{day}").parse().expect("a date");
                    Period::Dates {
                        from: date,
                        to: date,
                    }
                }
            },
            channels: Vec::new(),
            as_of: now,
            sources: Sources::Collect,
            effect: Effect::Store,
            mailing: match how {
                [.., "send"] => Mailing::Always,
                [.., "no-send"] => Mailing::Never,
                _ => Mailing::OnChange,
            },
            patience: Duration::ZERO,
            stop: rekon::run::Stop::default(),
        };
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let ended = runtime.block_on(run(&config, &request, now));
        let mut lines = Vec::new();
        if let Err(error) = ended {
            let error = format!("{error:#}");
            let folder = self.workspace.path().display().to_string();
            let error = error.replace(&folder, "[DIR]");
            lines.push(format!("! {}", error.lines().next().unwrap_or_default()));
        }
        let archive = Archive::open(&config.archive).expect("the archive");
        let state = rusqlite::Connection::open(self.workspace.path().join("state/state.db"));
        let state = state.expect("the state");
        let mut query = state
            .prepare("SELECT message_id, not_before, subject, sha256 FROM outbox ORDER BY rowid")
            .expect("a query");
        let rows = query.query_map([], |row| {
            let text = |at: usize| row.get::<_, String>(at);
            Ok([text(0)?, text(1)?, text(2)?, text(3)?])
        });
        for row in rows.expect("rows") {
            let [id, not_before, subject, sha256] = row.expect("a row");
            if self.mails.contains(&id) {
                continue;
            }
            let bytes = archive.read(&sha256).expect("the mail");
            let under: Vec<String> = references(&bytes)
                .iter()
                .map(|id| {
                    let at = self.mails.iter().position(|one| one == id);
                    (at.expect("an earlier mail") + 1).to_string()
                })
                .collect();
            let at: DateTime<Utc> = not_before.parse().expect("an instant");
            let at = at.with_timezone(&Jakarta).format("%a %d %H:%M");
            let under = match &under[..] {
                [] => "its own thread".to_owned(),
                under => under.join(", "),
            };
            lines.push(format!("> {at} | {subject} | {under}"));
            self.mails.push(id);
        }
        lines
    }
}

fn fields<const N: usize>(line: &str) -> [&str; N] {
    let fields: Vec<&str> = line.split_whitespace().collect();
    fields.try_into().unwrap_or_else(|_| panic!("{line}"))
}

/// The Message-IDs of the References header, which is folded over lines.
fn references(mail: &[u8]) -> Vec<String> {
    let mail = String::from_utf8_lossy(mail).replace("\r\n ", " ");
    let line = mail
        .split("\r\n")
        .take_while(|line| !line.is_empty())
        .find_map(|line| line.strip_prefix("References: "));
    line.unwrap_or_default()
        .split_whitespace()
        .map(|id| id.trim_matches(['<', '>']).to_owned())
        .collect()
}

/// The file says what happens and what is queued; this plays it and compares.
#[test]
fn every_case_queues_its_mails() {
    let mut played = String::new();
    let mut case: Option<Case> = None;
    let blocks = CASES.split("\n\n");
    for block in blocks {
        let lines: Vec<&str> = block.lines().collect();
        for line in &lines {
            if line.starts_with(['>', '!']) {
                continue;
            }
            played.push_str(line);
            played.push('\n');
            if line.starts_with("== ") && case.is_none() {
                case = Some(Case::new(&lines));
            }
            if line.starts_with("2026-")
                && let Some(case) = &mut case
            {
                for told in case.step(line) {
                    played.push_str(&told);
                    played.push('\n');
                }
            }
        }
        case = None;
        played.push('\n');
    }
    let trimmed = |text: &str| text.trim_end().to_owned();
    let expected: Vec<String> = CASES.lines().map(trimmed).collect();
    let played: Vec<String> = played.trim_end().lines().map(trimmed).collect();
    assert!(
        expected == played,
        "subscriptions/cases.txt should read:\n{}",
        played.join("\n")
    );
}

/// Parts of a written mail with their sizes, and its text.
fn opened(workspace: &Workspace) -> String {
    let script = r#"
import email, email.policy, io, pathlib, sys, zipfile
mails = sorted(pathlib.Path(sys.argv[1]).glob("*.eml"))
mail = email.message_from_binary_file(open(mails[-1], "rb"), policy=email.policy.default)
for part in mail.iter_attachments():
    body = part.get_content()
    body = body.encode() if isinstance(body, str) else body
    print("attached", part.get_content_type(), part.get_filename())
    if part.get_content_type() == "application/zip":
        for one in zipfile.ZipFile(io.BytesIO(body)).infolist():
            print("  in it", one.filename, one.date_time[0], one.compress_type)
print(mail.get_body(("plain",)).get_content())
"#;
    let output = Command::new("python3")
        .args(["-c", script])
        .arg(workspace.path().join("mail"))
        .output()
        .expect("python3 runs (apt-get install -y python3)");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    said
}

fn one_break(settings: &str, mail: &str) -> Workspace {
    let workspace = bills::workspace(
        "partner_contact = \"settlement@partner.example\"",
        &[
            ("2026-11-18 09:00:00", "A1", 75_000, "success"),
            ("2026-11-18 10:00:00", "B2", 40_000, "success"),
        ],
    );
    let config = workspace.read("rekon.toml");
    let config = config.replace(
        "language = \"en\"",
        &format!("language = \"en\"\n{settings}"),
    );
    let config = config.replace("[mail]", &format!("[mail]\n{mail}"));
    workspace.put("rekon.toml", config);
    let report = bills::report(&[("2026-11-18 10:00:00", "B2", 40_000)]);
    bills::put(
        &workspace,
        "inbox/tokopedia_biller_20261118.csv",
        report,
        60,
    );
    workspace.run(["run", "--date", "2026-11-18"]).exits(0);
    workspace
}

#[test]
fn claims_go_with_the_mail_that_says_to_whom_to_send_them() {
    let workspace = one_break("attach = [\"claims\"]", "");
    let mail = opened(&workspace);
    let name = "claims_biller_2026-11-18.csv";
    assert!(
        mail.contains(&format!("attached text/csv {name}")),
        "{mail}"
    );
    let flat = mail.split_whitespace().collect::<Vec<_>>().join(" ");
    let sentence = format!(
        "Claims on Tokopedia Biller: send {name} (1 line, Rp75,000 at risk) to settlement@partner.example."
    );
    assert!(flat.contains(&sentence), "{flat}");
    let lies = workspace.files("mail");
    let table = lies.iter().find(|file| file.contains("_claims_biller"));
    let table = workspace.read(&format!("mail/{}", table.expect("the table")));
    assert!(table.contains("A1") && !table.contains("B2"), "{table}");
}

#[test]
fn attachments_that_are_too_large_are_packed_and_then_left_with_their_paths() {
    let settings = "attach = [\"html\", \"csv\", \"claims\"]";
    let whole = opened(&one_break(settings, ""));
    assert_eq!(whole.matches("attached ").count(), 3, "{whole}");
    assert!(!whole.contains("the limit is"), "{whole}");

    let workspace = one_break(settings, "attachment_limit = \"9KiB\"");
    let packed = opened(&workspace);
    assert_eq!(packed.matches("attached ").count(), 1, "{packed}");
    assert!(packed.contains("attached application/zip"), "{packed}");
    assert_eq!(packed.matches("in it").count(), 3, "{packed}");
    assert!(packed.contains(".html 1980 8"), "{packed}");
    assert!(
        packed.contains("the limit is 9 KiB: packed into"),
        "{packed}"
    );
    let again = workspace.run(["run", "--date", "2026-11-18", "--send"]);
    again.exits(0);

    // What fits is not kept back by what does not.
    let some = opened(&one_break(settings, "attachment_limit = \"3KiB\""));
    assert_eq!(some.matches("attached text/csv").count(), 2, "{some}");
    assert_eq!(some.matches("attached ").count(), 2, "{some}");
    let flat = some.split_whitespace().collect::<Vec<_>>().join("");
    let (_, named) = flat
        .split_once("Thesefilesareonthehost")
        .expect("what is left");
    let named = named.split_once(").").map_or(named, |(first, _)| first);
    assert!(
        named.contains(".html(") && !named.contains(".csv("),
        "{named}"
    );

    let workspace = one_break(settings, "attachment_limit = 50");
    let left = opened(&workspace);
    assert_eq!(left.matches("attached ").count(), 0, "{left}");
    let flat = left.split_whitespace().collect::<Vec<_>>().join("");
    let folder = workspace.path().join("mail");
    for ending in [".html", ".csv", "_claims_biller.csv"] {
        let named = workspace.files("mail").into_iter().any(|file| {
            let path = folder.join(&file).display().to_string();
            file.ends_with(ending) && Path::new(&path).exists() && flat.contains(&path)
        });
        assert!(named, "no {ending} in {left}");
    }
}
