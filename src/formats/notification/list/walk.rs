//! What to ask next, until all of a list has been read.
//!
//! Casso numbers its pages. SePay does not: it gives as many rows as asked for, in an order nobody
//! promises, so a full answer is only a sample. Then the time it is about is cut in two at the
//! middle of that sample, and both halves are asked for, until none is full. Paging by its
//! `since_id` would lose rows wherever the newest come first.

use std::time::Duration;

use chrono::{NaiveDateTime, NaiveTime, TimeDelta};

use super::fault::{Fault, ListError, of_status};
use super::{ListRequest, Page, casso, sepay};
use crate::domain::calendar::Day;
use crate::domain::notification::Provider;

/// How often one page is asked for.
const MOST_TRIES: u32 = 6;
/// Pages of one walk: half a million rows at a hundred each.
const MOST_PAGES: u32 = 5_000;
/// Before the second try; doubled before each further one.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// Longer waits than this, whoever asks for them, are for another walk.
const LONGEST_WAIT: Duration = Duration::from_hours(1);

/// What of the list is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// From this day on, on Vietnam's clock.
    pub from: Day,
    /// Movements of this account only, where the provider can be asked for them (SePay); others
    /// come as well where it cannot (Casso).
    pub account: Option<String>,
}

/// What an answer means for the walk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// More of the list; it may be empty, and a movement may come twice.
    Page(Page),
    /// Nothing yet: wait as long, then ask the same again.
    Wait(Duration),
}

/// A walk through a provider's list, from a day to now.
///
/// As long as [`Walk::next_request`] has one, send it and hand what came back to [`Walk::take`], or
/// say [`Walk::no_answer`]. After an error the walk is over; pages handed out before stand.
#[derive(Clone, Debug)]
pub struct Walk {
    base_url: String,
    range: Range,
    page_size: u32,
    place: Place,
    tries: u32,
    pages: u32,
    failed: Option<ListError>,
}

/// Where in the list the walk is.
#[derive(Clone, Debug)]
enum Place {
    /// What is still to be asked for, the next at the end.
    Sepay(Vec<Window>),
    /// The next page.
    Casso(Option<u64>),
}

/// A time from one second to another, both included, or without an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Window {
    from: NaiveDateTime,
    to: Option<NaiveDateTime>,
}

impl Walk {
    /// A walk through the provider's list at `base_url` (see [`super::base_url`]), asking for
    /// `page_size` rows at a time or as many as the provider gives. `None` where there is no list
    /// that we read.
    #[must_use]
    pub fn new(provider: Provider, base_url: &str, range: Range, page_size: u32) -> Option<Walk> {
        let (place, most) = match provider {
            Provider::Sepay => {
                let all = Window { from: range.from.and_time(NaiveTime::MIN), to: None };
                (Place::Sepay(vec![all]), sepay::MOST_ROWS)
            }
            Provider::Casso => (Place::Casso(Some(1)), casso::MOST_ROWS),
            _ => return None,
        };
        Some(Walk {
            base_url: base_url.trim_end_matches('/').to_owned(),
            range,
            // A page of one row is always full.
            page_size: page_size.clamp(2, most),
            place,
            tries: 0,
            pages: 0,
            failed: None,
        })
    }

    /// The least time from one request to the next, so that the provider need not ask for it. SePay
    /// allows two a second; Casso says nothing.
    #[must_use]
    pub fn pause(&self) -> Duration {
        match self.place {
            Place::Sepay(_) => Duration::from_millis(500),
            Place::Casso(_) => Duration::from_millis(250),
        }
    }

