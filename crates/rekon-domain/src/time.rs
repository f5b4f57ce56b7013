//! Business dates, cut-off, calendars. Every instant is UTC inside; the clock is an argument.

use chrono::{DateTime, Datelike, Days, Duration, NaiveDate, NaiveTime, TimeZone, Utc, Weekday};
use chrono_tz::Tz;

use super::holidays::Holidays;

/// When the business date rolls: the zone everything is decided in, and the cut-off as an offset
/// from its midnight (negative where the provider rolls some minutes early).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BusinessDay {
    pub zone: Tz,
    pub cutoff: Duration,
}

impl BusinessDay {
    /// The local date of (instant − cut-off).
    pub fn date_of(&self, instant: DateTime<Utc>) -> NaiveDate {
        (instant - self.cutoff)
            .with_timezone(&self.zone)
            .date_naive()
    }

    /// Start (inclusive) and end (exclusive) of a business date.
    pub fn span(&self, date: NaiveDate) -> (DateTime<Utc>, DateTime<Utc>) {
        (self.start(date), self.start(next(date)))
    }

    fn start(&self, date: NaiveDate) -> DateTime<Utc> {
        local_instant(self.zone, date, NaiveTime::MIN) + self.cutoff
    }

    /// Whether an instant says a time of day. A file or a ledger that writes dates alone gives
    /// midnight: nothing is concluded from its minutes. Of the payments that took place at midnight
    /// to the second no more is concluded than of those.
    pub fn says_time(&self, instant: DateTime<Utc>) -> bool {
        instant.with_timezone(&self.zone).time() != NaiveTime::MIN
    }

    /// How far two instants are apart: by whole days where one of them says no time of day.
    pub fn apart(&self, one: DateTime<Utc>, other: DateTime<Utc>) -> Duration {
        if self.says_time(one) && self.says_time(other) {
            return (one - other).abs();
        }
        let day = |instant: DateTime<Utc>| instant.with_timezone(&self.zone).date_naive();
        (day(one) - day(other)).abs()
    }

    /// Which of the covered dates a row of this instant belongs to: the one whose span is nearest.
    /// A row stamped 00:00:02 on the 19th in the file of the 18th belongs to the 18th.
    /// Equally near dates: the earlier. `None` only for no dates.
    pub fn covered_date(&self, covered: &[NaiveDate], instant: DateTime<Utc>) -> Option<NaiveDate> {
        if let [only] = covered {
            return Some(*only);
        }
        let own = self.date_of(instant);
        covered
            .iter()
            .copied()
            .min_by_key(|date| ((own - *date).num_days().abs(), *date))
    }
}

/// The business dates of many instants, nearly all of them of one date after another.
#[derive(Clone, Copy, Debug)]
pub struct Dated {
    days: BusinessDay,
    last: Option<(Bounds, NaiveDate)>,
}

impl Dated {
    pub fn by(days: BusinessDay) -> Dated {
        Dated { days, last: None }
    }

    pub fn date_of(&mut self, instant: DateTime<Utc>) -> NaiveDate {
        if let Some((bounds, date)) = self.last
            && bounds.hold(instant)
        {
            return date;
        }
        let date = self.days.date_of(instant);
        let (from, to) = self.days.span(date);
        // Where a clock is put back at midnight, an hour is of two dates.
        let last = to - Duration::milliseconds(1);
        let is_whole = [from, last]
            .into_iter()
            .all(|at| self.days.date_of(at) == date);
        self.last = is_whole.then_some((Bounds { from, to }, date));
        date
    }
}

/// What counts is from `from` until before `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
}

impl Bounds {
    pub fn hold(&self, at: DateTime<Utc>) -> bool {
        self.from <= at && at < self.to
    }
}

/// The instant of a wall-clock time in `zone`; a time that a DST change skips becomes the first
/// one after it, a repeated one its first occurrence.
pub fn local_instant(zone: Tz, date: NaiveDate, time: NaiveTime) -> DateTime<Utc> {
    let naive = date.and_time(time);
    let mut shifted = naive;
    // A whole day may be left out, as Samoa did.
    for _ in 0..=48 {
        if let Some(found) = zone.from_local_datetime(&shifted).earliest() {
            return found.with_timezone(&Utc);
        }
        shifted += Duration::minutes(30);
    }
    naive.and_utc()
}

pub fn next(date: NaiveDate) -> NaiveDate {
    date.checked_add_days(Days::new(1))
        .unwrap_or(NaiveDate::MAX)
}

pub fn previous(date: NaiveDate) -> NaiveDate {
    date.checked_sub_days(Days::new(1))
        .unwrap_or(NaiveDate::MIN)
}

/// Every date of an inclusive range, in order.
pub fn dates(from: NaiveDate, to: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    from.iter_days().take_while(move |date| *date <= to)
}

/// On which days a provider's report is expected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Calendar {
    #[default]
    EveryDay,
    /// Monday to Friday, whatever the date.
    Weekdays,
    /// Monday to Friday without the holidays.
    WorkingDays { holidays: Holidays },
}

impl Calendar {
    pub fn expects(&self, date: NaiveDate) -> bool {
        let weekday = !matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
        match self {
            Calendar::EveryDay => true,
            Calendar::Weekdays => weekday,
            Calendar::WorkingDays { holidays } => weekday && !holidays.rests_on(date),
        }
    }

