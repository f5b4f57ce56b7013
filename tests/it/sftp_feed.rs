//! Reports fetched by SFTP through the real binary and a real OpenSSH server: taken in whole or not
//! at all, moved only after that, and a server that is away is no break.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Cursor, Write};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use rekon::archive::sha256;
use zip::write::SimpleFileOptions;
use zip::{AesMode, ZipWriter};

use crate::bills::{self, report};
use crate::harness::{Output, Workspace, files_below};
use crate::mailbox::{listed, names};
use crate::mailbox_cuts::in_parallel;
use crate::proxy::{From, Mode, Proxy, Reach};
use crate::sshd::Sshd;
use crate::unpacking;

const PASSWORD: &str = "kata-sandi-2026";

/// A biller whose files come from `folder` of this server, reached at `port`.
fn workspace(sshd: &Sshd, port: u16, folder: &str, account: &str) -> Workspace {
    let channel = bills::channel("biller", "").replace(
        "folder = \"inbox\"",
        "sftp = \"tokopedia\"\npassword = \"file:report-password\"",
    );
    let config = format!(
        "{}\n[sftp.tokopedia]\nurl = \"sftp://{}@127.0.0.1:{port}/~/{folder}\"\n\
         key = \"file:id_ed25519\"\nknown_hosts = \"known_hosts\"\n{account}\n",
        bills::config(&[channel]),
        sshd.user
    );
    let known = sshd
        .known_hosts_lines()
        .replace(&format!(":{} ", sshd.port), &format!(":{port} "));
    Workspace::new()
        .config(&config)
        .ledger_sql(&bills::ledger(&[(
            "2026-11-18 08:00:00",
            "A",
            100_000,
            "success",
        )]))
        .file("report-password", PASSWORD)
        .file("known_hosts", known)
        .file(
            "id_ed25519",
            fs::read_to_string(sshd.ed25519_key()).expect("a key"),
        )
}

