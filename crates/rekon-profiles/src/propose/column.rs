//! What the values of one column are, counted over every row.

use std::collections::{BTreeMap, HashSet};

use chrono_tz::Tz;
use xxhash_rust::xxh3::xxh3_128;

use super::super::row::CellKind;
use super::super::sides::{self, AccountSide};
use super::stamps::StampTally;
use super::words;
use crate::domain::key;
use crate::domain::money::{Money, NumberStyle, Unit};

/// Different values that are remembered whole: more is no list of codes.
const VALUES: usize = 40;
/// Rows in which a column's values are compared with one another.
pub(super) const COMPARED: usize = 2_000_000;
/// Sentences that are looked at for what they have in common.
const TOLD: usize = 100;
/// The styles a profile can declare, and how it writes them.
pub(super) const STYLES: [(NumberStyle, &str); 3] = [
    (NumberStyle::Plain, "plain"),
    (NumberStyle::Id, "id"),
    (NumberStyle::En, "en"),
];

/// A value and the row it stands in.
pub(super) type At = (u32, String);

/// A value, its row, and what each style makes of it.
pub(super) type Differs = (u32, String, Vec<(&'static str, Money)>);

/// How one number style reads the column.
#[derive(Clone, Debug, Default)]
pub(super) struct StyleReads {
    pub reads: u64,
    pub refused: Option<At>,
    pub sum: Money,
    pub low: Option<Money>,
    pub high: Option<Money>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Numbers {
    pub styles: [StyleReads; 3],
    /// Read alike by every style.
    pub undeclared: u64,
    /// A value that two styles read differently.
    pub differs: Option<Differs>,
    pub negative: u64,
    pub zero: u64,
    /// Numbers that end in `00` without decimals, zero among them.
    pub hundreds: u64,
    pub currency: u64,
    /// Numbers with decimals, of which sen have none.
    pub fractions: u64,
    /// How many stand on a side, and on none, with the first row of each.
    pub sides: BTreeMap<Option<AccountSide>, (u64, u32)>,
}

impl Numbers {
    /// Whether amounts carry their side.
    pub fn have_sides(&self) -> bool {
        self.sides.keys().any(Option::is_some)
    }
}

#[derive(Clone, Debug, Default)]
pub(super) struct Column {
    pub index: usize,
    pub header: String,
    pub rows: u64,
    pub filled: u64,
    /// Cells that a workbook stores as numbers.
    pub number_cells: u64,
    pub error_cells: Option<At>,
    pub values: Option<BTreeMap<String, u64>>,
    distinct: HashSet<u128>,
    /// The first value that occurs again, with the row where it does.
    pub repeated: Option<At>,
    /// Not all rows were compared with one another.
    pub compared: u64,
    pub numbers: Numbers,
    pub stamps: StampTally,
    /// Numbers in the range of a spreadsheet's days.
    pub serials: u64,
    pub digits: u64,
    pub leading_zeros: u64,
    pub shortest: usize,
    pub longest: usize,
    pub with_digit: u64,
    pub rounded: Option<At>,
    pub rounded_count: u64,
    pub apostrophes: u64,
    pub phones: u64,
    /// The header speaks of a phone.
    of_phones: bool,
    /// The header speaks of remarks.
    of_sentences: bool,
    pub addresses: u64,
    /// Values of three words or more.
    pub sentences: u64,
    /// `08.01`: a time of day where the header says so, and an amount otherwise.
    pub dotted_clocks: u64,
    /// The value is the number of its row: 1, 2, 3.
    pub running: u64,
    pub first: Vec<At>,
    /// Some of the values of three words or more, and of remarks with a number.
    pub told: Vec<String>,
}

impl Column {
    pub fn new(index: usize, header: &str) -> Column {
        Column {
            index,
            header: header.to_owned(),
            of_phones: words::says(header, words::PHONE).is_some(),
            of_sentences: words::says(header, words::NARRATIVE).is_some(),
            values: Some(BTreeMap::new()),
            shortest: usize::MAX,
            ..Column::default()
        }
    }

    pub fn add(&mut self, row: u32, text: &str, kind: CellKind, zone: Tz) {
        self.rows += 1;
        if matches!(kind, CellKind::Error | CellKind::Uncomputed) {
            self.error_cells
                .get_or_insert_with(|| (row, text.to_owned()));
        }
        if text.is_empty() {
            return;
        }
        self.filled += 1;
        if self.first.len() < 3 {
            self.first.push((row, text.to_owned()));
        }
        if let Some(values) = &mut self.values {
            if let Some(count) = values.get_mut(text) {
                *count += 1;
            } else if values.len() < VALUES && text.len() <= 60 {
                values.insert(text.to_owned(), 1);
            } else {
                self.values = None;
            }
        }
        if self.repeated.is_none() && self.distinct.len() < COMPARED {
            self.compared += 1;
            if !self.distinct.insert(xxh3_128(text.as_bytes())) {
                self.repeated = Some((row, text.to_owned()));
                self.distinct = HashSet::new();
            }
        }
        let length = text.chars().count();
        self.shortest = self.shortest.min(length);
        self.longest = self.longest.max(length);
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        self.with_digit += u64::from(digits > 0);
        if digits == text.len() {
            self.digits += 1;
            self.leading_zeros += u64::from(text.len() > 1 && text.starts_with('0'));
        }
        self.number_cells += u64::from(kind == CellKind::Number);
        if key::is_rounded(text) {
            self.rounded_count += 1;
            self.rounded.get_or_insert_with(|| (row, text.to_owned()));
        }
        self.apostrophes += u64::from(text.starts_with('\''));
        self.phones += u64::from(if self.of_phones {
            words::could_be_phone(text)
        } else {
            words::is_phone(text)
        });
        self.addresses += u64::from(text.contains('@'));
        let words = text.split_whitespace().count();
        self.sentences += u64::from(words >= 3);
        let is_told = words >= 3 || (self.of_sentences && digits > 0);
        if is_told && self.told.len() < TOLD && text.len() <= 500 {
            self.told.push(text.to_owned());
        }
        self.dotted_clocks += u64::from(is_dotted_clock(text));
        self.running += u64::from(text.parse::<u64>().is_ok_and(|number| number == self.rows));
        self.number(row, text, kind);
        if kind != CellKind::Number {
            self.stamps.add(row, text, zone);
        }
        let whole = text.split('.').next().unwrap_or_default();
        let is_serial = text.bytes().all(|b| b.is_ascii_digit() || b == b'.')
            && whole
                .parse::<u32>()
                .is_ok_and(|day| (36_526..73_050).contains(&day));
        self.serials += u64::from(is_serial);
    }

    fn number(&mut self, row: u32, text: &str, kind: CellKind) {
        // A workbook's number is one whatever the column's style.
        let style_of = |style: NumberStyle| match kind {
            CellKind::Number => NumberStyle::Plain,
            _ => style,
        };
        let (side, text) = match kind {
            CellKind::Number => (None, text),
            _ => amount_and_side(text),
        };
        let mut read: Vec<(&'static str, Money)> = Vec::new();
        for ((style, name), tally) in STYLES.iter().zip(&mut self.numbers.styles) {
            match Money::parse_undescribed(text, style_of(*style), Unit::Rupiah) {
                Ok(money) => {
                    tally.reads += 1;
                    tally.sum += money;
                    tally.low = Some(tally.low.map_or(money, |low| low.min(money)));
                    tally.high = Some(tally.high.map_or(money, |high| high.max(money)));
                    read.push((name, money));
                }
                Err(_) => {
                    tally.refused.get_or_insert_with(|| (row, text.to_owned()));
                }
            }
        }
        let undeclared = Money::parse(text, style_of(NumberStyle::Undeclared), Unit::Rupiah);
        self.numbers.undeclared += u64::from(undeclared.is_ok());
        let Some((_, money)) = read.first().copied() else {
            return;
        };
        let seen = self.numbers.sides.entry(side).or_insert((0, row));
        seen.0 += 1;
        if self.numbers.differs.is_none() && read.iter().any(|(_, other)| *other != money) {
            self.numbers.differs = Some((row, text.to_owned(), read));
        }
        self.numbers.negative += u64::from(money.is_negative());
        self.numbers.zero += u64::from(money.is_zero());
        let bytes = text.as_bytes();
        // Decimals that are written are those of rupiah.
        let decimals = bytes.len() > 3 && matches!(bytes[bytes.len() - 3], b'.' | b',');
        let (whole, sen) = money.split();
        self.numbers.fractions += u64::from(sen != 0 || decimals);
        self.numbers.hundreds += u64::from(sen == 0 && whole % 100 == 0 && !decimals);
        self.numbers.currency += u64::from(text.starts_with("Rp") || text.starts_with("IDR"));
    }

    /// Different in every row that has a value.
    pub fn is_unique(&self) -> bool {
        self.filled > 0 && self.repeated.is_none()
    }

    pub fn is_constant(&self) -> Option<&str> {
        let values = self.values.as_ref()?;
        match values.first_key_value() {
            Some((only, count)) if values.len() == 1 && *count == self.rows => Some(only),
            _ => None,
        }
    }

    /// A few values that repeat: codes rather than references.
    pub fn is_codes(&self) -> bool {
        let Some(values) = &self.values else {
            return false;
        };
        let few = values.len() as u64;
        !values.is_empty() && few <= 20 && (few * 2 <= self.filled || few <= 3)
    }

    /// Sums of money or counts, as at least one style reads them all but for a few.
    pub fn is_number(&self) -> bool {
        let best = self
            .numbers
            .styles
            .iter()
            .map(|style| style.reads)
            .max()
            .unwrap_or(0);
        self.filled > 0 && best * 10 >= self.filled * 9 && self.leading_zeros == 0
    }

    /// By its values. Digits alone do not make a phone of what the header calls a reference.
    pub fn is_personal(&self) -> bool {
        let phones = self.phones * 10 >= self.filled * 8 && !words::names_references(&self.header);
        self.filled > 0 && (phones || self.addresses * 10 >= self.filled * 8)
    }

    /// A value as it may be shown.
    pub fn show(&self, value: &str) -> String {
        if self.is_personal() && words::says(&self.header, words::BEARER).is_none() {
            words::hidden(value)
        } else {
            words::show(&self.header, value)
        }
    }

    pub fn show_at(&self, (row, value): &At) -> String {
        format!("`{}` (row {row})", self.show(value))
    }
}

/// An amount and the side that it carries. `K00012` is a reference.
pub(super) fn amount_and_side(text: &str) -> (Option<AccountSide>, &str) {
    let (side, bare) = sides::beside(text);
    let stands_apart = bare.contains(['.', ',']) || text.trim().contains([' ', '\u{a0}', '(']);
    match side {
        Some(side) if stands_apart => (Some(side), bare),
        _ => (None, text),
    }
}

fn is_dotted_clock(text: &str) -> bool {
    let [a, b, b'.', c, d] = text.as_bytes() else {
        return false;
    };
    [a, b, c, d].iter().all(|digit| digit.is_ascii_digit())
        && (*a, *b) <= (b'2', if *a == b'2' { b'3' } else { b'9' })
        && *c <= b'5'
}
