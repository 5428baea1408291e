//! Statement files are read in a process of their own: what breaks that process refuses a file and
//! harms nobody.

use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;

use doisoat::containment::{Contents, Limits, StatementReader};
use doisoat::domain::statement::Event;
use doisoat::formats::{Options, statement_file};

use crate::support::school::{file_of, reader};

fn read(reader: &StatementReader, bytes: &[u8]) -> Contents {
    reader.read(&file_of(bytes), &Options::default(), &|_| {}).unwrap()
}

fn codes(contents: &Contents) -> Vec<&str> {
    contents.reading.errors.iter().map(|error| error.code.as_str()).collect()
}

fn events(contents: &mut Contents) -> Vec<Event> {
    let mut events = Vec::new();
    contents
        .replay(&mut |event| {
            events.push(event);
            std::ops::ControlFlow::Continue(())
        })
        .unwrap();
    events
}

/// Every fixture, good and broken.
fn fixtures() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in ["fixtures/statements", "fixtures/statements/broken"] {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() && path.extension().is_none_or(|extension| extension != "md") {
                found.push(path);
            }
        }
    }
    found.sort();
    assert!(found.len() > 50, "only {} fixtures", found.len());
    found
}

#[test]
fn the_child_finds_what_a_reader_in_this_process_finds() {
    let reader = reader();
    for path in fixtures() {
        let mut expected = Vec::new();
        let mut file = File::open(&path).unwrap();
        let reading = statement_file::read(&mut file, &Options::default(), &mut |event| {
            expected.push(event);
            std::ops::ControlFlow::Continue(())
        });
        let mut contents = reader.read(&file, &Options::default(), &|_| {}).unwrap();
        assert_eq!(contents.reading, reading, "{}", path.display());
        if reading.accepted() {
            assert_eq!(events(&mut contents), expected, "{}", path.display());
            assert_eq!(events(&mut contents), expected, "{}, given again", path.display());
        } else {
            assert_eq!(events(&mut contents), [], "{}", path.display());
        }
    }
}

/// A program that does something else than reading.
#[cfg(unix)]
fn impostor(folder: &std::path::Path, does: &str) -> PathBuf {
    use std::os::unix::fs::PermissionsExt as _;
    let path = folder.join("impostor");
    let mut file = File::create(&path).unwrap();
    write!(file, "#!/bin/sh\n{does}\n").unwrap();
    file.set_permissions(std::fs::Permissions::from_mode(0o755)).unwrap();
    drop(file);
    path
}

#[cfg(unix)]
#[test]
fn whatever_becomes_of_the_child_the_file_is_refused_with_a_reason() {
    for (why, does, code) in [
        ("it ends well and says nothing", "exit 0", "reading_failed"),
        ("it fails", "exit 3", "reading_failed"),
        ("it aborts", "kill -ABRT $$", "reading_failed"),
        ("its stack overflows", "kill -SEGV $$", "reading_failed"),
        ("it is killed", "kill -KILL $$", "reading_failed"),
        ("it answers nonsense", "echo hello, world", "reading_failed"),
        ("its answer is cut off", "printf 'E\\020\\000\\000\\000abc'", "reading_failed"),
        ("it answers without end", "yes EEEE", "reading_failed"),
        ("it claims a frame of 4 GB", "printf 'E\\377\\377\\377\\377'", "reading_failed"),
        (
            "its memory is used up",
            "echo 'memory allocation of 4294967296 bytes failed' >&2; kill -ABRT $$",
            "reading_too_much_memory",
        ),
        ("its time is used up", "kill -XCPU $$", "reading_too_long"),
        ("it hangs", "exec sleep 1000", "reading_too_long"),
        ("it closes its output and hangs", "exec >&- 2>&-; exec sleep 1000", "reading_failed"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        // A quarter of the time on the clock is 10 s and more: less for a test.
        let limits = Limits { seconds: 0, seconds_per_megabyte: 0, ..Limits::default() };
        let program = impostor(folder.path(), does);
        let reader = StatementReader::new(program, limits);
        let contents = read(&reader, b"a file");
        assert_eq!(codes(&contents), [code], "{why}");
        if !does.contains("sleep") {
            let list = reader.read_list(&file_of(b"a list")).unwrap();
            assert_eq!(list.unwrap_err().code, code, "{why}, and of a list");
        }
        let message = &contents.reading.errors[0].message;
        assert!(message.vi.contains("Anh/chị") && message.vi != message.en, "{why}");
    }
}

#[cfg(unix)]
#[test]
fn a_child_that_cannot_be_started_is_no_fault_of_the_file() {
    let reader = StatementReader::new("/nowhere/doisoat".into(), Limits::default());
    assert!(reader.read(&file_of(b"a file"), &Options::default(), &|_| {}).is_err());
}

#[cfg(target_os = "linux")]
#[test]
fn the_child_keeps_to_its_memory_and_its_time() {
    // Shared strings are held in memory: of this workbook, 30 MB and as much again to unpack them.
    let program = PathBuf::from(env!("CARGO_BIN_EXE_doisoat"));
    let little = Limits { memory_bytes: 96 * 1024 * 1024, ..Limits::default() };
    let contents = read(&StatementReader::new(program.clone(), little), &greedy_workbook());
    assert_eq!(codes(&contents), ["reading_too_much_memory"]);

    let hasty = Limits { seconds: 1, seconds_per_megabyte: 0, ..Limits::default() };
    let contents = read(&StatementReader::new(program, hasty), &long_statement());
    assert_eq!(codes(&contents), ["reading_too_long"]);
}

/// A workbook whose list of texts is long.
fn greedy_workbook() -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for row in 0..10_000_u32 {
        sheet.write_string(row, 0, format!("{row} {}", "x".repeat(3_000))).unwrap();
    }
    book.save_to_buffer().unwrap()
}

/// A statement that takes an unoptimised reader more than a second.
fn long_statement() -> Vec<u8> {
    let mut text = String::from(":20:A\n:25:1017000001\n:28C:1\n:60F:C261101VND0,\n");
    for _ in 0..600_000 {
        text.push_str(":61:2611021102C1,NTRFNONREF\n:86:HPK3M9Q2X nop hoc phi thang 11\n");
    }
    text.push_str(":62F:C261130VND600000,\n");
    text.into_bytes()
}

#[test]
fn the_child_command_is_not_shown_to_people() {
    let help = crate::support::program::run(["--help"]);
    assert!(!help.out.contains("read-statement"), "{}", help.out);
}

#[cfg(target_os = "linux")]
#[test]
fn the_child_gets_no_environment_and_no_other_files() {
    let folder = tempfile::tempdir().unwrap();
    let told = folder.path().join("told");
    let does = format!("{{ env; ls -l /proc/self/fd; }} > {} 2>&1; exit 0", told.display());
    // What this process holds open must not be handed on.
    let database = File::create(folder.path().join("money.db")).unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let reader = StatementReader::new(impostor(folder.path(), &does), Limits::default());
    read(&reader, b"a file");
    let told = std::fs::read_to_string(told).unwrap();
    assert!(!told.contains("CARGO") && !told.contains("HOME="), "{told}");
    assert!(!told.contains("money.db") && !told.contains("socket:"), "{told}");
    drop((database, listener));
}
