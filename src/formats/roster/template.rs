//! The product's workbook for student lists: the list with drop-downs, what each column means, and
//! the values to choose from.

use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DocProperties, ExcelDateTime, Format, Formula,
    Workbook, Worksheet, XlsxError,
};

use super::columns::{self as column, Column, of_students as own};
use super::students::{COLLECTIONS, EXEMPTIONS};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::roster::Sex;
use crate::domain::text::still;

/// The sheet with the students.
pub const SHEET: &str = "Học sinh";
const GUIDE: &str = "Hướng dẫn";
const LISTS: &str = "Danh mục";
/// Rows that have drop-downs and the format of text.
const PREPARED_ROWS: u32 = 2_000;
const RELATIONS: [&str; 5] = ["Mẹ", "Bố", "Ông", "Bà", "Người giám hộ"];
const LANGUAGES: [(&str, &str); 2] = [("Tiếng Việt", "vi"), ("Tiếng Anh", "en")];

/// A column of the workbook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named like its column")]
pub enum Field {
    Code,
    EducationCode,
    PersonalNumber,
    Name,
    BirthDate,
    Sex,
    Class,
    Family,
    Guardian,
    Relation,
    Email,
    Phone,
    Language,
    Guardian2,
    Relation2,
    Email2,
    Phone2,
    Language2,
    Collection,
    Exemption,
    VirtualAccount,
    OtherCode,
    /// The accounts the family pays from.
    PayerAccounts,
}

impl Field {
    /// Every column, in order.
    pub const ALL: [Field; 23] = [
        Field::Code,
        Field::EducationCode,
        Field::PersonalNumber,
        Field::Name,
        Field::BirthDate,
        Field::Sex,
        Field::Class,
        Field::Family,
        Field::Guardian,
        Field::Relation,
        Field::Email,
        Field::Phone,
        Field::Language,
        Field::Guardian2,
        Field::Relation2,
        Field::Email2,
        Field::Phone2,
        Field::Language2,
        Field::Collection,
        Field::Exemption,
        Field::VirtualAccount,
        Field::OtherCode,
        Field::PayerAccounts,
    ];

    const fn column(self) -> Column {
        match self {
            Field::Code => column::OWN_CODE,
            Field::EducationCode => own::EDUCATION_CODE,
            Field::PersonalNumber => own::PERSONAL_NUMBER,
            Field::Name => column::STUDENT_NAME,
            Field::BirthDate => own::BIRTH_DATE,
            Field::Sex => own::SEX,
            Field::Class => column::CLASS,
            Field::Family => column::FAMILY,
            Field::Guardian => column::GUARDIAN,
            Field::Relation => own::RELATION,
            Field::Email => column::EMAIL,
            Field::Phone => column::PHONE,
            Field::Language => own::LANGUAGE,
            Field::Guardian2 => own::GUARDIAN_2,
            Field::Relation2 => own::RELATION_2,
            Field::Email2 => own::EMAIL_2,
            Field::Phone2 => own::PHONE_2,
            Field::Language2 => own::LANGUAGE_2,
            Field::Collection => own::COLLECTION,
            Field::Exemption => own::EXEMPTION,
            Field::VirtualAccount => column::VIRTUAL_ACCOUNT,
            Field::OtherCode => own::OTHER_CODE,
            Field::PayerAccounts => own::PAYER_ACCOUNTS,
        }
    }

    const fn required(self) -> bool {
        matches!(self, Field::Code | Field::Name | Field::Class)
    }

