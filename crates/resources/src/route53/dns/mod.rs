//! Names and values of records in normal form, and to and from the form that Route 53 uses.
//!
//! Escapes are octal everywhere, as Route 53 reads and writes them; only the functions named after
//! zone files read them in decimal. Deliberately absent: what a value means (see `record_set`), and
//! anything that looks a name up.

mod check;
mod error;
mod escape;
mod name;
mod record_type;
mod render;
mod svcb;
mod token;
mod txt;
mod value;

pub use error::DnsError;
pub use name::{Name, alias_target, zone_id};
pub use record_type::{ROUTE53_TYPES, RecordType};
pub use value::{canonical, from_service, from_zone_file, normalise_value, to_service};

#[cfg(test)]
mod tests;
