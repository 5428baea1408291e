//! The log, to stderr, so that results on stdout stay clean; and what is counted, for whoever asks.
//!
//! Nothing here sees a name, an account number or a transfer's text: callers log ids, counts,
//! amounts and durations, and keep anything about a person out of messages and fields alike.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::SubscriberInitExt;

/// How a line of the log is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum LogFormat {
    /// Time, level, module, message, fields.
    #[default]
    Plain,
    /// The same without time and module, for a journal that stamps lines itself.
    Compact,
}

impl LogFormat {
    /// The format of a name as the configuration writes it, or `None` when there is none.
    #[must_use]
    pub fn parse(name: &str) -> Option<LogFormat> {
        match name {
            "plain" => Some(LogFormat::Plain),
            "compact" => Some(LogFormat::Compact),
            _ => None,
        }
    }
}

/// Why the log could not be started.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter is not in the form `level` or `module=level,…`.
    #[error("the log filter cannot be read: {0}")]
    Filter(String),
    /// A log was started before.
    #[error("the log is running already")]
    AlreadyRunning,
}

/// Whether `filter` is one that [`start`] would take.
pub fn check_filter(filter: &str) -> Result<(), TelemetryError> {
    read_filter(filter).map(drop)
}

/// Starts the log for the whole process. Fails on a filter that cannot be read, or the second time.
pub fn start(filter: &str, format: LogFormat) -> Result<(), TelemetryError> {
    subscriber(filter, format, std::io::stderr)?
        .try_init()
        // Its error says the same in fewer words.
        .or(Err(TelemetryError::AlreadyRunning))
}

fn subscriber<W>(
    filter: &str,
    format: LogFormat,
    writer: W,
) -> Result<Box<dyn tracing::Subscriber + Send + Sync>, TelemetryError>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt()
        .with_env_filter(read_filter(filter)?)
        // Colours are escape codes in a file, and escape codes are a way to forge lines.
        .with_ansi(false)
        .with_writer(writer);
    Ok(match format {
        LogFormat::Plain => Box::new(lines.finish()),
        LogFormat::Compact => Box::new(lines.without_time().with_target(false).compact().finish()),
    })
}

fn read_filter(filter: &str) -> Result<EnvFilter, TelemetryError> {
    EnvFilter::try_new(filter).map_err(|error| TelemetryError::Filter(error.to_string()))
}

/// Limits of the classes in which durations are counted, in seconds.
const CLASSES: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// What counts for the whole process, once it was asked to.
static RECORDER: OnceLock<Option<Recorder>> = OnceLock::new();

/// What was counted so far.
#[derive(Clone)]
pub struct Recorder(PrometheusHandle);

/// Counts from now on, for the whole process. `None` where something else counts already.
pub fn record() -> Option<Recorder> {
    RECORDER
        .get_or_init(|| {
            let durations = Matcher::Suffix("_duration_seconds".to_owned());
            let builder = PrometheusBuilder::new();
            let builder = builder.set_buckets_for_metric(durations, &CLASSES).ok()?;
            let recorder = builder.install_recorder().ok().map(Recorder);
            describe();
            recorder
        })
        .clone()
}

/// Whether anything is counted.
#[must_use]
pub fn is_recording() -> bool {
    RECORDER.get().is_some_and(Option::is_some)
}

impl Recorder {
    /// All figures in the text form of Prometheus.
    #[must_use]
    pub fn render(&self) -> String {
        self.tidy();
        self.0.render()
    }

    /// Puts what was measured into its classes. Called now and then, as single measurements are kept
    /// until then.
    pub fn tidy(&self) {
        self.0.run_upkeep();
    }
}

fn describe() {
    metrics::describe_counter!("http_requests_total", "Requests answered, by route.");
    metrics::describe_histogram!(
        "http_request_duration_seconds",
        "How long requests took, by route."
    );
    metrics::describe_counter!(
        "statement_rows_total",
        "Lines of committed statement files, by what became of them."
    );
    metrics::describe_counter!("mails_total", "Attempts to send mail, by what became of them.");
}

/// Measures how long something takes.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Begins to measure.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "durations are measured here and nowhere else")]
    pub fn start() -> Stopwatch {
        Stopwatch(Instant::now())
    }

    /// How long it took so far.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn logged(filter: &str, format: LogFormat) -> String {
        let lines = Lines::default();
        let sink = lines.clone();
        let subscriber = subscriber(filter, format, move || sink.clone()).unwrap();
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!(import.id = 7, entries = 412, "statement taken in");
            tracing::debug!("detail");
        });
        let bytes = lines.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn lines_carry_message_and_fields_and_the_filter_holds() {
        let compact = logged("info", LogFormat::Compact);
        assert_eq!(compact.trim(), "INFO statement taken in import.id=7 entries=412");
        let plain = logged("debug", LogFormat::Plain);
        assert_eq!(plain.lines().count(), 2, "{plain}");
        assert!(plain.contains("doisoat::telemetry"), "{plain}");
        assert_eq!(logged("error", LogFormat::Plain), "");
    }

    #[test]
    fn a_filter_that_cannot_be_read_is_refused() {
        for (why, filter, good) in [
            ("a level", "info", true),
            ("levels by module", "warn,doisoat::service=debug", true),
            ("no such level", "doisoat=loud", false),
        ] {
            assert_eq!(check_filter(filter).is_ok(), good, "{why}");
        }
    }
}
