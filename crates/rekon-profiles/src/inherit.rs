//! `extends`: a profile and those it is a variant of → one table, each of whose values still knows
//! which text said it.
//!
//! Tables merge key by key. Rows of `field` and `operation.map` merge by name, rows of `status.map`
//! by code and operation. Every other array replaces the inherited one, and `"..."` in it stands for
//! what is inherited there. What `remove` names is taken out before anything is merged.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::IntoDeserializer;
use sha2::{Digest, Sha256};
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::check::hint;
use super::codes::plain_code;
use super::language::{RawInheritance, RawProfile};
use super::profile::{BUILT_IN, built_in_source};
use super::refused::{ProfileError, invalid};

/// How many profiles may stand behind one another.
const DEEPEST: usize = 8;
/// Stands for what is inherited in its place.
const INHERITED: &str = "...";
/// Arrays whose rows are known by their names.
const BY_NAME: [&str; 2] = ["field", "operation.map"];
const BY_CODE: &str = "status.map";

/// The texts that make a profile, the one that was asked for first.
pub(super) struct Layers {
    layers: Vec<Layer>,
}

struct Layer {
    /// How it is called in errors.
    file: String,
    text: String,
    /// The text behind as many blanks as all texts before it are long: a position in one of them is
    /// a position in no other.
    placed: String,
    start: usize,
    own: RawInheritance,
}

type Table<'t> = DeTable<'t>;

impl Layers {
    /// The profile of this text, which lies at `path` in `folder`, and every one that it extends.
    pub fn gather(
        text: &str,
        file: &str,
        path: &str,
        folder: &Path,
    ) -> Result<Layers, ProfileError> {
        let mut layers: Vec<Layer> = Vec::new();
        let mut next = Some((
            text.to_owned(),
            file.to_owned(),
            folder.to_path_buf(),
            path.to_owned(),
        ));
        let mut known: Vec<String> = Vec::new();
        while let Some((text, file, folder, identity)) = next.take() {
            known.push(identity);
            let start = layers.last().map_or(0, |last| last.placed.len() + 1);
            let placed = " ".repeat(start) + &text;
            let own = inheritance(&placed, &file, start)?;
            if let Some(extends) = &own.extends {
                next = Some(extended(extends, &file, &folder, &known, layers.len())?);
            } else if let Some(path) = own.remove.first() {
                return Err(invalid(
                    &file,
                    "remove",
                    format!("`{path}` is not inherited: this profile extends none"),
                    "delete this key, or name the profile that is meant: extends = \"…\"",
                ));
            }
            layers.push(Layer {
                file,
                text,
                placed,
                start,
                own,
            });
        }
        Ok(Layers { layers })
    }

    pub fn extends(&self) -> Vec<String> {
        self.layers[1..]
            .iter()
            .map(|layer| layer.file.clone())
            .collect()
    }

    /// SHA-256 of the texts, in hex: any change of one of them is a change of the profile.
    pub fn hash(&self) -> String {
        let mut hash = Sha256::new();
        for (position, layer) in self.layers.iter().enumerate() {
            if position > 0 {
                hash.update([0]);
            }
            hash.update(&layer.text);
        }
        data_encoding::HEXLOWER.encode(&hash.finalize())
    }

