//! `rekon diff --json`: what changed between two revisions, in the shapes of `rekon run --json`.

use chrono::NaiveDate;
use serde_json::{Map, Value, json};

use super::breaks::mask_of;
use super::input::ChannelFacts;
use super::json::{amount, roll_forward, sides, tally};
use super::words::Mask;
use crate::domain::difference::{
    Absence, Difference, Fact, FileChange, Moved, Replacement, RevisionChange, RowChange,
    RowComparison, RowEvent,
};
use crate::domain::entry::{EntryFacts, Side};
use crate::domain::money::Money;
use crate::domain::outcome::{AtRisk, FileUse, Item};
use crate::domain::reconcile::told_on;

/// One channel's date; `revisions` are the numbers of the two that are compared.
pub fn change(
    facts: &ChannelFacts,
    date: NaiveDate,
    revisions: (u32, u32),
    change: &RevisionChange,
) -> Value {
    let mask = mask_of(facts, &[]);
    let difference = &change.difference;
    let causes: Vec<&str> = change.causes.iter().map(|cause| cause.name()).collect();
    let files: Vec<Value> = change
        .files
        .iter()
        .map(|file| file_change(file, &mask))
        .collect();
    json!({
        "channel": facts.name,
        "business_date": date.to_string(),
        "revisions": [revisions.0, revisions.1],
        "causes": causes,
        "other_dates": change.other_dates.iter().map(NaiveDate::to_string).collect::<Vec<_>>(),
        "state": moved(&difference.state, |state| json!(state.name())),
        "files": files,
        "breaks": breaks(difference, &mask),
        "totals": totals(difference),
        "at_risk": moved(&difference.at_risk, at_risk),
        "roll_forward": moved(&difference.roll_forward, roll_forward),
        "rejected_rows": moved(&difference.rejected_rows, |rows| json!(rows)),
        "rejected_ledger_rows": moved(&difference.rejected_ledger_rows, |rows| json!(rows)),
    })
}

fn moved<T>(moved: &Moved<T>, value: impl Fn(&T) -> Value) -> Value {
    json!({ "before": value(&moved.before), "after": value(&moved.after) })
}

fn at_risk(risk: &AtRisk) -> Value {
    json!({
        "owed_to_us": amount(risk.owed_to_us),
        "owed_by_us": amount(risk.owed_by_us),
        "undecided": amount(risk.undecided),
    })
}

/// Both sides and every bucket that differs.
fn totals(difference: &Difference) -> Value {
    let buckets: Map<String, Value> = difference
        .buckets
        .iter()
        .map(|(bucket, found)| (bucket.name().to_owned(), moved(found, sides)))
        .collect();
    json!({
        "settlement": moved(&difference.settlement, tally),
        "net": moved(&difference.net, |net| json!(amount(*net))),
        "ledger": moved(&difference.ledger, tally),
        "buckets": buckets,
    })
}

fn breaks(difference: &Difference, mask: &Mask<'_>) -> Value {
    let opened: Vec<Value> = difference
        .opened
        .iter()
        .map(|item| Value::Object(item_object(item, mask)))
        .collect();
    let cleared: Vec<Value> = difference
        .cleared
        .iter()
        .map(|one| {
            let mut object = item_object(&one.item, mask);
            let became = one.became.map(|bucket| bucket.name());
            object.insert("became".to_owned(), json!(became));
            Value::Object(object)
        })
        .collect();
    let changed: Vec<Value> = difference
        .changed
        .iter()
        .map(|one| {
            let mut object = item_object(&one.after, mask);
            object.insert("changed".to_owned(), facts(&one.facts));
            Value::Object(object)
        })
        .collect();
    json!({ "opened": opened, "cleared": cleared, "changed": changed })
}

fn item_object(item: &Item, mask: &Mask<'_>) -> Map<String, Value> {
    Map::from_iter([
        ("id".to_owned(), json!(item.id)),
        ("business_date".to_owned(), json!(told_on(item).to_string())),
        ("kind".to_owned(), json!(item.bucket.name())),
        ("key".to_owned(), key(&item.shown_key(), mask)),
        ("amount".to_owned(), json!(amount(item.value))),
        ("at_risk".to_owned(), json!(amount(item.at_risk))),
    ])
}

fn key(parts: &[(String, String)], mask: &Mask<'_>) -> Value {
    let parts = parts
        .iter()
        .map(|(field, value)| (field.clone(), json!(mask.apply(field, value))));
    Value::Object(parts.collect())
}

fn facts(facts: &[Fact]) -> Value {
    Value::Array(facts.iter().map(fact).collect())
}

