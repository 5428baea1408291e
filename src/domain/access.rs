//! What a caller may do, and where.

use serde::{Deserialize, Serialize};

use crate::domain::id::{AuthorityId, SchoolId};

/// What a caller may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Read.
    Reader,
    /// Read, import, decide, record cash.
    Accountant,
    /// Everything, setting up included.
    Admin,
}

impl Role {
    /// `reader`, `accountant` or `admin`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Role::Reader => "reader",
            Role::Accountant => "accountant",
            Role::Admin => "admin",
        }
    }

    /// A role by its name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Role> {
        [Role::Reader, Role::Accountant, Role::Admin].into_iter().find(|role| role.as_str() == text)
    }
}

/// Where a caller may do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// In the whole installation.
    Everything,
    /// In the schools under an authority.
    Authority(AuthorityId),
    /// In one school.
    School(SchoolId),
}

/// Whether `role` suffices for `needed`; an authority only ever reads, in figures.
#[must_use]
pub fn permits(role: Role, scope: Scope, needed: Role) -> bool {
    match scope {
        Scope::Authority(_) => needed == Role::Reader,
        Scope::Everything | Scope::School(_) => role >= needed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_permits_no_more_than_it_says() {
        let school = Scope::School(SchoolId(1));
        let authority = Scope::Authority(AuthorityId(1));
        for (why, role, scope, needed, expected) in [
            ("a reader reads", Role::Reader, school, Role::Reader, true),
            ("a reader decides nothing", Role::Reader, school, Role::Accountant, false),
            ("an accountant decides", Role::Accountant, school, Role::Accountant, true),
            ("an accountant sets nothing up", Role::Accountant, school, Role::Admin, false),
            ("an authority reads", Role::Reader, authority, Role::Reader, true),
            ("an authority never writes", Role::Admin, authority, Role::Accountant, false),
            ("an admin does all", Role::Admin, Scope::Everything, Role::Admin, true),
        ] {
            assert_eq!(permits(role, scope, needed), expected, "{why}");
        }
    }
}
