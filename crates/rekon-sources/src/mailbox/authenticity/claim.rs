//! What a mail says of its sender: one we take reports from, somebody who wants to be taken for
//! one, or somebody else.

use super::domain::{is_anybodys, is_domain, registered};
use super::likeness::{folded, resembles, shows_address, shows_domain};
use crate::mailbox::header::{Author, Header, LONGEST_FROM, Mailbox, decoded, shown};

/// A sender of a source's allow-list, in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SenderRule {
    /// `reports@ovo.example`: this address alone.
    Address(String),
    /// `@tokopedia.example`, kept without its `@`: every address of exactly this domain.
    Domain(String),
}

/// Why a text is no sender rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleFault {
    #[error(
        "`{0}` is no sender: write an address such as \"reports@ovo.example\" or a domain such as \"@tokopedia.example\""
    )]
    Form(String),
    #[error("`{0}` has letters beyond ASCII: write the domain's `xn--` form")]
    NotAscii(String),
    #[error("`{0}` would let anybody in: name the sender's own domain")]
    Ending(String),
    #[error("anybody can have an address in `{0}`: name the whole address, not the domain")]
    Anybody(String),
}

impl SenderRule {
    pub fn parse(text: &str) -> Result<SenderRule, RuleFault> {
        let text = text.trim().to_ascii_lowercase();
        if !text.is_ascii() {
            return Err(RuleFault::NotAscii(shown(&text)));
        }
        let form = || RuleFault::Form(shown(&text));
        let (local, domain) = text.split_once('@').ok_or_else(form)?;
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'+-/=?^_`{|}~.".contains(&b);
        if !is_domain(domain)
            || !local.bytes().all(plain)
            || (!local.is_empty() && local.split('.').any(str::is_empty))
            || local.contains("=?")
        {
            return Err(form());
        }
        if registered(domain).is_none() {
            return Err(RuleFault::Ending(domain.to_owned()));
        }
        match local {
            "" if is_anybodys(domain) => Err(RuleFault::Anybody(domain.to_owned())),
            "" => Ok(SenderRule::Domain(domain.to_owned())),
            _ => Ok(SenderRule::Address(text)),
        }
    }

    fn allows(&self, author: &Mailbox) -> bool {
        match self {
            SenderRule::Address(address) => author.address() == *address,
            SenderRule::Domain(domain) => {
                author.domain.eq_ignore_ascii_case(domain) && !author.local.starts_with('"')
            }
        }
    }

    fn domain(&self) -> &str {
        match self {
            SenderRule::Address(address) => address.rsplit('@').next().unwrap_or(address),
            SenderRule::Domain(domain) => domain,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// It is from an allowed address, in lower case; whether truly, [`super::authenticate`] says.
    Listed { address: String },
    /// It is not, and wants to look so.
    Pretends { shown: String, reason: String },
    /// Neither: somebody else's mail, none of ours. A name alone (`OVO Reports <…>`) is no pretence,
    /// or every newsletter about a partner would be one.
    Stranger,
}

/// What a mail says of its sender, judged by its outermost header alone.
pub fn claim(header: &Header, allowed: &[SenderRule]) -> Claim {
    let raw: Vec<&str> = header.values("From").collect();
    let text = raw.join(" | ");
    let pretends = |reason| Claim::Pretends {
        shown: shown(&text),
        reason,
    };
    let undecided = |why: String| match mentioned(&text, allowed, None) {
        Some(what) => pretends(format!("it names {what}, and {why}")),
        None => Claim::Stranger,
    };
    match header.from() {
        Author::One(author) if allowed.iter().any(|rule| rule.allows(&author)) => {
            match header.flaw() {
                None => Claim::Listed {
                    address: author.address(),
                },
                Some(flaw) => undecided(flaw.to_string()),
            }
        }
        Author::One(author) => match pretence(&author, &text, allowed) {
            Some(reason) => pretends(reason),
            None => Claim::Stranger,
        },
        Author::Several(list) => match list.iter().find_map(|one| likeness(one, allowed)) {
            Some(reason) => pretends(reason),
            None => undecided(format!("its From field has {} addresses", list.len())),
        },
        Author::Absent => Claim::Stranger,
        Author::Unreadable { reason } => undecided(reason),
    }
}

/// Why a sender who is not allowed wants to be taken for one who is.
fn pretence(author: &Mailbox, text: &str, allowed: &[SenderRule]) -> Option<String> {
    if let Some(reason) = likeness(author, allowed) {
        return Some(reason);
    }
    let what = mentioned(text, allowed, Some(&author.domain))?;
    let address = shown(&author.address());
    Some(format!("it shows {what} and is from `{address}`"))
}

/// How an address that is not allowed resembles one that is.
fn likeness(author: &Mailbox, allowed: &[SenderRule]) -> Option<String> {
    if let Some(reason) = allowed
        .iter()
        .filter(|rule| !is_anybodys(rule.domain()))
        .find_map(|rule| resembles(&author.domain, rule.domain()))
    {
        return Some(reason);
    }
    for rule in allowed {
        // Where anybody may have an address, likeness lies in what stands before the `@`.
        if let SenderRule::Address(wanted) = rule
            && is_anybodys(rule.domain())
            && author.address() != *wanted
            && folded(&author.address()) == folded(wanted)
        {
            let address = shown(&author.address());
            return Some(format!("`{address}` is spelled to look like {wanted}"));
        }
    }
    None
}

/// An allowed address or domain that a text shows to a reader, who sees it decoded. An owner who
/// names his own domain (`own`) shows nothing false; one who names an allowed address does.
fn mentioned(text: &str, allowed: &[SenderRule], own: Option<&str>) -> Option<String> {
    // A longer From field is unreadable anyway, and whoever writes one sets the pace of reading it.
    let (text, _) = text.split_at(text.floor_char_boundary(LONGEST_FROM));
    let plain = decoded(text);
    // The address itself is part of the text; what is shown beside it is what counts.
    let own = own.map(str::to_ascii_lowercase);
    let same_owner = |domain: &str| {
        own.as_deref()
            .is_some_and(|own| registered(own).is_some() && registered(own) == registered(domain))
    };
    for rule in allowed {
        for shown in [text, plain.as_str()] {
            if let SenderRule::Address(address) = rule
                && shows_address(shown, address)
            {
                return Some(address.clone());
            }
            let domain = rule.domain();
            if !is_anybodys(domain) && !same_owner(domain) && shows_domain(shown, domain) {
                return Some(domain.to_owned());
            }
        }
    }
    None
}
