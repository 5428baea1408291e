//! By whom a school was founded and is kept: the three kinds of the Law on Education 2019, article 47.

use serde::{Deserialize, Serialize};

use crate::domain::lang::Lang;
use crate::domain::text::squeeze;

/// The kind of a school by its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ownership {
    /// The state's.
    Public,
    /// A community's; kindergartens only.
    Community,
    /// An investor's.
    Private,
}

impl Ownership {
    /// Every kind.
    pub const ALL: [Ownership; 3] = [Ownership::Public, Ownership::Community, Ownership::Private];

    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Ownership::Public => "public",
            Ownership::Community => "community",
            Ownership::Private => "private",
        }
    }

    /// The word for people.
    #[must_use]
    pub const fn label(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Ownership::Public, Lang::Vi) => "Công lập",
            (Ownership::Public, Lang::En) => "public",
            (Ownership::Community, Lang::Vi) => "Dân lập",
            (Ownership::Community, Lang::En) => "community",
            (Ownership::Private, Lang::Vi) => "Tư thục",
            (Ownership::Private, Lang::En) => "private",
        }
    }

    /// A kind by its stable name or its word, however it is written.
    #[must_use]
    pub fn parse(text: &str) -> Option<Ownership> {
        let word = squeeze(text);
        let named = Ownership::ALL.into_iter().find(|kind| {
            let names = [kind.as_str(), kind.label(Lang::Vi), kind.label(Lang::En)];
            names.iter().any(|name| squeeze(name) == word)
        });
        named.or(match word.as_str() {
            "CL" | "TRUONGCONGLAP" => Some(Ownership::Public),
            "DL" | "TRUONGDANLAP" => Some(Ownership::Community),
            "TT" | "TRUONGTUTHUC" | "NGOAICONGLAP" => Some(Ownership::Private),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_read_as_people_and_scripts_write_them() {
        for (text, expected) in [
            ("Công lập", Some(Ownership::Public)),
            ("CONG LAP", Some(Ownership::Public)),
            ("public", Some(Ownership::Public)),
            ("dân lập", Some(Ownership::Community)),
            ("Tư thục", Some(Ownership::Private)),
            ("ngoài công lập", Some(Ownership::Private)),
            ("bán công", None),
            ("", None),
        ] {
            assert_eq!(Ownership::parse(text), expected, "{text}");
        }
        for kind in Ownership::ALL {
            assert_eq!(Ownership::parse(kind.as_str()), Some(kind));
        }
    }
}
