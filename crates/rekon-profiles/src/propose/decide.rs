//! Facts → draft: each part of a profile decided where the file proves it, asked where it does not.

mod frame;
mod key;
mod measure;
mod money;
mod page;
mod status;
mod time;
mod totals;

pub(super) use frame::{dates_in, profile_name};
pub(super) use key::candidates;
pub(super) use money::styles;

use std::collections::BTreeMap;

use chrono_tz::Tz;

use super::column::{Column, STYLES, StyleReads};
use super::draft::{Draft, Section};
use super::facts::Facts;
use super::join::LedgerEvidence;
use super::narrative::Inside;
use super::numbers::Style;
use super::relations::Relations;
use super::roles::Role;
use super::source::Source;
use super::table::Table;
use super::words;
use crate::check::{FIRST_DETAILS, RESERVED};

/// Everything a decision may look at.
pub(super) struct Known<'k> {
    pub file_name: &'k str,
    pub source: &'k Source<'k>,
    pub facts: &'k Facts,
    pub table: &'k Table,
    pub columns: &'k [Column],
    pub roles: &'k [Role],
    pub styles: &'k BTreeMap<usize, Style>,
    pub relations: &'k Relations,
    /// References inside a narrative.
    pub inside: &'k [Inside],
    pub ledger: Option<&'k LedgerEvidence>,
    pub rows: u64,
    pub zone: Tz,
}

impl Known<'_> {
    pub fn of_role(&self, role: Role) -> Vec<usize> {
        (0..self.roles.len())
            .filter(|at| self.roles[*at] == role)
            .collect()
    }

    pub fn header(&self, column: usize) -> &str {
        self.columns
            .get(column)
            .map_or("", |column| column.header.as_str())
    }

    /// A header between quotes as comments show it.
    pub fn named(&self, column: usize) -> String {
        format!("\"{}\"", super::super::fault::shown(self.header(column)))
    }

    pub fn all_named(&self, columns: &[usize]) -> String {
        let names: Vec<String> = columns.iter().map(|column| self.named(*column)).collect();
        names.join(", ")
    }

    pub fn style_of(&self, column: usize) -> Option<&Style> {
        self.styles.get(&column)
    }

    /// What a column comes to in the style that is proposed for it; where none is, in the one that
    /// reads most.
    pub fn reads(&self, column: usize) -> Option<&StyleReads> {
        let tallies = &self.columns.get(column)?.numbers.styles;
        let proposed = self.style_of(column).map(Style::read_with);
        let index = STYLES
            .iter()
            .position(|(style, _)| proposed == Some(*style));
        match index {
            Some(index) => tallies.get(index),
            None => tallies.iter().max_by_key(|style| style.reads),
        }
    }
}

/// Names of fields, none given twice.
pub(super) struct Names {
    taken: Vec<String>,
}

impl Names {
    /// `ledger`: names that a ledger's key fields have, kept for the columns that join them.
    pub fn new(ledger: Vec<String>) -> Names {
        let reserved = RESERVED.iter().chain(&FIRST_DETAILS).chain(&["time"]);
        let reserved = reserved.map(|name| (*name).to_owned());
        Names {
            taken: reserved.chain(ledger).collect(),
        }
    }

    /// The header as a field's name.
    pub fn of(&mut self, header: &str, column: usize) -> String {
        let snake = words::snake(header);
        let stem = match snake.as_str() {
            "" => format!("column_{}", column + 1),
            name if name.as_bytes()[0].is_ascii_digit() => format!("column_{name}"),
            name => name.to_owned(),
        };
        let mut name = stem.clone();
        let mut number = 2;
        while self.taken.contains(&name) {
            name = format!("{stem}_{number}");
            number += 1;
        }
        self.taken.push(name.clone());
        name
    }

    /// One of the names every profile knows, while nobody has it.
    pub fn known(&mut self, name: &str, used: &mut Vec<String>) -> Option<String> {
        if used.iter().any(|other| other == name) {
            return None;
        }
        used.push(name.to_owned());
        Some(name.to_owned())
    }
}

pub(super) fn decide(known: &Known<'_>) -> Draft {
    let mut draft = Draft::default();
    frame::about(known, &mut draft);
    frame::top(known, &mut draft);
    frame::file(known, &mut draft);
    frame::sheets(known, &mut draft);
    frame::header(known, &mut draft);
    page::section(known, &mut draft);
    let join = known.ledger.and_then(|ledger| ledger.key.as_ref());
    let mut names = Names::new(join.map_or_else(Vec::new, |join| {
        let parts = join.columns.iter().map(|part| part.field.clone());
        parts.chain(join.inside_field.clone()).collect()
    }));
    key::fields(known, &mut names, &mut draft);
    let chosen = money::sections(known, &mut draft);
    time::section(known, &mut draft);
    status::sections(known, &chosen, &mut draft);
    frame::preamble(known, &mut draft);
    totals::sections(known, &chosen, &mut draft);
    frame::slot(known, &mut draft);
    frame::unread(known, &chosen, &mut draft);
    draft
}

/// The column that says when, where it is not a question.
pub(super) fn time_column(known: &Known<'_>) -> Option<usize> {
    let mut dates = known.of_role(Role::Date);
    if dates.len() > 1 {
        dates.retain(|column| words::says(known.header(*column), words::LATER).is_none());
    }
    match dates[..] {
        [only] => Some(only),
        _ => None,
    }
}

/// A section that is written only where something is in it.
pub(super) fn push(draft: &mut Draft, section: Section) {
    if !section.items.is_empty() {
        draft.sections.push(section);
    }
}
