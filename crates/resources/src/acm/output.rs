//! The outputs of a certificate: what others refer to, and what its notices are made of.
//!
//! `id` and `arn`; per validated name the record that proves it; status and dates as ACM tells them.

use super::names::validated;
use smol_str::{SmolStr, format_smolstr};

/// The ARN, which is the id too.
pub const ARN: &str = "arn";
/// ACM's status, e.g. `ISSUED` or `PENDING_VALIDATION`.
pub const STATUS: &str = "status";
/// Who made it: `AMAZON_ISSUED`, `IMPORTED` or `PRIVATE`.
pub const TYPE: &str = "type";
/// The end of its validity, RFC 3339.
pub const NOT_AFTER: &str = "notAfter";
/// The state of a renewal under way, e.g. `PENDING_VALIDATION` or `FAILED`.
pub const RENEWAL: &str = "renewal";
/// Why ACM says that it failed.
pub const FAILURE: &str = "failure";
/// Before the validated name, in the outputs about its record.
pub const VALIDATION: &str = "validation/";

/// What is told of a validation record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Its absolute name, with a final dot.
    Name,
    /// Its values: a list of one absolute name, as a record set holds values.
    Values,
    /// What DNS says of it, where it was looked up: [`FOUND`], [`GONE`], or what stands there.
    Seen,
}

/// The record is in DNS as it must be.
pub const FOUND: &str = "found";
/// There is no such record in DNS.
pub const GONE: &str = "gone";

/// The output about the record that proves a name.
#[must_use]
pub fn validation(name: &str, part: Part) -> SmolStr {
    let part = match part {
        Part::Name => "name",
        Part::Values => "value",
        Part::Seen => "seen",
    };
    format_smolstr!("{VALIDATION}{}/{part}", validated(name))
}

/// The validated name that an output is about.
#[must_use]
pub fn validated_name(output: &str) -> Option<&str> {
    output.strip_prefix(VALIDATION)?.split('/').next()
}
