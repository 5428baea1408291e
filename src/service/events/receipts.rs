//! Events about receipts.

use serde_json::json;

use super::{EventKind, Outbox};
use crate::domain::receipt::Content;
use crate::service::ServiceError;
use crate::service::receipts::issue::number_of;
use crate::store::Tx;
use crate::store::receipts::ReceiptRow;

/// Tells that receipts of one school were issued together; with the invoices they are about, and
/// nobody's name.
pub(crate) fn issued(tx: &mut Tx<'_>, rows: &[ReceiptRow]) -> Result<(), ServiceError> {
    let Some(first) = rows.first() else { return Ok(()) };
    let (school, at) = (first.school_id, first.issued_at);
    let Some(mut outbox) = Outbox::open(tx, school, &[EventKind::ReceiptIssued])? else {
        return Ok(());
    };
    for row in rows {
        let lines = serde_json::from_str::<Content>(&row.body).map(|of| of.lines);
        let invoices: Vec<serde_json::Value> = lines
            .unwrap_or_default()
            .iter()
            .map(|line| json!({ "invoice": line.invoice, "amount": line.amount }))
            .collect();
        let data = json!({
            "school": outbox.code,
            "receipt": row.id,
            "number": number_of(row).to_string(),
            "payment": row.payment_id,
            "amount": row.amount_dong,
            "currency": "VND",
            "issued_on": row.issued_on,
            "replaces": row.replaces_id,
            "lines": invoices,
        });
        outbox.push(EventKind::ReceiptIssued, data);
    }
    outbox.write(tx, at)
}
