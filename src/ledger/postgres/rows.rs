//! The values of a row, as the server sends them, on their way into entries.

use chrono::{DateTime, Utc};

use super::copy::{CopyFault, MAX_FIELD};
use super::types::{Type, uuid_text};
use crate::ledger::row::RowBuilder;
use crate::ledger::{LedgerError, Spec};

/// Rows on their way into entries.
pub struct Rows<'a> {
    pub builder: RowBuilder<'a>,
    channel: &'a str,
    types: Vec<Type>,
    uuids: Vec<[u8; 36]>,
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
            uuids: vec![[b'-'; 36]; types.len()],
            types,
            count: 0,
        })
    }

    pub fn push<'v>(
        &mut self,
        field: impl Fn(usize) -> Option<&'v [u8]>,
    ) -> Result<(), LedgerError> {
        self.count += 1;
        for (at, of) in self.types.iter().enumerate() {
            if let (Type::Uuid, Some(bytes)) = (of, field(at)) {
                uuid_text(bytes, &mut self.uuids[at]);
            }
        }
        let Rows {
            builder,
            types,
            uuids,
            ..
        } = self;
        builder.push(|at| types[at].cell(field(at), &uuids[at]))
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
