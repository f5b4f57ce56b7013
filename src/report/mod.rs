//! Reports: one view, several renderings.
