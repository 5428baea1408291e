//! Where the made-up schools live.

use std::path::Path;

use crate::cli::Failure;
use crate::domain::diagnostic::Diagnostic;
use crate::service::{Store, database, directory};

/// Made-up schools never come among real ones.
pub fn refuse_used(store: &Store) -> Result<(), Failure> {
    database::migrate(store)?;
    if directory::schools(store)?.is_empty() {
        return Ok(());
    }
    Err(Failure::Refused(vec![Diagnostic::new(
        "database_used",
        "CSDL này đã có trường. Dữ liệu mẫu chỉ đưa vào CSDL trống: tạo một CSDL mới cho lệnh demo.",
        "This database has schools. Made-up data only goes into an empty one: create a new database for demo.",
    )]))
}

/// A file of its own, empty: what an earlier run left is deleted.
pub fn fresh_database(dir: &Path) -> Result<String, Failure> {
    std::fs::create_dir_all(dir)
        .map_err(|error| Failure::System(format!("{}: {error}", dir.display())))?;
    let path = dir.join("doisoat-demo.db");
    for end in ["", "-wal", "-shm"] {
        let mut name = path.clone().into_os_string();
        name.push(end);
        match std::fs::remove_file(&name) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Failure::System(format!("{}: {error}", path.display())));
            }
            _ => {}
        }
    }
    Ok(format!("sqlite:{}", path.display()))
}
