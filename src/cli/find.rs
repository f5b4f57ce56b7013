//! `rekon find`.

use anyhow::{Result, bail};
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use super::{Exit, Output, Usage, breaks, origin, print, print_json};
use crate::config::Config;
use crate::domain::entry::EntryFacts;
use crate::domain::outcome::Bucket;
use crate::report::break_row::key_text;
use crate::report::breaks::mask_of;
use crate::report::input::ChannelFacts;
use crate::report::labels::Language;
use crate::report::words::{self, Mask, NO_LABELS, clean};
use crate::run::{self, LEDGER_DATES, MOST, Payment, Search, SettlementRow, Unknown, Verdict};
use crate::run::{channel_facts, chosen};

pub async fn find(config: &Config, text: &str, output: Output, now: DateTime<Utc>) -> Result<Exit> {
    let Some(search) = run::find(config, text, now).await? else {
        bail!(Usage(format!(
            "find: `{text}` names nothing\n  hint: a reference, an invoice, a customer number, an amount or the id of a break"
        )));
    };
    let facts: Vec<ChannelFacts> = chosen(config, &[])?
        .into_iter()
        .map(channel_facts)
        .collect();
    match output {
        Output::Json => print_json(&value(text, &search, &facts, config))?,
        Output::Text => {
            for payment in &search.payments {
                for line in lines(payment, facts_of(&facts, &payment.channel), config) {
                    print(&line)?;
                }
                print("")?;
            }
            for line in looked(text, &search) {
                print(&line)?;
            }
        }
    }
    match &search.ledger_fault {
        None => Ok(Exit::Done),
        Some(error) => {
            eprintln!("error: the ledger was not asked to its end: {error:#}");
            Ok(Exit::of(error))
        }
    }
}

fn facts_of<'f>(facts: &'f [ChannelFacts], channel: &str) -> Option<&'f ChannelFacts> {
    facts.iter().find(|one| one.name == channel)
}

/// What hides nothing: for a channel without facts there is nothing to show either.
fn mask(facts: Option<&ChannelFacts>) -> Mask<'_> {
    match facts {
        Some(facts) => mask_of(facts, &[]),
        None => Mask {
            personal: &[],
            bearer: &[],
            unmask: &[],
            labels: &NO_LABELS,
        },
    }
}

/// Where it ended, in a word, and how that is known.
fn verdict(payment: &Payment) -> (Option<Bucket>, &'static str, String) {
    let date = payment.date;
    match &payment.verdict {
        Verdict::Recorded(bucket) => (Some(*bucket), "item", "on record as an item".to_owned()),
        Verdict::JudgedAgain(bucket) => (
            Some(*bucket),
            "judged_again",
            "no item speaks of it: judged again from the archived file and the ledger as they are now"
                .to_owned(),
        ),
        Verdict::Rejected(row) => (
            None,
            "rejected_row",
            format!("its row could not be read: {}", row.reason),
        ),
        Verdict::NotKnown(why) => (
            None,
            "not_known",
            match why {
                Unknown::NeverRun => format!(
                    "{date} was never run; `rekon run --date {date}` judges it"
                ),
                Unknown::NotComplete => format!(
                    "the result of {date} is not complete: nothing of it is judged yet"
                ),
                Unknown::Changed => format!(
                    "something is newer than the result of {date}; `rekon run --date {date}` judges it again"
                ),
                Unknown::NoLedger => "the ledger was not asked".to_owned(),
                Unknown::Crowd => "too many entries stand under its key".to_owned(),
            },
        ),
    }
}

