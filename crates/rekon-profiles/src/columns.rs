//! Finds the header line and settles, once per sheet, which column serves which field.

use serde::Serialize;

use super::profile::{Extract, Layout, MoneyRule, TimeRule};
use super::sight::Unread;
use crate::spelling::nearest;

/// Where a value of a row comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Column(usize),
    /// The first one where it is filled on the row.
    Either {
        first: usize,
        otherwise: usize,
    },
    /// A named group of an extraction rule.
    Extract {
        rule: usize,
        group: String,
    },
    Constant(String),
    Absent,
}

/// The columns of one sheet by their use.
#[derive(Debug)]
pub(super) struct Columns {
    pub headers: Vec<String>,
    pub keys: Vec<Source>,
    pub details: Vec<Source>,
    pub amount: Vec<Source>,
    pub fee: Vec<Source>,
    pub net: Vec<Source>,
    /// Names the side of the row's amount.
    pub side: Option<usize>,
    pub date: Source,
    pub time: Option<usize>,
    /// Names the zone of the row's stamp.
    pub zone: Option<usize>,
    /// `Absent` where the profile's constant status serves.
    pub code: Source,
    /// Empty where the file has no operation columns.
    pub operation: Vec<usize>,
    pub filters: Vec<usize>,
    pub extracts: Vec<usize>,
    pub uses: Vec<ColumnUse>,
    pub unmapped: Vec<String>,
    /// Columns that no field reads, and those that may name a currency.
    pub unread: Vec<Unread>,
}

/// One column of the file and the field it serves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ColumnUse {
    pub column: String,
    pub field: String,
}

/// What a line lacks to be the header.
#[derive(Debug)]
pub(super) struct NotAHeader {
    /// Fields that were found on the line.
    pub found: usize,
    /// Field and its first column name.
    pub missing: Vec<(String, Vec<String>)>,
    pub headers: Vec<String>,
}

impl NotAHeader {
    /// Far more is there than lacks: a sum beside a date on a cover is not.
    pub fn is_nearly_one(&self) -> bool {
        self.found >= 3 * self.missing.len().max(1)
    }
}

#[derive(Debug)]
pub(super) enum Refusal {
    NotAHeader(NotAHeader),
    Duplicate { field: String, columns: String },
}

/// Letters and digits alone, in lower case: `Ref ID`, `ref_id` and `refId` are one name.
pub(super) fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Whether two spellings name the same column.
pub fn same_header(a: &str, b: &str) -> bool {
    plain(a) == plain(b)
}

struct Finder {
    /// Every name each column answers to.
    names: Vec<Vec<String>>,
    headers: Vec<String>,
    found: usize,
    missing: Vec<(String, Vec<String>)>,
    duplicate: Option<(String, String)>,
    uses: Vec<(usize, String)>,
}

impl Finder {
    fn hits(&self, aliases: &[String]) -> Vec<usize> {
        let wanted: Vec<String> = aliases.iter().map(|alias| plain(alias)).collect();
        (0..self.names.len())
            .filter(|index| self.names[*index].iter().any(|name| wanted.contains(name)))
            .collect()
    }

    fn column(&mut self, field: &str, aliases: &[String]) -> Option<usize> {
        let hits = self.hits(aliases);
        self.one_of(field, hits)
    }

    fn one_of(&mut self, field: &str, hits: Vec<usize>) -> Option<usize> {
        let first = *hits.first()?;
        if hits.len() > 1 && self.duplicate.is_none() {
            let columns: Vec<&str> = hits.iter().map(|i| self.headers[*i].as_str()).collect();
            self.duplicate = Some((field.to_owned(), columns.join(", ")));
        }
        self.found += 1;
        self.uses.push((first, field.to_owned()));
        Some(first)
    }

    fn miss(&mut self, field: &str, aliases: &[String]) {
        self.missing.push((field.to_owned(), aliases.to_vec()));
    }

