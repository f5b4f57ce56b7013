//! Which column says when, in which format and zone.

use chrono::NaiveDate;

use super::super::draft::{Draft, Section, choice, list, quoted};
use super::super::numbers::count;
use super::super::roles::Role;
use super::super::stamps::{Shape, Way};
use super::super::words::{self, says};
use super::Known;
use crate::domain::stamp::{Epoch, serial_parts};

pub(super) fn section(known: &Known<'_>, draft: &mut Draft) {
    let mut section = Section::new("[time]", "time");
    let mut dates = known.of_role(Role::Date);
    dates.extend(known.of_role(Role::Serial));
    let earlier: Vec<usize> = dates
        .iter()
        .copied()
        .filter(|column| says(known.header(*column), words::LATER).is_none())
        .collect();
    let evidence = match says_time(known, &earlier) {
        Some(word) => format!("{}; its header says \"{word}\"", read_of(known, &earlier)),
        None => read_of(known, &earlier),
    };
    match (&earlier[..], &dates[..]) {
        ([], []) => {
            section.ask(
                "columns",
                "no column of dates was found; name the one that says when a payment was made",
                Vec::new(),
            );
        }
        ([only], [_]) => one(known, *only, &evidence, &mut section),
        ([only], _) => {
            let others: Vec<usize> = dates
                .iter()
                .copied()
                .filter(|other| other != only)
                .collect();
            let evidence = format!(
                "{evidence}; {} says when something later happened",
                known.all_named(&others)
            );
            one(known, *only, &evidence, &mut section);
        }
        ([], [only]) => {
            let word = says(known.header(*only), words::LATER).unwrap_or("later");
            section.ask(
                "columns",
                format!(
                    "{} is the only date, and its header says \"{word}\": is it the day of the payment? rekon looks for a payment on this day and its neighbours",
                    known.named(*only)
                ),
                vec![choice(format!("columns = {}", list([known.header(*only)])), range_of(known, *only))],
            );
            formats(known, *only, &mut section);
        }
        (several, _) => {
            let asked = if several.is_empty() { &dates } else { several };
            let choices = asked
                .iter()
                .map(|column| {
                    choice(
                        format!("columns = {}", list([known.header(*column)])),
                        range_of(known, *column),
                    )
                })
                .collect();
            section.ask(
                "columns",
                format!(
                    "{} hold dates; which says when the customer paid?",
                    known.all_named(asked)
                ),
                choices,
            );
            let mut all: Vec<String> = Vec::new();
            for column in asked {
                for shape in known.columns[*column].stamps.shapes.values() {
                    let best = shape.best();
                    all.extend(
                        best.iter()
                            .map(|way| way.format.clone())
                            .filter(|format| !format.is_empty()),
                    );
                }
            }
            all.dedup();
            if !all.is_empty() {
                let choices = all
                    .iter()
                    .map(|format| choice(format!("formats = {}", list([format.as_str()])), ""))
                    .collect();
                section.fill(
                    "formats",
                    "the one in which the column you choose is written",
                    choices,
                    "[\"\"]",
                );
            }
        }
    }
    draft.sections.push(section);
}

