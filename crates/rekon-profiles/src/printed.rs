//! Printed reports: columns at fixed places, pages with a head, and sections whose rows mean
//! something else. What a profile says of them, checked; and which line is none of the rows.

use regex::Regex;

use super::check::{Problem, has_group, hint, pattern, problem};
use super::fault::{FileFault, Spot};
use super::language::{RawFixed, RawPage, RawSection, SectionRows, TextLayout};
use crate::domain::status::{Kind, Status};

#[derive(Clone, Debug, Default)]
pub(super) struct Printed {
    pub fixed: Option<FixedRule>,
    page: Option<PageRule>,
    sections: Vec<SectionRule>,
}

#[derive(Clone, Debug)]
pub(super) enum FixedRule {
    /// The line of dashes under the header says where the columns stand.
    Ruler,
    Columns(Vec<(String, Span)>),
}

/// The places of a column in a line, from 0, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Span {
    pub from: usize,
    pub to: usize,
}

#[derive(Clone, Debug)]
struct PageRule {
    head: Vec<Regex>,
    number: Option<Regex>,
}

#[derive(Clone, Debug)]
pub(super) struct SectionRule {
    pub name: String,
    begins: Regex,
    pub rows: SectionRows,
    row: Option<Regex>,
    pub given: Given,
}

/// What a section says of all its rows.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Given {
    pub kind: Option<Kind>,
    pub status: Option<Status>,
}

impl SectionRule {
    pub fn is_row(&self, text: &str) -> bool {
        self.row.as_ref().is_none_or(|row| row.is_match(text))
    }
}

impl Printed {
    /// Whether lines can be other than rows, headers and totals.
    pub fn has_pages(&self) -> bool {
        self.fixed.is_some() || self.page.is_some() || !self.sections.is_empty()
    }

    pub fn has_sections(&self) -> bool {
        !self.sections.is_empty()
    }

    pub fn section(&self, index: usize) -> Option<&SectionRule> {
        self.sections.get(index)
    }

    /// The section that a line begins.
    pub fn begins(&self, text: &str) -> Option<usize> {
        self.sections
            .iter()
            .position(|section| section.begins.is_match(text))
    }

    /// Whether a line that is no row belongs to a page's head or foot.
    pub fn is_head(&self, text: &str) -> bool {
        let by_rule = self.page.as_ref().is_some_and(|page| {
            let mut rules = page.head.iter().chain(&page.number);
            rules.any(|rule| rule.is_match(text))
        });
        self.has_pages() && (by_rule || is_line(text))
    }
}

/// A drawn line: `-----`, `+----+----+`.
pub(super) fn is_line(text: &str) -> bool {
    let mut drawn = 0;
    for letter in text.chars() {
        match letter {
            '-' | '=' | '_' | '*' => drawn += 1,
            '+' | '|' | ' ' | '\t' => {}
            _ => return false,
        }
    }
    drawn >= 3
}

/// The pages met so far.
#[derive(Debug, Default)]
pub(super) struct Pages {
    last: u32,
    of: Option<u32>,
}

impl Pages {
    /// Takes a line that may carry a page's number; pages follow one another, and a further part
    /// of the report may begin at 1 again.
    pub fn met(&mut self, printed: &Printed, text: &str, spot: Spot) -> Result<(), FileFault> {
        let rule = printed.page.as_ref().and_then(|page| page.number.as_ref());
        let Some(found) = rule.and_then(|rule| rule.captures(text)) else {
            return Ok(());
        };
        let number = |group: &str| found.name(group)?.as_str().parse::<u32>().ok();
        let Some(page) = number("page") else {
            return Ok(());
        };
        if page == 1 && self.last > 1 {
            self.ended(&spot)?;
        } else if page != self.last && page != self.last + 1 {
            let before = match self.last {
                0 => "the first page that is there".to_owned(),
                last => format!("what follows page {last}"),
            };
            return Err(FileFault::MissingPage {
                spot,
                detail: format!("{before} is page {page}"),
            });
        }
        self.last = page;
        self.of = number("pages");
        Ok(())
    }

    /// At the end of the report, or of a part of it.
    pub fn ended(&self, spot: &Spot) -> Result<(), FileFault> {
        match self.of {
            Some(of) if of > self.last => Err(FileFault::MissingPage {
                spot: spot.clone(),
                detail: format!("the last page that is there is {} of {of}", self.last),
            }),
            _ => Ok(()),
        }
    }
}

