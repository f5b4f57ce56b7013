//! What a mail carries: the files in it, found by what they are and not by their names alone.
//!
//! The mail is taken apart here and not by a lenient parser: a report that lost its end must be a
//! fault, never a shorter report, and its text must stay in the bytes the provider wrote.
//! Nothing here knows a mailbox, a sender or a profile.

mod mime;
mod name;
mod zip;

use std::borrow::Cow;

use glob::{MatchOptions, Pattern};

use mime::{Entity, Media};

/// Parts of one mail, forwarded mails and their parts included.
pub const MAX_PARTS: usize = 500;
/// Mails inside mails and multiparts inside multiparts, together.
pub const MAX_DEPTH: usize = 20;

/// A file that came with a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// As sent, decoded, control characters visible: a label, never a path. `unnamed-…` with its
    /// place and an ending that fits its content, where the mail gives no name.
    pub name: String,
    /// Where it stands in the mail, as IMAP counts: `2.1` is the first part of the second.
    pub part: String,
    /// As the sender's program had them; text is not converted.
    pub bytes: Vec<u8>,
}

/// Something that may hold a report and is not looked into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aside {
    pub name: String,
    pub part: String,
    /// What it is, and what the sender can do.
    pub reason: &'static str,
}

/// What a mail holds beside its texts, in the order of its parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    pub attachments: Vec<Attachment>,
    pub aside: Vec<Aside>,
}

/// Why nothing of a mail is taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailFault {
    #[error(
        "the mail has more than {limit} parts\n  fix: this is no settlement mail; if it is genuine, save its report and hand that in"
    )]
    Parts { limit: usize },
    #[error(
        "part {part} of the mail lies more than {limit} levels deep\n  fix: have the report sent as a plain attachment, not forwarded over and over"
    )]
    Depth { part: String, limit: usize },
    #[error(
        "the mail was cut off: the end of its part {part} is missing\n  fix: ask the sender to send it again"
    )]
    Cut { part: String },
    #[error(
        "part {part} of the mail does not say where its own parts begin (no boundary)\n  fix: ask the sender to send it again from another mail program"
    )]
    NoBoundary { part: String },
    #[error(
        "the attachment `{name}` (part {part}) was damaged on its way: {detail}\n  fix: ask the sender to send it again"
    )]
    Damaged {
        part: String,
        name: String,
        detail: String,
    },
    #[error(
        "the attachment `{name}` (part {part}) is encoded as `{encoding}`, which is not read\n  fix: ask the sender for base64, as every mail program of today writes it"
    )]
    Encoding {
        part: String,
        name: String,
        encoding: String,
    },
}

/// The files in a mail, forwarded mails included; or why none of them can be trusted.
pub fn attachments(raw: &[u8]) -> Result<Contents, MailFault> {
    let mut search = Search {
        found: Contents::default(),
        parts: 0,
    };
    let entity = mime::entity(raw, Media::text());
    search.entity(&entity, Place::mail(), Ending::Open, 0)?;
    Ok(search.found)
}

/// The number of a part: of the mail itself, or of something in it.
#[derive(Clone)]
struct Place(String);

impl Place {
    fn mail() -> Place {
        Place(String::new())
    }

    fn child(&self, index: usize) -> Place {
        if self.0.is_empty() {
            Place(format!("{}", index + 1))
        } else {
            Place(format!("{}.{}", self.0, index + 1))
        }
    }

    /// As shown: what holds the whole mail has no number of its own.
    fn shown(&self) -> String {
        if self.0.is_empty() {
            "1".to_owned()
        } else {
            self.0.clone()
        }
    }
}

/// Whether something behind a part proves that all of it is there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// A boundary, or an encoding that came to its end.
    Sure,
    Open,
}

struct Search {
    found: Contents,
    parts: usize,
}

