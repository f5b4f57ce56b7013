//! How a column writes dates: every way in which its values can be read, and what tells the ways
//! apart.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};
use chrono_tz::Tz;
use regex::{Captures, Regex};

use crate::domain::stamp::{StampFormat, StampReader};

/// One way of reading the values of a shape.
#[derive(Clone, Debug)]
pub(super) struct Way {
    /// As `time.formats` takes it; empty for ISO stamps, which need none.
    pub format: String,
    pub reads: u64,
    /// A value it cannot read, with its row.
    pub refused: Option<(u32, String)>,
    /// Dates in the zone of stamps without one.
    pub dates: BTreeMap<NaiveDate, u64>,
    pub hours: [u64; 24],
}

/// Values written alike.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    pub count: u64,
    pub ways: Vec<Way>,
    pub example: (u32, String),
    /// The stamps say their zone: `Z`, `+07:00`.
    pub zoned: bool,
    /// `WIB`, `UTC`: a word after the stamp, for which the profile names the zone.
    pub zone_word: Option<&'static str>,
    pub has_clock: bool,
}

#[derive(Clone, Debug, Default)]
pub(super) struct StampTally {
    pub shapes: BTreeMap<String, Shape>,
    pub read: u64,
    /// Only a time of day.
    pub clocks: u64,
    pub clock_hours: [u64; 24],
    /// Eight or fourteen digits that could be a date and could be a number.
    pub compact: u64,
}

/// More shapes than a report has; the rest counts as unread.
const SHAPES: usize = 8;
const DATES: usize = 400;

impl StampTally {
    pub fn add(&mut self, row: u32, text: &str, zone: Tz) {
        if text.len() > 60 {
            return;
        }
        if let Some(hour) = clock_hour(text) {
            self.clocks += 1;
            self.clock_hours[hour] += 1;
            return;
        }
        let Some(seen) = see(text) else { return };
        let full = self.shapes.len() >= SHAPES;
        if full && !self.shapes.contains_key(&seen.key) {
            return;
        }
        let shape = self.shapes.entry(seen.key).or_insert_with(|| Shape {
            count: 0,
            ways: seen
                .formats
                .iter()
                .map(|format| Way {
                    format: format.clone(),
                    reads: 0,
                    refused: None,
                    dates: BTreeMap::new(),
                    hours: [0; 24],
                })
                .collect(),
            example: (row, text.to_owned()),
            zoned: seen.zoned,
            zone_word: seen.zone_word,
            has_clock: seen.has_clock,
        });
        shape.count += 1;
        self.compact += u64::from(seen.compact);
        let mut any = false;
        for way in &mut shape.ways {
            match read(text, &way.format, zone) {
                Some(at) => {
                    any = true;
                    way.reads += 1;
                    let local = at.with_timezone(&zone);
                    way.hours[local.hour() as usize % 24] += 1;
                    let date = local.date_naive();
                    if way.dates.len() < DATES || way.dates.contains_key(&date) {
                        *way.dates.entry(date).or_default() += 1;
                    }
                }
                None if way.refused.is_none() => way.refused = Some((row, text.to_owned())),
                None => {}
            }
        }
        self.read += u64::from(any);
    }
}

impl Shape {
    /// The ways that read every value; where none does, those that read most.
    pub fn best(&self) -> Vec<&Way> {
        let most = self.ways.iter().map(|way| way.reads).max().unwrap_or(0);
        // A year of two digits in front is considered only where the usual orders fail.
        let mut best: Vec<&Way> = self
            .ways
            .iter()
            .filter(|way| way.reads == most && most > 0)
            .collect();
        if best.len() > 1 {
            best.retain(|way| !way.format.starts_with("%y"));
        }
        best
    }
}

fn read(text: &str, format: &str, zone: Tz) -> Option<DateTime<Utc>> {
    if format.is_empty() {
        return StampReader::new(&[], zone).read(text).ok();
    }
    let formats = [StampFormat::parse(format)?];
    StampReader::new(&formats, zone).read(text).ok()
}

