//! The short ids that people quote.

use std::collections::BTreeSet;

use anyhow::Result;
use sha2::{Digest, Sha256};

use crate::config::Channel;
use crate::domain::outcome::Item;
use crate::store::Store;

/// Gives every new item a short id that no other item has. `given` are those that this run gave to others,
/// of whichever channel.
pub(super) async fn give_ids(
    channel: &Channel,
    items: &mut [Item],
    given: &mut BTreeSet<String>,
    store: &Store,
) -> Result<()> {
    let prefix = id_prefix(&channel.name);
    let mut new: Vec<(&mut Item, String)> = items
        .iter_mut()
        .filter(|item| item.id.is_empty())
        .map(|item| {
            let digest = Sha256::digest(&item.identity);
            let letters = digest.iter();
            let letters = letters.map(|byte| char::from(ID_LETTERS[usize::from(byte % 32)]));
            let letters = letters.collect();
            (item, letters)
        })
        .collect();
    // One letter more for those whose id is somebody else's.
    for length in 5..=32 {
        let wanted: Vec<String> = new
            .iter()
            .map(|(_, letters)| format!("{prefix}-{}", &letters[..length.min(letters.len())]))
            .collect();
        let taken = store.taken_ids(&wanted).await?;
        let mut left = Vec::new();
        for ((item, letters), id) in new.into_iter().zip(wanted) {
            if taken.contains(&id) || !given.insert(id.clone()) {
                left.push((item, letters));
            } else {
                item.id = id;
            }
        }
        new = left;
        if new.is_empty() {
            break;
        }
    }
    Ok(())
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
