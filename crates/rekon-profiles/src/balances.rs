//! Opening and closing balances (`SALDO AWAL`, `Closing balance`): lines of an account statement that
//! move no money. Where both stand in a file, its rows have to explain the difference.

use super::fault::Spot;
use super::profile::MoneyRule;
use super::row::{Written, amount};
use super::sides::{self, AccountSide};
use crate::domain::money::Money;

/// What a line states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stated {
    Opening,
    Closing,
    /// The sum of one side's rows: not compared, and no row.
    Movements,
}

/// As account statements begin these lines, in Indonesian and English.
const PHRASES: [(&str, Stated); 25] = [
    ("saldo awal", Stated::Opening),
    ("saldo pembukaan", Stated::Opening),
    ("saldo sebelumnya", Stated::Opening),
    ("saldo pindahan", Stated::Opening),
    ("saldo lalu", Stated::Opening),
    ("opening balance", Stated::Opening),
    ("beginning balance", Stated::Opening),
    ("starting balance", Stated::Opening),
    ("previous balance", Stated::Opening),
    ("balance brought forward", Stated::Opening),
    ("balance forward", Stated::Opening),
    ("balance b/f", Stated::Opening),
    ("brought forward", Stated::Opening),
    ("saldo akhir", Stated::Closing),
    ("saldo penutup", Stated::Closing),
    ("closing balance", Stated::Closing),
    ("ending balance", Stated::Closing),
    ("balance carried forward", Stated::Closing),
    ("balance c/f", Stated::Closing),
    ("carried forward", Stated::Closing),
    ("mutasi kredit", Stated::Movements),
    ("mutasi debet", Stated::Movements),
    ("mutasi debit", Stated::Movements),
    ("mutasi cr", Stated::Movements),
    ("mutasi db", Stated::Movements),
];

/// What may follow the phrase in its cell, beside an amount: `Saldo Awal per 17/11/2026 :`.
const BEHIND: [&str; 8] = ["per", "pada", "tanggal", "tgl", "bulan", "hari", "as", "of"];

/// What a cell states, and the amount that it says behind a colon.
pub(super) fn stated(cell: &str) -> Option<(Stated, Option<&str>)> {
    let cell = cell.trim();
    // Every phrase has two words, and no reference has a blank before its eighth letter by chance.
    if !cell.starts_with(|c: char| c.is_ascii_alphabetic()) || !cell.contains(' ') {
        return None;
    }
    let (phrase, stated) = PHRASES.iter().find(|(phrase, _)| {
        let head = cell.get(..phrase.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(phrase))
    })?;
    let rest = &cell[phrase.len()..];
    let (between, behind) = match rest.split_once([':', '=']) {
        Some((between, behind)) => (between, Some(behind.trim())),
        None => (rest, None),
    };
    let is_date = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_digit())
            || BEHIND.iter().any(|known| word.eq_ignore_ascii_case(known))
            || word.chars().count() <= 9 && MONTHS.iter().any(|month| starts_like(word, month))
    };
    let mut words = between
        .split([' ', '\u{a0}', '(', ')', ','])
        .filter(|word| !word.is_empty());
    words
        .all(is_date)
        .then_some((*stated, behind.filter(|text| !text.is_empty())))
}

/// The first letters of the months, in either language.
const MONTHS: [&str; 17] = [
    "jan", "feb", "mar", "apr", "mei", "may", "jun", "jul", "agu", "aug", "sep", "okt", "oct",
    "nov", "des", "dec", "rp",
];

fn starts_like(word: &str, month: &str) -> bool {
    word.get(..month.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(month))
}

