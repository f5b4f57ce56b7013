//! Whether a mail that claims to be a settlement report is genuine.
//!
//! Two questions, in this order. [`claim`]: does it say that it is from a sender we take reports
//! from, or does it only want to look so? [`authenticate`]: did the receiving mail server, which
//! alone saw where it came from, vouch for that? rekon checks no signature itself: by the time a
//! mailbox is read, keys have been rotated and mail programs have touched the mail.
//!
//! # `authserv`
//! Relied on: the receiving server adds `Authentication-Results` with its own authserv-id above
//! everything the sender wrote, to every mail, and removes those that arrive under its id (RFC
//! 8601, 5). The topmost of that id decides; others, further down or of another id, are nothing.
//! A pass is `dmarc=pass` for the From domain itself, or `dkim=pass` of a domain aligned with it
//! (see `domain::aligned`) while `dmarc=fail` does not stand beside it: such a pair means that the
//! domain's owner asked for strict alignment and this mail does not meet it, or that the header
//! contradicts itself; both are better looked at by a person. A failed signature beside an aligned
//! good one is nothing unusual and does no harm (RFC 8601, 2.7.1). SPF alone vouches for the
//! envelope, which nobody reads. Where several filters each add a header under the same id, the one
//! added last must be the one that says `dmarc=pass` or `dkim=pass`.
//!
//! # `microsoft365`
//! Exchange Online writes no authserv-id, so its `Authentication-Results` can be forged by anybody.
//! Relied on: fields whose names begin with `X-MS-Exchange-Organization-` cannot be brought in from
//! outside: Exchange's header firewall strips them from mail that enters an organisation without
//! being trusted, and its own servers add them. So there must be exactly one `…-AuthAs: Anonymous`
//! (the mail came from outside) and one `…-AuthSource` that is a host of Microsoft's; `…-Network-
//! Message-Id` and `…-MessageDirectionality: Incoming`, where they stand, must stand once. Then the
//! only nameless `Authentication-Results` must be the topmost of all, and say `compauth=pass` and
//! either `dmarc=pass` or an aligned `dkim=pass`, as above. A second nameless one is a doubt, since
//! Exchange Online adds one and renames what it finds of its own to `…-Original`.
//! Not proved: that these fields survive or are stripped elsewhere. A connector that trusts an
//! on-premises server or a partner lets theirs through; mail that was filtered by another service
//! before Exchange Online is judged by that service's address; and whoever may write into the
//! mailbox may write any header.
//!
//! # What neither shows
//! That the sender's own account or key was not stolen. Amounts are still reconciled.

mod claim;
mod domain;
mod likeness;
mod results;

use std::fmt;

use super::header::{Author, Flaw, Header, shown};
pub use claim::{Claim, RuleFault, SenderRule, claim};
use domain::{aligned, is_below, is_domain};
use results::{Outcome, Property, Results, Server};

/// Who vouches for the mail of a mailbox: the configuration's `authentication`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Authentication {
    /// A server that signs its results with this authserv-id.
    Authserv {
        id: String,
    },
    Microsoft365,
    None,
}

/// Why a mail counts as genuine; shown with every figure that comes from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Vouched { by: String, evidence: Evidence },
    Unchecked,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// The signing domain.
    Dkim(String),
    /// The From domain.
    Dmarc(String),
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verdict::Vouched { by, evidence } => match evidence {
                Evidence::Dkim(domain) => write!(f, "{by}: dkim=pass ({domain})"),
                Evidence::Dmarc(domain) => write!(f, "{by}: dmarc=pass ({domain})"),
            },
            Verdict::Unchecked => f.write_str("none: nobody checked who sent this mail"),
        }
    }
}

/// Why a mail does not count as genuine.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Doubt {
    pub reason: Reason,
    /// The header text that was judged, fit to be shown.
    pub looked_at: String,
}

/// The reason of a doubt, as a sentence for finance.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    #[error("the mail can be read in two ways: {0}")]
    Ambiguous(Flaw),
    #[error("the mail does not name one sender: {0}")]
    NoAuthor(String),
    #[error(
        "{by} did not say whether it checked this mail: it has no Authentication-Results of that server"
    )]
    NotChecked { by: String },
    #[error("what {by} says about this mail cannot be read: its Authentication-Results {why}")]
    Unreadable { by: String, why: &'static str },
    #[error(
        "{by} says that the mail breaks the rules that {domain} published for its mail (dmarc=fail)"
    )]
    DmarcFail { by: String, domain: String },
    #[error("what {by} says about this mail contradicts itself: {what}")]
    Contradiction { by: String, what: &'static str },
    #[error("{by} vouches for {vouched}, but the mail says it is from {domain}")]
    Unaligned {
        by: String,
        vouched: String,
        domain: String,
    },
    #[error(
        "{by} does not confirm that the mail is from {domain}: neither a DKIM signature nor DMARC passed"
    )]
    Unconfirmed { by: String, domain: String },
    #[error("it did not come in through Exchange Online from outside: {0}")]
    NotThroughBoundary(String),
    #[error(
        "it has {count} Authentication-Results without a server's name, where Exchange Online adds one: the sender may have written one of them"
    )]
    SeveralNameless { count: usize },
    #[error("another server's Authentication-Results stand above those of Exchange Online")]
    NotTopmost,
    #[error("Exchange Online does not trust the sender's identity (no compauth=pass)")]
    Compauth,
}

