//! What a file shows beside its rows: what its unread columns say, how its amounts are marked, sheets
//! that were left, how its text ends. Gathered by the readers, judged by `admission`.

/// Other values of a column than these few are many: it is no type, status or currency.
const FEW: usize = 12;

/// Nobody writes a type, status or currency longer than this.
const SHORT: usize = 40;

/// A column that no field reads, or one that names a currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    pub header: String,
    pub(super) column: usize,
    /// Whether its header says that it holds a currency.
    is_currency: bool,
    /// Whether the profile speaks of it all the same.
    is_field: bool,
    /// While they are few, with their rows and the first of these.
    pub values: Vec<Value>,
    pub many: bool,
    /// Whether it stands empty on a row.
    pub has_gaps: bool,
    last: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    pub text: String,
    pub rows: u32,
    pub first: u32,
    currency: Currency,
}

/// What a value says of the money of its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Currency {
    Rupiah,
    Other,
    /// It is none.
    None,
}

impl Unread {
    pub(super) fn new(header: &str, column: usize, is_field: bool) -> Unread {
        Unread {
            header: header.to_owned(),
            column,
            is_currency: names_currency(header),
            is_field,
            values: Vec::new(),
            many: false,
            has_gaps: false,
            last: 0,
        }
    }

    /// Whether any row of it is worth a look.
    pub(super) fn is_watched(&self) -> bool {
        self.is_currency || !self.is_field
    }

    /// Whether the profile says nothing of it.
    pub fn is_unread(&self) -> bool {
        !self.is_field
    }

    /// Notes a row's value; `true` where it says that the row is not of rupiah.
    pub(super) fn note(&mut self, text: &str, row: u32) -> bool {
        let text = text.trim();
        if text.is_empty() {
            self.has_gaps = true;
            return false;
        }
        if self.many && !self.is_currency {
            return false;
        }
        if self
            .values
            .get(self.last)
            .is_none_or(|value| value.text != text)
        {
            match self.values.iter().position(|value| value.text == text) {
                Some(at) => self.last = at,
                None if self.values.len() < FEW && text.chars().count() <= SHORT => {
                    self.last = self.values.len();
                    self.values.push(Value {
                        text: text.to_owned(),
                        rows: 0,
                        first: row,
                        currency: currency_of(text),
                    });
                }
                None => {
                    self.many = true;
                    return self.is_currency && currency_of(text) == Currency::Other;
                }
            }
        }
        let said = self.values[self.last].currency;
        self.values[self.last].rows += 1;
        said == Currency::Other && (self.is_currency || self.counts_rupiah())
    }

    /// Whether it says nothing but a reference of its own on every row: nothing is said of money by that.
    pub(super) fn holds_references(&self) -> bool {
        let alone = |value: &Value| value.rows == 1 && is_reference(&value.text);
        let mut values = self.values.iter();
        !self.has_gaps && !self.values.is_empty() && values.all(alone)
    }

    /// Whether every other value of it names a currency, and one of them rupiah.
    fn counts_rupiah(&self) -> bool {
        let mut said = self.values.iter().map(|value| value.currency);
        !self.many
            && !said.clone().any(|one| one == Currency::None)
            && said.any(|one| one == Currency::Rupiah)
    }

    /// A currency that is not rupiah in a column of nothing but currencies, on rows that were not
    /// refused for it: there was no rupiah above them to know the column by.
    pub fn other_currency(&self) -> Option<&Value> {
        let mut values = self.values.iter();
        let is_one = |value: &Value| value.currency != Currency::None && value.text.len() < 4;
        if self.is_currency || self.many || !values.clone().all(is_one) {
            return None;
        }
        let rupiah = values
            .clone()
            .filter(|value| value.currency == Currency::Rupiah);
        let known_from = rupiah.map(|value| value.first).min().unwrap_or(u32::MAX);
        values.find(|value| {
            value.currency == Currency::Other && is_common(&value.text) && value.first < known_from
        })
    }
}

