//! `rekon inspect FILE` of a layout nobody named: which known profile reads it, or a proposed one.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use chrono::NaiveDate;
use serde_json::{Value, json};

use super::super::{Exit, Output, Usage, named_file, print, print_json};
use super::options;
use crate::config::{Channel, Config};
use crate::profiles::propose::{
    LedgerEvidence, NoProposal, Proposal, Survey, Weight, weight_of_header,
};
use crate::profiles::{self, BUILT_IN, Profile, ReadFile, shown};
use crate::report::summary::table;
use crate::run;

/// What the command line asks for besides the file.
pub struct Asked<'a> {
    /// Where there is one.
    pub config: Option<&'a Config>,
    /// Columns are tried against the ledger of this one.
    pub channel: Option<&'a str>,
    pub write: Option<&'a Path>,
    pub output: Output,
}

/// How a known profile reads the file.
struct Tried {
    profile: String,
    /// Channels that have it.
    channels: Vec<String>,
    read: ReadFile,
    rows: u64,
    rejected: u64,
    /// Of these, the ones without a date that can be read.
    undated: u64,
    unread: Vec<String>,
    /// Columns it does not read and that say something of the money of a row.
    weighty: Vec<(String, Weight)>,
}

impl Tried {
    /// Reads nearly every row, and passes over nothing that could turn a payment round. Where the
    /// profile speaks of every column the file is of its provider, though some rows are bad; not
    /// where it cannot read several of their dates, which a stranger writes in another order.
    fn fits(&self) -> bool {
        let few = |rows: u64| rows * 20 <= self.rows;
        let is_own = self.unread.is_empty()
            && (self.undated <= 1 || few(self.undated))
            && self.rejected * 3 <= self.rows;
        (few(self.rejected) || is_own) && self.weighty.is_empty()
    }

    /// What it passes over, in words; nothing where it passes over nothing that matters.
    fn overlooks(&self) -> Option<String> {
        let columns = self.weighty.iter();
        let columns: Vec<String> = columns
            .map(|(column, weight)| format!("{} ({weight})", shown(column)))
            .collect();
        (!columns.is_empty()).then(|| columns.join(", "))
    }
}

/// What a profile must not pass over: of the provider's own report and of a stranger's.
struct Weights {
    /// Of a file that is looked at column by column; none where it has no table that can be told.
    all: Option<Vec<(String, Weight)>>,
    telling: Vec<(String, Weight)>,
}

impl Weights {
    fn of(survey: Option<&Survey<'_>>) -> Weights {
        Weights {
            all: survey.map(Survey::weights),
            telling: survey.map(Survey::telling).unwrap_or_default(),
        }
    }

    /// Those among the columns that a built-in profile, or one of a channel's own, does not read.
    fn among(
        &self,
        unread: &[String],
        read: &ReadFile,
        is_built_in: bool,
    ) -> Vec<(String, Weight)> {
        let names = |one: &str, other: &str| profiles::same_column(one, other);
        let said = |list: &[(String, Weight)], column: &String| {
            let mut list = list.iter();
            let found = list.find(|(header, _)| names(header, column));
            found.map(|(_, weight)| (column.clone(), *weight))
        };
        let unread = unread.iter();
        match (&self.all, is_built_in) {
            (_, false) => unread
                .filter_map(|column| said(&self.telling, column))
                .collect(),
            (Some(all), true) => unread.filter_map(|column| said(all, column)).collect(),
            // Columns at fixed places: what the profile's own reading of them says.
            (None, true) => {
                let speaking = read.speaking();
                let by_value = |column: &String| {
                    let mut speaking = speaking.iter();
                    let found = speaking.find(|one| names(&one.column, column));
                    found.map(|one| one.looks_like)
                };
                unread
                    .filter_map(|column| {
                        let weight = by_value(column).or_else(|| weight_of_header(column))?;
                        Some((column.clone(), weight))
                    })
                    .collect()
            }
        }
    }
}