impl Search {
    /// A mail, or a part that stands at `place`.
    fn entity(
        &mut self,
        entity: &Entity<'_>,
        place: Place,
        ending: Ending,
        depth: usize,
    ) -> Result<(), MailFault> {
        if depth > MAX_DEPTH {
            return Err(MailFault::Depth {
                part: place.shown(),
                limit: MAX_DEPTH,
            });
        }
        self.parts += 1;
        if self.parts > MAX_PARTS {
            return Err(MailFault::Parts { limit: MAX_PARTS });
        }
        let name = entity.name();
        let media = &entity.media;
        if media.is("multipart", "encrypted") {
            self.set_aside(
                name,
                &place,
                "it is encrypted (PGP): have it sent unencrypted, or as a ZIP with a password",
            );
            return Ok(());
        }
        if media.kind == "multipart" {
            return self.multipart(entity, &place, depth);
        }
        let is_mail = media.is("message", "rfc822") || media.is("message", "global");
        let named_mail = name
            .as_deref()
            .is_some_and(|name| name.to_lowercase().ends_with(".eml"));
        if is_mail || named_mail {
            let bytes = decoded(entity, name.as_deref(), &place)?;
            let inner = mime::entity(&bytes, Media::text());
            let place = if inner.media.kind == "multipart" {
                place
            } else {
                place.child(0)
            };
            let ending = match bytes {
                Cow::Borrowed(_) => ending,
                Cow::Owned(_) => Ending::Sure,
            };
            return self.entity(&inner, place, ending, depth + 1);
        }
        let place = if place.0.is_empty() {
            place.child(0)
        } else {
            place
        };
        self.leaf(entity, name, &place, ending)
    }

    fn multipart(
        &mut self,
        entity: &Entity<'_>,
        place: &Place,
        depth: usize,
    ) -> Result<(), MailFault> {
        let part = || place.shown();
        let boundary = entity
            .media
            .boundary
            .as_deref()
            .ok_or_else(|| MailFault::NoBoundary { part: part() })?;
        let bytes = decoded(entity, None, place)?;
        let default = if entity.media.subtype == "digest" {
            Media::mail()
        } else {
            Media::text()
        };
        let mut children = mime::Parts::new(&bytes, boundary);
        let mut index = 0;
        while let Some(child) = children.next() {
            let child = child.map_err(|_| MailFault::Cut { part: part() })?;
            let child = mime::entity(child, default.clone());
            self.entity(&child, place.child(index), Ending::Sure, depth + 1)?;
            index += 1;
        }
        Ok(())
    }

    fn leaf(
        &mut self,
        entity: &Entity<'_>,
        name: Option<String>,
        place: &Place,
        ending: Ending,
    ) -> Result<(), MailFault> {
        let media = &entity.media;
        let lower = name.as_deref().unwrap_or_default().to_lowercase();
        if let Some(reason) = sealed(media, &lower) {
            self.set_aside(name, place, reason);
            return Ok(());
        }
        // The resource fork that an old Mac program sends along with the file of the same name.
        if media.is("application", "applefile") {
            return Ok(());
        }
        let report_name = has_report_ending(&lower);
        if is_body(media) && name.is_none() && !entity.is_attachment() {
            if mime::holds_uuencoded(entity.body) {
                self.set_aside(
                    name,
                    place,
                    "a file stands in the text itself (uuencode): have it sent as an attachment",
                );
            }
            return Ok(());
        }
        // Mails end with a line end; what ends in its headers or in a line was cut there.
        let whole_line = entity.body.is_empty() || entity.body.ends_with(b"\n");
        if ending == Ending::Open && !(entity.has_body && whole_line) {
            return Err(MailFault::Cut {
                part: place.shown(),
            });
        }
        let bytes = if is_decoration(media) && !report_name {
            // A damaged logo harms nobody; a workbook that calls itself a picture is taken.
            match mime::decode(&entity.encoding, entity.body) {
                Ok(bytes) if kind(&bytes).is_packed() => bytes,
                Ok(_) | Err(_) => return Ok(()),
            }
        } else {
            decoded(entity, name.as_deref(), place)?
        };
        let name = name.unwrap_or_else(|| made_up(place, &bytes));
        self.found.attachments.push(Attachment {
            name,
            part: place.shown(),
            bytes: bytes.into_owned(),
        });
        Ok(())
    }

    fn set_aside(&mut self, name: Option<String>, place: &Place, reason: &'static str) {
        self.found.aside.push(Aside {
            name: name.unwrap_or_else(|| format!("{MADE_UP}{}", place.shown())),
            part: place.shown(),
            reason,
        });
    }
}

/// The bytes of a part, or what is wrong with them.
fn decoded<'e>(
    entity: &'e Entity<'_>,
    name: Option<&str>,
    place: &Place,
) -> Result<Cow<'e, [u8]>, MailFault> {
    let name = || match name {
        Some(name) => name.to_owned(),
        None => format!("{MADE_UP}{}", place.shown()),
    };
    mime::decode(&entity.encoding, entity.body).map_err(|problem| match problem {
        mime::Undecodable::Damaged(detail) => MailFault::Damaged {
            part: place.shown(),
            name: name(),
            detail,
        },
        mime::Undecodable::Unknown => MailFault::Encoding {
            part: place.shown(),
            name: name(),
            encoding: name::label(&entity.encoding),
        },
    })
}

