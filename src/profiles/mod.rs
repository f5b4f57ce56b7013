//! The profile language and its readers.
