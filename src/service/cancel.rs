//! Withdraws an invoice, or takes the withdrawal back.

use crate::clock::{Clock, local_day};
use crate::domain::id::SchoolId;
use crate::domain::invoice::{InvoiceEvent, InvoiceState};
use crate::domain::money::Vnd;
use crate::service::periods::guard;
use crate::service::settle::{self, Replay};
use crate::service::{Actor, ServiceError, decide, directory};
use crate::store::audit::{self, AuditFact};
use crate::store::{Store, fees};

/// Applies [`InvoiceEvent::Cancel`] or [`InvoiceEvent::Reinstate`] to the invoice with this code.
/// Refused while money is on it.
pub fn run(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, code): (SchoolId, &str),
    event: InvoiceEvent,
    reason: &str,
) -> Result<InvoiceState, ServiceError> {
    if reason.trim().is_empty() {
        return Err(decide::reason_needed());
    }
    store.write(|tx| {
        let school_row = directory::lock_school(tx, school)?;
        let invoice = fees::find_invoice(tx, school.0, code)?.ok_or_else(|| {
            ServiceError::not_found("invoice", "khoản phải thu mang mã", "invoice", code)
        })?;
        if event == InvoiceEvent::Reinstate
            && let Some(other) = fees::replacement_of(tx, invoice.id)?
        {
            return Err(ServiceError::conflict(
                "invoice_replaced",
                format!("Khoản phải thu này đã được phát hành lại với mã {other}, không khôi phục được."),
                format!("This invoice was issued anew with the code {other} and cannot be put back."),
            ));
        }
        guard::day_open(tx, school.0, local_day(invoice.issued_at))?;
        let (net, paid) = (Vnd::new(invoice.net_dong), Vnd::new(invoice.paid_dong));
        let state = InvoiceState::of(net, paid, invoice.cancelled);
        let state = state.apply(event).map_err(|refused| {
            ServiceError::conflict(
                "invoice_state",
                "Khoản phải thu này không hủy hay khôi phục được lúc này: đã có tiền gạch nợ, hoặc đã ở trạng thái đó. Hãy hoàn tác phần đã gạch nợ trước.",
                format!("{refused}. Take back what is allocated to it first."),
            )
        })?;
        let at = clock.now();
        fees::set_cancelled(tx, invoice.id, state == InvoiceState::Cancelled)?;
        let fact = AuditFact {
            actor: actor.as_str().to_owned(),
            action: "invoice.state",
            subject_kind: "invoice",
            subject_id: invoice.id,
            detail: serde_json::json!({ "state": state, "reason": reason }).to_string(),
        };
        audit::append(tx, school.0, at, vec![fact])?;
        settle::replay(tx, &school_row, &Replay::undecided(), at)?;
        Ok(state)
    })
}
