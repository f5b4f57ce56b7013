//! What the sheets of a file look like: their headers, and how dates and amounts are written. Kept
//! with every file, so that the next one can be compared with those its channel had so far: a column
//! that is gone or new, or another way of writing, would otherwise be half read.

mod change;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use super::admission::names_money;
use super::columns::{Columns, Source, plain, resolve};
use super::profile::{Layout, Profile};
use super::row::{CellKind, Row};
use super::{Format, SheetFormat};
use crate::domain::money::Unit;

pub use change::ShapeChange;

/// So many rows of a sheet are looked at: a file is written by one program.
const ROWS: u32 = 64;

/// An ISO date that names no zone, as [`stamp_way`] calls it.
const ISO: &str = "9999-9-9";

/// What a file looks like.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileShape {
    pub sheets: Vec<SheetShape>,
    /// It has rows, and a filter leaves all of them out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    left_out: bool,
    /// Sheets that hold rows under the same header and are not read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) left_sheets: Vec<String>,
    /// Its text ends without a line end.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) open_end: bool,
    /// Its rows do not lead from the opening balance that it states to the closing one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) unbalanced: bool,
    /// By plain header of an unread column, the few values that stand in it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) unread: BTreeMap<String, BTreeSet<String>>,
    /// Plain headers of unread columns that hold a reference of each row and nothing else.
    #[serde(skip)]
    references: BTreeSet<String>,
}

/// What one sheet, or the only text, looks like.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetShape {
    /// A sheet of a workbook, which may have other columns than the same provider's text.
    #[serde(default)]
    workbook: bool,
    /// The group above each header, where the profile has two levels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    groups: Vec<String>,
    headers: Vec<String>,
    /// Ways of writing a stamp as text, each with an example.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    stamps: BTreeMap<String, String>,
    /// Marks inside amounts written as text, each with an example.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    amounts: BTreeMap<String, String>,
    /// Which of `amount`, `fee` and `net` stood in any row.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    filled: BTreeSet<String>,
    /// Which of them stood empty in any row.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    gaps: BTreeSet<String>,
    /// Another header stands below the first: what its own columns hold is not told by the first's.
    #[serde(skip)]
    has_later_header: bool,
}

impl SheetShape {
    pub(super) fn of(
        sheet: Option<&str>,
        groups: Option<&[String]>,
        line: &[String],
    ) -> SheetShape {
        let mut shape = SheetShape {
            workbook: sheet.is_some(),
            headers: line.iter().map(|cell| cell.trim().to_owned()).collect(),
            ..SheetShape::default()
        };
        if let Some(groups) = groups {
            let mut group = "";
            for index in 0..line.len() {
                let above = groups.get(index).map_or("", |text| text.trim());
                if !above.is_empty() {
                    group = above;
                }
                shape.groups.push(group.to_owned());
            }
        }
        shape
    }

    /// A column that a later header names besides.
    pub(super) fn add_header(&mut self, header: &str) {
        self.headers.push(header.trim().to_owned());
        self.has_later_header = true;
    }

    /// Notes how an entry's row is written. A number or a date of a workbook is no way of writing.
    pub(super) fn note(&mut self, row: Row<'_>, columns: &Columns, seen: u32) {
        if seen > ROWS {
            return;
        }
        self.note_filled(row, columns);
        let text = |column: usize| {
            let kind = row.kinds.get(column).copied().unwrap_or_default();
            let cell = row.cells.get(column).unwrap_or("").trim();
            (kind == CellKind::Text && !cell.is_empty()).then_some(cell)
        };
        if let Source::Column(column) = columns.date
            && let Some(cell) = text(column)
        {
            let way = stamp_way(cell);
            // A date of a workbook comes as this text, whatever the cell shows.
            if !row.kinds.is_empty() && way == ISO {
                return self.note_amounts(columns, text);
            }
            self.stamps.entry(way).or_insert_with(|| cell.to_owned());
        }
        self.note_amounts(columns, text);
    }

