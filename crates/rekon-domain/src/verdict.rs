//! What a pair of statuses, or an entry alone, means; and whose money stands on it.

use chrono::{DateTime, Duration, Utc};

use super::entry::{EntryFacts, Side};
use super::money::Money;
use super::outcome::{BreakKind, Bucket, Cause, Exposure};
use super::rules::Rules;
use super::status::{MoneyDirection, Status};

/// Verdict of a ledger status against a settlement status, before amounts and time are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PairVerdict {
    /// Both say success: the amounts decide.
    Amounts,
    /// One side is not final: within the SLA it may be, past it somebody has to ask.
    Pending,
    NothingToSettle,
    Netted,
    Break(BreakKind),
}

/// The verdict table of the design: rows are the ledger's status, columns the settlement's.
pub fn pair(ledger: Status, settlement: Status) -> PairVerdict {
    use BreakKind::*;
    use PairVerdict::*;
    use Status as S;
    match (ledger, settlement) {
        (S::Success, S::Success) => Amounts,
        (S::Success, S::FailedRefunded) => Break(RefundAfterDelivery),
        (S::Success, S::Failed | S::Reversed) => Break(StatusBreak),
        (S::Pending | S::Unknown, S::Success) => Break(SettledWhilePending),
        (S::Pending | S::Unknown, S::Failed | S::FailedRefunded | S::Reversed) => {
            Break(StatusBreak)
        }
        (S::Failed | S::FailedRefunded, S::Success) => Break(StatusBreak),
        (S::Reversed, S::Success) => Break(ReversalNotHonoured),
        (S::Reversed, S::Reversed) => Netted,
        (S::Failed | S::FailedRefunded, S::Failed | S::FailedRefunded | S::Reversed) => {
            NothingToSettle
        }
        (S::Reversed, S::Failed | S::FailedRefunded) => NothingToSettle,
        (_, S::Pending | S::Unknown) => Pending,
    }
}

/// Amounts of a pair that both sides call a success.
pub fn amounts(ledger: &EntryFacts, settlement: &EntryFacts, rules: &Rules) -> (Bucket, Cause) {
    let amount = settlement.amount - ledger.amount;
    let fee = fee_difference(ledger.fee, settlement.fee);
    if amount.is_zero() && fee.is_zero() {
        return (Bucket::Matched, Cause::Plain);
    }
    let amount_fits = amount.abs() <= rules.amount_tolerance;
    let fee_fits = fee.abs() <= rules.fee_tolerance;
    match (amount_fits, fee_fits) {
        (true, true) => (Bucket::MatchedWithinTolerance, Cause::Plain),
        (true, false) => (Bucket::Break(BreakKind::FeeBreak), Cause::Plain),
        (false, _) => {
            let fees = [settlement.fee, ledger.fee];
            let other_basis = fees
                .iter()
                .flatten()
                .any(|fee| !fee.is_zero() && fee.abs() == amount.abs());
            let cause = if other_basis {
                Cause::FeeBasis
            } else {
                Cause::Plain
            };
            (Bucket::Break(BreakKind::AmountBreak), cause)
        }
    }
}

/// Settlement fee − ledger fee; zero where a side says nothing about fees.
pub fn fee_difference(ledger: Option<Money>, settlement: Option<Money>) -> Money {
    match (ledger, settlement) {
        (Some(ledger), Some(settlement)) => settlement - ledger,
        _ => Money::ZERO,
    }
}

/// An entry that is not final: fine within the SLA, stuck past it. One that says no time of day may
/// have been made at the end of its day.
pub fn pending(since: DateTime<Utc>, as_of: DateTime<Utc>, rules: &Rules) -> Bucket {
    let since = match rules.days.says_time(since) {
        true => since,
        false => since + Duration::days(1),
    };
    if as_of - since <= rules.pending_sla {
        Bucket::PendingWithinSla
    } else {
        Bucket::Break(BreakKind::StuckPending)
    }
}

/// An entry that nothing on the other side answers, once no date is waited for.
pub fn unpaired(side: Side, entry: &EntryFacts, as_of: DateTime<Utc>, rules: &Rules) -> Bucket {
    if entry.kind.undoes() && entry.status == Status::Success {
        return Bucket::Break(match side {
            Side::Ledger => BreakKind::ReversalNotHonoured,
            Side::Settlement => BreakKind::StatusBreak,
        });
    }
    match (entry.status, side) {
        (Status::Success, Side::Ledger) => Bucket::Break(BreakKind::MissingAtPartner),
        (Status::Success, Side::Settlement) => Bucket::Break(BreakKind::MissingInLedger),
        (Status::Pending | Status::Unknown, _) => pending(entry.at, as_of, rules),
        (Status::Failed | Status::FailedRefunded | Status::Reversed, _) => Bucket::NothingToSettle,
    }
}

/// Rupiah of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stake {
    /// What roll-forward and ageing count.
    pub value: Money,
    /// Settlement − ledger where both stand, else the lone amount with the settlement's sign.
    pub difference: Money,
    pub exposure: Exposure,
    pub at_risk: Money,
}

