//! A school's month: families pay round by round, each in some manner; other things happen beside.

use std::collections::HashSet;

use chrono::NaiveTime;

use crate::demo::banks::Bank;
use crate::demo::error::DemoError;
use crate::demo::fees::paying_hour;
use crate::demo::memo::About;
use crate::demo::movement::Movement;
use crate::demo::random::Dice;
use crate::demo::roll::{Family, Payer, Pupil, Roll};
use crate::demo::schools::Profile as DemoProfile;
use crate::demo::simulate::bills::{Bill, Codes, ROUNDS, Standing};
use crate::demo::simulate::manner::Manner;
use crate::demo::simulate::profiles::{CodeStyle, Profile};
use crate::demo::simulate::schools::{FIRST_DAY, LAST_DAY, Setup};
use crate::demo::simulate::story::{Clue, Description, Evidence, Told};
use crate::demo::truth::Meaning;
use crate::demo::wrapping::Route;
use crate::domain::calendar::Day;
use crate::domain::money::Vnd;
use crate::domain::statement::CreditDebit;
use crate::domain::text::fold;

/// A school while its month goes by.
pub struct Month<'a> {
    pub(super) profile: &'a Profile,
    pub(super) setup: &'a Setup,
    pub(super) demo: DemoProfile<'a>,
    pub(super) roll: &'a Roll,
    pub(super) bills: &'a [Bill],
    pub(super) elsewhere: &'a [String],
    pub(super) dice: Dice,
    pub(super) taken: Vec<bool>,
    pub(super) odd: HashSet<usize>,
    of_pupil: Vec<Vec<usize>>,
    told: Vec<Told>,
}

/// A bill with its student and family.
#[derive(Clone, Copy)]
pub(super) struct Owed<'a> {
    pub at: usize,
    pub bill: &'a Bill,
    pub pupil: &'a Pupil,
    pub family: &'a Family,
}

/// A payment on its way into the books.
pub(super) struct Draft {
    pub manner: Manner,
    pub meaning: Meaning,
    pub amount: Vnd,
    /// What the payer wrote.
    pub words: String,
    /// The whole text where no bank wraps the words as it usually does.
    pub bare_text: Option<String>,
    pub evidence: Evidence,
    pub clue: Clue,
    pub about: Vec<usize>,
    pub pays: Vec<(usize, Vnd)>,
    pub doubtful: bool,
}

/// When something is booked.
pub(super) type When = (Day, NaiveTime);

