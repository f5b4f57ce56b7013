//! Whether a server is the one that `known_hosts` says it is. The file is read as OpenSSH reads it
//! (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"): plain, hashed and `[host]:port` names, patterns,
//! several keys for one host, `@revoked`. Certificates are not taken, so `@cert-authority` lines
//! prove nothing here.
//!
//! russh has a reader of its own; it skips `@revoked` lines and patterns, calls a host whose second
//! key is the right one changed, and takes a file that cannot be read for an empty one.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use russh::keys::{Algorithm, HashAlg, PublicKey};
use sha1::Sha1;

/// Why a server is not believed to be the one that was asked for. Nothing was sent to it: no user
/// name, no key, no password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HostKeyFault {
    #[error(
        "known_hosts cannot be read: {}: {detail}\n  fix: write the server's key into it: {scan}; then compare `ssh-keygen -lf {}` with the fingerprint the provider gives you", .path.display(), .path.display()
    )]
    NoFile {
        path: PathBuf,
        detail: String,
        scan: String,
    },
    #[error(
        "the host is not in {}\n  it shows {shown}{note}\n  fix: ask the provider for their fingerprint, by another way than this connection; if it is this one: {scan}", .path.display()
    )]
    Unknown {
        path: PathBuf,
        shown: Shown,
        /// Lines that name the host and do not help, each on a line of its own.
        note: String,
        scan: String,
    },
    #[error(
        "the host key has CHANGED; somebody may be answering in the server's place, so nothing was sent\n  {}, line {line}, holds {held}\n  the server shows {shown}\n  fix: ask the provider whether they changed it and what its fingerprint is; if it is this one: {forget} && {scan}", .path.display()
    )]
    Changed {
        path: PathBuf,
        line: usize,
        held: Shown,
        shown: Shown,
        forget: String,
        scan: String,
    },
    #[error(
        "the key the server shows is revoked in {}, line {line}: {shown}; nothing was sent\n  fix: ask the provider which key is theirs now; while the line stands, this one is never accepted", .path.display()
    )]
    Revoked {
        path: PathBuf,
        line: usize,
        shown: Shown,
    },
    #[error(
        "{}, line {line}, revokes a key for this host and cannot be read: {detail}; nothing was sent, since it may be the one the server shows\n  fix: correct the line, or remove it if no key is revoked", .path.display()
    )]
    RevokedUnreadable {
        path: PathBuf,
        line: usize,
        detail: String,
    },
}

/// A key as people compare it: its kind and its SHA-256 fingerprint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    pub kind: String,
    pub fingerprint: String,
}

impl Shown {
    fn of(key: &PublicKey) -> Shown {
        Shown {
            kind: kind(key),
            fingerprint: key.fingerprint(HashAlg::Sha256).to_string(),
        }
    }
}

impl std::fmt::Display for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.kind, self.fingerprint)
    }
}

fn kind(key: &PublicKey) -> String {
    key.algorithm().as_str().to_owned()
}

/// The lines of a file that name one host.
#[derive(Clone, Debug)]
pub struct KnownHosts {
    path: PathBuf,
    host: String,
    port: u16,
    lines: Vec<Line>,
}

#[derive(Clone, Debug)]
struct Line {
    /// 1-based, as editors count: comments and blank lines too.
    number: usize,
    says: Says,
}

#[derive(Clone, Debug)]
enum Says {
    Trusted(PublicKey),
    Revoked(PublicKey),
    /// Revoked, and nobody can say which key.
    RevokedUnreadable(String),
    /// An authority's line, an unknown marker, a damaged key: why it proves nothing.
    Nothing(String),
}

