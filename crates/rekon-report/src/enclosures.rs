//! What goes with a mail, when it is too much: packed, or left where it lies and named.

use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::labels::Language;

/// Packs files under their names, in order, as long as the archive stays within `limit` bytes;
/// `None` where it does not. The same files give the same bytes.
pub fn packed<R: Read>(
    files: impl IntoIterator<Item = io::Result<(String, R)>>,
    limit: u64,
) -> io::Result<Option<Vec<u8>>> {
    let within = match pack(files, limit) {
        Err(error) if error.get_ref().is_some_and(|inner| inner.is::<Full>()) => return Ok(None),
        packed => packed?,
    };
    Ok(Some(within))
}

fn pack<R: Read>(
    files: impl IntoIterator<Item = io::Result<(String, R)>>,
    limit: u64,
) -> io::Result<Vec<u8>> {
    // A clock would make every archive another one.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o600);
    let mut archive = ZipWriter::new(Bounded {
        bytes: Cursor::new(Vec::new()),
        limit,
        filled: Filled::No,
    });
    for file in files {
        let (name, mut bytes) = file?;
        archive.start_file(name, options).map_err(plain)?;
        io::copy(&mut bytes, &mut archive)?;
    }
    Ok(archive.finish().map_err(plain)?.bytes.into_inner())
}

fn plain(error: zip::result::ZipError) -> io::Error {
    match error {
        zip::result::ZipError::Io(error) => error,
        other => io::Error::other(other),
    }
}

/// Bytes in memory that refuse to grow beyond a limit.
struct Bounded {
    bytes: Cursor<Vec<u8>>,
    limit: u64,
    filled: Filled,
}

/// Whether something did not fit any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Filled {
    No,
    Told,
}

#[derive(Debug, thiserror::Error)]
#[error("more than the attachments of a mail may have")]
struct Full;

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // An archive that is given up still writes its end, and prints a complaint where it cannot.
        if self.filled == Filled::Told {
            return Ok(bytes.len());
        }
        if self.bytes.position() + bytes.len() as u64 > self.limit {
            self.filled = Filled::Told;
            return Err(io::Error::other(Full));
        }
        self.bytes.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Bounded {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.bytes.seek(to)
    }
}

/// `12,3 MiB`, `840 KiB`: rounded up, so that nothing looks smaller than a limit it exceeds.
pub fn size(bytes: u64, language: Language) -> String {
    let (unit, name) = match bytes {
        0..1024 => return format!("{bytes} B"),
        1024..1_048_576 => (1024, "KiB"),
        _ => (1_048_576, "MiB"),
    };
    let tenths = (u128::from(bytes) * 10).div_ceil(unit);
    let point = match language {
        Language::Id => ',',
        Language::En => '.',
    };
    match tenths % 10 {
        0 => format!("{} {name}", tenths / 10),
        rest => format!("{}{point}{rest} {name}", tenths / 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(bytes: &[u8]) -> [io::Result<(String, &[u8])>; 2] {
        [
            Ok(("a.csv".to_owned(), bytes)),
            Ok(("b.xlsx".to_owned(), bytes)),
        ]
    }

    #[test]
    fn an_archive_is_the_same_every_time_and_never_larger_than_its_limit() {
        let bytes = b"batch;reference;amount\r\n".repeat(500);
        let first = packed(files(&bytes), 10_000).expect("packed");
        let first = first.expect("it is small enough");
        let second = packed(files(&bytes), 10_000).expect("packed");
        assert_eq!(Some(&first), second.as_ref());
        assert!(first.len() < bytes.len());
        let tight = first.len() as u64 - 1;
        assert_eq!(packed(files(&bytes), tight).expect("packed"), None);
        assert_eq!(packed(files(&bytes), 0).expect("packed"), None);
    }

    #[test]
    fn a_file_that_cannot_be_read_is_an_error() {
        let gone: [io::Result<(String, &[u8])>; 1] = [Err(io::Error::other("gone"))];
        assert!(packed(gone, 1000).is_err());
    }

    #[test]
    fn sizes_never_look_smaller_than_they_are() {
        for (bytes, id, en) in [
            (12, "12 B", "12 B"),
            (1024, "1 KiB", "1 KiB"),
            (1025, "1,1 KiB", "1.1 KiB"),
            (10 << 20, "10 MiB", "10 MiB"),
            ((10 << 20) + 1, "10,1 MiB", "10.1 MiB"),
        ] {
            assert_eq!(size(bytes, Language::Id), id);
            assert_eq!(size(bytes, Language::En), en);
        }
    }
}
