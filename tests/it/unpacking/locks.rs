//! Every way in which office programs lock a workbook; how the samples were made stands in `README`.

use rekon::profiles::{UnpackFault, unpack};

use super::*;

/// As Excel 2007 to 2019 and LibreOffice lock; how each was made stands in `unpacking/README`.
const LOCKS: [&str; 7] = [
    "agile_sha1_aes128.xlsx",
    "agile_sha256_aes192.xlsx",
    "agile_sha384_aes256.xlsx",
    "agile_relocked.xlsx",
    "standard_aes128.xlsx",
    "standard_aes256.xlsx",
    "standard_libreoffice.xlsx",
];

#[test]
fn every_way_of_locking_a_workbook_opens() {
    let limits = Limits::default();
    let plain = locked("plain.xlsx");
    let open = |name: &str, said: &str| unpack(locked(name), name, Some(&password(said)), &limits);
    let others = ("agile_other_letters.xlsx", "Kåta sandi 密 🔒 2026");
    for (name, said) in LOCKS
        .map(|name| (name, PASSWORD))
        .into_iter()
        .chain([others])
    {
        let opened = open(name, said).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        let book = &opened[0].bytes;
        assert!(
            *book == plain || name == "standard_libreoffice.xlsx",
            "{name}"
        );
        for wrong in ["", "kata-sandi-2027", &said.to_uppercase()] {
            let name = name.to_owned();
            let refused = open(&name, wrong);
            assert_eq!(
                refused,
                Err(UnpackFault::WrongPassword { name }),
                "`{wrong}`"
            );
        }
    }
}

/// A workbook that only may not be changed is locked with a password that everybody's Excel knows.
#[test]
fn a_protected_workbook_opens_unasked() {
    let limits = Limits::default();
    let plain = locked("plain.xlsx");
    for said in [None, Some(password("another"))] {
        let name = "protected.xlsx";
        let opened = unpack(locked(name), name, said.as_ref(), &limits).expect("it opens");
        assert_eq!(opened[0].bytes, plain);
    }
}

/// What the lock proves: no changed byte of the content opens to another workbook.
#[test]
fn a_changed_content_never_opens_to_something_else() {
    let limits = Limits::default();
    let plain = locked("plain.xlsx");
    for name in LOCKS.iter().filter(|name| name.starts_with("agile")) {
        let bytes = locked(name);
        for at in (0..bytes.len()).step_by(97) {
            let mut changed = bytes.clone();
            changed[at] ^= 0x10;
            if let Ok(opened) = unpack(changed.clone(), name, Some(&password(PASSWORD)), &limits) {
                let book = &opened[0].bytes;
                assert!(*book == plain || *book == changed, "{name}, byte {at}");
            }
        }
    }
}
