//! Hands out payment codes that are free at a school.

use crate::domain::payment_code::{CODES_PER_PREFIX, PaymentCode, Prefix, holds_shorter};
use crate::service::ServiceError;
use crate::store::Tx;
use crate::store::dialect::{Counter, IdBlock, take_codes};

/// Codes fetched at a time.
const AT_A_TIME: u64 = 64;

/// Hands out codes in the order of their serials, which the whole installation shares.
pub(crate) struct CodeIssuer<'a> {
    prefixes: &'a [Prefix],
    blocks: Vec<IdBlock>,
}

impl CodeIssuer<'_> {
    /// An issuer over the configured prefixes.
    pub fn new(prefixes: &[Prefix]) -> CodeIssuer<'_> {
        CodeIssuer { prefixes, blocks: Vec::new() }
    }

    /// The next code that is not taken and does not hold one that is.
    pub fn next(
        &mut self,
        tx: &mut Tx<'_>,
        is_taken: impl Fn(&str) -> bool,
    ) -> Result<String, ServiceError> {
        loop {
            let Some(serial) = self.blocks.last_mut().and_then(IdBlock::next) else {
                self.blocks.pop();
                if self.blocks.is_empty() {
                    self.blocks = take_codes(tx, Counter::PaymentCodes, AT_A_TIME)?;
                }
                continue;
            };
            let code = code_of_serial(self.prefixes, serial).ok_or_else(codes_exhausted)?;
            if !is_taken(code.as_str()) && !holds_shorter(code.as_str(), &is_taken) {
                return Ok(code.as_str().to_owned());
            }
        }
    }
}

/// Serials go through the prefixes one after the other.
fn code_of_serial(prefixes: &[Prefix], serial: i64) -> Option<PaymentCode> {
    let serial = u64::try_from(serial).ok()?;
    let index = usize::try_from(serial / CODES_PER_PREFIX).ok()?;
    PaymentCode::issue(*prefixes.get(index)?, serial % CODES_PER_PREFIX)
}

fn codes_exhausted() -> ServiceError {
    ServiceError::conflict(
        "codes_exhausted",
        "Đã cấp hết mã thanh toán của các tiền tố hiện có. Thêm tiền tố mới vào mục [codes] của tệp cấu hình.",
        "All payment codes of the configured prefixes are issued. Add a prefix under [codes] in the configuration.",
    )
}
