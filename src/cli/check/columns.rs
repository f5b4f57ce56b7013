//! What `rekon check` says of columns: those of each channel's newest file that no field reads and that
//! look as if they spoke.

use anyhow::Result;

use crate::config::{Channel, Config};
use crate::profiles::{FileShape, speaking};
use crate::store::{FileState, Store};

/// Channel by channel, in the order of the configuration.
pub(super) async fn unread(
    config: &Config,
    store: &Store,
) -> Vec<(String, Result<Option<String>>)> {
    let mut told = Vec::new();
    for channel in &config.channels {
        let what = format!("channel {}, columns", channel.name);
        told.push((what, of(channel, store).await));
    }
    told
}

async fn of(channel: &Channel, store: &Store) -> Result<Option<String>> {
    let files = store.files(&channel.name).await?;
    let counted = files
        .iter()
        .rev()
        .find(|file| file.state == FileState::Counted && !file.shape.is_empty());
    let Some(file) = counted else {
        return Ok(None);
    };
    let shape = FileShape::from_text(&file.shape)?;
    let said = speaking::sentence(&shape.speaking(&channel.profile));
    Ok(said.map(|said| format!("{}: {said}", file.name)))
}
