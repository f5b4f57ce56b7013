//! A file as it came → the reports in it: itself, the members of an archive, or what a password
//! locks up. What an archive says about itself (names, sizes, counts) is never believed: names are
//! labels, sizes are counted while reading, and a name that stands there twice refuses the archive.

mod decrypt;
mod directory;
mod locked;
mod ole;

pub(super) use ole::{Ole, ole};

use std::collections::HashSet;
use std::io::{self, Cursor, Read};

use flate2::bufread::GzDecoder;
use secrecy::{ExposeSecret, SecretString};
use zip::ZipArchive;
use zip::result::ZipError;

use super::Limits;
use super::fault::{FileFault, shown};

/// A report, ready for [`super::read`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unpacked {
    /// What the profile's name rules read: without folders, control characters visible.
    pub name: String,
    pub bytes: Vec<u8>,
}

/// Why nothing of a file is taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnpackFault {
    #[error(
        "`{name}` is locked\n  fix: set `password` on the source, e.g. password = \"env:REPORT_PASSWORD\""
    )]
    Locked { name: String },
    #[error(
        "the source's `password` does not open `{name}`\n  fix: ask the provider whether the password changed, and correct `password` on the source; if it is right, the file was damaged on its way: fetch it again"
    )]
    WrongPassword { name: String },
    #[error(
        "`{name}` cannot be unpacked: {detail}\n  fix: it was cut or damaged on its way; fetch it again"
    )]
    Corrupt { name: String, detail: String },
    #[error(
        "`{name}` cannot be unpacked: {detail}\n  fix: have it sent as an ordinary ZIP, as CSV or as XLSX"
    )]
    Unsupported { name: String, detail: String },
    #[error(
        "the archive holds `{member}` twice, and it cannot be told which one counts\n  fix: have each report sent once, or under its own name"
    )]
    Duplicate { member: String },
    #[error(
        "`{name}` is an archive in an archive in an archive\n  fix: have the report packed once"
    )]
    TooDeep { name: String },
    #[error(
        "the archive holds no report; in it: {found}\n  fix: if a report is among them, have it sent as CSV or XLSX"
    )]
    NoReport { found: String },
    #[error(transparent)]
    File(#[from] FileFault),
}

/// Archives in archives that are opened.
const NESTING: u32 = 1;

/// The reports in a file. A plain report, and everything that is neither a ZIP nor a GZ nor locked,
/// comes back untouched: the reader says what it is.
///
/// A member counts as one file (`file_bytes`), all of them together as `zip_total`, and both the
/// member and the whole are held to `zip_ratio` once they exceed `zip_ratio_from`.
pub fn unpack(
    bytes: Vec<u8>,
    name: &str,
    password: Option<&SecretString>,
    limits: &Limits,
) -> Result<Vec<Unpacked>, UnpackFault> {
    let mut unpacking = Unpacking {
        password,
        limits,
        packed: bytes.len() as u64,
        total: 0,
        skipped: Vec::new(),
        found: Vec::new(),
    };
    unpacking.open(bytes, name.to_owned(), 0, Origin::Itself)?;
    if unpacking.found.is_empty() {
        return Err(UnpackFault::NoReport {
            found: listed(&unpacking.skipped),
        });
    }
    let mut names = HashSet::new();
    if let Some(twice) = unpacking.found.iter().find(|it| !names.insert(&it.name)) {
        return Err(UnpackFault::Duplicate {
            member: twice.name.clone(),
        });
    }
    Ok(unpacking.found)
}

struct Unpacking<'a> {
    password: Option<&'a SecretString>,
    limits: &'a Limits,
    /// Size of the file as it came.
    packed: u64,
    /// Unpacked so far, on every level.
    total: u64,
    skipped: Vec<String>,
    found: Vec<Unpacked>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// The file as it came: always a report, whatever it is.
    Itself,
    Member,
}

