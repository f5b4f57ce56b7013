//! What `rekon check` sees in a mailbox.

use std::collections::BTreeMap;

use super::Rule;
use crate::config::Mailbox;
use crate::sources::mailbox::authenticity::{Claim, claim};
use crate::sources::mailbox::header::Header;
use crate::sources::mailbox::{MailboxFault, Session};

/// `rekon check`: how many mails the rules of a mailbox would take today, by channel, and what it
/// cannot do. Reads headers alone and changes nothing.
pub async fn look(mailbox: &Mailbox, rules: &[Rule<'_>]) -> Result<MailboxLook, MailboxFault> {
    let mut session = Session::connect(&mailbox.account).await?;
    session.examine(&mailbox.account.folder).await?;
    let uids = session.uids(1).await?;
    let mut look = MailboxLook {
        mails: uids.len(),
        ..MailboxLook::default()
    };
    for batch in uids.chunks(50) {
        for heading in session.headings(batch).await? {
            let header = Header::of(&heading.header);
            let subject = header.subject();
            for rule in rules {
                let fits = rule.takes_subject(&subject);
                let count = look.by_channel.entry(rule.channel.name.clone());
                let count = count.or_default();
                match claim(&header, &rule.rule.from) {
                    Claim::Listed { .. } if fits => count.0 += 1,
                    Claim::Pretends { .. } if fits => count.1 += 1,
                    _ => {}
                }
            }
        }
    }
    for folder in [&mailbox.processed, &mailbox.quarantine] {
        if !session.has_folder(folder).await? {
            look.missing_folders.push(folder.clone());
        }
    }
    look.moves = session.can_move();
    session.close().await;
    Ok(look)
}

/// What `rekon check` saw in a mailbox.
#[derive(Debug, Default)]
pub struct MailboxLook {
    pub mails: usize,
    /// Mails from listed senders, and mails that pretend to be, by channel.
    pub by_channel: BTreeMap<String, (usize, usize)>,
    pub missing_folders: Vec<String>,
    pub moves: bool,
}
