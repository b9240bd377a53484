//! The families of calls, one module each: how a thing is shown, and the calls that read and change it.

mod actions;
mod apps;
mod autolinks;
mod branches;
mod collaborators;
mod environments;
mod hooks;
mod keys;
mod labels;
mod members;
mod orgs;
mod pages;
mod properties;
mod protection;
mod repos;
mod rules;
mod rulesets;
mod secrets;
mod security;
pub(crate) mod show;
mod teams;
mod variables;

use crate::route::Route;

/// Every call there is.
pub(crate) const ROUTES: &[&[Route]] = &[
    actions::ROUTES,
    apps::ROUTES,
    autolinks::ROUTES,
    branches::ROUTES,
    collaborators::ROUTES,
    environments::ROUTES,
    hooks::ROUTES,
    keys::ROUTES,
    labels::ROUTES,
    members::ROUTES,
    orgs::ROUTES,
    pages::ROUTES,
    properties::ROUTES,
    protection::ROUTES,
    repos::ROUTES,
    rulesets::ROUTES,
    secrets::ROUTES,
    security::ROUTES,
    teams::ROUTES,
    variables::ROUTES,
    crate::webhooks::ROUTES,
];

pub(crate) use collaborators::is_affiliated;
pub(crate) use labels::is_default as is_default_label;
pub(crate) use protection::{matching as protection_of, told as protection_told};
pub(crate) use repos::{CHANGE as CHANGE_REPO, SHOW as SHOW_REPO, plain as plain_repo};
pub(crate) use rules::reaches;
