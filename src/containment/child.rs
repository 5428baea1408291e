//! The child's side: takes its limits upon itself before it looks at the file.

use std::fs::File;
use std::io::{self, BufWriter, Read as _};
use std::ops::ControlFlow;

use super::frame::FrameWriter;
use crate::formats::{Options, roster, statement_file};

/// What a file is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum What {
    /// A bank's statements, or an archive of them.
    Statement,
    /// A list that a school made itself.
    List,
}

impl What {
    /// As it stands on the command line.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            What::Statement => "statement",
            What::List => "list",
        }
    }
}

/// What a child is told.
#[derive(Debug, clap::Args)]
pub struct ChildArgs {
    /// What the file is taken for
    #[arg(long, value_enum)]
    what: What,
    /// What readers are told beforehand, as JSON
    #[arg(long)]
    options: String,
    /// The most address space, in bytes
    #[arg(long)]
    memory_bytes: u64,
    /// The most processor time, in seconds
    #[arg(long)]
    cpu_seconds: u64,
}

/// Reads the file on standard input and answers in frames on standard output. Fails where
/// the limits cannot be set or the parent is gone.
pub fn run(args: &ChildArgs) -> io::Result<()> {
    let options: Options = serde_json::from_str(&args.options).map_err(io::Error::other)?;
    let (mut source, answer) = handles()?;
    limit(args)?;
    let mut frames = FrameWriter::new(BufWriter::with_capacity(64 * 1024, answer));
    if args.what == What::List {
        let mut bytes = Vec::new();
        source.read_to_end(&mut bytes)?;
        return frames.list(&roster::read_table(&bytes));
    }
    let mut gone: Option<io::Error> = None;
    let reading =
        statement_file::read(&mut source, &options, &mut |event| match frames.event(&event) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                gone = Some(error);
                ControlFlow::Break(())
            }
        });
    match gone {
        Some(error) => Err(error),
        None => frames.reading(&reading),
    }
}

/// Standard input and output as files: one is read again from its start, the other wants no line
/// buffer in between.
#[cfg(unix)]
fn handles() -> io::Result<(File, File)> {
    use std::os::fd::AsFd as _;
    let source = io::stdin().as_fd().try_clone_to_owned()?;
    let answer = io::stdout().as_fd().try_clone_to_owned()?;
    Ok((File::from(source), File::from(answer)))
}

#[cfg(windows)]
fn handles() -> io::Result<(File, File)> {
    use std::os::windows::io::AsHandle as _;
    let source = io::stdin().as_handle().try_clone_to_owned()?;
    let answer = io::stdout().as_handle().try_clone_to_owned()?;
    Ok((File::from(source), File::from(answer)))
}

/// No more memory and time than allowed, no new file, no file written, no core dump.
#[cfg(unix)]
fn limit(args: &ChildArgs) -> io::Result<()> {
    use rlimit::Resource;
    /// Standard input and output and their copies, and a little room.
    const OPEN_FILES: u64 = 8;
    Resource::AS.set(args.memory_bytes, args.memory_bytes)?;
    Resource::CPU.set(args.cpu_seconds, args.cpu_seconds.saturating_add(1))?;
    Resource::FSIZE.set(0, 0)?;
    Resource::CORE.set(0, 0)?;
    Resource::NOFILE.set(OPEN_FILES, OPEN_FILES)
}

/// There is nothing like it: the parent's clock alone ends the child.
#[cfg(not(unix))]
fn limit(_args: &ChildArgs) -> io::Result<()> {
    Ok(())
}
