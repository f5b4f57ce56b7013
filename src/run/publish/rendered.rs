//! The files of a report, and those of them that go with the mail.

use std::fs::File;
use std::io::BufWriter;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use chrono::{DateTime, NaiveDate, Utc};

use super::input::facts_for_readers;
use super::knowledge::Stated;
use crate::config::{Attachment, Channel, Config, Subscription};
use crate::disk;
use crate::mail::{self, Enclosure};
use crate::report::claims::claims as claims_of;
use crate::report::enclosures::{packed, size};
use crate::report::input::ReportInput;
use crate::report::labels::Label;
use crate::report::matched::{ChannelMatches, ROWS, write as write_matched};
use crate::report::template::{PAGE, Templates};
use crate::report::view::{ReportView, Voice};
use crate::report::workbook::Making;
use crate::report::{csv, page, workbook};
use crate::run::matched::read;
use crate::run::templates;

/// A file that was written for people.
pub(super) struct Paper {
    pub(super) path: PathBuf,
    /// What it is called in a mail.
    file_name: String,
    content_type: &'static str,
    /// `None` for what goes with no mail.
    kind: Option<Attachment>,
    bytes: u64,
}

/// The claims on one partner, and how the mail speaks of them.
pub(super) struct ClaimsFile {
    file_name: String,
    channel: String,
    table: Vec<u8>,
    pub(super) sentence: String,
}

/// Where these readers send claims on: a table for each channel that has any.
pub(super) fn claims(
    config: &Config,
    subscription: &Subscription,
    input: &ReportInput,
    period: &str,
) -> Result<Vec<ClaimsFile>> {
    if !subscription.attach.contains(&Attachment::Claims) {
        return Ok(Vec::new());
    }
    let voice = Voice {
        language: input.language,
        zone: input.zone,
        as_of: input.as_of,
    };
    let of = |one: crate::report::claims::Claims| {
        let channel = config.channels.iter().find(|two| two.name == one.channel);
        let contact = channel.and_then(|channel| channel.partner_contact.as_deref());
        let file_name = format!("claims_{}_{period}.csv", one.channel);
        let lines = match one.lines {
            1 => Label::ClaimOne,
            _ => Label::ClaimMany,
        };
        let figures = [
            (
                "channel",
                channel.map_or(one.channel.as_str(), |one| one.title.as_str()),
            ),
            ("file", &file_name),
            (
                "count",
                &voice.fill(lines, &[("count", &voice.count(one.lines))]),
            ),
            ("amount", &voice.rupiah(one.at_risk)),
            (
                "contact",
                contact.unwrap_or(voice.say(Label::ClaimsNoContact)),
            ),
        ];
        ClaimsFile {
            sentence: voice.fill(Label::ClaimsSend, &figures),
            file_name,
            channel: one.channel.clone(),
            table: one.table,
        }
    };
    Ok(claims_of(input)?.into_iter().map(of).collect())
}

/// What every form of a report is made with.
pub(super) struct Press<'a> {
    pub(super) config: &'a Config,
    pub(super) templates: &'a Templates,
    pub(super) now: DateTime<Utc>,
}

/// Writes every form of a report; the same view gives the same bytes.
pub(super) fn write(
    press: &Press<'_>,
    view: &ReportView,
    results: &[u8],
    claims: &[ClaimsFile],
    base: &str,
) -> Result<Vec<Paper>> {
    let folder = &press.config.publish;
    let named = |ending: &str| format!("{base}.{ending}");
    let page = templates::rendered(press.templates, PAGE, |one| page::page(view, one))?;
    let mut papers = vec![
        Paper::small(folder, named("html"), HTML, page.as_bytes())?.of(Attachment::Html),
        Paper::large(folder, named("xlsx"), XLSX, |sink| {
            let making = Making {
                scratch: Some(folder),
                ..Making::at(press.now)
            };
            Ok(workbook::write(view, &making, sink)?)
        })?
        .of(Attachment::Xlsx),
        Paper::large(folder, named("csv"), CSV, |sink| {
            Ok(csv::write(view, sink)?)
        })?
        .of(Attachment::Csv),
        Paper::small(folder, named("json"), "application/json", results)?,
    ];
    for one in claims {
        let name = format!("{base}_claims_{}.csv", one.channel);
        let paper = Paper::small(folder, name, CSV, &one.table)?.of(Attachment::Claims);
        // To the partner it is no report of a subscription's.
        papers.push(Paper {
            file_name: one.file_name.clone(),
            ..paper
        });
    }
    Ok(papers)
}

