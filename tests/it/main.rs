//! Every integration test in one binary: it builds once, and its files share one harness.

mod bad_input;
mod contract;
mod harness;
mod laws;
mod mailing;
mod matching;
mod parsing;
mod quick_start;
mod reports;
mod samples;
mod tidy;
