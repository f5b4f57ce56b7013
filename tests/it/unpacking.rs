//! Archives and locked workbooks: what comes out of them, and what is refused before it comes out.
//! The locked workbooks are written by `tests/it/mails/make.py`; bombs are made here, in memory or
//! in a temporary directory.

mod locks;

use std::fs;
use std::io::{Cursor, Write};
use std::process::Command;

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use rekon::profiles::{
    AmountBasis, FileFault, Limits, Profile, ReadOptions, UnpackFault, Unpacked, unpack,
};
use secrecy::SecretString;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::harness::repository;

/// As in `make.py`.
const PASSWORD: &str = "kata-sandi-2026";
const CSV: &[u8] = b"merchantId,amount\r\nSGR-DAGO,42000\r\n";

fn password(text: &str) -> SecretString {
    SecretString::from(text)
}

pub fn zipped<N: AsRef<str>>(members: &[(N, &[u8])]) -> Vec<u8> {
    zipped_as(members, SimpleFileOptions::default())
}

fn zipped_as<N: AsRef<str>>(members: &[(N, &[u8])], options: SimpleFileOptions) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        archive
            .start_file(name.as_ref(), options)
            .expect("a member");
        archive.write_all(bytes).expect("its bytes");
    }
    archive.finish().expect("an archive").into_inner()
}

pub fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(bytes).expect("bytes");
    packed.finish().expect("a GZ")
}

fn locked(name: &str) -> Vec<u8> {
    fs::read(repository().join("tests/it/unpacking").join(name)).expect("a locked workbook")
}

fn opened(bytes: Vec<u8>, name: &str) -> Vec<Unpacked> {
    unpack(bytes, name, None, &Limits::default()).unwrap_or_else(|fault| panic!("{name}: {fault}"))
}

#[track_caller]
fn names(bytes: Vec<u8>, name: &str) -> Vec<String> {
    let reports = opened(bytes, name);
    for report in &reports {
        assert_eq!(report.bytes, CSV, "{}", report.name);
    }
    reports.into_iter().map(|report| report.name).collect()
}

#[track_caller]
fn refused(bytes: Vec<u8>, name: &str, said: &str) -> UnpackFault {
    let fault = unpack(bytes, name, None, &Limits::default()).expect_err(said);
    let text = fault.to_string();
    assert!(text.contains(said), "{text}\nshould say\n{said}");
    assert!(text.contains("\n  fix: "), "{text}");
    fault
}

/// Puts `to` where `from` stands, everywhere; both of one length.
fn replaced(mut bytes: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut seen = 0;
    for at in 0..=bytes.len() - from.len() {
        if bytes[at..].starts_with(from) {
            bytes[at..at + to.len()].copy_from_slice(to);
            seen += 1;
        }
    }
    assert!(seen > 0, "nothing to replace");
    bytes
}

/// Where the last entry of the list of members begins.
fn last_entry(bytes: &[u8]) -> usize {
    let entry = bytes.windows(4).rposition(|four| four == b"PK\x01\x02");
    entry.expect("a list of members")
}

#[test]
fn what_is_no_archive_comes_back_untouched() {
    let plain_book = zipped(&[("[Content_Types].xml", CSV), ("xl/workbook.xml", CSV)]);
    let backslashes = zipped(&[("xl\\workbook.xml", CSV)]);
    let sheet = zipped(&[("mimetype", CSV), ("content.xml", CSV)]);
    for (name, bytes) in [
        ("../a\u{202e}.csv", CSV.to_vec()),
        ("a.csv", Vec::new()),
        ("report.dat", plain_book),
        ("b.xlsx", backslashes),
        ("c.ods", sheet),
        ("page.csv", b"<html>login".to_vec()),
        ("d.pdf", b"%PDF-1.4".to_vec()),
    ] {
        let reports = opened(bytes.clone(), name);
        assert_eq!(
            reports,
            [Unpacked {
                name: name.to_owned(),
                bytes
            }]
        );
    }
}

