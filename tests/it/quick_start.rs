//! quick_start
