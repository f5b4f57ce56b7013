//! What a provider's codes mean: operations by their code columns, statuses by code and operation.

use super::check::{Problem, hint, problem};
use super::language::{RawOperation, RawStatus};
use crate::domain::status::{Kind, Status};

#[derive(Clone, Debug)]
pub(super) struct StatusRule {
    pub columns: Vec<String>,
    pub constant: Option<Status>,
    pub rows: Vec<StatusRow>,
}

#[derive(Clone, Debug)]
pub(super) struct StatusRow {
    pub code: String,
    /// Indexes of operations; empty for any.
    pub operations: Vec<usize>,
    pub is: Status,
    pub in_ledger: Status,
}

impl StatusRule {
    /// A row for this very operation goes before one for any.
    pub fn row_of(&self, code: &str, operation: usize) -> Option<&StatusRow> {
        let code = plain_code(code);
        let mut any = None;
        for row in &self.rows {
            if row.code.eq_ignore_ascii_case(code) {
                if row.operations.contains(&operation) {
                    return Some(row);
                }
                if row.operations.is_empty() {
                    any = Some(row);
                }
            }
        }
        any
    }
}

#[derive(Clone, Debug)]
pub(super) struct OperationRule {
    /// One list of aliases per code column.
    pub columns: Vec<Vec<String>>,
    pub default: usize,
    pub operations: Vec<Operation>,
}

/// What a row records: a movement between the customer and us, or what the provider takes for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Records {
    Entry(Kind),
    Fee,
}

impl Records {
    pub const NAMES: [&str; 5] = ["payment", "void", "reversal", "refund", "fee"];

    pub fn from_name(name: &str) -> Option<Records> {
        match name {
            "fee" => Some(Records::Fee),
            name => Kind::from_name(name).map(Records::Entry),
        }
    }

    /// Undoes a payment.
    pub fn undoes(self) -> bool {
        matches!(self, Records::Entry(kind) if kind.undoes())
    }
}

#[derive(Clone, Debug)]
pub(super) struct Operation {
    pub name: String,
    pub records: Records,
    /// `0200/040000`: the code columns, each brought to [`plain_code`].
    pub codes: Vec<Vec<String>>,
}

impl OperationRule {
    pub fn by_codes<'c>(&self, codes: impl Iterator<Item = &'c str> + Clone) -> Option<usize> {
        self.operations.iter().position(|operation| {
            operation.codes.iter().any(|known| {
                known.len() == codes.clone().count()
                    && known
                        .iter()
                        .zip(codes.clone())
                        .all(|(known, code)| known.eq_ignore_ascii_case(plain_code(code)))
            })
        })
    }

    pub fn by_name_or_code(&self, text: &str) -> Option<usize> {
        let text = text.trim();
        if text.is_empty() || self.operations.len() == 1 {
            return Some(self.default);
        }
        self.operations
            .iter()
            .position(|operation| operation.name.eq_ignore_ascii_case(text))
            .or_else(|| self.by_codes(text.split('/')))
    }
}

/// A code without the zeros that a spreadsheet may have eaten: `0210` and `210` are one.
pub(super) fn plain_code(code: &str) -> &str {
    let code = code.trim();
    if !code.is_empty() && code.bytes().all(|b| b.is_ascii_digit()) {
        let stripped = code.trim_start_matches('0');
        return if stripped.is_empty() { "0" } else { stripped };
    }
    code
}

pub(super) fn operations(raw: Option<RawOperation>) -> Result<OperationRule, Problem> {
    let Some(raw) = raw else {
        return Ok(OperationRule {
            columns: Vec::new(),
            default: 0,
            operations: vec![Operation {
                name: "payment".to_owned(),
                records: Records::Entry(Kind::Payment),
                codes: Vec::new(),
            }],
        });
    };
    let mut operations = Vec::new();
    for (index, row) in raw.map.into_iter().enumerate() {
        let records = records(&format!("operation.map[{index}].kind"), &row.kind)?;
        let mut codes = Vec::new();
        for code in &row.codes {
            let parts: Vec<String> = code.split('/').map(|c| plain_code(c).to_owned()).collect();
            if !raw.columns.is_empty() && parts.len() != raw.columns.len() {
                return Err(problem(
                    format!("operation.map[{index}].codes"),
                    format!(
                        "`{code}` has {} parts for {} columns",
                        parts.len(),
                        raw.columns.len()
                    ),
                    "join one code per column with /, e.g. \"0200/040000\"",
                ));
            }
            codes.push(parts);
        }
        operations.push(Operation {
            name: row.name,
            records,
            codes,
        });
    }
    let default = operation_index(&operations, &raw.default, "operation.default")?;
    Ok(OperationRule {
        columns: raw.columns,
        default,
        operations,
    })
}

/// What a key of the profile says that a row records.
pub(super) fn records(key: &str, text: &str) -> Result<Records, Problem> {
    Records::from_name(text).ok_or_else(|| {
        problem(
            key,
            format!("`{text}` is not a kind"),
            hint(text, Records::NAMES.into_iter()),
        )
    })
}

fn operation_index(operations: &[Operation], name: &str, key: &str) -> Result<usize, Problem> {
    let position = operations
        .iter()
        .position(|operation| operation.name == name);
    position.ok_or_else(|| {
        problem(
            key,
            format!("`{name}` is not an operation of this profile"),
            hint(
                name,
                operations.iter().map(|operation| operation.name.as_str()),
            ),
        )
    })
}

fn status(key: String, text: &str) -> Result<Status, Problem> {
    Status::from_name(text).ok_or_else(|| {
        problem(
            key,
            format!("`{text}` is not a status"),
            hint(text, Status::NAMES.into_iter()),
        )
    })
}

pub(super) fn statuses(raw: RawStatus, operation: &OperationRule) -> Result<StatusRule, Problem> {
    if raw.columns.is_empty() && raw.constant.is_none() {
        return Err(problem(
            "status",
            "neither columns nor a constant",
            "name the status columns, or write constant = \"success\" where every row was paid",
        ));
    }
    let mut rows: Vec<StatusRow> = Vec::new();
    for (index, row) in raw.map.into_iter().enumerate() {
        let key = format!("status.map[{index}]");
        let is = status(format!("{key}.is"), &row.is)?;
        let in_ledger = match &row.in_ledger {
            Some(text) => status(format!("{key}.in_ledger"), text)?,
            None => is,
        };
        let operations: Vec<usize> = row
            .operations
            .iter()
            .map(|name| operation_index(&operation.operations, name, &format!("{key}.operations")))
            .collect::<Result<_, _>>()?;
        for code in &row.codes {
            let code = plain_code(code);
            let twice = rows.iter().any(|known| {
                known.code.eq_ignore_ascii_case(code)
                    && (known.operations == operations
                        || known.operations.iter().any(|o| operations.contains(o)))
            });
            if twice {
                return Err(problem(
                    format!("{key}.codes"),
                    format!("`{code}` is mapped twice"),
                    "keep one of the two rows",
                ));
            }
            rows.push(StatusRow {
                code: code.to_owned(),
                operations: operations.clone(),
                is,
                in_ledger,
            });
        }
    }
    Ok(StatusRule {
        columns: raw.columns,
        constant: raw
            .constant
            .map(|text| status("status.constant".to_owned(), &text))
            .transpose()?,
        rows,
    })
}
