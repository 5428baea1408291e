//! What gateways paid out: which of the payments they collected each payout contains, what is still
//! with them, and what a person says of it.

pub(crate) mod matching;
mod scene;
mod view;

use serde::{Deserialize, Serialize};

use crate::clock::Clock;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::id::{PaymentId, SchoolId};
use crate::domain::money::Vnd;
use crate::domain::notification::Provider;
use crate::domain::payout::{Run, Terms};
use crate::service::directory::account_number;
use crate::service::settle::{self, Replay};
use crate::service::{Actor, MACHINE, ServiceError, decide, directory, limits};
use crate::store::audit::{self, AuditFact};
use crate::store::payouts::{self, PayoutRow, TermsRow};
use crate::store::{Store, Tx, payments};
use scene::gateways_of;

pub use view::{Asked, GatewayView, OpenPayoutView, PayoutItemView, PayoutView, Payouts, list};

/// The most payments one payout may be said to contain.
const MOST_ITEMS: usize = 5_000;

/// The highest share that a fee can be agreed to have, in millionths: a fifth.
const DEAREST_MILLIONTHS: i64 = 200_000;

/// The highest fee besides, in đồng.
const DEAREST_DONG: i64 = 1_000_000;

/// What a person says a payout contains.
#[derive(
    Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, garde::Validate,
)]
#[serde(deny_unknown_fields)]
pub struct Assignment {
    /// The gateway's payments, voids and refunds too.
    #[schema(value_type = Vec<i64>)]
    #[garde(custom(limits::at_most(MOST_ITEMS)))]
    pub payments: Vec<PaymentId>,
}

/// Why a match is taken back.
#[derive(
    Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, garde::Validate,
)]
#[serde(deny_unknown_fields)]
#[schema(as = MatchRelease)]
pub struct Release {
    /// For the history.
    #[garde(custom(limits::reason), length(chars, max = limits::TEXT))]
    pub reason: String,
    /// Whether the machine may match it again; else it stays open until a person does.
    #[serde(default)]
    #[garde(skip)]
    pub to_machine: bool,
}

/// What is agreed with a gateway.
#[derive(
    Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, garde::Validate,
)]
#[serde(deny_unknown_fields)]
pub struct NewTerms {
    /// `vnpay`, `momo` or `zalopay`.
    #[garde(custom(limits::filled), length(chars, max = limits::WORD))]
    pub gateway: String,
    /// The merchant's code there.
    #[garde(custom(limits::filled), length(chars, max = limits::WORD))]
    pub merchant: String,
    /// What it keeps of each payment, in millionths of the amount: 11,000 is 1.1 %. Without this and
    /// `fee_dong` the fee is not known.
    #[garde(range(min = 0, max = DEAREST_MILLIONTHS))]
    pub fee_millionths: Option<i64>,
    /// What it keeps of each payment besides, in đồng.
    #[garde(range(min = 0, max = DEAREST_DONG))]
    pub fee_dong: Option<i64>,
    /// The highest share of a sum that its fee may be, in millionths; 35,000 where absent.
    #[garde(range(min = 0, max = DEAREST_MILLIONTHS))]
    pub most_fee_millionths: Option<i64>,
}

