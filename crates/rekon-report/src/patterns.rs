//! What several breaks share, in a sentence with its figures and the question that follows.

use super::labels::Label;
use super::view::Voice;
use super::words::{self, Mask, clean};
use crate::domain::outcome::{BreakKind, CutoffSide, FeeEvidence, Outcome, Pattern};

/// Says a pattern with its figures, and the question that follows from it.
pub fn pattern_sentence(
    channel: &str,
    outcome: &Outcome,
    pattern: &Pattern,
    mask: &Mask<'_>,
    voice: &Voice,
) -> String {
    let channel = clean(channel);
    let date = voice.date(outcome.business_date);
    let lower = |kind: BreakKind| voice.say(words::break_kind(kind)).to_lowercase();
    match pattern {
        Pattern::SameDifference {
            kind,
            count,
            of,
            difference,
            is_fee,
        } => {
            let mut sentence = voice.fill(
                Label::PatternDifference,
                &[
                    ("channel", &channel),
                    ("date", &date),
                    ("count", &voice.count(*count)),
                    ("of", &voice.count(*of)),
                    ("kind", &lower(*kind)),
                    ("amount", &voice.rupiah(difference.abs())),
                ],
            );
            if *is_fee == FeeEvidence::EqualsFee && *kind == BreakKind::AmountBreak {
                let question = match difference.is_negative() {
                    true => Label::PatternFee,
                    false => Label::PatternFeeIncluded,
                };
                sentence.push(' ');
                sentence.push_str(voice.say(question));
                set(&mut sentence, "amount_basis", voice);
            }
            sentence
        }
        Pattern::NearCutoff {
            kind,
            count,
            of,
            from,
            to,
            cutoff,
        } => {
            let label = match (kind, cutoff) {
                (BreakKind::MissingInLedger, Some(CutoffSide::Before)) => {
                    Label::PatternSettledBefore
                }
                (BreakKind::MissingInLedger, Some(CutoffSide::After)) => Label::PatternSettledAfter,
                (_, Some(CutoffSide::Before)) => Label::PatternMissingBefore,
                (_, Some(CutoffSide::After)) => Label::PatternMissingAfter,
                (_, None) => Label::PatternNear,
            };
            let mut sentence = voice.fill(
                label,
                &[
                    ("channel", &channel),
                    ("date", &date),
                    ("count", &voice.count(*count)),
                    ("of", &voice.count(*of)),
                    ("kind", &lower(*kind)),
                    ("from", from),
                    ("to", to),
                ],
            );
            if cutoff.is_some() {
                set(&mut sentence, "cutoff", voice);
            }
            sentence
        }
        Pattern::SharedValue {
            kind,
            count,
            of,
            field,
            value,
        } => voice.fill(
            Label::PatternValue,
            &[
                ("channel", &channel),
                ("date", &date),
                ("count", &voice.count(*count)),
                ("of", &voice.count(*of)),
                ("kind", &lower(*kind)),
                ("field", &in_a_sentence(&mask.label(field))),
                ("value", &mask.show(field, value)),
            ],
        ),
        Pattern::StatusPair {
            kind,
            count,
            of,
            ledger,
            settlement,
        } => {
            let mut sentence = voice.fill(
                Label::PatternStatus,
                &[
                    ("channel", &channel),
                    ("date", &date),
                    ("count", &voice.count(*count)),
                    ("of", &voice.count(*of)),
                    ("kind", &lower(*kind)),
                    ("ours", &status_text(ledger, voice)),
                    ("theirs", &status_text(settlement, voice)),
                ],
            );
            sentence.push(' ');
            sentence.push_str(voice.say(Label::PatternMapped));
            set(&mut sentence, "ledger_status", voice);
            sentence
        }
        Pattern::LookAlike { count } => {
            let figures = [
                ("channel", &*channel),
                ("date", &date),
                ("count", &voice.count(*count)),
            ];
            let mut sentence = voice.fill(Label::PatternLookAlike, &figures);
            sentence.push(' ');
            sentence.push_str(voice.say(Label::DoJoinSpellings));
            sentence
        }
        Pattern::DayFees { count, amount } => voice.fill(
            Label::PatternDayFees,
            &[
                ("channel", &channel),
                ("date", &date),
                ("count", &voice.count(*count)),
                ("amount", &voice.rupiah(*amount)),
            ],
        ),
        Pattern::OtherCurrency {
            currency,
            count,
            amount,
        } => voice.fill(
            Label::PatternCurrency,
            &[
                ("channel", &channel),
                ("date", &date),
                ("count", &voice.count(*count)),
                ("currency", &clean(currency)),
                ("amount", &voice.rupiah(*amount).replacen("Rp", "", 1)),
            ],
        ),
    }
}

/// `Produk` as `produk`, and `ID merchant` as it is.
fn in_a_sentence(label: &str) -> String {
    let mut letters = label.chars();
    let first = letters.next();
    match (first, letters.clone().next()) {
        (Some(first), Some(second)) if first.is_uppercase() && second.is_lowercase() => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => label.to_owned(),
    }
}

/// Names the key of the channel that a cause asks for.
fn set(sentence: &mut String, key: &str, voice: &Voice) {
    sentence.push(' ');
    sentence.push_str(&voice.fill(Label::PatternSet, &[("key", key)]));
}

fn status_text(name: &str, voice: &Voice) -> String {
    match crate::domain::status::Status::from_name(name) {
        Some(status) => voice.say(words::status(status)).to_owned(),
        None => clean(name),
    }
}
