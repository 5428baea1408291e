//! `doisoat webhook`: the addresses at which providers notify a school, and what came in.

mod test;

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::{Env, Failure, Status, cannot_open};
use crate::app;
use crate::clock::{Clock, SystemClock};
use crate::domain::id::SchoolId;
use crate::domain::lang::Lang;
use crate::domain::notification::Provider;
use crate::ids::{IdSource, RandomIds};
use crate::service::inbox::view::{self, Asked, DeliveryView};
use crate::service::webhooks::{self, Change, EndpointView, MadeEndpoint, NewEndpoint};
use crate::service::{Actor, Store, directory};

/// What to do with endpoints.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Make an address for a provider; a secret that is made is printed once and never again
    Create(CreateArgs),
    /// List a school's addresses
    List(ListArgs),
    /// Add a second secret; both live until the first is retired
    Rotate {
        #[command(flatten)]
        named: Named,
        /// File with the secret that the provider gave, `-` for standard input; made where absent
        #[arg(long, value_name = "FILE")]
        secret_file: Option<PathBuf>,
    },
    /// End a secret
    Retire {
        #[command(flatten)]
        named: Named,
        /// The secret's number, as `list` shows it
        secret: i64,
    },
    /// Take no more notifications
    Close(Named),
    /// Take notifications again
    Open(Named),
    /// List what came in, newest first
    Deliveries(DeliveriesArgs),
    /// Show one notification with its body as it came
    Show {
        /// The school's code
        #[arg(long)]
        school: String,
        /// The notification's number
        id: i64,
    },
    /// Handle a notification again
    Replay {
        /// The school's code
        #[arg(long)]
        school: String,
        /// The notification's number
        id: i64,
    },
    /// Send a signed notification as the provider would; needs no database
    Test(test::TestArgs),
}

