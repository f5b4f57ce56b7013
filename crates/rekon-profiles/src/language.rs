//! The profile language as TOML writes it, and how its errors are told. What the words mean is
//! decided in `check.rs`.

use serde::Deserialize;

use crate::domain::money::{NumberStyle, Unit};
use crate::domain::status::MoneyDirection;

/// What a profile says of another one that it is a variant of; read before everything else.
#[derive(Debug, Default, Deserialize)]
pub(super) struct RawInheritance {
    /// The profile this one is a variant of: a built-in name, or the path of another `.toml` relative
    /// to this file. What this profile does not say is as it is there.
    /// Default: none, the profile stands alone.
    /// Example: `extends = "ovo-push-to-pay"`
    pub extends: Option<String>,
    /// What this profile does not take over of the one that it extends: keys joined with dots, a row
    /// of `field` or `operation.map` by its name, a row of `status.map` by its code (`status.map.17`,
    /// or `status.map.00/reversal` for one operation).
    /// Example: `remove = ["field.tid", "fee.sum", "status.map.17"]`
    #[serde(default)]
    pub remove: Vec<String>,
}

/// A whole profile. These keys stand above the first section.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawProfile {
    /// What the profile is called in reports and records: lower-case letters, digits and hyphens.
    /// Example: `name = "kilat"`
    pub name: String,
    /// One line for `rekon profiles list`.
    /// Default: `""`.
    /// Example: `summary = "Kilat wallet, mailed every day"`
    #[serde(default)]
    pub summary: String,
    /// How people read it in reports, in mails and on pages.
    /// Default: the channel's name.
    /// Example: `title = "Kilat"`
    pub title: Option<String>,
    /// Which way the money flows, which decides who owes whom.
    /// Example: `money = "we-receive"`
    pub money: MoneyDirection,
    /// Fields that are not part of the key and are compared where both sides have them.
    /// Example: `match_if_present = ["tid"]`
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
    /// What the customer paid, before any fee is taken off.
    pub amount: RawMoney,
    /// What the provider keeps. Without this section fees are not compared.
    pub fee: Option<RawMoney>,
    /// The amount without the fee: control totals are compared with it, and payouts are told of it.
    pub net: Option<RawMoney>,
    pub side: Option<RawSide>,
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

/// How long the provider still answers for a payment: breaks name what can still be done.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawWindows {
    /// Until when a payment can be voided.
    /// Default: none, the provider offers no void.
    /// Example: `void = "same-day"`
    pub void: Option<RawVoid>,
    /// How long after a payment its status can be asked for.
    /// Default: none, no limit is known.
    /// Example: `check_status = "7d"`
    pub check_status: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawVoid {
    /// Until 23:59:59 of the payment's own day.
    SameDay,
}

/// What a channel of this profile does unless its configuration says otherwise.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawDefaults {
    /// How long a payment may stay pending before it is stuck: a whole number and `s`, `m`, `h` or
    /// `d`.
    /// Example: `pending_sla = "15m"`
    pub pending_sla: String,
    /// On which days a report is expected.
    /// Example: `calendar = "working-days"`
    pub calendar: super::CalendarKind,
    /// By when, on the next expected day, in the configuration's time zone.
    /// Example: `due = "10:00"`
    pub due: String,
    /// How many files make a date.
    /// Example: `files_per_date = "one"`
    pub files_per_date: super::FilesPerDate,
}

/// How text files are written. Workbooks need none of it: what a file is shows in its bytes.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawFile {
    /// How the lines of a text are cut into columns.
    /// Default: `"delimited"`.
    /// Example: `layout = "fixed"`
    #[serde(default)]
    pub layout: TextLayout,
    /// The character between two columns, or `tab`.
    /// Default: `","`.
    /// Example: `delimiter = ";"`
    pub delimiter: Option<String>,
    /// The encoding of the text; a mark at its beginning goes before what is written here.
    /// Default: `"utf-8"`.
    /// Example: `encoding = "windows-1252"`
    pub encoding: Option<String>,
    /// The character around a cell that holds a separator; `""` where quotes mean nothing.
    /// Default: `"` (the double quote).
    /// Example: `quote = "'"`
    pub quote: Option<String>,
    /// What a file without a single byte of text means.
    /// Default: `"refuse"`.
    /// Example: `empty_file = "accept"`
    pub empty_file: Option<EmptyFile>,
    /// Whether the last line of a text has a line end as the others have. A file whose last line has
    /// none is held as cut off, unless files of the channel ended so before.
    /// Default: `true`.
    /// Example: `ends_with_newline = false`
    pub ends_with_newline: Option<bool>,
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
    /// A report went wrong: the file is refused.
    #[default]
    Refuse,
    /// A day without transactions.
    Accept,
}

