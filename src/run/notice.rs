//! Sentences a person has to know beside the results, and whom they concern.

use std::fmt::{self, Display, Formatter};

use super::collect::{Collected, Taken};

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
    pub(super) fn for_readers(&self, channels: &[String]) -> Option<String> {
        let own = self
            .channel
            .as_ref()
            .is_none_or(|one| channels.contains(one));
        own.then(|| first_line(&self.text))
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
