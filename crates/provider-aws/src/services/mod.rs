//! The services: who reads and writes what, and which calls that takes. A new service is one file and one
//! line here; what a role must be allowed, and to what a write session is cut, follows from this list.

mod acm;
mod ec2;
mod iam;
mod logs;
mod route53;

use crate::clients::Office;
use aplomo_core::TypeName;
use aplomo_core::ports::{Reader, Writer};
use std::collections::BTreeSet;

/// One service.
pub(crate) struct Service {
    pub(crate) readers: fn(&Office) -> Vec<Box<dyn Reader>>,
    pub(crate) read_calls: &'static [&'static [&'static str]],
    pub(crate) writers: &'static [Clerk],
}

/// Who writes one type.
pub(crate) struct Clerk {
    pub(crate) feeds: TypeName,
    /// The calls it makes.
    pub(crate) calls: &'static [&'static str],
    /// What AWS asks for beside a call of that name, and why (`iam:PassRole` for a role that is handed on).
    pub(crate) implied: &'static [&'static str],
    pub(crate) make: fn(&Office) -> Box<dyn Writer>,
}

/// All services.
pub(crate) const SERVICES: &[Service] = &[acm::ACM, ec2::EC2, iam::IAM, logs::LOGS, route53::ROUTE53];

/// Everyone who writes.
pub(crate) fn clerks() -> impl Iterator<Item = &'static Clerk> {
    SERVICES.iter().flat_map(|service| service.writers)
}

/// Every type that is read, by the readers' own word.
pub(crate) fn types(office: &Office) -> Vec<TypeName> {
    let readers = SERVICES.iter().flat_map(|service| (service.readers)(office));
    let types: BTreeSet<TypeName> = readers.flat_map(|reader| reader.feeds().to_vec()).collect();
    types.into_iter().collect()
}

/// Every call that readers can make, as `service:Action`, without repetition.
#[must_use]
pub fn read_calls() -> BTreeSet<&'static str> {
    SERVICES.iter().flat_map(|service| service.read_calls).flat_map(|calls| calls.iter().copied()).collect()
}

/// Every call that writers can make, and what AWS asks for beside them.
#[must_use]
pub fn write_calls() -> BTreeSet<&'static str> {
    clerks().flat_map(|clerk| clerk.calls.iter().chain(clerk.implied)).copied().collect()
}
