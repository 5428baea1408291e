//! The words of the pages, in Fluent files: `templates/locales/{vi,en}/*.ftl`, one file an area.

use std::borrow::Cow;
use std::collections::HashMap;

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader as _, langid, static_loader};

use crate::domain::lang::Lang;
use crate::domain::money::group_digits;

static_loader! {
    static WORDS = {
        locales: "./templates/locales",
        fallback_language: "vi",
        // Amounts and names stand in running text; marks of direction around them would be copied.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

static VIETNAMESE: LanguageIdentifier = langid!("vi");
static ENGLISH: LanguageIdentifier = langid!("en");

/// Says things in one language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Words(pub Lang);

impl Words {
    /// The words behind a key; the key itself where there are none, which a test forbids.
    #[must_use]
    pub fn t(self, key: &str) -> String {
        WORDS.try_lookup(self.language(), key).unwrap_or_else(|| key.to_owned())
    }

    /// The words with one text put in, as `{$x}`.
    #[must_use]
    pub fn with(self, key: &str, x: &str) -> String {
        self.args(key, [("x", FluentValue::from(x))])
    }

    /// The words with two texts put in, as `{$x}` and `{$y}`.
    #[must_use]
    pub fn with2(self, key: &str, x: &str, y: &str) -> String {
        self.args(key, [("x", FluentValue::from(x)), ("y", FluentValue::from(y))])
    }

    /// The words with a number: `{$n}` as it is written, `$count` to choose by.
    #[must_use]
    pub fn count(self, key: &str, count: u64) -> String {
        let shown = group_digits(&count.to_string());
        self.args(key, [("n", FluentValue::from(shown)), ("count", FluentValue::from(count))])
    }

    fn args<'a, const N: usize>(
        self,
        key: &str,
        args: [(&'static str, FluentValue<'a>); N],
    ) -> String {
        let args: HashMap<Cow<'static, str>, FluentValue<'a>> =
            args.into_iter().map(|(name, value)| (Cow::Borrowed(name), value)).collect();
        WORDS.try_lookup_with_args(self.language(), key, &args).unwrap_or_else(|| key.to_owned())
    }

    fn language(self) -> &'static LanguageIdentifier {
        match self.0 {
            Lang::Vi => &VIETNAMESE,
            Lang::En => &ENGLISH,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::{Path, PathBuf};

    /// Every key with the words behind it, by language.
    fn keys(lang: &str) -> BTreeMap<String, String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/locales").join(lang);
        let mut keys = BTreeMap::new();
        for file in std::fs::read_dir(folder).unwrap() {
            for line in std::fs::read_to_string(file.unwrap().path()).unwrap().lines() {
                let Some((key, words)) = line.split_once(" =") else { continue };
                if key.starts_with(|first: char| first.is_ascii_lowercase())
                    && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
                {
                    let known = keys.insert(key.to_owned(), words.to_owned());
                    assert_eq!(known, None, "{lang}: {key} stands twice");
                }
            }
        }
        keys
    }

    fn files(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                files(&path, found);
            } else if path
                .extension()
                .is_some_and(|end| end == "html" || end == "rs" || end == "txt")
            {
                found.push(path);
            }
        }
    }

    /// The keys that pages ask for: a quoted word after `t(`, `with(`, `count(` and the like.
    fn asked() -> BTreeSet<String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut found = Vec::new();
        files(&root.join("templates"), &mut found);
        files(&root.join("src/http"), &mut found);
        let mut keys = BTreeSet::new();
        for path in found {
            let text = std::fs::read_to_string(path).unwrap();
            for start in [".t(\"", ".with(\"", ".with2(\"", ".count(\"", "word(\""] {
                for (at, _) in text.match_indices(start) {
                    let rest = &text[at + start.len()..];
                    if let Some(end) = rest.find('"') {
                        keys.insert(rest[..end].to_owned());
                    }
                }
            }
        }
        keys
    }

    #[test]
    fn both_languages_have_the_same_words_and_no_page_asks_for_others() {
        let (vi, en) = (keys("vi"), keys("en"));
        let only = |a: &BTreeMap<String, String>, b: &BTreeMap<String, String>| {
            a.keys().filter(|key| !b.contains_key(*key)).cloned().collect::<Vec<_>>()
        };
        assert_eq!(only(&vi, &en), Vec::<String>::new(), "only in Vietnamese");
        assert_eq!(only(&en, &vi), Vec::<String>::new(), "only in English");
        let missing: Vec<String> =
            asked().into_iter().filter(|key| !vi.contains_key(key)).collect();
        assert_eq!(missing, Vec::<String>::new(), "asked for by a page");
    }
}
