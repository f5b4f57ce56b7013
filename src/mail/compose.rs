//! A letter becomes bytes, once. Everything that ends in a header may come from outside.

use std::time::SystemTime;

use chrono::{DateTime, Utc};
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, Message, MultiPart, SinglePart};

/// A mail before it is rendered. Everything that ends in a header may come from outside.
#[derive(Clone, Debug)]
pub struct Letter {
    /// `Rekon <rekon@merchant.example>` or a bare address.
    pub from: String,
    pub to: Vec<String>,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub attachments: Vec<Enclosure>,
    /// Without angle brackets, the same for every rendering and every retry: `…@rekon`.
    pub message_id: String,
    pub date: DateTime<Utc>,
    /// Message-IDs of the thread's earlier mails, oldest first, without angle brackets.
    pub references: Vec<String>,
}

#[derive(Clone, Debug)]
pub struct Enclosure {
    pub file_name: String,
    pub content_type: String,
    pub bytes: Vec<u8>,
}

#[derive(Debug, thiserror::Error)]
pub enum ComposeFault {
    #[error("`{address}` is not a mail address: {reason}")]
    Address { address: String, reason: String },
    #[error("`{content_type}` is not a content type (attachment {file_name})")]
    ContentType {
        content_type: String,
        file_name: String,
    },
    #[error("the mail cannot be put together: {0}")]
    Message(#[from] lettre::error::Error),
}

/// RFC 3834: no vacation reply may answer a report.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(AutoSubmitted)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// Renders the letter. The same letter gives the same bytes.
pub fn compose(letter: &Letter) -> Result<Vec<u8>, ComposeFault> {
    let id = header_text(&letter.message_id);
    let mut builder = Message::builder()
        .from(mailbox(&letter.from)?)
        .subject(header_text(&letter.subject))
        .message_id(Some(format!("<{id}>")))
        .date(SystemTime::from(letter.date))
        .header(AutoSubmitted);
    for to in &letter.to {
        builder = builder.to(mailbox(to)?);
    }
    if let Some(last) = letter.references.last() {
        let thread: Vec<String> = letter
            .references
            .iter()
            .map(|id| format!("<{}>", header_text(id)))
            .collect();
        builder = builder
            .in_reply_to(format!("<{}>", header_text(last)))
            .references(thread.join(" "));
    }
    let boundary = boundary_of(&id);
    let alternative = MultiPart::alternative()
        .boundary(format!("alternative-{boundary}"))
        .singlepart(SinglePart::plain(letter.text.clone()))
        .singlepart(SinglePart::html(letter.html.clone()));
    let mut mixed = MultiPart::mixed()
        .boundary(format!("mixed-{boundary}"))
        .multipart(alternative);
    for enclosure in &letter.attachments {
        let content_type =
            ContentType::parse(&enclosure.content_type).map_err(|_| ComposeFault::ContentType {
                content_type: enclosure.content_type.clone(),
                file_name: enclosure.file_name.clone(),
            })?;
        mixed = mixed.singlepart(
            Attachment::new(header_text(&enclosure.file_name))
                .body(enclosure.bytes.clone(), content_type),
        );
    }
    Ok(builder.multipart(mixed)?.formatted())
}

/// Header text without anything that could end the header or disguise it.
pub(super) fn header_text(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .filter(|c| !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2028}' | '\u{2029}' | '\u{2066}'..='\u{2069}'))
        .collect()
}

pub(super) fn mailbox(text: &str) -> Result<Mailbox, ComposeFault> {
    let fault = |reason: String| ComposeFault::Address {
        address: header_text(text),
        reason,
    };
    // A line break in an address is an attack, not a spelling.
    if text.chars().any(char::is_control) {
        return Err(fault("it has control characters".to_owned()));
    }
    header_text(text)
        .trim()
        .parse::<Mailbox>()
        .map_err(|error| fault(error.to_string()))
}

/// A boundary that no line of base64 or quoted-printable can equal, from the Message-ID.
fn boundary_of(message_id: &str) -> String {
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest(message_id.as_bytes());
    format!("_{}", data_encoding::HEXLOWER.encode(&digest[..12]))
}
