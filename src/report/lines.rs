//! The breaks and pendings of a report in their order. Each is put into words when it is asked for
//! and forgotten again: beside the items themselves a line costs sixteen bytes, however large the
//! day.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;

use super::breaks::{BreakView, Fields, break_view, mask_of};
use super::input::{ChannelFacts, ChannelInput, People, ReportInput};
use super::view::Voice;
use crate::domain::acts::as_written;
use crate::domain::advice;
use crate::domain::money::Money;
use crate::domain::outcome::{Bucket, Item, Severity};
use crate::domain::reconcile::told_on;
use crate::domain::statement::News;

/// Where an item stands: those of today first, then those that were cleared.
#[derive(Clone, Copy, Debug)]
struct Place {
    channel: u32,
    item: u32,
    severity: Severity,
    news: Option<News>,
}

/// What the lines are made from.
#[derive(Debug)]
struct Source {
    voice: Voice,
    unmask: Vec<String>,
    facts_of: fn(&Item) -> String,
    channels: Vec<ChannelSource>,
}

#[derive(Debug)]
struct ChannelSource {
    facts: ChannelFacts,
    items: Arc<Vec<Item>>,
    cleared: Vec<Item>,
    people: Arc<BTreeMap<String, People>>,
}

/// Items of a report, gravest first.
#[derive(Clone, Debug)]
pub struct Lines {
    source: Arc<Source>,
    order: Arc<[Place]>,
}

/// An item with what decides about its order and its group.
#[derive(Clone, Copy, Debug)]
pub struct Listed<'a> {
    pub facts: &'a ChannelFacts,
    pub item: &'a Item,
    /// The business date it is counted on.
    pub told_on: NaiveDate,
    pub severity: Severity,
    /// What is new of it; `None` for what is no break, or is cleared.
    pub news: Option<News>,
}

/// All lines of a report, and how it tells them apart.
pub(super) struct Shelf {
    source: Arc<Source>,
    news: Vec<Vec<Option<News>>>,
    /// The dates that the report is about, of each channel.
    dates: Vec<BTreeSet<NaiveDate>>,
}

impl Shelf {
    pub(super) fn of(input: &ReportInput, voice: &Voice) -> Shelf {
        let channel = |one: &ChannelInput| ChannelSource {
            facts: one.facts.clone(),
            items: one.items.clone(),
            cleared: one.cleared.clone(),
            people: one.people.clone(),
        };
        let dates = |one: &ChannelInput| {
            let days = one.days.iter();
            days.map(|day| day.outcome.business_date).collect()
        };
        Shelf {
            news: input.channels.iter().map(|one| one.news.clone()).collect(),
            dates: input.channels.iter().map(dates).collect(),
            source: Arc::new(Source {
                voice: *voice,
                unmask: input.unmask.clone(),
                facts_of: input.facts_of,
                channels: input.channels.iter().map(channel).collect(),
            }),
        }
    }

    /// Breaks whose news are wanted, in the order of a report.
    pub(super) fn breaks(&self, wanted: impl Fn(News) -> bool) -> Lines {
        self.lines(|_, _, news| news.is_some_and(&wanted))
    }

    /// Everything that a list of all breaks shows: what is open, what people closed since the
    /// readers were told, and what they closed before of the dates that the report is about.
    pub(super) fn all_breaks(&self) -> Lines {
        self.lines(|channel, item, news| match news {
            None => false,
            Some(News::StillClosed) => self.dates[channel].contains(&told_on(item)),
            Some(_) => true,
        })
    }

    /// Items that are open and of these buckets, breaks or not.
    pub(super) fn open(&self, wanted: impl Fn(Bucket) -> bool) -> Lines {
        self.lines(|_, item, _| item.is_open() && wanted(item.bucket))
    }

    /// What the readers knew as open and is no more, by itself.
    pub(super) fn cleared(&self) -> Lines {
        let mut order = Vec::new();
        for (channel, one) in self.source.channels.iter().enumerate() {
            let first = one.items.len();
            order.extend(one.cleared.iter().enumerate().map(|(at, item)| Place {
                channel: channel as u32,
                item: (first + at) as u32,
                severity: severity(item, &one.facts),
                news: None,
            }));
        }
        self.sorted(order)
    }

    fn lines(&self, wanted: impl Fn(usize, &Item, Option<News>) -> bool) -> Lines {
        let mut order = Vec::new();
        for (channel, one) in self.source.channels.iter().enumerate() {
            for (at, (item, news)) in one.items.iter().zip(&self.news[channel]).enumerate() {
                if wanted(channel, item, *news) {
                    order.push(Place {
                        channel: channel as u32,
                        item: at as u32,
                        severity: severity(item, &one.facts),
                        news: *news,
                    });
                }
            }
        }
        self.sorted(order)
    }

