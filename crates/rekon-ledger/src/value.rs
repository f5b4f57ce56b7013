//! What the cells of a row hold, as text and as money.

use std::borrow::Cow;

use chrono::SecondsFormat;

use super::row::{Cell, Numeric};
use crate::domain::money::{Money, Unit};

/// Whether a text like `75.000` is seventy-five or, as Indonesia writes it, seventy-five thousand.
pub(super) fn may_be_thousands(text: &str) -> bool {
    let bare = text.trim_matches(|c: char| !c.is_ascii_digit());
    let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    bare.split_once('.').is_some_and(|(whole, rest)| {
        whole.len() <= 3 && rest.len() == 3 && all_digits(whole) && all_digits(rest)
    })
}

/// A value as an error shows it: short, without control characters.
pub(super) fn shown(text: &str) -> String {
    text.chars()
        .take(60)
        .map(|c| if c.is_control() { '·' } else { c })
        .collect()
}

/// A value as text; `None` for NULL and for what has no text of its own.
pub(super) fn text_of<'c>(cell: Cell<'c>, digits: &'c mut [u8; 20]) -> Option<Cow<'c, str>> {
    Some(match cell {
        Cell::Text(text) | Cell::Decimal(text) => Cow::Borrowed(text),
        Cell::Integer(number) => Cow::Borrowed(integer_text(number, digits)),
        Cell::Numeric(number) => Cow::Owned(number.to_string()),
        Cell::Instant(at) => Cow::Owned(at.to_rfc3339_opts(SecondsFormat::Secs, true)),
        Cell::Local(local) => Cow::Owned(local.to_string()),
        Cell::Boolean(value) => Cow::Borrowed(if value { "true" } else { "false" }),
        Cell::Null | Cell::Other(_) => return None,
    })
}

/// An exact number of at most two decimals, without a detour over text; `None` for what the
/// reader of texts has to judge.
pub(super) fn exact_money(number: Numeric, unit: Unit) -> Option<Money> {
    let hundredths = match (unit, number.scale) {
        (Unit::Minor, 0) => number.unscaled,
        (Unit::Rupiah, 0) => number.unscaled.checked_mul(100)?,
        (Unit::Rupiah, 1) => number.unscaled.checked_mul(10)?,
        (Unit::Rupiah, 2) => number.unscaled,
        _ => return None,
    };
    match i64::try_from(hundredths).map(Money::from_sen) {
        Ok(money) if money.abs() <= Money::LIMIT => Some(money),
        _ => None,
    }
}

/// Decimal digits of a number without an allocation.
pub(super) fn integer_text(number: i64, digits: &mut [u8; 20]) -> &str {
    let mut at = digits.len();
    let mut rest = number.unsigned_abs();
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if number < 0 {
        at -= 1;
        digits[at] = b'-';
    }
    std::str::from_utf8(&digits[at..]).unwrap_or_default()
}
