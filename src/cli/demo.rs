//! `doisoat demo`: a made-up province goes through the real doors, and can then be looked at.

mod announce;
mod letters;
mod people;
mod place;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{Days, NaiveDate, NaiveTime};

use super::{Env, Failure, Status};
use crate::app;
use crate::clock::{Clock, FixedClock, local_day};
use crate::config::{Config, MailTransport};
use crate::demo::spec::{AuthoritySpec, SchoolSpec, World};
use crate::demo::world;
use crate::domain::access::Role;
use crate::domain::calendar::{Period, vietnamese_day};
use crate::domain::cashless::Report;
use crate::domain::lang::Lang;
use crate::domain::money::group_digits;
use crate::domain::organisation::Ownership;
use crate::formats::cashless_report;
use crate::ids::{IdSource, RandomIds};
use crate::service::cash::{self, NewCash};
use crate::service::commit::{self, Committed};
use crate::service::directory::{self, NewAuthority, NewBankAccount, NewSchool};
use crate::service::keys::{self, Reach};
use crate::service::organisation::places;
use crate::service::plan::{self, NewFile};
use crate::service::receipts::{self, Terms};
use crate::service::report::{self, Whose};
use crate::service::students::{Options, imports};
use crate::service::{Actor, ServiceError, StatementReader, Store, import_invoices, intake};

/// The made-up province is the same one every time.
const SEED: u64 = 20_261_101;

/// How to show it.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder for the database and the made-up files
    #[arg(long, default_value = "demo")]
    dir: PathBuf,
    /// Print and stop
    #[arg(long)]
    no_serve: bool,
    /// An empty database to live in (postgres://…) instead of a file of its own
    #[arg(long, value_name = "URL")]
    on: Option<String>,
}

/// Builds, imports, settles, prints, serves.
pub fn run(env: &mut Env<'_>, args: &Args) -> Result<Status, Failure> {
    let mut config = env.config()?;
    let world = world::build(SEED).map_err(|error| Failure::System(error.to_string()))?;
    config.database.url = match &args.on {
        Some(url) => url.clone(),
        None => place::fresh_database(&args.dir)?,
    };
    if config.secrets.key.is_empty() {
        config.secrets.key_file = args.dir.join("doisoat-demo.key");
    }
    // Made-up people have no mailboxes: whatever the settings say, mail becomes files to look at.
    config.mail.transport = MailTransport::File;
    config.mail.folder = args.dir.join("mail");
    std::fs::create_dir_all(&args.dir)?;
    let store = app::open_store(&config)?;
    if args.on.is_some() {
        place::refuse_used(&store)?;
    }
    write_files(&args.dir, &world)?;
    let clock = demo_clock();
    let actor = Actor::named("demo");
    let reader = app::statement_reader(&config)?;

    title(env, &world, &args.dir)?;
    set_up(&store, &clock, &actor, &world, &config)?;
    let mut lines = Vec::with_capacity(world.schools.len());
    for school in &world.schools {
        let places = (&config, args.dir.as_path());
        lines.push(take_in(&store, &clock, &reader, &actor, (&world, school), places)?);
    }
    print_files(env, &lines)?;
    print_schools(env, &world, &lines)?;
    let report = province_report(&store, &clock, &world, &config)?;
    writeln!(env.out, "\n{}", cashless_report::table(&report))?;
    let sent = letters::send(&store, &clock, &actor, (&world, &config))?;
    letters::print(env, &sent, &args.dir)?;
    if args.no_serve {
        return Ok(Status::Done);
    }
    let announced = lines.into_iter().find_map(|line| line.announced);
    serve(env, &config, store, clock, (&world, args.dir.as_path(), announced.as_deref()))
}

/// What became of one school's files.
struct Line {
    students: u64,
    invoices: u64,
    /// Its files: name, format, and what each did.
    files: Vec<(String, String, Option<Committed>)>,
    /// Where its service announces money.
    announced: Option<String>,
    vouchers: usize,
}

/// The demonstration takes place on the day after its last statement, whenever it is run.
fn demo_clock() -> FixedClock {
    let day = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap_or_default();
    FixedClock::at(day.and_time(NaiveTime::MIN))
}

