//! What can go wrong while a world is built.

/// Why a world could not be built; none of these depends on anything but the seed.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// More invoices than the prefix has codes.
    #[error("the payment codes of the demo's prefix are used up")]
    CodesExhausted,
    /// The prefix of the demo's codes is not one.
    #[error("the demo's payment code prefix is not valid")]
    Prefix(#[from] crate::domain::payment_code::PaymentCodeError),
    /// A sum left the range of whole đồng.
    #[error("a sum of the demo's amounts leaves the range")]
    AmountRange,
    /// A day that is on no calendar.
    #[error("the demo's calendar leaves the range")]
    DayRange,
    /// A workbook could not be written.
    #[error("a workbook of the demo could not be written")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    /// A CSV file could not be written.
    #[error("a CSV file of the demo could not be written")]
    Csv(#[from] csv::Error),
    /// The end of a CSV file could not be written.
    #[error("a CSV file of the demo could not be finished")]
    Flush(#[from] std::io::Error),
    /// A line of JSON could not be written.
    #[error("a line of JSON could not be written")]
    Json(#[from] serde_json::Error),
}
