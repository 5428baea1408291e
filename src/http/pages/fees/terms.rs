//! What is typed of a fee item and of a price, and what it says.

use serde::Deserialize;

use crate::domain::calendar::vietnamese_day;
use crate::domain::fee::Unit;
use crate::domain::lang::Bilingual;
use crate::domain::money::Vnd;
use crate::domain::typed;
use crate::http::pages::forms::Faults;
use crate::service::fees::catalogue::{ItemTerms, ItemView, PriceTerms};

/// A fee item as it is typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ItemForm {
    /// The code; only of a new item.
    pub code: String,
    /// The name.
    pub name: String,
    /// The unit's stable name.
    pub unit: String,
    /// `1` where a family has no choice.
    pub compulsory: String,
    /// Which item money goes to first.
    pub priority: String,
    /// The authority's code.
    pub official_code: String,
    /// Its last day.
    pub retired_on: String,
}

impl ItemForm {
    /// An empty form.
    #[must_use]
    pub fn blank(priority: usize) -> ItemForm {
        ItemForm {
            unit: Unit::Month.as_str().to_owned(),
            compulsory: "1".to_owned(),
            priority: priority.to_string(),
            ..ItemForm::default()
        }
    }

    /// The form filled with what is known.
    #[must_use]
    pub fn of(item: &ItemView) -> ItemForm {
        ItemForm {
            code: item.code.clone(),
            name: item.terms.name.clone(),
            unit: item.terms.unit.as_str().to_owned(),
            compulsory: if item.terms.compulsory { "1" } else { "" }.to_owned(),
            priority: item.terms.priority.to_string(),
            official_code: item.terms.official_code.clone().unwrap_or_default(),
            retired_on: item.terms.retired_on.map(vietnamese_day).unwrap_or_default(),
        }
    }

    /// What it says; nothing where something is wrong.
    pub fn read(&self, faults: &mut Faults) -> Option<ItemTerms> {
        let name = faults.text("name", &self.name);
        if name.chars().count() > 200 {
            faults.add(
                "name",
                &Bilingual::new(
                    "Tên khoản thu dài quá 200 chữ. Rút ngắn lại.",
                    "The name is longer than 200 letters. Shorten it.",
                ),
            );
        }
        let priority =
            self.priority.trim().parse::<i32>().ok().filter(|one| (0..=9_999).contains(one));
        if priority.is_none() {
            faults.add(
                "priority",
                &Bilingual::new(
                    "Thứ tự gạch nợ là số từ 0 đến 9999; 0 được gạch trước.",
                    "The order is a number of 0 to 9999; 0 is settled first.",
                ),
            );
        }
        let unit = Unit::parse(&self.unit);
        if unit.is_none() {
            faults.add("unit", &Bilingual::new("Chọn đơn vị tính.", "Choose a unit."));
        }
        let retired_on = faults.day_or_none("retired_on", &self.retired_on);
        let official = self.official_code.trim();
        let (unit, priority) = (unit?, priority?);
        faults.is_empty().then(|| ItemTerms {
            name,
            unit,
            compulsory: !self.compulsory.is_empty(),
            priority,
            official_code: (!official.is_empty()).then(|| official.to_owned()),
            retired_on,
        })
    }
}

/// A price as it is typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct PriceForm {
    /// In đồng.
    pub price: String,
    /// The zone.
    pub zone: String,
    /// The level.
    pub level: String,
    /// The grade.
    pub grade: String,
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
}

impl PriceForm {
    /// What it says; nothing where something is wrong.
    pub fn read(&self, faults: &mut Faults) -> Option<PriceTerms> {
        // Something may cost nothing for some.
        let price = match typed::dong(&self.price) {
            Some(Vnd::ZERO) => Some(Vnd::ZERO),
            _ => faults.dong("price", &self.price),
        };
        let word = |text: &str| {
            let text: String = text.trim().chars().take(64).collect();
            (!text.is_empty()).then_some(text)
        };
        let grade = word(&self.grade).map(|text| text.parse::<u8>());
        if matches!(grade, Some(Err(_))) {
            faults.add(
                "grade",
                &Bilingual::new(
                    "Khối là số từ 1 đến 12. Để trống nếu giá dùng cho mọi khối.",
                    "A grade is a number of 1 to 12. Leave it blank for every grade.",
                ),
            );
        }
        let from = faults.day_or_none("from", &self.from);
        let to = faults.day_or_none("to", &self.to);
        let price = price?;
        faults.is_empty().then(|| PriceTerms {
            price,
            zone: word(&self.zone),
            level: word(&self.level),
            grade: grade.and_then(Result::ok),
            from,
            to,
        })
    }
}