    fn note_filled(&mut self, row: Row<'_>, columns: &Columns) {
        let money = [
            ("amount", &columns.amount),
            ("fee", &columns.fee),
            ("net", &columns.net),
        ];
        for (field, sources) in money {
            let stands = |source: &Source| match source {
                Source::Column(column) => !row.cells.get(*column).unwrap_or("").trim().is_empty(),
                _ => true,
            };
            let noted = match sources.iter().any(stands) {
                true => &mut self.filled,
                false => &mut self.gaps,
            };
            if !sources.is_empty() && !noted.contains(field) {
                noted.insert(field.to_owned());
            }
        }
    }

    fn note_amounts<'c>(&mut self, columns: &Columns, text: impl Fn(usize) -> Option<&'c str>) {
        for source in columns.amount.iter().chain(&columns.fee) {
            if let Source::Column(column) = source
                && let Some(cell) = text(*column)
            {
                for way in amount_ways(cell) {
                    self.amounts.entry(way).or_insert_with(|| cell.to_owned());
                }
            }
        }
    }

    /// Fees and net amounts that stood in every row of the files so far, and stand in none of this one.
    fn blank(&self, uses: &Uses, before: &[&SheetShape]) -> Vec<ShapeChange> {
        let rows = |sheet: &&&SheetShape| sheet.filled.contains("amount");
        if !rows(&&self) || !before.iter().any(|sheet| rows(&sheet)) {
            return Vec::new();
        }
        let stood = |field: &&str| {
            let mut before = before.iter().filter(rows);
            before.all(|sheet| sheet.filled.contains(*field) && !sheet.gaps.contains(*field))
        };
        let blank = ["fee", "net"]
            .into_iter()
            .filter(|field| !self.filled.contains(*field) && stood(field));
        blank
            .filter_map(|field| {
                let header = uses.fields.get(field)?.first()?.clone();
                Some(ShapeChange::Blank {
                    field: field.to_owned(),
                    header,
                })
            })
            .collect()
    }

    /// Which fields its columns serve, and which columns serve none, with today's profile; `None`
    /// where it has not what the profile needs.
    fn uses(&self, layout: &Layout) -> Option<Uses> {
        let groups = (!self.groups.is_empty()).then_some(&self.groups[..]);
        let columns = resolve(layout, groups, &self.headers).ok()?;
        let mut uses = Uses::default();
        for used in &columns.uses {
            for field in used.field.split(", ") {
                // Half of the columns that name an operation name none.
                if field == "operation" && columns.operation.is_empty() {
                    continue;
                }
                let headers = uses.fields.entry(field.to_owned()).or_default();
                headers.push(used.column.clone());
            }
        }
        for header in columns.unmapped {
            uses.unknown.insert(plain(&header), header);
        }
        Some(uses)
    }
}

/// A field that serves in one file and not in another, with a header of it.
type Missing<'u> = (&'u str, &'u str);

impl Uses {
    /// What was served before by more columns than now.
    fn lost<'u>(&'u self, now: &Uses) -> Vec<Missing<'u>> {
        let lost = self.fields.iter().filter_map(|(field, headers)| {
            let left = now.fields.get(field).map_or(&[][..], Vec::as_slice);
            if left.len() >= headers.len() {
                return None;
            }
            let stays = |header: &String| left.iter().any(|one| plain(one) == plain(header));
            let gone = headers
                .iter()
                .find(|header| !stays(header))
                .or(headers.first())?;
            Some((field.as_str(), gone.as_str()))
        });
        lost.collect()
    }
}

#[derive(Debug, Default)]
struct Uses {
    /// Field → its headers: more than one where several columns serve it together.
    fields: BTreeMap<String, Vec<String>>,
    /// Plain header → as it is written.
    unknown: BTreeMap<String, String>,
}

