//! Which columns of the file name the entries of a ledger, and which hold their amounts: counted,
//! candidate by candidate. The ledger comes as plain rows; who asked for them is not known here.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Serialize;

use super::facts::RowOf;
use super::numbers::count;
use super::relations::value;
use super::roles::Role;
use super::{Survey, numbers::Style};
use crate::FileFault;
use crate::domain::key::{self, KeyField, Spelling};
use crate::domain::money::{Money, NumberStyle, Unit};

/// An entry of the ledger.
#[derive(Clone, Debug)]
pub struct LedgerRow {
    /// Parts of its key, normalised as the channel's profile declares them.
    pub key: Vec<String>,
    pub details: Vec<String>,
    pub amount: Money,
}

/// What a channel's ledger holds of the dates that the file covers.
#[derive(Clone, Debug, Default)]
pub struct LedgerRows {
    pub channel: String,
    pub key: Vec<KeyField>,
    /// Names of the details that may be looked at.
    pub details: Vec<String>,
    pub rows: Vec<LedgerRow>,
    /// More were there than are looked at.
    pub truncated: bool,
}

/// A try, and how it went.
#[derive(Clone, Debug, Serialize)]
pub struct Tried {
    pub columns: Vec<String>,
    /// Fields of the ledger.
    pub fields: Vec<String>,
    /// Different values of the file that the ledger has, of how many.
    pub found: u64,
    pub of: u64,
    /// What was done to the values before they were compared; empty for nothing.
    pub how: String,
    /// All parts of the ledger's key.
    pub whole_key: bool,
}

#[derive(Clone, Debug, Serialize)]
pub struct AmountTried {
    pub column: String,
    /// `as written`, `in sen`, `with "fee" added`.
    pub how: String,
    pub equal: u64,
    pub of: u64,
}

#[derive(Clone, Debug, Default)]
pub struct LedgerEvidence {
    pub channel: String,
    pub entries: u64,
    pub truncated: bool,
    pub tried: Vec<Tried>,
    pub amounts: Vec<AmountTried>,
    pub(super) key: Option<KeyJoin>,
    /// Where none is plainly the key: those of which the ledger has some values, the best first.
    pub(super) rivals: Vec<Rival>,
    pub(super) amount: Option<AmountJoin>,
}

#[derive(Clone, Debug)]
pub(super) struct KeyJoin {
    pub columns: Vec<PartJoin>,
    pub inside: Option<usize>,
    pub inside_field: Option<String>,
    pub evidence: String,
}

/// What could be the key by what the ledger has of it.
#[derive(Clone, Debug)]
pub(super) struct Rival {
    pub columns: Vec<usize>,
    pub inside: Option<usize>,
    pub evidence: String,
}

#[derive(Clone, Debug)]
pub(super) struct PartJoin {
    pub column: usize,
    pub field: String,
    pub numeric: bool,
}

#[derive(Clone, Debug)]
pub(super) struct AmountJoin {
    pub column: usize,
    pub minor: bool,
    pub evidence: String,
}

/// Different values of one column that are looked up.
const VALUES: usize = 300_000;
/// Combinations of columns that are tried for a key of several parts.
const COMBINED: usize = 60;
/// Candidates that a question names.
const RIVALS: usize = 4;

/// Where values come from: a column, or a pattern inside one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum From {
    Column(usize),
    Inside(usize),
}

struct Candidate {
    from: From,
    name: String,
    pattern: Option<regex::Regex>,
}

/// By candidate and part of the key: values found, of how many, and whether zeros had to go.
type Rates = BTreeMap<(usize, usize), (u64, u64, bool)>;

impl Candidate {
    /// What only some rows have (the payment that a refund undoes) is no key of all.
    fn is_on_most_rows(&self, survey: &Survey<'_>) -> bool {
        match self.from {
            From::Column(column) => {
                let column = survey.columns().get(column);
                column.is_some_and(|column| column.filled * 2 > column.rows)
            }
            From::Inside(_) => true,
        }
    }

