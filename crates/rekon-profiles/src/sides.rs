//! Amounts with their side: `799,700.00 CR`, `DB 15,000`, or `K` and `D` in a column of their own.

use super::check::{Problem, problem};
use super::codes::{Records, records};
use super::language::RawSide;

/// Of the account that the report is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum AccountSide {
    Credit,
    Debit,
}

impl AccountSide {
    pub fn name(self) -> &'static str {
        match self {
            AccountSide::Credit => "credit",
            AccountSide::Debit => "debit",
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct SideRule {
    pub columns: Vec<String>,
    pub credit: Option<Records>,
    pub debit: Option<Records>,
    pub unmarked: Option<Records>,
}

impl SideRule {
    pub fn of(raw: RawSide) -> Result<SideRule, Problem> {
        let said = |key: &str, text: Option<String>| {
            let key = format!("side.{key}");
            text.map(|text| records(&key, &text)).transpose()
        };
        let rule = SideRule {
            credit: said("credit", raw.credit)?,
            debit: said("debit", raw.debit)?,
            unmarked: said("unmarked", raw.unmarked)?,
            columns: raw.columns,
        };
        if rule.credit.is_none() && rule.debit.is_none() {
            return Err(problem(
                "side",
                "neither side means anything",
                "say what a row of a side records, e.g. credit = \"payment\" and debit = \"refund\"",
            ));
        }
        Ok(rule)
    }

    pub fn records(&self, side: Option<AccountSide>) -> Option<Records> {
        match side {
            Some(AccountSide::Credit) => self.credit,
            Some(AccountSide::Debit) => self.debit,
            None => self.unmarked,
        }
    }
}

/// Words for a side, the longest first, so that none hides a longer one.
const WORDS: [(&str, AccountSide); 11] = [
    ("kredit", AccountSide::Credit),
    ("credit", AccountSide::Credit),
    ("debet", AccountSide::Debit),
    ("debit", AccountSide::Debit),
    ("cr", AccountSide::Credit),
    ("kr", AccountSide::Credit),
    ("db", AccountSide::Debit),
    ("dr", AccountSide::Debit),
    ("c", AccountSide::Credit),
    ("k", AccountSide::Credit),
    ("d", AccountSide::Debit),
];

/// The side that a whole text names: `CR`, `K`, `Debet`, `(D)`.
pub(super) fn side_named(text: &str) -> Option<AccountSide> {
    let text = text.trim_matches([' ', '\t', '\u{a0}', '.', '(', ')']);
    let known = WORDS
        .iter()
        .find(|(word, _)| text.eq_ignore_ascii_case(word));
    known.map(|(_, side)| *side)
}

/// An amount without the side that stands before or behind it.
pub(super) fn beside(text: &str) -> (Option<AccountSide>, &str) {
    let text = text.trim_matches([' ', '\t', '\u{a0}']);
    if !text.bytes().any(|byte| byte.is_ascii_alphabetic()) {
        return (None, text);
    }
    let letters = |c: char| c.is_ascii_alphabetic() || matches!(c, '(' | ')');
    let behind = text.trim_end_matches('.').trim_end_matches(letters);
    if let Some(side) = side_named(&text[behind.len()..])
        && behind.ends_with(|c: char| !c.is_alphabetic())
    {
        return (Some(side), behind.trim_end());
    }
    let before = text.trim_start_matches(letters);
    let word = &text[..text.len() - before.len()];
    if let Some(side) = side_named(word) {
        return (Some(side), before.trim_start_matches(['.', ' ', '\u{a0}']));
    }
    // `CR Rp 15.000`
    if let Some((word, rest)) = text.split_once([' ', '\u{a0}'])
        && let Some(side) = side_named(word)
    {
        return (Some(side), rest.trim_start());
    }
    (None, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_side_is_told_from_its_amount() {
        use AccountSide::{Credit, Debit};
        for (text, side, rest) in [
            ("799,700.00 CR", Some(Credit), "799,700.00"),
            ("799,700.00CR", Some(Credit), "799,700.00"),
            ("15.000,00 DB", Some(Debit), "15.000,00"),
            ("15.000 (D)", Some(Debit), "15.000"),
            ("15.000 K", Some(Credit), "15.000"),
            ("15.000 Cr.", Some(Credit), "15.000"),
            ("15.000,- Debet", Some(Debit), "15.000,-"),
            ("Rp 15.000 CR", Some(Credit), "Rp 15.000"),
            ("CR Rp 15.000", Some(Credit), "Rp 15.000"),
            ("DB 15,000", Some(Debit), "15,000"),
            ("D15000", Some(Debit), "15000"),
            ("(15.000)", None, "(15.000)"),
            ("15.000", None, "15.000"),
            ("Rp15.000", None, "Rp15.000"),
            ("15.000 IDR", None, "15.000 IDR"),
            ("15.000 USD", None, "15.000 USD"),
            ("CR", Some(Credit), ""),
            ("", None, ""),
        ] {
            assert_eq!(beside(text), (side, rest), "{text}");
        }
        assert_eq!(side_named("Kredit"), Some(Credit));
        assert_eq!(side_named("REF"), None);
    }
}
