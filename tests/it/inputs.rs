//! What is no report costs neither time nor memory, by whichever command it comes: pipes, devices,
//! files over the limit, bombs, files that were reserved and never written.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::bills::{self, Booked, files, said};
use crate::harness::Workspace;

const DAY: &str = "2026-11-18";
const BOOKED: [Booked<'static>; 1] = [("2026-11-18 08:00:00", "A", 100_000, "success")];
const MIB: u64 = 1 << 20;

fn world() -> Workspace {
    bills::workspace("", &BOOKED)
}

fn pipe(path: &Path) {
    let made = Command::new("mkfifo").arg(path).status();
    assert!(made.expect("mkfifo runs").success());
}

/// A file of so many bytes that takes no room.
fn sparse(path: &Path, head: &[u8], bytes: u64) {
    let mut file = File::create(path).expect("a file");
    file.write_all(head).expect("its head");
    file.set_len(bytes).expect("its length");
}

/// How a call ended, what it said, and the most memory that it had.
#[expect(
    clippy::zombie_processes,
    reason = "wait4 waits for it, and says what it took"
)]
fn measured(workspace: &Workspace, args: &[&str]) -> (Option<i32>, String, u64) {
    let started = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_rekon"))
        .args(args)
        .current_dir(workspace.path())
        .env("HOME", workspace.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut stderr = child.stderr.take().expect("a pipe");
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        std::io::Read::read_to_string(&mut stderr, &mut text).expect("UTF-8");
        text
    });
    let pid = i32::try_from(child.id()).expect("a number");
    let mut status = 0;
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    let ended = loop {
        let ended = unsafe { libc::wait4(pid, &mut status, libc::WNOHANG, &mut usage) };
        if ended != 0 {
            break ended;
        }
        if started.elapsed() > Duration::from_secs(60) {
            child.kill().expect("a signal");
            child.wait().expect("an end");
            panic!("{args:?} does not end");
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    assert_eq!(ended, pid);
    let code = libc::WIFEXITED(status).then(|| libc::WEXITSTATUS(status));
    let peak = u64::try_from(usage.ru_maxrss).expect("a size") * 1024;
    (code, reader.join().expect("its words"), peak)
}

/// The three commands that are given a file by a person.
fn by_hand(name: &str) -> [Vec<&str>; 3] {
    [
        vec!["inspect", name, "--profile", "tokopedia-biller"],
        vec!["inspect", name],
        vec!["add", name, "--channel", "biller", "-c", "rekon.toml"],
    ]
}

#[test]
fn what_is_not_a_file_is_named_and_never_opened() {
    let workspace = world();
    pipe(&workspace.path().join("pipe.csv"));
    fs::create_dir(workspace.path().join("folder.csv")).expect("a folder");
    let _socket = UnixListener::bind(workspace.path().join("socket.csv")).expect("a socket");
    for (name, what) in [
        ("pipe.csv", "it is a pipe"),
        ("folder.csv", "it is a folder"),
        ("socket.csv", "it is a socket"),
        ("/dev/zero", "it is a device"),
        ("none.csv", "there is no such file"),
    ] {
        for args in by_hand(name) {
            let (code, stderr, _) = measured(&workspace, &args);
            assert_eq!(code, Some(2), "{args:?}: {stderr}");
            assert!(stderr.contains(what), "{args:?}: {stderr}");
        }
    }
}

#[test]
fn what_is_named_like_a_report_and_is_no_file_is_told() {
    let workspace = world();
    let config = workspace.read("rekon.toml");
    workspace.put(
        "rekon.toml",
        config.replace("pattern = \"*\"", "pattern = \"*.csv\""),
    );
    let report = bills::report(&[("2026-11-18 08:00:00", "A", 100_000)]);
    bills::put(&workspace, "inbox/biller_20261118.csv", report, 60);
    workspace.run(["run", "--date", DAY]).exits(0);
    // A folder for what is done is nobody's report.
    fs::create_dir(workspace.path().join("inbox/done")).expect("a folder");
    workspace.run(["run", "--date", DAY]).exits(0);

    pipe(&workspace.path().join("inbox/pipe.csv"));
    fs::create_dir(workspace.path().join("inbox/folder.csv")).expect("a folder");
    let _socket = UnixListener::bind(workspace.path().join("inbox/socket.csv")).expect("a socket");
    let run = workspace.run(["run", "--date", DAY, "--send"]).exits(65);
    for (name, what) in [("pipe", "pipe"), ("folder", "folder"), ("socket", "socket")] {
        let told = format!("{name}.csv was not taken in: it is a {what}");
        assert!(said(&run).contains(&told), "{told}: {}", said(&run));
        let mut pages = workspace.files("mail");
        pages.retain(|name| name.ends_with(".html"));
        let has_it = |name: &String| workspace.read(&format!("mail/{name}")).contains(&told);
        assert!(pages.iter().any(has_it), "{told} is not in the report");
    }
    let check = workspace.run(["check"]);
    assert!(
        check.stdout.contains("folder.csv: it is a folder"),
        "{}",
        check.stdout
    );
}

#[test]
fn a_file_over_the_limit_is_refused_and_stands_in_the_report() {
    let workspace = world();
    let config = workspace.read("rekon.toml");
    workspace.put("rekon.toml", config + "\n[limits]\nfile_bytes = \"1MiB\"\n");
    let good = bills::report(&[("2026-11-18 08:00:00", "A", 100_000)]);
    bills::put(&workspace, "inbox/biller_20261118.csv", &good, 60);
    sparse(
        &workspace.path().join("inbox/biller_big.csv"),
        good.as_bytes(),
        3 << 30,
    );
    bills::age(&workspace, "inbox/biller_big.csv", 60);
    let run = workspace.run(["run", "--date", DAY]).exits(65);
    let why = "3221225472 bytes, more than the limit of 1048576 bytes";
    assert!(said(&run).contains(why), "{}", said(&run));
    assert_eq!(files(&workspace)["biller_big.csv"], "refused");
    let pages = workspace.files("mail");
    let page = pages.iter().find(|name| name.ends_with(".html"));
    let page = workspace.read(&format!("mail/{}", page.expect("a page")));
    assert!(
        page.contains("biller_big.csv") && page.contains("3221225472"),
        "not told"
    );
    // Told once, and the archive has no gigabytes of it.
    let mails = workspace.files("mail");
    workspace.run(["run", "--date", DAY]).exits(65);
    assert_eq!(workspace.files("mail"), mails);
    workspace.run(["verify"]).exits(0);
    // The right file under its name answers it.
    bills::put(&workspace, "inbox/biller_big.csv", good + "\n", 5);
    workspace.run(["run", "--date", DAY]).exits(0);
    workspace.run(["verify"]).exits(0);
}

#[test]
fn bombs_and_reserved_files_take_no_memory() {
    let workspace = world();
    let path = |name: &str| workspace.path().join(name);
    let head = bills::report(&[("2026-11-18 08:00:00", "A", 100_000)]);
    // Three megabytes that unpack to three gigabytes of the same row, and of nothing.
    for (name, block) in [
        ("rows.csv.gz", head.repeat((1 << 20) / head.len())),
        ("zeros.csv.gz", "\0".repeat(1 << 20)),
    ] {
        let file = File::create(path(name)).expect("a file");
        let mut packed = flate2::write::GzEncoder::new(file, flate2::Compression::best());
        packed.write_all(head.as_bytes()).expect("its head");
        for _ in 0..1000 {
            packed.write_all(block.as_bytes()).expect("a block");
        }
        packed.finish().expect("its end");
    }
    sparse(&path("nothing.csv"), b"", 1 << 30);
    sparse(&path("reserved.csv"), head.as_bytes(), 1 << 30);
    // Larger than any limit.
    sparse(&path("huge.csv"), head.as_bytes(), 3 << 30);
    for name in [
        "rows.csv.gz",
        "zeros.csv.gz",
        "nothing.csv",
        "reserved.csv",
        "huge.csv",
    ] {
        for args in by_hand(name) {
            let (code, stderr, peak) = measured(&workspace, &args);
            assert_eq!(code, Some(65), "{args:?}: {stderr}");
            assert!(peak < 256 * MIB, "{args:?}: {} MiB: {stderr}", peak / MIB);
        }
        fs::rename(path(name), path("inbox").join(name)).expect("moved");
        bills::age(&workspace, &format!("inbox/{name}"), 60);
        let run = ["run", "--date", DAY, "-c", "rekon.toml"];
        let (code, stderr, peak) = measured(&workspace, &run);
        assert_eq!(code, Some(65), "{name}: {stderr}");
        assert!(peak < 256 * MIB, "run with {name}: {} MiB", peak / MIB);
    }
    // Samples of a profile are files of somebody, too.
    let samples = path("samples");
    fs::create_dir(&samples).expect("a folder");
    sparse(&samples.join("reserved.csv"), head.as_bytes(), 1 << 30);
    let test = [
        "profiles",
        "test",
        "samples",
        "--profile",
        "tokopedia-biller",
    ];
    let (code, stderr, peak) = measured(&workspace, &test);
    assert_eq!(code, Some(65), "{stderr}");
    assert!(peak < 256 * MIB, "{} MiB", peak / MIB);
}
