//! What is stored of things as a digest, byte for byte.
//!
//! Names of items, digests of what people decided about and of results rest on these bytes: a change here
//! makes every stored one another one. Each field is written by its type, so that no two records read the
//! same, and nothing depends on how a type prints itself.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use xxhash_rust::xxh3::xxh3_64;

use super::details::Details;
use super::entry::EntryFacts;
use super::money::Money;
use super::outcome::{Item, Sides, Tally};

/// The version of all that is below.
const VERSION: u8 = 1;

/// Fields one after the other.
#[derive(Clone, Debug)]
pub struct Record(Vec<u8>);

impl Record {
    /// Of a kind of thing.
    pub fn of(kind: &str) -> Record {
        let mut record = Record(vec![VERSION]);
        record.text(kind);
        record
    }

    pub fn text(&mut self, text: &str) -> &mut Record {
        self.tagged(b't', &(text.len() as u64).to_le_bytes());
        self.0.extend_from_slice(text.as_bytes());
        self
    }

    pub fn number(&mut self, number: i128) -> &mut Record {
        self.tagged(b'n', &number.to_le_bytes())
    }

    pub fn money(&mut self, money: Money) -> &mut Record {
        self.number(money.total_sen())
    }

    /// Microseconds since 1970: no source says more.
    pub fn instant(&mut self, at: DateTime<Utc>) -> &mut Record {
        self.tagged(b'i', &at.timestamp_micros().to_le_bytes())
    }

    /// Whole seconds.
    pub fn span(&mut self, span: Duration) -> &mut Record {
        self.number(i128::from(span.num_seconds()))
    }

    pub fn date(&mut self, date: NaiveDate) -> &mut Record {
        self.text(&date.to_string())
    }

    /// What may be there or not.
    pub fn some<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Record, T)) -> &mut Record {
        match value {
            None => self.tagged(b'-', &[]),
            Some(value) => {
                self.tagged(b'+', &[]);
                write(self, value);
                self
            }
        }
    }

    /// How many follow.
    pub fn list(&mut self, count: usize) -> &mut Record {
        self.tagged(b'l', &(count as u64).to_le_bytes())
    }

    fn tagged(&mut self, tag: u8, bytes: &[u8]) -> &mut Record {
        self.0.push(tag);
        self.0.extend_from_slice(bytes);
        self
    }

    /// What an entry says; where it stands and how its key is written apart.
    pub fn entry(&mut self, entry: &EntryFacts, details: &Details) -> &mut Record {
        self.date(entry.business_date)
            .instant(entry.at)
            .money(entry.amount)
            .some(entry.fee, |record, fee| {
                record.money(fee);
            })
            .text(entry.status.code())
            .text(entry.kind.name())
            .text(entry.key_state.name())
            .list(details.len());
        for (name, value) in details {
            self.text(name).text(value);
        }
        self
    }

    fn tally(&mut self, tally: &Tally) -> &mut Record {
        self.number(i128::from(tally.entries))
            .money(tally.amount)
            .money(tally.fee)
    }

    pub fn sides(&mut self, sides: &Sides) -> &mut Record {
        self.tally(&sides.settlement).tally(&sides.ledger)
    }

    /// An item as a result lists it.
    pub fn item(&mut self, item: &Item) -> &mut Record {
        self.text(&item.id)
            .text(&item.identity)
            .some(item.by_facts.as_deref(), |record, name| {
                record.text(name);
            })
            .list(item.key.len());
        for (field, part) in &item.key {
            self.text(field).text(part);
        }
        self.date(item.opened);
        for date in [
            item.cleared,
            item.told_on,
            item.closed.map(|closed| closed.on),
        ] {
            self.some(date, |record, date| {
                record.date(date);
            });
        }
        self.some(item.closed, |record, closed| {
            record.text(closed.how.name());
        });
        self.text(item.bucket.name())
            .text(item.cause.name())
            .money(item.value)
            .money(item.difference)
            .text(item.exposure.name())
            .money(item.at_risk)
            .sides(&item.counted);
        for entries in [&item.ledger, &item.settlement] {
            self.list(entries.len());
            for entry in entries {
                self.entry(entry, &entry.details);
                self.some(entry.place.as_ref(), |record, place| {
                    record
                        .text(&place.file)
                        .some(place.sheet.as_deref(), |record, sheet| {
                            record.text(sheet);
                        })
                        .number(i128::from(place.row));
                });
            }
        }
        self
    }

    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// In lowercase hex, so many bytes of it; 32 for all.
    pub fn digest(&self, bytes: usize) -> String {
        HEXLOWER.encode(&Sha256::digest(&self.0)[..bytes.min(32)])
    }

    pub fn hash(&self) -> u64 {
        xxh3_64(&self.0)
    }
}

