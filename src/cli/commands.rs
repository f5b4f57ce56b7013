//! The commands and their help, as clap reads them.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::{Day, RevisionRange};

#[derive(Debug, Parser)]
#[command(
    name = "rekon",
    version,
    about = "Reconciles D+1 settlement reports with the internal ledger"
)]
#[command(
    after_help = "Exit codes: 0 reconciled (breaks or not) · 1 breaks, with --fail-on-breaks · 2 usage · \
65 bad data · 66 a file is missing · 69 a service is unavailable · 75 another run holds the lock · \
77 authentication · 78 configuration"
)]
pub struct Cli {
    /// Configuration file [default: $REKON_CONFIG, ./rekon.toml, the user's, /etc/rekon/rekon.toml]
    #[arg(
        short,
        long,
        global = true,
        value_name = "FILE",
        help_heading = "Everywhere"
    )]
    pub(super) config: Option<PathBuf>,
    /// More about what is done (-vv for everything)
    #[arg(short, long, global = true, action = clap::ArgAction::Count, help_heading = "Everywhere")]
    pub(super) verbose: u8,
    /// How logs are written on stderr
    #[arg(
        long,
        global = true,
        value_enum,
        default_value = "text",
        value_name = "FORMAT",
        help_heading = "Everywhere"
    )]
    pub(super) log_format: LogFormat,
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum LogFormat {
    Text,
    Json,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Collect, reconcile, publish and deliver; without dates: yesterday, and every earlier date that
    /// was never run, was not complete or has something new
    Run(RunArgs),
    /// Take in what the sources hold, and no more
    Collect {
        /// Only these channels
        #[arg(long = "channel", value_name = "NAME")]
        channels: Vec<String>,
    },
    /// Send what is queued and due; what could not leave is tried again with growing pauses
    Deliver,
    /// Take in a report that was downloaded by hand
    Add {
        /// The report, as it was downloaded
        file: PathBuf,
        /// The channel it belongs to
        #[arg(long, value_name = "NAME")]
        channel: String,
        /// The business date it covers, where neither its name nor its rows say
        #[arg(long)]
        date: Option<Day>,
    },
    /// What was taken in; take a wrong file back
    #[command(subcommand)]
    Files(FilesCommand),
    /// One payment by a reference, invoice, customer number, amount or break id, matched or not: both
    /// sides with their places, where it ended, what people did, the mails that told of its date
    Find {
        /// A whole value as it is printed, e.g. 000004; several words name one payment together
        #[arg(required = true)]
        text: Vec<String>,
        /// As JSON on stdout
        #[arg(long)]
        json: bool,
    },
    /// Judge a date although one of its sides looks wrong: somebody says that it is right
    Accept {
        /// The channel
        #[arg(long, value_name = "NAME")]
        channel: String,
        /// The business date (YYYY-MM-DD or `yesterday`)
        #[arg(long)]
        date: Day,
        /// Why; it is kept in the audit chain and told in the report
        #[arg(long)]
        reason: String,
    },
    /// What changed between two revisions of a date: breaks, totals, files and their rows, and why
    Diff {
        /// The business date (YYYY-MM-DD or `yesterday`)
        #[arg(long)]
        date: Day,
        /// Only these channels
        #[arg(long = "channel", value_name = "NAME")]
        channels: Vec<String>,
        /// Two revisions, the earlier first, e.g. 1..2 [default: the last two]
        #[arg(long, value_name = "A..B")]
        revisions: Option<RevisionRange>,
        /// As JSON on stdout
        #[arg(long)]
        json: bool,
    },
    /// Profiles, built in and your own
    #[command(subcommand)]
    Profiles(ProfilesCommand),
    /// How a file reads: rows, rejects with place and reason, totals, slot, dates
    ///
    /// Without --profile: which known profile reads it, or a proposed one, each key with its evidence
    /// and each doubt as a question.
    Inspect {
        /// A report; nothing of it is kept
        file: PathBuf,
        /// A built-in profile, or the path of your own [default: one that fits, or propose one]
        #[arg(long)]
        profile: Option<String>,
        /// Try its columns as key and amount against this channel's ledger
        #[arg(long, value_name = "NAME", conflicts_with = "profile")]
        channel: Option<String>,
        /// Save the proposed profile, never over another text
        #[arg(long, value_name = "PATH", conflicts_with = "profile")]
        write: Option<PathBuf>,
        /// As JSON on stdout, every rejected row included
        #[arg(long)]
        json: bool,
    },
    /// Try configuration, state, ledger, sources, mail and templates; one line each
    Check,
    /// Files on time and missing as a calendar, last results, open items with their age, outbox;
    /// with dates, how the open items moved between them
    Status {
        /// First business date of a range
        #[arg(long, value_name = "DATE", requires = "to")]
        from: Option<Day>,
        /// Last business date of a range
        #[arg(long, value_name = "DATE", requires = "from")]
        to: Option<Day>,
        /// As JSON on stdout
        #[arg(long)]
        json: bool,
        /// The clock of lateness and ageing [default: now]
        #[arg(long, value_name = "INSTANT")]
        as_of: Option<String>,
    },
    /// Breaks, open or cleared
    #[command(subcommand)]
    Breaks(BreaksCommand),
    /// Prove archive, results, acts and mails against the audit chain
    Verify {
        /// A chain head that a report shows, NUMBER:HASH or the first letters of the hash: it has to
        /// be in the chain
        #[arg(long, value_name = "HASH")]
        head: Option<String>,
    },
    /// Remove raw files and personal data of old dates; their hashes stay
    ///
    /// Refused while a break of those dates is open, or a mail is held in quarantine that nobody has
    /// decided about.
    Purge {
        /// Everything of business dates before this one [default: what `retention` allows]
        #[arg(long, value_name = "DATE")]
        before: Option<Day>,
        /// Why; it is kept in the audit chain
        #[arg(long)]
        reason: String,
        /// Only say what would be removed
        #[arg(long)]
        dry_run: bool,
    },
    /// Mails that were not believed or could not be read
    #[command(subcommand)]
    Quarantine(QuarantineCommand),
    /// Reports on their way to their readers
    #[command(subcommand)]
    Outbox(OutboxCommand),
    /// Stay, and run, collect and deliver at the times of `[schedule]`
    ///
    /// SIGTERM ends it at a safe point; a second one ends it at once. What ran is on record: after a
    /// restart nothing is done twice and nothing is left out.
    Schedule,
    /// What a shell completes: `rekon completions bash > /etc/bash_completion.d/rekon`
    Completions {
        /// For which shell
        shell: clap_complete::Shell,
    },
    /// The manual page: `rekon man | man -l -`
    Man {
        /// A page for each command, as files of this folder
        #[arg(long, value_name = "FOLDER")]
        dir: Option<PathBuf>,
    },
    /// Write a configuration to start from
    Init {
        /// Where to write it
        #[arg(default_value = "rekon.toml")]
        path: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(super) struct RunArgs {
    /// One business date (YYYY-MM-DD or `yesterday`)
    #[arg(long, value_name = "DATE", conflicts_with_all = ["from", "to"])]
    pub(super) date: Option<Day>,
    /// First business date of a range
    #[arg(long, value_name = "DATE", requires = "to")]
    pub(super) from: Option<Day>,
    /// Last business date of a range
    #[arg(long, value_name = "DATE", requires = "from")]
    pub(super) to: Option<Day>,
    /// Only these channels
    #[arg(long = "channel", value_name = "NAME")]
    pub(super) channels: Vec<String>,
    /// The clock of SLA, ageing and due [default: now]
    #[arg(long, value_name = "INSTANT")]
    pub(super) as_of: Option<String>,
    /// Judge from what is archived; look at no source
    #[arg(long)]
    pub(super) no_collect: bool,
    /// Show what would differ from the stored results; change nothing anywhere
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Write the reports, queue no mail
    #[arg(long, conflicts_with = "send")]
    pub(super) no_send: bool,
    /// Mail the report even when nothing changed
    #[arg(long)]
    pub(super) send: bool,
    /// Wait this long for another run to end, e.g. 10m
    #[arg(long, value_name = "TIME")]
    pub(super) wait: Option<String>,
    /// The results as JSON on stdout
    #[arg(long)]
    pub(super) json: bool,
    /// Exit 1 when there are breaks
    #[arg(long)]
    pub(super) fail_on_breaks: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum FilesCommand {
    /// Files by channel, newest last
    List {
        /// Only these channels
        #[arg(long = "channel", value_name = "NAME")]
        channels: Vec<String>,
        /// As JSON on stdout
        #[arg(long)]
        json: bool,
    },
    /// Take a wrong file back: it is kept, and no longer counted
    Withdraw {
        /// The number that `rekon files list` shows
        id: i64,
        /// Why; it is kept with the file
        #[arg(long)]
        reason: String,
    },
    /// Take a held file as it reads, though it is unlike the files before it; files of the
    /// same columns and styles pass from then on
    Accept {
        /// The number that `rekon files list` shows
        id: i64,
        /// Why; it is kept with the file
        #[arg(long)]
        reason: String,
        /// Where it has rows of the same dates as another file: whether both count, or this one alone
        #[arg(long = "as", value_name = "HOW")]
        beside: Option<Standing>,
    },
}

/// How a file stands beside another one of its dates.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Standing {
    /// Both count; rows that stand in both count once
    Addition,
    /// It takes the other's place
    Replacement,
}

impl From<Standing> for crate::store::Beside {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::Addition => Self::Addition,
            Standing::Replacement => Self::Replacement,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum ProfilesCommand {
    /// Built-in ones, those that channels use, and those in `profiles/` beside the configuration
    List,
    /// The text of one
    Show {
        /// One that `rekon profiles list` names, or the path of your own
        name: String,
        /// With everything it inherits, as one profile
        #[arg(long)]
        resolved: bool,
    },
    /// Read every sample of a folder and compare with the `.expected` file beside it
    Test {
        /// A folder of samples
        dir: PathBuf,
        /// The profile the samples are written in [default: DIR/profile.toml, DIR.toml, or the
        /// built-in one of the folder's name]
        #[arg(long)]
        profile: Option<String>,
        /// Show the differences, then write what was read as what is expected
        #[arg(long)]
        accept: bool,
        /// With --accept, also write down that a sample is refused
        #[arg(long, requires = "accept")]
        accept_refused: bool,
    },
    /// Every key of a profile: meaning, type, default, example
    Reference,
}

#[derive(Debug, Subcommand)]
pub(super) enum BreaksCommand {
    /// One line each, gravest first
    List {
        /// Only breaks with an entry on this business date
        #[arg(long)]
        date: Option<Day>,
        /// Only these channels
        #[arg(long = "channel", value_name = "NAME")]
        channels: Vec<String>,
        /// How they stand
        #[arg(long, value_enum, default_value = "open")]
        state: BreakFilter,
        /// Only those of this owner; empty for those that nobody owns
        #[arg(long, value_name = "NAME")]
        owner: Option<String>,
        /// Only breaks of this kind, e.g. missing_at_partner
        #[arg(long)]
        kind: Option<String>,
        /// Only breaks whose key has this reference, as it is printed or a part of it, e.g. 000004
        #[arg(long, value_name = "TEXT")]
        key: Option<String>,
        /// As JSON on stdout
        #[arg(long)]
        json: bool,
        /// The clock of ageing and deadlines [default: now]
        #[arg(long, value_name = "INSTANT")]
        as_of: Option<String>,
    },
    /// Say what you found out; it stays with the break
    Note {
        /// As `rekon breaks list` names them
        #[arg(required = true)]
        ids: Vec<String>,
        /// What you found out
        #[arg(long)]
        text: String,
    },
    /// Say who takes care of it
    Assign {
        #[arg(required = true)]
        ids: Vec<String>,
        /// A name; empty for nobody
        #[arg(long)]
        owner: String,
    },
    /// It is settled: it leaves the open breaks as long as its facts stay as they are
    Resolve {
        #[arg(required = true)]
        ids: Vec<String>,
        /// One of `[breaks] reasons` in the configuration
        #[arg(long)]
        reason: String,
        /// More about it
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Give it up; above `[breaks] write_off_limit` a second person has to approve
    WriteOff {
        #[arg(required = true)]
        ids: Vec<String>,
        /// One of `[breaks] reasons` in the configuration
        #[arg(long)]
        reason: String,
        /// More about it
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Approve a write-off that another person made
    Approve {
        #[arg(required = true)]
        ids: Vec<String>,
    },
    /// Open it again: a resolution or write-off, or one that waits for approval, was a mistake
    Reopen {
        #[arg(required = true)]
        ids: Vec<String>,
        /// Why; it is kept with the break
        #[arg(long)]
        reason: String,
    },
    /// Read back a report's workbook in which finance filled in Resolution, Owner and Note
    Import {
        /// The workbook
        file: PathBuf,
        /// Record it; without this only show what would be recorded
        #[arg(long)]
        apply: bool,
        /// As JSON on stdout
        #[arg(long)]
        json: bool,
    },
    /// All there is to know of one
    Show {
        /// As `rekon breaks list` and every report name it, e.g. OVO-4EJTP
        id: String,
        /// As JSON on stdout
        #[arg(long)]
        json: bool,
        /// The clock of ageing and deadlines [default: now]
        #[arg(long, value_name = "INSTANT")]
        as_of: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum QuarantineCommand {
    /// Mails held, or also those that were decided about
    List {
        /// Also mails that were released or rejected
        #[arg(long)]
        all: bool,
        /// As JSON on stdout
        #[arg(long)]
        json: bool,
    },
    /// The mail is genuine: take in its reports
    Release {
        /// The number that `rekon quarantine list` shows
        id: i64,
        /// How you know; it is kept with the mail and with every file it brings
        #[arg(long)]
        reason: String,
    },
    /// The mail is not genuine: nothing of it ever counts
    Reject {
        /// The number that `rekon quarantine list` shows
        id: i64,
        /// Why; it is kept with the mail
        #[arg(long)]
        reason: String,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum OutboxCommand {
    /// Mails that have not left, with all that was tried
    List {
        /// Also mails that were sent or dropped
        #[arg(long)]
        all: bool,
        /// As JSON on stdout
        #[arg(long)]
        json: bool,
    },
    /// Send these now, whatever they wait for: the same bytes, the same Message-ID
    Resend {
        /// As `rekon outbox list` names them, e.g. M-4EJTP
        #[arg(required = true)]
        ids: Vec<String>,
    },
    /// Send these no more; they are kept
    Drop {
        /// As `rekon outbox list` names them, e.g. M-4EJTP
        #[arg(required = true)]
        ids: Vec<String>,
        /// Why; it is kept with the mail
        #[arg(long)]
        reason: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum BreakFilter {
    Open,
    Cleared,
    Resolved,
    #[value(name = "written_off", alias = "written-off")]
    WrittenOff,
    All,
}
