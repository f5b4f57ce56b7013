//! Every number and label of a report, decided once. HTML, text, workbook, CSV and the terminal
//! read this and compute nothing.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::Serialize;

use super::actions;
use super::break_row;
use super::breaks::{self, ActionView, GroupTotal, mask_of};
use super::catalogue;
use super::changes::{self, ChangeView};
use super::dates;
use super::days::{self, AgeingView, DayView, FileView, RollView};
use super::findings;
use super::input::{Change, ChannelFacts, ChannelInput, ReportInput};
use super::labels::{Label, Language};
use super::lines::{self, Lines, Shelf};
use super::meaning;
use super::patterns;
use super::range::{self, FilesInBrief, RangeView};
use super::totals::{self, Sheets};
use super::trend::{self, TrendView};
use super::verdict::{self, Verdict, failed, shortened};
use super::words::{self, Mask, clean};
use crate::domain::money::Money;
use crate::domain::outcome::{AtRisk, BreakKind, Bucket};
use crate::domain::rejected::RejectedEntry;
use crate::domain::statement::News;

#[derive(Clone, Debug, Serialize)]
pub struct ReportView {
    #[serde(skip)]
    pub language: Language,
    #[serde(skip)]
    pub zone: Tz,
    pub run_id: String,
    /// Whose report it is; empty where nobody says.
    pub merchant: String,
    pub subject: String,
    pub period: String,
    pub channels: String,
    pub verdict: Verdict,
    pub risk: Risk,
    #[serde(skip)]
    pub actions: Vec<ActionView>,
    #[serde(skip)]
    pub days: Vec<DayView>,
    /// More than a reader wants in full: one row per channel and date.
    pub compact: bool,
    /// Several dates: at a glance, and each that has something to say in a section of its own.
    pub range: Option<RangeView>,
    /// What the results that supersede earlier ones changed, in the order of the results.
    #[serde(skip)]
    pub changes: Vec<ChangeView>,
    /// Every open break, gravest first, stuck pendings among them: what all figures count.
    #[serde(skip)]
    pub breaks: Lines,
    /// Those of them that are new, open again or changed.
    #[serde(skip)]
    pub fresh: Lines,
    /// Those that the readers know as they are.
    #[serde(skip)]
    pub known_before: Lines,
    /// What people closed since the readers were told.
    #[serde(skip)]
    pub closed: Lines,
    /// What was told as open and is no more, by itself.
    #[serde(skip)]
    pub cleared: Lines,
    /// What a list of all breaks shows: open ones, and those that people closed.
    #[serde(skip)]
    pub listed: Lines,
    /// New breaks on dates that are not among those of the report.
    #[serde(skip)]
    pub elsewhere: Lines,
    pub by_severity: Vec<GroupTotal>,
    pub by_kind: Vec<GroupTotal>,
    /// Stuck pendings, then those within their SLA.
    #[serde(skip)]
    pub pendings: Lines,
    #[serde(skip)]
    pub patterns: Vec<String>,
    #[serde(skip)]
    pub files: Vec<FileView>,
    #[serde(skip)]
    pub files_in_brief: FilesInBrief,
    pub roll: Vec<RollView>,
    pub ageing: AgeingView,
    /// The last dates, where there is more than one.
    pub trend: Option<TrendView>,
    #[serde(skip)]
    pub tolerances: Vec<String>,
    #[serde(skip)]
    pub rejected: Vec<RejectedView>,
    #[serde(skip)]
    pub notices: Vec<String>,
    pub footer: String,
    pub masked_note: Option<&'static str>,
    /// What only the workbook shows.
    #[serde(skip)]
    pub sheets: Sheets,
}

/// A rupiah amount, exact and as shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Amount {
    #[serde(skip)]
    pub money: Money,
    pub shown: String,
}

/// An amount that may not be known; what is not known is not zero.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Known {
    #[serde(skip)]
    pub money: Option<Money>,
    pub shown: String,
}

impl Known {
    pub fn of(known: bool, amount: Amount, voice: &Voice) -> Known {
        if known {
            Known {
                money: Some(amount.money),
                shown: amount.shown,
            }
        } else {
            Known {
                money: None,
                shown: voice.say(Label::NotKnown).to_owned(),
            }
        }
    }
}

