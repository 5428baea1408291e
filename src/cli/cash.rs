//! `doisoat cash`: vouchers, card slips, what was carried to the bank, the cash book.

mod told;

use super::{Env, Failure, Status};
use crate::clock::SystemClock;
use crate::domain::calendar::Day;
use crate::domain::id::{PaymentId, SchoolId};
use crate::domain::money::Vnd;
use crate::service::cash::deposits::{self, Carries, Numbers, Release};
use crate::service::cash::{self, BatchRow, Days, NewBatch, NewCash, NewCount, NewSlip};
use crate::service::{Actor, Store, directory};

/// What to do with money that is not a transfer.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Record a cash voucher
    Record {
        #[command(flatten)]
        at: At,
        /// The day it was taken
        #[arg(long, value_name = "YYYY-MM-DD")]
        on: Day,
        /// Who brought it
        #[arg(long)]
        payer: String,
        /// Anything worth keeping
        #[arg(long)]
        note: Option<String>,
        /// Which invoices it pays, with the đồng for each
        #[arg(required = true, value_name = "CODE=ĐỒNG", value_parser = paid)]
        pays: Vec<(String, Vnd)>,
    },
    /// Record a voucher for each of many students, all or none
    Batch {
        #[command(flatten)]
        at: At,
        /// The day it was taken
        #[arg(long, value_name = "YYYY-MM-DD")]
        on: Day,
        /// Each student with the đồng brought; a code alone pays all the student owes
        #[arg(required = true, value_name = "STUDENT[=ĐỒNG]", value_parser = brought)]
        students: Vec<(String, Option<Vnd>)>,
    },
    /// Void a voucher or a slip, by its payment; a voucher keeps its number
    Void {
        #[command(flatten)]
        at: At,
        /// The voucher's or the slip's payment
        payment: i64,
        /// Why
        #[arg(long)]
        reason: String,
        /// It is a slip of a card terminal
        #[arg(long)]
        slip: bool,
    },
    /// List the vouchers of some days, voided ones too
    List {
        #[command(flatten)]
        at: At,
        #[command(flatten)]
        days: DaysArgs,
    },
    /// Record a slip of a card terminal
    Slip {
        #[command(flatten)]
        at: At,
        /// The terminal's number
        #[arg(long)]
        terminal: String,
        /// The number printed on the slip
        #[arg(long)]
        number: String,
        /// The day
        #[arg(long, value_name = "YYYY-MM-DD")]
        on: Day,
        /// Who paid
        #[arg(long)]
        payer: String,
        /// Anything worth keeping
        #[arg(long)]
        note: Option<String>,
        /// Which invoices it pays, with the đồng for each
        #[arg(required = true, value_name = "CODE=ĐỒNG", value_parser = paid)]
        pays: Vec<(String, Vnd)>,
    },
    /// List the slips of some days, voided ones too
    Slips {
        #[command(flatten)]
        at: At,
        #[command(flatten)]
        days: DaysArgs,
    },
    /// What staff and card terminals brought to the bank: list, match by hand, take apart
    Deposit(DepositArgs),
    /// The cash book: what came in, what left, what should be in the till
    Book {
        #[command(flatten)]
        at: At,
        /// First day
        #[arg(long, value_name = "YYYY-MM-DD")]
        from: Day,
        /// Last day
        #[arg(long, value_name = "YYYY-MM-DD")]
        to: Day,
    },
    /// Record what was counted in the till at the end of a day
    Count {
        #[command(flatten)]
        at: At,
        /// The day
        #[arg(long, value_name = "YYYY-MM-DD")]
        on: Day,
        /// What was there, in đồng
        #[arg(value_name = "ĐỒNG")]
        counted: i64,
        /// Who was there, why it differs
        #[arg(long)]
        note: Option<String>,
    },
}

#[derive(Debug, clap::Args)]
struct DepositArgs {
    #[command(subcommand)]
    what: DepositWhat,
}

#[derive(Debug, clap::Subcommand)]
enum DepositWhat {
    /// List what each line of the bank carries, what is not certain, and what is still in the till
    List {
        #[command(flatten)]
        at: At,
        #[command(flatten)]
        days: DaysArgs,
    },
    /// Say which vouchers or slips a line of the bank carries
    #[command(group = clap::ArgGroup::new("what").required(true).args(["vouchers", "slips"]))]
    Assign {
        #[command(flatten)]
        at: At,
        /// The payment at the bank
        payment: i64,
        /// Voucher numbers, like 12-40,43
        #[arg(long, value_name = "NUMBERS", value_parser = numbers)]
        vouchers: Option<NumberList>,
        /// The year of the numbers; the deposit's own where absent
        #[arg(long, requires = "vouchers")]
        year: Option<i32>,
        /// Slips of card terminals, by their payments
        #[arg(long, value_name = "PAYMENT", num_args = 1..)]
        slips: Vec<i64>,
    },
    /// Take a deposit apart; the line stays open
    Release {
        #[command(flatten)]
        at: At,
        /// The payment at the bank
        payment: i64,
        /// Why
        #[arg(long)]
        reason: String,
        /// Let the machine match it again
        #[arg(long)]
        to_machine: bool,
    },
}

