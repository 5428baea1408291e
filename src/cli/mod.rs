//! The command line. Results go to standard output, everything else to standard error; the exit
//! status is 0 when all is well, 1 when something in the data was refused or does not hold, 2 for
//! wrong usage or configuration, 3 when the system failed.

pub mod account;
pub mod authority;
pub mod backtest;
pub mod cash;
pub mod codes;
mod columns;
pub mod coverage;
pub mod database;
pub mod decide;
pub mod demo;
pub mod directory;
pub mod events;
pub mod exemption;
pub mod explain;
pub mod export;
pub mod family;
pub mod fee;
pub mod identity;
pub mod import;
pub mod inspect;
mod inspect_json;
mod inspect_table;
pub mod invoice;
mod invoice_text;
pub mod letter;
pub mod mail;
pub mod notice;
pub mod payouts;
pub mod period;
mod progress;
pub mod pull;
pub mod qr;
pub mod receipt;
pub mod reconcile;
pub mod refund;
pub mod report;
pub mod round;
pub mod serve;
pub mod simulate;
pub mod students;
pub mod template;
pub mod user;
pub mod verify;
pub mod webhook;
pub mod worker;

use std::ffi::OsString;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

use crate::config::{self, Config};
use crate::containment::{self, CHILD_COMMAND, ChildArgs};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::lang::Lang;
use crate::service::{ReadFailure, ServiceError, StatementReader, Store, StoreError};

/// Đối soát sao kê ngân hàng với khoản phải thu của nhà trường, báo cáo tỷ lệ thu không dùng tiền mặt.
#[derive(Debug, Parser)]
#[command(name = "doisoat", version, propagate_version = true, max_term_width = 100)]
struct Cli {
    /// Settings file (TOML)
    #[arg(long, global = true, value_name = "FILE", env = "DOISOAT_CONFIG")]
    config: Option<PathBuf>,
    /// Database: sqlite:PATH or postgres://…
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "DOISOAT_DATABASE",
        hide_env_values = true
    )]
    database: Option<String>,
    /// Language of messages
    #[arg(long, global = true, value_enum, env = "DOISOAT_LANG", default_value = "vi")]
    lang: LangArg,
    #[command(subcommand)]
    command: Command,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LangArg {
    /// Tiếng Việt
    Vi,
    /// English
    En,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show a made-up province: import, settle, print the rates, serve the pages
    Demo(demo::Args),
    /// Write a made-up province with the truth about every payment; needs no database
    Simulate(simulate::Args),
    /// Read statement files and show what is in them; needs no database
    Inspect(inspect::Args),
    /// Match statements against an invoice list; needs no database
    Reconcile(reconcile::Args),
    /// Give each row of an invoice list its payment code; needs no database
    Codes(codes::Args),
    /// Show what a VietQR code says and whether apps would take it; needs no database
    Qr(qr::Args),
    /// Try another setting on a school's confirmed history, before it is switched on
    Backtest(backtest::Args),
    /// Serve the pages, the API and the webhooks, and do what goes on without a request
    Serve,
    /// Do only what goes on without a request: for more replicas
    Worker,
    /// Take in students, invoices or a bank statement
    Import(import::Args),
    /// List and show students; record transfers, leaving, returns and the end of a year
    Students(students::Args),
    /// Write a workbook to be filled in and imported
    Template(template::Args),
    /// Show the payments that wait for a person; confirm, refuse or reverse them
    Decide(decide::Args),
    /// Explain one payment: what was found in its text, what was decided and why
    Explain(explain::Args),
    /// Show payments that may be one, and say whether they are
    Identity(identity::Args),
    /// Print reports
    Report(report::Args),
    /// Export what the books say as Excel, CSV or JSON
    Export(export::Args),
    /// Recompute the invariants of the books; exit 1 if one does not hold
    Verify(verify::Args),
    /// Bring the database's schema up to this program's
    Migrate,
    /// Show the settings that hold and where each comes from
    CheckConfig,
    /// Addresses at which providers notify a school: make, rotate, list, try, show what came
    Webhook(webhook::Args),
    /// Addresses at which other software is told of payments: add, rotate, list, show what was sent
    Events(events::Args),
    /// Mail to people: list, show, send again, try whether it leaves
    Mail(mail::Args),
    /// Mail to families: what became of it, send it again, notices and reminders
    Letter(letter::Args),
    /// What payment gateways paid out: list, match by hand, take back, say their fees
    Payouts(payouts::Args),
    /// Cash and cards taken at the school: vouchers, slips, deposits, the cash book
    Cash(cash::Args),
    /// Months: what stands in the way of closing one, close it, open it again
    Period(period::Args),
    /// Ask providers for what they may have failed to tell
    Pull(pull::Args),
    /// Fee items, their prices, codes of authorities and zones
    Fee(fee::Args),
    /// Who need not pay: list and end
    Exemption(exemption::Args),
    /// Collection rounds: draft, preview and issue
    Round(round::Args),
    /// Invoices: list, show, correct, issue anew, write off
    Invoice(invoice::Args),
    /// Credit that goes back to families: order, list, say it was paid, cancel
    Refund(refund::Args),
    /// Receipts: list, show, print, void, approve; say whether they are issued
    Receipt(receipt::Args),
    /// Paper for families: notices with a QR code, lists by class
    Notice(notice::Args),
    /// Families' pages; personal data given out, erased, forgotten; the access log, the survey
    Family(family::Args),
    /// Add people who sign in, say what they may do, let them back in; make and revoke API keys
    User(user::Args),
    /// Authorities above schools: add, list, show, move, rename, end
    Authority(authority::AuthorityArgs),
    /// Add schools and their bank accounts, show and change their settings
    School(directory::SchoolArgs),
    /// Accounts on which a school receives money: add, list, end, correct
    Account(account::AccountArgs),
    /// Students' virtual accounts: add, list, end
    VirtualAccount(account::VirtualAccountArgs),
    /// Copy a whole database
    Db(database::Args),
    /// Write everything into one file, read it back and check it
    Backup(database::BackupArgs),
    /// Read the statement file on standard input for another process of this program
    #[command(name = CHILD_COMMAND, hide = true)]
    ReadStatement(ChildArgs),
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// All well.
    Done,
    /// Something in the data was refused or does not hold; it was said which.
    Refused,
}

