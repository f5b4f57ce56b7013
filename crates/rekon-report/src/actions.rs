//! What to do about files, mails and rows that do not count. What to do about breaks is told by
//! [`super::breaks::actions`].

use super::breaks::ActionView;
use super::days;
use super::findings;
use super::input::{ChannelInput, ReportInput};
use super::labels::Label;
use super::verdict::shortened;
use super::view::Voice;
use super::words::clean;
use crate::domain::outcome::Severity;

/// A channel without a result and a missing or refused file come before any break: the result is not
/// the result without them.
pub fn of_files(input: &ReportInput, voice: &Voice) -> Vec<ActionView> {
    let action = |what: String, step: String| ActionView {
        severity_code: "critical",
        severity_label: voice.say(Label::Critical),
        what,
        step,
        who: voice.say(Label::ActorOps),
        amount: None,
        deadline: None,
    };
    let mut actions = Vec::new();
    for failed in &input.failed {
        let what = voice.say(Label::ChannelFailed);
        let reason = days::in_short(&failed.reason, voice);
        actions.push(action(
            format!("{what}: {}", clean(&failed.channel)),
            voice.fill(Label::DoRepairChannel, &[("reason", &reason)]),
        ));
    }
    // A mail that is held back may be the very file that is missing.
    for channel in &input.channels {
        if let [first, ..] = &channel.quarantined[..] {
            let what = voice.say(Label::MailQuarantined);
            let name = clean(&channel.facts.title);
            let step = match channel.quarantined.len() {
                1 => Label::DoJudgeMail,
                _ => Label::DoJudgeMails,
            };
            let figures = [
                ("count", voice.count(channel.quarantined.len() as u64)),
                ("subject", clean(&first.subject)),
                ("sender", clean(&first.sender)),
                ("reason", days::in_short(&first.reason, voice)),
                ("id", first.id.to_string()),
            ];
            let figures = figures
                .each_ref()
                .map(|(name, value)| (*name, value.as_str()));
            actions.push(action(
                format!("{what}: {name}"),
                voice.fill(step, &figures),
            ));
        }
    }
    actions.extend(findings::actions(input, voice));
    for channel in &input.channels {
        let missing = || {
            let days = channel.days.iter().map(|day| &day.outcome);
            days.filter(|outcome| outcome.lacks_file())
        };
        let name = clean(&channel.facts.title);
        let ask = |what, step, titled: &str, dates: &str, parts: &str| {
            let figures = [
                ("channel", name.as_str()),
                ("date", dates),
                ("parts", parts),
            ];
            action(
                format!("{}: {name}, {titled}", voice.fill(what, &figures)),
                voice.fill(step, &figures),
            )
        };
        // One question to the partner, however many dates it is about.
        let whole = missing().filter(|outcome| outcome.missing_parts.is_empty());
        let dates: Vec<String> = whole
            .map(|outcome| voice.date(outcome.business_date))
            .collect();
        if !dates.is_empty() {
            let titled = match dates.len() {
                1 | 2 => dates.join(", "),
                many => voice.fill(Label::DateMany, &[("count", &voice.count(many as u64))]),
            };
            // Which dates a file is of that was not taken is not known.
            let step = match channel.refused_files.is_empty() {
                true => Label::DoAskForFile,
                false => Label::DoSeeFileFirst,
            };
            let what = Label::FileMissing;
            actions.push(ask(what, step, &titled, &shortened(&dates), ""));
        }
        for outcome in missing().filter(|outcome| !outcome.missing_parts.is_empty()) {
            let (date, parts) = (voice.date(outcome.business_date), days::parts_text(outcome));
            let (what, step) = (Label::FilePartMissing, Label::DoAskForPart);
            actions.push(ask(what, step, &date, &date, &parts));
        }
    }
    for channel in &input.channels {
        for file in &channel.refused_files {
            let (what, step) = match file.is_held() {
                true => (Label::FileHeld, Label::DoDecideFile),
                false => (Label::FileRefused, Label::DoReplaceFile),
            };
            actions.push(action(
                format!("{}: {}", voice.say(what), clean(&channel.facts.title)),
                voice.fill(
                    step,
                    &[
                        ("file", &clean(&file.name)),
                        ("reason", &clean(&voice.meaning(&file.reason))),
                    ],
                ),
            ));
        }
    }
    actions
}

/// Rejected rows come last: what they hide is named by the breaks they leave.
pub fn of_rows(input: &ReportInput, voice: &Voice) -> Vec<ActionView> {
    let action = |channel: &ChannelInput, label, rows: u64, step| {
        let noun = voice.say(if rows == 1 {
            Label::RowOne
        } else {
            Label::RowMany
        });
        let what = voice.fill(label, &[("count", &voice.count(rows)), ("rows", noun)]);
        (rows > 0).then(|| ActionView {
            severity_code: Severity::Medium.name(),
            severity_label: voice.say(Label::Medium),
            what: format!("{what}, {}", clean(&channel.facts.title)),
            step: voice.say(step).to_owned(),
            who: voice.say(Label::ActorOps),
            amount: None,
            deadline: None,
        })
    };
    let of_channel = |channel: &ChannelInput| {
        let outcomes = || channel.days.iter().map(|day| &day.outcome);
        let file = outcomes().map(|outcome| outcome.rejected_rows).sum();
        let ledger = outcomes().map(|outcome| outcome.rejected_ledger_rows).sum();
        [
            action(channel, Label::RowsRejected, file, Label::DoFixRows),
            action(
                channel,
                Label::LedgerRowsRejected,
                ledger,
                Label::DoFixLedgerRows,
            ),
        ]
    };
    let channels = input.channels.iter();
    channels.flat_map(of_channel).flatten().collect()
}
