//! A round as it is typed: whom it is for, what is in it, by when it is paid; and what that says.

use std::collections::HashMap;

use crate::domain::calendar::{Day, valid_on, vietnamese_day};
use crate::domain::fee::{PlannedInstalment, Scope};
use crate::domain::lang::{Bilingual, Lang};
use crate::domain::money::Vnd;
use crate::domain::typed;
use crate::http::pages::fields::Fields;
use crate::http::pages::forms::Faults;
use crate::service::fees::catalogue::ItemView;
use crate::service::fees::rounds::{ItemOfRound, RoundTerms};

/// Parts in which an invoice may be paid that the form has room for.
const PARTS: usize = 4;

/// A fee item that may be in the round.
#[derive(Clone, Debug, Default)]
pub struct ItemLine {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its unit, in words.
    pub unit: String,
    /// Whether families have a choice.
    pub chosen: bool,
    /// Its price today where there is one for everybody; words where there are several or none.
    pub listed: String,
    /// Whether it is in the round.
    pub ticked: bool,
    /// How many units, as typed.
    pub quantity: String,
    /// The round's own price, as typed.
    pub price: String,
}

/// A part in which an invoice may be paid.
#[derive(Clone, Debug, Default)]
pub struct PartLine {
    /// Its percent, as typed.
    pub percent: String,
    /// Its last day, as typed.
    pub due_on: String,
}

/// The form.
#[derive(Clone, Debug, Default)]
pub struct RoundForm {
    /// The code; only of a new round.
    pub code: String,
    /// The name.
    pub name: String,
    /// `school`, `grades`, `classes` or `students`.
    pub of: String,
    /// Grades, names of classes or codes of students.
    pub which: String,
    /// The first day of what is charged for.
    pub from: String,
    /// The last day of it.
    pub to: String,
    /// The last day to pay.
    pub due_on: String,
    /// The account's number.
    pub account: String,
    /// Fee items.
    pub items: Vec<ItemLine>,
    /// Parts.
    pub parts: Vec<PartLine>,
}

/// The catalogue as a form shows it, those of the round first.
fn catalogue(
    items: &[ItemView],
    first: &[ItemOfRound],
    (today, lang): (Day, Lang),
) -> Vec<ItemLine> {
    let place = |code: &str| first.iter().position(|one| one.item == code).unwrap_or(usize::MAX);
    let mut lines: Vec<ItemLine> = items
        .iter()
        .filter(|item| {
            item.terms.retired_on.is_none_or(|last| today <= last) || place(&item.code) < usize::MAX
        })
        .map(|item| ItemLine {
            code: item.code.clone(),
            name: item.terms.name.clone(),
            unit: item.terms.unit.label().text(lang).to_owned(),
            chosen: !item.terms.compulsory,
            listed: listed_price(item, today, lang),
            quantity: "1".to_owned(),
            ..ItemLine::default()
        })
        .collect();
    lines.sort_by_key(|line| place(&line.code));
    lines
}

fn listed_price(item: &ItemView, today: Day, lang: Lang) -> String {
    let mut prices =
        item.prices.iter().filter(|one| valid_on(today, one.from, one.to)).map(|one| one.price);
    let words = match (prices.next(), prices.next()) {
        (Some(only), None) => return only.grouped(),
        (None, _) => Bilingual::new("chưa có", "none"),
        (Some(_), Some(_)) => Bilingual::new("theo đối tượng", "by student"),
    };
    words.text(lang).to_owned()
}

impl RoundForm {
    /// An empty form, with every compulsory item of the catalogue at hand and none ticked.
    #[must_use]
    pub fn blank(items: &[ItemView], seen: (Day, Lang)) -> RoundForm {
        RoundForm {
            of: "school".to_owned(),
            items: catalogue(items, &[], seen),
            parts: vec![PartLine::default(); PARTS],
            ..RoundForm::default()
        }
    }

