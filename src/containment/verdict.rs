//! What to tell about a file whose reader did not survive it.

use super::End;
use crate::domain::diagnostic::Diagnostic;

/// Why the child ended without an answer, in words for people.
pub fn of(end: &End) -> Diagnostic {
    let cause = cause(end);
    // Last words may quote the file, so they are told to nobody.
    tracing::warn!(status = ?end.status, timed_out = end.timed_out, ?cause, "a statement reader died");
    match cause {
        Cause::Time => Diagnostic::new(
            "reading_too_long",
            "Đọc tệp này quá lâu nên hệ thống đã dừng, không ghi nhận gì. Anh/chị tải sao kê theo khoảng ngày ngắn hơn, hoặc tải lại tệp từ ngân hàng.",
            "Reading this file took too long and was stopped; nothing was recorded. Download the statement for fewer days, or download the file from the bank again.",
        ),
        Cause::Memory => Diagnostic::new(
            "reading_too_much_memory",
            "Tệp này cần quá nhiều bộ nhớ nên hệ thống đã dừng đọc, không ghi nhận gì. Anh/chị tải sao kê theo khoảng ngày ngắn hơn, hoặc lưu lại bằng Excel rồi tải lên.",
            "This file needs too much memory, so reading was stopped; nothing was recorded. Download the statement for fewer days, or save it with Excel and upload that.",
        ),
        Cause::Crash => Diagnostic::new(
            "reading_failed",
            "Tệp này làm chương trình đọc dừng đột ngột, có thể do tệp hỏng; không ghi nhận gì. Anh/chị tải lại tệp từ ngân hàng; nếu vẫn vậy, gửi tệp cho người quản trị hệ thống.",
            "This file made its reader stop, perhaps because it is damaged; nothing was recorded. Download it from the bank again; if that does not help, send it to whoever runs the system.",
        ),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cause {
    Time,
    Memory,
    Crash,
}

fn cause(end: &End) -> Cause {
    if end.timed_out || out_of_time(end) {
        Cause::Time
    } else if end.last_words.contains("memory allocation of") {
        Cause::Memory
    } else {
        Cause::Crash
    }
}

#[cfg(unix)]
fn out_of_time(end: &End) -> bool {
    use std::os::unix::process::ExitStatusExt as _;
    /// The signal for a process that has used up its processor time, on Linux and macOS.
    const SIGXCPU: i32 = 24;
    end.status.and_then(|status| status.signal()) == Some(SIGXCPU)
}

#[cfg(not(unix))]
fn out_of_time(_end: &End) -> bool {
    false
}
