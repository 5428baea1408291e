//! How many bytes a deflated part really unpacks to (RFC 1951), found without unpacking it: lengths
//! are added up and no byte is kept, so that a bomb costs time in proportion to its own size only.

use std::io::Read;

const LONGEST_CODE: usize = 15;
const LENGTH_BASE: [u16; 29] = [
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
    163, 195, 227, 258,
];
const LENGTH_EXTRA: [u8; 29] =
    [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const CODE_LENGTH_ORDER: [usize; 19] =
    [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// The unpacked size of the deflate stream in `source`, or nothing when the stream is damaged. Ends
/// early, with a larger number, as soon as the size is above `limit`.
pub fn inflated_size(source: impl Read, limit: u64) -> Option<u64> {
    let mut bits = Bits { source, buffer: vec![0; 32 * 1024], at: 0, filled: 0, held: 0, count: 0 };
    let mut size: u64 = 0;
    loop {
        let last = bits.take(1)? == 1;
        match bits.take(2)? {
            0 => size += bits.skip_stored()?,
            1 => count_block(&mut bits, &fixed_codes()?, &mut size, limit)?,
            2 => {
                let codes = dynamic_codes(&mut bits)?;
                count_block(&mut bits, &codes, &mut size, limit)?;
            }
            _ => return None,
        }
        if last || size > limit {
            return Some(size);
        }
    }
}

struct Codes {
    literals: Table,
    distances: Table,
}

fn count_block(
    bits: &mut Bits<impl Read>,
    codes: &Codes,
    size: &mut u64,
    limit: u64,
) -> Option<()> {
    loop {
        let symbol = codes.literals.next(bits)?;
        match symbol {
            0..=255 => *size += 1,
            256 => return Some(()),
            _ => {
                let index = usize::from(symbol - 257);
                let extra = bits.take(u32::from(*LENGTH_EXTRA.get(index)?))?;
                *size += u64::from(*LENGTH_BASE.get(index)?) + u64::from(extra);
                let distance = u32::from(codes.distances.next(bits)?);
                if distance > 29 {
                    return None;
                }
                bits.take((distance / 2).saturating_sub(1))?;
            }
        }
        if *size > limit {
            return Some(());
        }
    }
}

fn fixed_codes() -> Option<Codes> {
    let mut lengths = [8_u8; 288];
    lengths.get_mut(144..256)?.fill(9);
    lengths.get_mut(256..280)?.fill(7);
    Some(Codes { literals: Table::new(&lengths)?, distances: Table::new(&[5; 30])? })
}

fn dynamic_codes(bits: &mut Bits<impl Read>) -> Option<Codes> {
    let literals = usize::try_from(bits.take(5)?).ok()? + 257;
    let distances = usize::try_from(bits.take(5)?).ok()? + 1;
    let code_lengths = usize::try_from(bits.take(4)?).ok()? + 4;
    let mut lengths = [0_u8; 19];
    for place in CODE_LENGTH_ORDER.iter().take(code_lengths) {
        *lengths.get_mut(*place)? = u8::try_from(bits.take(3)?).ok()?;
    }
    let table = Table::new(&lengths)?;
    let wanted = literals + distances;
    let mut lengths: Vec<u8> = Vec::with_capacity(wanted);
    while lengths.len() < wanted {
        let (value, times) = match table.next(bits)? {
            16 => (*lengths.last()?, 3 + bits.take(2)?),
            17 => (0, 3 + bits.take(3)?),
            18 => (0, 11 + bits.take(7)?),
            length => (u8::try_from(length).ok()?, 1),
        };
        lengths.extend(std::iter::repeat_n(value, usize::try_from(times).ok()?));
    }
    let (first, rest) = lengths.split_at_checked(literals)?;
    (lengths.len() == wanted).then_some(())?;
    Some(Codes { literals: Table::new(first)?, distances: Table::new(rest)? })
}

/// For each run of fifteen bits: the symbol it starts with, and how many of the bits that takes.
struct Table(Vec<(u16, u8)>);

impl Table {
    fn new(lengths: &[u8]) -> Option<Table> {
        let mut entries = vec![(0, 0); 1 << LONGEST_CODE];
        let mut code: usize = 0;
        for length in 1..=LONGEST_CODE {
            for (symbol, own) in (0_u16..).zip(lengths) {
                if usize::from(*own) != length {
                    continue;
                }
                // Codes are sent from their highest bit on; bits are taken from the lowest.
                let reversed = (0..length).fold(0, |bits, at| (bits << 1) | ((code >> at) & 1));
                if code >> length != 0 {
                    return None;
                }
                for slot in entries.get_mut(reversed..)?.iter_mut().step_by(1 << length) {
                    *slot = (symbol, *own);
                }
                code += 1;
            }
            code <<= 1;
        }
        Some(Table(entries))
    }

    fn next(&self, bits: &mut Bits<impl Read>) -> Option<u16> {
        bits.fill(15);
        let (symbol, length) = *self.0.get(usize::try_from(bits.held & 0x7FFF).ok()?)?;
        let length = u32::from(length);
        if length == 0 || length > bits.count {
            return None;
        }
        bits.held >>= length;
        bits.count -= length;
        Some(symbol)
    }
}

struct Bits<R> {
    source: R,
    buffer: Vec<u8>,
    at: usize,
    filled: usize,
    held: u64,
    count: u32,
}

impl<R: Read> Bits<R> {
    /// Holds at least `wanted` bits, fewer only at the end of the stream.
    fn fill(&mut self, wanted: u32) {
        while self.count < wanted {
            let Some(byte) = self.next_byte() else { return };
            self.held |= u64::from(byte) << self.count;
            self.count += 8;
        }
    }

    fn next_byte(&mut self) -> Option<u8> {
        if self.at == self.filled {
            self.filled = self.source.read(&mut self.buffer).ok()?;
            self.at = 0;
        }
        let byte = *self.buffer.get(..self.filled)?.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn take(&mut self, wanted: u32) -> Option<u32> {
        self.fill(wanted);
        if self.count < wanted {
            return None;
        }
        let taken = self.held & ((1 << wanted) - 1);
        self.held >>= wanted;
        self.count -= wanted;
        u32::try_from(taken).ok()
    }

    fn skip_stored(&mut self) -> Option<u64> {
        self.take(self.count % 8)?;
        let length = self.take(16)?;
        if length ^ 0xFFFF != self.take(16)? {
            return None;
        }
        for _ in 0..length {
            self.take(8)?;
        }
        Some(u64::from(length))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_of_the_unpacked_bytes() {
        // Raw deflate streams by zlib.
        for (why, stream, expected) in [
            ("nothing", &[0x03, 0x00][..], Some(0)),
            ("stored", &[0x01, 0x03, 0x00, 0xFC, 0xFF, b'a', b'b', b'c'], Some(3)),
            ("fixed codes", &[0x4B, 0x4C, 0x4A, 0x06, 0x00], Some(3)),
            (
                "a run of 1,000 letters",
                &[0x4B, 0x4C, 0x1C, 0x05, 0xA3, 0x60, 0x14, 0x0C, 0x77, 0x00, 0x00],
                Some(1_000),
            ),
            ("cut short", &[0x4B, 0x4C], None),
            ("stored length damaged", &[0x01, 0x03, 0x00, 0xFC, 0xFE, b'a', b'b', b'c'], None),
            ("unknown block", &[0x07], None),
        ] {
            assert_eq!(inflated_size(stream, 1 << 20), expected, "{why}");
        }
    }

    #[test]
    fn counting_ends_above_the_limit() {
        let run = [0x4B, 0x4C, 0x1C, 0x05, 0xA3, 0x60, 0x14, 0x0C, 0x77, 0x00, 0x00];
        assert!(inflated_size(&run[..], 10).is_some_and(|size| size > 10 && size < 1_000));
    }
}
