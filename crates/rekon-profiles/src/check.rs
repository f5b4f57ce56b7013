//! RawProfile → Profile: every rule of the language is checked here, once.

use std::collections::BTreeMap;

use chrono::{Duration, NaiveTime};
use encoding_rs::Encoding;
use regex::{Regex, RegexBuilder};

use super::codes::{operations, statuses};
use super::language::*;
use super::printed::printed;
use super::profile::*;
use super::sides::SideRule;
use crate::domain::advice::{VoidWindow, Windows};
use crate::domain::key::KeyField;
use crate::domain::money::{NumberStyle, Unit};
use crate::domain::stamp::StampFormat;
use crate::spelling::{self, nearest};

pub(super) struct Problem {
    pub key: String,
    pub problem: String,
    pub fix: String,
}

pub(super) fn problem(
    key: impl Into<String>,
    problem: impl Into<String>,
    fix: impl Into<String>,
) -> Problem {
    Problem {
        key: key.into(),
        problem: problem.into(),
        fix: fix.into(),
    }
}

/// Details every profile has, before its own.
pub(super) const FIRST_DETAILS: [&str; 3] = ["reference", "product", "customer"];
/// Names the profile's other sections take.
pub(super) const RESERVED: [&str; 8] = [
    "code",
    "amount",
    "fee",
    "net",
    "status",
    "kind",
    "operation",
    "occurred_at",
];
/// What an extraction may name beside the fields.
const EXTRACTABLE: [&str; 5] = ["amount", "fee", "net", "time", "code"];

pub(super) fn check(raw: RawProfile) -> Result<Profile, Problem> {
    let fields = Fields::check(raw.fields)?;
    let mut details: Vec<String> = FIRST_DETAILS.map(str::to_owned).to_vec();
    details.extend(fields.own_details.iter().cloned());
    for (index, name) in raw.match_if_present.iter().enumerate() {
        if !fields.own_details.contains(name) {
            return Err(problem(
                format!("match_if_present[{index}]"),
                format!("`{name}` is not a detail field of this profile"),
                hint(name, fields.own_details.iter().map(String::as_str)),
            ));
        }
    }
    details.push("code".to_owned());
    let operation = operations(raw.operation)?;
    let status = statuses(raw.status, &operation)?;
    let known: Vec<&str> = fields
        .keys
        .iter()
        .map(|field| field.name.as_str())
        .chain(details.iter().map(String::as_str))
        .chain(EXTRACTABLE)
        .collect();
    let extracts = extracts(raw.extracts, &known)?;
    if raw.time.columns.is_empty() && !extracts.iter().any(|e| has_group(&e.pattern, "time")) {
        return Err(problem(
            "time.columns",
            "no column says when",
            "name the columns that hold the transaction's date, e.g. columns = [\"timestamp\"]",
        ));
    }
    Ok(Profile {
        name: name(raw.name)?,
        summary: raw.summary,
        title: raw.title.map(title).transpose()?,
        labels: fields.labels,
        hash: String::new(),
        source: String::new(),
        resolved: String::new(),
        extends: Vec::new(),
        key: fields.key,
        match_if_present: raw.match_if_present,
        personal: fields.personal,
        bearer: fields.bearer,
        money: raw.money,
        defaults: defaults(raw.defaults)?,
        windows: windows(raw.windows)?,
        layout: Layout {
            delimiter: delimiter(raw.file.delimiter.as_deref())?,
            encoding: encoding(raw.file.encoding.as_deref())?,
            quote: quote(raw.file.quote.as_deref())?,
            empty_file: raw.file.empty_file.unwrap_or_default(),
            open_end: !raw.file.ends_with_newline.unwrap_or(true),
            sheets: sheets(raw.sheets)?,
            header_levels: match raw.header.levels {
                None | Some(1) => 1,
                Some(2) => 2,
                Some(more) => {
                    return Err(problem(
                        "header.levels",
                        format!("{more} levels are not understood"),
                        "write 1, or 2 for a group line above the column names",
                    ));
                }
            },
            header_search: raw.header.search.unwrap_or(40),
            ignored: raw.header.ignore,
            keys: fields.keys,
            details: fields.details,
            amount: money("amount", raw.amount, &extracts)?,
            fee: raw
                .fee
                .map(|fee| money("fee", fee, &extracts))
                .transpose()?,
            net: raw
                .net
                .map(|net| money("net", net, &extracts))
                .transpose()?,
            side: raw.side.map(SideRule::of).transpose()?,
            time: time(raw.time)?,
            status,
            operation,
            extracts,
            filters: filters(raw.filters)?,
            preamble: raw
                .preamble
                .into_iter()
                .enumerate()
                .map(|(index, rule)| {
                    Ok(PreambleRule {
                        pattern: pattern(&format!("preamble[{index}].pattern"), &rule.pattern)?,
                        required: rule.required,
                    })
                })
                .collect::<Result<_, _>>()?,
            trailer: raw
                .trailer
                .into_iter()
                .enumerate()
                .map(|(index, rule)| {
                    Ok(TrailerRule {
                        pattern: pattern(&format!("trailer[{index}].pattern"), &rule.pattern)?,
                        scope: rule.scope,
                        totals_by_column: rule.totals_by_column,
                        ends: rule.ends,
                        required: rule.required,
                    })
                })
                .collect::<Result<_, _>>()?,
            slot: slot(raw.slot)?,
            printed: printed(raw.file.layout, raw.fixed, raw.page, raw.sections)?,
        },
        details,
    })
}

