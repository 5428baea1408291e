//! What became of a payment, in words: from the books, over HTTP, and from files alone.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use doisoat::domain::lang::Lang;
use doisoat::domain::matching::rules;
use doisoat::service::{decide, explain};
use insta::assert_snapshot;
use serde_json::Value;

use crate::support::for_each_backend;
use crate::support::program::{Said, doisoat, run, said};
use crate::support::school::{School, csv};
use crate::support::server::Town;

/// Strings of the source that have the shape of a rule: `code-exact/1`.
fn rules_in(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rules_in(&path, found);
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        // Tests may speak of rules that there are not.
        let code = text.split("#[cfg(test)]").next().unwrap();
        for piece in code.split('"').skip(1).step_by(2) {
            let Some((name, version)) = piece.split_once('/') else { continue };
            let named = !name.is_empty()
                && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
            let versioned =
                !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit());
            if named && versioned {
                found.insert(name.to_owned());
            }
        }
    }
}

#[test]
fn every_rule_that_decides_is_described_and_no_other() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = BTreeSet::new();
    for folder in ["domain/matching", "service"] {
        rules_in(&source.join(folder), &mut found);
    }
    assert!(found.len() > 20, "only {} rules were found", found.len());
    let described: BTreeSet<String> = rules::names().map(str::to_owned).collect();
    assert_eq!(found, described);
}

const LIST: &str = "Mã thanh toán;Mã học sinh;Họ và tên;Lớp;Mã gia đình;Còn phải thu\n\
                    HPQ6XPNK7;HS01;Nguyễn Thị Hồng Hạnh;6A1;F1;1250000\n\
                    HP2P9Q7Q9;HS02;Nguyễn Minh Khôi;7A2;F1;1000000\n\
                    HPQRC6R6X;HS03;Trần Gia Bảo;6A1;F2;1250000\n";

const LINES: [(&str, i64, &str, &str); 6] = [
    ("2026-11-02", 1_250_000, "FT26306123401", "MBVCB.3278907687.HPQ6XPNK7 HANH 6A1"),
    ("2026-11-03", 500_000, "FT26307123402", "hpqrc6r6x gia bao nop truoc"),
    ("2026-11-04", 1_000_000, "FT26308123404", "nguyen minh khoi 7a2 nop tien"),
    ("2026-11-05", 750_000, "FT26309123405", "HPQRC6R6X phan con lai"),
    ("2026-11-06", -750_000, "FT26310123405", "HOAN TRA HPQRC6R6X phan con lai"),
    ("2026-11-07", 300_000, "FT26311123406", "chuyen tien"),
];

fn school_with_lines(school: &School) {
    school.students(
        "Mã học sinh;Họ và tên;Lớp;Mã gia đình\nHS01;Nguyễn Thị Hồng Hạnh;6A1;F1\n\
         HS02;Nguyễn Minh Khôi;7A2;F1\nHS03;Trần Gia Bảo;6A1;F2\n",
    );
    school.invoices(LIST);
    school.statement("sao-ke.csv", &csv(0, &LINES));
}