#[derive(Debug, clap::Args)]
struct CreateArgs {
    /// The school's code
    #[arg(long)]
    school: String,
    /// sepay, casso, payos, vnpay, momo, zalopay, vietqr, pay2s or standard
    #[arg(long)]
    provider: String,
    /// How it proves itself: signature, key, token or none; the provider's usual way where absent
    #[arg(long)]
    scheme: Option<String>,
    /// What people call it
    #[arg(long, default_value = "")]
    name: String,
    /// The only account it may speak of; the merchant's code at a gateway
    #[arg(long)]
    account: Option<String>,
    /// The public half of the secret: access key, user name, client id
    #[arg(long)]
    client: Option<String>,
    /// File with the secret that the provider gave, `-` for standard input; made where absent
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct Named {
    /// The school's code
    #[arg(long)]
    school: String,
    /// The endpoint's id, the last part of its address
    endpoint: String,
}

#[derive(Debug, clap::Args)]
struct ListArgs {
    /// The school's code
    #[arg(long)]
    school: String,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct DeliveriesArgs {
    /// The school's code
    #[arg(long)]
    school: String,
    /// Only this endpoint's
    #[arg(long)]
    endpoint: Option<String>,
    /// Only waiting, done or dead ones
    #[arg(long)]
    state: Option<String>,
    /// Only those older than this number
    #[arg(long)]
    before: Option<i64>,
    /// How many, at most 200
    #[arg(long, default_value_t = 50)]
    limit: u32,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

/// Does what the arguments name.
pub fn run(env: &mut Env<'_>, args: &Args) -> Result<Status, Failure> {
    if let What::Test(args) = &args.what {
        return test::run(env, args);
    }
    let (config, store) = env.store()?;
    let keys = app::keyring(&config);
    let actor = Actor::named("cli");
    let ports: (&dyn Clock, &dyn IdSource) = (&SystemClock, &RandomIds);
    let school =
        |code: &str| -> Result<SchoolId, Failure> { Ok(directory::find_school(&store, code)?.id) };
    let change = |named: &Named, change: &Change| -> Result<MadeEndpoint, Failure> {
        let (clock, ids) = ports;
        let of = (school(&named.school)?, named.endpoint.as_str());
        Ok(webhooks::change(&store, (clock, ids, &keys), &actor, of, change)?)
    };
    match &args.what {
        What::Create(args) => {
            let new = NewEndpoint {
                provider: args.provider.clone(),
                scheme: args.scheme.clone(),
                name: args.name.clone(),
                account: args.account.clone(),
                client: args.client.clone(),
                secret: secret_in(args.secret_file.as_deref())?,
            };
            let (clock, ids) = ports;
            let school = school(&args.school)?;
            let made = webhooks::create(&store, (clock, ids, &keys), &actor, school, &new)?;
            if args.json {
                env.json(&made)?;
            } else {
                tell_made(env, &made)?;
            }
        }
        What::List(args) => list(env, &store, school(&args.school)?, args.json)?,
        What::Rotate { named, secret_file } => {
            let secret = secret_in(secret_file.as_deref())?;
            let made = change(named, &Change::Rotate { secret })?;
            tell_made(env, &made)?;
        }
        What::Retire { named, secret } => {
            let made = change(named, &Change::Retire { secret: *secret })?;
            tell_made(env, &made)?;
        }
        What::Close(named) => tell_made(env, &change(named, &Change::Close)?)?,
        What::Open(named) => tell_made(env, &change(named, &Change::Open)?)?,
        What::Deliveries(args) => {
            let asked = Asked {
                endpoint: args.endpoint.clone(),
                state: args.state.clone(),
                before: args.before,
                limit: args.limit,
            };
            for one in view::page(&store, school(&args.school)?, &asked)? {
                if args.json {
                    env.json(&one)?;
                } else {
                    tell_delivery(env, &one)?;
                }
            }
        }
        What::Show { school: code, id } => {
            let found = view::show(&store, school(code)?, *id)?;
            env.json(&found)?;
        }
        What::Replay { school: code, id } => {
            let again = view::replay(&store, &SystemClock, &actor, school(code)?, *id)?;
            // Whoever serves would handle it in a moment; without a service nobody would.
            crate::service::inbox::drain(&store, &SystemClock, app::inbox_settings(&config))?;
            let now = view::show(&store, school(code)?, again.id)?;
            tell_delivery(env, &now.delivery)?;
        }
        What::Test(_) => {}
    }
    Ok(Status::Done)
}

fn list(env: &mut Env<'_>, store: &Store, school: SchoolId, json: bool) -> Result<(), Failure> {
    for one in webhooks::list(store, &SystemClock, school)? {
        if json {
            env.json(&one)?;
        } else {
            tell_endpoint(env, &one)?;
        }
    }
    Ok(())
}

/// The secret in a file or on standard input, without the line's end.
pub(super) fn secret_in(file: Option<&Path>) -> Result<Option<String>, Failure> {
    let Some(path) = file else { return Ok(None) };
    let text = if path == Path::new("-") {
        let mut text = String::new();
        io::stdin().lock().take(64 * 1024).read_to_string(&mut text)?;
        text
    } else {
        std::fs::read_to_string(path).map_err(|error| cannot_open(path, &error))?
    };
    Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()))
}

fn tell_made(env: &mut Env<'_>, made: &MadeEndpoint) -> io::Result<()> {
    tell_endpoint(env, &made.endpoint)?;
    let Some(secret) = &made.secret else { return Ok(()) };
    match env.lang {
        Lang::Vi => writeln!(env.out, "  Khóa (chỉ hiện một lần): {secret}"),
        Lang::En => writeln!(env.out, "  Secret (shown this once): {secret}"),
    }
}

fn tell_endpoint(env: &mut Env<'_>, one: &EndpointView) -> io::Result<()> {
    let provider = Provider::parse(&one.provider).map(|provider| provider.label(env.lang));
    let name = match one.name.as_str() {
        "" => provider.unwrap_or(&one.provider_name),
        name => name,
    };
    let account = one.account.as_ref().map(|tail| format!(" ****{tail}")).unwrap_or_default();
    let state = match (env.lang, one.open) {
        (Lang::Vi, true) => "đang nhận",
        (Lang::Vi, false) => "đã đóng",
        (Lang::En, true) => "open",
        (Lang::En, false) => "closed",
    };
    writeln!(env.out, "{}  {name}{account} · {} · {state}", one.id, one.scheme)?;
    writeln!(env.out, "  {}", one.path)?;
    let secrets: Vec<String> =
        one.secrets.iter().map(|secret| format!("{} ({})", secret.id, secret.created_at)).collect();
    let secrets = if secrets.is_empty() { "–".to_owned() } else { secrets.join(", ") };
    let not_kept: i64 = one.not_kept.iter().map(|refusal| refusal.times).sum();
    match env.lang {
        Lang::Vi => writeln!(
            env.out,
            "  Khóa hiệu lực: {secrets}. Chờ {} · xong {} · cần xem {} · không lưu {not_kept} (30 ngày)",
            one.waiting, one.done, one.dead
        ),
        Lang::En => writeln!(
            env.out,
            "  Live secrets: {secrets}. Waiting {} · done {} · to look at {} · not kept {not_kept} (30 days)",
            one.waiting, one.done, one.dead
        ),
    }
}

fn tell_delivery(env: &mut Env<'_>, one: &DeliveryView) -> io::Result<()> {
    let what = one.problem.as_deref().or(one.kind.as_deref()).unwrap_or("–");
    let state = match (env.lang, one.state.as_str()) {
        (Lang::Vi, "waiting") => "chờ",
        (Lang::Vi, "done") => "xong",
        (Lang::Vi, _) => "cần xem",
        (Lang::En, "dead") => "to look at",
        (Lang::En, state) => state,
    };
    writeln!(
        env.out,
        "{:>8}  {}  {} {}  {state}  {what}",
        one.id, one.received_at, one.provider, one.provider_id
    )
}
