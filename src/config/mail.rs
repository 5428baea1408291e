//! The settings of mail, and what each must be.

use std::net::IpAddr;
use std::path::PathBuf;

use serde::Deserialize;

use super::layers::{Layers, Setting};
use super::rules::refused;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::mail_address::MailAddress;

/// How mail leaves.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// By what.
    pub transport: MailTransport,
    /// The folder of files.
    pub folder: PathBuf,
    /// The mail server's name.
    pub host: String,
    /// The mail server's port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: MailTls,
    /// A file of certificates trusted besides the public ones; may be empty.
    pub ca_file: PathBuf,
    /// Whom to log in as; may be empty.
    pub user: String,
    /// The password; may be empty.
    pub password: String,
    /// The file that has it; may be empty.
    pub password_file: PathBuf,
    /// The name mail is from.
    pub from_name: String,
    /// The address mail is from.
    pub from_email: String,
    /// Where answers go; may be empty.
    pub reply_to: String,
    /// The domain mail is signed for; may be empty.
    pub dkim_domain: String,
    /// The name under which the domain publishes the key.
    pub dkim_selector: String,
    /// The file with the key; empty where mail is not signed.
    pub dkim_key_file: PathBuf,
    /// How often a mail is tried.
    pub attempts: u32,
    /// How many are on their way at once.
    pub at_once: usize,
    /// How long connecting may take, in seconds.
    pub connect_timeout_seconds: u32,
    /// How long the answer to a command may take, in seconds.
    pub command_timeout_seconds: u32,
    /// How long the server may take to say that it has a mail, in seconds.
    pub answer_timeout_seconds: u32,
}

impl std::fmt::Debug for Mail {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Mail")
            .field("transport", &self.transport)
            .field("host", &self.host)
            .field("port", &self.port)
            .field("tls", &self.tls)
            .field("from_email", &self.from_email)
            .finish_non_exhaustive()
    }
}

/// By what mail leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailTransport {
    /// Files in a folder.
    File,
    /// A mail server.
    Smtp,
}

/// How a connection to a mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailTls {
    /// It begins plainly.
    Starttls,
    /// From the first byte.
    Tls,
    /// Not at all.
    None,
}

/// Every rule a setting of mail breaks.
pub(super) fn broken(layers: &Layers) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    let mut refuse = |key: &str, setting: &Setting, vi: &str, en: &str| {
        problems.push(refused("mail", key, setting, vi, en));
    };
    let texts = |key: &str| {
        let setting = layers.get("mail", key)?;
        Some((setting, setting.value.as_str()?))
    };
    let text = |key: &str| texts(key).map_or("", |(_, text)| text);
    let smtp = text("transport") == "smtp";
    let one_of: [(&str, &[&str], &str, &str); 2] = [
        ("transport", &["file", "smtp"], "Ghi file hoặc smtp.", "Write file or smtp."),
        (
            "tls",
            &["starttls", "tls", "none"],
            "Ghi starttls, tls hoặc none.",
            "Write starttls, tls or none.",
        ),
    ];
    for (key, known, vi, en) in one_of {
        if let Some((setting, name)) = texts(key)
            && !known.contains(&name)
        {
            refuse(key, setting, vi, en);
        }
    }
    for key in ["from_email", "reply_to"] {
        if let Some((setting, address)) = texts(key)
            && !(key == "reply_to" && address.is_empty())
            && MailAddress::parse(address).is_none()
        {
            refuse(
                key,
                setting,
                "Ghi một địa chỉ email, ví dụ hocphi@truong.edu.vn.",
                "Write one e-mail address, for example fees@school.edu.vn.",
            );
        }
    }
    if let Some((setting, name)) = texts("from_name")
        && (name.chars().any(char::is_control) || name.chars().count() > 100)
    {
        refuse(
            "from_name",
            setting,
            "Ghi một tên trên một dòng, nhiều nhất 100 ký tự.",
            "Write a name on one line, of at most 100 characters.",
        );
    }
    problems_of_signing(layers, &mut refuse);
    if !smtp {
        if let Some((setting, "")) = texts("folder") {
            refuse("folder", setting, "Ghi đường dẫn của một thư mục.", "Write a folder's path.");
        }
        return problems;
    }
    if let Some((setting, address)) = texts("from_email")
        && address.ends_with(".invalid")
    {
        refuse(
            "from_email",
            setting,
            "Ghi địa chỉ mà máy chủ thư được phép gửi thay, ví dụ hocphi@truong.edu.vn.",
            "Write an address for which the mail server may send, for example fees@school.edu.vn.",
        );
    }
    if let Some((setting, host)) = texts("host") {
        if host.is_empty() || host.contains(|c: char| c.is_whitespace() || c == '/') {
            refuse(
                "host",
                setting,
                "Ghi tên máy chủ thư, ví dụ smtp.truong.edu.vn.",
                "Write the mail server's name, for example smtp.school.edu.vn.",
            );
        } else if text("tls") == "none" && !is_this_machine(host) {
            refuse(
                "host",
                setting,
                "mail.tls = \"none\" chỉ dùng cho máy chủ thư trên chính máy này (127.0.0.1, ::1, localhost). Ghi starttls hoặc tls.",
                "mail.tls = \"none\" is for a mail server on this machine only (127.0.0.1, ::1, localhost). Write starttls or tls.",
            );
        }
    }
    let given = [text("password"), text("password_file")].iter().filter(|t| !t.is_empty()).count();
    if let Some((setting, user)) = texts("user")
        && given != usize::from(!user.is_empty())
    {
        refuse(
            "user",
            setting,
            "Có mail.user thì ghi đúng một trong mail.password và mail.password_file; không có thì bỏ trống cả hai.",
            "With mail.user, write exactly one of mail.password and mail.password_file; without, leave both empty.",
        );
    }
    problems
}

/// Signing takes all three settings or none.
fn problems_of_signing(layers: &Layers, refuse: &mut impl FnMut(&str, &Setting, &str, &str)) {
    let text = |key: &str| {
        let setting = layers.get("mail", key)?;
        Some((setting, setting.value.as_str()?))
    };
    let signs = text("dkim_key_file").is_some_and(|(_, file)| !file.is_empty());
    for key in ["dkim_domain", "dkim_selector"] {
        if let Some((setting, name)) = text(key) {
            let is_name = !name.is_empty()
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte));
            if signs != is_name {
                refuse(
                    key,
                    setting,
                    "Ký DKIM cần cả mail.dkim_key_file, mail.dkim_domain (ví dụ truong.edu.vn) và mail.dkim_selector (ví dụ doisoat); không ký thì bỏ trống cả ba.",
                    "Signing takes mail.dkim_key_file, mail.dkim_domain (for example school.edu.vn) and mail.dkim_selector (for example doisoat); leave all three empty not to sign.",
                );
            }
        }
    }
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
