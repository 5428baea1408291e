//! The same movements in one file, in a file each or in any groups, in any order and with what
//! persons decide in between: the same books. And what a person decided stays decided.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;

use doisoat::domain::id::{FamilyId, ImportId, InvoiceId, StudentId};
use doisoat::domain::matching::Book;
use doisoat::domain::matching::facts::{InvoiceFacts, InvoiceStanding, Policy, StudentFacts};
use doisoat::domain::matching::session::{StatementFile, reconcile};
use doisoat::domain::money::{Currency, Vnd};
use doisoat::domain::statement::{CreditDebit, Entry, EntryExtras, EntryStatus, StatementHeader};
use doisoat::domain::text::squeeze;
use doisoat::service::decide::{self, PersonalUse};
use doisoat::service::queue::PaymentView;
use doisoat::service::{queue, undo};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::order::{Movement, PUPILS, cases, movements, runner};
use crate::parity::plainly;
use crate::support::crowd::{DUE, code, enroll};
use crate::support::school::{ACCOUNT, School};
use crate::support::statements::{Row, write};
use crate::support::{Backend, TestDb, for_each_backend};

/// Pupils of different families whom no movement of the story names: what persons decide competes
/// with nothing there.
const PRIVATE: [usize; 3] = [6, 8, 10];

/// Movements as a bank tells them apart: each with a reference of its own, but for money that goes
/// back under the reference it came by, and no two equal but for that.
fn told_apart(movements: Vec<Movement>) -> Vec<Movement> {
    let mut known = HashSet::new();
    let mut references: BTreeMap<(i64, String), String> = BTreeMap::new();
    let mut told: Vec<Movement> = Vec::new();
    for (number, mut one) in movements.into_iter().enumerate() {
        if !known.insert((one.day, one.dong, squeeze(&one.memo))) {
            continue;
        }
        let own = format!("FT26{number:09}");
        one.reference = match one.memo.strip_prefix("HOAN TRA ") {
            Some(memo) => references.get(&(-one.dong, memo.to_owned())).cloned().unwrap_or(own),
            None => own,
        };
        references.insert((one.dong, one.memo.clone()), one.reference.clone());
        told.push(one);
    }
    told
}

/// Three payments that persons decide about: one nobody knows, one the machine settles, and one it
/// proposes.
fn private(days: [u32; 3]) -> [Movement; 3] {
    let memos = [
        (333_000, "rieng mot chuyen khoan".to_owned()),
        (DUE, format!("{} nop hoc phi", code(PRIVATE[1]))),
        (DUE + 70_000, format!("{} nop du", code(PRIVATE[2]))),
    ];
    let mut number = 0;
    memos.map(|(dong, memo)| {
        number += 1;
        let day = days[number - 1];
        Movement { day, dong, reference: format!("FT27{number:09}"), memo }
    })
}

/// A way to take all movements in: the files, by their movements, and after how many files each
/// person decides, as soon as the payment is there.
#[derive(Clone, Debug)]
struct Way {
    files: Vec<Vec<usize>>,
    decided: [usize; 3],
}

/// Persons decide in between, or when all files are in.
fn way(movements: usize, in_between: bool) -> impl Strategy<Value = Way> {
    let order = Just((0..movements).collect::<Vec<usize>>()).prop_shuffle();
    let cuts = prop::collection::vec(any::<bool>(), movements);
    let when = if in_between { 0..movements + 1 } else { movements..movements + 1 };
    let decided = [when.clone(), when.clone(), when];
    (order, cuts, any::<bool>(), decided).prop_map(|(order, cuts, alone, decided)| {
        let mut files: Vec<Vec<usize>> = Vec::new();
        for (index, cut) in order.into_iter().zip(cuts) {
            match files.last_mut() {
                Some(last) if !cut && !alone => last.push(index),
                _ => files.push(vec![index]),
            }
        }
        Way { files, decided }
    })
}

/// Movements, those persons decide about among them, and three ways, the first of them one file.
type Story = (Vec<Movement>, [Way; 3]);

fn story(
    movements: impl Strategy<Value = Vec<Movement>>,
    in_between: bool,
) -> impl Strategy<Value = Story> {
    (movements, [1..20_u32, 1..20, 1..20]).prop_flat_map(move |(movements, days)| {
        let mut all = told_apart(movements);
        all.extend(private(days));
        let count = all.len();
        let whole = Way { files: vec![(0..count).collect()], decided: [count; 3] };
        (Just(all), Just(whole), way(count, in_between), way(count, in_between))
            .prop_map(|(all, whole, one, other)| (all, [whole, one, other]))
    })
}

