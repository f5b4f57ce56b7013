//! A range of dates at a glance: one line per channel, one per date; and of many files those that
//! need a person.

use std::collections::BTreeSet;

use serde::Serialize;

use super::dates::DateView;
use super::days::{self, DayView, FileView, TallyView};
use super::input::ReportInput;
use super::labels::{Label, Language, fill};
use super::view::{Amount, Voice};
use super::words::{self, clean};
use crate::domain::outcome::{AtRisk, DateState, Tally};

/// From so many dates on they are told one by one below a grid.
const RANGE: usize = 3;

#[derive(Clone, Debug, Serialize)]
pub struct RangeView {
    pub channels: Vec<ChannelTotal>,
    /// In order; a mail shows as many as it has room for.
    #[serde(skip)]
    pub dates: Vec<DateView>,
}

/// A channel over the whole range; dates that are not complete are not in its figures.
#[derive(Clone, Debug, Serialize)]
pub struct ChannelTotal {
    pub channel: String,
    /// `7 of 8 dates complete`
    pub coverage: String,
    pub state_code: &'static str,
    pub settlement: TallyView,
    pub ledger: TallyView,
    pub breaks_shown: String,
    pub at_risk: Amount,
}

/// `None` for what is no range: its results are told one by one.
pub fn range_view(
    input: &ReportInput,
    days: &[DayView],
    dates: impl FnOnce() -> Vec<DateView>,
    voice: &Voice,
) -> Option<RangeView> {
    let told: BTreeSet<_> = days.iter().map(|day| day.business_date).collect();
    if told.len() < RANGE {
        return None;
    }
    let told: Vec<_> = input
        .channels
        .iter()
        .filter(|channel| !channel.days.is_empty())
        .collect();
    let channels: Vec<ChannelTotal> = told
        .iter()
        .map(|channel| {
            let name = clean(&channel.facts.title);
            let mut total = (Tally::default(), Tally::default(), AtRisk::default());
            for day in &channel.days {
                if days::is_known(day.outcome.state) {
                    total.0.merge(&day.outcome.settlement);
                    total.1.merge(&day.outcome.ledger);
                }
                total.2.merge(&day.outcome.at_risk);
            }
            let own = || days.iter().filter(|day| day.channel == name);
            let known = own().filter(|day| day.known).count() as u64;
            let coverage = [
                ("known", voice.count(known)),
                ("all", voice.count(channel.days.len() as u64)),
            ];
            let worst = |state: DateState| channel.days.iter().any(|d| d.outcome.state == state);
            let state = [DateState::Incomplete, DateState::NotDue]
                .into_iter()
                .find(|state| worst(*state))
                .unwrap_or(DateState::Complete);
            ChannelTotal {
                coverage: voice.fill(
                    Label::DatesComplete,
                    &coverage
                        .each_ref()
                        .map(|(name, text)| (*name, text.as_str())),
                ),
                state_code: state.name(),
                settlement: days::tally(&total.0, voice),
                ledger: days::tally(&total.1, voice),
                breaks_shown: voice.count(own().map(|day| day.breaks).sum()),
                at_risk: voice.amount(total.2.total()),
                channel: name,
            }
        })
        .collect();
    Some(RangeView {
        channels,
        dates: dates(),
    })
}

/// So many files are all shown.
const FEW_FILES: usize = 8;
/// Late files are named one by one up to here; a backfill would name them all.
const FEW_LATE: usize = 3;

/// The files a mail or a terminal shows, and a sentence about the others.
#[derive(Clone, Debug, Serialize)]
pub struct FilesInBrief {
    pub shown: Vec<FileView>,
    pub others: Option<String>,
}

/// Of many files, what is missing or refused comes first and what is in order is only counted.
pub fn files_in_brief(files: &[FileView], language: Language) -> FilesInBrief {
    let concerns = |file: &&FileView| {
        matches!(
            file.state_code,
            "missing" | "doubted" | "refused" | "quarantined" | "not_due"
        )
    };
    let late = distinct(files, "late");
    let named_late = files
        .iter()
        .filter(|file| file.state_code == "late")
        .count()
        <= FEW_LATE;
    let told = |file: &&FileView| named_late && file.state_code == "late";
    let mut shown: Vec<FileView> = files.iter().filter(concerns).cloned().collect();
    shown.extend(files.iter().filter(told).cloned());
    if files.len() <= FEW_FILES {
        let rest = |file: &&FileView| !concerns(file) && !told(file);
        shown.extend(files.iter().filter(rest).cloned());
        return FilesInBrief {
            shown,
            others: None,
        };
    }
    let say = |label, count| {
        let count = words::count(count as u64, language);
        fill(label, language, &[("count", &count)])
    };
    let in_order = distinct(files, "on_time") + distinct(files, "received");
    let mut others = Vec::new();
    if !named_late {
        others.push(say(Label::FilesLate, late));
    }
    if in_order > 0 {
        others.push(say(Label::FilesInOrder, in_order));
    }
    FilesInBrief {
        shown,
        others: (!others.is_empty()).then(|| others.join(" ")),
    }
}

/// One file covers several dates and is still one file.
fn distinct(files: &[FileView], state: &str) -> usize {
    let hashes: BTreeSet<&str> = files
        .iter()
        .filter(|file| file.state_code == state)
        .map(|file| file.sha256.as_str())
        .collect();
    hashes.len()
}
