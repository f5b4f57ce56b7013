//! Who is let into a ledger in PostgreSQL, how, and what `rekon check` says where nobody is.

use std::net::TcpListener;

use crate::certificates::certificates;
use crate::harness::{Output, Workspace};
use crate::postgres::{CERTIFIED, CLOSED, Database, PASSWORD, PASSWORD_IN_URL, Postgres};
use crate::proxy::{From, Mode, Proxy, Reach};

/// A merchant whose ledger is at a URL, with more under `[ledger]`.
pub fn config(ledger: &str) -> String {
    format!(
        r#"
state   = "sqlite:state.db"
archive = "archive"

[ledger]
{ledger}

[mail]
transport = "directory:mail"
from      = "Rekon <rekon@merchant.example>"

[[report]]
name = "finance-daily"
to   = ["finance@merchant.example"]

[[channel]]
name         = "biller"
profile      = "tokopedia-biller"
start        = "2026-11-18"
calendar     = "every-day"
due          = "08:00"
ledger_query = """
SELECT ref_id, amount, admin_fee, status, created_at AS occurred_at
FROM payments WHERE created_at >= :from AND created_at < :to"""

[[channel.source]]
folder  = "inbox"
pattern = "*"
"#
    )
}

pub const TABLE: &str = "
CREATE TABLE payments (ref_id text PRIMARY KEY, amount numeric(18, 2), admin_fee int, status text,
                       created_at timestamptz);";

/// What `rekon check` says of the ledger and of the channel's query, and how it ends. Names that
/// differ from run to run are taken out.
fn said(output: &Output, database: &Database<'_>) -> String {
    let mut told = format!("exit {}\n", output.status.map_or(-1, |code| code));
    let mut ours = false;
    for line in output.stdout.lines().chain(output.stderr.lines()) {
        if line.starts_with("ok ") || line.starts_with("FAIL ") {
            ours = line.contains("ledger");
        }
        if ours || line.starts_with("error") || line.starts_with("  hint") {
            told.push_str(line);
            told.push('\n');
        }
    }
    // The day before the one on which the test runs.
    let dates = regex::Regex::new(r"\d{4}-\d{2}-\d{2}").expect("a pattern");
    let told = dates.replace_all(&told, "[DATE]");
    told.replace(&database.server.port().to_string(), "[PORT]")
        .replace(&*database.server.socket().to_string_lossy(), "[SOCKET]")
        .replace(&database.name, "[DB]")
}

fn check(ledger: &str, environment: &[(&str, &str)], files: &[(&str, &str)]) -> Output {
    let workspace = Workspace::new().config(&config(ledger));
    std::fs::create_dir(workspace.path().join("inbox")).expect("a folder");
    for (name, text) in files {
        workspace.put(name, text);
    }
    workspace.run_with(&["check"], environment)
}

