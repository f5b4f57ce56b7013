//! The profile language as TOML writes it, and how its errors are told. What the words mean is
//! decided in `check.rs`.

use serde::Deserialize;

use crate::domain::money::{NumberStyle, Unit};
use crate::domain::status::MoneyDirection;
use crate::spelling::nearest;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawProfile {
    pub name: String,
    #[serde(default)]
    pub summary: String,
    pub money: MoneyDirection,
    #[serde(default)]
    pub match_if_present: Vec<String>,
    pub defaults: RawDefaults,
    #[serde(default)]
    pub file: RawFile,
    #[serde(default)]
    pub sheets: RawSheets,
    #[serde(default)]
    pub header: RawHeader,
    #[serde(rename = "field")]
    pub fields: Vec<RawField>,
    pub amount: RawMoney,
    pub fee: Option<RawMoney>,
    /// Only for control totals.
    pub net: Option<RawMoney>,
    pub time: RawTime,
    pub status: RawStatus,
    pub operation: Option<RawOperation>,
    #[serde(default, rename = "extract")]
    pub extracts: Vec<RawExtract>,
    #[serde(default, rename = "filter")]
    pub filters: Vec<RawFilter>,
    #[serde(default)]
    pub preamble: Vec<RawPreamble>,
    #[serde(default)]
    pub trailer: Vec<RawTrailer>,
    #[serde(default)]
    pub slot: RawSlot,
    #[serde(default)]
    pub windows: RawWindows,
    pub fixed: Option<RawFixed>,
    pub page: Option<RawPage>,
    #[serde(default, rename = "section")]
    pub sections: Vec<RawSection>,
}

/// Where the columns of fixed-width text stand, with `layout = "fixed"` under `[file]`. Places are
/// counted in characters.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawFixed {
    /// The line of dashes under the column names (`------ --------`) shows where each column
    /// stands; it is read again on each page.
    /// Default: `false`.
    /// Example: `ruler = true`
    #[serde(default)]
    pub ruler: bool,
    /// Where the report has no such line: its columns, also as
    /// `columns = [{ name = "RRN", at = 38, width = 12 }]`. Amounts have to stand at the right end of
    /// theirs.
    #[serde(default)]
    pub columns: Vec<RawFixedColumn>,
}

/// A column of fixed-width text.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawFixedColumn {
    /// What the `columns` of fields call it.
    /// Example: `name = "RRN"`
    pub name: String,
    /// Its first place; the first of a line is 1.
    /// Example: `at = 38`
    pub at: usize,
    /// How many characters it takes.
    /// Example: `width = 12`
    pub width: usize,
}

/// What stands on the pages of a printed report beside its rows. Form feeds are left out, and so
/// are lines of dashes.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPage {
    /// Regular expressions that find the lines at the head and foot of a page. Only lines that do
    /// not read as rows are tried; a damaged row must not fit them.
    /// Example: `head = ['^\s*PT\b', '^\s*Printed at']`
    #[serde(default)]
    pub head: Vec<String>,
    /// A regular expression that finds the line with the page's number, in the groups `page` and, if
    /// it is there, `pages`. A file in which a page is missing is refused.
    /// Default: none, pages are not counted.
    /// Example: `number = '^\s*Page (?P<page>\d+) of (?P<pages>\d+)'`
    pub number: Option<String>,
}

/// A part of a report that begins with a line of its own, such as disputes below the payments.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSection {
    /// How reports and reasons call it.
    /// Example: `name = "dispute"`
    pub name: String,
    /// A regular expression that finds its first line. The section lasts until another one begins, or
    /// to the line that ends the file; of several that fit, the first counts.
    /// Example: `begins = '(?i)DISPUTE'`
    pub begins: String,
    /// What becomes of its rows.
    /// Default: `"reject"`.
    /// Example: `rows = "leave-out"`
    #[serde(default)]
    pub rows: SectionRows,
    /// In a section that is not read: a regular expression that finds the lines that are its rows;
    /// its other lines are titles.
    /// Default: every line is a row.
    /// Example: `row = '^\s*\d'`
    pub row: Option<String>,
    /// In a section that is read: what its rows record, whatever they say.
    /// Default: as elsewhere in the file.
    /// Example: `kind = "refund"`
    pub kind: Option<String>,
    /// In a section that is read: the status of its rows, whatever they say.
    /// Default: as elsewhere in the file.
    /// Example: `status = "pending"`
    pub status: Option<String>,
}

/// What becomes of a section's rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum SectionRows {
    /// Read like all others, under the section's own column names.
    Read,
    /// Told to people row by row as rejected; never a payment.
    #[default]
    Reject,
    /// Counted as filtered, and otherwise left out.
    LeaveOut,
}

impl SectionRows {
    pub fn name(self) -> &'static str {
        match self {
            SectionRows::Read => "read",
            SectionRows::Reject => "reject",
            SectionRows::LeaveOut => "leave-out",
        }
    }
}

