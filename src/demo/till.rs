//! What moves on a school's account and is no fee: interest, charges, suppliers, cash taken to the
//! bank by staff, a gateway's payout.

use chrono::NaiveTime;

use crate::demo::banks::Bank;
use crate::demo::error::DemoError;
use crate::demo::fees::november;
use crate::demo::movement::Movement;
use crate::demo::random::Dice;
use crate::demo::schools::Profile;
use crate::demo::spec::CashSpec;
use crate::demo::truth::Meaning;
use crate::domain::calendar::vietnamese_day;
use crate::domain::money::Vnd;
use crate::domain::statement::CreditDebit;

/// The movements that are no fees, in no particular order.
pub fn movements(
    profile: &Profile<'_>,
    cash: &[CashSpec],
    dice: &mut Dice,
) -> Result<Vec<Movement>, DemoError> {
    let mut movements = Vec::new();
    for week in 0..3 {
        let days = 2 + 7 * week;
        let amount = Vnd::new(i64::from(dice.between(40, 260)) * 10_000);
        movements.push(movement(days + 1, (9, 15), amount, supplier(dice), Meaning::MoneyOut)?);
        let amount = Vnd::new(i64::from(dice.between(12, 90)) * 10_000);
        movements.push(movement(days + 3, (14, 5), amount, supplier(dice), Meaning::MoneyOut)?);
        if let Some(deposit) = staff_deposit(profile, cash, days)? {
            movements.push(deposit);
        }
    }
    let interest = Vnd::new(i64::from(dice.between(1_100, 9_800)));
    movements.push(movement(
        20,
        (23, 50),
        interest,
        interest_text(profile.bank),
        Meaning::Interest,
    )?);
    let charge = "THU PHI QUAN LY TAI KHOAN THANG 11/2026".to_owned();
    movements.push(movement(20, (23, 55), Vnd::new(11_000), charge, Meaning::Charge)?);
    if profile.transfer > 0 {
        let day = vietnamese_day(november(10)?);
        let text = format!("VNPAY TT DVCNTT MA DVCNTT:MAU{} NGAY {day} SL GD 7", dice.digits(4));
        let amount = Vnd::new(i64::from(dice.between(80, 160)) * 11_000);
        movements.push(movement(11, (10, 30), amount, text, Meaning::GatewayPayout)?);
    }
    Ok(movements)
}

/// The week's notes, taken to the bank on Friday afternoon.
fn staff_deposit(
    profile: &Profile<'_>,
    cash: &[CashSpec],
    monday: u32,
) -> Result<Option<Movement>, DemoError> {
    let (from, friday) = (november(monday)?, november(monday + 4)?);
    let notes = cash.iter().filter(|voucher| from <= voucher.day && voucher.day <= friday);
    let amount =
        Vnd::checked_sum(notes.map(|voucher| voucher.amount)).ok_or(DemoError::AmountRange)?;
    if !amount.is_positive() {
        return Ok(None);
    }
    let text = format!("NOP TIEN MAT THU QUY {}", profile.holder);
    movement(monday + 4, (16, 10), amount, text, Meaning::StaffDeposit).map(Some)
}

fn supplier(dice: &mut Dice) -> String {
    let number = dice.between(10, 99);
    match dice.below(3) {
        0 => format!("TT TIEN THUC PHAM THEO HD {number}/HDTP CTY TNHH THUC PHAM MAU"),
        1 => format!("TT TIEN NUOC UONG HD {number} CTY TNHH NUOC SACH MAU"),
        _ => format!("TT VAN PHONG PHAM HD {number} NHA SACH MAU"),
    }
}

fn interest_text(bank: Bank) -> String {
    match bank {
        Bank::Vietcombank | Bank::Bidv => "TRA LAI TIEN GUI KKH THANG 11/2026",
        Bank::Mb | Bank::Acb => "LAI NHAP VON TIEN GUI KKH",
        Bank::VietinBank => "TRA LAI TAI KHOAN DDA",
        Bank::Techcombank => "TRA LAI SO DU TREN TAI KHOAN-THANG 11/2026",
    }
    .to_owned()
}

fn movement(
    day: u32,
    (hour, minute): (u32, u32),
    amount: Vnd,
    remittance: String,
    meaning: Meaning,
) -> Result<Movement, DemoError> {
    let credit_debit = match meaning {
        Meaning::MoneyOut | Meaning::Charge => CreditDebit::Debit,
        _ => CreditDebit::Credit,
    };
    Ok(Movement {
        day: november(day)?,
        time: NaiveTime::from_hms_opt(hour, minute, 0).ok_or(DemoError::DayRange)?,
        credit_debit,
        amount,
        remittance,
        payer: None,
        reversal: false,
        shared_reference: None,
        meaning,
        pays: Vec::new(),
    })
}
