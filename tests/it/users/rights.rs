//! What people may do, and where.

use doisoat::domain::access::{Grant, Permission, Role, Scope};
use doisoat::domain::id::SchoolId;
use doisoat::domain::lang::Lang;
use doisoat::service::directory::{self, NewAuthority};
use doisoat::service::keys::Reach;
use doisoat::service::users;

use super::{EMAIL, Office, code_of, log};
use crate::support::for_each_backend;
use crate::support::school::School;

#[test]
fn a_right_is_held_where_it_was_granted_and_changes_at_the_next_request() {
    for_each_backend(|db| {
        let school = School::create(db);
        let office = Office::of(&school);
        let other = School::add(office.store.clone(), "THCS-HAI", "1017000002").id;
        let authority = NewAuthority {
            code: "SO-MAU".to_owned(),
            name: "Sở mẫu".to_owned(),
            kind: "department".to_owned(),
            parent: None,
            valid_from: None,
            valid_to: None,
        };
        directory::add_authority(&office.store, &office.clock, &office.actor, &authority).unwrap();
        let user = office.add(Role::Cashier);
        let secret = office.sign_in();
        let may =
            |needed, school: Option<SchoolId>| office.who(&secret).unwrap().may(needed, school);
        let grant = |role, reach: &Reach| {
            users::grant(&office.store, &office.clock, &office.actor, user, role, reach)
        };
        let here = Some(school.id);
        assert!(may(Permission::RecordCash, here) && may(Permission::RecordCash, None));
        assert!(!may(Permission::RecordCash, Some(other)) && !may(Permission::VoidCash, here));

        let chief = grant(Role::ChiefAccountant, &Reach::School("THCS-HAI".to_owned())).unwrap();
        assert!(may(Permission::VoidCash, Some(other)) && !may(Permission::VoidCash, here));
        let same = grant(Role::ChiefAccountant, &Reach::School("THCS-HAI".to_owned())).unwrap();
        assert_eq!(same, chief, "granted twice is granted once");

        grant(Role::Administrator, &Reach::Authority("SO-MAU".to_owned())).unwrap();
        assert!(!may(Permission::ManageKeys, None), "an authority only reads figures");
        assert!(may(Permission::ReadFigures, None));
        grant(Role::Auditor, &Reach::Everything).unwrap();
        assert!(may(Permission::ReadBooks, Some(other)) && may(Permission::ReadBooks, here));

        let remove =
            |grant| users::revoke_grant(&office.store, &office.clock, &office.actor, user, grant);
        remove(chief).unwrap();
        assert!(!may(Permission::VoidCash, Some(other)));
        assert_eq!(code_of(remove(chief)), "grant_not_found");
        assert_eq!(code_of(grant(Role::Head, &Reach::School("X".to_owned()))), "school_not_found");
        let who = office.who(&secret).unwrap();
        let cashier = Grant { role: Role::Cashier, scope: Scope::School(school.id) };
        assert_eq!((who.grants.len(), who.grants[0]), (3, cashier));
        let log = log(db);
        assert_eq!(log.iter().filter(|line| line.starts_with("grant.add")).count(), 4);
        assert_eq!(log.iter().filter(|line| line.starts_with("grant.remove")).count(), 1);
        school.verify();
    });
}

#[test]
fn people_are_listed_page_by_page_and_read_their_language() {
    for_each_backend(|db| {
        let office = Office::open(db);
        let user = office.add(Role::Head);
        for name in ["an", "binh", "yen"] {
            let new = Office::new_user(&format!("{name}@example.com"), Role::Auditor);
            users::invite(&office.store, office.ports(), &office.actor, &new).unwrap();
        }
        let page = |after: &str| -> Vec<String> {
            let found = users::list(&office.store, after, 2).unwrap();
            found.into_iter().map(|user| user.email).collect()
        };
        assert_eq!(page(""), ["an@example.com", "binh@example.com"]);
        assert_eq!(page("binh@example.com"), [EMAIL, "yen@example.com"]);
        assert!(page("yen@example.com").is_empty());
        users::set_language(&office.store, user, Lang::En).unwrap();
        assert_eq!(office.signed_in().lang, Lang::En);
        let found = users::find(&office.store, EMAIL).unwrap();
        assert_eq!((found.lang, found.has_password, found.grants.len()), (Lang::En, true, 1));
        assert_eq!(code_of(users::find(&office.store, "ai@example.com")), "user_not_found");
    });
}
