//! What stands around the table: the file itself, its sheets, header, preamble and name, and the
//! columns that are left unread.

use std::sync::LazyLock;

use chrono::NaiveDate;
use regex::Regex;

use super::super::super::fault::shown;
use super::super::draft::{Draft, Section, choice, pattern, quoted};
use super::super::numbers::count;
use super::super::roles::Role;
use super::super::source::{Quote, Source};
use super::super::stamps::date_of;
use super::super::table::Found;
use super::super::words::{masked, says, snake};
use super::money::Chosen;
use super::{Known, push};

pub(super) fn about(known: &Known<'_>, draft: &mut Draft) {
    draft.about.push(format!(
        "Proposed by `rekon inspect` from {} ({} rows, every one of which was looked at).",
        shown(known.file_name),
        count(known.rows)
    ));
    if known.rows == 0 {
        draft.warnings.push(
            "the file has a header and no row: nothing below is proven by a value. Ask for a day with transactions"
                .to_owned(),
        );
    } else if known.rows < 20 {
        draft.about.push(format!(
            "{} rows prove little: run it again on a busier day before you rely on it.",
            count(known.rows)
        ));
    }
    for twins in known.table.repeated_names() {
        let places: Vec<String> = twins
            .iter()
            .map(|column| (column + 1).to_string())
            .collect();
        draft.warnings.push(format!(
            "columns {} are all called {}: a profile cannot tell them apart, so none of them is proposed for anything. Ask the provider for names of their own",
            places.join(", "),
            known.named(twins[0])
        ));
    }
    for column in known.of_role(Role::Unnamed) {
        draft.warnings.push(format!(
            "column {} holds values and has no name: it cannot be read",
            column + 1
        ));
    }
    for column in known.columns {
        if let Some(at) = &column.error_cells {
            draft.warnings.push(format!(
                "{} holds spreadsheet errors or formulas never computed, the first {}: such rows are rejected where the column is read",
                known.named(column.index),
                column.show_at(at)
            ));
        }
    }
}

pub(super) fn top(known: &Known<'_>, draft: &mut Draft) {
    let mut section = Section::new("", "");
    section.set(
        "name",
        quoted(&profile_name(known.file_name)),
        "from the file's name; letters, digits and hyphens",
    );
    section.ask(
        "money",
        "which way does the money flow? It decides who owes whom when the two sides differ",
        vec![
            choice(
                "money = \"we-receive\"",
                "the partner settles to us what customers paid",
            ),
            choice("money = \"we-pay\"", "we buy from the partner"),
        ],
    );
    draft.sections.push(section);
    let mut section = Section::new("[defaults]", "defaults");
    section
        .note("Not in the file. These are cautious; the agreement with the provider says better.");
    section.set("pending_sla", "\"2h\"".to_owned(), "");
    section.set("calendar", "\"every-day\"".to_owned(), "");
    section.set("due", "\"10:00\"".to_owned(), "");
    match part(known.file_name) {
        Some(told) => section.set("files_per_date", "\"parts\"".to_owned(), told),
        None => section.set(
            "files_per_date",
            "\"one\"".to_owned(),
            "one file is all that was seen; \"many\" where each merchant or shop has its own",
        ),
    }
    draft.sections.push(section);
}

/// The letters at the start of the file's name.
pub(crate) fn profile_name(file_name: &str) -> String {
    let stem = file_name.split('.').next().unwrap_or_default();
    let name: Vec<String> = snake(stem)
        .split('_')
        .take_while(|word| !word.bytes().all(|b| b.is_ascii_digit()) || word.is_empty())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    if name.is_empty() {
        "my-provider".to_owned()
    } else {
        name.join("-")
    }
}

