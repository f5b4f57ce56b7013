//! Three channels over two dates, with every kind of break, an incomplete date, patterns, rejected
//! and refused input, and texts that try to be more than text.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use rekon::domain::advice::Windows;
use rekon::domain::entry::{EntryFacts, KeyState, RowPlace};
use rekon::domain::money::Money;
use rekon::domain::outcome::{
    AtRisk, BreakKind, Bucket, Cause, CountAmount, DateState, Exposure, FeeEvidence, FileUse, Item,
    Outcome, Pattern, RollForward, Sides, Tally,
};
use rekon::domain::status::{Kind, MoneyDirection, Status};
use rekon::report::input::{
    Change, ChannelFacts, ChannelInput, DayInput, ReceivedFile, RefusedFile, RejectedLine,
    ReportInput,
};
use rekon::report::labels::Language;

pub const HOSTILE: &str = "=HYPERLINK(\"http://evil.example\",\"x\")";
pub const MARKUP: &str = "<script>alert(1)</script>";
pub const TWISTED: &str = "a\r\nBcc: x@evil.example\u{202e}\u{1b}[31mb";

pub fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

/// One entry; `stamp` is Jakarta time without zone.
fn entry(stamp: &str, rupiah: i64, fee: Option<i64>, status: Status) -> EntryFacts {
    EntryFacts {
        business_date: day(&stamp[..10]),
        at: at(&format!("{}+07:00", stamp.replace(' ', "T"))),
        amount: Money::from_rupiah(rupiah),
        fee: fee.map(Money::from_rupiah),
        status,
        kind: Kind::Payment,
        key_state: KeyState::Whole,
        details: BTreeMap::new(),
        place: None,
    }
}

trait Told {
    fn with(self, field: &str, value: &str) -> Self;
    fn in_row(self, file: &str, row: u32) -> Self;
}

impl Told for EntryFacts {
    fn with(mut self, field: &str, value: &str) -> Self {
        self.details.insert(field.to_owned(), value.to_owned());
        self
    }

