//! Everything that is known of a student, for whoever has a right to it: one archive with the rows as
//! they are stored, a page to read, and the pictures the family sent.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use serde_json::{Map, Value};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::clock::{Clock, local_day};
use crate::domain::calendar::vietnamese_day;
use crate::domain::id::SchoolId;
use crate::domain::lang::Lang;
use crate::keyring::Keyring;
use crate::service::families::claims;
use crate::service::families::looks::{self, Look};
use crate::service::{Actor, ServiceError, StoreError};
use crate::store::privacy::{self as store};
use crate::store::{Store, claims as kept, people};

/// Columns that say nothing of anybody: how rows are found, sealed and kept apart.
const LEFT_OUT: [&str; 13] = [
    "school_id",
    "key_id",
    "sealed",
    "secret_hash",
    "search_key",
    "sort_key",
    "order_key",
    "dedupe_key",
    "message_id",
    "request_key",
    "link_id",
    "leased_until",
    "before",
];

/// The archive of a student, for somebody of the staff: written down as a look at the family.
pub fn archive(
    store: &Store,
    clock: &dyn Clock,
    keys: &Keyring,
    actor: &Actor,
    (school, student, lang): (SchoolId, i64, Lang),
) -> Result<Vec<u8>, ServiceError> {
    let now = clock.now();
    let (code, tables, photos) = store.write(|tx| {
        let row = people::student_by_id(tx, school.0, student)?.ok_or_else(|| {
            ServiceError::not_found("student", "học sinh số", "student", &student.to_string())
        })?;
        looks::note_in(tx, (school, row.family_id), Look::Export, (actor, now))?;
        let tables = store::everything(tx, row.id, row.family_id)?;
        let mut photos = Vec::new();
        for claim in kept::of_family(tx, row.family_id, i64::MAX)? {
            photos.extend(kept::photo(tx, claim.id)?);
        }
        Ok::<_, ServiceError>((row.code, tables, photos))
    })?;
    let tables = read(tables)?;
    let day = vietnamese_day(local_day(now));
    let mut files = vec![
        ("data.json".to_owned(), json(&tables).into_bytes()),
        ("data.html".to_owned(), page(&tables, (&code, &day), lang).into_bytes()),
    ];
    for photo in photos {
        let name = format!("question-{}.jpg", photo.claim_id);
        files.push((name, claims::opened(keys, photo)?));
    }
    packed(&files).map_err(|error| StoreError::Corrupt(format!("an archive: {error}")).into())
}

