//! What must hold of what families say and propose: more faults to look for under the invariants they
//! belong to.

/// The invariant, what is wrong, and a SELECT of `id`, `expected`, `found` with a row for each fault.
pub(super) const MORE: &[(&str, &str, &str)] = &[
    (
        "I11",
        "a question answered with another school's payment",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM claims c JOIN payments p ON p.id = c.payment_id WHERE p.school_id <> c.school_id",
    ),
    (
        "I11",
        "a picture of another school's question",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM claim_photos c JOIN claims p ON p.id = c.claim_id WHERE p.school_id <> c.school_id",
    ),
    (
        "I11",
        "a proposed contact of another school's student",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM contact_proposals c JOIN students p ON p.id = c.student_id WHERE p.school_id <> c.school_id",
    ),
    (
        "I11",
        "an erasure of another school's student",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM erasures c JOIN students p ON p.id = c.student_id WHERE p.school_id <> c.school_id",
    ),
    (
        "I11",
        "a page of one family opened by another's address",
        "SELECT c.id AS id, p.family_id AS expected, c.family_id AS found FROM family_openings c JOIN family_links p ON p.id = c.link_id WHERE p.family_id <> c.family_id",
    ),
];
