//! Exact money: a count of sen (1/100 rupiah). No floating point comes near it.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An amount of Indonesian rupiah in sen. One amount read from outside is at most
/// [`Money::LIMIT`]; the 128 bits behind it therefore hold any total that can be summed from them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(i128);

impl Money {
    pub const ZERO: Money = Money(0);
    /// The largest single amount accepted from a file or a ledger: 10^15 rupiah.
    pub const LIMIT: Money = Money(100_000_000_000_000_000);

    pub const fn from_sen(sen: i64) -> Money {
        Money(sen as i128)
    }

    pub const fn from_rupiah(rupiah: i64) -> Money {
        Money(rupiah as i128 * 100)
    }

    /// The count of sen, for amounts within [`Money::LIMIT`]; `None` for larger totals.
    pub fn sen(self) -> Option<i64> {
        i64::try_from(self.0).ok()
    }

    /// So many times as much.
    pub fn times(self, count: i64) -> Money {
        Money(self.0 * i128::from(count))
    }

    /// Of any total.
    pub fn total_sen(self) -> i128 {
        self.0
    }

    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    pub const fn abs(self) -> Money {
        Money(self.0.abs())
    }

    /// Whole rupiah towards zero, and the sen that remain (0..=99).
    pub const fn split(self) -> (i128, u8) {
        (self.0 / 100, (self.0 % 100).unsigned_abs() as u8)
    }

    /// Reads an amount written in `style`; `1.5` in a style that is not declared is refused.
    ///
    /// Understood around the digits: `Rp`, `Rp.`, `IDR`, blanks, a leading or trailing sign,
    /// accounting brackets and the local marks for "no sen" (`25.000,-`). At most two decimals: a third
    /// would have to be rounded, and where it is a zero the mark before it separates thousands.
    pub fn parse(text: &str, style: NumberStyle, unit: Unit) -> Result<Money, MoneyError> {
        parse(text, style, unit, Decimals::Written)
    }

    /// Reads an amount of a file that nobody has described yet: a third decimal that is zero may be one
    /// of a style in which it means nothing.
    pub fn parse_undescribed(
        text: &str,
        style: NumberStyle,
        unit: Unit,
    ) -> Result<Money, MoneyError> {
        parse(text, style, unit, Decimals::Computed)
    }

    /// Reads a number that a program wrote, such as a database's `75000.0000`: plain, with as many
    /// zeros behind the sen as it likes.
    pub fn parse_number(text: &str, unit: Unit) -> Result<Money, MoneyError> {
        parse(text, NumberStyle::Plain, unit, Decimals::Computed)
    }
}

/// How digits are grouped and where decimals begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NumberStyle {
    /// `1500000.00`: no grouping.
    Plain,
    /// `1.500.000,00`, as Indonesia writes it.
    Id,
    /// `1,500,000.00`.
    En,
    /// Nothing declared: only what every style reads alike is accepted.
    Undeclared,
}

/// What one unit in the file stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Whole rupiah, with or without decimals.
    Rupiah,
    /// Sen, as DANA writes its amounts.
    Minor,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    #[error("the amount is empty")]
    Empty,
    #[error("not an amount")]
    NotANumber,
    #[error("could be thousands or decimals: declare the profile's number style")]
    Ambiguous,
    #[error("digits are not grouped in threes as the declared number style groups them")]
    BadGrouping,
    #[error("more than two decimals")]
    TooPrecise,
    #[error("larger than any payment (10^15 rupiah)")]
    TooLarge,
}

/// Who wrote the decimals.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Decimals {
    /// A person or a report: a third one is a mistake, zero or not.
    Written,
    /// A program that prints a number's whole scale.
    Computed,
}

fn parse(text: &str, style: NumberStyle, unit: Unit, by: Decimals) -> Result<Money, MoneyError> {
    let Bare {
        digits,
        negative,
        no_sen,
    } = strip_decoration(text)?;
    let (group, point) = match style {
        NumberStyle::Plain => (None, b'.'),
        NumberStyle::Id => (Some(b'.'), b','),
        NumberStyle::En => (Some(b','), b'.'),
        // Whoever says that there are no sen says that every mark separates thousands.
        NumberStyle::Undeclared if no_sen => match digits.bytes().find(|b| !b.is_ascii_digit()) {
            Some(group @ (b'.' | b',')) => (Some(group), b' '),
            _ => (None, b' '),
        },
        NumberStyle::Undeclared => return parse_undeclared(digits, negative, unit),
    };
    let (whole, decimals) = match digits.bytes().position(|b| b == point) {
        Some(at) => (&digits[..at], &digits[at + 1..]),
        None => (digits, ""),
    };
    let is_number = decimals.bytes().all(|b| b.is_ascii_digit());
    if by == Decimals::Written && is_number && decimals.len() > 2 {
        return Err(MoneyError::TooPrecise);
    }
    assemble(whole, group, decimals, negative, unit)
}

