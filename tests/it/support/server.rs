//! The real server on a port of its own, with two schools under two authorities and a key for
//! everybody. All names and numbers are made up.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::mpsc;
use std::thread::JoinHandle;

use actix_web::dev::ServerHandle;
use doisoat::app::Application;
use doisoat::clock::{Clock, FixedClock, SystemClock};
use doisoat::config::{self, Config};
use doisoat::domain::access::Role;
use doisoat::ids::CountingIds;
use doisoat::service::directory::{self, NewAuthority};
use doisoat::service::keys::{self, Reach};
use doisoat::service::{Actor, Store, database};

use super::TestDb;
use super::client::Request;
use super::feed::TEST_KEY;
use super::school::{ACCOUNT, School, now, reader};

/// A server that stops with this value.
pub struct Server {
    pub address: SocketAddr,
    /// What the server takes for the time, where it was given no other clock.
    pub clock: Arc<FixedClock>,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves what is in `store`, migrated or not.
    pub fn start(db: &TestDb, store: Store) -> Server {
        let clock = Arc::new(FixedClock::at(now()));
        let of_server: Arc<dyn Clock> = clock.clone();
        let mut server = Server::start_at(db, store, of_server);
        server.clock = clock;
        server
    }

    /// The same with another clock.
    pub fn start_at(db: &TestDb, store: Store, clock: Arc<dyn Clock>) -> Server {
        Server::configured(config(db), store, clock)
    }

    /// The same with other settings.
    fn configured(config: Config, store: Store, clock: Arc<dyn Clock>) -> Server {
        let (tell, told) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async {
                let application = Application::build(&config, store, reader(), clock).unwrap();
                tell.send((application.address(), application.handle())).unwrap();
                application.run().await.unwrap();
            });
        });
        let (address, handle) = told.recv().unwrap();
        let clock = Arc::new(FixedClock::at(now()));
        Server { address, clock, handle, thread: Some(thread) }
    }

    pub fn request(&self, method: &str, target: &str) -> Request {
        Request::new(self.address, method, target)
    }

    pub fn get(&self, target: &str) -> Request {
        Request::new(self.address, "GET", target)
    }

    pub fn post(&self, target: &str) -> Request {
        Request::new(self.address, "POST", target)
    }

    /// Tells the server to finish what it is doing and stop, and waits for neither.
    pub fn begin_to_stop(&self) {
        drop(self.handle.stop(true));
    }

    /// Waits until it has stopped.
    pub fn wait(mut self) {
        self.thread.take().unwrap().join().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            drop(self.handle.stop(false));
            let stopped = thread.join();
            assert!(stopped.is_ok() || std::thread::panicking(), "the server died");
        }
    }
}

/// The settings of the tests: a free port, and uploads of at most 1 MB.
fn config(db: &TestDb) -> Config {
    let mut config = config::from_parts(None, [], Some(&db.url)).unwrap();
    config.server.bind = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    config.server.workers = 2;
    // Tests wait for no mail.
    config.letters.receipt_after_minutes = 0;
    config.server.max_upload_mb = 1;
    // The clock of the tests stands still, so that all of an hour's files come at once.
    config.server.uploads_per_person = 100_000;
    config.server.uploads_per_school = 100_000;
    TEST_KEY.clone_into(&mut config.secrets.key);
    config
}

/// Two schools, each under an authority of its own, and the keys of their people.
pub struct Town {
    pub server: Server,
    /// The school of `accountant` and `reader`.
    pub school: School,
    pub admin: String,
    pub accountant: String,
    /// The chief accountant of the school.
    pub chief: String,
    /// Reads everything of the school and writes nothing.
    pub reader: String,
    /// Reads the figures of the authority above the school.
    pub authority: String,
    /// The accountant of the other school.
    pub stranger: String,
    /// Was the accountant's until it was revoked.
    pub revoked: String,
    ids: CountingIds,
}

/// The school most tests are about.
pub const HERE: &str = "THCS-MAU";
/// The other one.
pub const THERE: &str = "THCS-KHAC";

impl Town {
    pub fn create(db: &TestDb) -> Town {
        Town::waiting(db, 30_000)
    }

    /// On a database of which SQLite waits for another writer no longer than this.
    pub fn waiting(db: &TestDb, busy_timeout_ms: u32) -> Town {
        Town::at(db, busy_timeout_ms, None)
    }

