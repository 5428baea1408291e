//! Zip: files in the order in which the archive lists them.

use std::io::{Read, Seek};

use zip::ZipArchive;
use zip::result::ZipError;

use super::inflate::{MOST_BYTES, Stopped, inflate};
use super::{Next, Packing, Taker, message};
use crate::domain::diagnostic::Diagnostic;
use crate::formats::detect::{Kind, Refused, Spreadsheet};
use crate::formats::file_name;

/// More files than anyone uploads together.
pub const MOST_PARTS: usize = 200;

/// Gives the files inside, without folders and what operating systems add for themselves.
pub fn each_part(source: &mut (impl Read + Seek), taker: &mut Taker<'_>) -> Result<(), Diagnostic> {
    source.rewind().map_err(|error| message::damaged(&error))?;
    let mut archive = ZipArchive::new(source).map_err(|error| broken(&error))?;
    if archive.len() > MOST_PARTS {
        return Err(message::too_many_parts());
    }
    let mut left = MOST_BYTES;
    for index in 0..archive.len() {
        let stated = archive.by_index_raw(index).map_err(|error| broken(&error))?;
        let name = stated.name().map_err(|error| broken(&error))?.into_owned();
        let packed_size = stated.compressed_size();
        let (folder, locked) = (stated.is_dir(), stated.encrypted());
        drop(stated);
        if folder || is_of_the_system(&name) {
            continue;
        }
        if locked {
            return Err(message::locked(&file_name::shown(&name)));
        }
        let mut part = archive.by_index(index).map_err(|error| broken(&error))?;
        // A part that states a size of nothing must not become free of any bound.
        let bytes =
            inflate(&mut part, |_| packed_size, &mut left).map_err(|stopped| match stopped {
                Stopped::TooLarge => message::too_large(),
                Stopped::Damaged(error) => message::damaged(&error),
            })?;
        if taker(&name, bytes) == Next::Stop {
            break;
        }
    }
    Ok(())
}

/// What a zip archive is by the files it lists: a workbook and a letter are zip archives too.
pub fn kind(source: &mut (impl Read + Seek)) -> Option<Kind> {
    let archive = ZipArchive::new(source).ok()?;
    let mut names = archive.file_names().map(Result::unwrap_or_default);
    let lists = |folder: &str| {
        archive.file_names().any(|name| name.is_ok_and(|name| name.starts_with(folder)))
    };
    let office = lists("[Content_Types].xml");
    Some(if office && lists("xl/") {
        Kind::Spreadsheet(Spreadsheet::Xlsx)
    } else if office && (lists("word/") || lists("ppt/")) {
        Kind::Refused(Refused::OtherOffice)
    } else if names.next().is_some_and(|first| first == "mimetype") && lists("content.xml") {
        Kind::Refused(Refused::OpenDocument)
    } else {
        Kind::Packed(Packing::Zip)
    })
}

/// What macOS and Windows put into archives unasked.
fn is_of_the_system(name: &str) -> bool {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    name.starts_with("__MACOSX/")
        || last.starts_with("._")
        || [".DS_Store", "Thumbs.db", "desktop.ini"].contains(&last)
}

fn broken(error: &ZipError) -> Diagnostic {
    match error {
        ZipError::UnsupportedArchive(reason) => message::unsupported(reason),
        other => message::damaged(other),
    }
}
