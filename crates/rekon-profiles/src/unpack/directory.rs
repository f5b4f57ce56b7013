//! The list of members at the end of a ZIP, read a second time: the zip crate keeps one of several
//! entries of the same name, and says nothing of the others.

const END: &[u8] = b"PK\x05\x06";
const ENTRY: &[u8] = b"PK\x01\x02";
/// The end record and the longest comment behind it.
const END_REACH: usize = 22 + 65_535;

/// How many members the archive says it has; `None` without an end record. 65,535 stands for "more
/// than fits here".
pub(super) fn declared_members(bytes: &[u8]) -> Option<u64> {
    let from = bytes.len().saturating_sub(END_REACH);
    let tail = bytes.get(from..)?;
    let at = tail.windows(END.len()).rposition(|window| window == END)?;
    let record = tail.get(at..)?;
    Some(u64::from(u16_at(record, 10)?))
}

/// The names of all entries from `start` on, as written, repeated ones included.
pub(super) fn names(bytes: &[u8], start: u64) -> Vec<&[u8]> {
    let mut names = Vec::new();
    let mut rest = usize::try_from(start)
        .ok()
        .and_then(|start| bytes.get(start..))
        .unwrap_or_default();
    while let Some((name, after)) = entry(rest) {
        names.push(name);
        rest = after;
    }
    names
}

fn entry(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    if !bytes.starts_with(ENTRY) {
        return None;
    }
    let name = usize::from(u16_at(bytes, 28)?);
    let extra = usize::from(u16_at(bytes, 30)?);
    let comment = usize::from(u16_at(bytes, 32)?);
    let name_end = 46 + name;
    Some((
        bytes.get(46..name_end)?,
        bytes.get(name_end + extra + comment..)?,
    ))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let two = bytes.get(at..)?.first_chunk::<2>()?;
    Some(u16::from_le_bytes(*two))
}

/// A part of a spreadsheet as Excel packs it; some programs write the separator of Windows.
pub(super) fn is_of_workbook(name: &[u8]) -> bool {
    name.starts_with(b"xl/") || name.starts_with(b"xl\\")
}

/// What only office programs put into their files.
pub(super) fn is_of_document(name: &[u8]) -> bool {
    name == b"[Content_Types].xml" || name == b"mimetype"
}
