//! One logged-in connection to a mail server. Every answer has a deadline and a bound of its own,
//! every command is seen through to its tagged answer: a connection that is lost half way is a
//! fault, never an empty answer.
//!
//! Reading is done in a folder opened read-only (`EXAMINE`, `BODY.PEEK`): a mail is as unread
//! afterwards as it was before.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_imap::imap_proto::{Response, Status};
use chrono::{DateTime, Utc};
use tokio::net::TcpStream;

use super::answer::{Answer, answer_of, said, short, visible};
use super::login::{is_expired, log_in};
use super::stream::{Metered, TlsSetup, connector, server_name};
use crate::credential::{Credential, TokenFault};

/// A mailbox as the configuration names it.
#[derive(Clone, Debug)]
pub struct Account {
    /// Its name in the configuration.
    pub name: String,
    pub host: String,
    pub port: u16,
    pub user: String,
    pub credential: Credential,
    /// Certificates trusted beside the system's own.
    pub ca: Option<PathBuf>,
    /// Where reports arrive.
    pub folder: String,
    /// How long the server may stay silent.
    pub timeout: Duration,
}

/// What a mailbox could not do. The words name the mailbox, the server and what was being done.
#[derive(Debug, thiserror::Error)]
pub enum MailboxFault {
    /// Not there now: connect, deadline, a lost connection, `BYE`, an answer that cannot be read.
    #[error("mailbox {mailbox}: {server} {what}")]
    Unreachable {
        mailbox: String,
        server: String,
        what: String,
    },
    #[error("mailbox {mailbox}: {server} refused the login of {user}: {answer}\n  hint: {hint}")]
    Authentication {
        mailbox: String,
        server: String,
        user: String,
        answer: String,
        hint: &'static str,
    },
    #[error("mailbox {mailbox}: {fault}")]
    Token { mailbox: String, fault: TokenFault },
    #[error("mailbox {mailbox}: {fault}")]
    Tls { mailbox: String, fault: TlsSetup },
    /// The server answered and said no.
    #[error("mailbox {mailbox}: {server} refused {what}: {answer}")]
    Refused {
        mailbox: String,
        server: String,
        what: String,
        answer: String,
    },
}

impl MailboxFault {
    /// Whether the same may work a moment later.
    pub fn is_transient(&self) -> bool {
        matches!(self, MailboxFault::Unreachable { .. })
    }
}

/// A folder as it was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opened {
    /// UIDs mean nothing under another value.
    pub uid_validity: u32,
}

/// What a mail says of itself before its body is fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    pub uid: u32,
    /// `RFC822.SIZE`, in bytes; some servers estimate it.
    pub size: u64,
    /// When the server received it.
    pub received: Option<DateTime<Utc>>,
    /// Its header as it stands, at most the first 64 KiB: a server's own selection of fields may
    /// leave out the very line that makes a header doubtful.
    pub header: Vec<u8>,
}

/// What became of a mail that was to be put away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PutAway {
    Moved,
    /// The server cannot move; the mail stays and carries this flag.
    Flagged(String),
    /// It was no longer in the folder: somebody moved or deleted it meanwhile.
    Gone,
    /// It is still there as it was, and the server said why.
    Stayed(String),
}

/// Flags of mails that cannot be moved.
pub const PROCESSED_FLAG: &str = "RekonProcessed";
pub const QUARANTINED_FLAG: &str = "RekonQuarantined";

const CONNECT: &str = "connecting";
/// Of a mail's header, before anything is known of it.
const HEADING_BYTES: u64 = 64 << 10;
/// A body is fetched in pieces, so that a slow line is told from a dead one.
const PIECE_BYTES: u64 = 256 << 10;
/// Room for what a server says beside what it was asked for.
const SLACK_BYTES: u64 = 256 << 10;
/// The numbers of a million mails.
const SEARCH_BYTES: u64 = 16 << 20;
/// Mails looked at, and moved, with one command.
const BATCH: usize = 100;
/// Answers to one command: more is a server that does not end.
const MOST_ANSWERS: usize = 2_000_000;

/// A connection that has logged in.
pub struct Session {
    imap: async_imap::Session<Metered>,
    mailbox: String,
    server: String,
    timeout: Duration,
    allowance: Arc<AtomicU64>,
    can_move: bool,
}