/// Nobody has said its password yet: it waits for it, and is not taken for a report of another kind.
#[test]
fn a_locked_workbook_asks_for_its_password() {
    let fault = unpack(
        locked("locked.xlsx"),
        "locked.xlsx",
        None,
        &Limits::default(),
    );
    let name = "locked.xlsx".to_owned();
    assert_eq!(fault, Err(UnpackFault::Locked { name }));
}

#[test]
fn members_are_reports_by_their_base_names() {
    let archive = zipped(&[
        ("laporan/", &b""[..]),
        ("laporan/a.csv", CSV),
        ("../../etc/b.csv", CSV),
        ("/root/c.csv", CSV),
        ("C:\\laporan\\d.csv", CSV),
        ("e\u{202e}\u{0}\n.csv", CSV),
        ("without_ending", CSV),
        ("__MACOSX/._a.csv", b"\0\x05\x16\x07"),
        (".DS_Store", b"\0\0\0\x01Bud1"),
        (".hidden.csv", CSV),
        ("baca.pdf", b"%PDF-1.4"),
        ("logo.png", b"\x89PNG\r\n\x1a\n\0\0\0\x0d"),
        ("index.html", b"<html>"),
    ]);
    assert_eq!(
        names(archive, "kiriman.zip"),
        [
            "a.csv",
            "b.csv",
            "c.csv",
            "d.csv",
            "e\\u{202e}\\u{0}\\n.csv",
            "without_ending"
        ]
    );
}

#[test]
fn a_page_called_csv_is_for_the_reader_to_name() {
    let reports = opened(zipped(&[("a.csv", &b"<html>login"[..])]), "a.zip");
    assert_eq!(reports[0].bytes, b"<html>login");
}

#[test]
fn gz_takes_its_name_from_the_file_or_from_inside() {
    let named = |inside: &str| {
        let mut packed = flate2::GzBuilder::new()
            .filename(inside)
            .write(Vec::new(), Compression::default());
        packed.write_all(CSV).expect("bytes");
        packed.finish().expect("a GZ")
    };
    assert_eq!(names(gzipped(CSV), "a.csv.gz"), ["a.csv"]);
    assert_eq!(names(gzipped(CSV), "A.CSV.GZ"), ["A.CSV"]);
    assert_eq!(names(gzipped(CSV), "report"), ["report"]);
    assert_eq!(names(gzipped(CSV), ".gz"), [".gz"]);
    assert_eq!(names(named("b.csv"), "a.csv.gz"), ["a.csv"]);
    assert_eq!(names(named("../b.csv"), "kiriman.gz"), ["b.csv"]);
    assert_eq!(names(named("b.csv"), "unnamed-2.gz"), ["b.csv"]);
    // Several streams are one file, and zeros fill the last block.
    let mut several = gzipped(&CSV[..10]);
    several.extend(gzipped(&CSV[10..]));
    several.extend([0; 100]);
    assert_eq!(names(several, "a.csv.gz"), ["a.csv"]);
}

#[test]
fn an_archive_in_an_archive_is_opened_once() {
    let inner = zipped(&[("a.csv", CSV)]);
    let gz = gzipped(CSV);
    assert_eq!(names(zipped(&[("x.zip", &inner)]), "y.zip"), ["a.csv"]);
    assert_eq!(names(zipped(&[("a.csv.gz", &gz)]), "y.zip"), ["a.csv"]);
    assert_eq!(names(gzipped(&inner), "y.zip.gz"), ["a.csv"]);
    let twice = zipped(&[("deep.zip", &zipped(&[("x.zip", &inner)])[..])]);
    refused(
        twice,
        "y.zip",
        "`x.zip` is an archive in an archive in an archive",
    );
    refused(
        gzipped(&gzipped(&gz)),
        "a.csv.gz.gz.gz",
        "`a.csv.gz` is an archive in an archive",
    );
    // A workbook is no archive.
    let book = zipped(&[("xl/workbook.xml", CSV)]);
    let deep = zipped(&[("x.zip", &zipped(&[("a.xlsx", &book[..])])[..])]);
    assert_eq!(opened(deep, "y.zip")[0].bytes, book);
}

