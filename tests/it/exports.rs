//! What exports say is what the books say, in every format and through every door.

mod doors;
mod figures;
mod office;
mod profiles;

use doisoat::domain::calendar::Day;
use doisoat::domain::cashless::Settings;
use doisoat::domain::money::Vnd;
use doisoat::service::cash::{self, NewCash};
use doisoat::service::decide::{self, PersonalUse};
use doisoat::service::exports::{self, Ask, Format, Kind, Made};
use doisoat::service::{ServiceError, queue};

use crate::support::school::{School, csv};

/// The statement's balance before November.
pub const OPENING: i64 = 5_000_000;

pub fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// November of one kind in one format, of everything.
pub fn ask(kind: Kind, format: Format) -> Ask {
    Ask {
        kind,
        from: day("2026-11-01"),
        to: day("2026-11-30"),
        class: None,
        fee_item: None,
        round: None,
        student: None,
        format,
    }
}

pub fn make(school: &School, ask: &Ask) -> Result<Made, ServiceError> {
    let of = (school.id, Settings::default().counting);
    exports::run(&school.store, &school.clock, &school.actor, of, ask)
}

pub fn json_of(school: &School, ask: &Ask) -> serde_json::Value {
    let ask = Ask { format: Format::Json, ..ask.clone() };
    serde_json::from_slice(&make(school, &ask).unwrap().bytes).unwrap()
}

fn voucher(school: &School, code: &str, dong: i64, on: &str, payer: &str) -> cash::Voucher {
    let new = NewCash {
        allocations: vec![(code.to_owned(), Vnd::new(dong))],
        payer: payer.to_owned(),
        received_on: day(on),
        note: Some("nộp tại văn phòng".to_owned()),
        request_key: None,
    };
    cash::record(&school.store, &school.clock, &school.actor, school.id, &new).unwrap()
}

/// The code that was issued for the invoice of two lines.
pub fn issued(school: &School) -> String {
    let known = ["HPQ6XPNK7", "HP2P9Q7Q9", "HPQRC6R6X"];
    let invoices = queue::invoices(&school.store, school.id).unwrap();
    let found = invoices.into_iter().find(|one| !known.contains(&one.code.as_str()));
    found.unwrap().code
}

/// A month with transfers, cash, a withdrawn voucher, a reversal, money set aside, a family's credit,
/// cash carried to the bank, and money that nobody knows.
pub fn fill(school: &School) {
    let students = "Mã học sinh;Họ và tên;Lớp;Mã gia đình\n\
        001;Nguyễn Thị Mẫu Một;6A1;F1\n002;Trần Văn Mẫu Hai;6A1;F2\n003;Trần Văn Mẫu Ba;7A2;F2\n";
    let invoices = "Mã thanh toán;Mã học sinh;Mức thu;Miễn giảm;Khoản thu;Đợt thu\n\
        HPQ6XPNK7;001;1500000;250000;Tiền ăn;Tháng 11\n\
        HP2P9Q7Q9;002;1000000;0;Tiền ăn;Tháng 11\n\
        HPQRC6R6X;003;1250000;0;Bán trú;Tháng 11\n\
        ;002;300000;0;Bán trú;Tháng 10\n\
        ;002;100000;20000;Nước uống;Tháng 10\n";
    assert_eq!(school.students(students).bad, vec![]);
    assert_eq!(school.invoices(invoices).bad, vec![]);
    let october = issued(school);
    voucher(school, &october, 350_000, "2026-10-20", "Bà Mẫu Tư");
    let file = csv(
        OPENING,
        &[
            ("2026-11-02", 1_250_000, "FT1", "HPQ6XPNK7 mau mot"),
            ("2026-11-03", 600_000, "FT2", "HP2P9Q7Q9 nop truoc"),
            ("2026-11-04", 500_000, "FT3", "nop tien cho con"),
            ("2026-11-05", 450_000, "FT4", "THU QUY NOP TIEN MAT"),
            ("2026-11-06", 700_000, "FT5", "chuyen tien khong ro"),
            ("2026-11-09", -22_000, "FT6", "Phi quan ly tai khoan"),
            ("2026-11-10", 400_000, "FT7", "HPQRC6R6X nop mot phan"),
        ],
    );
    school.statement("thang-11.csv", &file);
    let School { store, clock, actor, id } = school;
    let wanted = PersonalUse {
        family_credit: Some(("003".to_owned(), Vnd::new(300_000))),
        set_aside: Some(Vnd::new(150_000)),
        refund: Some(Vnd::new(30_000)),
        reason: Some("tiền đồng phục, trả lại phần thừa".to_owned()),
        ..PersonalUse::default()
    };
    let payment = school.payment_id("cho con");
    decide::allocate(store, clock, actor, (*id, payment), None, &wanted).unwrap();
    let taken_back = school.payment_id("mot phan");
    decide::reverse(store, clock, actor, (*id, taken_back), None, "nhầm học sinh").unwrap();
    voucher(school, "HPQRC6R6X", 500_000, "2026-11-03", "=HYPERLINK(\"http://mau\")");
    let wrong = voucher(school, "HPQRC6R6X", 250_000, "2026-11-04", "Ông Mẫu Năm");
    cash::void(store, clock, actor, (*id, wrong.payment), "ghi nhầm").unwrap();
    school.verify();
}
