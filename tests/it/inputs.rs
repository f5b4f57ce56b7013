//! What is no report costs neither time nor memory, by whichever command it comes: pipes, devices,
//! files over the limit, bombs, files that were reserved and never written.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;

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

/// The three commands that are given a file by a person.
fn by_hand(name: &str) -> [Vec<&str>; 3] {
    [
        vec!["inspect", name, "--profile", "tokopedia-biller"],
        vec!["inspect", name],
        vec!["add", name, "--channel", "biller"],
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
            let output = workspace.run_args(&args).exits(2);
            assert!(output.stderr.contains(what), "{args:?}: {}", output.stderr);
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

/// It ends with what is refused in it, and within the memory of a small machine.
#[track_caller]
fn takes_little(workspace: &Workspace, args: &[&str]) {
    let (output, peak) = workspace.measured(args);
    let output = output.exits(65);
    assert!(
        peak < 256 * MIB,
        "{args:?}: {} MiB: {}",
        peak / MIB,
        output.stderr
    );
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
            takes_little(&workspace, &args);
        }
        fs::rename(path(name), path("inbox").join(name)).expect("moved");
        bills::age(&workspace, &format!("inbox/{name}"), 60);
        takes_little(&workspace, &["run", "--date", DAY]);
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
    takes_little(&workspace, &test);
}
