//! What happens at a school besides families paying their bills: gifts, rent, money that goes back,
//! one payer for many, money for another school.

use chrono::{Datelike, NaiveTime};

use crate::demo::error::DemoError;
use crate::demo::fees::november;
use crate::demo::movement::Movement;
use crate::demo::roll::Payer;
use crate::demo::simulate::bills::Standing;
use crate::demo::simulate::manner::Manner;
use crate::demo::simulate::month::{Draft, Month, Owed};
use crate::demo::simulate::people;
use crate::demo::simulate::schools::LAST_DAY;
use crate::demo::simulate::story::{Clue, Evidence};
use crate::demo::till;
use crate::demo::truth::Meaning;
use crate::domain::money::Vnd;
use crate::domain::statement::CreditDebit;
use crate::domain::text::fold;

impl Month<'_> {
    /// Everything but families' own payments.
    pub(super) fn happen(&mut self) -> Result<(), DemoError> {
        for movement in till::movements(&self.demo, &[], &mut self.dice)? {
            let manner = match movement.meaning {
                Meaning::Interest => Manner::Interest,
                Meaning::Charge => Manner::Charge,
                Meaning::GatewayPayout => Manner::GatewayPayout,
                _ => Manner::MoneyOut,
            };
            self.push(movement, manner);
        }
        let students = u32::try_from(self.roll.pupils.len()).unwrap_or(u32::MAX);
        for (often, manner) in self.profile.events {
            let expected = often.saturating_mul(students);
            let times = expected / 1_000 + u32::from(self.dice.below(1_000) < expected % 1_000);
            for _ in 0..times {
                self.event(*manner)?;
            }
        }
        Ok(())
    }

    fn event(&mut self, manner: Manner) -> Result<(), DemoError> {
        match manner {
            Manner::GivenBack => self.given_back(),
            Manner::CancelledCode => self.cancelled(),
            Manner::OtherSchoolsCode => self.misdirected(),
            Manner::BulkCodes | Manner::BulkNames => self.bulk(manner),
            _ => self.other_money(manner),
        }
    }

    /// An open bill by chance, of a family of which nothing else is known yet.
    fn draw(&mut self) -> Option<usize> {
        let open: Vec<usize> = (0..self.bills.len())
            .filter(|at| self.taken.get(*at) == Some(&false))
            .filter(|at| self.owed(*at).is_some_and(|owed| !self.odd.contains(&owed.pupil.family)))
            .collect();
        self.dice.pick(&open).copied()
    }

    /// A stranger to the school's families.
    fn stranger(&mut self) -> Payer {
        let name = people::adult(self.profile, &mut self.dice);
        let serial = 9_000 + self.dice.index(1_000).unwrap_or(0);
        people::payer(&name, self.setup.number, serial, &mut self.dice)
    }

    fn given_back(&mut self) -> Result<(), DemoError> {
        let Some(owed) = self.draw().and_then(|at| self.owed(at)) else { return Ok(()) };
        // The family sends nothing else this month: what came back must stay the only one.
        self.odd.insert(owed.pupil.family);
        for member in &owed.family.members {
            for at in self.bills_of(*member) {
                self.take(at);
            }
        }
        let (day, time) = self.when()?;
        let day = november(day.day().min(LAST_DAY - 3))?;
        let draft = Draft {
            manner: Manner::GivenBack,
            meaning: Meaning::GivenBack,
            amount: owed.bill.due(),
            words: format!("{} {}", owed.bill.code, fold(&owed.pupil.given)),
            bare_text: None,
            evidence: Evidence::Nothing,
            clue: Clue::Nothing,
            about: owed.family.members.clone(),
            pays: Vec::new(),
            doubtful: true,
        };
        self.send(&owed.family.payer, (day, time), draft);
        let Some(sent) = self.last().map(|told| told.movement.clone()) else { return Ok(()) };
        let back = Movement {
            day: november(day.day() + self.dice.between(1, 3))?,
            credit_debit: CreditDebit::Debit,
            remittance: format!("HOAN TRA LENH CHUYEN TIEN DEN {}", sent.remittance),
            reversal: true,
            meaning: Meaning::GivingBack,
            ..sent
        };
        self.push(back, Manner::GivingBack);
        Ok(())
    }

    fn cancelled(&mut self) -> Result<(), DemoError> {
        let withdrawn: Vec<usize> = self
            .bills
            .iter()
            .enumerate()
            .filter(|(_, bill)| bill.standing == Standing::Cancelled)
            .map(|(at, _)| at)
            .collect();
        let Some(owed) = self.dice.pick(&withdrawn).and_then(|at| self.owed(*at)) else {
            return Ok(());
        };
        let words = format!("{} {}", owed.bill.code, fold(&owed.pupil.given));
        let draft = Self::no_fee(Manner::CancelledCode, owed.bill.fee, words, Meaning::Misdirected);
        let when = self.when()?;
        self.send(&owed.family.payer, when, draft);
        Ok(())
    }

    fn misdirected(&mut self) -> Result<(), DemoError> {
        let Some(code) = self.dice.pick(self.elsewhere).cloned() else { return Ok(()) };
        let amount = Vnd::new(28_000 * i64::from(self.dice.between(14, 21)));
        let words = format!("{code} nop tien an");
        let draft = Self::no_fee(Manner::OtherSchoolsCode, amount, words, Meaning::Misdirected);
        let (payer, when) = (self.stranger(), self.when()?);
        self.send(&payer, when, draft);
        Ok(())
    }

    fn no_fee(manner: Manner, amount: Vnd, words: String, meaning: Meaning) -> Draft {
        Draft {
            manner,
            meaning,
            amount,
            words,
            bare_text: None,
            evidence: Evidence::Nothing,
            clue: Clue::Nothing,
            about: Vec::new(),
            pays: Vec::new(),
            doubtful: true,
        }
    }

    /// A class teacher brings what a class gave her, or an employer pays for its people's children.
    fn bulk(&mut self, manner: Manner) -> Result<(), DemoError> {
        let Some(first) = self.draw().and_then(|at| self.owed(at)) else { return Ok(()) };
        let by_teacher = manner == Manner::BulkNames || self.dice.percent(60);
        let most = if manner == Manner::BulkNames { 4 } else { 10 };
        let count = usize::try_from(self.dice.between(3, most)).unwrap_or(3);
        let mut others: Vec<usize> = (0..self.bills.len())
            .filter(|at| *at != first.at && self.is_open(*at, first.bill.round))
            .filter(|at| {
                self.owed(*at)
                    .is_some_and(|other| !by_teacher || other.pupil.class == first.pupil.class)
            })
            .collect();
        self.dice.shuffle(&mut others);
        others.truncate(count - 1);
        others.insert(0, first.at);
        let owed: Vec<Owed<'_>> = others.iter().filter_map(|at| self.owed(*at)).collect();
        for at in &others {
            self.take(*at);
        }
        let class = fold(&first.pupil.class);
        let words = if manner == Manner::BulkNames {
            let names: Vec<String> = owed.iter().map(|one| fold(&one.pupil.name)).collect();
            format!("GVCN {class} nop tien {}", names.join(", "))
        } else {
            let codes: Vec<&str> = owed.iter().map(|one| one.bill.code.as_str()).collect();
            let head = if by_teacher { format!("GVCN {class}") } else { "CTY MAU".to_owned() };
            format!("{head} {}", codes.join(" "))
        };
        let amount = Vnd::checked_sum(owed.iter().map(|one| one.bill.due()))
            .ok_or(DemoError::AmountRange)?;
        let evidence = match manner {
            Manner::BulkCodes => Evidence::Codes(others.clone()),
            _ => Evidence::Nothing,
        };
        let draft = Draft {
            manner,
            meaning: Meaning::Fees,
            amount,
            words,
            bare_text: None,
            evidence,
            clue: Clue::Nothing,
            about: owed.iter().flat_map(|one| one.family.members.clone()).collect(),
            pays: owed.iter().map(|one| (one.at, one.bill.due())).collect(),
            doubtful: false,
        };
        let (payer, when) = (self.stranger(), self.when()?);
        self.send(&payer, when, draft);
        Ok(())
    }

    fn other_money(&mut self, manner: Manner) -> Result<(), DemoError> {
        let class = self.dice.pick(&self.setup.classes).map(|class| fold(class));
        let class = class.unwrap_or_default();
        let payer = self.stranger();
        let (text, meaning, amount) = match manner {
            Manner::Donation => {
                let words = match self.dice.below(4) {
                    0 => format!("{} ung ho quy lop {class}", payer.name),
                    1 => "tai tro xay san choi".to_owned(),
                    2 => "ung ho quy phu huynh".to_owned(),
                    _ => format!("{} tai tro hoc bong", payer.name),
                };
                (words, Meaning::Donation, self.dice.between(2, 40) * 100_000)
            }
            Manner::StaffDeposit => {
                let words = match self.dice.below(2) {
                    0 => format!("NOP TIEN MAT THU QUY {}", self.demo.holder),
                    _ => "THU QUY NOP TIEN MAT VAO TAI KHOAN".to_owned(),
                };
                (words, Meaning::StaffDeposit, self.dice.between(100, 900) * 10_000)
            }
            _ => {
                let words = match self.dice.below(3) {
                    0 => "KBNN KHU VUC CAP KINH PHI CHI THUONG XUYEN QUY 4",
                    1 => "HO KINH DOANH MAU TT TIEN THUE CAN TIN THANG 11",
                    _ => "CTY TNHH SUA MAU TT TIEN THUE MAT BANG DAT TU",
                };
                (words.to_owned(), Meaning::OtherIncome, self.dice.between(20, 900) * 100_000)
            }
        };
        let (day, _) = self.when()?;
        let time = NaiveTime::from_hms_opt(
            self.dice.between(8, 16),
            self.dice.below(60),
            self.dice.below(60),
        );
        let movement = Movement {
            day,
            time: time.ok_or(DemoError::DayRange)?,
            credit_debit: CreditDebit::Credit,
            amount: Vnd::new(i64::from(amount)),
            remittance: text,
            payer: (manner == Manner::Donation).then_some(payer),
            reversal: false,
            shared_reference: None,
            meaning,
            pays: Vec::new(),
        };
        self.push(movement, manner);
        Ok(())
    }
}
