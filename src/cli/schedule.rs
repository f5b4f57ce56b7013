//! `rekon schedule`: stays, and does at its time what the other commands do when they are typed.

use std::time::Duration;

use anyhow::Result;
use chrono::Utc;
use tracing::Instrument;

use super::Exit;
use super::run::collected_line;
use super::told::{self, OnBreaks};
use crate::config::{Config, ConfigError};
use crate::run::{self, Effect, Mailing, Period, Request, Sources, Stop, Taken};
use crate::schedule::{self, Act, Done};
use crate::store::{Ended, Held};

pub async fn schedule(config: &Config) -> Result<Exit> {
    let Some(schedule) = &config.schedule else {
        return Err(ConfigError {
            file: config.file.clone(),
            key: "schedule".to_owned(),
            reason: "nothing says when to run".to_owned(),
            hint: "[schedule] with run = \"02:00\"; `rekon run` from cron needs none".to_owned(),
        }
        .into());
    };
    schedule::reside(config, schedule, async |act, stop| match act {
        Act::Run => plain_run(config, stop).await,
        Act::Collect => collect(config).await,
        Act::Deliver => deliver(config, stop).await,
    })
    .await?;
    Ok(Exit::Done)
}

async fn plain_run(config: &Config, stop: &Stop) -> Done {
    let now = Utc::now();
    let request = Request {
        period: Period::CatchUp,
        channels: Vec::new(),
        as_of: now,
        sources: Sources::Collect,
        effect: Effect::Store,
        mailing: Mailing::OnChange,
        patience: Duration::ZERO,
        stop: stop.clone(),
    };
    let told = told::run(config, &request, OnBreaks::Pass, now)
        .instrument(told::span(now))
        .await;
    let end = told.end;
    if let Some(failure) = &end.failure {
        tracing::error!(run = end.id, exit = end.exit, "{}", failure.sentence);
    }
    Done::Ended(Ended {
        run_id: end.id,
        at: end.ended,
        exit_code: end.exit,
    })
}

async fn collect(config: &Config) -> Done {
    match run::collect(config, &[], Utc::now()).await {
        Ok(collection) => {
            for one in &collection.collected {
                match one.taken {
                    // What lies there as it lay before is no news.
                    Taken::Known { .. } | Taken::PassedOver { .. } | Taken::StillWritten => {
                        tracing::debug!("{}", collected_line(one));
                    }
                    _ => tracing::info!("{}", collected_line(one)),
                }
            }
            for (channel, error) in &collection.failed {
                tracing::warn!("{channel}: {error:#}");
            }
            done(Exit::Done)
        }
        Err(error) => not_done("collect", &error),
    }
}

async fn deliver(config: &Config, stop: &Stop) -> Done {
    match told::deliver(config, Utc::now(), stop).await {
        Ok(delivered) => {
            for one in &delivered {
                let (report, recipient) = (&one.report, &one.recipient);
                match &one.result {
                    Ok(_) => tracing::info!("mail {report} to {recipient}: sent"),
                    Err((state, answer)) => {
                        tracing::warn!("mail {report} to {recipient}: {}: {answer}", state.name());
                    }
                }
            }
            done(Exit::Done)
        }
        Err(error) => not_done("deliver", &error),
    }
}

fn not_done(what: &str, error: &anyhow::Error) -> Done {
    if error.is::<Held>() {
        return Done::Held;
    }
    tracing::warn!("{what}: {error:#}");
    done(Exit::of(error))
}

fn done(exit: Exit) -> Done {
    let now = Utc::now();
    Done::Ended(Ended {
        run_id: run::run_id(now),
        at: now,
        exit_code: exit.code(),
    })
}