    fn text<'r>(&self, row: &RowOf<'r>, survey: &Survey<'_>) -> &'r str {
        match (&self.pattern, self.from) {
            (Some(pattern), From::Inside(at)) => {
                let text = row.cell(survey.inside[at].column).0;
                let found = pattern.captures(text).and_then(|found| found.name("found"));
                found.map_or("", |found| found.as_str())
            }
            (_, From::Column(column)) => row.cell(column).0,
            _ => "",
        }
    }
}

fn bare(text: &str) -> &str {
    text.strip_prefix('\'').unwrap_or(text)
}

fn numeric(text: &str) -> String {
    key::normalise(bare(text), Spelling::Numeric)
        .map_or_else(|_| text.to_owned(), |part| part.into_owned())
}

pub(super) fn join(survey: &Survey<'_>, ledger: &LedgerRows) -> Result<LedgerEvidence, FileFault> {
    let mut evidence = LedgerEvidence {
        channel: ledger.channel.clone(),
        entries: ledger.rows.len() as u64,
        truncated: ledger.truncated,
        ..LedgerEvidence::default()
    };
    if ledger.rows.is_empty() {
        return Ok(evidence);
    }
    let candidates = candidates(survey);
    let mut values: Vec<HashSet<String>> = vec![HashSet::new(); candidates.len()];
    survey
        .facts
        .each_row(&survey.source, &survey.options, &mut |row| {
            if !row.is_row {
                return;
            }
            for (candidate, values) in candidates.iter().zip(&mut values) {
                let text = candidate.text(&row, survey);
                if !text.is_empty() && values.len() < VALUES && !values.contains(text) {
                    values.insert(text.to_owned());
                }
            }
        })?;
    let parts = ledger.key.len();
    let fields: Vec<&str> = ledger
        .key
        .iter()
        .map(|field| field.name.as_str())
        .chain(ledger.details.iter().map(String::as_str))
        .collect();
    let full: Vec<bool> = candidates
        .iter()
        .map(|candidate| candidate.is_on_most_rows(survey))
        .collect();
    // By candidate and part of the key: share found, and whether zeros had to go.
    let mut rates: Rates = BTreeMap::new();
    for (place, field) in fields.iter().enumerate() {
        let held = |row: &LedgerRow| match place.checked_sub(parts) {
            None => row.key.get(place).cloned().unwrap_or_default(),
            Some(detail) => row.details.get(detail).cloned().unwrap_or_default(),
        };
        let exact: HashSet<String> = ledger
            .rows
            .iter()
            .map(held)
            .filter(|text| !text.is_empty())
            .collect();
        let lost: HashSet<String> = exact.iter().map(|text| numeric(text)).collect();
        for (index, candidate) in candidates.iter().enumerate() {
            let of = values[index].len() as u64;
            let count_of = |test: &dyn Fn(&str) -> bool| {
                values[index].iter().filter(|text| test(text)).count() as u64
            };
            let as_written = count_of(&|text| exact.contains(text));
            let stripped = count_of(&|text| exact.contains(bare(text)));
            let without_zeros = count_of(&|text| lost.contains(&numeric(text)));
            let found = as_written.max(stripped).max(without_zeros);
            if place < parts {
                rates.insert((index, place), (found, of, without_zeros > stripped));
            }
            if found == 0 {
                continue;
            }
            let mut how = Vec::new();
            if matches!(candidate.from, From::Inside(_)) {
                how.push("taken out of the sentence");
            }
            if stripped > as_written
                || (without_zeros > as_written
                    && values[index].iter().any(|text| text.starts_with('\'')))
            {
                how.push("without the leading '");
            }
            if without_zeros > stripped {
                how.push("as numbers, without leading zeros");
            }
            evidence.tried.push(Tried {
                columns: vec![candidate.name.clone()],
                fields: vec![(*field).to_owned()],
                found,
                of,
                how: how.join(", "),
                whole_key: parts == 1 && place == 0,
            });
        }
    }
    let whole = if parts == 1 {
        singles(&rates, &full)
    } else {
        combined(survey, ledger, &candidates, (&rates, &full), &mut evidence)?
    };
    match best(&whole, survey.facts.rows()) {
        Some(best) => {
            evidence.key = key_join(ledger, &candidates, &rates, (best, &whole));
            amounts(survey, ledger, &candidates, best, &mut evidence)?;
        }
        None => evidence.rivals = rivals(ledger, &candidates, &whole, &evidence.tried),
    }
    evidence
        .tried
        .sort_by(|one, other| (other.found * one.of.max(1)).cmp(&(one.found * other.of.max(1))));
    evidence.tried.truncate(12);
    Ok(evidence)
}