pub(super) fn file(known: &Known<'_>, draft: &mut Draft) {
    let Source::Text {
        encoding,
        marked,
        delimiter,
        quote,
        ..
    } = known.source
    else {
        return;
    };
    let mut section = Section::new("[file]", "file");
    section.set(
        "delimiter",
        super::super::super::delimited::named(delimiter.byte),
        format!(
            "{} of {} lines looked at are split into {} columns by it",
            delimiter.alike, delimiter.lines, delimiter.columns
        ),
    );
    if *encoding == encoding_rs::WINDOWS_1252 {
        section.set(
            "encoding",
            "\"windows-1252\"".to_owned(),
            format!(
                "it is not UTF-8; read as Windows-1252 it says {}. Check that this is right",
                odd_letters(known)
            ),
        );
    } else if *encoding != encoding_rs::UTF_8 {
        let how = if *marked {
            "its byte order mark says so"
        } else {
            "every second byte of its start is zero"
        };
        section.note(format!(
            "encoding: {}, {how}; rekon sees that by itself.",
            encoding.name()
        ));
    }
    if *quote == Quote::None {
        section.set(
            "quote",
            "\"\"".to_owned(),
            "a quote is opened and never closed: here quotes are letters like any other",
        );
    }
    draft.sections.push(section);
}

/// Some words with letters beyond ASCII.
fn odd_letters(known: &Known<'_>) -> String {
    let Source::Text { text, .. } = known.source else {
        return String::new();
    };
    let odd: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric() && c.is_ascii())
        .filter(|word| !word.is_ascii())
        .take(3)
        .map(|word| format!("`{}`", masked(word)))
        .collect();
    odd.join(", ")
}

pub(super) fn sheets(known: &Known<'_>, draft: &mut Draft) {
    let facts = known.facts;
    let hidden = known.source.hidden_sheets();
    if !hidden.is_empty() {
        let names: Vec<String> = hidden
            .iter()
            .map(|name| format!("\"{}\"", shown(name)))
            .collect();
        draft.about.push(format!(
            "Hidden sheets, which are never read: {}.",
            names.join(", ")
        ));
    }
    if facts.is_text || facts.sheets.len() < 2 {
        return;
    }
    let name = |at: usize| facts.sheets[at].name.clone().unwrap_or_default();
    let tables: Vec<usize> = (0..facts.sheets.len())
        .filter(|at| matches!(facts.sheets[*at].found, Found::Table(_)))
        .collect();
    let mut section = Section::new("[sheets]", "sheets");
    let told: Vec<String> = (0..facts.sheets.len())
        .map(|at| match &facts.sheets[at].found {
            Found::Table(_) => format!(
                "\"{}\" ({} rows)",
                shown(&name(at)),
                count(facts.sheets[at].rows)
            ),
            _ => format!("\"{}\" (no table)", shown(&name(at))),
        })
        .collect();
    let told = told.join(", ");
    if facts.alike.len() == tables.len() {
        if facts.alike.len() > 1 {
            section.set(
                "read",
                "\"all\"".to_owned(),
                format!("{told}: those with a table have the same header"),
            );
        } else {
            section.set(
                "name",
                quoted(&name(facts.main)),
                format!("{told}: the only one that holds a table"),
            );
        }
    } else {
        // A name that no sheet has keeps the file from being read until somebody chose.
        section.fill(
            "name",
            format!(
                "{told} hold tables of different headers. What follows describes \"{}\"; a sheet that is not read is not reconciled, and it may hold refunds. Write the name of the sheet to read here; each of the others that matters needs a profile and a channel of its own",
                shown(&name(facts.main))
            ),
            Vec::new(),
            "\"\"",
        );
    }
    push(draft, section);
}