/// Which sheets of a workbook hold the report. Hidden sheets are never read.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSheets {
    /// How many of the sheets that may be read are.
    /// Default: `"first"`.
    /// Example: `read = "all"`
    pub read: Option<SheetsRead>,
    /// The one sheet to read; not together with `pattern`.
    /// Default: none, every visible sheet may be read.
    /// Example: `name = "Data"`
    pub name: Option<String>,
    /// A regular expression: only sheets whose name it finds are read.
    /// Default: none, every visible sheet may be read.
    /// Example: `pattern = '^Settlement'`
    pub pattern: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum SheetsRead {
    /// The first one alone.
    #[default]
    First,
    /// Each of them.
    All,
}

/// Where the names of the columns stand.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawHeader {
    /// How many lines name the columns: 1, or 2 where a line of groups stands above them. A column
    /// then answers to its own name and to `group name`.
    /// Default: `1`.
    /// Example: `levels = 2`
    pub levels: Option<u8>,
    /// How many lines may stand above the header.
    /// Default: `40`.
    /// Example: `search = 10`
    pub search: Option<u32>,
    /// Columns that say nothing for us. Without it a column that the profile does not name and that
    /// earlier files of the channel did not have holds the file: it may be a fee or a status.
    /// Example: `ignore = ["Remark", "Catatan"]`
    #[serde(default)]
    pub ignore: Vec<String>,
}

/// A column that is no amount, stamp, status or operation. At least one is the key. `reference`,
/// `product` and `customer` are fields of every profile; others are the profile's own.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawField {
    /// Lower-case letters, digits and underscores; the ledger's query names it the same.
    /// Example: `name = "order_id"`
    pub name: String,
    /// How finance reads it, in either language.
    pub label: Option<super::profile::FieldLabel>,
    /// Every header the column may have. Case, blanks and punctuation do not count: `Order ID`,
    /// `order_id` and `orderId` are one.
    /// Example: `columns = ["order_id", "Nomor Pesanan"]`
    #[serde(default)]
    pub columns: Vec<String>,
    /// Makes it a part of the key by which both sides are matched; key fields are required. Their
    /// order is that of the profile.
    /// Default: none, the field is a detail.
    /// Example: `key = "text"`
    pub key: Option<crate::domain::key::Spelling>,
    /// The value of every row of a file that has no such column.
    /// Default: none.
    /// Example: `constant = "M001"`
    pub constant: Option<String>,
    /// Refuses a file that has no such column.
    /// Example: `required = true`
    #[serde(default)]
    pub required: bool,
    /// Taken off the beginning of each value.
    /// Default: none.
    /// Example: `strip_prefix = "'"`
    pub strip_prefix: Option<String>,
    /// Names of a column that goes before `columns` on the rows where it is filled (not blank, not a
    /// dash): the payment that a refund refers to.
    /// Example: `prefer = ["Parent ID"]`
    #[serde(default)]
    pub prefer: Vec<String>,
    /// Names a person: masked unless a report is configured to show it.
    /// Example: `personal = true`
    #[serde(default)]
    pub personal: bool,
    /// Whoever reads it can spend it, as with a voucher: masked wholly, always.
    /// Example: `bearer = true`
    #[serde(default)]
    pub bearer: bool,
}

/// A column of money.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawMoney {
    /// Every header the column may have.
    /// Example: `columns = ["amount", "Jumlah"]`
    #[serde(default)]
    pub columns: Vec<String>,
    /// Columns that are added up where the file has none of `columns`, each with every header it may
    /// have. All of them have to be there.
    /// Example: `sum = [["mdr"], ["ppn", "vat"]]`
    #[serde(default)]
    pub sum: Vec<Vec<String>>,
    /// How digits are grouped and where decimals begin.
    /// Default: `"undeclared"`.
    /// Example: `number_style = "id"`
    pub number_style: Option<NumberStyle>,
    /// What one unit in the file stands for.
    /// Default: `"rupiah"`.
    /// Example: `unit = "minor"`
    pub unit: Option<Unit>,
    /// What a negative amount on a payment's row says.
    /// Default: `"reject"`.
    /// Example: `negative = "refund"`
    pub negative: Option<Negative>,
}

