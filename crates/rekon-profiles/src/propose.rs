//! A profile proposed for a file that nobody has described: what is in it, counted over all its
//! rows, and every key decided by evidence or left as a question. Bytes in, a [`Proposal`] out.
//!
//! `source` (lines, through the readers of described layouts) → `table` (header, totals) → `facts`
//! and `column` (each column counted) → `roles` (what a column is for) → `numbers`, `stamps`,
//! `narrative`, `relations` (styles, dates, references in sentences, sums) → `decide` → `draft`
//! (the TOML text). `join` tries columns against a ledger's rows.
//!
//! Nothing here decides by likelihood alone: where two readings fit, the key is left out, and the
//! profile is refused until somebody has answered.

mod column;
mod decide;
mod draft;
mod facts;
mod join;
mod narrative;
mod numbers;
mod relations;
mod roles;
mod source;
mod stamps;
mod table;
mod weight;
mod words;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::Serialize;

pub use draft::{Choice, Guess, Question};
pub use join::{AmountTried, LedgerEvidence, LedgerRow, LedgerRows, Tried};
pub use weight::{Weight, is_number, shown_under, weight_of_header, weight_of_values};

use super::fault::shown;
use super::{FileFault, Profile, ReadFile, ReadOptions};
use column::Column;
use facts::Facts;
use narrative::Inside;
use numbers::Style;
use relations::{Relations, Wanted};
use roles::{Role, role_of};
use source::Source;
use table::Found;

/// A file of unknown layout, counted.
pub struct Survey<'b> {
    file_name: String,
    bytes: &'b [u8],
    source: Source<'b>,
    options: ReadOptions,
    facts: Facts,
    roles: Vec<Role>,
    styles: BTreeMap<usize, Style>,
    relations: Relations,
    inside: Vec<Inside>,
}

/// Why nothing can be proposed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoProposal {
    #[error(transparent)]
    Fault(#[from] FileFault),
    #[error(
        "no header: row {row} is the first of {columns} columns of values, and no line above names them{example}\n  fix: rekon finds columns by name; ask the provider for a report with a header, or write one as the first line before the file is handed in"
    )]
    NoHeader {
        row: u32,
        columns: usize,
        example: String,
    },
    #[error(
        "columns aligned by blanks: fixed-width text, of which nothing more is proposed\n  fix: write layout = \"fixed\" under [file] of a profile, and under [fixed] the columns with names of your own: columns = [{columns}]"
    )]
    FixedWidth { columns: String },
    #[error(
        "no table: no line with at least two columns under a header was found{seen}\n  fix: hand in the report itself, as CSV or XLSX"
    )]
    NoTable { seen: String },
}

/// A profile's text with the evidence for each key.
#[derive(Clone, Debug, Serialize)]
pub struct Proposal {
    pub name: String,
    pub rows: u64,
    pub guesses: Vec<Guess>,
    pub questions: Vec<Question>,
    pub warnings: Vec<String>,
    /// What the text makes of the file, where nothing is left open: its parse, or the fault.
    #[serde(skip)]
    pub reads: Option<Result<Box<(Profile, ReadFile)>, String>>,
    pub toml: String,
}