pub(super) fn header(known: &Known<'_>, draft: &mut Draft) {
    let mut section = Section::new("[header]", "header");
    if known.table.levels == 2 {
        section.set(
            "levels",
            "2".to_owned(),
            format!(
                "row {} names groups over the columns of row {}; a column is called by both, like \"{}\"",
                known.table.header_row - 1,
                known.table.header_row,
                shown(known.table.headers.last().map_or("", String::as_str))
            ),
        );
    }
    if let Some(lines) = known.table.needs_search() {
        section.set(
            "search",
            lines.to_string(),
            format!(
                "the header stands in row {}, below {} lines",
                known.table.header_row, known.table.search
            ),
        );
    }
    let again: u64 = known
        .facts
        .alike
        .iter()
        .map(|sheet| known.facts.sheets[*sheet].header_again)
        .sum();
    if again > 0 {
        draft.about.push(format!(
            "The header is repeated {} time(s) among the rows; rekon knows it again.",
            count(again)
        ));
    }
    push(draft, section);
}

/// Dates written in a name, of which only one reading is possible.
pub(crate) fn dates_in(name: &str) -> Vec<NaiveDate> {
    let mut dates = Vec::new();
    for (pattern, formats) in NAMED.iter().flatten() {
        for found in pattern.find_iter(name) {
            let readings: Vec<NaiveDate> = formats
                .iter()
                .filter_map(|format| date_of(found.as_str(), format))
                .collect();
            if let [only] = readings[..]
                && !dates.contains(&only)
            {
                dates.push(only);
            }
        }
        if !dates.is_empty() {
            break;
        }
    }
    dates
}

type NamedDates = (Regex, &'static [&'static str]);

/// Ways of writing a date into a name, the surest first.
static NAMED: LazyLock<Vec<Option<NamedDates>>> = LazyLock::new(|| {
    let ways: [(&str, &'static [&'static str]); 3] = [
        (r"20\d\d-\d\d-\d\d", &["%Y-%m-%d"]),
        (r"20[0-9]{2}(?:0[1-9]|1[0-2])[0-3]\d", &["%Y%m%d"]),
        (
            r"\b\d\d[-_.]\d\d[-_.]20\d\d\b|\d{4}20\d\d",
            &[
                "%d%m%Y", "%m%d%Y", "%d-%m-%Y", "%m-%d-%Y", "%d_%m_%Y", "%m_%d_%Y", "%d.%m.%Y",
                "%m.%d.%Y",
            ],
        ),
    ];
    ways.into_iter()
        .map(|(pattern, formats)| Regex::new(pattern).ok().map(|pattern| (pattern, formats)))
        .collect()
});

fn part(name: &str) -> Option<String> {
    static PART: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?i)part[-_ ]?\d{1,3}(?:[-_ ]?of[-_ ]?\d{1,3})?").ok());
    let found = PART.as_ref()?.find(name)?;
    Some(format!("the file's name says \"{}\"", found.as_str()))
}

pub(super) fn slot(known: &Known<'_>, draft: &mut Draft) {
    let mut section = Section::new("[slot]", "slot");
    let dates = dates_in(known.file_name);
    let rows = row_dates(known);
    let mut patterns: Vec<&str> = Vec::new();
    let compact = known.file_name.bytes().filter(u8::is_ascii_digit).count() >= 8;
    match &dates[..] {
        [] if compact => section.note("The file's name holds digits that are no date in one reading alone; the dates covered are taken from the rows."),
        [] => section.note("The file's name says no date; the dates covered are taken from the rows."),
        [from, to] if from < to => {
            patterns.push(r"(?P<from>20\d{2}-?\d{2}-?\d{2})\D+(?P<to>20\d{2}-?\d{2}-?\d{2})");
            section.note(format!("The file's name says {from} to {to}{}.", beside(&rows)));
        }
        [named, ..] => match &rows[..] {
            [only] => {
                let later = (*named - *only).num_days();
                if (0..=7).contains(&later) && written_plainly(known.file_name) {
                    patterns.push(r"(?:^|\D)(?P<date>20\d{6}|20\d\d-\d\d-\d\d)(?:\D|$)");
                    section.note(format!("The file's name says {named}, every row is of {only}."));
                    if later > 0 {
                        section.set("days_later", later.to_string(), format!("the name is dated {later} day(s) after its rows; weekends may differ, so look at a Monday's file"));
                    }
                } else {
                    section.note(format!("The file's name says {named}, its rows are of {only}: not understood, so the dates covered are taken from the rows."));
                }
            }
            [] => section.note(format!("The file's name says {named}; whether that is the day of its rows is not known yet. Once it is, file_name = ['(?:^|\\D)(?P<date>20\\d{{6}})(?:\\D|$)'] takes it from there.")),
            several => section.note(format!(
                "The file's name says {named}, its rows are of {} dates, {} to {}: the dates covered are taken from the rows.",
                several.len(),
                several[0],
                several[several.len() - 1]
            )),
        },
    }
    if part(known.file_name).is_some() {
        patterns.push(r"(?i)part[-_ ]?(?P<part>\d{1,3})(?:[-_ ]?of[-_ ]?(?P<parts>\d{1,3}))?");
    }
    if !patterns.is_empty() {
        let written: Vec<String> = patterns.iter().map(|text| pattern(text)).collect();
        section.set("file_name", format!("[{}]", written.join(", ")), "");
    } else {
        // Only remarks: nothing is declared.
        section.header = String::new();
    }
    draft.sections.push(section);
}

