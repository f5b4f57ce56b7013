//! A checked profile: everything the readers need to know about one provider's report.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{Duration, NaiveTime};
use chrono_tz::Tz;
use encoding_rs::Encoding;
use regex::Regex;
use serde::{Deserialize, Serialize};

use super::codes::{OperationRule, Records, StatusRule};
use super::columns::{plain, same_header};
use super::inherit::Layers;
use super::language::{EmptyFile, Negative, Scope};
use super::printed::Printed;
use super::refused::ProfileError;
use super::sides::SideRule;
use crate::domain::advice::Windows;
use crate::domain::key::KeyField;
use crate::domain::money::{NumberStyle, Unit};
use crate::domain::stamp::StampFormat;
use crate::domain::status::{Kind, MoneyDirection, Status};

/// How one provider's report reads, and what its channel does unless configured otherwise.
#[derive(Clone, Debug)]
pub struct Profile {
    pub name: String,
    pub summary: String,
    /// How people read it; `None` where that is for the channel to say.
    pub title: Option<String>,
    /// How finance reads its fields, by their names.
    pub labels: BTreeMap<String, FieldLabel>,
    /// SHA-256 of the TOML text and of those it extends, in hex: a change of any of them, be it a
    /// comment, is a change of the profile.
    pub hash: String,
    /// The TOML text itself.
    pub source: String,
    /// The whole profile as TOML, with what it inherits.
    pub resolved: String,
    /// The profiles it is a variant of, the nearest first.
    pub extends: Vec<String>,
    pub key: Vec<KeyField>,
    /// The order of encoded details: reference, product, customer, the profile's own, code.
    pub details: Vec<String>,
    /// Details that are compared where both sides have them.
    pub match_if_present: Vec<String>,
    /// Masked unless a report is configured to show them.
    pub personal: Vec<String>,
    /// Prepaid tokens and vouchers: masked wholly, always.
    pub bearer: Vec<String>,
    pub money: MoneyDirection,
    pub defaults: Defaults,
    /// How long the provider still answers for a payment.
    pub windows: Windows,
    pub(super) layout: Layout,
}

/// What mails, pages and workbooks call a field. Tables for programs (CSV, JSON) keep its name.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldLabel {
    /// In Indonesian.
    /// Example: `id = "No. pesanan"`
    pub id: String,
    /// In English.
    /// Example: `en = "Order no."`
    pub en: String,
}

/// What a channel of this profile does unless its configuration says otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Defaults {
    pub pending_sla: Duration,
    pub calendar: CalendarKind,
    /// Local time on the next expected day.
    pub due: NaiveTime,
    pub files_per_date: FilesPerDate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CalendarKind {
    /// Every day.
    EveryDay,
    /// Monday to Friday without holidays; what falls between comes with the next report.
    WorkingDays,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FilesPerDate {
    /// One; another for the same date is a correction of it.
    One,
    /// Declared parts: a missing one makes the date incomplete.
    Parts,
    /// As many as come, told apart by their names.
    Many,
}

/// The names of the built-in profiles.
pub const BUILT_IN: [&str; 8] = [
    "ovo-push-to-pay",
    "tokopedia-biller",
    "tokopedia-b2b",
    "dana-payment",
    "dana-disbursement",
    "shopeepay",
    "gopay-export",
    "qris-switch",
];

/// The TOML text of a built-in profile.
pub fn built_in_source(name: &str) -> Option<&'static str> {
    Some(match name {
        "ovo-push-to-pay" => include_str!("ovo-push-to-pay.toml"),
        "tokopedia-biller" => include_str!("tokopedia-biller.toml"),
        "tokopedia-b2b" => include_str!("tokopedia-b2b.toml"),
        "dana-payment" => include_str!("dana-payment.toml"),
        "dana-disbursement" => include_str!("dana-disbursement.toml"),
        "shopeepay" => include_str!("shopeepay.toml"),
        "gopay-export" => include_str!("gopay-export.toml"),
        "qris-switch" => include_str!("qris-switch.toml"),
        _ => return None,
    })
}

