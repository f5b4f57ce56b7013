//! PostgreSQL's binary `numeric` → an exact number, without a detour over text or floats.

use crate::row::Numeric;

const NEGATIVE: u16 = 0x4000;
const NOT_A_NUMBER: u16 = 0xC000;
const PLUS_INFINITY: u16 = 0xD000;
const MINUS_INFINITY: u16 = 0xF000;

const MALFORMED: &str = "malformed number";
const TOO_LONG: &str = "number of more than 38 digits";

/// Reads groups of four digits, the first worth 10000^`weight`; `scale` decimals are shown.
/// An error is what the value is instead.
pub fn numeric(bytes: &[u8]) -> Result<Numeric, &'static str> {
    let (header, groups) = bytes.split_first_chunk::<8>().ok_or(MALFORMED)?;
    let word = |at: usize| u16::from_be_bytes([header[at], header[at + 1]]);
    let (count, weight, sign, scale) = (word(0), word(2).cast_signed(), word(4), word(6));
    match sign {
        0 | NEGATIVE => {}
        NOT_A_NUMBER => return Err("value that is no number (NaN)"),
        PLUS_INFINITY | MINUS_INFINITY => return Err("number without end (Infinity)"),
        _ => return Err(MALFORMED),
    }
    if groups.len() != usize::from(count) * 2 {
        return Err(MALFORMED);
    }
    // Zero groups at the end are not sent, and the last one may have zeros beyond the scale.
    let exponent = 4 * (i32::from(weight) - i32::from(count) + 1) + i32::from(scale);
    let unscaled = match short(groups, exponent) {
        Some(unscaled) => i128::from(unscaled),
        None => long(groups, exponent)?,
    };
    Ok(Numeric {
        unscaled: if sign == NEGATIVE {
            -unscaled
        } else {
            unscaled
        },
        scale,
    })
}

/// Of at most sixteen digits, as amounts have, without division by wide numbers; `None` for what
/// [`long`] has to judge.
fn short(groups: &[u8], exponent: i32) -> Option<i64> {
    const POWERS: [i64; 8] = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000];
    if groups.len() > 8 {
        return None;
    }
    let mut number = 0;
    for group in groups.chunks_exact(2) {
        let group = u16::from_be_bytes([group[0], group[1]]);
        if group > 9999 {
            return None;
        }
        number = number * 10_000 + i64::from(group);
    }
    let power = *POWERS.get(exponent.unsigned_abs() as usize)?;
    if exponent >= 0 {
        return number.checked_mul(power);
    }
    (number % power == 0).then_some(number / power)
}

fn long(groups: &[u8], exponent: i32) -> Result<i128, &'static str> {
    let mut number: i128 = 0;
    for group in groups.chunks_exact(2) {
        let group = u16::from_be_bytes([group[0], group[1]]);
        if group > 9999 {
            return Err(MALFORMED);
        }
        number = number
            .checked_mul(10_000)
            .and_then(|number| number.checked_add(i128::from(group)))
            .ok_or(TOO_LONG)?;
    }
    match (number, u32::try_from(exponent)) {
        (0, _) => Ok(0),
        (_, Ok(up)) => 10i128
            .checked_pow(up)
            .and_then(|power| number.checked_mul(power))
            .ok_or(TOO_LONG),
        (_, Err(_)) => {
            let power = 10i128
                .checked_pow(exponent.unsigned_abs())
                .filter(|power| number % power == 0)
                .ok_or(MALFORMED)?;
            Ok(number / power)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(groups: &[u16], weight: i16, sign: u16, scale: u16) -> Vec<u8> {
        let mut bytes = Vec::new();
        for word in [groups.len() as u16, weight.cast_unsigned(), sign, scale] {
            bytes.extend(word.to_be_bytes());
        }
        bytes.extend(groups.iter().flat_map(|group| group.to_be_bytes()));
        bytes
    }

    #[test]
    fn groups_become_digits() {
        let nines = [9999; 9];
        for (groups, weight, sign, scale, expected) in [
            (&[][..], 0, 0, 0, "0"),
            (&[], 0, 0, 2, "0.00"),
            (&[7, 5000], 1, 0, 0, "75000"),
            (&[7], 2, 0, 2, "700000000.00"),
            (&[1, 5000], 0, NEGATIVE, 1, "-1.5"),
            (&[1, 5000], 0, 0, 6, "1.500000"),
            (&[100], -1, 0, 2, "0.01"),
            (&[1], -2, 0, 8, "0.00000001"),
            (&nines, 8, 0, 0, "999999999999999999999999999999999999"),
            (&[1], 9, 0, 2, "1000000000000000000000000000000000000.00"),
            (&[1], 9, 0, 3, "! number of more than 38 digits"),
            (&[1], 0, NOT_A_NUMBER, 0, "! value that is no number (NaN)"),
            (&[], 0, MINUS_INFINITY, 0, "! number without end (Infinity)"),
            (&[10_000], 0, 0, 0, "! malformed number"),
            (&[1, 1], 0, 0, 2, "! malformed number"),
            (&[1], 10, 0, 0, "! number of more than 38 digits"),
        ] {
            let shown = match numeric(&sent(groups, weight, sign, scale)) {
                Ok(number) => number.to_string(),
                Err(instead) => format!("! {instead}"),
            };
            assert_eq!(shown, expected, "{groups:?} {weight} {scale}");
        }
        assert_eq!(numeric(&[0, 1, 0, 0, 0, 0]), Err(MALFORMED));
        assert_eq!(numeric(&[0, 1, 0, 0, 0, 0, 0, 0, 1]), Err(MALFORMED));
    }

    /// The short way gives what the long one does, or leaves it to it.
    #[test]
    fn both_ways_give_the_same_number() {
        let digits = [0u16, 1, 9, 10, 99, 100, 500, 1000, 7500, 9000, 9999, 10_000];
        let mut short_ones = 0;
        for count in 0..=5usize {
            for first in digits {
                for last in digits {
                    let mut groups = vec![first; count];
                    if let Some(group) = groups.last_mut() {
                        *group = last;
                    }
                    let bytes: Vec<u8> = groups
                        .iter()
                        .flat_map(|group| group.to_be_bytes())
                        .collect();
                    for exponent in -9..=30 {
                        if let Some(number) = short(&bytes, exponent) {
                            assert_eq!(
                                long(&bytes, exponent),
                                Ok(i128::from(number)),
                                "{groups:?} {exponent}"
                            );
                            short_ones += 1;
                        }
                    }
                }
            }
        }
        assert!(short_ones > 1000, "{short_ones}");
    }
}
