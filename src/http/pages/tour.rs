//! The guided tour: a panel on the pages that leads through a month, for whoever wants it.

use actix_web::{post, web};

use super::routes::form;
use super::shell::Shell;
use super::visitor::Visitor;
use super::{Page, go};
use crate::domain::access::Permission;
use crate::http::api::routes::{Needs, Route};
use crate::http::{Context, on_worker};
use crate::service::tour::{self, Progress, STEPS};

/// What visitors need.
pub const ROUTES: &[Route] = &[form("/s/{school}/tour", Needs::AtSchool(Permission::ReadPeople))];

/// Adds the pages.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(go_on);
}

/// A step: the key of its words, its page, and who may see that.
type Step = (&'static str, &'static str, Permission);

/// The way through a month.
const WAY: [Step; STEPS] = [
    ("tour-home", "", Permission::ReadPeople),
    ("tour-students", "/students", Permission::ReadPeople),
    ("tour-statements", "/statements", Permission::ReadBooks),
    ("tour-queue", "/queue", Permission::ReadBooks),
    ("tour-cash", "/cash", Permission::ReadCash),
    ("tour-periods", "/periods", Permission::ReadBooks),
    ("tour-exports", "/exports", Permission::ExportBooks),
];

/// What the panel on a page says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Panel {
    /// Which step of how many, among those that whoever looks may see; 0 where it is only offered.
    pub number: usize,
    /// How many there are for whoever looks.
    pub of: usize,
    /// The key of the words; empty where it is only offered.
    pub key: &'static str,
    /// The page of the step, where this is another one.
    pub page: String,
    /// The next step, and the key of its page's name.
    pub next: Option<(usize, String)>,
}

/// The panel for a page: nothing once the tour is over, and an offer on the first page only.
#[must_use]
pub fn panel(s: &Shell, progress: Progress) -> Option<Panel> {
    let seen: Vec<(usize, &Step)> =
        (1..).zip(&WAY).filter(|(_, (.., needed))| s.may(needed.as_str())).collect();
    let here = s.here.split('?').next().unwrap_or_default();
    match progress {
        Progress::Offered if here == s.link("") => {
            Some(Panel { of: seen.len(), ..Panel::default() })
        }
        Progress::Over | Progress::Offered => None,
        Progress::At(step) => {
            let place = seen.iter().position(|(number, _)| *number >= step)?;
            let (_, (key, path, _)) = seen.get(place)?;
            let link = s.link(path);
            let next = seen.get(place.saturating_add(1)).map(|(number, (key, ..))| {
                (*number, key.replace("tour-", "menu-").replace("periods", "close"))
            });
            Some(Panel {
                number: place.saturating_add(1),
                of: seen.len(),
                key,
                page: if here == link { String::new() } else { link },
                next,
            })
        }
    }
}

/// Goes to a step of the tour, or ends it.
#[post("/s/{school}/tour")]
pub async fn go_on(context: web::Data<Context>, visitor: Visitor, path: web::Path<String>) -> Page {
    let at = visitor.at(&context, &path, Permission::ReadPeople).await?;
    let step = at.form.of("step").parse().unwrap_or_default();
    let user = at.who.user;
    let inner = context.clone();
    let progress = on_worker(move || tour::go_to(&inner.store, &*inner.clock, user, step)).await?;
    let page = match progress {
        Progress::At(step) => WAY.get(step.saturating_sub(1)),
        Progress::Offered | Progress::Over => None,
    };
    go(&at.shell.link(page.map_or("", |(_, path, _)| path)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::access::Role;
    use crate::http::pages::shell::AtSchool;

    fn shell(role: Role, here: &str) -> Shell {
        let may: BTreeSet<Permission> =
            Permission::ALL.into_iter().filter(|permission| role.may(*permission)).collect();
        let school = AtSchool { code: "THCS".to_owned(), ..AtSchool::default() };
        let mut shell = Shell::default().at(school, may);
        here.clone_into(&mut shell.here);
        shell
    }

    #[test]
    fn the_panel_leads_through_what_whoever_looks_may_see() {
        let home = shell(Role::Accountant, "/s/THCS");
        assert_eq!(panel(&home, Progress::Over), None);
        assert_eq!(panel(&home, Progress::Offered).map(|panel| panel.number), Some(0));
        let elsewhere = shell(Role::Accountant, "/s/THCS/queue?tab=all");
        assert_eq!(panel(&elsewhere, Progress::Offered), None);
        let at = panel(&elsewhere, Progress::At(4)).unwrap();
        assert_eq!((at.number, at.of, at.key, at.page.as_str()), (4, 7, "tour-queue", ""));
        assert_eq!(at.next, Some((5, "menu-cash".to_owned())));
        assert_eq!(panel(&elsewhere, Progress::At(3)).unwrap().page, "/s/THCS/statements");
        assert_eq!(panel(&elsewhere, Progress::At(7)).unwrap().next, None);
        for role in Role::ALL {
            let shell = shell(role, "/s/THCS");
            let mut step = Some(1);
            let mut numbers = Vec::new();
            while let Some(at) = step {
                let Some(panel) = panel(&shell, Progress::At(at)) else { break };
                numbers.push(panel.number);
                step = panel.next.map(|(next, _)| next);
            }
            let expected: Vec<usize> = (1..=numbers.len()).collect();
            assert_eq!(numbers, expected, "{role:?}");
        }
    }
}