fn written_plainly(name: &str) -> bool {
    static PLAIN: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?:^|\D)(?:20\d{6}|20\d\d-\d\d-\d\d)(?:\D|$)").ok());
    PLAIN.as_ref().is_some_and(|pattern| pattern.is_match(name))
}

fn beside(rows: &[NaiveDate]) -> String {
    match (rows.first(), rows.last()) {
        (Some(first), Some(last)) => format!("; its rows are of {first} to {last}"),
        _ => String::new(),
    }
}

/// The dates of the rows by the only column of dates, where its values have one reading.
fn row_dates(known: &Known<'_>) -> Vec<NaiveDate> {
    let dates = super::time_column(known);
    let Some(column) = dates else {
        return Vec::new();
    };
    let mut all = Vec::new();
    for shape in known.columns[column].stamps.shapes.values() {
        let best = shape.best();
        let [only] = best[..] else { return Vec::new() };
        all.extend(only.dates.keys().copied());
    }
    all.sort();
    all.dedup();
    all
}

/// Lines above the header that say a date, a merchant or a count.
pub(super) fn preamble(known: &Known<'_>, draft: &mut Draft) {
    let separator = char::from(known.source.separator()).to_string();
    let mut seen = Vec::new();
    for line in &known.table.above {
        let text = line.cells.join(&separator);
        let label: String = text
            .chars()
            .take_while(|c| !c.is_ascii_digit() && *c != ':')
            .collect();
        let label = label
            .trim_matches(|c: char| !c.is_alphanumeric())
            .to_owned();
        let told = format!(
            "row {}: `{}`",
            line.row,
            masked(text.trim_matches([',', ';', '|', '\t', ' ']))
        );
        let start = format!(r"(?i)^\W*{}", regex::escape(&label).replace(' ', r"\s+"));
        let numbers: Vec<&str> = text
            .split(|c: char| !c.is_ascii_digit())
            .filter(|number| !number.is_empty())
            .collect();
        if label.is_empty() || label.chars().count() > 60 {
            seen.push(told);
            continue;
        }
        let dates = dates_in(&text);
        let counts = says(
            &label,
            &[
                "count",
                "rows",
                "records",
                "transactions",
                "transaksi",
                "baris",
                "trx",
            ],
        );
        let mut section = Section::new("[[preamble]]", &format!("preamble `{}`", shown(&label)));
        if let ([only], true) = (&dates[..], written_plainly(&text)) {
            let agrees = match &row_dates(known)[..] {
                [row] if row == only => "the day of its rows",
                [] => "",
                _ => "not the day of its rows; leave this out unless you know what it is",
            };
            if agrees == "the day of its rows" {
                section.set(
                    "pattern",
                    pattern(&format!(r"{start}\D+(?P<date>20\d{{6}}|20\d\d-\d\d-\d\d)")),
                    format!("{told}: {only}, {agrees}"),
                );
            } else {
                seen.push(format!(
                    "{told} ({only}; {})",
                    if agrees.is_empty() {
                        "the day of its rows is not known"
                    } else {
                        agrees
                    }
                ));
            }
        } else if let ([only], Some(_)) = (&numbers[..], counts)
            && only.parse() == Ok(known.rows)
        {
            section.set(
                "pattern",
                pattern(&format!(r"{start}\D+(?P<count>\d+)")),
                format!("{told}: as many as the table has rows"),
            );
        } else {
            seen.push(told);
        }
        push(draft, section);
    }
    if !seen.is_empty() {
        let more = seen.len().saturating_sub(6);
        seen.truncate(6);
        let more = if more > 0 {
            format!("; and {more} more")
        } else {
            String::new()
        };
        draft.about.push(format!(
            "Above the header: {}{more}. Lines of which nothing is needed are passed over.",
            seen.join("; ")
        ));
    }
}