/// Rows as they were read, table by table, without columns that say nothing.
type Tables = Vec<(&'static str, Vec<Map<String, Value>>)>;

fn read(tables: Vec<(&'static str, Vec<String>)>) -> Result<Tables, StoreError> {
    tables
        .into_iter()
        .filter(|(_, rows)| !rows.is_empty())
        .map(|(table, rows)| {
            let rows = rows
                .iter()
                .map(|row| {
                    let mut row: Map<String, Value> = serde_json::from_str(row)
                        .map_err(|error| StoreError::Corrupt(format!("{table}: {error}")))?;
                    row.retain(|column, _| !LEFT_OUT.contains(&column.as_str()));
                    Ok(row)
                })
                .collect::<Result<_, StoreError>>()?;
            Ok((table, rows))
        })
        .collect()
}

fn json(tables: &Tables) -> String {
    let all: Map<String, Value> = tables
        .iter()
        .map(|(table, rows)| {
            let rows = rows.iter().cloned().map(Value::Object).collect();
            ((*table).to_owned(), Value::Array(rows))
        })
        .collect();
    serde_json::to_string_pretty(&all).unwrap_or_default()
}

/// A page that any browser shows without a network: one table for each kind of row.
fn page(tables: &Tables, (code, day): (&str, &str), lang: Lang) -> String {
    let (language, title, told) = match lang {
        Lang::Vi => (
            "vi",
            format!("Dữ liệu về học sinh {code}"),
            format!(
                "Toàn bộ dữ liệu nhà trường lưu trong hệ thống thu về học sinh này và gia đình, tính đến ngày {day}. Số tiền tính bằng đồng, thời điểm theo giờ UTC."
            ),
        ),
        Lang::En => (
            "en",
            format!("Data about student {code}"),
            format!(
                "Everything the school keeps in the collection system about this student and the family, as of {day}. Amounts are in đồng, times in UTC."
            ),
        ),
    };
    let mut html = format!(
        "<!doctype html><html lang=\"{language}\"><meta charset=\"utf-8\"><title>{0}</title><style>body{{font:15px/1.5 system-ui,sans-serif;margin:2rem;max-width:72rem}}table{{border-collapse:collapse;display:block;overflow-x:auto}}th,td{{border:1px solid #ccc;padding:4px 8px;text-align:left;vertical-align:top}}th{{background:#f3f6f8}}</style><h1>{0}</h1><p>{1}</p>",
        escaped(&title),
        escaped(&told)
    );
    for (table, rows) in tables {
        let columns: Vec<&String> =
            rows.first().map(|row| row.keys().collect()).unwrap_or_default();
        // Writing into memory does not fail.
        let _ = write!(html, "<h2>{}</h2><table><tr>", escaped(heading(table, lang)));
        for column in &columns {
            let _ = write!(html, "<th scope=\"col\">{}</th>", escaped(column));
        }
        html += "</tr>";
        for row in rows {
            html += "<tr>";
            for column in &columns {
                let text = match row.get(*column) {
                    None | Some(Value::Null) => String::new(),
                    Some(Value::String(text)) => text.clone(),
                    Some(other) => other.to_string(),
                };
                let _ = write!(html, "<td>{}</td>", escaped(&text));
            }
            html += "</tr>";
        }
        html += "</table>";
    }
    html + "</html>\n"
}

/// What people call a table; its own name where nobody said.
fn heading(table: &'static str, lang: Lang) -> &'static str {
    let (vi, en) = match table {
        "students" => ("Học sinh", "Student"),
        "guardians" => ("Phụ huynh", "Guardians"),
        "student_identifiers" => ("Số định danh", "Identifiers"),
        "enrolments" => ("Quá trình học", "Enrolments"),
        "student_changes" => ("Lịch sử thay đổi", "History of changes"),
        "exemptions" => ("Miễn giảm", "Exemptions"),
        "fee_choices" => ("Khoản thu đã đăng ký", "Chosen fees"),
        "virtual_accounts" => ("Tài khoản định danh", "Virtual accounts"),
        "round_quantities" => ("Số lượng theo đợt thu", "Quantities of rounds"),
        "invoices" => ("Khoản phải thu", "Invoices"),
        "invoice_lines" => ("Chi tiết khoản phải thu", "Invoice lines"),
        "instalments" => ("Kỳ trả góp", "Instalments"),
        "credit_notes" => ("Điều chỉnh giảm", "Credit notes"),
        "write_offs" => ("Xoá nợ", "Write-offs"),
        "allocations" => ("Tiền đã dùng cho khoản phải thu", "Money used for invoices"),
        "collected_facts" => ("Tiền đã tính vào số liệu thu", "Money counted as collected"),
        "payments" => ("Giao dịch đã nộp", "Payments"),
        "entries" => ("Dòng sao kê ngân hàng", "Lines of bank statements"),
        "cash_vouchers" => ("Phiếu thu tiền mặt", "Cash vouchers"),
        "pos_slips" => ("Hóa đơn máy quẹt thẻ", "Card slips"),
        "receipts" => ("Biên lai", "Receipts"),
        "refunds" => ("Hoàn trả", "Refunds"),
        "refund_requests" => ("Đề nghị hoàn trả", "Proposed refunds"),
        "match_refusals" => (
            "Giao dịch được xác nhận không phải của học sinh",
            "Payments said not to be the student's",
        ),
        "erasures" => ("Đề nghị xoá thông tin", "Erasures"),
        "families" => ("Gia đình", "Family"),
        "payer_accounts" => ("Tài khoản gia đình đã dùng để nộp", "Accounts the family paid from"),
        "claims" => ("Câu hỏi của phụ huynh", "Questions of the family"),
        "survey_answers" => ("Ý kiến khảo sát", "Survey answers"),
        "family_bases" => ("Căn cứ xử lý dữ liệu", "Grounds for keeping data"),
        "family_looks" => ("Ai đã xem dữ liệu của gia đình", "Who looked at the family's data"),
        "family_openings" => ("Số lần mở trang phụ huynh", "Openings of the family's page"),
        "letters" => ("Thư nhà trường định gửi", "Letters asked for"),
        "mails" => ("Thư đã gửi", "Mails"),
        other => (other, other),
    };
    match lang {
        Lang::Vi => vi,
        Lang::En => en,
    }
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe += "&amp;",
            '<' => safe += "&lt;",
            '>' => safe += "&gt;",
            '"' => safe += "&quot;",
            other => safe.push(other),
        }
    }
    safe
}

fn packed(files: &[(String, Vec<u8>)]) -> zip::result::ZipResult<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(name.as_str(), SimpleFileOptions::default())?;
        archive.write_all(bytes)?;
    }
    Ok(archive.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_wrote_is_text_on_the_page() {
        let mut row = Map::new();
        row.insert("name".to_owned(), Value::from("<script>alert(\"x\")</script> & co"));
        let html = page(&vec![("students", vec![row])], ("<b>", "24/11/2026"), Lang::Vi);
        assert!(html.contains("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; co"));
        assert!(!html.contains("<script") && !html.contains("<b>"));
    }

    #[test]
    fn every_table_that_is_given_out_has_a_name_for_people() {
        for (table, _) in store::ABOUT {
            for lang in [Lang::Vi, Lang::En] {
                assert_ne!(heading(table, lang), table, "{table}");
            }
        }
    }
}
