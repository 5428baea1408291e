//! Letters in Vietnamese.

use super::said::{CardNames, Fact, Said, cards, dong, paragraphs};
use super::{Letter, Matter, Receipt, Refund, Voided};
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
                    "Nhà trường xin nhắc Quý phụ huynh: các khoản dưới đây sắp đến hạn nộp. Nếu gia đình đã chuyển khoản, xin bỏ qua thư này.",
                ),
                Step::Second => (
                    "Khoản thu đã đến hạn",
                    "Theo sổ sách của nhà trường, các khoản dưới đây đã đến hạn nhưng chưa được ghi nhận là đã nộp. Nếu gia đình đã chuyển khoản, xin bỏ qua thư này: có thể nhà trường chưa nhận được sao kê của ngân hàng.",
                ),
                Step::Last => (
                    "Khoản thu đã quá hạn",
                    "Đến nay nhà trường vẫn chưa ghi nhận được tiền nộp cho các khoản dưới đây. Nếu gia đình gặp khó khăn hoặc đã nộp theo cách khác, xin liên hệ bộ phận kế toán để cùng tìm cách giải quyết.",
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
        Matter::ReceiptVoided(voided) => voided_of(voided, school, base),
        Matter::Refund(refund) => refund_of(refund, school, base),
        Matter::ClaimAnswered { asked_on, amount, paid_on, found, answer } => {
            let day = vietnamese_day(*asked_on);
            let mut intro = vec![if *found {
                format!("Nhà trường đã kiểm tra thông tin Quý phụ huynh báo ngày {day} và đã tìm thấy khoản tiền này. Khoản tiền được ghi nhận trên trang của gia đình.")
            } else {
                format!("Nhà trường đã kiểm tra thông tin Quý phụ huynh báo ngày {day} nhưng chưa tìm thấy khoản tiền này trên sao kê của ngân hàng.")
            }];
            intro.extend(paragraphs(answer));
            Said {
                subject: format!("Trả lời về khoản tiền đã báo nộp – {school}"),
                preview: "Nhà trường đã kiểm tra thông tin Quý phụ huynh báo.".to_owned(),
                title: "Trả lời về khoản tiền đã báo nộp".to_owned(),
                intro,
                facts: vec![
                    Fact::of("Số tiền đã báo", dong(*amount)),
                    Fact::of("Ngày nộp đã báo", vietnamese_day(*paid_on)),
                ],
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
            closing: vec![
                "Nếu không mở được liên kết, xin Quý phụ huynh liên hệ bộ phận kế toán của nhà trường."
                    .to_owned(),
                THANKS.to_owned(),
            ],
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
        Some(_) => "Nhà trường cấp lại xác nhận đã nhận tiền dưới đây, thay cho xác nhận trước. Xác nhận trước không còn giá trị.".to_owned(),
    }];
    if receipt.attached {
        intro.push("Bản xác nhận để lưu hoặc in được gửi kèm thư này.".to_owned());
    }
    let title = match &receipt.replaces {
        None => "Xác nhận đã nhận tiền",
        Some(_) => "Cấp lại xác nhận đã nhận tiền",
    };
    Said {
        subject: format!("{title} (không thay thế hóa đơn, biên lai) – {school}"),
        preview: "Nhà trường đã nhận được khoản tiền của gia đình.".to_owned(),
        title: title.to_owned(),
        intro,
        facts,
        button: "Xem các khoản của gia đình".to_owned(),
        closing: vec![NO_INVOICE.to_owned(), WRONG.to_owned()],
        ..base
    }
}

fn voided_of(voided: &Voided, school: &str, base: Said) -> Said {
    let mut facts = vec![
        Fact::of("Số xác nhận đã hủy", voided.number.clone()),
        Fact::of("Ngày nhận tiền", vietnamese_day(voided.day)),
        Fact::of("Số tiền", dong(voided.amount)),
    ];
    facts.extend(voided.reason.clone().map(|reason| Fact::of("Lý do", reason)));
    let button = "Xem các khoản của gia đình".to_owned();
    let Some(new) = &voided.replaced_by else {
        return Said {
            subject: format!("Hủy xác nhận đã nhận tiền – {school}"),
            preview: "Một xác nhận đã gửi trước đây không còn giá trị.".to_owned(),
            title: "Hủy xác nhận đã nhận tiền".to_owned(),
            intro: vec!["Nhà trường đã hủy xác nhận đã nhận tiền dưới đây. Xin Quý phụ huynh không dùng xác nhận này nữa.".to_owned()],
            facts,
            button,
            closing: vec![
                "Khi khoản tiền được ghi nhận lại, nhà trường sẽ gửi xác nhận mới. Các khoản còn phải nộp có trên trang của gia đình.".to_owned(),
                WRONG.to_owned(),
                THANKS.to_owned(),
            ],
            ..base
        };
    };
    facts.push(Fact::of("Số xác nhận mới", new.number.clone()));
    facts.push(Fact::of("Số tiền trên xác nhận mới", dong(new.amount)));
    Said {
        subject: format!("Cấp lại xác nhận đã nhận tiền – {school}"),
        preview: "Một xác nhận đã gửi trước đây được thay bằng xác nhận mới.".to_owned(),
        title: "Cấp lại xác nhận đã nhận tiền".to_owned(),
        intro: vec!["Nhà trường đã hủy một xác nhận đã nhận tiền và cấp xác nhận mới thay thế. Xin Quý phụ huynh chỉ dùng xác nhận mới.".to_owned()],
        facts,
        button,
        closing: vec![
            "Quý phụ huynh có thể mở và in xác nhận mới trên trang của gia đình.".to_owned(),
            WRONG.to_owned(),
            THANKS.to_owned(),
        ],
        ..base
    }
}

fn refund_of(refund: &Refund, school: &str, base: Said) -> Said {
    let mut facts = vec![Fact::of("Số tiền hoàn trả", dong(refund.amount))];
    let known = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    facts.extend(known(&refund.child).map(|child| Fact::of("Học sinh", child)));
    facts.extend(known(&refund.bank).map(|bank| Fact::of("Ngân hàng nhận", bank)));
    facts.push(Fact::of("Tài khoản nhận", refund.account.clone()));
    facts.extend(refund.paid_on.map(|day| Fact::of("Ngày chuyển", vietnamese_day(day))));
    facts.extend(refund.reference.clone().map(|text| Fact::of("Số tham chiếu", text)));
    let (intro, after) = if refund.paid_on.is_some() {
        (
            "Nhà trường đã hoàn trả số tiền gia đình nộp thừa theo thông tin dưới đây.",
            "Tiền thường vào tài khoản trong ngày hoặc ngày làm việc tiếp theo. Nếu chưa nhận được hoặc thông tin chưa đúng, xin Quý phụ huynh liên hệ bộ phận kế toán của nhà trường.",
        )
    } else {
        (
            "Nhà trường đang làm thủ tục hoàn trả số tiền gia đình nộp thừa theo thông tin dưới đây.",
            "Nếu tài khoản nhận tiền chưa đúng, xin Quý phụ huynh báo ngay cho bộ phận kế toán của nhà trường.",
        )
    };
    Said {
        subject: format!("Hoàn trả tiền nộp thừa – {school}"),
        preview: "Thông báo hoàn trả tiền nộp thừa.".to_owned(),
        title: "Hoàn trả tiền nộp thừa".to_owned(),
        intro: vec![intro.to_owned()],
        facts,
        button: "Xem các khoản của gia đình".to_owned(),
        closing: vec![after.to_owned(), THANKS.to_owned()],
        ..base
    }
}