    fn source(
        &mut self,
        field: &str,
        aliases: &[String],
        constant: Option<&String>,
        extracts: &[Extract],
    ) -> Source {
        if let Some(column) = self.column(field, aliases) {
            return Source::Column(column);
        }
        if let Some(rule) = extracts
            .iter()
            .position(|extract| super::check::has_group(&extract.pattern, field))
        {
            return Source::Extract {
                rule,
                group: field.to_owned(),
            };
        }
        constant.map_or(Source::Absent, |text| Source::Constant(text.clone()))
    }

    /// A column that may hold the whole stamp or only its time is the time where another holds
    /// the date.
    fn stamp(&mut self, rule: &TimeRule, extracts: &[Extract]) -> (Source, Option<usize>) {
        let clocks = self.hits(&rule.time_columns);
        let mut dates = self.hits(&rule.columns);
        if dates.len() > 1 {
            dates.retain(|column| !clocks.contains(column));
        }
        let date = match self.one_of("time", dates) {
            Some(column) => Source::Column(column),
            None => self.source("time", &[], None, extracts),
        };
        let clocks = clocks
            .into_iter()
            .filter(|column| date != Source::Column(*column))
            .collect();
        (date, self.one_of("time of day", clocks))
    }

    fn money(&mut self, field: &str, rule: &MoneyRule, extracts: &[Extract]) -> Vec<Source> {
        match self.source(field, &rule.columns, None, extracts) {
            Source::Absent => {}
            one => return vec![one],
        }
        let parts: Vec<Source> = rule
            .sum
            .iter()
            .filter_map(|aliases| self.column(field, aliases).map(Source::Column))
            .collect();
        if parts.len() == rule.sum.len() {
            return parts;
        }
        // Half a sum would pass for the whole.
        if !parts.is_empty() {
            for aliases in &rule.sum {
                if self.hits(aliases).is_empty() {
                    self.miss(field, aliases);
                }
            }
        }
        Vec::new()
    }
}

