//! What banks and wallets put around a payer's words.
//!
//! The shapes are those seen in exports of Vietcombank, MB, ACB, VietinBank, Napas and CITAD
//! transfers and MoMo; what is not recognised counts as the payer's own words.

use super::{Author, Remittance};
use crate::domain::text::{fold, squeeze};

/// Marks the words that a bank or wallet added.
pub(super) fn mark(read: &mut Remittance, text: &str) {
    leading(read);
    citad(read);
    let mut index = 0;
    while index < read.tokens.len() {
        let words = [0, 1, 2].map(|ahead| read.word_at(index + ahead));
        match words {
            // `.CT tu 0351000000000 NGUYEN VAN A toi 1010000000 TRUONG THCS B tai VPBANK`
            [[b'C', ..], ..] if begins_sender(read, index) => {
                sender_and_receiver(read, index);
                return;
            }
            // `ND:CT DEN:123456789012`
            [b"CT", b"DEN", account] if is_account(account) => {
                let start = index - usize::from(index > 0 && read.word_at(index - 1) == b"ND");
                read.set_author(start..index + 3, Author::BankTrace);
                index += 3;
                leading_from(read, index);
            }
            // ` GD 174242-090822 15:45:46`
            [b"GD", time, day] if digits(time, 6) && digits(day, 6) => {
                read.set_author(index..read.tokens.len(), Author::BankTrace);
                return;
            }
            [b"TRACE" | b"REF", number, _] if number.iter().any(u8::is_ascii_digit) => {
                read.set_author(index..index + 2, Author::BankTrace);
                index += 2;
            }
            [word, ..] if is_reference(word) => {
                read.set_author(index..index + 1, Author::BankTrace);
                index += 1;
            }
            _ => index += 1,
        }
    }
    momo(read, text);
    mb_tail(read);
    bidv(read);
}

/// Whether `CT tu` and an account number stand here, wherever a line end cut them.
fn begins_sender(read: &Remittance, index: usize) -> bool {
    let start = read.tokens.get(index).map_or(usize::MAX, |token| token.start);
    let rest = read.squeezed.get(start..).and_then(|rest| rest.strip_prefix(b"CTTU"));
    // A payer may write so of a telephone: a bank begins with its own words, or names the receiver.
    let by_bank = read.tokens.first().is_some_and(|token| token.author != Author::Payer)
        || (index + 2..read.tokens.len()).any(|index| begins_receiver(read.word_at(index)));
    by_bank
        && rest.is_some_and(|rest| {
            let first = rest.iter().take(16).take_while(|byte| byte.is_ascii_alphanumeric());
            first.filter(|byte| byte.is_ascii_digit()).count() >= 6
                && read.word_at(index).len() <= 4
        })
}

/// `CT tu` up to the end: first the sender, from `toi` on the receiver.
fn sender_and_receiver(read: &mut Remittance, start: usize) {
    let end = read.tokens.len();
    let receiver = (start + 2..end).find(|index| begins_receiver(read.word_at(*index)));
    let trace = (start + 2..end).find(|index| read.word_at(*index) == b"TRACE").unwrap_or(end);
    read.set_author(start..end, Author::BankAboutSender);
    if let Some(receiver) = receiver {
        read.set_author(receiver..end, Author::BankAboutReceiver);
    }
    read.set_author(trace..end, Author::BankTrace);
}

/// `toi`, `to`, or either with the account glued to it.
fn begins_receiver(word: &[u8]) -> bool {
    let rest = word.strip_prefix(b"TO");
    rest.is_some_and(|rest| {
        let rest = rest.strip_prefix(b"I").unwrap_or(rest);
        rest.is_empty() || is_account(rest)
    })
}

/// Numbers at the start: `MBVCB.3278907687.029552.`, `123456.250325.140237.`, `CUSTOMER …`.
fn leading(read: &mut Remittance) {
    let start = usize::from(read.word_at(0) == b"CUSTOMER");
    read.set_author(0..start, Author::BankTrace);
    leading_from(read, start);
}

fn leading_from(read: &mut Remittance, start: usize) {
    let words = [0, 1, 2].map(|ahead| read.word_at(start + ahead));
    let marked = match words {
        [b"MBVCB", trace, second] if all_digits(trace) && trace.len() >= 8 => {
            2 + usize::from(digits(second, 6) || is_reference(second))
        }
        [b"MBCT", ..] => 1,
        [time, day, number] if digits(time, 6) && digits(day, 6) && digits(number, 6) => 3,
        [long, number, _] if long.len() >= 20 && begins_with_digits(long, 12) => {
            1 + usize::from(all_digits(number))
        }
        _ => 0,
    };
    read.set_author(start..start + marked, Author::BankTrace);
}