/// Whether the receiving server vouches for the From address of a mail.
pub fn authenticate(header: &Header, mode: &Authentication) -> Result<Verdict, Doubt> {
    match mode {
        Authentication::None => Ok(Verdict::Unchecked),
        Authentication::Authserv { id } => authserv(header, id),
        Authentication::Microsoft365 => microsoft365(header),
    }
}

const RESULTS: &str = "Authentication-Results";

fn doubt(reason: Reason, looked_at: &str) -> Doubt {
    Doubt {
        reason,
        looked_at: shown(looked_at),
    }
}

/// The domain of the one address the mail is from, in lower case.
fn author_domain(header: &Header) -> Result<String, Doubt> {
    let from: Vec<&str> = header.values("From").collect();
    let from = format!("From: {}", from.join(" | From: "));
    if let Some(flaw) = header.flaw() {
        return Err(doubt(Reason::Ambiguous(flaw.clone()), &from));
    }
    let refused = |why: String| Err(doubt(Reason::NoAuthor(why), &from));
    match header.from() {
        Author::One(author) if is_domain(&author.domain) => Ok(author.domain.to_ascii_lowercase()),
        Author::One(author) => refused(format!("`{}` is no domain name", shown(&author.domain))),
        Author::Several(all) => refused(format!("its From field has {} addresses", all.len())),
        Author::Absent => refused("it has no From field".to_owned()),
        Author::Unreadable { reason } => refused(reason),
    }
}

fn authserv(header: &Header, id: &str) -> Result<Verdict, Doubt> {
    let domain = author_domain(header)?;
    let by = Voucher {
        label: format!("authserv {id}"),
        server: id.to_owned(),
    };
    for (value, seen) in header.exact(RESULTS).zip(header.values(RESULTS)) {
        let unreadable = |why| {
            let by = by.server.clone();
            Err(doubt(Reason::Unreadable { by, why }, seen))
        };
        let value = match value {
            Ok(value) => value,
            Err(damage) => return unreadable(damage),
        };
        // One whose author cannot be told might be the one that counts: nothing below it is asked.
        match results::server(value) {
            Ok(Server::Named(name)) if name.eq_ignore_ascii_case(id) => {}
            Ok(Server::Named(_) | Server::Unnamed) => continue,
            Err(why) => return unreadable(why),
        }
        return match results::parse(value) {
            Ok(results) => judged(&results, &domain, &by, value),
            Err(why) => unreadable(why),
        };
    }
    let seen: Vec<&str> = header.values(RESULTS).collect();
    let looked_at = match seen.as_slice() {
        [] => "no Authentication-Results".to_owned(),
        seen => seen.join(" | "),
    };
    Err(doubt(Reason::NotChecked { by: by.server }, &looked_at))
}

/// Who vouches: as the provenance names it, and as finance is told.
struct Voucher {
    label: String,
    server: String,
}

/// What results say about a mail from a domain.
fn judged(
    results: &Results,
    domain: &str,
    by: &Voucher,
    looked_at: &str,
) -> Result<Verdict, Doubt> {
    let of = |method: &'static str| results.outcomes.iter().filter(move |o| o.method == method);
    let refused = |reason| Err(doubt(reason, looked_at));
    let contradiction = |what| {
        let by = by.server.clone();
        Err(doubt(Reason::Contradiction { by, what }, looked_at))
    };
    if of("dmarc").any(|dmarc| dmarc.result == "fail") {
        return refused(Reason::DmarcFail {
            by: by.server.clone(),
            domain: domain.to_owned(),
        });
    }
    // A server states each once; a second one may have been smuggled into a value it quotes.
    if of("dmarc").count() > 1 {
        return contradiction("it holds two DMARC results");
    }
    let passed = |method| of(method).filter(|outcome| outcome.result == "pass");
    if passed("dkim").next().is_some() && of("dkim").any(|dkim| dkim.result == "none") {
        return contradiction("it finds a DKIM signature and none");
    }
    let mut vouched = Vec::new();
    for dmarc in passed("dmarc") {
        match dmarc.property("header.from") {
            Property::Once(from) if from.eq_ignore_ascii_case(domain) => {
                let evidence = Evidence::Dmarc(domain.to_owned());
                let by = by.label.clone();
                return Ok(Verdict::Vouched { by, evidence });
            }
            Property::Once(from) => vouched.push(from.to_owned()),
            Property::Absent | Property::Repeated => {}
        }
    }
    for signer in passed("dkim").filter_map(signer) {
        if aligned(&signer, domain) {
            let evidence = Evidence::Dkim(signer);
            let by = by.label.clone();
            return Ok(Verdict::Vouched { by, evidence });
        }
        vouched.push(signer);
    }
    vouched.dedup();
    let (by, domain) = (by.server.clone(), domain.to_owned());
    refused(match vouched.as_slice() {
        [] => Reason::Unconfirmed { by, domain },
        others => Reason::Unaligned {
            by,
            vouched: shown(&others.join(", ")),
            domain,
        },
    })
}

