//! How a person says which column holds what, for tables whose words are not known.

use serde::{Deserialize, Serialize};

/// Which column of a table with these headings holds what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnMapping {
    /// The headings, first column first, as the file writes them.
    pub headings: Vec<String>,
}

impl ColumnMapping {
    /// Whether the mapping can be followed.
    pub fn check(&self) -> Result<(), crate::domain::diagnostic::Diagnostic> {
        Ok(())
    }

    /// What tables it is for: its headings, squeezed.
    #[must_use]
    pub fn headings_key(&self) -> String {
        let squeezed: Vec<String> =
            self.headings.iter().map(|heading| crate::domain::text::squeeze(heading)).collect();
        squeezed.join("|")
    }
}

/// A table whose columns a person has to name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnQuestion {
    /// The headings, first column first, as the file writes them.
    pub headings: Vec<String>,
}