/// Without a declared style a separator is accepted only where every style agrees on it:
/// `1500000`, `1500000,5`, `1500000.50`, `1.500.000`, `1,500,000.00`; never a lone `1.500`.
fn parse_undeclared(digits: &str, negative: bool, unit: Unit) -> Result<Money, MoneyError> {
    let marks: Vec<(usize, u8)> = digits
        .bytes()
        .enumerate()
        .filter(|(_, b)| matches!(b, b'.' | b','))
        .collect();
    let Some(&(last_at, last)) = marks.last() else {
        return assemble(digits, None, "", negative, unit);
    };
    let tail = &digits[last_at + 1..];
    let mixed = marks.iter().any(|(_, b)| *b != last);
    if mixed {
        if tail.len() > 2 {
            return Err(MoneyError::TooPrecise);
        }
        let group = if last == b'.' { b',' } else { b'.' };
        return assemble(&digits[..last_at], Some(group), tail, negative, unit);
    }
    if marks.len() > 1 {
        return assemble(digits, Some(last), "", negative, unit);
    }
    match tail.len() {
        1 | 2 => assemble(&digits[..last_at], None, tail, negative, unit),
        3 if last_at <= 3 && !digits.starts_with('0') => Err(MoneyError::Ambiguous),
        _ => Err(MoneyError::TooPrecise),
    }
}

/// What local hands write behind whole rupiah for "no sen", the longest first. A dash that follows a
/// decimal mark is no sign; behind digits (`25.000,00-`) it is one.
const NO_SEN: [&str; 10] = [
    ",--",
    ".--",
    ",-",
    ".-",
    ",\u{2013}",
    ".\u{2013}",
    ",\u{2014}",
    ".\u{2014}",
    ",=",
    ".=",
];

/// An amount without what stands around its digits.
struct Bare<'t> {
    digits: &'t str,
    negative: bool,
    /// It says that there are no sen.
    no_sen: bool,
}

/// Removes currency words, blanks, signs and brackets.
fn strip_decoration(text: &str) -> Result<Bare<'_>, MoneyError> {
    let mut rest = trim(text);
    if rest.is_empty() {
        return Err(MoneyError::Empty);
    }
    let mut signs = 0;
    let (mut no_sen, mut behind) = (false, 0);
    if let Some(inside) = rest.strip_prefix('(').and_then(|r| r.strip_suffix(')')) {
        signs += 1;
        rest = trim(inside);
    }
    loop {
        let before = rest;
        let mark = NO_SEN.iter().find_map(|mark| rest.strip_suffix(mark));
        // Behind digits a dash is a sign; behind the mark one more is neither.
        if let (Some(r), false, 0) = (mark, no_sen, behind) {
            no_sen = true;
            rest = r;
        } else if let Some(r) = rest.strip_prefix(['-', '\u{2212}']) {
            signs += 1;
            rest = r;
        } else if let (Some(r), false) = (rest.strip_suffix('-'), no_sen) {
            signs += 1;
            behind += 1;
            rest = r;
        } else if let Some(r) = rest.strip_prefix('+') {
            rest = r;
        } else if rest.len() >= 3
            && rest.is_char_boundary(3)
            && rest[..3].eq_ignore_ascii_case("idr")
        {
            rest = &rest[3..];
        } else if rest.len() >= 2
            && rest.is_char_boundary(2)
            && rest[..2].eq_ignore_ascii_case("rp")
        {
            rest = rest[2..].strip_prefix('.').unwrap_or(&rest[2..]);
        } else if let Some(r) = without_currency(rest) {
            rest = r;
        }
        rest = trim(rest);
        if rest == before {
            break;
        }
    }
    // No sen, and sen: whoever wrote it meant something else.
    let has_sen = rest
        .rfind(['.', ','])
        .is_some_and(|at| rest.len() - at - 1 < 3);
    if rest.is_empty() || signs > 1 || (no_sen && has_sen) {
        return Err(MoneyError::NotANumber);
    }
    Ok(Bare {
        digits: rest,
        negative: signs == 1,
        no_sen,
    })
}