#[test]
fn a_name_that_stands_twice_refuses_the_archive() {
    let two = zipped(&[("a.csv", CSV), ("b.csv", b"other")]);
    let twice = replaced(two, b"b.csv", b"a.csv");
    refused(twice, "x.zip", "the archive holds `a.csv` twice");
    // Neither would be told from the other by name.
    let folders = zipped(&[("x/a.csv", CSV), ("y/a.csv", CSV)]);
    refused(folders, "x.zip", "the archive holds `a.csv` twice");
}

#[test]
fn what_an_archive_says_falsely_is_named() {
    let sound = zipped(&[("a.csv", CSV), ("b.csv", CSV)]);
    let entry = last_entry(&sound);
    let changed = |at: usize| {
        let mut bytes = sound.clone();
        bytes[at] ^= 0x55;
        bytes
    };
    refused(changed(entry + 16), "x.zip", "`b.csv` cannot be unpacked: ");
    refused(changed(entry + 24), "x.zip", "`b.csv` cannot be unpacked: ");
    let mut method = sound.clone();
    method[entry + 10] = 14;
    refused(
        method,
        "x.zip",
        "`b.csv` cannot be unpacked: it is packed by method 14",
    );
    let cut = sound[..sound.len() - 30].to_vec();
    refused(
        cut,
        "x.zip",
        "its list of members, which stands at the end, is missing",
    );
    // The end record counts one member, the list has two.
    let end = sound
        .windows(4)
        .rposition(|four| four == b"PK\x05\x06")
        .expect("an end");
    let mut fewer = sound.clone();
    fewer[end + 8] = 1;
    fewer[end + 10] = 1;
    refused(fewer, "x.zip", "cannot be unpacked: ");
    refused(
        gzipped(CSV)[..20].to_vec(),
        "a.csv.gz",
        "`a.csv.gz` cannot be unpacked: ",
    );
    let mut crc = gzipped(CSV);
    let at = crc.len() - 6;
    crc[at] ^= 1;
    refused(crc, "a.csv.gz", "`a.csv.gz` cannot be unpacked: ");
    let mut behind = gzipped(CSV);
    behind.extend(b"rows,that,nobody,would,see\n");
    refused(
        behind,
        "a.csv.gz",
        "27 bytes that do not belong to it stand behind its end",
    );
}

#[test]
fn an_archive_without_a_report_says_what_it_holds() {
    refused(
        zipped(&[("a.pdf", &b"%PDF-1.4"[..])]),
        "x.zip",
        "no report; in it: `a.pdf`",
    );
    refused(zipped::<&str>(&[]), "x.zip", "no report; in it: nothing");
    let six: Vec<(String, &[u8])> = (0..6).map(|n| (format!("{n}.pdf"), &b"%PDF"[..])).collect();
    refused(zipped(&six), "x.zip", "`4.pdf` and 1 more");
    refused(
        b"Rar!\x1a\x07\x01\0".to_vec(),
        "x.rar",
        "`x.rar` cannot be unpacked: it is a RAR archive",
    );
    let mut tar = vec![0; 512];
    tar[257..262].copy_from_slice(b"ustar");
    refused(
        gzipped(&tar),
        "x.tar.gz",
        "`x.tar` cannot be unpacked: it is a tar archive",
    );
}

/// What opens with the password, locked three ways.
fn all_locked() -> Vec<(&'static str, Vec<u8>)> {
    let aes = SimpleFileOptions::default().with_aes_encryption(zip::AesMode::Aes256, PASSWORD);
    vec![
        ("aes.zip", zipped_as(&[("a.csv", CSV)], aes)),
        ("zipcrypto.zip", locked("zipcrypto.zip")),
        ("locked.xlsx", locked("locked.xlsx")),
        ("locked_tiny.xlsx", locked("locked_tiny.xlsx")),
    ]
}