    /// What the example row has.
    const fn example(self) -> &'static str {
        match self {
            Field::Code => "Ví dụ: HS0001",
            Field::EducationCode => "0100000001",
            Field::PersonalNumber => "001315000001",
            Field::Name => "Nguyễn Thị Mẫu",
            Field::BirthDate => "15/03/2015",
            Field::Sex => "Nữ",
            Field::Class => "6A1",
            Field::Family => "GD0001",
            Field::Guardian => "Nguyễn Văn Mẫu",
            Field::Relation => "Bố",
            Field::Email => "phuhuynh@example.com",
            Field::Phone => "0900000001",
            Field::Language => "Tiếng Việt",
            Field::Collection => "Chuyển khoản",
            _ => "",
        }
    }

    const fn guide(self) -> &'static str {
        match self {
            Field::Code => {
                "Mã do nhà trường đặt, không trùng nhau. Giữ nguyên số 0 ở đầu: cột đã đặt kiểu Văn bản (Text)."
            }
            Field::EducationCode => "Mã định danh trong cơ sở dữ liệu của Bộ GD&ĐT, nếu có.",
            Field::PersonalNumber => {
                "Đủ 12 chữ số như trên giấy khai sinh hoặc căn cước. Khi xuất ra, số được che một phần; để nguyên như vậy nếu không đổi."
            }
            Field::Name => "Họ, tên đệm và tên, có dấu, phông Unicode.",
            Field::BirthDate => "Ngày trước tháng sau, ví dụ 15/03/2015.",
            Field::Sex => "Chọn Nam hoặc Nữ.",
            Field::Class => "Tên lớp, ví dụ 6A1, 6/2, Lá 1.",
            Field::Family => {
                "Anh chị em cùng nhà ghi cùng một mã, dù khác lớp. Để trống nếu không có."
            }
            Field::Guardian => "Người nhận thông báo đầu tiên.",
            Field::Relation | Field::Relation2 => {
                "Quan hệ với học sinh: Mẹ, Bố, Ông, Bà, Người giám hộ…"
            }
            Field::Email | Field::Email2 => "Một địa chỉ, ví dụ ten@example.com.",
            Field::Phone | Field::Phone2 => "Một số điện thoại Việt Nam, ví dụ 0912345678.",
            Field::Language | Field::Language2 => "Ngôn ngữ của thông báo. Để trống là Tiếng Việt.",
            Field::Guardian2 => "Người thứ hai cần nhận thông báo, nếu có.",
            Field::Collection => "Chọn Chuyển khoản hoặc Tiền mặt; để trống nếu chưa rõ.",
            Field::Exemption => "Chọn trong danh mục; để trống nếu không thuộc diện nào.",
            Field::VirtualAccount => {
                "Tài khoản định danh riêng của học sinh tại ngân hàng, nếu có."
            }
            Field::OtherCode => "Mã khác mà nhà trường cần giữ.",
            Field::PayerAccounts => {
                "Số tài khoản ngân hàng gia đình hay dùng để nộp tiền; nhiều tài khoản cách nhau bằng dấu chấm phẩy. Khi xuất ra, cột này để trống; chỉ ghi tài khoản mới."
            }
        }
    }

    /// The values to choose from; whether others are refused.
    fn choices(self) -> Option<(Vec<&'static str>, bool)> {
        match self {
            Field::Sex => Some((Sex::ALL.map(Sex::vietnamese).to_vec(), true)),
            Field::Relation | Field::Relation2 => Some((RELATIONS.to_vec(), false)),
            Field::Language | Field::Language2 => {
                Some((LANGUAGES.map(|(vi, _)| vi).to_vec(), true))
            }
            Field::Collection => Some((COLLECTIONS.map(|(vi, _)| vi).to_vec(), true)),
            Field::Exemption => Some((EXEMPTIONS.to_vec(), true)),
            _ => None,
        }
    }
}

/// A language as the workbook has it.
#[must_use]
pub fn language(name: &str) -> &'static str {
    if name == "en" { "Tiếng Anh" } else { "Tiếng Việt" }
}

/// The workbook with an example row, which the reader passes over.
pub fn blank() -> Result<Vec<u8>, Diagnostic> {
    let example = Field::ALL.map(|field| field.example().to_owned()).to_vec();
    workbook(&[example], true).map_err(|error| super::write::unwritten(&error))
}

/// The workbook with students; each row has a text for each of [`Field::ALL`].
pub fn filled(students: &[Vec<String>]) -> Result<Vec<u8>, Diagnostic> {
    workbook(students, false).map_err(|error| super::write::unwritten(&error))
}

fn workbook(rows: &[Vec<String>], example: bool) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // The same students give the same bytes on any day.
    let made = ExcelDateTime::from_ymd(2026, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let text = Format::new().set_num_format("@");
    let grey = Format::new().set_num_format("@").set_italic().set_font_color("#7F7F7F");
    students(workbook.add_worksheet(), rows, &text, if example { &grey } else { &text })?;
    guide(workbook.add_worksheet())?;
    lists(workbook.add_worksheet())?;
    workbook.save_to_buffer()
}

