//! What a ZIP lists, without opening it: a crafted list would fill the memory of whoever reads it
//! whole before anything is known of it.

/// The end record and the longest comment behind it.
const END_REACH: usize = 22 + 65_535;

/// Whether the list of members names parts of a spreadsheet.
pub(super) fn lists_spreadsheet(bytes: &[u8]) -> bool {
    let mut rest = list(bytes).unwrap_or_default();
    while let Some((name, after)) = entry(rest) {
        if name.starts_with(b"xl/") || name.starts_with(b"xl\\") {
            return true;
        }
        rest = after;
    }
    false
}

fn list(bytes: &[u8]) -> Option<&[u8]> {
    let from = bytes.len().saturating_sub(END_REACH);
    let at = bytes
        .get(from..)?
        .windows(4)
        .rposition(|window| window == b"PK\x05\x06")?;
    let start = bytes.get(from + at + 16..)?.first_chunk::<4>()?;
    bytes.get(u32::from_le_bytes(*start) as usize..)
}

fn entry(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    if !bytes.starts_with(b"PK\x01\x02") {
        return None;
    }
    let length = |at: usize| {
        let two = bytes.get(at..)?.first_chunk::<2>()?;
        Some(usize::from(u16::from_le_bytes(*two)))
    };
    let name_end = 46 + length(28)?;
    let end = name_end + length(30)? + length(32)?;
    Some((bytes.get(46..name_end)?, bytes.get(end..)?))
}
