//! The types of remote objects: one folder per provider and type with model, normal form,
//! identity, turnover and risk.
//!
//! Deliberately absent: calls (the providers make them), manifests (`catalog` expands them), and
//! any input or output.

pub mod aplomo;
pub mod route53;
