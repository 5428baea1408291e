//! Student lists.

use super::columns::of_students as own;
use super::columns::{self as column, RowCells};
use super::repeats;
use super::rows::{GuardianCells, ListResult, Rows, StudentList, StudentRow, Told};
use super::table::{Table, read_table};
use crate::domain::diagnostic::{Diagnostic, Place};
use crate::domain::roster::contact::Phone;
use crate::domain::roster::{PersonalNumber, Sex, contact, identifier::Doubt, masked};
use crate::domain::text::squeeze;
use crate::formats::spreadsheet::legacy_font::is_old_font_row;
use crate::formats::spreadsheet::notes::{Notes, row_problem};

/// How a school collects, as lists write it, and the stable name.
pub const COLLECTIONS: [(&str, &str); 2] = [("Chuyển khoản", "transfer"), ("Tiền mặt", "cash")];

/// The reasons for which a student pays less.
pub const EXEMPTIONS: [&str; 7] = [
    "Hộ nghèo",
    "Hộ cận nghèo",
    "Con thương binh, liệt sĩ",
    "Khuyết tật",
    "Mồ côi",
    "Dân tộc thiểu số",
    "Khác",
];

/// Reads a student list from the bytes of a CSV or XLSX file. A list without code, name or class is
/// of no use; a bad row is reported and left out.
pub fn read_students(bytes: &[u8]) -> ListResult<StudentRow> {
    students_of(&read_table(bytes)?)
}

/// Reads a student list from a table.
pub fn students_of(table: &Table) -> ListResult<StudentRow> {
    student_list(table).map(|list| Rows { good: list.good, bad: list.bad })
}

/// The same with what it says nothing of, and with what is worth a look.
pub fn student_list(table: &Table) -> Result<StudentList, Diagnostic> {
    let columns = Columns::find(table)?;
    let mut list = StudentList {
        good: Vec::with_capacity(table.rows.len()),
        bad: Vec::new(),
        warnings: Vec::new(),
        told: columns.told(),
    };
    let mut warnings = Notes::default();
    let (mut old_fonts, mut not_ascii, mut first_old) = (0_usize, 0_usize, None);
    for row in &table.rows {
        let mut cells = RowCells::new(table, row);
        if cells.is_no_record(columns.code) {
            continue;
        }
        not_ascii += usize::from(row.cells.iter().any(|cell| !cell.is_ascii()));
        if is_old_font_row(&row.cells) {
            old_fonts += 1;
            first_old.get_or_insert(row.row);
            list.bad.push(old_font(row.row));
            continue;
        }
        let student = columns.read(&mut cells, row.row, &mut warnings);
        if cells.problems.is_empty() {
            if columns.email.or(columns.phone).is_some() {
                without_contact(&student, &mut warnings);
            }
            list.good.push(student);
        } else {
            list.bad.append(&mut cells.problems);
        }
    }
    if let Some(first) = first_old
        && old_fonts * 2 > not_ascii
    {
        return Err(old_font_list(first, old_fonts));
    }
    let code_heading = table.headers.get(columns.code).map_or(column::OWN_CODE.vi, String::as_str);
    repeats::drop_lost_zeros(&mut list, code_heading);
    repeats::drop_repeated_codes(&mut list);
    repeats::drop_repeated_identifiers(&mut list);
    repeats::warn_of_same_persons(&list, &mut warnings);
    list.bad.sort_by_key(|problem| problem.place.as_ref().and_then(|place| place.row));
    if columns.email.is_none() && columns.phone.is_none() && !list.good.is_empty() {
        warnings.push(no_contact_columns());
    }
    list.warnings = warnings.finish();
    Ok(list)
}

/// Where each column of a list is.
struct Columns {
    code: usize,
    name: usize,
    class: usize,
    family: Option<usize>,
    guardian: Option<usize>,
    email: Option<usize>,
    phone: Option<usize>,
    virtual_account: Option<usize>,
    personal_number: Option<usize>,
    education_code: Option<usize>,
    other_code: Option<usize>,
    birth_date: Option<usize>,
    sex: Option<usize>,
    relation: Option<usize>,
    language: Option<usize>,
    second: [Option<usize>; 5],
    collection: Option<usize>,
    exemption: Option<usize>,
    payer_accounts: Option<usize>,
}

