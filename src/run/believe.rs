//! Whether a date is judged at all: both sides are looked at, the ledger is asked where it seems to
//! lack payments, and what people said of the date is heard.

use std::collections::BTreeMap;

use anyhow::Result;
use chrono::{Duration, NaiveDate};

use super::reconcile::ledger_spec;
use crate::config::Channel;
use crate::domain::acts::Recorded;
use crate::domain::believe::{Applied, Belief, Date, LOOK_BACK, Seen, accepted, believe, identity};
use crate::domain::side_finding::SideFinding;
use crate::domain::sides::{Hourly, PerSide};
use crate::ledger::{Ledger, Spellings};
use crate::store::Store;

/// What is known before the dates of a channel are looked at.
pub struct Memory {
    pub seen: Seen,
    pub spellings: Spellings,
}

/// What came of looking at a date.
pub struct Looked {
    pub finding: Option<SideFinding>,
    pub hourly: PerSide<Hourly>,
}

impl Memory {
    /// What was seen on these dates and the weeks before them.
    pub async fn load(
        store: &Store,
        channel: &Channel,
        first: NaiveDate,
        last: NaiveDate,
    ) -> Result<Memory> {
        let from = first - Duration::days(LOOK_BACK);
        let mut spellings = Spellings::default();
        for (part, width) in store.spellings(&channel.name).await? {
            spellings.0.entry(part).or_default().insert(width);
        }
        Ok(Memory {
            seen: store.hourly(&channel.name, from, last).await?,
            spellings,
        })
    }

    /// Looks at a date; one that is judged is remembered by those after it.
    pub async fn look(
        &mut self,
        channel: &Channel,
        date: &Date<'_>,
        said: &[Recorded],
        ledger: &mut Ledger,
    ) -> Result<Looked> {
        let (mut belief, hourly) = believe(date, &self.seen, &channel.rules);
        if let Belief::Ask(suspicion) = belief {
            let lifetime = Duration::days(channel.rules.key_lifetime);
            let (from, _) = channel.rules.days.span(date.date - lifetime);
            let (_, to) = channel.rules.days.span(date.date + lifetime);
            let (spec, keys) = (ledger_spec(channel), suspicion.keys());
            let found = ledger.look_up(&spec, &keys, &self.spellings, from, to);
            let (found, _) = found.await?;
            belief = suspicion.answered(&found);
        }
        let finding = match belief {
            Belief::Doubt(finding) => Some(SideFinding {
                accepted: accepted(&finding, said),
                ..finding
            }),
            Belief::Judge | Belief::Ask(_) => None,
        };
        if finding.as_ref().is_none_or(SideFinding::is_accepted) {
            self.seen.insert(date.date, hourly.clone());
        }
        if let Some(finding) = &finding {
            let kind = finding.kind();
            tracing::info!(channel = channel.name, date = %date.date, kind, "looked at");
        }
        Ok(Looked { finding, hourly })
    }
}

/// What was said of a date.
pub fn said_of<'a>(acts: &'a BTreeMap<String, Vec<Recorded>>, date: NaiveDate) -> &'a [Recorded] {
    acts.get(&identity(date)).map_or(&[], Vec::as_slice)
}

/// A standby that is not connected to its primary may lack what was written since, and may not: the
/// dates are judged, and it is said.
pub fn unconnected<'a>(
    channel: &Channel,
    applied: Applied,
    mut dates: impl Iterator<Item = &'a NaiveDate>,
) -> Option<String> {
    let Applied::NotReceiving { at } = applied else {
        return None;
    };
    let name = &channel.name;
    let Some(at) = at else {
        return Some(format!(
            "{name}: the ledger's standby receives nothing from its primary; what was written since is not in these figures; is its replication at work?"
        ));
    };
    dates.any(|date| at < channel.rules.days.span(*date).1).then(|| {
        let local = at.with_timezone(&channel.rules.days.zone).format("%Y-%m-%d %H:%M");
        format!(
            "{name}: the ledger's standby receives nothing from its primary; what was written after {local} is not in these figures; is its replication at work?"
        )
    })
}
