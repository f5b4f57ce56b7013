//! Columns that no field reads and that look as if they spoke: of a type, a status, a currency, a side
//! of an account or a fee. Told while a profile is new; what such a column says later for the first
//! time is judged by `admission`.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;

use super::admission::speaks_of_kind;
use super::columns::plain;
use super::fault::shown;
use super::profile::Profile;
use super::propose::{self, Weight};
use super::shape::FileShape;
use super::sight::{Unread, names_currency, says_currency};
use super::{ReadFile, SheetFormat};

/// Values named in a sentence.
const NAMED: usize = 4;

/// Different values of a column that is a type or a status: more are names of things.
const LOW: usize = 5;

/// An unread column, and what it looks like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Speaking {
    pub column: String,
    pub looks_like: Weight,
    /// Some of its values, as they may be shown.
    pub values: Vec<String>,
}

impl fmt::Display for Speaking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "\"{}\" looks like {}",
            shown(&self.column),
            self.looks_like
        )?;
        let named = self.values.iter().take(NAMED);
        let named: Vec<String> = named.map(|value| format!("`{value}`")).collect();
        if !named.is_empty() {
            write!(f, " ({}", named.join(", "))?;
            f.write_str(match self.values.len() > NAMED {
                true => ", …)",
                false => ")",
            })?;
        }
        Ok(())
    }
}

/// What to do about them.
pub const FIX: &str = "read them under [operation], [status], [fee] or [[filter]] of the profile, or \
                       name under [header] `ignore` what says nothing";

/// The columns of a file in a sentence; nothing where none looks as if it spoke.
pub fn sentence(columns: &[Speaking]) -> Option<String> {
    let told: Vec<String> = columns.iter().map(Speaking::to_string).collect();
    (!told.is_empty()).then(|| {
        format!(
            "columns that are not read and may say what a row is: {}\n  fix: {FIX}",
            told.join("; ")
        )
    })
}

impl ReadFile {
    /// Its columns that are not read and look as if they spoke.
    pub fn speaking(&self) -> Vec<Speaking> {
        let sheets = self.format.sheets.iter();
        let unread = sheets.flat_map(|sheet: &SheetFormat| &sheet.unread);
        let unread = unread.filter(|column| column.is_unread());
        once(unread.filter_map(|column: &Unread| {
            let values = column.values.iter().map(|value| value.text.as_str());
            let values: Vec<&str> = values.collect();
            of(&column.header, &values, column.many)
        }))
    }
}

impl FileShape {
    /// As [`ReadFile::speaking`], of a file of which only its looks were kept.
    pub fn speaking(&self, profile: &Profile) -> Vec<Speaking> {
        once(self.unknown(profile).into_iter().filter_map(|header| {
            let values = self.unread.get(&plain(&header));
            let known: Vec<&str> = values.into_iter().flatten().map(String::as_str).collect();
            of(&header, &known, values.is_none())
        }))
    }
}

/// Each column once, whichever sheets have it.
fn once(found: impl Iterator<Item = Speaking>) -> Vec<Speaking> {
    let mut seen = BTreeSet::new();
    found
        .filter(|one| seen.insert(plain(&one.column)))
        .collect()
}

/// `many`: it has other values beside these.
fn of(header: &str, values: &[&str], many: bool) -> Option<Speaking> {
    let looks_like = weight(header, values, many)?;
    let mut shown: Vec<String> = Vec::new();
    if !many {
        for value in values {
            shown.push(propose::shown_under(header, value));
        }
    }
    Some(Speaking {
        column: header.to_owned(),
        looks_like,
        values: shown,
    })
}

fn weight(header: &str, values: &[&str], many: bool) -> Option<Weight> {
    let by_header = propose::weight_of_header(header);
    if names_currency(header) && values.iter().any(|value| says_currency(value)) {
        return Some(Weight::Currency);
    }
    if !many && !values.is_empty() {
        if values.iter().all(|value| says_currency(value)) {
            return Some(Weight::Currency);
        }
        if let Some(said) = propose::weight_of_values(values) {
            return Some(said);
        }
        if values.iter().any(|value| speaks_of_kind(value)) {
            return Some(Weight::Type);
        }
    }
    match by_header? {
        Weight::Fee if values.iter().all(|value| propose::is_number(value)) => Some(Weight::Fee),
        said @ (Weight::Type | Weight::Status | Weight::Side)
            if !many && (1..=LOW).contains(&values.len()) =>
        {
            Some(said)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_speaks_by_its_values_or_by_its_name() {
        for (header, values, expected) in [
            ("Jenis Transaksi", "QRIS", Some(Weight::Type)),
            ("Kolom F", "QRIS|Refund QRIS", Some(Weight::Type)),
            ("Kolom F", "SUKSES|GAGAL", Some(Weight::Status)),
            ("Hasil", "A|B", Some(Weight::Status)),
            ("Valuta", "IDR", Some(Weight::Currency)),
            ("Kolom F", "IDR|USD", Some(Weight::Currency)),
            ("D/K", "D|K", Some(Weight::Side)),
            ("Kolom F", "CR|DB", Some(Weight::Side)),
            ("MDR", "70|140", Some(Weight::Fee)),
            ("Biaya", "termasuk", None),
            ("Kota", "Bandung|Jakarta", None),
            ("Outlet", "Kemang", None),
            ("Kategori Produk", "", None),
            ("Administrator", "70", None),
        ] {
            let values: Vec<&str> = values.split('|').filter(|text| !text.is_empty()).collect();
            let found = of(header, &values, false).map(|one| one.looks_like);
            assert_eq!(found, expected, "{header}: {values:?}");
        }
        // Of a column with many values only a fee is told, and no value is shown.
        assert_eq!(
            of("MDR", &["70", "140"], true).map(|one| one.values.len()),
            Some(0)
        );
        assert_eq!(of("Kolom F", &["Refund"], true), None);
    }

    #[test]
    fn what_is_personal_is_not_shown() {
        let one = of("Tipe Pelanggan", &["refund 081200001234"], false);
        assert!(one.is_some_and(|one| !one.to_string().contains("081200001234")));
    }
}