/// The domain that signed: `header.d`, or that of `header.i`, which lies within it (RFC 6376, 3.5).
fn signer(dkim: &Outcome) -> Option<String> {
    let agent = match dkim.property("header.i") {
        Property::Once(agent) => {
            let (_, domain) = agent.rsplit_once('@')?;
            Some(domain.to_ascii_lowercase())
        }
        Property::Absent => None,
        Property::Repeated => return None,
    };
    match (dkim.property("header.d"), agent) {
        (Property::Once(signer), agent) => {
            let signer = signer.to_ascii_lowercase();
            let within = agent.is_none_or(|agent| agent == signer || is_below(&agent, &signer));
            within.then_some(signer)
        }
        (Property::Absent, agent) => agent,
        (Property::Repeated, _) => None,
    }
}

const EXCHANGE: &str = "X-MS-Exchange-Organization-";

fn microsoft365(header: &Header) -> Result<Verdict, Doubt> {
    let domain = author_domain(header)?;
    boundary(header)?;
    let by = Voucher {
        label: "microsoft365".to_owned(),
        server: "Exchange Online".to_owned(),
    };
    let seen: Vec<&str> = header.values(RESULTS).collect();
    let seen = seen.join(" | ");
    let unreadable = |why| {
        let by = by.server.clone();
        doubt(Reason::Unreadable { by, why }, &seen)
    };
    let mut topmost = None;
    let mut nameless = 0;
    for value in header.exact(RESULTS) {
        let value = value.map_err(unreadable)?;
        let server = results::server(value).map_err(unreadable)?;
        nameless += usize::from(server == Server::Unnamed);
        topmost.get_or_insert((value, server));
    }
    let value = match topmost {
        _ if nameless > 1 => {
            return Err(doubt(Reason::SeveralNameless { count: nameless }, &seen));
        }
        Some((value, Server::Unnamed)) => value,
        Some((_, Server::Named(_))) if nameless == 1 => {
            return Err(doubt(Reason::NotTopmost, &seen));
        }
        _ => {
            return Err(doubt(Reason::NotChecked { by: by.server }, &seen));
        }
    };
    let results = results::parse(value).map_err(unreadable)?;
    let verdict = judged(&results, &domain, &by, value)?;
    let compauth: Vec<&Outcome> = results
        .outcomes
        .iter()
        .filter(|outcome| outcome.method == "compauth")
        .collect();
    match compauth.as_slice() {
        [one] if one.result == "pass" => Ok(verdict),
        _ => Err(doubt(Reason::Compauth, value)),
    }
}

/// What only the tenant's own boundary adds.
fn boundary(header: &Header) -> Result<(), Doubt> {
    let refused = |name: &str, why: String| {
        let values: Vec<&str> = header.values(name).collect();
        let looked_at = match values.as_slice() {
            [] => format!("no {name}"),
            values => format!("{name}: {}", values.join(" | ")),
        };
        Err(doubt(Reason::NotThroughBoundary(why), &looked_at))
    };
    let required = [
        ("AuthAs", true),
        ("AuthSource", true),
        ("MessageDirectionality", false),
        ("Network-Message-Id", false),
    ];
    for (suffix, must_stand) in required {
        let name = format!("{EXCHANGE}{suffix}");
        let values: Vec<_> = header.exact(&name).collect();
        let value = match values.as_slice() {
            [] if must_stand => return refused(&name, format!("it has no {name}")),
            [] => continue,
            [Ok(value)] => *value,
            [Err(damage)] => return refused(&name, format!("{name} {damage}")),
            several => return refused(&name, format!("it has {} {name}", several.len())),
        };
        let expected = match suffix {
            "AuthAs" => value.eq_ignore_ascii_case("Anonymous"),
            "AuthSource" => {
                let host = value.to_ascii_lowercase();
                is_domain(&host) && is_below(&host, "outlook.com")
            }
            "MessageDirectionality" => value.eq_ignore_ascii_case("Incoming"),
            _ => !value.is_empty(),
        };
        if !expected {
            return refused(&name, format!("{name} is `{}`", shown(value)));
        }
    }
    Ok(())
}
