use super::super::codes::Found;
use super::*;

fn names() -> Names {
    Names::new(
        [
            ("Nguyễn Văn An", "6A1"),
            ("Nguyễn Văn An Khang", "6A2"),
            ("Trần Thị Bình", "Lớp 1/2"),
            ("Y H'Bia", "Lá 1"),
            ("Lê Phi", "6A1"),
            ("Nguyễn Văn Ân", "7B"),
        ]
        .into_iter()
        .map(|(name, class)| (name, class, GUARDIANS)),
    )
}

static GUARDIANS: &[String] = &[];

#[test]
fn full_names_are_found_however_they_are_written() {
    for (why, text, expected) in [
        ("plain", "NGUYEN VAN AN nop", &[&[0, 5][..]][..]),
        ("marks, and who shares the folded name", "Nguyễn Văn Ân", &[&[0, 5]]),
        ("the longest wins", "nguyen van an khang 6A2", &[&[1]]),
        ("two names", "Nguyen Van An va Tran Thi Binh", &[&[0, 5], &[2]]),
        ("without blanks", "NGUYENVANAN", &[&[0, 5]]),
        ("glued to other words", "HOCPHINGUYENVANANKHANGNOP", &[&[1]]),
        ("an apostrophe", "Y H'Bia", &[&[3]]),
        ("typed in Telex", "nguyeenx vawn an 6A1", &[&[0, 5]]),
        ("split by the bank", "NGUY EN VAN AN", &[&[0, 5]]),
        ("glued to a number", "123NGUYEN VAN AN6A1", &[&[0, 5]]),
        ("part of a name", "VAN AN 6A1", &[]),
        (
            "a sender's name in the bank's own words",
            "nop.CT tu 0351000000000 NGUYEN VAN AN toi 1018000000 TRUONG",
            &[],
        ),
    ] {
        let names = names();
        let found = names.find(&Remittance::read(text, None), &Found::default());
        let students: Vec<_> =
            found.full.iter().map(|name| names.bearers[name.number].as_slice()).collect();
        assert_eq!(students, expected, "{why}: {text}");
    }
}

#[test]
fn classes_are_found_in_all_spellings() {
    for (why, text, expected) in [
        ("plain", "AN 6A1", &["6A1"][..]),
        ("lower case", "an 6a1", &["6A1"]),
        ("apart", "AN 6 A1", &["6A1"]),
        ("all apart", "AN 6 A 1", &["6A1"]),
        ("with the word", "an lop 6A1", &["6A1"]),
        ("glued to the word", "an lop6a1", &["6A1"]),
        ("glued to the name", "AN6A1", &["6A1"]),
        ("glued to the word's first letter", "AN L6A1", &["6A1"]),
        ("with a stroke for the letter, where only one class can be meant", "AN lop 6/2", &["6A2"]),
        ("with a stroke", "Binh lop 1/2", &["1/2"]),
        ("without the word", "Binh 1/2", &["1/2"]),
        ("a date is none", "Binh ngay 1/2", &[]),
        ("a nursery class", "be Bia la 1", &["LA1"]),
        ("a nursery class glued to the word", "be Bia lopla 1", &["LA1"]),
        ("a nursery class glued to its first letter", "be Bia LLA 1", &["LA1"]),
        ("broken at a line end", "Binh 1\n/2", &["1/2"]),
        ("longer than a class", "AN 6A12", &[]),
        ("unknown", "AN 9C", &[]),
    ] {
        let names = names();
        let found = names.find(&Remittance::read(text, None), &Found::default());
        let classes: Vec<_> = found.classes.iter().map(|found| found.class).collect();
        let expected: Vec<_> =
            expected.iter().map(|class| names.class_numbers[class.as_bytes()]).collect();
        assert_eq!(classes, expected, "{why}: {text}");
    }
}

#[test]
fn given_name_and_class_name_a_student_but_everyday_words_do_not() {
    for (why, text, expected) in [
        ("given name and class", "AN 6A1 hoc phi", &[0][..]),
        ("of another class", "AN 6A2", &[]),
        ("broken at a line end", "P\nHI 6A1", &[4]),
        ("in Telex", "anf 6A1 hocj phis", &[0]),
        ("a longer one in Telex", "be phis 6A1", &[4]),
        ("a name that is an everyday word", "HOC PHI 6A1", &[]),
        ("the same in Telex", "HOCJ PHIS 6A1", &[]),
        ("the same word as a name", "PHI 6A1", &[4]),
    ] {
        let found = names().find(&Remittance::read(text, None), &Found::default());
        let students: Vec<_> = found.in_class.iter().map(|named| named.student).collect();
        assert_eq!(students, expected, "{why}: {text}");
    }
}

#[test]
fn rare_words_and_the_given_name_weigh_more() {
    let names = names();
    let of = |text: &str| {
        let found = names.find(&Remittance::read(text, None), &Found::default());
        names.likeness(2, &found.words)
    };
    assert_eq!(of("TRAN THI BINH"), 100);
    assert!(of("BINH") > of("TRAN"), "{} {}", of("BINH"), of("TRAN"));
    assert_eq!(of("KHANG"), 0);
}

#[test]
fn guardians_are_found_with_their_children() {
    let hoa = ["Trần Thị Hoa".to_owned()];
    let names = Names::new(
        [("Nguyễn Văn An", "6A1"), ("Nguyễn Văn Bình", "6A2"), ("Lê Phi", "7B")]
            .into_iter()
            .zip([&hoa[..], &hoa[..], &[]])
            .map(|((name, class), guardians)| (name, class, guardians)),
    );
    let found = names.find(&Remittance::read("Tran thi Hoa nop cho con", None), &Found::default());
    let [guardian] = found.guardians.as_slice() else { panic!("{found:?}") };
    assert_eq!(names.children(guardian.number), [0, 1]);
    assert_eq!(names.children_of("TRAN THI HOA"), [0, 1]);
    assert!(names.children_of("TRAN HOA").is_empty());
    assert_eq!(found.full, []);
}

#[test]
fn names_that_sound_alike_are_one() {
    let names = Names::new(
        [("Lê Thị Mỹ", "6A1"), ("Lê Thị Mĩ", "6A2"), ("Y H'Bia", "6A1"), ("YH Bia", "6A3")]
            .into_iter()
            .map(|(name, class)| (name, class, GUARDIANS)),
    );
    assert_eq!((names.namesakes(0), names.namesakes(2)), (2, 2));
}