impl FileShape {
    pub(super) fn of(format: &Format) -> FileShape {
        let sheets = &format.sheets;
        let count = |rows: fn(&SheetFormat) -> u32| sheets.iter().map(rows).any(|rows| rows > 0);
        let mut shape = FileShape {
            left_out: count(|sheet| sheet.filtered) && !count(|sheet| sheet.rows + sheet.rejected),
            left_sheets: format.left_sheets.clone(),
            open_end: format.ending.open,
            unbalanced: format
                .sheets
                .iter()
                .any(|sheet| sheet.balances.gap(None).is_some()),
            ..FileShape::default()
        };
        for column in sheets.iter().flat_map(|sheet| &sheet.unread) {
            if column.is_unread() && column.holds_references() && !names_money(&column.header) {
                shape.references.insert(plain(&column.header));
            }
            if column.is_unread() && !column.many {
                let values = column.values.iter().map(|value| value.text.clone());
                let said = shape.unread.entry(plain(&column.header)).or_default();
                said.extend(values);
            }
        }
        for SheetFormat { shape: sheet, .. } in sheets {
            if !shape.sheets.contains(sheet) {
                shape.sheets.push(sheet.clone());
            }
        }
        shape
    }

    /// Headers of which the profile, as it is today, says nothing.
    pub(super) fn unknown(&self, profile: &Profile) -> Vec<String> {
        let sheets = self.sheets.iter();
        let uses = sheets.filter_map(|sheet| sheet.uses(&profile.layout));
        uses.flat_map(|uses| uses.unknown.into_values()).collect()
    }

    pub(super) fn has_rows(&self) -> bool {
        let mut sheets = self.sheets.iter();
        sheets.any(|sheet| sheet.filled.contains("amount"))
    }

    /// Whether an unread column has nothing to say: it stands empty.
    fn is_silent(&self, plain: &str) -> bool {
        self.unread.get(plain).is_some_and(BTreeSet::is_empty)
    }

    /// As it is kept in the state.
    pub fn to_text(&self) -> Result<String> {
        Ok(serde_json::to_string(self)?)
    }

    pub fn from_text(text: &str) -> Result<FileShape> {
        serde_json::from_str(text).context("state: what a file looks like")
    }

    /// How this file differs from the files that the channel had so far, oldest first, all read with
    /// today's profile: a header that it names since is no difference. It may lack what one of the
    /// `recent` last of them lacks, so that text and workbooks, or the files of two merchants, may
    /// differ, and a file of long ago excuses nothing; a file after none differs from nothing.
    pub fn changes(
        &self,
        profile: &Profile,
        before: &[FileShape],
        recent: usize,
    ) -> Vec<ShapeChange> {
        let layout = &profile.layout;
        let old = before.len().saturating_sub(recent);
        let mut known: Vec<(&SheetShape, Uses)> = Vec::new();
        let mut files: Vec<&FileShape> = Vec::new();
        let mut first_recent = 0;
        for (at, file) in before.iter().enumerate() {
            if at == old {
                first_recent = known.len();
            }
            let sheets = file.sheets.iter();
            known.extend(sheets.filter_map(|sheet| Some((sheet, sheet.uses(layout)?))));
            files.resize(known.len(), file);
        }
        let mut changes = BTreeSet::new();
        if known.is_empty() {
            return Vec::new();
        }
        // A small merchant has its quiet days in a file that is shared; they have been seen before.
        let quiet = before[old..].iter().any(|file| file.left_out);
        if self.left_out && !quiet && before.iter().any(FileShape::has_rows) {
            changes.insert(ShapeChange::LeftOut);
        }
        for sheet in &self.sheets {
            let Some(now) = sheet.uses(layout) else {
                continue;
            };
            for (plain, header) in &now.unknown {
                let says_nothing = !sheet.has_later_header
                    && (self.is_silent(plain) || self.references.contains(plain));
                if !says_nothing && !is_spoken_of(plain, &known, &files) {
                    let header = header.clone();
                    changes.insert(ShapeChange::Unknown { header });
                }
            }
            // What text lost is not excused by a workbook that never had it.
            let alike = |other: &SheetShape| other.workbook == sheet.workbook;
            let recent = &known[first_recent..];
            let any_alike = recent.iter().any(|(other, _)| alike(other));
            let comparable = recent.iter().rev();
            let comparable: Vec<&(&SheetShape, Uses)> = comparable
                .filter(|(other, _)| !any_alike || alike(other))
                .collect();
            let lost = comparable.iter().map(|(_, uses)| uses.lost(&now));
            let fewest = lost.min_by_key(Vec::len).unwrap_or_default();
            changes.extend(fewest.into_iter().map(|(field, header)| ShapeChange::Lost {
                field: field.to_owned(),
                header: header.to_owned(),
            }));
            let others = comparable.iter().map(|(other, _)| *other);
            changes.extend(sheet.blank(&now, &others.collect::<Vec<_>>()));
            let stamps: Vec<&BTreeMap<String, String>> =
                known.iter().map(|(sheet, _)| &sheet.stamps).collect();
            let amounts: Vec<&BTreeMap<String, String>> =
                known.iter().map(|(sheet, _)| &sheet.amounts).collect();
            changes.extend(other_stamps(&sheet.stamps, &stamps));
            changes.extend(other_amounts(&sheet.amounts, &amounts, layout.amount.unit));
        }
        changes.into_iter().collect()
    }
}

