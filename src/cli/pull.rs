//! `doisoat pull`: asks providers for what they may have failed to tell.

use std::path::PathBuf;

use chrono::NaiveDate;

use super::webhook::secret_in;
use super::{Env, Failure, Status};
use crate::app;
use crate::clock::{Clock, SystemClock};
use crate::domain::calendar::vietnamese_day;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::lang::Lang;
use crate::ids::{IdSource, RandomIds};
use crate::outbound::Client;
use crate::service::pull::{self, Asking, NewPull, PullView, Pulled};
use crate::service::{Actor, directory, inbox};

/// Whom to ask, or how to.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The school's code
    #[arg(long)]
    school: String,
    /// Only this endpoint
    #[arg(long)]
    endpoint: Option<String>,
    /// Ask from this day on (YYYY-MM-DD); else from where asking ended, three days earlier
    #[arg(long)]
    since: Option<NaiveDate>,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
    /// Set up how the endpoint's provider is asked, with the token in this file (`-`: standard input)
    #[arg(long, value_name = "FILE", requires = "endpoint", conflicts_with_all = ["stop", "show"])]
    token_file: Option<PathBuf>,
    /// Where the provider's API is; its usual place when absent
    #[arg(long, value_name = "URL", requires = "token_file")]
    base_url: Option<String>,
    /// Transactions of one page, 1 to 5000
    #[arg(long, default_value_t = 100, requires = "token_file")]
    page_size: u32,
    /// Ask by itself so often while serving; 0 for only by this command
    #[arg(long, value_name = "MINUTES", default_value_t = 0, requires = "token_file")]
    every: u32,
    /// Ask this endpoint's provider no more
    #[arg(long, requires = "endpoint")]
    stop: bool,
    /// Show how the school's endpoints are asked
    #[arg(long)]
    show: bool,
}

/// Sets up, shows or asks. Exit status 1 when a provider could not be asked to the end.
pub fn run(env: &mut Env<'_>, args: &Args) -> Result<Status, Failure> {
    let (config, store) = env.store()?;
    let school = directory::find_school(&store, &args.school)?.id;
    let keys = app::keyring(&config);
    let policy = app::outbound_policy(&config);
    let actor = Actor::named("cli");
    let endpoint = args.endpoint.as_deref();
    if let (Some(endpoint), true) = (endpoint, args.stop) {
        pull::stop(&store, &SystemClock, &actor, (school, endpoint))?;
        return Ok(Status::Done);
    }
    if let (Some(endpoint), Some(file)) = (endpoint, &args.token_file) {
        let new = NewPull {
            base_url: args.base_url.clone(),
            token: secret_in(Some(file))?.unwrap_or_default(),
            page_size: args.page_size,
            every_minutes: args.every,
        };
        let ports: (&dyn Clock, &dyn IdSource, &_) = (&SystemClock, &RandomIds, &keys);
        let view = pull::set(&store, ports, &actor, (school, endpoint), (&new, &policy))?;
        tell_setting(env, &view, args.json)?;
        return Ok(Status::Done);
    }
    if args.show {
        for view in pull::list(&store, school)? {
            tell_setting(env, &view, args.json)?;
        }
        return Ok(Status::Done);
    }
    let client = Client::new(policy);
    let asking = Asking {
        db: &store,
        client: &client,
        clock: &SystemClock,
        keys: &keys,
        wait: &std::thread::sleep,
    };
    let pulled = pull::run(&asking, school, endpoint, args.since)?;
    if pulled.is_empty() {
        return Err(Failure::Refused(vec![Diagnostic::new(
            "pull_not_set_up",
            "Chưa khai báo cách hỏi lại nhà cung cấp. Khai báo bằng: doisoat pull --school … --endpoint … --token-file …",
            "Nothing is set up to be asked. Set it up with: doisoat pull --school … --endpoint … --token-file …",
        )]));
    }
    // Whoever serves would handle it in a moment; without a service nobody would.
    inbox::drain(&store, &SystemClock, app::inbox_settings(&config))?;
    let mut status = Status::Done;
    for one in &pulled {
        if one.problem.is_some() {
            status = Status::Refused;
        }
        tell_pulled(env, one, args.json)?;
    }
    Ok(status)
}

fn tell_setting(env: &mut Env<'_>, view: &PullView, json: bool) -> std::io::Result<()> {
    if json {
        return env.json(view);
    }
    let last = view.pulled_to.map_or_else(|| "–".to_owned(), vietnamese_day);
    let (endpoint, url, every) = (&view.endpoint, &view.base_url, view.every_minutes);
    match env.lang {
        Lang::Vi => writeln!(env.out, "{endpoint}  {url} · mỗi {every} phút · đã hỏi đến {last}"),
        Lang::En => {
            writeln!(env.out, "{endpoint}  {url} · every {every} minutes · asked to {last}")
        }
    }
}

fn tell_pulled(env: &mut Env<'_>, one: &Pulled, json: bool) -> std::io::Result<()> {
    if json {
        return env.json(one);
    }
    let problem = one.problem.as_ref().map(|why| format!(" · {why}")).unwrap_or_default();
    match env.lang {
        Lang::Vi => writeln!(
            env.out,
            "{}: {} mới · {} đã có · {} bỏ qua · {} không đọc được{problem}",
            one.endpoint, one.new, one.known, one.passed_over, one.unreadable
        ),
        Lang::En => writeln!(
            env.out,
            "{}: {} new · {} known · {} passed over · {} unreadable{problem}",
            one.endpoint, one.new, one.known, one.passed_over, one.unreadable
        ),
    }
}
