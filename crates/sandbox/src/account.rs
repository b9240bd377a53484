//! Account ids that no two tests of one process share, so that they can share one moto.

use std::sync::atomic::{AtomicU64, Ordering};

/// A 12 digit account id not handed out before in this process. moto's own default, 123456789012, never comes up.
pub fn unique_account() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("{}", 200_000_000_000_u64 + NEXT.fetch_add(1, Ordering::Relaxed))
}
