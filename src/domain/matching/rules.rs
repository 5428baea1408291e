//! What each rule says, in a sentence for people. A rule is named by its decision, with its version:
//! `code-exact/1`; what the sentence says holds for every version.

use crate::domain::lang::Bilingual;

/// Each rule's name, and its sentence in Vietnamese and in English.
const RULES: [(&str, &str, &str); 45] = [
    (
        "code-exact",
        "Nội dung có đúng một mã thanh toán và số tiền bằng số còn phải thu của mã đó.",
        "The text has exactly one payment code, and the amount equals what is open on it.",
    ),
    (
        "code-part",
        "Nội dung có đúng một mã thanh toán, số tiền ít hơn số còn phải thu: nộp một phần.",
        "The text has exactly one payment code, and the amount is less than what is open on it.",
    ),
    (
        "family-sum",
        "Số tiền nhiều hơn khoản mang mã, nhưng bằng đúng tổng các khoản còn phải thu của cùng gia đình.",
        "The amount is more than the code's invoice and equals open invoices of the same family together.",
    ),
    (
        "code-over",
        "Số tiền nhiều hơn khoản mang mã: phần thừa ghi số dư cho gia đình sau khi anh/chị xác nhận.",
        "The amount is more than the code's invoice: the rest is the family's credit once confirmed.",
    ),
    (
        "ambiguous",
        "Có từ hai cách phân bổ phù hợp như nhau nên máy không tự chọn.",
        "Two or more answers fit equally well, so the machine does not choose.",
    ),
    (
        "codes-sum",
        "Nội dung có nhiều mã thanh toán và số tiền bằng tổng số còn phải thu của các mã đó.",
        "The text has several payment codes, and the amount equals what is open on them together.",
    ),
    (
        "codes-other",
        "Nội dung có nhiều mã thanh toán nhưng số tiền không bằng tổng của chúng.",
        "The text has several payment codes, but the amount is not their sum.",
    ),
    (
        "code-closed",
        "Mã trong nội dung thuộc khoản đã nộp đủ hoặc đã hủy.",
        "The code in the text is of an invoice that is paid or cancelled.",
    ),
    (
        "account-closed",
        "Tiền vào tài khoản định danh của học sinh nhưng học sinh không còn khoản nào phải thu.",
        "The money came to a student's own virtual account, but the student owes nothing.",
    ),
    (
        "account-exact",
        "Tiền vào tài khoản định danh của học sinh và số tiền khớp số còn phải thu.",
        "The money came to a student's own virtual account, and the amount fits what is open.",
    ),
    (
        "account-part",
        "Tiền vào tài khoản định danh của học sinh, ít hơn số còn phải thu.",
        "The money came to a student's own virtual account and is less than what is open.",
    ),
    (
        "account-over",
        "Tiền vào tài khoản định danh của học sinh, nhiều hơn số còn phải thu.",
        "The money came to a student's own virtual account and is more than what is open.",
    ),
    (
        "account-family-sum",
        "Tiền vào tài khoản định danh và bằng đúng tổng các khoản còn phải thu của cùng gia đình.",
        "The money came to a virtual account and equals open invoices of the family together.",
    ),
    (
        "slip-closed",
        "Mã sai một ký tự, mã gần nhất thuộc khoản đã nộp đủ hoặc đã hủy.",
        "The code has one wrong symbol, and the nearest code's invoice is paid or cancelled.",
    ),
    (
        "slip-corrected",
        "Mã sai một ký tự và chỉ có một cách sửa, hoặc ghép được nhưng một mã khác bị hỏng cũng giống vậy; chỉ tự khớp khi số tiền bằng và nội dung nêu đúng học sinh hoặc lớp.",
        "The code has one wrong symbol and only one correction, or another code, damaged, would look the same; it settles only with the equal amount and the student or class in the text.",
    ),
    (
        "slips",
        "Có nhiều mã sai ký tự nên cần anh/chị chọn.",
        "Several codes have wrong symbols, so a person chooses.",
    ),
    (
        "contradiction",
        "Nội dung nêu hai điều trái nhau nên máy không tự khớp.",
        "What the text says points two ways, so the machine does not settle.",
    ),
    (
        "not-income",
        "Đây không phải tiền nộp: tiền ra, lãi, phí, quyết toán của cổng thanh toán hoặc tiền nhà trường tự nộp.",
        "This is no fee: money out, interest, a charge, a gateway's payout or the school's own deposit.",
    ),
    (
        "gateway-payout",
        "Cổng thanh toán chuyển về số tiền đã thu hộ. Từng khoản đã được tính khi phụ huynh trả qua cổng, nên dòng này không tính thêm lần nữa.",
        "A gateway pays out what it collected. Each payment counted when a parent made it, so this line never counts again.",
    ),
    (
        "amount-only",
        "Chỉ có số tiền khớp với đúng một khoản còn phải thu; số tiền không bao giờ đủ để tự khớp.",
        "Only the amount fits, and fits one open invoice; an amount alone never settles.",
    ),
    (
        "nothing",
        "Không thấy mã, tên, tài khoản hay số tiền nào đủ để gợi ý.",
        "No code, name, account or amount is enough for a proposal.",
    ),
    (
        "known-payer",
        "Tài khoản này đã được xác nhận ít nhất ba lần cho gia đình này, chưa lần nào bị bác, và số tiền bằng đúng một khoản còn phải thu.",
        "The account was confirmed for this family at least three times and never contradicted, and the amount equals one open invoice.",
    ),
    (
        "names-split",
        "Không có mã, nội dung nêu nhiều học sinh của nhiều gia đình: đề nghị chia tiền theo thứ tự nêu tên.",
        "There is no code and the text names pupils of several families: a split in the order of their names is proposed.",
    ),
    (
        "text-ranked",
        "Không có mã thanh toán: xếp hạng theo tên, lớp, tài khoản người nộp và số tiền để anh/chị chọn.",
        "There is no payment code: names, class, payer's account and amount rank the choices for a person.",
    ),
    (
        "returned",
        "Tiền đã nhận rồi được trả lại: hai dòng bù trừ nhau và khoản phải thu được mở lại.",
        "Money that came and went back: the two entries cancel out, and the invoice is open again.",
    ),
    (
        "not-dong",
        "Số tiền không phải số đồng Việt Nam nguyên nên không khớp được.",
        "The amount is not a whole number of Vietnamese đồng and cannot be matched.",
    ),
    (
        "duplicate",
        "Dòng này cho thấy một khoản tiền đã có ở dòng khác; tiền chỉ được tính một lần.",
        "The entry shows a payment that another entry shows already; it counts once.",
    ),
    (
        "refused",
        "Có người đã xác nhận khoản tiền không phải của học sinh mà nội dung chỉ tới.",
        "A person said that the payment is not for the student to whom the text points.",
    ),
    (
        "person",
        "Có người phân bổ khoản tiền này.",
        "A person decided what the payment is used for.",
    ),
    (
        "person-agreed",
        "Một người đề nghị trả lại khoản tiền và người thứ hai đồng ý.",
        "One person proposed to give the payment back and another one agreed.",
    ),
    (
        "person-reversal",
        "Có người bỏ khớp; máy không tự khớp lại.",
        "A person took the use back; the machine does not settle it again by itself.",
    ),
    (
        "import-undone",
        "Lần nhập tệp đã được hoàn tác nên khoản tiền không còn căn cứ.",
        "The import was undone, so the payment rests on nothing any more.",
    ),
    (
        "cash-voucher",
        "Tiền mặt thu tại trường theo phiếu thu.",
        "Cash taken at the school, by voucher.",
    ),
    (
        "voucher-voided",
        "Phiếu thu đã hủy; số phiếu được giữ lại.",
        "The voucher was voided; its number is kept.",
    ),
    (
        "pos-slip",
        "Quẹt thẻ tại trường theo phiếu của máy POS.",
        "A card put through the school's terminal, by slip.",
    ),
    ("slip-voided", "Phiếu quẹt thẻ đã hủy.", "The card slip was voided."),
    (
        "receipt-voided",
        "Biên lai đã hủy: phần tiền của học sinh đó không còn dùng cho khoản phải thu.",
        "A receipt was voided: that student's part of the money pays no invoice any more.",
    ),
    (
        "cash-deposit",
        "Có người xác nhận đây là tiền mặt hoặc tiền quẹt thẻ đã tính khi thu; khoản này không phải khoản thu mới.",
        "A person said that this is cash or cards counted when they were taken; it is no new income.",
    ),
    (
        "deposit-released",
        "Có người gỡ ghép khoản nộp; máy xét lại như một khoản tiền bình thường.",
        "A person took the deposit apart; the machine decides about it like any other payment.",
    ),
    (
        "credit-carried",
        "Số dư của gia đình được trừ vào khoản phải thu mới phát hành.",
        "The family's credit paid an invoice that was issued later.",
    ),
    (
        "credit-note",
        "Khoản phải thu được điều chỉnh giảm; phần đã nộp thừa thành số dư của gia đình.",
        "The invoice came down; what was paid beyond it became the family's credit.",
    ),
    (
        "reissue",
        "Khoản phải thu được phát hành lại; tiền đã nộp chuyển sang khoản mới.",
        "The invoice was issued anew; what was paid went to the new one.",
    ),
    (
        "write-off",
        "Một phần khoản phải thu được xóa nợ khi có người thứ hai duyệt.",
        "A part of the invoice was written off with a second person's consent.",
    ),
    (
        "refund",
        "Số dư của gia đình được lập lệnh hoàn trả, hoặc lệnh hoàn trả bị hủy.",
        "The family's credit was ordered to go back, or the order was cancelled.",
    ),
    (
        "same-payment",
        "Khoản này hóa ra là một khoản tiền đã ghi nhận nên không được tính nữa.",
        "This turned out to be a payment recorded already and no longer counts.",
    ),
];

/// What a rule says, or `None` for a name that no rule has.
#[must_use]
pub fn describe(rule: &str) -> Option<Bilingual> {
    let name = rule.split('/').next().unwrap_or(rule);
    RULES.iter().find(|(known, ..)| *known == name).map(|(_, vi, en)| Bilingual::new(*vi, *en))
}

/// The names of all rules that are described.
pub fn names() -> impl Iterator<Item = &'static str> {
    RULES.iter().map(|(name, ..)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_described_whatever_its_version() {
        assert_eq!(describe("code-exact/1"), describe("code-exact/2"));
        assert!(describe("code-exact/1").is_some());
        assert_eq!(describe("no-such-rule/1"), None);
    }
}