fn students(
    sheet: &mut Worksheet,
    rows: &[Vec<String>],
    text: &Format,
    cells: &Format,
) -> Result<(), XlsxError> {
    sheet.set_name(SHEET)?;
    let heading = Format::new().set_bold().set_text_wrap();
    let needed = heading.clone().set_font_color("#C00000");
    for (index, field) in (0_u16..).zip(Field::ALL) {
        let name = field.column().vi;
        let format = if field.required() { &needed } else { &heading };
        let title = if field.required() { format!("{name} (*)") } else { name.to_owned() };
        sheet.set_column_width(index, 18)?;
        sheet.set_column_format(index, text)?;
        sheet.write_string_with_format(0, index, title, format)?;
    }
    for (row, record) in (1_u32..).zip(rows) {
        for (index, cell) in (0_u16..).zip(record) {
            if !cell.is_empty() {
                sheet.write_string_with_format(row, index, still(cell), cells)?;
            }
        }
    }
    let last = u32::try_from(rows.len()).unwrap_or(PREPARED_ROWS).saturating_add(PREPARED_ROWS);
    for (list, (index, choices, strict)) in (0_u16..).zip(listed()) {
        let column = rust_xlsxwriter::utility::column_number_to_name(list);
        let end = choices.len() + 1;
        let source = format!("='{LISTS}'!${column}$2:${column}${end}");
        let mut rule = DataValidation::new().allow_list_formula(Formula::new(source));
        if strict {
            rule = rule
                .set_error_title("Giá trị không có trong danh mục")?
                .set_error_message("Chọn một giá trị trong danh sách thả xuống hoặc để trống.")?;
        } else {
            rule = rule.set_error_style(DataValidationErrorStyle::Information);
        }
        sheet.add_data_validation(1, index, last, index, &rule)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}

fn guide(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.set_name(GUIDE)?;
    let heading = Format::new().set_bold();
    let wrapped = Format::new().set_text_wrap();
    sheet.set_column_width(0, 28)?;
    sheet.set_column_width(1, 12)?;
    sheet.set_column_width(2, 100)?;
    for (index, title) in (0_u16..).zip(["Tên cột", "Bắt buộc", "Cách ghi"]) {
        sheet.write_string_with_format(0, index, title, &heading)?;
    }
    for (row, field) in (1_u32..).zip(Field::ALL) {
        sheet.write_string(row, 0, field.column().vi)?;
        sheet.write_string(row, 1, if field.required() { "Có" } else { "Không" })?;
        sheet.write_string_with_format(row, 2, field.guide(), &wrapped)?;
    }
    let rest = [
        "Dòng bắt đầu bằng “Ví dụ” được bỏ qua khi nhập.",
        "Không đổi tên cột. Có thể bỏ bớt cột không bắt buộc: cột không có trong tệp thì thông tin đã có được giữ nguyên; ô trống thì xoá thông tin.",
        "Để sửa nhiều học sinh: xuất danh sách, sửa trong tệp, rồi nhập lại ở chế độ cập nhật.",
    ];
    let first = u32::try_from(Field::ALL.len()).unwrap_or_default() + 2;
    for (row, line) in (first..).zip(rest) {
        sheet.write_string_with_format(row, 2, line, &wrapped)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}

fn lists(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.set_name(LISTS)?;
    let heading = Format::new().set_bold();
    for (column, (index, choices, _)) in (0_u16..).zip(listed()) {
        let name = Field::ALL.get(usize::from(index)).map_or("", |field| field.column().vi);
        sheet.set_column_width(column, 24)?;
        sheet.write_string_with_format(0, column, name, &heading)?;
        for (row, choice) in (1_u32..).zip(choices) {
            sheet.write_string(row, column, choice)?;
        }
    }
    Ok(())
}

/// The columns that have values to choose from: where they are, the values, whether others are refused.
fn listed() -> impl Iterator<Item = (u16, Vec<&'static str>, bool)> {
    (0_u16..).zip(Field::ALL).filter_map(|(index, field)| {
        field.choices().map(|(choices, strict)| (index, choices, strict))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::roster::{read_table, student_list};

    #[test]
    fn the_blank_workbook_is_a_list_without_students() {
        let bytes = blank().unwrap();
        let table = read_table(&bytes).unwrap();
        assert_eq!(table.headers.len(), Field::ALL.len());
        assert_eq!(table.rows.len(), 1, "the example");
        let list = student_list(&table).unwrap();
        assert_eq!((list.good, list.bad, list.warnings), (vec![], vec![], vec![]));
        let told = list.told;
        assert!(told.family && told.second_guardian && told.personal_number && told.exemption);
        assert_eq!(blank().unwrap(), bytes, "the same bytes each time");
    }

    #[test]
    fn every_column_is_explained_and_found_by_its_own_name() {
        let headers: Vec<String> =
            Field::ALL.iter().map(|field| field.column().vi.to_owned()).collect();
        let table = crate::formats::roster::Table { headers, rows: Vec::new() };
        for (index, field) in Field::ALL.into_iter().enumerate() {
            assert_eq!(field.column().find(&table), Some(index), "{field:?}");
            assert!(field.guide().ends_with(['.', '…']), "{field:?}");
        }
    }

    #[test]
    fn a_filled_workbook_reads_back_as_it_was() {
        let row: Vec<String> = Field::ALL
            .map(|field| match field {
                Field::Code => "00123".to_owned(),
                Field::PersonalNumber => "001*****0123".to_owned(),
                Field::Exemption => "Hộ nghèo".to_owned(),
                Field::Email2 => "hai@example.test".to_owned(),
                field => field.example().to_owned(),
            })
            .to_vec();
        let list = student_list(&read_table(&filled(&[row]).unwrap()).unwrap()).unwrap();
        assert_eq!(list.bad, []);
        let [student] = list.good.as_slice() else { panic!("{:?}", list.good) };
        assert_eq!(student.code, "00123");
        assert_eq!(student.personal_number.as_deref(), Some("001*****0123"));
        assert_eq!(student.exemption, Some("Hộ nghèo"));
        assert_eq!(student.collection, Some("transfer"));
        assert_eq!(student.sex, Some(Sex::Female));
        assert_eq!(student.birth_date.unwrap().to_string(), "2015-03-15");
        assert_eq!(student.guardians.len(), 2);
        assert_eq!(student.guardians[0].relation.as_deref(), Some("Bố"));
    }
}
