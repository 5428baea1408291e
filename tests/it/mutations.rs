//! Damaged files: every fixture, changed in many ways that are the same on each run, through the
//! front door of the readers. `fuzz/smoke` does the same for longer and by trying what leads further.

use std::ops::Range;
use std::path::Path;

use doisoat::formats::{Options, statement_file};

use crate::invariants::{self, Reader};

/// How often each fixture is changed and read.
const ROUNDS: u64 = 24;

/// A sequence of numbers that look random and are the same on each run (splitmix64).
pub struct Numbers(pub u64);

impl Numbers {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end.max(1)).unwrap()).unwrap()
    }

    /// A part of something, at most `longest` long.
    fn part(&mut self, whole: usize, longest: usize) -> Range<usize> {
        let start = self.below(whole);
        start..(start + 1 + self.below(longest)).min(whole)
    }
}

/// One of the ways in which files come to harm.
fn mutate(bytes: &mut Vec<u8>, other: &[u8], numbers: &mut Numbers) {
    // What damage hits hardest: signs that carry structure, and figures.
    const SIGNS: &[u8] = b"<>/&\"'=;,|\t\r\n:{}-+.0159EDC \0\xff\xc3\x1a";
    match numbers.below(8) {
        0 => {
            let at = numbers.below(bytes.len());
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << numbers.below(8);
            }
        }
        1 => {
            let at = numbers.below(bytes.len());
            if let Some(byte) = bytes.get_mut(at) {
                *byte = SIGNS[numbers.below(SIGNS.len())];
            }
        }
        2 => bytes.truncate(numbers.below(bytes.len())),
        3 => {
            let part = numbers.part(bytes.len(), 64);
            bytes.drain(part);
        }
        4 => {
            let part = numbers.part(bytes.len(), 400);
            let again = bytes[part.clone()].to_vec();
            bytes.splice(part.end..part.end, again);
        }
        5 => {
            let (from, to) = (numbers.part(bytes.len(), 200), numbers.below(bytes.len()));
            let moved: Vec<u8> = bytes.drain(from).collect();
            let to = to.min(bytes.len());
            bytes.splice(to..to, moved);
        }
        6 => {
            // The beginning of one file and the end of another.
            bytes.truncate(numbers.below(bytes.len()));
            bytes.extend_from_slice(&other[numbers.below(other.len())..]);
        }
        _ => {
            let part = numbers.part(other.len(), 200);
            let at = numbers.below(bytes.len());
            bytes.splice(at..at, other[part].iter().copied());
        }
    }
}

/// The statements in a folder and how they end, in the order of their names.
fn fixtures() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/statements");
    let mut files = Vec::new();
    for folder in [folder.clone(), folder.join("broken")] {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() && path.extension().is_none_or(|end| end != "md") {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                files.push((name, std::fs::read(path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

#[test]
fn damaged_files_are_read_exactly_or_refused_with_words() {
    let read: Reader = |source, options, sink| statement_file::read(source, options, sink);
    let files = fixtures();
    let (mut accepted, mut refused) = (0_u32, 0_u32);
    for (index, (name, bytes)) in files.iter().enumerate() {
        let mut numbers = Numbers(u64::try_from(index).unwrap());
        for round in 0..=ROUNDS {
            let mut changed = bytes.clone();
            // Round 0 is the file as it is; later ones take more and more harm.
            for _ in 0..round.div_ceil(6) {
                // Most often a file of the same kind: there the pieces still fit.
                let near = (index + numbers.below(9)).saturating_sub(4).min(files.len() - 1);
                mutate(&mut changed, &files[near].1, &mut numbers);
            }
            let outcome =
                std::panic::catch_unwind(|| invariants::check(read, &Options::default(), &changed));
            match outcome {
                Ok(reading) if reading.accepted() => accepted += 1,
                Ok(_) => refused += 1,
                Err(_) => {
                    let kept = std::env::temp_dir().join(format!("doisoat-{round}-{name}"));
                    std::fs::write(&kept, &changed).unwrap();
                    panic!("{name}, round {round}: see {}", kept.display());
                }
            }
        }
    }
    // If nearly all were refused or taken, the harm would be too great or too little to tell.
    assert!(accepted > 500 && refused > 500, "{accepted} accepted, {refused} refused");
}
