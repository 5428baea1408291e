//! How long and how large what is sent to us may be. The limits stand on the bodies themselves; the
//! doors check them and say in both languages what was broken.
//!
//! A rule of our own says what was broken as a code, then the limit, then where below the field, with
//! blanks between: the door puts it into words.

use garde::Error;

use crate::domain::money::Vnd;

/// Characters of a reason or a note.
pub const TEXT: usize = 1_000;

/// Characters of a name.
pub const NAME: usize = 200;

/// Characters of a code, an account number or another word that somebody gave out.
pub const WORD: usize = 64;

/// Characters of an address.
pub const URL: usize = 2_000;

/// Characters of a secret or a token.
pub const SECRET: usize = 8_000;

/// Invoices that one payment, or one voucher, may be used for.
pub const USES: usize = 500;

/// Kinds of events that one address is told of.
pub const KINDS: usize = 32;

/// Minutes between two rounds of asking: a month.
pub const MINUTES: u32 = 44_640;

/// Not empty, and not blank.
pub fn filled(text: &str, (): &()) -> garde::Result {
    if text.trim().is_empty() { Err(Error::new("empty")) } else { Ok(()) }
}

/// A reason that says something.
pub fn reason(text: &str, (): &()) -> garde::Result {
    if text.trim().is_empty() { Err(Error::new("reason_needed")) } else { Ok(()) }
}

/// No more items than this.
pub fn at_most<T>(most: usize) -> impl FnOnce(&[T], &()) -> garde::Result {
    move |items, ()| {
        if items.len() > most {
            return Err(Error::new(format!("too_many {most}")));
        }
        Ok(())
    }
}

/// An amount above 0.
pub fn positive(amount: &Vnd, (): &()) -> garde::Result {
    if amount.dong() > 0 { Ok(()) } else { Err(Error::new("amount_not_positive")) }
}

/// A code that may be one, with an amount above 0.
pub fn code_with_amount((code, amount): &(String, Vnd), (): &()) -> garde::Result {
    if code.trim().is_empty() {
        return Err(Error::new("empty /0"));
    }
    if code.chars().count() > WORD {
        return Err(Error::new(format!("too_long {WORD} /0")));
    }
    if amount.dong() <= 0 {
        return Err(Error::new("amount_not_positive /1"));
    }
    Ok(())
}
