//! Mails to ops: a run that failed, once a day; all well again; and past a state that is away.

use std::process::Command;

use crate::bills;
use crate::harness::Workspace;

fn world() -> Workspace {
    let workspace = bills::workspace("", &[("2026-11-18 09:00:00", "K1", 50_000, "success")]);
    let row = ("2026-11-18 09:00:05", "K1", 50_000);
    bills::put(
        &workspace,
        "inbox/biller_20261118.csv",
        bills::report(&[row]),
        60,
    );
    let config = workspace.read("rekon.toml") + "\n[alert]\nto = [\"ops@merchant.example\"]\n";
    workspace.put("rekon.toml", config);
    workspace
}

fn break_the_query(workspace: &Workspace) {
    let config = workspace.read("rekon.toml");
    workspace.put(
        "rekon.toml",
        config.replace("FROM payments", "FROM nowhere"),
    );
}

fn mend_the_query(workspace: &Workspace) {
    let config = workspace.read("rekon.toml");
    workspace.put(
        "rekon.toml",
        config.replace("FROM nowhere", "FROM payments"),
    );
}

fn alerts(workspace: &Workspace) -> Vec<String> {
    let mails = workspace.files("mail").into_iter();
    mails.filter(|name| name.starts_with("alert_")).collect()
}

/// Subject, recipient and text of a mail, as Python's parser reads them.
fn read(workspace: &Workspace, name: &str) -> String {
    let script = "import email, email.policy, sys\n\
        m = email.message_from_binary_file(open(sys.argv[1], 'rb'), policy=email.policy.default)\n\
        print(m['Subject']); print(m['To']); print(m['Auto-Submitted'])\n\
        print(m.get_body(('plain',)).get_content())\n\
        assert '<html' in m.get_body(('html',)).get_content()\n";
    let output = Command::new("python3")
        .args(["-c", script])
        .arg(workspace.path().join("mail").join(name))
        .output()
        .expect("python3 runs (apt-get install -y python3)");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn a_failing_run_is_told_once_a_day_and_so_is_its_end() {
    let workspace = world();
    break_the_query(&workspace);
    workspace.run(["run"]).exits(78);
    let told = alerts(&workspace);
    assert_eq!(told.len(), 1, "{told:?}");
    let mail = read(&workspace, &told[0]);
    for part in [
        "[rekon] the run of ",
        "failed: ledger is not set up right\n",
        "ops@merchant.example\nauto-generated\n",
        "biller was not reconciled: ",
        "No run has worked yet.",
        "rekon.toml check\n",
        "rekon.toml run\n",
        "exit code 78",
    ] {
        assert!(mail.contains(part), "{part} in {mail}");
    }
    workspace.run(["run"]).exits(78);
    assert_eq!(alerts(&workspace), told);

    mend_the_query(&workspace);
    workspace.run(["run", "--date", "2026-11-18"]).exits(0);
    assert_eq!(alerts(&workspace), told, "a part proves nothing");
    workspace.run(["run"]).exits(0);
    let after = alerts(&workspace);
    assert_eq!(after.len(), 2, "{after:?}");
    let well = after.iter().find(|name| !told.contains(name)).expect("one");
    let mail = read(&workspace, well);
    assert!(
        mail.starts_with("[rekon] all well again: the run of "),
        "{mail}"
    );
    assert!(
        mail.contains("failed: ledger is not set up right"),
        "{mail}"
    );
    workspace.run(["run"]).exits(0);
    assert_eq!(alerts(&workspace), after);
    workspace.run(["verify"]).exits(0);
}

#[test]
fn ops_read_it_in_their_language() {
    let workspace = world();
    let config = workspace.read("rekon.toml");
    workspace.put("rekon.toml", config + "language = \"id\"\n");
    break_the_query(&workspace);
    workspace.run(["run"]).exits(78);
    let told = alerts(&workspace);
    let mail = read(&workspace, &told[0]);
    for part in [
        "[rekon] proses ",
        "gagal: pembukuan kita belum diatur dengan benar\n",
        "biller belum direkonsiliasi: ledger_query kanal biller: ",
        "Belum ada proses yang berhasil.",
        "Perintah berikutnya:\n",
        "rekon.toml check\n",
        "kode keluar 78",
    ] {
        assert!(mail.contains(part), "{part} in {mail}");
    }
    mend_the_query(&workspace);
    workspace.run(["run"]).exits(0);
    let after = alerts(&workspace);
    let well = after.iter().find(|name| !told.contains(name)).expect("one");
    let mail = read(&workspace, well);
    assert!(
        mail.starts_with("[rekon] sudah baik kembali: proses "),
        "{mail}"
    );
    assert!(
        mail.contains("gagal: pembukuan kita belum diatur"),
        "{mail}"
    );
    assert!(mail.contains("tanggal direkonsiliasi, "), "{mail}");
    let config = workspace.read("rekon.toml");
    let config = config.replace("language = \"id\"", "language = \"fr\"");
    workspace.put("rekon.toml", config);
    workspace.run(["run"]).exits(78);
}

#[test]
fn where_the_state_is_away_the_mail_leaves_all_the_same() {
    let workspace = world();
    let config = workspace.read("rekon.toml");
    let nowhere = "postgres://rekon@127.0.0.1:1/state?sslmode=disable";
    workspace.put(
        "rekon.toml",
        config.replace("sqlite:state/state.db", nowhere),
    );
    workspace.run(["run"]).exits(69);
    let told = alerts(&workspace);
    assert_eq!(told.len(), 1, "{told:?}");
    let mail = read(&workspace, &told[0]);
    assert!(
        mail.contains("failed: state database unreachable"),
        "{mail}"
    );
    assert!(mail.contains("without being recorded"), "{mail}");
}

#[test]
fn who_asks_for_no_mail_or_mistypes_alarms_nobody() {
    let workspace = world();
    workspace.run(["run", "--date", "2026-13-01"]).exits(2);
    break_the_query(&workspace);
    workspace.run(["run", "--no-send"]).exits(78);
    workspace.run(["run", "--dry-run"]).exits(78);
    assert_eq!(alerts(&workspace), Vec::<String>::new());
}