/// Movements of pupils without brothers and sisters, each under one code. When the machine looks
/// again at what it left open, which it does after each decision of a person, less is open than on
/// the payment's own day, and of these nothing can be settled then that could not be before.
fn plain_movements() -> impl Strategy<Value = Vec<Movement>> {
    let amount = prop_oneof![3 => Just(DUE), 3 => Just(DUE / 2), 1 => Just(2 * DUE)];
    let one = (1..18_u32, amount, 0..PUPILS / 2, 0..4_u8).prop_map(|(day, dong, pupil, kind)| {
        let memo = format!("{} nop hoc phi ngay {day}", code(2 * pupil));
        let paid = Movement { day, dong, reference: String::new(), memo: memo.clone() };
        let mut all = vec![paid];
        if kind == 0 {
            let memo = format!("HOAN TRA {memo}");
            all.push(Movement { day: day + 1, dong: -dong, reference: String::new(), memo });
        }
        all
    });
    prop::collection::vec(one, 1..10).prop_map(|all| all.into_iter().flatten().collect())
}

fn file(movements: &[Movement], chosen: &[usize]) -> Vec<u8> {
    let rows: Vec<Row> = chosen
        .iter()
        .map(|index| {
            let one = &movements[*index];
            Row::of(&(&*format!("2026-11-{:02}", one.day), one.dong, &*one.reference, &*one.memo))
        })
        .collect();
    write("bare", 0, &rows)
}

fn by_reference(school: &School, reference: &str) -> Option<PaymentView> {
    let found = school.payments().into_iter();
    found
        .filter(|view| view.credit_debit == "credit")
        .find(|view| view.reference.as_deref() == Some(reference))
}

/// What the person for the `number`-th private payment does, once it is there.
fn decide_private(school: &School, number: usize) -> bool {
    let Some(view) = by_reference(school, &format!("FT27{:09}", number + 1)) else { return false };
    let School { store, clock, actor, id, .. } = school;
    let at = (*id, view.state.id);
    match number {
        0 => {
            let wanted = PersonalUse {
                allocations: vec![(code(PRIVATE[0]), Vnd::new(333_000))],
                ..PersonalUse::default()
            };
            decide::allocate(store, clock, actor, at, None, &wanted).unwrap();
        }
        1 => {
            decide::reverse(store, clock, actor, at, None, "phụ huynh báo nhầm trường").unwrap();
        }
        _ => {
            decide::confirm(store, clock, actor, at, None, 0).unwrap();
        }
    }
    true
}

fn play(db: &TestDb, movements: &[Movement], way: &Way) -> Vec<String> {
    let school = School::create(db);
    enroll(&school, PUPILS.max(PRIVATE[2] + 2));
    let mut waiting: Vec<usize> = vec![0, 1, 2];
    for (number, chosen) in way.files.iter().enumerate() {
        school.statement(&format!("{number}.csv"), &file(movements, chosen));
        waiting.retain(|one| number + 1 < way.decided[*one] || !decide_private(&school, *one));
    }
    for one in waiting {
        assert!(decide_private(&school, one));
    }
    school.verify();
    uses(&school)
}

/// What each payment is used for and what is paid of each invoice. What is proposed for the rest may
/// differ: a proposal is made on what was open when the machine last looked.
fn uses(school: &School) -> Vec<String> {
    let mut lines: Vec<String> = school
        .payments()
        .iter()
        .map(|view| {
            let state = &view.state;
            let [allocations, uses] =
                ["allocations", "uses"].map(|part| view.explanation[part].to_string());
            format!(
                "{} {} {} {:?} | credit {} refunded {} aside {} left {} | {allocations} {uses}",
                view.booking_date,
                view.credit_debit,
                state.amount,
                view.remittance,
                state.family_credit,
                state.refunded,
                state.set_aside,
                state.unallocated,
            )
        })
        .collect();
    let invoices = queue::invoices(&school.store, school.id).unwrap();
    lines.extend(invoices.iter().map(|one| format!("{} paid {}", one.code, one.paid)));
    lines.sort();
    lines
}

fn check(backend: Backend, movements: &[Movement], ways: &[Way]) {
    let ends: Vec<Vec<String>> =
        ways.iter().map(|way| play(&TestDb::create(backend), movements, way)).collect();
    for (way, end) in ways.iter().zip(&ends) {
        let only = |these: &[String], those: &[String]| -> Vec<String> {
            these.iter().filter(|one| !those.contains(one)).cloned().collect()
        };
        let different = [only(&ends[0], end), only(end, &ends[0])];
        assert_eq!(different, [Vec::<String>::new(), Vec::new()], "{way:?}");
    }
}

