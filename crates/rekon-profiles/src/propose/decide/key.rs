//! Which columns name a payment, and which other columns are worth keeping.

use super::super::column::Column;
use super::super::draft::{Draft, Section, choice, list, pattern, quoted};
use super::super::narrative::Inside;
use super::super::numbers::count;
use super::super::relations::Together;
use super::super::roles::Role;
use super::super::words::{self, says};
use super::{Known, Names, push};

/// References that are looked at together; more is no report.
const TOGETHER: usize = 8;

/// Words of sentences that a question names.
const SENTENCES: usize = 3;

/// Combinations whose values are to be compared: each reference with the operation, and the
/// references among themselves.
pub(crate) fn candidates(columns: &[Column], roles: &[Role]) -> Vec<Vec<usize>> {
    let of = |role: Role| (0..roles.len()).filter(move |at| roles[*at] == role);
    let references: Vec<usize> = of(Role::Reference)
        .filter(|at| columns[*at].filled * 10 >= columns[*at].rows * 9)
        .collect();
    let mut wanted = Vec::new();
    for operation in of(Role::Operation).take(1) {
        wanted.extend(
            references
                .iter()
                .map(|reference| vec![*reference, operation]),
        );
    }
    let repeating: Vec<usize> = references
        .iter()
        .copied()
        .filter(|at| !columns[*at].is_unique() && columns[*at].is_constant().is_none())
        .take(TOGETHER)
        .collect();
    for (index, &one) in repeating.iter().enumerate() {
        for (place, &two) in repeating.iter().enumerate().skip(index + 1) {
            wanted.push(vec![one, two]);
            wanted.extend(
                repeating
                    .iter()
                    .skip(place + 1)
                    .map(|three| vec![one, two, *three]),
            );
        }
    }
    wanted
}

/// What could be the key, and why.
struct Candidate {
    columns: Vec<usize>,
    inside: Option<usize>,
    evidence: String,
}

pub(super) fn fields(known: &Known<'_>, names: &mut Names, draft: &mut Draft) {
    let found = found(known);
    // Only the ledger knows by what it calls a payment.
    let open = known.ledger.is_none_or(|ledger| ledger.key.is_none());
    let answer = match (open, &found[..]) {
        (false, _) => Answer::Known,
        (true, [only]) if only.columns.len() > 1 => Answer::Part,
        (true, _) => Answer::Offered,
    };
    let mut used: Vec<String> = Vec::new();
    let mut keyed: Vec<usize> = Vec::new();
    if found.is_empty() {
        let mut section = Section::new("", "field");
        section.ask(
            "key",
            format!(
                "no column of references is different on every row, alone or together with others; which fields name a payment?{}",
                repeats(known)
            ),
            Vec::new(),
        );
        section.note("Write key = \"text\" under those [[field]]s, or key = \"numeric\" where lost zeros are to be forgiven.");
        draft.sections.push(section);
    } else if open {
        let mut section = Section::new("", "field");
        section.ask("key", asks(known, &found), Vec::new());
        draft.sections.push(section);
    }
    for candidate in &found {
        for column in &candidate.columns {
            if keyed.contains(column) {
                continue;
            }
            keyed.push(*column);
            let own = &known.columns[*column];
            let name = key_name(known, *column, names);
            let mut section = Section::new("[[field]]", &format!("field {name}"));
            section.set("name", quoted(&name), "");
            section.set("columns", list([known.header(*column)]), "");
            strip(own, &mut section);
            key_line(known, *column, &candidate.evidence, answer, &mut section);
            damage(known, own, draft);
            draft.sections.push(section);
        }
        if let Some(inside) = candidate.inside {
            extract(
                known,
                &known.inside[inside],
                &candidate.evidence,
                open,
                names,
                draft,
            );
        }
    }
    for column in 0..known.columns.len() {
        if !keyed.contains(&column) {
            detail(known, column, names, &mut used, found.is_empty(), draft);
        }
    }
}

