//! The real binary against MariaDB: the same results as from SQLite, whatever becomes of the server
//! and the connection on the way.

use std::fs;
use std::time::Duration;

use secrecy::SecretString;
use serde_json::Value;

use crate::certificates::{Identity, certificates};
use crate::harness::{Output, Workspace, repository};
use crate::ledger_mysql::wait;
use crate::mariadb::{MariaDb, PASSWORD, READER, mysql};
use crate::proxy::{From, Mode, Proxy, Reach};

const ALL: [&str; 6] = [
    "run",
    "--from",
    "2026-11-11",
    "--to",
    "2026-11-18",
    "--json",
];

/// The sample ledger with the columns one would give it there.
fn load_sample(server: &MariaDb) {
    let text = fs::read_to_string(repository().join("sample_reports/ledger.sql")).expect("SQL");
    let columns = regex::Regex::new(r"(?m)^(  \w+ +)(TEXT|INTEGER)").expect("a pattern");
    let text = columns.replace_all(&text, |found: &regex::Captures<'_>| {
        let name = found[1].trim();
        let kind = match (&found[2], name) {
            (_, "created_at" | "ordered_at") => "DATETIME",
            ("INTEGER", _) => "DECIMAL(15,2)",
            (_, "status" | "operation") => "VARCHAR(20) CHARACTER SET ascii",
            _ => "VARCHAR(64)",
        };
        format!("{}{kind}", &found[1])
    });
    server.ledger(&text);
}

/// The samples with their ledger at a URL.
fn workspace(url: &str, more: &str) -> Workspace {
    let workspace = Workspace::copy_of("sample_reports");
    let config = workspace.read("rekon.toml");
    let start = config.find("url  = \"sqlite:").expect("the ledger's URL");
    let end = config.find("[mail]").expect("what follows");
    let config = format!(
        "{}url = \"{url}\"\npassword = \"file:password\"\n{more}\n{}",
        &config[..start],
        &config[end..]
    );
    workspace.file("password", PASSWORD).config(&config)
}

/// What was concluded, without what differs from run to run.
fn concluded(output: &Output) -> Value {
    output.json()["results"].clone()
}

#[test]
fn the_samples_give_the_same_results_as_from_sqlite_whatever_happens_on_the_way() {
    let mut server = MariaDb::start();
    load_sample(&server);
    let sqlite = Workspace::copy_of("sample_reports");
    let from_sqlite = sqlite.run_args(&ALL).exits(66);
    let direct = workspace(&server.url(), "").run_args(&ALL).exits(66);
    assert_eq!(
        serde_json::to_string(&concluded(&from_sqlite)).expect("JSON"),
        serde_json::to_string(&concluded(&direct)).expect("JSON")
    );

    // The connection is cut wherever it hurts; the run begins again in a new snapshot.
    let proxy = Proxy::start(server.port);
    let through = workspace(&server.url_at(proxy.port()), "");
    assert_eq!(
        concluded(&through.run_args(&ALL).exits(66)),
        concluded(&direct)
    );
    let whole = proxy.traffic().first().expect("a connection").from_server;
    assert!(whole > 50_000, "{whole}");
    for part in [0, 1, 3, 40, 70, 99] {
        let at = whole * part / 100;
        proxy.arm(Mode::Cut(From::Server, at), Reach::First);
        let cut = workspace(&server.url_at(proxy.port()), "");
        let output = cut.run_args(&ALL).exits(66);
        assert_eq!(concluded(&output), concluded(&direct), "cut at {at}");
        assert!(output.stderr.contains("ledger lost"), "{}", output.stderr);
        assert_eq!(proxy.traffic().len(), 2, "cut at {at}");
    }

    // The server dies in the middle of an answer and comes back.
    proxy.arm(Mode::Stall(From::Server, whole / 2), Reach::First);
    let killed = workspace(&server.url_at(proxy.port()), "");
    let output = std::thread::scope(|scope| {
        let run = scope.spawn(|| killed.run_args(&ALL));
        while proxy
            .traffic()
            .first()
            .is_none_or(|one| one.from_server < whole / 2)
        {
            std::thread::sleep(Duration::from_millis(10));
        }
        server.restart();
        proxy.arm(Mode::Transparent, Reach::Every);
        run.join().expect("the run ends")
    });
    let output = output.exits(66);
    assert_eq!(concluded(&output), concluded(&direct));
    assert!(output.stderr.contains("ledger lost"), "{}", output.stderr);

    // It stays away: nothing is concluded, and nothing is a break.
    server.kill();
    let away = workspace(&server.url(), "");
    let output = away.run_args(&["run", "--json"]).exits(69);
    assert!(
        output.stderr.contains("(tried 6 times)") && output.stderr.contains("is the server up"),
        "{}",
        output.stderr
    );
    // The readers hear that, and nothing else.
    let mails = away.files(".run/mail");
    assert!(
        !mails.is_empty() && mails.iter().all(|mail| mail.contains("_failed_")),
        "{mails:?}"
    );
    let checked = away.run(["check"]).exits(69);
    assert!(
        checked.stdout.contains("FAIL  ledger: "),
        "{}",
        checked.stdout
    );
}

