//! `doisoat codes`: gives every row of a school's own list its payment code.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::{Env, Failure, Status, read_list};
use crate::domain::diagnostic::{Diagnostic, Place};
use crate::domain::lang::Lang;
use crate::domain::matching::check_codes;
use crate::domain::payment_code::{AssignError, PaymentCodeError, Prefix, assign_codes};
use crate::formats::roster::columns::{CODE, STUDENT_CODE};
use crate::formats::roster::invoices::invoices_of;
use crate::formats::roster::{InvoiceRow, Table, write_csv, write_xlsx};
use crate::formats::vietqr::{self, TransferRequest, VietQrError};
use crate::service::intake;

/// The heading of the column with the QR codes' texts.
const VIETQR_HEADING: &str = "vietqr";

/// Which list, and where the codes go.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Danh sách khoản phải thu (CSV hoặc XLSX có dòng tiêu đề) · the invoice list
    #[arg(long, value_name = "FILE")]
    invoices: PathBuf,
    /// Tệp kết quả, .csv hoặc .xlsx · the list with its codes
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Số quyết định thứ tự cấp mã; cùng số thì cùng mã · decides the order of codes
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Hai hoặc ba chữ cái đầu của mã · the letters codes begin with
    #[arg(long, default_value = "HP")]
    prefix: String,
    /// Mã BIN 6 số của ngân hàng nhận tiền, để ghi thêm cột vietqr · the receiving bank's BIN
    #[arg(long, value_name = "BIN", requires = "account")]
    bank: Option<String>,
    /// Số tài khoản nhận tiền · the receiving account
    #[arg(long, value_name = "NO", requires = "bank")]
    account: Option<String>,
}

/// Writes the list with its codes.
pub fn run(env: &mut Env<'_>, args: &Args) -> Result<Status, Failure> {
    let prefix =
        Prefix::parse(&args.prefix).map_err(|why| usage(prefix_wrong(&args.prefix, why)))?;
    let write = writer(&args.out)?;
    let bytes = read_list(&args.invoices)?;
    let table = intake::list(&env.reader()?, &bytes)?;
    let rows = invoices_of(&table).map_err(|wrong| Failure::Refused(vec![wrong]))?;
    if !rows.bad.is_empty() {
        return Err(Failure::Refused(rows.bad));
    }
    let existing: Vec<Option<&str>> = rows.good.iter().map(|row| row.code.as_deref()).collect();
    let key = args.seed.unwrap_or_else(|| key_of(&bytes));
    let codes = assign_codes(&existing, prefix, key)
        .map_err(|wrong| Failure::Refused(vec![not_assigned(&wrong, prefix, &rows.good)]))?;
    let numbered = rows.good.iter().zip(&codes).map(|(row, code)| (row.row, code.as_str()));
    let unclear = check_codes(numbered);
    if !unclear.is_empty() {
        return Err(Failure::Refused(unclear));
    }
    let vietqr = match (&args.bank, &args.account) {
        (Some(bank), Some(account)) => Some(payloads(&rows.good, &codes, bank, account)?),
        _ => None,
    };
    let filled = fill(table, &rows.good, &codes, vietqr.as_deref());
    let bytes = write(&filled).map_err(|wrong| Failure::Refused(vec![wrong]))?;
    std::fs::write(&args.out, bytes).map_err(|error| Failure::System(error.to_string()))?;
    let kept = existing.iter().flatten().count();
    let new = codes.len().saturating_sub(kept);
    let out = args.out.display();
    match env.lang {
        Lang::Vi => writeln!(env.out, "Đã cấp {new} mã mới, giữ nguyên {kept} mã có sẵn: {out}")?,
        Lang::En => writeln!(env.out, "{new} codes issued, {kept} kept as they were: {out}")?,
    }
    Ok(Status::Done)
}

type Writer = fn(&Table) -> Result<Vec<u8>, Diagnostic>;

