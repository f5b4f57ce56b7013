//! What only the workbook shows: totals by product and status pair, payouts, and how a break may be
//! resolved.

use chrono::NaiveDate;

use super::breaks::mask_of;
use super::days::{self, TallyView};
use super::input::ReportInput;
use super::labels::Label;
use super::view::Voice;
use super::words::{self, clean};
use crate::domain::money::Money;
use crate::domain::outcome::Bucket;
use crate::domain::payout::{Doubt, Paid};
use crate::domain::products::{FIELD, Product};
use crate::domain::status::Status;

#[derive(Clone, Debug, Default)]
pub struct Sheets {
    /// Reasons that a resolution may name.
    pub reasons: Vec<String>,
    pub products: Vec<ProductView>,
    pub payouts: Vec<PayoutView>,
}

/// What one file says of the money it pays out, and whether it adds up.
#[derive(Clone, Debug)]
pub struct PayoutView {
    pub channel: String,
    /// What the provider calls it; empty where it does not.
    pub batch: String,
    pub file: String,
    pub covered: String,
    pub rows: u64,
    pub rejected: u64,
    pub gross: Money,
    pub fee: Money,
    pub net: Money,
    /// What the gross would leave after the fee, less the net of the file: a flat charge for the
    /// transfer stands here. `None` where it cannot be told.
    pub difference: Option<Money>,
    /// Why the difference is not told; empty where it is.
    pub note: String,
}

/// One product, bucket and pair of statuses on one date.
#[derive(Clone, Debug)]
pub struct ProductView {
    pub channel: String,
    pub business_date: NaiveDate,
    pub product: String,
    pub bucket: Bucket,
    pub label: &'static str,
    /// Empty where the side has no entry.
    pub ledger_status: &'static str,
    pub settlement_status: &'static str,
    pub settlement: TallyView,
    pub ledger: TallyView,
}

pub fn sheets(input: &ReportInput, voice: &Voice) -> Sheets {
    let mut products = Vec::new();
    for channel in &input.channels {
        let mask = mask_of(&channel.facts, &input.unmask);
        for day in &channel.days {
            for total in &day.outcome.products {
                let group = &total.group;
                products.push(ProductView {
                    channel: clean(&channel.facts.title),
                    business_date: day.outcome.business_date,
                    product: match &group.product {
                        Product::Named(name) => mask.show(FIELD, name),
                        Product::Unnamed => String::new(),
                        Product::Others => voice.say(Label::OtherProducts).to_owned(),
                    },
                    bucket: group.bucket,
                    label: voice.say(words::bucket(group.bucket)),
                    ledger_status: status(group.ledger, voice),
                    settlement_status: status(group.settlement, voice),
                    settlement: days::tally(&total.sides.settlement, voice),
                    ledger: days::tally(&total.sides.ledger, voice),
                });
            }
        }
    }
    products.sort_by(|a, b| {
        (a.business_date, &a.channel, a.bucket).cmp(&(b.business_date, &b.channel, b.bucket))
    });
    Sheets {
        reasons: input.reasons.clone(),
        payouts: payouts(input, voice),
        products,
    }
}

fn payouts(input: &ReportInput, voice: &Voice) -> Vec<PayoutView> {
    let mut found = Vec::new();
    for channel in &input.channels {
        let mask = mask_of(&channel.facts, &input.unmask);
        found.extend(channel.payouts.iter().map(|one| {
            let shown = one.batches.iter().take(BATCHES);
            let mut batches: Vec<String> = shown
                .map(|name| mask.show("settlement_batch", name))
                .collect();
            if one.batches.len() > BATCHES {
                batches.push("…".to_owned());
            }
            let dates = (one.covered.iter().min(), one.covered.iter().max());
            PayoutView {
                channel: clean(&channel.facts.title),
                batch: batches.join(", "),
                file: clean(&one.file),
                covered: match dates {
                    (Some(from), Some(to)) => words::period(*from, *to, voice.language),
                    _ => String::new(),
                },
                rows: one.rows,
                rejected: one.rejected,
                gross: one.paid.gross,
                fee: one.paid.fee,
                net: one.net,
                difference: one.paid.left(one.net),
                note: not_compared(&one.paid, voice),
            }
        }));
    }
    found
}

fn not_compared(paid: &Paid, voice: &Voice) -> String {
    let mut doubts = paid.doubts.iter().peekable();
    if doubts.peek().is_none() {
        return String::new();
    }
    let reasons: Vec<&str> = doubts.map(|doubt| voice.say(reason(*doubt))).collect();
    format!(
        "{} {}.",
        voice.say(Label::PayoutNotCompared),
        reasons.join("; ")
    )
}

fn reason(doubt: Doubt) -> Label {
    match doubt {
        Doubt::Rejected => Label::PayoutRejected,
        Doubt::Filtered => Label::PayoutFiltered,
        Doubt::Open => Label::PayoutOpen,
        Doubt::Unmoved => Label::PayoutUnmoved,
        Doubt::NoNet => Label::PayoutNoNet,
        Doubt::NoFee => Label::PayoutNoFee,
        Doubt::Sign => Label::PayoutSign,
        Doubt::UndoneFee => Label::PayoutUndoneFee,
    }
}

/// Names of batches that stand in one cell.
const BATCHES: usize = 3;

fn status(status: Option<Status>, voice: &Voice) -> &'static str {
    status.map_or("", |status| voice.say(words::status(status)))
}
