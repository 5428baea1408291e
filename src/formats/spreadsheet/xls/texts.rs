//! How long the shared texts of a workbook are ([MS-XLS] 2.4.265): each may be used by any number of
//! cells, and every one of them gets a copy.

const WIDE: u8 = 0x01;
const HAS_EXTENSION: u8 = 0x04;
const HAS_RUNS: u8 = 0x08;

/// The number of letters of each shared text, in their order, as far as the table holds together.
/// It lies in one record and those that continue it.
#[must_use]
pub fn lengths(records: &[&[u8]]) -> Vec<u64> {
    let mut table = Table { records, record: 0, at: 8 };
    let mut lengths = Vec::new();
    while let Some(length) = table.pass_text() {
        lengths.push(length);
    }
    lengths
}

struct Table<'b> {
    records: &'b [&'b [u8]],
    record: usize,
    at: usize,
}

impl Table<'_> {
    fn pass_text(&mut self) -> Option<u64> {
        // A text never starts at the very end of a record.
        if self.left() == 0 {
            self.next_record()?;
        }
        let length = u16::from_le_bytes([self.byte()?, self.byte()?]);
        let flags = self.byte()?;
        let runs = if flags & HAS_RUNS == 0 {
            0
        } else {
            usize::from(u16::from_le_bytes([self.byte()?, self.byte()?])) * 4
        };
        let extension = if flags & HAS_EXTENSION == 0 {
            0
        } else {
            let bytes = [self.byte()?, self.byte()?, self.byte()?, self.byte()?];
            usize::try_from(u32::from_le_bytes(bytes)).ok()?
        };
        self.pass_letters(usize::from(length), flags)?;
        self.pass(runs)?;
        self.pass(extension)?;
        Some(u64::from(length))
    }

    /// Passes letters; where they go on in the next record, it says anew how wide they are.
    fn pass_letters(&mut self, letters: usize, flags: u8) -> Option<()> {
        let mut left = letters;
        let mut width = if flags & WIDE == 0 { 1 } else { 2 };
        loop {
            let here = left.min(self.left() / width);
            self.at += here * width;
            left -= here;
            if left == 0 {
                return Some(());
            }
            self.next_record()?;
            width = if self.byte()? & WIDE == 0 { 1 } else { 2 };
        }
    }

    fn pass(&mut self, bytes: usize) -> Option<()> {
        let mut left = bytes;
        loop {
            let here = left.min(self.left());
            self.at += here;
            left -= here;
            if left == 0 {
                return Some(());
            }
            self.next_record()?;
        }
    }

    fn byte(&mut self) -> Option<u8> {
        if self.left() == 0 {
            self.next_record()?;
        }
        let byte = self.records.get(self.record)?.get(self.at).copied()?;
        self.at += 1;
        Some(byte)
    }

    fn left(&self) -> usize {
        self.records.get(self.record).map_or(0, |record| record.len().saturating_sub(self.at))
    }

    fn next_record(&mut self) -> Option<()> {
        self.record += 1;
        self.at = 0;
        self.records.get(self.record).map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_measured_over_the_ends_of_records() {
        let head = [0; 8];
        let narrow = [&head[..], &[3, 0, 0, b'a', b'b', b'c']].concat();
        let wide = [&head[..], &[2, 0, 1, b'a', 0, b'b', 0]].concat();
        let rich = [&head[..], &[1, 0, 8, 1, 0, b'a', 0, 0, 0, 0, 1, 0, 0, b'z']].concat();
        let extended = [&head[..], &[1, 0, 4, 2, 0, 0, 0, b'a', 9, 9, 1, 0, 0, b'z']].concat();
        let cut = [&head[..], &[4, 0, 0, b'a', b'b']].concat();
        for (why, records, expected) in [
            ("narrow letters", vec![&narrow[..]], vec![3]),
            ("wide letters", vec![&wide], vec![2]),
            ("a text with runs of format, and one behind it", vec![&rich], vec![1, 1]),
            ("a text with its pronunciation, and one behind it", vec![&extended], vec![1, 1]),
            (
                "letters that become wide in the next record",
                vec![&cut, &[1, b'c', 0, b'd', 0]],
                vec![4],
            ),
            ("letters that never come", vec![&cut], vec![]),
            ("nothing", vec![&head], vec![]),
            ("no table", vec![], vec![]),
        ] {
            assert_eq!(lengths(&records), expected, "{why}");
        }
    }
}
