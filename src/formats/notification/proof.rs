//! What proves that a request comes from the provider: keys and signatures, compared in constant
//! time, with every live secret tried whichever matches.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256, Sha512};
use subtle::{Choice, ConstantTimeEq};

use super::{Method, Refusal, Request, Secret};

/// `Ok` when proven.
pub(super) const fn ensure(proven: bool) -> Result<(), Refusal> {
    if proven { Ok(()) } else { Err(Refusal::Unproven) }
}

/// `Ok` for a request that was posted.
pub(super) fn posted(request: &Request<'_>) -> Result<(), Refusal> {
    ensure(request.method == Method::Post)
}

/// The one value of a header. None, an empty one and two are refused: of two, the one checked here
/// need not be the one somebody else looked at.
pub(super) fn header<'a>(request: &Request<'a>, name: &str) -> Result<&'a str, Refusal> {
    let mut values = values(request, name);
    match (values.next(), values.next()) {
        (Some(value), None) if !value.trim().is_empty() => Ok(value.trim()),
        _ => Err(Refusal::Unproven),
    }
}

/// Whether there is such a header at all.
pub(super) fn has_header(request: &Request<'_>, name: &str) -> bool {
    values(request, name).next().is_some()
}

fn values<'a>(request: &Request<'a>, name: &str) -> impl Iterator<Item = &'a str> {
    let headers = request.headers.iter();
    headers.filter(move |(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
}

/// What follows the word `Bearer` in `Authorization`.
pub(super) fn bearer<'a>(request: &Request<'a>) -> Result<&'a str, Refusal> {
    after_word(header(request, "Authorization")?, "Bearer").ok_or(Refusal::Unproven)
}

/// What follows `word` and a blank, in any case of the word; nothing empty.
pub(super) fn after_word<'a>(value: &'a str, word: &str) -> Option<&'a str> {
    let (first, rest) = value.split_once(' ')?;
    let rest = rest.trim();
    (first.eq_ignore_ascii_case(word) && !rest.is_empty()).then_some(rest)
}

/// Whether `key` is one of the secrets. Digests are compared, so that not even the length shows.
pub(super) fn is_key(secrets: &[Secret], key: &str) -> bool {
    let claimed = Sha256::digest(key.as_bytes());
    let found = live(secrets).fold(Choice::from(0), |found, secret| {
        found | Sha256::digest(secret.as_bytes()).ct_eq(&claimed)
    });
    found.into()
}

/// Whether `claimed`, in hexadecimal, is the HMAC-SHA256 of the parts under one of the secrets.
pub(super) fn is_sha256(secrets: &[Secret], parts: &[&[u8]], claimed: &str) -> bool {
    let keys = live(secrets).map(str::as_bytes);
    unhex(claimed).is_some_and(|claimed| any::<Hmac<Sha256>, _>(keys, parts, &claimed))
}

/// Whether `claimed`, in hexadecimal, is the HMAC-SHA512 of the parts under one of the secrets.
pub(super) fn is_sha512(secrets: &[Secret], parts: &[&[u8]], claimed: &str) -> bool {
    let keys = live(secrets).map(str::as_bytes);
    unhex(claimed).is_some_and(|claimed| any::<Hmac<Sha512>, _>(keys, parts, &claimed))
}

/// Whether `claimed` is the HMAC-SHA256 of the parts under one of the keys.
pub(super) fn is_sha256_under<'a>(
    keys: impl Iterator<Item = &'a [u8]>,
    parts: &[&[u8]],
    claimed: &[u8],
) -> bool {
    any::<Hmac<Sha256>, _>(keys, parts, claimed)
}

/// The HMAC-SHA256 of the parts.
pub(super) fn sha256(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    code::<Hmac<Sha256>>(key, parts).map(bytes).unwrap_or_default()
}

/// The HMAC-SHA512 of the parts.
pub(super) fn sha512(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    code::<Hmac<Sha512>>(key, parts).map(bytes).unwrap_or_default()
}

/// Whether a signed time is at most `tolerance` seconds before or after `now`.
pub(super) fn is_fresh(now: i64, signed: i64, tolerance: i64) -> bool {
    let tolerance = u64::try_from(tolerance).ok();
    tolerance.is_some_and(|tolerance| now.abs_diff(signed) <= tolerance)
}

/// A whole number of digits only, as times are written where they are signed.
pub(super) fn digits(text: &str) -> Option<i64> {
    let shaped = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    shaped.then(|| text.parse().ok()).flatten()
}

/// Secrets with something in them: anyone can sign with an empty one.
fn live(secrets: &[Secret]) -> impl Iterator<Item = &str> {
    secrets.iter().map(Secret::expose).filter(|secret| !secret.is_empty())
}

/// Goes through all keys, whether one has matched or not.
fn any<'a, M: Mac + KeyInit, I: Iterator<Item = &'a [u8]>>(
    keys: I,
    parts: &[&[u8]],
    claimed: &[u8],
) -> bool {
    keys.fold(false, |found, key| {
        let matches = code::<M>(key, parts).is_some_and(|code| code.verify_slice(claimed).is_ok());
        found | matches
    })
}