    fn in_row(mut self, file: &str, row: u32) -> Self {
        self.place = Some(RowPlace {
            file: file.to_owned(),
            sheet: file.ends_with("xlsx").then(|| "Settlement".to_owned()),
            row,
        });
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
        Item {
            id: found.id.to_owned(),
            identity: format!("identity of {}", found.id),
            key: found.key,
            opened: found
                .ledger
                .iter()
                .chain(&found.settlement)
                .map(|entry| entry.business_date)
                .min()
                .expect("an entry"),
            cleared: None,
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
        }
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

/// A complete outcome whose buckets are the items' entries beside `matched` clean pairs.
fn outcome(channel: &str, date: &str, matched: (u64, i64, i64), items: Vec<Item>) -> Outcome {
    let date = day(date);
    let (entries, amount, fee) = matched;
    let pair = Tally {
        entries,
        amount: Money::from_rupiah(amount),
        fee: Money::from_rupiah(fee),
    };
    let mut buckets = BTreeMap::from([(
        Bucket::Matched,
        Sides {
            settlement: pair,
            ledger: pair,
        },
    )]);
    let mut at_risk = AtRisk::default();
    let mut new = CountAmount::default();
    for item in &items {
        let sides: &mut Sides = buckets.entry(item.bucket).or_default();
        for entry in &item.ledger {
            sides.ledger.add(entry.amount, entry.fee);
        }
        for entry in &item.settlement {
            sides.settlement.add(entry.amount, entry.fee);
        }
        if item.break_kind().is_some() {
            at_risk.add(item.exposure, item.at_risk);
        }
        new.add(item.value);
    }
    let mut total = Sides::default();
    for sides in buckets.values() {
        total.merge(sides);
    }
    Outcome {
        channel: channel.to_owned(),
        business_date: date,
        state: DateState::Complete,
        due: at("2026-11-19T03:00:00Z"),
        files: vec![FileUse {
            id: 1,
            name: format!("{channel}_{}.csv", date.format("%Y%m%d")),
            sha256: format!("{:064x}", date.to_string().len() + channel.len()),
            revision: 1,
            rows: total.settlement.entries,
            rejected: 0,
        }],
        missing_parts: Vec::new(),
        settlement: total.settlement,
        net: total.settlement.amount - total.settlement.fee,
        ledger: total.ledger,
        buckets,
        items,
        at_risk,
        rejected_rows: 0,
        patterns: Vec::new(),
        roll_forward: RollForward {
            new,
            closing: new,
            ..RollForward::default()
        },
    }
}

fn not_complete(channel: &str, date: &str, state: DateState, due: &str) -> Outcome {
    let mut empty = outcome(channel, date, (0, 0, 0), Vec::new());
    empty.state = state;
    empty.due = at(due);
    empty.files.clear();
    empty.buckets.clear();
    empty
}

fn ovo_items() -> Vec<Item> {
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
            vec![theirs("2026-11-19 00:00:02", 64_500, Success, 890)],
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

fn biller_items() -> Vec<Item> {
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

fn b2b_items() -> Vec<Item> {
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

fn facts(name: &str, profile: &str, money: MoneyDirection, windows: Windows) -> ChannelFacts {
    ChannelFacts {
        name: name.to_owned(),
        profile: profile.to_owned(),
        money,
        personal: vec!["customer".to_owned()],
        bearer: vec!["token".to_owned()],
        windows,
    }
}

fn channel(facts: ChannelFacts, days: Vec<(Outcome, u32, Change)>) -> ChannelInput {
    let received = days
        .iter()
        .flat_map(|(outcome, ..)| &outcome.files)
        .map(|file| ReceivedFile {
            sha256: file.sha256.clone(),
            at: at("2026-11-19T01:12:00Z"),
        })
        .collect();
    ChannelInput {
        facts,
        open_items: days
            .iter()
            .flat_map(|(outcome, ..)| outcome.items.clone())
            .collect(),
        days: days
            .into_iter()
            .map(|(outcome, revision, change)| DayInput {
                outcome,
                revision,
                change,
            })
            .collect(),
        rejected_rows: Vec::new(),
        refused_files: Vec::new(),
        received,
    }
}

pub fn input(language: Language) -> ReportInput {
    let mut ovo_day = outcome(
        "ovo",
        "2026-11-18",
        (8_412, 1_204_388_500, 12_043_885),
        ovo_items(),
    );
    ovo_day.patterns = vec![
        Pattern::NearCutoff {
            kind: BreakKind::MissingAtPartner,
            count: 2,
            of: 2,
            from: "23:47".to_owned(),
            to: "23:49".to_owned(),
        },
        Pattern::SameDifference {
            kind: BreakKind::AmountBreak,
            count: 156,
            of: 159,
            difference: Money::from_rupiah(-2_000),
            is_fee: FeeEvidence::EqualsFee,
        },
    ];
    ovo_day.rejected_rows = 2;
    ovo_day.files[0].rejected = 2;
    ovo_day.buckets.insert(
        Bucket::MatchedWithinTolerance,
        Sides {
            settlement: Tally {
                entries: 3,
                amount: Money::from_sen(30_000_050),
                fee: Money::ZERO,
            },
            ledger: Tally {
                entries: 3,
                amount: Money::from_rupiah(300_000),
                fee: Money::ZERO,
            },
        },
    );
    ovo_day.settlement.merge(
        &ovo_day.buckets[&Bucket::MatchedWithinTolerance]
            .settlement
            .clone(),
    );
    ovo_day.ledger.merge(
        &ovo_day.buckets[&Bucket::MatchedWithinTolerance]
            .ledger
            .clone(),
    );
    let mut ovo = channel(
        facts(
            "ovo",
            "ovo-push-to-pay",
            MoneyDirection::WeReceive,
            Windows::SAME_DAY_VOID_AND_WEEK,
        ),
        vec![
            (
                outcome(
                    "ovo",
                    "2026-11-17",
                    (7_903, 1_100_210_000, 11_002_100),
                    vec![],
                ),
                1,
                Change::Unchanged,
            ),
            (ovo_day, 2, Change::Supersedes { revision: 1 }),
        ],
    );
    ovo.rejected_rows = vec![
        RejectedLine {
            file: "ovo_20261118.csv".to_owned(),
            sheet: None,
            row: 77,
            column: Some("amount".to_owned()),
            field: Some("amount".to_owned()),
            value: "1.500".to_owned(),
            reason: "could be thousands or decimals: declare the profile's number style".to_owned(),
            business_date: Some(day("2026-11-18")),
        },
        RejectedLine {
            file: "ovo_20261118.csv".to_owned(),
            sheet: None,
            row: 78,
            column: Some("Customer Phone".to_owned()),
            field: Some("customer".to_owned()),
            value: "081299998888".to_owned(),
            reason: "`081299998888` holds a NUL byte".to_owned(),
            business_date: Some(day("2026-11-18")),
        },
    ];
    let mut biller = channel(
        facts(
            "tokopedia-biller",
            "tokopedia-biller",
            MoneyDirection::WeReceive,
            Windows::NONE,
        ),
        vec![(
            outcome(
                "tokopedia-biller",
                "2026-11-18",
                (1_530, 403_118_250, 3_825_000),
                biller_items(),
            ),
            1,
            Change::First,
        )],
    );
    biller.received[0].at = at("2026-11-19T04:20:00Z");
    biller.refused_files = vec![RefusedFile {
        name: "report (1).xls".to_owned(),
        reason: "an HTML page, not a workbook".to_owned(),
    }];
    let known = outcome(
        "tokopedia-b2b",
        "2026-11-17",
        (212, 31_800_000, 0),
        b2b_items(),
    );
    let mut unknown = not_complete(
        "tokopedia-b2b",
        "2026-11-18",
        DateState::Incomplete,
        "2026-11-19T02:00:00Z",
    );
    unknown.roll_forward.opening = known.roll_forward.closing;
    unknown.roll_forward.closing = known.roll_forward.closing;
    let b2b = channel(
        facts(
            "tokopedia-b2b",
            "tokopedia-b2b",
            MoneyDirection::WePay,
            Windows::NONE,
        ),
        vec![(known, 1, Change::First), (unknown, 1, Change::First)],
    );
    ReportInput {
        run_id: "20261119T053000Z-4f2a".to_owned(),
        as_of: at("2026-11-19T05:30:00Z"),
        zone: chrono_tz::Asia::Jakarta,
        language,
        unmask: Vec::new(),
        channels: vec![ovo, biller, b2b],
        notices: Vec::new(),
    }
}

/// One complete day without a break.
pub fn clean(language: Language) -> ReportInput {
    let mut input = input(language);
    input.channels.truncate(1);
    input.channels[0].days.truncate(1);
    input.channels[0].open_items.clear();
    input.channels[0].rejected_rows.clear();
    input
}

/// A month of one channel with hundreds of breaks a day.
pub fn long(language: Language) -> ReportInput {
    let mut input = input(language);
    let template = ovo_items();
    let mut days = Vec::new();
    for date in 1..=30u32 {
        let date = format!("2026-11-{date:02}");
        let items = (0..300)
            .map(|copy| {
                let mut item = template[copy % template.len()].clone();
                item.id = format!("OVO-{date}-{copy}");
                item.identity = item.id.clone();
                item.opened = day(&date);
                item
            })
            .collect();
        days.push((
            outcome("ovo", &date, (9_000, 1_000_000_000, 0), items),
            1,
            Change::First,
        ));
    }
    let facts = input.channels[0].facts.clone();
    input.channels = vec![channel(facts, days)];
    input
}