/// The three figures, never netted, and their sum for the subject line.
#[derive(Clone, Debug, Serialize)]
pub struct Risk {
    pub owed_to_us: Known,
    pub owed_by_us: Known,
    pub undecided: Known,
    pub total: Known,
}

#[derive(Clone, Debug, Serialize)]
pub struct RejectedView {
    pub channel: String,
    #[serde(skip)]
    pub business_date: Option<NaiveDate>,
    pub file: String,
    pub sheet: String,
    /// A row of the ledger has no number that anybody could look up.
    pub row: Option<u32>,
    pub column: String,
    pub value: String,
    pub reason: String,
    /// The reason with all that an engineer needs, for the terminal.
    #[serde(skip)]
    pub reason_in_full: String,
}

/// In which language, zone and at which instant everything is said.
#[derive(Clone, Copy, Debug)]
pub struct Voice {
    pub language: Language,
    pub zone: Tz,
    pub as_of: DateTime<Utc>,
}

impl Voice {
    pub fn say(&self, label: Label) -> &'static str {
        label.text(self.language)
    }

    pub fn rupiah(&self, money: Money) -> String {
        words::rupiah(money, self.language)
    }

    pub fn amount(&self, money: Money) -> Amount {
        Amount {
            money,
            shown: self.rupiah(money),
        }
    }

    pub fn count(&self, value: u64) -> String {
        words::count(value, self.language)
    }

    pub fn date(&self, date: NaiveDate) -> String {
        words::date(date, self.language)
    }

    pub fn instant(&self, at: DateTime<Utc>) -> String {
        words::instant(at, self.zone, self.language)
    }

    pub fn days(&self, days: u64) -> String {
        match days {
            1 => self.say(Label::DayOld).to_owned(),
            days => self.fill(Label::DaysOld, &[("count", &self.count(days))]),
        }
    }

    pub fn today(&self) -> NaiveDate {
        self.as_of.with_timezone(&self.zone).date_naive()
    }

    /// A sentence that was stored in English, whole: for those who can mend what it is about.
    pub fn stored(&self, text: &str) -> String {
        catalogue::said(text, self.language)
    }

    /// The same for finance.
    pub fn meaning(&self, text: &str) -> String {
        meaning::for_finance(text, self.language)
    }
}

/// Results shown in full; more become one row each.
const SHOWN_IN_FULL: usize = 6;

