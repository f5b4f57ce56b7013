//! Reports that arrive by mail: reading a mailbox (`session`), telling genuine mails from forged
//! ones (`authenticity`, from the `header`), finding the reports in them (`attachments`). Nothing is
//! believed because a mail says so.

mod answer;
pub mod attachments;
pub mod authenticity;
pub mod header;
mod login;
mod session;
mod stream;

pub use session::{
    Account, Heading, MailboxFault, Opened, PROCESSED_FLAG, PutAway, QUARANTINED_FLAG, Session,
};
