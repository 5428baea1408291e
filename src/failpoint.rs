//! Places at which a test lets the process die, to see that nothing is lost or done twice. Only in
//! builds for development: in a release nothing of this is compiled.

#[cfg(debug_assertions)]
static DIES_AT: std::sync::OnceLock<String> = std::sync::OnceLock::new();

/// Lets the process die when it reaches the place of this name; called once, at the start.
#[cfg(debug_assertions)]
pub fn arm(place: String) {
    let _ = DIES_AT.set(place);
}

/// Ends the process at once, as a power cut would, if this is the place.
#[inline]
pub fn reach(place: &'static str) {
    #[cfg(debug_assertions)]
    if DIES_AT.get().is_some_and(|armed| armed == place) {
        std::process::abort();
    }
    #[cfg(not(debug_assertions))]
    let _ = place;
}
