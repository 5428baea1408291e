//! What is printed can be read back, and nothing that somebody wrote makes it fail.

use std::process::Command;

use doisoat::domain::lang::Lang;
use doisoat::domain::money::Vnd;
use doisoat::formats::paper::{
    self, ClassList, ClassListRow, Notice, NoticeLine, PaperLine, ReceiptPaper, Transfer,
    VoidedPaper,
};
use doisoat::service::notices::{self, Ask};
use doisoat::service::receipts;

use super::{all, codes, take};
use crate::support::crowd::{DUE, enroll};
use crate::support::for_each_backend;
use crate::support::school::School;

fn receipt() -> ReceiptPaper {
    let line = |item: &str, dong| PaperLine {
        item: item.to_owned(),
        round: "Đợt thu tháng 11/2026".to_owned(),
        amount: Vnd::new(dong),
    };
    ReceiptPaper {
        school: "Trường THCS Mẫu (dữ liệu mẫu)".to_owned(),
        number: "BL-2026-000123".to_owned(),
        issued_on: "2026-11-24".parse().unwrap(),
        student: "Nguyễn Thị Hồng Hạnh".to_owned(),
        student_code: "HS0123".to_owned(),
        class: "6A1".to_owned(),
        lines: vec![line("Tiền ăn bán trú", 1_000_000), line("Nước uống", 250_000)],
        amount: Vnd::new(1_250_000),
        left: Vnd::ZERO,
        paid_on: "2026-11-23".parse().unwrap(),
        channel: "Chuyển khoản".to_owned(),
        voucher: None,
        replaces: None,
        verify_code: "04HM-ASW9-NF6Y-Y07Z".to_owned(),
        verify_url: Some("https://thu.example.test/r/04HMASW9NF6YY07Z".to_owned()),
        elsewhere: None,
        voided: None,
    }
}

/// The words on each page, by poppler's reader; `None` where it is not installed.
pub fn text(pdf: &[u8]) -> Option<Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.pdf");
    std::fs::write(&path, pdf).unwrap();
    let Ok(said) = Command::new("pdftotext").arg("-layout").arg(&path).arg("-").output() else {
        println!("skipped: pdftotext is not installed, so that no text was read back");
        return None;
    };
    assert!(said.status.success());
    let text = String::from_utf8(said.stdout).unwrap();
    let mut pages: Vec<String> = text.split('\u{c}').map(str::to_owned).collect();
    pages.pop();
    Some(pages)
}

