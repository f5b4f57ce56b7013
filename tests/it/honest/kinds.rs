//! The kinds of honest files: what a partner sends on which morning, under which name.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, Timelike};

use super::days::{FIRST, LAST, Paid, Shop, day, reported_on};
use super::dress::{
    self, Beside, Dress, INDONESIAN, OPEN, PLAIN, TOTALS, WINDOWS, WORKBOOK, ZONED,
};
use crate::dice::Dice;

/// How the payments of a date reach us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// A file a day, dated by its name.
    Daily,
    /// A file a day under a name without a date.
    Unnamed,
    /// The last payments of an evening come with the next day's file.
    LateRows,
    /// The same where only the rows say which dates a file is of.
    LateRowsUnnamed,
    /// Their day ends at 23:15, ours at midnight.
    EndsEarly,
    /// Their day ends at 00:45.
    EndsLate,
    Parts,
    /// A file of the morning and one of the afternoon.
    Sessions,
    SessionsAsParts,
    /// Corrected two days later: a row more, a row less, an amount.
    Amended,
    /// Sent again in another order, with other quotes.
    Resorted,
    /// On working days, with what happened since the last one.
    Weekend,
    WeekendUnnamed,
    /// Month to date, each night anew.
    Growing,
    GrowingDated,
    /// The export of the morning holds the first hours of its own day.
    GrowingToday,
    /// A row that was wrong at first is right the next time.
    GrowingAmended,
    /// The last seven days.
    Rolling,
    RollingDated,
}

pub struct Kind {
    pub name: &'static str,
    pub delivery: Delivery,
    pub beside: Beside,
    pub dress: Dress,
    pub shop: Shop,
}

const fn kind(
    name: &'static str,
    delivery: Delivery,
    beside: Beside,
    dress: Dress,
    shop: Shop,
) -> Kind {
    Kind {
        name,
        delivery,
        beside,
        dress,
        shop,
    }
}

use Beside::*;
use Delivery::*;
use Shop::*;

pub const KINDS: [Kind; 27] = [
    kind("daily", Daily, Nothing, PLAIN, Middle),
    kind("daily, a small shop", Daily, People, WINDOWS, Small),
    kind("daily, remarks", Daily, Beside::Shop, ZONED, Small),
    kind("daily, references", Daily, Ids, INDONESIAN, Small),
    kind(
        "daily, always the same status",
        Daily,
        Constant,
        OPEN,
        Small,
    ),
    kind("daily, totals", Daily, Nothing, TOTALS, Small),
    kind("daily, a new empty column", Daily, NewEmpty, WINDOWS, Small),
    kind(
        "daily, a new column of references",
        Daily,
        NewIds,
        INDONESIAN,
        Middle,
    ),
    kind("daily, gaps", Daily, Gaps, PLAIN, Small),
    kind("daily, a workbook", Daily, Beside::Shop, WORKBOOK, Small),
    kind("unnamed", Unnamed, People, PLAIN, Middle),
    kind("late rows", LateRows, Nothing, INDONESIAN, Middle),
    kind("late rows, a small shop", LateRows, Ids, PLAIN, Small),
    kind(
        "late rows, unnamed",
        LateRowsUnnamed,
        Nothing,
        WINDOWS,
        Middle,
    ),
    kind("their day ends early", EndsEarly, People, OPEN, Middle),
    kind("their day ends late", EndsLate, Constant, ZONED, Middle),
    kind("parts", Parts, Nothing, TOTALS, Small),
    kind("sessions", Sessions, Ids, WINDOWS, Small),
    kind(
        "sessions as parts",
        SessionsAsParts,
        Constant,
        INDONESIAN,
        Small,
    ),
    kind("amended", Amended, Beside::Shop, PLAIN, Small),
    kind("sorted and quoted anew", Resorted, People, PLAIN, Small),
    kind("weekend", Weekend, Nothing, OPEN, Small),
    kind("weekend, unnamed", WeekendUnnamed, Ids, WORKBOOK, Middle),
    kind("month to date", Growing, People, PLAIN, Middle),
    kind(
        "month to date, dated",
        GrowingDated,
        Beside::Shop,
        WINDOWS,
        Small,
    ),
    kind(
        "month to date, with today",
        GrowingToday,
        Nothing,
        INDONESIAN,
        Middle,
    ),
    kind("month to date, amended", GrowingAmended, Ids, ZONED, Middle),
];

pub const ROLLING: [Kind; 2] = [
    kind("seven days", Rolling, Beside::Shop, PLAIN, Middle),
    kind("seven days, dated", RollingDated, Constant, WINDOWS, Middle),
];

