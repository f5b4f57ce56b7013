//! More references that do not match than anybody works through are one finding.

use std::fs;

use super::{AS_OF, DATE, Paid, accepts, found, mail, paid, run, world};

/// Each pair differs by another amount; one is missing on each side.
fn apart() -> [Vec<Paid>; 2] {
    let (mut ours, mut theirs) = (paid(DATE, 40), paid(DATE, 40));
    for (at, row) in theirs.iter_mut().enumerate().take(9) {
        row.amount += 700 + 310 * at as u64;
    }
    ours.remove(20);
    theirs.remove(30);
    [ours, theirs]
}

#[test]
fn more_breaks_than_the_limit_are_one_finding() {
    let [ours, theirs] = apart();
    for (limit, told) in [
        (10, "too_many_breaks"),
        (
            11,
            "judged missing_in_ledger 1 missing_at_partner 1 amount_break 9",
        ),
    ] {
        let workspace = world(&format!("break_limit = {limit}"), &ours, &theirs);
        let code = if limit == 10 { 66 } else { 0 };
        let (result, _) = run(&workspace, code);
        assert_eq!(found(&result), told);
    }
}

#[test]
fn what_too_many_come_to_is_told_with_samples_and_can_be_accepted() {
    let [ours, theirs] = apart();
    let workspace = world("break_limit = 5", &ours, &theirs);
    let (result, _) = run(&workspace, 66);
    let text = result["findings"][0]["text"].as_str().expect("a sentence");
    insta::assert_snapshot!("too_many_breaks", text);
    let told = mail(&workspace);
    assert!(told.contains(text), "{told}");
    assert_eq!(
        workspace.run(["breaks", "list"]).exits(0).stdout.trim(),
        "No break."
    );
    // The same again is no news.
    let mails = workspace.files("mail");
    run(&workspace, 66);
    assert_eq!(workspace.files("mail"), mails);

    accepts(&workspace, "it was so").exits(0);
    let (result, _) = run(&workspace, 0);
    assert_eq!(result["state"], "complete");
    assert_eq!(result["findings"][0]["accepted"]["by"], "ani");
    let listed = workspace.run(["breaks", "list", "--json"]).exits(0).json();
    assert_eq!(listed.as_array().map(Vec::len), Some(11));
    workspace.run(["verify", "-c", "rekon.toml"]).exits(0);

    // More than were accepted are asked about again.
    let sql = format!(
        "UPDATE payments SET amount = amount + 1 WHERE ref_id LIKE '%{:05}'",
        15
    );
    workspace.change_ledger("ledger.db", &sql);
    let (result, _) = run(&workspace, 66);
    assert_eq!(found(&result), "too_many_breaks");
    let again = workspace.run(["run", "--date", DATE, "--as-of", AS_OF]);
    again.exits(66);
}

/// Of a date that is not judged, nothing matched.
#[test]
fn what_matched_among_too_many_is_attached_only_where_they_are_accepted() {
    let [ours, theirs] = apart();
    let workspace = world("break_limit = 5", &ours, &theirs);
    let wanting = "[[report]]\nattach = [\"matched\"]";
    let config = workspace.read("rekon.toml").replace("[[report]]", wanting);
    workspace.put("rekon.toml", config);
    let attached = || {
        let files = workspace.files("mail").into_iter();
        let tables = files.filter(|name| name.ends_with("_matched.zip"));
        let rows = tables.map(|name| {
            let file = fs::File::open(workspace.path().join("mail").join(name)).expect("a file");
            let mut archive = zip::ZipArchive::new(file).expect("an archive");
            let mut text = String::new();
            let mut member = archive.by_index(0).expect("a table");
            std::io::Read::read_to_string(&mut member, &mut text).expect("text");
            text.lines().count() - 1
        });
        rows.collect::<Vec<usize>>()
    };
    run(&workspace, 66);
    assert_eq!(attached(), [0]);
    accepts(&workspace, "it was so").exits(0);
    run(&workspace, 0);
    let mut rows = attached();
    rows.sort_unstable();
    assert_eq!(rows, [0, 29]);
}

#[test]
fn a_limit_of_nothing_is_refused() {
    let workspace = world("break_limit = 0", &[], &[]);
    let refused = workspace.run(["check"]).exits(78);
    assert!(
        refused.stderr.contains("channel[0].break_limit"),
        "{}",
        refused.stderr
    );
}
