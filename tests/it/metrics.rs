//! Figures for Prometheus, at an address of their own.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, mpsc};

use doisoat::app::Application;
use doisoat::clock::{Clock, FixedClock};
use doisoat::config;

use crate::support::client::Request;
use crate::support::feed::TEST_KEY;
use crate::support::school::{School, csv, now, reader};
use crate::support::{TestDb, for_each_backend};

/// A service with or without figures, while `visit` runs: its address and that of the figures.
fn serving(db: &TestDb, with_figures: bool, visit: impl FnOnce(SocketAddr, Option<SocketAddr>)) {
    let mut config = config::from_parts(None, [], Some(&db.url)).unwrap();
    let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    config.server.bind = free;
    config.metrics.bind = with_figures.then_some(free);
    TEST_KEY.clone_into(&mut config.secrets.key);
    let folder = tempfile::tempdir().unwrap();
    config.mail.folder = folder.path().join("mail");
    let store = doisoat::app::open_store(&config).unwrap();
    let (tell, told) = mpsc::channel();
    let thread = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async {
            let clock: Arc<dyn Clock> = Arc::new(FixedClock::at(now()));
            let application = Application::build(&config, store, reader(), clock).unwrap();
            let at = (application.address(), application.metrics_address());
            tell.send((at, application.handle())).unwrap();
            application.run().await.unwrap();
        });
    });
    let ((address, figures), handle) = told.recv().unwrap();
    visit(address, figures);
    drop(handle.stop(true));
    thread.join().unwrap();
}

#[test]
fn figures_are_told_by_route_and_outcome_and_never_about_a_person() {
    for_each_backend(|db| {
        {
            let school = School::create(db);
            school.students("Mã học sinh;Họ và tên;Lớp\nHSBIMAT;Nguyễn Thị Mẫu;6A1\n");
            let lines = [("2026-11-20", 1_250_000, "FT1", "chuyen tien")];
            school.statement("a.csv", &csv(0, &lines));
        }
        serving(db, true, |address, figures| {
            let figures = figures.unwrap();
            let get = |target: &str| Request::new(address, "GET", target).send().status;
            assert_eq!(get("/readyz"), 200);
            assert_eq!(get("/api/v1/schools/BIMAT/payments"), 401);
            assert_eq!(get("/bimat/khong/co"), 404);
            assert_eq!(get("/webhooks/sepay/bimat"), 404);
            assert_eq!(get("/metrics"), 404, "not where the pages are");
            let answer = Request::new(figures, "GET", "/metrics").send();
            assert_eq!(answer.status, 200);
            assert!(answer.header("content-type").unwrap().starts_with("text/plain"));
            let text = String::from_utf8(answer.body).unwrap();
            for line in [
                "http_requests_total{method=\"GET\",route=\"/readyz\",status=\"200\"} ",
                "http_requests_total{method=\"GET\",route=\"/api/v1/schools/{school}/payments\",status=\"401\"} ",
                "http_requests_total{method=\"GET\",route=\"unmatched\",status=\"404\"} ",
                "http_requests_total{method=\"GET\",route=\"/webhooks\",status=\"404\"} ",
                "http_request_duration_seconds_bucket{method=\"GET\",route=\"/readyz\",le=\"0.005\"} ",
                "http_request_duration_seconds_count{method=\"GET\",route=\"/readyz\"} ",
                "review_queue_entries 1\n",
                "outbox_oldest_seconds 0\n",
                "mail_queue 0\n",
                "# TYPE mail_queue gauge\n",
            ] {
                assert!(text.contains(line), "{line}\n{text}");
            }
            for secret in ["BIMAT", "bimat", "HSBIMAT", "Mẫu"] {
                assert!(!text.contains(secret), "{secret}\n{text}");
            }
            assert_eq!(Request::new(figures, "GET", "/").send().status, 404);
        });
    });
}

#[test]
fn lines_of_statements_are_counted_by_what_became_of_them() {
    for_each_backend(|db| {
        let school = School::create(db);
        serving(db, true, |_, figures| {
            let count = || {
                let text = Request::new(figures.unwrap(), "GET", "/metrics").send().body;
                let text = String::from_utf8(text).unwrap();
                let rows = text.lines().filter(|line| line.starts_with("statement_rows_total{"));
                rows.map(|line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap())
                    .sum::<u64>()
            };
            let before = count();
            let lines = [("2026-11-20", 1_250_000, "FT1", "chuyen tien")];
            school.statement("a.csv", &csv(0, &lines));
            // Other tests of this process are counted as well.
            assert!(count() > before);
        });
    });
}

#[test]
fn without_an_address_nobody_is_told() {
    for_each_backend(|db| {
        serving(db, false, |address, figures| {
            assert_eq!(figures, None);
            assert_eq!(Request::new(address, "GET", "/metrics").send().status, 404);
        });
    });
}
