//! Deciding 100,000 entries against 1,000,000 open invoices of 300 schools, as a ratio to one hash
//! look-up for each word of the same texts; how time grows with the work; the memory of an open
//! invoice; and what a hostile text costs.
//!
//! `cargo bench --bench matching` prints each figure with its bar and exits 1 above one.

#![expect(clippy::disallowed_methods, reason = "a yardstick measures durations")]
#![expect(clippy::print_stdout, reason = "a yardstick prints what it measured")]

use std::collections::HashMap;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use doisoat::domain::calendar::Day;
use doisoat::domain::id::{FamilyId, InvoiceId, StudentId};
use doisoat::domain::matching::Book;
use doisoat::domain::matching::decision::DecisionKind;
use doisoat::domain::matching::facts::{
    InvoiceFacts, InvoiceStanding, PaymentFacts, Policy, StudentFacts,
};
use doisoat::domain::money::Vnd;
use doisoat::domain::payment_code::{PaymentCode, Prefix};
use doisoat::domain::statement::{CreditDebit, EntryStatus};

/// Schools, entries of each, students of each and invoices of each student.
#[derive(Clone, Copy)]
struct Size {
    schools: usize,
    entries: usize,
    students: usize,
}

const WHOLE: Size = Size { schools: 300, entries: 334, students: 1_112 };
const TENTH: Size = Size { schools: 30, ..WHOLE };
const INVOICES_EACH: usize = 3;

const MOST_LOOK_UPS_TENTHS: u128 = 50;
const MOST_GROWTH_PERCENT: u128 = 1_200;
const MOST_BYTES_PER_INVOICE: u64 = 1_024;
const MOST_HOSTILE: Duration = Duration::from_millis(1);
const RUNS: usize = 7;

const SURNAMES: [&str; 8] = ["Nguyễn", "Nguyễn", "Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Đinh"];
const MIDDLES: [&str; 12] = [
    "Văn",
    "Thị",
    "Minh",
    "Ngọc",
    "Gia",
    "Hoàng",
    "Thị Thu",
    "Đức",
    "Bảo",
    "Thanh",
    "Quốc",
    "Khánh",
];
const GIVENS: [&str; 64] = [
    "An", "Bình", "Dũng", "Hạnh", "Khang", "Lan", "Linh", "Mai", "Thảo", "Vy", "Anh", "Châu",
    "Hân", "My", "Ngân", "Nhi", "Như", "Thư", "Trâm", "Yến", "Hà", "Chi", "Long", "Phúc", "Trang",
    "Thuỷ", "Diệp", "Uyên", "Ngọc", "Dung", "Giang", "Hoa", "Hương", "Lam", "Nga", "Oanh", "Quyên",
    "Cường", "Duy", "Đạt", "Hải", "Hiếu", "Hùng", "Huy", "Khoa", "Kiên", "Nam", "Nghĩa", "Phát",
    "Phong", "Quân", "Sơn", "Tâm", "Thắng", "Thịnh", "Tiến", "Trí", "Tú", "Việt", "Vinh", "Lâm",
    "Toàn", "Trung", "Đông",
];
const FOLDED: [&str; 64] = [
    "AN", "BINH", "DUNG", "HANH", "KHANG", "LAN", "LINH", "MAI", "THAO", "VY", "ANH", "CHAU",
    "HAN", "MY", "NGAN", "NHI", "NHU", "THU", "TRAM", "YEN", "HA", "CHI", "LONG", "PHUC", "TRANG",
    "THUY", "DIEP", "UYEN", "NGOC", "DUNG", "GIANG", "HOA", "HUONG", "LAM", "NGA", "OANH", "QUYEN",
    "CUONG", "DUY", "DAT", "HAI", "HIEU", "HUNG", "HUY", "KHOA", "KIEN", "NAM", "NGHIA", "PHAT",
    "PHONG", "QUAN", "SON", "TAM", "THANG", "THINH", "TIEN", "TRI", "TU", "VIET", "VINH", "LAM",
    "TOAN", "TRUNG", "DONG",
];
const FEES: [i64; INVOICES_EACH] = [1_250_000, 476_000, 160_000];