impl KnownHosts {
    /// What the file says of `host` at `port`.
    pub fn read(path: &Path, host: &str, port: u16) -> Result<KnownHosts, HostKeyFault> {
        let mut known = KnownHosts {
            path: path.to_owned(),
            host: host.to_owned(),
            port,
            lines: Vec::new(),
        };
        let bytes = std::fs::read(path).map_err(|error| HostKeyFault::NoFile {
            path: path.to_owned(),
            detail: match error.kind() {
                ErrorKind::NotFound => "there is no such file".to_owned(),
                _ => error.to_string(),
            },
            scan: known.scan(None),
        })?;
        // A comment may be in any encoding; hosts and keys are ASCII.
        let text = String::from_utf8_lossy(&bytes);
        let lower = host.to_lowercase();
        let bracketed = format!("[{lower}]:{port}");
        let name = if port == 22 { &lower } else { &bracketed };
        for (index, line) in text.lines().enumerate() {
            let mut fields = line.split_ascii_whitespace().peekable();
            let marker = fields.next_if(|field| field.starts_with('@'));
            let Some(hosts) = fields.next().filter(|hosts| !hosts.starts_with('#')) else {
                continue;
            };
            // A key revoked for the host is revoked at each of its ports.
            let named = names(hosts, name) || (marker == Some("@revoked") && names(hosts, &lower));
            if !named {
                continue;
            }
            let key = key(fields.next(), fields.next());
            let says = match (marker, key) {
                (None, Ok(key)) => Says::Trusted(key),
                (Some("@revoked"), Ok(key)) => Says::Revoked(key),
                (Some("@revoked"), Err(why)) => Says::RevokedUnreadable(why),
                (None, Err(why)) => Says::Nothing(why),
                (Some("@cert-authority"), _) => Says::Nothing(
                    "it names an authority, and certificates are not taken, only keys".to_owned(),
                ),
                (Some(other), _) => Says::Nothing(format!(
                    "its marker {} is not known",
                    other.escape_default()
                )),
            };
            known.lines.push(Line {
                number: index + 1,
                says,
            });
        }
        Ok(known)
    }

    /// The kinds of key the host is known by, in the order of the file: what to ask the server for
    /// first, since it shows only one.
    pub fn kinds(&self) -> Vec<Algorithm> {
        let mut kinds = Vec::new();
        for (_, key) in self.trusted() {
            if !kinds.contains(&key.algorithm()) {
                kinds.push(key.algorithm());
            }
        }
        kinds
    }

    fn trusted(&self) -> impl Iterator<Item = (usize, &PublicKey)> {
        self.lines.iter().filter_map(|line| match &line.says {
            Says::Trusted(key) => Some((line.number, key)),
            Says::Revoked(_) | Says::RevokedUnreadable(_) | Says::Nothing(_) => None,
        })
    }

    /// Whether the server that shows `key` is the host. A revocation outweighs every other line.
    pub fn judge(&self, key: &PublicKey) -> Result<(), HostKeyFault> {
        let same = |other: &PublicKey| other.key_data() == key.key_data();
        for line in &self.lines {
            match &line.says {
                Says::Revoked(revoked) if same(revoked) => {
                    return Err(HostKeyFault::Revoked {
                        path: self.path.clone(),
                        line: line.number,
                        shown: Shown::of(key),
                    });
                }
                Says::RevokedUnreadable(why) => {
                    return Err(HostKeyFault::RevokedUnreadable {
                        path: self.path.clone(),
                        line: line.number,
                        detail: why.clone(),
                    });
                }
                Says::Revoked(_) | Says::Trusted(_) | Says::Nothing(_) => {}
            }
        }
        if self.trusted().any(|(_, trusted)| same(trusted)) {
            return Ok(());
        }
        // Of several keys that differ, one of the kind shown says most.
        let mut held: Vec<(usize, &PublicKey)> = self.trusted().collect();
        held.sort_by_key(|(_, trusted)| trusted.algorithm() != key.algorithm());
        Err(match held.first() {
            Some((line, held)) => HostKeyFault::Changed {
                path: self.path.clone(),
                line: *line,
                held: Shown::of(held),
                shown: Shown::of(key),
                forget: self.forget(),
                scan: self.scan(Some(key)),
            },
            None => HostKeyFault::Unknown {
                path: self.path.clone(),
                shown: Shown::of(key),
                note: self
                    .lines
                    .iter()
                    .filter_map(|line| match &line.says {
                        Says::Nothing(why) => {
                            Some(format!("\n  line {} names it, but {why}", line.number))
                        }
                        Says::Trusted(_) | Says::Revoked(_) | Says::RevokedUnreadable(_) => None,
                    })
                    .collect(),
                scan: self.scan(Some(key)),
            },
        })
    }

