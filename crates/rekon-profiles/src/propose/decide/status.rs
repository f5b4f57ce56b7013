//! Status and operation: codes are mapped by words that plainly say it, and asked otherwise.

use super::super::draft::{Choice, Draft, Section, choice, list, pattern, quoted};
use super::super::numbers::count;
use super::super::roles::Role;
use super::super::words;
use super::money::Chosen;
use super::{Known, push};
use crate::sides::AccountSide;

pub(super) fn sections(known: &Known<'_>, chosen: &Chosen, draft: &mut Draft) {
    sides(known, draft);
    carried_sides(known, chosen, draft);
    operation(known, chosen, draft);
    status(known, draft);
}

/// A column of debits and credits.
fn sides(known: &Known<'_>, draft: &mut Draft) {
    for column in known.of_role(Role::Side) {
        let Some(values) = &known.columns[column].values else {
            continue;
        };
        let mut section = Section::new("[[filter]]", "filter");
        section.set(
            "columns",
            list([known.header(column)]),
            "its values are the two sides of an account",
        );
        let choices = values
            .iter()
            .map(|(value, rows)| {
                choice(
                    format!(
                        "include = {}",
                        pattern(&format!("(?i)^{}$", regex::escape(value)))
                    ),
                    format!("{} rows{}", count(*rows), with_references(known, value)),
                )
            })
            .collect();
        section.ask(
            "include",
            "which side is the money this channel is about? The rows of the other side are left out; where they pay back payments of this side, delete this [[filter]] and describe the column under [operation]",
            choices,
        );
        draft.sections.push(section);
    }
    for column in known.of_role(Role::Currency) {
        let Some(values) = &known.columns[column].values else {
            continue;
        };
        let is_rupiah = |value: &String| {
            matches!(
                value.to_uppercase().as_str(),
                "IDR" | "RP" | "360" | "RUPIAH"
            )
        };
        if values.keys().all(is_rupiah) {
            continue;
        }
        let listed: Vec<String> = values
            .iter()
            .map(|(value, rows)| format!("{value} on {} rows", count(*rows)))
            .collect();
        draft.warnings.push(format!(
            "{} says {}; rekon counts rupiah alone",
            known.named(column),
            words::masked(&listed.join(", "))
        ));
        let mut section = Section::new("[[filter]]", "filter");
        section.set(
            "columns",
            list([known.header(column)]),
            "it names currencies",
        );
        let choices = values
            .iter()
            .filter(|(value, _)| is_rupiah(value))
            .map(|(value, rows)| {
                choice(
                    format!(
                        "include = {}",
                        pattern(&format!("(?i)^{}$", regex::escape(value)))
                    ),
                    format!("{} rows", count(*rows)),
                )
            })
            .collect();
        section.ask(
            "include",
            "only rows in rupiah can be reconciled; keep them alone?",
            choices,
        );
        draft.sections.push(section);
    }
}

