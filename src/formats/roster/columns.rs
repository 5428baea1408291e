//! The columns of a school's lists, by their names in Vietnamese and English.

pub mod damage;
pub mod of_students;

use super::table::{Table, TableRow};
use crate::domain::calendar::Day;
use crate::domain::diagnostic::{Diagnostic, Place};
use crate::domain::money::{Currency, Vnd, whole_dong};
use crate::domain::text::squeeze;
use crate::formats::spreadsheet::date::parse_day;
use crate::formats::spreadsheet::notes;
use crate::formats::spreadsheet::number::{AmountProblem, Marks, is_scientific, parse_amount};
use crate::formats::spreadsheet::row_labels::is_total_or_balance;

/// A column of a list: what it is called, best name first.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// The name in messages and templates.
    pub vi: &'static str,
    /// The name in English files.
    pub en: &'static str,
    pub(super) words: &'static [&'static str],
}

/// The payment code.
pub const CODE: Column = Column {
    vi: "Mã thanh toán",
    en: "code",
    words: &["MATHANHTOAN", "CODE", "PAYMENTCODE", "MATT", "MANOPTIEN", "MAHOADON", "INVOICECODE"],
};
/// The school's student code.
pub const STUDENT_CODE: Column = Column {
    vi: "Mã học sinh",
    en: "student_code",
    words: &["MAHOCSINH", "STUDENTCODE", "MAHS", "MASOHOCSINH", "STUDENTID"],
};
/// The student's name.
pub const STUDENT_NAME: Column = Column {
    vi: "Họ và tên",
    en: "student_name",
    words: &[
        "HOVATEN",
        "STUDENTNAME",
        "HOTEN",
        "HOVATENHOCSINH",
        "HOTENHOCSINH",
        "TENHOCSINH",
        "FULLNAME",
        "NAME",
    ],
};
/// The class.
pub const CLASS: Column =
    Column { vi: "Lớp", en: "class", words: &["LOP", "CLASS", "TENLOP", "LOPHOC", "CLASSNAME"] };
/// What is still to be paid.
pub const AMOUNT_DUE: Column = Column {
    vi: "Còn phải thu",
    en: "amount_due",
    words: &[
        "CONPHAITHU",
        "AMOUNTDUE",
        "CONPHAINOP",
        "PHAITHU",
        "SOTIENPHAITHU",
        "SOTIENPHAINOP",
        "PHAINOP",
        "SOTIEN",
        "AMOUNT",
    ],
};
/// The fee before exemptions.
pub const GROSS: Column =
    Column { vi: "Mức thu", en: "gross", words: &["MUCTHU", "GROSS", "GROSSAMOUNT"] };
/// What is waived.
pub const WAIVED: Column = Column {
    vi: "Miễn giảm",
    en: "waived",
    words: &["MIENGIAM", "WAIVED", "SOTIENMIENGIAM", "GIAMTRU"],
};
/// The family key.
pub const FAMILY: Column = Column {
    vi: "Mã gia đình",
    en: "family",
    words: &["MAGIADINH", "FAMILY", "GIADINH", "FAMILYCODE", "FAMILYID"],
};
/// The last day to pay.
pub const DUE_ON: Column =
    Column {
        vi: "Hạn nộp", en: "due_on", words: &["HANNOP", "DUEON", "DUEDATE", "HANTHANHTOAN"]
    };
/// The student's own virtual account.
pub const VIRTUAL_ACCOUNT: Column = Column {
    vi: "Tài khoản ảo",
    en: "virtual_account",
    words: &[
        "TAIKHOANAO",
        "VIRTUALACCOUNT",
        "TAIKHOANDINHDANH",
        "SOTAIKHOANAO",
        "SOTAIKHOANDINHDANH",
        "TKAO",
        "TKDINHDANH",
    ],
};
/// The collection round.
pub const ROUND: Column =
    Column { vi: "Đợt thu", en: "round", words: &["DOTTHU", "ROUND", "DOT", "KYTHU"] };
/// The fee item.
pub const FEE_ITEM: Column =
    Column { vi: "Khoản thu", en: "fee_item", words: &["KHOANTHU", "FEEITEM", "TENKHOANTHU"] };
/// The guardian's name.
pub const GUARDIAN: Column = Column {
    vi: "Họ tên phụ huynh",
    en: "guardian_name",
    words: &[
        "HOTENPHUHUYNH",
        "GUARDIANNAME",
        "HOVATENPHUHUYNH",
        "TENPHUHUYNH",
        "PHUHUYNH",
        "GUARDIAN",
    ],
};
/// The guardian's e-mail.
pub const EMAIL: Column =
    Column { vi: "Email", en: "email", words: &["EMAIL", "EMAILPHUHUYNH", "THUDIENTU"] };
