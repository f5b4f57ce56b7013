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
    /// One of the two: the older text holds both under one hash.
    ProfileOrSettings,
}

/// `files profile+settings profile settings`, a hash each. States written before the last two were
/// told apart hold the first two alone, which are made as they always were.
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
    let both = profile.clone().chain_update(&settings);
    let settings = Sha256::new().chain_update(&settings);
    [covering, both, profile, settings]
        .map(|digest| HEXLOWER.encode(&digest.finalize()[..16]))
        .join(" ")
}

/// What differs between two texts of [`knowledge`], of whichever age.
pub fn differing(before: &str, after: &str) -> BTreeSet<Part> {
    let [old, new] = [before, after].map(|text| text.split(' ').collect::<Vec<_>>());
    let differ = |at: usize| old.get(at) != new.get(at);
    let mut parts = BTreeSet::new();
    if differ(0) {
        parts.insert(Part::Files);
    }
    if !differ(1) {
        return parts;
    }
    let told_apart = old.len() == 4 && new.len() == 4;
    if told_apart && differ(2) {
        parts.insert(Part::Profile);
    }
    if told_apart && differ(3) {
        parts.insert(Part::Settings);
    }
    if !told_apart {
        parts.insert(Part::ProfileOrSettings);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_written_before_profile_and_settings_were_told_apart_is_no_news() {
        use Part::{Files, Profile, ProfileOrSettings, Settings};
        for (before, after, parts) in [
            ("f b", "f b p s", &[][..]),
            ("f b p s", "f b p s", &[]),
            ("f b", "g b p s", &[Files]),
            ("f b", "f c p s", &[ProfileOrSettings]),
            ("f b", "f c", &[ProfileOrSettings]),
            ("f b p s", "f c q s", &[Profile]),
            ("f b p s", "f c p t", &[Settings]),
            ("f b p s", "g c q t", &[Files, Profile, Settings]),
        ] {
            let differing: Vec<Part> = differing(before, after).into_iter().collect();
            assert_eq!(differing, parts, "{before} against {after}");
        }
    }
}
