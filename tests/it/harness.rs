//! One harness: a workspace in a temporary directory and the real binary run in it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

/// When every scripted run takes place, unless it says otherwise: Thursday, 11:00 in Jakarta.
pub const AS_OF: &str = "2026-11-19T11:00:00+07:00";

/// No run of a test takes longer; a hang is a failure with a name.
const PATIENCE: Duration = Duration::from_secs(120);

/// Starts a process and notes its peak. A process starts with the peak of whoever started it, and
/// that of a test among hundreds is large; this interpreter's is small.
const MEASURE: &str = "
import resource, subprocess, sys
ended = subprocess.run(sys.argv[2:], timeout=90).returncode
with open(sys.argv[1], 'w') as noted:
    noted.write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(ended if ended >= 0 else 128 - ended)
";

/// A directory with `rekon.toml`, a ledger and inboxes, gone when dropped.
pub struct Workspace {
    dir: TempDir,
}

impl Workspace {
    pub fn new() -> Workspace {
        Workspace::below(&std::env::temp_dir())
    }

    /// Where the system has one, on a disk that is memory: many small files are written and flushed.
    pub fn in_memory() -> Workspace {
        let memory = Path::new("/dev/shm");
        match memory.is_dir() {
            true => Workspace::below(memory),
            false => Workspace::new(),
        }
    }

    fn below(folder: &Path) -> Workspace {
        let dir = tempfile::Builder::new()
            .prefix("rekon-it-")
            .tempdir_in(folder)
            .expect("a temporary directory");
        Workspace { dir }
    }

    /// A copy of a directory of the repository, without what runs left in it.
    pub fn copy_of(folder: &str) -> Workspace {
        let workspace = Workspace::new();
        copy(&repository().join(folder), workspace.dir.path());
        workspace
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    pub fn config(self, toml: &str) -> Workspace {
        self.file("rekon.toml", toml)
    }

    /// The SQL text that `load` of the default configuration creates the ledger from.
    pub fn ledger_sql(self, sql: &str) -> Workspace {
        self.file("ledger.sql", sql)
    }

    /// Writes a file, readable by its owner alone, and its folders.
    pub fn file(self, path: &str, bytes: impl AsRef<[u8]>) -> Workspace {
        self.put(path, bytes);
        self
    }

    /// As [`Workspace::file`], between two runs.
    pub fn put(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let path = self.dir.path().join(path);
        fs::create_dir_all(path.parent().expect("a path below the workspace")).expect("folders");
        fs::write(&path, bytes).expect("a file");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("its mode");
    }

    pub fn remove(&self, path: &str) {
        fs::remove_file(self.dir.path().join(path)).expect("a file to remove");
    }

    /// Changes a ledger between two runs.
    pub fn change_ledger(&self, path: &str, sql: &str) {
        rusqlite::Connection::open(self.dir.path().join(path))
            .and_then(|ledger| ledger.execute_batch(sql))
            .expect("a statement the ledger accepts");
    }

    /// Runs `rekon` in the workspace with its `rekon.toml`; the clock stands at [`AS_OF`] for the
    /// commands that have one.
    pub fn run<const N: usize>(&self, args: [&str; N]) -> Output {
        self.run_args(&args)
    }

    /// As another person, whom `sudo` names; only root is believed to be somebody else.
    pub fn run_as(&self, who: &str, args: &[&str]) -> Output {
        self.run_with(args, &[("SUDO_USER", who)])
    }

    pub fn run_args(&self, args: &[&str]) -> Output {
        self.run_with(args, &[])
    }

    pub fn run_with(&self, args: &[&str], environment: &[(&str, &str)]) -> Output {
        let rekon = assert_cmd::Command::new(env!("CARGO_BIN_EXE_rekon"));
        self.output_of(rekon, args, environment)
    }

    /// As [`Workspace::run_args`], with the most memory that the process had at one time, in bytes.
    pub fn measured(&self, args: &[&str]) -> (Output, u64) {
        let noted = tempfile::NamedTempFile::new().expect("a file for the figure");
        let mut launcher = assert_cmd::Command::new("python3");
        launcher.args(["-c", MEASURE]).arg(noted.path());
        launcher.arg(env!("CARGO_BIN_EXE_rekon"));
        let output = self.output_of(launcher, args, &[]);
        let figure = fs::read_to_string(noted.path()).expect("the figure");
        let kib: u64 = figure
            .trim()
            .parse()
            .unwrap_or_else(|_| panic!("{args:?} was not measured: {}", output.transcript()));
        (output, kib * 1024)
    }

    fn output_of(
        &self,
        mut command: assert_cmd::Command,
        args: &[&str],
        environment: &[(&str, &str)],
    ) -> Output {
        command
            .current_dir(self.path())
            .timeout(PATIENCE)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path())
            // Nothing may depend on the zone or the language of the host.
            .env("TZ", "Pacific/Kiritimati")
            .env("LC_ALL", "C")
            .envs(environment.iter().copied())
            .args(args);
        if !args.contains(&"-c") && self.path().join("rekon.toml").exists() {
            command.args(["-c", "rekon.toml"]);
        }
        if args.first() == Some(&"run") && !args.contains(&"--as-of") {
            command.args(["--as-of", AS_OF]);
        }
        let output = command.output().expect("the binary starts");
        Output {
            status: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("UTF-8 on stdout"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8 on stderr"),
            dir: self.path().to_owned(),
        }
    }

    /// Files below a folder of the workspace, relative to it, sorted.
    pub fn files(&self, folder: &str) -> Vec<String> {
        let root = self.path().join(folder);
        let mut found: Vec<String> = files_below(&root)
            .iter()
            .map(|path| {
                path.strip_prefix(&root)
                    .expect("a path below its root")
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        found.sort();
        found
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }
}

/// What a run left behind.
#[derive(Debug)]
pub struct Output {
    /// `None` when a signal ended it.
    pub status: Option<i32>,
    pub stdout: String,
    pub stderr: String,
    dir: PathBuf,
}

impl Output {
    #[track_caller]
    pub fn exits(self, code: i32) -> Output {
        assert_eq!(
            self.status,
            Some(code),
            "stdout:\n{}\nstderr:\n{}",
            self.stdout,
            self.stderr
        );
        self
    }

    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| {
            panic!(
                "no JSON on stdout: {error}\nstdout:\n{}\nstderr:\n{}",
                self.stdout, self.stderr
            )
        })
    }

    /// Everything a person sees, without what differs from run to run.
    pub fn transcript(&self) -> String {
        let status = match self.status {
            Some(code) => code.to_string(),
            None => "killed".to_owned(),
        };
        let mut text = format!("exit {status}\n");
        for (name, stream) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !stream.trim().is_empty() {
                text.push_str(&format!("--- {name}\n{}\n", stream.trim_end()));
            }
        }
        redact(&text, &self.dir)
    }
}