    /// All of them as one profile.
    pub fn merged(&self) -> Result<Spanned<Table<'_>>, ProfileError> {
        let mut merged = Spanned::new(0..0, Table::new());
        for layer in self.layers.iter().rev() {
            let parsed =
                DeTable::parse(&layer.placed).map_err(|error| self.told(layer.start, &error))?;
            let span = parsed.span();
            let mut own = parsed.into_inner();
            for key in ["extends", "remove"] {
                own.remove(key);
            }
            let mut inherited = merged.into_inner();
            for path in &layer.own.remove {
                remove(&mut inherited, path).map_err(|(problem, fix)| {
                    invalid(&layer.file, "remove", format!("`{path}`: {problem}"), fix)
                })?;
            }
            let tables = merge_tables(inherited, own, "").map_err(|stray| {
                let (file, line) = self.place(stray.at);
                invalid(
                    file,
                    format!("line {line}, {}", stray.path),
                    "`...` stands for what is inherited here, and nothing is",
                    "delete it, or name the profile that is meant: extends = \"…\"",
                )
            })?;
            merged = Spanned::new(span, tables);
        }
        Ok(merged)
    }

    pub fn raw(&self, merged: Spanned<Table<'_>>) -> Result<RawProfile, ProfileError> {
        RawProfile::deserialize(merged.into_deserializer()).map_err(|error| self.told(0, &error))
    }

    /// The merged profile as TOML; a profile that extends none as it was written.
    pub fn resolved(&self, merged: Spanned<Table<'_>>) -> Result<String, ProfileError> {
        let first = &self.layers[0];
        if self.layers.len() == 1 {
            return Ok(first.text.clone());
        }
        let unwritable = |error: String| {
            invalid(
                &first.file,
                "the whole",
                format!("it cannot be written as one profile: {error}"),
                "report this with the profile",
            )
        };
        let table = toml::Table::deserialize(merged.into_deserializer())
            .map_err(|error| self.told(0, &error))?;
        toml::to_string_pretty(&table).map_err(|error| unwritable(error.to_string()))
    }

    /// An error of the check, at the text that said it.
    pub fn refuse(
        &self,
        merged: &Table<'_>,
        key: &str,
        problem: impl Into<String>,
        fix: impl Into<String>,
    ) -> ProfileError {
        if self.layers.len() == 1 {
            return invalid(&self.layers[0].file, key, problem, fix);
        }
        let Some(at) = position(merged, key) else {
            return invalid(&self.layers[0].file, key, problem, fix);
        };
        let (file, line) = self.place(at);
        // Rows are counted in the merged profile, which nobody wrote: the line says which is meant.
        let mut plain = String::new();
        let mut inside = false;
        for letter in key.chars() {
            match letter {
                '[' => inside = true,
                ']' => inside = false,
                _ if inside => {}
                _ => plain.push(letter),
            }
        }
        invalid(file, format!("line {line}, {plain}"), problem, fix)
    }

    /// The file and line of a position.
    fn place(&self, at: usize) -> (&str, usize) {
        let layer = self.layers.iter().rev().find(|layer| layer.start <= at);
        let layer = layer.unwrap_or(&self.layers[0]);
        let before = layer.placed.get(..at).unwrap_or(&layer.placed);
        (&layer.file, 1 + before.matches('\n').count())
    }

    fn told(&self, from: usize, error: &toml::de::Error) -> ProfileError {
        let at = error.span().map_or(from, |span| span.start);
        let (file, line) = self.place(at);
        super::refused::told(file, line, error)
    }
}

fn inheritance(placed: &str, file: &str, start: usize) -> Result<RawInheritance, ProfileError> {
    toml::from_str(placed).map_err(|error| {
        let at = error.span().map_or(start, |span| span.start);
        let before = placed.get(..at).unwrap_or(placed);
        super::refused::told(file, 1 + before.matches('\n').count(), &error)
    })
}

/// Text, name, folder and identity of the profile that `file` extends.
fn extended(
    extends: &str,
    file: &str,
    folder: &Path,
    known: &[String],
    depth: usize,
) -> Result<(String, String, PathBuf, String), ProfileError> {
    let refuse =
        |problem: String, fix: &str| Err(invalid(file, "extends", problem, fix.to_owned()));
    let (text, name, below, identity) = if let Some(text) = built_in_source(extends) {
        let name = extends.to_owned();
        (text.to_owned(), name.clone(), folder.to_path_buf(), name)
    } else if extends.ends_with(".toml") {
        let path = folder.join(extends);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) => {
                return refuse(
                    format!("{} cannot be read: {error}", path.display()),
                    "the path is relative to the profile that names it",
                );
            }
        };
        let real = path.canonicalize().unwrap_or_else(|_| path.clone());
        let below = path.parent().unwrap_or(folder).to_path_buf();
        let shown = path.display().to_string();
        (text, shown, below, real.display().to_string())
    } else {
        let fix = format!(
            "{}; or write the path of a .toml file",
            hint(extends, BUILT_IN.into_iter())
        );
        return refuse(format!("no profile is called `{extends}`"), &fix);
    };
    let same = |one: &String| {
        *one == identity
            || (one.ends_with(".toml")
                && Path::new(one)
                    .canonicalize()
                    .is_ok_and(|real| real == Path::new(&identity)))
    };
    if let Some(first) = known.iter().position(same) {
        let mut round: Vec<&str> = known[first..].iter().map(String::as_str).collect();
        round.push(&identity);
        return refuse(
            format!("these extend one another: {}", round.join(" → ")),
            "one of them has to stand alone, or extend a built-in profile",
        );
    }
    if depth + 2 > DEEPEST {
        return refuse(
            format!("more than {DEEPEST} profiles stand behind one another"),
            "extend one nearer to the provider's report",
        );
    }
    Ok((text, name, below, identity))
}