impl Delivery {
    fn slot(self) -> &'static str {
        match self {
            Unnamed | LateRowsUnnamed | WeekendUnnamed | Growing | GrowingToday
            | GrowingAmended | Rolling => "",
            Daily | LateRows | EndsEarly | EndsLate | Amended | Resorted => {
                "[slot]\nfile_name = ['shop_(?P<date>20\\d{6})']\n"
            }
            Parts => {
                "[slot]\nfile_name = ['shop_(?P<date>20\\d{6})_(?P<part>\\d)of(?P<parts>\\d)']\n"
            }
            Sessions => "[slot]\nfile_name = ['shop_(?P<date>20\\d{6})_\\d\\d']\n",
            SessionsAsParts => "[slot]\nfile_name = ['shop_(?P<date>20\\d{6})_(?P<part>\\d\\d)']\n",
            Weekend | GrowingDated | RollingDated => {
                "[slot]\nfile_name = ['_(?P<from>20\\d{6})_(?P<to>20\\d{6})']\n"
            }
        }
    }

    pub fn is_of_working_days(self) -> bool {
        matches!(self, Weekend | WeekendUnnamed)
    }
}

impl Kind {
    pub fn profile(&self, name: &str) -> String {
        let calendar = match self.delivery.is_of_working_days() {
            true => "working-days",
            false => "every-day",
        };
        let files = match self.delivery {
            Parts | SessionsAsParts => "parts",
            Sessions => "many",
            _ => "one",
        };
        format!(
            "name = \"{name}\"\nmoney = \"we-receive\"\n\n\
             [defaults]\npending_sla = \"2h\"\ncalendar = \"{calendar}\"\ndue = \"10:00\"\n\
             files_per_date = \"{files}\"\n\n\
             [[field]]\nname = \"trx_id\"\ncolumns = [\"Trx\"]\nkey = \"text\"\n\n{}\n\
             [status]\nconstant = \"success\"\n\n{}",
            self.dress.profile(),
            self.delivery.slot()
        )
    }
}

/// A file on its way: the morning on which it comes, its name and its bytes.
pub struct Arrival {
    pub on: NaiveDate,
    pub name: String,
    pub bytes: Vec<u8>,
}

fn compact(date: NaiveDate) -> String {
    date.format("%Y%m%d").to_string()
}

fn next(date: NaiveDate) -> NaiveDate {
    date + Days::new(1)
}

type Report = BTreeMap<NaiveDate, Vec<Paid>>;

/// Puts some rows into the report of a neighbouring date.
fn moved(rows: &Report, to: impl Fn(NaiveDate, &[Paid], usize) -> NaiveDate) -> Report {
    let mut report: Report = rows.keys().map(|date| (*date, Vec::new())).collect();
    for (date, own) in rows {
        for (at, row) in own.iter().enumerate() {
            let to = to(*date, own, at).clamp(day(FIRST), day(LAST));
            report.entry(to).or_default().push(row.clone());
        }
    }
    report
}

fn minutes(at: NaiveDateTime) -> u32 {
    at.hour() * 60 + at.minute()
}

