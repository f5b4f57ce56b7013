//! Short mails: a report that could not be made, and the word that all is quiet.

use chrono::{DateTime, NaiveDate, Utc};
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::Serialize;

use super::labels::Label;
use super::verdict::in_brief;
use super::view::Voice;
use super::words::{self, clean};
use crate::domain::outcome::CountAmount;

const TEMPLATE: &str = include_str!("../../../templates/note.html");

/// A mail of some sentences, the same in text and HTML.
#[derive(Clone, Debug, Serialize)]
pub struct Note {
    pub subject: String,
    pub headline: String,
    pub paragraphs: Vec<String>,
    pub footer: String,
    #[serde(skip)]
    tone: &'static str,
    #[serde(skip)]
    lang: &'static str,
}

/// Colours of the headline.
const ALARM: &str = "#b42318";
const CALM: &str = "#1f7a4d";

/// Channels that could not be reconciled, each with its reason.
#[derive(Clone, Debug)]
pub struct Failures<'a> {
    pub run_id: &'a str,
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub channels: Vec<(&'a str, String)>,
}

/// Nothing of the period is known, and readers hear that rather than nothing.
pub fn not_reconciled(failures: &Failures<'_>, voice: &Voice) -> Note {
    let period = words::period(failures.from, failures.to, voice.language);
    let names: Vec<String> = failures
        .channels
        .iter()
        .map(|(name, _)| clean(name))
        .collect();
    let headline = voice.fill(Label::NotReconciled, &[("channels", &in_brief(&names))]);
    // What holds up many is said once.
    let mut grouped: Vec<(&str, Vec<String>)> = Vec::new();
    for (channel, reason) in &failures.channels {
        match grouped.iter_mut().find(|(known, _)| known == reason) {
            Some((_, channels)) => channels.push(clean(channel)),
            None => grouped.push((reason, vec![clean(channel)])),
        }
    }
    let mut paragraphs: Vec<String> = grouped
        .iter()
        .map(|(reason, channels)| {
            let channels = channels.join(", ");
            let figures = [
                ("channel", &*channels),
                ("reason", &*clean(&voice.stored(reason))),
            ];
            voice.fill(Label::NotReconciledWhy, &figures)
        })
        .collect();
    paragraphs.push(voice.fill(Label::NotReconciledNothing, &[("period", &period)]));
    paragraphs.push(voice.say(Label::NotReconciledNext).to_owned());
    Note::of(failures.run_id, &period, headline, paragraphs, ALARM, voice)
}

/// A week in which readers had no reason to be written to.
#[derive(Clone, Debug)]
pub struct Quiet<'a> {
    pub run_id: &'a str,
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// When the readers last heard.
    pub since: DateTime<Utc>,
    /// Business dates whose every result is complete and without anything to do.
    pub clean: u64,
    /// Results of the week that are not.
    pub not_clean: Vec<(&'a str, NaiveDate)>,
    pub open: CountAmount,
    pub last_file: Option<(String, DateTime<Utc>)>,
    /// Channel, business date and when its file is due.
    pub next: Option<(&'a str, NaiveDate, DateTime<Utc>)>,
}

/// Says that nothing happened, and nothing that is not so: what is still open is named.
pub fn all_quiet(quiet: &Quiet<'_>, voice: &Voice) -> Note {
    let period = words::period(quiet.from, quiet.to, voice.language);
    let calm = quiet.open.count == 0 && quiet.not_clean.is_empty();
    let dates = match quiet.clean {
        1 => Label::DateWord,
        _ => Label::DatesWord,
    };
    let label = match calm {
        true => Label::AllQuiet,
        false => Label::NothingNew,
    };
    let figures = [
        ("count", &*voice.count(quiet.clean)),
        ("dates", voice.say(dates)),
    ];
    let headline = voice.fill(label, &figures);
    let since = voice.date(quiet.since.with_timezone(&voice.zone).date_naive());
    let mut paragraphs = vec![voice.fill(Label::QuietScope, &[("since", &since)])];
    if quiet.open.count > 0 {
        let figures = [
            ("count", &*voice.count(quiet.open.count)),
            ("amount", &*voice.rupiah(quiet.open.amount)),
        ];
        paragraphs.push(voice.fill(Label::QuietOpen, &figures));
    }
    if !quiet.not_clean.is_empty() {
        let named: Vec<String> = quiet
            .not_clean
            .iter()
            .map(|(channel, date)| format!("{} {}", clean(channel), voice.date(*date)))
            .collect();
        paragraphs.push(voice.fill(Label::QuietNotClean, &[("list", &named.join(", "))]));
    }
    paragraphs.push(match &quiet.last_file {
        Some((file, at)) => {
            let figures = [("file", &*clean(file)), ("at", &*voice.instant(*at))];
            voice.fill(Label::QuietLastFile, &figures)
        }
        None => voice.say(Label::QuietNoFile).to_owned(),
    });
    if let Some((channel, date, due)) = quiet.next {
        let figures = [
            ("channel", &*clean(channel)),
            ("date", &*voice.date(date)),
            ("at", &*voice.instant(due)),
        ];
        paragraphs.push(voice.fill(Label::QuietNext, &figures));
    }
    let tone = if calm { CALM } else { "#1a1f2b" };
    Note::of(quiet.run_id, &period, headline, paragraphs, tone, voice)
}

impl Note {
    fn of(
        run_id: &str,
        period: &str,
        headline: String,
        paragraphs: Vec<String>,
        tone: &'static str,
        voice: &Voice,
    ) -> Note {
        let footer = voice.fill(
            Label::Footer,
            &[
                ("run", &clean(run_id)),
                ("as_of", &voice.instant(voice.as_of)),
                ("zone", voice.zone.name()),
            ],
        );
        Note {
            subject: format!("{} {period}: {headline}", voice.say(Label::ReportTitle)),
            headline,
            paragraphs,
            footer,
            tone,
            lang: voice.language.code(),
        }
    }

    pub fn text(&self) -> String {
        let mut text = format!("{}\n", self.headline);
        for paragraph in self.paragraphs.iter().chain([&self.footer]) {
            text.push('\n');
            text.push_str(paragraph);
            text.push('\n');
        }
        text
    }

    pub fn html(&self) -> Result<String, minijinja::Error> {
        #[derive(Serialize)]
        struct Page<'a> {
            lang: &'static str,
            tone: &'static str,
            note: &'a Note,
        }
        let mut environment = Environment::new();
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.add_template("note.html", TEMPLATE)?;
        environment.get_template("note.html")?.render(Serde(Page {
            lang: self.lang,
            tone: self.tone,
            note: self,
        }))
    }
}
