//! Every integration test in one binary: it builds once, and its files share one harness.

mod authenticity;
mod bad_input;
mod bills;
mod contract;
mod faults;
mod harness;
mod intake;
mod laws;
mod mailing;
mod matching;
mod parsing;
mod quick_start;
mod reports;
mod reruns;
mod samples;
mod tidy;
