//! What a column says of the money of its rows, for a profile that does not read it: such a profile may
//! take a failure for a success, or a fee for nothing.

use std::fmt;

use serde::Serialize;

use super::column::Column;
use super::roles::{Role, SIDES};
use super::words::{self, says};
use crate::domain::money::{Money, NumberStyle, Unit};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weight {
    Amount,
    Fee,
    Type,
    Status,
    Side,
    Currency,
    Id,
}

impl fmt::Display for Weight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Weight::Amount => "an amount",
            Weight::Fee => "a fee",
            Weight::Type => "a type of transaction",
            Weight::Status => "a status",
            Weight::Side => "a side of an account",
            Weight::Currency => "a currency",
            Weight::Id => "an identifier",
        })
    }
}

/// Spellings of a column of sides that are no word of their own.
const SIDE_HEADERS: [&str; 8] = [
    "dk",
    "dc",
    "kd",
    "cd",
    "dbcr",
    "drcr",
    "debitkredit",
    "debetkredit",
];

/// By the words of a header alone.
pub fn weight_of_header(header: &str) -> Option<Weight> {
    let word = |list: &[&'static str]| says(header, list).is_some();
    let plain = super::super::columns::plain(header);
    Some(if word(words::BEARER) || word(words::BALANCE) {
        return None;
    } else if SIDE_HEADERS.contains(&plain.as_str()) {
        Weight::Side
    } else if word(words::CURRENCY) {
        Weight::Currency
    } else if word(words::STATUS) {
        Weight::Status
    } else if word(words::FEE) {
        Weight::Fee
    } else if word(words::OPERATION) {
        Weight::Type
    } else if word(words::TIME) || words::names_a_person(header).is_some() {
        return None;
    } else if word(words::NET) || word(words::AMOUNT) || word(words::DEBIT) || word(words::CREDIT) {
        Weight::Amount
    } else if word(words::REFERENCE) && words::words(header) != ["no"] {
        Weight::Id
    } else {
        return None;
    })
}

/// By a few values alone, in words that plainly say it.
pub fn weight_of_values(values: &[&str]) -> Option<Weight> {
    let sides = |value: &&str| SIDES.contains(&value.to_lowercase().as_str());
    if values.iter().all(sides) {
        return Some(Weight::Side);
    }
    let kinds = |value: &&str| words::kind_of(value).is_some();
    if values.iter().any(kinds) {
        return Some(Weight::Type);
    }
    let ends = values
        .iter()
        .filter(|value| words::status_of(value).is_some() || words::tells_an_end(value));
    let ends = ends.count();
    (ends > 0 && ends * 2 >= values.len()).then_some(Weight::Status)
}

/// Whether any number style reads it.
pub fn is_number(value: &str) -> bool {
    [NumberStyle::Plain, NumberStyle::Id, NumberStyle::En]
        .into_iter()
        .any(|style| Money::parse_undescribed(value, style, Unit::Rupiah).is_ok())
}

/// A value of a column as it may be shown.
pub fn shown_under(header: &str, value: &str) -> String {
    words::show(header, value)
}

/// By what a column holds, and by its header where it holds nothing that could be looked at.
pub(super) fn of(column: &Column, role: Role) -> Option<Weight> {
    let word = |list: &[&'static str]| says(&column.header, list).is_some();
    match role {
        Role::Amount | Role::Net | Role::Discount | Role::Debit | Role::Credit => {
            Some(Weight::Amount)
        }
        // The same on every row is a code written in digits.
        Role::Number => column.is_constant().is_none().then_some(Weight::Amount),
        Role::Fee => Some(Weight::Fee),
        Role::Status => Some(Weight::Status),
        Role::Operation => Some(Weight::Type),
        Role::Side => Some(Weight::Side),
        Role::Currency => Some(Weight::Currency),
        Role::Reference => Some(Weight::Id),
        // `Customer ID` names a customer, and may be what a ledger calls a payment by.
        Role::Personal => word(&["id"]).then_some(Weight::Id),
        Role::Empty | Role::Twin => weight_of_header(&column.header),
        Role::Codes | Role::Text => of_codes(column),
        Role::Unnamed
        | Role::Running
        | Role::Date
        | Role::Clock
        | Role::Serial
        | Role::Balance
        | Role::Bearer
        | Role::Product
        | Role::Narrative => None,
    }
}

fn of_codes(column: &Column) -> Option<Weight> {
    let values: Vec<&str> = column
        .values
        .iter()
        .flatten()
        .map(|(value, _)| value.as_str())
        .collect();
    let is_currency = |value: &&str| super::super::sight::says_currency(value);
    if !values.is_empty() && values.iter().all(is_currency) {
        return Some(Weight::Currency);
    }
    // `Card Type` and the like hold words that say nothing of money.
    let said = weight_of_header(&column.header)?;
    matches!(
        said,
        Weight::Status | Weight::Currency | Weight::Side | Weight::Fee
    )
    .then_some(said)
}
