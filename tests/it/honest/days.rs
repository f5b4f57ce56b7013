//! What honest shops sell: payments of each date, and how a partner writes them down.

use chrono::{Datelike, Duration, NaiveDate, NaiveDateTime};

use crate::dice::Dice;

/// Friday; the dates go on over two months' ends, a promotion, Christmas and the new year.
pub const FIRST: (i32, u32, u32) = (2025, 11, 28);
pub const LAST: (i32, u32, u32) = (2026, 1, 4);

pub fn day((year, month, day): (i32, u32, u32)) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a date")
}

/// Days on which shops and banks rest, besides weekends.
pub const HOLIDAYS: &str = "2025-12-25 national Natal\n2026-01-01 national Tahun Baru\n";

pub fn is_holiday(date: NaiveDate) -> bool {
    HOLIDAYS.contains(&date.to_string())
}

/// The working day on which what happened on a date is reported.
pub fn reported_on(date: NaiveDate) -> NaiveDate {
    let mut days = date.iter_days().skip(1);
    let works = |day: &NaiveDate| day.weekday().number_from_monday() < 6 && !is_holiday(*day);
    days.find(works).expect("a working day")
}

/// How much a shop sells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shop {
    /// None to five payments a day.
    Small,
    /// Some ten payments a day, and never none.
    Middle,
}

/// A payment, as both sides have it.
#[derive(Clone, Debug)]
pub struct Paid {
    pub id: String,
    pub at: NaiveDateTime,
    pub amount: u64,
    pub fee: u64,
    pub product: &'static str,
    pub branch: &'static str,
    pub customer: &'static str,
    pub city: &'static str,
    pub note: &'static str,
}

const PRODUCTS: [&str; 14] = [
    "PLN20",
    "PLN50",
    "PDAM-BDG",
    "TSEL25",
    "XL50",
    "VOIDZ-SKIN",
    "BPJS1",
    "GAS-PGN",
    "TOFFEE",
    "ITEM-77",
    "STEAM12",
    "REVERIE",
    "MLBB86",
    "NETFLIX1",
];
const BRANCHES: [&str; 12] = [
    "Senopati",
    "Kemang",
    "Coffee Lab Dago",
    "Toko Batalyon 3",
    "Medan Mall",
    "Solo Baru",
    "Kuta",
    "Returia Bakery",
    "Bogor",
    "Feeder Kopi",
    "Blok M",
    "Pasar Santa",
];
const CUSTOMERS: [&str; 14] = [
    "Budi",
    "Siti Aminah",
    "Wayan",
    "Afeefah",
    "Failasufa",
    "Dewi L.",
    "R. Hutabarat",
    "Agus S",
    "Putri",
    "Joko",
    "Maria",
    "Hendra",
    "Ratna Sari",
    "Andi",
];
const CITIES: [&str; 10] = [
    "Jakarta", "Medan", "Bandung", "Denpasar", "Solo", "Makassar", "Bogor", "Surabaya", "Padang",
    "Palu",
];
const NOTES: [&str; 16] = [
    "",
    "",
    "",
    "",
    "titip di satpam",
    "lunas",
    "meja 4",
    "meja 12",
    "utk ibu",
    "ambil jam 5",
    "arisan",
    "kado",
    "iuran RT",
    "pesanan kedua",
    "ok",
    "terima kasih",
];

/// The payments of a channel, date by date.
pub fn payments(shop: Shop, channel: usize, dice: &mut Dice) -> Vec<(NaiveDate, Vec<Paid>)> {
    let (first, last) = (day(FIRST), day(LAST));
    let dates = first.iter_days().take_while(|date| *date <= last);
    let mut number = 0;
    dates
        .map(|date| {
            let usual = match shop {
                Shop::Small => dice.below(6),
                Shop::Middle => dice.between(7, 13),
            };
            let count = match (date.month(), date.day()) {
                (12, 12) => usual * 5,
                _ if is_holiday(date) => usual.div_ceil(5),
                _ => usual,
            };
            // New products, branches and cities come up as the weeks go by.
            let known = 3 + (date - first).num_days() as usize / 4;
            let mut rows: Vec<Paid> = (0..count)
                .map(|_| {
                    number += 1;
                    paid(date, format!("T{channel:02}{number:05}"), known, dice)
                })
                .collect();
            rows.sort_by_key(|row| row.at);
            (date, rows)
        })
        .collect()
}

fn paid(date: NaiveDate, id: String, known: usize, dice: &mut Dice) -> Paid {
    // The last date ends early, so that nothing of it is still to come.
    let (low, high) = match date == day(LAST) {
        true => (7 * 3600, 21 * 3600),
        false if dice.per_mille(150) => (60, 7 * 3600),
        false => (7 * 3600, 86_399),
    };
    let some = |all: &[&'static str], dice: &mut Dice| dice.one_of(&all[..known.min(all.len())]);
    Paid {
        id,
        at: date.and_hms_opt(0, 0, 0).expect("midnight")
            + Duration::seconds(dice.between(low, high) as i64),
        amount: match dice.per_mille(100) {
            true => dice.between(1, 9) * 100,
            false => dice.between(2, 3_000) * 500,
        },
        fee: dice.between(0, 20) * 50,
        product: some(&PRODUCTS, dice),
        branch: some(&BRANCHES, dice),
        customer: dice.one_of(&CUSTOMERS[..]),
        city: some(&CITIES, dice),
        note: dice.one_of(&NOTES[..]),
    }
}
