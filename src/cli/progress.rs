//! A progress bar on standard error while a file is read: on a terminal, and only when it takes long
//! enough to be worth looking at.

use std::fs::File;
use std::io;
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};

/// Smaller files are read before anyone could see a bar.
const WORTH_SHOWING_BYTES: u64 = 8 * 1024 * 1024;

/// A file and the bar that shows how far it has been read.
pub struct Watched {
    /// The file.
    pub file: File,
    bar: ProgressBar,
}

impl Watched {
    /// Opens a file. Nothing is shown in a pipe, or for a small file. What is no file on a disk, as
    /// a pipe, is copied to one first: a reader goes to the end and back.
    pub fn open(path: &Path) -> io::Result<Watched> {
        let mut file = File::open(path)?;
        let mut about = file.metadata()?;
        if about.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if !about.is_file() {
            let mut copy = tempfile::tempfile()?;
            io::copy(&mut file, &mut copy)?;
            file = copy;
            about = file.metadata()?;
        }
        // `ProgressBar::new` draws on standard error, and not at all where that is no terminal.
        let bar = if about.len() < WORTH_SHOWING_BYTES {
            ProgressBar::hidden()
        } else {
            ProgressBar::new(about.len())
        };
        if let Ok(style) =
            ProgressStyle::with_template("{msg} [{bar:30}] {bytes}/{total_bytes} {eta}")
        {
            bar.set_style(style);
        }
        bar.set_message(path.display().to_string());
        Ok(Watched { file, bar })
    }

    /// Shows that so many bytes have been read.
    pub fn show(&self, bytes: u64) {
        self.bar.set_position(bytes);
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
