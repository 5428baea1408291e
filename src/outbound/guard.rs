//! Resolves names and hands over only addresses that may be connected to. The connection is made to
//! exactly what is returned here, so a name that changes its mind between the check and the
//! connection gains nothing.

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use super::Policy;
use super::error::OutboundError;
use super::target::check_address;

/// A resolver that refuses a name as soon as one of its addresses is refused: whoever mixes public
/// and private ones hopes for the second try.
#[derive(Debug)]
pub(super) struct Guard<R> {
    pub inner: R,
    pub policy: Policy,
}

impl<R: Resolver> Resolver for Guard<R> {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let addresses = self.inner.resolve(uri, config, timeout).map_err(|error| match error {
            // How the system says that it knows no such name.
            ureq::Error::Io(_) => ureq::Error::HostNotFound,
            other => other,
        })?;
        for address in &addresses {
            check_address(address.ip(), &self.policy)
                .map_err(|reason| ureq::Error::Other(Box::new(OutboundError::Refused(reason))))?;
        }
        Ok(addresses)
    }
}
