//! Amount, fee and net: which columns, in which style, unit and sign.

use std::collections::BTreeMap;

use super::super::column::Column;
use super::super::draft::{Choice, Draft, Section, choice, list};
use super::super::numbers::{Style, count, rupiah, style_of};
use super::super::relations::Sum;
use super::super::roles::Role;
use super::super::words::{self, says};
use super::measure::{Kind, column_choice, one_column, sign, style_notes, unit, unit_doubt};
use super::{Known, push};
use crate::domain::money::Money;

/// The columns that became amount, fee and net, for the sections that come after.
#[derive(Clone, Debug, Default)]
pub(crate) struct Chosen {
    pub amount: Option<usize>,
    pub fee: Vec<usize>,
    pub net: Option<usize>,
    /// Rupiah or sen is a question, and the fee's answer is that of the amount.
    pub unit_is_open: bool,
    /// All columns of money that a key of the proposal names, even below a question.
    pub named: Vec<usize>,
}

/// The style of every column of money.
pub(crate) fn styles(columns: &[Column], roles: &[Role]) -> BTreeMap<usize, Style> {
    let money: Vec<&Column> = columns
        .iter()
        .filter(|column| roles[column.index].is_money())
        .collect();
    money
        .iter()
        .map(|column| {
            let siblings: Vec<&Column> = money
                .iter()
                .copied()
                .filter(|other| other.index != column.index)
                .collect();
            (column.index, style_of(column, &siblings))
        })
        .collect()
}

pub(super) fn sections(known: &Known<'_>, draft: &mut Draft) -> Chosen {
    let mut chosen = Chosen::default();
    let (debits, credits) = (known.of_role(Role::Debit), known.of_role(Role::Credit));
    if let ([debit], [credit]) = (&debits[..], &credits[..]) {
        two_sides(known, *debit, *credit, draft);
        chosen.named = vec![*debit, *credit];
        return chosen;
    }
    let amount = amount_of(known);
    let proof = amount.sole().and_then(|amount| proof_of(known, amount));
    chosen.amount = amount.sole();
    chosen.named = amount.columns();
    let mut section = Section::new("[amount]", "amount");
    match &amount {
        Picked::Sole(column, evidence) => {
            let mut evidence = evidence.clone();
            if let Some(proof) = &proof {
                evidence.push_str(&format!("; {}", proof.told));
            }
            chosen.unit_is_open = known
                .ledger
                .and_then(|ledger| ledger.amount.as_ref())
                .is_none()
                && unit_doubt(known, &known.columns[*column]).is_some();
            one_column(
                known,
                *column,
                &evidence,
                Kind::Amount,
                &chosen,
                &mut section,
            );
        }
        Picked::Several(columns, asks) => {
            let choices = columns
                .iter()
                .map(|column| column_choice(known, *column))
                .collect();
            section.ask("columns", asks.clone(), choices);
            style_notes(known, columns, &mut section);
            let doubted = columns
                .iter()
                .find(|column| unit_doubt(known, &known.columns[**column]).is_some());
            if let Some(column) = doubted {
                chosen.unit_is_open = true;
                unit(
                    known,
                    &known.columns[*column],
                    Kind::Amount,
                    &chosen,
                    &mut section,
                );
            }
        }
        Picked::None => section.ask(
            "columns",
            "no column of numbers was found that could be the amount; name it",
            Vec::new(),
        ),
    }
    let undecided = section.has_question();
    draft.sections.push(section);
    let fees = known.of_role(Role::Fee);
    let fees: Vec<usize> = fees
        .into_iter()
        .filter(|fee| Some(*fee) != chosen.amount)
        .collect();
    fee_section(known, &fees, proof.as_ref(), &mut chosen, undecided, draft);
    net_section(known, proof.as_ref(), &mut chosen, draft);
    chosen
}

enum Picked {
    Sole(usize, String),
    Several(Vec<usize>, String),
    None,
}