/// Says which payments a payout contains. Refused unless they add up to it with a fee that the
/// gateway may keep.
pub fn assign(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, payment): (SchoolId, PaymentId),
    wanted: &Assignment,
) -> Result<PayoutView, ServiceError> {
    let mut ids: Vec<i64> = wanted.payments.iter().map(|id| id.0).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() || ids.len() > MOST_ITEMS {
        return Err(how_many());
    }
    store.write(|tx| {
        let school_row = directory::lock_school(tx, school)?;
        let at = clock.now();
        let line = decide::load_payment(tx, school, payment, None)?;
        let gateways = gateways_of(tx, school.0)?;
        let of_gateway = |account: Option<i64>| {
            gateways.iter().find(|gateway| Some(gateway.account.id) == account)
        };
        if line.bank_account_id.is_none() || of_gateway(line.bank_account_id).is_some() {
            return Err(no_bank_line());
        }
        let used = line.allocated_dong + line.credited_dong + line.refunded_dong;
        if line.decided_by != MACHINE && used > 0 {
            return Err(used_otherwise());
        }
        let mut items = payments::payments_by_id(tx, &ids)?;
        items.retain(|row| row.school_id == school.0 && !row.voided);
        if let Some(missing) = ids.iter().find(|id| !items.iter().any(|row| row.id == **id)) {
            let key = missing.to_string();
            return Err(ServiceError::not_found("payment", "khoản tiền", "payment", &key));
        }
        let account = items.first().and_then(|row| row.bank_account_id);
        let gateway = of_gateway(account)
            .filter(|_| items.iter().all(|row| row.bank_account_id == account))
            .ok_or_else(not_one_gateway)?;
        items.sort_by(|one, other| {
            (one.booking_date, &one.order_key, one.id).cmp(&(
                other.booking_date,
                &other.order_key,
                other.id,
            ))
        });
        let gross = Vnd::checked_sum(items.iter().map(|row| {
            Vnd::new(if row.credit_debit == "debit" { -row.amount_dong } else { row.amount_dong })
        }))
        .ok_or_else(ServiceError::overflow)?;
        let amount = Vnd::new(line.amount_dong);
        let fee = gross.checked_sub(amount).ok_or_else(ServiceError::overflow)?;
        if !gateway.terms.allows(gross, fee) {
            return Err(does_not_add_up(gross, amount, gateway.terms));
        }
        let run = Run { items: items.iter().map(|row| row.id).collect(), gross, fee };

        let all = payouts::payouts_of(tx, school.0)?;
        let contents = payouts::items_of(tx, school.0)?;
        let mut gone = Vec::new();
        let mut facts = Vec::new();
        for row in &all {
            let own: Vec<i64> = contents
                .iter()
                .filter(|item| item.payout_id == row.id)
                .map(|item| item.payment_id)
                .collect();
            let same_line = row.payment_id == payment.0;
            if same_line && row.decided_by != MACHINE && row.state == "matched" {
                let mut known = own.clone();
                known.sort_unstable();
                if known == ids {
                    return view::show(tx, school, payment);
                }
                return Err(matched_already());
            }
            let shares = own.iter().any(|id| ids.binary_search(id).is_ok());
            if shares && !same_line && row.decided_by != MACHINE {
                return Err(in_another(row));
            }
            if same_line || shares {
                gone.push(row.id);
                if !same_line {
                    let detail = serde_json::json!({ "items": own });
                    facts.push(matching::fact(
                        actor.as_str(),
                        "payout.open",
                        row.payment_id,
                        &detail,
                    ));
                }
            }
        }
        payouts::delete_payouts(tx, &gone)?;
        let of = (payment.0, gateway.account.id);
        let (row, rows) = matching::add(tx, school.0, of, &run, (actor.as_str(), at))?;
        payouts::insert_payouts(tx, &[row])?;
        payouts::insert_items(tx, &rows)?;
        facts.push(matching::fact(
            actor.as_str(),
            "payout.assign",
            payment.0,
            &matching::said(&run),
        ));
        audit::append(tx, school.0, at, facts)?;
        settle::replay(tx, &school_row, &Replay::payouts(), at)?;
        view::show(tx, school, payment)
    })
}

/// Takes a match back. The line stays open until a person matches it, unless the machine may again.
pub fn release(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, payment): (SchoolId, PaymentId),
    wanted: &Release,
) -> Result<Payouts, ServiceError> {
    let reason = wanted.reason.trim();
    if reason.is_empty() {
        return Err(decide::reason_needed());
    }
    store.write(|tx| {
        let school_row = directory::lock_school(tx, school)?;
        let at = clock.now();
        let line = decide::load_payment(tx, school, payment, None)?;
        let row = payouts::payout_of(tx, line.id)?.ok_or_else(not_matched)?;
        if row.state == "matched" || wanted.to_machine {
            let items: Vec<i64> = payouts::items_of(tx, school.0)?
                .into_iter()
                .filter(|item| item.payout_id == row.id)
                .map(|item| item.payment_id)
                .collect();
            payouts::delete_payouts(tx, &[row.id])?;
            if !wanted.to_machine {
                let released = PayoutRow {
                    id: tx.next_id()?,
                    state: "released".to_owned(),
                    gross_dong: 0,
                    fee_dong: 0,
                    decided_by: actor.as_str().to_owned(),
                    decided_at: at,
                    note: Some(reason.to_owned()),
                    ..row
                };
                payouts::insert_payouts(tx, &[released])?;
            }
            let detail = serde_json::json!({
                "items": items, "reason": reason, "to_machine": wanted.to_machine,
            });
            let fact = matching::fact(actor.as_str(), "payout.release", line.id, &detail);
            audit::append(tx, school.0, at, vec![fact])?;
            // A line that was a payout by its amount alone is decided like any other again.
            let replay = if wanted.to_machine {
                Replay::ruled(line.booking_date)
            } else {
                Replay::payouts()
            };
            settle::replay(tx, &school_row, &replay, at)?;
        }
        view::of_line(tx, school, payment)
    })
}

