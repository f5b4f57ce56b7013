//! Machine output. Names and shapes are kept: people script against them. Amounts are decimal
//! strings in rupiah with two places, magnitudes.

use chrono::{DateTime, SecondsFormat, Utc};
use chrono_tz::Tz;
use serde_json::{Map, Value, json};

use super::break_row::{advice_text, side_total};
use super::breaks::mask_of;
use super::findings;
use super::input::ChannelFacts;
use super::labels::{Label, Language};
use super::view::Voice;
use crate::domain::advice;
use crate::domain::entry::{EntryFacts, Side};
use crate::domain::money::Money;
use crate::domain::outcome::{
    Bucket, CountAmount, Item, Outcome, Pattern, RollForward, Sides, Tally,
};
use crate::domain::reconcile::told_on;
use crate::domain::side_finding::SideFinding;
use crate::domain::statement::StatementSummary;

/// One result with its revision, and how its channel may be shown.
pub struct ResultLine<'a> {
    pub outcome: &'a Outcome,
    pub revision: u32,
    pub facts: &'a ChannelFacts,
}

/// `rekon run --json`
pub fn run(
    run_id: &str,
    results: &[ResultLine<'_>],
    statement: &StatementSummary,
    zone: Tz,
    as_of: DateTime<Utc>,
) -> Value {
    let voice = machine_voice(zone, as_of);
    let results: Vec<Value> = results.iter().map(|line| result(line, &voice)).collect();
    let statement = json!({
        "opened": statement.opened,
        "reopened": statement.reopened,
        "changed": statement.changed,
        "cleared": statement.cleared,
        "closed": statement.closed,
        "still_open": {
            "count": statement.still_open.count,
            "amount": amount(statement.still_open.amount),
        },
    });
    json!({ "run": run_id, "results": results, "statement": statement })
}

fn machine_voice(zone: Tz, as_of: DateTime<Utc>) -> Voice {
    Voice {
        language: Language::En,
        zone,
        as_of,
    }
}

fn result(line: &ResultLine<'_>, voice: &Voice) -> Value {
    let outcome = line.outcome;
    let files: Vec<Value> = outcome
        .files
        .iter()
        .map(|file| {
            json!({
                "name": file.name,
                "sha256": file.sha256,
                "revision": file.revision,
                "rows": file.rows,
                "rejected": file.rejected,
            })
        })
        .collect();
    let mut object = Map::new();
    let mut put = |name: &str, value: Value| object.insert(name.to_owned(), value);
    put("channel", json!(outcome.channel));
    put("business_date", json!(outcome.business_date.to_string()));
    put("revision", json!(line.revision));
    put("state", json!(outcome.state.name()));
    put("files", Value::Array(files));
    put(
        "settlement",
        json!({
            "entries": outcome.settlement.entries,
            "amount": amount(outcome.settlement.amount),
            "fee": amount(outcome.settlement.fee),
            "net": amount(outcome.net),
        }),
    );
    put(
        "ledger",
        json!({
            "entries": outcome.ledger.entries,
            "amount": amount(outcome.ledger.amount),
            "fee": amount(outcome.ledger.fee),
        }),
    );
    for bucket in Bucket::CLEAN {
        put(bucket.name(), sides(&outcome.bucket(bucket)));
    }
    let breaks: Map<String, Value> = outcome
        .breaks()
        .map(|(kind, found)| (kind.name().to_owned(), sides(&found)))
        .collect();
    put("breaks", Value::Object(breaks));
    put(
        "at_risk",
        json!({
            "owed_to_us": amount(outcome.at_risk.owed_to_us),
            "owed_by_us": amount(outcome.at_risk.owed_by_us),
            "undecided": amount(outcome.at_risk.undecided),
        }),
    );
    put("rejected_rows", json!(outcome.rejected_rows));
    put("rejected_ledger_rows", json!(outcome.rejected_ledger_rows));
    let patterns: Vec<String> = outcome
        .patterns
        .iter()
        .map(|pattern| pattern_text(outcome, pattern, line.facts, voice))
        .collect();
    put("patterns", json!(patterns));
    let findings: Vec<Value> = outcome
        .findings
        .iter()
        .map(|finding| self::finding(finding, voice))
        .collect();
    put("findings", Value::Array(findings));
    put("roll_forward", roll_forward(&outcome.roll_forward));
    Value::Object(object)
}

/// A finding about a side; `accepted` is there where a person said that it is true.
pub(super) fn finding(finding: &SideFinding, voice: &Voice) -> Value {
    let mut value = json!({
        "kind": finding.kind(),
        "side": match finding.side {
            Side::Settlement => "settlement",
            Side::Ledger => "ledger",
        },
        "text": findings::sentence(finding, voice),
    });
    if let Some(accepted) = &finding.accepted {
        value["accepted"] = json!({
            "by": accepted.by,
            "at": accepted.at.to_rfc3339_opts(SecondsFormat::Secs, true),
            "reason": accepted.reason,
        });
    }
    value
}

/// The findings about a date, for `rekon status --json`.
pub fn date_findings(outcome: &Outcome, zone: Tz, as_of: DateTime<Utc>) -> Vec<Value> {
    let voice = machine_voice(zone, as_of);
    outcome
        .findings
        .iter()
        .map(|one| finding(one, &voice))
        .collect()
}

fn pattern_text(
    outcome: &Outcome,
    pattern: &Pattern,
    facts: &ChannelFacts,
    voice: &Voice,
) -> String {
    super::patterns::pattern_sentence(&facts.title, outcome, pattern, &mask_of(facts, &[]), voice)
}

pub(super) fn roll_forward(roll: &RollForward) -> Value {
    let part = |part: CountAmount| json!({ "count": part.count, "amount": amount(part.amount) });
    json!({
        "opening": part(roll.opening),
        "new": part(roll.new),
        "cleared": part(roll.cleared),
        "resolved": part(roll.resolved),
        "written_off": part(roll.written_off),
        "closing": part(roll.closing),
    })
}

pub(super) fn sides(sides: &Sides) -> Value {
    json!({ "settlement": tally(&sides.settlement), "ledger": tally(&sides.ledger) })
}

pub(super) fn tally(tally: &Tally) -> Value {
    json!({ "entries": tally.entries, "amount": amount(tally.amount) })
}

pub(super) fn amount(money: Money) -> String {
    money.abs().to_string()
}

/// What has become of a break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreakState {
    Open,
    Cleared,
    Resolved,
    WrittenOff,
}