/// Whether a value can only be somebody's number for a row: no amount, word or date looks like it.
fn is_reference(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let letters = text.bytes().filter(u8::is_ascii_alphabetic).count();
    let is_one_word = digits + letters == text.len();
    let is_uuid = text.len() == 36 && text.bytes().filter(|byte| *byte == b'-').count() == 4;
    match letters {
        0 => is_one_word && digits >= 12,
        _ => (is_one_word || is_uuid) && digits >= 3 && text.len() >= 8,
    }
}

/// Whether a header names a column of currencies. `Kurs` is a rate as often; its numbers are none.
pub(super) fn names_currency(header: &str) -> bool {
    let plain = super::columns::plain(header);
    plain.contains("currency")
        || plain.contains("matauang")
        || [
            "ccy", "cur", "curr", "curcode", "valuta", "valas", "kurs", "divisa", "iso4217",
        ]
        .contains(&plain.as_str())
}

/// Whether a value names a currency, rupiah or another.
pub(super) fn says_currency(text: &str) -> bool {
    match currency_of(text) {
        Currency::Rupiah => true,
        // Three letters are short for many things.
        Currency::Other => text.len() != 3 || is_common(text),
        Currency::None => false,
    }
}

/// What a value says: ISO 4217 by letters or number, `Rp`, or the name in words.
fn currency_of(text: &str) -> Currency {
    let plain = text.trim_matches(['.', ' ']).to_uppercase();
    match plain.as_str() {
        "IDR" | "RP" | "RUPIAH" | "INDONESIAN RUPIAH" | "RUPIAH INDONESIA" | "IDR - RUPIAH"
        | "360" => Currency::Rupiah,
        "$" | "US$" | "S$" | "DOLLAR" | "US DOLLAR" | "DOLAR" | "DOLAR AS" | "EURO" | "€" | "£"
        | "¥" | "840" | "978" | "702" | "392" | "458" | "036" | "156" | "826" | "344" | "764" => {
            Currency::Other
        }
        code if code.len() == 3 && ISO_4217.split(' ').any(|known| known == code) => {
            Currency::Other
        }
        _ => Currency::None,
    }
}

/// Whether a code is one that trade with Indonesia uses, and no short word of something else.
fn is_common(code: &str) -> bool {
    "USD SGD EUR JPY MYR AUD CNY HKD GBP THB KRW TWD SAR PHP VND INR CHF CAD NZD"
        .split(' ')
        .any(|known| code.eq_ignore_ascii_case(known))
}

/// The codes of ISO 4217 in use, without rupiah.
const ISO_4217: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB \
BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD \
FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF \
KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN \
NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD \
SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND \
VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG CNH";

/// A mark inside an amount and what it does there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    GroupPoint,
    GroupComma,
    DecimalPoint,
    DecimalComma,
}

impl Way {
    /// Two of them in one column are two styles.
    fn contradicts(self, other: Way) -> bool {
        use Way::*;
        matches!(
            (self, other),
            (GroupPoint, DecimalPoint | GroupComma)
                | (DecimalPoint, GroupPoint | DecimalComma)
                | (GroupComma, DecimalComma | GroupPoint)
                | (DecimalComma, GroupComma | DecimalPoint)
        )
    }
}

/// How the amounts of one column are marked, each way with the first row that shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    pub header: String,
    pub(super) column: usize,
    seen: Vec<(Way, Example)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    pub row: u32,
    pub text: String,
}

impl Marks {
    pub(super) fn of(header: &str, column: usize) -> Marks {
        Marks {
            header: header.to_owned(),
            column,
            seen: Vec::new(),
        }
    }

