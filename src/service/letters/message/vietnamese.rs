//! Letters in Vietnamese.

use super::said::{CardNames, Fact, Said, cards, dong, paragraphs};
use super::{Letter, Matter, Receipt};
use crate::domain::calendar::vietnamese_day;
use crate::domain::lang::Lang;
use crate::domain::reminder::Step;

const CARD: CardNames = CardNames {
    open: "Còn phải nộp",
    due: "Hạn nộp",
    bank: "Ngân hàng",
    account: "Số tài khoản",
    holder: "Tên tài khoản",
    amount: "Số tiền",
    content: "Nội dung chuyển khoản",
    keep: "Xin giữ nguyên nội dung này để nhà trường nhận ra khoản tiền.",
    whole: "Nộp một lần cho cả gia đình",
    whole_note: "Mã này nộp cho tất cả các con trong một lần. Nếu muốn nộp riêng cho từng con, xin mở trang của gia đình.",
    alt: "Mã QR chuyển khoản; nếu không thấy hình, xin dùng các thông tin dưới đây",
};

const HOW: &str = "Quý phụ huynh có thể quét mã QR bằng ứng dụng ngân hàng, hoặc chuyển khoản đúng theo thông tin dưới đây.";
const ARRIVAL: &str =
    "Nhà trường cập nhật khi nhận được sao kê của ngân hàng, thường trong 1–2 ngày.";
const WRONG: &str =
    "Nếu có thông tin chưa đúng, xin Quý phụ huynh liên hệ bộ phận kế toán của nhà trường.";
const NO_INVOICE: &str = "Xác nhận này không thay thế hóa đơn, biên lai.";
const THANKS: &str = "Trân trọng cảm ơn Quý phụ huynh.";

/// The letter in words.
pub(super) fn say(letter: &Letter) -> Said {
    let school = &letter.school;
    let base = Said {
        greeting: match letter.guardian.trim() {
            "" => "Kính gửi Quý phụ huynh,".to_owned(),
            name => format!("Kính gửi Quý phụ huynh {name},"),
        },
        by_hand: "Nếu không bấm được nút, xin sao chép địa chỉ này vào trình duyệt:".to_owned(),
        button: "Xem chi tiết khoản thu".to_owned(),
        footer: vec![
            format!("{school} gửi thư này vì địa chỉ email này được ghi làm liên hệ của gia đình."),
            "Liên kết trong thư chỉ dành cho gia đình, xin không chuyển tiếp thư cho người khác."
                .to_owned(),
        ],
        unsubscribe: letter.unsubscribe.as_ref().map(|_| "Không nhận thư nhắc nộp nữa".to_owned()),
        ..Said::default()
    };
    match &letter.matter {
        Matter::Notice { round, bills, whole } => Said {
            subject: format!("Thông báo thu: {round} – {school}"),
            preview: "Các khoản cần nộp, mã QR và thông tin chuyển khoản.".to_owned(),
            title: format!("Thông báo thu – {round}"),
            intro: vec![format!("{school} trân trọng thông báo các khoản gia đình cần nộp. {HOW}")],
            bills: cards((bills, whole.as_ref()), &CARD, |bill| format!("{} – Lớp {}", bill.child, bill.class)),
            closing: vec![ARRIVAL.to_owned(), WRONG.to_owned(), THANKS.to_owned()],
            ..base
        },
        Matter::Reminder { step, bills, whole } => {
            let (title, intro) = match step {
                Step::First => (
                    "Sắp đến hạn nộp",
                    "Nhà trường xin nhắc Quý phụ huynh các khoản dưới đây sắp đến hạn nộp.",
                ),
                Step::Second => (
                    "Khoản thu đã đến hạn",
                    "Theo sổ của nhà trường, các khoản dưới đây đã đến hạn mà chưa thấy khoản nộp. Nếu gia đình đã chuyển khoản, xin bỏ qua thư này: có thể nhà trường chưa nhận được sao kê.",
                ),
                Step::Last => (
                    "Khoản thu đã quá hạn",
                    "Đến nay nhà trường vẫn chưa ghi nhận được các khoản dưới đây. Nếu gia đình gặp khó khăn hoặc đã nộp theo cách khác, xin liên hệ bộ phận kế toán để cùng tìm cách giải quyết.",
                ),
            };
            Said {
                subject: format!("Nhắc nộp: {title} – {school}"),
                preview: "Các khoản còn phải nộp, mã QR và thông tin chuyển khoản.".to_owned(),
                title: title.to_owned(),
                intro: vec![intro.to_owned(), HOW.to_owned()],
                bills: cards((bills, whole.as_ref()), &CARD, |bill| {
                    format!("{} – Lớp {} – {}", bill.child, bill.class, bill.round)
                }),
                closing: vec![ARRIVAL.to_owned(), WRONG.to_owned(), THANKS.to_owned()],
                ..base
            }
        }
        Matter::Receipt(receipt) => receipt_of(receipt, school, base),
        Matter::ReceiptVoided { number, reason, replaced_by } => Said {
            subject: format!("Hủy xác nhận đã nhận tiền số {number} – {school}"),
            preview: "Một xác nhận đã gửi trước đây không còn giá trị.".to_owned(),
            title: "Hủy xác nhận đã nhận tiền".to_owned(),
            intro: vec![format!("Nhà trường đã hủy xác nhận đã nhận tiền số {number}. Xin Quý phụ huynh không dùng xác nhận này nữa.")],
            facts: [("Số xác nhận", Some(number)), ("Lý do", reason.as_ref()), ("Thay bằng số", replaced_by.as_ref())]
                .into_iter()
                .filter_map(|(name, value)| value.map(|value| Fact::of(name, value.clone())))
                .collect(),
            button: "Xem các khoản của gia đình".to_owned(),
            closing: vec![match replaced_by {
                None => "Nhà trường sẽ gửi xác nhận mới nếu khoản tiền được ghi nhận lại.",
                Some(_) => "Xác nhận mới có trên trang của gia đình.",
            }.to_owned(), WRONG.to_owned(), THANKS.to_owned()],
            ..base
        },
        Matter::Refund { amount, account, paid_on } => {
            let mut facts = vec![
                Fact::of("Số tiền hoàn trả", dong(*amount)),
                Fact::of("Đến tài khoản", account.clone()),
            ];
            if let Some(day) = paid_on {
                facts.push(Fact::of("Ngày chuyển", vietnamese_day(*day)));
            }
            let intro = if paid_on.is_some() {
                "Nhà trường đã chuyển trả số tiền nộp thừa của gia đình theo thông tin dưới đây."
            } else {
                "Nhà trường đang làm thủ tục hoàn trả số tiền nộp thừa của gia đình theo thông tin dưới đây."
            };
            Said {
                subject: format!("Hoàn trả tiền nộp thừa – {school}"),
                preview: "Thông báo hoàn trả tiền nộp thừa.".to_owned(),
                title: "Hoàn trả tiền nộp thừa".to_owned(),
                intro: vec![intro.to_owned()],
                facts,
                button: "Xem các khoản của gia đình".to_owned(),
                closing: vec![WRONG.to_owned(), THANKS.to_owned()],
                ..base
            }
        }
        Matter::ClaimAnswered { asked_on, found, answer } => {
            let day = vietnamese_day(*asked_on);
            let mut intro = vec![if *found {
                format!("Nhà trường đã kiểm tra thông tin Quý phụ huynh báo ngày {day} và đã tìm thấy khoản tiền.")
            } else {
                format!("Nhà trường đã kiểm tra thông tin Quý phụ huynh báo ngày {day} nhưng chưa tìm thấy khoản tiền trên sao kê của ngân hàng.")
            }];
            intro.extend(paragraphs(answer));
            Said {
                subject: format!("Trả lời thông tin nộp tiền – {school}"),
                preview: "Nhà trường đã kiểm tra thông tin Quý phụ huynh báo.".to_owned(),
                title: "Trả lời thông tin nộp tiền".to_owned(),
                intro,
                button: "Xem các khoản của gia đình".to_owned(),
                closing: vec![WRONG.to_owned(), THANKS.to_owned()],
                ..base
            }
        }
        Matter::LinkRenewed => Said {
            subject: format!("Liên kết mới để xem khoản thu – {school}"),
            preview: "Liên kết cũ không còn dùng được.".to_owned(),
            title: "Liên kết mới của gia đình".to_owned(),
            intro: vec!["Nhà trường đã đổi liên kết để gia đình xem các khoản thu. Liên kết trong các thư trước không còn dùng được, xin Quý phụ huynh dùng liên kết dưới đây.".to_owned()],
            button: "Mở trang của gia đình".to_owned(),
            closing: vec![THANKS.to_owned()],
            ..base
        },
    }
}