    fn sorted(&self, order: Vec<Place>) -> Lines {
        let source = &self.source;
        // What people closed comes last, however grave it was.
        let rank = |place: Place| {
            let closed = place.news.is_some_and(|news| !news.is_open());
            let item = source.listed(place).item;
            let rank = (closed, place.severity, Reverse(item.at_risk), item.opened);
            (rank, place)
        };
        let mut ranked: Vec<_> = order.into_iter().map(rank).collect();
        ranked.sort_by(|(one, a), (two, b)| {
            one.cmp(two).then_with(|| {
                let (a, b) = (source.listed(*a), source.listed(*b));
                (&a.facts.name, &a.item.id).cmp(&(&b.facts.name, &b.item.id))
            })
        });
        Lines {
            source: source.clone(),
            order: ranked.into_iter().map(|(_, place)| place).collect(),
        }
    }
}

fn severity(item: &Item, facts: &ChannelFacts) -> Severity {
    advice::advice(item, facts.money).map_or(Severity::Low, |advice| advice.severity)
}

/// Open breaks of a report with their channels.
pub fn open_breaks(input: &ReportInput) -> impl Iterator<Item = (&ChannelFacts, &Item)> {
    input.channels.iter().flat_map(|channel| {
        let items = channel.items.iter().zip(&channel.news);
        let open = items.filter(|(_, news)| news.is_some_and(News::is_open));
        open.map(|(item, _)| (&channel.facts, item))
    })
}

/// Open breaks by channel and date. One that stands on two dates is told where its risk stands.
pub fn counts(input: &ReportInput) -> BTreeMap<(&str, NaiveDate), u64> {
    let mut counts = BTreeMap::new();
    for (facts, item) in open_breaks(input) {
        *counts
            .entry((facts.name.as_str(), told_on(item)))
            .or_default() += 1;
    }
    counts
}

impl Source {
    fn listed(&self, place: Place) -> Listed<'_> {
        let channel = &self.channels[place.channel as usize];
        let at = place.item as usize;
        let item = match channel.items.get(at) {
            Some(item) => item,
            None => &channel.cleared[at - channel.items.len()],
        };
        Listed {
            facts: &channel.facts,
            item,
            told_on: told_on(item),
            severity: place.severity,
            news: place.news,
        }
    }

    fn line(&self, place: Place, fields: Fields) -> BreakView {
        let one = self.listed(place);
        let mask = mask_of(one.facts, &self.unmask);
        let said = self.channels[place.channel as usize]
            .people
            .get(&one.item.id);
        let view = break_view(one.item, one.facts, &mask, fields, &self.voice);
        let at_risk = match one.item.is_open() {
            true => view.at_risk.clone(),
            // Nothing of it is in any total of what is open.
            false => self.voice.amount(Money::ZERO),
        };
        BreakView {
            told_on: one.told_on,
            news: one.news,
            facts: as_written(
                (self.facts_of)(one.item),
                said.and_then(|said| said.reopened_by),
            ),
            at_risk,
            ..view.with_people(said.cloned().unwrap_or_default(), &self.voice)
        }
    }
}

impl Lines {
    pub fn len(&self) -> usize {
        self.order.len()
    }

    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// One after the other, in words.
    pub fn iter(&self) -> impl Iterator<Item = BreakView> + '_ {
        let line = |place: &Place| self.source.line(*place, Fields::ByLabel);
        self.order.iter().map(line)
    }

    /// The same for tables that programs read.
    pub fn by_name(&self) -> impl Iterator<Item = BreakView> + '_ {
        let line = |place: &Place| self.source.line(*place, Fields::ByName);
        self.order.iter().map(line)
    }

    /// One after the other, without words.
    pub fn items(&self) -> impl Iterator<Item = Listed<'_>> {
        self.order.iter().map(|place| self.source.listed(*place))
    }

    pub fn get(&self, at: usize) -> Option<BreakView> {
        let place = self.order.get(at)?;
        Some(self.source.line(*place, Fields::ByLabel))
    }

    /// The first ones.
    pub fn first(&self, at_most: usize) -> Lines {
        Lines {
            source: self.source.clone(),
            order: self.order[..self.len().min(at_most)].into(),
        }
    }

    /// Those that are wanted, in their order.
    pub fn only(&self, wanted: impl Fn(&Listed<'_>) -> bool) -> Lines {
        let places = self.order.iter().copied();
        Lines {
            source: self.source.clone(),
            order: places
                .filter(|place| wanted(&self.source.listed(*place)))
                .collect(),
        }
    }

    /// Those of these buckets first, all in their order.
    pub(super) fn led_by(&self, bucket: Bucket) -> Lines {
        let mut order = self.order.to_vec();
        order.sort_by_key(|place| self.source.listed(*place).item.bucket != bucket);
        Lines {
            source: self.source.clone(),
            order: order.into(),
        }
    }

    /// What a mail shows of a long list: the gravest and largest of each kind rather than twenty of
    /// the first one. The order stays.
    pub fn featured(&self, at_most: usize, wanted: impl Fn(&Item) -> bool) -> Vec<BreakView> {
        let mut shown: BTreeMap<(Severity, Bucket), usize> = BTreeMap::new();
        let few = |place: &&Place| {
            let one = self.source.listed(**place);
            let of_kind = shown.entry((one.severity, one.item.bucket)).or_default();
            *of_kind += 1;
            *of_kind <= PER_KIND && wanted(one.item)
        };
        self.order
            .iter()
            .filter(few)
            .take(at_most)
            .map(|place| self.source.line(*place, Fields::ByLabel))
            .collect()
    }
}

const PER_KIND: usize = 4;