fn lines(payment: &Payment, facts: Option<&ChannelFacts>, config: &Config) -> Vec<String> {
    let mask = mask(facts);
    let (bucket, _, how) = verdict(payment);
    let mut head = format!("{} {}", clean(&payment.channel), payment.date);
    if let Some((state, revision)) = &payment.result {
        head.push_str(&format!(", {} (revision {revision})", state.name()));
    }
    let name = bucket.map_or("not known", Bucket::name);
    head.push_str(&format!(": {name}"));
    let mut lines = vec![head, format!("  {how}")];
    if let Some(stored) = &payment.item {
        let owner = stored.standing.owner.as_ref();
        let owner = owner.map_or_else(String::new, |owner| format!(", with {}", clean(owner)));
        let (id, state) = (clean(&stored.item.id), stored.state.name());
        lines.push(format!("  {id}: {}, {state}{owner}", clean(&stored.kind)));
    }
    if !payment.key.is_empty() {
        lines.push(format!("  key         {}", key_text(&payment.key, &mask)));
    }
    for row in &payment.settlement {
        let place = &row.place;
        let sheet = place
            .sheet
            .as_ref()
            .map_or_else(String::new, |sheet| format!(", {sheet}"));
        let said = row
            .facts
            .as_ref()
            .map(|facts| format!("{}; ", entry(facts, &mask, config)));
        lines.push(format!(
            "  settlement  {}{}{}, row {}",
            said.unwrap_or_default(),
            clean(&place.file),
            clean(&sheet),
            place.row
        ));
        if row.sha256.is_empty() {
            lines.push("              that file counts no more".to_owned());
        } else {
            lines.push(format!("              SHA-256 {}", row.sha256));
        }
        let mails = row.mails.iter();
        lines.extend(
            mails.map(|by| format!("              {}", clean(&origin::text(by, config.zone)))),
        );
    }
    if payment.settlement.is_empty() {
        lines.push("  settlement  –".to_owned());
    }
    for facts in &payment.ledger {
        lines.push(format!("  ledger      {}", entry(facts, &mask, config)));
    }
    if payment.ledger.is_empty() {
        lines.push("  ledger      –".to_owned());
    }
    lines.extend(payment.acts.iter().map(|one| breaks::act_line(one, config)));
    lines.extend(payment.told.iter().map(|told| {
        let at = told.at.with_timezone(&config.zone).format("%Y-%m-%d %H:%M");
        let results = told.results.iter();
        let results = results.map(|(date, revision)| format!("{date} revision {revision}"));
        let item = told
            .item
            .iter()
            .map(|standing| format!("it was {standing}"));
        let said: Vec<String> = item.chain(results).collect();
        format!(
            "  told        {at} {}: {}, <{}>",
            clean(&told.report),
            said.join(", "),
            clean(&told.message_id)
        )
    }));
    lines
}

/// An entry in a line: money, status, when, and what else it says.
fn entry(facts: &EntryFacts, mask: &Mask<'_>, config: &Config) -> String {
    let at = facts.at.with_timezone(&config.zone);
    let mut text = format!(
        "{} {} {}, {}",
        words::rupiah(facts.amount, Language::En),
        facts.kind.name(),
        facts.status.name(),
        at.format("%Y-%m-%d %H:%M:%S")
    );
    if let Some(fee) = facts.fee {
        text.push_str(&format!(", fee {}", words::rupiah(fee, Language::En)));
    }
    for (field, value) in &facts.details {
        text.push_str(&format!(" · {} {}", clean(field), mask.show(field, value)));
    }
    text
}

/// Where it was looked for, and what that leaves open.
fn looked(text: &str, search: &Search) -> Vec<String> {
    let looked = &search.looked;
    let mut lines = Vec::new();
    let dates = match (looked.from, looked.to) {
        (Some(from), Some(to)) if from == to => format!(" of {from}"),
        (Some(from), Some(to)) => format!(" of {from} to {to}"),
        _ => String::new(),
    };
    let found = match search.payments.len() {
        0 => format!("Nothing found for `{}`", clean(text)),
        1 => "1 payment".to_owned(),
        more => format!("{more} payments"),
    };
    lines.push(format!(
        "{found}; looked into {} file(s){dates}.",
        looked.files
    ));
    for one in &looked.ledger {
        let mut line = format!(
            "No file holds it: the ledger of {} was read from {} to {}",
            one.channel, one.from, one.to
        );
        if one.earlier > 0 {
            line.push_str(&format!(
                ", the last {LEDGER_DATES} dates that were run; {} earlier ones were not",
                one.earlier
            ));
        }
        lines.push(format!("{line}."));
    }
    if looked.truncated {
        lines.push(format!(
            "More than {MOST} payments: add a word, e.g. the reference and its batch."
        ));
    }
    for (name, reason) in &looked.unread {
        lines.push(format!("Not looked into: {}: {reason}", clean(name)));
    }
    lines
}

fn value(text: &str, search: &Search, facts: &[ChannelFacts], config: &Config) -> Value {
    let looked = &search.looked;
    let found: Vec<Value> = search
        .payments
        .iter()
        .map(|one| payment_value(one, facts_of(facts, &one.channel), config))
        .collect();
    let ledger: Vec<Value> = looked
        .ledger
        .iter()
        .map(|one| {
            json!({
                "channel": one.channel,
                "from": day(one.from),
                "to": day(one.to),
                "earlier_dates_not_read": one.earlier,
            })
        })
        .collect();
    let unread: Vec<Value> = looked
        .unread
        .iter()
        .map(|(file, reason)| json!({ "file": file, "reason": reason }))
        .collect();
    json!({
        "query": text,
        "found": found,
        "searched": {
            "files": looked.files,
            "from": looked.from.map(day),
            "to": looked.to.map(day),
            "unread": unread,
            "ledger": ledger,
            "ledger_error": search.ledger_fault.as_ref().map(|error| format!("{error:#}")),
            "truncated": looked.truncated,
        },
    })
}

