//! What a caller may do, and where.
//!
//! A caller has a role; what is done needs a permission. Which role holds which permission stands in
//! one place, [`Permission::held_by`].

pub mod backoff;
pub mod email;
pub mod password;

use serde::{Deserialize, Serialize};

use crate::domain::id::{AuthorityId, SchoolId};
use crate::domain::lang::Bilingual;

/// Who a caller is at work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Does the daily work: lists, statements, decisions, cash.
    Accountant,
    /// Takes cash, and sees whose invoices it pays.
    Cashier,
    /// Does what an accountant does; also voids, closes, reopens and approves.
    ChiefAccountant,
    /// Answers for the school: reads all, approves write-offs.
    Head,
    /// Watches schools from above: figures only.
    Supervisor,
    /// Sets up. Where one person does everything, this role can; but nobody approves what they
    /// themselves asked for.
    Administrator,
    /// Reads everything and writes nothing.
    Auditor,
}

impl Role {
    /// Every role, in the order in which lists show them.
    pub const ALL: [Role; 7] = [
        Role::Accountant,
        Role::Cashier,
        Role::ChiefAccountant,
        Role::Head,
        Role::Supervisor,
        Role::Administrator,
        Role::Auditor,
    ];

    /// The name by which it is stored and asked for, such as `chief_accountant`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Role::Accountant => "accountant",
            Role::Cashier => "cashier",
            Role::ChiefAccountant => "chief_accountant",
            Role::Head => "head",
            Role::Supervisor => "supervisor",
            Role::Administrator => "administrator",
            Role::Auditor => "auditor",
        }
    }

    /// A role by its name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.as_str() == text)
    }

    /// What people call it.
    #[must_use]
    pub fn title(self) -> Bilingual {
        match self {
            Role::Accountant => Bilingual::new("kế toán", "accountant"),
            Role::Cashier => Bilingual::new("thủ quỹ", "cashier"),
            Role::ChiefAccountant => Bilingual::new("kế toán trưởng", "chief accountant"),
            Role::Head => Bilingual::new("thủ trưởng", "head"),
            Role::Supervisor => Bilingual::new("cán bộ quản lý", "supervisor"),
            Role::Administrator => Bilingual::new("quản trị", "administrator"),
            Role::Auditor => Bilingual::new("kiểm toán", "auditor"),
        }
    }

    /// Whether whoever has the role must prove themselves with a second factor: all but those who
    /// only look.
    #[must_use]
    pub const fn needs_second_factor(self) -> bool {
        !matches!(self, Role::Auditor)
    }

    /// Whether the role holds a permission.
    #[must_use]
    pub fn may(self, needed: Permission) -> bool {
        needed.held_by().contains(&self)
    }
}

/// Something done, for which a caller needs to be somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// Sees sums and rates, in which nobody can be recognised.
    ReadFigures,
    /// Sees payments, statements, decisions, notifications and what they were used for.
    ReadBooks,
    /// Sees students, families and their invoices.
    ReadPeople,
    /// Sees on what grounds somebody is exempt, and personal numbers in full.
    ReadRestricted,
    /// Takes statement files in, and undoes that.
    ImportStatements,
    /// Takes lists of students, invoices and fees in, and changes students one by one.
    ImportLists,
    /// Says what a payment is used for, and which payments are one.
    Decide,
    /// Sees the till: vouchers, card slips, deposits, the cash book, counts.
    ReadCash,
    /// Records cash by voucher, card slips, and what was counted.
    RecordCash,
    /// Voids a cash voucher.
    VoidCash,
    /// Makes invoices for a round of fees.
    IssueInvoices,
    /// Withdraws an invoice, takes that back, changes what is due.
    CorrectInvoices,
    /// Approves that a due is given up. The use case refuses it to whoever asked for it.
    ApproveWriteOff,
    /// Agrees that a receipt which a family has is voided. The use case refuses it to whoever asked
    /// for it.
    ApproveReceiptVoid,
    /// Agrees to a refund above the school's limit. The use case refuses it to whoever proposed it.
    ApproveRefund,
    /// Closes a month.
    ClosePeriod,
    /// Opens a closed month again.
    ReopenPeriod,
    /// Reports a month's figures to the authority, and restates them.
    ReportFigures,
    /// Writes to the other side about a month's figures: the school to the authorities above it, and
    /// they to the school.
    CommentFigures,
    /// Takes books out for other accounting software.
    ExportBooks,
    /// Has a notification handled, or an event sent, once more.
    RetryDeliveries,
    /// Has a provider asked for what it may have failed to tell.
    RunPull,
    /// Sets up who notifies us and whom we notify, with their secrets.
    ManageWebhooks,
    /// Sets up schools, authorities, accounts and what is agreed with gateways.
    ManageDirectory,
    /// Makes and revokes keys.
    ManageKeys,
    /// Sees who of the staff looked at which family, and what was given up.
    ReadPrivacy,
    /// Gives out everything about a student, and has a student's name given up. The use case refuses
    /// the second to whoever asked for it.
    ManagePrivacy,
}

