//! The figures.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use doisoat::domain::calendar::Period;
use doisoat::domain::cashless::Settings;
use doisoat::domain::invoice::InvoiceState;
use doisoat::service::exports::{Ask, Format, Kind};
use doisoat::service::queue;
use doisoat::service::report::{self, Whose};
use insta::assert_snapshot;
use serde_json::{Value, json};

use super::{OPENING, ask, day, fill, issued, json_of, make};
use crate::support::for_each_backend;
use crate::support::school::{School, csv};

#[test]
fn collections_are_what_payments_say_of_the_month() {
    for_each_backend(|db| {
        let school = School::create(db);
        fill(&school);
        let payments = school.payments();
        let month: Vec<_> = payments
            .iter()
            .filter(|one| one.credit_debit == "credit" && one.booking_date >= day("2026-11-01"))
            .collect();
        let sum = |of: fn(&queue::PaymentView) -> i64| month.iter().map(|one| of(one)).sum::<i64>();
        let made = json_of(&school, &ask(Kind::Collections, Format::Json));
        let beside = &made["beside"];
        assert_eq!(beside["allocated"], json!(sum(|one| one.state.allocated.dong())));
        assert_eq!(beside["family_credit"], json!(sum(|one| one.state.family_credit.dong())));
        assert_eq!(beside["unallocated"], json!(sum(|one| one.state.unallocated.dong())));
        assert_eq!(beside["set_aside"], json!(sum(|one| one.state.set_aside.dong())));
        assert_eq!(beside["refunded"], json!(sum(|one| one.state.refunded.dong())));
        let inside = ["allocated", "family_credit", "unallocated"];
        let inside: i64 = inside.iter().map(|name| beside[name].as_i64().unwrap()).sum();
        assert_eq!(made["sums"]["amount"], json!(inside));
        // All the money of the month is somewhere.
        let outside = ["set_aside", "refunded"];
        let outside: i64 = outside.iter().map(|name| beside[name].as_i64().unwrap()).sum();
        assert_eq!(inside + outside, sum(|one| one.state.amount.dong()));
        assert_eq!(beside["set_aside"], json!(600_000), "cash carried to the bank and a uniform");
        assert_eq!(beside["unallocated"], json!(700_000 + 20_000 + 400_000));
    });
}

#[test]
fn receivables_are_what_invoices_say() {
    for_each_backend(|db| {
        let school = School::create(db);
        fill(&school);
        let invoices = queue::invoices(&school.store, school.id).unwrap();
        let live: Vec<_> =
            invoices.iter().filter(|one| one.state != InvoiceState::Cancelled).collect();
        let sum = |of: fn(&queue::InvoiceView) -> i64| live.iter().map(|one| of(one)).sum::<i64>();
        let made = json_of(&school, &ask(Kind::Receivables, Format::Json));
        let sums = &made["sums"];
        let of = |name: &str| sums[name].as_i64().unwrap();
        assert_eq!(of("gross"), sum(|one| one.gross.dong()));
        assert_eq!(of("waived"), sum(|one| one.waived.dong()));
        assert_eq!(of("net"), sum(|one| one.net.dong()));
        let paid = of("before") + of("by_transfer") + of("by_cash");
        assert_eq!(paid, sum(|one| one.paid.dong()));
        assert_eq!(of("outstanding"), sum(|one| one.net.dong() - one.paid.dong()));
        assert_eq!((of("before"), of("by_cash"), of("by_transfer")), (350_000, 500_000, 1_850_000));
        let credit = queue::family_credit(&school.store, school.id).unwrap();
        assert_eq!(of("credit"), credit.iter().map(|one| one.credit.dong()).sum::<i64>());
        for row in made["rows"].as_array().unwrap() {
            let Some(net) = row["net"].as_i64() else {
                assert_eq!(
                    (&row["student_code"], &row["credit"]),
                    (&json!("002"), &json!(300_000))
                );
                continue;
            };
            let part = |name: &str| row[name].as_i64().unwrap();
            let used = ["before", "by_transfer", "by_cash", "outstanding"].map(part);
            assert_eq!(used.iter().sum::<i64>(), net, "{row}");
            let invoice = live.iter().find(|one| json!(one.code) == row["invoice"]).unwrap();
            assert_eq!(part("net"), invoice.net.dong(), "{row}");
            assert_eq!(part("outstanding"), invoice.net.dong() - invoice.paid.dong(), "{row}");
        }
        assert_eq!(made["row_count"], json!(5), "four invoices and a family's credit");
    });
}

