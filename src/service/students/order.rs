//! Gives students that were added before there was an order of names their place in it.

use crate::domain::roster::sort_key;
use crate::store::{Store, StoreError, people};

/// Students of one transaction.
const STEP: i64 = 2_000;

/// Fills in what is missing, in steps; finds nothing to do on a database that has it all.
pub fn fill(store: &Store) -> Result<u64, StoreError> {
    let mut filled = 0;
    loop {
        let count = store.write(|tx| {
            let mut rows = people::students_without_order(tx, STEP)?;
            for row in &mut rows {
                // A name without any letter stands first.
                let key = sort_key(&row.name);
                row.sort_key = if key.is_empty() { "0".to_owned() } else { key };
            }
            people::update_students(tx, &rows)?;
            Ok::<_, StoreError>(u64::try_from(rows.len()).unwrap_or_default())
        })?;
        if count == 0 {
            return Ok(filled);
        }
        filled += count;
    }
}
