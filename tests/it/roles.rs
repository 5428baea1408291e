//! Roles of keys: what the program says of them, and how keys made before get theirs.

use doisoat::store::{Store, migrations};

use crate::support::program::run;
use crate::support::school::School;
use crate::support::{Backend, TestDb, for_each_backend};

fn open(db: &TestDb) -> Store {
    Store::open(&db.url, 2, 10_000).unwrap()
}

/// A directory with a school and an authority.
fn directory(db: &TestDb) {
    migrations::run(&open(db)).unwrap();
    School::add(open(db), "THCS-MAU", "1017000001");
    let said = run([
        "--database",
        &db.url,
        "authority",
        "add",
        "--code",
        "PHONG-MAU",
        "--name",
        "Phòng mẫu",
        "--kind",
        "department",
    ]);
    assert_eq!(said.status, 0, "{said:?}");
}

#[test]
fn a_key_gets_the_role_it_was_asked_with_and_old_words_still_mean_something() {
    for_each_backend(|db| {
        directory(db);
        let school: &[&str] = &["--school", "THCS-MAU"];
        let authority: &[&str] = &["--authority", "PHONG-MAU"];
        for (why, role, reach, expected) in [
            ("an accountant", Some("accountant"), school, "accountant"),
            ("a cashier", Some("cashier"), school, "cashier"),
            ("a chief accountant", Some("chief_accountant"), school, "chief_accountant"),
            ("the same with a hyphen", Some("chief-accountant"), school, "chief_accountant"),
            ("a head", Some("head"), school, "head"),
            ("a supervisor", Some("supervisor"), authority, "supervisor"),
            ("an administrator", Some("administrator"), &[], "administrator"),
            ("the old word for it", Some("admin"), &[], "administrator"),
            ("an auditor", Some("auditor"), school, "auditor"),
            ("who only reads a school", Some("reader"), school, "auditor"),
            ("who only reads everything", Some("reader"), &[], "auditor"),
            ("who only reads for an authority", Some("reader"), authority, "supervisor"),
            ("nothing said", None, school, "auditor"),
            ("nothing said for an authority", None, authority, "supervisor"),
        ] {
            let mut words = vec!["--database", &db.url, "user", "create", "--name", why];
            words.extend(role.into_iter().flat_map(|role| ["--role", role]));
            words.extend(reach);
            let said = run(&words);
            assert_eq!(said.status, 0, "{why}: {said:?}");
            assert!(said.out.starts_with("dsk_"), "{why}: {said:?}");
            let sql = format!("SELECT role AS value FROM api_keys WHERE name = '{why}'");
            assert_eq!(db.words(&sql), [expected], "{why}");
        }

        let list = run(["--database", &db.url, "user", "list"]);
        for line in ["chief_accountant kế toán trưởng", "supervisor       cán bộ quản lý"]
        {
            assert!(list.out.contains(line), "{line}: {}", list.out);
        }
        let json = run(["--database", &db.url, "user", "list", "--json"]);
        let keys: serde_json::Value = serde_json::from_str(&json.out).unwrap();
        assert_eq!(keys.as_array().unwrap().len(), 14);
        assert_eq!(keys[2]["role"], "chief_accountant");
        assert_eq!(keys[2]["name"], "a chief accountant");
        assert!(!json.out.contains("dsk_"), "no secret is shown again");

        for wrong in ["owner", "Accountant", ""] {
            let said =
                run(["--database", &db.url, "user", "create", "--name", "a", "--role", wrong]);
            assert_eq!(said.status, 2, "{wrong:?}: {said:?}");
            assert!(said.err.contains("chief_accountant"), "it says which there are: {said:?}");
            assert!(!said.err.contains("reader"), "and no word that is only kept: {said:?}");
        }
    });
}