#[test]
fn entries_in_files_of_any_size_and_order_end_in_the_same_books() {
    runner(cases())
        .run(&story(movements(), false), |(movements, ways)| {
            check(Backend::Sqlite, &movements, &ways);
            Ok(())
        })
        .unwrap();
}

#[test]
fn it_does_not_matter_between_which_files_persons_decide() {
    runner(cases())
        .run(&story(plain_movements(), true), |(movements, ways)| {
            check(Backend::Sqlite, &movements, &ways);
            Ok(())
        })
        .unwrap();
}

/// One story, on every database.
#[test]
fn a_file_an_entry_from_the_last_to_the_first_ends_like_one_file() {
    let mut movements: Vec<Movement> = (0..12_u32)
        .map(|number| {
            let pupil = usize::try_from(number % 5).unwrap();
            Movement {
                day: 1 + number / 3,
                dong: if number % 4 == 3 { DUE } else { DUE / 2 },
                reference: String::new(),
                memo: format!("{} nop lan {number}", code(pupil)),
            }
        })
        .collect();
    let mut back = movements[4].clone();
    (back.day, back.dong, back.memo) = (9, -back.dong, format!("HOAN TRA {}", back.memo));
    movements.push(back);
    let mut movements = told_apart(movements);
    movements.extend(private([2, 3, 4]));
    let count = movements.len();
    let ways = [
        Way { files: vec![(0..count).collect()], decided: [count; 3] },
        Way { files: (0..count).map(|one| vec![one]).collect(), decided: [count; 3] },
        Way { files: (0..count).rev().map(|one| vec![one]).collect(), decided: [count; 3] },
    ];
    for_each_backend(|db| check(db.backend, &movements, &ways));
}

/// Something that happens after persons decided.
#[derive(Clone, Debug)]
enum Later {
    /// Another file comes.
    File(Vec<usize>),
    /// A file that came before is taken back.
    TakeBack(Index),
    /// A pupil gets another invoice.
    Invoice(usize),
}

/// Movements, those that are there when persons decide, their decisions as payment and pupil, and
/// what happens then.
type Life = (Vec<Movement>, usize, Vec<(Index, usize)>, Vec<Later>);

fn life() -> impl Strategy<Value = Life> {
    movements().prop_flat_map(|movements| {
        let movements = told_apart(movements);
        let count = movements.len();
        let some = prop::collection::vec(0..count, 1..4);
        let later = prop_oneof![
            3 => some.prop_map(Later::File),
            2 => any::<Index>().prop_map(Later::TakeBack),
            1 => (0..PUPILS).prop_map(Later::Invoice),
        ];
        let decisions = prop::collection::vec((any::<Index>(), 0..PUPILS), 1..4);
        (Just(movements), 1..=count, decisions, prop::collection::vec(later, 1..8))
    })
}

/// A person uses a payment for a pupil's invoice as far as both go, or takes it back where nothing
/// is open.
fn decide_somehow(school: &School, view: &PaymentView, pupil: usize) {
    let School { store, clock, actor, id, .. } = school;
    let at = (*id, view.state.id);
    decide::reverse(store, clock, actor, at, None, "xem lại").unwrap();
    let invoices = queue::invoices(store, *id).unwrap();
    let invoice = invoices.iter().find(|one| one.code == code(pupil)).unwrap();
    let open = invoice.net.checked_sub(invoice.paid).unwrap();
    if open.is_positive() {
        let allocations = vec![(code(pupil), open.min(view.state.amount))];
        let wanted = PersonalUse { allocations, ..PersonalUse::default() };
        decide::allocate(store, clock, actor, at, None, &wanted).unwrap();
    }
}

