//! Paper for families: notices with a QR code, four on a sheet, and lists of a class.

use std::collections::{BTreeMap, HashSet};

use crate::clock::{Clock, local_day};
use crate::domain::id::SchoolId;
use crate::domain::lang::Lang;
use crate::domain::money::Vnd;
use crate::domain::school_year::SchoolYear;
use crate::formats::paper::{
    ClassList, ClassListRow, Notice, NoticeLine, PaperError, Transfer, class_lists, notices,
};
use crate::service::family_bill::{self, ChildBill, InvoiceBill};
use crate::service::{ServiceError, StoreError};
use crate::store::people::{self, StudentRow};
use crate::store::{Store, Tx, enrolled, fees, roster};

/// Notices that are made at once at most.
const AT_ONCE: usize = 4_000;

/// For whom paper is made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ask {
    /// Only this class.
    pub class: Option<String>,
    /// Only what is open of this collection round, by code.
    pub round: Option<String>,
    /// Only families that no mail reaches.
    pub without_mail: bool,
    /// Who was in the classes in this school year, with those who have left since; without one, who is in
    /// them today.
    pub year: Option<SchoolYear>,
}

/// A child and what is open of what is asked for.
struct Owing {
    row: StudentRow,
    child: ChildBill,
    invoices: Vec<InvoiceBill>,
    open: Vnd,
}

/// Notices for everybody who owes something, as one PDF, class by class.
pub fn notices_pdf(
    store: &Store,
    clock: &dyn Clock,
    school: SchoolId,
    ask: &Ask,
    lang: Lang,
) -> Result<Vec<u8>, ServiceError> {
    let day = local_day(clock.now());
    let (name, owing) = store.read(|tx| load(tx, clock, school, ask))?;
    let all: Vec<Notice> = owing
        .into_iter()
        .filter(|one| one.open.is_positive())
        .map(|one| notice(&name, one, lang))
        .collect();
    if all.is_empty() {
        return Err(ServiceError::conflict(
            "no_notices",
            "Không có học sinh nào còn phải nộp theo điều kiện này. Hãy chọn lớp hoặc đợt thu khác.",
            "Nobody owes anything of what was asked for. Choose another class or round.",
        ));
    }
    if all.len() > AT_ONCE {
        return Err(ServiceError::conflict(
            "too_many_notices",
            format!("Mỗi lần in tối đa {AT_ONCE} giấy báo. Hãy in theo lớp."),
            format!("At most {AT_ONCE} notices are made at once. Make them class by class."),
        ));
    }
    notices(&all, day, lang).map_err(|error| failed(&error))
}

/// Whether anybody owes something of what is asked for, so that there would be paper.
pub fn is_any(
    store: &Store,
    clock: &dyn Clock,
    school: SchoolId,
    ask: &Ask,
) -> Result<bool, ServiceError> {
    let (_, owing) = store.read(|tx| load(tx, clock, school, ask))?;
    Ok(owing.iter().any(|one| one.open.is_positive()))
}

/// Lists of the classes with what each student owes and room for a signature, as one PDF.
pub fn class_lists_pdf(
    store: &Store,
    clock: &dyn Clock,
    school: SchoolId,
    ask: &Ask,
    lang: Lang,
) -> Result<Vec<u8>, ServiceError> {
    let day = local_day(clock.now());
    let (name, owing, about) = store.read(|tx| {
        let (name, owing) = load(tx, clock, school, ask)?;
        let rounds = fees::rounds_of(tx, school.0)?;
        let round = rounds.into_iter().find(|row| Some(&row.code) == ask.round.as_ref());
        let year = ask.year.map(|year| match lang {
            Lang::Vi => format!("năm học {year}"),
            Lang::En => format!("school year {year}"),
        });
        let about: Vec<String> = year.into_iter().chain(round.map(|row| row.name)).collect();
        Ok::<_, ServiceError>((name, owing, about.join(" · ")))
    })?;
    let mut lists: Vec<ClassList> = Vec::new();
    for one in owing {
        if lists.last().is_none_or(|list| list.class != one.row.class) {
            lists.push(ClassList {
                school: name.clone(),
                class: one.row.class.clone(),
                about: about.clone(),
                rows: Vec::new(),
            });
        }
        if let Some(list) = lists.last_mut() {
            list.rows.push(ClassListRow { code: one.row.code, name: one.row.name, open: one.open });
        }
    }
    if lists.is_empty() {
        return Err(ServiceError::conflict(
            "empty_class",
            "Lớp này không có học sinh nào. Hãy chọn lớp khác hoặc năm học khác.",
            "Nobody is in this class. Choose another one, or another school year.",
        ));
    }
    class_lists(&lists, day, lang).map_err(|error| failed(&error))
}

