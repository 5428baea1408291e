//! Every route and what a caller needs for it: one table, from which the OpenAPI document says who may
//! do what, and against which the tests hold each handler and each role.

use utoipa::Modify;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::path::{Operation, PathItem};

use crate::domain::access::Permission;

/// A route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// `GET`, `POST`, `PUT`, `PATCH` or `DELETE`.
    pub method: &'static str,
    /// The path with its parameters in braces, as OpenAPI writes them.
    pub path: &'static str,
    /// What a caller needs.
    pub needs: Needs,
    /// Whether a visitor must have proved within the last minutes who they are. A key has no session
    /// and proves itself with every request.
    pub fresh: bool,
}

impl Route {
    /// The same for somebody who has proved within the last minutes who they are.
    #[must_use]
    pub const fn fresh(self) -> Route {
        Route { fresh: true, ..self }
    }
}

/// What a caller needs for a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// A permission at the school in the path; a school out of reach is as if it did not exist.
    AtSchool(Permission),
    /// A permission; the handler itself finds how far the key reaches, in the way that is said here.
    Anywhere(Permission, &'static str),
    /// A permission, with a key that reaches the whole installation.
    Installation(Permission),
    /// No key, for the reason that is said here.
    Nothing(&'static str),
}

impl Needs {
    /// The permission, where one is needed.
    #[must_use]
    pub const fn permission(self) -> Option<Permission> {
        match self {
            Needs::AtSchool(permission)
            | Needs::Anywhere(permission, _)
            | Needs::Installation(permission) => Some(permission),
            Needs::Nothing(_) => None,
        }
    }
}

const fn get(path: &'static str, needs: Needs) -> Route {
    Route { method: "GET", path, needs, fresh: false }
}

const fn post(path: &'static str, needs: Needs) -> Route {
    Route { method: "POST", path, needs, fresh: false }
}

const fn put(path: &'static str, needs: Needs) -> Route {
    Route { method: "PUT", path, needs, fresh: false }
}

const fn patch(path: &'static str, needs: Needs) -> Route {
    Route { method: "PATCH", path, needs, fresh: false }
}

const fn delete(path: &'static str, needs: Needs) -> Route {
    Route { method: "DELETE", path, needs, fresh: false }
}

const BOOKS: Needs = Needs::AtSchool(Permission::ReadBooks);
const PEOPLE: Needs = Needs::AtSchool(Permission::ReadPeople);
const STATEMENTS: Needs = Needs::AtSchool(Permission::ImportStatements);
const LISTS: Needs = Needs::AtSchool(Permission::ImportLists);
const DECIDE: Needs = Needs::AtSchool(Permission::Decide);
const FIGURES: Needs = Needs::AtSchool(Permission::ReadFigures);
const REPORT: Needs = Needs::AtSchool(Permission::ReportFigures);
const COMMENT: Needs = Needs::AtSchool(Permission::CommentFigures);
const AUTHORITIES: Needs = Needs::Anywhere(
    Permission::ReadFigures,
    "shows the authorities and schools the key reaches and no other",
);
const SET_UP_ALL: Needs = Needs::Installation(Permission::ManageDirectory);
const CASH: Needs = Needs::AtSchool(Permission::ReadCash);
const TAKE_CASH: Needs = Needs::AtSchool(Permission::RecordCash);
const VOID_CASH: Needs = Needs::AtSchool(Permission::VoidCash);
const CORRECT: Needs = Needs::AtSchool(Permission::CorrectInvoices);
const RETRY: Needs = Needs::AtSchool(Permission::RetryDeliveries);
const WEBHOOKS: Needs = Needs::AtSchool(Permission::ManageWebhooks);
const CLOSE: Needs = Needs::AtSchool(Permission::ClosePeriod);
const REOPEN: Needs = Needs::AtSchool(Permission::ReopenPeriod);
const EXPORT: Needs = Needs::AtSchool(Permission::ExportBooks);
const ISSUE: Needs = Needs::AtSchool(Permission::IssueInvoices);
const APPROVE: Needs = Needs::AtSchool(Permission::ApproveWriteOff);
const ACCESS_LOG: Needs = Needs::AtSchool(Permission::ReadPrivacy);
const PRIVACY: Needs = Needs::AtSchool(Permission::ManagePrivacy);
const SET_UP: Needs = Needs::AtSchool(Permission::ManageDirectory);
const APPROVE_VOID: Needs = Needs::AtSchool(Permission::ApproveReceiptVoid);

const APPROVE_REFUND: Needs = Needs::AtSchool(Permission::ApproveRefund);

const PROVEN: Needs =
    Needs::Nothing("providers have no key: each request proves itself by the endpoint's secret");

/// The routes that the OpenAPI document describes.
pub const ROUTES: &[Route] = &[
    get(
        "/healthz",
        Needs::Nothing("whoever watches the process has no key, and learns nothing else"),
    ),
    get(
        "/readyz",
        Needs::Nothing("whoever watches the process has no key, and learns nothing else"),
    ),
    get(
        "/api/v1/schools",
        Needs::Anywhere(Permission::ReadFigures, "lists the schools the key reaches and no other"),
    ),
    get(
        "/api/v1/reports/cashless",
        Needs::Anywhere(
            Permission::ReadFigures,
            "the school or authority that is asked for must be within the key's reach",
        ),
    ),
    get(
        "/api/v1/reports/path",
        Needs::Anywhere(
            Permission::ReadFigures,
            "the school or authority that is asked for must be within the key's reach",
        ),
    ),
    get(
        "/api/v1/reports/consolidated",
        Needs::Anywhere(
            Permission::ReadFigures,
            "the authority that is asked for must be within the key's reach",
        ),
    ),
    get(
        "/api/v1/reports/plan",
        Needs::Anywhere(
            Permission::ReadFigures,
            "the authority that is asked for must be within the key's reach",
        ),
    ),
    post(
        "/api/v1/authorities/{authority}/reports/months/{month}/reminders",
        Needs::Anywhere(
            Permission::CommentFigures,
            "the authority that asks must be within the key's reach",
        ),
    ),
    get(
        "/api/v1/authorities/{authority}/looks",
        Needs::Anywhere(
            Permission::ReadFigures,
            "the authority that is asked for must be within the key's reach",
        ),
    ),
    get("/api/v1/schools/{school}/reports/months", FIGURES),
    get("/api/v1/schools/{school}/reports/months/{month}", FIGURES),
    post("/api/v1/schools/{school}/reports/months/{month}", REPORT),
    get("/api/v1/schools/{school}/reports/months/{month}/versions/{version}", FIGURES),
    post("/api/v1/schools/{school}/reports/months/{month}/comments", COMMENT),
    get("/api/v1/schools/{school}/imports", BOOKS),
    get("/api/v1/schools/{school}/invoices", PEOPLE),
    post("/api/v1/schools/{school}/invoices", LISTS),
    post("/api/v1/schools/{school}/invoices/{code}/state", CORRECT),
    post("/api/v1/schools/{school}/students", LISTS),
    get("/api/v1/schools/{school}/family-credit", PEOPLE),
    post("/api/v1/schools/{school}/statements", STATEMENTS),
    get("/api/v1/schools/{school}/statements/{id}", BOOKS),
    post("/api/v1/schools/{school}/statements/{id}/commit", STATEMENTS),
    post("/api/v1/schools/{school}/statements/{id}/undo", STATEMENTS),
    get("/api/v1/schools/{school}/backtest", BOOKS),
    get("/api/v1/schools/{school}/coverage", BOOKS),
    get("/api/v1/schools/{school}/column-mappings", BOOKS),
    delete("/api/v1/schools/{school}/column-mappings/{id}", STATEMENTS),
    get("/api/v1/schools/{school}/payments", BOOKS),
    get("/api/v1/schools/{school}/payments/{id}", BOOKS),
    get("/api/v1/schools/{school}/payments/{id}/explanation", BOOKS),
    get("/api/v1/schools/{school}/payments/{id}/lines", BOOKS),
    post("/api/v1/schools/{school}/payments/{id}/allocations", DECIDE),
    post("/api/v1/schools/{school}/payments/{id}/confirm", DECIDE),
    post("/api/v1/schools/{school}/payments/{id}/reverse", DECIDE),
    post("/api/v1/schools/{school}/payments/{id}/refuse", DECIDE),
    post("/api/v1/schools/{school}/cash", TAKE_CASH),
    post("/api/v1/schools/{school}/cash/{id}/void", VOID_CASH),
    get("/api/v1/schools/{school}/identity-questions", BOOKS),
    get("/api/v1/schools/{school}/identity-rulings", BOOKS),
    post("/api/v1/schools/{school}/identity-rulings", DECIDE),
    get("/api/v1/schools/{school}/webhook-endpoints", BOOKS),
    post("/api/v1/schools/{school}/webhook-endpoints", WEBHOOKS),
    post("/api/v1/schools/{school}/webhook-endpoints/{endpoint}", WEBHOOKS),
    put("/api/v1/schools/{school}/webhook-endpoints/{endpoint}/pull", WEBHOOKS),
    delete("/api/v1/schools/{school}/webhook-endpoints/{endpoint}/pull", WEBHOOKS),
    get("/api/v1/schools/{school}/webhook-deliveries", BOOKS),
    get("/api/v1/schools/{school}/webhook-deliveries/{id}", BOOKS),
    post("/api/v1/schools/{school}/webhook-deliveries/{id}/replay", RETRY),
    get("/api/v1/schools/{school}/webhook-pulls", BOOKS),
    get("/api/v1/schools/{school}/event-endpoints", BOOKS),
    post("/api/v1/schools/{school}/event-endpoints", WEBHOOKS),
    post("/api/v1/schools/{school}/event-endpoints/{id}", WEBHOOKS),
    get("/api/v1/schools/{school}/event-deliveries", BOOKS),
    get("/api/v1/schools/{school}/event-deliveries/{id}", BOOKS),
    post("/api/v1/schools/{school}/event-deliveries/{id}/replay", RETRY),
    get("/api/v1/schools/{school}/payouts", BOOKS),
    post("/api/v1/schools/{school}/payouts/{id}/assign", DECIDE),
    post("/api/v1/schools/{school}/payouts/{id}/release", DECIDE),
    put("/api/v1/schools/{school}/payouts/terms", SET_UP),
    get("/api/v1/schools/{school}/witnesses", BOOKS),
    get("/api/v1/schools/{school}/invoices/{code}", PEOPLE),
    post("/api/v1/schools/{school}/invoices/{code}/credit-notes", CORRECT),
    post("/api/v1/schools/{school}/invoices/{code}/reissue", CORRECT),
    post("/api/v1/schools/{school}/invoices/{code}/write-offs", CORRECT),
    get("/api/v1/schools/{school}/write-offs", BOOKS),
    post("/api/v1/schools/{school}/write-offs/{id}/decision", APPROVE),
    get("/api/v1/schools/{school}/exemptions", PEOPLE),
    post("/api/v1/schools/{school}/exemptions", LISTS),
    post("/api/v1/schools/{school}/exemptions/{id}/end", LISTS),
    get("/api/v1/schools/{school}/fee-items", PEOPLE),
    put("/api/v1/schools/{school}/fee-items/{code}", ISSUE),
    post("/api/v1/schools/{school}/fee-items/{code}/prices", ISSUE),
    get("/api/v1/schools/{school}/official-codes", PEOPLE),
    post("/api/v1/authorities/{authority}/official-codes", SET_UP_ALL),
    put("/api/v1/schools/{school}/fee-zone", ISSUE),
    post("/api/v1/schools/{school}/fee-choices", LISTS),
    get("/api/v1/schools/{school}/refunds", BOOKS),
    post("/api/v1/schools/{school}/refunds", DECIDE),
    post("/api/v1/schools/{school}/refunds/{id}/end", DECIDE),
    get("/api/v1/schools/{school}/refund-requests", BOOKS),
    post("/api/v1/schools/{school}/refund-requests", DECIDE),
    post("/api/v1/schools/{school}/refund-requests/{id}/decision", APPROVE_REFUND),
    post("/api/v1/schools/{school}/refund-requests/{id}/withdrawal", DECIDE),
    get("/api/v1/schools/{school}/refund-limit", BOOKS),
    put("/api/v1/schools/{school}/refund-limit", SET_UP),
    get("/api/v1/schools/{school}/claims", BOOKS),
    post("/api/v1/schools/{school}/claims/{id}/answer", DECIDE),
    get("/api/v1/schools/{school}/access-log", ACCESS_LOG),
    get("/api/v1/schools/{school}/students/{code}/export", PRIVACY),
    post("/api/v1/schools/{school}/students/{code}/erasure", PRIVACY),
    get("/api/v1/schools/{school}/erasures", ACCESS_LOG),
    post("/api/v1/schools/{school}/erasures/{id}/decision", PRIVACY),
    get(
        "/api/v1/reports/satisfaction",
        Needs::Anywhere(
            Permission::ReadFigures,
            "tells of the schools the key reaches and no other",
        ),
    ),
    get("/api/v1/schools/{school}/rounds", PEOPLE),
    get("/api/v1/schools/{school}/rounds/{code}", PEOPLE),
    put("/api/v1/schools/{school}/rounds/{code}", ISSUE),
    post("/api/v1/schools/{school}/rounds/{code}/quantities", ISSUE),
    get("/api/v1/schools/{school}/rounds/{code}/preview", PEOPLE),
    post("/api/v1/schools/{school}/rounds/{code}/issue", ISSUE),
    post("/api/v1/schools/{school}/rounds/{code}/notices", ISSUE),
    get("/api/v1/schools/{school}/letters", PEOPLE),
    post("/api/v1/schools/{school}/letters/{id}/again", ISSUE),
    get("/api/v1/schools/{school}/reminders", PEOPLE),
    post("/api/v1/schools/{school}/reminders", ISSUE),
    get("/api/v1/schools/{school}/letter-terms", PEOPLE),
    put("/api/v1/schools/{school}/letter-terms", ISSUE),
    get("/api/v1/authorities", AUTHORITIES),
    get("/api/v1/authorities/{code}", AUTHORITIES),
    post("/api/v1/authorities", SET_UP_ALL),
    patch("/api/v1/authorities/{code}", SET_UP_ALL),
    get("/api/v1/schools/{school}", FIGURES),
    patch("/api/v1/schools/{school}", SET_UP),
    post("/api/v1/schools/{school}/placements", SET_UP_ALL),
    post("/api/v1/schools/{school}/aliases", SET_UP_ALL),
    post("/api/v1/schools/{school}/satellites", SET_UP),
    get("/api/v1/schools/{school}/bank-accounts", BOOKS),
    post("/api/v1/schools/{school}/bank-accounts", SET_UP),
    patch("/api/v1/schools/{school}/bank-accounts/{id}", SET_UP),
    get("/api/v1/schools/{school}/virtual-accounts", PEOPLE),
    post("/api/v1/schools/{school}/virtual-accounts", SET_UP),
    patch("/api/v1/schools/{school}/virtual-accounts/{id}", SET_UP),
    get("/api/v1/schools/{school}/cash", CASH),
    get("/api/v1/schools/{school}/cash/vouchers/{id}", CASH),
    post("/api/v1/schools/{school}/cash/batch", TAKE_CASH),
    get("/api/v1/schools/{school}/cash/slips", CASH),
    post("/api/v1/schools/{school}/cash/slips", TAKE_CASH),
    post("/api/v1/schools/{school}/cash/slips/{id}/void", VOID_CASH),
    get("/api/v1/schools/{school}/cash/deposits", CASH),
    post("/api/v1/schools/{school}/cash/deposits/{id}/assign", DECIDE),
    post("/api/v1/schools/{school}/cash/deposits/{id}/release", DECIDE),
    get("/api/v1/schools/{school}/cash/book", CASH),
    get("/api/v1/schools/{school}/cash/counts", CASH),
    post("/api/v1/schools/{school}/cash/counts", TAKE_CASH),
    get("/api/v1/schools/{school}/periods", BOOKS),
    get("/api/v1/schools/{school}/periods/{month}/check", BOOKS),
    post("/api/v1/schools/{school}/periods/{month}/close", CLOSE),
    post("/api/v1/schools/{school}/periods/{month}/reopen", REOPEN),
    get("/api/v1/schools/{school}/exports/{kind}", EXPORT),
    get("/api/v1/schools/{school}/students", PEOPLE),
    get("/api/v1/schools/{school}/students/template", LISTS),
    get("/api/v1/schools/{school}/students/{code}", PEOPLE),
    post("/api/v1/schools/{school}/students/{code}/transfer", LISTS),
    post("/api/v1/schools/{school}/students/{code}/leave", LISTS),
    post("/api/v1/schools/{school}/students/{code}/return", LISTS),
    post("/api/v1/schools/{school}/students/promotion", LISTS),
    post("/api/v1/schools/{school}/student-imports", LISTS),
    get("/api/v1/schools/{school}/student-imports/{id}", LISTS),
    get("/api/v1/schools/{school}/student-imports/{id}/bad-rows", LISTS),
    post("/api/v1/schools/{school}/student-imports/{id}/commit", LISTS),
    post("/api/v1/schools/{school}/student-imports/{id}/undo", LISTS),
    get("/api/v1/schools/{school}/receipts", PEOPLE),
    get("/api/v1/schools/{school}/receipts/{id}", PEOPLE),
    get("/api/v1/schools/{school}/receipts/{id}/pdf", PEOPLE),
    post("/api/v1/schools/{school}/receipts/{id}/void", DECIDE),
    put("/api/v1/schools/{school}/receipts/{id}/invoice", CORRECT),
    get("/api/v1/schools/{school}/receipt-voids", BOOKS),
    post("/api/v1/schools/{school}/receipt-voids/{id}/decision", APPROVE_VOID),
    get("/api/v1/schools/{school}/receipt-terms", PEOPLE),
    put("/api/v1/schools/{school}/receipt-terms", SET_UP),
    get("/api/v1/schools/{school}/notices", PEOPLE),
    get("/api/v1/schools/{school}/class-lists", PEOPLE),
];

/// The routes that it does not: the document itself, and where providers notify. Pages for people have
/// a table of their own.
pub const OTHER_ROUTES: &[Route] = &[
    get("/api/v1/openapi.json", Needs::Nothing("it says nothing of any school")),
    get("/webhooks/{provider}/{endpoint}", PROVEN),
    post("/webhooks/{provider}/{endpoint}", PROVEN),
    post("/webhooks/{provider}/{endpoint}/bank/api/transaction-sync", PROVEN),
    post("/webhooks/{provider}/{endpoint}/api/token_generate", PROVEN),
    post("/webhooks/{provider}/{endpoint}/token", PROVEN),
];

/// Writes into each operation of the document which permission it needs (`x-permission`) and which
/// roles hold it (`x-roles`).
pub struct WhoMay;

impl Modify for WhoMay {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        for route in ROUTES {
            let Some(permission) = route.needs.permission() else { continue };
            let item = api.paths.paths.get_mut(route.path);
            let Some(operation) = item.and_then(|item| operation(item, route.method)) else {
                continue;
            };
            let roles: Vec<&str> = permission.held_by().iter().map(|role| role.as_str()).collect();
            let said = format!("Needs `{}`: {}.", permission.as_str(), roles.join(", "));
            operation.description = Some(match operation.description.take() {
                Some(before) if !before.is_empty() => format!("{before}\n\n{said}"),
                _ => said,
            });
            let entries = [
                ("x-permission", serde_json::json!(permission)),
                ("x-roles", serde_json::json!(roles)),
            ];
            let extensions = operation.extensions.get_or_insert_default();
            extensions.merge(entries.into_iter().collect::<Extensions>());
        }
    }
}

fn operation<'a>(item: &'a mut PathItem, method: &str) -> Option<&'a mut Operation> {
    match method {
        "GET" => item.get.as_mut(),
        "POST" => item.post.as_mut(),
        "PUT" => item.put.as_mut(),
        "PATCH" => item.patch.as_mut(),
        "DELETE" => item.delete.as_mut(),
        _ => None,
    }
}
