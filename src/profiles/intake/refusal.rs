//! Why a file, or a sheet of it, is not taken.

use std::collections::HashMap;

use regex::Regex;

use crate::profiles::fault::{FileFault, RejectedRow, Spot, shown};
use crate::profiles::profile::Profile;

/// A sheet without a header.
pub(in crate::profiles) enum Headless {
    /// It has most of one: the report's own, with a column renamed.
    Renamed(FileFault),
    /// It may hold anything: a cover, a summary.
    Other(FileFault),
}

impl Headless {
    pub fn fault(self) -> FileFault {
        match self {
            Headless::Renamed(fault) | Headless::Other(fault) => fault,
        }
    }
}

pub fn missing_line(pattern: &Regex, position: &'static str) -> FileFault {
    FileFault::MissingLine {
        place: String::new(),
        position,
        pattern: pattern.as_str().to_owned(),
    }
}

pub fn all_rejected(profile: &Profile, rejected: &[RejectedRow], first: &RejectedRow) -> FileFault {
    let mut reasons: HashMap<&str, u64> = HashMap::new();
    for row in rejected {
        *reasons.entry(row.reason.as_str()).or_default() += 1;
    }
    let (reason, count) = reasons
        .iter()
        .max_by_key(|(reason, count)| (**count, std::cmp::Reverse(**reason)))
        .map_or(("", 0), |(reason, count)| (*reason, *count));
    let example = rejected
        .iter()
        .find(|row| row.reason == reason)
        .unwrap_or(first);
    FileFault::AllRejected {
        rows: rejected.len() as u64,
        count,
        reason: reason.to_owned(),
        spot: Spot {
            sheet: example.sheet.clone(),
            row: example.row,
        },
        column: example.column.as_ref().map_or_else(String::new, |column| {
            format!(", column `{}`", shown(column))
        }),
        value: match &example.field {
            Some(field) if !profile.personal.contains(field) && !profile.bearer.contains(field) => {
                example.value.clone()
            }
            // A whole line may hold a customer's number.
            _ => "(not shown)".to_owned(),
        },
    }
}
