//! Students: lists with a preview and a way back, the changes of a year, what is shown.

mod addresses;
mod doors;
mod imports;
mod year;

use doisoat::service::students::view::{self, Asked, StudentDetail};
use doisoat::service::students::{ImportView, Options, imports as use_case};
use doisoat::service::{ServiceError, intake};

use crate::support::school::{School, reader};

/// What lists of this test begin with.
const HEAD: &str = "Mã học sinh;Họ và tên;Ngày sinh;Giới tính;Lớp;Mã gia đình;Số định danh cá nhân;Họ tên phụ huynh;Email;Số điện thoại\n";

/// Three students, two of them one family in two classes.
const THREE: &str = "HS1;Nguyễn Thị Hạnh;01/02/2015;Nữ;6A1;F1;001315000011;Nguyễn Văn P;p@example.test;0912345678\n\
    HS2;Nguyễn Văn Ánh;03/04/2013;Nam;8A1;F1;001213000012;Nguyễn Văn P;p@example.test;0912345678\n\
    HS3;Lê Thị An;05/06/2015;Nữ;6A1;;001315000013;Lê Thị Q;q@example.test;0987654321\n";

fn plan(school: &School, rows: &str, options: &Options) -> Result<ImportView, ServiceError> {
    let list = intake::list(&reader(), format!("{HEAD}{rows}").as_bytes())?;
    let source = use_case::Source { file_name: "hs.csv", list: &list };
    use_case::plan(&school.store, &school.clock, &school.actor, school.id, source, options)
}

fn commit(school: &School, id: i64) -> Result<ImportView, ServiceError> {
    use_case::commit(&school.store, &school.clock, &school.actor, school.id, id)
}

/// Takes in rows in one step.
fn take(school: &School, rows: &str) -> i64 {
    let outcome = school.students(&format!("{HEAD}{rows}"));
    assert_eq!(outcome.bad, vec![]);
    outcome.import.unwrap()
}

fn detail(school: &School, code: &str) -> StudentDetail {
    view::detail(&school.store, school.id, code).unwrap()
}

/// Code and class of all who are asked for, in the order of names.
fn listed(school: &School, asked: &Asked) -> Vec<(String, String)> {
    let (students, next) = view::page(&school.store, school.id, asked, None, 200).unwrap();
    assert_eq!(next, None);
    students.into_iter().map(|student| (student.code, student.class)).collect()
}

fn everybody(school: &School) -> Vec<(String, String)> {
    listed(school, &Asked { with_left: true, ..Asked::default() })
}

/// Students without numbers of rows: everything that is shown of each.
fn state(school: &School) -> Vec<StudentDetail> {
    everybody(school).iter().map(|(code, _)| detail(school, code)).collect()
}

/// The code of what is wrong.
fn refused<T: std::fmt::Debug>(outcome: Result<T, ServiceError>) -> String {
    outcome.unwrap_err().diagnostics()[0].code.clone()
}