/// `25.000 IDR`, `25.000 Rp`.
fn without_currency(text: &str) -> Option<&str> {
    ["idr", "rp"].into_iter().find_map(|word| {
        let at = text.len().checked_sub(word.len())?;
        let end = text.get(at..)?;
        end.eq_ignore_ascii_case(word).then(|| &text[..at])
    })
}

fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\u{a0}', '\u{202f}'])
}

fn assemble(
    whole: &str,
    group: Option<u8>,
    decimals: &str,
    negative: bool,
    unit: Unit,
) -> Result<Money, MoneyError> {
    let mut value: i128 = 0;
    let mut in_group = 0usize;
    let mut groups = 0usize;
    for byte in whole.bytes() {
        match byte {
            b'0'..=b'9' => {
                value = value * 10 + i128::from(byte - b'0');
                in_group += 1;
                if value > Money::LIMIT.0 {
                    return Err(MoneyError::TooLarge);
                }
            }
            b if Some(b) == group => {
                let fits = if groups == 0 {
                    (1..=3).contains(&in_group)
                } else {
                    in_group == 3
                };
                if !fits {
                    return Err(MoneyError::BadGrouping);
                }
                groups += 1;
                in_group = 0;
            }
            _ => return Err(MoneyError::NotANumber),
        }
    }
    if groups > 0 && in_group != 3 {
        return Err(MoneyError::BadGrouping);
    }
    if whole.is_empty() && decimals.is_empty() {
        return Err(MoneyError::NotANumber);
    }
    let significant = decimals.trim_end_matches('0');
    if !decimals.bytes().all(|b| b.is_ascii_digit()) {
        return Err(MoneyError::NotANumber);
    }
    let scale = match unit {
        Unit::Rupiah => 2,
        Unit::Minor => 0,
    };
    if significant.len() > scale {
        return Err(MoneyError::TooPrecise);
    }
    for position in 0..scale {
        let digit = significant.as_bytes().get(position).map_or(0, |b| b - b'0');
        value = value * 10 + i128::from(digit);
    }
    if value > Money::LIMIT.0 {
        return Err(MoneyError::TooLarge);
    }
    Ok(Money(if negative { -value } else { value }))
}

/// Rupiah with two places and no grouping, `75000.00`: the form of every machine-read output.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (rupiah, sen) = self.abs().split();
        let sign = if self.is_negative() { "-" } else { "" };
        write!(f, "{sign}{rupiah}.{sen:02}")
    }
}

impl Add for Money {
    type Output = Money;
    fn add(self, other: Money) -> Money {
        Money(self.0 + other.0)
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Money) {
        self.0 += other.0;
    }
}

impl Sub for Money {
    type Output = Money;
    fn sub(self, other: Money) -> Money {
        Money(self.0 - other.0)
    }
}

