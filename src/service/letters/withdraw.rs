//! A reminder that waits to be sent, because the server did not take it at once, is no longer sent to whoever
//! has paid meanwhile.

use chrono::NaiveDateTime;

use super::{LetterKind, Skip, facts};
use crate::clock::local_day;
use crate::domain::id::SchoolId;
use crate::service::{ServiceError, family_bill};
use crate::store::letters as store;
use crate::store::mails::{self, MailRow};
use crate::store::{Tx, letter_copies};

/// Takes a mail back that nobody has got and that asks for what is paid by now; says whether it did. The
/// letter tells why, as it does of a family that had paid before.
pub(crate) fn withdraw(
    tx: &mut Tx<'_>,
    mail: &MailRow,
    now: NaiveDateTime,
) -> Result<bool, ServiceError> {
    if mail.kind != LetterKind::Reminder.as_str() || mail.state != "waiting" {
        return Ok(false);
    }
    let Some(letter) = letter_copies::letter_of_mail(tx, mail.id)? else { return Ok(false) };
    let Some(letter) = store::find(tx, letter)? else { return Ok(false) };
    let (school, family) = (SchoolId(letter.school_id), letter.family_id);
    let bills = family_bill::load(tx, school, &[family], local_day(now))?;
    let owed = facts::reminder(&letter, bills.get(&family));
    if !matches!(owed, Err(Skip::AlreadyPaid)) {
        return Ok(false);
    }
    letter_copies::withdraw(tx, mail.id, Skip::AlreadyPaid.as_str())?;
    mails::remove(tx, mail.id)?;
    if letter_copies::mails_of_letter(tx, letter.id)?.is_empty() {
        store::end(tx, letter.id, "skipped")?;
    }
    Ok(true)
}
