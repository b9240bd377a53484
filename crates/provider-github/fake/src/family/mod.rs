//! The families of calls, one module each: how a thing is shown, and the calls that read and change it.

mod actions;
mod activity;
mod apps;
mod autolinks;
mod branches;
mod checks;
mod collaborators;
pub(crate) mod commits;
mod environments;
mod gitdata;
mod hooks;
pub(crate) mod issues;
mod keys;
mod labels;
mod members;
mod orgs;
mod pages;
mod properties;
mod protection;
pub(crate) mod pulls;
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
    activity::ROUTES,
    apps::ROUTES,
    autolinks::ROUTES,
    branches::ROUTES,
    checks::ROUTES,
    collaborators::ROUTES,
    commits::ROUTES,
    environments::ROUTES,
    gitdata::ROUTES,
    hooks::ROUTES,
    issues::ROUTES,
    keys::ROUTES,
    labels::ROUTES,
    members::ROUTES,
    orgs::ROUTES,
    pages::ROUTES,
    properties::ROUTES,
    protection::ROUTES,
    pulls::ROUTES,
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