/// How long the provider still answers for a payment.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawWindows {
    pub void: Option<RawVoid>,
    pub check_status: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawVoid {
    SameDay,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawDefaults {
    pub pending_sla: String,
    pub calendar: super::CalendarKind,
    pub due: String,
    pub files_per_date: super::FilesPerDate,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawFile {
    /// How the lines of a text are cut into columns.
    /// Default: `"delimited"`.
    /// Example: `layout = "fixed"`
    #[serde(default)]
    pub layout: TextLayout,
    pub delimiter: Option<String>,
    pub encoding: Option<String>,
    pub quote: Option<String>,
    pub empty_file: Option<EmptyFile>,
}

/// How the lines of a text are cut into columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum TextLayout {
    /// At a separator.
    #[default]
    Delimited,
    /// At the places that `[fixed]` names.
    Fixed,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum EmptyFile {
    #[default]
    Refuse,
    Accept,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSheets {
    pub read: Option<SheetsRead>,
    pub name: Option<String>,
    pub pattern: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum SheetsRead {
    #[default]
    First,
    All,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawHeader {
    pub levels: Option<u8>,
    pub search: Option<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawField {
    pub name: String,
    #[serde(default)]
    pub columns: Vec<String>,
    pub key: Option<crate::domain::key::Spelling>,
    pub constant: Option<String>,
    #[serde(default)]
    pub required: bool,
    pub strip_prefix: Option<String>,
    /// Names of a column that goes before `columns` on the rows where it is filled (not blank, not a
    /// dash): the payment that a refund refers to.
    /// Example: `prefer = ["Parent ID"]`
    #[serde(default)]
    pub prefer: Vec<String>,
    #[serde(default)]
    pub personal: bool,
    #[serde(default)]
    pub bearer: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawMoney {
    #[serde(default)]
    pub columns: Vec<String>,
    #[serde(default)]
    pub sum: Vec<Vec<String>>,
    pub number_style: Option<NumberStyle>,
    pub unit: Option<Unit>,
    pub negative: Option<Negative>,
}

/// What a negative amount on a payment's row says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Negative {
    #[default]
    Reject,
    /// The file writes what is taken from us with a minus.
    Deduction,
    Refund,
    Reversal,
    Void,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTime {
    #[serde(default)]
    pub columns: Vec<String>,
    #[serde(default)]
    pub time_columns: Vec<String>,
    #[serde(default)]
    pub formats: Vec<String>,
    pub zone: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawStatus {
    #[serde(default)]
    pub columns: Vec<String>,
    pub constant: Option<String>,
    #[serde(default)]
    pub map: Vec<RawStatusRow>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawStatusRow {
    pub codes: Vec<String>,
    #[serde(default)]
    pub operations: Vec<String>,
    pub is: String,
    pub in_ledger: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawOperation {
    #[serde(default)]
    pub columns: Vec<Vec<String>>,
    pub default: String,
    pub map: Vec<RawOperationRow>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawOperationRow {
    pub name: String,
    #[serde(default)]
    pub codes: Vec<String>,
    pub kind: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawExtract {
    pub columns: Vec<String>,
    pub pattern: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawFilter {
    pub columns: Vec<String>,
    pub include: Option<String>,
    pub exclude: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPreamble {
    pub pattern: String,
    #[serde(default)]
    pub required: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTrailer {
    pub pattern: String,
    #[serde(default)]
    pub scope: Scope,
    /// Totals stand under the columns they add up.
    #[serde(default)]
    pub totals_by_column: bool,
    #[serde(default)]
    pub ends: bool,
    #[serde(default)]
    pub required: bool,
}

/// Which rows a control total adds up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Scope {
    #[default]
    Sheet,
    /// Rows since the last line of a section.
    Section,
    File,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSlot {
    #[serde(default)]
    pub file_name: Vec<String>,
    #[serde(default)]
    pub date_formats: Vec<String>,
    #[serde(default)]
    pub days_later: i64,
}

/// Why a profile cannot be used: which file, which key, which value, and what to write instead.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    #[error(
        "no profile is called `{name}`{nearest}\n  built in: {built_in}\n  fix: name one of these, or the path of your own file ending in .toml"
    )]
    NotFound {
        name: String,
        nearest: String,
        built_in: String,
    },
    #[error(
        "profile {file} cannot be read: {source}\n  fix: check the path (it is relative to the configuration file) and its permissions"
    )]
    Unreadable {
        file: String,
        source: std::io::Error,
    },
    #[error("profile {file}, {place}: {problem}\n  fix: {fix}")]
    Invalid {
        file: String,
        /// The key, or the line where the text is not TOML.
        place: String,
        problem: String,
        fix: String,
    },
}

/// Reads the TOML text; `file` is how the profile is called in errors.
pub(super) fn parse(text: &str, file: &str) -> Result<RawProfile, ProfileError> {
    toml::from_str(text).map_err(|error| {
        let line = error
            .span()
            .map_or(1, |span| 1 + text[..span.start].matches('\n').count());
        let message = error.message();
        let words: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
        let fix = match words.split_first() {
            Some((unknown, known)) if message.starts_with("unknown ") && !known.is_empty() => {
                match nearest(unknown, known.iter().copied()) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => format!("known here: {}", known.join(", ")),
                }
            }
            Some((missing, _)) if message.starts_with("missing field") => {
                format!("add `{missing}`; `rekon profiles show tokopedia-biller` is an example")
            }
            _ => "correct this line".to_owned(),
        };
        ProfileError::Invalid {
            file: file.to_owned(),
            place: format!("line {line}"),
            problem: message.trim_end().to_owned(),
            fix,
        }
    })
}
