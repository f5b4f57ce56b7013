//! The reconciliation itself, as pure functions over values: nothing here knows a clock, a file,
//! a database, the network or the environment.

/// What each finding means for the people who act on it.
pub mod advice;
pub mod entry;
pub mod key;
/// Entries of one date.
pub mod matching;
pub mod money;
/// The values all of it ends in.
pub mod outcome;
/// Entries of one key.
pub mod pairing;
pub mod patterns;
pub mod reconcile;
/// Entries of all dates of a channel.
pub mod resolve;
/// What a channel declares.
pub mod rules;
pub mod status;
pub mod time;
/// The verdict table and the money at risk.
pub mod verdict;