impl Session {
    /// Connects, checks the certificate and logs in.
    pub async fn connect(account: &Account) -> Result<Session, MailboxFault> {
        let server = format!("{}:{}", account.host, account.port);
        let unreachable = |what: String| MailboxFault::Unreachable {
            mailbox: account.name.clone(),
            server: server.clone(),
            what,
        };
        let setup = |fault| MailboxFault::Tls {
            mailbox: account.name.clone(),
            fault,
        };
        let late = |doing: &str| {
            let seconds = account.timeout.as_secs_f32();
            unreachable(format!("did not answer within {seconds} s while {doing}"))
        };
        let connector = connector(account.ca.as_ref()).map_err(setup)?;
        let name = server_name(&account.host).map_err(setup)?;
        let target = (account.host.trim_matches(['[', ']']), account.port);
        let tcp = tokio::time::timeout(account.timeout, TcpStream::connect(target))
            .await
            .map_err(|_| late(CONNECT))?
            .map_err(|error| unreachable(format!("cannot be reached: {error}")))?;
        let tls = tokio::time::timeout(account.timeout, connector.connect(name, tcp))
            .await
            .map_err(|_| late("agreeing on TLS"))?
            .map_err(|error| {
                unreachable(format!(
                    "cannot be trusted or speaks no TLS: {error}\n  hint: the certificate has to \
                     name {}, be valid today and come from a known authority; `ca = \"file.pem\"` \
                     adds your own",
                    account.host
                ))
            })?;
        let allowance = Arc::new(AtomicU64::new(SLACK_BYTES));
        let mut client = async_imap::Client::new(Metered::new(tls, allowance.clone()));
        let greeting = tokio::time::timeout(account.timeout, client.read_response())
            .await
            .map_err(|_| late("greeting"))?;
        match greeting {
            Ok(Some(greeting)) => match greeting.parsed() {
                Response::Data {
                    status: Status::Ok | Status::PreAuth,
                    ..
                } => {}
                other => return Err(unreachable(format!("is not ready: {}", said(other)))),
            },
            Ok(None) => return Err(unreachable("hung up before it said a word".to_owned())),
            Err(error) => return Err(unreachable(format!("speaks no IMAP: {}", short(&error)))),
        }
        let imap = log_in(account, client, &server).await?;
        let mut session = Session {
            imap,
            mailbox: account.name.clone(),
            server: server.clone(),
            timeout: account.timeout,
            allowance,
            can_move: false,
        };
        let answers = session
            .command("CAPABILITY", "asking what the server can do", SLACK_BYTES)
            .await?;
        session.can_move = answers.contains(&Answer::CanMove);
        Ok(session)
    }

    /// Whether the server knows `MOVE` (RFC 6851).
    pub fn can_move(&self) -> bool {
        self.can_move
    }

    /// Opens a folder for reading.
    pub async fn examine(&mut self, folder: &str) -> Result<Opened, MailboxFault> {
        self.open("EXAMINE", folder).await.map(|(opened, _)| opened)
    }

    async fn open(
        &mut self,
        command: &str,
        folder: &str,
    ) -> Result<(Opened, Keywords), MailboxFault> {
        let what = format!("opening the folder `{folder}`");
        let line = format!("{command} {}", quoted(folder));
        let answers = self.command(&line, &what, SLACK_BYTES).await;
        let answers = answers.map_err(|fault| match fault {
            MailboxFault::Refused {
                mailbox,
                server,
                what,
                answer,
            } => MailboxFault::Refused {
                answer: format!(
                    "{answer}\n  hint: `folder` has to be one that is there, as the server spells it"
                ),
                mailbox,
                server,
                what,
            },
            other => other,
        })?;
        let mut uid_validity = None;
        let mut keywords = Keywords::default();
        for answer in answers {
            match answer {
                Answer::UidValidity(value) => uid_validity = Some(value),
                Answer::PermanentFlags(flags) => keywords = Keywords(flags),
                _ => {}
            }
        }
        let uid_validity = uid_validity.ok_or_else(|| MailboxFault::Refused {
            mailbox: self.mailbox.clone(),
            server: self.server.clone(),
            what,
            answer: "the folder has no UIDVALIDITY: mails in it cannot be told apart".to_owned(),
        })?;
        Ok((Opened { uid_validity }, keywords))
    }

    /// The numbers of the mails from `first` on, ascending, without those being deleted and those
    /// that carry our own flags.
    pub async fn uids(&mut self, first: u32) -> Result<Vec<u32>, MailboxFault> {
        let line = format!(
            "UID SEARCH UID {first}:* NOT DELETED UNKEYWORD {PROCESSED_FLAG} \
             UNKEYWORD {QUARANTINED_FLAG}"
        );
        let found = self.search(&line).await?;
        // `n:*` names the last mail also where that one stands before n.
        Ok(found.into_iter().filter(|uid| *uid >= first).collect())
    }

