//! Every integration test in one binary: it builds once, and its files share one harness.

mod attachments;
mod bad_input;
mod bills;
mod certificates;
mod contract;
mod dovecot;
mod faults;
mod harness;
mod imap;
mod intake;
mod laws;
mod mailing;
mod matching;
mod parsing;
mod proxy;
mod quick_start;
mod reports;
mod reruns;
mod samples;
mod servers;
mod sftp;
mod sftp_scripted;
mod sshd;
mod tidy;
mod token;
mod unpacking;
