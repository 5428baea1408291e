//! Bytes of any known encoding on their way to UTF-8, strictly and as a stream.

use std::io::{self, Read};

use encoding_rs::{Decoder, DecoderResult};

use super::{Charset, line_ends};

const CHUNK: usize = 64 * 1024;

/// Why a decoding reader stops: bytes that mean no letter. Carried through [`io::Error`].
#[derive(Debug, thiserror::Error)]
#[error("the bytes of line {line} mean no letter in this encoding")]
pub struct Undecodable {
    /// The line, from 1.
    pub line: u64,
}

impl Undecodable {
    /// The line that `error` is about, when it is about letters.
    #[must_use]
    pub fn line_in(error: &io::Error) -> Option<u64> {
        error.get_ref()?.downcast_ref::<Undecodable>().map(|fault| fault.line)
    }
}

/// Gives what `source` holds from where it stands as UTF-8, and all text before a fault before the
/// fault. Letters are not composed here: whoever keeps a text does that.
pub struct Decoded<R> {
    source: R,
    way: Way,
    line_ends: u64,
}

/// What has to be done with the bytes.
enum Way {
    /// They are UTF-8, and whoever takes them checks that.
    Passed,
    /// They are UTF-8 if all is well.
    Checked(Check),
    Converted(Box<Conversion>),
}

impl<R: Read> Decoded<R> {
    /// A reader that checks every byte.
    #[must_use]
    pub fn new(source: R, charset: Charset) -> Decoded<R> {
        Decoded::on(source, charset, Way::Checked(Check::default()))
    }

    /// A reader for a parser that itself checks whether UTF-8 is UTF-8: such bytes pass untouched.
    #[must_use]
    pub fn for_checking_parser(source: R, charset: Charset) -> Decoded<R> {
        Decoded::on(source, charset, Way::Passed)
    }

    fn on(source: R, charset: Charset, for_utf8: Way) -> Decoded<R> {
        let way = match charset {
            Charset::Utf8 => for_utf8,
            other => Way::Converted(Box::new(Conversion {
                decoder: other.encoding().new_decoder_without_bom_handling(),
                raw: vec![0; CHUNK],
                text: String::new(),
                given: 0,
                ended: false,
                damaged: false,
            })),
        };
        Decoded { source, way, line_ends: 0 }
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        let read = match &mut self.way {
            Way::Passed => return self.source.read(out),
            Way::Checked(check) => check.read(&mut self.source, out)?,
            Way::Converted(conversion) => conversion.read(&mut self.source, out)?,
        };
        let Some(read) = read else {
            return Err(io::Error::other(Undecodable { line: self.line_ends + 1 }));
        };
        self.line_ends += line_ends(out.get(..read).unwrap_or_default());
        Ok(read)
    }
}

/// Looks at UTF-8 while it passes by. A letter may be cut between two readings.
#[derive(Default)]
struct Check {
    /// The first bytes of a letter whose rest has not come yet.
    begun: [u8; 4],
    begun_length: usize,
    damaged: bool,
}

impl Check {
    /// How many bytes at the start of `out` are text now, or `None` where damage begins.
    fn read(&mut self, source: &mut impl Read, out: &mut [u8]) -> io::Result<Option<usize>> {
        if self.damaged {
            return Ok(None);
        }
        let read = source.read(out)?;
        if read == 0 {
            self.damaged = self.begun_length > 0;
            return Ok((!self.damaged).then_some(0));
        }
        let bytes = out.get(..read).unwrap_or_default();
        let good = self.good(bytes);
        self.damaged = good < read;
        Ok((good > 0).then_some(good))
    }

    /// How many of the bytes are good so far; keeps the start of a letter at their end in mind.
    fn good(&mut self, bytes: &[u8]) -> usize {
        let mut rest = bytes;
        while self.begun_length > 0 {
            let Some((first, others)) = rest.split_first() else { return bytes.len() };
            let Some(slot) = self.begun.get_mut(self.begun_length) else { return 0 };
            *slot = *first;
            let begun = self.begun.get(..=self.begun_length).unwrap_or_default();
            match std::str::from_utf8(begun) {
                Ok(_) => self.begun_length = 0,
                Err(error) if error.error_len().is_none() => self.begun_length += 1,
                Err(_) => return bytes.len() - rest.len(),
            }
            rest = others;
        }
        let Err(error) = std::str::from_utf8(rest) else { return bytes.len() };
        let begun = rest.get(error.valid_up_to()..).unwrap_or_default();
        if error.error_len().is_some() {
            return bytes.len() - begun.len();
        }
        if let Some(slots) = self.begun.get_mut(..begun.len()) {
            slots.copy_from_slice(begun);
            self.begun_length = begun.len();
        }
        bytes.len()
    }
}

/// Turns another encoding into UTF-8.
struct Conversion {
    decoder: Decoder,
    raw: Vec<u8>,
    text: String,
    given: usize,
    ended: bool,
    damaged: bool,
}