/// Why a command did not do its work.
#[derive(Debug)]
pub enum Failure {
    /// Wrong usage or configuration.
    Usage(Vec<Diagnostic>),
    /// Something in the data was refused.
    Refused(Vec<Diagnostic>),
    /// The database, the disk or the network failed.
    System(String),
    /// Nobody reads our output any more.
    BrokenPipe,
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Failure::BrokenPipe
        } else {
            Failure::System(error.to_string())
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        match error {
            StoreError::Url => Failure::Usage(vec![Diagnostic::new(
                "database_url",
                "Địa chỉ cơ sở dữ liệu phải là sqlite:ĐƯỜNG_DẪN hoặc postgres://…",
                "The database URL must be sqlite:PATH or postgres://…",
            )]),
            StoreError::NotEmpty(table) => Failure::Refused(vec![Diagnostic::new(
                "database_not_empty",
                format!(
                    "Cơ sở dữ liệu đích đã có dữ liệu (bảng {table}), không ghi đè. Hãy sao chép vào một cơ sở dữ liệu trống."
                ),
                format!(
                    "The target database already holds data (table {table}) and is left as it is. Copy into an empty database."
                ),
            )]),
            other => Failure::System(other.to_string()),
        }
    }
}

impl From<ReadFailure> for Failure {
    fn from(failure: ReadFailure) -> Failure {
        Failure::System(failure.to_string())
    }
}

impl From<ServiceError> for Failure {
    fn from(error: ServiceError) -> Failure {
        match error {
            ServiceError::Store(error) => Failure::from(error),
            ServiceError::Reader(failure) => Failure::from(failure),
            ServiceError::Key(error) => Failure::System(error.to_string()),
            other => Failure::Refused(other.diagnostics().to_vec()),
        }
    }
}

/// What every command gets.
pub struct Env<'a> {
    config_file: Option<PathBuf>,
    database: Option<String>,
    /// The language of messages.
    pub lang: Lang,
    /// Results.
    pub out: &'a mut dyn Write,
    /// Everything else.
    pub err: &'a mut dyn Write,
}

impl Env<'_> {
    /// The settings.
    pub fn config(&self) -> Result<Config, Failure> {
        config::load(self.config_file.as_deref(), std::env::vars(), self.database.as_deref())
            .map_err(Failure::Usage)
    }

    /// The database, migrated.
    pub fn store(&self) -> Result<(Config, Store), Failure> {
        let config = self.config()?;
        let store = crate::app::open_store(&config)?;
        Ok((config, store))
    }

    /// Who reads statement files.
    pub fn reader(&self) -> Result<StatementReader, Failure> {
        Ok(crate::app::statement_reader(&self.config()?)?)
    }

    /// A result as JSON, on a line of its own.
    pub fn json(&mut self, value: &impl serde::Serialize) -> io::Result<()> {
        writeln!(self.out, "{}", serde_json::to_string(value)?)
    }

    /// Tells a person about something, one line each, on standard error.
    pub fn tell(&mut self, diagnostics: &[Diagnostic]) -> io::Result<()> {
        for one in diagnostics {
            writeln!(self.err, "{} [{}]", one.message.text(self.lang), one.code)?;
        }
        Ok(())
    }
}

