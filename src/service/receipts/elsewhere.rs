//! The electronic invoice or receipt that other software issued for the same money.

use serde::{Deserialize, Serialize};

use super::{ReceiptView, load, load_live};
use crate::clock::Clock;
use crate::domain::diagnostic::{Diagnostic, Place};
use crate::domain::id::SchoolId;
use crate::service::{Actor, ServiceError, directory, limits};
use crate::store::Store;
use crate::store::audit::{self, AuditFact};
use crate::store::receipts::{self, InvoiceElsewhereRow};

/// What was issued elsewhere; absent where nothing is known.
#[derive(
    Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, garde::Validate,
)]
#[serde(deny_unknown_fields, default)]
pub struct InvoiceElsewhere {
    /// Its symbol.
    #[garde(inner(length(chars, max = limits::WORD)))]
    pub symbol: Option<String>,
    /// Its number.
    #[garde(inner(length(chars, max = limits::WORD)))]
    pub number: Option<String>,
    /// The code to look it up with.
    #[garde(inner(length(chars, max = limits::WORD)))]
    pub lookup_code: Option<String>,
    /// The page to look it up on, beginning with `https://`.
    #[garde(inner(length(chars, max = limits::URL)))]
    pub lookup_url: Option<String>,
}

impl InvoiceElsewhere {
    pub(super) fn of(row: InvoiceElsewhereRow) -> InvoiceElsewhere {
        InvoiceElsewhere {
            symbol: row.symbol,
            number: row.number,
            lookup_code: row.lookup_code,
            lookup_url: row.lookup_url,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        *self == InvoiceElsewhere::default()
    }

    /// Without blanks around, and without what is blank.
    fn tidy(&self) -> InvoiceElsewhere {
        let tidy = |text: &Option<String>| {
            let text = text.as_deref().map(str::trim).filter(|text| !text.is_empty());
            text.map(str::to_owned)
        };
        InvoiceElsewhere {
            symbol: tidy(&self.symbol),
            number: tidy(&self.number),
            lookup_code: tidy(&self.lookup_code),
            lookup_url: tidy(&self.lookup_url),
        }
    }
}

/// Says what was issued elsewhere for a receipt that holds; empty takes back what was said.
pub fn set_elsewhere(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, receipt): (SchoolId, i64),
    wanted: &InvoiceElsewhere,
) -> Result<ReceiptView, ServiceError> {
    let wanted = wanted.tidy();
    let plain = |url: &str| {
        url.starts_with("https://")
            && url
                .chars()
                .all(|letter| letter.is_ascii_graphic() && !matches!(letter, '"' | '<' | '>'))
    };
    if wanted.lookup_url.as_deref().is_some_and(|url| !plain(url)) {
        return Err(ServiceError::refused(
            Diagnostic::new(
                "lookup_url",
                "Địa chỉ trang tra cứu phải bắt đầu bằng https:// và không có khoảng trắng.",
                "The address of the look-up page must begin with https:// and hold no blanks.",
            )
            .at(Place { column: Some("lookup_url".to_owned()), ..Place::default() }),
        ));
    }
    store.write(|tx| {
        directory::lock_school(tx, school)?;
        let row = load_live(tx, school, receipt)?;
        let known = receipts::invoices_elsewhere(tx, &[row.id])?.into_iter().next_back();
        let before = known.map(InvoiceElsewhere::of).unwrap_or_default();
        if before != wanted {
            let at = clock.now();
            let entered = InvoiceElsewhereRow {
                id: tx.next_id()?,
                school_id: school.0,
                receipt_id: row.id,
                symbol: wanted.symbol.clone(),
                number: wanted.number.clone(),
                lookup_code: wanted.lookup_code.clone(),
                lookup_url: wanted.lookup_url.clone(),
                entered_by: actor.as_str().to_owned(),
                entered_at: at,
            };
            receipts::insert_invoice_elsewhere(tx, &entered)?;
            let fact = AuditFact {
                actor: actor.as_str().to_owned(),
                action: "receipt.invoice",
                subject_kind: "receipt",
                subject_id: row.id,
                detail: serde_json::json!({ "after": wanted, "before": before }).to_string(),
            };
            audit::append(tx, school.0, at, vec![fact])?;
        }
        load(tx, school, row.id)
    })
}