/// Says what is agreed with a gateway; what it paid out is matched again.
pub fn set_terms(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    new: &NewTerms,
) -> Result<GatewayView, ServiceError> {
    let number = account_number(&new.merchant);
    let most = new.most_fee_millionths.unwrap_or(Terms::MOST_MILLIONTHS);
    let within = |share: i64| (0..=DEAREST_MILLIONTHS).contains(&share);
    if !within(most)
        || !new.fee_millionths.is_none_or(within)
        || !new.fee_dong.is_none_or(|dong| (0..=DEAREST_DONG).contains(&dong))
    {
        return Err(no_such_terms());
    }
    store.write(|tx| {
        let school_row = directory::lock_school(tx, school)?;
        let at = clock.now();
        let provider = Provider::parse(&new.gateway).filter(|provider| provider.is_gateway());
        let gateway = gateways_of(tx, school.0)?.into_iter().find(|gateway| {
            gateway.account.number == number
                && gateway.account.gateway.as_deref() == provider.map(Provider::as_str)
        });
        let gateway = gateway.ok_or_else(|| {
            ServiceError::not_found(
                "gateway",
                "tài khoản tại cổng thanh toán",
                "gateway account",
                &format!("{} {number}", new.gateway),
            )
        })?;
        let row = TermsRow {
            id: tx.next_id()?,
            school_id: school.0,
            bank_account_id: gateway.account.id,
            fee_millionths: new.fee_millionths,
            fee_dong: new.fee_dong,
            most_fee_millionths: most,
        };
        payouts::set_terms(tx, &row)?;
        let detail = serde_json::json!({
            "fee_dong": row.fee_dong, "fee_millionths": row.fee_millionths,
            "most_fee_millionths": row.most_fee_millionths,
        });
        let fact = AuditFact {
            actor: actor.as_str().to_owned(),
            action: "payout.terms",
            subject_kind: "bank_account",
            subject_id: row.bank_account_id,
            detail: detail.to_string(),
        };
        audit::append(tx, school.0, at, vec![fact])?;
        settle::replay(tx, &school_row, &Replay::payouts(), at)?;
        view::gateway(tx, school, row.bank_account_id)
    })
}

/// Refuses to use a matched payout for anything: its payments counted when they were made.
pub(crate) fn refuse_use(tx: &mut Tx<'_>, payment: i64) -> Result<(), ServiceError> {
    match payouts::payout_of(tx, payment)? {
        Some(row) if row.state == "matched" => Err(ServiceError::conflict(
            "payout_matched",
            "Đây là tiền cổng thanh toán chuyển về; từng khoản trong đó đã được tính khi người nộp trả. Nếu ghép sai, hãy gỡ ghép trước.",
            "This is a gateway's payout; the payments in it counted when they were made. If the match is wrong, release it first.",
        )),
        _ => Ok(()),
    }
}

fn how_many() -> ServiceError {
    ServiceError::refused(Diagnostic::new(
        "payout_items",
        format!("Cần ít nhất một và nhiều nhất {MOST_ITEMS} khoản thu qua cổng."),
        format!("At least one and at most {MOST_ITEMS} payments of the gateway are needed."),
    ))
}

fn no_bank_line() -> ServiceError {
    ServiceError::conflict(
        "payout_line",
        "Chỉ dòng tiền vào của tài khoản ngân hàng mới là tiền cổng thanh toán chuyển về.",
        "Only money in on a bank account is a gateway's payout.",
    )
}

fn used_otherwise() -> ServiceError {
    ServiceError::conflict(
        "payout_used",
        "Khoản tiền này đã có người phân bổ. Hãy hoàn tác phân bổ trước khi ghép.",
        "A person has used this money. Reverse that before matching it.",
    )
}

fn not_one_gateway() -> ServiceError {
    ServiceError::conflict(
        "payout_gateway",
        "Các khoản phải cùng thuộc một tài khoản của trường tại cổng thanh toán.",
        "The payments must all be of one of the school's accounts at a gateway.",
    )
}

fn does_not_add_up(gross: Vnd, amount: Vnd, terms: Terms) -> ServiceError {
    let (gross, amount) = (gross.grouped(), amount.grouped());
    let (whole, part) = (terms.most_millionths / 10_000, terms.most_millionths % 10_000);
    let most = if part == 0 { whole.to_string() } else { format!("{whole}.{part:04}") };
    ServiceError::conflict(
        "payout_sum",
        format!(
            "Các khoản cộng lại là {gross} ₫, tiền về là {amount} ₫: phí phải từ 0 đến {most} % tổng các khoản."
        ),
        format!(
            "The payments add up to {gross} ₫ and {amount} ₫ was paid out: the fee must be 0 to {most} % of their sum."
        ),
    )
}

fn matched_already() -> ServiceError {
    ServiceError::conflict(
        "payout_matched",
        "Đã có người ghép khoản tiền về này với các khoản khác. Hãy gỡ ghép trước.",
        "A person has matched this payout to other payments. Release it first.",
    )
}

fn in_another(row: &PayoutRow) -> ServiceError {
    let payment = row.payment_id;
    ServiceError::conflict(
        "payout_item_taken",
        format!(
            "Có khoản đã được ghép bằng tay vào khoản tiền về {payment}. Hãy gỡ ghép đó trước."
        ),
        format!("One of the payments was matched by hand to payout {payment}. Release that first."),
    )
}

fn not_matched() -> ServiceError {
    ServiceError::conflict(
        "payout_not_matched",
        "Khoản tiền này chưa được ghép với khoản thu qua cổng nào.",
        "This payment is not matched to any payments of a gateway.",
    )
}

fn no_such_terms() -> ServiceError {
    ServiceError::refused(Diagnostic::new(
        "gateway_terms",
        "Phí phải từ 0 đến 20 % (0 đến 200000 phần triệu) và từ 0 đến 1.000.000 ₫ mỗi khoản.",
        "A fee must be 0 to 20 % (0 to 200000 millionths) and 0 to 1,000,000 ₫ a payment.",
    ))
}
