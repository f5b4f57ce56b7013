//! What a break means and what to do about it: one table, read by mail, page, workbook and JSON.

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::entry::Side;
use super::outcome::{AtRisk, BreakKind, Cause, CountAmount, Exposure, Item, Severity};
use super::status::{MoneyDirection, Status};
use super::time::{local_instant, next};
use super::verdict;

/// A break kind told apart as far as the consequence differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// The partner settled what we do not know.
    NotInLedger,
    /// We say success, the partner's file has no row.
    NotSettled,
    SettledMore,
    SettledLess,
    /// The difference vanishes on the other amount basis.
    FeeBasis,
    FeeDiffers,
    /// Failed with us, settled by the partner.
    FailedHereSettledThere,
    /// Success with us, failed at the partner.
    SuccessHereFailedThere,
    /// Success with us, reversed by the partner.
    SuccessHereReversedThere,
    /// Open with us, failed at the partner: the one case where failing it is safe.
    OpenHereFailedThere,
    OpenHereReversedThere,
    /// A void, reversal or refund without the payment it undoes.
    UndoesNothing,
    /// The partner took back what we did not, or more of it.
    RefundedMore,
    /// We took back more than the partner did.
    RefundedLess,
    StatusDiffers,
    SettledWhilePending,
    /// Past the SLA with us, and the partner has nothing final.
    StuckHere,
    /// Final with us, past the SLA at the partner.
    StuckAtPartner,
    ReversalNotHonoured,
    RefundAfterDelivery,
    SettledTwice,
    BookedTwice,
    AmbiguousKey,
    DamagedKey,
    LookAlikeKey,
}

/// Who has the next move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    Finance,
    Ops,
    Partner,
}

/// The next move; the report's labels hold its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NextStep {
    /// Deliver now, or give the customer the money back.
    DeliverOrRefund,
    /// Look for the order in our systems, book it, then deliver or refund.
    FindOrder,
    /// The partner bills what we never ordered.
    DisputeBill,
    ClaimSettlement,
    /// Nobody has billed us yet for what we received.
    ExpectBill,
    ClaimDifference,
    AgreeSurplus,
    CheckAmountBasis,
    CheckFeeRates,
    /// We delivered and were not paid.
    ClaimOrCollect,
    /// We took the customer's money and the partner did not deliver.
    RedeliverOrRefund,
    /// The partner delivered and bills us, while we told the customer that it failed.
    RecoverOrAccept,
    MarkFailed,
    MarkReversed,
    FindUndone,
    CompareStatus,
    MarkSuccess,
    /// Ask the partner for the final status; never mark failed.
    Escalate,
    /// The customer's money must come back through the partner.
    DemandReversal,
    /// The partner still bills what we reversed.
    ClaimReversal,
    ReturnDuplicate,
    ClaimDuplicate,
    CheckDoubleDelivery,
    CompareConflict,
    TellApart,
    AskForTextReferences,
    /// Both halves look like one payment: have the two spellings made one.
    JoinSpellings,
    /// The partner's refund is not in our books: book it, or object.
    BookRefund,
    /// Ours is not, or not wholly, with the partner.
    DemandRefund,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advice {
    pub finding: Finding,
    pub severity: Severity,
    pub actor: Actor,
    pub step: NextStep,
}

/// What a provider still lets us do with a payment, and for how long. A provider's fact:
/// it comes from the profile; [`Windows::NONE`] where the profile is silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Windows {
    pub void: VoidWindow,
    /// How long after the payment its status can be asked (OVO: 7 × 24 h).
    pub check_status: Option<Duration>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VoidWindow {
    NotOffered,
    /// Until the end of the payment's own local day.
    SameDay,
}

impl Windows {
    pub const NONE: Windows = Windows {
        void: VoidWindow::NotOffered,
        check_status: None,
    };
    /// OVO Push To Pay: void on the same Jakarta day, check status for 7 × 24 h.
    pub const SAME_DAY_VOID_AND_WEEK: Windows = Windows {
        void: VoidWindow::SameDay,
        check_status: Some(Duration::days(7)),
    };

