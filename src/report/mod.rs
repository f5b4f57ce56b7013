//! Outcomes become one [`view::ReportView`]; every rendering reads it. Nothing here decides about
//! money, reads a file or knows a clock.

pub mod annotations;
pub mod breaks;
pub mod changes;
pub mod claims;
pub mod csv;
pub mod dates;
pub mod days;
pub mod diff_json;
pub mod enclosures;
pub mod html;
pub mod input;
pub mod json;
pub mod labels;
mod lists;
pub mod note;
pub mod range;
mod sheet;
pub mod summary;
pub mod text;
pub mod totals;
pub mod view;
pub mod words;
pub mod workbook;
