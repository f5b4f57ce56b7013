//! Rows of the ledger that cannot be judged: told with what can be read of them, counted in no
//! bucket.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::money::Money;
use super::status::Kind;

/// One such row. Nothing of it depends on the order in which the ledger gives its rows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RejectedEntry {
    /// When it occurred, where that can be read.
    pub at: Option<DateTime<Utc>>,
    /// Key fields by name, as the ledger writes them; without those that are missing.
    pub key: Vec<(String, String)>,
    /// Our own reference of the payment; empty where the query selects none.
    pub reference: String,
    pub kind: Option<Kind>,
    /// As the ledger says it, with its sign.
    pub amount: Option<Money>,
    /// In the ledger's own word; empty for none.
    pub status: String,
    /// What is wrong, by the column of the query that it stands in.
    pub column: String,
    pub value: String,
    pub reason: String,
}

/// How many of one date are listed; all of them are counted.
pub const LISTED: usize = 1000;
