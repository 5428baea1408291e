//! What a school has set up: whether there is anything, never how much.

use diesel::dsl::{exists, select};
use diesel::prelude::*;

use super::schema::{
    bank_accounts, classes, collection_rounds, fee_items, imports, letter_terms, letter_wordings,
    letters, school_placements, students, user_grants, users,
};
use super::{StoreError, Tx};

/// What there is of a school.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each answers one question of its own")]
pub struct SetUp {
    /// An authority above the school.
    pub placement: bool,
    pub account: bool,
    /// A statement that was taken in.
    pub statement: bool,
    pub class: bool,
    pub student: bool,
    /// A student without a class.
    pub student_without_class: bool,
    pub fee_item: bool,
    pub round: bool,
    /// A round that was issued, or read from a list.
    pub issued: bool,
    /// Letters to families that somebody looked over.
    pub letters_seen: bool,
    /// Words of the school's own in them.
    pub letters_worded: bool,
    /// A notice to a family.
    pub notice: bool,
    /// Somebody who can sign in and has a role at this very school.
    pub access: bool,
}

/// Looks what there is.
pub fn of_school(tx: &mut Tx<'_>, school: i64) -> Result<SetUp, StoreError> {
    let conn = tx.conn();
    let placements = school_placements::table.filter(school_placements::school_id.eq(school));
    let accounts = bank_accounts::table.filter(bank_accounts::school_id.eq(school));
    let committed =
        imports::table.filter(imports::school_id.eq(school)).filter(imports::state.eq("committed"));
    let classes = classes::table.filter(classes::school_id.eq(school));
    let pupils = students::table.filter(students::school_id.eq(school));
    let items = fee_items::table.filter(fee_items::school_id.eq(school));
    let rounds = collection_rounds::table.filter(collection_rounds::school_id.eq(school));
    let seen = letter_terms::table
        .filter(letter_terms::id.eq(school))
        .filter(letter_terms::seen_at.is_not_null());
    let worded = letter_wordings::table.filter(letter_wordings::school_id.eq(school));
    let notices =
        letters::table.filter(letters::school_id.eq(school)).filter(letters::kind.eq("notice"));
    let access = user_grants::table
        .inner_join(users::table.on(users::id.eq(user_grants::user_id)))
        .filter(user_grants::school_id.eq(school))
        .filter(users::disabled_at.is_null());
    Ok(SetUp {
        placement: select(exists(placements)).get_result(conn)?,
        account: select(exists(accounts)).get_result(conn)?,
        statement: select(exists(committed)).get_result(conn)?,
        class: select(exists(classes)).get_result(conn)?,
        student: select(exists(pupils)).get_result(conn)?,
        student_without_class: select(exists(
            pupils.filter(students::class.eq("")).filter(students::left_on.is_null()),
        ))
        .get_result(conn)?,
        fee_item: select(exists(items)).get_result(conn)?,
        round: select(exists(rounds)).get_result(conn)?,
        issued: select(exists(rounds.filter(collection_rounds::state.ne("draft"))))
            .get_result(conn)?,
        letters_seen: select(exists(seen)).get_result(conn)?,
        letters_worded: select(exists(worded)).get_result(conn)?,
        notice: select(exists(notices)).get_result(conn)?,
        access: select(exists(access)).get_result(conn)?,
    })
}
