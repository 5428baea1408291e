//! Where in a JSON text something is, as RFC 6901 writes it. The parser says a line and a column;
//! people and programs who sent the text look for a field.

/// One step into a JSON value.
enum Step {
    /// Into an object: the key that was read last.
    Key(Option<String>),
    /// Into an array: which item, from 0.
    Item(usize),
}

/// The pointer to what is being read where the parser stopped: `line` from 1, `column` in bytes up to
/// and including the last one it took. The whole document is the empty pointer. `text` is valid JSON.
#[must_use]
pub fn at(text: &str, line: usize, column: usize) -> String {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let head = text.get(..before.saturating_add(column)).unwrap_or(text);
    let mut steps: Vec<Step> = Vec::new();
    let mut letters = head.char_indices();
    while let Some((start, letter)) = letters.next() {
        match letter {
            '{' => steps.push(Step::Key(None)),
            '[' => steps.push(Step::Item(0)),
            '}' | ']' => drop(steps.pop()),
            ',' => match steps.last_mut() {
                Some(Step::Key(key)) => *key = None,
                Some(Step::Item(item)) => *item = item.saturating_add(1),
                None => {}
            },
            '"' => {
                let mut escaped = false;
                let end = letters.find(|(_, letter)| {
                    let closes = *letter == '"' && !escaped;
                    escaped = *letter == '\\' && !escaped;
                    closes
                });
                let text = end.and_then(|(end, _)| head.get(start..=end));
                // A text before the colon is the key; after it the key is known.
                if let Some(Step::Key(key @ None)) = steps.last_mut() {
                    *key = text.and_then(|text| serde_json::from_str(text).ok());
                }
            }
            _ => {}
        }
    }
    steps.iter().filter_map(Step::token).fold(String::new(), |path, token| below(&path, &token))
}

/// The pointer to a member of what `path` points to.
#[must_use]
pub fn below(path: &str, token: &str) -> String {
    format!("{path}/{}", token.replace('~', "~0").replace('/', "~1"))
}

impl Step {
    fn token(&self) -> Option<String> {
        match self {
            Step::Key(key) => key.clone(),
            Step::Item(item) => Some(item.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pointer_leads_to_what_was_being_read() {
        // The parser stopped at the mark.
        for (why, text, expected) in [
            ("nothing yet", "¦{\"a\":1}", ""),
            ("an object is open", "{¦\"a\":1}", ""),
            ("its key was read", "{\"a\"¦:1}", "/a"),
            ("before its value", "{\"a\": ¦[1]}", "/a"),
            ("after its value", "{\"a\":12¦,\"b\":3}", "/a"),
            ("after a text", "{\"a\":\"x, {\\\"[\"¦}", "/a"),
            ("the next member", "{\"a\":12,¦\"b\":3}", ""),
            ("the second member", "{\"a\":{\"c\":1},\"b\":3¦}", "/b"),
            ("the whole of it", "{\"a\":12}¦", ""),
            ("the first item", "[¦1,2]", "/0"),
            ("the second item", "[1,2¦]", "/1"),
            ("deep inside", "{\"allocations\":[[\"A\",1],[\"B\",\n  \"x\"¦]]}", "/allocations/1/1"),
            ("an array that ended", "{\"allocations\":[[\"A\"]¦]}", "/allocations/0"),
            ("a key with a stroke", "{\"a/b~c\":1¦}", "/a~1b~0c"),
            ("a key with an escape", "{\"l\\u00fd do\":1¦}", "/lý do"),
        ] {
            let head = text.split('¦').next().unwrap();
            let text = text.replace('¦', "");
            let line = head.matches('\n').count() + 1;
            let column = head.rsplit('\n').next().unwrap().len();
            assert_eq!(at(&text, line, column), expected, "{why}: {text}");
        }
    }

    #[test]
    fn a_place_beyond_the_text_is_its_end() {
        for (line, column) in [(0, 0), (1, 999), (9, 9), (usize::MAX, usize::MAX)] {
            assert_eq!(at("{\"ă\":[1]}", line, column), "", "{line} {column}");
        }
    }
}
