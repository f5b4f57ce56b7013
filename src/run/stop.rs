//! How a run is asked to end where it is safe.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// What a mail that is on its way has, once a run is asked to end.
const LAST_MAIL: Duration = Duration::from_secs(10);

/// Asks a run to end where it is safe: what it concludes is stored, its mails wait for the next one.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    pub fn ask(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub fn is_asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Returns when it was asked for and a mail on its way had its time to arrive.
    pub(super) async fn overdue(&self) {
        while !self.is_asked() {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        tokio::time::sleep(LAST_MAIL).await;
    }
}
