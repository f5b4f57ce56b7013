//! The test servers do what the tests that use them rely on.