/// A column that came empty is as new as before on the day on which it says something, unless it stood
/// there from the first file on.
fn is_spoken_of(plain: &str, known: &[(&SheetShape, Uses)], files: &[&FileShape]) -> bool {
    known.iter().zip(files).any(|((_, uses), file)| {
        let is_first = std::ptr::eq(*file, files[0]);
        uses.unknown.contains_key(plain) && (is_first || !file.is_silent(plain))
    })
}

fn other_stamps(
    now: &BTreeMap<String, String>,
    before: &[&BTreeMap<String, String>],
) -> Option<ShapeChange> {
    let known = before.iter().rev().find_map(|ways| ways.values().next())?;
    let (_, example) = now
        .iter()
        .find(|(way, _)| !before.iter().any(|ways| ways.contains_key(*way)))?;
    Some(ShapeChange::Written {
        what: "dates",
        now: example.clone(),
        before: known.clone(),
    })
}

/// A mark that now stands where another stood, or that changed its meaning. That a day has no
/// amount with decimals says nothing, unless one unit of the file is a sen: then decimals are news.
fn other_amounts(
    now: &BTreeMap<String, String>,
    before: &[&BTreeMap<String, String>],
    unit: Unit,
) -> Option<ShapeChange> {
    let known = |way: &str| before.iter().rev().find_map(|ways| ways.get(way));
    now.iter().find_map(|(way, example)| {
        if known(way).is_some() {
            return None;
        }
        let others: &[&str] = match way.as_str() {
            "decimals ." => &["decimals ,", "groups ."],
            "decimals ," => &["decimals .", "groups ,"],
            "groups ." => &["groups ,", "decimals ."],
            "groups ," => &["groups .", "decimals ,"],
            // Digits alone mean the same in every style.
            _ => &[],
        };
        let other = others.iter().find_map(|other| known(other));
        let whole = (unit == Unit::Minor && way.starts_with("decimals"))
            .then(|| known("whole"))
            .flatten();
        Some(ShapeChange::Written {
            what: "amounts",
            now: example.clone(),
            before: other.or(whole)?.clone(),
        })
    })
}

/// The way a stamp is written: its date with `9` for each number (`9999` for a year) and `A` for
/// each name, and whether it names a zone. How exact its time is says nothing.
fn stamp_way(text: &str) -> String {
    let bytes = text.as_bytes();
    // The time begins at the digits before the first colon.
    let time = bytes.iter().position(|byte| *byte == b':').map(|colon| {
        let digits = bytes[..colon].iter().rev();
        colon - digits.take_while(|byte| byte.is_ascii_digit()).count()
    });
    let (date, clock) = match time {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    let mut way = String::new();
    let mut letters = date
        .trim_end_matches(|c: char| c == 'T' || c == ',' || c.is_whitespace())
        .chars()
        .peekable();
    while let Some(letter) = letters.next() {
        if letter.is_ascii_digit() {
            let mut count = 1;
            while letters.next_if(char::is_ascii_digit).is_some() {
                count += 1;
            }
            way.push_str(if count > 2 { "9999" } else { "9" });
        } else if letter.is_alphabetic() {
            while letters.next_if(|c| c.is_alphabetic()).is_some() {}
            way.push('A');
        } else {
            way.push(letter);
        }
    }
    let after =
        clock.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, ':' | '.' | ','));
    let after = after.trim();
    if !after.is_empty()
        && !["AM", "PM", "WIB", "WITA", "WIT"].contains(&after.to_uppercase().as_str())
    {
        way.push_str(" zone");
    }
    way
}

