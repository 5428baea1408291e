//! Changes of one student on a day: to another class, out of the school, back into it.

use actix_web::{HttpRequest, post, web};
use serde::Deserialize;

use super::one::{Typed, render};
use crate::domain::access::Permission;
use crate::http::later::Later;
use crate::http::pages::forms::Faults;
use crate::http::pages::posted::Posted;
use crate::http::pages::shell::Said;
use crate::http::pages::visitor::At;
use crate::http::pages::{Page, go_saying};
use crate::http::{Context, on_worker};
use crate::service::students::{Leaving, Return, StudentDetail, Transfer, moves, view};
use crate::service::{Actor, ServiceError};

/// To another class.
#[derive(Debug, Deserialize)]
pub struct TransferForm {
    #[serde(default)]
    transfer_class: String,
    #[serde(default)]
    transfer_on: String,
    #[serde(default)]
    new_class: String,
}

/// Puts a student into another class from a day on.
#[post("/s/{school}/students/{id}/transfer")]
pub async fn transfer(
    context: web::Data<Context>,
    sent: Posted<TransferForm>,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = sent.visitor.at(&context, &code, Permission::ImportLists).await?;
    let TransferForm { transfer_class, transfer_on, new_class } = sent.form;
    let mut faults = Faults::new(at.lang());
    let class = faults.text("transfer_class", &transfer_class);
    let on = faults.day("transfer_on", &transfer_on);
    let typed = Typed {
        form: "transfer",
        class: transfer_class,
        on: transfer_on,
        new_class: !new_class.is_empty(),
        ..Typed::default()
    };
    let Some(on) = on.filter(|_| faults.is_empty()) else {
        return render(&context, at, id, (typed, faults), &request).await;
    };
    let wanted = Transfer { class, on, create_class: typed.new_class };
    change(&context, at, id, (typed, faults), &request, "students-said-transferred", {
        move |context, actor, at| {
            moves::transfer(&context.store, &*context.clock, actor, at, &wanted)
        }
    })
    .await
}

/// Out of the school.
#[derive(Debug, Deserialize)]
pub struct LeaveForm {
    #[serde(default)]
    leave_on: String,
    #[serde(default)]
    leave_reason: String,
}

/// Says that a student is no longer at the school from a day on.
#[post("/s/{school}/students/{id}/leave")]
pub async fn leave(
    context: web::Data<Context>,
    sent: Posted<LeaveForm>,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = sent.visitor.at(&context, &code, Permission::ImportLists).await?;
    let LeaveForm { leave_on, leave_reason } = sent.form;
    let mut faults = Faults::new(at.lang());
    let reason = faults.text("leave_reason", &leave_reason);
    let on = faults.day("leave_on", &leave_on);
    let typed = Typed { form: "leave", on: leave_on, reason: leave_reason, ..Typed::default() };
    let Some(on) = on.filter(|_| faults.is_empty()) else {
        return render(&context, at, id, (typed, faults), &request).await;
    };
    let wanted = Leaving { on, reason };
    change(&context, at, id, (typed, faults), &request, "students-said-left", {
        move |context, actor, at| moves::leave(&context.store, &*context.clock, actor, at, &wanted)
    })
    .await
}

/// Back into the school.
#[derive(Debug, Deserialize)]
pub struct ReturnForm {
    #[serde(default)]
    return_on: String,
    #[serde(default)]
    return_class: String,
    #[serde(default)]
    new_class: String,
}

/// Takes a student who left back in, from a day on.
#[post("/s/{school}/students/{id}/return")]
pub async fn take_back(
    context: web::Data<Context>,
    sent: Posted<ReturnForm>,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = sent.visitor.at(&context, &code, Permission::ImportLists).await?;
    let ReturnForm { return_on, return_class, new_class } = sent.form;
    let mut faults = Faults::new(at.lang());
    let class = faults.text("return_class", &return_class);
    let on = faults.day("return_on", &return_on);
    let typed = Typed {
        form: "return",
        class: return_class,
        on: return_on,
        new_class: !new_class.is_empty(),
        ..Typed::default()
    };
    let Some(on) = on.filter(|_| faults.is_empty()) else {
        return render(&context, at, id, (typed, faults), &request).await;
    };
    let wanted = Return { on, class: Some(class), create_class: typed.new_class };
    change(&context, at, id, (typed, faults), &request, "students-said-returned", {
        move |context, actor, at| {
            moves::take_back(&context.store, &*context.clock, actor, at, &wanted)
        }
    })
    .await
}

/// Carries a change out, or shows the page again with why it is refused.
async fn change(
    context: &web::Data<Context>,
    at: At,
    id: i64,
    (typed, mut faults): (Typed, Faults),
    request: &HttpRequest,
    said: &str,
    use_case: impl FnOnce(
        &Context,
        &Actor,
        (crate::domain::id::SchoolId, &str),
    ) -> Result<StudentDetail, ServiceError>
    + Send
    + 'static,
) -> Page {
    let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
    let outcome = on_worker(move || {
        let code = view::code_of(&inner.store, school, id)?;
        Ok(use_case(&inner, &actor, (school, &code)))
    })
    .await?;
    match outcome {
        Ok(detail) => {
            let told = Said { key: said.to_owned(), x: detail.student.name, undo: None };
            go_saying(&at.shell.link(format!("/students/{id}")), &told)
        }
        Err(error) => {
            faults.refused(error)?;
            render(context, at, id, (typed, faults), request).await
        }
    }
}
