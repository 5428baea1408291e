use std::net::SocketAddr;

use super::*;

fn env(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn codes(problems: &[Diagnostic]) -> Vec<&str> {
    problems.iter().map(|problem| problem.code.as_str()).collect()
}

#[test]
fn the_defaults_stand_by_themselves() {
    let config = from_parts(None, [], None).unwrap();
    assert_eq!(config.server.bind, "127.0.0.1:8080".parse::<SocketAddr>().unwrap());
    assert_eq!(config.database.url, "sqlite:data/doisoat.db");
    assert_eq!(config.matching, Matching { settle_in_part: true, settle_known_payer: false });
    assert_eq!(config.codes.prefixes, ["HP"]);
    assert!(config.cashless.counter_cash_is_cashless && config.cashless.proxy_is_cashless);
    assert_eq!(config.cashless.deployed_min_payments, 1);
    assert_eq!(config.log.format, LogFormat::Plain);
}

#[test]
fn every_default_key_has_its_comment() {
    let mut commented = false;
    for line in include_str!("../../config/default.toml").lines() {
        if line.contains(" = ") && !line.starts_with('#') {
            assert!(commented, "no comment above: {line}");
        }
        commented = line.starts_with('#');
    }
}

#[test]
fn the_production_example_is_valid() {
    let text = include_str!("../../config/example.production.toml");
    let config = from_parts(Some(("example.production.toml", text)), [], None).unwrap();
    assert_eq!(config.codes.prefixes, ["HP", "NT"]);
}

#[test]
fn each_layer_overrides_the_one_below() {
    let file = "[server]\nworkers = 3\nmax_upload_mb = 5\n[database]\nurl = \"sqlite:file.db\"\n";
    let environment = env(&[
        ("DOISOAT_SERVER__WORKERS", "7"),
        ("DOISOAT_DATABASE__URL", "sqlite:env.db"),
        ("DOISOAT_CODES__PREFIXES", "HPT, NTP"),
        ("DOISOAT_MATCHING__SETTLE_IN_PART", "false"),
        ("DOISOAT_TEST_POSTGRES", "not a setting"),
        ("PATH", "/bin"),
    ]);
    let config = from_parts(Some(("d.toml", file)), environment, Some("sqlite:cli.db")).unwrap();
    assert_eq!(config.server.max_upload_mb, 5, "the file over the default");
    assert_eq!(config.server.workers, 7, "the environment over the file");
    assert_eq!(config.database.url, "sqlite:cli.db", "the command line over all");
    assert_eq!(config.codes.prefixes, ["HPT", "NTP"], "a list, parted by commas");
    assert!(!config.matching.settle_in_part);
    let listing = config.listing();
    for line in [
        "server.max_upload_mb = 5",
        "# file d.toml",
        "# environment DOISOAT_SERVER__WORKERS",
        "database.url = \"sqlite:cli.db\"",
        "# command line",
        "server.bind = \"127.0.0.1:8080\"",
        "# default",
    ] {
        assert!(listing.contains(line), "{line} is missing from\n{listing}");
    }
}

#[test]
fn a_wrong_value_is_named_with_its_key_and_the_remedy() {
    for (why, file, code, words) in [
        (
            "no port",
            "[server]\nbind = \"localhost\"",
            "config_value",
            "server.bind = \"localhost\"",
        ),
        ("too many", "[server]\nworkers = 1000", "config_value", "từ 1 đến 256"),
        ("too few", "[database]\npool = 0", "config_value", "database.pool = 0"),
        ("no database of ours", "[database]\nurl = \"mysql://x\"", "config_value", "sqlite:"),
        ("no path", "[database]\nurl = \"sqlite:\"", "config_value", "sqlite:"),
        ("text for a number", "[server]\nworkers = \"4\"", "config_type", "số nguyên"),
        ("a fraction", "[server]\nworkers = 1.5", "config_type", "số nguyên"),
        ("a vowel", "[codes]\nprefixes = [\"HA\"]", "config_value", "codes.prefixes"),
        ("a letter Telex rewrites", "[codes]\nprefixes = [\"HS\"]", "config_value", "[\"HS\"]"),
        ("too long", "[codes]\nprefixes = [\"HPTC\"]", "config_value", "2 hoặc 3"),
        ("lower case", "[codes]\nprefixes = [\"hp\"]", "config_value", "in hoa"),
        ("of two lengths", "[codes]\nprefixes = [\"HP\", \"HPT\"]", "config_value", "bằng nhau"),
        ("twice", "[codes]\nprefixes = [\"HP\", \"HP\"]", "config_value", "không trùng"),
        ("none", "[codes]\nprefixes = []", "config_value", "ít nhất một"),
        ("not texts", "[codes]\nprefixes = [1]", "config_value", "codes.prefixes"),
        ("a misspelt key", "[server]\nworker = 1", "config_unknown_key", "server.workers"),
        ("a misspelt section", "[sever]\nbind = \"x\"", "config_unknown_key", "server.bind"),
        ("a stray key", "bind = \"x\"", "config_unknown_key", "server.bind"),
        ("near above target", "[cashless]\ntarget_percent = 80", "config_value", "near_percent"),
        (
            "no school year",
            "[cashless]\nyearly_targets = [\"2026: 90\"]",
            "config_value",
            "2026-2027: 95",
        ),
        (
            "too much",
            "[cashless]\nyearly_targets = [\"2026-2027: 101\"]",
            "config_value",
            "1 đến 100",
        ),
        ("no level", "[log]\nfilter = \"x=loud\"", "config_value", "log.filter"),
        ("no format", "[log]\nformat = \"json\"", "config_value", "plain"),
        ("a path of links", "[server]\npublic_url = \"truong.vn\"", "config_value", "https://"),
        ("a slash at the end", "[server]\npublic_url = \"https://a.vn/\"", "config_value", "cuối"),
        ("no port", "[metrics]\nbind = \"localhost\"", "config_value", "metrics.bind"),
        ("no transport", "[mail]\ntransport = \"sendmail\"", "config_value", "smtp"),
        ("no protection", "[mail]\ntls = \"ssl\"", "config_value", "starttls"),
        ("no address", "[mail]\nfrom_email = \"hoc phi\"", "config_value", "email"),
        ("two addresses", "[mail]\nreply_to = \"a@b.vn, c@d.vn\"", "config_value", "mail.reply_to"),
        ("too often", "[mail]\nattempts = 21", "config_value", "từ 1 đến 20"),
        ("no folder", "[mail]\nfolder = \"\"", "config_value", "thư mục"),
        ("no TOML", "[server]\nworkers 4", "config_syntax", "dòng 2"),
    ] {
        let problems = from_parts(Some(("d.toml", file)), [], None).unwrap_err();
        assert_eq!(codes(&problems), [code], "{why}: {problems:?}");
        assert!(problems[0].message.vi.contains(words), "{why}: {}", problems[0].message.vi);
        assert!(problems[0].message.en.is_ascii(), "{why}: {}", problems[0].message.en);
    }
}

#[test]
fn a_mail_server_is_set_up_wholly_and_safely() {
    let smtp = "[mail]\ntransport = \"smtp\"\nhost = \"smtp.a.vn\"\nfrom_email = \"h@a.vn\"\n";
    let here = "[mail]\ntransport = \"smtp\"\nfrom_email = \"h@a.vn\"\ntls = \"none\"\n";
    for (why, file, key) in [
        ("nobody logs in", smtp.to_owned(), None),
        ("a password", format!("{smtp}user = \"u\"\npassword = \"p\""), None),
        ("a file", format!("{smtp}user = \"u\"\npassword_file = \"p\""), None),
        ("no password", format!("{smtp}user = \"u\""), Some("mail.user")),
        ("nobody's password", format!("{smtp}password = \"p\""), Some("mail.user")),
        (
            "both",
            format!("{smtp}user = \"u\"\npassword = \"p\"\npassword_file = \"p\""),
            Some("mail.user"),
        ),
        ("unprotected, elsewhere", format!("{smtp}tls = \"none\""), Some("mail.host")),
        ("unprotected, here", format!("{here}host = \"127.0.0.1\""), None),
        ("the same in IPv6", format!("{here}host = \"::1\""), None),
        ("the same by name", format!("{here}host = \"localhost\""), None),
        (
            "a name that only looks so",
            format!("{here}host = \"localhost.a.vn\""),
            Some("mail.host"),
        ),
        ("no server", here.to_owned(), Some("mail.host")),
        (
            "the address of the file transport",
            "[mail]\ntransport = \"smtp\"\nhost = \"a.vn\"".to_owned(),
            Some("mail.from_email"),
        ),
    ] {
        let found = from_parts(Some(("d.toml", &file)), [], None);
        match (found, key) {
            (Ok(_), None) => {}
            (Err(problems), Some(key)) => {
                assert_eq!(problems.len(), 1, "{why}: {problems:?}");
                assert!(problems[0].message.vi.starts_with(key), "{why}: {problems:?}");
            }
            (found, _) => panic!("{why}: {found:?}"),
        }
    }
}

#[test]
fn a_secret_is_never_shown() {
    let file = "[mail]\npassword = \"hidden-1\"\n[secrets]\nkey = \"bWF1LWtob2EtMzItYnl0ZS1jaG8tYmFpLXRlc3QtMDE=\"\n";
    let config = from_parts(Some(("d.toml", file)), [], None).unwrap();
    let listing = config.listing();
    assert!(listing.contains("mail.password = \"***\""), "{listing}");
    assert!(listing.contains("secrets.key = \"***\""), "{listing}");
    assert!(listing.contains("mail.password_file = \"\""), "{listing}");
    for text in [listing, format!("{config:?}")] {
        assert!(!text.contains("hidden-1") && !text.contains("bWF1"), "{text}");
    }
    let wrong = from_parts(Some(("d.toml", "[secrets]\nkey = \"hidden-2\"")), [], None);
    assert!(!format!("{wrong:?}").contains("hidden-2"));
}

#[test]
fn all_problems_are_told_at_once() {
    let file = "[server]\nbind = \"x\"\nworkers = 0\nspeed = 1\n[codes]\nprefixes = []\n";
    let environment = env(&[("DOISOAT_LOG__LEVEL", "info"), ("DOISOAT_DATABASE__POOL", "many")]);
    let problems = from_parts(Some(("d.toml", file)), environment, None).unwrap_err();
    let mut found = codes(&problems);
    found.sort_unstable();
    assert_eq!(
        found,
        [
            "config_type",
            "config_unknown_key",
            "config_unknown_key",
            "config_value",
            "config_value",
            "config_value"
        ],
        "{problems:#?}"
    );
}

#[test]
fn no_password_is_ever_shown() {
    for (why, url, expected) in [
        ("before the host", "postgres://u:hidden@h/db", "postgres://u:***@h/db"),
        ("with an @ in it", "postgres://u:hid@den@h/db", "postgres://u:***@h/db"),
        ("with a slash in it", "postgres://u:hid/den@h/db", "postgres://u:***@h/db"),
        (
            "as a parameter",
            "postgres:///db?password=hidden&user=u",
            "postgres:///db?password=***&user=u",
        ),
        ("both", "postgres://u:hidden@h/db?password=hidden", "postgres://u:***@h/db?password=***"),
        ("none", "postgres:///db?host=/tmp/x&user=u", "postgres:///db?host=/tmp/x&user=u"),
        ("no server at all", "sqlite:data/doisoat.db", "sqlite:data/doisoat.db"),
    ] {
        assert_eq!(mask_password(url), expected, "{why}");
        let config = from_parts(None, [], Some(url)).unwrap();
        assert!(!config.listing().contains("hid"), "{why}");
        assert!(!format!("{config:?}").contains("hid"), "{why}");
    }
    let problems = from_parts(None, [], Some("mysql://u:hidden@h/db")).unwrap_err();
    assert!(!format!("{problems:?}").contains("hidden"));
}

#[test]
fn a_missing_file_says_so() {
    let problems = load(Some(Path::new("/nowhere/doisoat.toml")), [], None).unwrap_err();
    assert_eq!(codes(&problems), ["config_file"]);
    assert!(problems[0].message.vi.contains("/nowhere/doisoat.toml"));
}
