//! `doisoat decide`: the queue, and what a person says of a payment in it.

use std::collections::HashMap;
use std::io;

use super::{Env, Failure, Status};
use crate::clock::SystemClock;
use crate::domain::calendar::vietnamese_day;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::id::{PaymentId, SchoolId};
use crate::domain::lang::Lang;
use crate::domain::matching::decision::{Decision, Proposal};
use crate::service::decide::{self, PaymentState};
use crate::service::queue::{self, PaymentView};
use crate::service::refusals::{self, Refusal};
use crate::service::{Actor, Store, directory};

/// What to look at or to say.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Show the payments that wait for a person, each with its numbered proposals
    Queue {
        /// The school's code
        #[arg(long)]
        school: String,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Use a payment as one of its proposals says
    Confirm {
        #[command(flatten)]
        at: At,
        /// The proposal's number; 1 is the first
        #[arg(long, value_name = "N")]
        proposal: usize,
    },
    /// Say that a payment is not for a student; the machine decides again without them
    #[command(group = clap::ArgGroup::new("whom").required(true).args(["proposal", "student"]))]
    Refuse {
        #[command(flatten)]
        at: At,
        /// Each student of this proposal; 1 is the first
        #[arg(long, value_name = "N")]
        proposal: Option<usize>,
        /// The student with this code
        #[arg(long, value_name = "CODE")]
        student: Option<String>,
        /// Why
        #[arg(long)]
        reason: Option<String>,
    },
    /// Take back whatever a payment is used for
    Reverse {
        #[command(flatten)]
        at: At,
        /// Why
        #[arg(long)]
        reason: String,
    },
}

#[derive(Debug, clap::Args)]
struct At {
    /// The payment's number
    payment: i64,
    /// The school's code
    #[arg(long)]
    school: String,
}

impl At {
    fn find(&self, store: &Store) -> Result<(SchoolId, PaymentId), Failure> {
        Ok((directory::find_school(store, &self.school)?.id, PaymentId(self.payment)))
    }
}

/// Whose each invoice is, by its code: name and class.
type Owners = HashMap<String, String>;

/// Payments read in one go.
const PAGE: u32 = 1_000;

/// Shows or says what the arguments name.
pub fn run(env: &mut Env<'_>, args: &Args) -> Result<Status, Failure> {
    let (_, store) = env.store()?;
    let (clock, actor) = (SystemClock, Actor::named("cli"));
    let state = match &args.what {
        What::Queue { school, json } => {
            let school = directory::find_school(&store, school)?;
            show_queue(env, &store, school.id, *json)?;
            return Ok(Status::Done);
        }
        What::Confirm { at, proposal } => {
            let index = place_of(*proposal)?;
            decide::confirm(&store, &clock, &actor, at.find(&store)?, None, index)?
        }
        What::Refuse { at, proposal, student, reason } => {
            let asked = Refusal {
                proposal: proposal.map(place_of).transpose()?,
                student_code: student.clone(),
                reason: reason.clone(),
            };
            refusals::refuse(&store, &clock, &actor, at.find(&store)?, None, &asked)?
        }
        What::Reverse { at, reason } => {
            decide::reverse(&store, &clock, &actor, at.find(&store)?, None, reason)?
        }
    };
    tell_state(env, &state)?;
    Ok(Status::Done)
}

/// People count from 1.
fn place_of(number: usize) -> Result<usize, Failure> {
    number.checked_sub(1).ok_or_else(|| {
        Failure::Usage(vec![Diagnostic::new(
            "proposal_number",
            "Gợi ý được đánh số từ 1, như 'doisoat decide queue' hiển thị.",
            "Proposals are numbered from 1, as 'doisoat decide queue' shows them.",
        )])
    })
}