    async fn search(&mut self, line: &str) -> Result<BTreeSet<u32>, MailboxFault> {
        let answers = self
            .command(line, "looking for mails", SEARCH_BYTES)
            .await?;
        let mut found = BTreeSet::new();
        for answer in answers {
            if let Answer::Found(uids) = answer {
                found.extend(uids);
            }
        }
        Ok(found)
    }

    /// What these mails say of themselves. One that is gone by now is left out.
    pub async fn headings(&mut self, uids: &[u32]) -> Result<Vec<Heading>, MailboxFault> {
        let mut headings = self.beginnings(uids, "HEADER").await?;
        // A server ends the header at the first line that is no field; what claims to be a From
        // below it is read from the mail itself.
        let without: Vec<u32> = headings
            .values()
            .filter(|heading| !has_author(&heading.header))
            .map(|heading| heading.uid)
            .collect();
        headings.extend(self.beginnings(&without, "").await?);
        let without: Vec<u32> = uids
            .iter()
            .filter(|uid| !headings.contains_key(uid))
            .copied()
            .collect();
        for batch in without.chunks(BATCH) {
            // What is there and shows no header must not pass for looked at.
            if let Some(uid) = self.present(batch).await?.first() {
                return Err(self.lost(format!("gave no header of the mail with UID {uid}")));
            }
        }
        Ok(headings.into_values().collect())
    }

    /// The first bytes of a section of these mails.
    async fn beginnings(
        &mut self,
        uids: &[u32],
        section: &str,
    ) -> Result<BTreeMap<u32, Heading>, MailboxFault> {
        let mut headings = BTreeMap::new();
        for batch in uids.chunks(BATCH) {
            let line = format!(
                "UID FETCH {} (UID RFC822.SIZE INTERNALDATE \
                 BODY.PEEK[{section}]<0.{HEADING_BYTES}>)",
                set(batch)
            );
            let bytes = SLACK_BYTES + batch.len() as u64 * (HEADING_BYTES + 1024);
            let answers = self.command(&line, "reading headers", bytes).await?;
            for answer in answers {
                if let Answer::Mail(mail) = answer
                    && batch.contains(&mail.uid)
                    && let (Some(size), Some(header)) = (mail.size, mail.body)
                {
                    let heading = Heading {
                        uid: mail.uid,
                        size,
                        received: mail.received,
                        header,
                    };
                    headings.insert(heading.uid, heading);
                }
            }
        }
        Ok(headings)
    }

    /// A mail as it stands, or its first `limit` bytes and one more; `None` when it is gone.
    pub async fn raw(&mut self, uid: u32, limit: u64) -> Result<Option<Vec<u8>>, MailboxFault> {
        let mut raw = Vec::new();
        while raw.len() as u64 <= limit {
            let from = raw.len() as u64;
            let want = PIECE_BYTES.min(limit + 1 - from);
            let line = format!("UID FETCH {uid} (UID BODY.PEEK[]<{from}.{want}>)");
            let answers = self
                .command(&line, "fetching a mail", want + SLACK_BYTES)
                .await?;
            let piece = answers.into_iter().find_map(|answer| match answer {
                Answer::Mail(mail) if mail.uid == uid => mail.body,
                _ => None,
            });
            // No mail is empty: it has a header at least.
            let piece = piece.filter(|piece| from > 0 || !piece.is_empty());
            let Some(piece) = piece else {
                // What is there and is not shown must not pass for looked at.
                if self.present(&[uid]).await?.contains(&uid) {
                    return Err(self.lost(format!("gave no body of the mail with UID {uid}")));
                }
                // Deleted or moved between two pieces: what came so far is no mail.
                return Ok(None);
            };
            raw.extend_from_slice(&piece);
            if (piece.len() as u64) < want {
                return Ok(Some(raw));
            }
        }
        Ok(Some(raw))
    }

