//! The reconciliation itself, as pure functions over values: nothing here knows a clock, a file,
//! a database, the network or the environment.

/// What each finding means for the people who act on it.
pub mod advice;
pub mod entry;
pub mod key;
pub mod money;
pub mod outcome;
pub mod status;
pub mod time;