    /// The form filled with what a round is.
    #[must_use]
    pub fn of(code: &str, terms: &RoundTerms, items: &[ItemView], seen: (Day, Lang)) -> RoundForm {
        let (of, which) = match &terms.scope {
            Scope::School => ("school", String::new()),
            Scope::Grades(grades) => {
                let words: Vec<String> = grades.iter().map(u8::to_string).collect();
                ("grades", words.join(", "))
            }
            Scope::Classes(classes) => ("classes", classes.join(", ")),
            Scope::Students(codes) => ("students", codes.join(", ")),
        };
        let mut lines = catalogue(items, &terms.items, seen);
        for line in &mut lines {
            if let Some(item) = terms.items.iter().find(|item| item.item == line.code) {
                line.ticked = true;
                line.quantity = item.quantity.to_string();
                line.price = item.price.map(Vnd::grouped).unwrap_or_default();
            }
        }
        let mut parts: Vec<PartLine> = terms
            .instalments
            .iter()
            .map(|part| PartLine {
                percent: part.percent.to_string(),
                due_on: vietnamese_day(part.due_on),
            })
            .collect();
        parts.resize(PARTS.max(parts.len()), PartLine::default());
        RoundForm {
            code: code.to_owned(),
            name: terms.name.clone(),
            of: of.to_owned(),
            which,
            from: vietnamese_day(terms.from),
            to: vietnamese_day(terms.to),
            due_on: vietnamese_day(terms.due_on),
            account: terms.account.clone().unwrap_or_default(),
            items: lines,
            parts,
        }
    }

    /// The form as it was sent.
    #[must_use]
    pub fn sent(form: &Fields, items: &[ItemView], seen: (Day, Lang)) -> RoundForm {
        let of = |name: &str| -> String { form.of(name).chars().take(8_000).collect() };
        let order: Vec<ItemOfRound> = form
            .every("known")
            .map(|code| ItemOfRound { item: code.to_owned(), quantity: 1, price: None })
            .collect();
        let mut lines = catalogue(items, &order, seen);
        let values = |name| form.every(name).collect::<Vec<_>>();
        let (codes, quantities, prices) = (values("known"), values("quantity"), values("price"));
        let typed: HashMap<&str, (&str, &str)> = codes
            .iter()
            .zip(quantities.iter().zip(&prices))
            .map(|(code, (quantity, price))| (*code, (*quantity, *price)))
            .collect();
        for line in &mut lines {
            line.ticked = form.every("item").any(|code| code == line.code);
            if let Some((quantity, price)) = typed.get(line.code.as_str()) {
                (*quantity).clone_into(&mut line.quantity);
                (*price).clone_into(&mut line.price);
            }
        }
        let mut parts: Vec<PartLine> = form
            .every("percent")
            .zip(form.every("part_due"))
            .map(|(percent, due)| PartLine { percent: percent.to_owned(), due_on: due.to_owned() })
            .collect();
        parts.resize(PARTS.max(parts.len()), PartLine::default());
        RoundForm {
            code: of("code"),
            name: of("name"),
            of: of("of"),
            which: of("which"),
            from: of("from"),
            to: of("to"),
            due_on: of("due_on"),
            account: of("account"),
            items: lines,
            parts,
        }
    }

    /// Whether anything stands in the lines of the parts.
    #[must_use]
    pub fn in_parts(&self) -> bool {
        self.parts.iter().any(|part| !(part.percent.is_empty() && part.due_on.is_empty()))
    }

    /// What it says; nothing where something is wrong.
    pub fn read(&self, faults: &mut Faults) -> Option<RoundTerms> {
        let name: String = faults.text("name", &self.name).chars().take(200).collect();
        let scope = self.scope(faults);
        let from = faults.day("from", &self.from);
        let to = faults.day("to", &self.to);
        let due_on = faults.day("due_on", &self.due_on);
        let items = self.items_read(faults);
        let instalments = self.parts_read(faults);
        let account = self.account.trim();
        let (scope, from, to, due_on) = (scope?, from?, to?, due_on?);
        faults.is_empty().then(|| RoundTerms {
            name,
            scope,
            from,
            to,
            due_on,
            account: (!account.is_empty()).then(|| account.to_owned()),
            items,
            instalments,
        })
    }

