//! AWS IAM: roles, managed policies, instance profiles, identity providers, and the policy documents
//! in them.
//!
//! All of it is global to an account. A field that holds a policy document holds its canonical text,
//! see [`policy`].

pub mod arn;
mod document;
pub mod instance_profile;
pub mod managed_policy;
pub mod model;
pub mod oidc_provider;
pub mod policy;
pub mod role;
pub mod saml_provider;
mod shape;

pub use document::seen_document;
pub use instance_profile::INSTANCE_PROFILE;
pub use managed_policy::POLICY;
pub use oidc_provider::OIDC_PROVIDER;
pub use role::ROLE;
pub use saml_provider::SAML_PROVIDER;