    /// Moves mails to another folder, or flags them where the server cannot move, and looks whether
    /// it happened. `folder` must still be the one that was read.
    pub async fn put_away(
        &mut self,
        folder: &str,
        opened: Opened,
        uids: &[u32],
        target: &str,
        flag: &str,
    ) -> Result<BTreeMap<u32, PutAway>, MailboxFault> {
        let (now, keywords) = self.open("SELECT", folder).await?;
        if now != opened {
            let reason = "the folder was replaced (UIDVALIDITY changed)".to_owned();
            return Ok(each(uids, PutAway::Stayed(reason)));
        }
        let mut fates = BTreeMap::new();
        for batch in uids.chunks(BATCH) {
            let present = self.present(batch).await?;
            let (here, gone): (Vec<u32>, Vec<u32>) =
                batch.iter().partition(|uid| present.contains(uid));
            fates.extend(each(&gone, PutAway::Gone));
            if here.is_empty() {
                continue;
            }
            let moved = match self.can_move {
                true => self.move_to(&here, target).await?,
                false => Err("the server cannot move mails".to_owned()),
            };
            match moved {
                Ok(()) => {
                    // A server may answer OK and have moved nothing.
                    let left = self.present(&here).await?;
                    for uid in here {
                        let reason = "the server said that it was moved".to_owned();
                        fates.insert(
                            uid,
                            match left.contains(&uid) {
                                true => PutAway::Stayed(reason),
                                false => PutAway::Moved,
                            },
                        );
                    }
                }
                Err(refusal) => fates.extend(self.flag(&here, flag, &keywords, refusal).await?),
            }
        }
        Ok(fates)
    }

    fn lost(&self, what: String) -> MailboxFault {
        MailboxFault::Unreachable {
            mailbox: self.mailbox.clone(),
            server: self.server.clone(),
            what,
        }
    }

    async fn present(&mut self, uids: &[u32]) -> Result<BTreeSet<u32>, MailboxFault> {
        self.search(&format!("UID SEARCH UID {}", set(uids))).await
    }

    /// Moves, creating the folder where it is missing; the server's words where it will not, or
    /// where the folder did not grow by what left the other one.
    async fn move_to(
        &mut self,
        uids: &[u32],
        target: &str,
    ) -> Result<Result<(), String>, MailboxFault> {
        if self.next_uid(target).await?.is_none() {
            let line = format!("CREATE {}", quoted(target));
            match self.command(&line, "creating a folder", SLACK_BYTES).await {
                Ok(_) => {}
                Err(MailboxFault::Refused { answer, .. }) => {
                    return Ok(Err(format!("folder `{target}`: {answer}")));
                }
                Err(fault) => return Err(fault),
            }
        }
        let before = self.next_uid(target).await?;
        let line = format!("UID MOVE {} {}", set(uids), quoted(target));
        match self.command(&line, "moving mails", SLACK_BYTES).await {
            Ok(_) => {}
            Err(MailboxFault::Refused { answer, .. }) => {
                return Ok(Err(format!("folder `{target}`: {answer}")));
            }
            Err(fault) => return Err(fault),
        }
        let after = self.next_uid(target).await?;
        if let (Some(before), Some(after)) = (before, after)
            && after <= before
        {
            tracing::warn!(
                mailbox = self.mailbox,
                folder = target,
                "mails left their folder and did not come to this one; their bytes are in the archive"
            );
        }
        Ok(Ok(()))
    }

    /// `UIDNEXT` of a folder, `None` where there is no such folder.
    async fn next_uid(&mut self, folder: &str) -> Result<Option<u32>, MailboxFault> {
        let line = format!("STATUS {} (UIDNEXT)", quoted(folder));
        let what = format!("asking for the folder `{folder}`");
        let answers = match self.command(&line, &what, SLACK_BYTES).await {
            Ok(answers) => answers,
            Err(MailboxFault::Refused { .. }) => return Ok(None),
            Err(fault) => return Err(fault),
        };
        Ok(answers.into_iter().find_map(|answer| match answer {
            Answer::NextUid(next) => Some(next),
            _ => None,
        }))
    }

    /// Whether a folder is there. Creates nothing.
    pub async fn has_folder(&mut self, folder: &str) -> Result<bool, MailboxFault> {
        self.next_uid(folder).await.map(|next| next.is_some())
    }

    async fn flag(
        &mut self,
        uids: &[u32],
        flag: &str,
        keywords: &Keywords,
        refusal: String,
    ) -> Result<BTreeMap<u32, PutAway>, MailboxFault> {
        let flag = keywords.allowed(flag);
        let line = format!("UID STORE {} +FLAGS.SILENT ({flag})", set(uids));
        match self.command(&line, "flagging mails", SLACK_BYTES).await {
            Ok(_) => {}
            Err(MailboxFault::Refused { answer, .. }) => {
                let reason = format!("{refusal}; flagging it: {answer}");
                return Ok(each(uids, PutAway::Stayed(reason)));
            }
            Err(fault) => return Err(fault),
        }
        let line = match flag.strip_prefix('\\') {
            Some(system) => format!("UID SEARCH UID {} {system}", set(uids)),
            None => format!("UID SEARCH UID {} KEYWORD {flag}", set(uids)),
        };
        let flagged = self.search(&line).await?;
        let fate = |uid: &u32| match flagged.contains(uid) {
            true => PutAway::Flagged(flag.to_owned()),
            false => PutAway::Stayed(format!("{refusal}; the flag {flag} was not kept")),
        };
        Ok(uids.iter().map(|uid| (*uid, fate(uid))).collect())
    }

