//! A school's own words around what a letter tells: plain text in which a few named things are put in.
//! Nothing else can be done in it, it costs next to nothing, and one that fails never stops a letter.

use std::collections::BTreeMap;

use minijinja::{Environment, ErrorKind, UndefinedBehavior, Value};

use crate::domain::diagnostic::{Diagnostic, Place};

/// The most characters of a text as the school wrote it.
pub const MOST_WRITTEN: usize = 2_000;

/// The most characters of a text that came of it.
pub const MOST_SAID: usize = 5_000;

/// How many steps filling one in may take.
const FUEL: u64 = 5_000;

/// What can be put in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// What stands for it in a trial.
    pub sample: &'static str,
}

const fn variable(name: &'static str, sample: &'static str) -> Variable {
    Variable { name, sample }
}

/// Everything that can be put in. What a letter has nothing for is empty.
pub const VARIABLES: [Variable; 6] = [
    variable("truong", "Trường THCS Mẫu"),
    variable("phu_huynh", "Nguyễn Thị Mẫu"),
    variable("hoc_sinh", "Hồng Hạnh"),
    variable("dot_thu", "Tháng 11/2026"),
    variable("so_tien", "1.250.000 ₫"),
    variable("han_nop", "20/11/2026"),
];

/// What is put in, by name.
pub type Values = BTreeMap<&'static str, String>;

/// What stands for everything in a trial.
#[must_use]
pub fn sample() -> Values {
    VARIABLES.iter().map(|one| (one.name, one.sample.to_owned())).collect()
}

/// A text with everything put in.
pub fn fill(written: &str, values: &Values) -> Result<String, Diagnostic> {
    if written.chars().count() > MOST_WRITTEN {
        return Err(too_long(MOST_WRITTEN));
    }
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.set_recursion_limit(20);
    let template = environment.template_from_str(written).map_err(|error| refused(&error))?;
    let mut unknown: Vec<String> = template.undeclared_variables(false).into_iter().collect();
    unknown.retain(|name| VARIABLES.iter().all(|known| known.name != name));
    unknown.sort();
    if let Some(name) = unknown.first() {
        return Err(no_such_variable(name, line_of(written, name)));
    }
    let value = |name| values.get(name).map_or("", String::as_str);
    let all = Value::from_pairs(VARIABLES.iter().map(|one| (one.name, value(one.name))));
    let said = template.render(all).map_err(|error| refused(&error))?;
    if said.chars().count() > MOST_SAID {
        return Err(too_long(MOST_SAID));
    }
    Ok(said)
}

/// Whether a school may write this: it is filled in once with everything and once with nothing.
pub fn check(written: &str) -> Result<(), Diagnostic> {
    fill(written, &sample())?;
    fill(written, &Values::new()).map(drop)
}

/// The line on which a name stands first, from 1.
fn line_of(written: &str, name: &str) -> Option<usize> {
    (1..).zip(written.lines()).find(|(_, line)| line.contains(name)).map(|(number, _)| number)
}

fn named() -> String {
    let names: Vec<String> =
        VARIABLES.iter().map(|one| format!("{{{{ {} }}}}", one.name)).collect();
    names.join(", ")
}

fn no_such_variable(name: &str, line: Option<usize>) -> Diagnostic {
    let name: String = name.chars().take(40).collect();
    let (vi, en) = on_line(line);
    Diagnostic::new(
        "wording_variable",
        format!("{vi}không có tên “{name}”. Chỉ dùng được: {}.", named()),
        format!("{en}there is no “{name}”. There are: {}.", named()),
    )
    .at(place(line))
}

fn refused(error: &minijinja::Error) -> Diagnostic {
    let (vi, en) = on_line(error.line());
    let (code, vi_why, en_why) = match error.kind() {
        ErrorKind::OutOfFuel => (
            "wording_costly",
            "đoạn này lặp quá nhiều lần. Hãy viết thành câu thường.",
            "this repeats too often. Write plain sentences.",
        ),
        ErrorKind::SyntaxError => (
            "wording_syntax",
            "dấu ngoặc hoặc lệnh chưa đúng. Viết tên giữa hai cặp ngoặc, ví dụ {{ truong }}; dấu {% %} chỉ dùng cho if, else, endif.",
            "a brace or a command is not right. Write a name between two pairs of braces, such as {{ truong }}; {% %} is for if, else and endif only.",
        ),
        _ => (
            "wording_fails",
            "không thực hiện được. Chỉ dùng các tên có sẵn, không dùng bộ lọc hay hàm.",
            "this cannot be carried out. Use only the names there are, no filters and no functions.",
        ),
    };
    Diagnostic::new(code, format!("{vi}{vi_why}"), format!("{en}{en_why}")).at(place(error.line()))
}