#[test]
fn a_receipt_says_in_words_that_can_be_searched_what_it_shows() {
    let pdf = paper::receipts(&[receipt()], Lang::Vi).unwrap();
    assert_eq!(pdf, paper::receipts(&[receipt()], Lang::Vi).unwrap(), "the same bytes each time");
    let head = String::from_utf8_lossy(&pdf);
    assert!(head.contains("pdfaid") && head.contains("Doisoat"), "PDF/A says what it is");
    let Some(pages) = text(&pdf) else { return };
    assert_eq!(pages.len(), 1);
    for part in [
        "XÁC NHẬN ĐÃ NHẬN TIỀN",
        "(không thay thế hóa đơn, biên lai)",
        "BL-2026-000123",
        "24/11/2026",
        "Nguyễn Thị Hồng Hạnh",
        "Tiền ăn bán trú",
        "1.250.000",
        "Một triệu hai trăm năm mươi nghìn đồng.",
        "Chuyển khoản",
        "Các khoản này đã nộp đủ.",
        "04HM-ASW9-NF6Y-Y07Z",
        "https://thu.example.test/r/04HMASW9NF6YY07Z",
    ] {
        assert!(pages[0].contains(part), "{part}: {}", pages[0]);
    }
    assert!(!pages[0].contains("ĐÃ HỦY"));
    let voided = ReceiptPaper {
        voided: Some(VoidedPaper {
            on: "2026-11-25".parse().unwrap(),
            reason: "ghi nhầm học sinh".to_owned(),
            replaced_by: Some("BL-2026-000130".to_owned()),
        }),
        ..receipt()
    };
    let page = text(&paper::receipts(&[voided], Lang::En).unwrap()).unwrap().remove(0);
    for part in ["Voided on 25/11/2026: ghi nhầm học sinh", "replaced by BL-2026-000130"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    // Written across the paper, so that each letter stands in a line of its own, the last one first.
    let across: String = page.lines().map(str::trim).filter(|line| line.len() == 1).collect();
    assert_eq!(across, "DIOV", "{page}");
}

#[test]
fn paper_has_as_many_pages_as_it_needs_whatever_was_written() {
    let evil = format!("{}\u{202e}\u{0}🙂\u{e000}", "Ự".repeat(10_000));
    let lines = |count: i64| {
        (1..=count)
            .map(|at| PaperLine {
                item: format!("Khoản {at}"),
                round: "Đợt 1".to_owned(),
                amount: Vnd::new(at),
            })
            .collect::<Vec<_>>()
    };
    let hostile = ReceiptPaper {
        school: evil.clone(),
        number: evil.clone(),
        student: evil.clone(),
        student_code: evil.clone(),
        class: evil.clone(),
        channel: evil.clone(),
        voucher: Some(evil.clone()),
        replaces: Some(evil.clone()),
        verify_code: evil.clone(),
        verify_url: Some(evil.clone()),
        voided: Some(VoidedPaper {
            on: "2026-11-25".parse().unwrap(),
            reason: evil.clone(),
            replaced_by: Some(evil.clone()),
        }),
        ..receipt()
    };
    for (why, of, count) in [
        ("one line", ReceiptPaper { lines: lines(1), ..receipt() }, 1),
        ("seven lines", ReceiptPaper { lines: lines(7), ..receipt() }, 1),
        ("thirty lines", ReceiptPaper { lines: lines(30), ..receipt() }, 2),
        ("words without end", hostile, 1),
    ] {
        let pdf = paper::receipts(&[of], Lang::Vi).unwrap();
        if let Some(pages) = text(&pdf) {
            assert_eq!(pages.len(), count, "{why}");
        }
    }
    let three = [receipt(), receipt(), receipt()];
    let pages = text(&paper::receipts(&three, Lang::Vi).unwrap());
    assert!(pages.is_none_or(|pages| pages.len() == 3), "each begins on a page of its own");
    assert!(paper::receipts(&[], Lang::Vi).is_err());
    let notice = Notice {
        school: evil.clone(),
        student: evil.clone(),
        student_code: evil.clone(),
        class: evil.clone(),
        lines: vec![NoticeLine { item: evil.clone(), amount: Vnd::new(i64::MAX) }; 40],
        amount: Vnd::new(i64::MAX),
        due_on: None,
        transfer: Some(Transfer {
            bank: evil.clone(),
            account: evil.clone(),
            holder: evil.clone(),
            purpose: evil.clone(),
            payload: evil.clone(),
        }),
    };
    let day = "2026-11-24".parse().unwrap();
    let pages = text(&paper::notices(&vec![notice; 9], day, Lang::En).unwrap());
    assert!(pages.is_none_or(|pages| pages.len() == 3), "four on a sheet");
    let row = ClassListRow { code: evil.clone(), name: evil.clone(), open: Vnd::new(i64::MAX) };
    let list =
        ClassList { school: evil.clone(), class: evil.clone(), about: evil, rows: vec![row; 70] };
    let pages = text(&paper::class_lists(&[list], day, Lang::Vi).unwrap());
    assert!(pages.is_none_or(|pages| pages.len() == 3));
}

#[test]
fn a_schools_receipts_notices_and_lists_are_made_of_what_it_has() {
    for_each_backend(|db| {
        let school = School::create(db);
        let School { store, clock, id, .. } = &school;
        enroll(&school, 6);
        take(&school, 0, DUE);
        take(&school, 1, 150_000);
        let ids: Vec<i64> = all(&school).iter().map(|one| one.id).collect();
        let site = (Lang::Vi, "https://thu.example.test/");
        let pages = text(&receipts::pdf(store, *id, &ids, site).unwrap());
        if let Some(pages) = pages {
            assert_eq!(pages.len(), 2);
            assert!(pages[0].contains("https://thu.example.test/r/"), "{}", pages[0]);
            assert!(pages[0].contains("Phiếu thu số: 1/2026"), "{}", pages[0]);
            assert!(pages[1].contains("250.000 đồng"), "what is left: {}", pages[1]);
        }
        assert_eq!(codes(&receipts::pdf(store, *id, &[], site).unwrap_err()), ["no_receipts"]);
        let ask = Ask { without_mail: true, ..Ask::default() };
        let pages = text(&notices::notices_pdf(store, clock, *id, &ask, Lang::Vi).unwrap());
        if let Some(pages) = pages {
            assert_eq!(pages.len(), 2, "five owe something");
            let all = pages.join("\n");
            for part in ["GIẤY BÁO THU", "HS0001", "HS0005", "Vietcombank", "250.000", "Đã nộp"]
            {
                assert!(all.contains(part), "{part}: {all}");
            }
            assert!(!all.contains("HS0000"), "paid in full");
        }
        let ask = Ask { class: Some("6A2".to_owned()), ..Ask::default() };
        let pages = text(&notices::class_lists_pdf(store, clock, *id, &ask, Lang::Vi).unwrap());
        if let Some(pages) = pages {
            assert!(pages[0].contains("Lớp 6A2") && pages[0].contains("250.000"), "{}", pages[0]);
        }
        for (class, round, code) in
            [(Some("9Z9"), None, "no_notices"), (None, Some("KHONG-CO"), "round_not_found")]
        {
            let ask = Ask {
                class: class.map(str::to_owned),
                round: round.map(str::to_owned),
                without_mail: false,
                year: None,
            };
            let error = notices::notices_pdf(store, clock, *id, &ask, Lang::Vi).unwrap_err();
            assert_eq!(codes(&error), [code]);
        }
    });
}
