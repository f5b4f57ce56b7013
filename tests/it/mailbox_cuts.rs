//! A mailbox collected over a line that breaks, and by a process that is killed, at a great many
//! places: what is on record is whole, what was moved is on record, and the next run ends where an
//! undisturbed one would have.

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};

use rekon::archive::sha256;
use rekon::credential::Credential;
use rekon::sources::mailbox::{Account, PROCESSED_FLAG, PutAway, Session};

use crate::dovecot::{Dovecot, PASSWORD, USER};
use crate::harness::{Workspace, files_below, repository, tries};
use crate::mailbox::{listed, mail, workspace};
use crate::proxy::{From, Mode, Proxy, Reach};

/// Reports in several wrappings, a forgery and a newsletter.
const REPORTS: [&str; 5] = [
    "kinds/plain.eml",
    "kinds/in_zip_aes.eml",
    "kinds/forwarded_once.eml",
    "kinds/two_reports.eml",
    "kinds/xlsx_locked.eml",
];
const FORGERY: &str = "forged/no_results.eml";
const STRANGER: &str = "strangers/newsletter.eml";

/// One user of a server and the workspace that collects for that user.
struct Case<'d> {
    dovecot: &'d Dovecot,
    user: String,
    workspace: Workspace,
}

impl<'d> Case<'d> {
    /// The mails lie in the INBOX; rekon reaches the server at `port`.
    fn new(dovecot: &'d Dovecot, user: &str, port: u16) -> Case<'d> {
        let workspace = workspace(port, dovecot.ca_file(), "timeout = \"20s\"", "");
        let config = workspace.read("rekon.toml");
        let config = config.replace(&format!("{USER}@"), &format!("{user}@"));
        workspace.put("rekon.toml", config);
        let mut client = dovecot.client(user);
        // The forgery stands between the reports, the stranger behind the first of them.
        let order = [REPORTS[0], STRANGER, REPORTS[1], FORGERY]
            .into_iter()
            .chain(REPORTS[2..].iter().copied());
        for name in order {
            let raw = String::from_utf8(mail(name)).expect("a mail in ASCII");
            let line = format!("APPEND INBOX {{{}+}}\r\n{raw}", raw.len());
            let reply = client.command(&line).expect("an answer");
            assert!(reply.is_ok(), "{reply:?}");
        }
        Case {
            dovecot,
            user: user.to_owned(),
            workspace,
        }
    }

    fn ids(&self, folder: &str) -> BTreeSet<String> {
        let listing = self.dovecot.folder_listing(&self.user, folder);
        listing.iter().map(|mail| bare(&mail.message_id)).collect()
    }

    /// What holds at every moment, however the last run ended.
    #[track_caller]
    fn is_sound(&self, what: &str) {
        let archived = files_below(&self.workspace.path().join("archive"));
        for path in archived {
            let name = path.file_name().expect("a name").to_string_lossy();
            if name.ends_with(".part") && what.starts_with("killed") {
                // Half written when its writer died; nothing reads it.
                continue;
            }
            let bytes = std::fs::read(&path).expect("an archived file");
            assert_eq!(sha256(&bytes), name, "{what}");
        }
        let files = listed(&self.workspace);
        let expected = expected();
        let mut recorded = BTreeSet::new();
        for file in &files {
            let text = |key: &str| file[key].as_str().expect("text").to_owned();
            assert!(
                expected.contains(&(text("name"), text("sha256"))),
                "{what}: {file}"
            );
            // One mail brings a report and its correction.
            assert!(
                matches!(&text("state")[..], "counts" | "superseded" | "revision 2"),
                "{what}: {file}"
            );
            for by in file["mails"].as_array().expect("mails") {
                recorded.insert(bare(by["message_id"].as_str().expect("an id")));
            }
        }
        let held: BTreeSet<String> = self
            .workspace
            .run(["quarantine", "list", "--json"])
            .exits(0)
            .json()
            .as_array()
            .expect("mails")
            .iter()
            .map(|held| bare(held["message_id"].as_str().expect("an id")))
            .collect();
        let (processed, quarantined) = (self.ids("Processed"), self.ids("Quarantine"));
        assert!(
            processed.is_subset(&recorded),
            "{what}: moved and not on record: {processed:?}, {recorded:?}"
        );
        assert!(quarantined.is_subset(&held), "{what}: {quarantined:?}");
        for left in self.dovecot.folder_listing(&self.user, "INBOX") {
            assert!(left.flags.is_empty(), "{what}: {left:?}");
        }
    }

    /// One more run ends as an undisturbed one does.
    #[track_caller]
    fn ends_well(&self, what: &str) {
        let output = self.workspace.run(["collect"]);
        // The forgery is new to this run, or was reported by the one before.
        assert!(
            matches!(output.status, Some(0 | 65)),
            "{what}: {}",
            output.transcript()
        );
        self.is_sound(what);
        let files = listed(&self.workspace);
        let names: BTreeSet<(String, String)> = files
            .iter()
            .map(|file| {
                let text = |key: &str| file[key].as_str().expect("text").to_owned();
                let brought: BTreeSet<&str> = file["mails"]
                    .as_array()
                    .expect("mails")
                    .iter()
                    .map(|by| by["mail_sha256"].as_str().expect("a hash"))
                    .collect();
                assert_eq!(brought.len(), 1, "{what}: brought by one mail: {file}");
                (text("name"), text("sha256"))
            })
            .collect();
        assert_eq!(names, expected(), "{what}");
        assert_eq!(files.len(), names.len(), "{what}: each once");
        let counting = files.iter().filter(|file| file["state"] != "superseded");
        assert_eq!(counting.count(), files.len() - 1, "{what}: {files:?}");
        let of = |names: &[&str]| -> BTreeSet<String> {
            names.iter().map(|name| id_of(&mail(name))).collect()
        };
        assert_eq!(self.ids("Processed"), of(&REPORTS), "{what}");
        assert_eq!(self.ids("Quarantine"), of(&[FORGERY]), "{what}");
        assert_eq!(self.ids("INBOX"), of(&[STRANGER]), "{what}");
        let count = |folder: &str| self.dovecot.folder_listing(&self.user, folder).len();
        assert_eq!(count("Processed"), REPORTS.len(), "{what}: none twice");
        assert_eq!(count("Quarantine"), 1, "{what}: none twice");
        assert_eq!(
            self.workspace
                .run(["quarantine", "list", "--json", "--all"])
                .exits(0)
                .json()
                .as_array()
                .map(Vec::len),
            Some(1),
            "{what}"
        );
    }
}

fn id_of(raw: &[u8]) -> String {
    let text = String::from_utf8_lossy(raw).into_owned();
    text.lines()
        .find(|line| line.to_ascii_lowercase().starts_with("message-id:"))
        .and_then(|line| line.split_once(':'))
        .map(|(_, id)| bare(id.trim()))
        .expect("a Message-ID")
}

fn bare(id: &str) -> String {
    id.trim_matches(['<', '>']).to_owned()
}

/// Name and SHA-256 of every report in the mails, as it stands beside them.
fn expected() -> BTreeSet<(String, String)> {
    let mut expected = BTreeSet::new();
    for name in REPORTS {
        let path = repository()
            .join("tests/it/mails")
            .join(name.replace(".eml", ".expected"));
        let text = std::fs::read_to_string(path).expect("its expectation");
        let mut taken = false;
        for line in text.lines() {
            if line.trim_start().starts_with("taken by:") {
                taken = line.split_whitespace().any(|word| word == "*");
            }
            let report = line.trim_start().strip_prefix("report with the password `");
            if let Some((name, rest)) = report.and_then(|rest| rest.split_once('`'))
                && taken
            {
                let sha = rest.rsplit(' ').next().expect("its hash");
                expected.insert((name.to_owned(), sha.to_owned()));
            }
        }
    }
    assert!(expected.len() > REPORTS.len(), "{expected:?}");
    expected
}

/// Cases handed out to so many workers; most of their time they wait.
pub fn in_parallel(cases: usize, workers: usize, work: impl Fn(usize) + Sync) {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let case = next.fetch_add(1, SeqCst);
                    if case >= cases {
                        return;
                    }
                    work(case);
                }
            });
        }
    });
}

