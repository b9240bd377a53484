//! The types of remote objects: one folder per provider and type with model, normal form,
//! identity, turnover and risk.
//!
//! Deliberately absent: calls (the providers make them), manifests (`catalog` expands them), and
//! any input or output.

pub mod acm;
pub mod aplomo;
mod change;
mod normal;
pub mod route53;

use aplomo_core::Types;

/// Every type there is. A new type is one line here.
#[must_use]
pub fn registry() -> Types {
    Types::default()
        .with::<route53::hosted_zone::Zone>()
        .with::<route53::record_set::Records>()
        .with::<route53::health_check::Check>()
        .with::<acm::certificate::Certificates>()
        .with::<aplomo::tenant_settings::Settings>()
        .with::<aplomo::safety::Safeties>()
}
