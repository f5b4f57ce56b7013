//! Dates and times as files write them → instants.

use std::borrow::Cow;

use chrono::format::{Item, Parsed, StrftimeItems};
use chrono::{
    DateTime, Datelike, FixedOffset, LocalResult, NaiveDate, NaiveTime, Offset, TimeZone, Utc,
};
use chrono_tz::Tz;

use crate::time::local_instant;

/// Which day a spreadsheet counts from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Epoch {
    #[default]
    Y1900,
    Y1904,
}

/// One declared way of writing a stamp.
#[derive(Clone, Debug)]
pub enum StampFormat {
    /// In these marks; a zone that the format names as a word is that of its stamps.
    Written(Vec<Item<'static>>, Option<FixedOffset>),
    /// A spreadsheet's day number as text.
    Serial(Epoch),
    /// So many units of this many milliseconds since 1970.
    Since1970(i64),
}

impl StampFormat {
    /// `None` where the text is not a date format.
    pub fn parse(format: &str) -> Option<StampFormat> {
        match format {
            "serial" => return Some(StampFormat::Serial(Epoch::Y1900)),
            "serial-1904" => return Some(StampFormat::Serial(Epoch::Y1904)),
            "epoch" => return Some(StampFormat::Since1970(1000)),
            "epoch-millis" => return Some(StampFormat::Since1970(1)),
            _ => {}
        }
        let items = StrftimeItems::new(format).parse_to_owned().ok()?;
        items
            .iter()
            .any(|item| matches!(item, Item::Numeric(..) | Item::Fixed(..)))
            .then_some(StampFormat::Written(
                items,
                ends_in_zone(format).map(|(_, zone)| zone),
            ))
    }
}

/// The zones of Indonesia as files write them, and what else stands for a zone: `UTC`, `Z`, an offset
/// such as `+08:00`, `GMT+8`, or the IANA name of one of Indonesia's.
pub fn zone_of(word: &str) -> Option<FixedOffset> {
    let word = word.trim();
    let hours = match word.to_ascii_uppercase().as_str() {
        "WIB" | "ASIA/JAKARTA" | "ASIA/PONTIANAK" => 7,
        "WITA" | "ASIA/MAKASSAR" => 8,
        "WIT" | "ASIA/JAYAPURA" => 9,
        "UTC" | "GMT" | "Z" => 0,
        _ => {
            let offset = ["UTC", "GMT"]
                .iter()
                .find_map(|name| word.strip_prefix(name));
            return offset_of(offset.unwrap_or(word));
        }
    };
    FixedOffset::east_opt(hours * 3600)
}

/// `+7`, `+07`, `+0700`, `+07:00`.
fn offset_of(text: &str) -> Option<FixedOffset> {
    let (ahead, digits) = match text.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = match digits.split_once(':') {
        Some(parts) => parts,
        None if digits.len() == 4 => digits.split_at_checked(2)?,
        None => (digits, "0"),
    };
    let number = |text: &str, most: i32| {
        let is_number = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        text.parse::<i32>()
            .ok()
            .filter(|number| is_number && *number <= most)
    };
    FixedOffset::east_opt(ahead * (number(hours, 14)? * 60 + number(minutes, 59)?) * 60)
}

/// A text that ends in the name of a zone of Indonesia, without it.
fn ends_in_zone(text: &str) -> Option<(&str, FixedOffset)> {
    let text = text.trim_end();
    let (at, before) = text
        .char_indices()
        .rfind(|(_, c)| !c.is_ascii_alphabetic())?;
    let (body, word) = text.split_at(at + before.len_utf8());
    let is_named = ["WIB", "WITA", "WIT"]
        .iter()
        .any(|name| word.eq_ignore_ascii_case(name));
    zone_of(word)
        .filter(|_| is_named)
        .map(|zone| (body.trim_end(), zone))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StampFault {
    #[error("the date is empty")]
    Empty,
    #[error(
        "two-way date: day and month cannot be told apart; declare the format in `formats` under [time] of the profile, e.g. \"%d/%m/%Y\""
    )]
    TwoWay,
    #[error(
        "two declared formats read this date differently; keep one of them in `formats` under [time] of the profile"
    )]
    Conflict,
    #[error("not a time of day")]
    Clock,
    #[error(
        "a time that the clock skipped in the profile's zone; check `zone` under [time] of the profile"
    )]
    Skipped,
    #[error(
        "a time that the clock showed twice in the profile's zone; ask for stamps with an offset"
    )]
    Twice,
    #[error(
        "not a date in a declared format; add it to `formats` under [time] of the profile, e.g. \"%d/%m/%Y %H:%M:%S\""
    )]
    Unknown,
}