/// What cannot be looked into, and what the sender can do about it.
fn sealed(media: &Media, name: &str) -> Option<&'static str> {
    if media.is("application", "ms-tnef")
        || media.is("application", "vnd.ms-tnef")
        || name == "winmail.dat"
    {
        Some(
            "Outlook packed the attachments (winmail.dat): have the sender turn off rich text format",
        )
    } else if media.is("message", "partial") {
        Some("it is one piece of a split mail: have the report sent in one mail")
    } else if media.is("message", "external-body") {
        Some("it only points to a file elsewhere: have the report attached")
    } else if matches!(media.subtype.as_str(), "pkcs7-mime" | "x-pkcs7-mime") {
        Some("it is sealed (S/MIME): have it sent unencrypted, or as a ZIP with a password")
    } else {
        None
    }
}

/// Text that a person reads in the mail itself, unless it is named or sent as an attachment.
fn is_body(media: &Media) -> bool {
    media.kind == "text"
        && matches!(
            media.subtype.as_str(),
            "plain" | "html" | "enriched" | "richtext" | "x-amp-html" | "watch-html"
        )
}

/// Logos, signatures, invitations, cards and delivery reports.
fn is_decoration(media: &Media) -> bool {
    match media.kind.as_str() {
        "image" | "audio" | "video" => true,
        "text" => matches!(
            media.subtype.as_str(),
            "calendar" | "vcard" | "x-vcard" | "directory" | "rfc822-headers"
        ),
        "message" => true,
        "application" => matches!(
            media.subtype.as_str(),
            "ics" | "pgp-signature" | "pgp-keys" | "pkcs7-signature" | "x-pkcs7-signature"
        ),
        _ => false,
    }
}

/// Beginning of a made-up name.
const MADE_UP: &str = "unnamed-";

fn made_up(place: &Place, bytes: &[u8]) -> String {
    let ending = match kind(bytes) {
        Kind::Workbook => "xlsx",
        Kind::Zip => "zip",
        Kind::Gzip => "gz",
        Kind::Ole => "xls",
        Kind::Text if is_table(bytes) => "csv",
        Kind::Text => "txt",
        Kind::Html => "html",
        Kind::Pdf => "pdf",
        Kind::Image => "img",
        Kind::Other => "bin",
    };
    format!("{MADE_UP}{}.{ending}", place.shown())
}

/// Whether some line near the start has three cells.
fn is_table(bytes: &[u8]) -> bool {
    let head = bytes.get(..4096).unwrap_or(bytes);
    head.split(|byte| *byte == b'\n').any(|line| {
        [b',', b';', b'\t', b'|']
            .iter()
            .any(|mark| line.iter().filter(|byte| *byte == mark).count() >= 2)
    })
}

/// What bytes are, whatever they are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A ZIP that holds a spreadsheet (`xl/`).
    Workbook,
    Zip,
    Gzip,
    /// An old .xls, or a workbook behind a password.
    Ole,
    Text,
    Html,
    Pdf,
    Image,
    Other,
}

impl Kind {
    fn is_packed(self) -> bool {
        matches!(self, Kind::Workbook | Kind::Zip | Kind::Gzip | Kind::Ole)
    }
}

/// Looks at the bytes alone.
pub fn kind(bytes: &[u8]) -> Kind {
    const MAGIC: [(&[u8], Kind); 10] = [
        (b"\x1f\x8b", Kind::Gzip),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind::Ole),
        (b"%PDF", Kind::Pdf),
        (b"\x89PNG", Kind::Image),
        (b"\xff\xd8\xff", Kind::Image),
        (b"GIF8", Kind::Image),
        (b"II*\0", Kind::Image),
        (b"MM\0*", Kind::Image),
        (b"Rar!\x1a", Kind::Other),
        (b"7z\xbc\xaf", Kind::Other),
    ];
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        if zip::lists_spreadsheet(bytes) {
            Kind::Workbook
        } else {
            Kind::Zip
        }
    } else if let Some((_, kind)) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        *kind
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        Kind::Image
    } else if is_html(bytes) {
        Kind::Html
    } else if is_text(bytes) {
        Kind::Text
    } else if bytes.starts_with(b"BM") || bytes.starts_with(b"\0\0\x01\0") {
        Kind::Image
    } else {
        Kind::Other
    }
}