impl Columns {
    fn find(table: &Table) -> Result<Columns, Diagnostic> {
        Ok(Columns {
            code: column::OWN_CODE.require(table)?,
            name: column::STUDENT_NAME.require(table)?,
            class: column::CLASS.require(table)?,
            family: column::FAMILY.find(table),
            guardian: column::GUARDIAN.find(table),
            email: column::EMAIL.find(table),
            phone: column::PHONE.find(table),
            virtual_account: column::VIRTUAL_ACCOUNT.find(table),
            personal_number: own::PERSONAL_NUMBER.find(table),
            education_code: own::EDUCATION_CODE.find(table),
            other_code: own::OTHER_CODE.find(table),
            birth_date: own::BIRTH_DATE.find(table),
            sex: own::SEX.find(table),
            relation: own::RELATION.find(table),
            language: own::LANGUAGE.find(table),
            second: [
                own::GUARDIAN_2.find(table),
                own::RELATION_2.find(table),
                own::EMAIL_2.find(table),
                own::PHONE_2.find(table),
                own::LANGUAGE_2.find(table),
            ],
            collection: own::COLLECTION.find(table),
            exemption: own::EXEMPTION.find(table),
            payer_accounts: own::PAYER_ACCOUNTS.find(table),
        })
    }

    fn told(&self) -> Told {
        Told {
            family: self.family.is_some(),
            guardian: self.guardian.or(self.relation).or(self.language).is_some(),
            email: self.email.is_some(),
            phone: self.phone.is_some(),
            second_guardian: self.second.iter().any(Option::is_some),
            personal_number: self.personal_number.is_some(),
            education_code: self.education_code.is_some(),
            other_code: self.other_code.is_some(),
            birth_date: self.birth_date.is_some(),
            sex: self.sex.is_some(),
            collection: self.collection.is_some(),
            exemption: self.exemption.is_some(),
        }
    }

    fn read(&self, cells: &mut RowCells<'_>, row: u64, warnings: &mut Notes) -> StudentRow {
        let code = cells.required_code(self.code);
        let name = match cells.own_text(Some(self.name)) {
            Some(name) => name.split_whitespace().collect::<Vec<_>>().join(" "),
            None if cells.problems.is_empty() => cells.required(self.name),
            None => String::new(),
        };
        let class = cells.required_code(self.class);
        let birth_date = cells.own_day(self.birth_date);
        let sex = self.sex_of(cells);
        let personal_number = self.personal_number_of(cells);
        if let Some(number) = personal_number.as_deref().and_then(PersonalNumber::parse) {
            for doubt in number.doubts(birth_date, sex) {
                warnings.push_row(doubtful(row, &number, doubt));
            }
        }
        let first = [self.guardian, self.relation, self.email, self.phone, self.language];
        let first = guardian(cells, first, row, warnings);
        let second = guardian(cells, self.second, row, warnings);
        StudentRow {
            row,
            code,
            name,
            class,
            family: cells.code(self.family),
            guardian_name: first.as_ref().and_then(|one| one.name.clone()),
            email: first.as_ref().and_then(|one| one.email.clone()),
            phone: first.as_ref().and_then(|one| one.phone.clone()),
            virtual_account: cells
                .code(self.virtual_account)
                .map(|account| account.replace(' ', "")),
            personal_number,
            education_code: cells.code(self.education_code),
            other_code: cells.code(self.other_code),
            birth_date,
            sex,
            collection: self.collection_of(cells),
            exemption: self.exemption_of(cells),
            payer_accounts: self.payer_accounts_of(cells),
            guardians: first.into_iter().chain(second).collect(),
        }
    }

    fn sex_of(&self, cells: &mut RowCells<'_>) -> Option<Sex> {
        let text = cells.own_text(self.sex)?;
        let sex = Sex::parse(&text);
        if sex.is_none() {
            let (vi, en) =
                ("không phải giới tính. Ghi Nam hoặc Nữ.", "is no sex. Write Nam or Nữ.");
            cells.wrong(self.sex, "sex", &text, vi, en);
        }
        sex
    }

