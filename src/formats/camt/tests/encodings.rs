//! Files in the encodings that banks declare, and in others than they declare.

use super::*;

#[test]
fn letters_are_the_same_in_every_encoding() {
    let name = Some("Nguyễn Thị Hồng Hạnh");
    let memo = Some("HPK3M9Q2X học phí tháng 11 của Nguyễn Thị Hồng Hạnh");
    for (file, warned) in [
        ("camt053_v08_utf16.xml", &[][..]),
        ("camt053_v05_windows1258.xml", &[]),
        ("camt053_v07_declared.xml", &["encoding_declared"]),
    ] {
        let (reading, entries, _) = read_all(&fixture(file));
        assert_eq!(errors(&reading), NONE, "{file}");
        assert_eq!(warnings(&reading), warned, "{file}");
        let [entry] = &entries[..] else { panic!("{file}: {entries:?}") };
        assert_eq!(
            (entry.counterparty_name.as_deref(), entry.remittance.as_deref()),
            (name, memo),
            "{file}"
        );
    }
}

#[test]
fn bytes_decide_where_the_declaration_is_wrong_and_certainty_is_possible() {
    let good = message(&entry("5", "<AddtlNtryInf>Học phí</AddtlNtryInf>"));
    let declared = |name: &str| format!("<?xml version=\"1.0\" encoding=\"{name}\"?>{good}");
    let wide = |text: String, mark: &str| -> Vec<u8> {
        format!("{mark}{text}").encode_utf16().flat_map(u16::to_be_bytes).collect()
    };
    let mark = "\u{feff}";
    let as_declared = Vec::<&str>::new();
    let against = vec!["encoding_declared"];
    for (why, bytes, warned) in [
        ("UTF-8", declared("UTF-8").into_bytes(), &as_declared),
        ("nothing declared", good.clone().into_bytes(), &as_declared),
        ("a mark", format!("{mark}{}", declared("utf-8")).into_bytes(), &as_declared),
        ("UTF-16 that says UTF-8", wide(declared("UTF-8"), mark), &against),
        ("UTF-16 without its mark", wide(declared("UTF-16"), ""), &against),
        ("UTF-16 by its exact name", wide(declared("UTF-16BE"), ""), &as_declared),
        ("a code page that is UTF-8", declared("windows-1258").into_bytes(), &against),
        ("ASCII that is UTF-8", declared("US-ASCII").into_bytes(), &against),
    ] {
        let (reading, entries, _) = read_all(&bytes);
        assert_eq!(errors(&reading), NONE, "{why}");
        assert_eq!(&warnings(&reading), warned, "{why}");
        assert_eq!(entries[0].remittance.as_deref(), Some("Học phí"), "{why}");
    }
}

#[test]
fn bytes_that_mean_nothing_are_refused_with_their_line() {
    let file = |name: &str, bytes: &[u8]| {
        let text = message(&entry("5", "\n<AddtlNtryInf>?</AddtlNtryInf>"));
        let (before, after) = text.split_once('?').unwrap();
        let declaration = format!("<?xml version=\"1.0\" encoding=\"{name}\"?>\n");
        [declaration.as_bytes(), before.as_bytes(), bytes, after.as_bytes()].concat()
    };
    for (why, bytes, line) in [
        ("not UTF-8", file("UTF-8", b"\xe9"), 3),
        ("not ASCII, and not UTF-8", file("us-ascii", b"\xe9"), 3),
        ("unassigned in Windows-1258", file("windows-1258", b"\x8d"), 3),
        ("unassigned in Windows-1252", file("ISO-8859-1", b"\xe9\x81"), 3),
        ("an encoding that is not read", file("VISCII", b"a"), 1),
    ] {
        let (reading, _, _) = read_all(&bytes);
        assert_eq!(errors(&reading), ["encoding"], "{why}");
        assert_eq!(reading.errors[0].place.as_ref().unwrap().line, Some(line), "{why}");
        assert!(reading.errors[0].message.vi.contains("Anh/chị"), "{why}");
    }
}

#[test]
fn a_declaration_that_stands_elsewhere_is_none() {
    let good = message(&entry("5", ""));
    let late = good.replace("<Ntry>", "<?xml version=\"1.0\"?><Ntry>");
    assert_eq!(errors(&read_all(late.as_bytes()).0), ["xml"]);
    let other = good.replace("<Ntry>", "<?xml version=\"1.0\" encoding=\"UTF-16\"?><Ntry>");
    assert_eq!(errors(&read_all(other.as_bytes()).0), ["encoding"]);
}