/// The dates of a channel that a report tells of, and its matches where this run judged them.
type Told<'a> = (&'a Channel, Vec<NaiveDate>, Option<Arc<File>>);

/// Every entry that matched on the report's dates, where its readers want them; and the sentence
/// that names the dates of which they are not known, since this run did not judge them.
pub(super) fn matched(
    press: &Press<'_>,
    subscription: &Subscription,
    stated: &Stated<'_>,
    base: &str,
    voice: &Voice,
) -> Result<(Option<Paper>, Option<String>)> {
    if !subscription.attach.contains(&Attachment::Matched) {
        return Ok((None, None));
    }
    let channels = stated.channels.iter().zip(&stated.statement.channels);
    let dates: Vec<Told<'_>> = channels
        .map(|(one, statement)| {
            let dates: Vec<NaiveDate> = statement.dates.iter().map(|one| one.date).collect();
            let file = one.now.judged.iter().find_map(|one| one.matches.clone());
            (one.now.channel, dates, file)
        })
        .filter(|(_, dates, _)| !dates.is_empty())
        .collect();
    let folder = &press.config.publish;
    let paper = Paper::large(folder, format!("{base}_matched.zip"), ZIP, |sink| {
        let mut channels = Vec::new();
        for (channel, dates, file) in &dates {
            let Some(file) = file else { continue };
            let key = channel.profile.key.iter().map(|field| field.name.clone());
            channels.push(ChannelMatches {
                facts: facts_for_readers(channel, subscription.language),
                unmask: &subscription.unmask,
                key: key.collect(),
                matches: Box::new(read(file, dates)?),
            });
        }
        Ok(write_matched(channels, voice, ROWS, sink)?)
    })?;
    let judged = |channel: &Channel, date: &NaiveDate| {
        let mut judged = stated.channels.iter().flat_map(|one| &one.now.judged);
        judged.any(|one| {
            one.outcome.channel == channel.name
                && one.outcome.business_date == *date
                && one.matches.is_some()
        })
    };
    let lacking: Vec<String> = dates
        .iter()
        .flat_map(|(channel, dates, _)| {
            let lacking = dates.iter().filter(|date| !judged(channel, date));
            lacking.map(|date| format!("{} {}", channel.title, voice.date(*date)))
        })
        .collect();
    let sentence = (!lacking.is_empty())
        .then(|| voice.fill(Label::MatchedMissing, &[("list", &lacking.join(", "))]));
    Ok((Some(paper.of(Attachment::Matched)), sentence))
}

impl Paper {
    fn small(
        folder: &Path,
        file_name: String,
        content_type: &'static str,
        bytes: &[u8],
    ) -> Result<Paper> {
        let path = mail::write_private(folder, &file_name, bytes)
            .with_context(|| Paper::nowhere(folder))
            .map_err(|error| disk::named("reports in", folder, disk::A_RUN, error))?;
        Ok(Paper {
            path,
            file_name,
            content_type,
            kind: None,
            bytes: bytes.len() as u64,
        })
    }

    fn large(
        folder: &Path,
        file_name: String,
        content_type: &'static str,
        write: impl FnOnce(&mut BufWriter<File>) -> Result<()>,
    ) -> Result<Paper> {
        let (path, bytes) = streamed(folder, &file_name, write)
            .with_context(|| Paper::nowhere(folder))
            .map_err(|error| disk::named("reports in", folder, disk::A_RUN, error))?;
        Ok(Paper {
            path,
            file_name,
            content_type,
            kind: None,
            bytes,
        })
    }

    fn nowhere(folder: &Path) -> String {
        format!("cannot write the report into {}", folder.display())
    }

    /// As what it may go with a mail.
    fn of(self, kind: Attachment) -> Paper {
        Paper {
            kind: Some(kind),
            ..self
        }
    }
}