/// A whole key: one candidate for each part, and how many of the file's keys were found.
struct Whole {
    candidates: Vec<usize>,
    found: u64,
    of: u64,
}

fn singles(rates: &Rates, full: &[bool]) -> Vec<Whole> {
    let rates = rates.iter().filter(|((candidate, _), _)| full[*candidate]);
    let whole = rates.map(|((candidate, _), (found, of, _))| Whole {
        candidates: vec![*candidate],
        found: *found,
        of: *of,
    });
    whole.filter(|whole| whole.of > 0).collect()
}

/// The one of which the ledger has most, at least half, where no other comes near it. Of a column with
/// few different values that says nothing.
fn best(whole: &[Whole], rows: u64) -> Option<&Whole> {
    let share = |one: &Whole| one.found * 1000 / one.of.max(1);
    let best = whole
        .iter()
        .filter(|one| one.of * 4 >= rows)
        .max_by_key(|one| share(one))?;
    let share_of_best = share(best);
    // Where nearly all are there, another needs nearly all as well to be as good.
    let near = match share_of_best {
        900.. => 800,
        part => part / 2,
    };
    let mut others = whole.iter().filter(|one| !std::ptr::eq(*one, best));
    let is_sole = others.all(|one| share(one) < near);
    (share_of_best >= 500 && is_sole).then_some(best)
}

/// Those of which the ledger has anything: in its key, else among its other fields.
fn rivals(
    ledger: &LedgerRows,
    candidates: &[Candidate],
    whole: &[Whole],
    tried: &[Tried],
) -> Vec<Rival> {
    let rival = |at: &[usize], evidence: String| {
        let (mut columns, mut inside) = (Vec::new(), None);
        for at in at {
            match candidates[*at].from {
                From::Column(column) => columns.push(column),
                From::Inside(place) => inside = Some(place),
            }
        }
        Rival {
            columns,
            inside,
            evidence,
        }
    };
    let key: Vec<&str> = ledger.key.iter().map(|field| field.name.as_str()).collect();
    let key = key.join(", ");
    let channel = &ledger.channel;
    let mut found: Vec<&Whole> = whole.iter().filter(|one| one.found > 0).collect();
    found.sort_by_key(|one| std::cmp::Reverse(one.found * 1000 / one.of.max(1)));
    if !found.is_empty() {
        let said = found.iter().take(RIVALS).map(|one| {
            let (found, of) = (count(one.found), count(one.of));
            let evidence = format!(
                "{found} of {of} different values are in the ledger of channel {channel}, which calls it {key}"
            );
            rival(&one.candidates, evidence)
        });
        return said.collect();
    }
    let half = |one: &&Tried| one.found * 2 >= one.of && one.columns.len() == 1;
    let elsewhere = tried.iter().filter(half).filter_map(|one| {
        let at = candidates
            .iter()
            .position(|candidate| one.columns == [candidate.name.clone()])?;
        let (found, of) = (count(one.found), count(one.of));
        let evidence = format!(
            "{found} of {of} different values are in the ledger of channel {channel} as {}, which is no part of its key ({key}): to reconcile by it, `ledger_query` selects it under the name of this field",
            one.fields.join(", ")
        );
        Some(rival(&[at], evidence))
    });
    elsewhere.take(RIVALS).collect()
}

