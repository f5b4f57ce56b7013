//! Which number style a column of amounts is written in, and what stays open.

use super::column::{Column, STYLES};
use crate::domain::money::{Money, NumberStyle};

/// What the values of a column say about their style.
#[derive(Clone, Debug)]
pub(super) enum Style {
    /// Every style reads them alike: nothing is declared, so that a later `1.500` is refused.
    Any { evidence: String },
    /// One style reads them all.
    Declared {
        style: NumberStyle,
        name: &'static str,
        evidence: String,
    },
    /// Several styles read them, and differently.
    Open {
        asks: String,
        /// Style and what its reading comes to.
        choices: Vec<(&'static str, NumberStyle, String)>,
    },
}

impl Style {
    pub fn read_with(&self) -> NumberStyle {
        match self {
            Style::Any { .. } => NumberStyle::Undeclared,
            Style::Declared { style, .. } => *style,
            Style::Open { choices, .. } => choices
                .first()
                .map_or(NumberStyle::Undeclared, |choice| choice.1),
        }
    }
}

/// `siblings` are the other columns of money: a file is written in one style, and one of them may
/// prove which.
pub(super) fn style_of(column: &Column, siblings: &[&Column]) -> Style {
    let own = alone(column);
    let Style::Open { choices, .. } = &own else {
        return own;
    };
    for sibling in siblings {
        if let Style::Declared {
            style,
            name,
            evidence,
        } = alone(sibling)
            && choices.iter().any(|choice| choice.1 == style)
        {
            return Style::Declared {
                style,
                name,
                evidence: format!(
                    "both readings fit its own values; \"{}\" of the same file is written in style \"{name}\": {evidence}",
                    sibling.header
                ),
            };
        }
    }
    own
}

fn alone(column: &Column) -> Style {
    let numbers = &column.numbers;
    let filled = column.filled;
    let most = numbers
        .styles
        .iter()
        .map(|style| style.reads)
        .max()
        .unwrap_or(0);
    let of = |reads: u64| format!("{} of {} values", count(reads), count(filled));
    let refused = |index: usize| {
        let refused = numbers.styles[index].refused.as_ref();
        refused.map_or(String::new(), |at| {
            format!("; not a number: {}", column.show_at(at))
        })
    };
    let plain = numbers.styles[0].reads == most && numbers.undeclared == most;
    if plain && numbers.differs.is_none() && column.number_cells < column.filled {
        let digits = column.digits == filled;
        return Style::Any {
            evidence: match digits {
                true => format!("{} are digits alone", of(most)),
                false => format!("{} are plain numbers{}", of(most), refused(0)),
            },
        };
    }
    if column.number_cells > 0 && column.number_cells >= most {
        return Style::Any {
            evidence: format!(
                "{} are stored as numbers by the workbook",
                of(column.number_cells)
            ),
        };
    }
    let fits: Vec<usize> = (0..STYLES.len())
        .filter(|index| numbers.styles[*index].reads == most)
        .collect();
    let sums: Vec<Money> = fits
        .iter()
        .map(|index| numbers.styles[*index].sum)
        .collect();
    let same = numbers.differs.is_none() || sums.len() == 1;
    match fits.first() {
        Some(&only) if same => {
            let (style, name) = STYLES[only];
            let others: Vec<String> = (0..STYLES.len())
                .filter(|index| !fits.contains(index))
                .filter_map(|index| {
                    let at = numbers.styles[index].refused.as_ref()?;
                    Some(format!(
                        "\"{}\" cannot read {}",
                        STYLES[index].1,
                        column.show_at(at)
                    ))
                })
                .collect();
            Style::Declared {
                style,
                name,
                evidence: format!(
                    "{} are numbers in style \"{name}\"{}{}",
                    of(most),
                    if others.is_empty() {
                        String::new()
                    } else {
                        format!(" ({})", others.join(", "))
                    },
                    refused(only)
                ),
            }
        }
        _ => {
            let mut choices: Vec<(&'static str, NumberStyle, String)> = Vec::new();
            // Where the plain and the English reading agree, one of them is enough to choose from.
            for &index in [1, 2, 0].iter().filter(|index| fits.contains(index)) {
                let tally = &numbers.styles[index];
                let (style, name) = STYLES[index];
                let known = choices.iter().any(|(_, other, _)| {
                    STYLES
                        .iter()
                        .position(|(known, _)| known == other)
                        .is_some_and(|at| numbers.styles[at].sum == tally.sum)
                });
                if !known {
                    choices.push((
                        name,
                        style,
                        format!(
                            "from {} to {}, together {}",
                            rupiah(tally.low.unwrap_or_default()),
                            rupiah(tally.high.unwrap_or_default()),
                            rupiah(tally.sum)
                        ),
                    ));
                }
            }
            let example = numbers.differs.as_ref();
            Style::Open {
                asks: example.map_or_else(
                    || "no value says in which style its numbers are written".to_owned(),
                    |(row, value, reads)| {
                        let reads: Vec<String> = reads
                            .iter()
                            .filter(|(name, _)| choices.iter().any(|choice| choice.0 == *name))
                            .map(|(name, money)| format!("{} in style \"{name}\"", rupiah(*money)))
                            .collect();
                        format!(
                            "`{}` (row {row}) is {}; no value of the column tells which",
                            column.show(value),
                            reads.join(" and ")
                        )
                    },
                ),
                choices,
            }
        }
    }
}

/// A count as people read it: `1,234`.
pub(super) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `IDR 1,500,000.00`.
pub(super) fn rupiah(money: Money) -> String {
    let (whole, sen) = money.abs().split();
    let whole = u64::try_from(whole).map_or_else(|_| whole.to_string(), count);
    let sign = if money.is_negative() { "-" } else { "" };
    format!("IDR {sign}{whole}.{sen:02}")
}