/// Whether the rows of a side are those whose narrative holds a reference.
fn with_references(known: &Known<'_>, value: &str) -> &'static str {
    let of_it = known
        .inside
        .iter()
        .filter(|inside| !inside.is_doubtful)
        .filter_map(|inside| inside.side.as_ref())
        .any(|(_, code, _)| code == value);
    if of_it {
        ", those with a reference in their narrative"
    } else {
        ""
    }
}

/// Amounts that carry their side: `799,700.00 CR`.
fn carried_sides(known: &Known<'_>, chosen: &Chosen, draft: &mut Draft) {
    let Some(amount) = chosen.amount else { return };
    let own = &known.columns[amount];
    if !own.numbers.have_sides() {
        return;
    }
    let mut section = Section::new("[side]", "side");
    for (side, (rows, first)) in &own.numbers.sides {
        let (key, of) = match side {
            Some(AccountSide::Credit) => ("credit", "of the credit side"),
            Some(AccountSide::Debit) => ("debit", "of the debit side"),
            None => ("unmarked", "without a side"),
        };
        let kinds = KINDS.iter();
        let kinds = kinds.map(|(kind, remark)| choice(format!("{key} = \"{kind}\""), *remark));
        let mut choices: Vec<Choice> = kinds.collect();
        choices.extend(side.map(|side| without_side(known, amount, side)));
        section.fill(
            key,
            format!(
                "what do the {} rows {of} record, the first of which is row {first}?",
                count(*rows)
            ),
            choices,
            "\"\"",
        );
    }
    draft.sections.push(section);
}

/// Leaves the rows of a side out.
fn without_side(known: &Known<'_>, amount: usize, side: AccountSide) -> Choice {
    let words = match side {
        AccountSide::Credit => "C|CR|K|KR|KREDIT|CREDIT",
        AccountSide::Debit => "D|DB|DR|DEBET|DEBIT",
    };
    let exclude = pattern(&format!("(?i)^\\W*({words})\\b|\\b({words})\\W*$"));
    Choice {
        line: format!(
            "a [[filter]] with columns = {} and exclude = {exclude}",
            list([known.header(amount)])
        ),
        remark: "in place of the line below, leaves these rows out".to_owned(),
    }
}

const KINDS: [(&str, &str); 5] = [
    ("payment", "money for a sale"),
    ("refund", "pays a customer back"),
    ("reversal", "undoes a payment that failed"),
    ("void", "cancels a payment of the same day"),
    ("fee", "what the provider keeps, by a row of its own"),
];

fn operation(known: &Known<'_>, chosen: &Chosen, draft: &mut Draft) {
    let columns = known.of_role(Role::Operation);
    let column = match &columns[..] {
        [] => return,
        [only] => *only,
        several => {
            draft.warnings.push(format!(
                "{} could each say what a row records; the first is proposed under [operation]",
                known.all_named(several)
            ));
            several[0]
        }
    };
    let own = &known.columns[column];
    let Some(values) = &own.values else { return };
    let mut section = Section::new("[operation]", "operation");
    section.set(
        "columns",
        format!("[{}]", list([known.header(column)])),
        format!(
            "{} values, some of which name operations",
            count(values.len() as u64)
        ),
    );
    let payments: Vec<&String> = values
        .keys()
        .filter(|value| words::kind_of(value) == Some("payment"))
        .collect();
    match &payments[..] {
        [only] => section.set("default", quoted(only), "what a row is whose cell is empty"),
        _ => {
            let choices = values
                .keys()
                .map(|value| choice(format!("default = {}", quoted(value)), ""))
                .collect();
            section.ask("default", "which of them is the usual payment?", choices);
        }
    }
    draft.sections.push(section);
    for (value, rows) in values {
        let mut section = Section::new(
            "[[operation.map]]",
            &format!("operation.map `{}`", words::masked(value)),
        );
        section.note(format!(
            "{} rows{}.",
            count(*rows),
            signs(known, chosen, column, value)
        ));
        section.set("name", quoted(value), "");
        section.set("codes", list([value.as_str()]), "");
        match words::kind_of(value) {
            Some(kind) => section.set(
                "kind",
                quoted(kind),
                format!("the word \"{value}\" says so"),
            ),
            None => {
                let kinds = KINDS.iter();
                let kinds =
                    kinds.map(|(kind, remark)| choice(format!("kind = \"{kind}\""), *remark));
                let mut choices: Vec<Choice> = kinds.collect();
                choices.push(left_out(known, column, value));
                section.ask(
                    "kind",
                    format!(
                        "what does `{}` record?{}",
                        words::masked(value),
                        on_one_side(known, column, value)
                    ),
                    choices,
                );
            }
        }
        draft.sections.push(section);
    }
}

/// Rows that are no transactions of this channel. They are left out before anybody asks what they
/// record, so that nothing is left to say of them.
fn left_out(known: &Known<'_>, column: usize, value: &str) -> Choice {
    let value = pattern(&format!("(?i)^{}$", regex::escape(value)));
    Choice {
        line: format!(
            "[[filter]]\ncolumns = {}\nexclude = {value}",
            list([known.header(column)])
        ),
        remark: "leaves these rows out: delete the [[operation.map]] above".to_owned(),
    }
}

/// Where a row has its amount on one of two sides, rows of the other are filtered.
fn on_one_side(known: &Known<'_>, column: usize, value: &str) -> String {
    let (debits, credits) = (known.of_role(Role::Debit), known.of_role(Role::Credit));
    let ([debit], [credit]) = (&debits[..], &credits[..]) else {
        return String::new();
    };
    let moved = |money: usize| {
        let counted = known
            .relations
            .signs
            .get(&(column, value.to_owned(), money));
        counted.map_or(0, |signs| signs.positive + signs.negative)
    };
    let side = match (moved(*debit), moved(*credit)) {
        (0, 0) => return String::new(),
        (_, 0) => *debit,
        (0, _) => *credit,
        _ => return String::new(),
    };
    format!(
        " All its rows have their amount in {}: where [[filter]] keeps the other column they are left out, and this [[operation.map]] can be deleted",
        known.named(side)
    )
}

fn signs(known: &Known<'_>, chosen: &Chosen, column: usize, value: &str) -> String {
    let Some(amount) = chosen.amount else {
        return String::new();
    };
    let key = (column, value.to_owned(), amount);
    match known.relations.signs.get(&key) {
        Some(signs) if signs.negative == signs.rows => ", all with a negative amount".to_owned(),
        Some(signs) if signs.negative > 0 => {
            format!(", {} with a negative amount", count(signs.negative))
        }
        Some(signs) if signs.rows > 0 => ", none with a negative amount".to_owned(),
        _ => String::new(),
    }
}

const STATUSES: [(&str, &str); 6] = [
    ("success", "the money moved"),
    ("pending", "not decided yet"),
    ("failed", "no money moved"),
    ("failed-refunded", "it moved, and came back to the customer"),
    ("reversed", "undone"),
    (
        "unknown",
        "nobody can say; it is looked after like a pending one",
    ),
];

fn status(known: &Known<'_>, draft: &mut Draft) {
    let columns = known.of_role(Role::Status);
    let mut empty = known.of_role(Role::Empty);
    empty.extend(known.of_role(Role::Twin));
    empty.retain(|column| words::says(known.header(*column), words::STATUS).is_some());
    let mut section = Section::new("[status]", "status");
    match &columns[..] {
        [] if !empty.is_empty() => {
            let choices = empty
                .iter()
                .map(|column| choice(format!("columns = {}", list([known.header(*column)])), ""))
                .collect();
            section.ask(
                "columns",
                format!(
                    "{} says by its name whether a payment succeeded and cannot be read here (empty, or a name given twice); once it can, say what each value means with one [[status.map]] for each meaning",
                    known.all_named(&empty)
                ),
                choices,
            );
            draft.sections.push(section);
        }
        [] => {
            section.ask(
                "constant",
                "no column says whether a payment succeeded; does the provider list only those that did? If not, ask for a report that tells",
                vec![choice("constant = \"success\"", "every row was paid")],
            );
            draft.sections.push(section);
        }
        [only] => {
            let word = super::super::words::says(known.header(*only), words::STATUS);
            section.set(
                "columns",
                list([known.header(*only)]),
                match word {
                    Some(word) => format!("its header says \"{word}\""),
                    None => "its values are words of success and failure".to_owned(),
                },
            );
            draft.sections.push(section);
            codes(known, *only, draft);
        }
        several => {
            let choices = several
                .iter()
                .map(|column| {
                    let values = known.columns[*column].values.iter().flatten();
                    let values: Vec<&str> =
                        values.map(|(value, _)| value.as_str()).take(6).collect();
                    choice(
                        format!("columns = {}", list([known.header(*column)])),
                        words::masked(&values.join(", ")),
                    )
                })
                .collect();
            section.ask(
                "columns",
                format!(
                    "{} could each say whether a payment succeeded",
                    known.all_named(several)
                ),
                choices,
            );
            section.note("Then say what each value means, with one [[status.map]] for each meaning: codes = [\"…\"] and is = \"success\", \"pending\", \"failed\", \"failed-refunded\", \"reversed\" or \"unknown\".");
            draft.sections.push(section);
        }
    }
}

fn codes(known: &Known<'_>, column: usize, draft: &mut Draft) {
    let own = &known.columns[column];
    let Some(values) = &own.values else {
        draft.warnings.push(format!(
            "{} has too many different values to be a status; map those you know under [[status.map]]",
            known.named(column)
        ));
        return;
    };
    for is in ["success", "pending", "failed"] {
        let said: Vec<(&String, u64)> = values
            .iter()
            .filter(|(value, _)| words::status_of(value) == Some(is))
            .map(|(value, rows)| (value, *rows))
            .collect();
        if said.is_empty() {
            continue;
        }
        let mut section = Section::new("[[status.map]]", &format!("status.map {is}"));
        // The profile compares codes without regard to case, and takes each once.
        let mut once: Vec<&str> = Vec::new();
        for (value, _) in &said {
            if !once.iter().any(|known| known.eq_ignore_ascii_case(value)) {
                once.push(value);
            }
        }
        let told: Vec<String> = said
            .iter()
            .map(|(value, rows)| format!("\"{value}\" on {} rows", count(*rows)))
            .collect();
        section.set("codes", list(once), told.join(", "));
        section.set(
            "is",
            quoted(is),
            "the word says so; that this provider means it so is for its documents to confirm",
        );
        draft.sections.push(section);
    }
    let mut unknown: Vec<(&str, u64)> = values
        .iter()
        .filter(|(value, _)| words::status_of(value).is_none())
        .map(|(value, rows)| (value.as_str(), *rows))
        .collect();
    if own.filled < own.rows {
        unknown.push(("", own.rows - own.filled));
    }
    for (value, rows) in unknown {
        let shown = if value.is_empty() {
            "an empty cell".to_owned()
        } else {
            format!("`{}`", words::masked(value))
        };
        let mut section = Section::new("[[status.map]]", &format!("status.map {shown}"));
        section.set("codes", list([value]), format!("{} rows", count(rows)));
        let choices: Vec<Choice> = STATUSES
            .iter()
            .map(|(is, remark)| choice(format!("is = \"{is}\""), *remark))
            .collect();
        section.ask(
            "is",
            format!("what does {shown} mean? Nothing is taken for success by its looks"),
            choices,
        );
        push(draft, section);
    }
}
