//! The accounts on which a school receives money, and from when to when.

use serde::{Deserialize, Serialize};

use crate::clock::{Clock, local_day};
use crate::domain::calendar::{Day, valid_on, vietnamese_day};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::id::{BankAccountId, SchoolId};
use crate::domain::money::Vnd;
use crate::domain::text::last_four;
use crate::formats::qr::Qr;
use crate::formats::vietqr::{self, TransferRequest};
use crate::service::directory::{self, account_number};
use crate::service::limits;
use crate::service::organisation::change::Changed;
use crate::service::organisation::{record, span};
use crate::service::{Actor, ServiceError};
use crate::store::directory::{self as rows, BankAccountRow};
use crate::store::{Store, Tx, organisation as kept, webhooks};

/// An account to be added.
#[derive(
    Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, garde::Validate,
)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct NewAccount {
    /// The bank's six digits (BIN).
    #[garde(length(chars, max = limits::WORD))]
    pub bin: String,
    /// The account's number.
    #[garde(length(chars, max = limits::WORD))]
    pub number: String,
    /// The holder's name, as the bank has it.
    #[garde(length(chars, max = limits::NAME))]
    pub holder: String,
    /// The first day on which it is offered.
    #[schema(value_type = Option<String>, format = Date)]
    pub from: Option<Day>,
    /// The last day.
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<Day>,
}

/// What to say anew of an account.
#[derive(
    Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, garde::Validate,
)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct AccountChange {
    /// Its last day.
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<Day>,
    /// The holder's name, corrected.
    #[garde(length(chars, max = limits::NAME))]
    pub holder: Option<String>,
}

/// An account of a school.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct AccountView {
    /// Its id.
    #[schema(value_type = i64)]
    pub id: BankAccountId,
    /// The bank's six digits (BIN), or the gateway's name.
    pub bin: String,
    /// Its number, or the merchant's code at a gateway.
    pub number: String,
    /// The holder's name.
    pub holder: String,
    /// The gateway that keeps it, where one does.
    pub gateway: Option<String>,
    /// Its first day.
    #[schema(value_type = Option<String>, format = Date)]
    pub from: Option<Day>,
    /// Its last day; statements that come later are still taken.
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<Day>,
    /// Whether new payments may be asked for on it today.
    pub offered: bool,
}

/// The accounts of a school, in the order in which they were added.
pub fn list(
    store: &Store,
    clock: &dyn Clock,
    school: SchoolId,
) -> Result<Vec<AccountView>, ServiceError> {
    let today = local_day(clock.now());
    store.read(|tx| {
        let found = rows::bank_accounts_of(tx, school.0)?;
        Ok(found.into_iter().map(|row| view(row, today)).collect())
    })
}

/// Adds an account to a school. The number is kept without blanks and points.
pub fn add(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    new: &NewAccount,
) -> Result<AccountView, ServiceError> {
    let number = account_number(&new.number);
    if number.is_empty() || new.bin.len() != 6 || !new.bin.bytes().all(|b| b.is_ascii_digit()) {
        return Err(ServiceError::refused(Diagnostic::new(
            "bank_account",
            "Cần số tài khoản và mã BIN 6 chữ số của ngân hàng, ví dụ 970436.",
            "An account number and the bank's six-digit BIN are needed, e.g. 970436.",
        )));
    }
    let days = span(new.from, new.to)?;
    store.write(|tx| {
        let school = directory::lock_school(tx, school)?;
        if rows::bank_accounts_numbered(tx, &number)?.iter().any(|row| row.bin == new.bin) {
            return Err(directory::taken("bank_account", &number));
        }
        let row = BankAccountRow {
            id: tx.next_id()?,
            school_id: school.id,
            bin: new.bin.clone(),
            number: number.clone(),
            holder: new.holder.trim().to_owned(),
            valid_from: days.from(),
            valid_to: days.to(),
            gateway: None,
        };
        rows::insert_bank_account(tx, &row)?;
        let detail = serde_json::json!({
            "account": last_four(&number), "code": row.bin, "from": days.from(), "to": days.to(),
        });
        let subject = ("bank_account", row.id);
        record(tx, (clock, actor), school.id, "bank_account.add", subject, &detail)?;
        Ok(view(row, local_day(clock.now())))
    })
}

/// The account of a school with this number, or the one of these at this bank.
pub fn find(
    store: &Store,
    school: SchoolId,
    number: &str,
    bin: Option<&str>,
) -> Result<BankAccountId, ServiceError> {
    let wanted = account_number(number);
    store.read(|tx| {
        let mut found = rows::bank_accounts_of(tx, school.0)?;
        found.retain(|row| row.number == wanted && bin.is_none_or(|bin| row.bin == bin));
        match found.as_slice() {
            [only] => Ok(BankAccountId(only.id)),
            [] => Err(unknown(&wanted)),
            _ => Err(ServiceError::refused(Diagnostic::new(
                "bin_needed",
                "Trường có nhiều tài khoản cùng số ở các ngân hàng khác nhau. Ghi thêm mã BIN.",
                "The school has this number at several banks. Give the BIN as well.",
            ))),
        }
    })
}

