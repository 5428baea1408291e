//! The cashless report as people and programs want it. Pure: from the report to text or bytes.

pub mod canonical;
pub mod consolidated;
mod delimited;
mod json;
mod paper;
pub mod path;
mod rate;
pub mod restated;
mod table;
#[cfg(test)]
mod tests;
mod workbook;

pub use delimited::csv;
pub use json::json;
pub use paper::pdf;
pub use rate::{RateView, RatesView};
pub use table::table;
pub use workbook::xlsx;

use crate::domain::cashless::{Rates, Report, Views};

/// Why a report could not be written out.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// JSON.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// CSV.
    #[error(transparent)]
    Csv(#[from] ::csv::Error),
    /// The workbook.
    #[error(transparent)]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
}

/// The four rates: stable name, heading, definition.
const DEFINITIONS: [(&str, &str, &str); 4] = [
    (
        "by_amount",
        "Theo số tiền",
        "số tiền đã khớp từ các giao dịch không dùng tiền mặt / số tiền đã khớp từ mọi giao dịch",
    ),
    (
        "by_pupil",
        "Theo học sinh",
        "số học sinh có toàn bộ tiền đã nộp là không dùng tiền mặt / số học sinh đã nộp tiền",
    ),
    (
        "by_payment",
        "Theo giao dịch",
        "số giao dịch không dùng tiền mặt / số giao dịch đã khớp với khoản thu",
    ),
    ("by_school", "Theo trường", "số trường đã triển khai / số trường trong phạm vi báo cáo"),
];

/// Every way of counting: stable name, words, the figures.
fn views_of(views: &Views<Rates>) -> [(&'static str, &'static str, &Rates); 4] {
    [
        ("with_both", "Tính cả nộp tại quầy và nộp thay", &views.with_both),
        (
            "without_counter_cash",
            "Không tính tiền mặt nộp tại quầy ngân hàng",
            &views.without_counter_cash,
        ),
        ("without_proxy", "Không tính một người nộp thay nhiều gia đình", &views.without_proxy),
        ("without_either", "Không tính cả hai", &views.without_either),
    ]
}

/// The stable name of the way of counting that the settings chose.
fn chosen_view(report: &Report) -> &'static str {
    match (report.settings.counting.counter_cash, report.settings.counting.proxy) {
        (true, true) => "with_both",
        (false, true) => "without_counter_cash",
        (true, false) => "without_proxy",
        (false, false) => "without_either",
    }
}

/// What the settings make of the two doubtful kinds, and of "deployed", in words.
fn settings_in_words(report: &Report) -> [String; 4] {
    let settings = &report.settings;
    let counted = |yes| if yes { "được tính" } else { "không được tính" };
    [
        format!(
            "Tiền mặt phụ huynh nộp tại quầy ngân hàng {} là không dùng tiền mặt.",
            counted(settings.counting.counter_cash)
        ),
        format!(
            "Giao dịch một người nộp thay nhiều gia đình {} là không dùng tiền mặt.",
            counted(settings.counting.proxy)
        ),
        format!(
            "Trường đã triển khai: có từ {} giao dịch không dùng tiền mặt trong kỳ.",
            settings.deployed_min_payments
        ),
        format!(
            "Đạt: từ {} % theo số tiền. Gần đạt: từ {} %. Trường chưa có số liệu không được tính \
             vào ba tỷ lệ đầu.",
            settings.target_percent, settings.near_percent
        ),
    ]
}
