//! Logging in with a password, or with a token asked for at each login.

use async_imap::error::Error;
use secrecy::{ExposeSecret, SecretString};

use super::answer::{short, visible};
use super::session::{Account, MailboxFault};
use super::stream::Metered;
use crate::credential::{self, Credential};

pub(super) async fn log_in(
    account: &Account,
    client: async_imap::Client<Metered>,
    server: &str,
) -> Result<async_imap::Session<Metered>, MailboxFault> {
    let proof = match &account.credential {
        Credential::Password(password) => Proof::Password(password),
        Credential::TokenCommand(command) => {
            // With a deadline of its own: a command that hangs is no fault of the server's.
            let token = credential::token(command, account.timeout).await;
            Proof::Token(token.map_err(|fault| MailboxFault::Token {
                mailbox: account.name.clone(),
                fault,
            })?)
        }
    };
    let attempt = async {
        let attempted = match proof {
            Proof::Password(password) => {
                client.login(&account.user, password.expose_secret()).await
            }
            Proof::Token(token) => {
                let answer = Xoauth2 {
                    user: account.user.clone(),
                    token,
                    answered: false,
                };
                client.authenticate("XOAUTH2", answer).await
            }
        };
        attempted.map_err(|(error, _)| error)
    };
    let unreachable = |what: String| MailboxFault::Unreachable {
        mailbox: account.name.clone(),
        server: server.to_owned(),
        what,
    };
    let seconds = account.timeout.as_secs_f32();
    let result = tokio::time::timeout(account.timeout, attempt)
        .await
        .map_err(|_| {
            unreachable(format!(
                "did not answer within {seconds} s while logging in"
            ))
        })?;
    result.map_err(|error| match error {
        Error::No(answer) | Error::Bad(answer) if !is_temporary(&answer) => {
            MailboxFault::Authentication {
                mailbox: account.name.clone(),
                server: server.to_owned(),
                user: account.user.clone(),
                answer: visible(words(&answer)),
                hint: match account.credential {
                    Credential::Password(_) => {
                        "check `password`; servers with two-step login want an app password or oauth2_token_command"
                    }
                    Credential::TokenCommand(_) => {
                        "oauth2_token_command has to print a fresh access token for this user with the IMAP scope"
                    }
                },
            }
        }
        Error::Validate(error) => MailboxFault::Authentication {
            mailbox: account.name.clone(),
            server: server.to_owned(),
            user: account.user.clone(),
            answer: format!("{error}"),
            hint: "a user name or password cannot hold a line break",
        },
        other => unreachable(format!("was lost while logging in: {}", short(&other))),
    })
}

/// What a login shows.
enum Proof<'a> {
    Password(&'a SecretString),
    Token(SecretString),
}

/// The server's own words out of how async-imap shows them: `code: None, info: Some("…")`.
fn words(answer: &str) -> &str {
    let inner = answer.split_once("info: Some(\"");
    inner.map_or(answer, |(_, rest)| rest.trim_end_matches("\")"))
}

/// RFC 5530: the server cannot say whether the login is right, or has too many of them.
fn is_temporary(answer: &str) -> bool {
    ["UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG", "CONTACTADMIN"]
        .iter()
        .any(|code| {
            answer.contains(&format!("[{code}]")) || answer.contains(&format!("\"{code}\""))
        })
        || answer.contains("Temporary authentication failure")
}

/// RFC 5530 `EXPIRED`, and how large providers end a session whose token has run out.
pub(super) fn is_expired(answer: &str) -> bool {
    let answer = answer.to_ascii_lowercase();
    [
        "[expired]",
        "accesstokenexpired",
        "session expired",
        "not authenticated",
    ]
    .iter()
    .any(|words| answer.contains(words))
}

/// The answer to the challenge of `AUTHENTICATE XOAUTH2`.
struct Xoauth2 {
    user: String,
    token: SecretString,
    answered: bool,
}

impl async_imap::Authenticator for Xoauth2 {
    type Response = String;

    fn process(&mut self, _challenge: &[u8]) -> String {
        // A second challenge explains the refusal, and asks for an empty answer.
        if std::mem::replace(&mut self.answered, true) {
            return String::new();
        }
        format!(
            "user={}\u{1}auth=Bearer {}\u{1}\u{1}",
            self.user,
            self.token.expose_secret()
        )
    }
}
