//! Places at which a test lets the process die or hang, to see that nothing is lost or done twice. Only
//! in builds for development: in a release nothing of this is compiled.

#[cfg(debug_assertions)]
static DIES_AT: std::sync::OnceLock<String> = std::sync::OnceLock::new();

/// Lets the process die when it reaches the place of this name, or, where the name follows `stop:`, say
/// so and do nothing more there: then whoever waits for it kills it as no program can prevent. Called
/// once, at the start.
#[cfg(debug_assertions)]
pub fn arm(place: String) {
    let _ = DIES_AT.set(place);
}

/// Ends the process at once, or hangs, if this is the place.
#[inline]
pub fn reach(place: &'static str) {
    #[cfg(debug_assertions)]
    if let Some(armed) = DIES_AT.get() {
        if armed == place {
            std::process::abort();
        }
        if armed.strip_prefix("stop:") == Some(place) {
            use std::io::Write as _;
            // Standard output is the command's own as long as it runs. Nobody may be listening, which
            // changes nothing.
            let _ = writeln!(std::io::stderr(), "reached {place}");
            loop {
                std::thread::park();
            }
        }
    }
    #[cfg(not(debug_assertions))]
    let _ = place;
}
