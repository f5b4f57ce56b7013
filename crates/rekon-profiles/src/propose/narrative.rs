//! References that stand inside a sentence: `[BLP21032623382611409] PYM …`, `bayar INV-2026-0012 lunas`.

mod tokens;

use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;

use regex::Regex;
use xxhash_rust::xxh3::xxh3_128;

use super::super::ReadOptions;
use super::super::fault::FileFault;
use super::column::COMPARED;
use super::facts::Facts;
use super::roles::Role;
use super::source::Source;

/// A pattern that finds one reference in the values of a column.
#[derive(Clone, Debug)]
pub(super) struct Inside {
    pub column: usize,
    /// `\[`, or a word boundary.
    pub before: String,
    /// `BLP\d{17}`: what the group holds.
    pub token: String,
    pub after: String,
    pub prefix: String,
    pub example: (u32, String),
    pub rows: u64,
    pub found: u64,
    pub repeated: Option<u32>,
    /// Only rows of this side hold it: the column of sides, its value and the rows that have it.
    pub side: Option<(usize, String, u64)>,
    /// Only a part of the rows holds it, or it has marks inside: worth a question, no more.
    pub is_doubtful: bool,
    /// The first row that does not hold it.
    pub without: Option<u32>,
}

impl Inside {
    pub fn pattern(&self, group: &str) -> String {
        format!("{}(?P<{group}>{}){}", self.before, self.token, self.after)
    }
}

type Class = (String, String, String);

/// Patterns that most values of a narrative fit, checked on every row.
pub(super) fn inside(
    source: &Source<'_>,
    options: &ReadOptions,
    facts: &Facts,
    roles: &[Role],
) -> Result<Vec<Inside>, FileFault> {
    static TOKEN: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?P<open>[\[({#/]?)(?P<prefix>[A-Z]{1,8}[-/]?)?(?P<digits>\d{6,40})(?P<close>[\])}/]?)").ok()
    });
    let (Some(pattern), Some(sheet)) = (TOKEN.as_ref(), facts.main()) else {
        return Ok(Vec::new());
    };
    let side = match &(0..roles.len())
        .filter(|at| roles[*at] == Role::Side)
        .collect::<Vec<_>>()[..]
    {
        [only] => Some(*only),
        _ => None,
    };
    let mut all = Vec::new();
    for column in sheet
        .columns
        .iter()
        .filter(|column| roles[column.index] == Role::Narrative)
    {
        let mut classes: BTreeMap<Class, (usize, usize, usize)> = BTreeMap::new();
        for text in &column.told {
            let mut once: BTreeMap<Class, (usize, usize)> = BTreeMap::new();
            for found in pattern.captures_iter(text) {
                let part = |name: &str| found.name(name).map_or("", |m| m.as_str()).to_owned();
                let length = part("digits").len();
                let seen = once
                    .entry((part("open"), part("prefix"), part("close")))
                    .or_insert((0, length));
                seen.0 += 1;
            }
            // A pattern that fits twice would have to choose.
            for (class, (_, length)) in once.into_iter().filter(|(_, (times, _))| *times == 1) {
                let known = classes.entry(class).or_insert((0, length, length));
                *known = (known.0 + 1, known.1.min(length), known.2.max(length));
            }
        }
        let mut best: Vec<(&Class, &(usize, usize, usize))> = classes
            .iter()
            .filter(|(class, (times, ..))| {
                // On one side of an account alone, a class has to be unmistakable.
                let marked = side.is_some() && !(class.0.is_empty() && class.1.is_empty());
                let share = if marked { 2 } else { 8 };
                *times * 10 >= column.told.len() * share && *times > 0
            })
            .collect();
        best.sort_by_key(|(class, (times, ..))| {
            std::cmp::Reverse((*times, class.1.len(), class.0.len()))
        });
        for ((open, prefix, close), (_, shortest, longest)) in best.into_iter().take(2) {
            let edge = |mark: &str| {
                if mark.is_empty() {
                    r"\b".to_owned()
                } else {
                    regex::escape(mark)
                }
            };
            let length = if shortest == longest {
                format!("{shortest}")
            } else {
                format!("{shortest},{longest}")
            };
            all.push(Inside {
                column: column.index,
                before: edge(open),
                token: format!(r"{}\d{{{length}}}", regex::escape(prefix)),
                after: edge(close),
                prefix: prefix.clone(),
                example: (0, String::new()),
                rows: 0,
                found: 0,
                repeated: None,
                side: None,
                is_doubtful: false,
                without: None,
            });
        }
        all.extend(tokens::of(column.index, &column.told));
    }
    if all.is_empty() {
        return Ok(all);
    }
    let mut checked: Vec<(Inside, Regex, HashSet<u128>)> = Vec::new();
    let mut rows_of: BTreeMap<String, u64> = BTreeMap::new();
    for inside in all {
        if let Ok(pattern) = Regex::new(&inside.pattern("found")) {
            checked.push((inside, pattern, HashSet::new()));
        }
    }
    facts.each_row(source, options, &mut |row| {
        if !row.is_row {
            return;
        }
        let code = side.map_or("", |side| row.cell(side).0);
        *rows_of.entry(code.to_owned()).or_default() += 1;
        for (inside, pattern, seen) in &mut checked {
            inside.rows += 1;
            let Some(found) = pattern
                .captures(row.cell(inside.column).0)
                .and_then(|found| found.name("found"))
            else {
                inside.without.get_or_insert(row.number);
                continue;
            };
            inside.found += 1;
            if let Some(side) = side {
                match &inside.side {
                    None if inside.found == 1 => inside.side = Some((side, code.to_owned(), 0)),
                    Some((_, held, _)) if held != code => inside.side = None,
                    _ => {}
                }
            }
            if inside.example.0 == 0 {
                inside.example = (row.number, found.as_str().to_owned());
            }
            if inside.repeated.is_none()
                && seen.len() < COMPARED
                && !seen.insert(xxh3_128(found.as_str().as_bytes()))
            {
                inside.repeated = Some(row.number);
            }
        }
    })?;
    let mut found: Vec<Inside> = Vec::new();
    for (mut inside, ..) in checked {
        if let Some((_, code, rows)) = &mut inside.side {
            *rows = rows_of.get(code).copied().unwrap_or(0);
        }
        let of = inside.side.as_ref().map_or(inside.rows, |side| side.2);
        let least = if inside.is_doubtful { 1 } else { 8 };
        if inside.found * 10 >= of * least {
            found.push(inside);
        }
    }
    // Nobody is asked about a part of what is plain.
    let plain: Vec<usize> = found
        .iter()
        .filter(|inside| !inside.is_doubtful && inside.repeated.is_none())
        .map(|inside| inside.column)
        .collect();
    found.retain(|inside| !inside.is_doubtful || !plain.contains(&inside.column));
    Ok(found)
}
