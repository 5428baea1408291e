//! What is wrong or noteworthy about an input: a stable code, words for people, and the place.

use serde::{Deserialize, Serialize};

use crate::domain::lang::{Bilingual, Wording};

/// Where in an input something is. Lines, rows and columns count from 1, offsets in bytes from 0.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The line of a text file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The row of a table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<u64>,
    /// The heading or letter of a column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The path of an XML element.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub element: Option<String>,
    /// The byte.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
}

impl Place {
    /// A line of a text file, counted from 1.
    #[must_use]
    pub fn line(line: u64) -> Place {
        Place { line: Some(line), ..Place::default() }
    }

    /// A row of a table, counted from 1.
    #[must_use]
    pub fn row(row: u64) -> Place {
        Place { row: Some(row), ..Place::default() }
    }

    /// A cell of a table: its row from 1 and its column's heading or letter.
    #[must_use]
    pub fn cell(row: u64, column: impl Into<String>) -> Place {
        Place { row: Some(row), column: Some(column.into()), ..Place::default() }
    }

    /// An element of an XML file: its path and the line it starts on.
    #[must_use]
    pub fn element(path: impl Into<String>, line: u64) -> Place {
        Place { line: Some(line), element: Some(path.into()), ..Place::default() }
    }

    /// A byte of a file, counted from 0.
    #[must_use]
    pub fn offset(offset: u64) -> Place {
        Place { offset: Some(offset), ..Place::default() }
    }
}

/// An error or a warning about an input.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Diagnostic {
    /// Stable, snake case; scripts rely on it.
    pub code: String,
    /// What is wrong, where, and what to do.
    pub message: Bilingual,
    /// Where, when there is a place.
    pub place: Option<Place>,
    /// The statement of the file it concerns, counted from 0.
    pub statement: Option<usize>,
}

impl Diagnostic {
    /// A diagnostic about the input as a whole.
    pub fn new(code: &str, vi: impl Into<Wording>, en: impl Into<Wording>) -> Diagnostic {
        Diagnostic {
            code: code.to_owned(),
            message: Bilingual::new(vi, en),
            place: None,
            statement: None,
        }
    }

    /// The same at a place.
    #[must_use]
    pub fn at(mut self, place: Place) -> Diagnostic {
        self.place = Some(place);
        self
    }

    /// The same about statement `index` of the file.
    #[must_use]
    pub fn of_statement(mut self, index: usize) -> Diagnostic {
        self.statement = Some(index);
        self
    }
}