/// What a negative amount on a payment's row says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Negative {
    /// Nothing that is known: the row is rejected.
    #[default]
    Reject,
    /// The file writes what is taken from us with a minus.
    Deduction,
    /// The row is a refund.
    Refund,
    /// The row is a reversal.
    Reversal,
    /// The row is a void.
    Void,
}

/// What the side of an amount says, where amounts carry one: `799,700.00 CR`, `DB 15,000`, or `K` and
/// `D` in a column of their own. `CR`, `Cr`, `C`, `K`, `Kr`, `Kredit` and `Credit` are one side, `DB`, `DR`,
/// `D`, `Debet` and `Debit` the other. Where a column of `[operation]` names a row's operation, that
/// goes before its side.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSide {
    /// Every header of the column that holds the side. Without one it stands beside the amount.
    /// Example: `columns = ["D/K", "DB/CR"]`
    #[serde(default)]
    pub columns: Vec<String>,
    /// What a row of the credit side records: `payment`, `void`, `reversal`, `refund` or `fee`.
    /// Default: none, such a row is rejected.
    /// Example: `credit = "payment"`
    pub credit: Option<String>,
    /// What a row of the debit side records.
    /// Default: none, such a row is rejected.
    /// Example: `debit = "refund"`
    pub debit: Option<String>,
    /// What a row without a side records.
    /// Default: none, such a row is rejected.
    /// Example: `unmarked = "payment"`
    pub unmarked: Option<String>,
}

/// When a transaction took place.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTime {
    /// Every header of the column with the stamp, or with its date.
    /// Example: `columns = ["paid_at", "Tanggal"]`
    #[serde(default)]
    pub columns: Vec<String>,
    /// Every header of the column with the time of day, where the date stands in another.
    /// Example: `time_columns = ["Jam"]`
    #[serde(default)]
    pub time_columns: Vec<String>,
    /// Every header of a column that names the zone of the row's stamp: `WIB`, `WITA`, `WIT`, `UTC`, an
    /// offset, or an IANA name of Indonesia.
    /// Example: `zone_columns = ["Zona Waktu"]`
    #[serde(default)]
    pub zone_columns: Vec<String>,
    /// How stamps are written, in strftime marks; `serial` and `serial-1904` for the day numbers of a
    /// spreadsheet as text, `epoch` and `epoch-millis` for seconds and milliseconds since 1970. ISO stamps
    /// are always read, and a `WIB`, `WITA` or `WIT` behind a stamp is its zone.
    /// Example: `formats = ["%d/%m/%Y %H:%M:%S"]`
    #[serde(default)]
    pub formats: Vec<String>,
    /// The zone of stamps that name none, by its IANA name.
    /// Default: the configuration's `timezone`.
    /// Example: `zone = "Asia/Jakarta"`
    pub zone: Option<String>,
}

/// What became of a transaction.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawStatus {
    /// Every header of the column with the provider's code.
    /// Example: `columns = ["status", "responseCode"]`
    #[serde(default)]
    pub columns: Vec<String>,
    /// The status of every row of a file without such a column: `success`, `pending`, `unknown`,
    /// `failed`, `failed-refunded` or `reversed`.
    /// Default: none, the column is required.
    /// Example: `constant = "success"`
    pub constant: Option<String>,
    #[serde(default)]
    pub map: Vec<RawStatusRow>,
}

/// What a code of the provider means. A row for an operation goes before one for any.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawStatusRow {
    /// Codes as the file writes them; leading zeros do not count. `""` is an empty cell.
    /// Example: `codes = ["00", "PAID"]`
    pub codes: Vec<String>,
    /// Names of the operations the row is for.
    /// Default: `[]`, any.
    /// Example: `operations = ["reversal"]`
    #[serde(default)]
    pub operations: Vec<String>,
    /// `success`, `pending`, `unknown`, `failed`, `failed-refunded` or `reversed`.
    /// Example: `is = "success"`
    pub is: String,
    /// The same where the code stands in a ledger row, if it says something else there.
    /// Default: as `is`.
    /// Example: `in_ledger = "reversed"`
    pub in_ledger: Option<String>,
}

