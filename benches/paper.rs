//! How long a receipt on paper and a QR code take, as a multiple of what nobody can save: hashing as
//! many bytes as the finished thing has. Each must also stay below a bar in itself, as people wait
//! for it. Everything is made up.

#![expect(clippy::print_stdout, reason = "a yardstick's result is what it prints")]
#![expect(clippy::disallowed_methods, reason = "a yardstick measures durations")]
#![expect(clippy::expect_used, reason = "a program that may just stop")]

use std::process::ExitCode;
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use doisoat::domain::lang::Lang;
use doisoat::domain::money::Vnd;
use doisoat::formats::paper::{PaperLine, ReceiptPaper, receipts};
use doisoat::formats::qr::Qr;
use sha2::{Digest as _, Sha256};

/// A receipt, or a picture of a code, may take so long.
const BAR: Duration = Duration::from_millis(10);

/// How often each is made; the middle one counts.
const TIMES: usize = 51;

const PAYLOAD: &str = "00020101021238570010A00000072701270006970415011300110019324180208QRIBFTTA\
                       530370454061200005802VN62170813ung ho lu lut6304C15C";

fn main() -> ExitCode {
    let line = |item: &str, dong| PaperLine {
        item: item.to_owned(),
        round: "Đợt thu tháng 11/2026".to_owned(),
        amount: Vnd::new(dong),
    };
    let day = NaiveDate::from_ymd_opt(2026, 11, 24).expect("a date");
    let receipt = ReceiptPaper {
        school: "Trường THCS Mẫu (dữ liệu mẫu)".to_owned(),
        number: "BL-2026-000123".to_owned(),
        issued_on: day,
        student: "Nguyễn Thị Hồng Hạnh".to_owned(),
        student_code: "HS0123".to_owned(),
        class: "6A1".to_owned(),
        lines: vec![line("Tiền ăn bán trú", 1_000_000), line("Nước uống", 250_000)],
        amount: Vnd::new(1_250_000),
        left: Vnd::ZERO,
        paid_on: day,
        channel: "Chuyển khoản".to_owned(),
        voucher: None,
        replaces: None,
        verify_code: "04HM-ASW9-NF6Y-Y07Z".to_owned(),
        verify_url: Some("https://thu.example.test/r/04HMASW9NF6YY07Z".to_owned()),
        elsewhere: None,
        voided: None,
    };
    let within = [
        measure("a receipt as PDF", || {
            receipts(std::slice::from_ref(&receipt), Lang::Vi).expect("a receipt")
        }),
        measure("a QR code as PNG", || Qr::of(PAYLOAD).expect("a code").png(8)),
        measure("a QR code as SVG", || Qr::of(PAYLOAD).expect("a code").svg().into_bytes()),
    ];
    if within.iter().all(|one| *one) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Prints how long something takes, and says whether that is within the bar.
fn measure(what: &str, make: impl Fn() -> Vec<u8>) -> bool {
    let sample = make();
    let middle = typical(&|| make().len());
    let bare = typical(&|| Sha256::digest(&sample).len());
    let times = middle.as_nanos() / bare.as_nanos().max(1);
    let verdict = if middle <= BAR { "" } else { "  TOO LONG" };
    println!(
        "{what}: {middle:.2?}, {} bytes, {times} × hashing them (bar {BAR:?}){verdict}",
        sample.len()
    );
    middle <= BAR
}

fn typical(run: &dyn Fn() -> usize) -> Duration {
    let mut durations: Vec<Duration> = (0..TIMES)
        .map(|_| {
            let start = Instant::now();
            let length = run();
            assert!(length > 0, "something was made");
            start.elapsed()
        })
        .collect();
    durations.sort_unstable();
    durations.get(TIMES / 2).copied().unwrap_or_default()
}
