//! A school of made-up pupils by number, and days full of their payments.

use std::fmt::Write as _;

use doisoat::domain::payment_code::{PaymentCode, Prefix};

use super::school::School;

/// What each invoice of the crowd is over.
pub const DUE: i64 = 400_000;

/// The payment code of a pupil's one invoice.
pub fn code(pupil: usize) -> String {
    let serial = u64::try_from(pupil).unwrap();
    PaymentCode::issue(Prefix::DEFAULT, serial).unwrap().as_str().to_owned()
}

/// Adds pupils from 0, two to a family, each with an invoice.
pub fn enroll(school: &School, pupils: usize) {
    let mut students = String::from("Mã học sinh;Họ và tên;Lớp;Mã gia đình\n");
    let mut invoices = String::from("Mã thanh toán;Mã học sinh;Họ và tên;Lớp;Còn phải thu\n");
    for pupil in 0..pupils {
        let name = name(pupil);
        let (class, family) = (pupil % 30 + 1, pupil / 2);
        writeln!(students, "HS{pupil:04};{name};6A{class};F{family}").unwrap();
        writeln!(invoices, "{};HS{pupil:04};;;{DUE}", code(pupil)).unwrap();
    }
    assert_eq!(school.students(&students).bad, vec![]);
    assert_eq!(school.invoices(&invoices).bad, vec![]);
}

fn name(pupil: usize) -> String {
    let pick = |words: &[&'static str], by: usize| words[pupil / by % words.len()];
    let family = pick(&["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng"], 1);
    let middle = pick(&["Thị", "Văn", "Minh", "Gia", "Ngọc"], 7);
    let given = pick(&["Hạnh", "Khôi", "Bảo", "Lan", "Việt", "Nam", "Ánh", "Linh"], 35);
    format!("{family} {middle} {given}")
}

/// A line of a statement that owns its words.
pub type OwnedLine = (String, i64, String, String);

/// `lines` movements over November: full and part payments by code, payments without one, fees,
/// and now and then money that goes back.
pub fn movements(pupils: usize, lines: usize) -> Vec<OwnedLine> {
    (0..lines)
        .map(|line| {
            let day = format!("2026-11-{:02}", 1 + line * 20 / lines);
            let reference = format!("FT26{line:09}");
            let pupil = line % pupils;
            match line % 25 {
                7 => (day, -11_000, reference, "Phi quan ly tai khoan".to_owned()),
                11 => (day, DUE, reference, "nop tien cho con".to_owned()),
                // The same reference as the line before: the bank sends that one back.
                14 => {
                    let (before, code) =
                        (format!("FT26{:09}", line - 1), code((line - 1) % pupils));
                    (day, -DUE / 4, before, format!("HOAN TRA {code} nop hoc phi"))
                }
                _ if line < pupils => {
                    (day, DUE / 4, reference, format!("{} nop hoc phi", code(pupil)))
                }
                _ => (day, DUE / 2, reference, format!("{} phan con lai", code(pupil))),
            }
        })
        .collect()
}

/// The same lines for the writers of statements.
pub fn borrowed(lines: &[OwnedLine]) -> Vec<super::school::Line<'_>> {
    lines
        .iter()
        .map(|(day, dong, reference, memo)| {
            (day.as_str(), *dong, reference.as_str(), memo.as_str())
        })
        .collect()
}
