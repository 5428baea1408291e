//! What mail with one link says, about accounts and contacts, in Vietnamese and in English, as text and as
//! a page with one button.

use askama::Template;

use super::Content;
use crate::domain::lang::Lang;

/// Who writes to people with accounts.
const PRODUCT: &str = "Doisoat";

/// What one kind of mail says in one language.
struct Words<'a> {
    lang: &'static str,
    subject: &'static str,
    /// What stands before the name, where there is one.
    greeting: &'static str,
    /// The greeting where there is no name.
    greeting_alone: &'static str,
    /// One paragraph each.
    paragraphs: &'a [&'a str],
    button: &'static str,
    /// For readers in whose program the button does nothing.
    by_hand: &'static str,
    /// Why it came, and what to do where it was not asked for.
    footer: &'a str,
    /// Who writes.
    from: &'a str,
}

#[derive(Template)]
#[template(path = "mail/link.txt")]
struct Text<'a> {
    words: &'a Words<'a>,
    greeting: &'a str,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "mail/link.html")]
struct Page<'a> {
    words: &'a Words<'a>,
    greeting: &'a str,
    link: &'a str,
}

/// Invites somebody to choose a password for the account that was made for them. The link is
/// `{public_url}/invitations/{secret}`.
#[must_use]
pub fn invitation(public_url: &str, secret: &str, name: &str, lang: Lang) -> Content {
    let words = match lang {
        Lang::Vi => Words {
            lang: "vi",
            subject: "Mời anh/chị kích hoạt tài khoản Doisoat",
            greeting: "Kính gửi anh/chị",
            greeting_alone: "Kính gửi anh/chị",
            paragraphs: &[
                "Quản trị viên của đơn vị đã tạo cho anh/chị một tài khoản trên Doisoat, phần mềm đối soát học phí và các khoản thu của nhà trường.",
                "Mời anh/chị đặt mật khẩu để kích hoạt tài khoản. Liên kết chỉ dùng được một lần và sẽ hết hạn; khi hết hạn, anh/chị hãy đề nghị quản trị viên gửi lại lời mời.",
            ],
            button: "Đặt mật khẩu",
            by_hand: "Nếu không bấm được nút, hãy sao chép địa chỉ này vào trình duyệt:",
            footer: "Anh/chị không chuyển tiếp thư này cho người khác. Nếu không biết về lời mời này, anh/chị có thể bỏ qua thư.",
            from: PRODUCT,
        },
        Lang::En => Words {
            lang: "en",
            subject: "Activate your Doisoat account",
            greeting: "Dear",
            greeting_alone: "Hello",
            paragraphs: &[
                "An administrator of your organisation has made an account for you on Doisoat, the software that matches school fees with what the bank received.",
                "Please choose a password to activate the account. The link works once and expires; when it has expired, ask the administrator for another invitation.",
            ],
            button: "Choose a password",
            by_hand: "If the button does nothing, copy this address into your browser:",
            footer: "Please do not forward this message. If you know nothing of this invitation, you may ignore it.",
            from: PRODUCT,
        },
    };
    link_mail(&words, name, &link(public_url, "invitations", secret))
}

/// Lets somebody who asked for it choose another password. The link is
/// `{public_url}/password/{secret}`.
#[must_use]
pub fn password_reset(public_url: &str, secret: &str, name: &str, lang: Lang) -> Content {
    let words = match lang {
        Lang::Vi => Words {
            lang: "vi",
            subject: "Đặt lại mật khẩu Doisoat",
            greeting: "Kính gửi anh/chị",
            greeting_alone: "Kính gửi anh/chị",
            paragraphs: &[
                "Doisoat vừa nhận được yêu cầu đặt lại mật khẩu cho tài khoản của anh/chị.",
                "Mời anh/chị bấm nút dưới đây để đặt mật khẩu mới. Liên kết chỉ dùng được một lần và sẽ hết hạn sau thời gian ngắn.",
            ],
            button: "Đặt mật khẩu mới",
            by_hand: "Nếu không bấm được nút, hãy sao chép địa chỉ này vào trình duyệt:",
            footer: "Nếu anh/chị không gửi yêu cầu này, hãy bỏ qua thư: mật khẩu hiện tại vẫn giữ nguyên. Anh/chị không chuyển tiếp thư này cho người khác.",
            from: PRODUCT,
        },
        Lang::En => Words {
            lang: "en",
            subject: "Reset your Doisoat password",
            greeting: "Dear",
            greeting_alone: "Hello",
            paragraphs: &[
                "Doisoat was asked to reset the password of your account.",
                "Please press the button below to choose a new password. The link works once and expires soon.",
            ],
            button: "Choose a new password",
            by_hand: "If the button does nothing, copy this address into your browser:",
            footer: "If you did not ask for this, ignore the message: your password stays as it is. Please do not forward this message.",
            from: PRODUCT,
        },
    };
    link_mail(&words, name, &link(public_url, "password", secret))
}

/// Which of the two addresses that a change of a contact is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// The one that is known.
    Known,
    /// The one that is to be known.
    New,
}