/// The files of a channel, in the order in which they come.
pub fn arrivals(kind: &Kind, rows: &[(NaiveDate, Vec<Paid>)], dice: &mut Dice) -> Vec<Arrival> {
    let rows: Report = rows.iter().cloned().collect();
    let write = |date, rows: &[Paid]| dress::file(&kind.dress, kind.beside, date, rows);
    let arrival = |on, name: String, date, rows: &[Paid]| Arrival {
        on,
        name: match kind.dress.is_workbook {
            true => format!("{name}.xlsx"),
            false => format!("{name}.csv"),
        },
        bytes: write(date, rows),
    };
    let dated = |report: &Report| -> Vec<Arrival> {
        let name = |date: NaiveDate| format!("shop_{}", compact(date));
        let files = report.iter();
        files
            .map(|(date, rows)| arrival(next(*date), name(*date), *date, rows))
            .collect()
    };
    let since = |from: NaiveDate, to: NaiveDate| -> Vec<Paid> {
        let dates = rows.range(from..=to);
        dates.flat_map(|(_, rows)| rows.clone()).collect()
    };
    match kind.delivery {
        Daily => dated(&rows),
        Unnamed => unnamed(&rows, arrival),
        LateRows | LateRowsUnnamed => {
            let chance = if kind.shop == Small { 150 } else { 400 };
            let mut lates = BTreeMap::new();
            for date in rows.keys() {
                if dice.per_mille(chance) {
                    lates.insert(*date, dice.between(1, 2) as usize);
                }
            }
            let report = moved(&rows, |date, own, at| {
                let late = lates.get(&date).copied().unwrap_or_default();
                let is_late = at + late >= own.len() && minutes(own[at].at) > 20 * 60;
                if is_late { next(date) } else { date }
            });
            match kind.delivery {
                LateRows => dated(&report),
                _ => unnamed(&report, arrival),
            }
        }
        EndsEarly => dated(&moved(&rows, |date, own, at| {
            match minutes(own[at].at) >= 23 * 60 + 15 {
                true => next(date),
                false => date,
            }
        })),
        EndsLate => dated(&moved(&rows, |date, own, at| {
            match minutes(own[at].at) < 45 {
                true => date - Days::new(1),
                false => date,
            }
        })),
        Parts | Sessions | SessionsAsParts => {
            let mut files = Vec::new();
            for (date, own) in &rows {
                let noon = own.partition_point(|row| row.at.hour() < 13);
                let middle = own.len() / 2;
                let at = if kind.delivery == Parts { middle } else { noon };
                for (number, rows) in [&own[..at], &own[at..]].into_iter().enumerate() {
                    let name = match kind.delivery {
                        Parts => format!("shop_{}_{}of2", compact(*date), number + 1),
                        _ => format!("shop_{}_{:02}", compact(*date), number + 1),
                    };
                    files.push(arrival(next(*date), name, *date, rows));
                }
            }
            files
        }
        Amended => {
            let mut files = Vec::new();
            for (date, own) in &rows {
                let name = format!("shop_{}", compact(*date));
                let mut first = own.clone();
                if *date < day(LAST) - Days::new(4) && dice.per_mille(400) {
                    amend(&mut first, dice);
                    let again = format!("{name}_rev2");
                    files.push(arrival(next(*date) + Days::new(2), again, *date, own));
                }
                files.push(arrival(next(*date), name, *date, &first));
            }
            files
        }
        Resorted => {
            let mut files = dated(&rows);
            for (date, own) in &rows {
                if *date < day(LAST) - Days::new(4) && dice.per_mille(400) {
                    let turned: Vec<Paid> = own.iter().rev().cloned().collect();
                    let dress = Dress {
                        is_quoted: true,
                        ..kind.dress
                    };
                    files.push(Arrival {
                        on: next(*date) + Days::new(2),
                        name: format!("shop_{}_again.csv", compact(*date)),
                        bytes: dress::file(&dress, kind.beside, *date, &turned),
                    });
                }
            }
            files
        }
        Weekend | WeekendUnnamed => {
            let mut mornings: BTreeMap<NaiveDate, Vec<NaiveDate>> = BTreeMap::new();
            for date in rows.keys() {
                mornings.entry(reported_on(*date)).or_default().push(*date);
            }
            let files = mornings.into_iter().map(|(on, dates)| {
                let (from, to) = (dates[0], dates[dates.len() - 1]);
                let name = match kind.delivery {
                    Weekend => format!("shop_{}_{}", compact(from), compact(to)),
                    _ => format!("settlement {}", on.format("%d%m")),
                };
                arrival(on, name, to, &since(from, to))
            });
            files.collect()
        }
        Growing | GrowingDated | GrowingToday | GrowingAmended => {
            let mut files = Vec::new();
            for date in rows.keys().copied() {
                let from = date.with_day(1).expect("a first").max(day(FIRST));
                let mut rows = since(from, date);
                if kind.delivery == GrowingToday && next(date).month() == date.month() {
                    let today = since(next(date), next(date));
                    rows.extend(today.into_iter().filter(|row| row.at.hour() < 6));
                }
                if kind.delivery == GrowingAmended
                    && date < day(LAST) - Days::new(4)
                    && next(date).month() == date.month()
                    && date.day() % 5 < 2
                    && let Some(row) = rows.last_mut()
                {
                    row.amount += 500;
                }
                let name = match kind.delivery {
                    GrowingDated => format!("mutasi_{}_{}", compact(from), compact(date)),
                    _ => format!("mutasi_{}", date.format("%B")),
                };
                files.push(arrival(next(date), name, date, &rows));
            }
            files
        }
        Rolling | RollingDated => {
            let files = rows.keys().copied().map(|date| {
                let from = (date - Days::new(6)).max(day(FIRST));
                let name = match kind.delivery {
                    RollingDated => format!("mutasi_{}_{}", compact(from), compact(date)),
                    _ => "tujuh hari".to_owned(),
                };
                arrival(next(date), name, date, &since(from, date))
            });
            files.collect()
        }
    }
}

fn unnamed(
    report: &Report,
    arrival: impl Fn(NaiveDate, String, NaiveDate, &[Paid]) -> Arrival,
) -> Vec<Arrival> {
    let files = report.iter().enumerate();
    files
        .map(|(number, (date, rows))| {
            arrival(
                next(*date),
                format!("export-{}", 1000 + number),
                *date,
                rows,
            )
        })
        .collect()
}

/// What the first version of a file has wrong.
fn amend(rows: &mut Vec<Paid>, dice: &mut Dice) {
    let Some(last) = rows.last_mut() else { return };
    match dice.below(3) {
        0 => last.amount += 500,
        1 => {
            rows.pop();
        }
        _ => {
            let mut more = last.clone();
            more.id = more.id.replace('T', "X");
            rows.push(more);
        }
    }
}