    /// The command that writes what the server shows into the file.
    fn scan(&self, key: Option<&PublicKey>) -> String {
        let only = match key.map(PublicKey::algorithm) {
            Some(Algorithm::Ed25519) => "-t ed25519 ",
            Some(Algorithm::Ecdsa { .. }) => "-t ecdsa ",
            Some(Algorithm::Rsa { .. }) => "-t rsa ",
            _ => "",
        };
        format!(
            "ssh-keyscan {only}-p {} {} >> {}",
            self.port,
            self.host,
            self.path.display()
        )
    }

    fn forget(&self) -> String {
        let name = match self.port {
            22 => self.host.clone(),
            port => format!("'[{}]:{port}'", self.host),
        };
        format!("ssh-keygen -R {name} -f {}", self.path.display())
    }
}

fn key(kind_named: Option<&str>, encoded: Option<&str>) -> Result<PublicKey, String> {
    let (Some(kind_named), Some(encoded)) = (kind_named, encoded) else {
        return Err("it has no key".to_owned());
    };
    let key = russh::keys::parse_public_key_base64(encoded)
        .map_err(|error| format!("its key cannot be read ({error})"))?;
    if kind(&key) != kind_named {
        return Err(format!(
            "it calls its {} key {}",
            kind(&key),
            kind_named.escape_default()
        ));
    }
    Ok(key)
}

/// Whether a line's list of names has the host (`name` in lower case, `[host]:port` away from port
/// 22). A negated pattern that fits outweighs all others.
fn names(hosts: &str, name: &str) -> bool {
    let mut named = false;
    for entry in hosts.split(',') {
        if let Some(hashed) = entry.strip_prefix("|1|") {
            named |= is_hash_of(hashed, name);
        } else if let Some(not) = entry.strip_prefix('!') {
            if fits(not.to_lowercase().as_bytes(), name.as_bytes()) {
                return false;
            }
        } else {
            named |= fits(entry.to_lowercase().as_bytes(), name.as_bytes());
        }
    }
    named
}

/// `salt|hash`: HMAC-SHA1 of the name under the salt. SHA-1 hides names here, it proves nothing.
fn is_hash_of(hashed: &str, name: &str) -> bool {
    let Some((salt, hash)) = hashed.split_once('|') else {
        return false;
    };
    let (Ok(salt), Ok(hash)) = (
        BASE64.decode(salt.as_bytes()),
        BASE64.decode(hash.as_bytes()),
    ) else {
        return false;
    };
    Hmac::<Sha1>::new_from_slice(&salt)
        .is_ok_and(|mac| mac.chain_update(name).verify_slice(&hash).is_ok())
}

/// OpenSSH's patterns: `*` is any run of letters, `?` is one; brackets are just brackets.
fn fits(pattern: &[u8], name: &[u8]) -> bool {
    let (mut p, mut n) = (0, 0);
    // Where to come back to: after the last star, one letter further in the name.
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p + 1, n));
                p += 1;
            }
            Some(letter) if *letter == b'?' || name.get(n) == Some(letter) => {
                p += 1;
                n += 1;
            }
            _ => match star {
                Some((after, from)) => {
                    star = Some((after, from + 1));
                    (p, n) = (after, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern
        .get(p..)
        .is_some_and(|rest| rest.iter().all(|b| *b == b'*'))
}
