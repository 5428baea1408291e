//! Mail that is signed (DKIM): what a reader's server computes from the message as it arrived is what was
//! signed. The key is made up and signs nothing else.

use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use doisoat::mail::{Memory, Signing, Transport};
use doisoat::service::mail::Letterhead;
use ring::signature::{
    ED25519, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey,
    VerificationAlgorithm,
};
use sha2::{Digest as _, Sha256};

use super::{Post, drain};
use crate::support::{Backend, TestDb};

/// A key for tests only, as `openssl genrsa -traditional` writes it, and its public half.
const RSA_KEY: &str = include_str!("dkim_rsa_key.pem");
const RSA_PUBLIC: &str = "MIIBCgKCAQEAwEGFHlK4DUE+3vx6R2hIxfKXI3VAJvbBp6De1nBww39vfNX7Bnuhe/Atf3nlCKx8xXR2PEoS9rg7kVzzqfbt+QMDsdFzyz8RR1lWSzAS/Gzt9hFicRNs/rDQYvoANA3vnMF0VRjl9DfMe6GE1zcFVVar6yzU4YYIZLXTJ3G3I9d7AZWTuLIQyIRTw3greZFZm7XQZ2n2nRSEfFTEDEC0R3PPr6sg4G+4gANbjCHzTUnw2/tphdGXF7kMs2j23Kh0R6iiQ+6aH8QloEgKl5SDgm6S3fi62aOyP1TZmD3U30q1kPBfgDBKr9Q/GaGHG6XzX4LJu/tmH6cwjyzILDjSBQIDAQAB";
const SEED: [u8; 32] = [7; 32];

/// The headers of a message, in order: the name and the whole of it, folded as it came.
fn headers(head: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for line in head.split("\r\n") {
        if line.starts_with([' ', '\t']) {
            let (_, last) = found.last_mut().unwrap();
            *last += "\r\n";
            *last += line;
        } else {
            let (name, value) = line.split_once(':').unwrap();
            found.push((name.to_ascii_lowercase(), value.to_owned()));
        }
    }
    found
}

/// RFC 6376, 3.4.2.
fn relaxed_header(name: &str, value: &str) -> String {
    let unfolded = value.replace("\r\n", "");
    let words: Vec<&str> = unfolded.split([' ', '\t']).filter(|word| !word.is_empty()).collect();
    format!("{name}:{}", words.join(" "))
}

/// RFC 6376, 3.4.4.
fn relaxed_body(body: &str) -> String {
    let mut lines: Vec<String> = body
        .split("\r\n")
        .map(|line| {
            let mut out = String::new();
            let mut blank = false;
            for letter in line.trim_end_matches([' ', '\t']).chars() {
                if letter == ' ' || letter == '\t' {
                    blank = true;
                } else {
                    if std::mem::take(&mut blank) {
                        out.push(' ');
                    }
                    out.push(letter);
                }
            }
            out
        })
        .collect();
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines.iter().flat_map(|line| [line.as_str(), "\r\n"]).collect()
}

fn tag<'a>(signature: &'a str, name: &str) -> &'a str {
    signature
        .split(';')
        .find_map(|part| part.trim().strip_prefix(&format!("{name}=")))
        .unwrap_or_else(|| panic!("{name} in {signature}"))
}

/// What is wrong with a message's signature.
fn fault(
    message: &str,
    hashed: bool,
    key: (&'static dyn VerificationAlgorithm, &[u8]),
) -> Option<String> {
    let (head, body) = message.split_once("\r\n\r\n").unwrap();
    let headers = headers(head);
    let (_, signature) = headers.iter().find(|(name, _)| name == "dkim-signature").unwrap();
    let plain: String = signature.replace("\r\n", "");
    let packed = |text: &str| text.split_whitespace().collect::<String>();
    let body_hash = BASE64_STANDARD.encode(Sha256::digest(relaxed_body(body).as_bytes()));
    if packed(tag(&plain, "bh")) != body_hash {
        return Some("the text is another one".to_owned());
    }
    let mut signed = String::new();
    let mut left = headers.clone();
    for name in tag(&plain, "h").split(':') {
        let name = name.trim().to_ascii_lowercase();
        // Named once more than it stands there, it is signed as absent.
        if let Some(place) = left.iter().rposition(|(known, _)| *known == name) {
            signed += &relaxed_header(&name, &left.remove(place).1);
            signed += "\r\n";
        }
    }
    let value = packed(tag(&plain, "b"));
    let (before, _) = signature.rsplit_once("b=").unwrap();
    signed += &relaxed_header("dkim-signature", &format!("{before}b="));
    let signature = BASE64_STANDARD.decode(value).unwrap();
    let digest = Sha256::digest(signed.as_bytes());
    let told: &[u8] = if hashed { &digest } else { signed.as_bytes() };
    UnparsedPublicKey::new(key.0, key.1)
        .verify(told, &signature)
        .err()
        .map(|_| "the headers are others".to_owned())
}

#[test]
fn whoever_reads_a_signed_mail_can_prove_where_it_is_from() {
    let db = TestDb::create(Backend::Sqlite);
    let pair = Ed25519KeyPair::from_seed_unchecked(&SEED).unwrap();
    let rsa = BASE64_STANDARD.decode(RSA_PUBLIC).unwrap();
    let ed = pair.public_key().as_ref();
    let (by_rsa, by_ed): (&'static dyn VerificationAlgorithm, &'static dyn VerificationAlgorithm) =
        (&RSA_PKCS1_2048_8192_SHA256, &ED25519);
    let keys = [
        ("rsa", RSA_KEY.to_owned(), false, (by_rsa, rsa.as_slice())),
        // RFC 8463 signs the hash.
        ("ed25519", BASE64_STANDARD.encode(SEED), true, (by_ed, ed)),
    ];
    let mut post = Post::create(&db);
    for (name, key, hashed, public) in keys {
        let signing = Signing::new("truong.test", "doisoat", &key).unwrap();
        post.letterhead =
            Letterhead { signing: Some(Arc::new(signing)), ..post.letterhead.clone() };
        post.queue(name);
        let memory = Memory::default();
        drain(&post.postman(Arc::new(Transport::Memory(memory.clone()))));
        let message = memory.sent().pop().unwrap().message;
        assert!(message.contains(&format!("a={name}-sha256")), "{message}");
        assert_eq!(fault(&message, hashed, public), None, "{name}: {message}");
        for (why, from, to) in [
            ("another text", "truong.test/invitations", "truong.test/Invitations"),
            ("another subject", "Subject: ", "Subject: x"),
            ("another sender", "hoc-phi@truong.test", "hoc-phi@truong.best"),
            ("a sender above the sender", "From: ", "From: x@truong.best\r\nFrom: "),
            ("another kind of text", "Content-Type: ", "Content-Type: text/x;"),
        ] {
            let forged = message.replacen(from, to, 1);
            assert_ne!(forged, message, "{why}");
            assert!(fault(&forged, hashed, public).is_some(), "{name}: {why}");
        }
    }
}

#[test]
fn a_key_that_is_none_is_refused_with_what_to_do() {
    for (why, key) in [
        ("nothing", ""),
        ("a public key", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"),
        ("too short", "AAAA"),
    ] {
        let told = Signing::new("truong.test", "doisoat", key).unwrap_err().to_string();
        assert!(told.contains("openssl genrsa -traditional"), "{why}: {told}");
    }
}
