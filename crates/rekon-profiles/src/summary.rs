//! What a file reads as, as plain data: for `rekon inspect`, and as the expected parse that stands
//! beside every sample.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use chrono_tz::Tz;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{ControlTotal, Format, Profile, ReadFile, RejectedRow, Slot, Sums};
use crate::domain::entry::{Entry, KeyState, decode_details};
use crate::domain::key;
use crate::domain::money::Money;

/// How a file reads, without its rows.
#[derive(Clone, Debug, Serialize)]
pub struct Description {
    pub profile: String,
    pub format: Format,
    pub slot: Slot,
    pub rows: Rows,
    /// Of the entries, as they count in matching.
    pub totals: Totals,
    /// Of all rows, as written.
    pub written: Sums,
    /// Entries by the date of their instant in the reader's zone.
    pub dates: BTreeMap<NaiveDate, u64>,
    pub statuses: BTreeMap<&'static str, u64>,
    pub kinds: BTreeMap<&'static str, u64>,
    pub damaged_keys: u64,
    pub controls: Vec<ControlTotal>,
    pub rejected: Vec<RejectedRow>,
}

#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Rows {
    pub entries: u64,
    pub rejected: u64,
    pub filtered: u64,
    pub blank: u64,
    pub trailer: u64,
}

#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Totals {
    pub amount: Money,
    pub fee: Money,
}

impl ReadFile {
    /// What its entries come to, as they count in matching.
    pub fn amount(&self) -> Money {
        self.entries.entries.iter().map(Entry::amount).sum()
    }

    /// `zone` is the one business dates are decided in.
    pub fn describe(&self, profile: &Profile, zone: Tz) -> Description {
        let mut dates = BTreeMap::new();
        let mut statuses = BTreeMap::new();
        let mut kinds = BTreeMap::new();
        let mut totals = Totals::default();
        let mut damaged_keys = 0;
        for entry in self.entries.entries.iter() {
            *dates
                .entry(entry.at().with_timezone(&zone).date_naive())
                .or_default() += 1;
            *statuses.entry(entry.status.name()).or_default() += 1;
            *kinds.entry(entry.kind.name()).or_default() += 1;
            totals.amount += entry.amount();
            totals.fee += entry.fee().unwrap_or_default();
            damaged_keys += u64::from(entry.key_state() == KeyState::Damaged);
        }
        let mut rows = Rows {
            entries: self.entries.len() as u64,
            ..Rows::default()
        };
        for sheet in &self.format.sheets {
            rows.rejected += u64::from(sheet.rejected);
            rows.filtered += u64::from(sheet.filtered);
            rows.blank += u64::from(sheet.blank);
            rows.trailer += u64::from(sheet.trailer);
            // No entries of their own: they are in the fees of their payments.
            if sheet.fees > 0 {
                *kinds.entry("fee").or_default() += u64::from(sheet.fees);
            }
        }
        Description {
            profile: profile.name.clone(),
            format: self.format.clone(),
            slot: self.slot.clone(),
            rows,
            totals,
            written: self.sums,
            dates,
            statuses,
            kinds,
            damaged_keys,
            controls: self.controls.clone(),
            rejected: self.rejected.clone(),
        }
    }
}

/// The whole parse of a small file: its description and every entry.
pub fn parse_summary(
    file: &ReadFile,
    profile: &Profile,
    zone: Tz,
) -> Result<Value, serde_json::Error> {
    let mut summary = serde_json::to_value(file.describe(profile, zone))?;
    let entries: Vec<Value> = file
        .entries
        .entries
        .iter()
        .map(|entry| entry_value(file, profile, entry))
        .collect();
    summary["entries"] = Value::Array(entries);
    Ok(summary)
}

fn entry_value(file: &ReadFile, profile: &Profile, entry: &Entry) -> Value {
    let named = |names: &mut dyn Iterator<Item = &String>, values: Vec<String>| {
        names
            .cloned()
            .zip(values)
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (name, Value::String(value)))
            .collect::<Map<String, Value>>()
    };
    let key = named(
        &mut profile.key.iter().map(|field| &field.name),
        key::parts(file.entries.key(entry)),
    );
    let details = named(
        &mut profile.details.iter(),
        decode_details(file.entries.details(entry)),
    );
    let place = entry.place();
    json!({
        "row": place.row,
        "sheet": file.sheets.get(usize::from(place.sheet)),
        "key": key,
        "key_state": entry.key_state(),
        "at": stamp(entry.at()),
        "kind": entry.kind,
        "status": entry.status,
        "amount": entry.amount(),
        "fee": entry.fee(),
        "details": details,
    })
}

fn stamp(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// The parse as the text that stands beside a sample (`<sample>.expected`): dates, counts, the
/// total, and row by row the instant in UTC, kind, status, amount, fee and key.
pub fn expected_parse(file: &ReadFile) -> String {
    let dates: Vec<String> = file.slot.dates.iter().map(NaiveDate::to_string).collect();
    let mut lines = vec![format!("dates    {}", dates.join(" "))];
    if let Some(part) = file.slot.part {
        lines.push(format!(
            "part     {} of {}",
            part.number,
            part.of.unwrap_or(0)
        ));
    }
    lines.push(format!("rows     {}", file.entries.len()));
    let places: Vec<String> = file
        .rejected
        .iter()
        .map(|rejected| format!(" row {}", rejected.row))
        .collect();
    lines.push(format!(
        "rejected {}{}",
        file.rejected.len(),
        places.concat()
    ));
    let mut entries: Vec<&Entry> = file.entries.entries.iter().collect();
    let total: Money = entries.iter().map(|entry| entry.amount()).sum();
    lines.push(format!("amount   {total}"));
    if !file.fees.is_empty() {
        let apart: Money = file.fees.iter().map(|fee| fee.charge).sum();
        lines.push(format!("fees     {apart} of no payment"));
    }
    lines.push(String::new());
    entries.sort_by_key(|entry| (entry.place().sheet, entry.place().row));
    lines.extend(entries.into_iter().map(|entry| {
        format!(
            "{:4}  {}  {:8}  {:15}  {:>12}  {:>8}  {}",
            entry.place().row,
            entry.at().to_rfc3339_opts(SecondsFormat::Secs, true),
            entry.kind.name(),
            entry.status.name(),
            entry.amount().to_string(),
            entry.fee().map_or("-".to_owned(), |fee| fee.to_string()),
            key::parts(file.entries.key(entry)).join(" "),
        )
    }));
    lines.push(String::new());
    lines.join("\n")
}