impl Picked {
    fn sole(&self) -> Option<usize> {
        match self {
            Picked::Sole(column, _) => Some(*column),
            _ => None,
        }
    }

    fn columns(&self) -> Vec<usize> {
        match self {
            Picked::Sole(column, _) => vec![*column],
            Picked::Several(columns, _) => columns.clone(),
            Picked::None => Vec::new(),
        }
    }
}

/// What a sum of the file proves about amount, fee and net.
struct Proof {
    fees: Vec<usize>,
    net: Option<usize>,
    told: String,
}

fn amount_of(known: &Known<'_>) -> Picked {
    if let Some(found) = known.ledger.and_then(|ledger| ledger.amount.as_ref()) {
        return Picked::Sole(found.column, found.evidence.clone());
    }
    let mut amounts = known.of_role(Role::Amount);
    // Offered first, where several are: a header that says the price.
    amounts.sort_by_key(|column| says(known.header(*column), words::PRICE).is_none());
    let header_says = |column: usize| {
        let header = known.header(column);
        let word = says(header, words::PRICE).or_else(|| says(header, words::AMOUNT));
        let word = word.unwrap_or("amount");
        format!("its header says \"{word}\"")
    };
    let twins = known.of_role(Role::Twin);
    let twin = twins
        .iter()
        .find(|column| says(known.header(**column), words::AMOUNT).is_some());
    match &amounts[..] {
        [only] if twin.is_some() => Picked::Several(
            vec![*only],
            format!(
                "{} says by its name that it could be the amount, and so does {}, a name given twice that cannot be read; is the first one what the ledger holds?",
                known.named(*only),
                twin.map_or(String::new(), |column| known.named(*column))
            ),
        ),
        [only] => Picked::Sole(*only, header_says(*only)),
        [] => {
            let numbers = known.of_role(Role::Number);
            match (&numbers[..], &known.of_role(Role::Net)[..]) {
                ([], []) => Picked::None,
                ([], nets) => Picked::Several(
                    nets.to_vec(),
                    format!(
                        "the only amounts stand in {}, which looks like the net; is that what the ledger holds?",
                        known.all_named(nets)
                    ),
                ),
                (numbers, _) => Picked::Several(
                    numbers.to_vec(),
                    "no header says which column is the amount that the ledger holds".to_owned(),
                ),
            }
        }
        several => {
            let sums = known.relations.sums.iter().filter(|sum| {
                several.contains(&sum.total) || sum.parts.iter().any(|part| several.contains(part))
            });
            let told: Vec<String> = sums.map(|sum| told(known, sum)).collect();
            let relation = match told.is_empty() {
                true => String::new(),
                false => format!(" ({})", told.join("; ")),
            };
            Picked::Several(
                several.to_vec(),
                format!(
                    "{} could each be the amount{relation}; which is the one the ledger holds? One that includes the admin fee is gross; for one without it write amount_basis = \"net-of-admin-fee\" on the channel",
                    known.all_named(several)
                ),
            )
        }
    }
}

fn told(known: &Known<'_>, sum: &Sum) -> String {
    let parts: Vec<String> = sum.parts.iter().map(|part| known.named(*part)).collect();
    format!(
        "{} equals {} on every row",
        known.named(sum.total),
        parts.join(" + ")
    )
}