/// The guardian's phone.
pub const PHONE: Column = Column {
    vi: "Số điện thoại",
    en: "phone",
    words: &["SODIENTHOAI", "PHONE", "DIENTHOAI", "SDT", "SODT", "SODIENTHOAIPHUHUYNH"],
};
/// The account a family pays from.
pub const PAYER_ACCOUNT: Column = Column {
    vi: "Số tài khoản",
    en: "account",
    words: &["SOTAIKHOAN", "ACCOUNT", "TAIKHOAN", "TAIKHOANNOP", "TAIKHOANCHUYEN", "ACCOUNTNUMBER"],
};
/// How much a student had of an item.
pub const QUANTITY: Column = Column {
    vi: "Số lượng",
    en: "quantity",
    words: &["SOLUONG", "QUANTITY", "SONGAY", "SOSUAT", "SOTHANG", "DAYS"],
};
/// The first day of something.
pub const FROM: Column = Column {
    vi: "Từ ngày",
    en: "from",
    words: &["TUNGAY", "FROM", "VALIDFROM", "NGAYBATDAU", "HIEULUCTU"],
};
/// The last day of something.
pub const TO: Column = Column {
    vi: "Đến ngày",
    en: "to",
    words: &["DENNGAY", "TO", "VALIDTO", "NGAYKETTHUC", "HIEULUCDEN"],
};
/// Why a student need not pay.
pub const GROUND: Column = Column {
    vi: "Diện miễn giảm",
    en: "ground",
    words: &["DIENMIENGIAM", "GROUND", "DOITUONG", "DOITUONGMIENGIAM", "DIEN"],
};
/// What share a student need not pay.
pub const PERCENT: Column = Column {
    vi: "Tỷ lệ miễn giảm",
    en: "percent",
    words: &["TYLEMIENGIAM", "PERCENT", "TILEMIENGIAM", "TYLE", "TILE", "SHARE"],
};
/// The paper that proves it.
pub const DOCUMENT: Column = Column {
    vi: "Giấy tờ",
    en: "document",
    words: &["GIAYTO", "DOCUMENT", "SOQUYETDINH", "QUYETDINH", "CANCU"],
};
/// The student code of a student list, where "code" alone means it.
pub const OWN_CODE: Column = Column {
    vi: "Mã học sinh",
    en: "student_code",
    words: &["MAHOCSINH", "STUDENTCODE", "MAHS", "MASOHOCSINH", "STUDENTID", "CODE"],
};

const ALL: [Column; 22] = [
    CODE,
    STUDENT_CODE,
    STUDENT_NAME,
    CLASS,
    AMOUNT_DUE,
    GROSS,
    WAIVED,
    FAMILY,
    DUE_ON,
    VIRTUAL_ACCOUNT,
    ROUND,
    FEE_ITEM,
    GUARDIAN,
    EMAIL,
    PHONE,
    PAYER_ACCOUNT,
    QUANTITY,
    FROM,
    TO,
    GROUND,
    PERCENT,
    DOCUMENT,
];

/// How many of the cells are headings of any list.
pub fn known_headings<'a>(cells: impl Iterator<Item = &'a str>) -> usize {
    let all = || ALL.iter().chain(&of_students::ALL).chain(&super::organisation::COLUMNS);
    cells.filter(|cell| all().any(|column| column.rank(cell).is_some())).count()
}

impl Column {
    /// How good a name for this column a heading is: 0 is best; nothing when it is none.
    fn rank(&self, heading: &str) -> Option<usize> {
        if heading.is_empty() || heading.len() > 120 {
            return None;
        }
        let rank_of = |text: &str| {
            let word = squeeze(text);
            self.words.iter().position(|known| *known == word)
        };
        rank_of(heading)
            .or_else(|| heading.split(['(', ')', '/', '\n', '*']).filter_map(rank_of).min())
    }

    /// The best column of that name in a table, counted from 0.
    #[must_use]
    pub fn find(&self, table: &Table) -> Option<usize> {
        let ranked = table.headers.iter().enumerate();
        ranked
            .filter_map(|(index, heading)| self.rank(heading).map(|rank| (rank, index)))
            .min()
            .map(|(_, index)| index)
    }

    /// The column of that name, or the message that it is missing.
    pub fn require(&self, table: &Table) -> Result<usize, Diagnostic> {
        self.find(table).ok_or_else(|| missing(&[self], table))
    }
}

/// Says that a column is missing, and which headings were found instead.
#[must_use]
pub fn missing(columns: &[&Column], table: &Table) -> Diagnostic {
    let name = |of: fn(&Column) -> &'static str, or: &str| {
        columns.iter().map(|column| format!("'{}'", of(column))).collect::<Vec<_>>().join(or)
    };
    let (vi, en) = (name(|c| c.vi, " hoặc "), name(|c| c.en, " or "));
    let seen = notes::quoted(&table.headers.join(" · "));
    Diagnostic::new(
        "missing_column",
        format!("Thiếu cột {vi} ({en}). Các cột trong tệp: {seen}. Thêm cột hoặc đổi tên cột cho đúng."),
        format!("The column {en} ({vi}) is missing. Columns of the file: {seen}. Add it or rename a column."),
    )
    .at(Place { column: columns.first().map(|column| column.vi.to_owned()), ..Place::default() })
}

/// Reads the cells of one row and collects what is wrong with them.
pub struct RowCells<'t> {
    table: &'t Table,
    row: &'t TableRow,
    /// What is wrong so far.
    pub problems: Vec<Diagnostic>,
}

