//! People and teams behind the names that manifests write.
//!
//! A login is looked up once for each tenant and organisation; what names it holds a reference to the
//! immutable id. A team that a Team manifest describes is referred to; any other must be there already.

use super::{id, part, scope};
use crate::estate::Estate;
use crate::kind::Head;
use crate::suggest;
use crate::team::Team;
use aplomo_core::resource::Desired;
use aplomo_core::{
    Address, Finding, KindName, ManifestName, ManifestRef, Model as _, Scope, Type as _, Wanted, Wish,
};
use aplomo_resources::github::model::User;
use aplomo_resources::github::team::Users;
use aplomo_resources::github::{TEAM, USER, shape};
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// A team as it is named.
pub(crate) struct TeamRef {
    /// Its slug.
    pub(crate) slug: SmolStr,
    /// Where we manage it.
    pub(crate) address: Option<Address>,
}

impl TeamRef {
    /// Its id, where it is known how to get it.
    pub(crate) fn id(&self) -> Wish<SmolStr> {
        self.address.as_ref().map_or(Wish::LeftAlone, id)
    }
}

/// Looks people and teams up for one manifest.
pub(crate) struct People<'a> {
    head: &'a Head<'a>,
    scope: &'a Scope,
    /// The teams that manifests of the tenant describe, by slug.
    teams: BTreeMap<SmolStr, Address>,
    /// Look-ups that are needed.
    users: BTreeMap<SmolStr, Desired>,
    pub(crate) findings: Vec<Finding>,
}

impl<'a> People<'a> {
    pub(crate) fn new(head: &'a Head<'a>, estate: &Estate<'_>, here: &'a Scope) -> Self {
        let tenant = &head.reference.tenant;
        let mut teams = BTreeMap::new();
        for name in estate.names::<Team>(tenant).filter_map(|name| ManifestName::new(name).ok()) {
            let Some(team) = estate.get::<Team>(tenant, &name) else { continue };
            let there = scope(team.head, estate, team.spec.organization.as_ref(), &mut Vec::new());
            if there == *here {
                let written = team.spec.name.as_deref().unwrap_or(name.as_str());
                teams.insert(shape::slug(written), team.reference.resource(&TEAM, &[]));
            }
        }
        Self { head, scope: here, teams, users: BTreeMap::new(), findings: Vec::new() }
    }

    /// The login in normal form and the look-up of who has it.
    pub(crate) fn user(&mut self, written: &str, pointer: &str) -> Option<(SmolStr, Address)> {
        let login = match shape::login(written) {
            Ok(login) => login,
            Err(why) => {
                let finding = Finding::error("bad-login", why);
                self.findings.push(self.head.finding_at(finding, pointer));
                return None;
            }
        };
        let organisation = self.scope.account.as_ref()?;
        let reference = ManifestRef {
            tenant: self.head.reference.tenant.clone(),
            kind: KindName::known("Organization"),
            name: ManifestName::new(organisation.as_str()).ok()?,
        };
        let address = reference.resource(&USER, &[&login]);
        let model = User::<Wanted> { login: Wish::Value(login.clone()) };
        let fields = Users::normalise(model).ok()?.to_fields();
        let mut lookup = self.head.desired(&USER, &[], self.scope.clone(), fields);
        lookup.address = address.clone();
        lookup.previous = Vec::new();
        lookup.observe = true;
        lookup.contribution = true;
        if let Some(origin) = lookup.origins.first_mut() {
            origin.line = self.head.place(pointer).line;
        }
        self.users.entry(login.clone()).or_insert(lookup);
        Some((login, address))
    }

    /// The team of a slug; `unknown-team` where no manifest describes it and others are near.
    pub(crate) fn team(&mut self, written: &str, pointer: &str) -> TeamRef {
        let slug = shape::slug(written);
        let address = self.teams.get(&slug).cloned();
        if address.is_none() {
            let known = self.teams.keys().map(SmolStr::as_str);
            let near = suggest::nearest(&slug, known).map(|near| format!("did you mean `{near}`? "));
            let help = format!(
                "{}A Team manifest may describe it; otherwise it must be in the organisation",
                near.unwrap_or_default()
            );
            let message = format!("no manifest of this tenant describes the team `{slug}`");
            let finding = Finding::warning("unknown-team", message).help(help);
            self.findings.push(self.head.finding_at(finding, pointer));
        }
        TeamRef { slug, address }
    }

    /// `team:core`, `user:ana` and the like in normal form, and the id behind it.
    pub(crate) fn actor(&mut self, written: &str, pointer: &str) -> Option<(SmolStr, Wish<SmolStr>)> {
        let who = match shape::who(written) {
            Ok(who) => who,
            Err(why) => {
                self.findings.push(self.head.finding_at(Finding::error("bad-actor", why), pointer));
                return None;
            }
        };
        let wish = match who.split_once(':') {
            Some(("team", slug)) => self.team(slug, pointer).id(),
            Some(("user", login)) => id(&self.user(login, pointer)?.1),
            _ => Wish::LeftAlone,
        };
        Some((who, wish))
    }

    /// Every one of a list, with the ids behind them, by who.
    pub(crate) fn actors(&mut self, written: &[SmolStr], pointer: &str) -> BTreeMap<SmolStr, Wish<SmolStr>> {
        let one = |(n, who): (usize, &SmolStr)| self.actor(who, &format!("{pointer}/{n}"));
        written.iter().enumerate().filter_map(one).collect()
    }

    /// The look-ups and what there is to say.
    pub(crate) fn finish(self) -> (Vec<Desired>, Vec<Finding>) {
        (self.users.into_values().collect(), self.findings)
    }
}

/// Ids by who, without those that are left alone.
pub(crate) fn known_ids(actors: &BTreeMap<SmolStr, Wish<SmolStr>>) -> BTreeMap<String, Wish<SmolStr>> {
    let known = actors.iter().filter(|(_, wish)| !matches!(wish, Wish::LeftAlone));
    known.map(|(who, wish)| (who.to_string(), wish.clone())).collect()
}

/// The pointer of a key below another.
pub(crate) fn below(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", part(key))
}
