//! Outcomes become one [`view::ReportView`]; every rendering reads it. Nothing here decides about
//! money, reads a file or knows a clock.

use rekon_domain as domain;

mod actions;
pub mod annotations;
pub mod break_row;
pub mod breaks;
pub mod catalogue;
pub mod changes;
pub mod claims;
mod columns;
pub mod csv;
pub mod dates;
pub mod days;
pub mod diff_json;
pub mod enclosures;
pub mod findings;
pub mod html;
pub mod input;
pub mod json;
pub mod labels;
pub mod lines;
mod lists;
pub mod matched;
pub mod meaning;
pub mod note;
pub mod page;
/// A library's panic as an error with a name. Knows nothing of what was being done.
pub mod panics;
pub mod patterns;
pub mod range;
pub mod sample;
mod sheet;
pub mod summary;
pub mod template;
pub mod text;
pub mod totals;
pub mod trend;
pub mod verdict;
pub mod view;
pub mod words;
pub mod workbook;