impl Neg for Money {
    type Output = Money;
    fn neg(self) -> Money {
        Money(-self.0)
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Money>>(amounts: I) -> Money {
        amounts.fold(Money::ZERO, Add::add)
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Money, D::Error> {
        let text = String::deserialize(deserializer)?;
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.as_str()),
        };
        let (whole, sen) = digits.split_once('.').unwrap_or((digits, "00"));
        let parsed = (sen.len() == 2)
            .then(|| format!("{whole}{sen}").parse::<i128>().ok())
            .flatten()
            .ok_or_else(|| serde::de::Error::custom(format!("`{text}` is not an amount")))?;
        Ok(Money(if negative { -parsed } else { parsed }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// text | style | unit | sen or the error
    const CASES: &str = "
        75000           | plain      | rupiah | 7500000
        75000.00        | plain      | rupiah | 7500000
        75000.5         | plain      | rupiah | 7500050
        7500000         | plain      | minor  | 7500000
        75000.1         | plain      | minor  | TooPrecise
        1.500.000,00    | id         | rupiah | 150000000
        1.500           | id         | rupiah | 150000
        1.500           | en         | rupiah | TooPrecise
        1,500           | en         | rupiah | 150000
        1.500           | undeclared | rupiah | Ambiguous
        1,500           | undeclared | rupiah | Ambiguous
        1500            | undeclared | rupiah | 150000
        1500.00         | undeclared | rupiah | 150000
        1.500.000       | undeclared | rupiah | 150000000
        1,500,000.00    | undeclared | rupiah | 150000000
        Rp 75.000       | id         | rupiah | 7500000
        Rp. 75.000,50   | id         | rupiah | 7500050
        IDR 75,000.00   | en         | rupiah | 7500000
        (1.000)         | id         | rupiah | -100000
        1.000-          | id         | rupiah | -100000
        Rp25.000,-      | id         | rupiah | 2500000
        25.000,-        | id         | rupiah | 2500000
        Rp. 25.000,-    | id         | rupiah | 2500000
        Rp 25.000,-     | undeclared | rupiah | 2500000
        25000,-         | undeclared | rupiah | 2500000
        1.025.000,-     | undeclared | rupiah | 102500000
        25.000,--       | id         | rupiah | 2500000
        25.000.-        | id         | rupiah | 2500000
        25.000 ,-       | id         | rupiah | 2500000
        25000,-         | plain      | rupiah | 2500000
        25,000.-        | en         | rupiah | 2500000
        25.000,\u{2013} | id         | rupiah | 2500000
        25.000,00-      | id         | rupiah | -2500000
        -25.000,-       | id         | rupiah | -2500000
        (25.000,-)      | id         | rupiah | -2500000
        25.000,---      | id         | rupiah | NotANumber
        25.000,00,-     | id         | rupiah | NotANumber
        25.000,5.-      | id         | rupiah | NotANumber
        25.000 IDR      | id         | rupiah | 2500000
        25.000,- Rp     | id         | rupiah | 2500000
        ,-              | id         | rupiah | NotANumber
        125,000         | id         | rupiah | TooPrecise
        25.000          | plain      | rupiah | TooPrecise
        25.000          | en         | rupiah | TooPrecise
        25,000.000      | en         | rupiah | TooPrecise
        1.025,000       | undeclared | rupiah | TooPrecise
        -Rp1.000        | id         | rupiah | -100000
        Rp -1.000       | id         | rupiah | -100000
        (-1.000)        | id         | rupiah | NotANumber
        15.00.000       | id         | rupiah | BadGrouping
        1.50            | id         | rupiah | BadGrouping
        1.005           | plain      | rupiah | TooPrecise
        1.12429E+10     | plain      | rupiah | NotANumber
        N/A             | plain      | rupiah | NotANumber
        99999999999999999999 | plain | rupiah | TooLarge
        Rp              | id         | rupiah | NotANumber
        .               | plain      | rupiah | NotANumber
    ";

    #[test]
    fn amounts_are_read_exactly_or_refused() {
        for case in CASES.lines().map(str::trim).filter(|l| !l.is_empty()) {
            let cells: Vec<&str> = case.split('|').map(str::trim).collect();
            let style = match cells[1] {
                "plain" => NumberStyle::Plain,
                "id" => NumberStyle::Id,
                "en" => NumberStyle::En,
                _ => NumberStyle::Undeclared,
            };
            let unit = if cells[2] == "minor" {
                Unit::Minor
            } else {
                Unit::Rupiah
            };
            let read = match Money::parse(cells[0], style, unit) {
                Ok(money) => money.sen().expect("within the limit").to_string(),
                Err(error) => format!("{error:?}"),
            };
            assert_eq!(read, cells[3], "{case}");
        }
    }

    #[test]
    fn a_program_may_print_its_whole_scale() {
        for (text, sen) in [("75000.0000", Ok(7_500_000)), ("0.500", Ok(50))] {
            let read = Money::parse_number(text, Unit::Rupiah);
            assert_eq!(
                read.map(|money| money.sen().unwrap_or_default()),
                sen,
                "{text}"
            );
        }
        let read = Money::parse_number("1.005", Unit::Rupiah);
        assert_eq!(read, Err(MoneyError::TooPrecise));
    }

    #[test]
    fn money_is_written_and_read_back_alike() {
        for sen in [0, 1, -1, 99, -99, 100, 7_500_050, -7_500_050] {
            let money = Money::from_sen(sen);
            let text = serde_json::to_string(&money).expect("a string");
            assert_eq!(
                serde_json::from_str::<Money>(&text).expect("its own output"),
                money
            );
        }
    }
}
