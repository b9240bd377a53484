//! The catalogue as others use it: documents in, the whole wish and all findings out.

mod checks;
mod conformance;
mod decode;
mod describe;
mod domain;
mod examples;
mod import;
mod sources;
mod support;
mod tenant;
mod zonefile;
