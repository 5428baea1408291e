//! What students owe: from the price list to invoices, and what becomes of them. All names and numbers
//! are made up.

mod bad_inputs;
mod corrections;
mod credit;
pub mod doors;
mod issued;
mod refunds;
mod secrecy;

use doisoat::domain::calendar::{Day, parse_iso_day};
use doisoat::domain::fee::{Scope, Unit};
use doisoat::domain::id::PaymentId;
use doisoat::domain::money::Vnd;
use doisoat::domain::payment_code::Prefix;
use doisoat::service::decide::{self, PersonalUse};
use doisoat::service::fees::catalogue::{self, ItemTerms, PriceTerms};
use doisoat::service::fees::issuing::{self, Issue};
use doisoat::service::fees::rounds::{self, ItemOfRound, RoundTerms};
use doisoat::service::fees::show::{self, InvoiceDetail, PageFilter};
use doisoat::service::fees::{choices, exemptions, quantities};
use doisoat::service::import_students::ListOutcome;
use doisoat::service::{Actor, ServiceError, intake};

use crate::support::TestDb;
use crate::support::school::{School, csv, reader};

/// Three classes; HS01 and HS03 are one family, and only HS01 has an e-mail address.
const STUDENTS: &str = "Mã học sinh;Họ và tên;Lớp;Mã gia đình;Email
HS01;Nguyễn Thị Mẫu Một;6A1;F1;mau.mot@example.vn
HS02;Trần Văn Mẫu Hai;6A1;F2;
HS03;Nguyễn Văn Mẫu Ba;7A2;F1;
HS04;Lê Thị Mẫu Bốn;7A2;F4;
HS05;Phạm Văn Mẫu Năm;8A1;F5;
HS06;Vũ Thị Mẫu Sáu;8A1;F6;
";

/// What HS01, HS02, … owe in the round of [`full_round`].
const NETS: [i64; 6] = [1_473_326, 1_346_660, 213_000, 740_000, 1_361_663, 745_000];

fn day(text: &str) -> Day {
    parse_iso_day(text).unwrap()
}

fn code_of<T: std::fmt::Debug>(result: Result<T, ServiceError>) -> String {
    result.unwrap_err().diagnostics()[0].code.clone()
}

fn item(name: &str, unit: Unit, compulsory: bool, priority: i32) -> ItemTerms {
    ItemTerms {
        name: name.to_owned(),
        unit,
        compulsory,
        priority,
        official_code: None,
        retired_on: None,
    }
}

fn price(dong: i64) -> PriceTerms {
    PriceTerms { price: Vnd::new(dong), zone: None, level: None, grade: None, from: None, to: None }
}

fn of_round(item: &str, quantity: i64, dong: Option<i64>) -> ItemOfRound {
    ItemOfRound { item: item.to_owned(), quantity, price: dong.map(Vnd::new) }
}

/// A round of one month for everybody.
fn round(items: Vec<ItemOfRound>) -> RoundTerms {
    RoundTerms {
        name: "Tháng 11/2026".to_owned(),
        scope: Scope::School,
        from: day("2026-11-01"),
        to: day("2026-11-30"),
        due_on: day("2026-12-10"),
        account: None,
        items,
        instalments: Vec::new(),
    }
}

/// Everything a round can hold: prices by zone, level and grade, optional items, a price of its own.
fn full_round() -> RoundTerms {
    round(vec![
        of_round("TUITION", 1, None),
        of_round("MEALS", 22, None),
        of_round("BUS", 1, Some(250_000)),
        of_round("INSURANCE", 1, None),
    ])
}

/// What the tests ask of a school.
impl School {
    /// The three classes with the price list, choices and exemptions that [`NETS`] comes from.
    fn with_fees(db: &TestDb) -> School {
        let school = School::create(db);
        assert_eq!(school.students(STUDENTS).bad, vec![]);
        for (code, terms) in [
            ("TUITION", item("Học phí", Unit::Month, true, 1)),
            ("MEALS", item("Tiền ăn bán trú", Unit::Day, false, 2)),
            ("BUS", item("Xe đưa đón", Unit::Month, false, 3)),
            ("INSURANCE", item("Bảo hiểm y tế", Unit::Year, true, 4)),
        ] {
            school.item(code, &terms).unwrap();
        }
        for (item, terms) in [
            ("TUITION", price(60_000)),
            ("TUITION", PriceTerms { zone: Some("nông thôn".to_owned()), ..price(30_001) }),
            ("TUITION", PriceTerms { grade: Some(8), ..price(65_000) }),
            ("MEALS", price(33_333)),
            (
                "INSURANCE",
                PriceTerms { level: Some("lower_secondary".to_owned()), ..price(680_000) },
            ),
            ("INSURANCE", PriceTerms { level: Some("primary".to_owned()), ..price(500_000) }),
        ] {
            school.price(item, &terms).unwrap();
        }
        let (store, clock, actor) = (&school.store, &school.clock, &school.actor);
        let zone = |student, zone| {
            catalogue::set_zone(store, clock, actor, (school.id, student), Some(zone)).unwrap();
        };
        zone(None, "thành thị");
        zone(Some("HS03"), "nông thôn");
        let chosen = "student_code;fee_item;from\nHS01;MEALS;01/09/2026\nHS02;Tiền ăn bán trú;01/09/2026\nHS04;MEALS;01/09/2026\nHS05;MEALS;01/09/2026\nHS05;BUS;01/09/2026\n";
        assert_eq!(outcome(&school.choices(chosen).unwrap()), (5, 0, 0, vec![]));
        let exempt = "student_code;ground;percent;fee_item;from;to\nHS02;Diện mẫu A;100;TUITION;01/09/2026;31/05/2027\nHS03;Diện mẫu B;70%;;01/09/2026;\nHS05;Diện mẫu C;50;MEALS;01/09/2026;\n";
        assert_eq!(outcome(&school.exemptions(exempt).unwrap()), (3, 0, 0, vec![]));
        school
    }

