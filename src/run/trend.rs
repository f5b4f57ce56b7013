//! The dates before a report's own, as far as they are stored.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Result;
use chrono::{Days, NaiveDate};

use super::coverage::first_date;
use super::publish::title_of;
use crate::config::{Config, Subscription};
use crate::domain::outcome::{AtRisk, Outcome};
use crate::domain::time::dates;
use crate::report::input::{ChannelInput, TrendDay};
use crate::report::trend::DATES;
use crate::store::Store;

/// The last dates of a report's channels up to its own last one: what this run concluded, what was
/// stored of the others, and that nothing is known where a channel has no result.
pub async fn trend(
    config: &Config,
    store: &Store,
    subscription: &Subscription,
    own: &[ChannelInput],
) -> Result<Vec<TrendDay>> {
    let now = || own.iter().flat_map(|one| &one.days).map(|day| &day.outcome);
    let Some(last) = now().map(|outcome| outcome.business_date).max() else {
        return Ok(Vec::new());
    };
    let first = last - Days::new(DATES as u64 - 1);
    let mut days = Vec::new();
    for channel in &subscription.channels {
        let mut outcomes: BTreeMap<NaiveDate, Arc<Outcome>> = BTreeMap::new();
        for outcome in store.last_results(channel, first, last).await? {
            outcomes.insert(outcome.business_date, Arc::new(outcome));
        }
        for outcome in now().filter(|one| one.channel == *channel && one.business_date >= first) {
            outcomes.insert(outcome.business_date, outcome.clone());
        }
        let title = title_of(config, channel);
        let start = match config.channels.iter().find(|one| one.name == *channel) {
            Some(one) if one.start.is_none() => first_date(one, &store.files(channel).await?),
            Some(one) => one.start,
            None => None,
        };
        // A channel that did not exist yet is not unknown.
        let start = start.or(outcomes.keys().next().copied());
        if let Some(start) = start {
            let lacking = dates(start.max(first), last);
            let lacking = lacking.filter(|date| !outcomes.contains_key(date));
            days.extend(lacking.map(|date| not_run(title, date)));
        }
        days.extend(of_channel(title, outcomes.values().map(Arc::as_ref)));
    }
    Ok(days)
}

fn not_run(channel: &str, business_date: NaiveDate) -> TrendDay {
    TrendDay {
        channel: channel.to_owned(),
        business_date,
        state: None,
        breaks: 0,
        at_risk: AtRisk::default(),
    }
}

/// A break that stands on two dates counts on the later one, as it does in a report of both.
fn of_channel<'o>(channel: &str, outcomes: impl Iterator<Item = &'o Outcome>) -> Vec<TrendDay> {
    let mut days = Vec::new();
    let mut told_on: BTreeMap<&str, usize> = BTreeMap::new();
    for (position, outcome) in outcomes.enumerate() {
        for item in &outcome.items {
            told_on.insert(&item.identity, position);
            if item.break_kind().is_none() || !item.is_open() {
                told_on.remove(item.identity.as_str());
            }
        }
        days.push(TrendDay {
            channel: channel.to_owned(),
            business_date: outcome.business_date,
            state: Some(outcome.state),
            breaks: 0,
            at_risk: outcome.at_risk,
        });
    }
    for position in told_on.into_values() {
        if let Some(day) = days.get_mut(position) {
            day.breaks += 1;
        }
    }
    days
}