#[test]
fn a_run_needs_an_account_that_reads_and_its_password() {
    let server = MariaDb::start();
    load_sample(&server);
    let reading = workspace(&server.url(), "");
    let checked = reading.run(["check"]);
    let told = format!(
        "ok    ledger: mysql {READER}@127.0.0.1:{}/ledger, opened read-only, in one snapshot",
        server.port
    );
    assert!(checked.stdout.contains(&told), "{}", checked.stdout);
    assert!(!checked.stdout.contains("NOTE"), "{}", checked.stdout);

    server.execute(&format!("GRANT INSERT ON ledger.ovo_payments TO {READER}"));
    let refused = workspace(&server.url(), "")
        .run(["run", "--json"])
        .exits(78);
    let proof = "the role may write: INSERT ON `ledger`.`ovo_payments`";
    assert!(refused.stderr.contains(proof), "{}", refused.stderr);
    let checked = workspace(&server.url(), "").run(["check"]).exits(78);
    assert!(checked.stdout.contains(proof), "{}", checked.stdout);
    let allowed = workspace(&server.url(), "allow_writable_ledger = true");
    allowed.run(["run", "--json"]).exits(66);
    server.execute(&format!(
        "REVOKE INSERT ON ledger.ovo_payments FROM {READER}"
    ));

    // Some words of the environment and of a file; a wrong one is told from a server that is away.
    let named = workspace(&server.url(), "");
    let config = named.read("rekon.toml");
    let named = named.config(&config.replace("file:password", "env:LEDGER_PASSWORD"));
    let run = |password| {
        named.run_with(
            &["run", "--json", "--as-of", "2026-11-19T11:00:00+07:00"],
            &[("LEDGER_PASSWORD", password)],
        )
    };
    run(PASSWORD).exits(66);
    let refused = run("not the password").exits(77);
    assert!(
        refused
            .stderr
            .contains("Access denied for user 'rekon_reader'")
            && !refused.stderr.contains("not the password"),
        "{}",
        refused.stderr
    );
    let nowhere = server.url().replace("/ledger", "/nowhere");
    let refused = workspace(&nowhere, "").run(["run", "--json"]).exits(77);
    assert!(refused.stderr.contains("nowhere"), "{}", refused.stderr);
    server.execute(match mysql() {
        Some(_) => "ALTER USER 'rekon_reader'@'%' ACCOUNT LOCK",
        None => "ALTER USER 'rekon_reader'@'%' IDENTIFIED VIA unix_socket",
    });
    let refused = workspace(&server.url(), "")
        .run(["run", "--json"])
        .exits(77);
    assert!(
        refused.stderr.contains("Access denied")
            || refused.stderr.contains("authentication plugin"),
        "{}",
        refused.stderr
    );
}

