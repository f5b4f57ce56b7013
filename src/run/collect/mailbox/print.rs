//! What mails were looked at with: where it is the same, a look comes to the same.

use super::Rule;
use crate::config::{MailRule, Mailbox};
use crate::domain::record::Record;
use crate::sources::mailbox::authenticity::{Authentication, SenderRule};

/// Whatever changes what a look at a mail comes to.
pub(super) fn fingerprint(mailbox: &Mailbox, rules: &[Rule<'_>], mail_bytes: u64) -> String {
    let account = &mailbox.account;
    let mut record = Record::of("mailbox");
    record
        .text(&account.host)
        .text(&account.user)
        .text(&account.folder)
        .text(match &mailbox.authentication {
            Authentication::Authserv { .. } => "authserv",
            Authentication::Microsoft365 => "microsoft365",
            Authentication::None => "none",
        });
    if let Authentication::Authserv { id } = &mailbox.authentication {
        record.text(id);
    }
    record.number(i128::from(mail_bytes)).list(rules.len());
    for rule in rules {
        let MailRule {
            from,
            subject,
            attachment,
        } = rule.rule;
        record.text(&rule.channel.name).list(from.len());
        for sender in from {
            match sender {
                SenderRule::Address(address) => record.text("address").text(address),
                SenderRule::Domain(domain) => record.text("domain").text(domain),
            };
        }
        record
            .some(subject.as_ref(), |record, subject| {
                record.text(subject.as_str());
            })
            .text(attachment.as_str());
    }
    record.digest(16)
}
