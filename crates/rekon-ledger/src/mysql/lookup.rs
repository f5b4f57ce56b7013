//! The look-up by key: the keys as a table beside the channel's query as a table, in types and
//! collations that let an index on the key answer.

use std::collections::BTreeSet;

use serde_json::Value;
use sqlx::mysql::MySqlArguments;
use sqlx::{Arguments, AssertSqlSafe, Executor};

use super::cells::Form;
use super::session::{Flavour, NEXT_ROW, Session, silent, within};
use super::{Prepared, always, fault, written_out};
use crate::domain::key::{self, MAX_PART, Spelling};
use crate::{LedgerError, Spec, Spellings};

/// Longest list of keys in one variable, in bytes.
const LIST: u64 = 4 << 20;

/// How a part of the key is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Comparison {
    Integer,
    Unsigned,
    Decimal,
    /// In the column's own character set and collation: with another, no index is used.
    Text {
        charset: String,
        collation: String,
    },
    Bytes,
    /// As text byte by byte, written out by the server; no index answers that.
    Written,
    /// The same without blanks on either side; a ledger that pads its references pays for it.
    Trimmed,
}

#[derive(Clone, Debug)]
struct Part {
    /// The column, quoted.
    column: String,
    comparison: Comparison,
    spelling: Spelling,
}

/// How a channel's key is compared with a list of keys.
#[derive(Debug)]
pub struct Shape {
    parts: Vec<Part>,
}

/// Keys that the session holds.
pub struct Sent {
    /// How many variables they fill.
    pub lists: usize,
    /// Characters of the longest part.
    pub longest: usize,
}

impl Shape {
    /// Asks the server how it compares the columns of the key.
    pub async fn of(
        session: &mut Session,
        spec: &Spec<'_>,
        prepared: &Prepared,
        spellings: &Spellings,
    ) -> Result<Shape, LedgerError> {
        let needed = match session.flavour {
            Flavour::MariaDb => (10, 6),
            Flavour::MySql => (8, 0),
        };
        if session.number < needed {
            return Err(LedgerError::Query {
                channel: spec.channel.to_owned(),
                reason: format!(
                    "the server ({}) has no JSON_TABLE, through which keys are looked up",
                    session.version
                ),
                hint: "MariaDB 10.6 or MySQL 8, or later; a replica of that version will do"
                    .to_owned(),
            });
        }
        let roles = prepared.roles(spec)?;
        let positions = roles.iter().map(|(position, _)| *position);
        let mut parts = Vec::new();
        let mut texts = Vec::new();
        for (number, (field, position)) in spec.key.iter().zip(positions).enumerate() {
            let name = prepared.names.get(position).map_or("", String::as_str);
            let form = prepared.forms.get(position).map(|column| column.form);
            let comparison = match form {
                _ if spellings.padded(number) => Comparison::Trimmed,
                Some(Form::Signed) => Comparison::Integer,
                Some(Form::Unsigned) => Comparison::Unsigned,
                Some(Form::Decimal) => Comparison::Decimal,
                Some(Form::Bytes) => Comparison::Bytes,
                Some(Form::Text) => {
                    texts.push(number);
                    Comparison::Written
                }
                _ => Comparison::Written,
            };
            parts.push(Part {
                column: format!("rekon_q.`{}`", name.replace('`', "``")),
                comparison,
                spelling: field.spelling,
            });
        }
        let mut shape = Shape { parts };
        if !texts.is_empty() {
            shape.learn_collations(session, spec, &texts).await?;
        }
        Ok(shape)
    }

    /// What the server says of a row of NULLs: it knows the collation without reading any row.
    async fn learn_collations(
        &mut self,
        session: &mut Session,
        spec: &Spec<'_>,
        texts: &[usize],
    ) -> Result<(), LedgerError> {
        let asked: Vec<String> = texts
            .iter()
            .filter_map(|number| self.parts.get(*number))
            .map(|part| format!("CHARSET({0}), COLLATION({0})", part.column))
            .collect();
        let (nowhen, _) = always();
        let sql = format!(
            "SELECT {} FROM (SELECT 1 AS one) AS rekon_one LEFT JOIN (\n{}\n) AS rekon_q ON FALSE",
            asked.join(", "),
            written_out(spec, nowhen, nowhen)?
        );
        let rows = session.ask_for(spec, sql).await?;
        let Some(row) = rows.first() else {
            return Ok(());
        };
        for (at, number) in texts.iter().enumerate() {
            let charset = session.text(row, at * 2)?;
            let collation = session.text(row, at * 2 + 1)?;
            let plain = |name: &str| {
                !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
            };
            if let Some(part) = self.parts.get_mut(*number)
                && plain(&charset)
                && plain(&collation)
            {
                part.comparison = match charset.as_str() {
                    "binary" => Comparison::Bytes,
                    _ => Comparison::Text { charset, collation },
                };
            }
        }
        Ok(())
    }

    /// The texts before and after the channel's query that make it a look-up of the keys in so many
    /// variables.
    pub fn around(&self, lists: usize, longest: usize) -> (String, String) {
        // Few lengths make few statements; the server keeps shorter rows in memory.
        let length = longest.clamp(16, MAX_PART).next_power_of_two();
        let columns: Vec<String> = self
            .parts
            .iter()
            .enumerate()
            .map(|(number, part)| {
                let kind = part.comparison.declared(length);
                format!("k{number} {kind} PATH '$[{number}]'")
            })
            .collect();
        let columns = columns.join(", ");
        let lists: Vec<String> = (0..lists.max(1))
            .map(|list| {
                format!(
                    "SELECT * FROM JSON_TABLE({}, '$[*]' COLUMNS ({columns})) AS rekon_list",
                    variable(list)
                )
            })
            .collect();
        // Equal by the columns' own collations is one key: each row is found once.
        let before = format!(
            "SELECT rekon_q.* FROM (SELECT DISTINCT * FROM ({}) AS rekon_lists) AS rekon_k \
             JOIN (\n",
            lists.join(" UNION ALL ")
        );
        let on: Vec<String> = self
            .parts
            .iter()
            .enumerate()
            .map(|(number, part)| {
                let column = part.comparison.compared(&part.column);
                format!("{column} = rekon_k.k{number}")
            })
            .collect();
        (before, format!("\n) AS rekon_q ON {}", on.join(" AND ")))
    }