/// Takes out paths of the workspace, hashes, run ids and durations.
fn redact(text: &str, dir: &Path) -> String {
    let mut text = text.replace(&*dir.to_string_lossy(), "[DIR]");
    if let Ok(real) = dir.canonicalize() {
        text = text.replace(&*real.to_string_lossy(), "[DIR]");
    }
    for (pattern, label) in [
        (r"\b[0-9a-f]{64}\b", "[SHA256]"),
        (r"\brun [0-9A-Za-z]{8}[0-9A-Za-z-]*\b", "run [RUN]"),
        (r"\b\d+([.,]\d+)? ?(ms|µs)\b", "[TIME]"),
        (r"\b\d+[.,]\d+ ?s\b", "[TIME]"),
    ] {
        text = regex::Regex::new(pattern)
            .expect("a pattern")
            .replace_all(&text, label)
            .into_owned();
    }
    text
}

/// How often something is tried that could be tried any number of times: `REKON_TESTS_LONG=1` asks for
/// more of it than there is time for at every change.
pub fn tries(everyday: usize, long: usize) -> usize {
    match std::env::var_os("REKON_TESTS_LONG") {
        None => everyday,
        Some(_) => long,
    }
}

pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below a folder; none when it does not exist.
/// As a lock names the host of its holder: processes of another container have other numbers.
pub fn host_identity() -> String {
    let text = |path: &str| std::fs::read_to_string(path).expect("the system tells");
    let pids = std::fs::read_link("/proc/self/ns/pid").expect("a namespace");
    format!(
        "{} {} {}",
        text("/proc/sys/kernel/hostname").trim(),
        text("/proc/sys/kernel/random/boot_id").trim(),
        pids.display()
    )
}

pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries {
            let path = entry.expect("a directory entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Copies in the order of names, so that modification times keep the order of revisions.
fn copy(from: &Path, to: &Path) {
    let mut entries: Vec<PathBuf> = fs::read_dir(from)
        .unwrap_or_else(|error| panic!("{}: {error}", from.display()))
        .map(|entry| entry.expect("a directory entry").path())
        .collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().expect("a name");
        if name == ".run" {
            continue;
        }
        let target = to.join(name);
        if path.is_dir() {
            fs::create_dir(&target).expect("a folder");
            copy(&path, &target);
        } else {
            let bytes = fs::read(&path).expect("a file to copy");
            fs::write(&target, bytes).expect("its copy");
            fs::set_permissions(&target, fs::Permissions::from_mode(0o600)).expect("its mode");
        }
    }
}