#[test]
fn fee_items_are_what_the_cashless_report_says() {
    for_each_backend(|db| {
        let school = School::create(db);
        fill(&school);
        let month = Period::new(day("2026-11-01"), day("2026-11-30")).unwrap();
        let whose = Whose::School("THCS-MAU".to_owned());
        let (store, clock) = (&school.store, &school.clock);
        let report =
            report::cashless(store, clock, &whose, month, None, Settings::default()).unwrap();
        let made = json_of(&school, &ask(Kind::FeeItems, Format::Json));
        let of = |row: &Value, name: &str| row[name].as_i64().unwrap();
        let rate = report.total.reported.by_amount;
        assert_eq!(of(&made["sums"], "cashless"), rate.numerator());
        let all = of(&made["sums"], "cashless") + of(&made["sums"], "not_cashless");
        assert_eq!(all, rate.denominator());
        assert!(rate.numerator() > 0 && rate.numerator() < rate.denominator(), "both kinds");
        let mut by_item: BTreeMap<String, (i64, i64)> = BTreeMap::new();
        for row in made["rows"].as_array().unwrap() {
            let sums =
                by_item.entry(row["fee_item_code"].as_str().unwrap().to_owned()).or_default();
            sums.0 += of(row, "cashless");
            sums.1 += of(row, "cashless") + of(row, "not_cashless");
            let parts = ["before", "cashless", "not_cashless", "outstanding"];
            assert_eq!(parts.iter().map(|name| of(row, name)).sum::<i64>(), of(row, "net"));
        }
        by_item.retain(|_, sums| sums.1 > 0);
        let told: BTreeMap<String, (i64, i64)> = report.schools[0]
            .fee_items
            .iter()
            .map(|section| {
                let rate = section.figures.reported.by_amount;
                (section.key.code.clone(), (rate.numerator(), rate.denominator()))
            })
            .collect();
        assert_eq!(by_item, told);
    });
}

#[test]
fn the_cash_book_runs_on_from_the_month_before_and_keeps_withdrawn_numbers() {
    for_each_backend(|db| {
        let school = School::create(db);
        fill(&school);
        let made = json_of(&school, &ask(Kind::CashBook, Format::Json));
        let row = |row: &Value| {
            let number = |name: &str| row[name].as_i64().unwrap_or(0);
            let document = row["document"].as_str().unwrap_or("-").to_owned();
            let sums = ["received", "paid_out", "cancelled", "balance"].map(number);
            (row["day"].as_str().unwrap().to_owned(), document, sums)
        };
        let rows: Vec<_> = made["rows"].as_array().unwrap().iter().map(row).collect();
        let expected = [
            ("2026-11-01", "-", [0, 0, 0, 350_000]),
            ("2026-11-03", "PT00002/2026", [500_000, 0, 0, 850_000]),
            ("2026-11-04", "PT00003/2026", [0, 0, 250_000, 850_000]),
            ("2026-11-05", "FT4", [0, 450_000, 0, 400_000]),
        ];
        let expected = expected.map(|(day, document, sums)| (day.into(), document.into(), sums));
        assert_eq!(rows, expected);
        assert_eq!(made["beside"], json!({ "opening": 350_000, "closing": 400_000 }));
    });
}

#[test]
fn a_bank_accounts_credits_are_all_explained_and_its_balance_is_the_statements() {
    for_each_backend(|db| {
        let school = School::create(db);
        fill(&school);
        let made = json_of(&school, &ask(Kind::BankReconciliation, Format::Json));
        let row = &made["rows"][0];
        let of = |name: &str| row[name].as_i64().unwrap();
        assert_eq!((of("opening"), of("credits"), of("debits")), (OPENING, 3_900_000, 22_000));
        assert_eq!((of("closing"), of("stated"), of("rest")), (8_878_000, 8_878_000, 0));
        let uses =
            ["allocated", "family_credit", "refunded", "set_aside", "not_income", "unallocated"];
        assert_eq!(uses.map(of), [1_850_000, 300_000, 30_000, 150_000, 450_000, 1_120_000]);
        assert_eq!(uses.map(of).iter().sum::<i64>(), of("credits"));
        assert_eq!(of("announced"), 0);
        let remarks = row["remarks"].as_str().unwrap();
        assert!(remarks.contains("Sao kê mới có đến ngày 10/11/2026"), "{remarks}");
    });
}

