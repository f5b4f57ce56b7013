//! The breaks and pendings of a report in their order. Each is put into words when it is asked for
//! and forgotten again: beside the items themselves a line costs sixteen bytes, however large the
//! day.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;

use super::breaks::{BreakView, break_view, mask_of};
use super::input::{ChannelFacts, ChannelInput, People, ReportInput};
use super::view::Voice;
use crate::domain::advice;
use crate::domain::outcome::{Bucket, Item, Outcome, Severity};
use crate::domain::reconcile::is_only_found_on;

/// Where an item stands.
#[derive(Clone, Copy, Debug)]
struct Place {
    channel: u32,
    day: u32,
    item: u32,
    severity: Severity,
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
    days: Vec<Arc<Outcome>>,
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
    /// The latest date of the report that it stands on: it is counted there.
    pub told_on: NaiveDate,
    pub severity: Severity,
}

/// All lines of a report, and how it tells them apart.
pub(super) struct Shelf {
    source: Arc<Source>,
}

impl Shelf {
    pub(super) fn of(input: &ReportInput, voice: &Voice) -> Shelf {
        let channel = |one: &ChannelInput| ChannelSource {
            facts: one.facts.clone(),
            days: one.days.iter().map(|day| day.outcome.clone()).collect(),
            people: one.people.clone(),
        };
        Shelf {
            source: Arc::new(Source {
                voice: *voice,
                unmask: input.unmask.clone(),
                facts_of: input.facts_of,
                channels: input.channels.iter().map(channel).collect(),
            }),
        }
    }

    /// Those items that are wanted, in the order of a report.
    pub(super) fn lines(&self, wanted: impl Fn(&Item) -> bool) -> Lines {
        let source = &self.source;
        let mut order = Vec::new();
        for (channel, one) in source.channels.iter().enumerate() {
            for (day, position) in latest(&one.days) {
                let item = &one.days[day].items[position];
                if wanted(item) {
                    order.push(Place {
                        channel: channel as u32,
                        day: day as u32,
                        item: position as u32,
                        severity: severity(item, &one.facts),
                    });
                }
            }
        }
        order.sort_by(|a, b| {
            let (one, two) = (source.listed(*a), source.listed(*b));
            (a.severity, two.item.at_risk, one.item.opened)
                .cmp(&(b.severity, one.item.at_risk, two.item.opened))
                .then_with(|| one.facts.name.cmp(&two.facts.name))
                .then_with(|| one.item.id.cmp(&two.item.id))
        });
        Lines {
            source: source.clone(),
            order: order.into(),
        }
    }
}

fn severity(item: &Item, facts: &ChannelFacts) -> Severity {
    advice::advice(item, facts.money).map_or(Severity::Low, |advice| advice.severity)
}

/// Where each item stands last: one with entries on two of the dates stands in both results, and is
/// told with the later one. In the order of their identities.
fn latest<O: AsRef<Outcome>>(days: &[O]) -> Vec<(usize, usize)> {
    let mut places: Vec<(usize, usize)> = Vec::new();
    for (day, outcome) in days.iter().enumerate() {
        let outcome = outcome.as_ref();
        let items = outcome.items.iter().enumerate();
        // A break is told where its risk stands, and on none of its other dates.
        let here = items.filter(|(_, item)| {
            item.break_kind().is_none() || !is_only_found_on(item, outcome.business_date)
        });
        places.extend(here.map(|(position, _)| (day, position)));
    }
    let identity =
        |(day, item): &(usize, usize)| days[*day].as_ref().items[*item].identity.as_str();
    places.sort_by(|a, b| identity(a).cmp(identity(b)).then(a.cmp(b)));
    // The last of several stays.
    places.reverse();
    places.dedup_by(|a, b| identity(a) == identity(b));
    places.reverse();
    places
}

/// Items of all reported dates, each once, in the order of the channels.
pub fn listed(input: &ReportInput, wanted: impl Fn(&Item) -> bool) -> Vec<Listed<'_>> {
    let mut found = Vec::new();
    for channel in &input.channels {
        let days: Vec<&Arc<Outcome>> = channel.days.iter().map(|day| &day.outcome).collect();
        for (day, position) in latest(&days) {
            let item = &days[day].items[position];
            if wanted(item) {
                found.push(Listed {
                    facts: &channel.facts,
                    item,
                    told_on: days[day].business_date,
                    severity: severity(item, &channel.facts),
                });
            }
        }
    }
    found
}

/// Breaks by channel and date. One that stands on two dates is told on the later, as what it puts
/// at risk is.
pub fn counts(input: &ReportInput) -> BTreeMap<(&str, NaiveDate), u64> {
    let mut counts = BTreeMap::new();
    for channel in &input.channels {
        let days: Vec<&Arc<Outcome>> = channel.days.iter().map(|day| &day.outcome).collect();
        for (day, position) in latest(&days) {
            if days[day].items[position].break_kind().is_some() {
                *counts
                    .entry((channel.facts.name.as_str(), days[day].business_date))
                    .or_default() += 1;
            }
        }
    }
    counts
}

impl Source {
    fn listed(&self, place: Place) -> Listed<'_> {
        let channel = &self.channels[place.channel as usize];
        let outcome = &channel.days[place.day as usize];
        Listed {
            facts: &channel.facts,
            item: &outcome.items[place.item as usize],
            told_on: outcome.business_date,
            severity: place.severity,
        }
    }

    fn line(&self, place: Place) -> BreakView {
        let one = self.listed(place);
        let mask = mask_of(one.facts, &self.unmask);
        let said = self.channels[place.channel as usize]
            .people
            .get(&one.item.id);
        BreakView {
            told_on: one.told_on,
            people: said.cloned().unwrap_or_default(),
            facts: (self.facts_of)(one.item),
            ..break_view(one.item, one.facts, &mask, &self.voice)
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

    /// One after the other, without words.
    pub fn items(&self) -> impl Iterator<Item = Listed<'_>> {
        self.order.iter().map(|place| self.source.listed(*place))
    }

    pub fn get(&self, at: usize) -> Option<BreakView> {
        self.order.get(at).map(|place| self.source.line(*place))
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