#[test]
fn passwords_open_what_is_locked() {
    for (name, bytes) in all_locked() {
        let limits = Limits::default();
        let reports = unpack(bytes.clone(), name, Some(&password(PASSWORD)), &limits)
            .unwrap_or_else(|fault| panic!("{name}: {fault}"));
        assert_eq!(reports.len(), 1, "{name}");
        assert_ne!(reports[0].bytes, bytes, "{name}");
        for wrong in ["", "Kata-sandi-2026", "sandi lain"] {
            let fault = unpack(bytes.clone(), name, Some(&password(wrong)), &limits)
                .expect_err("a wrong password");
            assert_eq!(
                fault,
                UnpackFault::WrongPassword {
                    name: name.to_owned()
                },
                "`{wrong}`"
            );
        }
        if name.ends_with(".zip") {
            let fault = refused(
                bytes,
                name,
                "is locked\n  fix: set `password` on the source",
            );
            assert_eq!(
                fault,
                UnpackFault::Locked {
                    name: name.to_owned()
                }
            );
        }
    }
}

#[test]
fn an_unlocked_workbook_reads_like_the_one_it_was() {
    let limits = Limits::default();
    let reports = unpack(
        locked("locked.xlsx"),
        "a.xlsx",
        Some(&password(PASSWORD)),
        &limits,
    )
    .expect("it opens");
    let profile = Profile::load("ovo-push-to-pay", repository()).expect("built in");
    let read =
        rekon::profiles::read(&reports[0].bytes, "a.xlsx", &profile, &options()).expect("it reads");
    assert_eq!(read.entries.len(), 3);
}

#[test]
fn a_password_harms_nothing_that_is_not_locked() {
    let limits = Limits::default();
    for (name, bytes) in [
        ("a.csv", CSV.to_vec()),
        ("a.zip", zipped(&[("a.csv", CSV)])),
        ("a.csv.gz", gzipped(CSV)),
    ] {
        let reports = unpack(bytes, name, Some(&password(PASSWORD)), &limits).expect("a report");
        assert_eq!(reports[0].bytes, CSV);
    }
}

/// A locked file that was changed is refused or opens to an archive; it never becomes other text.
#[test]
fn damaged_locked_files_are_refused() {
    let limits = Limits::default();
    let right = password(PASSWORD);
    for (name, bytes) in all_locked() {
        // Deriving the key of a workbook takes its time.
        let step = if name.ends_with(".zip") { 1 } else { 797 };
        let whole = unpack(bytes.clone(), name, Some(&right), &limits).expect("it opens");
        for at in (0..bytes.len()).step_by(step) {
            for change in [0xff, 0x01] {
                let mut damaged = bytes.clone();
                damaged[at] ^= change;
                if let Ok(reports) = unpack(damaged.clone(), name, Some(&right), &limits) {
                    // Nothing says any more that it is locked: it is for the reader to name.
                    let untouched = reports[0].bytes == damaged;
                    let opened = reports[0].bytes == CSV || reports[0].bytes.starts_with(b"PK");
                    assert!(untouched || opened, "{name} byte {at}");
                }
            }
            let cut = unpack(bytes[..at].to_vec(), name, Some(&right), &limits);
            let harmless = |cut: Vec<Unpacked>| cut == whole || at <= 8;
            assert!(cut.map_or(true, harmless), "{name} cut at {at}");
        }
    }
}

fn options() -> ReadOptions {
    ReadOptions {
        zone: chrono_tz::Asia::Jakarta,
        amount_basis: AmountBasis::Gross,
        limits: Limits::default(),
    }
}

fn limit_of(answer: Result<Vec<Unpacked>, UnpackFault>) -> &'static str {
    match answer {
        Err(UnpackFault::File(FileFault::Limit { name, .. })) => name,
        Err(fault) => panic!("{fault}"),
        Ok(_) => panic!("it was unpacked"),
    }
}