/// A picture (SVG) of a VietQR code that asks for 1,000 đồng on an account: to be scanned before parents
/// are told of it.
pub fn trial_picture(
    store: &Store,
    school: SchoolId,
    account: BankAccountId,
) -> Result<String, ServiceError> {
    let row = store.read(|tx| {
        let own = rows::bank_accounts_of(tx, school.0)?;
        let found = own.into_iter().find(|row| row.id == account.0 && row.gateway.is_none());
        found.ok_or_else(|| none_with(account))
    })?;
    let request = TransferRequest {
        bank_bin: &row.bin,
        account: &row.number,
        amount: Some(Vnd::new(1_000)),
        purpose: "THU QR",
    };
    let code = vietqr::payload(&request).ok().and_then(|text| Qr::of(&text));
    let code = code.ok_or_else(|| {
        ServiceError::conflict(
            "account_without_qr",
            "Tài khoản này không tạo được mã VietQR. Kiểm tra mã BIN và số tài khoản.",
            "No VietQR code can be made for this account. Look at its BIN and number.",
        )
    })?;
    Ok(code.svg())
}

/// Says when an account ended, or corrects its holder. An account that ended still takes statements
/// and notifications that come late, but nobody is asked to pay on it any more.
pub fn change(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, account): (SchoolId, BankAccountId),
    change: &AccountChange,
) -> Result<Changed, ServiceError> {
    store.write(|tx| {
        directory::lock_school(tx, school)?;
        let own = rows::bank_accounts_of(tx, school.0)?;
        let row =
            own.into_iter().find(|row| row.id == account.0).ok_or_else(|| none_with(account))?;
        let holder = match change.holder.as_deref().map(str::trim) {
            Some("") => {
                return Err(ServiceError::refused(Diagnostic::new(
                    "holder_needed",
                    "Tên chủ tài khoản không được để trống.",
                    "The holder's name must not be empty.",
                )));
            }
            Some(name) => name.to_owned(),
            None => row.holder.clone(),
        };
        let to = change.to.or(row.valid_to);
        span(row.valid_from, to)?;
        if holder == row.holder && to == row.valid_to {
            return Ok(Changed::default());
        }
        kept::update_account(tx, row.id, &holder, to)?;
        let detail = serde_json::json!({
            "before": { "holder": row.holder, "to": row.valid_to }, "holder": holder, "to": to,
        });
        let subject = ("bank_account", row.id);
        record(tx, (clock, actor), school.0, "bank_account.change", subject, &detail)?;
        let notes = if to == row.valid_to { Vec::new() } else { told_there(tx, &row)? };
        Ok(Changed { changed: true, notes })
    })
}

/// Addresses that still tell of an account that ended.
fn told_there(tx: &mut Tx<'_>, row: &BankAccountRow) -> Result<Vec<Diagnostic>, ServiceError> {
    let open = webhooks::endpoints_of(tx, row.school_id)?
        .into_iter()
        .filter(|one| one.bank_account_id == Some(row.id) && one.disabled_at.is_none())
        .count();
    if open == 0 {
        return Ok(Vec::new());
    }
    Ok(vec![Diagnostic::new(
        "endpoint_of_ended_account",
        format!(
            "Còn {open} địa chỉ nhận thông báo của tài khoản này. Khi ngân hàng không gửi nữa, đóng bằng webhook close."
        ),
        format!(
            "{open} addresses still receive notifications of this account. Close them with webhook close when nothing comes any more."
        ),
    )])
}

/// Refuses to ask for new payments on an account that is not in use on a day.
pub(crate) fn require_offered(row: &BankAccountRow, day: Day) -> Result<(), ServiceError> {
    if valid_on(day, row.valid_from, row.valid_to) {
        return Ok(());
    }
    let tail = last_four(&row.number);
    Err(match (row.valid_to, row.valid_from) {
        (Some(last), _) if last < day => ServiceError::conflict(
            "account_ended",
            format!(
                "Tài khoản ****{tail} đã ngừng dùng từ sau ngày {}. Chọn tài khoản khác của trường.",
                vietnamese_day(last)
            ),
            format!("Account ****{tail} ended on {last}. Choose another account of the school."),
        ),
        (_, first) => ServiceError::conflict(
            "account_not_yet",
            format!(
                "Tài khoản ****{tail} chỉ dùng từ ngày {}. Chọn tài khoản khác của trường.",
                vietnamese_day(first.unwrap_or(day))
            ),
            format!(
                "Account ****{tail} begins on {}. Choose another account of the school.",
                first.unwrap_or(day)
            ),
        ),
    })
}

fn view(row: BankAccountRow, today: Day) -> AccountView {
    AccountView {
        id: BankAccountId(row.id),
        offered: valid_on(today, row.valid_from, row.valid_to),
        bin: row.bin,
        number: row.number,
        holder: row.holder,
        gateway: row.gateway,
        from: row.valid_from,
        to: row.valid_to,
    }
}

fn none_with(id: BankAccountId) -> ServiceError {
    ServiceError::not_found("account", "tài khoản số", "account", &id.to_string())
}

/// No account has this number; only its end is said.
fn unknown(number: &str) -> ServiceError {
    ServiceError::not_found("account", "tài khoản", "account", &last_four(number))
}