    /// When the void window of a payment closes (exclusive).
    pub fn void_closes(&self, paid: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
        match self.void {
            VoidWindow::NotOffered => None,
            VoidWindow::SameDay => {
                let day = paid.with_timezone(&zone).date_naive();
                Some(local_instant(zone, next(day), NaiveTime::MIN))
            }
        }
    }

    pub fn check_status_closes(&self, paid: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.check_status.map(|window| paid + window)
    }
}

/// What kind of break an item is; `None` for items that are no breaks.
pub fn finding(item: &Item) -> Option<Finding> {
    Some(match item.break_kind()? {
        BreakKind::MissingInLedger => Finding::NotInLedger,
        BreakKind::MissingAtPartner => Finding::NotSettled,
        BreakKind::AmountBreak if item.cause == Cause::FeeBasis => Finding::FeeBasis,
        BreakKind::AmountBreak if item.cause == Cause::UndoneInPart => {
            match item.difference.is_negative() {
                true => Finding::RefundedMore,
                false => Finding::RefundedLess,
            }
        }
        BreakKind::AmountBreak if item.difference.is_negative() => Finding::SettledLess,
        BreakKind::AmountBreak => Finding::SettledMore,
        BreakKind::FeeBreak if item.cause == Cause::FeeBasis => Finding::FeeBasis,
        BreakKind::FeeBreak => Finding::FeeDiffers,
        BreakKind::StatusBreak => status_finding(item),
        BreakKind::SettledWhilePending => Finding::SettledWhilePending,
        BreakKind::StuckPending => {
            let open_here = item.ledger.iter().any(|entry| entry.status.is_open());
            if open_here || item.settlement.is_empty() {
                Finding::StuckHere
            } else {
                Finding::StuckAtPartner
            }
        }
        BreakKind::ReversalNotHonoured => Finding::ReversalNotHonoured,
        BreakKind::RefundAfterDelivery => Finding::RefundAfterDelivery,
        BreakKind::Duplicate => match surplus_side(item) {
            Side::Settlement => Finding::SettledTwice,
            Side::Ledger => Finding::BookedTwice,
        },
        BreakKind::AmbiguousKey => Finding::AmbiguousKey,
        BreakKind::DamagedKey if item.cause == Cause::LookAlike => Finding::LookAlikeKey,
        BreakKind::DamagedKey => Finding::DamagedKey,
    })
}

fn status_finding(item: &Item) -> Finding {
    if item.cause == Cause::UndoesMatched {
        return Finding::RefundedMore;
    }
    if item.cause == Cause::UndoesNothing {
        return Finding::UndoesNothing;
    }
    let (Some(ours), Some(theirs)) = (
        verdict::effective(&item.ledger),
        verdict::effective(&item.settlement),
    ) else {
        return Finding::StatusDiffers;
    };
    match (ours, theirs) {
        (Status::Failed | Status::FailedRefunded, Status::Success) => {
            Finding::FailedHereSettledThere
        }
        (Status::Success, Status::Failed | Status::FailedRefunded) => {
            Finding::SuccessHereFailedThere
        }
        (Status::Success, Status::Reversed) => Finding::SuccessHereReversedThere,
        (Status::Pending | Status::Unknown, Status::Failed | Status::FailedRefunded) => {
            Finding::OpenHereFailedThere
        }
        (Status::Pending | Status::Unknown, Status::Reversed) => Finding::OpenHereReversedThere,
        _ => Finding::StatusDiffers,
    }
}

/// The side whose key appears too often: the one with more entries, the partner's when equal.
fn surplus_side(item: &Item) -> Side {
    let settled = item.settlement.len() as u64 + item.counted.settlement.entries;
    let booked = item.ledger.len() as u64 + item.counted.ledger.entries;
    if booked > settled {
        Side::Ledger
    } else {
        Side::Settlement
    }
}

