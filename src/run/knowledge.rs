//! What a date is judged with, apart from the ledger: its files, its profile, its settings. Equal
//! texts mean that judging again with the same ledger gives the same.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::coverage::CurrentFile;
use crate::config::Channel;
use crate::domain::key::Spelling;
use crate::domain::money::Unit;
use crate::domain::record::Record;
use crate::domain::rules::Rules;
use crate::domain::status::MoneyDirection;
use crate::domain::time::Calendar;
use crate::ledger::Negative;
use crate::profiles::AmountBasis;

/// A part of a date's knowledge that differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    Files,
    Profile,
    Settings,
}

/// `files profile settings`, a hash each.
pub fn knowledge(channel: &Channel, files: &[CurrentFile<'_>], date: NaiveDate) -> String {
    let mut covering = Sha256::new();
    for current in files
        .iter()
        .filter(|current| current.covers(date).is_some())
    {
        covering.update(&current.file.sha256);
        // The bytes of a header alone are those of many files.
        if !current.file.has_rows() {
            covering.update(&current.file.slot);
        }
    }
    let profile = Sha256::new().chain_update(&channel.profile.hash);
    let [covering, profile] =
        [covering, profile].map(|digest| HEXLOWER.encode(&digest.finalize()[..16]));
    format!("{covering} {profile} {}", settings(channel))
}

/// Every setting of a channel that decides what its dates come to.
fn settings(channel: &Channel) -> String {
    let Rules {
        direction,
        days,
        amount_tolerance,
        fee_tolerance,
        pending_sla,
        timing_grace,
        key_lifetime,
        key,
        details,
        match_if_present,
    } = &channel.rules;
    let number = |count: usize| i128::try_from(count).unwrap_or(i128::MAX);
    let mut record = Record::of("settings");
    record
        .text(match direction {
            MoneyDirection::WeReceive => "we-receive",
            MoneyDirection::WePay => "we-pay",
        })
        .text(days.zone.name())
        .span(days.cutoff)
        .money(*amount_tolerance)
        .money(*fee_tolerance)
        .span(*pending_sla)
        .span(*timing_grace)
        .number(i128::from(*key_lifetime))
        .list(key.len());
    for field in key {
        record.text(&field.name).text(match field.spelling {
            Spelling::Text => "text",
            Spelling::Numeric => "numeric",
            Spelling::TextFolded => "text-folded",
        });
    }
    record.list(details.len());
    for name in details {
        record.text(name);
    }
    record.list(match_if_present.len());
    for place in match_if_present {
        record.number(number(*place));
    }
    match &channel.calendar {
        Calendar::EveryDay => record.text("every-day"),
        Calendar::Weekdays => record.text("weekdays"),
        Calendar::WorkingDays { holidays } => {
            let resting: Vec<NaiveDate> = holidays.resting().collect();
            record.text("working-days").list(resting.len());
            for date in resting {
                record.date(date);
            }
            &mut record
        }
    };
    record
        .text(&channel.due.to_string())
        .some(channel.start, |record, date| {
            record.date(date);
        })
        .number(number(channel.break_limit))
        .text(match channel.amount_basis {
            AmountBasis::Gross => "gross",
            AmountBasis::NetOfAdminFee => "net-of-admin-fee",
        })
        .text(channel.ledger_zone.name())
        .text(match channel.ledger_unit {
            Unit::Rupiah => "rupiah",
            Unit::Minor => "minor",
        })
        .text(match channel.ledger_negative {
            Negative::Reject => "reject",
            Negative::Payment => "payment",
            Negative::Undo(kind) => kind.name(),
        })
        .list(channel.ledger_status.len());
    for (word, status) in &channel.ledger_status {
        record.text(word).text(status.code());
    }
    record.text(&channel.ledger_query).digest(16)
}

/// What differs between two texts of [`knowledge`].
pub fn differing(before: &str, after: &str) -> BTreeSet<Part> {
    let [old, new] = [before, after].map(|text| text.split(' ').collect::<Vec<_>>());
    let parts = [Part::Files, Part::Profile, Part::Settings];
    let differ = parts.iter().enumerate();
    let differ = differ.filter(|(at, _)| old.get(*at) != new.get(*at));
    differ.map(|(_, part)| *part).collect()
}
