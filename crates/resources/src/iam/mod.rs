//! AWS IAM: roles, managed policies, instance profiles, identity providers, and the policy documents
//! in them.

pub mod policy;