/// The table. Severity follows the money and who is exposed: a customer charged without delivery
/// and a delivery without payment come first, and where nothing is at stake nothing is grave.
pub fn advice(item: &Item, money: MoneyDirection) -> Option<Advice> {
    use Actor::*;
    use MoneyDirection::*;
    use NextStep::*;
    use Severity::*;
    let finding = finding(item)?;
    let (severity, actor, step) = match (finding, money) {
        (Finding::NotInLedger, WeReceive) => (Critical, Ops, FindOrder),
        (Finding::NotInLedger, WePay) => (High, Finance, DisputeBill),
        (Finding::NotSettled, WeReceive) => (High, Finance, ClaimSettlement),
        (Finding::NotSettled, WePay) => (Medium, Finance, ExpectBill),
        (Finding::SettledMore | Finding::SettledLess, _) => {
            if item.exposure == Exposure::OwedToUs {
                (High, Finance, ClaimDifference)
            } else {
                (Medium, Finance, AgreeSurplus)
            }
        }
        (Finding::FeeBasis, _) => (Medium, Finance, CheckAmountBasis),
        (Finding::FeeDiffers, _) => (Low, Finance, CheckFeeRates),
        (Finding::FailedHereSettledThere, WeReceive) => (Critical, Ops, DeliverOrRefund),
        (Finding::FailedHereSettledThere, WePay) => (Critical, Ops, RecoverOrAccept),
        (Finding::SuccessHereFailedThere, WeReceive) => (Critical, Finance, ClaimOrCollect),
        (Finding::SuccessHereReversedThere, WeReceive) => (Critical, Finance, ClaimOrCollect),
        (Finding::RefundAfterDelivery, WeReceive) => (Critical, Finance, ClaimOrCollect),
        (Finding::SuccessHereFailedThere, WePay) => (Critical, Ops, RedeliverOrRefund),
        (Finding::SuccessHereReversedThere, WePay) => (Critical, Ops, RedeliverOrRefund),
        (Finding::RefundAfterDelivery, WePay) => (Critical, Ops, RedeliverOrRefund),
        (Finding::OpenHereFailedThere, _) => (Low, Ops, MarkFailed),
        (Finding::OpenHereReversedThere, _) => (Low, Ops, MarkReversed),
        (Finding::UndoesNothing, _) => (Medium, Finance, FindUndone),
        (Finding::StatusDiffers, _) => (Medium, Ops, CompareStatus),
        (Finding::SettledWhilePending, _) => (High, Ops, MarkSuccess),
        (Finding::StuckHere | Finding::StuckAtPartner, _) => (Medium, Partner, Escalate),
        (Finding::ReversalNotHonoured, WeReceive) => (Critical, Partner, DemandReversal),
        (Finding::ReversalNotHonoured, WePay) => (High, Finance, ClaimReversal),
        (Finding::SettledTwice | Finding::BookedTwice, _) if item.cause == Cause::Conflicting => {
            (High, Finance, CompareConflict)
        }
        (Finding::SettledTwice, WeReceive) => (Medium, Finance, ReturnDuplicate),
        (Finding::SettledTwice, WePay) => (Medium, Finance, ClaimDuplicate),
        (Finding::BookedTwice, _) => (High, Ops, CheckDoubleDelivery),
        (Finding::AmbiguousKey, _) => (Medium, Ops, TellApart),
        (Finding::DamagedKey, _) => (Medium, Partner, AskForTextReferences),
        (Finding::LookAlikeKey, _) => (Medium, Ops, JoinSpellings),
        (Finding::RefundedMore, _) => (Medium, Finance, BookRefund),
        (Finding::RefundedLess, WeReceive) => (High, Partner, DemandRefund),
        (Finding::RefundedLess, WePay) => (High, Finance, DemandRefund),
    };
    let severity = match item.at_risk.is_zero() {
        true => Low,
        false => severity,
    };
    Some(Advice {
        finding,
        severity,
        actor,
        step,
    })
}

