//! The dates of a file's rows against those it claims and against the clock.

use chrono::{DateTime, Datelike, Duration, NaiveDate, Utc};

use super::{Doubt, Offer};
use crate::domain::entry::Entry;
use crate::domain::time::{Bounds, Dated, next, previous};

/// A row is not of the same report as others that are a year away.
const FAR: i64 = 366;

/// More rows of another day are its report, and no late ones.
const LATE: usize = 2;

/// What the dates of a file's rows come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dates {
    Fit,
    /// A few rows are beyond what such a file may hold.
    Strays(Bounds),
    /// Most rows are of other dates.
    Elsewhere(Doubt),
}

pub(super) fn judge(offer: &Offer<'_>) -> Dates {
    if offer.by_hand || offer.read.entries.is_empty() {
        return Dates::Fit;
    }
    match offer.claims {
        [] => unclaimed(offer),
        claims => claimed(offer, claims),
    }
}

/// Whether a row is of these dates, or about.
fn is_of(offer: &Offer<'_>, own: &[NaiveDate], at: DateTime<Utc>) -> bool {
    [at, at - offer.grace, at + offer.grace]
        .into_iter()
        .any(|at| own.contains(&offer.days.date_of(at)))
}

/// See [`super::late_rows`].
pub(super) fn late_rows<'a>(offer: &Offer<'a>) -> Option<(NaiveDate, Vec<&'a Entry>)> {
    // In a longer file so few are not most of the rows.
    if offer.read.entries.len() >= 2 * LATE {
        return None;
    }
    let own = of_its_report(offer, offer.claims);
    let before = previous(*own.first()?);
    let mut late = Vec::new();
    for entry in offer.read.entries.entries.iter() {
        match is_of(offer, &own, entry.at()) {
            true => {}
            false if late.len() < LATE && offer.days.date_of(entry.at()) == before => {
                late.push(entry);
            }
            false => return None,
        }
    }
    (!late.is_empty()).then_some((before, late))
}

fn claimed(offer: &Offer<'_>, claims: &[NaiveDate]) -> Dates {
    let days = offer.days;
    let own = of_its_report(offer, claims);
    let (mut all, mut elsewhere) = (0u64, 0u64);
    let mut range: Option<(NaiveDate, NaiveDate)> = None;
    let mut is_swapped = true;
    let low = own.first().map_or(claims[0], |first| previous(*first));
    let high = own.last().map_or(claims[0], |last| next(*last));
    let bounds = Bounds {
        from: days.span(low).0,
        to: days.span(high).1,
    };
    let mut strays = false;
    let mut dated = Dated::by(days);
    for entry in offer.read.entries.entries.iter() {
        let at = entry.at();
        all += 1;
        if own.contains(&dated.date_of(at)) || is_of(offer, &own, at) {
            continue;
        }
        elsewhere += 1;
        strays |= !bounds.hold(at);
        let date = days.date_of(at);
        is_swapped &= swapped(date).is_some_and(|other| other != date && own.contains(&other));
        let (from, to) = range.unwrap_or((date, date));
        range = Some((from.min(date), to.max(date)));
    }
    match range {
        Some((from, to)) if elsewhere * 2 > all && !offer.brings_late_rows => {
            Dates::Elsewhere(Doubt::Dates {
                rows: elsewhere,
                all,
                from,
                to,
                claims: claims.to_vec(),
                is_swapped,
            })
        }
        _ if strays => Dates::Strays(bounds),
        _ => Dates::Fit,
    }
}

/// The claimed dates, and those without a report of their own that come with the same one.
fn of_its_report(offer: &Offer<'_>, claims: &[NaiveDate]) -> Vec<NaiveDate> {
    let mut own = claims.to_vec();
    for &claim in claims {
        let expected = offer.calendar.next_expected(claim);
        let mut date = previous(claim);
        while offer.calendar.next_expected(date) == expected && (claim - date).num_days() < 31 {
            own.push(date);
            date = previous(date);
        }
        let mut date = next(claim);
        while offer.calendar.next_expected(date) == expected && (date - claim).num_days() < 31 {
            own.push(date);
            date = next(date);
        }
    }
    own.sort_unstable();
    own.dedup();
    own
}

fn swapped(date: NaiveDate) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(date.year(), date.day(), date.month())
}

/// Nothing says which dates a file is of: its rows do, unless they cannot be true.
fn unclaimed(offer: &Offer<'_>) -> Dates {
    let days = offer.days;
    let limit = offer.now + Duration::days(1);
    let mut dates: Vec<NaiveDate> = Vec::with_capacity(offer.read.entries.len());
    let mut future: Vec<NaiveDate> = Vec::new();
    let mut dated = Dated::by(days);
    for entry in offer.read.entries.entries.iter() {
        let date = dated.date_of(entry.at());
        dates.push(date);
        if entry.at() >= limit {
            future.push(date);
        }
    }
    let all = dates.len() as u64;
    if future.len() as u64 * 2 > all
        && let (Some(from), Some(to)) = (future.iter().min(), future.iter().max())
    {
        return Dates::Elsewhere(Doubt::Future {
            rows: future.len() as u64,
            all,
            from: *from,
            to: *to,
        });
    }
    let middle = dates.len() / 2;
    let (_, median, _) = dates.select_nth_unstable(middle);
    let median = *median;
    if let Some(known) = offer.known_until
        && (known - median).num_days() > FAR
    {
        return Dates::Elsewhere(Doubt::LongAgo {
            from: dates.iter().copied().min().unwrap_or(median),
            to: dates.iter().copied().max().unwrap_or(median),
            known_until: known,
        });
    }
    let far = |date: &NaiveDate| (*date - median).num_days().abs() > FAR;
    if future.is_empty() && !dates.iter().any(far) {
        return Dates::Fit;
    }
    let far = Duration::days(FAR);
    Dates::Strays(Bounds {
        from: days.span(median - far).0,
        to: days.span(median + far).1.min(limit),
    })
}
