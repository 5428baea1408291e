//! Statement files are read in a process of their own: a child of this program that holds nothing
//! but the file, with caps on memory, processor time and open files, and that ends with it.
//!
//! A hostile file can make a reader overflow its stack, exhaust its memory or never end. In Rust the
//! first two abort the whole process, whatever it is in the middle of; here that is a refused file with
//! a reason. The child gets the file as standard input, no environment, no database and no
//! network address, and answers in frames that are kept in a temporary file: so the
//! file is parsed once, and what is shown, planned and recorded are the same events.

mod child;
mod contents;
mod frame;
mod limits;
mod slots;
mod verdict;

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

pub use child::{ChildArgs, run as run_child};
pub use contents::Contents;
pub use limits::Limits;

use crate::domain::diagnostic::Diagnostic;
use crate::formats::roster::Table;
use crate::formats::{Options, Reading};
use child::What;
use contents::Spool;
use slots::Slots;

/// The name of the command that a child runs; not for people.
pub const CHILD_COMMAND: &str = "read-statement";

/// What a child may say while it dies: a panic's message fits, a flood does not.
const MOST_LAST_WORDS: u64 = 4 * 1024;
/// How long a child that has closed its output may take to end.
const FAREWELL: Duration = Duration::from_millis(5);
const FAREWELLS: usize = 200;
/// Events between two reports of progress.
const EVENTS_PER_REPORT: u64 = 4_096;

/// Why a file was not read, through no fault of its own.
#[derive(Debug, thiserror::Error)]
pub enum ReadFailure {
    /// As many files as allowed are being read, and none was done in time.
    #[error("too many statement files are being read at once")]
    Busy,
    /// The system gave no process, no pipe or no room.
    #[error("the statement reader cannot run: {0}")]
    System(#[from] io::Error),
}

/// Reads statement files, each in a child process. Clones share the number of children at a time.
#[derive(Clone, Debug)]
pub struct StatementReader {
    program: PathBuf,
    limits: Limits,
    slots: Slots,
    school: Option<i64>,
}

impl StatementReader {
    /// A reader whose children run `program`, which must know [`CHILD_COMMAND`].
    #[must_use]
    pub fn new(program: PathBuf, limits: Limits) -> StatementReader {
        let slots = Slots::new(limits.at_once);
        StatementReader { program, limits, slots, school: None }
    }

    /// The same for the files of one school, of which only some are read at a time.
    #[must_use]
    pub fn of_school(&self, school: i64) -> StatementReader {
        StatementReader { school: Some(school), ..self.clone() }
    }

    /// A reader whose children run this very program. Fails where the system does not tell which
    /// program that is.
    pub fn of_this_program(limits: Limits) -> io::Result<StatementReader> {
        // The link names the running program even after its file was replaced by a newer one.
        let link = PathBuf::from("/proc/self/exe");
        let program = if link.exists() { link } else { std::env::current_exe()? };
        Ok(StatementReader::new(program, limits))
    }

    /// Reads `file` from its start. A file that cannot be trusted, or that breaks its reader, gives
    /// a reading with errors. `progress` now and then learns how many bytes have been read.
    pub fn read(
        &self,
        file: &File,
        options: &Options,
        progress: &dyn Fn(u64),
    ) -> Result<Contents, ReadFailure> {
        let run =
            self.run(What::Statement, file, options, |stdout| collect(stdout, file, progress))?;
        Ok(run.unwrap_or_else(Contents::refused))
    }

    /// Reads `file` from its start as a list with headings that a school made itself. Refuses one
    /// that is no such list, or that breaks its reader.
    pub fn read_list(&self, file: &File) -> Result<Result<Table, Diagnostic>, ReadFailure> {
        let run = self.run(What::List, file, &Options::default(), |stdout| {
            let mut frames = frame::Frames::new(BufReader::new(stdout));
            match frames.next_frame()? {
                Some(frame) if frame.kind == frame::Kind::List => frame::list(frame.body).map(Some),
                _ => Ok(None),
            }
        })?;
        Ok(run.unwrap_or_else(Err))
    }