pub async fn propose(path: &Path, asked: &Asked<'_>) -> Result<Exit> {
    let bytes = named_file(path, options().limits.file_bytes)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let zone = asked
        .config
        .map_or(chrono_tz::Asia::Jakarta, |config| config.zone);
    let survey = Survey::of(&bytes, &name, zone);
    let weights = Weights::of(survey.as_ref().ok());
    let tried = try_known(&bytes, &name, asked.config, &weights)?;
    let fitting: Vec<&Tried> = tried.iter().filter(|tried| tried.fits()).collect();
    // Who names a file to write or a ledger to ask wants a profile of their own.
    let wants_own = asked.write.is_some() || asked.channel.is_some();
    if !fitting.is_empty() && !wants_own {
        return tell_known(path, &fitting, asked.output);
    }
    let refused = |fault: NoProposal| -> anyhow::Error {
        let mut context = String::new();
        for tried in &tried {
            context.push_str(&format!("{}\n", beside(tried)));
        }
        context.push_str(&format!("{}: no profile can be proposed", path.display()));
        match fault {
            NoProposal::Fault(fault) => anyhow!(fault).context(context),
            other => anyhow!(other).context(context),
        }
    };
    let survey = match survey {
        Ok(survey) => survey,
        Err(fault) => {
            if asked.output == Output::Json {
                print_json(&json!({
                    "fits": [],
                    "beside": others(&tried),
                    "proposal": null,
                    "refused": fault.to_string(),
                }))?;
            }
            return Err(refused(fault));
        }
    };
    let (evidence, dates) = match asked.channel {
        Some(channel) => {
            let (evidence, dates) = ask_ledger(&survey, asked.config, channel).await?;
            (Some(evidence), dates)
        }
        None => (None, Vec::new()),
    };
    let proposal = survey.propose(evidence.as_ref()).map_err(refused)?;
    let written = match asked.write {
        Some(target) => Some(write(target, &proposal.toml)?),
        None => None,
    };
    if asked.output == Output::Json {
        print_json(&as_json(&proposal, &tried, evidence.as_ref(), &dates)?)?;
        return Ok(Exit::Done);
    }
    tell(
        path,
        &proposal,
        &tried,
        evidence.as_ref(),
        &dates,
        asked.write.zip(written),
    )?;
    Ok(Exit::Done)
}

fn try_known(
    bytes: &[u8],
    name: &str,
    config: Option<&Config>,
    weights: &Weights,
) -> Result<Vec<Tried>> {
    let mut known: BTreeMap<String, (Profile, Vec<String>)> = BTreeMap::new();
    for built_in in BUILT_IN {
        let profile = Profile::load(built_in, Path::new(""))?;
        known.insert(profile.hash.clone(), (profile, Vec::new()));
    }
    for channel in config.into_iter().flat_map(|config| &config.channels) {
        let profile = &channel.profile;
        let entry = known
            .entry(profile.hash.clone())
            .or_insert_with(|| (profile.clone(), Vec::new()));
        entry.1.push(channel.name.clone());
    }
    let mut tried = Vec::new();
    for (profile, channels) in known.into_values() {
        let Ok(read) = profiles::read(bytes, name, &profile, &options()) else {
            continue;
        };
        let sheets = read.format.sheets.iter();
        let unread: Vec<String> = sheets.flat_map(|sheet| sheet.unmapped.clone()).collect();
        let is_built_in = BUILT_IN.contains(&profile.name.as_str());
        tried.push(Tried {
            profile: profile.name.clone(),
            channels,
            rows: read.entries.len() as u64 + read.rejected.len() as u64,
            rejected: read.rejected.len() as u64,
            undated: read
                .rejected
                .iter()
                .filter(|row| row.field.as_deref() == Some("time"))
                .count() as u64,
            weighty: weights.among(&unread, &read, is_built_in),
            unread,
            read,
        });
    }
    tried.retain(|tried| tried.rows > 0 || !tried.read.format.sheets.is_empty());
    tried.sort_by(|one, other| {
        (one.rejected, one.unread.len()).cmp(&(other.rejected, other.unread.len()))
    });
    Ok(tried)
}

fn how(tried: &Tried) -> String {
    let mut said = format!(
        "{} of {} rows read, amount IDR {}",
        tried.rows - tried.rejected,
        tried.rows,
        tried.read.amount()
    );
    if !tried.read.controls.is_empty() {
        said.push_str(&format!(
            ", {} totals of the file agree",
            tried.read.controls.len()
        ));
    }
    if !tried.unread.is_empty() {
        said.push_str(&format!("; columns not read: {}", tried.unread.join(", ")));
    }
    if !tried.channels.is_empty() {
        said.push_str(&format!("; of channel {}", tried.channels.join(", ")));
    }
    said
}

/// A known profile that reads the file and is not taken for its own.
fn beside(tried: &Tried) -> String {
    let mut said = how(tried);
    if let Some(columns) = tried.overlooks() {
        said.push_str(&format!(
            ". It does not read {columns}: a payment that failed, was undone or cost something could pass for another"
        ));
    }
    format!("Profile {} reads it: {said}.", tried.profile)
}

