//! A progress bar on standard error while a file is read: on a terminal, and only when it takes long
//! enough to be worth looking at.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};

/// Smaller files are read before anyone could see a bar.
const WORTH_SHOWING_BYTES: u64 = 8 * 1024 * 1024;

/// A file that shows how far it has been read.
pub struct Watched {
    file: File,
    bar: ProgressBar,
    at: u64,
}

impl Watched {
    /// Opens a file. Nothing is shown in a pipe, or for a small file.
    pub fn open(path: &Path) -> io::Result<Watched> {
        let file = File::open(path)?;
        let about = file.metadata()?;
        if about.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
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
        Ok(Watched { file, bar, at: 0 })
    }
}

impl Read for Watched {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.at = self.at.saturating_add(u64::try_from(read).unwrap_or_default());
        self.bar.set_position(self.at);
        Ok(read)
    }
}

impl Seek for Watched {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = self.file.seek(to)?;
        self.bar.set_position(self.at);
        Ok(self.at)
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
