//! What somebody looks for: which entries a text names, by key, detail or amount. Pure.
//!
//! A text names an entry with a whole value, never with a piece of one: `4` is the reference 4 and no
//! other that has a 4 in it. Several words name it together, since some references repeat in every
//! batch: `240101 000004`.

use super::key::{KeyField, normalise, slices};
use super::money::{Money, NumberStyle, Unit};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sought {
    /// The text as one value.
    whole: Word,
    /// Its words, where it has several: each of them has to be a value of the entry.
    words: Vec<Word>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Word {
    text: String,
    /// As each part of the key would be compared.
    parts: Vec<String>,
    /// Neither too long nor what a spreadsheet made of a reference.
    is_reference: bool,
    amount: Option<Money>,
}

impl Sought {
    /// `None` for a text without a letter or digit. Words that only name a field of the channel, as
    /// in a key that was copied from a report, are left out.
    pub fn of(text: &str, key: &[KeyField], details: &[String]) -> Option<Sought> {
        let text = text.trim();
        if !text.chars().any(char::is_alphanumeric) {
            return None;
        }
        let is_field = |word: &str| {
            let names = key.iter().map(|field| &field.name).chain(details);
            names
                .into_iter()
                .any(|name| name.eq_ignore_ascii_case(word))
        };
        let words: Vec<Word> = text
            .split_whitespace()
            .filter(|word| word.chars().any(char::is_alphanumeric) && !is_field(word))
            .map(|word| Word::of(word, key))
            .collect();
        Some(Sought {
            words: match words.len() == 1 && words[0].text == text {
                true => Vec::new(),
                false => words,
            },
            whole: Word::of(text, key),
        })
    }

    /// Whether the text names an entry of this encoded key, these details and this amount, where it
    /// is known.
    pub fn names<'d>(
        &self,
        key: &[u8],
        details: impl Iterator<Item = &'d [u8]> + Clone,
        amount: Option<Money>,
    ) -> bool {
        let said = |word: &Word| word.is_said(key, details.clone(), amount);
        said(&self.whole) || !self.words.is_empty() && self.words.iter().all(said)
    }

    /// The encoded key of one part that the text is; `None` where it cannot be one.
    pub fn as_key(&self) -> Option<Vec<u8>> {
        match (&self.whole.parts[..], self.whole.is_reference) {
            ([part], true) => Some(super::key::encode(&[part])),
            _ => None,
        }
    }
}

impl Word {
    fn of(text: &str, key: &[KeyField]) -> Word {
        let part = |field: &KeyField| match normalise(text, field.spelling) {
            Ok(part) => part.into_owned(),
            // As it stands: a damaged reference is kept as it is written.
            Err(_) => text.to_owned(),
        };
        Word {
            is_reference: key
                .iter()
                .all(|field| normalise(text, field.spelling).is_ok()),
            text: text.to_owned(),
            parts: key.iter().map(part).collect(),
            amount: amount(text),
        }
    }

    fn is_said<'d>(
        &self,
        key: &[u8],
        mut details: impl Iterator<Item = &'d [u8]>,
        amount: Option<Money>,
    ) -> bool {
        self.amount.is_some() && self.amount == amount.map(Money::abs)
            || slices(key)
                .zip(&self.parts)
                .any(|(part, sought)| part.eq_ignore_ascii_case(sought.as_bytes()))
            || details.any(|value| value.eq_ignore_ascii_case(self.text.as_bytes()))
    }
}

/// An amount as people type it: `155000`, `155.000`, `155,000.00`, `Rp155.000,-`. A reference with
/// zeros before it is none.
fn amount(text: &str) -> Option<Money> {
    let text = text.trim();
    let currency = ["rp", "idr"].into_iter().find_map(|sign| {
        let (head, rest) = text.split_at_checked(sign.len())?;
        head.eq_ignore_ascii_case(sign)
            .then(|| rest.trim_start_matches('.').trim_start())
    });
    let bare = currency.unwrap_or(text);
    let bare = bare
        .strip_suffix(",-")
        .or(bare.strip_suffix(".-"))
        .unwrap_or(bare);
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let (whole, decimals) = match bare.rsplit_once([',', '.']) {
        Some((whole, end)) if digits(end) && end.len() <= 2 => (whole, end),
        _ => (bare, ""),
    };
    let point = bare[whole.len()..].chars().next();
    let separator = whole.chars().find(|c| !c.is_ascii_digit());
    let whole: String = match separator {
        None => whole.to_owned(),
        Some(group) if Some(group) != point && ['.', ','].contains(&group) => {
            let mut parts = whole.split(group);
            let first = parts
                .next()
                .filter(|part| part.len() <= 3 && digits(part))?;
            let mut text = first.to_owned();
            for part in parts {
                if part.len() != 3 || !digits(part) {
                    return None;
                }
                text.push_str(part);
            }
            text
        }
        Some(_) => return None,
    };
    if !digits(&whole) || whole.starts_with('0') && whole.len() > 1 {
        return None;
    }
    let plain = match decimals {
        "" => whole,
        decimals => format!("{whole}.{decimals}"),
    };
    Money::parse(&plain, NumberStyle::Plain, Unit::Rupiah).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::{Spelling, encode};

    fn fields() -> Vec<KeyField> {
        [
            ("merchant_id", Spelling::Text),
            ("batch_number", Spelling::Numeric),
            ("reference_number", Spelling::Numeric),
        ]
        .map(|(name, spelling)| KeyField {
            name: name.to_owned(),
            spelling,
        })
        .to_vec()
    }

    #[test]
    fn amounts_are_read_as_people_type_them() {
        for (text, expected) in [
            ("155000", Some("155000.00")),
            ("155.000", Some("155000.00")),
            ("155,000", Some("155000.00")),
            ("Rp155.000", Some("155000.00")),
            ("rp. 155.000,-", Some("155000.00")),
            ("IDR 1,155,000.50", Some("1155000.50")),
            ("1.155.000,5", Some("1155000.50")),
            ("12.50", Some("12.50")),
            ("0", Some("0.00")),
            ("000004", None),
            ("1.15.000", None),
            ("1,155.000", None),
            ("155.000.00", None),
            ("INV-1", None),
            ("", None),
            ("-5", None),
            ("9999999999999999999999", None),
        ] {
            let read = amount(text).map(|money| money.to_string());
            assert_eq!(read.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn an_entry_is_named_by_whole_values() {
        let key = encode(&["OVO0001", "240101", "4"]);
        let details = ["INV-7", "PDAM Bandung", "081200001234"];
        let money = Money::from_rupiah(155_000);
        let names = ["reference".to_owned()];
        for (text, expected) in [
            ("000004", true),
            ("4", true),
            ("4.0", true),
            ("40", false),
            ("0", false),
            ("240101 000004", true),
            ("240101 000005", false),
            (
                "merchant_id OVO0001 · batch_number 240101 · reference_number 000004",
                true,
            ),
            ("reference inv-7", true),
            ("pdam bandung", true),
            ("pdam", false),
            ("0812", false),
            ("081200001234", true),
            ("Rp 155.000", true),
            ("155000 ovo0001", true),
            ("155000 ovo0002", false),
        ] {
            let sought = Sought::of(text, &fields(), &names).expect("something to look for");
            let details = details.iter().map(|value| value.as_bytes());
            assert_eq!(sought.names(&key, details, Some(money)), expected, "{text}");
        }
        assert_eq!(Sought::of(" · ", &fields(), &names), None);
    }
}
