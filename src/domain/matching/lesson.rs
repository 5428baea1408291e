//! What a person's decision about a payment teaches of the account it came from.

use crate::domain::id::FamilyId;

/// The families that a decision speaks for and against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lesson {
    /// The family that the account pays for.
    pub confirmed: Option<FamilyId>,
    /// The families that it does not, each once, in order.
    pub contradicted: Vec<FamilyId>,
}

/// The lesson of a payment that is for these families now. `known` are those known for the account,
/// `before` those that the payment stood for until then. One family is confirmed, and every other one
/// is contradicted. A payment for several families tells of none of them; one for no family only
/// takes away.
#[must_use]
pub fn lesson(
    families: &[FamilyId],
    known: impl IntoIterator<Item = FamilyId>,
    before: &[FamilyId],
) -> Option<Lesson> {
    let (confirmed, mut contradicted) = match families {
        [] => (None, before.to_vec()),
        [family] => (Some(*family), known.into_iter().chain(before.iter().copied()).collect()),
        _ => return None,
    };
    contradicted.retain(|family| Some(*family) != confirmed);
    contradicted.sort_unstable();
    contradicted.dedup();
    Some(Lesson { confirmed, contradicted })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_family_is_confirmed_and_others_lose() {
        let of = |ids: &[i64]| ids.iter().copied().map(FamilyId).collect::<Vec<_>>();
        for (why, families, known, before, expected) in [
            ("the first of an account", &[1][..], &[][..], &[][..], Some((Some(1), &[][..]))),
            ("known already", &[1], &[1], &[1], Some((Some(1), &[]))),
            ("another was known, another had it", &[1], &[3, 1], &[2, 3], Some((Some(1), &[2, 3]))),
            ("taken away", &[], &[3], &[2], Some((None, &[2]))),
            ("for two", &[1, 2], &[3], &[3], None),
        ] {
            let found = lesson(&of(families), of(known), &of(before));
            let expected = expected.map(|(confirmed, contradicted)| Lesson {
                confirmed: confirmed.map(FamilyId),
                contradicted: of(contradicted),
            });
            assert_eq!(found, expected, "{why}");
        }
    }
}
