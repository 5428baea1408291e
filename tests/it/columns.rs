//! A table whose words nobody knows is asked about once for each account, and read ever after.

use std::fmt::Write as _;

use crate::support::client::encoded;
use crate::support::for_each_backend;
use crate::support::program::run;
use crate::support::school::ACCOUNT;
use crate::support::server::Town;

/// A bank's export with headings of its own.
fn export(rows: &[(&str, &str, &str)]) -> Vec<u8> {
    let mut text = format!("Số tài khoản: {ACCOUNT}\nKhi nào;Bao nhiêu;Để làm gì\n");
    for (day, amount, memo) in rows {
        writeln!(text, "{day};{amount};{memo}").unwrap();
    }
    text.into_bytes()
}

const ROWS: [(&str, &str, &str); 3] = [
    ("02/11/2026", "1.250.000", "HPQ6XPNK7 nop hoc phi"),
    ("03/11/2026", "500.000", "nop tien cho con"),
    ("04/11/2026", "-22.000", "phi quan ly"),
];
const ANSWER: &str = "date=A,amount=\"Bao nhiêu\",memo=C";

#[test]
fn unknown_columns_are_asked_once_and_the_answer_is_kept_for_the_account() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let plan = |key: &str, more: &str, bytes: &[u8]| {
            let target = format!("statements?file_name=la.csv{more}");
            town.post(&target).once(key).bytes(bytes).send()
        };
        let asked = plan("asked", "", &export(&ROWS));
        assert_eq!(asked.outcome(), (422, "columns_unknown".to_owned()), "{}", asked.text());
        let question = &asked.json()["columns"];
        assert_eq!(question["headings"][1], "Bao nhiêu");
        let samples = question["columns"][1]["samples"].as_array().unwrap();
        assert_eq!(samples.len(), 3, "three values of each column: {question}");
        assert_eq!(town.get("column-mappings").send().json(), serde_json::json!([]));

        let wrong = plan("wrong", &format!("&columns={}", encoded("date=A")), &export(&ROWS));
        assert_eq!(wrong.outcome(), (422, "mapping_no_amount".to_owned()));
        let nonsense = plan("nonsense", "&columns=xyz", &export(&ROWS));
        assert_eq!(nonsense.outcome().0, 422);

        let answer = format!("&columns={}", encoded(ANSWER));
        let planned = plan("answered", &answer, &export(&ROWS));
        assert_eq!(planned.outcome(), (201, "-".to_owned()), "{}", planned.text());
        let told = planned.json();
        assert_eq!(
            (told["layout"].as_str(), told["state"].as_str()),
            (Some("mapped"), Some("planned"))
        );
        assert_eq!(told["statements"][0]["credits"], 1_750_000);
        assert_eq!(told["statements"][0]["debits"], 22_000);
        let commit = format!("statements/{}/commit", told["id"]);
        assert_eq!(town.post(&commit).once("commit").send().json()["settled"], 1);

        let next = plan("next", "", &export(&[("09/11/2026", "70.000", "nop tien nuoc")]));
        assert_eq!(next.outcome(), (201, "-".to_owned()), "the next file is not asked about");
        let kept = town.get("column-mappings").send().json();
        assert_eq!(kept.as_array().unwrap().len(), 1, "{kept}");
        assert_eq!(kept[0]["account"], ACCOUNT);
        town.school.verify();

        let forget = format!("/api/v1/schools/THCS-MAU/column-mappings/{}", kept[0]["id"]);
        let request =
            || crate::support::client::Request::new(town.server.address, "DELETE", &forget);
        assert_eq!(request().key(&town.reader).send().status, 403, "a reader forgets nothing");
        assert_eq!(request().key(&town.accountant).send().status, 204);
        assert_eq!(request().key(&town.accountant).send().status, 404);
        let again = plan("again", "", &export(&[("16/11/2026", "80.000", "nop tien nuoc")]));
        assert_eq!(again.outcome(), (422, "columns_unknown".to_owned()));
    });
}

#[test]
fn the_command_line_shows_the_columns_and_takes_the_answer() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("la.csv");
    std::fs::write(&path, export(&ROWS)).unwrap();
    let path = path.to_str().unwrap();
    let asked = run(["inspect", path]);
    assert_eq!(asked.status, 1);
    for word in ["[columns_unknown]", "Bao nhiêu", "1.250.000", "--columns '"] {
        assert!(asked.out.contains(word), "{word}: {}", asked.out);
    }
    let read = run(["inspect", "--json", "--columns", ANSWER, path]);
    let told: serde_json::Value = serde_json::from_str(&read.out).unwrap();
    assert_eq!((read.status, told["layout"].as_str()), (0, Some("mapped")), "{told}");
    let entries = told["statements"][0]["entries"].as_array().unwrap();
    let amounts: Vec<_> = entries.iter().map(|entry| entry["amount"].as_str().unwrap()).collect();
    assert_eq!(amounts, ["1250000", "500000", "22000"]);
    let misspelt = run(["inspect", "--columns", "day=A", path]);
    assert_eq!(misspelt.status, 2, "{misspelt:?}");
    let known = "fixtures/statements/table-generic.csv";
    let needless = run(["inspect", "--columns", ANSWER, known]);
    assert!(needless.err.contains("[columns_not_asked]"), "{needless:?}");
}
