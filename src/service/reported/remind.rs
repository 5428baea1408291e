//! Asks schools that have not reported a month that is over: by mail to those who may report, and beside
//! the month, where both sides see that it was asked.

use super::comments::{self, Side};
use super::consolidated;
use crate::clock::{Clock, local_day};
use crate::domain::access::Permission;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::lang::Lang;
use crate::domain::period::Month;
use crate::service::mail::{self, Content, Desk, NewMail};
use crate::service::{Actor, ServiceError, directory};
use crate::store::users::{self, UserRow};
use crate::store::{Store, reported as rows};

/// What became of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reminded {
    /// Schools that were asked now.
    pub schools: usize,
    /// Mails that are on their way.
    pub mails: usize,
    /// Schools that were asked today before.
    pub before: usize,
    /// Names of schools where nobody with an account may report.
    pub nobody: Vec<String>,
}

/// Asks each school of an authority that has not reported the month, once a day. Refuses a month that is
/// not over: nothing is owed of it yet.
pub fn remind(
    store: &Store,
    clock: &dyn Clock,
    (desk, public_url): (Desk<'_>, &str),
    actor: &Actor,
    (authority, month): (&str, Month),
) -> Result<Reminded, ServiceError> {
    let today = local_day(clock.now());
    if month.last() >= today {
        return Err(ServiceError::refused(Diagnostic::new(
            "month_not_over",
            format!("Tháng {} chưa hết nên các trường chưa phải báo cáo.", month.vietnamese()),
            format!("The month {month} is not over, so schools owe no report of it yet."),
        )));
    }
    let found = consolidated(store, authority, month, None)?;
    let office = found.name.clone();
    let mut done = Reminded::default();
    for one in found.lines.into_iter().filter(|one| one.version == 0) {
        let school = directory::find_school(store, &one.code)?.id;
        let roles: Vec<&str> =
            Permission::ReportFigures.held_by().iter().map(|role| role.as_str()).collect();
        let (people, since) = store.read(|tx| {
            let people = users::of_school(tx, school.0, &roles)?;
            let said = rows::comments(tx, school.0, month.first(), 1_000)?;
            let today = |at| local_day(at) == today;
            let words = words(month);
            let since = said.iter().any(|row| {
                row.side == Side::Authority.as_str() && row.words == words && today(row.at)
            });
            Ok::<_, ServiceError>((people, since))
        })?;
        if since {
            done.before += 1;
            continue;
        }
        if people.is_empty() {
            done.nobody.push(one.name.clone());
        }
        let of = (school, month);
        comments::comment(store, clock, actor, of, (Side::Authority, &words(month)))?;
        done.schools += 1;
        for person in people {
            let lang = if person.lang == "en" { Lang::En } else { Lang::Vi };
            let address =
                format!("{}/s/{}/reported/{month}", public_url.trim_end_matches('/'), one.code);
            let new = NewMail {
                school: Some(school),
                kind: "report_reminder",
                to_name: person.name.clone(),
                to_email: person.email.clone(),
                content: content((&person, &one.name, &office), month, &address, lang),
                inline: Vec::new(),
                attachments: Vec::new(),
                lang,
                dedupe_key: format!("report_reminder:{}:{month}:{}:{today}", school.0, person.id),
            };
            let queued = store.write(|tx| mail::queue(tx, desk, clock.now(), &new))?;
            done.mails += usize::from(queued.is_new);
        }
    }
    Ok(done)
}

/// What stands beside the month.
fn words(month: Month) -> String {
    format!("Đề nghị nhà trường gửi số liệu tháng {}.", month.vietnamese())
}

fn content(
    (person, school, office): (&UserRow, &str, &str),
    month: Month,
    address: &str,
    lang: Lang,
) -> Content {
    let (subject, text) = match lang {
        Lang::Vi => (
            format!("Đề nghị gửi số liệu tháng {}", month.vietnamese()),
            format!(
                "Kính gửi anh/chị {},\n\n{office} đề nghị {school} gửi số liệu thu không dùng tiền mặt tháng {}. \
                 Số liệu đã được tính sẵn từ sổ của trường; anh/chị kiểm tra rồi bấm “Báo cáo” tại:\n{address}\n\n\
                 Nếu tháng này trường không thu khoản nào, anh/chị vẫn báo cáo để đơn vị biết là không có số liệu.\n",
                person.name,
                month.vietnamese()
            ),
        ),
        Lang::En => (
            format!("Please report the month {month}"),
            format!(
                "Dear {},\n\n{office} asks {school} to report its figures of money taken without cash in {month}. \
                 They are computed from the school's books already; please look at them and press “Report” here:\n{address}\n\n\
                 If nothing was collected in the month, report it all the same, so that it is known to be so.\n",
                person.name
            ),
        ),
    };
    Content { subject, text, html: None }
}