/// The files lie beside the database, so that they can be opened and imported by hand.
fn write_files(dir: &Path, world: &World) -> Result<(), Failure> {
    for school in &world.schools {
        let folder = dir.join("files").join(&school.code);
        std::fs::create_dir_all(&folder)?;
        let lists = std::iter::once(&school.students_file).chain(&school.invoice_files);
        let statements =
            school.statement_files.iter().map(|file| (&file.file.name, &file.file.bytes));
        for (name, bytes) in lists.map(|file| (&file.name, &file.bytes)).chain(statements) {
            std::fs::write(folder.join(name), bytes)?;
        }
    }
    Ok(())
}

fn set_up(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    world: &World,
    config: &Config,
) -> Result<(), ServiceError> {
    let add = |spec: &AuthoritySpec| {
        let new = NewAuthority {
            code: spec.code.clone(),
            name: spec.name.clone(),
            kind: spec.kind.as_str().to_owned(),
            parent: spec.parent.clone(),
            valid_from: spec.valid_from,
            valid_to: spec.valid_to,
        };
        directory::add_authority(store, clock, actor, &new)
    };
    add(&world.province)?;
    for authority in &world.authorities {
        add(authority)?;
    }
    let today = local_day(clock.now());
    for (number, school) in world.schools.iter().enumerate() {
        let new = NewSchool {
            code: school.code.clone(),
            name: school.name.clone(),
            level: school.level.as_str().to_owned(),
            policy: app::policy(config),
        };
        let id = directory::add_school(store, clock, actor, &new)?;
        let last = number + 1 == world.schools.len();
        let kind = if last { Ownership::Private } else { Ownership::Public };
        places::set_ownership(store, clock, actor, id, kind.as_str())?;
        // Each receipt is a letter with its paper: those of the last days are enough to be looked at,
        // and those of a whole term would keep whoever tries this waiting.
        let back = Days::new(if number == 0 { 4 } else { 2 });
        let terms = Terms { issue: true, from: today.checked_sub_days(back) };
        receipts::set_terms(store, clock, actor, id, terms)?;
        for place in &school.placements {
            let valid = (place.valid_from, place.valid_to);
            let authority = &place.authority_code;
            directory::place_school(store, clock, actor, &school.code, authority, valid)?;
        }
        let account = NewBankAccount {
            bin: school.account.bin.clone(),
            number: school.account.number.clone(),
            holder: school.account.holder.clone(),
        };
        directory::add_bank_account(store, clock, actor, &school.code, &account)?;
    }
    Ok(())
}

fn take_in(
    store: &Store,
    clock: &FixedClock,
    reader: &StatementReader,
    actor: &Actor,
    (world, school): (&World, &SchoolSpec),
    (config, dir): (&Config, &Path),
) -> Result<Line, Failure> {
    let id = directory::find_school(store, &school.code)?.id;
    let list = intake::list(reader, &school.students_file.bytes)?;
    let source = imports::Source { file_name: &school.students_file.name, list: &list };
    let students = imports::take_in(store, clock, actor, id, source, &Options::default())?;
    refuse_bad(&students.bad)?;
    let prefixes = app::prefixes(config);
    let mut invoices = 0;
    for file in &school.invoice_files {
        let list = intake::list(reader, &file.bytes)?;
        let taken = import_invoices::run(store, clock, actor, id, &prefixes, &list)?;
        refuse_bad(&taken.bad)?;
        invoices += taken.added;
    }
    // Cash comes in over the weeks; what was paid at the counter is not open any more when the
    // statements are matched.
    for taken in &school.cash {
        let new = NewCash {
            allocations: vec![(taken.payment_code.clone(), taken.amount)],
            payer: taken.payer.clone(),
            received_on: taken.day,
            note: Some(taken.voucher.clone()),
            request_key: None,
        };
        cash::record(store, clock, actor, id, &new)?;
    }
    let mut files = Vec::with_capacity(school.statement_files.len());
    // Money is announced at once; statements come at the end of the week and prove it.
    let announced = announce::run(store, clock, actor, (world, school, id), (config, dir))?;
    let announced = announced.map(|announced| {
        let name = format!("{}_2026-11_sepay", school.code);
        files.push((name, "webhook · sepay".to_owned(), Some(announced.done)));
        announced.path
    });
    for file in &school.statement_files {
        let mut content = tempfile::tempfile()?;
        content.write_all(&file.file.bytes)?;
        let new = NewFile::plain(&file.file.name, &content);
        let plan = plan::run(store, clock, reader, actor, id, &new)?;
        let known = plan.state == "committed";
        let done = commit::run(store, clock, actor, id, plan.id)?;
        files.push((
            file.file.name.clone(),
            plan.layout.map_or(plan.format.clone(), |layout| format!("{} · {layout}", plan.format)),
            (!known).then_some(done),
        ));
    }
    let vouchers = school.cash.len();
    Ok(Line { students: students.added, invoices, files, announced, vouchers })
}