#[test]
fn whoever_may_is_let_in_and_whoever_may_not_is_told_why() {
    let server = Postgres::start();
    let database = server.database();
    database.execute(TABLE);
    let reader = database.reader();
    let (name, port) = (database.name.clone(), server.port());
    let url = database.url(&reader);
    let full = database.url_with_password(&reader);
    let limited = database.role("limited");
    let blind = database.role("blind");
    database.execute(&format!("ALTER ROLE {limited} CONNECTION LIMIT 0"));
    let certified = server.database_named(CERTIFIED);
    certified.execute(TABLE);
    certified.execute(&format!("GRANT SELECT ON payments TO {reader}"));
    let closed = server.database_named(CLOSED);
    let unwelcome = server.database_named("unwelcome");
    unwelcome.execute("REVOKE CONNECT ON DATABASE unwelcome FROM PUBLIC");
    let nobody = {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.local_addr().expect("an address").port()
    };
    let files = [
        ("ca.pem", certificates().ca.as_str()),
        ("other.pem", &certificates().other_ca),
        ("client.pem", &certificates().client.certificate),
        ("client.key", &certificates().client.key),
        ("password", PASSWORD),
        ("nonsense.pem", "no certificate"),
    ];
    let environment = [
        ("LEDGER_PASSWORD", PASSWORD),
        ("WRONG_PASSWORD", "lukisan pagi"),
        ("LEDGER_URL", full.as_str()),
    ];
    let with = |url: &str| format!("url = \"{url}\"\npassword = \"env:LEDGER_PASSWORD\"");
    let at = |role: &str| with(&database.url(role));
    let plus = |more: &str| with(&format!("{url}?{more}"));
    let elsewhere = url.replace("127.0.0.1", "127.0.0.2");
    let client = "sslcert=client.pem&sslkey=client.key";
    let cases = [
        ("password of the environment", with(&url)),
        (
            "password of a file",
            format!("url = \"{url}\"\npassword = \"file:password\""),
        ),
        (
            "whole URL of the environment",
            "url = \"env:LEDGER_URL\"".to_owned(),
        ),
        ("password in the URL", format!("url = \"{full}\"")),
        (
            "unix socket",
            with(&format!(
                "postgres://{reader}@localhost/{name}?host={}&port={port}",
                server.socket().display()
            )),
        ),
        ("no password", format!("url = \"{url}\"")),
        (
            "wrong password",
            format!("url = \"{url}\"\npassword = \"env:WRONG_PASSWORD\""),
        ),
        ("no such role", at("nobody_of_ours")),
        (
            "no such database",
            with(&url.replace(&format!("/{name}"), "/no_such_database")),
        ),
        ("not in pg_hba.conf", with(&closed.url(&reader))),
        ("no CONNECT", with(&unwelcome.url(&reader))),
        ("no connection left", at(&limited)),
        ("no SELECT", at(&blind)),
        (
            "nobody there",
            with(&url.replace(&port.to_string(), &nobody.to_string())),
        ),
        ("encrypted, unproven, on this host", plus("sslmode=require")),
        ("proven", plus("sslmode=verify-full&sslrootcert=ca.pem")),
        ("an authority nobody knows", plus("sslmode=verify-full")),
        (
            "another authority",
            plus("sslmode=verify-full&sslrootcert=other.pem"),
        ),
        (
            "authority of no file",
            plus("sslmode=verify-full&sslrootcert=none.pem"),
        ),
        (
            "authority that is none",
            plus("sslmode=verify-full&sslrootcert=nonsense.pem"),
        ),
        (
            "another name",
            with(&format!(
                "{elsewhere}?sslmode=verify-full&sslrootcert=ca.pem"
            )),
        ),
        (
            "another name that does not matter",
            with(&format!("{elsewhere}?sslmode=verify-ca&sslrootcert=ca.pem")),
        ),
        (
            "no certificate of the client",
            with(&certified.url(&reader)),
        ),
        (
            "certificate of the client",
            with(&format!(
                "{}?sslmode=verify-full&sslrootcert=ca.pem&{client}",
                certified.url(&reader)
            )),
        ),
        (
            "certificate without its key",
            plus("sslmode=require&sslcert=client.pem"),
        ),
    ];
    let mut told = String::new();
    for (what, ledger) in cases {
        let output = check(&ledger, &environment, &files);
        let both = format!("{}{}", output.stdout, output.stderr);
        for secret in [PASSWORD, PASSWORD_IN_URL, "lukisan pagi"] {
            assert!(!both.contains(secret), "{what}: {both}");
        }
        let text = said(&output, &database).replace(&nobody.to_string(), "[NOBODY]");
        told.push_str(&format!("{what}\n{text}\n"));
    }
    insta::assert_snapshot!(told);
}

#[test]
fn a_password_may_stand_in_pgpass() {
    let database = Postgres::shared().database();
    database.execute(TABLE);
    let reader = database.reader();
    let line = format!(
        "127.0.0.1:{}:{}:{reader}:{}",
        database.server.port(),
        database.name,
        PASSWORD.replace(':', "\\:")
    );
    let url = format!("url = \"{}\"", database.url(&reader));
    check(&url, &[], &[(".pgpass", &line)]).exits(0);
    check(&url, &[], &[(".pgpass", &line.replace("17%", "18%"))]).exits(77);
}

