//! Mail: compose and deliver.