/// Writes a private file as its bytes come, whole or not at all; its path and size.
fn streamed(
    folder: &Path,
    file_name: &str,
    write: impl FnOnce(&mut BufWriter<File>) -> Result<()>,
) -> Result<(PathBuf, u64)> {
    let name = mail::safe_name(file_name);
    let target = folder.join(&name);
    // One name for each target: what a process that died left half written is written anew.
    let part = folder.join(format!(".{name}.part"));
    let written = || {
        let file = File::options()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&part)?;
        let mut sink = BufWriter::new(file);
        write(&mut sink)?;
        let file = sink.into_inner().map_err(|error| error.into_error())?;
        file.sync_all()?;
        let bytes = file.metadata()?.len();
        std::fs::rename(&part, &target)?;
        File::open(folder)?.sync_all()?;
        anyhow::Ok(bytes)
    };
    match written() {
        Ok(bytes) => Ok((target, bytes)),
        Err(error) => match std::fs::remove_file(&part) {
            // A disk that is full must not be kept full by what did not fit.
            Err(left) if left.kind() != std::io::ErrorKind::NotFound => {
                Err(error.context(format!("also left {}: {left}", part.display())))
            }
            _ => Err(error),
        },
    }
}

const HTML: &str = "text/html; charset=utf-8";
const ZIP: &str = "application/zip";
const CSV: &str = "text/csv; charset=utf-8";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// What goes with the mail: as it is, packed where that is too much, or the smallest files that fit
/// and the paths of the rest; and the sentences that say so.
pub(super) fn enclose(
    papers: &[Paper],
    subscription: &Subscription,
    limit: u64,
    base: &str,
    voice: &Voice,
) -> Result<(Vec<Enclosure>, Vec<String>)> {
    let mut wanted: Vec<&Paper> = papers
        .iter()
        .filter(|paper| {
            paper
                .kind
                .is_some_and(|kind| subscription.attach.contains(&kind))
        })
        .collect();
    wanted.sort_by_key(|paper| paper.kind);
    let whole = |paper: &Paper| {
        let bytes = std::fs::read(&paper.path)
            .with_context(|| format!("cannot read {} again", paper.path.display()))?;
        anyhow::Ok(Enclosure {
            file_name: paper.file_name.clone(),
            content_type: paper.content_type.to_owned(),
            bytes,
        })
    };
    let bytes: u64 = wanted.iter().map(|paper| paper.bytes).sum();
    if bytes <= limit {
        let all = wanted.iter().map(|paper| whole(paper));
        return Ok((all.collect::<Result<_>>()?, Vec::new()));
    }
    let (measured, bound) = (size(bytes, voice.language), size(limit, voice.language));
    let files = wanted.iter().map(|paper| {
        let file = File::open(&paper.path)?;
        Ok((paper.file_name.clone(), file))
    });
    let file_name = format!("{base}.zip");
    if let Some(bytes) = packed(files, limit).context("the attachments cannot be packed")? {
        let figures = [
            ("size", &*measured),
            ("limit", &*bound),
            ("file", &*file_name),
        ];
        let sentence = voice.fill(Label::AttachmentsZipped, &figures);
        let archive = Enclosure {
            file_name,
            content_type: "application/zip".to_owned(),
            bytes,
        };
        return Ok((vec![archive], vec![sentence]));
    }
    let mut smallest: Vec<usize> = (0..wanted.len()).collect();
    smallest.sort_by_key(|at| wanted[*at].bytes);
    let mut room = limit;
    smallest.retain(|at| match room.checked_sub(wanted[*at].bytes) {
        Some(left) => {
            room = left;
            true
        }
        None => false,
    });
    let (fitting, rest): (Vec<_>, Vec<_>) = (0..wanted.len()).partition(|at| smallest.contains(at));
    let fitting = fitting.into_iter().map(|at| whole(wanted[at]));
    let paths: Vec<String> = rest
        .into_iter()
        .map(|at| {
            let paper = wanted[at];
            let path = std::path::absolute(&paper.path).unwrap_or_else(|_| paper.path.clone());
            format!("{} ({})", path.display(), size(paper.bytes, voice.language))
        })
        .collect();
    let figures = [
        ("size", &*measured),
        ("limit", &*bound),
        ("files", &*paths.join(", ")),
    ];
    Ok((
        fitting.collect::<Result<_>>()?,
        vec![voice.fill(Label::AttachmentsLeft, &figures)],
    ))
}