fn failed(error: &PaperError) -> ServiceError {
    StoreError::Corrupt(format!("paper for families: {error}")).into()
}

/// The school's name, and the students in the order of their classes and names.
fn load(
    tx: &mut Tx<'_>,
    clock: &dyn Clock,
    school: SchoolId,
    ask: &Ask,
) -> Result<(String, Vec<Owing>), ServiceError> {
    let today = local_day(clock.now());
    if let Some(round) = &ask.round
        && fees::rounds_of(tx, school.0)?.iter().all(|row| row.code != *round)
    {
        return Err(ServiceError::not_found("round", "đợt thu", "collection round", round));
    }
    let mut students = people::students_of(tx, school.0)?;
    if ask.without_mail {
        let reached: HashSet<i64> = roster::belongings_of(tx, school.0)?
            .guardians
            .into_iter()
            .filter(|row| row.email.is_some())
            .map(|row| row.student_id)
            .collect();
        students.retain(|row| row.email.is_none() && !reached.contains(&row.id));
    }
    if let Some(year) = ask.year {
        let mut then = enrolled::classes_in(tx, school.0, &year.to_string())?;
        students.retain_mut(|row| {
            let class = then.remove(&row.id);
            class.map(|class| row.class = class).is_some()
        });
    } else {
        students.retain(|row| row.left_on.is_none_or(|day| day > today));
    }
    students.retain(|row| ask.class.as_ref().is_none_or(|class| row.class == *class));
    students
        .sort_by(|a, b| (&a.class, &a.sort_key, &a.code).cmp(&(&b.class, &b.sort_key, &b.code)));
    let mut families: Vec<i64> = students.iter().map(|row| row.family_id).collect();
    families.sort_unstable();
    families.dedup();
    let bills = family_bill::load(tx, school, &families, today)?;
    let mut name = String::new();
    let mut children: BTreeMap<i64, ChildBill> = BTreeMap::new();
    for bill in bills.into_values() {
        name = bill.school_name;
        children.extend(bill.children.into_iter().map(|child| (child.student, child)));
    }
    let mut owing = Vec::with_capacity(students.len());
    for row in students {
        let Some(child) = children.remove(&row.id) else { continue };
        let invoices: Vec<InvoiceBill> = child
            .invoices
            .iter()
            .filter(|one| one.open.is_positive())
            .filter(|one| ask.round.as_ref().is_none_or(|round| one.round == *round))
            .cloned()
            .collect();
        let open = Vnd::checked_sum(invoices.iter().map(|one| one.open))
            .ok_or_else(ServiceError::overflow)?;
        owing.push(Owing { row, child, invoices, open });
    }
    Ok((name, owing))
}

fn notice(school: &str, one: Owing, lang: Lang) -> Notice {
    let mut lines: Vec<NoticeLine> = Vec::new();
    for invoice in &one.invoices {
        lines.extend(
            invoice
                .lines
                .iter()
                .filter(|line| line.net.is_positive())
                .map(|line| NoticeLine { item: line.name.clone(), amount: line.net }),
        );
        if let Some(paid) = invoice.paid.checked_neg().filter(|_| invoice.paid.is_positive()) {
            let item = match lang {
                Lang::Vi => "Đã nộp",
                Lang::En => "Paid already",
            };
            lines.push(NoticeLine { item: item.to_owned(), amount: paid });
        }
    }
    // One invoice is paid by its own code; several by the child's one transfer, if they are all of it.
    let transfer = match one.invoices.as_slice() {
        [only] => only.transfer.clone(),
        _ => one.child.transfer.clone().filter(|all| all.amount == one.open),
    };
    Notice {
        school: school.to_owned(),
        student: one.row.name,
        student_code: one.row.code,
        class: one.row.class,
        lines,
        amount: one.open,
        due_on: one.invoices.iter().filter_map(|invoice| invoice.due_on).min(),
        transfer: transfer.map(|transfer| Transfer {
            bank: transfer.bank,
            account: transfer.account,
            holder: transfer.holder,
            purpose: transfer.content,
            payload: transfer.payload,
        }),
    }
}