/// `SHGD:10004067.DD:240910.BO:NGUYEN VAN A.Remark:<what the payer wrote>`
fn citad(read: &mut Remittance) {
    if read.word_at(0) != b"SHGD" {
        return;
    }
    let end = read.tokens.len();
    let Some(sender) = (1..end.min(8)).find(|index| read.word_at(*index) == b"BO") else {
        return;
    };
    let remark = (sender..end).find(|index| read.word_at(*index) == b"REMARK");
    read.set_author(0..sender, Author::BankTrace);
    read.set_author(sender..remark.map_or(end, |remark| remark + 1), Author::BankAboutSender);
}

/// `123456789012-<what the payer wrote>-CHUYEN TIEN-OQCH0007ZXKO-MOMO123456789012MOMO`, which may
/// be cut anywhere after `CHUYEN TIEN-`.
fn momo(read: &mut Remittance, text: &str) {
    let Some((number, rest)) = text.trim_start().split_once('-') else {
        return;
    };
    if !(10..=14).contains(&number.len()) || !all_digits(number.as_bytes()) {
        return;
    }
    if !fold(rest).contains("-CHUYEN TIEN") {
        return;
    }
    let end = read.tokens.len();
    let tail = (1..end)
        .rfind(|index| read.word_at(*index) == b"CHUYEN" && read.word_at(*index + 1) == b"TIEN");
    read.set_author(0..1, Author::BankTrace);
    read.set_author(tail.unwrap_or(end)..end, Author::BankTrace);
}

/// `TKThe :99400213428, tai ACB. <what the payer wrote> -CTLNHIDI1639457127016418-1/1-CRE-002`; the
/// number is the account the money came through, which may be a student's own.
fn bidv(read: &mut Remittance) {
    if read.word_at(0) == b"TKTHE" && is_account(read.word_at(1)) {
        read.set_author(0..1, Author::BankTrace);
        read.set_author(1..2, Author::BankAboutReceiver);
        if read.word_at(2) == b"TAI" {
            read.set_author(2..4, Author::BankTrace);
        }
    }
    let end = read.tokens.len();
    let is_mark = |word: &[u8]| word.starts_with(b"CTLNHIDI");
    if let Some(mark) = (end.saturating_sub(7)..end).find(|index| is_mark(read.word_at(*index))) {
        read.set_author(mark..end, Author::BankTrace);
    }
}

/// `CUSTOMER MBCT <what the payer wrote> AB12CD34/123456`
fn mb_tail(read: &mut Remittance) {
    let end = read.tokens.len();
    let first = usize::from(read.word_at(0) == b"CUSTOMER");
    if read.word_at(first) != b"MBCT" || end < first + 3 {
        return;
    }
    let (mark, number) = (read.word_at(end - 2), read.word_at(end - 1));
    if mark.len() == 8 && mark.iter().any(u8::is_ascii_digit) && digits(number, 6) {
        read.set_author(end - 2..end, Author::BankTrace);
    }
}

/// `NGUYEN VAN A chuyen tien`: what an app writes when the payer writes nothing, known by the
/// sender's name in the statement's own column.
pub(super) fn mark_prefilled(read: &mut Remittance, sender: &str) {
    let sender = squeeze(sender);
    if sender.len() < 4 {
        return;
    }
    let mut name_start = None;
    let mut spelt = 0;
    for index in 0..read.tokens.len() {
        let Some(token) = read.tokens.get(index).copied() else { break };
        if token.author != Author::Payer {
            name_start = None;
            continue;
        }
        let start = *name_start.get_or_insert_with(|| {
            spelt = token.start;
            index
        });
        let written = read.slice(spelt, token.end);
        if written == sender.as_bytes() {
            let next = [read.word_at(index + 1), read.word_at(index + 2)];
            if matches!(next, [b"CHUYEN", b"TIEN" | b"KHOAN"] | [b"CK" | b"CT", _]) {
                read.set_author(start..index + 1, Author::BankAboutSender);
            }
            return;
        }
        if !sender.as_bytes().starts_with(written) {
            return;
        }
    }
}

fn all_digits(word: &[u8]) -> bool {
    !word.is_empty() && word.iter().all(u8::is_ascii_digit)
}

fn digits(word: &[u8], count: usize) -> bool {
    word.len() == count && all_digits(word)
}

fn begins_with_digits(word: &[u8], count: usize) -> bool {
    word.get(..count).is_some_and(all_digits)
}

/// An account number: mostly digits, at least six of them.
fn is_account(word: &[u8]) -> bool {
    word.iter().filter(|byte| byte.is_ascii_digit()).count() >= 6
}