pub(super) fn hint<'k>(word: &str, known: impl Iterator<Item = &'k str> + Clone) -> String {
    match nearest(word, known.clone()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("known here: {}", known.collect::<Vec<_>>().join(", ")),
    }
}

fn name(name: String) -> Result<String, Problem> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if name.is_empty() || !name.bytes().all(plain) {
        return Err(problem(
            "name",
            format!("`{name}` is not a profile name"),
            "use lower-case letters, digits and hyphens",
        ));
    }
    Ok(name)
}

struct Fields {
    key: Vec<KeyField>,
    keys: Vec<Field>,
    details: Vec<Field>,
    own_details: Vec<String>,
    personal: Vec<String>,
    bearer: Vec<String>,
    labels: BTreeMap<String, FieldLabel>,
}

/// Longer ones do not fit above a column.
const LONGEST_LABEL: usize = 40;

fn title(text: String) -> Result<String, Problem> {
    readable("title", text)
}

/// Words of one line for people.
fn readable(key: &str, text: String) -> Result<String, Problem> {
    let fits = (1..=LONGEST_LABEL).contains(&text.trim().chars().count());
    if !fits || text.contains(char::is_control) {
        let fix = format!("write one line of up to {LONGEST_LABEL} characters");
        return Err(problem(key, format!("`{text}` is not a label"), fix));
    }
    Ok(text.trim().to_owned())
}

fn label(field: &str, raw: Option<FieldLabel>) -> Result<FieldLabel, Problem> {
    let Some(raw) = raw else {
        return Ok(usual_label(field));
    };
    let at = |language: &str| format!("field `{field}` label.{language}");
    Ok(FieldLabel {
        id: readable(&at("id"), raw.id)?,
        en: readable(&at("en"), raw.en)?,
    })
}

/// `order_id` as `Order id`, where the profile does not say how it is read.
fn usual_label(field: &str) -> FieldLabel {
    let (id, en) = match field {
        "reference" => ("Referensi lain", "Other reference"),
        "product" => ("Produk", "Product"),
        "customer" => ("Pelanggan", "Customer"),
        "code" => ("Kode respons", "Response code"),
        _ => {
            let words = field.replace('_', " ");
            let mut letters = words.chars();
            let first = letters.next().map(|letter| letter.to_ascii_uppercase());
            let text: String = first.into_iter().chain(letters).collect();
            return FieldLabel {
                id: text.clone(),
                en: text,
            };
        }
    };
    FieldLabel {
        id: id.to_owned(),
        en: en.to_owned(),
    }
}

