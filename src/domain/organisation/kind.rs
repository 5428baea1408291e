//! Kinds of authorities.

use serde::{Deserialize, Serialize};

use crate::domain::lang::Lang;
use crate::domain::text::squeeze;

/// What an authority is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthorityKind {
    /// A ministry.
    Ministry,
    /// A province.
    Province,
    /// A city directly under the government.
    City,
    /// A province's department of education (sở).
    Department,
    /// A district, a level that ended on 30 June 2025.
    District,
    /// The education office of a former district (phòng).
    DistrictOffice,
    /// A rural commune.
    Commune,
    /// An urban ward.
    Ward,
    /// A township, a kind that ended on 30 June 2025.
    Township,
    /// A special zone (đặc khu).
    SpecialZone,
    /// Anything else.
    Other,
}

impl AuthorityKind {
    /// Every kind.
    pub const ALL: [AuthorityKind; 11] = [
        AuthorityKind::Ministry,
        AuthorityKind::Province,
        AuthorityKind::City,
        AuthorityKind::Department,
        AuthorityKind::District,
        AuthorityKind::DistrictOffice,
        AuthorityKind::Commune,
        AuthorityKind::Ward,
        AuthorityKind::Township,
        AuthorityKind::SpecialZone,
        AuthorityKind::Other,
    ];

    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            AuthorityKind::Ministry => "ministry",
            AuthorityKind::Province => "province",
            AuthorityKind::City => "city",
            AuthorityKind::Department => "department",
            AuthorityKind::District => "district",
            AuthorityKind::DistrictOffice => "district_office",
            AuthorityKind::Commune => "commune",
            AuthorityKind::Ward => "ward",
            AuthorityKind::Township => "township",
            AuthorityKind::SpecialZone => "special_zone",
            AuthorityKind::Other => "other",
        }
    }

    /// The word for people.
    #[must_use]
    pub const fn label(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (AuthorityKind::Ministry, Lang::Vi) => "Bộ",
            (AuthorityKind::Ministry, Lang::En) => "ministry",
            (AuthorityKind::Province, Lang::Vi) => "Tỉnh",
            (AuthorityKind::Province, Lang::En) => "province",
            (AuthorityKind::City, Lang::Vi) => "Thành phố",
            (AuthorityKind::City, Lang::En) => "city",
            (AuthorityKind::Department, Lang::Vi) => "Sở",
            (AuthorityKind::Department, Lang::En) => "department",
            (AuthorityKind::District, Lang::Vi) => "Huyện",
            (AuthorityKind::District, Lang::En) => "district",
            (AuthorityKind::DistrictOffice, Lang::Vi) => "Phòng",
            (AuthorityKind::DistrictOffice, Lang::En) => "district office",
            (AuthorityKind::Commune, Lang::Vi) => "Xã",
            (AuthorityKind::Commune, Lang::En) => "commune",
            (AuthorityKind::Ward, Lang::Vi) => "Phường",
            (AuthorityKind::Ward, Lang::En) => "ward",
            (AuthorityKind::Township, Lang::Vi) => "Thị trấn",
            (AuthorityKind::Township, Lang::En) => "township",
            (AuthorityKind::SpecialZone, Lang::Vi) => "Đặc khu",
            (AuthorityKind::SpecialZone, Lang::En) => "special zone",
            (AuthorityKind::Other, Lang::Vi) => "Đơn vị khác",
            (AuthorityKind::Other, Lang::En) => "other",
        }
    }

    /// A kind by its stable name, or by its Vietnamese or English word, however it is written.
    #[must_use]
    pub fn parse(text: &str) -> Option<AuthorityKind> {
        let word = squeeze(text);
        let named = AuthorityKind::ALL.into_iter().find(|kind| {
            [kind.as_str(), kind.label(Lang::Vi), kind.label(Lang::En)]
                .iter()
                .any(|name| squeeze(name) == word)
        });
        named.or(match word.as_str() {
            "SOGDDT" | "SOGIAODUC" | "SOGIAODUCVADAOTAO" => Some(AuthorityKind::Department),
            "PHONGGDDT" | "PHONGGIAODUC" | "PHONGGIAODUCVADAOTAO" => {
                Some(AuthorityKind::DistrictOffice)
            }
            "QUAN" | "THIXA" => Some(AuthorityKind::District),
            _ => None,
        })
    }
}
