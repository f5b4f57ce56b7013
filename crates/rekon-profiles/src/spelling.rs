//! How people write things in configuration and profiles: lengths of time, and names they misspell.

use chrono::Duration;

/// A whole number with its unit: `30s`, `15m`, `2h`, `14d`; at most ten years.
pub fn duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    let unit = text.chars().last()?;
    let number: i64 = text[..text.len() - unit.len_utf8()].parse().ok()?;
    if !(0..=315_360_000).contains(&number) {
        return None;
    }
    let duration = match unit {
        's' => Duration::seconds(number),
        'm' => Duration::minutes(number),
        'h' => Duration::hours(number),
        'd' => Duration::days(number),
        _ => return None,
    };
    (duration <= Duration::days(3653)).then_some(duration)
}

/// A number of bytes with its unit: `64KiB`, `30MiB`, `2GiB`, or bare.
pub fn bytes(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let number: u64 = digits.parse().ok()?;
    let unit = match text[digits.len()..].trim() {
        "" | "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return None,
    };
    number.checked_mul(unit)
}

/// A number of bytes as [`bytes`] reads it, in the largest unit that leaves nothing over.
pub fn size(bytes: u64) -> String {
    let units = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    let fits = units
        .iter()
        .find(|(unit, _)| bytes >= *unit && bytes.is_multiple_of(*unit));
    match fits {
        Some((unit, name)) => format!("{}{name}", bytes / unit),
        None => format!("{bytes} bytes"),
    }
}

/// The known word nearest to a misspelt one, if any is near enough to be meant.
pub fn nearest<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    known
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len().min(word.len()) / 3)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_a_number_and_a_unit() {
        for (text, seconds) in [
            ("30s", Some(30)),
            ("15m", Some(900)),
            ("2h", Some(7200)),
            ("14d", Some(1_209_600)),
            ("0m", Some(0)),
            ("", None),
            ("15", None),
            ("m", None),
            ("-1d", None),
            ("1.5h", None),
            ("9000d", None),
            ("15é", None),
        ] {
            assert_eq!(duration(text).map(|d| d.num_seconds()), seconds, "{text}");
        }
    }

    #[test]
    fn sizes_are_written_as_they_are_read() {
        for text in ["30MiB", "64KiB", "2GiB", "1025KiB"] {
            assert_eq!(bytes(text).map(size).as_deref(), Some(text));
        }
        assert_eq!(size(1000), "1000 bytes");
    }

    #[test]
    fn sizes_are_a_number_and_a_unit() {
        for (text, size) in [
            ("30MiB", Some(31_457_280)),
            ("64 KiB", Some(65_536)),
            ("2GiB", Some(2 << 30)),
            ("512", Some(512)),
            ("1.5MiB", None),
            ("30MB", None),
            ("MiB", None),
            ("", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(bytes(text), size, "{text}");
        }
    }

    #[test]
    fn a_misspelt_name_finds_its_neighbour_and_a_strange_one_none() {
        let known = ["archive", "catch_up", "timezone"];
        assert_eq!(nearest("archiv", known.into_iter()), Some("archive"));
        assert_eq!(nearest("catchup", known.into_iter()), Some("catch_up"));
        assert_eq!(nearest("zebra", known.into_iter()), None);
    }
}