pub fn view(input: &ReportInput) -> ReportView {
    let voice = Voice {
        language: input.language,
        zone: input.zone,
        as_of: input.as_of,
    };
    let counts = lines::counts(input);
    let days: Vec<DayView> = days_of(input)
        .map(|(channel, day)| {
            let date = (channel.facts.name.as_str(), day.outcome.business_date);
            days::day_view(
                &channel.facts,
                day,
                counts.get(&date).copied().unwrap_or(0),
                &voice,
            )
        })
        .collect();
    let compact = days.len() > SHOWN_IN_FULL;
    let files: Vec<FileView> = input
        .channels
        .iter()
        .flat_map(|channel| days::file_views(channel, &voice))
        .collect();
    let at_risk = at_risk(input);
    let shelf = Shelf::of(input, &voice);
    let breaks = shelf.breaks(News::is_open);
    let fresh = shelf.breaks(News::is_fresh);
    let known_before = shelf.breaks(|news| news == News::StillOpen);
    let changes = change_views(input, &voice);
    let mut actions = actions::of_files(input, &voice);
    actions.extend(breaks::actions(&breaks, &voice));
    actions.extend(actions::of_rows(input, &voice));
    let verdict = verdict::verdict(input, &fresh, &known_before, &voice);
    let period = period(input, &voice);
    let known = match days.is_empty() && breaks.is_empty() {
        true => input.failed.is_empty(),
        false => !breaks.is_empty() || days.iter().any(|day| day.known),
    };
    let figure = |money| Known::of(known, voice.amount(money), &voice);
    let masks_something = input
        .channels
        .iter()
        .any(|channel| mask_of(&channel.facts, &input.unmask).hides_anything());
    ReportView {
        language: input.language,
        zone: input.zone,
        run_id: clean(&input.run_id),
        merchant: input.merchant.as_deref().map(clean).unwrap_or_default(),
        subject: verdict::subject(&verdict, &period, at_risk, &voice),
        channels: {
            let all = input.channels.iter();
            let mut names: Vec<String> = all.map(|channel| clean(&channel.facts.title)).collect();
            let failed = failed(input);
            names.extend(
                failed
                    .into_iter()
                    .filter(|name| !names.contains(name))
                    .collect::<Vec<_>>(),
            );
            shortened(&names)
        },
        risk: Risk {
            owed_to_us: figure(at_risk.owed_to_us),
            owed_by_us: figure(at_risk.owed_by_us),
            undecided: figure(at_risk.undecided),
            total: figure(at_risk.total()),
        },
        verdict,
        period,
        actions,
        compact,
        range: range::range_view(
            input,
            &days,
            || dates::date_views(&days, &fresh, &changes, &voice),
            &voice,
        ),
        changes,
        by_severity: breaks::by_severity(&breaks, &voice),
        by_kind: breaks::by_kind(&breaks, &voice),
        pendings: pendings(&shelf),
        elsewhere: fresh.only(|line| {
            days.iter()
                .all(|day| day.business_date != line.told_on || day.channel != line.facts.name)
        }),
        breaks,
        fresh,
        known_before,
        closed: shelf.breaks(|news| news == News::Closed),
        cleared: shelf.cleared(),
        listed: shelf.all_breaks(),
        days,
        patterns: pattern_sentences(input, &voice),
        files_in_brief: range::files_in_brief(&files, voice.language),
        files,
        roll: input
            .channels
            .iter()
            .filter_map(|channel| days::roll_view(channel, &voice))
            .collect(),
        ageing: days::ageing_view(input, &voice),
        trend: trend::trend_view(&input.trend, &voice),
        tolerances: days_of(input)
            .flat_map(|(channel, day)| {
                let tolerance = days::tolerance_note(&channel.facts, &day.outcome, &voice);
                tolerance
                    .into_iter()
                    .chain(days::split_note(&day.outcome, &voice))
            })
            .collect(),
        rejected: rejected(input, &voice),
        notices: notices(input, &voice),
        footer: footer(input, &voice),
        sheets: totals::sheets(input, &voice),
        masked_note: masks_something.then(|| voice.say(Label::Masked)),
    }
}

/// By date, then in the order of the channels.
pub(super) fn days_of(
    input: &ReportInput,
) -> impl Iterator<Item = (&ChannelInput, &super::input::DayInput)> {
    let mut days: Vec<_> = input
        .channels
        .iter()
        .flat_map(|channel| channel.days.iter().map(move |day| (channel, day)))
        .collect();
    days.sort_by_key(|(_, day)| day.outcome.business_date);
    days.into_iter()
}

fn change_views(input: &ReportInput, voice: &Voice) -> Vec<ChangeView> {
    days_of(input)
        .filter_map(|(channel, day)| {
            let Change::Supersedes { revision, change } = &day.change else {
                return None;
            };
            let place = changes::Place {
                channel: &channel.facts.title,
                date: day.outcome.business_date,
                revision: day.revision,
                earlier: *revision,
            };
            let mask = mask_of(&channel.facts, &input.unmask);
            Some(changes::change_view(place, change, &mask, voice))
        })
        .collect()
}

/// What is open, on whichever date, each break once.
fn at_risk(input: &ReportInput) -> AtRisk {
    let mut total = AtRisk::default();
    for (_, item) in lines::open_breaks(input) {
        total.add(item.exposure, item.at_risk);
    }
    total
}

fn footer(input: &ReportInput, voice: &Voice) -> String {
    let mut footer = voice.fill(
        Label::Footer,
        &[
            ("run", &clean(&input.run_id)),
            ("as_of", &voice.instant(input.as_of)),
            ("zone", input.zone.name()),
        ],
    );
    if let Some((seq, hash)) = &input.chain_head {
        let head = [("seq", &*seq.to_string()), ("hash", &clean(hash))];
        footer.push(' ');
        footer.push_str(&voice.fill(Label::ChainHead, &head));
    }
    footer
}

/// Stuck ones first.
fn pendings(shelf: &Shelf) -> Lines {
    let stuck = Bucket::Break(BreakKind::StuckPending);
    let pending = |bucket| bucket == stuck || bucket == Bucket::PendingWithinSla;
    shelf.open(pending).led_by(stuck)
}

