//! Our own settings as resources: what loosens a safety is a change like any other, recorded in
//! the ledger where it is applied, and counts from the next plan.

pub mod model;
