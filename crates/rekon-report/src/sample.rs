//! A report about nothing real that has something in every section, to try templates on.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};

use super::input::{
    Change, ChannelFacts, ChannelInput, DayInput, FailedChannel, RefusedFile, RejectedLine,
    ReportInput, TrendDay,
};
use super::labels::Language;
use crate::domain::advice::Windows;
use crate::domain::entry::{EntryFacts, EntryValues, KeyState, RowPlace};
use crate::domain::money::Money;
use crate::domain::outcome::{
    AtRisk, BreakKind, Bucket, Cause, CountAmount, DateState, Exposure, FileUse, Item, ItemValues,
    Outcome, RollForward, Sides, Tally,
};
use crate::domain::reconcile::Ended;
use crate::domain::statement::News;
use crate::domain::status::{Kind, MoneyDirection, Status};

/// What a partner could have written, for a template that would let it through.
const MARKUP: &str = "<b>\"sample\"</b>";

/// Two dates, of which the second has no file, with a break on each channel that finance acts on.
pub fn input(language: Language, now: DateTime<Utc>) -> ReportInput {
    let zone = chrono_tz::Asia::Jakarta;
    let today = now.with_timezone(&zone).date_naive();
    let date = today - Days::new(2);
    let items = vec![
        item("SMP-AAAA1", BreakKind::MissingAtPartner, date),
        item("SMP-AAAA2", BreakKind::StuckPending, date),
        item("SMP-AAAA3", BreakKind::MissingInLedger, date - Days::new(3)),
        item("SMP-AAAA4", BreakKind::AmountBreak, date - Days::new(3)),
    ];
    let known = complete(date, items.clone());
    let mut unknown = complete(date + Days::new(1), Vec::new());
    unknown.state = DateState::Incomplete;
    unknown.files.clear();
    unknown.buckets.clear();
    let day = |outcome| DayInput {
        outcome: Arc::new(outcome),
        revision: 1,
        change: Change::First,
    };
    let trend = (0..14u64).map(|back| TrendDay {
        channel: "sample".to_owned(),
        business_date: date - Days::new(back),
        state: Some(DateState::Complete),
        breaks: back % 5,
        at_risk: AtRisk {
            owed_to_us: Money::from_rupiah(25_000 * (back % 5) as i64),
            ..AtRisk::default()
        },
    });
    ReportInput {
        run_id: "sample".to_owned(),
        as_of: now,
        zone,
        language,
        merchant: Some(format!("Sample {MARKUP}")),
        unmask: Vec::new(),
        channels: vec![ChannelInput {
            facts: ChannelFacts {
                name: "sample".to_owned(),
                title: "Sample".to_owned(),
                labels: BTreeMap::new(),
                profile: "sample".to_owned(),
                money: MoneyDirection::WeReceive,
                personal: vec!["customer".to_owned()],
                bearer: Vec::new(),
                windows: Windows::SAME_DAY_VOID_AND_WEEK,
            },
            days: vec![day(known), day(unknown)],
            items: Arc::new(items),
            ended: Ended::default(),
            news: vec![
                Some(News::Opened),
                Some(News::Opened),
                Some(News::StillOpen),
                Some(News::Closed),
            ],
            cleared: vec![item("SMP-AAAA5", BreakKind::AmountBreak, date)],
            rejected_rows: vec![RejectedLine {
                file: "sample.csv".into(),
                sheet: None,
                row: 7,
                column: Some("amount".to_owned()),
                field: Some("amount".to_owned()),
                value: MARKUP.to_owned(),
                reason: "not an amount".to_owned(),
                business_date: Some(date),
            }],
            refused_files: vec![RefusedFile {
                name: format!("{MARKUP}.csv"),
                reason: "not a settlement report".to_owned(),
            }],
            quarantined: Vec::new(),
            received: Vec::new(),
            payouts: Vec::new(),
            people: Arc::default(),
        }],
        failed: vec![FailedChannel {
            channel: "sample-2".to_owned(),
            reason: MARKUP.to_owned(),
        }],
        notices: vec![MARKUP.to_owned()],
        chain_head: Some((1, "0".repeat(64))),
        unproven_mailboxes: Vec::new(),
        reasons: Vec::new(),
        facts_of: |_| String::new(),
        trend: trend.collect(),
    }
}

fn item(id: &str, kind: BreakKind, date: NaiveDate) -> Item {
    let amount = Money::from_rupiah(75_000);
    let status = match kind {
        BreakKind::StuckPending => Status::Pending,
        _ => Status::Success,
    };
    Item::from(ItemValues {
        id: id.to_owned(),
        identity: id.to_owned(),
        by_facts: None,
        key: vec![("reference".to_owned(), MARKUP.to_owned())],
        opened: date,
        cleared: None,
        closed: None,
        told_on: None,
        bucket: Bucket::Break(kind),
        cause: Cause::Plain,
        ledger: vec![EntryFacts::from(EntryValues {
            business_date: date,
            at: date.and_time(NaiveTime::MIN).and_utc(),
            amount,
            fee: None,
            status,
            kind: Kind::Payment,
            key_state: KeyState::Whole,
            written: Vec::new(),
            details: [("customer", "081200001234")].into(),
            place: Some(RowPlace {
                file: "sample.csv".into(),
                sheet: None,
                row: 3,
            }),
        })],
        settlement: Vec::new(),
        value: amount,
        difference: amount,
        exposure: Exposure::OwedToUs,
        at_risk: amount,
        counted: Sides::default(),
    })
}

fn complete(date: NaiveDate, items: Vec<Item>) -> Outcome {
    let matched = Tally {
        entries: 120,
        amount: Money::from_rupiah(9_000_000),
        fee: Money::ZERO,
    };
    let mut buckets = BTreeMap::from([(
        Bucket::Matched,
        Sides {
            settlement: matched,
            ledger: matched,
        },
    )]);
    let mut at_risk = AtRisk::default();
    let mut new = CountAmount::default();
    for item in &items {
        let sides: &mut Sides = buckets.entry(item.bucket).or_default();
        for entry in &item.ledger {
            sides.ledger.add(entry.amount, entry.fee);
        }
        at_risk.add(item.exposure, item.at_risk);
        new.add(item.value);
    }
    let mut total = Sides::default();
    for sides in buckets.values() {
        total.merge(sides);
    }
    Outcome {
        channel: "sample".to_owned(),
        business_date: date,
        state: DateState::Complete,
        due: (date + Days::new(1)).and_time(NaiveTime::MIN).and_utc(),
        files: vec![FileUse {
            id: 1,
            name: "sample.csv".to_owned(),
            sha256: "0".repeat(64),
            revision: 1,
            rows: 120,
            rejected: 1,
        }],
        missing_parts: Vec::new(),
        settlement: total.settlement,
        net: total.settlement.amount,
        ledger: total.ledger,
        buckets,
        items,
        at_risk,
        rejected_rows: 1,
        rejected_ledger_rows: 0,
        rejected_ledger: Vec::new(),
        patterns: Vec::new(),
        findings: Vec::new(),
        roll_forward: RollForward {
            new,
            closing: new,
            ..RollForward::default()
        },
        products: Vec::new(),
    }
}