    fn personal_number_of(&self, cells: &mut RowCells<'_>) -> Option<String> {
        let text = cells.code(self.personal_number)?;
        if text.contains('*') {
            return Some(text);
        }
        if let Some(number) = PersonalNumber::parse(&text) {
            return Some(number.as_str().to_owned());
        }
        let shown = masked(&text);
        if (9..12).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) {
            cells.wrong(
                self.personal_number,
                "lost_zeros",
                &shown,
                "không đủ 12 chữ số, có lẽ Excel đã bỏ số 0 ở đầu. Đặt cột thành kiểu Văn bản (Text) rồi ghi lại đủ 12 chữ số.",
                "has less than 12 digits; Excel has probably dropped leading zeros. Set the column to Text and write all 12 digits.",
            );
        } else {
            cells.wrong(
                self.personal_number,
                "personal_number",
                &shown,
                "không phải số định danh cá nhân. Ghi đủ 12 chữ số như trên giấy khai sinh hoặc căn cước.",
                "is no personal number. Write its 12 digits as on the birth certificate or the identity card.",
            );
        }
        None
    }

    fn collection_of(&self, cells: &mut RowCells<'_>) -> Option<&'static str> {
        let text = cells.own_text(self.collection)?;
        let word = squeeze(&text);
        let found = COLLECTIONS
            .iter()
            .find(|(vi, name)| squeeze(vi) == word || squeeze(name) == word)
            .map(|(_, name)| *name);
        if found.is_none() {
            let (vi, en) = (
                "không có trong danh mục. Chọn Chuyển khoản hoặc Tiền mặt, hoặc để trống.",
                "is not in the list. Choose Chuyển khoản or Tiền mặt, or leave the cell blank.",
            );
            cells.wrong(self.collection, "not_in_list", &text, vi, en);
        }
        found
    }

    /// Several in one cell are separated by semicolons, commas or new lines.
    fn payer_accounts_of(&self, cells: &mut RowCells<'_>) -> Vec<String> {
        let Some(text) = cells.code(self.payer_accounts) else { return Vec::new() };
        let mut accounts: Vec<String> = Vec::new();
        for part in text.split([';', ',', '\n']) {
            let account = squeeze(part);
            if account.is_empty() || accounts.contains(&account) {
                continue;
            }
            if !(6..=19).contains(&account.len()) || !account.bytes().any(|b| b.is_ascii_digit()) {
                let (vi, en) = (
                    "không phải số tài khoản ngân hàng. Ghi số tài khoản (6 đến 19 chữ số hoặc chữ cái); nhiều tài khoản thì cách nhau bằng dấu chấm phẩy.",
                    "is no bank account. Write its number (6 to 19 digits or letters); separate several by semicolons.",
                );
                cells.wrong(self.payer_accounts, "account", part.trim(), vi, en);
            }
            accounts.push(account);
        }
        accounts
    }

    fn exemption_of(&self, cells: &mut RowCells<'_>) -> Option<&'static str> {
        let text = cells.own_text(self.exemption)?;
        let word = squeeze(&text);
        if word == "KHONG" {
            return None;
        }
        let found = EXEMPTIONS.into_iter().find(|known| squeeze(known) == word);
        if found.is_none() {
            let list = EXEMPTIONS.join("; ");
            let vi = format!("không có trong danh mục. Chọn một trong: {list}; hoặc để trống.");
            let en = format!("is not in the list. Choose one of: {list}; or leave the cell blank.");
            cells.wrong(self.exemption, "not_in_list", &text, &vi, &en);
        }
        found
    }
}

/// What the cells of one guardian say: name, relation, e-mail, phone, language.
fn guardian(
    cells: &mut RowCells<'_>,
    [name, relation, email, phone, language]: [Option<usize>; 5],
    row: u64,
    warnings: &mut Notes,
) -> Option<GuardianCells> {
    let mut one = GuardianCells {
        name: cells.own_text(name),
        relation: cells.own_text(relation),
        language: "vi",
        ..GuardianCells::default()
    };
    if let Some(text) = cells.own_text(email) {
        one.email = contact::email(&text);
        if one.email.is_none() {
            let (vi, en) = (
                "không phải địa chỉ email. Ghi một địa chỉ, ví dụ ten@example.com, hoặc để trống.",
                "is no e-mail address. Write one address, for example name@example.com, or leave the cell blank.",
            );
            cells.wrong(email, "email", &text, vi, en);
        }
    }
    if let Some(text) = cells.code(phone) {
        match contact::phone(&text) {
            Phone::Number(number) => one.phone = Some(number),
            Phone::ZeroLost(number) => {
                warnings.push_row(row_problem(
                    row,
                    "phone_zero",
                    "số điện thoại mất số 0 ở đầu; đã ghi lại có số 0. Anh/chị kiểm tra lại.",
                    "the phone number had lost its leading zero, which was put back. Check it.",
                ));
                one.phone = Some(number);
            }
            Phone::Wrong => {
                let (vi, en) = (
                    "không phải số điện thoại Việt Nam. Ghi một số, ví dụ 0912345678, hoặc để trống.",
                    "is no telephone number of Vietnam. Write one number, for example 0912345678, or leave the cell blank.",
                );
                cells.wrong(phone, "phone", &text, vi, en);
            }
        }
    }
    if let Some(text) = cells.own_text(language) {
        match squeeze(&text).as_str() {
            "VI" | "TIENGVIET" | "VIETNAMESE" => {}
            "EN" | "TIENGANH" | "ENGLISH" => one.language = "en",
            _ => cells.wrong(
                language,
                "not_in_list",
                &text,
                "không phải ngôn ngữ có sẵn. Ghi Tiếng Việt hoặc Tiếng Anh.",
                "is no language there is. Write Tiếng Việt or Tiếng Anh.",
            ),
        }
    }
    let somebody = one.name.is_some() || one.email.is_some() || one.phone.is_some();
    somebody.then_some(one)
}

fn without_contact(student: &StudentRow, warnings: &mut Notes) {
    let reachable = |one: &GuardianCells| one.email.is_some() || one.phone.is_some();
    if !student.guardians.iter().any(reachable) {
        warnings.push_row(row_problem(
            student.row,
            "no_contact",
            "không có email và số điện thoại của phụ huynh nào. Học sinh vẫn được nhập; nhà trường sẽ phải in giấy báo.",
            "no guardian has an e-mail or a phone number. The student is kept; notices will have to be printed.",
        ));
        return;
    }
    if student.guardians.iter().any(|one| !reachable(one)) {
        warnings.push_row(row_problem(
            student.row,
            "guardian_without_contact",
            "một phụ huynh không có email và số điện thoại. Bổ sung nếu cần báo cho người này.",
            "a guardian has neither e-mail nor phone number. Add one if this person is to be told.",
        ));
    }
}

fn doubtful(row: u64, number: &PersonalNumber, doubt: Doubt) -> Diagnostic {
    let (vi, en) = match doubt {
        Doubt::Province => {
            ("ba chữ số đầu không phải mã tỉnh nào", "no province has its first three digits")
        }
        Doubt::Sex => {
            ("chữ số thứ tư không khớp giới tính", "its fourth digit does not fit the sex")
        }
        Doubt::BirthYear => ("không khớp năm sinh", "it does not fit the year of birth"),
    };
    let shown = masked(number.as_str());
    Diagnostic::new(
        "personal_number_doubt",
        format!("Dòng {row}: số định danh cá nhân {shown}: {vi}. Đã giữ lại; anh/chị đối chiếu với giấy khai sinh."),
        format!("Row {row}: personal number {shown}: {en}. It is kept; compare it with the birth certificate."),
    )
    .at(Place::cell(row, own::PERSONAL_NUMBER.vi))
}

fn old_font(row: u64) -> Diagnostic {
    row_problem(
        row,
        "legacy_font",
        "chữ dùng phông cũ (TCVN3/VNI), không đọc đúng được. Chuyển dòng này sang Unicode rồi nhập lại.",
        "the text uses an old font encoding (TCVN3/VNI) and cannot be read rightly. Convert the row to Unicode and load it again.",
    )
}

fn old_font_list(first: u64, count: usize) -> Diagnostic {
    Diagnostic::new(
        "legacy_font",
        format!("Chữ trong danh sách dùng phông cũ (TCVN3/VNI): {count} dòng, đầu tiên là dòng {first}. Không nhập dòng nào. Mở bằng Excel, chuyển sang Unicode, lưu lại rồi tải lên."),
        format!("The list uses an old font encoding (TCVN3/VNI): {count} rows, the first is row {first}. No row was taken. Open it in Excel, convert it to Unicode, save it and load it again."),
    )
    .at(Place::row(first))
}

fn no_contact_columns() -> Diagnostic {
    Diagnostic::new(
        "no_contact_columns",
        "Danh sách không có cột Email và Số điện thoại, nên học sinh mới chưa có liên hệ nào. Thêm cột rồi nhập lại để gửi được thông báo.",
        "The list has no columns Email and Số điện thoại, so new students have no contact. Add the columns and load it again to be able to send notices.",
    )
}