fn says_time(known: &Known<'_>, columns: &[usize]) -> Option<&'static str> {
    let [only] = columns else { return None };
    says(known.header(*only), words::TIME)
}

fn read_of(known: &Known<'_>, columns: &[usize]) -> String {
    let [only] = columns else {
        return String::new();
    };
    let column = &known.columns[*only];
    let read = match known.roles[*only] {
        Role::Serial => column.serials,
        _ => column.stamps.read,
    };
    format!(
        "{} of {} values are dates, {}",
        count(read),
        count(column.filled),
        range_of(known, *only)
    )
}

fn range_of(known: &Known<'_>, column: usize) -> String {
    let mut told = Vec::new();
    for shape in known.columns[column].stamps.shapes.values() {
        for way in shape.best() {
            told.push(span(way));
        }
    }
    told.dedup();
    told.join(" or ")
}

fn span(way: &Way) -> String {
    match (way.dates.first_key_value(), way.dates.last_key_value()) {
        (Some((first, _)), Some((last, _))) if first == last => format!("on {first}"),
        (Some((first, _)), Some((last, _))) => format!("from {first} to {last}"),
        _ => "none".to_owned(),
    }
}

/// One column, perhaps with a second for the time of day.
fn one(known: &Known<'_>, column: usize, evidence: &str, section: &mut Section) {
    let line = list([known.header(column)]);
    formats(known, column, section);
    section.set("columns", line, evidence.to_owned());
    let clocks = known.of_role(Role::Clock);
    let has_clock = known.columns[column]
        .stamps
        .shapes
        .values()
        .any(|shape| shape.has_clock);
    if let ([clock], false) = (&clocks[..], has_clock) {
        let own = &known.columns[*clock];
        section.set(
            "time_columns",
            list([known.header(*clock)]),
            format!(
                "{} of {} values are a time of day",
                count(own.stamps.clocks.max(own.dotted_clocks)),
                count(own.filled)
            ),
        );
    } else if clocks.len() > 1 && !has_clock {
        section.note(format!(
            "{} hold times of day; name the one that belongs to the date under time_columns.",
            known.all_named(&clocks)
        ));
    } else if !has_clock && known.roles[column] == Role::Date {
        section.note(
            "No time of day: entries near the cut-off cannot be told from those of the next date.",
        );
    }
    zone(known, column, &clocks, section);
}

/// The formats of a column.
fn formats(known: &Known<'_>, column: usize, section: &mut Section) {
    let own = &known.columns[column];
    if known.roles[column] == Role::Serial {
        return serial(known, column, section);
    }
    let mut decided: Vec<String> = Vec::new();
    let mut told: Vec<String> = Vec::new();
    let mut open: Option<&Shape> = None;
    for shape in own.stamps.shapes.values() {
        let best = shape.best();
        match &best[..] {
            [] => {}
            [only] => {
                if !only.format.is_empty() {
                    decided.push(only.format.clone());
                }
                let because = shape
                    .ways
                    .iter()
                    .filter(|way| way.format != only.format && !way.format.starts_with("%y"))
                    .find_map(|way| Some((way, way.refused.as_ref()?)));
                told.push(match because {
                    Some((way, (row, value))) => format!(
                        "{} of {} like `{}`; \"{}\" cannot read `{value}` (row {row})",
                        count(only.reads),
                        count(own.filled),
                        shape.example.1,
                        way.format
                    ),
                    None if only.format.is_empty() => {
                        format!(
                            "{} of {} are ISO stamps, which need no format",
                            count(only.reads),
                            count(own.filled)
                        )
                    }
                    None => format!(
                        "{} of {} like `{}`",
                        count(only.reads),
                        count(own.filled),
                        shape.example.1
                    ),
                });
            }
            _ => open = Some(shape),
        }
    }
    if let Some(shape) = open {
        let choices = shape
            .best()
            .iter()
            .map(|way| {
                let mut all: Vec<&str> = vec![&way.format];
                all.extend(decided.iter().map(String::as_str));
                choice(
                    format!("formats = {}", list(all)),
                    format!("{}{}", span(way), agrees(known, way)),
                )
            })
            .collect();
        section.fill(
            "formats",
            format!(
                "`{}` (row {}): no value says which number is the day and which the month",
                shape.example.1, shape.example.0
            ),
            choices,
            "[\"\"]",
        );
        return;
    }
    if decided.is_empty() {
        if !told.is_empty() {
            section.note(format!("formats: {}.", told.join("; ")));
        }
    } else {
        section.set(
            "formats",
            list(decided.iter().map(String::as_str)),
            told.join("; "),
        );
    }
}

/// Whether the file's name holds a date of this reading: a hint, no more.
fn agrees(known: &Known<'_>, way: &Way) -> String {
    let named = super::frame::dates_in(known.file_name);
    let near = |date: &NaiveDate| {
        way.dates
            .keys()
            .any(|read| (*date - *read).num_days().abs() <= 1)
    };
    match named.iter().find(|date| near(date)) {
        Some(date) => format!("; the file's name says {date}"),
        None => String::new(),
    }
}

fn serial(known: &Known<'_>, column: usize, section: &mut Section) {
    let own = &known.columns[column];
    let Some((row, value)) = own.first.first() else {
        return;
    };
    if own.number_cells == own.filled {
        section.note(format!(
            "formats: {} of {} are day numbers of the workbook, which need none.",
            count(own.number_cells),
            count(own.filled)
        ));
        return;
    }
    let choices = [("serial", Epoch::Y1900), ("serial-1904", Epoch::Y1904)]
        .into_iter()
        .filter_map(|(name, epoch)| {
            let (date, time) = serial_parts(value, epoch)?;
            let named = super::frame::dates_in(known.file_name);
            let near = named
                .iter()
                .find(|named| (**named - date).num_days().abs() <= 1);
            let hint = near.map_or(String::new(), |named| {
                format!("; the file's name says {named}")
            });
            Some(choice(
                format!("formats = {}", list([name])),
                format!("{date} {time}{hint}"),
            ))
        })
        .collect();
    section.fill(
            "formats",
        format!("`{value}` (row {row}) looks like a spreadsheet's day number that became text; from which day does it count?"),
        choices,
        "[\"\"]",
    );
}

/// Zones of the words that stamps end in.
const ZONES: [(&str, &str); 5] = [
    ("WIB", "Asia/Jakarta"),
    ("WITA", "Asia/Makassar"),
    ("WIT", "Asia/Jayapura"),
    ("UTC", "UTC"),
    ("GMT", "UTC"),
];

fn zone(known: &Known<'_>, column: usize, clocks: &[usize], section: &mut Section) {
    let stamps = &known.columns[column].stamps;
    if stamps.shapes.values().all(|shape| shape.zoned) && !stamps.shapes.is_empty() {
        section.note("zone: every stamp says its own (`Z` or an offset).");
        return;
    }
    let words: Vec<&str> = stamps
        .shapes
        .values()
        .filter_map(|shape| shape.zone_word)
        .collect();
    if let Some((word, zone)) = ZONES.iter().find(|(word, _)| words.contains(word)) {
        section.set("zone", quoted(zone), format!("the stamps end in {word}"));
        return;
    }
    let mut hours = [0u64; 24];
    for way in stamps
        .shapes
        .values()
        .flat_map(|shape| shape.best().into_iter().take(1))
    {
        for (hour, seen) in way.hours.iter().enumerate() {
            hours[hour] += seen;
        }
    }
    if let [clock] = clocks {
        hours = known.columns[*clock].stamps.clock_hours;
    }
    section.set(
        "zone",
        quoted(known.zone.name()),
        format!("no stamp says its zone, and rekon takes such stamps for Jakarta time; ask the provider{}", night(&hours)),
    );
}

/// When people sleep, as a hint about the zone.
fn night(hours: &[u64; 24]) -> String {
    let all: u64 = hours.iter().sum();
    if all < 200 {
        return String::new();
    }
    let quiet = |start: usize| -> u64 { (0..5).map(|offset| hours[(start + offset) % 24]).sum() };
    let Some(start) = (0..24).min_by_key(|start| quiet(*start)) else {
        return String::new();
    };
    let hint = match start {
        22..=23 | 0..=2 => "as if it were local time",
        15..=19 => "as if it were UTC",
        _ => "which says little",
    };
    format!(
        ". A hint, no proof: the five quietest hours begin at {start:02}:00 ({} of {} rows), {hint}",
        count(quiet(start)),
        count(all)
    )
}