/// `...` where nothing is inherited.
struct Stray {
    path: String,
    at: usize,
}

fn joined(path: &str, key: &str) -> String {
    match path {
        "" => key.to_owned(),
        path => format!("{path}.{key}"),
    }
}

fn merge_tables<'t>(
    mut inherited: Table<'t>,
    own: Table<'t>,
    path: &str,
) -> Result<Table<'t>, Stray> {
    for (key, value) in own {
        let at = joined(path, key.get_ref());
        let span = value.span();
        let existing = inherited.get_mut(key.get_ref().as_ref());
        let before = existing.as_ref().map(|existing| existing.get_ref().clone());
        let merged = match (before, value.into_inner()) {
            (Some(DeValue::Table(before)), DeValue::Table(own)) => {
                DeValue::Table(merge_tables(before, own, &at)?)
            }
            (_, DeValue::Table(own)) => DeValue::Table(merge_tables(Table::new(), own, &at)?),
            (before, DeValue::Array(own)) => {
                let before = match before {
                    Some(DeValue::Array(before)) => Some(before),
                    _ => None,
                };
                DeValue::Array(merge_arrays(before, own, &at)?)
            }
            (_, other) => other,
        };
        let merged = Spanned::new(span, merged);
        match existing {
            Some(existing) => *existing = merged,
            None => {
                inherited.insert(key, merged);
            }
        }
    }
    Ok(inherited)
}

fn merge_arrays<'t>(
    inherited: Option<DeArray<'t>>,
    own: DeArray<'t>,
    path: &str,
) -> Result<DeArray<'t>, Stray> {
    let spread = own
        .iter()
        .any(|one| one.get_ref().as_str() == Some(INHERITED));
    if BY_NAME.contains(&path) && !spread {
        return by_name(inherited, own, path);
    }
    if path == BY_CODE && !spread {
        return Ok(by_code(inherited.as_ref(), own));
    }
    let mut merged = DeArray::new();
    for (index, one) in own.into_iter().enumerate() {
        let span = one.span();
        if one.get_ref().as_str() == Some(INHERITED) {
            let Some(inherited) = &inherited else {
                return Err(Stray {
                    path: path.to_owned(),
                    at: span.start,
                });
            };
            for before in inherited.iter() {
                merged.push(before.clone());
            }
            continue;
        }
        let value = match one.into_inner() {
            // A list of lists: what is inherited in the same place.
            DeValue::Array(inner) => {
                let before = inherited.as_ref().and_then(|array| array.get(index));
                let before = match before.map(Spanned::get_ref) {
                    Some(DeValue::Array(before)) => Some(before.clone()),
                    _ => None,
                };
                DeValue::Array(merge_arrays(before, inner, path)?)
            }
            DeValue::Table(inner) => DeValue::Table(merge_tables(Table::new(), inner, path)?),
            other => other,
        };
        merged.push(Spanned::new(span, value));
    }
    Ok(merged)
}

fn text_of<'v>(row: &'v DeValue<'_>, key: &str) -> Option<&'v str> {
    row.as_table()?.get(key)?.get_ref().as_str()
}

fn by_name<'t>(
    inherited: Option<DeArray<'t>>,
    own: DeArray<'t>,
    path: &str,
) -> Result<DeArray<'t>, Stray> {
    let mut rows: Vec<Spanned<DeValue<'t>>> = inherited.into_iter().flatten().collect();
    // Two rows of one name in the same profile are a mistake, which the check tells.
    let mut taken: Vec<bool> = vec![false; rows.len()];
    for row in own {
        let span = row.span();
        let at = text_of(row.get_ref(), "name").and_then(|name| {
            rows.iter().zip(&taken).position(|(before, taken)| {
                !taken && text_of(before.get_ref(), "name") == Some(name)
            })
        });
        let own = match row.into_inner() {
            DeValue::Table(own) => own,
            // No row: reading the profile refuses it where it stands.
            other => {
                rows.push(Spanned::new(span, other));
                taken.push(true);
                continue;
            }
        };
        match at {
            Some(at) => {
                taken[at] = true;
                let before = match rows[at].get_ref() {
                    DeValue::Table(before) => before.clone(),
                    _ => Table::new(),
                };
                rows[at] = Spanned::new(span, DeValue::Table(merge_tables(before, own, path)?));
            }
            None => {
                let own = merge_tables(Table::new(), own, path)?;
                rows.push(Spanned::new(span, DeValue::Table(own)));
                taken.push(true);
            }
        }
    }
    Ok(rows.into_iter().collect())
}