impl<'a> Month<'a> {
    /// A month in which nothing has happened yet; `elsewhere` are codes of other schools.
    #[must_use]
    pub fn new(
        profile: &'a Profile,
        setup: &'a Setup,
        (roll, bills): (&'a Roll, &'a [Bill]),
        elsewhere: &'a [String],
        dice: Dice,
    ) -> Month<'a> {
        let mut of_pupil = vec![Vec::new(); roll.pupils.len()];
        for (at, bill) in bills.iter().enumerate() {
            if let Some(own) = of_pupil.get_mut(bill.pupil) {
                own.push(at);
            }
        }
        Month {
            profile,
            setup,
            demo: setup.as_demo(),
            roll,
            bills,
            elsewhere,
            dice,
            taken: bills.iter().map(|bill| bill.standing != Standing::Open).collect(),
            odd: HashSet::new(),
            of_pupil,
            told: Vec::new(),
        }
    }

    /// Lets the month go by; what happened comes in no particular order.
    pub fn run(mut self, codes: &mut Codes) -> Result<Vec<Told>, DemoError> {
        self.happen()?;
        for round in 1..ROUNDS.len() {
            for family in &self.roll.families {
                self.family_pays(round, family, codes)?;
            }
        }
        Ok(self.told)
    }

    fn family_pays(
        &mut self,
        round: usize,
        family: &'a Family,
        codes: &mut Codes,
    ) -> Result<(), DemoError> {
        let open: Vec<usize> = family
            .members
            .iter()
            .flat_map(|pupil| self.bills_of(*pupil))
            .filter(|at| self.is_open(*at, round))
            .collect();
        if open.is_empty() || !self.dice.percent(self.profile.transfer) {
            return Ok(());
        }
        if open.len() > 1 && self.dice.percent(50) {
            let manner = self
                .dice
                .weighted(&[(50, Manner::TwoCodes), (8, Manner::TwoCodesWrongTotal)])
                .filter(|_| self.dice.percent(60))
                .unwrap_or(Manner::FamilySum);
            return self.together(manner, &open);
        }
        for at in open {
            let manner = self.dice.weighted(self.profile.habits).unwrap_or(Manner::AsAsked);
            if !manner.takes_several() {
                self.alone(manner, at, codes)?;
                continue;
            }
            let next = self.bills.get(at).and_then(|bill| {
                self.bills_of(bill.pupil).into_iter().find(|next| self.is_open(*next, round + 1))
            });
            match next {
                Some(next) => self.together(manner, &[at, next])?,
                None => self.alone(Manner::AsAsked, at, codes)?,
            }
        }
        Ok(())
    }

    pub(super) fn bills_of(&self, pupil: usize) -> Vec<usize> {
        self.of_pupil.get(pupil).cloned().unwrap_or_default()
    }

    pub(super) fn is_open(&self, at: usize, round: usize) -> bool {
        self.taken.get(at) == Some(&false)
            && self.bills.get(at).is_some_and(|bill| bill.round == round)
    }

    pub(super) fn take(&mut self, at: usize) {
        if let Some(taken) = self.taken.get_mut(at) {
            *taken = true;
        }
    }

    pub(super) fn owed(&self, at: usize) -> Option<Owed<'a>> {
        let bill = self.bills.get(at)?;
        let pupil = self.roll.pupils.get(bill.pupil)?;
        let family = self.roll.families.get(pupil.family)?;
        Some(Owed { at, bill, pupil, family })
    }

    pub(super) fn about(&self, pupil: &'a Pupil) -> About<'a> {
        About {
            name: &pupil.name,
            given: &pupil.given,
            class: &pupil.class,
            marks: self.setup.bank != Bank::Mb,
        }
    }

    pub(super) fn when(&mut self) -> Result<When, DemoError> {
        paying_hour(&mut self.dice, FIRST_DAY, LAST_DAY)
    }

    /// Books a payment; the bank wraps the words, and the manner has its way with the whole text.
    pub(super) fn send(&mut self, payer: &Payer, when: When, draft: Draft) {
        let text = if let Some(text) = &draft.bare_text {
            text.clone()
        } else {
            let (day, time) = when;
            let route = Route { school: &self.demo, payer, day, time };
            route.wrap(&mut self.dice, &draft.words)
        };
        let text = match draft.manner {
            Manner::Wrapped => super::mangle::wrapped(&text, &mut self.dice),
            Manner::SeparatorsLost => super::mangle::without_separators(&text),
            _ => text,
        };
        let evidence = match draft.evidence {
            // A school's own codes are matched as they stand: only whole tokens count.
            Evidence::Codes(places)
                if self.setup.codes != CodeStyle::Ours
                    && !places.iter().all(|at| self.stands_alone(*at, &text)) =>
            {
                Evidence::Nothing
            }
            Evidence::Slip(_) if self.setup.codes != CodeStyle::Ours => Evidence::Nothing,
            evidence => evidence,
        };
        // Where the school's own code is damaged, only a name beside it leads anywhere.
        let clue = match (draft.clue, &evidence) {
            (Clue::Leads, Evidence::Nothing) if self.setup.codes != CodeStyle::Ours => {
                self.by_name(&draft.about, &draft.words)
            }
            (clue, _) => clue,
        };
        let (day, time) = when;
        let movement = Movement {
            day,
            time,
            credit_debit: CreditDebit::Credit,
            amount: draft.amount,
            remittance: text,
            payer: (draft.manner != Manner::CounterCash).then(|| payer.clone()),
            reversal: false,
            shared_reference: None,
            meaning: draft.meaning,
            pays: Vec::new(),
        };
        self.told.push(Told {
            movement,
            manner: draft.manner,
            words: draft.words,
            evidence,
            clue,
            about: draft.about,
            pays: draft.pays,
            doubtful: draft.doubtful,
        });
    }

    fn by_name(&self, about: &[usize], words: &str) -> Clue {
        let words = fold(words);
        about
            .iter()
            .filter_map(|at| self.roll.pupils.get(*at))
            .map(|pupil| fold(&pupil.name))
            .find(|name| words.contains(name.as_str()))
            .map_or(Clue::Nothing, |name| {
                Clue::Described(Description { name: Some(name), ..Description::default() })
            })
    }

    /// Books a movement that no family makes.
    pub(super) fn push(&mut self, movement: Movement, manner: Manner) {
        self.told.push(Told {
            words: movement.remittance.clone(),
            movement,
            manner,
            evidence: Evidence::Nothing,
            clue: Clue::Nothing,
            about: Vec::new(),
            pays: Vec::new(),
            doubtful: false,
        });
    }

    /// The last payment that was booked.
    pub(super) fn last(&mut self) -> Option<&mut Told> {
        self.told.last_mut()
    }

    fn stands_alone(&self, at: usize, text: &str) -> bool {
        let Some(bill) = self.bills.get(at) else { return false };
        fold(text)
            .split(|letter: char| !letter.is_ascii_alphanumeric())
            .any(|token| token == bill.code)
    }
}
