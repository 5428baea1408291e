//! The program itself, in a process of its own.

use std::ffi::OsStr;
use std::process::{Command, Output, Stdio};

/// A command line of the program, free of the settings of whoever runs the tests.
pub fn doisoat(arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_doisoat"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("DOISOAT_") {
            command.env_remove(name);
        }
    }
    // Help is wrapped to the terminal, of which tests have none.
    command.env_remove("COLUMNS").env("NO_COLOR", "1").stdin(Stdio::null()).args(arguments);
    command
}

/// What a finished run said.
#[derive(Debug)]
pub struct Said {
    /// Its exit status.
    pub status: i32,
    /// Its results.
    pub out: String,
    /// Everything else.
    pub err: String,
}

/// Runs the program to its end.
pub fn run(arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Said {
    said(doisoat(arguments).output().unwrap())
}

/// Reads what a run left.
pub fn said(output: Output) -> Said {
    Said {
        status: output.status.code().expect("the program ended by itself"),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}