/// How an attempt to open the ledger ended: `in`, `in, encrypted`, or the error.
fn attempt(server: &MariaDb, parameters: &str, files: &std::path::Path) -> String {
    let url = format!("{}?{parameters}", server.url());
    let password = SecretString::from(PASSWORD);
    let database = rekon::database::Database::parse(&url, files, Some(&password));
    let database = match database {
        Ok(database) => database,
        Err(refused) => return refused.reason,
    };
    match wait(rekon::ledger::Ledger::open(&database)) {
        Ok(_) => "in".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_server_proves_its_name_and_a_client_too_where_it_is_asked() {
    let made = certificates();
    let files = tempfile::tempdir().expect("a directory");
    let put = |name: &str, text: &str| {
        fs::write(files.path().join(name), text).expect("PEM");
    };
    put("ca.pem", &made.ca);
    put("other.pem", &made.other_ca);
    put("client.pem", &made.client.certificate);
    put("client.key", &made.client.key);
    let serve = |identity: &Identity| {
        let server = MariaDb::start_with_tls(&identity.certificate, &identity.key, &[]);
        // Nobody is let in who does not encrypt.
        server.execute(&format!("ALTER USER '{READER}'@'%' REQUIRE SSL"));
        server
    };
    let proven = "ssl-mode=VERIFY_IDENTITY&ssl-ca=ca.pem";
    let good = serve(&made.good);
    let wrong_host = serve(&made.wrong_host);
    let expired = serve(&made.expired);
    let table: &[(&MariaDb, &str, &str)] = &[
        (&good, proven, "in"),
        (&good, "ssl-mode=VERIFY_CA&ssl-ca=ca.pem", "in"),
        (&good, "", "in"),
        (&good, "ssl-mode=DISABLED", "Access denied"),
        (
            &good,
            "ssl-mode=VERIFY_IDENTITY&ssl-ca=other.pem",
            "UnknownIssuer",
        ),
        (&good, "ssl-mode=VERIFY_IDENTITY", "UnknownIssuer"),
        (
            &good,
            "ssl-mode=VERIFY_IDENTITY&ssl-ca=none.pem",
            "a file for TLS cannot be read",
        ),
        (&wrong_host, proven, "not valid for name"),
        (&wrong_host, "ssl-mode=VERIFY_CA&ssl-ca=ca.pem", "in"),
        (&expired, proven, "expired"),
    ];
    for (server, parameters, expected) in table {
        let found = attempt(server, parameters, files.path());
        let fits = match *expected {
            "in" => found == "in",
            part => found.contains(part),
        };
        assert!(fits, "{parameters}: {found}");
        let hinted = found == "in" || found.contains("\n  hint: ");
        assert!(hinted, "{parameters}: {found}");
    }
    good.execute(&format!("ALTER USER '{READER}'@'%' REQUIRE X509"));
    let with_own = format!("{proven}&ssl-cert=client.pem&ssl-key=client.key");
    assert_eq!(attempt(&good, &with_own, files.path()), "in");
    let found = attempt(&good, proven, files.path());
    assert!(found.contains("Access denied"), "{found}");

    let open = MariaDb::start();
    let found = attempt(&open, proven, files.path());
    assert!(found.contains("TLS"), "{found}");
}

#[test]
fn a_server_that_says_nothing_is_given_up_after_ten_seconds() {
    let server = MariaDb::start();
    load_sample(&server);
    let proxy = Proxy::start(server.port);
    for at in [0, 60] {
        proxy.arm(Mode::Stall(From::Server, at), Reach::Every);
        let stalled = workspace(&server.url_at(proxy.port()), "");
        let checked = stalled.run(["check"]).exits(69);
        let told = "no answer within 10 seconds of connecting";
        assert!(checked.stdout.contains(told), "{}", checked.stdout);
    }
}