/// A digest of what a person looks at when deciding about an item: its kind and the money, times and
/// statuses of its entries, not where in which file they stand.
pub fn facts_of(item: &Item) -> String {
    let mut record = Record::of("facts");
    record
        .text(item.bucket.name())
        .text(item.cause.name())
        .money(item.value)
        .money(item.difference)
        .sides(&item.counted);
    for entries in [&item.ledger, &item.settlement] {
        record.list(entries.len());
        for entry in entries {
            // Details may be purged, and say nothing about the money.
            record.entry(entry, &Details::default());
        }
    }
    record.digest(6)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::entry::{EntryValues, KeyState, RowPlace};
    use crate::outcome::{BreakKind, Bucket, Cause, Closed, Closing, Exposure, ItemValues};
    use crate::status::{Kind, Status};

    fn entry(status: Status, fee: Option<i64>) -> EntryFacts {
        let day = NaiveDate::from_ymd_opt(2026, 11, 18).expect("a date");
        EntryFacts::from(EntryValues {
            business_date: day,
            at: day.and_hms_opt(2, 0, 0).expect("a time").and_utc(),
            amount: Money::from_rupiah(75_000),
            fee: fee.map(Money::from_rupiah),
            status,
            kind: Kind::Payment,
            key_state: KeyState::Whole,
            written: vec!["000004".to_owned()],
            details: [("reference", "INV-1")].into(),
            place: Some(RowPlace {
                file: "a.csv".into(),
                sheet: None,
                row: 7,
            }),
        })
    }

    fn item() -> Item {
        let settled = entry(Status::Success, Some(500));
        Item::from(ItemValues {
            id: "OVO-7F3K2".to_owned(),
            identity: "ovo|4|2026-11-18".to_owned(),
            by_facts: None,
            key: vec![("reference_number".to_owned(), "4".to_owned())],
            opened: settled.business_date,
            cleared: None,
            told_on: None,
            closed: None,
            bucket: Bucket::Break(BreakKind::AmountBreak),
            cause: Cause::Plain,
            ledger: vec![entry(Status::FailedRefunded, None)],
            settlement: vec![settled],
            value: Money::from_rupiah(500),
            difference: Money::from_rupiah(-500),
            exposure: Exposure::OwedToUs,
            at_risk: Money::from_rupiah(500),
            counted: Sides::default(),
        })
    }

    /// Stored names and digests were made of these very bytes.
    #[test]
    fn records_are_written_as_ever() {
        let one = entry(Status::Success, Some(500));
        let mut record = Record::of("entry");
        record.entry(&one, &one.details);
        let mut whole = Record::of("item");
        whole.item(&item());
        for (what, digest, expected) in [
            (
                "entry",
                record.digest(32),
                "f7c2dd13eca28bdde295722e79bf96cfc812b6bc5933996ebab17ab3f287637e",
            ),
            (
                "hash",
                format!("{:016x}", record.hash()),
                "9e9d694d052804a5",
            ),
            ("facts", facts_of(&item()), "5ac45b54d97b"),
            (
                "item",
                whole.digest(32),
                "63ab71aa447459087e732684c2c640270776096a213fd2782ba02da3a667fd8d",
            ),
        ] {
            assert_eq!(digest, expected, "{what}");
        }
    }

    #[test]
    fn whatever_differs_is_another_record() {
        type Change = fn(&mut Item);
        let changes: [(&str, Change); 14] = [
            ("nothing", |_| {}),
            ("its id", |item| item.id.push('1')),
            ("its cause", |item| item.cause = Cause::FeeBasis),
            ("its kind", |item| item.bucket = Bucket::Awaiting),
            ("cleared", |item| item.cleared = Some(item.opened)),
            ("told on", |item| item.told_on = Some(item.opened)),
            ("closed", |item| {
                item.closed = Some(Closed {
                    on: item.opened,
                    how: Closing::Resolved,
                });
            }),
            ("written off", |item| {
                item.closed = Some(Closed {
                    on: item.opened,
                    how: Closing::WrittenOff,
                });
            }),
            ("a fee of nothing", |item| {
                item.ledger[0].fee = Some(Money::ZERO)
            }),
            ("a status", |item| item.ledger[0].status = Status::Failed),
            ("an instant", |item| {
                item.ledger[0].at += chrono::Duration::microseconds(1)
            }),
            ("a row", |item| {
                if let Some(place) = &mut item.settlement[0].place {
                    place.row = 8;
                }
            }),
            ("no place", |item| item.settlement[0].place = None),
            ("the other side", |item| {
                let ItemValues {
                    ledger, settlement, ..
                } = &mut **item;
                ledger.append(settlement);
            }),
        ];
        let mut seen = BTreeMap::new();
        for (what, change) in changes {
            let mut item = item();
            change(&mut item);
            let mut record = Record::of("item");
            record.item(&item);
            if let Some(other) = seen.insert(record.digest(32), what) {
                panic!("{what} is as {other}");
            }
        }
    }
}
