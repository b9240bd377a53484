//! The provider against the stateful GitHub: what is really there is asked of its world, never of the code
//! under test.

mod limits;
mod reading;
mod scale;
mod schema;
mod support;
mod writing;