impl Unpacking<'_> {
    fn open(
        &mut self,
        bytes: Vec<u8>,
        name: String,
        level: u32,
        origin: Origin,
    ) -> Result<(), UnpackFault> {
        match container(&bytes) {
            Container::Zip => match self.archive(&bytes, &name)? {
                Archive::Workbook => self.keep(name, bytes),
                Archive::Document => self.keep_report(name, bytes, origin),
                Archive::Members(archive) => {
                    deep_enough(level, &name)?;
                    self.members(archive, &name, level)?;
                }
            },
            Container::Gzip => {
                deep_enough(level, &name)?;
                let (inner, unpacked) = self.gzip(&bytes, &name)?;
                drop(bytes);
                self.open(unpacked, inner, level + 1, Origin::Itself)?;
            }
            Container::Ole => {
                let book = match (ole::encrypted(&bytes), self.password) {
                    (Ok(Some(encrypted)), password) => {
                        locked::open(&encrypted, password, &name, self.limits)?
                    }
                    (Err(detail), Some(_)) => {
                        return Err(UnpackFault::Corrupt {
                            name: shown(&name),
                            detail: detail.to_owned(),
                        });
                    }
                    (Ok(None), _) | (Err(_), None) => bytes,
                };
                self.keep(name, book);
            }
            Container::Foreign(what) => {
                return Err(UnpackFault::Unsupported {
                    name: shown(&name),
                    detail: format!("it is {what}"),
                });
            }
            Container::None => self.keep_report(name, bytes, origin),
        }
        Ok(())
    }

    fn keep(&mut self, name: String, bytes: Vec<u8>) {
        self.found.push(Unpacked { name, bytes });
    }

    fn keep_report(&mut self, name: String, bytes: Vec<u8>, origin: Origin) {
        if origin == Origin::Itself || can_be_report(&name, &bytes) {
            self.keep(name, bytes);
        } else {
            self.skipped.push(name);
        }
    }

    fn archive<'b>(&self, bytes: &'b [u8], name: &str) -> Result<Archive<'b>, UnpackFault> {
        let corrupt = |detail: String| UnpackFault::Corrupt {
            name: shown(name),
            detail,
        };
        // Asked before the archive is opened: its list of members is held in memory.
        let declared = directory::declared_members(bytes).ok_or_else(|| {
            corrupt("its list of members, which stands at the end, is missing".to_owned())
        })?;
        self.few_enough(declared)?;
        let archive = ZipArchive::new(Cursor::new(bytes))
            .map_err(|error| corrupt(shown(&error.to_string())))?;
        self.few_enough(archive.len() as u64)?;
        let names = directory::names(bytes, archive.central_directory_start());
        let mut seen = HashSet::new();
        if let Some(twice) = names.iter().find(|name| !seen.insert(**name)) {
            return Err(UnpackFault::Duplicate {
                member: shown(&String::from_utf8_lossy(twice)),
            });
        }
        if names.len() != archive.len() {
            return Err(corrupt(format!(
                "it lists {} members and has {}",
                names.len(),
                archive.len()
            )));
        }
        Ok(
            if names.iter().any(|name| directory::is_of_workbook(name)) {
                Archive::Workbook
            } else if names.iter().any(|name| directory::is_of_document(name)) {
                Archive::Document
            } else {
                Archive::Members(archive)
            },
        )
    }

    fn few_enough(&self, members: u64) -> Result<(), FileFault> {
        if members > self.limits.zip_entries {
            return Err(exceeded(
                "the number of members in the archive".to_owned(),
                members,
                self.limits.zip_entries,
                "zip_entries",
            ));
        }
        Ok(())
    }

    fn members(
        &mut self,
        mut archive: ZipArchive<Cursor<&[u8]>>,
        archive_name: &str,
        level: u32,
    ) -> Result<(), UnpackFault> {
        for index in 0..archive.len() {
            let path = {
                let member = archive
                    .by_index_raw(index)
                    .map_err(|error| zip_fault(error, archive_name, archive_name))?;
                match member.name() {
                    Ok(path) => path.into_owned(),
                    Err(_) => String::from_utf8_lossy(member.name_raw()).into_owned(),
                }
            };
            if let Some(name) = member_name(&path) {
                let bytes = self.member(&mut archive, index, &name, archive_name)?;
                self.open(bytes, name, level + 1, Origin::Member)?;
            }
        }
        Ok(())
    }

    fn member(
        &mut self,
        archive: &mut ZipArchive<Cursor<&[u8]>>,
        index: usize,
        name: &str,
        archive_name: &str,
    ) -> Result<Vec<u8>, UnpackFault> {
        let named = |error| zip_fault(error, archive_name, name);
        let locked = archive.by_index_raw(index).map_err(named)?.encrypted();
        let mut member = match (locked, self.password) {
            (false, _) => archive.by_index(index),
            (true, None) => {
                return Err(UnpackFault::Locked {
                    name: shown(archive_name),
                });
            }
            (true, Some(password)) => {
                archive.by_index_decrypt(index, password.expose_secret().as_bytes())
            }
        }
        .map_err(named)?;
        let (packed, declared) = (member.compressed_size(), member.size());
        // What admits to being a bomb is not unpacked up to the limit first.
        self.packed_sensibly(declared, packed, name)?;
        let mut bytes = self.room(declared, packed);
        // One byte beyond what it says it has is enough to know that it says something else.
        let mut bounded = (&mut member).take(declared.saturating_add(1));
        self.read(
            &mut bounded,
            &mut bytes,
            name,
            |_| packed,
            |error| {
                let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
                if let Some(ZipError::CompressionMethodNotSupported(method)) = inner {
                    unread_method(*method, name)
                } else if locked {
                    // A wrong password gets past the first check once in 256 times.
                    UnpackFault::WrongPassword {
                        name: shown(archive_name),
                    }
                } else {
                    UnpackFault::Corrupt {
                        name: name.to_owned(),
                        detail: shown(&error.to_string()),
                    }
                }
            },
        )?;
        let found = bytes.len() as u64;
        if found != declared && locked {
            return Err(UnpackFault::WrongPassword {
                name: shown(archive_name),
            });
        }
        if found != declared {
            return Err(UnpackFault::Corrupt {
                name: name.to_owned(),
                detail: format!("it says it has {declared} bytes and has {found}"),
            });
        }
        Ok(bytes)
    }

    /// Reads all of a packed stream behind `bytes`, within the limits; `fault` names what else goes
    /// wrong. `packed` says how many bytes were unpacked so far, as far as a stream can tell: a bomb
    /// of three megabytes must not be half a gigabyte before it is one.
    fn read<S: Read>(
        &mut self,
        stream: &mut S,
        bytes: &mut Vec<u8>,
        name: &str,
        packed: impl Fn(&S) -> u64,
        fault: impl Fn(io::Error) -> UnpackFault,
    ) -> Result<(), UnpackFault> {
        let limits = self.limits;
        let mut buffer = vec![0; 1 << 16];
        loop {
            let read = stream.read(&mut buffer).map_err(&fault)?;
            let Some(new) = buffer.get(..read).filter(|new| !new.is_empty()) else {
                return Ok(());
            };
            bytes.extend_from_slice(new);
            let size = bytes.len() as u64;
            self.total += read as u64;
            if size > limits.file_bytes {
                let what = format!("the unpacked size of `{}`", shown(name));
                return Err(exceeded(what, size, limits.file_bytes, "file_bytes").into());
            }
            if self.total > limits.zip_total {
                let what = "the unpacked size of the archive".to_owned();
                return Err(exceeded(what, self.total, limits.zip_total, "zip_total").into());
            }
            // The whole, too: members can share their packed bytes, or be many small bombs.
            for (size, packed) in [(size, packed(stream)), (self.total, self.packed)] {
                self.packed_sensibly(size, packed, name)?;
            }
        }
    }

    /// Room for what is said to come, as far as the limits would let it. A buffer that grows on its
    /// way leaves twice its size behind in freed pieces.
    fn room(&self, said: u64, packed: u64) -> Vec<u8> {
        let most = packed
            .saturating_mul(self.limits.zip_ratio.saturating_add(1))
            .max(self.limits.zip_ratio_from)
            .min(self.limits.file_bytes)
            .min(self.limits.zip_total);
        // Beyond the limit by the read that shows it: ratios are whole numbers.
        let room = usize::try_from(said.min(most.saturating_add(1 << 17)));
        room.map_or_else(|_| Vec::new(), Vec::with_capacity)
    }

    fn packed_sensibly(&self, size: u64, packed: u64, name: &str) -> Result<(), FileFault> {
        let (limits, ratio) = (self.limits, size / packed.max(1));
        if size > limits.zip_ratio_from && ratio > limits.zip_ratio {
            let what = format!("the packing ratio of `{}`", shown(name));
            return Err(exceeded(what, ratio, limits.zip_ratio, "zip_ratio"));
        }
        Ok(())
    }

    /// The name and the bytes in a GZ; several streams one after the other are one file.
    fn gzip(&mut self, bytes: &[u8], name: &str) -> Result<(String, Vec<u8>), UnpackFault> {
        let corrupt = |detail: String| UnpackFault::Corrupt {
            name: shown(name),
            detail,
        };
        let mut inner = None;
        // RFC 1952: a GZ ends with its unpacked size, if it is whole and a single stream.
        let end = bytes.last_chunk().copied().map_or(0, u32::from_le_bytes);
        let mut unpacked = self.room(u64::from(end), bytes.len() as u64);
        let mut rest = bytes;
        loop {
            let mut stream = GzDecoder::new(rest);
            let packed = |stream: &GzDecoder<&[u8]>| (bytes.len() - stream.get_ref().len()) as u64;
            self.read(&mut stream, &mut unpacked, name, packed, |error| {
                corrupt(shown(&error.to_string()))
            })?;
            let header = stream.header().and_then(|header| header.filename());
            let inner = inner.get_or_insert_with(|| inner_name(name, header));
            rest = stream.into_inner();
            // Tapes and some file systems fill the last block with zeros.
            if rest.iter().all(|byte| *byte == 0) {
                return Ok((std::mem::take(inner), unpacked));
            }
            if !rest.starts_with(GZIP) {
                return Err(corrupt(format!(
                    "{} bytes that do not belong to it stand behind its end",
                    rest.len()
                )));
            }
        }
    }
}