/// The sum that joins the amount with fees and a net, where there is exactly one.
fn proof_of(known: &Known<'_>, amount: usize) -> Option<Proof> {
    let is_fee = |column: usize| known.roles[column] == Role::Fee;
    let could_be_net = |column: usize| {
        matches!(known.roles[column], Role::Net | Role::Number | Role::Amount) && column != amount
    };
    let mut proofs = Vec::new();
    for sum in &known.relations.sums {
        // amount = net + fees
        if sum.total == amount {
            let (fees, rest): (Vec<usize>, Vec<usize>) =
                sum.parts.iter().partition(|part| is_fee(**part));
            if let ([net], false) = (&rest[..], fees.is_empty())
                && could_be_net(*net)
            {
                proofs.push((fees, *net, sum));
            }
        }
        // net = amount + fees, where fees are written with a minus
        if could_be_net(sum.total) && sum.parts.contains(&amount) {
            let fees: Vec<usize> = sum
                .parts
                .iter()
                .copied()
                .filter(|part| *part != amount)
                .collect();
            let minus = fees
                .iter()
                .all(|fee| known.columns[*fee].numbers.negative > 0);
            if fees.iter().all(|fee| is_fee(*fee)) && minus {
                proofs.push((fees, sum.total, sum));
            }
        }
    }
    let sole = proofs.len() == 1;
    let (fees, net, sum) = proofs.into_iter().next().filter(|_| sole)?;
    Some(Proof {
        fees,
        net: Some(net),
        told: format!(
            "{} ({} rows)",
            told(known, sum),
            count(known.relations.rows)
        ),
    })
}

fn fee_section(
    known: &Known<'_>,
    fees: &[usize],
    proof: Option<&Proof>,
    chosen: &mut Chosen,
    amount_is_open: bool,
    draft: &mut Draft,
) {
    if fees.is_empty() {
        return;
    }
    let mut section = Section::new("[fee]", "fee");
    chosen.named.extend(fees);
    // A fee that is itself the sum of the others.
    let whole =
        known.relations.sums.iter().find(|sum| {
            fees.contains(&sum.total) && sum.parts.iter().all(|part| fees.contains(part))
        });
    let proven = proof.map(|proof| proof.fees.as_slice());
    match (fees, proven, whole) {
        ([only], _, _) => {
            chosen.fee = vec![*only];
            let evidence = fee_evidence(known, *only, proof);
            one_column(known, *only, &evidence, Kind::Fee, chosen, &mut section);
        }
        (_, _, Some(whole)) => {
            chosen.fee = vec![whole.total];
            let evidence = told(known, whole);
            one_column(
                known,
                whole.total,
                &evidence,
                Kind::Fee,
                chosen,
                &mut section,
            );
        }
        (_, Some([only]), _) => {
            chosen.fee = vec![*only];
            let evidence = fee_evidence(known, *only, proof);
            one_column(known, *only, &evidence, Kind::Fee, chosen, &mut section);
            let others: Vec<usize> = fees.iter().copied().filter(|fee| fee != only).collect();
            section.note(format!(
                "Not part of that sum, and not read: {}.",
                known.all_named(&others)
            ));
        }
        (_, Some(several), _) => {
            chosen.fee = several.to_vec();
            let told = proof.map_or(String::new(), |proof| proof.told.clone());
            summed(known, several, &told, chosen, &mut section);
        }
        (several, None, None) => {
            let mut choices: Vec<Choice> = several
                .iter()
                .map(|column| column_choice(known, *column))
                .collect();
            choices.push(choice(sum_line(known, several), "all of them added up"));
            section.ask(
                "columns",
                format!(
                    "{} could each be the fee or a part of it; nothing in the file proves which",
                    known.all_named(several)
                ),
                choices,
            );
            style_notes(known, several, &mut section);
            if let Some(first) = several.first() {
                unit(
                    known,
                    &known.columns[*first],
                    Kind::Fee,
                    chosen,
                    &mut section,
                );
            }
        }
    }
    if amount_is_open && !section.has_question() {
        section.note("Whether the amount includes this fee depends on the answer about [amount].");
    }
    push(draft, section);
}

fn fee_evidence(known: &Known<'_>, fee: usize, proof: Option<&Proof>) -> String {
    let word = says(known.header(fee), words::FEE).unwrap_or("fee");
    match proof {
        Some(proof) if proof.fees.contains(&fee) => {
            format!("its header says \"{word}\"; {}", proof.told)
        }
        _ => format!("its header says \"{word}\"; no sum in the file proves it"),
    }
}

