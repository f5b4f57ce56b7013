//! Who is told what, and when: decided from values, before anything is written.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveTime, Utc, Weekday};
use chrono_tz::Tz;

use crate::config::{Subscription, When};
use crate::domain::time::{local_instant, next};
use crate::run::Mailing;
use crate::store::{Told, Tone};

/// How a result stands to the one stored before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    First,
    Superseding,
    Unchanged,
}

/// One result, and what the readers know of it.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    pub news: News,
    pub tone: Tone,
    /// How the date stood when they last heard of it.
    pub told: Option<Tone>,
    /// How the channel stood when they last heard of it.
    pub channel: Option<Tone>,
}

/// Whether these results are worth a mail. `beside`: files and mails that could not be taken in,
/// and channels that could not be reconciled, which the readers have not heard of.
pub fn wanted(when: When, mailing: Mailing, standings: &[Standing], beside: Tone) -> bool {
    let asked = match mailing {
        Mailing::Never => return false,
        Mailing::OnChange => false,
        Mailing::Always => true,
    };
    let relevant = || {
        let counts = move |one: &&Standing| asked || one.news != News::Unchanged;
        standings.iter().filter(counts)
    };
    let wrong = beside == Tone::Wrong || relevant().any(|one| one.tone == Tone::Wrong);
    match when {
        When::Always => asked || wrong || relevant().next().is_some(),
        // What was told as wrong and is right now is told as well.
        When::Breaks => {
            let corrected =
                |one: &Standing| one.news != News::Unchanged && one.told == Some(Tone::Wrong);
            wrong || standings.iter().any(corrected)
        }
        When::Changes => {
            let differs = |one: &Standing| one.told.is_some() || one.channel == Some(Tone::Wrong);
            asked || wrong || relevant().any(differs)
        }
    }
}

/// When a mail that is written now may leave: the next time of day the readers asked for, on one of
/// their days; at once where they asked for none, it is past, or somebody asked for the mail itself.
pub fn not_before(
    subscription: &Subscription,
    mailing: Mailing,
    zone: Tz,
    now: DateTime<Utc>,
) -> DateTime<Utc> {
    if mailing == Mailing::Always {
        return now;
    }
    let today = now.with_timezone(&zone).date_naive();
    let named = |date: NaiveDate| {
        let days = &subscription.weekdays;
        days.is_empty() || days.contains(&date.weekday())
    };
    if named(today) {
        let Some(at) = subscription.at else {
            return now;
        };
        let wanted = local_instant(zone, today, at);
        // A night run before midnight reports in the morning that follows it, if that is one of
        // their days.
        let midnight = local_instant(zone, today, NaiveTime::MIN);
        let evening = now - midnight > Duration::hours(18) && named(next(today));
        if wanted >= now || !evening {
            return wanted.max(now);
        }
    }
    let later = next(today).iter_days().take(7).find(|date| named(*date));
    let at = subscription.at.unwrap_or(NaiveTime::MIN);
    local_instant(zone, later.unwrap_or(next(today)), at)
}

/// When the word that all is quiet leaves, if one is due: on the day the readers named, after a
/// week without a mail.
pub fn heartbeat_at(
    subscription: &Subscription,
    zone: Tz,
    now: DateTime<Utc>,
    silent_since: Option<DateTime<Utc>>,
) -> Option<DateTime<Utc>> {
    let day: Weekday = subscription.heartbeat?;
    let today = now.with_timezone(&zone).date_naive();
    // In days of the calendar: a run that starts a second earlier than last week's still counts.
    let last = silent_since?.with_timezone(&zone).date_naive();
    let due = today.weekday() == day && (today - last).num_days() >= QUIET_DAYS;
    let at = subscription.at.unwrap_or(NaiveTime::MIN);
    due.then(|| local_instant(zone, today, at).max(now))
}

/// A heartbeat speaks of so many days.
pub const QUIET_DAYS: i64 = 7;

/// The mails that a mail of these results hangs under, oldest first: those about the dates it has
/// news of, or, where it repeats what was told, about all of them. `told` is in the order of the
/// mails.
pub fn references(results: &[(&str, NaiveDate, News)], told: &[Told]) -> Vec<String> {
    let news = || {
        results
            .iter()
            .filter(|(_, _, news)| *news != News::Unchanged)
    };
    let concerned: Vec<_> = match news().next() {
        None => results.iter().collect(),
        Some(_) => news().collect(),
    };
    let mut seen = BTreeSet::new();
    let mut thread: Vec<String> = told
        .iter()
        .filter(|one| {
            let is_it = |(channel, date, _): &&(&str, NaiveDate, News)| {
                *channel == one.channel && *date == one.date
            };
            concerned.iter().any(is_it)
        })
        .filter(|one| seen.insert(one.message_id.clone()))
        .map(|one| one.message_id.clone())
        .collect();
    // The first holds the thread together, the last ones place the mail in it.
    if thread.len() > LONGEST_THREAD {
        thread.drain(1..=thread.len() - LONGEST_THREAD);
    }
    thread
}

