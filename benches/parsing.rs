//! How long reading statements takes, as a ratio to the bare limit measured in the same run.

#![expect(clippy::print_stdout, reason = "a yardstick's result is what it prints")]
#![expect(clippy::disallowed_methods, reason = "a yardstick measures durations")]
#![expect(
    clippy::float_arithmetic,
    clippy::expect_used,
    reason = "ratios of durations, in a program that may just stop"
)]

use std::fmt::Write;
use std::hint::black_box;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use doisoat::formats::{Options, statement_file};
use quick_xml::Reader;
use quick_xml::events::Event;

/// Enough for ratios; `DOISOAT_BENCH_ENTRIES=1000000` measures them at full size, in 5 GB of memory.
const ENTRIES: usize = 200_000;
/// Memory is measured at full size always: the file is made while it is read.
const ENTRIES_FOR_MEMORY: usize = 1_000_000;
const MOST_MEGABYTES: u64 = 64;
const ROUNDS: usize = 5;

fn main() -> ExitCode {
    let entries = std::env::var("DOISOAT_BENCH_ENTRIES")
        .map_or(ENTRIES, |number| number.parse().expect("a number of entries"));
    // First, while the process holds nothing else.
    let mut within = memory_of_camt();
    let camt = camt(entries);
    let dense = without_blanks(&camt);
    let mt940 = mt940(entries);
    let ratio = |bytes: &[u8], bare| ratio(bytes, entries, bare);
    let ratios = [
        ("camt.053", "quick-xml's empty loop", 2.0, ratio(&camt, empty_xml_loop)),
        ("camt.053 without blanks", "quick-xml's empty loop", 2.0, ratio(&dense, empty_xml_loop)),
        // No library's loop reads SWIFT: csv's only splits the same lines and looks at no field, so
        // the bar is one of our own.
        ("mt940", "csv's empty loop", 6.0, ratio(&mt940, line_loop)),
    ];
    for (format, limit, bar, (ratio, ours)) in ratios {
        println!("{format}: {ratio:.2} x {limit} (bar {bar:.1}), {entries} entries in {ours:.0?}");
        within &= ratio <= bar;
    }
    if within { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Our time over the bare loop's, each the best of its rounds, taken in turns so that a slow moment
/// of the machine meets both.
fn ratio(bytes: &[u8], entries: usize, bare: fn(&[u8]) -> u64) -> (f64, Duration) {
    let (mut best_ours, mut best_bare) = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        black_box(bare(bytes));
        best_bare = best_bare.min(start.elapsed());
        let start = Instant::now();
        read(&mut Cursor::new(bytes), entries);
        best_ours = best_ours.min(start.elapsed());
    }
    (best_ours.as_secs_f64() / best_bare.as_secs_f64(), best_ours)
}

fn read(source: &mut (impl Read + Seek), entries: usize) {
    let reading = statement_file::read(source, &Options::default(), &mut |event| {
        black_box(event);
        ControlFlow::Continue(())
    });
    assert!(reading.accepted() && reading.warnings.is_empty(), "{reading:?}");
    assert_eq!(usize::try_from(reading.entries), Ok(entries));
}

/// Reads a file of full size that nobody holds, and prints the most memory the process ever had.
fn memory_of_camt() -> bool {
    let mut file = MadeWhileRead::new(ENTRIES_FOR_MEMORY);
    read(&mut file, ENTRIES_FOR_MEMORY);
    let Some(peak) = peak_megabytes() else {
        println!("camt.053: this system does not tell the peak of memory");
        return true;
    };
    println!(
        "camt.053: {peak} MB at most (bar {MOST_MEGABYTES}), {ENTRIES_FOR_MEMORY} entries, {} MB",
        file.position / 1_000_000
    );
    peak <= MOST_MEGABYTES
}

/// `VmHWM` of this process.
fn peak_megabytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kilobytes| kilobytes / 1024)
}

/// A statement that comes into being entry by entry.
struct MadeWhileRead {
    entries: usize,
    made: usize,
    piece: Vec<u8>,
    given: usize,
    position: u64,
}

impl MadeWhileRead {
    fn new(entries: usize) -> MadeWhileRead {
        let piece = camt_start(entries).into_bytes();
        MadeWhileRead { entries, made: 0, piece, given: 0, position: 0 }
    }
}

impl Read for MadeWhileRead {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.given == self.piece.len() && self.made <= self.entries {
            let mut piece = String::new();
            if self.made < self.entries {
                camt_entry(&mut piece, self.made);
            } else {
                piece.push_str(CAMT_END);
            }
            self.made += 1;
            (self.piece, self.given) = (piece.into_bytes(), 0);
        }
        let mut rest = self.piece.get(self.given..).unwrap_or_default();
        let read = rest.read(out)?;
        self.given += read;
        self.position += u64::try_from(read).unwrap_or_default();
        Ok(read)
    }
}

impl Seek for MadeWhileRead {
    /// Only back to the start, or nowhere: all that a reader of a statement asks for.
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match to {
            SeekFrom::Start(0) => *self = MadeWhileRead::new(self.entries),
            SeekFrom::Current(0) => {}
            _ => return Err(io::ErrorKind::Unsupported.into()),
        }
        Ok(self.position)
    }
}