const GZIP: &[u8] = b"\x1f\x8b";

/// Whether [`unpack`] looks into a file, or names it as something it cannot open. Everything else
/// comes back from it untouched.
pub fn is_packed(bytes: &[u8]) -> bool {
    !matches!(container(bytes), Container::None)
}

enum Container {
    Zip,
    Gzip,
    Ole,
    /// An archive of a kind that is not opened.
    Foreign(&'static str),
    None,
}

fn container(bytes: &[u8]) -> Container {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        Container::Zip
    } else if bytes.starts_with(GZIP) {
        Container::Gzip
    } else if bytes.starts_with(ole::MAGIC) {
        Container::Ole
    } else if bytes.starts_with(b"Rar!\x1a\x07") {
        Container::Foreign("a RAR archive")
    } else if bytes.starts_with(b"7z\xbc\xaf\x27\x1c") {
        Container::Foreign("a 7-Zip archive")
    } else if bytes.starts_with(b"BZh") && bytes.get(4..10) == Some(b"1AY&SY") {
        Container::Foreign("a bzip2 file")
    } else if bytes.starts_with(b"\xfd7zXZ\0") {
        Container::Foreign("an xz file")
    } else if bytes.starts_with(b"\x28\xb5\x2f\xfd") {
        Container::Foreign("a Zstandard file")
    } else if bytes.get(257..262) == Some(b"ustar") {
        Container::Foreign("a tar archive")
    } else {
        Container::None
    }
}

