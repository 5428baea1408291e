//! The one writer: takes what waits, inserts it in one transaction, and lets everybody be answered.

use std::sync::mpsc;
use std::time::Duration;

use tokio::sync::oneshot;

use super::Queue;
use crate::failpoint;
use crate::store::inbox::{self, NewNotification};
use crate::store::kept::KeptWriter;
use crate::store::{Store, StoreError};

/// How long a commit is put off at most for those who are expected.
const MOST_PATIENCE: Duration = Duration::from_millis(4);

/// A commit that takes so long is worth waiting for company.
const DEAR_COMMIT: Duration = Duration::from_millis(2);

/// A request on its way to the writer: its rows, and who waits for how many of them were new.
#[derive(Debug)]
pub(super) struct Waiting {
    pub rows: Vec<NewNotification>,
    pub done: oneshot::Sender<Result<usize, ()>>,
}

/// Writes until nobody can send any more. `wake` is called when something new is in the inbox.
pub(super) fn run(
    waiting: &mpsc::Receiver<Waiting>,
    queue: Queue,
    db: &Store,
    wake: &(dyn Fn() + Send + Sync),
) {
    let mut db = KeptWriter::new(db.clone());
    let mut last = Last::default();
    while let Some(batch) = last.next_batch(waiting, queue.at_once) {
        last.size = batch.len();
        last.took = measured(|| {
            if commit(&mut db, batch) {
                wake();
            }
        });
    }
}

/// The last commit.
#[derive(Default)]
struct Last {
    size: usize,
    took: Duration,
}

impl Last {
    /// What is committed next; `None` when nobody can send any more.
    ///
    /// Those who were just answered are likely to send their next one before another commit would be
    /// over, and one commit of all costs little more than one of half of them: where others wait
    /// already, they wait for them a little. Whoever is alone waits for nobody.
    fn next_batch(&self, waiting: &mpsc::Receiver<Waiting>, most: usize) -> Option<Vec<Waiting>> {
        let mut batch = Vec::new();
        let fill = |batch: &mut Vec<Waiting>| {
            batch.extend(waiting.try_iter().take(most.saturating_sub(batch.len())));
        };
        fill(&mut batch);
        let expected = most.min(self.size.saturating_add(batch.len()));
        if batch.is_empty() {
            batch.push(waiting.recv().ok()?);
        }
        // Where a commit is over in no time, waiting costs more than another one.
        let dear = self.took >= DEAR_COMMIT;
        let mut patience = if dear { (self.took / 2).min(MOST_PATIENCE) } else { Duration::ZERO };
        while batch.len() < expected && !patience.is_zero() {
            let waited = measured(|| batch.extend(waiting.recv_timeout(patience).ok()));
            patience = patience.saturating_sub(waited);
            fill(&mut batch);
        }
        fill(&mut batch);
        Some(batch)
    }
}

/// How long something takes.
#[expect(clippy::disallowed_methods, reason = "how long a commit takes is no time of day")]
fn measured(work: impl FnOnce()) -> Duration {
    let start = std::time::Instant::now();
    work();
    start.elapsed()
}

/// Inserts everything in one transaction, and answers only after it is durable; whether anything was
/// new.
fn commit(db: &mut KeptWriter, batch: Vec<Waiting>) -> bool {
    let mut rows = Vec::with_capacity(batch.len());
    let mut asked = Vec::with_capacity(batch.len());
    for waiting in batch {
        asked.push((waiting.rows.len(), waiting.done));
        rows.extend(waiting.rows);
    }
    match insert(db, &mut rows) {
        Ok(new) => {
            failpoint::reach("notification.committed");
            let mut rows = rows.iter();
            for (count, done) in asked {
                let own = rows.by_ref().take(count);
                let new = own.filter(|row| new.binary_search(&row.id).is_ok()).count();
                // Whoever hung up meanwhile will send it again and be told that it is known.
                let _ = done.send(Ok(new));
            }
            !new.is_empty()
        }
        // One that cannot be stored turns nobody else away. A database that is away or busy fails
        // for each of them as well.
        Err(error) if asked.len() > 1 && !error.is_transient() && !error.is_unavailable() => {
            tracing::warn!(%error, waiting = asked.len(), "notifications are stored one by one");
            let mut rows = rows.into_iter();
            let mut brought = false;
            for (count, done) in asked {
                let rows = rows.by_ref().take(count).collect();
                brought |= commit(db, vec![Waiting { rows, done }]);
            }
            brought
        }
        Err(error) => {
            tracing::error!(%error, waiting = asked.len(), "notifications could not be stored");
            for (_, done) in asked {
                let _ = done.send(Err(()));
            }
            false
        }
    }
}

/// Numbers and inserts the rows; the ids of those that were new, in order.
fn insert(db: &mut KeptWriter, rows: &mut [NewNotification]) -> Result<Vec<i64>, StoreError> {
    let total = u64::try_from(rows.len()).unwrap_or(u64::MAX);
    let mut new = db.write(|tx| {
        tx.ensure_ids(total)?;
        for row in &mut *rows {
            row.id = tx.next_id()?;
        }
        let new = inbox::insert_new(tx, rows)?;
        failpoint::reach("notification.inserted");
        Ok::<_, StoreError>(new)
    })?;
    new.sort_unstable();
    Ok(new)
}