fn refuse_bad(bad: &[crate::domain::diagnostic::Diagnostic]) -> Result<(), Failure> {
    if bad.is_empty() { Ok(()) } else { Err(Failure::Refused(bad.to_vec())) }
}

fn province_report(
    store: &Store,
    clock: &dyn Clock,
    world: &World,
    config: &Config,
) -> Result<Report, ServiceError> {
    let today = local_day(clock.now());
    let from = NaiveDate::from_ymd_opt(2026, 11, 1).unwrap_or(today);
    let period = Period::new(from, today).unwrap_or(Period::single(today));
    let whose = Whose::Authority(world.province.code.clone());
    report::cashless(store, clock, &whose, period, None, app::cashless_settings(config))
}

fn title(env: &mut Env<'_>, world: &World, dir: &Path) -> Result<(), Failure> {
    let students: usize = world.schools.iter().map(|school| school.students).sum();
    let (schools, dir) = (world.schools.len(), dir.display());
    match env.lang {
        Lang::Vi => writeln!(
            env.out,
            "{}: {schools} trường, {} học sinh. Mọi tên và số liệu đều là bịa ra để làm mẫu.\nTệp mẫu và cơ sở dữ liệu nằm trong {dir}/\n",
            world.province.name,
            group_digits(&students.to_string())
        )?,
        Lang::En => writeln!(
            env.out,
            "{}: {schools} schools, {} students. Every name and figure is made up.\nThe made-up files and the database are in {dir}/\n",
            world.province.name,
            group_digits(&students.to_string())
        )?,
    }
    Ok(())
}

fn print_files(env: &mut Env<'_>, lines: &[Line]) -> Result<(), Failure> {
    let heading = match env.lang {
        Lang::Vi => [
            "Sao kê",
            "định dạng",
            "mới",
            "trùng",
            "tệp khác có",
            "đã khớp",
            "gợi ý",
            "chưa khớp",
            "khác",
        ],
        Lang::En => [
            "Statement",
            "format",
            "new",
            "known",
            "also seen",
            "settled",
            "proposed",
            "unmatched",
            "other",
        ],
    };
    let [name, format, rest @ ..] = heading;
    write!(env.out, "{name:<38}{format:<30}")?;
    for one in rest {
        write!(env.out, "{one:>12}")?;
    }
    writeln!(env.out)?;
    for line in lines {
        for (name, format, done) in &line.files {
            write!(env.out, "{:<38}{format:<30}", clip(name, 36))?;
            if let Some(done) = done {
                let other = done.returned + done.not_income;
                for count in [
                    done.payments,
                    done.duplicates,
                    done.witnesses,
                    done.settled,
                    done.proposed,
                    done.unmatched,
                    other,
                ] {
                    write!(env.out, "{count:>12}")?;
                }
                writeln!(env.out)?;
            } else {
                let words = match env.lang {
                    Lang::Vi => "tệp đã nhập trước đó, không có gì mới",
                    Lang::En => "the same file again, nothing new",
                };
                writeln!(env.out, "    {words}")?;
            }
        }
    }
    Ok(())
}

