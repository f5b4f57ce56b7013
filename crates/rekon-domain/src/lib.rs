//! The reconciliation itself, as pure functions over values: nothing here knows a clock, a file,
//! a database, the network or the environment.

// In reading order.
#![cfg_attr(rustfmt, rustfmt_skip)]

pub mod money;
/// Days without work, as data.
pub mod holidays;
pub mod time;
pub mod stamp;
pub mod status;
pub mod key;
/// How millions of them are held.
pub mod segments;
/// What many hold and few change.
pub mod shared;
pub mod details;
pub mod entry;
/// Rows of the ledger that are none.
pub mod rejected;
/// What a file pays out, and whether its net can be compared.
pub mod payout;
/// What a channel declares.
pub mod rules;
/// The verdict table and the money at risk.
pub mod verdict;
/// Findings about a whole side of a date.
pub mod side_finding;
/// Both sides of a date at a glance, and whether they can be true.
pub mod sides;
pub mod believe;
pub mod alike;
/// Entries of one key.
pub mod pairing;
/// Totals by product and status pair.
pub mod products;
/// How a large date is laid out.
mod scatter;
/// Entries of one date.
pub mod matching;
/// Entries of all dates of a channel.
pub mod resolve;
pub mod damaged;
/// What of them is kept, and under which name.
pub mod items;
/// Which of them is which of an earlier run.
pub mod succession;
pub mod reconcile;
pub mod patterns;
/// What each finding means for the people who act on it.
pub mod advice;
/// Which of the entries somebody looks for.
pub mod sought;
/// What people did about it.
pub mod acts;
/// The values all of it ends in.
pub mod outcome;
/// The bytes that stored names and digests are made of.
pub mod record;
/// What two of them differ in.
pub mod difference;
/// What readers have to hear of them.
pub mod statement;