enum Archive<'b> {
    Workbook,
    /// Of an office program, and no workbook.
    Document,
    Members(ZipArchive<Cursor<&'b [u8]>>),
}

fn deep_enough(level: u32, name: &str) -> Result<(), UnpackFault> {
    if level > NESTING {
        return Err(UnpackFault::TooDeep { name: shown(name) });
    }
    Ok(())
}

/// The label of a member that may be a report: without its folders; `None` for folders and for what
/// operating systems leave in archives.
fn member_name(path: &str) -> Option<String> {
    let parts: Vec<&str> = path.split(['/', '\\']).collect();
    let (base, folders) = parts.split_last()?;
    let left_behind = base.is_empty()
        || base.starts_with('.')
        || folders.contains(&"__MACOSX")
        || ["thumbs.db", "desktop.ini"].contains(&base.to_lowercase().as_str());
    (!left_behind).then(|| shown(base))
}

/// `report.csv.gz` holds `report.csv`; where the name says nothing, the one inside does.
fn inner_name(name: &str, header: Option<&[u8]>) -> String {
    let stem = name
        .len()
        .checked_sub(3)
        .filter(|at| {
            name.get(*at..)
                .is_some_and(|end| end.eq_ignore_ascii_case(".gz"))
        })
        .and_then(|at| name.get(..at));
    let written = header.and_then(|header| {
        // Latin-1 by its standard; UTF-8 is what programs write.
        let text = match std::str::from_utf8(header) {
            Ok(text) => text.to_owned(),
            Err(_) => header.iter().map(|byte| char::from(*byte)).collect(),
        };
        member_name(&text)
    });
    match (stem, written) {
        (Some(stem), _) if stem.contains('.') => stem.to_owned(),
        (_, Some(written)) => written,
        (Some(stem), None) if !stem.is_empty() => stem.to_owned(),
        _ => name.to_owned(),
    }
}