/// Severity alone; an item that is no break is low.
pub fn severity(item: &Item, money: MoneyDirection) -> Severity {
    advice(item, money).map_or(Severity::Low, |advice| advice.severity)
}

/// Until when the next step can be taken: for a stuck pending the end of check status (past or
/// not), for a charge that a void would give back the end of the void window while it is open.
pub fn deadline(
    item: &Item,
    windows: Windows,
    zone: Tz,
    as_of: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let paid = item.at()?;
    match finding(item)? {
        Finding::StuckHere | Finding::StuckAtPartner => windows.check_status_closes(paid),
        finding if voidable(finding) => windows
            .void_closes(paid, zone)
            .filter(|closes| as_of < *closes),
        _ => None,
    }
}

/// Whether a void would give a charged customer the money back.
pub fn voidable(finding: Finding) -> bool {
    matches!(
        finding,
        Finding::NotInLedger | Finding::FailedHereSettledThere | Finding::ReversalNotHonoured
    )
}

/// Age of an item in business dates.
pub fn age_days(item: &Item, today: NaiveDate) -> u64 {
    days_since(item.opened, today)
}

/// Business dates from one to another; none backwards.
pub fn days_since(opened: NaiveDate, today: NaiveDate) -> u64 {
    u64::try_from((today - opened).num_days()).unwrap_or(0)
}

/// The classes of an ageing report: 0–1, 2–3, 4–7, 8–30 and over 30 days, by their last day.
pub const AGEING: [u64; 5] = [1, 3, 7, 30, u64::MAX];

/// Index into [`AGEING`].
pub fn ageing_class(days: u64) -> usize {
    AGEING
        .iter()
        .position(|last| days <= *last)
        .unwrap_or(AGEING.len() - 1)
}

/// What is open of one age: how many items, of how many rupiah, and the money at risk in them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AgeClass {
    pub open: CountAmount,
    pub at_risk: AtRisk,
}

impl AgeClass {
    pub fn add(&mut self, item: &Item) {
        self.open.add(item.value);
        self.at_risk.add(item.exposure, item.at_risk);
    }

    pub fn merge(&mut self, other: &AgeClass) {
        self.open.count += other.open.count;
        self.open.amount += other.open.amount;
        self.at_risk.merge(&other.at_risk);
    }
}

/// Open items by age, in the classes of [`AGEING`].
pub fn ageing<'i>(
    open: impl IntoIterator<Item = &'i Item>,
    today: NaiveDate,
) -> [AgeClass; AGEING.len()] {
    let mut classes = [AgeClass::default(); AGEING.len()];
    for item in open {
        classes[ageing_class(age_days(item, today))].add(item);
    }
    classes
}

/// The order of a list of open items: the oldest first, of one age the largest first.
pub fn oldest_first(a: &Item, b: &Item) -> std::cmp::Ordering {
    (a.opened, b.value, &a.id).cmp(&(b.opened, a.value, &b.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_close_at_the_end_of_the_jakarta_day_and_after_seven_days() {
        let zone = chrono_tz::Asia::Jakarta;
        let paid: DateTime<Utc> = "2026-11-18T16:59:59Z".parse().expect("an instant");
        let windows = Windows::SAME_DAY_VOID_AND_WEEK;
        assert_eq!(
            windows.void_closes(paid, zone).map(|at| at.to_rfc3339()),
            Some("2026-11-18T17:00:00+00:00".to_owned())
        );
        assert_eq!(
            windows.check_status_closes(paid).map(|at| at.to_rfc3339()),
            Some("2026-11-25T16:59:59+00:00".to_owned())
        );
        assert_eq!(Windows::NONE.void_closes(paid, zone), None);
    }

    #[test]
    fn ageing_classes_meet_without_gap() {
        for (days, class) in [
            (0, 0),
            (1, 0),
            (2, 1),
            (3, 1),
            (4, 2),
            (7, 2),
            (8, 3),
            (30, 3),
            (31, 4),
        ] {
            assert_eq!(ageing_class(days), class, "{days}");
        }
    }
}
