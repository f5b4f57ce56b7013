//! The short ids that people quote.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use crate::config::Channel;
use crate::domain::outcome::Item;

/// Gives every new item a short id that no other item has.
pub(super) fn give_ids(channel: &Channel, items: &mut [Item], taken: &mut BTreeSet<String>) {
    let prefix = id_prefix(&channel.name);
    for item in items.iter_mut().filter(|item| item.id.is_empty()) {
        let digest = Sha256::digest(&item.identity);
        let letters: String = digest
            .iter()
            .map(|byte| char::from(ID_LETTERS[usize::from(byte % 32)]))
            .collect();
        let id = (5..=letters.len())
            .map(|length| format!("{prefix}-{}", &letters[..length]))
            .find(|id| !taken.contains(id))
            .unwrap_or_else(|| format!("{prefix}-{letters}"));
        taken.insert(id.clone());
        item.id = id;
    }
}

/// Digits and letters that nobody misreads over the telephone.
const ID_LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// `ovo` → `OVO`, `tokopedia-biller` → `BILLER`.
fn id_prefix(channel: &str) -> String {
    let last = channel
        .rsplit(['-', '_'])
        .find(|word| !word.is_empty())
        .unwrap_or(channel);
    last.chars().take(8).collect::<String>().to_uppercase()
}