    /// What to ask now; `None` when all has been read. The same until an answer is taken.
    pub fn next_request(&self) -> Result<Option<ListRequest>, ListError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let asked = match &self.place {
            Place::Sepay(windows) => windows.last().map(|window| self.ask_sepay(*window)),
            Place::Casso(page) => page.map(|page| self.ask_casso(page)),
        };
        match asked {
            Some(_) if self.pages >= MOST_PAGES => Err(ListError::Endless),
            asked => Ok(asked),
        }
    }

    /// Takes the answer to [`Walk::next_request`]: its status, how long it asks to wait, its body.
    pub fn take(
        &mut self,
        status: u16,
        retry_after: Option<Duration>,
        body: &[u8],
    ) -> Result<Step, ListError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        match of_status(status).and_then(|()| self.read(body)) {
            Ok(page) => {
                self.tries = 0;
                self.pages += 1;
                Ok(Step::Page(page))
            }
            Err(Fault::Passing(error)) => self.again(retry_after, error),
            Err(Fault::TooOften) => self.again(retry_after, ListError::Unavailable),
            Err(Fault::Lasting(error)) => self.fail(error),
        }
    }

    /// No answer came: no connection, or not in time.
    pub fn no_answer(&mut self) -> Result<Step, ListError> {
        self.again(None, ListError::Unavailable)
    }

    fn again(
        &mut self,
        retry_after: Option<Duration>,
        error: ListError,
    ) -> Result<Step, ListError> {
        self.tries += 1;
        if self.tries >= MOST_TRIES {
            return self.fail(error);
        }
        let own = FIRST_WAIT.saturating_mul(2_u32.saturating_pow(self.tries - 1));
        let wait = retry_after.unwrap_or(own);
        if wait > LONGEST_WAIT {
            return self.fail(ListError::Unavailable);
        }
        Ok(Step::Wait(wait))
    }

    fn fail(&mut self, error: ListError) -> Result<Step, ListError> {
        self.failed = Some(error);
        Err(error)
    }

    fn read(&mut self, body: &[u8]) -> Result<Page, Fault> {
        match &mut self.place {
            Place::Sepay(windows) => {
                let answer = sepay::read(body)?;
                let all = u32::try_from(answer.rows).is_ok_and(|rows| rows < self.page_size);
                let window = windows.pop();
                if all {
                    return Ok(answer.page);
                }
                if let Some((early, late)) = window.and_then(|w| w.cut(&answer.times)) {
                    windows.extend([late, early]);
                    // Its rows come again with the halves, and are counted there.
                    return Ok(Page::default());
                }
                self.failed = Some(ListError::Stuck);
                Ok(answer.page)
            }
            Place::Casso(place) => {
                let answer = casso::read(body)?;
                let asked = place.unwrap_or_default();
                let same = answer.number.is_none_or(|number| number == asked);
                let onward = answer.next.is_none_or(|next| Some(next) == asked.checked_add(1));
                if !(same && onward) {
                    // What this page says is still true.
                    self.failed = Some(ListError::Stuck);
                }
                *place = answer.next;
                Ok(answer.page)
            }
        }
    }

    fn ask_sepay(&self, window: Window) -> ListRequest {
        let mut asked = form_urlencoded::Serializer::new(String::new());
        if let Some(account) = &self.range.account {
            asked.append_pair("account_number", &account.split_whitespace().collect::<String>());
        }
        asked.append_pair("transaction_date_min", &second(window.from));
        if let Some(to) = window.to {
            asked.append_pair("transaction_date_max", &second(to));
        }
        asked.append_pair("limit", &self.page_size.to_string());
        self.request(sepay::PATH, "Bearer", &asked.finish())
    }

    fn ask_casso(&self, page: u64) -> ListRequest {
        let mut asked = form_urlencoded::Serializer::new(String::new());
        asked.append_pair("fromDate", &self.range.from.to_string());
        asked.append_pair("page", &page.to_string());
        asked.append_pair("pageSize", &self.page_size.to_string());
        // What is new comes at the end, so that no page shifts under the walk.
        asked.append_pair("sort", "ASC");
        self.request(casso::PATH, "Apikey", &asked.finish())
    }

    fn request(&self, path: &str, scheme: &'static str, query: &str) -> ListRequest {
        // A plus is a blank to most servers and not to all.
        let query = query.replace('+', "%20");
        ListRequest { url: format!("{}{path}?{query}", self.base_url), scheme }
    }
}

impl Window {
    /// The window in two, at the middle of the times seen in it; `None` when it is one second only
    /// or none of the times is inside, so that asking again would bring the same.
    fn cut(self, times: &[NaiveDateTime]) -> Option<(Window, Window)> {
        let inside =
            |time: &&NaiveDateTime| **time >= self.from && self.to.is_none_or(|to| **time <= to);
        let mut times: Vec<NaiveDateTime> = times.iter().filter(inside).copied().collect();
        times.sort_unstable();
        let middle = *times.get(times.len().checked_sub(1)? / 2)?;
        let second = TimeDelta::seconds(1);
        let early_to = match self.to {
            Some(to) => middle.min(to.checked_sub_signed(second)?),
            None => middle,
        };
        let late_from = early_to.checked_add_signed(second)?;
        (early_to >= self.from).then_some((
            Window { from: self.from, to: Some(early_to) },
            Window { from: late_from, to: self.to },
        ))
    }
}

