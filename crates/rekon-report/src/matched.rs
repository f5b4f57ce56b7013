//! The entries that matched, as tables in an archive: written match by match and held nowhere, since
//! a night may have ten million of them.

use std::io::{self, Seek, Write};

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::breaks::mask_of;
use super::csv::harmless;
use super::input::ChannelFacts;
use super::labels::Label;
use super::view::Voice;
use super::words::{self, Mask, clean};
use crate::domain::entry::EntryFacts;
use crate::domain::outcome::Bucket;

/// Rows of one table: what a spreadsheet can open.
pub const ROWS: usize = 1_000_000;

/// Entries of one key that matched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Match {
    pub date: NaiveDate,
    pub bucket: Bucket,
    /// Parts of the key, in the profile's order.
    pub key: Vec<String>,
    pub ledger: Vec<EntryFacts>,
    pub settlement: Vec<EntryFacts>,
}

/// The matches of one channel, as they come.
pub struct ChannelMatches<'a> {
    pub facts: ChannelFacts,
    pub unmask: &'a [String],
    /// Fields of the key, in the profile's order.
    pub key: Vec<String>,
    pub matches: Box<dyn Iterator<Item = io::Result<Match>> + 'a>,
}

/// A table for each channel, and another one wherever `rows` are full. Entries that matched together
/// stand under one number.
pub fn write<W: Write + Seek>(
    channels: Vec<ChannelMatches<'_>>,
    voice: &Voice,
    rows: usize,
    sink: W,
) -> io::Result<()> {
    // A clock would make every archive another one.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default())
        .unix_permissions(0o600);
    let mut archive = ZipWriter::new(sink);
    for channel in channels {
        let mask = mask_of(&channel.facts, channel.unmask);
        let mut matches = channel.matches.peekable();
        let (mut part, mut number) = (1u64, 0u64);
        while part == 1 || matches.peek().is_some() {
            let name = match part {
                1 => format!("matched_{}.csv", channel.facts.name),
                part => format!("matched_{}_{part}.csv", channel.facts.name),
            };
            archive
                .start_file(name, options)
                .map_err(io::Error::other)?;
            let mut table = csv::WriterBuilder::new()
                .terminator(csv::Terminator::CRLF)
                .from_writer(&mut archive);
            let keys = channel
                .key
                .iter()
                .map(|field| harmless(&mask.label(field)).into_owned());
            let labels = COLUMNS.map(|label| label.text(voice.language).to_owned());
            table.write_record(
                labels[..4]
                    .iter()
                    .cloned()
                    .chain(keys)
                    .chain(labels[4..].to_vec()),
            )?;
            let mut written = 0;
            while written < rows
                && let Some(one) = matches.next()
            {
                let one = one?;
                number += 1;
                for at in 0..one.ledger.len().max(one.settlement.len()) {
                    let line = Line {
                        number,
                        one: &one,
                        at,
                    };
                    let columns = Columns {
                        title: &channel.facts.title,
                        key: &channel.key,
                        mask: &mask,
                    };
                    table.write_record(record(&line, &columns, voice))?;
                    written += 1;
                }
            }
            table.flush()?;
            drop(table);
            part += 1;
        }
    }
    archive.finish().map_err(io::Error::other)?;
    Ok(())
}

/// The fields of the key stand after the first four.
const COLUMNS: [Label; 17] = [
    Label::MatchNumber,
    Label::Channel,
    Label::BusinessDate,
    Label::Category,
    Label::Reference,
    Label::Product,
    Label::LedgerAmount,
    Label::LedgerFee,
    Label::LedgerStatus,
    Label::LedgerTime,
    Label::SettlementAmount,
    Label::SettlementFee,
    Label::SettlementStatus,
    Label::SettlementTime,
    Label::FileName,
    Label::Sheet,
    Label::Row,
];

/// One row: the entries of a match in the same place.
struct Line<'a> {
    number: u64,
    one: &'a Match,
    at: usize,
}

/// How a channel's rows are shown.
struct Columns<'a> {
    title: &'a str,
    key: &'a [String],
    mask: &'a Mask<'a>,
}

fn record(line: &Line<'_>, columns: &Columns<'_>, voice: &Voice) -> Vec<String> {
    let (one, at, mask) = (line.one, line.at, columns.mask);
    let (ours, theirs) = (one.ledger.get(at), one.settlement.get(at));
    let detail = |field: &str| {
        let entries = ours.into_iter().chain(theirs);
        let found = entries.filter_map(|entry| entry.details.get(field)).next();
        found.map_or_else(String::new, |value| {
            harmless(&mask.show(field, value)).into_owned()
        })
    };
    let stamp = |at: DateTime<Utc>| {
        at.with_timezone(&voice.zone)
            .to_rfc3339_opts(SecondsFormat::Secs, true)
    };
    let side = |entry: Option<&EntryFacts>| match entry {
        None => [const { String::new() }; 4],
        Some(entry) => [
            entry.amount.to_string(),
            entry.fee.map_or_else(String::new, |fee| fee.to_string()),
            voice.say(words::status(entry.status)).to_owned(),
            stamp(entry.at),
        ],
    };
    let place = theirs.and_then(|entry| entry.place.as_ref());
    let mut record = vec![
        line.number.to_string(),
        harmless(&clean(columns.title)).into_owned(),
        one.date.to_string(),
        voice.say(words::bucket(one.bucket)).to_owned(),
    ];
    let parts = columns.key.iter().zip(&one.key);
    record.extend(parts.map(|(field, value)| harmless(&mask.show(field, value)).into_owned()));
    record.extend([detail("reference"), detail("product")]);
    record.extend(side(ours));
    record.extend(side(theirs));
    record.extend([
        place.map_or_else(String::new, |place| {
            harmless(&clean(&place.file)).into_owned()
        }),
        place
            .and_then(|place| place.sheet.as_deref())
            .map_or_else(String::new, |sheet| harmless(&clean(sheet)).into_owned()),
        place.map_or_else(String::new, |place| place.row.to_string()),
    ]);
    record
}
