//! GitHub: the real binary against a stateful GitHub of its own, as an App of the organisation.

pub mod hub;

mod dry;
mod fields;
mod findings;
mod guards;
mod hidden;
mod import;
mod kills;
mod people;
mod secrets;
mod story;
