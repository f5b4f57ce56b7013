//! Days on which nobody works: a list that is data, and what it does not know.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};

/// The decrees' own lists, each year with its source.
const INDONESIA: &str = include_str!("holidays/indonesia.txt");

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HolidayKind {
    National,
    /// *Cuti bersama*: decreed beside the national holidays, taken or not by each company.
    JointLeave,
}

impl HolidayKind {
    pub fn name(self) -> &'static str {
        match self {
            HolidayKind::National => "national holiday",
            HolidayKind::JointLeave => "joint leave",
        }
    }
}

/// What a partner does on joint leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JointLeave {
    Holiday,
    Working,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holiday {
    pub kind: HolidayKind,
    /// Empty where the list gives none.
    pub name: String,
}

/// Where a list comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HolidaySource {
    /// Indonesia's, as shipped.
    BuiltIn,
    /// A file, as the configuration names it.
    File(String),
}

/// A list of holidays, by year. A year without a single one was never looked up by anybody, and is
/// not a year without holidays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holidays {
    source: HolidaySource,
    joint_leave: JointLeave,
    listed: BTreeMap<NaiveDate, Holiday>,
    years: BTreeSet<i32>,
}

/// A line that is no holiday.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: `{word}` is no date")]
pub struct BadHoliday {
    /// 1 for the first line.
    pub line: usize,
    pub word: String,
}

impl Holidays {
    /// The national holidays and joint leave of Indonesia that ship with the program.
    pub fn indonesia(joint_leave: JointLeave) -> Result<Holidays, BadHoliday> {
        Holidays::parse(INDONESIA, HolidaySource::BuiltIn, joint_leave)
    }

    /// One date (`YYYY-MM-DD`) a line, then `national` or `joint-leave` where the list tells them
    /// apart, then its name; `#` begins a remark.
    pub fn parse(
        text: &str,
        source: HolidaySource,
        joint_leave: JointLeave,
    ) -> Result<Holidays, BadHoliday> {
        let mut listed = BTreeMap::new();
        for (position, line) in text.lines().enumerate() {
            let line = line.split('#').next().unwrap_or_default().trim();
            let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
            if word.is_empty() {
                continue;
            }
            let date: NaiveDate = word.parse().map_err(|_| BadHoliday {
                line: position + 1,
                word: word.to_owned(),
            })?;
            let rest = rest.trim_start();
            let (first, name) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
            let (kind, name) = match first {
                "national" => (HolidayKind::National, name),
                "joint-leave" => (HolidayKind::JointLeave, name),
                _ => (HolidayKind::National, rest),
            };
            let holiday = Holiday {
                kind,
                name: name.trim().to_owned(),
            };
            // A date that is both is a holiday whatever joint leave counts as.
            let known = listed.get(&date).map(|known: &Holiday| known.kind);
            if known != Some(HolidayKind::National) {
                listed.insert(date, holiday);
            }
        }
        Ok(Holidays {
            source,
            joint_leave,
            years: listed.keys().map(Datelike::year).collect(),
            listed,
        })
    }

    /// Whether nobody works on this date because of it.
    pub fn rests_on(&self, date: NaiveDate) -> bool {
        self.of(date).is_some()
    }

    /// The holiday of a date; joint leave only where it counts as one.
    pub fn of(&self, date: NaiveDate) -> Option<&Holiday> {
        self.listed.get(&date).filter(|holiday| {
            holiday.kind == HolidayKind::National || self.joint_leave == JointLeave::Holiday
        })
    }

    /// The dates on which nobody works because of it.
    pub fn resting(&self) -> impl Iterator<Item = NaiveDate> + '_ {
        let listed = self.listed.keys().copied();
        listed.filter(|date| self.rests_on(*date))
    }

    pub fn source(&self) -> &HolidaySource {
        &self.source
    }

    pub fn joint_leave(&self) -> JointLeave {
        self.joint_leave
    }

    /// Whether the list tells joint leave from national holidays at all.
    pub fn names_joint_leave(&self) -> bool {
        let mut listed = self.listed.values();
        listed.any(|holiday| holiday.kind == HolidayKind::JointLeave)
    }

    pub fn knows(&self, year: i32) -> bool {
        self.years.contains(&year)
    }

    /// The years it lists anything of, in order.
    pub fn years(&self) -> impl DoubleEndedIterator<Item = i32> + '_ {
        self.years.iter().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    /// The decrees state how many days of each kind they name.
    #[test]
    fn the_built_in_list_has_as_many_days_as_the_decrees_say() {
        let list = Holidays::indonesia(JointLeave::Holiday).expect("the built-in list");
        for (year, national, joint_leave) in [(2025, 17, 11), (2026, 17, 8), (2027, 18, 8)] {
            let count = |kind| {
                let mut of_year = list.listed.iter().filter(|(date, _)| date.year() == year);
                of_year.by_ref().filter(|(_, one)| one.kind == kind).count()
            };
            assert_eq!(count(HolidayKind::National), national, "{year}");
            assert_eq!(count(HolidayKind::JointLeave), joint_leave, "{year}");
        }
        assert_eq!(list.years().collect::<Vec<_>>(), [2025, 2026, 2027]);
        assert!(list.listed.values().all(|one| !one.name.is_empty()));
        let lines = INDONESIA.lines().filter(|line| line.starts_with('2'));
        assert_eq!(lines.count(), list.listed.len(), "no date stands twice");
    }

    #[test]
    fn joint_leave_is_a_holiday_only_where_it_counts_as_one() {
        for (joint_leave, eid_friday) in [(JointLeave::Holiday, true), (JointLeave::Working, false)]
        {
            let list = Holidays::indonesia(joint_leave).expect("the built-in list");
            assert_eq!(list.rests_on(day("2026-03-20")), eid_friday);
            assert!(list.rests_on(day("2026-03-19")), "Nyepi");
            assert!(!list.rests_on(day("2026-03-25")));
        }
    }

    #[test]
    fn a_list_of_ones_own_reads_with_kinds_and_without() {
        // line | kind | name
        for (line, kind, name) in [
            ("2026-11-16", HolidayKind::National, ""),
            (
                "2026-11-16  Hari libur # kami",
                HolidayKind::National,
                "Hari libur",
            ),
            (
                "2026-11-16 national Hari libur",
                HolidayKind::National,
                "Hari libur",
            ),
            ("2026-11-16\tjoint-leave", HolidayKind::JointLeave, ""),
            (
                "2026-11-16 joint-leave  Idulfitri",
                HolidayKind::JointLeave,
                "Idulfitri",
            ),
            (
                "2026-11-16 national X\n2026-11-16 joint-leave Y",
                HolidayKind::National,
                "X",
            ),
            (
                "2026-11-16 joint-leave Y\n2026-11-16 national X",
                HolidayKind::National,
                "X",
            ),
        ] {
            let source = HolidaySource::File("holidays.txt".to_owned());
            let list = Holidays::parse(line, source, JointLeave::Holiday).expect(line);
            let read = list.of(day("2026-11-16")).expect(line);
            assert_eq!((read.kind, read.name.as_str()), (kind, name), "{line}");
        }
        let bad = Holidays::parse(
            "# ours\n\n16-11-2026 Libur",
            HolidaySource::BuiltIn,
            JointLeave::Holiday,
        );
        assert_eq!(
            bad,
            Err(BadHoliday {
                line: 3,
                word: "16-11-2026".to_owned()
            })
        );
    }
}
