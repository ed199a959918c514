//! Being told that something waits in the outbox.

use async_trait::async_trait;
use cj_core::change::MessageKind;
use cj_core::store::{StoreError, Wake, Wakes};
use sqlx::postgres::{PgListener, PgPoolOptions};

use crate::PgOptions;
use crate::error::server_error;

/// Notices of commits that put something into the outbox, on a connection of its own.
///
/// It saves asking, and does not replace it: what waits for a time, or for a lease to end, sends no notice.
#[derive(Debug)]
pub struct PgWakes {
    listener: PgListener,
    place: String,
}

impl PgWakes {
    pub(crate) async fn connect(options: &PgOptions) -> Result<Self, StoreError> {
        let place = options.place();
        let pool = PgPoolOptions::new().max_connections(1).max_lifetime(None).idle_timeout(None);
        let pool = pool.acquire_timeout(options.timeout()).connect_lazy_with(options.connection());
        let mut listener =
            PgListener::connect_with(&pool).await.map_err(|error| server_error(LISTEN, &place, error))?;
        listener.listen(CHANNEL).await.map_err(|error| server_error(LISTEN, &place, error))?;
        Ok(Self { listener, place })
    }
}

#[async_trait]
impl Wakes for PgWakes {
    async fn next(&mut self) -> Result<Wake, StoreError> {
        let notice = self.listener.try_recv().await.map_err(|error| server_error(LISTEN, &self.place, error))?;
        let kind = notice.and_then(|notice| MessageKind::parse(notice.payload()).ok());
        Ok(kind.map_or(Wake::Reconnected, Wake::Appended))
    }
}

const LISTEN: &str = "store.wakes";
const CHANNEL: &str = "cj_outbox";
/// Holds with the commit, and once per kind and commit.
pub(crate) const NOTIFY: &str = "SELECT pg_notify('cj_outbox', $1)";