/// Runs the command that the arguments name.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are results, not errors; clap knows which stream is right.
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS };
        }
    };
    let lang = match cli.lang {
        LangArg::Vi => Lang::Vi,
        LangArg::En => Lang::En,
    };
    let mut out = BufWriter::with_capacity(64 * 1024, io::stdout().lock());
    let mut err = io::stderr();
    let mut env =
        Env { config_file: cli.config, database: cli.database, lang, out: &mut out, err: &mut err };
    let outcome = dispatch(&mut env, &cli.command);
    let outcome = match (outcome, env.out.flush()) {
        (Ok(_), Err(error)) => Err(Failure::from(error)),
        (outcome, _) => outcome,
    };
    match outcome {
        Ok(Status::Done) | Err(Failure::BrokenPipe) => ExitCode::SUCCESS,
        Ok(Status::Refused) => ExitCode::from(1),
        Err(Failure::Refused(diagnostics)) => {
            let _ = env.tell(&diagnostics);
            ExitCode::from(1)
        }
        Err(Failure::Usage(diagnostics)) => {
            let _ = env.tell(&diagnostics);
            ExitCode::from(2)
        }
        Err(Failure::System(reason)) => {
            let words = match lang {
                Lang::Vi => "Hệ thống gặp lỗi, không ghi gì",
                Lang::En => "The system failed and recorded nothing",
            };
            let _ = writeln!(env.err, "{words}: {reason}");
            ExitCode::from(3)
        }
    }
}

fn dispatch(env: &mut Env<'_>, command: &Command) -> Result<Status, Failure> {
    match command {
        Command::Demo(args) => demo::run(env, args),
        Command::Simulate(args) => simulate::run(env, args),
        Command::Qr(args) => qr::run(env, args),
        Command::Inspect(args) => inspect::run(env, args),
        Command::Reconcile(args) => reconcile::run(env, args),
        Command::Codes(args) => codes::run(env, args),
        Command::Backtest(args) => backtest::run(env, args),
        Command::Serve => serve::run(env),
        Command::Worker => worker::run(env),
        Command::Import(args) => import::run(env, args),
        Command::Students(args) => students::run(env, args),
        Command::Template(args) => template::run(env, args),
        Command::Decide(args) => decide::run(env, args),
        Command::Explain(args) => explain::run(env, args),
        Command::Identity(args) => identity::run(env, args),
        Command::Report(args) => report::run(env, args),
        Command::Export(args) => export::run(env, args),
        Command::Verify(args) => verify::run(env, args),
        Command::Migrate => database::migrate(env),
        Command::CheckConfig => database::check_config(env),
        Command::Webhook(args) => webhook::run(env, args),
        Command::Events(args) => events::run(env, args),
        Command::Mail(args) => mail::run(env, args),
        Command::Letter(args) => letter::run(env, args),
        Command::Payouts(args) => payouts::run(env, args),
        Command::Cash(args) => cash::run(env, args),
        Command::Period(args) => period::run(env, args),
        Command::Pull(args) => pull::run(env, args),
        Command::Fee(args) => fee::run(env, args),
        Command::Exemption(args) => exemption::run(env, args),
        Command::Round(args) => round::run(env, args),
        Command::Invoice(args) => invoice::run(env, args),
        Command::Refund(args) => refund::run(env, args),
        Command::Receipt(args) => receipt::run(env, args),
        Command::Notice(args) => notice::run(env, args),
        Command::Family(args) => family::run(env, args),
        Command::User(args) => user::run(env, args),
        Command::Authority(args) => authority::run(env, args),
        Command::School(args) => directory::school(env, args),
        Command::Account(args) => account::run(env, args),
        Command::VirtualAccount(args) => account::run_virtual(env, args),
        Command::Db(args) => database::run(env, args),
        Command::Backup(args) => database::backup(env, args),
        Command::ReadStatement(args) => {
            containment::run_child(args)?;
            Ok(Status::Done)
        }
    }
}

/// Reads a whole file that a school made itself: a list, never a statement.
pub(crate) fn read_list(path: &std::path::Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| cannot_open(path, &error))
}

/// Writes a whole file that a person asked for.
pub(crate) fn write_file(path: &std::path::Path, bytes: &[u8]) -> Result<(), Failure> {
    std::fs::write(path, bytes).map_err(|error| {
        let path = path.display();
        Failure::System(format!("{path}: {error}"))
    })
}

pub(crate) fn cannot_open(path: &std::path::Path, error: &io::Error) -> Failure {
    let path = path.display();
    Failure::Refused(vec![Diagnostic::new(
        "cannot_open",
        format!("Không mở được tệp {path} ({error}). Kiểm tra đường dẫn rồi thử lại."),
        format!("The file {path} cannot be opened ({error}). Check the path and try again."),
    )])
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_are_declared_without_contradiction() {
        Cli::command().debug_assert();
    }

    #[test]
    fn global_options_stand_before_or_after_the_command() {
        for arguments in [
            ["doisoat", "--lang", "en", "inspect", "a.xml"],
            ["doisoat", "inspect", "a.xml", "--lang", "en"],
        ] {
            assert!(matches!(Cli::try_parse_from(arguments).unwrap().lang, LangArg::En));
        }
        assert!(Cli::try_parse_from(["doisoat", "inspect"]).is_err(), "no file");
        assert!(Cli::try_parse_from(["doisoat", "--lang", "fr", "inspect", "a"]).is_err());
    }
}
