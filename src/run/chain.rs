//! `rekon verify`: the audit chain link by link, and everything it speaks of against what is there.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use super::open_store;
use crate::archive::Archive;
use crate::config::Config;
use crate::store::{ChainEntry, Link};

/// The head of a chain as somebody kept it: what a report or an earlier verification showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownHead {
    /// Where it stood; the first letters of a hash may be all that is known.
    pub seq: Option<i64>,
    pub hash: String,
}

impl KnownHead {
    /// What has become of it, where that is not what it was.
    fn fault(&self, chain: &[ChainEntry]) -> Option<String> {
        let is_it = |entry: &&ChainEntry| entry.hash.starts_with(&self.hash);
        let Some(seq) = self.seq else {
            let hash = &self.hash;
            return match chain.iter().any(|entry| is_it(&entry)) {
                true => None,
                false => Some(format!(
                    "no entry has the hash {hash}: what that report was made from is not what \
                     stands here"
                )),
            };
        };
        let last = chain.last().map_or(0, |entry| entry.seq);
        match chain.iter().find(|entry| entry.seq == seq) {
            Some(entry) if is_it(&entry) => None,
            Some(entry) => Some(format!(
                "entry {seq} ({}) has another hash than {}: it or one before it was written anew",
                entry.subject, self.hash
            )),
            None if seq > last => Some(format!(
                "the chain ends with entry {last}; entry {seq} was there and was cut off, or the \
                 state was put back to an older one"
            )),
            None => Some(format!("entry {seq} is gone")),
        }
    }
}

/// What a verification found.
#[derive(Clone, Debug, Default)]
pub struct Verified {
    pub entries: usize,
    /// The last entry.
    pub head: Option<ChainEntry>,
    /// Things found to be what the chain says, by kind.
    pub sound: BTreeMap<&'static str, u64>,
    /// Things removed on purpose: their hashes stand.
    pub removed: u64,
    /// Results that are older than the chain.
    pub before_the_chain: u64,
    /// Tables that were sealed as they stood, and when: once for each that an earlier version wrote.
    pub sealed: Vec<String>,
    /// Files that a killed process left in the archive; the next run removes them.
    pub unfinished: usize,
    /// What is not as it was recorded.
    pub faults: Vec<String>,
}