impl BreakState {
    pub fn name(self) -> &'static str {
        match self {
            BreakState::Open => "open",
            BreakState::Cleared => "cleared",
            BreakState::Resolved => "resolved",
            BreakState::WrittenOff => "written_off",
        }
    }

    pub fn label(self) -> Label {
        match self {
            BreakState::Open => Label::StateOpen,
            BreakState::Cleared => Label::Cleared,
            BreakState::Resolved => Label::Resolved,
            BreakState::WrittenOff => Label::WrittenOff,
        }
    }
}

/// A break of the list with what people said about it.
#[derive(Clone, Debug)]
pub struct ListedBreak<'a> {
    pub item: &'a Item,
    pub facts: &'a ChannelFacts,
    pub state: BreakState,
    /// The login of who has it; empty for nobody.
    pub owner: &'a str,
    pub notes: &'a [String],
}

/// `rekon breaks list --json`; items that are no breaks are left out.
pub fn breaks(listed: &[ListedBreak<'_>], zone: Tz, as_of: DateTime<Utc>) -> Value {
    let voice = machine_voice(zone, as_of);
    Value::Array(
        listed
            .iter()
            .filter_map(|one| break_object(one, &voice))
            .collect(),
    )
}

fn break_object(listed: &ListedBreak<'_>, voice: &Voice) -> Option<Value> {
    let ListedBreak {
        item,
        facts,
        state,
        notes,
        ..
    } = listed;
    let kind = item.break_kind()?;
    let mask = mask_of(facts, &[]);
    let key: Map<String, Value> = item
        .shown_key()
        .iter()
        .map(|(field, value)| (field.clone(), Value::String(mask.apply(field, value))))
        .collect();
    let stamp = |at: DateTime<Utc>| {
        at.with_timezone(&voice.zone)
            .to_rfc3339_opts(SecondsFormat::Secs, true)
    };
    let side = |entries: &[EntryFacts], counted: &Tally| -> Option<Map<String, Value>> {
        let first = entries.first()?;
        let total = side_total(entries, counted);
        let fee = entries.iter().any(|entry| entry.fee.is_some());
        let mut object = Map::new();
        let mut put = |name: &str, value: Value| object.insert(name.to_owned(), value);
        put("kind", json!(first.kind.name()));
        put("amount", json!(amount(total.amount)));
        put("fee", json!(fee.then(|| amount(total.fee))));
        put("status", json!(first.status.name()));
        put("occurred_at", json!(stamp(first.at)));
        if total.entries > 1 {
            put("entries", json!(total.entries));
        }
        Some(object)
    };
    let ledger = side(&item.ledger, &item.counted.ledger).map(|facts_of| {
        let reference = item
            .ledger
            .iter()
            .find_map(|entry| entry.details.get("reference"))
            .map(|value| mask.apply("reference", value));
        let mut object = Map::from_iter([("reference".to_owned(), json!(reference))]);
        object.extend(facts_of);
        object
    });
    let settlement = side(&item.settlement, &item.counted.settlement).map(|mut object| {
        let place = item
            .settlement
            .iter()
            .find_map(|entry| entry.place.as_ref());
        object.insert("file".to_owned(), json!(place.map(|place| &place.file)));
        object.insert(
            "sheet".to_owned(),
            json!(place.and_then(|place| place.sheet.as_ref())),
        );
        object.insert("row".to_owned(), json!(place.map(|place| place.row)));
        object
    });
    let deadline = advice::deadline(item, facts.windows, voice.zone, voice.as_of).map(stamp);
    Some(json!({
        "id": item.id,
        "channel": facts.name,
        "business_date": told_on(item).to_string(),
        "kind": kind.name(),
        "severity": advice::severity(item, facts.money).name(),
        "state": state.name(),
        "key": key,
        "ledger": ledger,
        "settlement": settlement,
        "difference": amount(item.difference),
        "age_days": advice::age_days(item, voice.today()),
        "deadline": deadline,
        "advice": advice_text(item, facts, voice),
        "notes": notes,
    }))
}