fn texts(row: &DeValue<'_>, key: &str) -> Vec<String> {
    let list = row.as_table().and_then(|table| table.get(key));
    let list = list.and_then(|list| list.get_ref().as_array());
    list.into_iter()
        .flat_map(|list| list.iter())
        .filter_map(|one| one.get_ref().as_str().map(str::to_owned))
        .collect()
}

fn same_code(a: &str, b: &str) -> bool {
    plain_code(a).eq_ignore_ascii_case(plain_code(b))
}

/// Inherited rows without the codes that are mapped anew, then the new rows. A row for any operation
/// takes the place of one for any; one for an operation of that operation's alone.
fn by_code<'t>(inherited: Option<&DeArray<'t>>, own: DeArray<'t>) -> DeArray<'t> {
    let mut anew: Vec<(String, Vec<String>)> = Vec::new();
    for row in own.iter() {
        let operations = texts(row.get_ref(), "operations");
        let codes = texts(row.get_ref(), "codes");
        anew.extend(codes.into_iter().map(|code| (code, operations.clone())));
    }
    let mut rows: Vec<Spanned<DeValue<'t>>> = Vec::new();
    for row in inherited.into_iter().flat_map(|rows| rows.iter()) {
        rows.extend(without(row, &anew));
    }
    rows.extend(own);
    rows.into_iter().collect()
}

/// A row of `status.map` without these codes on these operations: several rows where one code keeps
/// other operations than the rest, none where nothing is left.
fn without<'t>(
    row: &Spanned<DeValue<'t>>,
    gone: &[(String, Vec<String>)],
) -> Vec<Spanned<DeValue<'t>>> {
    let operations = texts(row.get_ref(), "operations");
    let codes = texts(row.get_ref(), "codes");
    // Codes that keep the same operations stay one row.
    let mut kept: Vec<(Vec<String>, Vec<String>)> = Vec::new();
    for code in codes {
        let mut left = operations.clone();
        let mut replaced = false;
        for (_, of) in gone.iter().filter(|(other, _)| same_code(other, &code)) {
            replaced |= of.is_empty() && operations.is_empty();
            left.retain(|operation| !of.contains(operation));
        }
        if replaced || (left.is_empty() && !operations.is_empty()) {
            continue;
        }
        match kept.iter_mut().find(|(same, _)| *same == left) {
            Some((_, codes)) => codes.push(code),
            None => kept.push((left, vec![code])),
        }
    }
    let Some(table) = row.get_ref().as_table() else {
        return vec![row.clone()];
    };
    kept.into_iter()
        .map(|(operations, codes)| {
            let mut table = table.clone();
            for (key, values) in [("codes", codes), ("operations", operations)] {
                if let Some(list) = table.get_mut(key) {
                    let span = list.span();
                    let values = values
                        .into_iter()
                        .map(|value| Spanned::new(span.clone(), DeValue::String(value.into())));
                    *list = Spanned::new(span.clone(), DeValue::Array(values.collect()));
                }
            }
            Spanned::new(row.span(), DeValue::Table(table))
        })
        .collect()
}

type Gone = (String, String);

/// Takes what a path names out of what is inherited.
fn remove(table: &mut Table<'_>, path: &str) -> Result<(), Gone> {
    if let Some(code) = path.strip_prefix("status.map.") {
        return remove_code(table, code);
    }
    for rows in BY_NAME {
        if let Some(name) = path
            .strip_prefix(rows)
            .and_then(|rest| rest.strip_prefix('.'))
        {
            return remove_row(table, rows, name);
        }
    }
    remove_key(table, path)
}

fn remove_key(table: &mut Table<'_>, path: &str) -> Result<(), Gone> {
    let (first, rest) = match path.split_once('.') {
        Some((first, rest)) => (first, Some(rest)),
        None => (path, None),
    };
    let inherited = |table: &Table<'_>| -> Gone {
        let keys: Vec<String> = table.keys().map(|key| key.get_ref().to_string()).collect();
        (
            format!("no `{first}` is inherited here"),
            hint(first, keys.iter().map(String::as_str)),
        )
    };
    let Some(rest) = rest else {
        return match table.remove(first) {
            Some(_) => Ok(()),
            None => Err(inherited(table)),
        };
    };
    match table.get_mut(first).map(Spanned::get_mut) {
        Some(DeValue::Table(below)) => remove_key(below, rest),
        _ => Err(inherited(table)),
    }
}

