//! Lines of totals: which they are, and whether they agree with the rows above them.

use std::collections::BTreeMap;

use super::super::draft::{Draft, Section, pattern};
use super::super::numbers::{Style, count, rupiah};
use super::super::relations::TotalLine;
use super::super::roles::Role;
use super::super::table::TrailerKind;
use super::money::Chosen;
use super::{Known, push};
use crate::domain::money::{Money, NumberStyle, Unit};

pub(super) fn sections(known: &Known<'_>, chosen: &Chosen, draft: &mut Draft) {
    let mut labels: Vec<(TrailerKind, String)> = known
        .relations
        .totals
        .iter()
        .map(|total| (total.kind, total.label.clone()))
        .collect();
    // A pattern of the whole would also be met by its sections.
    labels.sort();
    labels.dedup();
    for (kind, label) in labels {
        let lines: Vec<&TotalLine> = known
            .relations
            .totals
            .iter()
            .filter(|total| total.kind == kind && total.label == label)
            .collect();
        one(known, chosen, kind, &label, &lines, draft);
    }
    let strays: u64 = known
        .facts
        .alike
        .iter()
        .map(|sheet| known.facts.sheets[*sheet].stray_count)
        .sum();
    ragged(known, draft);
    if strays > 0 {
        let first = known
            .facts
            .alike
            .iter()
            .find_map(|sheet| known.facts.sheets[*sheet].strays.first());
        draft.warnings.push(format!(
            "{} line(s) below the header are neither rows of the table nor totals{}; they are rejected rows unless a [[trailer]] pattern describes them",
            count(strays),
            first.map_or(String::new(), |(row, text)| format!(
                " (the first: row {row}, `{}`)",
                super::super::words::masked(text)
            ))
        ));
    }
}

/// Tells of lines with more or fewer fields than the header. Commas inside a sentence that no quotes
/// protect make a row wider.
fn ragged(known: &Known<'_>, draft: &mut Draft) {
    let width = known.table.width();
    let mut widths: BTreeMap<usize, (u64, u32)> = BTreeMap::new();
    for sheet in &known.facts.alike {
        for (fields, (rows, first)) in &known.facts.sheets[*sheet].widths {
            widths.entry(*fields).or_insert((0, *first)).0 += rows;
        }
    }
    let separator = super::super::super::delimited::named(known.source.separator());
    for (fields, (rows, first)) in widths {
        let (rows, why) = (
            count(rows),
            match fields > width {
                true => format!(
                    "; {separator} stands inside a value that no quotes protect{}",
                    likely(known)
                ),
                false => "; a field is missing".to_owned(),
            },
        );
        draft.warnings.push(format!(
            "{rows} rows have {fields} fields where the header has {width} (the first: row {first}){why}. Nothing below counts them, and they are rejected rows. Ask the provider to quote its texts or to use another separator"
        ));
    }
}

/// The column whose values hold the separator, where only one holds sentences.
fn likely(known: &Known<'_>) -> String {
    let mut told = known.of_role(Role::Narrative);
    if told.is_empty() {
        told = known.of_role(Role::Text);
    }
    match told[..] {
        [only] => format!(", most likely of {}", known.named(only)),
        _ => String::new(),
    }
}

