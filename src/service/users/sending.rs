//! Links on their way: queued as mail, once each.

use sha2::{Digest as _, Sha256};

use super::{LinkKind, LinkToSend};
use crate::clock::Clock;
use crate::domain::text::hex;
use crate::service::ServiceError;
use crate::service::mail::{self, Desk, NewMail, messages};
use crate::store::Store;

/// Queues the mail that brings somebody their link, under the address by which people reach us.
pub fn send_link(
    store: &Store,
    clock: &dyn Clock,
    desk: Desk<'_>,
    public_url: &str,
    kind: LinkKind,
    link: &LinkToSend,
) -> Result<(), ServiceError> {
    let (name, content) = match kind {
        LinkKind::Invitation => {
            ("invitation", messages::invitation(public_url, &link.secret, &link.name, link.lang))
        }
        LinkKind::Reset => (
            "password_reset",
            messages::password_reset(public_url, &link.secret, &link.name, link.lang),
        ),
    };
    let new = NewMail {
        school: None,
        kind: name,
        to_name: link.name.clone(),
        to_email: link.email.clone(),
        content,
        inline: Vec::new(),
        attachments: Vec::new(),
        lang: link.lang,
        // Each link is told once; its secret stands nowhere.
        dedupe_key: format!("{name}:{}", hex(&Sha256::digest(link.secret.as_bytes()))),
    };
    store.write(|tx| mail::queue(tx, desk, clock.now(), &new).map(|_queued| ()))
}
