//! Reports that arrive as attachments of mails.

pub mod attachments;