    /// Says goodbye. A server that does not answer it has lost nothing of ours.
    pub async fn close(mut self) {
        if let Err(fault) = self.command("LOGOUT", "saying goodbye", SLACK_BYTES).await {
            tracing::debug!(%fault, "the mail server did not say goodbye");
        }
    }

    /// Sends one command and gives every answer up to its own; a `NO` or `BAD` is
    /// [`MailboxFault::Refused`].
    async fn command(
        &mut self,
        line: &str,
        what: &str,
        bytes: u64,
    ) -> Result<Vec<Answer>, MailboxFault> {
        self.allowance.store(bytes, Ordering::Relaxed);
        let (mailbox, server) = (self.mailbox.clone(), self.server.clone());
        let lost = |what: String| MailboxFault::Unreachable {
            mailbox: mailbox.clone(),
            server: server.clone(),
            what,
        };
        let seconds = self.timeout.as_secs_f32();
        let late = || lost(format!("did not answer within {seconds} s while {what}"));
        // A server that never ends with small talk is as dead as one that says nothing.
        let end = tokio::time::Instant::now() + self.timeout * 10;
        let sent = tokio::time::timeout(self.timeout, self.imap.run_command(line)).await;
        let tag = sent
            .map_err(|_| late())?
            .map_err(|error| lost(format!("was lost while {what}: {}", short(&error))))?;
        let mut answers = Vec::new();
        loop {
            let next = tokio::time::timeout(self.timeout, self.imap.read_response()).await;
            let answer = match next.map_err(|_| late())? {
                Ok(Some(answer)) => answer,
                Ok(None) => return Err(lost(format!("hung up while {what}"))),
                Err(error) => {
                    return Err(lost(format!("was lost while {what}: {}", short(&error))));
                }
            };
            match answer.parsed() {
                Response::Done {
                    tag: done,
                    status,
                    outcome,
                } if *done == tag => {
                    let text = outcome.information.as_deref().unwrap_or("no reason given");
                    return match status {
                        Status::Ok => Ok(answers),
                        // The login was taken back: a token that has expired, a session that was
                        // ended by hand. A new connection asks for a new token.
                        _ if is_expired(text) => Err(lost(format!(
                            "ended the login while {what}: {}",
                            visible(text)
                        ))),
                        _ => Err(MailboxFault::Refused {
                            mailbox: self.mailbox.clone(),
                            server: self.server.clone(),
                            what: what.to_owned(),
                            answer: visible(text),
                        }),
                    };
                }
                Response::Data {
                    status: Status::Bye,
                    ..
                } if line != "LOGOUT" => {
                    let said = said(answer.parsed());
                    return Err(lost(format!("said goodbye while {what}: {said}")));
                }
                other => answers.extend(answer_of(other)),
            }
            if answers.len() > MOST_ANSWERS || tokio::time::Instant::now() > end {
                return Err(lost(format!("did not come to an end while {what}")));
            }
        }
    }
}

/// Flags a folder keeps; `\*` among them allows new ones.
#[derive(Debug, Default)]
struct Keywords(Vec<String>);

impl Keywords {
    /// Our own flag where the folder keeps it, else the one every client shows.
    fn allowed<'f>(&self, flag: &'f str) -> &'f str {
        let keeps = |wanted: &str| self.0.iter().any(|kept| kept.eq_ignore_ascii_case(wanted));
        if keeps("\\*") || keeps(flag) {
            flag
        } else {
            "\\Flagged"
        }
    }
}

/// Whether a line of it claims to be a From.
fn has_author(header: &[u8]) -> bool {
    header
        .split(|byte| *byte == b'\n')
        .any(|line| line.len() > 4 && line[..4].eq_ignore_ascii_case(b"from"))
}

fn each(uids: &[u32], fate: PutAway) -> BTreeMap<u32, PutAway> {
    uids.iter().map(|uid| (*uid, fate.clone())).collect()
}

/// `3,4,5` as a set; short, since commands have at most [`BATCH`].
fn set(uids: &[u32]) -> String {
    let uids: Vec<String> = uids.iter().map(u32::to_string).collect();
    uids.join(",")
}

/// A folder's name as an IMAP string. The configuration allows visible ASCII only.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
}
