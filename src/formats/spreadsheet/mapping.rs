//! How a person says which column holds what, for tables whose words are not known.

use serde::{Deserialize, Serialize};

/// Which column of a table with these headings holds what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnMapping {
    /// The headings, first column first, as the file writes them.
    pub headings: Vec<String>,
}

/// A table whose columns a person has to name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnQuestion {
    /// The headings, first column first, as the file writes them.
    pub headings: Vec<String>,
}