/// What stands on a finding, and who would lose it. The cases are told for money we receive;
/// where we pay, who is exposed turns round.
pub fn stake(
    bucket: Bucket,
    ledger: &[EntryFacts],
    settlement: &[EntryFacts],
    direction: MoneyDirection,
) -> Stake {
    let (ours, theirs) = (paid(ledger), paid(settlement));
    let largest = ours.max(theirs);
    let difference = match (ledger, settlement) {
        ([], _) => theirs,
        (_, []) => -ours,
        _ => theirs - ours,
    };
    let Some(kind) = bucket.break_kind() else {
        return Stake {
            value: largest,
            difference,
            exposure: Exposure::Nothing,
            at_risk: Money::ZERO,
        };
    };
    let whole = |exposure| Stake {
        value: largest,
        difference,
        exposure,
        at_risk: largest,
    };
    let towards_us = turn(Exposure::OwedToUs, direction);
    let away_from_us = turn(Exposure::OwedByUs, direction);
    match kind {
        BreakKind::MissingAtPartner | BreakKind::RefundAfterDelivery => whole(towards_us),
        BreakKind::MissingInLedger
        | BreakKind::SettledWhilePending
        | BreakKind::ReversalNotHonoured => whole(away_from_us),
        // What was taken back: the less of it with them, the more they settle.
        BreakKind::AmountBreak if !moves_forward(ledger) && !moves_forward(settlement) => {
            priced(kind, ledger, settlement, direction, -difference)
        }
        BreakKind::AmountBreak | BreakKind::FeeBreak => {
            priced(kind, ledger, settlement, direction, difference)
        }
        BreakKind::StatusBreak => match (effective(ledger), effective(settlement)) {
            (Some(Status::Success), _) => whole(towards_us),
            (Some(_), Some(Status::Success)) => whole(away_from_us),
            (Some(_), Some(_)) => Stake {
                exposure: Exposure::Nothing,
                at_risk: Money::ZERO,
                ..whole(towards_us)
            },
            _ => whole(towards_us),
        },
        BreakKind::Duplicate if ledger.is_empty() => whole(away_from_us),
        // However the candidates pair, what one side has more than the other finds no partner.
        BreakKind::AmbiguousKey => {
            let at_risk = difference.abs();
            Stake {
                value: largest,
                difference,
                exposure: Exposure::Undecided,
                at_risk,
            }
        }
        BreakKind::Duplicate | BreakKind::StuckPending | BreakKind::DamagedKey => {
            whole(Exposure::Undecided)
        }
    }
}

/// What a side says of its payment, after what undid it: no money stands on a payment that its own
/// side shows as voided.
pub fn effective(entries: &[EntryFacts]) -> Option<Status> {
    let payment = entries.iter().find(|entry| !entry.kind.undoes());
    let undone = entries
        .iter()
        .any(|entry| entry.kind.undoes() && entry.status == Status::Success);
    match payment {
        Some(_) if undone => Some(Status::Reversed),
        Some(payment) => Some(payment.status),
        None => entries.first().map(|entry| entry.status),
    }
}

fn moves_forward(entries: &[EntryFacts]) -> bool {
    entries.iter().any(|entry| !entry.kind.undoes())
}

/// The entries of a side that move its money: a void beside its payment moves the same money once.
pub fn moving(entries: &[EntryFacts]) -> impl Iterator<Item = &EntryFacts> {
    let has_payment = entries.iter().any(|entry| !entry.kind.undoes());
    entries
        .iter()
        .filter(move |entry| !(has_payment && entry.kind.undoes()))
}

/// What a side paid, as a magnitude.
fn paid(entries: &[EntryFacts]) -> Money {
    moving(entries).map(|entry| entry.amount.abs()).sum()
}

/// A difference in amount or fee: less than we should have is owed to us, more is owed by us.
fn priced(
    kind: BreakKind,
    ledger: &[EntryFacts],
    settlement: &[EntryFacts],
    direction: MoneyDirection,
    amount: Money,
) -> Stake {
    let fee = match (ledger.first(), settlement.first()) {
        (Some(l), Some(s)) => fee_difference(l.fee, s.fee),
        _ => Money::ZERO,
    };
    let gain = match direction {
        MoneyDirection::WeReceive => amount - fee,
        MoneyDirection::WePay => -amount - fee,
    };
    let exposure = match (gain.is_zero(), gain.is_negative()) {
        (true, _) => Exposure::Nothing,
        (false, true) => Exposure::OwedToUs,
        (false, false) => Exposure::OwedByUs,
    };
    let difference = if kind == BreakKind::FeeBreak {
        fee
    } else {
        amount
    };
    Stake {
        value: difference.abs(),
        difference,
        exposure,
        at_risk: gain.abs(),
    }
}

fn turn(exposure: Exposure, direction: MoneyDirection) -> Exposure {
    match (direction, exposure) {
        (MoneyDirection::WePay, Exposure::OwedToUs) => Exposure::OwedByUs,
        (MoneyDirection::WePay, Exposure::OwedByUs) => Exposure::OwedToUs,
        _ => exposure,
    }
}