fn pick<'a>(from: &[&'a str], number: usize) -> &'a str {
    from.get(number % from.len()).copied().unwrap_or_default()
}

fn number(place: usize) -> i64 {
    i64::try_from(place).unwrap_or(i64::MAX)
}

fn code(serial: usize) -> String {
    u64::try_from(serial)
        .ok()
        .and_then(|serial| PaymentCode::issue(Prefix::DEFAULT, serial))
        .map(|code| code.to_string())
        .unwrap_or_default()
}

/// The serial of a student's invoice; no two schools share one.
fn serial(size: Size, school: usize, student: usize, which: usize) -> usize {
    (school * size.students + student) * INVOICES_EACH + which
}

/// A number that looks random and is the same on every run.
fn mixed(place: usize, salt: usize) -> usize {
    let word = place.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ salt.wrapping_mul(0xBF58_476D_1CE4_E5B9);
    (word ^ (word >> 29)).wrapping_mul(0x94D0_49BB_1331_11EB) >> 40
}

/// The class of a student: 36 classes of 31.
fn class(place: usize) -> String {
    let class = place / 31;
    format!("{}A{}", 6 + class / 9 % 4, 1 + class % 9)
}

/// A school: two students to a family, three open invoices each.
fn facts(size: Size, school: usize) -> (Vec<StudentFacts>, Vec<InvoiceFacts>) {
    let students = (0..size.students).map(|place| StudentFacts {
        id: StudentId(number(place)),
        family: FamilyId(number(place / 2)),
        code: format!("HS{place:06}"),
        name: format!(
            "{} {} {}",
            pick(&SURNAMES, mixed(place / 2, 1)),
            pick(&MIDDLES, mixed(place, 2)),
            pick(&GIVENS, mixed(place, 3))
        ),
        class: class(place),
        virtual_accounts: Vec::new(),
        guardians: Vec::new(),
    });
    let invoices = (0..size.students).flat_map(|place| {
        (0..INVOICES_EACH).zip(FEES).map(move |(which, fee)| InvoiceFacts {
            id: InvoiceId(number(place * INVOICES_EACH + which)),
            student: StudentId(number(place)),
            code: code(serial(size, school, place, which)),
            open: Vnd::new(fee),
            standing: InvoiceStanding::Open,
            due_on: None,
            round: None,
        })
    });
    (students.collect(), invoices.collect())
}

/// A school's entries: most with a code, as asked or glued or in small letters; every tenth without.
fn texts(size: Size, school: usize) -> Vec<(i64, String)> {
    (0..size.entries)
        .map(|entry| {
            let student = (entry * 37) % size.students;
            let which = entry % INVOICES_EACH;
            let code = code(serial(size, school, student, which));
            let fee = FEES.get(which).copied().unwrap_or_default();
            let (given, class) = (pick(&FOLDED, mixed(student, 3)), class(student));
            let memo = match entry % 10 {
                9 => format!("nop hoc phi cho con {given} lop {class}"),
                8 => format!("{code}{given}{class}"),
                7 => format!("{} {given}", code.to_lowercase()),
                6 => format!("nop tien thang 11 cho con {code}"),
                _ => format!("{code} {given} {class}"),
            };
            let text = format!(
                "MBVCB.{}.029552.{memo}.CT tu 0351000000000 NGUYEN THI HOA toi 1017595600 TRUONG THCS",
                3_278_900_000 + entry * 7_919,
            );
            (fee, text)
        })
        .collect()
}

