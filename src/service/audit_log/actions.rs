//! The stable names of what the log records, in the order in which they are offered. A test holds them
//! against what the source writes.

/// An area with the actions that belong to it.
pub type Area = (&'static str, &'static [&'static str]);

/// What happens at a school.
pub const AREAS: [Area; 23] = [
    (
        "payment",
        &["payment.decide", "payment.refuse", "group.confirm", "group.undo", "identity.rule"],
    ),
    ("import", &["import.commit", "import.undo", "columns.save", "columns.forget"]),
    ("notification", &["notification.take", "notification.replay", "notification.drop"]),
    (
        "deposit",
        &["cash.count", "deposit.match", "deposit.open", "deposit.assign", "deposit.release"],
    ),
    ("payout", &["payout.match", "payout.open", "payout.assign", "payout.release", "payout.terms"]),
    ("invoice", &["invoices.import", "invoices.undo", "invoice.state", "invoice.credit"]),
    ("round", &["round.set", "round.quantities", "round.issue"]),
    ("write_off", &["write_off.ask", "write_off.decide"]),
    (
        "refund",
        &[
            "refund.order",
            "refund.close",
            "refund.propose",
            "refund.agree",
            "refund.refuse",
            "refund.withdraw",
            "refund.limit",
        ],
    ),
    (
        "receipt",
        &[
            "receipt.ask_void",
            "receipt.decide_void",
            "receipt.invoice",
            "receipt.send",
            "receipt.terms",
        ],
    ),
    (
        "letter",
        &[
            "letters.notify",
            "letters.remind",
            "letters.set",
            "letters.words",
            "letters.approve",
            "letter.again",
            "letter.subscribe",
            "letter.unsubscribe",
            "mail.resend",
        ],
    ),
    (
        "family",
        &[
            "claim.make",
            "claim.answer",
            "contact.propose",
            "contact.refuse",
            "family.basis",
            "family.language",
            "family.link_revoke",
        ],
    ),
    ("privacy", &["privacy.erasure_ask", "privacy.erasure_decide"]),
    ("exempt", &["exemption.add", "exemption.end", "exemptions.import"]),
    (
        "fee",
        &["fee_item.set", "fee_price.set", "fee_zone.set", "fee_choices.set", "fee_choices.import"],
    ),
    (
        "student",
        &[
            "students.import",
            "students.undo",
            "students.promote",
            "student.transfer",
            "student.leave",
            "student.return",
            "student.contact",
            "classes.define",
        ],
    ),
    ("period", &["period.close", "period.reopen"]),
    ("figures", &["figures.report", "figures.comment"]),
    ("export", &["export.make"]),
    (
        "bank_account",
        &["bank_account.add", "bank_account.change", "virtual_account.add", "virtual_account.end"],
    ),
    (
        "school",
        &[
            "school.add",
            "school.set",
            "school.place",
            "school.levels",
            "school.ownership",
            "school.alias",
            "school.satellite",
            "school.close",
            "school.telephone",
        ],
    ),
    (
        "webhook",
        &[
            "webhook.create",
            "webhook.rotate",
            "webhook.retire",
            "webhook.close",
            "webhook.open",
            "pull.set",
            "pull.stop",
        ],
    ),
    (
        "events",
        &[
            "events.create",
            "events.rotate",
            "events.retire",
            "events.close",
            "events.open",
            "events.kinds",
            "events.url",
            "events.replay",
            "events.test",
            "events.gone",
        ],
    ),
];

/// What happens to the installation as a whole: in its own chain, on no school's page.
pub const OF_THE_INSTALLATION: &[&str] = &[
    "authority.add",
    "authority.end",
    "authority.follow",
    "authority.move",
    "authority.rename",
    "authority.was_called",
    "grant.add",
    "grant.remove",
    "invitation.make",
    "key.create",
    "key.revoke",
    "official_codes.add",
    "organisation.import",
    "password.change",
    "password_reset.make",
    "privacy.forget",
    "recovery_code.renew",
    "recovery_code.use",
    "second_factor.enrol",
    "second_factor.remove",
    "session.end",
    "session.prove",
    "session.revoke",
    "sign_in.done",
    "sign_in.failed",
    "sign_in.locked",
    "user.add",
    "user.disable",
    "user.enable",
];

/// Every action there is.
pub fn all() -> impl Iterator<Item = &'static str> {
    let at_schools = AREAS.iter().flat_map(|(_, actions)| actions.iter());
    at_schools.chain(OF_THE_INSTALLATION).copied()
}

/// The actions that an area, or one action's own name, stands for; none where it is unknown.
#[must_use]
pub fn meant(name: &str) -> Option<Vec<&'static str>> {
    if let Some((_, actions)) = AREAS.iter().find(|(area, _)| *area == name) {
        return Some(actions.to_vec());
    }
    all().find(|action| *action == name).map(|action| vec![action])
}