impl Permission {
    /// Every permission, in the order in which lists show them.
    pub const ALL: [Permission; 27] = [
        Permission::ReadFigures,
        Permission::ReadBooks,
        Permission::ReadPeople,
        Permission::ReadRestricted,
        Permission::ImportStatements,
        Permission::ImportLists,
        Permission::Decide,
        Permission::ReadCash,
        Permission::RecordCash,
        Permission::VoidCash,
        Permission::IssueInvoices,
        Permission::CorrectInvoices,
        Permission::ApproveWriteOff,
        Permission::ApproveReceiptVoid,
        Permission::ApproveRefund,
        Permission::ClosePeriod,
        Permission::ReopenPeriod,
        Permission::ReportFigures,
        Permission::CommentFigures,
        Permission::ExportBooks,
        Permission::RetryDeliveries,
        Permission::RunPull,
        Permission::ManageWebhooks,
        Permission::ManageDirectory,
        Permission::ManageKeys,
        Permission::ReadPrivacy,
        Permission::ManagePrivacy,
    ];

    /// The roles that hold it: the one table of who may do what.
    #[must_use]
    pub const fn held_by(self) -> &'static [Role] {
        use Role::{
            Accountant, Administrator, Auditor, Cashier, ChiefAccountant, Head, Supervisor,
        };
        match self {
            Permission::ReadFigures => {
                &[Accountant, Cashier, ChiefAccountant, Head, Supervisor, Administrator, Auditor]
            }
            Permission::ReadPeople | Permission::ReadCash => {
                &[Accountant, Cashier, ChiefAccountant, Head, Administrator, Auditor]
            }
            Permission::ReadBooks | Permission::ReadRestricted | Permission::ExportBooks => {
                &[Accountant, ChiefAccountant, Head, Administrator, Auditor]
            }
            Permission::RecordCash => &[Accountant, Cashier, ChiefAccountant, Administrator],
            Permission::ImportStatements
            | Permission::ImportLists
            | Permission::Decide
            | Permission::IssueInvoices
            | Permission::CorrectInvoices
            | Permission::RetryDeliveries
            | Permission::RunPull => &[Accountant, ChiefAccountant, Administrator],
            Permission::ApproveWriteOff
            | Permission::ApproveReceiptVoid
            | Permission::ApproveRefund => &[ChiefAccountant, Head, Administrator],
            Permission::VoidCash
            | Permission::ClosePeriod
            | Permission::ReopenPeriod
            | Permission::ReportFigures => &[ChiefAccountant, Administrator],
            Permission::CommentFigures => &[ChiefAccountant, Head, Supervisor, Administrator],
            Permission::ManageWebhooks | Permission::ManageDirectory | Permission::ManageKeys => {
                &[Administrator]
            }
            Permission::ReadPrivacy => &[Head, Administrator, Auditor],
            Permission::ManagePrivacy => &[Head, Administrator],
        }
    }

    /// Its name in documents, such as `import_lists`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Permission::ReadFigures => "read_figures",
            Permission::ReadBooks => "read_books",
            Permission::ReadPeople => "read_people",
            Permission::ReadRestricted => "read_restricted",
            Permission::ImportStatements => "import_statements",
            Permission::ImportLists => "import_lists",
            Permission::Decide => "decide",
            Permission::ReadCash => "read_cash",
            Permission::RecordCash => "record_cash",
            Permission::VoidCash => "void_cash",
            Permission::IssueInvoices => "issue_invoices",
            Permission::CorrectInvoices => "correct_invoices",
            Permission::ApproveWriteOff => "approve_write_off",
            Permission::ApproveReceiptVoid => "approve_receipt_void",
            Permission::ApproveRefund => "approve_refund",
            Permission::ClosePeriod => "close_period",
            Permission::ReopenPeriod => "reopen_period",
            Permission::ReportFigures => "report_figures",
            Permission::CommentFigures => "comment_figures",
            Permission::ExportBooks => "export_books",
            Permission::RetryDeliveries => "retry_deliveries",
            Permission::RunPull => "run_pull",
            Permission::ManageWebhooks => "manage_webhooks",
            Permission::ManageDirectory => "manage_directory",
            Permission::ManageKeys => "manage_keys",
            Permission::ReadPrivacy => "read_privacy",
            Permission::ManagePrivacy => "manage_privacy",
        }
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

impl Scope {
    /// From the two columns that hold it, of which one at most is filled.
    #[must_use]
    pub fn of(school: Option<i64>, authority: Option<i64>) -> Scope {
        match (school, authority) {
            (Some(school), _) => Scope::School(SchoolId(school)),
            (None, Some(authority)) => Scope::Authority(AuthorityId(authority)),
            (None, None) => Scope::Everything,
        }
    }
}