/// By the ending of the file's name.
fn writer(out: &Path) -> Result<Writer, Failure> {
    let ending = out.extension().and_then(std::ffi::OsStr::to_str).unwrap_or_default();
    match ending.to_ascii_lowercase().as_str() {
        "csv" => Ok(write_csv),
        "xlsx" => Ok(write_xlsx),
        _ => Err(usage(Diagnostic::new(
            "out_format",
            format!("Tệp kết quả '{}' phải có đuôi .csv hoặc .xlsx.", out.display()),
            format!("The result '{}' must end in .csv or .xlsx.", out.display()),
        ))),
    }
}

/// Without a seed the list itself decides, so that the same list gets the same codes.
fn key_of(bytes: &[u8]) -> u64 {
    let digest: [u8; 32] = Sha256::digest(bytes).into();
    digest.iter().take(8).fold(0, |key, byte| key << 8 | u64::from(*byte))
}

/// The text of each row's QR code; empty where nothing is due.
fn payloads(
    rows: &[InvoiceRow],
    codes: &[String],
    bank: &str,
    account: &str,
) -> Result<Vec<String>, Failure> {
    rows.iter()
        .zip(codes)
        .map(|(row, code)| {
            if !row.amount_due.is_positive() {
                return Ok(String::new());
            }
            let given = row.student_name.split_whitespace().last().unwrap_or_default();
            let purpose = vietqr::purpose(code, &[given, &row.class]);
            let request = TransferRequest {
                bank_bin: bank,
                account,
                amount: Some(row.amount_due),
                purpose: &purpose,
            };
            vietqr::payload(&request).map_err(|why| not_payable(why, row.row))
        })
        .collect()
}

/// The table with its codes, in the list's own column or in a new one at the end.
fn fill(
    mut table: Table,
    rows: &[InvoiceRow],
    codes: &[String],
    vietqr: Option<&[String]>,
) -> Table {
    let code_column = CODE.find(&table).unwrap_or_else(|| {
        let vietnamese = STUDENT_CODE
            .find(&table)
            .and_then(|at| table.headers.get(at))
            .is_some_and(|heading| !heading.eq_ignore_ascii_case(STUDENT_CODE.en));
        table.headers.push(if vietnamese { CODE.vi } else { CODE.en }.to_owned());
        table.headers.len() - 1
    });
    let qr_column = vietqr.map(|_| {
        table.headers.iter().position(|heading| heading == VIETQR_HEADING).unwrap_or_else(|| {
            table.headers.push(VIETQR_HEADING.to_owned());
            table.headers.len() - 1
        })
    });
    let width = table.headers.len();
    let mut records = rows.iter().zip(codes).enumerate().peekable();
    for row in &mut table.rows {
        row.cells.resize(width.max(row.cells.len()), String::new());
        let Some((index, (_, code))) = records.next_if(|(_, (record, _))| record.row == row.row)
        else {
            continue;
        };
        if let Some(cell) = row.cells.get_mut(code_column) {
            cell.clone_from(code);
        }
        if let (Some(column), Some(text)) = (qr_column, vietqr.and_then(|all| all.get(index)))
            && let Some(cell) = row.cells.get_mut(column)
        {
            cell.clone_from(text);
        }
    }
    table
}

fn usage(wrong: Diagnostic) -> Failure {
    Failure::Usage(vec![wrong])
}

fn prefix_wrong(prefix: &str, why: PaymentCodeError) -> Diagnostic {
    let letters = "C F H J K M N P Q R T V X";
    let (vi, en) = match why {
        PaymentCodeError::Symbol(symbol) => (
            format!("'{symbol}' không dùng được trong mã"),
            format!("'{symbol}' cannot be used in a code"),
        ),
        _ => ("cần hai hoặc ba chữ cái".to_owned(), "two or three letters are needed".to_owned()),
    };
    Diagnostic::new(
        "prefix",
        format!("Tiền tố '{prefix}': {vi}. Chọn trong các chữ {letters}."),
        format!("Prefix '{prefix}': {en}. Choose from {letters}."),
    )
}

