//! `doisoat inspect`: shows what is in statement files, without a database.

use std::io;
use std::path::PathBuf;

use super::columns::ColumnsArg;
use super::progress::Watched;
use super::{Env, Failure, Status, inspect_json, inspect_table};
use crate::domain::diagnostic::Diagnostic;
use crate::formats::{Reading, file_name};
use crate::service::intake::{self, Intake};

/// Arguments of `inspect`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Các tệp sao kê · statement files
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    columns: ColumnsArg,
    /// In mỗi tệp một dòng JSON · prints one JSON object a line for each file
    #[arg(long)]
    pub json: bool,
}

/// Shows each file in the order given. Fails when `out` cannot be written or no file can be read.
pub fn run(env: &mut Env<'_>, ask: &Args) -> Result<Status, Failure> {
    let reader = env.reader()?;
    let columns = ask.columns.parsed()?;
    let (lang, mut status) = (env.lang, Status::Done);
    for path in &ask.files {
        let name = path.to_string_lossy();
        let accepted = match Watched::open(path) {
            Ok(watched) => {
                let show = |bytes| watched.show(bytes);
                let file =
                    Intake { content: &watched.file, columns: columns.as_ref(), progress: &show };
                let (mut contents, _) = intake::read(&reader, file, Vec::new())?;
                tell_name(&mut contents.reading, &name);
                if ask.json {
                    inspect_json::write(&name, &mut contents, lang, env.out)?
                } else {
                    inspect_table::write(&name, &mut contents, lang, env.out)?
                }
            }
            Err(error) => {
                let reading =
                    Reading { errors: vec![cannot_open(&name, &error)], ..Reading::default() };
                if ask.json {
                    inspect_json::write_rejected(&name, &reading, lang, env.out)?;
                } else {
                    inspect_table::write_rejected(&name, &reading, lang, env.out)?;
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

/// Adds what the file's name has to say for itself. Its folder is the user's own affair.
fn tell_name(reading: &mut Reading, path: &str) {
    let name = path.rsplit('/').next().unwrap_or(path);
    let container = reading.container.as_deref();
    let notes = file_name::notes(name, reading.format.as_deref(), container);
    reading.warnings.splice(0..0, notes);
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
