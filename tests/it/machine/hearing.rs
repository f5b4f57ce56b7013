//! Readers of a report, and what the pure engine tells them: law 5, beside a book of what they heard that
//! shares nothing with the record of the program.

use std::collections::{BTreeMap, BTreeSet};

use rekon::domain::outcome::{DateState, Item};
use rekon::domain::statement::{
    Asked, BreakStanding, Concern, JudgedNow, Known, KnownDate, LastTold, News, Telling, ToldBreak,
    When, standing_of, statement, tellings, wanted,
};

use crate::matching::book::Judgement;

/// Readers who want some mails, and what they heard.
pub struct Reader {
    wants: When,
    /// As the program keeps it.
    last: LastTold,
    /// By id, the facts of what stands open for them; `None` for what they heard to be over.
    heard: BTreeMap<String, Option<String>>,
}

fn facts(item: &Item) -> String {
    let entries = |entries: &[rekon::domain::entry::EntryFacts]| -> Vec<_> {
        entries
            .iter()
            .map(|entry| (entry.at, entry.status, entry.amount))
            .collect()
    };
    format!(
        "{:?} {:?} {:?}",
        item.bucket,
        entries(&item.ledger),
        entries(&item.settlement)
    )
}

impl Reader {
    pub fn who_wants(wants: When) -> Reader {
        Reader {
            wants,
            last: LastTold::default(),
            heard: BTreeMap::new(),
        }
    }

    /// What opens, opens again, changes or clears is in the first mail after it did, once, and every such
    /// thing is worth a mail to whoever wants to hear of breaks.
    pub fn is_told(&mut self, judged: &Judgement) {
        let dates: BTreeMap<_, _> = judged
            .outcomes
            .iter()
            .map(|(date, outcome)| {
                let wrong = outcome.state == DateState::Incomplete
                    || outcome
                        .items
                        .iter()
                        .any(|item| item.is_open() && item.break_kind().is_some());
                let known = KnownDate {
                    revision: self.last.count as u32 + 1,
                    concern: if wrong {
                        Concern::Wrong
                    } else {
                        Concern::Clean
                    },
                    judged: JudgedNow::Yes,
                };
                (*date, known)
            })
            .collect();
        let known = [Known {
            channel: "channel",
            items: &judged.items,
            dates: &dates,
            files: &[],
            mails: &[],
            failure: None,
            facts_of: facts,
        }];
        let said = statement(&self.last, &known);
        let channel = &said.channels[0];

        let open: BTreeMap<String, String> = judged
            .items
            .iter()
            .filter(|item| item.is_open() && item.break_kind().is_some())
            .map(|item| (item.id.clone(), facts(item)))
            .collect();
        let told = |wanted: News| -> BTreeSet<String> {
            let breaks = channel.breaks.iter().zip(&judged.items);
            let those = breaks.filter(|(news, _)| **news == Some(wanted));
            those.map(|(_, item)| item.id.clone()).collect()
        };
        let expected = |test: &dyn Fn(Option<&Option<String>>, &String) -> bool| {
            let those = open
                .iter()
                .filter(|(id, facts)| test(self.heard.get(*id), facts));
            those
                .map(|(id, _)| id.clone())
                .collect::<BTreeSet<String>>()
        };
        let opened = expected(&|heard, _| heard.is_none());
        let reopened = expected(&|heard, _| heard == Some(&None));
        let changed = expected(&|heard, now| matches!(heard, Some(Some(before)) if before != now));
        let cleared: BTreeSet<String> = self
            .heard
            .iter()
            .filter(|(id, heard)| heard.is_some() && !open.contains_key(*id))
            .map(|(id, _)| id.clone())
            .collect();
        assert_eq!(told(News::Opened), opened, "law 5: opened");
        assert_eq!(told(News::Reopened), reopened, "law 5: opened again");
        assert_eq!(told(News::Changed), changed, "law 5: changed");
        assert_eq!(channel.cleared, cleared, "law 5: cleared");

        let news = [&opened, &reopened, &changed, &cleared];
        let is_news = news.into_iter().any(|ids| !ids.is_empty());
        let is_sent = wanted(self.wants, Asked::No, &said);
        assert!(
            is_sent || !is_news,
            "law 5: news that nobody is sent: {said:?}"
        );
        if !is_sent {
            return;
        }
        for telling in tellings(&said, &known) {
            self.last.count += 1;
            match telling {
                Telling::Breaks { channel } => {
                    let of = self.last.channels.entry(channel).or_default();
                    for told in of.breaks.values_mut() {
                        told.standing = BreakStanding::Cleared;
                    }
                    let stands = |item: &Item| {
                        let facts = facts(item);
                        Some((
                            item.id.clone(),
                            ToldBreak {
                                facts,
                                standing: standing_of(item)?,
                            },
                        ))
                    };
                    of.breaks.extend(judged.items.iter().filter_map(stands));
                }
                Telling::Date {
                    channel,
                    date,
                    told,
                } => {
                    let of = self.last.channels.entry(channel).or_default();
                    of.concern = Some(told.concern);
                    of.dates.insert(date, told);
                }
                other => panic!("nobody said {other:?}"),
            }
        }
        self.heard.values_mut().for_each(|heard| *heard = None);
        self.heard
            .extend(open.into_iter().map(|(id, facts)| (id, Some(facts))));
        let on_record = self.last.channels.get("channel").into_iter();
        let on_record: BTreeSet<&String> = on_record
            .flat_map(|channel| &channel.breaks)
            .filter(|(_, told)| told.standing == BreakStanding::Open)
            .map(|(id, _)| id)
            .collect();
        let open = self.heard.iter().filter(|(_, heard)| heard.is_some());
        assert_eq!(
            on_record,
            open.map(|(id, _)| id).collect(),
            "law 5: on record"
        );
    }
}
