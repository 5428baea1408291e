//! Properties of tables made at random.

use proptest::prelude::*;

use super::{Outcome, fixture};
use crate::domain::money::{Currency, Vnd};
use crate::formats::spreadsheet::number::{Marks, parse_amount};

/// An amount in every form that is accepted.
fn forms(dong: i64) -> Vec<String> {
    let points = Vnd::new(dong).grouped();
    let commas = points.replace('.', ",");
    let blanks = points.replace('.', "\u{a0}");
    vec![
        dong.to_string(),
        format!("{dong}.00"),
        format!("{points},00"),
        format!("{commas}.00"),
        format!("{points} VND"),
        format!("{points}đ"),
        format!("+ {commas}"),
        format!("{commas} VND (Bằng chữ: …)"),
        format!(" {blanks} "),
        points,
        commas,
        blanks,
    ]
}

fn read_back(text: &str) -> Option<String> {
    let amount = parse_amount(text, Currency::VND, &mut Marks::default()).ok().flatten()?;
    Some(amount.figure.to_string())
}

proptest! {
    #[test]
    fn an_amount_reads_the_same_in_every_form(dong in 0_i64..1_000_000_000_000_000) {
        for form in forms(dong) {
            prop_assert_eq!(read_back(&form), Some(dong.to_string()), "{}", form);
        }
        if dong > 0 {
            let negative = format!("({})", Vnd::new(dong).grouped());
            prop_assert_eq!(read_back(&negative), Some((-dong).to_string()));
        }
    }

    #[test]
    fn only_digits_that_stand_there_make_an_amount(text in "[0-9.,+() trVNDđeE-]{0,16}") {
        if let Some(figure) = read_back(&text) {
            let digits = |text: &str| -> String {
                text.chars().filter(char::is_ascii_digit).collect()
            };
            let figure = digits(&figure);
            let figure = figure.trim_start_matches('0');
            prop_assert!(digits(&text).contains(figure), "{} from {}", figure, text);
        }
    }

    #[test]
    fn a_table_reads_back_in_any_order_of_columns_and_with_any_separator(
        rows in prop::collection::vec((1_u32..=28, 1_i64..1_000_000_000_000, any::<bool>(), "[A-Z0-9 ,;.\"\n]{0,20}"), 1..20),
        order in Just([0, 1, 2, 3, 4]).prop_shuffle(),
        separator in prop::sample::select(vec![b',', b';', b'\t']),
    ) {
        let headings = ["Ngày", "Số CT", "Ghi nợ", "Ghi có", "Nội dung"];
        let mut writer = csv::WriterBuilder::new().delimiter(separator).from_writer(Vec::new());
        writer.write_record(order.iter().map(|column| headings[*column])).unwrap();
        let mut expected = Vec::new();
        for (index, (day, dong, credit, memo)) in rows.iter().enumerate() {
            let amount = Vnd::new(*dong).grouped();
            let (debit, into) = if *credit { (String::new(), amount) } else { (amount, String::new()) };
            let cells = [format!("{day:02}/11/2026"), format!("FT{index}"), debit, into, memo.clone()];
            writer.write_record(order.iter().map(|column| &cells[*column])).unwrap();
            let memo = memo.trim();
            let memo = if memo.is_empty() { "–" } else { memo };
            expected.push(format!(
                "row {} 2026-11-{day:02} {} {dong} | FT{index} | {memo} | –",
                index + 2,
                if *credit { "credit" } else { "debit" },
            ));
        }
        let read = Outcome::csv(writer.into_inner().unwrap());
        prop_assert_eq!(read.errors(), [""; 0]);
        prop_assert_eq!(&read.lines()[1..], expected);
    }

    #[test]
    fn damaged_files_never_panic(
        name in prop::sample::select(vec!["table-generic.csv", "table-bad-rows.csv", "table-utf16le.csv", "table-windows1258.csv"]),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut bytes = fixture(name);
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let read = Outcome::csv(&bytes);
        prop_assert!(read.reading.accepted() || !read.reading.errors.is_empty());
    }

    #[test]
    fn damaged_workbooks_never_panic(
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        for (name, old) in [("bidv.xlsx", false), ("table-generic.xls", true)] {
            let mut bytes = fixture(name);
            for (at, byte) in &damage {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            let read = if old { Outcome::xls(&bytes) } else { Outcome::xlsx(&bytes) };
            prop_assert_eq!(read.reading.format.as_deref(), Some(if old { "xls" } else { "xlsx" }));
        }
    }
}
