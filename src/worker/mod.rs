//! What goes on without a request: the inbox is handled, events and mail are sent, counts are written. Each job has a thread of
//! its own, which waits until it is woken or something is due.

mod bell;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

pub use bell::Bell;

use crate::clock::Clock;
use crate::keyring::Keyring;
use crate::outbound::Client;
use crate::service::events::{Delivered, Deliverer};
use crate::service::letters::{self, Composer};
use crate::service::mail::{self, Postman};
use crate::service::privacy::retention::{self, Retention};
use crate::service::pull::{self, Asking};
use crate::service::receiving::Receiver;
use crate::service::{ServiceError, Store, inbox};

/// How long a job waits at most before it looks again: another replica may have brought work.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// How long a job waits after the database failed.
const AFTER_FAILURE: Duration = Duration::from_secs(2);

/// Jobs that run until they are dropped.
pub struct Workers {
    stop: Arc<AtomicBool>,
    /// Rung for what came in.
    bell: Arc<Bell>,
    /// Rung for what is to go out.
    outgoing: Arc<Bell>,
    /// Rung by nobody: for what time alone brings.
    still: Arc<Bell>,
    threads: Vec<JoinHandle<()>>,
}

impl Workers {
    /// No jobs yet; `bell` will ring for what comes in.
    #[must_use]
    pub fn new(bell: Arc<Bell>) -> Workers {
        Workers {
            stop: Arc::new(AtomicBool::new(false)),
            bell,
            outgoing: Arc::new(Bell::new()),
            still: Arc::new(Bell::new()),
            threads: Vec::new(),
        }
    }

    /// Handles the inbox.
    pub fn inbox(
        &mut self,
        store: Store,
        clock: Arc<dyn Clock>,
        settings: inbox::Settings,
    ) -> std::io::Result<()> {
        let (bell, outgoing) = (Arc::clone(&self.bell), Arc::clone(&self.outgoing));
        self.job("inbox", (bell, LOOK_AGAIN), move || {
            let worked = inbox::work(&store, &*clock, settings)?;
            if !worked.is_idle() {
                outgoing.ring();
            }
            Ok(!worked.is_idle())
        })
    }

    /// Sends events, several at once: a receiver that is slow holds up one thread, and no other
    /// receiver as long as a thread is left.
    pub fn events(&mut self, deliverer: &Deliverer) -> std::io::Result<()> {
        for _ in 0..deliverer.settings.at_once.max(1) {
            let deliverer = deliverer.clone();
            let bell = Arc::clone(&self.outgoing);
            self.job("events", (bell, Duration::from_secs(1)), move || {
                deliverer.deliver().map(|delivered| delivered != Delivered::Idle)
            })?;
        }
        Ok(())
    }

    /// Sends mail, several at once: a mail server that is slow holds up one thread.
    pub fn mails(&mut self, postman: &Postman) -> std::io::Result<()> {
        for _ in 0..postman.settings().at_once.max(1) {
            let postman = postman.clone();
            let bell = Arc::clone(&self.outgoing);
            self.job("mails", (bell, Duration::from_secs(1)), move || {
                postman.deliver().map(|delivered| delivered != mail::Delivered::Idle)
            })?;
        }
        Ok(())
    }

    /// Makes mail of letters, and asks for the reminders of the day.
    pub fn letters(&mut self, composer: &Composer) -> std::io::Result<()> {
        let (bell, outgoing) = (Arc::clone(&self.outgoing), Arc::clone(&self.outgoing));
        let maker = composer.clone();
        self.job("letters", (bell, Duration::from_secs(1)), move || {
            let made = maker.work()?;
            if made.mails > 0 {
                outgoing.ring();
            }
            Ok(!made.is_idle())
        })?;
        let (bell, outgoing) = (Arc::clone(&self.still), Arc::clone(&self.outgoing));
        let composer = composer.clone();
        self.job("reminders", (bell, Duration::from_mins(1)), move || {
            let asked = letters::remind_due(&composer.store, &*composer.clock, &composer.settings)?;
            if asked {
                outgoing.ring();
            }
            Ok(false)
        })
    }

    /// Does something small now and then.
    pub fn now_and_then(
        &mut self,
        name: &'static str,
        mut work: impl FnMut() + Send + 'static,
    ) -> std::io::Result<()> {
        let bell = Arc::clone(&self.still);
        self.job(name, (bell, Duration::from_secs(10)), move || {
            work();
            Ok(false)
        })
    }

    /// Forgets what is too old to be kept, again after each `pause`; not at once, when there is more to
    /// do.
    pub fn retention(
        &mut self,
        store: Store,
        clock: Arc<dyn Clock>,
        kept: Retention,
        pause: Duration,
    ) -> std::io::Result<()> {
        let bell = Arc::clone(&self.still);
        let mut is_first = true;
        self.job("retention", (bell, pause), move || {
            if std::mem::take(&mut is_first) {
                return Ok(false);
            }
            let gone = retention::run(&store, &*clock, kept)?;
            if gone != retention::Forgotten::default() {
                tracing::info!(
                    claim_photos = gone.claim_photos,
                    looks = gone.looks,
                    family_links = gone.family_links,
                    mail_texts = gone.mail_texts,
                    "what was too old is forgotten"
                );
            }
            Ok(false)
        })
    }

    /// Asks providers for what they may have failed to tell, where that is set up.
    pub fn pulls(
        &mut self,
        store: Store,
        clock: Arc<dyn Clock>,
        keys: Arc<Keyring>,
        client: Client,
    ) -> std::io::Result<()> {
        let bell = Arc::clone(&self.still);
        self.job("pulls", (bell, Duration::from_secs(20)), move || {
            pull::run_due(&Asking {
                db: &store,
                client: &client,
                clock: &*clock,
                keys: &keys,
                wait: &std::thread::sleep,
            })
        })
    }

    /// Writes the counts of what was not kept.
    pub fn counts(&mut self, receiver: Receiver) -> std::io::Result<()> {
        let bell = Arc::clone(&self.still);
        let pause = Duration::from_secs(2);
        self.job("counts", (bell, pause), move || receiver.flush_counts().map(|()| false))
    }

    /// Runs `work` again and again: at once while it finds something to do, else when the bell rings
    /// or after `pause`.
    pub fn job(
        &mut self,
        name: &'static str,
        (bell, pause): (Arc<Bell>, Duration),
        mut work: impl FnMut() -> Result<bool, ServiceError> + Send + 'static,
    ) -> std::io::Result<()> {
        let stop = Arc::clone(&self.stop);
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            while !stop.load(Ordering::Acquire) {
                let heard = bell.heard();
                match work() {
                    Ok(true) => {}
                    Ok(false) => bell.wait(heard, pause),
                    Err(error) => {
                        tracing::error!(%error, job = name, "a job failed and will be tried again");
                        bell.wait(heard, AFTER_FAILURE);
                    }
                }
            }
        })?;
        self.threads.push(thread);
        Ok(())
    }

    /// Lets every job finish what it is doing, and ends them.
    pub fn stop(&mut self) {
        self.stop.store(true, Ordering::Release);
        for thread in self.threads.drain(..) {
            while !thread.is_finished() {
                for bell in [&self.bell, &self.outgoing, &self.still] {
                    bell.ring();
                }
                std::thread::sleep(Duration::from_millis(5));
            }
            if thread.join().is_err() {
                tracing::error!("a job's thread was lost");
            }
        }
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.stop();
    }
}
