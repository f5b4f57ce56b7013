//! The values of a row, as the server sends them, on their way into entries.

use chrono::{DateTime, Utc};

use super::copy::{CopyFault, MAX_FIELD};
use super::types::{Type, uuid_text};
use crate::row::RowBuilder;
use crate::{LedgerError, Spec};

/// Rows on their way into entries.
pub struct Rows<'a> {
    pub builder: RowBuilder<'a>,
    channel: &'a str,
    types: Vec<Type>,
    /// Of each uuid of the row its position and its text.
    uuids: Vec<(usize, [u8; 36])>,
    count: u64,
}

impl<'a> Rows<'a> {
    pub fn new(
        spec: &'a Spec<'a>,
        names: &[String],
        types: Vec<Type>,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Rows<'a>, LedgerError> {
        Ok(Rows {
            builder: RowBuilder::new(spec, names, from, to)?,
            channel: spec.channel,
            uuids: types
                .iter()
                .enumerate()
                .filter(|(_, of)| **of == Type::Uuid)
                .map(|(at, _)| (at, [b'-'; 36]))
                .collect(),
            types,
            count: 0,
        })
    }

    pub fn push<'v>(
        &mut self,
        field: impl Fn(usize) -> Option<&'v [u8]>,
    ) -> Result<(), LedgerError> {
        self.count += 1;
        for (at, text) in &mut self.uuids {
            if let Some(bytes) = field(*at) {
                uuid_text(bytes, text);
            }
        }
        let Rows {
            builder,
            types,
            uuids,
            ..
        } = self;
        builder.push(|at| {
            let uuid = || uuids.iter().find(|(position, _)| *position == at);
            types[at].cell(field(at), || uuid().map(|(_, text)| text))
        })
    }

    pub fn too_long(&self, column: &str, length: usize) -> LedgerError {
        LedgerError::Data {
            channel: self.channel.to_owned(),
            row: self.count + 1,
            column: column.to_owned(),
            value: format!("a value of {length} bytes"),
            reason: format!("longer than {MAX_FIELD} bytes"),
            hint: format!("select what matters of it: left({column}, 200) AS {column}"),
        }
    }
}

/// Why no more rows are taken.
pub enum Stopped {
    Row(LedgerError),
    Stream(CopyFault),
}

impl From<CopyFault> for Stopped {
    fn from(fault: CopyFault) -> Stopped {
        Stopped::Stream(fault)
    }
}
