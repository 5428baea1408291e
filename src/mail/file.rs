//! Mail as files in a folder: for a fresh installation and for the demonstration. Sent again, a
//! message takes the place of its file.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::{Outcome, Parcel, Trouble};

/// A folder of `.eml` files, made when the first message is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// The folder at `path`.
    #[must_use]
    pub fn at(path: &Path) -> Folder {
        Folder { path: path.to_owned() }
    }

    /// Writes one message.
    pub(super) fn send(&self, parcel: Parcel<'_>, begin: &mut dyn FnMut() -> bool) -> Outcome {
        if !begin() {
            return Outcome::NotBegun;
        }
        match self.write(parcel) {
            Ok(words) => Outcome::Sent { words },
            // What has no name yet was not sent, and under its name there is one file at most.
            Err(error) => Outcome::Postponed(Trouble {
                place: "folder",
                status: None,
                words: error.to_string(),
                of_server: true,
            }),
        }
    }

    fn write(&self, parcel: Parcel<'_>) -> io::Result<String> {
        std::fs::create_dir_all(&self.path)?;
        // Readable by its owner only, as links in it may open accounts.
        let mut file = tempfile::NamedTempFile::new_in(&self.path)?;
        file.write_all(parcel.message)?;
        file.as_file().sync_all()?;
        let path = self.path.join(format!("{}.eml", parcel.name));
        file.persist(&path).map_err(|failed| failed.error)?;
        Ok(path.display().to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_sent_twice_is_one_file() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::at(&place.path().join("a/mail"));
        let parcel = |message: &'static [u8]| Parcel {
            name: "mail-7",
            from: "a@example.test",
            to: "b@example.test",
            message,
        };
        assert_eq!(folder.send(parcel(b"no"), &mut || false), Outcome::NotBegun);
        for message in [b"one", b"two"] {
            let sent = folder.send(parcel(message), &mut || true);
            assert!(matches!(sent, Outcome::Sent { .. }), "{sent:?}");
        }
        let files: Vec<_> = std::fs::read_dir(place.path().join("a/mail"))
            .unwrap()
            .map(|file| file.unwrap().path())
            .collect();
        assert_eq!(files.len(), 1, "{files:?}");
        assert!(files[0].ends_with("mail-7.eml"));
        assert_eq!(std::fs::read(&files[0]).unwrap(), b"two");
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_tried_again_later() {
        let place = tempfile::NamedTempFile::new().unwrap();
        let folder = Folder::at(&place.path().join("mail"));
        let parcel = Parcel { name: "mail-1", from: "a@b.test", to: "c@b.test", message: b"x" };
        let outcome = folder.send(parcel, &mut || true);
        assert!(
            matches!(&outcome, Outcome::Postponed(Trouble { place: "folder", .. })),
            "{outcome:?}"
        );
    }
}
