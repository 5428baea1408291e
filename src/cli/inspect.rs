//! `doisoat inspect`: shows what is in statement files, without a database.

use std::io::{self, Write};
use std::path::PathBuf;

use super::progress::Watched;
use super::{Status, inspect_json, inspect_table};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::lang::Lang;
use crate::formats::Reading;

/// Arguments of `inspect`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Các tệp sao kê · statement files
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// In mỗi tệp một dòng JSON · prints one JSON object a line for each file
    #[arg(long)]
    pub json: bool,
}

/// Shows each file in the order given. Fails only when `out` cannot be written.
pub fn run(ask: &Args, lang: Lang, out: &mut dyn Write) -> io::Result<Status> {
    let mut status = Status::Done;
    for path in &ask.files {
        let name = path.to_string_lossy();
        let accepted = match Watched::open(path) {
            Ok(mut file) if ask.json => inspect_json::write(&name, &mut file, lang, out)?,
            Ok(mut file) => inspect_table::write(&name, &mut file, lang, out)?,
            Err(error) => {
                let reading =
                    Reading { errors: vec![cannot_open(&name, &error)], ..Reading::default() };
                if ask.json {
                    inspect_json::write_rejected(&name, &reading, lang, out)?;
                } else {
                    inspect_table::write_rejected(&name, &reading, lang, out)?;
                }
                false
            }
        };
        if !accepted {
            status = Status::Refused;
        }
    }
    Ok(status)
}

fn cannot_open(name: &str, error: &io::Error) -> Diagnostic {
    let (vi, en) = match error.kind() {
        io::ErrorKind::NotFound => ("không tìm thấy tệp", "there is no such file"),
        io::ErrorKind::PermissionDenied => ("không có quyền đọc", "reading it is not permitted"),
        io::ErrorKind::IsADirectory => ("đây là thư mục", "it is a folder"),
        _ => ("lỗi hệ thống", "the system failed"),
    };
    Diagnostic::new(
        "cannot_open",
        format!("Không mở được '{name}': {vi}. Anh/chị kiểm tra tên và vị trí tệp."),
        format!("'{name}' cannot be opened: {en}. Check the file's name and place."),
    )
}