impl Fields {
    fn check(raw: Vec<RawField>) -> Result<Fields, Problem> {
        let mut fields = Fields {
            key: Vec::new(),
            keys: Vec::new(),
            details: Vec::new(),
            own_details: Vec::new(),
            personal: Vec::new(),
            bearer: Vec::new(),
            labels: BTreeMap::new(),
        };
        let mut names: Vec<String> = Vec::new();
        let mut given: Vec<Field> = Vec::new();
        for field in raw {
            let at = format!("field `{}`", field.name);
            let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
            if field.name.is_empty() || !field.name.bytes().all(plain) {
                return Err(problem(
                    at,
                    "not a field name",
                    "use lower-case letters, digits and underscores",
                ));
            }
            if RESERVED.contains(&field.name.as_str()) {
                return Err(problem(
                    at,
                    "this name has a section of its own",
                    format!(
                        "describe it under [{}], or choose another name",
                        section(&field.name)
                    ),
                ));
            }
            if names.contains(&field.name) {
                return Err(problem(at, "described twice", "keep one of the two"));
            }
            names.push(field.name.clone());
            if field.personal {
                fields.personal.push(field.name.clone());
            }
            if field.bearer {
                fields.bearer.push(field.name.clone());
            }
            let shown = label(&field.name, field.label)?;
            fields.labels.insert(field.name.clone(), shown);
            let checked = Field {
                required: field.required || field.key.is_some(),
                name: field.name,
                columns: field.columns,
                prefer: field.prefer,
                constant: field.constant,
                strip_prefix: field.strip_prefix.filter(|prefix| !prefix.is_empty()),
            };
            match field.key {
                Some(spelling) => {
                    fields.key.push(KeyField {
                        name: checked.name.clone(),
                        spelling,
                    });
                    fields.keys.push(checked);
                }
                None => {
                    if !FIRST_DETAILS.contains(&checked.name.as_str()) {
                        fields.own_details.push(checked.name.clone());
                    }
                    given.push(checked);
                }
            }
        }
        if fields.keys.is_empty() {
            return Err(problem(
                "field",
                "no field is a key",
                "give at least one field key = \"text\" or key = \"numeric\"",
            ));
        }
        for wanted in FIRST_DETAILS
            .into_iter()
            .map(str::to_owned)
            .chain(fields.own_details.clone())
        {
            let found = given.iter().position(|field| field.name == wanted);
            let shown = fields.labels.entry(wanted.clone());
            shown.or_insert_with(|| usual_label(&wanted));
            fields.details.push(match found {
                Some(index) => given.swap_remove(index),
                None => Field {
                    name: wanted,
                    columns: Vec::new(),
                    prefer: Vec::new(),
                    constant: None,
                    required: false,
                    strip_prefix: None,
                },
            });
        }
        fields.labels.insert("code".to_owned(), usual_label("code"));
        Ok(fields)
    }
}

fn section(name: &str) -> &str {
    match name {
        "code" => "status",
        "kind" => "operation",
        "occurred_at" => "time",
        other => other,
    }
}

fn defaults(raw: RawDefaults) -> Result<Defaults, Problem> {
    Ok(Defaults {
        pending_sla: duration("defaults.pending_sla", &raw.pending_sla)?,
        calendar: raw.calendar,
        due: NaiveTime::parse_from_str(&raw.due, "%H:%M").map_err(|_| {
            problem(
                "defaults.due",
                format!("`{}` is not a time of day", raw.due),
                "write hours and minutes, e.g. \"10:00\"",
            )
        })?,
        files_per_date: raw.files_per_date,
    })
}

