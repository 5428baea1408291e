//! The two languages the product speaks.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A language of messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// Vietnamese, the default.
    #[default]
    Vi,
    /// English.
    En,
}

impl Lang {
    /// The language's code (BCP 47).
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Lang::Vi => "vi",
            Lang::En => "en",
        }
    }
}

/// One message in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Bilingual {
    /// Vietnamese.
    pub vi: Wording,
    /// English.
    pub en: Wording,
}

impl Bilingual {
    /// A message from its two wordings.
    pub fn new(vi: impl Into<Wording>, en: impl Into<Wording>) -> Bilingual {
        Bilingual { vi: vi.into(), en: en.into() }
    }

    /// The wording in `lang`.
    #[must_use]
    pub fn text(&self, lang: Lang) -> &str {
        match lang {
            Lang::Vi => &self.vi,
            Lang::En => &self.en,
        }
    }
}

/// A text that is copied without copying its letters: one reason stands in several proposals.
#[derive(Clone)]
pub struct Wording(Letters);

#[derive(Clone)]
enum Letters {
    Fixed(&'static str),
    Shared(Arc<String>),
}

impl Deref for Wording {
    type Target = str;

    fn deref(&self) -> &str {
        match &self.0 {
            Letters::Fixed(text) => text,
            Letters::Shared(text) => text,
        }
    }
}

impl From<&'static str> for Wording {
    fn from(text: &'static str) -> Wording {
        Wording(Letters::Fixed(text))
    }
}

impl From<String> for Wording {
    fn from(text: String) -> Wording {
        Wording(Letters::Shared(Arc::new(text)))
    }
}

impl fmt::Display for Wording {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self)
    }
}

impl fmt::Debug for Wording {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, out)
    }
}

impl PartialEq for Wording {
    fn eq(&self, other: &Wording) -> bool {
        **self == **other
    }
}

impl Eq for Wording {}

impl PartialEq<str> for Wording {
    fn eq(&self, other: &str) -> bool {
        **self == *other
    }
}

impl PartialEq<&str> for Wording {
    fn eq(&self, other: &&str) -> bool {
        **self == **other
    }
}

impl Hash for Wording {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl Serialize for Wording {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

impl<'de> Deserialize<'de> for Wording {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Wording, D::Error> {
        String::deserialize(deserializer).map(Wording::from)
    }
}