fn second(time: NaiveDateTime) -> String {
    time.format("%Y-%m-%d %H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Value, json};

    use super::*;

    /// Ids and times.
    type Rows = Vec<(u32, String)>;
    type Order = dyn Fn(&mut Rows);

    fn walk(provider: Provider, page_size: u32) -> Walk {
        let from = Day::from_ymd_opt(2026, 11, 1).unwrap();
        let range = Range { from, account: Some("0071 0008".to_owned()) };
        Walk::new(provider, "https://a.vn/", range, page_size).unwrap()
    }

    fn url(walk: &Walk) -> String {
        walk.next_request().unwrap().unwrap().url
    }

    /// The parameter of that name, decoded.
    fn parameter(url: &str, name: &str) -> Option<String> {
        let (_, query) = url.split_once('?').unwrap();
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs.find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    }

    fn sepay_answer(rows: &[(u32, String)]) -> Vec<u8> {
        let row = |(id, time): &(u32, String)| {
            json!({
                "id": id.to_string(), "account_number": "00710008", "transaction_date": time,
                "amount_in": "1000.00", "amount_out": "0.00", "transaction_content": "hoc phi",
            })
        };
        let list: Vec<Value> = rows.iter().map(row).collect();
        json!({"status": 200, "transactions": list}).to_string().into_bytes()
    }

    fn casso_answer(page: u64, next: Option<u64>) -> Vec<u8> {
        let record = json!({
            "id": page, "amount": 1000, "when": "2026-11-02", "bankSubAccId": "00710008",
        });
        let data = json!({"page": page, "nextPage": next, "records": [record]});
        json!({"error": 0, "data": data}).to_string().into_bytes()
    }

    fn ids(step: Step) -> Vec<u32> {
        match step {
            Step::Page(page) => {
                page.notices.iter().map(|notice| notice.id.parse().unwrap()).collect()
            }
            Step::Wait(_) => panic!("nobody asked to wait"),
        }
    }

    #[test]
    fn the_first_request_is_as_the_providers_describe_it() {
        assert_eq!(
            url(&walk(Provider::Sepay, 9_999)),
            "https://a.vn/userapi/transactions/list?account_number=00710008\
             &transaction_date_min=2026-11-01%2000%3A00%3A00&limit=5000"
        );
        assert_eq!(
            url(&walk(Provider::Casso, 9_999)),
            "https://a.vn/v2/transactions?fromDate=2026-11-01&page=1&pageSize=100&sort=ASC"
        );
        let from = Day::from_ymd_opt(2026, 11, 1).unwrap();
        let range = Range { from, account: None };
        assert!(Walk::new(Provider::Momo, "https://a.vn", range, 10).is_none());
    }

    #[test]
    fn all_rows_of_sepay_come_in_whatever_order_it_gives_them() {
        // Forty-one rows over some days, of which several share a second.
        let mut rows: Rows = (1..=41_u32)
            .map(|id| (id, format!("2026-11-{:02} 08:00:{:02}", 1 + id / 9, (id * 7 % 20) / 2)))
            .collect();
        let wanted: BTreeSet<u32> = (1..=41).collect();
        let orders: [(&str, &Order); 5] = [
            ("by id", &|rows| rows.sort()),
            ("the newest id first", &|rows| rows.sort_by_key(|row| std::cmp::Reverse(row.0))),
            ("by time", &|rows| rows.sort_by_key(|row| row.1.clone())),
            ("the latest first", &|rows| {
                rows.sort_by_key(|row| row.1.clone());
                rows.reverse();
            }),
            ("in none", &|rows| rows.sort_by_key(|row| row.0 * 17 % 41)),
        ];
        for (why, order) in orders {
            order(&mut rows);
            for limit in [5, 10, 41, 42] {
                let mut walk = walk(Provider::Sepay, limit);
                let mut seen = Vec::new();
                let mut requests = 0;
                while let Some(request) = walk.next_request().unwrap() {
                    let from = parameter(&request.url, "transaction_date_min").unwrap();
                    let to = parameter(&request.url, "transaction_date_max");
                    let inside = |row: &&(u32, String)| {
                        row.1 >= from && to.as_ref().is_none_or(|to| row.1 <= *to)
                    };
                    let most = usize::try_from(limit).unwrap();
                    let found: Vec<_> = rows.iter().filter(inside).take(most).cloned().collect();
                    seen.extend(ids(walk.take(200, None, &sepay_answer(&found)).unwrap()));
                    requests += 1;
                }
                assert_eq!(seen.len(), wanted.len(), "{why}, {limit} at once: each once");
                assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), wanted, "{why}, {limit}");
                assert!(requests <= 60, "{why}, {limit} at once: {requests} requests");
            }
        }
    }

    #[test]
    fn a_list_that_goes_round_in_circles_is_given_up() {
        let same = |second: &str| -> Rows {
            (1..=2).map(|id| (id, format!("2026-11-02 08:00:{second}"))).collect()
        };
        // More in one second than it gives at once.
        let mut dense = walk(Provider::Sepay, 2);
        let mut requests = 0;
        while dense.next_request().is_ok_and(|request| request.is_some()) {
            dense.take(200, None, &sepay_answer(&same("05"))).unwrap();
            requests += 1;
        }
        assert_eq!(dense.next_request(), Err(ListError::Stuck), "after {requests} requests");
        assert!(requests < 10);

        for (why, page, next) in [
            ("the page itself", 1, Some(1)),
            ("a page further on", 1, Some(3)),
            ("another page than asked for", 7, Some(8)),
        ] {
            let mut walk = walk(Provider::Casso, 10);
            let step = walk.take(200, None, &casso_answer(page, next)).unwrap();
            assert_eq!(ids(step).len(), 1, "{why}: what was read stands");
            assert_eq!(walk.next_request(), Err(ListError::Stuck), "{why}");
        }

        let mut endless = walk(Provider::Casso, 10);
        for page in 1..=u64::from(MOST_PAGES) {
            endless.take(200, None, &casso_answer(page, Some(page + 1))).unwrap();
        }
        assert_eq!(endless.next_request(), Err(ListError::Endless));
    }

    #[test]
    fn pages_of_casso_are_asked_for_one_after_the_other() {
        let mut walk = walk(Provider::Casso, 10);
        for (page, next) in [(1, Some(2)), (2, Some(3)), (3, None)] {
            assert_eq!(parameter(&url(&walk), "page"), Some(page.to_string()));
            walk.take(200, None, &casso_answer(page, next)).unwrap();
        }
        assert_eq!(walk.next_request(), Ok(None));
    }

    #[test]
    fn what_passes_is_waited_for_and_what_lasts_is_told() {
        use ListError as E;
        let wait = |seconds| Ok(Step::Wait(Duration::from_secs(seconds)));
        let asked = Some(Duration::from_secs(7));
        for (why, status, retry_after, body, expected) in [
            ("an outage", 503, None, "", wait(1)),
            ("an outage with a time", 503, asked, "", wait(7)),
            ("too often", 429, asked, "", wait(7)),
            ("too often, no time told", 429, None, "", wait(1)),
            ("a day", 429, Some(Duration::from_hours(24)), "", Err(E::Unavailable)),
            ("a page for people", 200, None, "<html>", wait(1)),
            ("cut off", 200, None, "{\"error\":0,\"da", wait(1)),
            ("a bad token", 401, None, "{}", Err(E::TokenRefused)),
            ("another's token", 403, None, "<html>", Err(E::TokenRefused)),
            ("moved", 301, None, "", Err(E::Refused(301))),
            ("a wrong path", 404, None, "<html>", Err(E::Refused(404))),
            ("something else", 200, None, "{}", Err(E::Unreadable)),
        ] {
            let mut walk = walk(Provider::Casso, 10);
            let found = walk.take(status, retry_after, body.as_bytes());
            assert_eq!(found, expected, "{why}");
            let over = expected.err();
            assert_eq!(walk.next_request().err(), over, "{why}: over or not");
        }
    }

    #[test]
    fn patience_grows_and_ends_and_begins_anew_with_each_page() {
        let mut walk = walk(Provider::Casso, 10);
        let waits = |walk: &mut Walk, times: u32| -> Vec<u64> {
            let wait = |_| match walk.no_answer() {
                Ok(Step::Wait(wait)) => wait.as_secs(),
                other => panic!("{other:?}"),
            };
            (0..times).map(wait).collect()
        };
        assert_eq!(waits(&mut walk, 3), [1, 2, 4]);
        walk.take(200, None, &casso_answer(1, Some(2))).unwrap();
        assert_eq!(waits(&mut walk, 5), [1, 2, 4, 8, 16]);
        assert_eq!(walk.take(200, None, b"<html>"), Err(ListError::NotList), "the last reason");
        assert_eq!(walk.no_answer(), Err(ListError::Unavailable));
    }
}