/// Which of them names a payment in the ledger, and what is known of that.
fn asks(known: &Known<'_>, found: &[Candidate]) -> String {
    let listed: Vec<String> = found
        .iter()
        .map(|candidate| label(known, candidate))
        .collect();
    let listed = listed.join("; ");
    match known.ledger {
        None => {
            let could = match found.len() {
                1 => format!("{listed} could be the key: does the ledger hold it?"),
                more => format!(
                    "{more} could each be the key: {listed}. Which one does the ledger hold?"
                ),
            };
            format!(
                "{could} `rekon inspect FILE --channel NAME` tries them against a channel's ledger"
            )
        }
        Some(ledger) if ledger.entries == 0 => format!(
            "the ledger of channel {} holds no entry of these dates, so it does not say which is the key; {listed} could be",
            ledger.channel
        ),
        Some(ledger) if ledger.rivals.is_empty() => format!(
            "no value of any column is among the references of the ledger of channel {}: is it the ledger of this file, and of these dates? By its own values {listed} could be the key",
            ledger.channel
        ),
        Some(ledger) => format!(
            "the ledger of channel {} has some values of {listed}, and does not say plainly which of its columns is the key",
            ledger.channel
        ),
    }
}

fn label(known: &Known<'_>, candidate: &Candidate) -> String {
    match candidate.inside {
        Some(inside) => {
            let inside = &known.inside[inside];
            format!(
                "a reference inside {}, like `{}`",
                known.named(inside.column),
                words::masked(&inside.example.1)
            )
        }
        None => known.all_named(&candidate.columns),
    }
}

fn repeats(known: &Known<'_>) -> String {
    let told: Vec<String> = known
        .of_role(Role::Reference)
        .into_iter()
        .filter_map(|column| {
            let own = &known.columns[column];
            let at = own.repeated.as_ref()?;
            Some(format!(
                "{} has {} again",
                known.named(column),
                own.show_at(at)
            ))
        })
        .take(4)
        .collect();
    if told.is_empty() {
        String::new()
    } else {
        format!(" ({})", told.join("; "))
    }
}

fn found(known: &Known<'_>) -> Vec<Candidate> {
    if let Some(join) = known.ledger.and_then(|ledger| ledger.key.as_ref()) {
        return vec![Candidate {
            columns: join.columns.iter().map(|part| part.column).collect(),
            inside: join.inside,
            evidence: join.evidence.clone(),
        }];
    }
    let rivals = known.ledger.map_or(&[][..], |ledger| &ledger.rivals);
    if !rivals.is_empty() {
        let candidates = rivals.iter().map(|rival| Candidate {
            columns: rival.columns.clone(),
            inside: rival.inside,
            evidence: rival.evidence.clone(),
        });
        return candidates.collect();
    }
    let operation = known.of_role(Role::Operation).first().copied();
    let mut found: Vec<Candidate> = Vec::new();
    for column in known.of_role(Role::Reference) {
        let own = &known.columns[column];
        if own.filled * 10 < own.rows * 9 || (own.rows > 1 && own.is_constant().is_some()) {
            continue;
        }
        let rows = count(own.rows);
        let looked = match own.compared < own.filled && own.repeated.is_none() {
            true => format!(" (of which {} were compared)", count(own.compared)),
            false => String::new(),
        };
        if own.is_unique() {
            found.push(Candidate {
                columns: vec![column],
                inside: None,
                evidence: format!("different on each of {rows} rows{looked}"),
            });
        } else if let Some(operation) = operation
            && together(known, &[column, operation]).is_some_and(|found| found.repeated.is_none())
        {
            found.push(Candidate {
                columns: vec![column],
                inside: None,
                evidence: format!(
                    "different on each of {rows} rows together with {}: what undoes a payment carries its reference",
                    known.named(operation)
                ),
            });
        }
    }
    for (index, inside) in known.inside.iter().enumerate() {
        if inside.repeated.is_some() || inside.is_doubtful {
            continue;
        }
        let evidence = if inside.found * 10 >= inside.rows * 9 {
            format!(
                "found in {} of {} rows, different each time",
                count(inside.found),
                count(inside.rows)
            )
        } else if let Some((side, code, rows)) = &inside.side
            && inside.found * 10 >= rows * 9
        {
            format!(
                "found in {} of {} rows with `{}` in {}, different each time, and in no other: it is the key while [[filter]] keeps that side alone",
                count(inside.found),
                count(*rows),
                words::masked(code),
                known.named(*side)
            )
        } else {
            continue;
        };
        found.push(Candidate {
            columns: Vec::new(),
            inside: Some(index),
            evidence,
        });
    }
    if found.is_empty() {
        found = in_some_sentences(known);
    }
    if found.is_empty() {
        let mut least = usize::MAX;
        for together in &known.relations.together {
            let is_key = together.repeated.is_none()
                && together
                    .columns
                    .iter()
                    .all(|column| known.roles[*column] == Role::Reference)
                && together.columns.len() <= least;
            if is_key {
                least = together.columns.len();
                found.push(Candidate {
                    columns: together.columns.clone(),
                    inside: None,
                    evidence: format!(
                        "different on each of {} rows only together: {}",
                        count(known.rows),
                        known.all_named(&together.columns)
                    ),
                });
            }
        }
        found.retain(|candidate| candidate.columns.len() == least);
    }
    found
}

