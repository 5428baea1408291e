//! The blocks around a SWIFT message: `{1:…}{2:…}{3:…}{4:`, the text, `-}{5:…}`.

/// Where in the blocks the file stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Envelope {
    /// In block 4, whose lines are the message's fields.
    in_text: bool,
    /// How many braces are open outside block 4.
    depth: u32,
    /// Block 4 ended in a dash whose brace has not come yet.
    brace_due: bool,
}

/// What a line of the envelope says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen<'t> {
    /// The kind of message, `940`.
    pub kind: Option<&'t str>,
    /// A new message begins.
    pub header: bool,
    /// The message before had not ended.
    pub cut: bool,
    /// What follows `{4:`, where the text begins in this line.
    pub text: Option<&'t str>,
}

impl Envelope {
    /// Whether the message's fields are being read.
    pub const fn in_text(self) -> bool {
        self.in_text
    }

    /// Whether a block other than the text goes on in the next line.
    pub const fn in_block(self) -> bool {
        self.depth > 0
    }

    /// Whether the file must not end here.
    pub const fn is_open(self) -> bool {
        self.in_text || self.depth > 0
    }

    /// Whether a text ended in half of its mark.
    pub const fn lacks_brace(self) -> bool {
        self.brace_due
    }

    /// A lone dash: the end of the text, whose brace may stand in the next line.
    pub fn dash(&mut self) {
        self.brace_due |= std::mem::take(&mut self.in_text);
    }

    /// A field has begun: whatever block seemed open was not closed as it should.
    pub fn field(&mut self) {
        self.depth = 0;
    }

    /// Reads a line, up to where the text begins.
    pub fn read<'t>(&mut self, line: &'t str) -> Seen<'t> {
        let mut seen = Seen::default();
        let mut rest = line;
        if let Some(after) = line.strip_prefix("-}").or_else(|| line.strip_prefix('}'))
            && self.depth == 0
        {
            (self.in_text, self.brace_due) = (false, false);
            rest = after;
        }
        while let Some(at) = rest.find(['{', '}']) {
            let (brace, after) = rest.get(at..).unwrap_or_default().split_at(1);
            rest = after;
            if brace == "}" {
                self.depth = self.depth.saturating_sub(1);
                continue;
            }
            if after.starts_with("1:") {
                seen.header = true;
                seen.cut |= std::mem::take(&mut self.in_text);
                (self.depth, self.brace_due) = (0, false);
            }
            self.depth += 1;
            if self.depth > 1 {
                continue;
            }
            match after.split_at_checked(2) {
                Some(("2:", content)) => seen.kind = content.get(1..4),
                // The answer of the network has fields in braces in the place of a text.
                Some(("4:", content)) if !content.starts_with('{') => {
                    (self.in_text, self.depth) = (true, 0);
                    seen.text = Some(content);
                    return seen;
                }
                _ => {}
            }
        }
        seen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_followed_over_lines() {
        let open = |depth| Envelope { depth, ..Envelope::default() };
        let text = Envelope { in_text: true, ..Envelope::default() };
        for (why, lines, expected) in [
            ("in one line", &["{1:F01A}{2:O9400600A}{4:"][..], text),
            ("in three lines", &["{1:F01A}", "{2:I940AN}{3:{108:X}}", "{4:"], text),
            ("ended", &["{1:F01A}{4:", "-}"], Envelope::default()),
            ("with a trailer", &["{1:F01A}{4:", "-}{5:{CHK:0}}"], Envelope::default()),
            ("a trailer that is cut", &["{1:F01A}{4:", "-}{5:{CHK:0"], open(2)),
            ("a trailer in three lines", &["{4:", "-}{5:", "{CHK:0}", "}"], Envelope::default()),
            ("a header that is cut", &["{1:F01A}{2:"], open(1)),
            ("one message behind the other", &["{1:F01A}{4:", "-}{1:F01A}{4:"], text),
            ("an answer of the network", &["{1:F21A}{4:{177:1}{451:0}}"], Envelope::default()),
        ] {
            let mut envelope = Envelope::default();
            for line in lines {
                envelope.read(line);
            }
            assert_eq!(envelope, expected, "{why}");
        }
    }

    #[test]
    fn a_line_says_what_begins_in_it() {
        let mut envelope = Envelope::default();
        let seen = envelope.read("{1:F01A}{2:O9420600A}{4::20:A");
        assert_eq!(seen, Seen { kind: Some("942"), header: true, cut: false, text: Some(":20:A") });
        assert!(envelope.read("{1:F01A}").cut, "the text was not ended");
        envelope.read("{4:");
        envelope.dash();
        assert!(envelope.lacks_brace() && !envelope.is_open());
        envelope.read("}");
        assert!(!envelope.lacks_brace());
    }
}
