//! Columns that no field reads and that speak all the same.

use std::collections::BTreeSet;

use super::{Doubt, Offer, RECENT};
use chrono::{Offset, TimeZone};

use crate::domain::stamp::zone_of;
use crate::profiles::columns::plain;
use crate::profiles::sight::{Unread, Value};

/// Values of a column that is a type or a status: files before had so few.
const LOW: usize = 5;

/// Parts of a header that name a type, a status or a remark on one, in either language.
const HEADERS: [&str; 15] = [
    "jenis",
    "tipe",
    "type",
    "status",
    "kategori",
    "category",
    "transaksi",
    "transaction",
    "keterangan",
    "remark",
    "operation",
    "operasi",
    "kind",
    "action",
    "result",
];

/// Parts of a value that say that money goes another way, in either language.
const VALUES: [&str; 19] = [
    "refund",
    "revers",
    "void",
    "cancel",
    "batal",
    "gagal",
    "fail",
    "pending",
    "tertunda",
    "retur",
    "chargeback",
    "dispute",
    "koreksi",
    "correction",
    "adjust",
    "fee",
    "biaya",
    "decline",
    "tolak",
];

fn speaks(parts: &[&str], text: &str) -> bool {
    let plain = plain(text);
    parts.iter().any(|part| plain.contains(part))
}

/// A value of a column of zones that is not the zone of the file's stamps.
fn other_zone<'a>(column: &'a Unread, offer: &Offer<'_>) -> Option<&'a Value> {
    let named = ["zonawaktu", "timezone", "zone", "tz", "zona"].contains(&&*plain(&column.header));
    let words = |value: &Value| ["WIB", "WITA", "WIT"].contains(&&*value.text.to_uppercase());
    if !named && !column.values.iter().all(words) {
        return None;
    }
    let zone = offer.profile.layout.time.zone.unwrap_or(offer.days.zone);
    let own = zone.offset_from_utc_datetime(&offer.now.naive_utc()).fix();
    let other = |value: &&Value| zone_of(&value.text).is_some_and(|said| said != own);
    column.values.iter().find(other)
}

/// A value that no file before had, in a column that holds few; and a currency nobody expects.
pub(super) fn doubts(offer: &Offer<'_>) -> Vec<Doubt> {
    let mut doubts = Vec::new();
    let sheets = &offer.read.format.sheets;
    for column in sheets.iter().flat_map(|sheet| &sheet.unread) {
        if let Some(value) = column.other_currency() {
            doubts.push(Doubt::Currency {
                header: column.header.clone(),
                value: value.text.clone(),
                rows: value.rows,
                first: value.first,
            });
            continue;
        }
        if !column.is_unread() || column.many {
            continue;
        }
        if let Some(value) = other_zone(column, offer) {
            doubts.push(Doubt::Zone {
                header: column.header.clone(),
                value: value.text.clone(),
                rows: value.rows,
                first: value.first,
            });
            continue;
        }
        let header = plain(&column.header);
        let known: Option<BTreeSet<&String>> = offer
            .before
            .iter()
            .rev()
            .take(4 * RECENT)
            .filter_map(|shape| shape.unread.get(&header))
            .fold(None, |all: Option<BTreeSet<&String>>, values| {
                let mut all = all.unwrap_or_default();
                all.extend(values);
                Some(all)
            });
        let Some(known) = known.filter(|known| (1..=LOW).contains(&known.len())) else {
            continue;
        };
        let names_kind = speaks(&HEADERS, &column.header);
        let new = column.values.iter().find(|value| {
            let is_known = known
                .iter()
                .any(|known| known.eq_ignore_ascii_case(&value.text));
            !is_known && (names_kind || speaks(&VALUES, &value.text))
        });
        if let Some(value) = new {
            doubts.push(Doubt::Value {
                header: column.header.clone(),
                value: value.text.clone(),
                rows: value.rows,
                first: value.first,
                before: known.into_iter().cloned().collect(),
            });
        }
    }
    doubts
}
