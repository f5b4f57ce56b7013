//! What an installed rekon brings along: manual, completions, units, an example that is read.

use std::fs;
use std::process::Command;

use crate::harness::{Workspace, files_below, repository};

/// The commands that the help names.
fn commands(workspace: &Workspace) -> Vec<String> {
    let help = workspace.run(["--help"]).exits(0).stdout;
    let listed = help
        .split_once("Commands:")
        .and_then(|(_, rest)| rest.split_once("\n\n"))
        .map(|(listed, _)| listed)
        .expect("commands in the help");
    let name = |line: &str| {
        let indent = line.len() - line.trim_start().len();
        (indent == 2).then(|| line.split_whitespace().next().map(str::to_owned))?
    };
    listed.lines().filter_map(name).collect()
}

#[test]
fn every_command_has_a_page_and_is_completed() {
    let workspace = Workspace::new();
    let commands = commands(&workspace);
    assert!(commands.len() > 15, "{commands:?}");
    workspace.run(["man", "--dir", "man"]).exits(0);
    let pages = workspace.files("man");
    for command in commands.iter().filter(|command| *command != "help") {
        let page = format!("rekon-{command}.1");
        assert!(
            pages.iter().any(|one| one.ends_with(&page)),
            "{page}: {pages:?}"
        );
    }
    let page = workspace.run(["man"]).exits(0).stdout;
    for word in [".TH rekon 1", "Exit codes", "rekon\\-outbox"] {
        assert!(page.contains(word), "{word}:\n{page}");
    }
    for shell in ["bash", "zsh", "fish"] {
        let script = workspace.run(["completions", shell]).exits(0).stdout;
        for command in &commands {
            assert!(script.contains(command.as_str()), "{shell}: {command}");
        }
    }
    workspace.run(["completions", "tcsh"]).exits(2);
}

#[test]
fn the_units_are_understood_and_start_commands_there_are() {
    let workspace = Workspace::new();
    let commands = commands(&workspace);
    let program = env!("CARGO_BIN_EXE_rekon");
    let mut units = Vec::new();
    for path in files_below(&repository().join("packaging/systemd")) {
        let text = fs::read_to_string(&path).expect("a unit");
        for started in text
            .lines()
            .filter_map(|line| line.strip_prefix("ExecStart="))
        {
            let words: Vec<&str> = started.split(' ').collect();
            assert_eq!(words[0], "/usr/bin/rekon");
            assert!(
                commands.iter().any(|command| *command == words[3]),
                "{started}"
            );
        }
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .expect("a name");
        workspace.put(name, text.replace("/usr/bin/rekon", program));
        units.push(workspace.path().join(name));
    }
    assert_eq!(units.len(), 5);
    let verified = Command::new("systemd-analyze")
        .args(["verify", "--man=no"])
        .args(&units)
        .output()
        .expect("systemd-analyze runs (apt-get install -y systemd)");
    let said = String::from_utf8_lossy(&verified.stderr);
    assert!(verified.status.success() && said.is_empty(), "{said}");
}

#[test]
fn what_the_package_takes_from_the_repository_is_there() {
    let manifest = fs::read_to_string(repository().join("Cargo.toml")).expect("Cargo.toml");
    let assets = manifest
        .split_once("assets = [")
        .and_then(|(_, rest)| rest.split_once("\n]"))
        .map(|(assets, _)| assets)
        .expect("assets");
    let mut seen = 0;
    for line in assets.lines().filter(|line| line.contains('"')) {
        let source = line.split('"').nth(1).expect("a source");
        if source.starts_with("target/") {
            continue;
        }
        seen += 1;
        let there = match source.strip_suffix("/*") {
            Some(folder) => !files_below(&repository().join(folder)).is_empty(),
            None => repository().join(source).is_file(),
        };
        assert!(there, "{source}");
    }
    assert!(seen >= 5, "{assets}");
}

/// On a server: secrets are credentials of the service, and nothing lies beside the configuration.
#[test]
fn the_servers_example_is_read_with_the_credentials_of_its_service() {
    let example = fs::read_to_string(repository().join("packaging/rekon.toml")).expect("it");
    let workspace = Workspace::new();
    let data = workspace.path().join("data");
    workspace.put(
        "rekon.toml",
        example.replace("/var/lib/rekon", data.to_str().expect("UTF-8")),
    );
    for (name, value) in [
        (
            "rekon_ledger",
            "postgres://rekon:of-a-test@127.0.0.1:9/payments",
        ),
        ("rekon_smtp", "one"),
        ("rekon_imap", "two"),
    ] {
        workspace.put(&format!("credentials/{name}"), format!("{value}\n"));
    }
    let refused = workspace.run(["breaks", "list"]).exits(78).stderr;
    assert!(refused.contains("credential"), "{refused}");
    assert!(refused.contains("LoadCredential="), "{refused}");
    let folder = workspace.path().join("credentials");
    let folder = folder.to_str().expect("UTF-8");
    let listed = workspace.run_with(&["breaks", "list"], &[("CREDENTIALS_DIRECTORY", folder)]);
    listed.exits(0);
    workspace.remove("credentials/rekon_imap");
    let refused = workspace.run_with(&["breaks", "list"], &[("CREDENTIALS_DIRECTORY", folder)]);
    let refused = refused.exits(78).stderr;
    assert!(
        refused.contains("mailbox.settlements.password"),
        "{refused}"
    );
    assert!(refused.contains("rekon_imap"), "{refused}");
}
