//! How we log in elsewhere: a password, or a token that a command prints at each login.

use std::fmt;
use std::process::Stdio;
use std::time::Duration;

use secrecy::SecretString;
use tokio::io::{AsyncReadExt, BufReader};
use tokio::process::Command;

/// What proves who we are. `Debug` shows neither a password nor a command, which may hold a key.
#[derive(Clone)]
pub enum Credential {
    Password(SecretString),
    /// A line for `/bin/sh` that prints an OAuth 2.0 access token: they live for minutes, so each
    /// login asks anew.
    TokenCommand(String),
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Credential::Password(_) => "password",
            Credential::TokenCommand(_) => "oauth2_token_command",
        })
    }
}

/// Longer than any token, shorter than what could be a page of HTML.
const LONGEST_TOKEN: u64 = 16 << 10;
/// A token command that asks a person, or hangs, must not hold up the night.
pub const TOKEN_PATIENCE: Duration = Duration::from_secs(30);

/// Why a token command gave no token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenFault {
    #[error("oauth2_token_command could not be started: {0}")]
    NotStarted(String),
    #[error(
        "oauth2_token_command failed with {status}{said}\n  fix: run it by hand as the user rekon \
         runs as, and mend what it says"
    )]
    Failed { status: String, said: String },
    #[error(
        "oauth2_token_command did not end within {seconds} s\n  fix: run it by hand as the user rekon \
         runs as; it must ask nobody"
    )]
    Slow { seconds: u64 },
    #[error(
        "oauth2_token_command printed nothing\n  fix: run it by hand as the user rekon runs as; an \
         access token is expected on its stdout"
    )]
    Nothing,
    #[error(
        "oauth2_token_command printed {bytes} bytes that are no access token: one line of visible ASCII is expected"
    )]
    NoToken { bytes: usize },
}

/// Runs a token command and gives what it printed, without the line end. It has `patience` to end,
/// and never more than [`TOKEN_PATIENCE`].
pub async fn token(command: &str, patience: Duration) -> Result<SecretString, TokenFault> {
    let mut child = Command::new("/bin/sh")
        .arg("-c")
        .arg(command)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| TokenFault::NotStarted(error.to_string()))?;
    let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) else {
        return Err(TokenFault::NotStarted("it has no output".to_owned()));
    };
    let run = async {
        let mut printed = Vec::new();
        let mut said = Vec::new();
        let mut stdout = BufReader::new(stdout).take(LONGEST_TOKEN);
        let mut stderr = BufReader::new(stderr).take(LONGEST_TOKEN);
        tokio::try_join!(
            stdout.read_to_end(&mut printed),
            stderr.read_to_end(&mut said)
        )?;
        let status = child.wait().await?;
        std::io::Result::Ok((status, printed, said))
    };
    let patience = patience.min(TOKEN_PATIENCE);
    let (status, printed, said) = tokio::time::timeout(patience, run)
        .await
        .map_err(|_| TokenFault::Slow {
            seconds: patience.as_secs(),
        })?
        .map_err(|error| TokenFault::NotStarted(error.to_string()))?;
    if !status.success() {
        return Err(TokenFault::Failed {
            status: status.to_string(),
            said: last_line(&said),
        });
    }
    let no_token = TokenFault::NoToken {
        bytes: printed.len(),
    };
    let text = printed.trim_ascii();
    match std::str::from_utf8(text) {
        Ok("") => Err(TokenFault::Nothing),
        Ok(token) if text.iter().all(u8::is_ascii_graphic) => {
            Ok(SecretString::from(token.to_owned()))
        }
        _ => Err(no_token),
    }
}

/// The last thing a failed command said on stderr; stdout is never shown, it may be a token.
fn last_line(said: &[u8]) -> String {
    let text = String::from_utf8_lossy(said);
    let line = text.lines().rev().find(|line| !line.trim().is_empty());
    line.map(|line| {
        let line: String = line.chars().filter(|c| !c.is_control()).take(200).collect();
        format!(": {line}")
    })
    .unwrap_or_default()
}