impl<'t> RowCells<'t> {
    /// The cells of `row`.
    #[must_use]
    pub fn new(table: &'t Table, row: &'t TableRow) -> Self {
        let mut problems = Vec::new();
        let width = table.headers.len();
        if row.cells.iter().skip(width).any(|cell| !cell.is_empty()) {
            problems.push(notes::row_problem(
                row.row,
                "columns",
                &format!("có nhiều ô hơn {width} cột của danh sách. Đặt chữ có dấu phân cách trong ngoặc kép, hoặc dùng tệp Excel."),
                &format!("has more cells than the list's {width} columns. Put texts with the separator in quotes, or use an Excel file."),
            ));
        }
        RowCells { table, row, problems }
    }

    /// Whether the row is a template's example, a total, or a numbering of columns.
    #[must_use]
    pub fn is_no_record(&self, key: usize) -> bool {
        let first = self.row.cells.iter().find(|cell| !cell.is_empty());
        let example = first.is_some_and(|cell| {
            let word = squeeze(cell);
            word.starts_with("VIDU") || word.starts_with("EXAMPLE")
        });
        example || (self.raw(key).is_empty() && first.is_some_and(|cell| is_total_or_balance(cell)))
    }

    fn raw(&self, index: usize) -> &'t str {
        self.row.cells.get(index).map_or("", String::as_str)
    }

    /// What a column is called in the file.
    #[must_use]
    pub fn heading_of(&self, index: usize) -> &'t str {
        self.table.headers.get(index).map_or("?", String::as_str)
    }

    /// The text of a cell, or nothing when it is blank or broken.
    pub fn text(&mut self, index: Option<usize>) -> Option<String> {
        let index = index?;
        let text = self.raw(index);
        if text.starts_with('#') && (text.ends_with(['!', '?']) || text == "#N/A") {
            let problem =
                notes::broken_cell(self.row.row, self.heading_of(index), text, text != "#CALC!");
            self.problems.push(problem);
            return None;
        }
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// The text of a cell that must be filled; an empty text and a problem when it is not.
    pub fn required(&mut self, index: usize) -> String {
        let before = self.problems.len();
        if let Some(text) = self.digits(Some(index)) {
            return text;
        }
        if self.problems.len() == before {
            let (row, heading) = (self.row.row, self.heading_of(index));
            let problem = Diagnostic::new(
                "blank_cell",
                format!("Dòng {row}, cột {heading}: ô trống. Điền giá trị hoặc xoá dòng."),
                format!(
                    "Row {row}, column {heading}: the cell is blank. Fill it or delete the row."
                ),
            );
            self.problems.push(problem.at(Place::cell(row, heading)));
        }
        String::new()
    }

    /// A code, an account, a phone number: its digits must have survived as they were.
    pub fn digits(&mut self, index: Option<usize>) -> Option<String> {
        let text = self.text(index)?;
        if is_scientific(&text) {
            let heading = index.map_or("?", |index| self.heading_of(index));
            self.problems.push(notes::damaged_digits(self.row.row, heading, &text));
            return None;
        }
        Some(text)
    }

    /// A whole amount in đồng that is not negative.
    pub fn dong(&mut self, index: Option<usize>) -> Option<Vnd> {
        let text = self.text(index)?;
        let heading = index.map_or("?", |index| self.heading_of(index));
        let row = self.row.row;
        let amount = match parse_amount(&text, Currency::VND, &mut Marks::default()) {
            Ok(amount) => amount?,
            Err(problem) => {
                self.problems.push(notes::amount_problem(row, heading, &text, problem));
                return None;
            }
        };
        let Some(dong) = whole_dong(amount.figure) else {
            self.problems.push(notes::amount_problem(row, heading, &text, AmountProblem::TooLong));
            return None;
        };
        if dong < Vnd::ZERO {
            self.problems.push(notes::cell_problem(
                row,
                heading,
                "negative",
                &text,
                "là số âm. Khoản thu không thể âm; ghi 0 nếu được miễn hết.",
                "is negative. A fee cannot be; write 0 when it is waived in full.",
            ));
            return None;
        }
        Some(dong)
    }

    /// A day.
    pub fn day(&mut self, index: Option<usize>) -> Option<Day> {
        let text = self.text(index)?;
        let day = parse_day(&text);
        if day.is_none() {
            let heading = index.map_or("?", |index| self.heading_of(index));
            self.problems.push(notes::date_problem(self.row.row, heading, &text));
        }
        day
    }
}

/// Says that two rows have the same value where each must have its own.
#[must_use]
pub fn repeated(row: u64, other: u64, column: &str, en: &str, value: &str) -> Diagnostic {
    let value = notes::quoted(value);
    Diagnostic::new(
        "duplicate",
        format!("Dòng {row}: trùng {column} {value} với dòng {other}. Giữ lại một dòng."),
        format!("Row {row}: the same {en} {value} as in row {other}. Keep one of the rows."),
    )
    .at(Place::cell(row, column))
}