/// SQL that makes role `R` of database `D` something, and what is said of it; nothing where it can
/// only read.
#[test]
fn a_role_that_may_write_is_refused_with_the_statements_for_one_that_may_not() {
    let cases = [
        ("GRANT SELECT ON ALL TABLES IN SCHEMA public TO R", ""),
        ("GRANT SELECT, REFERENCES, TRIGGER ON payments TO R", ""),
        ("GRANT pg_read_all_data TO R", ""),
        (
            "GRANT INSERT ON payments TO R",
            "it may change public.payments",
        ),
        (
            "GRANT UPDATE (status) ON payments TO R",
            "it may change public.payments",
        ),
        (
            "GRANT TRUNCATE ON refunds TO R",
            "it may change public.refunds",
        ),
        (
            "GRANT DELETE ON everything TO R",
            "it may change public.everything",
        ),
        (
            "GRANT INSERT ON payments TO PUBLIC",
            "it may change public.payments",
        ),
        (
            "GRANT UPDATE ON ALL TABLES IN SCHEMA public, \"Odd Schema\" TO R",
            "it may change \"Odd Schema\".\"Odd Table\", public.everything, public.payments and 1 more",
        ),
        (
            "ALTER TABLE refunds OWNER TO R",
            "it may change public.refunds",
        ),
        (
            "CREATE ROLE R_w NOLOGIN; GRANT DELETE ON payments TO R_w; GRANT R_w TO R",
            "it may change public.payments",
        ),
        (
            "CREATE ROLE R_w NOLOGIN; GRANT DELETE ON payments TO R_w; ALTER ROLE R NOINHERIT; GRANT R_w TO R",
            "it may change public.payments",
        ),
        (
            "GRANT pg_write_all_data TO R",
            "it may change \"Odd Schema\".\"Odd Table\", public.everything, public.payments and 1 more",
        ),
        (
            "GRANT CREATE ON SCHEMA public TO R",
            "it may create tables in schema public",
        ),
        ("GRANT CREATE ON SCHEMA empty TO R", ""),
        (
            "ALTER ROLE R SUPERUSER",
            "it is a superuser; it may change \"Odd Schema\".\"Odd Table\", public.everything, public.payments and 1 more",
        ),
        (
            "ALTER ROLE R SET default_transaction_read_only = on; GRANT INSERT ON payments TO R",
            "it may change public.payments",
        ),
    ];
    let named = regex::Regex::new(r"\bR(_w)?\b").expect("a pattern");
    let mut first = None;
    for (grant, expected) in cases {
        let database = Postgres::shared().database();
        database.execute(TABLE);
        database.execute(
            "CREATE TABLE refunds (a int); CREATE VIEW everything AS SELECT * FROM refunds;
             CREATE SCHEMA \"Odd Schema\"; CREATE TABLE \"Odd Schema\".\"Odd Table\" (a int);
             CREATE SCHEMA empty",
        );
        let role = database.role("someone");
        database.execute(&format!("GRANT SELECT ON payments TO {role}"));
        database.execute(&named.replace_all(grant, format!("{role}$1")));
        let url = database.url_with_password(&role);
        let environment = [("LEDGER_URL", url.as_str())];
        let refused = check("url = \"env:LEDGER_URL\"", &environment, &[]);
        let line = format!(
            "FAIL  ledger: {role}@127.0.0.1:{}/{}: the role may write: ",
            database.server.port(),
            database.name
        );
        let proof = refused
            .stdout
            .lines()
            .find_map(|said| said.strip_prefix(&line));
        assert_eq!(proof.unwrap_or_default(), expected, "{grant}: {refused:?}");
        let refused = refused.exits(if expected.is_empty() { 0 } else { 78 });
        if expected.is_empty() {
            continue;
        }
        let allowed = "url = \"env:LEDGER_URL\"\nallow_writable_ledger = true";
        check(allowed, &environment, &[]).exits(0);
        first.get_or_insert_with(|| said(&refused, &database));
    }
    insta::assert_snapshot!(first.expect("one was refused"));
}

#[test]
fn check_says_at_once_that_a_server_does_not_answer() {
    let database = Postgres::shared().database();
    database.execute(TABLE);
    let reader = database.reader();
    let proxy = Proxy::start(database.server.port());
    let url = database.url_at(&reader, proxy.port());
    let ledger = format!("url = \"{url}\"\npassword = \"env:LEDGER_PASSWORD\"");
    let environment = [("LEDGER_PASSWORD", PASSWORD)];
    proxy.arm(Mode::Stall(From::Server, 0), Reach::Every);
    let silent = check(&ledger, &environment, &[]).exits(69);
    assert!(
        silent.stdout.contains("no connection within 10 seconds"),
        "{silent:?}"
    );
    assert_eq!(proxy.traffic().len(), 1);
    proxy.arm(Mode::Cut(From::Server, 0), Reach::Every);
    let cut = check(&ledger, &environment, &[]).exits(69);
    assert!(cut.stdout.contains("closes the connection"), "{cut:?}");
    assert_eq!(proxy.traffic().len(), 1);
}