    /// Runs a child on a file and makes sense of its answer; why it died, where it gave none.
    fn run<T>(
        &self,
        what: What,
        mut file: &File,
        options: &Options,
        answered: impl FnOnce(ChildStdout) -> io::Result<Option<T>>,
    ) -> Result<Result<T, Diagnostic>, ReadFailure> {
        let _slot = self.slots.take(self.school).ok_or(ReadFailure::Busy)?;
        let size = file.seek(SeekFrom::End(0))?;
        file.rewind()?;
        let allowed = self.limits.for_file(size);
        let mut child = self.spawn(what, file, options, allowed)?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let watched = Watched::start(child, allowed.wall);
        let (Some(stdout), Some(stderr)) = (stdout, stderr) else {
            return Err(io::Error::other("the child has no output").into());
        };
        let answer = answered(stdout);
        let end = watched.end(stderr);
        match answer {
            Ok(Some(answer)) => Ok(Ok(answer)),
            // What arrived is no answer, or not a whole one: the child died or lost its way.
            Ok(None) => Ok(Err(verdict::of(&end?))),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                tracing::warn!(%error, "a reader answered nonsense");
                Ok(Err(verdict::of(&end?)))
            }
            Err(error) => Err(error.into()),
        }
    }

    fn spawn(
        &self,
        what: What,
        file: &File,
        options: &Options,
        allowed: limits::Allowed,
    ) -> io::Result<Child> {
        let options = serde_json::to_string(options).map_err(io::Error::other)?;
        Command::new(&self.program)
            .arg(CHILD_COMMAND)
            .args(["--what", what.as_str()])
            .args(["--options", &options])
            .args(["--memory-bytes", &self.limits.memory_bytes.to_string()])
            .args(["--cpu-seconds", &allowed.cpu_seconds.to_string()])
            .env_clear()
            .current_dir(std::env::temp_dir())
            .stdin(Stdio::from(file.try_clone()?))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
    }
}

/// Keeps the frames of a child; `None` when they end before the reading does.
fn collect(
    stdout: ChildStdout,
    mut source: &File,
    progress: &dyn Fn(u64),
) -> io::Result<Option<Contents>> {
    let mut frames = frame::Frames::new(BufReader::with_capacity(256 * 1024, stdout));
    let mut spool = Spool::new();
    let mut headers = Vec::new();
    let mut entries = 0_u64;
    while let Some(frame) = frames.next_frame()? {
        match frame.kind {
            frame::Kind::Entry => entries += 1,
            frame::Kind::Statement => headers.push(frame::statement(frame.body)?),
            frame::Kind::List => return Ok(None),
            frame::Kind::Reading => {
                let reading: Reading = frame::reading(frame.body)?;
                let whole = !reading.accepted()
                    || (reading.entries == entries
                        && u64::try_from(headers.len())
                            .is_ok_and(|count| count == reading.statements));
                return if whole {
                    Contents::new(reading, headers, spool).map(Some)
                } else {
                    Err(io::Error::new(io::ErrorKind::InvalidData, "events and counts differ"))
                };
            }
        }
        spool.keep(&frame)?;
        if entries.is_multiple_of(EVENTS_PER_REPORT) {
            // The child reads through a copy of our handle, and copies share their place.
            progress(source.stream_position()?);
        }
    }
    Ok(None)
}

/// How a child ended.
#[derive(Debug)]
struct End {
    status: Option<ExitStatus>,
    timed_out: bool,
    last_words: String,
}

/// A running child and the thread that ends it when its time is up.
struct Watched {
    child: Arc<Mutex<Child>>,
    done: Sender<()>,
    watchman: JoinHandle<bool>,
}

impl Watched {
    fn start(child: Child, wall: Duration) -> Watched {
        let child = Arc::new(Mutex::new(child));
        let (done, told) = mpsc::channel();
        let watched = Arc::clone(&child);
        let watchman = thread::spawn(move || {
            let timed_out = told.recv_timeout(wall) == Err(RecvTimeoutError::Timeout);
            if timed_out {
                // Ends the pipe too, and with it the wait for more frames. A child that is gone
                // already is as good as killed.
                let _killed = lock(&watched).kill();
            }
            timed_out
        });
        Watched { child, done, watchman }
    }

    /// Waits for the child's end after its output has ended, and helps where it takes long.
    fn end(self, stderr: ChildStderr) -> io::Result<End> {
        let mut child = lock(&self.child);
        let mut status = child.try_wait()?;
        for _ in 0..FAREWELLS {
            if status.is_some() {
                break;
            }
            thread::sleep(FAREWELL);
            status = child.try_wait()?;
        }
        if status.is_none() {
            let _killed = child.kill();
            child.wait()?;
        }
        drop(child);
        // The watchman may have been told by the clock first.
        let _told = self.done.send(());
        let timed_out = self.watchman.join().unwrap_or(false);
        let mut last_words = Vec::new();
        stderr.take(MOST_LAST_WORDS).read_to_end(&mut last_words)?;
        let last_words = String::from_utf8_lossy(&last_words).into_owned();
        Ok(End { status, timed_out, last_words })
    }
}

fn lock(child: &Mutex<Child>) -> MutexGuard<'_, Child> {
    child.lock().unwrap_or_else(PoisonError::into_inner)
}
