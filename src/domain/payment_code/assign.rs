//! Gives codes to the rows of a list that have none.

use std::collections::HashSet;

use super::{PaymentCode, Prefix, TAIL_SYMBOLS, symbol_value};
use crate::domain::text::squeeze;

/// No code that a list has is shorter.
const SHORTEST_TAKEN: usize = 6;

/// Why a list cannot be given codes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AssignError {
    /// A row has a code of this prefix and length whose check symbols do not hold: ours would be
    /// taken for its kind. The row's place and the code.
    #[error("row {0} has {1}, which looks like a code of this prefix but does not hold")]
    PrefixTaken(usize, String),
    /// The prefix has no codes left.
    #[error("all codes of this prefix are used")]
    Exhausted,
}

/// Whether a shorter code that is taken stands within a new one, as after a change to a longer
/// prefix: what is left of the new code when a symbol is lost would be that other code.
pub fn holds_shorter(code: &str, is_taken: impl Fn(&str) -> bool) -> bool {
    (SHORTEST_TAKEN..code.len()).any(|length| {
        let mut starts = 0..=code.len() - length;
        starts.any(|start| code.get(start..start + length).is_some_and(&is_taken))
    })
}

/// The code of every row: its own where it has one, else a new one. The same rows, prefix and key
/// give the same codes; the order of new codes follows from the key, not from the rows.
pub fn assign_codes(
    existing: &[Option<&str>],
    prefix: Prefix,
    key: u64,
) -> Result<Vec<String>, AssignError> {
    let mut taken: HashSet<String> = HashSet::new();
    for (row, code) in existing.iter().enumerate() {
        let Some(code) = code else { continue };
        let symbols = squeeze(code);
        let alike = symbols.len() == prefix.code_length()
            && symbols.starts_with(prefix.as_str())
            && symbols.bytes().rev().take(TAIL_SYMBOLS).all(|s| symbol_value(s).is_some());
        if alike && PaymentCode::from_symbols(symbols.as_bytes()).is_err() {
            return Err(AssignError::PrefixTaken(row, (*code).to_owned()));
        }
        taken.insert(symbols);
    }
    // A new code may not stand within a code that the list already has.
    let longer: Vec<String> =
        taken.iter().filter(|code| code.len() > prefix.code_length()).cloned().collect();
    let parts: HashSet<&[u8]> =
        longer.iter().flat_map(|code| code.as_bytes().windows(prefix.code_length())).collect();
    let mut serials = 0_u64..;
    let mut codes = Vec::with_capacity(existing.len());
    for code in existing {
        if let Some(code) = code {
            codes.push((*code).to_owned());
            continue;
        }
        loop {
            let serial = serials.next().ok_or(AssignError::Exhausted)?;
            let new =
                PaymentCode::issue_keyed(prefix, key, serial).ok_or(AssignError::Exhausted)?;
            let free = !taken.contains(new.as_str()) && !parts.contains(new.as_bytes());
            if free && !holds_shorter(new.as_str(), |part| taken.contains(part)) {
                codes.push(new.to_string());
                break;
            }
        }
    }
    Ok(codes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_keep_their_codes_and_the_others_get_new_ones() {
        let first = assign_codes(&[None, None, None], Prefix::DEFAULT, 7).unwrap();
        let distinct: HashSet<_> = first.iter().collect();
        assert_eq!(distinct.len(), 3);
        assert_eq!(assign_codes(&[None, None, None], Prefix::DEFAULT, 7).as_ref(), Ok(&first));
        assert_ne!(assign_codes(&[None, None, None], Prefix::DEFAULT, 8).as_ref(), Ok(&first));
        let again = assign_codes(&[None, Some(&first[0]), None], Prefix::DEFAULT, 7).unwrap();
        assert_eq!(again, [first[1].clone(), first[0].clone(), first[2].clone()]);
        let own = assign_codes(&[Some("HS-001"), None], Prefix::DEFAULT, 7).unwrap();
        assert_eq!(own[0], "HS-001");
    }

    #[test]
    fn no_new_code_holds_one_that_is_taken() {
        let long = Prefix::parse("HPT").unwrap();
        let first = assign_codes(&[None], long, 7).unwrap();
        // What is left of it when its last symbol is lost is a code that the list has.
        let inner = &first[0][..9];
        let codes = assign_codes(&[Some(inner), None], long, 7).unwrap();
        assert_ne!(codes[1], first[0]);
    }

    #[test]
    fn a_prefix_that_others_use_is_refused() {
        let taken = assign_codes(&[None, Some("HP2222223")], Prefix::DEFAULT, 7);
        assert_eq!(taken, Err(AssignError::PrefixTaken(1, "HP2222223".to_owned())));
    }
}