#[derive(Debug, clap::Args)]
struct At {
    /// The school's code
    #[arg(long)]
    school: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl At {
    fn school(&self, store: &Store) -> Result<SchoolId, Failure> {
        Ok(directory::find_school(store, &self.school)?.id)
    }
}

#[derive(Debug, clap::Args)]
struct DaysArgs {
    /// Only from this day on
    #[arg(long, value_name = "YYYY-MM-DD")]
    from: Option<Day>,
    /// Only up to this day
    #[arg(long, value_name = "YYYY-MM-DD")]
    to: Option<Day>,
}

impl DaysArgs {
    fn days(&self) -> Days {
        Days { from: self.from, to: self.to }
    }
}

/// Ranges of voucher numbers.
#[derive(Clone, Debug)]
struct NumberList(Vec<Numbers>);

fn numbers(text: &str) -> Result<NumberList, String> {
    let range = |part: &str| {
        let (from, to) = part.split_once('-').unwrap_or((part, part));
        let from = from.trim().parse().ok()?;
        let to = to.trim().parse().ok()?;
        (0 < from && from <= to).then_some(Numbers { from, to })
    };
    let ranges: Option<Vec<Numbers>> = text.split(',').map(range).collect();
    ranges.map(NumberList).ok_or_else(|| "voucher numbers look like 12-40,43".to_owned())
}

fn dong(text: &str) -> Result<Vnd, String> {
    text.trim()
        .parse()
        .map(Vnd::new)
        .map_err(|_no_number| "the đồng must be a whole number".to_owned())
}

fn paid(text: &str) -> Result<(String, Vnd), String> {
    let (code, amount) =
        text.split_once('=').ok_or_else(|| "an invoice looks like CODE=ĐỒNG".to_owned())?;
    Ok((code.trim().to_owned(), dong(amount)?))
}

fn brought(text: &str) -> Result<(String, Option<Vnd>), String> {
    match text.split_once('=') {
        None => Ok((text.trim().to_owned(), None)),
        Some((code, amount)) => Ok((code.trim().to_owned(), Some(dong(amount)?))),
    }
}

/// Does what the arguments name.
pub fn run(env: &mut Env<'_>, args: &Args) -> Result<Status, Failure> {
    let (_, store) = env.store()?;
    let (clock, actor) = (SystemClock, Actor::named("cli"));
    match &args.what {
        What::Record { at, on, payer, note, pays } => {
            let new = NewCash {
                allocations: pays.clone(),
                payer: payer.clone(),
                received_on: *on,
                note: note.clone(),
                request_key: None,
            };
            let school = at.school(&store)?;
            let done = cash::record(&store, &clock, &actor, school, &new)?;
            told::made(env, at.json, &[done])?;
        }
        What::Batch { at, on, students } => {
            let row = |(code, amount): &(String, Option<Vnd>)| BatchRow {
                student_code: code.clone(),
                amount: *amount,
                payer: None,
                note: None,
            };
            let new = NewBatch {
                received_on: *on,
                rows: students.iter().map(row).collect(),
                request_key: None,
            };
            let school = at.school(&store)?;
            let done = cash::record_batch(&store, &clock, &actor, school, &new)?;
            told::made(env, at.json, &done)?;
        }
        What::Void { at, payment, reason, slip } => {
            let of = (at.school(&store)?, PaymentId(*payment));
            if *slip {
                let done = cash::void_slip(&store, &clock, &actor, of, reason)?;
                told::slips(env, at.json, &[done])?;
            } else {
                cash::void(&store, &clock, &actor, of, reason)?;
                told::vouchers(env, at.json, &[cash::show(&store, of.0, of.1)?])?;
            }
        }
        What::List { at, days } => {
            let found = cash::vouchers(&store, at.school(&store)?, days.days())?;
            told::vouchers(env, at.json, &found)?;
        }
        What::Slip { at, terminal, number, on, payer, note, pays } => {
            let new = NewSlip {
                terminal: terminal.clone(),
                slip: number.clone(),
                paid_on: *on,
                allocations: pays.clone(),
                payer: payer.clone(),
                note: note.clone(),
            };
            let school = at.school(&store)?;
            let done = cash::record_slip(&store, &clock, &actor, school, &new, None)?;
            told::slips(env, at.json, &[done])?;
        }
        What::Slips { at, days } => {
            let found = cash::slips(&store, at.school(&store)?, days.days())?;
            told::slips(env, at.json, &found)?;
        }
        What::Deposit(args) => deposit(env, &store, &args.what)?,
        What::Book { at, from, to } => {
            let found = cash::book(&store, at.school(&store)?, *from, *to)?;
            told::book(env, at.json, &found)?;
            if found.negative_on.is_some() {
                return Ok(Status::Refused);
            }
        }
        What::Count { at, on, counted, note } => {
            let new = NewCount { counted_on: *on, counted: Vnd::new(*counted), note: note.clone() };
            let school = at.school(&store)?;
            let done = cash::count(&store, &clock, &actor, school, &new)?;
            told::count(env, at.json, &done)?;
        }
    }
    Ok(Status::Done)
}

fn deposit(env: &mut Env<'_>, store: &Store, what: &DepositWhat) -> Result<(), Failure> {
    let (clock, actor) = (SystemClock, Actor::named("cli"));
    match what {
        DepositWhat::List { at, days } => {
            let found = deposits::list(store, at.school(store)?, days.days())?;
            told::deposits(env, at.json, &found)?;
        }
        DepositWhat::Assign { at, payment, vouchers, year, slips } => {
            let wanted = Carries {
                vouchers: vouchers.as_ref().map(|list| list.0.clone()).unwrap_or_default(),
                year: *year,
                slips: slips.iter().map(|id| PaymentId(*id)).collect(),
            };
            let of = (at.school(store)?, PaymentId(*payment));
            let done = deposits::assign(store, &clock, &actor, of, &wanted)?;
            told::deposit(env, at.json, &done)?;
        }
        DepositWhat::Release { at, payment, reason, to_machine } => {
            let wanted = Release { reason: reason.clone(), to_machine: *to_machine };
            let of = (at.school(store)?, PaymentId(*payment));
            let done = deposits::release(store, &clock, &actor, of, &wanted)?;
            told::deposits(env, at.json, &done)?;
        }
    }
    Ok(())
}
