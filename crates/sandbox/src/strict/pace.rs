//! How slow the slow things of AWS are, in looks and calls and never in seconds, so that tests are the same each time.

/// How often a slow thing is seen unfinished before it is finished. Strict mode only; see `ProxyBuilder::pace`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Describes that show a new NAT gateway as `pending`.
    pub nat_pending: usize,
    /// Describes that show a deleted NAT gateway as `deleting`, its address still associated.
    pub nat_deleting: usize,
    /// Describes of a new certificate that lack its validation records.
    pub validation_records: usize,
    /// Uses of a new role, as a principal of a trust policy or as the role of a flow log, that are refused.
    pub new_role: usize,
}

impl Default for Pace {
    /// One look for everything but roles, which are accepted at once.
    fn default() -> Self {
        Self { nat_pending: 1, nat_deleting: 1, validation_records: 1, new_role: 0 }
    }
}

impl Pace {
    /// Everything is finished at once.
    pub const INSTANT: Self = Self { nat_pending: 0, nat_deleting: 0, validation_records: 0, new_role: 0 };
}
