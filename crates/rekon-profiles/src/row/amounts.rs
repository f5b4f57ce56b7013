//! The amounts of a row: what is written, its sign and its side, and what they say that the row records.

use super::{
    Captured, CellKind, Rejection, Row, RowReader, Taken, Which, Written, rejection, value,
};
use crate::codes::Records;
use crate::columns::Source;
use crate::domain::money::{Money, NumberStyle, Unit};
use crate::domain::status::{Kind, MoneyDirection, Status};
use crate::fees::FeeRow;
use crate::language::Negative;
use crate::profile::MoneyRule;
use crate::sides::{self, AccountSide};

type Read = Result<Option<Money>, Rejection>;

impl<'p> RowReader<'p> {
    /// The operation of a row and what it records: as its codes say, else the side of its amount, else
    /// the sign.
    pub(super) fn recorded(
        &mut self,
        row: Row<'_>,
        captured: &Captured<'_>,
        amount: &Read,
    ) -> Result<(usize, Records), Rejection> {
        let said = self.operation(row)?;
        let rule = &self.profile.layout.operation;
        let (operation, records) = match (said, &self.profile.layout.side) {
            (None, Some(side_rule)) => {
                let side = self.side(row, captured)?;
                let records = side_rule.records(side).ok_or_else(|| {
                    let (text, column) = self.side_text(row, captured);
                    let reason = match side {
                        Some(side) => format!(
                            "what a row of the {0} side records is not declared; say it with `{0}` under [side] of the profile",
                            side.name()
                        ),
                        None => "names no side; say what such a row records with `unmarked` under [side] of the profile".to_owned(),
                    };
                    Rejection {
                        column,
                        field: Some("side".to_owned()),
                        value: text.to_owned(),
                        reason,
                        foreign: None,
                    }
                })?;
                let mut known = rule.operations.iter();
                let operation = known.position(|known| known.records == records);
                (operation.unwrap_or(rule.default), records)
            }
            (said, _) => {
                let operation = said.unwrap_or(rule.default);
                let operation = match amount {
                    Ok(Some(amount)) => self.by_sign(operation, *amount),
                    _ => operation,
                };
                (operation, rule.operations[operation].records)
            }
        };
        Ok((operation, self.given.kind.map_or(records, Records::Entry)))
    }