/// Words of a narrative that are different wherever they stand, where no column is.
fn in_some_sentences(known: &Known<'_>) -> Vec<Candidate> {
    let some = |inside: &Inside| {
        inside.is_doubtful && inside.repeated.is_none() && inside.found * 10 >= inside.rows * 3
    };
    let mut places: Vec<usize> = (0..known.inside.len())
        .filter(|at| some(&known.inside[*at]))
        .collect();
    places.sort_by_key(|at| std::cmp::Reverse(known.inside[*at].found));
    let candidate = |at: usize| {
        let inside = &known.inside[at];
        Candidate {
            columns: Vec::new(),
            inside: Some(at),
            evidence: format!(
                "found in {} of {} rows, different each time",
                count(inside.found),
                count(inside.rows)
            ),
        }
    };
    places.into_iter().take(SENTENCES).map(candidate).collect()
}

/// Columns in whose sentences a key is proposed.
pub(super) fn told_in(known: &Known<'_>) -> Vec<usize> {
    let inside = found(known).into_iter().filter_map(|one| one.inside);
    inside.map(|at| known.inside[at].column).collect()
}

fn together<'k>(known: &'k Known<'_>, columns: &[usize]) -> Option<&'k Together> {
    known
        .relations
        .together
        .iter()
        .find(|together| together.columns == columns)
}

fn key_name(known: &Known<'_>, column: usize, names: &mut Names) -> String {
    let parts = known
        .ledger
        .and_then(|ledger| ledger.key.as_ref())
        .map(|join| &join.columns);
    let asked = parts.and_then(|parts| parts.iter().find(|part| part.column == column));
    match asked {
        Some(part) => part.field.clone(),
        None => names.of(known.header(column), column),
    }
}

fn strip(column: &Column, section: &mut Section) {
    if column.apostrophes > 0 {
        section.set(
            "strip_prefix",
            "\"'\"".to_owned(),
            format!(
                "{} of {} values begin with an apostrophe, which a spreadsheet is told text by",
                count(column.apostrophes),
                count(column.filled)
            ),
        );
    }
}

/// Whether the key of a proposal is known.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    /// By the ledger.
    Known,
    /// One of several answers, or none of them.
    Offered,
    /// A part of the only one: some of its columns alone would be another key.
    Part,
}

fn key_line(
    known: &Known<'_>,
    column: usize,
    evidence: &str,
    answer: Answer,
    section: &mut Section,
) {
    let own = &known.columns[column];
    let asked = known
        .ledger
        .and_then(|ledger| ledger.key.as_ref())
        .and_then(|join| join.columns.iter().find(|part| part.column == column));
    let spelling = if asked.is_some_and(|part| part.numeric) {
        "numeric"
    } else {
        "text"
    };
    if own.filled < own.rows {
        section.note(format!(
            "{} of {} rows have no value in it: such rows are rejected.",
            count(own.rows - own.filled),
            count(own.rows)
        ));
    }
    if own.number_cells > 0 && asked.is_none() {
        section.note(format!(
            "{} of {} are stored as numbers: zeros in front, if there were any, are lost. Where the ledger has them, key = \"numeric\" forgives it.",
            count(own.number_cells),
            count(own.filled)
        ));
    } else if own.leading_zeros > 0 && asked.is_none() {
        section.note(
            "Some begin with zeros: \"text\" keeps them, \"numeric\" takes 000123 and 123 for one.",
        );
    }
    match answer {
        Answer::Known => section.set("key", quoted(spelling), evidence.to_owned()),
        Answer::Offered => {
            section.note(format!("{evidence}."));
            section.offer(format!("key = \"{spelling}\""));
        }
        Answer::Part => section.fill(
            "key",
            format!(
                "a part of the key? It is {evidence}; where it is no part, take this line away"
            ),
            vec![choice(format!("key = \"{spelling}\""), "")],
            "\"\"",
        ),
    }
}