fn empty_xml_loop(bytes: &[u8]) -> u64 {
    let mut reader = Reader::from_reader(BufReader::with_capacity(64 * 1024, bytes));
    let (mut buffer, mut events) = (Vec::new(), 0);
    loop {
        match reader.read_event_into(&mut buffer).expect("well-formed") {
            Event::Eof => return events,
            event => events += u64::from(!black_box(event).is_empty()),
        }
        buffer.clear();
    }
}

/// Each line as one record: what splitting text into checked pieces costs at least.
fn line_loop(bytes: &[u8]) -> u64 {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .quoting(false)
        .from_reader(bytes);
    let (mut record, mut records) = (csv::StringRecord::new(), 0);
    while reader.read_record(&mut record).expect("text") {
        records += u64::from(!black_box(&record).is_empty());
    }
    records
}

/// Made-up entries, as a bank writes them: indented, version 08.
fn camt(entries: usize) -> Vec<u8> {
    let mut file = camt_start(entries);
    for number in 0..entries {
        camt_entry(&mut file, number);
    }
    file.push_str(CAMT_END);
    file.into_bytes()
}

fn camt_start(entries: usize) -> String {
    let total = entries * 1_250_000;
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\">\n\
         <BkToCstmrStmt><Stmt><Id>S</Id><ElctrncSeqNb>1</ElctrncSeqNb><Acct><Id><Othr><Id>1017595600</Id></Othr></Id><Ccy>VND</Ccy></Acct>\n\
         <Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"VND\">0</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-01</Dt></Dt></Bal>\n\
         <Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"VND\">{total}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-30</Dt></Dt></Bal>\n"
    )
}

fn camt_entry(file: &mut String, number: usize) {
    let day = number % 30 + 1;
    write!(
            file,
            "      <Ntry>\n        <NtryRef>{number}</NtryRef>\n        <Amt Ccy=\"VND\">1250000</Amt>\n        <CdtDbtInd>CRDT</CdtDbtInd>\n        <Sts>\n          <Cd>BOOK</Cd>\n        </Sts>\n        <BookgDt>\n          <Dt>2026-11-{day:02}</Dt>\n        </BookgDt>\n        <ValDt>\n          <Dt>2026-11-{day:02}</Dt>\n        </ValDt>\n        <AcctSvcrRef>FT26306{number:06}</AcctSvcrRef>\n        <BkTxCd>\n          <Domn>\n            <Cd>PMNT</Cd>\n            <Fmly>\n              <Cd>RCDT</Cd>\n              <SubFmlyCd>ESCT</SubFmlyCd>\n            </Fmly>\n          </Domn>\n        </BkTxCd>\n        <NtryDtls>\n          <TxDtls>\n            <Refs>\n              <EndToEndId>NOTPROVIDED</EndToEndId>\n            </Refs>\n            <RltdPties>\n              <Dbtr>\n                <Pty>\n                  <Nm>NGUYEN VAN A</Nm>\n                </Pty>\n              </Dbtr>\n              <DbtrAcct>\n                <Id>\n                  <Othr>\n                    <Id>0351{number:09}</Id>\n                  </Othr>\n                </Id>\n              </DbtrAcct>\n            </RltdPties>\n            <RltdAgts>\n              <DbtrAgt>\n                <FinInstnId>\n                  <BICFI>BFTVVNVX</BICFI>\n                </FinInstnId>\n              </DbtrAgt>\n            </RltdAgts>\n            <RmtInf>\n              <Ustrd>MBVCB.3278{number:06}.029552.HPK3M9Q2X HANH 6A1.CT tu 0351{number:09} NGUYEN VAN A toi 1017595600 TRUONG THCS B</Ustrd>\n            </RmtInf>\n          </TxDtls>\n        </NtryDtls>\n      </Ntry>\n"
        )
        .expect("memory");
}

const CAMT_END: &str = "</Stmt></BkToCstmrStmt></Document>\n";

/// The same without line breaks and indents: nothing that an empty loop could skip at no cost.
fn without_blanks(file: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(file).expect("text");
    text.lines().map(str::trim_start).collect::<String>().into_bytes()
}

/// Made-up entries of a SWIFT statement without blocks.
fn mt940(entries: usize) -> Vec<u8> {
    let mut file = ":20:S\r\n:25:1017595600\r\n:28C:1/1\r\n:60F:C261101VND0,\r\n".to_owned();
    for number in 0..entries {
        let day = number % 30 + 1;
        write!(
            file,
            ":61:2611{day:02}11{day:02}C1250000,NTRFNONREF//FT26306{number:06}\r\n:86:MBVCB.3278{number:06}.029552.HPK3M9Q2X HANH 6A1.CT tu 035100000000\r\n0 NGUYEN VAN A toi 1017595600 TRUONG THCS B\r\n"
        )
        .expect("memory");
    }
    let total = entries * 1_250_000;
    write!(file, ":62F:C261130VND{total},\r\n").expect("memory");
    file.into_bytes()
}