pub(super) fn printed(
    layout: TextLayout,
    fixed: Option<RawFixed>,
    page: Option<RawPage>,
    sections: Vec<RawSection>,
) -> Result<Printed, Problem> {
    let fixed = match (layout, fixed) {
        (TextLayout::Delimited, None) => None,
        (TextLayout::Delimited, Some(_)) => {
            return Err(problem(
                "fixed",
                "places of columns, where a separator parts them",
                "write layout = \"fixed\" under [file], or leave [fixed] out",
            ));
        }
        (TextLayout::Fixed, fixed) => Some(fixed_rule(fixed.unwrap_or_default())?),
    };
    let page = match page {
        None => None,
        Some(raw) => Some(page_rule(&raw)?),
    };
    let mut checked = Vec::new();
    for (index, section) in sections.into_iter().enumerate() {
        checked.push(section_rule(index, section)?);
    }
    Ok(Printed {
        fixed,
        page,
        sections: checked,
    })
}

fn fixed_rule(raw: RawFixed) -> Result<FixedRule, Problem> {
    match (raw.ruler, raw.columns.is_empty()) {
        (true, true) => return Ok(FixedRule::Ruler),
        (false, false) => {}
        (true, false) => {
            return Err(problem(
                "fixed",
                "both a ruler and columns",
                "keep one of the two",
            ));
        }
        (false, true) => {
            return Err(problem(
                "fixed",
                "nothing says where the columns stand",
                "write ruler = true under [fixed] where a line of dashes stands under the column names, or list them: columns = [{ name = \"RRN\", at = 38, width = 12 }]",
            ));
        }
    }
    let mut columns: Vec<(String, Span)> = Vec::new();
    for (index, column) in raw.columns.into_iter().enumerate() {
        let key = format!("fixed.columns[{index}]");
        let span = column
            .at
            .checked_sub(1)
            .filter(|_| column.width > 0)
            .and_then(|from| {
                let to = from.checked_add(column.width)?;
                Some(Span { from, to })
            })
            .ok_or_else(|| {
                problem(
                    key.as_str(),
                    format!("`{}` has no place", column.name),
                    "at counts from 1, and width is 1 or more",
                )
            })?;
        columns.push((column.name, span));
    }
    columns.sort_by_key(|(_, span)| span.from);
    if let Some(pair) = columns
        .windows(2)
        .find(|pair| pair[0].1.to > pair[1].1.from)
    {
        return Err(problem(
            "fixed.columns",
            format!("`{}` reaches into `{}`", pair[0].0, pair[1].0),
            "correct at or width of one of them",
        ));
    }
    Ok(FixedRule::Columns(columns))
}

fn page_rule(raw: &RawPage) -> Result<PageRule, Problem> {
    let mut head = Vec::new();
    for (index, text) in raw.head.iter().enumerate() {
        head.push(pattern(&format!("page.head[{index}]"), text)?);
    }
    let number = match &raw.number {
        None => None,
        Some(text) => Some(pattern("page.number", text)?),
    };
    if number.as_ref().is_some_and(|rule| !has_group(rule, "page")) {
        return Err(problem(
            "page.number",
            "no group is called `page`",
            "name the digits, e.g. '^\\s*Page (?P<page>\\d+)'",
        ));
    }
    Ok(PageRule { head, number })
}

fn section_rule(index: usize, raw: RawSection) -> Result<SectionRule, Problem> {
    let key = |name: &str| format!("section[{index}].{name}");
    let is_read = raw.rows == SectionRows::Read;
    let out_of_place = match (&raw.row, raw.kind.as_ref().or(raw.status.as_ref())) {
        (Some(_), _) if is_read => Some("row"),
        (_, Some(_)) if !is_read => Some("kind and status"),
        _ => None,
    };
    if let Some(names) = out_of_place {
        return Err(problem(
            format!("section[{index}]"),
            format!("{names} with rows = \"{}\"", raw.rows.name()),
            "`row` belongs to sections that are not read, `kind` and `status` to those with rows = \"read\"",
        ));
    }
    let named = |name: &str, text: &Option<String>, known: &[&str]| {
        let Some(text) = text else { return Ok(()) };
        if known.contains(&text.as_str()) {
            return Ok(());
        }
        Err(problem(
            key(name),
            format!("`{text}` is not a {name}"),
            hint(text, known.iter().copied()),
        ))
    };
    named("kind", &raw.kind, &Kind::NAMES)?;
    named("status", &raw.status, &Status::NAMES)?;
    Ok(SectionRule {
        begins: pattern(&key("begins"), &raw.begins)?,
        row: match &raw.row {
            None => None,
            Some(text) => Some(pattern(&key("row"), text)?),
        },
        name: raw.name,
        rows: raw.rows,
        given: Given {
            kind: raw.kind.as_deref().and_then(Kind::from_name),
            status: raw.status.as_deref().and_then(Status::from_name),
        },
    })
}