/// A biller file in each wrapping: name at the provider, its bytes there, and the report inside.
fn feed() -> [(&'static str, Vec<u8>, Vec<u8>); 3] {
    let day = |day: u32, reference: &str| {
        let at = format!("2026-11-{day} 08:00:00");
        report(&[(&at, reference, 100_000)]).into_bytes()
    };
    let (plain, packed, locked) = (day(18, "A"), day(17, "B"), day(16, "C"));
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().with_aes_encryption(AesMode::Aes256, PASSWORD);
    archive
        .start_file("tokopedia_biller_20261116.csv", options)
        .expect("a member");
    archive.write_all(&locked).expect("its bytes");
    let archive = archive.finish().expect("an archive").into_inner();
    [
        ("tokopedia_biller_20261118.csv", plain.clone(), plain),
        (
            "tokopedia_biller_20261117.csv.gz",
            unpacking::gzipped(&packed),
            packed,
        ),
        ("tokopedia_biller_20261116.zip", archive, locked),
    ]
}

/// Lays the feed into a folder below where the login begins.
fn lay(sshd: &Sshd, folder: &str) {
    let folder = sshd.at("login").join(folder);
    fs::create_dir_all(&folder).expect("a folder");
    for (name, bytes, _) in feed() {
        fs::write(folder.join(name), bytes).expect("a report");
    }
}

fn below(sshd: &Sshd, folder: &str) -> BTreeSet<String> {
    files_below(&sshd.at("login").join(folder))
        .iter()
        .map(|path| {
            let name = path.file_name().expect("a name");
            name.to_string_lossy().into_owned()
        })
        .collect()
}

fn all() -> BTreeSet<String> {
    feed().iter().map(|(name, ..)| (*name).to_owned()).collect()
}

/// Everything a person sees, without what differs from server to server.
fn transcript(sshd: &Sshd, output: &Output) -> String {
    let text = output
        .transcript()
        .replace(&*sshd.at("").to_string_lossy(), "[SERVER]/")
        .replace(&sshd.port.to_string(), "[PORT]")
        .replace(&format!("{}@", sshd.user), "[USER]@")
        .replace(&format!("`{}`", sshd.user), "`[USER]`");
    regex::Regex::new("SHA256:[A-Za-z0-9+/]{43}")
        .expect("a pattern")
        .replace_all(&text, "SHA256:[FINGERPRINT]")
        .into_owned()
}

#[test]
fn reports_are_taken_in_once_and_moved_where_that_is_wanted() {
    let sshd = Sshd::start();
    lay(&sshd, "reports");
    let moving = workspace(&sshd, sshd.port, "reports", "processed = \"done\"");
    let output = moving.run(["check"]).exits(0);
    let told = transcript(&sshd, &output);
    let told: Vec<&str> = told.lines().filter(|line| line.contains("sftp")).collect();
    insta::assert_snapshot!("sftp_check", told.join("\n"));

    let leaving = workspace(&sshd, sshd.port, "reports", "");
    for workspace in [&leaving, &moving] {
        let output = workspace.run(["collect"]).exits(0);
        if workspace.path() == leaving.path() {
            insta::assert_snapshot!("sftp_collected", transcript(&sshd, &output));
            assert_eq!(below(&sshd, "reports"), all());
        }
        let taken: BTreeMap<String, String> = names(workspace);
        assert!(taken.values().all(|state| state == "counts"), "{taken:?}");
        let shas: BTreeSet<String> = listed(workspace)
            .iter()
            .map(|file| file["sha256"].as_str().expect("a hash").to_owned())
            .collect();
        let reports = feed().map(|(_, _, report)| sha256(&report));
        assert_eq!(shas, BTreeSet::from(reports));
        // Twice is the same as once.
        let archived = workspace.files("archive");
        let output = workspace.run(["collect"]).exits(0);
        assert!(output.stdout.contains("Nothing new"), "{}", output.stdout);
        assert_eq!(workspace.files("archive"), archived);
        assert_eq!(names(workspace), taken);
    }
    assert_eq!(below(&sshd, "reports"), BTreeSet::new());
    assert_eq!(below(&sshd, "done"), all());
    let result = bills::judged(&moving, "2026-11-18", 0);
    assert_eq!(bills::brief(&result), "complete: matched=1/1");
}

#[test]
fn a_wrong_archive_password_is_named_and_the_others_are_taken_in() {
    let sshd = Sshd::start();
    lay(&sshd, "reports");
    let workspace = workspace(&sshd, sshd.port, "reports", "processed = \"done\"");
    workspace.put("report-password", "not-the-one");
    let output = workspace.run(["collect"]).exits(65);
    insta::assert_snapshot!("sftp_wrong_password", transcript(&sshd, &output));
    assert_eq!(below(&sshd, "done").len(), 2);
    workspace.put("report-password", PASSWORD);
    workspace.run(["collect"]).exits(0);
    assert_eq!(below(&sshd, "done"), all());
    let counting = names(&workspace);
    let counting = counting.values().filter(|state| *state == "counts");
    assert_eq!(counting.count(), 3);
}

#[test]
fn a_server_nobody_vouches_for_is_refused_with_the_fix() {
    let sshd = Sshd::start();
    lay(&sshd, "reports");
    let workspace = workspace(&sshd, sshd.port, "reports", "processed = \"done\"");
    workspace.put("known_hosts", "");
    let output = workspace.run(["collect"]).exits(77);
    insta::assert_snapshot!("sftp_unknown_host", transcript(&sshd, &output));
    workspace.run(["check"]).exits(77);
    assert!(!sshd.log().contains("Accepted"), "{}", sshd.log());
    assert_eq!(below(&sshd, "reports"), all());
}

#[test]
fn a_server_that_is_down_leaves_the_date_incomplete() {
    let mut sshd = Sshd::start();
    lay(&sshd, "reports");
    let workspace = workspace(&sshd, sshd.port, "reports", "processed = \"done\"");
    sshd.stop();
    let output = workspace.run(["run", "--date", "2026-11-18"]).exits(69);
    insta::assert_snapshot!("sftp_down", transcript(&sshd, &output));
    let output = workspace.run(["run", "--date", "2026-11-18", "--json"]);
    let result = output.exits(69).json()["results"][0].clone();
    assert_eq!(result["state"], "incomplete", "{result}");
    assert_eq!(result["breaks"], serde_json::json!({}), "{result}");
}

#[test]
fn a_growing_file_waits() {
    let sshd = Sshd::start();
    let path = sshd.reports().join("tokopedia_biller_20261118.csv");
    let whole = report(&[
        ("2026-11-18 08:00:00", "A", 100_000),
        ("2026-11-18 09:00:00", "B", 50_000),
    ]);
    let half = whole.len() / 2;
    fs::write(&path, &whole[..half]).expect("its first half");
    let workspace = workspace(&sshd, sshd.port, "reports", "processed = \"done\"");
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut file = fs::OpenOptions::new()
                .append(true)
                .open(&path)
                .expect("the file");
            for byte in whole[half..whole.len() - 1].bytes() {
                if done.load(SeqCst) {
                    break;
                }
                file.write_all(&[byte]).expect("a byte more");
                std::thread::sleep(Duration::from_millis(100));
            }
        });
        let output = workspace.run(["collect"]);
        done.store(true, SeqCst);
        assert_eq!(output.status, Some(0), "{}", output.transcript());
        assert!(
            output
                .stdout
                .contains("still being written; taken next time"),
            "{}",
            output.stdout
        );
    });
    assert!(listed(&workspace).is_empty());
    assert_eq!(workspace.files("archive"), Vec::<String>::new());
    assert_eq!(below(&sshd, "reports").len(), 1);
    fs::write(&path, &whole).expect("the whole of it");
    workspace.run(["collect"]).exits(0);
    assert_eq!(listed(&workspace)[0]["rows"], 2);
    assert_eq!(below(&sshd, "done").len(), 1);
}

