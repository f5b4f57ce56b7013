//! What a date is judged with, apart from the ledger: its files, its profile, its settings. Equal
//! texts mean that judging again with the same ledger gives the same.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::coverage::CurrentFile;
use crate::config::Channel;

/// A part of a date's knowledge that differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    Files,
    Profile,
    Settings,
}

/// `files profile settings`, a hash each.
pub fn knowledge(channel: &Channel, files: &[CurrentFile<'_>], date: NaiveDate) -> String {
    let mut covering = Sha256::new();
    for current in files
        .iter()
        .filter(|current| current.covers(date).is_some())
    {
        covering.update(&current.file.sha256);
        // The bytes of a header alone are those of many files.
        if !current.file.has_rows() {
            covering.update(&current.file.slot);
        }
    }
    let settings = format!(
        "{:?} {:?} {:?} {:?} {:?} {:?} {:?}",
        channel.rules,
        channel.calendar,
        channel.due,
        channel.amount_basis,
        channel.ledger_zone,
        channel.ledger_status,
        channel.ledger_query,
    );
    let profile = Sha256::new().chain_update(&channel.profile.hash);
    let settings = Sha256::new().chain_update(&settings);
    [covering, profile, settings]
        .map(|digest| HEXLOWER.encode(&digest.finalize()[..16]))
        .join(" ")
}

/// What differs between two texts of [`knowledge`].
pub fn differing(before: &str, after: &str) -> BTreeSet<Part> {
    let [old, new] = [before, after].map(|text| text.split(' ').collect::<Vec<_>>());
    let parts = [Part::Files, Part::Profile, Part::Settings];
    let differ = parts.iter().enumerate();
    let differ = differ.filter(|(at, _)| old.get(*at) != new.get(*at));
    differ.map(|(_, part)| *part).collect()
}