fn duration(key: &str, text: &str) -> Result<Duration, Problem> {
    let refused = || {
        problem(
            key,
            format!("`{text}` is not a duration"),
            "write a whole number and s, m, h or d, e.g. \"15m\"",
        )
    };
    spelling::duration(text).ok_or_else(refused)
}

/// What the profile says of the provider's windows; nothing where it is silent.
fn windows(raw: RawWindows) -> Result<Windows, Problem> {
    Ok(Windows {
        void: match raw.void {
            None => VoidWindow::NotOffered,
            Some(RawVoid::SameDay) => VoidWindow::SameDay,
        },
        check_status: match raw.check_status {
            None => None,
            Some(text) => Some(duration("windows.check_status", &text)?),
        },
    })
}

fn delimiter(text: Option<&str>) -> Result<u8, Problem> {
    match text.unwrap_or(",").as_bytes() {
        b"tab" => Ok(b'\t'),
        [byte] if byte.is_ascii() && !byte.is_ascii_alphanumeric() => Ok(*byte),
        _ => Err(problem(
            "file.delimiter",
            format!("`{}` is not one separator", text.unwrap_or_default()),
            "write one character, e.g. \";\", or \"tab\"",
        )),
    }
}

fn quote(text: Option<&str>) -> Result<Option<u8>, Problem> {
    match text.unwrap_or("\"").as_bytes() {
        [] => Ok(None),
        [byte] if byte.is_ascii_punctuation() => Ok(Some(*byte)),
        _ => Err(problem(
            "file.quote",
            "more than one character",
            "write one character, or \"\" where quotes mean nothing",
        )),
    }
}

fn encoding(label: Option<&str>) -> Result<&'static Encoding, Problem> {
    let label = label.unwrap_or("utf-8");
    Encoding::for_label(label.as_bytes()).ok_or_else(|| {
        problem(
            "file.encoding",
            format!("`{label}` is not a known encoding"),
            "write e.g. \"utf-8\", \"windows-1252\" or \"utf-16le\"",
        )
    })
}

fn sheets(raw: RawSheets) -> Result<SheetRule, Problem> {
    let read = raw.read.unwrap_or_default();
    match (raw.name, raw.pattern) {
        (Some(_), Some(_)) => Err(problem(
            "sheets",
            "both name and pattern are given",
            "keep one of the two",
        )),
        (Some(name), None) => Ok(SheetRule::Named(name)),
        (None, Some(text)) => {
            let pattern = pattern("sheets.pattern", &text)?;
            Ok(match read {
                SheetsRead::First => SheetRule::Matching(pattern),
                SheetsRead::All => SheetRule::AllMatching(pattern),
            })
        }
        (None, None) => Ok(match read {
            SheetsRead::First => SheetRule::First,
            SheetsRead::All => SheetRule::All,
        }),
    }
}

fn money(key: &str, raw: RawMoney, extracts: &[Extract]) -> Result<MoneyRule, Problem> {
    let extracted = extracts.iter().any(|e| has_group(&e.pattern, key));
    if raw.columns.is_empty() && raw.sum.is_empty() && !extracted {
        return Err(problem(
            format!("{key}.columns"),
            "no column holds it",
            "name its columns, or the columns to add up under `sum`",
        ));
    }
    if raw.sum.iter().any(Vec::is_empty) {
        return Err(problem(
            format!("{key}.sum"),
            "an empty list of names",
            "give each summed column its names, e.g. sum = [[\"mdr\"], [\"ppn\"]]",
        ));
    }
    Ok(MoneyRule {
        columns: raw.columns,
        sum: raw.sum,
        style: raw.number_style.unwrap_or(NumberStyle::Undeclared),
        unit: raw.unit.unwrap_or(Unit::Rupiah),
        negative: raw.negative.unwrap_or_default(),
    })
}

