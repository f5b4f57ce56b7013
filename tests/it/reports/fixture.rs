//! Three channels over two dates, with every kind of break, an incomplete date, patterns, rejected
//! and refused input, and texts that try to be more than text.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use rekon::domain::advice::Windows;
use rekon::domain::difference::{
    Cause, Fact, FileChange, Moved, Replacement, RevisionChange, RowChange, RowComparison,
    RowEvent, Rows, difference,
};
use rekon::domain::entry::{RowPlace, Side};
use rekon::domain::money::Money;
use rekon::domain::outcome::{
    AtRisk, BreakKind, Bucket, CountAmount, CutoffSide, DateState, FeeEvidence, FileUse, Item,
    Outcome, Pattern, RollForward, Sides, Tally,
};
use rekon::domain::products::{self, Group, Product};
use rekon::domain::reconcile::Ended;
use rekon::domain::statement::{BreakStanding, News, standing_of};
use rekon::domain::status::{MoneyDirection, Status};
use rekon::report::input::{
    Change, ChannelFacts, ChannelInput, DayInput, QuarantinedMail, ReceivedFile, RefusedFile,
    RejectedLine, ReportInput, SourceMail, TrendDay,
};
use rekon::report::labels::Language;

use super::items::{b2b_items, biller_items, ovo_items};

pub const HOSTILE: &str = "=HYPERLINK(\"http://evil.example\",\"x\")";
pub const MARKUP: &str = "<script>alert(1)</script>";
pub const TWISTED: &str = "a\r\nBcc: x@evil.example\u{202e}\u{1b}[31mb";

pub fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
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
    let success = Some(Status::Success);
    let mut by_product = products::Totals::from([(
        Group {
            product: Product::Named("PULSA25".to_owned()),
            bucket: Bucket::Matched,
            ledger: success,
            settlement: success,
        },
        Sides {
            settlement: pair,
            ledger: pair,
        },
    )]);
    let mut at_risk = AtRisk::default();
    let mut new = CountAmount::default();
    for item in &items {
        let mut sides = Sides::default();
        for entry in &item.ledger {
            sides.ledger.add(entry.amount, entry.fee);
        }
        for entry in &item.settlement {
            sides.settlement.add(entry.amount, entry.fee);
        }
        buckets.entry(item.bucket).or_default().merge(&sides);
        let group = products::group(item.bucket, &item.ledger, &item.settlement);
        by_product.entry(group).or_default().merge(&sides);
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
        rejected_ledger_rows: 0,
        rejected_ledger: Vec::new(),
        patterns: Vec::new(),
        findings: Vec::new(),
        roll_forward: RollForward {
            new,
            closing: new,
            ..RollForward::default()
        },
        products: products::bounded(by_product),
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

fn facts(name: &str, profile: &str, money: MoneyDirection, windows: Windows) -> ChannelFacts {
    ChannelFacts {
        name: name.to_owned(),
        title: name.to_owned(),
        labels: BTreeMap::new(),
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
            mail: None,
        })
        .collect();
    let mut channel = ChannelInput {
        facts,
        news: Vec::new(),
        cleared: Vec::new(),
        items: Arc::default(),
        ended: Ended::default(),
        days: days
            .into_iter()
            .map(|(outcome, revision, change)| DayInput {
                outcome: Arc::new(outcome),
                revision,
                change,
            })
            .collect(),
        rejected_rows: Vec::new(),
        refused_files: Vec::new(),
        quarantined: Vec::new(),
        received,
        payouts: Vec::new(),
        people: Arc::default(),
    };
    restate(&mut channel);
    channel
}

/// The items of a channel as its dates have them, every break of them new. One that stands on two
/// dates is one item, as its later date has it.
pub fn restate(channel: &mut ChannelInput) {
    let mut items: BTreeMap<String, Item> = BTreeMap::new();
    for item in channel.days.iter().flat_map(|day| &day.outcome.items) {
        items.insert(item.identity.clone(), item.clone());
    }
    let items: Vec<Item> = items.into_values().collect();
    channel.news = items
        .iter()
        .map(|item| match standing_of(item)? {
            BreakStanding::Open => Some(News::Opened),
            BreakStanding::Cleared => None,
            BreakStanding::Closed(_) => Some(News::Closed),
        })
        .collect();
    channel.items = items.into();
}