impl Conversion {
    fn read(&mut self, source: &mut impl Read, out: &mut [u8]) -> io::Result<Option<usize>> {
        while self.given == self.text.len() {
            if self.damaged {
                return Ok(None);
            }
            if self.ended {
                return Ok(Some(0));
            }
            let read = source.read(&mut self.raw)?;
            self.ended = read == 0;
            self.decode(read);
        }
        let rest = self.text.as_bytes().get(self.given..).unwrap_or_default();
        let length = rest.len().min(out.len());
        if let (Some(to), Some(from)) = (out.get_mut(..length), rest.get(..length)) {
            to.copy_from_slice(from);
        }
        self.given += length;
        Ok(Some(length))
    }

    fn decode(&mut self, read: usize) {
        self.text.clear();
        self.given = 0;
        let bytes = self.raw.get(..read).unwrap_or_default();
        let room = self.decoder.max_utf8_buffer_length_without_replacement(bytes.len());
        self.text.reserve(room.unwrap_or(CHUNK * 4));
        let (result, _) =
            self.decoder.decode_to_string_without_replacement(bytes, &mut self.text, self.ended);
        self.damaged = result != DecoderResult::InputEmpty;
        // Bytes that a code page leaves unassigned decode to control characters of no meaning.
        if let Some(stray) = self.text.find(|letter| matches!(letter, '\u{80}'..='\u{9f}' | '\0')) {
            self.text.truncate(stray);
            self.damaged = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives a few bytes at a time, so that letters are cut wherever they can be.
    struct Slowly<'a>(&'a [u8], usize);

    impl Read for Slowly<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let step = self.1.min(out.len());
            self.0.read(&mut out[..step])
        }
    }

    /// The text up to the end or the fault, and the line of the fault.
    fn decoded(bytes: &[u8], charset: Charset, step: usize) -> (Vec<u8>, Option<u64>) {
        let mut reader = Decoded::new(Slowly(bytes, step), charset);
        let (mut text, mut buffer) = (Vec::new(), [0; 7]);
        loop {
            match reader.read(&mut buffer) {
                Ok(0) => return (text, None),
                Ok(read) => text.extend_from_slice(&buffer[..read]),
                Err(error) => return (text, Some(Undecodable::line_in(&error).unwrap())),
            }
        }
    }

    #[test]
    fn text_is_decoded_however_its_bytes_arrive() {
        let wide = |text: &str, bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
            text.encode_utf16().flat_map(bytes).collect()
        };
        let text = "Học phí\nlớp 6A ₫𝄞";
        for (why, charset, bytes, expected) in [
            ("UTF-8", Charset::Utf8, text.as_bytes().to_vec(), text),
            ("UTF-16 LE", Charset::Utf16Le, wide(text, u16::to_le_bytes), text),
            ("UTF-16 BE", Charset::Utf16Be, wide(text, u16::to_be_bytes), text),
            (
                "Windows-1258 puts tones after their letters",
                Charset::Windows1258,
                b"Ho\xf2c phi\xec \xfe".to_vec(),
                "Ho\u{323}c phi\u{301} \u{20ab}",
            ),
            ("Windows-1252", Charset::Windows1252, b"M\xfcller \x80".to_vec(), "Müller €"),
            ("nothing", Charset::Utf16Le, Vec::new(), ""),
        ] {
            for step in 1..=5 {
                let (read, fault) = decoded(&bytes, charset, step);
                assert_eq!((read.as_slice(), fault), (expected.as_bytes(), None), "{why}, {step}");
            }
        }
    }

    #[test]
    fn what_means_nothing_is_a_fault_with_its_line() {
        for (why, charset, bytes, before, line) in [
            ("a byte of another encoding", Charset::Utf8, &b"a\nb\xe9c\n"[..], "a\nb", 2),
            ("a letter cut off at the end", Charset::Utf8, b"a\n\n\xe1\xbb", "a\n\n", 3),
            ("half a unit at the end", Charset::Utf16Le, b"a\0\n\0b", "a\n", 2),
            ("half a pair", Charset::Utf16Le, b"a\0\x00\xd8b\0", "a", 1),
            ("a NUL", Charset::Utf16Be, b"\0a\0\0", "a", 1),
            ("unassigned", Charset::Windows1258, b"\n\na\x8d", "\n\na", 3),
            ("unassigned", Charset::Windows1252, b"a\x81", "a", 1),
        ] {
            for step in 1..=5 {
                let (read, fault) = decoded(bytes, charset, step);
                assert_eq!(fault, Some(line), "{why}, {step} at a time");
                assert!(read.starts_with(before.as_bytes()), "{why}, {step} at a time: {read:?}");
            }
        }
    }

    #[test]
    fn a_parser_that_checks_gets_utf8_as_it_is() {
        let mut passed = Vec::new();
        Decoded::for_checking_parser(&b"a\xe9"[..], Charset::Utf8)
            .read_to_end(&mut passed)
            .unwrap();
        assert_eq!(passed, b"a\xe9");
    }
}