fn receipt_of(receipt: &Receipt, school: &str, base: Said) -> Said {
    let mut facts = vec![Fact::of("Số xác nhận", receipt.number.clone())];
    if let Some(before) = &receipt.replaces {
        facts.push(Fact::of("Thay cho số", before.clone()));
    }
    facts.push(Fact::of("Ngày nhận tiền", vietnamese_day(receipt.day)));
    facts.push(Fact::of("Hình thức", receipt.channel.label(Lang::Vi).to_owned()));
    facts.push(Fact::of("Số tiền", dong(receipt.amount)));
    for paid in &receipt.paid {
        let what =
            format!("{} – {} – Lớp {}: {}", paid.what, paid.child, paid.class, dong(paid.amount));
        facts.push(Fact::of("Nộp cho", what));
    }
    let mut intro = vec![match &receipt.replaces {
        None => {
            "Nhà trường xác nhận đã nhận khoản tiền dưới đây và trân trọng cảm ơn Quý phụ huynh."
                .to_owned()
        }
        Some(before) => format!(
            "Nhà trường gửi lại xác nhận đã nhận tiền. Xác nhận này thay cho xác nhận số {before}; xác nhận cũ không còn giá trị."
        ),
    }];
    if receipt.attached {
        intro.push("Bản xác nhận để lưu hoặc in được gửi kèm thư này.".to_owned());
    }
    Said {
        subject: format!("Xác nhận đã nhận tiền (không thay thế hóa đơn, biên lai) – {school}"),
        preview: "Nhà trường đã nhận được khoản tiền của gia đình.".to_owned(),
        title: "Xác nhận đã nhận tiền".to_owned(),
        intro,
        facts,
        button: "Xem các khoản của gia đình".to_owned(),
        closing: vec![NO_INVOICE.to_owned(), WRONG.to_owned()],
        ..base
    }
}