#[test]
fn the_roles_are_explained_in_the_help_and_listed_without_a_database() {
    let help = run(["user", "create", "--help"]);
    assert_eq!(help.status, 0);
    let list = run(["--database", "sqlite:/nowhere/at/all.db", "user", "roles"]);
    assert_eq!(list.status, 0, "{list:?}");
    let lines: Vec<&str> = list.out.lines().collect();
    for (at, (role, title, holds, lacks)) in [
        ("accountant", "kế toán", "decide", "void_cash"),
        ("cashier", "thủ quỹ", "record_cash", "read_books"),
        ("chief_accountant", "kế toán trưởng", "void_cash", "manage_keys"),
        ("head", "thủ trưởng", "approve_write_off", "decide"),
        ("supervisor", "cán bộ quản lý", "read_figures", "read_people"),
        ("administrator", "quản trị", "manage_keys", "(nothing)"),
        ("auditor", "kiểm toán", "read_restricted", "record_cash"),
    ]
    .into_iter()
    .enumerate()
    {
        assert!(help.out.contains(&format!("{title}: ")), "{role}: {}", help.out);
        let words: Vec<&str> = lines[at].split_whitespace().collect();
        assert_eq!(words[0], role);
        assert!(lines[at].contains(title), "{}", lines[at]);
        assert!(words.contains(&holds), "{}", lines[at]);
        assert!(!words.contains(&lacks), "{}", lines[at]);
    }
    assert_eq!(lines.len(), 7);
}

/// The migration's way down, as the program would go it.
fn way_down(db: &TestDb) -> String {
    let backend = match db.backend {
        Backend::Sqlite => "sqlite",
        Backend::Postgres => "postgres",
    };
    let root = env!("CARGO_MANIFEST_DIR");
    let file = format!("{root}/migrations/{backend}/2026-11-27-000009_roles/down.sql");
    let sql = std::fs::read_to_string(file).unwrap();
    format!("{sql}; DELETE FROM __diesel_schema_migrations WHERE version LIKE '20261127000009%';")
}

#[test]
fn keys_made_before_there_were_these_roles_keep_what_they_may_do() {
    for_each_backend(|db| {
        directory(db);
        db.execute(&way_down(db));
        assert_eq!(migrations::pending(&open(db)).unwrap().len(), 1);
        let school = "(SELECT id FROM schools)";
        let authority = "(SELECT id FROM authorities)";
        let old = [
            (1, "reader", school, "NULL", "auditor"),
            (2, "reader", "NULL", authority, "supervisor"),
            (3, "reader", "NULL", "NULL", "auditor"),
            (4, "accountant", school, "NULL", "accountant"),
            (5, "accountant", "NULL", authority, "accountant"),
            (6, "admin", "NULL", "NULL", "administrator"),
            (7, "admin", school, "NULL", "administrator"),
        ];
        for (id, role, school, authority, _) in old {
            db.execute(&format!(
                "INSERT INTO api_keys VALUES ({id}, 'k{id}', 'hash{id}', '{role}', {school}, \
                 {authority}, '2026-11-20 08:00:00', NULL);
                 INSERT INTO idempotency_keys VALUES ({id}, {id}, 'once', 'print', 200, 'answer{id}', \
                 '2026-11-20 08:00:00');"
            ));
        }
        let roles = "SELECT role AS value FROM api_keys ORDER BY id";
        let answers = "SELECT k.name || ' ' || i.body AS value FROM idempotency_keys i \
                       JOIN api_keys k ON k.id = i.api_key_id ORDER BY i.id";
        let kept: Vec<String> = (1..=7).map(|id| format!("k{id} answer{id}")).collect();

        migrations::run(&open(db)).unwrap();
        assert_eq!(db.words(roles), old.map(|(_, _, _, _, new)| new));
        assert_eq!(db.words(answers), kept);
        let listed = run(["--database", &db.url, "user", "list"]);
        assert_eq!((listed.status, listed.out.lines().count()), (0, 7), "{listed:?}");
        // Nothing but these roles is taken, and an answer still belongs to a key.
        for wrong in [
            "UPDATE api_keys SET role = 'reader' WHERE id = 1",
            "UPDATE idempotency_keys SET api_key_id = 99 WHERE id = 1",
            "UPDATE api_keys SET key_hash = 'hash1' WHERE id = 2",
        ] {
            assert!(db.try_execute(wrong).is_err(), "{wrong}");
        }

        // The way down gives nobody more than they had.
        for (id, role) in [(2, "cashier"), (3, "chief_accountant"), (5, "head")] {
            db.execute(&format!("UPDATE api_keys SET role = '{role}' WHERE id = {id}"));
        }
        db.execute(&way_down(db));
        assert_eq!(
            db.words(roles),
            ["reader", "reader", "accountant", "accountant", "reader", "admin", "admin"]
        );
        assert_eq!(db.words(answers), kept);
    });
}