/// Whether a member may be meant as a report. What is called like one always is: a login page named
/// .csv is for the reader to name.
fn can_be_report(name: &str, bytes: &[u8]) -> bool {
    let lower = name.to_lowercase();
    match lower.rsplit_once('.').map(|(_, ending)| ending) {
        Some("csv" | "txt" | "tsv" | "dat" | "xls" | "xlsx" | "xlsm" | "xlsb" | "ods") => true,
        Some(
            "htm" | "html" | "md" | "ini" | "json" | "url" | "sig" | "asc" | "md5" | "sha1"
            | "sha256" | "pdf" | "rtf" | "eml" | "docx" | "pptx",
        ) => false,
        _ => {
            let head = bytes.get(..4096).unwrap_or(bytes);
            let is_utf16 = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
            let is_text = head
                .iter()
                .all(|byte| !byte.is_ascii_control() || byte.is_ascii_whitespace());
            (is_utf16 || is_text) && !head.starts_with(b"%PDF")
        }
    }
}

fn listed(names: &[String]) -> String {
    const SHOWN: usize = 5;
    if names.is_empty() {
        return "nothing".to_owned();
    }
    let first: Vec<String> = names
        .iter()
        .take(SHOWN)
        .map(|name| format!("`{name}`"))
        .collect();
    let more = match names.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    first.join(", ") + &more
}

fn exceeded(what: String, value: u64, limit: u64, name: &'static str) -> FileFault {
    FileFault::Limit {
        what,
        value,
        limit,
        name,
        fix: "this is no settlement report; if it is genuine, have it sent as CSV",
    }
}

fn zip_fault(error: ZipError, archive: &str, member: &str) -> UnpackFault {
    match error {
        ZipError::InvalidPassword => UnpackFault::WrongPassword {
            name: shown(archive),
        },
        ZipError::CompressionMethodNotSupported(method) => unread_method(method, member),
        ZipError::UnsupportedArchive(detail) => UnpackFault::Unsupported {
            name: shown(member),
            detail: detail.to_owned(),
        },
        other => UnpackFault::Corrupt {
            name: shown(member),
            detail: shown(&other.to_string()),
        },
    }
}

fn unread_method(method: u16, member: &str) -> UnpackFault {
    UnpackFault::Unsupported {
        name: shown(member),
        detail: format!("it is packed by method {method}, which is not read"),
    }
}
