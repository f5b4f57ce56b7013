//! Reports that come by mail. Nothing is believed because a mail says so.

pub mod authenticity;
pub mod header;