fn candidates(survey: &Survey<'_>) -> Vec<Candidate> {
    let mut all: Vec<Candidate> = survey
        .columns()
        .iter()
        .filter(|column| {
            matches!(
                survey.roles[column.index],
                Role::Reference | Role::Text | Role::Codes | Role::Number
            )
        })
        .map(|column| Candidate {
            from: From::Column(column.index),
            name: column.header.clone(),
            pattern: None,
        })
        .collect();
    for (at, inside) in survey.inside.iter().enumerate() {
        if let Ok(pattern) = regex::Regex::new(&inside.pattern("found")) {
            all.push(Candidate {
                from: From::Inside(at),
                name: survey
                    .columns()
                    .get(inside.column)
                    .map_or_else(String::new, |c| c.header.clone()),
                pattern: Some(pattern),
            });
        }
    }
    all
}

/// Keys of several parts: each part from a column that knows at least half of its values.
fn combined(
    survey: &Survey<'_>,
    ledger: &LedgerRows,
    candidates: &[Candidate],
    (rates, full): (&Rates, &[bool]),
    evidence: &mut LedgerEvidence,
) -> Result<Vec<Whole>, FileFault> {
    let mut ways: Vec<Vec<usize>> = vec![Vec::new()];
    for part in 0..ledger.key.len() {
        let fitting: Vec<usize> = (0..candidates.len())
            .filter(|candidate| full[*candidate])
            .filter(|candidate| {
                rates
                    .get(&(*candidate, part))
                    .is_some_and(|(found, of, _)| *found > 0 && found * 2 >= *of)
            })
            .collect();
        ways = ways
            .iter()
            .flat_map(|way| {
                let unused = fitting.iter().filter(|candidate| !way.contains(candidate));
                unused.map(|candidate| [way.as_slice(), &[*candidate]].concat())
            })
            .take(COMBINED)
            .collect();
    }
    let held: HashSet<Vec<String>> = ledger
        .rows
        .iter()
        .map(|row| row.key.iter().map(|part| numeric(part)).collect())
        .collect();
    let mut seen: Vec<(HashSet<Vec<String>>, u64)> = vec![(HashSet::new(), 0); ways.len()];
    survey
        .facts
        .each_row(&survey.source, &survey.options, &mut |row| {
            if !row.is_row {
                return;
            }
            for (way, (seen, found)) in ways.iter().zip(&mut seen) {
                let parts: Vec<String> = way
                    .iter()
                    .map(|at| numeric(candidates[*at].text(&row, survey)))
                    .collect();
                if seen.len() < VALUES && !seen.contains(&parts) {
                    *found += u64::from(held.contains(&parts));
                    seen.insert(parts);
                }
            }
        })?;
    let mut whole = Vec::new();
    for (way, (seen, found)) in ways.into_iter().zip(seen) {
        let of = seen.len() as u64;
        evidence.tried.push(Tried {
            columns: way.iter().map(|at| candidates[*at].name.clone()).collect(),
            fields: ledger.key.iter().map(|field| field.name.clone()).collect(),
            found,
            of,
            how: "together".to_owned(),
            whole_key: true,
        });
        whole.push(Whole {
            candidates: way,
            found,
            of,
        });
    }
    Ok(whole)
}

fn found_in(ledger: &LedgerRows, best: &Whole, whole: &[Whole]) -> String {
    let key: Vec<&str> = ledger.key.iter().map(|field| field.name.as_str()).collect();
    let said = format!(
        "{} of {} different values are in the ledger of channel {} ({}), and no other column that most rows fill ",
        count(best.found),
        count(best.of),
        ledger.channel,
        key.join(", ")
    );
    let mut others = whole.iter().filter(|one| !std::ptr::eq(*one, best));
    let said = match others.any(|one| one.found * 2 >= one.of && one.found > 0) {
        true => said + "comes near it",
        false => said + "finds even half",
    };
    match best.of - best.found {
        missing if missing * 10 <= best.of => said,
        missing => format!(
            "{said}; {} are not there: payments of other dates, or such as the ledger lacks",
            count(missing)
        ),
    }
}

