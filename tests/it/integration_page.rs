//! Every request that `docs/integration.md` shows is sent, as it stands there, to a real server.

use std::io::Write as _;
use std::process::{Command, Stdio};

use doisoat::clock::Clock;
use doisoat::ids::{IdSource, RandomIds};
use doisoat::service::webhooks::{self, NewEndpoint};

use crate::support::Backend;
use crate::support::TestDb;
use crate::support::feed::keys;
use crate::support::school::ACCOUNT;
use crate::support::server::Town;

/// A block of the page: what its endpoint is like, what to run, what the answer is.
#[derive(Debug)]
struct Block<'a> {
    terms: Vec<&'a str>,
    script: &'a str,
    answer: Vec<&'a str>,
}

fn blocks(page: &str) -> Vec<Block<'_>> {
    page.split("<!-- try: ")
        .skip(1)
        .map(|part| {
            let (terms, rest) = part.split_once(" -->\n```sh\n").expect("a block of shell follows");
            let (script, rest) = rest.split_once("\n```\nAnswer: ").expect("an answer follows");
            let line = rest.lines().next().unwrap();
            // What stands between backticks, up to the first further remark.
            let line = line.split(" · ").next().unwrap();
            let answer = line.split('`').skip(1).step_by(2).collect();
            Block { terms: terms.split(' ').collect(), script, answer }
        })
        .collect()
}

fn have(program: &str) -> bool {
    let mut command = Command::new(program);
    let version = if program == "openssl" { "version" } else { "--version" };
    command.arg(version).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

#[test]
fn what_the_page_shows_is_taken_by_a_real_server_and_answered_as_it_says() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/integration.md");
    let page = std::fs::read_to_string(page).unwrap();
    let blocks = blocks(&page);
    assert_eq!(blocks.len(), 13, "a block for each provider and way to prove itself");
    if let Some(missing) = ["curl", "openssl"].into_iter().find(|program| !have(program)) {
        // Past the test harness's capture.
        let words =
            format!("\nSKIPPED: {missing} is missing, the page's requests were not sent.\n");
        std::io::stderr().write_all(words.as_bytes()).unwrap();
        return;
    }
    let db = TestDb::create(Backend::Sqlite);
    let town = Town::with_the_clock_of_the_machine(&db).with_invoices();
    for (number, block) in blocks.iter().enumerate() {
        let option = |name: &str| {
            let of = block.terms.iter().find_map(|term| term.strip_prefix(name));
            of.map(str::to_owned)
        };
        let provider = block.terms[0];
        let standard = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8G";
        let secret = if provider == "standard" { standard } else { "khoa-bi-mat" };
        let new = NewEndpoint {
            provider: provider.to_owned(),
            scheme: Some(block.terms[1].to_owned()),
            name: format!("{number}"),
            account: option("account="),
            client: option("client="),
            secret: Some(secret.to_owned()),
        };
        let (school, keys) = (&town.school, keys());
        let ports: (&dyn Clock, &dyn IdSource, _) = (&school.clock, &RandomIds, &keys);
        let made = webhooks::create(&school.store, ports, &school.actor, school.id, &new).unwrap();
        let run = Command::new("sh")
            .args(["-eu", "-c", block.script])
            .env("BASE", format!("http://{}", town.server.address))
            .env("ENDPOINT", &made.endpoint.id)
            .env("SECRET", secret)
            .env("ACCOUNT", ACCOUNT)
            .env("no_proxy", "127.0.0.1")
            .output()
            .unwrap();
        let told = String::from_utf8(run.stdout).unwrap();
        let status = format!("HTTP/1.1 {} ", block.answer[0]);
        assert!(told.starts_with(&status), "{provider}: {told}\n{}", block.script);
        if let Some(body) = block.answer.get(1) {
            assert!(told.contains(body), "{provider}: {told}");
        }
    }
    let waiting = "SELECT COUNT(*) AS value FROM notifications";
    assert_eq!(db.number(waiting), 13, "each is kept");
}
