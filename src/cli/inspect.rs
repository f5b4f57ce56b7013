//! `rekon inspect FILE --profile P`: how a file reads. Without a profile, see `proposal`.

mod proposal;

use std::path::Path;

use anyhow::{Result, anyhow};
use serde_json::{Value, json};

use super::{Exit, Output, print, print_json};
use crate::profiles::{self, AmountBasis, Limits, Profile, ReadOptions, RejectedRow, speaking};
use crate::report::summary::table;
use crate::report::words::{Mask, NO_LABELS};

pub use proposal::{Asked, propose};

/// Rows shown of what could not be read; the JSON has all of them.
const SHOWN: usize = 20;

/// As a channel reads that configures nothing.
fn options() -> ReadOptions {
    ReadOptions {
        zone: chrono_tz::Asia::Jakarta,
        amount_basis: AmountBasis::Gross,
        limits: Limits::default(),
    }
}

/// What nobody is to see of a file's fields.
fn mask(profile: &Profile) -> Mask<'_> {
    Mask {
        personal: &profile.personal,
        bearer: &profile.bearer,
        unmask: &[],
        labels: &NO_LABELS,
    }
}

/// The same of what is written for programs.
fn masked(summary: &mut Value, rejected: &[RejectedRow], profile: &Profile) {
    let mask = mask(profile);
    let entries = summary["entries"].as_array_mut().into_iter().flatten();
    for entry in entries {
        for fields in ["key", "details"] {
            let fields = entry[fields].as_object_mut().into_iter().flatten();
            for (field, value) in fields {
                *value = value.as_str().map(|text| mask.apply(field, text)).into();
            }
        }
    }
    let rows = summary["rejected"].as_array_mut().into_iter().flatten();
    for (row, rejected) in rows.zip(rejected) {
        row["value"] = shown(rejected, profile).into();
    }
}

/// The value of a rejected row, unless its field is one that nobody is to see.
fn shown(rejected: &RejectedRow, profile: &Profile) -> String {
    let mask = mask(profile);
    match &rejected.field {
        Some(field) => mask.apply_rejected(field, &rejected.value),
        None => rejected.value.clone(),
    }
}

pub fn inspect(path: &Path, profile: &str, output: Output) -> Result<Exit> {
    let profile = Profile::load(profile, Path::new(""))?;
    let bytes = super::named_file(path, options().limits.file_bytes)?;
    let options = options();
    let zone = options.zone;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let read = match profiles::read(&bytes, &name, &profile, &options) {
        Ok(read) => read,
        Err(fault) => {
            if output == Output::Json {
                print_json(&json!({ "profile": profile.name, "refused": fault.to_string() }))?;
            }
            return Err(anyhow!(fault).context(format!("{}: refused whole", path.display())));
        }
    };
    if output == Output::Json {
        let mut summary = profiles::parse_summary(&read, &profile, zone)?;
        summary["speaking"] = serde_json::to_value(read.speaking())?;
        masked(&mut summary, &read.rejected, &profile);
        print_json(&summary)?;
        return Ok(Exit::Done);
    }
    let about = read.describe(&profile, zone);
    let mut lines: Vec<Vec<String>> = Vec::new();
    let mut line = |name: &str, value: String| lines.push(vec![name.to_owned(), value]);
    line(
        "file",
        format!(
            "{name} ({} bytes, {})",
            bytes.len(),
            &crate::archive::sha256(&bytes)[..12]
        ),
    );
    let about_profile = match profile.summary.as_str() {
        "" => profile.name.clone(),
        summary => format!("{}: {summary}", profile.name),
    };
    line("profile", about_profile);
    let format = &about.format;
    let container = match (format.delimiter, &format.encoding) {
        (Some(delimiter), Some(encoding)) => format!(
            "text, `{}` between columns, {encoding}",
            delimiter.escape_default()
        ),
        (None, Some(encoding)) => format!("text, columns at fixed places, {encoding}"),
        _ => "workbook".to_owned(),
    };
    line("format", container);
    let declared = match about.slot.dates[..] {
        [] => "not declared; taken from the rows".to_owned(),
        [only] => only.to_string(),
        [first, .., last] => format!("{first} to {last}"),
    };
    line("covers", declared);
    if let Some(part) = about.slot.part {
        line(
            "part",
            format!(
                "{} of {}",
                part.number,
                part.of.map_or("?".to_owned(), |of| of.to_string())
            ),
        );
    }
    if let Some(merchant) = &about.slot.merchant {
        line("merchant", merchant.clone());
    }
    let rows = &about.rows;
    line(
        "rows",
        format!(
            "{} read, {} rejected, {} filtered, {} blank, {} of the trailer",
            rows.entries, rows.rejected, rows.filtered, rows.blank, rows.trailer
        ),
    );
    line(
        "totals",
        format!(
            "amount IDR {}, fee IDR {}",
            about.totals.amount, about.totals.fee
        ),
    );
    let counted = |counts: Vec<(String, u64)>| {
        counts
            .iter()
            .map(|(name, count)| format!("{count} {name}"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    line(
        "dates",
        counted(
            about
                .dates
                .iter()
                .map(|(date, count)| (format!("on {date}"), *count))
                .collect(),
        ),
    );
    line(
        "status",
        counted(
            about
                .statuses
                .iter()
                .map(|(name, count)| ((*name).to_owned(), *count))
                .collect(),
        ),
    );
    line(
        "kinds",
        counted(
            about
                .kinds
                .iter()
                .map(|(name, count)| ((*name).to_owned(), *count))
                .collect(),
        ),
    );
    if about.damaged_keys > 0 {
        line("damaged keys", about.damaged_keys.to_string());
    }
    for control in &about.controls {
        line("control", format!("{control}"));
    }
    for sheet in &format.sheets {
        let place = match &sheet.name {
            Some(name) => format!("sheet {name}, header in row {}", sheet.header_row),
            None if sheet.header_row == 0 => "at the places of the profile".to_owned(),
            None => format!("header in row {}", sheet.header_row),
        };
        line("columns", place);
        for column in &sheet.columns {
            line("", format!("{} → {}", column.column, column.field));
        }
        if !sheet.unmapped.is_empty() {
            line("", format!("not read: {}", sheet.unmapped.join(", ")));
        }
    }
    for speaking in read.speaking() {
        line("not read", speaking.to_string());
    }
    for rejected in about.rejected.iter().take(SHOWN) {
        let sheet = rejected
            .sheet
            .as_ref()
            .map(|sheet| format!("{sheet}, "))
            .unwrap_or_default();
        let column = rejected
            .column
            .as_ref()
            .map(|column| format!(", {column}"))
            .unwrap_or_default();
        line(
            "rejected",
            format!(
                "{sheet}row {}{column}: `{}`: {}",
                rejected.row,
                shown(rejected, &profile),
                rejected.reason
            ),
        );
    }
    if about.rejected.len() > SHOWN {
        line(
            "",
            format!(
                "and {} more (--json lists all)",
                about.rejected.len() - SHOWN
            ),
        );
    }
    print(&table(&lines, usize::MAX).join("\n"))?;
    if !read.speaking().is_empty() {
        print(&format!(
            "Columns that are not read may say what a row is: {}.",
            speaking::FIX
        ))?;
    }
    Ok(Exit::Done)
}
