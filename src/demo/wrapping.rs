//! What the banks on the way put around a memo: sender, account, trace numbers, the school's name.

use chrono::{Datelike, Timelike};

use crate::demo::banks::Bank;
use crate::demo::random::Dice;
use crate::demo::roll::Payer;
use crate::demo::schools::Profile;
use crate::domain::calendar::Day;

/// A transfer on its way to a school.
#[derive(Clone, Copy, Debug)]
pub struct Route<'a> {
    /// The school that receives it.
    pub school: &'a Profile<'a>,
    /// Who sends it.
    pub payer: &'a Payer,
    /// The day.
    pub day: Day,
    /// The time of day.
    pub time: chrono::NaiveTime,
}

impl Route<'_> {
    /// The text the school's statement will show for a memo.
    pub fn wrap(&self, dice: &mut Dice, memo: &str) -> String {
        match (self.school.bank, dice.below(100)) {
            (_, 0..5) => format!(
                "{}-{memo}-CHUYEN TIEN-OQCH{}-MOMO{}MOMO",
                dice.digits(12),
                dice.digits(8),
                dice.digits(12)
            ),
            (_, 5..13) => memo.to_owned(),
            (_, 13..16) => format!("{} chuyen tien {memo}", self.payer.name),
            (Bank::Vietcombank, roll) => self.at_vietcombank(dice, memo, roll),
            (Bank::Mb, 16..60) => format!(
                "CUSTOMER MBVCB {} {} {memo} CT tu {} {} toi {} {} tai MBBANK Trace {}",
                dice.digits(10),
                dice.digits(6),
                self.payer.account,
                self.payer.name,
                self.school.account,
                self.school.holder,
                dice.digits(6)
            ),
            (Bank::Mb, _) => {
                format!("CUSTOMER MBCT {memo} {}/{}", dice.hex(8), dice.digits(6))
            }
            (Bank::VietinBank, 16..50) => format!(
                "ND:CT DEN:{} MBVCB.{}.{}.{memo}.CT tu {} {} toi {} {}; tai Napas",
                dice.digits(12),
                dice.digits(10),
                dice.digits(6),
                self.payer.account,
                self.payer.name,
                self.school.account,
                self.school.holder
            ),
            (Bank::VietinBank, _) => format!("CT DEN:{} {memo}; tai Napas", dice.digits(12)),
            (Bank::Bidv, 16..70) => format!(
                "TKThe :{}, tai {}. {memo} -CTLNHIDI{}-1/1-CRE-002",
                self.payer.account,
                self.payer.bank.name(),
                dice.digits(16)
            ),
            (Bank::Bidv, _) => format!("{memo} Trace {}", dice.digits(6)),
            (Bank::Techcombank, 16..40) => format!("IBFT {memo}"),
            (Bank::Techcombank, 40..55) => format!("QR - {memo}"),
            (Bank::Techcombank, _) => format!("{memo} FT26{}", dice.digits(12)),
            (Bank::Acb, _) => format!(
                "{memo} GD {}-{:02}{:02}{:02} {}",
                dice.digits(6),
                self.day.day(),
                self.day.month(),
                self.day.year() % 100,
                self.time
            ),
        }
    }

    /// The text for a memo sent to a student's own virtual account.
    pub fn wrap_virtual(&self, dice: &mut Dice, virtual_account: &str, memo: &str) -> String {
        format!(
            "TKThe :{virtual_account}, tai {}. {memo} -CTLNHIDI{}-1/1-CRE-002",
            self.school.bank.name(),
            dice.digits(16)
        )
    }

    fn at_vietcombank(&self, dice: &mut Dice, memo: &str, roll: u32) -> String {
        let (account, name) = (&self.payer.account, &self.payer.name);
        match roll {
            ..55 => format!(
                "MBVCB.{}.{}.{memo}.CT tu {account} {name} toi {} {}",
                dice.digits(10),
                dice.digits(6),
                self.school.account,
                self.school.holder
            ),
            55..62 => format!(
                "MBVCB.{}.{}BFTVG{}.{memo}",
                dice.digits(11),
                dice.digits(4),
                dice.digits(8)
            ),
            62..85 => format!(
                "{}.{:02}{:02}{:02}.{:02}{:02}{:02}.{memo}",
                dice.digits(6),
                self.day.day(),
                self.day.month(),
                self.day.year() % 100,
                self.time.hour(),
                self.time.minute(),
                self.time.second()
            ),
            _ => format!(
                "SHGD:{}.DD:{:02}{:02}{:02}.BO:{name}.Remark:{memo}",
                dice.digits(8),
                self.day.year() % 100,
                self.day.month(),
                self.day.day()
            ),
        }
    }
}