fn show_queue(
    env: &mut Env<'_>,
    store: &Store,
    school: SchoolId,
    json: bool,
) -> Result<(), Failure> {
    let mut waiting = 0_u64;
    let owners: Owners = queue::invoices(store, school)?
        .into_iter()
        .map(|one| (one.code, format!("{} · {}", one.student_name, one.class)))
        .collect();
    for kind in ["proposed", "unmatched"] {
        let mut cursor = None;
        loop {
            let (page, next) =
                queue::payments_page(store, school, Some(kind), cursor.as_ref(), PAGE)?;
            for view in page.iter().filter(|view| view.credit_debit == "credit") {
                waiting += 1;
                if json {
                    writeln!(env.out, "{}", serde_json::to_string(view).unwrap_or_default())?;
                } else {
                    show_one(env, &owners, view)?;
                }
            }
            match next {
                Some(next) => cursor = Some(next),
                None => break,
            }
        }
    }
    if waiting == 0 && !json {
        match env.lang {
            Lang::Vi => writeln!(env.out, "Không còn khoản tiền nào chờ anh/chị.")?,
            Lang::En => writeln!(env.out, "No payment waits for a person.")?,
        }
    }
    Ok(())
}

fn show_one(env: &mut Env<'_>, owners: &Owners, view: &PaymentView) -> io::Result<()> {
    writeln!(
        env.out,
        "{}  {}  +{} ₫  {}",
        view.state.id,
        vietnamese_day(view.booking_date),
        view.state.amount.grouped(),
        view.reference.as_deref().unwrap_or("–"),
    )?;
    if let Some(text) = &view.remittance {
        writeln!(env.out, "  \"{}\"", text.split_whitespace().collect::<Vec<_>>().join(" "))?;
    }
    let decision: Option<Decision> = serde_json::from_value(view.explanation.clone()).ok();
    let Some(decision) = decision else { return Ok(()) };
    if decision.proposals.is_empty() {
        let chips: Vec<String> =
            decision.reasons.iter().map(|one| format!("[{}]", one.text.text(env.lang))).collect();
        writeln!(env.out, "  {}", chips.join(" "))?;
    }
    for (number, proposal) in (1..).zip(&decision.proposals) {
        writeln!(env.out, "  {number}. {}", proposal_line(proposal, owners, env.lang))?;
    }
    Ok(())
}

fn proposal_line(proposal: &Proposal, owners: &Owners, lang: Lang) -> String {
    let mut parts: Vec<String> = proposal
        .allocations
        .iter()
        .map(|share| {
            let owner = owners.get(&share.code).map(String::as_str).unwrap_or_default();
            format!("{owner} · {} · {} ₫", share.code, share.amount.grouped())
        })
        .collect();
    if !proposal.credit.is_zero() {
        let kept = match lang {
            Lang::Vi => "ghi số dư cho gia đình",
            Lang::En => "kept as the family's credit",
        };
        parts.push(format!("{} ₫ {kept}", proposal.credit.grouped()));
    }
    let chips: Vec<String> =
        proposal.reasons.iter().map(|one| format!("[{}]", one.text.text(lang))).collect();
    format!("{}  {}", parts.join(" + "), chips.join(" "))
}

fn tell_state(env: &mut Env<'_>, state: &PaymentState) -> io::Result<()> {
    let (id, used, left) = (state.id, state.allocated.grouped(), state.unallocated.grouped());
    let words = match (state.decision.as_str(), env.lang) {
        ("settled", Lang::Vi) => "đã khớp",
        ("settled", Lang::En) => "settled",
        ("proposed", Lang::Vi) => "có gợi ý, chờ xác nhận",
        ("proposed", Lang::En) => "proposed, to confirm",
        ("unmatched", Lang::Vi) => "chưa khớp",
        ("unmatched", Lang::En) => "unmatched",
        (other, _) => other,
    };
    match env.lang {
        Lang::Vi => writeln!(
            env.out,
            "Khoản tiền {id}: {words}; đã phân bổ {used} ₫, chưa phân bổ {left} ₫."
        ),
        Lang::En => {
            writeln!(env.out, "Payment {id}: {words}; {used} ₫ allocated, {left} ₫ not allocated.")
        }
    }
}
