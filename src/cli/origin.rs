//! Which mail a file came by, as status, files and breaks tell it.

use chrono_tz::Tz;
use serde_json::{Value, json};

use crate::store::FileMail;

/// One line: sender, when, Message-ID, attachment, and who vouches for it.
pub fn text(by: &FileMail, zone: Tz) -> String {
    let mail = &by.mail;
    let at = mail.sent_at.or(mail.received_at);
    let at = at.map_or_else(
        || "at an unknown time".to_owned(),
        |at| {
            let local = at.with_timezone(&zone);
            local.format("%Y-%m-%d %H:%M").to_string()
        },
    );
    format!(
        "mail from {}, {at}, Message-ID <{}> in mailbox {} (UIDVALIDITY {}, UID {}), attachment {}: {}",
        mail.sender,
        mail.message_id,
        mail.mailbox,
        mail.uid_validity,
        mail.uid,
        by.attachment,
        mail.verdict
    )
}

pub fn value(by: &FileMail) -> Value {
    let mail = &by.mail;
    json!({
        "message_id": mail.message_id,
        "from": mail.sender,
        "subject": mail.subject,
        "date": mail.sent_at.map(|at| at.to_rfc3339()),
        "received_at": mail.received_at.map(|at| at.to_rfc3339()),
        "mailbox": mail.mailbox,
        "folder": mail.folder,
        "uid_validity": mail.uid_validity,
        "uid": mail.uid,
        "authentication": mail.verdict,
        "mail_sha256": mail.sha256,
        "attachment": by.attachment,
        "attachment_sha256": by.attachment_sha256,
    })
}

/// The mails of a file, in order of arrival; empty where it came in another way.
pub fn values(mails: Option<&Vec<FileMail>>) -> Value {
    Value::Array(mails.into_iter().flatten().map(value).collect())
}