    fn scope(&self, faults: &mut Faults) -> Option<Scope> {
        let words: Vec<String> = self
            .which
            .split([',', ';', '\n', '\t'])
            .map(|word| word.trim().to_owned())
            .filter(|word| !word.is_empty())
            .collect();
        if self.of == "school" {
            return Some(Scope::School);
        }
        if words.is_empty() {
            faults.add(
                "which",
                &Bilingual::new(
                    "Ghi các khối, lớp hoặc mã học sinh của đợt thu, cách nhau bằng dấu phẩy.",
                    "Write the grades, classes or student codes of the round, with commas between.",
                ),
            );
            return None;
        }
        match self.of.as_str() {
            "grades" => {
                let grades: Option<Vec<u8>> = words
                    .iter()
                    .map(|word| word.parse().ok().filter(|grade| (1..=12).contains(grade)))
                    .collect();
                if grades.is_none() {
                    faults.add(
                        "which",
                        &Bilingual::new(
                            "Khối là số từ 1 đến 12, cách nhau bằng dấu phẩy, ví dụ: 6, 7.",
                            "Grades are numbers of 1 to 12 with commas between, such as 6, 7.",
                        ),
                    );
                }
                grades.map(Scope::Grades)
            }
            "classes" => Some(Scope::Classes(words)),
            _ => Some(Scope::Students(words)),
        }
    }

    fn items_read(&self, faults: &mut Faults) -> Vec<ItemOfRound> {
        let mut read = Vec::new();
        for line in self.items.iter().filter(|line| line.ticked) {
            let name = &line.name;
            let quantity = line.quantity.trim().parse::<i64>().ok().filter(|one| *one >= 0);
            if quantity.is_none() {
                faults.add(
                    "items",
                    &Bilingual::new(
                        format!("“{name}”: số lượng phải là số nguyên từ 0 trở lên."),
                        format!("“{name}”: the quantity is a whole number of 0 or more."),
                    ),
                );
            }
            let price = typed::dong(&line.price);
            if price.is_none() && !line.price.trim().is_empty() {
                faults.add("items", &Bilingual::new(
                    format!("“{name}”: mức thu “{}” không phải là số tiền. Để trống nếu theo đơn giá.", line.price.trim()),
                    format!("“{name}”: “{}” is not an amount. Leave it blank for the listed price.", line.price.trim()),
                ));
            }
            read.push(ItemOfRound {
                item: line.code.clone(),
                quantity: quantity.unwrap_or_default(),
                price,
            });
        }
        if read.is_empty() {
            faults.add(
                "items",
                &Bilingual::new(
                    "Đợt thu chưa có khoản thu nào. Tích ít nhất một khoản.",
                    "The round has no fee item yet. Tick at least one.",
                ),
            );
        }
        read
    }

    fn parts_read(&self, faults: &mut Faults) -> Vec<PlannedInstalment> {
        let mut read = Vec::new();
        for part in &self.parts {
            if part.percent.trim().is_empty() && part.due_on.trim().is_empty() {
                continue;
            }
            let percent = part.percent.trim().trim_end_matches('%').trim().parse::<u8>().ok();
            if percent.is_none() {
                faults.add(
                    "parts",
                    &Bilingual::new(
                        "Tỷ lệ mỗi lần nộp là số nguyên từ 1 đến 100 và cộng lại bằng 100.",
                        "The percents of the parts are whole numbers of 1 to 100 that make 100.",
                    ),
                );
            }
            let due_on = faults.day("parts", &part.due_on);
            if let (Some(percent), Some(due_on)) = (percent, due_on) {
                read.push(PlannedInstalment { percent, due_on });
            }
        }
        read
    }
}