fn others(tried: &[Tried]) -> Vec<Value> {
    let others = tried.iter().filter(|tried| !tried.fits());
    others.map(fit_json).collect()
}

fn tell_known(path: &Path, fitting: &[&Tried], output: Output) -> Result<Exit> {
    if output == Output::Json {
        let fits: Vec<Value> = fitting.iter().map(|tried| fit_json(tried)).collect();
        print_json(&json!({ "fits": fits, "proposal": null }))?;
        return Ok(Exit::Done);
    }
    let lines: Vec<Vec<String>> = fitting
        .iter()
        .map(|tried| vec![tried.profile.clone(), how(tried)])
        .collect();
    print("This file reads with a profile that is there already:")?;
    print(&table(&lines, usize::MAX).join("\n"))?;
    if fitting.len() > 1 {
        print("Several read it; whose report it is decides which one is right.")?;
    }
    print(&format!(
        "next:\n  rekon inspect {0} --profile {1}\n  rekon inspect {0} --write PATH     # proposes a profile of its own all the same",
        shell(path),
        fitting[0].profile
    ))?;
    Ok(Exit::Done)
}

fn fit_json(tried: &Tried) -> Value {
    json!({
        "profile": tried.profile,
        "channels": tried.channels,
        "rows": tried.rows,
        "rejected": tried.rejected,
        "amount": tried.read.amount(),
        "controls": tried.read.controls,
        "unread": tried.unread,
        "overlooks": tried
            .weighty
            .iter()
            .map(|(column, weight)| json!({ "column": column, "looks_like": weight }))
            .collect::<Vec<Value>>(),
    })
}