fn print_schools(env: &mut Env<'_>, world: &World, lines: &[Line]) -> Result<(), Failure> {
    let heading = match env.lang {
        Lang::Vi => [
            "Trường",
            "học sinh",
            "khoản thu",
            "tệp",
            "dòng tiền",
            "đã khớp",
            "gợi ý",
            "chưa khớp",
            "phiếu thu",
        ],
        Lang::En => [
            "School",
            "students",
            "invoices",
            "files",
            "payments",
            "settled",
            "proposed",
            "unmatched",
            "vouchers",
        ],
    };
    let [name, rest @ ..] = heading;
    write!(env.out, "\n{name:<56}")?;
    for one in rest {
        write!(env.out, "{one:>12}")?;
    }
    writeln!(env.out)?;
    let mut sums = [0_u64; 8];
    for (school, line) in world.schools.iter().zip(lines) {
        let sum = |of: fn(&Committed) -> u64| -> u64 {
            line.files.iter().filter_map(|(.., done)| done.as_ref()).map(of).sum()
        };
        let row = [
            line.students,
            line.invoices,
            u64::try_from(line.files.len()).unwrap_or_default(),
            sum(|done| done.payments),
            sum(|done| done.settled),
            sum(|done| done.proposed),
            sum(|done| done.unmatched),
            u64::try_from(line.vouchers).unwrap_or_default(),
        ];
        print_row(env, &school.name, &row)?;
        for (sum, count) in sums.iter_mut().zip(row) {
            *sum += count;
        }
    }
    let name = match env.lang {
        Lang::Vi => "Cộng",
        Lang::En => "Total",
    };
    print_row(env, name, &sums)
}

fn print_row(env: &mut Env<'_>, name: &str, row: &[u64]) -> Result<(), Failure> {
    let name = clip(name, 54);
    let blanks = 56_usize.saturating_sub(name.chars().count());
    write!(env.out, "{name}{:blanks$}", "")?;
    for count in row {
        write!(env.out, "{:>12}", group_digits(&count.to_string()))?;
    }
    writeln!(env.out)?;
    Ok(())
}

fn clip(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept: String = text.chars().take(width.saturating_sub(1)).collect();
    format!("{kept}…")
}

fn serve(
    env: &mut Env<'_>,
    config: &Config,
    store: Store,
    clock: FixedClock,
    (world, dir, announced): (&World, &Path, Option<&str>),
) -> Result<Status, Failure> {
    let actor = Actor::named("demo");
    let mut secrets = Vec::new();
    let mut reaches = vec![
        (Role::Administrator, Reach::Everything, "administrator".to_owned()),
        (
            Role::Supervisor,
            Reach::Authority(world.province.code.clone()),
            world.province.name.clone(),
        ),
    ];
    if let Some(school) = world.schools.first() {
        let reach = Reach::School(school.code.clone());
        reaches.push((Role::Accountant, reach, school.name.clone()));
    }
    for (role, reach, name) in reaches {
        let ports: (&dyn Clock, &dyn IdSource) = (&clock, &RandomIds);
        let (_, secret) = keys::create(&store, ports, &actor, &name, role, &reach)?;
        secrets.push((role, name, secret));
    }
    let people = people::add(&store, (&clock, &RandomIds), &actor, world)?;
    let day = vietnamese_day(local_day(clock.now()));
    let reader = app::statement_reader(config)?;
    app::serve(config, store, reader, Arc::new(clock), |address| {
        match env.lang {
            Lang::Vi => {
                writeln!(env.out, "\nMở http://{address}/ trong trình duyệt (ngày mẫu {day}).")?;
            }
            Lang::En => {
                writeln!(env.out, "\nOpen http://{address}/ in a browser (the day there is {day}).")?;
            }
        }
        people.print(env)?;
        match env.lang {
            Lang::Vi => writeln!(env.out, "Khóa API (Authorization: Bearer …):")?,
            Lang::En => writeln!(env.out, "API keys (Authorization: Bearer …):")?,
        }
        for (role, name, secret) in &secrets {
            writeln!(env.out, "  {:<15}{secret}  {name}", role.as_str())?;
        }
        if let Some(path) = announced {
            let words = match env.lang {
                Lang::Vi => "Gửi thử một thông báo như SePay",
                Lang::En => "Send a notification as SePay would",
            };
            let secret = dir.join("webhook-secret.txt");
            let account = world.schools.get(1).map_or("", |school| &school.account.number);
            writeln!(
                env.out,
                "{words}:\n  doisoat webhook test --provider sepay --scheme key --to http://{address}{path} --secret-file {} --account {account}",
                secret.display()
            )?;
        }
        writeln!(env.out, "API: http://{address}/api/v1/openapi.json · Ctrl+C")?;
        env.out.flush()
    })
    .map_err(|error| Failure::System(error.to_string()))?;
    Ok(Status::Done)
}
