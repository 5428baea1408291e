//! The compound file that an old workbook lies in ([MS-CFB]): which streams it has, and whether its
//! tables of sectors hold together. A chain that runs in a circle would never be read to its end.

/// The signature of a compound file.
const SIGNATURE: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
/// Sector numbers from here on have meanings of their own.
const FIRST_SPECIAL: u32 = 0xFFFF_FFFA;
/// Streams shorter than this lie in small sectors.
const SMALL_STREAM: usize = 4096;
const SMALL_SECTOR: usize = 64;
const ENTRY_BYTES: usize = 128;

/// A compound file whose tables of sectors were gone through.
pub struct Container<'b> {
    bytes: &'b [u8],
    sector: usize,
    fat: Vec<u32>,
    small_fat: Vec<u32>,
    small: Vec<u8>,
    entries: Vec<Entry>,
}

struct Entry {
    name: String,
    start: u32,
    length: usize,
}

impl<'b> Container<'b> {
    /// Reads the tables of a compound file; nothing where they do not hold together.
    #[must_use]
    pub fn open(bytes: &'b [u8]) -> Option<Container<'b>> {
        if !bytes.starts_with(SIGNATURE) {
            return None;
        }
        let sector = match u16_at(bytes, 30)? {
            9 => 512,
            12 => 4096,
            _ => return None,
        };
        let mut container = Container {
            bytes,
            sector,
            fat: Vec::new(),
            small_fat: Vec::new(),
            small: Vec::new(),
            entries: Vec::new(),
        };
        container.fat = container.read_fat()?;
        let directory = container.chain(u32_at(bytes, 48)?, usize::MAX)?;
        container.entries = directory
            .chunks_exact(ENTRY_BYTES)
            .map(|entry| container.entry(entry))
            .collect::<Option<_>>()?;
        let root = container.entries.first()?;
        if u32_at(bytes, 64)? > 0 {
            let table = usize::try_from(u32_at(bytes, 64)?).ok()?.checked_mul(sector)?;
            if table > bytes.len() || root.length > bytes.len() {
                return None;
            }
            container.small = container.chain(root.start, root.length)?;
            let small_fat = container.chain(u32_at(bytes, 60)?, table)?;
            container.small_fat = numbers(&small_fat);
        }
        Some(container)
    }

    /// Whether there is a stream or folder of this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|entry| entry.name.eq_ignore_ascii_case(name))
    }

    /// The bytes of the stream of this name; nothing where it is missing or cut off.
    #[must_use]
    pub fn stream(&self, name: &str) -> Option<Vec<u8>> {
        let entry = self.entries.iter().find(|entry| entry.name.eq_ignore_ascii_case(name))?;
        if entry.length > self.bytes.len() {
            return None;
        }
        let stream = if entry.length < SMALL_STREAM {
            let most = self.small.len() / SMALL_SECTOR + 1;
            follow(entry.start, entry.length, SMALL_SECTOR, most, &self.small_fat, |number| {
                let start = usize::try_from(number).ok()?.checked_mul(SMALL_SECTOR)?;
                self.small.get(start..).map(|rest| rest.get(..SMALL_SECTOR).unwrap_or(rest))
            })?
        } else {
            self.chain(entry.start, entry.length)?
        };
        (stream.len() == entry.length).then_some(stream)
    }

    fn entry(&self, entry: &[u8]) -> Option<Entry> {
        let units: Vec<u16> = entry
            .get(..64)?
            .chunks_exact(2)
            .filter_map(|pair| u16_at(pair, 0))
            .take_while(|unit| *unit != 0)
            .collect();
        let length = u64::from(u32_at(entry, 120)?)
            | if self.sector == 512 { 0 } else { u64::from(u32_at(entry, 124)?) << 32 };
        Some(Entry {
            name: String::from_utf16_lossy(&units),
            start: u32_at(entry, 116)?,
            length: usize::try_from(length).ok()?,
        })
    }

    /// The table that says which sector follows which.
    fn read_fat(&self) -> Option<Vec<u32>> {
        let most = self.bytes.len() / self.sector + 1;
        let mut listed: Vec<u32> = numbers(self.bytes.get(76..512)?);
        let mut next = u32_at(self.bytes, 68)?;
        let mut lists = 0;
        while next < FIRST_SPECIAL {
            lists += 1;
            if lists > most {
                return None;
            }
            listed.extend(numbers(self.sector_bytes(next)?));
            next = listed.pop()?;
        }
        listed.retain(|number| *number < FIRST_SPECIAL);
        if listed.len() > most {
            return None;
        }
        let mut fat = Vec::new();
        for number in listed {
            fat.extend(numbers(self.sector_bytes(number)?));
        }
        Some(fat)
    }

    fn chain(&self, start: u32, length: usize) -> Option<Vec<u8>> {
        let most = self.bytes.len() / self.sector + 1;
        follow(start, length, self.sector, most, &self.fat, |number| self.sector_bytes(number))
    }

    fn sector_bytes(&self, number: u32) -> Option<&'b [u8]> {
        let start = usize::try_from(number).ok()?.checked_add(1)?.checked_mul(self.sector)?;
        let rest = self.bytes.get(start..).filter(|rest| !rest.is_empty())?;
        Some(rest.get(..self.sector).unwrap_or(rest))
    }
}

/// Puts a chain of sectors together, up to `length` bytes; nothing for one that runs in a circle,
/// and so has more sectors than there are.
fn follow<'b>(
    start: u32,
    length: usize,
    sector: usize,
    most: usize,
    fat: &[u32],
    bytes_of: impl Fn(u32) -> Option<&'b [u8]>,
) -> Option<Vec<u8>> {
    let mut chain = Vec::new();
    let mut number = start;
    let mut steps = 0;
    while number < FIRST_SPECIAL && chain.len() < length {
        steps += 1;
        if steps > most {
            return None;
        }
        let bytes = bytes_of(number)?;
        chain.extend_from_slice(bytes);
        number = *fat.get(usize::try_from(number).ok()?)?;
        if bytes.len() < sector && number < FIRST_SPECIAL {
            return None;
        }
    }
    chain.truncate(length);
    Some(chain)
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks_exact(4).filter_map(|number| u32_at(number, 0)).collect()
}

/// Two bytes as a number, lower one first.
#[must_use]
pub fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let end = at.checked_add(2)?;
    bytes.get(at..end)?.try_into().ok().map(u16::from_le_bytes)
}

/// Four bytes as a number, lowest one first.
#[must_use]
pub fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let end = at.checked_add(4)?;
    bytes.get(at..end)?.try_into().ok().map(u32::from_le_bytes)
}
