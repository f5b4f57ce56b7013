//! Certificates for the test servers: a good one and those a client must refuse.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

/// A certificate and its key, both PEM.
pub struct Identity {
    pub certificate: String,
    pub key: String,
}

/// Made once per test process; every text is PEM.
pub struct Certificates {
    /// The authority that clients of the tests trust.
    pub ca: String,
    /// An authority that nobody trusts; it signed [`Certificates::untrusted`].
    pub other_ca: String,
    /// Of `localhost` and 127.0.0.1, signed by [`Certificates::ca`].
    pub good: Identity,
    /// Of a client, signed by [`Certificates::ca`].
    pub client: Identity,
    /// As the good one, of another host.
    pub wrong_host: Identity,
    /// As the good one, valid in January 2020.
    pub expired: Identity,
    /// As the good one, signed by [`Certificates::other_ca`].
    pub untrusted: Identity,
}

const GOOD_UNTIL: &str = "20491231235959Z";
const LONG_AGO: &str = "20200201000000Z";

/// `openssl ca` is the one command that sets dates in the past.
const CONFIG: &str = "\
[ca]
default_ca = tests
[tests]
new_certs_dir = .
database = index
rand_serial = yes
unique_subject = no
default_md = sha256
policy = any
[any]
commonName = supplied
[req]
distinguished_name = name
prompt = no
[name]
CN = rekon tests
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[localhost]
basicConstraints = critical, CA:FALSE
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost, IP:127.0.0.1
[client]
basicConstraints = critical, CA:FALSE
extendedKeyUsage = clientAuth
[elsewhere]
basicConstraints = critical, CA:FALSE
extendedKeyUsage = serverAuth
subjectAltName = DNS:mail.elsewhere.example
";

pub fn certificates() -> &'static Certificates {
    static MADE: OnceLock<Certificates> = OnceLock::new();
    MADE.get_or_init(make)
}

fn make() -> Certificates {
    let home = tempfile::tempdir().expect("a directory");
    let dir = home.path();
    fs::write(dir.join("config"), CONFIG).expect("written");
    let ca = authority(dir, "ca");
    let other_ca = authority(dir, "other");
    Certificates {
        good: leaf(dir, "ca", "localhost", GOOD_UNTIL),
        client: leaf(dir, "ca", "client", GOOD_UNTIL),
        wrong_host: leaf(dir, "ca", "elsewhere", GOOD_UNTIL),
        expired: leaf(dir, "ca", "localhost", LONG_AGO),
        untrusted: leaf(dir, "other", "localhost", GOOD_UNTIL),
        ca,
        other_ca,
    }
}

fn authority(dir: &Path, name: &str) -> String {
    let (key, certificate) = (format!("{name}.key"), format!("{name}.pem"));
    openssl(
        dir,
        &format!(
            "req -x509 -config config -extensions authority -subj /CN=rekon-{name} -days 3650 \
             -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout {key} -out {certificate}"
        ),
    );
    fs::read_to_string(dir.join(certificate)).expect("a certificate")
}

fn leaf(dir: &Path, authority: &str, host: &str, until: &str) -> Identity {
    fs::write(dir.join("index"), "").expect("written");
    openssl(
        dir,
        "req -new -config config -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
         -keyout leaf.key -out leaf.csr",
    );
    openssl(
        dir,
        &format!(
            "ca -batch -notext -config config -extensions {host} -cert {authority}.pem \
             -keyfile {authority}.key -startdate 20200101000000Z -enddate {until} \
             -in leaf.csr -out leaf.pem"
        ),
    );
    let read = |name: &str| fs::read_to_string(dir.join(name)).expect("PEM");
    Identity {
        certificate: read("leaf.pem"),
        key: read("leaf.key"),
    }
}

fn openssl(dir: &Path, arguments: &str) {
    let output = Command::new("openssl")
        .args(arguments.split_ascii_whitespace())
        .current_dir(dir)
        .output()
        .expect("openssl runs (apt-get install -y openssl)");
    assert!(
        output.status.success(),
        "openssl {arguments}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}
