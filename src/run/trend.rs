//! The dates before a report's own, as far as they are stored.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Result;
use chrono::{Days, NaiveDate};

use super::coverage::first_date;
use super::publish::title_of;
use crate::config::{Config, Subscription};
use crate::domain::outcome::{AtRisk, Outcome};
use crate::domain::reconcile::told_on;
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
        let mut open = store.open_breaks(channel, first).await?;
        // Of this report's own channels all that is open is at hand, as it stands now.
        if let Some(now) = own.iter().find(|one| one.facts.name == *channel) {
            open.clear();
            let breaks = now.items.iter();
            for item in breaks.filter(|item| item.is_open() && item.break_kind().is_some()) {
                *open.entry(told_on(item)).or_default() += 1;
            }
        }
        days.extend(of_channel(title, outcomes.values().map(Arc::as_ref), &open));
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

/// A break that stands on two dates counts on the one it is told on, as it does in a report of both.
fn of_channel<'o>(
    channel: &str,
    outcomes: impl Iterator<Item = &'o Outcome>,
    open: &BTreeMap<NaiveDate, u64>,
) -> Vec<TrendDay> {
    outcomes
        .map(|outcome| TrendDay {
            channel: channel.to_owned(),
            business_date: outcome.business_date,
            state: Some(outcome.state),
            breaks: open
                .get(&outcome.business_date)
                .copied()
                .unwrap_or_default(),
            at_risk: outcome.at_risk,
        })
        .collect()
}
