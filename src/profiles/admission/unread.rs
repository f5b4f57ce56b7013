//! Columns that no field reads and that speak all the same.

use std::collections::BTreeSet;

use super::{Doubt, Offer, RECENT};
use crate::profiles::columns::plain;

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
