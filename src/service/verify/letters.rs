//! What must hold of letters: more faults to look for under the invariants they belong to.

/// The invariant, what is wrong, and a SELECT of `id`, `expected`, `found` with a row for each fault.
pub(super) const MORE: &[(&str, &str, &str)] = &[
    (
        "I7",
        "a letter that was made without a mail",
        "SELECT l.id AS id, 1 AS expected, 0 AS found FROM letters l WHERE l.state = 'made' \
         AND NOT EXISTS (SELECT 1 FROM letter_copies c WHERE c.letter_id = l.id AND c.mail_id IS NOT NULL)",
    ),
    (
        "I7",
        "a letter that nobody gets without a reason",
        "SELECT l.id AS id, 1 AS expected, 0 AS found FROM letters l WHERE l.state = 'skipped' \
         AND NOT EXISTS (SELECT 1 FROM letter_copies c WHERE c.letter_id = l.id AND c.reason IS NOT NULL)",
    ),
    (
        "I7",
        "a letter that went to one address twice",
        "SELECT c.letter_id AS id, 1 AS expected, COUNT(*) AS found FROM letter_copies c \
         JOIN mails m ON m.id = c.mail_id GROUP BY c.letter_id, m.to_email HAVING COUNT(*) > 1",
    ),
    (
        "I11",
        "a letter's copy of another school",
        "SELECT c.id AS id, l.school_id AS expected, c.school_id AS found FROM letter_copies c JOIN letters l ON l.id = c.letter_id WHERE l.school_id <> c.school_id",
    ),
    (
        "I11",
        "a letter with another school's mail",
        "SELECT c.id AS id, c.school_id AS expected, m.school_id AS found FROM letter_copies c JOIN mails m ON m.id = c.mail_id WHERE m.school_id IS NULL OR m.school_id <> c.school_id",
    ),
];
