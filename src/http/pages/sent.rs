//! Files that forms send (`multipart/form-data`): streamed to a nameless temporary file, never beyond
//! the limit, whatever the form announced.

use std::fs::File;
use std::io::{Read as _, Seek as _, Write as _};

use actix_multipart::Multipart;
use futures_util::StreamExt as _;

use crate::domain::text::moves;
use crate::http::problem::Problem;
use crate::http::upload::{self, Admitted};

/// The longest field that is no file, in bytes, and how many there may be.
const FIELD: usize = 4 * 1024;
const FIELDS: usize = 40;

/// What a form with a file sent.
pub struct Sent {
    /// What the file was called: for people only, never a path.
    pub file_name: String,
    /// The file, at its start.
    pub file: File,
    size: usize,
    fields: Vec<(String, String)>,
}

impl Sent {
    /// A file that is at hand.
    pub fn of_bytes(file_name: &str, bytes: &[u8]) -> Result<Sent, Problem> {
        let mut file = tempfile::tempfile().map_err(upload::failed)?;
        file.write_all(bytes).map_err(upload::failed)?;
        file.rewind().map_err(upload::failed)?;
        Ok(Sent { file_name: file_name.to_owned(), file, size: bytes.len(), fields: Vec::new() })
    }

    /// A field beside the file; `None` where it is empty.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        let value = self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value);
        value.map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    /// The same with one more field.
    #[must_use]
    pub fn with(mut self, name: &str, value: Option<String>) -> Sent {
        self.fields.extend(value.map(|value| (name.to_owned(), value)));
        self
    }

    /// The file's bytes, where there are at most `limit` of them.
    #[must_use]
    pub fn bytes(&self, limit: usize) -> Option<Vec<u8>> {
        if self.size > limit {
            return None;
        }
        let mut bytes = Vec::with_capacity(self.size);
        let mut file = &self.file;
        file.rewind().ok()?;
        file.read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }
}

/// Reads a form with a file; `None` where no file was chosen.
pub async fn read(
    body: Multipart,
    limit: u64,
    admitted: Admitted,
) -> Result<Option<Sent>, Problem> {
    let (fields, file) = read_all(body, limit, admitted).await?;
    Ok(file.map(|file| Sent { fields, ..file }))
}

/// Reads a form in which a file may be: what was filled in, and the file where one was chosen.
pub async fn read_all(
    mut body: Multipart,
    limit: u64,
    _admitted: Admitted,
) -> Result<(Vec<(String, String)>, Option<Sent>), Problem> {
    let mut fields = Vec::new();
    let mut found: Option<(String, File, usize)> = None;
    while let Some(part) = body.next().await {
        let mut part = part.map_err(|_incomplete| upload::incomplete())?;
        let name = part.name().unwrap_or_default().to_owned();
        let file_name = part
            .content_disposition()
            .and_then(|disposition| disposition.get_filename())
            .map(str::to_owned);
        match file_name {
            Some(file_name) if !file_name.is_empty() && found.is_none() => {
                let mut file = tempfile::tempfile().map_err(upload::failed)?;
                let mut size = 0_usize;
                while let Some(bytes) = part.next().await {
                    let bytes = bytes.map_err(|_incomplete| upload::incomplete())?;
                    size = size.saturating_add(bytes.len());
                    if u64::try_from(size).unwrap_or(u64::MAX) > limit {
                        return Err(upload::too_large(limit));
                    }
                    file.write_all(&bytes).map_err(upload::failed)?;
                }
                file.rewind().map_err(upload::failed)?;
                found = Some((shown_name(&file_name), file, size));
            }
            _ => {
                let mut value = Vec::new();
                while let Some(bytes) = part.next().await {
                    value.extend_from_slice(&bytes.map_err(|_incomplete| upload::incomplete())?);
                    if value.len() > FIELD {
                        return Err(upload::form_too_large());
                    }
                }
                if fields.len() >= FIELDS {
                    return Err(upload::form_too_large());
                }
                if value.contains(&0) {
                    return Err(upload::form_unread());
                }
                fields.push((name, String::from_utf8_lossy(&value).into_owned()));
            }
        }
    }
    let file =
        found.map(|(file_name, file, size)| Sent { file_name, file, size, fields: Vec::new() });
    Ok((fields, file))
}

/// What was filled in beside the files of a form, and the fields in which a file was chosen. The files
/// go by unread, and no more of them than the `limit`.
pub async fn fields_beside(
    mut body: Multipart,
    limit: u64,
) -> Result<(Vec<(String, String)>, Vec<String>), Problem> {
    let (mut fields, mut files, mut size) = (Vec::new(), Vec::new(), 0_u64);
    while let Some(part) = body.next().await {
        let mut part = part.map_err(|_incomplete| upload::incomplete())?;
        let name = part.name().unwrap_or_default().to_owned();
        let disposition = part.content_disposition();
        let is_file = disposition.is_some_and(|one| one.get_filename().is_some());
        let mut value = Vec::new();
        while let Some(bytes) = part.next().await {
            let bytes = bytes.map_err(|_incomplete| upload::incomplete())?;
            size = size.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
            if size > limit {
                return Err(upload::too_large(limit));
            }
            if !is_file {
                value.extend_from_slice(&bytes);
                if value.len() > FIELD {
                    return Err(upload::form_too_large());
                }
            }
        }
        if fields.len().saturating_add(files.len()) >= FIELDS {
            return Err(upload::form_too_large());
        }
        if is_file {
            files.push(name);
        } else {
            fields.push((name, String::from_utf8_lossy(&value).into_owned()));
        }
    }
    Ok((fields, files))
}

/// A file's name as people see it: without folders, without what turns a line around, not too long.
fn shown_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last.chars().filter(|c| !c.is_control() && !moves(*c)).take(200).collect();
    if kept.trim().is_empty() { "file".to_owned() } else { kept }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_files_name_is_never_a_path() {
        for (why, sent, shown) in [
            ("plain", "sao-ke.xlsx", "sao-ke.xlsx"),
            ("a path", "../../etc/passwd", "passwd"),
            ("a Windows path", "C:\\Users\\a\\so.xls", "so.xls"),
            ("a new line", "a\r\nb.csv", "ab.csv"),
            ("turned around", "sao-ke\u{202e}vsc.exe", "sao-kevsc.exe"),
            ("nothing left", "/", "file"),
        ] {
            assert_eq!(shown_name(sent), shown, "{why}");
        }
    }
}
