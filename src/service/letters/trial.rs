//! A letter with made-up contents, to be looked at: how it will read, with the school's words in it.

use sha2::{Digest as _, Sha256};

use super::compose::values_of;
use super::message::{
    self, Bill, Letter, Matter, Own, Paid, Receipt, Refund, Said, Transfer, Voided, said, wording,
};
use super::{LetterKind, OwnWords, words_of};
use crate::clock::Clock;
use crate::domain::calendar::Day;
use crate::domain::id::SchoolId;
use crate::domain::lang::Lang;
use crate::domain::money::Vnd;
use crate::domain::payment::Channel;
use crate::domain::reminder::Step;
use crate::domain::text::hex;
use crate::service::mail::{self, Desk, Extras, NewMail, Queued};
use crate::service::{ServiceError, StoreError, fees};
use crate::store::{Store, directory};

/// The day in made-up letters.
fn some_day() -> Day {
    Day::from_ymd_opt(2026, 11, 20).unwrap_or_default()
}

/// How a kind of letter of a school reads, with the picture of its code.
pub fn sample(
    db: &Store,
    school: SchoolId,
    of: (LetterKind, Lang),
) -> Result<(Said, Option<Vec<u8>>), ServiceError> {
    let words = words_of(db, school, of)?;
    sample_with(db, school, &words)
}

/// The same with words that are not kept yet; the product's stand for those that fail.
pub fn sample_with(
    db: &Store,
    school: SchoolId,
    words: &OwnWords,
) -> Result<(Said, Option<Vec<u8>>), ServiceError> {
    let letter = letter(db, school, words, "https://…")?;
    let picture = letter.transfers().flatten().find_map(|how| how.qr.as_deref());
    Ok((said::of(&letter), picture.and_then(message::picture)))
}

/// Queues the same as a mail to one person of the staff, who then sees it in the program that families
/// read theirs in. The same words go to the same person once a minute.
pub fn send_sample(
    db: &Store,
    clock: &dyn Clock,
    (desk, public_url): (Desk<'_>, &str),
    school: SchoolId,
    words: &OwnWords,
    (name, email): (&str, &str),
) -> Result<Queued, ServiceError> {
    let letter = letter(db, school, words, public_url)?;
    let mut said = said::of(&letter);
    let (mark, note) = match words.lang {
        Lang::Vi => ("[Thư thử]", "Đây là thư thử với dữ liệu mẫu, không gửi cho phụ huynh nào."),
        Lang::En => ("[Trial]", "This is a trial with made-up data; no family received it."),
    };
    said.subject = format!("{mark} {}", said.subject);
    said.intro.insert(0, note.to_owned());
    let composed = message::compose_as(&letter, said).map_err(|error| {
        StoreError::Corrupt(format!("a letter to be tried cannot be made: {error}"))
    })?;
    let now = clock.now();
    let said = format!("{}\n{}\n{email}", words.intro, words.closing);
    let new = NewMail {
        school: Some(school),
        kind: "letter_sample",
        to_name: name.to_owned(),
        to_email: email.to_owned(),
        content: composed.content,
        inline: composed.inline,
        attachments: Vec::new(),
        lang: words.lang,
        dedupe_key: format!(
            "letter_sample:{}:{}:{}:{}:{}",
            school.0,
            words.kind.as_str(),
            words.lang.code(),
            hex(Sha256::digest(said.as_bytes()).get(..8).unwrap_or_default()),
            now.format("%Y-%m-%dT%H:%M")
        ),
    };
    let extras = Extras { from_name: Some(&letter.school), unsubscribe: None };
    db.write(|tx| mail::queue_with(tx, desk, now, &new, extras))
}

fn letter(
    db: &Store,
    school: SchoolId,
    words: &OwnWords,
    link: &str,
) -> Result<Letter, ServiceError> {
    let (name, account) = db.read(|tx| {
        let name = directory::school(tx, school.0)?.map(|row| row.name).unwrap_or_default();
        let account = fees::transfer::Accounts::of(tx, school, some_day())?.chosen(None).cloned();
        Ok::<_, ServiceError>((name, account))
    })?;
    let amount = Vnd::new(1_250_000);
    let transfer = account.and_then(|account| {
        fees::transfer::transfer(&account, None, amount, ("HPMAU2026", &["HANH", "6A1"]))
    });
    let bill = Bill {
        child: "Hồng Hạnh".to_owned(),
        class: "6A1".to_owned(),
        round: "Tháng 11/2026".to_owned(),
        due_on: Some(some_day()),
        open: amount,
        transfer: transfer.map(|how| Transfer {
            bank: how.bank,
            account: how.account,
            holder: how.holder,
            amount,
            content: how.content,
            qr: Some(how.payload),
        }),
    };
    let english = words.lang == Lang::En;
    let mut letter = Letter {
        lang: words.lang,
        school: name,
        guardian: "Nguyễn Thị Mẫu".to_owned(),
        link: link.to_owned(),
        unsubscribe: None,
        own: Own::default(),
        matter: matter(words.kind, bill, english),
    };
    let mut values = values_of(&letter);
    for (name, sample) in wording::sample() {
        values.entry(name).and_modify(|value| {
            if value.is_empty() {
                value.clone_from(&sample);
            }
        });
    }
    let fill = |written: &str| {
        let written = written.trim();
        if written.is_empty() { None } else { wording::fill(written, &values).ok() }
    };
    letter.own = Own { intro: fill(&words.intro), closing: fill(&words.closing) };
    Ok(letter)
}

fn matter(kind: LetterKind, bill: Bill, english: bool) -> Matter {
    let number = "BL-2026-000123".to_owned();
    let either = |vi: &str, en: &str| if english { en.to_owned() } else { vi.to_owned() };
    match kind {
        LetterKind::Notice => {
            Matter::Notice { round: bill.round.clone(), bills: vec![bill], whole: None }
        }
        LetterKind::Reminder => {
            Matter::Reminder { step: Step::First, bills: vec![bill], whole: None }
        }
        LetterKind::Receipt => Matter::Receipt(Receipt {
            number,
            replaces: None,
            day: some_day(),
            channel: Channel::Transfer,
            amount: bill.open,
            paid: vec![Paid {
                child: bill.child,
                class: bill.class,
                what: bill.round,
                amount: bill.open,
            }],
            attached: true,
        }),
        LetterKind::ReceiptVoided => Matter::ReceiptVoided(Voided {
            number,
            day: some_day(),
            amount: bill.open,
            reason: Some(either("Ghi nhầm học sinh", "Wrong student")),
            replaced_by: None,
        }),
        LetterKind::Refund => Matter::Refund(Refund {
            child: bill.child,
            amount: Vnd::new(50_000),
            bank: bill.transfer.map(|how| how.bank).unwrap_or_default(),
            account: "••••4321".to_owned(),
            paid_on: Some(some_day()),
            reference: Some("FT26324000001".to_owned()),
        }),
        LetterKind::ClaimAnswered => Matter::ClaimAnswered {
            asked_on: some_day(),
            amount: bill.open,
            paid_on: some_day(),
            found: true,
            answer: String::new(),
        },
        LetterKind::LinkRenewed | LetterKind::ContactChange => Matter::LinkRenewed,
    }
}
