//! Why a profile cannot be used, and how its errors are told.

use crate::spelling::nearest;

/// Why a profile cannot be used: which file, which key, which value, and what to write instead.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    #[error(
        "no profile is called `{name}`{nearest}\n  built in: {built_in}\n  fix: name one of these, or the path of your own file ending in .toml"
    )]
    NotFound {
        name: String,
        nearest: String,
        built_in: String,
    },
    #[error(
        "profile {file} cannot be read: {source}\n  fix: check the path (it is relative to the configuration file) and its permissions"
    )]
    Unreadable {
        file: String,
        source: std::io::Error,
    },
    #[error("profile {file}, {place}: {problem}\n  fix: {fix}")]
    Invalid {
        file: String,
        /// The key, or the line where the text is not TOML.
        place: String,
        problem: String,
        fix: String,
    },
}

pub(super) fn invalid(
    file: &str,
    place: impl Into<String>,
    problem: impl Into<String>,
    fix: impl Into<String>,
) -> ProfileError {
    ProfileError::Invalid {
        file: file.to_owned(),
        place: place.into(),
        problem: problem.into(),
        fix: fix.into(),
    }
}

/// An error of the TOML reader with what to write instead.
pub(super) fn told(file: &str, line: usize, error: &toml::de::Error) -> ProfileError {
    let message = error.message();
    let words: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    // As a proposed profile leaves what only a person can say.
    if let (true, Some(("", known))) = (
        message.starts_with("unknown variant"),
        words.split_first().map(|(first, known)| (*first, known)),
    ) {
        let fix = format!(
            "choose one of: {}; the comment above the line says what each would mean",
            known.join(", ")
        );
        return invalid(
            file,
            format!("line {line}"),
            "a question is still open",
            fix,
        );
    }
    let fix = match words.split_first() {
        Some((unknown, known)) if message.starts_with("unknown ") && !known.is_empty() => {
            // These two are read before the rest.
            let first = ["extends", "remove"].into_iter();
            let first = first.filter(|_| known.contains(&"defaults"));
            match nearest(unknown, known.iter().copied().chain(first)) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("known here: {}", known.join(", ")),
            }
        }
        Some((missing, _)) if message.starts_with("missing field") => {
            format!("add `{missing}`; `rekon profiles show tokopedia-biller` is an example")
        }
        _ => "correct this line".to_owned(),
    };
    invalid(file, format!("line {line}"), message.trim_end(), fix)
}