    pub(super) fn note(&mut self, text: &str, row: u32) {
        if self.seen.len() == 4 || !text.bytes().any(|byte| matches!(byte, b'.' | b',')) {
            return;
        }
        let digits = text.trim_matches(|letter: char| !letter.is_ascii_digit());
        let last = digits.rfind(['.', ',']);
        for (at, mark) in digits.match_indices(['.', ',']) {
            let after = digits.len() - at - 1;
            let way = match (mark, Some(at) == last && after < 3) {
                (".", false) => Way::GroupPoint,
                (".", true) => Way::DecimalPoint,
                (_, false) => Way::GroupComma,
                (_, true) => Way::DecimalComma,
            };
            if !self.seen.iter().any(|(known, _)| *known == way) {
                let example = Example {
                    row,
                    text: text.trim().to_owned(),
                };
                self.seen.push((way, example));
            }
        }
    }

    /// Two rows of which one is written in another style than the other.
    pub fn mixed(&self) -> Option<(&Example, &Example)> {
        self.seen.iter().enumerate().find_map(|(at, (way, one))| {
            let mut later = self.seen[at + 1..].iter();
            let (_, other) = later.find(|(other, _)| way.contradicts(*other))?;
            Some((one, other))
        })
    }
}

/// How the text of a file ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ending {
    /// The last line has no line end, and is none that ends a file.
    pub open: bool,
    /// It is a row with fewer columns than the header, and the only one.
    pub short: bool,
    pub row: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mixed(values: &[&str]) -> bool {
        let mut marks = Marks::default();
        for (at, text) in values.iter().enumerate() {
            marks.note(text, at as u32 + 2);
        }
        marks.mixed().is_some()
    }

    #[test]
    fn one_column_has_one_style() {
        for (values, expected) in [
            (&["25.000", "125,000"][..], true),
            (&["1.500.000,00", "25.000"], false),
            (&["1,500.00", "25.50"], false),
            (&["1.500", "1,500.00"], true),
            (&["1500,5", "1500.5"], true),
            (&["25.000,-", "Rp 1.000"], false),
            (&["75000", "75.000"], false),
            (&["10.50", "25.000"], true),
        ] {
            assert_eq!(mixed(values), expected, "{values:?}");
        }
    }

    #[test]
    fn a_reference_stands_once_and_looks_like_nothing_else() {
        for (values, expected) in [
            (&["ACQ00012F3", "ACQ00012F4"][..], true),
            (&["123456789012", "123456789013"], true),
            (&["0b8f6f2e-3c1d-4a55-9f0e-2d0c8f1f7a11"], true),
            (&["ACQ00012F3", ""], false),
            (&["ACQ00012F3", "ACQ00012F3"], false),
            (&["2500", "3500"], false),
            (&["1500000000"], false),
            (&["SETTLED"], false),
            (&["Budi 081234567890"], false),
            (&["2026-11-17"], false),
            (&[""], false),
        ] {
            let mut column = Unread::new("Acquirer Ref", 0, false);
            for (row, text) in values.iter().enumerate() {
                column.note(text, row as u32 + 2);
            }
            assert_eq!(column.holds_references(), expected, "{values:?}");
        }
    }

    #[test]
    fn a_currency_is_known_by_its_header_or_by_its_values() {
        // header | values, the refused ones with a star
        for (header, values) in [
            ("Currency", "IDR USD* IDR"),
            ("Mata Uang", "Rp. US$* rupiah"),
            ("Valuta", "USD* IDR"),
            ("Ccy", "360 840*"),
            ("Kurs", "16250.00 1"),
            ("Kolom F", "IDR USD* IDR"),
            ("Product", "ALL TOP IDX"),
            ("Kode", "USD IDR SGD*"),
        ] {
            let mut column = Unread::new(header, 0, false);
            for (row, value) in values.split(' ').enumerate() {
                let text = value.trim_end_matches('*');
                let refused = column.note(text, row as u32);
                assert_eq!(refused, value.ends_with('*'), "{header}: {values}");
            }
        }
        let mut column = Unread::new("Kode", 0, false);
        column.note("USD", 2);
        assert!(column.other_currency().is_some());
    }
}
