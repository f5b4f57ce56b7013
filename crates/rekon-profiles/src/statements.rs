//! Bank statements in formats of the banks' own, which are known by name and not read.

/// How far into a file its name space or its opening balance stands.
const HEAD: usize = 8 << 10;

/// What it is, for bytes that are such a statement.
pub(super) fn named(bytes: &[u8]) -> Option<&'static str> {
    // Without the zeros of UTF-16.
    let head = bytes.iter().take(HEAD).filter(|byte| **byte != 0);
    let head: String = head
        .map(|byte| char::from(byte.to_ascii_lowercase()))
        .collect();
    iso_20022(&head).or_else(|| swift(&head))
}

/// A byte order mark and blanks are nothing.
fn bare(text: &str) -> &str {
    text.trim_start_matches(|c: char| !c.is_ascii_graphic())
}

/// camt.053, and its kin of the day (052) and of single bookings (054).
fn iso_20022(head: &str) -> Option<&'static str> {
    if !bare(head).starts_with('<') {
        return None;
    }
    let known = [
        (
            "camt.053",
            "a bank statement in camt.053 (ISO 20022), which is not read yet",
        ),
        (
            "camt.052",
            "a bank report in camt.052 (ISO 20022), which is not read yet",
        ),
        (
            "camt.054",
            "a bank notification in camt.054 (ISO 20022), which is not read yet",
        ),
    ];
    let mut known = known.into_iter();
    known.find_map(|(name, what)| head.contains(name).then_some(what))
}

/// MT940, and MT942 of the day: tags at the start of lines, in a SWIFT envelope or without.
fn swift(head: &str) -> Option<&'static str> {
    let begins = |tag: &str| {
        let mut lines = head.split(['\r', '\n']).map(bare);
        lines.any(|line| line.starts_with(tag))
    };
    // The first tag may stand on the line of its envelope.
    let opened = begins(":20:") || (head.contains("{4:") && head.contains(":20:"));
    if !opened || !begins(":25") {
        return None;
    }
    if begins(":60f:") || begins(":60m:") {
        return Some("a bank statement in MT940 (SWIFT), which is not read yet");
    }
    begins(":34f:").then_some("a bank report in MT942 (SWIFT), which is not read yet")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_known_by_its_tags() {
        let wide = |text: &str| -> Vec<u8> {
            let units = text.encode_utf16().flat_map(u16::to_le_bytes);
            [0xff, 0xfe].into_iter().chain(units).collect()
        };
        let mt940 = ":20:STMT\r\n:25:1234567890\r\n:28C:1/1\r\n:60F:C261117IDR1000000,\r\n:61:2611181118C10000,NTRFINV-1\r\n";
        let envelope = "{1:F01BANKIDJAXXXX0000000000}{2:O940}{4:\n:20:STMT\n:25:1234567890\n:60M:C261117IDR1,\n-}";
        let camt = "<?xml version=\"1.0\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.02\">";
        for (bytes, expected) in [
            (mt940.as_bytes().to_vec(), "MT940"),
            (envelope.as_bytes().to_vec(), "MT940"),
            (format!("\u{feff}{mt940}").into_bytes(), "MT940"),
            (mt940.replace(":60F:", ":34F:").into_bytes(), "MT942"),
            (camt.as_bytes().to_vec(), "camt.053"),
            (
                camt.replace("<?xml version=\"1.0\"?>\n", "").into_bytes(),
                "camt.053",
            ),
            (wide(camt), "camt.053"),
            (camt.replace("053", "054").into_bytes(), "camt.054"),
        ] {
            assert!(
                named(&bytes).is_some_and(|said| said.contains(expected)),
                "{expected}: {:?}",
                String::from_utf8_lossy(&bytes)
            );
        }
        for text in [
            "id,time,amount\n:20:,2026-11-18,1\n:25:,2026-11-18,2\n",
            "id,note,amount\nA1,camt.053,1000\n",
            "<html><body>camt</body></html>",
            ":20: of the notes below\n",
        ] {
            assert_eq!(named(text.as_bytes()), None, "{text}");
        }
    }
}
