//! Workbooks behind a password: what `decrypt` opens is a workbook only if it is an archive.

use std::io::Cursor;

use secrecy::{ExposeSecret, SecretString};
use zip::ZipArchive;

use super::decrypt::{Fault, decrypt};
use super::ole::Encrypted;
use super::{UnpackFault, exceeded, shown};
use crate::Limits;

/// With which Excel locks a workbook that only may not be changed, and opens it unasked
/// (MS-OFFCRYPTO 2.3.4).
const PROTECTED: &str = "VelvetSweatshop";

/// The workbook inside, by the password of its source or by none. A key takes up to a second of
/// computing, as its author chose.
pub(super) fn open(
    encrypted: &Encrypted,
    password: Option<&SecretString>,
    name: &str,
    limits: &Limits,
) -> Result<Vec<u8>, UnpackFault> {
    let by_password = match password {
        Some(password) => open_with(encrypted, password.expose_secret(), name, limits),
        None => Err(UnpackFault::Locked { name: shown(name) }),
    };
    match by_password {
        Err(UnpackFault::Locked { .. } | UnpackFault::WrongPassword { .. }) => {
            // Refused by the reader it could not be opened later, by the right password.
            open_with(encrypted, PROTECTED, name, limits).or(by_password)
        }
        opened => opened,
    }
}

fn open_with(
    encrypted: &Encrypted,
    password: &str,
    name: &str,
    limits: &Limits,
) -> Result<Vec<u8>, UnpackFault> {
    let size = encrypted.package.len() as u64;
    if size > limits.zip_part {
        let what = "the size of the locked workbook".to_owned();
        return Err(exceeded(what, size, limits.zip_part, "zip_part").into());
    }
    let name = || shown(name);
    let corrupt = |detail: &str| UnpackFault::Corrupt {
        name: name(),
        detail: detail.to_owned(),
    };
    let opened = decrypt(&encrypted.info, &encrypted.package, password);
    let book = opened.map_err(|fault| match fault {
        Fault::WrongPassword => UnpackFault::WrongPassword { name: name() },
        Fault::Corrupt(detail) => corrupt(detail),
        Fault::Unsupported(method) => UnpackFault::Unsupported {
            name: name(),
            detail: format!("it is locked with {method}"),
        },
    })?;
    if ZipArchive::new(Cursor::new(&book)).is_err() {
        return Err(corrupt("what its password opens is no whole workbook"));
    }
    Ok(book)
}
