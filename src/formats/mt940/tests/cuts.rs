//! Files cut off at every byte: never read as whole in silence.

use super::*;

/// What tells that something may be missing.
const TELLING: [&str; 4] =
    ["end_missing", "page_missing", "closing_balance_mismatch", "summary_mismatch"];

#[test]
fn a_file_cut_off_at_any_byte_is_refused_or_says_what_is_missing() {
    for name in [
        "mt940_plain.sta",
        "mt940_blocks.sta",
        "mt940_pages.sta",
        "mt940_subfields.sta",
        "mt940_reversals.sta",
        "mt942_interim.sta",
        "mt942_full.sta",
        "mt940_german.sta",
        "mt940_dutch.sta",
        "mt940_polish.sta",
        "mt940_nordic.sta",
        "mt940_asian.sta",
        "mt940_lookalikes.sta",
        "mt940_unknown_fields.sta",
        "mt940_other_messages.sta",
        "mt940_windows1258.sta",
    ] {
        let whole = fixture(name);
        let (_, all, statements) = read_all(&whole);
        assert!(!statements.is_empty(), "{name}");
        let mut accepted = 0;
        for cut in 0..whole.len() {
            let (reading, entries, headers) = read_all(&whole[..cut]);
            if !reading.accepted()
                || reading.warnings.iter().any(|note| TELLING.contains(&note.code.as_str()))
            {
                continue;
            }
            // Only what follows a complete message is missing.
            accepted += 1;
            assert_eq!(entries[..], all[..entries.len()], "{name} at {cut}");
            assert_eq!(headers[..], statements[..headers.len()], "{name} at {cut}");
            let of_statements = entries.len() == all.len() || headers.len() < statements.len();
            assert!(of_statements, "{name} at {cut}: entries are missing");
        }
        assert!(accepted < whole.len() / 2, "{name}: {accepted} of {} cuts", whole.len());
    }
}

#[test]
fn an_interim_report_without_totals_is_never_taken_for_whole() {
    let whole = String::from_utf8(fixture("mt942_interim.sta")).unwrap();
    let without_totals = &whole[..whole.find(":90D:").unwrap()];
    for cut in 0..without_totals.len() {
        let (reading, entries, _) = read_all(&without_totals.as_bytes()[..cut]);
        if !reading.accepted() {
            continue;
        }
        assert_eq!(warnings(&reading), ["end_missing"], "at {cut}");
        assert!(without_totals[..cut].ends_with('\r') || without_totals[..cut].ends_with('\n'));
        assert!(entries.len() <= 2, "at {cut}");
    }
    let (reading, entries, _) = read_all(without_totals.as_bytes());
    assert_eq!((warnings(&reading), entries.len()), (vec!["end_missing".to_owned()], 2));
}

#[test]
fn a_mark_that_only_the_last_message_lacks_is_missed() {
    let file = String::from_utf8(fixture("mt940_lookalikes.sta")).unwrap();
    let cut = file.rfind('-').unwrap();
    assert_eq!(warnings(&read_all(file.as_bytes()).0), NONE);
    assert_eq!(warnings(&read_all(&file.as_bytes()[..cut]).0), ["end_missing"]);
    let blocks = String::from_utf8(fixture("mt940_asian.sta")).unwrap();
    let half = blocks.rfind("-}").unwrap() + 1;
    let told = warnings(&read_all(&blocks.as_bytes()[..half]).0);
    assert_eq!(told, ["amount_point", "end_missing"]);
}
