//! Bounds on what a workbook may unpack to, checked before any of it is unpacked.

use std::io::{Read, Seek, SeekFrom};

use super::inflated_size::inflated_size;
use crate::domain::diagnostic::Diagnostic;

/// More parts than any statement's workbook has.
const MOST_PARTS: usize = 200;
/// The most bytes that all parts together may unpack to.
const MOST_BYTES: u64 = 512 * 1024 * 1024;
/// Deflate never packs tighter than this (a 258-byte copy in two bits).
const HIGHEST_RATIO: u64 = 1_032;
/// The end of the central directory and the longest comment behind it (PKWARE APPNOTE 4.3.16).
const TAIL_BYTES: u64 = 22 + 65_535;

/// Checks how many parts the archive has and what they really unpack to, whatever its directory
/// states.
pub fn check(source: &mut (impl Read + Seek)) -> Result<(), Diagnostic> {
    let parts = directory(source).ok_or_else(not_a_workbook)?;
    let stated = parts.iter().try_fold(0_u64, |sum, part| sum.checked_add(part.stated_size));
    if parts.len() > MOST_PARTS || stated.is_none_or(|stated| stated > MOST_BYTES) {
        return Err(too_large());
    }
    let packed = parts.iter().try_fold(0_u64, |sum, part| sum.checked_add(part.packed_size));
    if packed
        .and_then(|packed| packed.checked_mul(HIGHEST_RATIO))
        .is_some_and(|most| most <= MOST_BYTES)
    {
        return Ok(());
    }
    let mut left = MOST_BYTES;
    for part in &parts {
        let size = real_size(source, part, left).ok_or_else(not_a_workbook)?;
        left = left.checked_sub(size).ok_or_else(too_large)?;
    }
    Ok(())
}

/// A part of the archive as its directory states it.
struct Part {
    method: u16,
    packed_size: u64,
    stated_size: u64,
    header_at: u64,
}

fn real_size(source: &mut (impl Read + Seek), part: &Part, limit: u64) -> Option<u64> {
    source.seek(SeekFrom::Start(part.header_at)).ok()?;
    let mut header = [0; 30];
    source.read_exact(&mut header).ok()?;
    header.starts_with(b"PK\x03\x04").then_some(())?;
    let skipped = i64::from(u16_at(&header, 26)?) + i64::from(u16_at(&header, 28)?);
    source.seek(SeekFrom::Current(skipped)).ok()?;
    match part.method {
        0 => Some(part.packed_size),
        8 => inflated_size(source.take(part.packed_size), limit),
        _ => None,
    }
}

/// The parts that the central directory lists.
fn directory(source: &mut (impl Read + Seek)) -> Option<Vec<Part>> {
    let length = source.seek(SeekFrom::End(0)).ok()?;
    source.seek(SeekFrom::Start(length.saturating_sub(TAIL_BYTES))).ok()?;
    let mut tail = Vec::new();
    source.take(TAIL_BYTES).read_to_end(&mut tail).ok()?;
    let end = tail.windows(4).rposition(|window| window == b"PK\x05\x06")?;
    let end = tail.get(end..)?;
    let (count, size, offset) = (u16_at(end, 10)?, u32_at(end, 12)?, u32_at(end, 16)?);
    // Nothing but the archive's comment may follow; another reader could find another directory.
    (end.len() == 22 + usize::from(u16_at(end, 20)?)).then_some(())?;
    // Archives beyond 4 GB keep the real figures elsewhere; no statement is one.
    (count != u16::MAX && offset != u32::MAX).then_some(())?;
    source.seek(SeekFrom::Start(u64::from(offset))).ok()?;
    let mut directory = Vec::new();
    source.take(u64::from(size).min(1024 * 1024)).read_to_end(&mut directory).ok()?;
    let mut rest = directory.as_slice();
    let mut parts = Vec::new();
    for _ in 0..count {
        rest.starts_with(b"PK\x01\x02").then_some(())?;
        parts.push(Part {
            method: u16_at(rest, 10)?,
            packed_size: u64::from(u32_at(rest, 20)?),
            stated_size: u64::from(u32_at(rest, 24)?),
            header_at: u64::from(u32_at(rest, 42)?),
        });
        let length = [28, 30, 32]
            .into_iter()
            .try_fold(46_usize, |sum, at| sum.checked_add(usize::from(u16_at(rest, at)?)))?;
        rest = rest.get(length..)?;
    }
    Some(parts)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

/// Says that a workbook is larger than a statement can be.
#[must_use]
pub fn too_large() -> Diagnostic {
    Diagnostic::new(
        "too_large",
        "Tệp Excel giải nén ra quá lớn, không giống sao kê. Tải sao kê theo kỳ ngắn hơn.",
        "The workbook unpacks to more than a statement can be. Download the statement for a shorter period.",
    )
}

fn not_a_workbook() -> Diagnostic {
    Diagnostic::new(
        "workbook",
        "Tệp Excel bị hỏng hoặc chưa tải xong. Tải lại tệp từ ngân hàng.",
        "The workbook is damaged or was not downloaded completely. Download it from the bank again.",
    )
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    /// An archive of one part that claims to be small and unpacks to `megabytes` of one letter.
    fn lying_archive(megabytes: usize) -> Vec<u8> {
        // One fixed-code block: a literal, then copies of 258 bytes at distance 1 (RFC 1951, 3.2.5).
        let mut bits: Vec<bool> = vec![true, true, false];
        let code = |bits: &mut Vec<bool>, value: u32, length: u32| {
            bits.extend((0..length).rev().map(|at| (value >> at) & 1 == 1));
        };
        code(&mut bits, 0x30 + u32::from(b'a'), 8);
        for _ in 0..megabytes * 4_065 {
            code(&mut bits, 0b1100_0101, 8);
            code(&mut bits, 0, 5);
        }
        code(&mut bits, 0, 7);
        let packed: Vec<u8> = bits
            .chunks(8)
            .map(|byte| {
                byte.iter().enumerate().fold(0, |sum, (at, bit)| sum | (u8::from(*bit) << at))
            })
            .collect();
        let size = u32::try_from(packed.len()).unwrap().to_le_bytes();
        let mut archive = Vec::new();
        archive.extend_from_slice(b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0\0\0\0\0");
        archive.extend_from_slice(&size);
        archive.extend_from_slice(b"\x10\0\0\0\x01\0\0\0a");
        archive.extend_from_slice(&packed);
        let directory_at = u32::try_from(archive.len()).unwrap().to_le_bytes();
        archive.extend_from_slice(b"PK\x01\x02\x14\0\x14\0\0\0\x08\0\0\0\0\0\0\0\0\0");
        archive.extend_from_slice(&size);
        archive.extend_from_slice(b"\x10\0\0\0\x01\0");
        archive.extend_from_slice(&[0; 16]);
        archive.extend_from_slice(b"a");
        archive.extend_from_slice(b"PK\x05\x06\0\0\0\0\x01\0\x01\0\x2F\0\0\0");
        archive.extend_from_slice(&directory_at);
        archive.extend_from_slice(&[0, 0]);
        archive
    }

    #[test]
    fn an_archive_that_lies_about_its_size_is_refused() {
        assert_eq!(check(&mut Cursor::new(lying_archive(500))), Ok(()));
        let problem = check(&mut Cursor::new(lying_archive(600))).unwrap_err();
        assert_eq!(problem.code, "too_large");
    }
}
