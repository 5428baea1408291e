//! What a school lets the machine do: showing it and changing it.

use serde::Serialize;

use crate::clock::Clock;
use crate::domain::id::SchoolId;
use crate::domain::setting::{Setting, SettingChange, Settings};
use crate::service::backtest::{self, Ask};
use crate::service::settle::{self, Replay};
use crate::service::{Actor, ServiceError, directory};
use crate::store::audit::{self, AuditFact};
use crate::store::directory::{self as rows, SchoolRow};
use crate::store::{Store, Tx};

/// A school with its settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SchoolSettings {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its level.
    pub level: String,
    /// What the machine may do there.
    pub settings: Settings,
}

/// The school with this code and its settings.
pub fn show(store: &Store, code: &str) -> Result<SchoolSettings, ServiceError> {
    store.read(|tx| {
        let row = directory::load_school(tx, code)?;
        let settings = settle::policy_of(&row).into();
        Ok(SchoolSettings { code: row.code, name: row.name, level: row.level, settings })
    })
}

/// Changes settings of a school. They hold for what is decided from now on, and what the machine had
/// left open is decided again; what is settled stays.
///
/// Letting the machine settle for known payers is refused where the school's own history shows that
/// it would have settled anything wrongly, unless `despite_misses`.
pub fn set(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    changes: &[SettingChange],
    despite_misses: bool,
) -> Result<Settings, ServiceError> {
    store.write(|tx| {
        let row = directory::lock_school(tx, school)?;
        let before = settle::policy_of(&row);
        let after = changes.iter().fold(before, |policy, change| change.apply(policy));
        if before == after {
            return Ok(after.into());
        }
        if !despite_misses && needs_backtest(before.into(), changes) {
            refuse_misses(tx, &row, changes)?;
        }
        rows::set_policy(tx, row.id, after.settle_in_part, after.settle_known_payer)?;
        let detail = serde_json::json!({
            "after": Settings::from(after),
            "before": Settings::from(before),
            "despite_misses": despite_misses,
        });
        let fact = AuditFact {
            actor: actor.as_str().to_owned(),
            action: "school.set",
            subject_kind: "school",
            subject_id: row.id,
            detail: detail.to_string(),
        };
        let at = clock.now();
        audit::append(tx, row.id, at, vec![fact])?;
        let row = directory::lock_school(tx, school)?;
        settle::replay(tx, &row, &Replay::undecided(), at)?;
        Ok(after.into())
    })
}

/// Whether changes let the machine settle for known payers where it does not yet.
#[must_use]
pub fn needs_backtest(present: Settings, changes: &[SettingChange]) -> bool {
    let wanted = |change: &&SettingChange| change.setting == Setting::SettleKnownPayer;
    let last = changes.iter().rev().find(wanted);
    !present.settle_known_payer && last.is_some_and(|change| change.on)
}

fn refuse_misses(
    tx: &mut Tx<'_>,
    row: &SchoolRow,
    changes: &[SettingChange],
) -> Result<(), ServiceError> {
    let ask = Ask { changes: changes.to_vec(), ..Ask::default() };
    let found = backtest::of_school(tx, row, &ask)?;
    let misses = found.judged.new_misses.payments;
    if misses == 0 {
        return Ok(());
    }
    Err(ServiceError::conflict(
        "backtest_missed",
        format!(
            "Thử lại trên lịch sử của trường: với thiết lập mới, máy đã tự khớp sai {misses} khoản tiền. Chưa đổi gì. \
             Xem từng khoản bằng lệnh backtest; nếu vẫn muốn đổi, thêm --despite-misses."
        ),
        format!(
            "Tried on the school's own history, the new setting settles {misses} payments wrongly. Nothing was changed. \
             See each of them with the command backtest; to change it all the same, add --despite-misses."
        ),
    ))
}
