//! Pull requests, against the real daemon, real git over HTTP and a GitHub of our own.

mod approving;
mod hooks;
mod limits;
mod moving;
mod office;
mod story;