/// Tries one line (with the group line above it, where the profile has two levels) as the header.
pub(super) fn resolve(
    layout: &Layout,
    groups: Option<&[String]>,
    line: &[String],
) -> Result<Columns, Refusal> {
    let (headers, names) = names_of(groups, line);
    let mut find = Finder {
        names,
        headers,
        found: 0,
        missing: Vec::new(),
        duplicate: None,
        uses: Vec::new(),
    };
    let extracts = &layout.extracts;
    let fields = |find: &mut Finder, list: &[super::profile::Field]| -> Vec<Source> {
        let mut sources = Vec::with_capacity(list.len());
        for field in list {
            let mut source = find.source(
                &field.name,
                &field.columns,
                field.constant.as_ref(),
                extracts,
            );
            if !field.prefer.is_empty()
                && let Some(first) = find.column(&field.name, &field.prefer)
            {
                source = match source {
                    Source::Column(otherwise) => Source::Either { first, otherwise },
                    _ => Source::Column(first),
                };
            }
            if field.required && source == Source::Absent {
                find.miss(&field.name, &field.columns);
            }
            sources.push(source);
        }
        sources
    };
    let keys = fields(&mut find, &layout.keys);
    let details = fields(&mut find, &layout.details);
    let amount = find.money("amount", &layout.amount, extracts);
    if amount.is_empty() {
        let wanted = if layout.amount.columns.is_empty() {
            layout.amount.sum.concat()
        } else {
            layout.amount.columns.clone()
        };
        find.miss("amount", &wanted);
    }
    let optional = |find: &mut Finder, name: &str, rule: &Option<MoneyRule>| {
        rule.as_ref()
            .map_or_else(Vec::new, |rule| find.money(name, rule, extracts))
    };
    let fee = optional(&mut find, "fee", &layout.fee);
    let net = optional(&mut find, "net", &layout.net);
    let side_columns = layout.side.as_ref().map(|rule| &rule.columns);
    let side_columns = side_columns.filter(|columns| !columns.is_empty());
    let side = side_columns.and_then(|columns| {
        let found = find.column("side", columns);
        if found.is_none() {
            find.miss("side", columns);
        }
        found
    });
    let (date, time) = find.stamp(&layout.time, extracts);
    let zone = find.column("zone", &layout.time.zone_columns);
    if date == Source::Absent {
        find.miss("time", &layout.time.columns);
    }
    let code = find.source("code", &layout.status.columns, None, extracts);
    if code == Source::Absent && layout.status.constant.is_none() {
        find.miss("status", &layout.status.columns);
    }
    let operation: Vec<usize> = layout
        .operation
        .columns
        .iter()
        .filter_map(|aliases| find.column("operation", aliases))
        .collect();
    let needed = |find: &mut Finder, name: &str, columns: &[String]| {
        let found = find.column(name, columns);
        if found.is_none() {
            find.miss(name, columns);
        }
        found.unwrap_or(0)
    };
    let filters = layout
        .filters
        .iter()
        .map(|filter| needed(&mut find, "filter", &filter.columns))
        .collect();
    let extracts = extracts
        .iter()
        .map(|extract| needed(&mut find, "extract", &extract.columns))
        .collect();
    if !find.missing.is_empty() {
        return Err(Refusal::NotAHeader(NotAHeader {
            found: find.found,
            missing: find.missing,
            headers: find.headers,
        }));
    }
    if let Some((field, columns)) = find.duplicate {
        return Err(Refusal::Duplicate { field, columns });
    }
    let mut uses: Vec<ColumnUse> = Vec::new();
    let mut unmapped = Vec::new();
    let mut unread = Vec::new();
    for (index, header) in find.headers.iter().enumerate() {
        let served: Vec<&str> = find
            .uses
            .iter()
            .filter(|(column, _)| *column == index)
            .map(|(_, field)| field.as_str())
            .collect();
        let is_ignored = layout.ignored.iter().any(|name| {
            let name = plain(name);
            find.names[index].contains(&name)
        });
        let is_spoken_of = is_ignored || !served.is_empty();
        if !served.is_empty() {
            uses.push(ColumnUse {
                column: header.clone(),
                field: served.join(", "),
            });
        } else if !header.is_empty() && !is_ignored {
            unmapped.push(header.clone());
        }
        let column = Unread::new(header, index, is_spoken_of);
        if !header.is_empty() && column.is_watched() {
            unread.push(column);
        }
    }
    Ok(Columns {
        headers: find.headers,
        keys,
        details,
        amount,
        fee,
        net,
        side,
        date,
        time,
        zone,
        code,
        operation: if operation.len() == layout.operation.columns.len() {
            operation
        } else {
            Vec::new()
        },
        filters,
        extracts,
        uses,
        unmapped,
        unread,
    })
}

/// Shown headers, and the plain names each answers to. A group stands over the columns to its
/// right until the next group begins.
pub(super) fn names_of(
    groups: Option<&[String]>,
    line: &[String],
) -> (Vec<String>, Vec<Vec<String>>) {
    let mut headers = Vec::with_capacity(line.len());
    let mut names = Vec::with_capacity(line.len());
    let mut group = "";
    for (index, cell) in line.iter().enumerate() {
        let cell = cell.trim();
        let above = groups.and_then(|groups| groups.get(index));
        if let Some(above) = above
            .map(|text| text.trim())
            .filter(|text| !text.is_empty())
        {
            group = above;
        }
        let full = match (group, cell) {
            ("", cell) => cell.to_owned(),
            (group, "") => group.to_owned(),
            (group, cell) => format!("{group} {cell}"),
        };
        let mut answers = vec![plain(&full), plain(cell)];
        answers.retain(|name| !name.is_empty());
        answers.dedup();
        headers.push(full);
        names.push(answers);
    }
    while headers.last().is_some_and(String::is_empty) {
        headers.pop();
        names.pop();
    }
    (headers, names)
}

/// The nearest header to any name of a missing field, for the hint.
pub(super) fn nearest_header<'h>(aliases: &[String], headers: &'h [String]) -> Option<&'h str> {
    let plain_headers: Vec<String> = headers.iter().map(|header| plain(header)).collect();
    aliases.iter().find_map(|alias| {
        let alias = plain(alias);
        let near = nearest(&alias, plain_headers.iter().map(String::as_str))?;
        let index = plain_headers.iter().position(|header| header == near)?;
        Some(headers[index].as_str())
    })
}
