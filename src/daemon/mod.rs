//! stub
mod sources;
