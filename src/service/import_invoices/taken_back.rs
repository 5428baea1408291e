//! Takes a list of invoices back while nothing depends on it.

use crate::clock::{Clock, local_day};
use crate::domain::id::SchoolId;
use crate::service::letters::LetterKind;
use crate::service::periods::guard;
use crate::service::settle::{self, Replay};
use crate::service::students::imports::{self, Named, not_committed};
use crate::service::{Actor, ServiceError, directory};
use crate::store::audit::{self, AuditFact};
use crate::store::{Store, StoreError, fees, letters, reported, student_imports};

/// Takes an import back: the invoices it added go, their codes are free again. Refused once money is
/// on one of them, a letter told a family of it, a month was closed or reported over it, or anything
/// else was recorded about it. How many invoices went.
pub fn undo(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    id: i64,
) -> Result<u64, ServiceError> {
    store.write(|tx| {
        let school_row = directory::lock_school(tx, school)?;
        let mut row = imports::load(tx, school, Named::invoices(id))?;
        let Some(committed_at) = row.committed_at.filter(|_| row.state == "committed") else {
            return Err(not_committed(id));
        };
        guard::day_open(tx, school.0, local_day(committed_at))?;
        let reported = reported::of_school(tx, school.0)?;
        if reported.iter().any(|one| one.as_of >= committed_at) {
            return Err(in_use(id, "số liệu đã báo cáo", "figures that were reported"));
        }
        let invoices = fees::invoices_of_import(tx, id)?;
        let told = [LetterKind::Notice, LetterKind::Reminder].map(LetterKind::as_str);
        if letters::any_about(tx, school.0, &told, &invoices)? {
            return Err(in_use(id, "thư đã gửi cho phụ huynh", "letters to families"));
        }
        fees::delete_invoices(tx, school.0, &invoices).map_err(|error| refused(id, error))?;
        let now = clock.now();
        "undone".clone_into(&mut row.state);
        row.undone_at = Some(now);
        student_imports::set_state(tx, &row)?;
        let removed = u64::try_from(invoices.len()).unwrap_or(u64::MAX);
        let fact = AuditFact {
            actor: actor.as_str().to_owned(),
            action: "invoices.undo",
            subject_kind: "school",
            subject_id: school.0,
            detail: serde_json::json!({ "import": id, "removed": removed }).to_string(),
        };
        audit::append(tx, school.0, now, vec![fact])?;
        settle::replay(tx, &school_row, &Replay::undecided(), now)?;
        Ok(removed)
    })
}

fn refused(id: i64, error: StoreError) -> ServiceError {
    if error.is_reference_violation() {
        return in_use(
            id,
            "tiền đã gạch nợ, điều chỉnh hoặc khóa sổ",
            "money, corrections or closed months",
        );
    }
    ServiceError::Store(error)
}

fn in_use(id: i64, vi: &str, en: &str) -> ServiceError {
    ServiceError::conflict(
        "import_in_use",
        format!(
            "Không hoàn tác được lần nhập {id}: khoản phải thu của lần nhập này đã có {vi}. Hoàn tác phần đó trước, hoặc hủy từng khoản."
        ),
        format!(
            "Import {id} cannot be undone: its invoices have {en}. Undo that first, or withdraw the invoices one by one."
        ),
    )
}
