//! Record sets on the wire: exact copies, changing single fields, and packing changes into batches.

pub(crate) mod atom;
pub(crate) mod overlay;
pub(crate) mod seen;
pub(crate) mod wire;
