//! Delivering: the stored bytes of each mail, one transaction per recipient.

use anyhow::{Result, anyhow};
use chrono::{DateTime, Utc};

use crate::archive::Archive;
use crate::config::{Config, MailTransport};
use crate::mail::{self, Login, SendFault, Sent, SmtpServer, Transport};
use crate::store::{OutboxState, Store};

/// What became of one mail to one recipient.
#[derive(Clone, Debug)]
pub struct Delivered {
    pub report: String,
    pub recipient: String,
    pub result: Result<Sent, (OutboxState, String)>,
    pub authentication: Authentication,
}

/// Whether a mail server refused who we are, which is another exit code than being away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authentication {
    Fine,
    Refused,
}

/// Sends what is queued and due. A recipient that is refused holds nobody else up.
pub async fn deliver(
    config: &Config,
    store: &Store,
    archive: &Archive,
    now: DateTime<Utc>,
) -> Result<Vec<Delivered>> {
    let mut delivered = Vec::new();
    for row in store.outbox().await? {
        if row.state == OutboxState::Failed || row.delivery.not_before > now {
            continue;
        }
        let transport = transport(config)?;
        let mail = &row.delivery;
        let sent = match archive.read(&mail.sha256) {
            // Tried again once the bytes are back; the other mails leave meanwhile.
            Err(error) => Err(SendFault::Transient(format!("{error:#}"))),
            Ok(bytes) => {
                mail::send(
                    &transport,
                    &mail.sender,
                    &mail.recipient,
                    &mail.file_name,
                    &bytes,
                )
                .await
            }
        };
        let authentication = match &sent {
            Err(SendFault::Authentication(_)) => Authentication::Refused,
            _ => Authentication::Fine,
        };
        let result = sent.map_err(|fault| {
            let state = match fault {
                SendFault::Transient(_) | SendFault::Authentication(_) => OutboxState::Deferred,
                SendFault::Permanent(_) => OutboxState::Failed,
                SendFault::Uncertain(_) => OutboxState::Uncertain,
            };
            (state, fault.to_string())
        });
        let (state, answer) = match &result {
            Ok(Sent::Accepted(answer)) => (OutboxState::Sent, answer.clone()),
            Ok(Sent::Written(path)) => (OutboxState::Sent, path.display().to_string()),
            Err((state, answer)) => (*state, answer.clone()),
        };
        store.note_attempt(&mail.id, state, &answer).await?;
        delivered.push(Delivered {
            report: mail.report.clone(),
            recipient: mail.recipient.clone(),
            result,
            authentication,
        });
    }
    Ok(delivered)
}

/// How this configuration sends.
pub fn transport(config: &Config) -> Result<Transport> {
    let outgoing = config
        .mail
        .as_ref()
        .ok_or_else(|| anyhow!("mails are queued but [mail] is gone from the configuration"))?;
    Ok(match &outgoing.transport {
        MailTransport::Directory(path) => Transport::Directory(path.clone()),
        MailTransport::Smtp {
            host,
            port,
            security,
            user,
            credential,
        } => Transport::Smtp(SmtpServer {
            host: host.clone(),
            port: *port,
            security: *security,
            login: user
                .clone()
                .zip(credential.clone())
                .map(|(user, credential)| Login { user, credential }),
            deadline: mail::DEADLINE,
        }),
    })
}
