//! The columns that only student lists have.

use super::Column;

/// The person's number of the state.
pub const PERSONAL_NUMBER: Column = Column {
    vi: "Số định danh cá nhân",
    en: "personal_number",
    words: &[
        "SODINHDANHCANHAN",
        "PERSONALNUMBER",
        "SODINHDANH",
        "MADINHDANHCANHAN",
        "SOCCCD",
        "CCCD",
    ],
};
/// The number in the ministry's database.
pub const EDUCATION_CODE: Column = Column {
    vi: "Mã định danh Bộ GD&ĐT",
    en: "education_code",
    words: &[
        "MADINHDANHBOGDDT",
        "EDUCATIONCODE",
        "MADINHDANHBOGDVADT",
        "MADINHDANHGDDT",
        "MADINHDANH",
        "MASOHOCSINHBGD",
    ],
};
/// A number of another kind.
pub const OTHER_CODE: Column =
    Column { vi: "Mã khác", en: "other_code", words: &["MAKHAC", "OTHERCODE", "MAPHU"] };
/// The day of birth.
pub const BIRTH_DATE: Column = Column {
    vi: "Ngày sinh",
    en: "birth_date",
    words: &["NGAYSINH", "BIRTHDATE", "NGAYTHANGNAMSINH", "DATEOFBIRTH", "DOB"],
};
/// The sex.
pub const SEX: Column =
    Column { vi: "Giới tính", en: "sex", words: &["GIOITINH", "SEX", "GENDER", "PHAI"] };
/// What the first guardian is to the student.
pub const RELATION: Column = Column {
    vi: "Quan hệ",
    en: "relation",
    words: &["QUANHE", "RELATION", "QUANHEVOIHOCSINH", "MOIQUANHE"],
};
/// The language of messages to the first guardian.
pub const LANGUAGE: Column =
    Column { vi: "Ngôn ngữ", en: "language", words: &["NGONNGU", "LANGUAGE"] };
/// The second guardian's name.
pub const GUARDIAN_2: Column = Column {
    vi: "Họ tên phụ huynh 2",
    en: "guardian_name_2",
    words: &["HOTENPHUHUYNH2", "GUARDIANNAME2", "PHUHUYNH2"],
};
/// What the second guardian is to the student.
pub const RELATION_2: Column =
    Column { vi: "Quan hệ 2", en: "relation_2", words: &["QUANHE2", "RELATION2"] };
/// The second guardian's e-mail.
pub const EMAIL_2: Column = Column { vi: "Email 2", en: "email_2", words: &["EMAIL2"] };
/// The second guardian's phone.
pub const PHONE_2: Column = Column {
    vi: "Số điện thoại 2",
    en: "phone_2",
    words: &["SODIENTHOAI2", "PHONE2", "DIENTHOAI2", "SDT2"],
};
/// The language of messages to the second guardian.
pub const LANGUAGE_2: Column =
    Column { vi: "Ngôn ngữ 2", en: "language_2", words: &["NGONNGU2", "LANGUAGE2"] };
/// How the school collects from this student.
pub const COLLECTION: Column = Column {
    vi: "Hình thức thu",
    en: "collection",
    words: &["HINHTHUCTHU", "COLLECTION", "HINHTHUCNOP"],
};
/// For which reason the student pays less.
pub const EXEMPTION: Column = Column {
    vi: "Diện miễn giảm",
    en: "exemption",
    words: &["DIENMIENGIAM", "EXEMPTION", "DOITUONGMIENGIAM"],
};

/// The accounts the family pays from.
pub const PAYER_ACCOUNTS: Column = Column {
    vi: "Tài khoản nộp tiền",
    en: "payer_accounts",
    words: &[
        "TAIKHOANNOPTIEN",
        "PAYERACCOUNTS",
        "SOTAIKHOANPHUHUYNH",
        "TAIKHOANPHUHUYNH",
        "STKPHUHUYNH",
    ],
};

/// The class of the year that ends.
pub const OLD_CLASS: Column =
    Column { vi: "Lớp cũ", en: "from_class", words: &["LOPCU", "FROMCLASS", "LOPHIENTAI"] };
/// The class of the next year.
pub const NEXT_CLASS: Column =
    Column { vi: "Lớp mới", en: "to_class", words: &["LOPMOI", "TOCLASS", "LENLOP"] };

/// All of them.
pub const ALL: [Column; 17] = [
    PERSONAL_NUMBER,
    EDUCATION_CODE,
    OTHER_CODE,
    BIRTH_DATE,
    SEX,
    RELATION,
    LANGUAGE,
    GUARDIAN_2,
    RELATION_2,
    EMAIL_2,
    PHONE_2,
    LANGUAGE_2,
    COLLECTION,
    EXEMPTION,
    PAYER_ACCOUNTS,
    OLD_CLASS,
    NEXT_CLASS,
];
