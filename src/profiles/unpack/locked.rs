//! Workbooks behind a password. The crate that decrypts does not check the password: with a wrong
//! one it returns noise, so only what turns out to be an archive was opened.

use std::io::Cursor;
use std::panic::catch_unwind;

use office_crypto::DecryptError;
use secrecy::{ExposeSecret, SecretString};
use zip::ZipArchive;

use super::ole::{Encrypted, written};
use super::{UnpackFault, exceeded, shown};
use crate::profiles::Limits;

/// The workbook inside. Its key takes up to a second of computing, as its author chose.
pub(super) fn open(
    encrypted: &Encrypted,
    password: &SecretString,
    name: &str,
    limits: &Limits,
) -> Result<Vec<u8>, UnpackFault> {
    let size = encrypted.package.len() as u64;
    if size > limits.zip_part {
        let what = "the size of the locked workbook".to_owned();
        return Err(exceeded(what, size, limits.zip_part, "zip_part").into());
    }
    let corrupt = |detail: &str| UnpackFault::Corrupt {
        name: shown(name),
        detail: detail.to_owned(),
    };
    let container = written(encrypted.info.as_slice(), exact(&encrypted.package))
        .ok_or_else(|| corrupt("it is too large"))?;
    // The container is sound by now; what is left to go wrong is how it says it is locked.
    let opened =
        catch_unwind(|| office_crypto::decrypt_from_bytes(container, password.expose_secret()));
    let book = match opened {
        Ok(Ok(book)) => book,
        Ok(Err(DecryptError::Unimplemented(method))) => {
            return Err(UnpackFault::Unsupported {
                name: shown(name),
                detail: format!("it is locked by a method that is not read ({method})"),
            });
        }
        Ok(Err(_)) | Err(_) => return Err(corrupt("how it is locked cannot be read")),
    };
    if !book.starts_with(b"PK\x03\x04") {
        return Err(UnpackFault::WrongPassword { name: shown(name) });
    }
    if ZipArchive::new(Cursor::new(&book)).is_err() {
        return Err(corrupt("what its password opens is no whole workbook"));
    }
    Ok(book)
}

/// The package without what may stand behind its last block (MS-OFFCRYPTO 2.3.4.4 allows more than
/// the stated size; the crate does not).
fn exact(package: &[u8]) -> &[u8] {
    const BLOCK: u64 = 16;
    let stated = package
        .first_chunk::<8>()
        .map(|size| u64::from_le_bytes(*size));
    stated
        .and_then(|size| size.checked_next_multiple_of(BLOCK)?.checked_add(8))
        .and_then(|end| package.get(..usize::try_from(end).ok()?))
        .unwrap_or(package)
}
