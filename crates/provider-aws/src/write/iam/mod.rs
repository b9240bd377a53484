//! Writers of IAM: roles, managed policies, instance profiles, identity providers.
//!
//! IAM takes no idempotency tokens. Creates are sent once and carry the marks; where the name is taken
//! already, the object is looked at, and taken up if it carries the very marks of the step: an earlier
//! attempt made it. What was written is not everywhere at once, so a few refusals are waited out.

pub(crate) mod instance_profiles;
mod job;
pub(crate) mod oidc_providers;
pub(crate) mod policies;
pub(crate) mod roles;
pub(crate) mod saml_providers;

use std::time::Duration;

/// How often a call is made that IAM refuses for what it has not heard of yet, the first included.
pub(crate) const PATIENT_ATTEMPTS: u32 = 11;
/// The pause between those attempts: half a minute in all, as long as IAM usually takes.
const PATIENT_PAUSE: Duration = Duration::from_secs(3);
/// How long a created object may be missing from listings.
const SETTLE: Duration = Duration::from_secs(30);

/// The service's word for what is not there.
const GONE: &str = "NoSuchEntity";
/// The service's word for a name that is taken.
const TAKEN: &str = "EntityAlreadyExists";