#[test]
fn cut_anywhere_nothing_is_lost_or_half_taken() {
    let (from_server, from_client) = (tries(60, 160), tries(20, 44));
    let mut builder = Dovecot::builder().user("whole");
    for case in 0..from_server + from_client {
        builder = builder.user(&format!("cut{case}"));
    }
    let dovecot = builder.start();

    let proxy = Proxy::start(dovecot.port());
    let whole = Case::new(&dovecot, "whole", proxy.port());
    whole.workspace.run(["collect"]).exits(65);
    let traffic = proxy.traffic();
    assert_eq!(traffic.len(), 1, "one session: {traffic:?}");
    whole.ends_well("uncut");

    let (cut, progress) = (AtomicUsize::new(0), AtomicUsize::new(0));
    in_parallel(from_server + from_client, 12, |case| {
        let (side, total, step, steps) = match case < from_server {
            true => (From::Server, traffic[0].from_server, case, from_server),
            false => (
                From::Client,
                traffic[0].from_client,
                case - from_server,
                from_client,
            ),
        };
        // From before the first byte to a little beyond the last.
        let at = (total + total / 50) * step as u64 / (steps as u64 - 1);
        let what = format!("cut after byte {at} from the {side:?}");
        let proxy = Proxy::start(dovecot.port());
        let case = Case::new(&dovecot, &format!("cut{case}"), proxy.port());
        proxy.arm(Mode::Cut(side, at), Reach::Every);
        let output = case.workspace.run(["collect"]);
        assert!(
            matches!(output.status, Some(65 | 69)),
            "{what}: {}",
            output.transcript()
        );
        if output.status == Some(69) {
            cut.fetch_add(1, SeqCst);
            assert!(
                output.stderr.contains("mailbox settlements")
                    || output.stdout.contains("mailbox settlements"),
                "{what}: {}",
                output.transcript()
            );
        }
        case.is_sound(&what);
        if !listed(&case.workspace).is_empty() {
            progress.fetch_add(1, SeqCst);
        }
        proxy.arm(Mode::Transparent, Reach::Every);
        case.ends_well(&what);
    });
    let (cut, progress) = (cut.into_inner(), progress.into_inner());
    assert!(cut >= from_server / 2, "only {cut} runs were cut short");
    assert!(
        progress >= from_server / 4,
        "only {progress} runs took something in"
    );
}

