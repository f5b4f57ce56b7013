//! What a mail server says, as far as rekon asks for it, and its words made fit to show.

use async_imap::imap_proto::{
    AttributeValue, Capability, MailboxDatum, Outcome, Response, ResponseCode, StatusAttribute,
};
use chrono::{DateTime, Utc};

/// What rekon asks for, out of what a server says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    CanMove,
    UidValidity(u32),
    PermanentFlags(Vec<String>),
    Found(Vec<u32>),
    NextUid(u32),
    Mail(Fetched),
}

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Fetched {
    pub uid: u32,
    pub size: Option<u64>,
    pub received: Option<DateTime<Utc>>,
    pub body: Option<Vec<u8>>,
}

pub(super) fn answer_of(response: &Response<'_>) -> Option<Answer> {
    match response {
        Response::Capabilities(all) => all
            .iter()
            .any(|one| matches!(one, Capability::Atom(name) if name.eq_ignore_ascii_case("MOVE")))
            .then_some(Answer::CanMove),
        Response::Data {
            outcome: Outcome { code, .. },
            ..
        } => match code {
            Some(ResponseCode::UidValidity(value)) => Some(Answer::UidValidity(*value)),
            Some(ResponseCode::PermanentFlags(flags)) => Some(Answer::PermanentFlags(
                flags.iter().map(|flag| flag.to_string()).collect(),
            )),
            _ => None,
        },
        Response::MailboxData(MailboxDatum::Search(uids)) => Some(Answer::Found(uids.clone())),
        Response::MailboxData(MailboxDatum::Status { status, .. }) => {
            status.iter().find_map(|one| match one {
                StatusAttribute::UidNext(next) => Some(Answer::NextUid(*next)),
                _ => None,
            })
        }
        Response::Fetch(_, attributes) => fetched(attributes).map(Answer::Mail),
        _ => None,
    }
}

fn fetched(attributes: &[AttributeValue<'_>]) -> Option<Fetched> {
    let mut uid = None;
    let mut mail = Fetched::default();
    for attribute in attributes {
        match attribute {
            AttributeValue::Uid(value) => uid = Some(*value),
            AttributeValue::Rfc822Size(size) => mail.size = Some(u64::from(*size)),
            AttributeValue::InternalDate(text) => {
                // RFC 3501 writes days below ten with a space in front.
                let at = DateTime::parse_from_str(text.trim(), "%d-%b-%Y %H:%M:%S %z");
                mail.received = at.map(|at| at.with_timezone(&Utc)).ok();
            }
            // NIL stands for nothing there, as beyond the end of the mail.
            AttributeValue::BodySection { data, .. } => {
                mail.body = Some(data.as_deref().unwrap_or_default().to_vec());
            }
            _ => {}
        }
    }
    mail.uid = uid?;
    Some(mail)
}

pub(super) fn said(response: &Response<'_>) -> String {
    match response {
        Response::Data { outcome, .. } => {
            visible(outcome.information.as_deref().unwrap_or("no reason given"))
        }
        _ => "an unexpected answer".to_owned(),
    }
}

/// A server's words on one line, without what could steer a terminal.
pub(super) fn visible(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(300)
        .collect()
}

/// An error of the connection without the bytes it stumbled over: they may be somebody's mail.
pub(super) fn short(error: &dyn std::fmt::Display) -> String {
    let text = error.to_string();
    let text = text.split(" during parsing of ").next().unwrap_or_default();
    visible(text)
}
