//! Sentences a person has to know beside the results, and whom they concern.

use std::fmt::{self, Display, Formatter};

use super::collect::{Collected, Taken};
use super::publish::title_of;
use crate::config::Config;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// `None` for what every reader has to know.
    pub channel: Option<String>,
    pub text: String,
}

impl Notice {
    pub(super) fn of_all(text: String) -> Notice {
        Notice {
            channel: None,
            text,
        }
    }

    pub(super) fn of(channel: &str, text: String) -> Notice {
        Notice {
            channel: Some(channel.to_owned()),
            text,
        }
    }

    /// For the readers of these channels: what follows the first line is for those who sit at the
    /// command line.
    pub(super) fn for_readers(&self, channels: &[String], config: &Config) -> Option<String> {
        let text = first_line(&self.text);
        let Some(name) = &self.channel else {
            return Some(text);
        };
        // They know the channel by its title.
        let title = title_of(config, name);
        let titled = text
            .strip_prefix(name)
            .map(|rest| match rest.strip_prefix(NOT_RECONCILED) {
                Some(why) => format!("{title}{NOT_RECONCILED}{}", meaning(why, config)),
                None => format!("{title}{rest}"),
            });
        channels.contains(name).then(|| titled.unwrap_or(text))
    }
}

impl Display for Notice {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// An error as readers of mails see it.
pub(super) fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

/// Between a channel and why it has no result.
pub(super) const NOT_RECONCILED: &str = " was not reconciled: ";

/// How an error begins, and what that means for finance.
const MEANINGS: [(&str, &str); 8] = [
    ("ledger", "The ledger cannot be read"),
    ("the read of channel", "The ledger cannot be read"),
    ("mailbox", "The mailbox of the reports cannot be read"),
    ("SFTP", "The partner's SFTP server cannot be read"),
    ("folder", "The folder of the reports cannot be read"),
    ("archive", "A stored file cannot be read"),
    ("state", "The results cannot be stored"),
    ("", "A technical fault stopped it"),
];

/// What a failure means for those who read reports. Places, queries and what a server answered are
/// in the log and in the alert.
pub(super) fn for_finance(error: &anyhow::Error, config: &Config) -> String {
    meaning(&format!("{error:#}"), config)
}

fn meaning(said: &str, config: &Config) -> String {
    let what = MEANINGS.iter().find(|(begins, _)| said.starts_with(begins));
    let what = what.map_or("", |(_, meaning)| meaning);
    let next = match config.alert {
        Some(_) => "your IT team has been told",
        None => "your IT team has to look into it",
    };
    format!("{what}; {next}")
}

/// Files that are there and could not be taken in.
pub(super) fn unread(collected: &[Collected]) -> Vec<Notice> {
    let notice = |one: &Collected| {
        let what = match &one.taken {
            Taken::Unreadable { reason, .. } | Taken::Damaged { reason } => {
                format!("was not taken in: {reason}")
            }
            Taken::NotPutAway { reason } => {
                format!("is taken in and could not be put away: {reason}")
            }
            Taken::StillWritten => "was still being written; the next run takes it in".to_owned(),
            _ => return None,
        };
        let text = format!("{}: {} {what}", one.channel, one.name);
        Some(Notice::of(&one.channel, text))
    };
    collected.iter().filter_map(notice).collect()
}
