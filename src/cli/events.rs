//! `doisoat events`: the addresses at which a school's other software is told of events, and what
//! was sent to them.

use std::io;

use super::{Env, Failure, Status};
use crate::app;
use crate::clock::SystemClock;
use crate::domain::id::SchoolId;
use crate::domain::lang::Lang;
use crate::ids::RandomIds;
use crate::service::events::deliveries::{self, AskedEvents, EventDeliveryView};
use crate::service::events::{
    self, EventChange, EventEndpointView, MadeEventEndpoint, NewEventEndpoint,
};
use crate::service::{Actor, Store, directory};

/// What to do with events.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Addresses to which events are sent
    Endpoint {
        #[command(subcommand)]
        what: EndpointWhat,
    },
    /// List what was sent and what was not, newest first
    Deliveries(DeliveriesArgs),
    /// Show one delivery with the body that is sent
    Show {
        /// The school's code
        #[arg(long)]
        school: String,
        /// The delivery's number
        id: i64,
    },
    /// Send something again; whoever serves or works sends it within a second
    Replay {
        /// The school's code
        #[arg(long)]
        school: String,
        /// The delivery's number
        id: i64,
    },
}

#[derive(Debug, clap::Subcommand)]
enum EndpointWhat {
    /// Add an address; its secret is printed once and never again
    Add(AddArgs),
    /// List a school's addresses
    List {
        /// The school's code
        #[arg(long)]
        school: String,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Add a second secret; what is sent is signed with both until the first is retired
    Rotate(Named),
    /// End a secret
    Retire {
        #[command(flatten)]
        named: Named,
        /// The secret's number, as `list` shows it
        secret: i64,
    },
    /// Send nothing more
    Close(Named),
    /// Send again, what waited included
    Open(Named),
    /// Send something at once that says nothing, to see whether it arrives
    Test(Named),
    /// Send other kinds of events, from now on
    Kinds {
        #[command(flatten)]
        named: Named,
        /// The kinds; all where absent
        kinds: Vec<String>,
    },
    /// Send to another address
    Url {
        #[command(flatten)]
        named: Named,
        /// The address
        url: String,
    },
}

#[derive(Debug, clap::Args)]
struct AddArgs {
    /// The school's code
    #[arg(long)]
    school: String,
    /// A kind of event to send, may be given several times: payment.settled, payment.reversed,
    /// invoice.paid, statement.imported, period.closed, period.reopened, receipt.issued; all where absent
    #[arg(long = "kind", value_name = "KIND")]
    kinds: Vec<String>,
    /// What people call it
    #[arg(long, default_value = "")]
    name: String,
    /// One JSON object
    #[arg(long)]
    json: bool,
    /// Where events are posted to
    url: String,
}

#[derive(Debug, clap::Args)]
struct Named {
    /// The school's code
    #[arg(long)]
    school: String,
    /// The endpoint's number, as `list` shows it
    endpoint: i64,
}

#[derive(Debug, clap::Args)]
struct DeliveriesArgs {
    /// The school's code
    #[arg(long)]
    school: String,
    /// Only this endpoint's
    #[arg(long)]
    endpoint: Option<i64>,
    /// Only waiting, sent or dead ones
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
    let (config, store) = env.store()?;
    match &args.what {
        What::Endpoint { what } => endpoint(env, &config, &store, what)?,
        What::Deliveries(args) => {
            let asked = AskedEvents {
                endpoint: args.endpoint,
                state: args.state.clone(),
                before: args.before,
                limit: args.limit,
            };
            for one in deliveries::page(&store, school(&store, &args.school)?, &asked)? {
                if args.json {
                    env.json(&one)?;
                } else {
                    tell_delivery(env, &one)?;
                }
            }
        }
        What::Show { school: code, id } => {
            let found = deliveries::show(&store, school(&store, code)?, *id)?;
            env.json(&found)?;
        }
        What::Replay { school: code, id } => {
            let (of, actor) = (school(&store, code)?, Actor::named("cli"));
            let again = deliveries::replay(&store, &SystemClock, &actor, of, *id)?;
            tell_delivery(env, &again)?;
        }
    }
    Ok(Status::Done)
}

fn endpoint(
    env: &mut Env<'_>,
    config: &crate::config::Config,
    store: &Store,
    what: &EndpointWhat,
) -> Result<(), Failure> {
    let (keys, policy) = (app::keyring(config), app::event_policy(config));
    let actor = Actor::named("cli");
    let (named, change) = match what {
        EndpointWhat::Add(args) => {
            let new = NewEventEndpoint {
                url: args.url.clone(),
                kinds: args.kinds.clone(),
                name: args.name.clone(),
            };
            let of = school(store, &args.school)?;
            let made = events::create(
                store,
                (&SystemClock, &RandomIds, &keys),
                &policy,
                &actor,
                of,
                &new,
            )?;
            if args.json {
                env.json(&made)?;
            } else {
                tell_made(env, &made)?;
            }
            return Ok(());
        }
        EndpointWhat::List { school: code, json } => {
            for one in events::list(store, school(store, code)?)? {
                if *json {
                    env.json(&one)?;
                } else {
                    tell_endpoint(env, &one)?;
                }
            }
            return Ok(());
        }
        EndpointWhat::Rotate(named) => (named, EventChange::Rotate),
        EndpointWhat::Retire { named, secret } => (named, EventChange::Retire { secret: *secret }),
        EndpointWhat::Close(named) => (named, EventChange::Close),
        EndpointWhat::Open(named) => (named, EventChange::Open),
        EndpointWhat::Test(named) => (named, EventChange::Test),
        EndpointWhat::Kinds { named, kinds } => {
            (named, EventChange::Kinds { kinds: kinds.clone() })
        }
        EndpointWhat::Url { named, url } => (named, EventChange::Url { url: url.clone() }),
    };
    let of = (school(store, &named.school)?, named.endpoint);
    let made =
        events::change(store, (&SystemClock, &RandomIds, &keys), &policy, &actor, of, &change)?;
    tell_made(env, &made)?;
    Ok(())
}

fn school(store: &Store, code: &str) -> Result<SchoolId, Failure> {
    Ok(directory::find_school(store, code)?.id)
}

fn tell_made(env: &mut Env<'_>, made: &MadeEventEndpoint) -> io::Result<()> {
    tell_endpoint(env, &made.endpoint)?;
    let Some(secret) = &made.secret else { return Ok(()) };
    match env.lang {
        Lang::Vi => writeln!(env.out, "  Khóa (chỉ hiện một lần): {secret}"),
        Lang::En => writeln!(env.out, "  Secret (shown this once): {secret}"),
    }
}

fn tell_endpoint(env: &mut Env<'_>, one: &EventEndpointView) -> io::Result<()> {
    let state = match (env.lang, one.open, one.closed_why.as_deref()) {
        (Lang::Vi, true, _) => "đang gửi",
        (Lang::Vi, false, Some("gone")) => "bên nhận báo đã ngừng (410)",
        (Lang::Vi, false, _) => "đã đóng",
        (Lang::En, true, _) => "open",
        (Lang::En, false, Some("gone")) => "gone, as the receiver says (410)",
        (Lang::En, false, _) => "closed",
    };
    let name = if one.name.is_empty() { String::new() } else { format!("  {}", one.name) };
    writeln!(env.out, "{}{name} · {state}", one.id)?;
    writeln!(env.out, "  {}", one.url)?;
    writeln!(env.out, "  {}", one.kinds.join(", "))?;
    let secrets: Vec<String> =
        one.secrets.iter().map(|secret| format!("{} ({})", secret.id, secret.created_at)).collect();
    let secrets = secrets.join(", ");
    match env.lang {
        Lang::Vi => writeln!(
            env.out,
            "  Khóa hiệu lực: {secrets}. Chờ {} · đã gửi {} · cần xem {}",
            one.waiting, one.sent, one.dead
        ),
        Lang::En => writeln!(
            env.out,
            "  Live secrets: {secrets}. Waiting {} · sent {} · to look at {}",
            one.waiting, one.sent, one.dead
        ),
    }?;
    match (&one.paused_until, env.lang) {
        (None, _) => Ok(()),
        (Some(until), Lang::Vi) => writeln!(env.out, "  Gửi lỗi, chờ đến {until}"),
        (Some(until), Lang::En) => writeln!(env.out, "  A delivery failed; waiting until {until}"),
    }
}

fn tell_delivery(env: &mut Env<'_>, one: &EventDeliveryView) -> io::Result<()> {
    let state = match (env.lang, one.state.as_str()) {
        (Lang::Vi, "waiting") => "chờ",
        (Lang::Vi, "sent") => "đã gửi",
        (Lang::Vi, _) => "cần xem",
        (Lang::En, "dead") => "to look at",
        (Lang::En, state) => state,
    };
    let status = one.status.map(|status| format!(" {status}")).unwrap_or_default();
    let problem = one.problem.as_ref().map(|why| format!(" {why}")).unwrap_or_default();
    writeln!(
        env.out,
        "{:>8}  {}  {} {} → {}  {state} ({}){status}{problem}",
        one.id, one.at, one.kind, one.message, one.endpoint, one.attempts
    )
}