async fn ask_ledger(
    survey: &Survey<'_>,
    config: Option<&Config>,
    name: &str,
) -> Result<(LedgerEvidence, Vec<NaiveDate>)> {
    let Some(config) = config else {
        return Err(Usage("--channel needs a configuration; -c FILE names one".to_owned()).into());
    };
    let wanted = [name.to_owned()];
    let channels: Vec<&Channel> = run::chosen(config, &wanted)?;
    let Some(channel) = channels.first() else {
        return Err(Usage(format!("--channel {name}: no such channel")).into());
    };
    let dates = survey.dates();
    if dates.is_empty() {
        return Err(Usage(
            "--channel: neither the rows nor the name of the file say a date, so nobody knows what to ask the ledger for; give the file a name with its date, like kilat_20261118.csv"
                .to_owned(),
        )
        .into());
    }
    let (rows, asked) = run::candidates(config, channel, &dates).await?;
    Ok((survey.join(&rows)?, asked))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Written {
    New,
    Unchanged,
}

/// Never over another text: somebody may have answered its questions already.
fn write(target: &Path, text: &str) -> Result<Written> {
    match std::fs::File::options().write(true).create_new(true).open(target) {
        Ok(mut file) => {
            let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
            written.with_context(|| target.display().to_string())?;
            Ok(Written::New)
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            match std::fs::read_to_string(target) {
                Ok(there) if there == text => Ok(Written::Unchanged),
                _ => Err(Usage(format!(
                    "--write {}: there is a file of this name with another text; it is left as it is\n  fix: choose another name, or move that file away",
                    target.display()
                ))
                .into()),
            }
        }
        Err(error) => Err(Usage(format!(
            "--write {}: cannot be written: {error}",
            target.display()
        ))
        .into()),
    }
}

fn as_json(
    proposal: &Proposal,
    tried: &[Tried],
    evidence: Option<&LedgerEvidence>,
    dates: &[NaiveDate],
) -> Result<Value> {
    let mut value = serde_json::to_value(proposal)?;
    value["reads"] = match &proposal.reads {
        None => Value::Null,
        Some(Ok(read)) => serde_json::to_value(read.1.describe(&read.0, chrono_tz::Asia::Jakarta))?,
        Some(Err(fault)) => json!({ "refused": fault }),
    };
    let fits = tried.iter().filter(|tried| tried.fits());
    let fits: Vec<Value> = fits.map(fit_json).collect();
    let ledger = evidence.map(|evidence| {
        json!({
            "channel": evidence.channel,
            "dates": dates,
            "entries": evidence.entries,
            "truncated": evidence.truncated,
            "keys": evidence.tried,
            "amounts": evidence.amounts,
        })
    });
    Ok(json!({ "fits": fits, "beside": others(tried), "proposal": value, "ledger": ledger }))
}

fn tell(
    path: &Path,
    proposal: &Proposal,
    tried: &[Tried],
    evidence: Option<&LedgerEvidence>,
    dates: &[NaiveDate],
    written: Option<(&Path, Written)>,
) -> Result<()> {
    let mut lines = Vec::new();
    lines.extend(tried.iter().map(beside));
    if let Some(evidence) = evidence {
        lines.extend(ledger_lines(evidence, dates));
    }
    let target = match written {
        None => {
            // The answer can be sent to a file as it is.
            lines.iter_mut().for_each(|line| line.insert_str(0, "# "));
            if !lines.is_empty() {
                print(&(lines.join("\n") + "\n#"))?;
            }
            print(&proposal.toml)?;
            print(&format!("\n{}", outcome(proposal, "# ")))?;
            return print(&format!(
                "# next: rekon inspect {} --write {}.toml",
                shell(path),
                proposal.name
            ));
        }
        Some((target, Written::New)) => {
            lines.push(format!("Written: {}", target.display()));
            target
        }
        Some((target, Written::Unchanged)) => {
            lines.push(format!("{} holds this text already.", target.display()));
            target
        }
    };
    for warning in &proposal.warnings {
        lines.push(format!("WARNING: {warning}."));
    }
    lines.push(outcome(proposal, ""));
    for question in &proposal.questions {
        lines.push(format!("  {}: {}", question.key, question.asks));
    }
    let (file, profile) = (shell(path), shell(target));
    lines.push("next:".to_owned());
    if !proposal.questions.is_empty() {
        lines.push(format!("  answer the questions in {}", target.display()));
    }
    lines.push(format!("  rekon inspect {file} --profile {profile}"));
    lines.push(format!(
        "  mkdir -p samples/{0} && cp {file} samples/{0}/",
        proposal.name
    ));
    lines.push(format!(
        "  rekon profiles test samples/{} --profile {profile} --accept",
        proposal.name
    ));
    lines.push(format!(
        "and in rekon.toml:\n  [[channel]]\n  name         = \"{0}\"\n  profile      = \"{1}\"\n  ledger_zone  = \"UTC\"\n  ledger_query = \"\"\"SELECT … FROM … WHERE … >= :from AND … < :to\"\"\"\n\n  [[channel.source]]\n  folder  = \"inbox/{0}\"\n  pattern = \"*\"",
        proposal.name,
        target.display()
    ));
    print(&lines.join("\n"))
}

/// How the proposal reads the file it was made from.
fn outcome(proposal: &Proposal, mark: &str) -> String {
    match &proposal.reads {
        None => format!(
            "{mark}{} question(s) are open: until they are answered no file is read with it.",
            proposal.questions.len()
        ),
        Some(Ok(read)) => format!(
            "{mark}Read with this text: {} rows, {} rejected, amount IDR {}, {} totals of the file agree.",
            read.1.entries.len(),
            read.1.rejected.len(),
            read.1.amount(),
            read.1.controls.len()
        ),
        Some(Err(fault)) => {
            let fault = fault.replace('\n', &format!("\n{mark}"));
            format!("{mark}Read with this text, the file is refused: {fault}")
        }
    }
}

fn ledger_lines(evidence: &LedgerEvidence, dates: &[NaiveDate]) -> Vec<String> {
    let mut lines = vec![format!(
        "Tried against the ledger of channel {}: {} entries{} of {}{}.",
        evidence.channel,
        evidence.entries,
        if evidence.truncated {
            ", the first ones,"
        } else {
            ""
        },
        dates.first().map_or(String::new(), NaiveDate::to_string),
        dates
            .last()
            .map_or(String::new(), |last| format!(" to {last}"))
    )];
    if evidence.tried.is_empty() {
        lines.push("  no value of any column is among its references".to_owned());
    }
    for tried in &evidence.tried {
        let how = if tried.how.is_empty() {
            String::new()
        } else {
            format!(" ({})", tried.how)
        };
        lines.push(format!(
            "  {}{}: {} of {} found in {}{}",
            if tried.whole_key { "key " } else { "" },
            tried.columns.join(" + "),
            tried.found,
            tried.of,
            tried.fields.join(" + "),
            how
        ));
    }
    for tried in evidence.amounts.iter().take(8) {
        lines.push(format!(
            "  amount {}, {}: equals the ledger's on {} of {} joined rows",
            tried.column, tried.how, tried.equal, tried.of
        ));
    }
    lines
}

/// A path as a shell takes it.
fn shell(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '_' | '-');
    if !text.is_empty() && text.chars().all(plain) {
        text
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