/// A reference a bank gives a transfer: `FT25286107625453`, `6218BFTVGL256UBX`, `MOMO…MOMO`.
fn is_reference(word: &[u8]) -> bool {
    let bank = word.strip_prefix(b"FT").or_else(|| word.strip_prefix(b"PFT"));
    let momo = word.strip_prefix(b"MOMO").and_then(|rest| rest.strip_suffix(b"MOMO"));
    bank.is_some_and(|rest| rest.len() >= 10 && all_digits(rest))
        || momo.is_some_and(all_digits)
        || (word.len() == 16 && begins_with_digits(word, 4) && word.ends_with(b"UBX"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payers_words(text: &str, sender: Option<&str>) -> String {
        let read = Remittance::read(text, sender);
        let own = read.tokens().iter().filter(|token| token.author == Author::Payer);
        let words: Vec<_> =
            own.map(|token| String::from_utf8_lossy(read.word(*token)).into_owned()).collect();
        words.join(" ")
    }

    #[test]
    fn what_banks_add_is_told_from_what_payers_write() {
        for (why, text, expected) in [
            (
                "Vietcombank to Vietcombank",
                "MBVCB.3278907687.029552.LAN 6A2 nop.CT tu 0351000000000 NGUYEN VAN A toi 1010000000 TRUONG THCS B",
                "LAN 6A2 NOP",
            ),
            (
                "to another bank",
                "MBVCB.4530998360.029552.LAN.CT tu 0351000000000 NGUYEN VAN A toi 231000000 NGUYEN VAN B tai VPBANK",
                "LAN",
            ),
            ("`to`, glued account", "LAN.CT tu 0351000000000 TRAN B to1018000000 TRUONG", "LAN"),
            (
                "`to` broken at a line end",
                "LAN.CT tu 0351000000000 TRAN B to\ni 1018000000 TRUONG",
                "LAN",
            ),
            (
                "`CT tu` and the account broken at line ends",
                "HP32KQFJQ.C T tu 99100011736 DINH VAN LAM toi 9 900000100001 TRUONG THCS",
                "HP32KQFJQ",
            ),
            ("the account broken", "LAN.CT tu 0351 000000000 TRAN B toi 1018000000 TRUONG", "LAN"),
            ("without the tail", "MBVCB.15444160238.LAN", "LAN"),
            ("newer prefix", "MBVCB.15444160238.6218BFTVGL256UBX.LAN", "LAN"),
            (
                "seen at MB",
                "CUSTOMER MBVCB 2420648919 339176 LAN  CT tu 0351000000000 TRAN B toi 1018000000 TRUONG Trace 339176",
                "LAN",
            ),
            ("seen at ACB", "LAN 6A2 GD 174242-090822 15:45:46", "LAN 6A2"),
            (
                "seen at VietinBank",
                "ND:CT DEN:123456789012 MBVCB.3278907687.LAN.CT tu 0351000000000 TRAN B toi 1018000000 TRUONG; tai Napas",
                "LAN",
            ),
            ("Napas", "123456.250325.140237.LAN 6A2", "LAN 6A2"),
            ("Napas, long", "020097042209101456212024T5UZ508421.12345.LAN", "LAN"),
            ("CITAD", "SHGD:10004067.DD:240910.BO:NGUYEN VAN A.Remark:LAN 6A2", "LAN 6A2"),
            ("MB", "CUSTOMER MBCT LAN 6A2", "LAN 6A2"),
            ("MB, with its number", "CUSTOMER MBCT LAN 6A2 AB12CD34/123456", "LAN 6A2"),
            (
                "BIDV",
                "TKThe :99400213428, tai ACB. LAN 5/3 -CTLNHIDI1639457127016418-1/1-CRE-002",
                "LAN 5 3",
            ),
            ("MB, no number of its own", "CUSTOMER MBCT LAN nop LANANH12 6", "LAN NOP LANANH12 6"),
            (
                "MoMo",
                "123456789012-LAN 6A2-CHUYEN TIEN-OQCH0007ZXKO-MOMO123456789012MOMO",
                "LAN 6A2",
            ),
            ("MoMo, cut", "123456789012-LAN-CHUYEN TIEN-OQC", "LAN"),
            ("a reference before it", "FT25286107625453 LAN 6A2", "LAN 6A2"),
            ("nothing added", "ct tu lan 6a2", "CT TU LAN 6A2"),
            (
                "a telephone of the payer's",
                "ck ct tu 0900000000 cho chau LAN 6A2",
                "CK CT TU 0900000000 CHO CHAU LAN 6A2",
            ),
        ] {
            assert_eq!(payers_words(text, None), expected, "{why}: {text}");
        }
    }

    #[test]
    fn the_senders_own_name_is_known_only_where_an_app_filled_it_in() {
        let sender = Some("Nguyễn Văn A");
        for (why, text, expected) in [
            ("prefilled", "NGUYEN VAN A chuyen tien", "CHUYEN TIEN"),
            ("and more", "NGUYEN VAN A chuyen khoan LAN 6A2", "CHUYEN KHOAN LAN 6A2"),
            ("not prefilled", "NGUYEN VAN A 6A2", "NGUYEN VAN A 6A2"),
            ("another name", "NGUYEN VAN B chuyen tien", "NGUYEN VAN B CHUYEN TIEN"),
        ] {
            assert_eq!(payers_words(text, sender), expected, "{why}");
        }
    }
}