    fn side_text<'r>(
        &'r self,
        row: Row<'r>,
        captured: &'r Captured<'r>,
    ) -> (&'r str, Option<usize>) {
        if let Some(column) = self.columns.side {
            return (row.cells.get(column).unwrap_or(""), Some(column));
        }
        let source = self.columns.amount.first();
        let text = source.and_then(|source| value(row, captured, source).ok());
        let column = match source {
            Some(Source::Column(column)) => Some(*column),
            _ => None,
        };
        (text.unwrap_or(""), column)
    }

    /// The side of the row's amount.
    pub(super) fn side(
        &self,
        row: Row<'_>,
        captured: &Captured<'_>,
    ) -> Result<Option<AccountSide>, Rejection> {
        let (text, column) = self.side_text(row, captured);
        if self.columns.side.is_none() {
            return Ok(sides::beside(text).0);
        }
        match text.trim() {
            "" => Ok(None),
            word => sides::side_named(word).map(Some).ok_or_else(|| Rejection {
                column,
                field: Some("side".to_owned()),
                value: word.to_owned(),
                reason: "not a side: CR, K or Kredit, DB, D or Debet".to_owned(),
                foreign: None,
            }),
        }
    }

    /// A row of what the provider keeps. A charge that failed, or that nobody decided yet, charges
    /// nothing.
    pub(super) fn fee_row(
        &mut self,
        row: Row<'_>,
        captured: &Captured<'_>,
        row_of: FeeRow,
        operation: usize,
        [amount, fee]: [Option<Money>; 2],
        written: &mut Written,
    ) -> Result<Taken, Rejection> {
        let filled = amount.filter(|amount| !amount.is_zero());
        let charge = filled.or(fee).or(amount);
        let charge =
            charge.ok_or_else(|| self.money_fault(row, Which::Amount, "the amount is empty"))?;
        let (status, _) = match self.given.status {
            Some(status) => (status, ""),
            None => self.status(row, captured, operation)?,
        };
        self.in_rupiah(row, charge)?;
        let side = match self.profile.layout.side {
            Some(_) => self.side(row, captured)?,
            None => None,
        };
        let charge = match (side, self.profile.layout.amount.negative) {
            (Some(AccountSide::Debit), _) => charge.abs(),
            (Some(AccountSide::Credit), _) => -charge.abs(),
            (None, Negative::Deduction) => -charge,
            (None, Negative::Refund | Negative::Reversal | Negative::Void) => charge.abs(),
            (None, Negative::Reject) if charge.is_negative() => {
                let reason = "the sign of a fee's amount is not declared; say what it means with `negative` under [amount] of the profile";
                return Err(self.money_fault(row, Which::Amount, reason));
            }
            (None, Negative::Reject) => charge,
        };
        let charge = if status == Status::Success {
            charge
        } else {
            Money::ZERO
        };
        written.moved = Some((-charge, -charge));
        Ok(Taken::Fee(FeeRow { charge, ..row_of }))
    }

    /// What a row does to the balance of the account by itself, and after its fee.
    pub(super) fn moved(
        &self,
        kind: Kind,
        amount: Money,
        fee: Option<Money>,
        net: Option<Money>,
    ) -> Option<(Money, Money)> {
        let comes_in = match self.profile.money {
            MoneyDirection::WeReceive => !kind.undoes(),
            MoneyDirection::WePay => kind.undoes(),
        };
        let signed = |money: Money| if comes_in { money } else { -money };
        let after = match net {
            Some(net) => signed(net.abs()),
            None if kind.undoes() => signed(amount) + fee.unwrap_or_default(),
            None => signed(amount) - fee.unwrap_or_default(),
        };
        Some((signed(amount), after))
    }

    /// The operation that a negative amount says, where the profile has one of that kind: it is
    /// what the status table is asked for.
    pub(super) fn by_sign(&self, operation: usize, amount: Money) -> usize {
        let layout = &self.profile.layout;
        let operations = &layout.operation.operations;
        let kind = match layout.amount.negative {
            Negative::Refund => Kind::Refund,
            Negative::Reversal => Kind::Reversal,
            Negative::Void => Kind::Void,
            Negative::Reject | Negative::Deduction => return operation,
        };
        if !amount.is_negative() || operations[operation].records.undoes() {
            return operation;
        }
        let said = operations
            .iter()
            .position(|known| known.records == Records::Entry(kind));
        said.unwrap_or(operation)
    }

    /// The magnitude of an amount, and the kind that its sign says where the profile gives the
    /// sign a meaning.
    pub(super) fn direct(
        &self,
        row: Row<'_>,
        which: Which,
        kind: Kind,
        amount: Money,
    ) -> Result<(Kind, Money), Rejection> {
        let Some(rule) = self.rule(which) else {
            return Ok((kind, amount));
        };
        if kind.undoes() {
            return Ok((kind, amount.abs()));
        }
        let amount = match rule.negative {
            Negative::Deduction => -amount,
            _ => amount,
        };
        if !amount.is_negative() {
            return Ok((kind, amount));
        }
        match rule.negative {
            Negative::Refund => Ok((Kind::Refund, amount.abs())),
            Negative::Reversal => Ok((Kind::Reversal, amount.abs())),
            Negative::Void => Ok((Kind::Void, amount.abs())),
            Negative::Reject | Negative::Deduction => {
                let name = which.name();
                let reason = format!(
                    "the sign of a payment's {name} is not declared; say what it means with `negative` under [{name}] of the profile"
                );
                Err(self.money_fault(row, which, &reason))
            }
        }
    }

    pub(super) fn rule(&self, which: Which) -> Option<&'p MoneyRule> {
        let layout = &self.profile.layout;
        match which {
            Which::Amount => Some(&layout.amount),
            Which::Fee => layout.fee.as_ref(),
            Which::Net => layout.net.as_ref(),
        }
    }

    pub(crate) fn sources(&self, which: Which) -> &[Source] {
        match which {
            Which::Amount => &self.columns.amount,
            Which::Fee => &self.columns.fee,
            Which::Net => &self.columns.net,
        }
    }

    /// The sum of the field's columns as written; `None` where all of them are empty.
    pub(super) fn money(
        &self,
        row: Row<'_>,
        captured: &Captured<'_>,
        which: Which,
    ) -> Result<Option<Money>, Rejection> {
        let Some(rule) = self.rule(which) else {
            return Ok(None);
        };
        let mut total: Option<Money> = None;
        for source in self.sources(which) {
            let read = value(row, captured, source).and_then(|text| {
                let is_number =
                    matches!(source, Source::Column(c) if row.kind(*c) == CellKind::Number);
                let carries_side = which == Which::Amount && self.columns.side.is_none();
                let (side, bare) = match carries_side && !is_number {
                    true => sides::beside(text),
                    false => (None, text),
                };
                match (is_number, side) {
                    (true, _) => number(text, rule.unit),
                    (false, None) => amount(text, rule.style, rule.unit),
                    (false, Some(_)) if self.profile.layout.side.is_some() => {
                        amount(bare, rule.style, rule.unit)
                    }
                    (false, Some(side)) => Err(format!(
                        "an amount of the {} side; say what a row of each side records with `credit` and `debit` under [side] of the profile",
                        side.name()
                    )),
                }
            });
            match read {
                Ok(Some(part)) => total = Some(total.unwrap_or_default() + part),
                Ok(None) => {}
                Err(reason) => {
                    return Err(rejection(source, which.name(), row, captured, reason));
                }
            }
        }
        Ok(total)
    }

    pub(super) fn money_fault(&self, row: Row<'_>, which: Which, reason: &str) -> Rejection {
        match self.sources(which).first() {
            Some(source) => rejection(source, which.name(), row, &Vec::new(), reason.to_owned()),
            None => Rejection::whole_row(reason, ""),
        }
    }
}

/// A number of a workbook; `None` for an empty cell.
fn number(text: &str, unit: Unit) -> Result<Option<Money>, String> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    Money::parse_number(text, unit)
        .map(Some)
        .map_err(|fault| fault.to_string())
}

/// An amount as written; `None` for an empty cell.
pub(crate) fn amount(text: &str, style: NumberStyle, unit: Unit) -> Result<Option<Money>, String> {
    let bytes = text.as_bytes();
    // Plain digits mean the same in every style; 15 of them stay under the limit.
    if (1..=15).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_digit) {
        let digits = bytes
            .iter()
            .fold(0i64, |value, digit| value * 10 + i64::from(digit - b'0'));
        return Ok(Some(match unit {
            Unit::Rupiah => Money::from_rupiah(digits),
            Unit::Minor => Money::from_sen(digits),
        }));
    }
    if text.trim().is_empty() {
        return Ok(None);
    }
    Money::parse(text, style, unit)
        .map(Some)
        .map_err(|fault| fault.to_string())
}
