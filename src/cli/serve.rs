//! `doisoat serve`: the service, until it is told to stop.

use std::sync::Arc;

use super::{Env, Failure, Status};
use crate::app;
use crate::clock::SystemClock;
use crate::telemetry;

/// Serves until a signal comes; what is being answered then is answered.
pub fn run(env: &mut Env<'_>) -> Result<Status, Failure> {
    #[cfg(debug_assertions)]
    if let Ok(place) = std::env::var("DOISOAT_FAILPOINT") {
        crate::failpoint::arm(place);
    }
    let (config, store) = env.store()?;
    telemetry::start(&config.log.filter, config.log.format)
        .map_err(|error| Failure::System(error.to_string()))?;
    let reader =
        app::statement_reader(&config).map_err(|error| Failure::System(error.to_string()))?;
    app::serve(&config, store, reader, Arc::new(SystemClock), |address| {
        tracing::info!(%address, "serving");
        Ok(())
    })
    .map_err(|error| Failure::System(error.to_string()))?;
    Ok(Status::Done)
}
