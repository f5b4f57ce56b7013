//! `rekon verify`: the audit chain link by link, and everything it speaks of against what is there.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use super::open_store;
use crate::archive::Archive;
use crate::config::Config;
use crate::store::{ChainEntry, Link};

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
    /// What is not as it was recorded.
    pub faults: Vec<String>,
}

/// Checks the chain and what hangs on it. With the head of a report, also that nothing up to there
/// was rewritten.
pub async fn verify(config: &Config, known_head: Option<&str>) -> Result<Verified> {
    let store = open_store(config).await?;
    let archive = Archive::open(&config.archive)?;
    let chain = store.chain().await?;
    let results = store.result_digests().await?;
    let acts = store.all_acts().await?;
    let mut decisions = store.mail_decisions().await?;
    let purged = store.purged_files().await?;
    store.close().await;
    let mut verified = Verified {
        entries: chain.len(),
        head: chain.last().cloned(),
        ..Verified::default()
    };
    links(&chain, &mut verified);
    if let Some(head) = known_head
        && !chain.iter().any(|entry| entry.hash.starts_with(head))
    {
        verified.faults.push(format!(
            "no entry has the hash {head}: what that report was made from is not what stands here"
        ));
    }
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
