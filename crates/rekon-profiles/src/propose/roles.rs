//! What each column seems to be for, by what it holds first and by its header's words second.

use super::column::Column;
use super::words::{self, says};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Empty,
    Unnamed,
    /// Another column has the same name: a profile cannot tell them apart.
    Twin,
    /// 1, 2, 3: the number of the row.
    Running,
    Date,
    Clock,
    /// Day numbers of a spreadsheet, written as text.
    Serial,
    Status,
    Operation,
    /// D/C: which side of an account.
    Side,
    Currency,
    Amount,
    Fee,
    /// What is taken off a price.
    Discount,
    Net,
    Debit,
    Credit,
    Balance,
    /// Numbers of which no word says what they count.
    Number,
    Reference,
    Personal,
    Bearer,
    Product,
    Narrative,
    Codes,
    Text,
}

impl Role {
    pub fn is_money(self) -> bool {
        use Role::*;
        matches!(
            self,
            Amount | Fee | Discount | Net | Debit | Credit | Balance | Number
        )
    }
}

pub(super) const SIDES: [&str; 12] = [
    "d", "c", "k", "db", "dr", "cr", "debit", "debet", "credit", "kredit", "d/b", "c/r",
];

pub(super) fn role_of(column: &Column, is_twin: bool) -> Role {
    let filled = column.filled;
    let nearly_all = |count: u64| filled > 0 && count * 10 >= filled * 9;
    let word = |list: &[&'static str]| says(&column.header, list).is_some();
    if column.header.is_empty() {
        return if filled == 0 {
            Role::Empty
        } else {
            Role::Unnamed
        };
    }
    if is_twin {
        return Role::Twin;
    }
    if filled == 0 {
        return Role::Empty;
    }
    if word(words::BEARER) {
        return Role::Bearer;
    }
    let stamps = &column.stamps;
    if nearly_all(stamps.read) && (stamps.compact == 0 || word(words::TIME)) {
        return Role::Date;
    }
    let dotted = column.dotted_clocks == filled && word(words::TIME);
    if nearly_all(stamps.clocks) || dotted {
        return Role::Clock;
    }
    if nearly_all(column.serials) && word(words::TIME) && !word(words::REFERENCE) {
        return Role::Serial;
    }
    if column.is_personal() {
        return Role::Personal;
    }
    if word(words::CURRENCY) && column.is_codes() {
        return Role::Currency;
    }
    if let Some(coded) = codes(column) {
        return coded;
    }
    if column.running == column.rows
        && column.rows > 1
        && word(&["no", "nomor", "number", "row", "baris", "urut"])
        || column.header == "#"
        || (words::words(&column.header) == ["no"]
            && column.digits == filled
            && column.longest <= 6)
    {
        return Role::Running;
    }
    if let Some(number) = number(column) {
        return number;
    }
    if word(words::PHONE) || words::names_a_person(&column.header).is_some() {
        return Role::Personal;
    }
    if column.sentences * 10 >= filled * 6 || word(words::NARRATIVE) {
        return Role::Narrative;
    }
    if word(words::PRODUCT) {
        return Role::Product;
    }
    if word(words::REFERENCE) || (nearly_all(column.with_digit) && !column.is_codes()) {
        return Role::Reference;
    }
    if column.is_codes() {
        Role::Codes
    } else {
        Role::Text
    }
}

/// Columns of a few values that repeat.
fn codes(column: &Column) -> Option<Role> {
    let word = |list: &[&'static str]| says(&column.header, list).is_some();
    let values = column.values.as_ref()?;
    let is_amount = column.is_number()
        && [words::AMOUNT, words::FEE, words::NET, words::DISCOUNT]
            .iter()
            .any(|list| word(list));
    if is_amount || !(column.is_codes() || values.len() <= 12) {
        return None;
    }
    let sides = values
        .keys()
        .all(|value| SIDES.contains(&value.to_lowercase().as_str()));
    if sides {
        return Some(Role::Side);
    }
    let known_kinds = values
        .keys()
        .filter(|value| words::kind_of(value).is_some())
        .count();
    let undoing = values
        .keys()
        .any(|value| words::kind_of(value).is_some_and(|kind| kind != "payment"));
    if word(words::STATUS) {
        return Some(Role::Status);
    }
    if known_kinds > 0 && (word(words::OPERATION) || undoing) {
        return Some(Role::Operation);
    }
    let statuses = values
        .keys()
        .filter(|value| words::status_of(value).is_some() || words::tells_an_end(value))
        .count();
    (statuses > 0 && statuses * 2 >= values.len()).then_some(Role::Status)
}

fn number(column: &Column) -> Option<Role> {
    let word = |list: &[&'static str]| says(&column.header, list).is_some();
    if !column.is_number() || column.rounded_count > 0 {
        return None;
    }
    let long = column.digits == column.filled && column.longest >= 9;
    if word(words::REFERENCE)
        && (long || !(word(words::AMOUNT) || word(words::FEE) || word(words::NET)))
    {
        return None;
    }
    if long && column.shortest == column.longest && column.longest >= 10 && !word(words::AMOUNT) {
        return None;
    }
    Some(if word(words::BALANCE) {
        Role::Balance
    } else if word(words::DEBIT) && !word(words::FEE) {
        Role::Debit
    } else if word(words::CREDIT) && !word(words::FEE) {
        Role::Credit
    } else if word(words::DISCOUNT) {
        Role::Discount
    } else if word(words::FEE) {
        Role::Fee
    } else if word(words::NET) {
        Role::Net
    } else if word(words::AMOUNT) {
        Role::Amount
    } else if word(words::PERSON)
        || word(words::PHONE)
        || words::names_a_person(&column.header).is_some()
    {
        return None;
    } else {
        Role::Number
    })
}