/// The amount of a line that states a balance: behind its colon, in the column of balances, in that of
/// amounts, or the only one there is.
pub(super) fn value_of(
    cells: &[&str],
    headers: &[String],
    amounts: Option<usize>,
    rule: &MoneyRule,
) -> Option<(Stated, Option<Money>)> {
    let (at, (stated, behind)) = cells
        .iter()
        .enumerate()
        .find_map(|(at, cell)| Some((at, stated(cell)?)))?;
    let read = |text: &str| -> Option<Money> {
        let (side, bare) = sides::beside(text);
        let money = amount(bare, rule.style, rule.unit).ok().flatten()?;
        Some(match side {
            Some(AccountSide::Debit) => -money,
            _ => money,
        })
    };
    if let Some(text) = behind {
        return Some((stated, read(text)));
    }
    let balance = headers.iter().position(|header| {
        let header = header.to_lowercase();
        header.contains("saldo") || header.contains("balance")
    });
    let named = [balance, amounts]
        .into_iter()
        .flatten()
        .filter(|column| *column != at);
    let in_column = named.filter_map(|column| read(cells.get(column)?)).next();
    let alone = || {
        let mut found: Vec<Money> = Vec::new();
        let others = cells.iter().enumerate().filter(|(column, _)| *column != at);
        // Of digits alone it may be a branch or a number of a page.
        let written = others.filter(|(_, cell)| cell.contains(['.', ',']));
        for money in written.filter_map(|(_, cell)| read(cell)) {
            if !found.contains(&money) {
                found.push(money);
            }
        }
        match found[..] {
            [only] => Some(only),
            _ => None,
        }
    };
    Some((stated, in_column.or_else(alone)))
}

/// What a sheet states, and what its rows do to the balance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Balances {
    opening: Option<Money>,
    /// The last one, with its row.
    closing: Option<(Money, u32)>,
    moved: Money,
    moved_after_fees: Money,
    /// Rows of which nobody knows what they do.
    unknown: u64,
}

/// Rows that do not lead from the opening balance to the closing one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    pub spot: Spot,
    pub opening: Money,
    pub moved: Money,
    pub closing: Money,
}

impl Balances {
    pub(super) fn count(&mut self, written: &Written) {
        match written.moved {
            Some((by_itself, after_fee)) => {
                self.moved += by_itself;
                self.moved_after_fees += after_fee;
            }
            None => self.unknown += 1,
        }
    }

    pub(super) fn note(&mut self, stated: Stated, value: Option<Money>, row: u32) {
        match (stated, value) {
            (Stated::Opening, Some(value)) => {
                self.opening.get_or_insert(value);
            }
            (Stated::Closing, Some(value)) => self.closing = Some((value, row)),
            _ => {}
        }
    }

    /// Whether both balances are stated and every row's movement is known.
    fn proven(&self) -> Option<(Money, Money, u32)> {
        let (closing, row) = self.closing?;
        (self.unknown == 0).then_some((self.opening?, closing, row))
    }

    pub(super) fn gap(&self, sheet: Option<&str>) -> Option<Gap> {
        let (opening, closing, row) = self.proven()?;
        let explains = |moved: Money| opening + moved == closing;
        if explains(self.moved) || explains(self.moved_after_fees) {
            return None;
        }
        Some(Gap {
            spot: Spot {
                sheet: sheet.map(str::to_owned),
                row,
            },
            opening,
            moved: self.moved,
            closing,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Stated::{Closing, Movements, Opening};

    #[test]
    fn lines_of_balances_are_no_rows_and_narratives_are() {
        for (cell, expected) in [
            ("SALDO AWAL", Some((Opening, None))),
            (
                "Saldo Awal : 100,000.00",
                Some((Opening, Some("100,000.00"))),
            ),
            ("Saldo awal per 17/11/2026", Some((Opening, None))),
            ("Saldo Awal (17 November 2026)", Some((Opening, None))),
            ("Opening Balance as of 17 Nov 2026:", Some((Opening, None))),
            ("Saldo Akhir", Some((Closing, None))),
            (
                "CLOSING BALANCE = 5.000,00",
                Some((Closing, Some("5.000,00"))),
            ),
            ("Mutasi Kredit : 7", Some((Movements, Some("7")))),
            ("Saldo awalan kas kecil toko", None),
            ("Saldo awal kas kecil toko", None),
            ("SALDOAWAL", None),
            ("Saldo", None),
            ("TRSF E-BANKING CR saldo awal", None),
        ] {
            assert_eq!(stated(cell), expected, "{cell}");
        }
    }
}
