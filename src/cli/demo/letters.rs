//! Some families of the made-up province are reminded, so that there is mail to be opened.

use std::path::Path;
use std::sync::Arc;

use crate::app;
use crate::cli::{Env, Failure};
use crate::clock::{Clock, FixedClock};
use crate::config::Config;
use crate::demo::spec::World;
use crate::domain::lang::Lang;
use crate::service::letters::{self, Which};
use crate::service::mail::{Delivered, Postman};
use crate::service::{Actor, Store, directory, receivables};

/// Reminds one class of the first school; how many mails became files.
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
    let composer = app::composer(config, store, (&now, &keys)).map_err(failed)?;
    while !composer.work()?.is_idle() {}
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
            "Đã viết {sent} thư mẫu (nhắc nộp, biên lai) thành tệp .eml trong {folder}/ (mở bằng chương trình email bất kỳ)."
        )?,
        Lang::En => writeln!(
            env.out,
            "{sent} made-up letters (reminders, receipts) were written as .eml files to {folder}/ (any mail program opens them)."
        )?,
    }
    Ok(())
}
