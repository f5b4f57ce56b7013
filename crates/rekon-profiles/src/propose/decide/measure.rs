//! One column of money: its style, unit and sign. Whatever is open keeps its `columns` from counting.

use super::super::column::Column;
use super::super::draft::{Choice, Section, choice, list};
use super::super::numbers::{Style, count, rupiah};
use super::super::relations::Signs;
use super::super::roles::Role;
use super::super::words::{self, says};
use super::Known;
use super::money::Chosen;
use crate::domain::money::Money;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Amount,
    Fee,
    Net,
}

pub(super) fn column_choice(known: &Known<'_>, column: usize) -> Choice {
    let shown = &known.columns[column];
    let first: Vec<String> = shown
        .first
        .iter()
        .take(2)
        .map(|(_, value)| shown.show(value))
        .collect();
    choice(
        format!("columns = {}", list([known.header(column)])),
        format!("{}, …", first.join(", ")),
    )
}

/// Styles of columns that are still to be chosen from.
pub(super) fn style_notes(known: &Known<'_>, columns: &[usize], section: &mut Section) {
    let styles: Vec<&Style> = columns
        .iter()
        .filter_map(|column| known.style_of(*column))
        .collect();
    if let Some(Style::Declared {
        style,
        name,
        evidence,
    }) = styles.first()
        && styles
            .iter()
            .all(|other| matches!(other, Style::Declared { style: same, .. } if same == style))
    {
        section.set("number_style", format!("\"{name}\""), evidence.clone());
        return;
    }
    for column in columns {
        match known.style_of(*column) {
            Some(Style::Declared { name, evidence, .. }) => {
                section.note(format!(
                    "With {} goes number_style = \"{name}\": {evidence}.",
                    known.named(*column)
                ));
            }
            Some(Style::Open { asks, choices }) => {
                let names: Vec<&str> = choices.iter().map(|choice| choice.0).collect();
                section.note(format!(
                    "With {} goes a number_style ({}): {asks}.",
                    known.named(*column),
                    names.join(" or ")
                ));
            }
            _ => {}
        }
    }
    let styled = columns.iter().any(|column| {
        matches!(
            known.style_of(*column),
            Some(Style::Declared { .. } | Style::Open { .. })
        )
    });
    if styled {
        section.fill(
            "number_style",
            "the one that goes with the column you choose",
            ["id", "en", "plain"]
                .map(|name| choice(format!("number_style = \"{name}\""), ""))
                .to_vec(),
            "\"\"",
        );
    }
}

/// Columns, style, unit and sign of one part.
pub(super) fn one_column(
    known: &Known<'_>,
    column: usize,
    evidence: &str,
    kind: Kind,
    chosen: &Chosen,
    section: &mut Section,
) {
    let own = &known.columns[column];
    let mut style_told = String::new();
    match known.style_of(column) {
        Some(Style::Open { asks, choices }) => {
            let choices = choices
                .iter()
                .map(|(name, _, comes_to)| {
                    choice(format!("number_style = \"{name}\""), comes_to.clone())
                })
                .collect();
            section.fill("number_style", asks.clone(), choices, "\"\"");
        }
        Some(Style::Declared { name, evidence, .. }) => {
            section.set("number_style", format!("\"{name}\""), evidence.clone());
        }
        Some(Style::Any { evidence }) => {
            style_told = format!(
                "; {evidence}, so no number_style is declared and a later `1.500` would be refused"
            );
        }
        None => {}
    }
    unit(known, own, kind, chosen, section);
    sign(known, column, kind, chosen, section);
    if own.filled < own.rows {
        section.note(format!(
            "{} of {} rows have no value in it{}.",
            count(own.rows - own.filled),
            count(own.rows),
            if kind == Kind::Amount {
                ": such rows are rejected"
            } else {
                ""
            }
        ));
    }
    let line = list([known.header(column)]);
    section.set("columns", line, format!("{evidence}{style_told}"));
}

/// Why amounts could be sen as well, and the largest in either reading.
pub(super) fn unit_doubt(known: &Known<'_>, column: &Column) -> Option<(String, Money, Money)> {
    let fractions =
        |other: &&Column| known.roles[other.index].is_money() && other.numbers.fractions > 0;
    // A file counts in one unit.
    if known.columns.iter().any(|other| fractions(&other)) {
        return None;
    }
    let numbers = &column.numbers;
    let tally = known.reads(column.index)?;
    let (low, high) = (tally.low?.abs(), tally.high?.abs());
    let largest = if low > high { low } else { high };
    let as_sen = Money::from_sen(largest.split().0.try_into().unwrap_or(i64::MAX));
    if let Some(word) = says(&column.header, &["sen", "cent", "cents", "minor"]) {
        return Some((format!("its header says \"{word}\""), largest, as_sen));
    }
    // Below a thousand rupiah nobody settles a payment: the largest would be a typing error.
    let both = numbers.hundreds == column.filled && as_sen >= Money::from_rupiah(1_000);
    both.then(|| ("every value ends in 00".to_owned(), largest, as_sen))
}

