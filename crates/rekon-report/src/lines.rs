//! The breaks and pendings of a report in their order. Each is put into words when it is asked for
//! and forgotten again: beside the items themselves a line costs sixteen bytes, however large the
//! day.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;

use super::break_row::{BreakRow, Fields};
use super::breaks::{BreakView, mask_of, view_of};
use super::input::{ChannelFacts, ChannelInput, NOBODY, People, ReportInput};
use super::view::Voice;
use super::words::Mask;
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
    /// All of today, gravest first.
    order: Vec<Place>,
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
        let source = Source {
            voice: *voice,
            unmask: input.unmask.clone(),
            facts_of: input.facts_of,
            channels: input.channels.iter().map(channel).collect(),
        };
        let mut order = Vec::new();
        for (channel, one) in input.channels.iter().enumerate() {
            let items = one.items.iter().zip(&one.news).enumerate();
            order.extend(items.map(|(at, (item, news))| source.place(channel, at, item, *news)));
        }
        source.sort(&mut order);
        Shelf {
            order,
            dates: input.channels.iter().map(dates).collect(),
            source: Arc::new(source),
        }
    }

    /// Breaks whose news are wanted, in the order of a report.
    pub(super) fn breaks(&self, wanted: impl Fn(News) -> bool) -> Lines {
        self.lines(|place| place.news.is_some_and(&wanted))
    }

    /// Everything that a list of all breaks shows: what is open, what people closed since the
    /// readers were told, and what they closed before of the dates that the report is about.
    pub(super) fn all_breaks(&self) -> Lines {
        self.lines(|place| match place.news {
            None => false,
            Some(News::StillClosed) => {
                let dates = &self.dates[place.channel as usize];
                dates.contains(&self.source.listed(place).told_on)
            }
            Some(_) => true,
        })
    }

    /// Items that are open and of these buckets, breaks or not.
    pub(super) fn open(&self, wanted: impl Fn(Bucket) -> bool) -> Lines {
        self.lines(|place| {
            let item = self.source.listed(place).item;
            item.is_open() && wanted(item.bucket)
        })
    }

    /// What the readers knew as open and is no more, by itself.
    pub(super) fn cleared(&self) -> Lines {
        let mut order = Vec::new();
        for (channel, one) in self.source.channels.iter().enumerate() {
            let first = one.items.len();
            let cleared = one.cleared.iter().enumerate();
            order.extend(
                cleared.map(|(at, item)| self.source.place(channel, first + at, item, None)),
            );
        }
        self.source.sort(&mut order);
        self.of_order(order.into())
    }

    /// Those of today that are wanted, gravest first.
    fn lines(&self, wanted: impl Fn(Place) -> bool) -> Lines {
        let wanted = self.order.iter().copied().filter(|place| wanted(*place));
        self.of_order(wanted.collect())
    }

    fn of_order(&self, order: Arc<[Place]>) -> Lines {
        Lines {
            source: self.source.clone(),
            order,
        }
    }
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
    fn place(&self, channel: usize, at: usize, item: &Item, news: Option<News>) -> Place {
        let facts = &self.channels[channel].facts;
        let advice = advice::advice(item, facts.money);
        Place {
            channel: channel as u32,
            item: at as u32,
            severity: advice.map_or(Severity::Low, |advice| advice.severity),
            news,
        }
    }

    /// Gravest first, then the most rupiah, then the eldest.
    fn sort(&self, order: &mut [Place]) {
        // What people closed comes last, however grave it was.
        let rank = |place: &Place| {
            let closed = place.news.is_some_and(|news| !news.is_open());
            let item = self.listed(*place).item;
            let rank = (closed, place.severity, Reverse(item.at_risk), item.opened);
            (rank, *place)
        };
        let mut ranked: Vec<_> = order.iter().map(rank).collect();
        ranked.sort_by(|(one, a), (two, b)| {
            one.cmp(two).then_with(|| {
                let (a, b) = (self.listed(*a), self.listed(*b));
                (&a.facts.name, &a.item.id).cmp(&(&b.facts.name, &b.item.id))
            })
        });
        for (place, (_, sorted)) in order.iter_mut().zip(ranked) {
            *place = sorted;
        }
    }

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

    fn row(&self, place: Place, fields: Fields) -> BreakRow<'_> {
        let one = self.listed(place);
        let mask = mask_of(one.facts, &self.unmask);
        let people = &self.channels[place.channel as usize].people;
        let row = BreakRow::of(one.item, one.facts, &mask, fields, &self.voice);
        BreakRow {
            at_risk: match one.item.is_open() {
                true => row.at_risk,
                // Nothing of it is in any total of what is open.
                false => Money::ZERO,
            },
            people: people.get(&one.item.id).unwrap_or(&NOBODY),
            digest_of: self.facts_of,
            ..row
        }
    }

    fn line(&self, place: Place) -> BreakView {
        let row = self.row(place, Fields::ByLabel);
        let (people, mask) = (row.people, mask_of(row.facts, &self.unmask));
        BreakView {
            news: place.news,
            ..view_of(row, &mask, &self.voice).with_people(people.clone(), &self.voice)
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
        self.order.iter().map(|place| self.source.line(*place))
    }

    /// The same as tables show them.
    pub fn rows(&self, fields: Fields) -> impl Iterator<Item = BreakRow<'_>> {
        let row = move |place: &Place| self.source.row(*place, fields);
        self.order.iter().map(row)
    }

    /// What their readers may see of one.
    pub fn mask<'a>(&'a self, row: &BreakRow<'a>) -> Mask<'a> {
        mask_of(row.facts, &self.source.unmask)
    }

    /// One after the other, without words.
    pub fn items(&self) -> impl Iterator<Item = Listed<'_>> {
        self.order.iter().map(|place| self.source.listed(*place))
    }

    pub fn get(&self, at: usize) -> Option<BreakView> {
        let place = self.order.get(at)?;
        Some(self.source.line(*place))
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
            .map(|place| self.source.line(*place))
            .collect()
    }
}

const PER_KIND: usize = 4;