fn clock_hour(text: &str) -> Option<usize> {
    static CLOCK: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"^(\d{1,2})[:.]([0-5]\d)(?:[:.][0-5]\d)?( [AaPp][Mm])?$").ok()
    });
    let found = CLOCK.as_ref()?.captures(text)?;
    let hour: usize = found[1].parse().ok()?;
    // `12.50` is an amount sooner than ten to one.
    (hour < 24 && (text.contains(':') || text.matches('.').count() == 2)).then_some(hour)
}

struct Seen {
    key: String,
    formats: Vec<String>,
    zoned: bool,
    zone_word: Option<&'static str>,
    has_clock: bool,
    compact: bool,
}

const STAMP: &str = r"(?x)^
    (?: (?P<weekday> [A-Za-z']{3,9} ) (?P<comma> ,? ) \x20 )?
    (?: (?P<y> \d{4} ) (?P<s1> [-/.] ) (?P<ym> \d{1,2} ) (?P<s2> [-/.] ) (?P<yd> \d{1,2} )
      | (?P<a> \d{1,2} ) (?P<s3> [-/.\x20] ) (?P<b> \d{1,2} ) (?P<s4> [-/.\x20] ) (?P<c> \d{4} | \d{2} )
      | (?P<d> \d{1,2} ) (?P<s5> [-/.\x20] ) (?P<month> [A-Za-z]{3,9} ) (?P<s6> [-/.\x20] | ,\x20 ) (?P<my> \d{4} | \d{2} )
      | (?P<first> [A-Za-z]{3,9} ) \x20 (?P<fd> \d{1,2} ) , \x20 (?P<fy> \d{4} )
      | (?P<compact> 20\d{6} ) (?P<rest> \d{6} )?
    )
    (?: (?P<between> [\x20T] | ,\x20 | \x20-\x20 ) (?P<hour> \d{1,2} ) (?P<t1> [:.] ) \d{2}
        (?: (?P<t2> [:.] ) \d{2} (?P<fraction> \.\d{1,9} )? )? (?P<half> \x20? [AaPp][Mm] )? )?
    (?P<zone> \x20? (?: Z | [+-]\d{2}:?\d{2} ) | \x20 (?: WIB | WITA | WIT | UTC | GMT ) )?
$";

/// What a value looks like; `None` for no date.
fn see(text: &str) -> Option<Seen> {
    static PATTERN: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(STAMP).ok());
    let found = PATTERN.as_ref()?.captures(text)?;
    let has = |group: &str| found.name(group).is_some();
    let has_clock = has("hour") || has("rest");
    let zone = found.name("zone").map_or("", |zone| zone.as_str());
    let zone_word = ["WITA", "WIB", "WIT", "UTC", "GMT"]
        .into_iter()
        .find(|word| zone.trim() == *word);
    let zoned = !zone.is_empty() && zone_word.is_none();
    if StampReader::new(&[], chrono_tz::Asia::Jakarta)
        .read(text)
        .is_ok()
    {
        // ISO says UTC itself.
        let zoned = zoned || zone_word == Some("UTC");
        return Some(Seen {
            key: format!("iso {zoned}"),
            formats: vec![String::new()],
            zoned,
            zone_word: None,
            has_clock: true,
            compact: false,
        });
    }
    let tail = clock_format(&found, zone, zone_word);
    let weekday = match (has("weekday"), found.name("comma").map(|c| c.as_str())) {
        (false, _) => "",
        (true, Some(",")) => "%A, ",
        (true, _) => "%A ",
    };
    let mut formats = Vec::new();
    for date in date_formats(&found)? {
        formats.push(format!("{weekday}{date}{tail}"));
    }
    Some(Seen {
        key: formats.first()?.clone(),
        formats,
        zoned,
        zone_word,
        has_clock,
        compact: has("compact"),
    })
}

fn date_formats(found: &Captures<'_>) -> Option<Vec<String>> {
    let text = |group: &str| found.name(group).map(|m| m.as_str());
    if text("y").is_some() {
        let (one, two) = (text("s1")?, text("s2")?);
        return Some(vec![format!("%Y{one}%m{two}%d")]);
    }
    if let Some(year) = text("c") {
        let (one, two) = (text("s3")?, text("s4")?);
        let y = if year.len() == 4 { "%Y" } else { "%y" };
        let mut ways = vec![format!("%d{one}%m{two}{y}"), format!("%m{one}%d{two}{y}")];
        if year.len() == 2 {
            ways.push(format!("%y{one}%m{two}%d"));
        }
        return Some(ways);
    }
    let month = |name: &str| if name.len() > 4 { "%B" } else { "%b" };
    if let Some(name) = text("month") {
        let y = if text("my")?.len() == 4 { "%Y" } else { "%y" };
        // `%B` reads short and long names alike.
        let month = month(name);
        return Some(vec![format!("%d{}{month}{}{y}", text("s5")?, text("s6")?)]);
    }
    if let Some(name) = text("first") {
        return Some(vec![format!("{} %d, %Y", month(name))]);
    }
    text("compact")?;
    Some(vec![match text("rest") {
        Some(_) => "%Y%m%d%H%M%S".to_owned(),
        None => "%Y%m%d".to_owned(),
    }])
}

fn clock_format(found: &Captures<'_>, zone: &str, zone_word: Option<&str>) -> String {
    let text = |group: &str| found.name(group).map_or("", |m| m.as_str());
    let mut tail = String::new();
    if found.name("hour").is_some() {
        tail.push_str(text("between"));
        let half = text("half");
        tail.push_str(if half.is_empty() { "%H" } else { "%I" });
        tail.push_str(&format!("{}%M", text("t1")));
        if found.name("t2").is_some() {
            tail.push_str(&format!("{}%S", text("t2")));
        }
        if found.name("fraction").is_some() {
            tail.push_str("%.f");
        }
        if !half.is_empty() {
            tail.push_str(if half.starts_with(' ') { " %p" } else { "%p" });
        }
    }
    if !zone.is_empty() {
        let blank = if zone.starts_with(' ') { " " } else { "" };
        tail.push_str(blank);
        match zone_word {
            Some(word) => tail.push_str(word),
            None if zone.contains(':') => tail.push_str("%:z"),
            None if zone.trim() == "Z" => tail.push('Z'),
            None => tail.push_str("%z"),
        }
    }
    tail
}

/// The date of a text that only one of `formats` or ISO reads.
pub(super) fn date_of(text: &str, format: &str) -> Option<NaiveDate> {
    let date = NaiveDate::parse_from_str(text, format).ok()?;
    (2000..2100).contains(&date.year()).then_some(date)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// value | the formats that read it
    const CASES: &str = "
        2026-11-18 08:01:02           | iso
        2026-11-18T08:01:02+07:00     | iso
        2026-11-18                    | %Y-%m-%d
        2026/11/18 08:01              | %Y/%m/%d %H:%M
        02/06/2026                    | %d/%m/%Y, %m/%d/%Y
        18/11/2026 08:01:02           | %d/%m/%Y %H:%M:%S
        11/18/2026                    | %m/%d/%Y
        18-11-26                      | %d-%m-%y
        17 Agustus 2026               | %d %B %Y
        17 Agu 2026                   | %d %b %Y
        Senin, 17 Agustus 2026 08.01  | %A, %d %B %Y %H.%M
        17 Sep 2026, 01:00:00         | %d %b %Y, %H:%M:%S
        17-Nov-26 08:01:02            | %d-%b-%y %H:%M:%S
        Nov 18, 2026 08:01 PM         | %b %d, %Y %I:%M %p
        20261118080102                | %Y%m%d%H%M%S
        18/11/2026 08:01:02 WIB       | %d/%m/%Y %H:%M:%S WIB
        75000                         |
        LKP04395955                   |
        12.50                         |
        30 Zzz 2026                   |
    ";

    #[test]
    fn every_way_of_reading_a_date_is_seen() {
        for case in CASES.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (value, expected) = case.split_once('|').expect("two cells");
            let mut tally = StampTally::default();
            tally.add(1, value.trim(), chrono_tz::Asia::Jakarta);
            let found: Vec<String> = tally
                .shapes
                .values()
                .flat_map(Shape::best)
                .map(|way| match way.format.as_str() {
                    "" => "iso".to_owned(),
                    format => format.to_owned(),
                })
                .collect();
            assert_eq!(found.join(", "), expected.trim(), "{value}");
        }
    }
}