/// `None` never happens: HMAC takes keys of any length.
fn code<M: Mac + KeyInit>(key: &[u8], parts: &[&[u8]]) -> Option<M> {
    let mut code = <M as KeyInit>::new_from_slice(key).ok()?;
    for part in parts {
        code.update(part);
    }
    Some(code)
}

fn bytes<M: Mac>(code: M) -> Vec<u8> {
    code.finalize().into_bytes().to_vec()
}

/// Bytes written in hexadecimal of either case.
fn unhex(text: &str) -> Option<Vec<u8>> {
    let half =
        |letter: &u8| char::from(*letter).to_digit(16).and_then(|half| u8::try_from(half).ok());
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs.iter().map(|[high, low]| Some(half(high)? << 4 | half(low)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::hex;

    fn secrets(texts: &[&str]) -> Vec<Secret> {
        texts.iter().map(|text| Secret::new((*text).to_owned())).collect()
    }

    #[test]
    fn signatures_are_those_others_compute() {
        // RFC 4231, test case 2.
        let text = [&b"what do ya want "[..], b"for nothing?"];
        let sha256_of_it = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(hex(&sha256(b"Jefe", &text)), sha256_of_it);
        assert!(hex(&sha512(b"Jefe", &text)).starts_with("164b7a7bfcf819e2e395fbe73b56e0a3"));
        for (why, known, claimed, matches) in [
            ("the secret", &["Jefe"][..], sha256_of_it.to_owned(), true),
            ("capital letters", &["Jefe"], sha256_of_it.to_uppercase(), true),
            ("the first of two", &["Jefe", "new"], sha256_of_it.to_owned(), true),
            ("the second of two", &["new", "Jefe"], sha256_of_it.to_owned(), true),
            ("another secret", &["jefe"], sha256_of_it.to_owned(), false),
            ("no secret", &[], sha256_of_it.to_owned(), false),
            ("an empty signature", &["Jefe"], String::new(), false),
            ("the signature's beginning", &["Jefe"], sha256_of_it[..62].to_owned(), false),
            ("an odd digit", &["Jefe"], sha256_of_it[..63].to_owned(), false),
            ("more behind it", &["Jefe"], format!("{sha256_of_it}00"), false),
            ("no hexadecimal", &["Jefe"], sha256_of_it.replace('5', "ⅴ"), false),
            ("a longer algorithm", &["Jefe"], hex(&sha512(b"Jefe", &text)), false),
        ] {
            assert_eq!(is_sha256(&secrets(known), &text, &claimed), matches, "{why}");
        }
        let by_nobody = hex(&sha256(b"", &text));
        assert!(!is_sha256(&secrets(&[""]), &text, &by_nobody), "an empty secret signs nothing");
    }

    #[test]
    fn a_key_is_the_whole_key() {
        for (why, known, key, matches) in [
            ("the key", &["khoa"][..], "khoa", true),
            ("the old and the new", &["moi", "khoa"], "khoa", true),
            ("its beginning", &["khoa"], "kho", false),
            ("more behind it", &["khoa"], "khoa ", false),
            ("another case", &["khoa"], "KHOA", false),
            ("nothing agreed", &[], "", false),
            ("an empty key", &[""], "", false),
        ] {
            assert_eq!(is_key(&secrets(known), key), matches, "{why}");
        }
    }

    #[test]
    fn a_header_counts_only_when_it_is_there_once() {
        for (why, headers, expected) in [
            ("once", &[("X-Key", "a")][..], Ok("a")),
            ("in another case", &[("x-kEY", " a ")], Ok("a")),
            ("not at all", &[("X-Other", "a")], Err(Refusal::Unproven)),
            ("empty", &[("X-Key", "")], Err(Refusal::Unproven)),
            ("blank", &[("X-Key", "  ")], Err(Refusal::Unproven)),
            ("twice the same", &[("X-Key", "a"), ("x-key", "a")], Err(Refusal::Unproven)),
        ] {
            let headers: Vec<(String, String)> =
                headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
            let request =
                Request { method: Method::Post, query: "", headers: &headers, body: b"", now: 0 };
            assert_eq!(header(&request, "X-Key"), expected, "{why}");
        }
    }

    #[test]
    fn a_signed_time_may_be_five_minutes_off_and_no_more() {
        for (why, now, signed, tolerance, fresh) in [
            ("now", 1_000, 1_000, 300, true),
            ("just late enough", 1_300, 1_000, 300, true),
            ("too late", 1_301, 1_000, 300, false),
            ("just early enough", 1_000, 1_300, 300, true),
            ("too early", 1_000, 1_301, 300, false),
            ("the ends of time", i64::MIN, i64::MAX, i64::MAX, false),
            ("a tolerance below nothing", 1_000, 1_000, -1, false),
        ] {
            assert_eq!(is_fresh(now, signed, tolerance), fresh, "{why}");
        }
        for (text, read) in [
            ("12", Some(12)),
            ("", None),
            ("+1", None),
            ("-1", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(digits(text), read, "{text}");
        }
    }
}