fn rows_of<'a, 't>(table: &'a mut Table<'t>, path: &str) -> Option<&'a mut DeArray<'t>> {
    let (first, rest) = match path.split_once('.') {
        Some((first, rest)) => (first, Some(rest)),
        None => (path, None),
    };
    match (table.get_mut(first)?.get_mut(), rest) {
        (DeValue::Table(below), Some(rest)) => rows_of(below, rest),
        (DeValue::Array(rows), None) => Some(rows),
        _ => None,
    }
}

fn remove_row(table: &mut Table<'_>, path: &str, name: &str) -> Result<(), Gone> {
    let (name, key) = match name.split_once('.') {
        Some((name, key)) => (name, Some(key)),
        None => (name, None),
    };
    let mut empty = DeArray::new();
    let rows = rows_of(table, path).unwrap_or(&mut empty);
    let names: Vec<String> = rows
        .iter()
        .filter_map(|row| text_of(row.get_ref(), "name").map(str::to_owned))
        .collect();
    let Some(at) = names.iter().position(|known| known == name) else {
        return Err((
            format!("no {path} is called `{name}`"),
            hint(name, names.iter().map(String::as_str)),
        ));
    };
    match key {
        Some(key) => match rows.get_mut(at).map(Spanned::get_mut) {
            Some(DeValue::Table(row)) => remove_key(row, key),
            _ => Ok(()),
        },
        None => {
            let left = rows.iter().enumerate().filter(|(index, _)| *index != at);
            *rows = left.map(|(_, row)| row.clone()).collect();
            Ok(())
        }
    }
}

fn remove_code(table: &mut Table<'_>, wanted: &str) -> Result<(), Gone> {
    let (code, operation) = match wanted.split_once('/') {
        Some((code, operation)) => (code, Some(operation)),
        None => (wanted, None),
    };
    let mut empty = DeArray::new();
    let rows = rows_of(table, BY_CODE).unwrap_or(&mut empty);
    let mut found = false;
    let mut left = Vec::new();
    for row in rows.iter() {
        let operations = texts(row.get_ref(), "operations");
        let named = operation.is_none_or(|one| operations.iter().any(|known| known == one));
        let codes = texts(row.get_ref(), "codes");
        if !named || !codes.iter().any(|known| same_code(known, code)) {
            left.push(row.clone());
            continue;
        }
        found = true;
        let gone = match operation {
            Some(operation) => vec![operation.to_owned()],
            None => operations,
        };
        left.extend(without(row, &[(code.to_owned(), gone)]));
    }
    if !found {
        let of = operation.map_or_else(String::new, |name| format!(" for the operation `{name}`"));
        return Err((
            format!("no row of status.map has the code `{code}`{of}"),
            "`rekon profiles show` prints what is inherited".to_owned(),
        ));
    }
    *rows = left.into_iter().collect();
    Ok(())
}

/// Where the value of a key that the check names was written: `field `fee``, `time.formats[1]`.
fn position(table: &Table<'_>, key: &str) -> Option<usize> {
    if let Some(name) = key
        .strip_prefix("field `")
        .and_then(|rest| rest.strip_suffix('`'))
    {
        let rows = table.get("field")?.get_ref().as_array()?;
        let row = rows
            .iter()
            .rev()
            .find(|row| text_of(row.get_ref(), "name") == Some(name))?;
        return Some(row.span().start);
    }
    let mut at = None;
    let mut here: Option<&DeValue<'_>> = None;
    for step in key.split('.') {
        let (name, indexes) = step.split_once('[').map_or((step, ""), |(n, i)| (n, i));
        let below = match here {
            None => table.get(name),
            Some(value) => value.as_table().and_then(|table| table.get(name)),
        };
        let Some(mut below) = below else { break };
        at = Some(below.span().start);
        for index in indexes.split('[') {
            let index = index.trim_end_matches(']').parse::<usize>();
            let Some(one) = index
                .ok()
                .and_then(|index| below.get_ref().as_array().and_then(|rows| rows.get(index)))
            else {
                break;
            };
            below = one;
            at = Some(below.span().start);
        }
        here = Some(below.get_ref());
    }
    at
}
