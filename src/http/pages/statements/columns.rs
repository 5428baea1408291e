//! The question what the columns of an unknown table hold, with some of its values.

use std::fmt::Write as _;

use actix_web::{HttpRequest, get, post, web};
use askama::Template;

use super::upload::taken;
use crate::domain::access::Permission;
use crate::domain::lang::Lang;
use crate::http::later::Later;
use crate::http::pages::fields::Fields;
use crate::http::pages::posted::Posted;
use crate::http::pages::sent::Sent;
use crate::http::pages::shell::Shell;
use crate::http::pages::visitor::Visitor;
use crate::http::pages::words::Words;
use crate::http::pages::{Page, show, show_with};
use crate::http::{Context, on_worker};
use crate::service::statement_files::{self, AskedFile};
use crate::service::{ColumnQuestion, MappedField, MappingText};

#[derive(Template)]
#[template(path = "pages/statements/columns.html")]
struct Question {
    s: Shell,
    id: i64,
    file_name: String,
    columns: Vec<Column>,
    unsigned: bool,
    missing: Vec<String>,
    faults: Vec<String>,
}

struct Column {
    name: String,
    letter: String,
    heading: String,
    samples: Vec<String>,
    choices: Vec<Choice>,
}

struct Choice {
    value: &'static str,
    words: String,
    chosen: bool,
}

/// Asks what the columns of a kept file hold.
#[get("/s/{school}/statements/columns/{id}")]
pub async fn ask(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (school, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &school, Permission::ImportStatements).await?;
    let school = at.school.id;
    let file = on_worker(move || statement_files::kept(&context.store, school, id)).await?;
    let suggested = |index: usize| {
        let column = file.question.columns.iter().find(|column| column.index == index);
        column.and_then(|column| column.suggestion)
    };
    let page = asked(at.shell, id, &file, suggested, Vec::new());
    show(&page, &request)
}

/// Takes the answer, and shows what the file would do.
#[post("/s/{school}/statements/columns/{id}")]
pub async fn take_answer(
    context: web::Data<Context>,
    Posted { visitor, form: fields }: Posted<Fields>,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (school, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &school, Permission::ImportStatements).await?;
    let (inner, school) = (context.clone(), at.school.id);
    let file = on_worker(move || statement_files::kept(&inner.store, school, id)).await?;
    let said = |name: &str| fields.of(name);
    let text = mapping_text(&file.question, said);
    let checked = text.parse::<MappingText>().and_then(|mapping| {
        mapping.for_headings(&file.question.headings)?.check()?;
        Ok(mapping)
    });
    match checked {
        Ok(mapping) => {
            let sent = Sent::of_bytes(&file.file_name, &file.content)?
                .with("account", file.account.clone());
            taken(&context, at, sent, Some(mapping), &request).await
        }
        Err(told) => {
            // What the mapping's own text could be wrong about, nobody typed here.
            let told = if text.is_empty() {
                vec![Words(at.lang()).t("columns-nothing")]
            } else {
                vec![told.message.text(at.lang()).to_owned()]
            };
            let chosen = |index: usize| MappedField::named(said(&format!("column-{index}")));
            let page = asked(at.shell, id, &file, chosen, told);
            show_with(actix_web::http::StatusCode::UNPROCESSABLE_ENTITY, &page, &request)
        }
    }
}

/// The answers as [`MappingText`] reads them: `date=A,memo=D+E,unsigned=credit`.
fn mapping_text<'a>(question: &ColumnQuestion, said: impl Fn(&str) -> &'a str) -> String {
    let mut text = String::new();
    for field in MappedField::ALL {
        let letters: Vec<&str> = question
            .columns
            .iter()
            .filter(|column| said(&format!("column-{}", column.index)) == field.as_str())
            .map(|column| column.letter.as_str())
            .collect();
        if !letters.is_empty() {
            let _ = write!(
                text,
                "{}{field}={}",
                if text.is_empty() { "" } else { "," },
                letters.join("+")
            );
        }
    }
    if matches!(said("unsigned"), "credit" | "debit") {
        let _ = write!(text, ",unsigned={}", said("unsigned"));
    }
    text
}

fn asked(
    s: Shell,
    id: i64,
    file: &AskedFile,
    chosen: impl Fn(usize) -> Option<MappedField>,
    faults: Vec<String>,
) -> Question {
    let words = Words(s.language());
    let columns = file
        .question
        .columns
        .iter()
        .map(|column| Column {
            name: format!("column-{}", column.index),
            letter: column.letter.clone(),
            heading: column.heading.clone(),
            samples: column.samples.clone(),
            choices: MappedField::ALL
                .into_iter()
                .map(|field| Choice {
                    value: field.as_str(),
                    words: field_words(words, field),
                    chosen: chosen(column.index).unwrap_or(MappedField::Ignore) == field,
                })
                .collect(),
        })
        .collect();
    let missing = file.question.missing.iter().map(|field| field_words(words, *field)).collect();
    let up = words.t("menu-statements");
    Question {
        s: s.under(up, "/statements"),
        id,
        file_name: file.file_name.clone(),
        columns,
        unsigned: file.question.unsigned,
        missing,
        faults,
    }
}

fn field_words(Words(lang): Words, field: MappedField) -> String {
    let (vi, en) = match field {
        MappedField::Date => ("Ngày giao dịch", "Day of the transaction"),
        MappedField::BookingDate => ("Ngày hạch toán", "Booking day"),
        MappedField::ValueDate => ("Ngày hiệu lực", "Value day"),
        MappedField::Reference => ("Số tham chiếu / bút toán", "Reference"),
        MappedField::Credit => ("Số tiền ghi Có (tiền vào)", "Money in"),
        MappedField::Debit => ("Số tiền ghi Nợ (tiền ra)", "Money out"),
        MappedField::Amount => ("Số tiền (vào và ra chung một cột)", "Money either way"),
        MappedField::Sign => ("Dấu hoặc chiều (+/−, C/D)", "Sign or direction"),
        MappedField::Balance => ("Số dư sau giao dịch", "Balance after it"),
        MappedField::Memo => ("Nội dung chuyển khoản", "Remittance text"),
        MappedField::CounterpartyName => ("Tên người chuyển", "Payer's name"),
        MappedField::CounterpartyAccount => ("Tài khoản người chuyển", "Payer's account"),
        MappedField::CounterpartyBank => ("Ngân hàng người chuyển", "Payer's bank"),
        MappedField::Account => ("Tài khoản của trường", "The school's account"),
        MappedField::Currency => ("Loại tiền", "Currency"),
        MappedField::Ignore => ("Không dùng", "Not used"),
    };
    if lang == Lang::En { en } else { vi }.to_owned()
}
