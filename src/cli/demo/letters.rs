//! Some families of the made-up province are written to, so that there is mail to be opened.

use std::path::Path;
use std::sync::Arc;

use chrono::TimeDelta;

use crate::app;
use crate::cli::{Env, Failure};
use crate::clock::{Clock, FixedClock};
use crate::config::Config;
use crate::demo::spec::World;
use crate::domain::lang::Lang;
use crate::service::letters::{self, LetterKind, Which};
use crate::service::mail::{Delivered, Postman};
use crate::service::{Actor, Store, directory, receivables};

/// How long the demonstration's other letters wait: thousands of files help nobody.
const LATER_DAYS: i64 = 1;

/// Reminds one class of the first school and sends some receipts; how many mails became files.
pub(super) fn send(
    store: &Store,
    clock: &FixedClock,
    actor: &Actor,
    (world, config): (&World, &Config),
) -> Result<usize, Failure> {
    let Some(school) = world.schools.first() else { return Ok(0) };
    let school = directory::find_school(store, &school.code)?.id;
    let class = receivables::choices(store, school)?.classes.into_iter().next();
    let which = Which { class, ..Which::default() };
    let settings = app::letter_settings(config);
    let shown = letters::preview(store, clock, &settings, school, &which)?;
    let seen = shown.fingerprint.as_str();
    letters::remind(store, clock, actor, &settings, (school, &which, seen))?;
    let failed = |error: app::MailSetupError| Failure::System(error.to_string());
    let keys = Arc::new(app::keyring(config));
    let now: Arc<dyn Clock> = Arc::new(FixedClock::at(clock.now()));
    let mut composer = app::composer(config, store, (&now, &keys)).map_err(failed)?;
    // Nobody takes back what made-up people decided.
    composer.settings.receipt_after_minutes = 0;
    while !composer.work_on(&[LetterKind::Reminder])?.is_idle() {}
    composer.work_on(&[LetterKind::Receipt])?;
    let at = clock.now();
    let later = at.checked_add_signed(TimeDelta::days(LATER_DAYS)).unwrap_or(at);
    letters::put_off(store, at, later)?;
    let mailer = app::mailer(config).map_err(failed)?;
    let postman = Postman::new(store.clone(), mailer, keys, now, app::mail_settings(config));
    let mut sent = 0_usize;
    while postman.deliver()? != Delivered::Idle {
        sent = sent.saturating_add(1);
    }
    Ok(sent)
}

/// Says where they are.
pub(super) fn print(env: &mut Env<'_>, sent: usize, dir: &Path) -> Result<(), Failure> {
    let folder = dir.join("mail");
    let folder = folder.display();
    match env.lang {
        Lang::Vi => writeln!(
            env.out,
            "Đã viết {sent} thư mẫu (nhắc nộp, xác nhận đã nhận tiền) thành tệp .eml trong {folder}/ (mở bằng chương trình email bất kỳ)."
        )?,
        Lang::En => writeln!(
            env.out,
            "{sent} made-up letters (reminders, payments received) were written as .eml files to {folder}/ (any mail program opens them)."
        )?,
    }
    Ok(())
}