/// Rupiah or sen; asked where both could be.
pub(super) fn unit(
    known: &Known<'_>,
    column: &Column,
    kind: Kind,
    chosen: &Chosen,
    section: &mut Section,
) {
    if let Some(amount) = known.ledger.and_then(|ledger| ledger.amount.as_ref()) {
        if amount.minor {
            section.set(
                "unit",
                "\"minor\"".to_owned(),
                "the ledger's amounts say so",
            );
        }
        return;
    }
    let asked = match kind {
        Kind::Amount => unit_doubt(known, column),
        Kind::Fee | Kind::Net => chosen.unit_is_open.then(|| {
            (
                "the amounts could be either".to_owned(),
                Money::ZERO,
                Money::ZERO,
            )
        }),
    };
    let Some((hint, largest, as_sen)) = asked else {
        return;
    };
    let told = |money: Money| match kind {
        Kind::Amount => format!("the largest is {}", rupiah(money)),
        Kind::Fee | Kind::Net => "the same answer as under [amount]".to_owned(),
    };
    section.fill(
        "unit",
        format!("{hint}: are these rupiah, or sen (1/100 rupiah)? A wrong answer is wrong by a factor of 100"),
        vec![
            choice("unit = \"rupiah\"", told(largest)),
            choice("unit = \"minor\"", told(as_sen)),
        ],
        "\"\"",
    );
}

/// What a minus says.
pub(super) fn sign(
    known: &Known<'_>,
    column: usize,
    kind: Kind,
    chosen: &Chosen,
    section: &mut Section,
) {
    let own = &known.columns[column];
    let negative = own.numbers.negative;
    if negative == 0 || kind == Kind::Net {
        return;
    }
    // On a row whose operation undoes a payment the sign says nothing more.
    let left = negative_payments(known, column);
    let signs = left.unwrap_or(Signs {
        rows: own.rows,
        negative,
        positive: own.filled - negative - own.numbers.zero,
        ..Signs::default()
    });
    let (of, all) = (count(signs.negative), count(signs.rows));
    if signs.negative == 0 {
        section.note(format!(
            "All {} negative values stand on rows whose operation undoes a payment: their sign says nothing more.",
            count(negative)
        ));
        return;
    }
    let proven = chosen.amount.is_some_and(|amount| {
        known
            .relations
            .sums
            .iter()
            .any(|sum| sum.parts.contains(&amount) && sum.parts.contains(&column))
    });
    if kind == Kind::Fee && signs.positive == 0 && proven {
        section.set(
            "negative",
            "\"deduction\"".to_owned(),
            format!("{of} of {all} payments have a negative fee and none a positive one; added to the amount it makes the net"),
        );
        return;
    }
    let mut choices = vec![choice(
        "negative = \"deduction\"",
        "the file writes what is taken from us with a minus",
    )];
    if kind == Kind::Amount {
        choices = vec![
            choice(
                "negative = \"refund\"",
                "a negative row pays a customer back",
            ),
            choice(
                "negative = \"reversal\"",
                "a negative row undoes a payment that failed",
            ),
            choice(
                "negative = \"void\"",
                "a negative row cancels a payment of the same day",
            ),
            choices.remove(0),
        ];
    }
    section.fill(
        "negative",
        format!(
            "{of} of {all} rows of payments have a negative value here; what does the minus say?"
        ),
        choices,
        "\"\"",
    );
}

/// Signs on rows that are payments by their operation; `None` where no column says operations.
fn negative_payments(known: &Known<'_>, column: usize) -> Option<Signs> {
    let [operation] = known.of_role(Role::Operation)[..] else {
        return None;
    };
    let mut signs = Signs::default();
    for ((codes, value, money), counted) in &known.relations.signs {
        let undoes = words::kind_of(value).is_some_and(|kind| kind != "payment");
        if *codes == operation && *money == column && !undoes {
            signs.rows += counted.rows;
            signs.negative += counted.negative;
            signs.positive += counted.positive;
        }
    }
    Some(signs)
}
