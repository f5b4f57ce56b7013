//! Why a file, or a sheet of it, is not taken.

use std::collections::HashMap;

use regex::Regex;

use super::{Intake, Line};
use crate::fault::{FileFault, RejectedRow, Spot, shown};
use crate::profile::Profile;
use crate::row::Rejection;

/// A sheet without a header.
pub(crate) enum Headless {
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

impl Intake<'_> {
    /// A row that is larger than any row, or that no text holds.
    pub(super) fn oversized(&self, line: Line<'_>) -> Option<Rejection> {
        let limits = &self.options.limits;
        let bytes = line.cells.as_slice();
        if bytes.len() > limits.field_bytes.min(limits.record_bytes) {
            if bytes.len() > limits.record_bytes {
                let reason = format!(
                    "{} bytes in one row, more than the limit of {} (limits.record_bytes)",
                    bytes.len(),
                    limits.record_bytes
                );
                return Some(Rejection::whole_row(reason, bytes));
            }
            for (column, cell) in line.cells.iter().enumerate() {
                if cell.len() > limits.field_bytes {
                    return Some(Rejection {
                        column: Some(column),
                        field: None,
                        value: cell.to_owned(),
                        reason: format!(
                            "{} bytes in one field, more than the limit of {} (limits.field_bytes)",
                            cell.len(),
                            limits.field_bytes
                        ),
                        foreign: None,
                    });
                }
            }
        }
        // The only character no text file holds.
        if bytes.as_bytes().contains(&0) {
            let column = line.cells.iter().position(|cell| cell.contains('\0'));
            return Some(Rejection {
                column,
                field: None,
                value: column
                    .and_then(|column| line.cells.get(column))
                    .unwrap_or_default()
                    .to_owned(),
                reason: "holds a NUL byte".to_owned(),
                foreign: None,
            });
        }
        None
    }
}