#[test]
fn cut_anywhere_nothing_is_lost_or_half_taken() {
    const FROM_SERVER: usize = 44;
    const FROM_CLIENT: usize = 16;
    let sshd = Sshd::start_with("", "MaxStartups 1000");
    let case = |name: &str, port: u16| {
        lay(&sshd, &format!("reports/{name}"));
        let account = format!("processed = \"done/{name}\"");
        fs::create_dir_all(sshd.at("login/done")).expect("a folder");
        workspace(&sshd, port, &format!("reports/{name}"), &account)
    };
    let reports = feed().map(|(name, _, report)| (name, sha256(&report)));
    let is_sound = |name: &str, workspace: &Workspace, what: &str| {
        for path in files_below(&workspace.path().join("archive")) {
            let name = path.file_name().expect("a name").to_string_lossy();
            let bytes = fs::read(&path).expect("an archived file");
            assert_eq!(sha256(&bytes), name, "{what}");
        }
        let shas: BTreeSet<String> = listed(workspace)
            .iter()
            .map(|file| file["sha256"].as_str().expect("a hash").to_owned())
            .collect();
        for sha in &shas {
            assert!(reports.iter().any(|(_, real)| real == sha), "{what}: {sha}");
        }
        let (left, moved) = (
            below(&sshd, &format!("reports/{name}")),
            below(&sshd, &format!("done/{name}")),
        );
        for (file, sha) in &reports {
            let (lies, done) = (left.contains(*file), moved.contains(*file));
            assert!(lies != done, "{what}: {file}: {left:?}, {moved:?}");
            assert!(
                !done || shas.contains(sha),
                "{what}: {file} is not on record"
            );
        }
        shas.len()
    };
    let proxy = Proxy::start(sshd.port);
    let whole = case("whole", proxy.port());
    whole.run(["collect"]).exits(0);
    assert_eq!(is_sound("whole", &whole, "uncut"), 3);
    let total = proxy.traffic()[0];

    let (cut, progress) = (AtomicUsize::new(0), AtomicUsize::new(0));
    in_parallel(FROM_SERVER + FROM_CLIENT, 8, |number| {
        let (side, total, step, steps) = match number < FROM_SERVER {
            true => (From::Server, total.from_server, number, FROM_SERVER),
            false => (
                From::Client,
                total.from_client,
                number - FROM_SERVER,
                FROM_CLIENT,
            ),
        };
        let at = (total + total / 50) * step as u64 / (steps as u64 - 1);
        let what = format!("cut after byte {at} from the {side:?}");
        let name = format!("cut{number}");
        let proxy = Proxy::start(sshd.port);
        let workspace = case(&name, proxy.port());
        proxy.arm(Mode::Cut(side, at), Reach::Every);
        let output = workspace.run(["collect"]);
        let text = output.transcript();
        assert!(matches!(output.status, Some(0 | 69)), "{what}: {text}");
        if text.contains("SFTP account") {
            cut.fetch_add(1, SeqCst);
        }
        if is_sound(&name, &workspace, &what) > 0 {
            progress.fetch_add(1, SeqCst);
        }
        proxy.arm(Mode::Transparent, Reach::Every);
        workspace.run(["collect"]).exits(0);
        assert_eq!(is_sound(&name, &workspace, &what), 3, "{what}");
        assert_eq!(listed(&workspace).len(), 3, "{what}: each once");
        assert_eq!(below(&sshd, &format!("done/{name}")), all(), "{what}");
    });
    let (cut, progress) = (cut.into_inner(), progress.into_inner());
    assert!(cut >= 40, "only {cut} runs were cut short");
    assert!(progress >= 5, "only {progress} runs took something in");
}
