//! Where reports come from. Each source lists what is there and hands over whole files; none knows
//! what a report means, and none forgets a file before the archive holds it.

pub mod folder;
pub mod mailbox;
pub mod sftp;