fn fact(fact: &Fact) -> Value {
    let object = |name: &str, side: Option<Side>, before: Value, after: Value| {
        let side = side.map(|side| match side {
            Side::Settlement => "settlement",
            Side::Ledger => "ledger",
        });
        json!({ "what": name, "side": side, "before": before, "after": after })
    };
    let money = |money: &Moved<Money>| (json!(amount(money.before)), json!(amount(money.after)));
    match fact {
        Fact::Kind(kind) => object(
            "kind",
            None,
            json!(kind.before.name()),
            json!(kind.after.name()),
        ),
        Fact::Entries(side, entries) => object(
            "entries",
            Some(*side),
            json!(entries.before),
            json!(entries.after),
        ),
        Fact::Amount(side, moved) => {
            let (before, after) = money(moved);
            object("amount", Some(*side), before, after)
        }
        Fact::Fee(side, moved) => {
            let (before, after) = money(moved);
            object("fee", Some(*side), before, after)
        }
        Fact::Status(side, statuses) => {
            let names = |statuses: &[crate::domain::status::Status]| -> Value {
                statuses.iter().map(|status| status.name()).collect()
            };
            let (before, after) = (names(&statuses.before), names(&statuses.after));
            object("status", Some(*side), before, after)
        }
        Fact::Operation(side, kinds) => {
            let names = |kinds: &[crate::domain::status::Kind]| -> Value {
                kinds.iter().map(|kind| kind.name()).collect()
            };
            let (before, after) = (names(&kinds.before), names(&kinds.after));
            object("operation", Some(*side), before, after)
        }
        Fact::Time(side, at) => object(
            "occurred_at",
            Some(*side),
            json!(at.before.to_rfc3339()),
            json!(at.after.to_rfc3339()),
        ),
        // The value may be personal.
        Fact::Detail(side, field) => object(field, Some(*side), Value::Null, Value::Null),
        Fact::Reason(_) => object("reason", None, Value::Null, Value::Null),
    }
}

fn file(file: &FileUse) -> Value {
    json!({
        "name": file.name,
        "sha256": file.sha256,
        "revision": file.revision,
        "rows": file.rows,
        "rejected": file.rejected,
    })
}

fn file_change(change: &FileChange, mask: &Mask<'_>) -> Value {
    match change {
        FileChange::Added(added) => {
            json!({ "change": "added", "before": null, "after": file(added) })
        }
        FileChange::Gone { file: gone, why } => {
            let (change, reason) = match why {
                Absence::Withdrawn { reason } => ("withdrawn", Some(reason)),
                Absence::Refused { reason } => ("refused", Some(reason)),
                Absence::CountsElsewhere => ("gone", None),
            };
            json!({ "change": change, "reason": reason, "before": file(gone), "after": null })
        }
        FileChange::ReadOtherwise { before, after } => {
            json!({ "change": "read_otherwise", "before": file(before), "after": file(after) })
        }
        FileChange::Replaced {
            before,
            after,
            why,
            rows,
        } => {
            let change = match why {
                Replacement::Corrected => "replaced",
                Replacement::Restored => "restored",
            };
            json!({
                "change": change,
                "before": file(before),
                "after": file(after),
                "rows": comparison(rows, mask),
            })
        }
    }
}

fn comparison(rows: &RowComparison, mask: &Mask<'_>) -> Value {
    match rows {
        RowComparison::NotCompared { reason } => json!({ "not_compared": reason }),
        RowComparison::Compared(rows) => {
            let listed: Vec<Value> = rows
                .listed
                .iter()
                .map(|row| row_change(row, mask))
                .collect();
            json!({
                "added": rows.added,
                "removed": rows.removed,
                "changed": rows.changed,
                "listed": listed,
            })
        }
    }
}

fn row_change(change: &RowChange, mask: &Mask<'_>) -> Value {
    let row = |entry: &EntryFacts| {
        let place = entry.place.as_ref();
        json!({
            "amount": amount(entry.amount),
            "status": entry.status.name(),
            "sheet": place.and_then(|place| place.sheet.as_ref()),
            "row": place.map(|place| place.row),
        })
    };
    let key = key(&change.key, mask);
    match &change.what {
        RowEvent::Added(entry) => json!({ "change": "added", "key": key, "after": row(entry) }),
        RowEvent::Removed(entry) => {
            json!({ "change": "removed", "key": key, "before": row(entry) })
        }
        RowEvent::Changed {
            before,
            after,
            facts: told,
        } => json!({
            "change": "changed",
            "key": key,
            "before": row(before),
            "after": row(after),
            "changed": facts(told),
        }),
    }
}