    /// For programs that sign with the time of the machine.
    pub fn with_the_clock_of_the_machine(db: &TestDb) -> Town {
        Town::at(db, 30_000, Some(Arc::new(SystemClock)))
    }

    /// With other settings than those of the tests.
    pub fn with_settings(db: &TestDb, change: impl FnOnce(&mut Config)) -> Town {
        let mut town = Town::create(db);
        let mut settings = config(db);
        change(&mut settings);
        let clock = Arc::new(FixedClock::at(now()));
        let store = town.school.store.clone();
        let mut server = Server::configured(settings, store, clock.clone());
        server.clock = clock;
        town.server = server;
        town
    }

    fn at(db: &TestDb, busy_timeout_ms: u32, of_server: Option<Arc<dyn Clock>>) -> Town {
        let store = Store::open(&db.url, 8, busy_timeout_ms).unwrap();
        database::migrate(&store).unwrap();
        let (clock, actor) = (FixedClock::at(now()), Actor::named("test"));
        let school = School::add(store.clone(), HERE, ACCOUNT);
        School::add(store.clone(), THERE, "1017000002");
        for (authority, below) in [("PHONG-MAU", HERE), ("PHONG-KHAC", THERE)] {
            let new = NewAuthority {
                code: authority.to_owned(),
                name: format!("{authority} (dữ liệu mẫu)"),
                kind: "department".to_owned(),
                parent: None,
                valid_from: None,
                valid_to: None,
            };
            directory::add_authority(&store, &clock, &actor, &new).unwrap();
            directory::place_school(&store, &clock, &actor, below, authority, (None, None))
                .unwrap();
        }
        let ids = CountingIds::new();
        let key = |name: &str, role, reach: Reach| {
            keys::create(&store, (&clock, &ids), &actor, name, role, &reach).unwrap()
        };
        let here = || Reach::School(HERE.to_owned());
        let admin = key("quản trị", Role::Administrator, Reach::Everything).1;
        let accountant = key("kế toán", Role::Accountant, here()).1;
        let chief = key("kế toán trưởng", Role::ChiefAccountant, here()).1;
        let reader = key("người xem", Role::Auditor, here()).1;
        let above = Reach::Authority("PHONG-MAU".to_owned());
        let authority = key("phòng", Role::Supervisor, above).1;
        let stranger = key("kế toán khác", Role::Accountant, Reach::School(THERE.to_owned())).1;
        let (lost, revoked) = key("khóa đã mất", Role::Accountant, here());
        keys::revoke(&store, &clock, &actor, lost).unwrap();
        let server = match of_server {
            Some(clock) => Server::start_at(db, store, clock),
            None => Server::start(db, store),
        };
        Town { server, school, admin, accountant, chief, reader, authority, stranger, revoked, ids }
    }

    /// The secret of one more key.
    pub fn key(&self, role: Role, reach: &Reach) -> String {
        let School { store, clock, actor, .. } = &self.school;
        keys::create(store, (clock, &self.ids), actor, role.as_str(), role, reach).unwrap().1
    }

    /// A GET below this school as its accountant.
    pub fn get(&self, below: &str) -> Request {
        self.server.get(&format!("/api/v1/schools/{HERE}/{below}")).key(&self.accountant)
    }

    /// A POST below this school as its accountant.
    pub fn post(&self, below: &str) -> Request {
        self.server.post(&format!("/api/v1/schools/{HERE}/{below}")).key(&self.accountant)
    }

    /// The same as somebody else.
    pub fn post_as(&self, key: &str, below: &str) -> Request {
        self.server.post(&format!("/api/v1/schools/{HERE}/{below}")).key(key)
    }

    /// Three students with an open invoice each; the last two are one family.
    pub fn with_invoices(self) -> Town {
        let students = "Mã học sinh;Họ và tên;Lớp;Mã gia đình\nHS01;Nguyễn Thị Mẫu Một;6A1;F1\nHS02;Trần Văn Mẫu Hai;6A1;F2\nHS03;Trần Văn Mẫu Ba;7A2;F2\n";
        let invoices = "Mã thanh toán;Mã học sinh;Họ và tên;Lớp;Còn phải thu\nHPQ6XPNK7;HS01;;;1250000\nHP2P9Q7Q9;HS02;;;1000000\nHPQRC6R6X;HS03;;;1250000\n";
        assert_eq!(self.school.students(students).bad, vec![]);
        assert_eq!(self.school.invoices(invoices).bad, vec![]);
        self
    }
}
