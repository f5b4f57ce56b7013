//! What a row says against itself: another currency, a net amount that does not add up.

use super::{Rejection, Row, RowReader, Which, Written};
use crate::AmountBasis;
use crate::domain::money::Money;
use crate::domain::status::Kind;

/// What a net amount may be off by where a fee was rounded.
const ROUNDING: Money = Money::from_rupiah(1);

impl RowReader<'_> {
    /// Refuses a row of another currency: its amount is no rupiah, whatever else it says.
    pub(super) fn in_rupiah(&mut self, row: Row<'_>, amount: Money) -> Result<(), Rejection> {
        for column in &mut self.columns.unread {
            let text = row.cells.get(column.column).unwrap_or("");
            if column.note(text, row.number) {
                return Err(Rejection {
                    column: Some(column.column),
                    field: Some("currency".to_owned()),
                    value: text.to_owned(),
                    reason: "another currency: its amount is not counted as rupiah".to_owned(),
                    foreign: Some((text.trim().to_uppercase(), amount)),
                });
            }
        }
        Ok(())
    }

    /// Refuses a row whose net amount is not what is left of its amount after the fee.
    pub(super) fn adds_up(
        &self,
        row: Row<'_>,
        written: &Written,
        kind: Kind,
    ) -> Result<(), Rejection> {
        let (Some(amount), Some(fee), Some(net)) = (written.amount, written.fee, written.net)
        else {
            return Ok(());
        };
        // Nothing was paid out for it.
        if net.is_zero() && kind.undoes() {
            return Ok(());
        }
        let near = |one: Money, other: Money| (one.abs() - other.abs()).abs() <= ROUNDING;
        // A fee on top, or one with its sign; and what goes out may be written with a minus.
        let fits = near(amount.abs() - fee.abs(), net)
            || near(amount.abs() + fee.abs(), net)
            || (kind.undoes() && near(amount, net))
            // The amount is what is left already.
            || (self.options.amount_basis == AmountBasis::NetOfAdminFee && near(amount, net));
        if fits {
            return Ok(());
        }
        let reason = format!(
            "the net amount is {net}, and {amount} less the fee of {fee} is {}",
            amount - fee
        );
        Err(self.money_fault(row, Which::Net, &reason))
    }
}
