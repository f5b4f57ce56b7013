//! `rekon breaks import`.

use std::path::Path;

use anyhow::Result;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::acts::said;
use super::{Exit, Output, Usage, identity, named_file, print, print_json};
use crate::config::Config;
use crate::report::annotations;
use crate::run::{self, Importing, Line};

/// The largest workbook that is read back, in bytes.
const LARGEST: u64 = 64 << 20;

pub async fn import(
    config: &Config,
    file: &Path,
    importing: Importing,
    output: Output,
    now: DateTime<Utc>,
) -> Result<Exit> {
    let bytes = named_file(file, LARGEST)?;
    let lines =
        annotations::read(&bytes).map_err(|fault| Usage(format!("{}: {fault}", file.display())))?;
    let by = identity::user();
    let lines = run::import(config, &lines, importing, &by, now).await?;
    let refused = lines.iter().filter(|line| line.result.is_err()).count();
    if output == Output::Json {
        print_json(&json!({
            "file": file.display().to_string(),
            "applied": importing == Importing::Apply,
            "lines": lines.iter().map(|line| value(line, &by)).collect::<Vec<_>>(),
        }))?;
    } else {
        for line in &lines {
            print(&text(line, &by))?;
        }
        print(&ending(&lines, refused, importing))?;
    }
    Ok(if refused > 0 {
        Exit::BadData
    } else {
        Exit::Done
    })
}

fn text(line: &Line, by: &str) -> String {
    match &line.result {
        Ok(done) => {
            let said: Vec<String> = done.iter().map(|one| said(one, by)).collect();
            format!("row {}: {}", line.row, said.join("; "))
        }
        Err(refused) => format!("row {}: not taken: {refused}", line.row),
    }
}

fn ending(lines: &[Line], refused: usize, importing: Importing) -> String {
    let taken = lines.len() - refused;
    match (lines.is_empty(), importing) {
        (true, _) => "Nothing new in it.".to_owned(),
        (_, Importing::Apply) => format!("{taken} line(s) recorded, {refused} not taken."),
        (_, Importing::DryRun) => format!(
            "{taken} line(s) would be recorded, {refused} not taken. Nothing is recorded yet: --apply does it."
        ),
    }
}

fn value(line: &Line, by: &str) -> Value {
    match &line.result {
        Ok(done) => json!({
            "row": line.row,
            "id": line.id,
            "acts": done.iter().map(|one| json!({
                "act": one.act.name(),
                "said": said(one, by),
            })).collect::<Vec<_>>(),
        }),
        Err(refused) => json!({
            "row": line.row,
            "id": line.id,
            "refused": refused.to_string(),
        }),
    }
}