    /// The same with the full round issued.
    fn with_issued_round(db: &TestDb) -> School {
        let school = School::with_fees(db);
        school.draft("T11", &full_round());
        school.issue("T11");
        school
    }

    fn item(&self, code: &str, terms: &ItemTerms) -> Result<(), ServiceError> {
        let at = (self.id, code);
        catalogue::set_item(&self.store, &self.clock, &self.actor, at, terms).map(drop)
    }

    fn price(&self, item: &str, terms: &PriceTerms) -> Result<(), ServiceError> {
        catalogue::set_price(&self.store, &self.clock, &self.actor, (self.id, item), terms)
    }

    fn choices(&self, list: &str) -> Result<ListOutcome, ServiceError> {
        let list = intake::list(&reader(), list.as_bytes())?;
        choices::import(&self.store, &self.clock, &self.actor, self.id, &list)
    }

    fn exemptions(&self, list: &str) -> Result<ListOutcome, ServiceError> {
        let list = intake::list(&reader(), list.as_bytes())?;
        exemptions::import(&self.store, &self.clock, &self.actor, self.id, &list)
    }

    fn quantities(&self, round: &str, list: &str) -> Result<ListOutcome, ServiceError> {
        let list = intake::list(&reader(), list.as_bytes())?;
        quantities::import(&self.store, &self.clock, &self.actor, (self.id, round), &list)
    }

    fn try_draft(&self, code: &str, terms: &RoundTerms) -> Result<(), ServiceError> {
        rounds::set(&self.store, &self.clock, &self.actor, (self.id, code), terms).map(drop)
    }

    /// A draft in which HS02 had 20 days of meals and HS04 none.
    fn draft(&self, code: &str, terms: &RoundTerms) {
        self.try_draft(code, terms).unwrap();
        if terms.items.iter().any(|item| item.item == "MEALS") {
            let had = "student_code;fee_item;quantity\nHS02;MEALS;20\nHS04;MEALS;0\n";
            assert_eq!(outcome(&self.quantities(code, had).unwrap()), (2, 0, 0, vec![]));
        }
    }

    fn preview(&self, round: &str) -> Issue {
        issuing::preview(&self.store, &self.clock, self.id, round).unwrap()
    }

    fn try_issue(&self, who: &str, round: &str, seen: &str) -> Result<Issue, ServiceError> {
        let (actor, prefixes) = (Actor::named(who), [Prefix::DEFAULT]);
        issuing::issue(&self.store, &self.clock, &actor, &prefixes, (self.id, round), seen)
    }

    /// Issues a draft, which does what its preview said.
    fn issue(&self, round: &str) -> Issue {
        let seen = self.preview(round);
        let done = self.try_issue("test", round, &seen.fingerprint).unwrap();
        assert_eq!(done, seen);
        self.verify();
        done
    }

    /// The one invoice of a student in a round that was not cancelled.
    fn invoice_of(&self, student: &str, round: &str) -> InvoiceDetail {
        let filter = PageFilter {
            round: Some(round.to_owned()),
            student: Some(student.to_owned()),
            limit: 10,
            ..PageFilter::default()
        };
        let (mut found, next) = show::invoices(&self.store, self.id, &filter).unwrap();
        found.retain(|one| one.state.as_str() != "cancelled");
        assert_eq!((found.len(), next), (1, None), "invoices of {student} in {round}");
        show::invoice(&self.store, &self.clock, self.id, &found[0].code).unwrap()
    }

    /// Money that came with a text that says nothing.
    fn money(&self, reference: &str, dong: i64, text: &str) -> PaymentId {
        self.statement(
            &format!("{reference}.csv"),
            &csv(0, &[("2026-11-02", dong, reference, text)]),
        );
        self.payment_id(text)
    }

    fn allocate(&self, payment: PaymentId, wanted: &PersonalUse) {
        let at = (self.id, payment);
        decide::allocate(&self.store, &self.clock, &self.actor, at, None, wanted).unwrap();
        self.verify();
    }

    /// Money that is kept as credit of the family of a student.
    fn credit(&self, student: &str, dong: i64, text: &str) -> PaymentId {
        let payment = self.money("FT1", dong, text);
        let family_credit = Some((student.to_owned(), Vnd::new(dong)));
        self.allocate(payment, &PersonalUse { family_credit, ..PersonalUse::default() });
        payment
    }

    /// Pays some of an invoice.
    fn pay(&self, code: &str, dong: i64, text: &str) -> PaymentId {
        let payment = self.money("FT2", dong, text);
        let allocations = vec![(code.to_owned(), Vnd::new(dong))];
        self.allocate(payment, &PersonalUse { allocations, ..PersonalUse::default() });
        payment
    }
}

fn outcome(list: &ListOutcome) -> (u64, u64, u64, Vec<String>) {
    let bad = list.bad.iter().map(|one| one.code.clone()).collect();
    (list.added, list.updated, list.unchanged, bad)
}

/// Rows of every table but the audit log: a list whose rows are all bad is still somebody's act.
fn rows(db: &TestDb) -> Vec<(String, i64)> {
    let mut rows = db.row_counts();
    rows.retain(|(table, _)| !table.starts_with("audit"));
    rows
}
