//! Columns that no field reads and that speak all the same.

use std::collections::BTreeSet;

use super::{Doubt, Offer, RECENT};
use chrono::{Offset, TimeZone};

use crate::columns::plain;
use crate::domain::stamp::zone_of;
use crate::sight::{Unread, Value};

/// Values of a column that is a type or a status: files before had so few.
const LOW: usize = 5;

/// So many rows of one file do not have the same remark by chance.
const SHARED: u32 = 3;

/// Parts of a header that name a type or a status, in either language.
const KINDS: [&str; 11] = [
    "jenis",
    "tipe",
    "type",
    "status",
    "kategori",
    "category",
    "operation",
    "operasi",
    "kind",
    "action",
    "result",
];

/// Parts of a header under which a type stands, or a remark that somebody wrote.
const REMARKS: [&str; 4] = ["transaksi", "transaction", "keterangan", "remark"];

/// Parts of a header that name money, or the row that another one undoes.
const MONEY: [&str; 24] = [
    "fee", "biaya", "admin", "potong", "diskon", "discount", "charge", "mdr", "ppn", "pajak",
    "tax", "amount", "nominal", "jumlah", "total", "saldo", "balance", "refund", "revers", "void",
    "parent", "original", "asal", "induk",
];

/// Parts of a value that say that money goes another way, in either language.
const VALUES: [&str; 15] = [
    "refund",
    "revers",
    "cancel",
    "pembatalan",
    "dibatalkan",
    "pengembalian",
    "dikembalikan",
    "pending",
    "tertunda",
    "chargeback",
    "dispute",
    "koreksi",
    "correction",
    "adjust",
    "decline",
];

/// Words that say the same and stand in other words besides: toffee, a batalyon, to avoid.
const WORDS: [&str; 14] = [
    "void", "voided", "batal", "gagal", "fail", "failed", "failure", "retur", "fee", "fees",
    "biaya", "tolak", "ditolak", "rejected",
];

/// Whether a value says that money goes another way.
pub(crate) fn speaks_of_kind(value: &str) -> bool {
    speaks(value, &BTreeSet::new())
}

fn has_part(parts: &[&str], plain: &str) -> bool {
    parts.iter().any(|part| plain.contains(part))
}

/// Whether a header names money, or a type or status of it.
pub(crate) fn names_money(header: &str) -> bool {
    names_kind(header) || has_part(&MONEY, &plain(header)) || has_part(&REMARKS, &plain(header))
}

fn names_kind(header: &str) -> bool {
    // A transaction is no action.
    has_part(&KINDS, &plain(header).replace("transaction", ""))
}

/// Whether a value says that money goes another way; `known` stood in its column before.
fn speaks(text: &str, known: &BTreeSet<&String>) -> bool {
    let whole = plain(text);
    let is_word = |word: &str| WORDS.contains(&word);
    let mut words = text.split(|letter: char| !letter.is_alphanumeric());
    has_part(&VALUES, &whole)
        || words.any(|word| is_word(&plain(word)))
        || known.iter().any(|known| {
            let known = plain(known);
            !known.is_empty() && is_word(&whole.replacen(&known, "", 1))
        })
}

/// Whether a column that may hold remarks is one of types: every row has one, and rows share it.
fn is_vocabulary(column: &Unread, known: &BTreeSet<&String>) -> bool {
    let is_known = |value: &&Value| known.contains(&value.text);
    let mut known_here = column.values.iter().filter(is_known);
    !column.has_gaps && known_here.any(|value| value.rows >= SHARED)
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
            .filter(|shape| shape.has_rows())
            .filter_map(|shape| shape.unread.get(&header))
            .fold(None, |all: Option<BTreeSet<&String>>, values| {
                let mut all = all.unwrap_or_default();
                all.extend(values);
                Some(all)
            });
        let Some(known) = known.filter(|known| known.len() <= LOW) else {
            continue;
        };
        let is_type = names_kind(&column.header)
            || (has_part(&REMARKS, &header) && is_vocabulary(column, &known));
        let new = column.values.iter().find(|value| {
            let is_known = known
                .iter()
                .any(|known| known.eq_ignore_ascii_case(&value.text));
            !is_known && (is_type || speaks(&value.text, &known))
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