/// Reads stamps of one file. ISO stamps are understood everywhere: they cannot mean two things.
pub struct StampReader<'p> {
    formats: &'p [StampFormat],
    zone: Tz,
    /// That of the stamp at hand, where another column names it.
    named: Option<FixedOffset>,
    day: Option<CachedDay>,
}

/// A date as text, its midnight in UTC milliseconds, and how far the zone is ahead of UTC on all
/// of that day (`None` on the day of a clock change).
struct CachedDay {
    text: [u8; 10],
    midnight: i64,
    date: NaiveDate,
    ahead: Option<i64>,
}

const CLOCKS: [&str; 6] = [
    "%H:%M:%S",
    "%H:%M",
    "%H.%M.%S",
    "%H.%M",
    "%I:%M:%S %p",
    "%I:%M %p",
];
const DAY_MS: i64 = 86_400_000;

impl<'p> StampReader<'p> {
    pub fn new(formats: &'p [StampFormat], zone: Tz) -> StampReader<'p> {
        StampReader {
            formats,
            zone,
            named: None,
            day: None,
        }
    }

    /// The zone of the stamps that follow, where they name none themselves.
    pub fn in_zone(&mut self, zone: Option<FixedOffset>) {
        self.named = zone;
    }

    pub fn read(&mut self, text: &str) -> Result<DateTime<Utc>, StampFault> {
        if let Some(read) = self.iso(text.as_bytes()) {
            return read;
        }
        self.declared(text)
    }

    /// A date and a time of day from two columns.
    pub fn read_joined(&mut self, date: &str, clock: &str) -> Result<DateTime<Utc>, StampFault> {
        // A date cell of a workbook carries its own midnight.
        let date = date.strip_suffix(" 00:00:00").unwrap_or(date);
        if let Ok(instant) = self.read(&format!("{date} {clock}")) {
            return Ok(instant);
        }
        let day = self.declared(date)?;
        let time = CLOCKS
            .iter()
            .find_map(|format| NaiveTime::parse_from_str(clock, format).ok())
            .ok_or(StampFault::Clock)?;
        let date = match self.named {
            Some(zone) => day.with_timezone(&zone).date_naive(),
            None => day.with_timezone(&self.zone).date_naive(),
        };
        self.at(date, time, self.named)
    }

    /// The instant of a wall clock, in the zone that the stamp names, else in that of the file. A time
    /// that a change of the clock skips or repeats is no instant.
    fn at(
        &self,
        date: NaiveDate,
        time: NaiveTime,
        zone: Option<FixedOffset>,
    ) -> Result<DateTime<Utc>, StampFault> {
        let local = date.and_time(time);
        if let Some(zone) = zone {
            let found = zone.from_local_datetime(&local).single();
            return found
                .map(|at| at.with_timezone(&Utc))
                .ok_or(StampFault::Unknown);
        }
        match self.zone.from_local_datetime(&local) {
            LocalResult::Single(at) => Ok(at.with_timezone(&Utc)),
            // A stamp without a time of day says the day.
            LocalResult::None | LocalResult::Ambiguous(..) if time == NaiveTime::MIN => {
                Ok(local_instant(self.zone, date, time))
            }
            LocalResult::None => Err(StampFault::Skipped),
            LocalResult::Ambiguous(..) => Err(StampFault::Twice),
        }
    }

    /// A number in a date cell of a workbook.
    pub fn serial(&self, text: &str, epoch: Epoch) -> Result<DateTime<Utc>, StampFault> {
        let (date, time) = serial_parts(text, epoch).ok_or(StampFault::Unknown)?;
        self.at(date, time, self.named)
    }

    /// `YYYY-MM-DD HH:MM[:SS[.fff]]` with `T` or a blank between, then nothing, `Z` or an offset.
    fn iso(&mut self, bytes: &[u8]) -> Option<Result<DateTime<Utc>, StampFault>> {
        let date: &[u8; 10] = bytes.first_chunk()?;
        if !matches!(bytes.get(10)?, b' ' | b'T') || bytes.get(13)? != &b':' {
            return None;
        }
        let mut millis = two(bytes, 11, 23)? * 3_600_000 + two(bytes, 14, 59)? * 60_000;
        let mut rest = &bytes[16..];
        if rest.first() == Some(&b':') {
            millis += two(bytes, 17, 59)? * 1000;
            rest = &bytes[19..];
            if matches!(rest.first(), Some(b'.' | b',')) {
                let digits = rest[1..].iter().take_while(|b| b.is_ascii_digit()).count();
                if digits == 0 || digits > 9 {
                    return None;
                }
                let mut scale = 100;
                for digit in &rest[1..1 + digits.min(3)] {
                    millis += i64::from(digit - b'0') * scale;
                    scale /= 10;
                }
                rest = &rest[1 + digits..];
            }
        }
        let day = self.day_of(date)?;
        let (midnight, date, ahead) = (day.midnight, day.date, day.ahead);
        let rest = match rest {
            [b' ', more @ ..] if !more.is_empty() => more,
            all => all,
        };
        let hour = 3_600_000;
        let utc = match rest {
            [] => match (self.named, ahead) {
                (Some(zone), _) => midnight + millis - i64::from(zone.local_minus_utc()) * 1000,
                (None, Some(ahead)) => midnight + millis - ahead,
                (None, None) => return Some(self.local(date, millis)),
            },
            b"Z" | b"z" | b"UTC" => midnight + millis,
            b"WIB" | b"wib" => midnight + millis - 7 * hour,
            b"WITA" | b"wita" => midnight + millis - 8 * hour,
            b"WIT" | b"wit" => midnight + millis - 9 * hour,
            [sign @ (b'+' | b'-'), offset @ ..] => {
                let minutes = match offset.len() {
                    2 => 0,
                    4 => two(offset, 2, 59)?,
                    5 if offset[2] == b':' => two(offset, 3, 59)?,
                    _ => return None,
                };
                let ahead = (two(offset, 0, 14)? * 60 + minutes) * 60_000;
                midnight + millis - if *sign == b'-' { -ahead } else { ahead }
            }
            _ => return None,
        };
        DateTime::from_timestamp_millis(utc).map(Ok)
    }

    fn local(&self, date: NaiveDate, millis: i64) -> Result<DateTime<Utc>, StampFault> {
        let nanos = (millis % 1000) as u32 * 1_000_000;
        let time = NaiveTime::from_num_seconds_from_midnight_opt((millis / 1000) as u32, nanos);
        self.at(date, time.unwrap_or(NaiveTime::MIN), None)
    }

    fn day_of(&mut self, text: &[u8; 10]) -> Option<&CachedDay> {
        if self.day.as_ref().is_none_or(|day| day.text != *text) {
            let year = two(text, 0, 99)? * 100 + two(text, 2, 99)?;
            if text[4] != b'-' || text[7] != b'-' {
                return None;
            }
            let date = NaiveDate::from_ymd_opt(
                year as i32,
                two(text, 5, 12)? as u32,
                two(text, 8, 31)? as u32,
            )
            .filter(believable)?;
            let midnight = date.and_time(NaiveTime::MIN).and_utc().timestamp_millis();
            let ahead_at = |instant: i64| {
                DateTime::from_timestamp_millis(instant).map(|utc| {
                    let local = self.zone.offset_from_utc_datetime(&utc.naive_utc());
                    i64::from(local.fix().local_minus_utc()) * 1000
                })
            };
            // From a day before to a day after the UTC day holds the local day of every zone.
            let before = ahead_at(midnight - DAY_MS);
            let ahead = before.filter(|_| before == ahead_at(midnight + 2 * DAY_MS));
            self.day = Some(CachedDay {
                text: *text,
                midnight,
                date,
                ahead,
            });
        }
        self.day.as_ref()
    }

    fn declared(&self, text: &str) -> Result<DateTime<Utc>, StampFault> {
        let text = text.trim_matches([' ', '\t', '\u{a0}', '"', '\'']);
        if text.is_empty() {
            return Err(StampFault::Empty);
        }
        let english = english_names(text);
        // A zone behind the stamp counts, whether its format speaks of it or not.
        let zoned = ends_in_zone(&english);
        let mut found: Option<DateTime<Utc>> = None;
        let mut clock = None;
        for format in self.formats {
            let read = match format {
                StampFormat::Serial(epoch) => self.serial(text, *epoch),
                StampFormat::Since1970(unit) => since_1970(text, *unit),
                StampFormat::Written(items, Some(zone)) => {
                    self.written(&english, items, Some(*zone))
                }
                StampFormat::Written(items, None) => match zoned {
                    Some((body, zone)) => self.written(body, items, Some(zone)),
                    None => self.written(&english, items, self.named),
                },
            };
            let read = match read {
                Ok(read) => Some(read),
                Err(fault) => {
                    if fault != StampFault::Unknown {
                        clock = Some(fault);
                    }
                    None
                }
            };
            match (found, read) {
                (Some(first), Some(second)) if first != second => {
                    return Err(StampFault::Conflict);
                }
                (None, Some(_)) => found = read,
                _ => {}
            }
        }
        found.ok_or_else(|| {
            if let Some(fault) = clock {
                fault
            } else if is_two_way(text) {
                StampFault::TwoWay
            } else {
                StampFault::Unknown
            }
        })
    }

    fn written(
        &self,
        text: &str,
        items: &[Item<'static>],
        zone: Option<FixedOffset>,
    ) -> Result<DateTime<Utc>, StampFault> {
        let mut parsed = Parsed::new();
        let unknown = StampFault::Unknown;
        chrono::format::parse(&mut parsed, text, items.iter()).map_err(|_| unknown)?;
        let date = parsed
            .to_naive_date()
            .ok()
            .filter(believable)
            .ok_or(unknown)?;
        let time = match parsed.to_naive_time() {
            Ok(time) => time,
            // A format without hours: the day as a whole.
            Err(_) if parsed.hour_mod_12().is_none() => NaiveTime::MIN,
            Err(_) => return Err(unknown),
        };
        let named = parsed.offset().map(FixedOffset::east_opt);
        match named {
            Some(offset) => self.at(date, time, Some(offset.ok_or(unknown)?)),
            None => self.at(date, time, zone),
        }
    }
}

/// A count of seconds or milliseconds.
fn since_1970(text: &str, unit: i64) -> Result<DateTime<Utc>, StampFault> {
    let count: i64 = text.trim().parse().map_err(|_| StampFault::Unknown)?;
    let millis = count.checked_mul(unit);
    let at = millis.and_then(DateTime::from_timestamp_millis);
    at.filter(|at| believable(&at.date_naive()))
        .ok_or(StampFault::Unknown)
}

/// Two-digit years and misread formats give years no settlement report has.
fn believable(date: &NaiveDate) -> bool {
    (2000..2100).contains(&date.year())
}

fn two(bytes: &[u8], at: usize, most: i64) -> Option<i64> {
    let (tens, ones) = (*bytes.get(at)?, *bytes.get(at + 1)?);
    if !tens.is_ascii_digit() || !ones.is_ascii_digit() {
        return None;
    }
    let value = i64::from(tens - b'0') * 10 + i64::from(ones - b'0');
    (value <= most).then_some(value)
}

/// `2/6/2023`, `02-06-23`: both numbers could be a month.
fn is_two_way(text: &str) -> bool {
    let mut numbers = text
        .split(|c: char| !c.is_ascii_digit())
        .map(|part| part.parse::<u32>());
    matches!(
        (numbers.next(), numbers.next(), numbers.next()),
        (Some(Ok(first)), Some(Ok(second)), Some(Ok(_)))
            if (1..=12).contains(&first) && (1..=12).contains(&second)
    )
}

/// Indonesian names of months and weekdays in English, of which the declared formats know.
fn english_names(text: &str) -> Cow<'_, str> {
    const NAMES: [(&str, &str); 27] = [
        ("januari", "January"),
        ("februari", "February"),
        ("pebruari", "February"),
        ("peb", "Feb"),
        ("maret", "March"),
        ("mei", "May"),
        ("juni", "June"),
        ("juli", "July"),
        ("agustus", "August"),
        ("agust", "Aug"),
        ("agu", "Aug"),
        ("agt", "Aug"),
        ("ags", "Aug"),
        ("sept", "Sep"),
        ("oktober", "October"),
        ("okt", "Oct"),
        ("nopember", "November"),
        ("nop", "Nov"),
        ("desember", "December"),
        ("des", "Dec"),
        ("senin", "Monday"),
        ("selasa", "Tuesday"),
        ("rabu", "Wednesday"),
        ("kamis", "Thursday"),
        ("jumat", "Friday"),
        ("sabtu", "Saturday"),
        ("minggu", "Sunday"),
    ];
    if !text.bytes().any(|b| b.is_ascii_alphabetic()) {
        return Cow::Borrowed(text);
    }
    // Friday is written with an apostrophe as well.
    let text = text.replace("Jum'at", "Jumat");
    let mut english = String::with_capacity(text.len() + 8);
    let mut rest = text.as_str();
    while let Some(start) = rest.find(|c: char| c.is_ascii_alphabetic()) {
        let end = rest[start..]
            .find(|c: char| !c.is_ascii_alphabetic())
            .map_or(rest.len(), |length| start + length);
        let word = &rest[start..end];
        let known = NAMES
            .iter()
            .find(|(indonesian, _)| word.eq_ignore_ascii_case(indonesian));
        english.push_str(&rest[..start]);
        english.push_str(known.map_or(word, |(_, name)| name));
        rest = &rest[end..];
    }
    english.push_str(rest);
    Cow::Owned(english)
}

/// Day number and fraction of a day → date and time, to the millisecond.
pub fn serial_parts(text: &str, epoch: Epoch) -> Option<(NaiveDate, NaiveTime)> {
    let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let days: i64 = whole
        .parse()
        .ok()
        .filter(|days| (0..100_000).contains(days))?;
    if !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let fraction = &fraction[..fraction.len().min(15)];
    let part: i128 = if fraction.is_empty() {
        0
    } else {
        fraction.parse().ok()?
    };
    let scale = 10i128.pow(fraction.len() as u32);
    let mut millis = ((part * i128::from(DAY_MS) * 2 + scale) / (scale * 2)) as i64;
    let mut days = days;
    if millis == DAY_MS {
        days += 1;
        millis = 0;
    }
    let first = match epoch {
        // Day 60 is a 29 February 1900 that never was; no report is as old.
        Epoch::Y1900 => NaiveDate::from_ymd_opt(1899, 12, 30)?,
        Epoch::Y1904 => NaiveDate::from_ymd_opt(1904, 1, 1)?,
    };
    let date = first.checked_add_signed(chrono::Duration::days(days))?;
    let nanos = (millis % 1000) as u32 * 1_000_000;
    let time = NaiveTime::from_num_seconds_from_midnight_opt((millis / 1000) as u32, nanos)?;
    believable(&date).then_some((date, time))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// text | formats | instant or the fault
    const CASES: &str = "
        2024-01-01 17:30:00           |                        | 2024-01-01T10:30:00Z
        2024-01-01T17:30:00Z          |                        | 2024-01-01T17:30:00Z
        2024-01-01T17:30:00+07:00     |                        | 2024-01-01T10:30:00Z
        2024-01-01T17:30:00.250+0700  |                        | 2024-01-01T10:30:00.250Z
        2024-01-01 17:30              |                        | 2024-01-01T10:30:00Z
        2026-11-18 22:30:00 WIB       |                        | 2026-11-18T15:30:00Z
        2026-11-18 23:30 WITA         |                        | 2026-11-18T15:30:00Z
        2026-11-19T00:30:00WIT        |                        | 2026-11-18T15:30:00Z
        18/11/2026 23:30:00 WITA      | %d/%m/%Y %H:%M:%S      | 2026-11-18T15:30:00Z
        19/11/2026 00:30 WIT          | %d/%m/%Y %H:%M WIB, %d/%m/%Y %H:%M WIT | 2026-11-18T15:30:00Z
        18/11/2026 22.30 wib          | %d/%m/%Y %H.%M         | 2026-11-18T15:30:00Z
        1763478600                    | epoch                  | 2025-11-18T15:10:00Z
        1763478600123                 | epoch-millis           | 2025-11-18T15:10:00.123Z
        1763478600                    | epoch-millis           | Unknown
        2507211031                    | %y%m%d%H%M             | 2025-07-21T03:31:00Z
        2024-02-30 17:30:00           |                        | Unknown
        2024-01-01 25:30:00           |                        | Unknown
        2/6/2023                      |                        | TwoWay
        13/6/2023                     |                        | Unknown
        2/6/2023                      | %d/%m/%Y               | 2023-06-01T17:00:00Z
        2/6/2023                      | %d/%m/%Y, %m/%d/%Y     | Conflict
        06-Feb-23                     | %d-%b-%y               | 2023-02-05T17:00:00Z
        17 Agu 2026 01:00:00          | %d %b %Y %H:%M:%S      | 2026-08-16T18:00:00Z
        17 Agustus 2026               | %d %B %Y               | 2026-08-16T17:00:00Z
        17 Agustus 2026               | %d %b %Y               | Unknown
        3 Nopember 2026               | %d %B %Y               | 2026-11-02T17:00:00Z
        9 Mei 2026                    | %d %B %Y               | 2026-05-08T17:00:00Z
        Senin; 17 Agustus 2026        | %A; %d %B %Y           | 2026-08-16T17:00:00Z
        Jum'at 14 Agt 2026 08.30      | %A %d %b %Y %H.%M      | 2026-08-14T01:30:00Z
        Selasa 17 Agustus 2026        | %A %d %B %Y            | Unknown
        18/11/2026 08:01:02 WIB       | %d/%m/%Y %H:%M:%S WIB  | 2026-11-18T01:01:02Z
        44963                         | serial                 | 2023-02-05T17:00:00Z
        43501                         | serial-1904            | 2023-02-05T17:00:00Z
        44963                         |                        | Unknown
        18/11/23                      | %d/%m/%Y               | Unknown
    ";

    #[test]
    fn stamps_are_read_as_declared_or_refused() {
        for case in CASES.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let cells: Vec<&str> = case.split('|').map(str::trim).collect();
            let formats: Vec<StampFormat> = cells[1]
                .split(", ")
                .filter(|format| !format.is_empty())
                .map(|format| StampFormat::parse(format).expect("a format"))
                .collect();
            let mut reader = StampReader::new(&formats, chrono_tz::Asia::Jakarta);
            let read = match reader.read(cells[0]) {
                Ok(instant) => instant.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true),
                Err(fault) => format!("{fault:?}"),
            };
            assert_eq!(read, cells[2], "{case}");
        }
    }

    #[test]
    fn zones_are_named_in_many_ways() {
        for (word, hours) in [
            ("WIB", Some(7)),
            ("wita", Some(8)),
            ("WIT", Some(9)),
            ("+08:00", Some(8)),
            ("GMT+9", Some(9)),
            ("UTC+0700", Some(7)),
            ("Asia/Makassar", Some(8)),
            ("Z", Some(0)),
            ("WITX", None),
            ("+", None),
            ("8", None),
        ] {
            let zone = zone_of(word).map(|zone| zone.local_minus_utc() / 3600);
            assert_eq!(zone, hours, "{word}");
        }
    }

    #[test]
    fn a_clock_change_is_seen_though_the_day_is_remembered() {
        let mut reader = StampReader::new(&[], chrono_tz::Europe::Berlin);
        for (text, fault) in [
            ("2026-03-29 02:30:00", StampFault::Skipped),
            ("2026-10-25 02:30:00", StampFault::Twice),
        ] {
            assert_eq!(reader.read(text), Err(fault), "{text}");
        }
        for (text, expected) in [
            ("2026-03-29 01:30:00", "2026-03-29T00:30:00+00:00"),
            ("2026-03-29 03:30:00", "2026-03-29T01:30:00+00:00"),
            ("2026-06-01 12:00:00", "2026-06-01T10:00:00+00:00"),
        ] {
            assert_eq!(
                reader.read(text).map(|at| at.to_rfc3339()),
                Ok(expected.to_owned())
            );
        }
    }
}