/// What kind of transaction a row records. Without this section every row is a payment.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawOperation {
    /// The columns whose codes together name the operation, each with every header it may have.
    /// Example: `columns = [["messageType"], ["processingCode"]]`
    #[serde(default)]
    pub columns: Vec<Vec<String>>,
    /// The operation of a row without a code.
    /// Example: `default = "payment"`
    pub default: String,
    pub map: Vec<RawOperationRow>,
}

/// An operation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawOperationRow {
    /// What `default`, `status.map` and ledgers call it.
    /// Example: `name = "payment"`
    pub name: String,
    /// Its codes; one per column, joined with `/`.
    /// Example: `codes = ["0200/040000"]`
    #[serde(default)]
    pub codes: Vec<String>,
    /// `payment`, `void`, `reversal`, `refund` or `fee`: a row of what the provider keeps, which is added
    /// to the fee of the payment of its key, or told as the day's fee.
    /// Example: `kind = "payment"`
    pub kind: String,
}

/// Fields that stand inside the text of a column.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawExtract {
    /// Every header of that column.
    /// Example: `columns = ["Description"]`
    pub columns: Vec<String>,
    /// A regular expression with a named group for each field; also `amount`, `fee`, `net`, `time`
    /// and `code`.
    /// Example: `pattern = 'INV (?P<reference>\w+)'`
    pub pattern: String,
}

/// Which rows of the file are meant for this channel; one of `include` and `exclude` is needed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawFilter {
    /// Every header of the column that decides; a file without it is refused.
    /// Example: `columns = ["merchantId"]`
    pub columns: Vec<String>,
    /// A regular expression: rows in whose cell it is found are kept.
    /// Default: none, all are.
    /// Example: `include = '^M001$'`
    pub include: Option<String>,
    /// A regular expression: rows in whose cell it is found are left out.
    /// Default: none, no row is.
    /// Example: `exclude = 'TEST'`
    pub exclude: Option<String>,
}

/// A line above the header that says something.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPreamble {
    /// A regular expression over the whole line. Its groups `date`, `from`, `to`, `part`, `parts` and
    /// `merchant` say what the file covers, `count`, `amount`, `fee` and `net` what its rows add up
    /// to.
    /// Example: `pattern = '^Period: (?P<date>\d{8})'`
    pub pattern: String,
    /// Refuses a file without such a line.
    /// Example: `required = true`
    #[serde(default)]
    pub required: bool,
}

/// A line below the rows: its totals are compared with them, and it is dropped.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTrailer {
    /// A regular expression over the whole line. Its groups `count`, `amount`, `fee` and `net` are
    /// totals.
    /// Example: `pattern = '^TOTAL;(?P<count>\d+)'`
    pub pattern: String,
    /// Which rows the totals add up.
    /// Default: `"sheet"`.
    /// Example: `scope = "section"`
    #[serde(default)]
    pub scope: Scope,
    /// Totals stand under the columns they add up.
    /// Example: `totals_by_column = true`
    #[serde(default)]
    pub totals_by_column: bool,
    /// Nothing but trailers may follow; a row below it is rejected.
    /// Example: `ends = true`
    #[serde(default)]
    pub ends: bool,
    /// Refuses a file without such a line as cut off.
    /// Example: `required = true`
    #[serde(default)]
    pub required: bool,
}

/// Which rows a control total adds up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Scope {
    /// Rows of its sheet, or of the whole text.
    #[default]
    Sheet,
    /// Rows since the last line of a section.
    Section,
    /// Rows of all sheets.
    File,
}

/// Which dates, part and merchant a file is of, by its name. A file that says no date covers those
/// on which its rows fall.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSlot {
    /// Regular expressions over the file's name, with the groups `date`, or `from` and `to`; `part`
    /// and `parts`; `merchant`.
    /// Example: `file_name = ['kilat_(?P<date>\d{8})']`
    #[serde(default)]
    pub file_name: Vec<String>,
    /// How these dates are written, in strftime marks.
    /// Default: `["%Y%m%d", "%Y-%m-%d"]`.
    /// Example: `date_formats = ["%d%m%Y"]`
    #[serde(default)]
    pub date_formats: Vec<String>,
    /// How many days after the business date the name is dated.
    /// Default: `0`.
    /// Example: `days_later = 1`
    #[serde(default)]
    pub days_later: i64,
}