/// What the reader has to know beside the figures.
fn notices(input: &ReportInput, voice: &Voice) -> Vec<String> {
    let unproven = input.unproven_mailboxes.iter();
    let unproven =
        unproven.map(|name| voice.fill(Label::MailboxUnproven, &[("name", &clean(name))]));
    let told = input.notices.iter();
    let told = told.map(|notice| clean(&voice.meaning(notice)));
    let accepted = findings::accepted(input, voice);
    accepted.into_iter().chain(unproven).chain(told).collect()
}

fn period(input: &ReportInput, voice: &Voice) -> String {
    let dates = || days_of(input).map(|(_, day)| day.outcome.business_date);
    match (dates().min(), dates().max()) {
        (Some(from), Some(to)) => words::period(from, to, voice.language),
        _ => voice.date(voice.today()),
    }
}

fn pattern_sentences(input: &ReportInput, voice: &Voice) -> Vec<String> {
    days_of(input)
        .flat_map(|(channel, day)| {
            let mask = mask_of(&channel.facts, &input.unmask);
            day.outcome.patterns.iter().map(move |pattern| {
                let title = &channel.facts.title;
                patterns::pattern_sentence(title, &day.outcome, pattern, &mask, voice)
            })
        })
        .collect()
}

fn rejected(input: &ReportInput, voice: &Voice) -> Vec<RejectedView> {
    input
        .channels
        .iter()
        .flat_map(|channel| {
            let mask = mask_of(&channel.facts, &input.unmask);
            let ledger = channel.days.iter().flat_map(|day| {
                let (facts, date) = (&channel.facts, day.outcome.business_date);
                let rows = day.outcome.rejected_ledger.iter();
                rows.map(move |row| {
                    let mask = mask_of(facts, &input.unmask);
                    rejected_ledger_row(row, date, facts, &mask, voice)
                })
            });
            let file = channel.rejected_rows.iter().map(move |line| {
                let value = match &line.field {
                    Some(field) => mask.apply_rejected(field, &line.value),
                    None => mask.apply_unnamed(&line.value),
                };
                // The reason may quote the value that is hidden.
                let hiding = |reason: String| match value == line.value || line.value.is_empty() {
                    true => clean(&reason),
                    false => clean(&reason.replace(&line.value, &value)),
                };
                RejectedView {
                    channel: clean(&channel.facts.title),
                    business_date: line.business_date,
                    file: clean(&line.file),
                    sheet: line.sheet.as_deref().map(clean).unwrap_or_default(),
                    row: Some(line.row),
                    column: line.column.as_deref().map(clean).unwrap_or_default(),
                    value: clean(&value),
                    reason: hiding(voice.meaning(&line.reason)),
                    reason_in_full: hiding(voice.stored(&line.reason)),
                }
            });
            file.chain(ledger)
        })
        .collect()
}

/// A row of the ledger, with what finance needs to find it: reference, amount, status, time.
fn rejected_ledger_row(
    row: &RejectedEntry,
    date: NaiveDate,
    facts: &ChannelFacts,
    mask: &Mask<'_>,
    voice: &Voice,
) -> RejectedView {
    let mut said: Vec<String> = Vec::new();
    let key = break_row::key_text(&row.key, mask);
    let reference = mask.show("reference", &row.reference);
    said.extend([key, reference].into_iter().filter(|text| !text.is_empty()));
    said.extend(row.amount.map(|amount| voice.rupiah(amount)));
    said.extend(Some(clean(&row.status)).filter(|status| !status.is_empty()));
    said.extend(row.at.map(|at| voice.instant(at)));
    // A value that stands in a column of the key may be hidden.
    let quoted = row.value.trim_matches('`');
    let value = row.value.replace(quoted, &mask.show(&row.column, quoted));
    let said = said.join(" · ");
    let told = |reason: String| format!("{} ({said})", clean(&reason));
    RejectedView {
        channel: clean(&facts.title),
        business_date: Some(date),
        file: voice.say(Label::Ledger).to_owned(),
        sheet: String::new(),
        row: None,
        column: clean(&row.column),
        value: clean(&value),
        reason: told(voice.stored(&row.reason)),
        reason_in_full: told(voice.stored(&row.reason)),
    }
}