fn not_assigned(wrong: &AssignError, prefix: Prefix, rows: &[InvoiceRow]) -> Diagnostic {
    match wrong {
        AssignError::PrefixTaken(place, code) => {
            let row = rows.get(*place).map_or(0, |row| row.row);
            Diagnostic::new(
                "prefix_taken",
                format!(
                    "Dòng {row}: mã có sẵn {code} trông như mã tiền tố {prefix} nhưng số kiểm tra \
                     không đúng. Chọn tiền tố khác bằng --prefix, hoặc sửa mã ở dòng này."
                ),
                format!(
                    "Row {row}: the code {code} looks like one with prefix {prefix} but its check \
                     fails. Choose another --prefix, or correct this row."
                ),
            )
            .at(Place::row(row))
        }
        AssignError::Exhausted => Diagnostic::new(
            "prefix_exhausted",
            format!("Tiền tố {prefix} đã hết mã. Chọn tiền tố khác bằng --prefix."),
            format!("Prefix {prefix} has no codes left. Choose another --prefix."),
        ),
    }
}

fn not_payable(why: VietQrError, row: u64) -> Failure {
    match why {
        VietQrError::Bank => usage(Diagnostic::new(
            "bank",
            "Mã BIN của ngân hàng phải gồm 6 chữ số, ví dụ 970436.",
            "The bank's BIN must be six digits, e.g. 970436.",
        )),
        VietQrError::Account => usage(Diagnostic::new(
            "account",
            "Số tài khoản nhận tiền phải gồm 1 đến 19 chữ cái và chữ số.",
            "The receiving account must be 1 to 19 letters and digits.",
        )),
        VietQrError::Amount | VietQrError::Purpose | VietQrError::Bill => Failure::Refused(vec![
            Diagnostic::new(
                "vietqr",
                format!("Dòng {row}: không lập được mã VietQR. Kiểm tra số tiền và mã thanh toán."),
                format!("Row {row}: no VietQR can be made. Check the amount and the payment code."),
            )
            .at(Place::row(row)),
        ]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::roster::read_table;

    fn table() -> Table {
        read_table(
            "Mã học sinh,Họ và tên,Lớp,Còn phải thu\nHS1,Trần Thị Hạnh,6A1,1250000\nHS2,Lê An,6A2,0\n"
                .as_bytes(),
        )
        .unwrap()
    }

    #[test]
    fn a_list_gets_its_codes_in_a_column_of_its_own() {
        let rows = invoices_of(&table()).unwrap().good;
        let codes = assign_codes(&[None, None], Prefix::DEFAULT, 5).unwrap();
        let qr = payloads(&rows, &codes, "970436", "1017595600").unwrap();
        let filled = fill(table(), &rows, &codes, Some(&qr));
        assert_eq!(filled.headers[4..], ["Mã thanh toán", "vietqr"]);
        assert_eq!(filled.rows[0].cells[4], codes[0]);
        assert_eq!(filled.rows[1].cells[4], codes[1]);
        let expected = format!("{} HANH 6A1", codes[0]);
        assert!(filled.rows[0].cells[5].contains(&expected), "{}", filled.rows[0].cells[5]);
        assert_eq!(filled.rows[1].cells[5], "", "nothing to pay, nothing to scan");
        let written = read_table(&write_csv(&filled).unwrap()).unwrap();
        let again = invoices_of(&written).unwrap().good;
        let read: Vec<_> = again.iter().filter_map(|row| row.code.clone()).collect();
        assert_eq!(read, codes, "what was written is read back");
    }

    #[test]
    fn a_result_is_csv_or_xlsx() {
        assert!(writer(Path::new("a.CSV")).is_ok());
        assert!(writer(Path::new("a.xlsx")).is_ok());
        assert!(matches!(writer(Path::new("a.pdf")), Err(Failure::Usage(_))));
    }
}