pub(super) fn unread(known: &Known<'_>, chosen: &Chosen, draft: &mut Draft) {
    let mut told = Vec::new();
    let told_in = super::key::told_in(known);
    for column in known.columns {
        let name = known.named(column.index);
        let what = match known.roles[column.index] {
            Role::Empty if column.header.is_empty() => continue,
            Role::Empty => format!("{name} (empty)"),
            Role::Running => format!("{name} (the number of the row)"),
            Role::Balance => format!("{name} (a balance or a rate)"),
            Role::Twin => format!("{name} (a name given twice)"),
            Role::Discount => format!("{name} (a discount)"),
            Role::Amount | Role::Fee | Role::Net | Role::Number | Role::Debit | Role::Credit
                if !chosen.named.contains(&column.index) =>
            {
                format!("{name} (numbers)")
            }
            Role::Codes | Role::Text => match (column.is_constant(), &column.values) {
                (Some(only), _) if known.rows > 1 => {
                    format!("{name} (always `{}`)", column.show(only))
                }
                (_, Some(values)) if column.is_codes() => {
                    let some: Vec<String> = values
                        .keys()
                        .take(4)
                        .map(|value| column.show(value))
                        .collect();
                    format!("{name} ({})", some.join(", "))
                }
                _ => format!("{name} (text)"),
            },
            Role::Narrative if !told_in.contains(&column.index) => {
                format!("{name} (sentences)")
            }
            _ => continue,
        };
        told.push(what);
    }
    let unused_dates: Vec<usize> = known
        .of_role(Role::Date)
        .into_iter()
        .filter(|date| super::time_column(known) != Some(*date))
        .collect();
    if super::time_column(known).is_some() {
        told.extend(
            unused_dates
                .iter()
                .map(|date| format!("{} (dates)", known.named(*date))),
        );
    }
    if told.is_empty() {
        return;
    }
    let mut section = Section::new("", "");
    section.note(format!("Not read: {}.", told.join("; ")));
    draft.sections.push(section);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_hold_dates_in_one_reading_or_none() {
        for (name, expected) in [
            ("kilat_20261118.csv", "2026-11-18"),
            ("kilat 2026-11-18 part 1.csv", "2026-11-18"),
            ("report_18112026.csv", "2026-11-18"),
            ("report_02062026.csv", ""),
            ("report_20261113_20261115.csv", "2026-11-13 2026-11-15"),
            ("report.csv", ""),
        ] {
            let dates: Vec<String> = dates_in(name).iter().map(NaiveDate::to_string).collect();
            assert_eq!(dates.join(" "), expected, "{name}");
        }
        assert_eq!(profile_name("Laporan Kilat_20261118.csv"), "laporan-kilat");
        assert_eq!(profile_name("20261118.csv"), "my-provider");
    }
}