/// Nothing that no text has: UTF-16 by its mark, else no control characters near the start.
fn is_text(bytes: &[u8]) -> bool {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return true;
    }
    let head = bytes.get(..4096).unwrap_or(bytes);
    let odd = head
        .iter()
        .filter(|byte| matches!(byte, 1..=8 | 14..=25 | 28..=31 | 127))
        .count();
    // A damaged row may hold a NUL or two; the reader names it.
    let nuls = head.iter().filter(|byte| **byte == 0).count();
    odd * 50 <= head.len() && nuls * 50 <= head.len()
}

fn is_html(bytes: &[u8]) -> bool {
    let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let head: Vec<u8> = start
        .trim_ascii_start()
        .iter()
        .take(64)
        .map(u8::to_ascii_lowercase)
        .collect();
    [
        &b"<!doctype html"[..],
        b"<html",
        b"<table",
        b"<head",
        b"<meta",
        b"<body",
        b"<div",
    ]
    .iter()
    .any(|tag| head.starts_with(tag))
}

/// Endings of files that hold a report, or hold a file that does.
const REPORT_ENDINGS: [&str; 12] = [
    "csv", "txt", "tsv", "dat", "xlsx", "xlsm", "xlsb", "xls", "ods", "zip", "gz", "xml",
];

fn has_report_ending(lower: &str) -> bool {
    ending(lower).is_some_and(|end| REPORT_ENDINGS.contains(&end))
}

fn ending(name: &str) -> Option<&str> {
    name.rsplit_once('.').map(|(_, end)| end)
}

const AS_PEOPLE_WRITE: MatchOptions = MatchOptions {
    case_sensitive: false,
    require_literal_separator: false,
    require_literal_leading_dot: false,
};

/// Whether a source that takes `pattern` takes this attachment.
///
/// A name that matches always does (`*` names nothing). Otherwise the content speaks: `*.xlsx`
/// takes a workbook called `report.dat` or nothing at all, and an archive is a candidate for every
/// report pattern, because its members decide. `*` takes what can be a report: pages, PDF
/// documents and pictures only where they are named as one.
pub fn wanted(pattern: &Pattern, name: &str, bytes: &[u8]) -> bool {
    let written = pattern.as_str().trim().to_lowercase();
    if written == "*" {
        return match kind(bytes) {
            Kind::Workbook | Kind::Zip | Kind::Gzip | Kind::Ole | Kind::Text => true,
            // A damaged report, and a page that calls itself one, is for its reader to name, not to
            // be passed over.
            Kind::Html | Kind::Pdf | Kind::Image | Kind::Other => {
                has_report_ending(&name.to_lowercase())
            }
        };
    }
    // Some programs send the whole path of the file.
    let base = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let fits = |name: &str| pattern.matches_with(name, AS_PEOPLE_WRITE);
    if fits(name) || fits(base) {
        return true;
    }
    let kind = kind(bytes);
    // `*.xls*` stands for all of them.
    let wanted_end = ending(&written).map(|end| end.trim_end_matches('*'));
    let plain = |end: &&str| !end.is_empty() && !end.contains(['*', '?', '[', ']']);
    let Some(end) = wanted_end.filter(plain) else {
        // `ovo_*`: an archive may hold such a file.
        return matches!(kind, Kind::Zip | Kind::Gzip);
    };
    let right_content = match end {
        "xlsx" | "xlsm" | "xlsb" | "xls" => {
            matches!(kind, Kind::Workbook | Kind::Ole)
        }
        // Text says little about itself: only a name that says nothing gives way.
        "csv" | "txt" | "tsv" | "dat" => kind == Kind::Text && names_nothing(base),
        _ => return false,
    };
    if matches!(kind, Kind::Zip | Kind::Gzip) {
        return true;
    }
    if !right_content {
        return false;
    }
    // The rest of the name still has to fit: `ovo_*.xlsx` is not `fees.dat`.
    let stem = base.rsplit_once('.').map_or(base, |(stem, _)| stem);
    base.starts_with(MADE_UP) || fits(&format!("{stem}.{end}")) || fits(&format!("{base}.{end}"))
}

fn names_nothing(name: &str) -> bool {
    let lower = name.to_lowercase();
    name.starts_with(MADE_UP)
        || ending(&lower).is_none_or(|end| matches!(end, "dat" | "bin" | "tmp" | "file"))
}
