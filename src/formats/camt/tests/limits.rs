//! Files made to do harm, and files that end anywhere.

use super::*;

#[test]
fn every_cut_of_a_file_is_noticed() {
    for name in ["camt053_v06_charges.xml", "camt053_v10_pages.xml", "camt053_v08_utf16.xml"] {
        let file = fixture(name);
        let blanks = file.iter().rev().take_while(|byte| matches!(byte, b'\n' | 0)).count();
        // The last sign is two bytes wide in UTF-16.
        let whole = file.len() - blanks;
        for end in 0..whole {
            let (reading, _, _) = read_all(&file[..end]);
            assert!(!reading.accepted(), "{name} cut at byte {end}");
        }
        assert!(read_all(&file).0.accepted(), "{name}");
    }
}

#[test]
fn floods_are_stopped_early() {
    let flood = |inner: &str| message(&entry("5", inner));
    let attributes = (0..800_000).fold(String::new(), |mut text, number| {
        write!(text, " a{number}=\"\"").unwrap();
        text
    });
    let long = "x".repeat(60_000);
    for (why, file, code) in [
        ("100,000 levels", flood(&"<a>".repeat(100_000)), "too_deep"),
        ("100,000 levels of nothing else", "<a>".repeat(100_000), "too_deep"),
        ("800,000 attributes", flood(&format!("<a{attributes}/>")), "text_too_long"),
        (
            "more attributes than any",
            flood(&format!("<a{}/>", &attributes[..600])),
            "too_many_attributes",
        ),
        ("one attribute twice", flood("<NtryDtls a=\"\" a=\"\"/>"), "xml"),
        ("the currency twice", flood("").replace("<Amt ", "<Amt Ccy=\"USD\" "), "xml"),
        (
            "1,001 charges",
            flood(&format!(
                "<Chrgs>{}</Chrgs>",
                "<Rcrd><Amt Ccy=\"VND\">1</Amt></Rcrd>".repeat(1_001)
            )),
            "too_many_charges",
        ),
        (
            "1,001 charges, one by one",
            flood(&"<Chrgs><Amt Ccy=\"VND\">1</Amt></Chrgs>".repeat(1_001)),
            "too_many_charges",
        ),
        (
            "one entry of more than 8 MB",
            flood(&format!(
                "<NtryDtls><TxDtls><RmtInf>{}</RmtInf></TxDtls></NtryDtls>",
                format!("<Ustrd>{long}</Ustrd>").repeat(150)
            )),
            "entry_too_large",
        ),
        (
            "an account of 257 letters",
            flood("").replace("1017595600", &"1".repeat(257)),
            "text_too_long",
        ),
        ("20,001 statements", statements(20_001), "too_many_statements"),
    ] {
        let (reading, _, _) = read_all(file.as_bytes());
        assert_eq!(errors(&reading), [code], "{why}");
        assert!(reading.errors[0].place.as_ref().unwrap().line.is_some(), "{why}");
    }
}

fn statements(count: usize) -> String {
    let whole = message("");
    let start = whole.find("<Stmt>").unwrap();
    let end = whole.find("</BkToCstmrStmt>").unwrap();
    let one = whole[start..end].replace("<Id>S</Id>", "<Id/>");
    format!("{}{}{}", &whole[..start], one.repeat(count), &whole[end..])
}

#[test]
fn a_batch_too_large_to_prove_stays_one_entry() {
    let details =
        "<TxDtls><Amt Ccy=\"VND\">1</Amt><RmtInf><Ustrd>nop hoc phi</Ustrd></RmtInf></TxDtls>";
    for (count, split) in [(20_000, true), (20_001, false)] {
        let inner = format!("<NtryDtls>{}</NtryDtls>", details.repeat(count));
        let file = message(&entry(&count.to_string(), &inner));
        let (reading, entries, _) = read_all(file.as_bytes());
        assert_eq!(errors(&reading), NONE);
        assert_eq!(entries.len(), if split { count } else { 1 });
        assert!(entries[0].remittance.as_ref().unwrap().len() <= 64 * 1024);
    }
}

#[test]
fn broken_fixtures_are_refused_for_what_their_names_say() {
    for (name, code) in [
        ("attribute_twice.xml", "xml"),
        ("not_ascii.xml", "encoding"),
        ("statement_twice_differs.xml", "statement_contradicts"),
        ("unknown_encoding.xml", "encoding"),
        ("utf16_cut.xml", "encoding"),
        ("year_0001.xml", "date"),
    ] {
        let (reading, _, _) = read_all(&fixture(&format!("broken/{name}")));
        assert_eq!(errors(&reading), [code], "{name}");
    }
}