    /// Puts the keys into variables of the session, none larger than the server takes at once.
    pub async fn send(
        &self,
        session: &mut Session,
        spec: &Spec<'_>,
        keys: &BTreeSet<Vec<u8>>,
        spellings: &Spellings,
    ) -> Result<Sent, LedgerError> {
        let limit = (session.max_packet / 2).clamp(64 << 10, LIST) as usize;
        let (mut lists, mut longest) = (0, 0);
        let mut list = String::from("[");
        for key in keys {
            for spelled in self.spelled(key, spellings, &mut longest) {
                if list.len() + spelled.len() > limit {
                    send_list(session, spec, lists, &mut list).await?;
                    lists += 1;
                }
                if list.len() > 1 {
                    list.push(',');
                }
                list.push_str(&spelled);
            }
        }
        if list.len() > 1 || lists == 0 {
            send_list(session, spec, lists, &mut list).await?;
            lists += 1;
        }
        Ok(Sent { lists, longest })
    }

    /// A key as JSON lists of its parts, in every way in which the ledger may write them.
    fn spelled(&self, key: &[u8], spellings: &Spellings, longest: &mut usize) -> Vec<String> {
        let mut variants: Vec<Vec<Value>> = vec![Vec::new()];
        for (number, (text, part)) in key::parts(key).into_iter().zip(&self.parts).enumerate() {
            let ways: Vec<Value> = match &part.comparison {
                // What is no number would become 0.
                Comparison::Integer | Comparison::Unsigned | Comparison::Decimal => {
                    vec![is_number(&text).then_some(text).into()]
                }
                comparison => {
                    let mut ways = vec![text.clone()];
                    ways.extend(spellings.ways_of(number, &text, part.spelling));
                    if *comparison == Comparison::Trimmed {
                        for way in &mut ways {
                            way.retain(|c| !BLANKS.contains(&c));
                        }
                    }
                    *longest = ways.iter().map(String::len).fold(*longest, usize::max);
                    ways.into_iter().map(Value::from).collect()
                }
            };
            variants = variants
                .iter()
                .flat_map(|before| {
                    ways.iter()
                        .map(move |way| [before.as_slice(), std::slice::from_ref(way)].concat())
                })
                .collect();
        }
        variants
            .into_iter()
            .map(|parts| Value::from(parts).to_string())
            .collect()
    }
}

/// What is taken off around a part of a key.
const BLANKS: [char; 3] = [' ', '\t', '\u{a0}'];

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    digits.len() <= 60 && plain(whole) && plain(fraction)
}

fn variable(list: usize) -> String {
    format!("@rekon_keys_{list}")
}

async fn send_list(
    session: &mut Session,
    spec: &Spec<'_>,
    number: usize,
    list: &mut String,
) -> Result<(), LedgerError> {
    let mut text = std::mem::replace(list, String::from("["));
    text.push(']');
    let mut arguments = MySqlArguments::default();
    arguments.add(text).map_err(|error| LedgerError::Query {
        channel: spec.channel.to_owned(),
        reason: format!("the keys to look up cannot be sent: {error}"),
        hint: "look at the references of the channel's last settlement files".to_owned(),
    })?;
    let sql = AssertSqlSafe(format!("SET {} = ?", variable(number)));
    let sent = session
        .connection
        .execute(sqlx::query_with(sql, arguments).persistent(false));
    match within(NEXT_ROW, sent).await {
        Some(Ok(_)) => Ok(()),
        Some(Err(error)) => Err(fault::reading(&session.place, spec, &error)),
        None => Err(silent(&session.place)),
    }
}

impl Comparison {
    /// The type of the keys' column.
    fn declared(&self, length: usize) -> String {
        match self {
            Comparison::Integer => "BIGINT".to_owned(),
            Comparison::Unsigned => "BIGINT UNSIGNED".to_owned(),
            Comparison::Decimal => "DECIMAL(65,10)".to_owned(),
            Comparison::Text { charset, collation } => {
                format!("VARCHAR({length}) CHARACTER SET {charset} COLLATE {collation}")
            }
            Comparison::Bytes => format!("VARBINARY({length})"),
            Comparison::Written | Comparison::Trimmed => {
                format!("VARCHAR({length}) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
            }
        }
    }

    /// The side of the channel's query.
    fn compared(&self, column: &str) -> String {
        let text = format!("CONVERT(CAST({column} AS CHAR) USING utf8mb4)");
        match self {
            Comparison::Integer
            | Comparison::Unsigned
            | Comparison::Decimal
            | Comparison::Text { .. }
            | Comparison::Bytes => column.to_owned(),
            Comparison::Written => format!("{text} COLLATE utf8mb4_bin"),
            Comparison::Trimmed => {
                let bare = BLANKS.iter().fold(text, |text, blank| {
                    let mut bytes = [0; 4];
                    let code =
                        data_encoding::HEXUPPER.encode(blank.encode_utf8(&mut bytes).as_bytes());
                    format!("REPLACE({text}, CONVERT(X'{code}' USING utf8mb4), '')")
                });
                format!("{bare} COLLATE utf8mb4_bin")
            }
        }
    }
}