fn payment(amount: i64, text: &str) -> PaymentFacts<'_> {
    PaymentFacts {
        booking_date: Day::from_ymd_opt(2026, 11, 2).unwrap_or_default(),
        credit_debit: CreditDebit::Credit,
        amount: Vnd::new(amount),
        status: EntryStatus::Booked,
        reversal: false,
        account: Some("1017595600"),
        virtual_account: None,
        gateway: false,
        end_to_end_id: None,
        remittance: Some(text),
        counterparty_name: Some("NGUYEN THI HOA"),
        counterparty_account: Some("0351000000000"),
        refused: &[],
    }
}

/// What deciding the entries of some schools took.
#[derive(Clone, Copy, Default)]
struct Decided {
    took: Duration,
    building: Duration,
    settled: usize,
}

/// Makes each school's book and decides its entries, as the service does; what is measured apart is
/// how long each took. Invoices are used up as they are settled.
fn decide(size: Size, texts: &[Vec<(i64, String)>]) -> Decided {
    let mut all = Decided::default();
    for (school, texts) in texts.iter().enumerate() {
        let (students, invoices) = facts(size, school);
        let start = Instant::now();
        let mut book = Book::new(students, invoices, Vec::new(), Policy::default());
        all.building += start.elapsed();
        let mut decisions = Vec::with_capacity(texts.len());
        let start = Instant::now();
        for (amount, text) in texts {
            let decision = book.decide(&payment(*amount, black_box(text)));
            book.take(&decision);
            decisions.push(decision);
        }
        all.took += start.elapsed();
        let settled = decisions.iter().filter(|one| one.kind == DecisionKind::Settled);
        all.settled += settled.count();
    }
    all
}

/// How much this process grows while all books are made, in bytes for each open invoice.
fn memory(size: Size) -> Option<u64> {
    let before = resident_bytes()?;
    let books: Vec<Book> = (0..size.schools)
        .map(|school| {
            let (students, invoices) = facts(size, school);
            Book::new(students, invoices, Vec::new(), Policy::default())
        })
        .collect();
    let grown = resident_bytes()?.saturating_sub(before);
    black_box(books.len());
    let invoices = u64::try_from(size.schools * size.students * INVOICES_EACH).ok()?;
    Some(grown / invoices.max(1))
}

/// The limit: one look-up in a map of all codes for each word of the texts.
fn looking_up(texts: &[Vec<(i64, String)>], codes: &HashMap<String, usize>) -> (Duration, usize) {
    let mut words = 0;
    let start = Instant::now();
    for (_, text) in texts.iter().flatten() {
        for word in text.split(|letter: char| !letter.is_ascii_alphanumeric()) {
            black_box(codes.get(word));
            words += 1;
        }
    }
    (start.elapsed(), words)
}

fn all_codes(size: Size) -> HashMap<String, usize> {
    let all = size.schools * size.students * INVOICES_EACH;
    (0..all).map(|serial| (code(serial), serial)).collect()
}

/// Memory of this process in use, where the system tells.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes * 1_024)
}

/// Texts made to be slow, and a family of 200 invoices; the slowest of them, each at its best.
fn hostile(size: Size) -> (Duration, &'static str) {
    let (mut students, mut invoices) = facts(size, 0);
    for student in students.iter_mut().take(200) {
        student.family = FamilyId(0);
    }
    for (place, invoice) in (0..200).zip(invoices.iter_mut()) {
        invoice.student = StudentId(0);
        invoice.open = Vnd::new(100_000 + 1_000 * number(place % 7));
    }
    let book = Book::new(students, invoices, Vec::new(), Policy::default());
    let good = code(5);
    let joined = |words: Vec<String>| words.join(" ");
    let almost = joined(
        (0..1_000)
            .map(|place| {
                let mut word = code(place).into_bytes();
                if let Some(slot) = word.get_mut(2 + place % 7) {
                    *slot = b"0158ABDE".get(place % 8).copied().unwrap_or(b'0');
                }
                String::from_utf8_lossy(&word).into_owned()
            })
            .collect(),
    );
    let glued: String = almost.replace(' ', "");
    let cut = joined(
        (0..1_400).map(|place| code(place).get(..6).unwrap_or_default().to_owned()).collect(),
    );
    let names = joined((0..1_200).map(|place| format!("{} 6A1", pick(&FOLDED, place))).collect());
    let mut worst = (Duration::ZERO, "");
    for (why, amount, text) in [
        ("almost codes", 300_000, almost),
        ("almost codes without blanks", 300_000, glued),
        ("beginnings of codes", 300_000, cut),
        ("names and classes", 300_000, names),
        ("prefixes", 300_000, "HP".repeat(5_000)),
        ("one symbol", 300_000, "H".repeat(10_000)),
        ("digits", 300_000, "23467934".repeat(1_250)),
        ("a family of 200 invoices", 7_777_000, good),
    ] {
        let mut best = Duration::MAX;
        for _ in 0..RUNS {
            let start = Instant::now();
            black_box(book.decide(&payment(amount, black_box(&text))));
            best = best.min(start.elapsed());
        }
        println!("matching: {why}, {} letters: {} us", text.len(), best.as_micros());
        if best > worst.0 {
            worst = (best, why);
        }
    }
    worst
}