fn time(raw: RawTime) -> Result<TimeRule, Problem> {
    let mut formats = Vec::new();
    for (index, text) in raw.formats.iter().enumerate() {
        formats.push(StampFormat::parse(text).ok_or_else(|| {
            problem(
                format!("time.formats[{index}]"),
                format!("`{text}` is not a date format"),
                "write strftime marks, e.g. \"%d/%m/%Y %H:%M:%S\", or \"serial\"",
            )
        })?);
    }
    let zone = match raw.zone {
        Some(name) => Some(name.parse().map_err(|_| {
            problem(
                "time.zone",
                format!("`{name}` is not a time zone"),
                "write an IANA name, e.g. \"Asia/Jakarta\" or \"UTC\"",
            )
        })?),
        None => None,
    };
    Ok(TimeRule {
        columns: raw.columns,
        time_columns: raw.time_columns,
        zone_columns: raw.zone_columns,
        formats,
        zone,
    })
}

pub(super) fn pattern(key: &str, text: &str) -> Result<Regex, Problem> {
    RegexBuilder::new(text)
        .size_limit(1 << 20)
        .build()
        .map_err(|error| {
            let last = error.to_string();
            problem(
                key,
                format!(
                    "not a pattern: {}",
                    last.lines().last().unwrap_or_default().trim()
                ),
                "write a regular expression between single quotes, so that \\ stays as it is",
            )
        })
}

pub(super) fn has_group(pattern: &Regex, name: &str) -> bool {
    pattern.capture_names().flatten().any(|group| group == name)
}

fn extracts(raw: Vec<RawExtract>, known: &[&str]) -> Result<Vec<Extract>, Problem> {
    let mut extracts = Vec::new();
    for (index, rule) in raw.into_iter().enumerate() {
        let key = format!("extract[{index}].pattern");
        let pattern = pattern(&key, &rule.pattern)?;
        if let Some(stranger) = pattern
            .capture_names()
            .flatten()
            .find(|group| !known.contains(group))
        {
            return Err(problem(
                key,
                format!("the group `{stranger}` is not a field of this profile"),
                hint(stranger, known.iter().copied()),
            ));
        }
        extracts.push(Extract {
            columns: rule.columns,
            pattern,
        });
    }
    Ok(extracts)
}

fn filters(raw: Vec<RawFilter>) -> Result<Vec<Filter>, Problem> {
    let mut filters = Vec::new();
    for (index, rule) in raw.into_iter().enumerate() {
        if rule.include.is_none() && rule.exclude.is_none() {
            return Err(problem(
                format!("filter[{index}]"),
                "neither include nor exclude",
                "say which values are kept or left out, e.g. include = '^M001$'",
            ));
        }
        let one = |name: &str, text: Option<String>| {
            text.map(|text| pattern(&format!("filter[{index}].{name}"), &text))
                .transpose()
        };
        filters.push(Filter {
            include: one("include", rule.include)?,
            exclude: one("exclude", rule.exclude)?,
            columns: rule.columns,
        });
    }
    Ok(filters)
}

fn slot(raw: RawSlot) -> Result<SlotRule, Problem> {
    for (index, text) in raw.date_formats.iter().enumerate() {
        if StampFormat::parse(text).is_none() {
            return Err(problem(
                format!("slot.date_formats[{index}]"),
                format!("`{text}` is not a date format"),
                "write strftime marks, e.g. \"%Y%m%d\"",
            ));
        }
    }
    let mut file_name = Vec::new();
    for (index, text) in raw.file_name.iter().enumerate() {
        file_name.push(pattern(&format!("slot.file_name[{index}]"), text)?);
    }
    Ok(SlotRule {
        file_name,
        date_formats: if raw.date_formats.is_empty() {
            vec!["%Y%m%d".to_owned(), "%Y-%m-%d".to_owned()]
        } else {
            raw.date_formats
        },
        days_later: raw.days_later,
    })
}
