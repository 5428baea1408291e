//! Receipts on paper.

use super::{ReceiptView, views};
use crate::domain::id::SchoolId;
use crate::domain::lang::Lang;
use crate::domain::payment::Channel;
use crate::domain::receipt::VerifyCode;
use crate::formats::paper::{Elsewhere, PaperLine, ReceiptPaper, VoidedPaper, receipts as drawn};
use crate::service::{ServiceError, StoreError};
use crate::store::receipts::{self, Standing};
use crate::store::{Store, Tx};

/// Receipts that are printed into one document at most.
pub const AT_ONCE: usize = 500;

/// Some receipts of a school as one PDF, in the order of their numbers. `site` is the address by which
/// people reach the pages, such as `https://thu.example.vn`: whoever holds a receipt checks it there.
/// A receipt that the school does not have is refused like a missing one.
pub fn pdf(
    store: &Store,
    school: SchoolId,
    ids: &[i64],
    (lang, site): (Lang, &str),
) -> Result<Vec<u8>, ServiceError> {
    let papers = store.read(|tx| papers(tx, school, ids, (lang, site)))?;
    drawn(&papers, lang)
        .map_err(|error| StoreError::Corrupt(format!("receipts {ids:?}: {error}")).into())
}

/// What stands on some receipts.
fn papers(
    tx: &mut Tx<'_>,
    school: SchoolId,
    ids: &[i64],
    (lang, site): (Lang, &str),
) -> Result<Vec<ReceiptPaper>, ServiceError> {
    if ids.is_empty() {
        return Err(ServiceError::conflict(
            "no_receipts",
            "Chọn ít nhất một biên lai để in.",
            "Choose at least one receipt to print.",
        ));
    }
    if ids.len() > AT_ONCE {
        return Err(ServiceError::conflict(
            "too_many_receipts",
            format!("Mỗi lần in tối đa {AT_ONCE} biên lai. Hãy chọn ít hơn."),
            format!("At most {AT_ONCE} receipts are printed at once. Choose fewer."),
        ));
    }
    let rows: Vec<Standing> = receipts::by_id(tx, ids)?
        .into_iter()
        .filter(|(row, _)| row.school_id == school.0)
        .collect();
    for id in ids {
        if rows.iter().all(|(row, _)| row.id != *id) {
            return Err(super::missing(&id.to_string()));
        }
    }
    let views = views(tx, rows)?;
    Ok(views.into_iter().map(|view| paper(view, lang, site)).collect())
}

fn paper(view: ReceiptView, lang: Lang, site: &str) -> ReceiptPaper {
    let code = VerifyCode::parse(&view.verify_code);
    let url = code.map(|code| format!("{}/r/{}", site.trim_end_matches('/'), code.as_str()));
    let channel = Channel::parse(&view.channel);
    let voided = view.voided.map(|void| VoidedPaper {
        on: crate::clock::local_day(void.at),
        reason: void.reason.unwrap_or_default(),
        replaced_by: view.replaced_by,
    });
    ReceiptPaper {
        school: view.school,
        number: view.number,
        issued_on: view.issued_on,
        student: view.student,
        student_code: view.student_code,
        class: view.class,
        lines: view
            .lines
            .into_iter()
            .map(|line| PaperLine { item: line.item, round: line.round, amount: line.amount })
            .collect(),
        amount: view.amount,
        left: view.left,
        paid_on: view.paid_on,
        channel: channel.map_or(view.channel, |channel| channel.label(lang).to_owned()),
        voucher: view.voucher,
        replaces: view.replaces,
        verify_code: view.verify_code,
        verify_url: url.filter(|_| !site.is_empty()),
        elsewhere: view.elsewhere.map(|one| Elsewhere {
            symbol: one.symbol,
            number: one.number,
            lookup_code: one.lookup_code,
            lookup_url: one.lookup_url,
        }),
        voided,
    }
}
