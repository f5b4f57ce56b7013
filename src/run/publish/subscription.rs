//! Who is told what, and when: decided from values, before anything is written.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveTime, Utc, Weekday};
use chrono_tz::Tz;

use crate::config::Subscription;
use crate::domain::statement::{DateNews, StatedDate, Statement, Thread};
use crate::domain::time::{local_instant, next};
use crate::run::Mailing;

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

/// The mails in whose thread a mail of this statement is sent, oldest first: those about the dates
/// it has news of, or, where it repeats what was told, about all of them.
pub fn references(statement: &Statement, told: &[Thread]) -> Vec<String> {
    let dates = || {
        statement.channels.iter().flat_map(|one| {
            let dates = one.dates.iter();
            dates.map(move |date| (one.channel.as_str(), date))
        })
    };
    let is_news = |(_, date): &(&str, &StatedDate)| date.news != DateNews::Unchanged;
    let concerned: Vec<_> = match dates().any(|one| is_news(&one)) {
        true => dates().filter(is_news).collect(),
        false => dates().collect(),
    };
    let mut seen = BTreeSet::new();
    let mut thread: Vec<String> = told
        .iter()
        .filter(|one| {
            let is_it = |(channel, date): &(&str, &StatedDate)| {
                *channel == one.channel && date.date == one.date
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
    use crate::domain::statement::{ChannelStatement, Concern, FailureNews, JudgedNow, KnownDate};

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn told(date: &str, id: &str) -> Thread {
        Thread {
            channel: "ovo".to_owned(),
            date: day(date),
            message_id: id.to_owned(),
        }
    }

    fn of(channel: &str, dates: &[(&str, DateNews)]) -> Statement {
        let dates = dates.iter().map(|(date, news)| StatedDate {
            date: day(date),
            news: *news,
            known: KnownDate {
                revision: 2,
                concern: Concern::Clean,
                judged: JudgedNow::Yes,
            },
            told: None,
        });
        Statement {
            channels: vec![ChannelStatement {
                channel: channel.to_owned(),
                breaks: Vec::new(),
                cleared: BTreeSet::new(),
                dates: dates.collect(),
                files: Vec::new(),
                mails: Vec::new(),
                awaits_a_person: false,
                failure: FailureNews::None,
                told: None,
            }],
        }
    }

    const NEWER: DateNews = DateNews::Superseding { told: 1 };

    #[test]
    fn a_thread_keeps_its_first_mail_and_its_last_ones() {
        let many: Vec<Thread> = (0..50)
            .map(|n| told("2026-11-18", &format!("{n}@rekon")))
            .collect();
        let thread = references(&of("ovo", &[("2026-11-18", NEWER)]), &many);
        assert_eq!(thread.len(), LONGEST_THREAD);
        assert_eq!(thread[0], "0@rekon");
        assert_eq!(thread[1], "31@rekon");
        assert_eq!(thread[19], "49@rekon");
    }

    #[test]
    fn a_mail_is_sent_in_the_thread_of_the_dates_it_corrects() {
        let mails = [
            told("2026-11-17", "a@rekon"),
            told("2026-11-18", "b@rekon"),
            told("2026-11-18", "b@rekon"),
        ];
        let (first, second, third) = ("2026-11-17", "2026-11-18", "2026-11-19");
        let (new, same) = (DateNews::First, DateNews::Unchanged);
        for (channel, dates, expected) in [
            ("ovo", vec![(third, new)], &[][..]),
            ("ovo", vec![(first, same), (third, new)], &[][..]),
            ("ovo", vec![(second, NEWER), (third, new)], &["b@rekon"][..]),
            ("dana", vec![(second, NEWER)], &[][..]),
            (
                "ovo",
                vec![(first, same), (second, same)],
                &["a@rekon", "b@rekon"][..],
            ),
        ] {
            let statement = of(channel, &dates);
            assert_eq!(references(&statement, &mails), expected, "{dates:?}");
        }
    }
}
