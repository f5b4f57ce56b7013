//! What the rows of a file pay out, to be compared with the net that the file writes. A figure that
//! cannot be told honestly is not told.

use std::collections::BTreeSet;

use super::money::Money;
use super::status::{Kind, MoneyDirection, Status};

/// Why the net of a file is not compared, in the order people are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Doubt {
    /// Rows that could not be read.
    Rejected,
    /// Rows that a filter leaves out, and that hold money.
    Filtered,
    /// Rows whose outcome is not known yet.
    Open,
    /// Rows that failed or were reversed, and hold a net.
    Unmoved,
    NoNet,
    /// Rows whose net differs from the amount by a fee that is not said.
    NoFee,
    /// Rows whose net contradicts the sign of the amount or of the fee.
    Sign,
    /// Rows that undo a payment and do not bring the whole fee back.
    UndoneFee,
}

impl Doubt {
    pub fn name(self) -> &'static str {
        match self {
            Doubt::Rejected => "rejected",
            Doubt::Filtered => "filtered",
            Doubt::Open => "open",
            Doubt::Unmoved => "unmoved",
            Doubt::NoNet => "no-net",
            Doubt::NoFee => "no-fee",
            Doubt::Sign => "sign",
            Doubt::UndoneFee => "undone-fee",
        }
    }
}

/// Sums over the rows whose money moved; what undoes a payment is taken off, with its fee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paid {
    pub direction: MoneyDirection,
    pub gross: Money,
    pub fee: Money,
    pub doubts: BTreeSet<Doubt>,
}

/// One row; amount and fee without the sign that the kind gives them, the net as it is written.
#[derive(Clone, Copy, Debug)]
pub struct PaidRow {
    pub kind: Kind,
    pub status: Status,
    pub amount: Money,
    pub fee: Option<Money>,
    pub net: Option<Money>,
}

impl Paid {
    pub fn new(direction: MoneyDirection) -> Paid {
        Paid {
            direction,
            gross: Money::ZERO,
            fee: Money::ZERO,
            doubts: BTreeSet::new(),
        }
    }

    /// What the gross would leave after the fee, less the net of the whole file. Where we pay, the
    /// fee comes on top.
    pub fn left(&self, net: Money) -> Option<Money> {
        let expected = after_fee(self.direction, self.gross, self.fee);
        self.doubts.is_empty().then(|| expected - net)
    }

    pub fn add(&mut self, row: &PaidRow) {
        let writes_net = row.net.is_some_and(|net| !net.is_zero());
        let moved = match row.status {
            Status::Success => true,
            Status::Reversed => row.kind.undoes(),
            Status::Pending | Status::Unknown => {
                self.doubts.insert(Doubt::Open);
                return;
            }
            Status::Failed | Status::FailedRefunded => false,
        };
        if !moved {
            if writes_net {
                self.doubts.insert(Doubt::Unmoved);
            }
            return;
        }
        let signed = |money: Money| if row.kind.undoes() { -money } else { money };
        let (gross, fee) = (signed(row.amount), signed(row.fee.unwrap_or_default()));
        self.gross += gross;
        self.fee += fee;
        self.doubts.extend(self.doubt(row, gross, fee));
    }

    /// What the provider keeps by a row of its own.
    pub fn charge(&mut self, fee: Money) {
        self.fee += fee;
    }

    /// A row that a filter leaves out: the sum of the nets still holds it.
    pub fn leave_out(&mut self, amount: Option<Money>, net: Option<Money>) {
        if net.or(amount).is_some_and(|money| !money.is_zero()) {
            self.doubts.insert(Doubt::Filtered);
        }
    }

    /// What one row whose money moved does not say clearly. A net that is only smaller or larger is
    /// no doubt: that is what is looked for.
    fn doubt(&self, row: &PaidRow, gross: Money, fee: Money) -> Option<Doubt> {
        let expected = after_fee(self.direction, gross, fee);
        let Some(net) = row.net else {
            return (!expected.is_zero()).then_some(Doubt::NoNet);
        };
        if net == expected {
            return None;
        }
        if row.fee.is_none() {
            return Some(Doubt::NoFee);
        }
        let opposite = net.is_negative() != expected.is_negative();
        // A net of nothing does not say whether an undoing is taken off.
        let silent = net.is_zero() && row.kind.undoes();
        let contradicts = opposite && !net.is_zero() && !expected.is_zero();
        if contradicts || silent {
            return Some(Doubt::Sign);
        }
        if fee.is_zero() {
            return None;
        }
        if row.kind.undoes() {
            return Some(Doubt::UndoneFee);
        }
        let other_way = after_fee(self.direction, gross, -fee);
        (net == other_way).then_some(Doubt::Sign)
    }
}

fn after_fee(direction: MoneyDirection, gross: Money, fee: Money) -> Money {
    match direction {
        MoneyDirection::WeReceive => gross - fee,
        MoneyDirection::WePay => gross + fee,
    }
}