fn too_long(most: usize) -> Diagnostic {
    Diagnostic::new(
        "wording_too_long",
        format!("Lời viết dài quá {most} ký tự. Hãy rút ngắn."),
        format!("The text is longer than {most} characters. Shorten it."),
    )
}

fn on_line(line: Option<usize>) -> (String, String) {
    match line {
        Some(line) => (format!("Dòng {line}: "), format!("Line {line}: ")),
        None => (String::new(), String::new()),
    }
}

fn place(line: Option<usize>) -> Place {
    Place { line: line.and_then(|line| line.try_into().ok()), ..Place::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn named_things_are_put_in_and_nothing_else_can_be_done() {
        for (why, written, expected) in [
            ("plain words", "Kính gửi Quý phụ huynh.", Ok("Kính gửi Quý phụ huynh.")),
            (
                "a name",
                "Đợt {{ dot_thu }} của {{truong}}",
                Ok("Đợt Tháng 11/2026 của Trường THCS Mẫu"),
            ),
            ("a choice", "{% if han_nop %}Hạn {{ han_nop }}{% endif %}", Ok("Hạn 20/11/2026")),
            (
                "marks of pages are letters",
                "<b>{{ hoc_sinh }}</b> & <img src=x>",
                Ok("<b>Hồng Hạnh</b> & <img src=x>"),
            ),
            ("an unknown name", "Xin chào\n{{ mat_khau }}", Err(("wording_variable", Some(2)))),
            ("an open brace", "Xin chào\n\n{{ truong", Err(("wording_syntax", Some(3)))),
            ("a filter", "{{ truong|upper }}", Err(("wording_fails", Some(1)))),
            ("a function", "{{ range(9) }}", Err(("wording_variable", Some(1)))),
            ("a part of a text", "{{ truong.x }}", Err(("wording_fails", Some(1)))),
            ("another file", "{% include 'a' %}", Err(("wording_syntax", Some(1)))),
            (
                "much work for few letters",
                "{% for a in truong %}{% for b in truong %}{% for c in truong %}{% for d in truong %}x{% endfor %}{% endfor %}{% endfor %}{% endfor %}",
                Err(("wording_costly", Some(1))),
            ),
            (
                "a list that is written down",
                "{% for a in [1,2,3,4,5,6,7,8,9] %}{% for b in [1,2,3,4,5,6,7,8,9] %}{% for c in [1,2,3,4,5,6,7,8,9] %}{% for d in [1,2,3,4,5,6,7,8,9] %}x{% endfor %}{% endfor %}{% endfor %}{% endfor %}",
                Err(("wording_costly", Some(1))),
            ),
            ("a sum that is none", "{{ 1 // 0 }}", Err(("wording_fails", Some(1)))),
        ] {
            let found = fill(written, &sample());
            let found = found.as_ref().map(String::as_str).map_err(|why| {
                (why.code.as_str(), why.place.as_ref().and_then(|place| place.line))
            });
            assert_eq!(found, expected, "{why}");
        }
    }

    #[test]
    fn a_text_is_short_as_written_and_as_said() {
        assert!(fill(&"a".repeat(MOST_WRITTEN), &sample()).is_ok());
        let code = |found: Result<String, Diagnostic>| found.unwrap_err().code.clone();
        assert_eq!(code(fill(&"a".repeat(MOST_WRITTEN + 1), &sample())), "wording_too_long");
        let mut values = sample();
        values.insert("truong", "x".repeat(MOST_SAID));
        assert_eq!(code(fill("{{ truong }}{{ truong }}", &values)), "wording_too_long");
    }

    #[test]
    fn what_a_letter_has_nothing_for_is_empty() {
        assert_eq!(fill("Hạn: {{ han_nop }}.", &Values::new()).unwrap(), "Hạn: .");
        assert!(check("{% if so_tien %}{{ so_tien }}{% else %}Không có{% endif %}").is_ok());
        assert!(check("{{ khac }}").is_err());
    }
}