fn main() -> ExitCode {
    let bytes = memory(WHOLE);
    let texts: Vec<Vec<(i64, String)>> =
        (0..WHOLE.schools).map(|school| texts(WHOLE, school)).collect();
    let tenth = texts.get(..TENTH.schools).unwrap_or_default();
    let codes = all_codes(WHOLE);
    let (mut large, mut small) =
        (Decided { took: Duration::MAX, ..Decided::default() }, Duration::MAX);
    let (mut bare, mut words) = (Duration::MAX, 0);
    // In turn, so that what else the machine does slows all alike; the ratio is that of the median
    // round, as each round compares what was measured side by side.
    let mut ratios = Vec::with_capacity(RUNS);
    for _ in 0..RUNS {
        let looked = looking_up(&texts, &codes);
        bare = bare.min(looked.0);
        words = looked.1;
        let decided = decide(WHOLE, &texts);
        let after = looking_up(&texts, &codes).0;
        let beside = (looked.0 + after) / 2;
        ratios.push(decided.took.as_nanos() * 10 / beside.as_nanos().max(1));
        small = small.min(decide(TENTH, tenth).took);
        if decided.took < large.took {
            large = decided;
        }
    }
    let entries = WHOLE.schools * WHOLE.entries;
    ratios.sort_unstable();
    let ratio = ratios.get(RUNS / 2).copied().unwrap_or(u128::MAX);
    let growth = large.took.as_nanos() * 100 / small.as_nanos().max(1);
    println!(
        "matching: {entries} entries x {} open invoices of {} schools, {} settled: {}.{} x one look-up for each of {words} words (bar {}.0)",
        codes.len(),
        WHOLE.schools,
        large.settled,
        ratio / 10,
        ratio % 10,
        MOST_LOOK_UPS_TENTHS / 10,
    );
    println!(
        "matching: {} ns an entry, {} ns a look-up; making the books took {} ms more",
        large.took.as_nanos() / u128::try_from(entries).unwrap_or(1),
        bare.as_nanos() / u128::try_from(words).unwrap_or(1),
        large.building.as_millis(),
    );
    println!(
        "matching: {}.{:02} x the time for 10 x the work (bar 12.0)",
        growth / 100,
        growth % 100
    );
    let memory = bytes.unwrap_or_default();
    println!("matching: {memory} bytes for each open invoice (bar {MOST_BYTES_PER_INVOICE})");
    let (slowest, why) = hostile(WHOLE);
    println!(
        "matching: the slowest hostile text takes {} us: {why} (bar 1000)",
        slowest.as_micros()
    );
    let within = ratio <= MOST_LOOK_UPS_TENTHS
        && growth <= MOST_GROWTH_PERCENT
        && memory <= MOST_BYTES_PER_INVOICE
        && slowest <= MOST_HOSTILE;
    if within && large.settled * 100 >= entries * 85 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
