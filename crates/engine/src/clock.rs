//! The real clock and real ids: the one place where time and randomness enter.

use aplomo_core::Timestamp;
use aplomo_core::ports::{Clock, Fut, Ids};
use std::time::{Duration, Instant};

/// The operating system's clock.
#[derive(Debug)]
pub struct SystemClock(Instant);

impl SystemClock {
    /// A clock whose `elapsed` begins now.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the door through which time enters")]
    pub fn new() -> Self {
        Self(Instant::now())
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the door through which time enters")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
    fn sleep(&self, duration: Duration) -> Fut<'_, ()> {
        Box::pin(tokio::time::sleep(duration))
    }
}

/// Ids from the operating system's randomness: 26 letters and digits, 130 bits.
#[derive(Debug, Default)]
pub struct SystemIds;

impl Ids for SystemIds {
    fn fresh(&self) -> String {
        const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
        let mut bytes = [0_u8; 26];
        // Without randomness there are no unique ids; a clash is refused by the store's unique keys.
        if let Err(error) = getrandom::fill(&mut bytes) {
            tracing::error!(%error, "the operating system gives no randomness");
        }
        bytes.iter().map(|b| char::from(LETTERS[usize::from(b % 32)])).collect()
    }
}