#[test]
fn a_gap_between_statements_is_named_and_makes_the_rest() {
    for_each_backend(|db| {
        let school = School::create(db);
        fill(&school);
        // Something of 78,000 went out between the two files.
        let later = csv(8_800_000, &[("2026-11-20", 100_000, "FT20", "nop them")]);
        school.statement("cuoi-thang.csv", &later);
        let made = json_of(&school, &ask(Kind::BankReconciliation, Format::Json));
        let row = &made["rows"][0];
        assert_eq!((&row["stated"], &row["rest"]), (&json!(8_900_000), &json!(-78_000)));
        let remarks = row["remarks"].as_str().unwrap();
        let named =
            "Thiếu sao kê giữa ngày 10/11/2026 và ngày 20/11/2026: số dư thay đổi -78.000 ₫";
        assert!(remarks.contains(named), "{remarks}");
        assert!(remarks.contains("Còn chênh lệch -78.000 ₫"), "{remarks}");
        // Of a part of the month before the gap, and of one after it, nothing is missing.
        for (from, to, opening, stated) in [
            ("2026-11-04", "2026-11-08", 6_850_000, 8_500_000),
            ("2026-11-20", "2026-11-30", 8_800_000, 8_900_000),
        ] {
            let asked =
                Ask { from: day(from), to: day(to), ..ask(Kind::BankReconciliation, Format::Json) };
            let row = &json_of(&school, &asked)["rows"][0];
            let found = (row["opening"].clone(), row["stated"].clone(), row["rest"].clone());
            assert_eq!(found, (json!(opening), json!(stated), json!(0)), "{from}");
        }
    });
}

#[test]
fn filters_take_parts_that_add_up_to_the_whole() {
    for_each_backend(|db| {
        let school = School::create(db);
        fill(&school);
        let sum = |asked: &Ask, name: &str| json_of(&school, asked)["sums"][name].as_i64().unwrap();
        for (kind, name) in
            [(Kind::Receivables, "net"), (Kind::Receivables, "credit"), (Kind::FeeItems, "net")]
        {
            let whole = sum(&ask(kind, Format::Json), name);
            let by_class: i64 = ["6a1", "7A2"]
                .map(|class| {
                    sum(&Ask { class: Some(class.into()), ..ask(kind, Format::Json) }, name)
                })
                .iter()
                .sum();
            assert_eq!(by_class, whole, "classes, {name}");
            if name == "net" {
                let by_item: i64 = ["Tiền ăn", "ban tru", "NUOCUONG"]
                    .map(|item| Ask { fee_item: Some(item.into()), ..ask(kind, Format::Json) })
                    .iter()
                    .map(|asked| sum(asked, name))
                    .sum();
                assert_eq!(by_item, whole, "fee items");
                let by_round: i64 = ["Tháng 10", "Tháng 11"]
                    .map(|round| Ask { round: Some(round.into()), ..ask(kind, Format::Json) })
                    .iter()
                    .map(|asked| sum(asked, name))
                    .sum();
                assert_eq!(by_round, whole, "rounds");
            }
        }
        let of_one = Ask { student: Some("002".into()), ..ask(Kind::Collections, Format::Json) };
        assert_eq!(sum(&of_one, "amount"), 900_000, "600,000 paid and the family's 300,000");
    });
}

#[test]
fn what_cannot_be_exported_is_refused_with_its_reason() {
    for_each_backend(|db| {
        let school = School::create(db);
        fill(&school);
        let plain = || ask(Kind::Collections, Format::Csv);
        let some = |text: &str| Some(text.to_owned());
        for (why, asked, code) in [
            ("backwards", Ask { from: day("2026-12-01"), ..plain() }, "period"),
            ("a century", Ask { from: day("1926-11-01"), ..plain() }, "period"),
            ("no such class", Ask { class: some("9Z"), ..plain() }, "class_not_found"),
            ("no such fee item", Ask { fee_item: some("Quỹ"), ..plain() }, "fee_item_not_found"),
            ("no such round", Ask { round: some("Tháng 1"), ..plain() }, "round_not_found"),
            ("no such student", Ask { student: some("1"), ..plain() }, "student_not_found"),
            (
                "cash has no class",
                Ask { class: some("6A1"), ..ask(Kind::CashBook, Format::Csv) },
                "export_filter",
            ),
            (
                "an account has no student",
                Ask { student: some("001"), ..ask(Kind::BankReconciliation, Format::Csv) },
                "export_filter",
            ),
        ] {
            let refused = make(&school, &asked).unwrap_err();
            assert_eq!(refused.diagnostics()[0].code, code, "{why}");
        }
        let before = "SELECT COUNT(*) AS value FROM audit_records WHERE action = 'export.make'";
        assert_eq!(db.number(before), 0, "what was refused is not recorded as made");
    });
}

