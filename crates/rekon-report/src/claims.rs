//! What the partner has to act on, one table for each channel, ready to be sent to them: keys in
//! full, and nothing else that is personal.

use super::break_row::side_total;
use super::csv::harmless;
use super::input::{ChannelFacts, ReportInput};
use super::labels::{Label, Language};
use super::lines::open_breaks;
use super::words::{self, Mask, clean};
use crate::domain::advice::{NextStep, advice};
use crate::domain::entry::EntryFacts;
use crate::domain::money::Money;
use crate::domain::outcome::{Item, Tally};
use crate::domain::reconcile::told_on;
use crate::domain::verdict;

/// The claims on one partner.
#[derive(Clone, Debug)]
pub struct Claims {
    pub channel: String,
    pub lines: u64,
    /// Rupiah at risk in them.
    pub at_risk: Money,
    /// CSV: a header, then a row for each claim, by what is asked for and the largest first.
    pub table: Vec<u8>,
}

/// One for each channel that has any; breaks that people closed are claimed no more.
pub fn claims(input: &ReportInput) -> Result<Vec<Claims>, csv::Error> {
    let mut found = Vec::new();
    for channel in &input.channels {
        let facts = &channel.facts;
        let mut own: Vec<(&Item, NextStep, Label)> = open_breaks(input)
            .filter(|(of, _)| of.name == facts.name)
            .filter_map(|(_, item)| {
                let advice = advice(item, facts.money)?;
                Some((item, advice.step, asked(advice.step)?))
            })
            .collect();
        if own.is_empty() {
            continue;
        }
        own.sort_by(|(a, a_step, _), (b, b_step, _)| {
            (a_step, b.at_risk, a.opened, &a.id).cmp(&(b_step, a.at_risk, b.opened, &b.id))
        });
        let rows: Vec<(&Item, Label)> =
            own.iter().map(|(item, _, label)| (*item, *label)).collect();
        found.push(Claims {
            channel: facts.name.clone(),
            lines: rows.len() as u64,
            at_risk: rows.iter().map(|(item, _)| item.at_risk).sum(),
            table: table(&rows, facts, input.language)?,
        });
    }
    Ok(found)
}

/// What the partner is asked for; `None` where the next move is ours.
fn asked(step: NextStep) -> Option<Label> {
    Some(match step {
        NextStep::ClaimSettlement => Label::ClaimSettle,
        NextStep::ClaimDifference => Label::ClaimDifference,
        NextStep::ClaimOrCollect => Label::ClaimStatus,
        NextStep::DisputeBill => Label::ClaimBill,
        NextStep::DemandReversal | NextStep::ClaimReversal | NextStep::DemandRefund => {
            Label::ClaimReversal
        }
        NextStep::ClaimDuplicate => Label::ClaimDuplicate,
        NextStep::Escalate => Label::ClaimFinalStatus,
        NextStep::AskForTextReferences => Label::ClaimDamagedKey,
        NextStep::DeliverOrRefund
        | NextStep::FindOrder
        | NextStep::ExpectBill
        | NextStep::AgreeSurplus
        | NextStep::CheckAmountBasis
        | NextStep::CheckFeeRates
        | NextStep::RedeliverOrRefund
        | NextStep::RecoverOrAccept
        | NextStep::MarkFailed
        | NextStep::MarkReversed
        | NextStep::FindUndone
        | NextStep::CompareStatus
        | NextStep::MarkSuccess
        | NextStep::ReturnDuplicate
        | NextStep::CheckDoubleDelivery
        | NextStep::CompareConflict
        | NextStep::JoinSpellings
        | NextStep::BookRefund
        | NextStep::TellApart => return None,
    })
}

/// In the words of a letter to the partner.
const COLUMNS: [Label; 11] = [
    Label::ClaimReference,
    Label::BusinessDate,
    Label::Claim,
    Label::ClaimOurAmount,
    Label::ClaimYourAmount,
    Label::Difference,
    Label::AtRisk,
    Label::ClaimOurStatus,
    Label::ClaimYourStatus,
    Label::ClaimYourFile,
    Label::Row,
];

fn table(
    rows: &[(&Item, Label)],
    facts: &ChannelFacts,
    language: Language,
) -> Result<Vec<u8>, csv::Error> {
    let mut fields: Vec<&str> = Vec::new();
    for (field, _) in rows.iter().flat_map(|(item, _)| &item.key) {
        if !fields.contains(&field.as_str()) {
            fields.push(field);
        }
    }
    // A key is the partner's own: without it they find nothing. Bearer money stays hidden even so.
    let keys: Vec<String> = fields.iter().map(|field| (*field).to_owned()).collect();
    let full = Mask {
        personal: &facts.personal,
        bearer: &facts.bearer,
        unmask: &keys,
        labels: &facts.labels,
    };
    let masked = Mask {
        unmask: &[],
        ..full
    };
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    let header = fields
        .iter()
        .map(|field| harmless(&full.label(field)).into_owned());
    let columns = COLUMNS.map(|label| label.text(language).to_owned());
    writer.write_record(header.chain(columns))?;
    for (item, label) in rows {
        let key = item.shown_key();
        let mut record: Vec<String> = fields
            .iter()
            .map(|field| {
                let of = |part: &&(String, String)| part.0 == *field;
                let value = key.iter().find(of).map_or("", |part| part.1.as_str());
                harmless(&full.show(field, value)).into_owned()
            })
            .collect();
        record.extend(row(item, *label, &masked, language));
        writer.write_record(record)?;
    }
    writer
        .into_inner()
        .map_err(|error| error.into_error().into())
}

fn row(item: &Item, label: Label, mask: &Mask<'_>, language: Language) -> [String; 11] {
    let ours = side_total(&item.ledger, &item.counted.ledger);
    let theirs = side_total(&item.settlement, &item.counted.settlement);
    let amount = |side: &Tally| match side.entries {
        0 => String::new(),
        _ => side.amount.to_string(),
    };
    let status = |entries: &[EntryFacts]| {
        verdict::effective(entries).map_or("", |status| words::status(status).text(language))
    };
    let entries = || item.ledger.iter().chain(&item.settlement);
    let reference = entries().find_map(|entry| entry.details.get("reference"));
    let place = item
        .settlement
        .iter()
        .find_map(|entry| entry.place.as_ref());
    [
        reference.map_or_else(String::new, |text| {
            harmless(&mask.show("reference", text)).into_owned()
        }),
        told_on(item).to_string(),
        label.text(language).to_owned(),
        amount(&ours),
        amount(&theirs),
        (theirs.amount - ours.amount).to_string(),
        item.at_risk.to_string(),
        status(&item.ledger).to_owned(),
        status(&item.settlement).to_owned(),
        place.map_or_else(String::new, |place| {
            harmless(&clean(&place.file)).into_owned()
        }),
        place.map_or_else(String::new, |place| place.row.to_string()),
    ]
}