fn day(date: NaiveDate) -> String {
    date.to_string()
}

fn payment_value(payment: &Payment, facts: Option<&ChannelFacts>, config: &Config) -> Value {
    let mask = mask(facts);
    let (bucket, known, why) = verdict(payment);
    let stamp = |at: DateTime<Utc>| {
        at.with_timezone(&config.zone)
            .to_rfc3339_opts(SecondsFormat::Secs, true)
    };
    let key: Map<String, Value> = payment
        .key
        .iter()
        .map(|(field, value)| (field.to_owned(), json!(mask.apply(field, value))))
        .collect();
    let settlement = payment
        .settlement
        .iter()
        .map(|row| row_value(row, &mask, &stamp));
    let ledger = payment
        .ledger
        .iter()
        .map(|one| Value::Object(entry_value(one, &mask, &stamp)));
    let mut settlement = settlement.collect::<Vec<_>>().into_iter();
    let mut ledger = ledger.collect::<Vec<_>>().into_iter();
    let acts: Vec<Value> = payment
        .acts
        .iter()
        .map(|one| {
            json!({
                "at": stamp(one.at),
                "by": one.by,
                "act": one.act.name(),
                "text": breaks::act_text(one),
                "chain_entry": one.number,
            })
        })
        .collect();
    let mails: Vec<Value> = payment
        .told
        .iter()
        .map(|told| {
            let results: Vec<Value> = told
                .results
                .iter()
                .map(
                    |(date, revision)| json!({ "business_date": day(*date), "revision": revision }),
                )
                .collect();
            json!({
                "report": told.report,
                "message_id": told.message_id,
                "at": stamp(told.at),
                "results": results,
                "item": told.item,
            })
        })
        .collect();
    json!({
        "channel": payment.channel,
        "business_date": day(payment.date),
        "state": payment.result.map(|(state, _)| state.name()),
        "revision": payment.result.map(|(_, revision)| revision),
        "bucket": bucket.map(Bucket::name),
        "known_by": known,
        "why": why,
        "item": payment.item.as_ref().map(|stored| json!({
            "id": stored.item.id,
            "kind": stored.kind,
            "state": stored.state.name(),
            "owner": stored.standing.owner,
        })),
        "key": key,
        "settlement": settlement.next(),
        "ledger": ledger.next(),
        "other_entries": {
            "settlement": settlement.collect::<Vec<_>>(),
            "ledger": ledger.collect::<Vec<_>>(),
        },
        "acts": acts,
        "mails": mails,
    })
}

fn row_value(
    row: &SettlementRow,
    mask: &Mask<'_>,
    stamp: &impl Fn(DateTime<Utc>) -> String,
) -> Value {
    let mut object = row
        .facts
        .as_ref()
        .map_or_else(Map::new, |facts| entry_value(facts, mask, stamp));
    let mut put = |name: &str, value: Value| object.insert(name.to_owned(), value);
    put("file", json!(row.place.file));
    put("sheet", json!(row.place.sheet));
    put("row", json!(row.place.row));
    let counts = !row.sha256.is_empty();
    put("sha256", json!(counts.then_some(&row.sha256)));
    put("mail", json!(row.mails.first().map(origin::value)));
    Value::Object(object)
}

fn entry_value(
    facts: &EntryFacts,
    mask: &Mask<'_>,
    stamp: &impl Fn(DateTime<Utc>) -> String,
) -> Map<String, Value> {
    let details: Map<String, Value> = facts
        .details
        .iter()
        .map(|(field, value)| (field.to_owned(), json!(mask.apply(field, value))))
        .collect();
    let fields = [
        ("business_date", json!(day(facts.business_date))),
        ("kind", json!(facts.kind.name())),
        ("amount", json!(facts.amount.abs().to_string())),
        ("fee", json!(facts.fee.map(|fee| fee.abs().to_string()))),
        ("status", json!(facts.status.name())),
        ("occurred_at", json!(stamp(facts.at))),
        ("details", Value::Object(details)),
    ];
    fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}