fn damage(known: &Known<'_>, column: &Column, draft: &mut Draft) {
    if let Some(at) = &column.rounded {
        draft.warnings.push(format!(
            "{} of {} values of {} were rounded by a spreadsheet, like {}: their last digits are lost for good, and such rows end as damaged_key. Ask for a file that no spreadsheet has saved",
            count(column.rounded_count),
            count(column.filled),
            known.named(column.index),
            column.show_at(at)
        ));
    }
}

fn extract(
    known: &Known<'_>,
    inside: &Inside,
    evidence: &str,
    open: bool,
    names: &mut Names,
    draft: &mut Draft,
) {
    let asked = known
        .ledger
        .and_then(|ledger| ledger.key.as_ref())
        .and_then(|join| join.inside_field.clone());
    let stem = if inside.prefix.is_empty() {
        "reference_in"
    } else {
        &inside.prefix
    };
    let name = asked.unwrap_or_else(|| names.of(&format!("{stem} id"), inside.column));
    let mut section = Section::new("[[field]]", &format!("field {name}"));
    section.set("name", quoted(&name), "");
    if open {
        section.note(format!("{evidence}."));
        section.offer("key = \"text\"");
    } else {
        section.set("key", "\"text\"".to_owned(), evidence.to_owned());
    }
    draft.sections.push(section);
    let mut section = Section::new("[[extract]]", "extract");
    section.set("columns", list([known.header(inside.column)]), "");
    section.set(
        "pattern",
        pattern(&inside.pattern(&name)),
        format!(
            "in {} of {} rows; the first is `{}` (row {})",
            count(inside.found),
            count(inside.rows),
            words::masked(&inside.example.1),
            inside.example.0
        ),
    );
    if let Some(row) = inside.without.filter(|_| inside.is_doubtful) {
        section.note(format!(
            "{} rows hold none, the first row {row}: if this is the key they are rejected, unless a [[filter]] leaves them out.",
            count(inside.rows - inside.found)
        ));
    }
    push(draft, section);
}

/// Fields that are no key: what finance looks for, and what has to be masked.
fn detail(
    known: &Known<'_>,
    column: usize,
    names: &mut Names,
    used: &mut Vec<String>,
    key_is_open: bool,
    draft: &mut Draft,
) {
    let own = &known.columns[column];
    let header = known.header(column);
    let (wanted, told) = match known.roles[column] {
        Role::Reference => {
            let merchant = says(
                header,
                &[
                    "invoice", "faktur", "order", "pesanan", "partner", "mitra", "merchant",
                ],
            );
            (merchant.map(|_| "reference"), String::new())
        }
        Role::Product => (Some("product"), String::new()),
        Role::Personal => (Some("customer"), personal_evidence(own)),
        Role::Bearer => {
            let word = says(header, words::BEARER).unwrap_or("token");
            (
                None,
                format!("its header says \"{word}\": whoever knows it can spend it"),
            )
        }
        _ => return,
    };
    let name = wanted
        .and_then(|name| names.known(name, used))
        .unwrap_or_else(|| names.of(header, column));
    let mut section = Section::new("[[field]]", &format!("field {name}"));
    if let Some(only) = own.is_constant().filter(|_| own.rows > 1) {
        section.note(format!("The same on every row: `{}`.", own.show(only)));
    }
    section.set("name", quoted(&name), "");
    section.set("columns", list([header]), "");
    strip(own, &mut section);
    match known.roles[column] {
        Role::Personal => section.set("personal", "true".to_owned(), told),
        Role::Bearer => section.set("bearer", "true".to_owned(), told),
        role => {
            damage(known, own, draft);
            let fills = own.filled * 10 >= own.rows * 9 && own.is_constant().is_none();
            if key_is_open && role == Role::Reference && fills {
                section.offer("key = \"text\"");
            }
        }
    }
    draft.sections.push(section);
}

fn personal_evidence(column: &Column) -> String {
    let (filled, word) = (count(column.filled), words::names_a_person(&column.header));
    if column.phones * 10 >= column.filled * 8 {
        format!(
            "{} of {filled} values are phone numbers; masked wherever they are shown",
            count(column.phones)
        )
    } else if column.addresses * 10 >= column.filled * 8 {
        format!(
            "{} of {filled} values are mail addresses; masked wherever they are shown",
            count(column.addresses)
        )
    } else {
        let word = word
            .or_else(|| says(&column.header, words::PHONE))
            .unwrap_or("customer");
        format!("its header says \"{word}\"; masked wherever it is shown")
    }
}
