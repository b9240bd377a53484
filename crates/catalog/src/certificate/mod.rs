//! The kind Certificate: a certificate of AWS Certificate Manager in one or more regions, with the
//! records that prove its names.
//!
//! Deliberately absent: imported and private certificates, and validation by mail.

mod expand;
mod names;
mod records;
mod spec;

pub use spec::*;

use crate::estate::Estate;
use crate::kind::{Expansion, Kind, Manifest};
use aplomo_core::KindName;

/// The kind Certificate.
#[derive(Debug, Clone, Copy)]
pub struct Certificate;

impl Kind for Certificate {
    const NAME: KindName = KindName::known("Certificate");
    const EXAMPLE: &'static str = include_str!("example.yaml");
    type Spec = CertificateSpec;
    fn expand(manifest: &Manifest<'_, CertificateSpec>, estate: &Estate<'_>) -> Expansion {
        expand::expand(manifest, estate)
    }
}
