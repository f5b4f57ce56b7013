//! One item of every kind of break.

use rekon::domain::entry::{EntryFacts, EntryValues, KeyState, RowPlace};
use rekon::domain::money::Money;
use rekon::domain::outcome::{BreakKind, Bucket, Cause, Exposure, Item, ItemValues, Sides};
use rekon::domain::status::{Kind, Status};

use super::fixture::{HOSTILE, MARKUP, TWISTED, at, day};

/// One entry; `stamp` is Jakarta time without zone.
fn entry(stamp: &str, rupiah: i64, fee: Option<i64>, status: Status) -> EntryFacts {
    EntryFacts::from(EntryValues {
        business_date: day(&stamp[..10]),
        at: at(&format!("{}+07:00", stamp.replace(' ', "T"))),
        amount: Money::from_rupiah(rupiah),
        fee: fee.map(Money::from_rupiah),
        status,
        kind: Kind::Payment,
        key_state: KeyState::Whole,
        written: Vec::new(),
        details: Default::default(),
        place: None,
    })
}

trait Told {
    fn with(self, field: &str, value: &str) -> Self;
    fn in_row(self, file: &str, row: u32) -> Self;
    /// In the file of another date.
    fn of(self, date: &str) -> Self;
}

impl Told for EntryFacts {
    fn with(mut self, field: &str, value: &str) -> Self {
        self.details.insert(field, value);
        self
    }

    fn in_row(mut self, file: &str, row: u32) -> Self {
        self.place = Some(RowPlace {
            file: file.into(),
            sheet: file.ends_with("xlsx").then(|| "Settlement".into()),
            row,
        });
        self
    }

    fn of(mut self, date: &str) -> Self {
        self.business_date = day(date);
        self
    }
}

struct Found {
    id: &'static str,
    kind: BreakKind,
    cause: Cause,
    key: Vec<(String, String)>,
    ledger: Vec<EntryFacts>,
    settlement: Vec<EntryFacts>,
    exposure: Exposure,
}

fn sum(entries: &[EntryFacts]) -> Money {
    entries.iter().map(|entry| entry.amount).sum()
}

impl From<Found> for Item {
    fn from(found: Found) -> Item {
        let (ours, theirs) = (sum(&found.ledger), sum(&found.settlement));
        let both = !found.ledger.is_empty() && !found.settlement.is_empty();
        let difference = if both { theirs - ours } else { ours + theirs };
        let fees = |entries: &[EntryFacts]| -> Money {
            entries.iter().filter_map(|entry| entry.fee).sum()
        };
        let value = match found.kind {
            BreakKind::AmountBreak => difference.abs(),
            BreakKind::FeeBreak => (fees(&found.settlement) - fees(&found.ledger)).abs(),
            _ if theirs.is_zero() => ours,
            _ => theirs,
        };
        Item::from(ItemValues {
            id: found.id.to_owned(),
            identity: format!("identity of {}", found.id),
            by_facts: None,
            key: found.key,
            opened: found
                .ledger
                .iter()
                .chain(&found.settlement)
                .map(|entry| entry.business_date)
                .min()
                .expect("an entry"),
            cleared: None,
            closed: None,
            told_on: None,
            bucket: Bucket::Break(found.kind),
            cause: found.cause,
            ledger: found.ledger,
            settlement: found.settlement,
            value,
            difference,
            exposure: found.exposure,
            at_risk: match found.exposure {
                Exposure::Nothing => Money::ZERO,
                _ => value,
            },
            counted: Sides::default(),
        })
    }
}

fn ovo_key(batch: &str, reference: &str) -> Vec<(String, String)> {
    [
        ("merchant_id", "M1088"),
        ("batch_number", batch),
        ("reference_number", reference),
    ]
    .map(|(field, value)| (field.to_owned(), value.to_owned()))
    .to_vec()
}

fn ref_id(field: &str, value: &str) -> Vec<(String, String)> {
    vec![(field.to_owned(), value.to_owned())]
}