impl<'b> Survey<'b> {
    /// Counts everything a proposal is decided by. `zone` is that of stamps which name none.
    pub fn of(bytes: &'b [u8], file_name: &str, zone: Tz) -> Result<Survey<'b>, NoProposal> {
        let options = Source::options(zone);
        let source = Source::open(bytes, &options)?;
        let facts = Facts::gather(&source, &options)?;
        let Some((table, sheet)) = facts.table().zip(facts.main()) else {
            return Err(no_table(&source, &facts));
        };
        let twins: Vec<usize> = table.repeated_names().concat();
        let roles: Vec<Role> = sheet
            .columns
            .iter()
            .map(|column| role_of(column, twins.contains(&column.index)))
            .collect();
        let styles = decide::styles(&sheet.columns, &roles);
        let of = |role: Role| -> Vec<usize> {
            (0..roles.len()).filter(|at| roles[*at] == role).collect()
        };
        let mut codes = of(Role::Operation);
        codes.extend(of(Role::Side));
        let (debits, credits) = (of(Role::Debit), of(Role::Credit));
        let wanted = Wanted {
            money: styles
                .iter()
                .map(|(column, style)| (*column, style.clone()))
                .collect(),
            codes,
            together: decide::candidates(&sheet.columns, &roles),
            sides: debits
                .iter()
                .flat_map(|debit| credits.iter().map(|credit| (*debit, *credit)))
                .collect(),
        };
        let relations = relations::relate(&source, &options, &facts, &wanted)?;
        let inside = narrative::inside(&source, &options, &facts, &roles)?;
        Ok(Survey {
            file_name: file_name.to_owned(),
            bytes,
            source,
            options,
            roles,
            styles,
            relations,
            inside,
            facts,
        })
    }

    fn columns(&self) -> &[Column] {
        self.facts.main().map_or(&[], |sheet| &sheet.columns)
    }

    /// Columns that say something of the money of a row, by their headers: a profile that does not
    /// read one of them is not the profile of this file.
    pub fn weights(&self) -> Vec<(String, Weight)> {
        let weight = |column: &Column| {
            let weight = weight::of(column, self.roles[column.index])?;
            Some((column.header.clone(), weight))
        };
        self.columns().iter().filter_map(weight).collect()
    }

    /// Those of them that say how a payment ended or what a row records, in more than one word.
    pub fn telling(&self) -> Vec<(String, Weight)> {
        let telling = |column: &Column| {
            let role = self.roles[column.index];
            let tells = matches!(role, Role::Status | Role::Operation | Role::Side);
            let weight = weight::of(column, role).filter(|_| tells)?;
            (column.is_constant().is_none()).then(|| (column.header.clone(), weight))
        };
        self.columns().iter().filter_map(telling).collect()
    }

    /// The dates its rows can be of, in every reading of its dates that is possible; those of its
    /// name where the rows say none.
    pub fn dates(&self) -> Vec<NaiveDate> {
        let mut dates: Vec<NaiveDate> = Vec::new();
        for column in self
            .columns()
            .iter()
            .filter(|column| self.roles[column.index] == Role::Date)
        {
            for shape in column.stamps.shapes.values() {
                for way in shape.best() {
                    dates.extend(way.dates.keys());
                }
            }
        }
        if dates.is_empty() {
            dates = decide::dates_in(&self.file_name);
        }
        dates.sort();
        dates.dedup();
        dates
    }

    /// Tries its columns against a ledger.
    pub fn join(&self, ledger: &LedgerRows) -> Result<LedgerEvidence, FileFault> {
        join::join(self, ledger)
    }

    pub fn propose(&self, ledger: Option<&LedgerEvidence>) -> Result<Proposal, NoProposal> {
        let Some(table) = self.facts.table() else {
            return Err(no_table(&self.source, &self.facts));
        };
        let draft = decide::decide(&decide::Known {
            file_name: &self.file_name,
            source: &self.source,
            facts: &self.facts,
            table,
            columns: self.columns(),
            roles: &self.roles,
            styles: &self.styles,
            relations: &self.relations,
            inside: &self.inside,
            ledger,
            rows: self.facts.rows(),
            zone: self.options.zone,
        });
        let name = decide::profile_name(&self.file_name);
        let toml = draft.toml();
        let questions = draft.questions();
        let reads = questions.is_empty().then(|| self.read_with(&toml, &name));
        Ok(Proposal {
            name,
            rows: self.facts.rows(),
            guesses: draft.guesses(),
            questions,
            warnings: draft.warnings,
            reads,
            toml,
        })
    }

    fn read_with(&self, toml: &str, name: &str) -> Result<Box<(Profile, ReadFile)>, String> {
        let profile = Profile::parse(toml, name).map_err(|error| error.to_string())?;
        let read = super::read(self.bytes, &self.file_name, &profile, &self.options)
            .map_err(|fault| fault.to_string())?;
        Ok(Box::new((profile, read)))
    }
}

/// What a file without a table is.
fn no_table(source: &Source<'_>, facts: &Facts) -> NoProposal {
    let sheet = facts.main();
    match sheet.map(|sheet| &sheet.found) {
        Some(Found::NoHeader { row, columns, .. }) => {
            let first = sheet.and_then(|sheet| sheet.lines.iter().find(|line| line.row == *row));
            let example = first.map_or_else(String::new, |line| {
                let cells: Vec<String> =
                    line.cells.iter().map(|cell| words::masked(cell)).collect();
                format!("\n  row {row}: {}", shown(&cells.join(" | ")))
            });
            NoProposal::NoHeader {
                row: *row,
                columns: *columns,
                example,
            }
        }
        _ => {
            if let Some(columns) = source.fixed_columns() {
                return NoProposal::FixedWidth { columns };
            }
            let first = sheet.and_then(|sheet| sheet.lines.first());
            NoProposal::NoTable {
                seen: first.map_or_else(String::new, |line| {
                    format!(
                        "; it begins with `{}`",
                        words::masked(&line.cells.join(" "))
                    )
                }),
            }
        }
    }
}
