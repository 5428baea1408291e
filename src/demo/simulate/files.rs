//! The lists a simulated school makes, and what is written beside its files.

use std::fmt::Write as _;

use serde::Serialize;

use crate::demo::error::DemoError;
use crate::demo::fees::november;
use crate::demo::lists;
use crate::demo::roll::Roll;
use crate::demo::sheet::Cell;
use crate::demo::simulate::bills::{Bill, ROUNDS, Standing};
use crate::demo::simulate::notify::{self, Provider};
use crate::demo::simulate::schools::Setup;
use crate::demo::simulate::{School, TruthLine};
use crate::demo::spec::NamedFile;
use crate::domain::calendar::Day;

const HEADINGS: [&str; 11] = [
    "Mã thanh toán",
    "Mã học sinh",
    "Họ và tên",
    "Lớp",
    "Khoản thu",
    "Mức thu",
    "Còn phải thu",
    "Hạn nộp",
    "Đợt thu",
    "Mã gia đình",
    "Tài khoản ảo",
];

/// The lists of the rounds in which something is or was owed.
pub fn rounds(setup: &Setup, roll: &Roll, bills: &[Bill]) -> Result<Vec<NamedFile>, DemoError> {
    ROUNDS
        .iter()
        .enumerate()
        .map(|(number, round)| {
            let name = format!("phai-thu_{}", round.slug);
            invoices(setup, roll, &name, bills, |bill| {
                bill.round == number && bill.standing != Standing::Cancelled
            })
        })
        .collect()
}

/// One list of everything, to match statements against without a database.
pub fn whole(setup: &Setup, roll: &Roll, bills: &[Bill]) -> Result<NamedFile, DemoError> {
    invoices(setup, roll, "phai-thu_tat-ca", bills, |bill| bill.standing != Standing::Cancelled)
}

/// What the school withdrew.
pub fn cancelled(setup: &Setup, roll: &Roll, bills: &[Bill]) -> Result<NamedFile, DemoError> {
    invoices(setup, roll, "da-huy", bills, |bill| bill.standing == Standing::Cancelled)
}

fn invoices(
    setup: &Setup,
    roll: &Roll,
    name: &str,
    bills: &[Bill],
    wanted: impl Fn(&Bill) -> bool,
) -> Result<NamedFile, DemoError> {
    let days: Vec<Day> =
        ROUNDS.iter().map(|round| november(round.due_on)).collect::<Result<_, _>>()?;
    let columns = if setup.virtual_accounts { HEADINGS.len() } else { HEADINGS.len() - 1 };
    let rows = bills.iter().filter(|bill| wanted(bill)).filter_map(|bill| {
        let pupil = roll.pupils.get(bill.pupil)?;
        let round = ROUNDS.get(bill.round)?;
        Some(vec![
            Cell::text(&bill.code),
            Cell::text(&pupil.code),
            Cell::text(&pupil.name),
            Cell::text(&pupil.class),
            Cell::text(round.fee_item),
            Cell::amount(bill.fee.dong()),
            Cell::amount(bill.due().dong()),
            days.get(bill.round).map_or(Cell::Blank, |day| Cell::Day(*day)),
            Cell::text(round.name),
            Cell::maybe(roll.families.get(pupil.family).map(|family| family.key.as_str())),
            Cell::maybe(pupil.virtual_account.as_deref()),
        ])
    });
    lists::list(&setup.as_demo(), name, &HEADINGS, columns, rows)
}

/// What is written about a movement.
#[derive(Debug, Serialize)]
struct Written<'a> {
    school: &'a str,
    booking_date: Day,
    amount: String,
    credit_debit: &'a str,
    remittance: &'a str,
    meaning: &'a str,
    manner: &'a str,
    certain: bool,
    determined: bool,
    pays: Vec<WrittenShare<'a>>,
    seen_in: Vec<WrittenPlace<'a>>,
    notified_by: Option<WrittenPlace<'a>>,
}

#[derive(Debug, Serialize)]
struct WrittenShare<'a> {
    code: &'a str,
    amount: String,
}

#[derive(Debug, Serialize)]
struct WrittenPlace<'a> {
    file: &'a str,
    entry: usize,
}

/// The line of the file that holds the truth about a movement.
pub fn truth_line(line: &TruthLine) -> Result<String, DemoError> {
    let truth = &line.truth;
    let place = |file, entry| WrittenPlace { file, entry };
    Ok(serde_json::to_string(&Written {
        school: &truth.school_code,
        booking_date: truth.booking_date,
        amount: truth.amount.to_string(),
        credit_debit: truth.credit_debit.as_str(),
        remittance: &truth.remittance,
        meaning: truth.meaning.as_str(),
        manner: line.manner.as_str(),
        certain: line.certain,
        determined: line.determined,
        pays: truth
            .pays
            .iter()
            .map(|share| WrittenShare {
                code: &share.payment_code,
                amount: share.amount.to_string(),
            })
            .collect(),
        seen_in: truth.seen_in.iter().map(|seen| place(seen.file.as_str(), seen.entry)).collect(),
        notified_by: line.notified_by.as_ref().map(|seen| place(seen.file.as_str(), seen.entry)),
    })?)
}

/// What somebody who opens the folder has to know.
#[must_use]
pub fn readme(schools: &[School]) -> String {
    let mut text = String::from(
        "DỮ LIỆU MẪU: mọi trường, học sinh, phụ huynh, tài khoản và khoá ký ở đây đều bịa ra.\n\
         MADE-UP DATA: every school, student, parent, account and signing key here is invented.\n\n\
         <trường>/              danh sách, sao kê · a school's lists and statements\n\
         <trường>/*phai-thu_tat-ca*  một danh sách cho 'doisoat reconcile --invoices'\n\
         <trường>/*da-huy*      khoản đã huỷ, không nhập · withdrawn, not to be imported\n\
         <trường>/notifications/ thông báo giao dịch, mỗi dòng một lần gọi · one delivery a line:\n\
         \x20                      {\"provider\",\"headers\",\"body\"}\n\
         truth.jsonl            sự thật về từng dòng tiền · the truth about each movement\n\n\
         Khoá ký bịa ra · made-up signing keys:\n",
    );
    for school in schools {
        let provider = Provider::of(&school.setup).as_str();
        let secret = notify::secret(&school.setup);
        // A string has room for everything.
        let _ = writeln!(text, "  {:<14}{provider:<8}{secret}", school.setup.code);
    }
    text
}
