//! The whole way of a provider's list: what to ask, over a real connection, until all is there.

use std::collections::BTreeMap;
use std::time::Duration;

use doisoat::domain::calendar::Day;
use doisoat::domain::notification::{Notice, NoticeBody, Provider};
use doisoat::formats::notification::Secret;
use doisoat::formats::notification::list::{ListError, Range, Step, Walk};
use doisoat::outbound::{Client, LIST_PAGE_BYTES, Policy};

use crate::support::lists::{Behaviour, Lists, TOKEN, Transaction, Trouble};

const BOTH: [Provider; 2] = [Provider::Sepay, Provider::Casso];
const PAGE_SIZE: u32 = 10;

/// What a walk brought, and how long it was told to wait.
#[derive(Debug, Default)]
struct Brought {
    notices: Vec<Notice>,
    unreadable: usize,
    waited: Vec<Duration>,
}

/// Walks through the list, waiting for `longest` at most where it is told to wait longer.
fn walk(
    lists: &Lists,
    provider: Provider,
    token: &str,
    longest: Duration,
) -> Result<Brought, ListError> {
    let client = Client::new(Policy {
        allow_private_networks: true,
        timeout: Duration::from_secs(5),
        ..Policy::default()
    });
    let token = Secret::new(token.to_owned());
    let range = Range { from: Day::from_ymd_opt(2026, 11, 2).unwrap(), account: None };
    let mut walk = Walk::new(provider, &lists.base_url(), range, PAGE_SIZE).unwrap();
    let mut brought = Brought::default();
    while let Some(request) = walk.next_request()? {
        let step = match client.get(&request.url, &request.headers(&token), LIST_PAGE_BYTES) {
            Ok(answer) => walk.take(answer.status, answer.retry_after, &answer.body)?,
            Err(_) => walk.no_answer()?,
        };
        match step {
            Step::Page(page) => {
                brought.notices.extend(page.notices);
                brought.unreadable += page.unreadable;
            }
            Step::Wait(wait) => {
                brought.waited.push(wait);
                std::thread::sleep(wait.min(longest));
            }
        }
    }
    Ok(brought)
}

/// A day of the list before the range, then twenty-five transactions of which every fifth is money
/// that went out.
fn transactions() -> Vec<Transaction> {
    let transaction = |id: u64| Transaction {
        id,
        account: "0071000888888".to_owned(),
        at: format!("2026-11-{:02} 08:{:02}:00", 1 + id.min(2), id),
        amount: if id.is_multiple_of(5) { -1_000 } else { 1_000_000 + i64::try_from(id).unwrap() },
        text: format!("nop hoc phi {id}"),
        reference: format!("FT{id:05}"),
    };
    let mut list: Vec<Transaction> = (1..=25).map(transaction).collect();
    list.push(Transaction { at: "2026-11-01 23:59:59".to_owned(), ..transaction(26) });
    list
}

fn start(behaviour: Behaviour) -> Lists {
    Lists::start(Behaviour { transactions: transactions(), ..behaviour })
}

/// The amount that came in by each notice, or went out.
fn amounts(brought: &Brought) -> BTreeMap<u64, i64> {
    let amount = |notice: &Notice| match &notice.body {
        NoticeBody::Payment(movement) => movement.amount.dong(),
        NoticeBody::MoneyOut(movement) => -movement.amount.dong(),
        other => panic!("{other:?}"),
    };
    // Casso's begins with the bank's reference.
    let number = |notice: &Notice| notice.id.rsplit('/').next().unwrap().parse().unwrap();
    brought.notices.iter().map(|notice| (number(notice), amount(notice))).collect()
}

fn all() -> BTreeMap<u64, i64> {
    transactions().iter().filter(|t| t.id <= 25).map(|t| (t.id, t.amount)).collect()
}

#[test]
fn all_transactions_of_several_pages_come_and_none_of_an_earlier_day() {
    for provider in BOTH {
        for newest_first in [false, true] {
            let lists = start(Behaviour { newest_first, ..Behaviour::default() });
            let brought = walk(&lists, provider, TOKEN, Duration::ZERO).unwrap();
            assert_eq!(amounts(&brought), all(), "{provider:?}, newest first: {newest_first}");
            assert_eq!((brought.notices.len(), brought.unreadable), (25, 0), "{provider:?}");
            assert!(lists.asked().len() >= 3, "{provider:?}: several pages");
            assert!(lists.asked().iter().all(|asked| !asked.target.contains(TOKEN)));
        }
    }
}

#[test]
fn sepay_asks_for_patience_and_gets_it() {
    asks_for_patience_and_gets_it(Provider::Sepay, 15);
}

#[test]
fn casso_asks_for_patience_and_gets_it() {
    asks_for_patience_and_gets_it(Provider::Casso, 25);
}

/// With so many rows, more than two requests are needed; the server takes two a second.
fn asks_for_patience_and_gets_it(provider: Provider, rows: usize) {
    let transactions = transactions()[..rows].to_vec();
    let lists =
        Lists::start(Behaviour { transactions, most_per_second: Some(2), ..Behaviour::default() });
    let brought = walk(&lists, provider, TOKEN, Duration::from_secs(1)).unwrap();
    assert_eq!(brought.notices.len(), rows);
    assert!(brought.waited.iter().all(|wait| *wait == Duration::from_secs(1)), "as told");
    let asked = lists.asked();
    let refused = asked.iter().filter(|asked| asked.status == 429).count();
    assert!(refused > 0 && refused == brought.waited.len(), "{refused} refused");
    let waited_enough = asked.windows(2).all(|two| two[0].status != 429 || two[1].status == 200);
    assert!(waited_enough, "no refusal follows another");
}

#[test]
fn an_outage_heals_when_asked_again() {
    let troubles = [Trouble::Status(500), Trouble::Truncated, Trouble::Html, Trouble::HangUp];
    for provider in BOTH {
        let lists = start(Behaviour { troubles: troubles.into(), ..Behaviour::default() });
        let brought = walk(&lists, provider, TOKEN, Duration::ZERO).unwrap();
        assert_eq!(amounts(&brought), all(), "{provider:?}");
        let waited: Vec<u64> = brought.waited.iter().map(Duration::as_secs).collect();
        assert_eq!(waited, [1, 2, 4, 8], "{provider:?}: longer each time");
    }
}

#[test]
fn an_outage_that_stays_is_told() {
    for (trouble, expected) in [
        (Trouble::Status(503), ListError::Unavailable),
        (Trouble::HangUp, ListError::Unavailable),
        (Trouble::Html, ListError::NotList),
        (Trouble::Truncated, ListError::Unreadable),
        (Trouble::Status(404), ListError::Refused(404)),
    ] {
        for provider in BOTH {
            let lists = start(Behaviour { troubles: [trouble; 6].into(), ..Behaviour::default() });
            let found = walk(&lists, provider, TOKEN, Duration::ZERO).map(drop);
            assert_eq!(found, Err(expected), "{provider:?}: {trouble:?}");
        }
    }
}

#[test]
fn a_wrong_token_is_told_at_once() {
    for provider in BOTH {
        let lists = start(Behaviour::default());
        let found = walk(&lists, provider, "sai", Duration::ZERO).map(drop);
        assert_eq!(found, Err(ListError::TokenRefused), "{provider:?}");
        assert_eq!(lists.asked().len(), 1, "{provider:?}");
    }
}