impl Profile {
    /// A built-in profile by name, or a profile file by its path (relative to `base_dir`).
    pub fn load(name_or_path: &str, base_dir: &Path) -> Result<Profile, ProfileError> {
        if let Some(source) = built_in_source(name_or_path) {
            return Profile::parse(source, name_or_path);
        }
        if !name_or_path.ends_with(".toml") {
            let nearest = crate::spelling::nearest(name_or_path, BUILT_IN.into_iter());
            return Err(ProfileError::NotFound {
                name: name_or_path.to_owned(),
                nearest: nearest.map_or_else(String::new, |n| format!(" (did you mean `{n}`?)")),
                built_in: BUILT_IN.join(", "),
            });
        }
        let path = base_dir.join(name_or_path);
        let source = std::fs::read_to_string(&path).map_err(|source| ProfileError::Unreadable {
            file: name_or_path.to_owned(),
            source,
        })?;
        let folder = path.parent().unwrap_or(base_dir);
        Profile::assemble(&source, name_or_path, &path.display().to_string(), folder)
    }

    /// Reads a profile's TOML text; `file` is how it is called in errors, and what it extends lies
    /// beside it.
    pub fn parse(source: &str, file: &str) -> Result<Profile, ProfileError> {
        let folder = Path::new(file).parent().unwrap_or(Path::new(""));
        Profile::assemble(source, file, file, folder)
    }

    fn assemble(
        source: &str,
        file: &str,
        path: &str,
        folder: &Path,
    ) -> Result<Profile, ProfileError> {
        let layers = Layers::gather(source, file, path, folder)?;
        let merged = layers.merged()?;
        let raw = layers.raw(merged.clone())?;
        let mut profile = super::check::check(raw).map_err(|problem| {
            layers.refuse(merged.get_ref(), &problem.key, problem.problem, problem.fix)
        })?;
        profile.hash = layers.hash();
        profile.source = source.to_owned();
        profile.extends = layers.extends();
        profile.resolved = layers.resolved(merged)?;
        Ok(profile)
    }

    /// The status of a ledger row that carries the provider's code. `operation` is an operation's
    /// name or its codes as the provider writes them (`0200/040000`); empty means the usual one.
    pub fn status_of(&self, code: &str, operation: &str) -> Option<Status> {
        let operation = self.layout.operation.by_name_or_code(operation)?;
        let row = self.layout.status.row_of(code, operation)?;
        Some(row.in_ledger)
    }

    /// Whether files may say what is paid out.
    pub fn says_net(&self) -> bool {
        self.layout.net.is_some()
    }

    /// The profile's name for a column as a file spells it. Of a column that serves several fields the
    /// one that is hidden goes first.
    pub fn field_of(&self, column: &str) -> Option<String> {
        // Under a group line the column stands behind the name of its group.
        let has_groups = self.layout.header_levels == 2;
        let is = |alias: &String| {
            let own = plain(alias);
            same_header(alias, column)
                || (has_groups && own.len() > 2 && plain(column).ends_with(&own))
        };
        let fields = self.layout.keys.iter().chain(&self.layout.details);
        let named = fields.filter(|field| {
            let mut names = field.columns.iter().chain(&field.prefer);
            field.name == column || names.any(is)
        });
        let named: Vec<&str> = named.map(|field| field.name.as_str()).collect();
        let is_hidden = |name: &&&str| {
            let mut hidden = self.personal.iter().chain(&self.bearer);
            hidden.any(|field| field == **name)
        };
        if let Some(field) = named.iter().find(is_hidden).or(named.first()) {
            return Some((*field).to_owned());
        }
        // A column that is searched for what it holds may hold anything.
        let mut searched = self.layout.extracts.iter().flat_map(|rule| &rule.columns);
        if searched.any(is) {
            return None;
        }
        let layout = &self.layout;
        let money =
            |rule: &MoneyRule| rule.columns.iter().any(is) || rule.sum.iter().flatten().any(is);
        let optional = |rule: &Option<MoneyRule>| rule.as_ref().is_some_and(money);
        let time = &layout.time;
        let mut times = time.columns.iter().chain(&time.time_columns);
        let field = if money(&layout.amount) {
            "amount"
        } else if optional(&layout.fee) {
            "fee"
        } else if optional(&layout.net) {
            "net"
        } else if times.any(is) || time.zone_columns.iter().any(is) {
            "time"
        } else if layout.status.columns.iter().any(is) {
            "status"
        } else if layout.operation.columns.iter().flatten().any(is) {
            "operation"
        } else {
            return None;
        };
        Some(field.to_owned())
    }