fn sum_line(known: &Known<'_>, columns: &[usize]) -> String {
    let parts: Vec<String> = columns
        .iter()
        .map(|column| list([known.header(*column)]))
        .collect();
    format!("sum = [{}]", parts.join(", "))
}

fn summed(known: &Known<'_>, fees: &[usize], told: &str, chosen: &Chosen, section: &mut Section) {
    let declared: Vec<&Style> = fees.iter().filter_map(|fee| known.style_of(*fee)).collect();
    if let Some(Style::Declared { name, evidence, .. }) = declared
        .iter()
        .find(|style| matches!(style, Style::Declared { .. }))
    {
        section.set("number_style", format!("\"{name}\""), evidence.clone());
    } else if let Some(Style::Open { asks, choices }) = declared
        .iter()
        .find(|style| matches!(style, Style::Open { .. }))
    {
        let choices = choices
            .iter()
            .map(|(name, _, comes_to)| {
                choice(format!("number_style = \"{name}\""), comes_to.clone())
            })
            .collect();
        section.fill("number_style", asks.clone(), choices, "\"\"");
    }
    if let Some(first) = fees.first() {
        unit(known, &known.columns[*first], Kind::Fee, chosen, section);
    }
    if let Some(negative) = fees
        .iter()
        .find(|fee| known.columns[**fee].numbers.negative > 0)
    {
        sign(known, *negative, Kind::Fee, chosen, section);
    }
    let line = sum_line(known, fees);
    let value = line.trim_start_matches("sum = ").to_owned();
    section.set("sum", value, told.to_owned());
}

fn net_section(known: &Known<'_>, proof: Option<&Proof>, chosen: &mut Chosen, draft: &mut Draft) {
    let nets = known.of_role(Role::Net);
    let net = match (proof.and_then(|proof| proof.net), &nets[..]) {
        (Some(net), _) => net,
        (None, [only]) if Some(*only) != chosen.amount && !chosen.named.contains(only) => *only,
        _ => return,
    };
    chosen.net = Some(net);
    chosen.named.push(net);
    let mut section = Section::new("[net]", "net");
    let evidence = match proof {
        Some(proof) => proof.told.clone(),
        None => format!(
            "its header says \"{}\"; on some row it is not the amount less the fee, so look at one before you rely on it. It serves control totals alone",
            says(known.header(net), words::NET).unwrap_or("net")
        ),
    };
    one_column(known, net, &evidence, Kind::Net, chosen, &mut section);
    push(draft, section);
}

/// A row has its amount on one of two sides.
fn two_sides(known: &Known<'_>, debit: usize, credit: usize, draft: &mut Draft) {
    let either = known
        .relations
        .one_of_two
        .get(&(debit, credit))
        .copied()
        .unwrap_or(0);
    let told = |column: usize| {
        let own = &known.columns[column];
        format!(
            "{} rows, together {}",
            count(own.filled - own.numbers.zero),
            rupiah(known.reads(column).map_or(Money::ZERO, |reads| reads.sum))
        )
    };
    let lines = |column: usize| {
        choice(
            format!("columns = {}", list([known.header(column)])),
            told(column),
        )
    };
    let mut section = Section::new("[amount]", "amount");
    section.ask(
        "columns",
        format!(
            "{} of {} rows have an amount in exactly one of {} and {}; on which side is the money this channel is about? (A bank's statement credits what we receive; an account of our own may write it the other way round.)",
            count(either),
            count(known.rows),
            known.named(debit),
            known.named(credit)
        ),
        vec![lines(credit), lines(debit)],
    );
    style_notes(known, &[debit, credit], &mut section);
    draft.sections.push(section);
    let mut section = Section::new("[[filter]]", "filter");
    section.ask(
        "columns",
        "the same column as under [amount]: rows of the other side are left out",
        vec![lines(credit), lines(debit)],
    );
    section.set(
        "include",
        "'[1-9]'".to_owned(),
        "a row of this side has an amount other than zero here",
    );
    draft.sections.push(section);
}
