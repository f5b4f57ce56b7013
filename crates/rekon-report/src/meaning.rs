//! What a stored reason means for finance. Keys of the configuration, commands and what a server
//! answered are for whoever runs rekon, who finds them in the terminal, the log and the alert.

use super::catalogue;
use super::labels::{Label, Language};

/// What only an engineer can act upon, in either language.
const TECHNICAL: [&str; 16] = [
    "`rekon ",
    "profile",
    "profil",
    " under [",
    " di bawah [",
    "[[",
    " (limits.",
    " limits.",
    "catch_up",
    "SQLSTATE",
    " (error ",
    " (os error",
    " = \"",
    "= \"PATH",
    "`password`",
    "encoding",
];

/// Where a sentence may end.
const ENDS: [&str; 3] = ["; ", ": ", ", so "];

/// A stored reason in the reader's language, up to where it becomes technical. Who can mend that is
/// named once.
pub fn for_finance(text: &str, language: Language) -> String {
    let said = catalogue::said(text, language);
    let mut kept: Vec<String> = Vec::new();
    let mut engineer = Engineer::NotNeeded;
    // Whether it says already what finance itself can do.
    let mut has_step = false;
    for line in said.lines() {
        let core = line.trim();
        let is_fix = ["fix: ", "hint: ", "perbaikan: ", "petunjuk: "]
            .iter()
            .any(|mark| core.starts_with(mark));
        match plain(core) {
            Plain::Whole if is_fix => {
                has_step = true;
                kept.extend(core.split_once(": ").map(|(_, fix)| fix.to_owned()))
            }
            Plain::Whole => kept.push(core.to_owned()),
            // Half a way to mend it is none.
            Plain::Begins(_) | Plain::Not if is_fix => engineer = Engineer::Needed,
            Plain::Begins(part) => {
                kept.push(part.to_owned());
                engineer = Engineer::Needed;
            }
            Plain::Not => engineer = Engineer::Needed,
        }
    }
    let mut told = kept.join("; ");
    if engineer == Engineer::Needed {
        let next = Label::AskEngineers.text(language);
        told = match told.is_empty() {
            true => format!("{}: {next}", Label::NotReadable.text(language)),
            false if has_step => format!("{}; {next}", told.trim_end_matches(['.', ':', ';'])),
            false => format!("{}: {next}", told.trim_end_matches(['.', ':', ';'])),
        };
    }
    told
}

/// Whether somebody else has to be asked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Engineer {
    NotNeeded,
    Needed,
}

/// How much of a line finance can use.
enum Plain<'t> {
    Whole,
    Begins(&'t str),
    Not,
}

fn plain(line: &str) -> Plain<'_> {
    let Some(technical) = TECHNICAL.iter().filter_map(|mark| line.find(mark)).min() else {
        return Plain::Whole;
    };
    // What stands in brackets can be left out by itself.
    let bracket = line[technical..].starts_with(" (").then_some(technical);
    let before = ENDS
        .iter()
        .filter_map(|end| line[..technical].rfind(end))
        .max();
    match bracket.or(before) {
        Some(end) => Plain::Begins(&line[..end]),
        None => Plain::Not,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(stored: &str, indonesian: &str, english: &str) {
        assert_eq!(for_finance(stored, Language::Id), indonesian);
        assert_eq!(for_finance(stored, Language::En), english);
    }

    #[test]
    fn what_an_engineer_has_to_mend_is_not_told_to_finance() {
        check(
            "not a date in a declared format; add it to `formats` under [time] of the profile, e.g. \"%d/%m/%Y %H:%M:%S\"",
            "format tanggal tidak dikenal: hubungi tim IT",
            "not a date in a declared format: ask your IT team",
        );
        check(
            "could be thousands or decimals: declare the profile's number style",
            "bisa berarti ribuan atau desimal: hubungi tim IT",
            "could be thousands or decimals: ask your IT team",
        );
        check(
            "`{x}` is not found by the pattern `{y}` of the profile",
            "tidak dapat dibaca: hubungi tim IT",
            "it cannot be read: ask your IT team",
        );
        check(
            "`a.zip` is locked\n  fix: set `password` on the source, e.g. password = \"env:REPORT_PASSWORD\"",
            "`a.zip` terkunci: hubungi tim IT",
            "`a.zip` is locked: ask your IT team",
        );
        check(
            "12 bytes in one row, more than the limit of 10 (limits.record_bytes)",
            "12 byte dalam satu baris, melebihi batas 10: hubungi tim IT",
            "12 bytes in one row, more than the limit of 10: ask your IT team",
        );
    }

    #[test]
    fn what_finance_can_act_upon_stays_whole() {
        check(
            "the amount is empty",
            "nominal kosong",
            "the amount is empty",
        );
        check(
            "only 7 of 13 columns",
            "hanya 7 dari 13 kolom",
            "only 7 of 13 columns",
        );
        check(
            "row 5: the file declares amount 10, its rows make 9\n  fix: rows are missing or changed; ask the provider for the file again",
            "baris 5: total nominal di berkas 10, jumlah baris-barisnya 9; ada baris yang hilang atau berubah; minta mitra mengirim ulang berkasnya",
            "row 5: the file declares amount 10, its rows make 9; rows are missing or changed; ask the provider for the file again",
        );
        check("", "", "");
    }
}
