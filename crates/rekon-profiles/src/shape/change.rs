//! How a file differs from those its channel had before, in words.

use crate::fault::shown;

/// How a file differs from those before it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ShapeChange {
    /// A field that files had has no column any more.
    Lost { field: String, header: String },
    /// Its column is there and stands empty on every row.
    Blank { field: String, header: String },
    /// A column that nobody has spoken about.
    Unknown { header: String },
    /// None of its rows is meant for the channel.
    LeftOut,
    /// Dates or amounts are written in another way.
    Written {
        what: &'static str,
        now: String,
        before: String,
    },
}

impl std::fmt::Display for ShapeChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ShapeChange::Lost { field, header } => {
                write!(
                    f,
                    "no column for {field} any more (it was `{}`)",
                    shown(header)
                )
            }
            ShapeChange::Blank { field, header } => {
                write!(f, "every {field} is empty (column `{}`)", shown(header))
            }
            ShapeChange::Unknown { header } => write!(f, "a new column `{}`", shown(header)),
            ShapeChange::LeftOut => f.write_str(
                "no row of it is for this channel: every one is left out by a `[[filter]]`",
            ),
            ShapeChange::Written { what, now, before } => write!(
                f,
                "{what} are written like `{}` (before like `{}`)",
                shown(now),
                shown(before)
            ),
        }
    }
}
