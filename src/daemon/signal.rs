//! Wakes that were asked for and not yet heard: a set, so that no wake is lost however long the loop
//! is busy, and nothing grows.

use super::wake::Wake;
use std::sync::atomic::{AtomicU8, Ordering};
use tokio::sync::Notify;

/// Raised by many, heard by one.
#[derive(Debug, Default)]
pub struct Signal {
    raised: AtomicU8,
    bell: Notify,
}

impl Signal {
    /// Asks for a wake.
    pub fn raise(&self, wake: Wake) {
        self.raised.fetch_or(1 << wake as u8, Ordering::SeqCst);
        self.bell.notify_one();
    }

    /// The weightiest of the wakes that were asked for; waits for one. The others are covered by it.
    pub async fn heard(&self) -> Wake {
        loop {
            if let Some(wake) = self.take() {
                return wake;
            }
            self.bell.notified().await;
        }
    }

    /// The weightiest of the wakes that were asked for, where there is one.
    pub fn take(&self) -> Option<Wake> {
        let raised = self.raised.swap(0, Ordering::SeqCst);
        Wake::ALL.into_iter().rev().find(|wake| raised & (1 << *wake as u8) != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_weightiest_is_heard_and_none_is_lost() {
        let signal = Signal::default();
        for _ in 0..100 {
            signal.raise(Wake::Poll);
        }
        signal.raise(Wake::Reload);
        signal.raise(Wake::Files);
        assert_eq!(signal.heard().await, Wake::Reload);
        assert_eq!(signal.take(), None);
        signal.raise(Wake::Stop);
        assert_eq!(signal.heard().await, Wake::Stop);
    }
}