#[test]
fn killed_at_any_moment_the_next_run_ends_in_the_same_state() {
    let kills = tries(9, 25);
    let mut builder = Dovecot::builder().user("whole");
    for case in 0..100 {
        builder = builder.user(&format!("kill{case}"));
    }
    let dovecot = builder.start();
    let collect = |case: &Case<'_>| {
        Command::new(env!("CARGO_BIN_EXE_rekon"))
            .args(["collect", "-c", "rekon.toml"])
            .current_dir(case.workspace.path())
            .env("HOME", case.workspace.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the binary starts")
    };
    let whole = Case::new(&dovecot, "whole", dovecot.port());
    let started = Instant::now();
    let ended = collect(&whole).wait().expect("an end");
    let mut span = started.elapsed().max(Duration::from_millis(100));
    assert_eq!(ended.code(), Some(65));
    whole.ends_well("undisturbed");

    let mut killed: BTreeMap<usize, usize> = BTreeMap::new();
    let mut tried = 0;
    while killed.values().sum::<usize>() < kills || killed.len() < 3 {
        // On a machine that has become busy a run takes longer than the first one did.
        if tried > kills && tried.is_multiple_of(10) {
            span = span * 5 / 4;
        }
        assert!(
            tried < 100,
            "only {killed:?} of {tried} runs were still alive"
        );
        let case = Case::new(&dovecot, &format!("kill{tried}"), dovecot.port());
        // A stride that shares no factor with 100 spreads the instants over the whole of a run.
        let instant = span * (tried as u32 * 37 % 100) / 100;
        tried += 1;
        let mut child = collect(&case);
        std::thread::sleep(instant);
        child.kill().expect("a signal");
        let what = format!("killed after {instant:?}");
        if child.wait().expect("an end").code().is_none() {
            let taken = match case.workspace.path().join("state/state.db").exists() {
                true => listed(&case.workspace).len(),
                false => 0,
            };
            *killed.entry(taken).or_default() += 1;
        }
        case.is_sound(&what);
        case.ends_well(&what);
    }
    assert!(killed.len() >= 3, "all at the same stage: {killed:?}");
}

