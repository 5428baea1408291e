//! The first page of a school: what waits today, and what is still to be set up.

use actix_web::{HttpRequest, get, web};
use askama::Template;

use super::routes::page;
use super::shell::Shell;
use super::visitor::Visitor;
use super::{Page, show};
use crate::clock::local_day;
use crate::domain::access::Permission;
use crate::domain::calendar::Day;
use crate::http::api::routes::{Needs, Route};
use crate::http::{Context, on_worker};
use crate::service::workspace::queue::TabCount;
use crate::service::workspace::{self, Home, MissingDays, Tab, Task, TaskState};

/// What visitors need.
pub const ROUTES: &[Route] = &[page("/s/{school}", Needs::AtSchool(Permission::ReadPeople))];

/// Adds the page.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(show_home);
}

/// The tabs whose lines wait for a person.
const WAITING: [Tab; 3] = [Tab::Proposed, Tab::Unmatched, Tab::Partial];

/// Days of an account that are named; what is more is told as a number.
const NAMED_SPANS: usize = 4;

struct TaskLine {
    label: &'static str,
    state: &'static str,
    class: &'static str,
    href: String,
}

#[derive(Template)]
#[template(path = "pages/home.html")]
struct HomePage {
    s: Shell,
    today: Day,
    home: Home,
    waiting: Vec<TabCount>,
    /// Whether nothing at all waits.
    calm: bool,
    /// The month to close as people write it.
    month: String,
    tasks: Vec<TaskLine>,
    undone: u64,
}

impl HomePage {
    fn tab(&self, one: &TabCount) -> &'static str {
        one.tab.label(self.s.language())
    }

    /// The first missing days in words, those in a row as one, and how many more there are.
    fn days(&self, missing: &MissingDays) -> String {
        let mut spans: Vec<(Day, Day)> = Vec::new();
        for day in &missing.days {
            match spans.last_mut() {
                Some((_, last)) if last.succ_opt() == Some(*day) => *last = *day,
                _ => spans.push((*day, *day)),
            }
        }
        let told = |(first, last): &(Day, Day)| {
            let (first, last) = (self.s.day(first), self.s.day(last));
            if first == last { first } else { format!("{first}–{last}") }
        };
        let named: Vec<String> = spans.iter().take(NAMED_SPANS).map(told).collect();
        let named = named.join(", ");
        let told_to = spans.get(NAMED_SPANS.saturating_sub(1)).map(|(_, last)| *last);
        let more = missing.days.iter().filter(|day| told_to.is_some_and(|last| **day > last));
        match more.count() {
            0 => named,
            more => self.s.with2("home-days-more", named, more.to_string()),
        }
    }
}

/// What waits at a school today.
#[get("/s/{school}")]
pub async fn show_home(
    context: web::Data<Context>,
    visitor: Visitor,
    school: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let above = visitor.clone();
    let at = visitor.at(&context, &school, Permission::ReadPeople).await?;
    let everywhere = above.everywhere(Permission::ManageKeys).is_ok();
    let (school, lang) = (at.school.id, at.lang());
    let today = local_day(context.clock.now());
    let home = on_worker(move || workspace::home(&context.store, school, today, lang)).await?;
    let s = at.shell;
    let tasks: Vec<TaskLine> = home
        .tasks
        .iter()
        .map(|task| TaskLine {
            label: task.label,
            state: task.state.label(lang),
            class: class_of(task.state),
            href: href_of(&s, task, everywhere),
        })
        .collect();
    let waiting: Vec<TabCount> =
        home.counts.iter().filter(|one| WAITING.contains(&one.tab)).cloned().collect();
    let undone = home.tasks.iter().filter(|task| task.state != TaskState::Done).count();
    let page = HomePage {
        calm: waiting.iter().all(|one| one.count == 0)
            && home.missing.is_empty()
            && home.questions.identity == 0
            && home.questions.dead_letters == 0
            && home.month_to_close.is_none(),
        month: home
            .month_to_close
            .as_deref()
            .and_then(|month| month.split_once('-'))
            .map(|(year, month)| format!("{month}/{year}"))
            .unwrap_or_default(),
        undone: u64::try_from(undone).unwrap_or_default(),
        today,
        waiting,
        tasks,
        home,
        s,
    };
    show(&page, &request)
}

const fn class_of(state: TaskState) -> &'static str {
    match state {
        TaskState::Todo => "todo",
        TaskState::Doing => "doing",
        TaskState::Done => "done",
        TaskState::Check => "check",
    }
}

/// Where a task is done, for whoever may do it; empty for who may not.
fn href_of(s: &Shell, task: &Task, everywhere: bool) -> String {
    let (path, needed) = match task.code {
        "school" | "account" => ("/settings", "read_books"),
        "classes" | "students" => ("/students/import", "import_lists"),
        "fee_items" => ("/fees", "read_people"),
        "letters" => ("/mail/words", "read_people"),
        "first_round" => ("/rounds", "read_people"),
        // People belong to no school.
        _ => return if everywhere { "/people".to_owned() } else { String::new() },
    };
    if s.may(needed) { s.link(path) } else { String::new() }
}