#[test]
fn limits_are_counted_while_reading() {
    let tight = |change: fn(&mut Limits)| {
        let mut limits = Limits::default();
        change(&mut limits);
        limits
    };
    let many: Vec<(String, &[u8])> = (0..40).map(|n| (format!("{n}.csv"), CSV)).collect();
    let many = zipped(&many);
    let noise: Vec<u8> = (0..200_000u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    let zeros = zipped(&[("a.csv", &[0; 200_000][..])]);
    for (bytes, limits, said) in [
        (many.clone(), tight(|it| it.zip_entries = 39), "zip_entries"),
        (many, tight(|it| it.zip_total = 1_000), "zip_total"),
        (
            zipped(&[("a.csv", &noise[..])]),
            tight(|it| it.file_bytes = 100_000),
            "file_bytes",
        ),
        (
            gzipped(&noise),
            tight(|it| it.file_bytes = 100_000),
            "file_bytes",
        ),
        (
            gzipped(&noise),
            tight(|it| it.zip_total = 100_000),
            "zip_total",
        ),
        (
            zeros.clone(),
            tight(|it| it.zip_ratio_from = 100_000),
            "zip_ratio",
        ),
        (
            gzipped(&zeros),
            tight(|it| it.zip_ratio_from = 100_000),
            "zip_ratio",
        ),
    ] {
        assert_eq!(limit_of(unpack(bytes, "a", None, &limits)), said);
    }
    let limits = tight(|it| it.zip_part = 1_000);
    let answer = unpack(
        locked("locked.xlsx"),
        "a",
        Some(&password(PASSWORD)),
        &limits,
    );
    assert_eq!(limit_of(answer), "zip_part");
}

/// 500 MB of zeros, packed.
fn pack_zeros(mut to: impl Write) {
    let block = vec![0; 1 << 20];
    for _ in 0..500 {
        to.write_all(&block).expect("zeros");
    }
}

/// One member's packed bytes, listed under many names.
fn overlapping(count: usize) -> Vec<u8> {
    let one = zipped(&[("00000.csv", &[0; 7 << 20][..])]);
    let entry = last_entry(&one);
    let end = one
        .windows(4)
        .rposition(|four| four == b"PK\x05\x06")
        .expect("an end");
    let (body, list, tail) = (&one[..entry], &one[entry..end], &one[end..]);
    let mut bytes = body.to_vec();
    for number in 0..count {
        bytes.extend(replaced(
            list.to_vec(),
            b"00000.csv",
            format!("{number:05}.csv").as_bytes(),
        ));
    }
    let mut tail = tail.to_vec();
    tail[8..10].copy_from_slice(&(count as u16).to_le_bytes());
    tail[10..12].copy_from_slice(&(count as u16).to_le_bytes());
    tail[12..16].copy_from_slice(&((list.len() * count) as u32).to_le_bytes());
    bytes.extend(tail);
    bytes
}

pub fn bombs() -> Vec<(&'static str, Vec<u8>)> {
    let zip_of = |member: &str| {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        if member.starts_with("xl/") {
            archive
                .start_file("xl/workbook.xml", SimpleFileOptions::default())
                .expect("a member");
        }
        archive
            .start_file(member, SimpleFileOptions::default())
            .expect("a member");
        pack_zeros(&mut archive);
        archive.finish().expect("an archive").into_inner()
    };
    let mut gz = GzEncoder::new(Vec::new(), Compression::default());
    pack_zeros(&mut gz);
    let gz = gz.finish().expect("a GZ");
    let bomb = zip_of("a.csv");
    let mut streams = Vec::new();
    for _ in 0..100 {
        streams.extend(gzipped(&[0; 5 << 20]));
    }
    vec![
        ("nested.zip", zipped(&[("b.zip", &bomb[..])])),
        ("gz_in.zip", zipped(&[("a.csv.gz", &gz[..])])),
        ("bomb.zip", bomb),
        ("bomb.csv.gz", gz),
        ("streams.csv.gz", streams),
        ("overlapping.zip", overlapping(1_500)),
        ("bomb.xlsx", zip_of("xl/sharedStrings.xml")),
    ]
}

/// Set for the process that opens the bombs in this directory and nothing else.
const BOMBS: &str = "REKON_TEST_BOMBS";

/// Highest use of memory of this process so far.
fn peak_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("a status");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.trim().strip_suffix(" kB"));
    number.expect("a peak").parse().expect("a number")
}