/// A line of headers must not grow for ever.
const LONGEST_THREAD: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    fn told(date: &str, id: &str) -> Told {
        Told {
            report: "finance".to_owned(),
            channel: "ovo".to_owned(),
            date: date.parse().expect("a date"),
            revision: 1,
            tone: Tone::Wrong,
            message_id: id.to_owned(),
            at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_thread_keeps_its_first_mail_and_its_last_ones() {
        let many: Vec<Told> = (0..50)
            .map(|n| told("2026-11-18", &format!("{n}@rekon")))
            .collect();
        let date = "2026-11-18".parse().expect("a date");
        let thread = references(&[("ovo", date, News::Superseding)], &many);
        assert_eq!(thread.len(), LONGEST_THREAD);
        assert_eq!(thread[0], "0@rekon");
        assert_eq!(thread[1], "31@rekon");
        assert_eq!(thread[19], "49@rekon");
    }

    #[test]
    fn a_mail_hangs_under_those_about_the_dates_it_corrects() {
        let mails = [
            told("2026-11-17", "a@rekon"),
            told("2026-11-18", "b@rekon"),
            told("2026-11-18", "b@rekon"),
        ];
        let day = |text: &str| -> NaiveDate { text.parse().expect("a date") };
        let (first, second, third) = (day("2026-11-17"), day("2026-11-18"), day("2026-11-19"));
        for (results, expected) in [
            (vec![("ovo", third, News::First)], &[][..]),
            (
                vec![("ovo", first, News::Unchanged), ("ovo", third, News::First)],
                &[][..],
            ),
            (
                vec![
                    ("ovo", second, News::Superseding),
                    ("ovo", third, News::First),
                ],
                &["b@rekon"][..],
            ),
            (vec![("dana", second, News::Superseding)], &[][..]),
            (
                vec![
                    ("ovo", first, News::Unchanged),
                    ("ovo", second, News::Unchanged),
                ],
                &["a@rekon", "b@rekon"][..],
            ),
        ] {
            assert_eq!(references(&results, &mails), expected, "{results:?}");
        }
    }

    #[test]
    fn what_is_worth_a_mail() {
        use Tone::{Clean, Wrong};
        let never = (None, None);
        // news, tone, told, channel | always, breaks, changes
        for (news, tone, (told, channel), expected) in [
            (News::First, Clean, never, [true, false, false]),
            (News::First, Wrong, never, [true, true, true]),
            (News::First, Clean, (None, Some(Wrong)), [true, false, true]),
            (
                News::First,
                Clean,
                (None, Some(Clean)),
                [true, false, false],
            ),
            // After a mail that said it could not be reconciled.
            (
                News::First,
                Clean,
                (Some(Wrong), Some(Wrong)),
                [true, true, true],
            ),
            (News::Superseding, Clean, (None, None), [true, false, false]),
            (
                News::Superseding,
                Clean,
                (Some(Wrong), Some(Wrong)),
                [true, true, true],
            ),
            (
                News::Superseding,
                Clean,
                (Some(Clean), Some(Clean)),
                [true, false, true],
            ),
            (
                News::Superseding,
                Wrong,
                (Some(Clean), Some(Clean)),
                [true, true, true],
            ),
            (
                News::Unchanged,
                Clean,
                (Some(Clean), Some(Clean)),
                [false; 3],
            ),
            (
                News::Unchanged,
                Wrong,
                (Some(Wrong), Some(Wrong)),
                [false; 3],
            ),
        ] {
            let standing = Standing {
                news,
                tone,
                told,
                channel,
            };
            let got = [When::Always, When::Breaks, When::Changes]
                .map(|when| wanted(when, Mailing::OnChange, &[standing], Clean));
            assert_eq!(got, expected, "{standing:?}");
            for when in [When::Always, When::Breaks, When::Changes] {
                assert!(!wanted(when, Mailing::Never, &[standing], Wrong));
                assert!(wanted(when, Mailing::OnChange, &[standing], Wrong));
                let asked = wanted(when, Mailing::Always, &[standing], Clean);
                let corrected = news != News::Unchanged && told == Some(Wrong);
                assert_eq!(asked, when != When::Breaks || tone == Wrong || corrected);
            }
        }
    }
}
