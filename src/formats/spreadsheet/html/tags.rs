//! The few kinds of tags that matter for finding tables, and the attributes of the one being read.

/// What a tag means for the walk through a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    /// `table`
    Table,
    /// `thead`, `tbody`, `tfoot`
    Group,
    /// `tr`
    Row,
    /// `td`, `th`
    Cell,
    /// `br`
    Break,
    /// What begins and ends on a line of its own.
    Block,
    /// `title`: not part of the page, but says what it is.
    Title,
    /// What is not shown, or is no text of the page.
    Skipped,
    /// `input`
    Input,
    /// `html`, `body`
    Document,
    /// What has no end.
    Void,
    /// Anything else: letters in bold, links and so on.
    Inline,
}

impl Tag {
    /// The kind of a tag by its name in lower case.
    pub fn of(name: &[u8]) -> Tag {
        match name {
            b"table" => Tag::Table,
            b"thead" | b"tbody" | b"tfoot" => Tag::Group,
            b"tr" => Tag::Row,
            b"td" | b"th" => Tag::Cell,
            b"br" => Tag::Break,
            b"p" | b"div" | b"center" | b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" | b"ul"
            | b"ol" | b"li" | b"dl" | b"dt" | b"dd" | b"pre" | b"form" | b"fieldset"
            | b"address" | b"section" | b"article" | b"header" | b"footer" | b"main" | b"nav"
            | b"blockquote" | b"caption" | b"hr" => Tag::Block,
            b"title" => Tag::Title,
            b"script" | b"style" | b"xml" | b"noscript" | b"template" | b"select" | b"textarea"
            | b"svg" | b"math" | b"object" | b"iframe" | b"button" => Tag::Skipped,
            b"input" => Tag::Input,
            b"html" | b"body" | b"frameset" => Tag::Document,
            b"img" | b"meta" | b"link" | b"col" | b"colgroup" | b"base" | b"wbr" | b"area"
            | b"embed" | b"param" | b"source" | b"track" | b"frame" => Tag::Void,
            _ => Tag::Inline,
        }
    }

    /// Whether elements of this kind are closed by a tag of their own, so that what they contain
    /// can be told from what follows.
    pub const fn has_end(self) -> bool {
        !matches!(self, Tag::Break | Tag::Input | Tag::Void)
    }
}

/// Longer attributes say nothing about a table.
const LONGEST_VALUE: usize = 4 * 1024;

/// The tag whose attributes are being read.
#[derive(Clone, Debug, Default)]
pub struct OpenTag {
    /// Its name in lower case.
    pub name: Vec<u8>,
    attribute: Vec<u8>,
    /// `colspan`
    pub columns: Option<u32>,
    /// `rowspan`
    pub rows: Option<u32>,
    /// Whether the element is not shown.
    pub hidden: bool,
    /// `x:num` with a value: the number as Excel holds it.
    pub number: Option<String>,
    /// Whether it asks for a password.
    pub asks_password: bool,
}

impl OpenTag {
    /// Begins a tag.
    pub fn start(&mut self, name: &[u8]) {
        *self = OpenTag { name: name.to_vec(), ..OpenTag::default() };
    }

    /// Takes the name of an attribute.
    pub fn attribute(&mut self, name: &[u8]) {
        self.attribute.clear();
        self.attribute.extend_from_slice(name.get(..64).unwrap_or(name));
        self.hidden |= name == b"hidden";
    }

    /// Takes the value of the attribute named last.
    pub fn value(&mut self, value: &[u8]) {
        if value.len() > LONGEST_VALUE {
            return;
        }
        let Ok(value) = std::str::from_utf8(value) else { return };
        let value = value.trim();
        match self.attribute.as_slice() {
            b"colspan" => self.columns = leading_number(value),
            b"rowspan" => {
                // A cell that reaches to the end of its group says 0.
                self.rows =
                    leading_number(value).map(|rows| if rows == 0 { u32::MAX } else { rows });
            }
            b"style" => self.hidden |= is_hiding(value),
            b"x:num" => self.number = Some(value.to_owned()),
            b"type" => self.asks_password |= value.eq_ignore_ascii_case("password"),
            _ => {}
        }
    }
}

fn leading_number(value: &str) -> Option<u32> {
    let length = value.bytes().take_while(u8::is_ascii_digit).count();
    let digits = value.get(..length).filter(|digits| !digits.is_empty())?;
    Some(digits.parse().unwrap_or(u32::MAX))
}

/// Whether a style takes the element off the page.
fn is_hiding(style: &str) -> bool {
    style.split(';').filter_map(|rule| rule.split_once(':')).any(|(name, value)| {
        let value = value.trim().to_ascii_lowercase();
        let value = value.trim_end_matches("!important").trim_end();
        match name.trim().to_ascii_lowercase().as_str() {
            "display" => value == "none",
            "mso-hide" => value == "all",
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_read_as_browsers_do() {
        let read = |attribute: &str, value: &str| {
            let mut tag = OpenTag::default();
            tag.start(b"td");
            tag.attribute(attribute.as_bytes());
            tag.value(value.as_bytes());
            tag
        };
        for (why, attribute, value, columns, rows, hidden) in [
            ("plain", "colspan", "2", Some(2), None, false),
            ("with blanks and a unit", "colspan", " 3px", Some(3), None, false),
            ("no number", "colspan", "two", None, None, false),
            ("more than any page has", "rowspan", "99999999999", None, Some(u32::MAX), false),
            ("to the end of the group", "rowspan", "0", None, Some(u32::MAX), false),
            ("not shown", "style", "color:red; DISPLAY : None", None, None, true),
            ("not shown, insisting", "style", "display:none !important", None, None, true),
            ("not shown by Excel", "style", "mso-hide:all", None, None, true),
            ("shown", "style", "display:block;content:none", None, None, false),
            ("not shown by its own attribute", "hidden", "", None, None, true),
        ] {
            let tag = read(attribute, value);
            assert_eq!((tag.columns, tag.rows, tag.hidden), (columns, rows, hidden), "{why}");
        }
        assert_eq!(read("x:num", "1250000").number.as_deref(), Some("1250000"));
        assert!(read("type", "Password").asks_password);
    }
}