fn live((movements, first, decisions, later): &Life) {
    let school = School::create(&TestDb::create(Backend::Sqlite));
    enroll(&school, PUPILS);
    // Each of the first in a file of its own, so that others can be taken back.
    let mut files: Vec<(Vec<usize>, ImportId)> = (0..*first)
        .map(|one| {
            let (id, _) = school.statement(&format!("{one}.csv"), &file(movements, &[one]));
            (vec![one], id)
        })
        .collect();
    let mut decided: BTreeMap<String, PaymentView> = BTreeMap::new();
    for (which, pupil) in decisions {
        let reference = &movements[which.index(*first)].reference;
        let Some(view) = by_reference(&school, reference) else { continue };
        if view.state.decision != "returned" && !decided.contains_key(reference) {
            decide_somehow(&school, &view, *pupil);
            decided.insert(reference.clone(), by_reference(&school, reference).unwrap());
        }
    }
    for (number, step) in later.iter().enumerate() {
        match step {
            Later::File(chosen) => {
                let mut chosen = chosen.clone();
                chosen.sort_unstable();
                chosen.dedup();
                let (id, _) =
                    school.statement(&format!("l{number}.csv"), &file(movements, &chosen));
                if files.iter().all(|(_, known)| *known != id) {
                    files.push((chosen, id));
                }
            }
            Later::TakeBack(which) => {
                let others: Vec<usize> = (0..files.len())
                    .filter(|at| {
                        let shown = &files[*at].0;
                        shown.iter().all(|one| !decided.contains_key(&movements[*one].reference))
                    })
                    .collect();
                if let Some(at) = others.get(which.index(others.len().max(1))) {
                    let (_, import) = files.remove(*at);
                    let School { store, clock, actor, id, .. } = &school;
                    undo::run(store, clock, actor, *id, import).unwrap();
                }
            }
            Later::Invoice(pupil) => {
                let mut list =
                    String::from("Mã thanh toán;Mã học sinh;Họ và tên;Lớp;Đợt thu;Còn phải thu\n");
                writeln!(list, "{};HS{pupil:04};;;Đợt {number};{DUE}", code(100 + number)).unwrap();
                assert_eq!(school.invoices(&list).bad, vec![]);
            }
        }
        // The one exception: money that the bank took back is gone, whoever had used it.
        decided.retain(|reference, before| {
            let now = by_reference(&school, reference).unwrap();
            if now.state.decision == "returned" {
                return false;
            }
            assert_eq!(now.state, before.state, "after {step:?}");
            assert_eq!(now.explanation, before.explanation, "after {step:?}");
            true
        });
        school.verify();
    }
}

#[test]
fn what_a_person_decided_is_never_overturned_but_by_the_bank() {
    runner(cases())
        .run(&life(), |life| {
            live(&life);
            Ok(())
        })
        .unwrap();
}

/// What [`enroll`] enrolls, as the matcher knows it.
fn book() -> Book {
    let names = ["Nguyễn Thị Hạnh", "Trần Thị Hạnh", "Lê Thị Hạnh", "Phạm Văn Khôi"];
    let numbered = || (0..PUPILS).zip(1_i64..);
    let students = numbered().map(|(pupil, id)| StudentFacts {
        id: StudentId(id),
        family: FamilyId(id / 2),
        code: format!("HS{pupil:04}"),
        name: names[pupil % names.len()].to_owned(),
        class: format!("6A{}", pupil + 1),
        virtual_accounts: Vec::new(),
        guardians: Vec::new(),
    });
    let invoices = numbered().map(|(pupil, id)| InvoiceFacts {
        id: InvoiceId(id),
        student: StudentId(id),
        code: code(pupil),
        open: Vnd::new(DUE),
        standing: InvoiceStanding::Open,
        due_on: None,
        round: None,
    });
    Book::new(students.collect(), invoices.collect(), Vec::new(), Policy::default())
}

fn entry(one: &Movement) -> Entry {
    Entry {
        booking_date: format!("2026-11-{:02}", one.day).parse().unwrap(),
        value_date: None,
        credit_debit: if one.dong < 0 { CreditDebit::Debit } else { CreditDebit::Credit },
        amount: one.dong.abs().into(),
        currency: Currency::VND,
        status: EntryStatus::Booked,
        reversal: false,
        reference: Some(one.reference.clone()),
        end_to_end_id: None,
        remittance: Some(one.memo.clone()),
        counterparty_name: None,
        counterparty_account: None,
        counterparty_bank: None,
        balance_after: None,
        extras: EntryExtras::default(),
        position: String::new(),
    }
}

/// The decision about each movement, in their order, when they come in these files.
fn matched(movements: &[Movement], files: &[Vec<usize>]) -> Vec<String> {
    let header =
        || StatementHeader { account: Some(ACCOUNT.to_owned()), ..StatementHeader::default() };
    let read: Vec<StatementFile> = files
        .iter()
        .enumerate()
        .map(|(number, chosen)| StatementFile {
            name: format!("{number}.csv"),
            source: "csv:generic".to_owned(),
            first_statement: 0,
            statements: vec![(
                header(),
                chosen.iter().map(|one| entry(&movements[*one])).collect(),
            )],
        })
        .collect();
    let mut said = vec![String::new(); movements.len()];
    for line in reconcile(&mut book(), &read) {
        said[files[line.place.file][line.place.entry]] = plainly(&line.decision);
    }
    said
}

#[test]
fn reconcile_decides_the_same_however_the_entries_lie_in_files() {
    runner(cases().saturating_mul(10))
        .run(&story(movements(), false), |(movements, [whole, one, other])| {
            let expected = matched(&movements, &whole.files);
            for way in [one, other] {
                prop_assert_eq!(&expected, &matched(&movements, &way.files), "{:?}", way.files);
            }
            Ok(())
        })
        .unwrap();
}
