//! What anybody who holds a receipt may ask: whether it is genuine. The answer holds no more than the
//! paper does.

use super::{ReceiptView, views};
use crate::clock::Clock;
use crate::domain::receipt::VerifyCode;
use crate::service::ServiceError;
use crate::service::sessions::throttle::{self, Charge, Subject, forgive};
use crate::store::Store;
use crate::store::receipts;

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Public {
    /// The receipt with this code.
    Found(Box<ReceiptView>),
    /// There is none; the same for what is no code at all.
    Unknown,
    /// Whoever asks has guessed too often: not for so many seconds.
    Wait(u64),
}

/// Asks about a code from a client's address. Guesses are counted as those at a sign-in are.
pub fn ask(
    store: &Store,
    clock: &dyn Clock,
    from: &str,
    code: &str,
) -> Result<Public, ServiceError> {
    let now = clock.now();
    let subject = [Subject::Receipts(from)];
    let charge = throttle::charge(store, now, &subject)?;
    if let Charge::Wait(seconds) = charge {
        throttle::tell("receipt_code", charge);
        return Ok(Public::Wait(seconds));
    }
    // What cannot be a code is looked up all the same: no answer comes sooner than another.
    let code = VerifyCode::parse(code).map(|code| code.as_str().to_owned()).unwrap_or_default();
    let answer = store.write(|tx| {
        let Some(found) = receipts::by_code(tx, &code)? else { return Ok(Public::Unknown) };
        forgive(tx, now, &subject)?;
        let view = views(tx, vec![found])?.into_iter().next();
        Ok::<_, ServiceError>(view.map_or(Public::Unknown, |view| Public::Found(Box::new(view))))
    })?;
    if answer == Public::Unknown {
        throttle::tell("receipt_code", charge);
    }
    Ok(answer)
}