    /// A year that decides when the report of `date` is expected, and of which no holiday is known:
    /// its every Monday to Friday is taken for a working day.
    pub fn unlisted_year(&self, date: NaiveDate) -> Option<i32> {
        let Calendar::WorkingDays { holidays } = self else {
            return None;
        };
        [date, self.next_expected(date)]
            .map(|day| day.year())
            .into_iter()
            .find(|year| !holidays.knows(*year))
    }

    /// The first day after `date` on which a report can arrive.
    pub fn next_expected(&self, date: NaiveDate) -> NaiveDate {
        date.iter_days()
            .skip(1)
            .take(366)
            .find(|day| self.expects(*day))
            .unwrap_or(next(date))
    }
}

#[cfg(test)]
mod tests {
    use super::super::holidays::{HolidaySource, JointLeave};
    use super::*;

    fn jakarta(cutoff: Duration) -> BusinessDay {
        BusinessDay {
            zone: chrono_tz::Asia::Jakarta,
            cutoff,
        }
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn business_date_is_the_jakarta_date_after_the_cutoff() {
        // instant | cut-off minutes | business date
        for (instant, cutoff, expected) in [
            ("2024-01-01T17:30:00Z", 0, "2024-01-02"),
            ("2024-01-01T16:59:59Z", 0, "2024-01-01"),
            ("2024-01-01T17:00:00Z", 0, "2024-01-02"),
            ("2024-01-02T04:59:59Z", 12 * 60, "2024-01-01"),
            ("2024-01-02T05:00:00Z", 12 * 60, "2024-01-02"),
            ("2024-01-01T16:56:00Z", -5, "2024-01-02"),
            ("2024-02-29T10:00:00Z", 0, "2024-02-29"),
        ] {
            let days = jakarta(Duration::minutes(cutoff));
            assert_eq!(
                days.date_of(at(instant)),
                day(expected),
                "{instant} {cutoff}"
            );
            let (from, to) = days.span(day(expected));
            assert!(
                from <= at(instant) && at(instant) < to,
                "{instant} {cutoff}"
            );
        }
    }

    #[test]
    fn a_row_belongs_to_the_nearest_covered_date() {
        let days = jakarta(Duration::zero());
        let friday_to_sunday = [day("2026-11-13"), day("2026-11-14"), day("2026-11-15")];
        assert_eq!(
            days.covered_date(&[day("2026-11-18")], at("2026-11-18T17:00:02Z")),
            Some(day("2026-11-18"))
        );
        assert_eq!(
            days.covered_date(&friday_to_sunday, at("2026-11-14T03:00:00Z")),
            Some(day("2026-11-14"))
        );
        assert_eq!(days.covered_date(&[], at("2026-11-14T03:00:00Z")), None);
    }

    #[test]
    fn a_report_is_expected_on_the_next_working_day() {
        let own = HolidaySource::File("holidays.txt".to_owned());
        let own = Holidays::parse("2026-11-16", own, JointLeave::Holiday).expect("a list");
        let own = Calendar::WorkingDays { holidays: own };
        let indonesia = |joint_leave| Calendar::WorkingDays {
            holidays: Holidays::indonesia(joint_leave).expect("the built-in list"),
        };
        let resting = indonesia(JointLeave::Holiday);
        let working = indonesia(JointLeave::Working);
        // calendar | business date | its report is expected on
        for (calendar, date, expected) in [
            (&Calendar::EveryDay, "2026-11-13", "2026-11-14"),
            (&Calendar::Weekdays, "2026-11-13", "2026-11-16"),
            (&Calendar::Weekdays, "2026-12-24", "2026-12-25"),
            (&own, "2026-11-13", "2026-11-17"),
            (&own, "2026-11-12", "2026-11-13"),
            // Nyepi and Idulfitri: from Wednesday the 18th to Tuesday the 24th.
            (&resting, "2026-03-16", "2026-03-17"),
            (&resting, "2026-03-17", "2026-03-25"),
            (&resting, "2026-03-21", "2026-03-25"),
            (&resting, "2026-03-24", "2026-03-25"),
            (&working, "2026-03-17", "2026-03-18"),
            (&working, "2026-03-18", "2026-03-20"),
            (&working, "2026-03-20", "2026-03-23"),
            (&resting, "2026-12-23", "2026-12-28"),
            (&resting, "2026-12-31", "2027-01-04"),
        ] {
            assert_eq!(
                calendar.next_expected(day(date)),
                day(expected),
                "{date} of {calendar:?}"
            );
        }
    }

    #[test]
    fn a_year_nobody_listed_is_named() {
        let holidays = Holidays::indonesia(JointLeave::Holiday).expect("the built-in list");
        let calendar = Calendar::WorkingDays { holidays };
        for (date, year) in [
            ("2024-12-31", Some(2024)),
            ("2025-01-01", None),
            ("2027-12-30", None),
            // Its report is expected in January.
            ("2027-12-31", Some(2028)),
            ("2028-02-01", Some(2028)),
        ] {
            assert_eq!(calendar.unlisted_year(day(date)), year, "{date}");
            assert_eq!(Calendar::EveryDay.unlisted_year(day(date)), None, "{date}");
            assert_eq!(Calendar::Weekdays.unlisted_year(day(date)), None, "{date}");
        }
    }
}