    /// What a row of this operation records; see [`Profile::status_of`] for its spelling.
    pub fn kind_of(&self, operation: &str) -> Option<Kind> {
        let rule = &self.layout.operation;
        match rule.operations[rule.by_name_or_code(operation)?].records {
            Records::Entry(kind) => Some(kind),
            Records::Fee => None,
        }
    }
}

/// The rest of a profile, for the readers alone.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub delimiter: u8,
    pub encoding: &'static Encoding,
    pub quote: Option<u8>,
    pub empty_file: EmptyFile,
    /// The last line of a text may stand without a line end.
    pub open_end: bool,
    pub sheets: SheetRule,
    pub header_levels: u8,
    /// How many lines may stand above the header.
    pub header_search: u32,
    /// Columns that are known to say nothing.
    pub ignored: Vec<String>,
    pub keys: Vec<Field>,
    /// In the order of `Profile::details`, without the code.
    pub details: Vec<Field>,
    pub amount: MoneyRule,
    pub fee: Option<MoneyRule>,
    pub net: Option<MoneyRule>,
    /// What the side of an amount says, where amounts carry one.
    pub side: Option<SideRule>,
    pub time: TimeRule,
    pub status: StatusRule,
    pub operation: OperationRule,
    pub extracts: Vec<Extract>,
    pub filters: Vec<Filter>,
    pub preamble: Vec<PreambleRule>,
    pub trailer: Vec<TrailerRule>,
    pub slot: SlotRule,
    pub printed: Printed,
}

#[derive(Clone, Debug)]
pub(super) enum SheetRule {
    First,
    All,
    Named(String),
    Matching(Regex),
    AllMatching(Regex),
}

#[derive(Clone, Debug)]
pub(super) struct Field {
    pub name: String,
    pub columns: Vec<String>,
    /// A column that goes before the others on rows where it is filled.
    pub prefer: Vec<String>,
    pub constant: Option<String>,
    pub required: bool,
    pub strip_prefix: Option<String>,
}

#[derive(Clone, Debug)]
pub(super) struct MoneyRule {
    pub columns: Vec<String>,
    /// Columns that are added up where none of `columns` is in the file.
    pub sum: Vec<Vec<String>>,
    pub style: NumberStyle,
    pub unit: Unit,
    pub negative: Negative,
}

#[derive(Clone, Debug)]
pub(super) struct TimeRule {
    pub columns: Vec<String>,
    pub time_columns: Vec<String>,
    pub zone_columns: Vec<String>,
    pub formats: Vec<StampFormat>,
    pub zone: Option<Tz>,
}

#[derive(Clone, Debug)]
pub(super) struct Extract {
    pub columns: Vec<String>,
    pub pattern: Regex,
}

#[derive(Clone, Debug)]
pub(super) struct Filter {
    pub columns: Vec<String>,
    pub include: Option<Regex>,
    pub exclude: Option<Regex>,
}

#[derive(Clone, Debug)]
pub(super) struct PreambleRule {
    pub pattern: Regex,
    pub required: bool,
}

#[derive(Clone, Debug)]
pub(super) struct TrailerRule {
    pub pattern: Regex,
    pub scope: Scope,
    pub totals_by_column: bool,
    pub ends: bool,
    pub required: bool,
}

#[derive(Clone, Debug)]
pub(super) struct SlotRule {
    pub file_name: Vec<Regex>,
    pub date_formats: Vec<String>,
    /// How many days after the business date the name is dated.
    pub days_later: i64,
}
