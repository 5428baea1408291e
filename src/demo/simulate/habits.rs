//! How one family pays one bill, or several with one transfer.

use chrono::Datelike;

use crate::demo::error::DemoError;
use crate::demo::fees::november;
use crate::demo::memo;
use crate::demo::simulate::bills::{Codes, Standing};
use crate::demo::simulate::mangle;
use crate::demo::simulate::manner::Manner;
use crate::demo::simulate::month::{Draft, Month, Owed};
use crate::demo::simulate::schools::LAST_DAY;
use crate::demo::simulate::story::{Clue, Description, Evidence};
use crate::demo::truth::Meaning;
use crate::demo::wrapping::Route;
use crate::domain::money::Vnd;
use crate::domain::text::fold;

const WORDS: [&str; 6] = [
    "nộp học phí",
    "tiền ăn tháng 11",
    "đóng tiền cho con",
    "chuyển tiền học",
    "nộp tiền",
    "học phí",
];

/// What the words of one payment are.
struct Written {
    words: String,
    evidence: Evidence,
    clue: Clue,
}

impl Month<'_> {
    /// One transfer for one bill.
    pub(super) fn alone(
        &mut self,
        manner: Manner,
        at: usize,
        codes: &mut Codes,
    ) -> Result<(), DemoError> {
        let Some(owed) = self.owed(at) else { return Ok(()) };
        self.take(at);
        let manner = self.possible(manner, &owed);
        let due = owed.bill.due();
        let amount = self.amount(manner, due)?;
        let paid = if amount < due { amount } else { due };
        let written = self.written(manner, &owed, codes)?;
        let when = self.when()?;
        let bare_text = self.bare_text(manner, &owed, when, &written.words);
        let mut draft = Draft {
            manner,
            meaning: Meaning::Fees,
            amount,
            words: written.words,
            bare_text,
            evidence: written.evidence,
            clue: written.clue,
            about: owed.family.members.clone(),
            pays: vec![(at, paid)],
            doubtful: false,
        };
        if manner != Manner::Twice {
            self.send(&owed.family.payer, when, draft);
            return Ok(());
        }
        // Two real payments; which of two on one day is the mistake, nobody can say.
        let later = november((when.0.day() + self.dice.below(3)).min(LAST_DAY))?;
        let same_day = later == when.0;
        let time = if same_day {
            when.1.overflowing_add_signed(chrono::TimeDelta::seconds(95)).0
        } else {
            when.1
        };
        draft.doubtful = same_day;
        let again = Draft {
            meaning: Meaning::PaidAgain,
            words: draft.words.clone(),
            bare_text: None,
            evidence: draft.evidence.clone(),
            clue: Clue::Nothing,
            about: draft.about.clone(),
            pays: draft.pays.clone(),
            doubtful: true,
            ..draft
        };
        draft.clue = Clue::Nothing;
        self.send(&owed.family.payer, when, draft);
        self.send(&owed.family.payer, (later, time), again);
        Ok(())
    }

    /// The manner, or paying as asked where the family cannot do it.
    fn possible(&mut self, manner: Manner, owed: &Owed<'_>) -> Manner {
        // A second oddity of one family could make the first look like something it is not.
        let odd = matches!(manner, Manner::Short | Manner::Over | Manner::Rounded | Manner::Twice);
        let impossible = odd && !self.odd.insert(owed.pupil.family)
            || manner == Manner::PaidCode && self.paid_code(owed).is_none();
        if impossible {
            return Manner::AsAsked;
        }
        if manner == Manner::AsAsked
            && owed.pupil.virtual_account.is_some()
            && self.dice.percent(55)
        {
            return Manner::VirtualAccount;
        }
        manner
    }

    fn paid_code(&self, owed: &Owed<'_>) -> Option<String> {
        self.bills_of(owed.bill.pupil)
            .into_iter()
            .filter_map(|at| self.bills.get(at))
            .find(|bill| bill.standing == Standing::Paid)
            .map(|bill| bill.code.clone())
    }

    fn amount(&mut self, manner: Manner, due: Vnd) -> Result<Vnd, DemoError> {
        let by = match manner {
            Manner::Short => -5_000 * i64::from(self.dice.between(1, 4)),
            // Less than any bill, so that no other bill explains the difference.
            Manner::Over => 5_000 * i64::from(self.dice.between(1, 4)),
            Manner::Rounded => {
                let over = due.dong() % 10_000;
                match (over, self.dice.percent(50)) {
                    (0, true) => -10_000,
                    (0, false) => 10_000,
                    (over, true) => -over,
                    (over, false) => 10_000 - over,
                }
            }
            _ => 0,
        };
        due.checked_add(Vnd::new(by)).ok_or(DemoError::AmountRange)
    }

    fn written(
        &mut self,
        manner: Manner,
        owed: &Owed<'_>,
        codes: &mut Codes,
    ) -> Result<Written, DemoError> {
        let about = self.about(owed.pupil);
        let code = owed.bill.code.as_str();
        let (full, short) = (fold(&owed.pupil.name), fold(&owed.pupil.given));
        let style = self.setup.codes;
        let another = if manner == Manner::AnothersCode { self.another(owed) } else { None };
        let paid = self.paid_code(owed).unwrap_or_default();
        let dice = &mut self.dice;
        let class = mangle::class(&owed.pupil.class, dice);
        let (name, whole) = mangle::name(&owed.pupil.name, about.marks, dice);
        let parent = fold(&owed.family.guardian);
        let whole_code = Evidence::Codes(vec![owed.at]);
        let slip = |named: bool| if named { Evidence::Slip(owed.at) } else { Evidence::Nothing };
        let described = |name: bool, given: bool, class: bool, guardian: bool| {
            Clue::Described(Description {
                name: name.then(|| full.clone()),
                given: given.then(|| short.clone()),
                class: class.then(|| owed.pupil.class.clone()),
                guardian: guardian.then(|| parent.clone()),
            })
        };
        let (words, evidence, clue) = match manner {
            Manner::Glued => {
                let before = dice.word(&["nop", "hocphi", "TT", "tienhoc"]);
                (format!("{before}{code}{short}"), whole_code, Clue::Leads)
            }
            Manner::Split => {
                (format!("{} {short}", mangle::split(code, dice)), whole_code, Clue::Leads)
            }
            Manner::LowerCase => {
                let words = memo::with_code(dice, code, about).to_lowercase();
                (words, whole_code, Clue::Leads)
            }
            Manner::TelexWords => {
                let words = mangle::telex(dice.word(&WORDS));
                let name = mangle::telex(&owed.pupil.name);
                let text = if dice.percent(50) {
                    format!("{words} {code} {name}")
                } else {
                    format!("{code} {words}")
                };
                (text, whole_code, Clue::Leads)
            }
            Manner::TelexCode => {
                let typed = mangle::typed_through_telex(code);
                let same = typed == code;
                let typed = if about.marks { typed } else { fold(&typed) };
                let evidence = if same { whole_code } else { Evidence::Nothing };
                (format!("{typed} {full}"), evidence, Clue::Leads)
            }
            Manner::DigitsNear => {
                let (phone, other) = (dice.digits(10), dice.digits(12));
                (format!("{other} {code} SDT {phone}"), whole_code, Clue::Leads)
            }
            Manner::CodeCut | Manner::CodeCutByTail => {
                let lost = usize::try_from(dice.between(1, 3)).unwrap_or(1);
                (
                    format!("{full} {class} {}", mangle::cut(code, lost)),
                    Evidence::Nothing,
                    Clue::Leads,
                )
            }
            Manner::SlipWithName => {
                let typed = mangle::slips(code, 1, dice);
                let text = if dice.percent(50) {
                    format!("{typed} {name}")
                } else {
                    format!("{typed} {name} {class}")
                };
                // With the class beside it a shortened name still leaves nobody else.
                (text, slip(whole), Clue::Leads)
            }
            Manner::SlipWithClass => {
                (format!("{} {class}", mangle::slips(code, 1, dice)), slip(true), Clue::Leads)
            }
            Manner::SlipAlone => (mangle::slips(code, 1, dice), Evidence::Nothing, Clue::Leads),
            Manner::TwoSlips => {
                let text = format!("{} {full} {class}", mangle::slips(code, 2, dice));
                (text, Evidence::Nothing, described(true, false, true, false))
            }
            Manner::Swapped => {
                (format!("{} {short}", mangle::swapped(code, dice)), Evidence::Nothing, Clue::Leads)
            }
            Manner::SymbolMissing => {
                (format!("{} {short}", mangle::missing(code, dice)), Evidence::Nothing, Clue::Leads)
            }
            Manner::SymbolInserted => (
                format!("{} {short}", mangle::inserted(code, dice)),
                Evidence::Nothing,
                Clue::Leads,
            ),
            Manner::LookAlike => {
                let (typed, wrong) = mangle::look_alikes(code, 1, dice);
                let evidence = if wrong == 0 { whole_code } else { slip(true) };
                (format!("{typed} {full}"), evidence, Clue::Leads)
            }
            Manner::LookAlikes => {
                let count = usize::try_from(dice.between(2, 3)).unwrap_or(2);
                let (typed, wrong) = mangle::look_alikes(code, count, dice);
                let (evidence, clue) = match wrong {
                    0 => (whole_code, Clue::Leads),
                    1 => (slip(true), Clue::Leads),
                    _ => (Evidence::Nothing, described(true, false, false, false)),
                };
                (format!("{typed} {full}"), evidence, clue)
            }
            Manner::PaidCode => {
                (format!("{paid} {short}"), Evidence::Nothing, Clue::Family(owed.pupil.family))
            }
            Manner::UnknownCode => {
                let unknown = codes.issue(style, dice)?;
                let text = format!("{unknown} {full} {class}");
                (text, Evidence::Nothing, described(true, false, true, false))
            }
            Manner::AnothersCode => match another {
                Some(other) => {
                    (format!("{other} {full} {class}"), Evidence::Nothing, Clue::Nothing)
                }
                None => (format!("{code} {full}"), whole_code, Clue::Leads),
            },
            Manner::FullNameAndClass => {
                let text = match dice.below(4) {
                    0 => format!("{name} {class} nop tien thang 11"),
                    1 => format!("nop hoc phi cho con {name} {class}"),
                    2 => format!("{class} {name}"),
                    _ => format!("{name} {class}"),
                };
                (text, Evidence::Nothing, described(whole, !whole, true, false))
            }
            Manner::GivenNameAndClass => {
                let text = match dice.below(3) {
                    0 => format!("be {short} {class} nop tien"),
                    1 => format!("{short} {class}"),
                    _ => format!("{class} {short} dong tien an"),
                };
                (text, Evidence::Nothing, described(false, true, true, false))
            }
            Manner::ParentChildClass => {
                let text = format!("PH {parent} nop tien cho con {short} {class}");
                (text, Evidence::Nothing, described(false, true, true, true))
            }
            Manner::ParentOnly => {
                let text = format!("{parent} chuyen tien");
                (text, Evidence::Nothing, described(false, false, false, true))
            }
            Manner::FullNameOnly => {
                let text = match dice.below(3) {
                    0 => name.clone(),
                    1 => format!("{name} nop tien hoc"),
                    _ => format!("hoc phi {name}"),
                };
                (text, Evidence::Nothing, described(whole, !whole, false, false))
            }
            Manner::Bare => (memo::bare(dice).to_owned(), Evidence::Nothing, Clue::Nothing),
            Manner::NoiseLikeCode => {
                let text = format!("{} {}", memo::bare(dice), mangle::noise(dice));
                (text, Evidence::Nothing, Clue::Nothing)
            }
            Manner::CounterCash => {
                let text = format!("{parent} NOP TIEN MAT {code} {short} {}", fold(about.class));
                (text, whole_code, Clue::Leads)
            }
            Manner::VirtualAccount => {
                let words =
                    dice.word(&["nop tien", "nop tien thang 11", "tien hoc", "chuyen tien"]);
                (words.to_owned(), Evidence::Account(owed.bill.pupil), Clue::Leads)
            }
            _ => (memo::with_code(dice, code, about), whole_code, Clue::Leads),
        };
        Ok(Written { words, evidence, clue })
    }

    /// The text where the bank does not wrap the words by its own habit.
    fn bare_text(
        &mut self,
        manner: Manner,
        owed: &Owed<'_>,
        (day, time): super::month::When,
        words: &str,
    ) -> Option<String> {
        let payer = &owed.family.payer;
        let account = owed.pupil.virtual_account.as_deref();
        match manner {
            Manner::CodeCut | Manner::CounterCash => Some(words.to_owned()),
            Manner::CodeCutByTail if self.dice.percent(50) => Some(format!(
                "MBVCB.{}.{}.{words}.CT tu {} {} toi {} {}",
                self.dice.digits(10),
                self.dice.digits(6),
                payer.account,
                payer.name,
                self.demo.account,
                self.demo.holder
            )),
            Manner::CodeCutByTail => Some(format!(
                "{words} GD {}-{:02}{:02}{:02} {time}",
                self.dice.digits(6),
                day.day(),
                day.month(),
                day.year() % 100
            )),
            Manner::VirtualAccount => {
                let route = Route { school: &self.demo, payer, day, time };
                account.map(|account| route.wrap_virtual(&mut self.dice, account, words))
            }
            _ => None,
        }
    }

    /// The code of an open bill of the same round that belongs to a stranger.
    fn another(&mut self, owed: &Owed<'_>) -> Option<String> {
        let own = fold(&owed.pupil.name);
        let strangers: Vec<&str> = (0..self.bills.len())
            .filter(|at| self.is_open(*at, owed.bill.round))
            .filter_map(|at| self.owed(at))
            .filter(|other| other.pupil.family != owed.pupil.family)
            .filter(|other| fold(&other.pupil.name) != own)
            .map(|other| other.bill.code.as_str())
            .collect();
        self.dice.pick(&strangers).map(|code| (*code).to_owned())
    }

    /// One transfer for several bills of a family.
    pub(super) fn together(&mut self, manner: Manner, places: &[usize]) -> Result<(), DemoError> {
        let owed: Vec<Owed<'_>> = places.iter().filter_map(|at| self.owed(*at)).collect();
        let Some(first) = owed.first().copied() else { return Ok(()) };
        for at in places {
            self.take(*at);
        }
        let wrong = manner == Manner::TwoCodesWrongTotal && self.odd.insert(first.pupil.family);
        let manner = match manner {
            Manner::TwoCodesWrongTotal if !wrong => Manner::TwoCodes,
            other => other,
        };
        let sum = Vnd::checked_sum(owed.iter().map(|one| one.bill.due()))
            .ok_or(DemoError::AmountRange)?;
        let mut pays: Vec<(usize, Vnd)> = owed.iter().map(|one| (one.at, one.bill.due())).collect();
        let mut given: Vec<String> = owed.iter().map(|one| fold(&one.pupil.given)).collect();
        given.dedup();
        let given = given.join(" ");
        let codes = owed.iter().map(|one| one.bill.code.as_str()).collect::<Vec<_>>();
        let first_code = &first.bill.code;
        let (words, evidence, mut clue) = match (manner, self.dice.below(8)) {
            (Manner::FamilySum, roll) => {
                let words = match roll {
                    0..3 => first_code.clone(),
                    3..6 => format!("{first_code} {given}"),
                    _ => format!("{first_code} nop cho {given}"),
                };
                let evidence = Evidence::Codes(vec![first.at]);
                (words, evidence, Clue::Family(first.pupil.family))
            }
            (_, roll) => {
                let words = match roll {
                    0..3 => codes.join(" "),
                    3 => codes.join(","),
                    4 => codes.join(" va "),
                    5 => codes.join("+"),
                    _ => format!("{} {given}", codes.join(" ")),
                };
                (words, Evidence::Codes(places.to_vec()), Clue::Leads)
            }
        };
        let mut amount = sum;
        if manner == Manner::TwoCodesWrongTotal {
            let by = 5_000 * i64::from(self.dice.between(1, 4));
            let less = self.dice.percent(50);
            amount = sum
                .checked_add(Vnd::new(if less { -by } else { by }))
                .ok_or(DemoError::AmountRange)?;
            // Whose invoice stays short, nobody wrote.
            if let (true, Some((_, last))) = (less, pays.last_mut()) {
                clue = Clue::Nothing;
                *last = last.checked_sub(Vnd::new(by)).ok_or(DemoError::AmountRange)?;
            }
        }
        let when = self.when()?;
        let draft = Draft {
            manner,
            meaning: Meaning::Fees,
            amount,
            words,
            bare_text: None,
            evidence,
            clue,
            about: first.family.members.clone(),
            pays,
            doubtful: false,
        };
        self.send(&first.family.payer, when, draft);
        Ok(())
    }
}