/// Checks the chain and what hangs on it. With the head of a report, also that nothing up to there
/// was rewritten.
pub async fn verify(config: &Config, known_head: Option<&KnownHead>) -> Result<Verified> {
    let store = open_store(config).await?;
    let archive = Archive::open(&config.archive)?;
    let chain = store.chain().await?;
    // What was changed into something that cannot be read any more is a find like any other.
    let mut unreadable = Vec::new();
    let results = store.result_digests().await;
    let results = or_note(results, &mut unreadable);
    let acts = or_note(store.all_acts().await, &mut unreadable);
    let mut decisions = or_note(store.mail_decisions().await, &mut unreadable);
    let purged = or_note(store.purged_files().await, &mut unreadable);
    let (rows, unsealed) = or_note(store.unsealed().await, &mut unreadable);
    store.close().await;
    let mut verified = Verified {
        entries: chain.len(),
        head: chain.last().cloned(),
        unfinished: archive.unfinished()?.len(),
        ..Verified::default()
    };
    links(&chain, &mut verified);
    if let Some(fault) = known_head.and_then(|head| head.fault(&chain)) {
        verified.faults.push(fault);
    }
    if rows > 0 {
        verified.sound.insert("rows of the state", rows);
    }
    verified.faults.extend(unreadable);
    verified.faults.extend(unsealed);
    let mut seen_results = BTreeSet::new();
    let mut seen_acts = BTreeSet::new();
    let mut seen_files = BTreeSet::new();
    for entry in &chain {
        let broken = |what: &str| format!("entry {} ({}): {what}", entry.seq, entry.subject);
        if entry.kind == Link::File.name() || entry.kind == Link::Mail.name() {
            if !seen_files.insert(entry.digest.as_str()) {
                continue;
            }
            if purged.contains(&entry.digest) {
                verified.removed += 1;
                continue;
            }
            match archive.read(&entry.digest) {
                Ok(_) => *verified.sound.entry("files and mails").or_default() += 1,
                Err(error) => verified.faults.push(broken(&format!("{error:#}"))),
            }
        } else if entry.kind == Link::Result.name() {
            seen_results.insert(entry.subject.clone());
            match results.get(&entry.subject) {
                Some(Some(digest)) if *digest == entry.digest => {
                    *verified.sound.entry("results").or_default() += 1;
                }
                Some(None) => verified.removed += 1,
                Some(Some(_)) => verified
                    .faults
                    .push(broken("the stored result was changed")),
                None => verified.faults.push(broken("the stored result is gone")),
            }
        } else if entry.kind == Link::Outbox.name() {
            match decisions.remove(&entry.subject) {
                Some(digest) if digest == entry.digest => {
                    *verified.sound.entry("decisions about mails").or_default() += 1;
                }
                Some(_) => verified
                    .faults
                    .push(broken("the decision about this mail was changed")),
                None => verified
                    .faults
                    .push(broken("the decision about this mail is gone")),
            }
        } else if entry.kind == Link::Foreign.name() {
            verified.faults.push(broken("it is used as it stands now"));
        } else if entry.kind == Link::Sealed.name() {
            verified
                .sealed
                .push(format!("{}, {}", entry.subject, entry.at));
        } else if entry.kind == Link::Act.name() {
            seen_acts.insert(entry.seq);
            match acts.iter().find(|act| act.number == entry.seq) {
                Some(act) if act.digest == entry.digest => {
                    *verified.sound.entry("acts").or_default() += 1;
                }
                Some(act) if act.recorded.is_none() => verified.removed += 1,
                Some(_) => verified.faults.push(broken("the recorded act was changed")),
                None => verified.faults.push(broken("the recorded act is gone")),
            }
        }
    }
    for act in acts.iter().filter(|act| !seen_acts.contains(&act.number)) {
        verified.faults.push(format!(
            "act {} about {} stands in no chain entry",
            act.number, act.item_id
        ));
    }
    for subject in decisions.keys() {
        verified.faults.push(format!(
            "the decision about the mail {subject} stands in no chain entry"
        ));
    }
    for subject in results.keys().filter(|one| !seen_results.contains(*one)) {
        match chain.iter().any(|entry| entry.kind == Link::Result.name())
            && is_later(subject, &seen_results)
        {
            true => verified
                .faults
                .push(format!("{subject} stands in no chain entry")),
            false => verified.before_the_chain += 1,
        }
    }
    Ok(verified)
}

/// What was read, or nothing and a fault that says why.
fn or_note<T: Default>(read: Result<T>, faults: &mut Vec<String>) -> T {
    read.unwrap_or_else(|error| {
        faults.push(format!("{error:#}"));
        T::default()
    })
}

/// Whether an earlier revision of the same date is in the chain, so that this one has to be.
fn is_later(subject: &str, seen: &BTreeSet<String>) -> bool {
    let Some((date, revision)) = subject.rsplit_once(' ') else {
        return true;
    };
    let number = |text: &str| text.parse::<i64>().unwrap_or(i64::MAX);
    seen.iter().any(|other| {
        other
            .rsplit_once(' ')
            .is_some_and(|(same, earlier)| same == date && number(earlier) < number(revision))
    })
}

fn links(chain: &[ChainEntry], verified: &mut Verified) {
    let mut previous = String::new();
    for (entry, seq) in chain.iter().zip(1..) {
        let mut fault = |what: String| {
            verified
                .faults
                .push(format!("entry {} ({}): {what}", entry.seq, entry.subject));
        };
        if entry.seq != seq {
            fault(format!("entry {seq} is missing before it"));
        }
        if entry.previous != previous {
            fault("it does not follow the entry before it".to_owned());
        }
        if entry.computed() != entry.hash {
            fault("its own fields were changed".to_owned());
        }
        previous = entry.hash.clone();
    }
}
