//! Somebody of each role, ready to sign in, all with one password made for this run.

use std::io;

use crate::cli::Env;
use crate::clock::Clock;
use crate::demo::spec::World;
use crate::domain::access::Role;
use crate::domain::lang::Lang;
use crate::domain::text::hex;
use crate::ids::IdSource;
use crate::service::keys::Reach;
use crate::service::users::{self, NewUser};
use crate::service::{Actor, ServiceError, Store};

/// The name in front of `@example.com`, and of whom it is.
const PEOPLE: [(Role, &str, &str); 7] = [
    (Role::Accountant, "ketoan", "Kế Toán Mẫu"),
    (Role::Cashier, "thuquy", "Thủ Quỹ Mẫu"),
    (Role::ChiefAccountant, "ketoantruong", "Kế Toán Trưởng Mẫu"),
    (Role::Head, "hieutruong", "Hiệu Trưởng Mẫu"),
    (Role::Supervisor, "canbo", "Cán Bộ Quản Lý Mẫu"),
    (Role::Administrator, "quantri", "Quản Trị Mẫu"),
    (Role::Auditor, "kiemtoan", "Kiểm Toán Mẫu"),
];

/// Who can sign in, and how.
pub(super) struct People {
    password: String,
    emails: Vec<(Role, String)>,
}

/// Adds the people of the first school and those above it. Nobody is asked for a second factor: the
/// day of the demonstration stands still, and so would the codes.
pub(super) fn add(
    store: &Store,
    (clock, ids): (&dyn Clock, &dyn IdSource),
    actor: &Actor,
    world: &World,
) -> Result<People, ServiceError> {
    let random: Vec<char> = hex(&ids.secret()).chars().take(16).collect();
    let groups: Vec<String> = random.chunks(4).map(|group| group.iter().collect()).collect();
    let password = groups.join("-");
    let mut emails = Vec::with_capacity(PEOPLE.len());
    for (role, account, name) in PEOPLE {
        let reach = match (role, world.schools.first()) {
            (Role::Supervisor, _) => Reach::Authority(world.province.code.clone()),
            (Role::Administrator, _) | (_, None) => Reach::Everything,
            (_, Some(school)) => Reach::School(school.code.clone()),
        };
        let new = NewUser {
            email: format!("{account}@example.com"),
            name: name.to_owned(),
            lang: Lang::Vi,
            second_factor_exempt: true,
            grants: vec![(role, reach)],
        };
        users::create(store, (clock, ids), actor, &new, &password)?;
        emails.push((role, new.email));
    }
    Ok(People { password, emails })
}

impl People {
    pub(super) fn print(&self, env: &mut Env<'_>) -> io::Result<()> {
        let words = match env.lang {
            Lang::Vi => "Người dùng mẫu, cùng mật khẩu",
            Lang::En => "People to sign in as, all with the password",
        };
        writeln!(env.out, "{words} {}:", self.password)?;
        for (role, email) in &self.emails {
            writeln!(env.out, "  {:<26}{}", email, role.title().text(env.lang))?;
        }
        Ok(())
    }
}
