//! Request bodies that are files: streamed to disk, never beyond the limit.

use std::fs::File;
use std::io::{Seek, Write};

use actix_web::http::StatusCode;
use actix_web::web;
use futures_util::StreamExt as _;
use sha2::{Digest as _, Sha256};

use super::problem::Problem;
use super::{Context, on_worker};
use crate::domain::id::SchoolId;
use crate::domain::text::hex;
use crate::service::Actor;
use crate::service::uploads::{self, Admission};

/// That one more file of somebody is taken: without it no file is read from a request.
#[derive(Debug)]
pub struct Admitted(());

impl Admitted {
    /// A picture of a family's, which has no session: `service::families` bounds how many it sends.
    #[must_use]
    pub const fn of_a_family() -> Admitted {
        Admitted(())
    }
}

/// Counts a file that somebody sends to a school; refuses it with 429 where there were too many
/// within an hour.
pub async fn admit(
    context: &web::Data<Context>,
    actor: &Actor,
    school: SchoolId,
) -> Result<Admitted, Problem> {
    let (inner, actor) = (context.clone(), actor.clone());
    let admission = on_worker(move || {
        uploads::admit(&inner.store, &*inner.clock, inner.uploads, (&actor, school))
    })
    .await?;
    match admission {
        Admission::Admitted => Ok(Admitted(())),
        Admission::Wait { seconds } => {
            tracing::warn!(school = school.0, seconds, "too many files were sent within an hour");
            Err(too_many(seconds))
        }
    }
}

fn too_many(seconds: u64) -> Problem {
    let minutes = seconds.div_ceil(60);
    Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        "too_many_uploads",
        format!(
            "Đã tải lên quá nhiều tệp trong một giờ. Đợi khoảng {minutes} phút rồi tải lại; những tệp đã tải lên vẫn được giữ."
        ),
        format!(
            "Too many files were sent within an hour. Wait about {minutes} minutes, then send it again; what was sent before is kept."
        ),
    )
    .retry_after(seconds)
}

/// Writes a body to a nameless temporary file, and gives its SHA-256 with it: the bytes pass by here
/// once, so nobody has to read them again to name the request. Refuses one beyond `limit` bytes as soon as it gets
/// there, whatever its headers announced.
pub async fn to_file(
    mut body: web::Payload,
    limit: u64,
    _admitted: Admitted,
) -> Result<(File, String), Problem> {
    let mut file = tempfile::tempfile().map_err(failed)?;
    let mut hasher = Sha256::new();
    let mut size = 0_u64;
    while let Some(part) = body.next().await {
        let part = part.map_err(|_incomplete| incomplete())?;
        size = size.saturating_add(u64::try_from(part.len()).unwrap_or(u64::MAX));
        if size > limit {
            return Err(too_large(limit));
        }
        hasher.update(&part);
        file.write_all(&part).map_err(failed)?;
    }
    file.rewind().map_err(failed)?;
    Ok((file, hex(&hasher.finalize())))
}

/// The body ended before its end.
#[must_use]
pub fn incomplete() -> Problem {
    Problem::bad_request(
        "upload_incomplete",
        "Tệp tải lên bị đứt giữa chừng. Hãy tải lại.",
        "The upload ended early. Send it again.",
    )
}

/// A form without a file that holds more than any of ours.
#[must_use]
pub fn form_too_large() -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "form_too_large",
        "Nội dung gửi lên quá lớn. Rút ngắn, nhập theo từng lớp, hoặc tải tệp Excel lên.",
        "What was sent is too large. Shorten it, fill it in class by class, or load a workbook.",
    )
}

/// A form that is cut off, or none.
#[must_use]
pub fn form_unread() -> Problem {
    Problem::bad_request(
        "form",
        "Không đọc được biểu mẫu. Quay lại trang trước, tải lại rồi gửi lần nữa.",
        "The form could not be read. Go back, load the page again and send it once more.",
    )
}

/// The file is larger than `limit` bytes.
#[must_use]
pub fn too_large(limit: u64) -> Problem {
    let megabytes = limit / (1024 * 1024);
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "upload_too_large",
        format!("Tệp lớn hơn {megabytes} MB. Tải sao kê theo khoảng ngày ngắn hơn."),
        format!("The file is larger than {megabytes} MB. Download statements for fewer days."),
    )
}

/// The disk failed while an upload was handled.
#[must_use]
#[expect(clippy::needless_pass_by_value, reason = "the shape of map_err")]
pub fn failed(error: std::io::Error) -> Problem {
    tracing::error!(%error, "an upload could not be stored");
    Problem::new(
        StatusCode::INSUFFICIENT_STORAGE,
        "no_room",
        "Máy chủ hết chỗ lưu tệp. Báo người quản trị.",
        "The server has no room for the file. Tell the administrator.",
    )
}