#[test]
fn bombs_are_refused_in_little_memory() {
    if let Some(folder) = std::env::var_os(BOMBS) {
        for entry in fs::read_dir(folder).expect("bombs") {
            let path = entry.expect("a bomb").path();
            let name = path
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            let bytes = fs::read(&path).expect("a bomb");
            let limit = match unpack(bytes, &name, None, &Limits::default()) {
                // A workbook comes back untouched, and is refused where it is read.
                Ok(reports) => {
                    let profile = Profile::load("ovo-push-to-pay", repository()).expect("built in");
                    match rekon::profiles::read(&reports[0].bytes, &name, &profile, &options()) {
                        Err(fault) => fault.to_string(),
                        Ok(_) => panic!("{name} was read"),
                    }
                }
                Err(fault) => fault.to_string(),
            };
            println!("BOMB {name}: {limit}");
        }
        println!("PEAK {}", peak_kib());
        return;
    }
    let folder = tempfile::tempdir().expect("a directory");
    let bombs = bombs();
    for (name, bytes) in &bombs {
        assert!(bytes.len() < 700_000, "{name}: {} bytes", bytes.len());
        fs::write(folder.path().join(name), bytes).expect("a bomb");
    }
    let output = Command::new(std::env::current_exe().expect("this binary"))
        .args([
            "--exact",
            "unpacking::bombs_are_refused_in_little_memory",
            "--nocapture",
        ])
        .env(BOMBS, folder.path())
        .output()
        .expect("it starts");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{text}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    for (name, _) in &bombs {
        let line = text
            .lines()
            .find(|line| line.contains(&format!("BOMB {name}:")));
        let line = line.unwrap_or_else(|| panic!("{name} is missing in {text}"));
        assert!(
            line.contains("the packing ratio of") && line.contains("(limits.zip_ratio)"),
            "{line}"
        );
    }
    let peak = text.lines().find_map(|line| line.strip_prefix("PEAK "));
    let peak: u64 = peak.expect("a peak").trim().parse().expect("a number");
    assert!(peak < 256 << 10, "{peak} KiB");
}

/// A list of very many members is counted before it is read.
#[test]
fn a_long_list_is_refused_before_it_is_read() {
    let mut bytes = b"PK\x03\x04".to_vec();
    let one = zipped(&[("a", CSV)]);
    let entry = &one[last_entry(&one)..];
    let entry = &entry[..46 + 1];
    for _ in 0..100_000 {
        bytes.extend(entry);
    }
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([0xff; 12]);
    bytes.extend([0, 0]);
    assert_eq!(
        limit_of(unpack(bytes, "a.zip", None, &Limits::default())),
        "zip_entries"
    );
}

fn some_archive() -> impl Strategy<Value = Vec<u8>> {
    let aes = SimpleFileOptions::default().with_aes_encryption(zip::AesMode::Aes128, PASSWORD);
    proptest::sample::select(vec![
        zipped(&[("a.csv", CSV), ("x/b.csv.gz", &gzipped(CSV)[..])]),
        zipped(&[("x.zip", &zipped(&[("a.csv", CSV)])[..])]),
        zipped_as(&[("a.csv", CSV)], aes),
        gzipped(CSV),
        locked("zipcrypto.zip"),
        locked("locked_tiny.xlsx"),
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(128) })]

    #[test]
    fn any_bytes_are_an_answer(
        magic in proptest::sample::select(vec![&b""[..], b"PK\x03\x04", b"\x1f\x8b\x08", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]),
        tail in proptest::collection::vec(any::<u8>(), 0..3000),
    ) {
        let bytes = [magic, &tail].concat();
        let limits = Limits::default();
        let _plain = unpack(bytes.clone(), "a", None, &limits);
        let _locked = unpack(bytes, "a", Some(&password(PASSWORD)), &limits);
    }

    #[test]
    fn damaged_archives_are_an_answer(
        bytes in some_archive(),
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>(), 0..4u8), 1..5),
    ) {
        let mut bytes = bytes;
        for (at, byte, how) in changes {
            let at = at.index(bytes.len());
            match how {
                0 | 1 => bytes[at] = byte,
                2 => bytes.insert(at, byte),
                _ => bytes.truncate(at + 1),
            }
        }
        let limits = Limits::default();
        if let Ok(reports) = unpack(bytes, "a", Some(&password(PASSWORD)), &limits) {
            prop_assert!(!reports.is_empty());
        }
    }
}