pub fn ovo_items() -> Vec<Item> {
    use BreakKind::*;
    use Exposure::*;
    use Status::*;
    let file = "ovo_20261118.csv";
    let found = |id, kind, cause, reference: &str, ledger, settlement, exposure| -> Item {
        Found {
            id,
            kind,
            cause,
            key: ovo_key("261118", reference),
            ledger,
            settlement,
            exposure,
        }
        .into()
    };
    let ours = |stamp, rupiah, status| {
        entry(stamp, rupiah, Some(rupiah / 100), status)
            .with("reference", "INV-2026-1188")
            .with("customer", "081234561234")
    };
    let theirs = |stamp, rupiah, status, row| {
        entry(stamp, rupiah, Some(rupiah / 100), status).in_row(file, row)
    };
    vec![
        found(
            "OVO-7F3K2",
            StatusBreak,
            Cause::Plain,
            "41",
            vec![ours("2026-11-18 10:12:31", 425_000, Failed)],
            vec![theirs("2026-11-18 10:12:33", 425_000, Success, 42)],
            OwedByUs,
        ),
        found(
            "OVO-2QX8D",
            ReversalNotHonoured,
            Cause::Plain,
            "57",
            vec![ours("2026-11-18 11:02:10", 75_000, Reversed)],
            vec![theirs("2026-11-18 11:02:12", 75_000, Success, 58)],
            OwedByUs,
        ),
        found(
            "OVO-9M4TT",
            MissingInLedger,
            Cause::Plain,
            "102",
            vec![],
            vec![theirs("2026-11-18 13:44:00", 150_000, Success, 103).with("product", MARKUP)],
            OwedByUs,
        ),
        found(
            "OVO-B6WWE",
            MissingAtPartner,
            Cause::Plain,
            "880",
            vec![ours("2026-11-18 23:47:20", 1_250_000, Success)],
            vec![],
            OwedToUs,
        ),
        found(
            "OVO-K1RMA",
            MissingAtPartner,
            Cause::Plain,
            "881",
            vec![ours("2026-11-18 23:49:58", 310_000, Success).with("note", HOSTILE)],
            vec![],
            OwedToUs,
        ),
        found(
            "OVO-P0ZZ1",
            AmountBreak,
            Cause::Plain,
            "205",
            vec![ours("2026-11-18 15:00:00", 100_000, Success)],
            vec![theirs("2026-11-18 15:00:01", 98_000, Success, 206)],
            OwedToUs,
        ),
        found(
            "OVO-C3D4E",
            FeeBreak,
            Cause::Plain,
            "206",
            vec![entry("2026-11-18 15:10:00", 100_000, Some(700), Success)],
            vec![entry("2026-11-18 15:10:00", 100_000, Some(777), Success).in_row(file, 207)],
            OwedToUs,
        ),
        found(
            "OVO-V8H2N",
            SettledWhilePending,
            Cause::Plain,
            "889",
            vec![ours("2026-11-18 23:59:50", 64_500, Unknown)],
            // In the file of the day before.
            vec![theirs("2026-11-19 00:00:02", 64_500, Success, 890).of("2026-11-18")],
            OwedByUs,
        ),
        found(
            "OVO-S7UCK",
            StuckPending,
            Cause::Plain,
            "300",
            vec![ours("2026-11-18 09:30:00", 215_000, Pending)],
            vec![],
            Undecided,
        ),
        found(
            "OVO-DUP01",
            Duplicate,
            Cause::Conflicting,
            "412",
            vec![],
            vec![theirs("2026-11-18 16:20:00", 50_000, Success, 413).with("invoice", TWISTED)],
            OwedByUs,
        ),
        found(
            "OVO-AMB01",
            AmbiguousKey,
            Cause::SeveralCandidates,
            "1",
            vec![
                entry("2026-11-18 08:00:00", 20_000, None, Success),
                entry("2026-11-18 08:00:09", 25_000, None, Success),
            ],
            vec![entry("2026-11-18 08:00:05", 20_000, None, Success).in_row(file, 2)],
            Undecided,
        ),
    ]
}

pub fn biller_items() -> Vec<Item> {
    use Status::*;
    let file = "tokopedia-biller_20261118.xlsx";
    let found = |id, kind, cause, key: &str, ledger, settlement, exposure| -> Item {
        Found {
            id,
            kind,
            cause,
            key: ref_id("ref_id", key),
            ledger,
            settlement,
            exposure,
        }
        .into()
    };
    vec![
        found(
            "BIL-RFND1",
            BreakKind::RefundAfterDelivery,
            Cause::Plain,
            "TKP-99120013",
            vec![
                entry("2026-11-18 12:00:00", 502_500, Some(2_500), Success)
                    .with("customer", "530012345678")
                    .with("token", "1234-5678-9012-3456-7890"),
            ],
            vec![
                entry("2026-11-18 12:00:04", 502_500, Some(2_500), FailedRefunded).in_row(file, 17),
            ],
            Exposure::OwedToUs,
        ),
        found(
            "BIL-FEEB1",
            BreakKind::AmountBreak,
            Cause::FeeBasis,
            "TKP-99120040",
            vec![entry("2026-11-18 12:10:00", 102_500, Some(2_500), Success)],
            vec![entry("2026-11-18 12:10:03", 100_000, Some(2_500), Success).in_row(file, 44)],
            Exposure::OwedToUs,
        ),
        found(
            "BIL-DMG01",
            BreakKind::DamagedKey,
            Cause::Candidate,
            "1.12429E+10",
            vec![entry("2026-11-18 12:20:00", 87_000, None, Success)],
            vec![entry("2026-11-18 12:20:02", 87_000, None, Success).in_row(file, 51)],
            Exposure::Undecided,
        ),
        found(
            "BIL-SAFE1",
            BreakKind::StatusBreak,
            Cause::Plain,
            "TKP-99120077",
            vec![entry("2026-11-18 12:30:00", 41_000, None, Pending)],
            vec![entry("2026-11-18 12:30:02", 41_000, None, Failed).in_row(file, 60)],
            Exposure::Nothing,
        ),
    ]
}

pub fn b2b_items() -> Vec<Item> {
    use Status::*;
    let old = "2026-11-17 19:00:00";
    vec![
        Found {
            id: "B2B-STUCK",
            kind: BreakKind::StuckPending,
            cause: Cause::PendingAtPartner,
            key: ref_id("request_id", "REQ-55120"),
            ledger: vec![entry(old, 99_000, None, Success)],
            settlement: vec![entry(old, 99_000, None, Pending).in_row("b2b.csv", 9)],
            exposure: Exposure::Undecided,
        }
        .into(),
        Found {
            id: "B2B-NOBIL",
            kind: BreakKind::MissingAtPartner,
            cause: Cause::Plain,
            key: ref_id("request_id", "REQ-55131"),
            ledger: vec![entry(old, 50_250, None, Success)],
            settlement: vec![],
            exposure: Exposure::OwedByUs,
        }
        .into(),
    ]
}
