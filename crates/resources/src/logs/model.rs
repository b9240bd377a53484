//! The model of a log group in normal form.

use aplomo_core::model;
use smol_str::SmolStr;

model! {
    /// A log group. Its remote id and natural key are its name; output `arn` (without a final `:*`).
    pub struct LogGroup {
        leaves {
            /// The name. Changing it makes another group.
            name: SmolStr = "/name",
            /// Days that events are kept; absent: for ever.
            retention_days: u32 = "/retentionDays",
        }
        maps {
            /// Tags beside our ownership marks.
            tags: String = "/tags",
        }
    }
}
