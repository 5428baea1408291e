//! Events: what happens to a school's money reaches its other software, once it is sure and until
//! it is there.

mod doors;
mod facts;
mod sending;

use chrono::TimeDelta;
use doisoat::ids::CountingIds;
use doisoat::keyring::Keyring;
use doisoat::service::events::deliveries::{self, AskedEvents, EventDeliveryView};
use doisoat::service::events::{
    self, Client, Delivered, EventChange, EventEndpointView, MadeEventEndpoint, NewEventEndpoint,
    Policy, Settings,
};
use doisoat::service::{ServiceError, decide};

use crate::support::TestDb;
use crate::support::receiver::Receiver;
use crate::support::school::{School, csv};

/// Names in the list of students; none may leave the house.
const NAMES: [&str; 3] = ["Mẫu Một", "Mẫu Hai", "Mẫu Ba"];

/// The installation's key of the tests.
const KEY: &str = "bWF1LWtob2EtMzItYnl0ZS1jaG8tYmFpLXRlc3QtMDE=";

/// A school with three open invoices, and what sends its events.
struct Sending {
    school: School,
    ids: CountingIds,
    keys: Keyring,
    client: Client,
    policy: Policy,
}

impl Sending {
    fn create(db: &TestDb) -> Sending {
        let school = School::create(db);
        let students = "Mã học sinh;Họ và tên;Lớp;Mã gia đình\nHS01;Nguyễn Thị Mẫu Một;6A1;F1\nHS02;Trần Văn Mẫu Hai;6A1;F2\nHS03;Trần Văn Mẫu Ba;7A2;F2\n";
        let invoices = "Mã thanh toán;Mã học sinh;Họ và tên;Lớp;Còn phải thu\nHPQ6XPNK7;HS01;;;1250000\nHP2P9Q7Q9;HS02;;;1000000\nHPQRC6R6X;HS03;;;1250000\n";
        assert_eq!(school.students(students).bad, vec![]);
        assert_eq!(school.invoices(invoices).bad, vec![]);
        let policy = Policy { allow_private_networks: true, ..Policy::default() };
        Sending {
            school,
            ids: CountingIds::new(),
            keys: Keyring::new(KEY, std::path::Path::new("")),
            client: Client::new(policy.clone()),
            policy,
        }
    }

    fn add(&self, receiver: &Receiver, kinds: &[&str]) -> MadeEventEndpoint {
        self.try_add(&receiver.url(), kinds, &self.policy).unwrap()
    }

    fn try_add(
        &self,
        url: &str,
        kinds: &[&str],
        policy: &Policy,
    ) -> Result<MadeEventEndpoint, ServiceError> {
        let School { store, clock, actor, id, .. } = &self.school;
        let kinds = kinds.iter().map(|kind| (*kind).to_owned()).collect();
        let new = NewEventEndpoint { url: url.to_owned(), kinds, name: "Phần mềm".to_owned() };
        events::create(store, (clock, &self.ids, &self.keys), policy, actor, *id, &new)
    }

    fn change(&self, endpoint: i64, change: &EventChange) -> Result<MadeEventEndpoint, String> {
        let School { store, clock, actor, id, .. } = &self.school;
        events::change(
            store,
            (clock, &self.ids, &self.keys),
            &self.policy,
            actor,
            (*id, endpoint),
            change,
        )
        .map_err(|error| error.diagnostics()[0].code.clone())
    }

    fn endpoint(&self) -> EventEndpointView {
        events::list(&self.school.store, self.school.id).unwrap().remove(0)
    }

    fn deliver(&self) -> Delivered {
        let School { store, clock, .. } = &self.school;
        events::deliver(store, &self.client, &self.keys, clock, Settings::default()).unwrap()
    }

    /// Sends all that is due: how much arrived, and how much did not.
    fn drain(&self) -> (usize, usize) {
        let School { store, clock, .. } = &self.school;
        events::drain(store, &self.client, &self.keys, clock, Settings::default()).unwrap()
    }

    fn wait(&self, seconds: i64) {
        self.school.clock.advance(TimeDelta::seconds(seconds));
    }

    /// Deliveries, oldest first.
    fn deliveries(&self) -> Vec<EventDeliveryView> {
        let asked = AskedEvents { limit: 200, ..AskedEvents::default() };
        let mut all = deliveries::page(&self.school.store, self.school.id, &asked).unwrap();
        all.reverse();
        all
    }

    fn replay(&self, delivery: i64) -> Result<EventDeliveryView, String> {
        let School { store, clock, actor, id, .. } = &self.school;
        deliveries::replay(store, clock, actor, *id, delivery)
            .map_err(|error| error.diagnostics()[0].code.clone())
    }

    /// A statement in which the first two students pay.
    fn two_pay(&self) -> i64 {
        let lines = [
            ("2026-11-20", 1_250_000, "FT1", "HPQ6XPNK7 Nguyen Thi Mau Mot nop hoc phi"),
            ("2026-11-20", 400_000, "FT2", "ung ho"),
            ("2026-11-21", 1_000_000, "FT3", "HP2P9Q7Q9 hoc phi"),
        ];
        self.school.statement("sao-ke Mẫu Một.csv", &csv(0, &lines)).0.0
    }

    /// A statement in which one student pays: three events.
    fn one_pays(&self) {
        let lines = [("2026-11-20", 1_250_000, "FT1", "HPQ6XPNK7 hoc phi")];
        self.school.statement("a.csv", &csv(0, &lines));
    }

    fn reverse(&self, part: &str) {
        let School { store, clock, actor, id, .. } = &self.school;
        let payment = (*id, self.school.payment_id(part));
        decide::reverse(store, clock, actor, payment, None, "nhầm học sinh Mẫu Một").unwrap();
    }
}