/// Asks an address whether a family's contact is to change. It names no child: it may reach somebody
/// else. The link works for so many days.
#[must_use]
pub fn contact_change(
    school: &str,
    link: &str,
    (asked, days): (Asked, i64),
    lang: Lang,
) -> Content {
    let school: String = school.chars().filter(|c| !c.is_control()).take(100).collect();
    let what = match (lang, asked) {
        (Lang::Vi, Asked::Known) => format!(
            "Có người đề nghị thay đổi thông tin liên hệ của phụ huynh trong hồ sơ của {school}."
        ),
        (Lang::Vi, Asked::New) => format!(
            "Có người đề nghị dùng địa chỉ email này làm liên hệ của phụ huynh trong hồ sơ của {school}."
        ),
        (Lang::En, Asked::Known) => {
            format!("Somebody asks to change a guardian's contact in the records of {school}.")
        }
        (Lang::En, Asked::New) => format!(
            "Somebody asks to use this address as a guardian's contact in the records of {school}."
        ),
    };
    let agree = match lang {
        Lang::Vi => format!(
            "Nếu đúng là Quý phụ huynh đề nghị, xin mở liên kết dưới đây và bấm “Đồng ý”. Liên kết có hiệu lực trong {days} ngày."
        ),
        Lang::En => format!(
            "If that was you, open the link below and press “Agree”. The link works for {days} days."
        ),
    };
    let paragraphs = [what.as_str(), agree.as_str()];
    let words = match lang {
        Lang::Vi => Words {
            lang: "vi",
            subject: "Xác nhận thay đổi thông tin liên hệ",
            greeting: "Kính gửi Quý phụ huynh",
            greeting_alone: "Kính gửi Quý phụ huynh",
            paragraphs: &paragraphs,
            button: "Xem và xác nhận",
            by_hand: "Nếu không bấm được nút, xin sao chép địa chỉ này vào trình duyệt:",
            footer: "Nếu không phải Quý phụ huynh đề nghị, xin bỏ qua thư này: thông tin giữ nguyên. Xin không chuyển tiếp thư cho người khác.",
            from: &school,
        },
        Lang::En => Words {
            lang: "en",
            subject: "Please confirm a change of contact",
            greeting: "Dear",
            greeting_alone: "Dear parent",
            paragraphs: &paragraphs,
            button: "Look and confirm",
            by_hand: "If the button does nothing, copy this address into your browser:",
            footer: "If it was not you, ignore this message: the contact stays as it is. Please do not forward this message.",
            from: &school,
        },
    };
    link_mail(&words, "", link)
}

/// Shows that mail arrives.
#[must_use]
pub fn test(lang: Lang) -> Content {
    let (subject, text) = match lang {
        Lang::Vi => (
            "Thư thử của Doisoat",
            "Đây là thư thử. Nếu anh/chị đọc được thư này, Doisoat đã gửi được email.\n",
        ),
        Lang::En => (
            "A test message of Doisoat",
            "This is a test. If you can read it, Doisoat is able to send mail.\n",
        ),
    };
    Content { subject: subject.to_owned(), text: text.to_owned(), html: None }
}

fn link(public_url: &str, place: &str, secret: &str) -> String {
    format!("{}/{place}/{secret}", public_url.trim_end_matches('/'))
}

fn link_mail(words: &Words<'_>, name: &str, link: &str) -> Content {
    // A template of ours with strings in it has nothing that could fail.
    let greeting = match name.trim() {
        "" => format!("{},", words.greeting_alone),
        name => format!("{} {name},", words.greeting),
    };
    let greeting = greeting.as_str();
    let text = Text { words, greeting, link }.render().unwrap_or_default();
    let html = Page { words, greeting, link }.render().ok();
    Content { subject: words.subject.to_owned(), text, html }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_parts_of_a_mail_carry_the_link_and_the_name() {
        for lang in [Lang::Vi, Lang::En] {
            for (made, link) in [
                (
                    invitation(
                        "https://thu.truong.test/",
                        "bí-mật",
                        "Trần Văn <Mẫu> & \"A\"",
                        lang,
                    ),
                    "https://thu.truong.test/invitations/bí-mật",
                ),
                (
                    password_reset(
                        "https://thu.truong.test",
                        "bí-mật",
                        "Trần Văn <Mẫu> & \"A\"",
                        lang,
                    ),
                    "https://thu.truong.test/password/bí-mật",
                ),
            ] {
                let html = made.html.unwrap();
                assert_eq!(made.text.matches(link).count(), 1, "{}", made.text);
                assert_eq!(html.matches(&format!("href=\"{link}\"")).count(), 1, "{html}");
                assert_eq!(html.matches(link).count(), 2, "also to be copied: {html}");
                assert!(made.text.contains("Trần Văn <Mẫu> & \"A\""), "{}", made.text);
                assert!(!html.contains("<Mẫu>") && html.contains("Mẫu&#62; &#38; "), "{html}");
                assert!(!html.contains("<img") && !html.contains("<script"), "{html}");
                let nobody = invitation("https://x.test", "y", " ", lang);
                let greeting = nobody.text.lines().next().unwrap();
                assert!(greeting.ends_with(',') && !greeting.contains(" ,"), "{greeting}");
                assert!(!made.subject.is_empty() && !made.text.contains("{{"));
            }
        }
    }
}
