//! `doisoat worker`: what goes on without a request, for more replicas beside one that serves.

use std::sync::Arc;

use super::{Env, Failure, Status};
use crate::clock::{Clock, SystemClock};
use crate::{app, telemetry};

/// Works until a signal comes; what was begun is finished.
pub fn run(env: &mut Env<'_>) -> Result<Status, Failure> {
    #[cfg(debug_assertions)]
    if let Ok(place) = std::env::var("DOISOAT_FAILPOINT") {
        crate::failpoint::arm(place);
    }
    let (config, store) = env.store()?;
    telemetry::start(&config.log.filter, config.log.format)
        .map_err(|error| Failure::System(error.to_string()))?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    app::work(&config, &store, &clock).map_err(|error| Failure::System(error.to_string()))?;
    Ok(Status::Done)
}