/// The line stands still in the middle of a session; meanwhile a person takes every report out of
/// the INBOX. Then the session breaks, and the run goes on with what it finds.
#[test]
fn moved_by_a_person_in_the_middle_of_a_run() {
    const PLACES: u64 = 16;
    let mut builder = Dovecot::builder().user("whole");
    for place in 0..PLACES {
        builder = builder.user(&format!("moved{place}"));
    }
    let dovecot = builder.start();
    let proxy = Proxy::start(dovecot.port());
    Case::new(&dovecot, "whole", proxy.port())
        .workspace
        .run(["collect"])
        .exits(65);
    let total = proxy.traffic()[0].from_server;
    let between = AtomicUsize::new(0);
    in_parallel(PLACES as usize, 4, |place| {
        let at = total * (place as u64 + 1) / (PLACES + 2);
        let what = format!("moved after byte {at}");
        let proxy = Proxy::start(dovecot.port());
        let case = Case::new(&dovecot, &format!("moved{place}"), proxy.port());
        proxy.arm(Mode::Stall(From::Server, at), Reach::Every);
        std::thread::scope(|scope| {
            let running = scope.spawn(|| case.workspace.run(["collect"]));
            let patience = Instant::now();
            while proxy
                .traffic()
                .first()
                .is_none_or(|seen| seen.from_server < at)
            {
                assert!(patience.elapsed() < Duration::from_secs(15), "{what}");
                std::thread::sleep(Duration::from_millis(5));
            }
            for name in REPORTS {
                let id = id_of(&mail(name));
                if case.ids("INBOX").contains(&id) {
                    dovecot.move_mail(&case.user, "INBOX", "Elsewhere", &id);
                }
            }
            proxy.arm(Mode::Transparent, Reach::Every);
            let output = running.join().expect("no panic");
            assert!(
                matches!(output.status, Some(0 | 65)),
                "{what}: {}",
                output.transcript()
            );
        });
        case.is_sound(&what);
        let taken = listed(&case.workspace).len();
        if taken > 0 && taken < expected().len() {
            between.fetch_add(1, SeqCst);
        }
        // Put back, they are taken in where they had not been, and put away.
        for id in case.ids("Elsewhere") {
            dovecot.move_mail(&case.user, "Elsewhere", "INBOX", &id);
        }
        case.ends_well(&what);
    });
    let between = between.into_inner();
    assert!(
        between >= 3,
        "only {between} with some taken in and some not"
    );
}

/// Between the look at a mail and its being moved, a person was faster.
#[tokio::test]
async fn a_mail_that_is_gone_when_it_is_to_be_put_away_is_no_fault() {
    let dovecot = Dovecot::start();
    for name in [REPORTS[0], REPORTS[1]] {
        dovecot.append(USER, "INBOX", &mail(name));
    }
    let account = Account {
        name: "settlements".to_owned(),
        host: "localhost".to_owned(),
        port: dovecot.port(),
        user: USER.to_owned(),
        credential: Credential::Password(PASSWORD.into()),
        ca: Some(dovecot.ca_file()),
        folder: "INBOX".to_owned(),
        timeout: Duration::from_secs(20),
    };
    let connected = Session::connect(&account).await;
    let mut session = connected.unwrap_or_else(|fault| panic!("{fault}"));
    let opened = session.examine("INBOX").await.expect("an answer");
    let uids = session.uids(1).await.expect("an answer");
    assert_eq!(uids.len(), 2);
    let raw = session.raw(uids[0], 1 << 20).await.expect("an answer");
    assert_eq!(raw, Some(mail(REPORTS[0])));
    dovecot.move_mail(USER, "INBOX", "Elsewhere", &id_of(&mail(REPORTS[0])));
    let fates = session
        .put_away("INBOX", opened, &uids, "Processed", PROCESSED_FLAG)
        .await
        .expect("an answer");
    assert_eq!(fates[&uids[0]], PutAway::Gone);
    assert_eq!(fates[&uids[1]], PutAway::Moved);
    let again = session.raw(uids[0], 1 << 20).await.expect("an answer");
    assert_eq!(again, None);
    session.close().await;
    let count = |folder: &str| dovecot.folder_listing(USER, folder).len();
    assert_eq!(
        (count("INBOX"), count("Elsewhere"), count("Processed")),
        (0, 1, 1)
    );
}