#[test]
fn a_payment_is_explained_by_its_number_its_reference_or_a_piece_of_its_text() {
    for_each_backend(|db| {
        let school = School::create(db);
        school_with_lines(&school);
        let ask = |arguments: &[&str]| -> Said {
            run([&["explain", "--database", &db.url][..], arguments].concat())
        };
        let number = school.payment_id("HPQ6XPNK7").to_string();
        let whole = ask(&[&number, "--lang", "vi"]);
        assert_eq!((whole.status, whole.err.as_str()), (0, ""));
        for (why, words) in [
            ("a reference", &["FT26306123401"][..]),
            ("a piece of the text, in other letters", &["mbvcb.3278907687"]),
            ("at its school", &["FT26306123401", "--school", "THCS-MAU"]),
        ] {
            let said = ask(&[words, &["--lang", "vi"]].concat());
            assert_eq!((said.status, &said.out), (0, &whole.out), "{why}");
        }
        for part in [
            "02/11/2026 · +1.250.000 ₫ · tài khoản …0001",
            "Tệp: sao-ke.csv, dòng 4",
            "MBVCB.3278907687.⟦HPQ6XPNK7⟧ HANH 6A1",
            "Máy tự khớp 1.250.000 ₫ vào 1 khoản phải thu.",
            "Quy tắc code-exact/",
            "1.250.000 ₫ · Nguyễn Thị Hồng Hạnh · 6A1 · HPQ6XPNK7 · trước đó còn phải thu 1.250.000 ₫ · khoản tiền còn lại 0 ₫",
            "- Đúng mã",
            "24/11/2026 08:00  Máy: đã khớp",
        ] {
            assert!(whole.out.contains(part), "{part}\n{}", whole.out);
        }

        let several = ask(&["hpqrc6r6x", "--lang", "en"]);
        assert_eq!((several.status, several.out.as_str()), (1, ""), "several fit");
        assert!(several.err.starts_with("3 payments fit “hpqrc6r6x”"), "{}", several.err);
        assert_eq!(several.err.lines().count(), 4, "{}", several.err);
        for (why, words, code) in [
            ("nothing fits", &["khong co gi nhu vay"][..], "entry_not_found"),
            ("a per cent sign is no wildcard", &["%"], "entry_not_found"),
            ("no text at all", &[" "], "entry_not_found"),
            ("another school", &[&number, "--school", "KHONG-CO"], "school_not_found"),
        ] {
            let said = ask(words);
            assert_eq!((said.status, said.out.as_str()), (1, ""), "{why}");
            assert!(said.err.contains(code), "{why}: {}", said.err);
        }

        let json: Value = serde_json::from_str(&ask(&[&number, "--json"]).out).unwrap();
        assert_eq!(json["decision"]["kind"], "settled");
        assert_eq!(json["allocations"][0]["open_before"], 1_250_000);
    });
}

#[test]
fn what_a_person_did_stands_beside_what_the_machine_had_seen() {
    for_each_backend(|db| {
        let school = School::create(db);
        school_with_lines(&school);
        let at = (school.id, school.payment_id("nguyen minh khoi"));
        let tell = || explain::explain(&school.store, school.id, at.1, Lang::Vi).unwrap();
        let proposed = tell();
        assert_eq!(proposed.decision.text, "Máy đưa ra 1 gợi ý, chờ anh/chị xác nhận.");
        assert_eq!(proposed.proposals[0].allocations[0].student_code, "HS02");
        assert_eq!(proposed.proposals[0].allocations[0].rest.dong(), 0);
        assert_eq!(proposed.unallocated.dong(), 1_000_000);

        decide::confirm(&school.store, &school.clock, &school.actor, at, None, 0).unwrap();
        let confirmed = tell();
        assert_eq!(confirmed.decision.text, "test đã khớp 1.000.000 ₫ vào 1 khoản phải thu.");
        assert_eq!(confirmed.allocations[0].open_before.unwrap().dong(), 1_000_000);
        assert_eq!(confirmed.proposals, vec![], "nothing is left to choose");
        assert_eq!(confirmed.reasons, proposed.reasons, "what the machine had seen");
        assert_eq!(confirmed.marked, proposed.marked);
        assert!(confirmed.marked.as_deref().unwrap().contains('⟦'));

        let (store, clock, actor) = (&school.store, &school.clock, &school.actor);
        decide::reverse(store, clock, actor, at, None, "nhầm học sinh").unwrap();
        let reversed = tell();
        assert_eq!(reversed.decision.note.as_deref(), Some("nhầm học sinh"));
        let steps: Vec<&str> = reversed.history.iter().map(|step| step.kind.as_str()).collect();
        assert_eq!(steps, ["proposed", "settled", "unmatched"]);
        assert_eq!(reversed.history[1].text, "đã khớp: HP2P9Q7Q9 1.000.000 ₫");
        assert_eq!(
            (reversed.history[2].by.as_str(), &*reversed.history[2].text),
            ("test", "chưa khớp")
        );
    });
}

