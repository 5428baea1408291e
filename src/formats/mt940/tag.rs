//! What a line of a SWIFT file is: the start of a field, a part of the envelope, or text.

/// A field of MT940 or MT942.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    /// `:20:`, which begins a message.
    Reference,
    /// `:21:`
    Related,
    /// `:25:` or `:25P:`
    Account,
    /// `:28:` or `:28C:`
    Number,
    /// `:13:` or `:13D:`
    Time,
    /// `:34F:`
    FloorLimit,
    /// `:60F:`
    FirstOpening,
    /// `:60M:`
    PageOpening,
    /// `:61:`
    Line,
    /// `:86:`
    Narrative,
    /// `:62F:`
    LastClosing,
    /// `:62M:`
    PageClosing,
    /// `:90C:`
    CreditTotal,
    /// `:90D:`
    DebitTotal,
    /// `:64:` or `:65:`, balances that are not booked yet.
    Outlook,
    /// A bank's own field, as `:NS:`.
    Other,
}

impl Tag {
    /// What stands between the colons.
    pub const fn name(self) -> &'static str {
        match self {
            Tag::Reference => "20",
            Tag::Related => "21",
            Tag::Account => "25",
            Tag::Number => "28C",
            Tag::Time => "13D",
            Tag::FloorLimit => "34F",
            Tag::FirstOpening => "60F",
            Tag::PageOpening => "60M",
            Tag::Line => "61",
            Tag::Narrative => "86",
            Tag::LastClosing => "62F",
            Tag::PageClosing => "62M",
            Tag::CreditTotal => "90C",
            Tag::DebitTotal => "90D",
            Tag::Outlook => "64",
            Tag::Other => "NS",
        }
    }

    /// Whether the field stands at the head of a message, before its first `:61:`.
    pub const fn of_head(self) -> bool {
        matches!(
            self,
            Tag::Related
                | Tag::Account
                | Tag::Number
                | Tag::FloorLimit
                | Tag::FirstOpening
                | Tag::PageOpening
        )
    }
}

/// What a line is by itself; what it means depends on where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape<'t> {
    /// A tag and the first line of its value.
    Field {
        tag: Tag,
        value: &'t str,
        /// Two digits only: what is left of a time of day too, cut before its colon.
        bare: bool,
    },
    /// `{1:…`, `-}` and what else stands around the fields.
    Envelope(&'t str),
    /// A lone dash, which ends a message that has no envelope.
    Dash,
    /// Anything else.
    Text,
}

/// Tells what a line is. Blanks before and after it mean nothing.
pub fn shape(line: &str) -> Shape<'_> {
    match line.as_bytes() {
        [b':', ..] => field(line),
        [b'{' | b'}' | b'-' | b'$', ..] => envelope(line.trim_ascii_end()),
        [b' ', ..] => match line.trim_ascii_start() {
            inner if inner.starts_with([':', '{', '}', '$']) => shape(inner),
            // A dash behind a blank is a dash of the text.
            inner if inner.starts_with("-}") => Shape::Envelope(inner.trim_ascii_end()),
            _ => Shape::Text,
        },
        _ => Shape::Text,
    }
}

/// A tag is two letters or digits, and perhaps a letter.
fn field(line: &str) -> Shape<'_> {
    let bytes = line.as_bytes();
    let (name, bare) = match bytes {
        [b':', a, b, b':', ..] => ([*a, *b, 0], a.is_ascii_digit() && b.is_ascii_digit()),
        [b':', a, b, c @ b'A'..=b'Z', b':', ..] => ([*a, *b, *c], false),
        _ => return Shape::Text,
    };
    let tag = match &name {
        b"61\0" => Tag::Line,
        b"86\0" => Tag::Narrative,
        b"20\0" => Tag::Reference,
        b"21\0" => Tag::Related,
        b"25\0" | b"25P" => Tag::Account,
        b"28\0" | b"28C" => Tag::Number,
        b"13\0" | b"13D" => Tag::Time,
        b"34F" => Tag::FloorLimit,
        b"60F" => Tag::FirstOpening,
        b"60M" => Tag::PageOpening,
        b"62F" => Tag::LastClosing,
        b"62M" => Tag::PageClosing,
        b"64\0" | b"65\0" => Tag::Outlook,
        b"90C" => Tag::CreditTotal,
        b"90D" => Tag::DebitTotal,
        [a, b, _] if [a, b].iter().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase()) => {
            Tag::Other
        }
        _ => return Shape::Text,
    };
    let length = if bytes.get(3) == Some(&b':') { 4 } else { 5 };
    Shape::Field { tag, value: line.get(length..).unwrap_or_default(), bare }
}

/// Braces begin many texts; only those that number or close a block are the envelope's.
fn envelope(line: &str) -> Shape<'_> {
    let of_envelope = match line.as_bytes() {
        [b'-'] => return Shape::Dash,
        [b'{', b'1'..=b'5' | b'S', b':', ..] | [b'-', b'}', ..] => true,
        [b'}'] | [b'}', b'{' | b'$', ..] | [b'$'] | [b'$', b'{', ..] => true,
        _ => false,
    };
    if of_envelope { Shape::Envelope(line) } else { Shape::Text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_told_by_their_beginning() {
        let field = |tag, value, bare| Shape::Field { tag, value, bare };
        for (why, line, expected) in [
            ("a field", ":61:261102C1,", field(Tag::Line, "261102C1,", true)),
            ("with a letter", ":60F:C261102VND0,", field(Tag::FirstOpening, "C261102VND0,", false)),
            ("with a party", ":25P:101", field(Tag::Account, "101", false)),
            ("behind blanks", "  :86:a ", field(Tag::Narrative, "a ", true)),
            ("a bank's own", ":NS:22NGUYEN", field(Tag::Other, "22NGUYEN", false)),
            ("a part of a time", ":12:11", field(Tag::Other, "11", true)),
            ("colons of a text", ":co: hoc phi", Shape::Text),
            ("one colon", ":86", Shape::Text),
            ("three digits", ":940:", Shape::Text),
            ("letters of more than a byte", ":đ:", Shape::Text),
            ("a block", "{1:F01}", Shape::Envelope("{1:F01}")),
            ("the end of a block", "-}{5:} ", Shape::Envelope("-}{5:}")),
            ("a dash", "- ", Shape::Dash),
            ("a dash of the text", " -", Shape::Text),
            ("a text that begins with a dash", "-HPK3M9Q2X", Shape::Text),
            ("a text that begins with a brace", "{hoc phi}", Shape::Text),
            ("text", "HPK3M9Q2X", Shape::Text),
            ("nothing", "", Shape::Text),
        ] {
            assert_eq!(shape(line), expected, "{why}");
        }
    }
}
