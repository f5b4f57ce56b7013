//! Where reports come from. Each source lists what is there and hands over whole files; none knows
//! what a report means, and none forgets a file before the archive holds it.

/// How we log in elsewhere: a password, or a token that a command prints. Shows neither.
pub mod credential;
pub mod folder;
pub mod mailbox;
pub mod sftp;