#[test]
fn money_that_went_back_names_its_other_half() {
    for_each_backend(|db| {
        let town = Town::create(db);
        school_with_lines(&town.school);
        let payments = town.school.payments();
        let find = |reference: &str| {
            payments.iter().find(|view| view.reference.as_deref() == Some(reference)).unwrap()
        };
        let (came, back) = (find("FT26309123405"), find("FT26310123405"));
        assert_eq!((came.of, back.of), (Some(back.state.id), Some(came.state.id)));
        assert_eq!(find("FT26306123401").of, None);

        let below =
            |view: &doisoat::service::queue::PaymentView| format!("payments/{}", view.state.id);
        assert_eq!(town.get(&below(came)).send().json()["of"], back.state.id.0);
        let told = |view, lang: &str| {
            let answer = town.get(&format!("{}/explanation?lang={lang}", below(view))).send();
            answer.json()["of"]["text"].as_str().unwrap().to_owned()
        };
        let (came_id, back_id) = (came.state.id, back.state.id);
        assert_eq!(
            told(came, "vi"),
            format!(
                "Đã được trả lại bằng khoản tiền ra {back_id} ngày 06/11/2026, 750.000 ₫, mã tham chiếu FT26310123405."
            )
        );
        assert_eq!(
            told(back, "en"),
            format!(
                "Returns the money in {came_id} of 2026-11-05, 750.000 ₫, reference FT26309123405."
            )
        );
        town.school.verify();
    });
}

#[test]
fn an_explanation_over_http_is_the_one_of_the_command_line() {
    for_each_backend(|db| {
        let town = Town::create(db);
        school_with_lines(&town.school);
        let id = town.school.payment_id("chuyen tien");
        for lang in ["vi", "en"] {
            let answer = town.get(&format!("payments/{id}/explanation?lang={lang}")).send();
            assert_eq!(answer.outcome(), (200, "-".to_owned()));
            let number = id.to_string();
            let line =
                run(["explain", &number, "--json", "--lang", lang, "--database", &db.url]).out;
            assert_eq!(answer.json(), serde_json::from_str::<Value>(&line).unwrap());
        }
        for (why, below, status) in [
            ("a language we do not have", format!("payments/{id}/explanation?lang=fr"), 400),
            ("no such payment", "payments/1/explanation".to_owned(), 404),
        ] {
            assert_eq!(town.get(&below).send().outcome().0, status, "{why}");
        }
        let there = format!("/api/v1/schools/THCS-KHAC/payments/{id}/explanation");
        let stranger = town.server.get(&there).key(&town.stranger).send();
        assert_eq!(stranger.outcome().0, 404, "a foreign payment is as if there were none");
    });
}

#[test]
fn a_line_is_explained_from_files_alone() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("phai-thu.csv"), LIST).unwrap();
    std::fs::write(folder.path().join("sao-ke.csv"), csv(0, &LINES)).unwrap();
    std::fs::write(folder.path().join("hong.xml"), "<Document").unwrap();
    let ask = |statement: &str, arguments: &[&str]| -> Said {
        let files = ["explain", "--invoices", "phai-thu.csv", "--statement", statement];
        let arguments = [&files[..], arguments].concat();
        said(doisoat(arguments).current_dir(folder.path()).output().unwrap())
    };
    for lang in ["vi", "en"] {
        let mut all = String::new();
        for entry in ["0", "1", "2", "3", "4", "5"] {
            let said = ask("sao-ke.csv", &["--entry", entry, "--lang", lang]);
            assert_eq!((said.status, said.err.as_str()), (0, ""));
            writeln!(all, "--entry {entry}\n{}", said.out).unwrap();
        }
        assert_snapshot!(format!("explain_{lang}"), all);
    }
    let json = ask("sao-ke.csv", &["--entry", "1", "--json"]).out;
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["allocations"][0]["code"], "HPQRC6R6X");
    assert_eq!(json["payment"], Value::Null);
    for (why, file, arguments, status, code) in [
        ("there is no such entry", "sao-ke.csv", &["--entry", "9"][..], 1, "entry_not_found"),
        (
            "nor such a statement",
            "sao-ke.csv",
            &["--entry", "0", "--in-statement", "1"],
            1,
            "entry_not_found",
        ),
        ("the file is broken", "hong.xml", &["--entry", "0"], 1, "["),
        ("no entry is named", "sao-ke.csv", &[], 2, "--entry"),
    ] {
        let said = ask(file, arguments);
        assert_eq!((said.status, said.out.as_str()), (status, ""), "{why}");
        assert!(said.err.contains(code), "{why}: {}", said.err);
    }
}