fn one(
    known: &Known<'_>,
    chosen: &Chosen,
    kind: TrailerKind,
    label: &str,
    lines: &[&TotalLine],
    draft: &mut Draft,
) {
    if kind == TrailerKind::Side {
        return of_a_side(known, label, lines, draft);
    }
    let mut section = Section::new("[[trailer]]", &format!("trailer `{label}`"));
    let mut told: Vec<String> = Vec::new();
    let words: Vec<String> = label.split_whitespace().map(regex::escape).collect();
    let mut text = format!(r"(?i)^\W*{}", words.join(r"\s*"));
    // Between commas a grouped number cannot be told from two.
    let number = if known.source.separator() == b',' {
        r"\d+"
    } else {
        r"[\d.,]+"
    };
    let counts_rows = |line: &TotalLine| {
        let first = line.numbers.first();
        first.is_some_and(|number| digits(number) == line.rows.to_string())
    };
    let mut inline = 0;
    let under_chosen = |line: &TotalLine| -> Vec<(usize, Money, Money)> {
        let serves = |column: usize| {
            chosen.amount == Some(column) || chosen.fee == [column] || chosen.net == Some(column)
        };
        line.under
            .iter()
            .copied()
            .filter(|(column, _, _)| serves(*column))
            .collect()
    };
    // A count is told from a total under the first column by its place: no amount stands before it.
    let counted = lines.iter().all(|line| {
        counts_rows(line)
            && line.under.iter().all(|(_, declared, _)| {
                Some(*declared) != line.numbers.first().and_then(|number| whole(number))
            })
    });
    if counted && kind != TrailerKind::End {
        text.push_str(&format!(r"\D+(?P<count>{number})"));
        inline += 1;
        told.push(each(lines, |line| {
            format!("count {0} = {0} rows", count(line.rows))
        }));
        let sum_of = |line: &TotalLine| {
            let amount = chosen.amount?;
            line.sums
                .iter()
                .find(|(column, _)| *column == amount)
                .map(|(_, sum)| *sum)
        };
        let style = chosen
            .amount
            .and_then(|amount| known.style_of(amount))
            .map_or(NumberStyle::Undeclared, Style::read_with);
        let agrees = |line: &TotalLine| {
            let declared = line
                .numbers
                .get(inline)
                .and_then(|number| Money::parse(number, style, Unit::Rupiah).ok());
            declared.is_some() && declared == sum_of(line)
        };
        if lines.iter().all(|line| line.narrow && agrees(line)) {
            text.push_str(&format!(r"\D+(?P<amount>{number})"));
            told.push(each(lines, |line| {
                format!(
                    "amount {} = the sum of its rows",
                    rupiah(sum_of(line).unwrap_or_default())
                )
            }));
        }
    }
    let mut below = false;
    for line in lines {
        for (column, declared, computed) in under_chosen(line) {
            below = true;
            if declared == computed {
                told.push(format!(
                    "row {}: {} {} = the sum of its rows",
                    line.row,
                    known.named(column),
                    rupiah(declared)
                ));
            } else {
                draft.warnings.push(format!(
                    "row {}: the line of totals says {} for {}, its rows make {}. Rows are missing, or something here was understood wrongly; as proposed, the file is refused until that is clear",
                    line.row,
                    rupiah(declared),
                    known.named(column),
                    rupiah(computed)
                ));
            }
        }
    }
    if told.is_empty() && kind != TrailerKind::End {
        let numbers: Vec<String> = lines
            .iter()
            .flat_map(|line| line.numbers.clone())
            .take(4)
            .collect();
        if !numbers.is_empty() && !below {
            draft.warnings.push(format!(
                "row {}: no number of the line `{}` could be recognised as a count or a sum of the rows above ({}); it is dropped without being compared",
                lines.first().map_or(0, |line| line.row),
                super::super::words::masked(&lines.first().map_or(String::new(), |line| line.text.clone())),
                numbers.join(", ")
            ));
        }
    }
    let nothing = kind != TrailerKind::End && lines.iter().all(|line| line.numbers.is_empty());
    told.truncate(6);
    let lines_told = match lines {
        [only] => format!("row {}", only.row),
        several => format!(
            "{} lines, the first in row {}",
            several.len(),
            several[0].row
        ),
    };
    let evidence = match told.is_empty() {
        true => lines_told,
        false => format!("{lines_told}; {}", told.join("; ")),
    };
    section.set("pattern", pattern(&text), evidence);
    if kind == TrailerKind::Section {
        section.set("scope", "\"section\"".to_owned(), "");
    }
    if below {
        section.set("totals_by_column", "true".to_owned(), "");
    }
    if nothing {
        section.note("It holds no number (a formula that was never computed is none): nothing is compared with it.");
    }
    if kind == TrailerKind::End {
        section.set("ends", "true".to_owned(), "");
    }
    section.note("required = true would refuse a file that was cut off before this line.");
    if kind == TrailerKind::End {
        section.offer("required = true");
    }
    push(draft, section);
}

/// A total of the rows on one side of an account. The language adds up rows of both, so that it is
/// compared here and passed over by the profile.
fn of_a_side(known: &Known<'_>, label: &str, lines: &[&TotalLine], draft: &mut Draft) {
    let mut told: Vec<String> = Vec::new();
    for line in lines {
        let declared: Vec<Money> = line
            .under
            .iter()
            .map(|(_, declared, _)| *declared)
            .collect();
        let sides = known
            .relations
            .signs
            .iter()
            .filter(|((column, _, _), _)| known.roles[*column] == Role::Side);
        let equal = sides
            .filter(|((_, _, money), _)| line.under.iter().any(|(under, _, _)| under == money))
            .find(|(_, signs)| declared.contains(&signs.sum));
        match equal {
            Some(((column, code, money), signs)) => told.push(format!(
                "row {}: {} {} = the sum of the {} rows with `{}` in {}",
                line.row,
                known.named(*money),
                rupiah(signs.sum),
                count(signs.rows),
                super::super::words::masked(code),
                known.named(*column)
            )),
            None => draft.warnings.push(format!(
                "row {}: the line `{}` is the sum of no side's rows; it is dropped without being compared",
                line.row,
                super::super::words::masked(&line.text)
            )),
        }
    }
    if told.is_empty() {
        told.push(format!("row {}", lines.first().map_or(0, |line| line.row)));
    }
    let words: Vec<String> = label.split_whitespace().map(regex::escape).collect();
    let mut section = Section::new("[[trailer]]", &format!("trailer `{label}`"));
    section.set(
        "pattern",
        pattern(&format!(r"(?i)^\W*{}", words.join(r"\s*"))),
        told.join("; "),
    );
    section.note("A control total adds up the rows of both sides, so that no later file is compared with this one.");
    push(draft, section);
}

fn each(lines: &[&TotalLine], tell: impl Fn(&TotalLine) -> String) -> String {
    let told: Vec<String> = lines.iter().take(3).map(|line| tell(line)).collect();
    told.join(", ")
}

fn digits(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).collect()
}

fn whole(number: &str) -> Option<Money> {
    digits(number).parse().ok().map(Money::from_rupiah)
}