fn key_join(
    ledger: &LedgerRows,
    candidates: &[Candidate],
    rates: &Rates,
    (best, whole): (&Whole, &[Whole]),
) -> Option<KeyJoin> {
    let mut join = KeyJoin {
        columns: Vec::new(),
        inside: None,
        inside_field: None,
        evidence: found_in(ledger, best, whole),
    };
    for (part, at) in best.candidates.iter().enumerate() {
        let field = &ledger.key[part];
        match candidates[*at].from {
            From::Column(column) => join.columns.push(PartJoin {
                column,
                field: field.name.clone(),
                numeric: field.spelling == Spelling::Numeric
                    || rates.get(&(*at, part)).is_some_and(|rate| rate.2),
            }),
            From::Inside(_) if join.inside.is_some() => return None,
            From::Inside(inside) => {
                join.inside = Some(inside);
                join.inside_field = Some(field.name.clone());
            }
        }
    }
    Some(join)
}

/// Which column holds the ledger's amounts, on the rows that the key joins.
fn amounts(
    survey: &Survey<'_>,
    ledger: &LedgerRows,
    candidates: &[Candidate],
    best: &Whole,
    evidence: &mut LedgerEvidence,
) -> Result<(), FileFault> {
    let mut held: HashMap<Vec<String>, Vec<Money>> = HashMap::new();
    for row in &ledger.rows {
        let parts: Vec<String> = row.key.iter().map(|part| numeric(part)).collect();
        held.entry(parts).or_default().push(row.amount);
    }
    let money: Vec<(usize, NumberStyle)> = survey
        .styles
        .iter()
        .map(|(column, style): (&usize, &Style)| (*column, style.read_with()))
        .collect();
    let fees: Vec<(usize, NumberStyle)> = money
        .iter()
        .copied()
        .filter(|(column, _)| survey.roles[*column] == Role::Fee)
        .collect();
    let mut joined = 0u64;
    let mut equal: BTreeMap<(usize, Option<usize>, bool), u64> = BTreeMap::new();
    survey
        .facts
        .each_row(&survey.source, &survey.options, &mut |row| {
            let parts: Vec<String> = best
                .candidates
                .iter()
                .map(|at| numeric(candidates[*at].text(&row, survey)))
                .collect();
            let Some(amounts) = held.get(&parts).filter(|_| row.is_row) else {
                return;
            };
            joined += 1;
            for (column, style) in &money {
                let Some(own) = value(row, *column, *style) else {
                    continue;
                };
                let own = own.abs();
                let (text, _) = row.cell(*column);
                let as_sen = Money::parse(text, *style, Unit::Minor).ok().map(Money::abs);
                let mut note = |fee: Option<usize>, minor: bool, is: bool| {
                    *equal.entry((*column, fee, minor)).or_default() += u64::from(is);
                };
                note(None, false, amounts.contains(&own));
                note(None, true, as_sen.is_some_and(|sen| amounts.contains(&sen)));
                for (fee, style) in fees.iter().filter(|(fee, _)| fee != column) {
                    let with = value(row, *fee, *style)
                        .filter(|fee| !fee.is_zero())
                        .map(|fee| own + fee.abs());
                    note(
                        Some(*fee),
                        false,
                        with.is_some_and(|with| amounts.contains(&with)),
                    );
                }
            }
        })?;
    let header = |column: usize| {
        survey
            .columns()
            .get(column)
            .map_or("", |found| found.header.as_str())
    };
    let mut good: Vec<(usize, bool, u64)> = Vec::new();
    for ((column, fee, minor), rows) in &equal {
        if *rows == 0 {
            continue;
        }
        let how = match (fee, minor) {
            (Some(fee), _) => format!("with \"{}\" added", header(*fee)),
            (None, true) => "counted in sen".to_owned(),
            (None, false) => "as written".to_owned(),
        };
        evidence.amounts.push(AmountTried {
            column: header(*column).to_owned(),
            how,
            equal: *rows,
            of: joined,
        });
        if rows * 10 >= joined * 9 && fee.is_none() {
            good.push((*column, *minor, *rows));
        }
    }
    evidence
        .amounts
        .sort_by_key(|tried| std::cmp::Reverse(tried.equal));
    if let [(column, minor, rows)] = good[..] {
        evidence.amount = Some(AmountJoin {
            column,
            minor,
            evidence: format!(
                "it equals the ledger's amount on {} of {} rows that the key joins{}",
                count(rows),
                count(joined),
                if minor { ", counted in sen" } else { "" }
            ),
        });
    }
    Ok(())
}