/// What a person holds: a role, and where they hold it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Grant {
    /// Who the person is at work there.
    pub role: Role,
    /// Where that is.
    pub scope: Scope,
}

/// Whether a caller may do what is `needed` where its scope reaches. An authority only ever reads, in
/// figures, and writes to schools about them, whatever the role of its key.
#[must_use]
pub fn permits(role: Role, scope: Scope, needed: Permission) -> bool {
    match scope {
        Scope::Authority(_) => {
            matches!(needed, Permission::ReadFigures | Permission::CommentFigures)
                && role.may(needed)
        }
        Scope::Everything | Scope::School(_) => role.may(needed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of roles and permissions as people read it: a letter where the role holds it.
    const TABLE: &str = "
                        accountant cashier chief_accountant head supervisor administrator auditor
        read_figures         x        x           x          x       x            x          x
        read_books           x        -           x          x       -            x          x
        read_people          x        x           x          x       -            x          x
        read_restricted      x        -           x          x       -            x          x
        import_statements    x        -           x          -       -            x          -
        import_lists         x        -           x          -       -            x          -
        decide               x        -           x          -       -            x          -
        read_cash            x        x           x          x       -            x          x
        record_cash          x        x           x          -       -            x          -
        void_cash            -        -           x          -       -            x          -
        issue_invoices       x        -           x          -       -            x          -
        correct_invoices     x        -           x          -       -            x          -
        approve_write_off    -        -           x          x       -            x          -
        approve_receipt_void -        -           x          x       -            x          -
        approve_refund       -        -           x          x       -            x          -
        close_period         -        -           x          -       -            x          -
        reopen_period        -        -           x          -       -            x          -
        report_figures       -        -           x          -       -            x          -
        comment_figures      -        -           x          x       x            x          -
        export_books         x        -           x          x       -            x          x
        retry_deliveries     x        -           x          -       -            x          -
        run_pull             x        -           x          -       -            x          -
        manage_webhooks      -        -           -          -       -            x          -
        manage_directory     -        -           -          -       -            x          -
        manage_keys          -        -           -          -       -            x          -
        read_privacy         -        -           -          x       -            x          x
        manage_privacy       -        -           -          x       -            x          -
    ";

    #[test]
    fn the_table_of_roles_and_permissions_is_the_one_people_read() {
        let mut lines = TABLE.lines().map(str::trim).filter(|line| !line.is_empty());
        let roles: Vec<Role> = lines
            .next()
            .unwrap()
            .split_whitespace()
            .map(|name| Role::parse(name).unwrap())
            .collect();
        assert_eq!(roles, Role::ALL);
        let mut permissions = Permission::ALL.into_iter();
        for line in lines {
            let mut cells = line.split_whitespace();
            let permission = permissions.next().unwrap();
            assert_eq!(cells.next(), Some(permission.as_str()));
            let held: Vec<Role> = roles
                .iter()
                .zip(cells)
                .filter(|(_, cell)| *cell == "x")
                .map(|(role, _)| *role)
                .collect();
            assert_eq!(held, permission.held_by(), "{permission:?}");
        }
        assert_eq!(permissions.next(), None, "a permission is missing in the table");
    }

    #[test]
    fn all_but_auditors_need_a_second_factor() {
        for role in Role::ALL {
            assert_eq!(role.needs_second_factor(), role != Role::Auditor, "{role:?}");
        }
    }

    #[test]
    fn names_are_the_ones_that_documents_and_databases_hold() {
        for role in Role::ALL {
            assert_eq!(serde_json::to_value(role).unwrap(), role.as_str());
            assert_eq!(Role::parse(role.as_str()), Some(role));
        }
        for permission in Permission::ALL {
            assert_eq!(serde_json::to_value(permission).unwrap(), permission.as_str());
        }
        for unknown in ["", "reader", "admin", "Accountant", "accountant "] {
            assert_eq!(Role::parse(unknown), None, "{unknown:?}");
        }
    }

    #[test]
    fn an_authority_reads_figures_writes_about_them_and_does_nothing_else() {
        let authority = Scope::Authority(AuthorityId(1));
        for role in Role::ALL {
            for permission in Permission::ALL {
                let about_figures = match permission {
                    Permission::ReadFigures => true,
                    Permission::CommentFigures => role.may(permission),
                    _ => false,
                };
                assert_eq!(
                    permits(role, authority, permission),
                    about_figures,
                    "{role:?} {permission:?}"
                );
                for scope in [Scope::Everything, Scope::School(SchoolId(1))] {
                    assert_eq!(permits(role, scope, permission), role.may(permission));
                }
            }
        }
    }
}