/// What separates the digits of an amount: `groups` of three, `decimals` at the end, or nothing.
fn amount_ways(text: &str) -> Vec<String> {
    let digits = text.trim_matches(|c: char| !c.is_ascii_digit());
    let marks: Vec<(usize, char)> = digits
        .char_indices()
        .filter(|(_, letter)| matches!(letter, '.' | ','))
        .collect();
    let mut ways = Vec::new();
    for (index, (at, mark)) in marks.iter().enumerate() {
        let after = digits[at + 1..].len();
        let last = index + 1 == marks.len();
        let way = if last && after != 3 {
            "decimals"
        } else {
            "groups"
        };
        ways.push(format!("{way} {mark}"));
    }
    if marks.is_empty() && !digits.is_empty() {
        ways.push("whole".to_owned());
    }
    ways
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::{AmountBasis, Limits, ReadOptions, read};
    use super::*;

    #[test]
    fn stamps_of_one_program_are_written_alike() {
        for (text, way) in [
            ("2026-11-18 10:00:00", "9999-9-9"),
            ("2026-11-18 09:59", "9999-9-9"),
            ("2026-11-18T10:00:00.250", "9999-9-9"),
            ("2026-11-18T03:00:00Z", "9999-9-9 zone"),
            ("2026-11-18T10:00:00+07:00", "9999-9-9 zone"),
            ("18/11/2026 10:00", "9/9/9999"),
            ("2/6/2026", "9/9/9999"),
            ("18-Nov-26 10:00:00", "9-A-9"),
            ("17 Sep 2026, 01:00:00 PM", "9 A 9999"),
            ("20261118", "9999"),
        ] {
            assert_eq!(stamp_way(text), way, "{text}");
        }
    }

    const HEADER: &str = "timestamp;client_number;ref_id;product_code;admin_fee;amount";

    fn shape(header: &str, row: &str) -> FileShape {
        let profile = biller();
        let options = ReadOptions {
            zone: chrono_tz::Asia::Jakarta,
            amount_basis: AmountBasis::Gross,
            limits: Limits::default(),
        };
        let text = format!("{header}\n{row}\n");
        let read = read(text.as_bytes(), "x.csv", &profile, &options);
        read.unwrap_or_else(|fault| panic!("{row}: {fault}"))
            .shape()
    }

    fn biller() -> Profile {
        Profile::load("tokopedia-biller", Path::new("")).expect("built in")
    }

    fn told(now: &FileShape, before: &[FileShape]) -> Vec<String> {
        let changes = now.changes(&biller(), before, 3);
        changes.iter().map(ShapeChange::to_string).collect()
    }

    #[test]
    fn amounts_of_another_style_are_a_change() {
        let row = |amount: &str| format!("2026-11-18 09:00:00;53;K1;pln;2500;{amount}");
        for (before, now, said) in [
            ("75000", "80000", None),
            ("75000", "80000.50", None),
            ("1.500.000", "75000", None),
            (
                "1.500.000,00",
                "1,500,000.00",
                Some("`1,500,000.00` (before like `1.500.000,00`)"),
            ),
            (
                "1.500.000",
                "2,500,000",
                Some("`2,500,000` (before like `1.500.000`)"),
            ),
        ] {
            let told = told(&shape(HEADER, &row(now)), &[shape(HEADER, &row(before))]);
            let wanted: Vec<String> = said
                .iter()
                .map(|said| format!("amounts are written like {said}"))
                .collect();
            assert_eq!(told, wanted, "{before} and then {now}");
        }
    }

    #[test]
    fn each_file_is_compared_with_its_like() {
        let row = "2026-11-18 09:00:00;53;K1;pln;2500;75000";
        let (short, short_row) = (
            "timestamp;client_number;ref_id;product_code;amount",
            "2026-11-18 09:00:00;53;K1;pln;75000",
        );
        let text = shape(HEADER, row);
        let without_fee = shape(short, short_row);
        let mut workbook = without_fee.clone();
        for sheet in &mut workbook.sheets {
            sheet.workbook = true;
        }
        let lost = ["no column for fee any more (it was `admin_fee`)"];
        assert_eq!(told(&without_fee, &[text.clone(), workbook.clone()]), lost);
        assert!(told(&workbook, &[text.clone(), workbook.clone()]).is_empty());
        assert_eq!(told(&workbook, std::slice::from_ref(&text)), lost);
        assert!(told(&text, &[without_fee.clone(), workbook]).is_empty());
        assert!(told(&without_fee, &[]).is_empty());
        assert!(told(&without_fee, &[text, without_fee.clone()]).is_empty());
        let kept = FileShape::from_text(&without_fee.to_text().expect("text"));
        assert_eq!(kept.expect("a shape"), without_fee);
    }

    #[test]
    fn digits_alone_are_of_every_style() {
        let ways = |text: &str| -> BTreeMap<String, String> {
            let ways = amount_ways(text).into_iter();
            ways.map(|way| (way, text.to_owned())).collect()
        };
        for before in ["1.500", "1,500", "1500,00", "1500.00"] {
            let told = other_amounts(&ways("500"), &[&ways(before)], Unit::Rupiah);
            assert_eq!(told, None, "{before}");
        }
    }

    #[test]
    fn a_file_of_long_ago_excuses_nothing() {
        let with_fee = shape(HEADER, "2026-11-18 09:00:00;53;K1;pln;2500;75000");
        let without_fee = shape(
            "timestamp;client_number;ref_id;product_code;amount",
            "2026-11-18 09:00:00;53;K1;pln;75000",
        );
        let mut before = vec![without_fee.clone()];
        for _ in 0..2 {
            before.push(with_fee.clone());
            assert!(told(&without_fee, &before).is_empty());
        }
        before.push(with_fee);
        let lost = ["no column for fee any more (it was `admin_fee`)"];
        assert_eq!(told(&without_fee, &before), lost);
    }

    #[test]
    fn a_fee_that_stands_empty_on_every_row_is_a_change() {
        let row = |fee: &str| format!("2026-11-18 09:00:00;53;K1;pln;{fee};75000");
        let [filled, zero, empty] = ["2500", "0", ""].map(|fee| shape(HEADER, &row(fee)));
        let said = ["every fee is empty (column `admin_fee`)"];
        assert_eq!(told(&empty, &[filled.clone(), zero.clone()]), said);
        assert!(told(&zero, std::slice::from_ref(&filled)).is_empty());
        assert!(told(&empty, &[filled, empty.clone()]).is_empty());
    }

    #[test]
    fn one_of_two_columns_of_a_field_that_is_gone_is_a_change() {
        let profile = Profile::load("shopeepay", Path::new("")).expect("built in");
        let of = |header: &str| {
            let line: Vec<String> = header.split(',').map(str::to_owned).collect();
            let sheet = SheetFormat {
                shape: SheetShape::of(None, None, &line),
                ..SheetFormat::default()
            };
            FileShape {
                sheets: vec![sheet.shape],
                ..FileShape::default()
            }
        };
        let all = "Transaction ID,Parent ID,Reference ID,Transaction Type,Amount,Fee,Transaction Time,Status";
        let before = of(all);
        assert!(before.sheets[0].uses(&profile.layout).is_some(), "{all}");
        let now = of(&all.replace("Parent ID,", ""));
        let changes = now.changes(&profile, &[before], 3);
        let told: Vec<String> = changes.iter().map(ShapeChange::to_string).collect();
        let said = ["no column for transaction_id any more (it was `Parent ID`)"];
        assert_eq!(told, said);
    }

    #[test]
    fn amounts_are_told_by_their_marks() {
        for (text, ways) in [
            ("75000", &["whole"][..]),
            ("Rp 75.000", &["groups ."]),
            ("75000.50", &["decimals ."]),
            ("1.500.000,00", &["groups .", "groups .", "decimals ,"]),
            ("(1,500,000.0)", &["groups ,", "groups ,", "decimals ."]),
            ("-", &[]),
        ] {
            assert_eq!(amount_ways(text), ways, "{text}");
        }
    }
}