#[test]
fn what_was_taken_is_recorded_without_names() {
    for_each_backend(|db| {
        let school = School::create(db);
        fill(&school);
        let asked = Ask { student: Some("002".into()), ..ask(Kind::Receivables, Format::Xlsx) };
        make(&school, &asked).unwrap();
        let details =
            db.words("SELECT detail AS value FROM audit_records WHERE action = 'export.make'");
        let detail: Value = serde_json::from_str(&details[0]).unwrap();
        assert_eq!(details.len(), 1);
        assert_eq!((&detail["kind"], &detail["format"]), (&json!("receivables"), &json!("xlsx")));
        assert_eq!((&detail["from"], &detail["rows"]), (&json!("2026-11-01"), &json!(3)));
        assert!(detail["student"].is_i64(), "a number, not a code: {detail}");
        assert!(!details[0].contains("Mẫu"), "{detail}");
        school.verify();
    });
}

#[test]
fn csv_of_every_kind_stays_as_it_is() {
    for_each_backend(|db| {
        let school = School::create(db);
        fill(&school);
        let issued = issued(&school);
        for kind in Kind::ALL {
            let made = make(&school, &ask(kind, Format::Csv)).unwrap();
            let text = String::from_utf8(made.bytes).unwrap();
            assert!(text.starts_with('\u{feff}') && text.ends_with("\r\n"));
            let text = text.replace(&issued, "CAP-TU-DONG").replace('\r', "");
            assert_snapshot!(format!("csv_{}", kind.as_str()), text.trim_start_matches('\u{feff}'));
        }
    });
}

#[test]
fn a_workbook_reads_back_cell_by_cell_and_is_the_same_each_time() {
    for_each_backend(|db| {
        let school = School::create(db);
        fill(&school);
        for kind in Kind::ALL {
            let made = make(&school, &ask(kind, Format::Xlsx)).unwrap();
            assert_eq!(made.bytes, make(&school, &ask(kind, Format::Xlsx)).unwrap().bytes);
            let told = json_of(&school, &ask(kind, Format::Json));
            let mut book: Xlsx<_> =
                calamine::open_workbook_from_rs(Cursor::new(made.bytes)).unwrap();
            let first = book.sheet_names()[0].clone();
            let rows: Vec<Vec<Data>> =
                book.worksheet_range(&first).unwrap().rows().map(<[Data]>::to_vec).collect();
            let cells = told["rows"].as_array().unwrap();
            for (shown, row) in rows[5..].iter().zip(cells) {
                // Objects are sorted by name; the sheet is not: so as sets.
                let mut here: Vec<String> = shown.iter().map(comparable).collect();
                let mut there: Vec<String> =
                    row.as_object().unwrap().values().map(of_json).collect();
                here.sort();
                there.sort();
                assert_eq!(here, there, "{kind:?}");
            }
            let total = &rows[5 + cells.len()];
            assert_eq!(total[0], Data::String("Tổng cộng".to_owned()));
            for sum in told["sums"].as_object().unwrap().values() {
                let found = total.iter().any(|cell| comparable(cell) == of_json(sum));
                assert!(found, "{kind:?}: {sum} in {total:?}");
            }
        }
    });
}

/// Type and value: a day is a day, a code a text.
fn comparable(cell: &Data) -> String {
    match cell {
        Data::DateTime(day) => {
            let (year, month, day, ..) = day.to_ymd_hms_milli();
            format!("day {year:04}-{month:02}-{day:02}")
        }
        Data::Float(number) => format!("number {number}"),
        Data::String(text) => format!("text {text}"),
        Data::Empty => "nothing".to_owned(),
        other => panic!("{other:?}"),
    }
}

fn of_json(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Number(number) => format!("number {number}"),
        Value::String(text) => {
            // Days and rates are strings in JSON.
            let rate = || text.parse::<f64>().ok().filter(|_| text.contains('.'));
            match (text.parse::<doisoat::domain::calendar::Day>(), rate()) {
                (Ok(day), _) => format!("day {day}"),
                (_, Some(rate)) => format!("number {rate}"),
                _ => format!("text {text}"),
            }
        }
        other => panic!("{other}"),
    }
}
