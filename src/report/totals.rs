//! What only the workbook shows: totals by product and status pair, and how a break may be resolved.

use chrono::NaiveDate;

use super::breaks::mask_of;
use super::days::{self, TallyView};
use super::input::ReportInput;
use super::labels::Label;
use super::view::Voice;
use super::words::{self, clean};
use crate::domain::outcome::Bucket;
use crate::domain::products::{FIELD, Product};
use crate::domain::status::Status;

#[derive(Clone, Debug, Default)]
pub struct Sheets {
    /// Reasons that a resolution may name.
    pub reasons: Vec<String>,
    pub products: Vec<ProductView>,
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
                    channel: clean(&channel.facts.name),
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
        products,
    }
}

fn status(status: Option<Status>, voice: &Voice) -> &'static str {
    status.map_or("", |status| voice.say(words::status(status)))
}