/// Before: the first file, without the last item, with one that is gone, and another amount.
fn superseding(now: &Outcome) -> Change {
    let mut before = now.clone();
    before.items.pop();
    let mut gone = before.items[0].clone();
    gone.identity.push_str(" gone");
    gone.id = "OVO-G0NE1".to_owned();
    before.items.push(gone);
    if let Some(entry) = before.items[1].settlement.first_mut() {
        entry.amount += Money::from_rupiah(1_000);
    }
    before.settlement.entries += 1;
    before.settlement.amount += Money::from_rupiah(75_000);
    before.at_risk.owed_to_us += Money::from_rupiah(75_000);
    before.files[0].id += 1;
    before.files[0].revision = 1;
    let row = |rupiah| {
        let item = &now.items[0];
        let first = item.settlement.first().or(item.ledger.first());
        let mut entry = first.expect("an entry").clone();
        entry.amount = Money::from_rupiah(rupiah);
        entry.place = Some(RowPlace {
            file: "ovo_20261118.csv".into(),
            sheet: None,
            row: 12,
        });
        entry
    };
    let key = |reference: &str| vec![("customer".to_owned(), reference.to_owned())];
    let mut after = now.files[0].clone();
    after.revision = 2;
    let rows = Rows {
        added: 0,
        removed: 1,
        changed: 12,
        listed: vec![
            RowChange {
                key: key("081200001111"),
                what: RowEvent::Removed(row(75_000)),
            },
            RowChange {
                key: key("<b>081200002222</b>"),
                what: RowEvent::Changed {
                    before: row(10_000),
                    after: row(11_000),
                    facts: vec![Fact::Amount(
                        Side::Settlement,
                        Moved::of(Money::from_rupiah(10_000), Money::from_rupiah(11_000)),
                    )],
                },
            },
        ],
    };
    let file = FileChange::Replaced {
        before: before.files[0].clone(),
        after,
        why: Replacement::Corrected,
        rows: RowComparison::Compared(rows),
    };
    let difference = difference(&before, now);
    Change::Supersedes {
        revision: 1,
        change: Box::new(RevisionChange::new(
            difference,
            vec![file],
            [Cause::LedgerChanged],
        )),
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
            cutoff: Some(CutoffSide::Before),
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
    let change = superseding(&ovo_day);
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
            (ovo_day, 2, change),
        ],
    );
    ovo.rejected_rows = vec![
        RejectedLine {
            file: "ovo_20261118.csv".into(),
            sheet: None,
            row: 77,
            column: Some("amount".to_owned()),
            field: Some("amount".to_owned()),
            value: "1.500".to_owned(),
            reason: "could be thousands or decimals: declare the profile's number style".to_owned(),
            business_date: Some(day("2026-11-18")),
        },
        RejectedLine {
            file: "ovo_20261118.csv".into(),
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
    biller.received[0].mail = Some(SourceMail {
        sender: "Tokopedia Reports <reports@tokopedia.example>".to_owned(),
        message_id: "20261119.041802.7731@mail.tokopedia.example".to_owned(),
        sent_at: Some(at("2026-11-19T04:18:02Z")),
        verdict: "authserv mx.merchant.example: dkim=pass (tokopedia.example)".to_owned(),
    });
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
    let mut b2b = channel(
        facts(
            "tokopedia-b2b",
            "tokopedia-b2b",
            MoneyDirection::WePay,
            Windows::NONE,
        ),
        vec![(known, 1, Change::First), (unknown, 1, Change::First)],
    );
    b2b.quarantined = vec![
        QuarantinedMail {
            id: 7,
            sender: "\"Tokopedia B2B\" <reports@tokopedla.example>".to_owned(),
            subject: format!("Settlement 18 November {MARKUP}"),
            received_at: Some(at("2026-11-19T01:40:00Z")),
            reason: "the domain `tokopedla.example` is spelled to look like tokopedia.example"
                .to_owned(),
        },
        QuarantinedMail {
            id: 8,
            sender: "reports@tokopedia.example".to_owned(),
            subject: "Laporan B2B 18 November 2026".to_owned(),
            received_at: Some(at("2026-11-19T02:05:00Z")),
            reason: "the source's `password` does not open `b2b_20261118.zip`\n  fix: ask the \
                     provider whether the password changed, and correct `password` on the source"
                .to_owned(),
        },
    ];
    ReportInput {
        run_id: "20261119T053000Z-4f2a".to_owned(),
        as_of: at("2026-11-19T05:30:00Z"),
        zone: chrono_tz::Asia::Jakarta,
        language,
        merchant: Some("Toko Sagara".to_owned()),
        unmask: Vec::new(),
        channels: vec![ovo, biller, b2b],
        failed: Vec::new(),
        notices: Vec::new(),
        chain_head: Some((57, "3f2a9c".repeat(10) + "d1e2")),
        unproven_mailboxes: vec!["b2b-reports".to_owned()],
        reasons: ["paid by the partner", "refunded", "small difference"]
            .map(str::to_owned)
            .to_vec(),
        trend: trend(),
        facts_of: |_| String::new(),
    }
}

/// Sixteen dates, of which the last fourteen count: one is not known, one was never run, one lacks a
/// channel's file, on one a channel was not run.
fn trend() -> Vec<TrendDay> {
    let mut days = Vec::new();
    for (number, name) in ["ovo", "tokopedia-biller"].iter().enumerate() {
        for back in 0..16u64 {
            let state = match (back, number) {
                (3, _) | (1, 1) => Some(DateState::Incomplete),
                (9, _) => Some(DateState::NotExpected),
                (6, _) => continue,
                (12, 1) => None,
                _ => Some(DateState::Complete),
            };
            let known = state == Some(DateState::Complete);
            let breaks = if known { back * 7 % 5 } else { 0 };
            days.push(TrendDay {
                channel: (*name).to_owned(),
                business_date: day("2026-11-18") - chrono::Days::new(back),
                state,
                breaks,
                at_risk: AtRisk {
                    owed_to_us: Money::from_rupiah(breaks as i64 * 182_500),
                    undecided: Money::from_sen(breaks as i64 * 1_250),
                    ..AtRisk::default()
                },
            });
        }
    }
    days
}

/// One complete day without a break.
pub fn clean(language: Language) -> ReportInput {
    let mut input = input(language);
    input.channels.truncate(1);
    input.channels[0].days.truncate(1);
    input.channels[0].items = Arc::default();
    input.channels[0].news.clear();
    input.channels[0].rejected_rows.clear();
    input.unproven_mailboxes.clear();
    input.trend.clear();
    input
}

fn moved_to(item: &mut Item, date: NaiveDate) {
    item.opened = date;
    for entry in item.entries_mut() {
        entry.business_date = date;
    }
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
                moved_to(&mut item, day(&date));
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
    input.trend.clear();
    input
}

/// A month of one channel: every third date has breaks, the 13th has no file, two dates supersede
/// what was said before, and the others have nothing to say.
pub fn month(language: Language) -> ReportInput {
    let mut input = input(language);
    let template = ovo_items();
    let mut days = Vec::new();
    for number in 1..=31u32 {
        let date = format!("2026-10-{number:02}");
        if number == 13 {
            let due = "2026-10-14T03:00:00Z";
            let missing = not_complete("ovo", &date, DateState::Incomplete, due);
            days.push((missing, 1, Change::First));
            continue;
        }
        let breaks = if number % 3 == 0 { 4 } else { 0 };
        let items: Vec<Item> = template[..breaks]
            .iter()
            .map(|one| {
                let mut item = one.clone();
                item.id = format!("OVO-{number:02}{}", &item.id[4..]);
                item.identity = item.id.clone();
                moved_to(&mut item, day(&date));
                item
            })
            .collect();
        let outcome = outcome("ovo", &date, (9_000, 1_000_000_000, 0), items);
        let (revision, change) = match number {
            9 | 21 => (2, superseding(&outcome)),
            _ => (1, Change::First),
        };
        days.push((outcome, revision, change));
    }
    let facts = input.channels[0].facts.clone();
    input.channels = vec![channel(facts, days)];
    input.trend.clear();
    input
}
