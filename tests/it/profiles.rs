//! `rekon profiles` as an engineer meets it: what there is, what it says, and samples against it.

use std::fs;

use crate::bills::{channel, config, said};
use crate::harness::{Workspace, repository};

const REPORT: &str = "timestamp;client_number;ref_id;partner_ref_id;product_code;admin_fee;amount\n\
                      2026-11-18 09:00:00;530000000001;K1;0001;pln-postpaid;2500;50000\n\
                      2026-11-18 10:00:00;530000000002;K2;0002;pln-postpaid;2500;60000\n";

fn samples() -> Workspace {
    Workspace::new()
        .file(
            "kilat/profile.toml",
            "extends = \"tokopedia-biller\"\nname = \"kilat\"\n",
        )
        .file("kilat/bills_20261118.csv", REPORT)
}

fn expected(workspace: &Workspace) -> String {
    workspace.read("kilat/bills_20261118.csv.expected")
}

#[test]
fn samples_are_compared_and_accepted_after_the_difference_is_shown() {
    let workspace = samples();
    let nothing = workspace.run(["profiles", "test", "kilat"]).exits(2);
    assert!(said(&nothing).contains("--accept"), "{}", said(&nothing));

    let written = workspace
        .run(["profiles", "test", "kilat", "--accept"])
        .exits(0);
    insta::assert_snapshot!("samples_accepted", written.transcript());
    let first = expected(&workspace);
    assert!(first.contains("rows     2"), "{first}");
    workspace.run(["profiles", "test", "kilat"]).exits(0);

    workspace.put("kilat/bills_20261118.csv", REPORT.replace("60000", "61000"));
    workspace.put("kilat/bills_20261119.csv", REPORT);
    let differs = workspace.run(["profiles", "test", "kilat"]).exits(65);
    insta::assert_snapshot!("samples_that_differ", differs.transcript());
    assert_eq!(expected(&workspace), first, "nothing is written unasked");

    workspace.put("kilat/bills_20261118.csv", REPORT);
    workspace.run(["profiles", "test", "kilat"]).exits(66);
}

#[test]
fn a_refusal_is_expected_only_when_that_is_asked_for() {
    let workspace = samples();
    workspace.put("kilat/bills_20261118.csv", "this is no report\n");
    let refused = workspace
        .run(["profiles", "test", "kilat", "--accept"])
        .exits(65);
    assert!(
        refused.stdout.contains("--accept-refused"),
        "{}",
        refused.stdout
    );
    assert!(
        !workspace
            .path()
            .join("kilat/bills_20261118.csv.expected")
            .exists()
    );
    workspace
        .run(["profiles", "test", "kilat", "--accept", "--accept-refused"])
        .exits(0);
    assert!(expected(&workspace).starts_with("refused "));
    workspace.run(["profiles", "test", "kilat"]).exits(0);
    workspace.remove("kilat/bills_20261118.csv");
    workspace.put("kilat/bills_20261117.csv", REPORT);
    let gone = workspace.run(["profiles", "test", "kilat"]).exits(65);
    assert!(
        gone.stdout.contains("its sample is not there"),
        "{}",
        gone.stdout
    );
}

#[test]
fn the_profile_of_a_folder_lies_in_it_beside_it_or_is_built_in() {
    let workspace = samples();
    workspace
        .run(["profiles", "test", "kilat", "--accept"])
        .exits(0);
    fs::rename(
        workspace.path().join("kilat/profile.toml"),
        workspace.path().join("kilat.toml"),
    )
    .expect("moved");
    workspace.run(["profiles", "test", "kilat"]).exits(0);
    workspace.remove("kilat.toml");
    let none = workspace.run(["profiles", "test", "kilat"]).exits(2);
    assert!(said(&none).contains("--profile"), "{}", said(&none));
    let built_in = repository().join("sample_reports/tokopedia-biller");
    let built_in = built_in.to_str().expect("a path");
    workspace.run(["profiles", "test", built_in]).exits(0);
}

#[test]
fn own_profiles_are_listed_with_their_channels_and_their_faults() {
    let own = "profile = \"own.toml\"";
    let channels = [
        channel("biller", ""),
        channel("sagara", own),
        channel("kemang", own),
        channel("dago", "profile = \"profiles/broken.toml\""),
    ];
    let workspace = Workspace::new()
        .config(&config(&channels))
        .file(
            "own.toml",
            "extends = \"tokopedia-biller\"\nname = \"own\"\n",
        )
        .file(
            "profiles/spare.toml",
            "extends = \"../own.toml\"\nsummary = \"A spare one\"\n",
        )
        .file(
            "profiles/broken.toml",
            "extends = \"../own.toml\"\ncolour = \"red\"\n",
        );
    let listed = workspace.run(["profiles", "list"]).exits(78);
    insta::assert_snapshot!("own_profiles_listed", listed.transcript());
}

#[test]
fn a_profile_is_shown_as_written_or_whole_and_the_reference_names_every_key() {
    let workspace = samples();
    let own = "kilat/profile.toml";
    let written = workspace.run(["profiles", "show", own]).exits(0).stdout;
    assert_eq!(written.trim_end(), workspace.read(own).trim_end());
    let whole = workspace
        .run(["profiles", "show", own, "--resolved"])
        .exits(0)
        .stdout;
    assert!(!whole.contains("extends"), "{whole}");
    assert!(whole.contains("name = \"kilat\""), "{whole}");
    assert!(whole.contains("ref_id"), "{whole}");
    let reference = workspace.run(["profiles", "reference"]).exits(0).stdout;
    let file = repository().join("crates/rekon-profiles/src/REFERENCE.md");
    let file = fs::read_to_string(file).expect("the reference");
    assert!(reference.trim_end() == file.trim_end(), "printed otherwise");
    for key in ["`extends`", "`remove`", "`strip_prefix`", "`days_later`"] {
        assert!(reference.contains(key), "{key}");
    }
}
